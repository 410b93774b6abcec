//! Shares through layers and circles, and what must hold for any graph.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Holders by key: `P…` are persons; the business is `R`.
fn graph(stakes: &[(&str, &str, f64)]) -> Graph {
    let name = |key: &str| Pii(key.to_owned());
    let mut graph = Graph::new("R", name("R"));
    for (owner, owned, _) in stakes {
        graph.add(owner, name(owner), owner.starts_with('P'));
        graph.add(owned, name(owned), owned.starts_with('P'));
    }
    for &(owner, owned, share) in stakes {
        graph.holds(owner, owned, share);
    }
    graph
}

fn shares(ownership: &Ownership) -> Vec<(&str, f64)> {
    ownership.owners.iter().map(|owner| (owner.key.as_str(), (owner.share * 1e6).round() / 1e6)).collect()
}

#[test]
fn shares_are_multiplied_along_a_path_and_added_over_paths() {
    type Stakes<'a> = &'a [(&'a str, &'a str, f64)];
    type Owners<'a> = &'a [(&'a str, f64)];
    let cases: &[(Stakes<'_>, Owners<'_>, f64)] = &[
        (&[], &[], 1.0),
        (&[("P1", "R", 0.51)], &[("P1", 0.51)], 0.49),
        (&[("A", "R", 0.5), ("P1", "A", 0.5)], &[("P1", 0.25)], 0.75),
        (&[("A", "R", 0.5), ("B", "R", 0.5), ("P1", "A", 0.3), ("P1", "B", 0.4)], &[("P1", 0.35)], 0.65),
        (&[("A", "R", 1.0), ("B", "A", 1.0), ("C", "B", 1.0), ("P1", "C", 1.0)], &[("P1", 1.0)], 0.0),
        // More than the whole is cut in proportion.
        (&[("P1", "R", 0.9), ("P2", "R", 0.9)], &[("P1", 0.5), ("P2", 0.5)], 0.0),
        // What the business holds of itself by way of A belongs to its owners.
        (&[("A", "R", 0.5), ("P1", "R", 0.5), ("R", "A", 1.0)], &[("P1", 1.0)], 0.0),
        (
            &[("A", "R", 0.5), ("P1", "R", 0.5), ("R", "A", 0.5), ("P2", "A", 0.5)],
            &[("P1", 0.666_667), ("P2", 0.333_333)],
            0.0,
        ),
        // A circle that nobody is in leads nowhere.
        (&[("A", "R", 1.0), ("B", "A", 1.0), ("A", "B", 1.0)], &[], 1.0),
        (&[("A", "R", 1.0), ("B", "A", 1.0), ("A", "B", 0.999_999), ("P1", "B", 0.000_001)], &[("P1", 1.0)], 0.0),
        // Nonsense is no share.
        (&[("P1", "R", f64::NAN), ("P2", "R", -1.0), ("P3", "R", 0.0), ("P4", "P5", 1.0), ("R", "R", 1.0)], &[], 1.0),
        (&[("P1", "R", f64::INFINITY)], &[], 1.0),
        (&[("P1", "R", 51.0)], &[("P1", 1.0)], 0.0),
    ];
    for (stakes, expected, undisclosed) in cases {
        let ownership = graph(stakes).resolve(THRESHOLD);
        assert_eq!(shares(&ownership), *expected, "{stakes:?}");
        assert!((ownership.undisclosed - undisclosed).abs() < 1e-6, "{stakes:?}: {}", ownership.undisclosed);
    }
}

#[test]
fn a_path_names_its_layers() {
    let ownership = graph(&[("A", "R", 0.6), ("B", "A", 0.5), ("P1", "B", 1.0), ("P1", "R", 0.1)]).resolve(THRESHOLD);
    let owner = &ownership.owners[0];
    let paths: Vec<(Vec<&str>, f64)> =
        owner.paths.iter().map(|path| (path.names.iter().map(|name| name.as_str()).collect(), path.share)).collect();
    assert_eq!(paths, [(vec!["R", "A", "B", "P1"], 0.3), (vec!["R", "P1"], 0.1)]);
    assert_eq!((ownership.layers, ownership.circular, owner.is_beneficial), (3, false, true));
}

#[test]
fn the_threshold_counts_and_is_the_institutions() {
    let graph = graph(&[("P1", "R", 0.25), ("P2", "R", 0.2499)]);
    let beneficial = |threshold| {
        let ownership = graph.resolve(threshold);
        ownership.owners.iter().filter(|owner| owner.is_beneficial).count()
    };
    assert_eq!((beneficial(THRESHOLD), beneficial(0.1), beneficial(0.26)), (1, 2, 0));
}

#[test]
fn who_controls_is_an_owner_without_a_share() {
    let mut graph = graph(&[("A", "R", 0.6), ("B", "R", 0.4), ("P1", "R", 0.0), ("P2", "R", 0.0)]);
    graph.controls("P1", "A", "trustee");
    graph.controls("P2", "B", "trustee");
    graph.controls("P9", "A", "trustee");
    let ownership = graph.resolve(THRESHOLD);
    let owners: Vec<_> = ownership.owners.iter().map(|owner| (owner.key.as_str(), owner.is_beneficial)).collect();
    assert_eq!(owners, [("P1", true)], "A has the majority of R, B has not");
}

#[test]
fn companies_that_all_own_each_other_end_soon() {
    let names: Vec<String> = (0..60).map(|n| format!("C{n}")).collect();
    let mut stakes: Vec<(&str, &str, f64)> = vec![("C0", "R", 1.0), ("P1", "C59", 0.01)];
    for (at, one) in names.iter().enumerate() {
        stakes.extend(
            names
                .iter()
                .enumerate()
                .filter(|(to, _)| *to != at)
                .map(|(_, other)| (one.as_str(), other.as_str(), 1.0 / 60.0)),
        );
    }
    let started = std::time::Instant::now();
    let ownership = graph(&stakes).resolve(THRESHOLD);
    assert!(ownership.circular && ownership.paths_cut && ownership.owners[0].share <= 1.0);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

/// Any graph over a few companies and persons.
fn stakes() -> impl Strategy<Value = Vec<(String, String, f64)>> {
    let owner = prop_oneof![
        (0..6_u8).prop_map(|n| format!("C{n}")),
        (0..4_u8).prop_map(|n| format!("P{n}")),
        Just("R".to_owned())
    ];
    let owned = prop_oneof![(0..6_u8).prop_map(|n| format!("C{n}")), Just("R".to_owned())];
    let share = prop_oneof![0.0..=1.0_f64, Just(1.0), Just(0.5), Just(1e-12)];
    prop::collection::vec((owner, owned, share), 0..24)
}

fn borrowed(stakes: &[(String, String, f64)]) -> Vec<(&str, &str, f64)> {
    stakes.iter().map(|(owner, owned, share)| (owner.as_str(), owned.as_str(), *share)).collect()
}

/// A tree: each node's parent comes before it; the leaves are persons.
fn trees() -> impl Strategy<Value = Vec<(usize, u16)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..500_u16), 1..20).prop_map(|nodes| {
        nodes.iter().enumerate().map(|(at, (parent, share))| (parent.index(at + 1), *share)).collect()
    })
}

proptest! {
    #[test]
    fn nobody_owns_more_than_the_whole(stakes in stakes()) {
        let ownership = graph(&borrowed(&stakes)).resolve(THRESHOLD);
        let sum: f64 = ownership.owners.iter().map(|owner| owner.share).sum();
        prop_assert!(sum <= 1.0 + 1e-9, "{sum}");
        prop_assert!((sum + ownership.undisclosed - 1.0).abs() < 1e-6);
        for owner in &ownership.owners {
            prop_assert!((0.0..=1.0).contains(&owner.share));
            // Circles only add to what the paths make.
            let paths: f64 = owner.paths.iter().map(|path| path.share).sum();
            prop_assert!(ownership.paths_cut || paths <= owner.share + 1e-6, "{paths} {}", owner.share);
        }
    }

    #[test]
    fn the_order_of_telling_makes_no_difference(stakes in stakes(), seed in any::<u64>()) {
        let mut shuffled = stakes.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, usize::try_from(state >> 33).unwrap_or(0) % (at + 1));
        }
        prop_assert_eq!(graph(&borrowed(&stakes)).resolve(THRESHOLD), graph(&borrowed(&shuffled)).resolve(THRESHOLD));
    }

    /// On a tree the share is what multiplying down every branch gives.
    #[test]
    fn it_agrees_with_brute_force_on_trees(tree in trees()) {
        let is_leaf = |node: usize| !tree.iter().any(|&(parent, _)| parent == node);
        let key = |node: usize| match node {
            0 => "R".to_owned(),
            _ if is_leaf(node) => format!("P{node}"),
            _ => format!("C{node}"),
        };
        let mut sums: BTreeMap<usize, u32> = BTreeMap::new();
        for &(parent, share) in &tree {
            *sums.entry(parent).or_default() += u32::from(share);
        }
        // Parts that are more than the whole are another test's.
        let part = |parent: usize, share: u16| f64::from(share) / f64::from(sums[&parent].max(1_000));
        let stakes: Vec<_> = tree.iter().enumerate()
            .map(|(at, &(parent, share))| (key(at + 1), key(parent), part(parent, share))).collect();
        let ownership = graph(&borrowed(&stakes)).resolve(THRESHOLD);
        for (at, _) in tree.iter().enumerate().filter(|(at, _)| is_leaf(at + 1)) {
            let (mut node, mut share) = (at + 1, 1.0);
            while node != 0 {
                let (parent, of) = tree[node - 1];
                share *= part(parent, of);
                node = parent;
            }
            let key = key(at + 1);
            let found = ownership.owners.iter().find(|owner| owner.key == key).map_or(0.0, |owner| owner.share);
            prop_assert!((found - share).abs() < 1e-9, "{key}: {found} {share}");
        }
        prop_assert!(!ownership.circular && ownership.overstated.is_empty());
    }
}
