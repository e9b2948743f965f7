//! Serde for hashes as 64 lower-case hexadecimal digits. One spelling only, so
//! that a proof has one text and two proofs can be compared as text.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serializer, de::Error};

use super::merkle::Hash;

pub(super) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&HEXLOWER.encode(hash))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
    decode(&String::deserialize(deserializer)?)
}

fn decode<E: Error>(text: &str) -> Result<Hash, E> {
    HEXLOWER
        .decode(text.as_bytes())
        .ok()
        .and_then(|bytes| Hash::try_from(bytes).ok())
        .ok_or_else(|| E::custom("a hash is 64 lower-case hexadecimal digits"))
}

/// The same for a list of hashes, such as a proof's path.
pub(super) mod list {
    use super::{Deserialize, Deserializer, HEXLOWER, Hash, Serializer, decode};

    pub(in crate::journal) fn serialize<S: Serializer>(hashes: &[Hash], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(hashes.iter().map(|hash| HEXLOWER.encode(hash)))
    }

    pub(in crate::journal) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Hash>, D::Error> {
        Vec::<String>::deserialize(deserializer)?.iter().map(|text| decode(text)).collect()
    }
}
