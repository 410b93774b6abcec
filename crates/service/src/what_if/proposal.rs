//! What is tried.

use std::collections::BTreeSet;

use onboarding::Policy;
use serde_json::{Value, json};
use watchlists::Feature;

/// Kinds of evidence that may be left out, by the words of [`Feature::as_str`].
pub const FEATURES: [Feature; 3] = [Feature::BirthDate, Feature::Country, Feature::Identifier];

/// What is tried beside what is in force.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proposal {
    /// Other versions of lists, by name and hash, each in place of the one in force; a list that is not in force is added.
    pub versions: Vec<(String, [u8; 32])>,
    /// Another threshold.
    pub threshold: Option<f64>,
    /// Evidence that is not weighed.
    pub ignored: BTreeSet<Feature>,
    /// Whom it is tried on.
    pub sample: Sample,
}

/// Whom a proposal is tried on: every so-manieth customer in the order of their ids, so that the same base gives the same.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sample {
    /// Everybody.
    #[default]
    All,
    /// So large a part of them, above 0 and at most 1.
    Share(f64),
    /// So many of them.
    Count(u64),
}

/// Every so-manieth is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stride {
    taken: u64,
    of: u64,
}

impl Sample {
    pub(crate) fn stride(self, customers: u64) -> Stride {
        match self {
            Self::All => Stride { taken: 1, of: 1 },
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share is cut to 0..=1 before"
            )]
            Self::Share(share) => {
                Stride { taken: ((share.clamp(0.0, 1.0) * 1e6).round() as u64).max(1), of: 1_000_000 }
            }
            Self::Count(count) => Stride { taken: count.min(customers.max(1)), of: customers.max(1) },
        }
    }
}

impl Stride {
    /// Whether the customer of this place is taken: they are spread evenly over all.
    pub fn takes(self, number: u64) -> bool {
        let up_to = |number: u64| u128::from(number) * u128::from(self.taken) / u128::from(self.of);
        up_to(number + 1) > up_to(number)
    }
}

/// Why something is not tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproposable {
    /// Nothing would be different.
    #[error("name another version of a list, another threshold, or evidence to leave out")]
    Nothing,
    /// Below the threshold of the engine, not every match is found.
    #[error("a threshold is between 0.7 and 1")]
    Threshold,
    /// Nobody would be looked at.
    #[error("a share is above 0 and at most 1, a count at least 1")]
    Sample,
    /// There is no such evidence.
    #[error("evidence that may be left out: birth_date, country, identifier")]
    Feature,
    /// So many lists are not tried at once.
    #[error("at most {} lists are tried at once, each once", Proposal::VERSIONS_MAX)]
    Versions,
}

impl Proposal {
    /// Most versions that are tried at once: their index is built beside the one in force.
    pub const VERSIONS_MAX: usize = 16;

    /// Evidence by its word.
    ///
    /// # Errors
    /// [`Unproposable::Feature`].
    pub fn feature(word: &str) -> Result<Feature, Unproposable> {
        FEATURES.into_iter().find(|feature| feature.as_str() == word).ok_or(Unproposable::Feature)
    }

    /// Whether it can be tried, and is worth it.
    ///
    /// # Errors
    /// [`Unproposable`].
    pub fn checked(self) -> Result<Self, Unproposable> {
        let lists: BTreeSet<&String> = self.versions.iter().map(|(list, _)| list).collect();
        if lists.len() != self.versions.len() || lists.len() > Self::VERSIONS_MAX {
            return Err(Unproposable::Versions);
        }
        if self.threshold.is_some_and(|threshold| !(0.7..=1.0).contains(&threshold)) {
            return Err(Unproposable::Threshold);
        }
        let sampled = match self.sample {
            Sample::All => true,
            Sample::Share(share) => share > 0.0 && share <= 1.0,
            Sample::Count(count) => count > 0,
        };
        if !sampled {
            return Err(Unproposable::Sample);
        }
        let different = !self.versions.is_empty() || self.threshold.is_some() || !self.ignored.is_empty();
        if different { Ok(self) } else { Err(Unproposable::Nothing) }
    }

    /// The threshold that is tried.
    pub(crate) fn threshold_under(&self, policy: &Policy) -> f64 {
        self.threshold.unwrap_or(policy.alert_threshold)
    }

    /// As it is kept and shown.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let version = |(list, hash): &(String, [u8; 32])| json!({"list": list, "version": hex::encode(hash)});
        let mut view = json!({
            "lists": self.versions.iter().map(version).collect::<Vec<_>>(),
            "threshold": self.threshold,
            "ignore": self.ignored.iter().map(|feature| feature.as_str()).collect::<Vec<_>>(),
        });
        match self.sample {
            Sample::All => {}
            Sample::Share(share) => view["share"] = json!(share),
            Sample::Count(count) => view["count"] = json!(count),
        }
        view
    }

    /// Reads [`Self::to_json`] back.
    pub(crate) fn from_json(kept: &Value) -> Option<Self> {
        let version = |entry: &Value| {
            let mut hash = [0; 32];
            hex::decode_to_slice(entry["version"].as_str()?, &mut hash).ok()?;
            Some((entry["list"].as_str()?.to_owned(), hash))
        };
        let feature = |word: &Value| Self::feature(word.as_str()?).ok();
        let sample = match (kept["share"].as_f64(), kept["count"].as_u64()) {
            (Some(share), _) => Sample::Share(share),
            (None, Some(count)) => Sample::Count(count),
            (None, None) => Sample::All,
        };
        Some(Self {
            versions: kept["lists"].as_array()?.iter().map(version).collect::<Option<_>>()?,
            threshold: kept["threshold"].as_f64(),
            ignored: kept["ignore"].as_array()?.iter().map(feature).collect::<Option<_>>()?,
            sample,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_tried_is_told() {
        let twice = vec![("un".to_owned(), [1; 32]), ("un".to_owned(), [2; 32])];
        let some = Proposal { threshold: Some(0.8), ..Proposal::default() };
        for (proposal, why) in [
            (Proposal::default(), Unproposable::Nothing),
            (Proposal { threshold: Some(0.6), ..Proposal::default() }, Unproposable::Threshold),
            (Proposal { threshold: Some(f64::NAN), ..Proposal::default() }, Unproposable::Threshold),
            (Proposal { sample: Sample::Share(0.0), ..some.clone() }, Unproposable::Sample),
            (Proposal { sample: Sample::Share(f64::NAN), ..some.clone() }, Unproposable::Sample),
            (Proposal { sample: Sample::Count(0), ..some.clone() }, Unproposable::Sample),
            (Proposal { versions: twice, ..some.clone() }, Unproposable::Versions),
        ] {
            assert_eq!(proposal.checked(), Err(why));
        }
        assert_eq!(some.clone().checked(), Ok(some));
    }

    #[test]
    fn a_proposal_reads_back() {
        for sample in [Sample::All, Sample::Share(0.25), Sample::Count(100)] {
            let proposal = Proposal {
                versions: vec![("un".to_owned(), [7; 32])],
                threshold: Some(0.85),
                ignored: [Feature::BirthDate].into(),
                sample,
            };
            assert_eq!(Proposal::from_json(&proposal.to_json()), Some(proposal));
        }
    }

    proptest! {
        #[test]
        fn a_count_takes_as_many(customers in 1_u64..5_000, count in 1_u64..6_000) {
            let stride = Sample::Count(count).stride(customers);
            let taken = (0..customers).filter(|number| stride.takes(*number)).count() as u64;
            prop_assert_eq!(taken, count.min(customers));
        }

        #[test]
        fn a_share_takes_its_part(share in 0.01_f64..=1.0) {
            let stride = Sample::Share(share).stride(1);
            let taken = (0..10_000).filter(|number| stride.takes(*number)).count() as f64;
            prop_assert!((taken - share * 10_000.0).abs() <= 1.5, "{taken}");
        }
    }
}
