//! Cyrillic and Greek, and their letters that pass for Latin ones.

pub(super) fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

pub(super) fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

/// Replaces letters that look Latin by the Latin letter they look like.
pub(super) fn looks_latin(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'а' | 'А' | 'α' | 'Α' => 'a',
            'в' | 'В' | 'Β' => 'b',
            'с' | 'С' | 'ϲ' => 'c',
            'ԁ' => 'd',
            'е' | 'Е' | 'Ε' | 'ё' => 'e',
            'һ' | 'Н' | 'н' | 'Η' => 'h',
            'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'ї' => 'i',
            'ј' | 'Ј' => 'j',
            'к' | 'К' | 'κ' | 'Κ' => 'k',
            'ӏ' => 'l',
            'м' | 'М' | 'Μ' => 'm',
            'Ν' | 'ո' => 'n',
            'о' | 'О' | 'ο' | 'Ο' | 'օ' => 'o',
            'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
            'ԛ' => 'q',
            'г' => 'r',
            'ѕ' | 'Ѕ' => 's',
            'т' | 'Т' | 'τ' | 'Τ' => 't',
            'υ' | 'ս' => 'u',
            'ν' | 'ѵ' => 'v',
            'ԝ' | 'ω' => 'w',
            'х' | 'Х' | 'χ' | 'Χ' => 'x',
            'у' | 'У' | 'Υ' => 'y',
            'Ζ' => 'z',
            other => other,
        })
        .collect()
}

/// Cyrillic by the customs of the language that the letters give away.
pub(super) fn cyrillic(word: &str) -> String {
    let lower: Vec<char> = word.to_lowercase().chars().collect();
    let has = |letters: &str| lower.iter().any(|c| letters.contains(*c));
    let ukrainian = has("іїєґ") && !has("ўыэ");
    let serbian = has("ђћљњџј");
    let is_vowel = |c: Option<&char>| c.is_none_or(|c| "аеёиоуыэюяіїєъь".contains(*c));
    let mut out = String::with_capacity(word.len());
    for (at, c) in lower.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| lower.get(at));
        let text = match c {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' if ukrainian => "h",
            'г' | 'ґ' => "g",
            'д' => "d",
            'е' if !serbian && !ukrainian && is_vowel(before) => "ye",
            'е' => "e",
            'ё' => "yo",
            'є' if is_vowel(before) => "ye",
            'є' => "ie",
            'ж' if before == Some(&'д') => "h",
            'ж' => "zh",
            'з' => "z",
            'и' if ukrainian => "y",
            'и' | 'і' => "i",
            'ї' => "yi",
            'й' if before == Some(&'и') && at + 1 == lower.len() && !ukrainian => "y",
            'й' => "y",
            'ј' => "j",
            'к' | 'қ' | 'ҡ' => "k",
            'л' => "l",
            'љ' => "lj",
            'м' => "m",
            'н' => "n",
            'њ' => "nj",
            'ң' => "ng",
            'о' | 'ө' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'ћ' => "c",
            'ђ' => "dj",
            'у' | 'ұ' | 'ү' => "u",
            'ў' => "u",
            'ф' => "f",
            'х' if serbian => "h",
            'х' => "kh",
            'ҳ' | 'һ' => "h",
            'ц' => "ts",
            'ч' if serbian => "c",
            'ч' => "ch",
            'џ' => "dz",
            'ш' if serbian => "s",
            'ш' => "sh",
            'щ' => "shch",
            'ъ' if is_consonant(before) && is_consonant(lower.get(at + 1)) => "a",
            'ъ' | 'ь' => "",
            'ы' => "y",
            'э' => "e",
            'ю' => "yu",
            'я' => "ya",
            'ғ' => "gh",
            'ә' => "a",
            _ => {
                out.push(*c);
                ""
            }
        };
        out.push_str(text);
    }
    // "дж" is one sound: the d stands, the rest was an h.
    out.replace("dh", "j")
}

fn is_consonant(c: Option<&char>) -> bool {
    c.is_some_and(|c| "бвгджзклмнпрстфхцчшщ".contains(*c))
}

/// Greek as it is spoken: pairs of letters are one sound.
pub(super) fn greek(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    // A diaeresis keeps two vowels apart; the accent does not matter.
    let letters: Vec<char> = word.to_lowercase().nfd().filter(|c| !super::is_mark(*c)).collect();
    let mut out = String::with_capacity(word.len());
    let mut at = 0;
    while at < letters.len() {
        let next = letters.get(at + 1).copied().unwrap_or(' ');
        let start = at == 0;
        let (text, width) = match (letters[at], next) {
            ('μ', 'π') if start => ("b", 2),
            ('μ', 'π') => ("b", 2),
            ('ν', 'τ') if letters.get(at + 2) == Some(&'ζ') => ("j", 3),
            ('ν', 'τ') if start => ("d", 2),
            // Between vowels a Greek name means "nt"; elsewhere the two letters write a foreign d.
            ('ν', 'τ') if at + 2 == letters.len() || !is_greek_vowel(letters[at - 1]) => ("d", 2),
            ('ν', 'τ') => ("nt", 2),
            ('γ', 'κ') => ("g", 2),
            ('γ', 'γ') => ("ng", 2),
            ('γ', 'ι') if start => ("y", 1),
            ('τ', 'ζ') => ("j", 2),
            ('τ', 'σ' | 'ς') => ("ts", 2),
            ('ο', 'υ') => ("u", 2),
            ('α', 'υ') => ("av", 2),
            ('ε', 'υ') => ("ev", 2),
            ('α', 'ι') => ("ai", 2),
            ('ε', 'ι') | ('ο', 'ι') | ('υ', 'ι') => ("i", 2),
            ('α', _) => ("a", 1),
            ('β', _) => ("v", 1),
            ('γ', _) => ("g", 1),
            ('δ', _) => ("d", 1),
            ('ε', _) => ("e", 1),
            ('ζ', _) => ("z", 1),
            ('η' | 'ι', _) => ("i", 1),
            ('θ', _) => ("th", 1),
            ('κ', _) => ("k", 1),
            ('λ', _) => ("l", 1),
            ('μ', _) => ("m", 1),
            ('ν', _) => ("n", 1),
            ('ξ', _) => ("x", 1),
            ('ο' | 'ω', _) => ("o", 1),
            ('π', _) => ("p", 1),
            ('ρ', _) => ("r", 1),
            ('σ' | 'ς', _) => ("s", 1),
            ('τ', _) => ("t", 1),
            ('υ', _) => ("y", 1),
            ('φ', _) => ("f", 1),
            ('χ', _) => ("ch", 1),
            ('ψ', _) => ("ps", 1),
            (other, _) => {
                out.push(other);
                ("", 1)
            }
        };
        out.push_str(text);
        at += width;
    }
    out
}

fn is_greek_vowel(c: char) -> bool {
    "αεηιουω".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_in_its_own_way() {
        for (word, latin) in [
            ("Юрій", "yuriy"),
            ("Ющенко", "yushchenko"),
            ("Григорий", "grigoriy"),
            ("Григорій", "hryhoriy"),
            ("Джон", "jon"),
            ("Вучић", "vucic"),
            ("Тоқаев", "tokayev"),
            ("Елена", "yelena"),
        ] {
            assert_eq!(cyrillic(word), latin, "{word}");
        }
        for (word, latin) in [("Μπαράκ", "barak"), ("Τζορτζ", "jorj"), ("Παπανδρέου", "papandreu"), ("Ντιν", "din")]
        {
            assert_eq!(greek(word), latin, "{word}");
        }
    }
}
