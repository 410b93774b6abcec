//! Evaluations: asked for, concluded, told by.
//!
//! - [`onboard`]: a customer is let in, or sent again, and evaluated;
//! - [`later`]: fraud checks, flags and decisions afterwards; [`find`]: who is looked for;
//! - [`documents`]: what customers send; [`verifier`]: who looks at it outside the house; [`work`]: what happens behind: the screener's conclusions taken further, and fraud checks of their own.

mod documents;
mod find;
mod later;
mod onboard;
pub(crate) mod verifier;
mod work;

use onboarding::Customer;
use onboarding::evaluation::conclude::Rules;
use onboarding::evaluation::{FraudScore, Kyc};

use crate::{Caller, Service};

pub use documents::NewDocument;
pub use find::Sought;
pub use onboard::NewCustomer;

/// What somebody gets who asked for an evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The customer as it is now; what is found is not yet known.
    pub customer: Customer,
    /// What the caller will be told under.
    pub request_id: String,
    /// What its identity alone says, at once.
    pub preliminary: Preliminary,
}

/// What the identity of a customer says before any list was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preliminary {
    /// There is no answer in time.
    Late,
    /// This much is known.
    Identity(Kyc),
}

/// How often a use case starts again when another writer was faster. Each time somebody else succeeded.
const TRIES_MAX: u32 = 8;

/// Characters of a request id.
const REQUEST_ID_CHARS: usize = 10;

const ALPHANUMERICS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Service {
    /// An id that nobody can guess, in the form that the vendor shows: ten letters and digits.
    fn request_id(&self) -> String {
        let mut id = String::with_capacity(REQUEST_ID_CHARS);
        while id.len() < REQUEST_ID_CHARS {
            // 248 is the last multiple of 62 in a byte: what is above would make some characters likelier.
            let fair = self.random_bytes().into_iter().filter(|byte| *byte < 248);
            let characters = fair.filter_map(|byte| ALPHANUMERICS.get(usize::from(byte % 62)));
            id.extend(characters.take(REQUEST_ID_CHARS - id.len()).map(|character| char::from(*character)));
        }
        id
    }
}

/// From which scores the tenant lets in and turns away.
pub(crate) fn rules(house: &Caller) -> Rules {
    let waldo = &house.settings.waldo;
    Rules { approve_at: FraudScore::of(waldo.approve_at), reject_below: FraudScore::of(waldo.reject_below) }
}
