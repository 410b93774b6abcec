//! What a sandbox decides by itself: the aliases of an e-mail address that the vendor's documents promise an outcome for
//! (`erna+LC_ACCEPTED@example.com`). Nobody else's address decides anything.

use super::diligence::{Proof, Reason, Verdict};
use crate::customer::Customer;

/// Between the name and the alias.
const MARK: &str = "+LC_";

/// What is concluded of something that proves this, by the customer's first e-mail address; nothing, if a person is to look.
#[must_use]
pub fn verdict(customer: &Customer, proof: Proof) -> Option<Verdict> {
    let address = &customer.emails.primary()?.value.address;
    let (_, alias) = address.rsplit_once('@')?.0.rsplit_once(MARK)?;
    let document = |reason| match proof {
        Proof::Document => Verdict::Refused(reason),
        _ => Verdict::Validated,
    };
    Some(match alias {
        "ACCEPTED" => Verdict::Validated,
        "FRAUD" => Verdict::Fraud,
        "DOC_EXPIRED" => document(Reason::ExpiredDocument),
        "DOC_QUALITY" => document(Reason::BlurredDocument),
        "DOC_MISSING" | "DOC_FRAMED" => document(Reason::IncompleteDocument),
        "DOC_UNSUPPORTED" | "DOC_UNAUTHORIZED" => document(Reason::NoIdentityDocument),
        "BIO_QUALITY" if proof == Proof::Selfie => Verdict::Refused(Reason::TooDarkSelfie),
        "BIO_QUALITY" => Verdict::Validated,
        "OTHER" => document(Reason::DataMismatch),
        // `DOC_RECEIPT` and `EXPIRED` stay with a person, or with the time.
        _ => return None,
    })
}
