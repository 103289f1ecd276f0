//! What must not break: signatures, ciphertext, invitations, reports, lists and every field of a header, through the whole line, and
//! judged by programs that are not ours.

mod cipher;
pub mod dkim;
mod fields;
mod mails;

use crate::support::hop::Hop;
use crate::support::process::peer;
use crate::support::{client, fetch, link_in, settings};
use cloakroom::service::Running;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Who gets what: `@files.example` files as a link, `@sealed.example` everything as a link, `@cipher.example` also what is encrypted as
/// a link, all others the mail as it came.
const POLICY: &str = r#"
schema = 1

[[rule]]
id = "files"
why = "Files travel protected."
when = { has_attachments = true, to = ["@files.example"] }
then = { action = "transfer", unlock = "link" }

[[rule]]
id = "sealed"
why = "All of it travels protected."
when = { to = ["@sealed.example"] }
then = { action = "seal", unlock = "link" }

[[rule]]
id = "cipher"
why = "Ciphertext travels protected too."
when = { encrypted = true, to = ["@cipher.example"] }
then = { action = "transfer", unlock = "link" }
"#;

const PLAIN: &str = "bo@plain.example";
const FILES: &str = "bo@files.example";
const SEALED: &str = "bo@sealed.example";
const CIPHER: &str = "bo@cipher.example";

/// A gateway with a next hop behind it.
struct Way {
    folder: TempDir,
    hop: Hop,
    running: Running,
}

impl Way {
    /// `more` is added to the settings; files that it names are put into the folder by `prepare`.
    async fn open(more: &str, prepare: impl FnOnce(&Path)) -> Way {
        let folder = tempfile::tempdir().expect("a folder");
        prepare(folder.path());
        let hop = Hop::start(Vec::new()).await;
        let next = format!("smtp://{}", hop.address);
        let config = settings::with(folder.path(), POLICY, &next, more);
        let running = cloakroom::service::start(config).await.expect("it starts");
        Way {
            folder,
            hop,
            running,
        }
    }

    /// One mail to one person; gives the bytes that leave.
    async fn through(&self, mail: &[u8], to: &str) -> Vec<u8> {
        self.from("anna@example.org", mail, to).await
    }

    /// The same with another envelope sender.
    async fn from(&self, from: &str, mail: &[u8], to: &str) -> Vec<u8> {
        let door = self.running.address("smtp").expect("it listens");
        let before = self.to(to).len();
        let replies = client::send(client::Door::Smtp, door, from, &[to.into()], mail).await;
        assert!(
            replies.iter().all(|reply| reply.starts_with('2')),
            "{replies:?}"
        );
        let after = crate::support::until(|| self.to(to).into_iter().nth(before)).await;
        after.expect("a mail that was taken has left")
    }

    /// Everything that has left for one person.
    fn to(&self, address: &str) -> Vec<Vec<u8>> {
        let all = self.hop.deliveries().into_iter();
        all.filter(|d| d.to.iter().any(|to| to == address))
            .map(|d| d.bytes)
            .collect()
    }

    /// What a mail's link opens to: the one file, where it was written.
    async fn behind(&self, mail: &[u8]) -> PathBuf {
        let link =
            link_in(mail).unwrap_or_else(|| panic!("no link in {}", String::from_utf8_lossy(mail)));
        let into = tempfile::Builder::new()
            .tempdir_in(self.folder.path())
            .expect("a folder")
            .keep();
        let files = fetch(&link, None, &into).await.expect("the link opens");
        assert_eq!(files.len(), 1, "{files:?}");
        into.join(&files[0].name)
    }
}

/// The mail without our `Received` line on top: for an untouched one, the very bytes that came in.
fn without_received(mail: &[u8]) -> &[u8] {
    assert!(mail.starts_with(b"Received: from client.test"));
    let mut rest = mail;
    loop {
        let end = memchr::memchr(b'\n', rest).expect("a header has lines");
        rest = &rest[end + 1..];
        if !rest.starts_with(b"\t") {
            return rest;
        }
    }
}

/// A program that reads an order in JSON and answers in JSON.
fn ask(program: &mut Command, order: &serde_json::Value) -> serde_json::Value {
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let input = child.stdin.take().expect("piped");
    serde_json::to_writer(input, order).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{program:?} failed");
    serde_json::from_slice(&output.stdout).expect("it answers in JSON")
}

/// Runs a foreign program in a folder; it must end well.
fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = peer(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
