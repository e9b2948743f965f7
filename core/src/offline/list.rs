//! The exact lists of a manifest. Tickets are named by the first eight bytes of a hash, read as a big-endian
//! number; every list is sorted by it and travels as base64url.

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What stands for a ticket in its generation: the first eight bytes of SHA-256 over its 16 bytes and the
/// generation in two, big-endian.
pub fn ticket_prefix(ticket_id: Uuid, generation: u16) -> u64 {
    let hash = Sha256::new().chain_update(ticket_id.as_bytes()).chain_update(generation.to_be_bytes()).finalize();
    let mut head = [0; 8];
    head.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(head)
}

/// What stands for a code: the first eight bytes of its stored hash.
pub fn code_prefix(hash: Uuid) -> u64 {
    let mut head = [0; 8];
    head.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(head)
}

/// A list as bytes.
pub trait Encoded: Sized {
    /// Its bytes.
    fn encode(&self) -> Vec<u8>;
    /// Reads them; none for anything that [`Self::encode`] does not make.
    fn decode(bytes: &[u8]) -> Option<Self>;
}

macro_rules! travels_as_base64url {
    ($($list:ty),*) => {$(
        impl Serialize for $list {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&BASE64URL_NOPAD.encode(&self.encode()))
            }
        }

        impl<'de> Deserialize<'de> for $list {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(D::Error::custom)?;
                Self::decode(&bytes).ok_or_else(|| D::Error::custom("not a list of a manifest"))
            }
        }
    )*};
}

travels_as_base64url!(PrefixList, UsedList, CodeList, super::TicketFilter, super::SpendableList);

/// Tickets, each once, in order. Encoding: the difference from the one before (the first from zero), as LEB128:
/// seven bits a byte, the lowest first, the top bit set on all bytes but the last.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrefixList(Vec<u64>);

impl PrefixList {
    /// Sorts them and leaves repetitions out.
    pub fn new(mut prefixes: Vec<u64>) -> Self {
        prefixes.sort_unstable();
        prefixes.dedup();
        Self(prefixes)
    }

    /// Whether a ticket is among them.
    pub fn contains(&self, prefix: u64) -> bool {
        self.0.binary_search(&prefix).is_ok()
    }

    /// All of them.
    pub fn as_slice(&self) -> &[u64] {
        &self.0
    }

    /// Without some and with others.
    pub(super) fn changed(&self, without: impl Fn(u64) -> bool, with: impl IntoIterator<Item = u64>) -> Self {
        Self::new(self.0.iter().copied().filter(|prefix| !without(*prefix)).chain(with).collect())
    }
}

impl Encoded for PrefixList {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 8);
        let mut before = 0;
        for prefix in &self.0 {
            let mut left = prefix - before;
            while left >= 0x80 {
                bytes.push(left.to_le_bytes()[0] | 0x80);
                left >>= 7;
            }
            bytes.push(left.to_le_bytes()[0]);
            before = *prefix;
        }
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut prefixes = Vec::with_capacity(bytes.len() / 7);
        let (mut before, mut difference, mut shift) = (0_u64, 0_u64, 0_u32);
        for byte in bytes {
            let part = u64::from(byte & 0x7f);
            if shift > 63 || (shift == 63 && part > 1) || (*byte == 0 && shift > 0) {
                return None;
            }
            difference |= part << shift;
            if byte & 0x80 != 0 {
                shift += 7;
                continue;
            }
            if difference == 0 && !prefixes.is_empty() {
                return None;
            }
            before = before.checked_add(difference)?;
            prefixes.push(before);
            (difference, shift) = (0, 0);
        }
        (shift == 0).then_some(Self(prefixes))
    }
}

/// What became of a ticket so far, as far as a decision looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TicketPast {
    /// Admitted entries.
    pub entries: i32,
    /// How many of them were annulled.
    pub annulled: i32,
    /// On how many days it has admitted.
    pub days_used: i32,
    /// Its entries on the last of these days.
    pub day_entries: i32,
    /// That day, counted from 2000-01-01 in the event's time zone.
    pub last_day: Option<i32>,
    /// The step of the last rotating code that admitted.
    pub last_step: Option<i64>,
    /// Its last admission, to the millisecond.
    pub admitted_at: Option<Timestamp>,
    /// The gate of that, by its place among the manifest's gates.
    pub gate: Option<u16>,
    /// Whether its holder is inside.
    pub inside: bool,
    /// Whether its uses are consumed.
    pub used_up: bool,
}

/// A ticket that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedTicket {
    /// Which.
    pub prefix: u64,
    /// What became of it.
    pub past: TicketPast,
}

/// Bytes of a used ticket: prefix 8 | admitted at, Unix milliseconds 6 | last step 4 | entries 2 | days used 2 |
/// entries of the last day 2 | last day 2 | gate 2 | annulled 1 | flags 1 (1 inside, 2 used up), big-endian.
/// A number beyond its bytes is their largest; a missing time or step is 0, a missing day or gate 65535.
const USED_BYTES: usize = 30;
const NONE_16: u16 = u16::MAX;

impl UsedTicket {
    fn to_bytes(self) -> [u8; USED_BYTES] {
        let past = self.past;
        let two = |number: i32| u16::try_from(number.max(0)).unwrap_or(u16::MAX).to_be_bytes();
        let admitted_ms = past.admitted_at.map_or(0, |at| u64::try_from(at.as_millisecond()).unwrap_or(0));
        let step = past.last_step.map_or(0, |step| u32::try_from(step).unwrap_or(u32::MAX));
        let day = past.last_day.and_then(|day| u16::try_from(day).ok()).unwrap_or(NONE_16);
        let mut bytes = [0; USED_BYTES];
        bytes[..8].copy_from_slice(&self.prefix.to_be_bytes());
        bytes[8..14].copy_from_slice(&admitted_ms.to_be_bytes()[2..]);
        bytes[14..18].copy_from_slice(&step.to_be_bytes());
        bytes[18..20].copy_from_slice(&two(past.entries));
        bytes[20..22].copy_from_slice(&two(past.days_used));
        bytes[22..24].copy_from_slice(&two(past.day_entries));
        bytes[24..26].copy_from_slice(&day.to_be_bytes());
        bytes[26..28].copy_from_slice(&past.gate.unwrap_or(NONE_16).to_be_bytes());
        bytes[28] = u8::try_from(past.annulled.max(0)).unwrap_or(u8::MAX);
        bytes[29] = u8::from(past.inside) | u8::from(past.used_up) << 1;
        bytes
    }

    fn from_bytes(bytes: &[u8; USED_BYTES]) -> Option<Self> {
        let two = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let some = |number: u16| (number != NONE_16).then_some(number);
        let mut admitted_ms = [0; 8];
        admitted_ms[2..].copy_from_slice(&bytes[8..14]);
        let admitted_ms = i64::from_be_bytes(admitted_ms);
        let step = u32::from_be_bytes(bytes[14..18].try_into().ok()?);
        if bytes[29] > 3 {
            return None;
        }
        Some(Self {
            prefix: u64::from_be_bytes(bytes[..8].try_into().ok()?),
            past: TicketPast {
                entries: i32::from(two(18)),
                annulled: i32::from(bytes[28]),
                days_used: i32::from(two(20)),
                day_entries: i32::from(two(22)),
                last_day: some(two(24)).map(i32::from),
                last_step: (step > 0).then_some(i64::from(step)),
                admitted_at: match admitted_ms {
                    0 => None,
                    milliseconds => Some(Timestamp::from_millisecond(milliseconds).ok()?),
                },
                gate: some(two(26)),
                inside: bytes[29] & 1 != 0,
                used_up: bytes[29] & 2 != 0,
            },
        })
    }
}

/// Used tickets, each once, in order. Encoding: one record of 30 bytes after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsedList(Vec<UsedTicket>);

impl UsedList {
    /// Sorts them; of several records of a ticket the first stays.
    pub fn new(mut tickets: Vec<UsedTicket>) -> Self {
        tickets.sort_by_key(|ticket| ticket.prefix);
        tickets.dedup_by_key(|ticket| ticket.prefix);
        Self(tickets)
    }

    /// What became of a ticket, if it was used.
    pub fn past(&self, prefix: u64) -> Option<&TicketPast> {
        let at = self.0.binary_search_by_key(&prefix, |ticket| ticket.prefix).ok()?;
        self.0.get(at).map(|ticket| &ticket.past)
    }

    /// All of them.
    pub fn as_slice(&self) -> &[UsedTicket] {
        &self.0
    }
}

impl Encoded for UsedList {
    fn encode(&self) -> Vec<u8> {
        self.0.iter().flat_map(|ticket| ticket.to_bytes()).collect()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (records, rest) = bytes.as_chunks::<USED_BYTES>();
        let tickets: Vec<UsedTicket> = records.iter().map(UsedTicket::from_bytes).collect::<Option<_>>()?;
        let sorted = tickets.is_sorted_by(|one, next| one.prefix < next.prefix);
        (rest.is_empty() && sorted).then_some(Self(tickets))
    }
}

/// A ticket's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeRecord {
    /// The first eight bytes of the code's stored hash, as a big-endian number.
    pub code: u64,
    /// Its ticket.
    pub ticket: u64,
    /// Number of its ticket type at the event.
    pub class: u16,
}

const CODE_BYTES: usize = 18;

/// Codes, each once, in order. Encoding: code 8 | ticket 8 | class 2, big-endian, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeList(Vec<CodeRecord>);

impl CodeList {
    /// Sorts them; of several records of a code the first stays.
    pub fn new(mut codes: Vec<CodeRecord>) -> Self {
        codes.sort_by_key(|record| record.code);
        codes.dedup_by_key(|record| record.code);
        Self(codes)
    }

    /// The ticket of a code.
    pub fn find(&self, code: u64) -> Option<&CodeRecord> {
        self.0.binary_search_by_key(&code, |record| record.code).ok().and_then(|at| self.0.get(at))
    }

    /// All of them.
    pub fn as_slice(&self) -> &[CodeRecord] {
        &self.0
    }
}

impl Encoded for CodeList {
    fn encode(&self) -> Vec<u8> {
        let bytes = |record: &CodeRecord| {
            let mut bytes = [0; CODE_BYTES];
            bytes[..8].copy_from_slice(&record.code.to_be_bytes());
            bytes[8..16].copy_from_slice(&record.ticket.to_be_bytes());
            bytes[16..].copy_from_slice(&record.class.to_be_bytes());
            bytes
        };
        self.0.iter().flat_map(bytes).collect()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (records, rest) = bytes.as_chunks::<CODE_BYTES>();
        let record = |bytes: &[u8; CODE_BYTES]| {
            Some(CodeRecord {
                code: u64::from_be_bytes(bytes[..8].try_into().ok()?),
                ticket: u64::from_be_bytes(bytes[8..16].try_into().ok()?),
                class: u16::from_be_bytes([bytes[16], bytes[17]]),
            })
        };
        let codes: Vec<CodeRecord> = records.iter().map(record).collect::<Option<_>>()?;
        let sorted = codes.is_sorted_by(|one, next| one.code < next.code);
        (rest.is_empty() && sorted).then_some(Self(codes))
    }
}
