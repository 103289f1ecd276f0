//! The mail server loses a mail that the gateway has spoken about: the process that writes it dies. Its client comes with the same mail
//! again.

use super::house::{ANNA, BO, COLLEAGUE, EVA, House, Plan, mail};
use super::wire::Cut;
use crate::support::process::run;
use crate::support::{fetch, first, link_in, until};
use rustix::process::Signal;
use std::process::Command;
use std::time::Duration;

pub const BY_PHONE: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms"], keep_for = "10 days" }
"#;

/// Sends; the process of Postfix that writes the mail dies when the gateway has said everything and Postfix has not heard the last of it.
/// What the client hears.
async fn lost(house: &House, to: &[&str], mail: &[u8]) -> Vec<String> {
    house.wire.cut(Cut::Waits);
    let before = house.wire.reached();
    let sent = house.send(house.front("tempfail"), to, mail);
    let dies = async {
        let waits = until(|| (house.wire.reached() > before).then_some(())).await;
        waits.expect("the gateway has said everything");
        let is_writer = |name: &str| name == "cleanup";
        house.server.signal(Signal::KILL, is_writer);
        house.wire.release();
    };
    let (said, ()) = tokio::join!(sent, dies);
    house.wire.cut(Cut::Nowhere);
    said
}

impl House {
    /// How many there are.
    fn transfers(&self) -> usize {
        let said = run(Command::new(env!("CARGO_BIN_EXE_cloakroom"))
            .args(["transfer", "list", "--json", "--config"])
            .arg(self.folder.path().join("cloakroom.toml")));
        said.lines().count()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_that_postfix_lost_comes_again_with_the_same_link_and_without_a_second_text() {
    let plan = Plan {
        policy: BY_PHONE,
        ..Plan::mode("shared")
    };
    let house = House::build(&plan).await;
    let mail = mail("by phone [sms:+46701234547]");
    for _ in 0..2 {
        let said = lost(&house, &[BO], &mail).await;
        assert!(said[0].starts_with('4'), "{said:?}");
        assert_eq!(house.transfers(), 1);
    }
    house.taken(house.front("tempfail"), &[BO], &mail).await;
    let copy = house.sink.delivery_to(BO).await;
    assert_eq!(house.transfers(), 1, "one link for all tries");
    let told = until(|| house.phone.messages().first().cloned()).await;
    let (number, text) = told.expect("one text message");
    assert_eq!(number, "+46701234547");
    house.is_quiet().await;
    // A second one would come now.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(house.phone.messages().len(), 1);
    assert_eq!(house.copies(BO).len(), 1);
    let password = first("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", &text);
    let into = house.folder.path().join("fetched");
    let link = link_in(&copy.bytes).expect("a link");
    let files = fetch(&house.gateway.here(&link), password.as_deref(), &into).await;
    assert_eq!(files.expect("it opens").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_was_taken_out_gets_no_second_copy_when_postfix_loses_the_rest() {
    let house = House::build(&Plan::mode("take_out")).await;
    let mail = mail("lost");
    for _ in 0..2 {
        let whom = [BO, COLLEAGUE];
        let said = lost(&house, &whom, &mail).await;
        assert!(said[0].starts_with('4'), "{said:?}");
    }
    house
        .taken(house.front("tempfail"), &[BO, COLLEAGUE], &mail)
        .await;
    house.sink.delivery_to(COLLEAGUE).await;
    house.is_quiet().await;
    assert_eq!(house.copies(BO).len(), 1);
    assert_eq!(house.copies(COLLEAGUE).len(), 1);
    assert_eq!(house.copies(ANNA).len(), 0);
}

const OVER_TLS: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected, over a verified connection."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link", keep_for = "10 days", require_tls = "verified" }
"#;

const BY_APPROVAL: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Somebody looks first."
when = { has_attachments = true }
then = { action = "hold", release_by = ["dpo@example.org"] }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_the_next_hop_took_is_not_sent_again_when_postfix_loses_that_it_may_forget_it() {
    let plan = Plan {
        policy: OVER_TLS,
        tls: true,
        ..Plan::mode("shared")
    };
    let house = House::build(&plan).await;
    let mail = mail("over TLS");
    for _ in 0..2 {
        let said = lost(&house, &[BO, EVA], &mail).await;
        assert!(said[0].starts_with('4'), "{said:?}");
    }
    house
        .taken(house.front("tempfail"), &[BO, EVA], &mail)
        .await;
    house.sink.delivery_to(EVA).await;
    house.is_quiet().await;
    assert_eq!((house.copies(BO).len(), house.copies(EVA).len()), (1, 1));
    assert_eq!(house.transfers(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_waits_for_approval_waits_once_when_postfix_loses_that_it_may_forget_it() {
    let plan = Plan {
        policy: BY_APPROVAL,
        ..Plan::mode("shared")
    };
    let house = House::build(&plan).await;
    let mail = mail("to approve");
    let said = lost(&house, &[BO], &mail).await;
    assert!(said[0].starts_with('4'), "{said:?}");
    house.taken(house.front("tempfail"), &[BO], &mail).await;
    let said = run(Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(["hold", "list", "--json", "--config"])
        .arg(house.folder.path().join("cloakroom.toml")));
    assert_eq!(said.lines().count(), 1, "{said}");
}
