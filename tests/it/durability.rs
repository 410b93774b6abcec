//! What was answered is there after `kill -9`, and every event with it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn a_kill_in_a_burst_loses_no_answered_customer_and_no_event() {
    killed_in_a_burst(House::open()).await;
}

#[tokio::test]
async fn nor_does_it_on_postgresql() {
    let Some(house) = House::open_on_postgres().await else { return };
    killed_in_a_burst(house).await;
}

/// Answered before the server is killed, with as many requests as ever under way.
const BURST: usize = 40;

async fn killed_in_a_burst(mut house: House) {
    house.sample_list().await;
    let client = house.client().await;
    let wish = json!({"eventName": "Core.Customer.Onboarded", "type": "Poll"});
    assert_eq!(client.post("/webhooks/v1/registrations", &wish).await.status, 200);

    let answered = Arc::new(Mutex::new(BTreeSet::new()));
    let tasks: Vec<_> = (0..16)
        .map(|worker| {
            let (client, answered) = (client.clone(), Arc::clone(&answered));
            tokio::spawn(async move {
                let http = crate::house::http();
                for number in 0.. {
                    let person = client.person("Bob", &format!("Smith{worker}x{number}"), "1953-09-22");
                    let request =
                        http.post(format!("{}/core/v1/cm/customers", client.base())).bearer_auth(&client.token);
                    let request = request.header("content-type", "application/json").body(person.to_string());
                    let Ok(response) = request.send().await else { return };
                    let Ok(text) = response.text().await else { return };
                    let Ok(body) = serde_json::from_str::<Value>(&text) else { return };
                    let id = body["id"].as_str().unwrap_or_else(|| panic!("{text}")).to_owned();
                    answered.lock().expect("whole").insert(id);
                }
            })
        })
        .collect();
    crate::house::eventually("the burst is one", async || {
        (answered.lock().expect("whole").len() > BURST).then_some(())
    })
    .await;
    house.kill();
    for task in tasks {
        task.await.expect("ended with the server");
    }
    let answered = answered.lock().expect("whole").clone();

    let house = house.again();
    let client = house.client_of(client.tenant).await;
    for id in &answered {
        client.scans(id, "Clear", "Clear").await;
    }
    let told = Mutex::new(BTreeSet::new());
    crate::house::eventually("every event is there", async || {
        let event = client.get("/webhooks/v1/events/poll").await;
        let id = event.body["id"].as_str()?;
        let resource = event.body["resources"][0].as_str().expect("a resource");
        let customer = resource.rsplit('/').next().expect("an id").to_owned();
        assert_eq!(client.put(&format!("/webhooks/v1/events/{id}/acknowledge"), &json!({})).await.status, 200);
        let mut told = told.lock().expect("whole");
        told.insert(customer);
        told.is_superset(&answered).then_some(())
    })
    .await;
    assert!(house.run_well(&["audit", "verify"]).contains("holds"));
}

#[tokio::test]
async fn a_house_told_to_stop_ends_well_and_a_second_server_is_refused() {
    let mut house = House::open();
    let client = house.client().await;
    let id = client.onboard(&client.bob()).await;
    let second = house.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(!second.status.success(), "one server a data folder");
    assert_eq!(house.stop(), Some(0));
    let house = house.again();
    let client = house.client_of(client.tenant).await;
    assert_eq!(client.get(&format!("/core/v1/cm/customers/{id}")).await.status, 200);
}
