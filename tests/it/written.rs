//! Answers that outsiders write on the page: the program itself, curl as the browser without scripts, Python as the reader inside.

use crate::crashes::points;
use crate::portal::looks::{axe, judged};
use crate::support::browser::Browser;
use crate::support::client::{Door, send};
use crate::support::hop::{Hop, Refusal};
use crate::support::process::{Gateway, peer, run};
use crate::support::{first, link_in, noise, settings, until};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const ANNA: &str = "anna@example.org";
const EVA: &str = "eva@example.org";
const BO: &str = "bo@partner.example";

const MAIL: &str = "From: Anna Lind <anna@example.org>\r\nTo: Bo Ek <bo@partner.example>, Eva <eva@example.org>,\r\n \
    Kim <kim@third.example>\r\nSubject: Heron plan\r\nMessage-ID: <plan@example.org>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n\
    --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n\r\n--b--\r\n";

/// What the reader inside sees of a mail.
const READER: &str = r#"
import email, email.policy, hashlib, json, sys
mail = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
print(json.dumps({
    "fields": {name.lower(): str(value) for name, value in mail.items()},
    "defects": [str(d) for part in mail.walk() for d in part.defects],
    "text": mail.get_body(("plain",)).get_content().replace("\r\n", "\n"),
    "files": [[part.get_filename(), part.get_content_type(), hashlib.sha256(part.get_payload(decode=True)).hexdigest()]
              for part in mail.iter_attachments()],
}))
"#;

/// A program, a next hop, and a recipient's browser that has opened a transfer.
pub struct Stage {
    /// Before its folder, so that it is dropped before.
    gateway: Option<Gateway>,
    folder: tempfile::TempDir,
    pub hop: Hop,
    /// `/open/<ID>`
    pub room: String,
    link: String,
}

impl Stage {
    pub async fn new(portal: &str) -> Stage {
        Stage::dying(portal, None).await
    }

    /// The same with a program that dies at a crash point.
    pub async fn dying(portal: &str, die_at: Option<&str>) -> Stage {
        let folder = tempfile::tempdir().expect("a folder");
        let hop = Hop::start(Vec::new()).await;
        let next_hop = format!("smtp://{}", hop.address);
        settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
        settings::amend(folder.path(), "portal", portal);
        let program = Path::new(env!("CARGO_BIN_EXE_cloakroom"));
        let mut gateway = Gateway::spawn(program, folder.path(), die_at);
        assert!(gateway.listens(), "{}", gateway.log());
        let door = gateway.address("smtp");
        let replies = send(Door::Smtp, door, ANNA, &[BO.to_owned()], MAIL.as_bytes()).await;
        assert!(replies[0].starts_with("250"), "{replies:?}");
        let delivery = hop.delivery_to(BO).await;
        let link = link_in(&delivery.bytes).expect("a link");
        let mut stage = Stage {
            folder,
            hop,
            room: String::new(),
            link: link.clone(),
            gateway: Some(gateway),
        };
        stage.open(&link);
        stage
    }

    /// How the program ended, once it did.
    pub fn died(&mut self) -> Option<std::process::ExitStatus> {
        self.gateway.as_mut().expect("it ran").ended()
    }

    pub fn gateway(&self) -> &Gateway {
        self.gateway.as_ref().expect("it runs")
    }

    fn open(&mut self, link: &str) {
        let unlock = self.gateway().here(link) + "/unlock";
        let jar = self.file("cookies");
        let out = run(peer("curl")
            .args(["-s", "-d", "", "-w", "%{redirect_url}", "-c"])
            .arg(jar)
            .arg(unlock));
        let at = out
            .find("/open/")
            .unwrap_or_else(|| panic!("not open: {out}"));
        self.room = out[at..].trim().to_owned();
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn written(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.file(name);
        std::fs::write(&path, bytes).expect("writes");
        path
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.gateway().address("portal"))
    }

    /// curl with the browser's cookies; status and body.
    pub fn curl(&self, path: &str, more: &[String]) -> (u16, String) {
        let mut curl = peer("curl");
        curl.args(["-s", "-w", "\n%{http_code}\n%{redirect_url}", "-b"]);
        let said = run(curl
            .arg(self.file("cookies"))
            .args(more)
            .arg(self.url(path)));
        let (rest, to) = said.rsplit_once('\n').expect("an address");
        let (body, status) = rest.rsplit_once('\n').expect("a status");
        let body = match to.is_empty() {
            true => body.to_owned(),
            false => to.to_owned(),
        };
        (status.parse().expect("a number"), body)
    }

    /// The form of the page: its hidden fields, as a browser sends them.
    pub fn form(&self) -> Vec<String> {
        let (status, page) = self.curl(&format!("{}/reply", self.room), &[]);
        assert_eq!(status, 200, "{page}");
        hidden(&page)
    }

    pub fn post(&self, form: &[String], more: &[&str]) -> (u16, String) {
        let fields = form.iter().cloned();
        let more = more.iter().map(|field| (*field).to_owned());
        let all: Vec<String> = fields
            .chain(more)
            .flat_map(|f| ["-F".to_owned(), f])
            .collect();
        self.curl(&format!("{}/reply", self.room), &all)
    }

    /// Kills it and starts it anew on the same folder; the browser opens the link again.
    pub fn restart(&mut self) {
        self.start_anew();
        self.open_again();
    }

    /// Kills it and starts it anew on the same folder; the browser keeps its cookie and nothing else.
    pub fn start_anew(&mut self) {
        self.gateway.take().expect("it runs").kill();
        self.gateway = Some(Gateway::start(self.folder.path()));
    }

    /// The browser opens the link again.
    pub fn open_again(&mut self) {
        let link = self.link.clone();
        self.open(&link);
    }

    /// The link by another way to the portal.
    pub fn link_at(&self, address: &str) -> String {
        let path = self.link.split_once("/t/").expect("a link").1;
        format!("http://{address}/t/{path}")
    }

    pub fn count(&self, whom: &str) -> usize {
        let all = self.hop.deliveries().into_iter();
        all.filter(|d| d.to.iter().any(|to| to == whom)).count()
    }
}

/// Hidden fields of a form, as curl sends them.
fn hidden(page: &str) -> Vec<String> {
    let shape = regex::Regex::new("<input type=\"hidden\" name=\"([a-z]+)\" value=\"([^\"]*)\">")
        .expect("a pattern");
    let all = shape.captures_iter(page);
    all.map(|found| format!("{}={}", &found[1], &found[2]))
        .collect()
}

pub fn read(mail: &[u8]) -> serde_json::Value {
    let python = std::env::var("CLOAKROOM_PYTHON").expect("tests/run sets it");
    let mut child = Command::new(python)
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut stdin = child.stdin.take().expect("piped");
    std::io::Write::write_all(&mut stdin, mail).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

pub fn sha256(bytes: &[u8]) -> String {
    let hash = <sha2::Sha256 as sha2::Digest>::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn at(path: &Path) -> String {
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_without_scripts_arrives_inside_as_an_ordinary_mail() {
    let stage = Stage::new("").await;
    let (_, files) = stage.curl(&stage.room, &[]);
    assert!(
        files.contains(&format!("href=\"{}/reply\"", stage.room)),
        "{files}"
    );
    let form = stage.form();
    assert_eq!(form.len(), 2, "{form:?}");
    assert_eq!(form[1], format!("to={ANNA}"));
    let big = noise(1, 700_000);
    let files = [
        format!(
            "files=@{};filename=L\u{e4}karintyg \u{2013} v1.bin",
            at(&stage.written("a", &big))
        ),
        format!(
            "files=@{};filename=../../tiny.csv",
            at(&stage.written("b", b"a,b\n"))
        ),
        format!("files=@{};filename=tiny.csv", at(&stage.written("c", b""))),
    ];
    let fields = [
        "text=Dear Anna,\n.\nFrom here it is fine.",
        "to=eva@example.org",
        "to=kim@third.example",
        "to=evil@example.net",
    ];
    let all: Vec<&str> = fields
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    let (status, sent) = stage.post(&form, &all);
    assert_eq!(status, 303, "{sent}");
    let path = &sent[sent.find("/open/").expect("a path")..];
    let (status, page) = stage.curl(path, &[]);
    assert_eq!(status, 200);
    assert!(
        page.contains("Sent to Anna Lind") && page.contains("anna@example.org, eva@example.org"),
        "{page}"
    );
    let reference = page.split("<code>").nth(1).expect("a reference")[..8].to_owned();

    let delivery = stage.hop.delivery_to(ANNA).await;
    assert_eq!(delivery.from, "files@example.org");
    assert_eq!(delivery.to, [ANNA, EVA], "and to nobody outside");
    let mail = read(&delivery.bytes);
    assert_eq!(mail["defects"], serde_json::json!([]), "{mail}");
    let field = |name: &str| mail["fields"][name].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        field("from"),
        "Bo Ek via Example Region Files <files@example.org>"
    );
    assert_eq!(field("reply-to"), "Bo Ek <bo@partner.example>");
    assert_eq!(field("to"), "anna@example.org, eva@example.org");
    assert_eq!(field("subject"), "Re: Heron plan");
    assert_eq!(field("in-reply-to"), "<plan@example.org>");
    assert_eq!(field("references"), "<plan@example.org>");
    assert_eq!(field("message-id"), format!("<{reference}@gateway.test>"));
    assert_eq!(field("auto-submitted"), "");
    let text = mail["text"].as_str().expect("a text");
    let (first, rest) = text.split_once('\n').expect("lines");
    assert!(first.starts_with("Written on 127.0.0.1:"), "{text}");
    assert!(first.ends_with("sent to bo@partner.example."), "{text}");
    let rule = "-".repeat(40);
    let expected = format!(
        "{rule}\n\nDear Anna,\n.\nFrom here it is fine.\n\n-- \nReference {reference}\nSomething wrong with it? Report it: "
    );
    let (said, link) = rest.trim_end().rsplit_once(' ').expect("a link");
    assert_eq!(format!("{said} "), expected);
    assert!(link.contains("/b/"), "{link}");
    let expected = serde_json::json!([
        [
            "L\u{e4}karintyg \u{2013} v1.bin",
            "application/octet-stream",
            sha256(&big)
        ],
        ["tiny.csv", "text/plain", sha256(b"a,b\n")],
        ["tiny (2).csv", "application/x-empty", sha256(b"")],
    ]);
    assert_eq!(mail["files"], expected);

    // A reload, a second press, a press of the button after the restart: still one mail.
    let (status, again) = stage.post(&form, &all);
    assert_eq!((status, again), (303, sent.clone()));
    let copy = format!("{path}/copy");
    for _ in 0..2 {
        assert_eq!(stage.curl(&copy, &["-d".into(), String::new()]).0, 303);
    }
    let receipts = || (stage.count(BO) == 2).then_some(());
    until(receipts).await.expect("the receipt arrives");
    assert_eq!(
        (stage.count(ANNA), stage.count(BO)),
        (1, 2),
        "the mail with the link, and one receipt"
    );
}

/// T95: whoever got it reports it, once; looking, crawling and guessing report nothing; a kill changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t95_what_came_in_can_be_reported_by_whoever_got_it() {
    const DPO: &str = "dpo@example.org";
    let mut stage = Stage::new("mail_up_to = \"1 MiB\"").await;
    settings::amend(
        stage.folder.path(),
        "notice",
        "admins = [\"dpo@example.org\"]",
    );
    let languages = ["en", "de", "sv", "nl", "fr", "es", "it", "pl"];
    let all = format!("languages = {languages:?}");
    settings::replace(stage.folder.path(), "languages = [\"en\"]", &all);
    stage.restart();
    let big = format!(
        "files=@{};filename=Garganey.bin",
        at(&stage.written("a", &noise(3, 1_500_000)))
    );
    let form = stage.form();
    assert_eq!(stage.post(&form, &["text=Send money.", &big]).0, 303);
    let mail = read(&stage.hop.delivery_to(ANNA).await.bytes);
    let text = mail["text"].as_str().expect("a text");
    let page = first("/b/[0-9a-z]{24}", text).expect("a link, in a mail with a link too");

    let (status, shown) = stage.curl(&page, &[]);
    assert_eq!(status, 200);
    assert!(
        shown.contains("Report this message") && shown.contains(BO),
        "{shown}"
    );
    assert!(
        !shown.contains("Send money") && !shown.contains("Garganey"),
        "{shown}"
    );
    let sent = |form: &str| vec!["-d".to_owned(), form.to_owned()];
    for nothing in ["", "because=x", "word=other"] {
        assert_eq!(stage.curl(&page, &sent(nothing)).0, 400, "{nothing}");
    }
    let mut wrong = Vec::new();
    let browser = Browser::open(stage.folder.path(), true).await;
    browser.in_every_page(&axe()).await;
    for language in languages {
        let address = format!("{}?lang={language}", stage.url(&page));
        browser.go(&address).await;
        let name = format!("page-report-{language}");
        wrong.extend(judged(&browser, &name, language).await);
    }

    let guessed = format!("{}0000", &page[..page.len() - 4]);
    assert_eq!(stage.curl(&guessed, &[]).0, 404);
    assert_eq!(stage.curl(&guessed, &sent("word=report")).0, 404);
    assert!(stage.curl(&page, &[]).1.contains("Report this message"));

    let said = "word=report&because=Wants%0d%0amoney%20<b>";
    assert_eq!(stage.curl(&page, &sent(said)).0, 303);
    stage.start_anew();
    let told = read(&stage.hop.delivery_to(DPO).await.bytes);
    let told = told["text"].as_str().expect("a text");
    for words in [BO, ANNA, "Wants money <b>", "Reference "] {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    assert!(
        !told.contains("Send money") && !told.contains("Garganey"),
        "{told}"
    );
    // Once more, and after a kill: it was.
    assert_eq!(stage.curl(&page, &sent(said)).0, 303);
    let (_, shown) = stage.curl(&page, &[]);
    assert!(
        shown.contains("was reported") && !shown.contains("<form method=\"post\" action=\"/b"),
        "{shown}"
    );
    browser.go(&format!("{}?lang=en", stage.url(&page))).await;
    wrong.extend(judged(&browser, "page-report-done-en", "en").await);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // It may have left already when the gateway was killed, and then leaves again.
    let told = stage.count(DPO);
    assert!((1..=2).contains(&told), "{told}");
    stage.open_again();
    let form = stage.form();
    assert_eq!(stage.post(&form, &["text=Another one."]).0, 303);
    until(|| (stage.count(ANNA) == 2).then_some(()))
        .await
        .expect("it comes");
    assert_eq!(stage.count(DPO), told, "the second report told nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_for_mail_comes_in_as_a_link() {
    let stage = Stage::new("mail_up_to = \"1 MiB\"").await;
    let big = noise(2, 3_000_000);
    let files = [
        format!("files=@{};filename=scan.bin", at(&stage.written("a", &big))),
        format!(
            "files=@{};filename=note.txt",
            at(&stage.written("b", b"small"))
        ),
    ];
    let form = stage.form();
    let (status, said) = stage.post(&form, &["text=Here it is.", &files[0], &files[1]]);
    assert_eq!(status, 303, "{said}");
    let delivery = stage.hop.delivery_to(ANNA).await;
    assert!(delivery.bytes.len() < 30_000);
    let mail = read(&delivery.bytes);
    assert_eq!(mail["files"], serde_json::json!([]));
    assert!(
        mail["text"]
            .as_str()
            .expect("a text")
            .contains("Here it is.")
    );
    let link = link_in(&delivery.bytes).expect("a link");
    let into = tempfile::tempdir().expect("a folder");
    let link = stage.gateway().here(&link);
    let fetched = crate::support::fetch(&link, None, into.path())
        .await
        .expect("opens");
    let names: Vec<String> = fetched.iter().map(|file| file.name.clone()).collect();
    assert_eq!(names, ["scan.bin", "note.txt"]);
    assert!(std::fs::read(into.path().join("scan.bin")).expect("is there") == big);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_hop_that_is_down_gets_it_later() {
    let mut stage = Stage::new("").await;
    stage.hop.refuse(vec![Refusal {
        at: format!("rcpt {ANNA}"),
        reply: "451 4.3.0 Busy".into(),
    }]);
    // A connection that it keeps knows nothing of that.
    stage.restart();
    let form = stage.form();
    assert_eq!(stage.post(&form, &["text=Patience."]).0, 303);
    let tried = || stage.gateway().log().contains("parcel_tried").then_some(());
    until(tried).await.expect("it was tried");
    stage.restart();
    stage.hop.refuse(Vec::new());
    let mut retry = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    run(retry
        .args(["queue", "retry", "--config"])
        .arg(stage.file("cloakroom.toml")));
    let delivery = stage.hop.delivery_to(ANNA).await;
    assert!(
        read(&delivery.bytes)["text"]
            .as_str()
            .expect("a text")
            .contains("\nPatience.")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_any_step_it_is_sent_once_and_whole() {
    let names = points::names().into_iter();
    let names: Vec<String> = names
        .filter(|name| points::is_about_writing(name) && !points::is_about_scanning(name))
        .collect();
    assert!(names.len() > 5, "only {names:?}");
    for point in names {
        let mut stage = Stage::dying("mail_up_to = \"100 KiB\"", Some(&point)).await;
        let big = noise(3, 400_000);
        let file = format!("files=@{};filename=scan.bin", at(&stage.written("a", &big)));
        let form = stage.form();
        let fields: Vec<String> = [&form[..], &["text=Once.".to_owned(), file.clone()]].concat();
        let mut curl = peer("curl");
        let fields: Vec<&str> = fields.iter().flat_map(|f| ["-F", f.as_str()]).collect();
        curl.args(["-s", "-b"])
            .arg(stage.file("cookies"))
            .args(&fields);
        // It dies somewhere in here.
        let _ = curl
            .arg(stage.url(&format!("{}/reply", stage.room)))
            .output();
        let gateway = stage.gateway.as_mut().expect("it runs");
        until(|| gateway.ended())
            .await
            .unwrap_or_else(|| panic!("{point} was not reached"));
        stage.restart();
        let (status, said) = stage.post(&form, &["text=Once.", &file]);
        assert_eq!(status, 303, "{point}: {said}");
        let delivery = stage.hop.delivery_to(ANNA).await;
        let link = link_in(&delivery.bytes).unwrap_or_else(|| {
            panic!(
                "{point}: no link in {}",
                String::from_utf8_lossy(&delivery.bytes[..2000.min(delivery.bytes.len())])
            )
        });
        let link = stage.gateway().here(&link);
        let into = tempfile::tempdir().expect("a folder");
        crate::support::fetch(&link, None, into.path())
            .await
            .unwrap_or_else(|e| panic!("{point}: {e}"));
        assert!(
            std::fs::read(into.path().join("scan.bin")).expect("is there") == big,
            "{point}"
        );
        assert_eq!(stage.count(ANNA), 1, "{point}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t95_only_who_opened_a_transfer_writes_and_within_limits() {
    let stage = Stage::new("upload_max = \"1 MiB\"").await;
    let reply = format!("{}/reply", stage.room);
    // Scanners and strangers: looks, empty forms, forms of other sites, no cookie.
    for _ in 0..10 {
        stage.form();
    }
    let form = stage.form();
    assert_eq!(stage.post(&form, &["text="]).0, 400);
    assert_eq!(stage.post(&form, &["files=;filename=\"\""]).0, 400);
    let evil = ["-H", "Origin: https://evil.example", "-F", "text=Hello"].map(String::from);
    assert_eq!(stage.curl(&reply, &evil).0, 400);
    let mut stranger = peer("curl");
    stranger.args([
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-F",
        "text=Hello",
    ]);
    assert_eq!(run(stranger.arg(stage.url(&reply))), "403");
    assert_eq!(
        stage.curl(&reply, &["-d".into(), "text=Hello".into()]).0,
        400,
        "no form of ours"
    );
    // Too much.
    let large = format!("files=@{}", at(&stage.written("a", &noise(4, 1_200_000))));
    let (status, page) = stage.post(&form, &["text=Kept.", &large]);
    assert_eq!(status, 413);
    assert!(
        page.contains("<title>Error: ") && page.contains("1.0\u{a0}MB together"),
        "{page}"
    );
    assert!(page.contains("Kept."), "what was typed is there again");
    assert!(page.contains(&form[0][6..]), "it is the same draft");
    // The rest of its five.
    for n in 0..5 {
        let (status, page) = stage.post(&stage.form(), &[&format!("text=Number {n}")]);
        assert_eq!(status, 303, "{n}: {page}");
    }
    let fresh = format!("draft={}", "ab".repeat(16));
    let (status, page) = stage.post(&[fresh, form[1].clone()], &["text=One more"]);
    assert_eq!(status, 429, "{page}");
    let arrived = || (stage.count(ANNA) == 5).then_some(());
    until(arrived).await.expect("five arrive");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_while_much_comes() {
    const LEN: u64 = 20 << 20;
    let stage = Stage::new("mail_up_to = \"1 MiB\"").await;
    let before = stage.gateway().peak();
    let path = stage.file("sparse");
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len(LEN).expect("sparse");
    let form = stage.form();
    let (status, said) = stage.post(
        &form,
        &[&format!("files=@{};filename=large.bin", at(&path))],
    );
    assert_eq!(status, 303, "{said}");
    let grew = stage.gateway().peak().saturating_sub(before);
    assert!(grew < 8 << 10, "{grew} KiB for {} KiB", LEN >> 10);
}
