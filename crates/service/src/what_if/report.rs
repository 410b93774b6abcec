//! What came of it, counted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Hits that came or went which a report names; the rest are counted.
pub const NAMED_MAX: usize = 1_000;

/// What another composition changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// All customers of the tenant.
    pub customers: u64,
    /// Those that were asked both ways.
    pub looked_at: u64,
    /// Those that could not be read.
    pub unreadable: u64,
    /// Those that gain or lose a hit.
    pub moved: u64,
    /// Those that gain a hit and had none, and that lose the last one.
    pub alarmed: (u64, u64),
    /// Those whose hits stand in another order.
    pub reranked: u64,
    /// What became of hits, by list.
    pub lists: BTreeMap<String, Counts>,
    /// The first hits that came or went.
    pub named: Vec<Moved>,
    /// How many more did.
    pub unnamed: u64,
}

/// Hits of one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// That would be there.
    pub gained: u64,
    /// That would be gone.
    pub lost: u64,
    /// That stay with another score.
    pub rescored: u64,
    /// That stay as they are.
    pub unchanged: u64,
}

/// What becomes of a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It comes.
    Gained,
    /// It goes.
    Lost,
}

impl Kept {
    /// The word a reader reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
        }
    }
}

/// A hit that comes or goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Whose.
    pub customer: String,
    /// What becomes of it.
    pub what: Kept,
    /// The list.
    pub list: String,
    /// The entry.
    pub entity: String,
    /// How alike.
    pub score: f64,
}

impl Report {
    /// Takes another part in.
    pub fn add(&mut self, other: Self) {
        self.looked_at += other.looked_at;
        self.unreadable += other.unreadable;
        self.moved += other.moved;
        self.alarmed.0 += other.alarmed.0;
        self.alarmed.1 += other.alarmed.1;
        self.reranked += other.reranked;
        for (list, counts) in other.lists {
            let known = self.lists.entry(list).or_default();
            known.gained += counts.gained;
            known.lost += counts.lost;
            known.rescored += counts.rescored;
            known.unchanged += counts.unchanged;
        }
        self.unnamed += other.unnamed;
        other.named.into_iter().for_each(|moved| self.name(moved));
    }

    /// Names a hit, as long as there is room.
    pub(super) fn name(&mut self, moved: Moved) {
        if self.named.len() < NAMED_MAX { self.named.push(moved) } else { self.unnamed += 1 }
    }

    /// As it is kept and shown.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let list = |(list, counts): (&String, &Counts)| {
            json!({"list": list, "gained": counts.gained, "lost": counts.lost, "rescored": counts.rescored,
                "unchanged": counts.unchanged})
        };
        let moved = |moved: &Moved| {
            json!({"customer": moved.customer, "what": moved.what.as_str(), "list": moved.list, "entity": moved.entity,
                "score": moved.score})
        };
        json!({
            "customers": self.customers,
            "lookedAt": self.looked_at,
            "unreadable": self.unreadable,
            "customersMoved": self.moved,
            "customersWithFirstHit": self.alarmed.0,
            "customersWithoutHit": self.alarmed.1,
            "customersReranked": self.reranked,
            "lists": self.lists.iter().map(list).collect::<Vec<_>>(),
            "hits": self.named.iter().map(moved).collect::<Vec<_>>(),
            "hitsNotNamed": self.unnamed,
        })
    }
}
