//! Mail addresses: each is a finding, so that a rule may ask for many different ones.
//!
//! The usual form of RFC 5321 section 4.1.2 without quotes, with letters of all scripts (RFC 6531); the top-level domain must be a country's
//! or one that is much used, so that `logo@2x.png` and `getty@tty1.service` are none. Identifiers of mails are left out by their look.

use super::{Checked, Confidence, Detector, Family, Passage, Report, Scan};
use memchr::memchr_iter;
use std::ops::Range;

/// A mail address.
pub const EMAIL_LIST: &Detector = &Detector {
    name: "email_list",
    title: "Mail addresses, each counted",
    country: "",
    family: Family::Contact,
    lengths: &[],
    check: |_| None,
    bare: Some(Confidence::High),
    with_context: Confidence::High,
    context: &[
        "mail*",
        "email*",
        "e-mail",
        "courriel*",
        "correo",
        "posta elettronica",
        "sähköposti*",
        "e-post",
        "epost*",
    ],
};

/// Finds addresses by their sign.
pub const SCAN: &Scan = &Scan {
    detector: EMAIL_LIST,
    find,
};

/// Octets of a local part (RFC 5321 section 4.5.3.1.1) and of a domain.
const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 253;

fn find(passage: &Passage<'_>, report: Report<'_>) {
    let text = passage.text;
    for at in memchr_iter(b'@', text.as_bytes()) {
        if let Some((range, value)) = address(text, at) {
            report(range, Checked::new(value));
        }
    }
}

/// The address whose sign stands there, and its one form: lower case.
fn address(text: &str, at: usize) -> Option<(Range<usize>, String)> {
    let from = text.ceil_char_boundary(at.saturating_sub(LONGEST_LOCAL + 1));
    let local = text[from..at].rsplit(|c| !in_local(c)).next()?;
    let to = text.floor_char_boundary((at + 1 + LONGEST_DOMAIN).min(text.len()));
    let domain = text[at + 1..to].split(|c| !in_domain(c)).next()?;
    let domain = domain.trim_end_matches(['.', '-']);
    let local = without_name(local).trim_start_matches(['\'', '.', '*', '=', '-', '_']);
    if !local_fits(local) || !domain_fits(domain) {
        return None;
    }
    let range = at - local.len()..at + 1 + domain.len();
    // `postgres://app:secret@db.example.org`: what stands before the sign is a password.
    let word = text[from..range.start].rsplit(char::is_whitespace).next();
    if word.is_some_and(|word| word.contains("://") && word.ends_with(':')) {
        return None;
    }
    // `git@host.example:group/project`, a second sign.
    let mut behind = text[range.end..].chars();
    let path = match behind.next() {
        Some(':') => behind
            .next()
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '~')),
        Some('@') => true,
        _ => false,
    };
    (!path).then(|| (range.clone(), text[range].to_lowercase()))
}

/// `to=anna`: programs write names of fields so. Mail of lists has `bounce+anna=example.org`.
fn without_name(local: &str) -> &str {
    match local.split_once('=') {
        Some((name, local)) if name.bytes().all(|c| c.is_ascii_alphabetic() || c == b'_') => local,
        _ => local,
    }
}

fn in_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-=_~.{}".contains(c)
}

fn in_domain(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '.')
}

/// What a program made up (`20240203.4711.abc…@host`, `5f3a…@host`) is longer or has more digits than what people have.
fn local_fits(local: &str) -> bool {
    let digits = local.bytes().filter(u8::is_ascii_digit).count();
    let edges = local.starts_with(char::is_alphanumeric) && !local.ends_with('.');
    edges
        && local.len() <= 48
        && digits <= 10
        && !local.contains("..")
        && !local.contains(['$', '=', '{', '}', '%'])
}

fn domain_fits(domain: &str) -> bool {
    let label =
        |l: &str| !l.is_empty() && l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-');
    let Some((host, top)) = domain.rsplit_once('.') else {
        return false;
    };
    host.split('.').all(label) && top_fits(&top.to_lowercase())
}

fn top_fits(top: &str) -> bool {
    let country = top.len() == 2 && top.bytes().all(|c| c.is_ascii_lowercase());
    let file = matches!(top, "db" | "gz" | "js" | "ts");
    (country && !file) || top.starts_with("xn--") || !top.is_ascii() || TOPS.contains(&top)
}

/// Top-level domains that are not countries: the much used ones, those reserved for examples (RFC 2606), those of European places.
const TOPS: &[&str] = &[
    "academy",
    "aero",
    "africa",
    "agency",
    "alsace",
    "amsterdam",
    "app",
    "art",
    "asia",
    "bank",
    "barcelona",
    "bayern",
    "berlin",
    "bio",
    "biz",
    "blog",
    "brussels",
    "business",
    "bzh",
    "care",
    "cat",
    "center",
    "church",
    "city",
    "clinic",
    "cloud",
    "club",
    "coach",
    "com",
    "community",
    "company",
    "consulting",
    "coop",
    "corsica",
    "dental",
    "design",
    "dev",
    "digital",
    "edu",
    "education",
    "email",
    "energy",
    "engineering",
    "eus",
    "events",
    "example",
    "expert",
    "express",
    "family",
    "finance",
    "foundation",
    "frl",
    "fund",
    "gal",
    "gent",
    "global",
    "gmbh",
    "gov",
    "group",
    "hamburg",
    "health",
    "help",
    "hospital",
    "hosting",
    "immo",
    "info",
    "ing",
    "insure",
    "int",
    "international",
    "istanbul",
    "jobs",
    "koeln",
    "law",
    "legal",
    "life",
    "live",
    "london",
    "ltd",
    "madrid",
    "media",
    "mil",
    "mobi",
    "moscow",
    "museum",
    "name",
    "net",
    "network",
    "news",
    "ngo",
    "nrw",
    "nyc",
    "one",
    "ong",
    "online",
    "org",
    "paris",
    "partners",
    "page",
    "post",
    "pro",
    "quebec",
    "ruhr",
    "saarland",
    "sarl",
    "school",
    "scot",
    "services",
    "shop",
    "site",
    "social",
    "software",
    "solutions",
    "space",
    "stockholm",
    "store",
    "support",
    "swiss",
    "systems",
    "taipei",
    "tax",
    "team",
    "tech",
    "technology",
    "tel",
    "tirol",
    "tokyo",
    "tools",
    "top",
    "training",
    "travel",
    "university",
    "vegas",
    "versicherung",
    "vip",
    "vlaanderen",
    "wales",
    "wien",
    "wiki",
    "work",
    "works",
    "world",
    "xyz",
    "zone",
    "zuerich",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let core = (0, text.len());
        find(
            &Passage {
                text,
                headings: &[],
                core,
            },
            &mut |range, checked| {
                assert!(
                    text[range].eq_ignore_ascii_case(&checked.value) || !checked.value.is_ascii()
                );
                found.push(checked.value);
            },
        );
        found
    }

    #[test]
    fn addresses_are_found_whatever_stands_around() {
        for (text, want) in [
            ("Anna <Anna.Berg@Example.org>,", "anna.berg@example.org"),
            ("mailto:bo@partner.example?subject=x", "bo@partner.example"),
            (
                "Write to o'hara+list@mail.example.co.uk.",
                "o'hara+list@mail.example.co.uk",
            ),
            ("'kim@example.nl'", "kim@example.nl"),
            ("a\tjörg@bücher.example\tb", "jörg@bücher.example"),
            ("用户@例子.测试", "用户@例子.测试"),
            ("x@xn--bcher-kva.xn--p1ai;", "x@xn--bcher-kva.xn--p1ai"),
            ("e-mail: info@example.berlin:", "info@example.berlin"),
            ("a@example.org/b@example.org", "a@example.org b@example.org"),
            (
                "TO:a@example.org, CC:b@example.org",
                "a@example.org b@example.org",
            ),
        ] {
            assert_eq!(found(text).join(" "), want, "{text}");
        }
    }

    #[test]
    fn near_misses_are_not_found() {
        for text in [
            "logo@2x.png",
            "getty@tty1.service",
            "git@github.com:org/project.git",
            "import x from '@types/node'",
            "user@localhost",
            "postgres://app:s3cret@db.example.org/app",
            "@anna",
            "a@b",
            "a@-b.org",
            "a@.org",
            "5 @ 3.50 each",
            "<20240203120102.4711.3F2A@mail.example.org>",
            "<CAF8Ykq3d7sHs82Lq0zXw9PfVbT6mNcR4uJgE1oIiAaKkSsDd=x@mail.example.org>",
            "x..y@example.org",
            "bounce+anna=example.com@lists.example.org",
            "https://user:pw${x}@",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
