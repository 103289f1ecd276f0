//! Signed and encrypted mail, made and judged by openssl and gpg: signatures verify and ciphertext opens, whichever way a mail takes.

use super::{CIPHER, FILES, PLAIN, SEALED, Way, run_in, without_received};
use crate::support::link_in;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A certificate, a gpg home, and what they make.
struct Desk(TempDir);

/// What is under a signature: a text, with a file or without.
fn content(with_file: bool) -> String {
    let text = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                Hej p=C3=A5 dig,=20\r\n-- =20\r\nAnna\r\n";
    match with_file {
        false => text.into(),
        true => format!(
            "Content-Type: multipart/mixed; boundary=\"inner\"\r\n\r\n--inner\r\n{text}\r\n--inner\r\n{PDF}\r\n--inner--\r\n"
        ),
    }
}

const PDF: &str = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\
                   Content-Disposition: attachment; filename=\"plan.pdf\"\r\n\r\nJVBERi0xLjcKcGxhbgo=\r\n";

/// The forms of a signature.
const SIGNED: [Form; 3] = [Form::Smime, Form::Opaque, Form::Pgp];
/// The forms of ciphertext.
const ENCRYPTED: [Form; 2] = [Form::Smime, Form::Pgp];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Smime,
    Opaque,
    Pgp,
}

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().expect("a folder"));
        let gpg = desk.0.path().join("gpg");
        fs::DirBuilder::new().create(&gpg).expect("ours");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(&gpg, private).expect("ours");
        desk.openssl(
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=Anna/emailAddress=anna@example.org",
        );
        desk.gpg("--passphrase  --quick-generate-key anna@example.org rsa2048 default never");
        desk.gpg("--passphrase  --quick-add-key FPR rsa2048 encr never");
        desk
    }

    fn folder(&self) -> &Path {
        self.0.path()
    }

    fn openssl(&self, words: &str) -> Vec<u8> {
        let words: Vec<&str> = words.split(' ').collect();
        run_in(self.folder(), "openssl", &words)
    }

    /// Two blanks make an empty word; `FPR` stands for the key's fingerprint.
    fn gpg(&self, words: &str) -> Vec<u8> {
        let common = "--homedir gpg --batch --yes --pinentry-mode loopback --trust-model always";
        let run = |words: &str| {
            let all: Vec<&str> = common.split(' ').chain(words.split(' ')).collect();
            run_in(self.folder(), "gpg", &all)
        };
        if !words.contains("FPR") {
            return run(words);
        }
        let keys = String::from_utf8(run("--list-keys --with-colons")).expect("ASCII");
        let print = keys.lines().find_map(|line| line.strip_prefix("fpr:"));
        let print = print.expect("a key").trim_matches(':');
        run(&words.replace("FPR", print))
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder().join(name), bytes).expect("ours");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder().join(name)).expect("it was made")
    }

    /// A MIME entity with a signature over `content`.
    fn signed(&self, form: Form, content: &str) -> String {
        self.write("content", content.as_bytes());
        let sign = "cms -sign -binary -in content -signer cert.pem -inkey key.pem -md sha256";
        match form {
            Form::Smime => entity(self.openssl(sign)),
            Form::Opaque => entity(self.openssl(&format!("{sign} -nodetach"))),
            Form::Pgp => {
                let signature =
                    self.gpg("--armor --digest-algo SHA256 --output - --detach-sign content");
                format!(
                    "Content-Type: multipart/signed; micalg=pgp-sha256;\r\n\tprotocol=\"application/pgp-signature\"; boundary=\"sb\"\r\n\r\n\
                     --sb\r\n{content}\r\n--sb\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n\r\n{}\r\n--sb--\r\n",
                    lines(signature)
                )
            }
        }
    }

    /// A MIME entity with `content` in ciphertext.
    fn encrypted(&self, form: Form, content: &str) -> String {
        self.write("content", content.as_bytes());
        match form {
            Form::Pgp => {
                let cipher =
                    self.gpg("--armor --recipient anna@example.org --output - --encrypt content");
                format!(
                    "Content-Type: multipart/encrypted;\r\n protocol=\"application/pgp-encrypted\"; boundary=\"eb\"\r\n\r\n\
                     --eb\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--eb\r\n\
                     Content-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n{}\r\n--eb--\r\n",
                    lines(cipher)
                )
            }
            _ => entity(self.openssl("cms -encrypt -binary -aes256 -in content cert.pem")),
        }
    }

    /// Asks the program that made it; a signature that does not verify fails the test. Gives what was signed.
    fn verified(&self, form: Form, mail: &[u8]) -> Vec<u8> {
        match form {
            Form::Pgp => {
                let (content, rest) = between(mail, "--sb\r\n", "\r\n--sb\r\n");
                let (signature, _) = between(rest, "\r\n\r\n", "\r\n--sb--");
                self.write("back", content);
                self.write("back.asc", signature);
                self.gpg("--verify back.asc back");
            }
            _ => {
                self.write("back.eml", mail);
                self.openssl("cms -verify -in back.eml -CAfile cert.pem -purpose any -out back");
            }
        }
        self.read("back")
    }

    /// Opens it.
    fn decrypted(&self, form: Form, mail: &[u8]) -> Vec<u8> {
        match form {
            Form::Pgp => {
                let (_, rest) = between(mail, "--eb\r\n", "\r\n--eb\r\n");
                let (cipher, _) = between(rest, "\r\n\r\n", "\r\n--eb--");
                self.write("back.asc", cipher);
                self.gpg("--output back --decrypt back.asc");
            }
            _ => {
                self.write("back.eml", mail);
                self.openssl(
                    "cms -decrypt -binary -in back.eml -recip cert.pem -inkey key.pem -out back",
                );
            }
        }
        self.read("back")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Its folder goes now; an agent would wait for it for a minute.
        run_in(
            self.folder(),
            "gpgconf",
            &["--homedir", "gpg", "--kill", "all"],
        );
    }
}

/// openssl writes line feeds around what is CRLF already.
fn lines(text: Vec<u8>) -> String {
    let text = String::from_utf8(text).expect("text");
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// What openssl has made, without the field that every mail of ours has.
fn entity(made: Vec<u8>) -> String {
    lines(made).replacen("MIME-Version: 1.0\r\n", "", 1)
}

fn between<'a>(mail: &'a [u8], from: &str, to: &str) -> (&'a [u8], &'a [u8]) {
    let find = |text: &[u8], what: &str| {
        let found = memchr::memmem::find(text, what.as_bytes());
        found.unwrap_or_else(|| panic!("no {what:?} in {}", String::from_utf8_lossy(text)))
    };
    let rest = &mail[find(mail, from) + from.len()..];
    let end = find(rest, to);
    (&rest[..end], &rest[end + to.len()..])
}

fn mail_of(entity: &str) -> Vec<u8> {
    format!(
        "From: Anna Lind <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Signed\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\n\
         Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n{entity}"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_signature_verifies_whichever_way_its_mail_takes() {
    let desk = Desk::new();
    let way = Way::open("", |_| ()).await;
    for form in SIGNED {
        for with_file in [false, true] {
            let content = content(with_file);
            let mail = mail_of(&desk.signed(form, &content));
            assert_eq!(
                desk.verified(form, &mail),
                content.as_bytes(),
                "{form:?} as made"
            );
            for to in [PLAIN, FILES, SEALED] {
                let what = format!("{form:?}, a file: {with_file}, {to}");
                let left = way.through(&mail, to).await;
                // What is inside an opaque signature nobody sees: it may be a file, so it counts as one.
                let whole = to == SEALED || (to == FILES && (with_file || form == Form::Opaque));
                let mail = match whole {
                    true => {
                        let file = way.behind(&left).await;
                        assert_eq!(file.extension().and_then(|e| e.to_str()), Some("eml"));
                        let opened = fs::read(&file).expect("it was written");
                        assert_eq!(opened, mail, "{what}");
                        opened
                    }
                    false => {
                        assert_eq!(without_received(&left), mail, "{what}");
                        left
                    }
                };
                assert_eq!(desk.verified(form, &mail), content.as_bytes(), "{what}");
            }
        }
    }
    way.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_beside_what_is_signed_is_taken_and_the_signature_still_verifies() {
    let desk = Desk::new();
    let way = Way::open("", |_| ()).await;
    let footer = "Content-Type: text/plain\r\n\r\n_____\r\nThe list's footer.\r\n";
    let content = content(false);
    for form in [Form::Smime, Form::Pgp] {
        for more in [PDF.to_owned(), format!("{footer}\r\n--outer\r\n{PDF}")] {
            let signed = desk.signed(form, &content);
            let mail = mail_of(&format!(
                "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\n{signed}\r\n--outer\r\n{more}\r\n--outer--\r\n"
            ));
            let left = way.through(&mail, FILES).await;
            let file = way.behind(&left).await;
            assert_eq!(fs::read(file).expect("written"), b"%PDF-1.7\nplan\n");
            let text = String::from_utf8(left).expect("ASCII");
            assert!(!text.contains("JVBERi0x"), "the file is gone: {text}");
            assert!(
                text.contains(&signed),
                "the signed part is the same: {text}"
            );
            let verified = desk.verified(form, &mail_of(&signed_part(&text)));
            assert_eq!(verified, content.as_bytes());
            // What is read first says where the file is.
            let link = link_in(text.as_bytes()).expect("a link");
            assert!(text.find(&link) < text.find(&signed), "{text}");
        }
    }
    way.running.stop().await;
}

/// The `multipart/signed` in what left, as a reader cuts it out: from its header to the delimiter behind it.
fn signed_part(mail: &str) -> String {
    let start = mail
        .find("Content-Type: multipart/signed")
        .expect("it is there");
    let end = mail[start..].find("\r\n--outer").expect("a delimiter");
    mail[start..start + end].to_owned() + "\r\n"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_clear_signed_text_verifies_with_its_file_taken_and_without() {
    let desk = Desk::new();
    let way = Way::open("", |_| ()).await;
    desk.write("text", b"Hej,\r\n\r\nhere is the plan. \r\n- Anna\r\n");
    let text = lines(desk.gpg("--output - --clearsign text"));
    let part = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}");
    let verify = |left: &[u8]| {
        let start = memchr::memmem::find(left, b"-----BEGIN PGP SIGNED").expect("it is there");
        let (_, rest) = between(&left[start..], "-----END PGP SIGNATURE", "-----\r\n");
        desk.write("back.asc", &left[start..left.len() - rest.len()]);
        desk.gpg("--verify back.asc");
    };
    let alone = mail_of(&part);
    let beside = mail_of(&format!(
        "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n--outer\r\n{part}\r\n--outer\r\n{PDF}\r\n--outer--\r\n"
    ));
    for (mail, to) in [(&alone, PLAIN), (&alone, FILES), (&beside, PLAIN)] {
        let left = way.through(mail, to).await;
        assert_eq!(without_received(&left), mail, "{to}");
        verify(&left);
    }
    let left = way.through(&beside, FILES).await;
    let file = way.behind(&left).await;
    assert_eq!(fs::read(file).expect("written"), b"%PDF-1.7\nplan\n");
    assert!(
        memchr::memmem::find(&left, part.as_bytes()).is_some(),
        "{}",
        String::from_utf8_lossy(&left)
    );
    verify(&left);
    let left = way.through(&alone, SEALED).await;
    let opened = fs::read(way.behind(&left).await).expect("written");
    assert_eq!(opened, alone);
    verify(&opened);
    way.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ciphertext_opens_after_us_and_is_sealed_only_by_a_rule_that_names_it() {
    let desk = Desk::new();
    let way = Way::open("", |_| ()).await;
    let content = content(true);
    for form in ENCRYPTED {
        let mail = mail_of(&desk.encrypted(form, &content));
        for to in [PLAIN, FILES, SEALED] {
            let left = way.through(&mail, to).await;
            assert_eq!(without_received(&left), mail, "{form:?} {to}");
            assert_eq!(desk.decrypted(form, &left), content.as_bytes());
        }
        let left = way.through(&mail, CIPHER).await;
        let opened = fs::read(way.behind(&left).await).expect("written");
        assert_eq!(opened, mail, "{form:?}");
        assert_eq!(desk.decrypted(form, &opened), content.as_bytes());
    }
    way.running.stop().await;
}
