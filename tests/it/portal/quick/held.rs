//! What the holder of a passkey meets, without its script: terms of use, a locked link, a store that fails, codes for other devices.

use super::super::house::Answer;
use super::ends::locked_by;
use super::world::{BO, Browser, Got, World, on};
use cloakroom::doors::web::terms::Terms;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use std::sync::Arc;

/// What the script adds to a form: a token of 32 bytes, and the name of the passkey.
pub const PASSKEY: &str = "passkey=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA&passkey_name=AQ";

/// A passkey that opens what this sender sends from now on.
pub fn set_up(world: &World, got: &Got) {
    let browser = Browser::new(world);
    assert!(browser.opens_with_password(got), "{got:?}");
    let page = browser.prove(got, &format!("&{PASSKEY}"));
    assert!(page.contains("Your passkey is set up."), "{page}");
}

/// True if it opens by the passkey, in a browser that knows nothing.
fn opens(world: &World, got: &Got) -> bool {
    let stranger = Browser::new(world);
    stranger.type_in(got, PASSKEY).status == 303 && stranger.has_file(got)
}

#[test]
fn terms_of_use_come_before_a_passkey_too() {
    let terms = Terms::new("Be kind.".into(), Vec::new());
    let world = World::with_terms(terms);
    let first = world.mail_to(BO);
    let browser = Browser::new(&world);
    let password = first.password.clone().expect("one");
    let agreed = format!("password={password}&terms=1");
    assert_eq!(browser.type_in(&first, &agreed).status, 303);
    browser.prove(&first, &format!("&{PASSKEY}"));
    let second = world.mail_to(BO);
    assert_eq!(second.password, None);

    let stranger = Browser::new(&world);
    let page = stranger.page(&second);
    assert!(page.contains("id=\"passkey\"") && page.contains("id=\"terms\""));
    let refused = stranger.type_in(&second, PASSKEY);
    let said = refused.text();
    assert_eq!((refused.status, refused.field("set-cookie")), (400, None));
    assert!(
        said.contains("Please agree to the terms of use first"),
        "{said}"
    );
    assert!(said.contains("id=\"passkey\""), "the way is still there");
    assert_eq!(world.ticket(&second).first_opened, 0);
    let agreed = format!("{PASSKEY}&terms=1");
    assert_eq!(stranger.type_in(&second, &agreed).status, 303);
    assert!(stranger.has_file(&second));
    // Once for a browser.
    stranger.restart();
    assert_eq!(stranger.type_in(&second, PASSKEY).status, 303);
}

/// A device is never kept out by what others typed.
#[test]
fn a_passkey_opens_what_wrong_passwords_and_codes_have_locked() {
    for wrong in ["password=AAAA-BBBB-CCCC", "code=AAAA-BBBB-CCCC-DDDD"] {
        let world = World::new(on());
        let mut got = world.mail_to(BO);
        set_up(&world, &got);
        if wrong.starts_with("code") {
            got = world.mail_to(BO);
            assert_eq!(got.password, None);
        }
        let guesser = Browser::new(&world);
        locked_by(&world, &got, || guesser.type_in(&got, wrong).status);
        let page = Browser::new(&world).page(&got);
        assert!(page.contains("id=\"passkey\""), "{page}");
        assert!(!page.contains("id=\"password\"") && !page.contains("id=\"code\""));
        assert!(world.ticket(&got).locked);
        assert!(opens(&world, &got), "{wrong}");
    }
}

/// Every writing call fails once, and with it all after it until the disk is back: what was told is so, and who tries again is let in.
#[test]
fn whatever_call_fails_the_next_try_sets_a_passkey_up_and_opens_by_it() {
    let disk = Arc::new(Faulty::new(Arc::new(Memory::new()), u64::MAX));
    let world = World::on(on(), disk.clone(), |plant| plant);
    let is_done = |answer: &Answer| {
        let there = answer.field("location").unwrap_or_default();
        there.ends_with("done=passkey")
    };
    let mut told = [0; 2];
    for nth in 1.. {
        assert!(nth < 60, "it has an end");
        let whom = format!("bo-{nth}@partner.example");
        let got = world.mail_to(&whom);
        let browser = Browser::new(&world);
        assert!(browser.opens_with_password(&got));
        let path = format!("/open/{}/devices", got.id);
        assert_eq!(browser.post(&format!("{path}/code"), "").status, 303);
        let form = format!("code={}&{PASSKEY}", world.code(&whom));
        disk.fail_at(nth);
        let done = is_done(&browser.post(&path, &form));
        let failed = disk.has_failed();
        disk.mend();
        let devices = world.circle(&whom).devices.len();
        assert!(!done || devices == 1, "nth {nth}");
        if !is_done(&browser.post(&path, &form)) {
            assert_eq!(browser.post(&format!("{path}/code"), "").status, 303);
            let form = format!("code={}&{PASSKEY}", world.code(&whom));
            assert!(is_done(&browser.post(&path, &form)), "nth {nth}");
        }
        assert_eq!(world.circle(&whom).devices.len(), 1, "nth {nth}");

        let next = world.mail_to(&whom);
        assert_eq!(next.password, None, "nth {nth}");
        disk.fail_at(nth);
        let stranger = Browser::new(&world);
        let opened = stranger.type_in(&next, PASSKEY).status;
        let missed = disk.has_failed();
        disk.mend();
        assert!(
            opened == 303 || missed && opened >= 500,
            "nth {nth}: {opened}"
        );
        told[usize::from(opened == 303)] += 1;
        assert_eq!(world.ticket(&next).wrong, 0, "nth {nth}");
        assert!(opens(&world, &next) && opens(&world, &got), "nth {nth}");
        if !failed && !missed {
            break;
        }
    }
    assert!(told[0] > 0 && told[1] > 0, "{told:?}");
}

/// What a cookie can, a passkey can; but what it opens is sealed to its token, which no session keeps: it is shown once more.
#[test]
fn a_passkey_makes_a_code_for_another_device() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    set_up(&world, &first);
    let second = world.mail_to(BO);
    let browser = Browser::new(&world);
    assert_eq!(browser.type_in(&second, PASSKEY).status, 303);
    let page = browser.devices(&second);
    assert!(page.contains("devices/another\" hidden"), "{page}");
    assert!(page.contains("id=\"passkey\""), "{page}");
    assert!(page.contains("data-name=\"\""), "none is made: {page}");
    let path = format!("/open/{}/devices/another", second.id);
    let other = PASSKEY.replace("BBBB", "CCCC");
    for form in ["", &other] {
        let refused = browser.post(&path, form);
        assert_eq!(refused.status, 409, "{}", refused.text());
    }
    assert!(world.circle(BO).codes.is_empty());
    let code = browser.make_code_by(&second, PASSKEY);
    let friend = Browser::new(&world);
    let entered = friend.type_in(&second, &format!("code={code}"));
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert!(friend.opens(&first) && friend.opens(&second));
    assert!(friend.opens(&world.mail_to(BO)));
}
