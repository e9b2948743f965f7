//! A binary fuse filter of good tickets: 18 bits a ticket, no false negatives, one false positive in 65,536.
//! Its "no" is exact, its "yes" proves nothing, so it never lets anybody in.
//!
//! Encoding, big-endian: seed 8 | segment length 4 | length of all segments 4 | fingerprints of 2 bytes each,
//! as in Graf and Lemire, Binary Fuse Filters (2022), with the key hashes of the reference implementation.

use xorf::{BinaryFuse16, Filter};

use super::list::Encoded;

const HEAD: usize = 16;

/// The filter.
#[derive(Debug, Clone)]
pub struct TicketFilter(BinaryFuse16);

impl TicketFilter {
    /// The filter of these prefixes, each once; none when they are so many that no filter can be made.
    pub fn of(prefixes: &[u64]) -> Option<Self> {
        BinaryFuse16::try_from(prefixes).ok().map(Self)
    }

    /// Whether a prefix may be among them.
    pub fn may_contain(&self, prefix: u64) -> bool {
        self.0.contains(&prefix)
    }
}

impl PartialEq for TicketFilter {
    fn eq(&self, other: &Self) -> bool {
        self.0.descriptor == other.0.descriptor && self.0.fingerprints == other.0.fingerprints
    }
}

impl Encoded for TicketFilter {
    fn encode(&self) -> Vec<u8> {
        let descriptor = &self.0.descriptor;
        let mut bytes = Vec::with_capacity(HEAD + 2 * self.0.fingerprints.len());
        bytes.extend_from_slice(&descriptor.seed.to_be_bytes());
        bytes.extend_from_slice(&descriptor.segment_length.to_be_bytes());
        bytes.extend_from_slice(&descriptor.segment_count_length.to_be_bytes());
        bytes.extend(self.0.fingerprints.iter().flat_map(|fingerprint| fingerprint.to_be_bytes()));
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
        let seed = u64::from_be_bytes(head[..8].try_into().ok()?);
        let segment_length = u32::from_be_bytes(head[8..12].try_into().ok()?);
        let segment_count_length = u32::from_be_bytes(head[12..].try_into().ok()?);
        // What a lookup computes with these has to lie inside the fingerprints.
        let whole = segment_length.is_power_of_two() && segment_count_length.is_multiple_of(segment_length);
        let count = segment_length.checked_mul(2)?.checked_add(segment_count_length)?;
        if !whole || segment_count_length == 0 || u64::from(count) * 2 != u64::try_from(rest.len()).ok()? {
            return None;
        }
        let mut filter = BinaryFuse16::try_from(&[0_u64][..]).ok()?;
        filter.descriptor.seed = seed;
        filter.descriptor.segment_length = segment_length;
        filter.descriptor.segment_length_mask = segment_length - 1;
        filter.descriptor.segment_count_length = segment_count_length;
        filter.fingerprints = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        Some(Self(filter))
    }
}
