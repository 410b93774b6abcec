//! Who the customer is: a person or a business.

use jiff::civil::Date;

use crate::pii::Pii;
use crate::tax_id::TaxId;

/// The person or business being onboarded.
#[derive(Debug, Clone, PartialEq)]
pub enum Party {
    /// A human being.
    Person(Person),
    /// An organisation.
    Business(Business),
}

/// Whether a customer is a person or a business; policies speak of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartyKind {
    /// A human being.
    Person,
    /// An organisation.
    Business,
}

/// A human being.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The name, in parts.
    pub name: PersonName,
    /// Day of birth.
    pub birth_date: Option<Pii<Date>>,
    /// ISO 3166-1 alpha-2 in lower case.
    pub citizenship: Option<Pii<String>>,
    /// Tax number.
    pub tax_id: Option<TaxId>,
    /// Whether the person says to be politically exposed (FATF recommendation 12).
    pub declared_pep: bool,
}

/// A person's name in parts, each already trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    /// `Dr`, `Mrs`.
    pub prefix: Option<Pii<String>>,
    /// Given name.
    pub first: Pii<String>,
    /// Middle names.
    pub middle: Option<Pii<String>>,
    /// Family name.
    pub last: Pii<String>,
    /// `Jr`, `III`.
    pub suffix: Option<Pii<String>>,
    /// What the person likes to be called.
    pub preferred: Option<Pii<String>>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Business {
    /// Registered name.
    pub name: Pii<String>,
    /// Day of formation.
    pub formed_on: Option<Date>,
    /// ISO 3166-1 alpha-2 in lower case, where it is registered.
    pub jurisdiction: Option<String>,
    /// Tax number.
    pub tax_id: Option<TaxId>,
}

impl PersonName {
    /// The parts that are there, joined by blanks: first, middle, last, suffix.
    #[must_use]
    pub fn full(&self) -> Pii<String> {
        let mut full = String::new();
        let parts = [Some(&self.first), self.middle.as_ref(), Some(&self.last), self.suffix.as_ref()];
        for part in parts.into_iter().flatten().filter(|part| !part.is_empty()) {
            if !full.is_empty() {
                full.push(' ');
            }
            full.push_str(part);
        }
        Pii(full)
    }
}

impl Party {
    /// Person or business.
    #[must_use]
    pub fn kind(&self) -> PartyKind {
        match self {
            Self::Person(_) => PartyKind::Person,
            Self::Business(_) => PartyKind::Business,
        }
    }

    /// The name in full.
    #[must_use]
    pub fn full_name(&self) -> Pii<String> {
        match self {
            Self::Person(person) => person.name.full(),
            Self::Business(business) => business.name.clone(),
        }
    }

    /// The tax number, if given.
    #[must_use]
    pub fn tax_id(&self) -> Option<&TaxId> {
        match self {
            Self::Person(person) => person.tax_id.as_ref(),
            Self::Business(business) => business.tax_id.as_ref(),
        }
    }

    /// Whether a screening would ask something else of the two.
    #[must_use]
    pub fn screens_differently(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Person(a), Self::Person(b)) => {
                (&a.name, &a.birth_date, &a.citizenship, &a.tax_id, a.declared_pep)
                    != (&b.name, &b.birth_date, &b.citizenship, &b.tax_id, b.declared_pep)
            }
            (a, b) => a != b,
        }
    }
}
