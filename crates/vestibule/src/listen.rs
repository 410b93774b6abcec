//! Connections: how many, how long a caller may keep one without asking, and their end when the house closes.
//!
//! What a request may take once its headers are read is the edge's to bound.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use api::edge::origin::Peer;
use axum::Router;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Sleep;
use tower::{Service, ServiceExt};
use tracing::{debug, warn};

/// Most connections at a time; more wait to be accepted.
const CONNECTIONS_MAX: usize = 10_000;
/// Files that are left to the store, the lists and the callbacks, where the system grants few.
const FILES_SPARED: usize = 256;
/// Most that is read ahead of a connection, in bytes; so much may all headers of a request have together.
const BUFFER_BYTES_MAX: usize = 64 * 1024;
/// How long nothing is accepted after the system could not: it is out of files, and only time gives them back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Serves until told to stop, then finishes what was asked. Connections on which nothing is asked are closed at once.
///
/// `within` bounds how long headers may take to arrive, how long a connection may be idle, and how long a caller may take
/// nothing of an answer.
pub async fn serve(listener: TcpListener, app: Router, within: Duration, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(within).max_buf_size(BUFFER_BYTES_MAX);
    let places = Arc::new(Semaphore::new(connections_max()));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.expect("never closed");
            (place, accept(&listener).await)
        };
        let (place, stream) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(peered(app.clone(), stream.peer_addr().ok()));
        let stream = TokioIo::new(Taken { stream, within, stalled: None });
        let connection = graceful.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(error = &error as &dyn std::error::Error, "A connection broke");
            }
            drop(place);
        });
    }
    // Nobody is let in while the last ones leave.
    drop(listener);
    graceful.shutdown().await;
}

/// The routes, told with each request who holds the connection.
fn peered(
    app: Router,
    peer: Option<SocketAddr>,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone {
    app.map_request(move |mut request: Request<Incoming>| {
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer.ip()));
        }
        request
    })
}

/// A connection that breaks when the caller takes nothing of what is written for too long.
struct Taken {
    stream: TcpStream,
    within: Duration,
    /// Runs while nothing is taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Taken {
    fn wrote<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let within = self.within;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(within)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Taken {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Taken {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are written whole, so there is nothing to wait for; a socket that refuses this still works.
                drop(stream.set_nodelay(true));
                return stream;
            }
            Err(error) if is_of_the_caller(&error) => {}
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "Cannot accept connections for the moment");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_the_caller(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// As many as we may have, or as the process may have files beside those it needs itself.
fn connections_max() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = files_max(&limits).unwrap_or(usize::MAX);
    let most = CONNECTIONS_MAX.min(files.saturating_sub(FILES_SPARED).max(files / 2));
    if most < CONNECTIONS_MAX {
        warn!(connections.max = most, "The limit on open files (ulimit -n) allows only {most} connections");
    }
    most
}

/// The soft limit on open files in the text of `/proc/self/limits`; none if it is unlimited or not there.
fn files_max(limits: &str) -> Option<usize> {
    limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_on_files_is_read() {
        let line = "Max processes             63322                63322                processes \n\
                    Max open files            1024                 524288               files     \n";
        assert_eq!(files_max(line), Some(1024));
        assert_eq!(files_max("Max open files            unlimited            unlimited            files"), None);
        assert_eq!(files_max(""), None);
        assert!(connections_max() > 0);
    }
}
