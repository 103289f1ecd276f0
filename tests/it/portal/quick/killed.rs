//! The program dies while a browser becomes a device, wherever something has just been written; it starts again, and the browser with it.

use crate::crashes::points;
use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::{Gateway, peer, run};
use crate::support::{decoded, first, link_in, password_in, settings, until};
use std::path::Path;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "quick", password_via = ["sender"], keep_for = "10 days" }
"#;

struct Stage {
    gateway: Option<Gateway>,
    hop: Hop,
    folder: tempfile::TempDir,
}

impl Stage {
    async fn dying(die_at: &str) -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        let hop = Hop::start(Vec::new()).await;
        let next_hop = format!("smtp://{}", hop.address);
        let more = "[quick]\nenabled = \"on\"\n";
        settings::write(folder.path(), POLICY, &next_hop, more);
        let program = Path::new(env!("CARGO_BIN_EXE_cloakroom"));
        let mut gateway = Gateway::spawn(program, folder.path(), Some(die_at));
        assert!(gateway.listens(), "{}", gateway.log());
        Stage {
            gateway: Some(gateway),
            hop,
            folder,
        }
    }

    fn gateway(&self) -> &Gateway {
        self.gateway.as_ref().expect("it runs")
    }

    /// Anna sends a file; the link.
    async fn mail(&self, number: usize) -> String {
        let mail = format!(
            "From: <{ANNA}>\r\nTo: <{BO}>\r\nSubject: Plan {number}\r\nMessage-ID: <{number}@example.org>\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n"
        );
        let door = self.gateway().address("smtp");
        let replies = send(Door::Smtp, door, ANNA, &[BO.to_owned()], mail.as_bytes()).await;
        assert!(replies[0].starts_with("250"), "{replies:?}");
        let links = || {
            let all = self.hop.deliveries().into_iter().filter(|d| d.to == [BO]);
            let links: Vec<String> = all.filter_map(|d| link_in(&d.bytes)).collect();
            links.into_iter().nth(number)
        };
        until(links).await.expect("a mail with a link")
    }

    fn passwords(&self) -> Vec<String> {
        let all = self.hop.deliveries().into_iter().filter(|d| d.to == [ANNA]);
        all.filter_map(|d| password_in(&d.bytes)).collect()
    }

    fn codes(&self) -> Vec<String> {
        let all = self.hop.deliveries().into_iter().filter(|d| d.to == [BO]);
        let code = |text: String| first(r"(?m)^ {4}[0-9]{6}\r?$", &text);
        let codes = all.filter_map(|d| code(decoded(&d.bytes)));
        codes.map(|code| code.trim().to_owned()).collect()
    }

    /// A code for the browser, as it asks for one.
    async fn code(&self, room: &str) -> String {
        let before = self.codes().len();
        self.post(&format!("{room}/devices/code"), "");
        let code = until(|| self.codes().into_iter().nth(before)).await;
        code.expect("a code")
    }

    /// curl with the browser's cookies: where it is sent to, or nothing.
    fn post(&self, path: &str, form: &str) -> String {
        let jar = self.folder.path().join("cookies");
        let url = format!("http://{}{path}", self.gateway().address("portal"));
        let mut curl = peer("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{redirect_url}", "-d", form]);
        let output = curl
            .arg("-b")
            .arg(&jar)
            .arg("-c")
            .arg(&jar)
            .arg(url)
            .output();
        String::from_utf8(output.expect("runs").stdout).expect("ASCII")
    }

    /// The room behind a link, if this opens it.
    fn room(&self, link: &str, form: &str) -> Option<String> {
        let path = &link[link.find("/t/").expect("a link")..];
        let to = self.post(&format!("{path}/unlock"), form);
        Some(to[to.find("/open/")?..].to_owned())
    }

    fn start_anew(&mut self) {
        self.gateway.take().expect("it ran").kill();
        self.gateway = Some(Gateway::start(self.folder.path()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_any_step_the_browser_is_a_device_in_the_end() {
    let names = points::names().into_iter();
    let names: Vec<String> = names
        .filter(|name| points::is_about_devices(name))
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    for name in names {
        // What is kept of a recipient changes first when a mail is sealed, then when he accepts.
        let nth = if name.starts_with("circle/") { 2 } else { 1 };
        let mut stage = Stage::dying(&format!("{name}:{nth}")).await;
        let link = stage.mail(0).await;
        let password = until(|| stage.passwords().pop()).await.expect("a password");
        let with_password = format!("password={password}");
        let room = stage.room(&link, &with_password).expect("opens");
        let form = format!("code={}", stage.code(&room).await);
        stage.post(&format!("{room}/devices"), &form);
        let gateway = stage.gateway.as_mut().expect("it ran");
        let died = until(|| gateway.ended()).await;
        assert!(died.is_some(), "{name} was not reached");
        stage.start_anew();

        // The session is gone; the device may be there.
        let room = match stage.room(&link, "") {
            Some(room) => room,
            None => stage.room(&link, &with_password).expect("opens"),
        };
        let devices = format!("{room}/devices");
        if !stage.post(&devices, &form).ends_with("done=set-up") {
            let form = format!("code={}", stage.code(&room).await);
            let done = stage.post(&devices, &form);
            assert!(done.ends_with("done=set-up"), "{name}: {done}");
        }
        let listed = run(std::process::Command::new(env!("CARGO_BIN_EXE_cloakroom"))
            .args(["quick", "list", "--json", "--config"])
            .arg(stage.folder.path().join("cloakroom.toml")));
        let listed: serde_json::Value = serde_json::from_str(&listed).expect("one line");
        assert_eq!(listed["devices"], 1, "{name}: {listed}");
        let next = stage.mail(1).await;
        assert!(stage.room(&next, "").is_some(), "{name}");
        assert_eq!(stage.passwords(), [password], "{name}: no second one");
    }
}
