//! A mail to more recipients than links, where nobody reaches them with a password: it waits for its sender, whoever has a device.

use super::world::{BO, World, on};
use crate::support::client::{Door, send};
use crate::support::plant::{self, Plant};
use cloakroom::doors::smtp::Protocol;
use cloakroom::store::memory::Memory;
use std::sync::Arc;

/// No way to those of one domain, and the desk for the rest.
const RULES: &str = r#"
schema = 1
[[rule]]
id = "files"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@partner.example"] }
then = { action = "transfer", unlock = "quick", password_via = ["sms"], if_no_channel = "hold", sender_may = ["link"], keep_for = "14 days" }
[[rule]]
id = "others"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@strict.example"] }
then = { action = "transfer", unlock = "password", password_via = ["desk"], keep_for = "14 days" }
"#;

#[test]
fn where_links_are_shared_a_device_is_no_way_to_a_recipient() {
    let disk = Arc::new(Memory::new());
    let world = World::on(on(), disk.clone(), |plant| plant);
    drop(world.set_up(&world.mail_to(BO)));
    let plant = Plant {
        rules: RULES,
        ..world.plant.clone()
    };
    drop(world);
    let world = World::on(on(), disk, |_| plant);
    let waiting = || world.store().all_waiting(None, 9).expect("reads");
    // Alone his device is way enough.
    let alone = world.mail_to(BO);
    assert_eq!((alone.password, waiting().len()), (None, 0));
    // Of a hundred and one some share a link, which no device opens.
    let mut to: Vec<String> = (0..100).map(|n| format!("s{n}@strict.example")).collect();
    to.push(BO.to_owned());
    let before = world.mails_to(BO).len();
    let mail = "From: anna@example.org\r\nSubject: All\r\nMessage-ID: <all@example.org>\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/csv\r\nContent-Disposition: attachment; filename=numbers.csv\r\n\r\na,b\r\n";
    let replies = world.runtime.block_on(async {
        let (address, _stop) = plant::door(&world.gateway, Protocol::Lmtp).await;
        send(
            Door::Lmtp,
            address,
            "anna@example.org",
            &to,
            mail.as_bytes(),
        )
        .await
    });
    assert!(replies.iter().all(|r| r.starts_with("250")), "{replies:?}");
    let waiting = waiting();
    assert_eq!(waiting.len(), 1, "its sender is asked");
    let unreached = &waiting[0].unreached;
    assert_eq!(unreached.len(), 1);
    assert_eq!(unreached[0].recipient.to_string(), BO);
    assert_eq!(world.mails_to(BO).len(), before);
}
