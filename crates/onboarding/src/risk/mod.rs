//! How risky a customer is, and why: rules that an institution reads, changes and versions as data.
//!
//! A [`Model`] is a file (TOML or JSON): [rules](Rule) with cases, [bands](Bands) from score to level. [`rate`] holds it
//! against the [`Facts`] of one customer and says the [`Rating`]: level, score, and each factor above zero with its points
//! and its reason. The same model and facts give the same rating, always.
//!
//! - [`facts`]: what rules may read; [`tables`]: our own data on countries, industries, legal forms and occupations;
//! - [`expr`]: the expressions; [`model`]: the file; [`level`]: the four words.

pub mod expr;
pub mod facts;
pub mod level;
pub mod model;
mod record;
pub mod tables;

pub use facts::{Facts, Finding};
pub use level::Level;
pub use model::{Bands, Model, ModelError, Rule};
pub use record::{ask_about, rerate, with_rating};

use model::{Case, Customers, Points};

use crate::party::PartyKind;

/// How risky a customer is, by which version of which model, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// The level in force: the higher of our own and the sender's.
    pub level: Level,
    /// What our own rules say.
    pub own: Level,
    /// What the sender says.
    pub stated: Option<Level>,
    /// All points together.
    pub score: u32,
    /// What gave points, most first.
    pub factors: Vec<Factor>,
    /// The model's id.
    pub model: String,
    /// The model's version; 0 is the one that is shipped.
    pub model_version: u32,
    /// The level about which a person was asked; none where there was no reason to, or there is one no more.
    pub asked: Option<Level>,
}

/// One thing that gave points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// The rule's id.
    pub rule: String,
    /// A short label (`Country of residence`).
    pub name: String,
    /// How many points, above zero.
    pub points: u32,
    /// Why, in a sentence of the model; it holds nothing personal.
    pub reason: String,
}

/// Most points that one rule may give.
pub const POINTS_MAX: u32 = 1_000;

/// Rates a customer by these facts.
#[must_use]
pub fn rate(model: &Model, facts: &Facts) -> Rating {
    let mut factors = Vec::new();
    let mut floor = Level::Low;
    for rule in model.rules.iter().filter(|rule| applies(rule, facts)) {
        let told = tell(rule, facts);
        floor = floor.max(told.at_least.unwrap_or(Level::Low));
        if told.points > 0 {
            let (rule, name) = (rule.id.clone(), rule.factor.clone());
            factors.push(Factor { rule, name, points: told.points, reason: told.reason });
        }
    }
    // Stable: factors of as many points stay in the model's order.
    factors.sort_by_key(|factor| std::cmp::Reverse(factor.points));
    let score = factors.iter().fold(0_u32, |sum, factor| sum.saturating_add(factor.points));
    let own = model.bands.level(score).max(floor);
    let level = facts.stated_level.map_or(own, |stated| stated.max(own));
    let (model_version, model) = (model.version, model.id.clone());
    Rating { level, own, stated: facts.stated_level, score, factors, model, model_version, asked: None }
}

struct Told {
    points: u32,
    reason: String,
    at_least: Option<Level>,
}

fn applies(rule: &Rule, facts: &Facts) -> bool {
    match (rule.customers, facts.kind) {
        (Customers::All, _) | (_, None) => true,
        (Customers::Persons, Some(kind)) => kind == PartyKind::Person,
        (Customers::Businesses, Some(kind)) => kind == PartyKind::Business,
    }
}

fn tell(rule: &Rule, facts: &Facts) -> Told {
    for case in &rule.cases {
        match case.when.as_ref().map_or(Some(true), |when| when.holds(facts)) {
            Some(false) => {}
            Some(true) => {
                return points(case, facts).map_or_else(
                    || missing(rule, case, facts),
                    |points| Told { points, reason: case.reason.clone(), at_least: case.at_least },
                );
            }
            None => return missing(rule, case, facts),
        }
    }
    Told { points: 0, reason: String::new(), at_least: None }
}

fn points(case: &Case, facts: &Facts) -> Option<u32> {
    match &case.points {
        Points::Fixed(points) => Some(*points),
        Points::Computed(expr) => {
            let points = expr.number(facts)?.clamp(0, i64::from(POINTS_MAX));
            u32::try_from(points).ok()
        }
    }
}

/// What is not known is taken as the rule says.
fn missing(rule: &Rule, case: &Case, facts: &Facts) -> Told {
    let reason = rule.missing_reason.clone().unwrap_or_else(|| {
        let exprs = case.when.iter().chain(match &case.points {
            Points::Computed(expr) => Some(expr),
            Points::Fixed(_) => None,
        });
        let mut unknown: Vec<&str> = exprs
            .flat_map(expr::Expr::facts)
            .filter(|fact| (fact.read)(facts).is_none())
            .map(|fact| fact.name)
            .collect();
        unknown.dedup();
        if unknown.is_empty() { "Cannot be computed".to_owned() } else { format!("Not known: {}", unknown.join(", ")) }
    });
    Told { points: rule.missing_points, reason, at_least: None }
}

#[cfg(test)]
mod tests;
