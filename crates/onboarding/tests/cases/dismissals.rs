//! Decisions that last: for what was seen on both sides, for every source, and for as long as the tenant lets them.

use super::*;

/// The customer, once everything was said to be about somebody else.
fn dismissed(begun: (Customer, Case), ids: &mut Counter) -> Customer {
    let command = said("ana", About::Everything, Outcome::FalsePositive);
    decided(begun, &command, FourEyes::None, ids).expect("open").customer
}

/// The fingerprint of a listed Bob with these names.
fn listed(names: &[&str]) -> Option<watchlists::Fingerprint> {
    let mut entity = watchlists::Entity::new("1", watchlists::Schema::Person, names[0]);
    for name in &names[1..] {
        let (text, kind) = ((*name).to_owned(), watchlists::NameKind::Alias);
        entity.names.push(watchlists::ListedName { text, kind, language: None });
    }
    Some(watchlists::Fingerprint::of(&entity))
}

#[test]
fn a_dismissal_stands_for_what_was_seen_and_for_as_long_as_the_tenant_lets_it() {
    let seen = Hit { listed: listed(&["Bob Smith", "Bobby"]), ..hit("1", Topic::Sanction, 0.9) };
    let agrees = onboarding::reason::Reason {
        feature: "identifier".to_owned(),
        finding: onboarding::reason::Agreement::Agrees,
        why: "the same".to_owned(),
        customer: Pii("A1".to_owned()),
        listed: "A1".to_owned(),
    };
    let same = seen.clone();
    let cosmetic = Hit { listed: listed(&["SMITH, Bob", " bobby "]), score: 0.8, ..seen.clone() };
    let alias = Hit { listed: listed(&["Bob Smith", "Bobby", "Robert Smith"]), ..seen.clone() };
    let gone = Hit { listed: listed(&["Bob Smith"]), ..seen.clone() };
    let document = Hit { reasons: vec![agrees], ..seen.clone() };
    let table = [
        (same.clone(), 1, Some(365), "clear"),
        (cosmetic, 1, Some(365), "clear"),
        (alias, 1, Some(365), "hit"),
        (gone, 1, Some(365), "hit"),
        (document, 1, Some(365), "hit"),
        (same.clone(), 364, Some(365), "clear"),
        (same.clone(), 365, Some(365), "hit"),
        (same.clone(), 30, Some(30), "hit"),
        (same, 10_000, None, "clear"),
    ];
    for (found, days, lasts, expected) in table {
        let mut ids = Counter::default();
        let customer = bob(&mut ids);
        let begun = parts(met(customer, None, vec![seen.clone()], &mut ids, now()));
        let cleared = dismissed(begun, &mut ids);
        let policy =
            Policy { dismissal_lasts: lasts.map(|days| SignedDuration::from_hours(days * 24)), ..Policy::default() };
        let later = now() + SignedDuration::from_hours(days * 24);
        let expires = lasts.map(|days| now() + SignedDuration::from_hours(days * 24)).filter(|at| *at > later);
        assert_eq!(onboarding::screening::next_expiry(&cleared, &policy, later), expires);
        let again = met_under(&policy, cleared, None, vec![found], &mut ids, later);
        assert_eq!(state(&again.customer, CheckKind::Sanctions), expected, "{days} days of {lasts:?}");
    }
}

#[test]
fn every_source_of_a_party_is_dismissed_with_it_and_one_that_joins_asks_again() {
    let mut ids = Counter::default();
    let source = |entity: &str, list: &str| onboarding::screening::Listing {
        entity: entity.to_owned(),
        list: list.to_owned(),
        topics: Topics::of(Topic::Sanction),
        caption: "Bob".to_owned(),
        matched_name: "Bob".to_owned(),
        score: 0.9,
        why: "the same passport".to_owned(),
        details: Vec::new(),
        listed: listed(&["Bob"]),
    };
    let leading = |others| Hit { listed: listed(&["Bob Smith"]), others, ..hit("1", Topic::Sanction, 0.9) };
    let both = leading(vec![source("2", "un")]);
    let customer = bob(&mut ids);
    let (customer, case) = parts(met(customer, None, vec![both.clone()], &mut ids, now()));
    assert_eq!(case.hits().count(), 1, "one party is asked about once");
    let cleared = dismissed((customer, case), &mut ids);
    let kept = &cleared.checks[&CheckKind::Sanctions].dismissed;
    assert_eq!(kept.iter().map(|it| it.list.as_str()).collect::<Vec<_>>(), ["ofac-sdn", "un"]);
    // The other source leads now; or one has left.
    let turned = Hit {
        entity: "2".to_owned(),
        list: "un".to_owned(),
        listed: listed(&["Bob"]),
        others: vec![onboarding::screening::Listing { listed: listed(&["Bob Smith"]), ..source("1", "ofac-sdn") }],
        ..both.clone()
    };
    let more = leading(vec![source("2", "un"), source("3", "eu")]);
    for (found, expected) in [(both, "clear"), (turned, "clear"), (leading(Vec::new()), "clear"), (more, "hit")] {
        let again = met(cleared.clone(), None, vec![found], &mut ids, now());
        assert_eq!(state(&again.customer, CheckKind::Sanctions), expected);
    }
}

#[test]
fn an_answer_to_one_of_several_hits_outlives_a_cosmetic_change() {
    let listed =
        |name: &str| Some(watchlists::Fingerprint::of(&watchlists::Entity::new("1", watchlists::Schema::Person, name)));
    let one = |name: &str, score| Hit { listed: listed(name), ..hit("1", Topic::Sanction, score) };
    for (name, stays) in [("SMITH, Bob", true), ("Robert Smith", false)] {
        let mut ids = Counter::default();
        let customer = bob(&mut ids);
        let both = vec![one("Bob Smith", 0.93), hit("2", Topic::Sanction, 0.8)];
        let begun = parts(met(customer, None, both, &mut ids, now()));
        let half = decided(begun, &said("ana", About::Hit(1), Outcome::FalsePositive), FourEyes::None, &mut ids);
        let (customer, case) = parts(half.expect("open"));
        let again = met(customer, Some(case.clone()), vec![one(name, 0.91)], &mut ids, later(1));
        let case = again.case.unwrap_or(case);
        assert_eq!(case.questions[0].hits[0].verdict.settled().is_some(), stays, "{name}");
    }
}
