//! What a device asks, which is known by a handle alone.

use onboarding::admission::AdmissionRefusal;
use onboarding::admission::signature::{self, Answer, Answered, Outcome, Signature, may_answer, signed_text};
use onboarding::admission::wallet::{self, Bind, PublicKey, Wallet, WalletState};
use onboarding::{Customer, Pii};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey as Point, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use store::HandleKind;
use uuid::Uuid;

use super::{admission, page, refused};
use crate::refused::Refused;
use crate::{Caller, Service};

/// What waits for a device's signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenges {
    /// Where the device stands.
    pub state: WalletState,
    /// What waits, the oldest first.
    pub open: Vec<Signature>,
    /// Whose terms and forms they are.
    pub institution: String,
}

/// Where a device's customer identifies itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Identification {
    /// The `technicalId` of its page.
    pub technical_id: Pii<String>,
    /// The token of its page.
    pub token: Pii<String>,
    /// Whether anything is still to be shown there.
    pub is_wanted: bool,
    /// Who asks for it.
    pub institution: String,
}

/// What a device says to an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAnswer {
    /// To which operation.
    pub id: Uuid,
    /// The device.
    pub wallet: Uuid,
    /// What it says.
    pub outcome: Outcome,
    /// When it was signed, in seconds since 1970. A device's clock may be wrong: nothing rests on it.
    pub signed_at: i64,
    /// The signature, r and s of ES256; nothing where the secret code was wrong.
    pub signature: Option<Vec<u8>>,
}

impl Service {
    /// Binds a device by an activation code; the one that it has bound, for who asks again with the same key.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown code; [`AdmissionRefusal::Ended`], [`AdmissionRefusal::NoKey`] and what else the
    /// domain refuses.
    pub async fn bind_device(&self, code: &str, key: PublicKey) -> Result<Wallet, Refused> {
        let found = self.handle_of(HandleKind::Activation, code).await?;
        let (house, customer) = match self.led_to(&found).await {
            // The code of somebody who is forgotten.
            Err(Refused::NotFound) if found.ended_at.is_some() => return Err(refused(AdmissionRefusal::Ended)),
            led => led?,
        };
        if !is_on_curve(&key) {
            return Err(refused(AdmissionRefusal::NoKey));
        }
        let device = Bind { id: Pii(self.random_handle()), key };
        let policy = &house.policy;
        let (_, customer) = self
            .step(&house, customer.id, &[], |customer, _, ids, now| {
                Ok(((), wallet::bind(customer, code, device, policy, ids, now)?))
            })
            .await?;
        admission(&customer)?.wallet.clone().ok_or(Refused::NotFound)
    }

    /// What waits for a device's signature.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown device; [`AdmissionRefusal::Ended`] for one that was killed.
    pub async fn challenges(&self, wallet: &str) -> Result<Challenges, Refused> {
        let (house, customer, known) = self.device(wallet).await?;
        let now = self.now();
        let signatures = admission(&customer)?.signatures.iter();
        let open = signatures.filter(|open| open.is_open() && open.expires_at > now).cloned().collect();
        Ok(Challenges { state: known.state, open, institution: house.tenant.name.clone() })
    }

    /// Where a device's customer identifies itself.
    ///
    /// # Errors
    /// As for [`Service::challenges`]; [`Refused::NotFound`] for who has no page.
    pub async fn identification_of(&self, wallet: &str) -> Result<Identification, Refused> {
        let (house, customer, _) = self.device(wallet).await?;
        let page = admission(&customer)?.page.clone().ok_or(Refused::NotFound)?;
        let wanted = page::wanted(&customer)?;
        let is_wanted = page.ended_at.is_none() && (wanted.document || wanted.selfie);
        let institution = house.tenant.name.clone();
        Ok(Identification { technical_id: page.technical_id, token: page.token, is_wanted, institution })
    }

    /// Takes in what a device says to an operation. What was signed takes effect in the write that ends it, or never.
    ///
    /// # Errors
    /// [`Refused::NotFound`] for an unknown operation; [`AdmissionRefusal::WrongDevice`],
    /// [`AdmissionRefusal::AlreadyAnswered`], [`AdmissionRefusal::SignatureExpired`], [`AdmissionRefusal::DeviceLocked`].
    pub async fn answer_challenge(&self, given: &DeviceAnswer) -> Result<Answered, Refused> {
        let (house, customer) = self.led_by(HandleKind::Signature, &given.id.to_string()).await?;
        let wallet = Pii(given.wallet);
        let policy = &house.policy;
        let (answered, _) = self
            .step(&house, customer.id, &[], |customer, _, ids, now| {
                let known = customer.admission.as_ref().ok_or(AdmissionRefusal::NotAdmitted)?;
                let (key, digest) = may_answer(known, given.id, wallet, now)?;
                let text = signed_text(given.id, &digest, given.outcome, given.signed_at);
                let verified = given.signature.as_ref().is_some_and(|signed| is_by(&key, &text, signed));
                let answer = Answer { id: given.id, wallet, outcome: given.outcome, verified };
                signature::answer(customer, answer, policy, ids, now)
            })
            .await?;
        Ok(answered)
    }

    /// The device of this id, and whose it is.
    async fn device(&self, wallet: &str) -> Result<(Caller, Customer, Wallet), Refused> {
        // However it is written, it is one device.
        let id = Uuid::try_parse(wallet).map_err(|_| Refused::NotFound)?;
        let (house, customer) = self.led_by(HandleKind::Wallet, &id.to_string()).await?;
        let known = admission(&customer)?.wallet.clone().ok_or(Refused::NotFound)?;
        if known.id.0 != id {
            return Err(refused(AdmissionRefusal::Ended));
        }
        Ok((house, customer, known))
    }
}

/// The point in the form that SEC 1 calls uncompressed.
fn uncompressed(key: &PublicKey) -> Vec<u8> {
    let mut point = vec![4];
    point.extend_from_slice(&key.0);
    point
}

/// Whether the text was signed by this key: ECDSA on P-256 with SHA-256, r and s one after the other (ES256, RFC 7518).
fn is_by(key: &PublicKey, text: &str, signature: &[u8]) -> bool {
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, uncompressed(key));
    key.verify(text.as_bytes(), signature).is_ok()
}

/// Whether it is a point of the curve: only of such a one can a secret be agreed on.
fn is_on_curve(key: &PublicKey) -> bool {
    let Ok(own) = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()) else { return false };
    agree_ephemeral(own, &Point::new(&ECDH_P256, uncompressed(key)), |_| ()).is_ok()
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    use super::*;

    #[test]
    fn a_key_is_a_point_and_signs_its_own() {
        let random = SystemRandom::new();
        let pair = || {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).expect("a key")
        };
        let public =
            |pair: &EcdsaKeyPair| PublicKey(pair.public_key().as_ref()[1..].try_into().expect("two coordinates"));
        let (one, other) = (pair(), pair());
        assert!(is_on_curve(&public(&one)));
        assert!(!is_on_curve(&PublicKey([1; 64])));
        let signature = one.sign(&random, b"yes").expect("signed");
        for (key, text, signed, holds) in [
            (public(&one), "yes", signature.as_ref(), true),
            (public(&one), "no", signature.as_ref(), false),
            (public(&other), "yes", signature.as_ref(), false),
            (public(&one), "yes", &signature.as_ref()[..63], false),
            (public(&one), "yes", &[], false),
        ] {
            assert_eq!(is_by(&key, text, signed), holds, "{text} {}", signed.len());
        }
    }
}
