//! The sender's page, `/s/<token>`: who fetched what and when, and what a sender can do about it. No sign-in: whoever has the receipt, or
//! a notice, steers its transfer; only the receipt's link shows subject and names.
//!
//! Promises: a GET changes nothing; wrong, unknown and mistyped links get one answer (P15), an ended transfer says so to the right link only;
//! no internet address of a recipient is shown. A form counts only from our own page, and its path has the secret, so that no cookie is needed.
//! Leaves to others: what may be done (`gateway::steering`), rows and sentences ([`super::standing`]).

use super::open::{Here, blocking};
use super::pages::Frame;
use super::standing::{self, Words};
use super::visitor::Visitor;
use super::{Portal, see_other};
use crate::gateway::steering::Overview;
use crate::mail::Address;
use crate::texts::Value as Argument;
use crate::transfer::steering::{Did, End, Wish};
use crate::transfer::{Actor, SenderLink};
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use minijinja::context;
use tokio::time::Instant;

/// The forms of the page. Other fields are passed over.
#[derive(Default, serde::Deserialize)]
pub struct Filled {
    /// The number of a ticket; empty: all.
    #[serde(default)]
    pub(super) to: String,
    /// A day.
    #[serde(default)]
    until: String,
    /// How a new password travels.
    #[serde(default)]
    pub(super) how: String,
    /// How often it had been renewed when the form was made.
    #[serde(default)]
    pub(super) seen: String,
}

/// What the page says about the form that was sent.
pub(super) enum Said {
    /// It is done: the key of a sentence.
    Done(&'static str),
    /// It is not: the key of a sentence.
    Wrong(&'static str),
}

pub(super) type Sent = Result<Form<Filled>, FormRejection>;

/// GET `/s/<token>`.
pub async fn show(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let said = query.as_deref().and_then(said).map(Said::Done);
    match portal.overview(&visitor, &token).await {
        Ok((_, overview)) => portal.standing(&visitor, &token, &overview, said),
        Err(page) => page,
    }
}

/// GET of a path that takes a form: a reload of its answer, or its language changed.
pub async fn back(visitor: Visitor, Path(token): Path<String>) -> Response<Body> {
    let known: String = token.chars().filter(char::is_ascii_alphanumeric).collect();
    see_other(format!("/s/{known}{}", kept(&visitor, "")))
}

/// GET `/s/<token>/revoke`: asks whether that is really meant.
pub async fn ask(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let to = query.as_deref().and_then(|q| value(q, "to"));
    let to = to.unwrap_or_default().to_owned();
    match portal.overview(&visitor, &token).await {
        Ok((_, overview)) if overview.is_over() => {
            portal.standing(&visitor, &token, &overview, None)
        }
        Ok((_, overview)) => portal.really(&visitor, &token, &overview, &to),
        Err(page) => page,
    }
}

/// POST `/s/<token>/revoke`.
pub async fn revoke(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Sent,
) -> Response<Body> {
    let wish = |whom, _: &Filled| Some(Wish::Revoke(whom));
    portal.steer(&visitor, &token, form, wish).await
}

/// POST `/s/<token>/unlock`.
pub async fn unlock(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Sent,
) -> Response<Body> {
    let wish = |whom, _: &Filled| Some(Wish::Lift(whom));
    portal.steer(&visitor, &token, form, wish).await
}

/// POST `/s/<token>/until`.
pub async fn until(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Sent,
) -> Response<Body> {
    let zone = portal.house.time_zone.clone();
    let wish = move |_, filled: &Filled| End::of_day(&filled.until, &zone).map(Wish::Extend);
    portal.steer(&visitor, &token, form, wish).await
}

impl Portal {
    /// The transfer of a link, or the page that says why there is none. Every request for a sender's page comes through here.
    pub(super) async fn overview(
        &self,
        visitor: &Visitor,
        token: &str,
    ) -> Result<(SenderLink, Overview), Response<Body>> {
        let start = Instant::now();
        let steering = self.steering.clone();
        let Some(link) = SenderLink::read(steering.store().master(), token) else {
            return Err(self.nobodys(visitor, start).await);
        };
        let found = blocking(move || Ok((steering.overview(&link)?, link))).await;
        match found {
            Ok((Some(overview), link)) => Ok((link, overview)),
            Ok((None, _)) => {
                let (heading, text) = ("sender-over-heading", "sender-over-text");
                Err(self.short_note(visitor, StatusCode::GONE, heading, text))
            }
            Err(fault) => Err(self.failed(visitor, &fault)),
        }
    }

    /// Does what a form asks for, and shows the page again.
    async fn steer(
        &self,
        visitor: &Visitor,
        token: &str,
        form: Sent,
        wish: impl FnOnce(Option<Address>, &Filled) -> Option<Wish>,
    ) -> Response<Body> {
        let Ok(Form(filled)) = form else {
            return self.bad_request(visitor);
        };
        let (link, overview) = match self.overview(visitor, token).await {
            Ok(found) => found,
            Err(page) => return page,
        };
        let Some(whom) = recipient(&overview, &filled.to) else {
            return self.bad_request(visitor);
        };
        let Some(wish) = wish(whom, &filled) else {
            let said = Some(Said::Wrong("sender-no-day"));
            return self.standing(visitor, token, &overview, said);
        };
        let steering = self.steering.clone();
        let did = blocking(move || steering.steer(&link.id, &wish, Actor::Sender)).await;
        match did {
            Ok(Did::Past) => {
                let said = Some(Said::Wrong("sender-past"));
                self.standing(visitor, token, &overview, said)
            }
            Ok(did) => self.steered(visitor, token, did),
            Err(fault) => self.failed(visitor, &fault),
        }
    }

    /// The page once more, which says what was done.
    pub(super) fn steered(&self, visitor: &Visitor, token: &str, did: Did) -> Response<Body> {
        // Nobody hears of a memo that nobody sends.
        self.steering.wake();
        self.told_of(visitor, token, word(did))
    }

    /// Back to the page, which says it.
    pub(super) fn told_of(&self, visitor: &Visitor, token: &str, word: &str) -> Response<Body> {
        see_other(format!("/s/{token}{}", kept(visitor, word)))
    }

    pub(super) fn standing(
        &self,
        visitor: &Visitor,
        token: &str,
        overview: &Overview,
        said: Option<Said>,
    ) -> Response<Body> {
        let words = self.words(visitor);
        let wrong = matches!(said, Some(Said::Wrong(_)));
        let status = match wrong {
            true => StatusCode::BAD_REQUEST,
            false => StatusCode::OK,
        };
        let title = [("id", overview.record.id.as_str().into())];
        let frame = Frame {
            error: wrong,
            ..self.frame_of(visitor, overview, ("sender-title", &title))
        };
        let (done, error) = match said {
            Some(Said::Done(key)) => (Some(words.say(key, &[])), None),
            Some(Said::Wrong(key)) => (None, Some(words.say(key, &[]))),
            None => (None, None),
        };
        let content = context! {
            token,
            done,
            error,
            ..standing::page(&words, overview)
        };
        self.pages.page(status, "sender.html", &frame, content)
    }

    fn really(
        &self,
        visitor: &Visitor,
        token: &str,
        overview: &Overview,
        to: &str,
    ) -> Response<Body> {
        let Some(whom) = recipient(overview, to) else {
            return self.bad_request(visitor);
        };
        let title = match whom {
            Some(_) => "takeback-heading-one",
            None => "takeback-heading",
        };
        let frame = self.frame_of(visitor, overview, (title, &[]));
        let losers = standing::people(overview, number(to));
        let content = context! { token, to, losers, back => kept(visitor, "") };
        self.pages
            .page(StatusCode::OK, "takeback.html", &frame, content)
    }

    pub(super) fn frame_of(
        &self,
        visitor: &Visitor,
        overview: &Overview,
        title: (&str, &[(&str, Argument<'_>)]),
    ) -> Frame {
        Frame {
            transfer: Some(overview.record.id.clone()),
            ..self.frame(visitor, None, title)
        }
    }

    pub(super) fn words(&self, visitor: &Visitor) -> Words<'_> {
        Words {
            texts: &self.texts,
            language: visitor.language(self, None),
            zone: &self.house.time_zone,
        }
    }
}

/// The recipient of the ticket of this number, `Some(None)` for all; `None` if there is no such ticket.
pub(super) fn recipient(overview: &Overview, to: &str) -> Option<Option<Address>> {
    if to.is_empty() {
        return Some(None);
    }
    let (ticket, _) = overview.tickets.get(number(to)?)?;
    ticket.recipients.first()?.parse().ok().map(Some)
}

pub(super) fn number(to: &str) -> Option<usize> {
    to.parse().ok()
}

/// What stands in the address after a form was taken; the page says it in a sentence.
fn word(did: Did) -> &'static str {
    match did {
        Did::Revoked(_) => "revoked",
        Did::Extended { until, wished } if until < wished => "latest",
        Did::Extended { .. } => "extended",
        Did::Lifted(_) => "lifted",
        Did::Renewed => "renewed",
        Did::TooOften => "often",
        Did::Before => "before",
        Did::NotLeft => "held",
        Did::NoWay => "no-way",
        Did::Lost => "lost",
        Did::Nothing
        | Did::NoSuchRecipient
        | Did::WhichOne
        | Did::Past
        | Did::Over
        | Did::Unknown => "nothing",
    }
}

fn said(query: &str) -> Option<&'static str> {
    let key = match value(query, "done")? {
        "revoked" => "sender-done-revoked",
        "latest" => "sender-done-latest",
        "extended" => "sender-done-extended",
        "lifted" => "sender-done-lifted",
        "renewed" => "sender-done-renewed",
        "shown" => "sender-done-shown",
        "often" => "sender-done-often",
        "before" => "sender-done-before",
        "held" => "sender-done-held",
        "no-way" => "sender-done-no-way",
        "lost" => "sender-done-lost",
        "parted" => "sender-done-parted",
        "nothing" => "sender-done-nothing",
        _ => return None,
    };
    Some(key)
}

pub(super) fn value<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(n, _)| *n == name).map(|(_, value)| value)
}

/// The query that keeps the language, and says what was done.
pub(super) fn kept(visitor: &Visitor, done: &str) -> String {
    let language = visitor.suffix();
    match (language.as_str(), done) {
        (_, "") => language,
        ("", done) => format!("?done={done}"),
        (_, done) => format!("{language}&done={done}"),
    }
}
