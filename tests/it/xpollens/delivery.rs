//! What is not sent is fetched; what does not arrive is tried again, and fetched in the end.

use serde_json::{Value, json};

use super::vendor::{Vendor, client_of, house, person};
use crate::house::{eventually, http};

#[tokio::test]
async fn a_type_without_an_address_waits_to_be_fetched() {
    let house = house().await;
    let client = client_of(&house, house.tenant(&["--sandbox"])).await;
    let user = "z32er24f4";
    assert_eq!(client.get("/api/v2.0/webhooks").await.body, json!([]));
    assert_eq!(client.post(&format!("/api/v1.1/users/{user}"), &person(user, "")).await.status, 201);
    let types = |queue: &Value| -> Vec<String> {
        let all = queue.as_array().expect("a list").iter();
        all.map(|entry| entry["metadata"]["type"].as_str().expect("a type").to_owned()).collect()
    };
    let queue = eventually("everything is there", async || {
        let queue = client.get("/api/v2.0/webhooks?limit=30").await.body;
        let types = types(&queue);
        let all = ["34", "35", "4", "45", "48", "UserCreatedOrUpdated"];
        all.iter().all(|wanted| types.iter().any(|known| known == wanted)).then_some(queue)
    })
    .await;
    let first = queue.as_array().expect("a list").iter().find(|entry| entry["metadata"]["type"] == "34").expect("34");
    assert_eq!((&first["payload"]["appUserid"], &first["response"]), (&json!(user), &Value::Null));
    assert_eq!(first["payload"]["userRecordStatus"], "Initialized");
    assert!(first["metadata"]["id"].is_string() && first["metadata"]["processDate"].is_string(), "{first}");

    // The oldest first; it stays until it is removed.
    let one = client.get("/api/v2.0/webhooks?limit=1").await.body;
    assert_eq!(one[0], queue[0]);
    assert_eq!(client.get("/api/v2.0/webhooks?limit=1&remove=true").await.body, one);
    assert_eq!(client.get("/api/v2.0/webhooks?limit=1").await.body[0], queue[1]);
    for wrong in ["limit=0", "limit=31", "limit=x", "remove=perhaps"] {
        let reply = client.get(&format!("/api/v2.0/webhooks?{wrong}")).await;
        let field = wrong.split('=').next().expect("a name");
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(reply.text.contains(field), "{}", reply.text);
    }
    // After fourteen days nothing of it is left.
    let advance = http().post(format!("{}/sandbox/clock", house.address())).body(r#"{"advance":"P15D"}"#);
    assert_eq!(advance.send().await.expect("answered").status(), 200);
    let client = client_of(&house, client.tenant.clone()).await;
    assert_eq!(client.get("/api/v2.0/webhooks").await.body, json!([]));
}

#[tokio::test]
async fn what_does_not_arrive_is_tried_five_times_and_then_fetched() {
    let house = house().await;
    let vendor = Vendor::open(&house).await;
    vendor.receiver.answer(500);
    let user = "z32er24f4";
    vendor.create(user, "").await;
    let tries = || vendor.told("45", user).len();
    eventually("the first try", async || (tries() >= 1).then_some(())).await;
    for (made, wait) in [(2, "PT40S"), (3, "PT2M"), (4, "PT8M"), (5, "PT46M")] {
        let body = format!("{{\"advance\":\"{wait}\"}}");
        let advance = http().post(format!("{}/sandbox/clock", house.address())).body(body);
        assert_eq!(advance.send().await.expect("answered").status(), 200);
        eventually(&format!("try {made}"), async || (tries() >= made).then_some(())).await;
    }
    let client = client_of(&house, vendor.client.tenant.clone()).await;
    let entry = eventually("it is in the queue", async || {
        let queue = client.get("/api/v2.0/webhooks").await.body;
        queue.as_array()?.iter().find(|entry| entry["metadata"]["type"] == "45").cloned()
    })
    .await;
    assert_eq!(
        (&entry["payload"]["accountStatus"], &entry["response"]["httpStatusCode"]),
        (&json!("Initialized"), &json!(500))
    );
    assert_eq!(tries(), 5);
    // The next callback is sent all the same.
    vendor.receiver.answer(200);
    let other = Vendor { client, receiver: vendor.receiver.clone() };
    other.create("z32er24f5", "").await;
    other.wait("45", "z32er24f5", 1).await;
}
