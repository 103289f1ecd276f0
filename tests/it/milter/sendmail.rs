//! What is Sendmail's own: the times of our recipe.

use super::house::{ANNA, BO, Installation, Plan, mail};
use crate::support::client::{Door, send_over};
use crate::support::link_in;
use crate::support::sendmail::Sendmail;
use rustix::process::Signal;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// In seconds: what Sendmail waits for a word (`R:`), and how long the line is at work. It says that it is every ten seconds.
const PATIENCE: u32 = 12;
const WORK: u64 = 14;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sendmail_waits_for_a_line_that_works_longer_than_it_waits_for_a_word() {
    let plan = Plan {
        patience: Some(PATIENCE),
        ..Plan::mode("take_out")
    };
    let house = Installation::<Sendmail>::build(&plan).await;
    let front = house.front("tempfail");
    let client = TcpStream::connect(("127.0.0.1", front)).await;
    let client = client.expect("it listens");
    client.readable().await.expect("it greets");
    // Who takes connections takes none: what the gateway hands back waits.
    house.server.signal(Signal::STOP);
    let started = Instant::now();
    let (to, mail) = ([BO.to_owned()], mail("slow"));
    let sent = send_over(client, Door::Smtp, ANNA, &to, &mail);
    let goes_on = async {
        tokio::time::sleep(Duration::from_secs(WORK)).await;
        house.server.signal(Signal::CONT);
    };
    let (said, ()) = tokio::join!(sent, goes_on);
    let said = said.expect("it answers");
    assert!(said[0].starts_with("250"), "{said:?}");
    assert!(started.elapsed() >= Duration::from_secs(WORK));
    let got = house.sink.delivery_to(BO).await;
    assert!(link_in(&got.bytes).is_some());
    house.is_quiet().await;
    assert_eq!(house.copies(BO).len(), 1);
}
