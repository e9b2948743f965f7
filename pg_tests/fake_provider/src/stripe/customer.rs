//! Customers.
//!
//! Source: Stripe's API reference "Customers".

use serde_json::{Value, json};

use super::desk::Desk;
use super::list::{list, list_where};
use super::parameters::Parameters;
use super::payment_method;
use super::problem::Problem;
use super::store::Kind;

const PARAMETERS: [&str; 6] = ["description", "email", "invoice_settings", "metadata", "name", "phone"];
const TEXTS: [&str; 4] = ["description", "email", "name", "phone"];

/// Makes a customer with this address; Checkout does so too.
pub(crate) fn make(desk: &mut Desk<'_>, email: Option<&str>) -> String {
    let number = desk.stripe.store.ids(Kind::Customer).len() + 1;
    let fields = json!({
        "address": null,
        "balance": 0,
        "created": desk.now_seconds,
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": email,
        "invoice_prefix": format!("FAKE{number:04}"),
        "invoice_settings": {"custom_fields": null, "default_payment_method": null, "footer": null,
            "rendering_options": null},
        "livemode": false,
        "metadata": {},
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    });
    let id = desk.make(Kind::Customer, fields);
    desk.effect("customer.create", &id);
    id
}

/// `POST /v1/customers`
pub(crate) fn create(desk: &mut Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let mut allowed = vec!["payment_method"];
    allowed.extend(PARAMETERS);
    parameters.only(&allowed)?;
    let metadata = parameters.metadata(&Value::Null)?;
    let method = match parameters.text("payment_method")? {
        Some(method) => Some(payment_method::usable(desk, method, None)?),
        None => None,
    };
    let id = make(desk, parameters.text("email")?);
    desk.change(&id, json!({"metadata": metadata}));
    if let Some(method) = method {
        payment_method::attach_to(desk, &method, &id);
    }
    set(desk, &id, parameters)?;
    desk.emit("customer.created", &id);
    Ok(desk.view(&id))
}

/// `POST /v1/customers/{id}`
pub(crate) fn update(desk: &mut Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&PARAMETERS)?;
    let metadata = parameters.metadata(&desk.find(Kind::Customer, id)?.field("metadata"))?;
    set(desk, id, parameters)?;
    desk.change(id, json!({"metadata": metadata}));
    desk.effect("customer.update", id);
    desk.emit("customer.updated", id);
    Ok(desk.view(id))
}

fn set(desk: &mut Desk<'_>, id: &str, parameters: &Parameters) -> Result<(), Problem> {
    if let Some(settings) = parameters.child("invoice_settings") {
        settings.only(&["default_payment_method"])?;
        let method = settings.text("default_payment_method")?;
        if let Some(method) = method {
            let param = settings.name("default_payment_method");
            let found = desk.named(Kind::PaymentMethod, method, &param)?;
            if found.optional("customer") != Some(id) {
                let message = format!(
                    "The customer does not have a payment method with the ID {method}. The payment method must be \
                     attached to the customer."
                );
                return Err(Problem::parameter(&param, "resource_missing", message));
            }
        }
        let mut value = desk.object(id).field("invoice_settings");
        value["default_payment_method"] = json!(method);
        desk.change(id, json!({"invoice_settings": value}));
    }
    for name in TEXTS.into_iter().filter(|name| parameters.has(name)) {
        let value = json!(parameters.text(name)?);
        desk.change(id, Value::Object([(name.to_owned(), value)].into_iter().collect()));
    }
    Ok(())
}

/// `GET /v1/customers/{id}`; of a deleted one that it is.
pub(crate) fn retrieve(desk: &Desk<'_>, id: &str) -> Result<Value, Problem> {
    let own = desk.stripe.store.owner(id).is_some_and(|account| account == desk.account);
    if own && id.starts_with("cus_") && desk.object(id).is("deleted") {
        return Ok(deleted(id));
    }
    desk.find(Kind::Customer, id).map(|customer| customer.value())
}

/// `DELETE /v1/customers/{id}`
pub(crate) fn delete(desk: &mut Desk<'_>, id: &str) -> Result<Value, Problem> {
    desk.find(Kind::Customer, id)?;
    for method in desk.stripe.store.ids(Kind::PaymentMethod).to_vec() {
        if desk.object(&method).optional("customer") == Some(id) {
            desk.change(&method, json!({"customer": null}));
            desk.effect("payment_method.detach", &method);
        }
    }
    desk.effect("customer.delete", id);
    desk.emit("customer.deleted", id);
    desk.change(id, json!({"deleted": true}));
    Ok(deleted(id))
}

fn deleted(id: &str) -> Value {
    json!({"deleted": true, "id": id, "object": "customer"})
}

/// `GET /v1/customers`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    list(desk, Kind::Customer, parameters, &["email"])
}

/// `GET /v1/customers/{id}/payment_methods`
pub(crate) fn payment_methods(desk: &Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    desk.find(Kind::Customer, id)?;
    list_where(desk, Kind::PaymentMethod, parameters, &["type"], |method| method.optional("customer") == Some(id))
}
