//! Look-ups on personal data: a keyed token stands in the index, never the value.
//!
//! A token is the first 16 bytes of HMAC-SHA-256 under the tenant's own key over (field, version of the normaliser,
//! normalised value). Who holds the database alone learns that two customers of one tenant share a value, and nothing
//! else. A birth date is never indexed: there are too few of them.

use onboarding::{Customer, Pii};
use uuid::Uuid;

use super::key::Key;

/// The bytes of a token.
pub(crate) const TOKEN_BYTES: usize = 16;

/// Raised when a normaliser changes: tokens of another version meet nothing, so they must be made anew.
const NORMALISER_VERSION: u8 = 1;

/// Stands in the index for one value of one field of one tenant.
pub(crate) type Token = [u8; TOKEN_BYTES];

/// A value a customer can be found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// Tax number, of whatever kind; punctuation and case do not matter.
    TaxId(Pii<String>),
    /// The caller's id, exactly.
    ClientIdentifier(Pii<String>),
    /// E-mail address; case does not matter.
    Email(Pii<String>),
    /// Telephone number; only its digits matter.
    Phone(Pii<String>),
    /// Number of an identification document; punctuation and case do not matter.
    DocumentNumber(Pii<String>),
    /// The id of the verification of an enrolment.
    Verification(Uuid),
}

impl Lookup {
    /// The token, or `None` where nothing is left of the value to look for.
    pub(crate) fn token(&self, key: &Key) -> Option<Token> {
        let (field, normalised) = match self {
            Self::TaxId(value) => ("tax_id", letters_and_digits(value)),
            Self::ClientIdentifier(value) => ("client_identifier", value.trim().to_owned()),
            Self::Email(value) => ("email", value.trim().to_lowercase()),
            Self::Phone(value) => ("phone", value.chars().filter(char::is_ascii_digit).collect()),
            Self::DocumentNumber(value) => ("document_number", letters_and_digits(value)),
            Self::Verification(id) => ("verification", id.simple().to_string()),
        };
        if normalised.is_empty() {
            return None;
        }
        let parts: [&[u8]; 3] = [field.as_bytes(), &[NORMALISER_VERSION], normalised.as_bytes()];
        let digest = key.digest("vestibule/blind/1", &parts);
        digest.first_chunk::<TOKEN_BYTES>().copied()
    }
}

/// Every token of a customer, sorted, each once.
pub(crate) fn tokens(customer: &Customer, key: &Key) -> Vec<Token> {
    let tax_id = customer.party.tax_id().map(|id| Lookup::TaxId(Pii(id.value().to_owned())));
    let client_identifier = customer.client_identifier.clone().map(Lookup::ClientIdentifier);
    let emails = customer.emails.iter().map(|record| Lookup::Email(record.value.address.clone()));
    let phones = customer.phones.iter().map(|record| Lookup::Phone(record.value.number.clone()));
    let documents = customer.identifications.iter().map(|record| Lookup::DocumentNumber(record.value.number.clone()));
    let verification = customer.enrolment.as_ref().and_then(|enrolment| enrolment.verification.as_ref());
    let verification = verification.map(|verification| Lookup::Verification(verification.id));
    let one_each = tax_id.into_iter().chain(client_identifier).chain(verification);
    let lookups = one_each.chain(emails).chain(phones).chain(documents);
    let mut tokens: Vec<Token> = lookups.filter_map(|lookup| lookup.token(key)).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

fn letters_and_digits(value: &str) -> String {
    value.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pii(text: &str) -> Pii<String> {
        Pii(text.to_owned())
    }

    #[test]
    fn writing_does_not_matter_where_it_should_not() {
        let key = Key::new([3; 32]);
        let same = [
            (Lookup::TaxId(pii("119-98-8776")), Lookup::TaxId(pii("119988776"))),
            (Lookup::Email(pii(" Erna@Example.COM")), Lookup::Email(pii("erna@example.com"))),
            (Lookup::Phone(pii("+1 (555) 010-2030")), Lookup::Phone(pii("15550102030"))),
            (Lookup::DocumentNumber(pii("c01x 00t47")), Lookup::DocumentNumber(pii("C01X00T47"))),
        ];
        for (a, b) in same {
            assert_eq!(a.token(&key), b.token(&key), "{a:?}");
        }
        let other = Lookup::ClientIdentifier(pii("abc")).token(&key);
        assert_ne!(other, Lookup::ClientIdentifier(pii("ABC")).token(&key));
    }

    #[test]
    fn fields_and_tenants_do_not_meet() {
        let (one, two) = (Key::new([3; 32]), Key::new([4; 32]));
        let number = Lookup::TaxId(pii("119988776"));
        assert_ne!(number.token(&one), number.token(&two));
        assert_ne!(number.token(&one), Lookup::DocumentNumber(pii("119988776")).token(&one));
        assert_eq!(Lookup::Phone(pii("none")).token(&one), None);
    }
}
