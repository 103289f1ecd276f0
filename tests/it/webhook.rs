//! A webhook as the manual's page `channels` describes it: called by a whole gateway, its signature checked by the page's own Python.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::Gateway;
use crate::support::settings;
use crate::support::texting::provider;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

const SECRET: &str = "4f1d6c0a9b8e7d5c3b2a190817263544";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["helpdesk"] }
"#;

const MAIL: &str = "From: Anna Lind <anna@example.org>\r\nTo: <bo@partner.example>\r\nSubject: Claim\r\n\
    Message-ID: <1@example.org>\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAs agreed.\r\n\
    --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"claim.csv\"\r\n\r\n1;2\r\n--b--\r\n";

/// What the page's Python says: the call itself, one with another body, one with another secret, one that is an hour old.
fn judged(header: &str, body: &str) -> String {
    let page = cloakroom::manual::page("channels").expect("a page").text;
    let code = page
        .split("```python\n")
        .nth(1)
        .and_then(|b| b.split("```").next());
    let ask = "\nimport sys\nsecret, header = (a.encode() for a in sys.argv[1:])\nheader = header.decode()\n\
        body = sys.stdin.buffer.read()\n\
        print(is_from_cloakroom(secret, header, body), is_from_cloakroom(secret, header, body + b' '),\n\
        \x20     is_from_cloakroom(secret + b'x', header, body))\n\
        now = time.time()\ntime.time = lambda: now + 3600\nprint(is_from_cloakroom(secret, header, body))\n";
    let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
    let mut child = Command::new(&python)
        .args([
            "-c",
            &(code.expect("Python").to_owned() + ask),
            SECRET,
            header,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{python}: {e}; set CLOAKROOM_PYTHON"));
    let mut input = child.stdin.take().expect("piped");
    input.write_all(body.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_gets_the_password_and_knows_who_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let hop = Hop::start(Vec::new()).await;
    let (host, asked) = provider("204 No Content", "").await;
    let secret = folder.path().join("webhook-secret");
    std::fs::write(&secret, format!("{SECRET}\n")).expect("the folder is ours");
    std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o600)).expect("it is ours");
    let channel = format!(
        "[[channel]]\nname = \"helpdesk\"\nkind = \"webhook\"\nurl = \"http://{host}/passwords?team=1\"\n\
         secret = \"webhook-secret\"\nallow_private = \"on\"\n"
    );
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), POLICY, &next_hop, &channel);
    let gateway = Gateway::start(folder.path());
    let to = ["bo@partner.example".to_owned()];
    let smtp = gateway.address("smtp");
    send(Door::Smtp, smtp, "anna@example.org", &to, MAIL.as_bytes()).await;

    let asked = tokio::time::timeout(Duration::from_secs(30), asked).await;
    let asked = asked
        .unwrap_or_else(|_| panic!("{}", gateway.log()))
        .expect("a call");
    assert!(
        asked.starts_with("POST /passwords?team=1 HTTP/1.1\r\n"),
        "{asked}"
    );
    let (head, body) = asked.split_once("\r\n\r\n").expect("a head");
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    assert_eq!(field("content-type: "), Some("application/json"));
    let signature = field("cloakroom-signature: ").expect("signed");
    assert_eq!(judged(signature, body), "True False False\nFalse\n");

    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(field("idempotency-key: "), body["id"].as_str());
    assert_eq!(body["passwords"][0]["recipient"], "bo@partner.example");
    let password = body["passwords"][0]["password"].as_str().expect("a text");
    let left = hop.deliveries();
    assert_eq!(left.len(), 1, "{}", gateway.log());
    assert!(!String::from_utf8_lossy(&left[0].bytes).contains(password));
    assert!(
        !asked.contains("/t/") && !asked.contains("claim.csv"),
        "{asked}"
    );
    assert!(!gateway.log().contains(password));
}
