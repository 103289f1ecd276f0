//! What several tests need: a next hop, a client, a gateway on free ports, a phone that takes text messages,
//! real mail.

pub mod bodies;
pub mod browser;
pub mod client;
pub mod clock;
pub mod corpus;
pub mod disk;
pub mod hop;
pub mod line;
pub mod log;
pub mod miltertest;
pub mod mta;
pub mod phone;
pub mod plant;
pub mod postfix;
pub mod process;
pub mod readers;
pub mod recipes;
pub mod sendmail;
pub mod settings;
pub mod smsc;
pub mod texting;
pub mod tnef;
pub mod transfer;

use cloakroom::doors::cli::fetch::FetchedFile;
use regex::Regex;
use std::path::Path;
use std::time::{Duration, Instant};

/// Opens a link as a recipient would and writes its files; gives them, or the mail itself where there is no other file.
pub async fn fetch(
    link: &str,
    password: Option<&str>,
    into: &Path,
) -> Result<Vec<FetchedFile>, String> {
    let client = cloakroom::client::Client::new(None).map_err(|e| e.to_string())?;
    let fetched = cloakroom::doors::cli::fetch::fetch(client, link, password, into).await;
    fetched
        .map(|fetched| match fetched.files.is_empty() {
            true => fetched.mail.into_iter().collect(),
            false => fetched.files,
        })
        .map_err(|e| format!("fetch: {e}"))
}

/// Waits a while for something; `None` if it does not come.
pub async fn until<T>(mut there: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        match there() {
            Some(it) => return Some(it),
            None if Instant::now() > end => return None,
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// The first thing of this shape.
pub fn first(pattern: &str, text: &str) -> Option<String> {
    let shape = Regex::new(pattern).expect("a test's pattern");
    shape.find(text).map(|m| m.as_str().to_owned())
}

/// The link in a mail.
pub fn link_in(mail: &[u8]) -> Option<String> {
    first(
        r"https?://[^/\s]+/t/[0-9a-z]{32}",
        &String::from_utf8_lossy(mail),
    )
}

/// A generated password in a mail of ours.
pub fn password_in(mail: &[u8]) -> Option<String> {
    first("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", &decoded(mail))
}

/// The text of a mail, base64 and quoted-printable undone.
pub fn decoded(mail: &[u8]) -> String {
    let message = mail_parser::MessageParser::new().parse(mail);
    let text = message.and_then(|m| m.body_text(0).map(|t| t.into_owned()));
    text.unwrap_or_else(|| String::from_utf8_lossy(mail).into_owned())
}

/// Bytes that neither compress nor repeat, the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
