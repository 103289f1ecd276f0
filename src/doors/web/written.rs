//! A form with files on its way into a draft: read while it arrives, nothing of it held whole.
//!
//! Promises: files go to the disk as they come; what came before a line broke stays in the draft, and a form that was cut sends nothing;
//! fields are bounded in number and length (P18). Leaves to others: what the pages say ([`super::reply`]), limits (`gateway::writing`).

use super::reply::Desk;
use crate::fault::Fault;
use crate::gateway::guests::Misaddressed;
use crate::gateway::writing::{Arriving, MAX_TEXT, Refusal, Taken, Writing};
use crate::transfer::DraftId;
use crate::transfer::draft::Upload;
use crate::wire::multipart::{Event, Field, Multipart};
use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Most fields of a form: files, what is kept, who gets it.
const MAX_FIELDS: usize = 1000;
/// Longest field but the text and a guest's list of addresses, in bytes.
const MAX_WORD: usize = 600;
/// Longest list of addresses, in bytes.
const MAX_PEOPLE: usize = 4000;
/// A refused body is read on for so many bytes and so long, as browsers hear no answer before they have sent theirs.
const DRAINED: u64 = 64 << 20;
const DRAINING: Duration = Duration::from_secs(15);

/// What came of a form.
pub(super) enum Outcome {
    /// It is sent.
    Sent(DraftId),
    /// It is not; what was typed, for the page.
    Refused(Refusal, Typed),
    /// The same, for those whom it was to go to.
    Misaddressed(Misaddressed, Typed),
    /// The line broke, or it is no form: nobody reads an answer.
    Broken,
}

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct Typed {
    pub(super) id: Option<DraftId>,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    /// Uploads that stay.
    pub(super) keep: Vec<u32>,
}

/// The field that comes.
enum Coming {
    Nothing,
    Word(String, Vec<u8>),
    File(u32, Box<Arriving>),
}

/// Reads a form into a draft of this author, and sends it.
pub(super) async fn take(
    writing: &Arc<Writing>,
    desk: &Desk,
    asked: &HeaderMap,
    body: Body,
) -> Result<Outcome, Fault> {
    let kind = asked.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let Some(form) = Multipart::new(kind) else {
        return Ok(Outcome::Broken);
    };
    let mut taking = Taking {
        writing,
        desk,
        typed: Typed::default(),
        began: false,
        fields: 0,
        coming: Coming::Nothing,
    };
    let length = asked.get(header::CONTENT_LENGTH);
    let length = length.and_then(|l| l.to_str().ok()?.parse::<u64>().ok());
    let most = writing.bounds().upload_max;
    let too_large = length.is_some_and(|l| l > most.saturating_add(1 << 20));
    let mut body = body;
    let read = match too_large {
        true => Ok(Err(Refusal::TooLarge(most))),
        false => taking.read(form, &mut body).await,
    };
    match read? {
        Ok(true) => taking.send().await,
        Ok(false) => Ok(Outcome::Broken),
        Err(refusal) => {
            drain(body).await;
            Ok(match (refusal, taking.typed.id) {
                // A second press, or a reload: the same page as the first time.
                (Refusal::Sent, Some(id)) => Outcome::Sent(id),
                _ => Outcome::Refused(refusal, taking.typed),
            })
        }
    }
}

/// Reads the rest of a body nobody wants.
pub(super) async fn drain(mut body: Body) {
    let all = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
            if read > DRAINED {
                return;
            }
        }
    };
    let _ = timeout(DRAINING, all).await;
}

struct Taking<'a> {
    writing: &'a Arc<Writing>,
    desk: &'a Desk,
    typed: Typed,
    began: bool,
    fields: usize,
    coming: Coming,
}

impl Taking<'_> {
    /// True if the form was whole.
    async fn read(&mut self, mut form: Multipart, body: &mut Body) -> Taken<bool> {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return Ok(Ok(false));
            };
            let Some(bytes) = frame.data_ref() else {
                continue;
            };
            form.push(bytes);
            loop {
                let event = match form.next() {
                    Ok(Some(Event::End)) => return Ok(Ok(true)),
                    Ok(Some(event)) => event,
                    Ok(None) => break,
                    Err(odd) => {
                        tracing::debug!(%odd, "a form cannot be read");
                        return Ok(Ok(false));
                    }
                };
                if let Err(refusal) = self.event(event).await? {
                    return Ok(Err(refusal));
                }
            }
        }
        Ok(Ok(false))
    }

    async fn event(&mut self, event: Event) -> Taken<()> {
        match event {
            Event::Field(field) => self.field(field).await,
            Event::Bytes(bytes) => Ok(self.bytes(&bytes).await),
            Event::FieldEnd => self.end().await,
            Event::End => Ok(Ok(())),
        }
    }

    async fn field(&mut self, field: Field) -> Taken<()> {
        self.fields += 1;
        if self.fields > MAX_FIELDS {
            return Ok(Err(Refusal::Files));
        }
        self.coming = match field.file {
            None => Coming::Word(field.name, Vec::new()),
            // Browsers send one without a name where no file was chosen.
            Some(name) if name.is_empty() => Coming::Nothing,
            Some(name) => match self.begin_file(name).await? {
                Ok((upload, arriving)) => Coming::File(upload.number, Box::new(arriving)),
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        Ok(Ok(()))
    }

    async fn begin_file(&mut self, name: String) -> Taken<(Upload, Arriving)> {
        let id = match self.begin().await? {
            Ok(id) => id,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let upload = match self.writing.upload(id, name, None).await? {
            Ok(upload) => upload,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let arriving = self.writing.receive(id, upload.number, 0, None).await?;
        Ok(arriving.map(|arriving| (upload, arriving)))
    }

    /// The draft, made when it is needed; with it the text, which comes before the files.
    async fn begin(&mut self) -> Taken<DraftId> {
        let id = *self.typed.id.get_or_insert_with(DraftId::fresh);
        if self.began {
            return Ok(Ok(id));
        }
        let begun = self.writing.begin(id, self.desk.author.clone()).await?;
        if let Err(refusal) = begun {
            return Ok(Err(refusal));
        }
        self.began = true;
        let written = self.writing.write(id, self.typed.text.clone()).await?;
        Ok(written.map(|()| id))
    }

    async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        match &mut self.coming {
            Coming::Nothing => Ok(()),
            Coming::Word(name, word) => {
                let most = match name.as_str() {
                    "text" => 4 * MAX_TEXT,
                    "to" if self.desk.guest.is_some() => MAX_PEOPLE,
                    _ => MAX_WORD,
                };
                match word.len() + bytes.len() > most {
                    true => Err(Refusal::TooLarge(MAX_TEXT as u64)),
                    false => {
                        word.extend_from_slice(bytes);
                        Ok(())
                    }
                }
            }
            // The end tells why nobody takes the bytes.
            Coming::File(_, arriving) if arriving.is_over() => Ok(()),
            Coming::File(_, arriving) => arriving.write(bytes).await,
        }
    }

    async fn end(&mut self) -> Taken<()> {
        match std::mem::replace(&mut self.coming, Coming::Nothing) {
            Coming::Nothing => Ok(Ok(())),
            Coming::Word(name, word) => {
                self.word(&name, &String::from_utf8_lossy(&word));
                Ok(Ok(()))
            }
            Coming::File(number, arriving) => {
                if let Err(refusal) = arriving.finish().await? {
                    return Ok(Err(refusal));
                }
                let Some(id) = self.typed.id else {
                    return Ok(Err(Refusal::Gone));
                };
                self.typed.keep.push(number);
                self.writing.close(id, number).await
            }
        }
    }

    fn word(&mut self, name: &str, word: &str) {
        match name {
            // The first counts: what came behind it may lie there already.
            "draft" if self.typed.id.is_none() => self.typed.id = word.parse().ok(),
            "to" => self.typed.to.push(word.trim().to_owned()),
            "subject" => self.typed.subject = word.trim().to_owned(),
            "text" => self.typed.text = word.replace("\r\n", "\n"),
            "keep" => self.typed.keep.extend(word.trim().parse::<u32>()),
            _ => {}
        }
    }

    async fn send(mut self) -> Result<Outcome, Fault> {
        // Scanners submit forms they find (P14): an empty one begins nothing.
        if self.typed.text.trim().is_empty() && self.typed.keep.is_empty() {
            return Ok(Outcome::Refused(Refusal::Empty, self.typed));
        }
        let id = match self.begin().await? {
            Ok(id) => id,
            Err(Refusal::Sent) => self.typed.id.unwrap_or_else(DraftId::fresh),
            Err(refusal) => return Ok(Outcome::Refused(refusal, self.typed)),
        };
        let to = match self.people(id).await? {
            Ok(to) => to,
            Err(Misaddressed::Draft(refusal)) => return Ok(Outcome::Refused(refusal, self.typed)),
            Err(wrong) => return Ok(Outcome::Misaddressed(wrong, self.typed)),
        };
        match self.writing.send(id, to, self.typed.keep.clone()).await? {
            Ok(order) => {
                self.note(order.to).await;
                Ok(Outcome::Sent(id))
            }
            Err(refusal) => Ok(Outcome::Refused(refusal, self.typed)),
        }
    }

    /// Those whom it is sent to: of a guest, who were vetted now.
    async fn people(&self, id: DraftId) -> Result<Result<Vec<String>, Misaddressed>, Fault> {
        let typed = &self.typed;
        match &self.desk.guest {
            None => Ok(Ok(typed.to.clone())),
            Some(guest) => {
                let words = (&typed.to[..], typed.subject.as_str());
                let who = (self.desk.author.who.as_str(), guest.client);
                let what = (id, &typed.keep[..]);
                guest.guests.address(what, who, words).await
            }
        }
    }

    async fn note(&self, to: Vec<String>) {
        if let Some(guest) = &self.desk.guest {
            guest.guests.wrote(self.desk.author.who.clone(), to).await;
        }
    }
}
