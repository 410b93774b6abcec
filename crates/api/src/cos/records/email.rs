//! `emails`.

use jiff::civil::Date;
use onboarding::Pii;
use onboarding::records::Email;
use serde::Serialize;

use super::Spoken;
use crate::fields::{Fault, Object};

const TYPES: [&str; 4] = ["Personal", "Work", "Home", "Other"];
/// RFC 5321, section 4.5.3.1, less the angle brackets.
const ADDRESS_CHARS_MAX: usize = 254;
/// RFC 5321, section 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;

/// An e-mail address on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailView<'a> {
    email_type: &'a str,
    email_address: &'a str,
}

impl Spoken for Email {
    type View<'a> = EmailView<'a>;

    fn read(body: &Object<'_>, _today: Date) -> Option<Self> {
        let kind = body.field("emailType").required().word(&TYPES);
        let address = body.field("emailAddress").required().parsed(ADDRESS_CHARS_MAX, address);
        Some(Self { kind: kind?.to_owned(), address: Pii(address?) })
    }

    fn view(&self) -> EmailView<'_> {
        EmailView { email_type: &self.kind, email_address: &self.address }
    }
}

/// What can be an address; whether it is one, only a mail to it can tell.
fn address(text: &str) -> Result<String, Fault> {
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let fits = text.rsplit_once('@').is_some_and(|(local, domain)| {
        let local_fits = !local.is_empty() && local.len() <= LOCAL_BYTES_MAX;
        let plain = !local.chars().any(|c| c.is_whitespace() || matches!(c, '@' | '<' | '>' | '"' | ',' | ';'));
        local_fits && plain && domain.contains('.') && domain.split('.').all(label)
    });
    if fits { Ok(text.to_owned()) } else { Err(Fault::Format("an e-mail address")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cos::records::tests::{InOrder, mistakes, shown, with};

    fn good() -> serde_json::Value {
        json!({ "emailType": "Work", "emailAddress": "bob.smith+bank@example.com" })
    }

    #[test]
    fn an_email_comes_back_as_it_went() {
        assert_eq!(shown::<Email>(&good()), good().to_string_in_order(&["emailType", "emailAddress"]));
        assert!(mistakes::<Email>(&with(good(), "emailAddress", json!("josé@correo.españa.es"))).is_empty());
    }

    #[test]
    fn each_field_is_checked() {
        let shape = "emailAddress must be an e-mail address";
        let long_local = format!("{}@example.com", "x".repeat(65));
        for (field, value, message) in [
            ("emailType", json!(null), "emailType is required"),
            ("emailType", json!("Spam"), "emailType must be one of Personal, Work, Home, Other"),
            ("emailAddress", json!(null), "emailAddress is required"),
            ("emailAddress", json!(["a@b.c"]), "emailAddress must be a string"),
            ("emailAddress", json!("bob"), shape),
            ("emailAddress", json!("bob@localhost"), shape),
            ("emailAddress", json!("@example.com"), shape),
            ("emailAddress", json!("a@b@example.com"), shape),
            ("emailAddress", json!("bob@example..com"), shape),
            ("emailAddress", json!("Bob <bob@example.com>"), shape),
            ("emailAddress", json!(long_local), shape),
            ("emailAddress", json!("x".repeat(255)), "emailAddress must have at most 254 characters"),
        ] {
            assert_eq!(mistakes::<Email>(&with(good(), field, value)), [message], "{field}");
        }
    }
}
