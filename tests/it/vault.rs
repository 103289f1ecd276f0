//! Sealing into a store and opening again: what goes in comes out, for those who have link and password.

use cloakroom::mail::header::{Field, Fields};
use cloakroom::mail::outline::{Encoding, Part, Role};
use cloakroom::mail::{Envelope, FileName, Mail, MailId, Outline, Recipient, Spool};
use cloakroom::seal::{self, SealKeys, open};
use cloakroom::store::Store;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::PasswordRules;
use cloakroom::transfer::keys::MasterKey;
use cloakroom::transfer::notice::Route;
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::record::{SealedTicket, SealedTransfer};
use cloakroom::transfer::{
    Action, Catalogue, Decision, Destination, EntryKind, Options, Password, Plan, Scope, Unlock,
};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

const NOW: i64 = 1_800_000_000;
const DAY: i32 = (NOW / 86_400) as i32 + 10;
const MAIL: &str = "From: \"Sven Svensson\" <sven@house.example>\r\n\
    Subject: [sms:+46701234567] Contract\r\n\
    X-Cloakroom-Password: for your eyes only\r\n\
    Message-ID: <1@house.example>\r\n\
    \r\n\
    ";

/// Role, type, name, encoding, bytes.
type Body<'a> = (Role, &'a str, Option<&'a str>, Encoding, &'a [u8]);

/// A mail of these parts behind the header [`MAIL`].
fn mail(recipients: &[&str], parts: &[Body<'_>]) -> Mail {
    let mut bytes = MAIL.as_bytes().to_vec();
    let header = 0..bytes.len() as u64;
    let mut root = part("1", Role::Container, "multipart/mixed", header.clone());
    root.header = header;
    root.fields = fields();
    let mut outline = vec![root];
    for (number, (role, media_type, name, encoding, body)) in parts.iter().enumerate() {
        bytes.extend_from_slice(b"--b\r\n\r\n");
        let from = bytes.len() as u64;
        bytes.extend_from_slice(body);
        let range = from..bytes.len() as u64;
        bytes.extend_from_slice(b"\r\n");
        let mut part = part(&format!("1.{}", number + 1), *role, media_type, range);
        part.parent = Some(0);
        part.name = name.and_then(FileName::new);
        part.encoding = *encoding;
        outline.push(part);
    }
    let recipient = |r: &&str| Recipient::new(r.parse().expect("an address"));
    Mail {
        id: MailId::fresh(),
        at: jiff::Timestamp::now(),
        envelope: Envelope {
            sender: Some("sven@house.example".parse().expect("an address")),
            recipients: recipients.iter().map(recipient).collect(),
            options: Default::default(),
            client: cloakroom::mail::envelope::Client::local(),
        },
        spool: Arc::new(Spool::of(bytes)),
        outline: Outline {
            parts: outline,
            ..Outline::default()
        },
        body_hash: Default::default(),
        early: Default::default(),
        attention: None,
        one_for_all: false,
    }
}

fn part(path: &str, role: Role, media_type: &str, body: Range<u64>) -> Part {
    Part {
        header: body.start..body.start,
        span: body.clone(),
        body,
        media_type: media_type.into(),
        role,
        ..Part::empty(path)
    }
}

fn fields() -> Fields {
    let mut at = 0;
    let lines = MAIL.split_inclusive("\r\n").filter(|line| line.len() > 2);
    let field = |line: &str| {
        let (name, value) = line.split_once(':').expect("a field");
        let range = at..at + line.len() as u64;
        at = range.end;
        Field {
            name: name.into(),
            raw: value.trim_end().into(),
            value: value.trim().into(),
            range,
        }
    };
    Fields(lines.map(field).collect())
}

fn options() -> Options {
    Options::of(
        Unlock::Password,
        vec!["sender".into()],
        Duration::from_secs(7 * 86_400),
    )
}

fn plan(mail: &Mail, scope: &Scope, options: &Options) -> Plan {
    let decision = |r: &Recipient| Decision {
        recipient: r.address.clone(),
        action: Action::Transfer,
        awaits: None,
        lane: Default::default(),
        scope: scope.clone(),
        options: options.clone(),
        contact: Default::default(),
        reasons: vec![],
    };
    Plan {
        decisions: mail.envelope.recipients.iter().map(decision).collect(),
        subject: Some("Contract".into()),
        strip_controls: true,
    }
}

fn to_sender() -> Route {
    Route {
        channel: "sender".into(),
        destination: Destination::Sender("sven@house.example".into()),
        line: PasswordLine::Sender,
        then: Vec::new(),
    }
}

fn store() -> Store {
    Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens")
}

fn sealed(store: &Store, mail: &Mail, plan: &Plan, routes: &[Route]) -> SealedTransfer {
    let day_key = store.day_key(DAY).expect("a key");
    let keys = SealKeys {
        master: store.master(),
        day: DAY,
        day_key: &day_key,
        now: NOW,
        language: "sv",
        max_links: 3,
        seats: &[],
    };
    let sealed = seal::parts(mail, plan, routes, &keys, store.shelf()).expect("seals");
    sealed.transfer.expect("a transfer")
}

/// Beyond so many links of their own recipients share some, but never with those who have another password.
#[test]
fn who_has_agreed_on_something_else_shares_no_link() {
    let whom = [
        "a@p.example",
        "b@p.example",
        "c@q.example",
        "d@q.example",
        "e@r.example",
    ];
    let mail = mail(
        &whom,
        &[(
            Role::Attachment,
            "text/csv",
            Some("a.csv"),
            Encoding::Identity,
            b"a,b",
        )],
    );
    let mut plan = plan(&mail, &Scope::Parts(vec![1]), &options());
    let agreed = [
        "Kaffe mugg sju",
        "Kaffe mugg sju",
        "Lingon nio",
        "Lingon nio",
        "",
    ];
    let routes: Vec<Route> = plan
        .decisions
        .iter_mut()
        .zip(agreed)
        .map(|(decision, password)| {
            let made = password.is_empty();
            decision.contact.agreed = (!made).then(|| Password::given(password));
            let channel = "standing".into();
            let line = PasswordLine::Agreed;
            let standing = Route {
                channel,
                line,
                then: vec![to_sender()],
                ..to_sender()
            };
            if made { to_sender() } else { standing }
        })
        .collect();
    let store = store();
    let sealed = sealed(&store, &mail, &plan, &routes);
    let of = |t: &SealedTicket| t.recipients.clone();
    let shared: Vec<Vec<usize>> = sealed.tickets.iter().map(of).collect();
    assert_eq!(shared, [vec![0, 1], vec![2, 3], vec![4]]);
    // One notice, for the one password that was made.
    let told: Vec<&str> = sealed
        .notices
        .iter()
        .flat_map(|n| &n.entries)
        .map(|e| e.recipient.as_str())
        .collect();
    assert_eq!(told, ["e@r.example"]);
    let held = store.hold(sealed).expect("holds");
    let links = &held.transfer().expect("a transfer").links;
    for (link, right) in links.iter().zip(["Kaffe mugg sju", "Lingon nio"]) {
        let found = store.find(&link.secret).expect("reads").expect("is there");
        let day_key = store.known_day_key(found.ticket.day).expect("reads");
        let day_key = day_key.expect("is there");
        let opens = |typed: &str| {
            let typed = Password::given(typed);
            let (ticket, record) = (&found.ticket, &found.record);
            open::unlock(
                ticket,
                record,
                &link.secret,
                Some(&typed),
                store.master(),
                &day_key,
            )
            .is_some()
        };
        let want = ["Kaffe mugg sju", "Lingon nio"].map(|typed| typed == right);
        assert_eq!(["Kaffe mugg sju", "Lingon nio"].map(opens), want);
        assert!(!opens(&right.to_uppercase()));
    }
}

/// Everything of a transfer as its first recipient gets it.
fn opened(store: &Store, sealed: SealedTransfer) -> (Catalogue, Vec<Vec<u8>>) {
    let password = sealed.notices[0].entries[0].password.clone();
    let held = store.hold(sealed).expect("holds");
    let transfer = held.transfer().expect("a transfer");
    let link = &transfer.links[0].secret;
    let found = store.find(link).expect("reads").expect("is there");
    let day_key = store.known_day_key(found.ticket.day).expect("reads");
    let day_key = day_key.expect("is there");
    let unlock = |password: &Password| {
        let (ticket, record) = (&found.ticket, &found.record);
        open::unlock(
            ticket,
            record,
            link,
            Some(password),
            store.master(),
            &day_key,
        )
    };
    assert!(unlock(&PasswordRules::default().make().password).is_none());
    let key = unlock(&password).expect("the right password");
    let catalogue = open::catalogue(&found.record, &key).expect("opens");
    let files = (0..found.record.blobs.len()).map(|number| {
        let blob = store
            .open_blob(found.record.blobs[number].id)
            .expect("is there");
        let opener = open::opener(&found.record, number, &key, blob).expect("opens");
        let mut bytes = vec![0; opener.len() as usize];
        opener.read_at(0, &mut bytes).expect("reads");
        bytes
    });
    let files = files.collect();
    (catalogue, files)
}

#[test]
fn files_come_back_to_the_byte_under_safe_and_different_names() {
    let long: Vec<u8> = (0..100_000u32).flat_map(|i| i.to_be_bytes()).collect();
    let mail = mail(
        &["bo@partner.example"],
        &[
            (
                Role::Text,
                "text/plain",
                None,
                Encoding::Identity,
                b"Dear Bo",
            ),
            (
                Role::Attachment,
                "application/pdf",
                Some("a.pdf"),
                Encoding::Base64,
                b"JVBERi0xLjQK",
            ),
            (
                Role::Attachment,
                "application/pdf",
                Some("A.PDF"),
                Encoding::Identity,
                &long,
            ),
            (
                Role::Attachment,
                "application/octet-stream",
                None,
                Encoding::Base64,
                b"iVBORw0KGgo=",
            ),
            (
                Role::Attachment,
                "text/csv",
                Some("empty.csv"),
                Encoding::Identity,
                b"",
            ),
        ],
    );
    let store = store();
    let plan = plan(&mail, &Scope::Parts(vec![2, 3, 4, 5]), &options());
    let sealed = sealed(&store, &mail, &plan, &[to_sender()]);
    let names: Vec<&str> = names(&sealed, 0);
    assert_eq!(
        names,
        ["a.pdf", "A (2).PDF", "attachment-3.png", "empty.csv"]
    );
    let (catalogue, files) = opened(&store, sealed);
    assert_eq!(
        files,
        [
            b"%PDF-1.4\n".to_vec(),
            long,
            b"\x89PNG\r\n\x1a\n".to_vec(),
            vec![]
        ]
    );
    assert_eq!(catalogue.subject, "Contract");
    assert_eq!(catalogue.entries[0].crc32, crc32fast::hash(b"%PDF-1.4\n"));
    assert_eq!(catalogue.entries[3].media_type, "text/csv");
}

/// The files that the block for this ticket lists.
fn names(sealed: &SealedTransfer, ticket: usize) -> Vec<&str> {
    let files = sealed.tickets[ticket].files.iter();
    files.map(|file| file.name.as_str()).collect()
}

#[test]
fn a_sealed_message_is_readable_and_its_original_tells_nothing_that_was_meant_for_us() {
    let mail = mail(
        &["bo@partner.example"],
        &[
            (
                Role::Text,
                "text/plain",
                None,
                Encoding::Identity,
                "Dear Bö".as_bytes(),
            ),
            (
                Role::Html,
                "text/html",
                None,
                Encoding::QuotedPrintable,
                b"<p>Dear B=F6</p>",
            ),
            (
                Role::Attachment,
                "text/plain",
                Some("a.txt"),
                Encoding::Identity,
                b"file",
            ),
        ],
    );
    let mut mail = mail;
    mail.outline.parts[0].media_type = "multipart/alternative".into();
    mail.outline.parts[2].charset = Some("iso-8859-1".into());
    let store = store();
    let plan = plan(&mail, &Scope::Message, &options());
    let sealed = sealed(&store, &mail, &plan, &[to_sender()]);
    assert_eq!(names(&sealed, 0), ["a.txt"]);
    assert!(sealed.tickets[0].ticket.message);
    let (catalogue, files) = opened(&store, sealed);
    let kinds: Vec<EntryKind> = catalogue.entries.iter().map(|e| e.kind).collect();
    use EntryKind::{File, Html, Original, Text};
    assert_eq!(kinds, [Text, Html, File, Original]);
    assert_eq!(files[0], "Dear Bö".as_bytes());
    assert_eq!(files[1], "<p>Dear Bö</p>".as_bytes());
    let original = String::from_utf8_lossy(&files[3]);
    assert!(
        original.contains("\r\nSubject: Contract\r\nMessage-ID:"),
        "{original}"
    );
    assert!(
        !original.contains("eyes only") && !original.contains("+4670"),
        "{original}"
    );
    assert!(original.ends_with("file\r\n"));
}

#[test]
fn a_whole_mail_is_for_those_whose_decision_takes_it_and_files_for_theirs() {
    let recipients = [
        "bo@partner.example",
        "cy@partner.example",
        "di@house.example",
    ];
    let file = (
        Role::Attachment,
        "text/plain",
        Some("a.txt"),
        Encoding::Identity,
        &b"file"[..],
    );
    let mail = mail(&recipients, &[file]);
    let mut plan = plan(&mail, &Scope::Parts(vec![1]), &options());
    plan.decisions[1].scope = Scope::Whole("signed");
    plan.decisions[2].scope = Scope::Nothing;
    let store = store();
    let routes = [to_sender(), to_sender(), to_sender()];
    let sealed = sealed(&store, &mail, &plan, &routes);
    assert_eq!(names(&sealed, 0), ["a.txt"]);
    assert!(names(&sealed, 1).is_empty(), "a message, and no file");
    let sees = |number: usize| {
        let ticket = &sealed.tickets[number].ticket;
        (ticket.message, ticket.entries.clone())
    };
    assert_eq!(sees(0), (false, vec![0]));
    assert_eq!(sees(1), (true, vec![1]));
    let served: Vec<&[usize]> = sealed.tickets.iter().map(|t| &t.recipients[..]).collect();
    assert_eq!(served, [[0], [1]]);
    // One notice to the sender with two passwords, which differ.
    assert_eq!(sealed.notices.len(), 1);
    assert_eq!(sealed.notices[0].id, format!("{}-0", sealed.id));
    let entries = &sealed.notices[0].entries;
    assert_eq!(entries.len(), 2);
    assert_ne!(entries[0].password, entries[1].password);
}

#[test]
fn beyond_the_limit_recipients_of_one_decision_share_a_link() {
    let recipients: Vec<String> = (0..5).map(|i| format!("r{i}@partner.example")).collect();
    let names: Vec<&str> = recipients.iter().map(String::as_str).collect();
    let file = (
        Role::Attachment,
        "text/plain",
        Some("a.txt"),
        Encoding::Identity,
        &b"file"[..],
    );
    let mail = mail(&names, &[file]);
    let mut plan = plan(&mail, &Scope::Parts(vec![1]), &options());
    plan.decisions[4].options.downloads = Some(1);
    let store = store();
    let routes = vec![to_sender(); 5];
    let sealed = sealed(&store, &mail, &plan, &routes);
    let served: Vec<&[usize]> = sealed.tickets.iter().map(|t| &t.recipients[..]).collect();
    assert_eq!(served, [&[0, 1, 2, 3][..], &[4]]);
    assert_eq!(sealed.tickets[0].ticket.recipients, names[..4]);
    assert_eq!(sealed.notices[0].entries.len(), 5);
}

#[test]
fn a_password_that_the_sender_chose_does_not_travel_back() {
    let file = (
        Role::Attachment,
        "text/plain",
        Some("a.txt"),
        Encoding::Identity,
        &b"file"[..],
    );
    let mail = mail(&["bo@partner.example", "cy@partner.example"], &[file]);
    let mut plan = plan(&mail, &Scope::Parts(vec![1]), &options());
    for decision in &mut plan.decisions {
        decision.options.password = Some(Password::given("our old dog"));
    }
    let by_phone = Route {
        channel: "sms".into(),
        destination: Destination::Phone("+46701234567".into()),
        line: PasswordLine::TextMessage("67".into()),
        then: Vec::new(),
    };
    let sealed = sealed(&store(), &mail, &plan, &[to_sender(), by_phone]);
    assert_eq!(sealed.tickets.len(), 2);
    let told: Vec<&str> = sealed.notices.iter().map(|n| n.channel.as_str()).collect();
    assert_eq!(told, ["sms"]);
}

#[test]
fn a_password_without_a_way_and_a_damaged_part_are_faults() {
    let broken = (
        Role::Attachment,
        "text/plain",
        Some("a.txt"),
        Encoding::Base64,
        &b"JV*BER"[..],
    );
    let mail = mail(&["bo@partner.example"], &[broken]);
    let plan = plan(&mail, &Scope::Parts(vec![1]), &options());
    let store = store();
    let day_key = store.day_key(DAY).expect("a key");
    let keys = SealKeys {
        master: store.master(),
        day: DAY,
        day_key: &day_key,
        now: NOW,
        language: "sv",
        max_links: 100,
        seats: &[],
    };
    let route = to_sender();
    assert!(
        seal::parts(
            &mail,
            &plan,
            std::slice::from_ref(&route),
            &keys,
            store.shelf()
        )
        .is_err()
    );
    let mut whole = plan.clone();
    whole.decisions[0].scope = Scope::Whole("damaged");
    assert!(
        seal::parts(
            &mail,
            &whole,
            std::slice::from_ref(&route),
            &keys,
            store.shelf()
        )
        .is_ok()
    );
    let nowhere = Route {
        channel: String::new(),
        ..route.clone()
    };
    assert!(seal::parts(&mail, &whole, &[nowhere], &keys, store.shelf()).is_err());
    let late = SealKeys {
        day: DAY - 5,
        ..keys
    };
    assert!(seal::parts(&mail, &whole, &[route], &late, store.shelf()).is_err());
}
