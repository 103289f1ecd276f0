//! Receipts and later notices, end to end: a mail through a door, a next hop and a channel that remember, and what its sender reads.

use crate::support::client::{Door, send};
use crate::support::plant::{self, Plant};
use crate::support::{decoded, link_in};
use cloakroom::doors::smtp::Protocol;
use cloakroom::fault::Reply;
use cloakroom::forward::memory::{Stage, Taken};
use cloakroom::gateway::Gateway;
use cloakroom::gateway::collect::{Caller, Lock, Unlocked, What};
use cloakroom::gateway::preferring::Choice;
use cloakroom::mail::Address;
use cloakroom::mail::dkim::Signers;
use cloakroom::notify::SenderChannel;
use cloakroom::store::memory::Memory;
use cloakroom::texts::Texts;
use cloakroom::transfer::{
    Actor, Downloads, Happened, LinkSecret, Password, SenderLink, Telling, TransferId,
};
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const CARLA: &str = "carla@example.org";
const MAIL: &str = "From: Anna Lind <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Contract draft\r\n\
    Message-ID: <7@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\n\r\nhello\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=numbers.csv\r\n\r\na,b\r\n--b--\r\n";

const BY_SENDER: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sender"], keep_for = "10 days" }
"#;

const HIDDEN: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link", keep_for = "10 days", hide_names = true, hide_subject = true }
"#;

struct Run {
    plant: Plant,
    gateway: Arc<Gateway>,
    disk: Arc<Memory>,
}

impl Run {
    fn new(plant: Plant) -> Self {
        let disk = Arc::new(Memory::new());
        let gateway = plant.gateway(disk.clone()).expect("starts");
        Run {
            plant,
            gateway,
            disk,
        }
    }

    async fn brings(&self, door: Door, to: &[&str], mail: &str) -> Vec<String> {
        self.from(ANNA, door, to, mail).await
    }

    async fn from(&self, from: &str, door: Door, to: &[&str], mail: &str) -> Vec<String> {
        let protocol = match door {
            Door::Smtp => Protocol::Smtp,
            Door::Lmtp => Protocol::Lmtp,
        };
        let (address, _stop) = plant::door(&self.gateway, protocol).await;
        let to: Vec<String> = to.iter().map(ToString::to_string).collect();
        send(door, address, from, &to, mail.as_bytes()).await
    }

    async fn later(&self, seconds: i64) {
        let now = Timestamp::now() + seconds.seconds();
        self.gateway.round(now, false).await;
    }

    /// What has gone out in our own name, decoded, with its head.
    fn own(&self) -> Vec<(String, String)> {
        let taken = self.plant.hop.taken();
        let is_own =
            |mail: &&Taken| memchr::memmem::find(&mail.content, b"X-Auto-Response").is_some();
        let own = taken.iter().filter(is_own);
        own.map(|mail| {
            (
                String::from_utf8_lossy(&mail.content).into_owned(),
                decoded(&mail.content),
            )
        })
        .collect()
    }

    fn mail_of_others(&self) -> Vec<Taken> {
        let taken = self.plant.hop.taken();
        taken.into_iter().filter(|m| m.sender.is_some()).collect()
    }

    fn transfer(&self) -> TransferId {
        let all = self.gateway.store().transfers(None, 9).expect("reads");
        all[0].id.parse().expect("an id")
    }

    /// Somebody opens the first link and fetches everything.
    async fn fetches(&self, password: Password) {
        let others = self.mail_of_others();
        let link = others
            .iter()
            .find_map(|m| link_in(&m.content))
            .expect("a link");
        let token = link.rsplit('/').next().expect("a token");
        let collect = Arc::new(self.gateway.collect(Lock::default()));
        let opened = match collect
            .unlock(token, password, &Caller::default())
            .await
            .expect("asks")
        {
            Unlocked::Opened(opened) => opened,
            other => panic!("{other:?}"),
        };
        let room = collect.enter(opened.visit, opened.key).await;
        let room = room.expect("reads").expect("is there");
        room.count(What::All).expect("counts");
    }
}

fn telling() -> Plant {
    let mut plant = Plant::new();
    plant.telling = Telling {
        admins: vec!["admin@example.org".parse().expect("an address")],
        ..Telling::default()
    };
    plant
}

/// One whose passwords the sender tells.
fn by_sender() -> Plant {
    let mut plant = telling();
    plant.rules = BY_SENDER;
    let hop = plant.hop.clone();
    let house = Arc::new(plant::house());
    let texts = Arc::new(Texts::new(&house.languages));
    let open = Arc::new(move || cloakroom::forward::Outlets::open(&hop));
    let channel = SenderChannel::new("sender", house, texts, Signers::default(), open);
    plant.channels.push(Arc::new(channel));
    plant
}

fn has(text: &str, all: &[&str]) {
    for line in all {
        assert!(text.contains(line), "{line:?} is not in:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_reads_what_became_of_each_recipient_and_finds_the_page() {
    let run = Run::new(telling());
    run.plant.hop.answer(
        Stage::Content,
        EVA,
        Reply::new(550, (5, 1, 1), "Nobody here"),
    );
    let replies = run.brings(Door::Lmtp, &[BO, EVA, CARLA], MAIL).await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    run.later(0).await;
    let own = run.own();
    let [(mail, text)] = &own[..] else {
        panic!("{own:?}");
    };
    has(
        mail,
        &[
            "Subject: Sent with 1 file as a link: Contract draft\r\n",
            "In-Reply-To: <7@example.org>\r\n",
            "References: <7@example.org>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "To: <anna@example.org>\r\n",
        ],
    );
    let id = run.transfer();
    let answers = format!("files+{}@example.org", id.to_string().to_lowercase());
    has(mail, &[&answers]);
    has(
        text,
        &[
            "Your message “Contract draft” has left. Its file (3 bytes) was replaced by a link.",
            "    numbers.csv (3 bytes)",
            "Why: Every file travels protected. [all-files]",
            "bo@partner.example",
            "eva@client.example   did not get the message: 550 5.1.1 Nobody here",
            "carla@example.org    got the original files",
            "REVOKE",
            &format!("Transfer {id}"),
        ],
    );
    assert!(!text.contains("/t/"), "no recipient's link: {text}");
    let page = text.split("/s/").nth(1).expect("a page");
    let token = page.split_whitespace().next().expect("a token");
    let link = SenderLink::read(&run.plant.master, token).expect("ours");
    assert!(link.id == id && link.sheet.is_some(), "it opens the sheet");
    run.later(3600).await;
    assert_eq!(run.own().len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_the_sender_tells_comes_in_the_receipt() {
    let run = Run::new(by_sender());
    run.brings(Door::Smtp, &[BO], MAIL).await;
    run.later(0).await;
    let own = run.own();
    let [(mail, text)] = &own[..] else {
        panic!("{own:?}");
    };
    let password = crate::support::password_in(mail.as_bytes()).expect("a password");
    has(
        text,
        &[
            &format!("please tell bo@partner.example: {password}"),
            "By phone or in person, not by mail.",
            "Contract draft",
            "/s/",
        ],
    );
    run.fetches(Password::given(&password)).await;
    assert_eq!(
        run.gateway.store().next_notice().expect("reads"),
        None,
        "wiped"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_who_is_no_person_of_ours_or_wants_nothing() {
    let machine = MAIL.replace(
        "MIME-Version",
        "Auto-Submitted: auto-generated\r\nMIME-Version",
    );
    let list = MAIL.replace("MIME-Version", "List-Id: <all.example.org>\r\nMIME-Version");
    for (from, mail) in [
        ("bo@elsewhere.example", MAIL),
        ("", MAIL),
        (ANNA, &machine),
        (ANNA, &list),
    ] {
        let run = Run::new(telling());
        let replies = run.from(from, Door::Smtp, &[BO], mail).await;
        assert!(replies[0].starts_with("250"), "{from}: {replies:?}");
        run.later(0).await;
        assert_eq!(run.own().len(), 0, "{from}");
    }
    let run = Run::new(telling());
    let anna: Address = "Anna@example.org".parse().expect("an address");
    let chosen = run.gateway.store();
    let off = cloakroom::transfer::Preferences {
        receipts: Some(false),
        ..Default::default()
    };
    chosen.set_preferences(&anna, &off, None).expect("writes");
    run.brings(Door::Smtp, &[BO], MAIL).await;
    run.later(0).await;
    assert_eq!(run.own().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_and_subject_that_are_hidden_are_not_in_the_receipt() {
    let mut plant = telling();
    plant.rules = HIDDEN;
    let run = Run::new(plant);
    run.brings(Door::Smtp, &[BO], MAIL).await;
    run.later(0).await;
    let own = run.own();
    let (mail, text) = &own[0];
    assert!(
        !mail.contains("numbers") && !mail.contains("Contract"),
        "{mail}"
    );
    has(
        text,
        &["Your message has left. Its file (3 bytes) was replaced by a link."],
    );
}

/// The next hop has it, and the program dies before that is written down: what proves it then brings the receipt.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_that_a_crash_has_lost_comes_when_the_mail_is_seen() {
    let run = Run::new(telling());
    run.plant.hop.swallow(BO);
    run.brings(Door::Lmtp, &[BO], MAIL).await;
    run.later(0).await;
    assert_eq!(run.own().len(), 0, "nobody has it, as far as we know");
    let again = run.plant.gateway(run.disk.clone()).expect("starts again");
    let run = Run {
        gateway: again,
        ..run
    };
    let link = run
        .mail_of_others()
        .iter()
        .find_map(|m| link_in(&m.content));
    let link = link.expect("it was swallowed");
    let token = link.rsplit('/').next().expect("a token").to_owned();
    assert!(LinkSecret::from_token(&token).is_some());
    let collect = Arc::new(run.gateway.collect(Lock::default()));
    collect
        .look(&token, &Caller::default())
        .await
        .expect("looks");
    run.later(0).await;
    let own = run.own();
    let [(mail, text)] = &own[..] else {
        panic!("{own:?}");
    };
    assert!(
        !mail.contains("numbers") && !mail.contains("Contract"),
        "{mail}"
    );
    has(text, &["Your message has left.", BO, "/s/"]);
    has(mail, &["In-Reply-To: <7@example.org>\r\n"]);
    collect
        .look(&token, &Caller::default())
        .await
        .expect("looks");
    run.later(60).await;
    assert_eq!(run.own().len(), 1, "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn downloads_are_told_once_a_quarter_of_an_hour_later_even_after_a_restart() {
    let mut plant = telling();
    plant.rules = HIDDEN;
    plant.telling.receipts = false;
    let run = Run::new(plant);
    run.brings(Door::Smtp, &[BO], MAIL).await;
    run.fetches(Password::given("")).await;
    run.fetches(Password::given("")).await;
    run.later(600).await;
    assert_eq!(run.own().len(), 0, "not yet");
    let again = run.plant.gateway(run.disk.clone()).expect("starts again");
    let run = Run {
        gateway: again,
        ..run
    };
    run.later(1000).await;
    let own = run.own();
    let [(mail, text)] = &own[..] else {
        panic!("{own:?}");
    };
    has(
        mail,
        &[
            "In-Reply-To: <7@example.org>\r\n",
            "Subject: Downloaded: files for bo@partner.example",
        ],
    );
    has(
        text,
        &[
            "numbers.csv was downloaded from the page made for bo@partner.example (",
            "/s/",
            "REVOKE",
        ],
    );
    assert!(!text.contains("read"), "nobody knows that: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_who_wants_it_daily_gets_one_mail_for_all() {
    let mut plant = telling();
    plant.rules = HIDDEN;
    plant.telling.receipts = false;
    plant.telling.downloads = Downloads::Daily;
    let run = Run::new(plant);
    run.brings(Door::Smtp, &[BO], MAIL).await;
    run.fetches(Password::given("")).await;
    let second = MAIL.replace("<7@", "<8@").replace("numbers", "letters");
    let taken = run.mail_of_others().len();
    run.brings(Door::Smtp, &[EVA], &second).await;
    let others = run.mail_of_others();
    let link = others[taken..]
        .iter()
        .find_map(|m| link_in(&m.content))
        .expect("a link");
    let collect = Arc::new(run.gateway.collect(Lock::default()));
    let token = link.rsplit('/').next().expect("a token");
    let Unlocked::Opened(opened) = collect
        .unlock(token, Password::given(""), &Caller::default())
        .await
        .expect("asks")
    else {
        panic!("it has no password");
    };
    let room = collect
        .enter(opened.visit, opened.key)
        .await
        .expect("reads");
    room.expect("is there").count(What::All).expect("counts");
    run.later(90_000).await;
    let own = run.own();
    let [(_, text)] = &own[..] else {
        panic!("{own:?}");
    };
    has(text, &["numbers.csv", "letters.csv", BO, EVA]);
    // A mail that asks for it itself.
    let asks = MAIL.replace("<7@", "<9@");
    let asks = asks.replace(
        "MIME-Version",
        "Disposition-Notification-To: anna@example.org\r\nMIME-Version",
    );
    let run = Run::new({
        let mut plant = telling();
        plant.rules = HIDDEN;
        plant.telling.receipts = false;
        plant.telling.downloads = Downloads::Off;
        plant
    });
    run.brings(Door::Smtp, &[BO], &asks).await;
    run.fetches(Password::given("")).await;
    run.later(1000).await;
    assert_eq!(run.own().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_sender_chooses_counts_from_the_next_mail_on_and_one_mail_says_so() {
    let run = Run::new(telling());
    run.brings(Door::Lmtp, &[BO], MAIL).await;
    run.later(0).await;
    let own = run.own();
    has(
        &own[0].1,
        &["Choose which of these mails you get:", "/notices"],
    );
    let (steering, id) = (run.gateway.steering(), run.transfer());
    let record = run.gateway.store().transfer(&id).expect("reads");
    let record = record.expect("is there");
    let quiet = Choice {
        receipts: false,
        downloads: Downloads::Off,
        language: None,
    };
    let daily = Choice {
        downloads: Downloads::Daily,
        ..quiet.clone()
    };
    for choice in [&quiet, &daily, &quiet] {
        assert!(steering.choose(&id, &record, choice).expect("writes"));
    }
    assert_eq!(steering.choice(&record).expect("reads"), Some(quiet));
    run.later(900).await;
    let own = run.own();
    // A quarter of an hour may have ended in between.
    assert!((2..=3).contains(&own.len()), "{own:?}");
    let last = &own.last().expect("one").1;
    has(
        last,
        &[
            "A receipt for each mail with protected files: no",
            "no mail",
            "/notices",
        ],
    );
    let before = own.len();
    let second = MAIL.replace("<7@", "<8@").replace("numbers", "letters");
    run.brings(Door::Lmtp, &[EVA], &second).await;
    run.later(1800).await;
    assert_eq!(run.own().len(), before, "no receipt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_has_fetched_is_told_two_days_before_its_end_once_for_each_end() {
    let mut plant = telling();
    plant.telling.receipts = false;
    let run = Run::new(plant);
    run.brings(Door::Smtp, &[BO, CARLA], MAIL).await;
    run.later(7 * 86_400).await;
    assert_eq!(run.own().len(), 0);
    run.later(8 * 86_400 + 60).await;
    run.later(9 * 86_400).await;
    let own = run.own();
    let [(mail, text)] = &own[..] else {
        panic!("{own:?}");
    };
    has(
        mail,
        &["Subject: Not fetched yet: files for bo@partner.example"],
    );
    has(text, &["Nobody has fetched them.", "/s/"]);
    let later = (Timestamp::now() + (20 * 24).hours()).as_second();
    let (id, store) = (run.transfer(), run.gateway.store());
    store.extend(&id, later, Actor::Operator).expect("extends");
    run.later(9 * 86_400).await;
    run.later(18 * 86_400 + 60).await;
    let subjects: Vec<String> = run
        .own()
        .iter()
        .skip(1)
        .map(|(mail, _)| subject(mail))
        .collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects[0].starts_with("Available until "), "{subjects:?}");
    assert!(subjects[1].starts_with("Not fetched yet"), "{subjects:?}");
}

fn subject(mail: &str) -> String {
    let mut lines = mail
        .lines()
        .filter_map(|line| line.strip_prefix("Subject: "));
    lines.next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_page_is_told_to_its_sender_and_with_more_to_the_administrators() {
    let mut plant = telling();
    plant.telling.receipts = false;
    let run = Run::new(plant);
    run.brings(Door::Smtp, &[BO], MAIL).await;
    let others = run.mail_of_others();
    let link = others
        .iter()
        .find_map(|m| link_in(&m.content))
        .expect("a link");
    let token = link.rsplit('/').next().expect("a token");
    let lock = Lock {
        soft_tries: 90,
        hard_tries: 3,
        ..Lock::default()
    };
    let collect = Arc::new(run.gateway.collect(lock));
    for _ in 0..5 {
        collect
            .unlock(token, Password::given("wrong"), &Caller::default())
            .await
            .expect("asks");
    }
    run.later(0).await;
    let own = run.own();
    assert_eq!(own.len(), 2, "{own:?}");
    let of = |to: &str| {
        own.iter()
            .find(|(mail, _)| mail.contains(to))
            .expect("a mail")
    };
    let (_, text) = of("To: <anna@example.org>");
    has(
        text,
        &[
            "3 wrong passwords: the page for bo@partner.example is locked.",
            "/s/",
        ],
    );
    let (_, text) = of("To: <admin@example.org>");
    has(text, &["Sender of the message: anna@example.org"]);
    assert!(!text.contains("/s/"), "steering is the sender's: {text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_back_reads_what_had_been_fetched_before() {
    let mut plant = telling();
    plant.rules = HIDDEN;
    plant.telling.receipts = false;
    plant.telling.downloads = Downloads::Off;
    let run = Run::new(plant);
    run.brings(Door::Smtp, &[BO], MAIL).await;
    run.fetches(Password::given("")).await;
    let what = Happened::Revoked(Actor::Sender);
    let (id, store) = (run.transfer(), run.gateway.store());
    store.revoke(&id, None, what.clone()).expect("revokes");
    store.revoke(&id, None, what).expect("nothing left");
    run.later(0).await;
    let own = run.own();
    let [(mail, text)] = &own[..] else {
        panic!("{own:?}");
    };
    has(mail, &["In-Reply-To: <7@example.org>\r\n"]);
    has(
        text,
        &[
            "Taken back: nobody can open the files any more.",
            "From the page made for bo@partner.example 1 file had been downloaded before",
        ],
    );
}
