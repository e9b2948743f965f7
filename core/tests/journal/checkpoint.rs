use admit_core::journal::merkle::empty_root;
use admit_core::journal::note::{self, NoteError};
use admit_core::journal::{Checkpoint, CheckpointError};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use proptest::prelude::*;

use crate::log::{Log, ORIGIN, key};

/// The example of Go's `sumdb/note`, the first implementation of signed notes.
#[test]
fn a_note_of_another_implementation_opens() {
    let public = BASE64.decode(b"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
    let key = VerifyingKey::try_from(&public[1..]).unwrap();
    let name = "PeterNeumann";
    assert_eq!(HEXLOWER.encode(&note::key_hash(name, &key)), "c74f20a3");
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let signed = format!(
        "{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg\
         KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    );
    assert_eq!(note::open(&signed, name, &[key]), Ok(text));
}

/// A note over any text, to try what a server of ours would not sign.
fn sign_text(text: &str, name: &str, key: &SigningKey) -> String {
    format!("{text}\n{}", signature_line(text, name, key))
}

fn signature_line(text: &str, name: &str, key: &SigningKey) -> String {
    let mut bytes = note::key_hash(name, &key.verifying_key()).to_vec();
    bytes.extend(key.sign(text.as_bytes()).to_bytes());
    format!("— {name} {}\n", BASE64.encode(&bytes))
}

fn verify(note: &str) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::parse_and_verify(note, ORIGIN, &[key(1).verifying_key()])
}

#[test]
fn the_body_has_the_lines_of_the_specification() {
    let checkpoint = Checkpoint::new(ORIGIN, 3, [0xab; 32], 1042).unwrap();
    assert_eq!(checkpoint.to_body(), "admit/7/journal\n3\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\nseq 1042\n");
    let note = checkpoint.sign(&key(1));
    assert_eq!(note, sign_text(&checkpoint.to_body(), ORIGIN, &key(1)));
    assert_eq!(verify(&note), Ok(checkpoint.clone()));
    assert_eq!(checkpoint.tenant_id(), Some(7));
    assert_eq!(Checkpoint::claimed_origin(&note), Some(ORIGIN));
}

#[test]
fn only_possible_checkpoints_can_be_made() {
    let contradiction = Err(CheckpointError::Contradiction);
    assert!(Checkpoint::new(ORIGIN, 0, empty_root(), 0).is_ok());
    assert_eq!(Checkpoint::new(ORIGIN, 0, [1; 32], 0), contradiction);
    assert_eq!(Checkpoint::new(ORIGIN, 0, empty_root(), 1), contradiction);
    assert_eq!(Checkpoint::new(ORIGIN, 2, [1; 32], 1), contradiction);
    assert_eq!(Checkpoint::new(ORIGIN, 2, [1; 32], -5), contradiction);
    let long = "x".repeat(256);
    for origin in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{1b}", &long] {
        let made = Checkpoint::new(origin, 1, [1; 32], 1);
        assert_eq!(made, Err(CheckpointError::Note(NoteError::KeyName)), "{origin:?}");
    }
}

#[test]
fn tenants_are_read_from_well_formed_origins_only() {
    let tenant = |origin| Checkpoint::new(origin, 1, [1; 32], 1).unwrap().tenant_id();
    assert_eq!(tenant("admit/7/journal"), Some(7));
    assert_eq!(tenant("admit/7/eu/journal"), Some(7));
    for other in ["admit/07/journal", "admit/+7/x", "admit/7/", "admit/7", "other/7/journal"] {
        let checkpoint = Checkpoint::new(other, 1, [1; 32], 1);
        assert_eq!(checkpoint.ok().and_then(|found| found.tenant_id()), None, "{other}");
    }
}

#[test]
fn signed_texts_that_are_not_checkpoints_are_refused() {
    let root = BASE64.encode(&[1; 32]);
    let bodies = [
        format!("{ORIGIN}\n1\n{root}\n"),
        format!("{ORIGIN}\n01\n{root}\nseq 1\n"),
        format!("{ORIGIN}\n+1\n{root}\nseq 1\n"),
        format!("{ORIGIN}\n1\n{root}\nseq 01\n"),
        format!("{ORIGIN}\n1\n{root}\nSEQ 1\n"),
        format!("{ORIGIN}\n1\n{root}\nseq 1\nmore\n"),
        format!("{ORIGIN}\n1\n{root}\nseq 1\n\n"),
        format!("{ORIGIN}\n1\n{}\nseq 1\n", BASE64.encode(&[1; 31])),
        format!("{ORIGIN}\n18446744073709551616\n{root}\nseq 1\n"),
    ];
    for body in bodies {
        let note = sign_text(&body, ORIGIN, &key(1));
        assert_eq!(verify(&note), Err(CheckpointError::Malformed), "{body}");
    }
    let other = sign_text(&format!("other\n1\n{root}\nseq 1\n"), ORIGIN, &key(1));
    assert_eq!(verify(&other), Err(CheckpointError::OtherOrigin));
}

#[test]
fn keys_rotate_and_witnesses_cosign() {
    let checkpoint = Log::new(&[2]).checkpoint(1);
    let body = checkpoint.to_body();
    let note = checkpoint.sign(&key(1));
    let witnessed =
        note.clone() + &signature_line(&body, "witness.example", &key(9)) + &signature_line(&body, ORIGIN, &key(2));
    let keys = [key(3).verifying_key(), key(2).verifying_key()];
    assert_eq!(verify(&witnessed), Ok(checkpoint.clone()));
    assert_eq!(Checkpoint::parse_and_verify(&witnessed, ORIGIN, &keys), Ok(checkpoint.clone()));
    let unknown = Err(CheckpointError::Note(NoteError::UnknownKey));
    assert_eq!(Checkpoint::parse_and_verify(&note, ORIGIN, &keys), unknown);
    assert_eq!(Checkpoint::parse_and_verify(&note, ORIGIN, &[]), unknown);

    // A bad signature under a known key condemns the note, beside good ones too.
    let forged = signature_line("other text\n", ORIGIN, &key(2));
    let both = [key(1).verifying_key(), key(2).verifying_key()];
    assert_eq!(
        Checkpoint::parse_and_verify(&(note + &forged), ORIGIN, &both),
        Err(CheckpointError::Note(NoteError::BadSignature))
    );
}

#[test]
fn malformed_notes_are_refused() {
    let note = Log::new(&[2]).checkpoint(1).sign(&key(1));
    let (body, line) = note.rsplit_once("\n\n").unwrap();
    let notes = [
        String::new(),
        "\n\n".to_owned(),
        note.trim_end().to_owned(),
        note.clone() + "\n",
        note.clone() + "x",
        format!("{body}\n{line}"),
        note.replace('—', "--"),
        note.replace('\n', "\r\n"),
        note.replace("seq", "s\teq"),
        note.clone() + "— no-signature AAAAAA==\n",
        note.clone() + &line.repeat(64),
        note.clone() + &"x".repeat(note::NOTE_BYTES_MAX),
    ];
    for note in notes {
        assert_eq!(verify(&note), Err(CheckpointError::Note(NoteError::Malformed)), "{note:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn checkpoints_come_back(
        size in 1_u64..i64::MAX as u64, root in any::<[u8; 32]>(), more in 0..i64::MAX,
    ) {
        let last_seq = (size as i64).saturating_add(more);
        let checkpoint = Checkpoint::new(ORIGIN, size, root, last_seq).unwrap();
        prop_assert_eq!(verify(&checkpoint.sign(&key(1))), Ok(checkpoint));
    }

    #[test]
    fn a_flipped_bit_fails(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut bytes = Log::new(&[2, 3]).checkpoint(2).sign(&key(1)).into_bytes();
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        if let Ok(note) = String::from_utf8(bytes) {
            prop_assert!(verify(&note).is_err());
        }
    }

    #[test]
    fn reading_never_panics(text in "(?s).{0,80}", line in "(— |\n){0,3}[ -~]{0,120}\n?") {
        let notes = [text.clone(), format!("{text}\n\n{line}"), sign_text(&text, ORIGIN, &key(1))];
        for note in notes {
            prop_assert!(verify(&note).is_err());
            let _ = Checkpoint::claimed_origin(&note);
        }
    }
}
