//! The remarks of a CSV entry: everything about a party that has no column, in one line, `;` between.

use super::super::draft::{Draft, value};
use super::features::{self, Feature};
use crate::country;
use crate::entity::{IdentifierKind, NameKind};

/// Takes the remarks apart; what is not recognised stays a note, in the order of the list.
pub(super) fn read(draft: &mut Draft, remarks: &str) {
    if value(remarks).is_none() {
        return;
    }
    for item in remarks.split(';').map(str::trim).filter(|item| !item.is_empty()) {
        read_item(draft, item);
    }
}

fn read_item(draft: &mut Draft, item: &str) {
    let plain = without_prefix(item, "alt.").unwrap_or(item);
    for (word, former) in [("a.k.a.", false), ("n.k.a.", false), ("f.k.a.", true)] {
        if let Some(names) = without_prefix(plain, word).filter(|names| names.starts_with('\'')) {
            return read_weak_names(draft, names, if former { NameKind::Former } else { NameKind::Weak });
        }
    }
    match features::leading(plain) {
        Some((_, Feature::Link, to)) => features::pour(draft, Feature::Link, "", without_full_stop(to), ""),
        Some((label, Feature::Id(kind), rest)) => read_number(draft, kind, label, rest, plain),
        Some((label, feature, rest)) => features::pour(draft, feature, label, rest.trim_end_matches('.'), ""),
        None => read_unknown(draft, plain),
    }
}

/// `'EL SENOR'`, `'ILLIASSOU, Djibbo'`, or several; an apostrophe inside a name does not end it.
fn read_weak_names(draft: &mut Draft, names: &str, kind: NameKind) {
    let names = names.trim_end().trim_end_matches('.').trim_start_matches('\'');
    // Where the remarks are cut, the closing quote is missing; what is there is kept.
    let names = names.strip_suffix('\'').unwrap_or(names);
    for name in names.split("', '") {
        draft.inverted_name(name, kind);
    }
}

/// `A2002004 (Iran) issued 01 Jan 2002 expires 01 Jan 2012.`
fn read_number(draft: &mut Draft, kind: IdentifierKind, label: &str, rest: &str, item: &str) {
    let (label, rest) = match rest.strip_prefix("- ").and_then(|rest| rest.split_once(' ')) {
        Some((currency, address)) => (format!("{label} - {currency}"), address),
        None => (label.to_owned(), rest),
    };
    let rest = rest.trim_end_matches('.');
    let mut number_end = rest.len();
    let mut issuer = "";
    // The first bracket that names a country; a name of a country may have brackets of its own.
    for (open, _) in rest.match_indices('(').take(32) {
        let inside = &rest[open + 1..];
        let Some(close) = inside.find(')') else { break };
        if country::code(&inside[..close]).is_some() {
            (number_end, issuer) = (open, &inside[..close]);
            break;
        }
    }
    for word in [" issued ", " expires ", " expired ", ", issued", ", expire", " Date of Issue"] {
        number_end = rest.find(word).map_or(number_end, |at| at.min(number_end));
    }
    features::pour(draft, Feature::Id(kind), &label, rest[..number_end].trim_end_matches([' ', '.']), issuer);
    let said = number_end + if issuer.is_empty() { 0 } else { issuer.len() + 2 };
    if said < rest.len() {
        draft.note(item);
    }
}

/// Prose, or a number with a label that is not in the table: `Kenyan ID No. 12773667`.
fn read_unknown(draft: &mut Draft, item: &str) {
    const NUMBER_WORDS: [&str; 8] = ["no.", "no", "number", "#", "card", "id", "code", "passport"];
    const CONTACTS: [&str; 6] = ["phone", "tel", "fax", "email", "website", "telex"];
    let number = item.match_indices(' ').find_map(|(at, _)| {
        let (label, rest) = (&item[..at], item[at..].trim_start());
        let last = label.rsplit(' ').next()?.to_ascii_lowercase();
        let first = rest.split(' ').next()?;
        let is_number = first.bytes().any(|byte| byte.is_ascii_digit());
        (NUMBER_WORDS.contains(&last.as_str()) && is_number).then_some((label, rest))
    });
    let lower = item.to_ascii_lowercase();
    let is_contact = CONTACTS.iter().any(|contact| lower.contains(contact));
    match number.filter(|(label, _)| !is_contact && label.len() <= 64) {
        Some((label, rest)) => {
            draft.note(item);
            read_number(draft, IdentifierKind::Other, label, rest, item);
        }
        None => draft.note(item),
    }
}

fn without_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text[prefix.len()..].trim_start())
}

/// Without the full stop of the sentence, but with that of an abbreviation: `HIZBALLAH.`, `CO., LTD.`, `S.A.`
fn without_full_stop(text: &str) -> &str {
    const ABBREVIATIONS: [&str; 13] =
        ["co", "ltd", "inc", "corp", "jr", "sr", "bhd", "pte", "pvt", "bros", "gen", "col", "est"];
    let Some(plain) = text.strip_suffix('.') else { return text };
    let last = plain.rsplit([' ', ',']).next().unwrap_or(plain);
    let abbreviated =
        last.contains('.') || last.len() == 1 || ABBREVIATIONS.iter().any(|word| last.eq_ignore_ascii_case(word));
    if abbreviated { text } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::{CountryRole, Entity, Gender, Schema};
    use crate::formats::Limits;

    fn person(remarks: &str) -> Entity {
        let mut draft = Draft::new("ofac-1".to_owned(), Schema::Person);
        draft.inverted_name("EXAMPLE, Otto", NameKind::Primary);
        read(&mut draft, remarks);
        assert_eq!(draft.problems, vec![], "{remarks}");
        draft.finish(&Limits::default()).expect("it has a name")
    }

    #[test]
    fn everything_about_a_person_is_found() {
        let entity = person(
            "DOB 08 Sep 1966; alt. DOB circa 1965; POB Kleinstadt, Korea, North; nationality Korea, North; alt. citizen \
             Iran; Gender Male; Passport A1 234 (Iran) issued 01 Jan 2002 expires 01 Jan 2012; National ID No. \
             22-09 (Iran); Tax ID No. 781.; a.k.a. 'O'MALLEY, Abu 'Ali'; f.k.a. 'OLD, Otto', 'ELDER, Otto'; \
             Digital Currency Address - XBT 149w62rY42a; Linked To: EXAMPLE TRADING CO., LTD.; Linked To: MUSTER BANK.",
        );
        let dates: Vec<_> = entity.birth_dates.iter().map(ToString::to_string).collect();
        assert_eq!(dates, ["1966-09-08", "1963-01-01/1967-12-31"]);
        assert_eq!(entity.birth_places, ["Kleinstadt, Korea, North"]);
        let countries: Vec<_> = entity.countries.iter().map(|country| (country.code.as_str(), country.role)).collect();
        let nationality = CountryRole::Nationality;
        assert_eq!(countries, [("kp", CountryRole::Birth), ("kp", nationality), ("ir", nationality)]);
        assert_eq!(entity.gender, Some(Gender::Male));
        let ids: Vec<_> = entity
            .identifiers
            .iter()
            .map(|id| (id.kind, id.value.as_str(), id.country.as_deref(), id.label.as_deref().unwrap_or_default()))
            .collect();
        assert_eq!(
            ids,
            [
                (IdentifierKind::Passport, "A1 234", Some("ir"), "Passport"),
                (IdentifierKind::NationalId, "22-09", Some("ir"), "National ID No."),
                (IdentifierKind::TaxId, "781", None, "Tax ID No."),
                (IdentifierKind::Wallet, "149w62rY42a", None, "Digital Currency Address - XBT"),
            ]
        );
        let names: Vec<_> = entity.names.iter().map(|name| (name.text.as_str(), name.kind)).collect();
        assert_eq!(
            names,
            [
                ("Otto EXAMPLE", NameKind::Primary),
                ("Otto OLD", NameKind::Former),
                ("Otto ELDER", NameKind::Former),
                ("Abu 'Ali O'MALLEY", NameKind::Weak),
            ]
        );
        let links: Vec<_> = entity.links.iter().map(|(_, to)| to.as_str()).collect();
        assert_eq!(links, ["EXAMPLE TRADING CO., LTD.", "MUSTER BANK"]);
        assert_eq!(entity.notes, ["Passport A1 234 (Iran) issued 01 Jan 2002 expires 01 Jan 2012"]);
    }

    #[test]
    fn what_is_not_recognised_is_kept_for_the_reviewer() {
        let entity = person("Minister of Fish; Website www.example.org; Lunar ID No. 77-A (Kenya); Phone Number 42.");
        assert_eq!(
            entity.notes,
            ["Minister of Fish", "Website www.example.org", "Lunar ID No. 77-A (Kenya)", "Phone Number 42."]
        );
        assert_eq!(entity.identifiers.len(), 1);
        assert_eq!(
            (entity.identifiers[0].value.as_str(), entity.identifiers[0].country.as_deref()),
            ("77-A", Some("ke"))
        );
        assert_eq!(person("-0- ").notes, Vec::<String>::new());
    }

    #[test]
    fn a_ship_has_its_numbers() {
        let mut draft = Draft::new("ofac-2".to_owned(), Schema::Vessel);
        draft.name("MS EXAMPLE", NameKind::Primary);
        read(&mut draft, "Vessel Registration Identification IMO 9187629; MMSI 572469210; Vessel Year of Build 1999.");
        let ids: Vec<_> = draft.entity.identifiers.iter().map(|id| (id.kind, id.value.as_str())).collect();
        assert_eq!(ids, [(IdentifierKind::Imo, "9187629"), (IdentifierKind::Mmsi, "572469210")]);
        assert_eq!(draft.entity.birth_dates[0].to_string(), "1999");
    }
}
