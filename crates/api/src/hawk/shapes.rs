//! The request tree, as data: every field of it, and how it may be written.
//!
//! One table for three readers: the check of a request ([`super::check`]), the mapping to the domain, and the test that
//! writes every field in every way. What the table does not name is kept with the request and otherwise ignored.

use std::fmt;

/// How a field may be written.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A text that says who somebody is or where to answer: a mistake in it is never forgiven.
    Name,
    /// A text that no decision depends on.
    Text,
    /// An identifier or code: a text, or a whole number that is read as its digits.
    Code,
    /// The same, and it says who somebody is.
    Key,
    /// An amount or a count: a number, or a text that is one.
    Number,
    /// A part of the whole, from 0 to 1.
    Share,
    /// `true` or `false`.
    Flag,
    /// A date of any precision that a decision reads: `2019`, `2019-10`, `2019-10-16`, `2019-10-16T14:38:47`.
    Date,
    /// A list of texts.
    Texts,
    /// A list of identifiers.
    Codes,
    /// A list of web links: texts, or objects with `title` and `url`.
    Links,
    /// An object.
    One(&'static Shape),
    /// A list of objects.
    Many(&'static Shape),
}

/// An object: its fields.
pub struct Shape {
    /// What it is called in the vendor's document.
    pub name: &'static str,
    /// Its fields, in the vendor's words. Where the vendor's tables and examples write one name in two ways, both are here.
    pub fields: &'static [(&'static str, Kind)],
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The shapes refer to each other in a circle.
        f.write_str(self.name)
    }
}

use Kind::{Code, Codes, Date, Flag, Key, Links, Many, Name, Number, One, Share, Text, Texts};

/// The whole request.
pub static REQUEST: Shape = Shape {
    name: "GatewayCustomerChecks",
    fields: &[
        ("callbackUrl", Name),
        ("customerReviewSchedule", One(&REVIEW_SCHEDULE)),
        ("masterData", One(&MASTER_DATA)),
        ("network", Text),
    ],
};

static REVIEW_SCHEDULE: Shape = Shape { name: "CustomerReviewSchedule", fields: &[("nextReviewDate", Date)] };

static MASTER_DATA: Shape = Shape {
    name: "MasterData",
    fields: &[
        ("accountHoldingPartyData", One(&HOLDER)),
        ("counterpartyData", One(&COUNTERPARTY)),
        ("flags", Texts),
        ("underwriterData", One(&UNDERWRITER)),
    ],
};

static HOLDER: Shape = Shape {
    name: "AccountHoldingPartyData",
    fields: &[
        ("accountReplaced", Flag),
        ("accountReplacedNotes", Text),
        ("characteristics", One(&CHARACTERISTICS)),
        ("companyDetails", One(&COMPANY)),
        ("contactDetails", One(&CONTACT)),
        ("customerGroupId", Code),
        ("customerId", Key),
        ("customerRelationshipDetails", One(&RELATIONSHIP)),
        ("customerSince", Text),
        ("customerStatus", Text),
        ("customerType", Name),
        ("dba", Many(&CONTACT)),
        ("deviceDetails", One(&DEVICE)),
        ("flags", Texts),
        ("personalDetails", One(&PERSON)),
        ("referenceAccount", One(&ACCOUNT)),
        ("registrationDetails", One(&REGISTRATION)),
        ("riskLevel", Name),
        ("role", Text),
        ("signedProducts", Texts),
        ("taxId", Key),
        ("taxIdType", Text),
    ],
};

static COUNTERPARTY: Shape = Shape {
    name: "CounterpartyData",
    fields: &[
        ("companyDetails", One(&COMPANY)),
        ("contactDetails", One(&CONTACT)),
        ("customerId", Key),
        ("dba", Many(&CONTACT)),
        ("personalDetails", One(&PERSON)),
        ("referenceAccount", One(&ACCOUNT)),
        ("role", Text),
        ("taxId", Key),
        ("taxIdType", Text),
        ("verificationDate", Text),
    ],
};

static UNDERWRITER: Shape = Shape { name: "UnderwriterData", fields: &[("name", Name), ("underwriterId", Code)] };

static CHARACTERISTICS: Shape = Shape {
    name: "Characteristics",
    fields: &[
        ("businessPurposeDistribution", Many(&DISTRIBUTION)),
        ("customerSince", Text),
        ("depositDelay", Code),
        ("discountFrequency", Text),
        ("employmentDetails", One(&EMPLOYMENT)),
        ("entryModeDistribution", Many(&DISTRIBUTION)),
        ("expectedIncomeDaily", Number),
        ("expectedIncomeMonthly", Number),
        ("expectedIncomeYearly", Number),
        ("expectedTicketSizeAverage", Number),
        ("expectedTicketSizeMax", Number),
        ("expectedTransactionCountDaily", Number),
        ("expectedTransactionCountMonthly", Number),
        ("expectedTransactionCountYearly", Number),
        ("expectedVolumeDaily", Number),
        ("expectedVolumeMonthly", Number),
        ("expectedVolumeVolatility", Text),
        ("expectedVolumeYearly", Number),
        ("majorCounterpartyAccounts", Many(&ACCOUNT)),
    ],
};

static EMPLOYMENT: Shape = Shape { name: "EmploymentDetails", fields: &[("status", Text)] };

static DISTRIBUTION: Shape = Shape { name: "Distribution", fields: &[("labels", Texts), ("share", Share)] };

static RELATIONSHIP: Shape = Shape {
    name: "CustomerRelationshipDetails",
    fields: &[
        ("allAccounts", Many(&RELATIONSHIP_ACCOUNT)),
        ("allAcounts", Many(&RELATIONSHIP_ACCOUNT)),
        ("businessUnit", Text),
        ("exemptions", Texts),
        ("staff", Many(&STAFF)),
    ],
};

static DEVICE: Shape = Shape {
    name: "DeviceDetails",
    fields: &[("deviceId", Code), ("deviceType", Text), ("entryChannel", Text), ("operatingSystem", Text)],
};

static REGISTRATION: Shape = Shape {
    name: "RegistrationDetails",
    fields: &[("internetServiceProvider", Text), ("ipAddress", Text), ("ipCountry", Text)],
};

static COMPANY: Shape = Shape {
    name: "CompanyDetails",
    fields: &[
        ("assessments", Many(&ASSESSMENT)),
        ("businessDescription", Text),
        ("businessPurposes", Codes),
        ("companyId", Code),
        ("companyName", Name),
        ("countryOfRegistration", Text),
        ("division", Text),
        ("inBusinessSince", Text),
        ("legalForm", Text),
        ("organizationType", Text),
        ("shareholders", Many(&SHAREHOLDER)),
        ("shareholdersStructure", One(&STRUCTURE)),
        ("staff", Many(&STAFF)),
        ("trademark", Name),
    ],
};

static STRUCTURE: Shape = Shape { name: "ShareholdersStructure", fields: &[("complexOwnership", Text)] };

static SHAREHOLDER: Shape = Shape {
    name: "Shareholder",
    fields: &[
        ("companyDetails", One(&COMPANY)),
        ("contactDetails", One(&CONTACT)),
        ("liability", Text),
        ("personalDetails", One(&PERSON)),
        ("role", Text),
        ("share", Share),
    ],
};

static STAFF: Shape = Shape {
    name: "StaffMember",
    fields: &[("contactDetails", One(&CONTACT)), ("personalDetails", One(&PERSON)), ("role", Text)],
};

static PERSON: Shape = Shape {
    name: "PersonalDetails",
    fields: &[
        ("assessments", Many(&ASSESSMENT)),
        ("countryOfBirth", Text),
        ("countryOfResidence", Text),
        ("dateOfBirth", Date),
        ("gender", Text),
        ("identityDocuments", Many(&DOCUMENT)),
        ("nationality", Text),
        ("occupation", Text),
        ("personName", One(&PERSON_NAME)),
        ("placeOfBirth", Text),
        ("socialSecurityNumber", Key),
    ],
};

static PERSON_NAME: Shape = Shape {
    name: "PersonName",
    fields: &[("firstName", Name), ("lastName", Name), ("middleNames", Name), ("nameAtBirth", Name)],
};

static DOCUMENT: Shape = Shape {
    name: "IdentityDocument",
    fields: &[
        ("expiryDate", Text),
        ("id", Key),
        ("issuingAuthority", Text),
        ("issuingCountry", Text),
        ("issuingState", Text),
        ("kind", Text),
        ("link", Text),
    ],
};

static ASSESSMENT: Shape = Shape {
    name: "Assessment",
    fields: &[
        ("date", Text),
        ("name", Text),
        ("notes", Text),
        ("referenceId", Code),
        ("score", Number),
        ("status", Text),
    ],
};

static CONTACT: Shape = Shape {
    name: "ContactDetails",
    fields: &[
        ("addressValidSince", Text),
        ("allAssignedCustomerIds", Codes),
        ("contactId", Code),
        ("contactName", Name),
        ("contactNameExtended", Text),
        ("country", Text),
        ("emailAddresses", Texts),
        ("phoneNumbers", Codes),
        ("region", Text),
        ("regionExtended", Text),
        ("street", Text),
        ("streetExtended", Text),
        ("town", Text),
        ("unstructuredAddress", Text),
        ("webLinks", Links),
        ("zip", Code),
    ],
};

static ACCOUNT: Shape = Shape { name: "Account", fields: ACCOUNT_FIELDS };

/// An account of the relationship has all that an account has, and its contract.
static RELATIONSHIP_ACCOUNT: Shape = Shape { name: "RelationshipAccount", fields: ACCOUNT_FIELDS };

const ACCOUNT_FIELDS: &[(&str, Kind)] = &[
    ("accountClosureDate", Text),
    ("accountEmailId", Text),
    ("accountId", Code),
    ("accountNumber", Code),
    ("accountOpeningDate", Text),
    ("accountStatus", Text),
    ("accountType", Text),
    ("attributes", Texts),
    ("bankCountry", Text),
    ("bankIdentifier", Text),
    ("bankName", Text),
    ("contractualDetails", One(&CONTRACT)),
    ("countryOfSettlement", Text),
    ("creditLimitDetails", One(&CREDIT_LIMIT)),
    ("currency", Text),
    ("expiry", Code),
    ("flags", Texts),
    ("holder", Name),
    ("Last4Digits", Code),
    ("last4Digits", Code),
    ("location", One(&CONTACT)),
    ("overdraftLimit", Number),
    ("productCode", Code),
    ("productType", Text),
    ("schema", Text),
    ("scheme", Text),
    ("webLinks", Links),
];

static CONTRACT: Shape = Shape {
    name: "ContractualDetails",
    fields: &[
        ("contractEndDate", Text),
        ("contractOneOffPayment", Number),
        ("contractStartDate", Text),
        ("contractStatus", Text),
        ("contractValueMonthly", Number),
        ("contractValueTotal", Number),
        ("contractValueYearly", Number),
    ],
};

static CREDIT_LIMIT: Shape = Shape { name: "CreditLimitDetails", fields: &[("amount", Number), ("currency", Text)] };
