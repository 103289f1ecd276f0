//! Whole SMTP and LMTP sessions without a network: the real conversation over a stream in memory, beside a model of what the standards
//! want ([`model`]).
//!
//! The input is a byte of settings and what the client says: bytes as they are, or, if the highest bit is set, a number of a phrase
//! each. What comes together is one segment; the client sends the next one when the server waits for it.

mod model;
mod program;
mod wire;

use crate::smtp_double::DoubleLine;
use crate::support::clock;
use cloakroom::doors::smtp::{Limits, Protocol, SmtpDoor, session};
use cloakroom::mail::Network;
use model::Model;
use program::{ODD_END, Program, WAIT};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::rustls::ServerConfig;
use wire::Wire;

/// Longer than the longest wait for nothing in a session that goes on.
const MOMENT: Duration = Duration::from_millis(2);
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
    let line = Arc::new(DoubleLine::new(model::MAX_MESSAGE));
    let arrived = line.arrived.clone();
    let door = door(protocol, program, line);
    let wire = Wire::new(program.dribble);
    let mut model = Model::new(protocol, program);
    let mut session = Box::pin(attend(&door, wire.clone()));
    let mut over = false;
    for segment in program.opening() {
        wire.give(&segment.bytes);
        if !over {
            over = timeout(MOMENT, &mut session).await.is_ok();
        }
        let mut said = wire.take();
        if segment.wait && !over {
            over = timeout(WAIT, &mut session).await.is_ok();
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

/// As the listener does it, but TLS is a word: what comes behind it is read as it is.
async fn attend(door: &SmtpDoor, wire: Wire) {
    let here = IpAddr::from([127, 0, 0, 1]);
    // Kept, because a sender that is gone asks to stop.
    let (_stop, stopped) = watch::channel(false);
    if let Some(wire) = session(door, here, wire, false, true, stopped.clone()).await {
        assert!(wire.is_empty(), "nothing said before TLS is read after it");
        session(door, here, wire, true, false, stopped).await;
    }
}

fn door(protocol: Protocol, program: &Program, line: Arc<DoubleLine>) -> SmtpDoor {
    let listed = match program.xforward {
        true => Network::loopback().to_vec(),
        false => Vec::new(),
    };
    SmtpDoor {
        protocol,
        line,
        tls: program.tls.then(|| KEYS.clone()),
        implicit_tls: false,
        accept_from: Network::loopback().to_vec(),
        logins: false,
        proxy_from: Vec::new(),
        xforward_from: listed,
        repair_from: Vec::new(),
        chunking: program.chunking,
        limits: Limits {
            recipients: model::recipients(program),
            odd_end: ODD_END,
            ..Limits::default()
        },
    }
}

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

    /// True if the model is content with these answers to these segments.
    fn content_with(talk: &[(&str, &str)], closed: bool) -> bool {
        let talk: Vec<_> = talk.to_vec();
        let judged = catch_unwind(|| {
            let mut model = Model::new(Protocol::Smtp, &Program::read(&[0]));
            model.heard(b"", b"220 hop\r\n", false);
            model.heard(b"EHLO c.example\r\n", b"250 hop\r\n", false);
            let last = talk.len();
            for (n, (said, answered)) in (1..).zip(talk) {
                model.heard(said.as_bytes(), answered.as_bytes(), closed && n == last);
            }
            model.compare(&[]);
        });
        judged.is_ok()
    }

    #[test]
    fn a_server_that_errs_is_found() {
        const MAIL: (&str, &str) = ("MAIL FROM:<a@in.example>\r\n", "250 ok\r\n");
        const RCPT: (&str, &str) = ("RCPT TO:<bo@out.example>\r\n", "250 ok\r\n");
        const DATA: (&str, &str) = ("DATA\r\n", "354 go\r\n");
        let right: [(&[(&str, &str)], bool); 4] = [
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
        let wrong: [(&[(&str, &str)], bool); 12] = [
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
}
