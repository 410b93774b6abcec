//! `POST /match/{dataset}`: parties by example, scored.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;
use service::screening::Lists;
use watchlists::screening::{Match, Options, Query};
use watchlists::{DateRange, Index, Score};

use super::access::Access;
use super::algorithms;
use super::batch::{self, Asked};
use super::error::Trouble;
use super::features::{FeatureDoc, FeatureResult, Features, docs, explanations};
use super::params::Params;
use super::scope::Scope;
use super::view::{EntityView, Found, Total};
use super::{BODY_BYTES_MAX, Counter};
use crate::edge::body as edge_body;

/// Most results of one question; the vendor's bound.
const LIMIT_MAX: usize = 500;
/// Results of one question, if nothing else is asked for.
const LIMIT: usize = 5;
/// Matches that are looked through for one question; more are not counted.
const MATCHES_MAX: usize = 5_000;
/// Ids that one batch may leave out; the vendor's bound.
const EXCLUDED_MAX: usize = 50;
/// Questions that are answered before others have their turn.
const PIECE: usize = 4;
/// Largest answer, in bytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The header with the number of questions answered.
const BATCH_SIZE: HeaderName = HeaderName::from_static("x-batch-size");

#[derive(Serialize)]
struct AnswerView {
    responses: BTreeMap<String, Box<RawValue>>,
    matcher: BTreeMap<&'static str, FeatureDoc>,
    limit: usize,
}

#[derive(Serialize)]
struct ResponseView<'a> {
    status: u16,
    results: Vec<ScoredView>,
    total: Total,
    query: ExampleView<'a>,
}

#[derive(Serialize)]
struct ExampleView<'a> {
    id: Option<&'a str>,
    schema: &'a str,
    properties: BTreeMap<&'a str, Vec<&'a str>>,
}

#[derive(Serialize)]
struct ScoredView {
    #[serde(flatten)]
    entity: EntityView,
    score: f64,
    features: Features,
    explanations: BTreeMap<&'static str, FeatureResult>,
    #[serde(rename = "match")]
    is_match: bool,
}

/// How a batch is to be answered.
#[derive(Debug, Clone)]
struct Wanted {
    scope: Scope,
    limit: usize,
    threshold: Score,
    cutoff: Score,
    exclude_schemas: Vec<String>,
    exclude_ids: Vec<String>,
    changed_since: Option<DateRange>,
}

/// Answers a batch.
///
/// # Errors
/// [`Trouble`].
pub async fn answer(
    State(counter): State<Counter>,
    access: Access,
    dataset: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Trouble> {
    let Path(dataset) = dataset.map_err(|_| Trouble::not_found("No such dataset."))?;
    let (parts, body) = request.into_parts();
    let bytes = edge_body::read(body, BODY_BYTES_MAX).await?;
    if !edge_body::may_be_json(&parts.headers) {
        return Err(Trouble::invalid(
            "model_attributes_type",
            &["body"],
            "Content-Type must be application/json, in UTF-8",
        ));
    }
    let lists = access.lists(&counter);
    let wanted = Arc::new(Wanted::of(&Params::of(&parts.uri)?, &dataset, &lists)?);
    let turn = counter.desk.turn()?;
    let mut rest = turn.work(move || batch::read(&bytes)).await??;
    let (mut responses, mut answer_bytes) = (BTreeMap::new(), 0);
    while !rest.is_empty() {
        let piece: Vec<Asked> = rest.drain(..PIECE.min(rest.len())).collect();
        let (lists, wanted) = (Arc::clone(&lists), Arc::clone(&wanted));
        let answered =
            turn.work(move || piece.into_iter().map(|asked| wanted.answer(&lists, asked)).collect::<Vec<_>>());
        for (label, response) in answered.await? {
            answer_bytes += response.get().len();
            responses.insert(label, response);
        }
        if answer_bytes > ANSWER_BYTES_MAX {
            return Err(Trouble::bad(
                "The answer would be too large; ask fewer queries at once, or set a lower limit.",
            ));
        }
    }
    let size = HeaderValue::from(responses.len());
    let mut response = json(&AnswerView { responses, matcher: docs(), limit: wanted.limit });
    response.headers_mut().insert(BATCH_SIZE, size);
    Ok(response)
}

/// A JSON answer, 200.
pub fn json<T: Serialize>(value: &T) -> Response {
    let body = serde_json::to_vec(value).expect("views hold texts, numbers, lists and maps with text keys");
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

impl Wanted {
    fn of(params: &Params, dataset: &str, lists: &Lists) -> Result<Self, Trouble> {
        let limit = params.number("limit", LIMIT, 0..=LIMIT_MAX);
        let threshold = params.score("threshold").unwrap_or(Score::ALERT);
        // As the vendor has it: nothing below the threshold is shown unless it is asked for.
        let cutoff = params.score("cutoff").unwrap_or(Score::ALERT).min(threshold);
        let changed_since = params.day("changed_since");
        // An old form of the vendor's; ours is always fuzzy.
        let _ = params.flag("fuzzy");
        let owned = |name: &str| params.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let (exclude_schemas, exclude_ids) = (owned("exclude_schema"), owned("exclude_entity_ids"));
        if exclude_ids.len() > EXCLUDED_MAX {
            params.note("too_long", "exclude_entity_ids", format!("Must have at most {EXCLUDED_MAX} values"));
        }
        let algorithm = params.text("algorithm", 100).to_owned();
        params.settle()?;
        let scope = Scope::of(dataset, params, lists)?;
        algorithms::check(&algorithm)?;
        params.settle()?;
        Ok(Self { scope, limit, threshold, cutoff, exclude_schemas, exclude_ids, changed_since })
    }

    fn answer(&self, lists: &Lists, asked: Asked) -> (String, Box<RawValue>) {
        // Who asks about nobody is not told that nobody was found.
        let status = if asked.names_somebody() { 200 } else { 400 };
        let (matches, total) = self.matches(lists, &asked.queries);
        let results = matches.iter().filter_map(|(found, query)| self.scored(lists, found, &asked.queries[*query]));
        let mut properties: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &asked.values {
            properties.entry(name).or_default().push(value);
        }
        let query = ExampleView { id: asked.id.as_deref(), schema: &asked.schema, properties };
        let response = ResponseView { status, results: results.collect(), total, query };
        let raw = serde_json::value::to_raw_value(&response).expect("views are JSON");
        (asked.label, raw)
    }

    /// The best matches, each with the question that found it, and how many there are in all.
    fn matches(&self, lists: &Lists, queries: &[Query]) -> (Vec<(Match, usize)>, Total) {
        let options = Options { threshold: self.cutoff, limit: MATCHES_MAX, ..self.scope.options() };
        let (mut matches, cut) = best_of(&lists.index, queries, &options);
        matches.retain(|(found, _)| self.admits(lists, found));
        let relation = if cut { "gte" } else { "eq" };
        let total = Total { value: matches.len(), relation };
        matches.truncate(self.limit);
        (matches, total)
    }

    fn admits(&self, lists: &Lists, found: &Match) -> bool {
        let schema = watchlists::ftm::schema_word(found.schema);
        if self.exclude_schemas.iter().any(|excluded| excluded == schema)
            || self.exclude_ids.contains(&found.id.0)
            || !self.scope.admits(found.topics)
        {
            return false;
        }
        let Some(since) = self.changed_since else { return true };
        // What does not say when it changed may have changed since.
        let changed_on = Found::of(lists, found.entity).and_then(|found| found.changed_on());
        changed_on.is_none_or(|date| date.last >= since.first)
    }

    fn scored(&self, lists: &Lists, found: &Match, query: &Query) -> Option<ScoredView> {
        let entity = Found::of(lists, found.entity)?.view();
        let explanations = explanations(&lists.index.explain(query, found.entity)?);
        let features = explanations.iter().map(|(name, result)| (*name, result.score)).collect();
        let (score, is_match) = (found.score.as_f64(), found.score >= self.threshold);
        Some(ScoredView { entity, score, features, explanations, is_match })
    }
}

/// The matches of any of the questions, each entity once with its best score, and whether there may be more.
fn best_of(index: &Index, queries: &[Query], options: &Options) -> (Vec<(Match, usize)>, bool) {
    let mut cut = false;
    let mut best: HashMap<_, (Match, usize)> = HashMap::new();
    for (number, query) in queries.iter().enumerate() {
        let found = index.screen(query, options);
        cut |= found.len() >= options.limit;
        for found in found {
            let known = best.get(&found.entity).is_some_and(|(known, _)| known.score >= found.score);
            if !known {
                best.insert(found.entity, (found, number));
            }
        }
    }
    let mut all: Vec<_> = best.into_values().collect();
    // The order that the index gives to one question.
    all.sort_unstable_by(|(one, _), (other, _)| {
        let by_score = (other.score, other.name_score).cmp(&(one.score, one.name_score));
        by_score.then_with(|| (&one.id, one.list, one.entity).cmp(&(&other.id, other.list, other.entity)))
    });
    (all, cut)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;

    fn asked(properties: &Value) -> Asked {
        let body = json!({"queries": {"q1": {"schema": "Person", "properties": properties}}});
        batch::read(body.to_string().as_bytes()).expect("a batch").remove(0)
    }

    fn answered(query: &str, properties: &Value) -> Value {
        let lists = fixture::lists();
        let params = Params::of(&format!("/x?{query}").parse().expect("a URI")).expect("UTF-8");
        let wanted = Wanted::of(&params, "default", &lists).expect("it is well asked");
        let (label, answer) = wanted.answer(&lists, asked(properties));
        assert_eq!(label, "q1");
        serde_json::from_str(answer.get()).expect("JSON")
    }

    fn ids(query: &str, properties: &Value) -> Vec<String> {
        let answer = answered(query, properties);
        let results = answer["results"].as_array().expect("a list").clone();
        results.iter().map(|result| result["id"].as_str().expect("an id").to_owned()).collect()
    }

    #[test]
    fn a_match_says_who_and_why() {
        let properties = json!({"name": ["Tamerlan Kasimow"], "birthDate": ["1962-05-08"], "passportNumber": ["X1"]});
        let answer = answered("", &properties);
        assert_eq!((&answer["status"], &answer["total"]), (&json!(200), &json!({"value": 1, "relation": "eq"})));
        assert_eq!(answer["query"], json!({"id": null, "schema": "Person", "properties": properties}));
        let result = &answer["results"][0];
        assert_eq!(
            (&result["id"], &result["match"], &result["datasets"]),
            (&json!("un-1"), &json!(true), &json!(["un"]))
        );
        assert_eq!(result["properties"]["alias"], json!(["Tamerlan Kasimow"]));
        assert_eq!((&result["score"], &result["features"]), (&json!(0.95), &json!({"birth_date": 0.5, "name": 1.0})));
        let name = &result["explanations"]["name"];
        assert_eq!((&name["query"], &name["candidate"]), (&json!("Tamerlan Kasimow"), &json!("Tamerlan Kasimow")));
    }

    #[test]
    fn thresholds_call_a_match_and_cutoffs_show_more() {
        // The names agree and the dates do not: just below the line.
        let properties = json!({"name": ["Timur Kasimov"], "birthDate": ["1990-12-30"]});
        assert_eq!(ids("", &properties), [] as [&str; 0]);
        let shown = answered("cutoff=0.5", &properties);
        assert_eq!((&shown["results"][0]["id"], &shown["results"][0]["match"]), (&json!("un-1"), &json!(false)));
        let strict = answered("threshold=0.99", &json!({"name": ["Timur Kasimov"]}));
        assert_eq!((&strict["results"][0]["id"], &strict["results"][0]["match"]), (&json!("un-1"), &json!(false)));
        let lax = answered("threshold=0.5", &properties);
        assert_eq!(lax["results"][0]["match"], json!(true));
    }

    #[test]
    fn filters_leave_out_and_the_limit_counts_what_it_hides() {
        let name = json!({"name": ["Timur Kasimov"]});
        for query in [
            "exclude_entity_ids=un-1",
            "exclude_schema=Person",
            "topics=role.pep",
            "exclude_dataset=un",
            "include_dataset=ftm",
            "changed_since=2024-01-01",
        ] {
            assert_eq!(ids(query, &name), [] as [&str; 0], "{query}");
        }
        assert_eq!(ids("changed_since=2023-01-01&topics=sanction&include_dataset=un", &name), ["un-1"]);
        let hidden = answered("limit=0", &name);
        assert_eq!((&hidden["results"], &hidden["total"]["value"]), (&json!([]), &json!(1)));
    }

    #[test]
    fn the_best_of_several_dates_counts_and_each_entity_is_shown_once() {
        let properties = json!({"name": ["Timur Kasimov"], "birthDate": ["1990-12-30", "1962-05-08"]});
        let answer = answered("", &properties);
        assert_eq!((&answer["total"]["value"], &answer["results"][0]["score"]), (&json!(1), &json!(0.95)));
        assert_eq!(answer["results"][0]["explanations"]["birth_date"]["query"], "1962-05-08");
    }

    #[test]
    fn who_asks_about_nobody_is_told_so() {
        let answer = answered("", &json!({"birthDate": ["1962-05-08"], "country": ["kz"]}));
        assert_eq!((&answer["status"], &answer["results"]), (&json!(400), &json!([])));
    }

    #[test]
    fn another_engine_is_not_played() {
        let lists = fixture::lists();
        let status = |query: &str| {
            let params = Params::of(&format!("/x?{query}").parse().expect("a URI")).expect("UTF-8");
            Wanted::of(&params, "default", &lists).err().map(|trouble| trouble.status().as_u16())
        };
        assert_eq!((status("algorithm=best"), status("algorithm=vestibule"), status("fuzzy=true")), (None, None, None));
        assert_eq!(
            (status("algorithm=logic-v1"), status("limit=501"), status("threshold=70")),
            (Some(400), Some(422), Some(422))
        );
        let ids: String = (0..51).map(|number| format!("exclude_entity_ids={number}&")).collect();
        assert_eq!(status(&ids), Some(422));
    }
}
