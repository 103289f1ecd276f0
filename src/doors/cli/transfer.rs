//! `cloakroom transfer`: list, show, take back, unlock, extend, resend, audit. Neither contents nor passwords are visible to anyone
//! here, but for a new password that was asked for.

use super::args::TransferCommand;
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::service::control::{Answer, Request, Resent, ShownEvent, ShownTransfer, ask};
use crate::transfer::TransferId;
use crate::transfer::steering::{Did, End};
use crate::units::Period;
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
        TransferCommand::Extend {
            id,
            until,
            by,
            config,
        } => extend(&config.file, id, until.as_deref(), *by),
        TransferCommand::Resend {
            id,
            to,
            show,
            config,
            json: as_json,
        } => resend(&config.file, id, (to.clone(), *show), *as_json),
        TransferCommand::Audit {
            id,
            config,
            json: as_json,
        } => audit(&config.file, id, *as_json),
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

fn extend(file: &Path, id: &str, until: Option<&str>, by: Option<Period>) -> Result<(), Failure> {
    let end = match (until, by) {
        (Some(day), _) => {
            let zone = Config::read(file)?.house.time_zone;
            End::of_day(day, &zone).ok_or_else(|| {
                let failure = Failure::new(Exit::Usage, format!("{day:?} is no day"));
                failure.hint("a day is written 2025-12-05")
            })?
        }
        (None, by) => {
            let seconds = by.map_or(0, |by| by.duration().as_secs());
            End::Later(i64::try_from(seconds).unwrap_or(i64::MAX))
        }
    };
    let id = known_form(id)?;
    let did = match put(
        file,
        Request::Extend {
            id: id.clone(),
            end,
        },
    )? {
        Answer::Extended(did) => did,
        other => return Err(odd(&other)),
    };
    let no = |why: String| Err(Failure::new(Exit::BadData, why));
    match did {
        Did::Extended { until, wished } => {
            let short = if until < wished {
                ", the latest that is allowed"
            } else {
                ""
            };
            let at = jiff::Timestamp::from_second(until).map_or(String::new(), |at| at.to_string());
            print(&format!("it ends {at}{short}\n"))
        }
        Did::Past => no("that is in the past: `cloakroom transfer revoke` ends it now".into()),
        Did::Over => no(format!("{id} has ended or was taken back")),
        _ => no(format!("there is no transfer {id}")),
    }
}

fn resend(
    file: &Path,
    id: &str,
    (recipient, show): (Option<String>, bool),
    as_json: bool,
) -> Result<(), Failure> {
    let id = known_form(id)?;
    let request = Request::Resend {
        id: id.clone(),
        recipient,
        show,
    };
    let resent = match put(file, request)? {
        Answer::Resent(resent) => resent,
        other => return Err(odd(&other)),
    };
    if let Some(why) = not_resent(&id, resent.did) {
        return Err(Failure::new(Exit::BadData, why));
    }
    match as_json {
        true => print(&json(&serde_json::json!({
            "transfer": id,
            "passwords": resent.passwords,
        }))),
        false => print(&renewed(&resent)),
    }
}

fn not_resent(id: &str, did: Did) -> Option<String> {
    let why = match did {
        Did::Renewed => return None,
        Did::Lost => {
            "nothing new can be made of it: policy says recovery = \"none\", or it was taken back"
        }
        Did::TooOften => "it was renewed as often as may be, today or in all",
        Did::WhichOne => "it has several links: say for whom with --to ADDRESS",
        Did::NotLeft => "its mail has not left, or nobody knows whether it has",
        Did::NoWay => {
            "the new password has no way: show it with --show; one whose sender gets the link too cannot be shown"
        }
        Did::NoSuchRecipient => "nobody of that address has a link of it",
        Did::Over => return Some(format!("{id} has ended or was taken back")),
        _ => return Some(format!("there is no transfer {id}")),
    };
    Some(why.to_owned())
}

fn renewed(resent: &Resent) -> String {
    let mut out =
        "a new link is on its way by mail; the one before opens nothing any more\n".to_owned();
    for entry in &resent.passwords {
        out += &format!("{}\t{}\n", entry.recipient, entry.password.expose());
    }
    out
}

fn audit(file: &Path, id: &str, as_json: bool) -> Result<(), Failure> {
    let id = known_form(id)?;
    match put(file, Request::Audit { id })? {
        Answer::Happened(events) => print(
            &events
                .iter()
                .map(|e| if as_json { json(e) } else { event(e) })
                .collect::<String>(),
        ),
        other => Err(odd(&other)),
    }
}

/// Tab-separated: when, whose link, what, by whom, from which address.
fn event(event: &ShownEvent) -> String {
    let mut what = event.what.clone();
    if !event.files.is_empty() {
        let files: Vec<String> = event.files.iter().map(u32::to_string).collect();
        what += &format!(" {}", files.join(","));
    }
    if let Some(until) = &event.until {
        what += &format!(" {until}");
    }
    let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{}\t{}\t{what}\t{}\t{}\n",
        event.at,
        event.recipients.join(","),
        known(&event.by),
        known(&event.from)
    )
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
