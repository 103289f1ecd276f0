//! No secret of a device is left or said where it must not be: the folder of the store, the log at its most talkative, mails (P8, P10, P23).

use super::accepting::operators_code;
use super::world::{ANNA, BO, Browser, World, on};
use crate::canary::{absent, searched};
use crate::support::decoded;
use crate::support::log::Log;
use cloakroom::store::sled::{Embedded, Options};
use std::sync::Arc;

#[test]
fn no_token_and_no_code_is_left_or_said_where_it_must_not_be() {
    let log = Log::start();
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Embedded::open(folder.path(), Options::default()).expect("opens");
    let world = World::on(on(), Arc::new(disk), |plant| plant);
    let first = world.mail_to(BO);
    let a = world.set_up(&first);
    let six = world.code(BO);
    let second = world.mail_to(BO);
    let of_device = a.make_code(&first);
    let of_operator = operators_code(&world, on());
    let (b, c) = (Browser::new(&world), Browser::new(&world));
    assert_eq!(b.type_in(&second, "code=ABCD-EFGH-JKMN-PQRS").status, 403);
    assert_eq!(b.type_in(&second, &format!("code={of_device}")).status, 303);
    assert_eq!(
        c.type_in(&second, &format!("code={of_operator}")).status,
        200
    );
    let third = world.mail_to(BO);
    assert!(a.opens(&third) && b.opens(&third) && c.opens(&third));
    let standing = b.make_code(&third);
    world.rounds();

    let browsers = [&a, &b, &c].map(|browser| browser.token().expect("a token"));
    let codes = [of_device, of_operator, standing];
    let bare = codes.each_ref().map(|code| code.replace('-', ""));
    let secrets = browsers.iter().chain(&codes).chain(&bare);
    let secrets: Vec<&str> = secrets.map(String::as_str).collect();
    absent("the log", &log.bytes(), &secrets);
    for whom in [ANNA, BO] {
        for mail in world.mails_to(whom) {
            absent("a mail", decoded(&mail.content).as_bytes(), &secrets);
        }
    }
    let mut on_disk = secrets.clone();
    on_disk.extend([&*six, BO, ANNA, "partner.example", "Firefox"]);
    let raw: Vec<Vec<u8>> = browsers.iter().map(|token| unhex(token)).collect();
    let files = searched(folder.path());
    assert!(files.len() > 3, "{} files", files.len());
    for (path, bytes) in &files {
        absent(&path.display().to_string(), bytes, &on_disk);
        for token in &raw {
            assert!(memchr::memmem::find(bytes, token).is_none(), "{path:?}");
        }
    }
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |n: usize| u8::from_str_radix(&text[2 * n..2 * n + 2], 16);
    (0..32).map(|n| byte(n).expect("hexadecimal")).collect()
}
