//! What the demo prints: each mail before and after, the link, the password and how it travelled.

use super::letters::{How, Letter};
use super::traces::{Delivered, Traces};
use crate::service::Running;
use mail_parser::MessageParser;
use std::path::Path;

const RULE: &str = "----------------------------------------------------------------------";

/// Says what was started.
pub(super) fn opening(running: &Running, folder: &Path) {
    println!(
        "Cloakroom demo: everything on loopback, in {}",
        folder.display()
    );
    for (door, address) in running.addresses() {
        println!("  {door:<7} {address}");
    }
}

/// Shows one letter's whole way.
pub(super) fn letter(letter: &Letter, traces: &Traces) {
    println!("\n{RULE}\n{}\n{RULE}", letter.title);
    println!("\nBEFORE  as Anna's mail client sends it");
    mail(&letter.bytes);
    for delivered in &traces.delivered {
        let who = if traces.link_in(delivered).is_some() {
            "with a link in place of the files"
        } else {
            "the original"
        };
        println!(
            "\nAFTER   as it leaves for {}: {who}",
            delivered.to.join(", ")
        );
        mail(&delivered.bytes);
    }
    if let Some(receipt) = &traces.receipt {
        println!("\nRECEIPT as Anna reads it");
        mail(&receipt.bytes);
    }
    println!();
    for link in traces.links() {
        println!("Link      {link}");
    }
    match (letter.password, &traces.password) {
        (How::Phone, Some(password)) => println!(
            "Password  {password}   by text message to {}",
            traces.phone.as_deref().unwrap_or("?")
        ),
        (How::Sender, Some(password)) => {
            println!("Password  {password}   by mail to Anna, who tells Eva")
        }
        _ => println!("Password  none: the rule asks for the link only"),
    }
}

fn mail(bytes: &[u8]) {
    let Some(message) = MessageParser::new().parse(bytes) else {
        return;
    };
    for name in ["From", "To", "Subject", "X-Cloakroom-Transfer"] {
        if let Some(value) = header(bytes, name) {
            println!("  | {name}: {value}");
        }
    }
    println!("  |");
    for line in message.body_text(0).unwrap_or_default().trim_end().lines() {
        println!("  | {}", line.trim_end());
    }
    for part in message.attachments() {
        println!(
            "  | [file] {}, {} bytes",
            part.attachment_name().unwrap_or("without a name"),
            part.decoded().len()
        );
    }
}

fn header(bytes: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let head = text
        .split("\r\n\r\n")
        .next()?
        .replace("\r\n ", " ")
        .replace("\r\n\t", " ");
    let line = head
        .lines()
        .find(|line| line.len() > name.len() && line[..name.len()].eq_ignore_ascii_case(name))?;
    line[name.len()..]
        .strip_prefix(':')
        .map(|value| value.trim().to_owned())
}

/// One line a fetched file.
pub(super) fn fetched(delivered: &Delivered, count: usize, zip: usize) {
    println!(
        "Fetched   as {}: {count} of {count} files, the same bytes; the ZIP of {zip} bytes holds them too",
        delivered.to.join(", ")
    );
}

/// The end of `--once`.
pub(super) fn all_well() {
    println!("\nEvery link opened, every file came back bit for bit.");
}

/// The end without `--once`.
pub(super) fn stays_up(running: &Running) {
    let portal = running
        .address("portal")
        .map(|a| a.to_string())
        .unwrap_or_default();
    println!(
        "\nThe links above open in a browser as long as this runs ({portal}). Stop it with Ctrl-C; nothing stays behind."
    );
}
