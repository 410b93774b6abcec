//! Connections, each with the settings that durability and patience rest on.

use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

use crate::postgres::fault::{Fault, engine_error};
use crate::postgres::tls;
use crate::{OpenError, PostgresConfig};

/// PostgreSQL 13 reached its end of life in 2025.
const VERSION_MIN: i64 = 140_000;

/// How long to wait for a server to accept a connection.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// How long a connection may be silent before it is probed, and how long sent data may stay unconfirmed. Together with
/// the timeouts of the server this bounds every wait, also when a network goes away without a word.
const SILENCE_MAX: Duration = Duration::from_secs(30);

pub(crate) async fn open(config: &PostgresConfig) -> Result<Pool, OpenError> {
    let mut server: Config =
        config.url.parse().map_err(|error| OpenError::Url { why: engine_error(&error).message })?;
    server.connect_timeout(CONNECT_TIME_MAX).keepalives_idle(SILENCE_MAX).tcp_user_timeout(SILENCE_MAX);
    if server.get_application_name().is_none() {
        server.application_name("vestibule");
    }
    let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = if wants_tls(&mut server) {
        Manager::from_config(server, tls::connector(config.tls_roots.as_deref())?, recycle)
    } else {
        Manager::from_config(server, NoTls, recycle)
    };
    let settings = settings(config);
    let pool = Pool::builder(manager)
        .max_size(config.pool_max.max(1))
        .wait_timeout(Some(config.pool_wait_max))
        .create_timeout(Some(CONNECT_TIME_MAX * 2))
        .runtime(Runtime::Tokio1)
        .post_create(Hook::async_fn(move |client, _| {
            let settings = settings.clone();
            Box::pin(async move { client.batch_execute(&settings).await.map_err(HookError::Backend) })
        }))
        .build()
        .map_err(|error| OpenError::Url { why: error.to_string() })?;
    check_server(&pool).await?;
    Ok(pool)
}

/// As the URL says; and if it does not say, unless the server is on this machine.
fn wants_tls(server: &mut Config) -> bool {
    match server.get_ssl_mode() {
        SslMode::Disable => return false,
        SslMode::Require => return true,
        _ => {}
    }
    let is_here = |host: &Host| match host {
        Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    let wanted = !server.get_hosts().iter().all(is_here);
    server.ssl_mode(if wanted { SslMode::Require } else { SslMode::Disable });
    wanted
}

fn settings(config: &PostgresConfig) -> String {
    format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
         SET client_min_messages = warning",
        config.statement_time_max.as_millis(),
        config.lock_time_max.as_millis(),
        config.idle_transaction_time_max.as_millis()
    )
}

async fn check_server(pool: &Pool) -> Result<(), OpenError> {
    let failed = |fault: Fault| OpenError::Engine { source: fault.into_engine_error() };
    let client = pool.get().await.map_err(|error| failed(error.into()))?;
    let setting = async |name: &str| {
        let rows = client.simple_query(&format!("SHOW {name}")).await;
        let rows = rows.map_err(|error| failed(Fault::Engine { statement: 0, error }))?;
        let value = rows.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok::<_, OpenError>(value.unwrap_or_default().to_owned())
    };
    let found = setting("server_version_num").await?.parse().unwrap_or(0);
    if found < VERSION_MIN {
        return Err(OpenError::PostgresTooOld { found });
    }
    // `off` answers a commit before it is on the disk. The stronger settings than `on` are kept.
    let commit = setting("synchronous_commit").await?;
    if !matches!(commit.as_str(), "on" | "remote_apply") {
        let (schema, wanted) = ("the server".to_owned(), "on".to_owned());
        return Err(OpenError::Setting { schema, setting: "synchronous_commit", wanted, found: commit });
    }
    if setting("fsync").await? != "on" {
        tracing::warn!("The server runs with fsync off: a power loss will lose or corrupt data");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_left_out_on_this_machine_alone() {
        let wants = |url: &str| wants_tls(&mut url.parse().unwrap());
        assert!(!wants("postgres://user@localhost/db"));
        assert!(!wants("postgres://user@127.0.0.1/db"));
        assert!(!wants("postgres://user@%2Frun%2Fpostgresql/db"));
        assert!(wants("postgres://user@db.example/db"));
        assert!(wants("postgres://user@localhost,db.example/db"));
        assert!(wants("postgres://user@localhost/db?sslmode=require"));
        assert!(!wants("postgres://user@db.example/db?sslmode=disable"));
    }
}
