//! The demo's letters: what Anna sends, and what must come out at the other end.

use crate::mail::{Address, Recipient};
use mail_builder::MessageBuilder;

/// One letter.
pub(super) struct Letter {
    /// What it shows, for the heading.
    pub(super) title: &'static str,
    /// Its subject as sent, tags and all.
    pub(super) subject: &'static str,
    pub(super) from: Address,
    pub(super) to: Vec<Recipient>,
    /// The mail as Anna's client sends it.
    pub(super) bytes: Vec<u8>,
    /// What every outside recipient must be able to fetch.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// How the password travels.
    pub(super) password: How,
    /// A sentence of the text, which a sealed message's page must show and its mail must not.
    pub(super) secret_text: Option<&'static str>,
}

/// How the password travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    NoneNeeded,
    Phone,
    Sender,
}

const ANNA: &str = "anna@example.org";

/// All of them, in the order they are sent.
pub(super) fn all() -> Vec<Letter> {
    vec![large_files(), contract(), confidential()]
}

fn large_files() -> Letter {
    let files = vec![
        file("annual-report.pdf", 300_000),
        file("figures.xlsx", 150_000),
    ];
    letter(
        "Large files: outsiders get a link, the colleague the files themselves",
        "Annual report",
        &["bo@partner.example", "carla@example.org"],
        "Dear Bo, dear Carla,\r\n\r\nhere is the report with its figures. Page 4 is the one that changed.\r\n\r\nKind regards\r\nAnna\r\n",
        files,
        How::NoneNeeded,
        None,
    )
}

fn contract() -> Letter {
    letter(
        "A contract: the password goes to a phone that Anna named in the subject",
        "Contract draft [sms:+46 70 123 45 47]",
        &["bo@partner.example"],
        "Dear Bo,\r\n\r\nthe draft is attached, please sign on page 7.\r\n\r\nKind regards\r\nAnna\r\n",
        vec![
            file("contract-v3.pdf", 41_000),
            file("contract-v3-changes.docx", 12_000),
        ],
        How::Phone,
        None,
    )
}

fn confidential() -> Letter {
    let secret = "Your application was accepted; the salary will be 4 200 a month.";
    let text = format!("Dear Eva,\r\n\r\n{secret}\r\n\r\nKind regards\r\nAnna\r\n");
    letter(
        "A confidential message: text and file travel sealed, Anna tells the password by phone",
        "About your application [seal]",
        &["eva@client.example"],
        &text,
        vec![file("offer.pdf", 24_000)],
        How::Sender,
        Some(secret),
    )
}

fn letter(
    title: &'static str,
    subject: &'static str,
    to: &[&str],
    text: &str,
    files: Vec<(String, Vec<u8>)>,
    password: How,
    secret_text: Option<&'static str>,
) -> Letter {
    let html = format!(
        "<html><body><p>{}</p></body></html>",
        text.trim_end().replace("\r\n", "<br>\r\n")
    );
    let mut mail = MessageBuilder::new()
        .from(("Anna Lind", ANNA))
        .to(to.to_vec())
        .subject(subject)
        .message_id(format!("{}@example.org", crate::mail::MailId::fresh()))
        .text_body(text)
        .html_body(html);
    for (name, bytes) in &files {
        mail = mail.attachment("application/octet-stream", name.clone(), bytes.clone());
    }
    let address = |text: &str| {
        text.parse::<Address>()
            .expect("the demo's addresses are well-formed")
    };
    Letter {
        title,
        subject,
        from: address(ANNA),
        to: to
            .iter()
            .map(|text| Recipient::new(address(text)))
            .collect(),
        bytes: mail
            .write_to_vec()
            .expect("writing to memory does not fail"),
        files,
        password,
        secret_text,
    }
}

/// A file that does not compress and is the same each time.
fn file(name: &str, size: usize) -> (String, Vec<u8>) {
    let mut state = size as u32 | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend(std::iter::repeat_with(&mut next).take(size));
    (name.to_owned(), bytes)
}
