//! Names of China and Korea, whose given names are written as one word, two, or two with a hyphen.

use crate::hearing::Hearing;
use crate::latin::RawWord;

/// Family names of China and Korea in the usual romanisations.
const FAMILIES: &str = " an ahn bae baek bai bak ban bang bo byun cai cao chae chai chan chang chao chau chen cheng cheong cheung chi \
    chiang chien chin ching chiu cho choe choi chong chou chow choy chu chua chun chung cui dai deng ding dong du duan eom eun fan fang \
    feng fong fu fung gang gao ge geng gim gong gu guan guo gwak gwon ham han hao he heo ho hong hou hsi hsia hsiao hsieh hsu hu huang \
    huh hui hung hur hwang ip jang jeon jeong ji jia jiang jin jo joo jung kang kao khoo kim ko koh kong koo ku kuo kwak kwan kwok kwon \
    lai lam lau law lee lei leung li liang liao lim lin ling liu lo long lu lui luo ma mao mei meng min mo mok moon mun na nam ng ngai \
    ni nie no noh oh ooi ouyang pae paek paik pak pan pang park pei peng poon pyo qian qiao qin qiu ra rao ren rhee ri rim ro roh ryang \
    ryoo ryu seo seok shao she shen shi shih shim shin shum si siew sim sin siu so soh son song soong su suen suh sui sun sung szeto tai \
    tam tan tang tao tay teo teng tian tien to tong tsai tsang tse tseng tsui tu tung wan wang wei wen weng won wong woo wu xi xia xiang \
    xiao xie xin xing xiong xu xue yam yan yang yao yau ye yeh yeo yeoh yeom yeon yeung yi yim yin yip yoo yoon you yu yuan yue yun \
    zeng zhai zhan zhang zhao zheng zhong zhou zhu zhuang zou ";

/// The words with the two syllables of a given name joined, where it is plain which of three words is the family name.
pub(crate) fn joined(mut words: Vec<RawWord>) -> Vec<RawWord> {
    if words.len() != 3 || !words.iter().all(is_syllable) {
        return words;
    }
    let family = |at: usize| FAMILIES.split_whitespace().any(|family| family == words[at].text);
    let given = match (words[1].hyphen, words[2].hyphen, family(0), family(2)) {
        (false, true, true, _) | (false, false, true, false) => 1,
        (true, false, _, true) | (false, false, false, true) => 0,
        (false, false, true, true) if is_frequent(&words[0].text) && !is_frequent(&words[2].text) => 1,
        (false, false, true, true) if !is_frequent(&words[0].text) && is_frequent(&words[2].text) => 0,
        _ => return words,
    };
    let is_wade = words.iter().any(|word| is_wade_alone(&word.text));
    let pair = [given, given + 1].map(|at| words[at].text.as_str());
    let text = match pair.map(pinyin) {
        [Some(first), Some(second)] if is_wade => first + &second,
        _ => pair.concat(),
    };
    words[given].text = text;
    words.remove(given + 1);
    words
}

/// Whether a family name is one of the few that most people bear.
fn is_frequent(text: &str) -> bool {
    const FREQUENT: &str =
        " kim lee park choi jung kang cho yoon jang lim ri pak choe li wang zhang liu chen yang zhao huang zhou wu ";
    FREQUENT.split_whitespace().any(|family| family == text)
}

fn is_syllable(word: &RawWord) -> bool {
    let text = word.text.as_bytes();
    let is_vowel = |byte: &u8| b"aeiouy".contains(byte);
    let groups =
        text.iter().enumerate().filter(|(at, byte)| is_vowel(byte) && (*at == 0 || !is_vowel(&text[at - 1]))).count();
    let end: Vec<u8> = text.iter().rev().take_while(|byte| !is_vowel(byte)).copied().collect();
    // "Sanng": a letter typed twice.
    let mut end = end;
    end.dedup();
    // "y" before a vowel starts a syllable.
    let groups = groups - usize::from(groups > 1 && text.first() == Some(&b'y'));
    matches!(word.hearing, Hearing::Latin | Hearing::Alphabet)
        && (2..=6).contains(&text.len())
        && groups == 1
        && matches!(
            end.as_slice(),
            b"" | b"n" | b"gn" | b"k" | b"kc" | b"l" | b"m" | b"p" | b"t" | b"h" | b"hc" | b"w" | b"kh"
        )
}

/// Whether a syllable is Wade-Giles and nothing else: neither Pinyin nor Korean.
fn is_wade_alone(text: &str) -> bool {
    const ALONE: [&str; 24] = [
        "tung", "shih", "chih", "jih", "erh", "jen", "kuo", "kuei", "chieh", "lieh", "yeh", "szu", "ssu", "nien",
        "tien", "lien", "mien", "pien", "chueh", "hsueh", "yueh", "jung", "chiung", "juan",
    ];
    ["hs", "ts", "tz"].iter().any(|start| text.starts_with(start)) || ALONE.contains(&text)
}

/// A syllable of Wade-Giles in Pinyin. Without its apostrophes an aspirated sound is taken for a plain one.
fn pinyin(text: &str) -> Option<String> {
    const STARTS: [(&str, &str); 22] = [
        ("hs", "x"),
        ("tsz", "z"),
        ("ts", "z"),
        ("tz", "z"),
        ("ss", "s"),
        ("sz", "s"),
        ("sh", "sh"),
        ("ch", "zh"),
        ("p", "b"),
        ("t", "d"),
        ("k", "g"),
        ("j", "r"),
        ("f", "f"),
        ("h", "h"),
        ("l", "l"),
        ("m", "m"),
        ("n", "n"),
        ("s", "s"),
        ("w", "w"),
        ("y", "y"),
        ("b", "b"),
        ("d", "d"),
    ];
    if text == "erh" {
        return Some("er".to_owned());
    }
    let (old, start) = STARTS.iter().find(|(old, _)| text.starts_with(old)).copied().unwrap_or(("", ""));
    let rest = &text[old.len()..];
    if rest.is_empty() {
        return None;
    }
    // "ch" is j before i and u with a front sound, zh elsewhere.
    let front = rest.starts_with('i') && rest != "ih";
    let start = if old == "ch" && (front || matches!(rest, "u" | "un" | "ueh" | "uan")) { "j" } else { start };
    let rest = match rest {
        "ih" | "u" if matches!(start, "zh" | "sh" | "r") && rest == "ih" => "i",
        "u" if matches!(old, "tz" | "ss" | "sz" | "tsz") => "i",
        "ung" => "ong",
        "iung" => "iong",
        "ien" => "ian",
        "ieh" => "ie",
        "ueh" => "ue",
        "en" if start == "y" => "an",
        "eh" if start == "y" => "e",
        "o" if matches!(start, "g" | "h") => "e",
        "uei" => "ui",
        "o" if matches!(start, "d" | "l" | "n" | "z" | "s" | "r" | "zh") => "uo",
        "o" => "uo",
        "un" if start == "j" => "un",
        "a" | "ai" | "an" | "ang" | "ao" | "e" | "ei" | "en" | "eng" | "i" | "ia" | "iang" | "iao" | "in" | "ing"
        | "iu" | "ou" | "u" | "ua" | "uai" | "uan" | "uang" | "ui" | "un" | "uo" => rest,
        _ => return None,
    };
    Some(format!("{start}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Vec<String> {
        joined(crate::latin::words(raw)).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn given_names_are_one_word() {
        assert_eq!(read("Kim Il-sung"), ["kim", "ilsung"]);
        assert_eq!(read("Kim Il Sung"), ["kim", "ilsung"], "Kim is the likelier family name");
        assert_eq!(read("Syng-man Rhee"), ["syngman", "rhee"]);
        assert_eq!(read("Ban Ki Moon"), ["ban", "ki", "moon"], "Moon may be the family name");
        assert_eq!(read("John Lee Smith"), ["john", "lee", "smith"]);
    }

    #[test]
    fn wade_giles_is_read_as_pinyin() {
        assert_eq!(read("Teng Hsiao-ping"), ["teng", "xiaobing"]);
        assert_eq!(read("Chou En-lai"), ["chou", "enlai"]);
        assert_eq!(read("Chiang Tse-min"), ["chiang", "zemin"]);
    }
}
