//! The chain: pure functions from facts to hashes, so that anybody can verify an exported journal.
//!
//! ```text
//! hash(n) = SHA-256( "vestibule/journal/1" | hash(n-1) | seq | tenant | event | customer | kind | number | about | to
//!                    | actor | at )
//! ```
//! Every part is preceded by its length as a u32, big-endian; a part that is absent has the length 0xFFFFFFFF and no
//! bytes. Numbers are u64 and times i64 (microseconds since 1970), both big-endian; ids their 16 bytes; words UTF-8.
//! hash(0) is 32 zero bytes.

use jiff::Timestamp;
use onboarding::id::EventId;
use onboarding::{CustomerId, EventKind, TenantId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::context::Actor;
use crate::time::micros;

const DOMAIN: &[u8] = b"vestibule/journal/1";
const ABSENT: u32 = u32::MAX;

/// Something that happened, as the journal tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its id.
    pub event: EventId,
    /// Whose journal it stands in.
    pub tenant: TenantId,
    /// To whom it happened.
    pub customer: CustomerId,
    /// What.
    pub kind: EventKind,
    /// The customer's how manyth, from 1.
    pub number: u64,
    /// The record or case it is about, where it is not the customer as a whole.
    pub about: Option<Uuid>,
    /// The state something moved to.
    pub to: Option<String>,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

/// A fact that has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the tenant's journal, from 1 without gaps.
    pub seq: u64,
    /// Its hash, which covers all before it.
    pub hash: [u8; 32],
    /// The fact.
    pub fact: Fact,
}

/// How far a tenant's journal reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    /// The number of the last entry; 0 where there is none.
    pub seq: u64,
    /// Its hash; zero where there is none.
    pub hash: [u8; 32],
}

impl Head {
    /// The entry that follows, and the head it makes.
    #[must_use]
    pub fn extend(self, fact: Fact) -> (Self, Entry) {
        let seq = self.seq + 1;
        let hash = hash(&self.hash, seq, &fact);
        (Self { seq, hash }, Entry { seq, hash, fact })
    }
}

/// The hash of an entry after another.
#[must_use]
pub fn hash(previous: &[u8; 32], seq: u64, fact: &Fact) -> [u8; 32] {
    let mut hash = Sha256::new();
    let actor = fact.actor.to_string();
    let parts: [Option<&[u8]>; 12] = [
        Some(DOMAIN),
        Some(previous),
        Some(&seq.to_be_bytes()),
        Some(fact.tenant.0.as_bytes()),
        Some(fact.event.0.as_bytes()),
        Some(fact.customer.0.as_bytes()),
        Some(fact.kind.as_str().as_bytes()),
        Some(&fact.number.to_be_bytes()),
        fact.about.as_ref().map(|about| about.as_bytes().as_slice()),
        fact.to.as_ref().map(String::as_bytes),
        Some(actor.as_bytes()),
        Some(&micros(fact.at).to_be_bytes()),
    ];
    for part in parts {
        match part {
            Some(part) => {
                hash.update(u32::try_from(part.len()).unwrap_or(ABSENT - 1).to_be_bytes());
                hash.update(part);
            }
            None => hash.update(ABSENT.to_be_bytes()),
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact() -> Fact {
        Fact {
            event: EventId(Uuid::from_u128(1)),
            tenant: TenantId(Uuid::from_u128(2)),
            customer: CustomerId(Uuid::from_u128(3)),
            kind: EventKind::CustomerOnboarded,
            number: 1,
            about: None,
            to: None,
            actor: Actor::System,
            at: Timestamp::from_microsecond(1_700_000_000_000_000).expect("a time"),
        }
    }

    /// An exported journal must verify with a later release: this value is a promise.
    #[test]
    fn the_hash_of_a_known_fact_never_changes() {
        let (head, _) = Head::default().extend(fact());
        assert_eq!(hex::encode(head.hash), "2aa767875fc2878625adff49a4ae3992ca19dbc9fcfd4e47eb6dc9fe64b1b388");
    }

    #[test]
    fn every_field_counts() {
        let base = hash(&[0; 32], 1, &fact());
        let other = TenantId(Uuid::from_u128(9));
        let changed = [
            Fact { event: EventId(Uuid::from_u128(9)), ..fact() },
            Fact { tenant: other, ..fact() },
            Fact { customer: CustomerId(Uuid::from_u128(9)), ..fact() },
            Fact { kind: EventKind::CaseOpened, ..fact() },
            Fact { number: 2, ..fact() },
            Fact { about: Some(Uuid::nil()), ..fact() },
            Fact { to: Some(String::new()), ..fact() },
            Fact { actor: Actor::Operator("system".to_owned()), ..fact() },
            Fact { at: Timestamp::UNIX_EPOCH, ..fact() },
        ];
        for changed in changed {
            assert_ne!(hash(&[0; 32], 1, &changed), base, "{changed:?}");
        }
        assert_ne!(hash(&[0; 32], 2, &fact()), base);
        assert_ne!(hash(&[1; 32], 1, &fact()), base);
    }

    #[test]
    fn an_absent_part_is_not_an_empty_one_and_parts_do_not_run_together() {
        let with = |to: Option<&str>, actor: &str| Fact {
            to: to.map(str::to_owned),
            actor: Actor::Operator(actor.to_owned()),
            ..fact()
        };
        let hashes =
            [with(None, "ab"), with(Some(""), "ab"), with(Some("a"), "b")].map(|fact| hash(&[0; 32], 1, &fact));
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
    }
}
