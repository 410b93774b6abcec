//! Runs a checked expression. `None` is unknown.

use std::cmp::Ordering;

use super::{Comparison, Node, Operation, TextTest};
use crate::risk::facts::Facts;

/// What an expression comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'a str),
    Texts(&'a [String]),
    Ints(&'a [i64]),
}

pub(super) fn eval<'a>(node: &'a Node, facts: &'a Facts) -> Option<Value<'a>> {
    use Value::{Bool, Double, Int, Ints, Text, Texts};
    Some(match node {
        Node::Bool(truth) => Bool(*truth),
        Node::Int(number) => Int(*number),
        Node::Double(number) => Double(*number),
        Node::Text(text) => Text(text),
        Node::Texts(texts) => Texts(texts),
        Node::Ints(numbers) => Ints(numbers),
        Node::Fact(fact) => (fact.read)(facts)?,
        Node::Known(fact) => Bool((fact.read)(facts).is_some()),
        Node::Not(inner) => Bool(!truth(inner, facts)?),
        Node::Negate(inner) => match eval(inner, facts)? {
            Int(number) => Int(number.checked_neg()?),
            Double(number) => Double(-number),
            _ => return None,
        },
        Node::And(a, b) => match (truth(a, facts), truth(b, facts)) {
            (Some(false), _) | (_, Some(false)) => Bool(false),
            (Some(true), Some(true)) => Bool(true),
            _ => return None,
        },
        Node::Or(a, b) => match (truth(a, facts), truth(b, facts)) {
            (Some(true), _) | (_, Some(true)) => Bool(true),
            (Some(false), Some(false)) => Bool(false),
            _ => return None,
        },
        Node::If(condition, then, otherwise) => {
            return eval(if truth(condition, facts)? { then } else { otherwise }, facts);
        }
        Node::Compare(comparison, a, b) => Bool(compare(*comparison, eval(a, facts)?, eval(b, facts)?)?),
        Node::Arithmetic(operation, a, b) => match (eval(a, facts)?, eval(b, facts)?) {
            (Int(a), Int(b)) => Int(match operation {
                Operation::Add => a.checked_add(b)?,
                Operation::Subtract => a.checked_sub(b)?,
                Operation::Multiply => a.checked_mul(b)?,
                Operation::Divide => a.checked_div(b)?,
                Operation::Remainder => a.checked_rem(b)?,
            }),
            (Double(a), Double(b)) => Double(match operation {
                Operation::Add => a + b,
                Operation::Subtract => a - b,
                Operation::Multiply => a * b,
                Operation::Divide => a / b,
                Operation::Remainder => return None,
            }),
            _ => return None,
        },
        Node::In(one, many) => Bool(match (eval(one, facts)?, eval(many, facts)?) {
            (Text(one), Texts(many)) => many.iter().any(|other| other == one),
            (Int(one), Ints(many)) => many.contains(&one),
            _ => return None,
        }),
        Node::Size(inner) => Int(match eval(inner, facts)? {
            Text(text) => i64::try_from(text.chars().count()).ok()?,
            Texts(texts) => i64::try_from(texts.len()).ok()?,
            Ints(numbers) => i64::try_from(numbers.len()).ok()?,
            _ => return None,
        }),
        Node::AsDouble(inner) => match eval(inner, facts)? {
            #[expect(clippy::cast_precision_loss, reason = "as CEL's double() does")]
            Int(number) => Double(number as f64),
            double => double,
        },
        Node::Test(test, text, part) => match (eval(text, facts)?, eval(part, facts)?) {
            (Text(text), Text(part)) => Bool(match test {
                TextTest::StartsWith => text.starts_with(part),
                TextTest::EndsWith => text.ends_with(part),
                TextTest::Contains => text.contains(part),
            }),
            _ => return None,
        },
    })
}

/// A number without its fraction, where it fits.
pub(super) fn whole(number: f64) -> Option<i64> {
    let fits = number.is_finite() && number.abs() < 1e15;
    #[expect(clippy::cast_possible_truncation, reason = "bounded above, and the fraction is what is to go")]
    fits.then_some(number as i64)
}

fn truth(node: &Node, facts: &Facts) -> Option<bool> {
    match eval(node, facts)? {
        Value::Bool(truth) => Some(truth),
        _ => None,
    }
}

fn compare(comparison: Comparison, a: Value<'_>, b: Value<'_>) -> Option<bool> {
    use Value::{Bool, Double, Int, Ints, Text, Texts};
    let order = match (a, b) {
        (Int(a), Int(b)) => Some(a.cmp(&b)),
        (Double(a), Double(b)) => a.partial_cmp(&b),
        #[expect(clippy::cast_precision_loss, reason = "facts and literals stay far below 2^53")]
        (Int(a), Double(b)) => (a as f64).partial_cmp(&b),
        #[expect(clippy::cast_precision_loss, reason = "facts and literals stay far below 2^53")]
        (Double(a), Int(b)) => a.partial_cmp(&(b as f64)),
        (Text(a), Text(b)) => Some(a.cmp(b)),
        (Bool(a), Bool(b)) => Some(a.cmp(&b)),
        (Texts(a), Texts(b)) => (a == b).then_some(Ordering::Equal).or(Some(Ordering::Less)),
        (Ints(a), Ints(b)) => (a == b).then_some(Ordering::Equal).or(Some(Ordering::Less)),
        _ => return None,
    };
    // Not a number is unequal to everything, and neither less nor more.
    Some(match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::Unequal => order != Some(Ordering::Equal),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Comparison::More => order == Some(Ordering::Greater),
        Comparison::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}
