//! A category as it is asked for, and as it was stored.

use onboarding::categorization::{Categorization, CategorizationErrors, Given, GivenFeature};
use serde_json::{Map, Value, json};

use crate::fields::{Fault, Field, Object};
use crate::finhub::error::{Failure, FieldError};

/// Longest name, code, key or value, in characters.
const WORD_CHARS_MAX: usize = 255;
/// Most features of one category.
const FEATURES_MAX: usize = 100;
/// Most parameters of one feature.
const PARAMETERS_MAX: usize = 200;

/// Reads a `categorization`: its shape, not yet whether it fits the tenant's hierarchy.
#[must_use]
pub fn read(object: &Object<'_>) -> Option<Given> {
    let (id, name) = (object.field("id").guid(), object.field("name").text(WORD_CHARS_MAX));
    if !object.field("id").is_there() && !object.field("name").is_there() {
        object.field("id").refuse(Fault::Missing);
    }
    let active = object.field("isActive").flag().unwrap_or(true);
    let relations = object.field("categoryFeatureRelations").list(FEATURES_MAX);
    let features = relations.map(|list| list.each(feature)).unwrap_or_default();
    Some(Given { id, name, active, features })
}

fn feature(item: Field<'_, '_>) -> Option<GivenFeature> {
    let relation = item.object()?;
    let feature = relation.field("feature").required().object()?;
    let (id, code) = (feature.field("id").guid(), feature.field("code").text(WORD_CHARS_MAX));
    if !feature.field("id").is_there() && !feature.field("code").is_there() {
        feature.field("code").refuse(Fault::Missing);
    }
    let enabled = relation.field("enabled").flag().unwrap_or(true);
    let parameters = relation.field("parametrization").list(PARAMETERS_MAX);
    let parameters = parameters.map(|list| list.each(parameter)).unwrap_or_default();
    Some(GivenFeature { id, code, enabled, parameters })
}

fn parameter(item: Field<'_, '_>) -> Option<(String, String)> {
    let parameter = item.object()?;
    let name = parameter.field("name").required().text(WORD_CHARS_MAX);
    let value = parameter.field("value").required().text(WORD_CHARS_MAX);
    Some((name?, value?))
}

/// What is wrong with the category, beside other mistakes or alone.
#[must_use]
pub fn refused(errors: &[FieldError], wrong: &CategorizationErrors) -> Failure {
    let invalid: Map<String, Value> =
        wrong.invalid_values().into_iter().map(|(key, value)| (key, Value::String(value))).collect();
    Failure::categorization(errors, &wrong.details(), &wrong.missing_keys(), &invalid)
}

/// A category as it was stored; a key with several values has them in one text, joined by commas.
#[must_use]
pub fn view(stored: &Categorization) -> Value {
    let relations: Vec<Value> = stored
        .features
        .iter()
        .map(|feature| {
            let parameters: Vec<Value> = feature
                .parameters
                .iter()
                .map(|(name, values)| json!({ "name": name, "value": values.join(",") }))
                .collect();
            json!({
                "feature": { "id": feature.id.to_string(), "code": feature.code },
                "enabled": feature.enabled,
                "parametrization": parameters,
            })
        })
        .collect();
    json!({
        "id": stored.category.to_string(),
        "name": stored.name,
        "isActive": stored.active,
        "categoryFeatureRelations": relations,
    })
}
