//! Connected accounts and the links to their onboarding.
//!
//! Source: Stripe's API reference "Accounts" and "Account Links".

use serde_json::{Map, Value, json};

use super::desk::Desk;
use super::list::list;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// How long a link works.
const LINK_SECONDS: i64 = 300;
/// The platform's own account.
const PLATFORM: &str = "acct_0000000000000000";

/// `POST /v1/accounts`: nothing is enabled before the control API says so.
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&[
        "business_profile",
        "business_type",
        "capabilities",
        "controller",
        "country",
        "default_currency",
        "email",
        "metadata",
        "type",
    ])?;
    let kind = parameters.word("type", &["custom", "express", "standard"])?;
    if kind.is_some() && parameters.has("controller") {
        return Err(Problem::value(
            "type",
            "You may not provide the `type` parameter and `controller` parameters simultaneously.",
        ));
    }
    let mut fields = template(kind.unwrap_or("none"), country(parameters)?);
    if let Some(controller) = parameters.child("controller") {
        fields["controller"] = controlled(&controller)?;
    }
    let own = json!({
        "business_type": parameters.text("business_type")?,
        "capabilities": requested(parameters)?,
        "created": desk.now_seconds,
        "default_currency": parameters.text("default_currency")?.unwrap_or("usd"),
        "email": parameters.text("email")?,
        "metadata": parameters.metadata(&Value::Null)?,
    });
    if let (Value::Object(fields), Value::Object(own)) = (&mut fields, own) {
        fields.extend(own);
    }
    let id = desk.make_for(Kind::Account, None, fields);
    desk.effect("account.create", &id);
    Ok(desk.view(&id))
}

fn country(parameters: &Parameters) -> Result<&str, Problem> {
    let country = parameters.text("country")?.unwrap_or("US");
    if country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()) && country != "XX" {
        return Ok(country);
    }
    let message = format!("Country '{country}' is unknown. Try using a 2-character alphanumeric country code instead.");
    Err(Problem::parameter("country", "country_unsupported", message))
}

/// Who pays Stripe's fees, who bears losses, and which dashboard the owner has. Not all of it goes together.
///
/// Source: Stripe's documentation "Migrate to controller properties".
fn controlled(controller: &Parameters) -> Result<Value, Problem> {
    controller.only(&["fees", "losses", "requirement_collection", "stripe_dashboard"])?;
    let inner = |name: &str, field: &str, words: &[&str], default: &str| -> Result<String, Problem> {
        let Some(child) = controller.child(name) else { return Ok(default.to_owned()) };
        child.only(&[field])?;
        Ok(child.word(field, words)?.unwrap_or(default).to_owned())
    };
    let payer = inner("fees", "payer", &["account", "application"], "account")?;
    let losses = inner("losses", "payments", &["application", "stripe"], "stripe")?;
    let dashboard = inner("stripe_dashboard", "type", &["express", "full", "none"], "full")?;
    let collection = controller.word("requirement_collection", &["application", "stripe"])?.unwrap_or("stripe");
    if dashboard == "express" && (losses != "application" || payer != "application" || collection != "stripe") {
        return Err(Problem::value(
            "controller[stripe_dashboard][type]",
            "When `controller[stripe_dashboard][type]=express`, the application pays the fees and bears the losses, \
             and Stripe collects the requirements.",
        ));
    }
    Ok(json!({"fees": {"payer": payer}, "is_controller": true, "losses": {"payments": losses},
        "requirement_collection": collection, "stripe_dashboard": {"type": dashboard}, "type": "application"}))
}

fn requested(parameters: &Parameters) -> Result<Value, Problem> {
    let mut capabilities = Map::new();
    if let Some(wanted) = parameters.child("capabilities") {
        wanted.only(&["card_payments", "transfers"])?;
        for name in ["card_payments", "transfers"] {
            if let Some(capability) = wanted.child(name)
                && capability.flag("requested")?.unwrap_or_default()
            {
                capabilities.insert(name.to_owned(), json!("inactive"));
            }
        }
    }
    Ok(Value::Object(capabilities))
}

fn template(kind: &str, country: &str) -> Value {
    json!({
        "business_profile": {"mcc": null, "name": null, "product_description": null, "support_address": null,
            "support_email": null, "support_phone": null, "support_url": null, "url": null},
        "charges_enabled": false,
        "controller": {"fees": {"payer": "application"}, "is_controller": true,
            "losses": {"payments": "application"}, "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"}, "type": "application"},
        "country": country,
        "details_submitted": false,
        "external_accounts": {"object": "list", "data": [], "has_more": false, "url": "/v1/accounts/external_accounts"},
        "future_requirements": requirements(&[]),
        "payouts_enabled": false,
        "requirements": requirements(&["business_profile.url", "external_account", "tos_acceptance.date"]),
        "settings": {
            "branding": {"icon": null, "logo": null, "primary_color": null, "secondary_color": null},
            "card_payments": {"decline_on": {"avs_failure": false, "cvc_failure": false},
                "statement_descriptor_prefix": null},
            "dashboard": {"display_name": null, "timezone": "Etc/UTC"},
            "payments": {"statement_descriptor": null, "statement_descriptor_kana": null,
                "statement_descriptor_kanji": null},
            "payouts": {"debit_negative_balances": true, "schedule": {"delay_days": 2, "interval": "daily"},
                "statement_descriptor": null},
        },
        "tos_acceptance": {"date": null, "ip": null, "user_agent": null},
        "type": kind,
    })
}

fn requirements(due: &[&str]) -> Value {
    json!({"alternatives": [], "current_deadline": null, "currently_due": due,
        "disabled_reason": if due.is_empty() { None } else { Some("requirements.past_due") },
        "errors": [], "eventually_due": due, "past_due": due, "pending_verification": []})
}

/// `GET /v1/account`: the account of the key, or the one in `Stripe-Account`.
pub(crate) fn own(desk: &Desk<'_>) -> Value {
    if let Some(account) = &desk.account {
        return desk.view(account);
    }
    let mut platform = template("standard", "US");
    let own = json!({"id": PLATFORM, "object": "account", "charges_enabled": true, "payouts_enabled": true,
        "details_submitted": true, "capabilities": {"card_payments": "active", "transfers": "active"},
        "default_currency": "usd", "email": null, "metadata": {}, "business_type": null, "created": 0,
        "requirements": requirements(&[])});
    if let (Value::Object(platform), Value::Object(own)) = (&mut platform, own) {
        platform.extend(own);
    }
    platform
}

/// `GET /v1/accounts/{id}`, with the platform's key or the account's own.
pub(crate) fn retrieve(desk: &Desk<'_>, id: &str) -> Result<Value, Problem> {
    if id == PLATFORM && desk.account.is_none() {
        return Ok(own(desk));
    }
    let allowed = desk.account.as_deref().is_none_or(|account| account == id);
    let found = desk.stripe.store.get(Kind::Account, None, id).filter(|_| allowed);
    found.map(crate::object::Object::value).ok_or_else(|| Problem::no_access(id))
}

/// What the control API sets of an account; what is absent stays.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Standing {
    charges_enabled: Option<bool>,
    payouts_enabled: Option<bool>,
    details_submitted: Option<bool>,
    /// Such as `{"transfers": "active"}`.
    #[serde(default)]
    capabilities: Map<String, Value>,
    /// What Stripe asks the owner for; none is what follows from the rest.
    requirements_due: Option<Vec<String>>,
}

/// Sets what an account can do and says so with `account.updated`. The desk must be the account's.
pub(crate) fn set(desk: &mut Desk<'_>, id: &str, standing: Standing) {
    let mut capabilities = desk.object(id).field("capabilities");
    if let Value::Object(before) = &mut capabilities {
        before.extend(standing.capabilities);
    }
    desk.change(id, json!({"capabilities": capabilities}));
    let flags = [
        ("charges_enabled", standing.charges_enabled),
        ("payouts_enabled", standing.payouts_enabled),
        ("details_submitted", standing.details_submitted),
    ];
    for (name, flag) in flags {
        if let Some(flag) = flag {
            desk.change(id, Value::Object([(name.to_owned(), json!(flag))].into_iter().collect()));
        }
    }
    let account = desk.object(id);
    let able = account.is("charges_enabled") && account.is("payouts_enabled") && account.is("details_submitted");
    if let Some(due) = standing.requirements_due.or_else(|| able.then(Vec::new)) {
        let due: Vec<&str> = due.iter().map(String::as_str).collect();
        desk.change(id, json!({"requirements": requirements(&due)}));
    }
    desk.effect("account.update", id);
    desk.emit("account.updated", id);
}

/// `POST /v1/account_links`
pub(crate) fn create_link(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&["account", "collection_options", "refresh_url", "return_url", "type"])?;
    let account = parameters.required("account")?;
    if desk.stripe.store.get(Kind::Account, None, account).is_none() {
        return Err(Problem::no_such("account", account, Some("account")));
    }
    let kind = parameters.required("type")?;
    parameters.word("type", &["account_onboarding", "account_update"])?;
    for name in ["refresh_url", "return_url"] {
        let url = parameters.required(name)?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(Problem::parameter(name, "url_invalid", "Not a valid URL"));
        }
    }
    desk.stripe.links += 1;
    let number = desk.stripe.links;
    desk.effect("account_link.create", account);
    Ok(json!({
        "object": "account_link",
        "created": desk.now_seconds,
        "expires_at": desk.now_seconds + LINK_SECONDS,
        "url": format!("https://connect.stripe.com/setup/e/{account}/{kind}{number:012}"),
    }))
}

/// `GET /v1/accounts`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Account, parameters, &[])
}
