//! `cloakroom explain`: what the policy would do with a mail, and why.

use super::args::ExplainArguments;
use super::{Exit, Failure, json, print};
use crate::config::Config;
use crate::decide::explain::explain;
use crate::gateway::preview::preview;
use crate::mail::envelope::{Client, Envelope};
use crate::mail::{Address, Intake, MailId, Received, Recipient};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Reads the mail as it would arrive, decides, prints. The mail of a file may have bare line feeds: they are made CRLF.
pub fn run(arguments: &ExplainArguments) -> Result<(), Failure> {
    let config = Config::read(&arguments.config.file)?;
    let policy = crate::service::build::policy(&config)?;
    let (mail, plan) = preview(&policy, received(arguments)?)?;
    let explanation = explain(&policy, &mail, &plan)?;
    print(&if arguments.json {
        json(&explanation)
    } else {
        explanation.to_string()
    })
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
