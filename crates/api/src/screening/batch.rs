//! The body of a match: questions by example, each under a label of the caller's.

use serde_json::{Map, Value};
use watchlists::screening::Query;
use watchlists::{Schema, ftm};

use super::error::{Detail, Trouble};
use crate::json;

/// Most questions of one batch; the vendor's bound.
pub const QUERIES_MAX: usize = 100;
/// Most values of one question.
const VALUES_MAX: usize = 500;
/// Longest value, in characters. Names are read up to 512 of them.
const VALUE_CHARS_MAX: usize = 1_000;
/// Longest label, in bytes.
const LABEL_BYTES_MAX: usize = 255;

/// One question.
pub struct Asked {
    /// The caller's label for it.
    pub label: String,
    /// The caller's id for the party, if it sent one.
    pub id: Option<String>,
    /// The schema, in the caller's word.
    pub schema: String,
    /// The properties as they were understood, each a list of texts.
    pub values: Vec<(String, String)>,
    /// The questions to the lists; one a date of birth.
    pub queries: Vec<Query>,
}

impl Asked {
    /// Whether there is anything by which somebody could be found.
    #[must_use]
    pub fn names_somebody(&self) -> bool {
        self.queries
            .iter()
            .any(|query| !query.names.is_empty() || query.parts.is_some() || !query.identifiers.is_empty())
    }
}

/// Reads a body.
///
/// # Errors
/// What is wrong with it: one question that cannot be read spoils the batch, for an answer that lacks it would look
/// as if nobody had been found.
pub fn read(bytes: &[u8]) -> Result<Vec<Asked>, Trouble> {
    let body = json::parse(bytes)?;
    let Some(body) = body.as_object() else {
        return Err(Trouble::invalid("model_attributes_type", &["body"], "Must be an object"));
    };
    for unsupported in ["weights", "config"] {
        match body.get(unsupported) {
            None | Some(Value::Null) => {}
            Some(Value::Object(members)) if members.is_empty() => {}
            Some(Value::Object(_)) => {
                let why =
                    format!("{unsupported}: this engine's scores cannot be changed by a request; leave it empty.");
                return Err(Trouble::bad(why));
            }
            Some(_) => return Err(Trouble::invalid("dict_type", &["body", unsupported], "Must be an object")),
        }
    }
    let queries = match body.get("queries") {
        None => return Err(Trouble::invalid("missing", &["body", "queries"], "Is required")),
        Some(Value::Object(queries)) => queries,
        Some(_) => return Err(Trouble::invalid("dict_type", &["body", "queries"], "Must be an object")),
    };
    if queries.len() > QUERIES_MAX {
        return Err(Trouble::bad(format!("A batch has at most {QUERIES_MAX} queries.")));
    }
    let queries = queries.iter().filter(|(_, query)| !query.is_null());
    let asked: Vec<Asked> = queries.map(|(label, query)| one(label, query)).collect::<Result<_, _>>()?;
    if asked.is_empty() { Err(Trouble::bad("No queries provided.")) } else { Ok(asked) }
}

fn one(label: &str, query: &Value) -> Result<Asked, Trouble> {
    let at = place(label);
    let invalid = |kind, field: &[&str], msg: &str| {
        let loc = [&["body", "queries", at], field].concat();
        Trouble::Invalid(vec![Detail::new(kind, &loc, msg)])
    };
    if label.len() > LABEL_BYTES_MAX {
        return Err(invalid("string_too_long", &[], "The name of a query must have at most 255 bytes"));
    }
    let query = query.as_object().ok_or_else(|| invalid("model_attributes_type", &[], "Must be an object"))?;
    let word = match query.get("schema") {
        Some(Value::String(word)) => word,
        Some(_) => return Err(invalid("string_type", &["schema"], "Must be a string")),
        None => return Err(invalid("missing", &["schema"], "Is required")),
    };
    let schema = ftm::schema(word)
        .ok_or_else(|| Trouble::bad(format!("Query {at}: the schema is none of a party that can be listed.")))?;
    let properties = match query.get("properties") {
        Some(Value::Object(properties)) => properties,
        Some(_) => return Err(invalid("dict_type", &["properties"], "Must be an object")),
        None => return Err(invalid("missing", &["properties"], "Is required")),
    };
    let values = values(properties).map_err(|(kind, msg)| invalid(kind, &["properties"], msg))?;
    let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let queries = queries_of(schema, &pairs);
    let id = query.get("id").and_then(Value::as_str).map(str::to_owned);
    Ok(Asked { label: label.to_owned(), id, schema: word.clone(), values, queries })
}

/// The questions of an example. A wallet's address is its name as well, as it is on a list.
fn queries_of(schema: Schema, pairs: &[(&str, &str)]) -> Vec<Query> {
    let mut queries = ftm::queries(schema, pairs.iter().copied());
    for query in queries.iter_mut().filter(|query| schema == Schema::CryptoWallet && query.names.is_empty()) {
        query.names = query.identifiers.iter().map(|identifier| identifier.value.clone()).collect();
    }
    queries
}

/// Every value as a text, under the name of its property.
fn values(properties: &Map<String, Value>) -> Result<Vec<(String, String)>, (&'static str, &'static str)> {
    let mut all = Vec::new();
    for (name, value) in properties {
        match value {
            Value::Array(values) => values.iter().try_for_each(|value| add(&mut all, name, value))?,
            value => add(&mut all, name, value)?,
        }
    }
    Ok(all)
}

fn add(all: &mut Vec<(String, String)>, name: &str, value: &Value) -> Result<(), (&'static str, &'static str)> {
    let text = match value {
        Value::Null => return Ok(()),
        Value::String(text) => text.trim().to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Object(nested) => return add_nested(all, nested),
        Value::Array(_) => return Err(("list_type", "A property must be a list of texts")),
    };
    if text.chars().count() > VALUE_CHARS_MAX {
        return Err(("string_too_long", "A value must have at most 1000 characters"));
    }
    if all.len() >= VALUES_MAX {
        return Err(("too_long", "A query must have at most 500 values"));
    }
    if !text.is_empty() {
        all.push((name.to_owned(), text));
    }
    Ok(())
}

/// An address that is an entity of its own; other entities within a question say nothing that is compared.
fn add_nested(
    all: &mut Vec<(String, String)>,
    nested: &Map<String, Value>,
) -> Result<(), (&'static str, &'static str)> {
    let (Some("Address"), Some(Value::Object(properties))) =
        (nested.get("schema").and_then(Value::as_str), nested.get("properties"))
    else {
        return Ok(());
    };
    let first = |name: &str| match properties.get(name) {
        Some(Value::Array(values)) => values.first().and_then(Value::as_str).unwrap_or_default(),
        Some(Value::String(text)) => text.as_str(),
        _ => "",
    };
    let full = match first("full") {
        "" => {
            let parts = ["street", "postalCode", "city", "region"].map(first);
            parts.into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join(", ")
        }
        full => full.to_owned(),
    };
    add(all, "address", &Value::String(full))?;
    add(all, "addressCountry", &Value::String(first("country").to_owned()))
}

/// How an error names a query: by its label where that is a technical one, for a label may be somebody's name.
fn place(label: &str) -> &str {
    let technical = label.len() <= 64
        && label.bytes().any(|byte| byte.is_ascii_digit())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'));
    if technical { label } else { "*" }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(body: &Value) -> Result<Vec<Asked>, Trouble> {
        super::read(body.to_string().as_bytes())
    }

    fn told(body: &Value) -> (u16, String) {
        let trouble = read(body).err().expect("it is refused");
        let text = match &trouble {
            Trouble::Invalid(details) => {
                details.iter().map(|detail| format!("{} {}", detail.kind, detail.loc.join("."))).collect()
            }
            Trouble::Refused(_, why) => why.clone(),
        };
        (trouble.status().as_u16(), text)
    }

    #[test]
    fn an_example_becomes_a_question() {
        let body = json!({"weights": {}, "config": null, "queries": {
            "q1": {"id": "mine", "schema": "Person", "properties": {
                "name": ["Timur Kasimov", " ", null], "birthDate": "1962-05-08", "idNumber": [1234567],
                "addressEntity": [{"schema": "Address", "properties": {"street": ["1 Abay Ave"], "city": "Almaty", "country": ["kz"]}}],
                "familyPerson": [{"schema": "Family", "properties": {}}]
            }},
            "q2": null
        }});
        let asked = read(&body).expect("one question");
        let [one] = asked.as_slice() else { panic!("one question") };
        assert_eq!((one.label.as_str(), one.id.as_deref(), one.schema.as_str()), ("q1", Some("mine"), "Person"));
        assert!(one.names_somebody());
        let query = &one.queries[0];
        assert_eq!(query.names, ["Timur Kasimov"]);
        assert_eq!(query.addresses, ["1 Abay Ave, Almaty"]);
        assert_eq!(query.countries.len(), 1);
        assert_eq!(query.identifiers[0].value, "1234567");
        assert!(query.birth_date.is_some());
    }

    #[test]
    fn a_wallet_has_its_address_for_a_name() {
        let body =
            json!({"queries": {"w": {"schema": "CryptoWallet", "properties": {"publicKey": ["1A1zP1eP5QGefi2D"]}}}});
        assert_eq!(read(&body).expect("one question")[0].queries[0].names, ["1A1zP1eP5QGefi2D"]);
        let nobody = json!({"queries": {"p": {"schema": "Person", "properties": {"birthDate": ["1960"]}}}});
        assert!(!read(&nobody).expect("one question")[0].names_somebody());
    }

    #[test]
    fn what_is_wrong_is_said_by_its_place() {
        let query = |query: Value| json!({"queries": {"q1": query}});
        for (body, status, text) in [
            (json!([]), 422, "model_attributes_type body"),
            (json!({}), 422, "missing body.queries"),
            (json!({"queries": []}), 422, "dict_type body.queries"),
            (json!({"queries": {}}), 400, "No queries provided."),
            (query(json!("x")), 422, "model_attributes_type body.queries.q1"),
            (query(json!({"properties": {}})), 422, "missing body.queries.q1.schema"),
            (query(json!({"schema": 1, "properties": {}})), 422, "string_type body.queries.q1.schema"),
            (query(json!({"schema": "Person"})), 422, "missing body.queries.q1.properties"),
            (query(json!({"schema": "Person", "properties": []})), 422, "dict_type body.queries.q1.properties"),
            (
                query(json!({"schema": "Person", "properties": {"name": [["x"]]}})),
                422,
                "list_type body.queries.q1.properties",
            ),
            (
                query(json!({"schema": "Ownership", "properties": {}})),
                400,
                "Query q1: the schema is none of a party that can be listed.",
            ),
            (
                query(json!({"schema": "Nonsense", "properties": {}})),
                400,
                "Query q1: the schema is none of a party that can be listed.",
            ),
            (json!({"queries": {}, "weights": []}), 422, "dict_type body.weights"),
        ] {
            assert_eq!(told(&body), (status, text.to_owned()), "{body}");
        }
        let weighed = json!({"queries": {}, "weights": {"name_literal": 0.8}});
        assert_eq!(told(&weighed).0, 400);
        let long = query(json!({"schema": "Person", "properties": {"name": ["x".repeat(1001)]}}));
        assert_eq!(told(&long), (422, "string_too_long body.queries.q1.properties".to_owned()));
        let many = query(json!({"schema": "Person", "properties": {"name": vec!["x"; 501]}}));
        assert_eq!(told(&many), (422, "too_long body.queries.q1.properties".to_owned()));
        let somebody = json!({"queries": {"Timur Kasimov": "x"}});
        assert_eq!(told(&somebody), (422, "model_attributes_type body.queries.*".to_owned()));
    }

    #[test]
    fn a_batch_has_a_bound() {
        let query = json!({"schema": "Person", "properties": {"name": ["A B"]}});
        let batch = |count: usize| {
            let queries: Map<String, Value> = (0..count).map(|at| (format!("q{at}"), query.clone())).collect();
            json!({"queries": queries})
        };
        assert_eq!(read(&batch(QUERIES_MAX)).map(|asked| asked.len()).ok(), Some(QUERIES_MAX));
        assert_eq!(told(&batch(QUERIES_MAX + 1)), (400, "A batch has at most 100 queries.".to_owned()));
    }

    proptest! {
        #[test]
        fn no_body_breaks_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(super::read(&bytes));
        }

        #[test]
        fn no_value_breaks_it(schema in "[A-Z][a-zA-Z]{0,12}", name in "\\PC{0,20}", value in "\\PC{0,60}") {
            let body = json!({"queries": {"q": {"schema": schema, "properties": {
                name: [value], "name": [value], "birthDate": [value], "country": [value], "firstName": value}}}});
            drop(read(&body));
        }
    }
}
