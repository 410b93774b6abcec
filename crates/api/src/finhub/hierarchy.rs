//! `GET …/categorization/hierarchy/{tenantId}`: the categories and features that a registration may name.

use axum::extract::{Path, State};
use axum::response::Response;
use onboarding::categorization::{Allowed, Feature, Hierarchy};
use serde_json::{Map, Value, json};

use super::Counter;
use super::caller::Admin;
use super::envelope::answer;
use super::error::Failure;
use super::headers::is_tenant;

/// The tenant's categories and features.
///
/// # Errors
/// 403 for another tenant's, there or not.
pub async fn read(
    State(counter): State<Counter>,
    Admin(caller): Admin,
    Path(tenant): Path<String>,
) -> Result<Response, Failure> {
    if !is_tenant(&tenant, &caller) {
        return Err(Failure::other_tenant(&tenant));
    }
    let hierarchy = counter.service.hierarchy(&caller).await?;
    let view = view(&hierarchy, &caller.tenant.id.to_string(), &caller.tenant.name);
    Ok(answer("Categorization hierarchy retrieved successfully", &view))
}

fn view(hierarchy: &Hierarchy, tenant_id: &str, tenant_name: &str) -> Value {
    let features: Map<String, Value> =
        hierarchy.features.iter().map(|(code, known)| (code.clone(), feature(code, known))).collect();
    let categories: Map<String, Value> = hierarchy
        .categories
        .iter()
        .map(|(name, category)| {
            let available: Vec<&Value> = category.features.iter().filter_map(|code| features.get(code)).collect();
            let view = json!({
                "databaseId": category.id.to_string(),
                "categoryId": category.number,
                "categoryName": name,
                "displayName": category.title,
                "description": category.description,
                "approval": category.approval.as_str(),
                "availableFeatures": available,
            });
            (name.clone(), view)
        })
        .collect();
    json!({
        "tenantId": tenant_id,
        "tenantName": tenant_name,
        "complianceLevel": hierarchy.compliance_level,
        "categories": categories,
        "features": features,
    })
}

fn feature(code: &str, feature: &Feature) -> Value {
    let allowed: Map<String, Value> = feature
        .allowed
        .iter()
        .map(|(key, allowed)| {
            let values = match allowed {
                Allowed::OneOf(values) => json!(values),
                Allowed::Between(min, max) => json!([format!("{min}-{max}")]),
            };
            (key.clone(), values)
        })
        .collect();
    let conditional: Map<String, Value> = feature
        .conditional
        .iter()
        .map(|(key, condition)| (key.clone(), json!(format!("{}={}", condition.when, condition.is))))
        .collect();
    json!({
        "databaseId": feature.id.to_string(),
        "featureCode": code,
        "featureName": feature.title,
        "mandatoryKeys": feature.mandatory,
        "optionalKeys": feature.optional,
        "conditionalKeys": conditional,
        "allowedValues": allowed,
        "multiValueKeys": feature.multi_value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_hierarchy_in_the_vendors_shape() {
        let view = view(&Hierarchy::default(), "97e7ff29-15f3-49ef-9681-3bbfcce4f6cd", "Finsei Ltd");
        assert_eq!((&view["tenantName"], &view["complianceLevel"]), (&json!("Finsei Ltd"), &json!("ENHANCED")));
        let high = &view["categories"]["HIGH_RISK_INDIVIDUAL"];
        assert_eq!(high["databaseId"], "550e8400-e29b-41d4-a716-446655440001");
        let aml = &view["features"]["ENHANCED_AML_MONITORING"];
        assert_eq!(
            aml["mandatoryKeys"],
            json!(["riskLevel", "riskScore", "pep", "sanctionsCheck", "monitoring", "edd"])
        );
        assert_eq!(aml["allowedValues"]["riskScore"], json!(["0-100"]));
        assert_eq!(aml["multiValueKeys"], json!(["pepCategory"]));
        assert!(high["availableFeatures"].as_array().is_some_and(|available| available.contains(aml)));
    }
}
