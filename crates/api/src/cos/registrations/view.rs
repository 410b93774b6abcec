//! A registration on the wire. User name and password of the callback never are.

use serde::Serialize;
use service::{Registration, RegistrationMode, RegistrationState};

use crate::cos::time;

/// A registration.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationView<'a> {
    id: String,
    partner_id: String,
    event_name: &'a str,
    /// The older name of `type`; the seed has it, the vendor's later pages have the other.
    registration_type: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
    format: &'a str,
    status: &'static str,
    created_at: String,
    last_modified_at: String,
}

impl<'a> From<&'a Registration> for RegistrationView<'a> {
    fn from(registration: &'a Registration) -> Self {
        let mode = mode(registration.mode);
        Self {
            id: registration.id.0.to_string(),
            partner_id: registration.tenant.to_string(),
            event_name: &registration.name,
            registration_type: mode,
            r#type: mode,
            callback_url: registration.callback_url.as_deref(),
            format: &registration.format,
            status: match registration.state {
                RegistrationState::Active => "Active",
                RegistrationState::Suspended => "Suspended",
            },
            created_at: time::exact(registration.created_at),
            last_modified_at: time::exact(registration.changed_at),
        }
    }
}

const fn mode(mode: RegistrationMode) -> &'static str {
    match mode {
        RegistrationMode::Push => "Push",
        RegistrationMode::Poll => "Poll",
    }
}

#[cfg(test)]
mod tests {
    use onboarding::{EventKind, Pii, TenantId};
    use service::RegistrationId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_registration_never_tells_its_password() {
        let at = "2021-11-22T15:49:58.843Z".parse().expect("a time");
        let registration = Registration {
            id: RegistrationId(Uuid::from_u128(3)),
            tenant: TenantId(Uuid::nil()),
            dialect: "cos".to_owned(),
            name: "Core.Customer.Onboarded".to_owned(),
            events: [EventKind::CustomerOnboarded].into(),
            customer: None,
            mode: RegistrationMode::Push,
            callback_url: Some("https://cos.yourcompanysite.com/core-events".to_owned()),
            format: "Basic".to_owned(),
            retries: None,
            auth: Some(("user".to_owned(), Pii("secret".to_owned()))),
            secret: None,
            attributes: serde_json::Map::new(),
            state: RegistrationState::Active,
            created_at: at,
            changed_at: at,
            version: 1,
        };
        let shown = serde_json::to_string(&RegistrationView::from(&registration)).expect("JSON");
        assert_eq!(
            shown,
            concat!(
                r#"{"id":"00000000-0000-0000-0000-000000000003","partnerId":"00000000-0000-0000-0000-000000000000","#,
                r#""eventName":"Core.Customer.Onboarded","registrationType":"Push","type":"Push","#,
                r#""callbackUrl":"https://cos.yourcompanysite.com/core-events","format":"Basic","status":"Active","#,
                r#""createdAt":"2021-11-22T10:49:58.843-05:00","lastModifiedAt":"2021-11-22T10:49:58.843-05:00"}"#,
            ),
        );
    }
}
