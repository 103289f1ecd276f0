//! `cloakroom quick`: lists devices that need no password, makes a code that lets one in, ends it for a sender and a recipient.

use super::args::QuickCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::mail::Address;
use crate::service::control::{Answer, Request, ask};
use crate::service::quick::{Question, ShownPair};
use std::path::Path;

/// Asks the running gateway, or the store itself if none runs.
pub fn run(command: &QuickCommand) -> Result<(), Failure> {
    match command {
        QuickCommand::List { config, json } => list(&config.file, *json),
        QuickCommand::Code {
            address,
            config,
            json: as_json,
        } => {
            let recipient = address.clone();
            match put(&config.file, Question::Code { recipient })? {
                Answer::Code { code, until } if *as_json => {
                    print(&json(&serde_json::json!({ "code": code, "until": until })))
                }
                Answer::Code { code, until } => print(&format!(
                    "{code}\nGood until {until}, once. Both sides are told that it was made.\n"
                )),
                other => Err(odd(&other)),
            }
        }
        QuickCommand::End {
            addresses,
            all,
            config,
        } => end(&config.file, addresses, *all),
    }
}

fn end(file: &Path, addresses: &[Address], all: bool) -> Result<(), Failure> {
    let (sender, recipient) = match (addresses, all) {
        ([recipient], true) => (None, recipient.clone()),
        ([sender, recipient], false) => (Some(sender.clone()), recipient.clone()),
        (_, true) => return Err(misused("with --all there is one address: the recipient's")),
        (_, false) => {
            return Err(misused(
                "a sender and a recipient, or --all and a recipient",
            ));
        }
    };
    let nothing = match &sender {
        Some(sender) => format!("{recipient} has no device for mails from {sender}"),
        None => format!("{recipient} has no device, and was offered none"),
    };
    match put(file, Question::End { sender, recipient })? {
        Answer::Parted(true) => print("ended: the next mail brings a password again\n"),
        Answer::Parted(false) => Err(Failure::new(Exit::BadData, nothing)),
        other => Err(odd(&other)),
    }
}

fn misused(message: &str) -> Failure {
    Failure::new(Exit::Usage, message.to_owned())
}

fn list(file: &Path, as_json: bool) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let (page, next) = match put(file, Question::List { after })? {
            Answer::Pairs { page, next } => (page, next),
            other => return Err(odd(&other)),
        };
        let lines = page.iter().map(|p| if as_json { json(p) } else { line(p) });
        print(&lines.collect::<String>())?;
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

/// Tab-separated, for people and `cut`.
fn line(pair: &ShownPair) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{}\t{}\t{}\t{}\t{}\n",
        pair.recipient,
        pair.sender,
        or_dash(&pair.accepted),
        pair.devices,
        or_dash(&pair.used)
    )
}

fn put(file: &Path, question: Question) -> Result<Answer, Failure> {
    let config = Config::read(file)?;
    match block_on(ask(&config, Request::Quick(question)))? {
        Answer::Sorry(why) => Err(Failure::new(Exit::BadData, why)),
        answer => Ok(answer),
    }
}

fn odd(answer: &Answer) -> Failure {
    let message = format!("the gateway answers something else: {answer:?}");
    Failure::new(Exit::Unavailable, message).hint("are both of one version?")
}
