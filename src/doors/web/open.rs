//! Inside: the list of files, as a page or for programs, and the way out. Every path looks into the session's own transfer alone (T93).

use super::downloads::Zip;
use super::pages::{Frame, text};
use super::visitor::Visitor;
use super::{CookieName, Portal, see_other};
use crate::fault::{Fault, Kind};
use crate::gateway::collect::{Room, now};
use crate::texts::format;
use crate::transfer::{Entry, EntryKind};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use minijinja::{Value, context};
use std::sync::Arc;

/// What every handler is given.
pub(super) type Here = State<Arc<Portal>>;

/// GET `/open/<ID>`: the files; as JSON for programs that ask for it.
pub async fn files(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    asked: HeaderMap,
) -> Response<Body> {
    let json = asked
        .get(header::ACCEPT)
        .is_some_and(|v| v == "application/json");
    match portal.enter(&visitor, &id).await {
        Ok(room) if json => listed(&room),
        Ok(room) => portal.list(&visitor, &room).await,
        Err(page) => page,
    }
}

/// POST `/open/<ID>/lock`: closes the transfer in this browser.
pub async fn lock(State(portal): Here, visitor: Visitor, Path(id): Path<String>) -> Response<Body> {
    portal.close(&visitor, &id, "/locked")
}

impl Portal {
    /// Closes the transfer in this browser, and goes on to a page.
    pub(super) fn close(&self, visitor: &Visitor, id: &str, then: &str) -> Response<Body> {
        let mut response = see_other(format!("{then}{}", visitor.suffix()));
        let nothing_left = match (&visitor.cookie, id.parse()) {
            (Some(cookie), Ok(id)) => self.sessions.close(cookie, id),
            _ => false,
        };
        let over = self.cookie_line(CookieName::Session, "", "; Max-Age=0");
        if let Some(line) = over.filter(|_| nothing_left) {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        response
    }

    /// The room of this session, or the page that says why there is none.
    pub(super) async fn enter(&self, visitor: &Visitor, id: &str) -> Result<Room, Response<Body>> {
        match self.room(visitor, id).await {
            Ok(Some(room)) => Ok(room),
            Ok(None) => Err(self.closed(visitor)),
            Err(fault) => Err(self.failed(visitor, &fault)),
        }
    }

    async fn list(&self, visitor: &Visitor, room: &Room) -> Response<Body> {
        let (record, ticket) = (room.record(), room.ticket());
        let (id, number) = room.place();
        let remembers = self.collect.remembers(id, number, visitor.device.clone());
        let remembered = match remembers.await {
            Ok(remembered) => remembered,
            Err(fault) => return self.failed(visitor, &fault),
        };
        let quick = self.quick_of(visitor, room).await.unwrap_or_default();
        let sender = record.sender_name.as_ref().unwrap_or(&record.sender);
        let key = if ticket.message {
            "unlock-heading-message"
        } else {
            "files-heading"
        };
        let title = (key, &[("sender", sender.as_str().into())][..]);
        let frame = Frame {
            transfer: Some(record.id.clone()),
            ..self.frame(visitor, Some(&ticket.language), title)
        };
        let language = frame.language;
        let files: Vec<Value> = room
            .entries(EntryKind::File)
            .map(|(number, entry)| self.row(language, room, number, entry))
            .collect();
        let total = room.entries(EntryKind::File).map(|(_, e)| e.size).sum();
        let original = room.entries(EntryKind::Original).next();
        let readable = [EntryKind::Text, EntryKind::Html];
        let readable = readable.iter().any(|k| room.entries(*k).next().is_some());
        let content = context! {
            total => size(language, total),
            zip_size => size(language, Zip::of_entries(room).len()),
            answer => self.writing.is_some(),
            several => room.downloads().count() > 1,
            all_open => room.downloads().all(|(n, _)| room.left(n) != Some(0)),
            until => self.until(language, ticket.expires),
            message => ticket.message,
            readable,
            subject => ticket.message.then(|| &room.catalogue().subject),
            original => original.map(|(number, entry)| self.row(language, room, number, entry)),
            files,
            remembered,
            quick_offered => quick.standing.offered,
            quick_proven => quick.standing.proven,
            own => room.is_own(),
        };
        self.pages
            .page(StatusCode::OK, "files.html", &frame, content)
    }

    /// The day and how many are left; on the last day the time.
    fn until(&self, language: &str, expires: i64) -> String {
        let zone = &self.house.time_zone;
        if expires - now() < 86_400 {
            let date = format::long_date(language, expires, zone);
            return self
                .pages
                .say(language, "unlock-until", &[("date", date.into())]);
        }
        let date = format::long_day(language, expires, zone);
        let left = format::days_left(&self.texts, language, now(), expires);
        let given = [("date", date.into()), ("left", left.into())];
        self.pages.say(language, "files-until", &given)
    }

    fn row(&self, language: &str, room: &Room, number: u32, entry: &Entry) -> Value {
        let left = room.left(number);
        context! {
            number,
            name => &entry.name,
            size => size(language, entry.size),
            kind => self.pages.say(language, kind_of(&entry.media_type), &[]),
            media_type => &entry.media_type,
            sha256 => hex(&entry.sha256),
            fetched => room.fetched(number),
            limited => left.is_some(),
            left => left.unwrap_or(0),
            open => left != Some(0),
        }
    }
}

/// What `cloakroom fetch` and other programs read. `mail`: the mail itself, for who may have it.
fn listed(room: &Room) -> Response<Body> {
    let item = |(number, entry): (u32, &Entry)| {
        serde_json::json!({
            "number": number,
            "name": entry.name,
            "size": entry.size,
            "media_type": entry.media_type,
            "sha256": hex(&entry.sha256),
        })
    };
    let list = serde_json::json!({
        "transfer": room.record().id,
        "expires": room.ticket().expires,
        "message": room.ticket().message,
        "mail": room.entries(EntryKind::Original).next().map(item),
        "files": room.entries(EntryKind::File).map(item).collect::<Vec<_>>(),
    });
    text(StatusCode::OK, "application/json", list.to_string())
}

/// A number and its unit stay on one line.
pub(super) fn size(language: &str, bytes: u64) -> String {
    format::size(language, bytes).replace(' ', "\u{a0}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of what people call a type.
fn kind_of(media_type: &str) -> &'static str {
    let has = |piece: &str| media_type.contains(piece);
    match media_type.split('/').next().unwrap_or_default() {
        _ if media_type == "application/pdf" => "type-pdf",
        _ if has("wordprocessing") || has("msword") || has("opendocument.text") => "type-document",
        _ if has("spreadsheet") || has("ms-excel") || media_type == "text/csv" => "type-table",
        _ if has("presentation") || has("ms-powerpoint") => "type-slides",
        _ if has("zip") || has("x-tar") || has("7z") || has("rar") || has("gzip") => "type-archive",
        "image" => "type-picture",
        "audio" => "type-sound",
        "video" => "type-film",
        "message" => "type-mail",
        "text" => "type-text",
        _ => "type-file",
    }
}

/// Work that may wait for the disk, beside the connections.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) => Err(Fault::because(Kind::Internal, e)),
    }
}
