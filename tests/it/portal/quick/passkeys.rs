//! A passkey in place of a cookie, in Chromium with an authenticator of its own; and what a token opens that is no device's.

use super::world::{BO, Browser as Plain, Got, World, on};
use crate::support::browser::Browser;

const NO_PASSKEY: &str = "passkey=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&passkey_name=AQ";

#[test]
fn a_passkey_opens_the_next_mail_where_all_cookies_are_gone_until_it_is_removed() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = World::new(on());
    let url = |path: &str| at(&world, path);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = world.mail_to(BO);
    let browser = runtime.block_on(Browser::open(folder.path(), true));
    runtime.block_on(async {
        browser.with_authenticator().await;
        set_up(&world, &browser, &first).await;
        let said = browser.read("main").await;
        assert!(said.contains("open with your passkey"), "{said}");
    });
    let devices = world.circle(BO).devices;
    assert!(devices.len() == 1 && devices[0].passkey.is_some());
    let second = world.mail_to(BO);
    assert_eq!(second.password, None);
    runtime.block_on(async {
        for got in [&second, &first] {
            browser.forget_cookies().await;
            browser.go(&url(&format!("/t/{}", got.token))).await;
            browser.follow("#passkey:not([hidden])").await;
            browser.read(".files").await;
            assert!(!browser.url().await.contains("passkey"));
        }
        for (name, value) in browser.cookies().await {
            let is_token = name.starts_with("cloakroom-quick") && !value.starts_with("new.");
            assert!(!is_token, "{name}");
        }
        browser
            .go(&url(&format!("/open/{}/devices", first.id)))
            .await;
        browser
            .follow("form[action*=another] #passkey:not([hidden])")
            .await;
        let code = browser.read(".fresh code").await;
        assert_eq!(code.len(), 19, "{code}");
        browser
            .go(&url(&format!("/open/{}/devices", first.id)))
            .await;
        browser.follow("form[action*=end] button").await;
        let said = browser.read("main").await;
        assert!(said.contains("The device was removed."), "{said}");
        browser.forget_cookies().await;
        browser.go(&url(&format!("/t/{}", second.token))).await;
        let none = "return document.getElementById('passkey') === null";
        assert_eq!(browser.run(none).await, true);
    });
}

/// Another authenticator knows nothing of the passkey: the page says that it did not work, and nothing is counted.
#[test]
fn another_authenticator_does_not_open_it() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = World::new(on());
    let url = |path: &str| at(&world, path);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = world.mail_to(BO);
    let browser = runtime.block_on(Browser::open(folder.path(), true));
    runtime.block_on(async {
        let mine = browser.with_authenticator().await;
        set_up(&world, &browser, &first).await;
        browser.without_authenticator(&mine).await;
        browser.with_authenticator().await;
    });
    let second = world.mail_to(BO);
    let said = "return new Promise((done) => { const look = () => { const p = document.querySelector('form [role=alert]'); \
                p && p.textContent ? done(p.textContent) : setTimeout(look, 50); }; look(); })";
    runtime.block_on(async {
        browser.forget_cookies().await;
        browser.go(&url(&format!("/t/{}", second.token))).await;
        browser.click("#passkey:not([hidden])").await;
        let said = browser.run(said).await;
        let said = said.as_str().expect("a text");
        assert!(said.starts_with("That did not work."), "{said}");
        assert!(browser.url().await.contains("/t/"));
    });
    assert_eq!(world.ticket(&second).first_opened, 0);
    // It becomes one more device, where its holder proves the mailbox.
    let third = world.mail_of("eva@example.org", &[BO]).remove(0);
    runtime.block_on(async {
        set_up(&world, &browser, &third).await;
    });
    let devices = world.circle(BO).devices;
    assert!(devices.len() == 2 && devices[0].passkey != devices[1].passkey);
}

#[test]
fn where_a_browser_cannot_do_it_nothing_is_offered() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let world = World::new(on());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = world.mail_to(BO);
    let browser = runtime.block_on(Browser::open(folder.path(), true));
    let cannot = "PublicKeyCredential.getClientCapabilities = async () => { window.asked = true; return {}; }";
    let shown = "return new Promise((done) => { const look = () => window.asked \
                 ? setTimeout(() => done(document.getElementById('passkey').hidden), 100) : setTimeout(look, 20); look(); })";
    runtime.block_on(async {
        browser.in_every_page(cannot).await;
        to_the_code(&world, &browser, &first).await;
        assert_eq!(browser.run(shown).await, true, "it stays hidden");
    });
}

#[test]
fn what_is_no_devices_opens_nothing_and_locks_nothing() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    world.set_up(&first);
    let second = world.mail_to(BO);
    let stranger = Plain::new(&world);
    for got in [&first, &second] {
        let before = world.ticket(got).tries();
        for _ in 0..3 {
            let answer = stranger.type_in(got, NO_PASSKEY);
            assert_eq!(answer.status, 403, "{}", answer.text());
            assert!(answer.text().contains("That did not work."));
        }
        assert_eq!(world.ticket(got).tries(), before);
    }
}

/// No passkey is made for an IP address.
fn at(world: &World, path: &str) -> String {
    format!("http://localhost:{}{path}", world.address.port())
}

/// With the password of a mail to where the code is asked for.
async fn to_the_code(world: &World, browser: &Browser, got: &Got) {
    browser.go(&at(world, &format!("/t/{}", got.token))).await;
    let password = got.password.clone().expect("one");
    browser.write("#password", &password).await;
    browser.follow("main form button").await;
    browser.follow(".card a.button").await;
    browser.follow("main form button").await;
}

/// A passkey of Bo's, with the password of a mail and a code to the mailbox.
async fn set_up(world: &World, browser: &Browser, got: &Got) {
    to_the_code(world, browser, got).await;
    browser.write("#code", &world.code(BO)).await;
    browser.follow("#passkey:not([hidden])").await;
    let said = browser.read("main").await;
    assert!(said.contains("Your passkey is set up."), "{said}");
}
