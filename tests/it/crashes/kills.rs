//! kill -9, again and again on the same store, 30 to 350 milliseconds after it listens (a little later on a busy machine), now and then before. A round is short, so that
//! many are (F01). `tests/load/kills 2000` makes more of them, `CLOAKROOM_SEED=7` the same ones again: what everybody wants to do
//! is the same then, who is first is not.

use super::dice::Dice;
use super::hop::Mood;
use super::house::{House, Manners};
use crate::support::process::Gateway;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::sleep;

/// In one history; there are four.
const KILLS: u64 = 40;

async fn history(number: u64) {
    let variable = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|v| v.parse().expect("a number"))
    };
    let seed = variable("CLOAKROOM_SEED").unwrap_or_else(|| cloakroom_seed() + number);
    let kills = variable("CLOAKROOM_KILLS").map_or(KILLS, |all: u64| all.div_ceil(4));
    eprintln!("seed {seed}: CLOAKROOM_SEED={seed} repeats it");
    let folder = tempfile::tempdir().expect("a folder");
    let house = House::build(folder.path(), seed, Manners::Bad).await;
    house.queue.busy.store(true, Ordering::Relaxed);
    house.hop.set(Mood::Wild);
    for round in 0..kills {
        if round == kills / 2 {
            house.hop.set(Mood::Uneasy);
        }
        one(&house, &mut Dice::new(seed, "kill", round)).await;
    }
    let good = house.history.good();
    eprintln!("{kills} kills, {good} good answers meanwhile");
    assert!(
        good as u64 >= kills / 2,
        "only {good} mails: too little load"
    );
    let gateway = house.start(None).unwrap_or_else(|g| panic!("{}", g.log()));
    house.settle_and_judge(gateway).await;
}

async fn one(house: &House, dice: &mut Dice) {
    if dice.percent(10) {
        let program = Path::new(env!("CARGO_BIN_EXE_cloakroom"));
        let gateway = Gateway::spawn(program, &house.folder, None);
        sleep(Duration::from_millis(dice.below(60))).await;
        return house.kill(gateway);
    }
    let gateway = house.start(None).unwrap_or_else(|g| panic!("{}", g.log()));
    let enough = house.history.good() + dice.below(4) as usize;
    sleep(Duration::from_millis(30 + dice.below(320))).await;
    // On a busy machine this is too short for a mail.
    for _ in 0..100 {
        if house.history.good() >= enough {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    house.kill(gateway);
}

/// Another one each time.
fn cloakroom_seed() -> u64 {
    let random: [u8; 4] = cloakroom::mail::id::random();
    u64::from(u32::from_le_bytes(random)) * 4
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_forty_times_nothing_is_lost_or_in_the_clear() {
    history(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_forty_times_more_nothing_is_lost_or_in_the_clear() {
    history(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_another_forty_times_nothing_is_lost_or_in_the_clear() {
    history(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_still_forty_times_nothing_is_lost_or_in_the_clear() {
    history(3).await;
}
