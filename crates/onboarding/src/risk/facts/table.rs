//! The vocabulary of rules.

use super::{Fact, Facts, Finding};
use crate::party::PartyKind;
use crate::risk::expr::{Type, Value};
use crate::risk::tables::countries::{self, Marks};
use crate::risk::tables::{industries, legal_forms, occupations};

/// Every fact, in groups.
pub fn all() -> impl Iterator<Item = &'static Fact> {
    GROUPS.iter().copied().flatten()
}

/// The fact of this name.
pub(in crate::risk) fn named(name: &str) -> Option<&'static Fact> {
    all().find(|fact| fact.name == name)
}

/// The name that was probably meant.
pub(in crate::risk) fn nearest(name: &str) -> Option<&'static str> {
    // A name as long as an expression is no slip of a name.
    let name = Some(name).filter(|name| name.len() <= 64)?;
    let (group, field) = name.split_once('.').unwrap_or(("", name));
    let same_field = |fact: &&Fact| fact.name.split_once('.').is_some_and(|(_, known)| known == field);
    let same_group = |fact: &&Fact| fact.name.split_once('.').is_some_and(|(known, _)| known == group);
    let distance = |fact: &&Fact| edits(name, fact.name);
    let close = all().min_by_key(distance).filter(|fact| distance(fact) <= 3);
    let by_field = all().find(same_field).filter(|_| group.is_empty());
    by_field.or(close).or_else(|| all().find(same_field)).or_else(|| all().find(same_group)).map(|fact| fact.name)
}

/// Levenshtein distance of two short names.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, &b) in b.iter().enumerate() {
            let substituted = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = substituted.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

const RISKS: &[&str] = &["low", "standard", "high", "very-high"];

type Read = for<'a> fn(&'a Facts) -> Option<Value<'a>>;

const fn fact(name: &'static str, kind: Type, about: &'static str, read: Read) -> Fact {
    Fact { name, kind, about, words: &[], read }
}

const fn one_of(name: &'static str, words: &'static [&'static str], about: &'static str, read: Read) -> Fact {
    Fact { name, kind: Type::Text, about, words, read }
}

const fn finding(name: &'static str, about: &'static str, read: Read) -> Fact {
    one_of(name, Finding::WORDS, about, read)
}

/// What our table says of a country that is known.
fn marks(country: Option<&String>) -> Option<&'static Marks> {
    countries::marks(country?)
}

fn worst<'a>(countries: Option<&Vec<String>>) -> Option<Value<'a>> {
    countries
        .map(|all| Value::Int(all.iter().filter_map(|code| countries::marks(code)).map(Marks::tier).max().unwrap_or(0)))
}

/// The facts about one country.
macro_rules! country {
    ($group:literal, $field:ident, $what:literal) => {
        &[
            fact(concat!($group, ".code"), Type::Text, concat!($what, ": ISO 3166-1 alpha-2, lower case"), |facts| {
                facts.$field.as_deref().map(Value::Text)
            }),
            fact(concat!($group, ".tier"), Type::Int, concat!($what, ": our tier of it. 0 unremarkable, 1 much corruption, 2 offshore or very much corruption, 3 FATF increased monitoring, EU high-risk or embargoed, 4 FATF call for action"), |facts| {
                marks(facts.$field.as_ref()).map(|marks| Value::Int(marks.tier()))
            }),
            one_of(
                concat!($group, ".fatf"),
                &["none", "increased-monitoring", "call-for-action"],
                concat!($what, ": the FATF list it stands on"),
                |facts| marks(facts.$field.as_ref()).map(|marks| Value::Text(marks.fatf.as_str())),
            ),
            fact(
                concat!($group, ".eu_high_risk"),
                Type::Bool,
                concat!($what, ": an EU high-risk third country"),
                |facts| marks(facts.$field.as_ref()).map(|marks| Value::Bool(marks.eu_high_risk)),
            ),
            fact(
                concat!($group, ".offshore"),
                Type::Bool,
                concat!($what, ": an offshore or secrecy centre"),
                |facts| marks(facts.$field.as_ref()).map(|marks| Value::Bool(marks.offshore)),
            ),
            fact(concat!($group, ".embargoed"), Type::Bool, concat!($what, ": comprehensively sanctioned"), |facts| {
                marks(facts.$field.as_ref()).map(|marks| Value::Bool(marks.embargoed))
            }),
            one_of(
                concat!($group, ".corruption"),
                &["low", "medium", "high", "very-high"],
                concat!($what, ": how much corruption is perceived there"),
                |facts| marks(facts.$field.as_ref()).map(|marks| Value::Text(marks.corruption.as_str())),
            ),
        ]
    };
}

static GROUPS: &[&[Fact]] = &[
    &[
        one_of("customer.kind", &["person", "business"], "person or business", |facts| {
            facts.kind.map(|kind| {
                Value::Text(match kind {
                    PartyKind::Person => "person",
                    PartyKind::Business => "business",
                })
            })
        }),
        fact("customer.years", Type::Int, "whole years since it became a customer", |facts| {
            facts.relationship_years.map(Value::Int)
        }),
        fact("customer.flags", Type::Texts, "marks that the sender gave it", |facts| {
            facts.flags.as_deref().map(Value::Texts)
        }),
        fact("customer.business_unit", Type::Text, "the institution's own unit that serves it", |facts| {
            facts.business_unit.as_deref().map(Value::Text)
        }),
    ],
    country!("residence", residence, "where the person lives, or the business has its seat"),
    country!("nationality", nationality, "nationality of a person"),
    country!("birth", birth_country, "country of birth of a person"),
    country!("registration", registration_country, "where a business is registered"),
    country!("ip", ip_country, "country of the internet address it registered from"),
    &[
        fact("dealings.countries", Type::Texts, "countries of accounts, counterparties and settlements", |facts| {
            facts.dealing_countries.as_deref().map(Value::Texts)
        }),
        fact("dealings.tier", Type::Int, "the highest tier among those countries", |facts| {
            worst(facts.dealing_countries.as_ref())
        }),
    ],
    &[
        finding("screening.sanctions", "sanctions, of the customer and the parties around it", |facts| {
            facts.sanctions.map(word_of)
        }),
        finding("screening.pep", "political exposure, also by family and association", |facts| facts.pep.map(word_of)),
        finding("screening.watchlists", "wanted, crime, special interest, blocklist", |facts| {
            facts.watchlists.map(word_of)
        }),
        finding("screening.adverse", "debarment, action by a supervisor, adverse media", |facts| {
            facts.adverse.map(word_of)
        }),
        finding("screening.blocklist", "the institution's own blocklist, where known apart", |facts| {
            facts.blocklist.map(word_of)
        }),
        finding("screening.special_interest", "special interest, where known apart", |facts| {
            facts.special_interest.map(word_of)
        }),
    ],
    &[
        fact("person.age", Type::Int, "whole years since birth", |facts| facts.age.map(Value::Int)),
        fact("person.occupation", Type::Text, "occupation in the sender's words, lower case", |facts| {
            facts.occupation.as_deref().map(Value::Text)
        }),
        one_of("person.occupation_risk", RISKS, "our table of occupations", |facts| {
            facts.occupation.as_deref().map(|text| Value::Text(occupations::risk(text).as_str()))
        }),
        fact("person.employment", Type::Text, "employment status in the sender's words, lower case", |facts| {
            facts.employment.as_deref().map(Value::Text)
        }),
    ],
    &[
        fact("business.age", Type::Int, "whole years in business", |facts| facts.business_age.map(Value::Int)),
        fact("business.industries", Type::Texts, "ISO 18245 codes and other words", |facts| {
            facts.industries.as_deref().map(Value::Texts)
        }),
        one_of("business.industry_risk", RISKS, "the worst of its industries in our table", |facts| {
            facts.industries.as_deref().and_then(industries::worst).map(|risk| Value::Text(risk.as_str()))
        }),
        fact("business.legal_form", Type::Text, "ISO 20275 code, upper case, or the sender's words", |facts| {
            facts.legal_form.as_deref().map(Value::Text)
        }),
        one_of("business.legal_form_risk", RISKS, "our table of legal forms", |facts| {
            facts.legal_form.as_deref().map(|form| Value::Text(legal_forms::risk(form).as_str()))
        }),
        fact(
            "business.organization_type",
            Type::Text,
            "governmental, for_profit, non_profit or other words",
            |facts| facts.organization_type.as_deref().map(Value::Text),
        ),
    ],
    &[
        fact("products.signed", Type::Texts, "what the customer signed for, lower case", |facts| {
            facts.products.as_deref().map(Value::Texts)
        }),
        fact("products.currencies", Type::Texts, "currencies and crypto networks, lower case", |facts| {
            facts.currencies.as_deref().map(Value::Texts)
        }),
        fact("products.crypto", Type::Bool, "whether a crypto currency or network is among them", |facts| {
            facts.currencies.as_ref().map(|all| Value::Bool(all.iter().any(|one| CRYPTO.contains(&one.as_str()))))
        }),
        fact("channel.entry", Type::Text, "how it came in, lower case", |facts| {
            facts.channel.as_deref().map(Value::Text)
        }),
        fact("channel.entry_modes", Type::Texts, "expected ways of payment, lower case", |facts| {
            facts.entry_modes.as_deref().map(Value::Texts)
        }),
    ],
    &[
        fact(
            "volume.monthly",
            Type::Double,
            "expected volume a month; a twelfth of a year's where only that is given",
            |facts| monthly(facts.volume_monthly, facts.volume_yearly).map(Value::Double),
        ),
        fact("volume.income_monthly", Type::Double, "expected income a month, in the same way", |facts| {
            monthly(facts.income_monthly, facts.income_yearly).map(Value::Double)
        }),
        fact("volume.to_income", Type::Double, "expected volume divided by expected income", |facts| {
            let volume = monthly(facts.volume_monthly, facts.volume_yearly)?;
            let income = monthly(facts.income_monthly, facts.income_yearly).filter(|&income| income > 0.0)?;
            Some(Value::Double(volume / income))
        }),
        fact("volume.ticket_average", Type::Double, "expected average ticket", |facts| {
            facts.ticket_average.map(Value::Double)
        }),
        fact("volume.ticket_max", Type::Double, "expected largest ticket", |facts| facts.ticket_max.map(Value::Double)),
        fact("volume.volatility", Type::Text, "how the volume moves, lower case", |facts| {
            facts.volatility.as_deref().map(Value::Text)
        }),
    ],
    &[
        fact("ownership.layers", Type::Int, "layers of owners; 1 where persons own it directly", |facts| {
            facts.ownership_layers.map(Value::Int)
        }),
        fact("ownership.persons", Type::Int, "natural persons at the end of the layers", |facts| {
            facts.owners.map(Value::Int)
        }),
        fact("ownership.beneficial", Type::Int, "those of them who are beneficial owners", |facts| {
            facts.beneficial_owners.map(Value::Int)
        }),
        fact(
            "ownership.threshold",
            Type::Double,
            "percent from which on one is (setting ownership.threshold)",
            |facts| facts.threshold_percent.map(Value::Double),
        ),
        fact("ownership.undisclosed", Type::Double, "percent that no natural person is named for", |facts| {
            facts.undisclosed_percent.map(Value::Double)
        }),
        fact("ownership.circular", Type::Bool, "whether companies own each other in a circle", |facts| {
            facts.circular.map(Value::Bool)
        }),
        fact("ownership.complex", Type::Bool, "whether the sender calls it complex", |facts| {
            facts.complex.map(Value::Bool)
        }),
        fact("ownership.countries", Type::Texts, "countries of owners and of the companies between", |facts| {
            facts.owner_countries.as_deref().map(Value::Texts)
        }),
        fact("ownership.tier", Type::Int, "the highest tier among those countries", |facts| {
            worst(facts.owner_countries.as_ref())
        }),
    ],
    &[
        fact(
            "history.account_replaced",
            Type::Bool,
            "whether an earlier account was closed on it and replaced",
            |facts| facts.account_replaced.map(Value::Bool),
        ),
        fact("history.chargebacks", Type::Bool, "whether chargebacks are on record", |facts| {
            facts.chargebacks.map(Value::Bool)
        }),
    ],
];

/// Tickers and networks that senders name; lower case. Ours, of what is traded most.
const CRYPTO: &[&str] = &[
    "btc", "xbt", "eth", "usdt", "usdc", "bnb", "xrp", "sol", "ada", "doge", "ltc", "trx", "xmr", "zec", "dash", "bch",
    "dot", "matic", "avax", "dai", "bitcoin", "ethereum", "tron", "solana", "ripple", "monero", "litecoin", "polygon",
    "cardano",
];

fn word_of<'a>(finding: Finding) -> Value<'a> {
    Value::Text(finding.as_str())
}

fn monthly(monthly: Option<f64>, yearly: Option<f64>) -> Option<f64> {
    monthly.or_else(|| yearly.map(|yearly| yearly / 12.0)).filter(|amount| amount.is_finite())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_fact_has_a_name_of_its_own_in_a_group() {
        let names: HashSet<_> = all().map(|fact| fact.name).collect();
        assert_eq!(names.len(), all().count());
        for fact in all() {
            assert_eq!(fact.name.split('.').count(), 2, "{}", fact.name);
            assert!((fact.read)(&Facts::default()).is_none(), "{} of nothing is unknown", fact.name);
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_met_with_a_name() {
        assert_eq!(nearest("residence.fatff"), Some("residence.fatf"));
        assert_eq!(nearest("fatf"), Some("residence.fatf"));
        assert_eq!(nearest(&"x".repeat(2_000)), None);
    }
}
