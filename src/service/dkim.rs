//! Key files → who signs, and the mark of the tripwire (`mail::dkim`).
//!
//! Promises: every key is read and tried before anything runs; a mistake has the place of its key, and the mend. No key is in it.

use super::tripwire;
use crate::config::{Config, Dkim};
use crate::fault::diagnostic::Diagnostic;
use crate::mail::dkim::{Key, Signer, Signers, Unfit};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use zeroize::Zeroize;

/// Everybody who signs, or all mistakes.
pub fn signers(config: &Config) -> Result<Signers, Vec<Diagnostic>> {
    let (mut signers, mut mistakes) = (Vec::new(), Vec::new());
    for entry in &config.dkim {
        match key(entry) {
            Ok(key) => signers.push(Signer::new(&entry.domain, &entry.selector, key)),
            Err((why, mend)) => {
                mistakes.push(config.mistake(&entry.place(), why).help(mend));
            }
        }
    }
    let tripwire = config.tripwire.key.as_ref().map(tripwire::tripwire);
    let tripwire = tripwire.transpose().unwrap_or_else(|why| {
        let mend = "`cloakroom key init FILE` makes one";
        mistakes.push(config.mistake("tripwire.key", why).help(mend));
        None
    });
    match mistakes.is_empty() {
        true => Ok(Signers::new(signers).marking(tripwire)),
        false => Err(mistakes),
    }
}

const MEND: &str =
    "`openssl genrsa -out FILE 2048` or `openssl genpkey -algorithm ed25519 -out FILE` makes one";

fn key(entry: &Dkim) -> Result<Key, (String, &'static str)> {
    let pem = entry.key.read().map_err(|e| (e.to_string(), MEND))?;
    let file = &entry.key;
    let Ok(mut der) = PrivateKeyDer::from_pem_slice(&pem) else {
        let why = "no private key in PEM form, without a passphrase, is in this file";
        return Err((format!("{file}: {why}"), MEND));
    };
    let key = match &der {
        PrivateKeyDer::Pkcs8(der) => Key::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => Key::from_pkcs1(der.secret_pkcs1_der()),
        _ => Err(Unfit::Unknown),
    };
    der.zeroize();
    key.map_err(|unfit| {
        let why = match unfit {
            Unfit::Size => "an RSA key for signatures has 2048 to 8192 bits (RFC 8301)",
            Unfit::Unknown => "this key is neither RSA nor Ed25519",
        };
        (format!("{file}: {why}"), MEND)
    })
}
