//! What else a recipient meets: asking the sender, deleting, the code for the phone, terms of use, and how to know that it is no trap.

use super::house::{Answer, Made, PASSWORD, Stage};
use cloakroom::client::Client;
use cloakroom::doors::cli::fetch::fetch;
use cloakroom::doors::web::terms::Terms;
use cloakroom::transfer::memo::About;
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::{EntryKind, Happened, Memo, SenderLink};

fn memos(stage: &Stage) -> Vec<Memo> {
    let due = stage.store.due_memos(i64::MAX - 1, 99).expect("reads");
    due.into_iter().map(|due| due.memo).collect()
}

fn ask(stage: &Stage, made: &Made, lines: &str) -> Answer {
    stage.post(&format!("/t/{}/ask", made.token), lines, "")
}

fn page(stage: &Stage, made: &Made) -> String {
    stage.get(&format!("/t/{}", made.token), "").text()
}

fn happened(stage: &Stage, made: &Made, what: &Happened) -> usize {
    let events = stage.store.history(&made.id, 0).expect("reads");
    events.iter().filter(|event| event.what == *what).count()
}

#[test]
fn a_recipient_without_the_password_asks_the_sender_once_and_the_page_says_when() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let before = page(&stage, &made);
    assert!(
        before.contains("Ask Anna Lind for the password"),
        "{before}"
    );
    assert!(!before.contains("was asked on"));
    assert_eq!(memos(&stage), [], "looking asks nobody");

    let asked = ask(&stage, &made, "");
    let back = format!("/t/{}", made.token);
    assert_eq!((asked.status, asked.field("location")), (303, Some(&*back)));
    let after = page(&stage, &made);
    assert!(after.contains("Anna Lind was asked on"), "{after}");
    assert!(!after.contains("Ask Anna Lind"), "not again so soon");
    // A scanner that sends every form it finds, again and again.
    for _ in 0..5 {
        assert_eq!(ask(&stage, &made, "").status, 303);
    }
    let all = memos(&stage);
    let [memo] = &all[..] else {
        panic!("one mail, not {all:?}");
    };
    assert_eq!(memo.to, "anna@legal.example.org");
    let About::Missing(missing) = &memo.about else {
        panic!("{memo:?}");
    };
    assert_eq!(missing.recipients, ["bo@partner.example"]);
    assert_eq!((missing.times, missing.locked), (1, false));
    let token = missing.page.strip_prefix("/s/").expect("a page");
    let link = SenderLink::read(stage.store.master(), token).expect("the sender's");
    assert_eq!(link.id, made.id);
    assert!(
        !format!("{memo:?}").contains(&made.token),
        "not the recipient's link"
    );
    assert_eq!(happened(&stage, &made, &Happened::Asked), 1);
    assert_eq!(stage.saved(&made).wrong, 0);
    stage.unlock(&made);
}

#[test]
fn before_a_locked_page_the_sender_is_asked_to_lift_the_lock() {
    let stage = Stage::new();
    let things: [(EntryKind, &str, &[u8]); 1] = [(EntryKind::File, "a.pdf", b"a")];
    let made = stage.hold_things(&things, |ticket| ticket.locked = true);
    assert!(page(&stage, &made).contains("Ask Anna Lind to unlock it"));
    ask(&stage, &made, "");
    let all = memos(&stage);
    assert!(matches!(&all[..], [Memo { about: About::Missing(m), .. }] if m.locked));
    assert!(page(&stage, &made).contains("was asked on"));
}

#[test]
fn nobody_is_asked_by_other_sites_where_nothing_is_asked_for_or_behind_links_that_lead_nowhere() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    for more in [
        "Origin: https://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
    ] {
        assert_eq!(ask(&stage, &made, more).status, 400);
    }
    let things: [(EntryKind, &str, &[u8]); 1] = [(EntryKind::File, "a.pdf", b"a")];
    let open = stage.hold_things(&things, |ticket| {
        (ticket.password, ticket.password_line) = (false, PasswordLine::None);
    });
    let coded = stage.hold_things(&things, |ticket| {
        (ticket.password, ticket.password_line) = (false, PasswordLine::EmailCode);
    });
    for made in [&open, &coded] {
        assert_eq!(ask(&stage, made, "").status, 303);
        assert!(!page(&stage, made).contains("Ask Anna Lind"));
    }
    let nowhere = stage.post("/t/0123456789abcdefghjkmnpqrstvwxyz/ask", "", "");
    assert_eq!(nowhere.status, 404);
    assert_eq!(memos(&stage), []);
}

#[test]
fn who_has_everything_deletes_his_copy_and_nobody_opens_it_any_more() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a"), ("b.pdf", b"b")]);
    let elsewhere = stage.unlock(&made);
    let cookie = stage.unlock(&made);
    let path = format!("/open/{}/delete", made.id);
    let files = stage.get(&format!("/open/{}", made.id), &cookie).text();
    assert!(files.contains(&format!("href=\"{path}\"")), "{files}");

    stage.get(&format!("/open/{}/file/0", made.id), &cookie);
    stage.wait_for("one fetched", || {
        stage.saved(&made).fetched.first() == Some(&1)
    });
    let sure = stage.get(&path, &cookie);
    assert_eq!(sure.status, 200);
    assert!(sure.text().contains("1 file has not been downloaded yet"));
    assert!(stage.saved(&made).wrap.is_some(), "looking deletes nothing");
    assert_eq!(
        stage.post(&path, "", "").status,
        403,
        "not without a session"
    );
    let foreign = format!("{cookie}Origin: https://evil.example\r\n");
    assert_eq!(stage.post(&path, &foreign, "").status, 400);
    assert!(stage.saved(&made).wrap.is_some());

    let deleted = stage.post(&path, &cookie, "");
    let to = deleted.field("location");
    assert_eq!((deleted.status, to), (303, Some("/deleted")));
    assert!(stage.saved(&made).wrap.is_none());
    assert_eq!(happened(&stage, &made, &Happened::Deleted), 1);
    for cookie in [&cookie, &elsewhere] {
        assert_eq!(stage.get(&format!("/open/{}", made.id), cookie).status, 403);
    }
    assert_eq!(stage.type_in(&made, "", PASSWORD).status, 404);
    assert!(stage.get("/deleted", "").text().contains("It is deleted"));
}

#[test]
fn a_link_that_several_share_is_deleted_by_none_of_them() {
    let stage = Stage::new();
    let things: [(EntryKind, &str, &[u8]); 1] = [(EntryKind::File, "a.pdf", b"a")];
    let made = stage.hold_things(&things, |ticket| {
        ticket.recipients.push("eva@partner.example".into());
    });
    let cookie = stage.unlock(&made);
    let files = stage.get(&format!("/open/{}", made.id), &cookie).text();
    assert!(!files.contains("/delete\""), "{files}");
    let path = format!("/open/{}/delete", made.id);
    assert_eq!(stage.get(&path, &cookie).status, 404);
    assert_eq!(stage.post(&path, &cookie, "").status, 404);
    assert!(stage.saved(&made).wrap.is_some());
}

#[test]
fn the_link_is_there_for_the_phone_and_only_before_it_is_opened() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let shown = page(&stage, &made);
    assert!(shown.contains("<svg class=\"qr\"") && shown.contains("Open on phone"));
    assert!(!shown.contains("style=") && !shown.contains("<script"));
    assert!(shown.len() < 20_000, "{}", shown.len());
    let cookie = stage.unlock(&made);
    let files = stage.get(&format!("/open/{}", made.id), &cookie).text();
    assert!(!files.contains("<svg") && !files.contains(&made.token));
}

#[test]
fn terms_of_use_come_first_and_are_agreed_to_once() {
    let german = (
        "de".to_owned(),
        "Seien Sie freundlich.\r\n\r\nDanke.".to_owned(),
    );
    let terms = Terms::new("Be kind & <b>calm</b>.\n\nThank you.".into(), vec![german]);
    let stage = Stage::shaped(|_| {}, Some(terms));
    let made = stage.hold(&[("a.pdf", b"a")]);
    let text = stage.get("/terms", "").text();
    assert!(
        text.contains("<p>Be kind &amp; &lt;b&gt;calm&lt;&#x2f;b&gt;.</p>"),
        "{text}"
    );
    assert!(
        stage
            .get("/terms?lang=de", "")
            .text()
            .contains("<p>Danke.</p>")
    );
    let shown = page(&stage, &made);
    assert!(shown.contains("id=\"terms\"") && shown.contains("href=\"/terms\""));

    assert!(stage.get("/privacy", "").text().contains("third cookie"));
    let without = stage.type_in(&made, "", PASSWORD);
    assert_eq!(without.status, 400);
    assert!(
        without
            .text()
            .contains("Please agree to the terms of use first")
    );
    assert_eq!(stage.type_in(&made, "", "AAAA").status, 400);
    assert_eq!(stage.saved(&made).wrong, 0, "nothing was tried");

    let wrong = stage.type_in(&made, "", "AAAA&terms=1");
    assert_eq!((wrong.status, wrong.field("set-cookie")), (403, None));
    let opened = stage.unlock_by(&made, "", "&terms=1");
    let agreed = opened.cookies(&["cloakroom-terms"]);
    let other = stage.hold(&[("b.pdf", b"b")]);
    let shown = stage.get(&format!("/t/{}", other.token), &agreed).text();
    assert!(!shown.contains("id=\"terms\""), "{shown}");
    assert_eq!(stage.type_in(&other, &agreed, PASSWORD).status, 303);
    // Agreement to other terms is none to these.
    let others = format!("Cookie: cloakroom-terms={}\r\n", "ab".repeat(32));
    assert_eq!(stage.type_in(&other, &others, PASSWORD).status, 400);
}

#[test]
fn a_program_does_not_agree_to_terms_of_use() {
    let stage = Stage::shaped(|_| {}, Some(Terms::new("Be kind.".into(), Vec::new())));
    let made = stage.hold(&[("a.pdf", b"a")]);
    let into = tempfile::tempdir().expect("a temporary folder");
    let link = format!("http://{}/t/{}", stage.address, made.token);
    let client = Client::new(None).expect("a client");
    let fetched = fetch(client, &link, Some(PASSWORD), into.path());
    let failure = stage.runtime.block_on(fetched).expect_err("is refused");
    assert!(
        format!("{failure:?}").contains("terms of use"),
        "{failure:?}"
    );
    assert_eq!(stage.saved(&made).first_opened, 0);
}

#[test]
fn without_terms_of_use_nothing_of_them_shows() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    assert!(!page(&stage, &made).contains("terms"));
    assert_eq!(stage.get("/terms", "").status, 404);
    assert!(!stage.get("/privacy", "").text().contains("third cookie"));
}

#[test]
fn every_page_says_how_to_know_that_it_is_genuine() {
    let stage = Stage::new();
    let text = stage.get("/privacy", "").text();
    assert!(text.contains("www.example.org") && !text.contains("/genuine"));
    let stage = Stage::shaped(|house| house.help_url = None, None);
    let made = stage.hold(&[("a.pdf", b"a")]);
    for path in ["/", "/privacy", &format!("/t/{}", made.token)] {
        let text = stage.get(path, "").text();
        assert!(text.contains("href=\"/genuine\""), "{path}: {text}");
    }
    for (language, _) in cloakroom::texts::LANGUAGES {
        let text = stage.get(&format!("/genuine?lang={language}"), "").text();
        assert!(text.contains(&stage.address.to_string()), "{text}");
        assert!(text.contains("Example Region"), "{text}");
    }
}
