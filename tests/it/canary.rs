//! Words that stand nowhere else go through a whole gateway as content, file name, subject, text, password and number; then everything
//! it left or said is searched for them: the state folder, the log at its most talkative, health, mails, pages, text messages
//! (P8, P10, P23).

use crate::support::client::{Door, send};
use crate::support::hop::{Delivery, Hop, Refusal};
use crate::support::log::Log;
use crate::support::phone::Phone;
use crate::support::{decoded, fetch, first, link_in, settings, until};
use cloakroom::client::{Client, Request, Visit};
use cloakroom::mail::id::ALPHABET;
use cloakroom::service::{self, Running};
use cloakroom::transfer::{LinkSecret, Password};
use std::path::{Path, PathBuf};

const ANNA: &str = "anna.kestrel@example.org";
const BO: &str = "bo.wagtail@partner.example";
const EVA: &str = "eva.bullfinch@client.example";

const NAME: &str = "Lapwing-contract.csv";
const CONTENT: &str = "Oystercatcher salaries of the board";
const SUBJECT: &str = "Whimbrel merger";
const TEXT: &str = "Dotterel is what we shall pay";
const CHOSEN: &str = "Ptarmigan7Sandgrouse";
const NUMBER: &str = "+46709871234";
const PERSON: &str = "Anna Kestrelsson";

const POLICY: &str = r#"
schema = 1

[[rule]]
id = "files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms"], keep_for = "10 days", recovery = "gateway" }

[[rule]]
id = "clients"
why = "Clients get everything sealed."
when = { to = ["@client.example"] }
then = { action = "seal", unlock = "password", password_via = ["sms"], hide_names = true, hide_subject = true }
"#;

fn mail(to: &str, more: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "From: {PERSON} <{ANNA}>\r\nTo: <{to}>\r\nSubject: {SUBJECT} [sms:{NUMBER}]\r\n{more}\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{TEXT}.\r\n\
         --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"{NAME}\"\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--b--\r\n"].concat()
}

/// T92 among others: no link, password or cookie is in the log, whoever asked for what.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_secret_is_left_or_said_where_it_must_not_be() {
    let log = Log::start();
    let folder = tempfile::tempdir().expect("a folder");
    let small = format!("{CONTENT}\r\n").into_bytes();
    // A mail that is refused when everything of it lies on the disk.
    let refusal = Refusal {
        at: "dot".into(),
        reply: "554 5.7.1 No".into(),
    };
    let stage = Stage::start(folder.path(), vec![refusal]).await;
    let replies = stage.send(Door::Smtp, EVA, "", &small).await;
    assert!(replies[0].starts_with("554"), "{replies:?}");
    stage.running.stop().await;

    let stage = Stage::start(folder.path(), Vec::new()).await;
    let chosen = format!("X-Cloakroom-Password: {CHOSEN}\r\n");
    // More than a spool keeps in memory.
    let large: Vec<u8> = format!("{CONTENT}\r\n").repeat(20_000).into_bytes();
    for (door, to, more, file) in [
        (Door::Smtp, BO, "", &small),
        (Door::Lmtp, BO, chosen.as_str(), &large),
        (Door::Smtp, EVA, "", &small),
    ] {
        stage.send(door, to, more, file).await;
    }
    // A header that cannot be understood, a mail that is no mail.
    stage
        .send(
            Door::Smtp,
            BO,
            "X-Cloakroom-Expire: Dotterel is\r\n",
            &small,
        )
        .await;
    stage
        .send(Door::Lmtp, BO, "X-Cloakroom-Password: Dotter\r\n", &small)
        .await;

    let told = until(|| Some(stage.phone.messages()).filter(|m| m.len() == 3)).await;
    let told = told.expect("three passwords");
    let all = until(|| Some(stage.hop.deliveries()).filter(|m| m.len() == 6)).await;
    let all = all.expect("three mails, and a receipt for each");
    let (receipts, mails): (Vec<Delivery>, Vec<Delivery>) =
        all.into_iter().partition(|mail| mail.to == [ANNA]);
    let links: Vec<String> = mails.iter().filter_map(|m| link_in(&m.bytes)).collect();
    assert_eq!((mails.len(), links.len()), (3, 3));

    let before: Vec<u8> = stage.fronts(&links).await;
    absent(
        "a page before it is unlocked",
        &before,
        &[NAME, CONTENT, SUBJECT, TEXT, BO, EVA, NUMBER],
    );
    let passwords: Vec<String> = told.iter().map(|(_, text)| password(text)).collect();
    assert!(passwords.iter().any(|p| p == CHOSEN));
    for (n, link) in links.iter().enumerate() {
        let into = folder.path().join(format!("fetched-{n}"));
        fetch(link, Some("Ptarmigan8-WRONG"), &into)
            .await
            .expect_err("wrong");
        let opened = stage.open(link, &passwords, &into).await;
        assert!(opened, "{link} opens with one of the passwords that left");
    }
    let health = stage.health().await;
    let state = folder.path().join("state");
    let while_open = searched(&state);

    let mut secrets = vec![NAME, CONTENT, SUBJECT, TEXT, CHOSEN, PERSON, "Dotter"];
    let bare: Vec<String> = passwords.iter().map(|p| p.replace('-', "")).collect();
    secrets.extend(passwords.iter().chain(&bare).map(String::as_str));
    let tokens: Vec<&str> = links.iter().filter_map(|l| l.rsplit('/').next()).collect();
    secrets.extend(&tokens);
    let pages: Vec<String> = receipts.iter().filter_map(page_in).collect();
    assert_eq!(pages.len(), 3, "each receipt has a page");
    secrets.extend(pages.iter().map(String::as_str));
    secrets.push(NUMBER);
    secrets.push(&NUMBER[1..]);

    // What is on the disk: no person either (P8).
    let mut on_disk = secrets.clone();
    on_disk.extend([ANNA, BO, EVA, "partner.example", "client.example"]);
    let raw: Vec<[u8; 20]> = tokens.iter().map(|token| raw_secret(token)).collect();
    let check_disk = |files: &[(PathBuf, Vec<u8>)], when: &str| {
        let is_blob =
            |(path, _): &&(PathBuf, Vec<u8>)| path.parent().is_some_and(|p| p.ends_with("kept"));
        let blobs = files.iter().filter(is_blob).count();
        assert!(blobs >= 3, "{when}: {blobs} blobs of three mails");
        for (path, bytes) in files {
            let place = format!("{when}: {}", path.display());
            absent(&place, bytes, &on_disk);
            for secret in &raw {
                assert!(!holds(bytes, secret), "{place} holds a link secret");
            }
        }
    };
    check_disk(&while_open, "while it runs");
    stage.running.stop().await;
    check_disk(&searched(&state), "when it stopped");

    absent("the log", &log.bytes(), &secrets);
    assert!(holds(&log.bytes(), b"decided"), "something was logged");
    absent("health", &health, &on_disk);
    for (number, text) in &told {
        let place = format!("the message to {number}");
        absent(
            &place,
            text.as_bytes(),
            &[NAME, CONTENT, SUBJECT, TEXT, "/t/"],
        );
        absent(&place, text.as_bytes(), &tokens);
    }
    check_mails(&mails, &passwords, &tokens);
    for receipt in &receipts {
        let text = decoded(&receipt.bytes).into_bytes();
        absent("a receipt", &text, &tokens);
        absent("a receipt", &text, &[CONTENT, TEXT, NUMBER, CHOSEN]);
        if holds(&text, EVA.as_bytes()) {
            absent("a receipt", &text, &[NAME, SUBJECT]);
        }
    }
}

/// A link and a password are replaced on the sender's page; when both have arrived, neither the old nor the new ones, nor the key that made
/// them possible, are in the clear anywhere, and the log knows nothing of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_replaced_and_its_replacement_are_nowhere() {
    let log = Log::start();
    let folder = tempfile::tempdir().expect("a folder");
    let stage = Stage::start(folder.path(), Vec::new()).await;
    let small = format!("{CONTENT}\r\n").into_bytes();
    stage.send(Door::Smtp, BO, "", &small).await;
    let there = |texts: usize, mails: usize| {
        let (messages, mut all) = (stage.phone.messages(), stage.hop.deliveries());
        all.retain(|mail| mail.to == [BO]);
        let page = stage.hop.deliveries().iter().find_map(page_in);
        let links: Vec<String> = all.iter().filter_map(|m| link_in(&m.bytes)).collect();
        let complete = messages.len() == texts && links.len() == mails;
        Some((messages, links, page?)).filter(|_| complete)
    };
    let (_, _, page) = until(|| there(1, 1)).await.expect("a link and a password");
    let first = stage.link(&there(1, 1).expect("still there").1[0]);
    let mut visit = Visit::to(Client::new(None).expect("certificates"), &first);
    let renew = first.at(&format!("/s/{page}/renew")).expect("a path");
    let form = [("to", "0"), ("seen", "0"), ("how", "same")];
    let answer = visit.post_form(&renew, &form).await.expect("answers");
    assert_eq!(answer.status, 303);
    let (texts, links, _) = until(|| there(2, 2))
        .await
        .expect("a new link and password");
    let passwords: Vec<String> = texts.iter().map(|(_, text)| password(text)).collect();
    let into = folder.path().join("fetched");
    for old in [&passwords[0], &passwords[1]] {
        fetch(&links[0], Some(old), &into)
            .await
            .expect_err("it ended");
    }
    fetch(&links[1], Some(&passwords[0]), &into)
        .await
        .expect_err("the old password");
    let files = fetch(&links[1], Some(&passwords[1]), &into).await;
    files.expect("the new ones open it");
    assert_eq!(std::fs::read(into.join(NAME)).expect("a file"), small);

    let tokens: Vec<&str> = links.iter().filter_map(|l| l.rsplit('/').next()).collect();
    let key = stage.key(tokens[1], &passwords[1]);
    stage.running.stop().await;
    let bare: Vec<String> = passwords.iter().map(|p| p.replace('-', "")).collect();
    let words = passwords.iter().chain(&bare).map(String::as_str);
    let words: Vec<&str> = words
        .chain(tokens.iter().copied())
        .chain([NUMBER])
        .collect();
    for (path, bytes) in searched(&folder.path().join("state")) {
        let place = path.display().to_string();
        absent(&place, &bytes, &words);
        let raw = tokens.iter().map(|token| raw_secret(token));
        for secret in raw {
            assert!(!holds(&bytes, &secret), "{place} holds a link secret");
        }
        assert!(!holds(&bytes, &key), "{place} holds the transfer key");
    }
    absent("the log", &log.bytes(), &words);
    absent("the log", &log.bytes(), &[&page]);
    assert!(holds(&log.bytes(), b"steered"), "it was logged");
}

/// What opens the sender's page.
fn page_in(receipt: &Delivery) -> Option<String> {
    let page = first("/s/[0-9a-z]{40}", &decoded(&receipt.bytes))?;
    Some(page[3..].to_owned())
}

/// Passwords are in no mail, a link in its own alone, and of a sealed mail nothing but its people.
fn check_mails(mails: &[Delivery], passwords: &[String], tokens: &[&str]) {
    for mail in mails {
        let place = format!("the mail to {:?}", mail.to);
        let passwords: Vec<&str> = passwords.iter().map(String::as_str).collect();
        absent(&place, &mail.bytes, &passwords);
        absent(
            &place,
            &mail.bytes,
            &[CONTENT, NUMBER, &NUMBER[1..], "X-Cloakroom-Password"],
        );
        if mail.to == [EVA] {
            absent(&place, &mail.bytes, &[NAME, SUBJECT, TEXT]);
        }
    }
    for token in tokens {
        let holders = mails.iter().filter(|m| holds(&m.bytes, token.as_bytes()));
        assert_eq!(holders.count(), 1, "a link stands in one mail");
    }
}

struct Stage {
    running: Running,
    hop: Hop,
    phone: Phone,
}

impl Stage {
    async fn start(folder: &Path, refusals: Vec<Refusal>) -> Stage {
        let hop = Hop::start(refusals).await;
        let phone = Phone::start().await;
        let more = format!(
            "[admin]\nlisten = \"127.0.0.1:0\"\n[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\n\
             url = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n",
            phone.address
        );
        let next_hop = format!("smtp://{}", hop.address);
        settings::write(folder, POLICY, &next_hop, &more);
        settings::with_receipts(folder);
        let running = service::start(settings::read(folder))
            .await
            .unwrap_or_else(|e| panic!("{e}"));
        Stage {
            running,
            hop,
            phone,
        }
    }

    async fn send(&self, door: Door, to: &str, more: &str, file: &[u8]) -> Vec<String> {
        let name = if door == Door::Smtp { "smtp" } else { "lmtp" };
        let address = self.running.address(name).expect("it is open");
        let mail = mail(to, more, file);
        send(door, address, ANNA, &[to.to_owned()], &mail).await
    }

    /// The same link where the portal is open.
    fn link(&self, link: &str) -> cloakroom::client::Url {
        link.parse().expect("a link")
    }

    /// The transfer key behind a link.
    fn key(&self, token: &str, password: &str) -> [u8; 32] {
        let store = self.running.gateway.store();
        let link = LinkSecret::from_token(token).expect("a token");
        let found = store.find(&link).expect("reads").expect("is there");
        let day_key = store.day_key(found.ticket.day).expect("a key");
        let password = Password::given(password);
        let key = cloakroom::seal::open::unlock(
            &found.ticket,
            &found.record,
            &link,
            Some(&password),
            store.master(),
            &day_key,
        );
        *key.expect("opens").expose()
    }

    /// What a link shows to who has it alone, with the head of the answer.
    async fn fronts(&self, links: &[String]) -> Vec<u8> {
        let mut all = Vec::new();
        for link in links {
            let client = Client::new(None).expect("certificates");
            let url = link.parse().expect("a link");
            let answer = client.call(Request::get(url)).await.expect("answers");
            assert_eq!(answer.status, 200);
            all.extend_from_slice(format!("{:?}", answer.headers).as_bytes());
            all.extend_from_slice(&answer.body);
        }
        all
    }

    /// Fetches with the password that fits; tries with the others count as wrong, so there must not be many.
    async fn open(&self, link: &str, passwords: &[String], into: &Path) -> bool {
        for password in passwords {
            let opened = fetch(link, Some(password), into).await;
            let paused = opened.as_ref().is_err_and(|why| why.contains("wait"));
            if paused {
                self.forgive();
            }
            let opened = match paused {
                true => fetch(link, Some(password), into).await,
                false => opened,
            };
            if opened.is_ok() {
                self.read_message(link, password).await;
                return true;
            }
        }
        false
    }

    /// As if the pauses were over.
    fn forgive(&self) {
        let store = self.running.gateway.store();
        for record in store.transfers(None, 99).expect("reads") {
            let id = record.id.parse().expect("an id");
            for n in 0..record.tickets {
                let forgive =
                    |t: &mut cloakroom::transfer::Ticket| (t.wrong, t.paused_until) = (0, 0);
                store.change_ticket(&id, n, forgive).expect("writes");
            }
        }
    }

    /// The page with the text, for the log's sake.
    async fn read_message(&self, link: &str, password: &str) {
        let link: cloakroom::client::Url = link.parse().expect("a link");
        let mut visit = Visit::to(Client::new(None).expect("certificates"), &link);
        let unlock = link.at(&format!("{}/unlock", link.path())).expect("a path");
        let answer = visit.post_form(&unlock, &[("password", password)]).await;
        let answer = answer.expect("answers");
        let open = answer.header(hyper::header::LOCATION).expect("it is open");
        let open = unlock.join(open).expect("a path");
        let message = open
            .at(&format!("{}/message", open.path()))
            .expect("a path");
        let _ = visit.get(&message, None).await.expect("answers");
    }

    async fn health(&self) -> Vec<u8> {
        let admin = self.running.address("admin").expect("it is open");
        let mut all = Vec::new();
        for path in ["healthz", "readyz", "metrics"] {
            let url = format!("http://{admin}/{path}")
                .parse()
                .expect("an address");
            let client = Client::new(None).expect("certificates");
            let answer = client.call(Request::get(url)).await.expect("answers");
            all.extend_from_slice(&answer.body);
        }
        all
    }
}

/// The password in a text message.
fn password(text: &str) -> String {
    let (_, rest) = text
        .split_once("Kestrelsson: ")
        .expect("it says whose files");
    rest.split(". Enter").next().expect("a password").to_owned()
}

fn raw_secret(token: &str) -> [u8; 20] {
    let place = |c: u8| ALPHABET.iter().position(|a| a.eq_ignore_ascii_case(&c));
    let bits: String = token
        .bytes()
        .map(|c| format!("{:05b}", place(c).expect("of our alphabet")))
        .collect();
    let secret = std::array::from_fn(|i| {
        u8::from_str_radix(&bits[8 * i..8 * i + 8], 2).expect("eight bits")
    });
    assert_eq!(LinkSecret::from_bytes(secret).token(), token);
    secret
}

/// Every file below a folder, with its name as part of its bytes.
pub fn searched(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        let about = std::fs::symlink_metadata(&path).expect("it is there");
        let name = path.to_string_lossy().into_owned().into_bytes();
        if about.is_dir() {
            found.extend(searched(&path));
        } else if about.is_file() && path.file_name().is_some_and(|n| n != "ballast") {
            let bytes = std::fs::read(&path).expect("readable");
            found.push((path, [name, bytes].concat()));
        }
    }
    found
}

/// None of these words is there: as it is, in capital or small letters, in UTF-16, or in Base64 wherever it begins.
pub fn absent(place: &str, bytes: &[u8], words: &[&str]) {
    let small = bytes.to_ascii_lowercase();
    for word in words {
        assert!(
            !holds(&small, word.to_ascii_lowercase().as_bytes()),
            "{place} holds {word:?}"
        );
        for form in forms(word) {
            assert!(
                !holds(bytes, &form),
                "{place} holds {word:?} in another form"
            );
        }
    }
}

/// Letters of Base64 that are no accident.
const FEWEST: usize = 6;

fn forms(word: &str) -> Vec<Vec<u8>> {
    let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms = vec![wide];
    for before in 0..3 {
        let padded = [&b"\0\0"[..before], word.as_bytes()].concat();
        let text = base64(&padded);
        // The first and the last characters depend on what stands beside it.
        let from = [0, 2, 3][before];
        let whole = padded.len() / 3 * 4;
        let letters = &text.as_bytes()[from..whole];
        // Fewer stand in some password by chance.
        if letters.len() >= FEWEST {
            forms.push(letters.to_vec());
        }
    }
    forms
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            out.push(char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]));
        }
    }
    out
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(bytes, word).is_some()
}

#[test]
fn a_word_is_found_in_every_form() {
    let word = "Oystercatcher";
    for text in [
        "an oystercatcher".as_bytes().to_vec(),
        base64(b"an Oystercatcher!").into_bytes(),
        base64(b"any Oystercatcher").into_bytes(),
        base64(b"Oystercatcher of old").into_bytes(),
        "Oystercatcher"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect(),
    ] {
        let found = std::panic::catch_unwind(|| absent("here", &text, &[word]));
        assert!(found.is_err(), "{:?}", String::from_utf8_lossy(&text));
    }
    absent("here", b"a lapwing", &[word]);
}
