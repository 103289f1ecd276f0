//! A mail server's side of the milter protocol: a mail goes to the filter packet by packet, what the filter says is done to it, and what is
//! left of it is handed on.
//!
//! It speaks as Postfix does (`milter8.c`), or offers less, and counts header fields as Postfix or as Sendmail counts them. Like both it
//! puts a `Received` field of its own on top, of which the filter hears nothing.

use super::client::{Door, try_send};
use cloakroom::wire::milter::{Offer, VERSION, steps};
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// All that Postfix 3.7 allows a filter, and all steps it knows.
pub const POSTFIX: Offer = Offer {
    version: VERSION,
    actions: 0x1ff,
    steps: 0x1f_ffff,
};

/// Postfix and Sendmail send bodies in blocks of this size at most.
const BLOCK: usize = 65_535;

/// How fields with one name are counted when some of them were deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Only those that are left (Postfix).
    Left,
    /// The deleted ones too (Sendmail).
    All,
}

/// What the filter made of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The server keeps it: whom it is for, and its bytes.
    Kept(Vec<String>, Vec<u8>),
    /// It forgets it, and its client hears a yes.
    Discarded,
    /// Its client hears this.
    Replied(String),
    /// The filter is gone.
    Closed,
}

/// A connection to the filter.
pub struct Mta {
    stream: TcpStream,
    /// What the filter wants.
    pub agreed: Offer,
    counting: Counting,
}

/// A field as the server holds it; `None` was deleted.
type Field = (String, Option<String>);

/// A mail in the hands of the server.
struct Mail {
    fields: Vec<Field>,
    body: Vec<u8>,
    new_body: Option<Vec<u8>>,
    to: Vec<String>,
}

impl Mta {
    /// Connects and agrees on the protocol.
    pub async fn connect(to: SocketAddr, offer: Offer, counting: Counting) -> io::Result<Mta> {
        let mut mta = Mta {
            stream: TcpStream::connect(to).await?,
            agreed: offer,
            counting,
        };
        let numbers = [offer.version, offer.actions, offer.steps];
        let numbers = numbers.map(u32::to_be_bytes).concat();
        mta.say(b'O', &numbers).await?;
        let (letter, data) = mta.hear().await?;
        assert_eq!(letter, b'O', "the filter agrees");
        let number = |at: usize| u32::from_be_bytes(data[at..at + 4].try_into().expect("four"));
        mta.agreed = Offer {
            version: number(0),
            actions: number(4),
            steps: number(8),
        };
        let more = mta.agreed.actions & !offer.actions | mta.agreed.steps & !offer.steps;
        assert_eq!(more, 0, "the filter wants what was not offered");
        Ok(mta)
    }

    /// A client connects to the server and greets it.
    pub async fn client(&mut self) -> io::Result<()> {
        self.say(b'D', b"Cj\0mta.test\0{daemon_name}\0smtpd\0")
            .await?;
        self.tell(b'C', b"client.test\x004\x12\x34127.0.0.1\0")
            .await?;
        self.say(b'D', b"H{tls_version}\0TLSv1.3\0").await?;
        self.tell(b'H', b"client.test\0").await
    }

    /// One mail; CRLF line ends.
    pub async fn send(&mut self, from: &str, to: &[String], mail: &[u8]) -> Ending {
        // Err: the filter has closed the connection.
        self.transaction(from, to, mail)
            .await
            .unwrap_or(Ending::Closed)
    }

    async fn transaction(&mut self, from: &str, to: &[String], mail: &[u8]) -> io::Result<Ending> {
        self.envelope(from, to).await?;
        let mut mail = Mail::read(mail, to);
        self.content(&mail).await?;
        self.say(b'D', b"E{i}\x004XYZ\0").await?;
        self.say(b'E', b"").await?;
        let ending = self.obey(&mut mail).await?;
        Ok(ending.unwrap_or_else(|| mail.kept()))
    }

    /// MAIL, RCPT and DATA.
    pub async fn envelope(&mut self, from: &str, to: &[String]) -> io::Result<()> {
        self.say(b'D', b"M{mail_mailer}\0smtp\0").await?;
        self.tell(b'M', format!("<{from}>\0BODY=8BITMIME\0").as_bytes())
            .await?;
        for one in to {
            self.say(b'D', format!("R{{rcpt_addr}}\0{one}\0").as_bytes())
                .await?;
            self.tell(b'R', format!("<{one}>\0").as_bytes()).await?;
        }
        match self.agreed.steps & steps::NO_DATA {
            0 => self.tell(b'T', b"").await,
            _ => Ok(()),
        }
    }

    async fn content(&mut self, mail: &Mail) -> io::Result<()> {
        let spaced = self.is_spaced();
        for (name, value) in &mail.fields {
            let value = value.as_deref().unwrap_or_default();
            let value = match spaced {
                true => value,
                false => value.strip_prefix(' ').unwrap_or(value),
            };
            self.tell(b'L', format!("{name}\0{value}\0").as_bytes())
                .await?;
        }
        self.tell(b'N', b"").await?;
        for block in mail.body.chunks(BLOCK) {
            self.tell(b'B', block).await?;
        }
        Ok(())
    }

    /// Does what the filter says, to the end of it. `None`: the mail stays.
    async fn obey(&mut self, mail: &mut Mail) -> io::Result<Option<Ending>> {
        loop {
            let (letter, data) = self.hear().await?;
            let spaced = self.is_spaced();
            match letter {
                b'p' => {}
                b'b' => mail.new_body.get_or_insert_default().extend(data),
                b'h' => mail.fields.push(field(&data, spaced)),
                b'i' => {
                    assert_eq!(&data[..4], &[0; 4], "on top");
                    mail.fields.insert(0, field(&data[4..], spaced));
                }
                b'm' => {
                    let number = u32::from_be_bytes(data[..4].try_into().expect("four"));
                    mail.change(number, field(&data[4..], spaced), self.counting);
                }
                b'-' => mail.delete(&text(&data)),
                b'c' | b'a' => return Ok(None),
                b'd' => return Ok(Some(Ending::Discarded)),
                b'y' => {
                    let said = text(&data).replace("%%", "%");
                    return Ok(Some(Ending::Replied(said)));
                }
                other => panic!("the filter says {:?}", char::from(other)),
            }
        }
    }

    fn is_spaced(&self) -> bool {
        self.agreed.steps & steps::LEADING_SPACE != 0
    }

    /// Says it, and hears "continue" where one is due.
    pub async fn tell(&mut self, letter: u8, data: &[u8]) -> io::Result<()> {
        self.say(letter, data).await?;
        let mut due = steps::ANSWERED_BY.iter();
        let is_due = !due.any(|(of, step)| *of == letter && self.agreed.steps & step != 0);
        if is_due {
            let (said, _) = self.hear().await?;
            assert_eq!(char::from(said), 'c', "behind {:?}", char::from(letter));
        }
        Ok(())
    }

    /// One packet.
    pub async fn say(&mut self, letter: u8, data: &[u8]) -> io::Result<()> {
        let length = u32::try_from(1 + data.len()).expect("a packet");
        let packet = [&length.to_be_bytes()[..], &[letter], data].concat();
        self.stream.write_all(&packet).await
    }

    /// The filter's next packet.
    pub async fn hear(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let length = self.stream.read_u32().await?;
        assert!((1..=65_536).contains(&length), "a packet of {length} bytes");
        let letter = self.stream.read_u8().await?;
        let mut data = vec![0; length as usize - 1];
        self.stream.read_exact(&mut data).await?;
        Ok((letter, data))
    }
}

impl Mail {
    fn read(bytes: &[u8], to: &[String]) -> Mail {
        let text = String::from_utf8_lossy(bytes);
        let (header, body) = match text.split_once("\r\n\r\n") {
            Some((header, body)) => (header, body),
            None => (&*text, ""),
        };
        let mut fields: Vec<Field> = Vec::new();
        for line in header.split("\r\n") {
            match (line.split_once(':'), fields.last_mut()) {
                (Some((name, value)), _) if !line.starts_with([' ', '\t']) => {
                    fields.push((name.to_owned(), Some(value.to_owned())));
                }
                (_, Some((_, Some(value)))) => *value += &format!("\n{line}"),
                _ => panic!("no field: {line:?}"),
            }
        }
        let start = bytes.len() - body.len();
        Mail {
            fields,
            body: match String::from_utf8(bytes.to_vec()) {
                Ok(_) => bytes[start..].to_vec(),
                Err(_) => panic!("the tests' mails are UTF-8"),
            },
            new_body: None,
            to: to.to_vec(),
        }
    }

    fn change(&mut self, number: u32, (name, value): Field, counting: Counting) {
        let same = self.fields.iter_mut().filter(|(known, value)| {
            let counts = value.is_some() || counting == Counting::All;
            known.eq_ignore_ascii_case(&name) && counts
        });
        let number = number.checked_sub(1).expect("fields are counted from 1") as usize;
        match { same }.nth(number) {
            Some(found) => *found = (name, value.filter(|value| !value.trim().is_empty())),
            None => panic!("there is no {name} of number {}", number + 1),
        }
    }

    fn delete(&mut self, to: &str) {
        let before = self.to.len();
        self.to.retain(|one| format!("<{one}>") != to);
        assert!(self.to.len() < before, "{to} is among {:?}", self.to);
    }

    fn kept(self) -> Ending {
        if self.to.is_empty() {
            return Ending::Discarded;
        }
        let mut bytes = b"Received: from client.test by mta.test\r\n\tid 4XYZ\r\n".to_vec();
        for (name, value) in self.fields {
            if let Some(value) = value {
                bytes.extend(format!("{name}:{}\r\n", value.replace('\n', "\r\n")).bytes());
            }
        }
        bytes.extend(b"\r\n");
        bytes.extend(self.new_body.unwrap_or(self.body));
        Ending::Kept(self.to, bytes)
    }
}

fn text(data: &[u8]) -> String {
    let data = data.strip_suffix(b"\0").expect("it ends with NUL");
    let text = String::from_utf8(data.to_vec()).expect("UTF-8");
    assert!(!text.contains(['\0', '\r']), "{text:?}");
    text
}

fn field(data: &[u8], spaced: bool) -> Field {
    let end = data.iter().position(|b| *b == 0).expect("a name");
    let name = String::from_utf8(data[..end].to_vec()).expect("a name");
    let value = text(&data[end + 1..]);
    match spaced || value.is_empty() {
        true => (name, Some(value)),
        false => (name, Some(format!(" {value}"))),
    }
}

/// One mail through a server with this filter, whose next hop is there: what its client hears.
pub async fn through(
    filter: SocketAddr,
    counting: Counting,
    hop: SocketAddr,
    from: &str,
    to: &[String],
    mail: &[u8],
) -> String {
    let mta = Mta::connect(filter, POSTFIX, counting).await;
    let mut mta = mta.expect("the filter is there");
    mta.client().await.expect("the filter listens");
    let ending = mta.send(from, to, mail).await;
    // Postfix does so when its client goes.
    let _ = mta.say(b'Q', b"").await;
    match ending {
        Ending::Kept(to, mail) => {
            // What the next hop says is for the server's queue.
            let _ = try_send(Door::Smtp, hop, from, &to, &mail).await;
            "250 2.0.0 kept".to_owned()
        }
        Ending::Discarded => "250 2.0.0 kept".to_owned(),
        Ending::Replied(said) => said,
        Ending::Closed => "451 4.7.1 Service unavailable - try again later".to_owned(),
    }
}
