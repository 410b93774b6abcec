//! What the identification page asks, by whoever knows its token and by nobody else: no browser here.

use serde_json::{Value, json};

use super::device::ask;
use super::vendor::{Vendor, house};
use crate::house::{Reply, http};
use crate::waldo::document::png;

/// The page of one customer, whose token is all that is known of it.
struct Page<'v> {
    vendor: &'v Vendor,
    base: String,
    token: String,
}

impl<'v> Page<'v> {
    async fn of(vendor: &'v Vendor, user: &str) -> Self {
        vendor.create(user, "").await;
        let told = vendor.wait("48", user, 1).await.remove(0);
        let token = told["token"].as_str().expect("a token").to_owned();
        Self { vendor, base: vendor.client.base().to_owned(), token }
    }

    async fn state(&self) -> Value {
        ask(&self.base, "GET", &format!("/webview/v1/{}/state", self.token), None).await.body
    }

    async fn says(&self, consent: &Value) -> u16 {
        let path = format!("/webview/v1/{}/biometrics", self.token);
        ask(&self.base, "POST", &path, Some(&json!({ "consent": consent }))).await.status
    }

    async fn document(&self, kind: &str) -> Reply {
        let (path, side) = (format!("/webview/v1/{}/documents", self.token), png(800, 600, b""));
        self.vendor.upload(&path, &[("documentType", kind.as_bytes()), ("front", &side), ("back", &side)]).await
    }

    async fn selfie(&self) -> u16 {
        let (path, frame) = (format!("/webview/v1/{}/selfie", self.token), png(800, 600, b""));
        self.vendor.upload(&path, &[("frame1", &frame), ("frame2", &frame)]).await.status
    }
}

async fn demand(vendor: &Vendor, user: &str) -> Value {
    vendor.client.get(&format!("/api/v3.0/users/{user}/kyc/demand")).await.body
}

#[tokio::test]
async fn no_face_is_taken_before_the_customer_agreed_and_what_it_said_is_kept() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "e87bd13dJ";
    let page = Page::of(&vendor, user).await;
    assert_eq!(
        page.state().await,
        json!({"institution": "Test Bank", "biometrics": "open", "document": true, "selfie": true})
    );
    assert_eq!(demand(&vendor, user).await["biometricsConsent"], Value::Null);
    assert_eq!(page.selfie().await, 409);
    for wrong in [json!("yes"), json!(1), Value::Null] {
        assert_eq!(page.says(&wrong).await, 400, "{wrong}");
    }
    assert_eq!(demand(&vendor, user).await["diligences"], json!([]));
    assert_eq!(page.says(&json!(true)).await, 204);
    assert_eq!(page.state().await["biometrics"], "accepted");
    let kept = demand(&vendor, user).await["biometricsConsent"].clone();
    assert!(kept["given"] == true && kept["date"].is_string(), "{kept}");
    assert_eq!(page.says(&json!(true)).await, 204);
    assert_eq!(demand(&vendor, user).await["biometricsConsent"], kept, "said once");
    assert_eq!((page.selfie().await, page.selfie().await), (204, 409));
    // Taken back: what nobody has decided is given up, and there is no way back.
    assert_eq!(page.says(&json!(false)).await, 204);
    let seen = demand(&vendor, user).await;
    assert_eq!((&seen["workflowCode"], &seen["diligences"]), (&json!("Identity"), &json!([])), "{seen}");
    assert_eq!(seen["biometricsConsent"]["given"], false);
    assert_eq!((page.says(&json!(true)).await, page.selfie().await), (409, 409));
    assert_eq!(page.state().await["biometrics"], "refused");
}

#[tokio::test]
async fn whoever_knows_a_link_cannot_fill_the_house() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "559d7e85J";
    let page = Page::of(&vendor, user).await;
    for wrong in ["SELFIE", "PAYSLIP", "SCTIN", "", "passport\u{0}"] {
        assert_eq!(page.document(wrong).await.status, 400, "{wrong:?}");
    }
    // Many at once, of several kinds: one is taken until somebody has looked at it.
    let kinds = ["ID_CARD", "PASSPORT", "RES_CARD", "ID_CARD"].map(|kind| page.document(kind));
    let [one, two, three, four] = kinds;
    let replies = tokio::join!(one, two, three, four);
    let mut statuses = [replies.0.status, replies.1.status, replies.2.status, replies.3.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409, 409, 409]);
    assert_eq!(page.document("MILITARY_ID").await.status, 409);
    let seen = demand(&vendor, user).await;
    assert_eq!(seen["diligences"].as_array().map(Vec::len), Some(1), "{seen}");
    assert_eq!(seen["diligences"][0]["files"].as_array().map(Vec::len), Some(2), "{seen}");
    assert_eq!(page.state().await["document"], false);
    // A link that was guessed leads nowhere.
    let stranger = Page { vendor: &vendor, base: page.base.clone(), token: "f".repeat(32) };
    assert_eq!((stranger.document("PASSPORT").await.status, stranger.says(&json!(true)).await), (404, 404));
    let path = format!("{}/webview/v1/{}/documents", page.base, "0".repeat(32));
    let sent = http().post(path).body(vec![b'x'; 3 * 1024 * 1024]).send().await.expect("answered");
    assert_eq!((sent.status().as_u16(), &sent.headers()["cache-control"]), (404, &"no-store".parse().expect("text")));
    assert!(!house.log().contains(&page.token), "the token is in the log");
}
