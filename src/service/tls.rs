//! Certificate and key → TLS for the connections we accept: portal and STARTTLS.
//!
//! Promises: TLS 1.2 or newer; certificate and key belong together, or nothing starts; an error names the file and what to do.
//! Leaves to others: connections we open (`trust`), and obtaining certificates (certbot, lego; `cloakroom cert dev` for trying out).

use crate::config::{TlsFiles, Unreadable};
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

/// Why there is no TLS.
#[derive(Debug)]
pub enum Trouble {
    /// The certificate's file cannot be read.
    Certificate(PathBuf, io::Error),
    /// It holds no certificate in PEM.
    NoCertificate(PathBuf),
    /// The key's file cannot be read, or others can read it.
    Key(Unreadable),
    /// It holds no private key in PEM without a passphrase.
    NoKey(String),
    /// Certificate and key do not belong together.
    NoPair(PathBuf, String),
    /// The library says no.
    Refused(PathBuf, rustls::Error),
}

/// TLS with these files. `alpn` as the protocol wants it: `http/1.1` for the portal, nothing for SMTP. Reads the disk.
pub fn server(files: &TlsFiles, alpn: &[&str]) -> Result<Arc<ServerConfig>, Trouble> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let chain = chain(files)?;
    let key = key(files)?;
    let refused = |e| Trouble::Refused(files.certificate.clone(), e);
    let pair = CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider);
    match pair.and_then(|pair| pair.keys_match()) {
        Ok(()) => {}
        Err(rustls::Error::InconsistentKeys(_)) => {
            return Err(Trouble::NoPair(
                files.certificate.clone(),
                files.key.to_string(),
            ));
        }
        Err(error) => return Err(refused(error)),
    }
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(refused)?;
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    Ok(Arc::new(config))
}

fn chain(files: &TlsFiles) -> Result<Vec<CertificateDer<'static>>, Trouble> {
    let file = &files.certificate;
    let pem = std::fs::read(file).map_err(|e| Trouble::Certificate(file.clone(), e))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(Trouble::NoCertificate(file.clone())),
    }
}

fn key(files: &TlsFiles) -> Result<PrivateKeyDer<'static>, Trouble> {
    let pem = files.key.read().map_err(Trouble::Key)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| Trouble::NoKey(files.key.to_string()))
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Certificate(file, e) => write!(f, "{}: {e}", file.display()),
            Trouble::NoCertificate(file) => {
                write!(
                    f,
                    "{}: no certificate in PEM form is in this file",
                    file.display()
                )
            }
            Trouble::Key(e) => e.fmt(f),
            Trouble::NoKey(file) => write!(
                f,
                "{file}: no private key in PEM form, without a passphrase, is in this file"
            ),
            Trouble::NoPair(certificate, key) => write!(
                f,
                "{key} is not the key of {}; was only one of them renewed?",
                certificate.display()
            ),
            Trouble::Refused(file, e) => write!(f, "{}: {e}", file.display()),
        }
    }
}

impl std::error::Error for Trouble {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SecretSource;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        file
    }

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn files(folder: &Path, certificate: &str, key: &str) -> TlsFiles {
        TlsFiles {
            certificate: write(folder, "cert.pem", certificate),
            key: SecretSource::File(write(folder, "key.pem", key)),
        }
    }

    #[test]
    fn a_pair_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = pair();
        let config = server(&files(folder.path(), &certificate, &key), &["http/1.1"]).unwrap();
        assert_eq!(config.alpn_protocols, [b"http/1.1".to_vec()]);
    }

    #[test]
    fn what_is_no_pair_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let ((certificate, key), (_, other)) = (pair(), pair());
        let rows = [
            (certificate.as_str(), other.as_str(), "is not the key of"),
            (key.as_str(), key.as_str(), "no certificate in PEM form"),
            (
                certificate.as_str(),
                certificate.as_str(),
                "no private key in PEM form",
            ),
        ];
        for (certificate, key, words) in rows {
            let error = server(&files(folder.path(), certificate, key), &[]).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = pair();
        let files = files(folder.path(), &certificate, &key);
        let open = fs::Permissions::from_mode(0o644);
        fs::set_permissions(folder.path().join("key.pem"), open).unwrap();
        let error = server(&files, &[]).unwrap_err();
        assert!(error.to_string().contains("chmod"), "{error}");
    }
}
