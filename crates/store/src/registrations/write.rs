//! Registrations are made, put, changed, restarted and deleted, each as a part of a write.

use db::{Expect, sql, values};
use jiff::Timestamp;
use onboarding::EventKind;

use super::{Registration, sealed};
use crate::context::Ctx;
use crate::deliveries::end::put_aside;
use crate::rows::{count, id, time};
use crate::statements::statements;
use crate::vault::keyring::TenantKeys;
use crate::write::{Meaning, Statements};

statements! {
    REGISTRATION_INSERT = sql(
        "INSERT INTO registrations (tenant_id, id, dialect, name, events, customer_id, mode, callback_url, format, \
         retry_times, retry_seconds, sealed, state, created_at, changed_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    );
    // In the place of the one of its name, whatever became of that: its id and the time it was made stay.
    REGISTRATION_PUT = sql(
        "INSERT INTO registrations (tenant_id, id, dialect, name, events, customer_id, mode, callback_url, format, \
         retry_times, retry_seconds, sealed, state, created_at, changed_at, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         ON CONFLICT (tenant_id, dialect, name) WHERE state <> 'deleted' DO UPDATE SET events=excluded.events, \
         customer_id=excluded.customer_id, mode=excluded.mode, callback_url=excluded.callback_url, \
         format=excluded.format, retry_times=excluded.retry_times, retry_seconds=excluded.retry_seconds, \
         sealed=excluded.sealed, state=excluded.state, changed_at=excluded.changed_at, \
         version=registrations.version+1",
    );
    REGISTRATION_UPDATE = sql(
        "UPDATE registrations SET name=$1, events=$2, customer_id=$3, mode=$4, callback_url=$5, format=$6, \
         retry_times=$7, retry_seconds=$8, sealed=$9, state=$10, changed_at=$11, version=$12 \
         WHERE tenant_id=$13 AND id=$14 AND version=$15 AND state <> 'deleted'",
    );
    REGISTRATION_DELETE = sql(
        "UPDATE registrations SET callback_url=NULL, sealed=NULL, state='deleted', changed_at=$1, version=version+1 \
         WHERE tenant_id=$2 AND id=$3 AND version=$4 AND state <> 'deleted'",
    );
    REGISTRATION_DELETE_NAMED = sql(
        "UPDATE registrations SET callback_url=NULL, sealed=NULL, state='deleted', changed_at=$1, version=version+1 \
         WHERE tenant_id=$2 AND dialect=$3 AND name=$4 AND state <> 'deleted'",
    );
    HELD_MAKE_DUE = sql(
        "UPDATE deliveries SET due_at=$1 WHERE tenant_id=$2 AND registration_id=$3 AND state='pending' \
         AND attempt_id IS NULL AND due_at > $1",
    );
    // Where a time is compared with 0, all such rows have one: it makes SQLite use the index of what waits, or of what
    // failed, and not go through all that the tenant was ever told.
    // What failed for a registration about one customer is owed again: nobody else would ask for it.
    FAILED_MAKE_DUE = sql(
        "UPDATE deliveries SET state='pending', attempts=0, attempt_id=NULL, due_at=$1 \
         WHERE tenant_id=$2 AND registration_id=$3 AND state='failed' AND customer_id IS NOT NULL \
         AND last_attempted_at >= 0",
    );
    // The same by name, and only where the put makes a difference to what was waiting: a put that repeats what is there
    // shortens no wait and costs no try.
    PUT_HELD_MAKE_DUE = sql(
        "UPDATE deliveries SET attempts=0, due_at=$1 \
         WHERE tenant_id=$2 AND registration_id=(SELECT r.id FROM registrations r WHERE r.tenant_id=$2 \
         AND r.dialect=$3 AND r.name=$4 AND r.state <> 'deleted' \
         AND (r.state='suspended' OR NOT r.callback_url IS NOT DISTINCT FROM $5)) \
         AND state='pending' AND attempt_id IS NULL AND due_at >= 0",
    );
    PUT_FAILED_MAKE_DUE = sql(
        "UPDATE deliveries SET state='pending', attempts=0, attempt_id=NULL, due_at=$1 \
         WHERE tenant_id=$2 AND registration_id=(SELECT r.id FROM registrations r WHERE r.tenant_id=$2 \
         AND r.dialect=$3 AND r.name=$4 AND r.state <> 'deleted' \
         AND (r.state='suspended' OR NOT r.callback_url IS NOT DISTINCT FROM $5)) \
         AND state='failed' AND customer_id IS NOT NULL AND last_attempted_at >= 0",
    );
}

/// What a write does to a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Create,
    Put,
    Change,
    Restart,
    Delete,
}

/// Adds what is done to a registration.
pub(crate) fn put(ctx: &Ctx, keys: &TenantKeys, registration: &Registration, step: Step, statements: &mut Statements) {
    let meaning = Meaning::Registration;
    let (tenant, known_by) = (id(ctx.tenant.0), id(registration.id.0));
    let changed_at = time(registration.changed_at);
    match step {
        Step::Create => {
            statements.add(&REGISTRATION_INSERT, inserted(ctx, keys, registration), Expect::Rows(1), meaning);
        }
        Step::Put => {
            let owed = values![
                changed_at,
                tenant,
                &registration.dialect,
                &registration.name,
                registration.callback_url.as_ref()
            ];
            if registration.customer.is_some() {
                statements.add(&PUT_FAILED_MAKE_DUE, owed.clone(), Expect::Any, meaning);
            }
            statements.add(&PUT_HELD_MAKE_DUE, owed, Expect::Any, meaning);
            statements.add(&REGISTRATION_PUT, inserted(ctx, keys, registration), Expect::Rows(1), meaning);
        }
        Step::Change | Step::Restart => {
            let due = values![changed_at.clone(), tenant.clone(), known_by.clone()];
            let update = values![
                &registration.name,
                words(registration),
                registration.customer.map(|customer| id(customer.0)),
                registration.mode.as_str(),
                registration.callback_url.as_ref(),
                &registration.format,
                registration.retries.map(|retries| retries.times),
                registration.retries.map(|retries| retries.back_off_seconds),
                sealed::seal(keys, registration),
                registration.state.as_str(),
                changed_at,
                count(registration.version),
                tenant,
                known_by,
                count(registration.version.saturating_sub(1))
            ];
            statements.add(&REGISTRATION_UPDATE, update, Expect::Rows(1), meaning);
            if step == Step::Restart {
                statements.add(&HELD_MAKE_DUE, due.clone(), Expect::Any, meaning);
                if registration.customer.is_some() {
                    statements.add(&FAILED_MAKE_DUE, due, Expect::Any, meaning);
                }
            }
        }
        Step::Delete => {
            let delete = values![changed_at, tenant, known_by, count(registration.version)];
            statements.add(&REGISTRATION_DELETE, delete, Expect::Rows(1), meaning);
            if registration.customer.is_some() {
                let (put_aside, values) = put_aside(ctx.tenant, registration.id);
                statements.add(&put_aside, values, Expect::Any, meaning);
            }
        }
    }
}

/// Adds the end of the registration of this name, if there is one. It must not be about one customer.
pub(crate) fn delete_named(ctx: &Ctx, dialect: &str, name: &str, now: Timestamp, statements: &mut Statements) {
    let delete = values![time(now), id(ctx.tenant.0), dialect, name];
    statements.add(&REGISTRATION_DELETE_NAMED, delete, Expect::AtMost(1), Meaning::Registration);
}

fn inserted(ctx: &Ctx, keys: &TenantKeys, registration: &Registration) -> Vec<db::Value> {
    values![
        id(ctx.tenant.0),
        id(registration.id.0),
        &registration.dialect,
        &registration.name,
        words(registration),
        registration.customer.map(|customer| id(customer.0)),
        registration.mode.as_str(),
        registration.callback_url.as_ref(),
        &registration.format,
        registration.retries.map(|retries| retries.times),
        registration.retries.map(|retries| retries.back_off_seconds),
        sealed::seal(keys, registration),
        registration.state.as_str(),
        time(registration.created_at),
        time(registration.changed_at),
        count(registration.version)
    ]
}

/// The events' words, each followed by a comma.
fn words(registration: &Registration) -> String {
    registration.events.iter().map(|event| EventKind::as_str(*event)).fold(String::new(), |all, word| all + word + ",")
}
