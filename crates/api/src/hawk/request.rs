//! Reads a request: what is asked of the house, in its own words.

use std::collections::BTreeSet;

use onboarding::check::CheckKind;
use onboarding::onboard::Onboard;
use onboarding::records::{Address, Email, Phone};
use onboarding::related::Related;
use onboarding::{Date, Pii};
use serde_json::{Map, Value, json};

use super::check::{self, Mode};
use super::node::Node;
use super::partial_date::PartialDate;
use super::parties::Parties;
use super::shapes;
use crate::fields::{Fault, Mistake};

/// Under which attribute of the customer the request is kept, and under which member of it: its text as it was sent, so
/// that nothing of it is lost, not even how a number was written.
pub const KEPT: (&str, &str) = ("hawk", "request");

/// Most records of one kind that a request's lists become; what is beyond stays readable in the request itself.
const RECORDS_MAX: usize = 100;

/// A request that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Who the customer is and who is around it.
    pub command: Onboard,
    /// Where to tell of what was decided later.
    pub callback_url: Option<String>,
    /// How risky the sender finds the customer.
    pub sender_level: Option<String>,
    /// From when on the customer is to be looked at again.
    pub review_on: Option<Date>,
    /// What the sender says not to be fussy about.
    pub mode: Mode,
}

/// Reads a whole request; `text` is how it was sent.
///
/// # Errors
/// Every mistake, by its path.
pub fn read(value: &Value, text: &str, lenient: bool) -> Result<Asked, Vec<Mistake>> {
    let lenient = lenient || value.get("nonStrictParsingMode").and_then(Value::as_bool) == Some(true);
    let mode = if lenient { Mode::Lenient } else { Mode::Strict };
    let mut mistakes = check::mistakes(value, &shapes::REQUEST, mode);
    let root = Node::root(value);
    let parties = Parties::of(&root.at("masterData"));
    if parties.related.len() > Related::MAX {
        let most = format!("about at most {} parties beside the customer", Related::MAX);
        mistakes.push(Mistake { path: "masterData".to_owned(), fault: Fault::Range(most) });
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let holder = root.at("masterData").at("accountHoldingPartyData");
    let contact = holder.at("contactDetails");
    let mut attributes = Map::new();
    attributes.insert(KEPT.0.to_owned(), json!({ KEPT.1: text }));
    let command = Onboard {
        party: parties.customer,
        cif_number: String::new(),
        client_identifier: holder.at("customerId").code().map(Pii),
        addresses: addresses(&holder),
        phones: contact.at("phoneNumbers").items().filter_map(|item| phone(&item)).take(RECORDS_MAX).collect(),
        emails: contact.at("emailAddresses").items().filter_map(|item| email(&item)).take(RECORDS_MAX).collect(),
        identifications: parties.identifications.into_iter().take(RECORDS_MAX).collect(),
        related: parties.related,
        checks: BTreeSet::from(CheckKind::ALL),
        attributes,
    };
    let review = root.at("customerReviewSchedule").at("nextReviewDate");
    Ok(Asked {
        command,
        callback_url: root.at("callbackUrl").text().map(str::to_owned),
        sender_level: holder.at("riskLevel").text().map(str::to_lowercase),
        review_on: review.text().and_then(PartialDate::parse).map(PartialDate::earliest),
        mode,
    })
}

/// Where the customer lives or has its office; without a country that we know it is no address that lists are compared
/// with.
fn addresses(holder: &Node<'_>) -> Vec<Address> {
    let contact = holder.at("contactDetails");
    let text = |name: &str| contact.at(name).text().map(|text| Pii(text.to_owned()));
    let contact_address = contact.at("country").country().map(|country| Address {
        kind: "Contact".to_owned(),
        classification: None,
        street: [text("street").or_else(|| text("unstructuredAddress")), text("streetExtended")]
            .into_iter()
            .flatten()
            .collect(),
        city: text("town"),
        state: contact.at("region").text().map(str::to_owned),
        postal_code: contact.at("zip").code().map(Pii),
        country: country.to_owned(),
    });
    let residence = holder.at("personalDetails").at("countryOfResidence").country();
    let elsewhere = residence.filter(|country| contact_address.as_ref().is_none_or(|known| known.country != *country));
    let residence = elsewhere.map(|country| Address {
        kind: "Residence".to_owned(),
        classification: None,
        street: Vec::new(),
        city: None,
        state: None,
        postal_code: None,
        country: country.to_owned(),
    });
    contact_address.into_iter().chain(residence).collect()
}

fn phone(at: &Node<'_>) -> Option<Phone> {
    Some(Phone { kind: "Contact".to_owned(), number: Pii(at.code()?), extension: None })
}

fn email(at: &Node<'_>) -> Option<Email> {
    Some(Email { kind: "Contact".to_owned(), address: Pii(at.text()?.to_owned()) })
}

#[cfg(test)]
pub(crate) mod tests {
    use onboarding::party::PartyKind;
    use onboarding::related::RelatedRole;

    use super::*;
    use crate::json;

    /// The vendor's example with every field filled, byte for byte.
    pub(crate) const EXAMPLE: &str = include_str!("../../../../tests/it/hawk/example.json");

    fn asked(value: &Value) -> Asked {
        read(value, &value.to_string(), false).expect("a request")
    }

    #[expect(clippy::needless_pass_by_value, reason = "a value made on the spot reads better than a reference to it")]
    fn holder(value: Value) -> Value {
        serde_json::json!({ "masterData": { "accountHoldingPartyData": value } })
    }

    fn name(asked: &Asked) -> String {
        asked.command.party.full_name().0
    }

    #[test]
    fn the_vendors_example_is_read_whole() {
        let value = json::parse_within(EXAMPLE.as_bytes(), 100).expect("JSON");
        let asked = read(&value, EXAMPLE, false).expect("a request");
        assert_eq!(asked.callback_url.as_deref(), Some("https://callback.url/1234"));
        assert_eq!(asked.review_on, Some(Date::constant(2023, 12, 1)));
        assert_eq!(asked.sender_level.as_deref(), Some("low"));
        let command = &asked.command;
        assert_eq!(command.client_identifier.as_ref().map(|id| id.as_str()), Some("4681354"));
        assert_eq!(command.party.kind(), PartyKind::Business, "a corporation, with a person beside it");
        assert_eq!(command.party.full_name().as_str(), "The BORing company");
        assert_eq!(command.attributes["hawk"]["request"], EXAMPLE);
        assert_eq!(command.addresses.iter().map(|address| address.country.as_str()).collect::<Vec<_>>(), ["de"]);
        assert_eq!((command.phones.len(), command.emails.len(), command.identifications.len()), (2, 2, 2));
        let around: Vec<(RelatedRole, &str, Option<&str>, String)> = command
            .related
            .iter()
            .map(|party| (party.role, party.key.as_str(), party.under.as_deref(), party.party.full_name().0))
            .collect();
        let has = |role, key: &str, under: Option<&str>, name: &str| {
            assert!(around.contains(&(role, key, under, name.to_owned())), "{key}: {around:#?}");
        };
        let (holder, barbara) = ("accountHoldingPartyData", "Barbara-Maria Helen Kate Kensigton");
        let in_holder = |path: &str| format!("masterData.{holder}.{path}");
        has(RelatedRole::AccountHolder, &in_holder("personalDetails"), None, barbara);
        has(RelatedRole::Shareholder, &in_holder("companyDetails.shareholders[0]"), None, barbara);
        has(RelatedRole::Staff, &in_holder("companyDetails.staff[0]"), None, barbara);
        has(RelatedRole::Staff, &in_holder("customerRelationshipDetails.staff[0]"), None, barbara);
        has(RelatedRole::Staff, "masterData.underwriterData.name", None, "Wells P. Morgan");
        has(RelatedRole::Counterparty, "masterData.counterpartyData", None, "The BORing company");
        let counterparty = Some("masterData.counterpartyData");
        has(RelatedRole::Counterparty, "masterData.counterpartyData.personalDetails", counterparty, barbara);
        has(
            RelatedRole::Shareholder,
            "masterData.counterpartyData.companyDetails.shareholders[0]",
            counterparty,
            barbara,
        );
        for name in ["Barbara-Maria Helen Kate Carlton", "IBM", "Adam Smith", "John Smith"] {
            assert!(around.iter().any(|(.., known)| known == name), "{name}: {around:#?}");
        }
        let mut keys: Vec<&str> = around.iter().map(|(_, key, ..)| *key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), around.len(), "a key is one party's");
        let shareholder = command.related.iter().find(|party| party.key.ends_with("shareholders[0]")).expect("one");
        assert_eq!((shareholder.share_millionths, shareholder.numbers.len()), (Some(510_000), 2));
    }

    #[test]
    fn the_customer_is_what_is_named_or_said() {
        let person = serde_json::json!({"personName": {"firstName": "Ada", "lastName": "Byron"}});
        let company = serde_json::json!({"companyName": "Byron Ltd"});
        for (kind, holder_data) in [
            ("Ada Byron", serde_json::json!({"personalDetails": person})),
            ("Ada Byron", serde_json::json!({"personalDetails": person, "customerType": "CORPORATION"})),
            ("Byron Ltd", serde_json::json!({"companyDetails": company, "customerType": "INDIVIDUAL"})),
            ("Byron Ltd", serde_json::json!({"companyDetails": company, "personalDetails": person})),
            (
                "Byron Ltd",
                serde_json::json!({"companyDetails": company, "personalDetails": person, "customerType": "xyz"}),
            ),
            (
                "Ada Byron",
                serde_json::json!({"companyDetails": company, "personalDetails": person, "customerType": "natural person"}),
            ),
            ("", serde_json::json!({})),
        ] {
            let asked = asked(&holder(holder_data.clone()));
            assert_eq!(name(&asked), kind, "{holder_data}");
            let both = holder_data.get("companyDetails").is_some() && holder_data.get("personalDetails").is_some();
            assert_eq!(asked.command.related.len(), usize::from(both), "the other half is screened too: {holder_data}");
        }
        assert_eq!(asked(&serde_json::json!({})).command.client_identifier, None);
    }

    #[test]
    fn layers_of_owners_stand_under_what_they_own() {
        let person = serde_json::json!({"personName": {"lastName": "Kim"}});
        let third = serde_json::json!({"personalDetails": person, "share": 1});
        let second =
            serde_json::json!({"companyDetails": {"companyName": "Second", "shareholders": [third]}, "share": "0.5"});
        let first = serde_json::json!({"companyDetails": {"shareholders": [second]}, "share": 0.8});
        let asked =
            asked(&holder(serde_json::json!({"companyDetails": {"companyName": "Zero", "shareholders": [first]}})));
        let path = |depth: usize| {
            format!("masterData.accountHoldingPartyData.{}", vec!["companyDetails.shareholders[0]"; depth].join("."))
        };
        let found: Vec<_> = asked
            .command
            .related
            .iter()
            .map(|party| (party.key.clone(), party.under.clone(), party.share_millionths))
            .collect();
        assert_eq!(
            found,
            [
                (path(1), None, Some(800_000)),
                (path(2), Some(path(1)), Some(500_000)),
                (path(3), Some(path(2)), Some(1_000_000)),
            ]
        );
    }

    #[test]
    fn a_person_with_a_company_owns_it_where_it_names_no_owners() {
        let person = serde_json::json!({"personName": {"lastName": "Kim"}});
        let shareholder =
            serde_json::json!({"companyDetails": {"companyName": "Middle"}, "personalDetails": person, "share": 0.3});
        let asked = asked(&holder(
            serde_json::json!({"companyDetails": {"companyName": "Top", "shareholders": [shareholder]}}),
        ));
        let [company, owner] = asked.command.related.as_slice() else { panic!("{:?}", asked.command.related) };
        assert_eq!((company.share_millionths, owner.share_millionths), (Some(300_000), Some(1_000_000)));
        assert_eq!((owner.under.as_ref(), owner.role), (Some(&company.key), RelatedRole::Shareholder));
    }

    #[test]
    fn names_of_the_same_and_of_others_are_asked_of_the_lists_once() {
        let account = |holder: &str| serde_json::json!({"holder": holder});
        let asked = asked(&holder(serde_json::json!({
            "customerId": "  A-1 ",
            "personalDetails": {"personName": {"firstName": "Ada", "lastName": "Byron", "nameAtBirth": "King"}, "dateOfBirth": "1815"},
            "contactDetails": {"contactName": "ADA  byron", "country": "Germany", "zip": 1234},
            "dba": [{"contactName": "Engines & Co"}],
            "referenceAccount": account("Ada Byron"),
            "customerRelationshipDetails": {"allAcounts": [account("Charles Babbage"), account("charles babbage")]},
        })));
        let names: Vec<String> = asked.command.related.iter().map(|party| party.party.full_name().0).collect();
        assert_eq!(names, ["Ada King", "Engines & Co", "Engines & Co", "Charles Babbage", "Charles Babbage"]);
        assert_eq!(asked.command.client_identifier.as_ref().map(|id| id.as_str()), Some("A-1"));
        assert_eq!(asked.command.addresses[0].postal_code.as_ref().map(|code| code.as_str()), Some("1234"));
    }

    #[test]
    fn nobody_hides_behind_a_name_at_birth_a_trade_name_or_the_other_spelling_of_accounts() {
        let asked = asked(&holder(serde_json::json!({
            "dba": [{"contactName": "Lovelace"}], "contactDetails": {"contactName": "Babbage"},
            "companyDetails": {"companyName": "Byron Ltd", "shareholders": [
                {"personalDetails": {"personName": {"nameAtBirth": "King"}}, "share": 0.1},
                {"personalDetails": {"personName": {"firstName": "Ada", "nameAtBirth": "Milbanke"}}, "share": 0.1}]},
            "customerRelationshipDetails": {"allAccounts": [{"holder": "One"}], "allAcounts": [{"holder": "Two"}]},
        })));
        let names: Vec<String> = asked.command.related.iter().map(|party| party.party.full_name().0).collect();
        let twice = ["Babbage", "Babbage", "Lovelace", "Lovelace", "One", "One", "Two", "Two"];
        assert_eq!(names, [&["King", "Ada Milbanke"][..], &twice[..]].concat());
    }

    #[test]
    fn more_parties_than_can_be_screened_are_refused() {
        let shareholders: Vec<Value> = (0..600)
            .map(|n| serde_json::json!({"personalDetails": {"personName": {"lastName": format!("N{n}")}}}))
            .collect();
        let value = holder(serde_json::json!({"companyDetails": {"companyName": "Big", "shareholders": shareholders}}));
        let mistakes = read(&value, "", false).expect_err("too many");
        assert_eq!(mistakes[0].to_string(), "masterData must be about at most 500 parties beside the customer");
    }
}
