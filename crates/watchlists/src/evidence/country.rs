//! Countries: nationality, residence, jurisdiction.

use super::{Degree, Weight};
use crate::entity::{Country, CountryRole, Schema};

/// The most that a country can lift.
pub(super) const LIFT_MAX: u16 = SAME_ROLE;

const SAME_ROLE: u16 = 120;
const OTHER_ROLE: u16 = 80;
const RELATED: u16 = 40;

/// People hold several nationalities and lists give few of them.
const OTHER_NATIONALITY: u16 = 60;
const OTHER_COUNTRY: u16 = 40;
/// The list ties the party to a country without saying how (the regime, for instance).
const OTHER_TIE: u16 = 20;
/// A company has one jurisdiction, and a ship one flag at a time, though both move.
const OTHER_JURISDICTION: u16 = 90;

/// Compares all the customer's countries with all the listed ones.
pub(super) fn compare(ours: &[Country], theirs: &[Country], schema: Schema) -> Weight {
    if ours.is_empty() || theirs.is_empty() {
        return Weight::MISSING;
    }
    let pairs = || ours.iter().flat_map(|one| theirs.iter().map(move |other| (one, other)));
    if pairs().any(|(one, other)| one.code == other.code && one.role == other.role) {
        return Weight::agrees(Degree::Fair, SAME_ROLE, "same country");
    }
    if pairs().any(|(one, other)| one.code == other.code) {
        return Weight::agrees(Degree::Weak, OTHER_ROLE, "same country in another role");
    }
    if pairs().any(|(one, other)| related(&one.code, &other.code)) {
        return Weight::agrees(Degree::Weak, RELATED, "states that succeeded or hold each other");
    }
    let both = |role: CountryRole| [ours, theirs].iter().all(|side| side.iter().any(|country| country.role == role));
    if schema != Schema::Person && both(CountryRole::Jurisdiction) {
        Weight::contradicts(Degree::Fair, OTHER_JURISDICTION, "other jurisdiction")
    } else if both(CountryRole::Nationality) {
        Weight::contradicts(Degree::Weak, OTHER_NATIONALITY, "other nationality")
    } else if theirs.iter().all(|country| country.role == CountryRole::Other) {
        Weight::contradicts(Degree::Weak, OTHER_TIE, "no country in common")
    } else {
        Weight::contradicts(Degree::Weak, OTHER_COUNTRY, "no country in common")
    }
}

/// States that were one state within living memory, or of which one holds the other: a passport of the one is no
/// word against the other. Codes as in FollowTheMoney.
const KIN: [(&str, &[&str]); 7] = [
    ("suhh", &["am", "az", "by", "ee", "ge", "kg", "kz", "lt", "lv", "md", "ru", "tj", "tm", "ua", "uz"]),
    ("yucs", &["ba", "csxx", "hr", "me", "mk", "rs", "si", "xk"]),
    ("csxx", &["me", "rs", "xk"]),
    ("cshh", &["cz", "sk"]),
    ("dd", &["de"]),
    ("cn", &["hk", "mo", "tw"]),
    ("gb", &["gg", "im", "je", "gi", "vg", "ky", "bm"]),
];

fn related(one: &str, other: &str) -> bool {
    KIN.iter()
        .any(|(whole, parts)| (*whole == one && parts.contains(&other)) || (*whole == other && parts.contains(&one)))
}

/// The countries as a reviewer reads them: `ir (nationality), sy (birth)`.
pub(super) fn listed(countries: &[Country]) -> String {
    let role = |role| match role {
        CountryRole::Nationality => "nationality",
        CountryRole::Residence => "residence",
        CountryRole::Birth => "birth",
        CountryRole::Jurisdiction => "jurisdiction",
        CountryRole::Other => "other",
    };
    let each: Vec<_> = countries.iter().map(|country| format!("{} ({})", country.code, role(country.role))).collect();
    each.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Finding;
    use CountryRole::{Jurisdiction, Nationality, Other, Residence};
    use Degree::{Fair, Weak};

    fn countries(list: &[(&str, CountryRole)]) -> Vec<Country> {
        list.iter().map(|(code, role)| Country { code: (*code).to_owned(), role: *role }).collect()
    }

    #[test]
    fn countries_agree_by_code_and_role_and_contradict_weakly() {
        let person = Schema::Person;
        for (ours, theirs, schema, finding) in [
            (&[("ir", Nationality)][..], &[("ir", Nationality)][..], person, Finding::Agrees(Fair)),
            (&[("ir", Nationality)], &[("sy", Nationality), ("ir", Nationality)], person, Finding::Agrees(Fair)),
            (&[("ir", Residence)], &[("ir", Nationality)], person, Finding::Agrees(Weak)),
            (&[("ru", Nationality)], &[("suhh", Nationality)], person, Finding::Agrees(Weak)),
            (&[("cn", Residence)], &[("hk", Residence)], person, Finding::Agrees(Weak)),
            (&[("de", Nationality)], &[("ir", Nationality)], person, Finding::Contradicts(Weak)),
            (&[("de", Residence)], &[("ir", Other)], person, Finding::Contradicts(Weak)),
            (&[("de", Jurisdiction)], &[("ir", Jurisdiction)], Schema::Company, Finding::Contradicts(Fair)),
            (&[], &[("ir", Nationality)], person, Finding::Missing),
            (&[("ir", Nationality)], &[], person, Finding::Missing),
        ] {
            assert_eq!(compare(&countries(ours), &countries(theirs), schema).finding, finding, "{ours:?} {theirs:?}");
        }
    }

    #[test]
    fn no_country_alone_clears_an_exact_name() {
        for penalty in [OTHER_JURISDICTION, OTHER_NATIONALITY, OTHER_COUNTRY, OTHER_TIE] {
            assert!(penalty < 900 - 700);
        }
    }
}
