//! `cloakroom explain`: what is seen in a mail, what the policy would do with it and why, where passwords would go by telephone, and on
//! request what would leave.
//!
//! Promises: the answer comes from the functions of the line itself; nothing is stored or sent; a file that exists is not written over.

use super::args::ExplainArguments;
use super::reach::{self, Reach};
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::config::milter::Mode;
use crate::decide::explain::{Explanation, explain};
use crate::gateway::preview::preview;
use crate::mail::envelope::{Client, Envelope};
use crate::mail::{Address, Intake, Mail, MailId, Received, Recipient, Variant};
use crate::service::build;
use crate::transfer::Plan;
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Reads the mail as it would arrive, decides, prints. The mail of a file may have bare line feeds: they are made CRLF.
pub fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let config = Config::read(&arguments.config.file)?;
    let policy = build::policy(&config)?;
    let reader = build::reader(&config)?;
    let mut received = received(arguments)?;
    received.one_for_all = arguments.together || cannot_split(&config);
    let (mail, plan) = preview(&policy, received, &reader)?;
    let answer = Answer {
        together: mail.one_for_all,
        explanation: explain(&policy, &mail, &plan, &reader)?,
        reach: reach::all(&config, mail.envelope.sender.as_ref(), &plan)?,
        variants: match &arguments.rewrite {
            Some(file) if plan.refusal().is_none() => rewritten(&config, &mail, &plan, file)?,
            _ => Vec::new(),
        },
    };
    print(&match arguments.json {
        true => json(&answer),
        false => answer.to_text(),
    })
}

/// What is printed. The keys of its JSON form are fixed.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(flatten)]
    explanation: Explanation,
    /// Decided for a mail server that cannot split it: what is strictest for one holds for all.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    together: bool,
    /// Of those whose passwords may go by telephone or be agreed ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reach: Vec<Reach>,
    /// With `--rewrite` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<Written>,
}

/// A variant in a file.
#[derive(Debug, Serialize)]
struct Written {
    file: String,
    recipients: Vec<String>,
}

impl Answer {
    fn to_text(&self) -> String {
        let files = self.variants.iter().map(|variant| {
            let recipients = variant.recipients.join(", ");
            format!("rewrite  {}  for {recipients}\n", variant.file)
        });
        let files: String = files.collect();
        let reach = self.reach.iter().map(|reach| format!("\n{reach}"));
        let reach: String = reach.collect();
        let links = match files.is_empty() {
            true => "",
            false => "; links in the files open nothing",
        };
        let together = match self.together {
            true => {
                "\ntogether  the mail server cannot split it: what is strictest for one of them holds for all\n"
            }
            false => "",
        };
        format!(
            "{}{together}{reach}{files}nothing was stored or sent{links}\n",
            self.explanation
        )
    }
}

/// True if every mail comes by a mail server that has one answer for all recipients.
fn cannot_split(config: &Config) -> bool {
    let intake = &config.intake;
    let others = [intake.smtp, intake.lmtp, intake.submission];
    let is_alone = config.milter.listen.is_some() && others.iter().all(Option::is_none);
    is_alone && config.milter.mode == Mode::Shared
}

fn rewritten(
    config: &Config,
    mail: &Mail,
    plan: &Plan,
    file: &Path,
) -> Result<Vec<Written>, Failure> {
    let rehearsal = build::rehearsal(config)?;
    let variants = async { Ok(rehearsal.variants(mail, plan).await?) };
    let variants = block_on(variants)?;
    let write = |(index, variant)| write(&numbered(file, index + 1), variant);
    variants.iter().enumerate().map(write).collect()
}

fn write(path: &Path, variant: &Variant) -> Result<Written, Failure> {
    let failed = |e: io::Error| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(Exit::Usage, format!("{} exists", path.display()))
                .hint("give a name of a file that is not there yet")
        }
        _ => Failure::new(Exit::Failed, format!("{}: {e}", path.display())),
    };
    let mut file = File::create_new(path).map_err(failed)?;
    io::copy(&mut variant.content().reader(), &mut file).map_err(failed)?;
    let recipients = variant.recipients().iter();
    Ok(Written {
        file: path.display().to_string(),
        recipients: recipients.map(|r| r.address.to_string()).collect(),
    })
}

/// `out.eml`, `out.2.eml`, `out.3.eml`
fn numbered(file: &Path, number: usize) -> PathBuf {
    let extension = file.extension().map(|e| e.to_string_lossy().into_owned());
    match (number, extension) {
        (1, _) => file.to_owned(),
        (_, Some(extension)) => file.with_extension(format!("{number}.{extension}")),
        (_, None) => file.with_extension(number.to_string()),
    }
}

fn received(arguments: &ExplainArguments) -> Result<Received, Failure> {
    let recipients = arguments
        .to
        .iter()
        .map(|to| address(to).map(Recipient::new));
    let envelope = Envelope {
        sender: if arguments.from == "<>" {
            None
        } else {
            Some(address(&arguments.from)?)
        },
        recipients: recipients.collect::<Result<_, _>>()?,
        options: Default::default(),
        client: Client::local(),
    };
    let unreadable =
        |e: io::Error| Failure::new(Exit::BadData, format!("{}: {e}", arguments.mail.display()));
    let mut intake = Intake::new(&std::env::temp_dir());
    let mut source: Box<dyn Read> = match arguments.mail == Path::new("-") {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(&arguments.mail).map_err(unreadable)?),
    };
    let (mut block, mut last) = (vec![0; 64 * 1024], 0);
    loop {
        let n = source.read(&mut block).map_err(unreadable)?;
        if n == 0 {
            return intake.finish(MailId::fresh(), envelope).map_err(unreadable);
        }
        intake
            .write(&with_crlf(&block[..n], &mut last))
            .map_err(unreadable)?;
    }
}

/// `last` is the byte before the block.
fn with_crlf(block: &[u8], last: &mut u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(block.len() + block.len() / 32);
    for byte in block {
        if *byte == b'\n' && *last != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        *last = *byte;
    }
    out
}

fn address(text: &str) -> Result<Address, Failure> {
    text.parse()
        .map_err(|e| Failure::new(Exit::Usage, format!("{text:?}: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_feeds_become_line_ends_wherever_blocks_are_split() {
        let (text, want) = (b"a\nb\r\nc\n".as_slice(), b"a\r\nb\r\nc\r\n".as_slice());
        for split in 0..=text.len() {
            let mut last = 0;
            let mut out = with_crlf(&text[..split], &mut last);
            out.extend(with_crlf(&text[split..], &mut last));
            assert_eq!(out, want, "split at {split}");
        }
    }
}
