//! `GET /catalog`: the lists in force as datasets.

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use service::screening::Lists;
use watchlists::ftm;

use super::Counter;
use super::access::Access;
use super::matching::json;
use super::scope::COLLECTIONS;
use super::view::seconds;

#[derive(Serialize)]
struct CatalogView {
    datasets: Vec<DatasetView>,
    current: Vec<String>,
    outdated: [&'static str; 0],
    index_stale: bool,
}

#[derive(Serialize)]
struct DatasetView {
    name: String,
    title: String,
    summary: String,
    /// Whether it is a list of its own, and no collection.
    load: bool,
    entities_url: Option<String>,
    version: String,
    index_version: String,
    index_current: bool,
    children: Vec<String>,
    entity_count: u64,
    /// When the list was last added or found unchanged.
    updated_at: Option<String>,
    /// The day it was published, as it says itself.
    last_export: Option<String>,
}

/// Answers with the catalog.
pub async fn answer(State(counter): State<Counter>, access: Access) -> Response {
    json(&catalog(&access.lists(&counter)))
}

fn catalog(lists: &Lists) -> CatalogView {
    let collections = COLLECTIONS.iter().filter_map(|collection| {
        let children: Vec<String> = collection.children(lists).map(|(_, name)| name.to_owned()).collect();
        let versions = lists.visible().map(|(version, _)| version).filter(|version| children.contains(&version.list));
        let each: Vec<_> = versions.map(|version| (short(&version.hash), version.entities)).collect();
        let version = each.iter().map(|(hash, _)| hash.as_str()).collect::<Vec<_>>().join("-");
        (!children.is_empty()).then(|| DatasetView {
            name: collection.name.to_owned(),
            title: collection.title.to_owned(),
            summary: "A part of the lists below.".to_owned(),
            load: false,
            entities_url: None,
            index_version: version.clone(),
            version,
            index_current: true,
            children,
            entity_count: each.iter().map(|(_, entities)| entities).sum(),
            updated_at: None,
            last_export: None,
        })
    });
    let each = lists.visible().map(|(list, _)| DatasetView {
        name: list.list.clone(),
        title: list.title.clone(),
        summary: format!("Listed for: {}.", ftm::topic_words(list.topics).join(", ")),
        load: true,
        entities_url: None,
        version: short(&list.hash),
        index_version: short(&list.hash),
        index_current: true,
        children: Vec::new(),
        entity_count: list.entities,
        updated_at: Some(seconds(list.confirmed_at)),
        last_export: list.published_on.clone(),
    });
    let current = lists.visible().map(|(list, _)| list.list.clone()).collect();
    CatalogView { datasets: collections.chain(each).collect(), current, outdated: [], index_stale: false }
}

/// Enough of a content hash to tell versions apart.
fn short(hash: &[u8; 32]) -> String {
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture;

    #[test]
    fn every_list_and_every_collection_that_has_one() {
        let view = serde_json::to_value(catalog(&fixture::lists())).expect("JSON");
        let names: Vec<_> =
            view["datasets"].as_array().expect("a list").iter().map(|set| set["name"].clone()).collect();
        assert_eq!(names, ["default", "sanctions", "peps", "un", "ftm"]);
        assert_eq!(view["datasets"][0]["children"], json!(["un", "ftm"]));
        assert_eq!(view["datasets"][2]["children"], json!(["ftm"]));
        assert_eq!(view["datasets"][3]["updated_at"], "2023-11-14T22:13:20");
        assert_eq!((&view["current"], &view["outdated"]), (&json!(["un", "ftm"]), &json!([])));
        let nothing = serde_json::to_value(catalog(&Lists::none())).expect("JSON");
        assert_eq!(nothing["datasets"], json!([]));
    }
}
