//! `cloakroom numbers`: list and forget the telephone numbers that a sender gave with earlier mails. No whole number is visible.

use super::args::NumbersCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::service::control::{Answer, Request, ask};
use crate::service::numbers::Question;
use crate::transfer::numbers::ShownNumber;
use crate::units::rfc3339;
use std::path::Path;

/// Asks the running gateway, or the store itself if none runs.
pub fn run(command: &NumbersCommand) -> Result<(), Failure> {
    match command {
        NumbersCommand::List {
            sender,
            config,
            json: as_json,
        } => {
            let sender = sender.clone();
            match put(&config.file, Question::List { sender })? {
                Answer::Numbers(numbers) => {
                    let shown = |n: &ShownNumber| if *as_json { json(n) } else { line(n) };
                    print(&numbers.iter().map(shown).collect::<String>())
                }
                other => Err(odd(&other)),
            }
        }
        NumbersCommand::Forget {
            sender,
            recipient,
            config,
        } => {
            let question = Question::Forget {
                sender: sender.clone(),
                recipient: recipient.clone(),
            };
            match put(&config.file, question)? {
                Answer::Forgotten(many) => print(&format!("forgotten: {many}\n")),
                other => Err(odd(&other)),
            }
        }
    }
}

fn put(file: &Path, question: Question) -> Result<Answer, Failure> {
    let config = Config::read(file)?;
    match block_on(ask(&config, Request::Numbers(question)))? {
        Answer::Sorry(why) => Err(Failure::new(Exit::BadData, why)),
        answer => Ok(answer),
    }
}

fn odd(answer: &Answer) -> Failure {
    let message = format!("the gateway answers something else: {answer:?}");
    Failure::new(Exit::Unavailable, message).hint("are both of one version?")
}

/// Tab-separated, for people and `cut`.
fn line(number: &ShownNumber) -> String {
    let used = rfc3339(number.used);
    format!("{}\t…{}\t{used}\n", number.recipient, number.ending)
}
