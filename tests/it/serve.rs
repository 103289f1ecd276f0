//! `cloakroom serve` as an operator meets it: what keeps it from starting, SIGHUP, SIGTERM.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::Gateway;
use crate::support::{settings, until};
use rustix::process::Signal;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

const MAIL: &str = "From: anna@example.org\r\nTo: bo@partner.example\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n\
    --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n\r\n--b--\r\n";

fn serve(folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(["serve", "--config"])
        .arg(folder.join("cloakroom.toml"))
        .stdin(Stdio::null())
        .output()
        .expect("the program was built with this test")
}

fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    settings::write(folder.path(), settings::TAKE_FILES, "folder:out", "");
    folder
}

fn replace(folder: &Path, from: &str, to: &str) {
    let file = folder.join("cloakroom.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    assert!(text.contains(from), "{from}");
    fs::write(&file, text.replacen(from, to, 1)).expect("written");
}

/// It ends with this code, has opened no door, and says all of these.
fn refuses(folder: &Path, code: i32, words: &[&str]) {
    let output = serve(folder);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing: {said}");
    }
    assert!(
        !said.contains("panicked") && !said.contains("StoreDown"),
        "{said}"
    );
}

#[test]
fn a_missing_or_cut_key_is_said_with_its_place_and_the_mend() {
    let folder = installation();
    let key = folder.path().join("master.key");
    let place = [
        "cloakroom.toml:",
        "master_key = \"master.key\"",
        "cloakroom key init",
    ];
    fs::remove_file(&key).expect("it is there");
    refuses(folder.path(), 78, &[&place[..], &["No such file"]].concat());
    fs::write(&key, [7; 31]).expect("written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o400);
    fs::set_permissions(&key, mode).expect("set");
    refuses(folder.path(), 78, &[&place[..], &["31 bytes"]].concat());
}

#[test]
fn a_key_of_another_store_is_refused() {
    let folder = installation();
    let config = cloakroom::config::Config::read(&folder.path().join("cloakroom.toml"));
    let config = config.unwrap_or_else(|e| panic!("{e}"));
    drop(cloakroom::service::build::store_alone(&config).unwrap_or_else(|e| panic!("{e}")));
    let key = folder.path().join("master.key");
    fs::remove_file(&key).expect("it is there");
    cloakroom::service::key::init(&key).expect("another key");
    let words = [
        "cloakroom.toml:",
        "master_key",
        "does not belong to this store",
        "put that one back",
    ];
    refuses(folder.path(), 78, &words);
}

#[test]
fn a_port_in_use_is_said_with_its_key() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound");
    for written in ["lmtp", "listen"] {
        let folder = installation();
        let line = format!("{written} = \"127.0.0.1:0\"");
        replace(folder.path(), &line, &format!("{written} = \"{address}\""));
        let said = format!("cannot listen on {address}");
        let words = [
            "cloakroom.toml:",
            written,
            &said,
            "another program listens there",
        ];
        refuses(folder.path(), 69, &words);
    }
}

#[test]
fn a_store_that_another_gateway_has_is_left_alone() {
    let folder = installation();
    let first = Gateway::start(folder.path());
    let limits = fs::read_to_string(format!("/proc/{}/limits", first.id())).expect("Linux");
    let core = limits.lines().find(|l| l.starts_with("Max core file size"));
    let words: Vec<_> = core.expect("a limit").split_whitespace().collect();
    assert_eq!(
        words[4..6],
        ["0", "0"],
        "a crash writes no memory to the disk"
    );
    let words = [
        "cloakroom.toml:",
        "path = \"state\"",
        "another process has it open",
        "stop the other one",
    ];
    refuses(folder.path(), 69, &words);
    first.kill();
}

#[test]
fn a_mistake_in_a_policy_is_said_with_its_place() {
    let folder = installation();
    let broken = settings::TAKE_FILES.replace("has_attachments", "has_attachment");
    fs::write(folder.path().join("policies/test.toml"), broken).expect("written");
    refuses(
        folder.path(),
        78,
        &["policies/test.toml:6:", "has_attachment", "did you mean"],
    );
}

#[test]
fn a_certificate_that_is_none_is_said_before_a_door_opens() {
    let folder = installation();
    replace(folder.path(), "[portal]", "[portal]\ntls = \"files\"");
    replace(folder.path(), "http://127.0.0.1:0", "https://127.0.0.1:0");
    let file = folder.path().join("cloakroom.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    let tls = "[tls]\ncertificate = \"cert.pem\"\nkey = \"master.key\"\n";
    fs::write(&file, format!("{text}{tls}")).expect("written");
    refuses(folder.path(), 78, &["cloakroom.toml:", "cert.pem"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_policy_leaves_the_old_one_in_force() {
    let hop = Hop::start(Vec::new()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    let to = ["bo@partner.example".to_owned()];
    let file = folder.path().join("policies/test.toml");
    let steps = [
        ("this is no policy\n", "the old policy stays in force", true),
        ("schema = 1\n", "policy read anew", false),
    ];
    for (policy, logged, protects) in steps {
        fs::write(&file, policy).expect("written");
        gateway.signal(Signal::HUP);
        let said = until(|| gateway.log().contains(logged).then_some(())).await;
        assert!(said.is_some(), "{}", gateway.log());
        let from = "anna@example.org";
        let replies = send(
            Door::Smtp,
            gateway.address("smtp"),
            from,
            &to,
            MAIL.as_bytes(),
        )
        .await;
        assert!(replies[0].starts_with("250"), "{replies:?}");
        let last = hop.deliveries().pop().expect("a mail");
        let clear = String::from_utf8_lossy(&last.bytes).contains("a,b");
        assert_eq!(clear, !protects, "{policy}");
    }
    assert!(gateway.log().contains("test.toml:1:"), "{}", gateway.log());
}

/// A next hop that thinks for two seconds about each mail.
async fn slow_hop() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let _ = stream.write_all(b"220 slow\r\n").await;
                let (mut line, mut content) = (String::new(), false);
                while stream.read_line(&mut line).await.is_ok_and(|n| n > 0) {
                    let answer = match (content, line.as_str()) {
                        (false, "DATA\r\n") => "354 go on\r\n",
                        (true, ".\r\n") => "250 2.0.0 kept\r\n",
                        (true, _) => "",
                        (false, _) => "250 ok\r\n",
                    };
                    if answer.starts_with("250 2.0.0") {
                        tokio::time::sleep(Duration::from_secs(2)).await;
                    }
                    content = answer.starts_with("354") || (content && answer.is_empty());
                    let _ = stream.write_all(answer.as_bytes()).await;
                    line.clear();
                }
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_lets_the_mail_in_progress_finish() {
    let folder = tempfile::tempdir().expect("a folder");
    let next_hop = format!("smtp://{}", slow_hop().await);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let mut gateway = Gateway::start(folder.path());
    let door = gateway.address("smtp");
    let sending = tokio::spawn(async move {
        let to = ["bo@partner.example".to_owned()];
        send(Door::Smtp, door, "anna@example.org", &to, MAIL.as_bytes()).await
    });
    let held = until(|| gateway.log().contains("held").then_some(())).await;
    assert!(held.is_some(), "{}", gateway.log());
    gateway.signal(Signal::TERM);
    let replies = sending.await.expect("no panic");
    assert!(replies[0].starts_with("250"), "{replies:?}");
    let status = until(|| gateway.ended()).await.expect("it ends");
    assert_eq!(status.code(), Some(0), "{}", gateway.log());
    assert!(gateway.log().contains("released"), "{}", gateway.log());
    let closed = std::net::TcpStream::connect(door);
    assert!(closed.is_err(), "nobody listens any more");
}

/// `cloakroom reload` in this folder: exit code, what it printed, what it complained about.
fn reload(folder: &Path) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(["reload", "--config"])
        .arg(folder.join("cloakroom.toml"))
        .output()
        .expect("the program was built with this test");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("no signal ended it");
    (code, text(&output.stdout), text(&output.stderr))
}

#[test]
fn reload_says_what_is_different_and_what_needs_a_restart() {
    let folder = installation();
    let (code, _, said) = reload(folder.path());
    assert_eq!(code, 69, "{said}");
    assert!(said.contains("no gateway runs here"), "{said}");

    let gateway = Gateway::start(folder.path());
    let log = gateway.log();
    let (_, rest) = log
        .split_once("policy=\"")
        .unwrap_or_else(|| panic!("{log}"));
    let first = rest.split('"').next().expect("a hash").to_owned();
    let (code, said, _) = reload(folder.path());
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        said,
        format!("policy   {first}, 1 rules, the same as before\n")
    );

    let file = folder.path().join("policies/test.toml");
    let more = "[[rule]]\nid = \"more\"\nwhy = \"w\"\nwhen = { message_over = \"9 MiB\" }\nthen = \"seal\"\n";
    let changed = settings::TAKE_FILES.replace("10 days", "9 days") + more;
    fs::write(&file, changed).expect("written");
    replace(
        folder.path(),
        "[portal]",
        "max_message = \"20 MiB\"\n[portal]",
    );
    let (code, said, _) = reload(folder.path());
    assert_eq!(code, 0, "{said}");
    for holds in [
        "added    more\nchanged  all-files\n",
        "restart  intake.max_message (changed, and not in force before a restart)\n",
        &format!(", 2 rules, before {first}\n"),
    ] {
        assert!(said.contains(holds), "{holds:?} in\n{said}");
    }
    let log = gateway.log();
    assert!(
        log.contains("added=\"more\"") && log.contains(&format!("before={first}")),
        "{log}"
    );
}

#[test]
fn reload_with_a_mistake_or_a_test_that_fails_changes_nothing() {
    let folder = installation();
    let _gateway = Gateway::start(folder.path());
    let (_, before, _) = reload(folder.path());
    let fails = "[[test]]\nname = \"t\"\nfrom = \"a@example.org\"\nto = [\"b@x.example\"]\nexpect = { action = \"seal\" }\n";
    let rows = [
        (
            "[[rule]]\nid = 1\n".to_owned(),
            "test.toml:2:6: `id` wants a text, not a number",
        ),
        (
            settings::TAKE_FILES.to_owned() + fails,
            "b@x.example: action should be seal, but is pass",
        ),
    ];
    for (policy, said) in rows {
        fs::write(folder.path().join("policies/test.toml"), &policy).expect("written");
        let (code, stdout, stderr) = reload(folder.path());
        assert_eq!((code, stdout.as_str()), (78, ""), "{stderr}");
        assert!(
            stderr.contains(said) && stderr.contains("cloakroom: hint: "),
            "{stderr}"
        );
    }
    fs::write(
        folder.path().join("policies/test.toml"),
        settings::TAKE_FILES,
    )
    .expect("written");
    let (_, after, _) = reload(folder.path());
    assert_eq!(before, after, "what is in force is what it was");
    // A channel that does not run yet cannot be named.
    let file = folder.path().join("cloakroom.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    fs::write(
        &file,
        text + "[[channel]]\nname = \"desk\"\nkind = \"folder\"\npath = \"desk\"\n",
    )
    .expect("written");
    let policy = settings::TAKE_FILES.replace("unlock = \"link\"", "password_via = [\"desk\"]");
    fs::write(folder.path().join("policies/test.toml"), policy).expect("written");
    let (code, _, stderr) = reload(folder.path());
    assert_eq!(code, 78, "{stderr}");
    let hint = "until a restart these keep their values: channel.desk.kind, channel.desk.path";
    assert!(
        stderr.contains("unknown way of a password \"desk\"") && stderr.contains(hint),
        "{stderr}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_in_the_line_keeps_the_policy_it_began_with() {
    let folder = tempfile::tempdir().expect("a folder");
    let next_hop = format!("smtp://{}", slow_hop().await);
    settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    let door = gateway.address("smtp");
    let to = ["bo@partner.example".to_owned()];
    let first = tokio::spawn({
        let to = to.clone();
        async move { send(Door::Smtp, door, "anna@example.org", &to, MAIL.as_bytes()).await }
    });
    let held = until(|| gateway.log().contains("held").then_some(())).await;
    assert!(held.is_some(), "{}", gateway.log());
    fs::write(folder.path().join("policies/test.toml"), "schema = 1\n").expect("written");
    let (code, said, stderr) = reload(folder.path());
    assert_eq!(code, 0, "{stderr}");
    assert!(said.starts_with("removed  all-files\n"), "{said}");
    assert!(
        !gateway.log().contains("released"),
        "it is still under way: {}",
        gateway.log()
    );
    let replies = first.await.expect("no panic");
    assert!(replies[0].starts_with("250"), "{replies:?}");
    let released = until(|| gateway.log().contains("released").then_some(())).await;
    assert!(released.is_some(), "{}", gateway.log());
    send(Door::Smtp, door, "anna@example.org", &to, MAIL.as_bytes()).await;
    let decided: Vec<String> = gateway
        .log()
        .lines()
        .filter(|line| line.contains("decided"))
        .map(|line| line.contains("all-files").to_string())
        .collect();
    assert_eq!(decided, ["true", "false"], "{}", gateway.log());
}
