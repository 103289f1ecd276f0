//! TLS towards the next hop: whom we believe, and what is sent where it is lacking.

use super::*;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A server for `mx.example.org`, and the file with its certificate.
pub(super) async fn secured() -> (FakeHop, tempfile::NamedTempFile) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["mx.example.org".into()]).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let hop = FakeHop::with_tls(TlsAcceptor::from(Arc::new(config))).await;
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
