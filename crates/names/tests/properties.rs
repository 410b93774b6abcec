//! What holds for all names: the score is symmetric and in range, its explanation and its threshold agree with it, and
//! an index may rely on the promises in the crate documentation.

use names::{
    CONTRADICTING_WEIGHT, Kind, Name, Relation, Score, Token, TokenClass, edits_allowed, explain, similarity,
    similarity_at_least, similarity_of, token_similarity,
};
use proptest::prelude::*;

/// Words that bring every part of the engine into play.
const WORDS: [&str; 96] = [
    "Mohammed",
    "Muhammad",
    "Hassan",
    "Hussein",
    "al",
    "bin",
    "Abdul",
    "Rahman",
    "Abdulrahman",
    "Saif",
    "ad-Din",
    "Aziz",
    "Dr",
    "Sheikh",
    "John",
    "Jon",
    "Smith",
    "Smyth",
    "Johnny",
    "William",
    "Bill",
    "J.",
    "W",
    "JC",
    "Friedrich",
    "Fredrich",
    "Tannenberg",
    "TannenbergFriedrich",
    "Ivanovich",
    "Petrovna",
    "Sergei",
    "Serhii",
    "Orlov",
    "Orlova",
    "Kim",
    "Jong-un",
    "Jong",
    "Un",
    "Jongun",
    "Xi",
    "Jinping",
    "Mao",
    "Tse-tung",
    "Li",
    "Lu",
    "Ng",
    "Wu",
    "Mgl",
    "Miguel",
    "Carmona",
    "CRMN",
    "Sm1th",
    "Smithe",
    "Amir",
    "Arnir",
    "Chandra",
    "Robert",
    "Robato",
    "Ltd",
    "Limited",
    "GmbH",
    "OOO",
    "Aktiengesellschaft",
    "Trading",
    "Company",
    "Bank",
    "Banco",
    "International",
    "Holding",
    "First",
    "1st",
    "II",
    "2",
    "2004",
    "MV",
    "Victory",
    "Star",
    "Severnaya",
    "Beispiel",
    "and",
    "&",
    "the",
    "of",
    "Николай",
    "Орлов",
    "محمد",
    "حسين",
    "نيكولاي",
    "王小明",
    "安德鲁·威尔逊",
    "김영수",
    "ロバート",
    "Παπανδρέου",
    "פוטין",
    "नरेन्द्र",
    "ราดอ",
];

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Person), Just(Kind::Person), Just(Kind::Organisation), Just(Kind::Object), Just(Kind::Any)]
}

fn raw() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        8 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        2 => "[a-z]{1,9}",
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

/// A name and another made from it by what people do to names.
fn pair() -> impl Strategy<Value = (String, String)> {
    let changed = raw().prop_flat_map(|raw| {
        let len = raw.chars().count().max(1);
        (Just(raw), 0..6_u8, 0..len, "[a-z]").prop_map(|(raw, change, at, letter)| {
            let mut chars: Vec<char> = raw.chars().collect();
            let other: String = match change {
                0 => raw.split(' ').rev().collect::<Vec<_>>().join(" "),
                1 => raw.split(' ').skip(1).collect::<Vec<_>>().join(" "),
                2 => raw.replacen(' ', "", 1),
                3 if at < chars.len() => {
                    chars.remove(at);
                    chars.into_iter().collect()
                }
                4 => {
                    chars.insert(at.min(chars.len()), letter.chars().next().unwrap_or('x'));
                    chars.into_iter().collect()
                }
                _ => raw.to_uppercase(),
            };
            (raw, other)
        })
    });
    prop_oneof![changed, (raw(), raw())]
}

fn is_related(one: &Token, two: &Token) -> bool {
    let (ones, twos) = (one.relations(), two.relations());
    let near = || {
        let edits = edits_allowed(one.text().len().min(two.text().len()))
            .max(usize::from(one.text().len().min(two.text().len()) <= 2));
        rapidfuzz::distance::osa::distance(one.text().chars(), two.text().chars()) <= edits
    };
    one.text() == two.text() || ones.keys.iter().any(|key| twos.keys.contains(key)) || near()
}

/// What the words of a name weigh that nothing of another is related to, alone or joined with a neighbour.
fn unrelated(name: &Name, other: &Name, met: &[&str]) -> u32 {
    name.tokens()
        .iter()
        .filter(|token| matches!(token.class(), TokenClass::Word | TokenClass::Patronymic))
        .filter(|token| !met.contains(&token.text()))
        .filter(|token| !other.tokens().iter().any(|two| token_similarity(token, two).is_some()))
        .map(|token| u32::from(token.weight()))
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_within_bounds(raw in "\\PC{0,700}", kind in kind()) {
        let name = Name::parse(kind, &raw);
        prop_assert!(name.tokens().len() <= 32);
        for token in name.tokens() {
            prop_assert!(!token.text().is_empty() && token.text().len() <= 31);
            prop_assert!(token.text().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{:?}", token);
        }
    }

    #[test]
    fn latin_is_latin_for_good(raw in "\\PC{0,60}") {
        let once = names::latin(&raw);
        prop_assert_eq!(names::latin(&once), once);
    }

    #[test]
    fn a_score_is_symmetric_and_its_explanation_and_threshold_agree(pair in pair(), one_kind in kind(), two_kind in kind()) {
        let (one, two) = (Name::parse(one_kind, &pair.0), Name::parse(two_kind, &pair.1));
        let score = similarity(&one, &two);
        prop_assert_eq!(similarity(&two, &one), score);
        prop_assert_eq!(explain(&one, &two).score, score);
        prop_assert_eq!(similarity_of(&one.view(), &two.view()), score);
        for threshold in [Score::ZERO, Score::ALERT, Score::from_ten_thousandths(9_000), Score::ONE] {
            prop_assert_eq!(similarity_at_least(&one, &two, threshold), (score >= threshold).then_some(score));
        }
    }

    #[test]
    fn a_name_is_itself(raw in raw(), kind in kind()) {
        let name = Name::parse(kind, &raw);
        let expected = if name.tokens().is_empty() { Score::ZERO } else { Score::ONE };
        prop_assert_eq!(similarity(&name, &name), expected);
    }

    #[test]
    fn every_word_is_accounted_for_once(pair in pair(), kind in kind()) {
        let (one, two) = (Name::parse(kind, &pair.0), Name::parse(kind, &pair.1));
        let explanation = explain(&one, &two);
        let words = |side: fn(&names::Alignment) -> &String| {
            let mut words: Vec<String> = explanation.alignments.iter().flat_map(|alignment| side(alignment).split_whitespace()).map(str::to_owned).collect();
            words.sort();
            words
        };
        let texts = |name: &Name| {
            let mut texts: Vec<String> = name.tokens().iter().map(|token| token.text().to_owned()).collect();
            texts.sort();
            texts
        };
        prop_assert_eq!(words(|alignment| &alignment.first), texts(&one));
        prop_assert_eq!(words(|alignment| &alignment.second), texts(&two));
    }

    #[test]
    fn two_tokens_meet_only_by_a_relation(one in raw(), two in raw(), kind in kind()) {
        let (one, two) = (Name::parse(kind, &one), Name::parse(kind, &two));
        for a in one.tokens() {
            for b in two.tokens() {
                let similarity = token_similarity(a, b);
                prop_assert_eq!(similarity, token_similarity(b, a));
                if let Some((similarity, relation)) = similarity {
                    prop_assert!(similarity <= 1_000);
                    prop_assert!(relation == Relation::Initial || is_related(a, b), "{:?} {:?} {:?}", a, b, relation);
                }
            }
        }
    }

    #[test]
    fn an_alert_needs_anchors_and_leaves_no_contradiction(pair in pair(), kind in kind()) {
        let (one, two) = (Name::parse(kind, &pair.0), Name::parse(kind, &pair.1));
        let explanation = explain(&one, &two);
        if explanation.score < Score::ALERT || one == two {
            return Ok(());
        }
        let anchored = explanation.alignments.iter().filter(|alignment| alignment.relation.is_some_and(Relation::is_anchor)).count();
        prop_assert!(anchored >= 1, "{}", explanation);
        let met = |side: fn(&names::Alignment) -> &String| -> Vec<&str> {
            let met = explanation.alignments.iter().filter(|alignment| alignment.relation.is_some());
            met.flat_map(|alignment| side(alignment).split(' ')).collect()
        };
        let of_one = unrelated(&one, &two, &met(|alignment| &alignment.first));
        let of_two = unrelated(&two, &one, &met(|alignment| &alignment.second));
        prop_assert!(of_one.min(of_two) < CONTRADICTING_WEIGHT, "{}", explanation);
        let total = |name: &Name| name.tokens().iter().map(|token| u32::from(token.weight())).sum::<u32>();
        if matches!(kind, Kind::Organisation | Kind::Object) {
            let most = of_one.max(of_two);
            prop_assert!(3 * most <= total(&one) + total(&two) - most, "{}", explanation);
        }
        let initials = [&one, &two].iter().any(|name| name.tokens().iter().any(|token| token.class() == TokenClass::Initial));
        let anchors = |name: &Name| name.tokens().iter().filter(|token| token.is_anchor()).count();
        let joined = explanation.alignments.iter().any(|alignment| alignment.relation == Some(Relation::Joined));
        if kind == Kind::Person && !initials && !joined {
            prop_assert_eq!(anchors(&one) == 1, anchors(&two) == 1, "{}", explanation);
        }
        if kind == Kind::Person && anchors(&one) >= 2 && anchors(&two) >= 2 {
            let words: usize = explanation
                .alignments
                .iter()
                .filter(|alignment| alignment.relation.is_some_and(Relation::is_anchor))
                .map(|alignment| alignment.first.split(' ').count().max(alignment.second.split(' ').count()))
                .sum();
            prop_assert!(words >= 2, "{}", explanation);
        }
    }
}
