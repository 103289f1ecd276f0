//! Every kind of channel is taken away before it is asked, between request and answer, between its answer and our disk, afterwards, and for
//! good: how often it gets a password is counted, and that it is the same one. Whoever drops what he has seen by its id has it once.

use crate::support::decoded;
use crate::support::hop::{Hop, Refusal};
use crate::support::plant::Plant;
use crate::support::smsc::{self, Centre};
use crate::support::texting::{channel as provider, house};
use crate::upkeep::released_to;
use cloakroom::Pending;
use cloakroom::forward::{HopAddress, HopTls, NextHop, NextHopConfig, Outlets, Protocol};
use cloakroom::gateway::Gateway;
use cloakroom::mail::dkim::Signers;
use cloakroom::notify::{
    Channel, CommandChannel, CommandSettings, FolderChannel, HttpSettings, SenderChannel, Trouble,
    WebhookChannel, WebhookSettings,
};
use cloakroom::store::backend::Backend;
use cloakroom::store::faulty::Faulty;
use cloakroom::store::memory::Memory;
use cloakroom::texts::Texts;
use cloakroom::transfer::{Destination, Notice};
use jiff::Timestamp;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What who takes passwords does just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    There,
    /// Nobody answers the call.
    Away,
    /// Takes what comes, and goes without an answer.
    Mute,
}

/// Who takes what a channel sends.
trait Peer: Send {
    fn channel(&self) -> Arc<dyn Channel>;

    fn destination(&self) -> Destination {
        Destination::Operator
    }

    fn turns<'a>(&'a mut self, mood: Mood) -> Pending<'a, ()>;

    /// What it took: by which id it can drop doubles, and the words.
    fn took(&self) -> Vec<(String, String)>;

    /// How often it takes what it gave no answer to.
    fn twice(&self) -> usize {
        2
    }
}

/// What a web server does just now, and what it took.
type Calls = Mutex<(Mood, Vec<(String, String)>)>;

/// A web server: the provider of text messages and the webhook. It sends what it gets on, once for each key.
struct Web {
    address: String,
    is_hook: bool,
    state: Arc<Calls>,
    sent_on: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Web {
    async fn start(is_hook: bool) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let web = Web {
            address: listener.local_addr().expect("bound").to_string(),
            is_hook,
            state: Arc::new(Mutex::new((Mood::There, Vec::new()))),
            sent_on: Arc::default(),
        };
        let (state, sent_on) = (web.state.clone(), web.sent_on.clone());
        tokio::spawn(async move {
            while let Ok((peer, _)) = listener.accept().await {
                call(peer, &state, &sent_on).await;
            }
        });
        web
    }
}

async fn call(
    mut peer: TcpStream,
    state: &Calls,
    sent_on: &Mutex<BTreeMap<String, String>>,
) -> Option<()> {
    let mood = || state.lock().expect("no panic in here").0;
    if mood() == Mood::Away {
        return None;
    }
    let mut asked = String::new();
    let length = Regex::new(r"content-length: (\d+)").expect("a pattern");
    let body = loop {
        let mut block = [0; 4096];
        let n = peer.read(&mut block).await.ok().filter(|n| *n > 0)?;
        asked += &String::from_utf8_lossy(&block[..n]);
        let Some((head, body)) = asked.split_once("\r\n\r\n") else {
            continue;
        };
        let length = length.captures(head)?[1].parse::<usize>().ok()?;
        if body.len() >= length {
            break body.to_owned();
        }
    };
    let key = Regex::new(r"idempotency-key: (\S+)").expect("a pattern");
    let key = key.captures(&asked)?[1].to_owned();
    let taken = (key.clone(), body.clone());
    state.lock().expect("no panic in here").1.push(taken);
    sent_on
        .lock()
        .expect("no panic in here")
        .entry(key)
        .or_insert(body);
    if mood() == Mood::Mute {
        return None;
    }
    let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    peer.write_all(answer).await.ok()
}

impl Peer for Web {
    fn channel(&self) -> Arc<dyn Channel> {
        let url = format!("http://{}/send", self.address);
        match self.is_hook {
            true => {
                let hook = WebhookChannel::new(WebhookSettings {
                    name: "away".into(),
                    url,
                    secret: b"sixteen or more bytes".to_vec().into(),
                    label: None,
                    timeout: Duration::from_secs(20),
                    allow_private: true,
                });
                Arc::new(hook.expect("a channel"))
            }
            false => {
                let mut settings = HttpSettings::new("away", &url);
                settings.allow_private = true;
                Arc::new(provider(settings, "Example Region"))
            }
        }
    }

    fn destination(&self) -> Destination {
        match self.is_hook {
            true => Destination::Operator,
            false => Destination::Phone("+46701234501".into()),
        }
    }

    fn turns<'a>(&'a mut self, mood: Mood) -> Pending<'a, ()> {
        self.state.lock().expect("no panic in here").0 = mood;
        Box::pin(async {})
    }

    fn took(&self) -> Vec<(String, String)> {
        self.state.lock().expect("no panic in here").1.clone()
    }
}

/// A centre that speaks SMPP, and knows no ids: the bytes are the same in every try.
struct Smsc {
    centre: Option<Centre>,
    port: u16,
    number: &'static str,
    folder: tempfile::TempDir,
}

impl Smsc {
    async fn start(number: &'static str) -> Smsc {
        let folder = tempfile::tempdir().expect("a folder");
        let centre = Centre::start(folder.path()).await;
        Smsc {
            port: centre.port,
            centre: Some(centre),
            number,
            folder,
        }
    }
}

impl Peer for Smsc {
    fn channel(&self) -> Arc<dyn Channel> {
        let mut settings = smsc::settings(self.port);
        settings.name = "away".into();
        Arc::new(smsc::channel(settings))
    }

    fn destination(&self) -> Destination {
        Destination::Phone(format!("+{}", self.number))
    }

    fn turns<'a>(&'a mut self, mood: Mood) -> Pending<'a, ()> {
        Box::pin(async move {
            match mood {
                Mood::Away => self.centre = None,
                _ if self.centre.is_some() => {}
                _ => {
                    let centre = Centre::start_on(self.port, self.folder.path(), "same");
                    self.centre = Some(centre.await);
                }
            }
        })
    }

    fn took(&self) -> Vec<(String, String)> {
        let log = fs::read_to_string(self.folder.path().join("smsc.log")).expect("a log");
        let begin = format!("submit {} ", self.number);
        let mine = log.lines().filter_map(|line| line.strip_prefix(&begin));
        mine.map(|line| (line.to_owned(), line.to_owned()))
            .collect()
    }
}

/// The sender's mailbox behind the next hop; mailboxes drop doubles by `Message-ID`.
struct Mailbox(Hop);

impl Peer for Mailbox {
    fn channel(&self) -> Arc<dyn Channel> {
        let (host, port) = (self.0.address.ip().to_string(), self.0.address.port());
        let hop = NextHopConfig::new(
            HopAddress::Tcp(host, port),
            Protocol::Smtp,
            HopTls::Off,
            "gate.test",
        );
        let hop = NextHop::new(hop).expect("a next hop");
        let texts = Arc::new(Texts::new(&["en".into()]));
        let house = Arc::new(house("Example Region"));
        let open = Arc::new(move || hop.open());
        Arc::new(SenderChannel::new(
            "away",
            house,
            texts,
            Signers::default(),
            open,
        ))
    }

    fn destination(&self) -> Destination {
        Destination::Sender("anna@example.org".into())
    }

    fn turns<'a>(&'a mut self, mood: Mood) -> Pending<'a, ()> {
        let at = match mood {
            Mood::There => None,
            Mood::Away => Some("call"),
            Mood::Mute => Some("lost anna@example.org"),
        };
        let refusal = |at: &str| Refusal {
            at: at.to_owned(),
            reply: String::new(),
        };
        self.0.refuse(at.map(refusal).into_iter().collect());
        Box::pin(async {})
    }

    fn took(&self) -> Vec<(String, String)> {
        let name = Regex::new("Message-ID: (<[^>]+>)").expect("a pattern");
        let mails = self.0.deliveries().into_iter();
        let id = |bytes: &[u8]| {
            name.captures(&String::from_utf8_lossy(bytes))
                .expect("a name")[1]
                .to_owned()
        };
        mails
            .map(|mail| (id(&mail.bytes), decoded(&mail.bytes)))
            .collect()
    }
}

/// A program that writes down what it reads.
struct Program(tempfile::TempDir);

impl Program {
    fn start() -> Program {
        let program = Program(tempfile::tempdir().expect("a folder"));
        program.write("exit 0");
        program
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("tell")
    }

    fn write(&self, end: &str) {
        // Under another name first: who is being run cannot be written.
        let part = self.0.path().join("part");
        let script = format!("#!/bin/sh\ncat >>{}/told\n{end}\n", self.0.path().display());
        fs::write(&part, script).expect("the folder is ours");
        fs::set_permissions(&part, PermissionsExt::from_mode(0o700)).expect("it is ours");
        fs::rename(part, self.path()).expect("the folder is ours");
    }
}

/// The notices in these lines of JSON.
fn notices(text: &str) -> Vec<(String, String)> {
    let objects = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    let told = |object: serde_json::Value| {
        let id = object["id"].as_str().expect("an id").to_owned();
        (id, object["passwords"].to_string())
    };
    objects.map(|object| told(object.expect("JSON"))).collect()
}

impl Peer for Program {
    fn channel(&self) -> Arc<dyn Channel> {
        let channel = CommandChannel::new(CommandSettings {
            name: "away".into(),
            argv: vec![self.path().display().to_string()],
            label: None,
            timeout: Duration::from_secs(20),
        });
        Arc::new(channel.expect("a channel"))
    }

    fn turns<'a>(&'a mut self, mood: Mood) -> Pending<'a, ()> {
        match mood {
            Mood::There => self.write("exit 0"),
            Mood::Mute => self.write("kill -9 $$"),
            Mood::Away => fs::remove_file(self.path()).expect("it was there"),
        }
        Box::pin(async {})
    }

    fn took(&self) -> Vec<(String, String)> {
        notices(&fs::read_to_string(self.0.path().join("told")).unwrap_or_default())
    }
}

/// A folder: what was written twice is one file.
struct Folder(tempfile::TempDir);

impl Folder {
    fn path(&self) -> PathBuf {
        self.0.path().join("notices")
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path()).into_iter().flatten();
        let paths = entries.map(|entry| entry.expect("readable").path());
        paths
            .filter(|path| path.extension().is_some_and(|e| e == ending))
            .collect()
    }
}

impl Peer for Folder {
    fn channel(&self) -> Arc<dyn Channel> {
        Arc::new(FolderChannel::new("away", &self.path()).expect("a folder"))
    }

    fn turns<'a>(&'a mut self, mood: Mood) -> Pending<'a, ()> {
        let (path, aside) = (self.path(), self.0.path().join("aside"));
        let move_to = |from: &Path, to: &Path| fs::rename(from, to).expect("the folder is ours");
        match mood {
            // Whoever would make it anew finds a file there.
            Mood::Away | Mood::Mute if !aside.exists() => {
                move_to(&path, &aside);
                fs::write(&path, "").expect("the folder is ours");
            }
            Mood::There if aside.exists() => {
                fs::remove_file(&path).expect("the folder is ours");
                move_to(&aside, &path);
            }
            _ => {}
        }
        Box::pin(async {})
    }

    fn took(&self) -> Vec<(String, String)> {
        let texts = self.files("json").into_iter();
        let texts = texts.map(|path| fs::read_to_string(path).expect("readable"));
        texts.flat_map(|text| notices(&text)).collect()
    }

    fn twice(&self) -> usize {
        1
    }
}

/// A channel that is told what the disk does then: it breaks when something was taken.
struct Cutting(Arc<dyn Channel>, Arc<Faulty>);

impl Channel for Cutting {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(async {
            self.0.send(notice).await?;
            self.1.fail_at(1);
            Ok(())
        })
    }
}

/// A gateway with this channel, and the clock by which it makes its rounds.
struct House {
    plant: Plant,
    disk: Arc<Memory>,
    gateway: Arc<Gateway>,
    now: i64,
}

impl House {
    fn with(peer: &dyn Peer) -> House {
        let (mut plant, disk) = (Plant::new(), Arc::new(Memory::new()));
        plant.channels.push(peer.channel());
        let gateway = plant.gateway(disk.clone()).expect("is built");
        released_to(gateway.store(), ("away", peer.destination()), &["desk"]);
        House {
            plant,
            disk,
            gateway,
            now: Timestamp::now().as_second(),
        }
    }

    /// Long enough after the last that everything is tried again.
    async fn round(&mut self) {
        let now = Timestamp::from_second(self.now).expect("soon");
        self.gateway.round(now, false).await;
        self.now += 1_900;
    }

    /// Until so much has come, and some more.
    async fn rounds(&mut self, peer: &dyn Peer, many: usize) {
        for _ in 0..10 {
            self.round().await;
            if peer.took().len() >= many {
                break;
            }
            // A session that was lost is begun again after a second.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        self.round().await;
        self.round().await;
    }

    /// So often it came, under one id and with one password, and nobody else got it.
    fn judge(&self, peer: &dyn Peer, many: usize, when: &str) {
        let took = peer.took();
        let different: BTreeSet<_> = took.iter().collect();
        assert_eq!((took.len(), different.len()), (many, 1), "{when}: {took:?}");
        assert_eq!(
            self.plant.desk.sent().len(),
            0,
            "{when}: no other way was taken"
        );
        let left = self.gateway.store().due_notices(None, i64::MAX - 1, 9);
        assert!(left.expect("reads").notices.is_empty(), "{when}");
    }
}

async fn before(peer: &mut dyn Peer) {
    let mut house = House::with(peer);
    peer.turns(Mood::Away).await;
    house.round().await;
    assert_eq!(peer.took().len(), 0);
    peer.turns(Mood::There).await;
    house.rounds(peer, 1).await;
    house.judge(peer, 1, "before");
    peer.turns(Mood::Away).await;
    house.round().await;
    peer.turns(Mood::There).await;
    house.round().await;
    house.judge(peer, 1, "afterwards");
}

async fn in_the_middle(peer: &mut dyn Peer) {
    let mut house = House::with(peer);
    peer.turns(Mood::Mute).await;
    house.round().await;
    peer.turns(Mood::There).await;
    house.rounds(peer, peer.twice()).await;
    house.judge(peer, peer.twice(), "in the middle");
}

/// It has answered, and we die before that is on our disk.
async fn before_it_is_written(peer: &mut dyn Peer) {
    let mut house = House::with(peer);
    let broken = Arc::new(Faulty::new(
        house.disk.clone() as Arc<dyn Backend>,
        u64::MAX,
    ));
    let channel = peer.channel();
    house.plant.channels = vec![Arc::new(Cutting(channel.clone(), broken.clone()))];
    house.gateway = house.plant.gateway(broken).expect("is built");
    house.round().await;
    assert_eq!(peer.took().len(), 1);
    house.plant.channels = vec![channel];
    house.gateway = house.plant.gateway(house.disk.clone()).expect("is built");
    house.rounds(peer, peer.twice()).await;
    house.judge(peer, peer.twice(), "before it is written");
}

/// The next way has the password, once, and who comes back has it not.
async fn for_good(peer: &mut dyn Peer) {
    let mut house = House::with(peer);
    peer.turns(Mood::Away).await;
    for _ in 0..15 {
        house.round().await;
    }
    peer.turns(Mood::There).await;
    house.round().await;
    assert_eq!(peer.took().len(), 0);
    assert_eq!(house.plant.desk.sent().len(), 1, "the next way, once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_messages_over_the_web() {
    for outage in 0..4 {
        let mut web = Web::start(false).await;
        let web = &mut web;
        match outage {
            0 => before(web).await,
            1 => in_the_middle(web).await,
            2 => before_it_is_written(web).await,
            _ => for_good(web).await,
        }
        // Of two calls with one key a provider that heeds it makes one text message.
        let texts = web.sent_on.lock().expect("no panic in here").len();
        assert_eq!(texts, if outage == 3 { 0 } else { 1 });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks() {
    before(&mut Web::start(true).await).await;
    in_the_middle(&mut Web::start(true).await).await;
    before_it_is_written(&mut Web::start(true).await).await;
    for_good(&mut Web::start(true).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_messages_by_smpp() {
    before(&mut Smsc::start("46701234501").await).await;
    in_the_middle(&mut Smsc::start("46701234555").await).await;
    before_it_is_written(&mut Smsc::start("46701234501").await).await;
    for_good(&mut Smsc::start("46701234501").await).await;
}

/// The sender is the last way: it is tried until the transfer ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_to_the_sender() {
    before(&mut Mailbox(Hop::start(Vec::new()).await)).await;
    in_the_middle(&mut Mailbox(Hop::start(Vec::new()).await)).await;
    before_it_is_written(&mut Mailbox(Hop::start(Vec::new()).await)).await;
    let mut mailbox = Mailbox(Hop::start(Vec::new()).await);
    let mut house = House::with(&mailbox);
    mailbox.turns(Mood::Away).await;
    for _ in 0..20 {
        house.round().await;
    }
    mailbox.turns(Mood::There).await;
    house.rounds(&mailbox, 1).await;
    house.judge(&mailbox, 1, "after many hours");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs() {
    before(&mut Program::start()).await;
    in_the_middle(&mut Program::start()).await;
    before_it_is_written(&mut Program::start()).await;
    for_good(&mut Program::start()).await;
}

/// It has no answer of its own: where it was written and we died, the same file is written again; of a try that died half-way nothing stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders() {
    let folder = || Folder(tempfile::tempdir().expect("a folder"));
    before(&mut folder()).await;
    before_it_is_written(&mut folder()).await;
    for_good(&mut folder()).await;
    let half = folder();
    let mut house = House::with(&half);
    let due = house.gateway.store().due_notices(None, i64::MAX - 1, 9);
    let id = due.expect("reads").notices.remove(0).notice.id;
    let part = half.path().join(format!("{id}.part"));
    fs::write(part, "{\"id\": \"7K").expect("the folder is ours");
    house.rounds(&half, 1).await;
    house.judge(&half, 1, "half-way");
    assert!(half.files("part").is_empty());
}
