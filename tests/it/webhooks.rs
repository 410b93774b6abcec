//! Webhooks as whoever operates the house sees them: what does not arrive, and how it is taken up again.

use serde_json::{Value, json};

use crate::house::{House, eventually, http};
use crate::receiver::Receiver;

const ONBOARDED: &str = "Core.Customer.Onboarded";

#[tokio::test]
async fn a_suspended_registration_is_seen_and_taken_up_again() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    let client = house.client().await;
    let tenant = client.tenant.id.clone();
    let list = |flags: &[&str]| {
        let lines = house.run_well(&[&["webhooks", "list", &tenant, "--json"], flags].concat());
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<Value>>()
    };
    assert_eq!(list(&[]), [] as [Value; 0]);
    let receiver = Receiver::start().await;
    receiver.answer(500);
    let wish = json!({"eventName": ONBOARDED, "registrationType": "Push", "callbackUrl": receiver.url});
    let registered = client.post("/webhooks/v1/registrations", &wish).await;
    assert_eq!(registered.status, 200, "{}", registered.text);
    assert_eq!((list(&[]).len(), list(&["--failing"]).len()), (1, 0));

    client.onboard(&client.bob()).await;
    for tries in 1..=4 {
        receiver.events(ONBOARDED, tries).await;
        let request = http().post(format!("{}/sandbox/clock", house.address())).body(r#"{"advance":"PT2M"}"#);
        assert_eq!(request.send().await.expect("answered").status(), 200);
    }
    let suspended = eventually("it is suspended", async || {
        let one = list(&["--failing"]).into_iter().next()?;
        (one["state"] == "suspended").then_some(one)
    })
    .await;
    let expected = json!({"dialect": "cos", "mode": "push", "callbackUrl": receiver.url, "customer": null,
        "waiting": 0, "triedInVain": 0, "failed": 1, "lastFailedStatus": 500});
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(&suspended[name], value, "{name} in {suspended}");
    }
    assert_eq!(suspended["registrationId"], registered.body["id"]);
    client.onboard(&client.bob()).await;
    eventually("what follows is held", async || (list(&[])[0]["waiting"] == 1).then_some(())).await;
    let table = house.run_well(&["webhooks", "list", &tenant]);
    assert!(table.contains("suspended") && table.contains(&receiver.url), "{table}");

    let id = suspended["registrationId"].as_str().expect("an id");
    let other = house.tenant(&[]).id;
    for wrong in [
        ["webhooks", "restart", &other, id],
        ["webhooks", "restart", "nobody-here", id],
        ["webhooks", "restart", &tenant, "0190a3c4-0000-7000-8000-000000000001"],
        ["webhooks", "restart", &tenant, "x"],
    ] {
        assert!(!house.run(&wrong).status.success(), "{wrong:?}");
    }
    assert_eq!(list(&[])[0]["state"], "suspended");
    receiver.answer(200);
    let said = house.run_well(&["webhooks", "restart", &tenant, id, "--failed"]);
    assert!(said.contains("is active; 1 that had failed"), "{said}");
    // The running server, which was told nothing, sends what was held and what had failed.
    receiver.events(ONBOARDED, 6).await;
    eventually("all has arrived", async || {
        let one = list(&[]).remove(0);
        (one["state"] == "active" && one["waiting"] == 0 && one["failed"] == 0).then_some(())
    })
    .await;
    assert_eq!(list(&["--failing"]), [] as [Value; 0]);
}
