//! What of a registration is sealed: everything that proves something, and what only its dialect reads.

use onboarding::{Pii, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Registration;
use crate::vault::keyring::TenantKeys;
use crate::vault::seal::Place;

/// What stands inside the seal.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub auth: Option<(String, Pii<String>)>,
    pub secret: Option<Pii<String>>,
    pub attributes: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct SealedV1 {
    v: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    attributes: Map<String, Value>,
}

/// Seals it; nothing, where there is nothing to seal.
pub(super) fn seal(keys: &TenantKeys, registration: &Registration) -> Option<Vec<u8>> {
    let Registration { auth, secret, attributes, .. } = registration;
    if auth.is_none() && secret.is_none() && attributes.is_empty() {
        return None;
    }
    let document = SealedV1 {
        v: 1,
        user: auth.as_ref().map(|(user, _)| user.clone()),
        password: auth.as_ref().map(|(_, password)| password.0.clone()),
        secret: secret.as_ref().map(|secret| secret.0.clone()),
        attributes: attributes.clone(),
    };
    let json = Zeroizing::new(serde_json::to_vec(&document).expect("texts and JSON are JSON"));
    let row = row(&registration.dialect, &registration.name);
    Some(keys.seal.seal(&place(registration.tenant, &row), &json))
}

/// Opens it again, or says what is wrong.
pub(super) fn open(
    keys: &TenantKeys,
    tenant: TenantId,
    dialect: &str,
    name: &str,
    sealed: &[u8],
) -> Result<Inside, String> {
    let json = keys.seal.open(&place(tenant, &row(dialect, name)), sealed).map_err(|broken| broken.to_string())?;
    let read: Option<SealedV1> = serde_json::from_slice(&json).ok().filter(|read: &SealedV1| read.v == 1);
    let SealedV1 { user, password, secret, attributes, .. } = read.ok_or("what is sealed does not read")?;
    Ok(Inside { auth: user.zip(password.map(Pii)), secret: secret.map(Pii), attributes })
}

/// Not bound to the row's version: a suspension changes the version and cannot seal anew. Nor to its id: who puts a
/// registration in the place of one by its name does not know the other's.
fn place(tenant: TenantId, row: &[u8]) -> Place<'_> {
    Place { tenant, table: "registrations", row, column: "sealed", version: 0 }
}

fn row(dialect: &str, name: &str) -> Vec<u8> {
    [dialect.as_bytes(), b"\0", name.as_bytes()].concat()
}
