//! Text → [`Config`]: each section in its own function, then what sections say about each other.
//!
//! Promises: nothing dangerous is a default; what would open the gateway to strangers or send secrets unprotected is refused with
//! the way out. Every section is read even if another one is wrong.

use super::channel::argv;
use super::reader::{Reader, Section, choice, count, list, parsed, text};
use super::values::{
    answering, channel_word, domain, help_url, host_of, is_inside, language, mailbox, off_or_on,
    password_rules, person, portal_url, retrying, sending_network, time_zone, tls_mode,
};
use super::{
    Config, HardLock, Intake, Lock, Log, LogFormat, OnUnreadable, Policy, Portal, Scan,
    SecretSource, Send, Store, TlsFiles, TooLarge, Transfer, UploadScan, channel, directory,
};
use crate::fault::diagnostic::Diagnostics;
use crate::forward::{HopAddress, HopTls, Target};
use crate::mail::{Network, Whom};
use crate::maillog::Addresses;
use crate::texts::{House, Look};
use crate::transfer::parcel::Partial;
use crate::transfer::password_rules::{STYLES, Style};
use crate::transfer::phone::Country;
use crate::transfer::quick;
use crate::transfer::{Downloads, IfNoChannel, PasswordRules, Recovery, Telling, Unlock};
use crate::units::{ByteSize, Period};
use jiff::tz::TimeZone;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

const IF_NO_CHANNEL: &[(&str, IfNoChannel)] = &[
    ("sender", IfNoChannel::Sender),
    ("hold", IfNoChannel::Hold),
    ("refuse", IfNoChannel::Refuse),
];
const RECOVERIES: &[(&str, Recovery)] = &[("none", Recovery::None), ("gateway", Recovery::Gateway)];
const UNLOCKS: &[(&str, Unlock)] = &[
    ("link", Unlock::Link),
    ("email-code", Unlock::EmailCode),
    ("quick", Unlock::Quick),
    ("password", Unlock::Password),
];
const PARTIAL: &[(&str, Partial)] = &[("own", Partial::Own), ("retry", Partial::Retry)];
const HARD_LOCKS: &[(&str, HardLock)] =
    &[("locked", HardLock::Locked), ("deleted", HardLock::Deleted)];
/// proc(5): what this process runs, also when another file took its name.
const OWN_PROGRAM: &str = "/proc/self/exe";
const TOO_LARGE: &[(&str, TooLarge)] = &[("refuse", TooLarge::Refuse), ("pass", TooLarge::Pass)];
const ON_UNREADABLE: &[(&str, OnUnreadable)] = &[
    ("pass", OnUnreadable::Pass),
    ("transfer", OnUnreadable::Transfer),
    ("seal", OnUnreadable::Seal),
    ("hold", OnUnreadable::Hold),
    ("reject", OnUnreadable::Reject),
];
const RECEIPTS: &[(&str, bool)] = &[("each", true), ("off", false)];
const DOWNLOADS: &[(&str, Downloads)] = &[
    ("each", Downloads::Each),
    ("daily", Downloads::Daily),
    ("off", Downloads::Off),
];
/// Between a download and the mail about it.
const LONGEST_SILENCE: Period = Period::seconds(86_400);
const AUTHS: &[(&str, bool)] = &[("off", false), ("pass-through", true)];
const FORMATS: &[(&str, LogFormat)] = &[("text", LogFormat::Text), ("json", LogFormat::Json)];
const LEVELS: &[(&str, tracing::Level)] = &[
    ("error", tracing::Level::ERROR),
    ("warn", tracing::Level::WARN),
    ("info", tracing::Level::INFO),
    ("debug", tracing::Level::DEBUG),
    ("trace", tracing::Level::TRACE),
];
const ADDRESSES: &[(&str, Addresses)] = &[
    ("full", Addresses::Full),
    ("domain", Addresses::Domain),
    ("hashed", Addresses::Hashed),
];

/// See [`Config::parse`].
pub(super) fn config(file: &Path, text: &str) -> Result<Config, Diagnostics> {
    let reader = Reader::new(file, text);
    let config = sections(&reader);
    let mut mistakes = reader.mistakes.into_inner();
    mistakes.sort_by_key(|m| (m.line, m.column));
    match config {
        Some(mut config) if mistakes.is_empty() => {
            config.places = reader.places.into_inner();
            Ok(config)
        }
        _ => Err(Diagnostics(mistakes)),
    }
}

/// Every key there is, by walking an empty file.
#[cfg(test)]
pub(super) fn known_keys() -> Vec<String> {
    // One channel of each kind, so that their keys are asked for.
    let text = ["sms", "smpp", "command", "folder", "webhook"]
        .map(|k| format!("[[channel]]\nkind = \"{k}\"\n"));
    let text = text.concat()
        + "[[directory]]\nkind = \"file\"\n[[directory]]\nkind = \"ldap\"\n[[dkim]]\n";
    let reader = Reader::new(Path::new("x"), &text);
    let _ = sections(&reader);
    reader.known.into_inner()
}

pub(super) fn sections(reader: &Reader<'_>) -> Option<Config> {
    let base = reader.file.parent().unwrap_or(Path::new("")).to_owned();
    let mut top = reader.document();
    let schema = top.required("schema", count, "schema = 1 stands in the first line");
    if schema.is_some_and(|s| s != 1) {
        reader.wrong_key("schema", "this version reads schema 1 only", None);
    }
    let mut named = top.section("identity");
    let country = named.optional("country", parsed::<Country>);
    let identity = identity(named);
    let store = store(top.section("store"), &base);
    let state = store
        .as_ref()
        .map_or(base.join("state"), |s| s.path.join("spool"));
    let portal = portal(top.section("portal"), &base);
    let domains = identity.as_ref().map(|i| i.domains.as_slice());
    let send = send(top.section("send"), domains);
    let look = super::look::look(top.section("look"), &base);
    let hostname = hostname(identity.as_ref(), portal.as_ref());
    let milter = super::milter::milter(top.section("milter"));
    let tripwire = super::tripwire::tripwire(top.section("tripwire"), &base);
    let intake = intake(top.section("intake"), &base, state, &hostname);
    let admin = admin(top.section("admin"));
    let lock = lock(top.section("lock"));
    let quick = quick(top.section("quick"));
    let (notice_from, telling) = notice(top.section("notice"));
    let policy = policy(top.section("policy"), &base);
    let tls = top.section_if_there("tls").map(|s| tls(s, &base));
    let dkim = super::dkim::entries(top.sections("dkim"), &base);
    let log = log(top.section("log"));
    let channels = channel::channels(top.sections("channel"), &base);
    let directories = directory::directories(top.sections("directory"), &base);
    let words = channels.as_deref().map(password_words);
    let transfer = transfer(top.section("transfer"), words);
    // Profiles are read by `decide`, out of the same text.
    top.optional("profile", |_, _| Some(()));
    top.end();

    let (portal, url) = portal?;
    let config = Config {
        file: reader.file.to_owned(),
        text: reader.text.to_owned(),
        house: house(identity?, url?, hostname, notice_from),
        country,
        look,
        intake: intake?,
        milter,
        tripwire,
        portal,
        send,
        admin,
        store: store?,
        transfer: transfer?,
        lock: lock?,
        telling,
        quick,
        policy,
        channels: channels?,
        directories: directories?,
        tls: match tls {
            Some(tls) => Some(tls?),
            None => None,
        },
        dkim: dkim?,
        log,
        program: PathBuf::from(OWN_PROGRAM),
        places: Default::default(),
    };
    together(reader, &config);
    Some(config)
}

/// The name we give ourselves: the host of the portal unless another is written.
fn hostname(identity: Option<&Identity>, portal: Option<&(Portal, Option<String>)>) -> String {
    let written = identity.and_then(|i| i.hostname.clone());
    let host = portal.and_then(|(_, url)| url.as_deref()).map(host_of);
    written.unwrap_or_else(|| host.unwrap_or("localhost").to_owned())
}

/// What sections say about each other.
fn together(reader: &Reader<'_>, c: &Config) {
    let help = "add [tls] with certificate = \"FILE\" and key = \"FILE\"";
    if c.portal.tls && c.tls.is_none() {
        reader.wrong_key("portal.tls", "there is no certificate", Some(help));
    }
    if c.intake.tls && c.tls.is_none() {
        reader.wrong_key("intake.tls", "there is no certificate", Some(help));
    }
    logins(reader, &c.intake);
    if c.tripwire.listen.is_some() && c.tripwire.key.is_none() {
        let help =
            "make one with `cloakroom key init tripwire.key`, and write key = \"tripwire.key\"";
        let message = "without a key no mail has a mark that could be looked for";
        reader.wrong_key("tripwire.listen", message, Some(help));
    }
    if c.house.portal_url.starts_with("http:") && c.portal.tls {
        let help = "write https:// here, or portal.tls = \"off\"";
        reader.wrong_key("portal.url", "the portal speaks HTTPS only", Some(help));
    }
    no_circles(reader, "intake.next_hop", c, &c.intake.next_hop);
    if let Some((lane, _)) = &c.intake.next_hop_verified_tls {
        no_circles(reader, "intake.next_hop_verified_tls", c, lane);
        really_verified(reader, &c.intake.next_hop, lane);
    }
}

/// A password needs TLS on its way in, and a server behind us that may see it.
fn logins(reader: &Reader<'_>, intake: &Intake) {
    if intake.auth == Some(true) && !intake.tls {
        let help = "set intake.tls = \"files\" and [tls]";
        let message = "nobody can sign in: there is no certificate for TLS";
        reader.wrong_key("intake.auth", message, Some(help));
    }
    if intake.auth == Some(true) && intake.smtp.is_none() && intake.submission.is_none() {
        let message = "there is no door where people could sign in";
        let help = "set intake.submission, or take this line out";
        reader.wrong_key("intake.auth", message, Some(help));
    }
    if !["smtp", "submission"]
        .iter()
        .any(|door| intake.signs_in(door))
        || (intake.submission.is_none() && intake.auth.is_none())
    {
        return;
    }
    let message = match &intake.next_hop {
        Target::Folder(_) => "people sign in here, and a folder cannot check their passwords",
        Target::Hop(hop) if !matches!(hop.tls, HopTls::Verify(_)) && !hop.is_on_this_machine() => {
            "people sign in here, and their passwords could be read on the way to this mail server"
        }
        Target::Hop(_) => return,
    };
    let help = "name a mail server with AUTH and a good certificate, or set intake.auth = \"off\": then accept_from alone decides";
    reader.wrong_key("intake.next_hop", message, Some(help));
}

fn no_circles(reader: &Reader<'_>, key: &str, c: &Config, target: &Target) {
    if let Target::Hop(hop) = target
        && let HopAddress::Tcp(host, port) = &hop.address
    {
        let ours = [c.intake.smtp, c.intake.lmtp, c.intake.submission];
        let to = host.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, *port));
        if to.is_ok_and(|to| ours.contains(&Some(to))) {
            let message = "this is the gateway itself: mail would go in circles";
            reader.wrong_key(key, message, None);
        }
    }
}

/// A lane that is the ordinary next hop demands nothing, unless that one is the recipients' own server and we verify it; and a lane
/// that is reached without a verified connection keeps no promise.
fn really_verified(reader: &Reader<'_>, next_hop: &Target, lane: &Target) {
    let key = "intake.next_hop_verified_tls";
    let same = match (next_hop, lane) {
        (Target::Hop(one), Target::Hop(other)) => one.address == other.address,
        (one, other) => one == other,
    };
    let verifies = matches!(lane, Target::Hop(hop) if matches!(hop.tls, HopTls::Verify(_)));
    if same && !verifies {
        let help = "name another port of your mail server, one that delivers over verified TLS only: `cloakroom manual postfix`";
        let message = "this is the ordinary next hop, which delivers any way it can";
        reader.wrong_key(key, message, Some(help));
    } else if !verifies && !lane.is_on_this_machine() {
        let help = "leave ?tls= out, or write ?tls=verify:NAME with the name in its certificate";
        let message = "the connection to this mail server would not be verified itself";
        reader.wrong_key(key, message, Some(help));
    }
}

#[derive(Debug)]
struct Identity {
    organisation: String,
    help_url: Option<String>,
    domains: Vec<String>,
    languages: Vec<String>,
    time_zone: TimeZone,
    hostname: Option<String>,
}

fn identity(mut s: Section<'_, '_>) -> Option<Identity> {
    let organisation = s.required(
        "organisation",
        text,
        "organisation = \"Example Region\": recipients read it",
    );
    let help_url = s.optional("help_url", help_url);
    let domains = s.required(
        "domains",
        list(domain),
        "domains = [\"example.org\"]: who is a colleague",
    );
    let languages = s.or("languages", list(language), vec!["en".into()]);
    if languages.is_empty() {
        s.reader.wrong_key(
            "identity.languages",
            "at least one language is needed",
            None,
        );
    }
    if domains.as_ref().is_some_and(Vec::is_empty) {
        s.reader
            .wrong_key("identity.domains", "at least one domain is needed", None);
    }
    let time_zone = s.or("time_zone", time_zone, TimeZone::UTC);
    let hostname = s.optional("hostname", domain);
    s.end();
    Some(Identity {
        organisation: organisation?,
        help_url,
        domains: domains?,
        languages,
        time_zone,
        hostname,
    })
}

fn house(i: Identity, portal_url: String, hostname: String, notice_from: Option<String>) -> House {
    let domain = i.domains.first().cloned().unwrap_or_default();
    // RFC 5321 section 4.5.1: every domain has a postmaster.
    let from = notice_from.unwrap_or_else(|| format!("{} <postmaster@{domain}>", i.organisation));
    House {
        hostname,
        organisation: i.organisation,
        portal_url,
        help_url: i.help_url,
        domains: i.domains,
        languages: i.languages,
        time_zone: i.time_zone,
        notice_from: from,
        look: Look::default(),
    }
}

fn intake(mut s: Section<'_, '_>, base: &Path, state: PathBuf, hostname: &str) -> Option<Intake> {
    let reader = s.reader;
    let smtp = s.optional("smtp", parsed::<SocketAddr>);
    let lmtp = s.optional("lmtp", parsed::<SocketAddr>);
    let submission = s.optional("submission", parsed::<SocketAddr>);
    let ways = [
        "intake.smtp",
        "intake.lmtp",
        "intake.submission",
        "milter.listen",
    ];
    if !has(reader, &ways) {
        let help = "set intake.lmtp = \"127.0.0.1:10025\" (or intake.smtp, intake.submission, milter.listen)";
        reader.wrong(s.place().unwrap_or(0..0), "no mail can come in", Some(help));
    }
    let auth = s.optional("auth", choice(AUTHS));
    let accept_from = s.or(
        "accept_from",
        list(sending_network),
        Network::loopback().to_vec(),
    );
    let written = s.required("next_hop", text, "next_hop = \"smtp://127.0.0.1:10026\"");
    let ca = s.optional("next_hop_ca", parsed::<PathBuf>);
    let read = |key: &str, written: String| {
        let found = target(reader, key, &written, hostname, base, ca.clone())?;
        Some((found, written))
    };
    let next_hop = written.and_then(|w| read("intake.next_hop", w));
    let lane = s.optional("next_hop_verified_tls", text);
    let next_hop_verified_tls = lane.and_then(|w| read("intake.next_hop_verified_tls", w));
    let max_message = s.or("max_message", parsed, ByteSize(150 << 20));
    let answer_within = s.or("answer_within", answering, Period::seconds(90));
    let chunking = s.or("chunking", off_or_on, false);
    let partial = s.or("partial", choice(PARTIAL), Partial::Own);
    let retry_for = s.or("retry_for", retrying, Period::seconds(5 * 86_400));
    let repair_from = s.or("repair_from", list(sending_network), Vec::new());
    let xforward_from = s.or(
        "xforward_from",
        list(sending_network),
        Network::loopback().to_vec(),
    );
    let proxy_from = s.or("proxy_from", list(sending_network), Vec::new());
    let tls = s.or("tls", tls_mode, false);
    let state = s
        .optional("state", parsed::<PathBuf>)
        .map_or(state, |p| base.join(p));
    if submission.is_some() && !tls {
        let help = "set intake.tls = \"files\" and [tls], or use intake.smtp";
        reader.wrong_key(
            "intake.submission",
            "this port speaks TLS from the first byte and there is no certificate",
            Some(help),
        );
    }
    s.end();
    let (next_hop, next_hop_text) = next_hop?;
    Some(Intake {
        smtp,
        lmtp,
        submission,
        auth,
        accept_from,
        next_hop,
        next_hop_text,
        next_hop_verified_tls,
        max_message,
        answer_within,
        chunking,
        partial,
        retry_for,
        repair_from,
        xforward_from,
        proxy_from,
        tls,
        state,
    })
}

/// The next hop, its paths counted from the file.
fn target(
    reader: &Reader<'_>,
    key: &str,
    written: &str,
    hostname: &str,
    base: &Path,
    ca: Option<PathBuf>,
) -> Option<Target> {
    match Target::parse(written, hostname) {
        Ok(Target::Folder(path)) => Some(Target::Folder(base.join(path))),
        Ok(Target::Hop(mut hop)) => {
            hop.extra_ca = ca.map(|file| base.join(file));
            Some(Target::Hop(hop))
        }
        Err(error) => {
            reader.wrong_key(key, error.to_string(), None);
            None
        }
    }
}

fn portal(mut s: Section<'_, '_>, base: &Path) -> Option<(Portal, Option<String>)> {
    let reader = s.reader;
    let listen = s.or("listen", parsed, SocketAddr::from(([127, 0, 0, 1], 8080)));
    let url = s.required(
        "url",
        portal_url,
        "url = \"https://files.example.org\": what links begin with",
    );
    let tls = s.or("tls", tls_mode, false);
    let trusted_proxies = s.or("trusted_proxies", list(parsed::<Network>), Vec::new());
    let terms = s.optional("terms", parsed::<PathBuf>);
    let replies = s.or("replies", off_or_on, true);
    let upload_max = s.or("upload_max", parsed, ByteSize(20 << 30));
    let mail_up_to = s.or("mail_up_to", parsed, ByteSize(20 << 20));
    let scan = upload_scan(s.section("scan"));
    if !listen.ip().is_loopback() && !tls && trusted_proxies.is_empty() {
        let help = "set portal.tls = \"files\", or name your web server in portal.trusted_proxies, or listen on 127.0.0.1";
        reader.wrong_key(
            "portal.listen",
            "pages would be served unprotected to everybody",
            Some(help),
        );
    }
    s.end();
    Some((
        Portal {
            listen,
            tls,
            trusted_proxies,
            terms: terms.map(|file| base.join(file)),
            replies,
            upload_max,
            mail_up_to,
            scan,
        },
        url,
    ))
}

fn upload_scan(mut s: Section<'_, '_>) -> UploadScan {
    let reader = s.reader;
    let scan = UploadScan {
        clamd: s.optional("clamd", parsed),
        command: s.optional("command", argv),
        largest: s.or("largest", parsed, ByteSize(25 << 20)),
        timeout: s.or("timeout", parsed, Period::seconds(300)),
        at_once: s.or("at_once", count, 2),
        too_large: s.or("too_large", choice(TOO_LARGE), TooLarge::Refuse),
    };
    s.end();
    let wrong = |key: &str, message: String| reader.wrong_key(key, message, None);
    if scan.clamd.is_some() && scan.command.is_some() {
        let message = "clamd is named too: which of them scans?".to_owned();
        wrong("portal.scan.command", message);
    }
    if scan.largest.0 == 0 {
        let message = "then nothing is scanned: what the program looks at, such as \"25 MiB\"";
        wrong("portal.scan.largest", message.to_owned());
    }
    if scan.timeout > LONGEST_SCAN || scan.timeout < Period::seconds(1) {
        let message = format!("from 1 second to {LONGEST_SCAN} for one file");
        wrong("portal.scan.timeout", message);
    }
    if !(1..=64).contains(&scan.at_once) {
        wrong("portal.scan.at_once", "from 1 to 64 files".to_owned());
    }
    scan
}

fn send(mut s: Section<'_, '_>, domains: Option<&[String]>) -> Send {
    let send = Send {
        enabled: s.or("enabled", off_or_on, false),
        to: s.or("to", list(parsed::<Whom>), Vec::new()),
        from_deny: s.or("from_deny", list(parsed::<Whom>), Vec::new()),
        per_day: s.or("per_day", count, 20),
        bytes_per_day: s.or("bytes_per_day", parsed, ByteSize(40 << 30)),
        keep_free: s.or("keep_free", parsed, ByteSize(5 << 30)),
        address_book: s.or("address_book", off_or_on, true),
    };
    let ours = |whom: &Whom| {
        domains.is_none_or(|domains| domains.iter().any(|domain| whom.is_within(domain)))
    };
    if let Some(stranger) = send.to.iter().find(|whom| !ours(whom)) {
        let message = format!("{stranger} is not in identity.domains: nobody could be written to");
        let help = "mail of people outside comes in only; name addresses or domains of your own";
        s.reader.wrong_key("send.to", message, Some(help));
    }
    if !(1..=1000).contains(&send.per_day) {
        let message = "from 1 to 1000 mails";
        s.reader.wrong_key("send.per_day", message, None);
    }
    if send.bytes_per_day < ByteSize(1 << 20) {
        let message = "at least 1 MiB: nobody could send a file";
        s.reader.wrong_key("send.bytes_per_day", message, None);
    }
    s.end();
    send
}

fn admin(mut s: Section<'_, '_>) -> Option<SocketAddr> {
    let listen = s.optional("listen", parsed::<SocketAddr>);
    if listen.is_some_and(|a| !is_inside(a.ip())) {
        let help = "it asks for no login: name an address of this machine or of a private network";
        s.reader
            .wrong_key("admin.listen", "strangers could read it", Some(help));
    }
    s.end();
    listen
}

fn store(mut s: Section<'_, '_>, base: &Path) -> Option<Store> {
    let path = s.or(
        "path",
        parsed::<PathBuf>,
        PathBuf::from("/var/lib/cloakroom"),
    );
    let key = s.or(
        "master_key",
        parsed::<SecretSource>,
        SecretSource::Credential("master.key".into()),
    );
    s.end();
    Some(Store {
        path: base.join(path),
        master_key: key.based(base),
    })
}

/// What `password_via` may say and what it says by default.
struct PasswordWords {
    all: Vec<String>,
    default: Vec<String>,
}

fn password_words(channels: &[super::Channel]) -> PasswordWords {
    let names: Vec<String> = channels.iter().map(|c| c.name.clone()).collect();
    let kinds = channels.iter().map(|c| c.kind.way().to_owned());
    PasswordWords {
        all: names.iter().cloned().chain(kinds).collect(),
        default: names,
    }
}

fn transfer(mut s: Section<'_, '_>, words: Option<PasswordWords>) -> Option<Transfer> {
    let reader = s.reader;
    let keep_for = s.or("keep_for", parsed, Period::days(14));
    let unlock = s.or("unlock", choice(UNLOCKS), Unlock::Password);
    let known = words.as_ref().map(|w| w.all.clone());
    let via = s.optional(
        "password_via",
        list(move |r, v| channel_word(r, v, known.as_deref())),
    );
    let recovery = s.or("recovery", choice(RECOVERIES), Recovery::None);
    let if_no_channel = s.or(
        "if_no_channel",
        choice(IF_NO_CHANNEL),
        IfNoChannel::default(),
    );
    let mut rules = s.or("password_rules", password_rules, PasswordRules::usual());
    rules.style = s.or("password_style", choice(STYLES), Style::default());
    let remember_numbers = s.or("remember_numbers", parsed, Period::days(180));
    let max_keep_for = s.or("max_keep_for", parsed, Period::days(60));
    if keep_for > max_keep_for {
        let message = format!("longer than max_keep_for, which is {max_keep_for}");
        reader.wrong_key("transfer.keep_for", message, None);
    }
    if keep_for == Period::seconds(0) {
        reader.wrong_key("transfer.keep_for", "nobody could fetch anything", None);
    }
    if via.as_ref().is_some_and(Vec::is_empty) {
        let help = "name a channel, or leave the line out for all of them";
        reader.wrong_key(
            "transfer.password_via",
            "no way is left for a password",
            Some(help),
        );
    }
    s.end();
    Some(Transfer {
        keep_for,
        unlock,
        password_via: via.unwrap_or(words?.default),
        recovery,
        if_no_channel,
        password_rules: rules,
        max_keep_for,
        remember_numbers,
    })
}

fn lock(mut s: Section<'_, '_>) -> Option<Lock> {
    let reader = s.reader;
    let mut soft = s.section("soft");
    let soft_tries = soft.or("tries", count, 3);
    let soft_pause = soft.or("pause", parsed, Period::seconds(3600));
    soft.end();
    let mut hard = s.section("hard");
    let hard_tries = hard.or("tries", count, 10);
    let hard_then = hard.or("then", choice(HARD_LOCKS), HardLock::Locked);
    hard.end();
    s.end();
    if hard_tries <= soft_tries {
        let message = "lock.hard.tries must be above lock.soft.tries";
        reader.wrong_key("lock.hard.tries", message, None);
    }
    Some(Lock {
        soft_tries,
        soft_pause,
        hard_tries,
        hard_then,
    })
}

fn quick(mut s: Section<'_, '_>) -> quick::Rules {
    let usual = quick::Rules::default();
    let seconds = |period: Period| i64::try_from(period.0.as_secs()).unwrap_or(i64::MAX);
    let enabled = s.or("enabled", off_or_on, usual.enabled);
    let idle = s.or("idle", parsed, Period::seconds(usual.idle.unsigned_abs()));
    let longest = s.or(
        "longest",
        parsed,
        Period::seconds(usual.longest.unsigned_abs()),
    );
    let recovery = s.or("recovery", choice(RECOVERIES), Recovery::None);
    let check_browser = s.or("check_browser", off_or_on, usual.check_browser);
    if idle < Period::days(1) {
        let message = "at least 1 day: nobody would ever be without a password";
        s.reader.wrong_key("quick.idle", message, None);
    }
    if longest < idle {
        let message = "quick.longest must not be below quick.idle";
        s.reader.wrong_key("quick.longest", message, None);
    }
    s.end();
    quick::Rules {
        enabled,
        idle: seconds(idle),
        longest: seconds(longest),
        keeps: recovery == Recovery::Gateway,
        check_browser,
    }
}

fn notice(mut s: Section<'_, '_>) -> (Option<String>, Telling) {
    let from = s.optional("from", mailbox);
    let usual = Telling::default();
    let telling = Telling {
        receipts: s.or("receipt", choice(RECEIPTS), usual.receipts),
        downloads: s.or("downloads", choice(DOWNLOADS), usual.downloads),
        coalesce: s.or("coalesce", parsed, Period(usual.coalesce)).0,
        remind: s.or("remind", parsed, Period(usual.remind)).0,
        admins: s.or("admins", list(person), usual.admins),
    };
    if telling.coalesce > LONGEST_SILENCE.0 {
        let message = format!("at most {LONGEST_SILENCE}: what is told later is news no more");
        let help = Some("downloads = \"daily\" tells once a day");
        s.reader.wrong_key("notice.coalesce", message, help);
    }
    s.end();
    (from, telling)
}

fn policy(mut s: Section<'_, '_>, base: &Path) -> Policy {
    let dir = s.or("dir", parsed::<PathBuf>, PathBuf::from("policies"));
    let may_waive = s.or("may_waive", list(text), Vec::new());
    let remember = s.or("remember", parsed, Period::days(30));
    let release_by = s.or("release_by", list(person), Vec::new());
    let scan = scan(s.section("scan"), release_by.is_empty());
    s.end();
    Policy {
        dir: base.join(dir),
        may_waive,
        remember,
        release_by,
        scan,
    }
}

/// A file of 20 GiB from a slow disk.
const LONGEST_SCAN: Period = Period::seconds(4 * 3600);

/// A process that reads has 512 MiB for a file and what it unpacks of it.
const LARGEST_FILE: ByteSize = ByteSize(100 << 20);
const LONGEST_TIME: Period = Period::seconds(300);

fn scan(mut s: Section<'_, '_>, nobody_releases: bool) -> Scan {
    let reader = s.reader;
    let scan = Scan {
        max_bytes: s.or("max_bytes", parsed, ByteSize(50 << 20)),
        max_depth: s.or("max_depth", count, 4),
        max_time: s.or("max_time", parsed, Period::seconds(20)),
        processes: s.optional("processes", count),
        unreadable: s.or("unreadable", choice(ON_UNREADABLE), OnUnreadable::Transfer),
    };
    s.end();
    let wrong = |key: &str, message: String| reader.wrong_key(key, message, None);
    if scan.max_bytes > LARGEST_FILE {
        let message = format!("at most {LARGEST_FILE}: a file is in memory while it is read");
        wrong("policy.scan.max_bytes", message);
    }
    if scan.max_depth > 20 {
        wrong("policy.scan.max_depth", "at most 20".to_owned());
    }
    if scan.max_time > LONGEST_TIME || scan.max_time < Period::seconds(1) {
        let message = format!("from 1 second to {LONGEST_TIME}: the sender's mail server waits");
        wrong("policy.scan.max_time", message);
    }
    if scan.processes.is_some_and(|n| n > 256) {
        wrong("policy.scan.processes", "at most 256".to_owned());
    }
    if scan.unreadable == OnUnreadable::Hold && nobody_releases {
        let message = "\"hold\" needs somebody who releases: set policy.release_by".to_owned();
        wrong("policy.scan.unreadable", message);
    }
    scan
}

fn tls(mut s: Section<'_, '_>, base: &Path) -> Option<TlsFiles> {
    let certificate = s.required(
        "certificate",
        parsed::<PathBuf>,
        "certificate = \"FILE\", PEM, the chain too",
    );
    let key = s.required(
        "key",
        parsed::<SecretSource>,
        "key = \"FILE\", PEM, mode 0400",
    );
    s.end();
    Some(TlsFiles {
        certificate: base.join(certificate?),
        key: key?.based(base),
    })
}

pub(super) fn log(mut s: Section<'_, '_>) -> Log {
    let log = Log {
        format: s.or("format", choice(FORMATS), LogFormat::Text),
        level: s.or("level", choice(LEVELS), tracing::Level::INFO),
        addresses: s.or("addresses", choice(ADDRESSES), Addresses::Full),
    };
    s.end();
    log
}

/// True if one of these keys is in the file, right or wrong.
fn has(reader: &Reader<'_>, keys: &[&str]) -> bool {
    let places = reader.places.borrow();
    keys.iter().any(|key| places.contains_key(*key))
}
