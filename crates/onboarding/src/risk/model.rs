//! The file a model is, and how it is read: everything wrong with it is told at once, with line and column.

mod file;

use std::sync::LazyLock;

use super::expr::Expr;
use super::level::Level;

/// A risk model: data that an institution reads, changes and versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Id, the same for all its versions.
    pub id: String,
    /// Version, given by whoever keeps it; 0 is the one that is shipped.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// The rules, in order.
    pub rules: Vec<Rule>,
    /// From score to level.
    pub bands: Bands,
}

/// What one factor is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Id, unique in the model.
    pub id: String,
    /// A short label of what it looks at (`Country of residence`), unique in the model.
    pub factor: String,
    /// Whom it is about.
    pub customers: Customers,
    /// What it may find; the first that is true counts.
    pub cases: Vec<Case>,
    /// Points when a case hangs on something that is not known.
    pub missing_points: u32,
    /// What to say then; otherwise the facts are named.
    pub missing_reason: Option<String>,
}

/// Whom a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Customers {
    /// Everybody.
    All,
    /// Persons.
    Persons,
    /// Businesses.
    Businesses,
}

/// One thing that a rule may find.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// When it is so; always, where it says nothing.
    pub when: Option<Expr>,
    /// What it is worth.
    pub points: Points,
    /// The level that it makes, whatever the score.
    pub at_least: Option<Level>,
    /// Why, for a reader.
    pub reason: String,
}

/// What a case is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum Points {
    /// So many points.
    Fixed(u32),
    /// As many as this comes to, cut to 0 and [`super::POINTS_MAX`].
    Computed(Expr),
}

/// From which score on a customer has which level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bands {
    /// From here on it is medium.
    pub medium: u32,
    /// From here on it is high.
    pub high: u32,
    /// From here on it is prohibited, if the score alone may do that.
    pub prohibited: Option<u32>,
}

impl Bands {
    /// The level of a score.
    #[must_use]
    pub fn level(&self, score: u32) -> Level {
        match score {
            _ if self.prohibited.is_some_and(|from| score >= from) => Level::Prohibited,
            _ if score >= self.high => Level::High,
            _ if score >= self.medium => Level::Medium,
            _ => Level::Low,
        }
    }
}

/// What is wrong with a model, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {}{message}", .rule.as_ref().map_or_else(String::new, |rule| format!("rule `{rule}`: ")))]
pub struct ModelError {
    /// In which rule, where it is in one.
    pub rule: Option<String>,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl Model {
    /// Longest file, in bytes.
    pub const BYTES_MAX: usize = 256 * 1024;
    /// Most rules.
    pub const RULES_MAX: usize = 200;
    /// Most cases of one rule.
    pub const CASES_MAX: usize = 50;

    /// Reads a model from TOML, or from JSON where the text begins with a brace. Its version is 0.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<ModelError>> {
        file::read(text)
    }

    /// The model that is shipped, for whoever has none of its own.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Model> =
            LazyLock::new(|| Model::parse(Model::SHIPPED).expect("a test reads the shipped model"));
        &SHIPPED
    }

    /// The text of [`Self::shipped`].
    pub const SHIPPED: &'static str = include_str!("default-model.toml");

    /// The same model as this version.
    #[must_use]
    pub fn with_version(self, version: u32) -> Self {
        Self { version, ..self }
    }
}

#[cfg(test)]
mod tests;
