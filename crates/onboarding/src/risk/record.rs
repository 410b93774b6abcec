//! A rating becomes the customer's.

use jiff::Timestamp;

use super::{Level, Rating};
use crate::case::{Asks, Case, NewQuestion, Severity, ask_also};
use crate::changes::Changes;
use crate::check::CheckState;
use crate::customer::{Customer, Draft, Ids};
use crate::event::EventKind;
use crate::pii::Pii;

/// Goes on with a change by giving the customer this rating; whoever wants to know is told when the level is another one.
pub fn with_rating(changes: Changes, rating: Rating, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    let rating = rating.following(changes.customer.rating.as_ref());
    if changes.customer.rating.as_ref() == Some(&rating) {
        return changes;
    }
    put(Draft::resume(changes, ids, now), rating)
}

/// Gives the customer this rating; `None` where it has it already.
pub fn rerate(customer: Customer, rating: Rating, ids: &mut dyn Ids, now: Timestamp) -> Option<Changes> {
    let rating = rating.following(customer.rating.as_ref());
    let is_new = customer.rating.as_ref() != Some(&rating);
    is_new.then(|| put(Draft::new(customer, ids, now), rating))
}

impl Rating {
    /// This rating of a customer that had the other: what a person was asked about stays asked as far as the level goes.
    #[must_use]
    pub fn following(self, before: Option<&Self>) -> Self {
        let asked = before.and_then(|before| before.asked).map(|asked| asked.min(self.level));
        Self { asked: asked.filter(|level| *level >= Level::High), ..self }
    }
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

/// Asks a person, where the rating does: whether somebody of high risk, or whom the rules do not let in, is served all the
/// same. The change's own case goes before `open_case`, which is the one before it.
///
/// It asks about a level once, however often the customer is screened, and waits while a check waits for a list or a
/// person: what they find may be all there is to it. A confirmed hit is an answer already.
#[must_use]
pub fn ask_about(changes: Changes, open_case: Option<Case>, ids: &mut dyn Ids, now: Timestamp) -> Changes {
    let Some(question) = question(&changes.customer) else { return changes };
    let changes = ask_also(changes, open_case, vec![question], ids, now);
    let mut draft = Draft::resume(changes, ids, now);
    if let Some(rating) = &mut draft.customer.rating {
        rating.asked = Some(rating.level);
    }
    draft.finish()
}

fn question(customer: &Customer) -> Option<NewQuestion> {
    let rating = customer.rating.as_ref()?;
    let severity = match rating.level {
        Level::Low | Level::Medium => return None,
        Level::High => Severity::High,
        Level::Prohibited => Severity::Prohibited,
    };
    if !is_settled(customer) || rating.asked.is_some_and(|asked| asked >= rating.level) {
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
        Rating { level, own: level, stated: None, score: 1, factors: Vec::new(), model, model_version, asked: None }
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

    /// What a customer that had one rating is asked when it is given the next one.
    fn asks(customer: Customer, level: Level) -> (Option<usize>, Customer) {
        let now = Timestamp::UNIX_EPOCH;
        let changes = Draft::new(customer, &mut Count(5), now).finish();
        let changes = with_rating(changes, rating(level), &mut Count(7), now);
        let changes = ask_about(changes, None, &mut Count(9), now);
        (changes.case.map(|case| case.questions.len()), changes.customer)
    }

    #[test]
    fn a_person_is_asked_about_a_level_once_and_when_nothing_else_is_open() {
        use CheckState::{Clear, Confirmed, Hit, Pending};
        use Level::{High, Low, Medium, Prohibited};
        let case = CaseId(Uuid::nil());
        for (steps, questions) in [
            (vec![(Clear, Low)], 0),
            (vec![(Clear, High)], 1),
            (vec![(Pending, High)], 0),
            (vec![(Pending, High), (Clear, High)], 1),
            (vec![(Clear, Low), (Clear, High)], 1),
            // Sent again, screened again: it was asked.
            (vec![(Clear, High), (Pending, High), (Clear, High)], 1),
            (vec![(Clear, High), (Clear, Prohibited)], 2),
            (vec![(Clear, Prohibited), (Clear, High), (Clear, High)], 1),
            (vec![(Clear, Prohibited), (Clear, High), (Clear, Prohibited)], 2),
            (vec![(Clear, High), (Clear, Medium), (Clear, High)], 2),
            // The hit may be all there is to it, or was all that was waited for.
            (vec![(Clear, Low), (Hit(case), High)], 0),
            (vec![(Hit(case), High), (Clear, High)], 1),
            (vec![(Hit(case), High), (Confirmed(case), Prohibited)], 0),
        ] {
            let told = format!("{steps:?}");
            let mut known = customer(None, Pending);
            let mut asked = 0;
            for (state, level) in steps {
                let check = known.checks.get_mut(&CheckKind::Sanctions).expect("one");
                check.state = state;
                let (now_asked, next) = asks(known, level);
                asked += now_asked.unwrap_or(0);
                known = next;
            }
            assert_eq!(asked, questions, "{told}");
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
