//! Mails made by hand for the tests of this folder: outlines as `parse` gives them, bytes only where a test reads them.

use super::extract::Inline;
use super::facts::Facts;
use super::policy::{Frame, Policy};
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::header::Field;
use crate::mail::outline::{Doubt, Nature, Role};
use crate::mail::{Address, Envelope, FileName, Mail, MailId, Outline, Part, Recipient, Spool};
use jiff::Timestamp;
use std::sync::{Arc, LazyLock};

/// A mail in the making.
pub struct Sample {
    outline: Outline,
    bytes: Vec<u8>,
    into: usize,
    from: Option<&'static str>,
    to: Vec<String>,
    login: Option<&'static str>,
}

pub fn address(text: &str) -> Address {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

pub fn facts_of(mail: &Mail) -> Facts<'_> {
    static POLICY: LazyLock<Policy> =
        LazyLock::new(|| Policy::read(&[], &Frame::default()).expect("no rules"));
    Facts::of(mail, mail.spool.len(), &POLICY, &Inline)
}

impl Sample {
    fn with(root: &str, nature: Nature) -> Sample {
        let mut sample = Sample {
            outline: Outline {
                parts: Vec::new(),
                doubts: Vec::new(),
                nature,
            },
            bytes: Vec::new(),
            into: 0,
            from: Some("anna@example.org"),
            to: vec!["bo@partner.example".into()],
            login: None,
        };
        let role = match root.starts_with("multipart/") {
            true => Role::Container,
            false if nature == Nature::Encrypted => Role::Encrypted,
            false => Role::Text,
        };
        sample.push(None, root, role, b"");
        sample.field("From", "Anna <anna@example.org>")
    }

    /// 0 multipart/mixed, 1 text/plain.
    pub fn text() -> Sample {
        let mut sample = Sample::with("multipart/mixed", Nature::Ordinary);
        sample.push(Some(0), "text/plain", Role::Text, b"Hello.");
        sample
    }

    /// The same, with this text.
    pub fn texts(text: &str) -> Sample {
        let mut sample = Sample::with("multipart/mixed", Nature::Ordinary);
        sample.push(Some(0), "text/plain", Role::Text, text.as_bytes());
        sample
    }

    /// 0 multipart/mixed, 1 multipart/signed, 2 multipart/mixed, 3 text/plain; files go under the signature.
    pub fn signed() -> Sample {
        let mut sample = Sample::with("multipart/mixed", Nature::Signed);
        sample.push(Some(0), "multipart/signed", Role::Container, b"");
        sample.push(Some(1), "multipart/mixed", Role::Container, b"");
        sample.push(Some(2), "text/plain", Role::Text, b"Hello.");
        sample.into = 2;
        sample
    }

    pub fn opaque() -> Sample {
        Sample::with("application/pkcs7-mime", Nature::Signed)
    }

    pub fn encrypted() -> Sample {
        Sample::with("application/pkcs7-mime", Nature::Encrypted)
    }

    pub fn report() -> Sample {
        let mut sample = Sample::with("multipart/report", Nature::Report);
        sample.push(Some(0), "text/plain", Role::Text, b"Not delivered.");
        sample.push(Some(0), "message/delivery-status", Role::Report, b"");
        sample
    }

    fn push(&mut self, parent: Option<usize>, media_type: &str, role: Role, body: &[u8]) {
        let start = self.bytes.len() as u64;
        self.bytes.extend_from_slice(body);
        let range = start..self.bytes.len() as u64;
        self.outline.parts.push(Part {
            parent,
            header: start..start,
            body: range.clone(),
            span: range,
            media_type: media_type.into(),
            role,
            decoded_len: body.len() as u64,
            ..Part::empty("")
        });
    }

    fn last(&mut self) -> &mut Part {
        self.outline.parts.last_mut().expect("there is a root")
    }

    pub fn part(mut self, media_type: &str, role: Role) -> Sample {
        self.push(Some(self.into), media_type, role, b"x");
        self
    }

    /// A file of any size; its bytes are not made.
    pub fn file(mut self, name: &str, size: u64) -> Sample {
        self = self.part("application/octet-stream", Role::Attachment);
        self.last().decoded_len = size;
        self.named(&[name])
    }

    /// A file with these bytes.
    pub fn file_of(mut self, name: &str, media_type: &str, bytes: &[u8]) -> Sample {
        self.push(Some(self.into), media_type, Role::Attachment, bytes);
        self.named(&[name])
    }

    pub fn file_outside(mut self, name: &str, size: u64) -> Sample {
        self.into = 0;
        self.file(name, size)
    }

    /// A forwarded message with a file in it.
    pub fn forwarded(mut self, name: &str) -> Sample {
        self = self.part("message/rfc822", Role::Message).named(&[name]);
        let message = self.outline.parts.len() - 1;
        self.push(Some(message), "application/pdf", Role::Attachment, b"x");
        self.last().inside = Some(message);
        self.named(&["inner.pdf"])
    }

    /// Names of the last part: every reading.
    pub fn named(mut self, names: &[&str]) -> Sample {
        self.last().name = names.first().and_then(|n| FileName::new(n));
        self.last().names = names.iter().map(|n| n.to_string()).collect();
        self
    }

    pub fn field(mut self, name: &str, value: &str) -> Sample {
        self.outline.parts[0].fields.0.push(Field {
            name: name.into(),
            raw: format!(" {value}"),
            value: value.into(),
            range: 0..0,
        });
        self
    }

    pub fn no_field(mut self, name: &str) -> Sample {
        self.outline.parts[0].fields.0.retain(|f| !f.is(name));
        self
    }

    pub fn subject(self, subject: &str) -> Sample {
        self.field("Subject", subject)
    }

    pub fn doubt(mut self, what: &'static str) -> Sample {
        self.outline.doubts.push(Doubt { what, at: 0 });
        self
    }

    pub fn from(mut self, envelope: Option<&'static str>) -> Sample {
        self.from = envelope;
        self
    }

    pub fn header_from(self, value: &str) -> Sample {
        self.no_field("From").field("From", value)
    }

    pub fn login(mut self, login: &'static str) -> Sample {
        self.login = Some(login);
        self
    }

    pub fn to(mut self, to: &[&str]) -> Sample {
        self.to = to.iter().map(|t| t.to_string()).collect();
        self
    }

    pub fn mail(self) -> Mail {
        let mut client = Client::local();
        client.login = self.login.map(str::to_owned);
        client.address = Some([10, 1, 2, 3].into());
        let to = self.to.iter().map(|t| Recipient::new(address(t)));
        Mail {
            id: MailId::fresh(),
            at: Timestamp::UNIX_EPOCH,
            envelope: Envelope {
                sender: self.from.map(address),
                recipients: to.collect(),
                options: MailOptions::default(),
                client,
            },
            spool: Arc::new(Spool::of(self.bytes)),
            outline: self.outline,
            body_hash: Default::default(),
            early: Default::default(),
            attention: None,
            one_for_all: false,
        }
    }
}
