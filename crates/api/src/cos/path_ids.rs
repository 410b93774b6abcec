//! Ids in paths. Whatever is no GUID names nothing, and is answered like what is not there.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use onboarding::{CustomerId, RecordId};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::Errors;
use crate::fields::guid;

/// The one id of a path.
#[derive(Debug, Clone, Copy)]
pub struct IdPath(pub Uuid);

/// A customer.
#[derive(Debug, Clone, Copy)]
pub struct CustomerPath(pub CustomerId);

/// A record of a customer.
#[derive(Debug, Clone, Copy)]
pub struct RecordPath(pub CustomerId, pub RecordId);

impl<S: Send + Sync> FromRequestParts<S> for IdPath {
    type Rejection = Errors;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errors> {
        let id: String = segments(parts, state).await?;
        Ok(Self(known_shape(&id)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CustomerPath {
    type Rejection = Errors;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errors> {
        let IdPath(id) = IdPath::from_request_parts(parts, state).await?;
        Ok(Self(CustomerId(id)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RecordPath {
    type Rejection = Errors;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Errors> {
        let (customer, record): (String, String) = segments(parts, state).await?;
        Ok(Self(CustomerId(known_shape(&customer)?), RecordId(known_shape(&record)?)))
    }
}

async fn segments<T: DeserializeOwned + Send, S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<T, Errors> {
    let Path(segments) = Path::from_request_parts(parts, state).await.map_err(|_| Errors::not_found())?;
    Ok(segments)
}

fn known_shape(text: &str) -> Result<Uuid, Errors> {
    guid(text).ok_or_else(Errors::not_found)
}
