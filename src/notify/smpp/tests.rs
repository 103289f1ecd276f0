//! A centre that does what a test wants, against a session that has to live with it.

use super::super::sample::{house, notice};
use super::*;
use crate::transfer::Destination;
use crate::transfer::report::Report;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const SUBMIT: u32 = 4;
const DELIVER: u32 = 5;
const UNBIND: u32 = 6;
const BIND: u32 = 9;
const ENQUIRE: u32 = 0x15;
const ANSWER: u32 = 0x8000_0000;

/// One that a session has come to.
struct Centre(TcpStream);

impl Centre {
    /// Waits for a session, and lets it in.
    async fn bound(listener: &TcpListener) -> Centre {
        let mut centre = Centre::called(listener).await;
        let (command, number, _) = centre.next().await;
        assert_eq!(command, BIND);
        centre.say(BIND | ANSWER, 0, number, b"centre\0").await;
        centre
    }

    async fn called(listener: &TcpListener) -> Centre {
        let called = timeout(Duration::from_secs(20), listener.accept()).await;
        Centre(called.expect("in time").expect("a session").0)
    }

    async fn say(&mut self, command: u32, status: u32, number: u32, body: &[u8]) {
        let length = 16 + body.len() as u32;
        let head = [length, command, status, number]
            .map(u32::to_be_bytes)
            .concat();
        self.0.write_all(&[&head, body].concat()).await.unwrap();
    }

    /// Command, number and body of what comes.
    async fn next(&mut self) -> (u32, u32, Vec<u8>) {
        self.came().await.expect("in time, and whole")
    }

    async fn came(&mut self) -> Option<(u32, u32, Vec<u8>)> {
        let came = async {
            let mut head = [0; 16];
            self.0.read_exact(&mut head).await.ok()?;
            let word = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
            let mut body = vec![0; word(0) as usize - 16];
            self.0.read_exact(&mut body).await.ok()?;
            Some((word(4), word(12), body))
        };
        timeout(Duration::from_secs(20), came).await.ok()?
    }

    /// The number of the next message; questions whether it is there are answered.
    async fn submitted(&mut self) -> u32 {
        loop {
            match self.next().await {
                (SUBMIT, number, _) => return number,
                (ENQUIRE, number, _) => self.say(ENQUIRE | ANSWER, 0, number, b"").await,
                (other, ..) => panic!("{other:#x}"),
            }
        }
    }

    async fn receipt(&mut self, number: u32, text: &[u8]) {
        let head = b"\0\x01\x0146701234547\0\x05\0X\0\x04\0\0\0\0\0\0\0\0";
        let body = [&head[..], &[text.len() as u8], text].concat();
        self.say(DELIVER, 0, number, &body).await;
    }
}

async fn listener() -> (TcpListener, SmppSettings) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = SmppSettings {
        name: "centre".into(),
        host: "127.0.0.1".into(),
        port: listener.local_addr().unwrap().port(),
        tls: false,
        system_id: "cloakroom".into(),
        password: Zeroizing::new("pass4321".into()),
        system_type: String::new(),
        sender: "ExampleReg".into(),
        countries: Vec::new(),
        limits: TextLimits::default(),
        timeout: Duration::from_secs(10),
        enquire: Duration::from_secs(30),
        report_within: None,
        receipt_ids: Default::default(),
        allow_private: true,
        extra_ca: None,
    };
    (listener, settings)
}

fn channel(settings: SmppSettings) -> Arc<SmppChannel> {
    let texts = Arc::new(Texts::new(&["en".into()]));
    Arc::new(SmppChannel::new(settings, house(), texts).expect("a channel"))
}

/// One text on its way.
fn sent(channel: &Arc<SmppChannel>) -> JoinHandle<Result<Vec<String>, Trouble>> {
    let channel = channel.clone();
    let notice = notice(Destination::Phone("+46701234547".into()));
    tokio::spawn(async move { channel.send_noting(&notice).await })
}

fn is_later(said: &Result<Vec<String>, Trouble>, words: &str) -> bool {
    matches!(said, Err(Trouble::Later(why)) if why.contains(words) && !why.contains("pass4321"))
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let (listener, settings) = listener().await;
    let channel = channel(settings);
    let mut centre: Option<Centre> = None;
    for (status, want) in [
        (0, "sent"),
        (0x58, "later"),
        (0x14, "later"),
        (0x45, "later"),
        (0x0b, "never"),
        (0x65, "never"),
        (0x401, "later"),
    ] {
        let sending = sent(&channel);
        if centre.is_none() {
            centre = Some(Centre::bound(&listener).await);
        }
        let centre = centre.as_mut().unwrap();
        let number = centre.submitted().await;
        centre.say(SUBMIT | ANSWER, status, number, b"ab1\0").await;
        let got = match sending.await.unwrap() {
            Ok(ids) => {
                assert_eq!(ids, ["ab1"]);
                "sent"
            }
            Err(Trouble::Later(_)) => "later",
            Err(Trouble::Never(_)) => "never",
        };
        assert_eq!(got, want, "{status:#x}");
    }
}

#[tokio::test]
async fn t101_no_more_than_ten_are_under_way() {
    let (listener, settings) = listener().await;
    let channel = channel(settings);
    let sending: Vec<_> = (0..15).map(|_| sent(&channel)).collect();
    let mut centre = Centre::bound(&listener).await;
    let mut numbers = Vec::new();
    for _ in 0..10 {
        numbers.push(centre.submitted().await);
    }
    let more = timeout(Duration::from_millis(500), centre.submitted()).await;
    assert!(more.is_err(), "the window is full");
    for answered in 1..=15 {
        let number = numbers.pop().expect("one under way");
        centre.say(SUBMIT | ANSWER, 0, number, b"x\0").await;
        if answered <= 5 {
            numbers.push(centre.submitted().await);
        }
    }
    for sending in sending {
        assert_eq!(sending.await.unwrap(), Ok(vec!["x".to_owned()]));
    }
}

#[tokio::test]
async fn t101_lengths_that_lie_and_endless_pdus_end_the_session() {
    let endless = [&0x0001_0000u32.to_be_bytes()[..], &[0x80, 0, 0, 4], &[0; 8]].concat();
    let lies: [Vec<u8>; 4] = [
        u32::MAX.to_be_bytes().to_vec(),
        vec![0, 0, 0, 3, 0, 0],
        [&0x0001_0001u32.to_be_bytes()[..], &[b'x'; 70_000]].concat(),
        // Says the most that is allowed, and has no end of its text inside.
        [&endless[..], &[b'x'; 65_536 - 16]].concat(),
    ];
    let (listener, settings) = listener().await;
    let channel = channel(settings);
    let _begins = channel.orders();
    for lie in lies {
        let mut centre = Centre::bound(&listener).await;
        let sending = sent(&channel);
        centre.submitted().await;
        // The session may hang up before it has all of it.
        let _ = centre.0.write_all(&lie).await;
        let said = sending.await.unwrap();
        assert!(is_later(&said, "lost"), "{said:?}");
        while centre.came().await.is_some() {}
    }
}

#[tokio::test]
async fn who_is_silent_is_asked_and_then_left() {
    let (listener, mut settings) = listener().await;
    settings.enquire = Duration::from_millis(100);
    settings.timeout = Duration::from_millis(400);
    let channel = channel(settings);
    let sending = sent(&channel);
    let mut centre = Centre::bound(&listener).await;
    centre.submitted().await;
    let said = sending.await.unwrap();
    assert!(is_later(&said, "no answer in time"), "{said:?}");
    let (command, number, _) = centre.next().await;
    assert_eq!(command, ENQUIRE);
    centre.say(ENQUIRE | ANSWER, 0, number, b"").await;
    assert_eq!(centre.next().await.0, ENQUIRE, "it is asked again");
    assert_eq!(centre.came().await, None, "and left");
    // It comes again.
    let _again = Centre::bound(&listener).await;
}

#[tokio::test]
async fn who_is_not_let_in_says_why_and_waits() {
    let (listener, mut settings) = listener().await;
    settings.timeout = Duration::from_secs(9);
    let channel = channel(settings);
    let _begins = channel.orders();
    for (status, words) in [(0x0e, "wrong password"), (0x0d, "0xd")] {
        let mut centre = Centre::called(&listener).await;
        let sending = sent(&channel);
        let (_, number, body) = centre.next().await;
        assert!(body.starts_with(b"cloakroom\0pass4321\0\0\x34"));
        centre.say(BIND | ANSWER, status, number, b"").await;
        let said = sending.await.unwrap();
        assert!(is_later(&said, words), "{said:?}");
    }
}

#[tokio::test]
async fn receipts_are_noted_before_they_are_answered() {
    let (listener, mut settings) = listener().await;
    settings.report_within = Some(Duration::from_secs(900));
    let channel = channel(settings);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = heard.clone();
    channel.listen(Arc::new(move |id, said| match id {
        "broken" => Err(crate::fault::Fault::new(crate::fault::Kind::StoreDown)),
        id => {
            ear.lock().unwrap().push((id.to_owned(), said));
            Ok(true)
        }
    }));
    // It is bound to hear, without anything to send.
    let mut centre = Centre::bound(&listener).await;
    let rows: [(&[u8], u32); 5] = [
        (b"id:a1 stat:DELIVRD", 0),
        (b"id:a2 stat:EXPIRED", 0),
        (b"id:a3 stat:ENROUTE", 0),
        (b"stat:DELIVRD", 0),
        (b"id:broken stat:DELIVRD", 0x64),
    ];
    for (number, (text, status)) in (70..).zip(rows) {
        centre.receipt(number, text).await;
        let mut head = [0; 17];
        centre.0.read_exact(&mut head).await.unwrap();
        let want = [17, DELIVER | ANSWER, status, number]
            .map(u32::to_be_bytes)
            .concat();
        assert_eq!(head[..16], want, "{}", String::from_utf8_lossy(text));
    }
    let want = [("a1", Report::Delivered), ("a2", Report::Failed)];
    let want = want.map(|(id, said)| (id.to_owned(), said));
    assert_eq!(*heard.lock().unwrap(), want);
    // What it does not know it refuses, and it takes its leave.
    centre.say(0x0b, 0, 99, b"x\0y\0").await;
    assert_eq!(centre.next().await, (ANSWER, 99, vec![]));
    let closing = tokio::spawn(async move { channel.close().await });
    let (command, number, _) = centre.next().await;
    assert_eq!(command, UNBIND);
    centre.say(UNBIND | ANSWER, 0, number, b"").await;
    closing.await.unwrap();
}

#[tokio::test]
async fn a_session_that_the_centre_ends_is_begun_again() {
    let (listener, settings) = listener().await;
    let channel = channel(settings);
    let sending = sent(&channel);
    let mut centre = Centre::bound(&listener).await;
    centre.submitted().await;
    centre.say(UNBIND, 0, 5, b"").await;
    assert_eq!(centre.next().await, (UNBIND | ANSWER, 5, vec![]));
    assert!(is_later(&sending.await.unwrap(), "lost"));
    let mut centre = Centre::bound(&listener).await;
    let sending = sent(&channel);
    let number = centre.submitted().await;
    centre.say(SUBMIT | ANSWER, 0, number, b"y\0").await;
    assert_eq!(sending.await.unwrap(), Ok(vec!["y".to_owned()]));
}

#[test]
fn two_messages_say_that_they_belong_together_in_every_try() {
    let (coding, one) = parts("short", "7K3M9XQF-0").unwrap();
    assert_eq!((coding, one), (0, vec![b"short".to_vec()]));
    let long = "x".repeat(161);
    let (coding, two) = parts(&long, "7K3M9XQF-0").unwrap();
    assert_eq!((coding, two.len()), (0, 2));
    assert_eq!(two[0][..3], [5, 0, 3]);
    assert_eq!(two[0][3], two[1][3], "the same number");
    assert_eq!((&two[0][4..6], &two[1][4..6]), (&[2, 1][..], &[2, 2][..]));
    assert_eq!(two[0].len(), 6 + 153);
    assert_eq!(parts(&long, "7K3M9XQF-0").unwrap().1, two);
    let three = "\u{142}".repeat(135);
    assert!(matches!(parts(&three, "x"), Err(Trouble::Never(_))));
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_load() {
    type Change = fn(&mut SmppSettings);
    let rows: [(Change, &str); 3] = [
        (
            |s| s.password = Zeroizing::new("pass43210".into()),
            "password",
        ),
        (|s| s.system_id = "sixteen-letters!".into(), "system_id"),
        (|s| s.sender = "Jämtland".into(), "sender"),
    ];
    for (change, words) in rows {
        let (_, mut settings) = listener().await;
        change(&mut settings);
        let texts = Arc::new(Texts::new(&["en".into()]));
        let error = SmppChannel::new(settings, house(), texts).map(|_| ());
        let error = error.expect_err("it cannot work");
        assert!(
            error.contains(words) && !error.contains("pass4321"),
            "{error}"
        );
    }
    assert_eq!(source("+46701234547"), (1, 1, "46701234547"));
    assert_eq!(source("72456"), (3, 0, "72456"));
    assert_eq!(source("Example Region"), (5, 0, "Example Reg"));
}
