//! `kill -9` of the shim and of the server at every step of a request to the provider.

use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;

use crate::checks::{Checks, Failure};
use crate::cluster;
use crate::effects_onboarding::{Organizer, account_key};
use crate::place::connect;
use crate::shop::{Shop, payment_key, refund_key};

/// When the kill comes.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The request was taken, and has not reached the provider.
    BeforeCall,
    /// The provider has the request and has not carried it out.
    DuringCall,
    /// The provider has carried it out and has not answered.
    BeforeAnswer,
    /// The answer is there and is not reported.
    BeforeReport,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Payment,
    Refund,
    /// Of an organizer that has none.
    Account,
}

impl Asked {
    fn path(self) -> &'static str {
        match self {
            Self::Payment => "/v1/payment_intents",
            Self::Refund => "/v1/refunds",
            Self::Account => "/v1/accounts",
        }
    }

    /// Asks; gives the idempotency key.
    fn ask(self, shop: &Shop, buyer: &str, payment: &str) -> Result<String, Failure> {
        match self {
            Self::Payment => Ok(payment_key(&shop.fund(buyer, 500)?)),
            Self::Refund => Ok(refund_key(&shop.refund(payment, 500)?)),
            Self::Account => Ok(account_key(&Organizer::open(shop)?.ask(shop, "done")?)),
        }
    }
}

/// Rounds with a kill at some moment.
const ROUNDS: u64 = 12;

/// Runs the tests.
pub fn run(checks: &mut Checks, shop: &mut Shop) -> Result<(), Failure> {
    let buyer = shop.buyer()?;
    let payment = shop.funded(&buyer, 50_000)?;
    for asked in [Asked::Payment, Asked::Refund, Asked::Account] {
        for step in [Step::BeforeCall, Step::DuringCall, Step::BeforeAnswer, Step::BeforeReport] {
            let key = killed_shim(shop, &buyer, &payment, asked, step)?;
            once(checks, shop, &format!("{asked:?}: the shim killed at {step:?}"), &key)?;
        }
        for step in [Step::DuringCall, Step::BeforeAnswer, Step::BeforeReport] {
            let key = killed_server(shop, &buyer, &payment, asked, step)?;
            once(checks, shop, &format!("{asked:?}: the server killed at {step:?}"), &key)?;
        }
    }
    at_any_moment(checks, shop, &buyer, &payment)
}

fn once(checks: &mut Checks, shop: &Shop, name: &str, key: &str) -> Result<(), Failure> {
    shop.done(key)?;
    checks.equal(&format!("{name}, it is made once"), shop.bank.effects(key)?, 1);
    Ok(())
}

/// Asks, and comes back when the step is reached.
fn reach(shop: &Shop, buyer: &str, payment: &str, asked: Asked, step: Step) -> Result<String, Failure> {
    match step {
        Step::DuringCall => shop.bank.fault(asked.path(), &json!({"delay_ms": 1500}))?,
        Step::BeforeAnswer => shop.bank.fault(asked.path(), &json!({"answer_delay_ms": 1500}))?,
        Step::BeforeCall | Step::BeforeReport => {}
    }
    let key = asked.ask(shop, buyer, payment)?;
    shop.until("the step", || {
        let reached = match step {
            Step::BeforeCall => shop.effect(&key)?.0 == "taken",
            Step::DuringCall => !shop.bank.requests(&key)?.is_empty(),
            Step::BeforeAnswer => shop.bank.effects(&key)? == 1,
            Step::BeforeReport => shop.bank.requests(&key)?.iter().any(|request| request["status"] == 200),
        };
        Ok(reached.then_some(()))
    })?;
    Ok(key)
}

fn killed_shim(shop: &mut Shop, buyer: &str, payment: &str, asked: Asked, step: Step) -> Result<String, Failure> {
    let key = match step {
        Step::BeforeCall => {
            // Whoever connects waits here for ever, and nobody reads what is sent.
            let nowhere = TcpListener::bind("127.0.0.1:0")?;
            shop.kill();
            shop.start_with(&format!("http://{}", nowhere.local_addr()?))?;
            let key = reach(shop, buyer, payment, asked, step)?;
            shop.kill();
            key
        }
        Step::BeforeReport => {
            let mut sql = connect(&shop.place.url)?;
            let mut keeper = sql.transaction()?;
            // Effects cannot be stored: the new one is written and taken, its report waits.
            let key = report_blocked(shop, &mut keeper, buyer, payment, asked)?;
            shop.kill();
            keeper.rollback()?;
            key
        }
        Step::DuringCall | Step::BeforeAnswer => {
            let key = reach(shop, buyer, payment, asked, step)?;
            shop.kill();
            key
        }
    };
    shop.start()?;
    shop.a_minute_passes()?;
    Ok(key)
}

/// Lets the answer come while its effect is locked, so that it cannot be reported.
fn report_blocked(
    shop: &Shop,
    keeper: &mut postgres::Transaction<'_>,
    buyer: &str,
    payment: &str,
    asked: Asked,
) -> Result<String, Failure> {
    shop.bank.fault(asked.path(), &json!({"delay_ms": 700}))?;
    let key = asked.ask(shop, buyer, payment)?;
    shop.until("it is taken", || Ok((shop.effect(&key)?.0 == "taken").then_some(())))?;
    keeper.execute("SELECT 1 FROM admit.effect WHERE provider_idempotency_key = $1 FOR UPDATE", &[&key])?;
    shop.until("the answer", || {
        Ok(shop.bank.requests(&key)?.iter().any(|request| request["status"] == 200).then_some(()))
    })?;
    let text = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%effect_report%'";
    shop.until("the report waits", || {
        let waiting: i64 = connect(&shop.place.url)?.query_one(text, &[])?.get(0);
        Ok((waiting > 0).then_some(()))
    })?;
    Ok(key)
}

fn killed_server(shop: &Shop, buyer: &str, payment: &str, asked: Asked, step: Step) -> Result<String, Failure> {
    let key = if matches!(step, Step::BeforeReport) {
        let mut sql = connect(&shop.place.url)?;
        let mut keeper = sql.transaction()?;
        let key = report_blocked(shop, &mut keeper, buyer, payment, asked)?;
        cluster::kill()?;
        key
    } else {
        let key = reach(shop, buyer, payment, asked, step)?;
        cluster::kill()?;
        key
    };
    // Longer than the provider takes to answer: the report finds no server.
    std::thread::sleep(Duration::from_secs(2));
    cluster::run(&["start"])?;
    Ok(key)
}

/// Fundings, refunds and accounts under way while the shim is killed again and again.
fn at_any_moment(checks: &mut Checks, shop: &mut Shop, buyer: &str, payment: &str) -> Result<(), Failure> {
    let mut keys = Vec::new();
    for round in 0..ROUNDS {
        let slow = json!({"delay_ms": 20, "answer_delay_ms": 20, "requests": 4});
        shop.bank.fault("/v1/", &slow)?;
        for _ in 0..4 {
            keys.push(Asked::Payment.ask(shop, buyer, payment)?);
            keys.push(Asked::Refund.ask(shop, buyer, payment)?);
        }
        keys.push(Asked::Account.ask(shop, buyer, payment)?);
        std::thread::sleep(Duration::from_millis(round * 37 % 160));
        shop.kill();
        shop.start()?;
        shop.a_minute_passes()?;
    }
    let mut wrong = 0;
    for key in &keys {
        shop.done(key)?;
        wrong += usize::from(shop.bank.effects(key)? != 1);
    }
    checks.that("kills came at many moments", keys.len() == 9 * usize::try_from(ROUNDS)?);
    checks.equal("each of them was made once", wrong, 0);
    let text = "SELECT count(*) FROM admit.effect WHERE attempts > 1";
    let again: i64 = connect(&shop.place.url)?.query_one(text, &[])?.get(0);
    checks.that("and some were sent more than once", again > 0);
    Ok(())
}
