//! What a sender chooses to be told.

use super::house::{Made, Stage};
use cloakroom::transfer::memo::About;
use cloakroom::transfer::sender_link::SheetSecret;
use cloakroom::transfer::{Downloads, Memo, Preferences, SenderLink};

/// A transfer whose sender is told things, and the path of the page that every notice leads to.
fn told(stage: &Stage) -> (Made, String) {
    let made = stage.hold_with_sheet(&[("a.pdf", b"a")], &[], |_| vec![1]);
    let token = SenderLink::token(stage.store.master(), &made.id, None);
    (made, format!("/s/{token}/notices"))
}

/// For people to look at.
pub fn page(stage: &Stage) -> String {
    told(stage).1
}

fn kept(stage: &Stage) -> Preferences {
    let anna = "anna@legal.example.org".parse().expect("an address");
    stage.store.preferences(&anna).expect("reads")
}

fn memos(stage: &Stage) -> Vec<Memo> {
    let due = stage.store.due_memos(i64::MAX / 2, 99).expect("reads");
    due.into_iter().map(|due| due.memo).collect()
}

#[test]
fn what_is_chosen_is_kept_shown_and_told_by_mail_once() {
    let stage = Stage::new();
    let (made, path) = told(&stage);
    let sender = path.trim_end_matches("/notices");
    assert!(stage.get(sender, "").text().contains(&path), "it is linked");
    let first = stage.get(&path, "");
    assert_eq!(first.status, 200);
    assert_eq!(first.field("cache-control"), Some("no-store"));
    assert_eq!(first.text().matches(" checked").count(), 3);
    for choice in [
        "receipts=yes&downloads=off&language=de",
        "receipts=no&downloads=daily&language=sv",
    ] {
        let answer = stage.post(&path, "", choice);
        assert_eq!(answer.status, 303);
        let next = answer.field("location").expect("goes on").to_owned();
        let page = stage.get(&next, "").text();
        assert!(page.contains("role=\"status\""), "{page}");
        for pair in choice.split('&') {
            let (name, value) = pair.split_once('=').expect("a pair");
            let on = format!("name=\"{name}\" value=\"{value}\" checked");
            assert!(page.contains(&on), "{on}: {page}");
        }
    }
    let expected = Preferences {
        receipts: Some(false),
        downloads: Some(Downloads::Daily),
        language: Some("sv".into()),
    };
    assert_eq!(kept(&stage), expected);
    // A quarter of an hour may have ended between the two.
    let told = memos(&stage);
    assert!((1..=2).contains(&told.len()), "{told:?}");
    let last = told.last().expect("one");
    let about = About::Chosen {
        receipts: false,
        downloads: Downloads::Daily,
    };
    assert_eq!(last.about, about);
    assert_eq!(last.language.as_deref(), Some("sv"));
    assert!(last.page.as_deref() == Some(sender), "{last:?}");

    // As the house has it is no choice.
    stage.post(&path, "", "receipts=yes&downloads=each&language=");
    assert_eq!(kept(&stage), Preferences::default());
    assert_eq!(made.files.len(), 1);
}

#[test]
fn what_is_no_choice_changes_nothing() {
    let stage = Stage::new();
    let (_, path) = told(&stage);
    for form in [
        "",
        "receipts=no",
        "receipts=no&downloads=off",
        "receipts=&downloads=off&language=",
        "receipts=no&downloads=weekly&language=",
        "receipts=no&downloads=off&language=tlh",
    ] {
        assert_eq!(stage.post(&path, "", form).status, 400, "{form}");
    }
    let all = "receipts=no&downloads=off&language=";
    let foreign = "Sec-Fetch-Site: cross-site\r\n";
    assert_eq!(stage.post(&path, foreign, all).status, 400);
    stage.get(&format!("{path}?{all}"), "");
    // As it is already: nobody is told.
    let same = stage.post(&path, "", "receipts=yes&downloads=each&language=");
    assert_eq!(same.status, 303);
    assert_eq!(kept(&stage), Preferences::default());
    assert!(memos(&stage).is_empty());
}

/// P15, and who is told nothing has nothing to choose.
#[test]
fn only_a_senders_own_link_leads_there() {
    let stage = Stage::new();
    let (_, path) = told(&stage);
    let last = if path.contains("0/notices") { '1' } else { '0' };
    let token = path.trim_end_matches("/notices");
    let changed = format!("{}{last}/notices", &token[..token.len() - 1]);
    let unknown = format!("/s/{}/notices", "0".repeat(24));
    let all = "receipts=no&downloads=off&language=";
    let gone = stage.get(&unknown, "").text();
    for wrong in [&changed, &unknown] {
        assert_eq!(stage.get(wrong, "").text(), gone);
        let answer = stage.post(wrong, "", all);
        assert_eq!((answer.status, answer.text()), (404, gone.clone()));
    }
    let nobody = stage.hold(&[("a.pdf", b"a")]);
    let token = SenderLink::token(stage.store.master(), &nobody.id, None);
    assert_eq!(stage.get(&format!("/s/{token}/notices"), "").status, 404);
    assert_eq!(
        stage.post(&format!("/s/{token}/notices"), "", all).status,
        404
    );
    assert!(
        !stage
            .get(&format!("/s/{token}"), "")
            .text()
            .contains("/notices")
    );
    assert_eq!(kept(&stage), Preferences::default());
    // The receipt's longer link is as good.
    let (made, _) = told(&stage);
    let secret = SheetSecret::fresh();
    let token = SenderLink::token(stage.store.master(), &made.id, Some(&secret));
    assert_eq!(stage.get(&format!("/s/{token}/notices"), "").status, 200);
}
