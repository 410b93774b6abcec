//! Who shares what with whom, without keeping what: keyed tokens of normalised values, within a tenant and, for those
//! who take part, across tenants.
//!
//! Only customers that are evaluated have links. A tenant's tokens are of its own key, so that between two tenants nothing
//! can be compared; the network's are of a key of the house, made of the values that carry a flag and of no others. A
//! tenant takes part from the moment its setting [`NETWORK_SHARE`] is `true`, with the customers that are written from
//! then on; the moment it is not, nobody sees them any more.

pub(crate) mod facts;
pub(crate) mod write;

use std::collections::BTreeMap;

use db::{Sql, Value, sql, values};
use onboarding::signals::network::Link;
use onboarding::signals::shared;
use onboarding::{Customer, TenantId};

use crate::rows::id;
use crate::statements::statements;
use crate::vault::key::Key;

statements! {
    MEMBER_PUT = sql("INSERT INTO network_members (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO NOTHING");
    MEMBER_DELETE = sql("DELETE FROM network_members WHERE tenant_id=$1");
}

/// The setting by which a tenant takes part in the network.
pub const NETWORK_SHARE: &str = "network.share";

/// Raised when a normaliser changes: tokens of another version meet nothing.
const NORMALISER_VERSION: u8 = 1;

const TOKEN_BYTES: usize = 16;

/// Stands for one value of one kind, under one key.
pub(crate) type Token = [u8; TOKEN_BYTES];

/// Whose key a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// The tenant's.
    Tenant,
    /// The house's.
    Network,
}

/// One thing a customer can be met by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Linked {
    pub scope: Scope,
    pub link: Link,
    pub token: Token,
}

/// Everything a customer can be met by: within its tenant, and in the network if its tenant takes part.
pub(crate) fn linked(customer: &Customer, tenant: &Key, network: Option<&Key>) -> Vec<Linked> {
    let mut linked = Vec::new();
    for one in shared::values(customer) {
        linked.push(Linked { scope: Scope::Tenant, link: one.link, token: token(one.link, &one.value, tenant) });
        if let Some(key) = network.filter(|_| one.link.carries_a_flag()) {
            linked.push(Linked { scope: Scope::Network, link: one.link, token: token(one.link, &one.value, key) });
        }
    }
    linked
}

fn token(link: Link, value: &str, key: &Key) -> Token {
    let parts: [&[u8]; 3] = [link.as_str().as_bytes(), &[NORMALISER_VERSION], value.as_bytes()];
    let digest = key.digest("vestibule/link/1", &parts);
    *digest.first_chunk().expect("a digest has 32 bytes")
}

/// Keeps who takes part in step with the settings that are being written.
pub(crate) fn follow_settings(tenant: TenantId, settings: &BTreeMap<String, String>) -> (Sql, Vec<Value>) {
    let shares = settings.get(NETWORK_SHARE).is_some_and(|value| value == "true");
    (if shares { MEMBER_PUT } else { MEMBER_DELETE }, values![id(tenant.0)])
}
