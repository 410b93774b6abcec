//! Places of birth and addresses: free text, compared by the words that name a place.

use super::{Degree, Weight};

/// The most that a place of birth can lift.
pub(super) const BIRTH_LIFT_MAX: u16 = SAME_PLACE;
/// The most that an address can lift.
pub(super) const ADDRESS_LIFT_MAX: u16 = SAME_ADDRESS;

const SAME_PLACE: u16 = 200;
const SHARED_PLACE: u16 = 120;
/// A place has many names, and a person was "born" in the village, the district or the capital.
const OTHER_PLACE: u16 = 20;
const SAME_ADDRESS: u16 = 150;

/// Words that stand in the names of many places and name none.
const PLAIN: [&str; 32] = [
    "village",
    "district",
    "province",
    "region",
    "area",
    "city",
    "town",
    "near",
    "the",
    "and",
    "of",
    "governorate",
    "county",
    "state",
    "republic",
    "oblast",
    "raion",
    "municipality",
    "street",
    "road",
    "avenue",
    "house",
    "building",
    "variant",
    "previously",
    "formerly",
    "box",
    "floor",
    "apartment",
    "subdistrict",
    "camp",
    "locality",
];

/// Compares two places of birth.
pub(super) fn birth(ours: &str, theirs: &str) -> Weight {
    let (ours, theirs) = (words(ours), words(theirs));
    // A country alone is compared among the countries.
    if ours.is_empty() || theirs.is_empty() {
        return Weight::MISSING;
    }
    let shared = shared(&ours, &theirs);
    if shared == ours.len().min(theirs.len()) {
        Weight::agrees(Degree::Fair, SAME_PLACE, "same place")
    } else if shared > 0 {
        Weight::agrees(Degree::Weak, SHARED_PLACE, "a place in common")
    } else {
        Weight::contradicts(Degree::Weak, OTHER_PLACE, "other place")
    }
}

/// Compares two addresses. People move and companies have many: another address contradicts nothing.
pub(super) fn address(ours: &str, theirs: &str) -> Weight {
    let (ours, theirs) = (words(ours), words(theirs));
    let shorter = ours.len().min(theirs.len());
    // Two words or fewer are a town, not an address.
    if shorter >= 3 && shared(&ours, &theirs) * 10 >= shorter * 7 {
        Weight::agrees(Degree::Fair, SAME_ADDRESS, "same address")
    } else {
        Weight::MISSING
    }
}

/// Longest text that is read, in bytes; the rest says no more.
const TEXT_BYTES_MAX: usize = 400;

/// The words that name the place, folded, each once, without the country.
fn words(text: &str) -> Vec<String> {
    let end = text.floor_char_boundary(TEXT_BYTES_MAX);
    let mut words = Vec::new();
    for part in text[..end].split([',', ';', '(', ')']) {
        if crate::country::code(part).is_some() {
            continue;
        }
        for word in names::latin(part).split(' ') {
            let names_nothing = word.len() < 3 && !word.bytes().any(|byte| byte.is_ascii_digit());
            if !names_nothing && !PLAIN.contains(&word) && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
    }
    words
}

fn shared(ours: &[String], theirs: &[String]) -> usize {
    ours.iter().filter(|word| theirs.contains(word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Finding;
    use Degree::{Fair, Weak};

    #[test]
    fn places_agree_by_the_words_that_name_them() {
        for (ours, theirs, finding) in [
            ("Tikrit, Iraq", "Tikrit", Finding::Agrees(Fair)),
            ("Tikrit", "al-Awja, near Tikrit, Iraq", Finding::Agrees(Fair)),
            ("Band-e-Timur village, Maiwand District", "Maiwand District, Kandahar", Finding::Agrees(Weak)),
            ("Tikrit, Iraq", "Mosul, Iraq", Finding::Contradicts(Weak)),
            ("Iraq", "Mosul, Iraq", Finding::Missing),
            ("", "Mosul, Iraq", Finding::Missing),
        ] {
            assert_eq!(birth(ours, theirs).finding, finding, "{ours} {theirs}");
        }
    }

    #[test]
    fn addresses_agree_or_say_nothing() {
        let listed = "15 Takhti Street, Unit 4, Tehran 15875, Iran";
        assert_eq!(address("Takhti St. 15, 15875 Tehran", listed).finding, Finding::Agrees(Fair));
        assert_eq!(address("Tehran", listed).finding, Finding::Missing);
        assert_eq!(address("1 Main Street, Springfield 62701", listed).finding, Finding::Missing);
    }
}
