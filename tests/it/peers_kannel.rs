//! A real gateway of text messages: Kannel with its fake centre, called as `cloakroom manual text-messages` says.

use crate::support::process::{free_port, peer};
use crate::support::texting::{channel, notice, of_the_manual, provider};
use crate::support::until;
use cloakroom::notify::{Channel, Trouble};
use cloakroom::transfer::keys::MasterKey;
use cloakroom::transfer::report::{Report, ReportLinks};
use std::fs::File;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::timeout;

const SECRET: &str = "s&cret 1";
const NUMBER: &str = "+46701234547";

/// A program that ends with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// bearerbox, its centre, smsbox.
struct Kannel<'a> {
    folder: &'a Path,
    port: u16,
    bearerbox: Option<Ended>,
    _others: [Ended; 2],
}

impl Kannel<'_> {
    /// A port that was free may be another program's when Kannel wants it: then on other ports.
    async fn start(folder: &Path) -> Kannel<'_> {
        for _ in 0..5 {
            if let Some(kannel) = Kannel::try_start(folder).await {
                return kannel;
            }
        }
        let log = std::fs::read_to_string(folder.join("bearerbox.log"));
        panic!("bearerbox does not listen: {log:?}");
    }

    async fn try_start(folder: &Path) -> Option<Kannel<'_>> {
        let [admin, boxes, centre, port] = std::array::from_fn(|_| free_port());
        let text = format!(
            "group = core\nadmin-port = {admin}\nadmin-interface = 127.0.0.1\nadmin-password = x\nsmsbox-port = {boxes}\n\
             box-deny-ip = \"*.*.*.*\"\nbox-allow-ip = \"127.0.0.1\"\ndlr-storage = internal\n\n\
             group = smsc\nsmsc = fake\nsmsc-id = fake\nport = {centre}\nconnect-allow-ip = 127.0.0.1\n\n\
             group = smsbox\nbearerbox-host = 127.0.0.1\nsendsms-port = {port}\nsendsms-interface = 127.0.0.1\n\
             global-sender = 13013\n\n\
             group = sendsms-user\nusername = cloakroom\npassword = \"{SECRET}\"\nmax-messages = 2\nconcatenation = true\n\
             white-list-regex = \"^[+]46.*\"\n"
        );
        let file = folder.join("kannel.conf");
        std::fs::write(&file, text).expect("the folder is ours");
        let open = |port: u16| move || TcpStream::connect(("127.0.0.1", port)).ok();
        let bearerbox = start(folder, peer("bearerbox").arg(&file));
        let patience = Duration::from_secs(10);
        timeout(patience, until(open(centre))).await.ok()??;
        let mut fake = Command::new("/usr/lib/kannel/test/fakesmsc");
        fake.args(["-H", "127.0.0.1", "-r", &centre.to_string()]);
        let fake = start(folder, &mut fake);
        let smsbox = start(folder, peer("smsbox").arg(&file));
        timeout(patience, until(open(port))).await.ok()??;
        Some(Kannel {
            folder,
            port,
            bearerbox: Some(bearerbox),
            _others: [fake, smsbox],
        })
    }

    /// The centre has got a message with these words, as it shows them.
    async fn got(&self, words: &str) {
        let read = || std::fs::read_to_string(self.folder.join("fakesmsc.log")).unwrap_or_default();
        let there = until(|| read().contains(words).then_some(())).await;
        assert!(there.is_some(), "no {words:?} in:\n{}", read());
    }

    async fn send(&self, secret: &str, number: &str, password: &str) -> Result<(), Trouble> {
        let settings = of_the_manual("Kannel", &format!("127.0.0.1:{}", self.port), secret);
        let notice = notice("7K3M9XQF-0", number, password);
        channel(settings, "Example Region").send(&notice).await
    }
}

/// With its words in a file, and its input open as long as it runs.
fn start(folder: &Path, program: &mut Command) -> Ended {
    let path = Path::new(program.get_program());
    let name = path.file_name().expect("a program").to_string_lossy();
    let log = File::create(folder.join(format!("{name}.log"))).expect("the folder is ours");
    let other = log.try_clone().expect("a second handle");
    program.stdin(Stdio::piped()).stdout(log).stderr(other);
    Ended(
        program
            .spawn()
            .expect("it is installed; tests/run does that"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_arrives_through_kannel_to_the_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut kannel = Kannel::start(folder.path()).await;

    // The last line, from which telephones fill in the password, is a line of its own for the centre.
    let sent = kannel.send(SECRET, NUMBER, "K7PM-2WXD-9RQF").await;
    assert_eq!(sent, Ok(()));
    kannel
        .got(&format!("<ExampleReg {NUMBER} text Example Region: "))
        .await;
    kannel.got("K7PM-2WXD-9RQF").await;
    kannel.got("@files.example.org #K7PM2WXD9RQF>").await;

    // Seven bits with the extension table, then what needs UCS-2, in two parts.
    assert_eq!(
        kannel
            .send(SECRET, NUMBER, "{a}[b]~^|\\\u{20ac} \u{e5}\u{c4}\u{f1}&+%")
            .await,
        Ok(())
    );
    kannel
        .got("{a}[b]~^|\\\u{20ac} \u{e5}\u{c4}\u{f1}&+%")
        .await;
    assert_eq!(
        kannel
            .send(SECRET, NUMBER, "\u{141}\u{f3}d\u{17a}\u{3b1}\u{3b2}")
            .await,
        Ok(())
    );
    kannel
        .got(&format!("<ExampleReg {NUMBER} udh %05%00%03"))
        .await;
    kannel.got("%01A%00%F3%00d%01z%03%B1%03%B2").await;

    // A wrong password can be mended, a number on Kannel's list cannot.
    let wrong = kannel.send("other", NUMBER, "K7PM-2WXD-9RQF").await;
    assert!(matches!(wrong, Err(Trouble::Later(_))), "{wrong:?}");
    let refused = kannel.send(SECRET, "+4740612345", "K7PM-2WXD-9RQF").await;
    assert!(matches!(refused, Err(Trouble::Never(_))), "{refused:?}");

    // smsbox ends without its bearerbox.
    drop(kannel.bearerbox.take());
    let port = kannel.port;
    let gone = until(|| TcpStream::connect(("127.0.0.1", port)).err()).await;
    assert!(gone.is_some(), "smsbox is gone");
    let down = kannel.send(SECRET, NUMBER, "K7PM-2WXD-9RQF").await;
    assert!(matches!(down, Err(Trouble::Later(_))), "{down:?}");
}

/// The manual's `dlr-url`: Kannel calls it when the centre has the message, with the number that `report_delivered` looks for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kannel_reports_as_the_manual_expects() {
    let folder = tempfile::tempdir().expect("a folder");
    let kannel = Kannel::start(folder.path()).await;
    let (portal, asked) = provider("200 OK", "ok\n").await;
    let mut settings = of_the_manual("Kannel", &format!("127.0.0.1:{}", kannel.port), SECRET);
    let links = ReportLinks::new(&MasterKey::fresh(), &format!("http://{portal}"));
    let url = links.url("7K3M9XQF-0");
    settings.report_links = Some(links);
    let channel = channel(settings, "Example Region");
    assert_eq!(channel.report_within(), Some(Duration::from_secs(900)));
    let notice = notice("7K3M9XQF-0", NUMBER, "K7PM-2WXD-9RQF");
    assert_eq!(channel.send(&notice).await, Ok(()));
    let asked = tokio::time::timeout(Duration::from_secs(30), asked).await;
    let asked = asked.expect("a report in time").expect("a call");
    let target = asked.split(' ').nth(1).expect("a request");
    let (path, query) = target.split_once('?').expect("a query");
    assert!(url.ends_with(path), "{asked}");
    let said = channel.report(query.as_bytes(), b"");
    assert_eq!(said, Some(Report::Delivered), "{asked}");
    assert_eq!(channel.report(b"kannel=4", b""), None);
    for failed in ["kannel=2", "kannel=16"] {
        assert_eq!(channel.report(failed.as_bytes(), b""), Some(Report::Failed));
    }
}
