//! Opens the house: the store with its key, the way out, the dialects.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use service::ports::{SystemClock, SystemEntropy};
use service::{Parts, Service, outbound};
use store::{Found, Location, MasterKey, Store, StoreConfig};

use crate::config::Config;

/// The parts of a house, with a clock that a sandbox can move.
///
/// # Errors
/// A folder, key or database that cannot be used.
pub async fn parts(config: &Config, clock: Arc<SystemClock>) -> anyhow::Result<Parts> {
    let master = master_key(config)?;
    let store =
        Store::open(StoreConfig { location: location(config)?, master }).await.context("cannot open the store")?;
    let guard =
        if config.server.allow_private_callbacks { outbound::Guard::AllowPrivate } else { outbound::Guard::Public };
    let outbound = outbound::Client::new(guard, outbound::Limits::default()).context("cannot set up TLS")?;
    Ok(Parts { store, clock, entropy: Arc::new(SystemEntropy), dialects: api::dialects(), outbound, guard })
}

/// A house without workers, for a command beside a running server.
///
/// # Errors
/// As [`parts`].
pub async fn quiet(config: &Config) -> anyhow::Result<Service> {
    Ok(Service::new(parts(config, Arc::default()).await?))
}

fn location(config: &Config) -> anyhow::Result<Location> {
    let data = &config.data;
    let url = match (&data.database, &data.database_file) {
        (Some(url), _) => Some(url.clone()),
        (None, Some(file)) => Some(read_secret(file)?),
        (None, None) => None,
    };
    match url {
        Some(url) => Ok(Location::Postgres { url }),
        None => {
            std::fs::create_dir_all(&data.folder)
                .with_context(|| format!("cannot make the data folder {}", data.folder.display()))?;
            Ok(Location::Folder(data.folder.clone()))
        }
    }
}

fn master_key(config: &Config) -> anyhow::Result<MasterKey> {
    let data = &config.data;
    if let Some(text) = &data.master_key {
        return MasterKey::from_text(text).context("data.master_key is not valid");
    }
    let path = data.master_key_file.clone().unwrap_or_else(|| data.folder.join("master.key"));
    if config.server.production {
        return MasterKey::from_text(&read_secret(&path)?).context("data.master_key_file is not valid");
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let (key, found) = MasterKey::load_or_create(&path).context("cannot use the master key file")?;
    if found == Found::Created {
        let path = path.display();
        tracing::warn!(
            "Made a master key in {path}: keep a copy elsewhere, without it nothing in the store can be read"
        );
    }
    Ok(key)
}

fn read_secret(path: &PathBuf) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.trim().to_owned())
}
