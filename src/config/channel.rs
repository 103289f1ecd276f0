//! `[[channel]]`: the ways a password can take, as settings; what they do is in `notify`.
//!
//! Promises: names are unique, every kind has exactly its own keys, a provider is called over HTTPS (or on this machine).

use super::reader::{Reader, Section, Value, choice, count, list, parsed, text};
use super::secret::SecretSource;
use super::values::{host_of, leads_inside, off_or_on};
use crate::transfer::TextLimits;
use crate::transfer::phone::Country;
use crate::transfer::report::ReceiptIds;
use crate::transfer::text_limits::{Money, Price};
use crate::units::Period;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use toml::de::DeValue;

/// One way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// What rules, log and notices call it.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
}

/// The kinds of channels and what each needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelKind {
    /// Nothing is sent: the password was agreed on with the recipient before.
    Agreed,
    /// A program of the operator's, with JSON on its standard input.
    Command(CommandSettings),
    /// One file per notice: for trying out, and for tests.
    Folder(PathBuf),
    /// Mail to the sender, who tells the recipient.
    Sender,
    /// A text message by an HTTP call to a provider.
    Sms(Box<SmsSettings>),
    /// A text message by SMPP.
    Smpp(Box<SmppSettings>),
    /// A signed call of a web address of the operator's.
    Webhook(WebhookSettings),
}

/// Which centre of text messages is called, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmppSettings {
    /// `smpps://host:port`, or `smpp://` without TLS.
    pub url: String,
    /// Our name there.
    pub system_id: String,
    /// Our password.
    pub password: SecretSource,
    /// What some centres want to know besides.
    pub system_type: Option<String>,
    /// What the telephone shows as sender.
    pub sender: Option<String>,
    /// Whose numbers may be called: `SE`, or a prefix such as `+46`; empty for all.
    pub countries: Vec<String>,
    /// How many messages, and for how much.
    pub limits: TextLimits,
    /// How long an answer may take.
    pub timeout: Period,
    /// How long a receipt may take, if any is asked for.
    pub report_within: Option<Period>,
    /// How names of messages are written in receipts.
    pub receipt_ids: ReceiptIds,
    /// It may be on this machine or in a private network.
    pub allow_private: bool,
    /// Passwords may travel unprotected.
    pub allow_clear: bool,
    /// Believed besides the certificates of the system.
    pub ca: Option<PathBuf>,
}

/// Which web address is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookSettings {
    /// Where.
    pub url: String,
    /// What calls are signed with.
    pub secret: SecretSource,
    /// How block and page name this way: "by the reception desk".
    pub label: Option<String>,
    /// How long one call may take.
    pub timeout: Period,
    /// It may be on this machine or in a private network.
    pub allow_private: bool,
}

/// How a provider of text messages is called. `{{number}}`, `{{text}}` and `{{sender}}` are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsSettings {
    /// May hold the placeholders, which are then percent-encoded.
    pub url: String,
    /// True for GET, else POST.
    pub get: bool,
    /// The body, if there is one; its escaping follows `content_type`.
    pub body: Option<String>,
    /// `application/json` or `application/x-www-form-urlencoded`.
    pub content_type: String,
    /// Further header fields.
    pub headers: Vec<(String, String)>,
    /// The whole value of the `Authorization` header.
    pub auth: Option<SecretSource>,
    /// What the telephone shows as sender.
    pub sender: Option<String>,
    /// An answer that matches this counts as sent, any other does not.
    pub success: Option<String>,
    /// An answer that matches this is final.
    pub never: Option<String>,
    /// An answer that matches this is worth another try.
    pub later: Option<String>,
    /// Whose numbers may be called: `SE`, or a prefix such as `+46`; empty for all.
    pub countries: Vec<String>,
    /// How many messages, and for how much.
    pub limits: TextLimits,
    /// How long one call may take.
    pub timeout: Period,
    /// The provider may be on this machine or in a private network.
    pub allow_private: bool,
    /// A report that matches this: the message has arrived.
    pub report_delivered: Option<String>,
    /// A report that matches this: it never will.
    pub report_failed: Option<String>,
    /// A report that takes longer is not waited for.
    pub report_within: Period,
}

/// Which program is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandSettings {
    /// The program and its arguments; no shell is involved.
    pub argv: Vec<String>,
    /// How block and page name this way: "by the reception desk".
    pub label: Option<String>,
    /// After this it is ended, and the notice tried again.
    pub timeout: Period,
}

#[derive(Clone, Copy)]
enum Word {
    Agreed,
    Command,
    Folder,
    Sender,
    Sms,
    Smpp,
    Webhook,
}

const KINDS: &[(&str, Word)] = &[
    ("agreed", Word::Agreed),
    ("command", Word::Command),
    ("folder", Word::Folder),
    ("sender", Word::Sender),
    ("smpp", Word::Smpp),
    ("sms", Word::Sms),
    ("webhook", Word::Webhook),
];

pub(super) const RECEIPT_IDS: &[(&str, ReceiptIds)] = &[
    ("same", ReceiptIds::Same),
    ("decimal", ReceiptIds::Decimal),
    ("hex", ReceiptIds::Hex),
];

const METHODS: &[(&str, bool)] = &[("GET", true), ("POST", false)];

const CONTENT_TYPES: &[(&str, &str)] = &[
    ("application/json", "application/json"),
    (
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded",
    ),
];

impl ChannelKind {
    /// Its word in the file.
    pub fn word(&self) -> &'static str {
        match self {
            ChannelKind::Agreed => "agreed",
            ChannelKind::Command(_) => "command",
            ChannelKind::Folder(_) => "folder",
            ChannelKind::Sender => "sender",
            ChannelKind::Smpp(_) => "smpp",
            ChannelKind::Sms(_) => "sms",
            ChannelKind::Webhook(_) => "webhook",
        }
    }

    /// The word by which rules mean all of its kind: text messages are text messages, however they are sent.
    pub fn way(&self) -> &'static str {
        match self {
            ChannelKind::Smpp(_) => "sms",
            other => other.word(),
        }
    }
}

/// All channels; without any, the one that always works: the sender tells the password.
pub(super) fn channels(sections: Vec<Section<'_, '_>>, base: &Path) -> Option<Vec<Channel>> {
    if sections.is_empty() {
        return Some(vec![Channel {
            name: "sender".into(),
            kind: ChannelKind::Sender,
        }]);
    }
    let mut channels: Vec<Channel> = Vec::new();
    let mut complete = true;
    for section in sections {
        let (reader, place) = (section.reader, section.place().unwrap_or_default());
        match channel(section, base) {
            Some(new) if channels.iter().any(|c| c.name == new.name) => {
                let message = format!("there is another channel with the name \"{}\"", new.name);
                reader.wrong(place, message, None);
            }
            Some(new) => channels.push(new),
            None => complete = false,
        }
    }
    complete.then_some(channels)
}

fn channel(mut s: Section<'_, '_>, base: &Path) -> Option<Channel> {
    let name = s.required("name", text, "name = \"sms\": rules use it in password_via");
    let word = s.required(
        "kind",
        choice(KINDS),
        "kind = \"sms\", \"smpp\", \"sender\", \"agreed\", \"command\", \"webhook\" or \"folder\"",
    );
    let kind = match word? {
        Word::Agreed => Some(ChannelKind::Agreed),
        Word::Sender => Some(ChannelKind::Sender),
        Word::Folder => s
            .required("path", parsed::<PathBuf>, "path = \"FOLDER\"")
            .map(|path| ChannelKind::Folder(base.join(path))),
        Word::Command => command(&mut s).map(ChannelKind::Command),
        Word::Sms => sms(&mut s, base).map(Box::new).map(ChannelKind::Sms),
        Word::Smpp => smpp(&mut s, base).map(Box::new).map(ChannelKind::Smpp),
        Word::Webhook => webhook(&mut s, base).map(ChannelKind::Webhook),
    };
    s.end();
    Some(Channel {
        name: name?,
        kind: kind?,
    })
}

fn command(s: &mut Section<'_, '_>) -> Option<CommandSettings> {
    let argv = s.required("argv", argv, "argv = [\"/usr/local/bin/notify\"]");
    let label = s.optional("label", text);
    let timeout = s.or("timeout", parsed, Period::seconds(30));
    Some(CommandSettings {
        argv: argv?,
        label,
        timeout,
    })
}

pub(super) fn argv(reader: &Reader<'_>, value: &Value<'_>) -> Option<Vec<String>> {
    let argv = list(text)(reader, value)?;
    match argv.first() {
        Some(program) if program.starts_with('/') => Some(argv),
        _ => {
            let help = "the first item is a program's full path; no shell and no PATH are involved";
            reader.wrong(value.span(), "no program is named", Some(help));
            None
        }
    }
}

fn smpp(s: &mut Section<'_, '_>, base: &Path) -> Option<SmppSettings> {
    let url = s.required("url", smpp_url, "url = \"smpps://HOST:PORT\"");
    let system_id = s.required("system_id", text, "your name at the provider");
    let password = "password = \"credential:NAME\": your password at the provider";
    let password = s.required("password", parsed::<SecretSource>, password);
    let [system_type, sender] = ["system_type", "sender"].map(|key| s.optional(key, text));
    let countries = s.or("countries", list(country), Vec::new());
    let limits = limits(s)?;
    let timeout = s.or("timeout", parsed, Period::seconds(30));
    let allow_private = allow_private(s, url.as_deref());
    let allow_clear = allow_clear(s, url.as_deref());
    let reports = s.or("reports", off_or_on, false);
    let report_within = report_within(s);
    let receipt_ids = s.or("receipt_ids", choice(RECEIPT_IDS), ReceiptIds::Same);
    let ca = s.optional("ca", parsed::<PathBuf>);
    Some(SmppSettings {
        url: url?,
        system_id: system_id?,
        password: password?.based(base),
        system_type,
        sender,
        countries,
        limits,
        timeout,
        report_within: reports.then_some(report_within),
        receipt_ids,
        allow_private,
        allow_clear,
        ca: ca.map(|file| base.join(file)),
    })
}

/// Scheme, host and port, and nothing else.
fn smpp_url(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let url = text(reader, value)?;
    let rest = url.strip_prefix("smpps://").or(url.strip_prefix("smpp://"));
    let host = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    let port = rest.and_then(|rest| rest.rsplit_once(':')?.1.parse::<u16>().ok());
    if port.is_some_and(|port| port > 0)
        && rest.is_some_and(|rest| rest.chars().all(host))
        && !host_of(&url).is_empty()
    {
        return Some(url);
    }
    let help = "smpps://HOST:PORT, or smpp://HOST:PORT without TLS";
    reader.wrong(value.span(), "this is no address of a centre", Some(help));
    None
}

/// Without TLS whoever is on the line reads passwords, and who we are (T101).
fn allow_clear(s: &mut Section<'_, '_>, url: Option<&str>) -> bool {
    let allowed = s.or("allow_clear", off_or_on, false);
    let here =
        |host: &str| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let clear = url.filter(|url| url.starts_with("smpp://") && !here(host_of(url)));
    if !allowed && clear.is_some() {
        let help = "use smpps://; inside a VPN of the provider's, add allow_clear = \"on\"";
        let message = "passwords would travel unprotected";
        s.reader.wrong_key("channel.url", message, Some(help));
    }
    allowed
}

fn webhook(s: &mut Section<'_, '_>, base: &Path) -> Option<WebhookSettings> {
    let url = s.required("url", provider_url, "the address that is called");
    let secret = "secret = \"credential:NAME\": what the calls are signed with";
    let secret = s.required("secret", parsed::<SecretSource>, secret);
    let label = s.optional("label", text);
    let timeout = s.or("timeout", parsed, Period::seconds(30));
    let allow_private = allow_private(s, url.as_deref());
    Some(WebhookSettings {
        url: url?,
        secret: secret?.based(base),
        label,
        timeout,
        allow_private,
    })
}

fn sms(s: &mut Section<'_, '_>, base: &Path) -> Option<SmsSettings> {
    let url = s.required("url", provider_url, "the address your provider gives you");
    let get = s.or("method", choice(METHODS), false);
    let body = s.optional("body", text);
    let content_type = s.or("content_type", choice(CONTENT_TYPES), "application/json");
    let headers = s.section_if_there("headers").map(headers);
    let auth = s.optional("auth", parsed::<SecretSource>);
    let sender = s.optional("sender", text);
    let [success, never, later] = ["success", "never", "later"].map(|key| s.optional(key, pattern));
    let countries = s.or("countries", list(country), Vec::new());
    let limits = limits(s)?;
    let timeout = s.or("timeout", parsed, Period::seconds(30));
    let allow_private = allow_private(s, url.as_deref());
    let [report_delivered, report_failed] =
        ["report_delivered", "report_failed"].map(|key| s.optional(key, pattern));
    let report_within = report_within(s);
    Some(SmsSettings {
        url: url?,
        get,
        body,
        content_type: content_type.to_owned(),
        headers: headers.unwrap_or(Some(Vec::new()))?,
        auth: auth.map(|a| a.based(base)),
        sender,
        success,
        never,
        later,
        countries,
        limits,
        timeout,
        allow_private,
        report_delivered,
        report_failed,
        report_within,
    })
}

/// How long a report may take; networks try for three days at most.
fn report_within(s: &mut Section<'_, '_>) -> Period {
    let within = s.or("report_within", parsed, Period::seconds(900));
    if !(60..=3 * 86_400).contains(&within.0.as_secs()) {
        let message = "between 1 minute and 3 days";
        s.reader.wrong_key("channel.report_within", message, None);
    }
    within
}

/// A channel calls strangers: that it may call who is behind the firewall is said, not guessed (T100).
fn allow_private(s: &mut Section<'_, '_>, url: Option<&str>) -> bool {
    let allowed = s.or("allow_private", off_or_on, false);
    if !allowed && url.is_some_and(leads_inside) {
        let help = "if it is meant, add allow_private = \"on\"";
        let message = "this leads to this machine or into a private network";
        s.reader.wrong_key("channel.url", message, Some(help));
    }
    allowed
}

/// How many text messages may leave, and what they may cost in a day.
pub(super) fn limits(s: &mut Section<'_, '_>) -> Option<TextLimits> {
    let usual = TextLimits::default();
    let per_sender_per_hour = s.or("per_sender_per_hour", count, usual.per_sender_per_hour);
    let per_number_per_day = s.or("per_number_per_day", count, usual.per_number_per_day);
    let per_prefix_per_hour = s.or("per_prefix_per_hour", count, usual.per_prefix_per_hour);
    let price = s.optional("price", parsed::<Money>);
    let by_prefix = s.section_if_there("prices").map(prices);
    let per_day = s.optional("per_day_cap", parsed::<Money>);
    let priced = price.is_some_and(|price| price > Money(0));
    if per_day.is_some() && !priced {
        let help = "price = \"0.085\": what one message costs at your provider";
        let place = s.place().unwrap_or_default();
        let message = "per_day_cap needs to know what a message costs";
        s.reader.wrong(place, message, Some(help));
        return None;
    }
    Some(TextLimits {
        per_sender_per_hour,
        per_number_per_day,
        per_prefix_per_hour,
        price: Price {
            usual: price.unwrap_or_default(),
            by_prefix: by_prefix.unwrap_or(Some(Vec::new()))?,
        },
        per_day,
    })
}

/// `{ "+47" = "0.10" }`
fn prices(section: Section<'_, '_>) -> Option<Vec<(String, Money)>> {
    let reader = section.reader;
    let read = section.rest().into_iter().map(|(key, value)| {
        let prefix = key.get_ref().to_string();
        let Some(true) = prefix.strip_prefix('+').map(is_digits) else {
            let help = "a plus sign and digits, such as \"+47\"";
            reader.wrong(key.span(), "this is no prefix of numbers", Some(help));
            return None;
        };
        Some((prefix, parsed::<Money>(reader, &value)?))
    });
    let read: Vec<Option<_>> = read.collect();
    read.into_iter().collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A regular expression.
fn pattern(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let text = text(reader, value)?;
    match regex::bytes::Regex::new(&text) {
        Ok(_) => Some(text),
        Err(_) => {
            let help = "the syntax is that of the crate `regex`; in '…' a backslash needs no other";
            reader.wrong(value.span(), "this is no regular expression", Some(help));
            None
        }
    }
}

fn provider_url(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let url = text(reader, value)?;
    if url.starts_with("https://") || super::values::is_loopback_http(&url) {
        return Some(url);
    }
    let help = "use https://; plain http:// is possible only to this machine";
    reader.wrong(
        value.span(),
        "passwords would travel unprotected",
        Some(help),
    );
    None
}

fn country(reader: &Reader<'_>, value: &Value<'_>) -> Option<String> {
    let written = text(reader, value)?;
    if written.strip_prefix('+').is_some_and(is_digits) || written.parse::<Country>().is_ok() {
        return Some(written);
    }
    let help = "two capital letters, such as \"SE\", or a plus sign and digits, such as \"+46\"";
    reader.wrong(value.span(), "this is no country", Some(help));
    None
}

/// Names and values of HTTP header fields. `Authorization` is refused: secrets do not stand in this file.
fn headers(section: Section<'_, '_>) -> Option<Vec<(String, String)>> {
    let reader = section.reader;
    let mut fields = Vec::new();
    let mut complete = true;
    for (key, value) in section.rest() {
        let name = key.get_ref().to_string();
        let fit = name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        match value.get_ref() {
            _ if name.eq_ignore_ascii_case("authorization") => {
                let help = "put the value into a file and name it by auth = \"credential:NAME\"";
                reader.wrong_secret(key.span(), help);
                complete = false;
            }
            DeValue::String(text) if fit && !text.contains(['\r', '\n']) => {
                fields.push((name, text.to_string()));
            }
            _ => {
                reader.wrong(key.span(), "this is no HTTP header field", None);
                complete = false;
            }
        }
    }
    complete.then_some(fields)
}
