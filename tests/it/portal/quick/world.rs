//! A gateway whose rules let devices be set up, its pages, and browsers that keep cookies.

use super::super::house::Answer;
use crate::support::client::{Door, send};
use crate::support::plant::{self, Plant};
use crate::support::{decoded, first, link_in};
use cloakroom::doors::smtp::Protocol;
use cloakroom::doors::web::terms::Terms;
use cloakroom::doors::web::{self, Portal};
use cloakroom::forward::memory::Taken;
use cloakroom::gateway::Gateway;
use cloakroom::gateway::collect::Lock;
use cloakroom::store::Store;
use cloakroom::store::backend::Backend;
use cloakroom::store::memory::Memory;
use cloakroom::texts::LANGUAGES;
use cloakroom::transfer::quick::{Circle, CircleId, Rules};
use cloakroom::transfer::{Ticket, TransferId};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

pub const ANNA: &str = "anna@example.org";
pub const BO: &str = "bo@partner.example";
pub const EVA: &str = "eva@partner.example";
/// What the file of each mail says.
pub const FILE: &[u8] = b"a,b\r\n";
const DAY: i64 = 86_400;

/// No password where a device is known, else one by the desk.
pub const RULES: &str = r#"
schema = 1
[[rule]]
id = "files"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@partner.example"] }
then = { action = "transfer", unlock = "quick", password_via = ["desk"], keep_for = "14 days" }
[[rule]]
id = "spare"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@spare.example"] }
then = { action = "transfer", unlock = "quick", password_via = ["desk"], keep_for = "14 days", recovery = "gateway" }
[[rule]]
id = "strict"
why = "Every file travels protected."
when = { has_attachments = true, to = ["@strict.example"] }
then = { action = "transfer", unlock = "password", password_via = ["desk"], keep_for = "14 days" }
"#;

pub fn on() -> Rules {
    Rules {
        enabled: true,
        ..Rules::default()
    }
}

pub struct World {
    pub plant: Plant,
    pub gateway: Arc<Gateway>,
    pub address: SocketAddr,
    pub runtime: tokio::runtime::Runtime,
    stop: watch::Sender<bool>,
}

/// What somebody got of a mail.
#[derive(Debug, Clone)]
pub struct Got {
    pub to: String,
    pub id: TransferId,
    pub token: String,
    pub password: Option<String>,
}

impl World {
    pub fn new(rules: Rules) -> Self {
        World::on(rules, Arc::new(Memory::new()), |plant| plant)
    }

    pub fn on(rules: Rules, disk: Arc<dyn Backend>, shape: impl FnOnce(Plant) -> Plant) -> Self {
        World::built(rules, disk, shape, None)
    }

    /// Where everybody agrees to these first.
    pub fn with_terms(terms: Terms) -> Self {
        World::built(on(), Arc::new(Memory::new()), |plant| plant, Some(terms))
    }

    fn built(
        rules: Rules,
        disk: Arc<dyn Backend>,
        shape: impl FnOnce(Plant) -> Plant,
        terms: Option<Terms>,
    ) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let bind = tokio::net::TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(bind).expect("a free port");
        let address = listener.local_addr().expect("bound");
        let mut plant = shape(Plant {
            rules: RULES,
            quick: rules,
            ..Plant::new()
        });
        plant.house.portal_url = format!("http://{address}");
        plant.house.languages = LANGUAGES.map(|(language, _)| language.to_owned()).into();
        let gateway = plant.gateway(disk).expect("starts");
        let collect = Arc::new(gateway.collect(Lock::default()));
        let (house, texts) = (gateway.house().clone(), gateway.texts().clone());
        let steering = gateway.steering().clone();
        let portal = Portal::new(collect, steering, house, texts, Vec::new()).on_terms(terms);
        let (stop, stopped) = watch::channel(false);
        runtime.spawn(web::serve(listener, Arc::new(portal), None, stopped));
        World {
            plant,
            gateway,
            address,
            runtime,
            stop,
        }
    }

    pub fn store(&self) -> &Store {
        self.gateway.store()
    }

    /// Anna sends a file; what each got of it, once everything has left.
    pub fn mail(&self, to: &[&str]) -> Vec<Got> {
        self.mail_of(ANNA, to)
    }

    /// The same of somebody else.
    pub fn mail_of(&self, sender: &str, to: &[&str]) -> Vec<Got> {
        let number = TransferId::fresh();
        let mail = format!(
            "From: Anna Lind <{sender}>\r\nTo: {BO}\r\nSubject: Contract draft\r\nMessage-ID: <{number}@example.org>\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n\
             --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=numbers.csv\r\n\r\na,b\r\n\r\n--b--\r\n"
        );
        let before: Vec<TransferId> = self.transfers();
        let desk = self.plant.desk.sent().len();
        let list: Vec<String> = to.iter().map(ToString::to_string).collect();
        self.runtime.block_on(async {
            let (address, _stop) = plant::door(&self.gateway, Protocol::Lmtp).await;
            let replies = send(Door::Lmtp, address, sender, &list, mail.as_bytes()).await;
            assert!(replies.iter().all(|r| r.starts_with("250")), "{replies:?}");
        });
        self.rounds();
        let mut all = self.transfers().into_iter();
        let id = all.find(|id| !before.contains(id)).expect("sealed");
        let told = self.plant.desk.sent().split_off(desk);
        let password = |to: &str| {
            let mut entries = told.iter().flat_map(|notice| &notice.entries);
            let theirs = entries.find(|entry| entry.recipient == to);
            theirs.map(|entry| entry.password.expose().to_owned())
        };
        let got = |to: &&str| Got {
            to: to.to_string(),
            id,
            token: self.token(to),
            password: password(to),
        };
        to.iter().map(got).collect()
    }

    /// The same for one.
    pub fn mail_to(&self, to: &str) -> Got {
        self.mail(&[to]).remove(0)
    }

    fn transfers(&self) -> Vec<TransferId> {
        let all = self.store().transfers(None, 999).expect("reads");
        all.iter().map(|t| t.id.parse().expect("an id")).collect()
    }

    /// Twice, as a notice may become due in the first.
    pub fn rounds(&self) {
        for _ in 0..2 {
            let round = self.gateway.round(Timestamp::now(), true);
            self.runtime.block_on(round);
        }
    }

    pub fn mails_to(&self, whom: &str) -> Vec<Taken> {
        let mut taken = self.plant.hop.taken();
        taken.retain(|t| t.recipients.iter().any(|r| r.address.to_string() == whom));
        taken
    }

    /// The text of the last mail to somebody.
    pub fn last_mail(&self, whom: &str) -> String {
        decoded(&self.mails_to(whom).last().expect("a mail").content)
    }

    fn token(&self, whom: &str) -> String {
        let mails = self.mails_to(whom);
        let mut links = mails.iter().rev().filter_map(|mail| link_in(&mail.content));
        let link = links.next().expect("a link");
        link.rsplit('/').next().expect("a token").to_owned()
    }

    /// The last six digits that were sent to somebody.
    pub fn code(&self, whom: &str) -> String {
        let mails = self.mails_to(whom);
        let code = |t: &Taken| first(r"(?m)^ {4}[0-9]{6}\r?$", &decoded(&t.content));
        let code = mails.iter().rev().find_map(code);
        code.expect("a code on its line").trim().to_owned()
    }

    pub fn circle_id(&self, whom: &str) -> CircleId {
        CircleId::of(&whom.parse().expect("an address"), self.store().master())
    }

    /// The name of the cookie that holds somebody's token.
    pub fn cookie_of(&self, whom: &str) -> String {
        let mark = self.circle_id(whom).mark(self.store().master());
        format!("cloakroom-quick-{mark}")
    }

    pub fn circle(&self, whom: &str) -> Circle {
        self.store().circle(&self.circle_id(whom)).expect("reads")
    }

    pub fn ticket(&self, got: &Got) -> Ticket {
        let ticket = self.store().ticket(&got.id, 0).expect("reads");
        ticket.expect("is there")
    }

    /// Time goes by for what QUICK keeps of somebody: what tests do in place of waiting.
    pub fn days_pass(&self, whom: &str, days: i64) {
        let now = Timestamp::now().as_second();
        let aged = self
            .store()
            .change_circle(&self.circle_id(whom), now, |circle| {
                for device in &mut circle.devices {
                    device.used -= days * DAY;
                    device.since -= days * DAY;
                    device.trusted_until -= days * DAY;
                }
                for key in circle.pairs.iter_mut().flat_map(|pair| &mut pair.keys) {
                    key.until -= days * DAY;
                }
                for code in &mut circle.codes {
                    code.until -= days * DAY;
                }
                Ok(((), Vec::new()))
            });
        aged.expect("writes");
    }

    /// A browser of somebody's, set up with the password of a mail and a code to the mailbox.
    pub fn set_up(&self, got: &Got) -> Browser<'_> {
        let browser = Browser::new(self);
        browser.connect(got);
        browser
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// Keeps cookies and follows nothing.
pub struct Browser<'a> {
    pub world: &'a World,
    pub cookies: RefCell<BTreeMap<String, String>>,
    pub name: &'static str,
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World) -> Self {
        Browser {
            world,
            cookies: RefCell::default(),
            name: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    pub fn post(&self, path: &str, form: &str) -> Answer {
        self.ask("POST", path, Some(form))
    }

    fn ask(&self, method: &str, path: &str, form: Option<&str>) -> Answer {
        let jar = self.cookies.borrow();
        let pairs: Vec<String> = jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
        drop(jar);
        let cookie = match pairs.is_empty() {
            true => String::new(),
            false => format!("Cookie: {}\r\n", pairs.join("; ")),
        };
        let body = form.map_or("\r\n".to_owned(), |form| {
            let kind = "Content-Type: application/x-www-form-urlencoded";
            format!("{kind}\r\nContent-Length: {}\r\n\r\n{form}", form.len())
        });
        let (host, agent) = (self.world.address, self.name);
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nUser-Agent: {agent}\r\n{cookie}{body}"
        );
        let mut stream = TcpStream::connect(self.world.address).expect("connects");
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).expect("a timeout");
        stream.write_all(head.as_bytes()).expect("sends");
        let mut out = Vec::new();
        let _ = stream.read_to_end(&mut out);
        let answer = Answer::read(&out);
        self.keep(&answer);
        answer
    }

    fn keep(&self, answer: &Answer) {
        let set = answer
            .fields
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        for (_, line) in set {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let mut jar = self.cookies.borrow_mut();
            match value.is_empty() {
                true => jar.remove(name),
                false => jar.insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    /// Everything but the session is there when it is started again.
    pub fn restart(&self) {
        self.cookies.borrow_mut().remove("cloakroom");
    }

    /// "Delete cookies".
    pub fn clear(&self) {
        self.cookies.borrow_mut().clear();
    }

    /// Its token for Bo's mailbox.
    pub fn token(&self) -> Option<String> {
        let jar = self.cookies.borrow();
        let value = jar.get(&self.world.cookie_of(BO))?;
        let value = value.strip_prefix("new.").unwrap_or(value);
        value.split('.').next().map(str::to_owned)
    }

    /// Somebody puts one there.
    pub fn put_token(&self, value: &str) {
        let name = self.world.cookie_of(BO);
        self.cookies.borrow_mut().insert(name, value.to_owned());
    }

    /// What the page of a link shows.
    pub fn page(&self, got: &Got) -> String {
        self.get(&format!("/t/{}", got.token)).text()
    }

    /// Types something, or nothing, at a link whose page it has seen.
    pub fn type_in(&self, got: &Got, form: &str) -> Answer {
        if form.starts_with("code=") {
            self.page(got);
        }
        self.send(got, form)
    }

    /// The same of who has not seen the page.
    pub fn send(&self, got: &Got, form: &str) -> Answer {
        self.post(&format!("/t/{}/unlock", got.token), form)
    }

    /// True if it opens without anything typed, and the file is the one that was sent.
    pub fn opens(&self, got: &Got) -> bool {
        self.restart();
        self.type_in(got, "").status == 303 && self.has_file(got)
    }

    /// The same with the password that came along.
    pub fn opens_with_password(&self, got: &Got) -> bool {
        self.restart();
        let Some(password) = &got.password else {
            return false;
        };
        let answer = self.type_in(got, &format!("password={password}"));
        answer.status == 303 && self.has_file(got)
    }

    pub fn has_file(&self, got: &Got) -> bool {
        let file = self.get(&format!("/open/{}/file/0", got.id));
        assert_eq!((file.status, &*file.body), (200, FILE), "{}", file.text());
        true
    }

    pub fn devices(&self, got: &Got) -> String {
        self.get(&format!("/open/{}/devices", got.id)).text()
    }

    /// Sets the browser up.
    pub fn connect(&self, got: &Got) {
        assert!(self.opens_with_password(got), "{got:?}");
        let page = self.prove(got, "");
        assert!(page.contains("This browser is set up."), "{page}");
    }

    /// In an open transfer: a code to the mailbox, typed with these further fields. The page that follows.
    pub fn prove(&self, got: &Got, fields: &str) -> String {
        let path = format!("/open/{}/devices", got.id);
        let asked = self.post(&format!("{path}/code"), "");
        assert_eq!(asked.status, 303, "{}", asked.text());
        let form = format!("code={}{fields}", self.world.code(&got.to));
        let done = self.post(&path, &form);
        let there = done.field("location").unwrap_or_default().to_owned();
        assert!(there.contains("/devices?done="), "{}", done.text());
        self.get(&there).text()
    }

    /// A code for another device, of an open transfer.
    pub fn make_code(&self, got: &Got) -> String {
        self.make_code_by(got, "")
    }

    /// The same with what the form has.
    pub fn make_code_by(&self, got: &Got, form: &str) -> String {
        let made = self.post(&format!("/open/{}/devices/another", got.id), form);
        let code = first(r"<code>[A-Z0-9-]{19}</code>", &made.text());
        let code = code.unwrap_or_else(|| panic!("no code: {}", made.text()));
        code["<code>".len()..code.len() - "</code>".len()].to_owned()
    }
}
