//! Money that comes in: a bank tells of it, signed with the tenant's transfer secret, and it has its effect once.

mod signature;

use std::sync::Arc;

use onboarding::admission::standing::{settled, standing};
use onboarding::admission::transfer::{self, Incoming};
use onboarding::customer::Draft;
use onboarding::iban::Iban;
use onboarding::{CustomerId, FileId, Pii};
use store::{CommitError, NewFile, ReceivedTransfer};

use crate::admissions::keep;
use crate::refused::Refused;
use crate::settings;
use crate::tenants::SetError;
use crate::{Caller, Service};

pub use signature::Signed;

/// How often it is tried again when the customer was changed meanwhile.
const TRIES_MAX: u32 = 8;

/// What the bank's words are kept as.
const FILE_PURPOSE: &str = "inbound transfer";

/// Who tells of money.
#[derive(Debug, Clone)]
pub struct TransferSender {
    /// The institution whose secret it signed with.
    pub caller: Caller,
    /// Whose account it names, if anybody's.
    holder: Option<CustomerId>,
}

/// Why money was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// It is not signed, too old, or not with the secret of the institution whose account it names.
    #[error("it is not signed")]
    Unsigned,
    /// Something else came in under the same id.
    #[error("something else came in under the same id")]
    Differs,
    /// Anything else.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl Service {
    /// Who tells of money for this account. Where the message names no account of anybody's, it is who signs.
    ///
    /// # Errors
    /// [`TransferError::Unsigned`].
    pub async fn transfer_sender(
        &self,
        iban: Option<&Iban>,
        signed: &Signed<'_>,
    ) -> Result<TransferSender, TransferError> {
        let now = self.now();
        let holder = match iban {
            Some(iban) => self.store().account_holder(iban).await.map_err(Refused::from)?,
            None => None,
        };
        let is_signed = |caller: &Caller| {
            let secret = caller.settings.xpollens.transfer_secret.as_ref();
            secret.is_some_and(|secret| signed.holds(secret, now))
        };
        if let Some((tenant, customer)) = holder {
            let caller = self.on_behalf_of(tenant).await?;
            let sender = TransferSender { caller, holder: Some(customer) };
            return if is_signed(&sender.caller) { Ok(sender) } else { Err(TransferError::Unsigned) };
        }
        let all = self.senders_of_transfers().await?;
        let signer = all.iter().find(|caller| is_signed(caller)).ok_or(TransferError::Unsigned)?;
        Ok(TransferSender { caller: signer.clone(), holder: None })
    }

    /// Takes money in. The same again changes nothing.
    ///
    /// # Errors
    /// [`TransferError::Differs`] for something else under the same id; [`Refused::NotFound`] where the account is
    /// nobody's.
    pub async fn receive_transfer(
        &self,
        sender: &TransferSender,
        iban: &Iban,
        incoming: Incoming,
        notification: &[u8],
    ) -> Result<(), TransferError> {
        let (store, ctx, policy) = (self.store(), &sender.caller.ctx, &sender.caller.policy);
        let holder = sender.holder.ok_or(Refused::NotFound)?;
        let cents = incoming.amount_cents.to_be_bytes();
        let said: [&[u8]; 6] = [
            incoming.sender_id.as_bytes(),
            iban.as_str().as_bytes(),
            &cents,
            incoming.debtor_name.as_bytes(),
            incoming.debtor_iban.as_str().as_bytes(),
            incoming.scheme.as_str().as_bytes(),
        ];
        let id = store.keyed_digest(ctx, "vestibule/transfer-id/1", &said[..1]).await.map_err(Refused::from)?;
        let fingerprint = store.keyed_digest(ctx, "vestibule/transfer/1", &said).await.map_err(Refused::from)?;
        let received = ReceivedTransfer { id, fingerprint, customer: holder };
        for _ in 0..TRIES_MAX {
            if let Some(known) = store.transfer(ctx, id).await.map_err(Refused::from)? {
                return if known == received { Ok(()) } else { Err(TransferError::Differs) };
            }
            let customer = store.customer(ctx, holder).await.map_err(Refused::from)?.ok_or(Refused::NotFound)?;
            let stands = standing(&customer, &policy.admission).ok_or(Refused::NotFound)?;
            let (before, now) = (customer.clone(), self.now());
            let (shown, changes) = {
                let mut ids = self.ids(now);
                let mut draft = Draft::new(customer, &mut ids, now);
                let shown = transfer::receive(&mut draft, incoming.clone(), stands, &policy.admission);
                let shown = shown.map_err(|refusal| Refused::from(onboarding::Refusal::from(refusal)))?;
                (shown, draft.finish())
            };
            let changes = settled(changes, &before, policy, &mut self.ids(now), now);
            let changes = self.asked_of_people(ctx, changes, Some(&before), now).await?;
            let mut write = store.write(ctx, now);
            write.transfer_received(&received);
            write.apply(&changes).map_err(Refused::from)?;
            keep(&mut write, Some(&before), &changes.customer, policy)?;
            if let Some(id) = shown {
                let file = NewFile {
                    id: FileId(id),
                    customer: holder,
                    purpose: FILE_PURPOSE.to_owned(),
                    content_type: "application/json".to_owned(),
                    name: Some(Pii(transfer::FILE_NAME.to_owned())),
                    content: Pii(notification.to_vec()),
                };
                write.keep_file(&file).map_err(Refused::from)?;
            }
            match self.commit(write).await {
                Ok(()) => return Ok(()),
                Err(CommitError::Conflict | CommitError::TransferTaken) => {}
                Err(error) => return Err(Refused::from(error).into()),
            }
        }
        Err(Refused::Conflict.into())
    }

    /// Makes a new secret for telling of money, and gives it out this once. What is signed with the one before is refused
    /// within about a second.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown tenant.
    pub async fn rotate_transfer_secret(&self, operator: &str, id_or_key: &str) -> Result<String, SetError> {
        let secret = self.new_transfer_secret();
        let change = (settings::XPOLLENS_TRANSFER_SECRET.to_owned(), secret.clone());
        self.set_tenant(operator, id_or_key, &[change]).await?;
        Ok(secret)
    }

    pub(crate) fn new_transfer_secret(&self) -> String {
        use base64::Engine;
        format!("{}{}", signature::PREFIX, base64::prelude::BASE64_STANDARD.encode(self.random_bytes()))
    }

    /// Every tenant that has a secret for telling of money; believed for as long as everything else of a tenant.
    async fn senders_of_transfers(&self) -> Result<Arc<Vec<Caller>>, Refused> {
        if let Some(known) = self.transfer_senders().get(&()) {
            return Ok(known);
        }
        let mut senders = Vec::new();
        for tenant in self.store().tenants().await? {
            if tenant.secrets.contains_key(settings::XPOLLENS_TRANSFER_SECRET) {
                senders.push(self.on_behalf_of(tenant.id).await?);
            }
        }
        let senders = Arc::new(senders);
        self.transfer_senders().insert((), Arc::clone(&senders));
        Ok(senders)
    }
}
