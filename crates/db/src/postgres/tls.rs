//! TLS to the server: rustls on ring, always with the certificate checked.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::OpenError;

/// Trusts the authorities in `roots`, or the public ones.
pub(crate) fn connector(roots: Option<&Path>) -> Result<MakeRustlsConnect, OpenError> {
    let wrong = |why: String| OpenError::Url { why };
    let mut trusted = RootCertStore::empty();
    match roots {
        Some(path) => {
            let certificates = CertificateDer::pem_file_iter(path)
                .map_err(|error| wrong(format!("cannot read {}: {error}", path.display())))?;
            for certificate in certificates {
                let certificate =
                    certificate.map_err(|error| wrong(format!("{} is not PEM: {error}", path.display())))?;
                trusted.add(certificate).map_err(|error| wrong(format!("in {}: {error}", path.display())))?;
            }
            if trusted.is_empty() {
                return Err(wrong(format!("{} holds no certificate", path.display())));
            }
        }
        None => trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?
        .with_root_certificates(trusted)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_authorities_must_hold_some() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roots.pem");
        std::fs::write(&file, "nothing\n").unwrap();
        assert!(connector(Some(&file)).is_err());
        assert!(connector(Some(&folder.path().join("missing.pem"))).is_err());
        assert!(connector(None).is_ok());
    }
}
