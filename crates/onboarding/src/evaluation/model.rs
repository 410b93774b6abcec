//! The fraud score: a sum of weights that anybody can add up again.
//!
//! Additive log-odds, the form of logistic regression: the odds of being honest begin at the model's base and are moved
//! by every signal by its weight times its strength. So each contribution is told, their sum is the score, and a signal
//! against the customer can never raise it: weights are not negative, and a signal's bearing is fixed by its name.

use std::collections::BTreeMap;

use super::FraudScore;
use crate::signals::{Bearing, Signal, SignalName, Strength};

/// What signals weigh, as data of a tenant's policy.
#[derive(Debug, Clone, PartialEq)]
pub struct FraudModel {
    base: f64,
    weights: BTreeMap<SignalName, f64>,
}

/// Why a model is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FraudModelError {
    /// A weight that would turn a signal round, or drown every other.
    #[error("a weight must be a number between 0 and 10")]
    Weight,
    /// A base that leaves nothing for the signals to move.
    #[error("the base must be a number between -5 and 5")]
    Base,
}

/// How likely a customer is honest, and what made it so.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    base: f64,
    contributions: Vec<Contribution>,
}

/// What one signal added.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contribution {
    /// Which signal.
    pub name: SignalName,
    /// By how much it moved the log-odds of being honest: above zero it speaks for the customer.
    pub log_odds: f64,
}

/// Odds of nine to one: of ten who apply, nine are honest. A prior for a house that lets people in without meeting them.
const BASE: f64 = 2.2;

/// The largest weight: alone it moves the odds more than twenty thousandfold.
const WEIGHT_MAX: f64 = 10.0;

impl Default for FraudModel {
    fn default() -> Self {
        Self { base: BASE, weights: BTreeMap::new() }
    }
}

impl FraudModel {
    /// A model with another base, and weights in place of the default ones.
    ///
    /// # Errors
    /// What would make it something else than a sum of bounded weights.
    pub fn new(base: f64, weights: BTreeMap<SignalName, f64>) -> Result<Self, FraudModelError> {
        if !(-5.0..=5.0).contains(&base) {
            return Err(FraudModelError::Base);
        }
        if !weights.values().all(|weight| (0.0..=WEIGHT_MAX).contains(weight)) {
            return Err(FraudModelError::Weight);
        }
        Ok(Self { base, weights })
    }

    /// Where the log-odds begin.
    #[must_use]
    pub fn base(&self) -> f64 {
        self.base
    }

    /// The weights that were put in place of default ones.
    pub fn own_weights(&self) -> impl Iterator<Item = (SignalName, f64)> {
        self.weights.iter().map(|(&name, &weight)| (name, weight))
    }

    /// What a signal weighs at full strength.
    #[must_use]
    pub fn weight(&self, name: SignalName) -> f64 {
        self.weights.get(&name).copied().unwrap_or(name.default_weight())
    }

    /// Adds up the signals. A fact that was found twice counts once, at its strongest.
    #[must_use]
    pub fn weigh(&self, signals: &[Signal]) -> Weighed {
        let mut strongest: BTreeMap<SignalName, Strength> = BTreeMap::new();
        for signal in signals {
            let found = strongest.entry(signal.name).or_insert(signal.strength);
            *found = (*found).max(signal.strength);
        }
        let contributions = strongest.into_iter().map(|(name, strength)| {
            let weight = self.weight(name) * strength.as_f64();
            let log_odds = match name.bearing() {
                Bearing::Good => weight,
                Bearing::Neutral => 0.0,
                Bearing::Bad => -weight,
            };
            Contribution { name, log_odds }
        });
        Weighed { base: self.base, contributions: contributions.collect() }
    }
}

impl Weighed {
    /// Rebuilds a stored score.
    #[must_use]
    pub fn restore(base: f64, contributions: Vec<Contribution>) -> Option<Self> {
        let score = Self { base, contributions };
        score.log_odds().is_finite().then_some(score)
    }

    /// Where the log-odds began.
    #[must_use]
    pub fn base(&self) -> f64 {
        self.base
    }

    /// What every signal added, in the order of their names.
    #[must_use]
    pub fn contributions(&self) -> &[Contribution] {
        &self.contributions
    }

    /// The base and every contribution, added up.
    #[must_use]
    pub fn log_odds(&self) -> f64 {
        self.contributions.iter().fold(self.base, |sum, contribution| sum + contribution.log_odds)
    }

    /// How likely the customer is honest, in [0, 1]: 1 is safe.
    #[must_use]
    pub fn value(&self) -> f64 {
        1.0 / (1.0 + (-self.log_odds()).exp())
    }

    /// The same, as it is told, kept in histories and measured against thresholds.
    #[must_use]
    pub fn score(&self) -> FraudScore {
        FraudScore::of(self.value())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signal() -> impl Strategy<Value = Signal> {
        (0..SignalName::ALL.len(), 0..=100_u8).prop_map(|(at, percent)| Signal::at(SignalName::ALL[at], percent))
    }

    proptest! {
        #[test]
        fn the_contributions_are_the_score(signals in prop::collection::vec(signal(), 0..40)) {
            let score = FraudModel::default().weigh(&signals);
            prop_assert!((0.0..=1.0).contains(&score.value()));
            prop_assert!((score.score().as_f64() - score.value()).abs() < 1e-4);
            let sum = score.contributions().iter().map(|one| one.log_odds).sum::<f64>() + score.base();
            let told = (score.value() / (1.0 - score.value())).ln();
            prop_assert!(sum.abs() > 30.0 || (sum - told).abs() < 1e-2, "{sum} is not {told}");
        }

        #[test]
        fn a_worse_signal_never_raises_the_score(signals in prop::collection::vec(signal(), 0..30), more in signal()) {
            let model = FraudModel::default();
            let before = model.weigh(&signals).value();
            let mut longer = signals;
            longer.push(more);
            let after = model.weigh(&longer).value();
            match more.name.bearing() {
                Bearing::Bad => prop_assert!(after <= before),
                Bearing::Neutral => prop_assert!((after - before).abs() < f64::EPSILON),
                Bearing::Good => prop_assert!(after >= before),
            }
            longer.reverse();
            prop_assert_eq!(model.weigh(&longer), model.weigh(&{ longer.reverse(); longer }));
        }
    }

    #[test]
    fn a_policy_puts_its_own_weights_in_place_within_bounds() {
        let of = |weight| FraudModel::new(2.0, BTreeMap::from([(SignalName::AddressPoBox, weight)]));
        let signals = [Signal::at(SignalName::AddressPoBox, 50)];
        assert_eq!(of(3.0).expect("fits").weigh(&signals).contributions()[0].log_odds, -1.5);
        for bad in [-0.1, 10.1, f64::NAN] {
            assert_eq!(of(bad), Err(FraudModelError::Weight));
        }
        assert_eq!(FraudModel::new(f64::INFINITY, BTreeMap::new()), Err(FraudModelError::Base));
    }
}
