//! A centre for text messages of another hand: Perl's Net::SMPP, called by the channel and by a whole gateway.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::Gateway;
use crate::support::smsc::{Centre, PASSWORD, channel, settings};
use crate::support::texting::notice;
use crate::support::{decoded, until};
use cloakroom::notify::{Channel, SmppChannel, Trouble};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustix::process::Signal;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

async fn sent(channel: &SmppChannel, number: &str, password: &str) -> Result<(), Trouble> {
    channel.send(&notice("7K3M9XQF-0", number, password)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_arrives_by_smpp_to_the_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = Centre::start(folder.path()).await;
    let channel = channel(settings(centre.port));

    // One message in the centre's alphabet, no receipt.
    assert_eq!(
        sent(&channel, "+46701234501", "K7PM-2WXD-9RQF").await,
        Ok(())
    );
    centre.says("bind cloakroom CP welcome").await;
    let texts = centre.texts("46701234501");
    assert_eq!(texts.len(), 1, "{}", centre.log());
    assert_eq!(texts[0].0, "5 ExampleReg 0 0 0");
    let text = String::from_utf8_lossy(&texts[0].1).into_owned();
    assert!(
        text.starts_with("Example Region: ") && text.contains("K7PM-2WXD-9RQF"),
        "{text}"
    );
    // 0x00 is what the alphabet has for the @ before the host.
    assert!(
        text.ends_with("\n\0files.example.org #K7PM2WXD9RQF"),
        "{text:?}"
    );

    // What needs UCS-2 comes in two, with one header.
    assert_eq!(
        sent(
            &channel,
            "+46701234502",
            "\u{141}\u{f3}d\u{17a}\u{3b1}\u{3b2}"
        )
        .await,
        Ok(())
    );
    let texts = centre.texts("46701234502");
    assert_eq!(texts.len(), 2, "{}", centre.log());
    let mut whole = Vec::new();
    for (place, (head, text)) in (1u8..).zip(&texts) {
        assert_eq!(head, "5 ExampleReg 64 8 0");
        let (header, text) = text.split_at(6);
        assert_eq!(
            (&header[..3], header[3], &header[4..]),
            (&[5, 0, 3][..], texts[0].1[3], &[2, place][..])
        );
        whole.extend(
            text.chunks(2)
                .map(|unit| u16::from_be_bytes([unit[0], unit[1]])),
        );
    }
    let whole = String::from_utf16(&whole).expect("UTF-16");
    assert!(
        whole.contains("\u{141}\u{f3}d\u{17a}\u{3b1}\u{3b2}"),
        "{whole}"
    );

    // A number that does not exist, and a centre that has too much to do.
    let wrong = sent(&channel, "+46701234598", "K7PM-2WXD-9RQF").await;
    assert!(matches!(wrong, Err(Trouble::Never(_))), "{wrong:?}");
    let busy = sent(&channel, "+46701234577", "K7PM-2WXD-9RQF").await;
    assert!(matches!(busy, Err(Trouble::Later(_))), "{busy:?}");
    assert_eq!(
        sent(&channel, "+46701234577", "K7PM-2WXD-9RQF").await,
        Ok(())
    );
    let abroad = sent(&channel, "+4740612345", "K7PM-2WXD-9RQF").await;
    assert!(matches!(abroad, Err(Trouble::Never(_))), "{abroad:?}");

    // It is kept, and ended with a goodbye; the next text begins another.
    centre.says("enquire").await;
    channel.close().await;
    centre.says("unbind\ngone").await;
    assert_eq!(
        sent(&channel, "+46701234503", "K7PM-2WXD-9RQF").await,
        Ok(())
    );
    channel.close().await;
    let mut other = settings(centre.port);
    other.password = "other".to_owned().into();
    let refused = sent(&self::channel(other), "+46701234504", "K7PM-2WXD-9RQF").await;
    assert!(
        matches!(&refused, Err(Trouble::Later(why)) if why.contains("wrong password")),
        "{refused:?}"
    );
}

/// TLS in front of a port, with a certificate for `localhost` in this file.
async fn secured(port: u16, ca: &Path) -> SocketAddr {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".into()]).expect("a key");
    fs::write(ca, cert.pem()).expect("the folder is ours");
    let key = signing_key.serialize_der().try_into().expect("a key");
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![cert.der().clone()], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("a pair")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut tls = acceptor.accept(tcp).await.ok()?;
                let mut plain = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
                copy_bidirectional(&mut tls, &mut plain).await.ok()
            });
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t101_tls_is_checked_before_a_word_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let centre = Centre::start(folder.path()).await;
    let ca = folder.path().join("ca.pem");
    let address = secured(centre.port, &ca).await;
    let with = |ca: Option<PathBuf>, private: bool| {
        let mut settings = settings(address.port());
        (settings.tls, settings.extra_ca, settings.allow_private) = (true, ca, private);
        channel(settings)
    };
    for (ca, private) in [(None, true), (Some(ca.clone()), false)] {
        let refused = sent(&with(ca, private), "+46701234501", "K7PM-2WXD-9RQF").await;
        assert!(matches!(refused, Err(Trouble::Later(_))), "{refused:?}");
    }
    assert_eq!(
        centre.log(),
        "listening\n",
        "nobody unknown hears who we are"
    );
    assert_eq!(
        sent(&with(Some(ca), true), "+46701234501", "K7PM-2WXD-9RQF").await,
        Ok(())
    );
}

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms", "sender"] }
"#;

async fn wish(gateway: &Gateway, number: &str) {
    let mail = format!(
        "From: <anna@example.org>\r\nTo: <to-{number}@partner.example>\r\nSubject: Claim\r\nMessage-ID: <{number}@example.org>\r\n\
         X-Cloakroom-Sms: +{number}\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAs agreed.\r\n--b\r\n\
         Content-Type: text/csv\r\nContent-Disposition: attachment; filename=\"claim.csv\"\r\n\r\n1;2\r\n--b--\r\n"
    );
    let (to, door) = (
        [format!("to-{number}@partner.example")],
        gateway.address("smtp"),
    );
    let replies = send(Door::Smtp, door, "anna@example.org", &to, mail.as_bytes()).await;
    assert!(
        replies.iter().all(|reply| reply.starts_with('2')),
        "{replies:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_of_a_centre_are_heard() {
    receipts_are_heard("same").await;
}

/// Its answers call a message 10 and its receipts 16, or the other way round; the field of a receipt is as its answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_are_heard_in_whatever_digits_they_name_a_message() {
    receipts_are_heard("decimal").await;
    receipts_are_heard("hex").await;
}

/// Receipts of both forms end the wait of a whole gateway: what arrived is wiped, what did not goes to the sender. A stop takes leave.
async fn receipts_are_heard(digits: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let (hop, centre) = (
        Hop::start(Vec::new()).await,
        Centre::start_with(folder.path(), digits).await,
    );
    let secret = folder.path().join("smpp.secret");
    fs::write(&secret, PASSWORD).expect("the folder is ours");
    fs::set_permissions(&secret, PermissionsExt::from_mode(0o600)).expect("it is ours");
    let channel = format!(
        "[[channel]]\nname = \"centre\"\nkind = \"smpp\"\nurl = \"smpp://127.0.0.1:{}\"\nsystem_id = \"cloakroom\"\n\
         password = \"smpp.secret\"\nsender = \"72456\"\nreports = \"on\"\nallow_private = \"on\"\nreceipt_ids = \"{digits}\"\n",
        centre.port
    );
    let next_hop = format!("smtp://{}", hop.address);
    crate::support::settings::write(folder.path(), POLICY, &next_hop, &channel);
    let mut gateway = Gateway::start(folder.path());
    for number in ["46701234501", "46701234502", "46701234566"] {
        wish(&gateway, number).await;
    }
    let reported = || gateway.log().matches("reported").count();
    let there = until(|| (reported() >= 3).then_some(())).await;
    assert!(there.is_some(), "{}\n{}", gateway.log(), centre.log());
    let back = || {
        let mails = hop.deliveries().into_iter();
        let to_anna = mails.filter(|mail| mail.to == ["anna@example.org"]);
        to_anna.map(|mail| decoded(&mail.bytes)).collect::<String>()
    };
    let there = until(|| back().contains("    to-46701234566@").then_some(())).await;
    assert!(there.is_some(), "{}\n{}", gateway.log(), centre.log());
    assert!(!back().contains("to-46701234501@") && !back().contains("to-46701234502@"));
    let results = |word: &str| {
        let log = gateway.log();
        let lines = log.lines().filter(|line| line.contains("reported"));
        lines.filter(|line| line.contains(word)).count()
    };
    assert_eq!(
        (results("arrived"), results("failed")),
        (2, 1),
        "{}",
        gateway.log()
    );
    assert_eq!(centre.texts("46701234501")[0].0, "3 72456 0 0 1");
    let heard = until(|| (centre.log().matches("heard 0").count() >= 3).then_some(())).await;
    assert!(heard.is_some(), "{}", centre.log());
    assert!(!gateway.log().contains(PASSWORD));

    gateway.signal(Signal::TERM);
    centre.says("unbind\ngone").await;
    assert!(until(|| gateway.ended()).await.is_some());
}
