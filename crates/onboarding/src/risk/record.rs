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
    if !is_settled(after) || !(rose || !is_settled(before)) {
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
