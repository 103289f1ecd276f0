//! The recipient's part of the demo: opens the link over HTTP, types the password, fetches every file and the ZIP, compares.

use super::failed;
use super::letters::Letter;
use super::show;
use super::traces::{Delivered, Traces};
use crate::client::Client;
use crate::doors::cli::fetch;
use crate::fault::failure::Failure;
use std::path::Path;

/// Fetches what each outside recipient got and compares it with what Anna sent; reads what each colleague got.
pub(super) async fn fetch_and_compare(
    letter: &Letter,
    traces: &Traces,
    folder: &Path,
) -> Result<(), Failure> {
    for delivered in &traces.delivered {
        match traces.link_in(delivered) {
            Some(link) => outsider(letter, traces, delivered, &link, folder).await?,
            None => colleague(letter, delivered)?,
        }
    }
    Ok(())
}

async fn outsider(
    letter: &Letter,
    traces: &Traces,
    mail: &Delivered,
    link: &str,
    folder: &Path,
) -> Result<(), Failure> {
    for (name, bytes) in &letter.files {
        if contains(&mail.bytes, encoded(bytes).as_bytes()) {
            return Err(failed(format!(
                "{name} left in the clear for {}",
                mail.to.join(", ")
            )));
        }
    }
    if letter
        .secret_text
        .is_some_and(|text| contains(&mail.bytes, text.as_bytes()))
    {
        return Err(failed(format!(
            "the sealed text left in the clear for {}",
            mail.to.join(", ")
        )));
    }
    let into = folder
        .join("fetched")
        .join(link.rsplit('/').next().unwrap_or("link"));
    let client = || Client::new(None).map_err(failed);
    let opened = fetch::fetch(client()?, link, traces.password.as_deref(), &into).await?;
    if opened.message != letter.secret_text.is_some() {
        return Err(failed(
            "the page shows a message where there is none, or none where there is one",
        ));
    }
    let fetched = opened.files;
    if fetched.len() != letter.files.len() {
        return Err(failed(format!(
            "{} files came, {} were sent",
            fetched.len(),
            letter.files.len()
        )));
    }
    for (name, bytes) in &letter.files {
        let got = std::fs::read(into.join(name))
            .map_err(|e| failed(format!("{name} did not come: {e}")))?;
        if got != *bytes {
            return Err(failed(format!("{name} came, but not bit for bit")));
        }
    }
    let zip = fetch::zip(client()?, link, traces.password.as_deref()).await?;
    for (name, bytes) in &letter.files {
        // Stored, not deflated: the file's own bytes stand in the archive.
        if !contains(&zip, bytes) || !contains(&zip, name.as_bytes()) {
            return Err(failed(format!("the ZIP does not hold {name}")));
        }
    }
    show::fetched(mail, fetched.len(), zip.len());
    Ok(())
}

/// Inside the house nothing changes: every file is still in the mail.
fn colleague(letter: &Letter, mail: &Delivered) -> Result<(), Failure> {
    let message = mail_parser::MessageParser::new().parse(&mail.bytes);
    let parts: Vec<Vec<u8>> = message
        .iter()
        .flat_map(|m| m.attachments())
        .map(|p| p.decoded().to_vec())
        .collect();
    match letter
        .files
        .iter()
        .find(|(_, bytes)| !parts.contains(bytes))
    {
        None => Ok(()),
        Some((name, _)) => Err(failed(format!(
            "{name} is missing in the mail to {}",
            mail.to.join(", ")
        ))),
    }
}

/// The start of a file as it would stand in a mail.
fn encoded(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes[..bytes.len().min(54)].chunks(3) {
        let bits = group
            .iter()
            .fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        let digit = |i: u32| {
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                [(bits >> (18 - 6 * i)) as usize & 63]
        };
        out.extend((0..4).map(|i| char::from(digit(i))));
    }
    out
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(hay, needle).is_some()
}
