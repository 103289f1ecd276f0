//! What happens by itself: notices while a channel hangs, and what a crash between hold and release left.

use crate::support::plant::Plant;
use crate::support::{fetch, link_in, settings, until};
use cloakroom::Pending;
use cloakroom::fault::{Fault, Reply};
use cloakroom::forward::Outlet;
use cloakroom::gateway::Gateway;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, MailId, Recipient, Variant};
use cloakroom::notify::{Channel, MemoryChannel, Trouble};
use cloakroom::service;
use cloakroom::store::Store;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::PasswordRules;
use cloakroom::transfer::notice::{NoticeEntry, Route};
use cloakroom::transfer::proof::{Outcome, PasswordLine};
use cloakroom::transfer::record::{SealedTicket, SealedTransfer, State};
use cloakroom::transfer::{
    Actor, Destination, Happened, LinkSecret, Notice, Record, Ticket, TransferId,
};
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};

/// A channel whose provider takes the call and does not answer, until it is let go.
struct Hanging {
    calls: AtomicUsize,
    go: Semaphore,
}

impl Default for Hanging {
    fn default() -> Self {
        Hanging {
            calls: AtomicUsize::new(0),
            go: Semaphore::new(0),
        }
    }
}

impl Channel for Hanging {
    fn name(&self) -> &str {
        "dead"
    }

    fn kind(&self) -> &'static str {
        "command"
    }

    fn send<'a>(&'a self, _notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            let _closed = self.go.acquire().await;
            Err(Trouble::Later("it hung".into()))
        })
    }
}

/// A transfer whose mail was taken, with one notice for this channel.
fn released(store: &Store, channel: &str) -> TransferId {
    released_by(store, channel, &[])
}

/// The same; these channels follow if that one fails for good.
pub fn released_by(store: &Store, channel: &str, then: &[&str]) -> TransferId {
    released_to(store, (channel, Destination::Operator), then)
}

/// The same, to a telephone, say.
pub fn released_to(
    store: &Store,
    (channel, destination): (&str, Destination),
    then: &[&str],
) -> TransferId {
    let (id, now) = (TransferId::fresh(), Timestamp::now().as_second());
    let secret = LinkSecret::fresh();
    let recipient = "bo@partner.example".to_owned();
    let ticket = Ticket {
        recipients: vec![recipient.clone()],
        wrap: Some(vec![1; 118]),
        ..Ticket::unused(
            secret.id(store.master()),
            i32::try_from(now / 86_400 + 30).expect("a day of ours"),
            now + 86_400,
        )
    };
    let notice = Notice {
        id: format!("{id}-0"),
        transfer: id.to_string(),
        mail: "7K3M9XQF".into(),
        channel: channel.into(),
        destination,
        sender: "anna@example.org".into(),
        sender_name: None,
        message_id: None,
        language: "en".into(),
        entries: vec![NoticeEntry {
            recipient: recipient.clone(),
            password: PasswordRules::default().make().password,
        }],
        expires: now + 86_400,
        created: now,
        receipt: None,
        then: then.iter().map(|channel| route(channel)).collect(),
        number: Default::default(),
    };
    let sealed = SealedTransfer {
        id,
        record: Record {
            id: id.to_string(),
            mail: "7K3M9XQF".into(),
            created: now,
            expires: now + 86_400,
            sender: "anna@example.org".into(),
            sender_name: None,
            state: State::Held,
            tickets: 1,
            blobs: Vec::new(),
            catalogue: Vec::new(),
            sheet: Vec::new(),
            told: None,
        },
        tickets: vec![SealedTicket {
            recipients: vec![0],
            secret,
            files: Vec::new(),
            ticket,
        }],
        notices: vec![notice],
        submission: None,
        sheet: None,
    };
    store.hold(sealed).expect("holds");
    let to = [recipient.parse().expect("an address")];
    store.release(&id, &to).expect("releases");
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_hangs_holds_up_no_other() {
    let (mut plant, dead) = (Plant::new(), Arc::new(Hanging::default()));
    plant.channels.push(dead.clone());
    let gateway = plant.gateway(Arc::new(Memory::new())).expect("is built");
    let store = gateway.store().clone();
    // More than its lane has room for, and all due before the others.
    let stuck: Vec<_> = (0..300).map(|_| released(&store, "dead")).collect();
    let told: HashSet<String> = (0..100)
        .map(|_| format!("{}-0", released(&store, "desk")))
        .collect();
    let (stop, stopped) = watch::channel(false);
    let upkeep = tokio::spawn({
        let gateway = gateway.clone();
        async move { gateway.upkeep(stopped).await }
    });
    let all = until(|| (plant.desk.sent().len() >= 100).then_some(())).await;
    assert!(all.is_some(), "only {}", plant.desk.sent().len());
    let ids: HashSet<String> = plant.desk.sent().into_iter().map(|n| n.id).collect();
    assert_eq!((ids, plant.desk.sent().len()), (told, 100), "each once");
    let calls = || dead.calls.load(Ordering::SeqCst);
    assert_eq!(calls(), 8, "at once");

    // Taken back while they wait in the lane: never tried. All but one.
    let in_lane = store.due_notices(None, i64::MAX - 1, 200).expect("reads");
    let late = in_lane.notices[100].notice.transfer.clone();
    for id in stuck.iter().filter(|id| id.to_string() != late) {
        store
            .revoke(id, None, Happened::Revoked(Actor::Operator))
            .expect("revokes");
    }
    dead.go.close();
    until(|| (calls() == 9).then_some(()))
        .await
        .expect("it goes on");
    stop.send(true).expect("it runs");
    upkeep.await.expect("no panic");
    let due = store.due_notices(None, i64::MAX - 1, 9).expect("reads");
    let left: Vec<_> = due.notices.iter().map(|due| &due.notice.transfer).collect();
    assert_eq!(left, [&late], "put off");
}

fn route(channel: &str) -> Route {
    Route {
        channel: channel.into(),
        destination: Destination::Operator,
        line: PasswordLine::Other(format!("by {channel}")),
        then: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_way_takes_what_one_cannot_and_the_sender_what_none_can() {
    let (mut plant, rest) = (Plant::new(), MemoryChannel::new("porter", "command"));
    let dead = MemoryChannel::new("dead", "command");
    plant.channels.push(Arc::new(rest.clone()));
    let sender = MemoryChannel::new("mail", "sender");
    plant.channels.push(Arc::new(dead.clone()));
    plant.channels.push(Arc::new(sender.clone()));
    let gateway = plant.gateway(Arc::new(Memory::new())).expect("is built");
    let store = gateway.store().clone();
    let never = || Trouble::Never("out of order".into());

    // The first cannot, nor can the second; the third takes it.
    let three = released_by(&store, "dead", &["desk", "porter"]);
    dead.fail(never());
    plant.desk.fail(never());
    rounds(&gateway).await;
    let taken: Vec<String> = rest.sent().into_iter().map(|n| n.id).collect();
    assert_eq!(taken, [format!("{three}-0-n-n")]);
    let ticket = store.ticket(&three, 0).expect("reads").expect("is there");
    let line = PasswordLine::Other("by porter".into());
    assert_eq!(ticket.password_line, line, "the page says which way");

    // Nobody can: the sender is told, once.
    let none = released_by(&store, "dead", &["desk"]);
    dead.fail(never());
    plant.desk.fail(never());
    rounds(&gateway).await;
    let ticket = store.ticket(&none, 0).expect("reads").expect("is there");
    assert_eq!(ticket.password_line, PasswordLine::Sender);
    let left = store.due_notices(None, i64::MAX - 1, 9).expect("reads");
    assert!(left.notices.is_empty(), "{left:?}");
    let took = [&dead, &plant.desk, &rest].map(|channel| channel.sent().len());
    assert_eq!(took, [0, 0, 1]);
    let told: Vec<String> = sender.sent().into_iter().map(|n| n.id).collect();
    assert_eq!(told, [format!("{none}-0-n-s")]);
}

/// Enough of them for every way there is.
async fn rounds(gateway: &Arc<Gateway>) {
    for _ in 0..4 {
        gateway.round(Timestamp::now(), false).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_hanging_channel_kept_is_tried_again_after_a_start() {
    let (mut plant, dead, disk) = (
        Plant::new(),
        Arc::new(Hanging::default()),
        Arc::new(Memory::new()),
    );
    plant.channels.push(dead.clone());
    let gateway = plant.gateway(disk.clone()).expect("is built");
    let id = released(gateway.store(), "dead");
    let hangs = gateway.round(Timestamp::now(), false);
    let hung = tokio::time::timeout(Duration::from_millis(300), hangs).await;
    assert!(hung.is_err() && dead.calls.load(Ordering::SeqCst) == 1);
    drop(gateway);

    let again = plant.gateway(disk).expect("is built");
    let due = again.store().due_notices(None, i64::MAX - 1, 9);
    let due = due.expect("reads").notices;
    assert_eq!(due[0].notice.id, format!("{id}-0"));
    assert_eq!(due.len(), 1);
}

/// A next hop that takes the mail and is then seen no more; nor is the gateway.
#[derive(Clone, Default)]
struct Dying(Arc<Mutex<Vec<Vec<u8>>>>);

impl Outlet for Dying {
    fn begin<'a>(&'a mut self, _envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async { Ok(()) })
    }

    fn vet<'a>(&'a mut self, _recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        Box::pin(async { Ok(Reply::new(250, (2, 1, 5), "Taken")) })
    }

    fn hand_over<'a>(
        &'a mut self,
        variants: Vec<Variant>,
        _until: Instant,
    ) -> Pending<'a, Outcome> {
        for variant in &variants {
            let bytes = variant.content().to_vec().expect("reads");
            self.0.lock().expect("no panic in here").push(bytes);
        }
        Box::pin(std::future::pending())
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        Box::pin(async {})
    }
}

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["box"], keep_for = "10 days" }
"#;

const MAIL: &str = "From: anna@example.org\r\nTo: bo@partner.example\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n\
    --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=plan.csv\r\n\r\na,b\r\n\r\n--b--\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_crash_between_hold_and_release_the_password_goes_to_whom_the_mail_has_reached() {
    let folder = tempfile::tempdir().expect("a folder");
    let channel = "[[channel]]\nname = \"box\"\nkind = \"folder\"\npath = \"notices\"\n";
    let config = settings::with(folder.path(), POLICY, "folder:out", channel);
    let hop = Dying::default();
    {
        let gateway = service::build::gateway(&config).expect("is built");
        let envelope = Envelope {
            sender: Some("anna@example.org".parse().expect("an address")),
            recipients: vec![Recipient::new(
                "bo@partner.example".parse().expect("an address"),
            )],
            options: MailOptions::default(),
            client: Client::local(),
        };
        let mut intake = gateway.intake(&envelope);
        intake.write(MAIL.as_bytes()).expect("in memory");
        let received = intake.finish(MailId::fresh(), envelope).expect("in memory");
        let mut outlet = hop.clone();
        let sending = gateway.send(received, &mut outlet);
        let sent = tokio::time::timeout(Duration::from_secs(2), sending).await;
        assert!(sent.is_err(), "nobody answers");
        assert_eq!(gateway.store().stat().expect("counts").held, 1);
    }
    let notices = folder.path().join("notices");
    let written = || -> Vec<_> {
        let entries = std::fs::read_dir(&notices).expect("the folder is there");
        let paths = entries.map(|entry| entry.expect("readable").path());
        paths
            .filter(|p| p.extension().is_some_and(|e| e == "json"))
            .collect()
    };
    assert!(
        written().is_empty(),
        "nobody had said that the mail was taken"
    );

    let running = service::start(config)
        .await
        .unwrap_or_else(|e| panic!("{e}"));
    let mails = hop.0.lock().expect("no panic in here").clone();
    let link = link_in(&mails[0]).expect("a link");
    // Two gateways, two free ports.
    let (_, path) = link.rsplit_once("/t/").expect("a link of ours");
    let portal = running.address("portal").expect("is open");
    let link = format!("http://{portal}/t/{path}");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(
        written().is_empty(),
        "nobody knows whether the mail has left"
    );
    assert!(
        fetch(&link, None, &folder.path().join("nothing"))
            .await
            .is_err()
    );

    // Somebody came with the link: it has.
    let notice = until(|| written().pop()).await.expect("a notice");
    let notice = std::fs::read_to_string(notice).expect("readable");
    let notice: serde_json::Value = serde_json::from_str(&notice).expect("JSON");
    let password = notice["passwords"][0]["password"]
        .as_str()
        .expect("a password");
    let into = folder.path().join("fetched");
    let files = fetch(&link, Some(password), &into).await.expect("opens");
    let bytes = std::fs::read(&files[0].path).expect("is there");
    assert_eq!(bytes, b"a,b\r\n");
    let stat = running.gateway.store().stat().expect("counts");
    assert_eq!((stat.held, stat.transfers), (0, 1));
    running.stop().await;
    assert_eq!(written().len(), 1, "once");
}
