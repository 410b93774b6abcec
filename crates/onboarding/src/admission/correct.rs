//! Corrections: identification data is locked once it is entered, and only changed with a justification, which is kept.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::account::AccountState;
use super::diligence::{DiligenceState, Proof, Reason};
use super::person::Civility;
use super::standing::{Change, is_identified};
use super::{Admission, AdmissionRefusal};
use crate::changes::{Changes, Refusal, Work};
use crate::contact::Contact;
use crate::customer::{Customer, Draft, Ids};
use crate::evaluation::words;
use crate::event::EventKind;
use crate::id::RecordId;
use crate::party::{Party, Person};
use crate::pii::Pii;
use crate::policy::Policy;
use crate::profile::{names_differ, profiles_differ, screen_anew};
use crate::records::{Address, Email, Phone, Standing};

/// Where a customer is reached; what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactChange {
    /// The telephone number.
    pub phone: Option<Pii<String>>,
    /// The e-mail address.
    pub email: Option<Pii<String>>,
    /// The postal address.
    pub address: Option<Address>,
}

/// A change of identification data, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// What was changed.
    pub field: Field,
    /// What it was.
    pub before: Pii<String>,
    /// What it is.
    pub after: Pii<String>,
    /// Why, in a word.
    pub cause: Cause,
    /// Why, in the institution's words.
    pub text: Pii<String>,
    /// When.
    pub at: Timestamp,
}

/// Why identification data is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// It was wrong.
    Correction,
    /// It was written otherwise.
    Normalization,
}

/// One datum of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// How it is addressed.
    Civility,
    /// The first name.
    FirstName,
    /// The family name.
    LastName,
    /// The family name at birth.
    BirthName,
    /// The day of birth.
    BirthDate,
    /// Where it was born.
    BirthCity,
    /// The postal code of that.
    BirthPostalCode,
    /// The country of that.
    BirthCountry,
    /// The nationality.
    Nationality,
    /// The telephone number.
    Phone,
    /// The e-mail address.
    Email,
    /// The postal address.
    Address,
}

words!(Cause { Correction = "correction", Normalization = "normalization" });
words!(Field {
    Civility = "civility",
    FirstName = "first_name",
    LastName = "last_name",
    BirthName = "birth_name",
    BirthDate = "birth_date",
    BirthCity = "birth_city",
    BirthPostalCode = "birth_postal_code",
    BirthCountry = "birth_country",
    Nationality = "nationality",
    Phone = "phone",
    Email = "email",
    Address = "address",
});

/// What a customer is to be from now on; what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProfileChange {
    /// How it is addressed.
    pub civility: Option<Civility>,
    /// The first name.
    pub first_name: Option<Pii<String>>,
    /// The family name.
    pub last_name: Option<Pii<String>>,
    /// The family name at birth.
    pub birth_name: Option<Pii<String>>,
    /// The day of birth.
    pub birth_date: Option<Pii<Date>>,
    /// Where it was born.
    pub birth_city: Option<Pii<String>>,
    /// The postal code of that.
    pub birth_postal_code: Option<Pii<String>>,
    /// The country of that, alpha-2 in lower case.
    pub birth_country: Option<Pii<String>>,
    /// The nationality, alpha-2 in lower case.
    pub nationality: Option<Pii<String>>,
    /// Where it is reached.
    pub contact: ContactChange,
    /// Members of what the dialect keeps for itself; each takes the place of the one of its name.
    pub attributes: Map<String, Value>,
}

/// Why identification data is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Justification {
    /// In a word.
    pub cause: Cause,
    /// In the institution's words.
    pub text: Pii<String>,
}

/// Most corrections that are kept of a customer.
const CORRECTIONS_MAX: usize = 100;

impl Field {
    /// Whether it says who somebody is: what is locked as soon as it is entered.
    #[must_use]
    pub const fn identifies(self) -> bool {
        !matches!(self, Self::BirthPostalCode | Self::Phone | Self::Email | Self::Address)
    }
}

impl ContactChange {
    /// What it changes of this customer; what is the same already is no change.
    #[must_use]
    pub fn fields(&self, customer: &Customer) -> Vec<Field> {
        let phone = customer.phones.primary().map(|record| &record.value.number);
        let email = customer.emails.primary().map(|record| &record.value.address);
        let address = customer.addresses.primary().map(|record| &record.value);
        let changes = [
            (Field::Phone, self.phone.is_some() && self.phone.as_ref() != phone),
            (Field::Email, self.email.is_some() && self.email.as_ref() != email),
            (Field::Address, self.address.is_some() && self.address.as_ref() != address),
        ];
        changes.into_iter().filter(|(_, changes)| *changes).map(|(field, _)| field).collect()
    }
}

/// Changes what is known of a prospect. What identifies it is locked once it is entered: changed with a justification,
/// which is kept, and only until the identity is validated. From then on contact data takes a signature. What was never
/// entered may be, until the account opens: it may be what the account waits for.
///
/// # Errors
/// [`AdmissionRefusal::NeedsJustification`], [`AdmissionRefusal::Locked`], [`AdmissionRefusal::NeedsSignature`],
/// [`AdmissionRefusal::Refused`], [`AdmissionRefusal::TooMany`].
pub fn update(
    customer: Customer,
    wanted: &ProfileChange,
    justification: Option<&Justification>,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.unless_refused()?;
    let identified = is_identified(change.admission());
    let open = change.admission().account.state != AccountState::Initialized;
    let signed = |field: &Field| open || (identified && is_entered(*field, &change.draft.customer));
    if let Some(field) = wanted.contact.fields(&change.draft.customer).into_iter().find(signed) {
        return Err(AdmissionRefusal::NeedsSignature(field).into());
    }
    let before = change.draft.customer.clone();
    let mut changed = Vec::new();
    if let (Party::Person(person), Some(admission)) =
        (&mut change.draft.customer.party, &mut change.draft.customer.admission)
    {
        put_profile(person, admission, wanted, &mut changed);
    }
    for (field, was, _) in &changed {
        if identified && (open || !was.is_empty()) {
            return Err(AdmissionRefusal::Locked(*field).into());
        }
        if field.identifies() && !was.is_empty() && justification.is_none() {
            return Err(AdmissionRefusal::NeedsJustification(*field).into());
        }
    }
    let corrected = changed.into_iter().filter(|(field, was, _)| field.identifies() && !was.is_empty());
    let corrected: Vec<_> = corrected.collect();
    let looked_at_again = corrected.iter().any(|(field, ..)| *field != Field::Civility);
    if let Some(justification) = justification {
        let admission = change.admission();
        for (field, was, is) in corrected {
            let Justification { cause, text } = justification.clone();
            admission.corrections.push(Correction { field, before: was, after: is, cause, text, at: now });
        }
        if admission.corrections.len() > CORRECTIONS_MAX {
            return Err(AdmissionRefusal::TooMany("corrections").into());
        }
    }
    if looked_at_again {
        look_again(change.admission(), now);
    }
    put_contact(&mut change.draft, &wanted.contact);
    tell_profile(&mut change.draft, &before, &wanted.attributes);
    Ok(change.finish())
}

/// Whether there is such contact data.
fn is_entered(field: Field, customer: &Customer) -> bool {
    match field {
        Field::Phone => !customer.phones.is_empty(),
        Field::Email => !customer.emails.is_empty(),
        Field::Address => !customer.addresses.is_empty(),
        _ => true,
    }
}

/// Puts what is wanted in its place; what is changed by that, with what was there and what is.
fn put_profile(
    person: &mut Person,
    admission: &mut Admission,
    wanted: &ProfileChange,
    changed: &mut Vec<(Field, Pii<String>, Pii<String>)>,
) {
    let mut note = |field, was: String, is: String| changed.push((field, Pii(was), Pii(is)));
    if let Some(civility) = wanted.civility.filter(|civility| admission.civility != Some(*civility)) {
        let was = admission.civility.map(|was| was.as_str().to_owned()).unwrap_or_default();
        note(Field::Civility, was, civility.as_str().to_owned());
        admission.civility = Some(civility);
    }
    let names = [
        (Field::FirstName, &wanted.first_name, &mut person.name.first),
        (Field::LastName, &wanted.last_name, &mut person.name.last),
    ];
    for (field, wanted, known) in names {
        if let Some(wanted) = wanted.as_ref().filter(|wanted| *wanted != known) {
            note(field, known.0.clone(), wanted.0.clone());
            *known = wanted.clone();
        }
    }
    if let Some(wanted) = wanted.birth_date.filter(|wanted| person.birth_date != Some(*wanted)) {
        let was = person.birth_date.map(|was| was.0.to_string()).unwrap_or_default();
        note(Field::BirthDate, was, wanted.0.to_string());
        person.birth_date = Some(wanted);
    }
    let birth = &mut admission.birth;
    let texts = [
        (Field::BirthName, &wanted.birth_name, &mut birth.name),
        (Field::BirthCity, &wanted.birth_city, &mut birth.city),
        (Field::BirthPostalCode, &wanted.birth_postal_code, &mut birth.postal_code),
        (Field::BirthCountry, &wanted.birth_country, &mut birth.country),
        (Field::Nationality, &wanted.nationality, &mut person.citizenship),
    ];
    for (field, wanted, known) in texts {
        if wanted.is_some() && wanted != known {
            let text = |value: &Option<Pii<String>>| value.as_ref().map(|text| text.0.clone()).unwrap_or_default();
            note(field, text(known), text(wanted));
            known.clone_from(wanted);
        }
    }
}

/// A document that said something else than was declared, or was compared with what is changed now, is looked at again.
fn look_again(admission: &mut Admission, now: Timestamp) {
    let Some(demand) = admission.demand.as_mut().filter(|demand| demand.is_open()) else { return };
    for shown in demand.diligences.iter_mut().filter(|shown| shown.kind.proof() == Proof::Document) {
        let again = DiligenceState::Refused(Reason::DataMismatch);
        let inverted = DiligenceState::Refused(Reason::DataInversion);
        if shown.state == DiligenceState::Validated || shown.state == again || shown.state == inverted {
            shown.state = DiligenceState::ToReview;
            shown.changed_at = now;
        }
    }
}

/// Tells what of the profile has changed, and has the customer screened anew where a list would see another one.
fn tell_profile(draft: &mut Draft<'_>, before: &Customer, attributes: &Map<String, Value>) {
    for (name, value) in attributes {
        draft.customer.attributes.0.insert(name.clone(), value.clone());
    }
    let birth = |customer: &Customer| {
        customer.admission.as_ref().map(|admission| (admission.birth.clone(), admission.civility))
    };
    if names_differ(&before.party, &draft.customer.party) {
        draft.happened(EventKind::NameChanged, None, None);
    }
    if profiles_differ(&before.party, &draft.customer.party)
        || birth(before) != birth(&draft.customer)
        || before.attributes != draft.customer.attributes
    {
        draft.happened(EventKind::ProfileChanged, None, None);
    }
    if before.party.screens_differently(&draft.customer.party) {
        screen_anew(draft);
    }
}

/// Puts contact data in place of the primary one.
pub(super) fn put_contact(draft: &mut Draft<'_>, wanted: &ContactChange) {
    for field in wanted.fields(&draft.customer) {
        match (field, &wanted.phone, &wanted.email, &wanted.address) {
            (Field::Phone, Some(number), _, _) => {
                put_record(draft, Phone { kind: "Mobile".to_owned(), number: number.clone(), extension: None });
            }
            (Field::Email, _, Some(address), _) => {
                put_record(draft, Email { kind: "Personal".to_owned(), address: address.clone() });
            }
            (Field::Address, _, _, Some(address)) => put_record(draft, address.clone()),
            _ => {}
        }
    }
}

fn put_record<T: Contact>(draft: &mut Draft<'_>, value: T) {
    let now = draft.now();
    let (known, new) = (T::of(&draft.customer).primary().map(|record| record.id), RecordId(draft.next_id()));
    let records = T::of_mut(&mut draft.customer);
    let done = match known {
        Some(id) => records.change(id, value, Standing::Primary, now).map(|()| (id, EventKind::Changed(T::KIND))),
        None => records.add(new, value, Standing::Primary, now).map(|()| (new, EventKind::Added(T::KIND))),
    };
    // There is room: a record is added only where there is none.
    if let Ok((id, event)) = done {
        draft.happened(event, Some(id.into()), None);
        if T::SCREENED && !draft.customer.checks.is_empty() {
            draft.due(Work::Screen);
        }
    }
}

/// Freezes an account, or lets it be used again.
///
/// # Errors
/// [`AdmissionRefusal::NotAdmitted`].
pub fn freeze(
    customer: Customer,
    frozen: bool,
    policy: &Policy,
    ids: &mut dyn Ids,
    now: Timestamp,
) -> Result<Changes, Refusal> {
    let mut change = Change::begin(customer, policy, ids, now)?;
    change.admission().frozen = frozen;
    Ok(change.finish())
}
