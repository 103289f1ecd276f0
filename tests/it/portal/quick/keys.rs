//! 8. Disk, master key and link open nothing without a device; who ends a pair; what breaks half-way.

use super::accepting::opened_with;
use super::world::{ANNA, BO, Browser, Got, World, on};
use cloakroom::gateway::quick::{Connected, Holder};
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::DeviceSecret;
use cloakroom::transfer::quick::{Badge, Rules};
use std::sync::Arc;

/// What somebody opens who has all of the disk, the master key and the link, and no token.
fn opened_by_disk_and_master_key(world: &World, got: &Got) -> bool {
    opened_with(world, got, &world.circle(&got.to))
}

/// 8. Strict, after acceptance: nothing opens. Before acceptance, and where keys are kept, disk and master key and link do, as the manual says.
#[test]
fn s08_disk_and_master_key_and_link_open_nothing_without_a_token() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    assert!(
        opened_by_disk_and_master_key(&world, &first),
        "not accepted yet"
    );
    let browser = world.set_up(&first);
    let second = world.mail_to(BO);
    for got in [&first, &second] {
        assert!(!opened_by_disk_and_master_key(&world, got));
    }
    assert!(browser.opens(&first) && browser.opens(&second));
    // The token is nowhere on the disk, in no form.
    let token = browser.token().expect("a token");
    let circle = postcard::to_allocvec(&world.circle(BO)).expect("serialises");
    let bytes: Vec<u8> = (0..32)
        .map(|n| u8::from_str_radix(&token[2 * n..2 * n + 2], 16).expect("hexadecimal"))
        .collect();
    assert!(
        !circle
            .windows(16)
            .any(|w| bytes.windows(16).any(|t| t == w))
    );

    let keeps = World::new(Rules {
        keeps: true,
        ..on()
    });
    let first = keeps.mail_to(BO);
    drop(keeps.set_up(&first));
    assert!(opened_by_disk_and_master_key(&keeps, &keeps.mail_to(BO)));
}

/// A record that was copied under the name of another token does not open for it.
#[test]
fn s08_a_share_that_is_moved_to_another_device_opens_nothing() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    drop(world.set_up(&first));
    let second = world.mail_to(BO);
    let (thief, id) = (DeviceSecret::fresh(), world.circle_id(BO));
    let name = id.device(&thief, world.store().master());
    let moved = world.store().change_circle(&id, 0, |circle| {
        circle.devices[0].name = name;
        for key in circle.pairs.iter_mut().flat_map(|pair| &mut pair.keys) {
            key.shares.iter_mut().for_each(|share| share.device = name);
        }
        Ok(((), Vec::new()))
    });
    moved.expect("writes");
    let browser = Browser::new(&world);
    let hex: String = thief.expose().iter().map(|b| format!("{b:02x}")).collect();
    browser.put_token(&hex);
    assert!(!browser.opens(&second));
}

/// The recipient, too, ends it; and removes one device of several. A group mailbox has several.
#[test]
fn a_recipient_removes_a_device_or_ends_it_all() {
    let world = World::new(on());
    let first = world.mail_to(BO);
    let a = world.set_up(&first);
    let b = Browser::new(&world);
    let code = a.make_code(&first);
    let second = world.mail_to(BO);
    assert_eq!(b.type_in(&second, &format!("code={code}")).status, 303);
    let page = b.devices(&second);
    assert!(
        page.contains("Device 1") && page.contains("Device 2"),
        "{page}"
    );

    // Who is no device may do nothing of that.
    let stranger = Browser::new(&world);
    assert!(stranger.opens_with_password(&first));
    let end = format!("/open/{}/devices/end", first.id);
    for form in ["number=1", "number="] {
        let answer = stranger.post(&end, form);
        let there = answer.field("location").unwrap_or_default();
        assert!(there.ends_with("done=nothing"), "{there}");
    }
    assert!(
        !stranger.devices(&first).contains("Device 1"),
        "nor see them"
    );
    assert_eq!(stranger.post(&end, "number=x").status, 400);

    let removed = b.post(&format!("/open/{}/devices/end", second.id), "number=1");
    assert!(
        removed
            .field("location")
            .unwrap_or_default()
            .ends_with("done=removed")
    );
    assert!(!a.opens(&second) && b.opens(&second));
    let ended = b.post(&format!("/open/{}/devices/end", second.id), "number=");
    assert!(
        ended
            .field("location")
            .unwrap_or_default()
            .ends_with("done=ended")
    );
    assert!(!b.opens(&second));
    assert!(world.mail_to(BO).password.is_some());
    world.rounds();
    for whom in [ANNA, BO] {
        let mails = world.mails_to(whom);
        let mut texts = mails
            .iter()
            .map(|mail| crate::support::decoded(&mail.content));
        assert!(
            texts.any(|t| t.contains("needs a password again")),
            "{whom}"
        );
    }
}

/// Lost, with a spare key kept by policy: the sender has a new link and password made, which need no device.
#[test]
fn what_a_lost_device_opened_can_be_renewed_with_a_password_where_policy_keeps_a_spare_key() {
    let world = World::new(on());
    let carl = "carl@spare.example";
    let first = world.mail_to(carl);
    drop(world.set_up(&first));
    let second = world.mail_to(carl);
    assert_eq!(second.password, None);
    let wanted = cloakroom::gateway::steering::renewing::Wanted::of(carl.parse().ok());
    let steering = world.gateway.steering();
    let by = cloakroom::transfer::Actor::Sender;
    let (did, _) = steering.renew(&second.id, &wanted, by).expect("writes");
    assert_eq!(did, cloakroom::transfer::steering::Did::Renewed);
    let desk = world.plant.desk.sent().len();
    world.rounds();
    let sent = world.plant.desk.sent();
    assert_eq!(sent.len(), desk + 1, "a password is on its way");
    let mails = world.mails_to(carl);
    let link = mails
        .iter()
        .rev()
        .find_map(|mail| crate::support::link_in(&mail.content));
    let link = link.expect("a link");
    let renewed = Got {
        token: link.rsplit('/').next().expect("a token").to_owned(),
        password: Some(sent[desk].entries[0].password.expose().to_owned()),
        ..second
    };
    assert!(Browser::new(&world).opens_with_password(&renewed));
}

/// Off: such rules ask for a password, nothing is offered, and what is known of devices opens nothing.
#[test]
fn where_it_is_off_everybody_gets_a_password() {
    let disk = Arc::new(Memory::new());
    let off = World::new(Rules::default());
    let got = off.mail_to(BO);
    assert!(off.ticket(&got).quick.is_none());
    let browser = Browser::new(&off);
    assert!(browser.opens_with_password(&got));
    let files = browser.get(&format!("/open/{}", got.id)).text();
    assert!(!files.contains("/devices"), "{files}");

    let on = World::on(on(), disk.clone(), |plant| plant);
    let first = on.mail_to(BO);
    let browser = on.set_up(&first);
    let (cookies, plant) = (browser.cookies.borrow().clone(), on.plant.clone());
    let second = on.mail_to(BO);
    drop(browser);
    drop(on);
    let off = World::on(Rules::default(), disk, |_| cloakroom_off(plant));
    let browser = Browser::new(&off);
    *browser.cookies.borrow_mut() = cookies;
    assert!(browser.opens(&second), "it was sealed to this device");
    assert!(browser.opens(&first));
    let third = off.mail_to(BO);
    assert!(third.password.is_some() && off.ticket(&third).quick.is_none());
    assert!(!browser.opens(&third));
    // What there is can be seen and removed, and nothing is offered.
    assert!(browser.opens(&first));
    let page = browser.devices(&first);
    assert!(page.contains("Device 1") && !page.contains("Set up this browser"));
}

fn cloakroom_off(plant: crate::support::plant::Plant) -> crate::support::plant::Plant {
    crate::support::plant::Plant {
        quick: Rules::default(),
        ..plant
    }
}

/// Every call to the store fails once while a browser is set up: then it is a device or it is none, and the next try makes it one.
#[test]
fn setting_up_is_done_or_not_whatever_call_to_the_disk_fails() {
    let mut both = [false; 2];
    for nth in 1..400 {
        let disk = Arc::new(Memory::new());
        let world = World::on(on(), disk.clone(), |plant| plant);
        let got = world.mail_to(BO);
        let browser = Browser::new(&world);
        assert!(browser.opens_with_password(&got));
        let path = format!("/open/{}/devices", got.id);
        browser.post(&format!("{path}/code"), "");
        let code = world.code(BO);

        let faulty = Arc::new(Faulty::new(disk.clone(), nth));
        let store = world.plant.store(faulty.clone());
        let quick = store.map(|store| cloakroom::gateway::quick::Quick::new(Arc::new(store), on()));
        let (record, ticket) = (
            world
                .store()
                .transfer(&got.id)
                .expect("reads")
                .expect("there"),
            world.ticket(&got),
        );
        let now = jiff::Timestamp::now().as_second();
        let mark = world.circle_id(BO).mark(world.store().master());
        let holder = Holder {
            badge: Some(Badge::fresh(mark, None)),
            ..Holder::default()
        };
        let done = quick.and_then(|q| q.accept((&record, &ticket), &holder, now));
        let devices = world.circle(BO).devices.len();
        both[devices] = true;
        let is_done = matches!(done, Ok(Connected::Done(_)));
        assert_eq!(
            (is_done, done.is_ok()),
            (devices == 1, devices == 1),
            "nth {nth}"
        );
        if devices == 0 {
            let done = browser.post(&path, &format!("code={code}"));
            assert_eq!(done.status, 303, "nth {nth}: {}", done.text());
            assert!(browser.opens(&got), "nth {nth}");
        }
        if !faulty.has_failed() {
            break;
        }
    }
    assert_eq!(both, [true; 2]);
}
