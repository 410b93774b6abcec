//! The question: who is asked about, and how.

use serde_json::Value;
use watchlists::country;
use watchlists::formats::Source;
use watchlists::ftm;
use watchlists::screening::{Query, QueryParts};
use watchlists::{Country, CountryRole, DateRange, Gender, Identifier, IdentifierKind, Schema, Score, Topics};

use crate::fields::{Fault, Field, Mistake, Mistakes, Object};

/// Names that are compared; the engine's bound.
const NAMES_MAX: usize = 32;
/// Longest name, in characters; the engine's bound.
const NAME_CHARS_MAX: usize = 512;
/// Values of any other list.
const VALUES_MAX: usize = 50;
/// Longest other text, in characters.
const TEXT_CHARS_MAX: usize = 500;
/// Most matches of one answer.
const LIMIT_MAX: f64 = 500.0;
/// Matches of one answer, if nothing else is asked for.
const LIMIT: usize = 50;

/// Every kind of identifier and its word.
const KINDS: [(&str, IdentifierKind); 11] = [
    ("passport", IdentifierKind::Passport),
    ("nationalId", IdentifierKind::NationalId),
    ("taxId", IdentifierKind::TaxId),
    ("registration", IdentifierKind::Registration),
    ("lei", IdentifierKind::Lei),
    ("bic", IdentifierKind::Bic),
    ("imo", IdentifierKind::Imo),
    ("mmsi", IdentifierKind::Mmsi),
    ("callSign", IdentifierKind::CallSign),
    ("wallet", IdentifierKind::Wallet),
    ("other", IdentifierKind::Other),
];

/// Every role of a country and its word.
const ROLES: [(&str, CountryRole); 5] = [
    ("nationality", CountryRole::Nationality),
    ("residence", CountryRole::Residence),
    ("birth", CountryRole::Birth),
    ("jurisdiction", CountryRole::Jurisdiction),
    ("other", CountryRole::Other),
];

/// What is asked.
pub struct Asked {
    /// Who.
    pub query: Query,
    /// From which score on a match counts; the tenant's own if it is not said.
    pub threshold: Option<Score>,
    /// Most matches to show.
    pub limit: usize,
    /// Only these lists, by their names; none for all.
    pub lists: Vec<&'static str>,
    /// Only what is listed for one of these; none for anything.
    pub topics: Topics,
}

/// The word of an identifier's kind.
pub fn kind_word(kind: IdentifierKind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("other", |(word, _)| word)
}

/// The word of a country's role.
pub fn role_word(role: CountryRole) -> &'static str {
    ROLES.iter().find(|(_, known)| *known == role).map_or("other", |(word, _)| word)
}

/// Reads a question; what is not known is refused, for a misspelled field would be a fact that nobody compares.
///
/// # Errors
/// Every mistake in it.
pub fn read(value: &Value) -> Result<Asked, Vec<Mistake>> {
    let mistakes = Mistakes::default();
    let body = mistakes.object(value);
    only(&mistakes, "", &body, &["party", "threshold", "limit", "lists", "topics"]);
    let query = body.field("party").required().object().map(|party| party_of(&mistakes, &party));
    let threshold = body.field("threshold").number(0.0..=1.0).map(score);
    let limit = limit(&body.field("limit"));
    let names: Vec<&str> = Source::all().iter().map(|source| source.as_str()).collect();
    let lists = each(&body.field("lists"), VALUES_MAX, |list| list.word(&names));
    let words = ftm::TOPICS.map(|(_, word)| word);
    let topics = each(&body.field("topics"), VALUES_MAX, |topic| topic.word(&words));
    let topics = topics.into_iter().filter_map(ftm::topic).fold(Topics::NONE, Topics::with);
    mistakes.settle(query.map(|query| Asked { query, threshold, limit, lists, topics }))
}

fn party_of(mistakes: &Mistakes, party: &Object<'_>) -> Query {
    let known =
        ["schema", "names", "nameParts", "birthDate", "birthPlaces", "countries", "gender", "identifiers", "addresses"];
    only(mistakes, "party", party, &known);
    let schemas = ftm::kinds_of("Thing").unwrap_or_default();
    let words: Vec<&str> = schemas.iter().map(|schema| ftm::schema_word(*schema)).collect();
    let schema: Option<Schema> = party.field("schema").word(&words).and_then(ftm::schema);
    let names = each(&party.field("names"), NAMES_MAX, |name| name.text(NAME_CHARS_MAX));
    let parts = party.field("nameParts").object().map(|parts| {
        only(mistakes, "party.nameParts", &parts, &["given", "middle", "family"]);
        let text = |name: &str| parts.field(name).text(NAME_CHARS_MAX).unwrap_or_default();
        QueryParts { given: text("given"), middle: text("middle"), family: text("family") }
    });
    let gender = party.field("gender").word(&["female", "male", "other"]).map(|word| match word {
        "female" => Gender::Female,
        "male" => Gender::Male,
        _ => Gender::Other,
    });
    let text = |name: &str| each(&party.field(name), VALUES_MAX, |value| value.text(TEXT_CHARS_MAX));
    let query = Query {
        schema,
        names,
        parts: parts.filter(|parts| *parts != QueryParts::default()),
        birth_date: party.field("birthDate").parsed(10, |text| DateRange::parse_iso(text).ok_or(DATE)),
        countries: each(&party.field("countries"), VALUES_MAX, |country| country_of(mistakes, &country)),
        gender,
        birth_places: text("birthPlaces"),
        addresses: text("addresses"),
        identifiers: each(&party.field("identifiers"), VALUES_MAX, |identifier| identifier_of(&identifier)),
    };
    if query.names.is_empty() && query.parts.is_none() && query.identifiers.is_empty() {
        let names = party.field("names");
        if !names.is_there() || names.value().and_then(Value::as_array).is_some_and(Vec::is_empty) {
            names.refuse(Fault::Contradiction("must have a name, unless nameParts or identifiers say who is meant"));
        }
    }
    query
}

const DATE: Fault = Fault::Format("a date that exists, written YYYY, YYYY-MM or YYYY-MM-DD");

/// A country: its code, or an object that says how it belongs as well.
fn country_of(mistakes: &Mistakes, field: &Field<'_, '_>) -> Option<Country> {
    if field.value().is_some_and(Value::is_object) {
        let country = field.object()?;
        let role = country.field("role").word(&ROLES.map(|(word, _)| word));
        let role = role.and_then(|word| ROLES.iter().find(|(known, _)| *known == word));
        let code = code(&country.field("code").required())?;
        only(mistakes, "party.countries", &country, &["code", "role"]);
        return Some(Country { code, role: role.map_or(CountryRole::Other, |(_, role)| *role) });
    }
    Some(Country { code: code(field)?, role: CountryRole::Other })
}

/// A country's code, former states among them.
fn code(field: &Field<'_, '_>) -> Option<String> {
    field.parsed(8, |text| {
        let known = country::code(text).filter(|code| code.eq_ignore_ascii_case(text));
        known.map(str::to_owned).ok_or(Fault::Format("an ISO 3166-1 alpha-2 country code"))
    })
}

fn identifier_of(field: &Field<'_, '_>) -> Option<Identifier> {
    let identifier = field.object()?;
    let kind = identifier.field("kind").word(&KINDS.map(|(word, _)| word)).unwrap_or("other");
    let kind = KINDS.iter().find(|(word, _)| *word == kind).map_or(IdentifierKind::Other, |(_, kind)| *kind);
    let country = identifier.field("country");
    let country = if country.is_there() { code(&country) } else { None };
    let value = identifier.field("value").required().text(TEXT_CHARS_MAX)?;
    Some(Identifier { kind, value, country, label: None })
}

fn each<'a, T>(field: &Field<'_, 'a>, items_max: usize, read: impl FnMut(Field<'_, 'a>) -> Option<T>) -> Vec<T> {
    field.list(items_max).map(|list| list.each(read)).unwrap_or_default()
}

fn limit(field: &Field<'_, '_>) -> usize {
    let Some(number) = field.number(1.0..=LIMIT_MAX) else { return LIMIT };
    if number.fract() != 0.0 {
        field.refuse(Fault::Format("a whole number"));
        return LIMIT;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 1 to 500")]
    let number = number as usize;
    number
}

fn score(number: f64) -> Score {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 10,000")]
    let ten_thousandths = (number * 10_000.0).round() as u16;
    Score::from_ten_thousandths(ten_thousandths)
}

/// Notes every member that is none of these.
fn only(mistakes: &Mistakes, path: &str, object: &Object<'_>, known: &[&str]) {
    for (name, _) in object.members().filter(|(name, _)| !known.contains(&name.as_str())) {
        // A name that cannot be one of a field's may be anything, somebody's too.
        let shown = name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let at = if path.is_empty() { String::new() } else { format!("{path}.") };
        let path = if shown { format!("{at}{name}") } else { path.to_owned() };
        mistakes.add(path, Fault::Contradiction("is not known here, or has a member that is not"));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn mistakes(body: &Value) -> Vec<String> {
        let found = read(body).err().expect("mistakes");
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_question_is_read_with_everything_in_it() {
        let body = json!({
            "party": {
                "schema": "Person", "names": ["Timur Kasimov"],
                "nameParts": {"given": "Timur", "family": "Kasimov"}, "birthDate": "1962-05",
                "birthPlaces": ["Almaty"], "countries": ["KZ", {"code": "suhh", "role": "birth"}], "gender": "male",
                "identifiers": [{"kind": "passport", "value": "N 1234567", "country": "KZ"}, {"value": "77"}],
                "addresses": ["1 Abay Ave, Almaty"]
            },
            "threshold": 0.8, "limit": 3, "lists": ["ofac-sdn", "un"], "topics": ["sanction", "role.pep"]
        });
        let asked = read(&body).expect("a question");
        let query = &asked.query;
        assert_eq!((query.schema, query.names.len(), query.gender), (Some(Schema::Person), 1, Some(Gender::Male)));
        assert_eq!(query.birth_date.map(|date| date.to_string()).as_deref(), Some("1962-05"));
        let country = |code: &str, role| Country { code: code.to_owned(), role };
        assert_eq!(query.countries, [country("kz", CountryRole::Other), country("suhh", CountryRole::Birth)]);
        assert_eq!(query.identifiers[0].country.as_deref(), Some("kz"));
        assert_eq!(query.identifiers[1].kind, IdentifierKind::Other);
        assert_eq!((asked.threshold, asked.limit), (Some(Score::from_ten_thousandths(8_000)), 3));
        assert_eq!(asked.lists, ["ofac-sdn", "un"]);
        assert!(asked.topics.has(watchlists::Topic::Sanction) && asked.topics.has(watchlists::Topic::Pep));
        let plain = read(&json!({"party": {"names": ["A B"]}})).expect("a question");
        assert_eq!((plain.query.schema, plain.threshold, plain.limit), (None, None, LIMIT));
    }

    #[test]
    fn every_mistake_is_told_by_its_path() {
        let body = json!({
            "party": {
                "schema": "Human", "names": ["Timur Kasimov", 7], "birthdate": "1962", "birthDate": "62",
                "countries": ["Kazakhstan", {"role": "home"}], "gender": "m", "identifiers": [{"kind": "ssn"}]
            },
            "threshold": 70, "limit": 1.5, "lists": ["nowhere"], "topics": ["gov.soe"], "Timur Kasimov": 1
        });
        let paths: Vec<_> = read(&body).err().expect("mistakes").into_iter().map(|mistake| mistake.path).collect();
        let expected = [
            "",
            "party.birthdate",
            "party.schema",
            "party.names.1",
            "party.gender",
            "party.birthDate",
            "party.countries.0",
            "party.countries.1.role",
            "party.countries.1.code",
            "party.identifiers.0.kind",
            "party.identifiers.0.value",
            "threshold",
            "limit",
            "lists.0",
            "topics.0",
        ];
        assert_eq!(paths, expected);
        assert!(!mistakes(&body).join(" ").contains("Timur"));
        assert_eq!(mistakes(&json!([])), ["the body must be a JSON object", "party is required"]);
    }

    #[test]
    fn a_question_is_about_somebody() {
        let nobody = "party.names must have a name, unless nameParts or identifiers say who is meant";
        for party in [json!({}), json!({"names": []}), json!({"birthDate": "1962", "nameParts": {"given": " "}})] {
            assert_eq!(mistakes(&json!({"party": party})), [nobody], "{party}");
        }
        assert!(read(&json!({"party": {"identifiers": [{"value": "N1234567"}]}})).is_ok());
        assert!(read(&json!({"party": {"nameParts": {"family": "Kasimov"}}})).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "\\PC{0,60}", number in any::<f64>()) {
            let body = json!({"party": {"names": [text], "birthDate": text, "countries": [text], "gender": text,
                "schema": text, "identifiers": [{"value": text}], "nameParts": {"given": text}}, "threshold": number,
                "limit": number, "lists": [text], "topics": text});
            drop(read(&body));
        }
    }
}
