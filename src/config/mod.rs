//! `cloakroom.toml`: the machine's settings, read and checked once; after that no text of it is looked at twice.
//!
//! Promises: a [`Config`] is whole and safe to run (no open relay, no plain page on a public address, no secret in the file); a
//! file with mistakes gives all of them as [`Diagnostics`], each with its place and what to do. Relative paths count from the file.
//! Every key, its default and its reason stand in [`EXAMPLE`]; a test compares that file with the defaults here.
//! Leaves to others: policy files and what a profile means (`decide`), opening what is named here (`service`).

use crate::fault::diagnostic::{Diagnostic, Diagnostics};
use crate::forward::Target;
use crate::mail::{Address, Network, Whom};
use crate::scanner::Clamd;
use crate::texts::House;
use crate::transfer::parcel::Partial;
use crate::transfer::phone::Country;
use crate::transfer::{IfNoChannel, PasswordRules, Recovery, Telling, Unlock};
use crate::units::{ByteSize, Period};
use milter::Milter;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tripwire::Tripwire;

mod channel;
mod check;
mod directory;
mod dkim;
pub mod look;
pub mod milter;
mod reader;
mod schema;
mod secret;
mod show;
pub mod tripwire;
mod values;

pub use channel::{
    Channel, ChannelKind, CommandSettings, SmppSettings, SmsSettings, WebhookSettings,
};
pub use directory::{Directory, DirectoryKind, LdapSettings};
pub use dkim::Dkim;
pub use schema::schema;
pub use secret::{SecretSource, Unreadable};
pub use show::Setting;

/// Every key with its default and its reason: what `cloakroom config example` prints.
pub const EXAMPLE: &str = include_str!("example.toml");

/// Where the file lies if nobody says otherwise.
pub const DEFAULT_FILE: &str = "/etc/cloakroom/cloakroom.toml";

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file, as the operator named it.
    pub file: PathBuf,
    /// Its text: `decide` reads the profiles out of it, so that their mistakes have places too.
    pub text: String,
    /// `[identity]`, `portal.url` and `notice.from`: what texts and links say about the organisation.
    pub house: House,
    /// `identity.country`: whose telephone numbers are written without their country.
    pub country: Option<Country>,
    /// `[look]`
    pub look: look::Written,
    /// `[intake]`
    pub intake: Intake,
    /// `[milter]`
    pub milter: Milter,
    /// `[tripwire]`
    pub tripwire: Tripwire,
    /// `[portal]`
    pub portal: Portal,
    /// `[send]`
    pub send: Send,
    /// `[admin]`: where `/healthz` and `/readyz` are; `None` for nowhere.
    pub admin: Option<SocketAddr>,
    /// `[store]`
    pub store: Store,
    /// `[transfer]`: what a rule gets when it says nothing.
    pub transfer: Transfer,
    /// `[lock]`
    pub lock: Lock,
    /// `[notice]`, but for `from`.
    pub telling: Telling,
    /// `quick`
    pub quick: crate::transfer::quick::Rules,
    /// `[policy]`
    pub policy: Policy,
    /// `[[channel]]`, in the order of the file; one of kind `sender` if there is none.
    pub channels: Vec<Channel>,
    /// `[[directory]]`, in the order they are asked.
    pub directories: Vec<Directory>,
    /// `[tls]`
    pub tls: Option<TlsFiles>,
    /// `[[dkim]]`, in the order of the file.
    pub dkim: Vec<Dkim>,
    /// `[log]`
    pub log: Log,
    /// Not of the file: the program whose processes read files. This one, as it was started, even if a newer one lies there meanwhile.
    pub program: PathBuf,
    places: reader::Places,
}

/// Where mail comes in and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// Before-queue filter and smart host.
    pub smtp: Option<SocketAddr>,
    /// After-queue filter: one answer per recipient.
    pub lmtp: Option<SocketAddr>,
    /// TLS from the first byte (RFC 8314): for people, who sign in.
    pub submission: Option<SocketAddr>,
    /// Where people sign in: true on `smtp` and `submission`, false nowhere; `None` on `submission` alone.
    pub auth: Option<bool>,
    /// Who may send without signing in.
    pub accept_from: Vec<Network>,
    /// Where every mail goes on to, with `next_hop_ca` and our name in it.
    pub next_hop: Target,
    /// The same as it was written.
    pub next_hop_text: String,
    /// Where mail goes on to that must be delivered over verified TLS, and the same as it was written.
    pub next_hop_verified_tls: Option<(Target, String)>,
    /// Larger mails are refused with 552.
    pub max_message: ByteSize,
    /// A client hears its answer within this time, counted from its final dot, unless the next hop has all of a mail and is silent.
    pub answer_within: Period,
    /// CHUNKING is offered (RFC 3030): content may come by BDAT.
    pub chunking: bool,
    /// What becomes of the rest of a mail that has left for some of its recipients, over SMTP.
    pub partial: Partial,
    /// So long such a rest is tried.
    pub retry_for: Period,
    /// Devices whose bare line ends are mended instead of refused.
    pub repair_from: Vec<Network>,
    /// Mail servers whose XFORWARD we believe.
    pub xforward_from: Vec<Network>,
    /// Load balancers whose PROXY header we believe, and want.
    pub proxy_from: Vec<Network>,
    /// STARTTLS is offered, with the certificate of `[tls]`.
    pub tls: bool,
    /// Folder for mails while they pass: encrypted, unlinked.
    pub state: PathBuf,
}

/// The pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Where they are served.
    pub listen: SocketAddr,
    /// HTTPS with the certificate of `[tls]`; else plain HTTP, for this machine or a proxy.
    pub tls: bool,
    /// Web servers whose `X-Forwarded-For` we believe.
    pub trusted_proxies: Vec<Network>,
    /// A text that readers agree to before they open anything; translations lie beside it.
    pub terms: Option<PathBuf>,
    /// Recipients can answer on the page.
    pub replies: bool,
    /// Bytes of all files of one answer.
    pub upload_max: ByteSize,
    /// Above so many bytes the files of an answer go into a transfer.
    pub mail_up_to: ByteSize,
    /// `[portal.scan]`: who scans what people outside write.
    pub scan: UploadScan,
}

/// Who scans what people outside write; nobody if neither is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadScan {
    /// Where ClamAV's daemon listens.
    pub clamd: Option<Clamd>,
    /// A program, with its arguments.
    pub command: Option<Vec<String>>,
    /// The largest file that the program looks at.
    pub largest: ByteSize,
    /// For one file.
    pub timeout: Period,
    /// Files that are scanned at once.
    pub at_once: u32,
    /// What becomes of a file that is larger than the scanner looks at.
    pub too_large: TooLarge,
}

/// What becomes of a file that is larger than the scanner looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLarge {
    /// Nothing of it comes in.
    Refuse,
    /// It comes in, and the mail says so.
    Pass,
}

/// People who were sent nothing, and write to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Send {
    /// They can.
    pub enabled: bool,
    /// Whom they may write to, of our own domains; empty: all.
    pub to: Vec<Whom>,
    /// Who may not write.
    pub from_deny: Vec<Whom>,
    /// Mails of one address in a day.
    pub per_day: u32,
    /// What one address uploads in a day.
    pub bytes_per_day: ByteSize,
    /// So much of the disk stays free of what they upload.
    pub keep_free: ByteSize,
    /// Whom an address wrote to is kept for a while, to propose it.
    pub address_book: bool,
}

/// Where transfers are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Folder of index and blobs.
    pub path: PathBuf,
    /// 32 bytes, made by `cloakroom key init`.
    pub master_key: SecretSource,
}

/// What a rule gets when it says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// How long a transfer can be fetched.
    pub keep_for: Period,
    /// What opens it besides the link.
    pub unlock: Unlock,
    /// Names or kinds of channels, the first that reaches the recipient wins.
    pub password_via: Vec<String>,
    /// Whether a lost password can be replaced.
    pub recovery: Recovery,
    /// What happens where no way reaches a recipient.
    pub if_no_channel: IfNoChannel,
    /// What every password must be, whatever rules ask for besides.
    pub password_rules: PasswordRules,
    /// No rule and no sender gets more.
    pub max_keep_for: Period,
    /// So long after its last use a telephone number that a sender gave counts for his next mails; zero: never.
    pub remember_numbers: Period,
}

/// What wrong passwords do, per recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// After so many wrong tries …
    pub soft_tries: u32,
    /// … so long a pause.
    pub soft_pause: Period,
    /// After so many …
    pub hard_tries: u32,
    /// … this.
    pub hard_then: HardLock,
}

/// What the last wrong password does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HardLock {
    /// Locked until the sender or an operator lifts it.
    Locked,
    /// This recipient's way in is destroyed.
    Deleted,
}

/// Where the rules are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Folder of `*.toml`.
    pub dir: PathBuf,
    /// Rules that may weaken others, by id.
    pub may_waive: Vec<String>,
    /// How long features of decided mails are kept; zero: not at all.
    pub remember: Period,
    /// Who may release what a rule holds that names nobody.
    pub release_by: Vec<Address>,
    /// `[policy.scan]`: what reading a file may cost.
    pub scan: Scan,
}

/// What reading one file may cost, and what follows if it cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// Larger files are not read.
    pub max_bytes: ByteSize,
    /// Containers in containers.
    pub max_depth: u32,
    /// How long reading may take.
    pub max_time: Period,
    /// Files read at the same time; `None`: as many as there are cores.
    pub processes: Option<u32>,
    /// What becomes of a mail with a file that cannot be read.
    pub unreadable: OnUnreadable,
}

/// The least that is done with a mail whose files cannot all be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnreadable {
    /// Nothing: only rules that ask for it.
    Pass,
    /// Its files travel as a transfer.
    Transfer,
    /// Its text too.
    Seal,
    /// It waits for somebody of `release_by`.
    Hold,
    /// It is refused.
    Reject,
}

/// Certificate and key of the portal and of STARTTLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM, our own certificate first.
    pub certificate: PathBuf,
    /// PEM, readable by us alone.
    pub key: SecretSource,
}

/// What the log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// Lines for people or for programs.
    pub format: LogFormat,
    /// The least that is written.
    pub level: tracing::Level,
    /// How much of an address is written.
    pub addresses: crate::maillog::Addresses,
}

/// The shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One line of text.
    Text,
    /// One JSON object per line.
    Json,
}

impl Intake {
    /// True if people sign in at this door.
    pub fn signs_in(&self, door: &str) -> bool {
        match door {
            "submission" => self.auth != Some(false),
            "smtp" => self.auth == Some(true),
            _ => false,
        }
    }
}

/// Kinds of channels that rules may name; `agreed` is a standing password.
const KINDS: &[&str] = &["agreed", "command", "folder", "sender", "sms", "webhook"];

impl Config {
    /// Reads and checks a file.
    pub fn read(file: &Path) -> Result<Self, Diagnostics> {
        Config::parse(file, &text_of(file)?)
    }

    /// Checks a text as if it stood in `file`. Looks at no other file.
    pub fn parse(file: &Path, text: &str) -> Result<Self, Diagnostics> {
        check::config(file, text)
    }

    /// A mistake that shows only when something is opened, such as a port in use: at the key's place, if the file has it.
    pub fn mistake(&self, key: &str, message: impl Into<String>) -> Diagnostic {
        mistake(&self.file, &self.text, &self.places, key, message.into())
    }

    /// The values in force, in the order of the example, each with the line that set it.
    pub fn settings(&self) -> Vec<Setting> {
        show::settings(self)
    }

    /// What `password_via` may say, and which channels each word stands for: a name for itself, a kind for all of that kind. A kind that
    /// there is no channel of reaches nobody: rules can be written before the channel is there, and the next way is taken.
    pub fn channels_by_word(&self) -> BTreeMap<String, Vec<String>> {
        let mut words = BTreeMap::<String, Vec<String>>::new();
        for channel in &self.channels {
            let by_kind = words.entry(channel.kind.way().to_owned()).or_default();
            by_kind.push(channel.name.clone());
        }
        for channel in &self.channels {
            words.insert(channel.name.clone(), vec![channel.name.clone()]);
        }
        for kind in KINDS {
            let nobody = || vec![(*kind).to_owned()];
            words.entry((*kind).to_owned()).or_insert_with(nobody);
        }
        words
    }

    /// Every secret the file names, with its key: for `check`, which reads each once and forgets it.
    pub fn secrets(&self) -> Vec<(String, &SecretSource)> {
        let mut all = vec![("store.master_key".to_owned(), &self.store.master_key)];
        let tripwire = self.tripwire.key.iter();
        all.extend(tripwire.map(|key| ("tripwire.key".to_owned(), key)));
        all.extend(self.tls.iter().map(|tls| ("tls.key".to_owned(), &tls.key)));
        all.extend(self.dkim.iter().map(|entry| (entry.place(), &entry.key)));
        for channel in &self.channels {
            let secret = match &channel.kind {
                ChannelKind::Sms(sms) => sms.auth.as_ref().map(|auth| ("auth", auth)),
                ChannelKind::Smpp(smpp) => Some(("password", &smpp.password)),
                ChannelKind::Webhook(webhook) => Some(("secret", &webhook.secret)),
                _ => None,
            };
            let named = |(key, secret)| (format!("channel.{}.{key}", channel.name), secret);
            all.extend(secret.map(named));
        }
        for directory in &self.directories {
            if let DirectoryKind::Ldap(ldap) = &directory.kind
                && let Some(password) = &ldap.bind_password
            {
                all.push((format!("directory.{}", directory.name), password));
            }
        }
        all
    }
}

fn text_of(file: &Path) -> Result<String, Diagnostics> {
    std::fs::read_to_string(file).map_err(|e| {
        let unread = Diagnostic::of_file(file, format!("cannot be read: {e}"));
        Diagnostics(vec![
            unread.help("`cloakroom config example` prints one to start from"),
        ])
    })
}

/// At the key's place, if the file has it.
fn mistake(
    file: &Path,
    text: &str,
    places: &reader::Places,
    key: &str,
    message: String,
) -> Diagnostic {
    match places.get(key) {
        Some(span) => Diagnostic::at(file, text, span.clone(), message),
        None => Diagnostic::of_file(file, format!("{key}: {message}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example with every `#:` line switched on.
    fn all_defaults_written() -> String {
        EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            // These show a value, not a default.
            .filter(|line| !line.contains("the default is none"))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    fn parsed(text: &str) -> Config {
        Config::parse(Path::new("/etc/cloakroom/cloakroom.toml"), text)
            .unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    fn values(config: &Config) -> Vec<(String, Option<String>)> {
        let settings = config.settings();
        settings.into_iter().map(|s| (s.key, s.value)).collect()
    }

    #[test]
    fn the_defaults_in_the_example_are_the_defaults() {
        assert_eq!(
            values(&parsed(EXAMPLE)),
            values(&parsed(&all_defaults_written()))
        );
    }

    #[test]
    fn the_example_with_its_comments_taken_away_is_sound() {
        let text: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .map(|line| {
                line.strip_prefix("# ")
                    .filter(|l| is_toml(l))
                    .unwrap_or(line)
            })
            .map(|line| format!("{line}\n"))
            .collect();
        let config = parsed(&text.replace("tls = \"off\"", "tls = \"files\""));
        assert_eq!(config.channels.len(), 7);
        assert!(config.tls.is_some());
        assert_eq!(config.dkim.len(), 1);
        assert_eq!(config.directories.len(), 2);
    }

    fn is_toml(line: &str) -> bool {
        line.starts_with('[')
            || line
                .split_once(" = ")
                .is_some_and(|(key, _)| !key.contains(' '))
    }

    #[test]
    fn every_key_stands_in_the_example() {
        let written = |key: &str| {
            EXAMPLE.lines().any(|line| {
                let line = line.trim_start_matches(['#', ':', ' ']);
                line.starts_with(&format!("{key} ="))
                    || line.contains(&format!("{{ {key} ="))
                    || line.contains(&format!(", {key} ="))
                    || line.starts_with(&format!("[{key}"))
                    || line.starts_with(&format!("[[{key}"))
            })
        };
        for path in check::known_keys() {
            let key = path.rsplit('.').next().unwrap_or(&path);
            assert!(written(key), "{path}");
        }
    }

    #[test]
    fn relative_paths_count_from_the_file() {
        let config = parsed(
            &EXAMPLE
                .replace("smtp://127.0.0.1:10026", "folder:out")
                .replace("#: dir = \"policies\"", "dir = \"rules\""),
        );
        assert_eq!(config.policy.dir, Path::new("/etc/cloakroom/rules"));
        assert_eq!(
            config.intake.next_hop,
            Target::Folder("/etc/cloakroom/out".into())
        );
    }

    #[test]
    fn a_later_mistake_has_its_place() {
        let mistake = parsed(EXAMPLE).mistake("intake.lmtp", "the port is in use");
        assert_eq!(mistake.source.split_whitespace().next(), Some("lmtp"));
    }
}
