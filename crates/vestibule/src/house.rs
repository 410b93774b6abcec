//! Opens the house: the store with its key, the way out, the dialects.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use jiff::SignedDuration;
use service::mail::Mailer;
use service::ports::{SystemClock, SystemEntropy};
use service::{Parts, Service, outbound};
use store::{Found, Location, MasterKey, OpenError, Store, StoreConfig};

use crate::config::Config;

/// The parts of a house, with a clock that a sandbox can move.
///
/// # Errors
/// A folder, key or database that cannot be used.
pub async fn parts(config: &Config, clock: Arc<SystemClock>) -> anyhow::Result<Parts> {
    let location = location(config)?;
    let (master, made_at) = master_key(config)?;
    let store = match (Store::open(StoreConfig { location, master }).await, &made_at) {
        // A database that was there before: the key that was made up for it opens nothing, and must not look as if.
        (Err(OpenError::WrongMasterKey), Some(path)) => {
            std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
            return Err(key_is_missing(path));
        }
        (opened, _) => opened.context("cannot open the store")?,
    };
    if let Some(path) = made_at {
        let path = path.display();
        tracing::warn!(
            "Made a master key in {path}: keep a copy elsewhere, without it nothing in the store can be read"
        );
    }
    let guard =
        if config.server.allow_private_callbacks { outbound::Guard::AllowPrivate } else { outbound::Guard::Public };
    let outbound = outbound::Client::new(guard, outbound::Limits::default()).context("cannot set up TLS")?;
    let mailer = mailer(config)?;
    Ok(Parts {
        store,
        clock,
        entropy: Arc::new(SystemEntropy),
        dialects: api::dialects(&config.server.public_url()),
        outbound,
        guard,
        mailer,
        everybody_after: SignedDuration::from_hours(24 * i64::from(config.screening.everybody_after_days)),
    })
}

/// A house without workers, for a command beside a running server.
///
/// # Errors
/// As [`parts`].
pub async fn quiet(config: &Config) -> anyhow::Result<Service> {
    Ok(Service::new(parts(config, Arc::default()).await?))
}

/// How mail leaves the house; a sandbox without a way out keeps it in a folder.
fn mailer(config: &Config) -> anyhow::Result<Mailer> {
    let mail = &config.mail;
    let from = mail.from.as_deref().unwrap_or(Mailer::FROM);
    let url = match (&mail.url, &mail.url_file) {
        (Some(url), _) => Some(url.clone()),
        (None, Some(file)) => Some(read_secret(file)?),
        (None, None) => None,
    };
    if let Some(url) = url {
        return Ok(Mailer::smtp(&url, from)?);
    }
    let outbox = config.server.sandbox.then(|| config.data.folder.join("outbox"));
    match mail.directory.clone().or(outbox) {
        Some(folder) => Ok(Mailer::folder(folder, from)?),
        None => Ok(Mailer::nowhere()),
    }
}

/// What must be shown to be told metrics, if anything.
///
/// # Errors
/// A file that cannot be read, or a token that is guessed too soon.
pub fn metrics_token(config: &Config) -> anyhow::Result<Option<String>> {
    /// Characters: too many to guess, and what a random 64-bit number has in hexadecimal.
    const CHARS_MIN: usize = 16;
    let token = match (&config.metrics.token, &config.metrics.token_file) {
        (Some(token), _) => token.clone(),
        (None, Some(file)) => read_secret(file)?,
        (None, None) => return Ok(None),
    };
    anyhow::ensure!(token.chars().count() >= CHARS_MIN, "metrics.token must have at least {CHARS_MIN} characters");
    Ok(Some(token))
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
            make_folder(&data.folder)?;
            Ok(Location::Folder(data.folder.clone()))
        }
    }
}

/// The key, and where it was made just now if it was. One is made only for a store that is new as well.
fn master_key(config: &Config) -> anyhow::Result<(MasterKey, Option<PathBuf>)> {
    let data = &config.data;
    if let Some(text) = &data.master_key {
        return Ok((MasterKey::from_text(text).context("data.master_key is not valid")?, None));
    }
    let path = data.master_key_file.clone().unwrap_or_else(|| data.folder.join("master.key"));
    if config.server.production {
        let key = MasterKey::from_text(&read_secret(&path)?).context("data.master_key_file is not valid")?;
        return Ok((key, None));
    }
    // The store is looked for first: where there is one, its key was made before it, also by a process of this moment.
    if data.is_embedded() && data.folder.join("keys.db").exists() && !path.exists() {
        return Err(key_is_missing(&path));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let (key, found) = MasterKey::load_or_create(&path).context("cannot use the master key file")?;
    Ok((key, (found == Found::Created).then_some(path)))
}

fn key_is_missing(path: &Path) -> anyhow::Error {
    anyhow::anyhow!("the master key is missing: {}; the store was made with it, so bring it back", path.display())
}

/// Makes the folder and those above it, for their owner alone. One that is there stays as it is.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

fn read_secret(path: &PathBuf) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.trim().to_owned())
}
