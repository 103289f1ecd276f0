//! Whole SMTP and LMTP sessions without a network: the real conversation over a stream in memory, beside a model of what the standards
//! want ([`model`]).
//!
//! The input is one or two bytes of settings and what the client says: bytes as they are, or, if the highest bit is set, a number of a
//! phrase each. What comes together is one segment; the client sends the next one when the server waits for it. TLS is taken for given:
//! its handshake is nothing, and what is inside it is read as it is.

mod model;
mod program;
mod rest;
mod wire;

use crate::smtp_double::DoubleLine;
use crate::support::clock;
use cloakroom::doors::smtp::{Limits, Protocol, SmtpDoor, announced, session};
use cloakroom::mail::Network;
use cloakroom::wire::sasl::MECHANISMS;
use model::Model;
use program::{ODD_END, Program, Settings, WAIT};
use rest::until_quiet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::rustls::ServerConfig;
use wire::Wire;

/// Longer than any pause in a session that goes on.
const MOMENT: Duration = Duration::from_millis(2);
/// For who was refused.
const LOGIN_PAUSE: Duration = Duration::from_millis(1);
/// No session is so long: it may say its header when it likes.
const NEVER: Duration = Duration::from_secs(3_000_000);
/// No session may need that to end when its client is gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Panics if the session is not as the model wants it, or what arrives is not what was sent.
pub fn check(protocol: Protocol, data: &[u8]) {
    let program = Program::read(data);
    // The double of the line panics for this sender, which a fuzzer takes for a finding.
    if !program.said("panic") {
        clock::block_on(hold(protocol, &program));
    }
}

async fn hold(protocol: Protocol, program: &Program) {
    let settings = program.settings;
    let mut line = DoubleLine::new(model::MAX_MESSAGE);
    line.logins = MECHANISMS.to_vec();
    let arrived = line.arrived.clone();
    let door = door(protocol, &settings, line);
    let wire = Wire::new(settings.dribble);
    let mut model = Model::new(protocol, settings, HERE);
    let mut session = Box::pin(attend(&door, settings.proxied, wire.clone()));
    let mut over = false;
    for segment in program.opening() {
        wire.give(&segment.bytes);
        if !over {
            over = until_quiet(session.as_mut(), MOMENT).await;
        }
        let mut said = wire.take();
        if segment.wait && !over {
            over = until_quiet(session.as_mut(), WAIT).await;
            said.extend(wire.take());
        }
        model.heard(&segment.bytes, &said, wire.is_closed());
    }
    wire.end();
    if !over {
        let ended = timeout(PATIENCE, &mut session).await;
        ended.expect("a session ends with its client");
        model.heard(b"", &wire.take(), true);
    }
    model.compare(&arrived.all());
}

/// As the listener does it.
async fn attend(door: &SmtpDoor, proxied: bool, mut wire: Wire) {
    let client = match proxied {
        true => announced(door, HERE, &mut wire).await,
        false => Ok(HERE),
    };
    match client {
        // The listener looks at the socket, and does not let in who speaks before the greeting.
        Ok(_) if proxied && !door.implicit_tls && !wire.is_empty() => wire.close(b"").await,
        Ok(client) => converse(door, client, wire).await,
        Err(Some(reply)) if !door.implicit_tls => {
            let mut words = Vec::new();
            reply.write_to(&mut words);
            wire.close(&words).await;
        }
        Err(_) => wire.close(b"").await,
    }
}

async fn converse(door: &SmtpDoor, client: IpAddr, wire: Wire) {
    // Kept, because a sender that is gone asks to stop.
    let (_stop, stopped) = watch::channel(false);
    let within = door.implicit_tls;
    if let Some(wire) = session(door, client, wire, within, true, stopped.clone()).await {
        assert!(wire.is_empty(), "nothing said before TLS is read after it");
        session(door, client, wire, true, false, stopped).await;
    }
}

fn door(protocol: Protocol, settings: &Settings, line: DoubleLine) -> SmtpDoor {
    let mut known = ["192.0.2.0/24", "2001:db8::/32"]
        .map(|network| network.parse().expect("a network"))
        .to_vec();
    if !settings.strange {
        known.extend(Network::loopback());
    }
    let of = |wanted, networks: &[Network]| match wanted {
        true => networks.to_vec(),
        false => Vec::new(),
    };
    SmtpDoor {
        protocol,
        line: Arc::new(line),
        tls: (settings.tls || settings.implicit_tls).then(|| KEYS.clone()),
        implicit_tls: settings.implicit_tls,
        logins: settings.logins,
        proxy_from: of(settings.proxied, &Network::loopback()),
        xforward_from: of(settings.xforward, &Network::loopback()),
        repair_from: of(settings.repair, &known),
        accept_from: known,
        chunking: settings.chunking,
        limits: Limits {
            recipients: model::recipients(settings),
            odd_end: ODD_END,
            handshake: NEVER,
            logins: model::MOST_LOGINS,
            login_pause: LOGIN_PAUSE,
            ..Limits::default()
        },
    }
}

/// Where every connection comes from.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Never used: no handshake is done here.
static KEYS: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| {
    let resolver = tokio_rustls::rustls::server::ResolvesServerCertUsingSni::new();
    let config = ServerConfig::builder().with_no_client_auth();
    Arc::new(config.with_cert_resolver(Arc::new(resolver)))
});

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    type Talk<'a> = &'a [(&'a str, &'a str)];

    /// True if the model is content with these answers to these segments. `closed`: the server closed behind the last.
    fn judge(settings: Settings, talk: Talk, closed: bool) -> bool {
        let talk: Vec<_> = talk.to_vec();
        let judged = catch_unwind(|| {
            let mut model = Model::new(Protocol::Smtp, settings, HERE);
            let last = talk.len();
            for (n, (said, answered)) in (1..).zip(talk) {
                model.heard(said.as_bytes(), answered.as_bytes(), closed && n == last);
            }
            model.compare(&[]);
        });
        judged.is_ok()
    }

    fn content_with(talk: Talk, closed: bool) -> bool {
        judge(Settings::default(), &[HELLO, talk].concat(), closed)
    }

    const HELLO: Talk = &[("", "220 hop\r\n"), ("EHLO c.example\r\n", "250 hop\r\n")];

    #[test]
    fn a_server_that_errs_is_found() {
        const MAIL: (&str, &str) = ("MAIL FROM:<a@in.example>\r\n", "250 ok\r\n");
        const RCPT: (&str, &str) = ("RCPT TO:<bo@out.example>\r\n", "250 ok\r\n");
        const DATA: (&str, &str) = ("DATA\r\n", "354 go\r\n");
        let right: [(Talk, bool); 4] = [
            (&[MAIL, RCPT, ("RSET\r\n", "250 ok\r\n")], false),
            (&[("QUIT\r\n", "221 bye\r\n")], true),
            (&[MAIL, RCPT, DATA, ("x\n.\n", "550 no\r\n")], true),
            (
                &[(
                    "MAIL FROM:<a@in.example>\r\nRCPT TO:<refused@out.example>\r\n",
                    "250 ok\r\n550 no\r\n",
                )],
                false,
            ),
        ];
        for (talk, closed) in right {
            assert!(content_with(talk, closed), "{talk:?}");
        }
        let wrong: [(Talk, bool); 12] = [
            (&[("NOOP\r\n", "")], false),
            (&[("NOOP\r\n", "250 a\r\n250 b\r\n")], false),
            (&[("NOOP\r\n", "250 a\n")], false),
            (&[("NOOP\r\n", "250 a\r\n")], true),
            (&[("QUIT\r\n", "221 bye\r\n")], false),
            (&[("RCPT TO:<bo@out.example>\r\n", "250 ok\r\n")], false),
            (&[("MAIL FROM:<a@in.example>\r\n", "550 no\r\n")], false),
            (&[MAIL, ("DATA\r\n", "354 go\r\n")], false),
            (
                &[MAIL, RCPT, ("DATA\r\nx\r\n.\r\n", "354 go\r\n250 ok\r\n")],
                false,
            ),
            (&[MAIL, RCPT, DATA, ("x\n.\n", "250 ok\r\n")], false),
            (
                &[MAIL, RCPT, DATA, ("x\n.\nNOOP\r\n", "550 no\r\n250 ok\r\n")],
                false,
            ),
            // It was taken, and did not arrive.
            (&[MAIL, RCPT, DATA, ("x\r\n.\r\n", "250 ok\r\n")], false),
        ];
        for (talk, closed) in wrong {
            assert!(!content_with(talk, closed), "{talk:?}");
        }
    }

    #[test]
    fn a_server_that_errs_about_who_comes_is_found() {
        let logins = Settings {
            logins: true,
            implicit_tls: true,
            ..Settings::default()
        };
        const RIGHT: &str = "AUTH PLAIN AGFubmEAc2VjcmV0\r\n";
        const WRONG: (&str, &str) = ("AUTH PLAIN AGFubmEAd3Jvbmc=\r\n", "535 no\r\n");
        const MAIL: &str = "MAIL FROM:<a@in.example>\r\n";
        const GONE: (&str, &str) = (WRONG.0, "535 no\r\n421 bye\r\n");
        let rows: [(Talk, bool, bool); 9] = [
            (&[(RIGHT, "235 ok\r\n"), (MAIL, "250 ok\r\n")], false, true),
            (&[WRONG, WRONG, GONE], true, true),
            (
                &[("AUTH LOGIN\r\n", "334 x\r\n"), ("*\r\n", "501 ok\r\n")],
                false,
                true,
            ),
            (&[(MAIL, "250 ok\r\n")], false, false),
            (&[(WRONG.0, "235 ok\r\n")], false, false),
            (&[(RIGHT, "535 no\r\n")], false, false),
            (&[WRONG, WRONG, WRONG], false, false),
            (&[("AUTH LOGIN YW5uYQ\r\n", "334 x\r\n")], false, false),
            (
                &[("AUTH LOGIN\r\nYW5uYQ==\r\n", "334 x\r\n334 x\r\n")],
                false,
                false,
            ),
        ];
        for (talk, closed, fine) in rows {
            let judged = judge(logins, &[HELLO, talk].concat(), closed);
            assert_eq!(judged, fine, "{talk:?}");
        }
        let in_clear = [HELLO, &[(RIGHT, "235 ok\r\n")]].concat();
        let clear = Settings {
            implicit_tls: false,
            ..logins
        };
        assert!(!judge(clear, &in_clear, false));
        let proxied = Settings {
            proxied: true,
            ..Settings::default()
        };
        const WHOLE: &str = "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n";
        const STRANGER: &str = "PROXY TCP4 198.51.100.7 192.0.2.2 1 25\r\n";
        let rows: [(Talk, bool, bool); 8] = [
            (
                &[("", ""), ("PROXY TC", ""), (&WHOLE[8..], "220 hop\r\n")],
                false,
                true,
            ),
            (&[("", ""), (STRANGER, "554 no\r\n")], true, true),
            (&[("", ""), ("EHLO x\r\n", "")], true, true),
            (&[("", "220 hop\r\n")], false, false),
            (&[("", ""), ("PROXY TC", "")], true, false),
            (&[("", ""), (STRANGER, "220 hop\r\n")], false, false),
            (&[("", ""), ("EHLO x\r\n", "")], false, false),
            (
                &[
                    ("", ""),
                    ("PROXY TCP4 192.0.2.01 192.0.2.2 1 25\r\n", "220 hop\r\n"),
                ],
                false,
                false,
            ),
        ];
        for (talk, closed, fine) in rows {
            assert_eq!(judge(proxied, talk, closed), fine, "{talk:?}");
        }
    }

    #[test]
    fn a_header_torn_anywhere_is_one_header() {
        const BEGINNING: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
        let six = [&b"\x21\x21\0\x24\x20\x01\x0d\xb8"[..], &[7; 32]].concat();
        let headers = [
            b"PROXY TCP4 192.0.2.1 192.0.2.2 49152 25\r\n".to_vec(),
            b"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 25\r\n".to_vec(),
            b"PROXY TCP4 198.51.100.7 192.0.2.2 1 25\r\n".to_vec(),
            b"PROXY TCP4 192.0.2.1 192.0.2.2 1 250000\r\n".to_vec(),
            [
                BEGINNING,
                b"\x21\x11\0\x0e\xc0\0\x02\x01\xc0\0\x02\x02\0\x01\0\x19ab",
            ]
            .concat(),
            [BEGINNING, &six].concat(),
            [BEGINNING, b"\x20\0\0\x05hello"].concat(),
        ];
        let mail = b"EHLO c.example\r\n\x1eMAIL FROM:<a@in.example>\r\nRCPT TO:<bo@out.example>\r\nDATA\r\n\x1ea\r\n.\r\n";
        for header in headers {
            for size in [1, 5, 7, header.len() - 1, header.len()] {
                let mut data = vec![0x40, 4];
                for piece in header.chunks(size) {
                    data.extend_from_slice(piece);
                    data.push(0x1e);
                }
                data.extend_from_slice(mail);
                check(Protocol::Smtp, &data);
            }
        }
    }
}
