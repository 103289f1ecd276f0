//! TLS towards the next hop: whom we believe, and what is sent where it is lacking.

use super::*;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server for `mx.example.org`, and the file with its certificate.
pub(super) async fn secured() -> (FakeHop, tempfile::NamedTempFile) {
    secured_that(usual).await
}

async fn secured_that(
    script: impl Fn(&str, usize) -> Option<String> + Send + Sync + 'static,
) -> (FakeHop, tempfile::NamedTempFile) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["mx.example.org".into()]).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let hop = FakeHop::with_tls(TlsAcceptor::from(Arc::new(config)), script).await;
    (hop, file)
}

async fn begin(config: NextHopConfig) -> Result<(), Kind> {
    let mut outlet = NextHop::new(config).unwrap().open();
    outlet.begin(&envelope()).await.map_err(|f| f.kind)
}

#[tokio::test]
async fn a_believed_certificate_with_the_right_name_is_enough() {
    let (hop, ca) = secured().await;
    let mut config = hop.config();
    config.tls = HopTls::Verify("mx.example.org".into());
    config.extra_ca = Some(ca.path().to_owned());
    assert_eq!(begin(config.clone()).await, Ok(()));
    config.tls = HopTls::Verify("other.example.org".into());
    assert_eq!(begin(config.clone()).await, Err(Kind::NextHopDown));
    config.tls = HopTls::Verify("mx.example.org".into());
    config.extra_ca = None;
    assert_eq!(begin(config).await, Err(Kind::NextHopDown));
}

#[tokio::test]
async fn opportunistic_takes_any_certificate_or_none() {
    let (hop, _ca) = secured().await;
    let mut config = hop.config();
    config.tls = HopTls::Opportunistic;
    assert_eq!(begin(config).await, Ok(()));
    assert!(hop.heard().contains(&"1 STARTTLS".to_owned()));
    let mut config = FakeHop::smtp(usual).await.config();
    config.tls = HopTls::Opportunistic;
    assert_eq!(begin(config).await, Ok(()));
}

#[tokio::test]
async fn without_the_tls_that_is_required_nothing_is_sent() {
    let rows = [
        ("EHLO", "250-fake\r\n250 PIPELINING"),
        ("STARTTLS", "454 4.7.0 Not now"),
        ("STARTTLS", "220 ok\r\n250-x\r\n250 STARTTLS"),
        ("STARTTLS", "220 ok\r\nx"),
        ("STARTTLS", "220 ok!"),
    ];
    for (line, answer) in rows {
        let script = move |heard: &str, _: usize| match heard {
            h if h.starts_with(line) => Some(answer.to_owned()),
            h if h.starts_with("EHLO") => Some("250-fake\r\n250 STARTTLS".to_owned()),
            _ => None,
        };
        let hop = FakeHop::smtp(script).await;
        let mut config = hop.config();
        config.tls = HopTls::Verify("mx.example.org".into());
        config.timeouts.connect = Duration::from_millis(500);
        assert_eq!(begin(config).await, Err(Kind::NextHopDown), "{answer}");
        assert!(!hop.heard().iter().any(|l| l.contains("MAIL")), "{answer}");
    }
}

/// REQUIRETLS in the mail; the connection and what the next hop offers, and whether it may have the mail.
#[tokio::test]
async fn a_mail_that_requires_tls_goes_on_by_verified_tls_with_the_same_request_or_stays() {
    const PROMISES: &str = "250-fake\r\n250-STARTTLS\r\n250 REQUIRETLS";
    let verify = HopTls::Verify("mx.example.org".into());
    let rows = [
        (PROMISES, verify.clone(), true),
        ("250-fake\r\n250 STARTTLS", verify, false),
        // Anybody could have answered there.
        (PROMISES, HopTls::Opportunistic, false),
        (PROMISES, HopTls::Off, false),
    ];
    for (offers, tls, goes) in rows {
        let (hop, ca) = secured_that(says("EHLO", offers)).await;
        let config = NextHopConfig {
            tls: tls.clone(),
            extra_ca: Some(ca.path().to_owned()),
            ..hop.config()
        };
        let mut outlet = NextHop::new(config).unwrap().open();
        let mut asking = envelope();
        asking.options.require_tls = true;
        let begun = outlet.begin(&asking).await;
        assert_eq!(begun.is_ok(), goes, "{tls:?}");
        if let Err(fault) = begun {
            let reply = Reply::from(&fault.kind);
            assert_eq!((reply.code, reply.enhanced), (550, Some((5, 7, 30))));
        }
        // Variants of their own, after the content: the same rule.
        let both = ["a", "b"].map(|name| {
            Variant::assertion(
                Lane::Ordinary,
                Some(SENDER.parse().unwrap()),
                vec![to(name)],
                asking.options.clone(),
                Content::new(b"x\r\n".to_vec()),
            )
        });
        let outcome = outlet.hand_over(both.into(), unhurried()).await;
        let heard = hop.heard();
        let mails = heard.iter().filter(|l| l.contains("MAIL FROM"));
        match goes {
            true => {
                assert_eq!(said(&outcome), "a:accepted b:accepted");
                assert!(
                    mails.clone().count() >= 2 && mails.clone().all(|l| l.ends_with(" REQUIRETLS"))
                );
            }
            false => {
                assert_eq!(said(&outcome), "a:refused 550 b:refused 550");
                assert_eq!(mails.count(), 0, "{tls:?}: {heard:?}");
            }
        }
    }
}
