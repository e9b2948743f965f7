//! When an effect is sent again, and when it is given up.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{EffectKind, EffectState, Made, Outcome};

/// The first pause between two tries.
const PAUSE_MS_MIN: i64 = 1_000;
/// The longest pause between two tries, also when the provider wishes a longer one.
const PAUSE_MS_MAX: i64 = 600_000;
/// Stripe forgets idempotency keys after 24 hours at the earliest: before that, sending again is safe.
pub const KEY_HOURS: i32 = 23;
/// Idempotency keys that one effect may use.
const KEYS_MAX: i32 = 5;

/// What is known of an effect when its attempt is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EffectFacts {
    /// Its id.
    pub effect_id: Uuid,
    /// What it asks for.
    pub kind: EffectKind,
    /// Where it is.
    pub state: EffectState,
    /// How often it was taken.
    pub attempts: i32,
    /// When it was first taken with its present key: from then on it may have been carried out.
    pub key_taken_at: Timestamp,
    /// Which key it uses, from 1.
    pub key_number: i32,
    /// Whether the attempt looks for what an earlier one has made.
    pub looking: bool,
}

/// What becomes of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is done.
    Done(Made),
    /// It is sent again.
    Again {
        /// When.
        due_at: Timestamp,
        /// With which key.
        key_number: i32,
        /// Whether to look first for what was made already.
        looking: bool,
        /// Why.
        reason: String,
    },
    /// It has failed, for this reason.
    Failed(String),
    /// People have to look, for this reason.
    Uncertain(String),
    /// Nothing: a later attempt is under way, or its end is known.
    Nothing,
}

/// The pause after so many attempts, in milliseconds: it doubles from one second to ten minutes, and
/// half of it depends on the effect, so that effects that failed together are not sent together.
pub fn backoff_ms(effect_id: Uuid, attempts: i32) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default().min(20);
    let whole_ms = PAUSE_MS_MIN.saturating_mul(1 << doublings).min(PAUSE_MS_MAX);
    let digest = Sha256::new().chain_update(effect_id.as_bytes()).chain_update(attempts.to_be_bytes()).finalize();
    let share = i64::from(digest[0]) * 256 + i64::from(digest[1]);
    whole_ms / 2 + whole_ms / 2 * share / 65_535
}

/// What an attempt's outcome changes.
pub fn decide(facts: &EffectFacts, attempt: i32, outcome: Outcome, now: Timestamp) -> Step {
    match (facts.state, outcome) {
        // What was made is a fact, whichever attempt tells it.
        (EffectState::Due | EffectState::Taken | EffectState::Uncertain, Outcome::Done(made)) => Step::Done(made),
        // A list makes nothing, and a link nothing that lasts: one that comes after the end is too late.
        (EffectState::Failed, Outcome::Done(_)) if leaves_nothing(facts.kind) => Step::Nothing,
        (EffectState::Failed, Outcome::Done(made)) => {
            Step::Uncertain(format!("it was given up, but the provider has made {}", made.object_reference))
        }
        (EffectState::Taken, outcome) if attempt == facts.attempts => match of_this_attempt(facts, outcome, now) {
            // Nobody need find out whether there is a link that nobody has got.
            Step::Uncertain(reason) if facts.kind == EffectKind::AccountLinkCreate => Step::Failed(reason),
            step => step,
        },
        _ => Step::Nothing,
    }
}

/// Whether what was made is of no use once it was given up.
fn leaves_nothing(kind: EffectKind) -> bool {
    matches!(kind, EffectKind::PaymentList | EffectKind::AccountLinkCreate)
}

fn of_this_attempt(facts: &EffectFacts, outcome: Outcome, now: Timestamp) -> Step {
    let pause = |after_seconds: Option<u32>| {
        let wished_ms = i64::from(after_seconds.unwrap_or_default()).saturating_mul(1000).min(PAUSE_MS_MAX);
        now + SignedDuration::from_millis(backoff_ms(facts.effect_id, facts.attempts).max(wished_ms))
    };
    let key_ends = now.duration_since(facts.key_taken_at) >= SignedDuration::from_hours(i64::from(KEY_HOURS));
    let (key_number, looking) = (facts.key_number, facts.looking);
    match outcome {
        Outcome::Done(made) => Step::Done(made),
        Outcome::Failed(reason) if !looking => Step::Failed(reason),
        Outcome::Failed(reason) | Outcome::Uncertain(reason) => Step::Uncertain(reason),
        // Taking a method from its customer twice is taking it once.
        Outcome::Retry { after_seconds, reason }
            if looking || !key_ends || facts.kind == EffectKind::PaymentMethodDetach =>
        {
            Step::Again { due_at: pause(after_seconds), key_number, looking, reason }
        }
        // Nobody can use an object that nobody has got; a refund or an account may have been made.
        Outcome::Retry { reason, .. } if !facts.kind.is_looked_for() => {
            Step::Failed(format!("no answer within {KEY_HOURS} hours: {reason}"))
        }
        Outcome::Retry { reason, .. } => Step::Again { due_at: pause(None), key_number, looking: true, reason },
        // Looked for once more; when it is not there, it has failed.
        Outcome::Refused(reason) => Step::Again { due_at: now, key_number: KEYS_MAX, looking: true, reason },
        Outcome::KeySpent(reason) if key_number >= KEYS_MAX => Step::Uncertain(reason),
        Outcome::KeySpent(reason) => {
            let looking = facts.kind.is_looked_for();
            let key_number = if looking { key_number } else { key_number + 1 };
            Step::Again { due_at: pause(None), key_number, looking, reason }
        }
        Outcome::Absent if key_number >= KEYS_MAX => {
            Step::Failed("it was asked for, and the provider has not carried it out".to_owned())
        }
        Outcome::Absent => {
            let reason = "it was looked for and not found".to_owned();
            Step::Again { due_at: now, key_number: key_number + 1, looking: false, reason }
        }
    }
}
