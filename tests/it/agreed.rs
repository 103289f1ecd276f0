//! A password that was agreed on with a recipient once: the program keeps it by `cloakroom agreed`, locks what is sent with it, sends
//! nothing besides, and shows it to nobody.

use crate::canary::{absent, searched};
use crate::hold::http;
use crate::support::client::{Door, send};
use crate::support::hop::{Delivery, Hop};
use crate::support::plant::{self, Plant};
use crate::support::process::Gateway;
use crate::support::{decoded, fetch, first, link_in, password_in, settings, until};
use cloakroom::doors::smtp::Protocol;
use cloakroom::notify::AgreedChannel;
use cloakroom::store::backend::{Backend, Batch, Table};
use cloakroom::store::memory::Memory;
use cloakroom::transfer::{Agreed, Password};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

const ANNA: &str = "anna.kestrel@example.org";
const BO: &str = "bo.wagtail@partner.example";
const EVA: &str = "eva.bullfinch@partner.example";
const CARL: &str = "carl.osprey@client.example";
const BOS: &str = "Ptarmigan7Sandgrouse";
const PARTNERS: &str = "Dotterel kvick Smörgås";
const LATER: &str = "Lapwing trampolin Ärta";
const LINE: &str = "Password: the one that you have agreed on with Example Region.";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "partners"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@partner.example"] }
then = { action = "transfer", unlock = "password", password_via = ["standing", "sender"], recovery = "gateway" }
[[rule]]
id = "clients"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@client.example"] }
then = { action = "transfer", unlock = "password", password_via = ["agreed"], if_no_channel = "refuse" }
"#;

struct House {
    hop: Hop,
    gateway: Gateway,
    folder: tempfile::TempDir,
}

impl House {
    async fn open() -> House {
        let folder = tempfile::tempdir().expect("a folder");
        let hop = Hop::start(Vec::new()).await;
        let channel = "[[channel]]\nname = \"standing\"\nkind = \"agreed\"\n";
        let next_hop = format!("smtp://{}", hop.address);
        settings::write(folder.path(), POLICY, &next_hop, channel);
        settings::with_receipts(folder.path());
        let gateway = Gateway::start(folder.path());
        House {
            hop,
            gateway,
            folder,
        }
    }

    async fn submit(&self, number: u32, more: &str, to: &[&str]) -> Vec<String> {
        let mail = mail(number, more);
        let to: Vec<String> = to.iter().map(ToString::to_string).collect();
        send(
            Door::Smtp,
            self.gateway.address("smtp"),
            ANNA,
            &to,
            mail.as_bytes(),
        )
        .await
    }

    /// So many mails to somebody, the last of them.
    async fn mail(&self, whom: &str, count: usize) -> Delivery {
        let found = || {
            let mut all = self.hop.deliveries();
            all.retain(|mail| mail.to == [whom]);
            (all.len() == count).then(|| all.pop()).flatten()
        };
        until(found).await.expect("a mail")
    }

    fn link(&self, mail: &Delivery) -> String {
        self.gateway.here(&link_in(&mail.bytes).expect("a link"))
    }

    async fn opens(&self, mail: &Delivery, password: &str) -> bool {
        let into = tempfile::tempdir().expect("a folder");
        let files = fetch(&self.link(mail), Some(password), into.path()).await;
        files.is_ok_and(|files| {
            std::fs::read(&files[0].path).expect("was written") == b"Hoopoe numbers"
        })
    }

    fn set(&self, party: &str, password: &str) {
        let (well, said) = self.agreed(&["set", party], password);
        assert!(well && !said.contains(password), "{said}");
    }

    /// Whether it did it, and what it said.
    fn agreed(&self, words: &[&str], typed: &str) -> (bool, String) {
        asked(self.folder.path(), &[&["agreed"], words].concat(), typed)
    }
}

fn mail(number: u32, more: &str) -> String {
    format!(
        "From: Anna <{ANNA}>\r\nTo: <{BO}>\r\nSubject: Plan\r\nMessage-ID: <{number}@example.org>\r\n{more}\
             Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nThe plan.\r\n--b\r\nContent-Type: text/csv\r\n\
             Content-Disposition: attachment; filename=\"plan.csv\"\r\n\r\nHoopoe numbers\r\n--b--\r\n"
    )
}

fn asked(folder: &Path, words: &[&str], typed: &str) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(words)
        .arg("--config")
        .arg(folder.join("cloakroom.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut input = child.stdin.take().expect("piped");
    // Err: it has refused the command line and is gone.
    let _ = input.write_all(format!("{typed}\n").as_bytes());
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("text");
    (output.status.success(), said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_agreed_opens_it_and_is_in_no_mail_no_log_and_not_on_the_disk() {
    let house = House::open().await;
    house.set("@Partner.example", PARTNERS);
    house.set("Bo.Wagtail@partner.example", BOS);
    let replies = house.submit(1, "", &[BO, EVA]).await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    let (bo, eva) = (house.mail(BO, 1).await, house.mail(EVA, 1).await);
    for mail in [&bo, &eva] {
        let text = decoded(&mail.bytes);
        assert!(text.contains(LINE), "{text}");
    }
    let page = house.link(&bo);
    let page = http(
        &house.gateway,
        "GET",
        &page[page.find("/t/").expect("a path")..],
        None,
    );
    let hint = "It is the password that you have agreed on with Example Region.";
    assert!(page.contains(hint), "{page}");
    assert!(!house.opens(&bo, PARTNERS).await, "his own goes before");
    assert!(!house.opens(&bo, &BOS.to_lowercase()).await, "as it is");
    assert!(house.opens(&bo, BOS).await && house.opens(&eva, PARTNERS).await);
    let receipt = house.mail(ANNA, 1).await;
    let text = decoded(&receipt.bytes);
    assert!(text.contains("the one that is agreed with them"), "{text}");
    assert!(password_in(&receipt.bytes).is_none(), "nobody is told one");

    // A password that the sender chose goes before.
    house
        .submit(2, "X-Cloakroom-Password: Oystercatcher88Rye\r\n", &[BO])
        .await;
    let chosen = house.mail(BO, 2).await;
    assert!(!decoded(&chosen.bytes).contains(LINE));
    assert!(!house.opens(&chosen, BOS).await && house.opens(&chosen, "Oystercatcher88Rye").await);

    let log = house.gateway.log();
    assert!(
        log.contains("agreed_found") && log.contains("what=\"set\""),
        "{log}"
    );
    let mails = house.hop.deliveries();
    let House {
        gateway, folder, ..
    } = house;
    gateway.kill();
    absent("the log", log.as_bytes(), &[BOS, PARTNERS]);
    for mail in mails {
        absent("a mail", &mail.bytes, &[BOS, PARTNERS]);
    }
    for (path, bytes) in searched(&folder.path().join("state")) {
        let words = [BOS, PARTNERS, BO, EVA, "partner.example"];
        absent(&path.display().to_string(), &bytes, &words);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_one_the_rule_decides_and_a_new_one_is_for_new_mail() {
    let house = House::open().await;
    let replies = house.submit(1, "", &[CARL]).await;
    assert!(replies[0].starts_with("550"), "{replies:?}");
    // Nothing is agreed: the next way.
    house.submit(2, "", &[BO]).await;
    let told = house.mail(ANNA, 1).await;
    let password = password_in(&told.bytes).expect("the sender hands it on");
    assert!(house.opens(&house.mail(BO, 1).await, &password).await);

    house.set(CARL, BOS);
    house.set("@partner.example", PARTNERS);
    let replies = house.submit(3, "", &[CARL]).await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    assert!(house.opens(&house.mail(CARL, 1).await, BOS).await);
    house.submit(4, "", &[BO]).await;
    let before = house.mail(BO, 2).await;
    house.set("@partner.example", LATER);
    assert!(!house.opens(&before, LATER).await && house.opens(&before, PARTNERS).await);

    // A new link of the same transfer is locked with what is agreed now; once nothing is, its password takes the next way.
    let head = String::from_utf8_lossy(&before.bytes);
    let id = first("X-Cloakroom-Transfer: [0-9A-Z]{8}", &head).expect("its transfer");
    let id = &id[id.len() - 8..];
    let resend = || {
        let (well, said) = asked(house.folder.path(), &["transfer", "resend", id], "");
        assert!(well, "{said}");
    };
    let receipts = house
        .hop
        .deliveries()
        .iter()
        .filter(|m| m.to == [ANNA])
        .count();
    resend();
    let anew = house.mail(BO, 3).await;
    let text = decoded(&anew.bytes);
    assert!(
        text.contains(LINE) && !text.contains("its password"),
        "{text}"
    );
    assert!(!house.opens(&anew, PARTNERS).await && house.opens(&anew, LATER).await);
    assert!(!house.opens(&before, PARTNERS).await, "the old link ended");
    let (_, events) = asked(house.folder.path(), &["transfer", "audit", id], "");
    assert!(
        events.contains("link-sent") && !events.contains("password-sent"),
        "{events}"
    );

    let (well, said) = house.agreed(&["remove", "@partner.example"], "");
    assert!(well, "{said}");
    resend();
    let last = house.mail(BO, 4).await;
    assert!(!decoded(&last.bytes).contains(LINE));
    let told = || {
        let all = house.hop.deliveries();
        let to_anna = all.iter().filter(|m| m.to == [ANNA]).skip(receipts);
        to_anna.filter_map(|m| password_in(&m.bytes)).last()
    };
    let password = until(told).await.expect("the sender is told");
    assert!(!house.opens(&last, LATER).await && house.opens(&last, &password).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_agreed_on_is_said_and_nothing_is_ever_shown() {
    let house = House::open().await;
    let long = "å7-K".repeat(33);
    let rows: [(&[&str], &str, &str); 9] = [
        (
            &["set", "@partner.example"],
            "Kaffe7!",
            "it needs at least 8 characters",
        ),
        (
            &["set", "@partner.example"],
            "partner2026",
            "it can be guessed",
        ),
        (&["set", BO], "wagtail88", "it can be guessed"),
        (&["set", BO], "", "it needs at least 8 characters"),
        (&["set", BO], "Kaffe\u{7}mugg sju", "strange ones"),
        (&["set", BO], &long, "more than 128 characters"),
        (&["set", "partner.example"], BOS, "partner.example"),
        (&["set", BO, BOS], "", "unexpected argument"),
        (&["remove", BO], "", "nothing is agreed with bo.wagtail"),
    ];
    for (words, typed, sentence) in rows {
        let (well, said) = house.agreed(words, typed);
        assert!(!well && said.contains(sentence), "{words:?}: {said}");
    }
    assert_eq!(house.agreed(&["list"], ""), (true, String::new()));

    house.set(BO, BOS);
    let (well, said) = house.agreed(&["set", BO], LATER);
    assert!(well && said.starts_with("replaced: bo.wagtail@"), "{said}");
    let (well, made) = house.agreed(&["set", "@client.example", "--make"], "");
    assert!(well, "{made}");
    let made = made.trim().strip_prefix("@client.example\t").expect("once");
    let (_, list) = house.agreed(&["list", "--json"], "");
    let mut with: Vec<String> = Vec::new();
    for line in list.lines() {
        let one: Value = serde_json::from_str(line).expect("JSON");
        assert!(one["since"].as_str().is_some_and(|at| at.ends_with('Z')));
        assert_eq!(one.as_object().map(|o| o.len()), Some(2), "{one}");
        with.push(one["with"].as_str().expect("a text").to_owned());
    }
    with.sort();
    assert_eq!(with, ["@client.example", BO]);
    let replies = house.submit(1, "", &[CARL]).await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    assert!(house.opens(&house.mail(CARL, 1).await, made).await);

    // The same of a gateway that stands still.
    let log = house.gateway.log();
    let House {
        gateway, folder, ..
    } = house;
    absent("the log", log.as_bytes(), &[BOS, LATER, made]);
    gateway.kill();
    let (well, said) = asked(folder.path(), &["agreed", "remove", BO], "");
    assert!(well && said == format!("removed: {BO}\n"), "{said}");
    let (_, list) = asked(folder.path(), &["agreed", "list"], "");
    assert!(
        list.starts_with("@client.example\t20") && list.lines().count() == 1,
        "{list}"
    );
}

/// A store that has something and cannot say what is no store that has nothing: the password must not silently take another way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_defers_the_mail() {
    let plant = Plant {
        rules: RULES,
        channels: vec![Arc::new(AgreedChannel::new("standing"))],
        ..Plant::new()
    };
    let disk = Arc::new(Memory::new());
    let gateway = plant.gateway(disk.clone()).expect("starts");
    let party = "@partner.example".parse().expect("a domain");
    let agreed = Agreed::new(party, &Password::given(PARTNERS), 0).expect("fit");
    gateway.store().agree(&agreed).expect("kept");
    let pairs = disk
        .scan(Table::Agreed, b"", &[0xff; 33], 9)
        .expect("reads");
    let (key, value) = pairs[0].clone();
    let write = |value: Vec<u8>| {
        let put = vec![(Table::Agreed, key.clone(), value)];
        let batch = Batch {
            put,
            ..Batch::default()
        };
        disk.apply(batch).expect("writes");
    };
    let submit = async || {
        let (address, _stop) = plant::door(&gateway, Protocol::Lmtp).await;
        let mail = mail(1, "");
        send(Door::Lmtp, address, ANNA, &[BO.to_owned()], mail.as_bytes()).await
    };
    write(vec![7; value.len()]);
    let replies = submit().await;
    assert!(replies[0].starts_with("4"), "{replies:?}");
    assert!(plant.hop.taken().is_empty());
    write(value);
    let replies = submit().await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    assert_eq!((plant.hop.taken().len(), plant.desk.sent().len()), (1, 0));
}

const RULES: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["agreed", "desk"] }
"#;

/// At a terminal it is asked for twice, and not shown.
#[test]
fn what_is_typed_at_a_terminal_is_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let channel = "[[channel]]\nname = \"standing\"\nkind = \"agreed\"\n";
    settings::write(folder.path(), POLICY, "folder:out", channel);
    let at_terminal = |once: &str, again: &str| {
        let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
        let mut command = Command::new(&python);
        command.args(["-c", TYPIST, once, again, env!("CARGO_BIN_EXE_cloakroom")]);
        command.args(["agreed", "set", BO, "--config", "cloakroom.toml"]);
        let output = command.current_dir(folder.path()).output();
        let output = output.unwrap_or_else(|e| panic!("{python}: {e}; set CLOAKROOM_PYTHON"));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let said = at_terminal(BOS, BOS);
    assert!(
        said.contains(&format!("Password agreed with {BO}: ")),
        "{said}"
    );
    assert!(said.contains(&format!("agreed: {BO}")), "{said}");
    let other = at_terminal(LATER, PARTNERS);
    assert!(other.contains("these were two different ones"), "{other}");
    for password in [BOS, LATER, PARTNERS] {
        assert!(!said.contains(password) && !other.contains(password));
    }
    let (_, list) = asked(folder.path(), &["agreed", "list"], "");
    assert_eq!(list.lines().count(), 1, "{list}");
}

/// Types at each question, and prints what the terminal shows.
const TYPIST: &str = r#"
import os, pty, sys
answers = [word.encode() + b"\n" for word in sys.argv[1:3]]
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[3], sys.argv[3:])
shown, asked = b"", b""
while True:
    try:
        some = os.read(terminal, 1000)
    except OSError:
        break
    if not some:
        break
    shown, asked = shown + some, asked + some
    if answers and asked.endswith(b": "):
        os.write(terminal, answers.pop(0))
        asked = b""
os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
"#;
