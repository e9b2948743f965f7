//! Stripe's errors.
//!
//! Source: Stripe's API reference "Errors" and documentation "Error codes".

use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// Why a card was declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decline {
    /// Such as `card_declined`.
    pub(crate) code: String,
    /// Such as `insufficient_funds`.
    pub(crate) decline_code: String,
    /// For people.
    pub(crate) message: String,
}

impl Decline {
    /// The decline that a `decline_code` stands for.
    pub(crate) fn of(decline_code: &str) -> Self {
        let (code, message) = match decline_code {
            "insufficient_funds" => ("card_declined", "Your card has insufficient funds."),
            "expired_card" => ("expired_card", "Your card has expired."),
            "incorrect_cvc" => ("incorrect_cvc", "Your card's security code is incorrect."),
            "processing_error" => {
                ("processing_error", "An error occurred while processing your card. Try again in a little bit.")
            }
            "authentication_required" => {
                ("authentication_required", "Your card was declined. This transaction requires authentication.")
            }
            _ => ("card_declined", "Your card was declined."),
        };
        Self { code: code.to_owned(), decline_code: decline_code.to_owned(), message: message.to_owned() }
    }
}

/// An error answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: u16,
    kind: &'static str,
    message: String,
    code: Option<String>,
    param: Option<String>,
    /// Fields beyond these, such as the PaymentIntent of a decline.
    further: Map<String, Value>,
    /// Whether an endpoint was carried out and failed, so that the idempotency key keeps it;
    /// parameters that do not pass the checks before are not kept.
    pub(crate) saved: bool,
}

impl Problem {
    fn invalid_request(status: u16, code: Option<&str>, param: Option<&str>, message: String) -> Self {
        Self {
            status,
            kind: "invalid_request_error",
            message,
            code: code.map(str::to_owned),
            param: param.map(str::to_owned),
            further: Map::new(),
            saved: false,
        }
    }

    /// A parameter that must be there is not.
    pub(crate) fn missing(param: &str) -> Self {
        Self::invalid_request(400, Some("parameter_missing"), Some(param), format!("Missing required param: {param}."))
    }

    /// A parameter that does not exist, or not in this fake.
    pub(crate) fn unknown(param: &str) -> Self {
        Self::invalid_request(
            400,
            Some("parameter_unknown"),
            Some(param),
            format!("Received unknown parameter: {param}"),
        )
    }

    /// A parameter with a wrong value; `code` such as `parameter_invalid_integer`.
    pub(crate) fn parameter(param: &str, code: &str, message: impl Into<String>) -> Self {
        Self::invalid_request(400, Some(code), Some(param), message.into())
    }

    /// A wrong value for which Stripe has no code.
    pub(crate) fn value(param: &str, message: impl Into<String>) -> Self {
        Self::invalid_request(400, None, Some(param), message.into())
    }

    /// An object that does not exist: 404 when the path names it, 400 when a parameter does.
    pub(crate) fn no_such(word: &str, id: &str, param: Option<&str>) -> Self {
        let status = if param.is_some() { 400 } else { 404 };
        let word = match word {
            "payment_method" => "PaymentMethod",
            "setup_intent" => "setupintent",
            word => word,
        };
        Self::invalid_request(
            status,
            Some("resource_missing"),
            Some(param.unwrap_or("id")),
            format!("No such {word}: '{id}'"),
        )
        .kept()
    }

    /// Something that the state of things does not allow.
    pub(crate) fn state(code: &str, message: impl Into<String>) -> Self {
        Self::invalid_request(400, Some(code), None, message.into()).kept()
    }

    /// A path that does not exist.
    pub(crate) fn no_such_path(method: &str, path: &str) -> Self {
        Self::invalid_request(404, None, None, format!("Unrecognized request URL ({method}: {path})."))
    }

    /// A key that is none.
    pub(crate) fn no_key(key: Option<&str>) -> Self {
        let message = key.map_or_else(
            || "You did not provide an API key.".to_owned(),
            |key| format!("Invalid API Key provided: {}", key.chars().take(8).collect::<String>() + "****"),
        );
        Self::invalid_request(401, None, None, message)
    }

    /// An account that the key has no access to.
    pub(crate) fn no_access(account: &str) -> Self {
        Self::invalid_request(
            403,
            Some("account_invalid"),
            None,
            format!(
                "The provided key 'sk_test_****' does not have access to account '{account}' (or that account does \
                 not exist). Application access may have been revoked."
            ),
        )
    }

    /// An idempotency key that was used for another request.
    pub(crate) fn key_reused(message: String) -> Self {
        Self { kind: "idempotency_error", ..Self::invalid_request(400, None, None, message) }
    }

    /// An idempotency key whose first request is still being carried out.
    pub(crate) fn key_in_use(key: &str) -> Self {
        Self::invalid_request(
            409,
            Some("idempotency_key_in_use"),
            None,
            format!(
                "There is currently another in-progress request using this Idempotent Key (that probably means you \
                 submitted twice, and the other request is still going through): {key}. Please try again later."
            ),
        )
    }

    /// A card that was declined.
    pub(crate) fn declined(decline: &Decline) -> Self {
        let mut problem = Self::invalid_request(402, Some(&decline.code), None, decline.message.clone()).kept();
        problem.kind = "card_error";
        problem.with("decline_code", json!(decline.decline_code))
    }

    /// An error of Stripe's own, or its rate limit.
    pub(crate) fn failure(status: u16) -> Self {
        match status {
            429 => Self::invalid_request(
                429,
                Some("rate_limit"),
                None,
                "Too many requests hit the API too quickly.".to_owned(),
            ),
            status if status < 500 => Self::invalid_request(status, None, None, "Refused by a fault rule.".to_owned()),
            status => Self {
                kind: "api_error",
                ..Self::invalid_request(status, None, None, "An unknown error occurred.".to_owned())
            },
        }
    }

    /// The same problem with another field.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.further.insert(name.to_owned(), value);
        self
    }

    /// The same problem about this parameter.
    pub(crate) fn about(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    fn kept(mut self) -> Self {
        self.saved = true;
        self
    }

    /// The answer.
    pub(crate) fn into_answer(self) -> Answer {
        let mut error = self.further;
        error.insert("type".to_owned(), json!(self.kind));
        error.insert("message".to_owned(), json!(self.message));
        if let Some(code) = self.code {
            error.insert(
                "doc_url".to_owned(),
                json!(format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"))),
            );
            error.insert("code".to_owned(), json!(code));
        }
        if let Some(param) = self.param {
            error.insert("param".to_owned(), json!(param));
        }
        Answer::json(self.status, &json!({"error": error}))
    }
}
