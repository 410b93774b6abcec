//! Screens a party.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use onboarding::Policy;
use service::Caller;
use service::screening::{ENGINE, Lists, Viewer};
use watchlists::same::why_same;
use watchlists::screening::Options;
use watchlists::{Score, Topics};

use super::body::{self, Asked};
use super::lists::Seen;
use super::view::{Answer, MatchView, Outcome, ScreeningView};
use crate::edge::{RequestId, body as edge_body};
use crate::json;
use crate::v1::caller::Authorized;
use crate::v1::problem::{Code, Problem};
use crate::v1::{BODY_BYTES_MAX, Counter};

/// Matches that are counted; more are as many.
const MATCHES_MAX: usize = 5_000;

/// `POST /v1/screenings`.
pub async fn create(State(counter): State<Counter>, caller: Result<Authorized, Problem>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let answered = match caller {
        Ok(Authorized(caller)) => screen(&counter, caller, request).await,
        Err(problem) => Err(problem),
    };
    answered.unwrap_or_else(|problem| problem.of(id.as_ref()).into_response())
}

async fn screen(counter: &Counter, caller: Caller, request: Request) -> Result<Response, Problem> {
    let (parts, sent) = request.into_parts();
    let bytes = edge_body::read(sent, BODY_BYTES_MAX).await?;
    if !edge_body::may_be_json(&parts.headers) {
        return Err(Problem::new(Code::UnsupportedMediaType, "Content-Type must be application/json, in UTF-8."));
    }
    let asked = body::read(&json::parse(&bytes)?)?;
    let viewer = Viewer::Tenant(caller.tenant_id());
    let (lists, now) = (counter.service.lists_in_force().seen_by(viewer), counter.service.now());
    let work = move || {
        let answer = answer(&asked, &lists, &caller.policy, now);
        serde_json::to_vec(&answer).expect("views hold texts, numbers and lists")
    };
    let answer = counter.desk.turn()?.work(work).await?;
    Ok(([(CONTENT_TYPE, "application/json")], answer).into_response())
}

fn answer(asked: &Asked, lists: &Lists, policy: &Policy, now: Timestamp) -> Answer {
    let seen = Seen::of(asked, lists, policy.lists_age_max, now);
    let threshold = asked.threshold.unwrap_or_else(|| score(policy.alert_threshold));
    let options = Options {
        threshold,
        limit: MATCHES_MAX,
        topics: Some(asked.topics).filter(|topics| *topics != Topics::NONE),
        lists: Some(seen.numbers.clone()),
    };
    let found = lists.index.screen(&asked.query, &options);
    // Who is asked for by a name that nothing can be compared with is not cleared by an empty answer.
    let nameless = asked.query.names.is_empty() && asked.query.parts.is_none();
    let can_clear = seen.can_clear() && (nameless || asked.query.is_comparable());
    let outcome = match (found.is_empty(), can_clear) {
        (false, _) => Outcome::Hit,
        (true, true) => Outcome::Clear,
        (true, false) => Outcome::Unavailable,
    };
    let shown = found.iter().take(asked.limit).filter_map(|found| {
        let list = lists.index.list_of(found.entity)?;
        Some((found.entity, list.name.as_str(), lists.index.entity(found.entity)?))
    });
    let shown: Vec<_> = shown.collect();
    let matches = shown.iter().enumerate().filter_map(|(at, (number, list, entity))| {
        let explanation = lists.index.explain(&asked.query, *number)?;
        let others = shown.iter().enumerate().filter(|(other, _)| *other != at);
        let same = others.filter_map(|(_, (_, list, other))| Some((*list, &other.id, why_same(entity, other)?)));
        Some(MatchView::of(&explanation, entity, list, same))
    });
    let screening = ScreeningView {
        engine: ENGINE,
        screened_at: now.to_string(),
        outcome,
        threshold: threshold.as_f64(),
        exhaustive: threshold >= Score::ALERT,
        matches: matches.collect(),
        matches_total: found.len(),
        lists: seen.lists,
        topics_missing: seen.topics_missing,
    };
    Answer { screening }
}

fn score(number: f64) -> Score {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to 0..=1 before")]
    let ten_thousandths = (number.clamp(0.0, 1.0) * 10_000.0).round() as u16;
    Score::from_ten_thousandths(ten_thousandths)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;

    fn answered(body: &Value, days: i64) -> Value {
        let asked = body::read(body).expect("a question");
        let now = fixture::confirmed_at() + SignedDuration::from_hours(24 * days);
        let answer = answer(&asked, &fixture::lists(), &Policy::default(), now);
        serde_json::to_value(&answer).expect("JSON")["screening"].clone()
    }

    #[test]
    fn a_hit_says_who_and_why() {
        let party =
            json!({"schema": "Person", "names": ["Tamerlan Kasimow"], "birthDate": "1962-05-08", "gender": "female"});
        let screening = answered(&json!({"party": party}), 1);
        assert_eq!((&screening["outcome"], &screening["matchesTotal"]), (&json!("hit"), &json!(1)));
        assert_eq!((&screening["threshold"], &screening["exhaustive"]), (&json!(0.7), &json!(true)));
        assert_eq!(screening["engine"], ENGINE);
        let list = &screening["lists"][0];
        assert_eq!(
            (&list["list"], &list["status"], &list["ageSeconds"]),
            (&json!("un"), &json!("inForce"), &json!(86_400))
        );
        assert_eq!(list["version"].as_str().map(str::len), Some(64));
        let found = &screening["matches"][0];
        let entity = &found["entity"];
        assert_eq!(
            (&entity["id"], &entity["list"], &entity["topics"]),
            (&json!("un-1"), &json!("un"), &json!(["sanction"]))
        );
        assert_eq!(entity["countries"], json!([{"code": "kz", "role": "nationality"}]));
        assert_eq!(
            entity["identifiers"][0],
            json!({"kind": "passport", "value": "N 1234567", "country": "kz", "label": null})
        );
        assert_eq!((&found["matchedName"], &found["matchedNameKind"]), (&json!("Tamerlan Kasimow"), &json!("alias")));
        let evidence = |feature: &str| {
            let all = found["evidence"].as_array().expect("a list");
            all.iter().find(|one| one["feature"] == feature).cloned().expect("every feature is told")
        };
        let same_day = json!({"feature": "birth_date", "finding": "agrees", "degree": "strong", "reason": "same day",
            "effect": 0.5, "query": "1962-05-08", "listed": "1962-05-08"});
        assert_eq!(evidence("birth_date"), same_day);
        assert_eq!(evidence("gender")["finding"], "contradicts");
        assert!(evidence("gender")["effect"].as_f64().is_some_and(|effect| effect < 0.0));
        assert_eq!(
            (&evidence("country")["finding"], &evidence("country")["degree"]),
            (&json!("missing"), &Value::Null)
        );
        let token = &found["nameExplanation"][0];
        assert_eq!(
            (&token["query"], &token["listed"], &token["relation"]),
            (&json!("tamerlan"), &json!("tamerlan"), &json!("exact"))
        );
    }

    #[test]
    fn nobody_is_cleared_by_a_list_that_is_missing_or_old() {
        let party = json!({"names": ["Nobody Whatsoever"]});
        for (body, days, outcome) in [
            (json!({"party": party}), 1, "clear"),
            (json!({"party": party, "lists": ["un"], "topics": ["sanction"]}), 1, "clear"),
            (json!({"party": party}), 8, "unavailable"),
            (json!({"party": party, "lists": ["un", "eu"]}), 1, "unavailable"),
            (json!({"party": party, "topics": ["wanted"]}), 1, "unavailable"),
            (json!({"party": {"names": ["--- ..."]}}), 1, "unavailable"),
            (json!({"party": {"names": ["A. B."]}}), 1, "unavailable"),
        ] {
            let screening = answered(&body, days);
            assert_eq!((&screening["outcome"], &screening["matches"]), (&json!(outcome), &json!([])), "{body}");
        }
        let old = answered(&json!({"party": {"names": ["Timur Kasimov"]}}), 8);
        assert_eq!((&old["outcome"], &old["lists"][0]["status"]), (&json!("hit"), &json!("stale")));
    }

    #[test]
    fn lists_topics_limit_and_threshold_are_heeded() {
        let ids = |more: Value| {
            let mut body =
                json!({"party": {"names": ["Kasimov"], "nameParts": {"given": "Timur", "family": "Kasimov"}}});
            body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            let screening = answered(&body, 1);
            let matches = screening["matches"].as_array().expect("a list").clone();
            (matches.len(), screening["matchesTotal"].as_u64().expect("a number"))
        };
        assert_eq!(ids(json!({"lists": ["un"]})), (1, 1));
        assert_eq!(ids(json!({"topics": ["role.pep"]})).0, 0);
        assert_eq!(ids(json!({"threshold": 0.99})), (0, 0));
        let below = answered(&json!({"party": {"names": ["Timur Kasimov"]}, "threshold": 0.5}), 1);
        assert_eq!(below["exhaustive"], false);
    }
}
