//! One test, both engines.

use std::future::Future;
use std::path::Path;

use db::{Config, Database, PostgresConfig, SqliteConfig};

/// A fresh, empty database of one engine. On SQLite it is two files as in the product: `keys.db` as `main`, and
/// `vestibule.db` attached as `data`. It goes away with the value (SQLite) or with the test server (PostgreSQL).
pub struct TestDb {
    config: Config,
    folder: Option<tempfile::TempDir>,
}

impl TestDb {
    /// Two files in a folder of their own.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder can be written to");
        let main = folder.path().join("keys.db");
        let config = SqliteConfig::new(main).attach("data", folder.path().join("vestibule.db"));
        Self { config: Config::Sqlite(config), folder: Some(folder) }
    }

    /// A database on the test server, unless there is none: see [`postgres`](crate::postgres).
    pub async fn postgres() -> Option<Self> {
        let url = crate::postgres::fresh_database().await?;
        // Many tests share the server's connections.
        let config = PostgresConfig { pool_max: 8, ..PostgresConfig::new(url) };
        Some(Self { config: Config::Postgres(config), folder: None })
    }

    /// What to open it with; each opening is a process of its own as far as the engine can tell.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// Opens it.
    pub async fn open(&self) -> Database {
        Database::open(self.config()).await.expect("a fresh database can be opened")
    }

    /// The folder of the files, on SQLite.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(tempfile::TempDir::path)
    }
}

/// What a test of [`engines!`](crate::engines) takes: made from a fresh database of the engine it runs on.
pub trait Setup: Sized {
    /// Opens, migrates, fills: whatever the test starts from.
    fn set_up(db: TestDb) -> impl Future<Output = Self>;
}

impl Setup for TestDb {
    async fn set_up(db: TestDb) -> Self {
        db
    }
}

/// Makes two tests of each function: `name::sqlite` and `name::postgres`.
///
/// ```
/// testkit::engines! {
///     async fn it_opens(db: testkit::TestDb) {
///         assert_eq!(db.open().await.poisoned(), None);
///     }
/// }
/// ```
#[macro_export]
macro_rules! engines {
    ($($(#[$meta:meta])* async fn $name:ident($given:ident: $of:ty) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "not every test needs what stands beside it")]
            use super::*;

            async fn test($given: $of) $body

            #[test]
            fn sqlite() {
                $crate::block_on(async { test(<$of as $crate::Setup>::set_up($crate::TestDb::sqlite()).await).await });
            }

            #[test]
            fn postgres() {
                $crate::block_on(async {
                    if let Some(db) = $crate::TestDb::postgres().await {
                        test(<$of as $crate::Setup>::set_up(db).await).await;
                    }
                });
            }
        }
    )+};
}

/// Runs a test on a runtime of its own, with two threads: races need at least that.
pub fn block_on<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be started").block_on(test)
}
