//! Whole ways through the pages, clicked in Chromium: on a desk with scripts, on a phone without.
//!
//! Setup: `chromium` and `chromium-driver` of Debian; `pdftotext` of poppler-utils.

use super::house::{PASSWORD, Stage};
use super::{approver, sender};
use crate::support::browser::Browser;
use cloakroom::texts::LANGUAGES;
use cloakroom::transfer::EntryKind;
use cloakroom::transfer::record::State;
use std::process::Command;

const DESK: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (360, 740);

/// Walks it both ways.
fn both_ways(walk: impl AsyncFn(&Stage, &Browser)) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (size, scripts) in [(DESK, true), (PHONE, false)] {
        let stage = Stage::new();
        let folder = tempfile::tempdir().expect("a temporary folder");
        runtime.block_on(async {
            let browser = Browser::open(folder.path(), scripts).await;
            browser.resize(size).await;
            walk(&stage, &browser).await;
        });
    }
}

fn url(stage: &Stage, path: &str) -> String {
    format!("http://{}{path}", stage.address)
}

#[test]
fn a_recipient_unlocks_reads_and_answers() {
    both_ways(async |stage, browser| {
        let things = [
            (EntryKind::Text, "text", &b"The findings are good."[..]),
            (EntryKind::File, "contract.pdf", &b"%PDF-1.7 x"[..]),
        ];
        let made = stage.hold_things(&things, |ticket| ticket.message = true);
        browser.go(&url(stage, &format!("/t/{}", made.token))).await;
        browser.write("#password", "AAAA-BBBB-CCCC").await;
        browser.follow("main form button").await;
        let said = browser.read("#error").await;
        assert!(said.contains("2"), "tries that are left: {said}");
        assert!(browser.title().await.starts_with("Error: "));
        browser.write("#password", &PASSWORD.to_lowercase()).await;
        browser.follow("main form button").await;
        browser.arrived("/open/").await;
        assert!(!browser.url().await.contains(&made.token));
        assert_eq!(browser.read(".files .name").await, "contract.pdf");
        browser.click(".files .get a").await;
        assert_eq!(browser.downloaded("contract.pdf").await, b"%PDF-1.7 x");
        browser.follow(".card a.button").await;
        browser.arrived("/message").await;
        assert_eq!(browser.read(".letter").await, "The findings are good.");
        browser.follow(".actions a.button").await;
        browser.arrived("/reply").await;
        browser.write("#text", "Thank you.").await;
        browser.follow("#write .actions button").await;
        browser.arrived("/reply/").await;
        let said = browser.read("main").await;
        assert!(said.contains("anna@legal.example.org"), "{said}");
        browser.follow(".until a").await;
        browser.follow(".top button").await;
        browser.arrived("/locked").await;
    });
}

/// The whole way of a recipient in every language, which the pages keep from the first to the last.
#[test]
fn a_recipient_goes_the_whole_way_in_the_language_that_was_chosen() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (number, (language, _)) in LANGUAGES.iter().enumerate() {
        let stage = Stage::new();
        let folder = tempfile::tempdir().expect("a temporary folder");
        runtime.block_on(async {
            let scripts = number % 2 == 0;
            let browser = Browser::open(folder.path(), scripts).await;
            browser.resize(if scripts { DESK } else { PHONE }).await;
            whole_way(&stage, &browser, language).await;
        });
    }
}

async fn whole_way(stage: &Stage, browser: &Browser, language: &str) {
    let things = [
        (EntryKind::Text, "text", &b"The findings are good."[..]),
        (EntryKind::File, "contract.pdf", &b"%PDF-1.7 x"[..]),
    ];
    let made = stage.hold_things(&things, |ticket| ticket.message = true);
    let spoken = format!("html[lang={language}]");
    let is_spoken = async || drop(browser.read(&spoken).await);
    let first = url(stage, &format!("/t/{}?lang={language}", made.token));
    browser.go(&first).await;
    browser.write("#password", "AAAA-BBBB-CCCC").await;
    browser.follow("main form button").await;
    browser.read("#error").await;
    is_spoken().await;
    browser.write("#password", PASSWORD).await;
    browser.follow("main form button").await;
    browser.arrived("/open/").await;
    is_spoken().await;
    browser.click(".files .get a").await;
    assert_eq!(browser.downloaded("contract.pdf").await, b"%PDF-1.7 x");
    browser.follow(".card a.button").await;
    browser.arrived("/message").await;
    is_spoken().await;
    assert_eq!(browser.read(".letter").await, "The findings are good.");
    browser.follow(".actions a.button").await;
    is_spoken().await;
    browser.write("#text", "Merci.").await;
    browser.follow("#write .actions button").await;
    browser.arrived("/reply/").await;
    is_spoken().await;
    let said = browser.read("main").await;
    assert!(
        said.contains("anna@legal.example.org"),
        "{language}: {said}"
    );
    browser.follow(".until a").await;
    is_spoken().await;
    browser.follow(".top button").await;
    browser.arrived("/locked").await;
    is_spoken().await;
}

#[test]
fn a_sender_changes_the_end_and_takes_back() {
    both_ways(async |stage, browser| {
        let (made, path) = sender::steered(stage);
        browser.go(&url(stage, &path)).await;
        // The day it ends on is in the field: it lasts until the end of that day now.
        let before = stage.saved(&made).expires;
        browser.follow(".ways button.quiet:not(.small)").await;
        browser.arrived("done=extended").await;
        let later = stage.saved(&made).expires - before;
        assert!(later != 0 && later.abs() < 86_400, "{later}");
        let said = browser.read("[role=status]").await;
        assert!(said.contains("end was changed"), "{said}");
        browser.follow("form[action$=revoke] .actions button").await;
        browser.arrived("/revoke").await;
        assert!(browser.read("main").await.contains("bo@partner.example"));
        browser.follow("main form button").await;
        browser.arrived("done=revoked").await;
        let record = stage.store.transfer(&made.id).expect("reads");
        assert_eq!(record.expect("is there").state, State::Revoked);
    });
}

#[test]
fn a_sender_chooses_what_to_be_told() {
    both_ways(async |stage, browser| {
        let (_, path) = sender::steered(stage);
        browser.go(&url(stage, &path)).await;
        browser.follow(".until a").await;
        browser.arrived("/notices").await;
        browser.click("input[name=downloads][value=daily]").await;
        browser.follow("main form button").await;
        browser.arrived("done=saved").await;
        assert!(browser.read("[role=status]").await.contains("Saved"));
        browser.read("input[value=daily]:checked").await;
        browser.follow(".back a").await;
        browser.arrived("/s/").await;
    });
}

#[test]
fn an_approver_releases_one_mail_and_drops_another() {
    both_ways(async |stage, browser| {
        for (button, sentence) in [
            ("button[value=release]", "released by dpo@example.org"),
            ("button[value=drop]", "dropped by dpo@example.org"),
        ] {
            let waiting = approver::waiting(stage);
            let path = approver::page(stage, &waiting, "dpo@example.org");
            browser.go(&url(stage, &path)).await;
            browser.write("#because", "Ask the clinic first.").await;
            browser.follow(button).await;
            let said = browser.read("main p").await;
            assert!(said.contains(sentence), "{said}");
        }
    });
}

#[test]
fn a_confidential_message_on_paper_is_the_message_and_nothing_to_click() {
    let stage = Stage::new();
    let word = "Donaudampfschifffahrt".repeat(30);
    let text = format!("The findings are good.\n\n{word}\n\nKind regards, Anna");
    let html = format!(
        "<p>The findings are <b>good</b>.</p><p>{word}</p><pre>{word}</pre><table><tr><td>{word}</td></tr></table>"
    );
    let things = [
        (EntryKind::Text, "text", text.as_bytes()),
        (EntryKind::Html, "html", html.as_bytes()),
        (EntryKind::File, "contract.pdf", &b"%PDF-1.7 x"[..]),
    ];
    let made = stage.hold_things(&things, |ticket| ticket.message = true);
    let cookie = stage.unlock(&made);
    let (name, value) = cookie
        .trim()
        .trim_start_matches("Cookie: ")
        .split_once('=')
        .expect("a cookie");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (view, words) in [("text", 1), ("html", 3)] {
        let file = folder.path().join(format!("{view}.pdf"));
        runtime.block_on(async {
            let browser = Browser::open(&folder.path().join(view), true).await;
            browser.go(&url(&stage, "/")).await;
            browser.cookie(name, value).await;
            let path = format!("/open/{}/message?as={view}", made.id);
            browser.go(&url(&stage, &path)).await;
            std::fs::write(&file, browser.print().await).expect("writes");
        });
        let read = |how: &str| {
            let mut command = Command::new("pdftotext");
            let out = command.args([how, "-nopgbrk"]).arg(&file).arg("-").output();
            let out = out.expect("poppler-utils is installed");
            assert!(out.status.success(), "{out:?}");
            String::from_utf8(out.stdout).expect("UTF-8")
        };
        let printed = read("-raw");
        for there in ["The findings are good", "Anna Lind", "Contract and annexes"] {
            assert!(printed.contains(there), "{view}: {there}: {printed}");
        }
        for not in [
            "Reply",
            "Save",
            "Accessibility",
            "genuine",
            "Back",
            "Svenska",
        ] {
            assert!(!printed.contains(not), "{view}: {not}: {printed}");
        }
        let joined: String = printed.split_whitespace().collect();
        assert_eq!(joined.matches(&word).count(), words, "{view}: {printed}");
        // Nothing lies beside the paper.
        let places = read("-bbox");
        let number = |line: &str, name: &str| -> Option<f64> {
            let (_, rest) = line.split_once(&format!("{name}=\""))?;
            rest.split('"').next()?.parse().ok()
        };
        let width = places.lines().find_map(|l| number(l, "<page width"));
        let width = width.expect("a page");
        let right = places.lines().filter_map(|l| number(l, "xMax"));
        let right = right.fold(0.0, f64::max);
        assert!(right > 0.0 && right < width, "{view}: {right} of {width}");
    }
}
