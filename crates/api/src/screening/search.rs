//! `GET /search/{dataset}`: entities by the words of a name, for a person who types them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::response::Response;
use serde::Serialize;
use service::screening::Lists;
use watchlists::screening::{EntityNumber, Options, Query};
use watchlists::{DateRange, Schema, Score, ftm};

use super::Counter;
use super::access::Access;
use super::error::Trouble;
use super::matching::json;
use super::params::Params;
use super::scope::{Scope, asked_topics};
use super::view::{EntityView, Found, Total};
use crate::desk::Turn;

/// Most results of a page; the vendor's bound.
pub const PAGE_MAX: usize = 500;
/// Results of a page, if nothing else is asked for.
pub const PAGE: usize = 10;
/// The furthest page begins here; the vendor's bound.
pub const OFFSET_MAX: usize = 9_499;
/// Longest text, in characters.
const TEXT_CHARS_MAX: usize = 500;
/// Entities that are looked at before others have their turn.
const PIECE: usize = 4_096;
/// Entities that a fuzzy search adds.
const FUZZY_MAX: usize = 500;
/// Values of a facet, the most frequent ones.
const FACET_VALUES_MAX: usize = 50;
/// What is counted, if nothing else is asked for.
const FACETS: [&str; 3] = ["countries", "topics", "datasets"];

#[derive(Serialize)]
struct SearchView {
    limit: usize,
    offset: usize,
    total: Total,
    results: Vec<EntityView>,
    facets: BTreeMap<String, FacetView>,
}

#[derive(Serialize)]
struct FacetView {
    label: &'static str,
    values: Vec<FacetValueView>,
}

#[derive(Serialize)]
struct FacetValueView {
    name: String,
    label: String,
    count: u64,
}

/// What is looked for.
struct Wanted {
    scope: Scope,
    text: String,
    fuzzy: bool,
    schemas: &'static [Schema],
    exclude_schemas: Vec<String>,
    countries: Vec<String>,
    topics: Vec<watchlists::Topics>,
    datasets: Vec<String>,
    /// Whether every filter of one kind must hold, and not any.
    all_of: bool,
    changed_since: Option<DateRange>,
    facets: Vec<String>,
    limit: usize,
    offset: usize,
}

/// What a facet counted: by facet and value.
type Counts = HashMap<(usize, String), u64>;

/// Answers a search.
///
/// # Errors
/// [`Trouble`].
pub async fn answer(
    State(counter): State<Counter>,
    access: Access,
    dataset: Result<Path<String>, PathRejection>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Trouble> {
    let Path(dataset) = dataset.map_err(|_| Trouble::not_found("No such dataset."))?;
    let lists = access.lists(&counter);
    let wanted = Arc::new(Wanted::of(&Params::of(&uri)?, &dataset, &lists)?);
    let turn = counter.desk.turn()?;
    Ok(json(&search(&turn, lists, wanted).await?))
}

async fn search(turn: &Turn, lists: Arc<Lists>, wanted: Arc<Wanted>) -> Result<SearchView, Trouble> {
    let named = {
        let (lists, wanted) = (Arc::clone(&lists), Arc::clone(&wanted));
        turn.work(move || wanted.named(&lists)).await?
    };
    let (mut ranked, mut counts) = (Vec::new(), Counts::new());
    for piece in named.chunks(PIECE).map(<[_]>::to_vec) {
        let (lists, wanted) = (Arc::clone(&lists), Arc::clone(&wanted));
        let looked = move || {
            let (mut fitting, mut counts) = (Vec::new(), Counts::new());
            for (rank, number) in piece {
                let found = Found::of(&lists, number).filter(|found| wanted.admits(found));
                if let Some(found) = found {
                    wanted.count(&found, &mut counts);
                    fitting.push((rank, number));
                }
            }
            (fitting, counts)
        };
        let (fitting, counted) = turn.work(looked).await?;
        ranked.extend(fitting);
        for (key, count) in counted {
            *counts.entry(key).or_default() += count;
        }
    }
    let total = Total::exactly(ranked.len());
    let shown = move || {
        ranked.sort_by_key(|(rank, number)| (Reverse(*rank), *number));
        let page = ranked.into_iter().skip(wanted.offset).take(wanted.limit);
        let results = page.filter_map(|(_, number)| Some(Found::of(&lists, number)?.view())).collect();
        let facets = wanted.facet_views(counts, &lists);
        SearchView { limit: wanted.limit, offset: wanted.offset, total, results, facets }
    };
    Ok(turn.work(shown).await?)
}

impl Wanted {
    fn of(params: &Params, dataset: &str, lists: &Lists) -> Result<Self, Trouble> {
        let text = params.text("q", TEXT_CHARS_MAX).to_owned();
        let (limit, offset) = (params.number("limit", PAGE, 0..=PAGE_MAX), params.number("offset", 0, 0..=OFFSET_MAX));
        let (fuzzy, target) = (params.flag("fuzzy").unwrap_or(false), params.flag("target"));
        // Our syntax is the simple one.
        let _ = params.flag("simple");
        let changed_since = params.day("changed_since");
        let all_of = match params.text("filter_op", 10) {
            "" | "OR" => false,
            "AND" => true,
            _ => {
                params.note("enum", "filter_op", "Must be AND or OR");
                false
            }
        };
        let mut facets: Vec<String> = params.all("facets").into_iter().map(str::to_owned).collect();
        if facets.iter().any(|facet| label(facet).is_none()) {
            params.note("enum", "facets", "Must be datasets, schema, countries, identifiers, topics or genders");
        }
        if facets.is_empty() {
            facets = FACETS.map(str::to_owned).to_vec();
        }
        facets.dedup();
        let owned = |name: &str| params.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let (datasets, exclude_schemas) = (owned("datasets"), owned("exclude_schema"));
        let countries = owned("countries").into_iter().map(|code| code.to_ascii_lowercase()).collect();
        params.settle()?;
        if !params.all("filter").is_empty() {
            return Err(Trouble::bad("filter: filters on single properties are not available."));
        }
        let scope = Scope::of(dataset, params, lists)?;
        let words = params.all("topics");
        let mut topics = Vec::new();
        if all_of {
            for word in words {
                topics.extend(asked_topics(&[word])?);
            }
        }
        let schemas = match params.text("schema", 100) {
            "" => ftm::kinds_of("Thing"),
            word => ftm::kinds_of(word),
        };
        let schemas = schemas.ok_or_else(|| Trouble::bad("Invalid schema."))?;
        // Whatever is here is listed.
        let schemas = if target == Some(false) { &[] } else { schemas };
        params.settle()?;
        Ok(Self {
            scope,
            text,
            fuzzy,
            schemas,
            exclude_schemas,
            countries,
            topics,
            datasets,
            all_of,
            changed_since,
            facets,
            limit,
            offset,
        })
    }

    /// The entities with the words of the text, each with its rank.
    fn named(&self, lists: &Lists) -> Vec<(u16, EntityNumber)> {
        let plain = plain(&self.text);
        let options = self.scope.options();
        if plain.is_empty() && !self.text.trim().is_empty() {
            // A text of nothing but signs asks for something, and not for everything.
            return Vec::new();
        }
        let mut named: HashMap<EntityNumber, u16> =
            lists.index.with_words(&plain, &options).into_iter().map(|named| (named.entity, named.share)).collect();
        if self.fuzzy && !plain.is_empty() {
            let query = Query { names: vec![plain.replace('*', "")], ..Query::default() };
            let options = Options { threshold: Score::ALERT, limit: FUZZY_MAX, ..options };
            for found in lists.index.screen(&query, &options) {
                let rank = found.score.ten_thousandths() / 10;
                let known = named.entry(found.entity).or_default();
                *known = rank.max(*known);
            }
        }
        let mut named: Vec<_> = named.into_iter().map(|(number, rank)| (rank, number)).collect();
        named.sort_unstable_by_key(|(_, number)| *number);
        named
    }

    fn admits(&self, found: &Found<'_>) -> bool {
        let Found { entity, list } = found;
        let any_or_all = |asked: &[String], has: &dyn Fn(&str) -> bool| {
            asked.is_empty()
                || if self.all_of { asked.iter().all(|one| has(one)) } else { asked.iter().any(|one| has(one)) }
        };
        self.scope.admits(entity.topics)
            && self.schemas.contains(&entity.schema)
            && !self.exclude_schemas.iter().any(|excluded| excluded == ftm::schema_word(entity.schema))
            && self.topics.iter().all(|topics| topics.meets(entity.topics))
            && any_or_all(&self.countries, &|code| ftm::countries(entity).any(|known| known == code))
            && any_or_all(&self.datasets, &|name| name == list.list)
            && self.changed_since.is_none_or(|since| found.changed_on().is_none_or(|date| date.last >= since.first))
    }

    fn count(&self, found: &Found<'_>, counts: &mut Counts) {
        let entity = &found.entity;
        for (facet, name) in self.facets.iter().enumerate() {
            let mut values: Vec<String> = match name.as_str() {
                "datasets" => vec![found.list.list.clone()],
                "schema" => vec![ftm::schema_word(entity.schema).to_owned()],
                "countries" => ftm::countries(entity).map(str::to_owned).collect(),
                "topics" => ftm::topic_words(entity.topics).into_iter().map(str::to_owned).collect(),
                "genders" => ftm::properties(entity).remove("gender").unwrap_or_default(),
                _ => Vec::new(),
            };
            values.sort_unstable();
            values.dedup();
            for value in values {
                *counts.entry((facet, value)).or_default() += 1;
            }
        }
    }

    fn facet_views(&self, counts: Counts, lists: &Lists) -> BTreeMap<String, FacetView> {
        let mut facets: Vec<FacetView> = self
            .facets
            .iter()
            .map(|facet| FacetView { label: label(facet).unwrap_or_default(), values: Vec::new() })
            .collect();
        for ((facet, name), count) in counts {
            let label = match self.facets[facet].as_str() {
                "datasets" => lists.visible().find(|(list, _)| list.list == name).map_or("", |(list, _)| &list.title),
                "countries" => ftm::country_name(&name),
                "topics" => topic_label(&name),
                _ => &name,
            };
            let label = label.to_owned();
            facets[facet].values.push(FacetValueView { name, label, count });
        }
        for facet in &mut facets {
            facet.values.sort_unstable_by(|one, other| (other.count, &one.name).cmp(&(one.count, &other.name)));
            facet.values.truncate(FACET_VALUES_MAX);
        }
        self.facets.iter().cloned().zip(facets).collect()
    }
}

/// The words of a text, without the signs of the vendor's query language: `+smith -"john"~2` is three words.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !matches!(*word, "AND" | "OR" | "NOT"));
    let words = words.map(|word| {
        // What stands before a colon names a field; there is one.
        let word = word.rsplit(':').next().unwrap_or(word);
        let word = word.split(['~', '^']).next().unwrap_or(word);
        word.trim_start_matches(['+', '-', '!']).replace(['"', '(', ')', '[', ']', '{', '}', '\\', '?'], " ")
    });
    let words: Vec<String> = words.filter(|word| word.chars().any(char::is_alphanumeric)).collect();
    words.join(" ").trim().to_owned()
}

fn label(facet: &str) -> Option<&'static str> {
    Some(match facet {
        "datasets" => "Data sources",
        "schema" => "Entity types",
        "countries" => "Countries",
        "identifiers" => "Identifiers",
        "topics" => "Topics",
        "genders" => "Genders",
        _ => return None,
    })
}

fn topic_label(word: &str) -> &str {
    match word {
        "sanction" => "Under sanctions",
        "sanction.linked" => "Linked to sanctions",
        "role.pep" => "Politically exposed",
        "role.rca" => "Close to the politically exposed",
        "wanted" => "Wanted",
        "debarment" => "Debarred",
        "crime" => "Crime",
        "poi" => "Of interest",
        "blocked" => "Blocked by the institution",
        "export.control" => "Export controls",
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::desk::{Desk, Limits};
    use crate::fixture;

    async fn found(dataset: &str, query: &str) -> Result<Value, u16> {
        let lists = Arc::new(fixture::lists());
        let params = Params::of(&format!("/x?{query}").parse().expect("a URI")).expect("UTF-8");
        let wanted = Wanted::of(&params, dataset, &lists).map_err(|trouble| trouble.status().as_u16())?;
        let turn = Desk::new(Limits::default()).turn().expect("a place");
        let view = search(&turn, lists, Arc::new(wanted)).await.expect("in time");
        Ok(serde_json::to_value(&view).expect("JSON"))
    }

    async fn ids(dataset: &str, query: &str) -> Vec<String> {
        let view = found(dataset, query).await.unwrap_or_else(|status| panic!("{query}: {status}"));
        let results = view["results"].as_array().expect("a list").clone();
        results.iter().map(|result| result["id"].as_str().expect("an id").to_owned()).collect()
    }

    #[tokio::test]
    async fn words_find_names_best_first() {
        for (query, expected) in [
            ("q=kasimov", &["un-1", "ftm-1"][..]),
            ("q=kasi*", &["un-1", "pep-1", "ftm-1"]),
            ("q=%22Timur+Kasimov%22", &["un-1"]),
            ("q=name:timur+AND+kasimov~", &["un-1"]),
            ("q=Timur+Kasymov", &[]),
            ("q=Timur+Kasymov&fuzzy=true", &["un-1"]),
            ("q=***", &[]),
            ("q=", &["un-1", "un-2", "pep-1", "ftm-1"]),
            ("q=kasi*&limit=1&offset=1", &["pep-1"]),
        ] {
            assert_eq!(ids("default", query).await, expected, "{query}");
        }
    }

    #[tokio::test]
    async fn filters_narrow() {
        for (dataset, query, expected) in [
            ("un", "", &["un-1", "un-2"][..]),
            ("peps", "", &["pep-1"]),
            ("default", "schema=LegalEntity", &["un-1", "pep-1", "ftm-1"]),
            ("default", "schema=Organization", &["ftm-1"]),
            ("default", "exclude_schema=Person", &["un-2", "ftm-1"]),
            ("default", "countries=KZ", &["un-1", "pep-1"]),
            ("default", "countries=kz&countries=cy", &["un-1", "pep-1", "ftm-1"]),
            ("default", "countries=kz&countries=cy&filter_op=AND", &[]),
            ("default", "topics=sanction&topics=role.pep", &["un-1", "un-2", "pep-1", "ftm-1"]),
            ("default", "topics=sanction&topics=role.pep&filter_op=AND", &[]),
            ("default", "datasets=ftm", &["pep-1", "ftm-1"]),
            // What does not tell its last change may have changed.
            ("default", "changed_since=2023-01-01", &["un-1", "un-2", "ftm-1"]),
            ("default", "target=false", &[]),
        ] {
            assert_eq!(ids(dataset, query).await, expected, "{dataset} {query}");
        }
        for (query, status) in
            [("schema=Nonsense", 400), ("filter=birthDate:1962", 400), ("facets=x", 422), ("limit=501", 422)]
        {
            assert_eq!(found("default", query).await.err(), Some(status), "{query}");
        }
    }

    #[tokio::test]
    async fn facets_count_all_that_is_found() {
        let view = found("default", "q=&limit=1&facets=countries&facets=topics&facets=genders").await.expect("found");
        assert_eq!((&view["total"], &view["limit"]), (&json!({"value": 4, "relation": "eq"}), &json!(1)));
        let countries = json!({"label": "Countries", "values": [
            {"name": "kz", "label": "Kazakhstan", "count": 2}, {"name": "cy", "label": "Cyprus", "count": 1}]});
        assert_eq!(view["facets"]["countries"], countries);
        assert_eq!(
            view["facets"]["topics"]["values"][0],
            json!({"name": "sanction", "label": "Under sanctions", "count": 3})
        );
        assert_eq!(view["facets"]["genders"]["values"], json!([{"name": "male", "label": "male", "count": 1}]));
        let names: Vec<_> = view["facets"].as_object().expect("facets").keys().collect();
        assert_eq!(names, ["countries", "genders", "topics"]);
    }

    #[test]
    fn the_signs_of_the_query_language_are_no_words() {
        for (text, words) in [
            ("+smith -\"john\"~2", "smith john"),
            ("(smith OR smyth) AND NOT jones", "smith  smyth jones"),
            ("kasi*", "kasi*"),
            ("al-Qaida", "al-Qaida"),
            ("!!! ???", ""),
        ] {
            let squeezed = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(squeezed, words.split_whitespace().collect::<Vec<_>>().join(" "), "{text}");
        }
    }
}
