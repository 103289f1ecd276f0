//! Bombs go through a real gateway, and other people's mail does not notice.

use super::all;
use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::Gateway;
use crate::support::settings;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Everything is read, and what cannot be read is protected.
const POLICY: &str = r#"
schema = 1
[[rule]]
id = "accounts"
why = "Account numbers travel protected."
when = { finds = [{ detector = "iban", confidence = "medium" }] }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
[[rule]]
id = "unread"
why = "What cannot be read travels protected."
when = { unreadable = true }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
"#;

/// Mails whose time is taken, without and with bombs beside them.
const MAILS: usize = 100;
/// People who send bombs all the time.
const ATTACKERS: usize = 3;
/// Which: small ones, so that the wire and the making of them cost nothing.
const STORM: &[&str] = &[
    "42.zip",
    "staggered.zip",
    "overlap.zip",
    "zeros.bz2",
    "gzips.gz",
    "zips.zip",
    "mixed.tar",
    "huge.tar",
    "self.zip",
    "dictionary.xz",
    "laughs.docx",
    "quadratic.docx",
    "outside.docx",
    "deep.docx",
    "sparse.xlsx",
    "strings.xlsx",
    "repeated.ods",
    "pages.pdf",
    "filters.pdf",
    "numbers.pdf",
    "circle.doc",
    "mails.eml",
];

#[tokio::test(flavor = "multi_thread")]
async fn bombs_leave_the_time_of_other_mails_alone() {
    let hop = Hop::start(Vec::new()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let next_hop = format!("smtp://{}", hop.address);
    settings::write(folder.path(), POLICY, &next_hop, "");
    let gateway = Gateway::start(folder.path());
    let smtp = gateway.address("smtp");
    let quiet = times(smtp).await;

    let (over, sent) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let bombs: Arc<Vec<Vec<u8>>> = Arc::new(mails());
    let attackers: Vec<_> = (0..ATTACKERS)
        .map(|n| {
            let (over, sent, bombs) = (over.clone(), sent.clone(), bombs.clone());
            tokio::spawn(async move {
                let own = bombs.iter().cycle().skip(n * bombs.len() / ATTACKERS);
                for bomb in own.take_while(|_| !over.load(Ordering::Relaxed)) {
                    let to = ["mallory@outside.example".to_owned()];
                    let replies = send(Door::Smtp, smtp, "eve@example.org", &to, bomb).await;
                    assert!(replies[0].starts_with("250 "), "{replies:?}");
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let storm = times(smtp).await;
    over.store(true, Ordering::Relaxed);
    for attacker in attackers {
        attacker.await.expect("every bomb is answered");
    }

    let sent = sent.load(Ordering::Relaxed);
    println!("quiet {quiet:?}, with {sent} bombs {storm:?} (median, 99 of 100)");
    assert!(sent > 10, "only {sent} bombs went through");
    // The bombs have the processors too, as any load would: twice the time and a little is the same, a bomb's own time would be seconds.
    assert!(
        storm.0 <= quiet.0 * 2 + Duration::from_millis(100),
        "{quiet:?} {storm:?}"
    );
    assert!(
        storm.1 <= quiet.1 * 2 + Duration::from_millis(1_500),
        "{quiet:?} {storm:?}"
    );
}

/// Median and 99th of 100 mails, every second one with a file to read.
async fn times(smtp: SocketAddr) -> (Duration, Duration) {
    let mut times = Vec::new();
    for n in 0..MAILS {
        let mail = match n % 2 {
            0 => mail("a.csv", b"name,account\r\nanna,none\r\n"),
            _ => b"From: anna@example.org\r\nSubject: x\r\n\r\nHello.\r\n".to_vec(),
        };
        let begun = Instant::now();
        let to = ["bo@outside.example".to_owned()];
        let replies = send(Door::Smtp, smtp, "anna@example.org", &to, &mail).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
        times.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times.sort();
    (times[MAILS / 2], times[MAILS - 1])
}

fn mails() -> Vec<Vec<u8>> {
    let chosen = all().filter(|(name, _, _)| STORM.contains(name));
    chosen.map(|(name, make, _)| mail(name, &make())).collect()
}

fn mail(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "From: eve@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\n\
         Content-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    .into_bytes();
    out.extend(encodify::base64::MIME.encode(bytes).into_bytes());
    out.extend(b"\r\n");
    out
}
