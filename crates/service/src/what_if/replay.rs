//! One customer, asked both ways.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use onboarding::screening::Subject;
use onboarding::{Customer, Policy, TenantId};
use watchlists::screening::{Options, Query};
use watchlists::{Feature, Index, ListNumber, Topics};

use super::proposal::Proposal;
use super::report::{Kept, Moved, Report};
use crate::screening::{Lists, query, threshold};

/// Matches of one party that are compared: the best ones of each side.
const MATCHES_MAX: usize = 500;

/// The versions that are tried, searchable.
pub(super) struct Tried {
    pub index: Index,
    pub lists: Vec<String>,
}

/// Both ways to ask.
pub(super) struct Replay {
    in_force: Arc<Index>,
    tried: Index,
    /// The lists in force that are asked now, and those of them that are asked still.
    before: Vec<ListNumber>,
    after: Vec<ListNumber>,
    threshold: names::Score,
    threshold_tried: names::Score,
    ignored: BTreeSet<Feature>,
}

/// Hits of a party, the best first: (list, entry) with their scores.
type Found = Vec<((String, String), f64)>;

impl Replay {
    /// A list that is the same in both is only asked where the threshold or the evidence is another.
    pub fn new(lists: &Lists, tried: Tried, tenant: TenantId, policy: &Policy, proposal: &Proposal) -> Self {
        let visible = lists.versions.iter().zip(0..).filter(|(version, _)| version.is_seen_by(tenant));
        let visible: Vec<(String, ListNumber)> =
            visible.map(|(version, number)| (version.list.clone(), ListNumber(number))).collect();
        let replaced = |list: &String| tried.lists.contains(list);
        let only_lists = proposal.threshold.is_none() && proposal.ignored.is_empty();
        let before = visible.iter().filter(|(list, _)| !only_lists || replaced(list)).map(|(_, number)| *number);
        let after = visible.iter().filter(|(list, _)| !only_lists && !replaced(list)).map(|(_, number)| *number);
        Self {
            in_force: Arc::clone(&lists.index),
            before: before.collect(),
            after: after.collect(),
            tried: tried.index,
            threshold: threshold(policy.alert_threshold),
            threshold_tried: threshold(proposal.threshold_under(policy)),
            ignored: proposal.ignored.clone(),
        }
    }

    /// Asks both ways, and counts what differs.
    pub fn customer(&self, customer: &Customer, report: &mut Report) {
        report.looked_at += 1;
        let topics = customer.checks.keys().fold(Topics::NONE, |all, kind| all.union(kind.topics()));
        let (mut moved, mut reranked) = (false, false);
        let (mut had, mut has) = (false, false);
        for query in questions(customer) {
            let before = found(&self.in_force, &query, &self.before, self.threshold, topics);
            let query = self.without_ignored(query);
            let mut after = found(&self.in_force, &query, &self.after, self.threshold_tried, topics);
            let all: Vec<ListNumber> =
                (0..self.tried.lists().len()).filter_map(|n| u16::try_from(n).ok()).map(ListNumber).collect();
            after.extend(found(&self.tried, &query, &all, self.threshold_tried, topics));
            after.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
            had |= !before.is_empty();
            has |= !after.is_empty();
            let (differs, turned) = compare(&customer.id.to_string(), &before, &after, report);
            moved |= differs;
            reranked |= turned;
        }
        report.moved += u64::from(moved);
        report.reranked += u64::from(reranked);
        report.alarmed.0 += u64::from(!had && has);
        report.alarmed.1 += u64::from(had && !has);
    }

    fn without_ignored(&self, mut query: Query) -> Query {
        for feature in &self.ignored {
            match feature {
                Feature::BirthDate => query.birth_date = None,
                Feature::Country => query.countries.clear(),
                Feature::Identifier => query.identifiers.clear(),
                Feature::Gender | Feature::BirthPlace | Feature::Address => {}
            }
        }
        query
    }
}

/// The customer and every party around it, as questions to the lists.
fn questions(customer: &Customer) -> impl Iterator<Item = Query> {
    let related = customer.related.iter().map(Subject::of_related);
    std::iter::once(Subject::of(customer)).chain(related).map(|subject| query(&subject))
}

fn found(index: &Index, query: &Query, lists: &[ListNumber], threshold: names::Score, topics: Topics) -> Found {
    if lists.is_empty() {
        return Vec::new();
    }
    let options = Options { threshold, limit: MATCHES_MAX, topics: Some(topics), lists: Some(lists.to_vec()) };
    let matches = index.screen(query, &options).into_iter();
    let named = matches.map(|found| {
        let list = index.list_of(found.entity).map(|list| list.name.clone()).unwrap_or_default();
        ((list, found.id.0), found.score.as_f64())
    });
    let mut named: Found = named.collect();
    named.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    named
}

/// Counts what differs; whether a hit came or went, and whether those that stay stand in another order.
fn compare(customer: &str, before: &Found, after: &Found, report: &mut Report) -> (bool, bool) {
    let scores = |of: &Found| of.iter().cloned().collect::<BTreeMap<(String, String), f64>>();
    let (was, is) = (scores(before), scores(after));
    let mut moved = false;
    let name = |what, (list, entity): &(String, String), score: f64| {
        let (customer, list, entity) = (customer.to_owned(), list.clone(), entity.clone());
        Moved { customer, what, list, entity, score }
    };
    for (key, score) in after {
        let counts = report.lists.entry(key.0.clone()).or_default();
        match was.get(key) {
            Some(known) if known.total_cmp(score).is_eq() => counts.unchanged += 1,
            Some(_) => counts.rescored += 1,
            None => {
                counts.gained += 1;
                moved = true;
                report.name(name(Kept::Gained, key, *score));
            }
        }
    }
    for (key, score) in before.iter().filter(|(key, _)| !is.contains_key(key)) {
        report.lists.entry(key.0.clone()).or_default().lost += 1;
        moved = true;
        report.name(name(Kept::Lost, key, *score));
    }
    let order = |of: &Found, other: &BTreeMap<(String, String), f64>| {
        of.iter().filter(|(key, _)| other.contains_key(key)).map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    (moved, order(before, &is) != order(after, &was))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::what_if::report::Counts;

    fn found(hits: &[(&str, &str, f64)]) -> Found {
        hits.iter().map(|(list, entity, score)| (((*list).to_owned(), (*entity).to_owned()), *score)).collect()
    }

    #[test]
    fn what_comes_goes_and_turns_is_counted_by_list() {
        let before = found(&[("un", "1", 0.9), ("un", "2", 0.8), ("eu", "3", 0.75)]);
        let after = found(&[("un", "2", 0.95), ("un", "1", 0.9), ("eu", "4", 0.8)]);
        let mut report = Report::default();
        assert_eq!(compare("c", &before, &after, &mut report), (true, true));
        let expected = [
            ("eu".to_owned(), Counts { gained: 1, lost: 1, ..Counts::default() }),
            ("un".to_owned(), Counts { rescored: 1, unchanged: 1, ..Counts::default() }),
        ];
        assert_eq!(report.lists, expected.into());
        let named: Vec<_> = report.named.iter().map(|it| (it.what, it.entity.as_str())).collect();
        assert_eq!(named, [(Kept::Gained, "4"), (Kept::Lost, "3")]);
        let mut same = Report::default();
        assert_eq!(compare("c", &before, &before, &mut same), (false, false));
        assert_eq!((same.named.len(), same.lists["un"].unchanged), (0, 2));
    }

    #[test]
    fn a_report_names_so_many_and_counts_the_rest() {
        let mut report = Report::default();
        for n in 0..crate::what_if::report::NAMED_MAX + 5 {
            let entity = n.to_string();
            let mut part = Report::default();
            compare("c", &Vec::new(), &found(&[("un", &entity, 0.9)]), &mut part);
            report.add(part);
        }
        assert_eq!((report.named.len(), report.unnamed), (crate::what_if::report::NAMED_MAX, 5));
        assert_eq!(report.lists["un"].gained, crate::what_if::report::NAMED_MAX as u64 + 5);
    }
}
