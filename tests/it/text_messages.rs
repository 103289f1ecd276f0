//! Text messages against those who want to earn with them or to learn by them (T98 to T100), and the manual's providers.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::phone::Phone;
use crate::support::process::Gateway;
use crate::support::texting::{channel, notice, of_the_manual, provider};
use crate::support::{decoded, settings, until};
use cloakroom::notify::http::HttpSettings;
use cloakroom::notify::{Channel, Trouble};
use cloakroom::transfer::report::Report;
use regex::Regex;
use std::path::Path;

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms", "sender"] }
"#;

/// A gateway with a provider, as a hijacked account finds it.
async fn gateway(folder: &Path, hop: &Hop, phone: &Phone, more: &str) -> Gateway {
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\n\
         url = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n{more}\n",
        phone.address
    );
    settings::write(folder, POLICY, &format!("smtp://{}", hop.address), &channel);
    settings::amend(folder, "identity", "country = \"SE\"");
    settings::amend(folder, "notice", "admins = [\"it@example.org\"]");
    Gateway::start(folder)
}

/// The one mail that administrators got.
async fn alarm(hop: &Hop) -> String {
    let to_admins = || {
        let mails = hop.deliveries().into_iter();
        let mails = mails.filter(|mail| mail.to == ["it@example.org"]);
        mails.map(|mail| decoded(&mail.bytes)).collect::<Vec<_>>()
    };
    let there = until(|| (!to_admins().is_empty()).then_some(())).await;
    assert!(there.is_some(), "nobody is told");
    assert_eq!(to_admins().len(), 1, "{:?}", to_admins());
    to_admins().remove(0)
}

/// One mail of this sender with a file, to one recipient for each number.
async fn wish(gateway: &Gateway, from: &str, numbers: &[String]) -> Vec<String> {
    wish_with(gateway, from, numbers, "").await
}

/// The same with more header fields.
async fn wish_with(gateway: &Gateway, from: &str, numbers: &[String], more: &str) -> Vec<String> {
    let to = |n: usize| format!("{}-{n}@partner.example", from.replace(['@', '.'], "-"));
    let to: Vec<String> = (0..numbers.len()).map(to).collect();
    let pairs = to.iter().zip(numbers).map(|(to, n)| format!("{to}={n}"));
    let pairs: Vec<String> = pairs.collect();
    let mail = format!(
        "From: <{from}>\r\nTo: <{}>\r\nSubject: Claim\r\nMessage-ID: <{from}{}>\r\nX-Cloakroom-Sms: {}\r\n{more}\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nAs agreed.\r\n--b\r\nContent-Type: text/csv\r\n\
         Content-Disposition: attachment; filename=\"claim.csv\"\r\n\r\n{}\r\n--b--\r\n",
        to[0],
        numbers[0].replace(['+', ' '], "."),
        pairs.join(", "),
        numbers.join(" "),
    );
    send(
        Door::Smtp,
        gateway.address("smtp"),
        from,
        &to,
        mail.as_bytes(),
    )
    .await
}

/// Passwords that senders got to hand on.
fn handed_back(hop: &Hop) -> usize {
    let line = Regex::new(r"(?m)^    \S+@partner\.example +\S+").expect("a pattern");
    let mails = hop.deliveries().into_iter();
    let to_senders = mails.filter(|mail| mail.to.iter().all(|to| to.ends_with("@example.org")));
    to_senders
        .map(|mail| line.find_iter(&decoded(&mail.bytes)).count())
        .sum()
}

fn numbers(many: usize, number: impl Fn(usize) -> String) -> Vec<String> {
    (0..many).map(number).collect()
}

/// T98, A-sms: hijacked accounts wish for texts to numbers in a row, to one number, abroad and to premium lines. What leaves is what the
/// limits leave, over kill -9 too, and every other password goes to its sender.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn accounts_that_are_abused_send_what_the_limits_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
    let first = gateway(folder.path(), &hop, &phone, "countries = [\"SE\"]").await;
    // 39 numbers in a row: 20 of them. Written as at home.
    for (place, from) in ["anna", "bea", "cia"].into_iter().enumerate() {
        let row = numbers(13, |n| format!("070-12 {:05}", place * 13 + n));
        wish(&first, &format!("{from}@example.org"), &row).await;
    }
    // One number, wished for by eight: 5.
    for n in 0..8 {
        let from = format!("dora{n}@example.org");
        wish(&first, &from, &["+46737777777".into()]).await;
    }
    // 24 numbers of one sender that have nothing in common: 20.
    for place in 0..2 {
        let all = numbers(12, |n| format!("+4672{:02}00001", place * 12 + n));
        wish(&first, "eva@example.org", &all).await;
    }
    // Abroad: none.
    wish(
        &first,
        "fia@example.org",
        &numbers(3, |n| format!("+44791112345{n}")),
    )
    .await;
    let settled = |texts: usize, back: usize| {
        let (phone, hop) = (&phone, &hop);
        move || (phone.messages().len() >= texts && handed_back(hop) >= back).then_some(())
    };
    let there = until(settled(45, 29)).await;
    let seen = (phone.messages().len(), handed_back(&hop));
    assert!(there.is_some(), "{seen:?}\n{}", first.log());
    assert_eq!(seen, (45, 29));
    let log = first.log();
    let paused = log.lines().filter(|line| line.contains("paused"));
    assert_eq!(paused.clone().count(), 1, "{log}");
    assert!(paused.clone().all(|line| line.contains("+467012")), "{log}");
    let told = alarm(&hop).await;
    assert!(
        told.contains("begin with +467012 than") && told.contains("phone"),
        "{told}"
    );
    let of_theirs = |who: &&str| told.contains(&format!("a mail from {who}@example.org."));
    assert!(["anna", "bea", "cia"].iter().any(of_theirs), "{told}");

    // Premium: the mail itself is refused.
    let replies = wish(&first, "gina@example.org", &["+46 900 123 45 67".into()]).await;
    assert!(
        replies.iter().all(|reply| reply.starts_with("550")),
        "{replies:?}"
    );

    first.kill();
    let second = gateway(folder.path(), &hop, &phone, "countries = [\"SE\"]").await;
    wish(&second, "eva@example.org", &["+46729900001".into()]).await;
    wish(&second, "hana@example.org", &["+46737777777".into()]).await;
    wish(&second, "ida@example.org", &["+46701299999".into()]).await;
    wish(&second, "jon@example.org", &["+46739000001".into()]).await;
    let there = until(settled(46, 32)).await;
    let seen = (phone.messages().len(), handed_back(&hop));
    assert!(there.is_some(), "{seen:?}\n{}", second.log());
    assert_eq!(seen, (46, 32));
    // One alarm for one pause, however often it is run into.
    alarm(&hop).await;
}

/// Who shares a telephone reads one password there once, and two passwords in two texts.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_password_is_said_once_to_one_number_and_two_are_said_one_by_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
    let gateway = gateway(folder.path(), &hop, &phone, "countries = [\"SE\"]").await;
    let number = ["+46739000001".to_owned(), "+46739000001".to_owned()];
    let noticed = |times: usize| {
        let gateway = &gateway;
        move || {
            let log = gateway.log();
            let lines = log.lines().filter(|line| line.contains("noticed"));
            (lines.count() == times).then_some(())
        }
    };
    let chosen = "X-Cloakroom-Password: Kaffe-och-bulle-7\r\n";
    wish_with(&gateway, "anna@example.org", &number, chosen).await;
    assert!(until(noticed(1)).await.is_some(), "{}", gateway.log());
    wish(&gateway, "bea@example.org", &number).await;
    assert!(until(noticed(3)).await.is_some(), "{}", gateway.log());
    let texts: Vec<String> = phone.messages().into_iter().map(|(_, text)| text).collect();
    let has = |word: &str| texts.iter().filter(|text| text.contains(word)).count();
    assert_eq!(has("Kaffe-och-bulle-7"), 1, "{texts:?}");
    assert_eq!((has("bea@example.org"), texts.len()), (2, 3), "{texts:?}");
    assert_ne!(texts[1], texts[2], "each link has its own");
}

/// T98: somebody outside whose mail is only passed on, as by a colleague's forward, has no text message sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whose_mail_is_only_passed_on_has_nobody_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
    let gateway = gateway(folder.path(), &hop, &phone, "countries = [\"SE\"]").await;
    let number = ["+46739000001".to_owned()];
    for from in ["mallory@elsewhere.example", "anna@example.org"] {
        let replies = wish(&gateway, from, &number).await;
        assert!(replies.iter().all(|r| r.starts_with("250")), "{replies:?}");
    }
    let noticed = || {
        gateway
            .log()
            .lines()
            .filter(|l| l.contains("noticed"))
            .count()
    };
    let both = until(|| (noticed() == 2).then_some(())).await;
    assert!(both.is_some(), "{}", gateway.log());
    let texts = phone.messages();
    assert_eq!(texts.len(), 1, "anna's alone: {texts:?}");
}

/// T98: the money of a day is spent, and nothing more leaves.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_day_costs_no_more_than_it_may() {
    let folder = tempfile::tempdir().expect("a folder");
    let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
    let money = "price = \"0.5\"\nprices = { \"+4673\" = \"0.9\" }\nper_day_cap = \"1.40\"";
    let gateway = gateway(folder.path(), &hop, &phone, money).await;
    let cheap = numbers(4, |n| format!("+4672{n:02}00001"));
    wish(&gateway, "anna@example.org", &cheap).await;
    wish(&gateway, "bea@example.org", &["+46730000001".into()]).await;
    let there = until(|| (phone.messages().len() + handed_back(&hop) >= 5).then_some(())).await;
    assert!(there.is_some(), "{}", gateway.log());
    let texts = phone.messages();
    let cost = |number: &str| if number.starts_with("+4673") { 9 } else { 5 };
    let spent: u32 = texts.iter().map(|(number, _)| cost(number)).sum();
    assert!((10..=14).contains(&spent), "{texts:?}");
    let paused = gateway
        .log()
        .lines()
        .filter(|l| l.contains("paused"))
        .count();
    assert_eq!(paused, 1, "{}", gateway.log());
    let told = alarm(&hop).await;
    assert!(told.contains("have cost what they may"), "{told}");
}

/// T99: whatever a sender is called, the text has no other line, address or direction than ours.
#[tokio::test]
async fn names_of_senders_put_nothing_into_a_text() {
    let evil =
        "Anna\r\nhttp://evil.example/a \u{202e}www.evil.example +46 900 123 [x](y) ".repeat(9);
    let (host, asked) = provider("200 OK", "ok").await;
    let mut settings = HttpSettings::new("sms", &format!("http://{host}/"));
    settings.allow_private = true;
    settings.body = Some("{\"t\":\"{{text}}\"}".into());
    let mut notice = notice("7K3M9XQF-0", "+46701234547", "K7PM-2WXD-9RQF");
    notice.sender_name = Some(evil);
    channel(settings, "Example Region")
        .send(&notice)
        .await
        .expect("sent");
    let asked = asked.await.expect("a call");
    let (_, body) = asked.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let text = body["t"].as_str().expect("a text");
    assert!(text.chars().count() <= 2 * 153, "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines.len() == 1 || lines[1].starts_with("@files.example.org #"),
        "{text}"
    );
    assert!(
        !text.contains("evil.example") && !text.contains("://"),
        "{text}"
    );
    assert!(!text.contains(['\u{202e}', '[', '/', '+']), "{text}");
}

/// The manual's providers: what is sent, and what their answers mean.
#[tokio::test]
async fn the_providers_of_the_manual_are_called_as_they_want() {
    let elks = "from=ExampleReg&to=%2B46701234547&message=Example%20Region%3A%20";
    let twilio = "From=%2B15005550006&To=%2B46701234547&Body=Example%20Region%3A%20";
    let rows = [
        (
            "46elks",
            "/a1/sms",
            elks,
            "200 OK",
            r#"{"status": "created", "id": "s70df59406a1b4643"}"#,
            "sent",
        ),
        (
            "46elks",
            "/a1/sms",
            elks,
            "400 Bad Request",
            "Invalid 'to' number",
            "never",
        ),
        (
            "46elks",
            "/a1/sms",
            elks,
            "401 Unauthorized",
            "API access requires Basic HTTP authentication",
            "later",
        ),
        (
            "Twilio",
            "/2010-04-01/Accounts/ACCOUNT-SID/Messages.json",
            twilio,
            "201 Created",
            r#"{"sid": "SM1", "status": "queued", "error_code": null}"#,
            "sent",
        ),
        (
            "Twilio",
            "/2010-04-01/Accounts/ACCOUNT-SID/Messages.json",
            twilio,
            "400 Bad Request",
            r#"{"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}"#,
            "never",
        ),
        (
            "Twilio",
            "/2010-04-01/Accounts/ACCOUNT-SID/Messages.json",
            twilio,
            "429 Too Many Requests",
            r#"{"code": 20429, "status": 429}"#,
            "later",
        ),
    ];
    for (heading, path, begins, status, answer, want) in rows {
        let (host, asked) = provider(status, answer).await;
        let settings = of_the_manual(heading, &host, "Basic dXNlcjpwYXNz");
        let notice = notice("7K3M9XQF-0", "+46701234547", "K7PM-2WXD-9RQF");
        let got = match channel(settings, "Example Region").send(&notice).await {
            Ok(()) => "sent",
            Err(Trouble::Never(_)) => "never",
            Err(Trouble::Later(_)) => "later",
        };
        assert_eq!(got, want, "{heading}: {status}");
        let asked = asked.await.expect("a call");
        assert!(
            asked.starts_with(&format!("POST {path} HTTP/1.1\r\n")),
            "{asked}"
        );
        assert!(
            asked.contains("authorization: Basic dXNlcjpwYXNz\r\n"),
            "{asked}"
        );
        assert!(
            asked.contains("content-type: application/x-www-form-urlencoded\r\n"),
            "{asked}"
        );
        let (_, body) = asked.split_once("\r\n\r\n").expect("a body");
        assert!(body.starts_with(begins), "{body}");
    }
}

/// The manual's providers: what their calls on the address of a report look like, and mean.
#[test]
fn the_providers_of_the_manual_are_understood_when_they_report() {
    let rows = [
        (
            "46elks",
            "id=s70df59406a1b4643&status=delivered&delivered=2025-11-21T13%3A02%3A00",
            Some(Report::Delivered),
        ),
        (
            "46elks",
            "id=s70df59406a1b4643&status=failed",
            Some(Report::Failed),
        ),
        ("46elks", "id=s70df59406a1b4643&status=sent", None),
        (
            "Twilio",
            "SmsStatus=delivered&MessageStatus=delivered&MessageSid=SM1",
            Some(Report::Delivered),
        ),
        (
            "Twilio",
            "SmsStatus=undelivered&MessageStatus=undelivered&ErrorCode=30003",
            Some(Report::Failed),
        ),
        (
            "Twilio",
            "SmsStatus=sent&MessageStatus=sent&MessageSid=SM1",
            None,
        ),
    ];
    for (heading, body, want) in rows {
        let settings = of_the_manual(heading, "127.0.0.1:1", "Basic dXNlcjpwYXNz");
        let channel = channel(settings, "Example Region");
        assert_eq!(
            channel.report(b"", body.as_bytes()),
            want,
            "{heading}: {body}"
        );
    }
}
