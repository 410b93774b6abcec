//! What the older version's list is narrowed by and no index knows: names are kept sealed, and where a user stands is read
//! off what is there. So the tenant's users are looked through, up to a bound.

use onboarding::{Customer, Party};
use service::Caller;

use super::view;
use crate::fields::{Fault, Field, Object};
use crate::xpollens::error::Problem;

/// Most users that are looked through for one page.
pub const LOOKED_AT_MAX: u32 = 5_000;

/// Every parameter.
pub const NAMES: [&str; 6] = [
    "criteria.lastName",
    "criteria.firstName",
    "criteria.birthName",
    "criteria.types",
    "criteria.kycStatus",
    "criteria.status",
];

/// Longest name to look for, and longest list of types.
const CHARS_MAX: usize = 255;
/// The types of the older version. Everybody here is a private person.
const TYPES: [&str; 4] = ["Unknown", "Technical", "Part", "Pro"];
const PRIVATE: &str = "Part";
/// The words of the older version's numbers, from 0 on.
const KYC_STATES: [&str; 10] = [
    "Incomplete",
    "Pending",
    "Refused",
    "Accepted",
    "NomConforme",
    "Initialized",
    "Complete",
    "AwaitingExpertise",
    "FraudSuspicion",
    "Rejected",
];
/// The same, from -1 on.
const STATES: [&str; 9] =
    ["Unknown", "Unconfirmed", "Ok", "Frozen", "OnTheFly", "PendingClosing", "Closed", "WaitingKYC", "Opposition"];

/// What a user must be like.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    last_name: Option<String>,
    first_name: Option<String>,
    birth_name: Option<String>,
    /// Whether the types that are asked for have private persons among them.
    private: Option<bool>,
    kyc_status: Option<i8>,
    status: Option<i8>,
}

impl Criteria {
    /// Reads them.
    pub fn read(query: &Object<'_>) -> Self {
        let name = |name: &str| query.field(name).text(CHARS_MAX).map(|text| folded(&text));
        Self {
            last_name: name(NAMES[0]),
            first_name: name(NAMES[1]),
            birth_name: name(NAMES[2]),
            private: types(&query.field(NAMES[3])),
            kyc_status: number(&query.field(NAMES[4]), &KYC_STATES, 0),
            status: number(&query.field(NAMES[5]), &STATES, -1),
        }
    }

    /// Whether everybody is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a user is meant.
    ///
    /// # Errors
    /// 404 for who was not let in this way.
    pub fn meets(&self, caller: &Caller, customer: &Customer) -> Result<bool, Problem> {
        let (admission, standing) = (view::admission(customer)?, view::standing_of(caller, customer)?);
        let name = match &customer.party {
            Party::Person(person) => Some(&person.name),
            _ => None,
        };
        let is = |wanted: &Option<String>, known: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| known.is_some_and(|known| folded(known) == *wanted))
        };
        let is_number = |wanted: Option<i8>, known: i8| wanted.is_none_or(|wanted| wanted == known);
        Ok(is(&self.last_name, name.map(|name| name.last.as_str()))
            && is(&self.first_name, name.map(|name| name.first.as_str()))
            && is(&self.birth_name, admission.birth.name.as_ref().map(|name| name.as_str()))
            && self.private.unwrap_or(true)
            && is_number(self.kyc_status, view::kyc_status(admission, standing))
            && is_number(self.status, view::status(admission, standing)))
    }
}

/// A name as it is compared: without regard to case.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

fn types(field: &Field<'_, '_>) -> Option<bool> {
    let text = field.text(CHARS_MAX)?;
    let mut private = false;
    for word in text.split(',').map(str::trim) {
        if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            field.refuse(Fault::Format("types out of Unknown, Technical, Part, Pro, joined by commas"));
            return None;
        }
        private |= word.eq_ignore_ascii_case(PRIVATE);
    }
    Some(private)
}

/// A state by its number or its word.
fn number(field: &Field<'_, '_>, words: &[&str], first: i8) -> Option<i8> {
    let text = field.text(CHARS_MAX)?;
    let numbered = words.iter().zip(first..);
    let known = numbered.clone().find(|(word, number)| word.eq_ignore_ascii_case(&text) || text.parse() == Ok(*number));
    if known.is_none() {
        field.refuse(Fault::Format("a number or a word of the vendor's list"));
    }
    known.map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::Mistakes;

    #[test]
    fn states_are_numbers_or_words() {
        for (said, status, kyc_status) in [
            ("-1", Some(-1), None),
            ("6", Some(6), Some(6)),
            ("waitingkyc", Some(6), None),
            ("9", None, Some(9)),
            ("Accepted", None, Some(3)),
            ("x", None, None),
        ] {
            let (mistakes, query) =
                (Mistakes::default(), json!({ "criteria.status": said, "criteria.kycStatus": said }));
            let read = Criteria::read(&mistakes.object(&query));
            assert_eq!((read.status, read.kyc_status), (status, kyc_status), "{said}");
        }
        for (said, private) in [("Part", Some(true)), ("Pro, part", Some(true)), ("Pro", Some(false)), ("who", None)] {
            let (mistakes, query) = (Mistakes::default(), json!({ "criteria.types": said }));
            assert_eq!(Criteria::read(&mistakes.object(&query)).private, private, "{said}");
        }
    }
}
