//! Codes by mail: asked for, received, entered; and what others make of them.

use super::house::{Answer, Made, Stage, now};
use crate::support::client::{Door, send};
use crate::support::plant::{Plant, door};
use crate::support::{decoded, first, link_in};
use cloakroom::doors::smtp::Protocol;
use cloakroom::fault::Reply;
use cloakroom::forward::memory::Stage as At;
use cloakroom::gateway::collect::{Asked, Caller, Lock, Look, Unlocked};
use cloakroom::store::memory::Memory;
use cloakroom::transfer::code::{Place, VALID};
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::{EntryKind, Password};
use std::process::Command;
use std::sync::Arc;

const BO: &str = "bo@partner.example";

/// A link that needs a code, for these recipients.
fn coded(stage: &Stage, recipients: &[&str]) -> Made {
    let things: [(EntryKind, &str, &[u8]); 1] = [(EntryKind::File, "offer.pdf", b"an offer")];
    stage.hold_things(&things, |ticket| {
        ticket.password = false;
        ticket.password_line = PasswordLine::EmailCode;
        ticket.recipients = recipients.iter().map(|r| r.to_string()).collect();
    })
}

fn ask(stage: &Stage, made: &Made) -> Answer {
    stage.post(&format!("/t/{}/code", made.token), "", "")
}

fn enter(stage: &Stage, made: &Made, code: &str) -> Answer {
    stage.post(
        &format!("/t/{}/unlock", made.token),
        "",
        &format!("code={code}"),
    )
}

/// The codes that were sent to somebody, the oldest first.
fn codes_of(stage: &Stage, who: &str) -> Vec<String> {
    let mails = stage.hop.taken().into_iter();
    let theirs = mails.filter(|m| m.recipients.iter().any(|r| r.address.to_string() == who));
    let code = |mail: Vec<u8>| first(LINE, &decoded(&mail));
    theirs
        .map(|m| {
            code(m.content)
                .expect("a code on its line")
                .trim()
                .to_owned()
        })
        .collect()
}

/// The line of a mail that holds a code.
const LINE: &str = r"(?m)^ {4}[0-9]{6}\r?$";

/// Another code than this one.
fn not(code: &str) -> String {
    let number: u32 = code.parse().expect("digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

#[test]
fn a_code_is_asked_for_comes_by_mail_and_opens_once() {
    let stage = Stage::new();
    let made = coded(&stage, &[BO]);
    let path = format!("/t/{}", made.token);

    let page = stage.get(&path, "").text();
    let form = format!("action=\"{path}/code\"");
    assert!(
        page.contains(&form) && page.contains("Send me a code"),
        "{page}"
    );
    assert!(!page.contains("<input") && page.contains("b…@partner.example"));
    assert!(!page.contains("offer") && !page.contains("No password is needed"));
    let bare = stage.post(&format!("{path}/unlock"), "", "");
    assert_eq!(bare.status, 400, "the link alone opens nothing");

    let asked = ask(&stage, &made);
    assert_eq!((asked.status, asked.field("location")), (303, Some(&*path)));
    let page = stage.get(&path, "").text();
    for shown in [
        "inputmode=\"numeric\"",
        "autocomplete=\"one-time-code\"",
        "six-digit code",
        "Send another code",
    ] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }

    let [mail] = &stage.hop.taken()[..] else {
        panic!("one mail");
    };
    assert_eq!(mail.sender, None);
    let text = String::from_utf8_lossy(&mail.content).into_owned();
    for line in [
        "To: <bo@partner.example>\r\n",
        "From: <files@example.org>\r\n",
        "Subject: Your code from Example Region\r\n",
        "Auto-Submitted: auto-generated\r\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(
        !text.contains(&made.token) && !text.contains("://"),
        "{text}"
    );

    let codes = codes_of(&stage, BO);
    let code = &codes[0];
    let spaced = format!("{}+{}", &code[..3], &code[3..]);
    let opened = enter(&stage, &made, &spaced);
    assert_eq!(opened.status, 303, "{}", opened.text());
    let cookie = opened.field("set-cookie").expect("a session");
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().expect("a pair"));
    let file = stage.get(&format!("/open/{}/file/0", made.id), &cookie);
    assert_eq!(file.body, b"an offer");

    let again = enter(&stage, &made, code);
    assert_eq!(again.status, 403);
    assert!(again.text().contains("No code is valid any more"));
    assert_eq!(stage.saved(&made).wrong, 0);
}

#[test]
fn only_the_tickets_own_recipients_get_a_code() {
    let stage = Stage::new();
    let made = coded(&stage, &[BO, "eva@partner.example"]);
    let path = format!("/t/{}/code", made.token);
    let asked = stage.post(&path, "", "recipient=eve@evil.example&to=eve@evil.example");
    assert_eq!(asked.status, 303);
    let to: Vec<String> = stage
        .hop
        .taken()
        .iter()
        .map(|m| m.recipients[0].address.to_string())
        .collect();
    assert_eq!(to, [BO, "eva@partner.example"]);
    let code = codes_of(&stage, BO).remove(0);
    assert_eq!(codes_of(&stage, "eva@partner.example"), [code.as_str()]);
    assert_eq!(enter(&stage, &made, &code).status, 303);
}

#[test]
fn looking_and_forms_of_other_sites_send_nothing() {
    let stage = Stage::new();
    let made = coded(&stage, &[BO]);
    let path = format!("/t/{}", made.token);
    for method in ["GET", "HEAD"] {
        for path in [
            path.clone(),
            format!("{path}/code"),
            format!("{path}/unlock"),
        ] {
            let status = stage.ask(method, &path, "", None).status;
            assert!(
                matches!(status, 200 | 303 | 405),
                "{method} {path}: {status}"
            );
        }
    }
    let foreign = "Origin: https://evil.example\r\n";
    let forged = stage.post(&format!("{path}/code"), foreign, "");
    assert_eq!(forged.status, 400);
    assert!(stage.hop.taken().is_empty());
    let kept = stage.store.codes(&made.id, 0).expect("reads");
    assert_eq!(kept.stands_until(now()), None);
}

#[test]
fn a_link_with_a_password_or_with_none_sends_no_code() {
    let stage = Stage::new();
    let secret = stage.hold(&[("a.pdf", b"a")]);
    let open = stage.hold_things(&[(EntryKind::File, "a.pdf", b"a")], |t| {
        (t.password, t.password_line) = (false, PasswordLine::None);
    });
    for made in [secret, open] {
        assert_eq!(ask(&stage, &made).status, 303);
    }
    let unknown = stage.post(&format!("/t/{}/code", "0".repeat(32)), "", "");
    assert_eq!(unknown.status, 404);
    assert!(stage.hop.taken().is_empty());
}

#[test]
fn a_code_of_another_link_and_one_that_is_over_do_not_open() {
    let stage = Stage::new();
    let (bo, eva) = (
        coded(&stage, &[BO]),
        coded(&stage, &["eva@partner.example"]),
    );
    ask(&stage, &bo);
    ask(&stage, &eva);
    let evas = codes_of(&stage, "eva@partner.example").remove(0);
    let bos = codes_of(&stage, BO).remove(0);
    // Once in a million times both are the same.
    if evas != bos {
        let wrong = enter(&stage, &bo, &evas);
        assert_eq!(wrong.status, 403);
        assert!(wrong.text().contains("2 tries left"), "{}", wrong.text());
    }
    // As if it had been asked for a quarter of an hour ago.
    let old = stage.store.change_codes(&bo.id, 0, |codes| {
        let place = Place {
            transfer: &bo.id,
            ticket: 0,
            master: stage.store.master(),
        };
        *codes = Default::default();
        codes.issue(place, now() - VALID).expect("the first")
    });
    let old = old.expect("writes");
    let over = enter(&stage, &bo, old.code.expose());
    assert_eq!(over.status, 403);
    assert!(over.text().contains("No code is valid any more"));
    assert!(over.text().contains("Send me a code"));
}

#[test]
fn the_fourth_in_an_hour_is_refused_and_those_before_it_stay_good() {
    let stage = Stage::new();
    let made = coded(&stage, &[BO]);
    for _ in 0..3 {
        assert_eq!(ask(&stage, &made).status, 303);
    }
    let fourth = ask(&stage, &made);
    assert_eq!(fourth.status, 429);
    assert!(fourth.text().contains("Enough codes have been sent"));
    assert!(
        fourth.text().contains("<input"),
        "the others can be entered"
    );
    let wait: i64 = fourth
        .field("retry-after")
        .expect("a time")
        .parse()
        .expect("seconds");
    assert!((3590..=3600).contains(&wait), "{wait}");
    let codes = codes_of(&stage, BO);
    assert_eq!(codes.len(), 3);
    assert_eq!(enter(&stage, &made, &codes[0]).status, 303);
    assert_eq!(
        ask(&stage, &made).status,
        429,
        "opening does not start the count anew"
    );
}

#[test]
fn wrong_codes_pause_and_lock_as_wrong_passwords_do() {
    let stage = Stage::new();
    let made = coded(&stage, &[BO]);
    ask(&stage, &made);
    let code = codes_of(&stage, BO).remove(0);
    let first = enter(&stage, &made, &not(&code));
    assert_eq!(first.status, 403);
    assert!(
        first
            .text()
            .contains("That code does not match. 2 tries left")
    );
    assert!(!first.text().contains(&not(&code)));
    assert_eq!(stage.saved(&made).wrong, 1, "on disk before the answer");
    assert_eq!(
        enter(&stage, &made, "").status,
        400,
        "nothing typed is no try"
    );
    enter(&stage, &made, &not(&code));
    let third = enter(&stage, &made, &not(&code));
    assert_eq!(third.status, 429);
    assert!(third.text().contains("Too many tries") && !third.text().contains("<form"));
    assert_eq!(
        enter(&stage, &made, &code).status,
        429,
        "not even the right one"
    );
    assert_eq!(ask(&stage, &made).status, 303, "the page says why");
    assert_eq!(stage.hop.taken().len(), 1, "no other code meanwhile");

    for _ in 0..7 {
        let lifted = stage
            .store
            .change_ticket(&made.id, 0, |t| t.paused_until = 0);
        lifted.expect("writes");
        enter(&stage, &made, &not(&code));
    }
    let locked = enter(&stage, &made, &code);
    assert_eq!(locked.status, 423);
    assert!(locked.text().contains("Locked after too many wrong codes"));
}

#[test]
fn what_the_next_hop_does_not_take_is_said_and_can_be_asked_again() {
    let stage = Stage::new();
    let made = coded(&stage, &[BO]);
    stage.hop.lose(At::Mail, "*");
    for _ in 0..5 {
        let answer = ask(&stage, &made);
        assert_eq!(answer.status, 503);
        assert!(answer.text().contains("could not be sent just now"));
        assert!(answer.text().contains("Send me a code"));
    }
    stage.hop.recover();
    stage
        .hop
        .answer(At::Recipient, BO, Reply::new(550, (5, 1, 1), "No"));
    let refused = ask(&stage, &made);
    assert_eq!(refused.status, 502);
    assert!(
        refused.text().contains("ask Anna Lind"),
        "{}",
        refused.text()
    );
    stage.hop.recover();
    assert_eq!(ask(&stage, &made).status, 303);
    let code = codes_of(&stage, BO).remove(0);
    assert_eq!(enter(&stage, &made, &code).status, 303);
}

#[test]
fn the_fetch_command_says_that_a_person_is_needed() {
    let stage = Stage::new();
    let made = coded(&stage, &[BO]);
    let folder = tempfile::tempdir().expect("a folder");
    let link = format!("http://{}/t/{}", stage.address, made.token);
    let out = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(["fetch", &link, "--into"])
        .arg(folder.path())
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success());
    assert!(said.contains("a code that is sent by mail"), "{said}");
    assert!(!said.contains(&made.token), "{said}");
    assert!(stage.hop.taken().is_empty());
}

const CODE: &str = r#"
schema = 1
[[rule]]
id = "applicants"
why = "A code to the same mailbox is enough."
when = { has_attachments = true }
then = { action = "transfer", unlock = "email-code" }
"#;

const MAIL: &str = "From: Jobs <jobs@example.org>\r\nTo: bo@partner.example\r\nSubject: Offer\r\n\
    MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nDear Bo\r\n--b\r\n\
    Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=offer.pdf\r\n\r\nan offer\r\n--b--\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_makes_a_link_that_opens_with_a_code() {
    let plant = Plant {
        rules: CODE,
        ..Plant::new()
    };
    let gateway = plant.gateway(Arc::new(Memory::new())).expect("starts");
    let (address, _stop) = door(&gateway, Protocol::Smtp).await;
    let replies = send(
        Door::Smtp,
        address,
        "jobs@example.org",
        &[BO.to_owned()],
        MAIL.as_bytes(),
    )
    .await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    gateway.round(jiff::Timestamp::now(), false).await;

    let mails = plant.hop.taken();
    assert_eq!(mails.len(), 1, "nobody gets a password");
    assert!(plant.desk.sent().is_empty());
    let block = decoded(&mails[0].content);
    assert!(
        block.contains("Code: you will get it by mail when you open the link."),
        "{block}"
    );

    let link = link_in(&mails[0].content).expect("a link");
    let token = link.rsplit('/').next().expect("a token");
    let collect = Arc::new(gateway.collect(Lock::default()));
    let Look::Shown(front) = collect
        .look(token, &Caller::default())
        .await
        .expect("works")
    else {
        panic!("it leads somewhere");
    };
    assert!(front.needs_code && !front.needs_password);
    let bare = collect
        .unlock(token, Password::given(""), &Caller::default())
        .await;
    assert!(matches!(bare, Ok(Unlocked::Empty)), "{bare:?}");
    assert_eq!(
        collect
            .ask_for_code(token, &Caller::default())
            .await
            .expect("works"),
        Asked::LookAgain
    );
    let code = first(LINE, &decoded(&plant.hop.taken()[1].content)).expect("a code");
    let opened = collect
        .unlock(token, Password::given(&code), &Caller::default())
        .await;
    assert!(matches!(opened, Ok(Unlocked::Opened(_))), "{opened:?}");
}
