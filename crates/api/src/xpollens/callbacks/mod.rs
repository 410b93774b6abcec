//! What goes out: each type of callback, with its keys spelt as the vendor's document spells them.
//!
//! A callback is rendered when it is sent. What moved is told as it was then (the event says to which state); everything
//! else as it is now.

pub mod dialect;
pub mod frame;
pub mod identity;
pub mod money;
pub mod signature;
pub mod user;

use onboarding::admission::Moved;
use onboarding::admission::standing::standing;
use onboarding::admission::{Admission, Standing};
use onboarding::event::RecordKind;
use onboarding::{Customer, EventKind};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use service::settings::Envelope;
use service::{Delivery, Told};

use frame::SignatureHeaders;

/// The type that tells of users.
pub const USER: &str = "UserCreatedOrUpdated";
/// The type that tells of politically exposed persons.
pub const EXPOSED: &str = "PoliticallyExposedPersonStatusCreatedOrUpdated";
/// The type that tells of signatures under something of the institution's own.
pub const OWN_SIGNATURE: &str = "StrongAuthenticationRequestCreatedOrUpdated";

/// One callback, ready to be put into its frame.
#[derive(Debug)]
pub struct Callback {
    /// Its type.
    pub of_type: &'static str,
    /// What it says.
    pub payload: Box<RawValue>,
    /// What it says in headers, if it is one that does.
    pub headers: Option<SignatureHeaders>,
}

/// Every happening that callbacks of this type tell of.
#[must_use]
pub fn events(of_type: &str) -> Vec<EventKind> {
    let moved = |what| vec![EventKind::Admission(what)];
    match of_type {
        "15" => moved(Moved::Freeze),
        "31" => moved(Moved::Transfer),
        "32" => vec![EventKind::RiskChanged],
        "34" => moved(Moved::Standing),
        "35" => moved(Moved::Activation),
        "36" | OWN_SIGNATURE => moved(Moved::Signature),
        "4" => moved(Moved::Demand),
        "44" => moved(Moved::Tax),
        "45" => moved(Moved::Account),
        "48" => moved(Moved::Page),
        EXPOSED => moved(Moved::Filtering),
        USER => {
            let mut events = vec![EventKind::CustomerOnboarded, EventKind::NameChanged, EventKind::ProfileChanged];
            for kind in [RecordKind::Address, RecordKind::Phone, RecordKind::Email] {
                events.extend([EventKind::Added(kind), EventKind::Changed(kind), EventKind::Removed(kind)]);
            }
            events
        }
        _ => Vec::new(),
    }
}

/// What is told of, and to whom.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// What happened.
    pub delivery: &'a Delivery,
    /// To whom.
    pub customer: &'a Customer,
    /// Its admission.
    pub admission: &'a Admission,
    /// Where it stands now.
    pub standing: Standing,
    /// How the body is to look: the newer form has more keys.
    pub envelope: Envelope,
    /// Where the house can be reached from outside.
    pub public_url: &'a str,
}

impl<'a> Scene<'a> {
    /// The institution's id of the customer.
    #[must_use]
    pub fn app_user_id(&self) -> &'a str {
        self.admission.app_user_id.as_str()
    }

    /// The state that something moved to.
    #[must_use]
    pub fn to(&self) -> &'a str {
        self.delivery.to.as_deref().unwrap_or_default()
    }

    /// Whether the newer form is wanted.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        self.envelope == Envelope::Bare
    }
}

/// The callback that tells of a delivery to the registration of a type; nothing where there is nothing to be told, or
/// nobody to tell of any more.
#[must_use]
pub fn callback(told: &Told<'_>, public_url: &str) -> Option<Callback> {
    let customer = told.customer?;
    let admission = customer.admission.as_ref()?;
    let scene = Scene {
        delivery: told.delivery,
        customer,
        admission,
        standing: standing(customer, &told.house.policy.admission)?,
        envelope: told.house.settings.xpollens.envelope,
        public_url,
    };
    let of_type = service::settings::CALLBACK_TYPES.into_iter().find(|known| *known == told.registration.name)?;
    let plain = |payload: Option<Box<RawValue>>| Some(Callback { of_type, payload: payload?, headers: None });
    match of_type {
        "15" => plain(user::freeze(&scene)),
        "31" => plain(money::transfer(&scene)),
        "32" => plain(user::risk(&scene)),
        "34" => plain(user::standing(&scene)),
        "35" => plain(identity::activation(&scene)),
        "36" => {
            signature::signature(&scene).map(|(payload, headers)| Callback { of_type, payload, headers: Some(headers) })
        }
        "4" => plain(identity::demand(&scene)),
        "44" => plain(identity::tax(&scene)),
        "45" => plain(money::account(&scene)),
        "48" => plain(identity::page(&scene)),
        EXPOSED => plain(user::exposed(&scene)),
        OWN_SIGNATURE => plain(signature::own(&scene)),
        USER => plain(user::record(&scene)),
        _ => None,
    }
}

/// The payload as it goes out: members in the order of its type.
fn raw<T: Serialize>(payload: &T) -> Box<RawValue> {
    to_raw_value(payload).expect("a payload holds texts, numbers, lists and objects")
}
