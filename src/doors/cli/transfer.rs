//! `cloakroom transfer`: list, show, take back, unlock. Neither contents nor passwords are visible to anyone here.

use super::args::TransferCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::service::control::{Answer, Request, ShownTransfer, ask};
use crate::transfer::TransferId;
use std::path::Path;

/// Asks the running gateway, or the store itself if none runs.
pub fn run(command: &TransferCommand) -> Result<(), Failure> {
    match command {
        TransferCommand::List {
            config,
            json: as_json,
        } => list(&config.file, *as_json),
        TransferCommand::Show {
            id,
            config,
            json: as_json,
        } => show(&config.file, id, *as_json),
        TransferCommand::Revoke {
            id,
            recipient,
            config,
        } => revoke(&config.file, id, recipient.clone()),
        TransferCommand::Unlock {
            id,
            recipient,
            config,
        } => unlock(&config.file, id, recipient.clone()),
    }
}

fn list(file: &Path, as_json: bool) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = match put(
            file,
            Request::List {
                after: after.clone(),
            },
        )? {
            Answer::Transfers(page) => page,
            other => return Err(odd(&other)),
        };
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id.clone());
        print(
            &page
                .iter()
                .map(|t| if as_json { json(t) } else { line(t) })
                .collect::<String>(),
        )?;
    }
}

fn show(file: &Path, id: &str, as_json: bool) -> Result<(), Failure> {
    match put(
        file,
        Request::Show {
            id: known_form(id)?,
        },
    )? {
        Answer::Transfers(found) => match found.first() {
            Some(transfer) => print(&if as_json {
                json(transfer)
            } else {
                picture(transfer)
            }),
            None => Err(Failure::new(
                Exit::BadData,
                format!("there is no transfer {id}"),
            )),
        },
        other => Err(odd(&other)),
    }
}

fn revoke(file: &Path, id: &str, recipient: Option<String>) -> Result<(), Failure> {
    match put(
        file,
        Request::Revoke {
            id: known_form(id)?,
            recipient,
        },
    )? {
        Answer::Revoked(0) => Err(Failure::new(
            Exit::BadData,
            format!("nothing to take back: {id}"),
        )),
        Answer::Revoked(count) => print(&format!(
            "taken back: {count} of its links open nothing any more\n"
        )),
        other => Err(odd(&other)),
    }
}

fn unlock(file: &Path, id: &str, recipient: Option<String>) -> Result<(), Failure> {
    let id = known_form(id)?;
    match put(
        file,
        Request::Unlock {
            id: id.clone(),
            recipient,
        },
    )? {
        Answer::Unlocked(0) => Err(Failure::new(
            Exit::BadData,
            format!("nothing is locked: {id}"),
        )),
        Answer::Unlocked(count) => print(&format!(
            "unlocked: the passwords of {count} links may be tried again\n"
        )),
        other => Err(odd(&other)),
    }
}

fn put(file: &Path, request: Request) -> Result<Answer, Failure> {
    let config = Config::read(file)?;
    match block_on(ask(&config, request))? {
        Answer::Sorry(why) => Err(Failure::new(Exit::Failed, why)),
        answer => Ok(answer),
    }
}

fn known_form(id: &str) -> Result<String, Failure> {
    let id: TransferId = id
        .parse()
        .map_err(|e| Failure::new(Exit::Usage, format!("{id:?}: {e}")))?;
    Ok(id.to_string())
}

pub(super) fn odd(answer: &Answer) -> Failure {
    Failure::new(
        Exit::Unavailable,
        format!("the gateway answers something else: {answer:?}"),
    )
    .hint("are both of one version?")
}

/// Tab-separated, for people and `cut`.
fn line(transfer: &ShownTransfer) -> String {
    let to: Vec<&str> = transfer
        .tickets
        .iter()
        .flat_map(|t| t.recipients.iter().map(String::as_str))
        .collect();
    format!(
        "{}\t{}\t{}\t{}\t{}\n",
        transfer.id,
        transfer.state,
        transfer.sender,
        to.join(","),
        transfer.expires
    )
}

fn picture(transfer: &ShownTransfer) -> String {
    let mut out = format!(
        "transfer  {}, {}\nmail      {}\nfrom      {}\ncreated   {}\nends      {}\nfiles     {} ({} bytes sealed)\n",
        transfer.id,
        transfer.state,
        transfer.mail,
        transfer.sender,
        transfer.created,
        transfer.expires,
        transfer.files,
        transfer.bytes
    );
    for ticket in &transfer.tickets {
        out.push_str(&format!(
            "to        {}: {}\n",
            ticket.recipients.join(", "),
            ticket.state
        ));
    }
    out
}
