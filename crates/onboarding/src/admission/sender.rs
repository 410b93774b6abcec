//! Whose money came in: the name that a bank sent with it, compared with the customer's, part by part.
//!
//! Banks write names as they like: in capitals, the family name first, with a title, with both holders of a joint account.
//! The matcher that screens against the watchlists reads all that; here its alignment is told apart by the parts of the
//! customer's name.

use names::{Alignment, Kind, Name, Score, explain};

use crate::party::PersonName;
use crate::pii::Pii;

/// From which score on a part is the customer's.
const SAME: Score = Score::from_ten_thousandths(8_500);

/// Below which score of the family name the sender is somebody else.
const OTHER: Score = Score::from_ten_thousandths(5_500);

/// The weight of words that the sender's name may have and the customer's has not, in thousandths of a rare word: less
/// than that of another given name.
const STRAY_WEIGHT_MAX: u32 = 400;

/// What French banks put before and between the names of holders.
const TITLES: [&str; 10] = ["m", "mr", "mme", "mlle", "mle", "monsieur", "madame", "mademoiselle", "ou", "et"];

/// How alike the sender's name and the customer's are, by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderScore {
    /// The family name, or the name at birth, whichever is nearer.
    pub last_name: Score,
    /// The given name: all of it or the first, whichever is nearer.
    pub first_name: Score,
}

/// What the names say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sender {
    /// Somebody else sent it.
    SomebodyElse,
    /// It cannot be said without a person.
    Unclear,
    /// The customer sent it.
    Customer,
}

/// Compares the sender's name with the customer's.
#[must_use]
pub fn compare(name: &PersonName, birth_name: Option<&Pii<String>>, sender: &Pii<String>) -> (Sender, SenderScore) {
    let untitled = sender.split(|c: char| c.is_whitespace() || matches!(c, '.' | '/' | ',' | ';')).filter(|word| {
        let word = word.to_lowercase();
        !TITLES.contains(&word.as_str())
    });
    let sender = Name::parse(Kind::Person, &untitled.collect::<Vec<_>>().join(" "));
    let lasts = [Some(&name.last), birth_name].into_iter().flatten().filter(|last| !last.trim().is_empty());
    let judged = lasts.map(|last| judge(&name.first, last, &sender));
    judged
        .max_by_key(|(sender, score)| (*sender, score.last_name, score.first_name))
        .unwrap_or((Sender::Unclear, SenderScore { last_name: Score::ZERO, first_name: Score::ZERO }))
}

fn judge(first: &str, last: &str, sender: &Name) -> (Sender, SenderScore) {
    let explained = explain(&Name::person(&[first], &[last]), sender);
    let mut given: Vec<String> = words(first);
    let principal = given.first().cloned();
    let (mut firsts, mut lasts, mut stray) = (Part::default(), Part::default(), 0);
    let mut first_of_all = Score::ZERO;
    for alignment in &explained.alignments {
        if alignment.first.is_empty() {
            stray += u32::from(alignment.weight);
            continue;
        }
        for word in alignment.first.split(' ') {
            let part = match given.iter().position(|known| known == word) {
                Some(at) => {
                    given.remove(at);
                    if principal.as_deref() == Some(word) {
                        first_of_all = first_of_all.max(thousandths(alignment.similarity.into()));
                    }
                    &mut firsts
                }
                None => &mut lasts,
            };
            part.add(alignment);
        }
    }
    let score = SenderScore { last_name: lasts.score(), first_name: firsts.score().max(first_of_all) };
    let sender = if score.last_name < OTHER {
        Sender::SomebodyElse
    } else if score.last_name >= SAME && score.first_name >= SAME && stray <= STRAY_WEIGHT_MAX {
        Sender::Customer
    } else {
        Sender::Unclear
    };
    (sender, score)
}

fn words(part: &str) -> Vec<String> {
    Name::parse(Kind::Person, part).tokens().iter().map(|token| token.text().to_owned()).collect()
}

/// The words of one part of a name, and what they met.
#[derive(Default)]
struct Part {
    weight: u32,
    met: u32,
}

impl Part {
    fn add(&mut self, alignment: &Alignment) {
        let weight = u32::from(alignment.weight).max(1);
        self.weight += weight;
        self.met += weight * u32::from(alignment.similarity);
    }

    /// The mean of its words by their weight.
    fn score(&self) -> Score {
        thousandths(self.met.checked_div(self.weight).unwrap_or(0))
    }
}

fn thousandths(similarity: u32) -> Score {
    Score::from_ten_thousandths(u16::try_from(similarity * 10).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(first: &str, last: &str, birth: Option<&str>, sender: &str) -> (Sender, SenderScore) {
        let pii = |text: &str| Pii(text.to_owned());
        let name = PersonName { first: pii(first), last: pii(last), ..PersonName::default() };
        compare(&name, birth.map(pii).as_ref(), &pii(sender))
    }

    #[test]
    fn banks_write_names_as_they_like() {
        use Sender::{Customer, SomebodyElse, Unclear};
        for (first, last, birth, sender, expected) in [
            ("Camille", "Durand", None, "Camille Durand", Customer),
            ("Camille", "Durand", None, "DURAND CAMILLE", Customer),
            ("Camille", "Durand", None, "MME DURAND CAMILLE", Customer),
            ("Jean", "Dupont", None, "M. DUPONT JEAN", Customer),
            ("Jean", "Dupont", None, "M OU MME DUPONT JEAN", Customer),
            ("Jean Pierre", "Lefèvre", None, "LEFEVRE JEAN-PIERRE", Customer),
            ("Jean Pierre Marie", "Lefèvre", None, "LEFEVRE JEAN", Customer),
            ("Hélène", "Benoît", None, "HELENE BENOIT", Customer),
            ("Mohamed", "El Amrani", None, "EL AMRANI MOHAMED", Customer),
            ("Marie", "Durand", Some("Petit"), "MARIE PETIT", Customer),
            ("Marie", "Durand", Some("Petit"), "DURAND MARIE", Customer),
            // Both holders of an account, one of whom is the customer.
            ("Jean", "Dupont", None, "M DUPONT JEAN OU MME DUPONT SYLVIE", Unclear),
            ("Jean", "Dupont", None, "DUPONT J", Unclear),
            ("Jean", "Dupont", None, "DUPONT SYLVIE", Unclear),
            ("Jean", "Dupont", None, "DUPONT", Unclear),
            ("Jean", "Dupont", None, "JEAN MARTIN", SomebodyElse),
            ("Jean", "Dupont", None, "SYLVIE BERNARD", SomebodyElse),
            ("Jean", "Dupont", None, "ACME SARL", SomebodyElse),
            ("Jean", "Dupont", None, "", SomebodyElse),
            ("Jean", "Dupont", None, "?!", SomebodyElse),
        ] {
            let found = asked(first, last, birth, sender);
            assert_eq!(found.0, expected, "{first} {last} <- {sender}: {found:?}");
        }
    }

    #[test]
    fn each_part_has_a_score_of_its_own() {
        let (_, score) = asked("Jean", "Dupont", None, "DUPONT SYLVIE");
        assert_eq!((score.last_name, score.first_name), (Score::ONE, Score::ZERO));
        let (_, score) = asked("Jean", "Dupont", None, "JEAN MARTIN");
        assert_eq!((score.last_name, score.first_name), (Score::ZERO, Score::ONE));
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_judged(first in ".{0,40}", last in ".{0,40}", sender in ".{0,140}") {
            let (sender, score) = asked(&first, &last, None, &sender);
            prop_assert!(sender != Sender::Customer || score.last_name >= SAME && score.first_name >= SAME);
        }
    }
}
