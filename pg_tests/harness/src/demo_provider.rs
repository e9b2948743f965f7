//! The demo's payment provider: where admit's requests go to, and how its payers pay.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::checks::Failure;
use crate::hall::text_of;
use crate::place::WEBHOOK_SECRET;
use crate::web::Web;

/// How long the provider, the worker and the webhook may take.
const WITHIN: Duration = Duration::from_secs(30);

/// The fake provider beside the shim.
#[derive(Clone)]
pub struct Provider {
    web: Web,
}

impl Provider {
    /// The provider at `url`; its webhooks go to the first tenant of the shim at `shim_url`.
    pub fn at(url: &str, shim_url: &str) -> Result<Self, Failure> {
        let provider = Self { web: Web::new(url) };
        let target = format!("{shim_url}/webhooks/stripe/1");
        provider.control("POST", "webhooks/stripe", &json!({"url": target, "secret": WEBHOOK_SECRET}))?;
        Ok(provider)
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        self.web.must(method, &format!("/_control/{path}"), "", body)
    }

    /// Waits until admit has made a payment at the provider and pays it there with a card.
    pub fn pay(&self, shim: &Web, payer: &str, payment_id: &str) -> Result<(), Failure> {
        let intent = until("the provider's payment", || {
            let payment = shim.must("GET", &format!("/v1/payments/{payment_id}"), payer, &Value::Null)?;
            Ok(Some(text_of(&payment, "provider_reference")).filter(|reference| !reference.is_empty()))
        })?;
        let path = format!("stripe/payment_intents/{intent}/pay");
        self.control("POST", &path, &json!({"payment_method": "pm_card_visa"})).map(drop)
    }

    /// How many payments succeeded at the provider since it was started.
    pub fn payments(&self) -> Result<u64, Failure> {
        let effects = self.control("GET", "effects?kind=payment_intent.succeed", &Value::Null)?;
        effects["count"].as_u64().ok_or_else(|| "the provider does not count".into())
    }
}

/// Waits for something that comes by itself.
pub fn until<T>(what: &str, has: impl Fn() -> Result<Option<T>, Failure>) -> Result<T, Failure> {
    let since = Instant::now();
    loop {
        if let Some(found) = has()? {
            return Ok(found);
        }
        if since.elapsed() > WITHIN {
            return Err(format!("it does not come: {what}").into());
        }
        sleep(Duration::from_millis(50));
    }
}
