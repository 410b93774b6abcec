//! Models that read, and mistakes with their places.

use proptest::prelude::*;

use super::*;

/// A model of one rule with one case, on lines that the tests count.
fn toml(rule: &str) -> String {
    format!(
        "id = \"m\"\nname = \"M\"\nbands = {{ medium = 10, high = 20 }}\n[[rule]]\nid = \"r\"\nfactor = \"F\"\n{rule}\n"
    )
}

#[test]
fn the_shipped_model_reads() {
    if let Err(errors) = Model::parse(Model::SHIPPED) {
        panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }
    assert!(Model::shipped().rules.len() > 20);
}

#[test]
fn toml_and_json_say_the_same() {
    let by_toml = Model::parse(&toml(
        "[[rule.case]]\nwhen = 'person.age < 18'\npoints = 5\nreason = \"young\"\nat_least = \"high\"",
    ));
    let by_json = Model::parse(
        r#"{"id": "m", "name": "M", "bands": {"medium": 10, "high": 20}, "rules": [{"id": "r", "factor": "F", "cases":
            [{"when": "person.age < 18", "points": 5, "reason": "young", "at_least": "high"}]}]}"#,
    );
    assert_eq!(by_toml, by_json);
    assert_eq!(by_toml.expect("a model").rules[0].missing_points, 5, "what is missing is taken for the worst");
}

#[test]
fn a_mistake_is_told_with_its_line_and_column() {
    for (text, rule, line, column, part) in [
        (toml("when = 'person.age <'\npoints = 5\nreason = 'x'"), Some("r"), 7, 21, "Syntax error"),
        (toml("when = 'person.agee < 18'\npoints = 5\nreason = 'x'"), Some("r"), 7, 15, "did you mean `person.age`"),
        (toml("when = \"person.age < 'x'\"\npoints = 5\nreason = 'x'"), Some("r"), 7, 20, "cannot be compared"),
        (toml("when = '''\ntrue &&\n  person.age'''\npoints = 5\nreason = 'x'"), Some("r"), 9, 9, "must be true or false"),
        (toml("when = 'true'\npoints = 'person.agee'\nmissing = 1\nreason = 'x'"), Some("r"), 8, 17, "no fact"),
        (toml("when = 'true'\npoints = 5000\nreason = 'x'"), Some("r"), 8, 10, "0 to 1000"),
        (toml("when = 'true'\npoints = -5\nreason = 'x'"), Some("r"), 8, 10, "0 to 1000"),
        (toml("when = 'true'\npoints = '1'\nreason = 'x'"), Some("r"), 5, 6, "where points are computed"),
        (toml("when = 7\npoints = 5\nreason = 'x'"), Some("r"), 7, 8, "in quotes"),
        (toml("points = 5\nreason = 'x'\nat_least = 'dreadful'"), Some("r"), 9, 12, "must be low"),
        (toml("points = 5\nreason = 'x'\ncustomers = 'dogs'"), Some("r"), 9, 13, "person"),
        (toml("points = 5\nreason = 'x'\nmissing = 'some'"), Some("r"), 9, 11, "\"highest\""),
        (toml("points = 5"), Some("r"), 5, 6, "either cases"),
        (toml("points = 5\nreason = 'x'\nweight = 3"), None, 9, 1, "unknown field"),
        (toml("points = 5\nreason = 'x'\n[[rule]]\nid = 'r'\nfactor = 'G'\npoints = 1\nreason = 'x'"), Some("r"), 10, 6, "another rule"),
        (toml("points = 5\nreason = 'x'\n[[rule]]\nid = 's'\nfactor = 'F'\npoints = 1\nreason = 'x'"), Some("s"), 11, 10, "this factor"),
        ("id = 'm'\nname = 'M'\nbands = { medium = 30, high = 20 }".to_owned(), None, 3, 20, "must rise"),
        ("id = 'M M'\nname = 'M'\nbands = { medium = 3, high = 20 }".to_owned(), None, 1, 6, "small letters"),
        ("id = 'm'\nname =".to_owned(), None, 2, 7, ""),
        ("{\"id\": \"m\",\n \"name\": }".to_owned(), None, 2, 10, "expected value"),
        (String::new(), None, 1, 1, "missing field"),
        (
            "{\"id\": \"m\", \"name\": \"M\", \"bands\": {\"medium\": 10, \"high\": 20}, \"rules\": [\n {\"id\": \"r\", \
             \"factor\": \"F\",\n  \"when\": \"person.agee < 18\", \"points\": 5, \"reason\": \"x\"}]}".to_owned(),
            Some("r"), 3, 18, "did you mean `person.age`",
        ),
    ] {
        let errors = Model::parse(&text).expect_err(&text);
        let error = &errors[0];
        assert!(error.message.contains(part), "{text}\n{error}");
        assert_eq!((error.rule.as_deref(), error.line, error.column), (rule, line, column), "{text}\n{error}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = toml("when = 'nothing.known'\npoints = 5000\nreason = ''\nat_least = 'x'");
    let errors = Model::parse(&text).expect_err("four mistakes");
    assert_eq!(errors.len(), 4, "{errors:?}");
    let long = "x".repeat(Model::BYTES_MAX + 1);
    assert_eq!(Model::parse(&long).expect_err("too long").len(), 1);
    let many = (0..201).map(|n| format!("[[rule]]\nid = 'r{n}'\nfactor = 'F{n}'\npoints = 1\nreason = 'x'\n"));
    let many = format!("id = 'm'\nname = 'M'\nbands = {{ medium = 1, high = 2 }}\n{}", many.collect::<String>());
    assert!(Model::parse(&many).is_err());
}

#[test]
fn an_escaped_expression_is_placed_within_itself() {
    let text = toml("when = \"customer.kind == \\\"person\\\" && person.agee > 1\"\npoints = 5\nreason = 'x'");
    let error = &Model::parse(&text).expect_err("no such fact")[0];
    assert!(error.message.ends_with("(at 1:36 of the expression)"), "{error}");
    assert_eq!((error.line, error.column), (7, 8));
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "\\PC{0,80}", cut in 0..6_000_usize, put in "[\\[\\]{}=\"'a-z0-9\n]{0,4}") {
        drop(Model::parse(&text));
        let mut torn = Model::SHIPPED.chars().take(cut).collect::<String>();
        torn.push_str(&put);
        drop(Model::parse(&torn));
    }
}
