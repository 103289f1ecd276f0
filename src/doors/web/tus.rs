//! Uploads that go on where they broke off: tus 1.0.0 (<https://tus.io/protocols/resumable-upload>), with creation, expiration, checksum
//! and termination.
//!
//! An upload belongs to a draft; the browser that began the draft may write to it for as long as it keeps its cookie, also when the
//! session that the transfer was opened in is over or the program was started anew, and so may whoever has the transfer open.
//! Promises: the offset is what is on disk; one request at a time writes to an upload.
//! Leaves to others: limits, pieces (`gateway::writing`), the form that sends it all ([`super::reply`]).

use super::Portal;
use super::open::Here;
use super::reply::status_of;
use super::visitor::Visitor;
use super::written::drain;
use crate::fault::Fault;
use crate::gateway::writing::arriving::Checksum;
use crate::gateway::writing::{Refusal, Writing};
use crate::transfer::draft::Upload;
use crate::transfer::{Draft, DraftId, Wish};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use encodify::base64;
use http_body_util::BodyExt;
use jiff::Timestamp;
use std::sync::Arc;

const VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
/// The status of the checksum extension.
const MISMATCH: u16 = 460;

/// Where a request goes: `/open/<ID>/upload/<DRAFT>/<NUMBER>`, or `/send/upload/…` of a guest; the number only of what was begun.
#[derive(serde::Deserialize)]
pub struct Spot {
    id: Option<String>,
    draft: String,
    #[serde(default)]
    number: u32,
}

impl Spot {
    fn of(&self, number: u32) -> String {
        let draft = &self.draft;
        match &self.id {
            Some(id) => format!("/open/{id}/upload/{draft}/{number}"),
            None => format!("/send/upload/{draft}/{number}"),
        }
    }
}

/// OPTIONS: what there is.
pub async fn options(State(portal): Here) -> Response<Body> {
    let guests = portal.guests.as_ref().map(|guests| guests.writing());
    let writing = portal.writing.as_ref().or(guests);
    let most = writing.map_or(0, |w| w.bounds().upload_max);
    let mut response = plain(StatusCode::NO_CONTENT, "");
    let fields = response.headers_mut();
    let rows = [
        ("tus-version", VERSION),
        ("tus-extension", "creation,expiration,checksum,termination"),
        ("tus-checksum-algorithm", "sha1,sha256"),
    ];
    for (name, value) in rows {
        fields.insert(name, HeaderValue::from_static(value));
    }
    fields.insert("tus-max-size", most.into());
    response
}

/// POST `/open/<ID>/upload/<DRAFT>`: begins an upload, and the draft if there is none.
pub async fn create(
    State(portal): Here,
    visitor: Visitor,
    Path(spot): Path<Spot>,
    asked: HeaderMap,
    body: Body,
) -> Response<Body> {
    drain(body).await;
    let (writing, draft) = match portal.to_write(&visitor, &asked, &spot, true).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let Some(len) = number(&asked, &LENGTH) else {
        return plain(StatusCode::BAD_REQUEST, "no Upload-Length");
    };
    let name = file_name(&asked).unwrap_or_default();
    match writing.upload(draft.id, name, Some(len)).await {
        Ok(Ok(upload)) => {
            let mut response = plain(StatusCode::CREATED, "");
            if let Ok(place) = HeaderValue::try_from(spot.of(upload.number)) {
                response.headers_mut().insert(header::LOCATION, place);
            }
            told(response, &draft, &upload)
        }
        Ok(Err(refusal)) => refused(refusal),
        Err(fault) => portal.broken(&visitor, &fault),
    }
}

/// HEAD: how much is here.
pub async fn head(
    State(portal): Here,
    visitor: Visitor,
    Path(spot): Path<Spot>,
    asked: HeaderMap,
) -> Response<Body> {
    let (_, draft) = match portal.to_write(&visitor, &asked, &spot, false).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    match draft.upload(spot.number).filter(|_| draft.is_open()) {
        Some(upload) => {
            let mut response = plain(StatusCode::OK, "");
            if let Some(len) = upload.len {
                response.headers_mut().insert(LENGTH, len.into());
            }
            told(response, &draft, upload)
        }
        None => refused(Refusal::Gone),
    }
}

/// PATCH: the next bytes.
pub async fn patch(
    State(portal): Here,
    visitor: Visitor,
    Path(spot): Path<Spot>,
    asked: HeaderMap,
    body: Body,
) -> Response<Body> {
    let found = portal.to_write(&visitor, &asked, &spot, false).await;
    let ((writing, draft), wanted) = match (found, Wanted::of(&asked)) {
        (Ok(found), Ok(wanted)) => (found, wanted),
        (Err(response), _) => {
            drain(body).await;
            return response;
        }
        (_, Err((status, words))) => {
            drain(body).await;
            return plain(status, words);
        }
    };
    match take(&writing, draft.id, spot.number, wanted, body).await {
        Ok(Ok(upload)) => told(plain(StatusCode::NO_CONTENT, ""), &draft, &upload),
        Ok(Err(refusal)) => refused(refusal),
        Err(fault) => portal.broken(&visitor, &fault),
    }
}

/// DELETE: it is not wanted.
pub async fn delete(
    State(portal): Here,
    visitor: Visitor,
    Path(spot): Path<Spot>,
    asked: HeaderMap,
) -> Response<Body> {
    let (writing, draft) = match portal.to_write(&visitor, &asked, &spot, false).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    match writing.remove(draft.id, spot.number).await {
        Ok(Ok(())) => plain(StatusCode::NO_CONTENT, ""),
        Ok(Err(refusal)) => refused(refusal),
        Err(fault) => portal.broken(&visitor, &fault),
    }
}

/// POST to an upload: for clients that may send no other method.
pub async fn overridden(
    here: Here,
    visitor: Visitor,
    place: Path<Spot>,
    asked: HeaderMap,
    body: Body,
) -> Response<Body> {
    let method = asked.get("x-http-method-override");
    match method.and_then(|method| method.to_str().ok()) {
        Some("PATCH") => patch(here, visitor, place, asked, body).await,
        Some("DELETE") => delete(here, visitor, place, asked).await,
        Some("HEAD") => head(here, visitor, place, asked).await,
        _ => plain(StatusCode::METHOD_NOT_ALLOWED, "PATCH, HEAD or DELETE"),
    }
}

/// True for a path of uploads: who comes there is a program, and is answered as one.
pub(super) fn is_upload(path: &str) -> bool {
    path.contains("/upload/")
}

/// Whoever may not write here, whatever the reason.
pub(super) fn nobody() -> Response<Body> {
    plain(StatusCode::FORBIDDEN, "open the page again")
}

/// What a PATCH says of itself.
struct Wanted {
    at: u64,
    checksum: Option<Checksum>,
}

impl Wanted {
    /// Or what the client is told.
    fn of(asked: &HeaderMap) -> Result<Self, (StatusCode, &'static str)> {
        let kind = asked.get(header::CONTENT_TYPE);
        if kind.is_none_or(|kind| kind != "application/offset+octet-stream") {
            let wanted = "application/offset+octet-stream";
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, wanted));
        }
        let Some(at) = number(asked, &OFFSET) else {
            return Err((StatusCode::BAD_REQUEST, "no Upload-Offset"));
        };
        let checksum = match asked.get(CHECKSUM) {
            None => None,
            Some(said) => match said.to_str().ok().and_then(checksum) {
                Some(checksum) => Some(checksum),
                None => return Err((StatusCode::BAD_REQUEST, "sha1 or sha256")),
            },
        };
        Ok(Wanted { at, checksum })
    }
}

async fn take(
    writing: &Arc<Writing>,
    id: DraftId,
    number: u32,
    wanted: Wanted,
    mut body: Body,
) -> crate::gateway::writing::Taken<Upload> {
    let arriving = writing
        .receive(id, number, wanted.at, wanted.checksum)
        .await?;
    let mut arriving = match arriving {
        Ok(arriving) => arriving,
        Err(refusal) => {
            drain(body).await;
            return Ok(Err(refusal));
        }
    };
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            // The line broke. What came is kept; nobody reads the answer.
            return Ok(Err(Refusal::Unfinished));
        };
        let Some(bytes) = frame.data_ref() else {
            continue;
        };
        if let Err(refusal) = arriving.write(bytes).await {
            drop(arriving);
            drain(body).await;
            return Ok(Err(refusal));
        }
        if arriving.is_over() {
            break;
        }
    }
    arriving.finish().await
}

impl Portal {
    /// The draft, for who may write to it; or what they are told.
    async fn to_write(
        &self,
        visitor: &Visitor,
        asked: &HeaderMap,
        spot: &Spot,
        begins: bool,
    ) -> Result<(Arc<Writing>, Draft), Response<Body>> {
        // Twice is not once: two readers could take two versions.
        if !asked.get_all(RESUMABLE).iter().eq([VERSION]) {
            let mut response = plain(StatusCode::PRECONDITION_FAILED, "tus 1.0.0");
            let version = HeaderValue::from_static(VERSION);
            response.headers_mut().insert("tus-version", version);
            return Err(response);
        }
        let Ok(draft) = spot.draft.parse::<DraftId>() else {
            return Err(nobody());
        };
        if let Some(begun) = self.begun_here(visitor, spot, draft).await? {
            return Ok(begun);
        }
        let desk = match &spot.id {
            Some(id) => self.desk(visitor, id).await,
            None => self.guest_desk(visitor, Wish::default()).await,
        };
        let (writing, desk) = desk.map_err(|_| nobody())?;
        let failed = |fault: Fault| self.broken(visitor, &fault);
        match writing.draft(draft).await.map_err(failed)? {
            Some(found) if found.origin == desk.author.origin => Ok((writing, found)),
            None if begins => match writing.begin(draft, desk.author).await {
                Ok(Ok(begun)) => Ok((writing, begun)),
                Ok(Err(refusal)) => Err(refused(refusal)),
                Err(fault) => Err(failed(fault)),
            },
            _ => Err(refused(Refusal::Gone)),
        }
    }

    /// An answer that this browser began: it goes on when the session is over. A guest who is forgotten writes no more.
    async fn begun_here(
        &self,
        visitor: &Visitor,
        spot: &Spot,
        draft: DraftId,
    ) -> Result<Option<(Arc<Writing>, Draft)>, Response<Body>> {
        let Some(id) = &spot.id else {
            return Ok(None);
        };
        let (Some(writing), Some(cookie)) = (self.writing.clone(), &visitor.cookie) else {
            return Err(nobody());
        };
        let found = writing.draft(draft).await;
        let found = found.map_err(|fault| self.broken(visitor, &fault))?;
        let own = found.filter(|one| one.owner == cookie.name() && one.origin.is_about(id));
        Ok(own.map(|own| (writing, own)))
    }

    /// Something failed here: a program hears to try again, the log has the cause.
    fn broken(&self, visitor: &Visitor, fault: &Fault) -> Response<Body> {
        let reference = visitor.reference;
        tracing::error!(%reference, %fault, "an upload failed");
        plain(StatusCode::SERVICE_UNAVAILABLE, "try again")
    }
}

fn refused(refusal: Refusal) -> Response<Body> {
    let status = match refusal {
        Refusal::Checksum => StatusCode::from_u16(MISMATCH).expect("three digits"),
        other => status_of(other),
    };
    let mut response = plain(status, &format!("{refusal:?}"));
    if let Refusal::Offset(at) = refusal {
        response.headers_mut().insert(OFFSET, at.into());
    }
    response
}

/// With offset and end.
fn told(mut response: Response<Body>, draft: &Draft, upload: &Upload) -> Response<Body> {
    let fields = response.headers_mut();
    fields.insert(OFFSET, upload.have.into());
    let ends = draft.ends().and_then(|at| Timestamp::from_second(at).ok());
    let ends = ends.map(|at| jiff::fmt::strtime::format("%a, %d %b %Y %H:%M:%S GMT", at));
    if let Some(Ok(ends)) = ends.map(|ends| ends.ok().map(HeaderValue::try_from).transpose())
        && let Some(ends) = ends
    {
        fields.insert(EXPIRES, ends);
    }
    response
}

fn plain(status: StatusCode, words: &str) -> Response<Body> {
    let words = match words.is_empty() {
        true => String::new(),
        false => format!("{words}\n"),
    };
    let mut response = super::pages::text(status, "text/plain; charset=utf-8", words);
    let version = HeaderValue::from_static(VERSION);
    response.headers_mut().insert(RESUMABLE, version);
    if status == StatusCode::NO_CONTENT {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response
}

fn number(asked: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = asked.get(name)?.to_str().ok()?;
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// `filename`, or `name` as some clients say, out of `Upload-Metadata`: keys and base64, with commas between.
fn file_name(asked: &HeaderMap) -> Option<String> {
    let pairs = asked.get(METADATA)?.to_str().ok()?.split(',');
    let mut named = pairs.filter_map(|pair| pair.trim().split_once(' '));
    let (_, value) = named.find(|(key, _)| matches!(*key, "filename" | "name"))?;
    let bytes = base64::STANDARD.decode(value.trim().as_bytes()).ok()?;
    String::from_utf8(bytes).ok()
}

/// `sha256 <base64>`.
fn checksum(said: &str) -> Option<Checksum> {
    let (how, value) = said.trim().split_once(' ')?;
    let value = base64::STANDARD.decode(value.trim().as_bytes()).ok()?;
    Checksum::new(how, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read_strictly() {
        let mut asked = HeaderMap::new();
        asked.insert(
            METADATA,
            "type aGk=,filename TMOka2FyLnBkZg=="
                .parse()
                .expect("a value"),
        );
        assert_eq!(file_name(&asked).as_deref(), Some("Läkar.pdf"));
        for (text, expected) in [
            ("0", Some(0)),
            ("12", Some(12)),
            ("+1", None),
            ("-1", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            asked.insert(OFFSET, text.parse().expect("a value"));
            assert_eq!(number(&asked, &OFFSET), expected, "{text}");
        }
        assert!(checksum("md5 aGk=").is_none() && checksum("sha256 aGk=").is_none());
        assert!(checksum("sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=").is_some());
    }
}
