//! A link or a password that was lost: replaced where policy wants that, and by nobody where it does not. A gateway with a next hop and a
//! desk that remember; a store that breaks; a whole story on the disk is in `canary.rs`, the page in `portal/sender.rs`.

use crate::support::client::{Door, send};
use crate::support::plant::{self, Plant};
use crate::support::{decoded, link_in};
use cloakroom::doors::smtp::Protocol;
use cloakroom::fault::Reply;
use cloakroom::forward::memory::{Stage, Taken};
use cloakroom::gateway::Gateway;
use cloakroom::gateway::collect::{Caller, Collect, Lock, Look, Opened, Unlocked};
use cloakroom::gateway::steering::renewing::{Shown, Wanted};
use cloakroom::notify::MemoryChannel;
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::renewal::{How, PER_DAY};
use cloakroom::transfer::steering::{Did, Wish};
use cloakroom::transfer::{Actor, DeviceSecret, Happened, Password, Ticket, TransferId};
use jiff::{Timestamp, ToSpan};
use std::io::Write;
use std::sync::Arc;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const MAIL: &str = "From: Anna Lind <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Contract draft\r\n\
    Message-ID: <7@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
    --b\r\n\r\nhello\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=numbers.csv\r\n\r\na,b\r\n--b--\r\n";

/// Partners' passwords can be replaced, and links that need none; those of clients cannot.
const RULES: &str = r#"
schema = 1
[[rule]]
id = "partners"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@partner.example"] }
then = { action = "transfer", unlock = "password", password_via = ["desk"], keep_for = "10 days", recovery = "gateway" }
[[rule]]
id = "open"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@open.example"] }
then = { action = "transfer", unlock = "link", keep_for = "10 days", recovery = "gateway" }
[[rule]]
id = "clients"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@client.example"] }
then = { action = "transfer", unlock = "password", password_via = ["desk"], keep_for = "10 days" }
"#;

struct Run {
    plant: Plant,
    gateway: Arc<Gateway>,
}

impl Run {
    fn new() -> Self {
        Run::on(plant(), Arc::new(Memory::new()))
    }

    fn on(plant: Plant, disk: Arc<dyn Backend>) -> Self {
        let gateway = plant.gateway(disk).expect("starts");
        Run { plant, gateway }
    }

    async fn sends(&self, from: &str, to: &[&str], mail: &str) -> Vec<String> {
        let (address, _stop) = plant::door(&self.gateway, Protocol::Lmtp).await;
        let to: Vec<String> = to.iter().map(ToString::to_string).collect();
        send(Door::Lmtp, address, from, &to, mail.as_bytes()).await
    }

    /// A transfer that has left, with everything that was due.
    async fn transfer(&self, to: &[&str]) -> TransferId {
        self.transfer_of(to, MAIL).await
    }

    async fn transfer_of(&self, to: &[&str], mail: &str) -> TransferId {
        let replies = self.sends(ANNA, to, mail).await;
        assert!(replies[0].starts_with("250"), "{replies:?}");
        self.rounds(0).await;
        let all = self.gateway.store().transfers(None, 9).expect("reads");
        all[0].id.parse().expect("an id")
    }

    /// So many seconds from now; twice, as a notice may become due in the first.
    async fn rounds(&self, seconds: i64) {
        for _ in 0..2 {
            let now = Timestamp::now() + seconds.seconds();
            self.gateway.round(now, false).await;
        }
    }

    fn renew(&self, id: &TransferId, wanted: &Wanted) -> (Did, Shown) {
        let steering = self.gateway.steering();
        let done = steering.renew(id, wanted, Actor::Sender);
        done.expect("the store answers")
    }

    fn ticket(&self, id: &TransferId, number: u32) -> Ticket {
        let ticket = self.gateway.store().ticket(id, number).expect("reads");
        ticket.expect("is there")
    }

    fn collect(&self) -> Arc<Collect> {
        Arc::new(self.gateway.collect(Lock::default()))
    }

    async fn unlock(&self, token: &str, password: &str, caller: &Caller) -> Unlocked {
        let typed = Password::given(password);
        let opened = self.collect().unlock(token, typed, caller).await;
        opened.expect("the store answers")
    }

    async fn opens(&self, token: &str, password: &str) -> Option<Opened> {
        match self.unlock(token, password, &Caller::default()).await {
            Unlocked::Opened(opened) => Some(opened),
            _ => None,
        }
    }

    async fn is_gone(&self, token: &str) -> bool {
        let look = self.collect().look(token, &Caller::default()).await;
        matches!(look.expect("the store answers"), Look::Gone)
    }

    /// The file behind it.
    async fn read(&self, opened: Opened) -> Vec<u8> {
        let room = self.collect().enter(opened.visit, opened.key).await;
        let room = room.expect("reads").expect("is there");
        let file = room.file(0).expect("opens");
        let mut out = vec![0; 3];
        file.read_exact_at(0, &mut out).expect("reads");
        out
    }

    fn mails_to(&self, whom: &str) -> Vec<Taken> {
        let mut taken = self.plant.hop.taken();
        taken.retain(|t| t.recipients.iter().any(|r| r.address.to_string() == whom));
        taken
    }

    /// The link in the last mail to somebody.
    fn token(&self, whom: &str) -> String {
        let mails = self.mails_to(whom);
        let link = link_in(&mails.last().expect("a mail").content).expect("a link");
        link.rsplit('/').next().expect("a token").to_owned()
    }

    /// The last password that the desk was given.
    fn password(&self) -> String {
        let sent = self.plant.desk.sent();
        let last = sent.last().expect("a password");
        last.entries[0].password.expose().to_owned()
    }
}

fn plant() -> Plant {
    Plant {
        rules: RULES,
        ..Plant::new()
    }
}

fn bo() -> Wanted {
    Wanted::of(BO.parse().ok())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_link_and_password_come_by_their_ways_and_the_old_ones_end() {
    let run = Run::new();
    let id = run.transfer(&[BO]).await;
    let (old, lost) = (run.token(BO), run.password());
    // Someone is in, and his browser is known.
    let device = DeviceSecret::fresh();
    let caller = Caller {
        device: Some(device),
        remember: true,
        ..Caller::default()
    };
    let Unlocked::Opened(inside) = run.unlock(&old, &lost, &caller).await else {
        panic!("the first link opens");
    };
    let known = Caller {
        remember: false,
        ..caller.clone()
    };
    assert!(matches!(
        run.unlock(&old, "", &known).await,
        Unlocked::Opened(_)
    ));
    // Somebody else has it locked; Bo asks.
    let locked = |t: &mut Ticket| (t.wrong, t.locked) = (10, true);
    run.gateway
        .store()
        .change_ticket(&id, 0, locked)
        .expect("writes");

    let before = run.plant.desk.sent().len();
    assert_eq!(run.renew(&id, &bo()), (Did::Renewed, Shown::new()));
    let ticket = run.ticket(&id, 0);
    assert!(!ticket.locked && ticket.wrong == 0);
    assert!(run.is_gone(&old).await, "at once, before the mail is sent");
    let room = run.collect().enter(inside.visit, inside.key).await;
    assert!(room.expect("reads").is_none(), "who was in is out");
    assert_eq!(run.plant.desk.sent().len(), before, "it waits for its mail");

    run.rounds(0).await;
    let mails = run.mails_to(BO);
    assert_eq!(mails.len(), 2);
    let (raw, text) = (
        String::from_utf8_lossy(&mails[1].content).into_owned(),
        decoded(&mails[1].content),
    );
    for there in [
        "Reply-To: <anna@example.org>\r\n",
        "In-Reply-To: <7@example.org>\r\n",
        "References: <7@example.org>\r\n",
        "Subject: New link to the files from Anna Lind\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "multipart/alternative",
        "text/html",
    ] {
        assert!(raw.contains(there), "{there} is not in {raw}");
    }
    let (new, password) = (run.token(BO), run.password());
    for there in [
        "The link that you had before, and its password, open nothing any more.",
        "1 file from Anna Lind (3 bytes)",
    ] {
        assert!(text.contains(there), "{there} is not in {text}");
    }
    for hidden in ["numbers", "Contract", &password, &lost, &old] {
        assert!(!text.contains(hidden), "{hidden} is in {text}");
    }
    assert!(new != old && password != lost);
    assert_eq!(run.plant.desk.sent().len(), before + 1);

    assert!(run.opens(&new, &lost).await.is_none(), "the old password");
    let kept = run.unlock(&new, "", &known).await;
    assert!(matches!(kept, Unlocked::Empty), "{kept:?}");
    let opened = run.opens(&new, &password).await.expect("opens");
    assert_eq!(run.read(opened).await, b"a,b");
    let history = run.gateway.store().history(&id, 0).expect("reads");
    let has = |what: &Happened| history.iter().any(|event| event.what == *what);
    assert!(has(&Happened::LinkSent(Actor::Sender)));
    assert!(has(&Happened::PasswordSent(Actor::Sender)));
    run.rounds(7200).await;
    assert_eq!(run.mails_to(BO).len(), 2, "once");
    assert_eq!(run.plant.desk.sent().len(), before + 1, "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_leaves_before_its_link_mail_was_taken() {
    let run = Run::new();
    let id = run.transfer(&[BO]).await;
    let before = run.plant.desk.sent().len();
    let busy = Reply::new(451, (4, 3, 0), "Busy");
    run.plant.hop.answer(Stage::Content, BO, busy);
    assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    run.rounds(0).await;
    run.rounds(3600).await;
    assert_eq!(run.plant.desk.sent().len(), before);
    run.plant.hop.recover();
    run.rounds(20_000).await;
    assert_eq!(run.plant.desk.sent().len(), before + 1);
    assert!(run.opens(&run.token(BO), &run.password()).await.is_some());

    // One that never arrives: its password never leaves.
    let no = Reply::new(550, (5, 1, 1), "Nobody here");
    run.plant.hop.answer(Stage::Content, BO, no);
    assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    run.rounds(0).await;
    run.plant.hop.recover();
    run.rounds(40_000).await;
    assert_eq!(run.plant.desk.sent().len(), before + 1);
    let told: Vec<String> = run
        .mails_to(ANNA)
        .iter()
        .map(|m| decoded(&m.content))
        .collect();
    let told = told.last().expect("she is told");
    for there in [
        "could not be delivered, and no password was sent",
        BO,
        "550 5.1.1 Nobody here",
    ] {
        assert!(told.contains(there), "{there} is not in {told}");
    }
    assert_eq!(run.gateway.store().next_notice().expect("reads"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_back_or_renewed_again_on_its_way_is_not_sent() {
    let run = Run::new();
    let id = run.transfer(&[BO]).await;
    let before = (run.mails_to(BO).len(), run.plant.desk.sent().len());
    for _ in 0..2 {
        assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    }
    run.rounds(0).await;
    let after = (run.mails_to(BO).len(), run.plant.desk.sent().len());
    assert_eq!(after, (before.0 + 1, before.1 + 1), "the second alone");
    assert!(run.opens(&run.token(BO), &run.password()).await.is_some());

    let busy = Reply::new(451, (4, 3, 0), "Busy");
    run.plant.hop.answer(Stage::Content, BO, busy);
    assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    run.rounds(0).await;
    let steering = run.gateway.steering();
    let wish = Wish::Revoke(None);
    steering.steer(&id, &wish, Actor::Operator).expect("writes");
    run.plant.hop.recover();
    run.rounds(40_000).await;
    assert_eq!((run.mails_to(BO).len(), run.plant.desk.sent().len()), after);
    assert_eq!(run.renew(&id, &bo()).0, Did::Over);
    assert!(
        run.ticket(&id, 0).spare.is_none(),
        "nothing is left of the key"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_shown_once_and_travels_nowhere_then() {
    let run = Run::new();
    let id = run.transfer(&[BO]).await;
    let before = run.plant.desk.sent().len();
    let wanted = Wanted {
        how: How::Shown,
        seen: Some(0),
        ..bo()
    };
    let (did, shown) = run.renew(&id, &wanted);
    assert_eq!((did, shown.len()), (Did::Renewed, 1));
    assert_eq!(
        run.renew(&id, &wanted),
        (Did::Before, Shown::new()),
        "a double click"
    );
    let history = run.gateway.store().history(&id, 0).expect("reads");
    let has = |what: &Happened| history.iter().any(|event| event.what == *what);
    assert!(has(&Happened::PasswordShown(Actor::Sender)));
    assert!(!has(&Happened::PasswordSent(Actor::Sender)));
    run.rounds(0).await;
    assert_eq!(run.plant.desk.sent().len(), before);
    let text = decoded(&run.mails_to(BO)[1].content);
    assert!(text.contains("Anna Lind will give it to you"), "{text}");
    let opened = run.opens(&run.token(BO), shown[0].password.expose()).await;
    assert_eq!(run.read(opened.expect("opens")).await, b"a,b");
    assert_eq!(
        format!("{shown:?}").matches('…').count(),
        1,
        "it prints as …"
    );

    // A sender who gets the link too: then one mailbox would have both.
    let other = Run::new();
    let mail = MAIL.replace(ANNA, BO);
    other.sends(BO, &[BO], &mail).await;
    other.rounds(0).await;
    let all = other.gateway.store().transfers(None, 9).expect("reads");
    let id = all[0].id.parse().expect("an id");
    let link = other.ticket(&id, 0).link;
    assert_eq!(other.renew(&id, &wanted).0, Did::NoWay);
    assert_eq!(other.ticket(&id, 0).link, link, "nothing was done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_bounded_and_only_for_those_it_can_be_done_for() {
    let run = Run::new();
    let id = run.transfer(&[BO, "carl@open.example"]).await;
    let whom = |text: &str| Wanted::of(text.parse().ok());
    for (wanted, did) in [
        (Wanted::of(None), Did::WhichOne),
        (whom("dora@partner.example"), Did::NoSuchRecipient),
    ] {
        assert_eq!(run.renew(&id, &wanted), (did, Shown::new()), "{wanted:?}");
    }
    assert_eq!(run.renew(&TransferId::fresh(), &bo()).0, Did::Unknown);
    // Where nothing is asked there is a new link alone.
    let desk = run.plant.desk.sent().len();
    let old = run.token("carl@open.example");
    assert_eq!(run.renew(&id, &whom("Carl@Open.Example")).0, Did::Renewed);
    run.rounds(0).await;
    let new = run.token("carl@open.example");
    let mails = run.mails_to("carl@open.example");
    let text = decoded(&mails.last().expect("a mail").content);
    let said = "The link that you had before opens nothing any more.";
    assert!(text.contains(said), "{text}");
    assert!(run.is_gone(&old).await && run.opens(&new, "").await.is_some());
    assert_eq!(run.plant.desk.sent().len(), desk);
    for n in 0..PER_DAY {
        assert_eq!(run.renew(&id, &bo()).0, Did::Renewed, "{n}");
    }
    let link = run.ticket(&id, 0).link;
    assert_eq!(run.renew(&id, &bo()).0, Did::TooOften);
    assert_eq!(run.ticket(&id, 0).link, link);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_asks_for_it_by_mail() {
    let run = Run::new();
    let id = run.transfer(&[BO, "carl@open.example"]).await;
    let to = format!("files+{}@example.org", id.to_string().to_lowercase());
    for (number, (text, sentence)) in [
        ("resend", "there are several recipients"),
        ("resend carl@open.example", "is on its way by mail"),
        ("Neuer Link bo@partner.example", "is on its way by mail"),
        ("resend dora@partner.example", "has no link for"),
    ]
    .into_iter()
    .enumerate()
    {
        let mail = format!(
            "From: {ANNA}\r\nTo: {to}\r\nMessage-ID: <{number}@example.org>\r\n\r\n{text}\r\n"
        );
        let replies = run.sends(ANNA, &[&to], &mail).await;
        assert!(replies[0].starts_with("250"), "{text}: {replies:?}");
        run.rounds(0).await;
        let told = run.mails_to(ANNA);
        let told = decoded(&told.last().expect("she is told").content);
        assert!(told.contains(sentence), "{text}: {told}");
    }
    assert_eq!(run.mails_to(BO).len(), 2);
    assert!(run.opens(&run.token(BO), &run.password()).await.is_some());
}

/// P9 where nobody asked for anything else: without `recovery` no spare key is anywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_it_nothing_more_is_kept() {
    let run = Run::new();
    let id = run.transfer(&[EVA]).await;
    assert_eq!(run.ticket(&id, 0).spare, None);
    assert_eq!(run.renew(&id, &Wanted::of(None)).0, Did::Lost);
    let shown = Wanted {
        how: How::Shown,
        ..Wanted::of(None)
    };
    assert_eq!(run.renew(&id, &shown), (Did::Lost, Shown::new()));
    assert!(run.opens(&run.token(EVA), &run.password()).await.is_some());
}

/// P9: what is kept for one opens the files of all, so one who wants none decides for all; on a second try for the others too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_for_whom_nothing_may_be_kept_decides_for_all() {
    let run = Run::new();
    let busy = Reply::new(451, (4, 3, 0), "Busy");
    run.plant.hop.answer(Stage::Content, BO, busy);
    run.sends(ANNA, &[BO, EVA], MAIL).await;
    run.plant.hop.recover();
    run.sends(ANNA, &[BO, EVA], MAIL).await;
    run.rounds(40_000).await;
    assert!(!run.mails_to(BO).is_empty() && !run.mails_to(EVA).is_empty());
    let store = run.gateway.store();
    for record in store.transfers(None, 9).expect("reads") {
        let id: TransferId = record.id.parse().expect("an id");
        for ticket in store.tickets(&record).expect("reads") {
            assert_eq!(ticket.spare, None, "{:?}", ticket.recipients);
        }
        let did = run.renew(&id, &bo()).0;
        assert!(matches!(did, Did::Lost | Did::NoSuchRecipient), "{did:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_renewed_while_its_mail_is_still_to_be_delivered() {
    let run = Run::new();
    let busy = Reply::new(451, (4, 3, 0), "Busy");
    run.plant.hop.answer(Stage::Content, BO, busy);
    let (address, _stop) = plant::door(&run.gateway, Protocol::Smtp).await;
    let to = [BO.to_owned(), "carl@open.example".to_owned()];
    let replies = send(Door::Smtp, address, ANNA, &to, MAIL.as_bytes()).await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    let all = run.gateway.store().transfers(None, 9).expect("reads");
    let id: TransferId = all[0].id.parse().expect("an id");
    let shown = Wanted {
        how: How::Shown,
        ..bo()
    };
    assert_eq!(run.renew(&id, &shown), (Did::NotLeft, Shown::new()));
    assert_eq!(run.ticket(&id, 0).spare.expect("kept").generation(), 0);
    run.plant.hop.recover();
    run.rounds(40_000).await;
    assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    run.rounds(40_000).await;
    assert!(run.opens(&run.token(BO), &run.password()).await.is_some());
}

/// More people than a mail has links: they share one, and its password goes to the desk once, or to the one telephone that all have.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_share_a_link_get_it_each_and_one_place_hears_the_password_once() {
    for kind in ["command", "sms"] {
        shared_by(kind).await;
    }
}

async fn shared_by(kind: &'static str) {
    let plant = Plant {
        desk: MemoryChannel::new("desk", kind),
        ..plant()
    };
    let run = Run::on(plant, Arc::new(Memory::new()));
    let people: Vec<String> = (0..101)
        .map(|n| format!("p{n:03}@partner.example"))
        .collect();
    let to: Vec<&str> = people.iter().map(String::as_str).collect();
    let tagged = MAIL.replace("draft", "draft [sms:+46701234547]");
    let id = run.transfer_of(&to, &tagged).await;
    assert_eq!(run.ticket(&id, 0).recipients.len(), 101, "they share it");
    let before = run.plant.desk.sent().len();
    assert_eq!(before, 1, "{kind}: one place, one notice");
    // The first is tried again later, the second never gets it.
    let busy = Reply::new(451, (4, 3, 0), "Busy");
    run.plant.hop.answer(Stage::Content, to[0], busy);
    let no = Reply::new(550, (5, 1, 1), "Nobody here");
    run.plant.hop.answer(Stage::Content, to[1], no);
    let wanted = Wanted::of(to[7].parse().ok());
    assert_eq!(run.renew(&id, &wanted).0, Did::Renewed);
    run.rounds(0).await;
    run.plant.hop.recover();
    run.rounds(40_000).await;
    let sent = run.plant.desk.sent().split_off(before);
    assert_eq!(sent.len(), 1, "one place, one notice");
    let named: Vec<&str> = sent[0].entries.iter().map(|e| &*e.recipient).collect();
    assert!(named.len() >= 100 && named.contains(&to[0]), "{named:?}");
    for (mails, whom) in [(2, to[0]), (1, to[1]), (2, to[100])] {
        assert_eq!(run.mails_to(whom).len(), mails, "{whom}");
    }
    assert!(
        run.opens(&run.token(to[0]), &run.password())
            .await
            .is_some()
    );

    // None of their mails was taken: no password leaves.
    let no = Reply::new(550, (5, 1, 1), "Nobody here");
    for whom in &to {
        run.plant.hop.answer(Stage::Content, whom, no.clone());
    }
    assert_eq!(run.renew(&id, &wanted).0, Did::Renewed);
    run.rounds(0).await;
    run.rounds(40_000).await;
    assert_eq!(run.plant.desk.sent().len(), before + 1);
    assert_eq!(run.gateway.store().next_notice().expect("reads"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_becomes_of_the_old_link_leaves_the_new_one_alone() {
    let run = Run::new();
    let id = run.transfer(&[BO]).await;
    let (store, old) = (run.gateway.store(), run.ticket(&id, 0).link);
    assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    let revoked = store.revoke_link(&id, old, Happened::Revoked(Actor::House));
    assert_eq!(revoked.expect("writes"), 0);
    let whom = [BO.parse().expect("an address")];
    store.unreachable(&id, &whom).expect("writes");
    run.rounds(0).await;
    assert!(run.opens(&run.token(BO), &run.password()).await.is_some());
    let new = run.ticket(&id, 0).link;
    let revoked = store.revoke_link(&id, new, Happened::Revoked(Actor::House));
    assert_eq!(revoked.expect("writes"), 1);
    assert!(run.is_gone(&run.token(BO)).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_named_is_the_only_one_left_and_what_has_ended_says_so() {
    let run = Run::new();
    let id = run.transfer(&[BO, "dora@partner.example"]).await;
    assert_eq!(run.renew(&id, &Wanted::of(None)).0, Did::WhichOne);
    let wish = Wish::Revoke(BO.parse().ok());
    let steering = run.gateway.steering();
    steering.steer(&id, &wish, Actor::Operator).expect("writes");
    assert_eq!(run.renew(&id, &Wanted::of(None)).0, Did::Renewed);
    assert_eq!(run.ticket(&id, 1).spare.expect("kept").generation(), 1);
    let ended = |ticket: &mut Ticket| ticket.expires = Timestamp::now().as_second() - 1;
    let store = run.gateway.store();
    store.change_ticket(&id, 1, ended).expect("writes");
    assert_eq!(run.renew(&id, &Wanted::of(None)).0, Did::Over);
    steering
        .steer(&id, &Wish::Revoke(None), Actor::Operator)
        .expect("writes");
    assert_eq!(run.renew(&id, &Wanted::of(None)).0, Did::Over);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_brings_the_last_link_back_and_it_can_be_renewed() {
    let (plant, disk) = (plant(), Arc::new(Memory::new()));
    let run = Run::on(plant.clone(), disk.clone());
    let id = run.transfer(&[BO]).await;
    let old = run.token(BO);
    assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    run.rounds(0).await;
    let (new, password) = (run.token(BO), run.password());
    drop(run);
    let run = Run::on(plant, Arc::new(without_index(&disk)));
    let now = Timestamp::now().as_second();
    let rebuilt = run.gateway.store().rebuild(now).expect("rebuilds");
    assert_eq!(rebuilt.transfers, 1, "{rebuilt:?}");
    assert!(run.is_gone(&old).await);
    assert!(run.opens(&new, &password).await.is_some());
    assert_eq!(run.renew(&id, &bo()).0, Did::Renewed);
    run.rounds(0).await;
    assert!(run.is_gone(&new).await);
    assert!(run.opens(&run.token(BO), &run.password()).await.is_some());
}

fn without_index(disk: &Memory) -> Memory {
    let empty = Memory::new();
    for (blob, _) in disk.blobs().expect("lists") {
        let reader = disk.open_blob(blob).expect("opens");
        let mut bytes = vec![0; usize::try_from(reader.len()).expect("small")];
        reader.read_exact_at(0, &mut bytes).expect("reads");
        let mut writer = empty.write_blob(blob).expect("writes");
        writer.write_all(&bytes).expect("writes");
        writer.finish().expect("finishes");
    }
    empty
}

/// Whatever write fails, one link opens with its password, and no other; who has none yet gets it when it is asked for again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_link_opens_wherever_the_store_breaks() {
    let mut broken = 0;
    for nth in 1..80 {
        let (plant, disk) = (plant(), Arc::new(Memory::new()));
        let well = Run::on(plant.clone(), disk.clone());
        let id = well.transfer(&[BO]).await;
        let (old, lost) = (well.token(BO), well.password());
        drop(well);
        let faulty = Arc::new(Faulty::new(disk, nth));
        let run = Run::on(plant, faulty.clone());
        let asked = run.gateway.steering().renew(&id, &bo(), Actor::Sender);
        run.rounds(0).await;
        let hurt = faulty.has_failed();
        broken += u32::from(hurt);
        faulty.mend();
        run.rounds(40_000).await;
        let done = run.ticket(&id, 0).spare.expect("it stays").generation();
        assert!(asked.is_err() || done == 1, "write {nth}: it said so");
        match done {
            0 => assert!(run.opens(&old, &lost).await.is_some(), "write {nth}"),
            _ => {
                assert!(run.is_gone(&old).await, "write {nth}");
                let opened = run.opens(&run.token(BO), &run.password()).await;
                assert!(opened.is_some(), "write {nth}");
            }
        }
        assert!(run.mails_to(BO).len() <= 3, "write {nth}");
        let sent = run.plant.desk.sent().len();
        assert!(sent <= 2 + usize::from(hurt), "write {nth}: {sent}");
        if !hurt {
            break;
        }
    }
    assert!(broken > 3, "only {broken} points: this loop tests nothing");
}

/// The hop refuses the mail with the new link for good: whatever write fails then, its password never leaves, and the sender is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_follows_a_refused_link_wherever_the_store_breaks() {
    let mut broken = 0;
    for nth in 1..80 {
        let (plant, disk) = (plant(), Arc::new(Memory::new()));
        let well = Run::on(plant.clone(), disk.clone());
        let id = well.transfer(&[BO]).await;
        assert_eq!(well.renew(&id, &bo()).0, Did::Renewed);
        drop(well);
        let sent = plant.desk.sent().len();
        let no = Reply::new(550, (5, 1, 1), "Nobody here");
        plant.hop.answer(Stage::Content, BO, no);
        let faulty = Arc::new(Faulty::new(disk, nth));
        let run = Run::on(plant, faulty.clone());
        run.rounds(0).await;
        let hurt = faulty.has_failed();
        broken += u32::from(hurt);
        faulty.mend();
        run.plant.hop.recover();
        run.rounds(40_000).await;
        assert_eq!(run.plant.desk.sent().len(), sent, "write {nth}");
        let told = run.mails_to(ANNA);
        let told = told.iter().map(|m| decoded(&m.content));
        let told = told.filter(|text| text.contains("550 5.1.1 Nobody here"));
        assert!(told.count() >= 1, "write {nth}");
        if !hurt {
            break;
        }
    }
    assert!(broken > 1, "only {broken} points: this loop tests nothing");
}
