use admit_core::journal::{
    BlockError, Checkpoint, CheckpointError, ConsistencyProof, Hash, InclusionProof, MerkleError, NoteError, ProofError,
};
use proptest::prelude::*;

use crate::log::{Log, ORIGIN, key};

fn verify(proof: &InclusionProof) -> Result<Checkpoint, ProofError> {
    proof.verify(ORIGIN, &[key(1).verifying_key()])
}

fn verify_growth(proof: &ConsistencyProof) -> Result<(Checkpoint, Checkpoint), ProofError> {
    proof.verify(ORIGIN, &[key(1).verifying_key()])
}

#[test]
fn every_entry_is_proven_at_every_size() {
    let log = Log::new(&[3, 1, 4]);
    for size in 1..=3 {
        for block in 0..size {
            let count = log.headers[block as usize].entry_count as u32;
            for index in 0..count {
                let proof = log.inclusion(block, index, size);
                assert_eq!(verify(&proof), Ok(log.checkpoint(size)));
                assert_eq!(proof.entry, crate::log::entry(proof.seq()));
            }
        }
    }
}

#[test]
fn every_growth_is_proven() {
    let log = Log::new(&[3, 1, 4, 1, 5]);
    for new in 0..=5 {
        for old in 0..=new {
            let proof = log.consistency(old, new);
            let both = (log.checkpoint(old), log.checkpoint(new));
            assert_eq!(verify_growth(&proof), Ok(both));
        }
    }
}

#[test]
fn proofs_survive_json_and_refuse_what_they_do_not_know() {
    let log = Log::new(&[3, 1, 4]);
    let proof = log.inclusion(2, 1, 3);
    let json = serde_json::to_value(&proof).unwrap();
    assert_eq!(serde_json::from_value::<InclusionProof>(json.clone()).unwrap(), proof);
    for place in ["", "/block"] {
        let mut json = json.clone();
        json.pointer_mut(place).unwrap()["extra"] = 1.into();
        assert!(serde_json::from_value::<InclusionProof>(json).is_err());
    }
    let mut json = serde_json::to_value(log.consistency(1, 3)).unwrap();
    assert!(serde_json::from_value::<ConsistencyProof>(json.clone()).is_ok());
    json["path"][0] = "AB".repeat(32).into();
    assert!(serde_json::from_value::<ConsistencyProof>(json).is_err());
}

#[test]
fn a_wrong_inclusion_proof_is_named() {
    let log = Log::new(&[3, 1, 4]);
    let broken = |change: fn(&mut InclusionProof)| {
        let mut proof = log.inclusion(2, 1, 3);
        change(&mut proof);
        verify(&proof).unwrap_err()
    };
    let entry = ProofError::Entry(MerkleError::RootMismatch);
    let block = ProofError::BlockPath(MerkleError::RootMismatch);
    assert_eq!(broken(|p| p.entry.push(' ')), entry);
    assert_eq!(broken(|p| p.index_in_block = 2), entry);
    let outside = MerkleError::IndexOutOfRange { index: 4, size: 4 };
    assert_eq!(broken(|p| p.index_in_block = 4), ProofError::Entry(outside));
    assert_eq!(broken(|p| p.block.entries_root[0] ^= 1), block);
    assert_eq!(broken(|p| p.block.previous_hash[0] ^= 1), block);
    assert_eq!(broken(|p| p.block.sealed_at_us += 1), block);
    assert_eq!(broken(|p| p.block.tenant_id = 8), ProofError::OtherTenant);
    assert_eq!(broken(|p| p.block.first_seq += 1), ProofError::LastSeq);
    assert_eq!(broken(|p| p.block.block_number = 2), ProofError::BlockNumber);
    assert_eq!(broken(|p| p.block_index = 1), ProofError::BlockNumber);
    assert_eq!(broken(|p| p.log_size = 4), ProofError::LogSize { proof: 4, checkpoint: 3 });
    let no_entries = BlockError::OutOfRange { field: "entry_count" };
    assert_eq!(broken(|p| p.block.entry_count = -4), ProofError::Block(no_entries));
}

#[test]
fn a_proof_of_another_log_or_key_is_refused() {
    let log = Log::new(&[3]);
    let proof = log.inclusion(0, 0, 1);
    let unknown = ProofError::Checkpoint(CheckpointError::Note(NoteError::UnknownKey));
    let keys = [key(1).verifying_key()];
    assert_eq!(proof.verify("admit/8/journal", &keys), Err(unknown));
    assert_eq!(proof.verify(ORIGIN, &[key(2).verifying_key()]), Err(unknown));
}

#[test]
fn a_last_block_that_does_not_end_the_log_is_refused() {
    let log = Log::new(&[3, 1]);
    let real = log.checkpoint(2);
    let lie = Checkpoint::new(ORIGIN, 2, *real.root(), real.last_seq() + 1).unwrap();
    let mut proof = log.inclusion(1, 0, 2);
    proof.checkpoint = lie.sign(&key(1));
    assert_eq!(verify(&proof), Err(ProofError::LastSeq));
}

#[test]
fn a_forked_or_shrunken_log_is_refused() {
    let (log, fork) = (Log::new(&[3, 1, 4]), Log::new(&[3, 2, 4]));
    let mut proof = log.consistency(2, 3);
    proof.old_checkpoint = fork.checkpoint(2).sign(&key(1));
    let mismatch = ProofError::Consistency(MerkleError::RootMismatch);
    assert_eq!(verify_growth(&proof), Err(mismatch));

    let mut proof = log.consistency(2, 3);
    std::mem::swap(&mut proof.old_checkpoint, &mut proof.new_checkpoint);
    let reversed = MerkleError::SizesOutOfOrder { old_size: 3, new_size: 2 };
    assert_eq!(verify_growth(&proof), Err(ProofError::Consistency(reversed)));

    for (old, old_seq) in [(3, 9), (2, 8), (2, 9)] {
        let mut proof = log.consistency(old, 3);
        let lie = Checkpoint::new(ORIGIN, old, *log.checkpoint(old).root(), old_seq).unwrap();
        proof.old_checkpoint = lie.sign(&key(1));
        assert_eq!(verify_growth(&proof), Err(ProofError::SeqGrowth), "{old} {old_seq}");
    }
}

type PathOf = fn(&mut InclusionProof) -> &mut Vec<Hash>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Over the JSON text, so that no field can be forgotten.
    #[test]
    fn a_flipped_bit_fails(
        entry_counts in prop::collection::vec(1..6, 1..6),
        block in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let log = Log::new(&entry_counts);
        let size = entry_counts.len();
        let proof = log.inclusion(block.index(size) as u64, 0, size as u64);
        prop_assert!(verify(&proof).is_ok());
        let mut json = serde_json::to_vec(&proof).unwrap();
        let place = place.index(json.len());
        json[place] ^= 1 << bit;
        if let Ok(changed) = serde_json::from_slice::<InclusionProof>(&json) {
            prop_assert!(verify(&changed).is_err());
        }

        let proof = log.consistency(block.index(size) as u64, size as u64);
        prop_assert!(verify_growth(&proof).is_ok());
        let mut json = serde_json::to_vec(&proof).unwrap();
        let place = place % json.len();
        json[place] ^= 1 << bit;
        if let Ok(changed) = serde_json::from_slice::<ConsistencyProof>(&json) {
            prop_assert!(verify_growth(&changed).is_err());
        }
    }

    #[test]
    fn a_cut_or_stretched_path_fails(
        entry_counts in prop::collection::vec(2..6, 2..9),
        place in any::<prop::sample::Index>(),
        hash in any::<[u8; 32]>(),
    ) {
        let log = Log::new(&entry_counts);
        let proof = log.inclusion(1, 1, entry_counts.len() as u64);
        let paths: [PathOf; 2] = [|proof| &mut proof.entry_path, |proof| &mut proof.block_path];
        for path_of in paths {
            let mut cut = proof.clone();
            let path = path_of(&mut cut);
            path.remove(place.index(path.len()));
            prop_assert!(verify(&cut).is_err());
            let mut stretched = proof.clone();
            let path = path_of(&mut stretched);
            path.insert(place.index(path.len()), hash);
            prop_assert!(verify(&stretched).is_err());
        }
    }

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(serde_json::from_slice::<InclusionProof>(&bytes).is_err());
        prop_assert!(serde_json::from_slice::<ConsistencyProof>(&bytes).is_err());
    }

    /// A proof of the right shape with numbers and hashes of no meaning.
    #[test]
    fn verifying_never_panics(
        (block_number, first_seq, entry_count) in any::<(i64, i64, i32)>(),
        (block_index, log_size, index_in_block) in any::<(u64, u64, u32)>(),
    ) {
        let mut proof = Log::new(&[3, 1]).inclusion(1, 0, 2);
        proof.block.block_number = block_number;
        proof.block.first_seq = first_seq;
        proof.block.entry_count = entry_count;
        proof.block_index = block_index;
        proof.log_size = log_size;
        proof.index_in_block = index_in_block;
        prop_assert!(verify(&proof).is_err());
        let _ = proof.seq();
    }
}
