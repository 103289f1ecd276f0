//! Whatever people, operators and clients call themselves and their mails, the mails we write have the fields we mean and no others.

use cloakroom::forward::Memory;
use cloakroom::forward::Outlets;
use cloakroom::mail::dkim::Signers;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, Intake, Mail, MailId, Recipient};
use cloakroom::notify::Channel;
use cloakroom::notify::sender::SenderChannel;
use cloakroom::texts::{House, Texts};
use cloakroom::transfer::notice::NoticeEntry;
use cloakroom::transfer::proof::{HeldLink, HeldTransfer, PasswordLine, ShownFile};
use cloakroom::transfer::{
    Action, Decision, Destination, Held, LinkSecret, Notice, Options, Password, Plan, Scope,
    TransferId, Unlock,
};
use cloakroom::{parse, rewrite};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

static WORDS: LazyLock<Arc<Texts>> = LazyLock::new(|| Arc::new(Texts::new(&["en".into()])));

/// Six texts, a byte 31 between each.
pub fn check(data: &[u8]) {
    let hostile = mails(&Texts6::of(data));
    let tame = mails(&Texts6::of(b"a\x1fb\x1fc\x1fd\x1fe\x1ff"));
    for (mail, want) in hostile.iter().zip(&tame) {
        let shown = || String::from_utf8_lossy(mail).into_owned();
        let names = names(mail);
        assert_eq!(names, self::names(want), "{}", shown());
        let theirs = mail_parser::MessageParser::new()
            .parse(mail)
            .expect("a mail");
        let theirs: Vec<String> = theirs
            .headers()
            .iter()
            .map(|h| h.raw_name().to_owned())
            .collect();
        assert_eq!(theirs, names, "{}", shown());
        for line in header(mail).split("\r\n") {
            assert!(
                line.is_ascii() && line.len() <= 998 && !line.contains(['\r', '\n', '\0']),
                "{line:?}"
            );
        }
    }
}

/// A mail with its files taken, one with its text sealed, one whose subject lost a tag, a notice to the sender.
pub fn mails(texts: &Texts6) -> [Vec<u8>; 4] {
    let mail = parsed(texts);
    let cases = [
        (Scope::Parts(vec![2]), false),
        (Scope::Message, true),
        (Scope::Nothing, false),
    ];
    let [a, b, c] = cases.map(|(scope, hide)| rewritten(&mail, texts, scope, hide));
    [a, b, c, notice(texts)]
}

/// What strangers say.
pub struct Texts6 {
    subject: String,
    organisation: String,
    person: String,
    file: String,
    hello: String,
    message_id: String,
}

impl Texts6 {
    pub fn of(data: &[u8]) -> Self {
        let data = &data[..data.len().min(20_000)];
        let mut texts = data
            .split(|b| *b == 31)
            .map(|t| String::from_utf8_lossy(t).into_owned());
        let mut next = || texts.next().unwrap_or_default();
        Texts6 {
            subject: next(),
            organisation: next(),
            person: next(),
            file: next(),
            hello: next(),
            message_id: next(),
        }
    }
}

/// The header without the blank line.
fn header(mail: &[u8]) -> String {
    let end = memchr::memmem::find(mail, b"\r\n\r\n").expect("a blank line");
    String::from_utf8_lossy(&mail[..end]).into_owned()
}

fn names(mail: &[u8]) -> Vec<String> {
    let header = header(mail);
    let lines = header.split("\r\n").filter(|l| !l.starts_with([' ', '\t']));
    lines
        .map(|l| l.split(':').next().unwrap_or_default().to_owned())
        .collect()
}

/// The name in the header From can be anything in an encoded word; the client may say anything.
fn parsed(texts: &Texts6) -> Mail {
    let word = encodify::base64::STANDARD.encode(texts.person.as_bytes());
    let words: Vec<String> = word
        .as_bytes()
        .chunks(60)
        .map(|w| format!("=?utf-8?B?{}?=", String::from_utf8_lossy(w)))
        .collect();
    let raw = format!(
        "From: {} <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: x\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Disposition: attachment; filename=a.pdf\r\n\
         \r\nFILE\r\n--b--\r\n",
        words.join("\r\n ")
    );
    let mut intake = Intake::new(&std::env::temp_dir());
    intake.write(raw.as_bytes()).expect("memory takes it");
    let envelope = Envelope {
        sender: Some("anna@example.org".parse().expect("an address")),
        recipients: vec![Recipient::new(
            "bo@partner.example".parse().expect("an address"),
        )],
        options: MailOptions::default(),
        client: Client {
            address: Some([192, 0, 2, 1].into()),
            name: Some(texts.hello.clone()),
            helo: texts.hello.clone(),
            ..Client::local()
        },
    };
    let received = intake
        .finish(MailId::fresh(), envelope)
        .expect("memory gives it");
    parse::mail(received).expect("memory can be read")
}

fn house(texts: &Texts6) -> House {
    House {
        organisation: texts.organisation.clone(),
        portal_url: "https://files.example.org".into(),
        help_url: None,
        hostname: "gate.example.org".into(),
        domains: vec!["example.org".into()],
        languages: vec!["en".into()],
        time_zone: jiff::tz::TimeZone::UTC,
        notice_from: format!("{} <files@example.org>", texts.organisation),
        look: cloakroom::texts::Look::default(),
    }
}

fn rewritten(mail: &Mail, texts: &Texts6, scope: Scope, hide_subject: bool) -> Vec<u8> {
    let mut options = Options::of(Unlock::Password, Vec::new(), Duration::from_secs(86_400));
    options.hide_subject = hide_subject;
    let (held, action) = match scope {
        Scope::Nothing => (Held::nothing(), Action::Pass),
        _ => (held(texts), Action::Transfer),
    };
    let plan = Plan {
        decisions: vec![Decision {
            recipient: "bo@partner.example".parse().expect("an address"),
            action,
            awaits: None,
            lane: Default::default(),
            scope,
            options,
            contact: Default::default(),
            reasons: Vec::new(),
        }],
        subject: Some(texts.subject.clone()),
        strip_controls: true,
    };
    let house = house(texts);
    let variants = rewrite::variants(mail, &plan, &held, &house, &WORDS, &Signers::default())
        .expect("it can be rewritten");
    variants[0].content().to_vec().expect("memory can be read")
}

fn held(texts: &Texts6) -> Held {
    Held::assertion(HeldTransfer {
        id: "7K3M9XQF".parse::<TransferId>().expect("an id"),
        sheet: None,
        links: vec![HeldLink {
            renewable: false,
            recipients: vec![0],
            secret: LinkSecret::from_bytes([7; 20]),
            expires: 1_764_975_540,
            password: PasswordLine::Other(texts.person.clone()),
            files: vec![ShownFile {
                name: texts.file.clone(),
                size: 7,
            }],
        }],
    })
}

fn notice(texts: &Texts6) -> Vec<u8> {
    let memory = Memory::new();
    let outlets = memory.clone();
    let house = Arc::new(house(texts));
    let channel = SenderChannel::new(
        "sender",
        house,
        WORDS.clone(),
        Signers::default(),
        Arc::new(move || outlets.open()),
    );
    let notice = Notice {
        id: "7K3M9XQF-0".into(),
        transfer: "7K3M9XQF".into(),
        mail: "2Q8ZVT6M".into(),
        channel: "sender".into(),
        destination: Destination::Sender("anna@example.org".into()),
        sender: "anna@example.org".into(),
        sender_name: Some(texts.person.clone()),
        // One that is fit to be referred to, whatever stands behind it.
        message_id: Some(format!("<1{}@example.org>", fit(&texts.message_id))),
        language: "en".into(),
        entries: vec![NoticeEntry {
            recipient: "bo@partner.example".into(),
            password: Password::given("K7PM-2WXD-9RQF"),
        }],
        expires: 1_764_979_140,
        created: 1_764_000_000,
        receipt: None,
        then: Vec::new(),
        number: Default::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let sent = runtime.expect("a runtime").block_on(channel.send(&notice));
    sent.expect("the outlet takes everything");
    memory.taken()[0].content.clone()
}

fn fit(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_graphic)
        .filter(|c| !"<>".contains(*c))
        .take(200)
        .collect()
}
