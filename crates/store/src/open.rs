//! The store: opened once, cloned freely.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use db::{Batch, Config, Database, Expect, PostgresConfig, ReadError, Row, Sql, SqliteConfig, sql, values};
use onboarding::TenantId;

use crate::context::Ctx;
use crate::error::{Inconsistent, StoreError};
use crate::rows::{Reader, id};
use crate::schema::{DATA_SCHEMA, MIGRATIONS};
use crate::statements::statements;
use crate::vault::key::Key;
use crate::vault::keyring::{GENERATION, TenantKeys};
use crate::vault::master::MasterKey;
use crate::vault::seal::SealKey;

statements! {
    MASTER_CHECK = sql("SELECT digest FROM master_check WHERE id=1");
    MASTER_CHECK_INSERT = sql("INSERT INTO master_check (id, digest) VALUES (1, $1) ON CONFLICT (id) DO NOTHING");
    ANY_TENANT_KEY = sql("SELECT tenant_id FROM tenant_keys LIMIT 1");
    TENANT_KEY = sql("SELECT tenant_id, generation, wrapped FROM tenant_keys WHERE tenant_id=$1");
}

/// Everything that is kept. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    folder: Option<PathBuf>,
    database: Database,
    master: MasterKey,
    network: Key,
    /// Seals what belongs to the house and to no tenant.
    house: SealKey,
    tenants: RwLock<HashMap<TenantId, Arc<TenantKeys>>>,
}

/// Where the store is, and the key to it.
#[derive(Debug)]
pub struct StoreConfig {
    /// Where it is.
    pub location: Location,
    /// The key to it.
    pub master: MasterKey,
}

/// Where a store is.
pub enum Location {
    /// A folder of ours: SQLite in `keys.db` and `vestibule.db`.
    Folder(PathBuf),
    /// A PostgreSQL server.
    Postgres {
        /// `postgres://user:password@host:port/database?sslmode=…`
        url: String,
    },
    /// A database with bounds of one's own. On SQLite the file with the keys must be `main`, the other attached as
    /// `data`.
    Database(Config),
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or used.
    #[error("cannot use the folder {path}", path = path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be opened.
    #[error("cannot open the database")]
    Database(#[from] db::OpenError),
    /// The schema cannot be brought forward.
    #[error("cannot bring the schema forward")]
    Schema(#[from] db::MigrateError),
    /// The store was made with another master key. Nothing was changed; with this key nothing could be read.
    #[error("this is not the master key that the store was made with")]
    WrongMasterKey,
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Opens a store, making it where there is none, and brings its schema forward.
    ///
    /// # Errors
    /// Where the place cannot be used, or the master key is not the one the store was made with.
    pub async fn open(config: StoreConfig) -> Result<Self, OpenError> {
        let folder = match &config.location {
            Location::Folder(folder) => Some(folder.clone()),
            _ => None,
        };
        let database = Database::open(config.location.database()?).await?;
        let network = config.master.key().derive("network");
        let house = SealKey::new(config.master.key().derive("house"), GENERATION);
        let inner = Inner { folder, database, master: config.master, network, house, tenants: RwLock::default() };
        let store = Self { inner: Arc::new(inner) };
        store.db().migrate(MIGRATIONS).await?;
        store.check_master_key().await?;
        Ok(store)
    }

    /// The folder that the store has to itself, if it is in one: what can be made again may be kept there beside it.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.inner.folder.as_deref()
    }

    /// Writes what is waiting, then closes; every clone refuses from then on.
    pub async fn close(&self) {
        self.db().close().await;
    }

    /// Why writing has stopped for good, if it has: then the process must end and start again.
    #[must_use]
    pub fn poisoned(&self) -> Option<String> {
        self.db().poisoned()
    }

    /// What the database counted so far.
    #[must_use]
    pub fn stats(&self) -> db::Stats {
        self.db().stats()
    }

    /// Moves the write-ahead log into the files, so that what was deleted is gone from the disk.
    ///
    /// # Errors
    /// What the database cannot do.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(self.db().checkpoint().await?)
    }

    /// A digest that only this tenant's data can be compared with: HMAC-SHA-256 over a domain and parts. Idempotency
    /// keys and fingerprints are kept so: of what the caller sent, nothing can be guessed back.
    ///
    /// # Errors
    /// [`StoreError::NoSuchTenant`].
    pub async fn keyed_digest(&self, ctx: &Ctx, domain: &str, parts: &[&[u8]]) -> Result<[u8; 32], StoreError> {
        Ok(self.keys(ctx.tenant).await?.digest.digest(domain, parts))
    }

    pub(crate) fn db(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn master(&self) -> &MasterKey {
        &self.inner.master
    }

    /// The key of the tokens that tenants share.
    pub(crate) fn network_key(&self) -> &Key {
        &self.inner.network
    }

    /// The key of what belongs to the house.
    pub(crate) fn house_key(&self) -> &SealKey {
        &self.inner.house
    }

    /// The keys of a tenant, from memory or unwrapped now.
    pub(crate) async fn keys(&self, tenant: TenantId) -> Result<Arc<TenantKeys>, StoreError> {
        let known = self.inner.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        if let Some(keys) = known {
            return Ok(keys);
        }
        let row = self.db().read_one(&TENANT_KEY, values![id(tenant.0)]).await?.ok_or(StoreError::NoSuchTenant)?;
        let row = Reader::new(&row, "tenant_keys", "tenant_id");
        let generation = row.number("generation")?;
        let keys = TenantKeys::open(tenant, generation, row.bytes("wrapped")?, self.master());
        let keys = Arc::new(keys.map_err(|broken| row.inconsistent(broken.to_string()))?);
        self.inner.tenants.write().unwrap_or_else(PoisonError::into_inner).insert(tenant, Arc::clone(&keys));
        Ok(keys)
    }

    /// Reads rows that are joined with their customers' keys. The keys are in another file on SQLite, and each file is
    /// seen as of its own moment: a row that was written in between is seen without its key, once.
    pub(crate) async fn read_with_keys(&self, sql: &Sql, values: Vec<db::Value>) -> Result<Vec<Row>, StoreError> {
        let rows = self.db().read(sql, values.clone()).await?;
        if have_keys(&rows) { Ok(rows) } else { Ok(self.db().read(sql, values).await?) }
    }

    /// The same for many rows, for whoever goes through all of them.
    pub(crate) async fn read_many_with_keys(&self, sql: &Sql, values: Vec<db::Value>) -> Result<Vec<Row>, StoreError> {
        let rows = self.db().read_many(sql, values.clone()).await?;
        if have_keys(&rows) { Ok(rows) } else { Ok(self.db().read_many(sql, values).await?) }
    }

    /// The one such row there is, or none.
    pub(crate) async fn read_one_with_key(&self, sql: &Sql, values: Vec<db::Value>) -> Result<Option<Row>, StoreError> {
        let mut rows = self.read_with_keys(sql, values).await?;
        if rows.len() > 1 { Err(ReadError::NotOne.into()) } else { Ok(rows.pop()) }
    }

    async fn check_master_key(&self) -> Result<(), OpenError> {
        let check = self.master().check();
        if self.read_one(&MASTER_CHECK, values![]).await?.is_none() {
            if self.read_one(&ANY_TENANT_KEY, values![]).await?.is_some() {
                let why = "there are keys, but nothing to recognise the master key by";
                return Err(StoreError::from(Inconsistent::new("master_check", "1", why)).into());
            }
            let mut batch = Batch::new();
            batch.add(&MASTER_CHECK_INSERT, values![check], Expect::Any);
            self.db().write(batch).await.map_err(StoreError::from)?;
        }
        // Read again: another node may have been faster, with another key.
        let row = self.read_one(&MASTER_CHECK, values![]).await?;
        let kept = row.as_ref().map(|row| row.bytes("digest")).transpose().map_err(StoreError::from)?;
        let same = kept.is_some_and(|kept| subtle::ConstantTimeEq::ct_eq(kept, &check[..]).into());
        if same { Ok(()) } else { Err(OpenError::WrongMasterKey) }
    }

    async fn read_one(&self, sql: &Sql, values: Vec<db::Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.db().read_one(sql, values).await?)
    }
}

fn have_keys(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.value("wrapped").is_ok_and(|wrapped| *wrapped != db::Value::Null))
}

impl Location {
    fn database(self) -> Result<Config, OpenError> {
        match self {
            Self::Database(config) => Ok(config),
            Self::Postgres { url } => Ok(Config::Postgres(PostgresConfig::new(url))),
            Self::Folder(path) => {
                let mut folder = std::fs::DirBuilder::new();
                folder.recursive(true);
                #[cfg(unix)]
                std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
                folder.create(&path).map_err(|source| OpenError::Folder { path: path.clone(), source })?;
                let config = SqliteConfig::new(path.join("keys.db"));
                Ok(Config::Sqlite(config.attach(DATA_SCHEMA, path.join("vestibule.db"))))
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => f.debug_tuple("Folder").field(path).finish(),
            // The URL holds a password.
            Self::Postgres { .. } => f.debug_struct("Postgres").finish_non_exhaustive(),
            Self::Database(config) => f.debug_tuple("Database").field(config).finish(),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("engine", &self.db().engine()).finish_non_exhaustive()
    }
}
