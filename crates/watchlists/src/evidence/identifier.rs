//! Documents and numbers: which are the same, and which of them stand for a party alone.

use super::{Degree, Weight};
use crate::entity::{Identifier, IdentifierKind};

/// The most that an identifier can lift.
pub(super) const LIFT_MAX: u16 = LIFT_ALONE;

/// The most that one can lift that does not stand alone.
pub(super) const LIFT_BESIDE_MAX: u16 = SAME_NUMBER;

/// The lift of an identifier that stands for the party alone; no other agreement has this value.
pub(super) const LIFT_ALONE: u16 = 950;
/// The same number, too short or too vague to stand alone.
const SAME_NUMBER: u16 = 400;
/// A long number with one slip.
const SLIP: u16 = 100;
/// A number for life that is another one: an IMO number stays with the hull, an LEI with the legal entity.
const OTHER_FOR_LIFE: u16 = 290;
/// A national or tax number is rarely reissued.
const OTHER_NATIONAL: u16 = 80;
/// Passports and registrations are renewed.
const OTHER_RENEWED: u16 = 40;

/// The value as it is compared: letters and digits alone, in upper case.
///
/// A wallet keeps its case, which tells addresses apart, except where its format has none (hexadecimal, bech32).
/// A BIC is compared without its branch, an IMO number without its letters.
#[must_use]
pub fn normalised(kind: IdentifierKind, value: &str) -> String {
    let plain: String = value.chars().filter(|char| char.is_alphanumeric()).collect();
    match kind {
        IdentifierKind::Wallet => {
            let lower = plain.to_lowercase();
            let caseless = lower.starts_with("0x") || lower.starts_with("bc1") || lower.starts_with("ltc1");
            if caseless { lower } else { plain }
        }
        IdentifierKind::Bic => plain.to_uppercase().chars().take(8).collect(),
        IdentifierKind::Imo => plain.chars().filter(char::is_ascii_digit).collect(),
        _ => plain.to_uppercase(),
    }
}

/// What the look-up of identifiers is keyed by. Kinds are left out: lists and desks disagree on what a number is.
pub(crate) fn key(identifier: &Identifier) -> Option<String> {
    let value = normalised(identifier.kind, &identifier.value);
    // Shorter numbers stand for nobody alone, so that looking them up could not find anything.
    (value.len() >= ALONE_LEN_MIN).then_some(value)
}

/// The shortest value that may stand alone, whatever its kind and country.
const ALONE_LEN_MIN: usize = 6;

/// Whether the two, whose normalised values are equal, stand for one party whatever its name.
///
/// Numbers of one country's own series need the country; without it only a long one is no coincidence.
pub(crate) fn stands_alone(ours: &Identifier, theirs: &Identifier, value: &str) -> bool {
    use IdentifierKind::{Bic, CallSign, Imo, Lei, Mmsi, Other, Wallet};
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let either = |kind| ours.kind == kind || theirs.kind == kind;
    if either(CallSign) {
        return false;
    }
    if ours.kind != theirs.kind && !either(Other) {
        return false;
    }
    let kind = if ours.kind == Other { theirs.kind } else { ours.kind };
    match kind {
        Lei => value.len() == 20,
        Bic => value.len() == 8,
        Imo => value.len() == 7,
        Mmsi => value.len() == 9,
        Wallet => value.len() >= 20,
        _ => match (&ours.country, &theirs.country) {
            (Some(one), Some(other)) => one == other && value.len() >= ALONE_LEN_MIN && digits >= 4,
            _ => (value.len() >= 9 && digits >= 6) || (value.len() >= 7 && digits >= 5 && digits < value.len()),
        },
    }
}

/// Compares two identifiers.
pub(super) fn compare(ours: &Identifier, theirs: &Identifier) -> Weight {
    use IdentifierKind::{Imo, Lei, NationalId, Passport, Registration, TaxId};
    let (one, other) = (normalised(ours.kind, &ours.value), normalised(theirs.kind, &theirs.value));
    if one.is_empty() || other.is_empty() {
        return Weight::MISSING;
    }
    let same_kind = ours.kind == theirs.kind;
    let elsewhere = matches!((&ours.country, &theirs.country), (Some(one), Some(other)) if one != other);
    let same_country = ours.country.is_some() && ours.country == theirs.country;
    if one == other {
        return if stands_alone(ours, theirs, &one) {
            Weight::agrees(Degree::Strong, LIFT_ALONE, "same identifier")
        } else if elsewhere || one.len() < 4 {
            Weight::MISSING
        } else {
            Weight::agrees(Degree::Fair, SAME_NUMBER, "same number")
        };
    }
    if same_kind && !elsewhere && one.len() >= 8 && one.len() == other.len() && chars_apart(&one, &other) == 1 {
        return Weight::agrees(Degree::Weak, SLIP, "one character differs");
    }
    match ours.kind {
        Lei | Imo if same_kind => Weight::contradicts(Degree::Strong, OTHER_FOR_LIFE, "other number for life"),
        NationalId | TaxId if same_kind && same_country => {
            Weight::contradicts(Degree::Weak, OTHER_NATIONAL, "other number of the same kind and country")
        }
        Passport | Registration if same_kind && same_country => {
            Weight::contradicts(Degree::Weak, OTHER_RENEWED, "other number of the same kind and country")
        }
        _ => Weight::MISSING,
    }
}

fn chars_apart(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).filter(|(ours, theirs)| ours != theirs).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Finding;
    use Degree::{Fair, Strong, Weak};
    use IdentifierKind::{Bic, CallSign, Imo, Lei, NationalId, Other, Passport, TaxId, Wallet};

    fn identifier(kind: IdentifierKind, value: &str, country: &str) -> Identifier {
        let country = (!country.is_empty()).then(|| country.to_owned());
        Identifier { kind, value: value.to_owned(), country, label: None }
    }

    #[test]
    fn identifiers_are_compared_without_their_punctuation() {
        for (kind, value, plain) in [
            (Passport, " a-12 345.678", "A12345678"),
            (Imo, "IMO 9187629", "9187629"),
            (Bic, "BMJIIRTHXXX", "BMJIIRTH"),
            (Wallet, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            (Wallet, "0xDE0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae"),
        ] {
            assert_eq!(normalised(kind, value), plain);
        }
    }

    #[test]
    fn an_identifier_stands_alone_when_it_cannot_be_chance() {
        for (ours, theirs, finding) in [
            ((Passport, "A1234567", "ir"), (Passport, "A 1234567", "ir"), Finding::Agrees(Strong)),
            ((Passport, "A1234567", ""), (Passport, "A1234567", "ir"), Finding::Agrees(Strong)),
            ((Passport, "A1234567", "de"), (Passport, "A1234567", "ir"), Finding::Missing),
            ((NationalId, "123456", "ir"), (NationalId, "123456", "ir"), Finding::Agrees(Strong)),
            ((NationalId, "123456", ""), (NationalId, "123456", "ir"), Finding::Agrees(Fair)),
            ((NationalId, "12345678901", ""), (Other, "1234567890-1", ""), Finding::Agrees(Strong)),
            ((NationalId, "12345678901", "ar"), (TaxId, "12345678901", "ar"), Finding::Agrees(Fair)),
            ((NationalId, "12", "ir"), (NationalId, "12", "ir"), Finding::Missing),
            ((CallSign, "9HXX9", ""), (CallSign, "9HXX9", ""), Finding::Agrees(Fair)),
            ((Passport, "A12345678", "ir"), (Passport, "A12345679", "ir"), Finding::Agrees(Weak)),
            ((Passport, "A1234567", "ir"), (Passport, "K7654321", "ir"), Finding::Contradicts(Weak)),
            ((Passport, "A1234567", "ir"), (Passport, "K7654321", ""), Finding::Missing),
            ((Passport, "A1234567", "ir"), (NationalId, "K7654321", "ir"), Finding::Missing),
            ((Imo, "9187629", ""), (Imo, "9187631", ""), Finding::Contradicts(Strong)),
            ((Lei, "529900T8BM49AURSDO55", ""), (Lei, "213800WSGIIZCXF1P572", ""), Finding::Contradicts(Strong)),
            ((Bic, "BMJIIRTH", ""), (Bic, "BMJIIRTHXXX", ""), Finding::Agrees(Strong)),
        ] {
            let one = identifier(ours.0, ours.1, ours.2);
            let other = identifier(theirs.0, theirs.1, theirs.2);
            assert_eq!(compare(&one, &other).finding, finding, "{ours:?} {theirs:?}");
            assert_eq!(compare(&other, &one).finding, finding, "{theirs:?} {ours:?}");
        }
    }

    #[test]
    fn whatever_stands_alone_can_be_looked_up() {
        for value in ["A12345", "123456", "1234567890", "529900T8BM49AURSDO55"] {
            for kind in [Passport, NationalId, Other, Lei, Wallet] {
                let one = identifier(kind, value, "ir");
                if stands_alone(&one, &one, &normalised(kind, value)) {
                    assert!(key(&one).is_some(), "{value}");
                }
            }
        }
    }
}
