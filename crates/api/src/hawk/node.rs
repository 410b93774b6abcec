//! Reading a request that was checked: what is absent, blank or of another type reads as nothing.

use serde_json::Value;

use super::check::number;

/// A place in the request, there or not, and its path.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    value: Option<&'a Value>,
    path: String,
}

impl<'a> Node<'a> {
    /// The whole.
    #[must_use]
    pub fn root(value: &'a Value) -> Self {
        Self { value: Some(value), path: String::new() }
    }

    /// Where it is: member names joined by dots, places in lists in brackets.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether there is an object.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.value.is_some_and(Value::is_object)
    }

    /// A member of it.
    #[must_use]
    pub fn at(&self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Self { value: self.value.and_then(|value| value.get(name)), path }
    }

    /// Its items, if it is a list.
    pub fn items(&self) -> impl Iterator<Item = Node<'a>> {
        let items = self.value.and_then(Value::as_array).into_iter().flatten().enumerate();
        items.map(|(at, item)| Node { value: Some(item), path: format!("{}[{at}]", self.path) })
    }

    /// A text that is not blank, trimmed.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        self.value?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    /// An identifier: a text, or the digits of a whole number.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        match self.value? {
            Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
            _ => self.text().map(str::to_owned),
        }
    }

    /// A number, or a text that is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        number(self.value?)
    }

    /// `true` or `false`.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        self.value?.as_bool()
    }

    /// A country by its code or name, ISO 3166-1 alpha-2 in lower case.
    #[must_use]
    pub fn country(&self) -> Option<&'static str> {
        onboarding::country::code(self.text()?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_there_reads_as_nothing() {
        let value = json!({"a": {"b": " x ", "n": 81737, "f": 1.5, "t": "127.45", "c": "DE", "l": [{"d": ""}, null]}});
        let a = Node::root(&value).at("a");
        assert_eq!((a.at("b").text(), a.at("b").path()), (Some("x"), "a.b"));
        assert_eq!(
            (a.at("n").code().as_deref(), a.at("f").code(), a.at("t").number()),
            (Some("81737"), None, Some(127.45))
        );
        assert_eq!((a.at("c").country(), a.at("b").country()), (Some("de"), None));
        let items: Vec<Node<'_>> = a.at("l").items().collect();
        assert_eq!((items.len(), items[0].at("d").path(), items[0].at("d").text()), (2, "a.l[0].d", None));
        assert!(!items[1].is_there() && !a.at("x").at("y").is_there());
    }
}
