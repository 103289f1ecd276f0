//! `cloakroom agreed`: set, list and remove the passwords that are agreed with recipients. A password comes from the terminal, where it is
//! not shown, or from standard input; never from the command line, which others see. None is shown but one that is made here, once.

use super::args::AgreedCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::{ChannelKind, Config};
use crate::decide::guessable;
use crate::mail::Address;
use crate::service::agreed::{Question, ShownAgreed};
use crate::service::control::{Answer, Request, ask};
use crate::transfer::{Agreed, Party, Password, password_rules};
use jiff::Timestamp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Bytes of a line: a password of the longest characters, and what ends it.
const MAX_LINE: u64 = 4 * password_rules::LONGEST as u64 + 2;

/// Asks the running gateway, or the store itself if none runs.
pub fn run(command: &AgreedCommand) -> Result<(), Failure> {
    match command {
        AgreedCommand::Set {
            party,
            make,
            config,
        } => set(&config.file, &known_form(party)?, *make),
        AgreedCommand::List { config, json } => list(&config.file, *json),
        AgreedCommand::Remove { party, config } => remove(&config.file, known_form(party)?),
    }
}

fn set(file: &Path, party: &Party, make: bool) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let rules = &config.transfer.password_rules;
    let password = match make {
        true => rules.make().password,
        false => fit(&config, party, typed(party)?)?,
    };
    let now = Timestamp::now().as_second();
    let agreed = Agreed::new(party.clone(), &password, now);
    let agreed = agreed.ok_or_else(|| unfit(&[password_rules::Broken::Unfit]))?;
    let before = existed(put(&config, Question::Set(agreed))?)?;
    if make {
        print(&format!("{party}\t{}\n", password.expose()))?;
    } else {
        let done = if before { "replaced" } else { "agreed" };
        print(&format!("{done}: {party}\n"))?;
    }
    if !config
        .channels
        .iter()
        .any(|c| c.kind == ChannelKind::Agreed)
    {
        // Nobody is left to tell if standard error is gone.
        let _ = writeln!(
            io::stderr(),
            "cloakroom: hint: it is not used before there is a [[channel]] with kind = \"agreed\""
        );
    }
    Ok(())
}

fn list(file: &Path, as_json: bool) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let mut after = None;
    loop {
        let (page, next) = match put(&config, Question::List { after })? {
            Answer::AgreedWith { page, next } => (page, next),
            other => return Err(odd(&other)),
        };
        let lines = page
            .iter()
            .map(|one| if as_json { json(one) } else { line(one) });
        print(&lines.collect::<String>())?;
        match next {
            None => return Ok(()),
            next => after = next,
        }
    }
}

fn remove(file: &Path, party: Party) -> Result<(), Failure> {
    let name = party.to_string();
    let config = Config::read(file)?;
    match existed(put(&config, Question::Remove { party })?)? {
        true => print(&format!("removed: {name}\n")),
        false => {
            let message = format!("nothing is agreed with {name}");
            Err(Failure::new(Exit::BadData, message))
        }
    }
}

fn put(config: &Config, question: Question) -> Result<Answer, Failure> {
    match block_on(ask(config, Request::Agreed(question)))? {
        Answer::Sorry(why) => Err(Failure::new(Exit::BadData, why)),
        answer => Ok(answer),
    }
}

fn existed(answer: Answer) -> Result<bool, Failure> {
    match answer {
        Answer::AgreedBefore(before) => Ok(before),
        other => Err(odd(&other)),
    }
}

fn odd(answer: &Answer) -> Failure {
    let message = format!("the gateway answers something else: {answer:?}");
    Failure::new(Exit::Unavailable, message).hint("are both of one version?")
}

/// Tab-separated, for people and `cut`.
fn line(one: &ShownAgreed) -> String {
    format!("{}\t{}\n", one.with, one.since)
}

fn known_form(text: &str) -> Result<Party, Failure> {
    let wrong = |e| Failure::new(Exit::Usage, format!("{text:?}: {e}"));
    text.parse().map_err(wrong)
}

/// Only one that keeps the rules for passwords that people choose.
fn fit(config: &Config, party: &Party, password: Password) -> Result<Password, Failure> {
    let mut words = config.house.domains.clone();
    let people: Vec<&Address> = match party {
        Party::Address(address) => vec![address],
        Party::Domain(domain) => {
            words.push(domain.clone());
            Vec::new()
        }
    };
    let rules = &config.transfer.password_rules;
    let broken = guessable::broken(rules, &password, &people, &words);
    match broken.is_empty() {
        true => Ok(password),
        false => Err(unfit(&broken)),
    }
}

fn unfit(broken: &[password_rules::Broken]) -> Failure {
    let said: Vec<String> = broken.iter().map(ToString::to_string).collect();
    let message = format!("this password cannot be used: {}", said.join("; "));
    let hint = "[transfer] password_rules has the rules; `--make` makes one that keeps them";
    Failure::new(Exit::BadData, message).hint(hint)
}

/// Asked for twice at a terminal; else a line of standard input.
fn typed(party: &Party) -> Result<Password, Failure> {
    if !io::stdin().is_terminal() {
        return line_of_input();
    }
    let unseen = Unseen::begin()?;
    let once = prompted(&format!("Password agreed with {party}: "))?;
    let again = prompted("The same again: ")?;
    drop(unseen);
    match once == again {
        true => Ok(once),
        false => Err(Failure::new(Exit::BadData, "these were two different ones")),
    }
}

fn prompted(prompt: &str) -> Result<Password, Failure> {
    // Without it the terminal waits all the same.
    let _ = write!(io::stderr(), "{prompt}");
    let typed = line_of_input();
    let _ = writeln!(io::stderr());
    typed
}

fn line_of_input() -> Result<Password, Failure> {
    let mut line = Zeroizing::new(String::new());
    let mut input = io::stdin().lock().take(MAX_LINE);
    input
        .read_line(&mut line)
        .map_err(|e| Failure::new(Exit::BadData, format!("standard input: {e}")))?;
    if input.limit() == 0 && !line.ends_with('\n') {
        return Err(unfit(&[password_rules::Broken::Unfit]));
    }
    Ok(Password::given(line.trim()))
}

/// A terminal that does not show what is typed, until this is dropped. Who ends the program meanwhile has a shell that shows it again.
struct Unseen(Termios);

impl Unseen {
    fn begin() -> Result<Self, Failure> {
        let failed = |e| Failure::new(Exit::Failed, format!("the terminal: {e}"));
        let before = tcgetattr(io::stdin()).map_err(failed)?;
        let mut unseen = before.clone();
        unseen.local_modes.remove(LocalModes::ECHO);
        // What was typed before the question is no answer to it.
        tcsetattr(io::stdin(), OptionalActions::Flush, &unseen).map_err(failed)?;
        Ok(Unseen(before))
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // There is nothing else to try.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
