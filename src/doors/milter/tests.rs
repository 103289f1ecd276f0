//! Sessions over a stream in memory, with a line that does what a test says.

use super::{Limits, MilterDoor, Mode, session};
use crate::Pending;
use crate::doors::Line;
use crate::fault::{Fault, Kind};
use crate::forward::{Memory, Outlet, Outlets};
use crate::mail::{Content, Envelope, Intake, Lane, Received, Segment, Variant};
use crate::transfer::proof::Outcome;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;

/// What the line makes of a mail.
type Work = Box<dyn Fn(&Received) -> Result<Vec<Variant>, Fault> + Send + Sync>;

struct Desk {
    work: Work,
    takes: Duration,
    hop: Memory,
    seen: Mutex<Vec<Received>>,
    /// Whether everybody was served, once it is known.
    served: Mutex<Option<bool>>,
}

impl Line for Desk {
    fn intake(&self, _: &Envelope) -> Intake {
        Intake::new(&std::env::temp_dir())
    }

    fn outlet(&self) -> Box<dyn Outlet> {
        self.hop.open()
    }

    fn send<'a>(
        &'a self,
        received: Received,
        outlet: &'a mut dyn Outlet,
    ) -> Pending<'a, Result<Outcome, Fault>> {
        Box::pin(async move {
            tokio::time::sleep(self.takes).await;
            let variants = (self.work)(&received);
            self.seen.lock().expect("no panic").push(received);
            let until = Instant::now() + Duration::from_secs(60);
            let outcome = outlet.hand_over(variants?, until).await;
            *self.served.lock().expect("no panic") = Some(outcome.is_served());
            Ok(outcome)
        })
    }

    fn max_message(&self) -> u64 {
        1000
    }

    fn hostname(&self) -> &str {
        "gateway.example"
    }
}

fn desk(work: Work) -> Arc<Desk> {
    Arc::new(Desk {
        work,
        takes: Duration::ZERO,
        hop: Memory::default(),
        seen: Mutex::default(),
        served: Mutex::default(),
    })
}

fn variant(received: &Received, whom: &[usize], segments: Vec<Segment>) -> Variant {
    let envelope = &received.envelope;
    let whom = whom.iter().map(|i| envelope.recipients[*i].clone());
    Variant::assertion(
        Lane::Ordinary,
        envelope.sender.clone(),
        whom.collect(),
        envelope.options.clone(),
        Content::of(received.spool.clone(), segments),
    )
}

fn new(text: &str) -> Segment {
    Segment::New(text.as_bytes().into())
}

/// As `rewrite` does it: our `Received`, everything else as it came.
fn untouched(received: &Received, whom: &[usize]) -> Variant {
    let all = vec![
        new("Received: by us\r\n"),
        Segment::Kept(0..received.spool.len()),
    ];
    variant(received, whom, all)
}

/// Another subject, a field more, one less, another body.
fn sealed(received: &Received, whom: &[usize]) -> Variant {
    let head = "Received: by us\r\nX-Cloakroom-Transfer: T\r\nSubject: Sealed\r\nTo: bo\r\n\r\n";
    variant(received, whom, vec![new(head), new("A link.\r\n")])
}

fn packet(letter: u8, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len() + 1).expect("it is small");
    [&length.to_be_bytes()[..], &[letter], data].concat()
}

const HELLO: &[u8] = b"O\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff";

/// Up to the first packet of a mail.
fn opening() -> Vec<u8> {
    let said = [
        &packet(b'O', &HELLO[1..])[..],
        &packet(b'D', b"CJ\0gw\0v\0Postfix\0"),
        &packet(b'C', b"client.example\x004\x04\x00192.0.2.1\0"),
        &packet(b'H', b"client.example\0"),
        &packet(b'D', b"M{auth_authen}\0anna\0i\x004ABC\0"),
        &packet(b'M', b"<anna@a.example>\0SIZE=100\0"),
        &packet(b'R', b"<bo@b.example>\0"),
        &packet(b'R', b"<eva@c.example>\0NOTIFY=NEVER\0"),
    ];
    said.concat()
}

fn mail() -> Vec<u8> {
    let said = [
        &packet(b'L', b"Subject\0 Plan\n of\n\tMay\0")[..],
        &packet(b'L', b"To\0 bo\0"),
        &packet(b'L', b"Secret\0 4711\0"),
        &packet(b'N', b""),
        &packet(b'B', b"One\r\nTwo\n"),
        &packet(b'B', b"Three\r"),
        &packet(b'B', b"\nEnd"),
        &packet(b'E', b""),
    ];
    said.concat()
}

/// What a session says to this. `then` comes when it has said its last word; a session that has none closes.
async fn hold(mode: Mode, line: &Arc<Desk>, said: &[u8], then: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let (ours, work) = begin(mode, line.clone());
    let talk = async {
        let mut ours = ours;
        ours.write_all(said).await.expect("room");
        let mut heard = Vec::new();
        while !has_ended(&heard) && matches!(ours.read_buf(&mut heard).await, Ok(n) if n > 0) {}
        let _ = ours.write_all(then).await;
        heard
    };
    let (heard, ()) = tokio::join!(talk, work);
    packets(&heard)
}

fn begin(mode: Mode, line: Arc<dyn Line>) -> (DuplexStream, impl Future<Output = ()>) {
    let limits = Limits {
        progress: Duration::from_millis(100),
        ..Limits::default()
    };
    let door = MilterDoor {
        line,
        mode,
        accept_from: Vec::new(),
        limits,
    };
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let (keep, stop) = watch::channel(false);
    let work = async move {
        session(&door, theirs, stop).await;
        drop(keep);
    };
    (ours, work)
}

fn has_ended(heard: &[u8]) -> bool {
    packets(heard)
        .iter()
        .any(|(letter, _)| b"cdyrt".contains(letter))
}

fn packets(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut all = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let Some((packet, rest)) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)
        else {
            break;
        };
        all.push((packet[0], packet[1..].to_vec()));
        bytes = rest;
    }
    all
}

fn letters(packets: &[(u8, Vec<u8>)]) -> String {
    packets
        .iter()
        .map(|(letter, _)| char::from(*letter))
        .collect()
}

#[tokio::test]
async fn a_mail_arrives_as_the_server_would_send_it() {
    let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0, 1])])));
    let said = [opening(), mail()].concat();
    let heard = hold(Mode::TakeOut, &line, &said, &packet(b'Q', b"")).await;
    assert_eq!(letters(&heard), "Oc", "nothing is changed");
    let seen = line.seen.lock().expect("no panic");
    let spool = &seen[0].spool;
    let text = String::from_utf8(spool.slice(0..spool.len()).expect("kept")).expect("text");
    let head = "Subject: Plan\r\n of\r\n\tMay\r\nTo: bo\r\nSecret: 4711\r\n\r\n";
    assert_eq!(text, format!("{head}One\r\nTwo\r\nThree\r\nEnd\r\n"));
    let envelope = &seen[0].envelope;
    assert_eq!(envelope.options.size, Some(100));
    assert_eq!(envelope.client.login.as_deref(), Some("anna"));
    assert_eq!(envelope.client.name.as_deref(), Some("client.example"));
    assert!(envelope.recipients[1].asks_for("NEVER"));
    assert!(!seen[0].one_for_all);
}

/// As `rewrite` does it where there is a tripwire.
fn marked(received: &Received, whom: &[usize]) -> Variant {
    let all = vec![
        new("X-Cloakroom-Seal: v=1\r\nReceived: by us\r\n"),
        Segment::Kept(0..received.spool.len()),
    ];
    variant(received, whom, all)
}

#[tokio::test]
async fn a_mark_is_no_reason_to_send_a_mail_by_another_way() {
    for mode in [Mode::Shared, Mode::TakeOut] {
        let line = desk(Box::new(|r| Ok(vec![marked(r, &[0, 1])])));
        let said = [opening(), mail()].concat();
        let heard = hold(mode, &line, &said, &packet(b'Q', b"")).await;
        assert_eq!(letters(&heard), "Oic", "{mode:?}");
        assert_eq!(heard[1].1, b"\0\0\0\0X-Cloakroom-Seal\0 v=1\0");
        assert!(line.hop.taken().is_empty());
    }
    // A mark of another gateway is no change either.
    let old = packet(b'L', b"X-Cloakroom-Seal\0 v=1; h=old\0");
    let line = desk(Box::new(|r| Ok(vec![marked(r, &[0, 1])])));
    let said = [opening(), old, mail()].concat();
    let heard = hold(Mode::TakeOut, &line, &said, &packet(b'Q', b"")).await;
    assert_eq!((letters(&heard), line.hop.taken().len()), ("Oic".into(), 0));
    let line = desk(Box::new(|r| Ok(vec![sealed(r, &[1]), marked(r, &[0])])));
    let said = [opening(), mail()].concat();
    let heard = hold(Mode::TakeOut, &line, &said, b"").await;
    assert_eq!((letters(&heard), line.hop.taken().len()), ("Od".into(), 2));
}

#[tokio::test]
async fn who_only_looks_asks_for_nothing() {
    let hello = packet(b'O', b"\0\0\0\x06\0\0\0\0\0\x1f\xff\xff");
    let line = desk(Box::new(|_| {
        Err(Fault::new(Kind::PolicyRefused("No.".into())))
    }));
    let said = [&hello[..], &opening()[hello.len()..], &mail()].concat();
    let heard = hold(Mode::Look, &line, &said, &packet(b'Q', b"")).await;
    assert_eq!(letters(&heard), "Oy");
    assert_eq!(heard[0].1[4..8], [0; 4], "no action");
}

/// Whoever only looks has nothing to say about what a server has taken.
#[tokio::test]
async fn who_looks_sees_every_mail_that_a_server_has() {
    let line = desk(Box::new(|_| {
        Err(Fault::new(Kind::PolicyRefused("No.".into())))
    }));
    let long = format!("<{}@a.example>\0", "x".repeat(80));
    let said = [
        packet(b'O', &HELLO[1..]),
        packet(b'M', b"root\0"),
        packet(b'R', b"root\0"),
        packet(b'R', b"<b%c.example@d.example>\0"),
        packet(b'R', long.as_bytes()),
        packet(b'R', b"<bo@b.example>\0"),
        packet(b'L', b"A\0 b\rc\0"),
        packet(b'L', b"B\0 d\nE: f\0"),
        packet(b'N', b""),
        packet(b'E', b"Hi\r\n"),
    ];
    let heard = hold(Mode::Look, &line, &said.concat(), &packet(b'Q', b"")).await;
    assert_eq!(letters(&heard), "Oy");
    let seen = line.seen.lock().expect("no panic");
    let received = seen.first().expect("it came to the line");
    let whom: Vec<String> = (received.envelope.recipients.iter())
        .map(|r| r.address.to_string())
        .collect();
    assert_eq!(
        whom,
        ["postmaster", "unread@unread.invalid", "bo@b.example"]
    );
    assert!(received.envelope.sender.is_some(), "a person, not a report");
    let text = received.spool.slice(0..received.spool.len()).expect("kept");
    assert_eq!(text, b"A: b\rc\r\nB: d\r\n E: f\r\n\r\nHi\r\n");
}

#[tokio::test]
async fn who_shares_gets_the_body_first_and_what_claims_protection_behind_it() {
    let line = desk(Box::new(|r| Ok(vec![sealed(r, &[0, 1])])));
    let said = [opening(), mail()].concat();
    let heard = hold(Mode::Shared, &line, &said, &packet(b'Q', b"")).await;
    assert_eq!(letters(&heard), "Obmmhc");
    let data: Vec<&[u8]> = heard.iter().map(|(_, data)| &data[..]).collect();
    assert_eq!(data[1], b"A link.\r\n");
    assert_eq!(data[2], b"\0\0\0\x01Secret\0\0");
    assert_eq!(data[3], b"\0\0\0\x01Subject\0 Sealed\0");
    assert_eq!(data[4], b"X-Cloakroom-Transfer\0 T\0");
    assert!(
        line.hop.taken().is_empty(),
        "nothing leaves by the next hop"
    );
    assert!(line.seen.lock().expect("no panic")[0].one_for_all);
}

#[tokio::test]
async fn if_one_gets_other_bytes_all_copies_leave_by_the_next_hop() {
    let line = desk(Box::new(|r| Ok(vec![sealed(r, &[1]), untouched(r, &[0])])));
    let said = [opening(), mail()].concat();
    let heard = hold(Mode::TakeOut, &line, &said, b"").await;
    assert_eq!(
        letters(&heard),
        "Od",
        "no server says whom it has taken out"
    );
    let taken = line.hop.taken();
    let to = |n: usize| taken[n].recipients[0].address.to_string();
    assert_eq!(
        (taken.len(), to(0), to(1)),
        (2, "eva@c.example".into(), "bo@b.example".into())
    );
    assert!(
        taken[1]
            .content
            .ends_with(b"Secret: 4711\r\n\r\nOne\r\nTwo\r\nThree\r\nEnd\r\n")
    );
    // One copy of two, as the other was served when the mail came before.
    for mode in [Mode::TakeOut, Mode::Shared] {
        let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0])])));
        let heard = hold(mode, &line, &said, b"").await;
        assert_eq!((letters(&heard), line.hop.taken().len()), ("Oy".into(), 1));
    }
}

#[tokio::test]
async fn a_header_without_an_end_is_refused() {
    let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0, 1])])));
    let field = packet(b'L', b"A\0 b\0");
    let said = [opening(), field.repeat(10_001), packet(b'E', b"")].concat();
    let heard = hold(Mode::TakeOut, &line, &said, b"").await;
    assert_eq!(letters(&heard), "Oy");
}

#[tokio::test]
async fn a_fault_of_ours_is_no_answer_and_a_refusal_is_one() {
    for (kind, means) in [
        (Kind::Internal, "O"),
        (Kind::StoreDown, "O"),
        (Kind::PolicyRefused("No.".into()), "Oy"),
    ] {
        let fault = kind.clone();
        let line = desk(Box::new(move |_| Err(Fault::new(fault.clone()))));
        let said = [opening(), mail()].concat();
        let heard = hold(Mode::Shared, &line, &said, b"").await;
        assert_eq!(letters(&heard), means, "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_mail_is_told_at_its_end() {
    let large = packet(b'B', &[b'x'; 1001]);
    let recipient = packet(b'R', b"<no address>\0");
    let rows = [
        ([opening(), large].concat(), "552 "),
        ([opening(), recipient].concat(), "50"),
    ];
    for (before, code) in rows {
        let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0, 1])])));
        let end = packet(b'E', b"");
        let heard = hold(Mode::TakeOut, &line, &[before, end].concat(), b"").await;
        assert_eq!(letters(&heard), "Oy");
        let text = String::from_utf8_lossy(&heard[1].1).into_owned();
        assert!(text.starts_with(code), "{text}");
        assert!(line.seen.lock().expect("no panic").is_empty());
    }
}

/// libmilter has it so too: its own state goes back to where a mail can begin.
#[tokio::test]
async fn a_new_mail_ends_one_that_was_not_finished() {
    let begun = [&b""[..], &packet(b'L', b"A\0b\0"), &packet(b'N', b"")];
    for rest in begun.map(|rest| rest.to_vec()) {
        let again = [
            packet(b'M', b"<eva@c.example>\0"),
            packet(b'R', b"<kim@d.example>\0"),
        ];
        let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0])])));
        let said = [opening(), rest, again.concat(), mail()].concat();
        let heard = hold(Mode::TakeOut, &line, &said, &packet(b'Q', b"")).await;
        assert_eq!(letters(&heard), "Oc");
        let seen = line.seen.lock().expect("no panic");
        let envelope = &seen[0].envelope;
        let sender = envelope.sender.as_ref().map(ToString::to_string);
        assert_eq!(sender.as_deref(), Some("eva@c.example"));
        let whom: Vec<String> = envelope
            .recipients
            .iter()
            .map(|r| r.address.to_string())
            .collect();
        assert_eq!((seen.len(), whom), (1, vec!["kim@d.example".to_owned()]));
        let text = seen[0].spool.slice(0..seen[0].spool.len()).expect("kept");
        assert!(text.starts_with(b"Subject: Plan") && text.ends_with(b"Three\r\nEnd\r\n"));
    }
}

/// Whether it is an abort or the next mail: what it would do with our answer is not known, and nobody has the mail by it.
#[tokio::test]
async fn a_server_that_does_not_wait_for_its_answer_gets_none() {
    for then in [packet(b'A', b""), packet(b'Q', b""), mail()] {
        let work: [Work; 3] = [
            Box::new(|r| Ok(vec![sealed(r, &[0, 1])])),
            Box::new(|r| Ok(vec![untouched(r, &[0, 1])])),
            Box::new(|_| Err(Fault::new(Kind::PolicyRefused("No.".into())))),
        ];
        for (row, work) in work.into_iter().enumerate() {
            let line = desk(work);
            let said = [opening(), mail(), then.clone()].concat();
            let heard = hold(Mode::Shared, &line, &said, b"").await;
            assert_eq!(letters(&heard), "O", "row {row}");
            let served = *line.served.lock().expect("no panic");
            assert!(row != 0 || served == Some(false), "nobody has it");
        }
    }
}

#[tokio::test]
async fn who_speaks_out_of_turn_is_not_answered() {
    let rows = [
        packet(b'M', b"<a@a.example>\0"),
        [opening(), packet(b'O', &HELLO[1..])].concat(),
        [
            opening(),
            packet(b'L', b"A\0b\0"),
            packet(b'R', b"<x@x.example>\0"),
        ]
        .concat(),
        [opening(), packet(b'N', b""), packet(b'L', b"A\0b\0")].concat(),
        [opening(), packet(b'L', b"A\0b\nB: c\0")].concat(),
        [opening(), packet(b'L', b"A: b\nC\0d\0")].concat(),
        [packet(b'O', &HELLO[1..]), packet(b'E', b"")].concat(),
        [opening(), packet(b'Z', b"")].concat(),
        packet(b'O', b"\0\0\0\x06\0\0\0\x01\0\x1f\xff\xff"),
    ];
    for (row, said) in rows.into_iter().enumerate() {
        let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0, 1])])));
        let heard = hold(Mode::TakeOut, &line, &[said, mail()].concat(), b"").await;
        assert!(
            ["", "O"].contains(&&letters(&heard)[..]),
            "row {row}: {}",
            letters(&heard)
        );
        assert!(line.seen.lock().expect("no panic").is_empty(), "row {row}");
    }
}

#[tokio::test]
async fn a_mail_that_is_given_up_leaves_nothing_and_the_next_one_is_taken() {
    let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0, 1])])));
    let begun = [packet(b'L', b"A\0 b\0"), packet(b'A', b"")].concat();
    let again = opening()[packet(b'O', &HELLO[1..]).len()..].to_vec();
    let said = [opening(), begun, again, mail()].concat();
    let heard = hold(Mode::TakeOut, &line, &said, b"").await;
    assert_eq!(letters(&heard), "Oc");
    assert_eq!(line.seen.lock().expect("no panic").len(), 1);
}

#[tokio::test]
async fn cut_anywhere_nothing_is_said_of_the_mail() {
    let said = [opening(), mail()].concat();
    for end in 0..said.len() {
        let line = desk(Box::new(|r| Ok(vec![untouched(r, &[0, 1])])));
        let (mut ours, work) = begin(Mode::TakeOut, line.clone());
        let talk = async {
            ours.write_all(&said[..end]).await.expect("room");
            ours.shutdown().await.expect("it is ours");
            let mut heard = Vec::new();
            ours.read_to_end(&mut heard).await.expect("it ends");
            heard
        };
        let (heard, ()) = tokio::join!(talk, work);
        let heard = letters(&packets(&heard));
        assert!(["", "O"].contains(&&heard[..]), "{end}: {heard}");
        assert!(line.seen.lock().expect("no panic").is_empty(), "{end}");
    }
}

#[tokio::test]
async fn a_server_hears_that_we_are_at_work() {
    let mut line = desk(Box::new(|r| Ok(vec![untouched(r, &[0, 1])])));
    Arc::get_mut(&mut line).expect("ours").takes = Duration::from_millis(450);
    let said = [opening(), mail()].concat();
    let heard = hold(Mode::TakeOut, &line, &said, b"").await;
    let heard = letters(&heard);
    assert!(heard.starts_with("Opp") && heard.ends_with("pc"), "{heard}");
}

#[tokio::test]
async fn a_copy_counts_as_taken_when_the_server_has_gone_on() {
    let rows: [(&[u8], bool); 2] = [(b"\0\0\0\x01A", true), (b"", false)];
    for (then, taken) in rows {
        let line = desk(Box::new(|r| Ok(vec![sealed(r, &[0, 1])])));
        let (mut ours, work) = begin(Mode::Shared, line.clone());
        let talk = async move {
            let said = [opening(), mail()].concat();
            ours.write_all(&said).await.expect("room");
            let mut heard = Vec::new();
            while !has_ended(&heard) {
                ours.read_buf(&mut heard).await.expect("it answers");
            }
            ours.write_all(then).await.expect("room");
        };
        tokio::join!(work, talk);
        let served = line.served.lock().expect("no panic").take();
        assert_eq!(served, Some(taken));
    }
}
