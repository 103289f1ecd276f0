//! The message's page: the text, or the formatted message made harmless.
//!
//! Promises: the plain text comes first where there is one, because it cannot deceive; nothing remote is loaded (`letter`).
//! Fails with the page that says so: not found for who may read the files only.

use super::Portal;
use super::downloads::picture_type;
use super::letter;
use super::open::{Here, blocking};
use super::pages::{Frame, suffix};
use super::visitor::Visitor;
use crate::fault::{Fault, Kind};
use crate::gateway::collect::Room;
use crate::texts::format;
use crate::transfer::{Entry, EntryKind};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use minijinja::context;
use std::collections::HashMap;

/// GET `/open/<ID>/message`: the text, or with `?as=html` the formatted message made harmless.
pub async fn message(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => room,
        Err(page) => return page,
    };
    if !room.ticket().message {
        return portal.not_found(&visitor);
    }
    let formatted = query.is_some_and(|q| q.split('&').any(|pair| pair == "as=html"));
    let read = blocking(move || Ok((Letter::read(&room, formatted)?, room)));
    match read.await {
        Ok((letter, room)) => portal.letter(&visitor, &room, &letter),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    fn letter(&self, visitor: &Visitor, room: &Room, letter: &Letter) -> Response<Body> {
        let (record, catalogue) = (room.record(), room.catalogue());
        let language = visitor.language(self, Some(&room.ticket().language));
        let say = |key: &str| self.pages.say(language, key, &[]);
        let title = match catalogue.subject.trim() {
            "" => say("message-no-subject"),
            subject => subject.to_owned(),
        };
        let frame = Frame {
            language,
            chosen: visitor.chosen.is_some(),
            title,
            error: false,
            transfer: Some(record.id.clone()),
        };
        let kept = suffix(&frame).replace('?', "&");
        let other = match (letter.other, &letter.html) {
            (false, _) => None,
            (true, Some(_)) => Some((format!("?as=text{kept}"), say("message-as-text"))),
            (true, None) => Some((format!("?as=html{kept}"), say("message-as-html"))),
        };
        let (other_view, other_view_name) = other.unzip();
        let content = context! {
            from => &catalogue.from,
            to => &catalogue.to,
            date => format::day_and_time(language, catalogue.date, &self.house.time_zone),
            html => &letter.html,
            text => &letter.text,
            original => room.entries(EntryKind::Original).next().map(|(n, _)| n),
            other_view,
            other_view_name,
        };
        self.pages
            .page(StatusCode::OK, "message.html", &frame, content)
    }
}

/// The message of a mail, ready to show.
struct Letter {
    text: Option<String>,
    html: Option<String>,
    /// True if there is the other kind too.
    other: bool,
}

impl Letter {
    /// The plain text is shown first where there is one: it cannot deceive.
    fn read(room: &Room, formatted: bool) -> Result<Self, Fault> {
        let first = |kind| room.entries(kind).find(|(_, e)| e.size <= letter::MOST);
        let (text, html) = (first(EntryKind::Text), first(EntryKind::Html));
        let other = text.is_some() && html.is_some();
        let as_html = html.filter(|_| formatted || text.is_none());
        let shown = as_html.or(text);
        let content = shown.map(|(n, e)| read_text(room, n, e)).transpose()?;
        let (mut letter, html) = match as_html {
            Some(_) => (None, content.map(|c| letter::harmless(&c, pictures(room)))),
            None => (content, None),
        };
        if letter.as_deref().is_some_and(|text| text.trim().is_empty()) {
            letter = None;
        }
        Ok(Letter {
            text: letter,
            html,
            other,
        })
    }
}

fn read_text(room: &Room, number: u32, entry: &Entry) -> Result<String, Fault> {
    let reader = room.file(number)?;
    let mut bytes = vec![0; usize::try_from(entry.size.min(reader.len())).unwrap_or(0)];
    reader
        .read_exact_at(0, &mut bytes)
        .map_err(|e| Fault::because(Kind::StoreDown, e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn pictures(room: &Room) -> HashMap<String, String> {
    room.entries(EntryKind::Picture)
        .filter(|(_, entry)| picture_type(&entry.media_type).is_some())
        .map(|(n, entry)| {
            let path = format!("/open/{}/picture/{n}", room.record().id);
            (entry.name.clone(), path)
        })
        .collect()
}
