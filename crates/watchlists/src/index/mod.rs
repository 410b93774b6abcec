//! The searchable index: every listed party in memory, immutable, asked by many threads at once.
//!
//! A screening goes three steps. *Candidates* ([`candidates`]): which listed names can be alike at all; this loses
//! nothing that comparing with every name would find, by the promises that the `names` crate makes to an index.
//! *Names*: candidates are compared exactly. *Evidence*: the entities that remain are unpacked and weighed on the
//! second axis ([`crate::evidence`]), and [`combine`] makes one ordering score of both.

mod build;
mod candidates;
mod codec;
mod combine;
mod dictionary;
mod keys;
mod memory;
mod name_table;
mod rows;
mod snapshot;
mod spans;
mod words;

use std::cmp::Reverse;
use std::hash::{Hash, Hasher};

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use names::{Name, NameView, Score, Token};
use rustc_hash::{FxHashMap, FxHasher};

pub use build::IndexBuilder;
pub use memory::Screener;
pub use snapshot::Unfit;
pub use words::Named;

use self::build::EntityRow;
use self::candidates::Candidate;
use self::dictionary::Dictionary;
use self::memory::{Memory, Remembered};
use self::name_table::{Names, shelf};
use self::spans::Spans;
use crate::date::DateRange;
use crate::entity::{Entity, EntityId};
use crate::evidence::{self, Sum, identifier_key};
use crate::screening::{EntityNumber, Explanation, ListNumber, ListVersion, Match, Options, Query, comparable};

/// All entities of some lists, searchable.
pub struct Index {
    lists: Vec<ListVersion>,
    entities: Vec<EntityRow>,
    /// The birth dates of all entities, end to end.
    dates: Vec<DateRange>,
    /// The entities as [`codec`] packs them, end to end.
    packed: Vec<u8>,
    dictionary: Dictionary,
    names: Names,
    spans: Spans,
    /// Hash of a normalised identifier, and an entity that has it; sorted.
    identifiers: Vec<(u64, u32)>,
}

/// Both scores, the higher first.
type Rank = Reverse<(Score, Score)>;

/// The best pair of names found so far for one entity.
#[derive(Clone, Copy)]
struct BestName {
    score: Score,
    base: Score,
    /// Which name of the query, and which of the index; `None` where only an identifier found it.
    pair: Option<(usize, u32)>,
}

impl BestName {
    const NONE: Self = Self { score: Score::ZERO, base: Score::ZERO, pair: None };

    /// Takes the pair if it is better; of equals the one that comes first.
    fn offer(&mut self, score: Score, weak: bool, pair: (usize, u32)) {
        let base = combine::base(score, weak);
        let better = |known: (usize, u32)| (base, score, Reverse(pair)) > (self.base, self.score, Reverse(known));
        if self.pair.is_none_or(better) {
            *self = Self { score, base, pair: Some(pair) };
        }
    }
}

impl Index {
    /// An index to be filled.
    #[must_use]
    pub fn builder() -> IndexBuilder {
        IndexBuilder::new()
    }

    /// The parties that the query may be: best first, and in the same order for the same query, lists and engine.
    ///
    /// An empty answer says that no entity reaches the threshold, not that nobody of that name is listed.
    #[must_use]
    pub fn screen(&self, query: &Query, options: &Options) -> Vec<Match> {
        self.screen_with(query, options, None)
    }

    fn screen_with(&self, query: &Query, options: &Options, mut memory: Option<&mut Memory>) -> Vec<Match> {
        let asked = self.asked(query);
        let name_min = combine::name_min(options.threshold, evidence::lift_max(query));
        let mut found: FxHashMap<u32, BestName> = FxHashMap::default();
        for (number, name) in asked.iter().enumerate() {
            let view = name.view();
            let mut candidates = self.candidates(query.schema, name, memory.as_deref_mut());
            candidates.retain(|candidate| {
                let row = &self.entities[candidate.entity as usize];
                self.admits(candidate.entity, options) && comparable(query.schema, row.schema)
            });
            if query.birth_date.is_some() {
                candidates.retain(|candidate| !self.is_cleared_by_date(candidate.entity, query, options));
            }
            for Candidate { name: listed, entity } in candidates {
                if let Some(score) = names::similarity_at_least_of(&view, &self.view(listed), name_min) {
                    let weak = self.names.row(listed).weak;
                    found.entry(entity).or_insert(BestName::NONE).offer(score, weak, (number, listed));
                }
            }
        }
        for entity in self.identified(query) {
            if self.admits(entity, options) {
                found.insert(entity, self.best_name(query, &asked, EntityNumber(entity)));
            }
        }
        self.ranked(query, options, found)
    }

    /// The best of what was found, in order, written out.
    fn ranked(&self, query: &Query, options: &Options, found: FxHashMap<u32, BestName>) -> Vec<Match> {
        let nothing_else = query.names_only();
        let mut scored: Vec<(Rank, u32, BestName)> = found
            .into_iter()
            .filter_map(|(number, best)| {
                let sum = if nothing_else {
                    Sum::default()
                } else {
                    evidence::sum(query, &self.unpacked(EntityNumber(number)))
                };
                let score = self.ordering(&best, sum);
                (score >= options.threshold).then_some((Reverse((score, best.score)), number, best))
            })
            .collect();
        // Only what may be among the first is unpacked for its id, which decides between equals.
        if options.limit < scored.len() && options.limit > 0 {
            let (_, last, _) = scored.select_nth_unstable_by_key(options.limit - 1, |(rank, ..)| *rank);
            let last = last.0;
            scored.retain(|(rank, ..)| *rank <= last);
        }
        let mut ranked: Vec<_> = scored
            .into_iter()
            .map(|(rank, number, best)| {
                let entity = self.unpacked(EntityNumber(number));
                ((rank, entity.id.clone(), self.entities[number as usize].list, number), best, entity)
            })
            .collect();
        ranked.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        ranked.truncate(options.limit);
        let texts = query.full_names();
        ranked
            .into_iter()
            .map(|((Reverse((score, _)), _, _, number), best, entity)| {
                self.told(query, &texts, score, best, EntityNumber(number), entity)
            })
            .collect()
    }

    /// Why the query scores against one entity as it does, whether or not that is a match.
    #[must_use]
    pub fn explain(&self, query: &Query, number: EntityNumber) -> Option<Explanation> {
        let entity = self.entity(number)?;
        let asked = self.asked(query);
        let best = self.best_name(query, &asked, number);
        let sum = evidence::sum(query, &entity);
        let score = self.ordering(&best, sum);
        let names = best.pair.map(|(ours, name)| names::explain_of(&asked[ours].view(), &self.view(name)));
        let matched = self.told(query, &query.full_names(), score, best, number, entity);
        Some(Explanation { matched, names, base: best.base, lift: sum.lift, penalty: sum.penalty })
    }

    /// The whole entity as its list published it, for a reviewer.
    #[must_use]
    pub fn entity(&self, number: EntityNumber) -> Option<Entity> {
        ((number.0 as usize) < self.entities.len()).then(|| self.unpacked(number))
    }

    /// The list of an entity.
    #[must_use]
    pub fn list_of(&self, number: EntityNumber) -> Option<&ListVersion> {
        self.lists.get(usize::from(self.entities.get(number.0 as usize)?.list.0))
    }

    /// The number of an entity by its list and id. Goes through the whole list: for a reviewer, not for a screening.
    #[must_use]
    pub fn find(&self, list: ListNumber, id: &EntityId) -> Option<EntityNumber> {
        (0..self.entities.len() as u32)
            .filter(|number| self.entities[*number as usize].list == list)
            .map(EntityNumber)
            .find(|number| codec::decode_id(self.bytes_of(*number)) == id.0)
    }

    /// The lists it was built from, in the order of their numbers.
    #[must_use]
    pub fn lists(&self) -> &[ListVersion] {
        &self.lists
    }

    /// How many entities it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// How many names it holds.
    #[must_use]
    pub fn names(&self) -> usize {
        self.names.len()
    }

    /// Bytes of memory it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.packed.capacity()
            + size_of::<EntityRow>() * self.entities.capacity()
            + size_of::<DateRange>() * self.dates.capacity()
            + size_of::<(u64, u32)>() * self.identifiers.capacity()
            + self.dictionary.bytes()
            + self.names.bytes()
            + self.spans.bytes()
    }

    /// What the index answers to a word that it does not hold.
    fn find_out(&self, token: &Token) -> Remembered {
        let mut joined = Vec::new();
        self.spans.joined_in(token, &self.names, &self.dictionary, &mut joined);
        Remembered { alike: self.dictionary.alike(token).tokens().to_vec(), joined }
    }

    fn asked(&self, query: &Query) -> Vec<Name> {
        let kind = query.kind();
        query.full_names().iter().map(|name| Name::parse(kind, name)).collect()
    }

    /// The best pair of the query's names and the entity's.
    fn best_name(&self, query: &Query, asked: &[Name], number: EntityNumber) -> BestName {
        let mut best = BestName::NONE;
        let schema = self.entities[number.0 as usize].schema;
        if comparable(query.schema, schema) {
            for name in self.names.of_entity(number.0, shelf(schema)) {
                for (ours, asked) in asked.iter().enumerate() {
                    let score = names::similarity_of(&asked.view(), &self.view(name));
                    best.offer(score, self.names.row(name).weak, (ours, name));
                }
            }
        }
        best
    }

    /// Whether the entity is one that the options ask for.
    fn admits(&self, entity: u32, options: &Options) -> bool {
        let row = &self.entities[entity as usize];
        options.topics.is_none_or(|topics| row.topics.meets(topics))
            && options.lists.as_ref().is_none_or(|lists| lists.contains(&row.list))
    }

    /// Whether the birth date alone keeps even an exact name below the threshold: most namesakes need no more work.
    fn is_cleared_by_date(&self, entity: u32, query: &Query, options: &Options) -> bool {
        let Some(born) = &query.birth_date else { return false };
        let from = self.entities[entity as usize].dates as usize;
        let to = self.entities.get(entity as usize + 1).map_or(self.dates.len(), |next| next.dates as usize);
        let penalty = evidence::birth_date_penalty(born, &self.dates[from..to]);
        // With an identifier that stands alone it is found by that, whatever is skipped here.
        let best = Sum { lift: evidence::lift_max_undated(query), penalty, identified: false };
        penalty > 0 && combine::ordering(Score::ONE, false, best) < options.threshold
    }

    /// The entities that share an identifier that stands for a party alone.
    fn identified(&self, query: &Query) -> Vec<u32> {
        let mut all = Vec::new();
        for key in query.identifiers.iter().filter_map(identifier_key) {
            let hash = hash_of(&key);
            let from = self.identifiers.partition_point(|(known, _)| *known < hash);
            let same = self.identifiers[from..].iter().take_while(|(known, _)| *known == hash);
            // A hash that two numbers share is told apart when the entity is unpacked and compared.
            all.extend(same.map(|(_, entity)| *entity));
        }
        all
    }

    fn ordering(&self, best: &BestName, sum: Sum) -> Score {
        let weak = best.pair.is_some_and(|(_, name)| self.names.row(name).weak);
        combine::ordering(best.score, weak, sum)
    }

    fn told(
        &self,
        query: &Query,
        texts: &[String],
        score: Score,
        best: BestName,
        number: EntityNumber,
        entity: Entity,
    ) -> Match {
        let row = self.entities[number.0 as usize];
        let evidence = evidence::evidence(query, &entity);
        let identified = evidence::sum(query, &entity).identified;
        let place = best.pair.map_or(0, |(_, name)| usize::from(self.names.row(name).place));
        let listed = entity.names.get(place);
        Match {
            entity: number,
            list: row.list,
            schema: row.schema,
            topics: row.topics,
            caption: entity.caption().to_owned(),
            score,
            name_score: best.score,
            query_name: best.pair.map_or_else(String::new, |(ours, _)| texts[ours].clone()),
            listed_name: listed.map_or_else(String::new, |name| name.text.clone()),
            name_kind: listed.map_or(crate::entity::NameKind::Primary, |name| name.kind),
            identified,
            evidence,
            id: entity.id,
        }
    }

    fn view(&self, name: u32) -> NameView<'_> {
        NameView {
            kind: self.names.row(name).kind,
            tokens: self.names.tokens(name).iter().map(|token| self.dictionary.token(*token)).collect(),
        }
    }

    fn bytes_of(&self, number: EntityNumber) -> &[u8] {
        let at = self.entities[number.0 as usize].at as usize;
        let end = self.entities.get(number.0 as usize + 1).map_or(self.packed.len(), |next| next.at as usize);
        &self.packed[at..end]
    }

    fn unpacked(&self, number: EntityNumber) -> Entity {
        codec::decode(self.bytes_of(number))
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index of {} entities, {} names, {} lists", self.len(), self.names(), self.lists.len())
    }
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Makes a piece of each range of `size` numbers below `len`, on all cores; the pieces come in order.
///
/// The ranges are the same whatever the number of cores, and so is the result.
fn in_pieces<T: Send>(len: usize, size: usize, make: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let pieces = len.div_ceil(size);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(pieces);
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(pieces));
    let work = || {
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= pieces {
                break;
            }
            let made = make(piece * size..((piece + 1) * size).min(len));
            done.lock().unwrap_or_else(PoisonError::into_inner).push((piece, made));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(piece, _)| *piece);
    done.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod lossless;
#[cfg(test)]
mod tests;
