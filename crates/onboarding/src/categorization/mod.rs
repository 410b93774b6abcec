//! Categories of customers: what a tenant distinguishes, and what each category asks to be said.
//!
//! - [`hierarchy`]: the tenant's categories and features, as data that can be exported and imported;
//! - [`validate`](mod@validate): whether what was given fits it, with every finding at once;
//! - [`proposal`]: which profile a customer's own risk suggests.

mod findings;
pub mod hierarchy;
pub mod proposal;
pub mod validate;

use uuid::Uuid;

pub use findings::{HierarchyError, HierarchyFinding};
pub use hierarchy::{Allowed, Category, Feature, Hierarchy};
pub use validate::{CategorizationErrors, Finding, Given, GivenFeature, validate};

/// Who approves customers of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CategoryApproval {
    /// The customer's own institution.
    Tenant,
    /// The institution that answers for the others.
    PowerTenant,
}

/// How risky the customers of a category are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CategoryRisk {
    /// Little is asked of them.
    Low,
    /// The usual.
    Medium,
    /// Everything is asked of them.
    High,
}

/// A category that was given to a customer, and fitted the tenant's hierarchy then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categorization {
    /// The category's id.
    pub category: Uuid,
    /// Its name (`HIGH_RISK_INDIVIDUAL`).
    pub name: String,
    /// Whether it is in use, as it was given.
    pub active: bool,
    /// Who approves its customers.
    pub approval: CategoryApproval,
    /// How risky they are.
    pub risk: CategoryRisk,
    /// What was said of each feature.
    pub features: Vec<AssignedFeature>,
}

/// What was said of one feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignedFeature {
    /// The feature's id.
    pub id: Uuid,
    /// Its code (`TRANSACTION_LIMITS`).
    pub code: String,
    /// Whether it is switched on, as it was given.
    pub enabled: bool,
    /// Keys and values in the order given; a key that takes several has each of them.
    pub parameters: Vec<(String, Vec<String>)>,
}

impl CategoryApproval {
    const ALL: [Self; 2] = [Self::Tenant, Self::PowerTenant];

    /// The word in a hierarchy's file and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "TENANT",
            Self::PowerTenant => "POWER_TENANT",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|approval| approval.as_str() == text)
    }
}

impl CategoryRisk {
    const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word in a hierarchy's file and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
        }
    }

    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.as_str() == text)
    }
}

impl Categorization {
    /// Whether the customer counts as a high risk: by the category, or because a parameter says so.
    #[must_use]
    pub fn is_high_risk(&self) -> bool {
        self.approval == CategoryApproval::PowerTenant
            || self.risk == CategoryRisk::High
            || self.says("riskLevel", &["HIGH", "CRITICAL"])
            || self.says("pep", &["true"])
    }

    /// Whether the customer counts as a low risk, and no parameter says otherwise.
    #[must_use]
    pub fn is_low_risk(&self) -> bool {
        let other = self.says("riskLevel", &["MEDIUM", "HIGH", "CRITICAL"]);
        self.risk == CategoryRisk::Low && !self.is_high_risk() && !other
    }

    /// The level of risk that was given, or else the category's.
    #[must_use]
    pub fn risk_level(&self) -> &str {
        self.values("riskLevel").next().unwrap_or_else(|| self.risk.as_str())
    }

    /// Whether the customer is said to be politically exposed.
    #[must_use]
    pub fn says_exposed(&self) -> bool {
        self.says("pep", &["true"])
    }

    /// The most that may be moved in a month, in whole units: what the customer is expected to move at most.
    #[must_use]
    pub fn monthly_limit(&self) -> Option<u64> {
        self.values("monthlyLimit").filter_map(|value| value.split('.').next()?.parse().ok()).max()
    }

    fn says(&self, key: &str, values: &[&str]) -> bool {
        self.values(key).any(|value| values.contains(&value))
    }

    fn values(&self, key: &str) -> impl Iterator<Item = &str> {
        let parameters = self.features.iter().flat_map(|feature| &feature.parameters);
        parameters.filter(move |(known, _)| known == key).flat_map(|(_, values)| values).map(String::as_str)
    }
}
