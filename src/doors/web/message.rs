//! The message's page: the text, or the formatted message made harmless.
//!
//! Promises: the plain text comes first where there is one, because it cannot deceive; nothing remote is loaded (`letter`); what is shown
//! is all of the message, or the page says that it is not. Few are made at once, so that many large messages need no more memory.
//! Fails with the page that says so: not found for who may read the files only.

use super::Portal;
use super::downloads::picture_type;
use super::headers::Content;
use super::letter::{self, Harmless, Pictures, plain};
use super::open::{Here, blocking, size};
use super::pages::Frame;
use super::visitor::Visitor;
use crate::fault::{Fault, Kind};
use crate::gateway::collect::Room;
use crate::texts::format;
use crate::transfer::{Entry, EntryKind};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use minijinja::context;
use tokio::sync::Semaphore;

/// Making a page of the largest message takes some 50 MiB, so that they take turns.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

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
    let asked = query.as_deref().unwrap_or_default();
    let asked = |wish: &str| asked.split('&').any(|pair| pair == wish);
    let wish = match (asked("as=html"), asked("as=text")) {
        (true, _) => Wish::Formatted,
        (_, true) => Wish::Plain,
        _ => Wish::Best,
    };
    let _turn = AT_ONCE.acquire().await;
    let read = blocking(move || Ok((Letter::read(&room, wish)?, room)));
    match read.await {
        Ok((letter, room)) => portal.letter(&visitor, &room, &letter),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    fn letter(&self, visitor: &Visitor, room: &Room, letter: &Letter) -> Response<Body> {
        let (record, catalogue) = (room.record(), room.catalogue());
        let own = Some(room.ticket().language.as_str());
        let frame = self.frame(visitor, own, ("message-no-subject", &[]));
        let language = frame.language;
        let say = |key: &str| self.pages.say(language, key, &[]);
        let title = match catalogue.subject.trim() {
            "" => frame.title,
            subject => subject.to_owned(),
        };
        let frame = Frame {
            title,
            transfer: Some(record.id.clone()),
            ..frame
        };
        let kept = visitor.suffix().replace('?', "&");
        let other = match (letter.other, &letter.shown) {
            (false, _) => None,
            (true, Shown::Formatted(_)) => {
                Some((format!("?as=text{kept}"), say("message-as-text")))
            }
            (true, _) => Some((format!("?as=html{kept}"), say("message-as-html"))),
        };
        let (other_view, other_view_name) = other.unzip();
        let original = room.entries(EntryKind::Original).next();
        let formatted = match &letter.shown {
            Shown::Formatted(formatted) => Some(formatted),
            _ => None,
        };
        let content = context! {
            from => &catalogue.from,
            to => &catalogue.to,
            date => format::day_and_time(language, catalogue.date, &self.house.time_zone),
            html => formatted.map(|f| &f.html),
            coloured => formatted.is_some_and(|f| f.coloured),
            remote => formatted.is_some_and(|f| f.remote),
            style => formatted.map_or("", |f| &f.style),
            text => match &letter.shown { Shown::Plain(text) => Some(text), _ => None },
            cut => letter.cut,
            files => room.entries(EntryKind::File).count(),
            answer => self.writing.is_some(),
            original => original.map(|(number, _)| number),
            original_size => original.map(|(_, entry)| size(language, entry.size)),
            other_view,
            other_view_name,
        };
        let mut page = self
            .pages
            .page(StatusCode::OK, "message.html", &frame, content);
        if let Some(formatted) = formatted {
            let rules = Content::letter(&formatted.style);
            page.extensions_mut().insert(rules);
        }
        page
    }
}

/// What the reader wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Best,
    Formatted,
    Plain,
}

/// The message of a mail, ready to show.
struct Letter {
    shown: Shown,
    /// True if there is the other kind too.
    other: bool,
    /// There is more than is shown.
    cut: bool,
}

enum Shown {
    Plain(String),
    Formatted(Harmless),
    Nothing,
}

impl Letter {
    /// The plain text is shown first where there is one: it cannot deceive.
    fn read(room: &Room, wish: Wish) -> Result<Self, Fault> {
        let first = |kind| room.entries(kind).next();
        let (text, html) = (first(EntryKind::Text), first(EntryKind::Html));
        let text = text.map(|(n, e)| Ok::<_, Fault>((read_text(room, n, e)?, e)));
        // Programs that write HTML only sometimes put an empty text beside it.
        let text = text.transpose()?.filter(|(t, _)| !t.trim().is_empty());
        let html = html.filter(|(_, e)| e.size > 0);
        let other = text.is_some() && html.is_some();
        let wants_html = wish == Wish::Formatted || text.is_none();
        let readable = html.filter(|(_, e)| wants_html && e.size <= letter::MOST);
        let formatted = match readable {
            Some((n, e)) => letter::harmless(&read_text(room, n, e)?, pictures(room)),
            None => None,
        };
        let unshown = wants_html && html.is_some() && formatted.is_none();
        let (shown, cut) = match (formatted, text) {
            (Some(formatted), _) => (Shown::Formatted(formatted), false),
            (None, Some((text, entry))) => {
                let wrapping = plain::Wrapping::of(&entry.media_type);
                let cut = entry.size > letter::MOST;
                (Shown::Plain(plain::html(&text, wrapping)), cut || unshown)
            }
            (None, None) => (Shown::Nothing, unshown),
        };
        Ok(Letter {
            shown,
            other: other && !unshown,
            cut,
        })
    }
}

fn read_text(room: &Room, number: u32, entry: &Entry) -> Result<String, Fault> {
    let reader = room.file(number)?;
    let size = entry.size.min(reader.len()).min(letter::MOST);
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
    reader
        .read_exact_at(0, &mut bytes)
        .map_err(|e| Fault::because(Kind::StoreDown, e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn pictures(room: &Room) -> Pictures {
    let path = |number: u32| format!("/open/{}/picture/{number}", room.record().id);
    let shown = |kind| {
        let entries = room.entries(kind);
        entries.filter(|(_, entry)| picture_type(&entry.media_type).is_some())
    };
    Pictures {
        by_id: shown(EntryKind::Picture)
            .map(|(number, entry)| (entry.name.clone(), path(number)))
            .collect(),
        by_location: shown(EntryKind::Picture)
            .chain(shown(EntryKind::File))
            .filter_map(|(number, entry)| Some((entry.location.clone()?, path(number))))
            .collect(),
    }
}
