//! One listed party: what a published list says of a person, organisation, vessel, aircraft or wallet.
//!
//! The model follows FollowTheMoney's vocabulary (schemas, topics, properties), so that every published format fits
//! and nothing of a list is lost for the reviewer. All values are as published, trimmed; comparison prepares its own.

use std::fmt;

use crate::date::DateRange;

/// A listed party's id, stable over versions of its list: `ofac-7771`, `un-6908555`, or the FollowTheMoney id itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityId(pub String);

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of thing is listed (FollowTheMoney schema names).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Schema {
    /// A human being.
    Person,
    /// A party of unknown legal nature: a person or an organisation.
    LegalEntity,
    /// An organisation that is not known to be a company.
    Organization,
    /// A company.
    Company,
    /// A ship.
    Vessel,
    /// An aircraft.
    Airplane,
    /// A digital currency address listed on its own.
    CryptoWallet,
    /// An address listed on its own.
    Address,
    /// Anything else that a list may name (securities, goods).
    Thing,
}

impl Schema {
    /// Every kind there is.
    pub const ALL: [Self; 9] = [
        Self::Person,
        Self::LegalEntity,
        Self::Organization,
        Self::Company,
        Self::Vessel,
        Self::Airplane,
        Self::CryptoWallet,
        Self::Address,
        Self::Thing,
    ];
}

/// How good a listed name is, in the list's own judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// The name the list leads with.
    Primary,
    /// A name the party is also known by (OFAC strong a.k.a., UN "Good" quality).
    Alias,
    /// A name the party has given up (f.k.a.).
    Former,
    /// A broad or low-quality alias (OFAC weak a.k.a., UN "Low" quality, EU `strong="false"`).
    Weak,
}

/// One name of a listed party.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListedName {
    /// The name in its natural order where the list tells the parts apart (`Given Middle SURNAME`), else as published.
    pub text: String,
    /// How good it is.
    pub kind: NameKind,
    /// ISO 639 code of the language, where the list gives one.
    pub language: Option<String>,
}

/// The parts of a person's primary name, where the list tells them apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct NameParts {
    /// Given names, first to last.
    pub given: Vec<String>,
    /// Family names.
    pub family: Vec<String>,
    /// Father's name or patronymic.
    pub father: Vec<String>,
}

/// A person's gender, as listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Published, and neither of the two.
    Other,
}

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdentifierKind {
    /// A passport.
    Passport,
    /// A national identity card or number.
    NationalId,
    /// A tax number (SSN, EIN, INN, VAT).
    TaxId,
    /// A company registration number.
    Registration,
    /// A legal entity identifier (ISO 17442).
    Lei,
    /// A business identifier code (ISO 9362).
    Bic,
    /// A ship's IMO number.
    Imo,
    /// A ship's MMSI.
    Mmsi,
    /// A call sign of a ship or aircraft, or an aircraft's tail number.
    CallSign,
    /// A digital currency address.
    Wallet,
    /// Any other document or number.
    Other,
}

/// A document or number that belongs to the listed party.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// The value, as published.
    pub value: String,
    /// Issuing country, ISO 3166-1 alpha-2 in lower case, where known.
    pub country: Option<String>,
    /// What the list calls it (`National ID No.`, `Digital Currency Address - XBT`).
    pub label: Option<String>,
}

/// How a country belongs to the party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CountryRole {
    /// A nationality or citizenship.
    Nationality,
    /// The country of an address or residence.
    Residence,
    /// The country of birth.
    Birth,
    /// The jurisdiction of registration, or a ship's flag.
    Jurisdiction,
    /// Connected in another way (the regime it is listed under, an unspecified `country`).
    Other,
}

/// A country of the party.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country {
    /// ISO 3166-1 alpha-2 in lower case, with the usual additions for former and unrecognised states (`suhh`, `xk`).
    pub code: String,
    /// How it belongs.
    pub role: CountryRole,
}

/// Why a party is listed: FollowTheMoney's risk topics, the ones that screening acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u16)]
pub enum Topic {
    /// `sanction`: under sanctions.
    Sanction = 1 << 0,
    /// `sanction.linked`: linked to a sanctioned party (by ownership, for instance).
    SanctionLinked = 1 << 1,
    /// `role.pep`: a politically exposed person.
    Pep = 1 << 2,
    /// `role.rca`: relative or close associate of one.
    Rca = 1 << 3,
    /// `wanted`: wanted by police.
    Wanted = 1 << 4,
    /// `debarment`: barred from public contracts or exports.
    Debarred = 1 << 5,
    /// `crime` and its kin: named in connection with crime.
    Crime = 1 << 6,
    /// `poi` and others: of special interest.
    Interest = 1 << 7,
    /// On an institution's own list of parties it does not serve.
    Blocked = 1 << 8,
    /// `export.control`: trade and export restrictions.
    ExportControl = 1 << 9,
    /// `reg.action`, `reg.warn`: warned of or acted against by a supervisor.
    Regulatory = 1 << 10,
    /// Named by the media in connection with wrongdoing; our own word, FollowTheMoney has none.
    AdverseMedia = 1 << 11,
}

/// A set of topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Topics(pub u16);

impl Topics {
    /// No topic.
    pub const NONE: Self = Self(0);

    /// The set with this one topic.
    #[must_use]
    pub const fn of(topic: Topic) -> Self {
        Self(topic as u16)
    }

    /// The set with this topic added.
    #[must_use]
    pub const fn with(self, topic: Topic) -> Self {
        Self(self.0 | topic as u16)
    }

    /// Whether the topic is in the set.
    #[must_use]
    pub const fn has(self, topic: Topic) -> bool {
        self.0 & topic as u16 != 0
    }

    /// Whether the two sets share a topic.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// All topics of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// One listed party of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Stable id.
    pub id: EntityId,
    /// What it is.
    pub schema: Schema,
    /// Every name, the primary one first; never empty.
    pub names: Vec<ListedName>,
    /// The primary name's parts, for a person whose list tells them apart.
    pub parts: NameParts,
    /// Dates of birth, each as exact as published; for an organisation or ship, of incorporation or building.
    pub birth_dates: Vec<DateRange>,
    /// Dates of death, if listed.
    pub death_dates: Vec<DateRange>,
    /// Places of birth, as published.
    pub birth_places: Vec<String>,
    /// Countries and how they belong.
    pub countries: Vec<Country>,
    /// Gender, if listed.
    pub gender: Option<Gender>,
    /// Documents and numbers.
    pub identifiers: Vec<Identifier>,
    /// Addresses, each on one line.
    pub addresses: Vec<String>,
    /// Titles, functions and positions held.
    pub positions: Vec<String>,
    /// Why it is listed.
    pub topics: Topics,
    /// Programmes, regimes or regulations it is listed under (`SDGT`, `QDi.430`).
    pub programmes: Vec<String>,
    /// What else the list says, for a reviewer.
    pub notes: Vec<String>,
    /// Links to other entries or parties, as published: (relation, id or name).
    pub links: Vec<(String, String)>,
    /// Where the entry can be looked up by a reviewer.
    pub source_url: Option<String>,
    /// First day on the list, if published.
    pub listed_on: Option<DateRange>,
    /// Last change of the entry, if published.
    pub changed_on: Option<DateRange>,
}

impl Entity {
    /// An entity with one primary name and nothing else known.
    #[must_use]
    pub fn new(id: impl Into<String>, schema: Schema, name: impl Into<String>) -> Self {
        Self {
            id: EntityId(id.into()),
            schema,
            names: vec![ListedName { text: name.into(), kind: NameKind::Primary, language: None }],
            parts: NameParts::default(),
            birth_dates: Vec::new(),
            death_dates: Vec::new(),
            birth_places: Vec::new(),
            countries: Vec::new(),
            gender: None,
            identifiers: Vec::new(),
            addresses: Vec::new(),
            positions: Vec::new(),
            topics: Topics::NONE,
            programmes: Vec::new(),
            notes: Vec::new(),
            links: Vec::new(),
            source_url: None,
            listed_on: None,
            changed_on: None,
        }
    }

    /// The name the list leads with.
    #[must_use]
    pub fn caption(&self) -> &str {
        self.names.first().map_or("", |name| name.text.as_str())
    }
}
