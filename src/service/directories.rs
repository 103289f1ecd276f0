//! Opens the directories that a configuration names.
//!
//! Fails with what is wrong with the first that cannot be opened, at the key that names it: before anything runs, as a gateway without
//! its numbers would send passwords other ways than its operator wants. A server need not be there yet.

use crate::config::{Config, Directory as Written, DirectoryKind, LdapSettings};
use crate::directory::{
    self, Directories, Directory, FileDirectory, IfDown, LdapDirectory, ReadNumber, file,
};
use crate::fault::failure::{Exit, Failure};
use crate::transfer::phone::{self, Country};
use crate::trust;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// All of them, in order.
pub fn all(config: &Config) -> Result<Directories, Failure> {
    let read = || numbers(config.country);
    let open = |written: &Written| {
        let wrong = |why: String| {
            let key = format!("directory.{}", written.name);
            Failure::new(Exit::Config, config.mistake(&key, why))
        };
        match &written.kind {
            DirectoryKind::File(path) => {
                let opened = table(&written.name, path, read()).map_err(wrong)?;
                Ok((opened, IfDown::Defer))
            }
            DirectoryKind::Ldap(ldap) => {
                let if_down = if ldap.skip_if_down {
                    IfDown::Skip
                } else {
                    IfDown::Defer
                };
                let opened = server(&written.name, ldap, read()).map_err(wrong)?;
                Ok((opened, if_down))
            }
        }
    };
    let all = config.directories.iter().map(open);
    Ok(Directories::new(all.collect::<Result<_, Failure>>()?))
}

/// How numbers in directories are read: as those of senders, at home in this country.
pub fn numbers(country: Option<Country>) -> ReadNumber {
    Arc::new(move |written| phone::read(written, country))
}

fn table(name: &str, path: &Path, read: ReadNumber) -> Result<Arc<dyn Directory>, String> {
    let opened = FileDirectory::open(name, path, read);
    Ok(Arc::new(opened.map_err(|m| file::told(path, &m))?))
}

fn server(name: &str, ldap: &LdapSettings, read: ReadNumber) -> Result<Arc<dyn Directory>, String> {
    let tls = trust::checked(ldap.ca.as_deref()).map_err(|e| format!("ca: {e}"))?;
    let settings = directory::LdapSettings {
        url: ldap.url.clone(),
        starttls: ldap.starttls,
        tls,
        bind: bind(ldap).map_err(|e| format!("bind_password: {e}"))?,
        base: ldap.base.clone(),
        filter: ldap.filter.clone(),
        phone: ldap.phone.clone(),
        language: ldap.language.clone(),
        timeout: ldap.timeout.0,
    };
    let opened = LdapDirectory::new(name, settings, read);
    Ok(Arc::new(opened.map_err(|e| format!("filter: {e}"))?))
}

fn bind(ldap: &LdapSettings) -> Result<Option<(String, Zeroizing<String>)>, String> {
    let (Some(name), Some(source)) = (&ldap.bind_dn, &ldap.bind_password) else {
        return Ok(None);
    };
    let bytes = source.read().map_err(|e| e.to_string())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "the file is not text".to_owned())?;
    let password = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    // RFC 4513 section 5.1.2: a server may take a name without a password for nobody, and say yes.
    match password.is_empty() {
        true => Err("the file is empty".to_owned()),
        false => Ok(Some((name.clone(), password))),
    }
}
