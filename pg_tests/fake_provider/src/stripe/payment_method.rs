//! PaymentMethods: Stripe's test cards and what becomes of them.
//!
//! Source: Stripe's API reference "PaymentMethods" and documentation "Test card numbers".

use serde_json::{Value, json};

use super::desk::Desk;
use super::list::list;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// What paying with a method leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// The money arrives.
    Paid,
    /// Declined with this `decline_code`.
    Declined(&'static str),
    /// The buyer has to authenticate; alone the merchant cannot charge it.
    Authentication,
    /// The payment stays in `processing`.
    Delayed,
    /// The money arrives and is disputed at once.
    Disputed,
    /// The money arrives; refunds stay pending.
    RefundPending,
}

/// Stripe's names for test methods: name, brand, last four digits, behaviour.
const TEST_METHODS: [(&str, &str, &str, Behaviour); 15] = [
    ("pm_card_visa", "visa", "4242", Behaviour::Paid),
    ("pm_card_mastercard", "mastercard", "4444", Behaviour::Paid),
    ("pm_card_amex", "amex", "8431", Behaviour::Paid),
    ("pm_card_chargeDeclined", "visa", "0002", Behaviour::Declined("generic_decline")),
    ("pm_card_visa_chargeDeclined", "visa", "0002", Behaviour::Declined("generic_decline")),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "visa", "9995", Behaviour::Declined("insufficient_funds")),
    ("pm_card_chargeDeclinedInsufficientFunds", "visa", "9995", Behaviour::Declined("insufficient_funds")),
    ("pm_card_chargeDeclinedExpiredCard", "visa", "0069", Behaviour::Declined("expired_card")),
    ("pm_card_chargeDeclinedProcessingError", "visa", "0119", Behaviour::Declined("processing_error")),
    ("pm_card_chargeCustomerFail", "visa", "0341", Behaviour::Declined("generic_decline")),
    ("pm_card_authenticationRequired", "visa", "3184", Behaviour::Authentication),
    ("pm_card_threeDSecure2Required", "visa", "3220", Behaviour::Authentication),
    ("pm_card_createDispute", "visa", "0259", Behaviour::Disputed),
    ("pm_card_pendingRefund", "visa", "7726", Behaviour::RefundPending),
    ("pm_usBankAccount_processing", "visa", "6789", Behaviour::Delayed),
];

/// What paying with a method leads to.
pub(crate) fn behaviour(desk: &Desk<'_>, id: &str) -> Behaviour {
    desk.stripe.behaviours.get(id).copied().unwrap_or(Behaviour::Paid)
}

/// The id of a method that a payment may use: a test name becomes a new method, and a method of
/// a customer is for this customer alone.
pub(crate) fn usable(desk: &mut Desk<'_>, method: &str, customer: Option<&str>) -> Result<String, Problem> {
    if let Some(id) = from_test_name(desk, method) {
        return Ok(id);
    }
    let found = desk.named(Kind::PaymentMethod, method, "payment_method")?;
    match found.optional("customer") {
        Some(owner) if customer != Some(owner) => Err(Problem::value(
            "payment_method",
            format!(
                "The PaymentMethod {method} belongs to the Customer {owner}. Please include the Customer in the \
                 `customer` parameter on the PaymentIntent."
            ),
        )),
        _ => Ok(method.to_owned()),
    }
}

/// A new method when the text is one of Stripe's names for test methods.
pub(crate) fn from_test_name(desk: &mut Desk<'_>, name: &str) -> Option<String> {
    let (_, brand, last4, behaviour) = TEST_METHODS.into_iter().find(|(known, ..)| *known == name)?;
    let fields = json!({
        "allow_redisplay": "unspecified",
        "billing_details": {"address": {"city": null, "country": null, "line1": null, "line2": null,
            "postal_code": null, "state": null}, "email": null, "name": null, "phone": null, "tax_id": null},
        "card": {
            "brand": brand,
            "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
            "country": "US",
            "display_brand": brand,
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": format!("fingerprint{last4}"),
            "funding": "credit",
            "generated_from": null,
            "last4": last4,
            "networks": {"available": [brand], "preferred": null},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": true},
            "wallet": null,
        },
        "created": desk.now_seconds,
        "customer": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    });
    let id = desk.make(Kind::PaymentMethod, fields);
    desk.stripe.behaviours.insert(id.clone(), behaviour);
    Some(id)
}

/// Attaches a method to a customer.
pub(crate) fn attach_to(desk: &mut Desk<'_>, id: &str, customer: &str) {
    desk.change(id, json!({"customer": customer}));
    desk.effect("payment_method.attach", id);
    desk.emit("payment_method.attached", id);
}

/// `POST /v1/payment_methods/{id}/attach`
pub(crate) fn attach(desk: &mut Desk<'_>, id: &str, parameters: &Parameters) -> Result<Value, Problem> {
    parameters.only(&["customer"])?;
    let customer = parameters.required("customer")?;
    desk.named(Kind::Customer, customer, "customer")?;
    let id = match from_test_name(desk, id) {
        Some(id) => id,
        None => desk.find(Kind::PaymentMethod, id)?.text("id").to_owned(),
    };
    if let Some(owner) = desk.object(&id).optional("customer").filter(|owner| *owner != customer) {
        let message = format!("The payment method you provided is already attached to the customer {owner}.");
        return Err(Problem::value("payment_method", message));
    }
    attach_to(desk, &id, customer);
    Ok(desk.view(&id))
}

/// `POST /v1/payment_methods/{id}/detach`
pub(crate) fn detach(desk: &mut Desk<'_>, id: &str) -> Result<Value, Problem> {
    let method = desk.find(Kind::PaymentMethod, id)?;
    let Some(customer) = method.optional("customer") else {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(Problem::value("payment_method", message));
    };
    desk.change(id, json!({"customer": null}));
    let mut settings = desk.object(customer).field("invoice_settings");
    if settings.get("default_payment_method").and_then(Value::as_str) == Some(id) {
        settings["default_payment_method"] = Value::Null;
        desk.change(customer, json!({"invoice_settings": settings}));
    }
    desk.effect("payment_method.detach", id);
    desk.emit("payment_method.detached", id);
    Ok(desk.view(id))
}

/// `GET /v1/payment_methods`
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    if !parameters.has("customer") {
        return Err(Problem::missing("customer"));
    }
    list(desk, Kind::PaymentMethod, parameters, &["customer", "type"])
}
