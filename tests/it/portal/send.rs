//! Guests: an address is said, a code comes by mail and is entered, and then people inside are written to; and what others make of that.

use super::house::{Answer, Stage};
use crate::support::log::Log;
use crate::support::{decoded, first};
use cloakroom::fault::Reply;
use cloakroom::forward::memory::Stage as At;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

const BO: &str = "bo@partner.example";
const ANNA: &str = "anna@example.org";

/// Nobody else's in these tests, so that no limit of one address is met.
pub fn fresh_address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("guest{number}@partner.example")
}

/// Asks for a code; gives the cookie line of the browser that waits.
pub fn ask(stage: &Stage, address: &str) -> String {
    // Behind a proxy nobody trusts: all of these come from one network, which gets twenty codes an hour.
    stage
        .store
        .erase_allowances(i64::MAX / 2000)
        .expect("erases");
    let asked = stage.post(
        "/send",
        "",
        &format!("address={address}&name=Bo+Ek&terms=1"),
    );
    assert_eq!(asked.status, 303, "{}", asked.text());
    assert_eq!(asked.field("location"), Some("/send/code"));
    asked.cookies(&["cloakroom-waiting"])
}

pub fn enter(stage: &Stage, line: &str, code: &str) -> Answer {
    stage.post("/send/code", line, &format!("code={code}"))
}

/// The last code that was sent to somebody.
pub fn code_of(stage: &Stage, who: &str) -> String {
    stage.wait_for("a code", || !mails_to(stage, who).is_empty());
    let mail = mails_to(stage, who).pop().expect("there is one");
    let line = first(r"(?m)^ {4}[0-9]{8}\r?$", &decoded(&mail));
    line.expect("a code on its line").trim().to_owned()
}

fn mails_to(stage: &Stage, who: &str) -> Vec<Vec<u8>> {
    let mails = stage.hop.taken().into_iter();
    let theirs = mails.filter(|m| m.recipients.iter().any(|r| r.address.to_string() == who));
    theirs.map(|m| m.content).collect()
}

/// Becomes a guest who has written to these people; gives the cookie line.
pub fn guest(stage: &Stage, address: &str, people: &[&str]) -> String {
    let before = mails_to(stage, address).len();
    let waiting = ask(stage, address);
    stage.wait_for("another code", || mails_to(stage, address).len() > before);
    let right = enter(stage, &waiting, &code_of(stage, address));
    assert_eq!(right.status, 303, "{}", right.text());
    let line = right.cookies(&["cloakroom-guest"]);
    if !people.is_empty() {
        let sent = write(stage, &line, &people.join(", "), "Hello");
        assert_eq!(sent.status, 303, "{}", sent.text());
    }
    line
}

/// Sends the form of the page.
fn write(stage: &Stage, line: &str, to: &str, text: &str) -> Answer {
    write_from(stage, line, "", to, text)
}

fn write_from(stage: &Stage, line: &str, more: &str, to: &str, text: &str) -> Answer {
    let draft = cloakroom::transfer::DraftId::fresh().to_string();
    write_on(stage, (&draft, line, more), to, text)
}

/// The same on a draft that there may be already.
fn write_on(
    stage: &Stage,
    (draft, line, more): (&str, &str, &str),
    to: &str,
    text: &str,
) -> Answer {
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = field("draft", draft)
        + &field("to", to)
        + &field("subject", "Plan")
        + &field("text", text)
        + "--b--\r\n";
    let head = format!(
        "POST /send/write HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{line}{more}\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n{body}",
        stage.address,
        body.len()
    );
    Answer::read(&stage.raw(head.as_bytes()))
}

#[test]
fn an_address_is_proven_by_a_code_and_the_browser_known_until_it_is_forgotten() {
    let stage = Stage::new();
    let home = stage.get("/", "").text();
    assert!(home.contains("href=\"/send\""), "{home}");
    let page = stage
        .get("/send?to=anna@example.org&subject=Heron+%3Cplan%3E", "")
        .text();
    for shown in [
        "<bdi>anna@example.org</bdi>",
        "<bdi>Heron &lt;plan&gt;</bdi>",
        "autocomplete=\"email\"",
        "Send files to Example Region",
    ] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    // Another language loses nothing of what the link said.
    let kept = "?lang=sv&amp;to=anna%40example%2Eorg&amp;subject=Heron%20%3Cplan%3E";
    assert!(page.contains(&format!("href=\"{kept}\"")), "{page}");
    let again = stage.get(&format!("/send{}", kept.replace("&amp;", "&")), "");
    assert!(again.text().contains("<bdi>Heron &lt;plan&gt;</bdi>"));
    let form = "address=bo@partner.example&name=Bo+Ek&to=anna@example.org&subject=Heron+plan";
    let asked = stage.post("/send", "", form);
    assert_eq!(
        (asked.status, asked.field("location")),
        (303, Some("/send/code"))
    );
    let set = asked.field("set-cookie").expect("a cookie");
    assert!(
        set.contains("HttpOnly; SameSite=Lax") && set.contains("Max-Age=600"),
        "{set}"
    );
    let waiting = asked.cookies(&["cloakroom-waiting"]);
    let page = stage.get("/send/code", &waiting).text();
    assert!(
        page.contains("autocomplete=\"one-time-code\"") && page.contains(BO),
        "{page}"
    );
    let code = code_of(&stage, BO);
    let text = decoded(&mails_to(&stage, BO)[0]);
    for said in [
        "from the network address 127.0.0.1",
        "Your code for sending files",
    ] {
        assert!(text.contains(said), "{said} is not in {text}");
    }
    assert!(
        !text.contains("Heron") && !text.contains("Bo Ek") && !text.contains("://"),
        "{text}"
    );

    let right = enter(&stage, &waiting, &format!("{}+{}", &code[..4], &code[4..]));
    assert_eq!(right.status, 303, "{}", right.text());
    let to = "/send/write?to=anna%40example%2Eorg&subject=Heron%20plan";
    assert_eq!(right.field("location"), Some(to));
    let line = right.cookies(&["cloakroom-guest"]);
    assert_ne!(
        line.split('=').nth(1),
        waiting.split('=').nth(1),
        "a new one (T88)"
    );
    assert_eq!(enter(&stage, &waiting, &code).status, 403, "once");

    let page = stage.get(to, &line).text();
    for shown in [
        "You write as bo@partner.example.",
        "value=\"anna@example.org\"",
        "value=\"Heron plan\"",
        "id=\"write\"",
        "href=\"?lang=de&amp;to=anna%40example%2Eorg&amp;subject=Heron%20plan\"",
    ] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    let known = stage.get("/send?subject=x", &line);
    assert_eq!(known.field("location"), Some("/send/write?subject=x"));
    assert_eq!(
        stage.post("/send/forget", &line, "").field("location"),
        Some("/send")
    );
    let gone = stage.get("/send/write", &line);
    assert_eq!(
        gone.field("location"),
        Some("/send"),
        "the cookie alone is worth nothing"
    );
}

/// What a guest types stands in no address: neither in what other sites or proxies see, nor in our log. What the link said comes back
/// in the address of the page, as it came in one.
#[test]
fn nothing_a_guest_types_stands_in_an_address_a_referrer_or_the_log() {
    let log = Log::start();
    let stage = Stage::new();
    let (subject, name, text) = ("Quetzalheronry", "Zebedee Quux", "Xylographically");
    let asked = stage.get(&format!("/send?to={ANNA}&subject={subject}"), "");
    let form = format!("address=zeb@partner.example&name={name}&to={ANNA}&subject={subject}")
        .replace(' ', "+");
    let begun = stage.post("/send", "", &form);
    let waiting = begun.cookies(&["cloakroom-waiting"]);
    let right = enter(&stage, &waiting, &code_of(&stage, "zeb@partner.example"));
    let line = right.cookies(&["cloakroom-guest"]);
    let to = right.field("location").expect("a page").to_owned();
    assert_eq!(
        to,
        format!("/send/write?to=anna%40example%2Eorg&subject={subject}")
    );
    let page = stage.get(&to, &line);
    let sent = write(&stage, &line, ANNA, text);
    let shown = stage.get(sent.field("location").expect("a page"), &line);
    for answer in [&asked, &begun, &right, &page, &sent, &shown] {
        assert_eq!(answer.field("referrer-policy"), Some("no-referrer"));
        let to = answer.field("location").unwrap_or_default();
        for typed in ["zeb", "Zebedee", "Quux", text, "Plan"] {
            assert!(!to.contains(typed), "{typed} is in {to}");
        }
    }
    let log = String::from_utf8_lossy(&log.bytes()).into_owned();
    let ours = log
        .lines()
        .filter(|l| l.contains("mail:") || l.contains("cloakroom"));
    let ours: Vec<&str> = ours.collect();
    assert!(
        ours.iter().any(|l| l.contains("guest_code")),
        "there is a log"
    );
    for typed in [subject, name, text] {
        let found = ours.iter().find(|l| l.contains(typed));
        assert_eq!(found, None, "{typed}");
    }
}

#[test]
fn looking_and_forms_of_other_sites_send_nothing() {
    let stage = Stage::new();
    for method in ["GET", "HEAD"] {
        for path in [
            "/send?to=anna@example.org&address=bo@partner.example",
            "/send/code",
            "/send/write",
            "/send/forget",
            "/send/book",
        ] {
            let status = stage.ask(method, path, "", None).status;
            assert!(matches!(status, 200 | 303), "{method} {path}: {status}");
        }
    }
    let foreign = "Origin: https://evil.example\r\n";
    let form = format!("address={BO}");
    assert_eq!(stage.post("/send", foreign, &form).status, 400);
    let waiting = ask(&stage, BO);
    let code = code_of(&stage, BO);
    let both = format!("{waiting}{foreign}");
    assert_eq!(enter(&stage, &both, &code).status, 400);
    let line = guest(&stage, &fresh_address(), &[]);
    let both = format!("{line}{foreign}");
    for path in ["/send/forget", "/send/book"] {
        assert_eq!(stage.post(path, &both, "").status, 400, "{path}");
    }
    assert_eq!(
        write_from(&stage, &line, foreign, ANNA, "Hello").status,
        400
    );
    assert_eq!(stage.get("/send/write", &line).status, 200, "still known");
    for wrong in ["", "bo", "bo@", "postmaster", "bo@localhost", "a@b@c"] {
        let said = stage.post("/send", "", &format!("address={wrong}"));
        assert_eq!(said.status, 400, "{wrong}");
        assert!(said.text().contains("<title>Error: "), "{wrong}");
    }
    assert_eq!(stage.hop.taken().len(), 2);
}

/// T97 (W-code): eight digits, ten minutes, five tries, one browser; few codes for an address and for a network.
#[test]
fn t97_a_code_cannot_be_guessed_and_belongs_to_its_browser() {
    let stage = Stage::new();
    let waiting = ask(&stage, BO);
    let code = code_of(&stage, BO);
    let number: u32 = code.parse().expect("digits");
    let wrong = format!("{:08}", (number + 1) % 100_000_000);
    let strangers = ask(&stage, &fresh_address());
    assert_eq!(
        enter(&stage, &strangers, &code).status,
        403,
        "another browser's"
    );
    assert_eq!(enter(&stage, "", &code).status, 303, "no browser at all");
    assert_eq!(enter(&stage, &waiting, "").status, 400, "nothing is no try");
    for left in ["left: 4", "left: 3", "left: 2", "left: 1"] {
        let said = enter(&stage, &waiting, &wrong);
        assert_eq!(said.status, 403);
        assert!(
            said.text().contains(left),
            "{left} is not in {}",
            said.text()
        );
    }
    let fifth = enter(&stage, &waiting, &wrong);
    assert_eq!(fifth.status, 403);
    assert!(fifth.text().contains("No code is valid any more"));
    let sixth = enter(&stage, &waiting, &code);
    assert_eq!(sixth.status, 403, "not even the right one");
    assert!(
        !sixth
            .fields
            .iter()
            .any(|(_, value)| value.contains("cloakroom-guest"))
    );

    // A code more ends the one before, in this browser.
    let first = ask(&stage, "eva@partner.example");
    let old = code_of(&stage, "eva@partner.example");
    let asked = stage.post("/send", &first, "address=eva@partner.example");
    stage.wait_for("the second", || {
        mails_to(&stage, "eva@partner.example").len() == 2
    });
    assert_eq!(enter(&stage, &first, &old).status, 403);
    let second = asked.cookies(&["cloakroom-waiting"]);
    let newer = code_of(&stage, "eva@partner.example");
    assert_eq!(enter(&stage, &second, &newer).status, 303);
}

/// T97: nobody's mailbox is filled, and nobody sees when it is full.
#[test]
fn t97_five_codes_an_hour_go_to_an_address_and_twenty_to_a_network() {
    let stage = Stage::new();
    let answers: Vec<Answer> = (0..20)
        .map(|_| stage.post("/send", "", &format!("address={BO}")))
        .collect();
    stage.wait_for("five", || mails_to(&stage, BO).len() == 5);
    let told: HashSet<_> = answers.iter().map(|a| (a.status, a.text())).collect();
    assert_eq!(told.len(), 1, "the sixth looks as the first");
    let more = stage.post("/send", "", "address=eva@partner.example");
    assert_eq!(more.status, 429);
    assert!(more.text().contains("Enough codes have been sent"));
    let wait: i64 = more
        .field("retry-after")
        .expect("a time")
        .parse()
        .expect("seconds");
    assert!((170..=180).contains(&wait), "{wait}");
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(stage.hop.taken().len(), 5);
}

/// T95: who may not write is told what everybody is told, and gets no code.
#[test]
fn t95_an_address_that_may_not_write_is_answered_as_one_that_may() {
    let stage = Stage::new();
    let shown = |address: &str| {
        let asked = stage.post("/send", "", &format!("address={address}"));
        let line = asked.cookies(&["cloakroom-waiting"]);
        let page = stage.get("/send/code", &line).text();
        let wrong = enter(&stage, &line, "12345678").text();
        let strip = |text: String| text.replace(address, "ADDRESS");
        let fields: Vec<String> = asked.fields.iter().map(|(name, _)| name.clone()).collect();
        (asked.status, fields, strip(page), strip(wrong))
    };
    let (allowed, denied) = (shown("eva@partner.example"), shown("eve@denied.example"));
    assert_eq!(allowed, denied);
    stage.wait_for("a code", || stage.hop.taken().len() == 1);
    assert_eq!(mails_to(&stage, "eve@denied.example").len(), 0);
    // Nor is it told that the next hop knows no such mailbox.
    let refusal = Reply::new(550, (5, 1, 1), "no such user");
    stage
        .hop
        .answer(At::Recipient, "nobody@partner.example", refusal);
    assert_eq!(shown("nobody@partner.example"), allowed);
}

/// T95: only our own people are written to, only those the operator named, and only such as there are.
#[test]
fn t95_mail_goes_to_people_inside_whom_the_next_hop_knows() {
    let stage = Stage::new();
    let (line, draft) = (guest(&stage, BO, &[]), "ab".repeat(16));
    let refusal = Reply::new(550, (5, 1, 1), "no such user");
    stage
        .hop
        .answer(At::Recipient, "nobody@example.org", refusal);
    for (to, said) in [
        ("kim@third.example", "You cannot write to kim@third.example"),
        ("boss@example.org", "You cannot write to boss@example.org"),
        ("anna@example.org.evil.example", "You cannot write to"),
        (
            "anna@example.org, kim@third.example",
            "You cannot write to kim@third.example",
        ),
        ("anna", "You cannot write to anna"),
        (", ;", "Enter whom it goes to"),
        ("", "Enter whom it goes to"),
        (
            "nobody@example.org",
            "Mail for nobody@example.org cannot be delivered",
        ),
    ] {
        let answer = write_on(&stage, (&draft, &line, ""), to, "Kept.");
        assert_eq!(answer.status, 400, "{to}");
        let page = answer.text();
        assert!(
            page.contains(said) && page.contains("<title>Error: "),
            "{to}: {page}"
        );
        assert!(
            page.contains("Kept.") && page.contains("value=\"Plan\""),
            "{to}: {page}"
        );
    }
    let sent = write_on(
        &stage,
        (&draft, &line, ""),
        "Anna@EXAMPLE.org, anna@example.org",
        "Hello",
    );
    assert_eq!(sent.status, 303, "{}", sent.text());
    let page = stage
        .get(sent.field("location").expect("a page"), &line)
        .text();
    assert!(
        page.contains("Sent to Example Region") && page.contains("<bdi>Anna@example.org</bdi>"),
        "{page}"
    );
    // Another guest sees nothing of it, a stranger is asked who they are.
    let other = guest(&stage, &fresh_address(), &[]);
    let path = sent.field("location").expect("a page");
    assert_eq!(stage.get(path, &other).status, 404);
    assert_eq!(stage.get(path, "").field("location"), Some("/send"));
    assert_eq!(
        write(&stage, "", ANNA, "Hello").field("location"),
        Some("/send")
    );
}

/// T95: whoever asks for addresses hears soon that it is enough.
#[test]
fn t95_addresses_of_people_inside_cannot_be_harvested() {
    let stage = Stage::new();
    let refusal = Reply::new(550, (5, 1, 1), "no such user");
    stage
        .hop
        .answer(At::Recipient, "nobody@example.org", refusal);
    let line = guest(&stage, &fresh_address(), &[]);
    let (draft, mut told) = ("cd".repeat(16), 0);
    for _ in 0..70 {
        let said = write_on(&stage, (&draft, &line, ""), "nobody@example.org", "x");
        told += usize::from(said.text().contains("cannot be delivered"));
        assert!(matches!(said.status, 400 | 429), "{}", said.text());
    }
    assert_eq!(told, 60);
}

/// T95: three at once are open, twenty a day are sent.
#[test]
fn t95_a_guest_sends_twenty_mails_a_day() {
    let stage = Stage::new();
    let line = guest(&stage, &fresh_address(), &[]);
    for n in 0..20 {
        let sent = write(&stage, &line, ANNA, &format!("Number {n}"));
        assert_eq!(sent.status, 303, "{n}: {}", sent.text());
    }
    let more = write(&stage, &line, ANNA, "One more");
    assert_eq!(more.status, 429);
    assert!(more.text().contains("enough for today"), "{}", more.text());
    let other = guest(&stage, &fresh_address(), &[]);
    for _ in 0..3 {
        assert_eq!(write(&stage, &other, "", "Left open").status, 400);
    }
    assert_eq!(write(&stage, &other, ANNA, "A fourth").status, 429);
}

/// T96: uploads of a guest are theirs alone, and lie about nothing.
#[test]
fn t96_uploads_are_the_guests_own() {
    let stage = Stage::new();
    let line = guest(&stage, &fresh_address(), &[]);
    let other = guest(&stage, &fresh_address(), &[]);
    let draft = "0123456789abcdef".repeat(2);
    let path = format!("/send/upload/{draft}");
    let more = "Tus-Resumable: 1.0.0\r\nUpload-Length: 10\r\n";
    let begin = |line: &str| stage.ask("POST", &path, &format!("{line}{more}"), None);
    assert_eq!(begin("").status, 403);
    let begun = begin(&line);
    assert_eq!(begun.status, 201, "{}", begun.text());
    assert_eq!(begun.field("location"), Some(&*format!("{path}/0")));
    assert_eq!(begin(&other).status, 410, "another's draft");
    let look = |line: &str| {
        let more = format!("{line}Tus-Resumable: 1.0.0\r\n");
        stage.ask("HEAD", &format!("{path}/0"), &more, None).status
    };
    assert_eq!((look(&line), look(&other), look("")), (200, 410, 403));
    stage.post("/send/forget", &line, "");
    assert_eq!(look(&line), 403, "a forgotten browser uploads nothing");
}

#[test]
fn whom_a_guest_wrote_to_is_proposed_in_every_browser_of_theirs_until_they_empty_the_list() {
    let stage = Stage::new();
    let address = fresh_address();
    let line = guest(&stage, &address, &[ANNA, "eva@example.org"]);
    let proposed = |line: &str| {
        stage
            .get("/send/write", line)
            .text()
            .contains("<option value=\"anna@example.org\">")
    };
    assert!(proposed(&line));
    let elsewhere = guest(&stage, &address, &[]);
    assert!(proposed(&elsewhere));
    assert!(
        !proposed(&guest(&stage, &fresh_address(), &[])),
        "another's"
    );
    assert_eq!(stage.post("/send/book", &elsewhere, "").status, 303);
    assert!(!proposed(&line) && !proposed(&elsewhere));
}
