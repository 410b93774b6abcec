//! What a screening found, in the vendor's words: each type once.

use std::collections::BTreeSet;

use onboarding::case::{Asks, Case, Outcome};
use onboarding::party::PartyKind;
use onboarding::screening::{DECLARATION, Hit};
use onboarding::{CheckKind, CheckState, Customer};
use watchlists::{Topic, Topics};

/// A type of the vendor's table, by who was found.
type Word = (Topics, &'static str, &'static str);

/// The nine types: for a person, for a company.
const WORDS: [Word; 6] = [
    (Topics::of(Topic::Sanction).with(Topic::SanctionLinked), "SANCTIONED_PERSON", "SANCTIONED_ENTITY"),
    (Topics::of(Topic::Pep), "POLITICALLY_EXPOSED_PERSON", "POLITICALLY_EXPOSED_PERSON"),
    (Topics::of(Topic::Rca), "RELATIVE_OR_CLOSE_ASSOCIATE", "RELATIVE_OR_CLOSE_ASSOCIATE"),
    (Topics::of(Topic::Blocked), "BLACKLIST_PERSON", "BLACKLIST_ENTITY"),
    (
        Topics::of(Topic::Wanted)
            .with(Topic::Crime)
            .with(Topic::Interest)
            .with(Topic::Debarred)
            .with(Topic::ExportControl)
            .with(Topic::Regulatory),
        "SPECIAL_INTEREST_PERSON",
        "SPECIAL_INTEREST_ENTITY",
    ),
    (Topics::of(Topic::AdverseMedia), "ADVERSE_MEDIA", "ADVERSE_MEDIA"),
];

/// The types of everybody who was found and not dismissed by a person, in these cases of the customer.
///
/// A check that a person confirmed in a case that is not at hand tells its own type.
#[must_use]
pub fn types<'c>(customer: &Customer, cases: impl IntoIterator<Item = &'c Case>) -> Vec<&'static str> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for case in cases {
        seen.insert(case.id);
        for question in &case.questions {
            let Asks::Hits { check } = question.asks else { continue };
            // Not who is somebody else, nor who is listed no more.
            let is_over = |outcome| matches!(outcome, Outcome::FalsePositive | Outcome::Withdrawn);
            let open =
                question.hits.iter().filter(|asked| asked.verdict.settled().is_none_or(|said| !is_over(said.outcome)));
            found.extend(open.flat_map(|asked| of_hit(customer, check, &asked.hit)));
        }
    }
    for (check, state) in customer.checks.iter().map(|(check, known)| (check, &known.state)) {
        if let CheckState::Confirmed(case) = state
            && !seen.contains(case)
        {
            let topic = match check {
                CheckKind::Sanctions => Topic::Sanction,
                CheckKind::Pep => Topic::Pep,
                CheckKind::Watchlists => Topic::Interest,
                CheckKind::Adverse => Topic::AdverseMedia,
            };
            found.extend(of_topics(Topics::of(topic), customer.party.kind()));
        }
    }
    found.into_iter().collect()
}

fn of_hit(customer: &Customer, check: CheckKind, hit: &Hit) -> Vec<&'static str> {
    if hit.list == DECLARATION {
        return of_topics(Topics::of(Topic::Pep), PartyKind::Person);
    }
    // Who has no name that can be compared was not found on a list.
    if hit.matched_name.is_empty() {
        return Vec::new();
    }
    let around = customer.related.iter().find(|related| related.key == hit.party);
    let kind = around.map_or_else(|| customer.party.kind(), |related| related.party.kind());
    of_topics(Topics(hit.topics.0 & check.topics().0), kind)
}

fn of_topics(topics: Topics, kind: PartyKind) -> Vec<&'static str> {
    let words = WORDS.iter().filter(|(about, ..)| about.meets(topics));
    words.map(|(_, person, company)| if kind == PartyKind::Person { *person } else { *company }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_vendors_table_is_told() {
        let all = Topics(u16::MAX);
        let mut told = of_topics(all, PartyKind::Person);
        told.extend(of_topics(all, PartyKind::Business));
        let told: BTreeSet<&str> = told.into_iter().collect();
        let table = [
            "ADVERSE_MEDIA",
            "BLACKLIST_ENTITY",
            "BLACKLIST_PERSON",
            "POLITICALLY_EXPOSED_PERSON",
            "RELATIVE_OR_CLOSE_ASSOCIATE",
            "SANCTIONED_ENTITY",
            "SANCTIONED_PERSON",
            "SPECIAL_INTEREST_ENTITY",
            "SPECIAL_INTEREST_PERSON",
        ];
        assert_eq!(told, BTreeSet::from(table));
    }
}
