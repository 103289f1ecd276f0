//! A gateway on an address of loopback that nobody else has, so that a mail server beside it can have the ports it has everywhere.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::{Gateway, ended, run};
use crate::support::recipes::{Block, blocks};
use crate::support::{decoded, fetch, link_in, noise, settings};
use mail_builder::MessageBuilder;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

pub const ANNA: &str = "anna@example.org";
pub const COLLEAGUE: &str = "kim@example.org";
pub const BO: &str = "bo@partner.example";

/// The ports of the recipes, and those of mail.
const PORTS: [u16; 6] = [25, 587, 8890, 10024, 10025, 10026];

pub struct Home {
    pub address: Ipv4Addr,
    pub sink: Hop,
    gateway: Gateway,
    /// Last, so that it outlives those who write into it.
    pub folder: tempfile::TempDir,
}

impl Home {
    /// A gateway with these doors and no other.
    pub async fn with(doors: &[(&str, u16)], more: &str) -> Home {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Mail servers give root away.
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).expect("the folder is ours");
        let address = lone_address();
        let next_hop = format!("smtp://{address}:10026");
        settings::write(
            folder.path(),
            settings::TAKE_FILES,
            &next_hop,
            &more.replace("ADDRESS", &address.to_string()),
        );
        for door in ["smtp", "lmtp"] {
            let port = doors.iter().find(|(name, _)| *name == door);
            let line = port.map_or(String::new(), |(_, port)| {
                format!("{door} = \"{address}:{port}\"\n")
            });
            settings::replace(folder.path(), &format!("{door} = \"127.0.0.1:0\"\n"), &line);
        }
        Home {
            address,
            sink: Hop::start(Vec::new()).await,
            gateway: Gateway::start(folder.path()),
            folder,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        command
            .args(words)
            .arg("--config")
            .arg(self.path().join("cloakroom.toml"));
        command
    }

    /// What is printed for this installation.
    pub fn recipe(&self, name: &str) -> Vec<Block> {
        blocks(&run(&mut self.program(&["recipe", name])))
    }

    /// What the doctor says of the settings in a folder: place and sentence of each finding.
    pub fn doctor(
        &self,
        mta: &str,
        folder: &Path,
        programs: Option<&Path>,
    ) -> Vec<(String, String)> {
        let found = self.findings(mta, folder, programs);
        let both = |[place, what, _]: [String; 3]| (place, what);
        found.into_iter().map(both).collect()
    }

    /// The same, with the mend.
    pub fn findings(&self, mta: &str, folder: &Path, programs: Option<&Path>) -> Vec<[String; 3]> {
        let mut command = self.program(&["doctor", "--mta", mta, "--json"]);
        command.arg("--config-dir").arg(folder);
        if let Some(programs) = programs {
            let path = std::env::var("PATH").unwrap_or_default();
            command.env("PATH", format!("{}:{path}", programs.display()));
        }
        let (well, said) = ended(&mut command);
        let line = said.lines().next().unwrap_or_default();
        let report: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {said}"));
        let text = |finding: &serde_json::Value, key: &str| {
            finding[key].as_str().expect("a text").to_owned()
        };
        let findings = report["findings"].as_array().expect("a list");
        let fails = findings
            .iter()
            .filter(|finding| finding["weight"] == "fail")
            .count();
        assert_eq!(well, fails == 0, "{said}");
        assert!(!report["checked"].as_array().expect("a list").is_empty());
        findings
            .iter()
            .map(|finding| ["where", "what", "mend"].map(|key| text(finding, key)))
            .collect()
    }

    /// A mail with a file, by SMTP at the port where people send; the file.
    pub async fn send(&self, to: &[&str]) -> Vec<u8> {
        let file = noise(u64::from(u32::from(self.address)), 100_000);
        let recipients: Vec<String> = to.iter().map(|to| (*to).to_owned()).collect();
        let at = SocketAddr::from((self.address, 587));
        let replies = send(Door::Smtp, at, ANNA, &recipients, &mail(to, &file)).await;
        assert!(
            replies.iter().all(|reply| reply.starts_with("250")),
            "{replies:?}\n{}",
            self.gateway.log()
        );
        file
    }

    /// What port 25 says to a mail for somebody elsewhere.
    pub async fn said_on_port_25(&self) -> Vec<String> {
        let at = SocketAddr::from((self.address, 25));
        send(
            Door::Smtp,
            at,
            ANNA,
            &[BO.to_owned()],
            b"Subject: x\r\n\r\nx\r\n",
        )
        .await
    }

    /// What came to a recipient outside is the text with a link to this file, once.
    pub async fn came_with_link(&self, to: &str, file: &[u8]) {
        let mail = self.sink.delivery_to(to).await;
        assert_eq!(mail.from, ANNA);
        assert!(mail.bytes.len() < 20_000, "{} bytes", mail.bytes.len());
        assert!(
            decoded(&mail.bytes).contains("Åsa"),
            "the sender's own text"
        );
        let link = link_in(&mail.bytes).expect("a link");
        let into = self.path().join(format!("fetched by {to}"));
        let files = fetch(&self.gateway.here(&link), None, &into)
            .await
            .expect("it opens");
        let got = std::fs::read(&files[0].path).expect("it was written");
        assert!(got == file, "{} bytes came back, not the same", got.len());
        let copies = self
            .sink
            .deliveries()
            .iter()
            .filter(|mail| mail.to.iter().any(|one| one == to))
            .count();
        assert_eq!(copies, 1);
    }

    /// What came to a colleague has the file in it.
    pub async fn came_whole(&self, to: &str, file: &[u8]) {
        let mail = self.sink.delivery_to(to).await;
        let mail = mail_parser::MessageParser::new()
            .parse(&mail.bytes)
            .expect("a mail");
        let attachment = mail.attachments().next().expect("an attachment");
        assert!(*attachment.decoded() == *file, "not the same bytes");
    }
}

/// A mail as a program would write it.
pub fn mail(to: &[&str], file: &[u8]) -> Vec<u8> {
    let mut mail = MessageBuilder::new()
        .from(ANNA)
        .to(to.to_vec())
        .subject("Documents")
        .text_body("Please find it attached.\r\n\r\nÅsa\r\n")
        .attachment("application/octet-stream", "plan.pdf", file.to_vec());
    mail = mail.message_id(format!("{}@client.example.org", file.len()));
    mail.write_to_vec().expect("nothing fails in memory")
}

/// All of 127.0.0.0/8 is loopback; of so many addresses one is free.
fn lone_address() -> Ipv4Addr {
    for _ in 0..100 {
        let [b, c, d]: [u8; 3] = cloakroom::mail::id::random();
        let address = Ipv4Addr::new(127, b, c, d.clamp(1, 254));
        if PORTS
            .iter()
            .all(|port| TcpListener::bind((address, *port)).is_ok())
        {
            return address;
        }
    }
    panic!("no address of loopback has its ports free: run as root");
}
