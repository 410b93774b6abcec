//! `vestibule serve`: HTTP and the workers, until told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use api::edge::origin::TrustedProxies;
use service::Service;
use service::ports::SystemClock;
use service::workers;
use tokio::net::TcpListener;

use crate::cli;
use crate::config::Config;
use crate::house;
use crate::listen;
use crate::sandbox;

/// How long requests and workers may take to finish after the signal to stop.
const PATIENCE: Duration = Duration::from_secs(25);

/// Puts the flags above file and environment.
pub fn put_flags(config: &mut Config, flags: &cli::Serve) {
    let server = &mut config.server;
    server.listen = flags.listen.unwrap_or(server.listen);
    server.allow_private_callbacks |= flags.allow_private_callbacks;
    server.sandbox |= flags.sandbox;
}

/// Serves until SIGTERM or Ctrl-C.
///
/// # Errors
/// What keeps the house from opening.
pub async fn run(config: Config) -> anyhow::Result<()> {
    serve(config, async |_, _| Ok(())).await
}

/// The same, doing something first in the open house.
///
/// # Errors
/// What keeps the house from opening, and what `first` says.
pub async fn serve(
    mut config: Config,
    first: impl AsyncFnOnce(&Service, SocketAddr) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // Links that the house gives out name its port: one that the system is to choose is chosen before the first of them.
    let listen = config.server.listen;
    let chosen = if listen.port() == 0 { Some(bind(listen).await?) } else { None };
    if let Some(listener) = &chosen {
        config.server.listen = listener.local_addr()?;
    }
    let clock = Arc::<SystemClock>::default();
    let parts = house::parts(&config, Arc::clone(&clock)).await?;
    let _alone = alone(&config)?;
    if config.data.is_embedded() {
        let now = service::ports::Clock::now(&*clock);
        let released = parts.store.release_leases(now).await.context("cannot take over the store")?;
        if released > 0 {
            tracing::info!(leases.released = released, "Took over work that an earlier server left behind");
        }
    }
    let (service, workers) = workers::start(parts);
    let settings = api::Settings {
        open_screening: config.screening.open,
        trusted_proxies: TrustedProxies::new(config.server.trusted_proxies.0.clone()),
        public_url: config.server.public_url().into(),
        sandbox: config.server.sandbox,
        metrics_token: house::metrics_token(&config)?.map(onboarding::Pii),
    };
    let read_within = Duration::from_secs(config.server.read_timeout_seconds.into());
    let limits = api::edge::Limits { read_within, ..api::edge::Limits::default() };
    if config.screening.open {
        tracing::warn!("Screening is open: whoever reaches this server may ask it without a key");
    }
    let mut app = api::router_within(service.clone(), settings, limits, api::desk::Limits::default())
        .merge(console::router(service.clone()));
    if config.server.sandbox {
        tracing::warn!(
            "This is a SANDBOX: its clock can be moved by anyone who reaches it. Never use it for real customers"
        );
        app = app.merge(sandbox::router(clock));
    }
    if config.server.allow_private_callbacks {
        tracing::warn!("Callbacks may go to private addresses and over plain HTTP: for development and tests only");
    }
    let listener = match chosen {
        Some(listener) => listener,
        None => bind(listen).await?,
    };
    let address = listener.local_addr()?;
    tracing::info!(server.address = %address, "Listening on http://{address}");
    first(&service, address).await?;
    let served = tokio::spawn(listen::serve(listener, app, read_within, told_to_stop()));
    told_to_stop().await;
    tracing::info!("Stopping: finishing what was accepted");
    match tokio::time::timeout(PATIENCE, served).await {
        Ok(ended) => ended.context("the server failed")?,
        Err(_) => tracing::warn!("Some requests did not finish in time"),
    }
    workers.stop(PATIENCE).await;
    service.store().close().await;
    tracing::info!("Stopped");
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// One server a data folder: the lock is held as long as the file is open, and gone with the process.
fn alone(config: &Config) -> anyhow::Result<Option<std::fs::File>> {
    if !config.data.is_embedded() {
        return Ok(None);
    }
    let path = config.data.folder.join("server.lock");
    let file = std::fs::File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(_) => anyhow::bail!("another server is open on {}", config.data.folder.display()),
    }
}

async fn told_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => (),
        _ = tokio::signal::ctrl_c() => (),
    }
}
