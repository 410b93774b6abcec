//! Answers that can be given twice: idempotency.
//!
//! The record of an answer is written in the transaction of its effect. While the first request runs, its twin on this
//! node is told so; a twin on another node meets the record's key and is answered from it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use store::{CommitError, Ctx, Write};

use crate::Service;
use crate::refused::Refused;

/// What a dialect says of a result. Its body is personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// HTTP status.
    pub status: u16,
    /// Body; JSON, or empty.
    pub body: Vec<u8>,
}

/// What the caller gets. Its body is personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body, byte for byte that of the first answer when it is given again.
    pub body: Vec<u8>,
    /// The id of the request that was first answered so, when this one is a repetition.
    pub original_request_id: Option<String>,
}

/// How a result is to be rendered and remembered.
pub struct Reply<'a, T> {
    /// The digested idempotency key, if the caller sent one.
    pub once: Option<Once>,
    /// The id of this request.
    pub request_id: &'a str,
    /// The dialect's words for the result.
    pub render: &'a (dyn Fn(&T) -> Rendered + Send + Sync),
}

/// An idempotency key, digested under the tenant's key: of what the caller sent, nothing can be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Once {
    id: [u8; 32],
    fingerprint: [u8; 32],
    kept: SignedDuration,
}

/// Holds a key while its first request runs.
pub(crate) struct Running {
    keys: Arc<Mutex<HashSet<[u8; 32]>>>,
    id: [u8; 32],
}

impl Drop for Running {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

impl Service {
    /// A key under which a request counts as repeated only if its body is the same (COS: a changed body is new).
    pub async fn once_by_body(
        &self,
        ctx: &Ctx,
        route: &str,
        key: &str,
        body: &[u8],
        kept: SignedDuration,
    ) -> Result<Once, Refused> {
        let parts: [&[u8]; 3] = [route.as_bytes(), key.as_bytes(), body];
        let id = self.store().keyed_digest(ctx, "answer-by-body", &parts).await?;
        Ok(Once { id, fingerprint: id, kept })
    }

    /// Gives the answer of the first request, or the right to be it.
    pub(crate) async fn first_or_again(
        &self,
        ctx: &Ctx,
        once: Option<Once>,
    ) -> Result<Result<Option<Running>, Answer>, Refused> {
        let Some(once) = once else { return Ok(Ok(None)) };
        let running = self.run_alone(once.id).ok_or(Refused::InFlight)?;
        match self.again(ctx, once).await? {
            Some(answer) => Ok(Err(answer)),
            None => Ok(Ok(Some(running))),
        }
    }

    /// The right to be the only one on this node that runs under this key, if nobody else does.
    pub(crate) fn run_alone(&self, id: [u8; 32]) -> Option<Running> {
        let keys = self.running();
        let fresh = keys.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        fresh.then_some(Running { keys, id })
    }

    /// Writes, and the record of the answer with it. Nothing when another writer was faster: decide again.
    pub(crate) async fn answer(
        &self,
        ctx: &Ctx,
        mut write: Write,
        once: Option<Once>,
        request_id: &str,
        rendered: Rendered,
    ) -> Result<Option<Answer>, Refused> {
        if let Some(once) = once {
            write.remember(&self.record(once, request_id, &rendered))?;
        }
        match (self.commit(write).await, once) {
            (Ok(()), _) => Ok(Some(Answer { status: rendered.status, body: rendered.body, original_request_id: None })),
            (Err(CommitError::Conflict | CommitError::CifNumberTaken), _) => Ok(None),
            // A twin on another node was faster: its answer is ours.
            (Err(CommitError::AnswerTaken), Some(once)) => self.again(ctx, once).await,
            (Err(error), _) => Err(error.into()),
        }
    }

    /// The answer of the first request with this key, if it is still kept.
    async fn again(&self, ctx: &Ctx, once: Once) -> Result<Option<Answer>, Refused> {
        let since = self.now().saturating_sub(once.kept).unwrap_or(jiff::Timestamp::MIN);
        let Some(kept) = self.store().answer(ctx, once.id, since).await? else { return Ok(None) };
        if kept.fingerprint != once.fingerprint {
            return Err(Refused::OtherBody);
        }
        Ok(Some(Answer { status: kept.status, body: kept.body, original_request_id: Some(kept.request_id) }))
    }

    /// The record of an answer, to be written with its effect.
    fn record(&self, once: Once, request_id: &str, rendered: &Rendered) -> store::Answer {
        let now = self.now();
        store::Answer {
            id: once.id,
            fingerprint: once.fingerprint,
            status: rendered.status,
            body: rendered.body.clone(),
            request_id: request_id.to_owned(),
            created_at: now,
            kept_until: now.saturating_add(once.kept).unwrap_or(jiff::Timestamp::MAX),
        }
    }
}
