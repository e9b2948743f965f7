use std::collections::{BTreeSet, HashMap};

use admit_core::journal::merkle::{self, MerkleError, tree_root};
use admit_core::journal::stored::{self, NodeId};
use admit_core::journal::{Frontier, FrontierError, Hash};
use proptest::prelude::*;

use crate::leaves;

type Nodes = HashMap<NodeId, Hash>;

/// Every complete node of the tree of these leaves, as pushing returns them.
fn nodes_of(leaves: &[Hash]) -> Nodes {
    let mut frontier = Frontier::default();
    leaves.iter().flat_map(|leaf| frontier.push(*leaf)).map(|(level, index, hash)| ((level, index), hash)).collect()
}

/// Only what was announced as needed, so that a lookup of more fails.
fn only(nodes: &Nodes, needed: &[NodeId]) -> Nodes {
    let distinct: BTreeSet<_> = needed.iter().collect();
    assert_eq!(distinct.len(), needed.len(), "no node is fetched twice");
    needed.iter().map(|id| (*id, nodes[id])).collect()
}

fn check_inclusion(nodes: &Nodes, leaves: &[Hash], index: u64) {
    let size = leaves.len() as u64;
    let nodes = only(nodes, &stored::inclusion_nodes_needed(index, size).unwrap());
    let lookup = |level, index| nodes.get(&(level, index)).copied();
    assert_eq!(stored::inclusion_path(index, size, &lookup), merkle::inclusion_path(leaves, index));
}

fn check_consistency(nodes: &Nodes, leaves: &[Hash], old: u64) {
    let size = leaves.len() as u64;
    let nodes = only(nodes, &stored::consistency_nodes_needed(old, size).unwrap());
    let lookup = |level, index| nodes.get(&(level, index)).copied();
    assert_eq!(stored::consistency_path(old, size, &lookup), merkle::consistency_path(leaves, old));
}

#[test]
fn stored_nodes_give_the_same_proofs() {
    let all = leaves(130);
    let nodes = nodes_of(&all);
    for size in 0..=all.len() {
        let leaves = &all[..size];
        (0..size).for_each(|index| check_inclusion(&nodes, leaves, index as u64));
        (0..=size).for_each(|old| check_consistency(&nodes, leaves, old as u64));
    }
}

#[test]
fn a_frontier_can_be_put_down_and_taken_up_at_any_size() {
    let all = leaves(130);
    let nodes = nodes_of(&all);
    let lookup = |level, index| nodes.get(&(level, index)).copied();
    let mut frontier = Frontier::default();
    for size in 0..=all.len() {
        let root = tree_root(&all[..size]);
        assert_eq!(frontier.root(), root);
        assert_eq!(stored::root(size as u64, &lookup), Ok(root));
        let parts: Vec<Hash> = stored::root_nodes_needed(size as u64).iter().map(|id| nodes[id]).collect();
        assert_eq!(frontier.nodes(), parts);
        assert_eq!(Frontier::from_parts(size as u64, parts), Ok(frontier.clone()));
        if let Some(leaf) = all.get(size) {
            frontier.push(*leaf);
        }
    }
}

#[test]
fn pushing_returns_the_finished_subtrees_upwards() {
    let leaves = leaves(4);
    let mut frontier = Frontier::default();
    let finished: Vec<Vec<NodeId>> =
        leaves.iter().map(|leaf| frontier.push(*leaf).iter().map(|node| (node.0, node.1)).collect()).collect();
    assert_eq!(finished, [vec![(0, 0)], vec![(0, 1), (1, 0)], vec![(0, 2)], vec![(0, 3), (1, 1), (2, 0)]]);
    assert_eq!(frontier.size(), 4);
}

#[test]
fn broken_storage_is_named() {
    assert_eq!(
        Frontier::from_parts(5, vec![[0; 32]]),
        Err(FrontierError::NodeCount { size: 5, expected: 2, given: 1 })
    );
    let too_large = u64::MAX;
    assert_eq!(Frontier::from_parts(too_large, vec![[0; 32]; 64]), Err(FrontierError::TooLarge { size: too_large }));
    let empty = |_, _| None;
    assert_eq!(stored::inclusion_path(0, 2, &empty), Err(MerkleError::NodeMissing { level: 0, index: 1 }));
    assert_eq!(stored::inclusion_nodes_needed(2, 2), Err(MerkleError::IndexOutOfRange { index: 2, size: 2 }));
    assert_eq!(stored::consistency_nodes_needed(3, 2), Err(MerkleError::SizesOutOfOrder { old_size: 3, new_size: 2 }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn stored_nodes_give_the_same_proofs_in_larger_trees(
        size in 131_u64..4_000,
        places in prop::collection::vec(any::<prop::sample::Index>(), 8),
    ) {
        let leaves = leaves(size);
        let nodes = nodes_of(&leaves);
        for place in places {
            let place = place.index(size as usize) as u64;
            check_inclusion(&nodes, &leaves, place);
            check_consistency(&nodes, &leaves, place);
        }
    }
}

proptest! {
    #[test]
    fn any_sizes_are_answered_without_panic(first in any::<u64>(), second in any::<u64>()) {
        let one = |_, _| Some([0; 32]);
        let (index, size) = (first.min(second), first.max(second));
        for node in stored::root_nodes_needed(size) {
            prop_assert!(node.0 == 63 || (node.1 + 1) << node.0 <= size);
        }
        prop_assert!(stored::root(size, &one).is_ok());
        prop_assert!(stored::consistency_path(index, size, &one).is_ok());
        prop_assert_eq!(stored::inclusion_path(index, size, &one).is_ok(), index < size);
        let needed = stored::consistency_nodes_needed(index, size).unwrap();
        prop_assert!(needed.len() <= 64 * 64 / 2);
    }
}
