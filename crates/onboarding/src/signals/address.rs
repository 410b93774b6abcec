//! Postal addresses: whether state and ZIP code agree, and whether somebody can live there.

use super::names::SignalName;
use super::places::{self, Zip};
use super::{Signal, Strength};
use crate::records::Address;

/// Words that fill a street field, whole.
const FILLERS: [&str; 14] = [
    "none",
    "na",
    "n a",
    "unknown",
    "test",
    "testing",
    "asdf",
    "qwerty",
    "address",
    "street",
    "xxx",
    "homeless",
    "null",
    "no address",
];

/// Streets that examples are made of; people do live there.
const STOCK: [&str; 4] = ["123 main st", "123 main street", "1234 main st", "123 fake street"];

/// Wordings of places that take in post for others (private mailboxes, mail drops, virtual offices). A private mailbox
/// must call itself PMB or # (USPS, Domestic Mail Manual 508.1.9).
const FORWARDING: [&str; 10] = [
    "pmb",
    "private mailbox",
    "mail drop",
    "mail forwarding",
    "mailbox etc",
    "mail boxes etc",
    "ups store",
    "virtual office",
    "virtual mailbox",
    "forwarding service",
];

/// What an address says.
#[must_use]
pub fn signals(address: Option<&Address>) -> Vec<Signal> {
    let Some(address) = address else { return vec![Signal::new(SignalName::AddressMissing)] };
    let mut signals = street(&folded(&address.street.iter().map(|line| line.as_str()).collect::<Vec<_>>().join(" ")));
    if address.country == "us" {
        signals.extend(region(address));
    } else {
        signals.push(Signal::new(SignalName::AddressAbroad));
    }
    signals
}

fn region(address: &Address) -> Vec<Signal> {
    let state = address.state.as_deref().map(str::trim).unwrap_or_default();
    let zip = address.postal_code.as_ref().map(|code| code.trim()).unwrap_or_default();
    if !places::is_state(state) {
        return vec![Signal::new(SignalName::AddressUnknownState)];
    }
    let mut signals = vec![Signal::new(match places::zip_in_state(zip, state) {
        Zip::Agrees => SignalName::AddressAgrees,
        Zip::Contradicts => SignalName::AddressContradicts,
        Zip::Unknown => SignalName::AddressUnknownZip,
    })];
    if places::is_military(state) {
        signals.push(Signal::new(SignalName::AddressMilitary));
    }
    signals
}

fn street(street: &str) -> Vec<Signal> {
    let has = |phrase: &str| contains_words(street, phrase);
    let mut signals = Vec::new();
    let mut bad = |name| signals.push(Signal { name, strength: Strength::FULL });
    if FILLERS.contains(&street) || street.is_empty() {
        bad(SignalName::AddressPlaceholder);
        return signals;
    }
    if STOCK.contains(&street) {
        bad(SignalName::AddressStock);
    }
    if FORWARDING.iter().any(|phrase| has(phrase)) {
        bad(SignalName::AddressForwarding);
    }
    let box_number = ["po box", "p o box", "post office box", "pob"].iter().any(|phrase| has(phrase));
    let general = has("general delivery");
    if box_number {
        bad(SignalName::AddressPoBox);
    }
    if general {
        bad(SignalName::AddressGeneralDelivery);
    }
    if has("c o") || has("care of") {
        bad(SignalName::AddressCareOf);
    }
    if !street.chars().any(char::is_alphabetic) {
        bad(SignalName::AddressNoStreet);
    } else if !street.chars().any(|c| c.is_ascii_digit()) && !general {
        bad(SignalName::AddressNoNumber);
    }
    signals
}

/// One form for all the ways to write one address: Latin lower case, abbreviations of the Postal Service (Publication
/// 28), no punctuation, words that tell nothing apart dropped. Two spellings of one place meet; two flats of one house do
/// not. Empty where there is no street.
#[must_use]
pub fn canonical(address: &Address) -> String {
    let lines = address.street.iter().map(|line| line.as_str()).collect::<Vec<_>>().join(" ");
    let street: Vec<String> = folded(&lines)
        .split_whitespace()
        .filter(|word| !matches!(*word, "apt" | "apartment" | "unit" | "suite" | "ste" | "no" | "number"))
        .map(|word| abbreviated(word).to_owned())
        .collect();
    if street.is_empty() {
        return String::new();
    }
    // Five digits of a ZIP code: whether somebody knows the other four says nothing.
    let code = address.postal_code.as_ref().map(|code| folded(code)).unwrap_or_default();
    let code = if address.country == "us" { code.chars().take(5).collect() } else { code };
    // The city is left out where there is a code: a post office has many names.
    let city = if code.is_empty() { address.city.as_ref().map(|city| folded(city)) } else { None };
    let city = city.unwrap_or_default();
    format!("{}|{code}|{city}|{}", street.join(" "), address.country)
}

fn abbreviated(word: &str) -> &str {
    match word {
        "street" | "str" => "st",
        "avenue" | "av" => "ave",
        "road" => "rd",
        "drive" => "dr",
        "lane" => "ln",
        "court" => "ct",
        "place" => "pl",
        "boulevard" => "blvd",
        "parkway" => "pkwy",
        "highway" => "hwy",
        "terrace" => "ter",
        "circle" => "cir",
        "square" => "sq",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        "northeast" => "ne",
        "northwest" => "nw",
        "southeast" => "se",
        "southwest" => "sw",
        "first" => "1st",
        "second" => "2nd",
        "third" => "3rd",
        "fourth" => "4th",
        "fifth" => "5th",
        "sixth" => "6th",
        "seventh" => "7th",
        "eighth" => "8th",
        "ninth" => "9th",
        word => word,
    }
}

/// Most characters of a street that are read.
const CHARS_MAX: usize = 400;

/// Lower case Latin words parted by single blanks. `names::latin` reads people's names; an address keeps its digits.
fn folded(text: &str) -> String {
    let text: String = text.chars().take(CHARS_MAX).collect();
    let latin = ::names::latin(&text);
    let plain = if latin.is_empty() { text.to_lowercase() } else { latin.to_lowercase() };
    let parted: String = plain.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    parted.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn contains_words(text: &str, phrase: &str) -> bool {
    format!(" {text} ").contains(&format!(" {phrase} "))
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;
    use crate::pii::Pii;

    fn at(street: &str, state: &str, zip: &str) -> Address {
        Address {
            kind: "Home".to_owned(),
            classification: None,
            street: vec![Pii(street.to_owned())],
            city: Some(Pii("Anytown".to_owned())),
            state: Some(state.to_owned()),
            postal_code: Some(Pii(zip.to_owned())),
            country: "us".to_owned(),
        }
    }

    #[test]
    fn what_an_address_says() {
        let table: [(&str, &str, &str, &[&str]); 21] = [
            ("350 Fifth Ave", "NY", "10118", &["address.agrees"]),
            ("350 Fifth Ave", "ny", "10118-0110", &["address.agrees"]),
            ("350 Fifth Ave", "CA", "10118", &["address.contradicts"]),
            ("350 Fifth Ave", "ZZ", "10118", &["address.unknown_state"]),
            ("350 Fifth Ave", "NY", "00000", &["address.unknown_zip"]),
            ("P.O. Box 12", "NY", "10118", &["address.po_box", "address.agrees"]),
            ("PO BOX 12", "NY", "10118", &["address.po_box", "address.agrees"]),
            ("Post Office Box 12", "NY", "10118", &["address.po_box", "address.agrees"]),
            ("12 Boxwood Lane", "NY", "10118", &["address.agrees"]),
            ("General Delivery", "AK", "99501", &["address.general_delivery", "address.agrees"]),
            ("350 Fifth Ave PMB 7", "NY", "10118", &["address.forwarding", "address.agrees"]),
            ("c/o Smith, 1 Elm St", "NY", "10118", &["address.care_of", "address.agrees"]),
            ("Elm Street", "NY", "10118", &["address.no_number", "address.agrees"]),
            ("4711", "NY", "10118", &["address.no_street", "address.agrees"]),
            ("10118", "NY", "10118", &["address.no_street", "address.agrees"]),
            ("n/a", "NY", "10118", &["address.placeholder", "address.agrees"]),
            ("test", "NY", "10118", &["address.placeholder", "address.agrees"]),
            ("", "NY", "10118", &["address.placeholder", "address.agrees"]),
            ("...", "NY", "10118", &["address.placeholder", "address.agrees"]),
            ("123 Main St.", "NY", "10118", &["address.stock", "address.agrees"]),
            ("PSC 3 Box 1", "AP", "96266", &["address.agrees", "address.military"]),
        ];
        for (street, state, zip, expected) in table {
            assert_eq!(found(&signals(Some(&at(street, state, zip)))), expected, "{street} {state} {zip}");
        }
        assert_eq!(found(&signals(None)), ["address.missing"]);
        let abroad = Address { country: "de".to_owned(), ..at("Unter den Linden 1", "", "10117") };
        assert_eq!(found(&signals(Some(&abroad))), ["address.abroad"]);
    }

    #[test]
    fn two_spellings_of_one_place_meet_and_two_flats_do_not() {
        let one = canonical(&at("350 Fifth Avenue, Apt. 4", "NY", "10118"));
        for same in ["350 fifth ave #4", "350  FIFTH AVE Unit 4"] {
            assert_eq!(canonical(&at(same, "ny", "10118-0110")), one, "{same}");
        }
        for other in ["350 Fifth Ave Apt 5", "351 Fifth Ave Apt 4", "350 Fifth Ave"] {
            assert_ne!(canonical(&at(other, "NY", "10118")), one, "{other}");
        }
        assert_eq!(canonical(&at(" ", "NY", "10118")), "");
    }
}
