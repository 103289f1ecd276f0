//! `cloakroom cert dev`: a certificate authority of one's own and a certificate of it, for trying out.
//!
//! Laid out as certbot does (`HOST/fullchain.pem`, `HOST/privkey.pem`), so that the same configuration serves real certificates.

use super::{Exit, Failure, print};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::fs;
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// Makes `ca.pem` and `ca.key` if they are not there, and a new certificate for these hosts.
pub fn dev(into: &Path, hosts: &[String]) -> Result<(), Failure> {
    let name = hosts.first().map_or("localhost", String::as_str);
    if name.contains('/') || name.starts_with('.') {
        return Err(Failure::new(Exit::Usage, format!("{name} is no host name")));
    }
    let folder = into.join(name);
    fs::create_dir_all(&folder).map_err(|e| failed(&folder, &e))?;
    let issuer = authority(into)?;
    let key = KeyPair::generate().map_err(|e| failed(&folder, &e))?;
    let leaf = leaf(hosts)
        .and_then(|params| params.signed_by(&key, &issuer))
        .map_err(|e| failed(&folder, &e))?;
    replace(&folder.join("fullchain.pem"), leaf.pem().as_bytes(), 0o644)?;
    replace(
        &folder.join("privkey.pem"),
        key.serialize_pem().as_bytes(),
        0o400,
    )?;
    print(&format!(
        "wrote {0}/fullchain.pem and {0}/privkey.pem\nclients must believe {1}/ca.pem\n",
        folder.display(),
        into.display()
    ))
}

/// The authority of this folder; made at the first call. Name and key identifier follow from its key, so the key is all it needs.
fn authority(into: &Path) -> Result<Issuer<'static, KeyPair>, Failure> {
    let (certificate, secret) = (into.join("ca.pem"), into.join("ca.key"));
    if !(certificate.exists() && secret.exists()) {
        let key = KeyPair::generate().map_err(|e| failed(&secret, &e))?;
        let made = authority_params()
            .self_signed(&key)
            .map_err(|e| failed(&certificate, &e))?;
        replace(&secret, key.serialize_pem().as_bytes(), 0o400)?;
        replace(&certificate, made.pem().as_bytes(), 0o644)?;
    }
    let pem = Zeroizing::new(fs::read_to_string(&secret).map_err(|e| failed(&secret, &e))?);
    let key = KeyPair::from_pem(&pem).map_err(|e| failed(&secret, &e))?;
    Ok(Issuer::new(authority_params(), key))
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let name = "Cloakroom development CA (believe it nowhere else)";
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf(hosts: &[String]) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(hosts)?;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// Development files may be replaced: nothing depends on them.
fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(path, &e)),
        _ => {}
    }
    crate::service::key::write_new(path, bytes, mode).map_err(|e| failed(path, &e))
}

fn failed(path: &Path, error: &impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, format!("{}: {error}", path.display()))
}
