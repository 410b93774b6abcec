//! From what the parser read to the tree that runs: names, types, and what is allowed at all.

use std::fmt;

use cel::common::ast::{CallExpr, Expr as Read, IdedExpr, LiteralValue, SelectExpr, operators};

use super::{Comparison, Expr, Node, Operation, TextTest};
use crate::risk::facts::{self, Fact};

/// What an expression or a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Double,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Ints,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "true or false (bool)",
            Self::Int => "a whole number (int)",
            Self::Double => "a number with a fraction (double)",
            Self::Text => "a text (string)",
            Self::Texts => "a list of texts",
            Self::Ints => "a list of whole numbers",
        })
    }
}

/// What is wrong with which node.
#[derive(Debug)]
pub(super) struct Fault {
    pub node: u64,
    pub message: String,
}

impl Fault {
    pub fn new(node: u64, message: impl Into<String>) -> Self {
        Self { node, message: message.into() }
    }
}

type Checked = Result<(Node, Type), Fault>;

#[derive(Default)]
pub(super) struct Checker {
    /// The facts that were read.
    pub facts: Vec<&'static Fact>,
    depth: usize,
}

/// How deep the parser's own tree may be: chains such as `a + b + c` lean to one side, brackets or not.
const TREE_DEPTH_MAX: usize = 96;

impl Checker {
    pub fn check(&mut self, read: &IdedExpr) -> Checked {
        self.depth += 1;
        if self.depth > TREE_DEPTH_MAX {
            return Err(Fault::new(read.id, "is nested too deeply"));
        }
        let checked = match &read.expr {
            Read::Literal(literal) => Self::literal(read.id, literal),
            Read::Ident(_) | Read::Select(SelectExpr { test: false, .. }) => {
                let fact = self.fact(read)?;
                Ok((Node::Fact(fact), fact.kind))
            }
            Read::Select(select) => {
                let mut path = path(&select.operand).unwrap_or_default();
                path.push('.');
                path.push_str(&select.field);
                Ok((Node::Known(self.named(read.id, &path)?), Type::Bool))
            }
            Read::List(list) => self.list(read.id, &list.elements),
            Read::Call(call) => self.call(read.id, call),
            Read::Comprehension(_) => {
                Err(Fault::new(read.id, "loops (`exists`, `all`, `map`, `filter`) are not allowed"))
            }
            Read::Map(_) | Read::Struct(_) => Err(Fault::new(read.id, "maps and messages are not allowed")),
            Read::Unspecified => Err(Fault::new(read.id, "cannot be read")),
        };
        self.depth -= 1;
        checked
    }

    fn literal(id: u64, literal: &LiteralValue) -> Checked {
        Ok(match literal {
            LiteralValue::Boolean(truth) => (Node::Bool(*truth.inner()), Type::Bool),
            LiteralValue::Int(number) => (Node::Int(*number.inner()), Type::Int),
            LiteralValue::Double(number) => (Node::Double(*number.inner()), Type::Double),
            LiteralValue::String(text) => (Node::Text(text.inner().to_owned()), Type::Text),
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) | LiteralValue::Null => {
                return Err(Fault::new(id, "only true, false, numbers, texts and lists may stand in a rule"));
            }
        })
    }

    fn fact(&mut self, read: &IdedExpr) -> Result<&'static Fact, Fault> {
        let path = path(read).ok_or_else(|| Fault::new(read.id, "only facts have fields, such as `residence.code`"))?;
        self.named(read.id, &path)
    }

    fn named(&mut self, id: u64, path: &str) -> Result<&'static Fact, Fault> {
        let fact = facts::named(path).ok_or_else(|| {
            let hint = facts::nearest(path).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Fault::new(id, format!("there is no fact `{path}`{hint}"))
        })?;
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
        Ok(fact)
    }

    fn list(&mut self, id: u64, elements: &[IdedExpr]) -> Checked {
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for element in elements {
            match self.check(element)?.0 {
                Node::Text(text) => texts.push(text),
                Node::Int(number) => numbers.push(number),
                _ => return Err(Fault::new(element.id, "a list holds texts or whole numbers, written out")),
            }
        }
        match (texts.is_empty(), numbers.is_empty()) {
            (false, false) => Err(Fault::new(id, "a list holds texts or whole numbers, not both")),
            (_, true) => Ok((Node::Texts(texts), Type::Texts)),
            (true, false) => Ok((Node::Ints(numbers), Type::Ints)),
        }
    }

    fn call(&mut self, id: u64, call: &CallExpr) -> Checked {
        if let Some(target) = &call.target {
            let test = match call.func_name.as_str() {
                "startsWith" => TextTest::StartsWith,
                "endsWith" => TextTest::EndsWith,
                "contains" => TextTest::Contains,
                "size" => return self.size(target, &call.args, id),
                other => return Err(unknown_function(id, other)),
            };
            let [part] = call.args.as_slice() else { return Err(Fault::new(id, "takes one argument")) };
            let text = self.of(target, Type::Text)?;
            let part = self.of(part, Type::Text)?;
            return Ok((Node::Test(test, Box::new(text), Box::new(part)), Type::Bool));
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, [a]) => Ok((Node::Not(Box::new(self.of(a, Type::Bool)?)), Type::Bool)),
            (operators::NEGATE, [a]) => {
                let (node, kind) = self.check(a)?;
                if !matches!(kind, Type::Int | Type::Double) {
                    return Err(Fault::new(a.id, format!("must be a number, is {kind}")));
                }
                Ok((Node::Negate(Box::new(node)), kind))
            }
            (operators::LOGICAL_AND, [a, b]) => {
                let (a, b) = (self.of(a, Type::Bool)?, self.of(b, Type::Bool)?);
                Ok((Node::And(Box::new(a), Box::new(b)), Type::Bool))
            }
            (operators::LOGICAL_OR, [a, b]) => {
                let (a, b) = (self.of(a, Type::Bool)?, self.of(b, Type::Bool)?);
                Ok((Node::Or(Box::new(a), Box::new(b)), Type::Bool))
            }
            (operators::CONDITIONAL, [condition, then, otherwise]) => {
                let condition = self.of(condition, Type::Bool)?;
                let (then, kind) = self.check(then)?;
                let otherwise = self.of(otherwise, kind)?;
                Ok((Node::If(Box::new(condition), Box::new(then), Box::new(otherwise)), kind))
            }
            (operators::IN, [one, many]) => {
                let (one_node, one_kind) = self.check(one)?;
                let wanted = match one_kind {
                    Type::Text => Type::Texts,
                    Type::Int => Type::Ints,
                    other => return Err(Fault::new(one.id, format!("no list can hold what is {other}"))),
                };
                let many = self.of(many, wanted)?;
                Ok((Node::In(Box::new(one_node), Box::new(many)), Type::Bool))
            }
            ("size", args) => match args {
                [one] => self.size(one, &[], id),
                _ => Err(Fault::new(id, "`size` takes one argument")),
            },
            ("double", [one]) => match self.check(one)? {
                (node, Type::Int | Type::Double) => Ok((Node::AsDouble(Box::new(node)), Type::Double)),
                (_, kind) => Err(Fault::new(one.id, format!("must be a number, is {kind}"))),
            },
            (name, [a, b]) => match (comparison(name), operation(name)) {
                (Some(comparison), _) => self.compare(id, comparison, a, b),
                (_, Some(operation)) => self.arithmetic(id, operation, a, b),
                _ => Err(unknown_function(id, name)),
            },
            (name, _) => Err(unknown_function(id, name)),
        }
    }

    fn size(&mut self, one: &IdedExpr, more: &[IdedExpr], id: u64) -> Checked {
        match self.check(one)? {
            (node, Type::Text | Type::Texts | Type::Ints) if more.is_empty() => {
                Ok((Node::Size(Box::new(node)), Type::Int))
            }
            (_, kind) => Err(Fault::new(id, format!("`size` takes a text or a list, not what is {kind}"))),
        }
    }

    fn compare(&mut self, id: u64, comparison: Comparison, a: &IdedExpr, b: &IdedExpr) -> Checked {
        let ((a, of_a), (b, of_b)) = (self.check(a)?, self.check(b)?);
        let numbers = |kind| matches!(kind, Type::Int | Type::Double);
        let comparable = of_a == of_b || (numbers(of_a) && numbers(of_b));
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
        if !comparable || (ordered && matches!(of_a, Type::Texts | Type::Ints)) {
            return Err(Fault::new(id, format!("what is {of_a} cannot be compared so with what is {of_b}")));
        }
        word(id, &a, &b)?;
        Ok((Node::Compare(comparison, Box::new(a), Box::new(b)), Type::Bool))
    }

    fn arithmetic(&mut self, id: u64, operation: Operation, a: &IdedExpr, b: &IdedExpr) -> Checked {
        let ((a, of_a), (b, of_b)) = (self.check(a)?, self.check(b)?);
        let sound = match of_a {
            Type::Int => of_b == Type::Int,
            Type::Double => of_b == Type::Double && operation != Operation::Remainder,
            _ => false,
        };
        if !sound {
            let hint = "both sides must be whole numbers, or both numbers with a fraction; `double(x)` makes one";
            return Err(Fault::new(id, format!("cannot compute with what is {of_a} and what is {of_b}: {hint}")));
        }
        Ok((Node::Arithmetic(operation, Box::new(a), Box::new(b)), of_a))
    }

    fn of(&mut self, read: &IdedExpr, wanted: Type) -> Result<Node, Fault> {
        let (node, found) = self.check(read)?;
        // An empty list is a list of anything.
        if wanted == Type::Ints && node == Node::Texts(Vec::new()) {
            return Ok(Node::Ints(Vec::new()));
        }
        if found == wanted { Ok(node) } else { Err(Fault::new(read.id, format!("must be {wanted}, is {found}"))) }
    }
}

/// A fact that is one of a few words is compared only with one of them: a slip would never be true.
fn word(id: u64, a: &Node, b: &Node) -> Result<(), Fault> {
    let (Node::Fact(fact), Node::Text(text)) = (a, b) else {
        return match (a, b) {
            (Node::Text(_), Node::Fact(_)) => word(id, b, a),
            _ => Ok(()),
        };
    };
    if fact.words.is_empty() || fact.words.contains(&text.as_str()) {
        return Ok(());
    }
    let words: Vec<String> = fact.words.iter().map(|word| format!("\"{word}\"")).collect();
    Err(Fault::new(id, format!("`{}` is never \"{text}\"; it is one of: {}", fact.name, words.join(", "))))
}

fn unknown_function(id: u64, name: &str) -> Fault {
    let name = name.trim_matches(|c| matches!(c, '_' | '@'));
    let known = "known are: has, size, double, startsWith, endsWith, contains, and the operators";
    Fault::new(id, format!("`{name}` is not allowed here; {known}"))
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::Unequal,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::AtMost,
        operators::GREATER => Comparison::More,
        operators::GREATER_EQUALS => Comparison::AtLeast,
        _ => return None,
    })
}

fn operation(name: &str) -> Option<Operation> {
    Some(match name {
        operators::ADD => Operation::Add,
        operators::SUBSTRACT => Operation::Subtract,
        operators::MULTIPLY => Operation::Multiply,
        operators::DIVIDE => Operation::Divide,
        operators::MODULO => Operation::Remainder,
        _ => return None,
    })
}

/// The dotted name that an expression spells.
fn path(read: &IdedExpr) -> Option<String> {
    match &read.expr {
        Read::Ident(name) if name.len() <= Expr::BYTES_MAX => Some(name.clone()),
        Read::Select(select) if !select.test => {
            let mut path = path(&select.operand)?;
            path.push('.');
            path.push_str(&select.field);
            Some(path)
        }
        _ => None,
    }
}
