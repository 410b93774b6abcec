//! Where the formats that are read here are published, by whoever publishes them.

use watchlists::formats::Source;

/// A published list, and where its files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// The word for it.
    pub name: &'static str,
    /// Whose format, which is also the list's name.
    pub source: Source,
    /// The addresses of its files.
    pub addresses: &'static [&'static str],
    /// What an operator should know.
    pub note: &'static str,
}

macro_rules! ofac {
    ($file:literal) => {
        concat!("https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/", $file)
    };
}
macro_rules! fsf {
    ($file:literal) => {
        // The token stands in the Commission's own public links.
        concat!("https://webgate.ec.europa.eu/fsd/fsf/public/files/", $file, "/content?token=dG9rZW4tMjAxNw")
    };
}
macro_rules! uk {
    ($file:literal) => {
        concat!("https://sanctionslist.fcdo.gov.uk/docs/", $file)
    };
}
macro_rules! opensanctions {
    ($file:literal) => {
        concat!("https://data.opensanctions.org/datasets/latest/default/", $file)
    };
}

/// Every preset, the usual one of each list first.
pub const PRESETS: &[Preset] = &[
    preset("ofac-sdn", Source::OfacSdn, &[ofac!("SDN.XML")], "sdnList XML"),
    preset("ofac-sdn-advanced", Source::OfacSdn, &[ofac!("SDN_ADVANCED.XML")], "advanced XML, with original scripts"),
    preset(
        "ofac-sdn-csv",
        Source::OfacSdn,
        &[ofac!("SDN.CSV"), ofac!("ALT.CSV"), ofac!("ADD.CSV"), ofac!("SDN_COMMENTS.CSV")],
        "legacy CSV set",
    ),
    preset("ofac-consolidated", Source::OfacConsolidated, &[ofac!("CONSOLIDATED.XML")], "sdnList XML"),
    preset(
        "ofac-consolidated-advanced",
        Source::OfacConsolidated,
        &[ofac!("CONS_ADVANCED.XML")],
        "advanced XML, with original scripts",
    ),
    preset(
        "ofac-consolidated-csv",
        Source::OfacConsolidated,
        &[ofac!("CONS_PRIM.CSV"), ofac!("CONS_ALT.CSV"), ofac!("CONS_ADD.CSV"), ofac!("CONS_COMMENTS.CSV")],
        "legacy CSV set",
    ),
    preset("un", Source::Un, &["https://scsanctions.un.org/resources/xml/en/consolidated.xml"], "XML"),
    preset("eu", Source::Eu, &[fsf!("xmlFullSanctionsList_1_1")], "XML 1.1; with a token of your own use --url"),
    preset("eu-csv", Source::Eu, &[fsf!("csvFullSanctionsList")], "CSV 1.0; with a token of your own use --url"),
    preset("uk", Source::Uk, &[uk!("UK-Sanctions-List.xml")], "UK Sanctions List, XML"),
    preset("uk-csv", Source::Uk, &[uk!("UK-Sanctions-List.csv")], "UK Sanctions List, CSV"),
    preset(
        "uk-ofsi",
        Source::Uk,
        &["https://ofsistorage.blob.core.windows.net/publishlive/2022format/ConList.csv"],
        "OFSI's consolidated list, frozen on 2026-01-28",
    ),
    preset(
        "us-csl",
        Source::UsCsl,
        &["https://data.trade.gov/downloadable_consolidated_screening_list/v1/consolidated.csv"],
        "CSV",
    ),
    preset(
        "ca",
        Source::Ca,
        &["https://www.international.gc.ca/world-monde/assets/office_docs/\
           international_relations-relations_internationales/sanctions/sema-lmes.xml"],
        "XML",
    ),
    preset(
        "ftm",
        Source::Ftm,
        &[opensanctions!("entities.ftm.json")],
        "OpenSanctions, all of it: needs its licence, and --max-bytes 4GiB",
    ),
    preset("targets", Source::Targets, &[opensanctions!("targets.simple.csv")], "OpenSanctions: needs its licence"),
];

/// The preset of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

const fn preset(name: &'static str, source: Source, addresses: &'static [&'static str], note: &'static str) -> Preset {
    Preset { name, source, addresses, note }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::{Guard, check_url};

    #[test]
    fn every_published_list_has_a_preset_under_its_own_name() {
        for source in Source::all().iter().filter(|source| **source != Source::Custom) {
            assert_eq!(find(source.as_str()).map(|preset| preset.source), Some(*source));
        }
        for preset in PRESETS {
            assert_eq!(PRESETS.iter().filter(|other| other.name == preset.name).count(), 1, "{}", preset.name);
            for address in preset.addresses {
                assert!(check_url(address, Guard::Public).is_ok(), "{address}");
            }
        }
    }
}
