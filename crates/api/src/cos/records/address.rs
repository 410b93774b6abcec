//! `addresses`.

use jiff::civil::Date;
use onboarding::Pii;
use onboarding::records::Address;
use serde::Serialize;

use super::{Spoken, WORD_CHARS_MAX};
use crate::fields::{Fault, Object};

const TYPES: [&str; 8] = ["Home", "Work", "Mailing", "Business", "Billing", "Shipping", "Temporary", "Other"];
const CLASSIFICATIONS: [&str; 3] = ["Residential", "Business", "Other"];
const LINE_CHARS_MAX: usize = 100;
const POSTAL_CODE_CHARS_MAX: usize = 20;

/// States, the district, territories, freely associated states and military mail of the United States Postal Service.
const STATES: [&str; 62] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "AS", "GU", "MP", "PR", "VI", "FM",
    "MH", "PW", "AA", "AE", "AP",
];

/// An address on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddressView<'a> {
    address_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    classification: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street1: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    street2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<&'a str>,
    country_code: String,
}

impl Spoken for Address {
    type View<'a> = AddressView<'a>;

    fn read(body: &Object<'_>, _today: Date) -> Option<Self> {
        let kind = body.field("addressType").required().word(&TYPES);
        let classification = body.field("classification").word(&CLASSIFICATIONS);
        let street1 = body.field("street1").required().text(LINE_CHARS_MAX);
        let street2 = body.field("street2").text(LINE_CHARS_MAX);
        let city = body.field("city").required().text(LINE_CHARS_MAX);
        let country = body.field("countryCode").required().country();
        let (state, postal_code) = (body.field("state"), body.field("postalCode"));
        let (state, postal_code) = if country == Some("us") {
            // A mailing needs both there; elsewhere many addresses have neither.
            let state = state.required().word(&STATES).map(str::to_owned);
            (state, postal_code.required().parsed(POSTAL_CODE_CHARS_MAX, zip))
        } else {
            (state.text(WORD_CHARS_MAX), postal_code.text(POSTAL_CODE_CHARS_MAX))
        };
        Some(Self {
            kind: kind?.to_owned(),
            classification: classification.map(str::to_owned),
            street: [Some(street1?), street2].into_iter().flatten().map(Pii).collect(),
            city: Some(Pii(city?)),
            state,
            postal_code: postal_code.map(Pii),
            country: country?.to_owned(),
        })
    }

    fn view(&self) -> AddressView<'_> {
        AddressView {
            address_type: &self.kind,
            classification: self.classification.as_deref(),
            street1: self.street.first().map(|line| line.as_str()),
            street2: self.street.get(1).map(|line| line.as_str()),
            city: self.city.as_ref().map(|city| city.as_str()),
            state: self.state.as_deref(),
            postal_code: self.postal_code.as_ref().map(|code| code.as_str()),
            country_code: self.country.to_ascii_uppercase(),
        }
    }
}

fn zip(text: &str) -> Result<String, Fault> {
    let (five, four) = text.split_once('-').map_or((text, None), |(five, four)| (five, Some(four)));
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(five, 5) && four.is_none_or(|four| digits(four, 4)) {
        return Ok(text.to_owned());
    }
    Err(Fault::Format("5 digits, or 5 and 4 joined by a dash, in the United States"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cos::records::tests::{InOrder, mistakes, shown, with};

    fn good() -> serde_json::Value {
        json!({
            "addressType": "Home", "classification": "Residential", "street1": "123 Any St", "city": "Anywhere",
            "state": "NY", "postalCode": "12345", "countryCode": "US"
        })
    }

    #[test]
    fn the_vendors_example_comes_back_as_it_went() {
        assert_eq!(
            shown::<Address>(&good()),
            good().to_string_in_order(&[
                "addressType",
                "classification",
                "street1",
                "city",
                "state",
                "postalCode",
                "countryCode",
            ])
        );
    }

    #[test]
    fn each_field_is_checked() {
        let long = "x".repeat(101);
        for (field, value, message) in [
            ("addressType", json!(null), "addressType is required"),
            (
                "addressType",
                json!("Cave"),
                "addressType must be one of Home, Work, Mailing, Business, Billing, Shipping, Temporary, Other",
            ),
            ("classification", json!("Nice"), "classification must be one of Residential, Business, Other"),
            ("street1", json!(""), "street1 is required"),
            ("street1", json!(long), "street1 must have at most 100 characters"),
            ("street2", json!(5), "street2 must be a string"),
            ("city", json!(null), "city is required"),
            ("state", json!(null), "state is required"),
            (
                "postalCode",
                json!("1234"),
                "postalCode must be 5 digits, or 5 and 4 joined by a dash, in the United States",
            ),
            ("postalCode", json!(12345), "postalCode must be a string"),
            ("countryCode", json!("USA"), "countryCode must be an ISO 3166-1 alpha-2 country code"),
            ("countryCode", json!(null), "countryCode is required"),
            ("isPrimary", json!("yes"), "isPrimary must be true or false"),
        ] {
            assert_eq!(mistakes::<Address>(&with(good(), field, value)), [message], "{field}");
        }
        assert!(mistakes::<Address>(&with(good(), "state", json!("ny"))).is_empty());
        assert!(mistakes::<Address>(&with(good(), "postalCode", json!("12345-6789"))).is_empty());
        assert!(mistakes::<Address>(&with(good(), "unknown", json!([{}]))).is_empty());
        assert!(mistakes::<Address>(&with(good(), "state", json!("ZZ")))[0].starts_with("state must be one of AL"));
    }

    #[test]
    fn an_address_abroad_needs_neither_state_nor_code() {
        let abroad = json!({ "addressType": "Work", "street1": "O'Connell St", "city": "Dublin", "countryCode": "ie" });
        assert!(mistakes::<Address>(&abroad).is_empty());
        assert!(mistakes::<Address>(&with(abroad, "state", json!("Leinster"))).is_empty());
    }

    #[test]
    fn several_mistakes_are_told_at_once() {
        let found = mistakes::<Address>(&json!({ "countryCode": "US" }));
        assert_eq!(found.len(), 5, "{found:?}");
    }
}
