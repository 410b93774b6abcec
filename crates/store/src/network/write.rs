//! Keeps a customer's links in step with the customer, in the same transaction.

use std::collections::BTreeSet;

use db::{Expect, sql, values};
use onboarding::{Customer, CustomerId};

use super::{Scope, TOKEN_BYTES, Token, linked};
use crate::context::Ctx;
use crate::error::StoreError;
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::write::{Meaning, Statements};

statements! {
    MEMBER = sql("SELECT tenant_id FROM network_members WHERE tenant_id=$1");
    LINK_PUT = sql(
        "INSERT INTO customer_links (tenant_id, token, created_at, customer_id, flagged) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tenant_id, token, created_at, customer_id) DO UPDATE SET flagged=excluded.flagged",
    );
    LINK_DELETE = sql(
        "DELETE FROM customer_links WHERE tenant_id=$1 AND token=$2 AND created_at=$3 AND customer_id=$4",
    );
    NETWORK_LINK_PUT = sql(
        "INSERT INTO network_links (tenant_id, token, created_at, customer_id, flagged) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (token, created_at, tenant_id, customer_id) DO UPDATE SET flagged=excluded.flagged",
    );
    NETWORK_LINK_DELETE = sql(
        "DELETE FROM network_links WHERE tenant_id=$1 AND token=$2 AND created_at=$3 AND customer_id=$4",
    );
}

/// The links of a customer, as its row keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Links {
    flagged: bool,
    tokens: BTreeSet<(Scope, Token)>,
}

impl Links {
    /// The links of a customer that is being written; none for one that is not evaluated.
    pub async fn of(store: &Store, ctx: &Ctx, keys: &TenantKeys, customer: &Customer) -> Result<Self, StoreError> {
        let Some(evaluation) = &customer.evaluation else { return Ok(Self::default()) };
        let member = store.db().read_one(&MEMBER, values![id(ctx.tenant.0)]).await?.is_some();
        let network = member.then(|| store.network_key());
        let linked = linked(customer, &keys.blind, network);
        let tokens = linked.into_iter().map(|one| (one.scope, one.token)).collect();
        Ok(Self { flagged: evaluation.flag.is_some(), tokens })
    }

    /// What the row keeps.
    pub fn packed(&self) -> Vec<u8> {
        if self.tokens.is_empty() {
            return Vec::new();
        }
        let scope = |scope: Scope| u8::from(scope == Scope::Network);
        let tokens = self.tokens.iter().flat_map(|(of, token)| std::iter::once(scope(*of)).chain(*token));
        std::iter::once(u8::from(self.flagged)).chain(tokens).collect()
    }

    /// Reads [`Self::packed`] back.
    pub fn unpacked(row: &Reader<'_>) -> Result<Self, StoreError> {
        let Some((flagged, tokens)) = row.bytes("links")?.split_first() else { return Ok(Self::default()) };
        let (tokens, rest) = tokens.as_chunks::<{ TOKEN_BYTES + 1 }>();
        if !rest.is_empty() {
            return Err(row.inconsistent("its links are cut off"));
        }
        let one = |packed: &[u8; TOKEN_BYTES + 1]| {
            let (scope, token) = packed.split_first()?;
            Some((if *scope == 0 { Scope::Tenant } else { Scope::Network }, *token.first_chunk()?))
        };
        Ok(Self { flagged: *flagged != 0, tokens: tokens.iter().filter_map(one).collect() })
    }

    /// Puts these in place of those before. A flag that is set or taken back is put on all of them.
    pub fn put(&self, before: &Self, ctx: &Ctx, customer: &Customer, statements: &mut Statements) {
        let key = |token: &Token| values![id(ctx.tenant.0), token, time(customer.created_at), id(customer.id.0)];
        for (scope, token) in before.tokens.difference(&self.tokens) {
            let delete = if *scope == Scope::Tenant { &LINK_DELETE } else { &NETWORK_LINK_DELETE };
            statements.add(delete, key(token), Expect::AtMost(1), Meaning::Customer);
        }
        let turned = self.flagged != before.flagged;
        for (scope, token) in self.tokens.iter().filter(|one| turned || !before.tokens.contains(*one)) {
            let put = if *scope == Scope::Tenant { &LINK_PUT } else { &NETWORK_LINK_PUT };
            let mut values = key(token);
            values.push(self.flagged.into());
            statements.add(put, values, Expect::Rows(1), Meaning::Customer);
        }
    }
}

/// Removes the links of a customer that is forgotten, as its row keeps them.
pub(crate) fn forget(
    ctx: &Ctx,
    customer: CustomerId,
    row: &Reader<'_>,
    statements: &mut Statements,
) -> Result<(), StoreError> {
    let created_at = time(row.time("created_at")?);
    for (scope, token) in &Links::unpacked(row)?.tokens {
        let delete = if *scope == Scope::Tenant { &LINK_DELETE } else { &NETWORK_LINK_DELETE };
        let key = values![id(ctx.tenant.0), token, created_at.clone(), id(customer.0)];
        statements.add(delete, key, Expect::AtMost(1), Meaning::Customer);
    }
    Ok(())
}
