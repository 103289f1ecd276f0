//! Devices without a password: whoever has opened a transfer with one sets up his browser, lets others in, and ends it (QUICK).
//!
//! Promises: a GET changes nothing, so that scanners may come; a browser becomes a device by a form of our own page alone; the token is in
//! its cookie before that; a code for another device is shown once.
//! Leaves to others: everything about keys, codes and counting (`gateway::collect`), the cookie ([`super::badge`]).

use super::headers::Content;
use super::open::Here;
use super::pages::Frame;
use super::sender::{Sent, recipient};
use super::unlock::{self, Trouble, names};
use super::visitor::Visitor;
use super::{Portal, see_other};
use crate::gateway::collect::{Asked, Caller, Connecting, Room, Shown, Unlocked, now};
use crate::texts::format;
use crate::transfer::Password;
use crate::transfer::quick::{ActivationCode, Badge};
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use minijinja::{Value, context};

/// The forms of the page. Other fields are passed over.
#[derive(Default, serde::Deserialize)]
pub struct Filled {
    #[serde(default)]
    code: String,
    #[serde(flatten)]
    passkey: unlock::Shown,
    /// The number of a device; empty: all.
    #[serde(default)]
    number: String,
}

/// What the page shows besides.
#[derive(Default)]
struct Said {
    done: Option<&'static str>,
    trouble: Option<Trouble>,
    code: Option<(ActivationCode, i64)>,
}

/// GET `/open/<ID>/devices`.
pub async fn show(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let done = query.as_deref().and_then(said);
    let said = Said {
        done,
        ..Said::default()
    };
    match portal.enter(&visitor, &id).await {
        Ok(room) => portal.devices(&visitor, &room, said).await,
        Err(page) => page,
    }
}

/// GET of a path that takes a form: a reload of its answer, or its language changed.
pub async fn back(visitor: Visitor, Path(id): Path<String>) -> Response<Body> {
    let known: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    see_other(format!("/open/{known}/devices{}", visitor.suffix()))
}

/// POST `/open/<ID>/devices/code`: sends a code to the recipient's mailbox. The browser gets what it is to be known by now: if the answer
/// to the code were lost, it would have it.
pub async fn ask(State(portal): Here, visitor: Visitor, Path(id): Path<String>) -> Response<Body> {
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => room,
        Err(page) => return page,
    };
    let caller = visitor.caller(false);
    let badge = match portal.collect.new_badge(&room, &caller).await {
        Ok(badge) => badge,
        Err(fault) => return portal.failed(&visitor, &fault),
    };
    match portal.collect.ask_to_connect(&room, &caller).await {
        Ok(Asked::LookAgain) => portal.with_badge(back(visitor, Path(id)).await, badge.as_ref()),
        Ok(refused) => {
            let trouble = portal.not_sent(&visitor, &room, refused);
            portal.refused(&visitor, &room, trouble).await
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/open/<ID>/devices`: makes a device of the browser.
pub async fn connect(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response<Body> {
    // No form at all is an empty code: not counted.
    let filled = form.map(|Form(filled)| filled).unwrap_or_default();
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => room,
        Err(page) => return page,
    };
    let typed = Password::given(&filled.code);
    let caller = Caller {
        passkey: filled.passkey.read(),
        ..visitor.caller(false)
    };
    let connecting = portal.collect.connect(&room, &caller, typed).await;
    let key = match connecting {
        // What a passkey holds no cookie holds too.
        Ok(Connecting::Done(_)) if caller.passkey.is_some() => {
            return see_other(portal.back_with(&visitor, &room, "passkey"));
        }
        Ok(Connecting::Done(badge)) => {
            let page = see_other(portal.back_with(&visitor, &room, "set-up"));
            return portal.with_badge(page, Some(&badge));
        }
        Ok(Connecting::NoBadge) => return portal.without_badge(&visitor, &room).await,
        Ok(Connecting::Refused(refused)) => {
            let trouble = portal.no_match(&visitor, &room, &refused);
            return portal.refused(&visitor, &room, trouble).await;
        }
        Ok(Connecting::TooMany) => "devices-too-many",
        Ok(Connecting::Over) => "devices-over",
        Err(fault) => return portal.failed(&visitor, &fault),
    };
    let trouble = portal.plain_trouble(&visitor, &room, key);
    portal.refused(&visitor, &room, trouble).await
}

/// POST `/open/<ID>/devices/another`: a code for another device, in the answer and nowhere else. A passkey comes with the form.
pub async fn another(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response<Body> {
    // No form at all is one of a cookie's.
    let filled = form.map(|Form(filled)| filled).unwrap_or_default();
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => room,
        Err(page) => return page,
    };
    let caller = Caller {
        passkey: filled.passkey.read(),
        ..visitor.caller(false)
    };
    match portal.collect.code_for_another(&room, &caller).await {
        Ok(Some(code)) => {
            let said = Said {
                code: Some(code),
                ..Said::default()
            };
            portal.devices(&visitor, &room, said).await
        }
        Ok(None) => {
            let trouble = portal.plain_trouble(&visitor, &room, "devices-over");
            portal.refused(&visitor, &room, trouble).await
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/open/<ID>/devices/end`: one device, or all for this sender.
pub async fn end(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response<Body> {
    let Ok(Form(filled)) = form else {
        return portal.bad_request(&visitor);
    };
    let number = match filled.number.as_str() {
        "" => None,
        number => match number.parse() {
            Ok(number) => Some(number),
            Err(_) => return portal.bad_request(&visitor),
        },
    };
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => room,
        Err(page) => return page,
    };
    let caller = visitor.caller(false);
    match portal.collect.disconnect(&room, &caller, number).await {
        Ok(done) => {
            let word = match (done, number) {
                (false, _) => "nothing",
                (true, Some(_)) => "removed",
                (true, None) => "ended",
            };
            see_other(portal.back_with(&visitor, &room, word))
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/s/<token>/devices`: the sender wants passwords again.
pub async fn end_by_sender(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Sent,
) -> Response<Body> {
    let Ok(Form(filled)) = form else {
        return portal.bad_request(&visitor);
    };
    let (_, overview) = match portal.overview(&visitor, &token).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    let number = super::sender::number(&filled.to);
    let ticket = number.and_then(|number| overview.tickets.get(number));
    let (Some((ticket, _)), Some(_)) = (ticket, recipient(&overview, &filled.to)) else {
        return portal.bad_request(&visitor);
    };
    let (record, ticket) = (overview.record.clone(), ticket.clone());
    match portal.collect.disconnect_by_sender(record, ticket).await {
        Ok(true) => portal.told_of(&visitor, &token, "parted"),
        Ok(false) => portal.told_of(&visitor, &token, "nothing"),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    /// The page, and what is known of the devices, for the list of files.
    pub(super) async fn quick_of(&self, visitor: &Visitor, room: &Room) -> Option<Shown> {
        let devices = self.collect.devices(room, &visitor.caller(false)).await;
        // The files are there whatever becomes of this.
        devices
            .inspect_err(|fault| tracing::warn!(%fault, "devices cannot be read"))
            .ok()
    }

    /// The cookie was not there: with the next try it is, if the browser keeps any.
    async fn without_badge(&self, visitor: &Visitor, room: &Room) -> Response<Body> {
        let badge = self.collect.new_badge(room, &visitor.caller(false)).await;
        let trouble = self.plain_trouble(visitor, room, "devices-no-cookie");
        let page = self.refused(visitor, room, trouble).await;
        match badge {
            Ok(badge) => self.with_badge(page, badge.as_ref()),
            Err(fault) => self.failed(visitor, &fault),
        }
    }

    /// A browser that a code has made a device, and that opens nothing yet.
    pub(super) fn set_up(&self, visitor: &Visitor, badge: &Badge) -> Response<Body> {
        let page = self.short_note(
            visitor,
            StatusCode::OK,
            "devices-ready-heading",
            "devices-ready-text",
        );
        self.with_badge(page, Some(badge))
    }

    fn back_with(&self, visitor: &Visitor, room: &Room, word: &str) -> String {
        let query = super::sender::kept(visitor, word);
        format!("/open/{}/devices{query}", room.record().id)
    }

    async fn refused(&self, visitor: &Visitor, room: &Room, trouble: Trouble) -> Response<Body> {
        let said = Said {
            trouble: Some(trouble),
            ..Said::default()
        };
        self.devices(visitor, room, said).await
    }

    async fn devices(&self, visitor: &Visitor, room: &Room, said: Said) -> Response<Body> {
        let shown = match self.collect.devices(room, &visitor.caller(false)).await {
            Ok(shown) => shown,
            Err(fault) => return self.failed(visitor, &fault),
        };
        let (record, ticket) = (room.record(), room.ticket());
        let status = said.trouble.as_ref().map_or(StatusCode::OK, |t| t.status);
        let frame = Frame {
            error: said.trouble.is_some(),
            transfer: Some(record.id.clone()),
            ..self.frame(visitor, Some(&ticket.language), ("devices-heading", &[]))
        };
        let (language, zone) = (frame.language, &self.house.time_zone);
        let standing = &shown.standing;
        let code = said.code.as_ref();
        let offered = ticket.recipients.first().filter(|_| standing.offered);
        let content = context! {
            sender => record.sender_name.as_ref().unwrap_or(&record.sender),
            recipient => ticket.recipients.first(),
            idle => self.pages.say(language, "devices-idle", &[("days", shown.idle_days.into())]),
            offered => standing.offered,
            proven => standing.proven,
            here => standing.here,
            by_passkey => standing.by_passkey,
            mark => &shown.mark,
            passkeys => names(&standing.passkeys),
            // Without a name none is made.
            passkey_name => offered.map_or("", |to| to.as_str()),
            passkey_text => offered.map_or("devices-another-button", |_| "passkey-set-up"),
            paused => shown.paused,
            code_until => shown.code_until.map(|at| format::time_of_day(at, zone)),
            rows => rows(language, &shown, zone),
            code => code.map(|(code, _)| code.shown()),
            until => code.map(|(_, until)| format::time_of_day(*until, zone)),
            done => said.done.map(|key| self.pages.say(language, key, &[])),
            error => said.trouble.as_ref().map(|trouble| &trouble.sentence),
        };
        let mut page = self.pages.page(status, "devices.html", &frame, content);
        if standing.offered || standing.by_passkey {
            page.extensions_mut().insert(Content::Writing);
        }
        page
    }

    fn plain_trouble(&self, visitor: &Visitor, room: &Room, key: &str) -> Trouble {
        let language = visitor.language(self, Some(&room.ticket().language));
        Trouble {
            status: StatusCode::CONFLICT,
            sentence: self.pages.say(language, key, &[]),
            hint: None,
            wait: None,
        }
    }

    fn no_match(&self, visitor: &Visitor, room: &Room, refused: &Unlocked) -> Trouble {
        let language = visitor.language(self, Some(&room.ticket().language));
        let say =
            |key: &str, name: &'static str, value| self.pages.say(language, key, &[(name, value)]);
        let (status, sentence, wait) = match refused {
            Unlocked::Wrong { left } => {
                let sentence = say("wrong-code", "tries", (*left).into());
                (StatusCode::FORBIDDEN, sentence, None)
            }
            Unlocked::Paused { until } => {
                let time = format::time_of_day(*until, &self.house.time_zone);
                let sentence = say("paused", "time", time.into());
                (StatusCode::TOO_MANY_REQUESTS, sentence, Some(until - now()))
            }
            Unlocked::Locked => {
                let record = room.record();
                let name = record.sender_name.as_ref().unwrap_or(&record.sender);
                let sentence = say("locked-codes", "sender", name.as_str().into());
                (StatusCode::LOCKED, sentence, None)
            }
            Unlocked::Empty => {
                let sentence = self.pages.say(language, "code-empty", &[]);
                (StatusCode::BAD_REQUEST, sentence, None)
            }
            _ => {
                let sentence = self.pages.say(language, "code-over", &[]);
                (StatusCode::FORBIDDEN, sentence, None)
            }
        };
        Trouble {
            status,
            sentence,
            hint: None,
            wait,
        }
    }

    fn not_sent(&self, visitor: &Visitor, room: &Room, refused: Asked) -> Trouble {
        let language = visitor.language(self, Some(&room.ticket().language));
        let say = |key: &str, given: &[_]| self.pages.say(language, key, given);
        let (status, sentence) = match refused {
            Asked::TooMany { until } => {
                let time = format::day_and_time(language, until, &self.house.time_zone);
                let sentence = say("code-limit", &[("time", time.into())]);
                (StatusCode::TOO_MANY_REQUESTS, sentence)
            }
            Asked::NotSent { .. } => (StatusCode::BAD_GATEWAY, say("code-not-sent", &[])),
            _ => (StatusCode::TOO_MANY_REQUESTS, say("busy-text", &[])),
        };
        Trouble {
            status,
            sentence,
            hint: None,
            wait: None,
        }
    }
}

fn rows(language: &str, shown: &Shown, zone: &jiff::tz::TimeZone) -> Vec<Value> {
    // Who holds none of them need not know of the others.
    let devices = shown.standing.devices.iter();
    let devices = devices.filter(|_| shown.standing.proven);
    let row = |device: &crate::transfer::quick::Device| {
        context! {
            number => device.number,
            passkey => device.passkey.is_some(),
            since => format::long_day(language, device.since, zone),
            used => format::long_day(language, device.used, zone),
            this => shown.standing.number == Some(device.number),
        }
    };
    devices.map(row).collect()
}

fn said(query: &str) -> Option<&'static str> {
    let key = match super::sender::value(query, "done")? {
        "set-up" => "devices-done",
        "passkey" => "passkey-done",
        "removed" => "devices-removed",
        "ended" => "devices-ended",
        "nothing" => "devices-over",
        _ => return None,
    };
    Some(key)
}
