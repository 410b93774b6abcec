//! `vestibule customer`: who must not be forgotten.

use onboarding::Pii;
use onboarding::admission::retention::Hold;
use serde_json::json;

use super::{operator, say};
use crate::cli::Customer;
use crate::config::Config;
use crate::house;

/// Runs the command.
///
/// # Errors
/// An unknown customer, one that nobody would forget, a store that cannot be used.
pub async fn run(config: &Config, command: Customer) -> anyhow::Result<()> {
    let service = house::quiet(config).await?;
    let (Customer::Hold(about) | Customer::Release(about)) = &command;
    let (by, reason) = (operator(about.by.clone()), Pii(about.reason.clone()));
    let (ctx, customer) = service.customer_of_the_house(&by, &about.customer, about.tenant.as_deref()).await?;
    let customer = match &command {
        Customer::Hold(_) => service.hold_customer(&ctx, customer.id, &reason, &by).await?,
        Customer::Release(_) => service.release_customer(&ctx, customer.id, &reason, &by).await?,
    };
    let hold = customer.admission.as_ref().and_then(|admission| admission.hold.as_ref());
    let held = hold.is_some_and(Hold::is_in_force);
    if about.json {
        let (id, tenant) = (customer.id.to_string(), customer.tenant.to_string());
        return say(&json!({"customer": id, "tenantId": tenant, "held": held}).to_string());
    }
    let said = if held { "is held: it is not forgotten, whatever its time says" } else { "is not held any more" };
    say(&format!("{} {said}.", customer.id))
}
