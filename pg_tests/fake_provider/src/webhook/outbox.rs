//! The deliveries and the rules for them.

use std::collections::BTreeMap;
use std::time::Duration;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::provider::Provider;
use crate::webhook::{Attempt, Delivery, Message, State};

/// A longer time before an attempt is cut to this.
const DELAY_MS_MAX: u64 = 60 * 60 * 1000;

/// Where a provider sends to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    /// `http://host:port/path`.
    pub(crate) url: String,
    /// Stripe: `whsec_…`; Xendit: the callback token; Midtrans signs with the server key instead.
    #[serde(default)]
    pub(crate) secret: String,
}

/// What happens to a provider's deliveries.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rules {
    /// Held back until they are released.
    pub(crate) hold: bool,
    /// How many more times each is delivered.
    pub(crate) duplicates: u8,
    /// Every how manieth is lost; 0 is none. Doubles count.
    pub(crate) lose_every: u64,
}

/// How deliveries are tried again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Retries {
    /// Time before the second, third, … attempt.
    pub(crate) delays_ms: Vec<u64>,
    /// How long an attempt may take.
    pub(crate) timeout_ms: u64,
    /// How many are sent at the same time; with 1 they arrive in order.
    pub(crate) parallel: usize,
}

impl Default for Retries {
    fn default() -> Self {
        Self { delays_ms: vec![100, 300, 900, 2700], timeout_ms: 10_000, parallel: 1 }
    }
}

/// In which order held deliveries are released.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// As they arose, or as the release names them.
    #[default]
    Given,
    /// The last one first.
    Reversed,
    /// By a seed: the same seed gives the same order.
    Random,
}

/// The deliveries.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) targets: BTreeMap<Provider, Target>,
    pub(crate) rules: BTreeMap<Provider, Rules>,
    pub(crate) retries: Retries,
    /// Told apart by a reset: what was on its way before is none of the new outbox's business.
    pub(crate) generation: u64,
    turns: u64,
    counted: BTreeMap<Provider, u64>,
}

/// What the sender does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Send this delivery.
    Send(Box<Delivery>, Target),
    /// Nothing before then.
    Wait(Instant),
    /// Nothing before something changes.
    Idle,
}

impl Outbox {
    /// Takes a message and applies the rules to it.
    pub(crate) fn push(&mut self, message: &Message) {
        let rules = self.rules.get(&message.provider).cloned().unwrap_or_default();
        for copy in 0..=u64::from(rules.duplicates) {
            let counted = self.counted.entry(message.provider).or_default();
            *counted += 1;
            let lost = rules.lose_every > 0 && counted.is_multiple_of(rules.lose_every);
            let state = if !self.targets.contains_key(&message.provider) {
                State::Unaddressed
            } else if lost {
                State::Lost
            } else if rules.hold {
                State::Held
            } else {
                State::Waiting
            };
            self.turns += 1;
            self.deliveries.push(Delivery {
                id: self.deliveries.len() as u64 + 1,
                provider: message.provider,
                event: message.event.clone(),
                kind: message.kind.clone(),
                copy,
                state,
                attempts: Vec::new(),
                body: message.body.clone(),
                turn: self.turns,
                due: None,
            });
        }
    }

    /// Releases what is held, of one provider or all; `chosen` names deliveries and their order.
    /// Gives how many.
    pub(crate) fn release(
        &mut self,
        provider: Option<Provider>,
        order: Order,
        seed: u64,
        chosen: Option<&[u64]>,
    ) -> usize {
        let mut held: Vec<u64> = self
            .deliveries
            .iter()
            .filter(|delivery| delivery.state == State::Held && provider.is_none_or(|only| only == delivery.provider))
            .map(|delivery| delivery.id)
            .collect();
        if let Some(chosen) = chosen {
            held = chosen.iter().copied().filter(|id| held.contains(id)).collect();
        }
        match order {
            Order::Given => {}
            Order::Reversed => held.reverse(),
            Order::Random => held.sort_by_cached_key(|id| HEXLOWER.encode(&Sha256::digest(format!("{seed}.{id}")))),
        }
        for id in &held {
            self.turns += 1;
            let turn = self.turns;
            if let Some(delivery) = self.get_mut(*id) {
                delivery.state = State::Waiting;
                delivery.turn = turn;
            }
        }
        held.len()
    }

    /// Sends a delivery once more, whatever became of it. Says whether there is such a delivery.
    pub(crate) fn resend(&mut self, id: u64) -> bool {
        self.turns += 1;
        let turn = self.turns;
        let Some(delivery) = self.get_mut(id).filter(|delivery| delivery.state != State::Sending) else { return false };
        delivery.state = State::Waiting;
        delivery.turn = turn;
        delivery.due = None;
        true
    }

    /// Takes the delivery whose turn it is.
    pub(crate) fn next(&mut self, now: Instant) -> Next {
        let sending = self.deliveries.iter().filter(|delivery| delivery.state == State::Sending).count();
        if sending >= self.retries.parallel.max(1) {
            return Next::Idle;
        }
        let waiting = || self.deliveries.iter().filter(|delivery| delivery.state == State::Waiting);
        let ready =
            waiting().filter(|delivery| delivery.due.is_none_or(|due| due <= now)).min_by_key(|delivery| delivery.turn);
        let Some(id) = ready.map(|delivery| delivery.id) else {
            return waiting().filter_map(|delivery| delivery.due).min().map_or(Next::Idle, Next::Wait);
        };
        let targets = self.targets.clone();
        let Some(delivery) = self.get_mut(id) else { return Next::Idle };
        let Some(target) = targets.get(&delivery.provider) else {
            delivery.state = State::Unaddressed;
            return Next::Wait(now);
        };
        delivery.state = State::Sending;
        Next::Send(Box::new(delivery.clone()), target.clone())
    }

    /// Writes an attempt down. Says whether the event is delivered now.
    pub(crate) fn attempted(&mut self, id: u64, attempt: Attempt) -> bool {
        let delays = self.retries.delays_ms.clone();
        let Some(delivery) = self.get_mut(id) else { return false };
        let delivered = attempt.status.is_some_and(|status| (200..300).contains(&status));
        delivery.attempts.push(attempt);
        let delay_ms = delays.get(delivery.attempts.len() - 1);
        (delivery.state, delivery.due) = match (delivered, delay_ms) {
            (true, _) => (State::Delivered, None),
            (false, Some(delay_ms)) => {
                let delay = Duration::from_millis((*delay_ms).min(DELAY_MS_MAX));
                (State::Waiting, Some(Instant::now() + delay))
            }
            (false, None) => (State::GivenUp, None),
        };
        delivered
    }

    fn get_mut(&mut self, id: u64) -> Option<&mut Delivery> {
        // Ids count from 1 in the order of the list.
        self.deliveries.get_mut(usize::try_from(id).ok()?.checked_sub(1)?)
    }
}
