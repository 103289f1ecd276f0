//! Every page a recipient meets, in every language, light and dark, on a phone of 320 pixels and on a desk: axe finds nothing (WCAG 2.2 AA and
//! its best practices), nothing stands out to the right, nothing is asked of anybody else, and a page is light.
//!
//! Setup: `chromium` and `chromium-driver` of Debian; axe-core, which `tests/run` puts into target/axe. Pictures are left in target/screens.

use super::house::{Answer, Made, Stage};
use super::send;
use crate::support::browser::Browser;
use cloakroom::doors::web::terms::Terms;
use cloakroom::gateway::collect::Lock;
use cloakroom::texts::look::{Colour, Logo, Look};
use cloakroom::transfer::EntryKind;
use cloakroom::transfer::proof::PasswordLine;
use std::path::{Path, PathBuf};

/// Bytes of a page without its pictures and style.
const LIGHT: usize = 30 * 1024;
const PHONE: (u32, u32) = (320, 640);
const DESK: (u32, u32) = (1280, 800);

/// A page and how to come there.
struct Page {
    name: &'static str,
    way: Way,
}

enum Way {
    /// By its address.
    Path(String),
    /// By its address, in a browser that has opened this transfer.
    Inside(Made, &'static str),
    /// By answering this transfer, once this has become of the answer.
    Written(Made, fn(&Stage, &str)),
    /// By having a new password shown, from this page.
    Shown(Made, String),
    /// By its address, in a browser that proved nothing.
    Stranger(&'static str),
    /// By its address, in a browser that waits for a code; or that was given too many wrong ones.
    Waiting(u32),
    /// By its address, in a browser of a guest.
    Guest(&'static str),
    /// A guest has named somebody who is not ours.
    Misaddressed,
    /// By a wrong password on this page.
    Wrong(Made),
    /// The page of a link whose sender was asked, with all that is folded up shown.
    Unfolded(Made),
    /// The page of a link in a browser that remembers it.
    Remembered(Made),
    /// The same, opened.
    RememberedInside(Made),
}

#[test]
fn every_page_can_be_used_by_everyone_in_english() {
    every_page_can_be_used_in("en");
}

#[test]
fn every_page_can_be_used_by_everyone_in_german() {
    every_page_can_be_used_in("de");
}

#[test]
fn every_page_can_be_used_by_everyone_in_swedish() {
    every_page_can_be_used_in("sv");
}

#[test]
fn every_page_can_be_used_by_everyone_in_dutch() {
    every_page_can_be_used_in("nl");
}

#[test]
fn every_page_can_be_used_by_everyone_in_french() {
    every_page_can_be_used_in("fr");
}

#[test]
fn every_page_can_be_used_by_everyone_in_spanish() {
    every_page_can_be_used_in("es");
}

#[test]
fn every_page_can_be_used_by_everyone_in_italian() {
    every_page_can_be_used_in("it");
}

#[test]
fn every_page_can_be_used_by_everyone_in_polish() {
    every_page_can_be_used_in("pl");
}

/// T91: nothing is asked of anybody else.
fn every_page_can_be_used_in(language: &str) {
    let terms = Terms::new("Be kind.\n\nThank you.".into(), Vec::new());
    let stage = Stage::shaped(|house| house.help_url = None, Some(terms));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let wrong = runtime.block_on(async {
        let browser = Browser::open(folder.path(), true).await;
        browser.in_every_page(&axe()).await;
        assert!(sees_what_is_wrong(&browser, folder.path()).await);
        let eye = Eye {
            stage: &stage,
            browser,
            wrong: Vec::new(),
        };
        eye.all(language).await
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_houses_own_colours_and_logo_are_shown_and_can_be_read() {
    let logo = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 40" width="160" height="40"><rect width="160" height="40" rx="6" fill="#7a1f5c"/></svg>"##;
    let look = Look {
        accent: Colour(0x7a, 0x1f, 0x5c),
        accent_dark: Colour(0xe3, 0xa6, 0xcf),
        logo: Some(Logo {
            media_type: "image/svg+xml",
            bytes: logo.into(),
        }),
    };
    let stage = Stage::looking(Lock::default(), "127.0.0.1:0", look);
    let made = stage.hold(&[("contract.pdf", b"%PDF-1.7 x")]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let wrong = runtime.block_on(async {
        let browser = Browser::open(folder.path(), true).await;
        browser.in_every_page(&axe()).await;
        let mut eye = Eye {
            stage: &stage,
            browser,
            wrong: Vec::new(),
        };
        let path = Way::Path(format!("/t/{}", made.token));
        eye.come(&path, "en").await;
        eye.judge("page-own-look", "en").await;
        let seen = eye.browser.run(COLOURS).await;
        assert_eq!(seen.as_str(), Some("rgb(122, 31, 92) 160x40"));
        eye.wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Eight languages would take three lines of a telephone.
#[test]
fn languages_are_folded_and_chosen_without_scripts_and_by_keys_alone() {
    let stage = Stage::new();
    let made = stage.hold(&[("contract.pdf", b"%PDF-1.7 x")]);
    let path = format!("http://{}/t/{}", stage.address, made.token);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let browser = Browser::open(folder.path(), false).await;
        browser.go(&format!("{path}?lang=en")).await;
        assert_eq!(browser.read("nav summary").await, "Language: English");
        browser.click("nav summary").await;
        browser.follow("nav a[lang=de]").await;
        assert_eq!(browser.read("nav summary").await, "Sprache: Deutsch");
        assert!(browser.url().await.ends_with("?lang=de"));
        // Enter opens it; what is not shown has no text, and takes no key.
        assert_eq!(browser.read("nav a[lang=sv]").await, "");
        browser.write("nav summary", "\u{e007}").await;
        assert_eq!(browser.read("nav a[lang=sv]").await, "Svenska");
        browser.write("nav a[lang=sv]", "\u{e007}").await;
        browser.arrived("?lang=sv").await;
        assert_eq!(browser.read("nav summary").await, "Spr\u{e5}k: Svenska");
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    runtime.block_on(async {
        let browser = Browser::open(folder.path(), true).await;
        for language in ["en", "fr", "pl"] {
            browser.go(&format!("{path}?lang={language}")).await;
            let (_, wide) = browser.look(PHONE, false).await;
            let height = "return document.querySelector('nav').offsetHeight";
            let height = browser.run(height).await.as_u64();
            assert!(
                !wide && height.is_some_and(|h| (24..40).contains(&h)),
                "{height:?}"
            );
            browser.click("nav summary").await;
            let (picture, wide) = browser.look(PHONE, true).await;
            keep(
                &format!("page-languages-{language}-phone-dark.png"),
                &picture,
            );
            assert!(!wide, "{language}");
        }
    });
}

const COLOURS: &str = "const logo = document.querySelector('.house img'); \
    return getComputedStyle(document.querySelector('main button')).backgroundColor + ' ' + logo.width + 'x' + logo.height";

/// A page as it must not be: else the judge is not there.
async fn sees_what_is_wrong(browser: &Browser, folder: &Path) -> bool {
    let page = folder.join("wrong.html");
    let text = "<title>x</title><h1>x</h1><p style=\"color:#ccc;width:5000px\">pale</p><input>";
    std::fs::write(&page, text).expect("a temporary folder can be written");
    browser.go(&format!("file://{}", page.display())).await;
    let (_, wide) = browser.look(PHONE, false).await;
    let found = browser.run(JUDGE).await.to_string();
    browser.asked_for().await;
    let rules = ["color-contrast", "html-has-lang", "label"];
    wide && rules.iter().all(|rule| found.contains(rule))
}

struct Eye<'a> {
    stage: &'a Stage,
    browser: Browser,
    wrong: Vec<String>,
}

impl Eye<'_> {
    async fn all(mut self, language: &str) -> Vec<String> {
        for page in pages(self.stage) {
            let name = format!("page-{}-{language}", page.name);
            self.come(&page.way, language).await;
            self.judge(&name, language).await;
        }
        let ours = format!("http://{}/", self.stage.address);
        let asked = self.browser.asked_for().await;
        let elsewhere = asked.iter().filter(|a| !a.starts_with(&ours));
        self.wrong.extend(elsewhere.cloned());
        self.wrong
    }

    async fn come(&self, way: &Way, language: &str) {
        let at = |path: &str| {
            let mark = if path.contains('?') { '&' } else { '?' };
            format!("http://{}{path}{mark}lang={language}", self.stage.address)
        };
        match way {
            Way::Path(path) => self.browser.go(&at(path)).await,
            Way::Inside(made, rest) => {
                let line = self.stage.unlock(made);
                let pair = line.trim().trim_start_matches("Cookie: ");
                let (name, value) = pair.split_once('=').expect("a cookie");
                self.browser.cookie(name, value).await;
                self.browser
                    .go(&at(&format!("/open/{}{rest}", made.id)))
                    .await;
            }
            Way::Stranger(path) => {
                self.browser.cookie("cloakroom-guest", "x").await;
                self.browser.go(&at(path)).await;
            }
            Way::Waiting(wrong) => {
                let line = send::ask(self.stage, &send::fresh_address());
                for _ in 0..*wrong {
                    send::enter(self.stage, &line, "00000000");
                }
                self.keep_line(&line).await;
                self.browser.go(&at("/send/code")).await;
                if *wrong > 0 {
                    self.browser.write("#code", "1").await;
                    self.browser.follow("main button").await;
                    self.browser.read("#error").await;
                }
            }
            Way::Guest(path) => {
                let line = send::guest(self.stage, &send::fresh_address(), &["anna@example.org"]);
                self.keep_line(&line).await;
                self.browser.go(&at(path)).await;
                let unfold = "document.querySelectorAll('details').forEach((d) => d.open = true)";
                self.browser.run(unfold).await;
            }
            Way::Misaddressed => {
                let line = send::guest(self.stage, &send::fresh_address(), &[]);
                self.keep_line(&line).await;
                self.browser.go(&at("/send/write")).await;
                self.browser.write("#to", "boss@example.org").await;
                self.browser.write("#text", "Hello").await;
                self.browser.follow("form#write .actions button").await;
                self.browser.read("#error").await;
            }
            Way::Unfolded(made) => {
                let path = format!("/t/{}", made.token);
                self.stage.post(&format!("{path}/ask"), "", "");
                self.browser.go(&at(&path)).await;
                let unfold = "document.querySelectorAll('details').forEach((d) => d.open = true)";
                self.browser.run(unfold).await;
            }
            Way::Remembered(made) => {
                let answer = self.stage.unlock_by(made, "", "&remember=1&terms=1");
                self.keep(&answer, "cloakroom-known").await;
                self.browser.go(&at(&format!("/t/{}", made.token))).await;
            }
            Way::RememberedInside(made) => {
                let answer = self.stage.unlock_by(made, "", "&remember=1&terms=1");
                self.keep(&answer, "cloakroom-known").await;
                self.keep(&answer, "cloakroom").await;
                self.browser.go(&at(&format!("/open/{}", made.id))).await;
            }
            Way::Written(made, what) => {
                let line = self.stage.unlock(made);
                let pair = line.trim().trim_start_matches("Cookie: ");
                let (name, value) = pair.split_once('=').expect("a cookie");
                self.browser.cookie(name, value).await;
                let path = self.stage.answer(made, &line);
                what(self.stage, &path);
                self.browser.go(&at(&path)).await;
            }
            Way::Shown(made, path) => {
                super::sender::as_if_never_renewed(self.stage, made);
                self.browser.go(&at(&format!("{path}/renew?to=0"))).await;
                self.browser.click("input[value=shown]").await;
                self.browser.follow("main button").await;
                self.browser.read(".fresh").await;
            }
            Way::Wrong(made) => {
                self.browser.go(&at(&format!("/t/{}", made.token))).await;
                self.browser.write("#password", "AAAA-BBBB-CCCC").await;
                self.browser.click("#terms").await;
                self.browser.follow("main button").await;
                self.browser.read("#error").await;
            }
        }
    }

    async fn keep_line(&self, line: &str) {
        let pair = line.trim().trim_start_matches("Cookie: ");
        let (name, value) = pair.split_once('=').expect("a cookie");
        self.browser.cookie(name, value).await;
    }

    async fn keep(&self, answer: &Answer, name: &str) {
        let line = answer.cookies(&[name]);
        let pair = line.trim().trim_start_matches("Cookie: ");
        let (name, value) = pair.split_once('=').expect("a cookie");
        self.browser.cookie(name, value).await;
    }

    async fn judge(&mut self, name: &str, language: &str) {
        let wrong = judged(&self.browser, name, language).await;
        self.wrong.extend(wrong);
    }
}

/// What is wrong with the page that is shown. Its pictures are kept.
pub async fn judged(browser: &Browser, name: &str, language: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (look, size, dark) in [
        ("phone", PHONE, true),
        ("phone", PHONE, false),
        ("desk", DESK, true),
        ("desk", DESK, false),
    ] {
        let (picture, wide) = browser.look(size, dark).await;
        let scheme = if dark { "dark" } else { "light" };
        keep(&format!("{name}-{look}-{scheme}.png"), &picture);
        if wide {
            wrong.push(format!("{name} {look}: wider than the window"));
        }
        if (look == "phone") == dark {
            let found = browser.run(JUDGE).await;
            let found = found.as_array().expect("a list").iter();
            let found = found.map(|what| format!("{name} {look} {scheme}: {what}"));
            wrong.extend(found);
        }
    }
    let facts = browser.run(FACTS).await;
    let size = facts["size"].as_u64().expect("a number");
    if size > LIGHT as u64 {
        wrong.push(format!("{name}: {size} bytes"));
    }
    if facts["lang"] != language {
        wrong.push(format!("{name}: says it is {}", facts["lang"]));
    }
    wrong
}

/// Rules of WCAG up to 2.2 AA, and what axe calls best practice.
const JUDGE: &str = "return axe.run(document, { resultTypes: ['violations'], runOnly: \
    ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((result) => \
    result.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', ')))";

const FACTS: &str = "return { size: new Blob([document.documentElement.outerHTML]).size, \
    lang: document.documentElement.lang }";

fn pages(stage: &Stage) -> Vec<Page> {
    let files: [(&str, &[u8]); 3] = [
        (
            "Läkarintyg för Åsa Öberg, komplett med alla bilagor och underskrifter 2025.pdf",
            b"%PDF-1.7 x",
        ),
        ("measurements.zip", b"PK\x03\x04 x"),
        ("x.txt", b"text"),
    ];
    let held = || stage.hold(&files);
    let message = || {
        let letter =
            "Dear Bo,\n\nThe findings are good.\n\n> What about the others?\n\nAnna".as_bytes();
        let html = b"<p>Dear Bo,</p><p>The findings are <b>good</b>; see <a href=\"https://www.example.org/\">our page</a>.</p>";
        let things = [
            (EntryKind::Text, "text", letter),
            (EntryKind::Html, "html", &html[..]),
            (
                EntryKind::Original,
                "Contract and annexes.eml",
                &b"From: a\r\n\r\nx"[..],
            ),
            (EntryKind::File, "contract.pdf", &b"%PDF-1.7 x"[..]),
        ];
        stage.hold_things(&things, |ticket| ticket.message = true)
    };
    let changed = |change: fn(&mut cloakroom::transfer::Ticket)| {
        let things = [(EntryKind::File, "contract.pdf", &b"%PDF-1.7 x"[..])];
        let made = stage.hold_things(&things, change);
        Way::Path(format!("/t/{}", made.token))
    };
    let path = |path: &str| Way::Path(path.to_owned());
    let unlock = Way::Path(format!("/t/{}", held().token));
    let page = |name, way| Page { name, way };
    let sender = super::sender::busy_page(stage);
    let (lost, renewable) = super::sender::renewable_page(stage);
    let approvers = super::approver::pages(stage).map(|(name, path)| page(name, Way::Path(path)));
    let others = vec![
        page("sender", path(&sender)),
        page("sender-late", path(&super::late::late_page(stage))),
        page(
            "preferences",
            path(&format!("{}?done=saved", super::preferences::page(stage))),
        ),
        page("sender-done", path(&format!("{sender}?done=extended"))),
        page("takeback", path(&format!("{sender}/revoke"))),
        page("sender-renewable", path(&renewable)),
        page("renew", path(&format!("{renewable}/renew?to=0"))),
        page("shown", Way::Shown(lost, renewable)),
        page("home", path("/")),
        page("accessibility", path("/accessibility")),
        page("privacy", path("/privacy")),
        page("terms", path("/terms")),
        page("genuine", path("/genuine")),
        page("forgotten", path("/forgotten")),
        page("deleted", path("/deleted")),
        page("gone", path("/t/0123456789abcdefghjkmnpqrstvwxyz")),
        page("nothing", path("/no/such/page")),
        page("closed", path("/open/7K3M9XQF")),
        page("unlock", unlock),
        page("unlock-wrong", Way::Wrong(held())),
        page(
            "unlock-paused",
            changed(|ticket| ticket.paused_until = i64::MAX / 4),
        ),
        page("unlock-locked", changed(|ticket| ticket.locked = true)),
        page("unlock-link", changed(|ticket| ticket.password = false)),
        page(
            "unlock-sender",
            changed(|ticket| ticket.password_line = PasswordLine::Sender),
        ),
        page(
            "unlock-agreed",
            changed(|ticket| ticket.password_line = PasswordLine::Agreed),
        ),
        page(
            "unlock-code",
            changed(|ticket| {
                (ticket.password, ticket.password_line) = (false, PasswordLine::EmailCode);
            }),
        ),
        page("files", Way::Inside(held(), "")),
        page("delete", Way::Inside(held(), "/delete")),
        page("write", Way::Inside(held(), "/reply")),
        page("written", Way::Written(held(), |_, _| {})),
        page("written-denied", Way::Written(held(), Stage::deny)),
        page(
            "send",
            Way::Stranger("/send?to=anna@example.org&subject=Heron+plan"),
        ),
        page("send-code", Way::Waiting(0)),
        page("send-code-wrong", Way::Waiting(1)),
        page("send-code-over", Way::Waiting(4)),
        page("send-write", Way::Guest("/send/write?to=eva@example.org")),
        page("send-misaddressed", Way::Misaddressed),
        page("unlock-more", Way::Unfolded(held())),
        page("unlock-remembered", Way::Remembered(held())),
        page("files-remembered", Way::RememberedInside(held())),
        page("files-message", Way::Inside(message(), "")),
        page("message", Way::Inside(message(), "/message")),
    ];
    approvers.into_iter().chain(others).collect()
}

pub fn axe() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/axe-core-4.10.3.min.js");
    std::fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("{}: {e}; tests/run installs it", path.display()))
}

fn keep(name: &str, picture: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&folder).expect("target can be written");
    std::fs::write(folder.join(name), picture).expect("target can be written");
}
