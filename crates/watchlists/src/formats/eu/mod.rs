//! The European Union's financial sanctions files: XML 1.1 and CSV 1.0.

mod csv;
mod xml_list;

use super::xml;
use super::{FormatError, InputFile, Reading};
use crate::entity::Schema;

pub(super) fn read(files: &[InputFile<'_>], reading: &mut Reading<'_>) -> Result<(), FormatError> {
    let [file] = files else {
        return Err(FormatError::NotOneList { why: "the EU list is one file".to_owned() });
    };
    if xml::is_xml(file.bytes) { xml_list::read(file, reading) } else { csv::read(file, reading) }
}

/// `P` or `person`, `E` or `enterprise`.
fn schema(code: &str) -> Schema {
    match code.to_ascii_lowercase().as_str() {
        "p" | "person" => Schema::Person,
        _ => Schema::Organization,
    }
}

/// What an identification is, by EU's word for it.
fn identifier_kind(code: &str) -> crate::entity::IdentifierKind {
    use crate::entity::IdentifierKind;
    match code.trim().to_ascii_lowercase().as_str() {
        "passport" | "diplomatic passport" => IdentifierKind::Passport,
        "id" | "idcard" | "nationalid" => IdentifierKind::NationalId,
        "ssn" | "fiscalcode" | "tax" | "taxid" | "vat" => IdentifierKind::TaxId,
        "regnumber" | "registration" | "tradelic" => IdentifierKind::Registration,
        "swiftbic" | "bic" => IdentifierKind::Bic,
        "imo" => IdentifierKind::Imo,
        _ => IdentifierKind::Other,
    }
}
