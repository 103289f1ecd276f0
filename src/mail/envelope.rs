//! The envelope: who sends to whom, with what SMTP options, from which client.

use super::Address;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The envelope of one mail, as accepted at the door.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// `None` is the null sender `<>`: reports and replies of machines, never protected, never bounced.
    pub sender: Option<Address>,
    /// Those the next hop has accepted, in the order they came.
    pub recipients: Vec<Recipient>,
    /// MAIL parameters that are passed on.
    pub options: MailOptions,
    /// How the mail came here.
    pub client: Client,
}

/// One recipient with its DSN parameters (RFC 3461).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The canonical address, which is also the one that is relayed.
    pub address: Address,
    /// `NOTIFY=` as written, checked: `NEVER`, or a list of `SUCCESS`, `FAILURE`, `DELAY`.
    pub notify: Option<String>,
    /// `ORCPT=` as written, checked: type, semicolon, xtext.
    pub orcpt: Option<String>,
}

impl Recipient {
    /// A recipient without DSN parameters.
    pub fn new(address: Address) -> Self {
        Recipient {
            address,
            notify: None,
            orcpt: None,
        }
    }

    /// True if `NOTIFY` has this word.
    pub fn asks_for(&self, word: &str) -> bool {
        let notify = self.notify.as_deref().unwrap_or_default();
        notify
            .split(',')
            .any(|wish| wish.trim().eq_ignore_ascii_case(word))
    }
}

/// MAIL parameters that go on to the next hop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailOptions {
    /// `BODY=8BITMIME` was said.
    pub eight_bit: bool,
    /// `SMTPUTF8` was said (RFC 6531).
    pub utf8: bool,
    /// `RET=FULL` or `RET=HDRS`, as written.
    pub ret: Option<String>,
    /// `ENVID=`, xtext as written, checked.
    pub envid: Option<String>,
    /// `SIZE=` as declared, in bytes; a hint, never believed.
    pub size: Option<u64>,
    /// `REQUIRETLS` was said (RFC 8689): every further server must do the same, over verified TLS, or must not have the mail.
    pub require_tls: bool,
}

/// A word of ours. (The name keeps serde from borrowing it of what it reads.)
type Word = &'static str;

/// Where the mail came from: the real client if a listed peer told us by XFORWARD, else the peer itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Client {
    /// The address policy looks at.
    pub address: Option<IpAddr>,
    /// Its name in the DNS, if a listed peer told it.
    pub name: Option<String>,
    /// What it called itself in EHLO, HELO or LHLO.
    pub helo: String,
    /// The authenticated user, if there is one.
    pub login: Option<String>,
    /// For the `Received` line: `ESMTP`, `ESMTPS`, `LMTP`, `SMTP`, … (RFC 3848).
    #[serde(with = "protocol")]
    pub protocol: Word,
    /// XFORWARD attributes to pass on to a next hop that asks for them (name, xtext as received).
    pub xforward: Vec<(String, String)>,
}

impl Client {
    /// A mail made here: receipts, notices, command line.
    pub fn local() -> Self {
        Client {
            address: None,
            name: None,
            helo: "localhost".into(),
            login: None,
            protocol: "SMTP",
            xforward: Vec::new(),
        }
    }

    /// True if the client hears one answer for each recipient (LMTP, RFC 2033), so that it tries again for those alone who need it.
    pub fn hears_each(&self) -> bool {
        self.protocol.contains("LMTP")
    }
}

/// A word of RFC 3848 in a record of a mail that waits.
mod protocol {
    use serde::{Deserialize, Deserializer, Serializer};

    const WORDS: [&str; 12] = [
        "SMTP",
        "ESMTP",
        "ESMTPS",
        "ESMTPA",
        "ESMTPSA",
        "UTF8SMTP",
        "UTF8SMTPS",
        "UTF8SMTPSA",
        "LMTP",
        "LMTPS",
        "UTF8LMTP",
        "UTF8LMTPS",
    ];

    pub(super) fn serialize<S: Serializer>(word: &&'static str, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(word)
    }

    /// One that nobody knows any more is the plainest: it only stands in a `Received` line.
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<&'static str, D::Error> {
        let said = String::deserialize(d)?;
        let known = WORDS.iter().find(|word| **word == said);
        Ok(known.copied().unwrap_or("SMTP"))
    }
}
