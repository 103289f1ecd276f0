//! Browsers that have opened a link before: nobody keeps them out, and some of them need no password (P13, T86).

use super::house::{Answer, Made, PASSWORD, Stage};
use cloakroom::gateway::collect::{Caller, Lock, Unlocked};
use cloakroom::transfer::{Actor, DeviceSecret, Happened, Password};
use std::time::Duration;

/// No pauses, so that ten wrong tries can follow each other.
fn lock() -> Lock {
    Lock {
        soft_pause: Duration::ZERO,
        ..Lock::default()
    }
}

const KNOWN: &[&str] = &["cloakroom-known"];

/// A transfer, and the line of a browser that has opened it and lost its session since.
fn opened_before(stage: &Stage, more: &str) -> (Made, String) {
    let made = stage.hold(&[("a.pdf", b"an offer")]);
    let answer = stage.unlock_by(&made, "", more);
    let lines = answer.cookies(KNOWN);
    (made, lines)
}

fn page(stage: &Stage, made: &Made, lines: &str) -> Answer {
    stage.get(&format!("/t/{}", made.token), lines)
}

fn secret_of(line: &str) -> DeviceSecret {
    let hex = line.trim().rsplit('=').next().expect("a value");
    let byte = |n: usize| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).expect("hexadecimal");
    DeviceSecret::from_bytes(std::array::from_fn(byte))
}

#[test]
fn who_unlocks_is_known_by_a_cookie_of_his_own_for_thirty_days() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let answer = stage.unlock_by(&made, "", "");
    let set: Vec<&str> = answer
        .fields
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, line)| line.as_str())
        .collect();
    assert_eq!(set.len(), 2, "{set:?}");
    assert!(set[1].starts_with("cloakroom-known="), "{set:?}");
    let kind = "; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000";
    assert!(set[1].ends_with(kind), "{set:?}");
    // One for all transfers.
    let known = answer.cookies(KNOWN);
    let other = stage.hold(&[("b.pdf", b"b")]);
    assert_eq!(stage.unlock_by(&other, &known, "").cookies(KNOWN), known);
    // Looking gives nobody one, and neither does a wrong password.
    for answer in [page(&stage, &made, ""), stage.type_in(&made, "", "AAAA")] {
        assert_eq!(answer.field("set-cookie"), None);
    }
}

/// W13, over the socket: the lock that strangers earn is theirs.
#[test]
fn a_browser_that_opened_it_before_opens_it_at_the_first_try_whatever_strangers_typed() {
    let stage = Stage::with(lock(), "127.0.0.1:0");
    let (made, known) = opened_before(&stage, "");
    for _ in 0..10 {
        stage.type_in(&made, "", "AAAA-BBBB-CCCC");
    }
    assert!(stage.saved(&made).locked);
    assert_eq!(stage.type_in(&made, "", PASSWORD).status, 423);
    assert!(!page(&stage, &made, "").text().contains("id=\"password\""));

    assert!(
        page(&stage, &made, &known)
            .text()
            .contains("id=\"password\"")
    );
    assert_eq!(stage.type_in(&made, &known, PASSWORD).status, 303);
    assert!(stage.saved(&made).locked, "for strangers it still is");
    assert_eq!(stage.type_in(&made, "", PASSWORD).status, 423);

    // A cookie that was made up, or that belongs to another transfer, is a stranger's.
    let made_up = format!("Cookie: cloakroom-known={}\r\n", "ab".repeat(32));
    let (_, of_another) = opened_before(&stage, "");
    for lines in [made_up, of_another] {
        assert_eq!(stage.type_in(&made, &lines, PASSWORD).status, 423);
    }
}

/// W13: wrong tries from a thousand addresses (T86). Ten thousand of them, by a clock, are counted in `collect::lock`.
#[test]
fn wrong_tries_from_a_thousand_addresses_destroy_nothing_and_keep_out_nobody_who_is_known() {
    let stage = Stage::patient(lock());
    let (made, known) = opened_before(&stage, "");
    let before = stage.saved(&made);
    let device = secret_of(&known);
    stage.runtime.block_on(async {
        for n in 0..1500u32 {
            let address = format!("10.{}.{}.9", n % 1000 / 250, n % 250);
            let caller = Caller {
                address: Some(address.parse().expect("an address")),
                ..Caller::default()
            };
            let typed = Password::given("AAAA-BBBB-CCCC");
            let answer = stage.collect.unlock(&made.token, typed, &caller).await;
            assert!(!matches!(answer.expect("works"), Unlocked::Opened(_)));
        }
        let caller = Caller {
            device: Some(device),
            ..Caller::default()
        };
        let typed = Password::given(PASSWORD);
        let answer = stage.collect.unlock(&made.token, typed, &caller).await;
        assert!(matches!(answer.expect("works"), Unlocked::Opened(_)));
    });
    let after = stage.saved(&made);
    assert_eq!((after.wrong, after.locked), (10, true));
    assert_eq!((after.wrap, after.expires), (before.wrap, before.expires));
    assert_eq!(
        stage
            .store
            .unlock(&made.id, None, Actor::Operator)
            .expect("lifts"),
        1
    );
    stage.unlock(&made);
}

#[test]
fn a_known_browser_has_ten_tries_of_its_own_and_destroys_nothing() {
    let stage = Stage::with(
        Lock {
            destroys: true,
            ..lock()
        },
        "127.0.0.1:0",
    );
    let (made, known) = opened_before(&stage, "");
    let said: Vec<u16> = (0..11)
        .map(|_| stage.type_in(&made, &known, "AAAA").status)
        .collect();
    assert_eq!(
        said,
        [403, 403, 429, 403, 403, 429, 403, 403, 429, 423, 423]
    );
    assert_eq!(stage.type_in(&made, &known, PASSWORD).status, 423);
    let saved = stage.saved(&made);
    assert_eq!((saved.wrong, saved.locked), (0, false));
    assert!(saved.wrap.is_some(), "nothing is destroyed");
    // Another browser is not kept out by it, and whoever lifts locks lifts this one.
    stage.unlock(&made);
    assert_eq!(
        stage
            .store
            .unlock(&made.id, None, Actor::Operator)
            .expect("lifts"),
        1
    );
    assert_eq!(stage.type_in(&made, &known, PASSWORD).status, 303);
}

#[test]
fn a_browser_that_is_to_remember_opens_without_a_password_and_no_other_does() {
    let stage = Stage::new();
    let (made, known) = opened_before(&stage, "&remember=1");
    let open = |lines: &str, made: &Made| stage.type_in(made, lines, "");
    let shown = page(&stage, &made, &known).text();
    assert!(!shown.contains("id=\"password\""), "{shown}");
    assert!(shown.contains("You need no password here"), "{shown}");
    assert!(shown.contains(&format!("/t/{}/forget", made.token)));

    let opened = open(&known, &made);
    assert_eq!(opened.status, 303, "{}", opened.text());
    let session = opened.cookies(&["cloakroom"]);
    let file = stage.get(&format!("/open/{}/file/0", made.id), &session);
    assert_eq!(file.body, b"an offer");

    // One factor opens nothing (P10): the link alone, or the cookie with another link.
    assert_eq!(open("", &made).status, 400);
    let made_up = format!("Cookie: cloakroom-known={}\r\n", "ab".repeat(32));
    assert_eq!(open(&made_up, &made).status, 400);
    let other = stage.hold(&[("b.pdf", b"b")]);
    assert_eq!(open(&known, &other).status, 400);
    // Known without the wish to be remembered: it asks.
    let (asked, unremembered) = opened_before(&stage, "");
    assert_eq!(open(&unremembered, &asked).status, 400);
    // Looking does not open (P14), and a form of another site neither (T88).
    assert_eq!(page(&stage, &made, &known).status, 200);
    let foreign = format!("{known}Sec-Fetch-Site: cross-site\r\n");
    assert_eq!(open(&foreign, &made).status, 400);
}

#[test]
fn disk_and_master_key_and_link_open_nothing_without_the_cookie() {
    let stage = Stage::new();
    let (made, known) = opened_before(&stage, "&remember=1");
    let secret = secret_of(&known);
    let name = secret.id(stage.store.master(), &made.id, 0);
    let kept = stage.store.device(&made.id, 0, &name).expect("reads");
    let kept = kept.expect("is known");
    assert!(kept.keepsake.is_some());
    // Neither the name nor the value holds the cookie.
    let value = postcard::to_allocvec(&kept).expect("serialises");
    for bytes in [&name.0[..], &value] {
        let found = bytes
            .windows(16)
            .any(|w| secret.expose().windows(16).any(|s| s == w));
        assert!(!found);
    }
    // A thief who copies that record under a name of his own has a cookie that does not open it.
    let thief = DeviceSecret::fresh();
    let thief_name = thief.id(stage.store.master(), &made.id, 0);
    let planted = stage
        .store
        .change_entry(&made.id, 0, &thief_name, |_, device| {
            *device = Some(kept);
            ((), None)
        });
    planted.expect("writes");
    let hex: String = thief.expose().iter().map(|b| format!("{b:02x}")).collect();
    let lines = format!("Cookie: cloakroom-known={hex}\r\n");
    assert_eq!(stage.type_in(&made, &lines, "").status, 400);
}

#[test]
fn a_browser_is_forgotten_by_its_link_or_when_the_page_is_locked() {
    let stage = Stage::new();
    let (made, known) = opened_before(&stage, "&remember=1");
    let gone = |answer: &Answer| {
        let set = answer
            .fields
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        set.filter(|(_, line)| line.starts_with("cloakroom-known=;") && line.contains("Max-Age=0"))
            .count()
    };
    let forgot = stage.post(&format!("/t/{}/forget", made.token), &known, "");
    assert_eq!((forgot.status, gone(&forgot)), (303, 1));
    assert_eq!(
        forgot.field("location"),
        Some(&*format!("/t/{}", made.token))
    );
    assert_eq!(
        stage.type_in(&made, &known, "").status,
        400,
        "not even with it"
    );

    let opened = stage.unlock_by(&made, "", "&remember=on");
    let both = opened.cookies(&["cloakroom", "cloakroom-known"]);
    let files = stage.get(&format!("/open/{}", made.id), &both).text();
    assert!(files.contains("Forget this browser"), "{files}");
    let foreign = format!("{both}Origin: https://evil.example\r\n");
    let path = format!("/open/{}/forget", made.id);
    assert_eq!(stage.post(&path, &foreign, "").status, 400);
    let forgot = stage.post(&path, &both, "");
    assert_eq!(forgot.field("location"), Some("/forgotten"));
    assert_eq!((forgot.status, gone(&forgot)), (303, 1));
    assert_eq!(stage.get(&format!("/open/{}", made.id), &both).status, 403);
    assert_eq!(stage.type_in(&made, &both, "").status, 400);
    assert!(stage.get("/forgotten", "").text().contains("is forgotten"));

    // Where nothing is remembered, locking is all that is offered.
    let session = stage.unlock(&made);
    let files = stage.get(&format!("/open/{}", made.id), &session).text();
    assert!(!files.contains("Forget this browser"));
}

#[test]
fn what_is_taken_back_or_over_is_so_for_known_browsers_too() {
    let stage = Stage::new();
    let (made, known) = opened_before(&stage, "&remember=1");
    let name = secret_of(&known).id(stage.store.master(), &made.id, 0);
    let device = || stage.store.device(&made.id, 0, &name).expect("reads");
    assert!(device().is_some());
    stage
        .store
        .revoke(&made.id, None, Happened::Revoked(Actor::Operator))
        .expect("revokes");
    assert!(device().is_none(), "the keepsake went with the wrap");
    assert_eq!(page(&stage, &made, &known).status, 404);
    assert_eq!(stage.type_in(&made, &known, "").status, 404);

    let (made, known) = opened_before(&stage, "&remember=1");
    let expired = |ticket: &mut cloakroom::transfer::Ticket| ticket.expires = super::house::now();
    let changed = stage.store.change_ticket(&made.id, 0, expired);
    changed.expect("writes");
    assert_eq!(stage.type_in(&made, &known, "").status, 404);
}

#[test]
fn the_page_about_privacy_tells_of_both_cookies() {
    let stage = Stage::new();
    for (language, word) in [
        ("en", "second cookie"),
        ("de", "zweites Cookie"),
        ("sv", "andra kaka"),
        ("nl", "tweede cookie"),
        ("fr", "deuxième cookie"),
        ("es", "segunda cookie"),
        ("it", "secondo cookie"),
        ("pl", "Drugi plik cookie"),
    ] {
        let text = stage.get(&format!("/privacy?lang={language}"), "").text();
        assert!(text.contains(word) && text.contains("30"), "{text}");
    }
}
