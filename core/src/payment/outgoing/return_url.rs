//! Addresses that a provider sends the payer back to.

use uuid::Uuid;

use super::Checkout;
use crate::{Error, Result};

/// A longer address is refused.
const BYTES_MAX: usize = 2_048;
/// Where a test may run without a certificate.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Where a payer goes after the provider's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnUrls {
    /// After paying.
    pub success_url: String,
    /// After giving up.
    pub cancel_url: Option<String>,
}

/// Where a payer is to pay, as the caller wishes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckoutWish {
    /// The client's own pages when absent.
    pub checkout: Option<Checkout>,
    /// Where to go after paying; only with a provider's page.
    pub success_url: Option<String>,
    /// Where to go after giving up; only with a provider's page.
    pub cancel_url: Option<String>,
    /// The payer's saved method.
    pub payment_method_id: Option<Uuid>,
}

impl CheckoutWish {
    /// Whether nothing was wished.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The addresses of a provider's page; none when the payer pays in the client's own.
    ///
    /// # Errors
    /// `invalid_request` names the field that is missing, wrong or too much.
    pub fn return_urls(&self, live: bool) -> Result<Option<ReturnUrls>> {
        if self.payment_method_id.is_some() {
            return self.require_no_page().map(|()| None);
        }
        if self.checkout != Some(Checkout::Hosted) {
            if self.success_url.is_some() || self.cancel_url.is_some() {
                return Err(Error::invalid("success_url and cancel_url belong to checkout hosted: leave them out"));
            }
            return Ok(None);
        }
        let success_url = self
            .success_url
            .as_deref()
            .ok_or_else(|| Error::invalid("success_url is missing: checkout hosted needs it to send the payer back"))?;
        let cancel_url = self.cancel_url.as_deref().map(|url| return_url("cancel_url", url, live)).transpose()?;
        Ok(Some(ReturnUrls { success_url: return_url("success_url", success_url, live)?, cancel_url }))
    }

    /// Where a payer with a saved method comes back to, where the method needs a page of its own.
    ///
    /// # Errors
    /// `invalid_request` names the field that is wrong.
    pub fn saved_return_url(&self, live: bool) -> Result<Option<String>> {
        self.success_url.as_deref().map(|url| return_url("success_url", url, live)).transpose()
    }

    fn require_no_page(&self) -> Result<()> {
        if self.checkout == Some(Checkout::Hosted) || self.cancel_url.is_some() {
            return Err(Error::invalid(
                "payment_method_id goes without checkout hosted and cancel_url: leave them out",
            ));
        }
        Ok(())
    }
}

/// An address that a payer may be sent back to: `https`, or in test mode `http` on this machine.
///
/// # Errors
/// `invalid_request` names the field.
pub fn return_url(name: &str, text: &str, live: bool) -> Result<String> {
    let plain = (1..=BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let allowed = match text.split_once("://") {
        Some(("https", rest)) => host(rest).is_some(),
        Some(("http", rest)) if !live => host(rest).is_some_and(|host| LOOPBACK.contains(&host)),
        _ => false,
    };
    if plain && allowed {
        return Ok(text.to_owned());
    }
    let test = if live { "" } else { ", or in test mode http:// on localhost" };
    Err(Error::invalid(format!(
        "{name} must be an address that begins with https://{test}, of at most {BYTES_MAX} bytes"
    )))
}

/// The host of what follows the scheme; none without one, or with a user in front of it.
fn host(rest: &str) -> Option<&str> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    };
    let named = name.bytes().any(|byte| byte.is_ascii_alphanumeric());
    (named && !authority.contains(['@', '\\'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_with_a_hosted_page_alone() {
        let url = Some("https://a.example".to_owned());
        let wish = |checkout, success_url, cancel_url| CheckoutWish {
            checkout,
            success_url,
            cancel_url,
            payment_method_id: None,
        };
        let hosted = Some(Checkout::Hosted);
        assert_eq!(wish(None, None, None).return_urls(true), Ok(None));
        assert_eq!(wish(Some(Checkout::Intent), None, None).return_urls(true), Ok(None));
        let urls = wish(hosted, url.clone(), None).return_urls(true);
        assert!(urls.is_ok_and(|urls| urls.is_some_and(|urls| urls.cancel_url.is_none())));
        assert!(wish(hosted, None, url.clone()).return_urls(true).is_err());
        assert!(wish(None, url.clone(), None).return_urls(true).is_err());
        assert!(wish(Some(Checkout::Intent), None, url.clone()).return_urls(true).is_err());
        let saved = |checkout, cancel_url| CheckoutWish {
            payment_method_id: Some(Uuid::from_u128(1)),
            ..wish(checkout, url.clone(), cancel_url)
        };
        assert_eq!(saved(None, None).return_urls(true), Ok(None));
        assert_eq!(saved(None, None).saved_return_url(true), Ok(url.clone()));
        assert!(saved(hosted, None).return_urls(true).is_err());
        assert!(saved(None, url.clone()).return_urls(true).is_err());
    }

    #[test]
    fn only_https_and_loopback_in_test_mode() {
        for good in ["https://a.example", "https://a.example:8443/done?s={CHECKOUT_SESSION_ID}#x"] {
            assert!(return_url("success_url", good, true).is_ok(), "{good}");
        }
        for test in ["http://localhost/done", "http://127.0.0.1:3000", "http://[::1]:3000/x", "http://[::1]"] {
            assert!(return_url("success_url", test, false).is_ok(), "{test}");
            assert!(return_url("success_url", test, true).is_err(), "{test}");
        }
        let long = format!("https://a.example/{}", "x".repeat(BYTES_MAX));
        for bad in [
            "",
            "https://",
            "https:///path",
            "http://a.example",
            "http://localhost.a.example",
            "http://localhost@a.example",
            "http://a.example\\@localhost",
            "javascript://a.example",
            "https://user@a.example",
            "https://a.example/ä",
            "https://a.example/ x",
            "//a.example",
            long.as_str(),
        ] {
            assert!(return_url("success_url", bad, false).is_err(), "{bad}");
        }
    }
}
