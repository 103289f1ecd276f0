//! The mails of `tests/bodies` in Chromium, behind the gateway: the block is seen, in its place, at the width of a telephone too, and the
//! words around it look as before. Pictures of all of them, light, dark and small, are left in target/screens for people to look at.
//!
//! Setup: `chromium` and `chromium-driver` of Debian.

use crate::rewriting::bodies::{characters, through_the_line};
use crate::rewriting::desk::{decoded, parsed, shown_texts};
use crate::support::bodies::{self, Body};
use crate::support::browser::Browser;
use cloakroom::mail::Part;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Mails on one picture.
const TOGETHER: usize = 42;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_browser_the_block_is_seen_in_its_place_and_changes_nothing_else() {
    let bodies = bodies::all();
    let raw: Vec<&[u8]> = bodies.iter().map(|body| &body.raw[..]).collect();
    let left = through_the_line(&raw).await;
    let pages: Vec<Value> = bodies.iter().zip(&left).flat_map(pages).collect();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screens");
    std::fs::create_dir_all(&folder).expect("target can be written");
    let page = std::fs::read("tests/peers/sheet.html").expect("it is in the repository");
    write(&folder, "sheet.html", &page);
    let script = format!("const bodies = {};", json!(pages));
    write(&folder, "bodies.js", script.as_bytes());
    let profile = tempfile::tempdir().expect("a temporary folder");
    let browser = Browser::open(profile.path(), true).await;
    let page = folder.join("sheet.html");
    browser.go(&format!("file://{}", page.display())).await;
    let wrong = browser.run("return judgeAll()").await;
    let wrong: Vec<&str> = wrong
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    take_pictures(&browser, pages.len(), &folder).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is shown of a mail: its HTML before and after, or else its text.
fn pages((body, out): (&Body, &Vec<u8>)) -> Vec<Value> {
    let (before, after) = (parsed(&body.raw, &[]), parsed(out, &[]));
    let is_html = |part: &&&Part| part.media_type == "text/html";
    let (old, new) = (shown_texts(&before), shown_texts(&after));
    let html = old.iter().find(is_html).zip(new.iter().find(is_html));
    match html {
        Some((old, new)) => vec![json!({
            "name": body.name,
            "before": characters(&decoded(&before, old), old),
            "after": characters(&decoded(&after, new), new),
        })],
        None => vec![json!({
            "name": body.name,
            "after": as_page(&characters(&decoded(&after, new[0]), new[0])),
        })],
    }
}

/// Plain text as mail programs show it.
fn as_page(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text.replacen("-----", "<span id=block></span>-----", 1);
    format!(
        "<!DOCTYPE html><pre dir=auto style=\"white-space:pre-wrap;overflow-wrap:anywhere;font:14px monospace\">{text}</pre>"
    )
}

async fn take_pictures(browser: &Browser, count: usize, folder: &Path) {
    // Width, height and scale of each mail; forced dark, as telephones do it.
    let looks = [
        ("light", (800, 640, 0.5), false),
        ("dark", (800, 640, 0.5), true),
        ("small", (360, 640, 1.0), false),
    ];
    for (look, (width, height, scale), dark) in looks {
        browser.force_dark(dark).await;
        for (number, from) in (0..count).step_by(TOGETHER).enumerate() {
            let script = format!("return show({from}, {TOGETHER}, {width}, {height}, {scale})");
            let row = if scale < 1.0 { 4.0 } else { 6.0 };
            let wide = (f64::from(width) * scale + 10.0) * row + 16.0;
            let high = (f64::from(height) * scale + 28.0) * (TOGETHER as f64 / row) + 16.0;
            browser.run(&script).await;
            let (picture, _) = browser.look((wide as u32, high as u32), dark).await;
            write(folder, &format!("bodies-{look}-{number:02}.png"), &picture);
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).expect("target can be written");
}
