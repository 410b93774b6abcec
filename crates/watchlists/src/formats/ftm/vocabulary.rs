//! FollowTheMoney's words: schemas and topics, and what they are to us.

use crate::entity::{Schema, Topic};

/// What a schema is to screening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It can be listed.
    Party(Schema),
    /// It is part of a party, and now and then listed itself.
    Address,
    /// It ties parties to each other or to what is said of them.
    Tie,
    /// Not a schema we know.
    Unknown,
}

/// What a schema, by its name, is to screening.
pub(super) fn role(schema: &str) -> Role {
    Role::Party(match schema {
        "Person" => Schema::Person,
        "LegalEntity" => Schema::LegalEntity,
        "Organization" | "PublicBody" => Schema::Organization,
        "Company" => Schema::Company,
        "Vessel" => Schema::Vessel,
        "Airplane" => Schema::Airplane,
        "CryptoWallet" => Schema::CryptoWallet,
        "Asset" | "Thing" | "Security" | "BankAccount" | "RealEstate" | "Vehicle" | "UserAccount" | "Workbook" => {
            Schema::Thing
        }
        "Address" => return Role::Address,
        "Occupancy" | "Position" | "Sanction" | "Family" | "Associate" | "Ownership" | "Directorship"
        | "Membership" | "Employment" | "Representation" | "UnknownLink" | "Succession" | "Identification"
        | "Passport" | "Payment" | "Debt" | "Interest" | "Contract" | "ContractAward" | "CourtCase"
        | "CourtCaseParty" | "Documentation" | "Event" | "EconomicActivity" | "License" | "Project"
        | "ProjectParticipant" | "Similar" | "TaxRoll" | "Trip" | "CallForTenders" | "Call" | "Message" | "Mention"
        | "Note" | "Value" | "Risk" | "Document" | "Article" | "Page" | "Pages" | "PlainText" | "HyperText"
        | "Table" | "Image" | "Video" | "Audio" | "Email" | "Folder" | "Package" | "Assessment" | "Analyzable"
        | "Interval" => return Role::Tie,
        _ => return Role::Unknown,
    })
}

/// What a topic is to screening; `None` for one that describes without any risk (`gov.soe`, `fin.bank`).
pub(in crate::formats) fn topic(topic: &str) -> Option<Topic> {
    let is_of = |family: &str| topic == family || topic.strip_prefix(family).is_some_and(|rest| rest.starts_with('.'));
    Some(match topic {
        "sanction" | "asset.frozen" | "invest.ban" => Topic::Sanction,
        "sanction.linked" => Topic::SanctionLinked,
        "role.rca" => Topic::Rca,
        "wanted" => Topic::Wanted,
        "debarment" | "corp.disqual" => Topic::Debarred,
        "role.oligarch" | "role.spy" | "role.pol" | "sanction.counter" | "forced.labor" | "corp.shell" => {
            Topic::Interest
        }
        _ if is_of("role.pep") => Topic::Pep,
        _ if is_of("crime") => Topic::Crime,
        _ if is_of("export") => Topic::ExportControl,
        _ if is_of("reg") => Topic::Regulatory,
        _ if is_of("poi") || is_of("mare") || is_of("invest") || is_of("sanction") => Topic::Interest,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_what_screening_acts_on() {
        for (word, expected) in [
            ("sanction", Some(Topic::Sanction)),
            ("sanction.linked", Some(Topic::SanctionLinked)),
            ("role.pep", Some(Topic::Pep)),
            ("role.pep.natl", Some(Topic::Pep)),
            ("role.rca", Some(Topic::Rca)),
            ("wanted", Some(Topic::Wanted)),
            ("debarment", Some(Topic::Debarred)),
            ("corp.disqual", Some(Topic::Debarred)),
            ("crime", Some(Topic::Crime)),
            ("crime.traffick.drug", Some(Topic::Crime)),
            ("reg.warn", Some(Topic::Regulatory)),
            ("poi", Some(Topic::Interest)),
            ("export.control.linked", Some(Topic::ExportControl)),
            ("crimean", None),
            ("gov.soe", None),
        ] {
            assert_eq!(topic(word), expected, "{word}");
        }
    }
}
