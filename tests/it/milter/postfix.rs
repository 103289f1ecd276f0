//! A real Postfix asks the gateway about its mail, in both modes.

use super::house::{ANNA, BO, COLLEAGUE, EVA, House, Plan, mail};
use crate::kept::dkim;
use crate::support::client::{Door, stuff, try_send};
use crate::support::hop::Delivery;
use crate::support::line::hand_made;
use crate::support::process::peer;
use crate::support::{fetch, link_in, noise};
use mail_parser::MessageParser;
use regex::Regex;
use std::io::Write;
use std::process::Stdio;
use tokio::task::block_in_place;

pub const MODES: [&str; 2] = ["shared", "take_out"];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_postfix_makes_of_our_changes_is_what_we_would_send_ourselves() {
    for mode in MODES {
        let house = House::build(&Plan::mode(mode)).await;
        let (mut compared, mut wrong) = (0, Vec::new());
        for (name, mail) in mails() {
            if !passes(&house, &name, &mail).await {
                continue;
            }
            compared += 1;
            let [here, there] = ["a", "b"].map(|which| format!("{which}-{name}@partner.example"));
            let by_milter = house.send(house.front("tempfail"), &[&here], &mail).await;
            let to = [there.clone()];
            let smtp = house.gateway.address("smtp");
            let by_smtp = try_send(Door::Smtp, smtp, ANNA, &to, &mail).await;
            let by_smtp = by_smtp.expect("the gateway answers");
            let codes = [&by_milter, &by_smtp]
                .map(|said| said.iter().map(|r| r[..1].to_owned()).collect::<String>());
            if codes[0] != codes[1] {
                wrong.push(format!("{mode} {name}: {by_milter:?} {by_smtp:?}"));
            } else if codes[0] == "2" {
                let ours = seen(&house.sink.delivery_to(&there).await, &there);
                let theirs = seen(&house.sink.delivery_to(&here).await, &here);
                if ours != theirs {
                    wrong.push(format!("{mode} {name}:\n{ours}\n--- but\n{theirs}"));
                }
            }
        }
        assert!(compared > 40, "{mode}: only {compared}");
        assert!(
            wrong.is_empty(),
            "{} mails\n{}",
            wrong.len(),
            wrong.join("\n\n")
        );
    }
}

/// Postfix alone leaves it as it is: it has its own ideas of where a strange header ends.
async fn passes(house: &House, name: &str, mail: &[u8]) -> bool {
    let to = format!("c-{name}@partner.example");
    let said = house.send(house.back, &[&to], mail).await;
    let is_taken = said.iter().all(|reply| reply.starts_with('2'));
    is_taken && behind_trace(&house.sink.delivery_to(&to).await.bytes) == mail
}

/// Of those that Postfix leaves alone (no line too long, no line end of another kind, no NUL) some of every kind: they are in the order of
/// their names.
pub fn mails() -> Vec<(String, Vec<u8>)> {
    let mut mails = hand_made();
    mails.retain(|(_, mail)| {
        let lines = mail.split(|b| *b == b'\n').all(|line| line.len() < 990);
        let text = String::from_utf8_lossy(mail).replace("\r\n", "");
        // Postfix makes a header field of such a line.
        let is_mailbox = mail.starts_with(b"From ") || mail.starts_with(b">From ");
        lines && !is_mailbox && mail.ends_with(b"\r\n") && !text.contains(['\r', '\n', '\0'])
    });
    let mails: Vec<_> = mails.into_iter().step_by(12).collect();
    assert!(mails.len() > 50, "{}", mails.len());
    mails
}

/// A mail without what is another one each time: where fields stand, ids, links, boundaries, who got it.
fn seen(mail: &Delivery, to: &str) -> String {
    let parsed = MessageParser::new().parse(&mail.bytes).expect("a mail");
    let text = String::from_utf8_lossy(&mail.bytes);
    let (header, _) = text.split_once("\r\n\r\n").unwrap_or((&*text, ""));
    let header = header.replace("\r\n\t", " ").replace("\r\n ", " ");
    let mut fields: Vec<&str> = header.lines().collect();
    fields.retain(|f| {
        !["Received", "Content-Type", "X-Cloakroom-Transfer"]
            .iter()
            .any(|name| f.starts_with(name))
    });
    fields.sort_unstable();
    let mut out = fields.join("\n");
    for part in parsed.parts() {
        let kind = part.content_type().map(|kind| format!("{kind:?}"));
        let kind = match part.is_multipart() {
            // With its boundary, which may be ours.
            true => "multipart".to_owned(),
            false => kind.unwrap_or_default(),
        };
        let content = match part.text() {
            Some(text) => text.into_owned(),
            None if part.is_multipart() => String::new(),
            None => format!("{:?}", part.decoded()),
        };
        out += &format!("\n--- {kind} {:?}\n{content}", part.attachment_name());
    }
    let id = text.split("\r\nX-Cloakroom-Transfer: ").nth(1);
    if let Some(id) = id.and_then(|rest| rest.split("\r\n").next()) {
        out = out.replace(id, "ID");
    }
    let link = Regex::new("/t/[0-9a-z]{32}").expect("a pattern");
    // The one may have been sent a minute later.
    let time = Regex::new("[0-9]{2}:[0-9]{2} \\(").expect("a pattern");
    let out = link.replace_all(&out, "/t/LINK");
    time.replace_all(&out, "TIME (").replace(to, "TO")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_colleague_gets_the_mail_as_without_us() {
    let house = House::build(&Plan::mode("take_out")).await;
    for (name, mail) in mails() {
        let [with, without] = ["a", "b"].map(|which| format!("{which}-{name}@example.org"));
        let bo = format!("{name}@partner.example");
        let said = house
            .send(house.front("tempfail"), &[&with, &bo], &mail)
            .await;
        if said.iter().any(|reply| !reply.starts_with('2')) {
            continue;
        }
        house.taken(house.back, &[&without], &mail).await;
        let [with, without] = [
            house.sink.delivery_to(&with).await,
            house.sink.delivery_to(&without).await,
        ];
        let other = house.sink.delivery_to(&bo).await;
        let protected = String::from_utf8_lossy(&other.bytes).contains("\nX-Cloakroom-Transfer:");
        assert_eq!(with.to.len() == 1, protected, "{name}: {:?}", with.to);
        let with = match protected {
            true => behind_trace(behind_trace(&with.bytes)),
            false => behind_trace(&with.bytes),
        };
        let text = |mail| String::from_utf8_lossy(mail).into_owned();
        assert_eq!(text(with), text(behind_trace(&without.bytes)), "{name}");
    }
}

/// Without the `Received` on top: of Postfix, or below it of us.
fn behind_trace(mail: &[u8]) -> &[u8] {
    let mut lines = mail.split_inclusive(|b| *b == b'\n');
    let first = lines.next().expect("a line");
    assert!(
        first.starts_with(b"Received:"),
        "{:?}",
        String::from_utf8_lossy(first)
    );
    let folded = lines.take_while(|line| line.starts_with(b"\t") || line.starts_with(b" "));
    let length = first.len() + folded.map(<[u8]>::len).sum::<usize>();
    &mail[length..]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_of_twenty_megabytes_passes_and_opens() {
    for mode in MODES {
        let house = House::build(&Plan::mode(mode)).await;
        let file = noise(8, 20_000_000);
        let large = with_file(&file);
        house
            .taken(house.front("tempfail"), &[COLLEAGUE, BO], &large)
            .await;
        let bo = house.sink.delivery_to(BO).await;
        assert!(bo.bytes.len() < 20_000, "{mode}: {} bytes", bo.bytes.len());
        let link = link_in(&bo.bytes).expect("a link");
        let into = house.folder.path().join("fetched");
        let files = fetch(&link, None, &into).await.expect("it opens");
        let got = std::fs::read(&files[0].path).expect("it was written");
        assert!(got == file, "{mode}: {} bytes", got.len());
        let colleague = house.sink.delivery_to(COLLEAGUE).await;
        match mode {
            "shared" => assert_eq!(colleague.to, [COLLEAGUE, BO]),
            _ => assert!(
                behind_trace(behind_trace(&colleague.bytes)) == large,
                "{} bytes",
                colleague.bytes.len()
            ),
        }
        house.is_quiet().await;
    }
}

fn with_file(file: &[u8]) -> Vec<u8> {
    let mut mail = format!(
        "From: {ANNA}\r\nTo: {BO}\r\nSubject: Large\r\nMessage-ID: <large@example.org>\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHere.\r\n--b\r\n\
         Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    )
    .into_bytes();
    for line in encodify::base64::STANDARD
        .encode(file)
        .as_bytes()
        .chunks(76)
    {
        mail.extend(line);
        mail.extend(b"\r\n");
    }
    mail.extend(b"--b--\r\n");
    mail
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn mails_on_one_connection_and_mails_of_local_programs_are_asked_about() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    for mode in MODES {
        let house = House::build(&Plan::mode(mode)).await;
        let mut all = b"EHLO client.test\r\n".to_vec();
        for number in 1..=5 {
            let text = stuff(&mail(&format!("number {number}")));
            all.extend(
                format!("MAIL FROM:<{ANNA}>\r\nRCPT TO:<bo{number}@partner.example>\r\n").bytes(),
            );
            if number == 3 {
                // Given up: nobody gets it.
                all.extend(b"RSET\r\n");
                continue;
            }
            all.extend(b"DATA\r\n");
            all.extend(text);
            all.extend(b".\r\n");
        }
        all.extend(b"QUIT\r\n");
        let at = ("127.0.0.1", house.front("tempfail"));
        let mut stream = tokio::net::TcpStream::connect(at).await.expect("Postfix");
        stream.write_all(&all).await.expect("it reads");
        let mut said = String::new();
        stream.read_to_string(&mut said).await.expect("it answers");
        let taken = said.matches("250 2.0.0 Ok: queued").count();
        assert_eq!(taken, 4, "{mode}: {said}");
        for number in [1, 2, 4, 5] {
            let to = format!("bo{number}@partner.example");
            let got = house.sink.delivery_to(&to).await;
            assert!(link_in(&got.bytes).is_some());
        }
        assert!(house.copies("bo3@partner.example").is_empty());

        let mut sendmail = peer("sendmail")
            .args(["-C", &house.server.text(""), "-i", "-f", ANNA, BO, EVA])
            .stdin(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut input = sendmail.stdin.take().expect("piped");
        let text = String::from_utf8(mail("by hand"))
            .expect("ASCII")
            .replace("\r\n", "\n");
        input.write_all(text.as_bytes()).expect("it reads");
        drop(input);
        assert!(
            block_in_place(|| sendmail.wait())
                .expect("it ends")
                .success()
        );
        for to in [BO, EVA] {
            let got = house.sink.delivery_to(to).await;
            assert!(
                link_in(&got.bytes).is_some(),
                "{}",
                String::from_utf8_lossy(&got.bytes)
            );
        }
        house.is_quiet().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn our_signature_verifies_behind_postfix() {
    for mode in MODES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys = dkim::keys(folder.path());
        let plan = Plan {
            more: dkim::SETTINGS,
            ..Plan::mode(mode)
        };
        let house = House::build_in(folder, &plan).await;
        let front = house.front("tempfail");
        let mut mails = Vec::new();
        for (number, subject) in ["plan", "again [seal]", "a broken signature"]
            .iter()
            .enumerate()
        {
            let to = format!("bo{number}@partner.example");
            let mut mail = mail(subject);
            if number == 2 {
                let broken = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=rsa; h=from; bh=x; b=y\r\n";
                mail.splice(0..0, broken.bytes());
            }
            house.taken(front, &[&to], &mail).await;
            mails.push(house.sink.delivery_to(&to).await.bytes);
        }
        let verdicts = dkim::verdicts(house.folder.path(), &keys, &mails, &[]);
        for (verdict, mail) in verdicts.iter().zip(&mails) {
            let what = format!("{mode}\n{}", String::from_utf8_lossy(mail));
            dkim::assert_signed(verdict, 2, &what);
        }
    }
}
