//! A query string as the vendor's framework reads one: by known names, repeated for a list, every mistake told at once.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use axum::extract::Query;
use http::Uri;
use watchlists::{DateRange, Score};

use super::error::{Detail, Trouble};

/// Values of one parameter that is a list; there are fewer datasets, topics and countries than this.
const VALUES_MAX: usize = 300;

/// The parameters of a query; those that are not asked for are ignored.
#[derive(Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    details: RefCell<Vec<Detail>>,
}

impl Params {
    /// Reads a query.
    ///
    /// # Errors
    /// Where it is not percent-encoded UTF-8.
    pub fn of(uri: &Uri) -> Result<Self, Trouble> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        let Query(pairs) = pairs.map_err(|_| no_text())?;
        // What is no UTF-8 comes with its bytes replaced; a name that is sent so would be looked for in vain.
        if pairs.iter().any(|(_, value)| value.contains(char::REPLACEMENT_CHARACTER)) {
            return Err(no_text());
        }
        Ok(Self { pairs, details: RefCell::default() })
    }

    /// A text of at most so many characters; empty if there is none.
    #[must_use]
    pub fn text(&self, name: &str, chars_max: usize) -> &str {
        let text = self.last(name).unwrap_or_default();
        if text.chars().count() > chars_max {
            self.note("string_too_long", name, format!("Must have at most {chars_max} characters"));
        }
        text
    }

    /// Every value of a list; blank ones are none.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        let values = self.pairs.iter().filter(|(key, value)| key == name && !value.trim().is_empty());
        let values: Vec<&str> = values.map(|(_, value)| value.trim()).collect();
        if values.len() > VALUES_MAX {
            self.note("too_long", name, format!("Must have at most {VALUES_MAX} values"));
        }
        values
    }

    /// A whole number within bounds that are part of it.
    #[must_use]
    pub fn number(&self, name: &str, default: usize, bounds: RangeInclusive<usize>) -> usize {
        let Some(text) = self.last(name) else { return default };
        let Ok(number) = text.trim().parse::<i64>() else {
            self.note("int_parsing", name, "Must be a whole number");
            return default;
        };
        match usize::try_from(number) {
            Ok(number) if bounds.contains(&number) => number,
            Ok(number) if number > *bounds.end() => {
                self.note("less_than_equal", name, format!("Must be at most {}", bounds.end()));
                default
            }
            _ => {
                self.note("greater_than_equal", name, format!("Must be at least {}", bounds.start()));
                default
            }
        }
    }

    /// A score from 0 to 1.
    #[must_use]
    pub fn score(&self, name: &str) -> Option<Score> {
        let Ok(number) = self.last(name)?.trim().parse::<f64>() else {
            self.note("float_parsing", name, "Must be a number");
            return None;
        };
        // A threshold of 70 would call nothing a match, and nobody would notice.
        if !(0.0..=1.0).contains(&number) {
            self.note("less_than_equal", name, "Must be a number from 0 to 1");
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 10,000")]
        let ten_thousandths = (number * 10_000.0).round() as u16;
        Some(Score::from_ten_thousandths(ten_thousandths))
    }

    /// Yes or no, in one of the words that the framework knows.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        let text = self.last(name)?.trim().to_ascii_lowercase();
        match text.as_str() {
            "true" | "1" | "yes" | "on" | "t" | "y" => Some(true),
            "false" | "0" | "no" | "off" | "f" | "n" => Some(false),
            _ => {
                self.note("bool_parsing", name, "Must be true or false");
                None
            }
        }
    }

    /// A day, with or without a time after it.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<DateRange> {
        let text = self.last(name)?.trim();
        let shape = [10, 16, 19, 20].contains(&text.len()) && text.is_ascii();
        let date = Some(text).filter(|_| shape).and_then(DateRange::parse_iso).filter(DateRange::is_day);
        if date.is_none() {
            self.note("string_pattern_mismatch", name, "Must be a date or a time, as in 2024-02-29T10:00:00");
        }
        date
    }

    /// Notes that something is wrong with a parameter.
    pub fn note(&self, kind: &'static str, name: &str, msg: impl Into<String>) {
        self.details.borrow_mut().push(Detail::new(kind, &["query", name], msg));
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of reading.
    pub fn settle(&self) -> Result<(), Trouble> {
        let details = self.details.take();
        if details.is_empty() { Ok(()) } else { Err(Trouble::Invalid(details)) }
    }

    /// Of a value that is no list, the last counts, as in the framework.
    fn last(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn no_text() -> Trouble {
    Trouble::invalid("string_unicode", &["query"], "The query must be UTF-8")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn params(query: &str) -> Params {
        Params::of(&format!("/x?{query}").parse().expect("a URI")).expect("UTF-8")
    }

    #[test]
    fn values_are_read_by_name() {
        let params = params("limit=7&topics=sanction&topics=role.pep&topics=&fuzzy=True&threshold=0.75&q=a+b%20c&x=1");
        assert_eq!(params.number("limit", 5, 1..=500), 7);
        assert_eq!(params.number("offset", 3, 0..=9), 3);
        assert_eq!(params.all("topics"), ["sanction", "role.pep"]);
        assert_eq!(params.flag("fuzzy"), Some(true));
        assert_eq!(params.score("threshold"), Some(Score::from_ten_thousandths(7_500)));
        assert_eq!((params.score("cutoff"), params.flag("simple"), params.day("changed_since")), (None, None, None));
        assert_eq!(params.text("q", 9), "a b c");
        assert_eq!(params.settle(), Ok(()));
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let params =
            params("limit=ten&offset=-1&size=501&threshold=70&cutoff=x&fuzzy=maybe&changed_since=12.03.2024&q=long");
        let numbers =
            (params.number("limit", 5, 0..=500), params.number("offset", 0, 0..=9), params.number("size", 6, 0..=500));
        assert_eq!(numbers, (5, 0, 6));
        assert_eq!((params.score("threshold"), params.score("cutoff")), (None, None));
        assert_eq!((params.flag("fuzzy"), params.day("changed_since")), (None, None));
        assert_eq!(params.text("q", 3), "long");
        let Err(Trouble::Invalid(details)) = params.settle() else { panic!("mistakes") };
        let told: Vec<_> = details.iter().map(|detail| (detail.loc[1].as_str(), detail.kind)).collect();
        let expected = [
            ("limit", "int_parsing"),
            ("offset", "greater_than_equal"),
            ("size", "less_than_equal"),
            ("threshold", "less_than_equal"),
            ("cutoff", "float_parsing"),
            ("fuzzy", "bool_parsing"),
            ("changed_since", "string_pattern_mismatch"),
            ("q", "string_too_long"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_day_may_have_a_time() {
        for text in ["2024-02-29", "2024-02-29T10:00", "2024-02-29T10:00:00", "2024-02-29T10:00:00Z"] {
            let day = params(&format!("since={text}")).day("since").map(|day| day.to_string());
            assert_eq!(day.as_deref(), Some("2024-02-29"), "{text}");
        }
        for text in ["2024", "2024-02", "2023-02-29", "yesterday", "", "NaN"] {
            assert_eq!(params(&format!("since={text}")).day("since"), None, "{text}");
        }
        assert_eq!(params("threshold=NaN").score("threshold"), None);
        assert!(Params::of(&"/x?q=%ff".parse().expect("a URI")).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused_without_being_repeated(text in "[a-zA-Z0-9%+.:-]{8,40}") {
            let Ok(params) = Params::of(&format!("/x?v={text}").parse().expect("a URI")) else { return Ok(()) };
            let _ = (params.number("v", 0, 0..=9), params.score("v"), params.flag("v"), params.day("v"));
            if let Err(Trouble::Invalid(details)) = params.settle() {
                prop_assert!(details.iter().all(|detail| !detail.msg.contains(&text)));
            }
        }
    }
}
