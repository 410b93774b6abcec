//! Which profile a customer's own risk suggests. A proposal is shown to people; it is never applied by itself.

use crate::check::{CheckKind, CheckState};
use crate::customer::Customer;
use crate::party::Party;

/// From this expected volume a month, in whole units of the wallet's currency, a customer counts as a high risk: the
/// monthly limit of the published high-risk profile.
pub const HIGH_MONTHLY_VOLUME: u64 = 50_000;

/// Countries subject to a call for action or under increased monitoring, as the Financial Action Task Force published
/// them in October 2025.
const HIGH_RISK_COUNTRIES: [&str; 23] = [
    "ao", "bg", "bo", "cd", "ci", "cm", "dz", "ht", "ir", "ke", "kp", "la", "lb", "mc", "mm", "na", "np", "ss", "sy",
    "ve", "vg", "vn", "ye",
];

/// Words in an occupation or industry that make it a high risk: cash, high values, weapons, and those that the
/// Financial Action Task Force names (recommendation 22 and its guidance for the sectors).
const HIGH_RISK_WORDS: [&str; 32] = [
    "antique",
    "arms",
    "art dealer",
    "auction",
    "betting",
    "bitcoin",
    "bureau de change",
    "casino",
    "charity",
    "crypto",
    "currency exchange",
    "diamond",
    "embassy",
    "diplomat",
    "foreign exchange",
    "gambling",
    "gemstone",
    "gold",
    "hawala",
    "jewel",
    "money service",
    "money transfer",
    "pawn",
    "politician",
    "precious metal",
    "minister of",
    "member of parliament",
    "remittance",
    "scrap",
    "token",
    "weapon",
    "adult entertainment",
];

/// What is known of a customer's risk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RiskFacts {
    /// Whether it is politically exposed, by its own word, its category, or a list.
    pub exposed: bool,
    /// What it expects to move in a month, in whole units.
    pub monthly_volume: Option<u64>,
    /// What it works as.
    pub occupation: Option<String>,
    /// What its business, or its employer's, is.
    pub industry: Option<String>,
    /// Where it lives, comes from and is a citizen of: alpha-2 in lower case.
    pub countries: Vec<String>,
}

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The high-risk profile.
    HighRisk,
    /// The standard profile.
    Standard,
}

/// Why the high-risk profile is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Politically exposed.
    Exposed,
    /// High expected volume.
    HighVolume,
    /// A high-risk occupation.
    Occupation,
    /// A high-risk industry.
    Industry,
    /// A high-risk country.
    Country,
}

/// A proposal, with every reason for it; none for the standard profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which profile.
    pub profile: Profile,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Reason {
    /// The reason as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exposed => "POLITICALLY_EXPOSED",
            Self::HighVolume => "HIGH_EXPECTED_VOLUME",
            Self::Occupation => "HIGH_RISK_OCCUPATION",
            Self::Industry => "HIGH_RISK_INDUSTRY",
            Self::Country => "HIGH_RISK_COUNTRY",
        }
    }
}

impl Profile {
    /// The category whose profile it is, in the default hierarchy.
    #[must_use]
    pub const fn category(self) -> &'static str {
        match self {
            Self::HighRisk => "HIGH_RISK_INDIVIDUAL",
            Self::Standard => "STANDARD_INDIVIDUAL",
        }
    }

    /// The published parameters of the profile. The kind of exposure is left to whoever knows it where there is one.
    #[must_use]
    pub const fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::HighRisk => &[
                ("riskLevel", "HIGH"),
                ("riskScore", "85"),
                ("pep", "true"),
                ("pepCategory", "DOMESTIC_PEP"),
                ("sanctionsCheck", "ENHANCED"),
                ("monitoring", "DAILY"),
                ("edd", "true"),
                ("transactionMonitoring", "REAL_TIME"),
            ],
            Self::Standard => &[
                ("riskLevel", "MEDIUM"),
                ("riskScore", "45"),
                ("pep", "false"),
                ("sanctionsCheck", "STANDARD"),
                ("monitoring", "WEEKLY"),
                ("edd", "false"),
                ("transactionMonitoring", "BATCH_DAILY"),
            ],
        }
    }
}

impl RiskFacts {
    /// What the customer's own record and its category say; occupation and industry are the dialect's to add.
    #[must_use]
    pub fn of(customer: &Customer) -> Self {
        let mut facts = Self::default();
        if let Party::Person(person) = &customer.party {
            facts.exposed = person.declared_pep;
            facts.countries.extend(person.citizenship.as_ref().map(|country| country.0.clone()));
        }
        if let Party::Business(business) = &customer.party {
            facts.countries.extend(business.jurisdiction.clone());
        }
        let listed = customer.checks.get(&CheckKind::Pep).is_some_and(|check| {
            matches!(check.state, CheckState::Hit(_) | CheckState::Reviewing(_) | CheckState::Confirmed(_))
        });
        let categorized = customer.enrolment.as_ref().and_then(|enrolment| enrolment.categorization.as_ref());
        facts.monthly_volume = categorized.and_then(super::Categorization::monthly_limit);
        facts.exposed |= listed || categorized.is_some_and(super::Categorization::says_exposed);
        facts.countries.extend(customer.addresses.iter().map(|address| address.value.country.clone()));
        facts.countries.sort();
        facts.countries.dedup();
        facts
    }
}

/// The profile that these facts suggest.
#[must_use]
pub fn propose(facts: &RiskFacts) -> Proposal {
    let speaks_of = |text: &Option<String>| text.as_ref().is_some_and(|text| is_high_risk_work(text));
    let reasons: Vec<Reason> = [
        (facts.exposed, Reason::Exposed),
        (facts.monthly_volume.is_some_and(|volume| volume >= HIGH_MONTHLY_VOLUME), Reason::HighVolume),
        (speaks_of(&facts.occupation), Reason::Occupation),
        (speaks_of(&facts.industry), Reason::Industry),
        (facts.countries.iter().any(|country| is_high_risk_country(country)), Reason::Country),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect();
    let profile = if reasons.is_empty() { Profile::Standard } else { Profile::HighRisk };
    Proposal { profile, reasons }
}

fn is_high_risk_country(code: &str) -> bool {
    HIGH_RISK_COUNTRIES.iter().any(|known| known.eq_ignore_ascii_case(code))
}

/// Whether the text has one of the words, each from the beginning of a word on: `jewel` is in `Jeweller`, `gold` not
/// in `marigold`.
fn is_high_risk_work(text: &str) -> bool {
    let text = text.to_lowercase();
    HIGH_RISK_WORDS
        .iter()
        .any(|word| text.match_indices(word).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::categorization::{Given, GivenFeature, Hierarchy, validate};

    #[test]
    fn each_reason_alone() {
        let text = |text: &str| Some(text.to_owned());
        let none = RiskFacts::default;
        let table = [
            (none(), vec![]),
            (RiskFacts { exposed: true, ..none() }, vec![Reason::Exposed]),
            (RiskFacts { monthly_volume: Some(49_999), ..none() }, vec![]),
            (RiskFacts { monthly_volume: Some(50_000), ..none() }, vec![Reason::HighVolume]),
            (RiskFacts { occupation: text("Software Engineer"), ..none() }, vec![]),
            (RiskFacts { occupation: text("Jeweller"), ..none() }, vec![Reason::Occupation]),
            (RiskFacts { industry: text("Online CASINO"), ..none() }, vec![Reason::Industry]),
            (RiskFacts { industry: text("Marigold growers"), ..none() }, vec![]),
            (RiskFacts { countries: vec!["us".to_owned(), "kp".to_owned()], ..none() }, vec![Reason::Country]),
            (RiskFacts { countries: vec!["us".to_owned()], ..none() }, vec![]),
        ];
        for (facts, reasons) in table {
            let proposal = propose(&facts);
            assert_eq!(proposal.reasons, reasons, "{facts:?}");
            assert_eq!(proposal.profile == Profile::Standard, reasons.is_empty());
        }
    }

    #[test]
    fn what_is_proposed_fits_the_default_hierarchy() {
        for profile in [Profile::HighRisk, Profile::Standard] {
            let parameters = profile.parameters().iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
            let feature = GivenFeature {
                id: None,
                code: Some("ENHANCED_AML_MONITORING".to_owned()),
                enabled: true,
                parameters: parameters.collect(),
            };
            let name = Some(profile.category().to_owned());
            let given = Given { id: None, name, active: true, features: vec![feature] };
            assert!(validate(&Hierarchy::default(), &given).is_ok(), "{profile:?}");
        }
    }
}
