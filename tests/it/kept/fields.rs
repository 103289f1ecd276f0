//! Every field of a header: what leaves is what came, byte for byte and in order, but for the fields of the table in the manual.

use super::{FILES, PLAIN, SEALED, Way, without_received};
use memchr::memmem;

/// Fields that leave no mail that we have changed; a `*` at the end stands for anything.
const BROKEN: &[&str] = &[
    "dkim-signature",
    "domainkey-signature",
    "x-google-dkim-signature",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "bcc",
    "resent-bcc",
    "content-length",
    "lines",
    "x-cloakroom-*",
];

/// What a sealed mail loses besides: its body is another, and reading it is not reading the sender's text.
const SEALED_TOO: &[&str] = &[
    "disposition-notification-to",
    "disposition-notification-options",
    "x-confirm-reading-to",
    "mime-version",
    "content-*",
];

/// Some readers end a header at a line of blanks, so nobody knows what stands behind it (RFC 5322 section 4.2): such a mail goes whole.
const WHOLE: &str = "obsolete folds";

const STRUCTURE: &str = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n";
const BODY: &str = "\r\n--b\r\nContent-Type: text/plain\r\n\r\nHi Bo.\r\n--b\r\nContent-Type: application/pdf\r\n\
                    Content-Disposition: attachment; filename=\"a.pdf\"\r\n\r\n%PDF-1.7\r\n--b--\r\n";

/// The headers: a name, and fields with their line ends, one string a field.
fn headers() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let plain = |fields: &[&str]| -> Vec<Vec<u8>> {
        fields
            .iter()
            .map(|f| format!("{f}\r\n").into_bytes())
            .collect()
    };
    let ids: String = (0..200)
        .map(|i| format!("\r\n\t<{i}.abcdef@mail{i}.example.org>"))
        .collect();
    let people: Vec<String> = (0..1_000)
        .map(|i| format!("\"Person {i}\" <p{i}@partner.example>"))
        .collect();
    vec![
        (
            "Outlook and Exchange",
            plain(&[
                "Received: from mbx1.example.org (10.0.0.1) by mbx2.example.org (10.0.0.2)\r\n with Microsoft SMTP Server id 15.2.1; Fri, 21 Nov 2025 14:01:59 +0100",
                "Received: from mbx1.example.org ([fe80::1]) by mbx1.example.org ([fe80::1%3]) with mapi id\r\n 15.2.1; Fri, 21 Nov 2025 14:01:58 +0100",
                "From: \"Lind, Anna\" <anna@example.org>",
                "To: Bo Ek <bo@partner.example>",
                "Subject: Plan",
                "Thread-Topic: Plan",
                "Thread-Index: AdxbAbCdEfGhIjKlMnOpQrStUv==",
                "Date: Fri, 21 Nov 2025 13:01:58 +0000",
                "Message-ID: <abc@example.org>",
                "Accept-Language: sv-SE, en-US",
                "Content-Language: sv-SE",
                "X-MS-Has-Attach: yes",
                "X-MS-TNEF-Correlator:",
                "X-MS-Exchange-Organization-SCL: -1",
                "x-ms-exchange-messagesentrepresentingtype: 1",
                "Importance: high",
                "X-Priority: 1 (Highest)",
                "X-MSMail-Priority: High",
                "Sensitivity: Company-Confidential",
                "msip_labels: MSIP_Label_11111111-2222-3333-4444-555555555555_Enabled=True;",
                "Disposition-Notification-To: \"Lind, Anna\" <anna@example.org>",
                "Return-Receipt-To: <anna@example.org>",
            ]),
        ),
        (
            "signatures and chains",
            plain(&[
                "ARC-Seal: i=1; a=rsa-sha256; s=a; d=x.example; cv=none; b=abc",
                "ARC-Message-Signature: i=1; a=rsa-sha256;\r\n d=x.example; b=abc",
                "ARC-Authentication-Results: i=1; mx.x.example; dkim=pass",
                "DKIM-Signature: v=1; d=example.org;\r\n\tb=abc",
                "DomainKey-Signature: a=rsa-sha1; b=abc",
                "X-Google-DKIM-Signature: v=1; b=abc",
                "Authentication-Results: mx.example.org; spf=pass",
                "From: anna@example.org",
                "Subject: s",
                "DKIM-Signature: v=1; d=other.example; b=def",
            ]),
        ),
        (
            "a list",
            plain(&[
                "Return-Path: <list-bounces@example.org>",
                "From: anna@example.org",
                "Sender: list-bounces@example.org",
                "To: list@example.org",
                "Reply-To: list@example.org",
                "Subject: [List] Plan",
                "Precedence: list",
                "List-Id: The list <list.example.org>",
                "List-Unsubscribe: <mailto:leave@example.org>,\r\n <https://example.org/leave>",
                "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
                "List-Post: <mailto:list@example.org>",
                "List-Archive: <https://example.org/archive>",
                "List-Help: <mailto:help@example.org>",
                "Archived-At: <https://example.org/1>",
                "Errors-To: x@example.org",
            ]),
        ),
        (
            "a program and an answering one",
            plain(&[
                "From: anna@example.org",
                "Subject: Out of office",
                "Auto-Submitted: auto-replied",
                "X-Auto-Response-Suppress: All",
                "Precedence: bulk",
                "In-Reply-To: <q@partner.example>",
                "References: <p@partner.example> <q@partner.example>",
                "X-Mailer: example 1.0",
            ]),
        ),
        (
            "threads and unknown fields in their order",
            plain(&[
                "X-Z: 1",
                "X-A: 2",
                "X-Z: 3",
                "From: anna@example.org",
                "In-Reply-To: <b@x.example>",
                "References: <a@x.example>\r\n <b@x.example>",
                "Message-ID: <c@example.org>",
                "X-A: 4",
                "comments: lower case",
                "KEYWORDS: UPPER CASE",
                "Date: Fri, 21 Nov 2025 14:02:00 +0100",
            ]),
        ),
        (
            "sent on",
            plain(&[
                "Resent-From: kim@example.org",
                "Resent-To: bo@partner.example",
                "Resent-Date: Fri, 21 Nov 2025 15:00:00 +0100",
                "Resent-Message-ID: <r@example.org>",
                "Resent-Bcc: hidden@partner.example",
                "From: anna@example.org",
                "Bcc: also-hidden@partner.example",
                "bcc:",
                "To: kim@example.org",
                "Subject: s",
            ]),
        ),
        ("nobody and nothing", plain(&["To: bo@partner.example"])),
        (
            "odd white space",
            plain(&[
                "From:anna@example.org",
                "Subject:",
                "Cc: ",
                "Keywords:\t",
                "X-Trailing: blanks  \t",
                "X-Folded: a\r\n\t  b \r\n \tc",
                "X-Tab:\tx",
                "X-Many:          x",
                "X-Only-Fold:\r\n y",
            ]),
        ),
        (
            WHOLE,
            plain(&[
                "From: anna@example.org",
                "X-Folded: a\r\n\t \r\n  b\r\n \r\n\tc",
            ]),
        ),
        (
            "receipts of all kinds",
            plain(&[
                "From: anna@example.org",
                "Disposition-Notification-To: anna@example.org",
                "Disposition-Notification-Options: a=optional,b",
                "X-Confirm-Reading-To: anna@example.org",
                "Return-Receipt-To: anna@example.org",
                "Generate-Delivery-Report: yes",
                "Content-Length: 12",
                "Lines: 3",
                "X-Cloakroom-Notify: delivered",
                "X-Cloakroom-Transfer: FORGED00",
            ]),
        ),
        (
            "long",
            vec![
                b"From: anna@example.org\r\n".to_vec(),
                format!("References:{ids}\r\n").into_bytes(),
                format!("To: {}\r\n", people.join(",\r\n\t")).into_bytes(),
                format!("X-One-Line: {}\r\n", "y".repeat(60 * 1024)).into_bytes(),
                b"Subject: s\r\n".to_vec(),
            ],
        ),
        (
            "eight bits",
            vec![
                "From: Åsa Öberg <anna@example.org>\r\n".into(),
                "Subject: Räksmörgås 漢字\r\n".into(),
                b"X-Latin: gr\xfc\xdfe \xff\r\n".to_vec(),
                b"Comments: \xe5\xe4\xf6\r\n \xc5\r\n".to_vec(),
            ],
        ),
    ]
}

fn is_among(field: &[u8], names: &[&str]) -> bool {
    let colon = field.iter().position(|b| *b == b':').unwrap_or(0);
    let name = String::from_utf8_lossy(&field[..colon]).to_lowercase();
    names.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *known,
    })
}

/// The header of what left: up to and with the blank line.
fn header(mail: &[u8]) -> &[u8] {
    let end = memmem::find(mail, b"\r\n\r\n").expect("a blank line");
    &mail[..end + 4]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_field_leaves_as_it_came_but_for_those_in_the_manual() {
    let way = Way::open("", |_| ()).await;
    for (what, fields) in headers() {
        let came = [
            fields.concat().as_slice(),
            STRUCTURE.as_bytes(),
            BODY.as_bytes(),
        ]
        .concat();
        let all = || fields.iter().chain([]);
        for to in [PLAIN, FILES, SEALED] {
            let sealed = to == SEALED || what == WHOLE;
            let left = way.through(&came, to).await;
            let left = without_received(&left);
            let is_for_us = |f: &Vec<u8>| is_among(f, &["x-cloakroom-*"]);
            if to == PLAIN {
                let want: Vec<u8> = all().filter(|f| !is_for_us(f)).flatten().copied().collect();
                let want = [&want, STRUCTURE.as_bytes(), BODY.as_bytes()].concat();
                assert_eq!(
                    String::from_utf8_lossy(left),
                    String::from_utf8_lossy(&want),
                    "{what}"
                );
                assert_eq!(left, want, "{what}");
                continue;
            }
            let stays = |f: &&Vec<u8>| !(is_among(f, BROKEN) || sealed && is_among(f, SEALED_TOO));
            // Where the body is ours, no line is left at which some readers end the header.
            let ends_header = |line: &&[u8]| sealed && line.trim_ascii().is_empty();
            let want: Vec<u8> = all().filter(stays).flatten().copied().collect();
            let lines = want.split_inclusive(|b| *b == b'\n');
            let want: Vec<u8> = lines
                .filter(|l| !ends_header(l))
                .flatten()
                .copied()
                .collect();
            let (ours, theirs) = {
                let header = header(left);
                let end = header.iter().position(|b| *b == b'\n').expect("a line") + 1;
                header.split_at(end)
            };
            assert!(ours.starts_with(b"X-Cloakroom-Transfer: "), "{what}");
            let structure = &theirs[want.len().min(theirs.len())..];
            let shown = String::from_utf8_lossy(theirs);
            assert!(theirs.starts_with(&want), "{what} {to}: {shown}");
            let structure = String::from_utf8_lossy(structure);
            match !sealed {
                true => assert_eq!(structure, format!("{STRUCTURE}\r\n"), "{what}"),
                false => assert!(
                    structure.starts_with(
                        "MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n\tboundary="
                    ) && structure.matches("\r\n").count() == 4,
                    "{what}: {structure}"
                ),
            }
        }
    }
    way.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn blind_recipients_are_not_in_the_original_behind_the_link() {
    let way = Way::open("", |_| ()).await;
    let mail = format!(
        "From: anna@example.org\r\nBcc: hidden@partner.example\r\nresent-bcc: hidden@partner.example\r\nSubject: s\r\n{STRUCTURE}\
         Content-Type: text/html\r\n{BODY}"
    );
    let left = way.through(mail.as_bytes(), SEALED).await;
    assert!(memmem::find(&left, b"hidden").is_none());
    let opened = std::fs::read(way.behind(&left).await).expect("written");
    let want = mail.replace(
        "Bcc: hidden@partner.example\r\nresent-bcc: hidden@partner.example\r\n",
        "",
    );
    assert_eq!(String::from_utf8_lossy(&opened), want);
    way.running.stop().await;
}

#[test]
fn the_manual_names_every_field_that_goes() {
    let text = cloakroom::manual::page("mails").expect("a page").text;
    let (_, section) = text
        .split_once("## The header, field by field")
        .expect("a section");
    let section = section
        .split("\n## ")
        .next()
        .unwrap_or_default()
        .to_lowercase();
    for name in BROKEN.iter().chain(SEALED_TOO) {
        let name = name.replace('*', "…");
        assert!(section.contains(&format!("`{name}`")), "{name}");
    }
}
