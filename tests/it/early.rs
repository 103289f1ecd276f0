//! Files that are sealed while their mail arrives: the same as those that are sealed behind its end, for whom policy takes them and for whom
//! it does not, and wherever the store breaks.

use crate::support::client::{Door, send};
use crate::support::link_in;
use crate::support::noise;
use crate::support::plant::{self, Plant};
use cloakroom::doors::smtp::Protocol;
use cloakroom::fault::Reply;
use cloakroom::forward::memory::{Stage, Taken};
use cloakroom::gateway::Gateway;
use cloakroom::gateway::collect::{Caller, Lock, Unlocked};
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, MailId, Received, Recipient};
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::transfer::{EntryKind, Password};
use encodify::base64::MIME;
use std::sync::Arc;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const CARLA: &str = "carla@example.org";

const TRANSFER: &str = r#"
schema = 1
[[rule]]
id = "files"
why = "Files travel protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "link" }
"#;
const SEAL: &str = r#"
schema = 1
[[rule]]
id = "all"
why = "Everything travels protected."
when = { recipients_over = 0 }
then = { action = "seal", unlock = "link" }
"#;
/// Foreseen by what the client says of the size, but not so.
const HUGE: &str = r#"
schema = 1
[[rule]]
id = "huge"
why = "Huge files travel as links."
when = { attachments_over = "10 MiB" }
then = { action = "transfer", unlock = "link" }
"#;

fn files() -> Vec<Vec<u8>> {
    [900_000, 20, 400_001]
        .map(|len| noise(len as u64, len))
        .into()
}

fn mail() -> Vec<u8> {
    let mut mail = format!(
        "From: {ANNA}\r\nTo: {BO}, {CARLA}\r\nSubject: Plan\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
    );
    for file in files() {
        mail += "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=plan.bin\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n";
        MIME.encode_append(file, &mut mail);
    }
    (mail + "--b--\r\n").into_bytes()
}

fn plant(rules: &'static str) -> Plant {
    Plant {
        rules,
        ..Plant::new()
    }
}

/// The mail at the door, all of it there.
fn received(gateway: &Gateway, size: Option<u64>) -> Received {
    let recipient = |to: &str| Recipient::new(to.parse().expect("an address"));
    let envelope = Envelope {
        sender: Some(ANNA.parse().expect("an address")),
        recipients: vec![recipient(BO), recipient(CARLA)],
        options: MailOptions {
            size,
            ..MailOptions::default()
        },
        client: Client::local(),
    };
    let mut intake = gateway.intake(&envelope);
    for piece in mail().chunks(10_007) {
        intake.write(piece).expect("room");
    }
    intake.finish(MailId::fresh(), envelope).expect("room")
}

fn early(received: &Received) -> usize {
    let early = received.early.lock();
    early.as_ref().map_or(0, |early| early.files.len())
}

async fn leaves(gateway: &Gateway, received: Received) {
    let mut outlet = gateway.outlet();
    outlet.begin(&received.envelope).await.expect("takes it");
    for recipient in &received.envelope.recipients {
        outlet.vet(recipient).await.expect("takes it");
    }
    let sent = gateway.send(received, &mut *outlet).await.expect("leaves");
    assert!(sent.is_served());
}

/// What arrived for this recipient, without what we wrote in front of it.
fn for_whom<'a>(taken: &'a [Taken], whom: &str) -> Vec<&'a [u8]> {
    let is_for = |t: &&Taken| t.recipients.iter().any(|r| r.address.to_string() == whom);
    let content = |t: &'a Taken| {
        let start = memchr::memmem::find(&t.content, b"From: ").expect("a mail");
        &t.content[start..]
    };
    taken.iter().filter(is_for).map(content).collect()
}

/// What the link in this mail leads to.
async fn fetched(gateway: &Arc<Gateway>, mail: &[u8]) -> Vec<Vec<u8>> {
    let collect = Arc::new(gateway.collect(Lock::default()));
    let link = link_in(mail).expect("a link");
    let token = link.rsplit('/').next().expect("a token");
    let nothing = Password::given("");
    let opened = match collect
        .unlock(token, nothing, &Caller::default())
        .await
        .expect("works")
    {
        Unlocked::Opened(opened) => opened,
        other => panic!("{other:?}"),
    };
    let room = collect.enter(opened.visit, opened.key).await;
    let room = room.expect("works").expect("is there");
    let read = |number| {
        let file = room.file(number).expect("opens");
        let mut bytes = vec![0; usize::try_from(file.len()).expect("small")];
        file.read_exact_at(0, &mut bytes).expect("reads");
        bytes
    };
    let entries = room.entries(EntryKind::File);
    entries.map(|(number, _)| read(number)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn large_files_are_sealed_before_the_mail_has_ended() {
    for rules in [TRANSFER, SEAL] {
        let (plant, disk) = (plant(rules), Arc::new(Memory::new()));
        let gateway = plant.gateway(disk.clone()).expect("is built");
        let received = received(&gateway, None);
        assert_eq!(early(&received), 2, "the small one is not worth it");
        assert!(disk.blobs().expect("lists").is_empty(), "nothing is named");
        leaves(&gateway, received).await;
        let taken = plant.hop.taken();
        assert!(for_whom(&taken, CARLA) == [mail()], "byte for byte");
        let [link] = for_whom(&taken, BO)[..] else {
            panic!("one mail")
        };
        assert!(fetched(&gateway, link).await == files());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_foreseen_wrongly_leaves_as_it_came() {
    let (plant, disk) = (plant(HUGE), Arc::new(Memory::new()));
    let gateway = plant.gateway(disk.clone()).expect("is built");
    for (size, sealed) in [(None, 0), (Some(100 << 20), 2)] {
        let received = received(&gateway, size);
        assert_eq!(early(&received), sealed, "{size:?}");
        leaves(&gateway, received).await;
        let taken = plant.hop.taken();
        assert!(for_whom(&taken, BO).last() == Some(&&mail()[..]));
        assert!(disk.blobs().expect("lists").is_empty(), "and nothing stays");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_file_is_lost_or_leaves_in_the_clear_wherever_the_store_breaks() {
    let mut broken = 0;
    for nth in 1.. {
        let (plant, disk) = (plant(TRANSFER), Arc::new(Memory::new()));
        plant.store(disk.clone()).expect("opens");
        let faulty = Arc::new(Faulty::new(disk.clone(), nth));
        let gateway = plant.gateway(faulty.clone()).expect("is built");
        let (address, _stop) = plant::door(&gateway, Protocol::Lmtp).await;
        let to = [BO.to_owned(), CARLA.to_owned()];
        let replies = send(Door::Lmtp, address, ANNA, &to, &mail()).await;
        let hurt = faulty.has_failed();
        faulty.mend();
        let taken = plant.hop.taken();
        let for_bo = for_whom(&taken, BO);
        assert!(for_bo.iter().all(|mail| mail.len() < 20_000), "write {nth}");
        for (reply, whom) in replies.iter().zip([BO, CARLA]) {
            let served = reply.starts_with("250 ");
            assert!(served || reply.starts_with('4'), "write {nth}: {reply}");
            assert!(!served || for_whom(&taken, whom).len() == 1, "write {nth}");
        }
        if let [link] = for_bo[..] {
            assert!(fetched(&gateway, link).await == files(), "write {nth}");
        }
        assert!(for_whom(&taken, CARLA).iter().all(|got| *got == mail()));
        if !hurt {
            break;
        }
        broken += 1;
    }
    assert!(broken > 10, "only {broken} points: this loop tests nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_mail_that_nobody_takes_no_file_stays() {
    let (plant, disk) = (plant(TRANSFER), Arc::new(Memory::new()));
    let gateway = plant.gateway(disk.clone()).expect("is built");
    let no = Reply::new(550, (5, 7, 1), "Not here");
    plant.hop.answer(Stage::Content, "*", no);
    let (address, _stop) = plant::door(&gateway, Protocol::Smtp).await;
    let to = [BO.to_owned()];
    let replies = send(Door::Smtp, address, ANNA, &to, &mail()).await;
    assert!(replies[0].starts_with("550 "), "{replies:?}");
    let left = disk.blobs().expect("lists").len();
    assert_eq!(left, 1, "the key of the day has a blob too");
}
