//! Tenants: the institutions, each with keys of its own.

use std::collections::BTreeMap;

use db::{Batch, Expect, Row, WriteError, sql, values};
use jiff::Timestamp;
use onboarding::{Pii, TenantId};
use zeroize::Zeroizing;

use crate::credentials::NewCredential;
use crate::error::{CommitError, StoreError};
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;
use crate::vault::keyring::{GENERATION, TenantKeys};
use crate::vault::seal::Place;
use crate::write::{Meaning, Statements};
use crate::{journal, network};

statements! {
    TENANT_KEY_INSERT = sql("INSERT INTO tenant_keys (tenant_id, generation, wrapped) VALUES ($1, $2, $3)");
    TENANT_INSERT = sql(
        "INSERT INTO tenants (id, key, name, sandbox, power, settings, sealed, version, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    );
    TENANT = sql(
        "SELECT id, key, name, sandbox, power, settings, sealed, version, created_at FROM tenants WHERE id=$1",
    );
    TENANT_BY_KEY = sql(
        "SELECT id, key, name, sandbox, power, settings, sealed, version, created_at FROM tenants WHERE key=$1",
    );
    TENANTS = sql(
        "SELECT id, key, name, sandbox, power, settings, sealed, version, created_at FROM tenants \
         ORDER BY created_at, id",
    );
    SETTINGS_UPDATE = sql(
        "UPDATE tenants SET settings=$1, sealed=$2, version=version+1, changed_at=$3 WHERE id=$4 AND version=$5",
    );
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
    /// Whether it may decide for other tenants that name it.
    pub power: bool,
    /// Its rules, in words the service knows. Kept in clear: no secrets.
    pub settings: BTreeMap<String, String>,
    /// Those of its settings that are secrets. Sealed.
    pub secrets: BTreeMap<String, Pii<String>>,
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
            tenant.power,
            settings_json(&tenant.settings),
            seal(&keys, tenant.id, &tenant.secrets, tenant.version),
            tenant.version,
            time(tenant.created_at)
        ];
        batch.add(&TENANT_INSERT, insert, Expect::Rows(1));
        let (member, values) = network::follow_settings(tenant.id, &tenant.settings);
        batch.add(&member, values, Expect::AtMost(1));
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
        let mut tenants = Vec::new();
        for row in &self.db().read(&TENANTS, values![]).await? {
            tenants.push(self.opened(row).await?);
        }
        Ok(tenants)
    }

    /// The tenant with this id.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn tenant(&self, tenant_id: TenantId) -> Result<Option<Tenant>, StoreError> {
        match self.db().read_one(&TENANT, values![id(tenant_id.0)]).await? {
            Some(row) => self.opened(&row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The tenant with this key.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn tenant_by_key(&self, key: &str) -> Result<Option<Tenant>, StoreError> {
        if key.contains('\0') {
            return Ok(None);
        }
        match self.db().read_one(&TENANT_BY_KEY, values![key]).await? {
            Some(row) => self.opened(&row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn opened(&self, row: &Row) -> Result<Tenant, StoreError> {
        let row = Reader::new(row, "tenants", "id");
        let (tenant, version) = (TenantId(row.uuid("id")?), row.number("version")?);
        let secrets = match row.opt_bytes("sealed")? {
            None => BTreeMap::new(),
            Some(sealed) => {
                let keys = self.keys(tenant).await?;
                let json = keys.seal.open(&place(tenant, tenant.0.as_bytes(), version), sealed);
                let json = json.map_err(|broken| row.inconsistent(broken.to_string()))?;
                let read: BTreeMap<String, String> =
                    serde_json::from_slice(&json).map_err(|_| row.inconsistent("what is sealed does not read"))?;
                read.into_iter().map(|(key, value)| (key, Pii(value))).collect()
            }
        };
        let settings = serde_json::from_str(row.text("settings")?);
        Ok(Tenant {
            id: tenant,
            key: row.string("key")?,
            name: row.string("name")?,
            sandbox: row.truth("sandbox")?,
            power: row.truth("power")?,
            settings: settings.map_err(|_| row.inconsistent("its settings are no map of texts"))?,
            secrets,
            version,
            created_at: row.time("created_at")?,
        })
    }
}

/// Adds settings in the place of those of the version before the tenant's.
pub(crate) fn put_settings(keys: &TenantKeys, tenant: &Tenant, now: Timestamp, statements: &mut Statements) {
    let update = values![
        settings_json(&tenant.settings),
        seal(keys, tenant.id, &tenant.secrets, tenant.version),
        time(now),
        id(tenant.id.0),
        tenant.version.saturating_sub(1)
    ];
    statements.add(&SETTINGS_UPDATE, update, Expect::Rows(1), Meaning::Settings);
    let (member, values) = network::follow_settings(tenant.id, &tenant.settings);
    statements.add(&member, values, Expect::AtMost(1), Meaning::Settings);
}

fn settings_json(settings: &BTreeMap<String, String>) -> String {
    serde_json::to_string(settings).expect("a map of texts is JSON")
}

/// Seals the secrets, bound to the version they come with.
fn seal(keys: &TenantKeys, tenant: TenantId, secrets: &BTreeMap<String, Pii<String>>, version: u32) -> Option<Vec<u8>> {
    if secrets.is_empty() {
        return None;
    }
    let plain: BTreeMap<&str, &str> = secrets.iter().map(|(key, value)| (key.as_str(), value.0.as_str())).collect();
    let json = Zeroizing::new(serde_json::to_vec(&plain).expect("a map of texts is JSON"));
    Some(keys.seal.seal(&place(tenant, tenant.0.as_bytes(), version), &json))
}

fn place(tenant: TenantId, row: &[u8], version: u32) -> Place<'_> {
    Place { tenant, table: "tenants", row, column: "sealed", version: version.into() }
}
