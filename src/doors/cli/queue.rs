//! `cloakroom queue`: list, show, retry and drop mail that is ours until the next hop has it. Neither contents nor subjects are visible.

use super::args::QueueCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::service::control::{Answer, Request, ask};
use crate::service::queue::{Question, ShownParcel};
use std::path::Path;

/// Asks the running gateway, or the store itself if none runs.
pub fn run(command: &QueueCommand) -> Result<(), Failure> {
    match command {
        QueueCommand::List { config, json } => list(&config.file, *json),
        QueueCommand::Show { id, config, json } => show(&config.file, id, *json),
        QueueCommand::Retry { id, config } => {
            let id = id.as_deref().map(typed);
            let found = put(&config.file, Question::Retry { id: id.clone() })?;
            match (found.as_slice(), id) {
                ([], Some(id)) => Err(unknown(&id)),
                (found, _) => print(&format!("due now: {}\n", found.len())),
            }
        }
        QueueCommand::Drop { id, bounce, config } => {
            let question = Question::Drop {
                id: typed(id),
                bounce: *bounce,
            };
            let found = put(&config.file, question)?;
            let parcel = found.first().ok_or_else(|| unknown(id))?;
            let told = match (bounce, parcel.sender.as_str()) {
                (true, "<>") => ", and nobody is told: it has no sender".to_owned(),
                (true, sender) => format!(", and {sender} is told"),
                (false, _) => ", and nobody is told".to_owned(),
            };
            print(&format!("dropped: {}{told}\n", parcel.id))
        }
    }
}

fn list(file: &Path, as_json: bool) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = put(file, Question::List { after })?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id.clone());
        let shown = page.iter().filter(|parcel| !parcel.pending.is_empty());
        let lines = shown.map(|p| if as_json { json(p) } else { line(p) });
        print(&lines.collect::<String>())?;
    }
}

fn show(file: &Path, id: &str, as_json: bool) -> Result<(), Failure> {
    match put(file, Question::Show { id: typed(id) })?.first() {
        Some(parcel) if as_json => print(&json(parcel)),
        Some(parcel) => print(&picture(parcel)),
        None => Err(unknown(id)),
    }
}

fn put(file: &Path, question: Question) -> Result<Vec<ShownParcel>, Failure> {
    let config = Config::read(file)?;
    match block_on(ask(&config, Request::Queue(question)))? {
        Answer::Parcels(found) => Ok(found),
        Answer::Sorry(why) => Err(Failure::new(Exit::BadData, why)),
        other => {
            let message = format!("the gateway answers something else: {other:?}");
            Err(Failure::new(Exit::Unavailable, message).hint("are both of one version?"))
        }
    }
}

/// As it may be typed: ids are upper case.
fn typed(id: &str) -> String {
    id.trim().to_ascii_uppercase()
}

fn unknown(id: &str) -> Failure {
    let message = format!("{id:?} is not in the queue");
    Failure::new(Exit::BadData, message).hint("`cloakroom queue list` shows what is")
}

/// Tab-separated, for people and `cut`.
fn line(parcel: &ShownParcel) -> String {
    let whom: Vec<&str> = parcel
        .pending
        .iter()
        .map(|p| p.recipient.as_str())
        .collect();
    format!(
        "{}\t{}\t{}\t{}\t{}\n",
        parcel.id,
        word(parcel),
        parcel.sender,
        whom.join(","),
        parcel.due
    )
}

fn word(parcel: &ShownParcel) -> String {
    // As in JSON.
    json(&parcel.what).trim().trim_matches('"').to_owned()
}

fn picture(parcel: &ShownParcel) -> String {
    let mut out = format!(
        "parcel    {}, {} of mail {}\nfrom      {}\nreceived  {}\nsize      {} bytes\ntries     {}, the next one {}\nuntil     {}\n",
        parcel.id,
        word(parcel),
        parcel.mail,
        parcel.sender,
        parcel.received,
        parcel.size,
        parcel.tries,
        parcel.due,
        parcel.until
    );
    if parcel.verified_tls {
        out.push_str("lane      verified TLS only\n");
    }
    if let Some(transfer) = &parcel.transfer {
        out.push_str(&format!("transfer  {transfer}\n"));
    }
    for pending in &parcel.pending {
        out.push_str(&format!("to        {}\n", pending.recipient));
        if let Some(said) = &pending.said {
            out.push_str(&format!("          {said}\n"));
        }
        if pending.unknown > 0 {
            let times = pending.unknown;
            out.push_str(&format!(
                "          no answer to the final dot, {times} in a row\n"
            ));
        }
    }
    out
}
