//! Private keys.
//!
//! PEM and OpenSSH (RFC 7468, RFC 5958, PROTOCOL.key), OpenPGP (RFC 9580 section 6), SSH2 (RFC 4716), PuTTY, JWK (RFC 7517), XML of .NET,
//! WireGuard, age. Found by a literal that all of a kind have; then the key itself must stand there, so that a manual that shows
//! `-----BEGIN PRIVATE KEY----- …` is not one. A key that asks for a password counts one class less.

use super::literals::{base64_run, is_base64, quoted};
use super::{Checked, Confidence, Detector, Family, Form, Passage, Report, Scan};
use memchr::memmem;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Blocks of keys.
pub const PRIVATE_KEY: &Detector = &Detector {
    name: "private_key",
    title: "Private key (PEM, OpenSSH, PGP, PuTTY, JWK, WireGuard, age)",
    country: "",
    family: Family::Secret,
    lengths: &[],
    check: |_| None,
    bare: Some(Confidence::High),
    with_context: Confidence::High,
    context: &[
        "private key",
        "secret key",
        "privater schlüssel",
        "clé privée",
        "clave privada",
    ],
};

/// Finds keys by the words that stand before them.
pub const SCAN: &Scan = &Scan {
    detector: PRIVATE_KEY,
    find,
};

/// Names of blocks and fields, and what reads a key where one stands.
const KINDS: &[(&str, Read)] = &[
    ("PRIVATE KEY", armoured),
    ("PuTTY-User-Key-File-", putty),
    ("\"kty\"", jwk),
    ("<RSAKeyValue>", xml),
    ("PrivateKey", wireguard),
    ("AGE-SECRET-KEY-1", age),
];

/// Looks at the text and the place of a literal in it: the place of the key, and its value.
type Read = fn(&str, Range<usize>) -> Option<(Range<usize>, Checked)>;

static LITERALS: LazyLock<Regex> = LazyLock::new(|| {
    let escaped: Vec<String> = KINDS.iter().map(|(word, _)| regex::escape(word)).collect();
    Regex::new(&escaped.join("|")).expect("literals")
});

/// A key begins at most so far behind its literal, headers of its block included.
const HEADERS: usize = 1024;

/// An object of JSON or XML with a key is not longer.
const OBJECT: usize = 8 * 1024;

/// Characters of a key that make it a key, and its value: an Ed25519 key in PKCS #8 has 64.
const ENOUGH: usize = 60;

fn find(passage: &Passage<'_>, report: Report<'_>) {
    let text = passage.text;
    let mut end = 0;
    for literal in LITERALS.find_iter(text) {
        let read = KINDS.iter().find(|(word, _)| *word == literal.as_str());
        if literal.start() < end {
            continue;
        }
        if let Some((range, checked)) = read.and_then(|(_, read)| read(text, literal.range())) {
            end = range.end;
            report(range, checked);
        }
    }
}

/// `-----BEGIN … PRIVATE KEY-----`, `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----`.
fn armoured(text: &str, literal: Range<usize>) -> Option<(Range<usize>, Checked)> {
    let before = window(text, literal.start.saturating_sub(40), literal.start);
    let begin = before.rfind("BEGIN ")?;
    let label = &before[begin + 6..];
    let dashes = before[..begin].trim_end_matches(' ');
    let named = label
        .bytes()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b' ');
    let behind = window(text, literal.end, literal.end + HEADERS);
    let block = behind
        .strip_prefix(" BLOCK")
        .unwrap_or(behind)
        .trim_start_matches(' ');
    let block = block
        .strip_prefix("----")
        .filter(|_| named && dashes.ends_with("----"))?;
    let (key, encrypted) = body(block.trim_start_matches('-'))?;
    let start = literal.start - label.len() - 6 - (before[..begin].len() - dashes.len());
    let start = start - dashes.bytes().rev().take_while(|&c| c == b'-').count();
    let form = if encrypted || label.contains("ENCRYPTED") {
        Form::Loose
    } else {
        Form::Usual
    };
    Some((start..literal.end, Checked::written(key, form)))
}

/// The first lines of base64 behind the headers of a block; lines may end as strings of programs have it: `\n`.
fn body(block: &str) -> Option<(String, bool)> {
    let mut key = String::new();
    let mut encrypted = false;
    for line in block.split('\n').flat_map(|line| line.split("\\n")) {
        let line = line
            .trim_end_matches("\\r")
            .trim_matches([' ', '\r', '"', '\'', '>', '+', ',', '\t']);
        encrypted |= line.starts_with("Proc-Type:") && line.contains("ENCRYPTED");
        if !line.is_empty() && line.bytes().all(is_base64) {
            key.push_str(line);
        } else if !key.is_empty() || line.starts_with("--") {
            break;
        }
        if key.len() >= ENOUGH {
            key.truncate(ENOUGH);
            return Some((key, encrypted));
        }
    }
    None
}

/// PuTTY's manual, appendix C: the private lines stand behind the public ones.
fn putty(text: &str, literal: Range<usize>) -> Option<(Range<usize>, Checked)> {
    let block = window(text, literal.end, literal.end + OBJECT);
    let (head, lines) = block.split_once("Private-Lines:")?;
    let encrypted = head.contains("Encryption: ") && !head.contains("Encryption: none");
    let (_, lines) = lines.split_once('\n')?;
    let key = base64_run(lines.trim_start(), 40)?;
    let form = if encrypted { Form::Loose } else { Form::Usual };
    Some((
        literal.start..literal.end + head.len(),
        Checked::written(key, form),
    ))
}

/// RFC 7518 sections 6.2.2, 6.3.2 and 6.4: a private member, `d` or (symmetric) `k`, in the same object.
fn jwk(text: &str, literal: Range<usize>) -> Option<(Range<usize>, Checked)> {
    let before = window(
        text,
        literal.start.saturating_sub(OBJECT / 4),
        literal.start,
    );
    let open = before
        .rfind(['{', '}'])
        .filter(|&at| before.as_bytes()[at] == b'{')?;
    let start = literal.start - (before.len() - open);
    let behind = window(text, start, start + OBJECT);
    let object = &behind[..memchr::memchr(b'}', behind.as_bytes())?];
    let member = if quoted(object, "kty") == Some("oct") {
        "k"
    } else {
        "d"
    };
    let key = quoted(object, member)?;
    let fits = key.len() >= 20
        && key
            .bytes()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    fits.then(|| (start..start + object.len() + 1, Checked::new(key)))
}

/// .NET, `RSA.ToXmlString(true)`.
fn xml(text: &str, literal: Range<usize>) -> Option<(Range<usize>, Checked)> {
    let behind = window(text, literal.end, literal.end + OBJECT);
    let object = &behind[..memmem::find(behind.as_bytes(), b"</RSAKeyValue>")?];
    let (_, key) = object.split_once("<D>")?;
    Some((
        literal.start..literal.end + object.len(),
        Checked::new(base64_run(key, ENOUGH)?),
    ))
}

/// wg-quick(8): 32 bytes in base64.
fn wireguard(text: &str, literal: Range<usize>) -> Option<(Range<usize>, Checked)> {
    let behind = window(text, literal.end, literal.end + 64);
    let behind = behind
        .trim_start_matches(' ')
        .strip_prefix('=')?
        .trim_start_matches(' ');
    let key = base64_run(behind, 43)?;
    let ends = behind[43..]
        .strip_prefix('=')
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
    ends.then(|| (literal.start..literal.end, Checked::new(key)))
}

/// age's format: Bech32 in capitals.
fn age(text: &str, literal: Range<usize>) -> Option<(Range<usize>, Checked)> {
    let key = text[literal.end..].get(..58)?;
    let fits = key
        .bytes()
        .all(|c| b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".contains(&c));
    fits.then(|| (literal.start..literal.end + 58, Checked::new(key)))
}

/// A piece of text, cut where characters begin.
fn window(text: &str, from: usize, to: usize) -> &str {
    &text[text.ceil_char_boundary(from)..text.floor_char_boundary(to.min(text.len()))]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody's key: letters in a row.
    const LINES: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu";

    fn found(text: &str) -> Vec<Form> {
        let mut found = Vec::new();
        let core = (0, text.len());
        find(
            &Passage {
                text,
                headings: &[],
                core,
            },
            &mut |range, checked| {
                assert!(text.get(range).is_some());
                found.push(checked.form);
            },
        );
        found
    }

    #[test]
    fn blocks_of_every_kind_are_found() {
        for text in [
            format!("-----BEGIN PRIVATE KEY-----\n{LINES}\n-----END PRIVATE KEY-----"),
            format!("-----BEGIN RSA PRIVATE KEY-----\r\n{LINES}\r\n"),
            format!("> -----BEGIN EC PRIVATE KEY-----\n> {}", LINES.replace('\n', "\n> ")),
            format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{LINES}"),
            format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: x\nComment: mine\n\n{LINES}"),
            format!("{{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n{}\\n\"}}", LINES.replace('\n', "\\n")),
            format!("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: k\nPublic-Lines: 2\nAAAA\nPrivate-Lines: 1\n{LINES}"),
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\"}".to_owned(),
            "{ \"kty\" : \"oct\", \"k\" : \"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ\" }".to_owned(),
            format!("<RSAKeyValue><Modulus>x</Modulus><D>{LINES}</D></RSAKeyValue>"),
            "[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n".to_owned(),
            format!("AGE-SECRET-KEY-1{}", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".repeat(2)[..58].to_owned()),
        ] {
            assert_eq!(found(&text), [Form::Usual], "{text}");
        }
    }

    #[test]
    fn a_key_with_a_password_counts_less() {
        for text in [
            format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{LINES}"),
            format!(
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n{LINES}"
            ),
            format!("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n{LINES}"),
            format!(
                "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\nPrivate-Lines: 1\n{LINES}"
            ),
        ] {
            assert_eq!(found(&text), [Form::Loose], "{text}");
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for text in [
            format!("-----BEGIN PUBLIC KEY-----\n{LINES}\n-----END PUBLIC KEY-----"),
            format!("-----BEGIN CERTIFICATE-----\n{LINES}"),
            format!("-----END PRIVATE KEY-----\n{LINES}"),
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".to_owned(),
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEow...\n-----END RSA PRIVATE KEY-----".to_owned(),
            "KEEP YOUR PRIVATE KEY SAFE".to_owned(),
            "PuTTY-User-Key-File-3: is the first line".to_owned(),
            "{\"kty\":\"EC\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\"}".to_owned(),
            "{\"kty\":\"EC\"} {\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\"}".to_owned(),
            "PrivateKey = <your key>".to_owned(),
            "AGE-SECRET-KEY-1…".to_owned(),
            "é".repeat(30) + "PRIVATE KEY" + &"é".repeat(600),
        ] {
            assert_eq!(found(&text), [], "{text}");
        }
    }
}
