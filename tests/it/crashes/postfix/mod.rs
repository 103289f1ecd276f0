//! kill -9 of the gateway between two real Postfix: the first one's queue is the client, with its own retries, by SMTP and by LMTP; the
//! second one's queue is the next hop. Now and then one of them falls too: a process that hands a mail on or takes it, the queue
//! manager, all of it, or it is stopped in order. `tests/load/kills` makes more rounds.

mod chain;
mod judged;
mod log;
mod queue;
mod told;

use super::dice::Dice;
use super::history::{Answer, Events};
use super::house::retry;
use super::mails::{Letter, PARTNER};
use super::{clear, judge};
use crate::support::client::Door;
use chain::Chain;
use std::time::{Duration, Instant};
use tokio::task::block_in_place;
use tokio::time::sleep;
use told::{Blow, Which};

/// In a history.
const KILLS: u64 = 20;

/// Mails that are written in a round.
const LETTERS: u64 = 6;

/// A notice that failed is tried again after half a minute.
const PATIENCE: Duration = Duration::from_secs(120);

/// What befalls the two, in turn. Not the second one's `cleanup` alone: its `smtpd` would say 451 about a mail that it has.
const BLOWS: [(Which, Blow); 8] = [
    (Which::Front, Blow::Each(&["lmtp", "smtp"])),
    (Which::Back, Blow::Each(&["smtpd"])),
    (Which::Front, Blow::All),
    (Which::Back, Blow::All),
    (Which::Front, Blow::Each(&["qmgr"])),
    (Which::Back, Blow::Stop),
    (Which::Front, Blow::Stop),
    (Which::Back, Blow::Each(&["qmgr", "smtp"])),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_between_two_postfix_nothing_is_lost_or_in_the_clear() {
    let variable = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|v| v.parse().expect("a number"))
    };
    let random: [u8; 4] = cloakroom::mail::id::random();
    let seed = variable("CLOAKROOM_SEED").unwrap_or(u32::from_le_bytes(random).into());
    let kills = variable("CLOAKROOM_KILLS").map_or(KILLS, |all: u64| all.div_ceil(8));
    eprintln!("seed {seed}: CLOAKROOM_SEED={seed} repeats it");
    let mut chain = Chain::build(seed).await;
    for round in 0..kills {
        one(&mut chain, seed, round).await;
    }
    let good = chain.good();
    eprintln!("{kills} kills, {good} recipients served meanwhile");
    assert!(good as u64 >= kills, "only {good}: too little load");
    settle_and_judge(chain, seed).await;
}

/// A life of the gateway.
async fn one(chain: &mut Chain, seed: u64, round: u64) {
    let mut dice = Dice::new(seed, "kill", round);
    if dice.percent(10) {
        let gateway = chain.gateway_begun();
        sleep(Duration::from_millis(dice.below(60))).await;
        return chain.kill(gateway);
    }
    let numbers = round * LETTERS..(round + 1) * LETTERS;
    let (early, late) = (numbers.start..numbers.end - 3, numbers.end - 3..numbers.end);
    for number in early {
        chain.put(letter(seed, number)).await;
    }
    let gateway = chain.gateway();
    chain.flush();
    let enough = chain.good() + dice.below(2) as usize;
    for number in late {
        chain.put(letter(seed, number)).await;
    }
    // On a busy machine this takes longer.
    for _ in 0..400 {
        if chain.good() >= enough {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    sleep(Duration::from_millis(dice.below(80))).await;
    if round.is_multiple_of(2) {
        chain.kill(gateway);
        return chain.look();
    }
    let (which, blow) = BLOWS[(round as usize / 2) % BLOWS.len()];
    chain.hit(which, blow);
    sleep(Duration::from_millis(dice.below(300))).await;
    let dies_between = dice.percent(50);
    let mut gateway = Some(gateway);
    if dies_between {
        gateway.take().into_iter().for_each(|g| chain.kill(g));
    }
    chain.mend();
    if let Some(gateway) = gateway {
        sleep(Duration::from_millis(dice.below(600))).await;
        chain.kill(gateway);
    }
}

/// Every twelfth also goes to somebody whom the second Postfix refuses. No telephone ends with 98 or 99: see [`super::phone`].
fn letter(seed: u64, count: u64) -> Letter {
    let number = count + 2 * (count / 98);
    if count % 12 != 5 {
        return Letter::new(seed, number);
    }
    let door = [Door::Smtp, Door::Lmtp][(count / 12 % 2) as usize];
    let to = ["bo", "gone"].map(|who| format!("{who}-{number}-0@{PARTNER}"));
    Letter::with(
        number,
        to.into(),
        Some(super::mails::CANARY.as_bytes()),
        door,
    )
}

/// Nothing falls any more: waits until everything is where it belongs, and judges.
async fn settle_and_judge(mut chain: Chain, seed: u64) {
    let gateway = chain.gateway();
    let end = Instant::now() + PATIENCE;
    let begun = Instant::now();
    while Instant::now() < end && !(chain.is_empty() && open(&chain.events()).is_empty()) {
        chain.flush();
        retry(chain.folder.path());
        sleep(Duration::from_millis(500)).await;
    }
    eprintln!("calm after {:?}", begun.elapsed());
    chain.look();
    let events = chain.events();
    eprintln!("{}", figures(&events));
    let mut wrong = wrong(&events);
    if !chain.is_empty() {
        wrong.push("a queue does not become empty".to_owned());
    }
    let queue = Events {
        copies: chain.found.values().cloned().collect(),
        ..events.clone()
    };
    clear::look(&queue, &chain.logs(), &mut wrong);
    let history = chain.seen.branch(events);
    let folder = chain.folder.path();
    wrong.extend(judge::all(&history, &gateway, folder).await);
    block_in_place(|| gateway.kill());
    wrong.extend(judge::store(folder));
    if !wrong.is_empty() {
        let kept = std::env::temp_dir().join(format!("crashes-postfix-{seed}.log"));
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        let _ = std::fs::write(&kept, log + &chain.logs());
        panic!(
            "seed {seed}: {} wrong (all logs are in {}):\n{}",
            wrong.len(),
            kept.display(),
            wrong[..wrong.len().min(20)].join("\n")
        );
    }
}

/// Who has neither a mail, with its password, nor a report. An empty queue of the first Postfix is a promise for everybody.
fn open(events: &Events) -> Vec<String> {
    let letters = events.letters.iter();
    let all = letters.flat_map(|letter| letter.to.iter().map(move |to| (letter, to)));
    let open = all.filter(|(letter, to)| !judge::has_arrived(events, letter, to));
    open.map(|(_, to)| to.clone()).collect()
}

/// What the judge of histories cannot know: that these clients never give up, and who is refused.
fn wrong(events: &Events) -> Vec<String> {
    let open = open(events).into_iter();
    let mut wrong: Vec<String> = open.map(|to| format!("I1 {to} has nothing")).collect();
    for one in &events.tries {
        let (to, answer) = &one.answers[0];
        if (*answer == Answer::Refused) != to.starts_with("gone-") && *answer != Answer::Later {
            wrong.push(format!("I15 {to} {answer:?}: {:?}", one.said));
        }
    }
    wrong
}

/// For people.
fn figures(events: &Events) -> String {
    let tries = |answer| {
        events
            .tries
            .iter()
            .filter(|t| t.answers[0].1 == answer)
            .count()
    };
    let served: usize = events.letters.iter().map(|letter| letter.to.len()).sum();
    let copies: usize = events
        .copies
        .iter()
        .filter(|c| !c.from.is_empty())
        .map(|c| c.to.len())
        .sum();
    format!(
        "{} mails to {served}; tries: {} good, {} later, {} unknown, {} refused; {copies} copies",
        events.letters.len(),
        tries(Answer::Good),
        tries(Answer::Later),
        tries(Answer::Unknown),
        tries(Answer::Refused),
    )
}
