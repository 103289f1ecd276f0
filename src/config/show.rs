//! The values in force, key by key, and where each comes from: what `cloakroom config show` prints.

use super::channel::RECEIPT_IDS;
use super::{
    Channel, ChannelKind, Config, Directory, DirectoryKind, HardLock, LdapSettings, LogFormat,
    OnUnreadable, SmppSettings, SmsSettings, TooLarge,
};
use crate::forward::Target;
use crate::maillog::Addresses;
use crate::transfer::parcel::Partial;
use crate::transfer::text_limits::Money;
use crate::transfer::{Downloads, IfNoChannel, Recovery, TextLimits, Unlock};
use crate::units::Period;
use serde::Serialize;
use std::fmt::Display;

/// One key, its value as TOML, and the line that set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// `intake.smtp`, or `channel.NAME.url`.
    pub key: String,
    /// As it would be written in the file; `None` if there is no such thing, such as a listener that is off.
    pub value: Option<String>,
    /// 1-based; `None` for a default.
    pub line: Option<usize>,
}

/// Every key but profiles, which `decide` reads.
pub(super) fn settings(c: &Config) -> Vec<Setting> {
    let (h, i, t, l) = (&c.house, &c.intake, &c.transfer, &c.lock);
    let (scan, uploads) = (&c.policy.scan, &c.portal.scan);
    let (guards, unmarked) = super::tripwire::words(&c.tripwire);
    let on = |tls: bool| quoted(if tls { "files" } else { "off" });
    let mut rows = vec![
        ("identity.organisation", Some(quoted(&h.organisation))),
        ("identity.help_url", h.help_url.as_ref().map(quoted)),
        ("identity.domains", Some(items(&h.domains))),
        ("identity.languages", Some(items(&h.languages))),
        ("identity.country", c.country.map(quoted)),
        ("identity.time_zone", h.time_zone.iana_name().map(quoted)),
        ("identity.hostname", Some(quoted(&h.hostname))),
        ("intake.smtp", i.smtp.map(quoted)),
        ("intake.lmtp", i.lmtp.map(quoted)),
        ("intake.submission", i.submission.map(quoted)),
        ("intake.auth", i.auth.map(auth)),
        ("intake.accept_from", Some(items(&i.accept_from))),
        ("intake.next_hop", Some(quoted(&i.next_hop_text))),
        ("intake.next_hop_ca", next_hop_ca(c)),
        ("intake.next_hop_verified_tls", next_hop_verified_tls(c)),
        ("intake.max_message", Some(quoted(i.max_message))),
        ("intake.answer_within", Some(quoted(i.answer_within))),
        ("intake.chunking", Some(on_or_off(i.chunking))),
        ("intake.partial", Some(quoted(partial(i.partial)))),
        ("intake.retry_for", Some(quoted(i.retry_for))),
        ("intake.repair_from", Some(items(&i.repair_from))),
        ("intake.xforward_from", Some(items(&i.xforward_from))),
        ("intake.proxy_from", Some(items(&i.proxy_from))),
        ("intake.tls", Some(on(i.tls))),
        ("milter.listen", c.milter.listen.as_ref().map(quoted)),
        (
            "milter.mode",
            Some(quoted(super::milter::word(c.milter.mode))),
        ),
        ("milter.accept_from", Some(items(&c.milter.accept_from))),
        ("intake.state", Some(quoted(i.state.display()))),
        ("tripwire.key", c.tripwire.key.as_ref().map(quoted)),
        ("tripwire.listen", c.tripwire.listen.as_ref().map(quoted)),
        ("tripwire.accept_from", Some(items(&c.tripwire.accept_from))),
        ("tripwire.guards", Some(quoted(guards))),
        ("tripwire.unmarked", Some(quoted(unmarked))),
        ("tripwire.state", Some(quoted(c.tripwire.state.display()))),
        ("portal.listen", Some(quoted(c.portal.listen))),
        ("portal.url", Some(quoted(&h.portal_url))),
        ("portal.tls", Some(on(c.portal.tls))),
        (
            "portal.trusted_proxies",
            Some(items(&c.portal.trusted_proxies)),
        ),
        (
            "portal.terms",
            c.portal.terms.as_ref().map(|file| quoted(file.display())),
        ),
        ("look.accent", Some(quoted(c.look.accent))),
        ("look.accent_dark", Some(quoted(c.look.accent_dark))),
        (
            "look.logo",
            c.look.logo.as_ref().map(|f| quoted(f.display())),
        ),
        (
            "look.texts",
            c.look.texts.as_ref().map(|f| quoted(f.display())),
        ),
        ("portal.replies", Some(on_or_off(c.portal.replies))),
        ("portal.upload_max", Some(quoted(c.portal.upload_max))),
        ("portal.mail_up_to", Some(quoted(c.portal.mail_up_to))),
        ("portal.scan.clamd", uploads.clamd.as_ref().map(quoted)),
        (
            "portal.scan.command",
            uploads.command.as_ref().map(|argv| items(argv)),
        ),
        ("portal.scan.largest", Some(quoted(uploads.largest))),
        ("portal.scan.timeout", Some(quoted(uploads.timeout))),
        ("portal.scan.at_once", Some(uploads.at_once.to_string())),
        (
            "portal.scan.too_large",
            Some(quoted(too_large(uploads.too_large))),
        ),
        ("send.enabled", Some(on_or_off(c.send.enabled))),
        ("send.to", Some(items(&c.send.to))),
        ("send.from_deny", Some(items(&c.send.from_deny))),
        ("send.per_day", Some(c.send.per_day.to_string())),
        ("send.bytes_per_day", Some(quoted(c.send.bytes_per_day))),
        ("send.keep_free", Some(quoted(c.send.keep_free))),
        ("send.address_book", Some(on_or_off(c.send.address_book))),
        ("admin.listen", c.admin.map(quoted)),
        ("store.path", Some(quoted(c.store.path.display()))),
        ("store.master_key", Some(quoted(&c.store.master_key))),
        ("transfer.keep_for", Some(quoted(t.keep_for))),
        ("transfer.unlock", Some(quoted(unlock(t.unlock)))),
        ("transfer.password_via", Some(items(&t.password_via))),
        ("transfer.recovery", Some(quoted(recovery(t.recovery)))),
        (
            "transfer.if_no_channel",
            Some(quoted(no_channel(t.if_no_channel))),
        ),
        (
            "transfer.password_rules",
            Some(items(&t.password_rules.words())),
        ),
        (
            "transfer.password_style",
            Some(quoted(t.password_rules.style.word())),
        ),
        ("transfer.max_keep_for", Some(quoted(t.max_keep_for))),
        (
            "transfer.remember_numbers",
            Some(quoted(t.remember_numbers)),
        ),
        ("lock.soft.tries", Some(l.soft_tries.to_string())),
        ("lock.soft.pause", Some(quoted(l.soft_pause))),
        ("lock.hard.tries", Some(l.hard_tries.to_string())),
        ("lock.hard.then", Some(quoted(hard_lock(l.hard_then)))),
        ("notice.from", Some(quoted(&h.notice_from))),
        ("notice.receipt", Some(quoted(receipts(c.telling.receipts)))),
        (
            "notice.downloads",
            Some(quoted(downloads(c.telling.downloads))),
        ),
        ("notice.coalesce", Some(quoted(Period(c.telling.coalesce)))),
        ("notice.remind", Some(quoted(Period(c.telling.remind)))),
        ("notice.admins", Some(items(&c.telling.admins))),
        ("quick.enabled", Some(on_or_off(c.quick.enabled))),
        ("quick.idle", Some(quoted(period(c.quick.idle)))),
        ("quick.longest", Some(quoted(period(c.quick.longest)))),
        (
            "quick.recovery",
            Some(quoted(match c.quick.keeps {
                true => "gateway",
                false => "none",
            })),
        ),
        (
            "quick.check_browser",
            Some(on_or_off(c.quick.check_browser)),
        ),
        ("policy.dir", Some(quoted(c.policy.dir.display()))),
        ("policy.may_waive", Some(items(&c.policy.may_waive))),
        ("policy.remember", Some(quoted(c.policy.remember))),
        ("policy.release_by", Some(items(&c.policy.release_by))),
        ("policy.scan.max_bytes", Some(quoted(scan.max_bytes))),
        ("policy.scan.max_depth", Some(scan.max_depth.to_string())),
        ("policy.scan.max_time", Some(quoted(scan.max_time))),
        (
            "policy.scan.processes",
            scan.processes.map(|n| n.to_string()),
        ),
        (
            "policy.scan.unreadable",
            Some(quoted(on_unreadable(scan.unreadable))),
        ),
        ("log.format", Some(quoted(format(c.log.format)))),
        (
            "log.level",
            Some(quoted(c.log.level.to_string().to_lowercase())),
        ),
        ("log.addresses", Some(quoted(addresses(c.log.addresses)))),
    ];
    if let Some(tls) = &c.tls {
        rows.push(("tls.certificate", Some(quoted(tls.certificate.display()))));
        rows.push(("tls.key", Some(quoted(&tls.key))));
    }
    let rows = rows.into_iter().map(|(key, value)| Setting {
        key: key.to_owned(),
        value,
        line: line_of(c, key),
    });
    let dkim = c.dkim.iter().map(|entry| Setting {
        key: entry.place(),
        value: Some(quoted(&entry.key)),
        line: line_of(c, &entry.place()),
    });
    rows.chain(dkim)
        .chain(c.channels.iter().flat_map(channel))
        .chain(c.directories.iter().flat_map(directory))
        .collect()
}

fn on_or_off(on: bool) -> String {
    quoted(if on { "on" } else { "off" })
}

fn auth(on: bool) -> String {
    quoted(if on { "pass-through" } else { "off" })
}

fn next_hop_verified_tls(c: &Config) -> Option<String> {
    let lane = c.intake.next_hop_verified_tls.as_ref();
    lane.map(|(_, written)| quoted(written))
}

fn next_hop_ca(c: &Config) -> Option<String> {
    match &c.intake.next_hop {
        Target::Hop(hop) => hop.extra_ca.as_ref().map(|file| quoted(file.display())),
        Target::Folder(_) => None,
    }
}

fn channel(channel: &Channel) -> Vec<Setting> {
    let mut rows = vec![("kind", quoted(channel.kind.word()))];
    match &channel.kind {
        ChannelKind::Agreed | ChannelKind::Sender => {}
        ChannelKind::Folder(path) => rows.push(("path", quoted(path.display()))),
        ChannelKind::Command(command) => {
            rows.push(("argv", items(&command.argv)));
            rows.extend(command.label.iter().map(|l| ("label", quoted(l))));
            rows.push(("timeout", quoted(command.timeout)));
        }
        ChannelKind::Sms(sms) => rows.extend(provider(sms)),
        ChannelKind::Smpp(smpp) => rows.extend(centre(smpp)),
        ChannelKind::Webhook(webhook) => {
            rows.push(("url", quoted(&webhook.url)));
            rows.push(("secret", quoted(&webhook.secret)));
            rows.extend(webhook.label.iter().map(|l| ("label", quoted(l))));
            rows.push(("timeout", quoted(webhook.timeout)));
            rows.push(("allow_private", on_or_off(webhook.allow_private)));
        }
    }
    rows.into_iter()
        .map(|(key, value)| Setting {
            key: format!("channel.{}.{key}", channel.name),
            value: Some(value),
            line: None,
        })
        .collect()
}

fn directory(directory: &Directory) -> Vec<Setting> {
    let mut rows = vec![("kind", quoted(directory.kind.word()))];
    match &directory.kind {
        DirectoryKind::File(path) => rows.push(("path", quoted(path.display()))),
        DirectoryKind::Ldap(ldap) => rows.extend(server(ldap)),
    }
    rows.into_iter()
        .map(|(key, value)| Setting {
            key: format!("directory.{}.{key}", directory.name),
            value: Some(value),
            line: None,
        })
        .collect()
}

fn server(ldap: &LdapSettings) -> Vec<(&'static str, String)> {
    let tls = if ldap.starttls { "starttls" } else { "off" };
    let mut rows = vec![("url", quoted(&ldap.url))];
    if ldap.url.starts_with("ldap:") {
        rows.push(("tls", quoted(tls)));
    }
    rows.extend(ldap.ca.iter().map(|file| ("ca", quoted(file.display()))));
    rows.extend(ldap.bind_dn.iter().map(|dn| ("bind_dn", quoted(dn))));
    let password = ldap.bind_password.iter();
    rows.extend(password.map(|p| ("bind_password", quoted(p))));
    rows.push(("base", quoted(&ldap.base)));
    rows.push(("filter", quoted(&ldap.filter)));
    rows.push(("phone", items(&ldap.phone)));
    rows.push(("language", quoted(&ldap.language)));
    rows.push(("timeout", quoted(ldap.timeout)));
    let if_down = if ldap.skip_if_down { "skip" } else { "defer" };
    rows.push(("if_down", quoted(if_down)));
    rows
}

fn provider(sms: &SmsSettings) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("url", quoted(&sms.url)),
        ("method", quoted(if sms.get { "GET" } else { "POST" })),
        ("content_type", quoted(&sms.content_type)),
    ];
    rows.extend(sms.body.iter().map(|b| ("body", quoted(b))));
    rows.extend(sms.auth.iter().map(|a| ("auth", quoted(a))));
    rows.extend(sms.sender.iter().map(|s| ("sender", quoted(s))));
    let patterns = [
        ("success", &sms.success),
        ("never", &sms.never),
        ("later", &sms.later),
    ];
    let said = |(key, pattern): (_, &Option<String>)| Some((key, quoted(pattern.as_ref()?)));
    rows.extend(patterns.into_iter().filter_map(said));
    rows.push(("countries", items(&sms.countries)));
    rows.extend(limits(&sms.limits));
    rows.push(("timeout", quoted(sms.timeout)));
    rows.push(("allow_private", on_or_off(sms.allow_private)));
    if let Some(delivered) = &sms.report_delivered {
        rows.push(("report_delivered", quoted(delivered)));
        let failed = sms.report_failed.iter();
        rows.extend(failed.map(|f| ("report_failed", quoted(f))));
        rows.push(("report_within", quoted(sms.report_within)));
    }
    rows
}

fn centre(smpp: &SmppSettings) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("url", quoted(&smpp.url)),
        ("system_id", quoted(&smpp.system_id)),
        ("password", quoted(&smpp.password)),
    ];
    rows.extend(smpp.system_type.iter().map(|t| ("system_type", quoted(t))));
    rows.extend(smpp.sender.iter().map(|s| ("sender", quoted(s))));
    rows.push(("countries", items(&smpp.countries)));
    rows.extend(limits(&smpp.limits));
    rows.push(("timeout", quoted(smpp.timeout)));
    rows.push(("reports", on_or_off(smpp.report_within.is_some())));
    let within = smpp.report_within.iter();
    rows.extend(within.map(|w| ("report_within", quoted(w))));
    let ids = RECEIPT_IDS.iter().find(|(_, ids)| *ids == smpp.receipt_ids);
    rows.extend(ids.map(|(word, _)| ("receipt_ids", quoted(word))));
    rows.push(("allow_private", on_or_off(smpp.allow_private)));
    rows.push(("allow_clear", on_or_off(smpp.allow_clear)));
    rows.extend(smpp.ca.iter().map(|file| ("ca", quoted(file.display()))));
    rows
}

fn limits(a: &TextLimits) -> Vec<(&'static str, String)> {
    let price =
        |(prefix, price): &(String, Money)| format!("{} = {}", quoted(prefix), quoted(price));
    let prices: Vec<String> = a.price.by_prefix.iter().map(price).collect();
    let mut rows = vec![
        ("per_sender_per_hour", a.per_sender_per_hour.to_string()),
        ("per_number_per_day", a.per_number_per_day.to_string()),
        ("per_prefix_per_hour", a.per_prefix_per_hour.to_string()),
        ("price", quoted(a.price.usual)),
    ];
    if !prices.is_empty() {
        rows.push(("prices", format!("{{ {} }}", prices.join(", "))));
    }
    rows.extend(a.per_day.map(|money| ("per_day_cap", quoted(money))));
    rows
}

fn line_of(c: &Config, key: &str) -> Option<usize> {
    let span = c.places.get(key)?;
    Some(c.text[..span.start].matches('\n').count() + 1)
}

fn quoted(value: impl Display) -> String {
    toml::Value::String(value.to_string()).to_string()
}

fn items(values: &[impl Display]) -> String {
    let values: Vec<String> = values.iter().map(quoted).collect();
    format!("[{}]", values.join(", "))
}

fn unlock(unlock: Unlock) -> &'static str {
    match unlock {
        Unlock::Link => "link",
        Unlock::EmailCode => "email-code",
        Unlock::Quick => "quick",
        Unlock::Password => "password",
    }
}

fn no_channel(what: IfNoChannel) -> &'static str {
    match what {
        IfNoChannel::Sender => "sender",
        IfNoChannel::Hold => "hold",
        IfNoChannel::Refuse => "refuse",
    }
}

fn period(seconds: i64) -> Period {
    Period::seconds(seconds.unsigned_abs())
}

fn recovery(recovery: Recovery) -> &'static str {
    match recovery {
        Recovery::None => "none",
        Recovery::Gateway => "gateway",
    }
}

fn too_large(what: TooLarge) -> &'static str {
    match what {
        TooLarge::Refuse => "refuse",
        TooLarge::Pass => "pass",
    }
}

fn on_unreadable(what: OnUnreadable) -> &'static str {
    match what {
        OnUnreadable::Pass => "pass",
        OnUnreadable::Transfer => "transfer",
        OnUnreadable::Seal => "seal",
        OnUnreadable::Hold => "hold",
        OnUnreadable::Reject => "reject",
    }
}

fn receipts(each: bool) -> &'static str {
    if each { "each" } else { "off" }
}

fn downloads(downloads: Downloads) -> &'static str {
    match downloads {
        Downloads::Each => "each",
        Downloads::Daily => "daily",
        Downloads::Off => "off",
    }
}

fn hard_lock(then: HardLock) -> &'static str {
    match then {
        HardLock::Locked => "locked",
        HardLock::Deleted => "deleted",
    }
}

fn format(format: LogFormat) -> &'static str {
    match format {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
    }
}

fn addresses(addresses: Addresses) -> &'static str {
    match addresses {
        Addresses::Full => "full",
        Addresses::Domain => "domain",
        Addresses::Hashed => "hashed",
    }
}

fn partial(partial: Partial) -> &'static str {
    match partial {
        Partial::Own => "own",
        Partial::Retry => "retry",
    }
}
