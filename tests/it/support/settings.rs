//! A gateway's folder for tests: settings, one policy file, a key, an empty state; every port free.

use cloakroom::config::Config;
use std::path::Path;

/// A policy: every file travels, and opens without a password.
pub const TAKE_FILES: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
"#;

/// Writes the folder and reads it as `serve` would. `more` is added to the settings: channels, other sections.
pub fn with(folder: &Path, policy: &str, next_hop: &str, more: &str) -> Config {
    write(folder, policy, next_hop, more);
    read(folder)
}

/// Reads what was written as `serve` would.
pub fn read(folder: &Path) -> Config {
    let read = Config::read(&folder.join("cloakroom.toml"));
    let mut config = read.unwrap_or_else(|e| panic!("{e}"));
    // These tests are a program of their own, which reads no files.
    config.program = env!("CARGO_BIN_EXE_cloakroom").into();
    config
}

/// Only writes it, for tests that run the program itself.
pub fn write(folder: &Path, policy: &str, next_hop: &str, more: &str) {
    let write = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).expect("a temporary folder can be written")
    };
    for sub in ["policies", "state"] {
        std::fs::create_dir_all(folder.join(sub)).expect("a temporary folder can be written");
    }
    write("policies/test.toml", policy);
    if !folder.join("master.key").exists() {
        cloakroom::service::key::init(&folder.join("master.key")).expect("a key");
    }
    write(
        "cloakroom.toml",
        &format!(
            r#"
schema = 1

[identity]
organisation = "Example Region"
help_url = "https://www.example.org/files"
domains = ["example.org"]
languages = ["en"]
time_zone = "Europe/Stockholm"
hostname = "gateway.test"

[intake]
smtp = "127.0.0.1:0"
lmtp = "127.0.0.1:0"
next_hop = "{next_hop}"

[portal]
listen = "127.0.0.1:0"
url = "http://127.0.0.1:0"

[store]
path = "state"
master_key = "master.key"

[notice]
from = "Example Region Files <files@example.org>"
receipt = "off"

[policy]
dir = "policies"

[[channel]]
name = "sender"
kind = "sender"

{more}
"#
        ),
    );
}

/// Senders get receipts; the settings of [`write`] switch them off, as most tests count what leaves.
pub fn with_receipts(folder: &Path) {
    replace(folder, "receipt = \"off\"\n", "");
}

/// Adds lines to a section that [`write`] has written, such as `tls = "files"` to `intake`.
pub fn amend(folder: &Path, section: &str, lines: &str) {
    let head = format!("[{section}]\n");
    replace(folder, &head, &format!("{head}{lines}\n"));
}

/// Writes something else in place of words that [`write`] has written.
pub fn replace(folder: &Path, words: &str, by: &str) {
    let file = folder.join("cloakroom.toml");
    let text = std::fs::read_to_string(&file).expect("it was written");
    assert!(text.contains(words), "no {words:?} in {text}");
    std::fs::write(&file, text.replace(words, by)).expect("a temporary folder can be written");
}
