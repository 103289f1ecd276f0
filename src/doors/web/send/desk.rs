//! The page on which a guest writes, with the same desk as answers ([`reply`](super::super::reply)).
//!
//! Promises: only a browser in which an address was proven writes, also with uploads; what is written is that guest's alone.

use super::super::open::Here;
use super::super::reply::{Addressing, Desk, Wrong};
use super::super::visitor::Visitor;
use super::super::written::{self, Typed};
use super::super::{Portal, see_other};
use super::{Asking, back, wish_of, with_wish};
use crate::gateway::guests::{MOST_TO, Misaddressed, author};
use crate::gateway::writing::{Sheet, Writing};
use crate::transfer::Wish;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use minijinja::{Value, context};
use std::sync::Arc;

/// GET `/send/write`.
pub async fn show(State(portal): Here, visitor: Visitor, query: Asking) -> Response<Body> {
    let (writing, desk) = match portal.guest_desk(&visitor, wish_of(query)).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    match portal.begun(&writing, &desk).await {
        Ok(sheet) => portal.sheet(&visitor, &desk, &writing, sheet, Typed::default(), None),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/send/write`: everything together.
pub async fn write(
    State(portal): Here,
    visitor: Visitor,
    asked: HeaderMap,
    body: Body,
) -> Response<Body> {
    match portal.guest_desk(&visitor, Wish::default()).await {
        Ok((writing, desk)) => portal.written(&visitor, writing, desk, &asked, body).await,
        Err(page) => {
            written::drain(body).await;
            page
        }
    }
}

/// GET `/send/write/<DRAFT>`: what was sent.
pub async fn sent(
    State(portal): Here,
    visitor: Visitor,
    Path(draft): Path<String>,
) -> Response<Body> {
    match portal.guest_desk(&visitor, Wish::default()).await {
        Ok((writing, desk)) => portal.receipt(&visitor, &writing, &desk, &draft).await,
        Err(page) => page,
    }
}

/// POST `/send/write/<DRAFT>/copy`: the receipt by mail, once.
pub async fn copy(
    State(portal): Here,
    visitor: Visitor,
    Path(draft): Path<String>,
) -> Response<Body> {
    match portal.guest_desk(&visitor, Wish::default()).await {
        Ok((writing, desk)) => portal.copied(&visitor, &writing, &desk, &draft).await,
        Err(page) => page,
    }
}

/// POST `/send/book`: nobody is proposed any more.
pub async fn empty_book(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let Some(guests) = portal.guests.clone() else {
        return portal.not_found(&visitor);
    };
    let emptied = match portal.guest(&visitor, &guests).await {
        Ok(Some((guest, _))) => guests.empty_book(guest).await,
        Ok(None) => Ok(()),
        Err(fault) => Err(fault),
    };
    match emptied {
        Ok(()) => back(visitor).await,
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    /// What the guest of this browser writes at; or the way to become one.
    pub(in super::super) async fn guest_desk(
        &self,
        visitor: &Visitor,
        wish: Wish,
    ) -> Result<(Arc<Writing>, Desk), Response<Body>> {
        let Some(guests) = self.guests.clone() else {
            return Err(self.not_found(visitor));
        };
        let found = self.guest(visitor, &guests).await;
        let found = found.map_err(|fault| self.failed(visitor, &fault))?;
        let (Some((guest, people)), Some(cookie)) = (found, &visitor.guest) else {
            return Err(see_other(with_wish("/send", &wish, visitor)));
        };
        let desk = Desk {
            path: "/send/write".into(),
            uploads: "/send/upload".into(),
            back: ("/send/write".into(), "send-more"),
            heading: "send-heading",
            author: author(guest, cookie.name()),
            to: self.house.organisation.clone(),
            transfer: None,
            shared: true,
            guest: Some(Addressing {
                guests: guests.clone(),
                wish,
                people,
                client: visitor.address,
            }),
        };
        Ok((guests.writing().clone(), desk))
    }

    /// Why nothing goes to those who were named.
    pub(in super::super) fn misaddressed(
        &self,
        language: &str,
        desk: &Desk,
        why: &Misaddressed,
    ) -> Wrong {
        let house = self.house.organisation.as_str();
        let say = |key: &str, to: &str| {
            let given = [
                ("address", to.into()),
                ("organisation", house.into()),
                ("most", MOST_TO.into()),
            ];
            self.pages.say(language, key, &given)
        };
        let (status, sentence) = match why {
            Misaddressed::Nobody => (StatusCode::BAD_REQUEST, say("send-nobody", "")),
            Misaddressed::TooMany => (StatusCode::BAD_REQUEST, say("send-too-many", "")),
            Misaddressed::NotOurs(to) => (StatusCode::BAD_REQUEST, say("send-not-ours", to)),
            Misaddressed::Unknown(to) => (StatusCode::BAD_REQUEST, say("send-unknown", to)),
            Misaddressed::Enough => (StatusCode::TOO_MANY_REQUESTS, say("send-limit", "")),
            Misaddressed::Draft(refusal) => (
                super::super::reply::status_of(*refusal),
                self.why(language, desk, *refusal),
            ),
        };
        Wrong { status, sentence }
    }
}

impl Addressing {
    /// For the page: what was typed, else what was sent before and did not go, else what the link said.
    pub(in super::super) fn shown(
        &self,
        desk: &Desk,
        sheet: Option<&Sheet>,
        typed: &Typed,
    ) -> Value {
        let draft = sheet.map_or(&[][..], |sheet| &sheet.draft.allowed);
        let to = [&typed.to[..], draft, &self.wish.to];
        let to = to.into_iter().find(|to| !to.is_empty());
        let subject = [
            typed.subject.as_str(),
            sheet.map_or("", |sheet| &sheet.subject),
            &self.wish.subject,
        ];
        let subject = subject.into_iter().find(|subject| !subject.is_empty());
        context! {
            who => &desk.author.who,
            to => to.map(|to| to.join(", ")).unwrap_or_default(),
            subject => subject.unwrap_or_default(),
            people => &self.people,
        }
    }
}
