//! A portal with a transfer in it, and a plain HTTP client that sees every byte.

use cloakroom::doors::web::terms::Terms;
use cloakroom::doors::web::{self, Portal};
use cloakroom::forward::{Memory as Hop, Outlets};
use cloakroom::gateway::approving::Approving;
use cloakroom::gateway::collect::{Collect, Courier, Lock, Rate, Rates};
use cloakroom::gateway::guests::{Guests, Rules};
use cloakroom::gateway::steering::Steering;
use cloakroom::gateway::writing::{Bounds, Writing};
use cloakroom::mail::dkim::Signers;
use cloakroom::mail::network::Network;
use cloakroom::notify::Post;
use cloakroom::notify::{MemoryChannel, Router};
use cloakroom::seal::stream::{Sealer, context};
use cloakroom::seal::wrap::{self, Secret, Stretched};
use cloakroom::store::Store;
use cloakroom::store::memory::Memory;
use cloakroom::texts::{House, Look, Texts};
use cloakroom::transfer::draft::{self, Denial, Denied};
use cloakroom::transfer::keys::{MasterKey, TransferKey, hkdf};
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::record::{BlobRecord, SealedTicket, SealedTransfer, State};
use cloakroom::transfer::{
    BlobId, Catalogue, Entry, EntryKind, LinkSecret, Password, Record, Ticket, Told, TransferId,
    cipher,
};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

pub const PASSWORD: &str = "K7PM-2WXD-9RQF";

/// A running portal; ends when dropped.
pub struct Stage {
    pub store: Arc<Store>,
    /// Takes the mails with codes.
    pub hop: Hop,
    pub address: SocketAddr,
    /// What the pages ask.
    pub collect: Arc<Collect>,
    stop: watch::Sender<bool>,
    pub runtime: tokio::runtime::Runtime,
}

/// One transfer on it.
pub struct Made {
    pub id: TransferId,
    pub token: String,
    pub files: Vec<(String, Vec<u8>)>,
}

impl Stage {
    pub fn new() -> Self {
        Stage::with(Lock::default(), "127.0.0.1:0")
    }

    pub fn with(lock: Lock, listen: &str) -> Self {
        Stage::limited(lock, Rates::default(), listen)
    }

    /// For those who come more often than strangers may.
    pub fn patient(lock: Lock) -> Self {
        let rate = Rate {
            per_minute: 60_000,
            burst: 60_000,
        };
        let rates = Rates {
            link: rate,
            source: rate,
            all: rate,
            misses: rate,
        };
        Stage::limited(lock, rates, "127.0.0.1:0")
    }

    fn limited(lock: Lock, rates: Rates, listen: &str) -> Self {
        Stage::built((lock, rates), listen, |_| {}, None)
    }

    /// With the house's own colours and logo.
    pub fn looking(lock: Lock, listen: &str, look: Look) -> Self {
        let rates = Rates::default();
        Stage::built((lock, rates), listen, |house| house.look = look, None)
    }

    /// Of another house, with terms of use.
    pub fn shaped(shape: impl FnOnce(&mut House), terms: Option<Terms>) -> Self {
        let usual = (Lock::default(), Rates::default());
        Stage::built(usual, "127.0.0.1:0", shape, terms)
    }

    fn built(
        (lock, rates): (Lock, Rates),
        listen: &str,
        shape: impl FnOnce(&mut House),
        terms: Option<Terms>,
    ) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let store = Store::open(Arc::new(Memory::new()), MasterKey::fresh()).expect("opens");
        let store = Arc::new(store);
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(listen))
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut house = house(address);
        shape(&mut house);
        let house = Arc::new(house);
        let texts = Arc::new(Texts::new(&house.languages));
        let hop = Hop::new();
        let courier = Courier::new(post(&hop, &house), house.clone(), texts.clone());
        let collect = Collect::new(store.clone(), lock, courier).limited(rates);
        let collect = Arc::new(collect);
        let trusted: Vec<Network> = Vec::new();
        let longest = Duration::from_secs(30 * 86_400);
        let steering = Arc::new(Steering::new(store.clone(), longest));
        let bounds = Bounds::default();
        let writing = Writing::new(store.clone(), house.clone(), bounds, Arc::default());
        let writing = Arc::new(writing);
        let words = (house.clone(), texts.clone());
        let guests = Guests::new(
            store.clone(),
            post(&hop, &house),
            words,
            writing.clone(),
            rules(),
        );
        let portal = Portal::new(collect.clone(), steering, house, texts, trusted);
        let portal = portal.on_terms(terms).writing(writing).guests(guests);
        let portal = portal.approving(Approving::new(store.clone(), Default::default(), router()));
        let portal = Arc::new(portal);
        let (stop, stopped) = watch::channel(false);
        runtime.spawn(web::serve(listener, portal, None, stopped));
        Stage {
            store,
            hop,
            address,
            collect,
            stop,
            runtime,
        }
    }

    /// The line that the pages ask about guests.
    pub fn guests(&self) -> Arc<Guests> {
        let house = Arc::new(house(self.address));
        let texts = Arc::new(Texts::new(&house.languages));
        let bounds = Bounds::default();
        let writing = Writing::new(self.store.clone(), house.clone(), bounds, Arc::default());
        let post = post(&self.hop, &house);
        let words = (house, texts);
        let guests = Guests::new(self.store.clone(), post, words, Arc::new(writing), rules());
        Arc::new(guests)
    }

    /// A transfer of these files, with a password.
    pub fn hold(&self, files: &[(&str, &[u8])]) -> Made {
        let things: Vec<_> = files
            .iter()
            .map(|(name, bytes)| (EntryKind::File, *name, *bytes))
            .collect();
        self.hold_things(&things, |_| {})
    }

    /// A transfer of these files, with a password and the sheet of its sender; also for these recipients.
    pub fn hold_with_sheet(
        &self,
        files: &[(&str, &[u8])],
        others: &[&str],
        sheet: impl FnOnce(&TransferId) -> Vec<u8>,
    ) -> Made {
        let things: Vec<_> = files.iter().map(|f| (EntryKind::File, f.0, f.1)).collect();
        self.hold_all(&things, others, |_| {}, sheet)
    }

    /// A transfer of anything, its ticket changed before it is written.
    pub fn hold_things(
        &self,
        things: &[(EntryKind, &str, &[u8])],
        change: impl FnOnce(&mut Ticket),
    ) -> Made {
        self.hold_all(things, &[], change, |_| Vec::new())
    }

    fn hold_all(
        &self,
        things: &[(EntryKind, &str, &[u8])],
        others: &[&str],
        change: impl FnOnce(&mut Ticket),
        sheet: impl FnOnce(&TransferId) -> Vec<u8>,
    ) -> Made {
        let (id, key, secret) = (
            TransferId::fresh(),
            TransferKey::fresh(),
            LinkSecret::fresh(),
        );
        let mut catalogue = Catalogue {
            subject: "Contract and annexes".into(),
            from: "Anna Lind <anna@legal.example.org>".into(),
            to: "Bo Ek <bo@partner.example>".into(),
            date: now(),
            entries: Vec::new(),
            message_id: None,
        };
        let mut blobs = Vec::new();
        for (kind, name, bytes) in things {
            blobs.push(self.blob(&id, &key, blobs.len() as u32, bytes));
            catalogue.entries.push(entry(*kind, name, bytes));
        }
        let mut ticket = self.ticket(&secret);
        ticket.entries = (0..).take(things.len()).collect();
        change(&mut ticket);
        let password = ticket.password.then_some(PASSWORD);
        ticket.wrap = Some(self.wrap(&id, &key, &secret, ticket.day, password));
        let catalogue_key = hkdf(key.expose(), b"", b"cloakroom/catalogue/1");
        let plain = postcard::to_extend(&catalogue, vec![1]).expect("serialises");
        let ticket_of = |(number, secret): (usize, &LinkSecret)| {
            let mut ticket = ticket.clone();
            if let Some(other) = number.checked_sub(1) {
                ticket.recipients = vec![others[other].to_owned()];
                ticket.link = secret.id(self.store.master());
                ticket.wrap = Some(self.wrap(&id, &key, secret, ticket.day, password));
            }
            SealedTicket {
                recipients: vec![number],
                secret: secret.clone(),
                files: Vec::new(),
                ticket,
            }
        };
        let secrets: Vec<LinkSecret> = [secret.clone()]
            .into_iter()
            .chain(others.iter().map(|_| LinkSecret::fresh()))
            .collect();
        let sheet = sheet(&id);
        // Who has a receipt is told of his mails.
        let told = Told {
            language: "en".into(),
            ..Told::default()
        };
        let sealed = SealedTransfer {
            id,
            record: Record {
                id: id.to_string(),
                mail: "7K3M9XQF".into(),
                created: now(),
                expires: ticket.expires,
                sender: "anna@legal.example.org".into(),
                sender_name: Some("Anna Lind".into()),
                state: State::Held,
                tickets: secrets.len() as u32,
                blobs,
                catalogue: cipher::seal(&catalogue_key, id.as_bytes(), &plain),
                told: (!sheet.is_empty()).then_some(told),
                sheet,
            },
            tickets: secrets.iter().enumerate().map(ticket_of).collect(),
            notices: Vec::new(),
            submission: None,
            sheet: None,
        };
        self.store.hold(sealed).expect("holds");
        let files = things
            .iter()
            .map(|(_, name, bytes)| (name.to_string(), bytes.to_vec()))
            .collect();
        let token = secret.token();
        Made { id, token, files }
    }

    fn blob(&self, id: &TransferId, key: &TransferKey, number: u32, bytes: &[u8]) -> BlobRecord {
        let blob = BlobId::fresh();
        let out = self.store.shelf().write_blob(blob).expect("a blob");
        let mut sealer = Sealer::new(out, key, &context(id, number, blob));
        sealer.write_all(bytes).expect("seals");
        let (out, plain_len) = sealer.finish().expect("seals");
        out.finish().expect("is kept");
        BlobRecord {
            id: blob,
            plain_len,
            number,
        }
    }

    fn wrap(
        &self,
        id: &TransferId,
        key: &TransferKey,
        secret: &LinkSecret,
        day: i32,
        password: Option<&str>,
    ) -> Vec<u8> {
        let lock = wrap::Lock {
            transfer: id,
            link: secret,
            day,
            day_key: &self.store.day_key(day).expect("a day key"),
            master: self.store.master(),
        };
        let password = password.map(Password::given);
        let password = password.as_ref().map(|password| Secret {
            password,
            exact: false,
            weak: false,
        });
        let stretched = Stretched::new(self.store.master(), password.as_ref());
        wrap::wrap(&lock, &stretched, key)
    }

    fn ticket(&self, secret: &LinkSecret) -> Ticket {
        let expires = now() + 14 * 86_400;
        let day = i32::try_from(expires / 86_400 + 1).expect("a day of ours");
        Ticket {
            recipients: vec!["bo@partner.example".into()],
            password_line: PasswordLine::TextMessage("47".into()),
            ..Ticket::unused(secret.id(self.store.master()), day, expires)
        }
    }

    pub fn saved(&self, made: &Made) -> Ticket {
        let ticket = self.store.ticket(&made.id, 0).expect("reads");
        ticket.expect("is there")
    }

    /// Waits until something is true: counting goes on beside the answer.
    pub fn wait_for(&self, what: &str, is: impl Fn() -> bool) {
        for _ in 0..200 {
            if is() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("never: {what}");
    }

    /// Answers a transfer that is open; gives where the page of it is.
    pub fn answer(&self, made: &Made, cookie: &str) -> String {
        let body = "--b\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\nanna@legal.example.org\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nDear Anna\r\n--b--\r\n";
        let head = format!(
            "POST /open/{}/reply HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{cookie}\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n{body}",
            made.id,
            self.address,
            body.len()
        );
        let answer = Answer::read(&self.raw(head.as_bytes()));
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.field("location").expect("a page").to_owned()
    }

    /// As if a scanner had objected to the text of what this page is about.
    pub fn deny(&self, path: &str) {
        let id = path.rsplit('/').next().and_then(|id| id.parse().ok());
        let denied = self.store.change_draft(id.expect("a draft"), |draft| {
            let why = Denied {
                why: Denial::Infected,
                file: None,
            };
            draft.state = draft::State::Refused(draft.order()?.clone(), why);
            Some(((), Vec::new()))
        });
        denied.expect("the store is there").expect("it was sent");
    }

    pub fn get(&self, path: &str, more: &str) -> Answer {
        self.ask("GET", path, more, None)
    }

    pub fn post(&self, path: &str, more: &str, form: &str) -> Answer {
        self.ask("POST", path, more, Some(form))
    }

    /// One request on a connection of its own. `more` are header lines, each ended by CRLF.
    pub fn ask(&self, method: &str, path: &str, more: &str, form: Option<&str>) -> Answer {
        let body = match form {
            Some(form) => format!(
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            ),
            None => "\r\n".into(),
        };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{more}",
            self.address
        );
        Answer::read(&self.raw(format!("{head}{body}").as_bytes()))
    }

    /// Sends bytes, reads until the other side closes.
    pub fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).expect("connects");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a timeout");
        stream.write_all(bytes).expect("sends");
        let mut out = Vec::new();
        let _ = stream.read_to_end(&mut out);
        out
    }

    /// Unlocks and gives the cookie line of requests: the session alone.
    pub fn unlock(&self, made: &Made) -> String {
        self.unlock_by(made, "", "&terms=1").cookies(&["cloakroom"])
    }

    /// Unlocks in a browser that sends these header lines, with more in its form.
    pub fn unlock_by(&self, made: &Made, lines: &str, more: &str) -> Answer {
        let form = format!("password={PASSWORD}{more}");
        let answer = self.post(&format!("/t/{}/unlock", made.token), lines, &form);
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(
            answer.field("location"),
            Some(&*format!("/open/{}", made.id))
        );
        answer
    }

    /// Something typed at a link.
    pub fn type_in(&self, made: &Made, lines: &str, password: &str) -> Answer {
        let form = format!("password={password}");
        self.post(&format!("/t/{}/unlock", made.token), lines, &form)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn read(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|w| w == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).expect("ASCII");
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|l| l.split(' ').nth(1));
        let fields = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Answer {
            status: status.and_then(|s| s.parse().ok()).expect("a status"),
            fields,
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The line with which a browser sends back those of the cookies it was given that have these names.
    pub fn cookies(&self, names: &[&str]) -> String {
        let set = self.fields.iter().filter(|(name, _)| name == "set-cookie");
        let pairs = set.filter_map(|(_, line)| line.split(';').next());
        let is_meant = |pair: &&str| names.contains(&pair.split('=').next().unwrap_or_default());
        let pairs: Vec<&str> = pairs.filter(is_meant).collect();
        assert_eq!(pairs.len(), names.len(), "{:?}", self.fields);
        format!("Cookie: {}\r\n", pairs.join("; "))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Mails of the portal go to this next hop.
fn post(hop: &Hop, house: &Arc<House>) -> Post {
    let hop = hop.clone();
    let open = Arc::new(move || hop.open());
    Post::new(house.clone(), Signers::default(), open)
}

/// Whom guests may be: everybody but these; the boss wants no mail of theirs.
fn rules() -> Rules {
    let whom = |text: &str| vec![text.parse().expect("fine")];
    Rules {
        to: [
            whom("anna@example.org"),
            whom("eva@example.org"),
            whom("nobody@example.org"),
        ]
        .concat(),
        from_deny: whom("@denied.example"),
        address_book: true,
    }
}

fn entry(kind: EntryKind, name: &str, bytes: &[u8]) -> Entry {
    let media_type = match name.rsplit('.').next() {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("eml") => "message/rfc822",
        _ => "application/octet-stream",
    };
    Entry {
        kind,
        name: name.into(),
        media_type: media_type.into(),
        size: bytes.len() as u64,
        crc32: crc32fast::hash(bytes),
        sha256: Sha256::digest(bytes).into(),
        location: None,
    }
}

fn house(address: SocketAddr) -> House {
    House {
        organisation: "Example Region".into(),
        portal_url: format!("http://{address}"),
        help_url: Some("https://www.example.org/files".into()),
        hostname: "mx.example.org".into(),
        domains: vec!["example.org".into()],
        languages: cloakroom::texts::LANGUAGES
            .map(|(language, _)| language.to_owned())
            .into(),
        time_zone: jiff::tz::TimeZone::get("Europe/Stockholm").expect("compiled in"),
        notice_from: "files@example.org".into(),
        look: Look::default(),
    }
}

pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A channel of text messages; numbers without a country are Swedish.
fn router() -> Router {
    let texts = MemoryChannel::new("phone", "sms");
    let country = "SE".parse().expect("a country");
    Router::new(vec![Arc::new(texts)]).in_country(Some(country))
}
