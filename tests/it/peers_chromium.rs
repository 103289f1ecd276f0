//! A recipient's browser: Chromium reads the page, types the password, clicks, downloads; also without scripts and over HTTPS.
//!
//! Setup: `chromium` and `chromium-driver` of Debian. Pictures of the pages are left in target/screens for people to look at.

use crate::support::browser::Browser;
use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::{Gateway, run};
use crate::support::{link_in, noise, password_in, settings};
use std::path::{Path, PathBuf};
use std::process::Command;

const FROM: &str = "anna@example.org";
const TO: &str = "bo@partner.example";
const SEALED_FOR: &str = "eva@clinic.example";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sender"], keep_for = "10 days" }
[[rule]]
id = "clinic"
why = "What goes to the clinic is confidential."
when = { to = ["@clinic.example"] }
then = { action = "seal", unlock = "password", password_via = ["sender"], keep_for = "10 days" }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_browser_opens_a_transfer_after_a_wrong_password_and_downloads_its_files() {
    let house = House::open(false).await;
    let (link, password) = house.sent(TO).await;
    let browser = Browser::open(house.folder.path(), true).await;
    assert_eq!(scripts(&browser, house.folder.path()).await, "on");

    browser.go(&link).await;
    house.look(&browser, "unlock").await;
    browser.write("#password", "AAAA-BBBB-CCCC").await;
    browser.follow("main button").await;
    let said = browser.read("#error").await;
    assert!(said.to_lowercase().contains("password"), "{said}");
    house.look(&browser, "unlock-wrong").await;

    browser.write("#password", &password).await;
    browser.follow("main button").await;
    browser.arrived("/open/").await;
    house.look(&browser, "files").await;
    house.downloads_are_the_same(&browser).await;
    house.asked_for_nobody_else(&browser).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_browser_without_scripts_does_the_same_over_https() {
    let house = House::open(true).await;
    let (link, password) = house.sent(TO).await;
    assert!(link.starts_with("https://localhost:"), "{link}");
    let browser = Browser::open(house.folder.path(), false).await;
    assert_eq!(scripts(&browser, house.folder.path()).await, "off");

    browser.go(&link).await;
    browser
        .write("#password", &password.to_lowercase().replace('-', " "))
        .await;
    browser.follow("main button").await;
    browser.arrived("/open/").await;
    house.downloads_are_the_same(&browser).await;

    // Locked again, and then the page asks for the password again.
    browser.follow(".top button").await;
    browser.arrived("/locked").await;
    browser.go(&link).await;
    browser.read("#password").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sealed_text_is_read_in_the_browser_and_asks_nobody_for_pictures() {
    let house = House::open(false).await;
    let (link, password) = house.sent(SEALED_FOR).await;
    let browser = Browser::open(house.folder.path(), true).await;
    browser.go(&link).await;
    browser.write("#password", &password).await;
    browser.follow("main button").await;
    browser.arrived("/open/").await;
    browser.follow(".card a.button").await;
    browser.arrived("/message").await;
    let text = browser.read(".letter").await;
    assert!(text.contains("The findings are good"), "{text}");
    assert_eq!(browser.title().await.matches("hacked").count(), 0);
    // The page around it is as ever, what it may keep is there, and nothing lies over anything.
    let looks = browser.run(LOOKS).await;
    assert_eq!(looks.as_str(), Some("rgb(255, 0, 0) static true"));
    house.look(&browser, "message").await;
    house.asked_for_nobody_else(&browser).await;

    // Else it would be seen.
    let page = house.folder.path().join("page.html");
    std::fs::write(&page, LETTER).expect("a temporary folder can be written");
    browser.go(&format!("file://{}", page.display())).await;
    let asked = browser.asked_for().await;
    let trackers = asked.iter().filter(|a| a.contains("tracker.example"));
    assert_eq!(trackers.count(), 2, "{asked:?}");
}

const LOOKS: &str = "const of = (css) => getComputedStyle(document.querySelector(css));\
    const red = [...document.querySelectorAll('.letter p')].find((p) => p.innerText == 'red words');\
    const over = [...document.querySelectorAll('.letter div')].find((d) => d.innerText == 'over');\
    return getComputedStyle(red).color + ' ' + getComputedStyle(over).position + ' ' + \
        (of('header').color != 'rgb(0, 255, 0)' && of('h1').color != 'rgb(0, 255, 0)')";

const LETTER: &str = "<h1>Findings</h1><p>Dear Eva,</p><p>The findings are good; the <b>table</b> has the numbers.</p>\
    <table><tr><th>Test</th><th>Result</th></tr><tr><td>Iron</td><td>normal</td></tr></table>\
    <img src=\"http://tracker.example/seen.png\"><script>document.title='hacked'</script>\
    <p style=\"background:url(http://tracker.example/too.png)\">Kind regards, Anna</p>\
    <div style=\"position:fixed;top:0;left:0;width:9000px;height:9000px;background:red\">over</div>\
    <p style=\"color:#ff0000\" id=\"red\">red words</p><pre>a line that is not wrapped by anybody and goes on and on and on and on and on and on and on</pre>\
    <style>h1,header{color:lime!important;font-size:90px}</style>";

/// `on` if pages can run scripts in this browser.
async fn scripts(browser: &Browser, folder: &Path) -> String {
    let page = folder.join("scripts.html");
    let text = "<title>off</title><script>document.title = 'on'</script>";
    std::fs::write(&page, text).expect("a temporary folder can be written");
    browser.go(&format!("file://{}", page.display())).await;
    browser.asked_for().await;
    browser.title().await
}

struct House {
    hop: Hop,
    gateway: Gateway,
    files: [(&'static str, Vec<u8>); 2],
    /// Last, so that it outlives those who write into it.
    folder: tempfile::TempDir,
}

const CERTIFICATES: &str = "[tls]\ncertificate = \"certs/localhost/fullchain.pem\"\nkey = \"certs/localhost/privkey.pem\"\n";

impl House {
    async fn open(https: bool) -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let hop = Hop::start(Vec::new()).await;
        let next_hop = format!("smtp://{}", hop.address);
        if https {
            run(Command::new(env!("CARGO_BIN_EXE_cloakroom"))
                .args(["cert", "dev", "--host", "localhost", "--into"])
                .arg(folder.path().join("certs")));
            settings::write(folder.path(), POLICY, &next_hop, CERTIFICATES);
            settings::amend(folder.path(), "portal", "tls = \"files\"");
            settings::replace(folder.path(), "http://127.0.0.1:0", "https://localhost:0");
        } else {
            settings::write(folder.path(), POLICY, &next_hop, "");
        }
        // They begin as such files do: the page says what they are.
        let file = |begin: &[u8], length| [begin, &noise(length as u64, length)].concat();
        let files = [
            ("Läkarintyg för Åsa.pdf", file(b"%PDF-1.7\n", 312_000)),
            ("measurements.zip", file(b"PK\x03\x04", 2_000_000)),
        ];
        House {
            gateway: Gateway::start(folder.path()),
            hop,
            files,
            folder,
        }
    }

    /// Sends the mail; gives link and password.
    async fn sent(&self, to: &str) -> (String, String) {
        let mut mail = format!(
            "From: Anna Lind <{FROM}>\r\nTo: {to}\r\nSubject: Findings\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{LETTER}\r\n"
        );
        for (name, bytes) in &self.files {
            let name = encodify::base64::STANDARD.encode(name);
            let body = encodify::base64::MIME.encode(bytes);
            mail += &format!(
                "--b\r\nContent-Type: application/octet-stream; name=\"=?utf-8?B?{name}?=\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
                body.trim_end()
            );
        }
        mail += "--b--\r\n";
        let smtp = self.gateway.address("smtp");
        let replies = send(Door::Smtp, smtp, FROM, &[to.to_owned()], mail.as_bytes()).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
        let link = link_in(&self.hop.delivery_to(to).await.bytes).expect("a link");
        let notice = self.hop.delivery_to(FROM).await;
        (link, password_in(&notice.bytes).expect("a password"))
    }

    /// Clicks at each file, and compares what the browser has written.
    async fn downloads_are_the_same(&self, browser: &Browser) {
        for (number, (name, bytes)) in self.files.iter().enumerate() {
            let row = format!(".files > li:nth-child({})", number + 1);
            assert_eq!(&browser.read(&format!("{row} .name")).await, name);
            browser.click(&format!("{row} .get a")).await;
            let got = browser.downloaded(name).await;
            assert!(got == *bytes, "{name}: {} bytes, not the same", got.len());
        }
    }

    /// All that the pages asked for since the last look was asked of the portal.
    async fn asked_for_nobody_else(&self, browser: &Browser) {
        let portal = format!("http://{}/", self.gateway.address("portal"));
        let asked = browser.asked_for().await;
        assert!(asked.iter().any(|a| a.starts_with(&portal)), "{asked:?}");
        let mut elsewhere = asked.iter().filter(|a| !a.starts_with(&portal));
        assert_eq!(elsewhere.next(), None, "{asked:?}");
    }

    /// Takes pictures of the page as it is, for people; nothing may stand out to the right.
    async fn look(&self, browser: &Browser, name: &str) {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screens");
        std::fs::create_dir_all(&folder).expect("target can be written");
        let looks = [
            ("light", (800, 600), false),
            ("dark", (800, 600), true),
            ("small", (360, 740), false),
        ];
        for (look, size, dark) in looks {
            let (picture, wide) = browser.look(size, dark).await;
            let file = folder.join(format!("{name}-{look}.png"));
            std::fs::write(&file, picture).expect("target can be written");
            assert!(!wide, "{name} is wider than {} pixels", size.0);
        }
    }
}
