//! Answering: what a recipient writes on the page, with files, to the people inside who sent the transfer.
//!
//! Promises: only who has opened the transfer writes, only to its sender and to people inside whom it was for; a look at the page changes
//! nothing (P14); the page does everything without scripts; sending twice sends once. A sent page is shown to the browser that has the
//! transfer open. Leaves to others: reading the form ([`super::written`]), what is kept and sent (`gateway::writing`).

use super::headers::Content;
use super::open::{Here, size};
use super::pages::Frame;
use super::send::kept;
use super::visitor::Visitor;
use super::written::{self, Outcome, Typed};
use super::{Portal, see_other};
use crate::fault::Fault;
use crate::gateway::collect::Room;
use crate::gateway::guests::Guests;
use crate::gateway::writing::{Author, Refusal, Sheet, Writing};
use crate::mail::visible::visible_line;
use crate::texts::format;
use crate::transfer::draft::{Denial, Order};
use crate::transfer::{Draft, DraftId, Wish};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use minijinja::{Value, context};
use std::net::IpAddr;
use std::sync::Arc;

/// What somebody writes at.
pub(super) struct Desk {
    /// Where the form goes: `/open/<ID>/reply`.
    pub(super) path: String,
    /// Where uploads go.
    pub(super) uploads: String,
    /// Where the page came from, or what comes next; and the sentence for it.
    pub(super) back: (String, &'static str),
    /// The heading, which may have a `$name`.
    pub(super) heading: &'static str,
    pub(super) author: Author,
    /// Whom it goes to first: their name.
    pub(super) to: String,
    /// In the foot.
    pub(super) transfer: Option<String>,
    /// Others may write at it by the same right: who began a draft is known by the browser alone.
    pub(super) shared: bool,
    /// Somebody who was sent nothing, and says themselves to whom and about what they write.
    pub(super) guest: Option<Addressing>,
}

/// What stands on the page of a guest beside the text.
pub(super) struct Addressing {
    pub(super) guests: Arc<Guests>,
    /// What the link that they followed says.
    pub(super) wish: Wish,
    /// Whom they wrote to before.
    pub(super) people: Vec<String>,
    /// Where they come from.
    pub(super) client: Option<IpAddr>,
}

/// What is wrong with what was sent.
pub(super) struct Wrong {
    pub(super) status: StatusCode,
    pub(super) sentence: String,
}

/// GET `/open/<ID>/reply`.
pub async fn show(State(portal): Here, visitor: Visitor, Path(id): Path<String>) -> Response<Body> {
    let (writing, desk) = match portal.desk(&visitor, &id).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    match portal.begun(&writing, &desk).await {
        Ok(sheet) => portal.sheet(&visitor, &desk, &writing, sheet, Typed::default(), None),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/open/<ID>/reply`: text and files together.
pub async fn write(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
    asked: HeaderMap,
    body: Body,
) -> Response<Body> {
    match portal.desk(&visitor, &id).await {
        Ok((writing, desk)) => portal.written(&visitor, writing, desk, &asked, body).await,
        Err(page) => {
            written::drain(body).await;
            page
        }
    }
}

/// GET `/open/<ID>/reply/<DRAFT>`: what was sent.
pub async fn sent(
    State(portal): Here,
    visitor: Visitor,
    Path((id, draft)): Path<(String, String)>,
) -> Response<Body> {
    match portal.desk(&visitor, &id).await {
        Ok((writing, desk)) => portal.receipt(&visitor, &writing, &desk, &draft).await,
        Err(page) => page,
    }
}

/// POST `/open/<ID>/reply/<DRAFT>/copy`: the receipt by mail, once.
pub async fn copy(
    State(portal): Here,
    visitor: Visitor,
    Path((id, draft)): Path<(String, String)>,
) -> Response<Body> {
    match portal.desk(&visitor, &id).await {
        Ok((writing, desk)) => portal.copied(&visitor, &writing, &desk, &draft).await,
        Err(page) => page,
    }
}

impl Portal {
    /// Who may write here, or the page that says why nobody may.
    pub(super) async fn desk(
        &self,
        visitor: &Visitor,
        id: &str,
    ) -> Result<(Arc<Writing>, Desk), Response<Body>> {
        let Some(writing) = self.writing.clone() else {
            return Err(self.not_found(visitor));
        };
        let room = self.enter(visitor, id).await?;
        match self.desk_of(&writing, visitor, &room) {
            Some(desk) => Ok((writing, desk)),
            None => Err(self.not_found(visitor)),
        }
    }

    fn desk_of(&self, writing: &Writing, visitor: &Visitor, room: &Room) -> Option<Desk> {
        let owner = visitor.cookie.as_ref()?.name();
        let (record, author) = (room.record(), writing.answerer(room, owner)?);
        let sender = record.sender_name.as_ref().unwrap_or(&record.sender);
        Some(Desk {
            path: format!("/open/{}/reply", record.id),
            uploads: format!("/open/{}/upload", record.id),
            back: (format!("/open/{}", record.id), "write-back"),
            heading: "write-heading",
            author,
            to: visible_line(sender),
            transfer: Some(record.id.clone()),
            shared: room.ticket().recipients.len() > 1,
            guest: None,
        })
    }

    /// What was begun here before: in this browser, where others may write here too.
    pub(super) async fn begun(
        &self,
        writing: &Arc<Writing>,
        desk: &Desk,
    ) -> Result<Option<Sheet>, Fault> {
        let owner = desk.shared.then_some(desk.author.owner);
        match writing.latest(desk.author.origin.clone(), owner).await? {
            Some(draft) => writing.sheet(draft).await.map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn written(
        &self,
        visitor: &Visitor,
        writing: Arc<Writing>,
        desk: Desk,
        asked: &HeaderMap,
        body: Body,
    ) -> Response<Body> {
        let language = visitor.language(self, Some(&desk.author.language));
        match written::take(&writing, &desk, asked, body).await {
            Ok(Outcome::Sent(id)) => see_other(format!("{}/{id}{}", desk.path, visitor.suffix())),
            Ok(Outcome::Refused(refusal, typed)) => {
                let wrong = Wrong {
                    status: status_of(refusal),
                    sentence: self.why(language, &desk, refusal),
                };
                self.again(visitor, &writing, &desk, typed, wrong).await
            }
            Ok(Outcome::Misaddressed(misaddressed, typed)) => {
                let wrong = self.misaddressed(language, &desk, &misaddressed);
                self.again(visitor, &writing, &desk, typed, wrong).await
            }
            Ok(Outcome::Broken) => self.bad_request(visitor),
            Err(fault) => self.failed(visitor, &fault),
        }
    }

    /// The form once more, with what is wrong and what is here already.
    async fn again(
        &self,
        visitor: &Visitor,
        writing: &Arc<Writing>,
        desk: &Desk,
        typed: Typed,
        wrong: Wrong,
    ) -> Response<Body> {
        let found = match typed.id {
            Some(id) => self.own_draft(writing, desk, id).await,
            None => Ok(None),
        };
        let sheet = match found {
            Ok(Some(draft)) if draft.is_open() => writing.sheet(draft).await.map(Some),
            Ok(_) => Ok(None),
            Err(fault) => Err(fault),
        };
        match sheet {
            Ok(sheet) => self.sheet(visitor, desk, writing, sheet, typed, Some(wrong)),
            Err(fault) => self.failed(visitor, &fault),
        }
    }

    /// A draft of this author.
    async fn own_draft(
        &self,
        writing: &Arc<Writing>,
        desk: &Desk,
        id: DraftId,
    ) -> Result<Option<Draft>, Fault> {
        let found = writing.draft(id).await?;
        Ok(found.filter(|draft| draft.origin == desk.author.origin))
    }

    /// The page to write on.
    pub(super) fn sheet(
        &self,
        visitor: &Visitor,
        desk: &Desk,
        writing: &Writing,
        sheet: Option<Sheet>,
        typed: Typed,
        wrong: Option<Wrong>,
    ) -> Response<Body> {
        let frame = Frame {
            error: wrong.is_some(),
            ..self.frame_at(visitor, desk, desk.heading)
        };
        let language = frame.language;
        let id = sheet.as_ref().map(|sheet| sheet.draft.id).or(typed.id);
        let guest = desk.guest.as_ref();
        let guest = guest.map(|guest| guest.shown(desk, sheet.as_ref(), &typed));
        let text = match (&sheet, typed.text.is_empty()) {
            (Some(sheet), true) => sheet.text.clone(),
            _ => typed.text,
        };
        let (whole, cut) = match &sheet {
            Some(sheet) => self.rows(language, sheet),
            None => Default::default(),
        };
        let others = desk.author.allowed.iter().skip(1);
        let others: Vec<Value> = others
            .map(|to| context! { address => to, chosen => typed.to.contains(to) })
            .collect();
        let bounds = writing.bounds();
        let keep = desk.guest.as_ref().map(|guest| kept(&guest.wish));
        let content = context! {
            path => &desk.path,
            back => &desk.back.0,
            uploads => &desk.uploads,
            guest,
            keep => keep.unwrap_or_default(),
            draft => id.unwrap_or_else(DraftId::fresh).to_string(),
            first => desk.author.allowed.first(),
            others,
            text,
            whole,
            cut,
            most => size(language, bounds.upload_max),
            error => wrong.as_ref().map(|wrong| &wrong.sentence),
        };
        let status = wrong.map_or(StatusCode::OK, |wrong| wrong.status);
        let mut page = self.pages.page(status, "write.html", &frame, content);
        page.extensions_mut().insert(Content::Writing);
        page
    }

    fn frame_at(&self, visitor: &Visitor, desk: &Desk, heading: &str) -> Frame {
        let name = [("name", desk.to.as_str().into())];
        Frame {
            transfer: desk.transfer.clone(),
            ..self.frame(visitor, Some(&desk.author.language), (heading, &name))
        }
    }

    /// Uploads that are here, and those that broke off.
    fn rows(&self, language: &str, sheet: &Sheet) -> (Vec<Value>, Vec<Value>) {
        let all = sheet.draft.uploads.iter().zip(&sheet.names);
        let rows = all.map(|(upload, name)| {
            let row = context! {
                number => upload.number,
                name => visible_line(name),
                size => size(language, upload.len.unwrap_or(upload.have)),
                bytes => upload.len,
            };
            (upload.is_whole(), row)
        });
        let (whole, cut): (Vec<_>, Vec<_>) = rows.partition(|(whole, _)| *whole);
        let bare = |rows: Vec<(bool, Value)>| rows.into_iter().map(|(_, row)| row).collect();
        (bare(whole), bare(cut))
    }

    pub(super) fn why(&self, language: &str, desk: &Desk, refusal: Refusal) -> String {
        let say = |key: &str| self.pages.say(language, key, &[]);
        let pick = |reply, guest| say(if desk.guest.is_some() { guest } else { reply });
        match refusal {
            Refusal::TooLarge(most) => {
                let most = [("size", size(language, most).into())];
                self.pages.say(language, "write-too-large", &most)
            }
            Refusal::Files => pick("write-too-many-files", "send-too-many-files"),
            Refusal::Drafts | Refusal::Enough => pick("write-too-many", "send-limit"),
            Refusal::Empty => say("write-empty"),
            Refusal::Unfinished | Refusal::Offset(_) | Refusal::TooLong | Refusal::Checksum => {
                say("write-unfinished")
            }
            Refusal::Full => say("write-no-room"),
            Refusal::Busy => say("busy-text"),
            Refusal::Nobody => say("write-nobody"),
            Refusal::Gone | Refusal::Sent => pick("write-gone", "send-gone"),
        }
    }

    pub(super) async fn receipt(
        &self,
        visitor: &Visitor,
        writing: &Arc<Writing>,
        desk: &Desk,
        draft: &str,
    ) -> Response<Body> {
        let Ok(id) = draft.parse() else {
            return self.not_found(visitor);
        };
        let found = match self.own_draft(writing, desk, id).await {
            Ok(Some(draft)) => writing.settled(draft.id).await,
            other => other,
        };
        match found {
            Ok(Some(draft)) => self.told(visitor, writing, desk, draft).await,
            Ok(None) => self.not_found(visitor),
            Err(fault) => self.failed(visitor, &fault),
        }
    }

    /// What became of it.
    async fn told(
        &self,
        visitor: &Visitor,
        writing: &Arc<Writing>,
        desk: &Desk,
        draft: Draft,
    ) -> Response<Body> {
        let Some(order) = draft.order().cloned() else {
            return see_other(desk.path.clone());
        };
        let checked = writing.is_checked(&draft);
        let path = format!("{}/{}", desk.path, draft.id);
        let who = draft.who.clone();
        let fate = match writing.denied(draft).await {
            Ok(Some((why, file))) => Fate::Denied(why, file),
            Ok(None) if checked => Fate::Checked,
            Ok(None) => Fate::Sent,
            Err(fault) => return self.failed(visitor, &fault),
        };
        self.receipt_page(visitor, desk, (path, &who), &order, &fate)
    }

    fn receipt_page(
        &self,
        visitor: &Visitor,
        desk: &Desk,
        (path, who): (String, &str),
        order: &Order,
        fate: &Fate,
    ) -> Response<Body> {
        let frame = Frame {
            error: matches!(fate, Fate::Denied(..)),
            ..self.frame_at(visitor, desk, fate.heading())
        };
        let language = frame.language;
        let masked = who.parse::<crate::mail::Address>();
        let content = context! {
            path,
            checked => matches!(fate, Fate::Checked),
            denied => self.denial(language, fate),
            back => &desk.back.0,
            next => self.pages.say(language, desk.back.1, &[]),
            to => order.to.join(", "),
            date => format::long_date(language, order.at, &self.house.time_zone),
            reference => &order.mail,
            copied => order.copied,
            address => masked.map_or_else(|_| String::new(), |a| a.masked()),
        };
        self.pages
            .page(StatusCode::OK, "written.html", &frame, content)
    }

    fn denial(&self, language: &'static str, fate: &Fate) -> Option<String> {
        let Fate::Denied(why, file) = fate else {
            return None;
        };
        let key = why.sentence(file.is_some());
        let file = visible_line(file.as_deref().unwrap_or_default());
        let given = [
            ("file", file.into()),
            ("organisation", self.house.organisation.as_str().into()),
        ];
        Some(self.pages.say(language, key, &given))
    }

    pub(super) async fn copied(
        &self,
        visitor: &Visitor,
        writing: &Arc<Writing>,
        desk: &Desk,
        draft: &str,
    ) -> Response<Body> {
        let Ok(id) = draft.parse() else {
            return self.not_found(visitor);
        };
        let copied = match self.own_draft(writing, desk, id).await {
            Ok(Some(draft)) => writing.copy(draft.id).await,
            Ok(None) => return self.not_found(visitor),
            Err(fault) => Err(fault),
        };
        match copied {
            Ok(()) => see_other(format!("{}/{id}{}", desk.path, visitor.suffix())),
            Err(fault) => self.failed(visitor, &fault),
        }
    }
}

/// What became of something that was sent.
enum Fate {
    /// It is being scanned.
    Checked,
    /// It is on its way, or has arrived.
    Sent,
    /// It is not delivered: why, and which file is the reason.
    Denied(Denial, Option<String>),
}

impl Fate {
    fn heading(&self) -> &'static str {
        match self {
            Fate::Checked => "checked-heading",
            Fate::Sent => "written-heading",
            Fate::Denied(..) => "denied-heading",
        }
    }
}

/// What a program is told.
pub(super) fn status_of(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::TooLarge(_) | Refusal::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Checksum => StatusCode::BAD_REQUEST,
        Refusal::Files | Refusal::Drafts | Refusal::Enough => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Empty | Refusal::Nobody => StatusCode::BAD_REQUEST,
        Refusal::Unfinished | Refusal::Offset(_) | Refusal::Sent => StatusCode::CONFLICT,
        Refusal::Busy => StatusCode::LOCKED,
        Refusal::Full => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Gone => StatusCode::GONE,
    }
}
