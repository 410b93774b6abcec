//! The second axis: what a birth date, a country, a gender, a document or a place says for or against one party.
//!
//! *Missing* is neither for nor against. What *agrees* closes a share of the distance between the name's score and
//! one ([`Evidence::lift`]); what *contradicts* takes an amount away ([`Evidence::penalty`]). All amounts are whole
//! thousandths, so that the same query and list give the same score to the bit on every machine.
//!
//! The amounts are set so that, at a threshold of 0.7, an exact name (0.9 alone) is cleared by one strong
//! contradiction, and by nothing weaker; the tests at the bottom of each feature hold that down.

mod country;
mod date;
mod identifier;
mod place;

use std::fmt;

pub(crate) use identifier::key as identifier_key;
pub use identifier::normalised as normalised_identifier;
pub(crate) use identifier::stands_alone;

use crate::date::DateRange;
use crate::entity::{Entity, Gender};
use crate::screening::Query;

/// What was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// Date of birth, or of incorporation or building.
    BirthDate,
    /// Nationality, residence, jurisdiction and other countries.
    Country,
    /// Gender.
    Gender,
    /// Documents and numbers.
    Identifier,
    /// Place of birth.
    BirthPlace,
    /// Address.
    Address,
}

impl Feature {
    /// The word a reviewer or an API reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BirthDate => "birth_date",
            Self::Country => "country",
            Self::Gender => "gender",
            Self::Identifier => "identifier",
            Self::BirthPlace => "birth_place",
            Self::Address => "address",
        }
    }
}

/// How much an agreement or a contradiction says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Degree {
    /// Says little: a mistyped date, another country of residence.
    Weak,
    /// Says something: the same year.
    Fair,
    /// Says much: the same day, the same passport; a birth date years apart.
    Strong,
}

/// What the comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Finding {
    /// One of the two sides does not say.
    Missing,
    /// The two sides agree.
    Agrees(Degree),
    /// The two sides contradict each other.
    Contradicts(Degree),
}

impl Finding {
    /// The word a reviewer or an API reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Agrees(_) => "agrees",
            Self::Contradicts(_) => "contradicts",
        }
    }
}

/// One feature of the second axis: what was found, what it weighs, and the two values it was found in.
///
/// Holds personal data of the customer: it belongs into sealed evidence and onto a reviewer's page, never into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What was compared.
    pub feature: Feature,
    /// What was found.
    pub finding: Finding,
    /// Why, in a few words that hold no personal data.
    pub reason: &'static str,
    /// Thousandths of the distance to one that this agreement closes; 0 unless it agrees.
    pub lift: u16,
    /// Thousandths that this contradiction takes away; 0 unless it contradicts.
    pub penalty: u16,
    /// The customer's value that was compared, as given.
    pub query: String,
    /// The listed value that was compared, as published.
    pub listed: String,
}

impl fmt::Debug for Evidence {
    /// Leaves the values out, because a debug line may end in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} ({}) +{} -{}", self.feature.as_str(), self.finding, self.reason, self.lift, self.penalty)
    }
}

/// A comparison's verdict before the values are written out: cheap to make and to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight {
    pub(crate) finding: Finding,
    pub(crate) reason: &'static str,
    pub(crate) lift: u16,
    pub(crate) penalty: u16,
}

impl Weight {
    pub(crate) const MISSING: Self = Self { finding: Finding::Missing, reason: "not given", lift: 0, penalty: 0 };

    pub(crate) const fn agrees(degree: Degree, lift: u16, reason: &'static str) -> Self {
        Self { finding: Finding::Agrees(degree), reason, lift, penalty: 0 }
    }

    pub(crate) const fn contradicts(degree: Degree, penalty: u16, reason: &'static str) -> Self {
        Self { finding: Finding::Contradicts(degree), reason, lift: 0, penalty }
    }

    /// Order of preference between the values of one feature: the one that speaks most for the party.
    fn favour(&self) -> i32 {
        i32::from(self.lift) - i32::from(self.penalty)
    }
}

/// The most favourable comparison of any of the customer's values with any listed one, and which two they were.
///
/// Lists publish several birth dates or passports because one of them may be the right one.
fn best<'a, Q, L>(
    query: &'a [Q],
    listed: &'a [L],
    compare: impl Fn(&Q, &L) -> Weight,
) -> Option<(Weight, &'a Q, &'a L)> {
    let mut found: Option<(Weight, &Q, &L)> = None;
    for wanted in query {
        for published in listed {
            let weight = compare(wanted, published);
            // The first of equals stays, so that the order of the list decides and nothing else.
            if weight.finding != Finding::Missing
                && found.as_ref().is_none_or(|(known, ..)| weight.favour() > known.favour())
            {
                found = Some((weight, wanted, published));
            }
        }
    }
    found
}

/// The share of the distance to one, in thousandths, that two agreements close together.
pub(crate) const fn joined_lift(one: u32, other: u32) -> u32 {
    1000 - (1000 - one) * (1000 - other) / 1000
}

/// The most that a query's own facts could lift any name: what bounds the score of a name.
pub(crate) fn lift_max(query: &Query) -> u32 {
    let of_date = if query.birth_date.is_some() { date::LIFT_MAX } else { 0 };
    let of_number = if query.identifiers.is_empty() { 0 } else { identifier::LIFT_MAX };
    joined_lift(joined_lift(lift_max_undated(query), u32::from(of_date)), u32::from(of_number))
}

/// The same without a birth date, and without an identifier that stands alone and so is looked up.
pub(crate) fn lift_max_undated(query: &Query) -> u32 {
    [
        (!query.countries.is_empty(), country::LIFT_MAX),
        (query.gender.is_some(), GENDER_LIFT),
        (!query.identifiers.is_empty(), identifier::LIFT_BESIDE_MAX),
        (!query.birth_places.is_empty(), place::BIRTH_LIFT_MAX),
        (!query.addresses.is_empty(), place::ADDRESS_LIFT_MAX),
    ]
    .into_iter()
    .filter(|(given, _)| *given)
    .fold(0, |most, (_, lift)| joined_lift(most, u32::from(lift)))
}

/// Half the world has the customer's gender.
const GENDER_LIFT: u16 = 20;
/// Strong, yet alone it does not clear an exact name (0.9 - 0.19): one wrong click at a desk is too likely.
const GENDER_PENALTY: u16 = 190;

fn gender(query: Option<Gender>, listed: Option<Gender>) -> Weight {
    match (query, listed) {
        (Some(Gender::Female), Some(Gender::Male)) | (Some(Gender::Male), Some(Gender::Female)) => {
            Weight::contradicts(Degree::Strong, GENDER_PENALTY, "other gender")
        }
        (Some(ours), Some(theirs)) if ours == theirs => Weight::agrees(Degree::Weak, GENDER_LIFT, "same gender"),
        // `Other` beside female or male says nothing: it is also what systems write for "not told".
        _ => Weight::MISSING,
    }
}

/// What the birth date alone takes away.
pub(crate) fn birth_date_penalty(query: &DateRange, listed: &[DateRange]) -> u32 {
    best(std::slice::from_ref(query), listed, date::compare).map_or(0, |(weight, ..)| u32::from(weight.penalty))
}

/// What the facts of one entity add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sum {
    /// Joined lift of all agreements, in thousandths.
    pub(crate) lift: u32,
    /// Sum of all penalties, in thousandths.
    pub(crate) penalty: u32,
    /// Whether an identifier agrees that stands for the party alone.
    pub(crate) identified: bool,
}

/// Compares every feature and adds up, writing nothing out.
pub(crate) fn sum(query: &Query, entity: &Entity) -> Sum {
    let mut sum = Sum::default();
    each(query, entity, |_, weight, _, _| add(&mut sum, weight));
    sum
}

fn add(sum: &mut Sum, weight: Weight) {
    sum.lift = joined_lift(sum.lift, u32::from(weight.lift));
    sum.penalty += u32::from(weight.penalty);
    sum.identified |= weight.lift == identifier::LIFT_ALONE;
}

/// Compares every feature and writes the values out for a reviewer, the missing ones too.
pub(crate) fn evidence(query: &Query, entity: &Entity) -> Vec<Evidence> {
    let mut all = Vec::with_capacity(6);
    each(query, entity, |feature, weight, ours, theirs| {
        all.push(Evidence {
            feature,
            finding: weight.finding,
            reason: weight.reason,
            lift: weight.lift,
            penalty: weight.penalty,
            query: ours(),
            listed: theirs(),
        });
    });
    all
}

type Text<'a> = &'a dyn Fn() -> String;

fn each(query: &Query, entity: &Entity, mut told: impl FnMut(Feature, Weight, Text<'_>, Text<'_>)) {
    let dates: &[_] = query.birth_date.as_slice();
    match best(dates, &entity.birth_dates, date::compare) {
        Some((weight, ours, theirs)) => {
            told(Feature::BirthDate, weight, &|| ours.to_string(), &|| theirs.to_string());
        }
        None => told(Feature::BirthDate, Weight::MISSING, &|| joined(dates), &|| joined(&entity.birth_dates)),
    }

    let weight = country::compare(&query.countries, &entity.countries, entity.schema);
    told(Feature::Country, weight, &|| country::listed(&query.countries), &|| country::listed(&entity.countries));

    told(
        Feature::Gender,
        gender(query.gender, entity.gender),
        &|| query.gender.map_or_else(String::new, |gender| format!("{gender:?}")),
        &|| entity.gender.map_or_else(String::new, |gender| format!("{gender:?}")),
    );

    match best(&query.identifiers, &entity.identifiers, identifier::compare) {
        Some((weight, ours, theirs)) => {
            told(Feature::Identifier, weight, &|| ours.value.clone(), &|| theirs.value.clone());
        }
        None => told(Feature::Identifier, Weight::MISSING, &String::new, &String::new),
    }

    match best(&query.birth_places, &entity.birth_places, |ours, theirs| place::birth(ours, theirs)) {
        Some((weight, ours, theirs)) => told(Feature::BirthPlace, weight, &|| ours.clone(), &|| theirs.clone()),
        None => told(Feature::BirthPlace, Weight::MISSING, &String::new, &String::new),
    }

    match best(&query.addresses, &entity.addresses, |ours, theirs| place::address(ours, theirs)) {
        Some((weight, ours, theirs)) => told(Feature::Address, weight, &|| ours.clone(), &|| theirs.clone()),
        None => told(Feature::Address, Weight::MISSING, &String::new, &String::new),
    }
}

fn joined<T: fmt::Display>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genders_contradict_only_when_both_are_told() {
        use Gender::{Female, Male, Other};
        for (ours, theirs, finding) in [
            (Some(Male), Some(Male), Finding::Agrees(Degree::Weak)),
            (Some(Male), Some(Female), Finding::Contradicts(Degree::Strong)),
            (Some(Other), Some(Female), Finding::Missing),
            (None, Some(Female), Finding::Missing),
            (Some(Female), None, Finding::Missing),
        ] {
            assert_eq!(gender(ours, theirs).finding, finding, "{ours:?} {theirs:?}");
        }
    }

    #[test]
    fn agreements_join_without_passing_one() {
        assert_eq!(joined_lift(0, 500), 500);
        assert_eq!(joined_lift(500, 200), 600);
        assert_eq!(joined_lift(990, 990), 1000);
        assert!(joined_lift(500, 500) < 1000);
    }
}
