//! DKIM, judged by dkimpy and OpenDKIM: what we do not touch still verifies, what we change loses its signature and gets ours.

use crate::support::settings;

use super::{FILES, PLAIN, SEALED, Way, ask, run_in, without_received};
use cloakroom::mail::Content;
use cloakroom::mail::dkim::{Key, Signer, Signers};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Two keys for one domain: both sign (RFC 8463 section 3).
pub const SETTINGS: &str = r#"
[[dkim]]
domain = "example.org"
selector = "rsa"
key = "rsa.pem"

[[dkim]]
domain = "example.org"
selector = "ed"
key = "ed.pem"
"#;

/// The keys of [`SETTINGS`], and their records.
pub fn keys(folder: &Path) -> Value {
    run_in(folder, "openssl", &["genrsa", "-out", "rsa.pem", "2048"]);
    let ed = ["genpkey", "-algorithm", "ed25519", "-out", "ed.pem"];
    run_in(folder, "openssl", &ed);
    let mut records = serde_json::Map::new();
    for (selector, kind) in [("rsa", "rsa"), ("ed", "ed25519")] {
        let file = format!("{selector}.pem");
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.join(&file), private).expect("ours");
        let der = ["pkey", "-in", &file, "-pubout", "-outform", "DER"];
        let der = run_in(folder, "openssl", &der);
        // RFC 8463 section 4: the bare 32 bytes, which are the last of the structure.
        let public = if kind == "rsa" { &der[..] } else { &der[12..] };
        let public = encodify::base64::STANDARD.encode(public);
        records.insert(
            format!("{selector}._domainkey.example.org"),
            format!("v=DKIM1; k={kind}; p={public}").into(),
        );
    }
    records.into()
}

/// Asks both verifiers about each mail; the verdicts in order.
pub fn verdicts(folder: &Path, keys: &Value, mails: &[Vec<u8>], orders: &[Value]) -> Vec<Value> {
    let path = |i: usize| folder.join(format!("{i}.eml"));
    for (i, mail) in mails.iter().enumerate() {
        std::fs::write(path(i), mail).expect("the folder is ours");
    }
    let paths: Vec<PathBuf> = (0..mails.len()).map(path).collect();
    let order = json!({ "keys": keys, "verify": paths, "sign": orders });
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/signatures.py");
    // Debian's own: its packages are not seen by others.
    let answer = ask(Command::new("/usr/bin/python3").arg(script), &order);
    answer.as_array().expect("a list").clone()
}

/// Both say yes to as many signatures of this domain, and there are no others.
pub fn assert_signed(verdict: &Value, times: usize, what: &str) {
    let want = json!({
        "domains": vec!["example.org"; times],
        "opendkim": vec![true; times],
        "dkimpy": vec![true; times],
    });
    assert_eq!(verdict, &want, "{what}");
}

const FILE: &str = "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
                    Content-Disposition: attachment; filename=\"a.pdf\"\r\n\r\nJVBERi0xLjcK\r\n--b--\r\n";

/// A mail with a file; `text` with its part's header.
fn with_file(text: &str) -> Vec<u8> {
    format!(
        "From: Anna Lind <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Plan\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\n\
         Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{text}\r\n{FILE}"
    )
    .into_bytes()
}

/// Texts of all kinds, as parts.
fn texts() -> Vec<String> {
    let long = format!(
        "{} {}\r\n",
        "word ".repeat(190).trim_end(),
        "x".repeat(1_500)
    );
    [
        "Content-Type: text/plain\r\n\r\nHi Bo,\r\n\r\nhere it is.\r\n".to_owned(),
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nHej på dig, åäö\r\n".to_owned(),
        "Content-Type: text/plain\r\n\r\n".to_owned(),
        "Content-Type: text/plain\r\n\r\nHi \t \r\n\r\n \r\n\t\r\n\r\n\r\n".to_owned(),
        format!("Content-Type: text/plain\r\n\r\n{long}"),
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+SGk8L3A+DQo=\r\n".to_owned(),
        "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n\u{1b}$B$\"\u{1b}(B\r\n".to_owned(),
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nen =\r\nrad=20\r\n".to_owned(),
        "Content-Type: text/plain\r\n\r\n.\r\n..\r\n.hidden\r\n".to_owned(),
    ]
    .into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_we_change_is_signed_anew_and_verifies_everywhere() {
    let mut known = Value::Null;
    let way = Way::open(SETTINGS, |folder| known = keys(folder)).await;
    let broken = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=rsa; h=from; bh=x; b=y\r\n";
    let mut out = Vec::new();
    for text in texts() {
        let mail = [broken.as_bytes(), &with_file(&text)].concat();
        for to in [FILES, SEALED] {
            out.push(way.through(&mail, to).await);
        }
    }
    // Whole: readers may disagree about its structure.
    let two = String::from_utf8(with_file(&texts()[0])).expect("ASCII");
    let two = two.replace(
        "--b\r\nContent-Type: text/plain\r\n",
        "--b\r\nContent-Type: text/plain\r\nContent-Type: text/html\r\n",
    );
    out.push(way.through(two.as_bytes(), FILES).await);
    // A root that is the file; a header alone; a From below the domain.
    let root =
        "From: a@dept.example.org\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.7\r\n";
    out.push(way.through(root.as_bytes(), FILES).await);
    out.push(way.through(b"From: a@example.org\r\n\r\n", SEALED).await);
    let verdicts = verdicts(way.folder.path(), &known, &out, &[]);
    for (verdict, mail) in verdicts.iter().zip(&out) {
        let mail = String::from_utf8_lossy(mail);
        assert!(mail.contains("\r\nX-Cloakroom-Transfer: "), "{mail}");
        assert_signed(verdict, 2, &mail);
    }
    way.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_we_do_not_touch_verifies_as_before_and_is_not_signed_by_us() {
    let mut known = Value::Null;
    let way = Way::open(SETTINGS, |folder| known = keys(folder)).await;
    let folder = way.folder.path();
    let mails: Vec<Vec<u8>> = texts().iter().map(|text| with_file(text)).collect();
    let forms = [
        ("relaxed", "relaxed"),
        ("simple", "simple"),
        ("relaxed", "simple"),
    ];
    let order = |i: usize| {
        let (header, body) = forms[i % forms.len()];
        json!({ "mail": folder.join(format!("{i}.eml")), "domain": "example.org", "selector": "rsa",
                "key": folder.join("rsa.pem"), "header": header, "body": body })
    };
    let orders: Vec<Value> = (0..mails.len()).map(order).collect();
    let before = verdicts(folder, &known, &mails, &orders);
    let mut out = Vec::new();
    for (i, verdict) in before.iter().enumerate() {
        assert_signed(verdict, 1, "signed by dkimpy");
        let signed = std::fs::read(folder.join(format!("{i}.eml"))).expect("written");
        let left = way.through(&signed, PLAIN).await;
        assert_eq!(without_received(&left), signed, "the very bytes");
        out.push(left);
    }
    for verdict in verdicts(folder, &known, &out, &[]) {
        assert_signed(&verdict, 1, "after Cloakroom");
    }
    way.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_of_a_stranger_and_one_of_two_authors_is_not_signed() {
    let way = Way::open(SETTINGS, |folder| drop(keys(folder))).await;
    for from in ["x@stranger.example", "a@example.org, x@stranger.example"] {
        let mail = String::from_utf8(with_file(&texts()[0])).expect("ASCII");
        let mail = mail.replace("Anna Lind <anna@example.org>", from);
        let out = way.through(mail.as_bytes(), FILES).await;
        assert!(
            memchr::memmem::find(&out, b"DKIM-Signature").is_none(),
            "{from}"
        );
        assert!(memchr::memmem::find(&out, b"X-Cloakroom-Transfer").is_some());
    }
    way.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_changed_subject_is_signed_too() {
    let mut known = Value::Null;
    let way = Way::open(SETTINGS, |folder| known = keys(folder)).await;
    let mail = "From: a@example.org\r\nSubject: Plan [secure]\r\nDKIM-Signature: v=1; b=x\r\n\r\nNo file.\r\n";
    let out = way.through(mail.as_bytes(), PLAIN).await;
    let text = String::from_utf8_lossy(&out);
    assert!(text.contains("\r\nSubject: Plan\r\n\r\nNo file."), "{text}");
    let verdict = verdicts(way.folder.path(), &known, std::slice::from_ref(&out), &[]);
    assert_signed(&verdict[0], 2, &text);
    way.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_mail_that_tells_the_password_is_signed() {
    let mut known = Value::Null;
    let way = Way::open(SETTINGS, |folder| known = keys(folder)).await;
    let mail = String::from_utf8(with_file(&texts()[0])).expect("ASCII");
    let mail = mail.replace("Subject: Plan", "Subject: Plan [pw]");
    way.through(mail.as_bytes(), FILES).await;
    let told = crate::support::until(|| way.to("anna@example.org").pop()).await;
    let told = told.expect("the sender is told");
    assert!(crate::support::password_in(&told).is_some());
    let verdict = verdicts(way.folder.path(), &known, std::slice::from_ref(&told), &[]);
    assert_signed(&verdict[0], 2, &String::from_utf8_lossy(&told));
    way.running.stop().await;
}

/// Bodies that differ in what canonical forms are about, and headers that nobody should write, signed without a gateway around it.
#[test]
fn every_form_of_header_and_body_is_read_by_others_as_by_us() {
    let folder = tempfile::tempdir().expect("a folder");
    let known = keys(folder.path());
    let der = |file: &str| {
        let der = [
            "pkcs8", "-topk8", "-nocrypt", "-in", file, "-outform", "DER",
        ];
        run_in(folder.path(), "openssl", &der)
    };
    let key = |file: &str| Key::from_pkcs8(&der(file)).expect("a key");
    let signers = Signers::new(vec![
        Signer::new("example.org", "rsa", key("rsa.pem")),
        Signer::new("example.org", "ed", key("ed.pem")),
    ]);
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let header = "From: a@example.org\r\nSubject: x\r\n";
    for body in [
        "",
        "\r\n",
        "\r\n\r\n\r\n",
        "\t \r\n \r\n",
        "a\r\n",
        "a \r\n\r\n \t\r\n",
        " a\t b\r\n",
        "\r\n\r\na\r\n\r\n\r\nb  c\r\n",
    ] {
        mails.push(format!("{header}\r\n{body}").into_bytes());
    }
    let long = "x".repeat(70_000);
    mails.push(format!("{header}\r\n{long}\r\n{} \r\n", " ".repeat(70_000)).into_bytes());
    mails.push([header.as_bytes(), b"\r\n\xe5\xe4\xf6 \xff\xfe\x80\r\n"].concat());
    let ids: String = (0..200)
        .map(|i| format!("\r\n <{i}.{i}@host.example.org>"))
        .collect();
    let people: Vec<String> = (0..1_000)
        .map(|i| format!("\"P {i}\" <p{i}@partner.example>"))
        .collect();
    for more in [
        format!("References:{ids}\r\n"),
        format!("To: {}\r\n", people.join(",\r\n\t")),
        format!("Subject: {}\r\n", "å".repeat(30_000)),
        "To: a@x.example\r\nTo: b@x.example\r\nCc:\r\nReply-To: \r\n".into(),
        "TO:  a@x.example \t \r\n\t \r\n  , b@x.example\r\n".into(),
        "Content-Type: text/plain\r\nContent-Type: text/html\r\nContent-X: y\r\ncontent-x: z\r\n"
            .into(),
        "Date:no space\r\nMIME-Version:\t1.0\t\r\nX-Other: y\r\n".into(),
    ] {
        mails.push(
            format!("Received: x\r\n{more}From: \"A\" <a@example.org>\r\n\r\nHi\r\n").into_bytes(),
        );
    }
    mails.push(b"Subject: \xe5\xe4\xf6\r\nFrom: \xc5 <a@example.org>\r\n\r\nHi\r\n".to_vec());
    let many: String = (0..300)
        .map(|i| format!("Content-{i}: x\r\nTo: x{i}@x.example\r\n"))
        .collect();
    mails.push(format!("{many}{header}\r\nHi\r\n").into_bytes());
    let signed: Vec<Vec<u8>> = mails
        .into_iter()
        .map(|mail| {
            let content = signers.sign(Content::new(mail));
            content
                .expect("memory can be read")
                .to_vec()
                .expect("memory can be read")
        })
        .collect();
    for (verdict, mail) in verdicts(folder.path(), &known, &signed, &[])
        .iter()
        .zip(&signed)
    {
        let shown: String = String::from_utf8_lossy(mail).chars().take(2_000).collect();
        assert_signed(verdict, 2, &shown);
    }
    // A last line without its end, which SMTP does not carry, is read by one of them only.
    let mail = b"From: a@example.org\r\n\r\na b".to_vec();
    let content = signers.sign(Content::new(mail));
    let open = content.and_then(|content| content.to_vec());
    let open = open.expect("memory can be read");
    let open = verdicts(folder.path(), &known, &[open], &[]);
    assert_eq!(open[0]["dkimpy"], json!([true, true]));
    // The proof that these verifiers can say no: a second From, and one byte of a body.
    let changed = [
        [b"From: x@stranger.example\r\n", &signed[0][..]].concat(),
        [&signed[6][..], b"b"].concat(),
    ];
    for verdict in verdicts(folder.path(), &known, &changed, &[]) {
        for verifier in ["opendkim", "dkimpy"] {
            let all = verdict[verifier].as_array().expect("a list");
            assert!(all.iter().all(|said| *said != true), "{verdict}");
        }
    }
}

#[test]
fn check_prints_what_the_dns_has_to_show_and_refuses_keys_that_cannot_sign() {
    let folder = tempfile::tempdir().expect("a folder");
    let known = keys(folder.path());
    settings::write(
        folder.path(),
        "schema = 1\n",
        "smtp://127.0.0.1:25",
        SETTINGS,
    );
    let check = || {
        let mut check = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        let output = check
            .args(["check", "--config", "cloakroom.toml"])
            .current_dir(folder.path())
            .output()
            .expect("it runs");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (code, said, wrong) = check();
    assert_eq!(code, Some(0), "{wrong}");
    for (name, record) in known.as_object().expect("two keys") {
        let record = record.as_str().expect("a text");
        let line = format!("dns: {name} TXT \"{record}\"\n");
        assert!(said.contains(&line), "{line} {said}");
    }
    let rsa = |bits: &str| {
        let _ = std::fs::remove_file(folder.path().join("rsa.pem"));
        run_in(
            folder.path(),
            "openssl",
            &["genrsa", "-out", "rsa.pem", bits],
        );
    };
    let set_mode = |mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.path().join("rsa.pem"), mode).expect("ours");
    };
    let pem = |what: &[&str]| {
        run_in(folder.path(), "openssl", what);
        set_mode(0o600);
    };
    rsa("1024");
    let curve = [
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        "rsa.pem",
    ];
    let rows: [(&dyn Fn(), &str); 5] = [
        (&|| set_mode(0o600), "2048 to 8192 bits"),
        (
            &|| set_mode(0o644),
            "rsa.pem: mode 0644 lets others read this secret",
        ),
        (&|| pem(&curve), "neither RSA nor Ed25519"),
        (
            &|| std::fs::write(folder.path().join("rsa.pem"), "no key").expect("ours"),
            "no private key in PEM form",
        ),
        (
            &|| std::fs::remove_file(folder.path().join("rsa.pem")).expect("ours"),
            "rsa.pem: No such file",
        ),
    ];
    for (change, words) in rows {
        change();
        let (code, _, wrong) = check();
        assert_eq!(code, Some(78), "{words}");
        assert!(wrong.contains(words), "{words}: {wrong}");
        // The place is that of the first key, although the second has the same name.
        let line = 1 + std::fs::read_to_string(folder.path().join("cloakroom.toml"))
            .expect("ours")
            .lines()
            .position(|line| line == "key = \"rsa.pem\"")
            .expect("it is there");
        assert!(
            wrong.contains(&format!("cloakroom.toml:{line}:7")),
            "{wrong}"
        );
        assert_eq!(wrong.matches("rsa.pem:").count(), 1, "once: {wrong}");
    }
}
