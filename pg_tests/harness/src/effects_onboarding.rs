//! Onboarding of connected accounts: one account whatever fails and however many ask for it at once, a
//! link for each who asks, and the states on the way.

use std::collections::HashSet;
use std::thread;

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::effects_faults::faults;
use crate::hall::text_of;
use crate::place::{WEBHOOK_SECRET, connect};
use crate::shop::Shop;

const PROVIDER: &str = "/v1/providers/stripe";
const ONBOARDINGS: &str = "/v1/providers/stripe/onboardings";
/// How many ask at once.
const CLIENTS: usize = 8;

/// An organizer: a tenant of its own, without an account yet.
pub struct Organizer {
    tenant_id: i32,
    api_key: String,
}

impl Organizer {
    /// A new one.
    pub fn open(shop: &Shop) -> Result<Self, Failure> {
        let mut sql = connect(&shop.place.url)?;
        let tenant_id: i32 = sql.query_one("SELECT max(tenant_id) + 1 FROM admit.tenant", &[])?.get(0);
        let text = "SELECT api_key FROM admit.tenant_create($1, 'Organizer', 'USD')";
        let api_key: String = sql.query_one(text, &[&tenant_id])?.get(0);
        let provider = json!({"live": false, "webhook_secrets": [WEBHOOK_SECRET], "api_key": "sk_test_of_the_tests"});
        shop.web()?.must("PUT", PROVIDER, &api_key, &provider)?;
        Ok(Self { tenant_id, api_key })
    }

    /// Asks for a link; gives the onboarding.
    pub fn ask(&self, shop: &Shop, page: &str) -> Result<String, Failure> {
        Ok(text_of(&shop.web()?.must("POST", ONBOARDINGS, &self.api_key, &wish(page))?, "onboarding_id"))
    }

    /// The onboarding once its link is here.
    fn link(&self, shop: &Shop, onboarding: &str) -> Result<Value, Failure> {
        let path = format!("/v1/provider-onboardings/{onboarding}");
        shop.until("the link", || {
            let view = shop.web()?.must("GET", &path, &self.api_key, &Value::Null)?;
            Ok((view["state"] == "ready").then_some(view))
        })
    }

    /// How many accounts the provider has made for the tenant.
    fn accounts(&self, shop: &Shop) -> Result<usize, Failure> {
        let headers = [("Authorization", "Bearer sk_test_of_the_tests")];
        let mut count = 0;
        let mut after = String::new();
        loop {
            let list = shop.bank.web.send("GET", &format!("/v1/accounts?limit=100{after}"), &headers, b"")?.json;
            let page = list["data"].as_array().cloned().unwrap_or_default();
            let own = json!(self.tenant_id.to_string());
            count += page.iter().filter(|account| account["metadata"]["admit_tenant_id"] == own).count();
            match page.last().filter(|_| list["has_more"] == true) {
                Some(last) => after = format!("&starting_after={}", text_of(last, "id")),
                None => return Ok(count),
            }
        }
    }

    fn violations(&self, shop: &Shop) -> Result<i64, Failure> {
        let text = "SELECT sum(violations)::bigint FROM admit.verify($1)";
        Ok(connect(&shop.place.url)?.query_one(text, &[&self.tenant_id])?.get(0))
    }
}

fn wish(page: &str) -> Value {
    json!({"country": "DE", "return_url": format!("https://shop.example/{page}"), "refresh_url": "https://shop.example/again"})
}

/// The idempotency key under which an onboarding's account is asked for.
pub fn account_key(onboarding: &str) -> String {
    format!("admit-account-{onboarding}")
}

fn link_key(onboarding: &str) -> String {
    format!("admit-account-link-{onboarding}")
}

/// Runs the tests.
pub fn run(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    the_way_to_an_account(checks, shop)?;
    in_spite_of_faults(checks, shop)?;
    many_at_once(checks, shop)
}

fn state(shop: &Shop) -> Result<Value, Failure> {
    shop.owner("GET", PROVIDER, &Value::Null)
}

/// What the provider's own pages and reviews do to the account.
fn told(shop: &Shop, account: &str, standing: &Value, onboarding: &str) -> Result<Value, Failure> {
    shop.bank.control("POST", &format!("stripe/accounts/{account}"), standing)?;
    shop.until(&format!("the account is {onboarding}"), || {
        let view = state(shop)?;
        Ok((view["onboarding"] == onboarding).then_some(view))
    })
}

fn the_way_to_an_account(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    checks.equal("before it is asked for", state(shop)?["onboarding"].clone(), json!("not_started"));
    let owner = Organizer { tenant_id: shop.place.tenant_id, api_key: shop.place.api_key.clone() };
    let onboarding = owner.ask(shop, "done")?;
    let link = owner.link(shop, &onboarding)?;
    let (account, url) = (text_of(&link, "account"), text_of(&link, "url"));
    checks.that("the owner gets a link", url.contains(&account) && account.starts_with("acct_"));
    checks.equal("the account is begun", state(shop)?["onboarding"].clone(), json!("in_progress"));
    let due = json!({"details_submitted": true, "charges_enabled": true, "requirements_due": ["external_account"]});
    let restricted = told(shop, &account, &due, "restricted")?;
    checks.equal("what is due is told", restricted["requirements_due"].clone(), json!(["external_account"]));
    let complete = told(shop, &account, &json!({"payouts_enabled": true}), "complete")?;
    checks.equal("then nothing is", complete["requirements_due"].clone(), json!([]));
    checks.equal("the account is named", complete["onboarded_account"].clone(), json!(account));
    let second = owner.ask(shop, "done")?;
    let again = owner.link(shop, &second)?;
    checks.that("asked again there is another link", text_of(&again, "url") != url);
    checks.equal("to the same account", text_of(&again, "account"), account);
    checks.equal("of which there is one", owner.accounts(shop)?, 1);
    let stored = format!("%{}%", url.trim_start_matches("https://"));
    let text = "SELECT (SELECT count(*) FROM admit.journal AS j WHERE j::text LIKE $1) \
                + (SELECT count(*) FROM admit.provider_onboarding AS o WHERE o::text LIKE $1) \
                + (SELECT count(*) FROM admit.effect AS e WHERE e::text LIKE $1)";
    let in_clear: i64 = connect(&shop.place.url)?.query_one(text, &[&stored])?.get(0);
    checks.equal("a link is not stored in clear", in_clear, 0);
    let log = shop.shim.as_ref().map(|shim| std::fs::read_to_string(&shim.log)).transpose()?.unwrap_or_default();
    checks.that(
        "the shim's log tells of it, and not the link",
        log.contains("account_link.create") && !log.contains(&url),
    );
    Ok(())
}

fn in_spite_of_faults(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    for (name, rule) in faults() {
        let organizer = Organizer::open(shop)?;
        shop.bank.fault("/v1/accounts", &rule)?;
        let first = organizer.ask(shop, "done")?;
        let account = text_of(&organizer.link(shop, &first)?, "account");
        checks.equal(&format!("{name}: the account is made once"), organizer.accounts(shop)?, 1);
        let (_, attempts) = shop.effect(&account_key(&first))?;
        let tried = if rule["fault"].is_null() { attempts == 1 } else { attempts > 1 };
        checks.that(&format!("{name}: after as many tries as it takes"), tried);
        shop.bank.fault("/v1/account_links", &rule)?;
        let second = organizer.ask(shop, "done")?;
        let link = organizer.link(shop, &second)?;
        checks.equal(&format!("{name}: the link is to the account"), text_of(&link, "account"), account);
        checks.equal(&format!("{name}: and made once"), shop.bank.effects(&link_key(&second))?, 1);
        checks.equal(&format!("{name}: there is still one account"), organizer.accounts(shop)?, 1);
        checks.equal(&format!("{name}: verify is clean"), organizer.violations(shop)?, 0);
    }
    Ok(())
}

/// Several people ask at the same moment, twice each.
fn many_at_once(checks: &mut Checks, shop: &Shop) -> Result<(), Failure> {
    let organizer = Organizer::open(shop)?;
    shop.bank.fault("/v1/accounts", &json!({"answer_delay_ms": 300}))?;
    let web = shop.web()?.clone();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (web, api_key) = (web.clone(), organizer.api_key.clone());
            thread::spawn(move || -> Result<Vec<String>, String> {
                let ask = |turn: usize| {
                    let answer = web.must("POST", ONBOARDINGS, &api_key, &wish(&format!("{client}/{turn}")));
                    answer.map(|view| text_of(&view, "onboarding_id")).map_err(|error| error.to_string())
                };
                (0..2).map(ask).collect()
            })
        })
        .collect();
    let mut urls = HashSet::new();
    for client in clients {
        for onboarding in client.join().map_err(|_| "a client panicked")?? {
            urls.insert(text_of(&organizer.link(shop, &onboarding)?, "url"));
        }
    }
    checks.equal("everybody who asks at once gets a link of its own", urls.len(), 2 * CLIENTS);
    checks.equal("to one account", organizer.accounts(shop)?, 1);
    checks.equal("verify is clean after it", organizer.violations(shop)?, 0);
    Ok(())
}
