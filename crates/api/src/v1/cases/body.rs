//! What a person does to a case, read from a body.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use onboarding::Pii;
use onboarding::case::{About, Act, Comment, Outcome};
use onboarding::check::CheckKind;
use serde_json::Value;
use service::cases::CaseCommand;
use service::files::Upload;

use crate::fields::{Fault, Field, Mistake, Mistakes, Object};

/// Longest name of a file, in characters.
const FILE_NAME_CHARS_MAX: usize = 200;
/// Longest media type, in characters.
const CONTENT_TYPE_CHARS_MAX: usize = 100;

/// A command, who gives it, and the version that was seen.
pub struct Asked {
    /// Who.
    pub by: String,
    /// Which version was seen, if the body or the header says so.
    pub seen: Option<u64>,
    /// What.
    pub command: CaseCommand,
}

/// Why a body is no command.
pub enum Unread {
    /// There is no such command.
    Unknown,
    /// A second person must name the version that was seen.
    NoVersion,
    /// Fields are wrong.
    Mistakes(Vec<Mistake>),
}

/// Reads a command by its name in the path.
pub fn read(act: &str, value: &Value, if_match: Option<u64>) -> Result<Asked, Unread> {
    let mistakes = Mistakes::default();
    let body = mistakes.object(value);
    let by = body.field("by").required().text(Act::NAME_CHARS_MAX);
    // Versions are counted; no case is changed so often that a number of JSON would not hold its version.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within bounds that fit")]
    let version = body.field("version").number(1.0..=1e15).map(|version| version as u64);
    let seen = version.or(if_match);
    let command = match act {
        "take" => Some(CaseCommand::Take),
        "assign" => Some(CaseCommand::Assign(body.field("to").text(Act::NAME_CHARS_MAX))),
        "comments" => told(&body, "text").map(CaseCommand::Comment),
        "attachments" => upload(&body).map(CaseCommand::Attach),
        "decisions" => {
            let (about, outcome) = (about(&body), outcome(&body.field("outcome").required()));
            let reason = told(&body, "reason");
            outcome.zip(reason).map(|(outcome, reason)| CaseCommand::Decide { about, outcome, reason })
        }
        "confirmations" => match seen {
            Some(seen) => Some(CaseCommand::Confirm { about: about(&body), seen }),
            None => return Err(Unread::NoVersion),
        },
        "rejections" => {
            let about = about(&body);
            told(&body, "reason").map(|reason| CaseCommand::Reject { about, reason })
        }
        "close" => told(&body, "reason").map(|reason| CaseCommand::Close { reason }),
        _ => return Err(Unread::Unknown),
    };
    let read = by.zip(command).map(|(by, command)| Asked { by, seen, command });
    mistakes.settle(read).map_err(Unread::Mistakes)
}

/// A text of several lines, perhaps.
fn told(body: &Object<'_>, name: &str) -> Option<Pii<String>> {
    let field = body.field(name).required();
    let text = field.value()?.as_str();
    let Some(text) = text.map(str::trim) else {
        field.refuse(Fault::Type("a string"));
        return None;
    };
    if text.chars().count() > Comment::CHARS_MAX {
        field.refuse(Fault::TooLong(Comment::CHARS_MAX));
        return None;
    }
    Some(Pii(text.to_owned())).filter(|text| !text.is_empty())
}

fn outcome(field: &Field<'_, '_>) -> Option<Outcome> {
    const WORDS: [(&str, Outcome); 7] = [
        ("false-positive", Outcome::FalsePositive),
        ("true-match", Outcome::TrueMatch),
        ("needs-more", Outcome::NeedsMore),
        ("accepted", Outcome::Accepted),
        ("refused", Outcome::Refused),
        ("fraud", Outcome::Fraud),
        ("validated", Outcome::Accepted),
    ];
    let word = field.word(&WORDS.map(|(word, _)| word))?;
    WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, outcome)| outcome)
}

/// A hit, a question or a check; everything that is open, if none is named.
fn about(body: &Object<'_>) -> About {
    const HIT: Fault = Fault::Format("a hit of the case, such as h1");
    const QUESTION: Fault = Fault::Format("a question of the case, such as q1");
    let numbered = |name: &str, letter: char, fault: Fault| {
        let read = |text: &str| text.strip_prefix(letter).and_then(|number| number.parse().ok()).ok_or(fault);
        body.field(name).parsed(12, read)
    };
    let hit = numbered("hit", 'h', HIT).map(About::Hit);
    let question = numbered("question", 'q', QUESTION).map(About::Question);
    let check = body.field("check").word(&CheckKind::ALL.map(CheckKind::as_str));
    let check = check.and_then(CheckKind::parse).map(About::Check);
    if [hit, question, check].iter().flatten().count() > 1 {
        body.field("hit").refuse(Fault::Contradiction("goes with neither a question nor a check"));
    }
    hit.or(question).or(check).unwrap_or(About::Everything)
}

fn upload(body: &Object<'_>) -> Option<Upload> {
    let name = body.field("name").text(FILE_NAME_CHARS_MAX).map(Pii);
    let content_type = body.field("contentType").required().parsed(CONTENT_TYPE_CHARS_MAX, |text| {
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte))
        };
        let fits = text.split_once('/').is_some_and(|(kind, of)| word(kind) && word(of));
        if fits { Ok(text.to_ascii_lowercase()) } else { Err(Fault::Format("a media type such as image/png")) }
    });
    let content = body.field("content").required().parsed(usize::MAX, |text| {
        let content = BASE64_STANDARD.decode(text).map_err(|_| Fault::Format("the file in base64"))?;
        if content.len() > Upload::BYTES_MAX {
            return Err(Fault::Range(format!("a file of at most {} bytes", Upload::BYTES_MAX)));
        }
        Ok(Pii(content))
    });
    let (content_type, content) = content_type.zip(content)?;
    Some(Upload { purpose: "case attachment", content_type, name, content })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn command(act: &str, value: &Value) -> Option<CaseCommand> {
        read(act, value, None).ok().map(|asked| asked.command)
    }

    #[test]
    fn each_command_reads() {
        let decide = |about, outcome| CaseCommand::Decide { about, outcome, reason: Pii("so".to_owned()) };
        let table = [
            ("take", json!({"by": "ana"}), CaseCommand::Take),
            ("assign", json!({"by": "ana", "to": "bob"}), CaseCommand::Assign(Some("bob".to_owned()))),
            ("assign", json!({"by": "ana", "to": null}), CaseCommand::Assign(None)),
            ("comments", json!({"by": "ana", "text": "a\nb"}), CaseCommand::Comment(Pii("a\nb".to_owned()))),
            (
                "decisions",
                json!({"by": "ana", "hit": "h2", "outcome": "true-match", "reason": "so"}),
                decide(About::Hit(2), Outcome::TrueMatch),
            ),
            (
                "decisions",
                json!({"by": "ana", "check": "pep", "outcome": "needs-more", "reason": "so"}),
                decide(About::Check(CheckKind::Pep), Outcome::NeedsMore),
            ),
            (
                "decisions",
                json!({"by": "ana", "question": "q3", "outcome": "accepted", "reason": "so"}),
                decide(About::Question(3), Outcome::Accepted),
            ),
            (
                "confirmations",
                json!({"by": "bob", "version": 4}),
                CaseCommand::Confirm { about: About::Everything, seen: 4 },
            ),
            ("close", json!({"by": "ana", "reason": "so"}), CaseCommand::Close { reason: Pii("so".to_owned()) }),
        ];
        for (act, body, expected) in table {
            assert_eq!(command(act, &body), Some(expected), "{act} {body}");
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let table = [
            ("take", json!({}), "by"),
            ("decisions", json!({"by": "ana", "outcome": "maybe", "reason": "so"}), "outcome"),
            ("decisions", json!({"by": "ana", "outcome": "true-match"}), "reason"),
            ("decisions", json!({"by": "ana", "hit": "2", "outcome": "true-match", "reason": "so"}), "hit"),
            ("comments", json!({"by": "ana", "text": 7}), "text"),
            ("comments", json!({"by": "ana", "text": "x".repeat(4001)}), "text"),
            ("attachments", json!({"by": "ana", "contentType": "png", "content": ""}), "contentType"),
            ("attachments", json!({"by": "ana", "contentType": "image/png", "content": "?"}), "content"),
        ];
        for (act, body, path) in table {
            let Err(Unread::Mistakes(mistakes)) = read(act, &body, None) else { panic!("{act} {body}") };
            assert_eq!(mistakes[0].path, path, "{body}");
        }
        assert!(matches!(read("dance", &json!({"by": "ana"}), None), Err(Unread::Unknown)));
        assert!(matches!(read("confirmations", &json!({"by": "ana"}), None), Err(Unread::NoVersion)));
        assert!(matches!(read("confirmations", &json!({"by": "ana"}), Some(3)), Ok(Asked { seen: Some(3), .. })));
    }
}
