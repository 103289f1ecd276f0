//! BDAT (RFC 3030): may a chunk come now, where does it go, what does its client hear.
//!
//! Promises: after a refused chunk nothing but RSET or the last chunk ends the mail, so that chunks that were sent meanwhile are no mail of
//! their own (T08, T09). Leaves to others: reading exactly the octets of a chunk (`chunks`), which happens whatever is said here.
//! Fails by 503 for a chunk that is out of order, and by hanging up where chunks were never offered.

use super::{Body, Next, Session, Step};
use crate::doors::smtp::chunks::Chunks;
use crate::doors::smtp::{Protocol, answer, replies};
use crate::fault::{Fault, Kind, Reply};
use crate::maillog;
use crate::wire::dot::LineEnds;
use crate::wire::smtp::Chunk;

impl Session<'_> {
    /// May a chunk come now? If not it is refused, once it is read; with [`Next::HangUp`] at once, because it cannot be read.
    pub(in crate::doors::smtp) fn expects_chunk(&self) -> Result<(), Step> {
        if !self.door.chunking {
            return Err((replies::no_chunks(), Next::HangUp));
        }
        let text = match (&self.hello, &self.mail) {
            (Some(hello), _) if !hello.extended => "Say EHLO first",
            (_, None) => "MAIL first",
            (_, Some(open)) => match open.body {
                Body::Spoiled => "A chunk was refused; RSET first",
                _ if open.accepted.is_empty() => "No recipient was accepted",
                _ => return Ok(()),
            },
        };
        Err((replies::order(text), Next::Go))
    }

    /// Where the next chunk goes; `None` outside a mail.
    pub(in crate::doors::smtp) fn chunks(&mut self, line_ends: LineEnds) -> Option<&mut Chunks> {
        let (line, open) = (&self.door.line, self.mail.as_mut()?);
        if let Body::Awaited = open.body {
            let chunks = Chunks::new(line.intake(&open.envelope), line.max_message(), line_ends);
            open.body = Body::Chunks(Box::new(chunks));
        }
        match &mut open.body {
            Body::Chunks(chunks) => Some(chunks),
            Body::Awaited | Body::Spoiled => None,
        }
    }

    /// A chunk was read, or thrown away with this refusal. Gives back the answers: one, or in LMTP after the last chunk one per
    /// accepted recipient (RFC 2033 section 4.3).
    pub(in crate::doors::smtp) async fn chunk(
        &mut self,
        chunk: Chunk,
        refusal: Option<Reply>,
    ) -> Vec<Reply> {
        let Some(open) = &mut self.mail else {
            return vec![refusal.unwrap_or_else(replies::broken)];
        };
        let body = std::mem::replace(&mut open.body, Body::Spoiled);
        match (body, refusal) {
            (_, Some(reply)) if chunk.last => {
                let owed = match self.door.protocol {
                    Protocol::Smtp => 1,
                    Protocol::Lmtp => open.accepted.len().max(1),
                };
                self.rset().await;
                vec![reply; owed]
            }
            (_, Some(reply)) => vec![reply],
            (Body::Chunks(chunks), None) if chunk.last => self.dot(chunks.end()).await,
            (Body::Chunks(chunks), None) if chunks.is_spoiled() => {
                let fault = chunks.end().err();
                let fault = fault.unwrap_or_else(|| Fault::new(Kind::Internal));
                maillog::failed(open.id, &fault);
                vec![answer::of_fault(open.id, &fault)]
            }
            (Body::Chunks(chunks), None) => {
                open.body = Body::Chunks(chunks);
                let text = format!("{} octets taken", chunk.octets);
                vec![Reply::new(250, (2, 0, 0), &text)]
            }
            (Body::Awaited | Body::Spoiled, None) => vec![replies::broken()],
        }
    }
}
