//! Kana, Hangul and Han.

use crate::hearing::Hearing;
use crate::latin::fold;

/// Kana in Hepburn: small vowels change the sound before them, long vowels and doubled consonants are written once.
pub(super) fn hepburn(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        // Hiragana stands 0x60 below Katakana.
        let c = if matches!(c, '\u{3041}'..='\u{3096}') { char::from_u32(c as u32 + 0x60).unwrap_or(c) } else { c };
        match c {
            'ー' | 'ッ' => {}
            'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ャ' | 'ュ' | 'ョ' => {
                let dropped = out.pop();
                // "ti", "di" and "tu" are written with "te", "de" and "to"; "ji", "shi" and "chi" stand for the sound alone.
                let soft = out.ends_with('j') || out.ends_with("sh") || out.ends_with("ch");
                if matches!(c, 'ャ' | 'ュ' | 'ョ') && !soft && dropped == Some('i') {
                    out.push('y');
                }
                if dropped == Some('u') && out.is_empty() {
                    out.push('w');
                }
                out.push(match c {
                    'ァ' | 'ャ' => 'a',
                    'ィ' => 'i',
                    'ゥ' | 'ュ' => 'u',
                    'ェ' => 'e',
                    _ => 'o',
                });
            }
            _ => out.push_str(syllable(c).unwrap_or_default()),
        }
    }
    out
}

fn syllable(c: char) -> Option<&'static str> {
    const TABLE: [(&str, &[&str]); 16] = [
        ("アイウエオ", &["a", "i", "u", "e", "o"]),
        ("カキクケコ", &["ka", "ki", "ku", "ke", "ko"]),
        ("ガギグゲゴ", &["ga", "gi", "gu", "ge", "go"]),
        ("サシスセソ", &["sa", "shi", "su", "se", "so"]),
        ("ザジズゼゾ", &["za", "ji", "zu", "ze", "zo"]),
        ("タチツテト", &["ta", "chi", "tsu", "te", "to"]),
        ("ダヂヅデド", &["da", "ji", "zu", "de", "do"]),
        ("ナニヌネノ", &["na", "ni", "nu", "ne", "no"]),
        ("ハヒフヘホ", &["ha", "hi", "fu", "he", "ho"]),
        ("バビブベボ", &["ba", "bi", "bu", "be", "bo"]),
        ("パピプペポ", &["pa", "pi", "pu", "pe", "po"]),
        ("マミムメモ", &["ma", "mi", "mu", "me", "mo"]),
        ("ヤユヨ", &["ya", "yu", "yo"]),
        ("ラリルレロ", &["ra", "ri", "ru", "re", "ro"]),
        ("ワヰヱヲン", &["wa", "i", "e", "o", "n"]),
        ("ヴヷヺヵヶ", &["vu", "va", "vo", "ka", "ke"]),
    ];
    TABLE.iter().find_map(|(kana, latin)| latin.get(kana.chars().position(|kana| kana == c)?).copied())
}

/// Korean family names as their bearers write them, which no system of romanisation gives.
const KOREAN_FAMILIES: [(&str, &str); 84] = [
    ("김", "kim"),
    ("이", "lee"),
    ("리", "ri"),
    ("박", "park"),
    ("최", "choi"),
    ("정", "jung"),
    ("강", "kang"),
    ("조", "cho"),
    ("윤", "yoon"),
    ("장", "jang"),
    ("임", "lim"),
    ("림", "rim"),
    ("한", "han"),
    ("오", "oh"),
    ("서", "seo"),
    ("신", "shin"),
    ("권", "kwon"),
    ("황", "hwang"),
    ("안", "ahn"),
    ("송", "song"),
    ("류", "ryu"),
    ("유", "yoo"),
    ("홍", "hong"),
    ("전", "jeon"),
    ("고", "ko"),
    ("문", "moon"),
    ("양", "yang"),
    ("량", "ryang"),
    ("손", "son"),
    ("배", "bae"),
    ("백", "baek"),
    ("허", "heo"),
    ("남", "nam"),
    ("심", "shim"),
    ("노", "noh"),
    ("로", "ro"),
    ("하", "ha"),
    ("주", "joo"),
    ("구", "koo"),
    ("우", "woo"),
    ("민", "min"),
    ("나", "na"),
    ("라", "ra"),
    ("진", "jin"),
    ("지", "ji"),
    ("엄", "eom"),
    ("채", "chae"),
    ("원", "won"),
    ("천", "chun"),
    ("방", "bang"),
    ("공", "kong"),
    ("현", "hyun"),
    ("함", "ham"),
    ("변", "byun"),
    ("염", "yeom"),
    ("여", "yeo"),
    ("추", "choo"),
    ("도", "do"),
    ("소", "so"),
    ("석", "seok"),
    ("선", "sun"),
    ("설", "seol"),
    ("마", "ma"),
    ("길", "gil"),
    ("연", "yeon"),
    ("위", "wi"),
    ("표", "pyo"),
    ("명", "myung"),
    ("기", "ki"),
    ("반", "ban"),
    ("왕", "wang"),
    ("금", "keum"),
    ("옥", "ok"),
    ("육", "yuk"),
    ("인", "in"),
    ("맹", "maeng"),
    ("제", "je"),
    ("모", "mo"),
    ("탁", "tak"),
    ("국", "kook"),
    ("어", "eo"),
    ("은", "eun"),
    ("편", "pyun"),
    ("용", "yong"),
];

/// Whether a word is a Korean family name, which makes the words beside it given names.
pub(super) fn is_korean_family(word: &str) -> bool {
    KOREAN_FAMILIES.iter().any(|(hangul, _)| *hangul == word)
}

/// A Korean word: a family name before a given name of two syllables, or one word by its sound.
pub(super) fn korean(word: &str, alone: bool, native: bool) -> Vec<(String, Hearing)> {
    let syllables: Vec<char> = word.chars().collect();
    let family = syllables.first().and_then(|first| {
        KOREAN_FAMILIES.iter().find_map(|(hangul, latin)| hangul.chars().eq([*first]).then_some(*latin))
    });
    let is_given = |count: usize| (alone && family.is_some() && count == 3) || (native && count <= 2);
    let hearing = if is_given(syllables.len()) { Hearing::Korean } else { Hearing::Syllabary };
    let sound = |syllables: &[char]| (syllables.iter().map(|c| hangul(*c)).collect::<String>(), hearing);
    match family {
        Some(family) if syllables.len() == 1 => vec![(family.to_owned(), Hearing::Latin)],
        Some(family) if alone && syllables.len() == 3 => {
            vec![(family.to_owned(), Hearing::Latin), sound(&syllables[1..])]
        }
        _ => vec![sound(&syllables)],
    }
}

/// A syllable by its letters, in the revised romanisation.
fn hangul(c: char) -> String {
    const FIRST: [&str; 19] =
        ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
    const MIDDLE: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu",
        "eu", "ui", "i",
    ];
    const LAST: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng",
        "t", "t", "k", "t", "p", "t",
    ];
    let Some(number) = (c as u32).checked_sub(0xac00).filter(|number| *number < 11_172) else {
        return fold(&c.to_string());
    };
    let number = number as usize;
    [FIRST[number / 588], MIDDLE[number % 588 / 28], LAST[number % 28]].concat()
}

/// Chinese family names of two characters.
const DOUBLE_FAMILIES: [&str; 16] = [
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "司徒", "东方", "東方", "夏侯", "皇甫", "尉迟", "公孙",
    "慕容", "令狐",
];

/// A word in Han characters: a family name and a given name, where the word is `alone`, or one part of a name.
pub(super) fn chinese(word: &str, foreign: bool, alone: bool) -> Vec<(String, Hearing)> {
    let characters: Vec<char> = word.chars().collect();
    let native = !foreign && characters.len() <= 4;
    let hearing = if native { Hearing::Pinyin } else { Hearing::Han };
    let read = |c: &char| if native { fold(&c.to_string()) } else { spoken(&fold(&c.to_string())) };
    let sound = |characters: &[char]| (characters.iter().map(read).collect::<String>(), hearing);
    let family = if DOUBLE_FAMILIES.iter().any(|family| word.starts_with(family)) { 2 } else { 1 };
    if !native || !alone || characters.len() <= family {
        vec![sound(&characters)]
    } else {
        vec![sound(&characters[..family]), sound(&characters[family..])]
    }
}

/// A syllable of Pinyin with letters as other languages use them.
fn spoken(syllable: &str) -> String {
    let (start, rest) = syllable.split_at(syllable.bytes().take_while(|byte| !b"aeiouv".contains(byte)).count());
    let start = match start {
        "x" => "sh",
        "q" => "ch",
        "zh" => "j",
        "c" => "ts",
        other => other,
    };
    if start.is_empty() && rest == "er" { "r".to_owned() } else { format!("{start}{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kana_by_its_sound() {
        for (kana, latin) in [
            ("ロバート", "robato"),
            ("ティム", "timu"),
            ("ジョン", "jon"),
            ("ヴィクター", "vikuta"),
            ("フランチェスキーニ", "furanchesukini"),
            ("さなえ", "sanae"),
            ("キャメロン", "kyameron"),
            ("ウィリアム", "wiriamu"),
        ] {
            assert_eq!(hepburn(kana), latin, "{kana}");
        }
    }

    #[test]
    fn family_name_first() {
        let texts = |words: Vec<(String, Hearing)>| words.into_iter().map(|(text, _)| text).collect::<Vec<_>>();
        assert_eq!(texts(korean("김영주", true, false)), ["kim", "yeongju"]);
        assert_eq!(texts(korean("개브리엘", true, false)), ["gaebeuriel"]);
        assert_eq!(texts(chinese("王小明", false, true)), ["wang", "xiaoming"]);
        assert_eq!(texts(chinese("安德鲁", true, true)), ["andelu"]);
        assert_eq!(texts(chinese("欧阳修", false, true)), ["ouyang", "xiu"]);
    }
}
