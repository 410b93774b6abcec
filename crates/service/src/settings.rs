//! A tenant's settings: keys and values an operator may set, each read into the policy. One table, so that what is
//! known, what is valid and what it does stand in one place.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Span, SpanRelativeTo};
use onboarding::Policy;
use onboarding::check::CheckKind;
use onboarding::evaluation::model::FraudModel;
use onboarding::policy::FourEyes;
use onboarding::signals::SignalName;
use store::{NETWORK_SHARE, Tenant};

/// One setting.
struct Setting {
    key: &'static str,
    /// Puts a valid value into the policy, or says what would be valid.
    apply: fn(&mut Policy, &str) -> Result<(), &'static str>,
    /// What stands in the policy.
    show: fn(&Policy) -> String,
}

const SETTINGS: &[Setting] = &[
    Setting {
        key: "cases.fourEyes",
        apply: |policy, value| {
            let choice = FourEyes::parse(value).ok_or("none, trueMatch or all");
            choice.map(|choice| policy.four_eyes = choice)
        },
        show: |policy| policy.four_eyes.as_str().to_owned(),
    },
    Setting {
        key: "checks.business",
        apply: |policy, value| checks(value).map(|checks| policy.business_checks = checks),
        show: |policy| joined(&policy.business_checks),
    },
    Setting {
        key: "checks.person",
        apply: |policy, value| checks(value).map(|checks| policy.person_checks = checks),
        show: |policy| joined(&policy.person_checks),
    },
    Setting {
        key: "fraud.weights",
        apply: |policy, value| weights(value).map(|model| policy.fraud = model),
        show: |policy| shown_weights(&policy.fraud),
    },
    Setting {
        key: "identity.ageMin",
        apply: |policy, value| age(value).map(|years| policy.age_min_years = years),
        show: |policy| policy.age_min_years.to_string(),
    },
    Setting {
        key: "lists.maxAge",
        apply: |policy, value| duration(value).map(|age| policy.lists_age_max = age),
        show: |policy| shown(policy.lists_age_max),
    },
    Setting {
        key: NETWORK_SHARE,
        apply: |policy, value| value.parse().map(|share| policy.network_share = share).map_err(|_| "true or false"),
        show: |policy| policy.network_share.to_string(),
    },
    Setting {
        key: "screening.threshold",
        apply: |policy, value| threshold(value).map(|threshold| policy.alert_threshold = threshold),
        show: |policy| policy.alert_threshold.to_string(),
    },
];

/// Why a setting is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No setting has this key.
    #[error("unknown setting `{key}`; known are: {}", known().join(", "))]
    Unknown {
        /// The key.
        key: String,
    },
    /// The value does not fit.
    #[error("`{key}` must be {must_be}")]
    Invalid {
        /// The key.
        key: String,
        /// What would fit.
        must_be: &'static str,
    },
}

/// Every key there is, in order.
#[must_use]
pub fn known() -> Vec<&'static str> {
    SETTINGS.iter().map(|setting| setting.key).collect()
}

/// Whether the setting exists and the value fits.
///
/// # Errors
/// What is wrong with it.
pub fn validate(key: &str, value: &str) -> Result<(), SettingError> {
    let setting = SETTINGS.iter().find(|setting| setting.key == key);
    let setting = setting.ok_or_else(|| SettingError::Unknown { key: key.to_owned() })?;
    let invalid = |must_be| SettingError::Invalid { key: key.to_owned(), must_be };
    (setting.apply)(&mut Policy::default(), value).map_err(invalid)
}

/// The tenant's policy: the default, with what is set put over it. Its version is the tenant's.
#[must_use]
pub fn policy(tenant: &Tenant) -> Policy {
    let mut policy = Policy { version: tenant.version, ..Policy::default() };
    for setting in SETTINGS {
        if let Some(value) = tenant.settings.get(setting.key) {
            // What was stored was validated; a value that no longer fits leaves the default, which is the safe one.
            let _ = (setting.apply)(&mut policy, value);
        }
    }
    policy
}

/// All settings as they are in force.
#[must_use]
pub fn in_force(policy: &Policy) -> BTreeMap<&'static str, String> {
    SETTINGS.iter().map(|setting| (setting.key, (setting.show)(policy))).collect()
}

fn checks(value: &str) -> Result<BTreeSet<CheckKind>, &'static str> {
    let words = value.split(',').map(str::trim).filter(|word| !word.is_empty());
    words
        .map(|word| CheckKind::parse(word).ok_or("a comma-separated list out of: sanctions, pep, watchlists, adverse"))
        .collect()
}

fn joined(checks: &BTreeSet<CheckKind>) -> String {
    checks.iter().map(|check| check.as_str()).collect::<Vec<_>>().join(",")
}

fn duration(value: &str) -> Result<SignedDuration, &'static str> {
    const MUST_BE: &str = "a duration such as P7D, PT36H or 7d, between an hour and a year";
    let span: Span = value.parse().map_err(|_| MUST_BE)?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| MUST_BE)?;
    let bounds = SignedDuration::from_hours(1)..=SignedDuration::from_hours(366 * 24);
    if bounds.contains(&duration) { Ok(duration) } else { Err(MUST_BE) }
}

/// ISO 8601, in days where they are whole.
fn shown(duration: SignedDuration) -> String {
    let hours = duration.as_hours();
    let whole_days = hours % 24 == 0 && SignedDuration::from_hours(hours) == duration;
    if whole_days { format!("P{}D", hours / 24) } else { duration.to_string() }
}

fn threshold(value: &str) -> Result<f64, &'static str> {
    let parsed = value.parse::<f64>().ok().filter(|threshold| (0.7..=1.0).contains(threshold));
    parsed.ok_or("a number between 0.7, from which on no match is missed, and 1")
}

fn age(value: &str) -> Result<u8, &'static str> {
    value.parse().ok().filter(|years| *years <= 99).ok_or("whole years between 0 and 99")
}

/// `base=2.2,email.role=0.9`: what is not named weighs what it does by default.
fn weights(value: &str) -> Result<FraudModel, &'static str> {
    const MUST_BE: &str = "comma-separated signal=weight pairs, weights between 0 and 10, and base between -5 and 5";
    let mut base = FraudModel::default().base();
    let mut weights = BTreeMap::new();
    for pair in value.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, weight) = pair.split_once('=').ok_or(MUST_BE)?;
        let weight: f64 = weight.trim().parse().map_err(|_| MUST_BE)?;
        match name.trim() {
            "base" => base = weight,
            name => drop(weights.insert(SignalName::parse(name).ok_or(MUST_BE)?, weight)),
        }
    }
    FraudModel::new(base, weights).map_err(|_| MUST_BE)
}

fn shown_weights(model: &FraudModel) -> String {
    let base = std::iter::once(format!("base={}", model.base()));
    let weights = model.own_weights().map(|(name, weight)| format!("{}={weight}", name.as_str()));
    base.chain(weights).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_takes_what_it_shows() {
        let shown = in_force(&Policy::default());
        assert_eq!(shown.keys().copied().collect::<Vec<_>>(), known());
        for (key, value) in shown {
            assert_eq!(validate(key, &value), Ok(()), "{key}={value}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        let bad = [
            ("cases.fourEyes", "both"),
            ("lists.maxAge", "soon"),
            ("lists.maxAge", "PT1S"),
            ("screening.threshold", "0.69"),
            ("screening.threshold", "nan"),
            ("checks.person", "sanctions,luck"),
            ("network.share", "perhaps"),
            ("identity.ageMin", "100"),
            ("fraud.weights", "email.role=11"),
            ("fraud.weights", "email.charm=1"),
            ("fraud.weights", "base=nan"),
        ];
        for (key, value) in bad {
            assert!(matches!(validate(key, value), Err(SettingError::Invalid { .. })), "{key}={value}");
        }
        let unknown = validate("lists.maxage", "P7D").expect_err("keys are exact");
        assert!(unknown.to_string().contains("lists.maxAge"), "{unknown}");
    }

    #[test]
    fn a_duration_may_be_written_in_days() {
        for (value, hours) in [("P7D", 168), ("7d", 168), ("PT36H", 36), ("P1DT12H", 36)] {
            assert_eq!(duration(value), Ok(SignedDuration::from_hours(hours)), "{value}");
        }
        assert_eq!(shown(SignedDuration::from_hours(168)), "P7D");
    }
}
