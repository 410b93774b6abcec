//! Whether a categorization fits the tenant's hierarchy: the category, then each feature, its keys, its values.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::hierarchy::{Feature, Hierarchy};
use super::{AssignedFeature, Categorization};

/// Most features of one categorization.
pub const FEATURES_MAX: usize = 50;

/// Most parameters of one feature, a name repeated once a value counted each time.
pub const PARAMETERS_MAX: usize = 200;

/// Longest value, in characters.
pub const VALUE_CHARS_MAX: usize = 500;

/// A categorization as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// The category's id, which decides.
    pub id: Option<Uuid>,
    /// The category's name; with an id it must agree.
    pub name: Option<String>,
    /// Whether it is in use.
    pub active: bool,
    /// What is said of features.
    pub features: Vec<GivenFeature>,
}

/// A feature as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GivenFeature {
    /// The feature's id, which decides.
    pub id: Option<Uuid>,
    /// The feature's code; with an id it must agree.
    pub code: Option<String>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Names and values, in order.
    pub parameters: Vec<(String, String)>,
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Neither an id nor a name of a category.
    NoCategory,
    /// The tenant has no such category.
    UnknownCategory(String),
    /// Id and name are of two categories.
    CategoryMismatch {
        /// The name of the category with the id.
        by_id: String,
        /// The name that was given.
        name: String,
    },
    /// A feature with neither id nor code.
    NoFeature,
    /// The tenant has no such feature.
    UnknownFeature(String),
    /// Id and code are of two features.
    FeatureMismatch {
        /// The code of the feature with the id.
        by_id: String,
        /// The code that was given.
        code: String,
    },
    /// The same feature a second time.
    RepeatedFeature(String),
    /// More features than one categorization takes.
    TooManyFeatures,
    /// A key that must be given is not.
    MissingKey(Key),
    /// A key that the feature has not.
    UnknownKey(Key, String),
    /// A key that was given twice and has one value.
    RepeatedKey(Key, String),
    /// A value that is not allowed.
    InvalidValue(Key, String),
}

/// A key, and whether its feature has to be named for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The feature's code.
    pub feature: String,
    /// The key.
    pub key: String,
    /// Whether several features were given, so that the key alone would not say whose it is.
    pub prefixed: bool,
}

/// Everything that does not fit, in the order in which it was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the categorization does not fit the tenant's categories")]
pub struct CategorizationErrors {
    /// The findings; at least one.
    pub findings: Vec<Finding>,
}

impl CategorizationErrors {
    /// The keys that are missing, as `key` or `FEATURE.key`.
    #[must_use]
    pub fn missing_keys(&self) -> Vec<String> {
        let missing = |finding: &Finding| match finding {
            Finding::MissingKey(key) => Some(key.to_string()),
            _ => None,
        };
        self.findings.iter().filter_map(missing).collect()
    }

    /// The keys and values that are not allowed, as `key` or `FEATURE.key`; of several values of a key the last.
    #[must_use]
    pub fn invalid_values(&self) -> BTreeMap<String, String> {
        let invalid = |finding: &Finding| match finding {
            Finding::UnknownKey(key, value) | Finding::RepeatedKey(key, value) | Finding::InvalidValue(key, value) => {
                Some((key.to_string(), value.clone()))
            }
            _ => None,
        };
        self.findings.iter().filter_map(invalid).collect()
    }

    /// All findings as sentences.
    #[must_use]
    pub fn details(&self) -> String {
        self.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.prefixed { write!(f, "{}.{}", self.feature, self.key) } else { f.write_str(&self.key) }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoCategory => f.write_str("A category id or name is required"),
            Self::UnknownCategory(name) => write!(f, "Category {name} does not exist for the tenant"),
            Self::CategoryMismatch { by_id, name } => {
                write!(f, "The category id belongs to {by_id}, not to {name}")
            }
            Self::NoFeature => f.write_str("A feature id or code is required"),
            Self::UnknownFeature(code) => write!(f, "Feature {code} does not exist for the tenant"),
            Self::FeatureMismatch { by_id, code } => write!(f, "The feature id belongs to {by_id}, not to {code}"),
            Self::RepeatedFeature(code) => write!(f, "Feature {code} is given more than once"),
            Self::TooManyFeatures => write!(f, "At most {FEATURES_MAX} features can be given"),
            Self::MissingKey(key) => write!(f, "Mandatory key {key} is missing"),
            Self::UnknownKey(key, _) => write!(f, "Key {key} is not known"),
            Self::RepeatedKey(key, _) => write!(f, "Key {key} is given more than once"),
            Self::InvalidValue(key, _) => write!(f, "The value of {key} is not allowed"),
        }
    }
}

/// Checks what was given against the hierarchy, and answers with what is to be kept.
///
/// A key with several values may come as one text with commas, or with its name repeated. A conditional key whose
/// condition does not hold is passed over, whatever it says.
///
/// # Errors
/// Every finding at once.
pub fn validate(hierarchy: &Hierarchy, given: &Given) -> Result<Categorization, CategorizationErrors> {
    let mut findings = Vec::new();
    let category = find_category(hierarchy, given, &mut findings);
    let mut features = Vec::new();
    if given.features.len() > FEATURES_MAX {
        findings.push(Finding::TooManyFeatures);
    }
    let mut seen = BTreeSet::new();
    for one in given.features.iter().take(FEATURES_MAX) {
        let Some((code, feature)) = find_feature(hierarchy, one, &mut findings) else { continue };
        if !seen.insert(code) {
            findings.push(Finding::RepeatedFeature(code.to_owned()));
            continue;
        }
        let reading = Reading { code, feature, prefixed: given.features.len() > 1 };
        let parameters = reading.parameters(&one.parameters, &mut findings);
        features.push(AssignedFeature { id: feature.id, code: code.to_owned(), enabled: one.enabled, parameters });
    }
    match category {
        Some((name, category)) if findings.is_empty() => Ok(Categorization {
            category: category.id,
            name: name.to_owned(),
            active: given.active,
            approval: category.approval,
            risk: category.risk,
            features,
        }),
        _ => Err(CategorizationErrors { findings }),
    }
}

fn find_category<'h>(
    hierarchy: &'h Hierarchy,
    given: &Given,
    findings: &mut Vec<Finding>,
) -> Option<(&'h str, &'h super::Category)> {
    let Some(id) = given.id else {
        let Some(name) = &given.name else {
            findings.push(Finding::NoCategory);
            return None;
        };
        let known = hierarchy.categories.get_key_value(name);
        if known.is_none() {
            findings.push(Finding::UnknownCategory(shortened(name)));
        }
        return known.map(|(name, category)| (name.as_str(), category));
    };
    let Some((by_id, category)) = hierarchy.category_by_id(id) else {
        findings.push(Finding::UnknownCategory(id.to_string()));
        return None;
    };
    if let Some(name) = given.name.as_ref().filter(|name| *name != by_id) {
        findings.push(Finding::CategoryMismatch { by_id: by_id.to_owned(), name: shortened(name) });
    }
    Some((by_id, category))
}

fn find_feature<'h>(
    hierarchy: &'h Hierarchy,
    given: &GivenFeature,
    findings: &mut Vec<Finding>,
) -> Option<(&'h str, &'h Feature)> {
    let Some(id) = given.id else {
        let Some(code) = &given.code else {
            findings.push(Finding::NoFeature);
            return None;
        };
        let known = hierarchy.features.get_key_value(code);
        if known.is_none() {
            findings.push(Finding::UnknownFeature(shortened(code)));
        }
        return known.map(|(code, feature)| (code.as_str(), feature));
    };
    let Some((by_id, feature)) = hierarchy.feature_by_id(id) else {
        findings.push(Finding::UnknownFeature(given.code.as_deref().map_or_else(|| id.to_string(), shortened)));
        return None;
    };
    if let Some(code) = given.code.as_ref().filter(|code| *code != by_id) {
        findings.push(Finding::FeatureMismatch { by_id: by_id.to_owned(), code: shortened(code) });
    }
    Some((by_id, feature))
}

/// One feature being read.
struct Reading<'h> {
    code: &'h str,
    feature: &'h Feature,
    prefixed: bool,
}

impl Reading<'_> {
    fn key(&self, key: &str) -> Key {
        Key { feature: self.code.to_owned(), key: shortened(key), prefixed: self.prefixed }
    }

    fn parameters(&self, given: &[(String, String)], findings: &mut Vec<Finding>) -> Vec<(String, Vec<String>)> {
        let mut kept: Vec<(String, Vec<String>)> = Vec::new();
        let mut wrong = Vec::new();
        for (name, value) in given.iter().take(PARAMETERS_MAX) {
            if self.is_passed_over(name, given) {
                continue;
            }
            if !self.feature.knows(name) {
                wrong.push(Finding::UnknownKey(self.key(name), shortened(value)));
                continue;
            }
            let several = self.feature.multi_value.contains(name);
            let before = kept.iter_mut().find(|(known, _)| known == name);
            if before.is_some() && !several {
                wrong.push(Finding::RepeatedKey(self.key(name), shortened(value)));
                continue;
            }
            let values: Vec<&str> = if several { value.split(',').map(str::trim).collect() } else { vec![value] };
            if !values.iter().all(|value| self.admits(name, value)) {
                wrong.push(Finding::InvalidValue(self.key(name), shortened(value)));
            }
            let values = values.into_iter().map(str::to_owned);
            match before {
                Some((_, known)) => {
                    for value in values.filter(|value| !known.contains(value)).collect::<Vec<_>>() {
                        known.push(value);
                    }
                }
                None => kept.push((name.clone(), values.collect())),
            }
        }
        if let Some((name, value)) = given.get(PARAMETERS_MAX) {
            wrong.push(Finding::RepeatedKey(self.key(name), shortened(value)));
        }
        // The order of the published rules: first what is missing, then what is not allowed.
        let is_given = |key: &&String| given.iter().any(|(name, _)| name == *key);
        let wanted =
            self.feature.conditional.iter().filter(|(_, condition)| says(given, &condition.when, &condition.is));
        let mandatory = self.feature.mandatory.iter().chain(wanted.map(|(key, _)| key));
        findings.extend(mandatory.filter(|key| !is_given(key)).map(|key| Finding::MissingKey(self.key(key))));
        findings.extend(wrong);
        kept
    }

    /// A conditional key is passed over when the other key is there and says something else.
    fn is_passed_over(&self, name: &str, given: &[(String, String)]) -> bool {
        self.feature.conditional.get(name).is_some_and(|condition| {
            let is_given = given.iter().any(|(known, _)| *known == condition.when);
            is_given && !says(given, &condition.when, &condition.is)
        })
    }

    fn admits(&self, name: &str, value: &str) -> bool {
        let printable =
            !value.is_empty() && value.chars().count() <= VALUE_CHARS_MAX && !value.contains(char::is_control);
        printable && self.feature.allowed.get(name).is_none_or(|allowed| allowed.admits(value))
    }
}

fn says(given: &[(String, String)], key: &str, value: &str) -> bool {
    given.iter().any(|(name, said)| name == key && said == value)
}

/// What is told back to whoever sent it is no longer than it needs to be.
fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HIGH: &str = "550e8400-e29b-41d4-a716-446655440001";
    const AML: &str = "660e8400-e29b-41d4-a716-446655440002";

    fn id(text: &str) -> Option<Uuid> {
        Uuid::try_parse(text).ok()
    }

    fn parameters(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn aml(pairs: &[(&str, &str)]) -> GivenFeature {
        let code = Some("ENHANCED_AML_MONITORING".to_owned());
        GivenFeature { id: id(AML), code, enabled: true, parameters: parameters(pairs) }
    }

    const PUBLISHED: [(&str, &str); 7] = [
        ("riskLevel", "HIGH"),
        ("riskScore", "85"),
        ("pep", "true"),
        ("pepCategory", "DOMESTIC_PEP"),
        ("sanctionsCheck", "ENHANCED"),
        ("monitoring", "DAILY"),
        ("edd", "true"),
    ];

    fn published() -> Given {
        let limits =
            parameters(&[("dailyLimit", "5000"), ("monthlyLimit", "50000"), ("singleTransactionLimit", "2000")]);
        let limits = GivenFeature {
            id: id("770e8400-e29b-41d4-a716-446655440003"),
            code: Some("TRANSACTION_LIMITS".to_owned()),
            enabled: true,
            parameters: limits,
        };
        let name = Some("HIGH_RISK_INDIVIDUAL".to_owned());
        Given { id: id(HIGH), name, active: true, features: vec![aml(&PUBLISHED), limits] }
    }

    /// The published feature alone, with some parameters changed (`None` takes one away).
    fn changed(changes: &[(&str, Option<&str>)]) -> Given {
        let mut pairs: Vec<(&str, &str)> = PUBLISHED.to_vec();
        for &(name, value) in changes {
            pairs.retain(|&(known, _)| known != name);
            pairs.extend(value.map(|value| (name, value)));
        }
        Given { features: vec![aml(&pairs)], ..published() }
    }

    fn sentences(given: &Given) -> Vec<String> {
        match validate(&Hierarchy::default(), given) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.findings.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn the_published_example_fits() {
        let kept = validate(&Hierarchy::default(), &published()).expect("fits");
        assert_eq!(kept.name, "HIGH_RISK_INDIVIDUAL");
        assert!(kept.is_high_risk() && !kept.is_low_risk() && kept.says_exposed());
        assert_eq!(kept.risk_level(), "HIGH");
        assert_eq!(kept.features[0].parameters[3], ("pepCategory".to_owned(), vec!["DOMESTIC_PEP".to_owned()]));
        assert_eq!(kept.features[1].parameters.len(), 3);
    }

    #[test]
    fn every_rule_alone() {
        let base = published;
        let with = |feature: GivenFeature| Given { features: vec![feature], ..base() };
        let other = id("550e8400-e29b-41d4-a716-4466554400ff");
        let table: Vec<(Given, &str)> = vec![
            (Given { id: None, name: None, ..base() }, "A category id or name is required"),
            (
                Given { id: other, name: None, ..base() },
                "Category 550e8400-e29b-41d4-a716-4466554400ff does not exist for the tenant",
            ),
            (Given { id: None, name: Some("VIP".to_owned()), ..base() }, "Category VIP does not exist for the tenant"),
            (
                Given { name: Some("LOW_RISK_INDIVIDUAL".to_owned()), ..base() },
                "The category id belongs to HIGH_RISK_INDIVIDUAL, not to LOW_RISK_INDIVIDUAL",
            ),
            (with(GivenFeature::default()), "A feature id or code is required"),
            (
                with(GivenFeature { code: Some("CARDS".to_owned()), ..GivenFeature::default() }),
                "Feature CARDS does not exist for the tenant",
            ),
            (
                with(GivenFeature { code: Some("TRANSACTION_LIMITS".to_owned()), ..aml(&PUBLISHED) }),
                "The feature id belongs to ENHANCED_AML_MONITORING, not to TRANSACTION_LIMITS",
            ),
            (
                Given { features: vec![aml(&PUBLISHED), aml(&PUBLISHED)], ..base() },
                "Feature ENHANCED_AML_MONITORING is given more than once",
            ),
            (changed(&[("edd", None)]), "Mandatory key edd is missing"),
            (changed(&[("pepCategory", None)]), "Mandatory key pepCategory is missing"),
            (changed(&[("colour", Some("blue"))]), "Key colour is not known"),
            (changed(&[("riskLevel", Some("EXTREME"))]), "The value of riskLevel is not allowed"),
            (changed(&[("riskLevel", Some("high"))]), "The value of riskLevel is not allowed"),
            (changed(&[("riskScore", Some("101"))]), "The value of riskScore is not allowed"),
            (changed(&[("riskScore", Some(""))]), "The value of riskScore is not allowed"),
            (changed(&[("pepCategory", Some("DOMESTIC_PEP,"))]), "The value of pepCategory is not allowed"),
            (changed(&[("pepCategory", Some("DOMESTIC_PEP,KING"))]), "The value of pepCategory is not allowed"),
        ];
        for (given, sentence) in table {
            assert_eq!(sentences(&given), [sentence]);
        }
        let mut twice = changed(&[]);
        twice.features[0].parameters.push(("edd".to_owned(), "true".to_owned()));
        assert_eq!(sentences(&twice), ["Key edd is given more than once"]);
    }

    #[test]
    fn what_is_no_mistake() {
        let fits = |given: Given| validate(&Hierarchy::default(), &given).expect("fits");
        // Several values, both ways.
        let one_text = fits(changed(&[("pepCategory", Some("DOMESTIC_PEP, RCA"))]));
        let mut repeated = changed(&[("pepCategory", Some("DOMESTIC_PEP"))]);
        repeated.features[0].parameters.push(("pepCategory".to_owned(), "RCA".to_owned()));
        assert_eq!(fits(repeated).features, one_text.features);
        // Not exposed, and a category of exposure all the same: passed over, whatever it says.
        for left_over in ["DOMESTIC_PEP", "KING", ""] {
            let kept = fits(changed(&[("pep", Some("false")), ("pepCategory", Some(left_over))]));
            assert!(kept.features[0].parameters.iter().all(|(name, _)| name != "pepCategory"));
        }
        // A level that contradicts the category, an inactive category, a category by its name alone, no features.
        fits(changed(&[("riskLevel", Some("LOW"))]));
        assert!(!fits(Given { active: false, ..published() }).active);
        fits(Given { id: None, ..published() });
        assert_eq!(fits(Given { features: Vec::new(), ..published() }).features, []);
    }

    #[test]
    fn all_findings_in_one_answer_in_the_order_of_the_rules() {
        let mut given = changed(&[("edd", None), ("riskLevel", Some("EXTREME")), ("colour", Some("blue"))]);
        given.id = None;
        given.name = Some("VIP".to_owned());
        let unknown = GivenFeature { code: Some("CARDS".to_owned()), ..GivenFeature::default() };
        given.features.push(unknown);
        let errors = validate(&Hierarchy::default(), &given).expect_err("refused");
        assert_eq!(errors.missing_keys(), ["ENHANCED_AML_MONITORING.edd"]);
        let invalid: Vec<(String, String)> = errors.invalid_values().into_iter().collect();
        let aml = "ENHANCED_AML_MONITORING";
        let expected =
            [(format!("{aml}.colour"), "blue".to_owned()), (format!("{aml}.riskLevel"), "EXTREME".to_owned())];
        assert_eq!(invalid, expected);
        let details = "Category VIP does not exist for the tenant; Mandatory key ENHANCED_AML_MONITORING.edd is missing; \
                       The value of ENHANCED_AML_MONITORING.riskLevel is not allowed; \
                       Key ENHANCED_AML_MONITORING.colour is not known; Feature CARDS does not exist for the tenant";
        assert_eq!(errors.details(), details);
        // One feature alone needs no prefix.
        let errors = validate(&Hierarchy::default(), &changed(&[("edd", None)])).expect_err("refused");
        assert_eq!(errors.missing_keys(), ["edd"]);
    }

    proptest! {
        #[test]
        fn whatever_is_given_fits_or_is_told_why(
            name in "(HIGH_RISK_INDIVIDUAL|X)",
            code in "(ENHANCED_AML_MONITORING|TRANSACTION_LIMITS|Y)",
            pairs in proptest::collection::vec(("(riskLevel|pep|pepCategory|dailyLimit|z)", "(HIGH|true|false|RCA|1|\\PC{0,5})"), 0..12),
        ) {
            let feature = GivenFeature { id: None, code: Some(code.clone()), enabled: true, parameters: pairs };
            let given = Given { id: None, name: Some(name.clone()), active: true, features: vec![feature] };
            match validate(&Hierarchy::default(), &given) {
                Ok(kept) => prop_assert!(kept.name == name && kept.features[0].code == code),
                Err(errors) => prop_assert!(!errors.findings.is_empty()),
            }
        }
    }
}
