//! A real Postfix asks the gateway about its mail, in both modes.

use super::both::{MODES, behind_trace};
use super::house::{ANNA, BO, EVA, House, Plan, mail};
use crate::support::client::{Door, try_send};
use crate::support::hop::Delivery;
use crate::support::line::hand_made;
use crate::support::link_in;
use crate::support::process::peer;
use mail_parser::MessageParser;
use regex::Regex;
use std::io::Write;
use std::process::Stdio;
use tokio::task::block_in_place;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn mails_of_local_programs_are_asked_about() {
    for mode in MODES {
        let house = House::build(&Plan::mode(mode)).await;
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
