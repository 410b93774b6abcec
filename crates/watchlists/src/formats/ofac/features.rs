//! What OFAC's labels mean: `Cedula No.`, `Digital Currency Address - XBT`, `Organization Established Date`.
//!
//! The same labels stand in the remarks of the CSV and as `idType` of the XML.

use super::super::draft::Draft;
use crate::entity::{CountryRole, IdentifierKind};
use IdentifierKind::{Bic, CallSign, Imo, Lei, Mmsi, NationalId, Other, Passport, Registration, TaxId, Wallet};

/// What the value behind a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    Id(IdentifierKind),
    BirthDate,
    BirthPlace,
    Nationality,
    Jurisdiction,
    Gender,
    Link,
    /// For a reviewer; comparison has no use for it.
    Note,
}

/// Labels as published, without `alt.` before and a colon behind. A label that begins like a longer one comes later.
const LABELS: &[(&str, Feature)] = &[
    ("DOB", Feature::BirthDate),
    ("Date of Birth", Feature::BirthDate),
    ("Organization Established Date", Feature::BirthDate),
    ("Aircraft Manufacture Date", Feature::BirthDate),
    ("Vessel Year of Build", Feature::BirthDate),
    ("POB", Feature::BirthPlace),
    ("Place of Birth", Feature::BirthPlace),
    ("Nationality of Registration", Feature::Jurisdiction),
    ("Former Vessel Flag", Feature::Jurisdiction),
    ("Vessel Flag", Feature::Jurisdiction),
    ("nationality", Feature::Nationality),
    ("citizen", Feature::Nationality),
    ("Gender", Feature::Gender),
    ("Linked To", Feature::Link),
    ("Digital Currency Address", Feature::Id(Wallet)),
    ("Diplomatic Passport", Feature::Id(Passport)),
    ("Stateless Person Passport", Feature::Id(Passport)),
    ("British National Overseas Passport", Feature::Id(Passport)),
    ("U.S.A. Passport", Feature::Id(Passport)),
    ("Passport", Feature::Id(Passport)),
    ("Vessel Registration Identification IMO", Feature::Id(Imo)),
    ("Identification Number IMO", Feature::Id(Imo)),
    ("International Maritime Organization No.", Feature::Id(Imo)),
    ("Vessel Registration Identification", Feature::Id(Registration)),
    ("MMSI", Feature::Id(Mmsi)),
    ("Aircraft Tail Number", Feature::Id(CallSign)),
    ("Previous Aircraft Tail Number", Feature::Id(CallSign)),
    ("Other Vessel Call Sign", Feature::Id(CallSign)),
    ("Vessel Call Sign", Feature::Id(CallSign)),
    ("SWIFT/BIC", Feature::Id(Bic)),
    ("Legal Entity Number", Feature::Id(Lei)),
    ("Tax ID No.", Feature::Id(TaxId)),
    ("NIT #", Feature::Id(TaxId)),
    ("RUC #", Feature::Id(TaxId)),
    ("RIF #", Feature::Id(TaxId)),
    ("R.F.C. #", Feature::Id(TaxId)),
    ("R.F.C.", Feature::Id(TaxId)),
    ("RFC", Feature::Id(TaxId)),
    ("RTN", Feature::Id(TaxId)),
    ("RSIN", Feature::Id(TaxId)),
    ("SSN", Feature::Id(TaxId)),
    ("US FEIN", Feature::Id(TaxId)),
    ("V.A.T. Number", Feature::Id(TaxId)),
    ("Italian Fiscal Code", Feature::Id(TaxId)),
    ("Fiscal Code", Feature::Id(TaxId)),
    ("C.U.I.T.", Feature::Id(TaxId)),
    ("C.I.F.", Feature::Id(TaxId)),
    ("N.I.F.", Feature::Id(TaxId)),
    ("Numero Unico de Identificacao Tributaria (NUIT)", Feature::Id(TaxId)),
    ("Romanian Tax Registration", Feature::Id(TaxId)),
    ("Paraguayan tax identification number", Feature::Id(TaxId)),
    ("National ID No.", Feature::Id(NationalId)),
    ("National Foreign ID Number", Feature::Id(NationalId)),
    ("Cedula No.", Feature::Id(NationalId)),
    ("Identification Number ISIN", Feature::Id(Other)),
    ("Identification Number", Feature::Id(NationalId)),
    ("Turkish Identification Number", Feature::Id(NationalId)),
    ("Personal ID Card", Feature::Id(NationalId)),
    ("Citizen's Card Number", Feature::Id(NationalId)),
    ("Tazkira National ID Card", Feature::Id(NationalId)),
    ("Stateless Person ID Card", Feature::Id(NationalId)),
    ("Refugee ID Card", Feature::Id(NationalId)),
    ("Kenyan ID No.", Feature::Id(NationalId)),
    ("Bosnian Personal ID No.", Feature::Id(NationalId)),
    ("Moroccan Personal ID No.", Feature::Id(NationalId)),
    ("UAE Identification", Feature::Id(NationalId)),
    ("CNP (Personal Numerical Code)", Feature::Id(NationalId)),
    ("Numero de Identidad", Feature::Id(NationalId)),
    ("Credencial electoral", Feature::Id(NationalId)),
    ("Electoral Registry No.", Feature::Id(NationalId)),
    ("D.N.I.", Feature::Id(NationalId)),
    ("N.I.E.", Feature::Id(NationalId)),
    ("I.F.E.", Feature::Id(NationalId)),
    ("C.U.R.P. #", Feature::Id(NationalId)),
    ("C.U.R.P.", Feature::Id(NationalId)),
    ("C.U.I.P.", Feature::Id(NationalId)),
    ("C.U.I.", Feature::Id(NationalId)),
    ("LE Number", Feature::Id(NationalId)),
    ("Residency Number", Feature::Id(NationalId)),
    ("Registration Number", Feature::Id(Registration)),
    ("Registration ID", Feature::Id(Registration)),
    ("Registration Certificate Number (Dubai)", Feature::Id(Registration)),
    ("Public Registration Number", Feature::Id(Registration)),
    ("MSB Registration Number", Feature::Id(Registration)),
    ("Business Registration Number", Feature::Id(Registration)),
    ("Business Registration Document # CUD:", Feature::Id(Registration)),
    ("Business Registration Document #", Feature::Id(Registration)),
    ("Russian State Individual Business Registration Number Pattern (OGRNIP)", Feature::Id(Registration)),
    ("Business Number", Feature::Id(Registration)),
    ("Branch Unit Number", Feature::Id(Registration)),
    ("Enterprise Number", Feature::Id(Registration)),
    ("Company Number IMO", Feature::Id(Other)),
    ("Company Number", Feature::Id(Registration)),
    ("UK Company Number", Feature::Id(Registration)),
    ("Company ID: No.", Feature::Id(Registration)),
    ("Commercial Registry Number", Feature::Id(Registration)),
    ("C.R. No.", Feature::Id(Registration)),
    ("Romanian C.R.", Feature::Id(Registration)),
    ("Folio Mercantil No.", Feature::Id(Registration)),
    ("Matricula Mercantil No", Feature::Id(Registration)),
    ("Trade License No.", Feature::Id(Registration)),
    ("Tourism License No.", Feature::Id(Registration)),
    ("Chamber of Commerce Number", Feature::Id(Registration)),
    ("Istanbul Chamber of Comm. No.", Feature::Id(Registration)),
    ("Dubai Chamber of Commerce Membership No.", Feature::Id(Registration)),
    ("Central Registration System Number", Feature::Id(Registration)),
    ("Certificate of Incorporation Number", Feature::Id(Registration)),
    ("Economic Register Number (CBLS)", Feature::Id(Registration)),
    ("Government Gazette Number", Feature::Id(Registration)),
    ("Unified Social Credit Code (USCC)", Feature::Id(Registration)),
    ("United Social Credit Code Certificate (USCCC)", Feature::Id(Registration)),
    ("Registered Charity No.", Feature::Id(Registration)),
    ("Organization Code", Feature::Id(Registration)),
    ("File Number", Feature::Id(Registration)),
    ("C.I.N.", Feature::Id(Registration)),
    ("License", Feature::Id(Other)),
    ("Driver's License No.", Feature::Id(Other)),
    ("Travel Document Number", Feature::Id(Other)),
    ("Birth Certificate Number", Feature::Id(Other)),
    ("Cartilla de Servicio Militar Nacional", Feature::Id(Other)),
    ("Military Registration Number", Feature::Id(Other)),
    ("Afghan Money Service Provider License Number", Feature::Id(Other)),
    ("Pilot License Number", Feature::Id(Other)),
    ("Seafarer's Identification Document", Feature::Id(Other)),
    ("VisaNumberID", Feature::Id(Other)),
    ("Permit Number", Feature::Id(Other)),
    ("SRE Permit No.", Feature::Id(Other)),
    ("Tarjeta Profesional", Feature::Id(Other)),
    ("Trademark number", Feature::Id(Other)),
    ("Chinese Commercial Code", Feature::Id(Other)),
    ("D-U-N-S Number", Feature::Id(Other)),
    ("BIK (RU)", Feature::Id(Other)),
    ("ISIN", Feature::Id(Other)),
    ("Equity Ticker", Feature::Id(Other)),
    ("Aircraft Manufacturer's Serial Number (MSN)", Feature::Id(Other)),
    ("Aircraft Construction Number (also called L/N or S/N or F/N)", Feature::Id(Other)),
    ("Aircraft Serial Identification", Feature::Id(Other)),
    ("Aircraft Mode S Transponder Code", Feature::Id(Other)),
    ("Serial No.", Feature::Id(Other)),
];

/// The feature that a text begins with: its label and what is left, if a word ends there.
pub(super) fn leading(text: &str) -> Option<(&'static str, Feature, &str)> {
    LABELS.iter().find_map(|&(label, feature)| {
        let head = text.get(..label.len())?;
        let rest = text[label.len()..].strip_prefix(':').unwrap_or(&text[label.len()..]);
        let ends = rest.is_empty() || rest.starts_with([' ', '-']) || label.ends_with(['#', '.']);
        (head.eq_ignore_ascii_case(label) && ends).then_some((label, feature, rest.trim_start()))
    })
}

/// The feature that a whole label means; an unknown one is a note.
pub(super) fn of_label(label: &str) -> Feature {
    match leading(label.trim()) {
        Some((_, feature, rest)) if rest.is_empty() || feature == Feature::Id(Wallet) => feature,
        _ => Feature::Note,
    }
}

/// Pours one labelled value into the entity; the country stands where the list gives the issuer apart.
pub(super) fn pour(draft: &mut Draft, feature: Feature, label: &str, text: &str, country: &str) {
    match feature {
        Feature::BirthDate => draft.birth_date(text),
        Feature::BirthPlace => draft.birth_place(text),
        Feature::Nationality => draft.country(text, CountryRole::Nationality),
        Feature::Jurisdiction => draft.country(text, CountryRole::Jurisdiction),
        Feature::Gender => draft.gender(text),
        Feature::Link => draft.link("linked to", text),
        Feature::Note if country.trim().is_empty() => draft.labelled_note(label.trim_end_matches(':'), text),
        Feature::Note => draft.labelled_note(label.trim_end_matches(':'), &format!("{text} ({country})")),
        Feature::Id(kind) => {
            let (kind, number) = told_apart(kind, text);
            draft.identifier(kind, number, country, label);
        }
    }
}

/// A label that covers two kinds of number is decided by the number.
fn told_apart(kind: IdentifierKind, number: &str) -> (IdentifierKind, &str) {
    let number = number.trim();
    match kind {
        // "Legal Entity Number" was used for company numbers before it came to mean ISO 17442.
        Lei if number.len() != 20 => (Registration, number),
        Registration | Imo if number.starts_with("IMO ") => (Imo, number[4..].trim_start()),
        Imo => (Imo, number.trim_matches(['(', ')'])),
        _ => (kind, number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_ends_where_its_word_ends() {
        assert_eq!(leading("Passport A1 (Iran)"), Some(("Passport", Feature::Id(Passport), "A1 (Iran)")));
        assert_eq!(leading("Passports were taken"), None);
        assert_eq!(leading("NIT # 8001"), Some(("NIT #", Feature::Id(TaxId), "8001")));
        assert_eq!(leading("Italian Fiscal Code: K1"), Some(("Italian Fiscal Code", Feature::Id(TaxId), "K1")));
        assert_eq!(leading("Digital Currency Address - ETH 0x1").map(|found| found.2), Some("- ETH 0x1"));
        assert_eq!(of_label("Digital Currency Address - XBT"), Feature::Id(Wallet));
        assert_eq!(of_label("Secondary sanctions risk:"), Feature::Note);
        assert_eq!(of_label("Gender"), Feature::Gender);
        assert_eq!(of_label("Passport of a ship"), Feature::Note);
    }

    #[test]
    fn no_label_hides_behind_a_shorter_one() {
        for (at, (label, _)) in LABELS.iter().enumerate() {
            assert_eq!(leading(label).map(|found| found.0), Some(*label), "entry {at}");
        }
    }
}
