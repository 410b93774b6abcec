//! Entities as compact bytes: what a reviewer reads is kept packed, and unpacked only when somebody looks.
//!
//! Every value is a length and its bytes; lengths are variable-length integers. The form is private to one process:
//! nothing is stored in it.

use crate::date::{DateRange, Day};
use crate::entity::{
    Country, CountryRole, Entity, EntityId, Gender, Identifier, IdentifierKind, ListedName, NameKind, NameParts,
    Schema, Topics,
};

/// Appends the entity.
pub(super) fn encode(entity: &Entity, out: &mut Vec<u8>) {
    text(out, &entity.id.0);
    out.push(place(&Schema::ALL, &entity.schema));
    number(out, u64::from(entity.topics.0));
    out.push(match entity.gender {
        None => 0,
        Some(gender) => 1 + place(&GENDERS, &gender),
    });
    many(out, &entity.names, |out, name| {
        text(out, &name.text);
        out.push(place(&NAME_KINDS, &name.kind));
        optional(out, name.language.as_deref());
    });
    many(out, &entity.birth_dates, date);
    many(out, &entity.countries, |out, country| {
        text(out, &country.code);
        out.push(place(&COUNTRY_ROLES, &country.role));
    });
    many(out, &entity.identifiers, |out, identifier| {
        out.push(place(&IDENTIFIER_KINDS, &identifier.kind));
        text(out, &identifier.value);
        optional(out, identifier.country.as_deref());
        optional(out, identifier.label.as_deref());
    });
    for list in [
        &entity.birth_places,
        &entity.addresses,
        &entity.parts.given,
        &entity.parts.family,
        &entity.parts.father,
        &entity.positions,
        &entity.programmes,
        &entity.notes,
    ] {
        many(out, list, |out, value| text(out, value));
    }
    many(out, &entity.death_dates, date);
    many(out, &entity.links, |out, (relation, other)| {
        text(out, relation);
        text(out, other);
    });
    optional(out, entity.source_url.as_deref());
    for day in [entity.listed_on, entity.changed_on] {
        many(out, day.as_slice(), date);
    }
}

/// Reads back what [`encode`] wrote.
pub(super) fn decode(bytes: &[u8]) -> Entity {
    let mut from = Reader { bytes };
    let id = EntityId(from.text());
    let schema = Schema::ALL[from.place(Schema::ALL.len())];
    let topics = Topics(u16::try_from(from.number()).unwrap_or(0));
    let gender = match from.byte() {
        0 => None,
        other => GENDERS.get(usize::from(other) - 1).copied(),
    };
    let names = from.many(|from| ListedName {
        text: from.text(),
        kind: NAME_KINDS[from.place(NAME_KINDS.len())],
        language: from.optional(),
    });
    let birth_dates = from.many(Reader::date);
    let countries =
        from.many(|from| Country { code: from.text(), role: COUNTRY_ROLES[from.place(COUNTRY_ROLES.len())] });
    let identifiers = from.many(|from| Identifier {
        kind: IDENTIFIER_KINDS[from.place(IDENTIFIER_KINDS.len())],
        value: from.text(),
        country: from.optional(),
        label: from.optional(),
    });
    let [birth_places, addresses, given, family, father, positions, programmes, notes] =
        std::array::from_fn(|_| from.many(Reader::text));
    Entity {
        id,
        schema,
        names,
        parts: NameParts { given, family, father },
        birth_dates,
        birth_places,
        countries,
        gender,
        identifiers,
        addresses,
        positions,
        topics,
        programmes,
        notes,
        death_dates: from.many(Reader::date),
        links: from.many(|from| (from.text(), from.text())),
        source_url: from.optional(),
        listed_on: from.many(Reader::date).first().copied(),
        changed_on: from.many(Reader::date).first().copied(),
    }
}

/// Reads the id alone.
pub(super) fn decode_id(bytes: &[u8]) -> String {
    Reader { bytes }.text()
}

const GENDERS: [Gender; 3] = [Gender::Female, Gender::Male, Gender::Other];
const NAME_KINDS: [NameKind; 4] = [NameKind::Primary, NameKind::Alias, NameKind::Former, NameKind::Weak];
const COUNTRY_ROLES: [CountryRole; 5] = [
    CountryRole::Nationality,
    CountryRole::Residence,
    CountryRole::Birth,
    CountryRole::Jurisdiction,
    CountryRole::Other,
];
const IDENTIFIER_KINDS: [IdentifierKind; 11] = [
    IdentifierKind::Passport,
    IdentifierKind::NationalId,
    IdentifierKind::TaxId,
    IdentifierKind::Registration,
    IdentifierKind::Lei,
    IdentifierKind::Bic,
    IdentifierKind::Imo,
    IdentifierKind::Mmsi,
    IdentifierKind::CallSign,
    IdentifierKind::Wallet,
    IdentifierKind::Other,
];

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    let at = all.iter().position(|known| known == one).expect("the table holds every variant; a test counts them");
    u8::try_from(at).expect("the tables are short")
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn text(out: &mut Vec<u8>, value: &str) {
    number(out, value.len() as u64);
    out.extend_from_slice(value.as_bytes());
}

fn optional(out: &mut Vec<u8>, value: Option<&str>) {
    match value {
        None => out.push(0),
        Some(value) => {
            number(out, value.len() as u64 + 1);
            out.extend_from_slice(value.as_bytes());
        }
    }
}

fn many<T>(out: &mut Vec<u8>, values: &[T], mut one: impl FnMut(&mut Vec<u8>, &T)) {
    number(out, values.len() as u64);
    for value in values {
        one(out, value);
    }
}

fn date(out: &mut Vec<u8>, date: &DateRange) {
    for day in [date.first, date.last] {
        out.extend_from_slice(&day.year.to_le_bytes());
        out.extend_from_slice(&[day.month, day.day]);
    }
    out.push(u8::from(date.approximate));
}

/// Reads from the front. Bytes that end too soon read as zeros and empty texts: they come from [`encode`] alone.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.bytes.split_at(len.min(self.bytes.len()));
        self.bytes = rest;
        taken
    }

    fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or(0)
    }

    fn place(&mut self, len: usize) -> usize {
        usize::from(self.byte()).min(len - 1)
    }

    fn number(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    fn len(&mut self) -> usize {
        usize::try_from(self.number()).unwrap_or(usize::MAX)
    }

    fn string(&mut self, len: usize) -> String {
        String::from_utf8_lossy(self.take(len)).into_owned()
    }

    fn text(&mut self) -> String {
        let len = self.len();
        self.string(len)
    }

    fn optional(&mut self) -> Option<String> {
        let len = self.len();
        (len > 0).then(|| self.string(len - 1))
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let len = self.len().min(self.bytes.len());
        (0..len).map(|_| one(self)).collect()
    }

    fn date(&mut self) -> DateRange {
        let mut day = || {
            let year = i16::from_le_bytes([self.byte(), self.byte()]);
            Day { year, month: self.byte(), day: self.byte() }
        };
        let (first, last) = (day(), day());
        DateRange { first, last, approximate: self.byte() != 0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(".{0,12}", 0..3)
    }

    fn dates() -> impl Strategy<Value = Vec<DateRange>> {
        let date = (1..=9999_i16, 0..40_i16, any::<bool>()).prop_map(|(year, span, approximate)| {
            let range = DateRange::years(year, (year + span).min(9999)).expect("years the calendar has");
            DateRange { approximate, ..range }
        });
        prop::collection::vec(date, 0..3)
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            id in ".{0,20}", names in prop::collection::vec((".{0,200}", 0..4_usize, prop::option::of("[a-z]{0,3}")), 1..5),
            lists in prop::collection::vec(texts(), 8), dates in prop::collection::vec(dates(), 3),
            places in (0..9_usize, 0..4_usize, 0..5_usize, 0..11_usize), topics in any::<u16>(), url in prop::option::of(".{0,9}"),
        ) {
            let mut entity = Entity::new(id, Schema::ALL[places.0], "");
            entity.names = names
                .into_iter()
                .map(|(text, kind, language)| ListedName { text, kind: NAME_KINDS[kind], language })
                .collect();
            entity.gender = (places.1 > 0).then(|| GENDERS[places.1 - 1]);
            entity.countries = lists[0].iter().map(|code| Country { code: code.clone(), role: COUNTRY_ROLES[places.2] }).collect();
            entity.identifiers = lists[1]
                .iter()
                .map(|value| Identifier {
                    kind: IDENTIFIER_KINDS[places.3],
                    value: value.clone(),
                    country: url.clone(),
                    label: Some(value.clone()),
                })
                .collect();
            entity.birth_places.clone_from(&lists[2]);
            entity.addresses.clone_from(&lists[3]);
            entity.parts = NameParts { given: lists[4].clone(), family: lists[5].clone(), father: lists[6].clone() };
            entity.positions.clone_from(&lists[7]);
            entity.programmes.clone_from(&lists[3]);
            entity.notes.clone_from(&lists[2]);
            entity.links = lists[5].iter().map(|link| (link.clone(), link.clone())).collect();
            entity.birth_dates.clone_from(&dates[0]);
            entity.death_dates.clone_from(&dates[1]);
            entity.listed_on = dates[2].first().copied();
            entity.changed_on = dates[0].first().copied();
            entity.topics = Topics(topics);
            entity.source_url = url;
            let mut bytes = Vec::new();
            encode(&entity, &mut bytes);
            prop_assert_eq!(decode(&bytes), entity);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
