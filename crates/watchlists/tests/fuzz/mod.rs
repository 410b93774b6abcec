//! What is done with any bytes at all, and must hold: shared by the seeded mutations of the tests and the fuzzers in
//! `fuzz/`, so that what one of them finds is a test of the other.

use names::{Kind, Name, Score};
use watchlists::formats::{self, FormatError, InputFile, Limits, Report, Source};
use watchlists::{
    DateRange, Delta, Entity, Identifier, IdentifierKind, Index, Inventory, NameKind, Options, Query, Schema, Screener,
};

/// Smaller than the defaults, so that a small input can reach them.
pub fn limits() -> Limits {
    Limits { depth_max: 16, record_elements_max: 200, defects_kept_max: 5, ..Limits::default() }
}

/// Reads the bytes as a file of this source. A zero byte in them parts two files of a set.
pub fn list(source: Source, bytes: &[u8]) -> Result<(Report, Vec<Entity>), FormatError> {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let files: Vec<InputFile<'_>> =
        ["a", "b"].iter().zip(parts.by_ref()).map(|(name, bytes)| InputFile { name, bytes }).collect();
    let mut entities = Vec::new();
    let report = formats::read(source, &files, &limits(), &mut |entity| entities.push(entity))?;
    assert!(!entities.is_empty() && report.entities == entities.len() as u64, "no empty list is taken for one");
    assert!(report.defects.len() <= 5 && report.defects.len() as u64 <= report.defects_total);
    for entity in &entities {
        assert_eq!(entity.names.first().map(|name| name.kind), Some(NameKind::Primary), "every party has a name");
        assert!(entity.names.iter().all(|name| !name.text.trim().is_empty()));
    }
    Ok((report, entities))
}

/// Reads the bytes as every source there is.
pub fn every_list(bytes: &[u8]) {
    for &source in Source::all() {
        let _ = list(source, bytes);
    }
}

/// Takes the halves of the bytes for two versions of a list: what one way came has gone the other way.
pub fn delta(bytes: &[u8]) {
    let (old, new) = bytes.split_at(bytes.len() / 2);
    let version = |half: &[u8]| -> (Inventory, Vec<Entity>) {
        let mut text = b"id,name,birth_date,nationality,aliases\n".to_vec();
        text.extend_from_slice(half);
        let entities = list(Source::Custom, &text).map(|(_, entities)| entities).unwrap_or_default();
        let mut inventory = Inventory::default();
        entities.iter().for_each(|entity| inventory.note(entity));
        (inventory, entities)
    };
    let ((old, were), (new, are)) = (version(old), version(new));
    let (there, back) = (old.delta(&new), new.delta(&old));
    assert_eq!((&there.added, &there.changed, &there.removed), (&back.removed, &back.changed, &back.added));
    assert_eq!(old.delta(&old), Delta::default());
    assert_eq!(are.len() + there.removed.len(), were.len() + there.added.len());
}

/// Takes each line but the last for a listed party, and the last for who is asked about.
pub fn search(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(24).collect();
    let Some(asked) = lines.pop() else { return };
    let mut builder = Index::builder();
    let list = builder.list("list", "1");
    for (number, line) in lines.iter().enumerate() {
        let mut entity = Entity::new(number.to_string(), Schema::ALL[number % Schema::ALL.len()], *line);
        entity.birth_dates = DateRange::parse_iso(line).into_iter().collect();
        entity.identifiers = line.split_whitespace().next_back().map(passport).into_iter().collect();
        builder.add(list, &entity);
    }
    let index = builder.build();
    let mut query = Query::named(Schema::Person, asked);
    query.birth_date = DateRange::parse_iso(asked);
    query.identifiers = asked.split_whitespace().next_back().map(passport).into_iter().collect();
    let options = Options { limit: 10, ..Options::default() };
    let found = index.screen(&query, &options);
    assert!(found.len() <= 10 && found.iter().all(|found| found.score >= options.threshold));
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score), "best first");
    let mut screener = Screener::new(&index);
    assert_eq!(screener.screen(&query, &options), found);
    assert_eq!(screener.screen(&query, &options), found, "as before, of what is remembered");
    for found in &found {
        let told = index.explain(&query, found.entity).expect("an entity of the index");
        assert_eq!(told.matched.score, found.score, "the explanation tells the score that was used");
    }
    let _ = index.with_words(asked, &options);
}

fn passport(number: &str) -> Identifier {
    Identifier { kind: IdentifierKind::Passport, value: number.to_owned(), country: None, label: None }
}

/// Compares the halves of the bytes as names of every kind: the same both ways, and one for the same name alone.
pub fn compare(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (one, other) = text.split_once('\n').unwrap_or((&text, ""));
    for kind in [Kind::Person, Kind::Organisation, Kind::Object, Kind::Any] {
        let (one, other) = (Name::parse(kind, one), Name::parse(kind, other));
        let score = names::similarity(&one, &other);
        assert!(score <= Score::ONE);
        assert_eq!(score, names::similarity(&other, &one), "alike both ways");
        assert_eq!(names::explain(&one, &other).score, score, "the explanation tells the score that was used");
        for at_least in [Score::ALERT, score] {
            let reached = names::similarity_at_least(&one, &other, at_least);
            assert_eq!(reached, (score >= at_least).then_some(score));
        }
    }
}
