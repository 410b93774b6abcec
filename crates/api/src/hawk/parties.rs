//! Who is in a request: the customer, and everybody around it.
//!
//! The vendor's example fills the company and the person of one party; a real sender fills one. Where both are named, the
//! party is what `customerType` says, and a company where that says nothing; the other is screened as well.
//!
//! | in the request | becomes |
//! | --- | --- |
//! | `accountHoldingPartyData` | the customer; its other half is an account holder |
//! | `shareholders[]`, nested | shareholders with their shares, under the company they own |
//! | a shareholder that is a company and a person | the company; the person owns it, if it names no owners of its own |
//! | `staff[]`, of companies and of the relationship; `underwriterData` | staff |
//! | `counterpartyData` | a counterparty, with everybody around it |
//! | `nameAtBirth`, `contactName`, `trademark`, `dba[]` | other names |
//! | `holder` of every account | an account holder; as nothing says which it is, a person and a company |
//!
//! A name that stands somewhere already is not asked of the lists again for being an other name or an account holder.

use std::collections::HashSet;

use onboarding::party::PartyKind;
use onboarding::records::Identification;
use onboarding::related::{Related, RelatedRole};
use onboarding::screening::Number;
use onboarding::tax_id::{TaxId, TaxIdKind};
use onboarding::{Business, Party, Person, PersonName, Pii};

use super::node::Node;
use super::partial_date::PartialDate;

/// The customer and everybody around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parties {
    /// The customer. Its name is empty where the request has none.
    pub customer: Party,
    /// The customer's documents and numbers.
    pub identifications: Vec<Identification>,
    /// Everybody around it, in the order of the request.
    pub related: Vec<Related>,
}

/// A whole, in millionths.
const WHOLE: f64 = 1_000_000.0;

/// Words of `customerType` that say what the customer is; the vendor's list is open.
const PERSON_WORDS: [&str; 9] = [
    "INDIVIDUAL",
    "PERSON",
    "NATURAL_PERSON",
    "PRIVATE",
    "PRIVATE_PERSON",
    "PRIVATE_CUSTOMER",
    "RETAIL",
    "CONSUMER",
    "SOLE_PROPRIETOR",
];
const COMPANY_WORDS: [&str; 14] = [
    "CORPORATION",
    "CORPORATE",
    "COMPANY",
    "BUSINESS",
    "ORGANIZATION",
    "ORGANISATION",
    "LEGAL_ENTITY",
    "LEGAL_PERSON",
    "ENTITY",
    "MERCHANT",
    "PARTNERSHIP",
    "TRUST",
    "FOUNDATION",
    "NON_PROFIT",
];

impl Parties {
    /// Reads them out of `masterData`.
    #[must_use]
    pub fn of(master: &Node<'_>) -> Self {
        let holder = master.at("accountHoldingPartyData");
        let mut gathered = Gathered::default();
        let kind = kind(&holder);
        let (customer, other) = match kind {
            PartyKind::Business => (company(&holder), person(&holder.at("personalDetails"))),
            PartyKind::Person => (
                person(&holder.at("personalDetails")).unwrap_or_else(|| Party::Person(nobody())),
                Some(company(&holder)),
            ),
        };
        gathered.known(&customer);
        if let Some(other) = other.filter(|other| !other.full_name().is_empty()) {
            let path = match kind {
                PartyKind::Business => holder.at("personalDetails"),
                PartyKind::Person => holder.at("companyDetails"),
            };
            gathered.party(&path, None, RelatedRole::AccountHolder, other, &holder);
        }
        gathered.around(&holder, None);
        for staff in holder.at("customerRelationshipDetails").at("staff").items() {
            gathered.member(&staff, None);
        }
        gathered.counterparty(&master.at("counterpartyData"));
        gathered.name(&master.at("underwriterData").at("name"), None, RelatedRole::Staff, &[PartyKind::Person]);
        gathered.names_of(&holder, None, kind);
        gathered.accounts(&holder);
        let mut numbers = numbers_of(&holder);
        if customer.tax_id().is_none() {
            numbers.extend(tax_number(&holder));
        }
        let identifications = numbers.into_iter().map(identification).collect();
        Self { customer, identifications, related: gathered.related }
    }
}

/// What the account holding party is: what `customerType` says if that is named, else what is named.
fn kind(holder: &Node<'_>) -> PartyKind {
    let company = holder.at("companyDetails").at("companyName").text().is_some();
    let person = person(&holder.at("personalDetails")).is_some();
    let word = holder.at("customerType").text().map(|word| word.to_ascii_uppercase().replace([' ', '-'], "_"));
    let said = word.and_then(|word| match word.as_str() {
        word if PERSON_WORDS.contains(&word) => Some(PartyKind::Person),
        word if COMPANY_WORDS.contains(&word) => Some(PartyKind::Business),
        _ => None,
    });
    match (company, person, said) {
        (true, false, _) => PartyKind::Business,
        (false, true, _) => PartyKind::Person,
        (_, _, Some(said)) => said,
        (true, true, None) => PartyKind::Business,
        (false, false, None) if holder.at("companyDetails").is_there() => PartyKind::Business,
        (false, false, None) => PartyKind::Person,
    }
}

fn nobody() -> Person {
    Person { name: PersonName::default(), birth_date: None, citizenship: None, tax_id: None, declared_pep: false }
}

/// The company of a party, with the party's tax number; its name is empty where none is given.
fn company(holder: &Node<'_>) -> Party {
    let details = holder.at("companyDetails");
    Party::Business(Business {
        name: Pii(details.at("companyName").text().unwrap_or_default().to_owned()),
        formed_on: details.at("inBusinessSince").text().and_then(PartialDate::parse).and_then(PartialDate::day),
        jurisdiction: details.at("countryOfRegistration").country().map(str::to_owned),
        tax_id: tax_id(holder),
    })
}

/// The person of `personalDetails`, if it has a name.
fn person(details: &Node<'_>) -> Option<Party> {
    let name = details.at("personName");
    let part = |part: &str| name.at(part).text().map(|text| Pii(text.to_owned()));
    // Who is told only by the name at birth is looked for under that.
    let last = part("lastName").or_else(|| part("nameAtBirth"));
    let (first, middle) = (part("firstName"), part("middleNames"));
    if first.is_none() && last.is_none() && middle.is_none() {
        return None;
    }
    let name = PersonName {
        first: first.unwrap_or_default(),
        middle,
        last: last.unwrap_or_default(),
        ..PersonName::default()
    };
    let birth_date = details.at("dateOfBirth").text().and_then(PartialDate::parse).and_then(PartialDate::day);
    Some(Party::Person(Person {
        name,
        birth_date: birth_date.map(Pii),
        citizenship: details.at("nationality").country().map(|code| Pii(code.to_owned())),
        tax_id: None,
        declared_pep: false,
    }))
}

fn tax_id(holder: &Node<'_>) -> Option<TaxId> {
    TaxId::parse(TaxIdKind::Foreign, &holder.at("taxId").code()?).ok()
}

/// The tax number as a number of any shape.
fn tax_number(holder: &Node<'_>) -> Option<Number> {
    let value = Pii(holder.at("taxId").code()?);
    Some(Number { kind: "TaxId".to_owned(), value, country: None })
}

/// Documents and social security number of a party's person.
fn numbers_of(holder: &Node<'_>) -> Vec<Number> {
    let person = holder.at("personalDetails");
    let documents = person.at("identityDocuments");
    let documents = documents.items().filter_map(|document| {
        let kind = document.at("kind").text().unwrap_or("Document").to_owned();
        let country = document.at("issuingCountry").country().map(str::to_owned);
        Some(Number { kind, value: Pii(document.at("id").code()?), country })
    });
    let mut numbers: Vec<Number> = documents.collect();
    numbers.extend(person.at("socialSecurityNumber").code().map(|value| Number {
        kind: "SSN".to_owned(),
        value: Pii(value),
        country: None,
    }));
    numbers
}

fn identification(number: Number) -> Identification {
    Identification {
        kind: number.kind,
        number: number.value,
        issued_on: None,
        expires_on: None,
        verified_on: None,
        authority: None,
        state: None,
        country: number.country,
    }
}

fn residences(holder: &Node<'_>) -> Vec<String> {
    let places = [holder.at("contactDetails").at("country"), holder.at("personalDetails").at("countryOfResidence")];
    places.iter().filter_map(Node::country).map(str::to_owned).collect()
}

/// Everybody around the customer, so far.
#[derive(Default)]
struct Gathered {
    related: Vec<Related>,
    names: HashSet<(PartyKind, String)>,
}

impl Gathered {
    /// Notes the name; whether it was new.
    fn known(&mut self, party: &Party) -> bool {
        let name = party.full_name().split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        self.names.insert((party.kind(), name))
    }

    /// A party with all that is said of it, and gives its key.
    fn party(
        &mut self,
        at: &Node<'_>,
        under: Option<&str>,
        role: RelatedRole,
        party: Party,
        holder: &Node<'_>,
    ) -> String {
        self.known(&party);
        let key = at.path().to_owned();
        let numbers = if party.kind() == PartyKind::Person { numbers_of(holder) } else { Vec::new() };
        self.related.push(Related {
            key: key.clone(),
            role,
            under: under.map(str::to_owned),
            share_millionths: share(holder).filter(|_| role == RelatedRole::Shareholder),
            title: holder.at("role").text().map(str::to_owned),
            party,
            residences: residences(holder),
            numbers,
        });
        key
    }

    /// Those who own a party's company and those who work for it.
    fn around(&mut self, holder: &Node<'_>, under: Option<&str>) {
        let company = holder.at("companyDetails");
        for shareholder in company.at("shareholders").items() {
            self.shareholder(&shareholder, under);
        }
        for staff in company.at("staff").items() {
            self.member(&staff, under);
        }
    }

    fn shareholder(&mut self, at: &Node<'_>, under: Option<&str>) {
        let details = at.at("personalDetails");
        let person = person(&details);
        let company = Some(company(at)).filter(|company| !company.full_name().is_empty());
        let owns_itself = at.at("companyDetails").at("shareholders").items().next().is_none();
        let key = match (company, person) {
            (Some(company), person) => {
                let key = self.party(at, under, RelatedRole::Shareholder, company, at);
                if let Some(person) = person {
                    let role = if owns_itself { RelatedRole::Shareholder } else { RelatedRole::OtherName };
                    self.party(&details, Some(&key), role, person, at);
                    if owns_itself && let Some(owner) = self.related.last_mut() {
                        owner.share_millionths = Some(1_000_000);
                    }
                    self.birth_name(at, Some(&key));
                }
                Some(key)
            }
            (None, Some(person)) => {
                let key = self.party(at, under, RelatedRole::Shareholder, person, at);
                self.birth_name(at, Some(&key));
                Some(key)
            }
            // Nobody is named; those behind it still stand somewhere.
            (None, None) => self.nameless(at, under),
        };
        self.around(at, key.as_deref());
        self.contact(at, key.as_deref());
    }

    /// A shareholder without a name between the company and others with one: kept, so that the way to them is whole.
    fn nameless(&mut self, at: &Node<'_>, under: Option<&str>) -> Option<String> {
        at.at("companyDetails").at("shareholders").items().next()?;
        let company = at.at("companyDetails").at("companyId").code();
        let name = company.map_or_else(|| "unnamed company".to_owned(), |id| format!("company {id}"));
        let business = Business { name: Pii(name), formed_on: None, jurisdiction: None, tax_id: None };
        Some(self.party(at, under, RelatedRole::Shareholder, Party::Business(business), at))
    }

    fn member(&mut self, at: &Node<'_>, under: Option<&str>) {
        if let Some(person) = person(&at.at("personalDetails")) {
            let key = self.party(at, under, RelatedRole::Staff, person, at);
            self.birth_name(at, Some(&key));
            self.contact(at, Some(&key));
        } else {
            self.name(&at.at("contactDetails").at("contactName"), under, RelatedRole::Staff, &[PartyKind::Person]);
        }
    }

    fn counterparty(&mut self, at: &Node<'_>) {
        let details = at.at("personalDetails");
        let person = person(&details);
        let company = Some(company(at)).filter(|company| !company.full_name().is_empty());
        let kind = if company.is_some() { PartyKind::Business } else { PartyKind::Person };
        let key = match (company, person) {
            (Some(company), other) => {
                let key = self.party(at, None, RelatedRole::Counterparty, company, at);
                if let Some(person) = other {
                    self.party(&details, Some(&key), RelatedRole::Counterparty, person, at);
                }
                Some(key)
            }
            (None, Some(person)) => Some(self.party(at, None, RelatedRole::Counterparty, person, at)),
            (None, None) => None,
        };
        // The owners of somebody else's company are not ours: they stand under it even where it has no name.
        let under = key.unwrap_or_else(|| at.path().to_owned());
        self.around(at, Some(&under));
        self.names_of(at, Some(&under), kind);
        self.account(&at.at("referenceAccount"), Some(&under));
    }

    /// Other names of a party: at birth, in its contact, its trademark, what it does business as.
    fn names_of(&mut self, holder: &Node<'_>, key: Option<&str>, kind: PartyKind) {
        self.birth_name(holder, key);
        let other = RelatedRole::OtherName;
        self.name(&holder.at("contactDetails").at("contactName"), key, other, kinds_of_contact(kind));
        self.name(&holder.at("companyDetails").at("trademark"), key, other, &[PartyKind::Business]);
        for trade_name in holder.at("dba").items() {
            self.name(&trade_name.at("contactName"), key, other, &EITHER);
        }
    }

    fn contact(&mut self, at: &Node<'_>, key: Option<&str>) {
        let business = at.at("companyDetails").at("companyName").text().is_some();
        let kind = if business { PartyKind::Business } else { PartyKind::Person };
        self.name(&at.at("contactDetails").at("contactName"), key, RelatedRole::OtherName, kinds_of_contact(kind));
        self.name(&at.at("companyDetails").at("trademark"), key, RelatedRole::OtherName, &[PartyKind::Business]);
    }

    /// The person under the family name it was born with.
    fn birth_name(&mut self, holder: &Node<'_>, under: Option<&str>) {
        let details = holder.at("personalDetails");
        let at = details.at("personName").at("nameAtBirth");
        let (Some(born), Some(Party::Person(person))) = (at.text(), person(&details)) else { return };
        let name = PersonName { last: Pii(born.to_owned()), ..person.name };
        let party = Party::Person(Person { name, ..person });
        if self.known(&party) {
            self.party(&at, under, RelatedRole::OtherName, party, holder);
        }
    }

    fn accounts(&mut self, holder: &Node<'_>) {
        self.account(&holder.at("referenceAccount"), None);
        for account in holder.at("characteristics").at("majorCounterpartyAccounts").items() {
            self.account(&account, None);
        }
        let relationship = holder.at("customerRelationshipDetails");
        for name in ["allAccounts", "allAcounts"] {
            for account in relationship.at(name).items() {
                self.account(&account, None);
            }
        }
    }

    fn account(&mut self, at: &Node<'_>, under: Option<&str>) {
        let both = [PartyKind::Person, PartyKind::Business];
        self.name(&at.at("holder"), under, RelatedRole::AccountHolder, &both);
        self.name(&at.at("location").at("contactName"), under, RelatedRole::AccountHolder, &both);
    }

    /// A party of which only a name is known, as each kind it may be, unless the name stands somewhere already.
    fn name(&mut self, at: &Node<'_>, under: Option<&str>, role: RelatedRole, kinds: &[PartyKind]) {
        let Some(name) = at.text() else { return };
        if kinds.iter().any(|kind| self.names.contains(&(*kind, folded(name)))) {
            return;
        }
        for (number, kind) in kinds.iter().enumerate() {
            let party = match kind {
                PartyKind::Business => Party::Business(Business {
                    name: Pii(name.to_owned()),
                    formed_on: None,
                    jurisdiction: None,
                    tax_id: None,
                }),
                PartyKind::Person => Party::Person(named(name)),
            };
            self.known(&party);
            let key = match kind {
                _ if number == 0 => at.path().to_owned(),
                PartyKind::Business => format!("{} as a company", at.path()),
                PartyKind::Person => format!("{} as a person", at.path()),
            };
            self.related.push(Related {
                key,
                role,
                under: under.map(str::to_owned),
                share_millionths: None,
                title: None,
                party,
                residences: Vec::new(),
                numbers: Vec::new(),
            });
        }
    }
}

/// A company, or the person who trades under its own name.
const EITHER: [PartyKind; 2] = [PartyKind::Business, PartyKind::Person];

/// Whom a contact may name: of a company, somebody in it as well.
fn kinds_of_contact(kind: PartyKind) -> &'static [PartyKind] {
    match kind {
        PartyKind::Business => &EITHER,
        PartyKind::Person => &EITHER[1..],
    }
}

fn folded(name: &str) -> String {
    name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// A person by a name in one piece, given names first.
fn named(name: &str) -> Person {
    let (first, last) = name.rsplit_once(char::is_whitespace).unwrap_or(("", name));
    let name = PersonName { first: Pii(first.trim().to_owned()), last: Pii(last.to_owned()), ..PersonName::default() };
    Person { name, ..nobody() }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the share was checked to be in [0, 1]")]
fn share(holder: &Node<'_>) -> Option<u32> {
    let share = holder.at("share").number().filter(|share| (0.0..=1.0).contains(share))?;
    Some((share * WHOLE).round() as u32)
}
