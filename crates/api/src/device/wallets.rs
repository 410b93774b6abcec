//! `POST /sdk/v1/wallets`: an activation code binds a device. `GET …/issuer`: where its customer identifies itself.

use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use onboarding::admission::wallet::PublicKey;
use serde_json::json;

use super::{Counter, problem};
use crate::fields::{Fault, Object};
use crate::webview::page_url;
use crate::xpollens::body::{Payload, answer, json};
use crate::xpollens::error::Problem;

/// The activation code: 32 hexadecimal digits, in whatever case they were typed.
const CODE_CHARS: usize = 32;

/// Bytes of a coordinate on P-256.
const COORDINATE_BYTES: usize = 32;

/// Binds a device.
///
/// # Errors
/// 400 what is missing or not as it must be, 404 an unknown code, 410 one that was used or has ended.
pub async fn bind(State(counter): State<Counter>, payload: Payload) -> Result<Response, Problem> {
    let (code, key) = payload.read(|body| {
        let code = body.field("activationCode").required().parsed(64, activation_code);
        let key = body.field("publicKey").required().object().and_then(|key| public_key(&key));
        Some((code?, key?))
    })?;
    let bound = counter.service.bind_device(&code, key).await.map_err(|refused| problem(refused, "Activation code"))?;
    Ok(answer(StatusCode::CREATED, &json!({ "walletId": bound.id.to_string(), "state": bound.state.as_str() })))
}

/// Where the device's customer shows its document and its face.
///
/// # Errors
/// 404 an unknown device, or a customer who is not to identify itself; 410 a device that was killed.
pub async fn issuer(State(counter): State<Counter>, Path(wallet): Path<String>) -> Result<Response, Problem> {
    let page = counter.service.identification_of(&wallet).await.map_err(|refused| problem(refused, "Wallet"))?;
    Ok(json(&json!({
        "institution": page.institution,
        "identification": if page.is_wanted { "required" } else { "done" },
        "technicalId": page.technical_id.as_str(),
        "token": page.token.as_str(),
        "webviewUrl": page_url(&counter.public_url, &page.technical_id, &page.token),
    })))
}

fn activation_code(text: &str) -> Result<String, Fault> {
    let shaped = text.len() == CODE_CHARS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if shaped { Ok(text.to_ascii_lowercase()) } else { Err(Fault::Format("an activation code")) }
}

/// A key as browsers write it (RFC 7517, RFC 7518 section 6.2).
fn public_key(jwk: &Object<'_>) -> Option<PublicKey> {
    jwk.field("kty").required().word(&["EC"])?;
    jwk.field("crv").required().word(&["P-256"])?;
    let coordinate = |name| jwk.field(name).required().parsed(64, coordinate);
    let (x, y) = (coordinate("x"), coordinate("y"));
    let mut both = [0; 2 * COORDINATE_BYTES];
    both[..COORDINATE_BYTES].copy_from_slice(&x?);
    both[COORDINATE_BYTES..].copy_from_slice(&y?);
    Some(PublicKey(both))
}

fn coordinate(text: &str) -> Result<[u8; COORDINATE_BYTES], Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(Fault::Format("32 bytes in base64url"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(jwk: Value) -> Result<PublicKey, Problem> {
        Payload(jwk).read(public_key)
    }

    #[test]
    fn a_key_is_two_coordinates_on_the_right_curve() {
        let (x, y) = (URL_SAFE_NO_PAD.encode([1; 32]), URL_SAFE_NO_PAD.encode([2; 32]));
        let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "ext": true, "key_ops": ["verify"]});
        let key = read(jwk.clone()).expect("a key");
        assert_eq!((key.0[..32] == [1; 32], key.0[32..] == [2; 32]), (true, true));
        for (name, wrong) in [
            ("kty", json!("RSA")),
            ("crv", json!("P-384")),
            ("x", json!(URL_SAFE_NO_PAD.encode([1; 31]))),
            ("y", json!(format!("{y}="))),
            ("y", Value::Null),
            ("x", json!(7)),
        ] {
            let mut jwk = jwk.clone();
            jwk[name] = wrong;
            assert!(read(jwk).is_err(), "{name}");
        }
    }

    #[test]
    fn a_code_may_be_typed_in_capitals() {
        let code = "f825f1646665490aa7ef7942c6f2f159";
        assert_eq!(activation_code(&code.to_uppercase()).ok().as_deref(), Some(code));
        assert!(activation_code(&code[1..]).is_err());
        assert!(activation_code(&code.replace('f', "g")).is_err());
    }
}
