//! The kinds of tokens that `api_token` knows: what they begin with, what they are made of, and what is published of their checksums.

use super::Form;
use super::literals::is_base64;

/// A kind of token.
pub struct Kind {
    /// What it begins with.
    pub prefix: &'static str,
    /// The characters behind it.
    pub place: fn(u8) -> bool,
    /// How many of them there are.
    pub shortest: usize,
    /// See `shortest`.
    pub longest: usize,
    /// What ends it: the padding of base64, or nothing.
    pub end: &'static str,
    /// The prefix names the field (`AccountKey=`) or the place, and may be the end of something longer.
    pub names_a_field: bool,
    /// Looks at the text, what stands behind the prefix, and where it ends; `None`: it is none.
    pub form: fn(&str, &str, usize) -> Option<Form>,
}

const KIND: Kind = Kind {
    prefix: "",
    place: |c| c.is_ascii_alphanumeric(),
    shortest: 0,
    longest: 0,
    end: "",
    names_a_field: false,
    form: |_, _, _| Some(Form::Telling),
};

const fn kind(
    prefix: &'static str,
    place: fn(u8) -> bool,
    shortest: usize,
    longest: usize,
) -> Kind {
    Kind {
        prefix,
        place,
        shortest,
        longest,
        ..KIND
    }
}

/// One row for each prefix; of prefixes that begin alike the longer stands first.
#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    // AWS, IAM manual "Unique identifiers": the key's name is no secret, the key beside it is.
    Kind { form: beside_secret, ..kind("AKIA", base32, 16, 16) },
    Kind { form: beside_secret, ..kind("ASIA", base32, 16, 16) },
    // Azure Storage, Service Bus, Event Hubs: 64 and 32 bytes.
    Kind { end: "==", names_a_field: true, ..kind("AccountKey=", base64, 86, 86) },
    Kind { end: "=", names_a_field: true, ..kind("SharedAccessKey=", base64, 43, 43) },
    // GitHub: 30 characters and their CRC-32.
    Kind { form: crc32, ..kind("ghp_", alphanumeric, 36, 36) },
    Kind { form: crc32, ..kind("gho_", alphanumeric, 36, 36) },
    Kind { form: crc32, ..kind("ghu_", alphanumeric, 36, 36) },
    Kind { form: crc32, ..kind("ghs_", alphanumeric, 36, 36) },
    kind("ghr_", alphanumeric, 76, 76),
    kind("github_pat_", word, 82, 82),
    Kind { form: crc32, ..kind("npm_", alphanumeric, 36, 36) },
    // GitLab, "Token overview": 20 characters; routable ones have their length and CRC behind dots.
    Kind { form: gitlab, ..kind("glpat-", dotted, 20, 320) },
    Kind { form: gitlab, ..kind("gldt-", dotted, 20, 320) },
    Kind { form: gitlab, ..kind("glrt-", dotted, 20, 320) },
    Kind { form: gitlab, ..kind("glcbt-", dotted, 20, 320) },
    Kind { form: gitlab, ..kind("glptt-", dotted, 40, 320) },
    Kind { form: gitlab, ..kind("glft-", dotted, 20, 320) },
    Kind { form: gitlab, ..kind("glsoat-", dotted, 20, 320) },
    // Slack, "Token types": numbers of team and user first.
    Kind { form: slack, ..kind("xoxb-", dashed, 40, 255) },
    Kind { form: slack, ..kind("xoxp-", dashed, 40, 255) },
    Kind { form: slack, ..kind("xoxa-", dashed, 40, 255) },
    Kind { form: slack, ..kind("xoxs-", dashed, 40, 255) },
    kind("xoxe.xoxp-", dashed, 100, 255),
    kind("xapp-1-", dashed, 80, 160),
    Kind { form: three_parts, names_a_field: true, ..kind("hooks.slack.com/services/", slashed, 40, 60) },
    kind("sk_live_", alphanumeric, 24, 247),
    kind("rk_live_", alphanumeric, 24, 247),
    kind("whsec_", base64, 32, 64),
    // Google: keys of web pages are public; those of clients and services are not.
    Kind { form: usual, ..kind("AIza", dash_word, 35, 35) },
    kind("GOCSPX-", dash_word, 28, 28),
    kind("ya29.", dash_word, 60, 400),
    // PyPI: a macaroon whose first field is the site.
    kind("pypi-AgEIcHlwaS5vcmc", dash_word, 70, 400),
    kind("pypi-AgENdGVzdC5weXBpLm9yZw", dash_word, 70, 400),
    // Anthropic; OpenAI: `OpenAI` in base64 stands in all of them.
    kind("sk-ant-api03-", dash_word, 80, 120),
    kind("sk-ant-admin01-", dash_word, 80, 120),
    kind("sk-ant-oat01-", dash_word, 80, 120),
    Kind { form: openai, ..kind("sk-", dash_word, 48, 300) },
    Kind { form: usual, ..kind("hf_", alphanumeric, 34, 34) },
    Kind { form: sendgrid, ..kind("SG.", dotted, 66, 66) },
    kind("dop_v1_", hex, 64, 64),
    kind("doo_v1_", hex, 64, 64),
    kind("dckr_pat_", dash_word, 27, 27),
    kind("shpat_", hex, 32, 32),
    kind("shpss_", hex, 32, 32),
    kind("hvs.", dash_word, 90, 120),
    kind("glsa_", word, 41, 41),
    kind("ATATT3xFfGF0", dash_word_equals, 150, 250),
    kind("lin_api_", alphanumeric, 40, 40),
    Kind { form: usual, ..kind("dapi", hex, 32, 32) },
    // RFC 7519: valid for minutes or for years; nobody can see which.
    Kind { form: jwt, ..kind("eyJ", dotted, 60, 4096) },
];

fn alphanumeric(c: u8) -> bool {
    c.is_ascii_alphanumeric()
}

fn base32(c: u8) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit()
}

fn base64(c: u8) -> bool {
    is_base64(c) && c != b'='
}

fn hex(c: u8) -> bool {
    c.is_ascii_digit() || (b'a'..=b'f').contains(&c)
}

fn word(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_'
}

fn dashed(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'-'
}

fn dash_word(c: u8) -> bool {
    word(c) || c == b'-'
}

fn dash_word_equals(c: u8) -> bool {
    dash_word(c) || c == b'='
}

fn dotted(c: u8) -> bool {
    dash_word(c) || c == b'.'
}

fn slashed(c: u8) -> bool {
    alphanumeric(c) || c == b'/'
}

fn usual(_: &str, _: &str, _: usize) -> Option<Form> {
    Some(Form::Usual)
}

/// The last six characters are the CRC-32 of the others in base 62 (digits, capitals, small letters).
fn crc32(_: &str, body: &str, _: usize) -> Option<Form> {
    let (random, checksum) = body.split_at(body.len() - 6);
    let sum = checksum.bytes().try_fold(0u64, |sum, c| {
        let place = match c {
            b'0'..=b'9' => c - b'0',
            b'A'..=b'Z' => c - b'A' + 10,
            b'a'..=b'z' => c - b'a' + 36,
            _ => return None,
        };
        Some(sum * 62 + u64::from(place))
    })?;
    (u64::from(crc32fast::hash(random.as_bytes())) == sum).then_some(Form::Telling)
}

/// A secret of 40 characters stands within 200 characters.
fn beside_secret(text: &str, _: &str, end: usize) -> Option<Form> {
    let from = text.ceil_char_boundary(end.saturating_sub(220));
    let to = text.floor_char_boundary((end + 200).min(text.len()));
    let secret = text[from..to]
        .split(|c: char| !c.is_ascii() || !(base64(c as u8)))
        .any(|word| word.len() == 40 && mixed(word));
    Some(if secret { Form::Telling } else { Form::Usual })
}

/// Capitals, small letters and digits, as in a secret; the digest of a commit has no capitals.
fn mixed(word: &str) -> bool {
    let any = |of: fn(&u8) -> bool| word.as_bytes().iter().any(of);
    any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit)
}

fn gitlab(_: &str, body: &str, _: usize) -> Option<Form> {
    let body = body.trim_end_matches('.');
    let routable = match body.split('.').collect::<Vec<_>>().as_slice() {
        [_] => body.len() <= 64,
        [payload, rest] => payload.len() >= 27 && rest.len() == 9,
        [payload, version, rest] => payload.len() >= 27 && version.len() == 2 && rest.len() == 9,
        _ => false,
    };
    let any = |of: fn(&u8) -> bool| body.as_bytes().iter().any(of);
    let both = any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase);
    (routable && both).then_some(Form::Telling)
}

fn slack(_: &str, body: &str, _: usize) -> Option<Form> {
    let parts: Vec<&str> = body.split('-').collect();
    let number = |part: &&str| part.len() >= 9 && part.bytes().all(|c| c.is_ascii_digit());
    let secret = parts.last().is_some_and(|part| part.len() >= 20);
    (number(&parts[0]) && secret).then_some(Form::Telling)
}

fn three_parts(_: &str, body: &str, _: usize) -> Option<Form> {
    let parts: Vec<&str> = body.split('/').collect();
    let fits = matches!(parts.as_slice(), [t, b, secret] if t.starts_with('T') && b.starts_with('B') && secret.len() == 24);
    fits.then_some(Form::Telling)
}

fn openai(_: &str, body: &str, _: usize) -> Option<Form> {
    body.contains("T3BlbkFJ").then_some(Form::Telling)
}

fn sendgrid(_: &str, body: &str, _: usize) -> Option<Form> {
    let (name, secret) = body.split_once('.')?;
    (name.len() == 22 && secret.len() == 43).then_some(Form::Telling)
}

/// Two objects and a signature that is not empty.
fn jwt(_: &str, body: &str, _: usize) -> Option<Form> {
    let mut parts = body.trim_end_matches('.').split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    // `alg"` in base64, at each of its three shifts.
    let names_algorithm = ["hbGci", "FsZy", "YWxn"]
        .iter()
        .any(|alg| header.contains(alg));
    let whole = names_algorithm && claims.starts_with("eyJ") && signature.len() >= 20;
    (whole && parts.next().is_none()).then_some(Form::Usual)
}
