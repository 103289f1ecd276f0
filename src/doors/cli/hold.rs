//! `cloakroom hold`: list, show, release and drop mails that wait for approval. Neither contents nor subjects are visible here.

use super::args::HoldCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::mail::MailId;
use crate::service::approvals::{Question, ShownWaiting};
use crate::service::control::{Answer, Request, ask};
use std::path::Path;

/// Asks the running gateway, or the store itself if none runs.
pub fn run(command: &HoldCommand) -> Result<(), Failure> {
    match command {
        HoldCommand::List { config, json } => list(&config.file, *json),
        HoldCommand::Show { id, config, json } => show(&config.file, id, *json),
        HoldCommand::Release {
            id,
            as_transfer,
            by,
            config,
        } => {
            let question = Question::Release {
                id: known_form(id)?,
                as_transfer: *as_transfer,
                by: by.clone(),
            };
            let mail = ruled(put(&config.file, question)?)?;
            print(&format!(
                "released: {} leaves for {}\n",
                mail.id,
                mail.recipients.join(", ")
            ))
        }
        HoldCommand::Drop {
            id,
            because,
            by,
            config,
        } => {
            let question = Question::Drop {
                id: known_form(id)?,
                because: because.clone(),
                by: by.clone(),
            };
            let mail = ruled(put(&config.file, question)?)?;
            print(&format!(
                "dropped: {}, and {} is told\n",
                mail.id, mail.sender
            ))
        }
    }
}

fn list(file: &Path, as_json: bool) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = found(put(file, Question::List { after })?)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id.clone());
        let shown = page.iter().filter(|mail| mail.state != "over");
        let lines = shown.map(|mail| if as_json { json(mail) } else { line(mail) });
        print(&lines.collect::<String>())?;
    }
}

fn show(file: &Path, id: &str, as_json: bool) -> Result<(), Failure> {
    let question = Question::Show {
        id: known_form(id)?,
    };
    match found(put(file, question)?)?.first() {
        Some(mail) if as_json => print(&json(mail)),
        Some(mail) => print(&picture(mail)),
        None => Err(Failure::new(Exit::BadData, format!("no mail {id} waits"))),
    }
}

fn put(file: &Path, question: Question) -> Result<Answer, Failure> {
    let config = Config::read(file)?;
    match block_on(ask(&config, Request::Hold(question)))? {
        Answer::Sorry(why) => Err(Failure::new(Exit::BadData, why)),
        answer => Ok(answer),
    }
}

fn found(answer: Answer) -> Result<Vec<ShownWaiting>, Failure> {
    match answer {
        Answer::Waiting(found) => Ok(found),
        other => Err(odd(&other)),
    }
}

fn ruled(answer: Answer) -> Result<ShownWaiting, Failure> {
    match answer {
        Answer::Ruled(mail) => Ok(*mail),
        other => Err(odd(&other)),
    }
}

fn known_form(id: &str) -> Result<String, Failure> {
    let id: MailId = id
        .parse()
        .map_err(|e| Failure::new(Exit::Usage, format!("{id:?}: {e}")))?;
    Ok(id.to_string())
}

fn odd(answer: &Answer) -> Failure {
    let message = format!("the gateway answers something else: {answer:?}");
    Failure::new(Exit::Unavailable, message).hint("are both of one version?")
}

/// Tab-separated, for people and `cut`.
fn line(mail: &ShownWaiting) -> String {
    format!(
        "{}\t{}\t{}\t{}\t{}\n",
        mail.id,
        mail.state,
        mail.sender,
        mail.recipients.join(","),
        mail.until
    )
}

fn picture(mail: &ShownWaiting) -> String {
    let mut out = format!(
        "mail      {}, {}\nfrom      {}\nto        {}\nreceived  {}\nuntil     {}\nsize      {} bytes, {} files\n",
        mail.id,
        mail.state,
        mail.sender,
        mail.recipients.join(", "),
        mail.received,
        mail.until,
        mail.size,
        mail.files
    );
    for reason in &mail.reasons {
        out.push_str(&format!("why       {}: {}\n", reason.rule, reason.why));
    }
    if !mail.release_by.is_empty() {
        out.push_str(&format!("may       {}\n", mail.release_by.join(", ")));
    }
    if !mail.unreached.is_empty() {
        let whom = mail.unreached.join(", ");
        out.push_str(&format!("no way    to {whom}; its sender is asked\n"));
    }
    if let Some(by) = &mail.released_by {
        let pending = mail.pending.join(", ");
        out.push_str(&format!(
            "released  by {by}; tries {}, not there yet: {pending}\n",
            mail.tries
        ));
    }
    out
}
