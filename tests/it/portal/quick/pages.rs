//! The way through the pages in Chromium, with scripts and without; and what axe finds on them, in every language (`looks`).

use super::super::looks::{axe, judged};
use super::accepting::{fill, now};
use super::ends::locked_by;
use super::held;
use super::world::{BO, Browser as Plain, World, on};
use crate::support::browser::Browser;
use cloakroom::transfer::SenderLink;

#[test]
fn a_browser_is_set_up_and_opens_the_next_mail_at_one_click() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (size, scripts) in [((1280, 800), true), ((360, 740), false)] {
        let world = World::new(on());
        let url = |path: &str| format!("http://{}{path}", world.address);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = world.mail_to(BO);
        let browser = runtime.block_on(Browser::open(folder.path(), scripts));
        runtime.block_on(async {
            browser.resize(size).await;
            browser.go(&url(&format!("/t/{}", first.token))).await;
            let password = first.password.clone().expect("one");
            browser.write("#password", &password).await;
            browser.follow("main form button").await;
            browser.follow(".card a.button").await;
            browser.follow("main form button").await;
            browser.write("#code", &world.code(BO)).await;
            browser.follow("main form button").await;
            let said = browser.read("main").await;
            assert!(said.contains("This browser is set up."), "{said}");
        });
        let second = world.mail_to(BO);
        assert_eq!(second.password, None);
        runtime.block_on(async {
            browser.go(&url(&format!("/t/{}", second.token))).await;
            let said = browser.read("main").await;
            assert!(said.contains("You need no password here"), "{said}");
            browser.follow("main form button").await;
            browser.click(".files .get a").await;
            let file = browser.downloaded("numbers.csv").await;
            assert_eq!(file, super::world::FILE);
        });
    }
}

/// 10, in Chromium itself: the pages move from one host to another, and the browser sends no cookie there. The page says what that may be,
/// and a code of the device that is left at the old address lets the browser in at the new one.
#[test]
fn s10_at_another_address_the_browser_is_a_stranger_and_is_told_so() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = World::new(on());
    let at = |host: &str, path: &str| format!("http://{host}:{}{path}", world.address.port());
    let (old, new) = ("127.0.0.1", "localhost");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = world.mail_to(BO);
    let browser = runtime.block_on(Browser::open(folder.path(), true));
    let (link, password) = (format!("/t/{}", first.token), first.password.clone());
    runtime.block_on(async {
        browser.go(&at(old, &link)).await;
        browser.write("#password", &password.expect("one")).await;
        browser.follow("main form button").await;
        browser.follow(".card a.button").await;
        browser.follow("main form button").await;
        browser.write("#code", &world.code(BO)).await;
        browser.follow("main form button").await;
    });
    let second = world.mail_to(BO);
    assert_eq!(second.password, None);
    let link = format!("/t/{}", second.token);
    runtime.block_on(async {
        browser.go(&at(new, &link)).await;
        let said = browser.read("main").await;
        assert!(said.contains("moved to another address"), "{said}");
        browser.go(&at(old, &link)).await;
        let said = browser.read("main").await;
        assert!(said.contains("You need no password here"), "{said}");
    });
}

#[test]
fn every_page_of_devices_can_be_used_by_everyone_in_english_german_swedish_and_dutch() {
    looked_at(&["en", "de", "sv", "nl"]);
}

#[test]
fn every_page_of_devices_can_be_used_by_everyone_in_french_spanish_italian_and_polish() {
    looked_at(&["fr", "es", "it", "pl"]);
}

fn looked_at(languages: &[&str]) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (world, mut wrong) = (World::new(on()), Vec::new());
    for language in languages {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let browser = runtime.block_on(Browser::open(folder.path(), true));
        wrong.extend(walked(&world, &runtime, &browser, language));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All pages on the way to a device and with it.
fn walked(
    world: &World,
    runtime: &tokio::runtime::Runtime,
    browser: &Browser,
    language: &str,
) -> Vec<String> {
    let (mut wrong, whom) = (Vec::new(), format!("bo-{language}@partner.example"));
    let at = |path: &str| format!("http://{}{path}?lang={language}", world.address);
    let unfold = "document.querySelectorAll('details').forEach((d) => d.open = true)";
    let first = world.mail_to(&whom);
    let devices = format!("/open/{}/devices", first.id);
    runtime.block_on(async {
        browser.in_every_page(&axe()).await;
        browser.go(&at(&format!("/t/{}", first.token))).await;
        let password = first.password.clone().expect("one");
        browser.write("#password", &password).await;
        browser.follow("main form button").await;
        wrong.extend(judged(browser, "files-offer", language).await);
        browser.go(&at(&devices)).await;
        wrong.extend(judged(browser, "devices-offer", language).await);
        browser.follow("main form button").await;
        wrong.extend(judged(browser, "devices-code", language).await);
        browser.write("#code", "1").await;
        browser.follow("main form button").await;
        browser.read("#error").await;
        wrong.extend(judged(browser, "devices-wrong", language).await);
    });
    // There is no room, or the cookie is not there; then there is, and it is.
    fill(world, &whom);
    runtime.block_on(async {
        browser.write("#code", &world.code(&whom)).await;
        browser.follow("main form button").await;
        wrong.extend(judged(browser, "devices-full", language).await);
    });
    empty(world, &whom);
    let code = runtime.block_on(async {
        browser.cookie(&world.cookie_of(&whom), "x").await;
        browser.write("#code", &world.code(&whom)).await;
        browser.follow("main form button").await;
        wrong.extend(judged(browser, "devices-no-cookie", language).await);
        browser.write("#code", &world.code(&whom)).await;
        browser.follow("main form button").await;
        wrong.extend(judged(browser, "devices-done", language).await);
        browser.follow("form[action*=another] button").await;
        let code = browser.read(".fresh code").await;
        wrong.extend(judged(browser, "devices-another", language).await);
        code
    });
    let second = world.mail_to(&whom);
    let sender = SenderLink::token(world.store().master(), &second.id, None);
    runtime.block_on(async {
        browser.go(&at(&format!("/t/{}", second.token))).await;
        wrong.extend(judged(browser, "unlock-device-here", language).await);
        browser.go(&at(&format!("/s/{sender}"))).await;
        wrong.extend(judged(browser, "sender-devices", language).await);
        browser.cookie(&world.cookie_of(&whom), "x").await;
        browser.go(&at(&format!("/t/{}", second.token))).await;
        browser.run(unfold).await;
        wrong.extend(judged(browser, "unlock-device", language).await);
        browser.cookie(&world.cookie_of(&whom), "x").await;
        browser.write("#code", &code).await;
        browser.follow("main form button").await;
        wrong.extend(judged(browser, "unlock-no-cookie", language).await);
    });
    fill(world, &whom);
    runtime.block_on(async {
        browser.write("#code", &code).await;
        browser.follow("main form button").await;
        wrong.extend(judged(browser, "unlock-full", language).await);
    });
    wrong.extend(with_passkey(world, runtime, browser, language));
    wrong
}

/// The pages that have a button for a passkey.
fn with_passkey(
    world: &World,
    runtime: &tokio::runtime::Runtime,
    browser: &Browser,
    language: &str,
) -> Vec<String> {
    let (mut wrong, whom) = (Vec::new(), format!("eva-{language}@partner.example"));
    let at = |path: &str| format!("http://{}{path}?lang={language}", world.address);
    let first = world.mail_to(&whom);
    held::set_up(world, &first);
    let second = world.mail_to(&whom);
    let inside = Plain::new(world);
    assert_eq!(inside.type_in(&second, held::PASSKEY).status, 303);
    let session = inside.cookies.borrow()["cloakroom"].clone();
    runtime.block_on(async {
        for (name, got) in [
            ("unlock-passkey", &second),
            ("unlock-password-passkey", &first),
        ] {
            browser.go(&at(&format!("/t/{}", got.token))).await;
            browser.read("#passkey:not([hidden])").await;
            wrong.extend(judged(browser, name, language).await);
        }
    });
    let guesser = Plain::new(world);
    let form = "code=AAAA-BBBB-CCCC-DDDD";
    locked_by(world, &second, || guesser.type_in(&second, form).status);
    runtime.block_on(async {
        browser.go(&at(&format!("/t/{}", second.token))).await;
        browser.read("#passkey:not([hidden])").await;
        wrong.extend(judged(browser, "unlock-locked-passkey", language).await);
        browser.cookie("cloakroom", &session).await;
        let devices = format!("/open/{}/devices", second.id);
        browser.go(&at(&devices)).await;
        browser.read("#passkey:not([hidden])").await;
        wrong.extend(judged(browser, "devices-passkey", language).await);
    });
    wrong
}

/// None is a device any more.
fn empty(world: &World, whom: &str) {
    let emptied = world
        .store()
        .change_circle(&world.circle_id(whom), now(), |circle| {
            circle.devices.clear();
            Ok(((), Vec::new()))
        });
    emptied.expect("writes");
}
