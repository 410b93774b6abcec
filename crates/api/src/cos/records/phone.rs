//! `phones`.

use jiff::civil::Date;
use onboarding::Pii;
use onboarding::records::Phone;
use serde::Serialize;

use super::Spoken;
use crate::fields::{Fault, Object};

const TYPES: [&str; 5] = ["Mobile", "Home", "Work", "Fax", "Other"];
const EXTENSION_CHARS_MAX: usize = 10;
const NUMBER_CHARS_MAX: usize = 30;

/// A phone on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhoneView<'a> {
    phone_type: &'a str,
    phone_number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<&'a str>,
}

impl Spoken for Phone {
    type View<'a> = PhoneView<'a>;

    fn read(body: &Object<'_>, _today: Date) -> Option<Self> {
        let kind = body.field("phoneType").required().word(&TYPES);
        let number = body.field("phoneNumber").required().parsed(NUMBER_CHARS_MAX, number);
        let extension = body.field("extension").parsed(EXTENSION_CHARS_MAX, |text| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { Ok(text.to_owned()) } else { Err(Fault::Format("digits")) }
        });
        Some(Self { kind: kind?.to_owned(), number: Pii(number?), extension: extension.map(Pii) })
    }

    fn view(&self) -> PhoneView<'_> {
        PhoneView {
            phone_type: &self.kind,
            phone_number: &self.number,
            extension: self.extension.as_ref().map(|extension| extension.as_str()),
        }
    }
}

/// Ten digits of the North American plan, or `+` and an international number (ITU-T E.164). Punctuation is dropped.
fn number(text: &str) -> Result<String, Fault> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    let (digits, length) = match plain.strip_prefix('+') {
        Some(digits) => (digits, 8..=15),
        None => (plain.as_str(), 10..=10),
    };
    if length.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(plain);
    }
    Err(Fault::Format("10 digits, or + and 8 to 15 digits"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cos::records::tests::{mistakes, shown, with};

    fn good() -> serde_json::Value {
        json!({ "phoneType": "Mobile", "phoneNumber": "2015552345" })
    }

    #[test]
    fn the_vendors_example_comes_back_as_it_went() {
        assert_eq!(shown::<Phone>(&good()), r#"{"phoneType":"Mobile","phoneNumber":"2015552345"}"#);
        let work = json!({ "phoneType": "work", "phoneNumber": "+44 (20) 7946-0958", "extension": "12" });
        assert_eq!(shown::<Phone>(&work), r#"{"phoneType":"Work","phoneNumber":"+442079460958","extension":"12"}"#);
    }

    #[test]
    fn each_field_is_checked() {
        let shape = "phoneNumber must be 10 digits, or + and 8 to 15 digits";
        for (field, value, message) in [
            ("phoneType", json!(null), "phoneType is required"),
            ("phoneType", json!("Pigeon"), "phoneType must be one of Mobile, Home, Work, Fax, Other"),
            ("phoneNumber", json!(null), "phoneNumber is required"),
            ("phoneNumber", json!(2_015_552_345_u64), "phoneNumber must be a string"),
            ("phoneNumber", json!("201555234"), shape),
            ("phoneNumber", json!("20155523456"), shape),
            ("phoneNumber", json!("+1234567"), shape),
            ("phoneNumber", json!("２０１5552345"), shape),
            ("phoneNumber", json!("call me maybe"), shape),
            ("phoneNumber", json!("2".repeat(31)), "phoneNumber must have at most 30 characters"),
            ("extension", json!("a"), "extension must be digits"),
            ("extension", json!("12345678901"), "extension must have at most 10 characters"),
        ] {
            assert_eq!(mistakes::<Phone>(&with(good(), field, value)), [message], "{field}");
        }
    }
}
