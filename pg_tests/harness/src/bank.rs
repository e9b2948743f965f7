//! The fake payment provider inside the tests, and what its buyers and faults are told.

use admit_fake_provider::Server;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::checks::Failure;
use crate::place::WEBHOOK_SECRET;
use crate::web::Web;

/// The server key of the tests at Midtrans.
pub const MIDTRANS_KEY: &str = "SB-Mid-server-of-the-tests";

/// The secret key of the tests at Xendit.
pub const XENDIT_KEY: &str = "xnd_development_of_the_tests";
/// The webhook token of the tests at Xendit.
pub const XENDIT_TOKEN: &str = "token-of-the-tests-at-xendit";

/// A provider that ends with the test.
pub struct Bank {
    /// How to reach it.
    pub web: Web,
    _server: Server,
    // Dropped last: the server lives in it.
    _runtime: Runtime,
}

impl Bank {
    /// Starts one.
    pub fn open() -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let server = runtime.block_on(Server::start(0))?;
        Ok(Self { web: Web::new(&server.url()), _server: server, _runtime: runtime })
    }

    /// A request of the control API; an error for anything but success.
    pub fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        self.web.must(method, &format!("/_control/{path}"), "", body)
    }

    /// Sends the webhooks of the first tenant to a shim.
    pub fn webhooks_to(&self, shim: &Web) -> Result<(), Failure> {
        let url = format!("http://{}/webhooks/stripe/1", shim.address);
        self.control("POST", "webhooks/stripe", &json!({"url": url, "secret": WEBHOOK_SECRET}))?;
        let url = format!("http://{}/webhooks/midtrans/1", shim.address);
        self.control("POST", "webhooks/midtrans", &json!({"url": url}))?;
        let url = format!("http://{}/webhooks/xendit/1", shim.address);
        self.control("POST", "webhooks/xendit", &json!({"url": url, "secret": XENDIT_TOKEN}))?;
        self.control("POST", "webhooks/retries", &json!({"delays_ms": [200, 400, 800, 1600, 3200, 6400]}))?;
        Ok(())
    }

    /// Adds a fault rule for what is posted under a path.
    pub fn fault(&self, path: &str, rule: &Value) -> Result<(), Failure> {
        let mut whole = json!({"provider": "stripe", "method": "POST", "path_prefix": path});
        if let (Some(whole), Some(rule)) = (whole.as_object_mut(), rule.as_object()) {
            whole.extend(rule.clone());
        }
        self.control("POST", "faults", &whole).map(drop)
    }

    /// How often something happened under this idempotency key, or one made of it.
    pub fn effects(&self, key: &str) -> Result<usize, Failure> {
        let all = self.control("GET", "effects", &Value::Null)?;
        Ok(of_key(&all["effects"], key).count())
    }

    /// How often this happened to an object.
    pub fn happened(&self, kind: &str, object: &str) -> Result<usize, Failure> {
        let all = self.control("GET", &format!("effects?kind={kind}"), &Value::Null)?;
        let own = |effect: &&Value| effect["object"] == json!(object);
        Ok(all["effects"].as_array().into_iter().flatten().filter(own).count())
    }

    /// The requests that came with this idempotency key, or one made of it.
    pub fn requests(&self, key: &str) -> Result<Vec<Value>, Failure> {
        let all = self.control("GET", "requests", &Value::Null)?;
        Ok(of_key(&all["requests"], key).cloned().collect())
    }

    /// The buyer pays with a good card.
    pub fn pay(&self, kind: &str, object: &str) -> Result<(), Failure> {
        let path = format!("stripe/{kind}/{object}/pay");
        self.control("POST", &path, &json!({"payment_method": "pm_card_visa"})).map(drop)
    }
}

fn of_key<'a>(list: &'a Value, key: &'a str) -> impl Iterator<Item = &'a Value> {
    let own = move |item: &&Value| item["idempotency_key"].as_str().is_some_and(|other| other.starts_with(key));
    list.as_array().into_iter().flatten().filter(own)
}
