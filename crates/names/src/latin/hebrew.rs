//! Hebrew: consonants, with the letters that double as vowels read as such.

pub(super) fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{5d0}'..='\u{5ea}' | '\u{fb1d}'..='\u{fb4f}')
}

/// The consonants of a word, and the vowels as far as they are written; a geresh makes another consonant.
pub(super) fn latin(word: &str) -> String {
    let letters: Vec<char> = word.chars().filter(|c| is_hebrew(*c) || *c == '\'').collect();
    let mut out = String::with_capacity(word.len());
    let mut at = 0;
    while at < letters.len() {
        let next = letters.get(at + 1).copied();
        let geresh = next == Some('\'');
        let last = at + 1 == letters.len();
        let (text, width) = match letters[at] {
            'ו' if next == Some('ו') => ("v", 2),
            'ו' if at == 0 => ("v", 1),
            'ו' => ("o", 1),
            'י' if next == Some('י') => ("ai", 2),
            'י' if at == 0 => ("y", 1),
            'י' => ("i", 1),
            'א' if at == 0 && matches!(next, Some('ו' | 'י')) => ("", 1),
            'א' | 'ע' => ("a", 1),
            'ב' => ("b", 1),
            'ג' => (if geresh { "j" } else { "g" }, 1),
            'ד' => ("d", 1),
            'ה' if last => ("a", 1),
            'ה' => ("h", 1),
            'ז' => (if geresh { "j" } else { "z" }, 1),
            'ח' => ("kh", 1),
            'ט' => ("t", 1),
            'ת' => ("t", 1),
            'כ' | 'ך' | 'ק' => ("k", 1),
            'ל' => ("l", 1),
            'מ' | 'ם' => ("m", 1),
            'נ' | 'ן' => ("n", 1),
            'ס' => ("s", 1),
            'פ' | 'ף' => ("p", 1),
            'צ' | 'ץ' => (if geresh { "ch" } else { "ts" }, 1),
            'ר' => ("r", 1),
            'ש' => ("sh", 1),
            _ => ("", 1),
        };
        out.push_str(text);
        at += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_double_as_vowels() {
        for (word, out) in
            [("פוטין", "potin"), ("ג'ורג'", "jorj"), ("טראמפ", "tramp"), ("אובמה", "obma"), ("ווילסון", "vilson")]
        {
            assert_eq!(latin(word), out);
        }
    }
}
