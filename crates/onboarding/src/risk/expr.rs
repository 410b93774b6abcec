//! Expressions of the Common Expression Language over [facts](super::facts), for rules that an institution writes.
//!
//! The `cel` crate reads the text; what it read is checked against the facts' types and kept as a small tree of our own,
//! which is what runs. So a rule that loads cannot fail later, cannot loop (no macros but `has`, no functions that
//! repeat), costs at most its length, and knows a third truth: a fact that nobody knows makes unknown whatever needs it,
//! as an error does in CEL (`false && unknown` is false). On facts that are known it says what CEL says; a test compares
//! the two.

mod check;
mod eval;

use cel::common::ast::SourceInfo;
use cel::parser::Parser;

use super::facts::{Fact, Facts};

pub use check::Type;
pub(crate) use eval::Value;

/// A checked expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    text: String,
    node: Node,
    facts: Vec<&'static Fact>,
}

/// Why a text is no expression, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ExprError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

/// The parser's stack; pages that are not touched cost nothing.
const PARSER_STACK_BYTES: usize = 32 << 20;

/// The tree that runs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Texts(Vec<String>),
    Ints(Vec<i64>),
    Fact(&'static Fact),
    Known(&'static Fact),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    If(Box<Node>, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Arithmetic(Operation, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    Size(Box<Node>),
    AsDouble(Box<Node>),
    Test(TextTest, Box<Node>, Box<Node>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

impl Expr {
    /// Longest expression, in bytes.
    pub const BYTES_MAX: usize = 2_000;

    /// Deepest nesting of brackets. The parser and the tree are walked by recursion; this keeps both far from the end
    /// of a small stack.
    pub const DEPTH_MAX: usize = 16;

    /// Most parts (names, literals, operators) of one expression.
    pub const PARTS_MAX: usize = 400;

    /// Reads an expression that must be of this type.
    ///
    /// # Errors
    /// What is wrong first, and where.
    pub fn parse(text: &str, wanted: Type) -> Result<Self, ExprError> {
        bounded(text)?;
        // The parser takes some 100 KiB of stack a level in a debug build: it gets a stack of its own.
        let parsing = std::thread::Builder::new().stack_size(PARSER_STACK_BYTES);
        std::thread::scope(|scope| {
            let thread = parsing.spawn_scoped(scope, || Self::parse_bounded(text, wanted));
            let parsed = thread.ok().and_then(|thread| thread.join().ok());
            parsed.unwrap_or_else(|| Err(ExprError { line: 1, column: 1, message: "cannot be read".to_owned() }))
        })
    }

    fn parse_bounded(text: &str, wanted: Type) -> Result<Self, ExprError> {
        let parsed = Parser::new().max_recursion_depth(64).error_recovery_limit(1).parse_with_source_info(text);
        let (tree, source) = parsed.map_err(|errors| {
            let first = errors.errors.into_iter().next();
            let (pos, message) = first.map_or(((1, 1), "cannot be read".to_owned()), |error| (error.pos, error.msg));
            let line = u32::try_from(pos.0).unwrap_or(1).max(1);
            let column = u32::try_from(pos.1).unwrap_or(1).max(1);
            ExprError { line, column, message }
        })?;
        let mut checker = check::Checker::default();
        let checked = checker.check(&tree).and_then(|(node, found)| {
            let fits = found == wanted;
            fits.then_some(node).ok_or_else(|| check::Fault::new(tree.id, format!("must be {wanted}, is {found}")))
        });
        let node = checked.map_err(|fault| located(text, &source, fault))?;
        Ok(Self { text: text.to_owned(), node, facts: checker.facts })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The facts it reads, each once, in the order of reading.
    #[must_use]
    pub fn facts(&self) -> &[&'static Fact] {
        &self.facts
    }

    /// What it says of these facts; `None` where it hangs on something that is not known.
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> Option<bool> {
        match eval::eval(&self.node, facts)? {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The whole number it comes to; `None` where it hangs on something that is not known, or cannot be computed.
    #[must_use]
    pub fn number(&self, facts: &Facts) -> Option<i64> {
        match eval::eval(&self.node, facts)? {
            Value::Int(number) => Some(number),
            Value::Double(number) => eval::whole(number),
            _ => None,
        }
    }
}

/// Refuses what a parser should not even be shown.
fn bounded(text: &str) -> Result<(), ExprError> {
    let at = |byte: usize, message: String| {
        let (line, column) = position(text, byte);
        ExprError { line, column, message }
    };
    if text.trim().is_empty() {
        return Err(at(0, "is empty".to_owned()));
    }
    if text.len() > Expr::BYTES_MAX {
        return Err(at(0, format!("is longer than {} bytes", Expr::BYTES_MAX)));
    }
    let (mut depth, mut parts, mut quote, mut in_word) = (0_usize, 0_usize, None, false);
    let mut escaped = false;
    for (byte, c) in text.char_indices() {
        if let Some(open) = quote {
            (quote, escaped) = if escaped { (quote, false) } else { (quote.filter(|_| c != open), c == '\\') };
            continue;
        }
        let word = c.is_alphanumeric() || matches!(c, '_' | '.');
        parts += usize::from(!c.is_whitespace() && (!word || !in_word));
        in_word = word;
        match c {
            '"' | '\'' => quote = Some(c),
            '(' | '[' | '{' | '?' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > Expr::DEPTH_MAX {
            return Err(at(byte, format!("is nested deeper than {}", Expr::DEPTH_MAX)));
        }
        if parts > Expr::PARTS_MAX {
            return Err(at(byte, format!("has more than {} parts", Expr::PARTS_MAX)));
        }
    }
    Ok(())
}

fn located(text: &str, source: &SourceInfo, fault: check::Fault) -> ExprError {
    let byte = source.offset_for(fault.node).map_or(0, |(start, _)| start as usize);
    let (line, column) = position(text, byte);
    ExprError { line, column, message: fault.message }
}

/// Line and column, from 1, of a byte of a text; columns count characters.
pub(super) fn position(text: &str, byte: usize) -> (u32, u32) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests;
