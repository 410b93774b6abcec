//! Arabic names of several parts, which are written as one word or as three: Abd al-Rahman, Saif ad-Din, Habib Ullah.

use crate::latin::RawWord;
use crate::lexicon;

/// The words with compounds written one way: `abdulrahman`, `saifuddin`, `habibullah`, `abubakr`.
pub(crate) fn compounded(words: &[RawWord]) -> Vec<RawWord> {
    let mut out: Vec<RawWord> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let text = words[at].text.as_str();
        let word = |at: usize| words.get(at).map(|word| word.text.as_str());
        let is_name = |text: &str| text.len() > 2 && lexicon::person_role(text).is_none();
        let mut taken = 1;
        let mut joined = None;
        if is_servant(text) {
            // The article between may be a word of its own.
            let after = at + 1 + usize::from(word(at + 1).is_some_and(is_article));
            if let Some(name) = word(after).filter(|name| (is_name(name) && !is_never_served(name)) || *name == "allah")
            {
                joined = Some(if name == "allah" {
                    "abdullah".to_owned()
                } else {
                    format!("abdul{}", without_article(name))
                });
                taken = after + 1 - at;
            }
        } else if is_name(text) && word(at + 1).is_some_and(is_article) && word(at + 2).is_some_and(is_faith) {
            joined = Some(format!("{text}uddin"));
            taken = 3;
        } else if is_name(text)
            && word(at + 1).is_some_and(|next| {
                matches!(next, "aldin" | "eldin" | "eddine" | "addin" | "uddin" | "eddin" | "uldin")
            })
        {
            joined = Some(format!("{text}uddin"));
            taken = 2;
        } else if is_name(text) && word(at + 1).is_some_and(|next| matches!(next, "ullah" | "allah" | "ollah" | "ulla"))
        {
            joined = Some(format!("{text}ullah"));
            taken = 2;
        } else if text == "abu" && word(at + 1).is_some_and(|next| matches!(next, "bakr" | "bakar" | "baker" | "bekr"))
        {
            joined = Some("abubakr".to_owned());
            taken = 2;
        }
        match joined {
            Some(text) => out.push(RawWord { text, ..words[at].clone() }),
            None => push_one(&words[at], &mut out),
        }
        at += taken;
    }
    out
}

/// One word: an article written fast to a name is taken off, and endings are written one way.
fn push_one(word: &RawWord, out: &mut Vec<RawWord>) {
    let text = word.text.as_str();
    let fast = ["al", "el"].into_iter().find_map(|article| Some((article, text.strip_prefix(article)?)));
    if let Some((article, name)) =
        fast.filter(|(_, name)| name.len() >= 4 && lexicon::is_common_name(name) && !lexicon::is_common_name(text))
    {
        out.push(RawWord { text: article.to_owned(), ..word.clone() });
        out.push(RawWord { text: name.to_owned(), ..word.clone() });
        return;
    }
    let text = one_way(text).unwrap_or_else(|| text.to_owned());
    out.push(RawWord { text, ..word.clone() });
}

fn one_way(text: &str) -> Option<String> {
    const SERVANT: [&str; 12] =
        ["abdoul", "abdal", "abdel", "abdol", "abdur", "abder", "abdus", "abdes", "abdun", "abduz", "abdud", "abdil"];
    if text.len() >= 8 {
        if let Some(name) = SERVANT.iter().find_map(|start| text.strip_prefix(start)) {
            return Some(format!("abdul{name}"));
        }
        let endings = ["eddine", "eddin", "addin", "aldin", "eldin", "uldin", "uddeen", "oddin", "ettin", "udeen"];
        if let Some(name) = endings.iter().find_map(|end| text.strip_suffix(end)) {
            return Some(format!("{name}uddin"));
        }
    }
    let endings = ["oullah", "ollah", "allah", "ulloh"];
    endings
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .filter(|name| name.len() >= 3)
        .map(|name| format!("{name}ullah"))
}

fn is_servant(text: &str) -> bool {
    matches!(
        text,
        "abd"
            | "abdul"
            | "abdel"
            | "abdal"
            | "abdol"
            | "abdoul"
            | "abdu"
            | "abdou"
            | "abdur"
            | "abdus"
            | "abdi"
            | "cabdi"
    )
}

/// Names of people, of whom nobody is called the servant, though Abdul may stand before them as a name of its own.
fn is_never_served(name: &str) -> bool {
    ["moha", "muha", "ahma", "ahme"].iter().any(|start| name.starts_with(start))
        || matches!(name, "ali" | "khan" | "haqqani" | "jan" | "hasan" | "hassan")
}

fn is_article(text: &str) -> bool {
    matches!(
        text,
        "al" | "el" | "ul" | "ur" | "ar" | "as" | "ash" | "ad" | "ud" | "ed" | "az" | "an" | "at" | "er" | "es" | "l"
    )
}

fn is_faith(text: &str) -> bool {
    matches!(text, "din" | "deen" | "dine" | "dean")
}

fn without_article(name: &str) -> &str {
    ["al", "el"].iter().find_map(|article| name.strip_prefix(article)).filter(|rest| rest.len() >= 5).unwrap_or(name)
}
