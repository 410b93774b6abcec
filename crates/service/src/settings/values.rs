//! What the settings of a tenant say, beside its policy: one part a dialect, and what several of them read.

use std::collections::BTreeMap;
use std::time::Duration;

use onboarding::iban::Issuer;
use onboarding::{Pii, Policy};

/// Everything that is in force for a tenant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InForce {
    /// The rules that decisions are made by.
    pub policy: Policy,
    /// Everything else.
    pub settings: Settings,
}

/// What is in force beside the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// For documents of customers.
    pub documents: Documents,
    /// For the faces of customers.
    pub faces: Faces,
    /// For the Hawk dialect.
    pub hawk: Hawk,
    /// For the Waldo dialect.
    pub waldo: Waldo,
    /// For the FinHub dialect.
    pub finhub: Finhub,
    /// For the Xpollens dialect.
    pub xpollens: Xpollens,
    /// From how many percent of a business on its owners are beneficial owners.
    pub ownership_threshold_percent: f64,
}

/// For documents of customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents {
    /// Who looks at them, if somebody outside does.
    pub verifier_url: Option<String>,
    /// The secret that what is sent there is signed with.
    pub verifier_secret: Option<Pii<String>>,
}

/// For the faces of customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faces {
    /// Who compares them with documents, if somebody outside does.
    pub comparer_url: Option<String>,
    /// The secret that what is sent there is signed with.
    pub comparer_secret: Option<Pii<String>>,
}

/// For the Hawk dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hawk {
    /// The header in which a callback shows the secret.
    pub callback_secret_header: String,
    /// The secret that a callback shows, if it shows one.
    pub callback_secret: Option<Pii<String>>,
    /// How long a caller is kept waiting for a check before it is told to wait for the callback.
    pub budget: Duration,
}

/// For the Waldo dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct Waldo {
    /// Where events of a tenant go.
    pub webhook_url: Option<String>,
    /// Where events of a sandbox tenant go.
    pub sandbox_webhook_url: Option<String>,
    /// The fraud score in [0, 1], 1 being safe, from which on a customer is approved.
    pub approve_at: f64,
    /// The fraud score in [0, 1] below which a customer is rejected; never above [`Self::approve_at`].
    pub reject_below: f64,
}

/// For the FinHub dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finhub {
    /// Whose account numbers its wallets get.
    pub issuer: Issuer,
    /// How tokens of its users are signed.
    pub jwt_algorithm: JwtAlgorithm,
    /// The key of the tenant that approves customers of high risk; the tenant itself if there is none.
    pub power_tenant: Option<String>,
}

/// For the Xpollens dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Xpollens {
    /// Where callbacks go that have no address of their own.
    pub callback_url: Option<String>,
    /// Where callbacks of a type go, out of [`CALLBACK_TYPES`].
    pub callback_url_of: BTreeMap<&'static str, String>,
    /// The user and password that callbacks show, if they show any.
    pub callback_basic: Option<(String, Pii<String>)>,
    /// How a callback's body looks.
    pub envelope: Envelope,
    /// The origins whose pages may frame the identification page, beside our own.
    pub frame_ancestors: Vec<String>,
    /// Whose account numbers are booked for its customers.
    pub issuer: Issuer,
    /// The code of that bank for transfers from elsewhere (ISO 9362), if it is told.
    pub bic: Option<String>,
    /// The secret that a bank signs with which tells of money.
    pub transfer_secret: Option<Pii<String>>,
}

impl Default for Xpollens {
    fn default() -> Self {
        Self {
            callback_url: None,
            callback_url_of: BTreeMap::new(),
            callback_basic: None,
            envelope: Envelope::default(),
            frame_ancestors: Vec::new(),
            // No French bank has the code 99999, so that no money can go there.
            issuer: Issuer::new("FR", "9999900001").expect("it has the shape of a French bank and branch"),
            bic: None,
            transfer_secret: None,
        }
    }
}

/// The types of callbacks that are told, in the order of their settings' keys.
pub const CALLBACK_TYPES: [&str; 13] = [
    "15",
    "31",
    "32",
    "34",
    "35",
    "36",
    "4",
    "44",
    "45",
    "48",
    "PoliticallyExposedPersonStatusCreatedOrUpdated",
    "StrongAuthenticationRequestCreatedOrUpdated",
    "UserCreatedOrUpdated",
];

/// How the body of a callback looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Envelope {
    /// `{"Payload":{…}}`.
    #[default]
    Payload,
    /// The payload alone.
    Bare,
}

impl Envelope {
    /// The word in a setting.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Bare => "bare",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Payload, Self::Bare].into_iter().find(|known| known.as_str() == text)
    }
}

impl Xpollens {
    /// Where callbacks of this type go, if anywhere.
    #[must_use]
    pub fn address_of(&self, of_type: &str) -> Option<&String> {
        self.callback_url_of.get(of_type).or(self.callback_url.as_ref())
    }
}

/// The issuer where none is set: German bank codes begin with 1 to 8, so that no bank has it and no money can go there.
fn nobody() -> Issuer {
    Issuer::new("DE", "99999999").expect("it has the shape of a German bank code")
}

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwtAlgorithm {
    /// With a key that only this house knows.
    Hs256,
    /// With a key whose public half anybody may read.
    EdDsa,
}

impl JwtAlgorithm {
    /// The word in a setting, which is that in a token's header (RFC 7518, RFC 8037).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::EdDsa => "EdDSA",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Hs256, Self::EdDsa].into_iter().find(|known| known.as_str() == text)
    }
}

impl Settings {
    /// From which fraction of a business on its owners are beneficial owners.
    #[must_use]
    pub fn ownership_threshold(&self) -> f64 {
        self.ownership_threshold_percent / 100.0
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            documents: Documents::default(),
            faces: Faces::default(),
            hawk: Hawk {
                // The vendor does not publish the header's name.
                callback_secret_header: "X-Callback-Secret".to_owned(),
                callback_secret: None,
                budget: Duration::from_secs(2),
            },
            waldo: Waldo { webhook_url: None, sandbox_webhook_url: None, approve_at: 0.8, reject_below: 0.4 },
            finhub: Finhub { issuer: nobody(), jwt_algorithm: JwtAlgorithm::Hs256, power_tenant: None },
            xpollens: Xpollens::default(),
            // What the law of the European Union and that of the United States both say.
            ownership_threshold_percent: 25.0,
        }
    }
}
