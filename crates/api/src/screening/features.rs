//! Scores by feature, and why: our two axes in the vendor's words.
//!
//! `name` is how alike the two names are, from 0 to 1. Every other feature says how far it moved the score: above zero
//! it is the share of the distance to one that it closed, below zero what it took away. What is missing on either side
//! says nothing and is left out.

use std::collections::BTreeMap;

use serde::Serialize;
use watchlists::screening::{Explanation, Match};
use watchlists::{Feature, Finding};

/// Scores by the name of the feature.
pub type Features = BTreeMap<&'static str, f64>;

/// The score of a feature, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureResult {
    /// Why, in words.
    pub detail: Option<String>,
    /// The score.
    pub score: f64,
    /// The value of the question that was compared.
    pub query: Option<String>,
    /// The value of the list that was compared.
    pub candidate: Option<String>,
}

/// What a feature is, for a reader.
#[derive(Debug, Clone, Serialize)]
pub struct FeatureDoc {
    /// What it compares.
    pub description: &'static str,
    /// The most that it can move the score.
    pub coefficient: f64,
    /// Where more is said of it.
    pub url: &'static str,
}

/// The name's feature.
const NAME: &str = "name";

/// Why each feature of a match has its score; those that say nothing are left out.
#[must_use]
pub fn explanations(explanation: &Explanation) -> BTreeMap<&'static str, FeatureResult> {
    let Match { name_score, query_name, listed_name, evidence, .. } = &explanation.matched;
    let mut all = BTreeMap::new();
    if let Some(names) = &explanation.names {
        let tokens = names.alignments.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let name = FeatureResult {
            detail: Some(tokens),
            score: name_score.as_f64(),
            query: Some(query_name.clone()),
            candidate: Some(listed_name.clone()),
        };
        all.insert(NAME, name);
    }
    for evidence in evidence.iter().filter(|evidence| evidence.finding != Finding::Missing) {
        let result = FeatureResult {
            detail: Some(evidence.reason.to_owned()),
            score: (f64::from(evidence.lift) - f64::from(evidence.penalty)) / 1000.0,
            query: Some(evidence.query.clone()),
            candidate: Some(evidence.listed.clone()),
        };
        all.insert(evidence.feature.as_str(), result);
    }
    all
}

/// Every feature, for `matcher` and for the list of algorithms.
#[must_use]
pub fn docs() -> BTreeMap<&'static str, FeatureDoc> {
    let doc = |description, coefficient| FeatureDoc { description, coefficient, url: "docs/MATCHING.md" };
    let all = [
        (NAME, "How alike the names are, word by word: spelling, script, nicknames, sound, order, legal forms.", 1.0),
        (Feature::BirthDate.as_str(), "Dates of birth, incorporation or building, of whatever precision.", 0.5),
        (Feature::Country.as_str(), "Nationalities, residences, jurisdictions and other countries.", 0.12),
        (Feature::Gender.as_str(), "Gender, where both sides tell it.", 0.19),
        (Feature::Identifier.as_str(), "Documents and numbers; some stand for a party whatever its name.", 0.95),
        (Feature::BirthPlace.as_str(), "Places of birth.", 0.2),
        (Feature::Address.as_str(), "Addresses.", 0.15),
    ];
    all.into_iter().map(|(name, description, coefficient)| (name, doc(description, coefficient))).collect()
}

#[cfg(test)]
mod tests {
    use watchlists::screening::{EntityNumber, Query};
    use watchlists::{Country, CountryRole, DateRange, Entity, Gender, Identifier, IdentifierKind, Index, Schema};

    use super::*;
    use crate::fixture;

    #[test]
    fn what_speaks_for_is_above_zero_and_what_speaks_against_below() {
        let lists = fixture::lists();
        let mut query = Query::named(Schema::Person, "Timur Kasimow");
        query.birth_date = DateRange::parse_iso("1962-05-08");
        query.gender = Some(Gender::Female);
        let explanation = lists.index.explain(&query, EntityNumber(0)).expect("an entity");
        let told = explanations(&explanation);
        assert_eq!(told.keys().copied().collect::<Vec<_>>(), ["birth_date", "gender", "name"]);
        assert!((told["birth_date"].score - 0.5).abs() < 1e-9 && told["gender"].score < 0.0);
        assert_eq!(told["birth_date"].detail.as_deref(), Some("same day"));
        let name = &told["name"];
        assert!(name.score > 0.8 && name.score < 1.0, "{}", name.score);
        assert_eq!((name.query.as_deref(), name.candidate.as_deref()), (Some("Timur Kasimow"), Some("Timur Kasimov")));
        assert!(name.detail.as_deref().is_some_and(|detail| detail.contains("kasimov")), "{:?}", name.detail);
    }

    #[test]
    fn a_coefficient_is_what_full_agreement_moves() {
        let mut entity = Entity::new("x", Schema::Person, "Timur Kasimov");
        entity.birth_dates = vec![DateRange::parse_iso("1962-05-08").expect("a date")];
        entity.countries = vec![Country { code: "kz".to_owned(), role: CountryRole::Nationality }];
        entity.birth_places = vec!["Almaty".to_owned()];
        entity.addresses = vec!["1 Abay Avenue, Almaty".to_owned()];
        let value = "N 1234567".to_owned();
        let country = Some("kz".to_owned());
        entity.identifiers = vec![Identifier { kind: IdentifierKind::Passport, value, country, label: None }];
        let mut builder = Index::builder();
        let list = builder.list("list", "1");
        builder.add(list, &entity);
        let mut query = Query::named(Schema::Person, "Timur Kasimov");
        query.birth_date = entity.birth_dates.first().copied();
        (query.countries, query.birth_places) = (entity.countries, entity.birth_places);
        (query.addresses, query.identifiers) = (entity.addresses, entity.identifiers);
        let told = explanations(&builder.build().explain(&query, EntityNumber(0)).expect("an entity"));
        assert_eq!(told.len(), 6);
        for (name, result) in told {
            let most = docs()[name].coefficient;
            assert!((result.score - most).abs() < 1e-9, "{name}: {} of {most}", result.score);
        }
    }

    #[test]
    fn no_feature_without_a_description() {
        let docs = docs();
        for feature in [
            Feature::BirthDate,
            Feature::Country,
            Feature::Gender,
            Feature::Identifier,
            Feature::BirthPlace,
            Feature::Address,
        ] {
            assert!(docs.contains_key(feature.as_str()));
        }
        assert_eq!(docs.len(), 7);
    }
}
