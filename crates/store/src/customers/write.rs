//! Writes customers: the aggregate, its check states in clear, its look-ups.

use std::collections::BTreeSet;

use db::{Expect, sql, values};
use onboarding::changes::Work;
use onboarding::{Changes, Customer};

use super::read::{party_word, place, unwrap};
use crate::accounts;
use crate::context::Ctx;
use crate::documents;
use crate::error::StoreError;
use crate::network::write::Links;
use crate::open::Store;
use crate::rows::{Reader, count, id, time};
use crate::statements::statements;
use crate::vault::blind::{self, TOKEN_BYTES, Token};
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::SealKey;
use crate::write::{Meaning, Statements};

statements! {
    CUSTOMER_KEY_INSERT = sql("INSERT INTO customer_keys (tenant_id, customer_id, wrapped) VALUES ($1, $2, $3)");
    CUSTOMER_INSERT = sql(
        "INSERT INTO customers (tenant_id, id, version, event_count, status, kind, cif_number, created_at, changed_at, \
         tokens, links, sealed, risk_level, screened_generation, due_generation) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, \
         (SELECT COALESCE(MAX(generation), 0) FROM generations))",
    );
    CUSTOMER_UPDATE = sql(
        "UPDATE customers SET version=$1, event_count=$2, status=$3, cif_number=$4, changed_at=$5, tokens=$6, \
         links=$7, sealed=$8, risk_level=$9, screened_generation=COALESCE($10, screened_generation), \
         due_generation = CASE WHEN CAST($11 AS BIGINT) = 0 THEN due_generation \
         ELSE (SELECT COALESCE(MAX(generation), 0) FROM generations) END \
         WHERE tenant_id=$12 AND id=$13 AND version=$14",
    );
    CUSTOMER_BEFORE = sql(
        "SELECT c.id, c.version, c.tokens, c.links, k.wrapped FROM customers c \
         LEFT JOIN customer_keys k ON k.tenant_id=c.tenant_id AND k.customer_id=c.id WHERE c.tenant_id=$1 AND c.id=$2",
    );
    CHECK_UPSERT = sql(
        "INSERT INTO checks (tenant_id, customer_id, kind, state, changed_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (tenant_id, customer_id, kind) DO UPDATE SET state=excluded.state, changed_at=excluded.changed_at",
    );
    TOKEN_INSERT = sql("INSERT INTO customer_index (tenant_id, token, customer_id) VALUES ($1, $2, $3)");
    TOKEN_DELETE = sql("DELETE FROM customer_index WHERE tenant_id=$1 AND token=$2 AND customer_id=$3");
}

/// Adds the customer of a decision, and answers with the key that seals it. `None` where another version is stored, so
/// that the write can only conflict.
pub(crate) async fn put(
    store: &Store,
    ctx: &Ctx,
    keys: &TenantKeys,
    changes: &Changes,
    statements: &mut Statements,
) -> Result<Option<SealKey>, StoreError> {
    let customer = &changes.customer;
    let tokens = blind::tokens(customer, &keys.blind);
    let links = Links::of(store, ctx, keys, customer).await?;
    if customer.version == 1 {
        let (key, wrapped) = keys.create_customer_key(customer.id);
        let insert = values![id(ctx.tenant.0), id(customer.id.0), wrapped];
        statements.add(&CUSTOMER_KEY_INSERT, insert, Expect::Rows(1), Meaning::Customer);
        insert_customer(ctx, customer, &key, &tokens, &links, statements);
        links.put(&Links::default(), ctx, customer, statements);
        accounts::put(store, ctx, customer, statements);
        return Ok(Some(key));
    }
    let Some(row) = store.read_one_with_key(&CUSTOMER_BEFORE, values![id(ctx.tenant.0), id(customer.id.0)]).await?
    else {
        return Ok(None);
    };
    let row = Reader::new(&row, "customers", "id");
    if row.number::<u64>("version")? + 1 != customer.version {
        return Ok(None);
    }
    let key = unwrap(&row, keys, customer.id)?;
    let before = tokens_before(&row)?;
    update_customer(ctx, changes, &key, &tokens, &links, statements);
    links.put(&Links::unpacked(&row)?, ctx, customer, statements);
    accounts::put(store, ctx, customer, statements);
    for token in before.iter().filter(|token| !tokens.contains(token)) {
        let delete = values![id(ctx.tenant.0), token, id(customer.id.0)];
        statements.add(&TOKEN_DELETE, delete, Expect::AtMost(1), Meaning::Customer);
    }
    insert_tokens(ctx, customer, tokens.iter().filter(|token| !before.contains(*token)), statements);
    Ok(Some(key))
}

fn insert_customer(
    ctx: &Ctx,
    customer: &Customer,
    key: &SealKey,
    tokens: &[Token],
    links: &Links,
    statements: &mut Statements,
) {
    let insert = values![
        id(ctx.tenant.0),
        id(customer.id.0),
        count(customer.version),
        count(customer.event_count),
        customer.status.as_str(),
        party_word(&customer.party),
        &customer.cif_number,
        time(customer.created_at),
        time(customer.changed_at),
        tokens.concat(),
        links.packed(),
        seal(ctx, customer, key),
        risk_level(customer)
    ];
    statements.add(&CUSTOMER_INSERT, insert, Expect::Rows(1), Meaning::Customer);
    insert_tokens(ctx, customer, tokens.iter(), statements);
    put_checks(ctx, customer, |_| true, statements);
}

fn update_customer(
    ctx: &Ctx,
    changes: &Changes,
    key: &SealKey,
    tokens: &[Token],
    links: &Links,
    statements: &mut Statements,
) {
    let customer = &changes.customer;
    let screened = changes.evidence.as_ref().map(|evidence| count(evidence.screened.generation));
    // What is to be screened from now on is to be screened against the lists of now, by whichever node.
    let due = i64::from(changes.work.contains(&Work::Screen));
    let update = values![
        count(customer.version),
        count(customer.event_count),
        customer.status.as_str(),
        &customer.cif_number,
        time(customer.changed_at),
        tokens.concat(),
        links.packed(),
        seal(ctx, customer, key),
        risk_level(customer),
        screened,
        due,
        id(ctx.tenant.0),
        id(customer.id.0),
        count(customer.version - 1)
    ];
    statements.add(&CUSTOMER_UPDATE, update, Expect::Rows(1), Meaning::Customer);
    // A check that did not move in this decision stands as it was.
    put_checks(ctx, customer, |check| check.changed_at == customer.changed_at, statements);
}

fn put_checks(ctx: &Ctx, customer: &Customer, moved: impl Fn(&onboarding::Check) -> bool, statements: &mut Statements) {
    for (kind, check) in customer.checks.iter().filter(|(_, check)| moved(check)) {
        let upsert =
            values![id(ctx.tenant.0), id(customer.id.0), kind.as_str(), check.state.as_str(), time(check.changed_at)];
        statements.add(&CHECK_UPSERT, upsert, Expect::Rows(1), Meaning::Customer);
    }
}

fn insert_tokens<'t>(
    ctx: &Ctx,
    customer: &Customer,
    tokens: impl Iterator<Item = &'t Token>,
    statements: &mut Statements,
) {
    for token in tokens {
        let insert = values![id(ctx.tenant.0), token, id(customer.id.0)];
        statements.add(&TOKEN_INSERT, insert, Expect::Rows(1), Meaning::Customer);
    }
}

fn seal(ctx: &Ctx, customer: &Customer, key: &SealKey) -> Vec<u8> {
    key.seal(&place(&ctx.tenant, &customer.id.0, customer.version), &documents::customer::encode(customer))
}

/// In clear, so that it can be counted.
fn risk_level(customer: &Customer) -> Option<&'static str> {
    customer.rating.as_ref().map(|rating| rating.level.as_str())
}

/// The tokens that the stored row of a customer stands in the index by.
pub(crate) fn tokens_before(row: &Reader<'_>) -> Result<BTreeSet<Token>, StoreError> {
    let (tokens, rest) = row.bytes("tokens")?.as_chunks::<TOKEN_BYTES>();
    if !rest.is_empty() {
        return Err(row.inconsistent("its tokens are cut off"));
    }
    Ok(tokens.iter().copied().collect())
}
