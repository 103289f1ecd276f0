//! What all recipients of a mail get alike, as their server cannot split it.

use super::again::BY_PHONE;
use super::house::{ANNA, BO, EVA, House, Plan, mail};
use crate::support::{decoded, fetch, first, link_in, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_with_one_telephone_read_their_one_password_there_once() {
    let plan = Plan {
        policy: BY_PHONE,
        receipts: true,
        ..Plan::mode("shared")
    };
    let house = House::build(&plan).await;
    let mail = mail("one phone [sms:+46701234547]");
    house
        .taken(house.front("tempfail"), &[BO, EVA], &mail)
        .await;
    let copy = house.sink.delivery_to(EVA).await;
    assert_eq!(copy.to.len(), 2, "one copy for both");
    let told = until(|| house.phone.messages().first().cloned()).await;
    let (number, text) = told.expect("a text message");
    assert_eq!(number, "+46701234547");
    let receipt = decoded(&house.sink.delivery_to(ANNA).await.bytes);
    house.is_quiet().await;
    let log = house.gateway.log();
    let noticed: Vec<&str> = log.lines().filter(|l| l.contains("noticed")).collect();
    assert_eq!(
        (noticed.len(), house.phone.messages().len()),
        (1, 1),
        "{log}"
    );
    for to in [BO, EVA] {
        let line = receipt.lines().find(|line| line.starts_with(to));
        let line = line.unwrap_or_else(|| panic!("{to}: {receipt}"));
        assert!(line.contains("number ending in 47"), "{line}");
    }
    let password = first("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", &text);
    let link = link_in(&copy.bytes).expect("a link");
    let into = house.folder.path().join("fetched");
    let files = fetch(&house.gateway.here(&link), password.as_deref(), &into).await;
    assert_eq!(files.expect("it opens").len(), 1);
}
