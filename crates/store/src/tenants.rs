//! Tenants: the institutions, each with keys of its own.

use std::collections::BTreeMap;

use db::{Batch, Expect, Row, WriteError, sql, values};
use jiff::Timestamp;
use onboarding::TenantId;

use crate::context::Ctx;
use crate::credentials::NewCredential;
use crate::error::{CommitError, StoreError};
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::keyring::{GENERATION, TenantKeys};
use crate::{journal, network};

statements! {
    TENANT_KEY_INSERT = sql("INSERT INTO tenant_keys (tenant_id, generation, wrapped) VALUES ($1, $2, $3)");
    TENANT_INSERT = sql(
        "INSERT INTO tenants (id, key, name, sandbox, settings, version, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
    );
    TENANT = sql("SELECT id, key, name, sandbox, settings, version, created_at FROM tenants WHERE id=$1");
    TENANT_BY_KEY = sql("SELECT id, key, name, sandbox, settings, version, created_at FROM tenants WHERE key=$1");
    TENANTS = sql("SELECT id, key, name, sandbox, settings, version, created_at FROM tenants ORDER BY created_at, id");
    SETTINGS_UPDATE = sql("UPDATE tenants SET settings=$1, version=version+1, changed_at=$2 WHERE id=$3 AND version=$4");
}

/// One institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The short name by which headers and people call it; unique.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Whether it only plays: the sandbox list is screened as well.
    pub sandbox: bool,
    /// Its rules, in words the service knows. Kept in clear: no secrets.
    pub settings: BTreeMap<String, String>,
    /// Raised by every change.
    pub version: u32,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Store {
    /// Makes a tenant, its keys and its first credentials.
    ///
    /// # Errors
    /// [`CommitError::TenantTaken`] when there is one with the same key.
    pub async fn create_tenant(&self, tenant: &Tenant, credentials: &[NewCredential]) -> Result<(), CommitError> {
        let (keys, wrapped) = TenantKeys::create(tenant.id, self.master());
        let mut batch = Batch::new();
        batch.add(&TENANT_KEY_INSERT, values![id(tenant.id.0), GENERATION, wrapped], Expect::Rows(1));
        let insert = values![
            id(tenant.id.0),
            &tenant.key,
            &tenant.name,
            tenant.sandbox,
            settings_json(&tenant.settings),
            tenant.version,
            time(tenant.created_at)
        ];
        batch.add(&TENANT_INSERT, insert, Expect::Rows(1));
        network::follow_settings(&mut batch, tenant.id, &tenant.settings);
        journal::genesis(&mut batch, tenant.id, &keys.journal);
        for credential in credentials {
            crate::credentials::insert(&mut batch, tenant.id, credential, tenant.created_at);
        }
        match self.db().write(batch).await {
            Ok(_) => Ok(()),
            Err(WriteError::Unique { .. }) => Err(CommitError::TenantTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// Every tenant, oldest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        self.db().read(&TENANTS, values![]).await?.iter().map(tenant).collect()
    }

    /// The tenant with this id.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn tenant(&self, tenant_id: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.db().read_one(&TENANT, values![id(tenant_id.0)]).await?.as_ref().map(tenant).transpose()
    }

    /// The tenant with this key.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn tenant_by_key(&self, key: &str) -> Result<Option<Tenant>, StoreError> {
        if key.contains('\0') {
            return Ok(None);
        }
        self.db().read_one(&TENANT_BY_KEY, values![key]).await?.as_ref().map(tenant).transpose()
    }

    /// Puts other settings in place of those of `expected_version`.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when the settings are of another version by now.
    pub async fn set_settings(
        &self,
        ctx: &Ctx,
        settings: &BTreeMap<String, String>,
        expected_version: u32,
        now: Timestamp,
    ) -> Result<(), CommitError> {
        let mut batch = Batch::new();
        let update = values![settings_json(settings), time(now), id(ctx.tenant.0), expected_version];
        batch.add(&SETTINGS_UPDATE, update, Expect::Rows(1));
        network::follow_settings(&mut batch, ctx.tenant, settings);
        match self.db().write(batch).await {
            Ok(_) => Ok(()),
            Err(WriteError::Expectation { .. }) => Err(CommitError::Conflict),
            Err(error) => Err(error.into()),
        }
    }
}

fn settings_json(settings: &BTreeMap<String, String>) -> String {
    serde_json::to_string(settings).expect("a map of texts is JSON")
}

fn tenant(row: &Row) -> Result<Tenant, StoreError> {
    let row = Reader::new(row, "tenants", "id");
    let settings = serde_json::from_str(row.text("settings")?);
    Ok(Tenant {
        id: TenantId(row.uuid("id")?),
        key: row.string("key")?,
        name: row.string("name")?,
        sandbox: row.truth("sandbox")?,
        settings: settings.map_err(|_| row.inconsistent("its settings are no map of texts"))?,
        version: row.number("version")?,
        created_at: row.time("created_at")?,
    })
}
