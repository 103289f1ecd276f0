//! Tokens, access keys and addresses with a password in them.
//!
//! Found by the letters that their makers put before them; then length, alphabet and, where published, checksum must fit (GitHub and npm:
//! CRC-32 in base 62, "Behind GitHub's new authentication token formats"). What is fit for a manual (`xxxx`, `EXAMPLE`) does not count.
//! Leaves to others: keys (`private_key`), passwords alone (`password`).

use super::literals::looks_random;
use super::token_kinds::{KINDS, Kind};
use super::{Checked, Confidence, Detector, Family, Form, Passage, Report, Scan};
use memchr::memmem;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Tokens of well-known services.
pub const API_TOKEN: &Detector = &Detector {
    name: "api_token",
    title: "API token or key (AWS, GitHub, Slack, …), address with a password",
    country: "",
    family: Family::Secret,
    lengths: &[],
    check: |_| None,
    bare: Some(Confidence::Medium),
    with_context: Confidence::High,
    context: &[
        "token*",
        "api key",
        "apikey*",
        "access key",
        "secret*",
        "credential*",
        "bearer",
        "authorization",
        "zugangsdaten",
        "clé d'api",
        "clave api",
        "api-nøgle",
        "api-nyckel",
        "api sleutel",
    ],
};

/// Finds tokens by what they begin with.
pub const SCAN: &Scan = &Scan {
    detector: API_TOKEN,
    find,
};

static PREFIXES: LazyLock<Regex> = LazyLock::new(|| {
    let escaped: Vec<String> = KINDS
        .iter()
        .map(|kind| regex::escape(kind.prefix))
        .collect();
    Regex::new(&escaped.join("|")).expect("literals")
});

fn find(passage: &Passage<'_>, report: Report<'_>) {
    let text = passage.text;
    let mut end = 0;
    for prefix in PREFIXES.find_iter(text) {
        if prefix.start() < end {
            continue;
        }
        let kinds = KINDS.iter().filter(|kind| kind.prefix == prefix.as_str());
        let found = kinds
            .filter_map(|kind| token(text, prefix.range(), kind))
            .next();
        if let Some((range, checked)) = found {
            end = range.end;
            report(range, checked);
        }
    }
}

/// The token of this kind whose prefix stands there.
fn token(text: &str, prefix: Range<usize>, kind: &Kind) -> Option<(Range<usize>, Checked)> {
    // What goes on to the left is something else; it would also be read again from each prefix in it.
    let before = text[..prefix.start].bytes().next_back();
    let inside = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || (kind.place)(c);
    if !kind.names_a_field && before.is_some_and(inside) {
        return None;
    }
    let rest = &text[prefix.end..];
    let len = rest
        .bytes()
        .take(kind.longest + 1)
        .take_while(|&c| (kind.place)(c))
        .count();
    // The end of a sentence is none of the token.
    let body = rest[..len].trim_end_matches('.');
    let fits = (kind.shortest..=kind.longest).contains(&body.len())
        && rest[body.len()..].starts_with(kind.end);
    if !fits || !looks_random(body) {
        return None;
    }
    let form = (kind.form)(text, body, prefix.end + body.len())?;
    let value = if kind.names_a_field {
        body.to_owned()
    } else {
        format!("{}{body}", kind.prefix)
    };
    let range = prefix.start..prefix.end + body.len() + kind.end.len();
    Some((range, Checked::written(value, form)))
}

/// Finds addresses with a password: `postgres://app:secret@host/db`.
pub const ADDRESSES: &Scan = &Scan {
    detector: API_TOKEN,
    find: addresses,
};

/// Characters of a scheme and of a user with password.
const LONGEST_SCHEME: usize = 20;
const LONGEST_USERINFO: usize = 256;

fn addresses(passage: &Passage<'_>, report: Report<'_>) {
    let text = passage.text.as_bytes();
    for at in memmem::find_iter(text, b"://") {
        let scheme = text[..at]
            .iter()
            .rev()
            .take(LONGEST_SCHEME)
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
            .count();
        let userinfo = text[at + 3..]
            .iter()
            .take(LONGEST_USERINFO)
            .take_while(|c| {
                c.is_ascii_graphic()
                    && !matches!(c, b'@' | b'/' | b'?' | b'#' | b'<' | b'"' | b'\'')
            })
            .count();
        let range = at - scheme..at + 3 + userinfo;
        let host = text.get(range.end..range.end + 2);
        let goes_on =
            host.is_some_and(|h| h[0] == b'@' && (h[1].is_ascii_alphanumeric() || h[1] == b'['));
        if scheme == 0 || !goes_on {
            continue;
        }
        if let Some((user, password)) = passage.text[at + 3..range.end].split_once(':')
            && is_password(user, password)
        {
            let value = &passage.text[range.clone()];
            let web = text[range.start..].starts_with(b"http");
            let form = if web { Form::Usual } else { Form::Telling };
            report(range, Checked::written(value, form));
        }
    }
}

/// Not a place for one: `user:password@`, `${USER}:${PASSWORD}@`, `<user>:<pw>@`, `u:***@`.
fn is_password(user: &str, password: &str) -> bool {
    const SAYS_NOTHING: &[&str] = &[
        "password",
        "passwd",
        "passwort",
        "pass",
        "pwd",
        "pw",
        "secret",
        "user",
        "username",
        "token",
        "changeme",
        "example",
        "mypassword",
        "yourpassword",
        "your_password",
        "your-password",
        "hunter2",
        "foo",
        "bar",
        "test",
        "p",
    ];
    let place = |c: char| matches!(c, '$' | '{' | '}' | '%' | '*' | '(' | '[');
    let lower = password.to_ascii_lowercase();
    let masked = lower.bytes().all(|c| c == lower.as_bytes()[0]);
    let encoded = password.contains('%')
        && password.split('%').skip(1).all(|p| {
            p.get(..2)
                .is_some_and(|h| u8::from_str_radix(h, 16).is_ok())
        });
    let named = SAYS_NOTHING.contains(&lower.as_str()) || user == password && password.len() < 6;
    password.len() >= 4 && !masked && !named && (encoded || !password.contains(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Form)> {
        let mut found = Vec::new();
        let core = (0, text.len());
        let passage = Passage {
            text,
            headings: &[],
            core,
        };
        for scan in [SCAN, ADDRESSES] {
            (scan.find)(&passage, &mut |range, checked| {
                found.push((text[range].to_owned(), checked.form));
            });
        }
        found
    }

    /// A made-up token, in two pieces so that no scanner of repositories takes it for one.
    fn made(prefix: &str, body: &str) -> String {
        format!("{prefix}{body}")
    }

    #[test]
    fn tokens_are_found_whole_whatever_stands_around() {
        let telling: Vec<String> = [
            // Published: a token that its owner made, and revoked, to show the checksum (A. O'Neal, base62-token); npm's example in
            // secretlint's thread 200.
            ("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"),
            ("npm_", "qkJaB6MffYVzZXWqmcoF49yrUxP3wf0LsakP"),
            ("github_pat_", "11AB3CDE40fGhIjKlMnOpQ_rS7tUvWxYz0AbCdEfGhIjKlMnOpQrStUvWxYz1AbCdEfGhIjKlMnOpQrStU"),
            ("glpat-", "x8Fk3_mQz1-Rt7Yw2LpV"),
            ("glpat-", "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5b.01.121hm2xk9"),
            ("xoxb-", "718293046512-902817364501-aB3dE5fG7hJ9kL1mN3pQ5rS7"),
            ("sk_live_", "aB3dE5fG7hJ9kL1mN3pQ5rS7"),
            ("pypi-AgEIcHlwaS5vcmc", "CJDlhZjQ4ODg2LTk3YzYtNDdkYy1hMTM5LTgyZjNhYjE1ZDE4NgACKlszLCJkMzY0NWI1Mi1hZTE3"),
            ("sk-proj-", "aB3dE5fG7hJ9kL1mN3pQT3BlbkFJ5rS7tU9vW1xY3zA5bC7d"),
            ("sk-ant-api03-", "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7dE9fG1hI3jK5lM7nO9pQ1rS3tU5vW7xY9zA1bC3dE5fG7h-wAA"),
            ("SG.", "aB3dE5fG7hJ9kL1mN3pQ5r.S7tU9vW1xY3zA5bC7dE9fG1hI3jK5lM7nO9pQ1rS3tU"),
            ("hooks.slack.com/services/", "T01AB2CD3/B04EF5GH6/aB3dE5fG7hJ9kL1mN3pQ5rS7"),
            ("dop_v1_", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            ("AccountKey=", "g9FQca0QnXcrHvjU5PeMpbEv5sN2uwCPhoHbzcvdv7EF6LHLq/D96Rm4S9XRuKRcvff1xdShvAYElNH3NDZhnw=="),
            ("SharedAccessKey=", "g9FQca0QnXcrHvjU5PeMpbEv5sN2uwCPhoHbzcvdv7E="),
        ]
        .iter()
        .map(|(prefix, body)| made(prefix, body))
        .collect();
        for token in telling {
            for (before, behind) in [("", ""), ("key: ", ", ok"), ("X=\"", "\"\n"), ("a ", ".")] {
                let text = format!("{before}{token}{behind}");
                assert_eq!(found(&text), [(token.clone(), Form::Telling)], "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_secret_alone_or_not_checked_counts_less() {
        for token in [
            made("AKIA", "Z7QHM2XK4RTPLW3D"),
            made("AIza", "SyB7xkQ1-mZr3Yw5LpV9_tFk2Hs8dGj4Nc0"),
            made(
                "eyJ",
                "hbGciOiJIUzI1NiJ9.eyJzdWIiOiI5MDIxIiwibmFtZSI6IkphbmUifQ.dyt0CoTl4WoVjAHI9Q_CwSKhl6d_9rhM3NrXuJttkao",
            ),
        ] {
            assert_eq!(found(&token), [(token.clone(), Form::Usual)], "{token}");
        }
    }

    #[test]
    fn an_access_key_beside_its_secret_tells() {
        let id = made("AKIA", "Z7QHM2XK4RTPLW3D");
        let text = format!(
            "aws_access_key_id = {id}\naws_secret_access_key = wJ4lrX/tnFEMI+K7MDENGbPxRfiCYzq83hd7sHs2\n"
        );
        assert_eq!(found(&text), [(id, Form::Telling)]);
    }

    #[test]
    fn addresses_with_a_password_are_found() {
        for (text, form) in [
            (
                "postgres://app:s3cr3tPw@db.example.org:5432/app",
                Form::Telling,
            ),
            (
                "mongodb+srv://root:Tz%40k9Lm2@cluster0.example.net/x",
                Form::Telling,
            ),
            ("redis://:q8Zr2LmX@10.0.0.7:6379/0", Form::Telling),
            (
                "https://bot:f9Kq2LmX7@git.example.org/repo.git",
                Form::Usual,
            ),
        ] {
            let found = found(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].1, form, "{text}");
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for text in [
            made("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"), // checksum
            made("ghp_", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
            made("ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq1"), // short
            made("xghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"), // inside a word
            made("AKIA", "IOSFODNN7EXAMPLE"),
            made("AKIA", "Z7QHM2XK4RTPLW3D7"),
            made("sk_test_", "aB3dE5fG7hJ9kL1mN3pQ5rS7"),
            made("sk-", "learn-contrib-and-other-python-packages"),
            made("SG.", "something.or.other"),
            "task-force sk-ant eyJ eyJhbGciOiJIUzI1NiJ9.x.y".to_owned(),
            "https://example.org/a:b@c ftp://user:password@host http://u:${PW}@h http://x:***@y"
                .to_owned(),
            "see http://host:8080/path@2x and mailto:a@b.example".to_owned(),
            "550e8400-e29b-41d4-a716-446655440000 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
                .to_owned(),
        ] {
            assert_eq!(found(&text), [], "{text}");
        }
    }
}
