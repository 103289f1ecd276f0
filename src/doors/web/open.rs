//! What is inside: the list of files, downloads, the message. Every path looks into the session's own transfer alone (T93).

use super::files::{self, Label, Sent, Source};
use super::letter;
use super::pages::{Frame, suffix, text};
use super::visitor::Visitor;
use super::zip::{Layout, ZipEntry};
use super::{Portal, see_other};
use crate::fault::{Fault, Kind};
use crate::gateway::collect::{FileReader, Room, What, now};
use crate::texts::format;
use crate::transfer::{Entry, EntryKind};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, header};
use minijinja::{Value, context};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

type Here = State<Arc<Portal>>;

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
    match portal.room(&visitor, &id).await {
        Ok(Some(room)) if json => listed(&room),
        Ok(Some(room)) => portal.list(&visitor, &room),
        Ok(None) => portal.closed(&visitor),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// GET `/open/<ID>/file/<N>`: one file, or the original mail.
pub async fn file(
    State(portal): Here,
    visitor: Visitor,
    Path((id, number)): Path<(String, String)>,
    method: Method,
    asked: HeaderMap,
) -> Response<Body> {
    let room = match portal.room(&visitor, &id).await {
        Ok(Some(room)) => Arc::new(room),
        Ok(None) => return portal.closed(&visitor),
        Err(fault) => return portal.failed(&visitor, &fault),
    };
    let number = number.parse().unwrap_or(u32::MAX);
    let kinds = [EntryKind::File, EntryKind::Original];
    let Some(entry) = room.entry(number).filter(|e| kinds.contains(&e.kind)) else {
        return portal.not_found(&visitor);
    };
    let label = Label {
        name: entry.name.clone(),
        etag: room.etag(What::Entry(number)),
        shown_as: None,
    };
    let opened = blocking({
        let room = room.clone();
        move || room.file(number)
    });
    match opened.await {
        Ok(reader) => {
            let download = (What::Entry(number), Arc::new(reader) as Arc<dyn Source>);
            portal
                .send(&visitor, &room, download, &label, (&method, &asked))
                .await
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// GET `/open/<ID>/all.zip`.
pub async fn all(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    method: Method,
    asked: HeaderMap,
) -> Response<Body> {
    let room = match portal.room(&visitor, &id).await {
        Ok(Some(room)) => Arc::new(room),
        Ok(None) => return portal.closed(&visitor),
        Err(fault) => return portal.failed(&visitor, &fault),
    };
    let label = Label {
        name: format!("{}.zip", room.record().id),
        etag: room.etag(What::All),
        shown_as: None,
    };
    let download = (What::All, Arc::new(Zip::of(&room)) as Arc<dyn Source>);
    portal
        .send(&visitor, &room, download, &label, (&method, &asked))
        .await
}

/// GET `/open/<ID>/picture/<N>`: a picture of the message, for the message's page only.
pub async fn picture(
    State(portal): Here,
    visitor: Visitor,
    Path((id, number)): Path<(String, String)>,
    method: Method,
    asked: HeaderMap,
) -> Response<Body> {
    let room = match portal.room(&visitor, &id).await {
        Ok(Some(room)) => Arc::new(room),
        Ok(None) => return portal.closed(&visitor),
        Err(fault) => return portal.failed(&visitor, &fault),
    };
    let number = number.parse().unwrap_or(u32::MAX);
    let shown_as = room
        .entry(number)
        .filter(|entry| entry.kind == EntryKind::Picture)
        .and_then(|entry| picture_type(&entry.media_type));
    // Opened as a page of its own it would be a stranger's content in our place.
    let alone = asked.get("sec-fetch-dest").is_some_and(|v| v != "image");
    let Some(kind) = shown_as.filter(|_| !alone) else {
        return portal.not_found(&visitor);
    };
    let label = Label {
        name: String::new(),
        etag: room.etag(What::Entry(number)),
        shown_as: Some(kind),
    };
    let sent = match blocking(move || room.file(number)).await {
        Ok(reader) => files::respond(Arc::new(reader), &label, &method, &asked, None).await,
        Err(fault) => return portal.failed(&visitor, &fault),
    };
    sent.unwrap_or_else(|e| portal.unreadable(&visitor, e))
}

/// GET `/open/<ID>/message`: the text, or with `?as=html` the formatted message made harmless.
pub async fn message(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let room = match portal.room(&visitor, &id).await {
        Ok(Some(room)) => room,
        Ok(None) => return portal.closed(&visitor),
        Err(fault) => return portal.failed(&visitor, &fault),
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

/// POST `/open/<ID>/lock`: closes the transfer in this browser.
pub async fn lock(State(portal): Here, visitor: Visitor, Path(id): Path<String>) -> Response<Body> {
    if !visitor.same_site {
        return portal.bad_request(&visitor);
    }
    let mut response = see_other("/locked".into());
    let nothing_left = match (&visitor.cookie, id.parse()) {
        (Some(cookie), Ok(id)) => portal.sessions.close(cookie, id),
        _ => false,
    };
    if nothing_left && let Some(line) = portal.cookie_line("", "; Max-Age=0") {
        response.headers_mut().insert(header::SET_COOKIE, line);
    }
    response
}

impl Portal {
    fn list(&self, visitor: &Visitor, room: &Room) -> Response<Body> {
        let (record, ticket) = (room.record(), room.ticket());
        let language = visitor.language(self, Some(&ticket.language));
        let sender = record.sender_name.as_ref().unwrap_or(&record.sender);
        let key = if ticket.message {
            "unlock-heading-message"
        } else {
            "files-heading"
        };
        let frame = Frame {
            language,
            chosen: visitor.chosen.is_some(),
            title: self
                .pages
                .say(language, key, &[("sender", sender.as_str().into())]),
            error: false,
            transfer: Some(record.id.clone()),
        };
        let files: Vec<Value> = room
            .entries(EntryKind::File)
            .map(|(number, entry)| self.row(language, room, number, entry))
            .collect();
        let total = room.entries(EntryKind::File).map(|(_, e)| e.size).sum();
        let content = context! {
            total => size(language, total),
            zip_size => size(language, Zip::of_entries(room).len()),
            all_open => room.entries(EntryKind::File).all(|(n, _)| room.left(n) != Some(0)),
            until => self.until(language, ticket.expires),
            message => ticket.message,
            subject => ticket.message.then(|| &room.catalogue().subject),
            files,
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

    /// A download that is counted when the whole has left.
    async fn send(
        &self,
        visitor: &Visitor,
        room: &Arc<Room>,
        (what, source): (What, Arc<dyn Source>),
        label: &Label,
        (method, asked): (&Method, &HeaderMap),
    ) -> Response<Body> {
        let mut sent = None;
        if *method == Method::GET {
            let Some(fetching) = room.begin(what, source.len()) else {
                let status = StatusCode::FORBIDDEN;
                return self.short_note(visitor, status, "error-heading", "files-used-up");
            };
            let (room, client) = (room.clone(), visitor.address);
            sent = Some(Box::new(move |bytes| {
                if fetching.sent(bytes) {
                    count(room.clone(), what, client);
                }
            }) as Sent);
        }
        files::respond(source, label, method, asked, sent)
            .await
            .unwrap_or_else(|e| self.unreadable(visitor, e))
    }

    fn unreadable(&self, visitor: &Visitor, error: io::Error) -> Response<Body> {
        self.failed(visitor, &Fault::because(Kind::StoreDown, error))
    }
}

/// What `cloakroom fetch` and other programs read.
fn listed(room: &Room) -> Response<Body> {
    let files: Vec<_> = room
        .entries(EntryKind::File)
        .map(|(number, entry)| {
            serde_json::json!({
                "number": number,
                "name": entry.name,
                "size": entry.size,
                "media_type": entry.media_type,
                "sha256": hex(&entry.sha256),
            })
        })
        .collect();
    let list = serde_json::json!({
        "transfer": room.record().id,
        "expires": room.ticket().expires,
        "message": room.ticket().message,
        "files": files,
    });
    text(StatusCode::OK, "application/json", list.to_string())
}

/// A number and its unit stay on one line.
fn size(language: &str, bytes: u64) -> String {
    format::size(language, bytes).replace(' ', "\u{a0}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Beside the connection: the last block is on its way already.
fn count(room: Arc<Room>, what: What, client: Option<std::net::IpAddr>) {
    tokio::task::spawn_blocking(move || {
        let transfer = &room.record().id;
        match room.count(what) {
            Ok(()) => tracing::info!(%transfer, ?what, ?client, "fetched"),
            Err(fault) => tracing::error!(%transfer, ?what, %fault, "a fetch was not counted"),
        }
    });
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(e) => Err(Fault::because(Kind::Internal, e)),
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

/// Raster pictures only: an SVG is a document that can act.
fn picture_type(media_type: &str) -> Option<&'static str> {
    let known = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/bmp",
    ];
    known.into_iter().find(|kind| *kind == media_type)
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

/// All files of a room as one source.
struct Zip {
    layout: Layout,
    numbers: Vec<u32>,
    room: Arc<Room>,
    /// The file read last: a ZIP is read in order, so one is open at a time.
    current: Mutex<Option<(u32, Arc<FileReader>)>>,
}

impl Zip {
    fn of(room: &Arc<Room>) -> Self {
        Zip {
            layout: Zip::of_entries(room),
            numbers: room.entries(EntryKind::File).map(|(n, _)| n).collect(),
            room: room.clone(),
            current: Mutex::new(None),
        }
    }

    fn of_entries(room: &Room) -> Layout {
        let entries: Vec<ZipEntry> = room
            .entries(EntryKind::File)
            .map(|(_, entry)| ZipEntry {
                name: entry.name.clone(),
                size: entry.size,
                crc32: entry.crc32,
            })
            .collect();
        let date = jiff::Timestamp::from_second(room.record().created).unwrap_or_default();
        Layout::new(&entries, date)
    }

    fn reader(&self, place: usize) -> io::Result<Arc<FileReader>> {
        let number = self.numbers[place];
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match &*current {
            Some((n, reader)) if *n == number => Ok(reader.clone()),
            _ => {
                let reader = Arc::new(self.room.file(number).map_err(io::Error::other)?);
                *current = Some((number, reader.clone()));
                Ok(reader)
            }
        }
    }
}

impl Source for Zip {
    fn len(&self) -> u64 {
        self.layout.len()
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.layout.read_exact_at(offset, out, |place, at, out| {
            self.reader(place)?.read_exact_at(at, out)
        })
    }
}

impl Source for FileReader {
    fn len(&self) -> u64 {
        FileReader::len(self)
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        FileReader::read_exact_at(self, offset, out)
    }
}
