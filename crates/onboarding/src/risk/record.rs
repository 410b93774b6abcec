//! A rating becomes the customer's.

use jiff::Timestamp;

use super::{Level, Rating};
use crate::case::{Asks, NewQuestion, Severity};
use crate::changes::Changes;
use crate::check::CheckState;
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::pii::Pii;

/// Goes on with a change by giving the customer this rating; whoever wants to know is told when the level is another one.
pub fn with_rating(changes: Changes, rating: Rating, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    if changes.customer.rating.as_ref() == Some(&rating) {
        return changes;
    }
    put(Draft::resume(changes, ids, now), rating)
}

/// Gives the customer this rating; `None` where it has it already.
pub fn rerate(customer: Customer, rating: Rating, ids: &mut dyn Ids, now: Timestamp) -> Option<Changes> {
    let is_new = customer.rating.as_ref() != Some(&rating);
    is_new.then(|| put(Draft::new(customer, ids, now), rating))
}

fn put(mut draft: Draft<'_>, rating: Rating) -> Changes {
    let level = rating.level;
    let moved = draft.customer.rating.as_ref().is_none_or(|before| before.level != level);
    draft.customer.rating = Some(rating);
    if moved {
        draft.happened(EventKind::RiskChanged, None, Some(level.as_str()));
    }
    draft.finish()
}

/// What a rating asks a person: whether somebody of high risk, or whom the rules do not let in, is served all the same.
///
/// It asks when the level rises, and waits while a check waits for a list or a person: what they find may be all there is
/// to it. `before` is the customer as it was. A confirmed hit is an answer already.
#[must_use]
pub fn question(before: &Customer, after: &Customer) -> Option<NewQuestion> {
    let rating = after.rating.as_ref()?;
    let severity = match rating.level {
        Level::Low | Level::Medium => return None,
        Level::High => Severity::High,
        Level::Prohibited => Severity::Prohibited,
    };
    let rose = before.rating.as_ref().is_none_or(|earlier| earlier.level < rating.level);
    let is_news = rose || !is_settled(before);
    if !is_settled(after) || !is_news {
        return None;
    }
    let most =
        rating.factors.iter().take(3).map(|factor| format!("{}: {} ({})", factor.name, factor.reason, factor.points));
    let why = format!(
        "{} by {} version {}, score {}. {}",
        rating.level.as_str(),
        rating.model,
        rating.model_version,
        rating.score,
        most.collect::<Vec<_>>().join("; ")
    );
    Some(NewQuestion::of(Asks::Rule { rule: rating.model.clone(), severity, why: Pii(why) }))
}

/// Whether no check waits for a list or a person, or has ended badly.
fn is_settled(customer: &Customer) -> bool {
    customer.checks.values().all(|check| !check.required || check.state == CheckState::Clear)
        && customer.checks.values().all(|check| check.state.case().is_none())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::check::{Check, CheckKind};
    use crate::id::CaseId;
    use crate::onboard::{Onboard, onboard};
    use crate::party::{Business, Party};
    use crate::{Policy, TenantId};

    #[derive(Debug)]
    struct Count(u128);

    impl Ids for Count {
        fn next(&mut self) -> Uuid {
            self.0 += 1;
            Uuid::from_u128(self.0)
        }
    }

    fn rating(level: Level) -> Rating {
        let (model, model_version) = ("m".to_owned(), 1);
        Rating { level, own: level, stated: None, score: 1, factors: Vec::new(), model, model_version }
    }

    fn customer(rated: Option<Level>, sanctions: CheckState) -> Customer {
        let party =
            Party::Business(Business { name: Pii("A".to_owned()), formed_on: None, jurisdiction: None, tax_id: None });
        let command = Onboard {
            party,
            cif_number: "1".to_owned(),
            client_identifier: None,
            addresses: Vec::new(),
            phones: Vec::new(),
            emails: Vec::new(),
            identifications: Vec::new(),
            related: Vec::new(),
            checks: std::collections::BTreeSet::new(),
            attributes: serde_json::Map::new(),
        };
        let now = Timestamp::UNIX_EPOCH;
        let made = onboard(TenantId(Uuid::nil()), command, &Policy::default(), &mut Count(0), now).expect("let in");
        let check = Check { state: sanctions, ..Check::due(now) };
        Customer { rating: rated.map(rating), checks: BTreeMap::from([(CheckKind::Sanctions, check)]), ..made.customer }
    }

    #[test]
    fn a_person_is_asked_when_the_level_rises_and_nothing_else_is_open() {
        use CheckState::{Clear, Confirmed, Hit, Pending};
        use Level::{High, Low, Prohibited};
        let case = CaseId(Uuid::nil());
        for (before, after, asks) in [
            ((None, Pending), (Some(High), Clear), true),
            ((None, Pending), (Some(High), Pending), false),
            ((None, Pending), (Some(Low), Clear), false),
            ((Some(Low), Clear), (Some(High), Clear), true),
            ((Some(High), Clear), (Some(High), Clear), false),
            ((Some(High), Clear), (Some(Prohibited), Clear), true),
            ((Some(Prohibited), Clear), (Some(High), Clear), false),
            ((Some(Low), Clear), (Some(High), Hit(case)), false),
            // The hit was all that was waited for.
            ((Some(High), Hit(case)), (Some(High), Clear), true),
            ((Some(High), Hit(case)), (Some(Prohibited), Confirmed(case)), false),
        ] {
            let told = format!("{before:?} {after:?}");
            let asked = question(&customer(before.0, before.1), &customer(after.0, after.1));
            assert_eq!(asked.is_some(), asks, "{told}");
        }
    }

    #[test]
    fn whoever_wants_to_know_is_told_of_another_level_only() {
        let now = Timestamp::UNIX_EPOCH;
        let rated = |before: Option<Level>, score: u32| {
            let rating = Rating { score, ..rating(Level::Low) };
            rerate(customer(before, CheckState::Clear), rating, &mut Count(9), now).map(|changes| {
                assert_eq!(changes.customer.event_count as usize, 1 + changes.events.len());
                changes.events.len()
            })
        };
        assert_eq!(rated(None, 1), Some(1));
        assert_eq!(rated(Some(Level::High), 1), Some(1));
        assert_eq!(rated(Some(Level::Low), 2), Some(0), "other points, the same level");
        assert_eq!(rated(Some(Level::Low), 1), None);
    }
}
