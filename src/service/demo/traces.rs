//! What a letter left behind: mails in the next hop's folder, text messages on the demo's phone.

use super::failed;
use super::letters::{How, Letter};
use super::phone::Phone;
use crate::fault::failure::Failure;
use mail_parser::MessageParser;
use regex::Regex;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One mail that left the gateway.
pub(super) struct Delivered {
    pub(super) to: Vec<String>,
    pub(super) bytes: Vec<u8>,
}

/// Everything one letter left behind.
pub(super) struct Traces {
    /// The letter's variants, in the order they left.
    pub(super) delivered: Vec<Delivered>,
    /// The number a text message went to.
    pub(super) phone: Option<String>,
    pub(super) password: Option<String>,
    /// What its sender reads about it, if something of it became a link.
    pub(super) receipt: Option<Delivered>,
}

/// Looks into folder and phone; what earlier letters left is left out.
pub(super) struct Watch<'a> {
    folder: PathBuf,
    phone: &'a Phone,
    seen: HashSet<PathBuf>,
    heard: usize,
}

impl<'a> Watch<'a> {
    pub(super) fn new(next_hop: &Path, phone: &'a Phone) -> Self {
        Watch {
            folder: next_hop.to_owned(),
            phone,
            seen: HashSet::new(),
            heard: 0,
        }
    }

    /// Waits until every recipient has a mail, and the password and the receipt have arrived.
    pub(super) async fn wait(
        &mut self,
        letter: &Letter,
        patience: Duration,
    ) -> Result<Traces, Failure> {
        let end = Instant::now() + patience;
        loop {
            let files = self.new_files()?;
            let mails: Vec<Delivered> = files
                .iter()
                .map(|path| read(path))
                .collect::<Result<_, _>>()?;
            if let Some(traces) = self.complete(letter, mails) {
                self.seen.extend(files);
                self.heard = self.phone.messages().len();
                return Ok(traces);
            }
            if Instant::now() > end {
                return Err(failed(format!(
                    "no mail or no password for {:?} within {patience:?}",
                    letter.subject
                )));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn new_files(&self) -> Result<Vec<PathBuf>, Failure> {
        let broken =
            |e: std::io::Error| failed(format!("cannot read {}: {e}", self.folder.display()));
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(broken)? {
            let path = entry.map_err(broken)?.path();
            if path.extension().is_some_and(|e| e == "eml") && !self.seen.contains(&path) {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    fn complete(&self, letter: &Letter, mails: Vec<Delivered>) -> Option<Traces> {
        let is_for = |mail: &Delivered, address: &str| mail.to.iter().any(|to| to == address);
        let all_there = letter.to.iter().all(|r| {
            mails
                .iter()
                .any(|mail| is_for(mail, &r.address.to_string()))
        });
        let from = letter.from.to_string();
        let (notices, delivered): (Vec<_>, Vec<_>) =
            mails.into_iter().partition(|mail| is_for(mail, &from));
        let (phone, password) = match letter.password {
            How::NoneNeeded => (None, None),
            How::Phone => {
                let message = self.phone.messages().into_iter().nth(self.heard)?;
                (Some(message.number), Some(password_in(&message.text)?))
            }
            How::Sender => (
                None,
                Some(
                    notices
                        .iter()
                        .find_map(|mail| password_in(&text_of(&mail.bytes)))?,
                ),
            ),
        };
        let mut traces = Traces {
            delivered,
            phone,
            password,
            receipt: None,
        };
        traces.receipt = notices.into_iter().next();
        let is_whole = traces.links().is_empty() || traces.receipt.is_some();
        (all_there && is_whole).then_some(traces)
    }
}

impl Traces {
    /// The link in a mail, if it has one.
    pub(super) fn link_in(&self, mail: &Delivered) -> Option<String> {
        let link = Regex::new(r"https?://[^/\s]+/t/[0-9a-z]{32}").expect("the pattern is sound");
        link.find(&text_of(&mail.bytes))
            .map(|found| found.as_str().to_owned())
    }

    /// Every link, one per mail that has one.
    pub(super) fn links(&self) -> Vec<String> {
        self.delivered
            .iter()
            .filter_map(|mail| self.link_in(mail))
            .collect()
    }
}

fn read(path: &Path) -> Result<Delivered, Failure> {
    let broken = |e: String| failed(format!("cannot read {}: {e}", path.display()));
    let bytes = std::fs::read(path).map_err(|e| broken(e.to_string()))?;
    let envelope = std::fs::read(path.with_extension("json")).map_err(|e| broken(e.to_string()))?;
    let envelope: serde_json::Value =
        serde_json::from_slice(&envelope).map_err(|e| broken(e.to_string()))?;
    let recipients = envelope["recipients"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let to = recipients
        .iter()
        .filter_map(|r| r["address"].as_str().map(str::to_owned))
        .collect();
    Ok(Delivered { to, bytes })
}

fn text_of(mail: &[u8]) -> String {
    let message = MessageParser::new().parse(mail);
    message
        .and_then(|m| m.body_text(0).map(|text| text.into_owned()))
        .unwrap_or_default()
}

fn password_in(text: &str) -> Option<String> {
    let shape =
        Regex::new(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b").expect("the pattern is sound");
    shape.find(text).map(|found| found.as_str().to_owned())
}
