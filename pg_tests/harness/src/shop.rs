//! A shop that lets admit call the provider: a place, a shim, the provider, and its buyers.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::bank::Bank;
use crate::checks::Failure;
use crate::hall::text_of;
use crate::place::{Place, WEBHOOK_SECRET, connect, fresh_database};
use crate::sellout::ticket_type;
use crate::shim::Shim;
use crate::web::Web;

/// What a ticket costs.
pub const PRICE_CENTS: i64 = 2_500;
/// How long anything may take that comes by itself.
const WITHIN: Duration = Duration::from_secs(60);

/// The shop.
pub struct Shop {
    /// The provider.
    pub bank: Bank,
    /// The tenant and its event.
    pub place: Place,
    /// The shim, unless it was killed.
    pub shim: Option<Shim>,
    /// The tickets that it sells.
    pub seats: Uuid,
}

impl Shop {
    /// Opens a shop in a database of its own.
    pub fn open(database: &str) -> Result<Self, Failure> {
        let url = fresh_database(database)?;
        let place = Place::create(&url, 1, None)?;
        let more = format!(", price_cents => {PRICE_CENTS}");
        let seats = ticket_type(&mut connect(&url)?, &place, 1_000, &more)?;
        let mut shop = Self { bank: Bank::open()?, place, shim: None, seats };
        shop.start()?;
        let provider = json!({"live": false, "webhook_secrets": [WEBHOOK_SECRET], "api_key": "sk_test_of_the_tests"});
        let configured = shop.owner("PUT", "/v1/providers/stripe", &provider)?;
        if configured["has_api_key"] != true || configured.to_string().contains("sk_test") {
            return Err(format!("the provider is configured as {configured}").into());
        }
        Ok(shop)
    }

    /// Starts a shim that calls the provider.
    pub fn start(&mut self) -> Result<(), Failure> {
        let provider = format!("http://{}", self.bank.web.address);
        self.start_with(&provider)
    }

    /// Starts a shim that takes another address for the provider.
    pub fn start_with(&mut self, provider: &str) -> Result<(), Failure> {
        let variables = [
            ("ADMIT_STRIPE_URL", provider),
            ("ADMIT_MIDTRANS_URL", provider),
            ("ADMIT_XENDIT_URL", provider),
            ("ADMIT_EFFECT_POLL_MS", "100"),
            ("ADMIT_LOG", "debug"),
        ];
        let shim = Shim::start(&self.place.url, "effects", &variables)?;
        self.bank.webhooks_to(&shim.web)?;
        self.shim = Some(shim);
        Ok(())
    }

    /// Kills the shim without any chance to finish.
    pub fn kill(&mut self) {
        self.shim = None;
    }

    /// How to reach the shim.
    pub fn web(&self) -> Result<&Web, Failure> {
        self.shim.as_ref().map(|shim| &shim.web).ok_or_else(|| "there is no shim".into())
    }

    /// A request of the owner.
    pub fn owner(&self, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        self.web()?.must(method, path, &self.place.api_key, body)
    }

    /// A new buyer's token.
    pub fn buyer(&self) -> Result<String, Failure> {
        let path = format!("/wallet/{}/{}", self.place.event_id, self.place.venue_id);
        Ok(text_of(&self.web()?.must("POST", &path, "", &Value::Null)?, "session_token"))
    }

    /// Orders two tickets through the provider, with what the request adds.
    pub fn order(&self, buyer: &str, more: &Value) -> Result<Value, Failure> {
        let mut body = json!({"lines": [{"ticket_type_id": self.seats, "quantity": 2}], "pay_with": "stripe"});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        self.web()?.must("POST", "/v1/orders", buyer, &body)
    }

    /// Announces a funding; gives the payment.
    pub fn fund(&self, buyer: &str, amount_cents: i64) -> Result<String, Failure> {
        let body = json!({"amount_cents": amount_cents});
        Ok(text_of(&self.web()?.must("POST", "/v1/wallet/fundings", buyer, &body)?, "payment_id"))
    }

    /// Funds a wallet and pays at the provider; gives the payment once the money is there.
    pub fn funded(&self, buyer: &str, amount_cents: i64) -> Result<String, Failure> {
        let payment = self.fund(buyer, amount_cents)?;
        self.bank.pay("payment_intents", &self.made(buyer, &payment, "provider_reference")?)?;
        self.until("a funding is paid", || Ok((self.payment(buyer, &payment)?["state"] == "succeeded").then_some(())))?;
        Ok(payment)
    }

    /// A payment as its payer sees it.
    pub fn payment(&self, buyer: &str, payment: &str) -> Result<Value, Failure> {
        self.web()?.must("GET", &format!("/v1/payments/{payment}"), buyer, &Value::Null)
    }

    /// A field of a payment, once the provider has made its object.
    pub fn made(&self, buyer: &str, payment: &str, field: &str) -> Result<String, Failure> {
        let has = || Ok(Some(text_of(&self.payment(buyer, payment)?, field)).filter(|text| !text.is_empty()));
        self.until(field, has)
    }

    /// Refunds part of a funding; gives the refund.
    pub fn refund(&self, payment: &str, amount_cents: i64) -> Result<String, Failure> {
        let body = json!({"amount_cents": amount_cents, "reason": "asked for"});
        Ok(text_of(&self.owner("POST", &format!("/v1/payments/{payment}/refunds"), &body)?, "refund_id"))
    }

    /// State and attempts of the effect with this idempotency key.
    pub fn effect(&self, key: &str) -> Result<(String, i32), Failure> {
        let text = "SELECT state, attempts FROM admit.effect WHERE provider_idempotency_key = $1";
        let row = connect(&self.place.url)?.query_one(text, &[&key])?;
        Ok((row.get(0), row.get(1)))
    }

    /// Waits until an effect is done.
    pub fn done(&self, key: &str) -> Result<(), Failure> {
        self.until(&format!("{key} is done"), || Ok((self.effect(key)?.0 == "done").then_some(())))
    }

    /// What was taken by a worker that died is due again, as if a minute had passed.
    pub fn a_minute_passes(&self) -> Result<(), Failure> {
        let text = "UPDATE admit.effect SET due_at = now() WHERE state = 'taken'";
        connect(&self.place.url)?.execute(text, &[])?;
        Ok(())
    }

    /// Waits for something that comes by itself.
    pub fn until<T>(&self, what: &str, has: impl Fn() -> Result<Option<T>, Failure>) -> Result<T, Failure> {
        let since = Instant::now();
        loop {
            match has() {
                Ok(Some(found)) => return Ok(found),
                Ok(None) if since.elapsed() > WITHIN => return Err(format!("it does not come: {what}").into()),
                Err(error) if since.elapsed() > WITHIN => return Err(format!("{what}: {error}").into()),
                Ok(None) | Err(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

/// The idempotency key under which a payment's object is asked for.
pub fn payment_key(payment: &str) -> String {
    format!("admit-payment-{payment}")
}

/// The idempotency key under which a refund is asked for.
pub fn refund_key(refund: &str) -> String {
    format!("admit-refund-{refund}")
}
