//! The ways in which a filter fails, times what the mail server is told to do then, with everything that goes to the next hop captured.
//!
//! With the settings of our recipes (`default_action=tempfail`, `F=T`) no clear text of a file leaves, whatever happens; with `accept`, and
//! without `F=`, it does.

use super::house::{CANARY, House, Installation, Plan, mail};
use super::servers::MailServer;
use super::wire::Cut;
use crate::support::hop::Delivery;
use crate::support::postfix::Postfix;
use crate::support::process::{Gateway, peer};
use crate::support::sendmail::Sendmail;
use crate::support::{fetch, link_in, until};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;
use tokio::task::block_in_place;

/// Behind a kill: only then its ports are free for the next one.
async fn has_ended(house: &mut House) {
    let ended = until(|| house.gateway.ended()).await;
    ended.expect("it was killed");
}

/// Everything that goes to these ports.
struct Capture {
    program: Child,
    file: PathBuf,
}

impl Capture {
    fn of(folder: &Path, ports: &[u16]) -> Capture {
        let file = folder.join("capture.pcap");
        let ports: Vec<String> = ports.iter().map(|p| format!("dst port {p}")).collect();
        let mut program = peer("tcpdump")
            .args([
                "-i",
                "lo",
                "-s",
                "0",
                "-n",
                "-U",
                "--immediate-mode",
                "-B",
                "16384",
                "-Z",
                "root",
                "-w",
            ])
            .arg(&file)
            .arg(ports.join(" or "))
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let said = BufReader::new(program.stderr.take().expect("piped"));
        let listens = said
            .lines()
            .map_while(Result::ok)
            .any(|line| line.contains("listening on"));
        assert!(listens, "tcpdump sees nothing: run as root");
        Capture { program, file }
    }

    /// How many times the canary was seen. Ends it.
    fn ended(mut self) -> usize {
        let id = i32::try_from(self.program.id())
            .ok()
            .and_then(Pid::from_raw);
        kill_process(id.expect("a child"), Signal::INT).expect("it lives");
        self.program.wait().expect("a child");
        let bytes = std::fs::read(&self.file).expect("it wrote");
        assert!(bytes.len() > 24, "nothing was captured");
        memchr::memmem::find_iter(&bytes, CANARY).count()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// What the last row leaves behind is done: the filter need not be there any more.
const WAYS: [(&str, Option<Cut>); 7] = [
    ("not listening", None),
    ("disconnecting", Some(Cut::AtMail)),
    ("hanging", Some(Cut::Hangs)),
    ("dead before", Some(Cut::Before)),
    ("dead behind the body", Some(Cut::BehindBody)),
    ("dead before the last word", Some(Cut::BeforeLast)),
    ("dead behind", Some(Cut::Behind)),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_a_postfix_that_is_told_to_accept_lets_a_file_pass_where_all_get_the_same() {
    fails_with_all_settings::<Postfix>("shared").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_a_postfix_that_is_told_to_accept_lets_a_file_pass_where_each_gets_his_own() {
    fails_with_all_settings::<Postfix>("take_out").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_a_sendmail_without_a_letter_lets_a_file_pass_where_all_get_the_same() {
    fails_with_all_settings::<Sendmail>("shared").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_a_sendmail_without_a_letter_lets_a_file_pass_where_each_gets_his_own() {
    fails_with_all_settings::<Sendmail>("take_out").await;
}

async fn fails_with_all_settings<S: MailServer>(mode: &str) {
    let actions: Vec<&str> = S::ACTIONS.iter().map(|(action, _)| *action).collect();
    let plan = Plan {
        actions: &actions,
        patience: Some(4),
        ..Plan::mode(mode)
    };
    let house = Installation::<S>::build(&plan).await;
    for (action, answer) in S::ACTIONS {
        fails_in_all_ways(&house, mode, action, answer).await;
    }
}

/// `answer`: how the answer to a mail begins that meets no filter.
async fn fails_in_all_ways<S: MailServer>(
    house: &Installation<S>,
    mode: &str,
    action: &str,
    answer: &str,
) {
    let ports = [house.sink.address.port(), house.back];
    let capture = Capture::of(house.folder.path(), &ports);
    for (way, cut) in WAYS {
        let what = format!("{mode} {action} {way}");
        let to = format!("{}@partner.example", what.replace(' ', "-"));
        let said = fails(house, action, cut, &to, &what).await;
        match way {
            "dead behind" => house.came_once(&to, mode).await,
            _ => assert!(said.starts_with(answer), "{what}: {said}"),
        }
        if action == "quarantine" && way != "dead behind" {
            let waiting = house.server.waiting();
            assert!(waiting.contains(&to), "{what}: it is on hold");
        }
        if action == "accept" && way != "dead behind" && !is_said_in_part(mode, way) {
            let clear = || house.copies(&to).iter().any(is_clear).then_some(());
            assert!(until(clear).await.is_some(), "{what}: it passes");
        }
    }
    house.wire.cut(Cut::Nowhere);
    // What was to leave has left when this one has.
    let last = format!("{mode}-{action}-last@partner.example");
    let port = house.front(action);
    house.taken(port, &[&last], &mail(&last)).await;
    house.came_once(&last, mode).await;
    if action != "quarantine" {
        house.is_quiet().await;
    }
    assert_eq!(
        capture.ended() > 0,
        action == "accept",
        "{mode} {action}: clear text was seen"
    );
}

/// One mail while the filter fails in this way: what its client hears.
async fn fails<S: MailServer>(
    house: &Installation<S>,
    action: &str,
    cut: Option<Cut>,
    to: &str,
    what: &str,
) -> String {
    let port = match cut {
        None => house.without(action),
        Some(cut) => {
            house.wire.cut(cut);
            house.front(action)
        }
    };
    let before = house.wire.reached();
    let said = house.send(port, &[to], &mail(what)).await;
    let reached = house.wire.reached() - before;
    assert_eq!(reached > 0, cut.is_some(), "{what}: {said:?}");
    said.last().cloned().unwrap_or_default()
}

/// Part of the changes has arrived: what the server makes of them without the last word is its own affair (Postfix 3.7 puts such a mail aside as
/// corrupt); what it must not do is in the capture.
fn is_said_in_part(mode: &str, way: &str) -> bool {
    mode == "shared" && ["dead behind the body", "dead before the last word"].contains(&way)
}

fn is_clear(mail: &Delivery) -> bool {
    memchr::memmem::find(&mail.bytes, CANARY.as_bytes()).is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wherever_the_gateway_dies_the_client_comes_again_and_gets_one_mail_through() {
    let milter = crate::crashes::points::names().into_iter();
    let milter: Vec<String> = milter.filter(|name| name.starts_with("milter/")).collect();
    assert!(!milter.is_empty());
    let others = [
        "hold/sealed",
        "hold/written",
        "hand-over/answered",
        "settle/written",
    ];
    let points = milter.iter().map(String::as_str).chain(others);
    for mode in ["shared", "take_out"] {
        let mut house = House::build(&Plan::mode(mode)).await;
        let program = Path::new(env!("CARGO_BIN_EXE_cloakroom"));
        for die_at in points.clone() {
            if mode == "take_out" && die_at.starts_with("milter/") {
                // Nothing is changed there.
                continue;
            }
            house.gateway.signal(Signal::KILL);
            has_ended(&mut house).await;
            house.gateway = Gateway::spawn(program, house.folder.path(), Some(die_at));
            assert!(
                block_in_place(|| house.gateway.listens()),
                "{mode} {die_at}"
            );
            let to = format!("bo-{}@partner.example", die_at.replace('/', "-"));
            let mail = mail(&format!("dies {}", die_at.replace('/', "-")));
            let said = house.send(house.front("tempfail"), &[&to], &mail).await;
            let died = until(|| house.gateway.ended()).await;
            assert!(died.is_some(), "{mode} {die_at}: it lives; {said:?}");
            house.gateway = block_in_place(|| Gateway::start(house.folder.path()));
            if !said.iter().all(|reply| reply.starts_with("250")) {
                assert!(
                    said.iter().all(|reply| reply.starts_with('4')),
                    "{mode} {die_at}: {said:?}"
                );
                house.taken(house.front("tempfail"), &[&to], &mail).await;
            }
            house.came_once(&to, mode).await;
        }
    }
}

/// Rounds of each mode.
const ROUNDS: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_any_moment_nothing_leaves_in_clear_and_no_mail_is_lost() {
    for mode in ["shared", "take_out"] {
        let mut house = House::build(&Plan::mode(mode)).await;
        let capture = Capture::of(
            house.folder.path(),
            &[house.sink.address.port(), house.back],
        );
        let mut broken_off = 0;
        for round in 0..ROUNDS {
            let to = format!("bo{round}@partner.example");
            let mail = mail(&format!("round {round}"));
            let random = u64::from_le_bytes(cloakroom::mail::id::random());
            let waits = Duration::from_millis(random % 400);
            let killed = async {
                tokio::time::sleep(waits).await;
                house.gateway.signal(Signal::KILL);
            };
            let whom = [to.as_str()];
            let sent = house.send(house.front("tempfail"), &whom, &mail);
            let (said, ()) = tokio::join!(sent, killed);
            has_ended(&mut house).await;
            house.gateway = block_in_place(|| Gateway::start(house.folder.path()));
            if !said.iter().all(|reply| reply.starts_with("250")) {
                broken_off += 1;
                assert!(
                    said.iter().all(|reply| reply.starts_with('4')),
                    "{mode} {round}: {said:?}"
                );
                house.taken(house.front("tempfail"), &[&to], &mail).await;
            }
        }
        for round in 0..ROUNDS {
            house
                .came_once(&format!("bo{round}@partner.example"), mode)
                .await;
        }
        house.is_quiet().await;
        assert_eq!(capture.ended(), 0, "{mode}: clear text left");
        eprintln!("{mode}: {broken_off} of {ROUNDS} were broken off");
        assert!(broken_off > 0, "{mode}: nothing was tried");
    }
}

impl<S: MailServer> Installation<S> {
    /// One copy, with a link that opens to the file. A gateway that dies between the next hop's yes and its own record of it sends the
    /// same copy again, with the same link.
    async fn came_once(&self, to: &str, mode: &str) {
        self.sink.delivery_to(to).await;
        let copies = self.copies(to);
        let links: Vec<_> = copies
            .iter()
            .filter_map(|copy| link_in(&copy.bytes))
            .collect();
        assert_eq!(links.len(), copies.len(), "{mode} {to}: each has a link");
        let most = if mode == "shared" { 1 } else { 2 };
        assert!(copies.len() <= most, "{mode} {to}: {} copies", copies.len());
        assert!(
            links.iter().all(|link| secret(link) == secret(&links[0])),
            "{mode} {to}: {links:?}"
        );
        let into = self.folder.path().join(format!("fetched by {to}"));
        let files = fetch(&self.gateway.here(&links[0]), None, &into).await;
        let files = files.unwrap_or_else(|e| panic!("{mode} {to}: {e}"));
        let text = std::fs::read_to_string(&files[0].path).expect("it was written");
        assert_eq!(text.matches(CANARY).count(), 40);
    }
}

/// Without the port, which is another one after each start.
fn secret(link: &str) -> &str {
    link.rsplit('/').next().unwrap_or(link)
}
