//! A client, a real mail server with the gateway as its filter, and a next hop that keeps what leaves.

use super::servers::{Fronts, MailServer, Places};
use super::wire::Wire;
use crate::support::client::{Door, try_send};
use crate::support::hop::{Delivery, Hop};
use crate::support::phone::Phone;
use crate::support::postfix::{Postfix, lasting_ports};
use crate::support::process::Gateway;
use crate::support::{settings, until};
use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

pub const ANNA: &str = "anna@example.org";
pub const COLLEAGUE: &str = "kim@example.org";
pub const BO: &str = "bo@partner.example";
pub const EVA: &str = "eva@client.example";

/// What stands in the files that nobody on the way may read.
pub const CANARY: &str = "The canary sings behind the mill";

pub struct Installation<S> {
    pub sink: Hop,
    pub phone: Phone,
    pub gateway: Gateway,
    /// The watcher of the tripwire, if there is one: behind the gateway at every port of the mail server.
    pub watcher: Option<Gateway>,
    /// Between the mail server and the gateway.
    pub wire: Wire,
    pub server: S,
    /// Where mail is filtered, by what the server does if the filter fails.
    fronts: Fronts,
    /// Where the filter is not there.
    nobody: Fronts,
    /// Where mail is not filtered: ours comes back here.
    pub back: u16,
    /// Last, so that it outlives those who write into it.
    pub folder: tempfile::TempDir,
}

/// One with Postfix.
pub type House = Installation<Postfix>;

/// How it is to be.
pub struct Plan<'a> {
    pub mode: &'a str,
    pub policy: &'a str,
    /// More of the gateway's settings.
    pub more: &'a str,
    /// Senders get receipts.
    pub receipts: bool,
    /// What must leave over verified TLS can.
    pub tls: bool,
    /// What the server does if its filter fails, in the words of Postfix (`default_action`); one service each.
    pub actions: &'a [&'static str],
    /// So many seconds it waits for the filter's next word on a mail, if not as our recipe has it.
    pub patience: Option<u32>,
    /// With a tripwire, and a watcher for it.
    pub watched: bool,
}

impl Plan<'_> {
    pub const fn mode(mode: &str) -> Plan<'_> {
        Plan {
            mode,
            policy: settings::TAKE_FILES,
            more: "",
            receipts: false,
            tls: false,
            actions: &["tempfail"],
            patience: None,
            watched: false,
        }
    }
}

impl<S: MailServer> Installation<S> {
    pub async fn build(plan: &Plan<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::build_in(folder, plan).await
    }

    /// In a folder that has what the settings name.
    pub async fn build_in(folder: tempfile::TempDir, plan: &Plan<'_>) -> Self {
        let sink = Hop::start(Vec::new()).await;
        let phone = Phone::start().await;
        let [milter, back, absent] = lasting_ports();
        write_settings(folder.path(), plan, &phone, milter, back);
        if plan.tls {
            let lane = format!("next_hop_verified_tls = \"smtp://{}\"", sink.address);
            settings::amend(folder.path(), "intake", &lane);
        }
        let gateway = Gateway::start(folder.path());
        let watcher = plan.watched.then(|| Gateway::watcher(folder.path()));
        let wire = Wire::to((Ipv4Addr::LOCALHOST, milter).into()).await;
        let each = || -> Fronts {
            let ports = plan.actions.iter().map(|action| (*action, lasting_ports()));
            ports.map(|(action, [port])| (action, port)).collect()
        };
        let (fronts, nobody) = (each(), each());
        let places = Places {
            sink: sink.address,
            filters: [
                (wire.address.port(), fronts.clone()),
                (absent, nobody.clone()),
            ],
            back,
            watcher: watcher.as_ref().map(|w| w.address("tripwire").port()),
        };
        let server = tokio::task::block_in_place(|| S::running(folder.path(), plan, &places));
        Installation {
            sink,
            phone,
            gateway,
            watcher,
            wire,
            server,
            fronts,
            nobody,
            back,
            folder,
        }
    }

    /// Where a mail is filtered; `action` if the filter fails.
    pub fn front(&self, action: &str) -> u16 {
        port(&self.fronts, action)
    }

    /// The same with a filter that does not listen.
    pub fn without(&self, action: &str) -> u16 {
        port(&self.nobody, action)
    }

    /// Sends a mail there; the replies that count.
    pub async fn send(&self, port: u16, to: &[&str], mail: &[u8]) -> Vec<String> {
        let to: Vec<String> = to.iter().map(|to| (*to).to_owned()).collect();
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let said = try_send(Door::Smtp, at, ANNA, &to, mail).await;
        said.unwrap_or_else(|e| vec![format!("421 {e}")])
    }

    /// The same, and it must be taken.
    pub async fn taken(&self, port: u16, to: &[&str], mail: &[u8]) {
        let said = self.send(port, to, mail).await;
        let is_taken = said.iter().all(|reply| reply.starts_with("250"));
        assert!(is_taken, "{said:?}\n{}", self.server.log());
    }

    /// What this one got, in order.
    pub fn copies(&self, to: &str) -> Vec<Delivery> {
        let mut all = self.sink.deliveries();
        all.retain(|mail| mail.to.iter().any(|one| one == to));
        all
    }

    /// Nothing waits in Postfix any more.
    pub async fn is_quiet(&self) {
        let quiet = until(|| self.server.waiting().is_empty().then_some(())).await;
        assert!(quiet.is_some(), "wait: {:?}", self.server.waiting());
    }
}

fn port(ports: &Fronts, action: &str) -> u16 {
    let found = ports.iter().find(|(name, _)| *name == action);
    found.expect("a service of this house").1
}

fn write_settings(folder: &Path, plan: &Plan<'_>, phone: &Phone, milter: u16, back: u16) {
    let mode = plan.mode;
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\n\
         url = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n",
        phone.address
    );
    let tripwire = match plan.watched {
        true => {
            let key = folder.join("tripwire.key");
            cloakroom::service::key::init(&key).expect("a new folder");
            "[tripwire]\nkey = \"tripwire.key\"\nlisten = \"127.0.0.1:0\"\nguards = \"all\"\n"
        }
        false => "",
    };
    let more = format!(
        "[milter]\nlisten = \"127.0.0.1:{milter}\"\nmode = \"{mode}\"\n{tripwire}{channel}{}",
        plan.more
    );
    settings::write(
        folder,
        plan.policy,
        &format!("smtp://127.0.0.1:{back}"),
        &more,
    );
    if plan.receipts {
        settings::with_receipts(folder);
    }
}

/// A mail with a file in clear letters: text of this subject, and the canary.
pub fn mail(subject: &str) -> Vec<u8> {
    let mut mail = format!(
        "From: Anna Lind <{ANNA}>\r\nTo: Bo Ek <{BO}>\r\nSubject: {subject}\r\nMessage-ID: <{}@example.org>\r\n\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n\
         --b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear Bo,\r\n\r\nhere it is.\r\n\r\n--b1\r\n\
         Content-Type: text/csv; name=\"plan.csv\"\r\nContent-Disposition: attachment; filename=\"plan.csv\"\r\n\r\n",
        subject.replace(' ', "-").replace(['[', ']', ':', '+'], ""),
    );
    for row in 0..40 {
        write!(mail, "{row};{CANARY}\r\n").expect("memory");
    }
    mail.push_str("--b1--\r\n");
    mail.into_bytes()
}
