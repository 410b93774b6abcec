//! What a list of customers is narrowed to. The statement's shape is built from constant pieces; a value never is.

use db::{Sql, Value};
use jiff::Timestamp;
use onboarding::party::PartyKind;
use onboarding::{CheckKind, CustomerId, CustomerStatus, TenantId};

use super::read::{SELECT, kind_word};
use crate::rows::{count, id, time};
use crate::vault::blind::Lookup;
use crate::vault::key::Key;

/// Which customers are meant: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerFilter {
    /// This one.
    pub id: Option<CustomerId>,
    /// With this number of the bank.
    pub cif_number: Option<String>,
    /// With each of these values: tax number, caller's id, e-mail, phone, document.
    pub lookups: Vec<Lookup>,
    /// Persons or businesses.
    pub kind: Option<PartyKind>,
    /// With each of these checks in one of its states, in the words of [`onboarding::CheckState::as_str`].
    pub checks: Vec<(CheckKind, Vec<&'static str>)>,
    /// Let in at this time or later.
    pub created_from: Option<Timestamp>,
    /// Let in before this time.
    pub created_before: Option<Timestamp>,
    /// The newest first, and not the oldest.
    pub newest_first: bool,
    /// In this status.
    pub status: Option<CustomerStatus>,
}

/// Most states and values that one filter may name: a bound on the statement's length.
const TERMS_MAX: usize = 32;

/// A statement and its parameters, growing.
struct Built {
    text: String,
    values: Vec<Value>,
}

impl Built {
    fn parameter(&mut self, value: Value) {
        self.values.push(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
    }

    fn and(&mut self, condition: &str, value: Value) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.parameter(value);
    }
}

impl CustomerFilter {
    /// The statement for one page, or `None` where nobody can fit.
    pub(crate) fn page(&self, tenant: TenantId, key: &Key, offset: u64, limit: u32) -> Option<(Sql, Vec<Value>)> {
        let states: usize = self.checks.iter().map(|(_, states)| states.len()).sum();
        if self.lookups.len() + self.checks.len() + states > TERMS_MAX {
            return None;
        }
        let mut built = Built { text: format!("{SELECT} WHERE c.tenant_id="), values: Vec::new() };
        built.parameter(id(tenant.0));
        if let Some(customer) = self.id {
            built.and("c.id=", id(customer.0));
        }
        if let Some(number) = &self.cif_number {
            // No text with a NUL character was ever stored.
            if number.contains('\0') {
                return None;
            }
            built.and("c.cif_number=", number.into());
        }
        for lookup in &self.lookups {
            let token = lookup.token(key)?;
            built.and("c.id IN (SELECT customer_id FROM customer_index WHERE tenant_id=$1 AND token=", token.into());
            built.text.push(')');
        }
        if let Some(kind) = self.kind {
            built.and("c.kind=", kind_word(kind).into());
        }
        for (kind, states) in &self.checks {
            built.and(
                "EXISTS (SELECT 1 FROM checks k WHERE k.tenant_id=c.tenant_id AND k.customer_id=c.id AND k.kind=",
                kind.as_str().into(),
            );
            built.text.push_str(" AND k.state IN (");
            for (at, state) in states.iter().enumerate() {
                built.text.push_str(if at == 0 { "" } else { ", " });
                built.parameter((*state).into());
            }
            built.text.push_str("))");
            if states.is_empty() {
                return None;
            }
        }
        if let Some(from) = self.created_from {
            built.and("c.created_at>=", time(from));
        }
        if let Some(before) = self.created_before {
            built.and("c.created_at<", time(before));
        }
        if let Some(status) = self.status {
            built.and("c.status=", status.as_str().into());
        }
        let order = if self.newest_first { "c.created_at DESC, c.id DESC" } else { "c.created_at, c.id" };
        built.text.push_str(" ORDER BY ");
        built.text.push_str(order);
        built.text.push_str(" LIMIT ");
        built.parameter(limit.into());
        built.text.push_str(" OFFSET ");
        built.parameter(count(offset));
        Some((Sql::built(built.text), built.values))
    }
}
