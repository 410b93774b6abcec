//! What a sandbox decides by itself: the aliases of an e-mail address that the vendor's documents promise an outcome for
//! (`erna+LC_ACCEPTED@example.com`). Nobody else's address decides anything.

use super::diligence::{Proof, Reason, Verdict};
use crate::customer::Customer;

/// Before each alias; an address may have several, in any order.
const MARK: char = '+';
/// What an alias of the document's or the face's check begins with.
const CHECK: &str = "LC_";

/// What is concluded of something that proves this, by the customer's first e-mail address; nothing, if a person is to look.
#[must_use]
pub fn verdict(customer: &Customer, proof: Proof) -> Option<Verdict> {
    let address = &customer.emails.primary()?.value.address;
    let mut aliases = address.rsplit_once('@')?.0.split(MARK).skip(1);
    aliases.find_map(|alias| decided(alias.strip_prefix(CHECK)?, proof))
}

/// What an alias decides of something that proves this; nothing, if it is unknown.
fn decided(alias: &str, proof: Proof) -> Option<Verdict> {
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
        // A receipt alone, which says that a document was asked for, is none either.
        "DOC_UNSUPPORTED" | "DOC_UNAUTHORIZED" | "DOC_RECEIPT" => document(Reason::NoIdentityDocument),
        "BIO_QUALITY" if proof == Proof::Selfie => Verdict::Refused(Reason::TooDarkSelfie),
        "BIO_QUALITY" => Verdict::Validated,
        // "Other reason", which the list of reasons in callbacks does not have.
        "OTHER" | "EXPIRED" => document(Reason::DataMismatch),
        _ => return None,
    })
}
