//! Whether people may have an effect sent again.

use jiff::{SignedDuration, Timestamp};

use super::{EffectFacts, EffectKind, EffectState, KEY_HOURS};
use crate::{Error, ErrorCode, Result};

/// What sending again changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Nothing: a worker has it.
    UnderWay,
    /// It is sent now; `looking` when what an earlier try has made is looked for first.
    Now {
        /// See above.
        looking: bool,
    },
}

/// Whether an effect may be sent again without having its effect twice.
///
/// # Errors
/// `conflict` says what to do instead.
pub fn again(facts: &EffectFacts, now: Timestamp) -> Result<Again> {
    use EffectKind::{
        AccountCreate, AccountLinkCreate, CustomerCreate, PaymentCreate, PaymentList, PaymentMethodDetach, PaymentRead,
        RefundCreate, SetupCreate,
    };
    let key_age = now.duration_since(facts.key_taken_at);
    let key_is_known = key_age < SignedDuration::from_hours(i64::from(KEY_HOURS));
    let instead = match (facts.state, facts.kind) {
        (EffectState::Taken, _) => return Ok(Again::UnderWay),
        (EffectState::Due, _) => return Ok(Again::Now { looking: facts.looking }),
        (EffectState::Done, _) => "it is done already",
        // Reading has no effect, and taking a method from its customer twice is taking it once.
        (_, PaymentRead | PaymentMethodDetach) => return Ok(Again::Now { looking: false }),
        // It is looked for in the provider's list before it is asked for.
        (EffectState::Uncertain, RefundCreate | AccountCreate) => return Ok(Again::Now { looking: true }),
        (EffectState::Uncertain, PaymentCreate | CustomerCreate | SetupCreate) if key_is_known => {
            return Ok(Again::Now { looking: false });
        }
        (EffectState::Failed, RefundCreate) => "its refund has failed: ask for it again with refund.retry",
        (_, PaymentCreate) => {
            "the provider knows its idempotency key no more, or its payment has failed: begin another payment"
        }
        (_, CustomerCreate | SetupCreate) => "its adding has ended: begin another with payment_method.add",
        (_, AccountCreate | AccountLinkCreate) => "its onboarding has ended: begin another with provider.onboard",
        (_, PaymentList) => "its reconciliation has ended: begin another with reconciliation.start",
    };
    Err(Error::new(ErrorCode::Conflict, instead))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn facts(kind: EffectKind, state: EffectState, key_hours: i64) -> EffectFacts {
        EffectFacts {
            effect_id: Uuid::nil(),
            kind,
            state,
            attempts: 3,
            key_taken_at: NOW - SignedDuration::from_hours(key_hours),
            key_number: 1,
            looking: false,
        }
    }

    #[test]
    fn what_ended_is_sent_again_only_where_it_cannot_have_its_effect_twice() {
        for kind in EffectKind::ALL {
            for state in EffectState::ALL {
                for key_hours in [1, 30] {
                    let answer = again(&facts(*kind, *state, key_hours), NOW);
                    let safe = match (state, kind) {
                        (EffectState::Taken, _) => Some(Again::UnderWay),
                        (EffectState::Due, _)
                        | (
                            EffectState::Failed | EffectState::Uncertain,
                            EffectKind::PaymentRead | EffectKind::PaymentMethodDetach,
                        ) => Some(Again::Now { looking: false }),
                        (EffectState::Uncertain, EffectKind::RefundCreate | EffectKind::AccountCreate) => {
                            Some(Again::Now { looking: true })
                        }
                        (
                            EffectState::Uncertain,
                            EffectKind::PaymentCreate | EffectKind::CustomerCreate | EffectKind::SetupCreate,
                        ) if key_hours == 1 => Some(Again::Now { looking: false }),
                        _ => None,
                    };
                    assert_eq!(answer.ok(), safe, "{kind:?} {state:?} {key_hours}");
                }
            }
        }
    }
}
