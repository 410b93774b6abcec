//! Rating customers: a tenant's models, which is in force, what another would change, and who has to be rated again.

mod compare;

use std::sync::Arc;

use onboarding::case::Case;
use onboarding::risk::{Facts, Model, ModelError, ask_about, rate, with_rating};
use onboarding::submission::hastened;
use onboarding::{Changes, Customer, Timestamp};
use store::{Actor, CommitError, Ctx, RiskActivation};

use crate::refused::Refused;
use crate::{Service, reviews};

pub use compare::{Applied, Comparison, Moved};
pub use store::RiskModel;

/// Longest name of who put or activated a model, in characters.
const BY_CHARS_MAX: usize = 100;

/// How often a model is put again when somebody else was faster.
const TRIES_MAX: u32 = 8;

/// Why a model was not kept.
#[derive(Debug, thiserror::Error)]
pub enum PutModelError {
    /// It is no model: everything that is wrong with it.
    #[error("{} mistakes in the risk model", .0.len())]
    Invalid(Vec<ModelError>),
    /// Something else is in the way.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// Keeps a model as the tenant's next version. It is not in force by that.
    ///
    /// # Errors
    /// Everything that is wrong with it, with lines and columns.
    pub async fn put_risk_model(&self, ctx: &Ctx, text: &str) -> Result<RiskModel, PutModelError> {
        let model = Model::parse(text).map_err(PutModelError::Invalid)?;
        let by = by(ctx);
        for _ in 0..TRIES_MAX {
            match self.store().put_risk_model(ctx, &model.name, text, &by, self.now()).await {
                Ok(put) => return Ok(put),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(Refused::from(error).into()),
            }
        }
        Err(Refused::Conflict.into())
    }

    /// Puts a version in force from this time on, or at once. What was in force in the past is not changed by it.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a version that there is not; [`Refused::State`] for a time that has passed.
    pub async fn activate_risk_model(
        &self,
        ctx: &Ctx,
        version: u32,
        from: Option<Timestamp>,
    ) -> Result<RiskActivation, Refused> {
        let now = self.now();
        if from.is_some_and(|from| from < now) {
            return Err(Refused::State("a model comes into force now or later, not in the past"));
        }
        let (effective_from, activated_by) = (from.unwrap_or(now), by(ctx));
        let activation = RiskActivation { version, effective_from, activated_by, activated_at: now };
        for _ in 0..TRIES_MAX {
            match self.store().activate_risk_model(ctx, &activation).await {
                Ok(true) => {
                    self.activations().invalidate(&ctx.tenant);
                    return Ok(activation);
                }
                Ok(false) => return Err(Refused::NotFound),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Conflict)
    }

    /// The tenant's versions, newest first, and when which was or is to be in force, the one to come last first.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn risk_models(&self, ctx: &Ctx) -> Result<(Vec<RiskModel>, Vec<RiskActivation>), Refused> {
        Ok((self.store().risk_models(ctx).await?, self.store().risk_activations(ctx).await?))
    }

    /// A version as it was written; 0 is the model that is shipped.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn risk_model_text(&self, ctx: &Ctx, version: u32) -> Result<String, Refused> {
        if version == 0 {
            return Ok(Model::SHIPPED.to_owned());
        }
        self.store().risk_model(ctx, version).await?.ok_or(Refused::NotFound)
    }

    /// A version, read; 0 is the model that is shipped.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn risk_model(&self, ctx: &Ctx, version: u32) -> Result<Arc<Model>, Refused> {
        if let Some(model) = self.models().get(&(ctx.tenant, version)) {
            return Ok(model);
        }
        let text = self.risk_model_text(ctx, version).await?;
        // What was kept was read once; an engine that no longer reads it must not rate by something else.
        let model =
            Model::parse(&text).map_err(|_| Refused::State("the risk model is of another version of Vestibule"))?;
        let model = Arc::new(model.with_version(version));
        self.models().insert((ctx.tenant, version), Arc::clone(&model));
        Ok(model)
    }

    /// The model that is in force at this time: the tenant's own, or the shipped one while it has none. What was activated
    /// elsewhere is seen within a second.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn risk_model_in_force(&self, ctx: &Ctx, at: Timestamp) -> Result<Arc<Model>, Refused> {
        let version = in_force(&self.believed_activations(ctx).await?, at);
        self.risk_model(ctx, version.unwrap_or(0)).await
    }

    /// The facts of a customer, as they can be told from what is stored of it, on the day of this time (UTC); who has
    /// this fraction of a business or more is a beneficial owner.
    #[must_use]
    pub fn facts_of(&self, customer: &Customer, threshold: f64, now: Timestamp) -> Facts {
        self.stated_facts(customer, threshold, now).0
    }

    /// From which fraction of a business on the tenant takes somebody for a beneficial owner.
    pub(crate) async fn ownership_threshold(&self, ctx: &Ctx) -> Result<f64, Refused> {
        Ok(self.on_behalf_of(ctx.tenant).await?.settings.ownership_threshold())
    }

    /// Goes on with a change by rating the customer anew: one that has a rating, that a dialect keeps facts of, or whose
    /// tenant has a model in force. A level that rises asks a person ([`ask_about`]) and brings the next review forward.
    ///
    /// # Errors
    /// What the store cannot do.
    pub async fn rated(
        &self,
        ctx: &Ctx,
        changes: Changes,
        open_case: Option<Case>,
        now: Timestamp,
    ) -> Result<Changes, Refused> {
        let threshold = self.ownership_threshold(ctx).await?;
        let (facts, stated) = self.stated_facts(&changes.customer, threshold, now);
        let wanted = stated
            || changes.customer.rating.is_some()
            || in_force(&self.believed_activations(ctx).await?, now).is_some();
        if !wanted {
            return Ok(changes);
        }
        let model = self.risk_model_in_force(ctx, now).await?;
        let changes = with_rating(changes, rate(&model, &facts), &mut self.ids(now), now);
        let years = reviews::years(&changes.customer);
        let changes = hastened(changes, years, &mut self.ids(now), now);
        Ok(ask_about(changes, open_case, &mut self.ids(now), now))
    }

    fn stated_facts(&self, customer: &Customer, threshold: f64, now: Timestamp) -> (Facts, bool) {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut facts = Facts::of(customer, today, threshold);
        let mut stated = false;
        for dialect in self.dialects() {
            stated |= dialect.facts(customer, &mut facts);
        }
        (facts, stated)
    }

    async fn believed_activations(&self, ctx: &Ctx) -> Result<Arc<Vec<RiskActivation>>, Refused> {
        if let Some(known) = self.activations().get(&ctx.tenant) {
            return Ok(known);
        }
        let found = Arc::new(self.store().risk_activations(ctx).await?);
        self.activations().insert(ctx.tenant, Arc::clone(&found));
        Ok(found)
    }
}

/// Which version is in force, of activations that come last first.
fn in_force(activations: &[RiskActivation], at: Timestamp) -> Option<u32> {
    activations.iter().find(|activation| activation.effective_from <= at).map(|activation| activation.version)
}

/// Who did it, as it is kept and shown.
fn by(ctx: &Ctx) -> String {
    match &ctx.actor {
        Actor::System => "the house".to_owned(),
        Actor::Credential(id) => format!("credential {id}"),
        Actor::Operator(name) => name.trim().chars().filter(|c| !c.is_control()).take(BY_CHARS_MAX).collect(),
    }
}
