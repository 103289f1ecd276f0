//! Postfix by LMTP, by the proxy and by the milter, with the lines as they are printed.

use super::home::{ANNA, BO, COLLEAGUE, Home, mail};
use crate::support::client::{Door, send};
use crate::support::hop::Delivery;
use crate::support::postfix::Postfix;
use crate::support::process::{peer, run};
use crate::support::recipes::put;
use crate::support::{link_in, noise, until};
use std::io::Write;
use std::process::Stdio;

/// What an operator has before: people send on port 587, others on port 25.
const BEFORE: &str = "\
ADDRESS:smtp inet n - n - - smtpd
ADDRESS:submission inet n - n - - smtpd
  -o smtpd_relay_restrictions=permit_mynetworks,reject";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn behind_the_queue_with_the_lines_as_printed() {
    let home = Home::with(&[("lmtp", 10025)], "").await;
    let postfix = installed(&home, "postfix");
    all_goes_through(&home, &postfix).await;
    let rows = [
        (
            "-e",
            "message_size_limit=10240000",
            "main.cf: message_size_limit",
        ),
        (
            "-P",
            "ADDRESS:submission/inet/content_filter=",
            "master.cf: ADDRESS:submission/inet: content_filter",
        ),
        (
            "-P",
            "pickup/unix/content_filter=",
            "master.cf: pickup/unix: content_filter",
        ),
        (
            "-P",
            "ADDRESS:smtp/inet/smtpd_relay_restrictions=permit_mynetworks,reject",
            "master.cf: ADDRESS:smtp/inet: smtpd_relay_restrictions",
        ),
        (
            "-P",
            "cloakroom/unix/lmtp_data_done_timeout=30s",
            "master.cf: cloakroom/unix: lmtp_data_done_timeout",
        ),
        (
            "-P",
            "cloakroom/unix/disable_mime_output_conversion=no",
            "master.cf: cloakroom/unix: disable_mime_output_conversion",
        ),
        (
            "-P",
            "ADDRESS:10026/inet/content_filter=cloakroom:inet:ADDRESS:10025",
            "master.cf: ADDRESS:10026/inet: content_filter",
        ),
        (
            "-P",
            "ADDRESS:10026/inet/mynetworks=0.0.0.0/0",
            "master.cf: ADDRESS:10026/inet: mynetworks",
        ),
        (
            "-P",
            "ADDRESS:submission/inet/receive_override_options=no_address_mappings",
            "master.cf: ADDRESS:submission/inet: receive_override_options",
        ),
    ];
    broken(&home, &postfix, &rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn before_the_queue_with_the_lines_as_printed() {
    let home = Home::with(&[("smtp", 10024)], "").await;
    let postfix = installed(&home, "postfix-proxy");
    all_goes_through(&home, &postfix).await;
    let rows = [
        (
            "-P",
            "ADDRESS:submission/inet/smtpd_proxy_timeout=20s",
            "master.cf: ADDRESS:submission/inet: smtpd_proxy_timeout",
        ),
        (
            "-P",
            "ADDRESS:submission/inet/smtpd_proxy_filter=",
            "master.cf: ADDRESS:submission/inet: smtpd_proxy_filter",
        ),
        (
            "-P",
            "ADDRESS:10026/inet/smtpd_relay_restrictions=permit",
            "master.cf: ADDRESS:10026/inet: smtpd_relay_restrictions",
        ),
    ];
    broken(&home, &postfix, &rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn as_a_milter_with_the_lines_as_printed() {
    let home = Home::with(
        &[],
        "[milter]\nlisten = \"ADDRESS:8890\"\nmode = \"take_out\"",
    )
    .await;
    let postfix = installed(&home, "postfix-milter");
    all_goes_through(&home, &postfix).await;
    let rows = [
        (
            "-e",
            "cloakroom_milters={ inet:ADDRESS:8890, default_action=accept, content_timeout=300s, command_timeout=60s }",
            "master.cf: ADDRESS:submission/inet: smtpd_milters + main.cf: non_smtpd_milters",
        ),
        (
            "-e",
            "cloakroom_milters={ inet:ADDRESS:8890, default_action=tempfail, content_timeout=20s, command_timeout=60s }",
            "master.cf: ADDRESS:submission/inet: smtpd_milters + main.cf: non_smtpd_milters",
        ),
        ("-e", "non_smtpd_milters=", "main.cf: non_smtpd_milters"),
        (
            "-e",
            "internal_mail_filter_classes=",
            "main.cf: internal_mail_filter_classes",
        ),
        (
            "-P",
            "ADDRESS:submission/inet/smtpd_milters=",
            "master.cf: ADDRESS:submission/inet: smtpd_milters",
        ),
        (
            "-P",
            "ADDRESS:submission/inet/receive_override_options=no_milters",
            "master.cf: ADDRESS:submission/inet: receive_override_options",
        ),
        (
            "-P",
            "ADDRESS:10026/inet/smtpd_milters=$cloakroom_milters",
            "master.cf: ADDRESS:10026/inet: smtpd_milters",
        ),
    ];
    broken(&home, &postfix, &rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn behind_the_queue_the_gateway_is_asked_about_a_copy_once_the_doctor_was_heard() {
    let home = Home::with(&[("lmtp", 10025)], "").await;
    copied(&home, "postfix").await;
    let copy = |mail: &Delivery| mail.to.iter().any(|to| to == ARCHIVE) && !is_whole(mail);
    let asked = until(|| home.sink.deliveries().into_iter().find(copy)).await;
    assert!(link_in(&asked.expect("one that was judged").bytes).is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_milter_is_not_asked_about_copies_and_the_doctor_ends_them() {
    let milter = "[milter]\nlisten = \"ADDRESS:8890\"\nmode = \"take_out\"";
    let home = Home::with(&[], milter).await;
    copied(&home, "postfix-milter").await;
}

/// Outside, and with no session that named it.
const ARCHIVE: &str = "archive@far.example";

fn is_whole(mail: &Delivery) -> bool {
    mail.bytes.len() > 50_000
}

/// cleanup(8) adds whom it copies to, on the way back too: he gets what a colleague gets. With what the doctor says he does not.
async fn copied(home: &Home, name: &str) {
    let postfix = installed(home, name);
    let folder = postfix.text("");
    postfix.set(&[&format!("always_bcc={ARCHIVE}")]);
    postfix.tell("postfix", &["reload"]);
    let file = home.send(&[COLLEAGUE, BO]).await;
    home.came_with_link(BO, &file).await;
    let in_clear = || {
        let mut all = home.sink.deliveries();
        all.retain(|mail| mail.to.iter().any(|to| to == ARCHIVE) && is_whole(mail));
        all.len()
    };
    let came = until(|| (in_clear() > 0).then_some(())).await;
    came.expect("what a colleague got");
    quiet(&postfix).await;
    let before = in_clear();

    let found = home.findings("postfix", folder.as_ref(), None);
    assert!(!found.is_empty());
    for [place, what, mend] in found {
        assert_eq!(place, "main.cf: always_bcc");
        assert!(what.contains(ARCHIVE), "{what}");
        let here = "postconf() { command postconf -c \"$0\" \"$@\"; }\n";
        run(peer("sh").args(["-e", "-c", &format!("{here}{mend}"), &folder]));
    }
    assert_eq!(home.doctor("postfix", folder.as_ref(), None), []);
    postfix.tell("postfix", &["reload"]);
    let (other, file) = ("other@partner.example", noise(9, 60_000));
    let to = [COLLEAGUE, other].map(str::to_owned);
    let at = (home.address, 587).into();
    let said = send(Door::Smtp, at, ANNA, &to, &mail(&[COLLEAGUE, other], &file)).await;
    assert!(said[0].starts_with("250"), "{said:?}");
    home.came_with_link(other, &file).await;
    quiet(&postfix).await;
    assert_eq!(in_clear(), before, "nobody copies any more");
}

async fn quiet(postfix: &Postfix) {
    let quiet = until(|| postfix.waiting().is_empty().then_some(())).await;
    quiet.expect("all has left");
}

/// Running, with the recipe in its files.
fn installed(home: &Home, name: &str) -> Postfix {
    let mut postfix = Postfix::below(home.path(), home.sink.address);
    postfix.add(
        "master.cf",
        &BEFORE.replace("ADDRESS", &home.address.to_string()),
    );
    let folder = postfix.text("");
    let used = home
        .recipe(name)
        .iter()
        .filter(|block| put(folder.as_ref(), block))
        .count();
    assert!(used >= 4, "{used} blocks");
    postfix.start_at(&[587, 25, 10026].map(|port| (home.address, port).into()));
    postfix
}

/// From a mail program, and from /usr/sbin/sendmail; to a colleague, and to others; what is not for us is not taken on port 25.
async fn all_goes_through(home: &Home, postfix: &Postfix) {
    let folder = postfix.text("");
    assert_eq!(home.doctor("postfix", folder.as_ref(), None), []);
    let file = home.send(&[COLLEAGUE, BO]).await;
    home.came_with_link(BO, &file).await;
    home.came_whole(COLLEAGUE, &file).await;

    let past = home.said_on_port_25().await;
    assert!(past[0].starts_with("554 5.7.1"), "{past:?}");

    let (cron, file) = ("cron@partner.example", noise(7, 50_000));
    let mut sendmail = peer("sendmail")
        .args(["-C", &folder, "-f", ANNA, cron])
        .stdin(Stdio::piped())
        .spawn()
        .expect("it runs");
    let text = String::from_utf8(mail(&[cron], &file))
        .expect("no bytes of 8 bits")
        .replace("\r\n", "\n");
    let mut into = sendmail.stdin.take().expect("piped");
    into.write_all(text.as_bytes()).expect("it reads");
    drop(into);
    assert!(sendmail.wait().expect("a child").success());
    home.came_with_link(cron, &file).await;
}

/// One wrong line at a time (an option of `postconf`, its line, where the finding is); it is put right again afterwards.
fn broken(home: &Home, postfix: &Postfix, rows: &[(&str, &str, &str)]) {
    let folder = postfix.text("");
    let filled = |text: &str| text.replace("ADDRESS", &home.address.to_string());
    let files = ["main.cf", "master.cf"].map(|name| {
        (
            postfix.text(name),
            std::fs::read(postfix.text(name)).expect("it is there"),
        )
    });
    for (option, line, place) in rows {
        postfix.tell("postconf", &[option, &filled(line)]);
        let found = home.doctor("postfix", folder.as_ref(), None);
        let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        let wanted: Vec<String> = place.split(" + ").map(filled).collect();
        assert_eq!(places, wanted, "{line}: {found:?}");
        for (name, bytes) in &files {
            std::fs::write(name, bytes).expect("the folder is ours");
        }
    }
    assert_eq!(home.doctor("postfix", folder.as_ref(), None), []);
}
