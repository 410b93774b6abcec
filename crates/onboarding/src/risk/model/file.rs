//! From the text to the model.

use std::collections::HashSet;
use std::ops::Range;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use toml::Spanned;

use super::super::POINTS_MAX;
use super::super::expr::{self, Expr, Type};
use super::super::level::Level;
use super::{Bands, Case, Customers, Model, ModelError, Points, Rule};

/// Longest id, label, name or reason, in bytes.
const TEXT_BYTES_MAX: usize = 500;

/// Most mistakes that are told at once.
const ERRORS_MAX: usize = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<P> {
    id: P,
    name: String,
    bands: BandsIn<P>,
    #[serde(default = "Vec::new", rename = "rule", alias = "rules")]
    rules: Vec<RuleIn<P>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandsIn<P> {
    medium: P,
    high: P,
    prohibited: Option<P>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleIn<P> {
    id: P,
    factor: P,
    customers: Option<P>,
    missing: Option<P>,
    missing_reason: Option<P>,
    #[serde(default = "Vec::new", rename = "case", alias = "cases")]
    cases: Vec<CaseIn<P>>,
    // A rule with one case may do without the table.
    when: Option<P>,
    points: Option<P>,
    at_least: Option<P>,
    reason: Option<P>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseIn<P> {
    when: Option<P>,
    points: P,
    at_least: Option<P>,
    reason: P,
}

/// A value, and where it stands in the text.
trait Placed {
    fn place(&self, text: &str) -> Range<usize>;
    fn value(&self) -> Value;
}

impl Placed for Spanned<Value> {
    fn place(&self, _text: &str) -> Range<usize> {
        self.span()
    }

    fn value(&self) -> Value {
        self.get_ref().clone()
    }
}

impl Placed for &RawValue {
    fn place(&self, text: &str) -> Range<usize> {
        // A raw value is a slice of the text it was read from.
        let start = (self.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
        start..(start + self.get().len()).min(text.len())
    }

    fn value(&self) -> Value {
        serde_json::from_str(self.get()).unwrap_or(Value::Null)
    }
}

pub(super) fn read(text: &str) -> Result<Model, Vec<ModelError>> {
    if text.len() > Model::BYTES_MAX {
        let message = format!("is longer than {} bytes", Model::BYTES_MAX);
        return Err(vec![ModelError { rule: None, line: 1, column: 1, message }]);
    }
    if text.trim_start().starts_with('{') {
        let file: File<&RawValue> = serde_json::from_str(text).map_err(|error| {
            let at = |place: usize| u32::try_from(place).unwrap_or(u32::MAX).max(1);
            let (line, column) = (at(error.line()), at(error.column()));
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            vec![ModelError { rule: None, line, column, message }]
        })?;
        return Reader::new(text).model(&file);
    }
    let file: File<Spanned<Value>> = toml::from_str(text).map_err(|error| {
        let (line, column) = expr::position(text, error.span().map_or(0, |span| span.start));
        vec![ModelError { rule: None, line, column, message: error.message().to_owned() }]
    })?;
    Reader::new(text).model(&file)
}

struct Reader<'t> {
    text: &'t str,
    rule: Option<String>,
    errors: Vec<ModelError>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, rule: None, errors: Vec::new() }
    }

    fn wrong(&mut self, byte: usize, message: impl Into<String>) {
        if self.errors.len() < ERRORS_MAX {
            let (line, column) = expr::position(self.text, byte);
            self.errors.push(ModelError { rule: self.rule.clone(), line, column, message: message.into() });
        }
    }

    fn model<P: Placed>(mut self, file: &File<P>) -> Result<Model, Vec<ModelError>> {
        let id = self.id(&file.id);
        if file.name.len() > TEXT_BYTES_MAX {
            self.wrong(0, "`name` is too long");
        }
        let bands = self.bands(&file.bands);
        if file.rules.is_empty() || file.rules.len() > Model::RULES_MAX {
            self.wrong(0, format!("a model has 1 to {} rules", Model::RULES_MAX));
        }
        let (mut ids, mut factors) = (HashSet::new(), HashSet::new());
        let mut rules = Vec::new();
        for rule in file.rules.iter().take(Model::RULES_MAX) {
            self.rule = None;
            let id = self.id(&rule.id);
            self.rule = Some(id.clone());
            if !ids.insert(id.clone()) {
                self.wrong(rule.id.place(self.text).start, "there is another rule of this id");
            }
            let factor = self.words(&rule.factor);
            if !factors.insert(factor.clone()) {
                self.wrong(rule.factor.place(self.text).start, "there is another rule about this factor");
            }
            rules.push(self.rule(rule, id, factor));
        }
        if self.errors.is_empty() {
            Ok(Model { id, version: 0, name: file.name.clone(), rules, bands })
        } else {
            Err(self.errors)
        }
    }

    fn bands<P: Placed>(&mut self, bands: &BandsIn<P>) -> Bands {
        let (medium, high) = (self.score(&bands.medium), self.score(&bands.high));
        let prohibited = bands.prohibited.as_ref().map(|from| self.score(from));
        if medium == 0 || high < medium || prohibited.is_some_and(|from| from < high) {
            let place = bands.medium.place(self.text).start;
            self.wrong(place, "bands must rise: 0 < medium <= high <= prohibited");
        }
        Bands { medium, high, prohibited }
    }

    fn rule<P: Placed>(&mut self, rule: &RuleIn<P>, id: String, factor: String) -> Rule {
        let place = rule.id.place(self.text).start;
        let customers = match &rule.customers {
            None => Customers::All,
            Some(given) => match given.value().as_str() {
                Some("all") => Customers::All,
                Some("person") => Customers::Persons,
                Some("business") => Customers::Businesses,
                _ => {
                    self.wrong(given.place(self.text).start, "`customers` must be \"all\", \"person\" or \"business\"");
                    Customers::All
                }
            },
        };
        let mut cases = Vec::new();
        if rule.cases.len() > Model::CASES_MAX {
            self.wrong(place, format!("a rule has at most {} cases", Model::CASES_MAX));
        }
        for case in rule.cases.iter().take(Model::CASES_MAX) {
            cases.extend(self.case(case.when.as_ref(), &case.points, case.at_least.as_ref(), &case.reason));
        }
        match (&rule.points, &rule.reason) {
            (Some(points), Some(reason)) if rule.cases.is_empty() => {
                cases.extend(self.case(rule.when.as_ref(), points, rule.at_least.as_ref(), reason));
            }
            (None, None) if !rule.cases.is_empty() && rule.when.is_none() && rule.at_least.is_none() => {}
            _ => self.wrong(place, "must have either cases, or `points` and `reason` of its own"),
        }
        let missing_points = self.missing(rule.missing.as_ref(), &cases, place);
        let missing_reason = rule.missing_reason.as_ref().map(|reason| self.words(reason));
        Rule { id, factor, customers, cases, missing_points, missing_reason }
    }

    fn missing<P: Placed>(&mut self, missing: Option<&P>, cases: &[Case], place: usize) -> u32 {
        let place = missing.map_or(place, |given| given.place(self.text).start);
        match missing.map(Placed::value) {
            Some(Value::String(word)) if word == "ignore" => 0,
            Some(Value::Number(_)) => missing.map_or(0, |given| self.points_of(given)),
            None => self.highest(cases, place),
            Some(Value::String(word)) if word == "highest" => self.highest(cases, place),
            Some(_) => {
                self.wrong(place, "`missing` must be \"highest\", \"ignore\" or a number of points");
                0
            }
        }
    }

    fn highest(&mut self, cases: &[Case], place: usize) -> u32 {
        let mut highest = 0;
        for case in cases {
            match &case.points {
                Points::Fixed(points) => highest = highest.max(*points),
                Points::Computed(_) => {
                    self.wrong(place, "where points are computed, `missing` must be a number of points or \"ignore\"");
                }
            }
        }
        highest
    }

    fn case<P: Placed>(&mut self, when: Option<&P>, points: &P, at_least: Option<&P>, reason: &P) -> Option<Case> {
        let reason = self.words(reason);
        // A `when` that is wrong is told, and makes no case; an absent one is always true.
        let when = match when {
            Some(when) => self.expression(when, Type::Bool).map(Some),
            None => Some(None),
        };
        let points = if points.value().is_string() {
            self.expression(points, Type::Int).map(Points::Computed)
        } else {
            Some(Points::Fixed(self.points_of(points)))
        };
        let at_least = at_least.and_then(|given| {
            let level = given.value().as_str().and_then(Level::parse);
            if level.is_none() {
                self.wrong(given.place(self.text).start, "`at_least` must be low, medium, high or prohibited");
            }
            level
        });
        Some(Case { when: when?, points: points?, at_least, reason })
    }

    fn expression<P: Placed>(&mut self, given: &P, wanted: Type) -> Option<Expr> {
        let (place, value) = (given.place(self.text), given.value());
        let Some(expression) = value.as_str() else {
            self.wrong(place.start, "must be an expression in quotes");
            return None;
        };
        match Expr::parse(expression, wanted) {
            Ok(expr) => Some(expr),
            Err(error) => {
                let (byte, exact) = self.byte_of(&place, expression, error.line, error.column);
                let within = if exact {
                    String::new()
                } else {
                    format!(" (at {}:{} of the expression)", error.line, error.column)
                };
                self.wrong(byte, format!("{}{within}", error.message));
                None
            }
        }
    }

    /// Where in the file a place of an expression is: exactly, if it is written there as it is, without escapes.
    fn byte_of(&self, place: &Range<usize>, expression: &str, line: u32, column: u32) -> (usize, bool) {
        let raw = self.text.get(place.clone()).unwrap_or("");
        let Some(start) = raw.find(expression).filter(|_| !expression.is_empty()) else {
            return (place.start, line == 1 && column == 1);
        };
        let before: usize = expression.split_inclusive('\n').take(line as usize - 1).map(str::len).sum();
        let in_line = expression.get(before..).unwrap_or("");
        let columns: usize = in_line.chars().take(column as usize - 1).map(char::len_utf8).sum();
        (place.start + start + before + columns, true)
    }

    fn points_of<P: Placed>(&mut self, given: &P) -> u32 {
        let points = given.value().as_u64().and_then(|points| u32::try_from(points).ok());
        points.filter(|&points| points <= POINTS_MAX).unwrap_or_else(|| {
            self.wrong(given.place(self.text).start, format!("points must be a whole number from 0 to {POINTS_MAX}"));
            0
        })
    }

    fn score<P: Placed>(&mut self, given: &P) -> u32 {
        given.value().as_u64().and_then(|score| u32::try_from(score).ok()).unwrap_or_else(|| {
            self.wrong(given.place(self.text).start, "must be a whole number of points");
            1
        })
    }

    fn id<P: Placed>(&mut self, given: &P) -> String {
        let value = given.value();
        let id = value.as_str().unwrap_or_default();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 64 || !id.chars().all(fits) {
            self.wrong(given.place(self.text).start, "an id is 1 to 64 small letters, digits and dashes");
        }
        id.chars().take(64).collect()
    }

    fn words<P: Placed>(&mut self, given: &P) -> String {
        let value = given.value();
        let words = value.as_str().map_or("", str::trim);
        if words.is_empty() || words.len() > TEXT_BYTES_MAX || words.chars().any(char::is_control) {
            let message = format!("must be a text of 1 to {TEXT_BYTES_MAX} bytes on one line");
            self.wrong(given.place(self.text).start, message);
        }
        words.to_owned()
    }
}
