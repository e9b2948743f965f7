//! TLS to Postgres, for `sslmode=require`: the certificate is always checked, its name too.

use std::io;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A connector that trusts these authorities, or the operating system's when there are none.
pub fn connector(authorities: &[CertificateDer<'static>]) -> io::Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    if authorities.is_empty() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    } else {
        for authority in authorities {
            roots.add(authority.clone()).map_err(io::Error::other)?;
        }
    }
    if roots.is_empty() {
        return Err(io::Error::other(
            "sslmode=require, but there is no certificate authority: set ADMIT_DATABASE_CA_FILE",
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
