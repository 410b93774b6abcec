//! Customers are looked at again when their day has come.

use serde_json::json;

use super::{Sender, person};
use crate::house::{House, http};

#[tokio::test]
async fn a_review_that_is_due_opens_a_case() {
    let house = House::open_with(&["--allow-private-callbacks", "--sandbox"]);
    house.sample_list().await;
    let sender = Sender::at(&house);
    let reply = sender.check(&person("default", "Ada", "Byron")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let customer = sender.customer("default").await;
    assert!(customer["review"]["nextReviewOn"].is_string(), "{}", customer["review"]);
    let mut wanted = person("wanted", "Ada", "Lovelace");
    let year = customer["createdAt"].as_str().and_then(|at| at.get(..4)).and_then(|year| year.parse::<i16>().ok());
    let next_year = year.expect("a year") + 1;
    wanted["customerReviewSchedule"] = json!({"nextReviewDate": next_year.to_string()});
    assert_eq!(sender.check(&wanted).await.status, 200);
    let customer = sender.customer("wanted").await;
    assert_eq!(customer["review"]["nextReviewOn"], format!("{next_year}-01-01"));
    let before = customer["openCase"]["questions"].as_array().map_or(0, Vec::len);
    let moved = http()
        .post(format!("{}/sandbox/clock", house.address()))
        .body(json!({"advance": "P366D"}).to_string())
        .send()
        .await
        .expect("answered");
    assert_eq!(moved.status(), 200);
    let asked = crate::house::eventually("the review", async || {
        let customer = sender.customer("wanted").await;
        let questions = customer["openCase"]["questions"].as_array().cloned().unwrap_or_default();
        (questions.len() > before).then_some(questions)
    })
    .await;
    assert!(asked.iter().any(|question| question["asks"] == "review"), "{asked:?}");
}
