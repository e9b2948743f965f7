use admit_core::journal::merkle::{
    MerkleError, consistency_path, empty_root, inclusion_path, leaf_hash, node_hash, tree_root, verify_consistency,
    verify_inclusion,
};
use admit_core::journal::{Frontier, Hash};
use data_encoding::HEXLOWER;
use proptest::prelude::*;

use crate::{flip, leaves};

const EXHAUSTIVE_SIZE: u64 = 130;

/// The eight leaves of the reference tests of RFC 6962's authors.
const VECTOR_LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

/// Roots of their first 0 to 8 leaves, from the same tests.
const VECTOR_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn vector_leaves() -> Vec<Hash> {
    VECTOR_LEAVES.iter().map(|data| leaf_hash(&HEXLOWER.decode(data.as_bytes()).unwrap())).collect()
}

/// MTH of RFC 6962 §2.1, word for word.
fn reference_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&reference_root(left), &reference_root(right))
        }
    }
}

/// PATH of RFC 6962 §2.1.1, word for word.
fn reference_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut path, sibling) =
        if index < split { (reference_path(index, left), right) } else { (reference_path(index - split, right), left) };
    path.push(reference_root(sibling));
    path
}

/// SUBPROOF of RFC 6962 §2.1.2, word for word.
fn reference_subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![reference_root(leaves)] };
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut path, sibling) = if old <= split {
        (reference_subproof(old, left, whole), right)
    } else {
        (reference_subproof(old - split, right, false), left)
    };
    path.push(reference_root(sibling));
    path
}

#[test]
fn roots_of_the_reference_vectors() {
    let leaves = vector_leaves();
    let mut frontier = Frontier::default();
    for (size, expected) in VECTOR_ROOTS.iter().enumerate() {
        assert_eq!(HEXLOWER.encode(&tree_root(&leaves[..size])), *expected);
        assert_eq!(HEXLOWER.encode(&frontier.root()), *expected);
        if let Some(leaf) = leaves.get(size) {
            frontier.push(*leaf);
        }
    }
}

/// Paths of the same reference tests, leaf numbers counted from 0.
#[test]
fn paths_of_the_reference_vectors() {
    let leaves = vector_leaves();
    let hex = |path: Vec<Hash>| -> Vec<String> { path.iter().map(|hash| HEXLOWER.encode(hash)).collect() };
    assert_eq!(
        hex(inclusion_path(&leaves, 0).unwrap()),
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
    assert_eq!(
        hex(consistency_path(&leaves, 6).unwrap()),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn proofs_are_those_of_the_rfc_and_verify() {
    let all = leaves(EXHAUSTIVE_SIZE);
    let roots: Vec<Hash> = (0..=all.len()).map(|size| tree_root(&all[..size])).collect();
    for size in 0..=EXHAUSTIVE_SIZE {
        let (leaves, root) = (&all[..size as usize], &roots[size as usize]);
        assert_eq!(*root, reference_root(leaves));
        for index in 0..size {
            let path = inclusion_path(leaves, index).unwrap();
            assert_eq!(path, reference_path(index as usize, leaves));
            verify_inclusion(&leaves[index as usize], index, size, &path, root).unwrap();
        }
        for old in 0..=size {
            let path = consistency_path(leaves, old).unwrap();
            if old > 0 {
                assert_eq!(path, reference_subproof(old as usize, leaves, true));
            }
            verify_consistency(old, size, &path, &roots[old as usize], root).unwrap();
        }
    }
}

#[test]
fn nonsense_is_refused_by_name() {
    let three = leaves(3);
    let (root, leaf) = (tree_root(&three), three[0]);
    assert_eq!(inclusion_path(&three, 3), Err(MerkleError::IndexOutOfRange { index: 3, size: 3 }));
    assert_eq!(verify_inclusion(&leaf, 0, 0, &[], &root), Err(MerkleError::IndexOutOfRange { index: 0, size: 0 }));
    let out_of_order = MerkleError::SizesOutOfOrder { old_size: 4, new_size: 3 };
    assert_eq!(consistency_path(&three, 4), Err(out_of_order));
    assert_eq!(verify_consistency(4, 3, &[], &root, &root), Err(out_of_order));
}

#[test]
fn every_tree_extends_the_empty_one_only_under_its_true_root() {
    let root = tree_root(&leaves(3));
    let empty = empty_root();
    verify_consistency(0, 3, &[], &empty, &root).unwrap();
    verify_consistency(0, 0, &[], &empty, &empty).unwrap();
    for (old_size, new_size, path, old_root, new_root) in [
        (0, 3, vec![root], empty, root),
        (0, 3, vec![], root, root),
        (0, 0, vec![], empty, root),
        (0, 0, vec![], root, root),
        (3, 3, vec![], empty, root),
        (3, 3, vec![root], root, root),
    ] {
        assert!(verify_consistency(old_size, new_size, &path, &old_root, &new_root).is_err());
    }
}

/// A tree, given by its size, and a place in it.
fn size_and_index() -> impl Strategy<Value = (u64, u64)> {
    (1_u64..300).prop_flat_map(|size| (Just(size), 0..size))
}

proptest! {
    #[test]
    fn a_changed_inclusion_proof_fails(
        (size, index) in size_and_index(),
        other in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in any::<u8>(),
    ) {
        let leaves = leaves(size);
        let root = tree_root(&leaves);
        let path = inclusion_path(&leaves, index).unwrap();
        let verify = |leaf: &Hash, index, path: &[Hash], root: &Hash| {
            verify_inclusion(leaf, index, size, path, root)
        };
        let leaf = leaves[index as usize];
        verify(&leaf, index, &path, &root).unwrap();

        let (mut bad_leaf, mut bad_root) = (leaf, root);
        flip(&mut bad_leaf, bit);
        flip(&mut bad_root, bit);
        prop_assert!(verify(&bad_leaf, index, &path, &root).is_err());
        prop_assert!(verify(&leaf, index, &path, &bad_root).is_err());

        let other = other.index(size as usize) as u64;
        if other != index {
            prop_assert!(verify(&leaf, other, &path, &root).is_err());
        }
        if !path.is_empty() {
            let place = place.index(path.len());
            let mut bad_path = path.clone();
            flip(&mut bad_path[place], bit);
            prop_assert!(verify(&leaf, index, &bad_path, &root).is_err());
            bad_path.remove(place);
            prop_assert!(verify(&leaf, index, &bad_path, &root).is_err());
        }
        let too_long = [&path[..], &[root]].concat();
        prop_assert_eq!(verify(&leaf, index, &too_long, &root), Err(MerkleError::PathLength));
    }

    #[test]
    fn a_changed_consistency_proof_fails(
        (new, old) in size_and_index(),
        other in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in any::<u8>(),
    ) {
        prop_assume!(old > 0);
        let leaves = leaves(new);
        let (old_root, new_root) = (tree_root(&leaves[..old as usize]), tree_root(&leaves));
        let path = consistency_path(&leaves, old).unwrap();
        let verify = |old, path: &[Hash], old_root: &Hash, new_root: &Hash| {
            verify_consistency(old, new, path, old_root, new_root)
        };
        verify(old, &path, &old_root, &new_root).unwrap();

        let (mut bad_old, mut bad_new) = (old_root, new_root);
        flip(&mut bad_old, bit);
        flip(&mut bad_new, bit);
        prop_assert!(verify(old, &path, &bad_old, &new_root).is_err());
        prop_assert!(verify(old, &path, &old_root, &bad_new).is_err());

        let other = other.index(new as usize) as u64;
        if other != old {
            prop_assert!(verify(other, &path, &old_root, &new_root).is_err());
        }
        let place = place.index(path.len());
        let mut bad_path = path.clone();
        flip(&mut bad_path[place], bit);
        prop_assert!(verify(old, &bad_path, &old_root, &new_root).is_err());
        bad_path.remove(place);
        prop_assert!(verify(old, &bad_path, &old_root, &new_root).is_err());
        let too_long = [&path[..], &[new_root]].concat();
        prop_assert!(verify(old, &too_long, &old_root, &new_root).is_err());
    }

    #[test]
    fn verifying_never_panics(
        first in any::<u64>(),
        second in any::<u64>(),
        path in prop::collection::vec(any::<Hash>(), 0..70),
        root in any::<Hash>(),
    ) {
        prop_assert!(verify_inclusion(&root, first, second, &path, &root).is_err());
        let _ = verify_consistency(first, second, &path, &root, &root);
    }
}
