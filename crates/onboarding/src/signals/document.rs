//! Identity documents: what a file, its machine-readable zone and the customer's own words say to each other.
//!
//! No picture is looked at: whether a document is genuine, and whether it was reported stolen, an outside verifier or a
//! person says. Until one does, those tags are open and the outcome is a review.

use std::collections::BTreeMap;

use ::names::{Name, Score, similarity};
use jiff::civil::Date;

use super::birth_date::age_years;
use super::file::{Format, Sniffed};
use super::mrz::{self, Mrz};
use crate::country;
use crate::customer::Customer;
use crate::evaluation::DocumentTag;
use crate::evaluation::document::{DocumentFinding, DocumentKind};
use crate::party::Party;

/// What is handed in.
#[derive(Debug, Clone, Copy)]
pub struct Submitted<'a> {
    /// What it is said to be.
    pub kind: DocumentKind,
    /// Who is said to have issued it, ISO 3166-1 alpha-3 in whatever case.
    pub issuing_country: &'a str,
    /// What the file turned out to be.
    pub file: Sniffed,
    /// The machine-readable zone, where it was supplied or read.
    pub mrz: Option<&'a str>,
}

macro_rules! facts {
    ($($name:ident = $word:literal, $tag:ident, $label:literal;)*) => {
        /// A fact about a document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum DocumentFactName {
            $(#[doc = $label] $name,)*
        }

        impl DocumentFactName {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word that is kept and told.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The tag it belongs to.
            #[must_use]
            pub const fn tag(self) -> DocumentTag {
                match self { $(Self::$name => DocumentTag::$tag,)* }
            }

            /// How it is called to a reader.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)* }
            }
        }
    };
}

facts! {
    MinimumAge = "minimum_accepted_age", Age, "Minimum Accepted Age";
    FileSound = "file_sound", Image, "File Is Sound";
    ImageLarge = "image_resolution", Image, "Image Resolution";
    NameMatches = "name_match", Comparison, "Name Matches";
    BirthDateMatches = "date_of_birth_match", Comparison, "Date of Birth Matches";
    NumberMatches = "document_number_match", Comparison, "Document Number Matches";
    CheckDigits = "mrz_check_digits", Consistency, "Machine Readable Zone Check Digits";
    KindMatches = "document_type_match", Consistency, "Document Type Matches";
    IssuerMatches = "issuing_country_match", Consistency, "Issuing Country Matches";
    InForce = "not_expired", Validation, "Not Expired";
    MrzReadable = "mrz_readable", Validation, "Machine Readable Zone Readable";
    IssuerKnown = "issuing_country_known", Validation, "Issuing Country Known";
}

impl DocumentFactName {
    /// Reads [`Self::as_str`] back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str() == text)
    }
}

/// The shorter side of a picture on which print of a passport can be read, in pixels: a card at 150 dots an inch.
const SIDE_PIXELS_MIN: u32 = 300;

/// Looks at a document for this customer. A tag that nothing is known of is not among the findings' answers: a verifier
/// or a person gives them.
#[must_use]
pub fn examine(
    submitted: &Submitted<'_>,
    customer: &Customer,
    today: Date,
    age_min_years: u8,
) -> BTreeMap<DocumentTag, DocumentFinding> {
    let mut findings = BTreeMap::new();
    let mut say = |name: DocumentFactName, passed: bool| put(&mut findings, name, passed);
    say(DocumentFactName::FileSound, true);
    if submitted.file.format != Format::Pdf {
        say(DocumentFactName::ImageLarge, submitted.file.width.min(submitted.file.height) >= SIDE_PIXELS_MIN);
    }
    let issuer = alpha3(submitted.issuing_country);
    let issuer_fits = match submitted.kind {
        DocumentKind::Passport => issuer.is_some(),
        DocumentKind::DrivingLicence => issuer == Some("us"),
    };
    say(DocumentFactName::IssuerKnown, issuer_fits);
    if let Some(text) = submitted.mrz {
        match mrz::parse(text, today) {
            Err(_) => say(DocumentFactName::MrzReadable, false),
            Ok(mrz) => {
                say(DocumentFactName::MrzReadable, true);
                compare(&mrz, submitted.kind, issuer, customer, today, age_min_years, &mut say);
            }
        }
    }
    findings
}

fn put(findings: &mut BTreeMap<DocumentTag, DocumentFinding>, name: DocumentFactName, passed: bool) {
    let finding = findings.entry(name.tag()).or_default();
    finding.passed = Some(passed && finding.passed != Some(false));
    finding.details.insert(name.as_str().to_owned(), passed);
}

fn compare(
    mrz: &Mrz,
    kind: DocumentKind,
    issuer: Option<&str>,
    customer: &Customer,
    today: Date,
    age_min_years: u8,
    say: &mut impl FnMut(DocumentFactName, bool),
) {
    say(DocumentFactName::CheckDigits, mrz.checks.hold());
    say(DocumentFactName::KindMatches, (kind == DocumentKind::Passport) == mrz.code.starts_with('P'));
    say(DocumentFactName::IssuerMatches, issuer.is_some() && alpha3(&mrz.issuer) == issuer);
    say(DocumentFactName::InForce, mrz.expires_on.is_some_and(|expires_on| expires_on >= today));
    if let Some(born) = mrz.born {
        say(DocumentFactName::MinimumAge, age_years(born.0, today) >= i32::from(age_min_years));
    }
    if let Party::Person(person) = &customer.party {
        let printed = Name::person(&[mrz.given.as_str()], &[mrz.family.as_str()]);
        let said = Name::person(&[person.name.first.as_str()], &[person.name.last.as_str()]);
        say(DocumentFactName::NameMatches, similarity(&printed, &said) >= Score::ALERT);
        if let Some(said) = person.birth_date {
            say(DocumentFactName::BirthDateMatches, mrz.born == Some(said));
        }
    }
    // Only a number of the same kind of document can be compared; a social security number is none.
    let declared = customer.identifications.iter().filter(|record| is_kind(&record.value.kind, kind));
    let declared: Vec<String> = declared.map(|record| bare(&record.value.number)).collect();
    if !declared.is_empty() {
        say(DocumentFactName::NumberMatches, declared.contains(&bare(&mrz.number)));
    }
}

/// A country by its ISO 3166-1 alpha-3 code, or by one that only machine-readable zones use (Doc 9303, part 3, 5).
fn alpha3(code: &str) -> Option<&'static str> {
    match code.trim() {
        "D" => Some("de"),
        "GBD" | "GBN" | "GBO" | "GBP" | "GBS" => Some("gb"),
        "RKS" => Some("xk"),
        code if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => country::code(code),
        _ => None,
    }
}

fn is_kind(word: &str, kind: DocumentKind) -> bool {
    let word: String = word.chars().filter(char::is_ascii_alphabetic).flat_map(char::to_lowercase).collect();
    match kind {
        DocumentKind::Passport => word == "passport",
        DocumentKind::DrivingLicence => matches!(word.as_str(), "drivinglicence" | "driverslicense" | "driverlicense"),
    }
}

fn bare(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::pii::Pii;
    use crate::signals::tests::customer;

    const TODAY: Date = date(2011, 11, 22);
    const ZONE: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

    fn anna() -> Customer {
        let mut anna = customer();
        if let Party::Person(person) = &mut anna.party {
            person.name.first = Pii("Anna".to_owned());
            person.name.last = Pii("Eriksson".to_owned());
            person.birth_date = Some(Pii(date(1974, 8, 12)));
        }
        anna
    }

    fn submitted(mrz: Option<&str>) -> Submitted<'_> {
        let file = Sniffed { format: Format::Jpeg, width: 1200, height: 800, bytes: 90_000 };
        Submitted { kind: DocumentKind::Passport, issuing_country: "usa", file, mrz }
    }

    fn failed(findings: &BTreeMap<DocumentTag, DocumentFinding>) -> Vec<&str> {
        let details = findings.values().flat_map(|finding| &finding.details);
        details.filter(|(_, passed)| !**passed).map(|(word, _)| word.as_str()).collect()
    }

    #[test]
    fn what_a_zone_is_compared_with() {
        let report = examine(&submitted(Some(ZONE)), &anna(), TODAY, 18);
        // The specimen's issuer is no country.
        assert_eq!(failed(&report), ["issuing_country_match"]);
        let american = ZONE.replace("UTO", "USA");
        let report = examine(&submitted(Some(&american)), &anna(), TODAY, 18);
        assert!(failed(&report).is_empty());
        assert_eq!(failed(&examine(&submitted(Some(&american)), &anna(), date(2012, 4, 16), 18)), ["not_expired"]);
        assert_eq!(failed(&examine(&submitted(Some(&american)), &anna(), TODAY, 40)), ["minimum_accepted_age"]);
        let somebody_else = examine(&submitted(Some(&american)), &customer(), TODAY, 18);
        assert_eq!(failed(&somebody_else), ["date_of_birth_match", "name_match"]);
        let bent = american.replace("L898902C3", "L898902D3");
        assert_eq!(failed(&examine(&submitted(Some(&bent)), &anna(), TODAY, 18)), ["mrz_check_digits"]);
        assert_eq!(failed(&examine(&submitted(Some("?")), &anna(), TODAY, 18)), ["mrz_readable"]);
    }

    #[test]
    fn what_nobody_looked_at_is_not_answered() {
        let american = ZONE.replace("UTO", "USA");
        let findings = examine(&submitted(Some(&american)), &anna(), TODAY, 18);
        for tag in DocumentTag::ALL {
            let looked_at = !matches!(tag, DocumentTag::Compromised | DocumentTag::Authenticity);
            assert_eq!(findings.get(&tag).and_then(|finding| finding.passed), looked_at.then_some(true), "{tag:?}");
        }
        for &name in DocumentFactName::ALL {
            assert_eq!(DocumentFactName::parse(name.as_str()), Some(name));
        }
    }

    #[test]
    fn a_licence_is_american_and_a_small_picture_is_told() {
        let file = Sniffed { format: Format::Png, width: 200, height: 1000, bytes: 9_000 };
        let licence = Submitted { kind: DocumentKind::DrivingLicence, issuing_country: "DEU", file, mrz: None };
        assert_eq!(failed(&examine(&licence, &anna(), TODAY, 18)), ["image_resolution", "issuing_country_known"]);
    }
}
