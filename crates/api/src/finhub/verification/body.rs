//! What is said about a verification and its documents.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use onboarding::enrolment::steps::StartVerification;
use onboarding::enrolment::verification::{ApprovalLevel, Document, VerificationKind};
use onboarding::{CustomerId, Pii};
use serde_json::Value;

use crate::fields::{Fault, Field, Object};

/// Longest name, number or description, in characters.
const TEXT_CHARS_MAX: usize = 255;
/// Largest file, in bytes; a photographed document has one to five megabytes.
pub const FILE_BYTES_MAX: usize = service::files::Upload::BYTES_MAX;
/// Largest body that brings a file: four characters for three bytes, and the rest.
pub const BODY_BYTES_MAX: usize = FILE_BYTES_MAX / 3 * 4 + 64 * 1024;
/// Kinds of file that people can be shown.
const MIME_TYPES: [&str; 6] = ["application/pdf", "image/jpeg", "image/png", "image/tiff", "image/webp", "image/heic"];

/// The words for documents, and what each stands for.
const DOCUMENTS: [(&str, Document); 18] = [
    ("GOVERNMENT_ID", Document::GovernmentId),
    ("PASSPORT", Document::GovernmentId),
    ("ID_CARD", Document::GovernmentId),
    ("NATIONAL_ID", Document::GovernmentId),
    ("DRIVERS_LICENSE", Document::GovernmentId),
    ("RESIDENCE_PERMIT", Document::GovernmentId),
    ("PROOF_OF_ADDRESS", Document::ProofOfAddress),
    ("UTILITY_BILL", Document::ProofOfAddress),
    ("BANK_STATEMENT", Document::ProofOfAddress),
    ("TENANCY_AGREEMENT", Document::ProofOfAddress),
    ("SOURCE_OF_FUNDS", Document::SourceOfFunds),
    ("PAYSLIP", Document::SourceOfFunds),
    ("TAX_RETURN", Document::SourceOfFunds),
    ("EMPLOYMENT_CONTRACT", Document::SourceOfFunds),
    ("PEP_DECLARATION", Document::PepDeclaration),
    ("SELF_DECLARATION", Document::PepDeclaration),
    ("BENEFICIAL_OWNERSHIP", Document::BeneficialOwnership),
    ("OWNERSHIP_DECLARATION", Document::BeneficialOwnership),
];
/// What one shows without a file.
const IDENTITY_DOCUMENTS: [&str; 3] = ["PASSPORT", "ID_CARD", "DRIVERS_LICENSE"];
const KINDS: [&str; 3] = ["SIMPLIFIED", "STANDARD", "ENHANCED"];
const LEVELS: [&str; 3] = ["TENANT_VERIFIED", "POWER_TENANT_VERIFIED", "FINHUB_VERIFIED"];

/// A document with a number and no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// What it is.
    pub word: &'static str,
    /// What it stands for.
    pub document: Document,
    /// Its number.
    pub number: Pii<String>,
}

/// A document with a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    /// What it is.
    pub word: &'static str,
    /// What it stands for.
    pub document: Document,
    /// The file's name.
    pub name: Pii<String>,
    /// What kind of file it is.
    pub mime_type: &'static str,
    /// The file.
    pub content: Vec<u8>,
}

/// A verification that somebody requests for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whose.
    pub customer: CustomerId,
    /// By which tenant, in its own word.
    pub tenant: Option<String>,
    /// What is wished of it.
    pub wish: StartVerification,
}

/// Somebody's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yes {
    /// Who says it, in the caller's word.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<Pii<String>>,
}

/// Reads what is wished of a verification that begins; the body may be empty.
#[must_use]
pub fn wish(body: &Object<'_>) -> Option<StartVerification> {
    let kind = kind(&body.field("verificationType"));
    Some(StartVerification { kind, level: level(&body.field("requestedLevel")) })
}

/// Reads `POST /api/v2.1/verifications`.
#[must_use]
pub fn request(body: &Object<'_>) -> Option<Request> {
    let customer = body.field("customerId").required().guid();
    let tenant = body.field("requestedByTenantId").text(TEXT_CHARS_MAX);
    let kind = kind(&body.field("type"));
    let level = level(&body.field("requestedLevel"));
    // Whoever it is in the institution is the institution's to know.
    drop(body.field("requestedByUserId").text(TEXT_CHARS_MAX));
    drop(body.field("additionalData").object());
    Some(Request { customer: CustomerId(customer?), tenant, wish: StartVerification { kind, level } })
}

/// Reads `POST …/{customerId}/verification`.
#[must_use]
pub fn identity(body: &Object<'_>) -> Option<Identity> {
    let _ = kind(&body.field("verificationType").required());
    let data = body.field("verificationData").required().object()?;
    let word = data.field("documentType").required().word(&IDENTITY_DOCUMENTS);
    let number = data.field("documentNumber").required().parsed(50, |text| {
        let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | ' ' | '.'))
            && text.chars().any(|c| c.is_ascii_alphanumeric());
        if fits { Ok(text.to_owned()) } else { Err(Fault::Format("letters, digits, blanks, dots, slashes or dashes")) }
    });
    Some(Identity { word: word?, document: Document::GovernmentId, number: Pii(number?) })
}

/// Reads `POST /api/v2.1/verifications/{id}/documents`.
#[must_use]
pub fn upload(body: &Object<'_>) -> Option<Upload> {
    let words = DOCUMENTS.map(|(word, _)| word);
    let word = body.field("documentType").required().word(&words);
    let name = body.field("fileName").required().text(TEXT_CHARS_MAX);
    let mime_type = body.field("mimeType").required().word(&MIME_TYPES);
    // What is said of a file beside what it is, nobody reads.
    let _ = body.field("description").text(TEXT_CHARS_MAX);
    let content = content(&body.field("fileContent").required());
    let (word, document) = DOCUMENTS.into_iter().find(|(known, _)| Some(*known) == word)?;
    Some(Upload { word, document, name: Pii(name?), mime_type: mime_type?, content: content? })
}

/// Reads a yes; the body may be empty.
#[must_use]
pub fn yes(body: &Object<'_>) -> Option<Yes> {
    let by = body.field("approvedBy").text(TEXT_CHARS_MAX);
    let reason = ["approvalReason", "reason", "comment"].map(|name| body.field(name).text(TEXT_CHARS_MAX));
    Some(Yes { by, reason: reason.into_iter().flatten().next().map(Pii) })
}

/// Base64, as browsers write it: alone, or behind `data:…;base64,`.
fn content(field: &Field<'_, '_>) -> Option<Vec<u8>> {
    let Some(text) = field.value().and_then(Value::as_str) else {
        if field.is_there() {
            field.refuse(Fault::Type("a string"));
        }
        return None;
    };
    let encoded = match text.split_once(";base64,") {
        Some((before, encoded)) if before.starts_with("data:") => encoded,
        _ => text,
    };
    match BASE64_STANDARD.decode(encoded.trim()) {
        // Nothing at all was told of as missing before.
        Ok(content) if content.is_empty() => None,
        Ok(content) if content.len() > FILE_BYTES_MAX => {
            field.refuse(Fault::Range(format!("a file of at most {FILE_BYTES_MAX} bytes")));
            None
        }
        Ok(content) => Some(content),
        Err(_) => {
            field.refuse(Fault::Format("a file in Base64"));
            None
        }
    }
}

fn kind(field: &Field<'_, '_>) -> Option<VerificationKind> {
    field.word(&KINDS).and_then(|word| VerificationKind::parse(&word.to_ascii_lowercase()))
}

fn level(field: &Field<'_, '_>) -> Option<ApprovalLevel> {
    field.word(&LEVELS).map(|word| match word {
        "POWER_TENANT_VERIFIED" => ApprovalLevel::PowerTenant,
        "FINHUB_VERIFIED" => ApprovalLevel::Finhub,
        _ => ApprovalLevel::Tenant,
    })
}

/// The vendor's word for who has to approve.
#[must_use]
pub const fn level_word(level: ApprovalLevel) -> &'static str {
    match level {
        ApprovalLevel::Tenant => LEVELS[0],
        ApprovalLevel::PowerTenant => LEVELS[1],
        ApprovalLevel::Finhub => LEVELS[2],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::Mistakes;

    fn parsed<T>(body: &Value, how: impl FnOnce(&Object<'_>) -> Option<T>) -> Result<T, Vec<String>> {
        let mistakes = Mistakes::default();
        let read = how(&mistakes.object(body));
        mistakes.settle(read).map_err(|found| found.iter().map(ToString::to_string).collect())
    }

    fn refused(good: &Value, table: &[(&str, Value)], how: impl Fn(&Object<'_>) -> bool) {
        for (path, value) in table {
            let mut body = good.clone();
            *body.pointer_mut(&format!("/{}", path.replace('.', "/"))).expect("a member") = value.clone();
            let found = parsed(&body, |body| how(body).then_some(())).expect_err(path);
            assert!(found.len() == 1 && found[0].starts_with(path), "{path}: {found:?}");
        }
    }

    #[test]
    fn a_document_with_a_number() {
        let good = json!({"verificationType": "ENHANCED",
            "verificationData": {"documentType": "PASSPORT", "documentNumber": "C01X00T47"}});
        let read = parsed(&good, identity).expect("a body that is right");
        assert_eq!((read.word, read.document), ("PASSPORT", Document::GovernmentId));
        let table = [
            ("verificationType", json!("DEEP")),
            ("verificationType", json!(null)),
            ("verificationData", json!("x")),
            ("verificationData.documentType", json!("LIBRARY_CARD")),
            ("verificationData.documentNumber", json!("")),
            ("verificationData.documentNumber", json!("<script>")),
            ("verificationData.documentNumber", json!("1".repeat(51))),
        ];
        refused(&good, &table, |body| identity(body).is_some());
    }

    #[test]
    fn a_document_with_a_file() {
        let good = json!({"documentType": "UTILITY_BILL", "fileName": "bill.pdf", "fileContent": "JVBERi0xLjcK",
            "mimeType": "application/pdf", "description": "electricity"});
        let read = parsed(&good, upload).expect("a body that is right");
        assert_eq!((read.document, read.content.as_slice()), (Document::ProofOfAddress, &b"%PDF-1.7\n"[..]));
        let mut browser = good.clone();
        browser["fileContent"] = json!("data:application/pdf;base64,JVBERi0xLjcK");
        assert!(parsed(&browser, upload).is_ok());
        let table = [
            ("documentType", json!("DOODLE")),
            ("fileName", json!(null)),
            ("fileContent", json!("not base64!")),
            ("fileContent", json!("")),
            ("fileContent", json!(7)),
            ("mimeType", json!("text/html")),
            ("description", json!(1)),
        ];
        refused(&good, &table, |body| upload(body).is_some());
    }

    #[test]
    fn every_document_can_be_shown() {
        for document in Document::ALL {
            let word = document.as_str().to_ascii_uppercase();
            assert!(DOCUMENTS.contains(&(word.as_str(), document)), "{word}");
        }
    }
}
