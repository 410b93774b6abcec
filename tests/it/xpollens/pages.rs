//! The pages that a customer's device shows, driven in a real browser: from the QR code to what is signed.
//!
//! Pictures of what is seen are left in `target/tmp/pages`, for a person to look at.

use serde_json::{Value, json};

use super::vendor::{Vendor, house, set};
use crate::browser::{Browser, Camera, Screen};
use crate::house::http;

/// The secret code of the customer in these tests.
const CODE: &str = "24680";

/// What a customer's telephone reads in the QR code of its activation code, having it drawn by the browser.
async fn scanned(browser: &Browser, vendor: &Vendor, user: &str, as_what: &str) -> String {
    let url = format!("{}/api/v2.0/users/{user}/activation-code.{as_what}", vendor.client.base());
    let request = http().get(url).bearer_auth(&vendor.client.token);
    let response = request.send().await.expect("answered");
    assert_eq!(response.status(), 200);
    let media_type = response.headers()["content-type"].to_str().expect("text").to_owned();
    let bytes = response.bytes().await.expect("bytes").to_vec();
    browser.go(&format!("{}/authenticator/", vendor.client.base())).await;
    let pixels = browser.pixels(&media_type, &bytes, 400).await;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(400, 400, |x, y| pixels[y * 400 + x]);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "one code in {media_type}");
    grids[0].decode().expect("readable").1
}

/// Binds the browser by what was scanned, and chooses the secret code.
async fn bind(browser: &Browser, scanned: &str, name: &str) {
    browser.go(scanned).await;
    browser.shown("scan").await;
    browser.picture(&format!("{name}-1-link")).await;
    everything_is_named(browser).await;
    assert!(!browser.run("return location.href").await.as_str().expect("text").contains('#'), "no code in histories");
    browser.click("#bind").await;
    browser.until("document.querySelector('dialog.vestibule-code[open]')").await;
    browser.type_into("[name=vestibule-code]", CODE).await;
    browser.type_into("[name=vestibule-code-again]", "24681").await;
    browser.click(".vestibule-code [type=submit]").await;
    assert!(!browser.text(".vestibule-code .problem").await.is_empty(), "two codes that differ are none");
    browser.picture(&format!("{name}-2-code")).await;
    browser.type_into("[name=vestibule-code-again]", CODE).await;
    browser.click(".vestibule-code [type=submit]").await;
}

/// Takes so many shots with the camera, and agrees with each.
async fn shoot(browser: &Browser, count: usize, name: &str) {
    for shot in 1..=count {
        browser.shown("take").await;
        browser.until("document.getElementById('video').videoWidth > 0").await;
        browser.picture(&format!("{name}-camera-{shot}")).await;
        browser.click("#take").await;
        browser.shown("use").await;
        everything_is_named(browser).await;
        assert_eq!(browser.text("#capture-problem").await, "");
        browser.picture(&format!("{name}-look-{shot}")).await;
        browser.click("#use").await;
    }
}

/// Answers the question for the secret code.
async fn give_code(browser: &Browser, code: &str) {
    browser.until("document.querySelector('dialog.vestibule-code[open]')").await;
    browser.type_into("[name=vestibule-code]", code).await;
    browser.click(".vestibule-code [type=submit]").await;
}

/// The button of what is to be signed.
fn button(title: &str, second: bool) -> String {
    let which = if second { "button.second" } else { "button:not(.second)" };
    format!("[data-title={}] {which}", json!(title))
}

/// Whatever can be acted on has a name that a screen reader says.
async fn everything_is_named(browser: &Browser) {
    let nameless = browser
        .run(
            "return [...document.querySelectorAll('button, input, iframe, canvas')].filter((it) => it.offsetParent)
               .filter((it) => !(it.textContent || it.labels?.[0]?.textContent || it.title || it.ariaLabel).trim())
               .map((it) => it.id || it.outerHTML)",
        )
        .await;
    assert_eq!(nameless, json!([]));
    assert_ne!(browser.run("return document.documentElement.lang").await, "");
}

async fn from_the_code_to_the_account(screen: Screen, name: &str) {
    let house = house().await;
    let Some(browser) = Browser::open(screen, Camera::Fake).await else { return };
    let vendor = Vendor::open(&house).await;
    let user = "e87bd13dJ";
    vendor.create(user, "ACCEPTED").await;
    let activation = vendor.wait("35", user, 1).await.remove(0);
    let link = scanned(&browser, &vendor, user, "svg").await;
    assert_eq!(scanned(&browser, &vendor, user, "png").await, link);
    let code = activation["ActivationCode"].as_str().expect("a code");
    assert_eq!(link, format!("{}/authenticator/#{code}", house.address()));

    bind(&browser, &link, name).await;
    browser.shown("identify").await;
    assert_eq!(browser.run("return document.getElementById('identification').allow").await, "camera;fullscreen");
    everything_is_named(&browser).await;
    browser.enter("#identification").await;
    browser.shown("accept").await;
    everything_is_named(&browser).await;
    assert!(browser.text("#consent-who").await.contains("Test Bank"), "who answers for it");
    browser.picture(&format!("{name}-3-consent")).await;
    browser.click("#accept").await;
    browser.shown("kind-form").await;
    browser.picture(&format!("{name}-4-kind")).await;
    browser.click("#kind-next").await;
    shoot(&browser, 3, &format!("{name}-5")).await;
    // The frame says that it is over, and the authenticator goes on.
    browser.leave().await;
    browser.shown("home").await;
    browser.picture(&format!("{name}-6-nothing")).await;
    vendor.wait_for("4", user, "status", "Complete").await;

    vendor.declare(user).await;
    let tax = vendor.ask_tax(user).await;
    let terms = vendor.ask_terms(user).await;
    for (title, id, last) in [("Acceptation des CGU", &terms, "7"), ("Déclaratifs Fiscaux", &tax, "8")] {
        browser.until(&format!("document.querySelector('{}')", button(title, false))).await;
        browser.picture(&format!("{name}-{last}-to-sign")).await;
        everything_is_named(&browser).await;
        assert!(browser.text("#brand").await.contains("Test Bank"), "whose it is");
        browser.click(&button(title, false)).await;
        give_code(&browser, CODE).await;
        browser.until("document.getElementById('told').textContent").await;
        assert!(browser.text("#told").await.contains(title));
        assert_eq!(vendor.signed(id).await.headers["status"], "succeeded");
    }
    browser.picture(&format!("{name}-9-signed")).await;
    vendor.wait_for("34", user, "userRecordStatus", "Validated").await;
    assert_eq!(browser.complaints().await, [""; 0], "a page complains");
    assert!(!house.log().contains(code), "the code is in the log");
}

#[tokio::test]
async fn on_a_telephone_from_the_code_to_the_account() {
    from_the_code_to_the_account(Screen::Phone, "phone").await;
}

#[tokio::test]
async fn on_a_desktop_from_the_code_to_the_account() {
    from_the_code_to_the_account(Screen::Desktop, "desktop").await;
}

#[tokio::test]
async fn who_refuses_the_film_goes_on_with_a_transfer() {
    let house = house().await;
    let Some(browser) = Browser::open(Screen::Phone, Camera::Fake).await else { return };
    let vendor = Vendor::open(&house).await;
    let user = "559d7e85J";
    vendor.create(user, "").await;
    let page = vendor.wait("48", user, 1).await.remove(0);
    browser.go(page["webviewUrl"].as_str().expect("an address")).await;
    browser.shown("refuse").await;
    browser.click("#refuse").await;
    browser.shown("kind-form").await;
    browser.picture("refused-1-kind").await;
    browser.click("[value=PASSPORT]").await;
    browser.click("#kind-next").await;
    shoot(&browser, 1, "refused-2").await;
    browser.shown("done").await;
    browser.until("location.hash === '#SUCCESS'").await;
    browser.shown("done-transfer").await;
    browser.picture("refused-3-done").await;
    let demand = vendor.client.get(&format!("/api/v3.0/users/{user}/kyc/demand")).await.body;
    assert_eq!(demand["workflowCode"], "Identity", "{demand}");
    assert_eq!(demand["diligences"].as_array().map(Vec::len), Some(1), "{demand}");
    assert_eq!(demand["diligences"][0]["type"], "PASSPORT", "{demand}");
    // Whatever comes of it, the page has ended so; and a person is asked.
    let case: Value = serde_json::from_str(house.run_well(&["case", "list", "--json"]).lines().next().expect("a case"))
        .expect("JSON");
    house.run_well(&[
        "case",
        "decide",
        case["case"].as_str().expect("an id"),
        "refused",
        "--reason",
        "Illegible document",
        "--by",
        "Ann",
    ]);
    vendor.wait_for("4", user, "status", "Incomplete").await;
    // The same page takes another one.
    browser.go(page["webviewUrl"].as_str().expect("an address")).await;
    browser.shown("kind-form").await;
    assert_eq!(browser.complaints().await, [""; 0], "a page complains");
}

#[tokio::test]
async fn a_wrong_code_signs_nothing_and_the_fifth_locks() {
    let house = house().await;
    let Some(browser) = Browser::open(Screen::Phone, Camera::Fake).await else { return };
    let vendor = Vendor::open(&house).await;
    let user = "z32er24f4";
    vendor.create(user, "").await;
    vendor.wait("35", user, 1).await;
    let link = scanned(&browser, &vendor, user, "svg").await;
    bind(&browser, &link, "wrong").await;
    browser.shown("identify-later").await;
    browser.click("#identify-later").await;
    let terms = vendor.ask_terms(user).await;
    let approve = button("Acceptation des CGU", false);
    browser.until(&format!("document.querySelector('{approve}')")).await;
    for wrong in 1..=4 {
        browser.click(&approve).await;
        give_code(&browser, "11111").await;
        let left = format!(
            "document.getElementById('home-problem').textContent.match(/\\d|One/)?.[0] == '{}'",
            if wrong == 4 { "One".to_owned() } else { (5 - wrong).to_string() }
        );
        browser.until(&left).await;
    }
    browser.picture("wrong-3-last-try").await;
    assert!(vendor.signatures(&terms).is_empty(), "nothing has ended");
    browser.click(&approve).await;
    give_code(&browser, "11111").await;
    browser.shown("locked").await;
    browser.picture("wrong-4-locked").await;
    let ended = vendor.signed(&terms).await;
    assert!(ended.headers["status"] == "failed" && ended.headers["reason"] == "FAILED");
    assert_eq!(ended.body, Value::Null);
    // Nor does the right one help, when the page is opened again.
    browser.go(&format!("{}/authenticator/", house.address())).await;
    browser.shown("locked").await;
}

#[tokio::test]
async fn where_there_is_no_camera_a_file_does() {
    let house = house().await;
    let Some(browser) = Browser::open(Screen::Desktop, Camera::Denied).await else { return };
    let vendor = Vendor::open(&house).await;
    let user = "no-camera";
    vendor.create(user, "").await;
    let picture = house.data().join("scan.png");
    let request = http().get(format!("{}/api/v2.0/users/{user}/activation-code.png", house.address()));
    let bytes = request.bearer_auth(&vendor.client.token).send().await.expect("answered").bytes().await.expect("bytes");
    std::fs::write(&picture, &bytes).expect("written");
    let page = vendor.wait("48", user, 1).await.remove(0);
    browser.go(page["webviewUrl"].as_str().expect("an address")).await;
    browser.shown("accept").await;
    browser.click("#accept").await;
    browser.shown("kind-form").await;
    browser.click("[value=PASSPORT]").await;
    browser.click("#kind-next").await;
    for shot in ["document", "selfie"] {
        browser.until("document.getElementById('capture-problem').textContent").await;
        browser.picture(&format!("no-camera-{shot}")).await;
        browser.type_into("#file", picture.to_str().expect("text")).await;
        browser.shown("use").await;
        browser.click("#use").await;
    }
    browser.until("location.hash === '#SUCCESS'").await;
    let demand = vendor.client.get(&format!("/api/v3.0/users/{user}/kyc/demand")).await.body;
    let kinds: Vec<&Value> =
        demand["diligences"].as_array().expect("a list").iter().map(|shown| &shown["type"]).collect();
    assert_eq!(kinds, ["PASSPORT", "SELFIE"]);
}

#[tokio::test]
async fn only_whom_the_tenant_names_may_frame_the_page() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    let user = "z32er24f4";
    vendor.create(user, "").await;
    let page = vendor.wait("48", user, 1).await.remove(0);
    let url = page["webviewUrl"].as_str().expect("an address").to_owned();
    let policy = async |url: &str| {
        let response = http().get(url).send().await.expect("answered");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        response.headers()["content-security-policy"].to_str().expect("text").to_owned()
    };
    assert!(policy(&url).await.ends_with("frame-ancestors 'self'"));
    set(&house, &vendor.client.tenant, "xpollens.frameAncestors=https://app.bank.example");
    let wanted = "frame-ancestors 'self' https://app.bank.example";
    crate::house::eventually("the setting is in force", async || policy(&url).await.ends_with(wanted).then_some(()))
        .await;
    // Whoever has no token learns nobody's setting.
    assert!(policy(url.split_once("&token").expect("a token").0).await.ends_with("frame-ancestors 'self'"));
    assert!(policy(&format!("{}/authenticator/", house.address())).await.contains("frame-ancestors 'none'"));
    // A link that leads nowhere says so, and one without a token is no error of the server's.
    let state = async |token: &str| {
        let url = format!("{}/webview/v1/{token}/state", house.address());
        http().get(url).send().await.expect("answered").status().as_u16()
    };
    assert_eq!(state("ffffffffffffffffffffffffffffffff").await, 404);
    assert_eq!(state(page["token"].as_str().expect("a token")).await, 200);
    assert!(!house.log().contains(page["token"].as_str().expect("a token")), "the token is in the log");
}
