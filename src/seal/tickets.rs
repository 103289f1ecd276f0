//! Tickets and notices: who gets a link, what opens it, and how the password travels.
//!
//! Every protected recipient has a ticket, link and password of his own; in a mail to very many, those with the same decision share one.

use super::items::Item;
use super::wrap::{Lock, Secret, Stretched, wrap};
use super::{SealKeys, impossible, names, recovery, sender};
use crate::fault::{Fault, Kind};
use crate::mail::{Lane, Mail};
use crate::transfer::keys::TransferKey;
use crate::transfer::notice::{Learn, NoticeEntry, Route};
use crate::transfer::proof::{PasswordLine, ShownFile};
use crate::transfer::quick::{self, Seat};
use crate::transfer::record::SealedTicket;
use crate::transfer::renewal::{Kept, Spare};
use crate::transfer::{
    Catalogue, Decision, Destination, LinkSecret, Notice, Options, Password, PasswordRules, Plan,
    Record, Scope, Ticket, TransferId, Unlock, Wishes, password_rules,
};
use std::rc::Rc;

/// A ticket and the password it was locked with, until its notice is made.
pub(super) struct Made {
    pub(super) sealed: SealedTicket,
    password: Option<Password>,
    /// The sender chose it.
    chosen: bool,
}

/// What was sealed, to know who of the recipients sees what of it.
pub(super) struct Contents<'a> {
    pub(super) items: &'a [Item],
    /// One entry per item.
    pub(super) catalogue: &'a Catalogue,
}

impl Contents<'_> {
    /// Numbers of the entries that a recipient with this scope may see.
    fn for_scope(&self, scope: &Scope) -> Vec<u32> {
        let seen = (0..).zip(self.items).filter(|(_, item)| item.is_for(scope));
        seen.map(|(number, _)| number).collect()
    }

    /// Those of them that block and page list as files.
    fn shown(&self, numbers: &[u32]) -> Vec<ShownFile> {
        let entries = numbers.iter().map(|n| &self.catalogue.entries[*n as usize]);
        entries
            .filter(|entry| entry.kind.is_file())
            .map(|entry| ShownFile {
                name: entry.name.clone(),
                size: entry.size,
            })
            .collect()
    }
}

/// Makes all tickets of a transfer.
pub(super) fn make(
    plan: &Plan,
    routes: &[Route],
    keys: &SealKeys<'_>,
    id: &TransferId,
    key: &TransferKey,
    contents: &Contents<'_>,
) -> Result<Vec<Made>, Fault> {
    if routes.len() != plan.decisions.len() {
        return Err(impossible("a decision without a route"));
    }
    let mut chosen = Chosen::default();
    groups(plan, routes, keys.max_links)
        .into_iter()
        .zip(0u32..)
        .map(|(group, number)| {
            let first = &plan.decisions[group[0]];
            let route = &routes[group[0]];
            let seat = keys.seats.get(group[0]).and_then(Option::as_ref);
            let seat = seat.filter(|_| group.len() == 1);
            let alone = seat.is_some_and(|seat| seat.alone);
            let made = match alone {
                true => None,
                false => password(first, route)?,
            };
            let stretched = match alone {
                true => Rc::new(Stretched::of_nobody()),
                false => chosen.stretch(keys, known(first, route).is_some(), made.as_ref()),
            };
            let password = made.map(|made| made.password);
            let secret = LinkSecret::fresh();
            let lock = Lock {
                transfer: id,
                link: &secret,
                day: keys.day,
                day_key: keys.day_key,
                master: keys.master,
            };
            let mut ticket = ticket(first, route, keys)?;
            ticket.entries = contents.for_scope(&first.scope);
            ticket.fetched = vec![0; contents.items.len()];
            ticket.link = secret.id(keys.master);
            ticket.wrap = Some(wrap(&lock, &stretched, key));
            ticket.quick = seat
                .map(|seat| sealed_to(&lock, number, seat, key))
                .transpose()?;
            if alone {
                (ticket.password, ticket.password_line) = (false, PasswordLine::Quick);
            }
            if plan.keeps_spare() {
                let ways: Vec<&Route> = group.iter().map(|i| &routes[*i]).collect();
                let lane = group.iter().map(|i| plan.decisions[*i].lane).max();
                let rules = &first.options.password_rules;
                let kept = kept(&ways, lane.unwrap_or_default(), rules);
                ticket.spare = Some(spare(&lock, number, key, (&kept, &route.line))?);
            }
            ticket.recipients = group
                .iter()
                .map(|i| plan.decisions[*i].recipient.to_string())
                .collect();
            Ok(Made {
                sealed: SealedTicket {
                    recipients: group,
                    secret,
                    files: contents.shown(&ticket.entries),
                    ticket,
                },
                password,
                chosen: first.options.password.is_some(),
            })
        })
        .collect()
}

/// The transfer key once more, for the devices of a pair.
fn sealed_to(
    lock: &Lock<'_>,
    ticket: u32,
    seat: &Seat,
    key: &TransferKey,
) -> Result<quick::Sealed, Fault> {
    let place = super::quick::Place {
        lock: Lock { ..*lock },
        ticket,
        key: &seat.key,
    };
    Ok(quick::Sealed {
        key: seat.key,
        sealed: super::quick::lock(&place, &seat.public, key)?,
    })
}

/// The transfer key once more, for whoever lost link or password.
fn spare(
    lock: &Lock<'_>,
    ticket: u32,
    key: &TransferKey,
    (kept, line): (&Kept, &PasswordLine),
) -> Result<Spare, Fault> {
    let place = recovery::Place {
        transfer: lock.transfer,
        ticket,
        day: lock.day,
        day_key: lock.day_key,
        master: lock.master,
    };
    let sealed = recovery::seal(&place, key, kept);
    let sealed = sealed.map_err(|e| Fault::because(Kind::Internal, e))?;
    Ok(Spare::new(sealed, line.clone()))
}

/// The ways of those who share a ticket: what is said of them is the same.
fn kept(ways: &[&Route], lane: Lane, rules: &PasswordRules) -> Kept {
    Kept {
        ways: ways.iter().map(|route| (*route).clone()).collect(),
        lane,
        rules: rules.clone(),
    }
}

/// Indices of decisions that share a ticket.
fn groups(plan: &Plan, routes: &[Route], max_links: usize) -> Vec<Vec<usize>> {
    let protected = || (0..plan.decisions.len()).filter(|i| plan.decisions[*i].protects());
    if protected().count() <= max_links {
        return protected().map(|i| vec![i]).collect();
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in protected() {
        let same = groups.iter_mut().find(|group| {
            let (a, b) = (&plan.decisions[group[0]], &plan.decisions[index]);
            alike(a, b) && alike_in_way((a, &routes[group[0]]), (b, &routes[index]))
        });
        match same {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

/// The same but for the recipient and his number.
fn alike(a: &Decision, b: &Decision) -> bool {
    let options = |d: &Decision| Options {
        phone: None,
        phone_is_own: false,
        ..d.options.clone()
    };
    a.scope == b.scope && a.language() == b.language() && options(a) == options(b)
}

/// What is said of their passwords is the same, and so is one that is agreed with them; also what is said once nothing is agreed any more.
fn alike_in_way(a: (&Decision, &Route), b: (&Decision, &Route)) -> bool {
    let later = |route: &Route| route.next().map(|next| next.line);
    let is_agreed = a.1.line == PasswordLine::Agreed;
    a.1.line == b.1.line
        && known(a.0, a.1) == known(b.0, b.1)
        && (!is_agreed || later(a.1) == later(b.1))
}

/// The password that somebody has chosen: the sender for this mail, or people who have agreed on it with the recipient.
fn known<'a>(decision: &'a Decision, route: &Route) -> Option<&'a Password> {
    let agreed = decision.contact.agreed.as_ref();
    let agreed = agreed.filter(|_| route.line == PasswordLine::Agreed);
    decision.options.password.as_ref().or(agreed)
}

fn password(decision: &Decision, route: &Route) -> Result<Option<password_rules::Made>, Fault> {
    match (decision.options.unlock, known(decision, route)) {
        (Unlock::Link, _) => Ok(None),
        // Nothing can be derived from a code that does not exist yet: the wrap is that of a link, and the page asks.
        (Unlock::EmailCode, _) if route.line == PasswordLine::EmailCode => Ok(None),
        (Unlock::EmailCode, _) => Err(impossible("a code that the page would not ask for")),
        (Unlock::Quick | Unlock::Password, Some(known)) => {
            Ok(Some(password_rules::Made::chosen(known)))
        }
        (Unlock::Quick | Unlock::Password, None) if !route.carries() => {
            Err(impossible("a password that has no way to its recipient"))
        }
        (Unlock::Quick | Unlock::Password, None) => {
            Ok(Some(decision.options.password_rules.make()))
        }
    }
}

/// A password that a person gave costs much to stretch, and often is the same for all recipients: once is enough.
#[derive(Default)]
struct Chosen(Vec<(Password, Rc<Stretched>)>);

impl Chosen {
    fn stretch(
        &mut self,
        keys: &SealKeys<'_>,
        chosen: bool,
        made: Option<&password_rules::Made>,
    ) -> Rc<Stretched> {
        let password = made.map(|made| &made.password);
        let secret = made.map(|made| Secret {
            password: &made.password,
            exact: made.exact,
            weak: made.weak,
        });
        let known = self.0.iter().find(|(p, _)| chosen && Some(p) == password);
        if let Some((_, stretched)) = known {
            return stretched.clone();
        }
        let stretched = Rc::new(Stretched::new(keys.master, secret.as_ref()));
        if let (true, Some(password)) = (chosen, password) {
            self.0.push((password.clone(), stretched.clone()));
        }
        stretched
    }
}

fn ticket(decision: &Decision, route: &Route, keys: &SealKeys<'_>) -> Result<Ticket, Fault> {
    let options = &decision.options;
    let seconds = i64::try_from(options.keep_for.as_secs()).unwrap_or(i64::MAX);
    let expires = keys.now.saturating_add(seconds);
    if expires.div_euclid(86_400) > i64::from(keys.day) {
        return Err(impossible(
            "a transfer that would outlive the key of its day",
        ));
    }
    Ok(Ticket {
        language: language(decision, keys),
        password: options.unlock.has_password(),
        password_line: route.line.clone(),
        message: matches!(decision.scope, Scope::Message | Scope::Whole(_)),
        downloads: options.downloads,
        wishes: Wishes::of(&options.notify),
        ..Ticket::unused(crate::transfer::LinkId([0; 32]), keys.day, expires)
    })
}

fn language(decision: &Decision, keys: &SealKeys<'_>) -> String {
    decision.language().unwrap_or(keys.language).to_owned()
}

/// One notice for each channel and destination, with the passwords of everyone who is reached that way.
pub(super) fn notices(
    mail: &Mail,
    record: &Record,
    plan: &Plan,
    routes: &[Route],
    made: &[Made],
) -> Vec<Notice> {
    let mut notices: Vec<Notice> = Vec::new();
    for Made {
        sealed,
        password,
        chosen,
    } in made
    {
        let Some(password) = password else {
            continue;
        };
        for (index, recipient) in sealed.recipients.iter().zip(&sealed.ticket.recipients) {
            let route = &routes[*index];
            // Who chose the password knows it; it need not travel back.
            let known = *chosen && matches!(route.destination, Destination::Sender(_));
            if !route.carries() || known {
                continue;
            }
            let entry = NoticeEntry {
                recipient: recipient.clone(),
                password: password.clone(),
            };
            let learns = plan.decisions[*index].learns(route);
            let same = notices.iter_mut().find(|n| n.may_also_say(route, &entry));
            match same {
                Some(notice) => {
                    notice.expires = notice.expires.max(sealed.ticket.expires);
                    notice.entries.push(entry);
                    if notice.number != learns {
                        // What is not true of all of them is true of nobody.
                        notice.number = Learn::Nothing;
                    }
                }
                None => {
                    let number = notices.len();
                    notices.push(Notice {
                        id: format!("{}-{number}", record.id),
                        transfer: record.id.clone(),
                        mail: record.mail.clone(),
                        channel: route.channel.clone(),
                        destination: route.destination.clone(),
                        sender: sender(mail),
                        sender_name: names::sender_name(&mail.outline.root().fields),
                        message_id: message_id(mail),
                        language: sealed.ticket.language.clone(),
                        entries: vec![entry],
                        expires: sealed.ticket.expires,
                        created: record.created,
                        receipt: None,
                        then: route.then.clone(),
                        number: learns,
                    });
                }
            }
        }
    }
    notices
}

fn message_id(mail: &Mail) -> Option<String> {
    let id = mail.outline.root().fields.value("Message-ID")?.trim();
    (!id.is_empty()).then(|| id.to_owned())
}
