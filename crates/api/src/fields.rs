//! Reading a JSON object field by field, and collecting every mistake in it by its path.
//!
//! A dialect's parser asks for one field after the other and gets `None` where there is none or a wrong one; at the end
//! [`Mistakes::settle`] gives either the command or all mistakes at once. Common to the dialects: what is not asked for
//! is ignored, `null` and blank texts are absent, texts are trimmed, control characters are refused. No mistake repeats
//! a value: its path and what would be right is all it says.
//!
//! ```
//! use api::fields::Mistakes;
//!
//! let body = serde_json::json!({ "name": { "firstName": 7 } });
//! let mistakes = Mistakes::default();
//! let name = mistakes.object(&body).field("name").required().object();
//! let first = name.and_then(|name| name.field("firstName").required().text(100));
//! let found = mistakes.settle(first).expect_err("a number is no name");
//! assert_eq!(found[0].to_string(), "name.firstName must be a string");
//! ```

use std::cell::RefCell;
use std::fmt;
use std::ops::RangeInclusive;

use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

/// One thing that is wrong with a body or a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Mistake {
    /// Where: member names joined by dots, `profile.taxId`; empty for the whole.
    pub path: String,
    /// What.
    pub fault: Fault,
}

/// What is wrong with a field. Its `Display` continues a sentence that begins with the path.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// It must be there, and is not.
    Missing,
    /// It is of another JSON type; what it must be.
    Type(&'static str),
    /// It has more characters than this.
    TooLong(usize),
    /// It holds control characters.
    Characters,
    /// It is none of these words.
    Unknown(Vec<&'static str>),
    /// It is not written as it must be; what it must be.
    Format(&'static str),
    /// It lies outside of what makes sense; what it must be.
    Range(String),
    /// It contradicts another field; how.
    Contradiction(&'static str),
    /// It is a URL that is not called from here; why.
    Url(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is required"),
            Self::Type(what) | Self::Format(what) => write!(f, "must be {what}"),
            Self::TooLong(chars_max) => write!(f, "must have at most {chars_max} characters"),
            Self::Characters => f.write_str("must not contain control characters"),
            Self::Unknown(words) => write!(f, "must be one of {}", words.join(", ")),
            Self::Range(what) => write!(f, "must be {what}"),
            Self::Contradiction(how) | Self::Url(how) => f.write_str(how),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the body" } else { &self.path };
        write!(f, "{path} {}", self.fault)
    }
}

/// Everything found wrong so far.
#[derive(Debug, Default)]
pub struct Mistakes(RefCell<Vec<Mistake>>);

impl Mistakes {
    /// The whole body as an object; anything else is a mistake, and reads as an empty object.
    pub fn object<'a>(&'a self, value: &'a Value) -> Object<'a> {
        match value.as_object() {
            Some(members) => Object { members: Some(members), path: String::new(), mistakes: self },
            None => {
                self.add(String::new(), Fault::Type("a JSON object"));
                Object { members: None, path: String::new(), mistakes: self }
            }
        }
    }

    /// Notes a mistake.
    pub fn add(&self, path: String, fault: Fault) {
        self.0.borrow_mut().push(Mistake { path, fault });
    }

    /// What was read, if nothing was wrong.
    ///
    /// # Errors
    /// Every mistake, in the order of reading.
    pub fn settle<T>(self, read: Option<T>) -> Result<T, Vec<Mistake>> {
        let mut mistakes = self.0.into_inner();
        match read {
            Some(read) if mistakes.is_empty() => Ok(read),
            _ => {
                if mistakes.is_empty() {
                    // A parser that gives nothing says why; this keeps a forgotten reason from becoming a success.
                    mistakes.push(Mistake { path: String::new(), fault: Fault::Format("complete") });
                }
                Err(mistakes)
            }
        }
    }
}

/// A JSON object being read.
#[derive(Debug)]
pub struct Object<'a> {
    members: Option<&'a Map<String, Value>>,
    path: String,
    mistakes: &'a Mistakes,
}

impl<'a> Object<'a> {
    /// One of its members, there or not.
    #[must_use]
    pub fn field<'o>(&'o self, name: &'o str) -> Field<'o, 'a> {
        let value = self.members.and_then(|members| members.get(name)).filter(|value| !value.is_null());
        Field { object: self, name, value }
    }

    /// Every member that is there.
    pub fn members(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.members.into_iter().flatten().filter(|(_, value)| !value.is_null())
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// One member of an object, about to be read as something.
#[derive(Debug, Clone, Copy)]
pub struct Field<'o, 'a> {
    object: &'o Object<'a>,
    name: &'o str,
    value: Option<&'a Value>,
}

impl<'a> Field<'_, 'a> {
    /// Notes it as missing if it is absent or blank.
    #[must_use]
    pub fn required(self) -> Self {
        if !self.is_there() {
            self.refuse(Fault::Missing);
        }
        self
    }

    /// Whether there is something in it.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.value.is_some_and(|value| value.as_str().is_none_or(|text| !text.trim().is_empty()))
    }

    /// What stands in it, unread.
    #[must_use]
    pub fn value(&self) -> Option<&'a Value> {
        self.value
    }

    /// Notes that something is wrong with it.
    pub fn refuse(&self, fault: Fault) {
        self.object.mistakes.add(self.object.path_of(self.name), fault);
    }

    /// Notes that something is wrong with a member of one of the items of the list in it.
    pub fn refuse_in(&self, item: usize, member: &str, fault: Fault) {
        self.object.mistakes.add(format!("{}.{item}.{member}", self.object.path_of(self.name)), fault);
    }

    /// A text of at most so many characters, trimmed.
    #[must_use]
    pub fn text(&self, chars_max: usize) -> Option<String> {
        self.bounded(chars_max, str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A secret: as [`Self::text`], but blanks around it belong to it.
    #[must_use]
    pub fn secret(&self, chars_max: usize) -> Option<String> {
        self.bounded(chars_max, |text| text).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// A text that `parse` makes something of; a text longer than `chars_max` is not tried.
    #[must_use]
    pub fn parsed<T>(&self, chars_max: usize, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let text = self.bounded(chars_max, str::trim).filter(|text| !text.is_empty())?;
        parse(text).map_err(|fault| self.refuse(fault)).ok()
    }

    /// One of these words, in whatever case; given back as it stands here.
    #[must_use]
    pub fn word(&self, words: &[&'static str]) -> Option<&'static str> {
        let fitting = |text: &str| words.iter().copied().find(|word| word.eq_ignore_ascii_case(text));
        self.parsed(usize::MAX, |text| fitting(text).ok_or_else(|| Fault::Unknown(words.to_vec())))
    }

    /// `true` or `false`.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        let flag = self.value?.as_bool();
        self.or_type(flag, "true or false")
    }

    /// A number within bounds that are part of it.
    #[must_use]
    pub fn number(&self, bounds: RangeInclusive<f64>) -> Option<f64> {
        let number = self.value?.as_f64();
        let number = self.or_type(number, "a number")?;
        if !bounds.contains(&number) {
            self.refuse(Fault::Range(format!("between {} and {}", bounds.start(), bounds.end())));
            return None;
        }
        Some(number)
    }

    /// A whole number written as a text, as in a query.
    #[must_use]
    pub fn digits(&self, bounds: RangeInclusive<u32>) -> Option<u32> {
        self.parsed(usize::MAX, |text| {
            let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse::<u32>().ok().filter(|number| bounds.contains(number));
            match number {
                _ if !all_digits => Err(Fault::Format("a whole number")),
                None => Err(Fault::Range(format!("between {} and {}", bounds.start(), bounds.end()))),
                Some(number) => Ok(number),
            }
        })
    }

    /// A day written `YYYY-MM-DD` that the calendar has, between these days.
    #[must_use]
    pub fn date(&self, bounds: RangeInclusive<Date>) -> Option<Date> {
        self.parsed(usize::MAX, |text| {
            let date = day(text).ok_or(Fault::Format("a date that exists, written YYYY-MM-DD"))?;
            if bounds.contains(&date) {
                return Ok(date);
            }
            Err(Fault::Range(format!("between {} and {}", bounds.start(), bounds.end())))
        })
    }

    /// A GUID.
    #[must_use]
    pub fn guid(&self) -> Option<Uuid> {
        self.parsed(usize::MAX, |text| guid(text).ok_or(Fault::Format("a GUID")))
    }

    /// A country by its ISO 3166-1 alpha-2 code, in whatever case; given back in lower case.
    #[must_use]
    pub fn country(&self) -> Option<&'static str> {
        self.parsed(usize::MAX, |text| country(text).ok_or(Fault::Format("an ISO 3166-1 alpha-2 country code")))
    }

    /// An object.
    #[must_use]
    pub fn object(&self) -> Option<Object<'a>> {
        let value = self.value?;
        let members = self.or_type(value.as_object(), "an object")?;
        Some(Object { members: Some(members), path: self.object.path_of(self.name), mistakes: self.object.mistakes })
    }

    /// A list of at most so many items.
    #[must_use]
    pub fn list(&self, items_max: usize) -> Option<List<'a>> {
        let value = self.value?;
        let items = self.or_type(value.as_array(), "a list")?;
        if items.len() > items_max {
            self.refuse(Fault::Range(format!("a list of at most {items_max} items")));
            return None;
        }
        let path = self.object.path_of(self.name);
        Some(List { items, holder: Object { members: None, path, mistakes: self.object.mistakes } })
    }

    fn bounded(&self, chars_max: usize, trim: impl FnOnce(&'a str) -> &'a str) -> Option<&'a str> {
        let text = self.value?.as_str();
        let text = trim(self.or_type(text, "a string")?);
        if text.chars().count() > chars_max {
            self.refuse(Fault::TooLong(chars_max));
            return None;
        }
        if text.chars().any(char::is_control) {
            self.refuse(Fault::Characters);
            return None;
        }
        Some(text)
    }

    fn or_type<T>(&self, read: Option<T>, what: &'static str) -> Option<T> {
        if read.is_none() {
            self.refuse(Fault::Type(what));
        }
        read
    }
}

/// A JSON list being read.
#[derive(Debug)]
pub struct List<'a> {
    items: &'a [Value],
    holder: Object<'a>,
}

impl<'a> List<'a> {
    /// What each item is read as; an item that is read as nothing is left out, and one that is `null` or blank missing.
    pub fn each<T>(&self, mut read: impl FnMut(Field<'_, 'a>) -> Option<T>) -> Vec<T> {
        let mut all = Vec::with_capacity(self.items.len());
        for (number, item) in self.items.iter().enumerate() {
            let name = number.to_string();
            let value = Some(item).filter(|item| !item.is_null());
            all.extend(read(Field { object: &self.holder, name: &name, value }.required()));
        }
        all
    }
}

/// A GUID in its hyphenated form; the braced, plain and URN forms of other worlds are none.
#[must_use]
pub fn guid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

fn day(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if shaped { text.parse().ok() } else { None }
}

fn country(text: &str) -> Option<&'static str> {
    let code = onboarding::country::code(text)?;
    (text.len() == 2 && code.eq_ignore_ascii_case(text)).then_some(code)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// What reading one field says about it.
    #[expect(clippy::needless_pass_by_value, reason = "a value made on the spot reads better than a reference to it")]
    fn read<T>(value: Value, how: impl FnOnce(&Field<'_, '_>) -> Option<T>) -> Result<Option<T>, String> {
        let mistakes = Mistakes::default();
        let value = json!({ "a": { "b": value } });
        let object = mistakes.object(&value).field("a").object().expect("an object");
        let got = how(&object.field("b"));
        mistakes.settle(Some(got)).map_err(|found| {
            let all: Vec<String> = found.iter().map(ToString::to_string).collect();
            all.join("; ")
        })
    }

    #[test]
    fn a_text_is_trimmed_and_bounded() {
        let text = |value| read(value, |field| field.text(5));
        assert_eq!(text(json!("  Bob ")), Ok(Some("Bob".to_owned())));
        assert_eq!(text(json!("Зоряна"[..10].to_owned())), Ok(Some("Зорян".to_owned())));
        assert_eq!(text(json!(null)), Ok(None));
        assert_eq!(text(json!(" \t ")), Ok(None));
        assert_eq!(text(json!("Robert")), Err("a.b must have at most 5 characters".to_owned()));
        assert_eq!(text(json!("B\u{0}b")), Err("a.b must not contain control characters".to_owned()));
        assert_eq!(text(json!("B\nb")), Err("a.b must not contain control characters".to_owned()));
        assert_eq!(text(json!(7)), Err("a.b must be a string".to_owned()));
        assert_eq!(text(json!([])), Err("a.b must be a string".to_owned()));
        assert_eq!(read(json!(" x "), |field| field.secret(5)), Ok(Some(" x ".to_owned())));
    }

    #[test]
    fn a_word_is_known_in_any_case() {
        let word = |value| read(value, |field| field.word(&["Push", "Poll"]));
        assert_eq!(word(json!("push")), Ok(Some("Push")));
        assert_eq!(word(json!("Pull")), Err("a.b must be one of Push, Poll".to_owned()));
        assert_eq!(word(json!(false)), Err("a.b must be a string".to_owned()));
    }

    #[test]
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method's lifetimes are too early bound to be named"
    )]
    fn a_flag_and_a_number_are_no_texts() {
        assert_eq!(read(json!(true), |field| field.flag()), Ok(Some(true)));
        assert_eq!(read(json!("true"), |field| field.flag()), Err("a.b must be true or false".to_owned()));
        assert_eq!(read(json!(0), |field| field.flag()), Err("a.b must be true or false".to_owned()));
        let percent = |value| read(value, |field| field.number(0.0..=100.0));
        assert_eq!(percent(json!(25.5)), Ok(Some(25.5)));
        assert_eq!(percent(json!(100.01)), Err("a.b must be between 0 and 100".to_owned()));
        assert_eq!(percent(json!("25")), Err("a.b must be a number".to_owned()));
    }

    #[test]
    fn a_date_exists_and_makes_sense() {
        let bounds = jiff::civil::date(1850, 1, 1)..=jiff::civil::date(2026, 2, 1);
        let date = |text: &str| read(json!(text), |field| field.date(bounds.clone()));
        assert_eq!(date("1953-09-22"), Ok(Some(jiff::civil::date(1953, 9, 22))));
        for bad in [
            "1953-02-29",
            "1953-9-22",
            "19530922",
            "22/09/1953",
            "1953-09-22T00:00:00Z",
            "+953-09-22",
            "１９５３-09-22",
        ] {
            assert_eq!(date(bad), Err("a.b must be a date that exists, written YYYY-MM-DD".to_owned()), "{bad}");
        }
        for bad in ["2026-02-02", "1849-12-31", "0000-01-01"] {
            assert_eq!(date(bad), Err("a.b must be between 1850-01-01 and 2026-02-01".to_owned()), "{bad}");
        }
        assert_eq!(read(json!(19_530_922), |field| field.date(bounds.clone())), Err("a.b must be a string".to_owned()));
    }

    #[test]
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method's lifetimes are too early bound to be named"
    )]
    fn guids_countries_and_digits() {
        let guid = "9052b6a5-3f09-41d1-b526-ade80104eb79";
        assert_eq!(read(json!(guid), |field| field.guid()), Ok(Uuid::try_parse(guid).ok()));
        for bad in ["9052b6a53f0941d1b526ade80104eb79", "{9052b6a5-3f09-41d1-b526-ade80104eb79}", "x"] {
            assert_eq!(read(json!(bad), |field| field.guid()), Err("a.b must be a GUID".to_owned()), "{bad}");
        }
        assert_eq!(read(json!("US"), |field| field.country()), Ok(Some("us")));
        for bad in ["USA", "ZZ", "UK", "SU", "United States"] {
            let refused = Err("a.b must be an ISO 3166-1 alpha-2 country code".to_owned());
            assert_eq!(read(json!(bad), |field| field.country()), refused, "{bad}");
        }
        let page = |text: &str| read(json!(text), |field| field.digits(1..=50));
        assert_eq!(page("07"), Ok(Some(7)));
        assert_eq!(page("51"), Err("a.b must be between 1 and 50".to_owned()));
        assert_eq!(page("99999999999"), Err("a.b must be between 1 and 50".to_owned()));
        assert_eq!(page("-1"), Err("a.b must be a whole number".to_owned()));
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let mistakes = Mistakes::default();
        let value = json!({ "name": { "firstName": 1 }, "profile": [] });
        let body = mistakes.object(&value);
        let name = body.field("name").required().object().expect("an object");
        assert_eq!(name.field("firstName").required().text(10), None);
        assert_eq!(name.field("lastName").required().text(10), None);
        assert!(body.field("profile").required().object().is_none());
        assert!(!body.field("extra").is_there());
        let found = mistakes.settle(Some(())).expect_err("three mistakes");
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["name.firstName must be a string", "name.lastName is required", "profile must be an object"]
        );
    }

    #[test]
    fn a_list_tells_mistakes_by_the_number_of_the_item() {
        let names = |value| read(value, |field| field.list(3).map(|list| list.each(|item| item.text(5))));
        assert_eq!(names(json!(["Bob", " Al "])), Ok(Some(vec!["Bob".to_owned(), "Al".to_owned()])));
        assert_eq!(names(json!([])), Ok(Some(vec![])));
        let told = "a.b.0 must be a string; a.b.1 is required; a.b.2 must have at most 5 characters";
        assert_eq!(names(json!([1, null, "Robert"])), Err(told.to_owned()));
        assert_eq!(names(json!(["a", "b", "c", "d"])), Err("a.b must be a list of at most 3 items".to_owned()));
        assert_eq!(names(json!("Bob")), Err("a.b must be a list".to_owned()));
        let deep = read(json!([{ "c": 1 }]), |field| {
            field.list(3).map(|list| list.each(|item| item.object()?.field("c").required().text(5)))
        });
        assert_eq!(deep, Err("a.b.0.c must be a string".to_owned()));
    }

    #[test]
    fn nothing_read_is_never_a_success() {
        assert!(Mistakes::default().settle(None::<()>).is_err());
        let mistakes = Mistakes::default();
        let value = json!([1]);
        assert!(!mistakes.object(&value).field("a").is_there());
        let found = mistakes.settle(Some(())).expect_err("a list is no object");
        assert_eq!(found[0].to_string(), "the body must be a JSON object");
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused_without_being_repeated(text in "\\PC{0,60}") {
            let read = |how: fn(&Field<'_, '_>) -> bool| read(json!(text), |field| how(field).then_some(()));
            for result in [
                read(|field| field.text(20).is_some()),
                read(|field| field.guid().is_some()),
                read(|field| field.country().is_some()),
                read(|field| field.digits(0..=9).is_some()),
                read(|field| field.date(Date::MIN..=Date::MAX).is_some()),
            ] {
                if let Err(message) = result {
                    prop_assert!(text.trim().chars().count() < 12 || !message.contains(text.trim()));
                }
            }
        }
    }
}
