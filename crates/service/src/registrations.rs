//! Registrations: who wants to know of which events, and where.

pub mod queue;
pub mod upkeep;

use std::collections::BTreeSet;

use jiff::Timestamp;
use onboarding::customer::Ids;
use onboarding::{CustomerId, EventKind, Pii, TenantId};
use serde_json::{Map, Value};
use store::{Delivery, Registration, RegistrationFilter, RegistrationId, RegistrationMode, RegistrationState, Retries};

use crate::answer::{Answer, Reply};
use crate::customers::Page;
use crate::refused::Refused;
use crate::workers::courier::Ping;
use crate::{Caller, Service};

/// A wish to know.
#[derive(Debug, Clone)]
pub struct NewRegistration {
    /// The dialect it is made in.
    pub dialect: &'static str,
    /// Its name: one registration of the tenant in the dialect has it. Nothing personal.
    pub name: String,
    /// The events.
    pub events: BTreeSet<EventKind>,
    /// The customer it is about, if it is about one. What happens to others is not told.
    pub customer: Option<CustomerId>,
    /// Sent, or fetched.
    pub mode: RegistrationMode,
    /// Where to, when it is sent.
    pub callback_url: Option<String>,
    /// How much is said, in the dialect's word.
    pub format: String,
    /// How long to try, where it says so itself.
    pub retries: Option<Retries>,
    /// HTTP Basic user and password for the callback.
    pub auth: Option<(String, Pii<String>)>,
    /// What the dialect signs with or shows.
    pub secret: Option<Pii<String>>,
    /// What else only the dialect reads.
    pub attributes: Map<String, Value>,
}

impl NewRegistration {
    /// A wish to be sent these events, and nothing else said.
    #[must_use]
    pub fn push(
        dialect: &'static str,
        name: impl Into<String>,
        events: impl IntoIterator<Item = EventKind>,
        callback_url: impl Into<String>,
    ) -> Self {
        Self {
            dialect,
            name: name.into(),
            events: events.into_iter().collect(),
            customer: None,
            mode: RegistrationMode::Push,
            callback_url: Some(callback_url.into()),
            format: String::new(),
            retries: None,
            auth: None,
            secret: None,
            attributes: Map::new(),
        }
    }

    /// The registration it becomes: for [`store::Write::registration_put`], together with whatever else is written.
    #[must_use]
    pub fn made(self, tenant: TenantId, id: uuid::Uuid, now: Timestamp) -> Registration {
        Registration {
            id: RegistrationId(id),
            tenant,
            dialect: self.dialect.to_owned(),
            name: self.name,
            events: self.events,
            customer: self.customer,
            mode: self.mode,
            callback_url: self.callback_url,
            format: self.format,
            retries: self.retries,
            auth: self.auth,
            secret: self.secret,
            attributes: self.attributes,
            state: RegistrationState::Active,
            created_at: now,
            changed_at: now,
            version: 1,
        }
    }

    /// Whether this registration is what is wanted, and served.
    pub(crate) fn is_met_by(&self, known: &Registration) -> bool {
        is_same(&self.clone().made(known.tenant, known.id.0, known.changed_at), known)
    }

    /// The registration it becomes in the place of another, with its state.
    fn in_place_of(self, known: &Registration, now: Timestamp) -> Registration {
        Registration {
            state: known.state,
            created_at: known.created_at,
            version: known.version + 1,
            ..self.made(known.tenant, known.id.0, now)
        }
    }
}

/// Whether they differ in nothing but when and as what they were written down.
fn is_same(wanted: &Registration, known: &Registration) -> bool {
    let Registration { id, created_at, changed_at, version, .. } = *known;
    Registration { id, created_at, changed_at, version, ..wanted.clone() } == *known
}

impl Service {
    /// Makes a registration.
    ///
    /// # Errors
    /// [`Refused::Taken`] when the tenant has one of this name in this dialect.
    pub async fn register(
        &self,
        caller: &Caller,
        new: NewRegistration,
        reply: Reply<'_, Registration>,
    ) -> Result<Answer, Refused> {
        let ctx = &caller.ctx;
        let _running = match self.first_or_again(ctx, reply.once).await? {
            Ok(running) => running,
            Err(answer) => return Ok(answer),
        };
        let now = self.now();
        let registration = new.made(ctx.tenant, self.ids(now).next(), now);
        let rendered = (reply.render)(&registration);
        let mut write = self.store().write(ctx, now);
        write.registration_created(&registration)?;
        self.answer(ctx, write, reply.once, reply.request_id, rendered).await?.ok_or(Refused::Conflict)
    }

    /// Makes a registration, or puts it in the place of the one of its name in its dialect: it is active from now on,
    /// and what was held for it goes out. Nothing happens if it is there already, as it is wanted.
    ///
    /// To do so in one write with something else: [`NewRegistration::made`] and [`store::Write::registration_put`].
    ///
    /// # Errors
    /// [`Refused::Conflict`] when it is removed at the same moment.
    pub async fn put_registration(&self, caller: &Caller, new: NewRegistration) -> Result<Registration, Refused> {
        let (ctx, now) = (&caller.ctx, self.now());
        let wanted = new.made(ctx.tenant, self.ids(now).next(), now);
        let known = self.store().registration_named(ctx, &wanted.dialect, &wanted.name).await?;
        if let Some(known) = known.filter(|known| is_same(&wanted, known)) {
            return Ok(known);
        }
        let mut write = self.store().write(ctx, now);
        write.registration_put(&wanted)?;
        self.commit(write).await?;
        self.signals().courier_due.notify_one();
        let put = self.store().registration_named(ctx, &wanted.dialect, &wanted.name).await?;
        put.ok_or(Refused::Conflict)
    }

    /// One registration of the caller in this dialect.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn registration(
        &self,
        caller: &Caller,
        dialect: &str,
        id: RegistrationId,
    ) -> Result<Registration, Refused> {
        let found = self.store().registration(&caller.ctx, id).await?;
        found.filter(|registration| registration.dialect == dialect).ok_or(Refused::NotFound)
    }

    /// The caller's registrations, oldest first.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn registrations(
        &self,
        caller: &Caller,
        filter: &RegistrationFilter,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Registration>, Refused> {
        Ok(Page::of(self.store().registrations(&caller.ctx, filter, offset, limit + 1).await?, limit))
    }

    /// Puts another registration in the place of one; id, dialect and dates are the house's.
    ///
    /// # Errors
    /// [`Refused::NotFound`], [`Refused::Taken`], [`Refused::Conflict`].
    pub async fn update_registration(
        &self,
        caller: &Caller,
        id: RegistrationId,
        new: NewRegistration,
    ) -> Result<Registration, Refused> {
        let known = self.registration(caller, new.dialect, id).await?;
        let changed = new.in_place_of(&known, self.now());
        let mut write = self.store().write(&caller.ctx, changed.changed_at);
        write.registration_changed(&changed)?;
        self.commit(write).await?;
        Ok(changed)
    }

    /// Ends a registration. What it was still owed ends as failed, and can be read.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn delete_registration(&self, caller: &Caller, dialect: &str, id: RegistrationId) -> Result<(), Refused> {
        let known = self.registration(caller, dialect, id).await?;
        let mut write = self.store().write(&caller.ctx, self.now());
        write.registration_deleted(&known)?;
        Ok(self.commit(write).await?)
    }

    /// Takes a suspended registration up again; what was held for it goes out now.
    ///
    /// # Errors
    /// [`Refused::NotFound`], [`Refused::Conflict`].
    pub async fn restart_registration(
        &self,
        caller: &Caller,
        dialect: &str,
        id: RegistrationId,
    ) -> Result<Registration, Refused> {
        let known = self.registration(caller, dialect, id).await?;
        if known.state == RegistrationState::Active {
            return Ok(known);
        }
        let restarted = Registration {
            state: RegistrationState::Active,
            changed_at: self.now(),
            version: known.version + 1,
            ..known
        };
        let mut write = self.store().write(&caller.ctx, restarted.changed_at);
        write.registration_restarted(&restarted)?;
        self.commit(write).await?;
        self.signals().courier_due.notify_one();
        Ok(restarted)
    }

    /// Sends a simulated event to a registration, once; whether it arrives is for its owner to see.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] for one that is fetched, not sent.
    pub async fn ping_registration(
        &self,
        caller: &Caller,
        dialect: &str,
        id: RegistrationId,
    ) -> Result<Registration, Refused> {
        let known = self.registration(caller, dialect, id).await?;
        if known.mode != RegistrationMode::Push {
            return Err(Refused::State("only a push registration can be pinged"));
        }
        let now = self.now();
        let ping = Ping { id: self.ids(now).next(), registration: known.clone(), at: now };
        self.signals().pings.try_send(ping).map_err(|_| Refused::Overloaded)?;
        Ok(known)
    }

    /// The oldest event that waits to be fetched.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn poll(&self, caller: &Caller, dialect: &str) -> Result<Option<Delivery>, Refused> {
        Ok(self.store().poll_next(&caller.ctx, dialect).await?)
    }

    /// The caller has fetched this event; it is not given again.
    ///
    /// # Errors
    /// [`Refused::NotFound`]; [`Refused::State`] for one that is sent.
    pub async fn acknowledge(
        &self,
        caller: &Caller,
        dialect: &str,
        id: store::DeliveryId,
    ) -> Result<Delivery, Refused> {
        let known = self.delivery(caller, dialect, id).await?;
        if known.mode != RegistrationMode::Poll {
            return Err(Refused::State("only an event of a poll registration is acknowledged"));
        }
        self.store().acknowledge(&caller.ctx, id, self.now()).await?;
        self.delivery(caller, dialect, id).await
    }

    /// One event as this caller is owed it.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn delivery(&self, caller: &Caller, dialect: &str, id: store::DeliveryId) -> Result<Delivery, Refused> {
        let found = self.store().delivery(&caller.ctx, id).await?;
        found.filter(|delivery| delivery.dialect == dialect).ok_or(Refused::NotFound)
    }

    /// All events the caller was or is owed, oldest first.
    ///
    /// # Errors
    /// Only what the store cannot do.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        dialect: &str,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Delivery>, Refused> {
        Ok(Page::of(self.store().deliveries(&caller.ctx, dialect, offset, limit + 1).await?, limit))
    }

    /// All events that one registration was or is owed, oldest first.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for a registration that is not there, or of another dialect.
    pub async fn deliveries_of(
        &self,
        caller: &Caller,
        dialect: &str,
        registration: RegistrationId,
        offset: u64,
        limit: u32,
    ) -> Result<Page<Delivery>, Refused> {
        let known = self.registration(caller, dialect, registration).await?;
        Ok(Page::of(self.store().deliveries_of(&caller.ctx, known.id, offset, limit + 1).await?, limit))
    }

    /// Sends an event again, from the first try on.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn resend(&self, caller: &Caller, dialect: &str, id: store::DeliveryId) -> Result<Delivery, Refused> {
        self.delivery(caller, dialect, id).await?;
        self.store().resend(&caller.ctx, id, self.now()).await?;
        self.signals().courier_due.notify_one();
        self.delivery(caller, dialect, id).await
    }
}
