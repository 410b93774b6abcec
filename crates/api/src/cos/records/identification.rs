//! `identifications`.

use jiff::civil::{Date, date};
use onboarding::Pii;
use onboarding::records::Identification;
use serde::Serialize;

use super::{Spoken, WORD_CHARS_MAX};
use crate::fields::{Fault, Object};

const TYPES: [&str; 12] = [
    "Passport",
    "PassportCard",
    "DriversLicense",
    "StateId",
    "NationalId",
    "MilitaryId",
    "PermanentResidentCard",
    "Visa",
    "ConsularId",
    "TribalId",
    "BusinessRegistration",
    "Other",
];
const NUMBER_CHARS_MAX: usize = 50;
const AUTHORITY_CHARS_MAX: usize = 100;

/// A document on the wire.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentificationView<'a> {
    id_number: &'a str,
    id_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_authority: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_state_or_province: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuing_country_code: Option<String>,
}

impl Spoken for Identification {
    type View<'a> = IdentificationView<'a>;

    fn read(body: &Object<'_>, today: Date) -> Option<Self> {
        // Somebody east of here verifies a document tomorrow, seen from here.
        let past = date(1900, 1, 1)..=today.tomorrow().unwrap_or(today);
        let kind = body.field("idType").required().word(&TYPES);
        let number = body.field("idNumber").required().text(NUMBER_CHARS_MAX);
        let issued_on = body.field("issuedDate").date(past.clone());
        let expires_on = body.field("expDate").date(date(1900, 1, 1)..=date(9999, 12, 31));
        let verified_on = body.field("verifiedDate").date(past);
        let authority = body.field("issuingAuthority").text(AUTHORITY_CHARS_MAX);
        let state = body.field("issuingStateOrProvince").text(WORD_CHARS_MAX);
        let country = body.field("issuingCountryCode").country();
        if issued_on.zip(expires_on).is_some_and(|(issued, expires)| expires < issued) {
            body.field("expDate").refuse(Fault::Contradiction("must not be before issuedDate"));
        }
        Some(Self {
            kind: kind?.to_owned(),
            number: Pii(number?),
            issued_on,
            expires_on,
            verified_on,
            authority,
            state,
            country: country.map(str::to_owned),
        })
    }

    fn view(&self) -> IdentificationView<'_> {
        IdentificationView {
            id_number: &self.number,
            id_type: &self.kind,
            issued_date: self.issued_on.map(|day| day.to_string()),
            exp_date: self.expires_on.map(|day| day.to_string()),
            verified_date: self.verified_on.map(|day| day.to_string()),
            issuing_authority: self.authority.as_deref(),
            issuing_state_or_province: self.state.as_deref(),
            issuing_country_code: self.country.as_ref().map(|country| country.to_ascii_uppercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cos::records::tests::{InOrder, mistakes, shown, with};

    fn good() -> serde_json::Value {
        json!({
            "idNumber": "S123-456", "idType": "DriversLicense", "issuedDate": "2022-08-18", "expDate": "2027-08-18",
            "verifiedDate": "2025-08-18", "issuingAuthority": "DMV", "issuingStateOrProvince": "NJ",
            "issuingCountryCode": "US"
        })
    }

    #[test]
    fn a_document_comes_back_as_it_went() {
        assert_eq!(
            shown::<Identification>(&good()),
            good().to_string_in_order(&[
                "idNumber",
                "idType",
                "issuedDate",
                "expDate",
                "verifiedDate",
                "issuingAuthority",
                "issuingStateOrProvince",
                "issuingCountryCode",
            ])
        );
    }

    #[test]
    fn each_field_is_checked() {
        let past = "must be between 1900-01-01 and 2026-02-02";
        for (field, value, message) in [
            ("idNumber", json!(null), "idNumber is required".to_owned()),
            ("idNumber", json!("x".repeat(51)), "idNumber must have at most 50 characters".to_owned()),
            ("idType", json!(null), "idType is required".to_owned()),
            ("issuedDate", json!("2026-02-03"), format!("issuedDate {past}")),
            ("verifiedDate", json!("2026-02-03"), format!("verifiedDate {past}")),
            ("expDate", json!("18.08.2027"), "expDate must be a date that exists, written YYYY-MM-DD".to_owned()),
            ("expDate", json!("2021-08-18"), "expDate must not be before issuedDate".to_owned()),
            ("issuingAuthority", json!({}), "issuingAuthority must be a string".to_owned()),
            (
                "issuingStateOrProvince",
                json!("x".repeat(51)),
                "issuingStateOrProvince must have at most 50 characters".to_owned(),
            ),
            (
                "issuingCountryCode",
                json!("XX"),
                "issuingCountryCode must be an ISO 3166-1 alpha-2 country code".to_owned(),
            ),
        ] {
            assert_eq!(mistakes::<Identification>(&with(good(), field, value)), [message], "{field}");
        }
        let unknown = mistakes::<Identification>(&with(good(), "idType", json!("LibraryCard")));
        assert!(unknown[0].starts_with("idType must be one of Passport, "), "{unknown:?}");
    }
}
