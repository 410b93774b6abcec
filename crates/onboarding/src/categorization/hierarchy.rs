//! A tenant's categories and features. In a file they are JSON; the default is `default.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::findings::{Findings, HierarchyError, below};
use super::{CategoryApproval, CategoryRisk};

/// Longest description, in characters.
const TEXT_CHARS_MAX: usize = 1_000;

static DEFAULT: LazyLock<Arc<Hierarchy>> = LazyLock::new(|| {
    let json = serde_json::from_str(include_str!("default.json")).expect("a test reads it");
    Arc::new(Hierarchy::parse(&json).expect("a test reads it"))
});

/// What a tenant distinguishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// How strict the tenant is, in its own word (`ENHANCED`).
    pub compliance_level: String,
    /// Categories by name.
    pub categories: BTreeMap<String, Category>,
    /// Features by code.
    pub features: BTreeMap<String, Feature>,
}

/// A category that customers are put into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its id.
    pub id: Uuid,
    /// Its number among the tenant's categories.
    pub number: u64,
    /// Its name for readers.
    pub title: String,
    /// Who belongs in it.
    pub description: String,
    /// Who approves its customers.
    pub approval: CategoryApproval,
    /// How risky they are.
    pub risk: CategoryRisk,
    /// Codes of the features it may have.
    pub features: Vec<String>,
}

/// Something that can be switched on for a customer, with parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Feature {
    /// Its id.
    pub id: Uuid,
    /// Its name for readers.
    pub title: String,
    /// Keys that must be given.
    pub mandatory: Vec<String>,
    /// Keys that may be given.
    pub optional: Vec<String>,
    /// Keys that must be given when another key has a value, and are passed over otherwise.
    pub conditional: BTreeMap<String, Condition>,
    /// Keys that may have several values.
    pub multi_value: BTreeSet<String>,
    /// What each key may be; a key that is not named may be anything.
    pub allowed: BTreeMap<String, Allowed>,
}

/// When a conditional key is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The other key.
    pub when: String,
    /// Its value.
    pub is: String,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowed {
    /// One of these.
    OneOf(Vec<String>),
    /// A number from the first to the second.
    Between(i64, i64),
}

impl Default for Hierarchy {
    fn default() -> Self {
        Self::clone(&DEFAULT)
    }
}

impl Feature {
    /// Whether the feature has this key at all.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.mandatory.iter().chain(&self.optional).chain(self.conditional.keys()).any(|known| known == key)
    }
}

impl Allowed {
    /// Whether this is such a value.
    #[must_use]
    pub fn admits(&self, value: &str) -> bool {
        match self {
            Self::OneOf(values) => values.iter().any(|known| known == value),
            Self::Between(min, max) => number_between(value, *min, *max),
        }
    }
}

/// A number as people write amounts: digits, perhaps a minus, perhaps a fraction. Compared without rounding.
fn number_between(text: &str, min: i64, max: i64) -> bool {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| (1..=18).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) {
        return false;
    }
    let whole: i64 = whole.parse().unwrap_or(i64::MAX);
    let exact = fraction.bytes().all(|c| c == b'0');
    if negative {
        -whole <= max && (-whole > min || exact && -whole == min)
    } else {
        whole >= min && (whole < max || exact && whole == max)
    }
}

impl Hierarchy {
    /// The category with this id.
    #[must_use]
    pub fn category_by_id(&self, id: Uuid) -> Option<(&str, &Category)> {
        self.categories.iter().find(|(_, category)| category.id == id).map(|(name, category)| (name.as_str(), category))
    }

    /// The feature with this id.
    #[must_use]
    pub fn feature_by_id(&self, id: Uuid) -> Option<(&str, &Feature)> {
        self.features.iter().find(|(_, feature)| feature.id == id).map(|(code, feature)| (code.as_str(), feature))
    }

    /// Reads a hierarchy.
    ///
    /// # Errors
    /// [`HierarchyError`] with everything that is wrong.
    pub fn parse(json: &Value) -> Result<Self, HierarchyError> {
        let mut findings = Findings::default();
        let object = &findings.object("", json);
        findings.unknown("", object, &["complianceLevel", "categories", "features"]);
        let compliance_level = findings.word("/complianceLevel", object.get("complianceLevel"));
        let mut features = BTreeMap::new();
        for (code, value) in findings.members("/features", object.get("features")) {
            features.insert(code.clone(), feature(&below("/features", code), value, &mut findings));
        }
        let mut categories = BTreeMap::new();
        for (name, value) in findings.members("/categories", object.get("categories")) {
            categories.insert(name.clone(), category(&below("/categories", name), value, &features, &mut findings));
        }
        findings.twice("/categories", categories.values().map(|category| category.id));
        findings.twice("/features", features.values().map(|feature| feature.id));
        findings.settle(Self { compliance_level, categories, features })
    }

    /// The file of a hierarchy, which [`Self::parse`] reads back.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let category = |category: &Category| {
            json!({
                "databaseId": category.id.to_string(),
                "categoryId": category.number,
                "categoryName": category.title,
                "description": category.description,
                "approval": category.approval.as_str(),
                "risk": category.risk.as_str(),
                "availableFeatures": category.features,
            })
        };
        let categories: Map<String, Value> =
            self.categories.iter().map(|(name, known)| (name.clone(), category(known))).collect();
        let features: Map<String, Value> =
            self.features.iter().map(|(code, feature)| (code.clone(), feature_json(feature))).collect();
        json!({ "complianceLevel": self.compliance_level, "categories": categories, "features": features })
    }
}

fn feature_json(feature: &Feature) -> Value {
    let conditional: Map<String, Value> = feature
        .conditional
        .iter()
        .map(|(key, condition)| (key.clone(), json!({ "when": condition.when, "is": condition.is })))
        .collect();
    let allowed: Map<String, Value> = feature
        .allowed
        .iter()
        .map(|(key, allowed)| {
            let value = match allowed {
                Allowed::OneOf(values) => json!(values),
                Allowed::Between(min, max) => json!({ "min": min, "max": max }),
            };
            (key.clone(), value)
        })
        .collect();
    json!({
        "databaseId": feature.id.to_string(),
        "featureName": feature.title,
        "mandatoryKeys": feature.mandatory,
        "optionalKeys": feature.optional,
        "conditionalKeys": conditional,
        "multiValueKeys": feature.multi_value,
        "allowedValues": allowed,
    })
}

fn category(at: &str, value: &Value, features: &BTreeMap<String, Feature>, findings: &mut Findings) -> Category {
    let object = findings.object(at, value);
    let known = ["databaseId", "categoryId", "categoryName", "description", "approval", "risk", "availableFeatures"];
    findings.unknown(at, &object, &known);
    let available = findings.words(&format!("{at}/availableFeatures"), object.get("availableFeatures"));
    for code in available.iter().filter(|code| !features.contains_key(*code)) {
        findings.add(&format!("{at}/availableFeatures"), format_args!("names {code}, which is no feature"));
    }
    let approval = object.get("approval").and_then(Value::as_str).and_then(CategoryApproval::parse);
    if approval.is_none() {
        findings.add(&format!("{at}/approval"), format_args!("must be TENANT or POWER_TENANT"));
    }
    let risk = object.get("risk").and_then(Value::as_str).and_then(CategoryRisk::parse);
    if risk.is_none() {
        findings.add(&format!("{at}/risk"), format_args!("must be LOW, MEDIUM or HIGH"));
    }
    let number = object.get("categoryId").and_then(Value::as_u64);
    if number.is_none() {
        findings.add(&format!("{at}/categoryId"), format_args!("must be a whole number"));
    }
    let description = object.get("description").and_then(Value::as_str).unwrap_or_default();
    if description.chars().count() > TEXT_CHARS_MAX {
        findings.add(&format!("{at}/description"), format_args!("must have at most {TEXT_CHARS_MAX} characters"));
    }
    Category {
        id: findings.id(&format!("{at}/databaseId"), object.get("databaseId")),
        number: number.unwrap_or_default(),
        title: findings.word(&format!("{at}/categoryName"), object.get("categoryName")),
        description: description.to_owned(),
        approval: approval.unwrap_or(CategoryApproval::Tenant),
        risk: risk.unwrap_or(CategoryRisk::Medium),
        features: available,
    }
}

fn feature(at: &str, value: &Value, findings: &mut Findings) -> Feature {
    let object = findings.object(at, value);
    let known = [
        "databaseId",
        "featureName",
        "mandatoryKeys",
        "optionalKeys",
        "conditionalKeys",
        "multiValueKeys",
        "allowedValues",
    ];
    findings.unknown(at, &object, &known);
    let mut feature = Feature {
        id: findings.id(&format!("{at}/databaseId"), object.get("databaseId")),
        title: findings.word(&format!("{at}/featureName"), object.get("featureName")),
        mandatory: findings.words(&format!("{at}/mandatoryKeys"), object.get("mandatoryKeys")),
        optional: findings.words(&format!("{at}/optionalKeys"), object.get("optionalKeys")),
        ..Feature::default()
    };
    for (key, value) in findings.optional_members(&format!("{at}/conditionalKeys"), object.get("conditionalKeys")) {
        let at = below(&format!("{at}/conditionalKeys"), key);
        let condition = findings.object(&at, value);
        let when = findings.word(&format!("{at}/when"), condition.get("when"));
        let is = findings.word(&format!("{at}/is"), condition.get("is"));
        feature.conditional.insert(key.clone(), Condition { when, is });
    }
    let conditions: Vec<String> = feature.conditional.values().map(|condition| condition.when.clone()).collect();
    for when in conditions.iter().filter(|when| !feature.knows(when) || feature.conditional.contains_key(*when)) {
        findings.add(&format!("{at}/conditionalKeys"), format_args!("depends on {when}, which is no plain key"));
    }
    let all = feature.mandatory.iter().chain(&feature.optional).chain(feature.conditional.keys());
    let mut seen = BTreeSet::new();
    for key in all.filter(|key| !seen.insert(key.as_str())) {
        findings.add(at, format_args!("has the key {key} twice"));
    }
    for key in findings.words(&format!("{at}/multiValueKeys"), object.get("multiValueKeys")) {
        if !feature.knows(&key) {
            findings.add(&format!("{at}/multiValueKeys"), format_args!("names {key}, which is no key"));
        }
        feature.multi_value.insert(key);
    }
    for (key, value) in findings.optional_members(&format!("{at}/allowedValues"), object.get("allowedValues")) {
        let at = below(&format!("{at}/allowedValues"), key);
        if !feature.knows(key) {
            findings.add(&at, format_args!("is no key of the feature"));
        }
        if let Some(allowed) = allowed(&at, value, findings) {
            feature.allowed.insert(key.clone(), allowed);
        }
    }
    feature
}

fn allowed(at: &str, value: &Value, findings: &mut Findings) -> Option<Allowed> {
    if value.is_array() {
        let values = findings.words(at, Some(value));
        if values.is_empty() {
            findings.add(at, format_args!("must have a value"));
        }
        return Some(Allowed::OneOf(values));
    }
    let bound = |name: &str| value.get(name).and_then(Value::as_i64).filter(|bound| bound.unsigned_abs() <= 1 << 53);
    match (bound("min"), bound("max")) {
        (Some(min), Some(max)) if min <= max => Some(Allowed::Between(min, max)),
        _ => {
            findings.add(at, format_args!("must be a list of texts, or an object with min and max"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_published_one_and_reads_back() {
        let hierarchy = Hierarchy::default();
        assert_eq!(hierarchy.categories.len(), 6);
        assert_eq!(hierarchy.features.len(), 3);
        let high = &hierarchy.categories["HIGH_RISK_INDIVIDUAL"];
        assert_eq!(high.id.to_string(), "550e8400-e29b-41d4-a716-446655440001");
        assert_eq!(high.approval, CategoryApproval::PowerTenant);
        assert_eq!(Hierarchy::parse(&hierarchy.to_json()), Ok(hierarchy));
    }

    #[test]
    fn everything_wrong_with_a_file_is_told_at_once() {
        let mut json = Hierarchy::default().to_json();
        json["colour"] = json!("blue");
        json["categories"]["LOW_RISK_INDIVIDUAL"]["approval"] = json!("NOBODY");
        json["categories"]["LOW_RISK_INDIVIDUAL"]["availableFeatures"] = json!(["NOTHING"]);
        json["categories"]["LOW_RISK_BUSINESS"]["databaseId"] = json!("550e8400-e29b-41d4-a716-446655440001");
        json["features"]["TRANSACTION_LIMITS"]["allowedValues"]["dailyLimit"] = json!({"min": 2, "max": 1});
        json["features"]["TRANSACTION_LIMITS"]["multiValueKeys"] = json!(["nothing"]);
        json["features"]["ENHANCED_AML_MONITORING"]["conditionalKeys"]["pepCategory"]["when"] = json!("nothing");
        let HierarchyError(findings) = Hierarchy::parse(&json).expect_err("refused");
        assert_eq!(findings.len(), 7, "{findings:#?}");
        assert_eq!(findings[0].to_string(), "/colour is not known");
        // Each place is a pointer into what was read, or to what is missing in it.
        for finding in &findings {
            let (parent, _) = finding.pointer.rsplit_once('/').expect("a pointer");
            assert!(json.pointer(parent).is_some(), "{finding}");
        }
        for (json, finding) in [
            (json!([]), "the whole must be an object"),
            (json!({}), "/complianceLevel must be a text of 1 to 100 characters"),
            (json!({"complianceLevel": "A", "features": 1}), "/features must be an object"),
        ] {
            let HierarchyError(findings) = Hierarchy::parse(&json).expect_err("refused");
            assert_eq!(findings[0].to_string(), finding);
        }
    }

    #[test]
    fn a_name_with_a_slash_is_escaped_in_its_place() {
        let mut json = Hierarchy::default().to_json();
        json["categories"]["A/B~C.D"] = json!({});
        let HierarchyError(findings) = Hierarchy::parse(&json).expect_err("refused");
        assert!(findings.len() > 3, "{findings:#?}");
        for finding in findings {
            assert!(finding.pointer.starts_with("/categories/A~1B~0C.D/"), "{finding}");
        }
    }

    #[test]
    fn numbers_between() {
        for (text, inside) in [
            ("0", true),
            ("100", true),
            ("100.0", true),
            ("99.99", true),
            ("100.01", false),
            ("101", false),
            ("-1", false),
            ("-0", true),
            ("", false),
            (".5", false),
            ("5.", false),
            ("1e2", false),
            ("+5", false),
            (" 5", false),
            ("٥", false),
            ("9999999999999999999999", false),
        ] {
            assert_eq!(Allowed::Between(0, 100).admits(text), inside, "{text}");
        }
        assert!(Allowed::Between(-5, -1).admits("-4.5"));
        assert!(!Allowed::Between(-5, -1).admits("-5.5"));
        assert!(!Allowed::Between(-5, 0).admits("0.5"));
        assert!(!Allowed::Between(-5, -1).admits("-0.5"));
    }
}
