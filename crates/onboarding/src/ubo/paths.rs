//! The ways from a business to its owners, as a reader wants to see them.

use std::collections::{BTreeMap, HashSet};

use super::{Graph, Parts, Path};

/// Most paths that are kept for one owner.
const PATHS_MAX: usize = 20;

/// Longest path that is walked; layers beyond are counted, not shown.
const LAYERS_MAX: usize = 32;

/// Most steps that are walked: companies that all own each other have more ways than anybody could read.
const STEPS_MAX: usize = 20_000;

#[derive(Default)]
pub(super) struct Walked<'g> {
    pub paths: BTreeMap<&'g str, Vec<Path>>,
    pub circular: bool,
    pub layers: usize,
    pub cut: bool,
}

pub(super) fn walk<'g>(graph: &'g Graph, parts: &Parts<'g>) -> Walked<'g> {
    let mut walked = Walked { circular: is_circular(&graph.root, parts), ..Walked::default() };
    let mut steps = 0;
    // Each entry: the way so far and what is left of the whole at its end.
    let mut open: Vec<(Vec<&str>, f64)> = vec![(vec![graph.root.as_str()], 1.0)];
    while let Some((way, left)) = open.pop() {
        let end = way.last().copied().unwrap_or_default();
        let Some(owners) = parts.get(end) else { continue };
        for (&owner, &part) in owners {
            steps += 1;
            if steps > STEPS_MAX || way.len() > LAYERS_MAX {
                walked.cut = true;
                break;
            }
            if way.contains(&owner) {
                continue;
            }
            let mut next = way.clone();
            next.push(owner);
            walked.layers = walked.layers.max(next.len() - 1);
            if graph.is_person(owner) {
                let names = next.iter().map(|key| graph.holders[*key].name.clone()).collect();
                walked.paths.entry(owner).or_default().push(Path { names, share: left * part });
            } else {
                open.push((next, left * part));
            }
        }
    }
    for paths in walked.paths.values_mut() {
        paths.sort_by(|one, other| other.share.total_cmp(&one.share).then_with(|| one.names.cmp(&other.names)));
        walked.cut |= paths.len() > PATHS_MAX;
        paths.truncate(PATHS_MAX);
    }
    walked
}

/// Whether a company that can be reached from the root owns itself in the end.
fn is_circular(root: &str, parts: &Parts<'_>) -> bool {
    let mut done: HashSet<&str> = HashSet::new();
    let mut on_way: HashSet<&str> = HashSet::new();
    // Each company comes up twice: when its owners are to be seen, and when they have been.
    let mut open = vec![(root, false)];
    while let Some((company, seen)) = open.pop() {
        if seen {
            on_way.remove(company);
            done.insert(company);
            continue;
        }
        if done.contains(company) || !on_way.insert(company) {
            continue;
        }
        open.push((company, true));
        for &owner in parts.get(company).into_iter().flat_map(BTreeMap::keys) {
            if on_way.contains(owner) {
                return true;
            }
            if parts.contains_key(owner) {
                open.push((owner, false));
            }
        }
    }
    false
}
