//! Everybody around one gateway, and the gateway itself, which dies and comes again on the same folder.

use super::client::Queue;
use super::history::{Answer, Events, History};
use super::hop::{Hop, Mood};
use super::mails::Letter;
use super::{judge, mails, phone};
use crate::support::process::Gateway;
use crate::support::settings;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, block_in_place};
use tokio::time::sleep;

/// Clients at once.
const CLIENTS: usize = 8;

/// A notice that failed is tried again after half a minute.
const PATIENCE: Duration = Duration::from_secs(150);

pub struct House {
    pub history: Arc<History>,
    pub queue: Arc<Queue>,
    pub hop: Hop,
    pub seed: u64,
    pub folder: PathBuf,
    portal: phone::Portal,
    _clients: JoinSet<()>,
}

/// How everybody behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    Good,
    Bad,
}

impl House {
    /// Builds it in a folder that is there.
    pub async fn build(folder: &Path, seed: u64, manners: Manners) -> House {
        House::build_with(folder, seed, manners, History::new()).await
    }

    /// The same for a history that has begun.
    pub async fn build_with(folder: &Path, seed: u64, manners: Manners, history: History) -> House {
        let bad = manners == Manners::Bad;
        let history = Arc::new(history);
        let hop = Hop::start(history.clone(), seed, bad && seed.is_multiple_of(3)).await;
        let portal = phone::Portal::default();
        let phone = phone::start(history.clone(), seed, bad, portal.clone()).await;
        let reports = match manners {
            Manners::Good => [
                "&report={{report_url}}",
                "report_delivered = \"status=delivered\"\n",
            ],
            Manners::Bad => ["", ""],
        };
        let channel = format!(
            "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\n\
             url = \"http://{phone}/send?to={{{{number}}}}&text={{{{text}}}}{}\"\n{}\
             per_sender_per_hour = 1000000\nper_number_per_day = 1000000\nper_prefix_per_hour = 1000000\n",
            reports[0], reports[1],
        );
        // A retry makes another link with another password, and the judge tries them all.
        let lock = "[lock]\nsoft = { tries = 90, pause = \"1 hour\" }\nhard = { tries = 99, then = \"locked\" }\n";
        settings::write(
            folder,
            mails::POLICY,
            &hop.url(),
            &[&channel, lock].concat(),
        );
        settings::amend(folder, "intake", "answer_within = \"10 seconds\"");
        if bad {
            hop.set(Mood::Uneasy);
        }
        let queue = Queue::new(history.clone(), seed, bad);
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(queue.clone().work());
        }
        House {
            history,
            queue,
            hop,
            seed,
            folder: folder.to_owned(),
            portal,
            _clients: clients,
        }
    }

    /// A gateway that may die before it listens: then `None`.
    pub fn start(&self, die_at: Option<&str>) -> Result<Gateway, Box<Gateway>> {
        let program = Path::new(env!("CARGO_BIN_EXE_cloakroom"));
        let mut gateway = Gateway::spawn(program, &self.folder, die_at);
        match block_in_place(|| gateway.listens()) {
            true => {
                let portal = self.portal.lock();
                *portal.expect("no test panicked in here") = Some(gateway.address("portal"));
                self.queue
                    .open(gateway.address("smtp"), gateway.address("lmtp"));
                Ok(gateway)
            }
            false => Err(Box::new(gateway)),
        }
    }

    /// kill -9.
    pub fn kill(&self, gateway: Gateway) {
        block_in_place(|| gateway.kill());
        self.history.died();
    }

    /// Nothing goes wrong any more, people write nothing new: waits until everything is where it belongs, and judges.
    pub async fn settle_and_judge(&self, gateway: Gateway) {
        self.queue.busy.store(false, Ordering::Relaxed);
        self.hop.set(Mood::Calm);
        self.quiet(judge::has_arrived).await;
        let mut wrong = Vec::new();
        if !self.queue.is_empty() {
            wrong.push("the clients' queue does not become empty".to_owned());
        }
        wrong.extend(judge::all(&self.history, &gateway, &self.folder).await);
        let log = gateway.log();
        block_in_place(|| gateway.kill());
        wrong.extend(judge::store(&self.folder));
        if wrong.is_empty() {
            return;
        }
        let kept = std::env::temp_dir().join(format!("crashes-{}.log", self.seed));
        let _ = std::fs::write(&kept, log);
        panic!(
            "seed {}: {} wrong (the gateway's log is in {}):\n{}",
            self.seed,
            wrong.len(),
            kept.display(),
            wrong[..wrong.len().min(20)].join("\n")
        );
    }

    /// Waits until the clients' queue is empty and everyone who was promised a mail has it, and the password.
    pub async fn quiet(&self, has_arrived: impl Fn(&Events, &Letter, &str) -> bool) {
        let end = Instant::now() + PATIENCE;
        let is_quiet = || {
            let events = self.history.events();
            let promised = events.tries.iter().flat_map(|t| {
                let good = t.answers.iter().filter(|(_, a)| *a == Answer::Good);
                good.map(|(to, _)| (&events.letters[t.letter], to))
            });
            promised
                .into_iter()
                .all(|(letter, to)| has_arrived(&events, letter, to))
        };
        while Instant::now() < end && !(self.queue.is_empty() && is_quiet()) {
            retry(&self.folder);
            for _ in 0..50 {
                sleep(Duration::from_millis(50)).await;
                if self.queue.is_empty() && is_quiet() {
                    break;
                }
            }
        }
    }
}

/// Nobody waits for a parcel: a minute, or five if somebody died in the middle of the first try.
pub fn retry(folder: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    command.args(["queue", "retry", "--config"]);
    command.arg(folder.join("cloakroom.toml"));
    let _ = block_in_place(|| command.output()).expect("the program runs");
}
