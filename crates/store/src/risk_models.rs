//! Risk models: every version as it was written, and which was in force when. They hold no personal data.

use db::{Batch, Expect, Row, WriteError, sql, values};
use jiff::Timestamp;
use onboarding::TenantId;

use crate::context::Ctx;
use crate::error::{CommitError, StoreError};
use crate::open::Store;
use crate::rows::{Reader, id, time};
use crate::statements::statements;

statements! {
    MODEL_INSERT = sql(
        "INSERT INTO risk_models (tenant_id, version, name, model, created_by, created_at) \
         SELECT $1, COALESCE(MAX(version), 0)+1, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT) \
         FROM risk_models WHERE tenant_id=$1 HAVING COUNT(*) < $6 RETURNING version",
    );
    MODELS = sql(
        "SELECT tenant_id, version, name, created_by, created_at FROM risk_models WHERE tenant_id=$1 ORDER BY version DESC \
         LIMIT $2",
    );
    MODEL = sql("SELECT tenant_id, version, model FROM risk_models WHERE tenant_id=$1 AND version=$2");
    ACTIVATION_INSERT = sql(
        "INSERT INTO risk_activations (tenant_id, number, version, effective_from, activated_by, activated_at) \
         SELECT m.tenant_id, (SELECT COALESCE(MAX(number), 0)+1 FROM risk_activations WHERE tenant_id=$1), m.version, \
         CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM risk_models m WHERE m.tenant_id=$1 AND m.version=$5",
    );
    ACTIVATIONS = sql(
        "SELECT tenant_id, version, effective_from, activated_by, activated_at FROM risk_activations WHERE tenant_id=$1 \
         ORDER BY effective_from DESC, number DESC LIMIT $2",
    );
}

/// Most versions that a tenant may keep.
pub const MODELS_MAX: u32 = 1_000;

/// A version of a tenant's risk model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskModel {
    /// Its version, from 1.
    pub version: u32,
    /// What it is called.
    pub name: String,
    /// Who put it there.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
}

/// That a version was, or is to be, put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskActivation {
    /// Which version.
    pub version: u32,
    /// From when on.
    pub effective_from: Timestamp,
    /// Who decided it.
    pub activated_by: String,
    /// When it was decided.
    pub activated_at: Timestamp,
}

impl Store {
    /// Keeps a model as the tenant's next version, and answers with it.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when somebody else keeps one at the same time, or when there are [`MODELS_MAX`].
    pub async fn put_risk_model(
        &self,
        ctx: &Ctx,
        name: &str,
        text: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<RiskModel, CommitError> {
        let mut batch = Batch::new();
        let insert = values![id(ctx.tenant.0), name, text, by, time(now), MODELS_MAX];
        batch.add(&MODEL_INSERT, insert, Expect::Rows(1));
        let written = self.db().write(batch).await.map_err(taken)?;
        let row = written.first().and_then(|result| result.rows.first()).ok_or(CommitError::Conflict)?;
        let version = Reader::named(row, "risk_models", ctx.tenant.to_string()).number("version")?;
        Ok(RiskModel { version, name: name.to_owned(), created_by: by.to_owned(), created_at: now })
    }

    /// The tenant's versions, newest first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn risk_models(&self, ctx: &Ctx) -> Result<Vec<RiskModel>, StoreError> {
        self.db().read(&MODELS, values![id(ctx.tenant.0), MODELS_MAX]).await?.iter().map(model).collect()
    }

    /// The text of a version.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn risk_model(&self, ctx: &Ctx, version: u32) -> Result<Option<String>, StoreError> {
        let row = self.db().read_one(&MODEL, values![id(ctx.tenant.0), version]).await?;
        row.as_ref().map(|row| named(row, ctx.tenant).string("model")).transpose()
    }

    /// Puts a version in force from this time on, and answers whether there is such a version.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] when somebody else does so at the same time.
    pub async fn activate_risk_model(&self, ctx: &Ctx, activation: &RiskActivation) -> Result<bool, CommitError> {
        let mut batch = Batch::new();
        let insert = values![
            id(ctx.tenant.0),
            time(activation.effective_from),
            &activation.activated_by,
            time(activation.activated_at),
            activation.version
        ];
        batch.add(&ACTIVATION_INSERT, insert, Expect::AtMost(1));
        let written = self.db().write(batch).await.map_err(taken)?;
        Ok(written.first().is_some_and(|result| result.rows_affected == 1))
    }

    /// When which version was, is, or is to be in force: the one that comes into force last first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn risk_activations(&self, ctx: &Ctx) -> Result<Vec<RiskActivation>, StoreError> {
        self.db().read(&ACTIVATIONS, values![id(ctx.tenant.0), MODELS_MAX]).await?.iter().map(activation).collect()
    }
}

fn taken(error: WriteError) -> CommitError {
    match error {
        WriteError::Unique { .. } | WriteError::Expectation { .. } => CommitError::Conflict,
        error => error.into(),
    }
}

fn named(row: &Row, tenant: TenantId) -> Reader<'_> {
    Reader::named(row, "risk_models", tenant.to_string())
}

fn model(row: &Row) -> Result<RiskModel, StoreError> {
    let row = Reader::new(row, "risk_models", "tenant_id");
    Ok(RiskModel {
        version: row.number("version")?,
        name: row.string("name")?,
        created_by: row.string("created_by")?,
        created_at: row.time("created_at")?,
    })
}

fn activation(row: &Row) -> Result<RiskActivation, StoreError> {
    let row = Reader::new(row, "risk_activations", "tenant_id");
    Ok(RiskActivation {
        version: row.number("version")?,
        effective_from: row.time("effective_from")?,
        activated_by: row.string("activated_by")?,
        activated_at: row.time("activated_at")?,
    })
}
