//! Mail that is durably ours: tried until the next hop has it or its sender is told, with a store that works, that breaks at every
//! writing call, and that has lost its index.

use crate::support::plant::Plant;
use cloakroom::fault::Reply;
use cloakroom::forward::memory::{Stage, Taken};
use cloakroom::gateway::Gateway;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Content, Envelope, Intake, Lane, Mail, MailId, Recipient, Variant};
use cloakroom::parse;
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::Parcel;
use cloakroom::transfer::proof::{Accepted, Answer, Outcome};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::sync::Arc;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const KIM: &str = "kim@third.example";
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

const MAIL: &str = "From: Anna <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Plan\r\nMessage-ID: <plan@example.org>\r\n\r\nHello.\r\n";

/// What the client asked for.
#[derive(Clone, Copy, Default)]
struct Asked {
    no_sender: bool,
    notify: Option<&'static str>,
    ret: Option<&'static str>,
}

struct Run {
    plant: Plant,
    disk: Arc<Memory>,
    faulty: Arc<Faulty>,
    gateway: Arc<Gateway>,
}

fn later() -> Reply {
    Reply::new(451, (4, 3, 0), "Busy")
}

fn never() -> Reply {
    Reply::new(550, (5, 1, 1), "No such user")
}

fn mail_to(whom: &[&str], asked: Asked) -> Mail {
    let recipient = |to: &&str| Recipient {
        notify: asked.notify.map(str::to_owned),
        ..Recipient::new(to.parse().expect("an address"))
    };
    let envelope = Envelope {
        sender: (!asked.no_sender).then(|| ANNA.parse().expect("an address")),
        recipients: whom.iter().map(recipient).collect(),
        options: MailOptions {
            ret: asked.ret.map(str::to_owned),
            ..MailOptions::default()
        },
        client: Client::local(),
    };
    let mut intake = Intake::new(Path::new("."));
    intake.write(MAIL.as_bytes()).expect("in memory");
    let received = intake.finish(MailId::fresh(), envelope).expect("in memory");
    parse::mail(received).expect("it can be read")
}

/// One copy for each recipient.
fn copies(mail: &Mail) -> Vec<Variant> {
    let copy = |recipient: &Recipient| {
        let (sender, options) = (mail.envelope.sender.clone(), mail.envelope.options.clone());
        let content = Content::new(format!("X-Copy: {}\r\n{MAIL}", recipient.address).into());
        Variant::assertion(
            Lane::Ordinary,
            sender,
            vec![recipient.clone()],
            options,
            content,
        )
    };
    mail.envelope.recipients.iter().map(copy).collect()
}

/// One copy for all.
fn one_copy(mail: &Mail) -> Vec<Variant> {
    let (sender, options) = (mail.envelope.sender.clone(), mail.envelope.options.clone());
    let (whom, content) = (mail.envelope.recipients.clone(), Content::new(MAIL.into()));
    vec![Variant::assertion(
        Lane::Ordinary,
        sender,
        whom,
        options,
        content,
    )]
}

fn outcome(answers: &[(&str, Answer)]) -> Outcome {
    let answers = answers.iter();
    Outcome {
        answers: answers
            .map(|(to, answer)| (to.parse().expect("an address"), answer.clone()))
            .collect(),
    }
}

fn accepted() -> Answer {
    Answer::Accepted(Accepted::assertion(Reply::new(250, (2, 0, 0), "Taken")))
}

impl Run {
    fn new(fuse: u64) -> Run {
        let plant = Plant::new();
        let disk = Arc::new(Memory::new());
        plant.store(disk.clone()).expect("opens");
        let faulty = Arc::new(Faulty::new(disk.clone(), fuse));
        let gateway = plant.gateway(faulty.clone()).expect("is built");
        Run {
            plant,
            disk,
            faulty,
            gateway,
        }
    }

    /// A mail that left with these answers, and the rest of it kept.
    fn owns(asked: Asked, answers: &[(&str, Answer)]) -> Run {
        let run = Run::new(u64::MAX);
        let kept = run.own(asked, answers);
        assert!(kept, "a store that works keeps it");
        run
    }

    fn own(&self, asked: Asked, answers: &[(&str, Answer)]) -> bool {
        let whom: Vec<&str> = answers.iter().map(|(to, _)| *to).collect();
        let mail = mail_to(&whom, asked);
        self.keep(&mail, &copies(&mail), answers)
    }

    fn keep(&self, mail: &Mail, variants: &[Variant], answers: &[(&str, Answer)]) -> bool {
        let own = || {
            self.gateway
                .own_rest(mail, variants, &outcome(answers), None, 0)
        };
        let Ok(parcels) = own() else {
            return false;
        };
        let kept = self.gateway.store().keep_parcels(&parcels);
        if kept.is_err() {
            self.gateway.store().discard_parcels(&parcels);
        }
        kept.is_ok()
    }

    async fn round(&self, after: i64) {
        let now = Timestamp::now() + SignedDuration::from_secs(after);
        self.gateway.round(now, false).await;
    }

    fn mails_to(&self, whom: &str) -> Vec<Taken> {
        let taken = self.plant.hop.taken().into_iter();
        let is_to = |taken: &Taken| {
            taken
                .recipients
                .iter()
                .any(|r| r.address.to_string() == whom)
        };
        taken.filter(is_to).collect()
    }

    /// The only report, as text.
    fn report(&self) -> String {
        let reports = self.mails_to(ANNA);
        assert_eq!(reports.len(), 1, "{reports:?}");
        assert_eq!(reports[0].sender, None);
        String::from_utf8(reports[0].content.clone()).expect("ASCII")
    }

    fn parcels(&self) -> Vec<Parcel> {
        let store = self.plant.store(self.disk.clone()).expect("opens");
        store.parcels(None, 9).expect("reads")
    }

    fn nothing_is_left(&self, name: &str) {
        let store = self.plant.store(self.disk.clone()).expect("opens");
        let now = Timestamp::now().as_second();
        self.disk.age_blobs(7200);
        assert_eq!(store.sweep(now).expect("sweeps").missing, 0, "{name}");
        store.expire(now + 100 * DAY).expect("expires");
        store.sweep(now).expect("sweeps");
        let stat = store.stat().expect("counts");
        assert_eq!((stat.parcels, stat.blobs), (0, 0), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_put_off_is_tried_on_the_schedule_and_arrives_once_as_it_was() {
    let run = Run::owns(
        Asked::default(),
        &[(BO, Answer::Deferred(later())), (EVA, accepted())],
    );
    run.plant.hop.answer(Stage::Content, BO, later());
    run.round(0).await;
    assert_eq!(run.parcels()[0].tries, 0, "one minute is not over");
    for (after, tries) in [
        (61, 1),
        (300, 1),
        (362, 2),
        (1263, 3),
        (3064, 4),
        (6665, 5),
        (10266, 6),
    ] {
        run.round(after).await;
        assert_eq!(run.parcels()[0].tries, tries, "after {after} s");
    }
    run.plant.hop.recover();
    run.round(13867).await;
    run.round(20000).await;
    let got = run.mails_to(BO);
    assert_eq!(got.len(), 1);
    let sent = String::from_utf8(got[0].content.clone()).expect("ASCII");
    assert_eq!(sent, format!("X-Copy: {BO}\r\n{MAIL}"));
    assert_eq!(
        got[0].sender.as_ref().map(ToString::to_string),
        Some(ANNA.into())
    );
    assert_eq!((run.mails_to(EVA).len(), run.mails_to(ANNA).len()), (0, 0));
    run.nothing_is_left("arrived");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_refused_it_is_reported_at_once() {
    let answers = [
        (BO, Answer::Refused(never())),
        (EVA, accepted()),
        (KIM, Answer::Refused(never())),
    ];
    let run = Run::owns(Asked::default(), &answers);
    run.round(0).await;
    let report = run.report();
    for words in [
        "Subject: Your mail did not reach everyone",
        "Content-Type: multipart/report;",
        "report-type=\"delivery-status\"",
        "Auto-Submitted: auto-replied",
        "Reporting-MTA: dns; gateway.test\r\n",
        "Final-Recipient: rfc822; bo@partner.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n",
        "Final-Recipient: rfc822; kim@third.example\r\n",
        "text/rfc822-headers",
        "In-Reply-To: <plan@example.org>",
    ] {
        assert!(report.contains(words), "{words} is not in {report}");
    }
    assert!(!report.contains("Hello."), "{report}");
    assert!(!report.contains(EVA), "{report}");
    run.nothing_is_left("reported");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_sent_to_who_wants_it_only() {
    let no_sender = Asked {
        no_sender: true,
        ..Asked::default()
    };
    let notify = |wish| Asked {
        notify: Some(wish),
        ..Asked::default()
    };
    let rows = [
        (no_sender, 0),
        (notify("NEVER"), 0),
        (notify("SUCCESS,DELAY"), 0),
        (notify("FAILURE"), 1),
    ];
    for (asked, reports) in rows {
        let refused = [
            (BO, Answer::Refused(never())),
            (EVA, Answer::Deferred(later())),
        ];
        let run = Run::owns(asked, &refused);
        run.plant.hop.answer(Stage::Recipient, EVA, never());
        run.round(0).await;
        assert_eq!(run.mails_to(ANNA).len(), reports, "{:?}", asked.notify);
        // Refused later, by the loop.
        run.round(61).await;
        assert_eq!(run.mails_to(ANNA).len(), 2 * reports, "{:?}", asked.notify);
        run.nothing_is_left("wanted");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_five_days_its_sender_is_told() {
    let run = Run::owns(Asked::default(), &[(BO, Answer::Deferred(later()))]);
    run.plant.hop.answer(Stage::Content, BO, later());
    run.round(5 * DAY - 2 * HOUR).await;
    assert_eq!(run.mails_to(ANNA).len(), 0);
    run.round(5 * DAY + 2).await;
    let report = run.report();
    assert!(
        report.contains("Action: failed\r\nStatus: 5.4.7\r\n"),
        "{report}"
    );
    assert!(report.contains("smtp; 451 4.3.0 Busy"), "{report}");
    assert_eq!(run.mails_to(BO).len(), 0);
    run.nothing_is_left("given up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_never_comes_is_waited_for_three_times() {
    let run = Run::owns(Asked::default(), &[(BO, Answer::Unknown)]);
    run.plant.hop.lose(Stage::Content, BO);
    run.round(61).await;
    assert_eq!(run.mails_to(ANNA).len(), 0, "twice is not enough");
    run.round(HOUR).await;
    let report = run.report();
    assert!(report.contains("may not have reached everyone"), "{report}");
    assert!(report.contains("Status: 5.4.2"), "{report}");
    run.nothing_is_left("unclear");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_lost_answer_brings_one_more_copy_and_no_more() {
    let run = Run::owns(Asked::default(), &[(BO, Answer::Unknown)]);
    for after in [61, HOUR, DAY] {
        run.round(after).await;
    }
    assert_eq!((run.mails_to(BO).len(), run.mails_to(ANNA).len()), (1, 0));
    run.nothing_is_left("sent once more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_hears_once_that_it_is_late() {
    let asked = Asked {
        notify: Some("DELAY"),
        ..Asked::default()
    };
    let run = Run::owns(asked, &[(BO, Answer::Deferred(later()))]);
    run.plant.hop.answer(Stage::Content, BO, later());
    run.round(3 * HOUR).await;
    assert_eq!(run.mails_to(ANNA).len(), 0);
    run.round(4 * HOUR + 1).await;
    let report = run.report();
    assert!(
        report.contains("Action: delayed\r\nStatus: 4.3.0\r\n"),
        "{report}"
    );
    assert!(report.contains("Will-Retry-Until: "), "{report}");
    run.round(6 * HOUR).await;
    assert_eq!(run.mails_to(ANNA).len(), 1);
    run.plant.hop.recover();
    run.round(8 * HOUR).await;
    assert_eq!((run.mails_to(BO).len(), run.mails_to(ANNA).len()), (1, 1));
    run.nothing_is_left("late");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_cannot_be_delivered_is_told_to_nobody() {
    let run = Run::owns(Asked::default(), &[(BO, Answer::Refused(never()))]);
    run.plant.hop.answer(Stage::Recipient, ANNA, never());
    run.round(0).await;
    run.round(DAY).await;
    assert_eq!(run.plant.hop.taken().len(), 0);
    run.nothing_is_left("dropped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_copy_comes_back_if_its_sender_asked_for_it() {
    let asked = Asked {
        ret: Some("FULL"),
        ..Asked::default()
    };
    let run = Run::owns(asked, &[(BO, Answer::Refused(never())), (EVA, accepted())]);
    run.round(0).await;
    let report = run.report();
    let copy = format!(
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nX-Copy: {BO}\r\n{MAIL}"
    );
    assert!(report.contains(&copy), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_one_copy_for_several_only_the_rest_is_tried_again() {
    let run = Run::new(u64::MAX);
    let mail = mail_to(&[BO, EVA, KIM], Asked::default());
    let put_off = || Answer::Deferred(later());
    let answers = [(BO, put_off()), (EVA, put_off()), (KIM, accepted())];
    assert!(run.keep(&mail, &one_copy(&mail), &answers));
    run.plant.hop.answer(Stage::Recipient, BO, later());
    run.round(61).await;
    assert_eq!((run.mails_to(BO).len(), run.mails_to(EVA).len()), (0, 1));
    // The index is gone; the blobs are there.
    let empty = copied_blobs(&run.disk);
    let gateway = run.plant.gateway(empty.clone()).expect("starts");
    let now = Timestamp::now();
    let rebuilt = gateway.store().rebuild(now.as_second()).expect("rebuilds");
    assert_eq!((rebuilt.parcels, rebuilt.damaged), (1, 0));
    run.plant.hop.recover();
    gateway
        .round(now + SignedDuration::from_hours(2), false)
        .await;
    let got = [BO, EVA, KIM].map(|whom| run.mails_to(whom).len());
    assert_eq!(got, [1, 1, 0]);
    assert_eq!(gateway.store().stat().expect("counts").parcels, 0);
}

/// A disk whose index is lost.
fn copied_blobs(disk: &Memory) -> Arc<Memory> {
    let empty = Arc::new(Memory::new());
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_ours_arrives_wherever_the_store_breaks() {
    let mut broken = 0;
    for restart in [false, true] {
        for nth in 1.. {
            let hurt = breaks_at(nth, restart).await;
            broken += u32::from(hurt);
            if !hurt {
                break;
            }
            assert!(nth < 200, "it never ends");
        }
    }
    assert!(broken > 40, "only {broken} points: this loop tests nothing");
}

/// Bo's copy is put off once, Kim's is refused by the loop, Eva has refused it. True if a write failed.
async fn breaks_at(nth: u64, restart: bool) -> bool {
    let name = format!("write {nth} fails, restart {restart}");
    let run = Run::new(nth);
    let answers = [
        (BO, Answer::Deferred(later())),
        (EVA, Answer::Refused(never())),
        (KIM, Answer::Deferred(later())),
    ];
    let kept = run.own(Asked::default(), &answers);
    run.plant.hop.answer(Stage::Content, BO, later());
    run.plant.hop.answer(Stage::Content, KIM, never());
    run.round(61).await;
    run.plant.hop.recover();
    run.plant.hop.answer(Stage::Content, KIM, never());
    run.round(HOUR).await;
    let hurt = run.faulty.has_failed();
    let gateway = match restart {
        true => run.plant.gateway(run.disk.clone()).expect("starts"),
        false => {
            run.faulty.mend();
            run.gateway.clone()
        }
    };
    for hours in [2, 4, 6, 8] {
        let now = Timestamp::now() + SignedDuration::from_hours(hours);
        gateway.round(now, false).await;
    }
    let most = if restart { 2 } else { 1 };
    let got = run.mails_to(BO).len();
    assert!(
        (usize::from(kept)..=most).contains(&got),
        "{name}: Bo has {got}"
    );
    assert_eq!(
        run.mails_to(EVA).len() + run.mails_to(KIM).len(),
        0,
        "{name}"
    );
    let told = run.mails_to(ANNA).len();
    let least = 2 * usize::from(kept);
    assert!(
        (least..=2 * most).contains(&told),
        "{name}: told {told} times"
    );
    run.nothing_is_left(&name);
    hurt
}
