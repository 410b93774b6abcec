//! The graph that a customer tells of: its owners, and the shareholders around it, nested as they were sent.

use std::collections::BTreeMap;

use super::Graph;
use crate::customer::Customer;
use crate::party::Party;
use crate::pii::Pii;
use crate::related::{Related, RelatedRole};

/// Roles that control a business whatever the shares, by words in the sender's title. Managers do not: they are the answer
/// where nobody owns enough (Directive (EU) 2015/849, article 3(6)(a)(ii)), which is for a person to say.
const CONTROLLING: &[&str] =
    &["general partner", "trustee", "settlor", "protector", "founder", "controller", "ubo", "beneficial owner"];

impl Graph {
    /// What a business customer tells of its owners; `None` for a person.
    ///
    /// A party that stands in several places is told by who it is: a person by name and day of birth, a company by name
    /// and country of registration. A company whose owners are told in several places has each of them once.
    #[must_use]
    pub fn of(customer: &Customer) -> Option<Self> {
        let Party::Business(business) = &customer.party else { return None };
        let root = by_name(&customer.party).unwrap_or_default();
        let mut graph = Self::new(&root, business.name.clone());
        for record in customer.owners.iter() {
            let owner = record.value.customer.to_string();
            graph.add(&owner, Pii(owner.clone()), true);
            graph.holds(&owner, &root, f64::from(record.value.share_basis_points) / 10_000.0);
        }
        let places: BTreeMap<&str, &Related> =
            customer.related.iter().map(|related| (related.key.as_str(), related)).collect();
        // Whoever may own or control is known before anybody's share is, in whatever order they were told.
        for related in &customer.related {
            let is_person = matches!(related.party, Party::Person(_));
            graph.add(&identity(related), related.party.full_name(), is_person);
        }
        // Shares of the same owner in one place add up; those of another place tell the same again.
        let mut told: BTreeMap<(&str, String, String), f64> = BTreeMap::new();
        for related in &customer.related {
            // Who stands under somebody that is not there belongs to nobody; it is no owner of the customer.
            let owned = match related.under.as_deref().map(|key| places.get(key)) {
                None => root.clone(),
                Some(Some(above)) => identity(above),
                Some(None) => continue,
            };
            let owner = identity(related);
            if let Some(role) = related.title.as_deref().filter(|title| controls(title)) {
                graph.controls(&owner, &owned, &role.to_lowercase());
            }
            if let Some(share) = related.share_millionths.filter(|_| related.role == RelatedRole::Shareholder) {
                let place = related.under.as_deref().unwrap_or_default();
                *told.entry((place, owned, owner)).or_insert(0.0) += f64::from(share) / 1e6;
            }
        }
        for ((_, owned, owner), fraction) in told {
            graph.holds(&owner, &owned, fraction);
        }
        Some(graph)
    }

    /// Whether anybody is said to own anything.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !self.stakes.is_empty()
    }
}

fn controls(title: &str) -> bool {
    let words: String = title.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    CONTROLLING.iter().any(|role| words.contains(&format!(" {role} ")))
}

/// Who a party is, wherever it stands. Nobody's name is nobody else's: without one, the place tells.
fn identity(related: &Related) -> String {
    by_name(&related.party).unwrap_or_else(|| format!("place:{}", related.key))
}

fn by_name(party: &Party) -> Option<String> {
    let name = party.full_name().to_lowercase();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = match party {
        Party::Person(person) => {
            let born = person.birth_date.as_ref().map_or_else(String::new, |born| born.0.to_string());
            format!("person:{name}:{born}")
        }
        Party::Business(business) => {
            format!("business:{name}:{}", business.jurisdiction.as_deref().unwrap_or_default())
        }
    };
    (!name.is_empty()).then_some(told)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::customer::Ids;
    use crate::onboard::{Onboard, onboard};
    use crate::party::{Business, Person, PersonName};
    use crate::risk::Facts;
    use crate::ubo::THRESHOLD;
    use crate::{Policy, TenantId};

    #[derive(Debug)]
    struct Count(u128);

    impl Ids for Count {
        fn next(&mut self) -> Uuid {
            self.0 += 1;
            Uuid::from_u128(self.0)
        }
    }

    fn company(name: &str) -> Party {
        let name = Pii(name.to_owned());
        Party::Business(Business { name, formed_on: None, jurisdiction: Some("ky".to_owned()), tax_id: None })
    }

    fn person(first: &str) -> Party {
        let name = PersonName { first: Pii(first.to_owned()), last: Pii("Doe".to_owned()), ..PersonName::default() };
        let citizenship = Some(Pii("ye".to_owned()));
        Party::Person(Person { name, birth_date: None, citizenship, tax_id: None, declared_pep: false })
    }

    fn holder(key: &str, under: Option<&str>, share: Option<u32>, title: Option<&str>, party: Party) -> Related {
        Related {
            key: key.to_owned(),
            role: if share.is_some() { RelatedRole::Shareholder } else { RelatedRole::Staff },
            under: under.map(str::to_owned),
            share_millionths: share,
            title: title.map(str::to_owned),
            party,
            residences: vec!["de".to_owned()],
            numbers: Vec::new(),
        }
    }

    fn customer(related: Vec<Related>) -> Customer {
        let command = Onboard {
            party: company("Root"),
            cif_number: "1".to_owned(),
            client_identifier: None,
            addresses: Vec::new(),
            phones: Vec::new(),
            emails: Vec::new(),
            identifications: Vec::new(),
            related,
            checks: std::collections::BTreeSet::new(),
            attributes: serde_json::Map::new(),
        };
        let policy = Policy::default();
        let made = onboard(TenantId(Uuid::nil()), command, &policy, &mut Count(0), Timestamp::UNIX_EPOCH);
        made.expect("let in").customer
    }

    #[test]
    fn a_nested_tree_is_read_whoever_is_told_first() {
        let mut related = vec![
            holder("s0", None, Some(600_000), None, company("Middle")),
            holder("s0.s0", Some("s0"), Some(500_000), None, company("Top")),
            holder("s0.s0.s0", Some("s0.s0"), Some(1_000_000), None, person("Ann")),
            holder("s1", None, Some(100_000), None, person("ann ")),
            holder("s2", None, Some(100_000), None, company("Middle")),
            holder("t0", None, None, Some("Managing Trustee"), person("Bob")),
            holder("t1", None, None, Some("MANAGER"), person("Cid")),
            holder("lost", Some("nowhere"), Some(900_000), None, person("Dan")),
        ];
        for _ in 0..2 {
            let customer = customer(related.clone());
            let ownership = Graph::of(&customer).expect("a business").resolve(THRESHOLD);
            let owners: Vec<_> = ownership
                .owners
                .iter()
                .map(|owner| (owner.name.trim().to_lowercase(), (owner.share * 1e6).round()))
                .collect();
            // Middle stands twice in one company: 60 and 10 percent.
            assert_eq!(owners, [("ann doe".to_owned(), 450_000.0), ("bob doe".to_owned(), 0.0)]);
            assert_eq!((ownership.layers, ownership.circular), (3, false));
            let facts = Facts::of(&customer, jiff::civil::date(2026, 1, 1), THRESHOLD);
            assert_eq!((facts.ownership_layers, facts.owners, facts.circular), (Some(3), Some(2), Some(false)));
            let beneficial =
                |threshold| Facts::of(&customer, jiff::civil::date(2026, 1, 1), threshold).beneficial_owners;
            // Bob controls without a share.
            assert_eq!((beneficial(0.25), beneficial(0.46)), (Some(2), Some(1)));
            assert!(facts.undisclosed_percent.is_some_and(|percent| (percent - 55.0).abs() < 1e-6));
            assert_eq!(facts.owner_countries, Some(vec!["de".to_owned(), "ky".to_owned(), "ye".to_owned()]));
            related.reverse();
        }
    }

    #[test]
    fn nothing_told_is_nothing_known() {
        let customer = customer(Vec::new());
        assert!(!Graph::of(&customer).expect("a business").is_told());
        let facts = Facts::of(&customer, jiff::civil::date(2026, 1, 1), THRESHOLD);
        assert_eq!((facts.ownership_layers, facts.undisclosed_percent, facts.circular), (None, None, None));
    }

    #[test]
    fn a_company_that_owns_its_owner_is_a_circle() {
        let related = vec![
            holder("a", None, Some(500_000), None, company("Middle")),
            holder("b", Some("a"), Some(1_000_000), None, company("ROOT")),
            holder("c", None, Some(500_000), None, person("Ann")),
        ];
        let ownership = Graph::of(&customer(related)).expect("a business").resolve(THRESHOLD);
        assert!(ownership.circular);
        assert!((ownership.owners[0].share - 1.0).abs() < 1e-9, "{ownership:?}");
    }
}
