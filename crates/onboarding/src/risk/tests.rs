//! What the shipped model says of customers, rule by rule.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

/// A person of whom everything a rule asks is known, and nothing is remarkable.
fn person() -> Facts {
    Facts {
        kind: Some(PartyKind::Person),
        residence: Some("de".to_owned()),
        nationality: Some("be".to_owned()),
        birth_country: Some("fr".to_owned()),
        ip_country: Some("de".to_owned()),
        dealing_countries: Some(vec!["nl".to_owned()]),
        sanctions: Some(Finding::None),
        pep: Some(Finding::None),
        watchlists: Some(Finding::None),
        adverse: Some(Finding::None),
        blocklist: Some(Finding::None),
        age: Some(40),
        occupation: Some("teacher".to_owned()),
        products: Some(vec!["mortgage".to_owned()]),
        currencies: Some(vec!["eur".to_owned()]),
        channel: Some("branch".to_owned()),
        relationship_years: Some(10),
        account_replaced: Some(false),
        chargebacks: Some(false),
        volume_monthly: Some(2_000.0),
        income_monthly: Some(3_000.0),
        ..Facts::default()
    }
}

/// The same for a business.
fn business() -> Facts {
    Facts {
        kind: Some(PartyKind::Business),
        registration_country: Some("pt".to_owned()),
        business_age: Some(7),
        industries: Some(vec!["5065".to_owned()]),
        legal_form: Some("2HBR".to_owned()),
        organization_type: Some("for_profit".to_owned()),
        ownership_layers: Some(1),
        owners: Some(1),
        undisclosed_percent: Some(0.0),
        threshold_percent: Some(25.0),
        beneficial_owners: Some(1),
        circular: Some(false),
        owner_countries: Some(vec!["de".to_owned()]),
        ..person()
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn told(facts: &Facts) -> (Level, u32, Vec<String>) {
    let rating = rate(Model::shipped(), facts);
    (rating.level, rating.score, rating.factors.into_iter().map(|factor| factor.name).collect())
}

#[test]
fn nothing_remarkable_is_low_and_gives_no_factor() {
    assert_eq!(told(&person()), (Level::Low, 0, Vec::new()));
    assert_eq!(told(&business()), (Level::Low, 0, Vec::new()));
}

/// Each line: what is changed in an unremarkable customer, and the one factor that follows.
#[test]
fn each_rule_of_the_shipped_model_gives_its_points() {
    type Change = fn(&mut Facts);
    let persons: &[(Change, &str, u32, Level)] = &[
        (|f| f.sanctions = Some(Finding::Confirmed), "Sanctions", 100, Level::Prohibited),
        (|f| f.sanctions = Some(Finding::Open), "Sanctions", 60, Level::High),
        (|f| f.sanctions = None, "Sanctions", 100, Level::High),
        (|f| f.pep = Some(Finding::Confirmed), "PEP", 40, Level::High),
        (|f| f.pep = Some(Finding::Open), "PEP", 30, Level::Medium),
        (|f| f.pep = None, "PEP", 40, Level::Medium),
        (|f| f.blocklist = Some(Finding::Confirmed), "Watchlists", 100, Level::Prohibited),
        (|f| f.watchlists = Some(Finding::Confirmed), "Watchlists", 60, Level::High),
        (|f| f.watchlists = Some(Finding::Open), "Watchlists", 30, Level::Medium),
        (|f| f.adverse = Some(Finding::Confirmed), "Adverse media", 40, Level::Medium),
        (|f| f.adverse = Some(Finding::Open), "Adverse media", 20, Level::Low),
        (|f| f.nationality = some("kp"), "Nationality", 25, Level::Low),
        (|f| f.nationality = some("ye"), "Nationality", 15, Level::Low),
        (|f| f.nationality = some("ky"), "Nationality", 6, Level::Low),
        (|f| f.nationality = None, "Nationality", 25, Level::Low),
        (|f| f.nationality = some("string"), "Nationality", 25, Level::Low),
        (|f| f.birth_country = some("ir"), "Country of birth", 10, Level::Low),
        (|f| f.birth_country = some("iq"), "Country of birth", 5, Level::Low),
        (|f| f.ip_country = some("ru"), "Country of access", 15, Level::Low),
        (|f| f.ip_country = some("pt"), "Country of access", 5, Level::Low),
        (|f| f.dealing_countries = Some(vec!["de".into(), "ir".into()]), "Countries of business", 30, Level::High),
        (|f| f.dealing_countries = Some(vec!["sy".into()]), "Countries of business", 15, Level::Low),
        (|f| f.dealing_countries = Some(vec!["pa".into()]), "Countries of business", 6, Level::Low),
        (|f| f.age = Some(17), "Age", 10, Level::Low),
        (|f| f.age = Some(18), "Age", 5, Level::Low),
        (|f| f.age = Some(86), "Age", 5, Level::Low),
        (|f| f.age = None, "Age", 10, Level::Low),
        (|f| f.occupation = some("minister of finance"), "Occupation", 20, Level::Low),
        (|f| f.occupation = some("art dealer"), "Occupation", 10, Level::Low),
        (|f| f.currencies = Some(vec!["btc".into()]), "Products", 15, Level::Low),
        (|f| f.products = Some(vec!["prepaid-card".into()]), "Products", 8, Level::Low),
        (|f| f.channel = some("agent"), "Channel", 8, Level::Low),
        (|f| f.channel = some("browser"), "Channel", 2, Level::Low),
        (|f| f.volume_monthly = Some(30_001.0), "Expected volume", 20, Level::Low),
        (|f| f.volume_monthly = Some(9_001.0), "Expected volume", 10, Level::Low),
        (|f| f.chargebacks = Some(true), "Adverse history", 15, Level::Low),
        (|f| f.account_replaced = Some(true), "Adverse history", 10, Level::Low),
        (|f| f.relationship_years = Some(0), "Length of relationship", 2, Level::Low),
    ];
    let businesses: &[(Change, &str, u32, Level)] = &[
        (|f| f.registration_country = some("kp"), "Country of registration", 30, Level::High),
        (|f| f.registration_country = some("mc"), "Country of registration", 25, Level::Low),
        (|f| f.registration_country = some("sc"), "Country of registration", 20, Level::Low),
        (|f| f.registration_country = some("br"), "Country of registration", 8, Level::Low),
        (|f| f.registration_country = None, "Country of registration", 30, Level::Medium),
        (|f| f.industries = Some(vec!["5065".into(), "7995".into()]), "Business purpose", 30, Level::Medium),
        (|f| f.industries = Some(vec!["5944".into()]), "Business purpose", 15, Level::Low),
        (|f| f.industries = Some(Vec::new()), "Business purpose", 30, Level::Medium),
        (|f| f.business_age = Some(0), "Age of business", 15, Level::Low),
        (|f| f.business_age = Some(2), "Age of business", 6, Level::Low),
        (|f| f.legal_form = some("bearer shares"), "Legal form", 25, Level::Low),
        (|f| f.legal_form = some("family trust"), "Legal form", 12, Level::Low),
        (|f| f.legal_form = None, "Legal form", 25, Level::Low),
        (|f| f.organization_type = some("non_profit"), "Type of organisation", 8, Level::Low),
        (|f| f.circular = Some(true), "Ownership", 25, Level::Low),
        (|f| f.undisclosed_percent = Some(25.0), "Ownership", 25, Level::Low),
        (|f| (f.undisclosed_percent, f.threshold_percent) = (Some(10.0), Some(10.0)), "Ownership", 25, Level::Low),
        (|f| f.beneficial_owners = Some(0), "Ownership", 15, Level::Low),
        (|f| f.ownership_layers = Some(4), "Ownership", 20, Level::Low),
        (|f| f.ownership_layers = Some(3), "Ownership", 10, Level::Low),
        (|f| f.ownership_layers = None, "Ownership", 25, Level::Low),
        (|f| f.owner_countries = Some(vec!["mm".into()]), "Countries of owners", 30, Level::High),
        (|f| f.owner_countries = Some(vec!["vg".into()]), "Countries of owners", 15, Level::Low),
        (|f| f.owner_countries = Some(vec!["pa".into()]), "Countries of owners", 8, Level::Low),
    ];
    let both = [(person(), persons), (business(), businesses)];
    let mut seen: Vec<&str> = vec!["Country of residence"];
    for (base, changes) in both {
        for &(change, factor, points, level) in changes {
            let mut facts = base.clone();
            change(&mut facts);
            assert_eq!(told(&facts), (level, points, vec![factor.to_owned()]), "{factor} {points}");
            seen.push(factor);
        }
    }
    for (country, points, level) in
        [("kp", 30, Level::High), ("ye", 25, Level::Low), ("ky", 12, Level::Low), ("br", 5, Level::Low)]
    {
        let mut facts = person();
        (facts.residence, facts.ip_country) = (some(country), None);
        assert_eq!(told(&facts), (level, points, vec!["Country of residence".to_owned()]), "{country}");
    }
    for rule in &Model::shipped().rules {
        assert!(seen.contains(&rule.factor.as_str()), "{} is not in the table", rule.factor);
    }
}

#[test]
fn the_higher_of_ours_and_the_senders_wins() {
    for (stated, risky, level, own) in [
        (Some(Level::High), false, Level::High, Level::Low),
        (Some(Level::Low), true, Level::Prohibited, Level::Prohibited),
        (None, false, Level::Low, Level::Low),
    ] {
        let sanctions = Some(if risky { Finding::Confirmed } else { Finding::None });
        let rating = rate(Model::shipped(), &Facts { stated_level: stated, sanctions, ..person() });
        assert_eq!((rating.level, rating.own, rating.stated), (level, own, stated));
    }
}

#[test]
fn what_is_unknown_is_named_and_taken_for_the_worst() {
    let rating = rate(Model::shipped(), &Facts { residence: None, ip_country: None, ..person() });
    let factor = &rating.factors[0];
    assert_eq!((factor.points, factor.reason.as_str()), (30, "Not known: residence.tier"));
    let nothing = rate(Model::shipped(), &Facts::default());
    assert!(nothing.level >= Level::High, "of whom nothing is known, nothing good is thought");
}

#[test]
fn a_fact_that_is_not_told_apart_hides_no_other() {
    type Change = fn(&mut Facts);
    let hidden: &[(Change, &str, u32)] = &[
        (|f| (f.blocklist, f.watchlists) = (None, Some(Finding::Confirmed)), "Watchlists", 60),
        (|f| (f.chargebacks, f.account_replaced) = (None, Some(true)), "Adverse history", 10),
        (|f| (f.currencies, f.products) = (None, Some(vec!["prepaid-card".to_owned()])), "Products", 8),
        (|f| (f.income_monthly, f.volume_monthly) = (None, Some(60_000.0)), "Expected volume", 10),
    ];
    for &(change, factor, points) in hidden {
        let mut facts = person();
        change(&mut facts);
        assert_eq!(told(&facts).1, points, "{factor}");
    }
}

#[test]
fn points_may_be_computed() {
    let text = "id = 'm'\nname = 'M'\nbands = { medium = 10, high = 20 }\n[[rule]]\nid = 'a'\nfactor = 'Age'\n\
                points = '(person.age - 40) * 3'\nmissing = 7\nreason = 'older than forty'\n";
    let model = Model::parse(text).expect("a model").with_version(4);
    for (age, points) in
        [(Some(40), 0), (Some(42), 6), (Some(10), 0), (Some(5_000), POINTS_MAX), (None, 7), (Some(i64::MAX), 7)]
    {
        let rating = rate(&model, &Facts { age, ..person() });
        assert_eq!((rating.score, rating.model_version), (points, 4), "{age:?}");
        assert_eq!(rating.factors.len(), usize::from(points > 0));
    }
}

fn facts() -> impl Strategy<Value = Facts> {
    let country = || prop::option::of(prop::sample::select(vec!["de", "kp", "ye", "ky", "br", "zz"]));
    let finding = || prop::option::of(prop::sample::select(vec![Finding::None, Finding::Open, Finding::Confirmed]));
    let places = (country(), country(), country(), country());
    let person = (prop::option::of(-5..150_i64), prop::option::of("[a-z ]{0,12}"), prop::option::of(any::<f64>()));
    (places, finding(), finding(), person, any::<bool>()).prop_map(|(places, sanctions, pep, person, is_person)| {
        let owned = |code: Option<&str>| code.map(str::to_owned);
        Facts {
            kind: Some(if is_person { PartyKind::Person } else { PartyKind::Business }),
            residence: owned(places.0),
            nationality: owned(places.1),
            registration_country: owned(places.2),
            ip_country: owned(places.3),
            sanctions,
            pep,
            age: person.0,
            occupation: person.1,
            volume_monthly: person.2,
            income_monthly: Some(1.0),
            ..Facts::default()
        }
    })
}

proptest! {
    #[test]
    fn a_rating_adds_up_and_does_not_change(facts in facts()) {
        let rating = rate(Model::shipped(), &facts);
        prop_assert_eq!(&rating, &rate(Model::shipped(), &facts));
        prop_assert_eq!(rating.score, rating.factors.iter().map(|factor| factor.points).sum::<u32>());
        prop_assert!(rating.factors.iter().all(|factor| factor.points > 0 && !factor.reason.is_empty()));
        prop_assert!(rating.factors.is_sorted_by(|a, b| a.points >= b.points));
        prop_assert!(rating.level >= Model::shipped().bands.level(rating.score));
    }

    /// Nobody is rated better for saying less, in what the model takes for the worst.
    #[test]
    fn silence_never_pays(facts in facts()) {
        let known = rate(Model::shipped(), &facts).score;
        let silent = Facts { residence: None, ip_country: None, ..facts.clone() };
        let heard = Facts { ip_country: None, ..facts };
        prop_assert!(rate(Model::shipped(), &silent).score >= rate(Model::shipped(), &heard).score);
        prop_assert!(known > 0 || rate(Model::shipped(), &silent).score > 0);
    }
}

#[test]
fn a_customer_gives_what_it_holds() {
    use crate::customer::Ids;
    use crate::onboard::{Onboard, onboard};
    use crate::{Party, Person, PersonName, Pii, Policy, TenantId};
    #[derive(Debug)]
    struct Count(u128);
    impl Ids for Count {
        fn next(&mut self) -> uuid::Uuid {
            self.0 += 1;
            uuid::Uuid::from_u128(self.0)
        }
    }
    let person = Person {
        name: PersonName { first: Pii("Ada".to_owned()), last: Pii("Byron".to_owned()), ..PersonName::default() },
        birth_date: Some(Pii(date(1990, 12, 10))),
        citizenship: Some(Pii("gb".to_owned())),
        tax_id: None,
        declared_pep: true,
    };
    let command = Onboard {
        party: Party::Person(person),
        cif_number: "1".to_owned(),
        client_identifier: None,
        addresses: Vec::new(),
        phones: Vec::new(),
        emails: Vec::new(),
        identifications: Vec::new(),
        related: Vec::new(),
        checks: std::collections::BTreeSet::new(),
        attributes: serde_json::Map::new(),
    };
    let made =
        onboard(TenantId(uuid::Uuid::nil()), command, &Policy::default(), &mut Count(0), jiff::Timestamp::UNIX_EPOCH);
    let facts = Facts::of(&made.expect("let in").customer, date(2026, 12, 9), crate::ubo::THRESHOLD);
    assert_eq!((facts.kind, facts.age, facts.nationality.as_deref()), (Some(PartyKind::Person), Some(35), Some("gb")));
    assert_eq!((facts.sanctions, facts.pep), (None, Some(Finding::Open)), "a check that is due says nothing yet");
    assert_eq!(format!("{facts:?}"), "Facts(‹personal›)");
}
