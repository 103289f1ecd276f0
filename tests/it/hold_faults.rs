//! A mail that waits, with a store that breaks at every writing call from its arrival to the last mail about it: after the disk came
//! back, and after a restart. What was acknowledged arrives and people are told; what was not acknowledged may be lost, once.

use crate::support::client::{Door, send};
use crate::support::plant::{self, Plant};
use cloakroom::doors::smtp::Protocol;
use cloakroom::fault::Reply;
use cloakroom::forward::memory::Stage;
use cloakroom::gateway::Gateway;
use cloakroom::gateway::waiting::{self, Ruled};
use cloakroom::mail::MailId;
use cloakroom::store::Store;
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const DPO: &str = "dpo@example.org";

const RULES: &str = r#"
schema = 1
[[rule]]
id = "people"
why = "Somebody looks at it first."
when = { to = ["@partner.example"] }
then = { action = "hold", release_by = ["dpo@example.org"] }
[[rule]]
id = "files"
why = "Files travel protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link" }
"#;

fn mail() -> String {
    format!(
        "From: {ANNA}\r\nTo: {BO}, {EVA}\r\nSubject: Plan\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n--b\r\n\
         Content-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n--b--\r\n"
    )
}

struct Run {
    name: String,
    plant: Plant,
    disk: Arc<Memory>,
    faulty: Arc<Faulty>,
    gateway: Arc<Gateway>,
    /// The client was told that the mail is taken.
    taken: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_waits_arrives_wherever_the_store_breaks() {
    let mut broken = 0;
    for restart in [false, true] {
        for nth in 1.. {
            let run = Run::make(nth, restart).await;
            let hurt = run.faulty.has_failed();
            broken += u32::from(hurt);
            run.finish(restart).await;
            if !hurt {
                break;
            }
            assert!(nth < 200, "it never ends");
        }
    }
    assert!(broken > 40, "only {broken} points: this loop tests nothing");
}

impl Run {
    /// The mail comes, is announced, released and sent, as far as the disk lets it.
    async fn make(nth: u64, restart: bool) -> Run {
        let plant = Plant {
            rules: RULES,
            ..Plant::new()
        };
        let disk = Arc::new(Memory::new());
        plant.store(disk.clone()).expect("opens");
        let faulty = Arc::new(Faulty::new(disk.clone(), nth));
        let gateway = plant.gateway(faulty.clone()).expect("is built");
        let (address, _stop) = plant::door(&gateway, Protocol::Smtp).await;
        let to = [BO.to_owned(), EVA.to_owned()];
        let replies = send(Door::Smtp, address, ANNA, &to, mail().as_bytes()).await;
        let run = Run {
            name: format!("write {nth} fails, restart {restart}"),
            taken: replies.last().is_some_and(|r| r.starts_with("250 ")),
            plant,
            disk,
            faulty,
            gateway,
        };
        assert_eq!(run.mails_to(BO) + run.mails_to(EVA), 0, "{}", run.name);
        run.gateway.round(Timestamp::now(), false).await;
        if let Some(id) = run.waiting() {
            let _ = waiting::release(run.gateway.store(), id, None, false); // the disk may be gone
        }
        run.gateway.round(Timestamp::now(), false).await;
        run
    }

    /// With a store that works, everything comes to its end.
    async fn finish(self, restart: bool) {
        let name = &self.name;
        let gateway = match restart {
            true => self.plant.gateway(self.disk.clone()).expect("starts"),
            false => {
                self.faulty.mend();
                self.gateway.clone()
            }
        };
        let store = gateway.store();
        store.finish_erasing().expect("erases");
        gateway.round(Timestamp::now(), false).await;
        if let Some(id) = self.waiting() {
            let ruled = waiting::release(store, id, None, false).expect("works");
            assert!(
                matches!(ruled, Ruled::Done(_) | Ruled::Decided(_)),
                "{name}: {ruled:?}"
            );
        }
        // Whatever was put off is due by then.
        gateway.round(Timestamp::now() + 1.hours(), false).await;
        gateway.round(Timestamp::now() + 2.hours(), false).await;
        let most = if restart { 2 } else { 1 };
        for whom in [BO, EVA] {
            let got = self.mails_to(whom);
            assert!(got >= usize::from(self.taken), "{name}: {whom} has {got}");
            assert!(got <= most, "{name}: {whom} has {got}");
        }
        let (asked, told) = (self.mails_to(DPO), self.mails_to(ANNA));
        let least = usize::from(self.taken);
        assert!(
            (least..=most).contains(&asked),
            "{name}: asked {asked} times"
        );
        assert!(
            (2 * least..=2 * most).contains(&told),
            "{name}: told {told} times"
        );
        assert_eq!(self.waiting(), None, "{name}");
        self.nothing_is_left(store).await;
    }

    async fn nothing_is_left(&self, store: &Arc<Store>) {
        let name = &self.name;
        let now = Timestamp::now().as_second();
        self.disk.age_blobs(7200);
        assert_eq!(store.sweep(now).expect("sweeps").missing, 0, "{name}");
        store.expire(now + 100 * 86_400).expect("expires");
        store.sweep(now).expect("sweeps");
        let stat = store.stat().expect("counts");
        assert_eq!((stat.waiting, stat.memos, stat.blobs), (0, 0, 0), "{name}");
        assert_eq!(self.disk.blobs().expect("lists").len(), 0, "{name}");
    }

    fn waiting(&self) -> Option<MailId> {
        let store = self.plant.store(self.disk.clone()).expect("opens");
        let all = store.all_waiting(None, 9).expect("reads");
        all.first().map(|mail| mail.id.parse().expect("an id"))
    }

    fn mails_to(&self, whom: &str) -> usize {
        let taken = self.plant.hop.taken();
        let all = taken.iter().flat_map(|taken| &taken.recipients);
        all.filter(|r| r.address.to_string() == whom).count()
    }
}

fn later() -> Reply {
    Reply::new(451, (4, 3, 0), "Busy")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_released_mail_is_tried_until_the_next_hop_has_it_or_five_days_are_over() {
    for gives_in in [true, false] {
        let run = Run::arrived().await;
        run.plant.hop.answer(Stage::Content, BO, later());
        run.release();
        let now = Timestamp::now();
        run.gateway.round(now, false).await;
        assert_eq!((run.mails_to(BO), run.mails_to(EVA)), (0, 1));
        // Too early, whoever rings.
        run.gateway.round(now, false).await;
        if gives_in {
            run.plant.hop.recover();
        }
        run.gateway.round(now + 1.hours(), false).await;
        run.gateway.round(now + 121.hours(), false).await;
        run.gateway.round(now + 122.hours(), false).await;
        assert_eq!(
            (run.mails_to(BO), run.mails_to(EVA)),
            (usize::from(gives_in), 1)
        );
        assert_eq!(run.waiting(), None);
        // Waits, released; and what it did not reach.
        assert_eq!(run.mails_to(ANNA), if gives_in { 2 } else { 3 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_nobody_decides_about_is_dropped_and_everybody_is_told() {
    let run = Run::arrived().await;
    let now = Timestamp::now();
    run.gateway.round(now + 71.hours(), false).await;
    assert!(run.waiting().is_some());
    run.gateway.round(now + 73.hours(), false).await;
    assert_eq!(run.waiting(), None);
    assert_eq!(
        (run.mails_to(BO), run.mails_to(ANNA), run.mails_to(DPO)),
        (0, 2, 2)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_waiting_mail_comes_back_out_of_its_manifest() {
    let run = Run::arrived().await;
    let id = run.waiting().expect("it waits");
    // The index is gone; the blobs are there.
    let empty = Arc::new(Memory::new());
    for (blob, _) in run.disk.blobs().expect("lists") {
        let reader = run.disk.open_blob(blob).expect("opens");
        let mut bytes = vec![0; usize::try_from(reader.len()).expect("small")];
        reader.read_exact_at(0, &mut bytes).expect("reads");
        let mut writer = empty.write_blob(blob).expect("writes");
        writer.write_all(&bytes).expect("writes");
        writer.finish().expect("finishes");
    }
    let gateway = run.plant.gateway(empty).expect("starts");
    let now = Timestamp::now();
    let rebuilt = gateway.store().rebuild(now.as_second()).expect("rebuilds");
    assert_eq!(rebuilt.waiting, 1);
    waiting::release(gateway.store(), id, None, true).expect("works");
    gateway.round(now + 1.hours(), false).await;
    assert_eq!((run.mails_to(BO), run.mails_to(EVA)), (1, 1));
}

impl Run {
    /// The mail waits, and people know.
    async fn arrived() -> Run {
        let plant = Plant {
            rules: RULES,
            ..Plant::new()
        };
        let disk = Arc::new(Memory::new());
        let faulty = Arc::new(Faulty::new(disk.clone(), u64::MAX));
        let gateway = plant.gateway(faulty.clone()).expect("is built");
        let (address, _stop) = plant::door(&gateway, Protocol::Smtp).await;
        let to = [BO.to_owned(), EVA.to_owned()];
        let replies = send(Door::Smtp, address, ANNA, &to, mail().as_bytes()).await;
        assert!(replies[0].contains("waits for a decision"), "{replies:?}");
        gateway.round(Timestamp::now(), false).await;
        Run {
            name: "arrived".into(),
            taken: true,
            plant,
            disk,
            faulty,
            gateway,
        }
    }

    fn release(&self) {
        let id = self.waiting().expect("it waits");
        waiting::release(self.gateway.store(), id, None, false).expect("works");
    }
}
