//! Header fields of every response (reliability 4.9): nothing is stored, framed, sniffed, indexed or told to others.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

/// A page with a stranger's message on it: also pictures written into it, and the rules that we made for it, known by their hash.
const LETTER: &str = "default-src 'none'; style-src 'self' 'sha256-{}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Pages may load our style sheet and pictures of the message, and send forms to us. Nothing else, and no script at all.
const PAGE: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                    frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Pages that may also run our script, which talks to us and makes nothing out of text.
const WRITING: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; \
                       base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A file that a browser shows in spite of everything can do nothing (T89).
const FILE: &str =
    "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const EVERYWHERE: [(HeaderName, &str); 9] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("x-robots-tag"),
        "noindex, nofollow, noarchive, nosnippet",
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), \
         microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()",
    ),
];

/// What a response carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A page of ours.
    Page,
    /// A page of ours with a message on it; SHA-256 of the style element that goes with it.
    Letter([u8; 32]),
    /// A page that has a script: the one to write on, and those that offer passkeys.
    Writing,
    /// A stranger's file.
    File,
}

/// Puts on what every response has. `encrypted`: browsers reach us by https.
pub fn put(headers: &mut HeaderMap, content: Content, encrypted: bool) {
    for (name, value) in &EVERYWHERE {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    let policy = match content {
        Content::Page => HeaderValue::from_static(PAGE),
        Content::Letter(hash) => with_hash(&hash),
        Content::Writing => HeaderValue::from_static(WRITING),
        Content::File => HeaderValue::from_static(FILE),
    };
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if encrypted {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000"),
        );
    }
}

impl Content {
    /// For a page whose style element has this content.
    pub fn letter(style: &str) -> Self {
        Content::Letter(Sha256::digest(style).into())
    }
}

fn with_hash(hash: &[u8; 32]) -> HeaderValue {
    let policy = LETTER.replace("{}", &encodify::base64::STANDARD.encode(hash));
    HeaderValue::try_from(policy).expect("base64 is ASCII that a field may hold")
}

/// `attachment` with the name twice (RFC 6266): in ASCII for old readers, in UTF-8 for all others.
pub fn attachment(name: &str) -> HeaderValue {
    let plain: String = name.chars().map(plain_or_underscore).collect();
    let full: String = name.bytes().map(percent).collect();
    HeaderValue::try_from(format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    ))
    .expect("only letters, digits and ASCII punctuation are left")
}

/// No quote, backslash or percent sign: readers disagree about them inside quotes.
fn plain_or_underscore(c: char) -> char {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '.' | '-' | '_' | '(' | ')' | '+' | ',' => c,
        _ => '_',
    }
}

/// attr-char of RFC 8187, else percent.
fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_the_header() {
        let rows = [
            (
                "contract-v3.pdf",
                "attachment; filename=\"contract-v3.pdf\"; filename*=UTF-8''contract-v3.pdf",
            ),
            (
                "Läkar intyg.pdf",
                "attachment; filename=\"L_kar intyg.pdf\"; filename*=UTF-8''L%C3%A4kar%20intyg.pdf",
            ),
            (
                "a\"; filename=\"b.exe",
                "attachment; filename=\"a__ filename__b.exe\"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe",
            ),
            (
                "a\r\nSet-Cookie: x=1",
                "attachment; filename=\"a__Set-Cookie_ x_1\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1",
            ),
            (
                "a%0d%0ab",
                "attachment; filename=\"a_0d_0ab\"; filename*=UTF-8''a%250d%250ab",
            ),
            (
                "<img src=x onerror=1>\0",
                "attachment; filename=\"_img src_x onerror_1__\"; filename*=UTF-8''%3Cimg%20src%3Dx%20onerror%3D1%3E%00",
            ),
        ];
        for (name, expected) in rows {
            assert_eq!(attachment(name), expected, "{name}");
        }
    }
}
