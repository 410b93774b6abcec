//! The one algorithm there is.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;

use super::access::Access;
use super::error::Trouble;
use super::features::{FeatureDoc, docs};
use super::matching::json;

/// Its name; `best` is the same.
pub const NAME: &str = "vestibule";
const BEST: &str = "best";

const DESCRIPTION: &str = "Two axes: how alike the names are, and what the rest says for or against the same party. \
    Missing, agreeing and contradicting are three things. Deterministic: the same question, lists and version give \
    the same score.";

#[derive(Serialize)]
struct AlgorithmsView {
    algorithms: [AlgorithmView; 1],
    default: &'static str,
    best: &'static str,
}

#[derive(Serialize)]
struct AlgorithmView {
    name: &'static str,
    description: &'static str,
    features: BTreeMap<&'static str, FeatureDoc>,
    docs: DocsView,
}

#[derive(Serialize)]
struct DocsView {
    name: &'static str,
    description: &'static str,
    config: BTreeMap<&'static str, ()>,
    features: BTreeMap<&'static str, FeatureDoc>,
}

/// `GET /algorithms`.
pub async fn answer(_access: Access) -> Response {
    let docs_view = DocsView { name: NAME, description: DESCRIPTION, config: BTreeMap::new(), features: docs() };
    let algorithm = AlgorithmView { name: NAME, description: DESCRIPTION, features: docs(), docs: docs_view };
    json(&AlgorithmsView { algorithms: [algorithm], default: NAME, best: NAME })
}

/// Whether a question may be asked under this name.
///
/// # Errors
/// Any other: a score by another rule than the one asked for would be worse than none.
pub fn check(name: &str) -> Result<(), Trouble> {
    if matches!(name, "" | NAME | BEST) {
        Ok(())
    } else {
        Err(Trouble::bad(format!("algorithm: there are {NAME} and {BEST}, which is the same.")))
    }
}
