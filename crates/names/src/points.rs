//! From an alignment to a score.
//!
//! Everything is counted in thousandths of a rare word. A score starts at 1 and loses for three things: words that met
//! but differ; words of both names that met nothing, which *contradict*; and words that only one name has, which are
//! merely *missing* and cost less the more the rest says.

use crate::align::Met;
use crate::compare::Relation;
use crate::kind::Kind;
use crate::score::Score;
use crate::token::{Token, TokenClass};

/// The whole of a score.
const WHOLE: u32 = 10_000;
/// A contradiction costs at least this, however long the name: enough to fall below an alert.
const CONTRADICTION: u32 = 3_200;
/// Words of this weight in sum, met by nothing on either side, contradict in full (promise 5 of the crate).
pub(crate) const CONTRADICTING: u32 = 350;
/// The highest score of two names that are not the same to the letter.
const NEARLY: u32 = 9_990;
/// The highest score without the anchors that an alert needs.
const UNANCHORED: u32 = 6_000;

/// What a rare word says that is the same in letters, in tenths of a consonant group.
const EVIDENCE_OF_A_WORD: u32 = 50;
/// Consonant groups, in tenths, that must agree across scripts to leave no doubt.
const EVIDENCE_ENOUGH: u32 = 60;
/// What each tenth of a group short of that costs.
const EVIDENCE_SHORT: u32 = 40;

/// What words must agree in to make up for others that are only alike, in thousandths of a rare word.
const SURE_ENOUGH: u32 = 1_200;

/// What an alignment comes to.
pub(crate) fn score(kind: Kind, a: &[&Token], b: &[&Token], met: &[Met]) -> Score {
    if a == b {
        return if a.is_empty() { Score::ZERO } else { Score::ONE };
    }
    let tally = Tally::of(a, b, met);
    if tally.matched == 0 {
        return Score::ZERO;
    }
    let as_body = match kind {
        Kind::Person => false,
        Kind::Organisation | Kind::Object => true,
        Kind::Any => {
            a.iter().chain(b).any(|token| matches!(token.class(), TokenClass::LegalForm | TokenClass::Generic))
        }
    };
    let lost = if as_body { lost_by_body(kind, &tally) } else { lost_by_person(&tally) };
    let slight = 20 * tally.slight_unmet + 60 * u32::from(tally.reordered);
    // Scripts hear each other so roughly that short names agree by chance.
    let unsure = if tally.heard { EVIDENCE_SHORT * EVIDENCE_ENOUGH.saturating_sub(tally.evidence) } else { 0 };
    let mut points = WHOLE.saturating_sub(lost + slight + unsure).min(NEARLY);
    if !is_anchored(as_body, a, b, met) {
        points = points.min(UNANCHORED);
    }
    Score::from_ten_thousandths(points as u16)
}

/// Sums over an alignment, in thousandths of a rare word.
#[derive(Default)]
struct Tally {
    /// What the words that met agree in.
    matched: u32,
    /// What the words that met differ in.
    differing: u32,
    /// Words that name, met by nothing, on either side.
    names_unmet: [u32; 2],
    /// Words met by nothing that their own name says twice: they add nothing, but may contradict.
    repeated_unmet: [u32; 2],
    /// Words that say what kind of organisation it is, met by nothing.
    generics_unmet: [u32; 2],
    /// Numbers met by nothing.
    numbers_unmet: [u32; 2],
    /// Titles and particles met by nothing: a count.
    slight_unmet: u32,
    /// Legal forms of the two sides, where both have one.
    forms: Forms,
    /// Words met in another order.
    reordered: bool,
    /// How much was heard in another script, and how much that says: consonant groups that agree, in tenths.
    heard: bool,
    evidence: u32,
    /// At least one word that names, not merely describes, was met.
    names_met: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Forms {
    /// Neither side says, or both say the same.
    #[default]
    Agree,
    /// One side alone says.
    Missing,
    /// Limited on one side, incorporated on the other: registers and lists confuse them.
    Differ,
    /// A company on one side, a foundation or state enterprise on the other.
    Contradict,
}

impl Tally {
    fn of(a: &[&Token], b: &[&Token], met: &[Met]) -> Self {
        let mut tally = Self::default();
        let mut taken = [0_u32; 2];
        let mut last = 0;
        for pair in met {
            let (ones, twos) = (span(a, pair.one), span(b, pair.two));
            let weight = |tokens: &[&Token]| tokens.iter().map(|token| u32::from(token.weight())).sum::<u32>();
            let slight = |tokens: &[&Token]| tokens.iter().all(|token| is_slight(token));
            taken[0] |= mask(pair.one);
            taken[1] |= mask(pair.two);
            if slight(ones) || slight(twos) {
                continue;
            }
            let weight = if ones.len() == twos.len() {
                (weight(ones) + weight(twos)) / 2
            } else {
                weight(ones).max(weight(twos))
            };
            let agreed = weight * u32::from(pair.similarity) / 1_000;
            tally.matched += agreed;
            tally.differing += weight - agreed;
            if pair.relation == Relation::Heard {
                tally.heard = true;
                tally.evidence += ones[0].outline_agreement(twos[0]);
            } else if pair.relation.is_anchor() {
                tally.evidence += weight * weight / 1_000 * EVIDENCE_OF_A_WORD / 1_000;
            }
            tally.names_met |=
                ones.iter().any(|token| matches!(token.class(), TokenClass::Word | TokenClass::Patronymic));
            tally.reordered |= pair.two.0 < last;
            last = pair.two.0;
        }
        for (side, tokens) in [a, b].into_iter().enumerate() {
            for (at, token) in tokens.iter().enumerate().filter(|(at, _)| taken[side] & (1 << at) == 0) {
                let _ = at;
                let weight = u32::from(token.weight());
                match token.class() {
                    TokenClass::Particle | TokenClass::Honorific => tally.slight_unmet += 1,
                    TokenClass::LegalForm => {}
                    TokenClass::Generic => tally.generics_unmet[side] += weight,
                    TokenClass::Number => tally.numbers_unmet[side] += weight,
                    // A word said twice says no more than said once.
                    _ if tokens
                        .iter()
                        .enumerate()
                        .any(|(other, said)| taken[side] & (1 << other) != 0 && said.bytes() == token.bytes()) =>
                    {
                        tally.slight_unmet += 1;
                    }
                    _ => tally.names_unmet[side] += weight,
                }
            }
        }
        tally.forms = forms(a, b);
        tally
    }
}

/// What two persons' names lose.
fn lost_by_person(tally: &Tally) -> u32 {
    let mut unmet = [0, 1].map(|side| tally.names_unmet[side] + tally.generics_unmet[side] + tally.numbers_unmet[side]);
    for side in [0, 1] {
        if unmet[1 - side] > 0 {
            unmet[side] += tally.repeated_unmet[side];
        }
    }
    let against = unmet[0].min(unmet[1]);
    let missing = unmet[0].max(unmet[1]) - against;
    let whole = tally.matched + tally.differing + against;
    let by_difference = WHOLE * tally.differing / whole;
    let by_contradiction = if against == 0 {
        0
    } else {
        (9_000 * against / whole).max(CONTRADICTION * against.min(CONTRADICTING) / CONTRADICTING)
    };
    // Two rare words in common leave little doubt whose the further names are; two common ones leave much.
    // and words that are only alike leave more.
    let sure = tally.matched.saturating_sub(2 * tally.differing).max(1);
    let doubt = (2_000 * 1_000 / sure).clamp(1_000, 2_000);
    let doubt = doubt * doubt / 1_000;
    let by_missing = 2_400 * missing / (tally.matched + missing) * doubt / 1_000;
    // Where words are only alike, the rest must say enough by itself.
    let by_doubt = if tally.differing > 0 && !tally.heard {
        SURE_ENOUGH.saturating_sub(tally.matched.saturating_sub(tally.differing)) * 2
    } else {
        0
    };
    by_difference + by_contradiction + by_missing + by_doubt
}

/// What the names of two organisations or objects lose.
fn lost_by_body(kind: Kind, tally: &Tally) -> u32 {
    let split = |unmet: [u32; 2]| {
        let against = unmet[0].min(unmet[1]);
        (against, unmet[0].max(unmet[1]) - against)
    };
    let (names_against, names_missing) = split(tally.names_unmet);
    let (generics_against, generics_missing) = split(tally.generics_unmet);
    let (numbers_against, numbers_missing) = split(tally.numbers_unmet);
    let whole = tally.matched + tally.differing + names_against + generics_against;
    let by_difference = WHOLE * tally.differing / whole;
    // A word that names on one side and one that describes on the other contradict as well.
    let crossed = (tally.names_unmet[0] > 0 && tally.names_unmet[1] == 0 && tally.generics_unmet[1] > 0)
        || (tally.names_unmet[1] > 0 && tally.names_unmet[0] == 0 && tally.generics_unmet[0] > 0);
    let mut lost = by_difference;
    if names_against > 0 {
        lost += (9_000 * names_against / whole).max(3_500);
    }
    if generics_against > 0 {
        lost += (8_000 * generics_against / whole).max(CONTRADICTION * generics_against.min(300) / 300);
    }
    if numbers_against > 0 {
        lost += if kind == Kind::Object { 3_500 } else { 2_500 };
    }
    let missing = names_missing + generics_missing + numbers_missing * 6 / 10;
    lost += 12_000 * missing / (tally.matched + missing) + if crossed { 1_000 } else { 0 };
    lost + match tally.forms {
        Forms::Agree => 0,
        Forms::Missing => 100,
        Forms::Differ => 400,
        Forms::Contradict => CONTRADICTION,
    }
}

fn forms(a: &[&Token], b: &[&Token]) -> Forms {
    let of = |tokens: &[&Token]| {
        tokens.iter().find(|token| token.class() == TokenClass::LegalForm).map(|token| is_company(token.text()))
    };
    let same = |one: &Token| b.iter().any(|two| two.class() == TokenClass::LegalForm && two.bytes() == one.bytes());
    match (of(a), of(b)) {
        (None, None) => Forms::Agree,
        (None, Some(true)) | (Some(true), None) => Forms::Missing,
        (None, Some(false)) | (Some(false), None) => Forms::Differ,
        _ if a.iter().any(|one| one.class() == TokenClass::LegalForm && same(one)) => Forms::Agree,
        (Some(one), Some(two)) if one == two => Forms::Differ,
        _ => Forms::Contradict,
    }
}

/// Whether a group of legal forms is for trade; foundations, state enterprises and entrepreneurs are not mistaken for it.
fn is_company(group: &str) -> bool {
    matches!(group, "llc" | "jsc" | "ltd" | "plc" | "inc" | "co" | "cokg" | "lp" | "na")
}

/// Promise 4 of the crate.
fn is_anchored(as_body: bool, a: &[&Token], b: &[&Token], met: &[Met]) -> bool {
    let anchors = |tokens: &[&Token]| tokens.iter().filter(|token| token.is_anchor()).count();
    let (all_a, all_b) = (anchors(a), anchors(b));
    let (mut met_a, mut met_b) = (0, 0);
    for pair in met.iter().filter(|pair| pair.relation.is_anchor()) {
        met_a += anchors(span(a, pair.one));
        met_b += anchors(span(b, pair.two));
    }
    if as_body {
        return met_a >= 1 && met_b >= 1;
    }
    // "A. Rahimi": the one word must be met, and the letter stands for the other.
    let by_letter =
        |all: usize, tokens: &[&Token]| all == 1 && tokens.iter().any(|token| token.class() == TokenClass::Initial);
    let letter_met = met.iter().any(|pair| {
        span(a, pair.one)[0].class() == TokenClass::Initial || span(b, pair.two)[0].class() == TokenClass::Initial
    });
    if letter_met && (by_letter(all_a, a) || by_letter(all_b, b)) {
        return met_a >= 1 && met_b >= 1;
    }
    // A person of one word is told by that word alone, so nobody of several is that person.
    let needed = all_a.max(all_b).min(2);
    met_a.max(met_b) >= needed && met_a.min(met_b) >= 1 && (all_a == 1) == (all_b == 1)
        || joined_whole(met, all_a, all_b)
}

/// Whether a name written as one word met all the words of the other.
fn joined_whole(met: &[Met], all_a: usize, all_b: usize) -> bool {
    let whole = |pair: &Met| (all_a == 1 && pair.two.1 >= 2) || (all_b == 1 && pair.one.1 >= 2);
    met.iter().any(|pair| pair.relation == Relation::Joined && whole(pair))
}

fn span<'a, 'b>(tokens: &'b [&'a Token], span: (u8, u8)) -> &'b [&'a Token] {
    &tokens[usize::from(span.0)..usize::from(span.0 + span.1)]
}

fn mask(span: (u8, u8)) -> u32 {
    ((1_u32 << span.1) - 1) << span.0
}

fn is_slight(token: &Token) -> bool {
    matches!(token.class(), TokenClass::Particle | TokenClass::Honorific | TokenClass::LegalForm)
}
