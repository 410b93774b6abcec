//! Reading: on the caller's thread while it is quick, otherwise on a thread of ours.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::ErrorCode;
use tokio::sync::{mpsc, oneshot};

use crate::sqlite::Shared;
use crate::sqlite::connection::{Connection, Purpose};
use crate::sqlite::fault::Fault;
use crate::sqlite::run::run;
use crate::stats::count;
use crate::{Engine, OpenError, ReadError, Row, Sql, SqliteConfig, Value};

/// How long a read may hold up the thread of its caller before it is broken off and handed over.
///
/// A point read takes some ten microseconds, less than waking another thread and being woken by it; see
/// `benches/commits.rs` for both. A long one would keep other tasks from running.
const INLINE_TIME_MAX: Duration = Duration::from_millis(3);

/// How many reads may wait for a reader's thread, for each of them.
const QUEUE_MAX_PER_READER: usize = 256;

/// The connections that read.
pub(crate) struct Readers {
    inline: Vec<Mutex<Connection>>,
    turn: AtomicUsize,
    queue: Mutex<Option<mpsc::Sender<Read>>>,
    shared: Arc<Shared>,
}

struct Read {
    sql: Sql,
    values: Vec<Value>,
    reply: oneshot::Sender<Result<Vec<Row>, ReadError>>,
}

impl Readers {
    pub fn open(config: &SqliteConfig, shared: &Arc<Shared>) -> Result<Self, OpenError> {
        let readers = config.readers.max(1);
        let mut inline = Vec::with_capacity(readers);
        for _ in 0..readers {
            // Waiting for a lock is done on a thread of ours.
            let config = SqliteConfig { busy_timeout: Duration::ZERO, ..config.clone() };
            inline.push(Mutex::new(Connection::open(&config, Purpose::Read)?));
        }
        let (sender, receiver) = mpsc::channel(readers * QUEUE_MAX_PER_READER);
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..readers {
            let connection = Connection::open(config, Purpose::Read)?;
            let (receiver, shared) = (Arc::clone(&receiver), Arc::clone(shared));
            let thread = std::thread::Builder::new().name(format!("db-reader-{number}"));
            let spawned = thread.spawn(move || work(&connection, &receiver, &shared));
            spawned.map_err(|source| OpenError::File { path: config.main.clone(), source })?;
        }
        Ok(Self { inline, turn: AtomicUsize::new(0), queue: Mutex::new(Some(sender)), shared: Arc::clone(shared) })
    }

    pub async fn read(&self, sql: &Sql, values: Vec<Value>) -> Result<Vec<Row>, ReadError> {
        count(&self.shared.counters.reads);
        if let Some(answer) = self.read_here(sql, &values)? {
            // An answer that never waits must still let other tasks have their turn now and then.
            tokio::task::coop::consume_budget().await;
            return Ok(answer);
        }
        self.hand_over(sql, values).await
    }

    /// Reads on a thread of ours at once.
    pub async fn read_many(&self, sql: &Sql, values: Vec<Value>) -> Result<Vec<Row>, ReadError> {
        count(&self.shared.counters.reads);
        self.hand_over(sql, values).await
    }

    async fn hand_over(&self, sql: &Sql, values: Vec<Value>) -> Result<Vec<Row>, ReadError> {
        count(&self.shared.counters.reads_handed_over);
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(ReadError::Closed)?;
        let (reply, answer) = oneshot::channel();
        queue.try_send(Read { sql: sql.clone(), values, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ReadError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => ReadError::Closed,
        })?;
        answer.await.unwrap_or(Err(ReadError::Closed))
    }

    /// Reads on this thread if a connection is free; `None` when the read must be handed over.
    fn read_here(&self, sql: &Sql, values: &[Value]) -> Result<Option<Vec<Row>>, ReadError> {
        if self.queue.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            return Err(ReadError::Closed);
        }
        let first = self.turn.fetch_add(1, Relaxed);
        let free = (0..self.inline.len()).find_map(|step| {
            match self.inline[first.wrapping_add(step) % self.inline.len()].try_lock() {
                Ok(connection) => Some(connection),
                Err(TryLockError::Poisoned(connection)) => Some(connection.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            }
        });
        let Some(connection) = free else { return Ok(None) };
        match read(&connection, sql, values, &self.shared.config, INLINE_TIME_MAX) {
            Ok(rows) => Ok(Some(rows)),
            Err(Fault::Sqlite(error))
                if matches!(
                    error.sqlite_error_code(),
                    Some(ErrorCode::OperationInterrupted | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
                ) =>
            {
                Ok(None)
            }
            Err(fault) => Err(fault.into_read_error(self.shared.config.rows_max)),
        }
    }

    /// Refuses further reads; the threads end when they have answered what is waiting.
    pub fn close(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// A reader's thread: takes turns with the others at the queue.
fn work(connection: &Connection, queue: &Mutex<mpsc::Receiver<Read>>, shared: &Shared) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
        let Some(Read { sql, values, reply }) = next else { return };
        if reply.is_closed() {
            continue;
        }
        let answer = read(connection, &sql, &values, &shared.config, shared.config.read_time_max);
        drop(reply.send(answer.map_err(|fault| fault.into_read_error(shared.config.rows_max))));
    }
}

fn read(
    connection: &Connection,
    sql: &Sql,
    values: &[Value],
    config: &SqliteConfig,
    time_max: Duration,
) -> Result<Vec<Row>, Fault> {
    connection.deadline.set(time_max);
    let result = run(&connection.sqlite, sql.text(Engine::Sqlite), values, config.rows_max);
    connection.deadline.clear();
    result.map(|result| result.rows)
}
