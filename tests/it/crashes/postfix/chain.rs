//! Postfix, gateway, Postfix, and whoever takes what the second one delivers. The first one's queue is the client: it tries again
//! after one or two seconds. Each of the three can die and come again on what it left.

use super::log::Log;
use super::queue::copies_in;
use super::told::{Blow, Fall, Told, Which};
use crate::crashes::history::{Copy, Events, History};
use crate::crashes::hop::Hop;
use crate::crashes::mails::{self, Letter};
use crate::crashes::phone;
use crate::support::client::{Door, try_send};
use crate::support::postfix::{Postfix, after_the_queue, lasting_ports};
use crate::support::process::Gateway;
use crate::support::recipes::lines;
use crate::support::settings;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use tempfile::TempDir;
use tokio::task::block_in_place;

/// Who is far from home: the second Postfix refuses them.
const GONE: &str = "/^gone-/ 550 5.1.1 nobody of this name";

/// A queue without patience, and log lines that tell the time.
const QUICK: [&str; 12] = [
    "minimal_backoff_time=1s",
    "maximal_backoff_time=2s",
    "queue_run_delay=1s",
    "transport_retry_time=1s",
    "service_throttle_time=1s",
    "in_flow_delay=0",
    "smtpd_client_connection_count_limit=0",
    // One who does not answer is asked again all the same.
    "default_destination_concurrency_failed_cohort_limit=0",
    "enable_long_queue_ids=yes",
    "delay_logging_resolution_limit=6",
    // A report of the first Postfix must not bring the content back.
    "bounce_size_limit=1",
    "smtp_tls_security_level=none",
];

/// One of the two.
struct Side {
    postfix: Postfix,
    log: Log,
    ports: Vec<u16>,
    is_up: bool,
}

pub struct Chain {
    /// What the last one took, and texts.
    pub seen: Arc<History>,
    epoch: SystemTime,
    front: Side,
    back: Side,
    falls: Vec<Fall>,
    /// What lay in the second one's queue when somebody looked, by name.
    pub found: BTreeMap<String, Copy>,
    /// The front's services: one hands on by SMTP, one by LMTP.
    doors: [u16; 2],
    /// Last, so that it outlives those who write into it.
    pub folder: TempDir,
}

impl Chain {
    /// Builds it; both Postfix run, the gateway does not.
    pub async fn build(seed: u64) -> Chain {
        let folder = tempfile::tempdir().expect("a folder");
        let seen = Arc::new(History::new());
        let sink = Hop::start(seen.clone(), seed, false).await;
        let phone = phone::start(seen.clone(), seed, false, Default::default()).await;
        let [by_smtp, by_lmtp, smtp, lmtp, behind] = lasting_ports();
        write_settings(folder.path(), phone, [smtp, lmtp, behind]);
        let [mut front, mut back] = ["front", "back"].map(|name| side(&folder, name, sink.address));
        let services = services([by_smtp, by_lmtp, smtp, lmtp, behind], &back.postfix);
        front.postfix.add("master.cf", &services[0]);
        front.ports = vec![by_smtp, by_lmtp];
        back.postfix.add("gone", GONE);
        back.postfix.add("master.cf", &services[1]);
        back.ports = vec![behind];
        front
            .log
            .follow(seen.clone(), front.postfix.text("maillog").into());
        let mut chain = Chain {
            epoch: SystemTime::now() - seen.now(),
            seen,
            front,
            back,
            falls: Vec::new(),
            found: BTreeMap::new(),
            doors: [by_smtp, by_lmtp],
            folder,
        };
        chain.mend();
        chain
    }

    /// Somebody writes a mail: the first Postfix has it in its queue.
    pub async fn put(&self, letter: Letter) {
        let port = self.doors[usize::from(letter.door == Door::Lmtp)];
        let front = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let (from, to) = (&letter.from, &letter.to);
        let said = try_send(Door::Smtp, front, from, to, &letter.bytes).await;
        let is_taken = said
            .as_ref()
            .is_ok_and(|said| said.iter().all(|reply| reply.starts_with("250 ")));
        assert!(is_taken, "the first Postfix takes no mail: {said:?}");
        self.seen.events().letters.push(letter);
    }

    /// A gateway that listens.
    pub fn gateway(&self) -> Gateway {
        block_in_place(|| Gateway::start(self.folder.path()))
    }

    /// One that has just begun.
    pub fn gateway_begun(&self) -> Gateway {
        Gateway::spawn(
            Path::new(env!("CARGO_BIN_EXE_cloakroom")),
            self.folder.path(),
            None,
        )
    }

    /// kill -9.
    pub fn kill(&self, gateway: Gateway) {
        block_in_place(|| gateway.kill());
        self.seen.died();
    }

    /// Something befalls one of the two. [`Self::mend`] brings it back.
    pub fn hit(&mut self, which: Which, blow: Blow) {
        let begun = self.seen.now();
        let side = match which {
            Which::Front => &mut self.front,
            Which::Back => &mut self.back,
        };
        block_in_place(|| side.hit(blow));
        let ended = self.seen.now();
        self.falls.push(Fall {
            which,
            blow,
            begun,
            ended,
        });
        self.look();
    }

    /// Both run.
    pub fn mend(&mut self) {
        let (front, back) = (&mut self.front, &mut self.back);
        block_in_place(|| {
            std::thread::scope(|both| {
                both.spawn(|| front.mend());
                back.mend();
            });
        });
    }

    /// Both try at once whatever waits.
    pub fn flush(&self) {
        for side in [&self.front, &self.back] {
            block_in_place(|| side.postfix.tell("postqueue", &["-f"]));
        }
    }

    /// Nothing waits in either queue.
    pub fn is_empty(&self) -> bool {
        let sides = [&self.front, &self.back];
        block_in_place(|| sides.iter().all(|side| side.postfix.waiting().is_empty()))
    }

    /// Keeps what lies in the second one's queue.
    pub fn look(&mut self) {
        let queue = self.back.postfix.text("queue");
        self.found.extend(copies_in(Path::new(&queue)));
    }

    /// Recipients about whom the first one has heard 2xx so far.
    pub fn good(&self) -> usize {
        self.front.log.served()
    }

    /// What happened, as the judge needs it.
    pub fn events(&self) -> Events {
        let told = Told {
            lines: self.front.log.lines(),
            falls: self.falls.clone(),
            epoch: self.epoch,
            is_over: self.is_empty(),
        };
        told.events(&self.seen.events())
    }

    /// What both have logged.
    pub fn logs(&self) -> String {
        self.front.postfix.log() + &self.back.postfix.log()
    }
}

impl Side {
    fn hit(&mut self, blow: Blow) {
        match blow {
            Blow::Each(names) => {
                let is_meant = |name: &str| names.contains(&name);
                self.postfix.signal(Signal::KILL, is_meant);
            }
            Blow::All => self.postfix.kill(),
            Blow::Stop => self.postfix.stop(),
        }
        if !matches!(blow, Blow::Each(_)) {
            self.is_up = false;
            // It need not look at each file of its own again.
            self.postfix.add("queue/quick-start", "");
        }
    }

    fn mend(&mut self) {
        if !self.is_up {
            self.postfix.start(&self.ports);
        }
        self.is_up = true;
    }
}

/// A Postfix in a folder of its own that delivers to this address.
fn side(folder: &TempDir, name: &str, sink: SocketAddr) -> Side {
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).expect("the folder is ours");
    let below = folder.path().join(name);
    std::fs::create_dir(&below).expect("a folder");
    let postfix = Postfix::below(&below, sink);
    postfix.add("main.cf", &lines("postfix", "main.cf"));
    postfix.set(&QUICK);
    Side {
        postfix,
        log: Log::default(),
        ports: Vec::new(),
        is_up: false,
    }
}

/// The recipe's lines, cut where the mail comes back from the gateway: for the front, with a twin that hands on by SMTP, and for the
/// back.
fn services([by_smtp, by_lmtp, smtp, lmtp, behind]: [u16; 5], back: &Postfix) -> [String; 2] {
    let at = |port: u16| format!("127.0.0.1:{port}");
    let words = [
        ("submission inet", format!("{} inet", at(by_lmtp))),
        ("  -o smtpd_tls_security_level=encrypt\n", String::new()),
        ("127.0.0.1:10025", at(lmtp)),
        ("127.0.0.1:10026", at(behind)),
        (
            "smtpd_recipient_restrictions=permit",
            format!(
                "smtpd_recipient_restrictions=check_recipient_access,regexp:{},permit",
                back.text("gone")
            ),
        ),
    ];
    let all = after_the_queue(&words);
    let cut = all.find("# Back from").expect("a line of the recipe");
    let (front, back) = all.split_at(cut);
    let twin = front
        .replace(&at(by_lmtp), &at(by_smtp))
        .replace(
            &format!("cloakroom:inet:{}", at(lmtp)),
            &format!("cloakroom-smtp:[127.0.0.1]:{smtp}"),
        )
        .replace(
            "cloakroom unix - - n - 10 lmtp",
            "cloakroom-smtp unix - - n - 10 smtp",
        )
        .replace("lmtp_", "smtp_");
    [format!("{front}{twin}"), back.to_owned()]
}

fn write_settings(folder: &Path, phone: SocketAddr, [smtp, lmtp, behind]: [u16; 3]) {
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\n\
         url = \"http://{phone}/send?to={{{{number}}}}&text={{{{text}}}}\"\n\
         per_sender_per_hour = 1000000\nper_number_per_day = 1000000\nper_prefix_per_hour = 1000000\n"
    );
    let next_hop = format!("smtp://127.0.0.1:{behind}");
    settings::write(folder, mails::POLICY, &next_hop, &channel);
    for (door, port) in [("smtp", smtp), ("lmtp", lmtp)] {
        let any = format!("\n{door} = \"127.0.0.1:0\"");
        settings::replace(folder, &any, &format!("\n{door} = \"127.0.0.1:{port}\""));
    }
}
