//! What expressions say, what is refused, and that they say what the crate's own interpreter says.

use std::collections::HashMap;

use cel::{Context, Program, Value as Cel};
use proptest::prelude::*;

use super::*;
use crate::party::PartyKind;
use crate::risk::Finding;
use crate::risk::facts;

fn known() -> Facts {
    Facts {
        kind: Some(PartyKind::Person),
        residence: Some("de".to_owned()),
        nationality: Some("kp".to_owned()),
        age: Some(30),
        products: Some(vec!["mortgage".to_owned(), "prepaid-card".to_owned()]),
        volume_monthly: Some(1_500.5),
        income_monthly: Some(1_000.0),
        account_replaced: Some(false),
        sanctions: Some(Finding::Open),
        ..Facts::default()
    }
}

#[test]
fn expressions_say_what_they_say() {
    for (text, expected) in [
        ("residence.code == 'de'", Some(true)),
        ("nationality.fatf == \"call-for-action\" && nationality.tier >= 4", Some(true)),
        ("person.age < 18 || person.age > 85", Some(false)),
        ("'mortgage' in products.signed", Some(true)),
        ("person.age in [29, 30]", Some(true)),
        ("residence.code in ['fr', 'de'] ? true : false", Some(true)),
        ("volume.to_income > 1.5 && volume.monthly - 500.5 == 1000.0", Some(true)),
        ("size(products.signed) == 2 && products.signed.size() > 1", Some(true)),
        ("customer.kind.startsWith('per') && residence.code.contains('e')", Some(true)),
        ("double(person.age) * 2.0 > 59.9 && person.age % 7 == 2 && -person.age < 0", Some(true)),
        ("has(residence.code) && !has(birth.code)", Some(true)),
        ("residence.code in []", Some(false)),
        // What is not known decides only where it must.
        ("birth.tier >= 4", None),
        ("!(birth.tier >= 4)", None),
        ("birth.tier >= 4 && false", Some(false)),
        ("birth.tier >= 4 || person.age == 30", Some(true)),
        ("birth.tier >= 4 || person.age == 31", None),
        ("person.age / 0 == 1", None),
        ("9223372036854775807 + person.age > 0", None),
    ] {
        let expr = Expr::parse(text, Type::Bool).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(expr.holds(&known()), expected, "{text}");
    }
}

#[test]
fn what_is_no_rule_is_refused_with_its_place() {
    for (text, line, column, part) in [
        ("", 1, 1, "empty"),
        ("residence.fatff == 'none'", 1, 10, "did you mean `residence.fatf`"),
        ("age > 3", 1, 1, "no fact `age`; did you mean `person.age`"),
        ("person.age > 'x'", 1, 12, "cannot be compared"),
        ("person.age > 3 &&\n  residence.code", 2, 12, "must be true or false"),
        ("person.age >", 1, 13, "Syntax error"),
        ("person.age + 1.0 > 2.0", 1, 12, "cannot compute"),
        ("residence.fatf == 'grey'", 1, 16, "never \"grey\""),
        ("products.signed.exists(p, p == 'x')", 1, 23, "loops"),
        ("products.signed.map(p, p) == ['x']", 1, 20, "loops"),
        ("matches(residence.code, 'd.')", 1, 8, "`matches` is not allowed"),
        ("{'a': 1}.a == 1", 1, 9, "only facts have fields"),
        ("null == null", 1, 1, "only true"),
        ("1", 1, 1, "must be true or false"),
        ("'ä' == 'ä' && person.agee > 1", 1, 21, "did you mean `person.age`"),
        ("size(person.age) > 1", 1, 5, "`size` takes"),
        ("residence.code in [person.age]", 1, 26, "a list holds"),
    ] {
        let error = Expr::parse(text, Type::Bool).expect_err(text);
        assert!(error.message.contains(part), "{text}: {error}");
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
    }
}

#[test]
fn hostile_texts_end_soon() {
    let deep = |open: &str, close: &str, n: usize| format!("{}true{}", open.repeat(n), close.repeat(n));
    for text in [
        deep("(", ")", 900),
        deep("[", "]", 900),
        "(".repeat(2_000),
        "!".repeat(1_999) + "a",
        "-".repeat(1_999) + "1",
        "true?".repeat(399),
        "1+".repeat(999) + "1 == 1",
        format!("a{}", ".b".repeat(900)),
        "true && ".repeat(199) + "true",
        "true ? true : ".repeat(90) + "true",
        "\"".repeat(1_999),
        "\u{0}\u{7f}\u{202e}".repeat(20),
        deep("(", ")", Expr::DEPTH_MAX),
        "!(".repeat(16) + "true" + &")".repeat(16),
        "x".repeat(Expr::BYTES_MAX + 1),
    ] {
        let started = std::time::Instant::now();
        // A small stack, as a worker's.
        let thread = std::thread::Builder::new().stack_size(2 << 20);
        let shown: String = text.chars().take(20).collect();
        let read = thread.spawn(move || Expr::parse(&text, Type::Bool).map(|expr| expr.holds(&known())));
        drop(read.expect("a thread").join().expect("no panic"));
        assert!(started.elapsed().as_secs() < 2, "{shown} took {:?}", started.elapsed());
    }
}

/// The same facts as the `cel` crate takes them; what is not known is not there.
fn context(facts: &Facts) -> Context<'static, 'static> {
    let mut groups: HashMap<&str, HashMap<String, Cel>> = HashMap::new();
    for fact in facts::all() {
        let (group, field) = fact.name.split_once('.').expect("two parts");
        let group = groups.entry(group).or_default();
        let texts = |all: &[String]| Cel::from(all.iter().map(|one| Cel::from(one.clone())).collect::<Vec<_>>());
        let value = match (fact.read)(facts) {
            None => continue,
            Some(Value::Bool(truth)) => Cel::from(truth),
            Some(Value::Int(number)) => Cel::from(number),
            Some(Value::Double(number)) => Cel::from(number),
            Some(Value::Text(text)) => Cel::from(text.to_owned()),
            Some(Value::Texts(all)) => texts(all),
            Some(Value::Ints(all)) => Cel::from(all.iter().map(|&one| Cel::from(one)).collect::<Vec<_>>()),
        };
        group.insert(field.to_owned(), value);
    }
    let mut context = Context::default();
    for (group, fields) in groups {
        context.add_variable_from_value(group, fields);
    }
    context
}

/// Expressions over facts that are known, of a type.
fn expression(depth: u32) -> BoxedStrategy<String> {
    let number = prop_oneof![
        Just("person.age".to_owned()),
        Just("nationality.tier".to_owned()),
        Just("size(products.signed)".to_owned()),
        (-40..90_i64).prop_map(|n| n.to_string()),
    ];
    let text = prop_oneof![
        Just("residence.code".to_owned()),
        Just("nationality.code".to_owned()),
        Just("customer.kind".to_owned()),
        Just("'de'".to_owned()),
        Just("'person'".to_owned()),
    ];
    let double = prop_oneof![
        Just("volume.monthly".to_owned()),
        Just("volume.to_income".to_owned()),
        Just("double(person.age)".to_owned()),
        (0..200_i32).prop_map(|n| format!("{n}.5")),
    ];
    let arithmetic = (number.clone(), prop_oneof!["[+]", "-", "[*]", "/", "%"], number.clone())
        .prop_map(|(a, op, b)| format!("({a} {} {b})", op.trim_matches(['[', ']'])));
    let number = prop_oneof![number, arithmetic];
    let order = || prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("=="), Just("!=")];
    let leaf = prop_oneof![
        (number.clone(), order(), number.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (double.clone(), order(), double).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (text.clone(), prop_oneof![Just("=="), Just("!=")], Just("residence.code"))
            .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        text.clone().prop_map(|a| format!("{a} in products.signed")),
        text.clone().prop_map(|a| format!("{a} in ['de', 'fr']")),
        number.prop_map(|a| format!("{a} in [1, 30, 4]")),
        text.prop_map(|a| format!("{a}.startsWith('d')")),
        Just("has(residence.code)".to_owned()),
        Just("has(birth.code)".to_owned()),
        Just("birth.tier > 2".to_owned()),
        Just("true".to_owned()),
    ];
    leaf.prop_recursive(depth, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
    .boxed()
}

proptest! {
    /// What we run says what the crate's own interpreter says, and is unknown where that fails.
    #[test]
    fn it_agrees_with_the_interpreter_of_the_crate(text in expression(4)) {
        let facts = known();
        // A word that can never be true is refused; that is ours alone.
        let Ok(expr) = Expr::parse(&text, Type::Bool) else { return Ok(()) };
        let ours = expr.holds(&facts);
        let program = Program::compile(&text).expect("it was read once");
        let theirs = match program.execute(&context(&facts)) {
            Ok(Cel::Bool(truth)) => Some(truth),
            Ok(other) => panic!("{text}: {other:?}"),
            Err(_) => None,
        };
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn no_text_breaks_it(text in "[ -~äß\n]{0,60}") {
        drop(Expr::parse(&text, Type::Bool));
    }
}
