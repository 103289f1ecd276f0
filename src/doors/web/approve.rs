//! The page of somebody who may decide about a mail that waits, `/a/<token>`: sender, recipients, rules and size, never what it says.
//!
//! Promises: looking changes nothing; a form without a word in it (crawlers send forms that they find) decides nothing; unknown tokens get
//! the answer of unknown links, after the same time, and count against
//! whoever comes with many. Leaves to others: who may what (`gateway::approving`).

use super::guide::{self, Row};
use super::pages::Frame;
use super::visitor::Visitor;
use super::{Portal, see_other};
use crate::fault::Fault;
use crate::gateway::approving::{Approving, Seen, Word};
use crate::mail::Address;
use crate::texts::format;
use crate::transfer::hold_link::Part;
use crate::transfer::waiting::{Ruling, Verdict};
use crate::transfer::{Given, Waiting};
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use minijinja::context;
use std::sync::Arc;
use tokio::time::Instant;

/// Longest sentence of an approver, in characters.
const MOST: usize = 500;

/// What the page sends. Unknown fields are passed over.
type Typed = Vec<(String, String)>;

/// What somebody wants, if it is said.
fn word(typed: &Typed) -> Option<Word> {
    let because: String = field(typed, "because").trim().chars().take(MOST).collect();
    match field(typed, "verdict") {
        "release" => Some(Word::Release),
        "transfer" => Some(Word::AsTransfer),
        "drop" => Some(Word::Drop(Some(because).filter(|b| !b.is_empty()))),
        "withdraw" => Some(Word::Withdraw),
        _ => None,
    }
}

fn field<'a>(typed: &'a Typed, name: &str) -> &'a str {
    let found = typed.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value)
}

/// GET `/a/<token>`.
pub async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response<Body> {
    let (start, asked) = (Instant::now(), token.clone());
    match portal.ask(move |line| line.look(&asked)).await {
        Ok(Some(Seen::Waits(waiting, part))) => {
            let rows = guide::said(&waiting.unreached);
            portal.undecided(&visitor, &token, (&waiting, &part), &rows)
        }
        Ok(Some(Seen::Decided(ruling))) => portal.decided(&visitor, &ruling),
        Ok(Some(Seen::Gone) | None) => portal.nobodys(&visitor, start).await,
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/a/<token>`: decides, then shows the page again, which says what was decided.
pub async fn decide(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Result<Form<Typed>, FormRejection>,
) -> Response<Body> {
    let typed = form.map(|Form(typed)| typed).unwrap_or_default();
    let word = match field(&typed, "verdict") {
        "guide" => match portal.guided(&visitor, &token, typed).await {
            Ok(word) => Some(word),
            Err(page) => return *page,
        },
        _ => word(&typed),
    };
    let Some(word) = word else {
        return portal.bad_request(&visitor);
    };
    let (start, asked) = (Instant::now(), token.clone());
    match portal.ask(move |line| line.decide(&asked, word)).await {
        Ok(Some(None) | None) => portal.nobodys(&visitor, start).await,
        Ok(Some(Some(_))) => {
            let known: String = token.chars().filter(char::is_ascii_alphanumeric).collect();
            see_other(format!("/a/{known}{}", visitor.suffix()))
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// How the form for those whom no way reaches came.
enum Filled {
    Well(Vec<Given>),
    Badly(Vec<Row>, Box<Waiting>, Part),
    Nowhere,
}

impl Portal {
    /// Asks the line aside from the tasks that must not wait; `None` if there is none.
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Approving) -> Result<T, Fault> + Send + 'static,
    ) -> Result<Option<T>, Fault> {
        let Some(line) = self.approving.clone() else {
            return Ok(None);
        };
        let done = tokio::task::spawn_blocking(move || work(&line)).await;
        let internal = |e| Err(Fault::because(crate::fault::Kind::Internal, e));
        done.unwrap_or_else(internal).map(Some)
    }

    /// What a sender says of those whom no way reaches; else the page to show.
    async fn guided(
        &self,
        visitor: &Visitor,
        token: &str,
        typed: Typed,
    ) -> Result<Word, Box<Response<Body>>> {
        let (start, asked) = (Instant::now(), token.to_owned());
        let read = move |line: &Approving| {
            Ok(match line.look(&asked)? {
                Seen::Waits(waiting, part) => {
                    let rows = guide::rows(&typed, &waiting.unreached);
                    match guide::read(line, &waiting.unreached, rows) {
                        Ok(given) => Filled::Well(given),
                        Err(rows) => Filled::Badly(rows, waiting, part),
                    }
                }
                // Too late: the page says what was decided.
                Seen::Decided(_) => Filled::Well(Vec::new()),
                Seen::Gone => Filled::Nowhere,
            })
        };
        Err(Box::new(match self.ask(read).await {
            Ok(Some(Filled::Well(given))) => return Ok(Word::Guide(given)),
            Ok(Some(Filled::Badly(rows, waiting, part))) => {
                self.undecided(visitor, token, (&waiting, &part), &rows)
            }
            Ok(Some(Filled::Nowhere) | None) => self.nobodys(visitor, start).await,
            Err(fault) => self.failed(visitor, &fault),
        }))
    }

    fn undecided(
        &self,
        visitor: &Visitor,
        token: &str,
        (waiting, part): (&Waiting, &Part),
        rows: &[Row],
    ) -> Response<Body> {
        let own = matches!(part, Part::Sender(_));
        let heading = match own {
            true if !waiting.unreached.is_empty() => "unreached-heading",
            true => "withdraw-heading",
            false => "approve-heading",
        };
        let own_language = own.then_some(waiting.language.as_str());
        let frame = Frame {
            error: rows.iter().any(Row::is_wrong),
            ..self.frame(visitor, own_language, (heading, &[]))
        };
        let ways = rows.iter().zip(&waiting.unreached);
        let ways: Vec<_> = ways.filter(|_| own).map(|(row, u)| row.shown(u)).collect();
        let language = frame.language;
        let zone = &self.house.time_zone;
        let recipients = waiting.envelope.recipients.iter();
        let recipients: Vec<String> = recipients.map(|r| r.address.to_string()).collect();
        let reasons = waiting.reasons.iter();
        let reasons: Vec<_> = reasons
            .map(|w| context! { rule => &w.rule, why => &w.why })
            .collect();
        let sender = waiting.envelope.sender.as_ref().map(Address::to_string);
        let content = context! {
            own,
            ways,
            error => frame.error,
            its_own => waiting.is_its_senders(),
            token,
            form_suffix => visitor.suffix(),
            sender => sender.unwrap_or_default(),
            recipients,
            reasons,
            count => waiting.files,
            size => format::size(language, waiting.size()),
            sent => format::long_date(language, waiting.received, zone),
            until => format::long_date(language, waiting.until, zone),
        };
        self.pages
            .page(StatusCode::OK, "approve.html", &frame, content)
    }

    fn decided(&self, visitor: &Visitor, ruling: &Ruling) -> Response<Body> {
        let language = visitor.language(self, None);
        let key = match ruling.verdict {
            Verdict::Released => "decided-released",
            Verdict::Dropped => "decided-dropped",
            Verdict::Withdrawn => "decided-withdrawn",
            Verdict::Over => "decided-over",
        };
        let operator = || self.pages.say(language, "hold-operator", &[]);
        let who = ruling.by.as_ref().map_or_else(operator, Address::to_string);
        let date = format::long_date(language, ruling.at, &self.house.time_zone);
        let said = [("who", who.into()), ("date", date.into())];
        let asked: Vec<String> = ruling.approvers.iter().map(Address::to_string).collect();
        let asked = [("approvers", asked.join(", ").into())];
        let mut sentences = vec![self.pages.say(language, key, &said)];
        if !ruling.approvers.is_empty() {
            sentences.push(self.pages.say(language, "decided-asked", &asked));
        }
        self.note(visitor, StatusCode::OK, "decided-heading", &sentences)
    }
}
