//! A centre for text messages of another hand: Perl's Net::SMPP (tests/peers/smsc.pl), and a channel that calls it.

use super::process::free_port;
use super::texting::house;
use super::until;
use cloakroom::notify::{SmppChannel, SmppSettings};
use cloakroom::texts::Texts;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

pub const PASSWORD: &str = "s3cret&1";

/// Ends with the test.
pub struct Centre {
    child: Child,
    pub port: u16,
    log: PathBuf,
}

impl Centre {
    pub async fn start(folder: &Path) -> Centre {
        Centre::start_with(folder, "same").await
    }

    /// One that writes ids in receipts so.
    pub async fn start_with(folder: &Path, digits: &str) -> Centre {
        Centre::start_on(free_port(), folder, digits).await
    }

    /// The same on this port, again if it was there before; its log goes on.
    pub async fn start_on(port: u16, folder: &Path, digits: &str) -> Centre {
        let log = folder.join("smsc.log");
        let file = File::options().append(true).create(true).open(&log);
        let file = file.expect("the folder is ours");
        let said = |log: &Path| {
            fs::read_to_string(log)
                .unwrap_or_default()
                .matches("listening")
                .count()
        };
        let before = said(&log);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/smsc.pl");
        let child = Command::new("perl")
            .arg(script)
            .args([&port.to_string(), PASSWORD, digits])
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .stdin(Stdio::null())
            .spawn()
            .expect("perl and libnet-smpp-perl are installed; tests/run does that");
        let centre = Centre { child, port, log };
        let listens = until(|| (said(&centre.log) > before).then_some(())).await;
        assert!(listens.is_some(), "{}", centre.log());
        centre
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub async fn says(&self, words: &str) {
        let there = until(|| self.log().contains(words).then_some(())).await;
        assert!(there.is_some(), "no {words:?} in:\n{}", self.log());
    }

    /// What it got for this number: all before the text, and the text.
    pub fn texts(&self, number: &str) -> Vec<(String, Vec<u8>)> {
        let log = self.log();
        let begin = format!("submit {number} ");
        let mine = log.lines().filter_map(|line| line.strip_prefix(&begin));
        let split = mine.filter_map(|line| line.rsplit_once(' '));
        split
            .map(|(head, hex)| (head.to_owned(), bytes(hex)))
            .collect()
    }
}

impl Drop for Centre {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16);
    hex.as_bytes()
        .chunks(2)
        .map(|p| pair(p).expect("hex"))
        .collect()
}

pub fn settings(port: u16) -> SmppSettings {
    SmppSettings {
        name: "centre".into(),
        host: "localhost".into(),
        port,
        tls: false,
        system_id: "cloakroom".into(),
        password: PASSWORD.to_owned().into(),
        system_type: "CP".into(),
        sender: "ExampleReg".into(),
        countries: vec!["SE".into()],
        limits: Default::default(),
        timeout: Duration::from_secs(10),
        enquire: Duration::from_millis(300),
        report_within: None,
        receipt_ids: Default::default(),
        allow_private: true,
        extra_ca: None,
    }
}

pub fn channel(settings: SmppSettings) -> SmppChannel {
    let texts = Arc::new(Texts::new(&["en".to_owned()]));
    SmppChannel::new(settings, Arc::new(house("Example Region")), texts).expect("a channel")
}
