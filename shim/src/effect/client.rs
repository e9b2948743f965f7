//! Connections to payment providers: one a request, so nothing is sent again behind the worker's back.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::config::Address;

/// A connection, with or without TLS.
pub trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// Makes connections; the system's certificate authorities are read once, when they are first needed.
#[derive(Default)]
pub struct Client {
    tls: OnceLock<Option<TlsConnector>>,
}

impl Client {
    /// Connects; with TLS the certificate is always checked, its name too.
    pub async fn connect(&self, address: &Address) -> io::Result<Pin<Box<dyn Stream>>> {
        let stream = TcpStream::connect((address.host.as_str(), address.port)).await?;
        let _ = stream.set_nodelay(true);
        if !address.tls {
            return Ok(Box::pin(stream));
        }
        let connector = self.tls.get_or_init(connector).as_ref();
        let connector = connector.ok_or_else(|| io::Error::other("the system has no certificate authorities"))?;
        let name = ServerName::try_from(address.host.clone()).map_err(io::Error::other)?;
        Ok(Box::pin(connector.connect(name, stream).await?))
    }
}

fn connector() -> Option<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return None;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}
