//! Checks a request against its [`shapes`](super::shapes): every mistake at once, each with its path.
//!
//! The vendor marks every field optional and calls its enumerations open, so only what cannot be read is a mistake: a
//! wrong JSON type, a date no calendar has where a decision reads it, a share that is none, and what is beyond a bound.

use serde_json::Value;

use super::partial_date::PartialDate;
use super::shapes::{Kind, Shape};
use crate::fields::{Fault, Mistake};

/// Longest name, identifier or date, in characters.
pub const NAME_CHARS_MAX: usize = 500;

/// Longest other text, in characters.
pub const TEXT_CHARS_MAX: usize = 10_000;

/// Most items of a list.
pub const ITEMS_MAX: usize = 1_000;

/// Most mistakes that are told; who has more has another problem.
const MISTAKES_MAX: usize = 100;

/// Whether a request is read to the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Every mistake counts.
    Strict,
    /// What no decision depends on may be written in any way. What says who somebody is, and whom to tell, may not:
    /// nobody passes unscreened because a name was a number.
    Lenient,
}

/// Every mistake in the value, in the order of the shape; none if it can be read.
#[must_use]
pub fn mistakes(value: &Value, shape: &'static Shape, mode: Mode) -> Vec<Mistake> {
    let mut walk = Walk { path: Vec::new(), found: Vec::new(), mode };
    walk.object(value, shape);
    walk.found
}

struct Walk {
    path: Vec<String>,
    found: Vec<Mistake>,
    mode: Mode,
}

impl Walk {
    fn refuse(&mut self, fault: Fault) {
        if self.found.len() < MISTAKES_MAX {
            self.found.push(Mistake { path: self.path.join("."), fault });
        }
    }

    /// A mistake in what no decision depends on.
    fn tell(&mut self, fault: Fault) {
        if self.mode == Mode::Strict {
            self.refuse(fault);
        }
    }

    fn object(&mut self, value: &Value, shape: &'static Shape) {
        let Some(members) = value.as_object() else { return self.refuse(Fault::Type("an object")) };
        for (name, kind) in shape.fields {
            if let Some(value) = members.get(*name).filter(|value| !value.is_null()) {
                self.path.push((*name).to_owned());
                self.field(value, *kind);
                self.path.pop();
            }
        }
    }

    fn field(&mut self, value: &Value, kind: Kind) {
        match kind {
            Kind::Name => {
                if let Err(fault) = text(value, NAME_CHARS_MAX).and_then(plain) {
                    self.refuse(fault);
                }
            }
            Kind::Text => {
                if let Err(fault) = text(value, TEXT_CHARS_MAX) {
                    self.tell(fault);
                }
            }
            Kind::Key => {
                if let Err(fault) = code(value) {
                    self.refuse(fault);
                }
            }
            Kind::Code => {
                if let Err(fault) = code(value) {
                    self.tell(fault);
                }
            }
            Kind::Number => {
                if !is_blank(value) && number(value).is_none() {
                    self.tell(Fault::Type("a number"));
                }
            }
            Kind::Share => {
                if !is_blank(value) && !number(value).is_some_and(|share| (0.0..=1.0).contains(&share)) {
                    self.refuse(Fault::Range("a number between 0 and 1".to_owned()));
                }
            }
            Kind::Flag => {
                if !value.is_boolean() {
                    self.tell(Fault::Type("true or false"));
                }
            }
            Kind::Date => {
                const MUST_BE: &str = "a date that exists: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss";
                let readable = |text: &str| text.trim().is_empty() || PartialDate::parse(text).is_some();
                let read = text(value, NAME_CHARS_MAX)
                    .and_then(|text| if readable(text) { Ok(()) } else { Err(Fault::Format(MUST_BE)) });
                if let Err(fault) = read {
                    self.refuse(fault);
                }
            }
            Kind::Texts => self.list(value, Kind::Text),
            Kind::Codes => self.list(value, Kind::Code),
            Kind::Links => self.links(value),
            Kind::One(shape) => self.object(value, shape),
            Kind::Many(_) => self.list(value, kind),
        }
    }

    fn list(&mut self, value: &Value, kind: Kind) {
        let Some(items) = value.as_array() else { return self.refuse(Fault::Type("a list")) };
        if items.len() > ITEMS_MAX {
            return self.refuse(Fault::Range(format!("a list of at most {ITEMS_MAX} items")));
        }
        for (number, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
            self.path.push(number.to_string());
            match kind {
                Kind::Many(shape) => self.object(item, shape),
                kind => self.field(item, kind),
            }
            self.path.pop();
        }
    }

    fn links(&mut self, value: &Value) {
        let Some(items) = value.as_array() else { return self.tell(Fault::Type("a list")) };
        if items.len() > ITEMS_MAX {
            return self.refuse(Fault::Range(format!("a list of at most {ITEMS_MAX} items")));
        }
        for (number, item) in items.iter().enumerate() {
            self.path.push(number.to_string());
            match item {
                Value::Null | Value::String(_) => {}
                Value::Object(link) => {
                    for name in ["title", "url"] {
                        self.path.push(name.to_owned());
                        if let Some(value) = link.get(name).filter(|value| !value.is_null()) {
                            self.field(value, Kind::Text);
                        }
                        self.path.pop();
                    }
                }
                _ => self.tell(Fault::Type("a string, or an object with `title` and `url`")),
            }
            self.path.pop();
        }
    }
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn text(value: &Value, chars_max: usize) -> Result<&str, Fault> {
    let text = value.as_str().ok_or(Fault::Type("a string"))?;
    if text.len() > chars_max && text.chars().count() > chars_max { Err(Fault::TooLong(chars_max)) } else { Ok(text) }
}

fn plain(text: &str) -> Result<&str, Fault> {
    if text.trim().chars().any(char::is_control) { Err(Fault::Characters) } else { Ok(text) }
}

/// A text, or a whole number small enough that every reader of JSON reads the same digits.
fn code(value: &Value) -> Result<(), Fault> {
    match value {
        Value::Number(number) if number.is_u64() || number.is_i64() => Ok(()),
        Value::String(_) => text(value, NAME_CHARS_MAX).and_then(plain).map(drop),
        _ => Err(Fault::Type("a string or a whole number of at most 19 digits")),
    }
}

/// A number, written as one or as a text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    number.filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::super::shapes::REQUEST;
    use super::*;

    fn told(value: &Value, mode: Mode) -> Vec<String> {
        mistakes(value, &REQUEST, mode).iter().map(ToString::to_string).collect()
    }

    /// How deep the generated requests nest companies in companies.
    const LAYERS: usize = 3;

    /// The ways in which a kind of field may be written.
    fn well(kind: Kind, layers: usize) -> Vec<Value> {
        match kind {
            Kind::Name | Kind::Text => vec![json!("string"), json!(""), json!("Ünïcode 名前"), Value::Null],
            Kind::Key | Kind::Code => vec![json!("081737"), json!(81737), json!(-1), json!(i64::MAX), Value::Null],
            Kind::Number => vec![json!(1), json!(127.45), json!("127.45"), json!(-3), json!(1e9), Value::Null],
            Kind::Share => vec![json!(0), json!(0.51), json!(1), json!("0.25"), Value::Null],
            Kind::Flag => vec![json!(true), json!(false), Value::Null],
            Kind::Date => {
                ["2023", "2023-12", "2023-12-31", "2023-12-31T23:59:59", ""].map(Value::from).into_iter().collect()
            }
            Kind::Texts => vec![json!([]), json!(["a", "b"]), Value::Null],
            Kind::Codes => vec![json!([]), json!(["5065", 5085, "Financial services"]), Value::Null],
            Kind::Links => vec![
                json!([]),
                json!(["https://aml-ai.tech"]),
                json!([{"title": "google", "url": "http://www.google.com"}]),
                json!(["https://aml-ai.tech", {"url": "x"}]),
            ],
            Kind::One(shape) => vec![json!({}), every(shape, layers, 0), Value::Null],
            Kind::Many(shape) => {
                vec![json!([]), json!([every(shape, layers, 0), every(shape, layers, 1)]), Value::Null]
            }
        }
    }

    /// Values that a field of this kind must not have.
    fn badly(kind: Kind) -> Vec<Value> {
        match kind {
            Kind::Name | Kind::Text => vec![json!(7), json!(true), json!([]), json!({})],
            Kind::Key | Kind::Code => vec![json!(1.5), json!(true), json!([]), json!(1e30)],
            Kind::Number => vec![json!("much"), json!(true), json!("NaN"), json!({})],
            Kind::Share => vec![json!("half"), json!(51), json!(-0.1), json!(true)],
            Kind::Flag => vec![json!("true"), json!(1), json!([])],
            Kind::Date => vec![json!("soon"), json!(2023), json!("2023-02-30"), json!([])],
            Kind::Texts => vec![json!("a"), json!([1]), json!({})],
            Kind::Codes => vec![json!("a"), json!([1.5]), json!({})],
            Kind::Links => vec![json!("a"), json!([1]), json!([{"url": 1}])],
            Kind::One(_) => vec![json!("a"), json!(1), json!([])],
            Kind::Many(_) => vec![json!("a"), json!({}), json!([1]), json!([[]])],
        }
    }

    /// An object with every field of the shape, each in its `way`th way; shapes that contain themselves end.
    fn every(shape: &Shape, layers: usize, way: usize) -> Value {
        let mut object = Map::new();
        for (name, kind) in shape.fields {
            let nested = matches!(kind, Kind::One(_) | Kind::Many(_));
            if nested && layers == 0 {
                continue;
            }
            let ways = well(*kind, if nested { layers - 1 } else { 0 });
            object.insert((*name).to_owned(), ways[way % ways.len()].clone());
        }
        Value::Object(object)
    }

    /// Every path of the tree, down to `layers`, with the kind of what stands there.
    fn paths(shape: &'static Shape, layers: usize, at: &str, visit: &mut dyn FnMut(String, Kind)) {
        for (name, kind) in shape.fields {
            let path = format!("{at}/{name}");
            visit(path.clone(), *kind);
            match kind {
                Kind::One(shape) if layers > 0 => paths(shape, layers - 1, &path, visit),
                Kind::Many(shape) if layers > 0 => paths(shape, layers - 1, &format!("{path}/0"), visit),
                _ => {}
            }
        }
    }

    /// A request in which only this path is there.
    fn only(path: &str, value: Value) -> Value {
        path.rsplit('/')
            .filter(|name| !name.is_empty())
            .fold(value, |value, name| if name == "0" { json!([value]) } else { json!({ name: value }) })
    }

    #[test]
    fn every_field_of_the_tree_is_read_in_every_way_and_refused_by_its_path() {
        let (mut fields, mut written, mut refused) = (0, 0, 0);
        paths(&REQUEST, 7, "", &mut |path, kind| {
            fields += 1;
            for value in well(kind, 1) {
                written += 1;
                let request = only(&path, value);
                assert_eq!(told(&request, Mode::Strict), Vec::<String>::new(), "{request}");
            }
            for value in badly(kind) {
                refused += 1;
                let request = only(&path, value);
                let found = mistakes(&request, &REQUEST, Mode::Strict);
                let dotted = path.trim_start_matches('/').replace('/', ".");
                assert!(!found.is_empty() && found.iter().all(|found| found.path.starts_with(&dotted)), "{request}");
            }
        });
        assert!(fields > 900 && written > 3_500 && refused > 3_500, "{fields} {written} {refused}");
        for way in 0..6 {
            let whole = every(&REQUEST, 4 + 3 * LAYERS, way);
            assert_eq!(told(&whole, Mode::Strict), Vec::<String>::new());
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let request = json!({"callbackUrl": 7, "masterData": {"accountHoldingPartyData": {
            "personalDetails": {"dateOfBirth": "soon", "personName": {"firstName": {}}},
            "companyDetails": {"shareholders": [{"share": 51}, "Smith"]}}}});
        assert_eq!(
            told(&request, Mode::Strict),
            [
                "callbackUrl must be a string",
                "masterData.accountHoldingPartyData.companyDetails.shareholders.0.share must be a number between 0 and 1",
                "masterData.accountHoldingPartyData.companyDetails.shareholders.1 must be an object",
                "masterData.accountHoldingPartyData.personalDetails.dateOfBirth must be a date that exists: YYYY, YYYY-MM, \
             YYYY-MM-DD or YYYY-MM-DDThh:mm:ss",
                "masterData.accountHoldingPartyData.personalDetails.personName.firstName must be a string",
            ]
        );
        assert_eq!(told(&json!([]), Mode::Strict), ["the body must be an object"]);
        assert_eq!(told(&json!({"masterData": {"flags": vec!["x"; 1_001]}}), Mode::Strict).len(), 1);
        let many = json!({"masterData": {"flags": vec![1; 500]}});
        assert_eq!(told(&many, Mode::Strict).len(), 100);
    }

    #[test]
    fn what_is_not_in_the_table_is_ignored() {
        let request = json!({"extra": 1, "network": "ETHEREUM", "masterData": {"new": {"a": []}}});
        assert_eq!(told(&request, Mode::Strict), Vec::<String>::new());
        assert_eq!(told(&json!({}), Mode::Strict), Vec::<String>::new());
    }

    #[test]
    fn leniency_ends_where_somebody_would_pass_unscreened() {
        let holder = |field: &str, value: Value| json!({"masterData": {"accountHoldingPartyData": {field: value}}});
        for forgiven in [holder("role", json!(1)), holder("accountReplaced", json!("yes")), holder("flags", json!([1]))]
        {
            assert_eq!(told(&forgiven, Mode::Lenient), Vec::<String>::new(), "{forgiven}");
            assert_eq!(told(&forgiven, Mode::Strict).len(), 1);
        }
        for kept in [
            holder("customerId", json!(1.5)),
            holder("personalDetails", json!("Bob")),
            holder("personalDetails", json!({"personName": {"lastName": 7}})),
            json!({"callbackUrl": 7}),
        ] {
            assert_eq!(told(&kept, Mode::Lenient).len(), 1, "{kept}");
        }
    }
}
