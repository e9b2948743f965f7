//! Customers, what their clients set up and the payment methods that Stripe keeps for them.
//!
//! Source: Stripe's API reference "Create a customer", "Create a SetupIntent", "Detach a
//! PaymentMethod from a Customer", "The PaymentMethod object". A SetupIntent that succeeds names its
//! PaymentMethod by id alone; the event `payment_method.attached` that comes with it holds the card.

use form_urlencoded::Serializer;
use serde::Deserialize;
use uuid::Uuid;

use super::super::method::{KeptMethod, SetupState};
use super::super::notice::{Report, SETUP_METADATA, Subject, TENANT_METADATA, WALLET_METADATA, reference, required};
use super::super::outgoing::Outgoing;
use super::object::{Metadata, metadata_id};
use crate::Result;

/// Makes a wallet's customer.
pub fn customer(tenant_id: i32, wallet_id: Uuid) -> Outgoing {
    let mut form = Serializer::new(String::new());
    form.append_pair(&format!("metadata[{WALLET_METADATA}]"), &wallet_id.to_string());
    form.append_pair(&format!("metadata[{TENANT_METADATA}]"), &tenant_id.to_string());
    Outgoing { method: "POST", path: "/v1/customers".to_owned(), body: form.finish() }
}

/// Makes the SetupIntent with which a customer's client adds a payment method. It is used while the
/// customer is there to confirm it.
pub fn setup(tenant_id: i32, setup_id: Uuid, customer_reference: &str) -> Outgoing {
    let mut form = Serializer::new(String::new());
    form.append_pair("customer", customer_reference);
    form.append_pair("usage", "on_session");
    form.append_pair("automatic_payment_methods[enabled]", "true");
    form.append_pair(&format!("metadata[{SETUP_METADATA}]"), &setup_id.to_string());
    form.append_pair(&format!("metadata[{TENANT_METADATA}]"), &tenant_id.to_string());
    Outgoing { method: "POST", path: "/v1/setup_intents".to_owned(), body: form.finish() }
}

/// Takes a payment method from its customer, for good.
pub fn detach(method_reference: &str) -> Outgoing {
    let id: String = form_urlencoded::byte_serialize(method_reference.as_bytes()).collect();
    Outgoing { method: "POST", path: format!("/v1/payment_methods/{id}/detach"), body: String::new() }
}

/// SetupIntent.
#[derive(Deserialize)]
pub struct SetupIntentObject {
    id: String,
    metadata: Metadata,
}

impl SetupIntentObject {
    /// Where a SetupIntent is; none for one that admit has not made.
    pub fn subject(self, state: SetupState) -> Result<Option<Subject>> {
        let object_id = reference("the SetupIntent's id", &self.id)?;
        let Some(setup_id) = metadata_id(&self.metadata, SETUP_METADATA) else { return Ok(None) };
        Ok(Some(Subject { own_id: Some(setup_id), ..of_object(Report::Setup(state), object_id) }))
    }
}

/// Customer.
#[derive(Deserialize)]
pub struct CustomerObject {
    id: String,
}

impl CustomerObject {
    /// A customer that is no more; Stripe has detached its payment methods, perhaps without telling so.
    pub fn deleted(self) -> Result<Subject> {
        Ok(of_object(Report::CustomerDeleted, reference("the customer's id", &self.id)?))
    }
}

/// PaymentMethod.
#[derive(Deserialize)]
pub struct PaymentMethodObject {
    id: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    customer: Option<String>,
    card: Option<Card>,
}

#[derive(Deserialize)]
struct Card {
    brand: Option<String>,
    last4: Option<String>,
    exp_month: Option<i32>,
    exp_year: Option<i32>,
}

impl PaymentMethodObject {
    /// A method that a customer has, told when it was added or later; none when it has no customer.
    pub fn kept(self, added: bool) -> Result<Option<Subject>> {
        let object_id = reference("the payment method's id", &self.id)?;
        let kind = required("data.object.type", self.kind.as_deref().and_then(word))?;
        let Some(customer) = self.customer else { return Ok(None) };
        let card = self.card.as_ref();
        let digits = |text: &&String| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let kept = KeptMethod {
            customer_reference: reference("the payment method's customer", &customer)?,
            kind,
            brand: card.and_then(|card| word(card.brand.as_deref()?)),
            last4: card.and_then(|card| card.last4.as_ref()).filter(digits).cloned(),
            expiry_month: card.and_then(|card| card.exp_month).filter(|month| (1..=12).contains(month)),
            expiry_year: card.and_then(|card| card.exp_year).filter(|year| (2000..=9999).contains(year)),
        };
        Ok(Some(of_object(Report::MethodKept { kept, added }, object_id)))
    }

    /// A method that a customer has no more; the object itself names no customer by then.
    pub fn detached(self, customer_before: Option<&str>) -> Result<Option<Subject>> {
        let object_id = reference("the payment method's id", &self.id)?;
        let customer = customer_before.and_then(|customer| reference("", customer).ok());
        Ok(Some(of_object(Report::MethodDetached { customer_reference: customer }, object_id)))
    }
}

fn of_object(report: Report, object_id: String) -> Subject {
    let reference = Some(object_id.clone());
    Subject { report, own_id: None, reference, object_id, amount_cents: None, currency: None }
}

/// A word of Stripe's such as `card` or `cartes_bancaires`; none for anything else.
fn word(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ');
    ((1..=40).contains(&text.len()) && text.bytes().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
