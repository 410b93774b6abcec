//! Whether entries of several lists are one party: only where a document or number, or their publisher, says so.
//!
//! A name never makes two entries one, however rare: a reviewer who is shown one party must not have been shown two.

use crate::entity::{Entity, Identifier, IdentifierKind};
use crate::evidence::{normalised_identifier, stands_alone};

/// The relation of a link to an id that the same party has elsewhere (FollowTheMoney's `referents`).
pub const REFERENT: &str = "referent";

/// What says that two entries are one party; nothing where nothing does.
#[must_use]
pub fn why_same(one: &Entity, other: &Entity) -> Option<String> {
    if names_the_other(one, other) || names_the_other(other, one) {
        return Some("their publisher says that they are the same".to_owned());
    }
    let shared = one.identifiers.iter().find_map(|ours| {
        let value = normalised_identifier(ours.kind, &ours.value);
        let same = |theirs: &&Identifier| {
            normalised_identifier(theirs.kind, &theirs.value) == value && is_one_party(ours, theirs, &value)
        };
        other.identifiers.iter().find(same).map(|theirs| (ours, theirs))
    });
    shared.map(|(ours, theirs)| {
        let kind = if ours.kind == IdentifierKind::Other { theirs.kind } else { ours.kind };
        format!("the same {}: {}", word(kind), ours.value)
    })
}

fn names_the_other(one: &Entity, other: &Entity) -> bool {
    one.links.iter().any(|(relation, to)| relation == REFERENT && *to == other.id.0)
}

/// Numbers that are one party's alone. A BIC is a banking group's, a call sign and an MMSI go with the flag.
fn is_one_party(ours: &Identifier, theirs: &Identifier, value: &str) -> bool {
    use IdentifierKind::{Bic, CallSign, Imo, Lei, Mmsi, NationalId, Other, Passport, Registration, TaxId, Wallet};
    let kind = if ours.kind == Other { theirs.kind } else { ours.kind };
    match kind {
        Passport | NationalId | TaxId | Registration | Lei | Imo | Wallet => stands_alone(ours, theirs, value),
        Bic | Mmsi | CallSign | Other => false,
    }
}

fn word(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Passport => "passport",
        IdentifierKind::NationalId => "national id",
        IdentifierKind::TaxId => "tax number",
        IdentifierKind::Registration => "registration",
        IdentifierKind::Lei => "LEI",
        IdentifierKind::Imo => "IMO number",
        IdentifierKind::Wallet => "wallet",
        IdentifierKind::Bic => "BIC",
        IdentifierKind::Mmsi => "MMSI",
        IdentifierKind::CallSign => "call sign",
        IdentifierKind::Other => "number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::Schema;

    fn with(id: &str, kind: IdentifierKind, value: &str, country: Option<&str>) -> Entity {
        let mut entity = Entity::new(id, Schema::Person, "Bob Smith");
        let country = country.map(str::to_owned);
        entity.identifiers.push(Identifier { kind, value: value.to_owned(), country, label: None });
        entity
    }

    #[test]
    fn only_what_stands_for_one_party_makes_two_entries_one() {
        use IdentifierKind::{Bic, Imo, Lei, Other, Passport, TaxId, Wallet};
        let (us, ru) = (Some("us"), Some("ru"));
        let lei = "5493001KJTIIGC8Y1R12";
        let wallet = "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh";
        let table = [
            ((Passport, "AB 123456", us), (Passport, "ab123456", us), true),
            ((Passport, "AB 123456", us), (Passport, "AB123456", ru), false),
            ((Passport, "AB 123456", us), (Other, "AB123456", us), true),
            ((Passport, "12", us), (Passport, "12", us), false),
            ((Passport, "N/A", None), (Passport, "N/A", None), false),
            ((TaxId, "7707083893", ru), (TaxId, "7707083893", ru), true),
            ((TaxId, "7707083893", ru), (Passport, "7707083893", ru), false),
            ((Other, "7707083893", ru), (Other, "7707083893", ru), false),
            ((Lei, lei, None), (Lei, lei, None), true),
            ((Imo, "IMO 9187629", None), (Imo, "9187629", None), true),
            ((Wallet, wallet, None), (Wallet, wallet, None), true),
            ((Bic, "DEUTDEFF", None), (Bic, "DEUTDEFF500", None), false),
        ];
        for (one, other, same) in table {
            let (a, b) = (with("a", one.0, one.1, one.2), with("b", other.0, other.1, other.2));
            assert_eq!(why_same(&a, &b).is_some(), same, "{one:?} {other:?}");
            assert_eq!(why_same(&b, &a).is_some(), same, "{other:?} {one:?}");
        }
        let (a, b) = (with("a", Passport, "AB 123456", us), with("b", Passport, "AB123456", us));
        assert_eq!(why_same(&a, &b).as_deref(), Some("the same passport: AB 123456"));
    }

    #[test]
    fn a_name_makes_nobody_the_same_and_a_referent_does() {
        let one = Entity::new("Q1", Schema::Person, "Bob Smith");
        let other = Entity::new("ofac-1", Schema::Person, "Bob Smith");
        assert_eq!(why_same(&one, &other), None);
        let mut referring = one.clone();
        referring.links.push((REFERENT.to_owned(), "ofac-1".to_owned()));
        assert!(why_same(&referring, &other).is_some() && why_same(&other, &referring).is_some());
        referring.links[0].0 = "associate".to_owned();
        assert_eq!(why_same(&referring, &other), None);
    }
}
