use std::collections::BTreeMap;

use admit_core::journal::merkle::leaf_hash;
use admit_core::journal::{BlockError, BlockHeader};
use proptest::prelude::*;
use serde_json::Value;

use crate::log::{Log, TENANT};

#[test]
fn the_canonical_form_is_fixed() {
    let header = BlockHeader {
        tenant_id: TENANT,
        block_number: 2,
        first_seq: 11,
        entry_count: 5,
        entries_root: [0xab; 32],
        previous_hash: [0x01; 32],
        sealed_at_us: 1_790_000_000_000_000,
    };
    let expected = format!(
        "{{\"block_number\":2,\"entries_root\":\"{}\",\"entry_count\":5,\"first_seq\":11,\
         \"previous_hash\":\"{}\",\"sealed_at_us\":1790000000000000,\"tenant_id\":7}}",
        "ab".repeat(32),
        "01".repeat(32),
    );
    assert_eq!(String::from_utf8(header.canonical()).unwrap(), expected);
    assert_eq!(header.leaf_hash(), leaf_hash(expected.as_bytes()));
    assert_eq!(header.last_seq(), 15);
}

#[test]
fn a_log_chains() {
    let log = Log::new(&[3, 1, 4]);
    for header in &log.headers {
        header.check().unwrap();
    }
    for pair in log.headers.windows(2) {
        pair[1].check_follows(&pair[0]).unwrap();
    }
}

#[test]
fn a_broken_chain_is_named() {
    let log = Log::new(&[3, 1]);
    let [first, second] = &log.headers[..] else { panic!("two blocks") };
    let broken = |change: fn(&mut BlockHeader)| {
        let mut header = second.clone();
        change(&mut header);
        header.check_follows(first).unwrap_err()
    };
    assert_eq!(broken(|h| h.tenant_id = 8), BlockError::OtherTenant);
    assert_eq!(broken(|h| h.block_number = 3), BlockError::NumberGap);
    assert_eq!(broken(|h| h.first_seq = 5), BlockError::SequenceGap);
    assert_eq!(broken(|h| h.previous_hash[0] ^= 1), BlockError::PreviousHash);
    assert_eq!(broken(|h| h.sealed_at_us = 0), BlockError::TimeReversed);
    let count = BlockError::OutOfRange { field: "entry_count" };
    assert_eq!(broken(|h| h.entry_count = 0), count);
}

#[test]
fn a_header_that_cannot_be_is_named() {
    let log = Log::new(&[3]);
    let broken = |change: fn(&mut BlockHeader)| {
        let mut header = log.headers[0].clone();
        change(&mut header);
        header.check().unwrap_err()
    };
    let out_of_range = |field| BlockError::OutOfRange { field };
    assert_eq!(broken(|h| h.block_number = 0), out_of_range("block_number"));
    assert_eq!(broken(|h| h.first_seq = i64::MAX), out_of_range("first_seq"));
    assert_eq!(broken(|h| h.first_seq = (1 << 53) - 2), out_of_range("first_seq"));
    assert_eq!(broken(|h| h.sealed_at_us = -1), out_of_range("sealed_at_us"));
    assert_eq!(broken(|h| h.first_seq = 2), BlockError::FirstBlock);
    assert_eq!(broken(|h| h.previous_hash[31] = 1), BlockError::FirstBlock);
}

proptest! {
    /// Also of headers that cannot be, so that nothing is lost on the way.
    #[test]
    fn canonical_is_sorted_json_of_the_header(
        (tenant_id, entry_count) in any::<(i32, i32)>(),
        (block_number, first_seq, sealed_at_us) in any::<(i64, i64, i64)>(),
        (entries_root, previous_hash) in any::<([u8; 32], [u8; 32])>(),
    ) {
        let header = BlockHeader {
            tenant_id, block_number, first_seq, entry_count,
            entries_root, previous_hash, sealed_at_us,
        };
        let sorted: BTreeMap<String, Value> =
            serde_json::from_value(serde_json::to_value(&header).unwrap()).unwrap();
        prop_assert_eq!(header.canonical(), serde_json::to_vec(&sorted).unwrap());
        let read: BlockHeader = serde_json::from_slice(&header.canonical()).unwrap();
        prop_assert_eq!(read, header.clone());
        let _ = header.check();
        let _ = header.check_follows(&header);
    }
}
