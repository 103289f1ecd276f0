//! Downloads: one file, all of it as a ZIP, a picture of the message. Each path looks into the session's own transfer alone (T93).
//!
//! Promises: a fetch is counted when the whole has left, not before; pictures are shown to the message's page only.
//! Leaves to others: ranges and streaming (`files`), the layout of a ZIP (`zip`), who may come in (`open`).

use super::Portal;
use super::files::{self, Label, Sent, Source};
use super::open::{Here, blocking};
use super::visitor::Visitor;
use super::zip::{Layout, ZipEntry};
use crate::fault::{Fault, Kind};
use crate::gateway::collect::{FileReader, Room, What};
use crate::transfer::{Entry, EntryKind};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// GET `/open/<ID>/file/<N>`: one file, or the original mail.
pub async fn file(
    State(portal): Here,
    visitor: Visitor,
    Path((id, number)): Path<(String, String)>,
    method: Method,
    asked: HeaderMap,
) -> Response<Body> {
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => Arc::new(room),
        Err(page) => return page,
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
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => Arc::new(room),
        Err(page) => return page,
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
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => Arc::new(room),
        Err(page) => return page,
    };
    let number = number.parse().unwrap_or(u32::MAX);
    let shown_as = room
        .entry(number)
        .filter(|entry| is_picture(entry))
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

impl Portal {
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

/// A picture that the message's HTML may refer to.
fn is_picture(entry: &Entry) -> bool {
    entry.kind == EntryKind::Picture || (entry.kind == EntryKind::File && entry.location.is_some())
}

/// Raster pictures only: an SVG is a document that can act.
pub(super) fn picture_type(media_type: &str) -> Option<&'static str> {
    let known = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/bmp",
    ];
    known.into_iter().find(|kind| *kind == media_type)
}

/// The mail and all files of a room as one source.
pub(super) struct Zip {
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
            numbers: room.downloads().map(|(n, _)| n).collect(),
            room: room.clone(),
            current: Mutex::new(None),
        }
    }

    /// Where everything will lie: its length is known before a byte is read.
    pub(super) fn of_entries(room: &Room) -> Layout {
        let entries: Vec<ZipEntry> = room
            .downloads()
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
