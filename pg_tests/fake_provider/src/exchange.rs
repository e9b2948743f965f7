//! One request from arrival to answer: fault rule, idempotency key, carrying out, answer.

use std::time::Duration;

use tokio::time::sleep;

use crate::answer::{Answer, Done};
use crate::fault::{Fault, Rule};
use crate::idempotency::{Scope, Seen};
use crate::journal::Outcome;
use crate::provider::Provider;
use crate::request::Request;
use crate::world::{Shared, World};
use crate::{midtrans, stripe, xendit};

/// A request in progress.
struct Exchange {
    provider: Provider,
    request: Request,
    number: u64,
    scope: Option<Scope>,
    rule: Option<Rule>,
}

/// Serves a request of a provider's client; `None` means: close the connection without an answer.
pub(crate) async fn serve(shared: &Shared, provider: Provider, request: Request) -> Option<Answer> {
    let mut exchange = {
        let mut world = shared.world();
        let number = world.journal.receive(provider, &request);
        let rule = world.faults.take(provider, &request);
        Exchange { provider, request, number, scope: None, rule }
    };
    let begun = exchange.begin(&mut shared.world());
    let (delay_ms, answer_delay_ms) =
        exchange.rule.as_ref().map_or((0, 0), |rule| (rule.delay_ms, rule.answer_delay_ms));
    pause(delay_ms).await;
    let answer = match begun {
        Some(answer) => Some(answer),
        None => exchange.finish(&mut shared.world()),
    };
    shared.wake.notify_one();
    pause(answer_delay_ms).await;
    answer.filter(|_| !exchange.drops_after())
}

async fn pause(delay_ms: u64) {
    if delay_ms > 0 {
        sleep(Duration::from_millis(delay_ms)).await;
    }
}

impl Exchange {
    /// Takes hold of the idempotency key; gives the answer when nothing is to be carried out.
    fn begin(&mut self, world: &mut World) -> Option<Answer> {
        // A rate limit answers in front of everything else and leaves the key alone.
        let limited = self.rule.as_ref().is_some_and(|rule| rule.fault == Fault::Answer && rule.status < 500);
        let dropped = self.rule.as_ref().is_some_and(|rule| rule.fault == Fault::DropBefore);
        if limited || dropped || !authorized(self.provider, &self.request) {
            return None;
        }
        let scope = Scope::of(self.provider, &self.request)?;
        let seen = world.idempotency.begin(&scope, &self.request);
        let (outcome, answer) = match seen {
            Seen::First => {
                self.scope = Some(scope);
                return None;
            }
            Seen::Before(answer) => (Outcome::Replayed, replay(self.provider, answer)),
            refused => (Outcome::Refused, conflict(self.provider, &scope, &self.request, &refused)),
        };
        self.conclude(world, outcome, &answer);
        Some(answer)
    }

    fn drops_after(&self) -> bool {
        self.rule.as_ref().is_some_and(|rule| rule.fault == Fault::DropAfter)
    }

    fn conclude(&self, world: &mut World, outcome: Outcome, answer: &Answer) {
        let status = Some(answer.status).filter(|_| !self.drops_after());
        world.journal.conclude(self.number, outcome, status);
    }

    /// Carries out, or does what the fault rule says instead.
    fn finish(&self, world: &mut World) -> Option<Answer> {
        match self.rule.as_ref().map(|rule| (rule, rule.fault)) {
            Some((_, Fault::DropBefore)) => {
                world.journal.conclude(self.number, Outcome::Prevented, None);
                None
            }
            Some((rule, Fault::Answer)) => {
                let answer = failure(self.provider, rule.status);
                self.settle(world, &answer, rule.saved && rule.status >= 500);
                world.journal.conclude(self.number, Outcome::Prevented, Some(answer.status));
                Some(answer)
            }
            _ => {
                let answer = self.carry_out(world);
                let outcome = if answer.status < 400 { Outcome::CarriedOut } else { Outcome::Refused };
                self.conclude(world, outcome, &answer);
                Some(answer)
            }
        }
    }

    fn carry_out(&self, world: &mut World) -> Answer {
        stripe::pass_time(world);
        let Done { answer, effects, saved } = match self.provider {
            Provider::Stripe => stripe::carry_out(world, self.number, &self.request),
            Provider::Midtrans => midtrans::carry_out(world, &self.request),
            Provider::Xendit => xendit::carry_out(world, &self.request),
        };
        let key = self.request.idempotency_key();
        world.journal.happened(self.provider, Some(self.number), key.as_deref(), effects);
        self.settle(world, &answer, saved);
        answer
    }

    fn settle(&self, world: &mut World, answer: &Answer, saved: bool) {
        if let Some(scope) = &self.scope {
            if saved {
                world.idempotency.keep(scope, answer);
            } else {
                world.idempotency.release(scope);
            }
        }
    }
}

fn authorized(provider: Provider, request: &Request) -> bool {
    match provider {
        Provider::Stripe => stripe::authorized(request),
        Provider::Midtrans => midtrans::authorized(request),
        Provider::Xendit => xendit::authorized(request),
    }
}

fn replay(provider: Provider, answer: Answer) -> Answer {
    match provider {
        Provider::Stripe => answer.with("Idempotent-Replayed", "true"),
        Provider::Midtrans | Provider::Xendit => answer,
    }
}

fn conflict(provider: Provider, scope: &Scope, request: &Request, seen: &Seen) -> Answer {
    match provider {
        Provider::Stripe => stripe::conflict(scope.key(), request, seen),
        Provider::Midtrans => midtrans::conflict(seen),
        Provider::Xendit => xendit::conflict(seen),
    }
}

fn failure(provider: Provider, status: u16) -> Answer {
    match provider {
        Provider::Stripe => stripe::failure(status),
        Provider::Midtrans => midtrans::failure(status),
        Provider::Xendit => xendit::failure(status),
    }
}
