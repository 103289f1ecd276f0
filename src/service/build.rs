//! Puts the parts together: the only place that names concrete backends, outlets and channels.

use super::{directories, dkim, key, look, terms, tls};
use crate::config::milter::Mode;
use crate::config::{
    ChannelKind, CommandSettings, Config, HardLock, OnUnreadable, SecretSource, SmppSettings,
    SmsSettings, TlsFiles, TooLarge, WebhookSettings,
};
use crate::decide::policy::{Frame, Policy};
use crate::decide::wish::{self, Level};
use crate::doors::milter::{self, MilterDoor};
use crate::doors::smtp::{Limits, Protocol, SmtpDoor};
use crate::doors::web::Portal;
use crate::fault::diagnostic::Diagnostics;
use crate::fault::failure::{Exit, Failure};
use crate::fault::{Cause, Fault};
use crate::forward::{Lanes, Outlets, Target};
use crate::gateway::collect::Lock;
use crate::gateway::guests::Rules;
use crate::gateway::parcels::Schedule;
use crate::gateway::preview::Rehearsal;
use crate::gateway::remembering::Remember;
use crate::gateway::upkeep::Patience;
use crate::gateway::writing::{Beyond, Bounds, Scanning};
use crate::gateway::{Gateway, Parts};
use crate::mail::dkim::Signers;
use crate::maillog::Addresses;
use crate::notify::agreed::AgreedChannel;
use crate::notify::command::CommandChannel;
use crate::notify::folder::FolderChannel;
use crate::notify::http::{ContentType, HttpChannel, HttpSettings};
use crate::notify::router::Router;
use crate::notify::sender::SenderChannel;
use crate::notify::smpp::{SmppChannel, SmppSettings as SmppHow};
use crate::notify::webhook::WebhookChannel;
use crate::notify::{self, Channel};
use crate::scan::{self, Pool};
use crate::scanner::{Program, Scanner};
use crate::store::sled::{Embedded, InUse, Options as StoreOptions};
use crate::store::{Store, WrongKey};
use crate::texts::{House, Texts};
use crate::transfer::Options;
use crate::transfer::keys::MasterKey;
use crate::transfer::report::ReportLinks;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::{self, ServerConfig};
use zeroize::Zeroizing;

/// One provider for all TLS of the process.
pub fn install_crypto() {
    // Err: it is installed already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// Opens the store, reads key and policy, makes channels: a gateway that could take a mail now.
pub fn gateway(config: &Config) -> Result<Gateway, Failure> {
    let master = master(config)?;
    let store = store(config, &master)?;
    std::fs::create_dir_all(&config.intake.state).map_err(|e| at(config, "intake.state", e))?;
    let signers = dkim::signers(config).map_err(Diagnostics)?;
    Ok(Gateway::new(parts(config, master, store, signers)?))
}

/// The same without keys and store: shows what would leave, unsigned, and keeps nothing.
pub fn rehearsal(config: &Config) -> Result<Rehearsal, Failure> {
    Rehearsal::new(|master, store| parts(config, master, store, Signers::default()))
}

fn parts(
    config: &Config,
    master: MasterKey,
    store: Store,
    signers: Signers,
) -> Result<Parts, Failure> {
    let policy = policy(config)?;
    let (look, own) = look::read(config).map_err(Diagnostics)?;
    let house = Arc::new(House {
        look,
        ..config.house.clone()
    });
    let texts = Arc::new(Texts::with(&house.languages, &own));
    let outlets = lanes(config)?;
    let channels = channels(config, &house, &texts, &signers, &outlets, &master)?;
    let router = Router::new(channels).in_country(config.country);
    let directories = directories::all(config)?;
    Ok(Parts {
        policy,
        store: Arc::new(store),
        master: Arc::new(master),
        outlets,
        router,
        directories,
        house,
        texts,
        signers,
        reader: Arc::new(reader(config)?),
        spool_folder: config.intake.state.clone(),
        max_message: config.intake.max_message.bytes(),
        answer_within: config.intake.answer_within.0,
        max_keep_for: config.transfer.max_keep_for.0,
        remember_numbers: config.transfer.remember_numbers.0,
        remember: Remember {
            keep_for: config.policy.remember.0,
            hashed: config.log.addresses == Addresses::Hashed,
        },
        patience: Patience::default(),
        delivery: Schedule {
            give_up: config.intake.retry_for.0,
            ..Schedule::default()
        },
        partial: config.intake.partial,
        telling: config.telling.clone(),
        scanning: scanning(config),
        quick: config.quick,
    })
}

/// Who scans what people outside write.
fn scanning(config: &Config) -> Option<Scanning> {
    let scan = &config.portal.scan;
    let scanner: Arc<dyn Scanner> = match (&scan.clamd, &scan.command) {
        (Some(clamd), _) => Arc::new(clamd.clone()),
        (None, Some(argv)) => Arc::new(Program::new(argv.clone(), scan.largest.0)),
        (None, None) => return None,
    };
    let beyond = match scan.too_large {
        TooLarge::Refuse => Beyond::Refused,
        TooLarge::Pass => Beyond::Passed,
    };
    let (timeout, at_once) = (scan.timeout.0, scan.at_once as usize);
    Some(Scanning::new(scanner, timeout, at_once, beyond))
}

fn lanes(config: &Config) -> Result<Lanes, Failure> {
    let open = |key: &str, target: &Target| {
        let outlets = target.clone().outlets();
        outlets.map_err(|e| at(config, key, e))
    };
    let ordinary = open("intake.next_hop", &config.intake.next_hop)?;
    let verified = config.intake.next_hop_verified_tls.as_ref();
    let verified = verified.map(|(target, _)| open("intake.next_hop_verified_tls", target));
    Ok(Lanes::new(ordinary, verified.transpose()?))
}

fn master(config: &Config) -> Result<MasterKey, Failure> {
    key::read(&config.store.master_key).map_err(|why| {
        let mistake = config.mistake("store.master_key", why);
        let help = "`cloakroom key init FILE` makes one";
        Failure::new(Exit::Config, mistake.help(help))
    })
}

/// The store. What a crash left is seen to by upkeep: nothing here takes longer the more is kept.
fn store(config: &Config, master: &MasterKey) -> Result<Store, Failure> {
    let unusable = |fault: Fault| unusable(config, &fault);
    let backend = Embedded::open(&config.store.path, StoreOptions::default()).map_err(unusable)?;
    Store::open(Arc::new(backend), master.clone()).map_err(unusable)
}

fn unusable(config: &Config, fault: &Fault) -> Failure {
    let Some(cause) = &fault.cause else {
        return at(config, "store.path", fault);
    };
    if cause.is::<InUse>() {
        let mistake = config.mistake("store.path", cause.to_string());
        let help = "one gateway has it at a time: stop the other one first";
        return Failure::new(Exit::Unavailable, mistake.help(help));
    }
    if cause.is::<WrongKey>() {
        let mistake = config.mistake("store.master_key", cause.to_string());
        let help =
            "only the key that was there when the store was made opens it: put that one back";
        return Failure::new(Exit::Config, mistake.help(help));
    }
    if let Some(what) = passing(cause) {
        let mistake = config.mistake("store.path", what);
        let help = "the disk is full or broken: the settings are not to blame, and a later start may succeed";
        return Failure::new(Exit::Unavailable, mistake.help(help));
    }
    at(config, "store.path", cause)
}

/// What a disk says that was good yesterday and may be tomorrow: not a mistake of the settings, for which a service manager gives up.
fn passing(cause: &Cause) -> Option<String> {
    let ours = [
        ErrorKind::NotFound,
        ErrorKind::PermissionDenied,
        ErrorKind::NotADirectory,
    ];
    let error = cause.downcast_ref::<std::io::Error>()?;
    (!ours.contains(&error.kind())).then(|| error.to_string())
}

/// The store without a gateway, for a command when none runs.
pub fn store_alone(config: &Config) -> Result<Store, Failure> {
    store(config, &master(config)?)
}

/// Reads the rules.
pub fn policy(config: &Config) -> Result<Policy, Failure> {
    policy_with(config, &config.policy.dir, &[])
}

/// The rules of another folder, with drafts as [`Policy::load_with`] takes them.
pub fn policy_with(config: &Config, dir: &Path, drafts: &[PathBuf]) -> Result<Policy, Failure> {
    let channels = config.channels_by_word();
    let frame = Frame {
        domains: config.house.domains.clone(),
        profiles: wish::profiles(&config.file, &config.text, &channels)?,
        defaults: Options {
            recovery: config.transfer.recovery,
            if_no_channel: config.transfer.if_no_channel,
            password_rules: config.transfer.password_rules.clone(),
            ..Options::of(
                config.transfer.unlock,
                by_name(&config.transfer.password_via, &channels),
                config.transfer.keep_for.0,
            )
        },
        may_waive: config.policy.may_waive.clone(),
        release_by: config.policy.release_by.clone(),
        max_keep_for: config.transfer.max_keep_for.0,
        languages: config.house.languages.clone(),
        channels,
        unreadable: match config.policy.scan.unreadable {
            OnUnreadable::Pass => Level::Pass,
            OnUnreadable::Transfer => Level::Transfer,
            OnUnreadable::Seal => Level::Seal,
            OnUnreadable::Hold => Level::Hold,
            OnUnreadable::Reject => Level::Reject,
        },
        verified_tls: config.intake.next_hop_verified_tls.is_some(),
        country: config.country,
    };
    Ok(Policy::load_with(dir, drafts, &frame)?)
}

/// The processes that look into files for the rules. None is started before a file needs one.
pub fn reader(config: &Config) -> Result<Pool, Failure> {
    let scan = &config.policy.scan;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let limits = scan::Limits {
        max_bytes: scan.max_bytes.bytes(),
        max_depth: scan.max_depth,
        max_time: scan.max_time.duration(),
        processes: scan.processes.map_or_else(cores, |n| n as usize),
    };
    Pool::new(config.program.clone(), limits).map_err(|e| Failure::new(Exit::Failed, e))
}

/// Kinds replaced by the channels of that kind.
fn by_name(words: &[String], channels: &wish::Ways) -> Vec<String> {
    let names = |word: &String| channels.get(word).cloned().unwrap_or(vec![word.clone()]);
    words.iter().flat_map(names).collect()
}

fn channels(
    config: &Config,
    house: &Arc<House>,
    texts: &Arc<Texts>,
    signers: &Signers,
    outlets: &Lanes,
    master: &MasterKey,
) -> Result<Vec<Arc<dyn Channel>>, Failure> {
    let report_links = ReportLinks::new(master, &house.portal_url);
    let open = outlets.clone();
    let open: notify::post::OpenOutlet = Arc::new(move || open.open());
    let mut channels: Vec<Arc<dyn Channel>> = Vec::new();
    for channel in &config.channels {
        let name = channel.name.as_str();
        let wrong = |e: String| at(config, &format!("channel.{name}"), e);
        channels.push(match &channel.kind {
            ChannelKind::Agreed => Arc::new(AgreedChannel::new(name)),
            ChannelKind::Sender => Arc::new(SenderChannel::new(
                name,
                house.clone(),
                texts.clone(),
                signers.clone(),
                open.clone(),
            )),
            ChannelKind::Folder(path) => {
                Arc::new(FolderChannel::new(name, path).map_err(|e| wrong(e.to_string()))?)
            }
            ChannelKind::Command(settings) => {
                Arc::new(CommandChannel::new(command(name, settings)).map_err(wrong)?)
            }
            ChannelKind::Sms(settings) => {
                let settings = sms(name, settings, house, &report_links).map_err(wrong)?;
                Arc::new(HttpChannel::new(settings, house.clone(), texts.clone()).map_err(wrong)?)
            }
            ChannelKind::Smpp(settings) => {
                let settings = smpp(name, settings, house).map_err(wrong)?;
                Arc::new(SmppChannel::new(settings, house.clone(), texts.clone()).map_err(wrong)?)
            }
            ChannelKind::Webhook(settings) => {
                let settings = webhook(name, settings).map_err(wrong)?;
                Arc::new(WebhookChannel::new(settings).map_err(wrong)?)
            }
        });
    }
    Ok(channels)
}

fn command(name: &str, settings: &CommandSettings) -> notify::command::CommandSettings {
    notify::command::CommandSettings {
        name: name.to_owned(),
        argv: settings.argv.clone(),
        label: settings.label.clone(),
        timeout: settings.timeout.0,
    }
}

fn sms(
    name: &str,
    settings: &SmsSettings,
    house: &House,
    report_links: &ReportLinks,
) -> Result<HttpSettings, String> {
    let token = settings.auth.as_ref().map(|source| secret("auth", source));
    let token = token.transpose()?;
    let form = settings.content_type == "application/x-www-form-urlencoded";
    let mut http = HttpSettings::new(name, &settings.url);
    http.get = settings.get;
    http.body = settings.body.clone();
    http.content = if form {
        ContentType::Form
    } else {
        ContentType::Json
    };
    http.headers = settings.headers.clone();
    http.token = token;
    http.sender = settings
        .sender
        .clone()
        .unwrap_or_else(|| house.organisation.clone());
    http.countries = settings.countries.clone();
    http.limits = settings.limits.clone();
    http.success = settings.success.clone();
    http.never = settings.never.clone();
    http.later = settings.later.clone();
    http.timeout = settings.timeout.0;
    http.allow_private = settings.allow_private;
    http.report_links = Some(report_links.clone());
    http.report_delivered = settings.report_delivered.clone();
    http.report_failed = settings.report_failed.clone();
    http.report_within = settings.report_within.0;
    Ok(http)
}

fn smpp(name: &str, settings: &SmppSettings, house: &House) -> Result<SmppHow, String> {
    let (scheme, rest) = settings.url.split_once("://").unwrap_or_default();
    let (host, port) = rest.rsplit_once(':').unwrap_or_default();
    let sender = settings.sender.clone();
    Ok(SmppHow {
        name: name.to_owned(),
        host: host.trim_matches(['[', ']']).to_owned(),
        port: port.parse().map_err(|_| "url: it has no port".to_owned())?,
        tls: scheme == "smpps",
        system_id: settings.system_id.clone(),
        password: Zeroizing::new(secret("password", &settings.password)?),
        system_type: settings.system_type.clone().unwrap_or_default(),
        sender: sender.unwrap_or_else(|| house.organisation.clone()),
        countries: settings.countries.clone(),
        limits: settings.limits.clone(),
        timeout: settings.timeout.0,
        enquire: Duration::from_secs(30),
        report_within: settings.report_within.map(|within| within.0),
        receipt_ids: settings.receipt_ids,
        allow_private: settings.allow_private,
        extra_ca: settings.ca.clone(),
    })
}

fn webhook(
    name: &str,
    settings: &WebhookSettings,
) -> Result<notify::webhook::WebhookSettings, String> {
    Ok(notify::webhook::WebhookSettings {
        name: name.to_owned(),
        url: settings.url.clone(),
        secret: Zeroizing::new(secret("secret", &settings.secret)?.into_bytes()),
        label: settings.label.clone(),
        timeout: settings.timeout.0,
        allow_private: settings.allow_private,
    })
}

/// A secret that is text, without the line end that editors leave.
fn secret(key: &str, source: &SecretSource) -> Result<String, String> {
    let bytes = source.read().map_err(|e| format!("{key}: {e}"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{key}: the file is not text"))?;
    Ok(text.trim().to_owned())
}

/// The recipients' pages.
pub fn portal(gateway: &Gateway, config: &Config) -> Result<Portal, Failure> {
    let lock = Lock {
        soft_tries: config.lock.soft_tries,
        soft_pause: config.lock.soft_pause.0,
        hard_tries: config.lock.hard_tries,
        destroys: config.lock.hard_then == HardLock::Deleted,
    };
    let terms = config.portal.terms.as_ref();
    let terms = terms
        .map(|file| terms::read(file, &config.house.languages))
        .transpose()
        .map_err(|e| at(config, "portal.terms", e))?;
    let collect = Arc::new(gateway.collect(lock));
    let portal = Portal::new(
        collect,
        gateway.steering().clone(),
        gateway.house().clone(),
        gateway.texts().clone(),
        config.portal.trusted_proxies.clone(),
    );
    let portal = portal.on_terms(terms);
    let portal = portal
        .approving(gateway.approving())
        .abuse(gateway.abuse())
        .hearing(gateway.reports());
    let bounds = Bounds {
        upload_max: config.portal.upload_max.0,
        mail_up_to: config.portal.mail_up_to.0,
        keep_for: config.transfer.keep_for.0,
        per_day: config.send.per_day as usize,
        bytes_per_day: config.send.bytes_per_day.0,
        keep_free: config.send.keep_free.0,
        ..Bounds::default()
    };
    let writing = Arc::new(gateway.writing(bounds));
    let portal = match config.send.enabled {
        true => portal.guests(gateway.guests(rules(config), writing.clone())),
        false => portal,
    };
    Ok(match config.portal.replies {
        true => portal.writing(writing),
        false => portal,
    })
}

fn rules(config: &Config) -> Rules {
    Rules {
        to: config.send.to.clone(),
        from_deny: config.send.from_deny.clone(),
        address_book: config.send.address_book,
    }
}

/// TLS of the portal, if it serves HTTPS itself.
pub fn portal_tls(config: &Config) -> Result<Option<Arc<ServerConfig>>, Failure> {
    config
        .portal
        .tls
        .then_some(())
        .and(config.tls.as_ref())
        .map(|files| tls_of(config, files, &["http/1.1"]))
        .transpose()
}

/// A mail door, by its name.
pub fn smtp_door(name: &str, gateway: &Arc<Gateway>, config: &Config) -> Result<SmtpDoor, Failure> {
    let tls = config
        .intake
        .tls
        .then_some(())
        .and(config.tls.as_ref())
        .map(|files| tls_of(config, files, &[]))
        .transpose()?;
    Ok(SmtpDoor {
        protocol: if name == "lmtp" {
            Protocol::Lmtp
        } else {
            Protocol::Smtp
        },
        line: gateway.clone(),
        tls,
        implicit_tls: name == "submission",
        accept_from: config.intake.accept_from.clone(),
        logins: config.intake.signs_in(name),
        proxy_from: config.intake.proxy_from.clone(),
        xforward_from: config.intake.xforward_from.clone(),
        repair_from: config.intake.repair_from.clone(),
        chunking: config.intake.chunking,
        limits: Limits::default(),
    })
}

/// The door of mail servers that keep the mail.
pub fn milter_door(gateway: &Arc<Gateway>, config: &Config) -> MilterDoor {
    MilterDoor {
        line: gateway.clone(),
        mode: match config.milter.mode {
            Mode::Shared => milter::Mode::Shared,
            Mode::TakeOut => milter::Mode::TakeOut,
        },
        accept_from: config.milter.accept_from.clone(),
        limits: milter::Limits::default(),
    }
}

fn tls_of(config: &Config, files: &TlsFiles, alpn: &[&str]) -> Result<Arc<ServerConfig>, Failure> {
    tls::server(files, alpn).map_err(|e| at(config, "tls.certificate", e))
}

/// Ready: the store answers.
pub fn ready(gateway: &Arc<Gateway>) -> Arc<dyn Fn() -> bool + Send + Sync> {
    let store = gateway.store().clone();
    Arc::new(move || store.next_notice().is_ok())
}

/// A mistake that shows only when something is opened, at its key's place.
fn at(config: &Config, key: &str, error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Config, config.mistake(key, error.to_string()))
}
