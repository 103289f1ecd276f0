//! A session that is dropped while what it wrote is on its way to the index, as a stop under load does it. Whether that arrives or the
//! process ends before: nothing is lost, and nothing is twice but what nobody could know of.

use crate::support::plant::Plant;
use crate::support::{link_in, until};
use cloakroom::fault::Fault;
use cloakroom::gateway::Gateway;
use cloakroom::gateway::collect::{Caller, Lock, Unlocked};
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, Intake, MailId, Received, Recipient};
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::proof::Outcome;
use cloakroom::transfer::record::State;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeSet;
use std::sync::Arc;

const MAIL: &str = "From: anna@example.org\r\nTo: bo@partner.example\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
    Content-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\na,b\r\n--b--\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_on_its_way_arrives_without_its_session() {
    Run::cut_off(1, true).await.comes_again(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_on_its_way_is_lost_with_the_process() {
    Run::cut_off(1, false).await.comes_again(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settlement_on_its_way_arrives_without_its_session() {
    Run::cut_off(2, true).await.comes_again(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settlement_on_its_way_is_lost_with_the_process() {
    // Nobody knows that the first copy has left.
    Run::cut_off(2, false).await.comes_again(2).await;
}

struct Run {
    plant: Plant,
    disk: Arc<Memory>,
    gateway: Arc<Gateway>,
}

impl Run {
    /// The session ends while the `nth` batch that it handed over is on its way.
    async fn cut_off(nth: u64, arrives: bool) -> Run {
        let (plant, disk) = (Plant::new(), Arc::new(Memory::new()));
        let slow = Arc::new(Faulty::new(disk.clone(), u64::MAX));
        let gateway = plant.gateway(slow.clone()).expect("is built");
        slow.stall(nth);
        let session = tokio::spawn(bring(gateway.clone()));
        until(|| (slow.on_their_way() == 1).then_some(()))
            .await
            .expect("it is handed over");
        session.abort();
        let ended = session.await.expect_err("nobody answered it");
        assert!(ended.is_cancelled());
        let gateway = match arrives {
            true => {
                slow.go_on();
                gateway
            }
            false => plant.gateway(disk.clone()).expect("starts"),
        };
        Run {
            plant,
            disk,
            gateway,
        }
    }

    /// Its client heard nothing. Then the next hop has so many copies, with one link that opens.
    async fn comes_again(self, copies: usize) {
        let store = self.gateway.store();
        let outcome = bring(self.gateway.clone()).await.expect("it is taken");
        assert!(outcome.is_served());
        self.gateway.round(Timestamp::now(), false).await;

        let taken = self.plant.hop.taken();
        assert_eq!(taken.len(), copies);
        let links: BTreeSet<_> = taken.iter().map(|t| link_in(&t.content)).collect();
        let link = links.first().cloned().flatten().expect("a link");
        assert_eq!(links.len(), 1);
        let records = store.transfers(None, 9).expect("reads");
        let states: Vec<State> = records.iter().map(|record| record.state).collect();
        assert_eq!(states, [State::Released]);
        let notices = self.plant.desk.sent();
        assert_eq!(notices.len(), 1);
        let password = notices[0].entries[0].password.clone();
        let collect = Arc::new(self.gateway.collect(Lock::default()));
        let token = link.rsplit('/').next().expect("a token");
        let unlocked = collect
            .unlock(token, password, &Caller::default())
            .await
            .expect("works");
        assert!(matches!(unlocked, Unlocked::Opened(_)));

        self.disk.age_blobs(7200);
        let swept = store.sweep(Timestamp::now().as_second()).expect("sweeps");
        assert_eq!(swept.missing, 0);
        let end = Timestamp::now() + 24.hours() * 100;
        self.gateway.round(end, true).await;
        store.sweep(end.as_second()).expect("sweeps");
        assert!(self.disk.blobs().expect("lists").is_empty());
    }
}

async fn bring(gateway: Arc<Gateway>) -> Result<Outcome, Fault> {
    let mut outlet = gateway.outlet();
    gateway.send(received(), &mut *outlet).await
}

fn received() -> Received {
    let mut intake = Intake::new(&std::env::temp_dir());
    intake.write(MAIL.as_bytes()).expect("memory takes it");
    let bo = Recipient::new("bo@partner.example".parse().expect("an address"));
    let envelope = Envelope {
        sender: Some("anna@example.org".parse().expect("an address")),
        recipients: vec![bo],
        options: MailOptions::default(),
        client: Client::local(),
    };
    let received = intake.finish(MailId::fresh(), envelope);
    received.expect("memory gives it")
}
