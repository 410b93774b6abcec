//! The thread that owns the only writing connection, and commits in groups.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::CachedStatement;
use tokio::sync::{mpsc, oneshot};

use crate::batch::Batch;
use crate::sqlite::Shared;
use crate::sqlite::connection::{Connection, schemas};
use crate::sqlite::fault::{Code, Fault, code, engine_error};
use crate::sqlite::run::{check, run};
use crate::stats::count;
use crate::{Engine, PrepareError, Sql, StatementResult, WriteError};

/// How many batches may share a commit. A group is whatever is waiting; this only bounds how long the first one waits
/// for the last.
const GROUP_MAX: usize = 256;

/// How long emptying the write-ahead log may wait for readers that still need it.
const CHECKPOINT_WAIT_MAX: Duration = Duration::from_millis(500);

type Answer = Result<Vec<StatementResult>, WriteError>;

/// A batch and who waits for it.
pub(crate) struct Unit {
    pub batch: Batch,
    pub reply: oneshot::Sender<Answer>,
}

/// What the writer is asked to do.
pub(crate) enum Work {
    Write(Unit),
    Checkpoint(oneshot::Sender<Result<(), WriteError>>),
    Prepare(Vec<Sql>, oneshot::Sender<Vec<PrepareError>>),
    Close(oneshot::Sender<()>),
}

/// Works until it is told to close or nobody can ask any more.
pub(crate) fn work(mut connection: Connection, mut queue: mpsc::Receiver<Work>, shared: &Arc<Shared>) {
    let mut writer = Writer { connection: &mut connection, shared };
    let mut next = None;
    let closing = loop {
        let Some(work) = next.take().or_else(|| queue.blocking_recv()) else { break None };
        match work {
            Work::Write(unit) => {
                let mut group = vec![unit];
                while group.len() < GROUP_MAX {
                    match queue.try_recv() {
                        Ok(Work::Write(unit)) => group.push(unit),
                        Ok(other) => {
                            next = Some(other);
                            break;
                        }
                        Err(_) => break,
                    }
                }
                // Whoever has gone away is not waiting for this any more: under overload that saves the work.
                group.retain(|unit| !unit.reply.is_closed());
                writer.write(group);
            }
            Work::Checkpoint(reply) => drop(reply.send(writer.empty_log())),
            Work::Prepare(statements, reply) => drop(reply.send(writer.prepare(&statements))),
            Work::Close(reply) => {
                queue.close();
                // What was accepted before is still written.
                let mut rest = Vec::new();
                while let Some(work) = queue.blocking_recv() {
                    if let Work::Write(unit) = work {
                        rest.push(unit);
                    }
                }
                writer.write(rest);
                break Some(reply);
            }
        }
    };
    if shared.poisoned().is_none()
        && let Err(error) = writer.checkpoint("PASSIVE")
    {
        tracing::warn!(%error, "The write-ahead log was not copied while closing; the next start does it");
    }
    drop(connection);
    if let Some(reply) = closing {
        reply.send(()).unwrap_or_default();
    }
}

struct Writer<'w> {
    connection: &'w mut Connection,
    shared: &'w Arc<Shared>,
}

/// What became of a whole group.
enum Outcome {
    /// Committed: each unit has the answer it earned.
    Committed(Vec<Answer>),
    /// Nothing of it is kept, and every unit gets this error.
    Failed(WriteError),
    /// The engine threw the transaction away because of one unit; `None` only in a group of several: one it cannot name.
    Lost(Option<(usize, WriteError)>),
}

impl Writer<'_> {
    /// Writes a group in one transaction; when one unit takes the transaction down with it, the others again alone.
    fn write(&mut self, group: Vec<Unit>) {
        if group.is_empty() {
            return;
        }
        match self.transact(&group) {
            Outcome::Committed(answers) => {
                self.shared.counters.committed(group.len());
                for (unit, answer) in group.into_iter().zip(answers) {
                    self.answer(unit, answer);
                }
            }
            Outcome::Failed(error) => {
                for unit in group {
                    self.answer(unit, Err(error.clone()));
                }
            }
            Outcome::Lost(culprit) => {
                if group.len() > 1 {
                    count(&self.shared.counters.groups_split);
                }
                for (at, unit) in group.into_iter().enumerate() {
                    match &culprit {
                        Some((of, error)) if *of == at => self.answer(unit, Err(error.clone())),
                        _ => self.write(vec![unit]),
                    }
                }
            }
        }
    }

    fn answer(&self, unit: Unit, answer: Answer) {
        self.shared.counters.answered(answer.is_ok());
        // Nobody listening is no error: the caller went away.
        drop(unit.reply.send(answer));
    }

    fn transact(&mut self, group: &[Unit]) -> Outcome {
        if let Some(why) = self.shared.poisoned() {
            return Outcome::Failed(WriteError::Poisoned { why });
        }
        // IMMEDIATE, because a transaction that starts by reading cannot wait for another writer later.
        if let Err(error) = self.control("BEGIN IMMEDIATE") {
            return Outcome::Failed(self.failed(error));
        }
        let mut answers = Vec::with_capacity(group.len());
        for (at, unit) in group.iter().enumerate() {
            let answer = match self.unit(&unit.batch) {
                Ok(answer) => answer,
                Err(error) => {
                    self.roll_back();
                    return Outcome::Failed(self.failed(error));
                }
            };
            // Some errors (disk full, time-out, I/O) undo the whole transaction and not the statement alone.
            if self.connection.sqlite.is_autocommit() {
                return match (self.shared.poisoned(), answer) {
                    (Some(why), _) => Outcome::Failed(WriteError::Poisoned { why }),
                    (None, Err(error)) => Outcome::Lost(Some((at, error))),
                    (None, Ok(_)) => Outcome::Failed(WriteError::Statement {
                        statement: 0,
                        why: "a statement of the group ended its transaction".to_owned(),
                    }),
                };
            }
            answers.push(answer);
        }
        match self.control("COMMIT") {
            Ok(()) => Outcome::Committed(answers),
            Err(error) => self.commit_failed(error, group.len()),
        }
    }

    /// Runs one unit under its savepoint. The inner result is its answer; the outer error is the transaction's.
    fn unit(&mut self, batch: &Batch) -> Result<Answer, rusqlite::Error> {
        self.control("SAVEPOINT unit")?;
        self.connection.deadline.set(self.shared.config.write_time_max);
        let answer = self.statements(batch);
        self.connection.deadline.clear();
        if answer.is_err() && !self.connection.sqlite.is_autocommit() {
            self.control("ROLLBACK TO unit")?;
        }
        if !self.connection.sqlite.is_autocommit() {
            self.control("RELEASE unit")?;
        }
        Ok(answer)
    }

    fn statements(&mut self, batch: &Batch) -> Answer {
        let mut results = Vec::with_capacity(batch.len());
        for (statement, content) in batch.statements.iter().enumerate() {
            let text = content.sql.text(Engine::Sqlite);
            let ran = run(&self.connection.sqlite, text, &content.values, self.shared.config.rows_max);
            let result = ran.map_err(|fault| {
                if let Fault::Sqlite(error) = &fault
                    && matches!(code(error), Code::Disk)
                {
                    self.poison(error);
                }
                fault.into_write_error(statement)
            })?;
            if !content.expect.met_by(result.rows_affected) {
                let (expected, got) = (content.expect, result.rows_affected);
                return Err(WriteError::Expectation { statement, expected, got });
            }
            results.push(result);
        }
        Ok(results)
    }

    /// A failed commit is never repeated as it stands: after a failed fsync the kernel may have dropped the pages, and
    /// the second fsync would succeed without them.
    fn commit_failed(&mut self, error: rusqlite::Error, units: usize) -> Outcome {
        self.roll_back();
        match code(&error) {
            // A deferred foreign key is only found out now, and the commit does not say whose it was.
            Code::ForeignKey if units > 1 => Outcome::Lost(None),
            Code::ForeignKey => Outcome::Failed(WriteError::ForeignKey),
            // With one file nothing was committed, and what is smaller may still fit. With several, the first may be.
            Code::Full if units > 1 && self.shared.config.attached.is_empty() => Outcome::Lost(None),
            Code::Full => Outcome::Failed(WriteError::Full),
            Code::Busy => Outcome::Failed(WriteError::Busy),
            _ => {
                self.poison(&error);
                Outcome::Failed(WriteError::Uncertain { source: engine_error(error) })
            }
        }
    }

    /// An error of the transaction itself, before anything was committed.
    fn failed(&self, error: rusqlite::Error) -> WriteError {
        if matches!(code(&error), Code::Disk) {
            self.poison(&error);
        }
        Fault::Sqlite(error).into_write_error(0)
    }

    fn poison(&self, error: &rusqlite::Error) {
        tracing::error!(%error, code = ?error.sqlite_extended_error_code(), "Writing has stopped after a disk error: restart to recover from the log");
        self.shared.poison(error.to_string());
    }

    fn roll_back(&mut self) {
        if !self.connection.sqlite.is_autocommit()
            && let Err(error) = self.control("ROLLBACK")
        {
            self.poison(&error);
        }
    }

    fn control(&mut self, text: &'static str) -> rusqlite::Result<()> {
        let mut statement: CachedStatement<'_> = self.connection.sqlite.prepare_cached(text)?;
        statement.raw_execute().map(drop)
    }

    /// Moves the logs into the files and cuts them to nothing.
    fn empty_log(&mut self) -> Result<(), WriteError> {
        // All writers, of other processes too, wait while this waits for readers.
        self.connection.sqlite.busy_timeout(CHECKPOINT_WAIT_MAX).map_err(|error| self.failed(error))?;
        let emptied = self.checkpoint("TRUNCATE");
        self.connection.sqlite.busy_timeout(self.shared.config.busy_timeout).map_err(|error| self.failed(error))?;
        emptied
    }

    fn checkpoint(&mut self, mode: &str) -> Result<(), WriteError> {
        if let Some(why) = self.shared.poisoned() {
            return Err(WriteError::Poisoned { why });
        }
        for schema in schemas(&self.shared.config) {
            let pragma = format!("PRAGMA {schema}.wal_checkpoint({mode})");
            let busy: i64 =
                self.connection.sqlite.query_row(&pragma, [], |row| row.get(0)).map_err(|error| self.failed(error))?;
            if busy != 0 {
                return Err(WriteError::Busy);
            }
        }
        Ok(())
    }

    fn prepare(&mut self, statements: &[Sql]) -> Vec<PrepareError> {
        let check = |sql: &Sql| {
            let text = sql.text(Engine::Sqlite);
            let why = match check(&self.connection.sqlite, text).err()? {
                Fault::Sqlite(error) => engine_error(error).to_string(),
                Fault::Statement(why) => why,
                Fault::TooManyRows => return None,
            };
            Some(PrepareError { engine: Engine::Sqlite, text: text.to_owned(), why })
        };
        statements.iter().filter_map(check).collect()
    }
}
