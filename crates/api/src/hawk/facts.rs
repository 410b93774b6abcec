//! What a request says that a rule of risk may read, taken from the request as it is kept.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use onboarding::Customer;
use onboarding::party::PartyKind;
use onboarding::risk::facts::word;
use onboarding::risk::{Facts, Level};

use super::DEPTH_MAX;
use super::node::Node;
use super::partial_date::PartialDate;
use super::request::KEPT;
use crate::json;

/// Adds what the customer's last request says; whether there was one.
pub fn tell(customer: &Customer, facts: &mut Facts) -> bool {
    let kept = customer.attributes.get(KEPT.0).and_then(|kept| kept.get(KEPT.1)).and_then(serde_json::Value::as_str);
    let Some(value) = kept.and_then(|text| json::parse_within(text.as_bytes(), DEPTH_MAX).ok()) else { return false };
    let root = Node::root(&value);
    let master = root.at("masterData");
    let holder = master.at("accountHoldingPartyData");
    // As of when it was last written, so that the same customer says the same, whenever it is asked.
    let today = customer.changed_at.to_zoned(TimeZone::UTC).date();
    if customer.party.kind() == PartyKind::Person {
        person(&holder, today, facts);
    } else {
        business(&holder, today, facts);
    }
    facts.stated_level = holder.at("riskLevel").text().and_then(Level::stated);
    let registration = holder.at("registrationDetails");
    facts.ip_country = registration.at("ipCountry").country().map(str::to_owned);
    facts.business_unit = holder.at("customerRelationshipDetails").at("businessUnit").text().and_then(word);
    facts.products = texts(&holder.at("signedProducts"));
    facts.channel = holder.at("deviceDetails").at("entryChannel").text().and_then(word);
    facts.flags = texts(&holder.at("flags"));
    facts.account_replaced = holder.at("accountReplaced").flag();
    let notes = holder.at("accountReplacedNotes").text().map(str::to_lowercase);
    facts.chargebacks = notes.map(|notes| notes.contains("chargeback"));
    characteristics(&holder, today, facts);
    accounts(&root, &holder, facts);
    true
}

fn person(holder: &Node<'_>, today: Date, facts: &mut Facts) {
    let details = holder.at("personalDetails");
    let residence = details.at("countryOfResidence").country();
    let residence = residence.or_else(|| holder.at("contactDetails").at("country").country());
    facts.residence = residence.map(str::to_owned).or(facts.residence.take());
    facts.birth_country = details.at("countryOfBirth").country().map(str::to_owned);
    facts.occupation = details.at("occupation").text().and_then(word);
    facts.employment = holder.at("characteristics").at("employmentDetails").at("status").text().and_then(word);
    facts.age = facts.age.or_else(|| years_since(&details.at("dateOfBirth"), today));
}

fn business(holder: &Node<'_>, today: Date, facts: &mut Facts) {
    let details = holder.at("companyDetails");
    facts.business_age = facts.business_age.or_else(|| years_since(&details.at("inBusinessSince"), today));
    facts.industries = codes(&details.at("businessPurposes"));
    facts.legal_form = details.at("legalForm").text().map(str::to_owned);
    facts.organization_type = details.at("organizationType").text().and_then(word);
    facts.complex = details.at("shareholdersStructure").at("complexOwnership").text().and_then(is_said);
}

fn characteristics(holder: &Node<'_>, today: Date, facts: &mut Facts) {
    let said = holder.at("characteristics");
    let since = years_since(&holder.at("customerSince"), today);
    facts.relationship_years = since.or_else(|| years_since(&said.at("customerSince"), today));
    facts.volume_monthly = said.at("expectedVolumeMonthly").number();
    facts.volume_yearly = said.at("expectedVolumeYearly").number();
    facts.income_monthly = said.at("expectedIncomeMonthly").number();
    facts.income_yearly = said.at("expectedIncomeYearly").number();
    facts.ticket_average = said.at("expectedTicketSizeAverage").number();
    facts.ticket_max = said.at("expectedTicketSizeMax").number();
    facts.volatility = said.at("expectedVolumeVolatility").text().and_then(word);
    let modes = said.at("entryModeDistribution");
    let labels: Vec<String> = modes.items().flat_map(|mode| texts(&mode.at("labels")).unwrap_or_default()).collect();
    facts.entry_modes = Some(labels).filter(|labels| !labels.is_empty());
}

fn accounts(root: &Node<'_>, holder: &Node<'_>, facts: &mut Facts) {
    let mut accounts = vec![holder.at("referenceAccount")];
    accounts.extend(holder.at("characteristics").at("majorCounterpartyAccounts").items());
    let relationship = holder.at("customerRelationshipDetails");
    for name in ["allAccounts", "allAcounts"] {
        accounts.extend(relationship.at(name).items());
    }
    let counterparty = root.at("masterData").at("counterpartyData");
    let mut countries: Vec<&'static str> = Vec::new();
    let mut currencies: Vec<String> = root.at("network").text().and_then(word).into_iter().collect();
    for account in accounts.iter().chain([&counterparty.at("referenceAccount")]) {
        countries.extend(account.at("bankCountry").country());
        countries.extend(account.at("countryOfSettlement").country());
        currencies.extend(account.at("currency").text().and_then(word));
    }
    countries.extend(counterparty.at("contactDetails").at("country").country());
    countries.extend(counterparty.at("companyDetails").at("countryOfRegistration").country());
    facts.dealing_countries = distinct(countries.into_iter().map(str::to_owned).collect());
    facts.currencies = distinct(currencies);
}

fn distinct(mut all: Vec<String>) -> Option<Vec<String>> {
    all.sort();
    all.dedup();
    Some(all).filter(|all| !all.is_empty())
}

fn texts(at: &Node<'_>) -> Option<Vec<String>> {
    distinct(at.items().filter_map(|item| item.text().and_then(word)).collect())
}

fn codes(at: &Node<'_>) -> Option<Vec<String>> {
    distinct(at.items().filter_map(|item| item.code().as_deref().and_then(word)).collect())
}

fn years_since(at: &Node<'_>, today: Date) -> Option<i64> {
    let from = at.text().and_then(PartialDate::parse)?.earliest();
    let had_day = (today.month(), today.day()) >= (from.month(), from.day());
    let years = i64::from(today.year()) - i64::from(from.year()) - i64::from(!had_day);
    (from <= today).then_some(years)
}

/// What a text says that stands for yes or no; one that says neither says nothing.
fn is_said(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "complex" => Some(true),
        "false" | "no" | "n" | "0" | "simple" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_years_are_counted_from_the_earliest_day() {
        let value = serde_json::json!({"y": "2019", "m": "2019-12", "d": "2019-11-23", "x": "string", "f": "2030"});
        let root = Node::root(&value);
        let today = Date::constant(2026, 11, 22);
        let years = |name| years_since(&root.at(name), today);
        assert_eq!(
            (years("y"), years("m"), years("d"), years("x"), years("f")),
            (Some(7), Some(6), Some(6), None, None)
        );
    }
}
