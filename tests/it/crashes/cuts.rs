//! Power cuts under a gateway that works (F02): what the disk has at that moment goes to a second gateway, and the clients, who know what
//! they heard before, go on with that one. Then the judge looks at all of it.

use super::history::{Copy, Events, History};
use super::house::{House, Manners};
use crate::power::Disk;
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::block_in_place;
use tokio::time::sleep;

/// While one gateway works.
const CUTS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_gateway_on_ext4_keeps_what_it_promised_before_a_power_cut() {
    on("ext4").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_gateway_on_xfs_keeps_what_it_promised_before_a_power_cut() {
    on("xfs").await;
}

async fn on(kind: &str) {
    let Some(disk) = block_in_place(|| Disk::make_as(kind)) else {
        return;
    };
    let folder = disk.place("data").join("gateway");
    std::fs::create_dir(&folder).expect("the disk is empty");
    let house = House::build(&folder, 0, Manners::Good).await;
    // The installation itself is older than the power cut.
    rustix::fs::sync();
    let gateway = house.start(None).unwrap_or_else(|g| panic!("{}", g.log()));
    house.queue.busy.store(true, Ordering::Relaxed);
    let mut cuts = Vec::new();
    for number in 0..CUTS {
        sleep(Duration::from_millis(60 + 15 * number as u64)).await;
        // On a busy machine that is too short for a mail.
        for _ in 0..200 {
            if house.history.good() >= 3 * (number + 1) {
                break;
            }
            sleep(Duration::from_millis(25)).await;
        }
        cuts.push(cut(&disk, &house.history, &format!("gateway-{number}")));
    }
    house.kill(gateway);
    let good = house.history.good();
    assert!(good > CUTS * 2, "only {good} mails: too little load");
    for (number, before) in cuts.into_iter().enumerate() {
        let name = format!("gateway-{number}");
        block_in_place(|| disk.run(&["look"], &[&name]));
        goes_on(&disk, house.history.branch(before), number as u64).await;
        block_in_place(|| disk.run(&["unlook"], &[]));
    }
}

/// What clients heard before it. What the next hop took and people were told on other ways counts until it was over: nobody's power
/// was cut there, and it is not sent again.
fn cut(disk: &Disk, history: &History, name: &str) -> Events {
    let mut before = history.events().clone();
    block_in_place(|| disk.run(&["cut"], &[name]));
    let after = history.events().clone();
    before.texts = after.texts;
    let known = before.copies.len();
    before.copies = after.copies;
    before.copies[known..]
        .iter_mut()
        .for_each(|copy| copy.blurred = true);
    // A letter that was written meanwhile is another story.
    let letters: HashSet<&str> = before.letters.iter().map(|l| &l.from[..]).collect();
    let is_known = |copy: &Copy| copy.from.is_empty() || letters.contains(&copy.from[..]);
    before.copies.retain(is_known);
    // Whatever was under way when the picture was taken was not written down.
    before.deaths.push(history.now());
    before
}

async fn goes_on(disk: &Disk, history: History, seed: u64) {
    let folder = disk.place("look").join("gateway");
    let house = House::build_with(&folder, seed, Manners::Good, history).await;
    house.queue.put_open();
    let gateway = house
        .start(None)
        .unwrap_or_else(|g| panic!("it does not start behind the cut: {}", g.log()));
    house.settle_and_judge(gateway).await;
}
