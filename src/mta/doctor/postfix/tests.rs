//! Real settings with the recipes' lines, and each mistake alone.

use super::super::{Probe, Weight};
use super::{Finding, Settings, judge};
use crate::mta::ours::{MilterAt, Ours};

/// `postconf -x`, `-M`, `-x -P` of Postfix 3.7.11 with the lines of a recipe.
const BY_LMTP: [&str; 3] = [
    include_str!("samples/main.txt"),
    include_str!("samples/lmtp.services.txt"),
    include_str!("samples/lmtp.options.txt"),
];
const BY_PROXY: [&str; 3] = [
    include_str!("samples/main.txt"),
    include_str!("samples/proxy.services.txt"),
    include_str!("samples/proxy.options.txt"),
];
const BY_MILTER: [&str; 3] = [
    include_str!("samples/main.txt"),
    include_str!("samples/milter.services.txt"),
    include_str!("samples/milter.options.txt"),
];

pub(super) const SUBMISSION: &str = "submission/inet";
pub(super) const BACK: &str = "127.0.0.1:10026/inet";
const MILTERS: &str = "{ inet:127.0.0.1:8890, default_action=tempfail, connect_timeout=30s, command_timeout=60s, content_timeout=300s }";

fn ours() -> Ours {
    let at = |text: &str| Some(text.parse().expect("an address"));
    Ours {
        smtp: at("127.0.0.1:10024"),
        lmtp: at("127.0.0.1:10025"),
        milter: Some(MilterAt::Tcp("127.0.0.1:8890".parse().expect("an address"))),
        ..Ours::sample()
    }
}

fn settings([main, services, options]: [&str; 3]) -> Settings {
    Settings::parse(main, services, options)
}

pub(super) fn lmtp() -> Settings {
    settings(BY_LMTP)
}

pub(super) fn proxy() -> Settings {
    settings(BY_PROXY)
}

pub(super) fn milter() -> Settings {
    settings(BY_MILTER)
        .with_main("non_smtpd_milters", MILTERS)
        .with_main("internal_mail_filter_classes", "bounce")
}

pub(super) fn findings(settings: &Settings) -> Vec<Finding> {
    judge(settings, &ours(), &[]).findings
}

#[test]
fn nothing_is_wrong_with_what_the_recipes_make() {
    for settings in [lmtp(), proxy(), milter()] {
        assert_eq!(findings(&settings), []);
    }
    let said = judge(&lmtp(), &ours(), &[]).to_string();
    for line in [
        "ok    Postfix 3.7.11",
        "submission/inet goes to the gateway by content_filter",
        "pickup/unix goes to",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

/// Settings, and where and what the only finding is.
pub(super) fn alone(settings: Settings, place: &str, what: &str, weight: Weight) {
    let found = findings(&settings);
    let [only] = &found[..] else {
        panic!("{place} {what}: {found:#?}")
    };
    assert!(
        only.place.contains(place) && only.what.contains(what),
        "{place} {what}: {only:?}"
    );
    assert_eq!(only.weight, weight, "{only:?}");
    assert!(!only.mend.is_empty() && only.why.ends_with('.'), "{only:?}");
}

pub(super) fn fails(settings: Settings, place: &str, what: &str) {
    alone(settings, place, what, Weight::Fail);
}

#[test]
fn sizes() {
    fails(
        lmtp()
            .with_main("message_size_limit", "10240000")
            .with_main("mailbox_size_limit", "51200000"),
        "main.cf: message_size_limit",
        "10240000 bytes",
    );
    fails(
        lmtp().with_main("mailbox_size_limit", "51200000"),
        "main.cf: mailbox_size_limit",
        "smaller than message_size_limit",
    );
    fails(
        lmtp().with(SUBMISSION, "message_size_limit", "1000"),
        "submission/inet: message_size_limit",
        "1000 bytes",
    );
    let virtuals = |settings: Settings| settings.with_main("virtual_mailbox_limit", "51200000");
    assert_eq!(findings(&virtuals(lmtp())), []);
    fails(
        virtuals(lmtp()).with_main("virtual_mailbox_maps", "hash:/x"),
        "main.cf: virtual_mailbox_limit",
        "smaller",
    );
    assert_eq!(findings(&lmtp().with_main("message_size_limit", "0")), []);
}

#[test]
fn ways_past_the_gateway() {
    let bare = |settings: Settings, name| settings.without(SUBMISSION, name);
    fails(
        bare(lmtp(), "content_filter"),
        "submission/inet: content_filter",
        "does not go to the gateway",
    );
    fails(
        bare(milter(), "smtpd_milters"),
        "submission/inet",
        "does not go to the gateway",
    );
    let elsewhere = lmtp().with(SUBMISSION, "content_filter", "amavis:[127.0.0.1]:10099");
    fails(
        elsewhere,
        "submission/inet: content_filter",
        "does not go to the gateway",
    );
    fails(
        lmtp().without("smtp/inet", "smtpd_relay_restrictions"),
        "smtp/inet: smtpd_relay_restrictions",
        "people can send",
    );
    fails(
        lmtp().without("pickup/unix", "content_filter"),
        "pickup/unix: content_filter",
        "programs",
    );
    fails(
        milter().with_main("non_smtpd_milters", ""),
        "main.cf: non_smtpd_milters",
        "programs",
    );
    let nobody = lmtp()
        .without("smtp/inet", "smtpd_relay_restrictions")
        .with_main("mynetworks", "");
    assert_eq!(findings(&nobody), []);
    let early = "no_address_mappings";
    fails(
        lmtp().with(SUBMISSION, "receive_override_options", early),
        "submission/inet: receive_override_options",
        early,
    );
    fails(
        lmtp().with("pickup/unix", "receive_override_options", early),
        "pickup/unix: receive_override_options",
        early,
    );
    let off = milter().with(SUBMISSION, "receive_override_options", "no_milters");
    fails(
        off,
        "submission/inet: receive_override_options",
        "no_milters",
    );
    let blind = proxy().with(SUBMISSION, "smtpd_milters", MILTERS);
    fails(
        blind,
        "submission/inet: smtpd_milters",
        "smtpd_proxy_filter",
    );
}

#[test]
fn transports() {
    let transport = "cloakroom/unix";
    fails(
        lmtp().with(transport, "lmtp_data_done_timeout", "60s"),
        "cloakroom/unix: lmtp_data_done_timeout",
        "60s",
    );
    fails(
        lmtp().without(transport, "disable_mime_output_conversion"),
        "disable_mime_output_conversion",
        "encode",
    );
    fails(
        lmtp().with(transport, "lmtp_generic_maps", "hash:/x"),
        "cloakroom/unix: lmtp_generic_maps",
        "rewritten",
    );
    alone(
        lmtp().without(transport, "lmtp_send_xforward_command"),
        "lmtp_send_xforward_command",
        "client",
        Weight::Note,
    );
    fails(
        proxy().with(SUBMISSION, "smtpd_proxy_timeout", "30s"),
        "submission/inet: smtpd_proxy_timeout",
        "30s",
    );
    fails(
        proxy().with(SUBMISSION, "smtpd_proxy_timeout", "soon"),
        "submission/inet: smtpd_proxy_timeout",
        "soon",
    );
    let mut gone = lmtp();
    gone.services.retain(|service| service.name != "cloakroom");
    fails(gone, "master.cf", "is not there: cloakroom");
    let mut other = lmtp();
    other.at(transport).program = "pipe".into();
    fails(other, "cloakroom/unix", "leads to pipe");
}

#[test]
fn milters() {
    let both = |value: &str| {
        let settings = milter().with(SUBMISSION, "smtpd_milters", value);
        settings.with_main("non_smtpd_milters", value)
    };
    let one = |from: &str, to: &str| {
        assert!(MILTERS.contains(from));
        milter().with(SUBMISSION, "smtpd_milters", &MILTERS.replace(from, to))
    };
    let place = "submission/inet: smtpd_milters";
    fails(one("tempfail", "accept"), place, "default_action = accept");
    fails(
        one("tempfail", "quarantine"),
        place,
        "default_action = quarantine",
    );
    alone(
        one("tempfail", "reject"),
        place,
        "refused for good",
        Weight::Note,
    );
    fails(
        one("content_timeout=300s", "content_timeout=30s"),
        place,
        "content_timeout is 30s",
    );
    fails(
        one("command_timeout=60s", "command_timeout=5s"),
        place,
        "command_timeout is 5s",
    );

    // What the list does not say, the service or main.cf does.
    let plain = both("inet:127.0.0.1:8890");
    assert_eq!(findings(&plain), []);
    let accept = plain.clone().with_main("milter_default_action", "accept");
    fails(
        accept,
        "main.cf: milter_default_action",
        "default_action = accept",
    );
    let one_accepts = plain
        .clone()
        .with(SUBMISSION, "milter_default_action", "accept");
    fails(
        one_accepts,
        "submission/inet: milter_default_action",
        "default_action = accept",
    );
    fails(
        plain.clone().with_main("milter_content_timeout", "10s"),
        "main.cf: milter_content_timeout",
        "10s",
    );
    fails(
        plain.with_main("milter_protocol", "2"),
        "main.cf: milter_protocol",
        "protocol 2",
    );
    assert_eq!(
        findings(&milter().with_main("milter_default_action", "accept")),
        []
    );

    fails(
        milter().with_main("internal_mail_filter_classes", ""),
        "internal_mail_filter_classes",
        "passes no milter",
    );
    fails(
        milter().with(SUBMISSION, "smtpd_milter_maps", "cidr:/x"),
        "submission/inet: smtpd_milter_maps",
        "clients",
    );
    let late = milter().with(
        SUBMISSION,
        "smtpd_milters",
        &format!("inet:127.0.0.1:8891 {MILTERS}"),
    );
    alone(late, place, "stands before", Weight::Note);
}

#[test]
fn sockets_in_a_chroot() {
    let ours = |path: &str| Ours {
        milter: Some(MilterAt::Unix(path.into())),
        ..ours()
    };
    let with = |written: &str, chroot: bool| {
        let mut settings = milter()
            .with(SUBMISSION, "smtpd_milters", written)
            .with_main("non_smtpd_milters", written);
        settings.at(SUBMISSION).chroot = chroot;
        settings.at("cleanup/unix").chroot = false;
        settings
    };
    let (far, near) = (
        ours("/run/cloakroom/m"),
        ours("/var/spool/postfix/cloakroom/m"),
    );
    let found = |settings, ours| judge(&settings, ours, &[]).findings;
    assert_eq!(found(with("unix:/run/cloakroom/m", false), &far), []);
    assert_eq!(found(with("unix:cloakroom/m", true), &near), []);
    let lost = found(with("unix:/run/cloakroom/m", true), &far);
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert_eq!(lost[0].place, "master.cf: submission/inet: chroot");
}

#[test]
fn the_way_back() {
    let again = lmtp().with(BACK, "content_filter", "cloakroom:inet:127.0.0.1:10025");
    fails(
        again,
        "127.0.0.1:10026/inet: content_filter",
        "to the gateway again",
    );
    fails(
        milter().with(BACK, "smtpd_milters", MILTERS),
        "127.0.0.1:10026/inet: smtpd_milters",
        "to the gateway again",
    );
    fails(
        proxy().with(BACK, "smtpd_proxy_filter", "127.0.0.1:10024"),
        "127.0.0.1:10026/inet: smtpd_proxy_filter",
        "again",
    );
    fails(
        lmtp().with(BACK, "mynetworks", "127.0.0.0/8,192.0.2.0/24"),
        "127.0.0.1:10026/inet: mynetworks",
        "192.0.2.0/24",
    );
    fails(
        lmtp().with(BACK, "mynetworks", "hash:/x"),
        "127.0.0.1:10026/inet: mynetworks",
        "hash:/x",
    );
    fails(
        lmtp().with(BACK, "mynetworks", "0.0.0.0/0"),
        "127.0.0.1:10026/inet: mynetworks",
        "0.0.0.0/0",
    );
    assert_eq!(
        findings(&lmtp().with(BACK, "mynetworks", "127.0.0.1,[::1]/128")),
        []
    );
    let relay = "smtpd_relay_restrictions";
    fails(
        lmtp().with(BACK, relay, "permit_mynetworks"),
        "127.0.0.1:10026/inet: smtpd_relay",
        "more than the gateway",
    );
    fails(
        lmtp().with(BACK, relay, "permit_mynetworks,permit"),
        "127.0.0.1:10026/inet: smtpd_relay",
        "more than",
    );

    let mut gone = lmtp();
    gone.services.retain(|service| service.key() != BACK);
    fails(gone, "master.cf", "no service listens at 127.0.0.1:10026");
}

#[test]
fn a_way_back_that_others_reach() {
    let open = |name: &str| {
        let mut settings = lmtp();
        settings.at(BACK).name = name.into();
        settings
    };
    fails(
        open("10026").with_main("inet_interfaces", "all"),
        "10026/inet",
        "open to other machines",
    );
    fails(
        open("0.0.0.0:10026"),
        "0.0.0.0:10026/inet",
        "open to other machines",
    );
    assert_eq!(
        findings(&open("10026").with_main("inet_interfaces", "loopback-only")),
        []
    );
    let probe = |answered| Probe {
        at: "192.0.2.10:10026".parse().expect("an address"),
        answered,
    };
    assert_eq!(judge(&lmtp(), &ours(), &[probe(false)]).findings, []);
    let seen = judge(&lmtp(), &ours(), &[probe(true)]).findings;
    assert_eq!(seen.len(), 1);
    assert!(
        seen[0].what.contains("answers at 192.0.2.10:10026"),
        "{seen:?}"
    );
}

#[test]
fn what_cannot_be_read_is_told() {
    for name in [
        "message_size_limit",
        "internal_mail_filter_classes",
        "non_smtpd_milters",
    ] {
        fails(milter().unread(name), name, "cannot be read");
    }
    fails(
        lmtp().with_main("message_size_limit", "many"),
        "main.cf: message_size_limit",
        "cannot be read",
    );
}
