//! Where payment providers are, if not where they always are.

use admit_core::payment::Provider;
use axum::http::Uri;

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Whether with TLS.
    pub tls: bool,
    /// The host's name or address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// Only on this machine secrets may travel in plain text.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

impl Address {
    /// The `Host` header.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.tls, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// Reads `https://host:port`, or `http://` of this machine; none when empty.
    ///
    /// # Errors
    /// What is expected instead.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let expected = || "https://host or https://host:port, or http:// of this machine, without a path".to_owned();
        let uri: Uri = text.parse().map_err(|_| expected())?;
        let tls = uri.scheme_str() == Some("https");
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(expected)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let plain = uri.scheme_str() == Some("http") && LOOPBACK.contains(&host.as_str());
        if !(tls || plain) || uri.path() != "/" || uri.query().is_some() {
            return Err(expected());
        }
        let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
        Ok(Some(Self { tls, host, port }))
    }
}

/// The addresses that are configured, by provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderUrls {
    pub(super) stripe: Option<Address>,
    pub(super) midtrans: Option<Address>,
    pub(super) xendit: Option<Address>,
}

impl ProviderUrls {
    /// Where this provider is; none when it is where it always is.
    pub fn of(&self, provider: Provider) -> Option<&Address> {
        match provider {
            Provider::Stripe => self.stripe.as_ref(),
            Provider::Midtrans => self.midtrans.as_ref(),
            Provider::Xendit => self.xendit.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_of_this_machine() {
        let read =
            |text| Address::parse(text).ok().flatten().map(|address| (address.authority(), address.tls, address.port));
        assert_eq!(Address::parse(""), Ok(None));
        assert_eq!(read("https://api.example"), Some(("api.example".to_owned(), true, 443)));
        assert_eq!(read("https://api.example:8443/"), Some(("api.example:8443".to_owned(), true, 8443)));
        assert_eq!(read("http://127.0.0.1:4000"), Some(("127.0.0.1:4000".to_owned(), false, 4000)));
        assert_eq!(read("http://[::1]:4000"), Some(("[::1]:4000".to_owned(), false, 4000)));
        for wrong in [
            "http://api.example",
            "ftp://localhost",
            "api.example",
            "https://",
            "https://a.example/v1",
            "https://a.example/?x",
            "https://me@a.example",
            "http://localhost.a.example",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
