//! Whatever comes in leaves as it came but for our `Received` field, or protected: nothing of what was taken is kept, the rest is a mail
//! without a doubt whose lines are not longer, with a link in it, and a second gateway finds nothing to do.

use crate::support::line::{LINK, SEAL, TRANSFER, line_to};
use cloakroom::mail::{Content, Mail, Segment, decoded};
use cloakroom::transfer::{Plan, Scope};
use regex::bytes::Regex;
use std::io::Read;
use std::sync::LazyLock;

/// Nobody is protected.
const NOTHING: &str =
    "when = { recipients_over = 1000 }\nthen = { action = \"transfer\", unlock = \"link\" }\n";

/// Bytes of any kind: made a mail as the door lets it in first.
pub fn check(data: &[u8]) {
    let bytes = through_the_door(data);
    let (_, _, out) = sent(&bytes, NOTHING);
    assert!(
        rest(&whole(&out)) == bytes,
        "nothing to do, and it was changed"
    );
    for rule in [TRANSFER, SEAL] {
        protected(&bytes, rule);
    }
}

/// Line ends are CRLF, and there is no NUL: all else is refused there.
pub fn through_the_door(data: &[u8]) -> Vec<u8> {
    let data = &data[..data.len().min(100_000)];
    let mut out = Vec::with_capacity(data.len());
    for line in data.split(|b| *b == b'\n') {
        out.extend(line.iter().filter(|b| !matches!(b, b'\r' | 0)));
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn sent(bytes: &[u8], rule: &str) -> (Mail, Plan, Content) {
    let (mail, plan, variants) = line_to(bytes, rule, &["bo@partner.example"]);
    let [variant] = &variants[..] else {
        panic!("one recipient, {} variants", variants.len());
    };
    (mail, plan, variant.content().clone())
}

fn whole(content: &Content) -> Vec<u8> {
    content.to_vec().expect("memory can be read")
}

/// Behind our `Received` field.
fn rest(out: &[u8]) -> &[u8] {
    static RECEIVED: LazyLock<Regex> = LazyLock::new(|| {
        let field = r"^Received: from [^\r\n]+\r\n\tby [^\r\n]+\r\n\t[^\r\n]+\r\n";
        Regex::new(field).expect("a pattern")
    });
    let field = RECEIVED.find(out).expect("our field comes first");
    &out[field.end()..]
}

fn protected(bytes: &[u8], rule: &str) {
    let (mail, plan, content) = sent(bytes, rule);
    let scope = &plan.decisions[0].scope;
    let out = whole(&content);
    if *scope == Scope::Nothing {
        assert!(rest(&out) == bytes, "not protected, and it was changed");
        return;
    }
    nothing_taken_is_kept(&mail, scope, &content);
    lines_are_lines(bytes, &out);
    fields_stay(&mail, &out);
    let (after, again, second) = sent(&out, TRANSFER);
    let doubts = &after.outline.doubts;
    assert!(
        doubts.is_empty(),
        "{scope:?} gives {doubts:?}\n{}",
        String::from_utf8_lossy(&out)
    );
    assert!(
        has_link(&after),
        "{scope:?}: no link in {}",
        String::from_utf8_lossy(&out)
    );
    assert_eq!(again.decisions[0].scope, Scope::Nothing, "after {scope:?}");
    assert!(
        rest(&whole(&second)) == out,
        "the second time something changes"
    );
    if !matches!(scope, Scope::Parts(_)) {
        let kinds: Vec<&str> = after.outline.parts.iter().map(|p| &*p.media_type).collect();
        assert_eq!(kinds, ["multipart/alternative", "text/plain", "text/html"]);
    }
}

fn nothing_taken_is_kept(mail: &Mail, scope: &Scope, content: &Content) {
    let outline = &mail.outline;
    for segment in content.segments() {
        let Segment::Kept(kept) = segment else {
            continue;
        };
        match scope {
            Scope::Parts(taken) => {
                for part in taken.iter().map(|index| &outline.parts[*index]) {
                    let apart = kept.end <= part.span.start || part.span.end <= kept.start;
                    // The mail is one file, or one `winmail.dat`.
                    let root = outline.root();
                    let header_alone = part.span == root.span && kept.end <= root.header.end;
                    assert!(apart || header_alone, "{kept:?} of {:?}", part.span);
                }
            }
            _ => assert!(kept.end <= outline.root().header.end, "{kept:?}"),
        }
    }
}

/// No bare CR or LF, and none over 998 that is longer than one that came (RFC 5322 section 2.1.1).
fn lines_are_lines(before: &[u8], after: &[u8]) {
    let longest = |bytes: &[u8]| {
        let lines = bytes.split(|b| *b == b'\n');
        lines.map(|l| l.len()).max().unwrap_or(0)
    };
    let proper = memchr::memmem::find_iter(after, b"\r\n").count();
    assert_eq!(
        memchr::memchr_iter(b'\r', after).count(),
        proper,
        "a bare CR"
    );
    assert_eq!(
        memchr::memchr_iter(b'\n', after).count(),
        proper,
        "a bare LF"
    );
    assert!(
        longest(after) <= longest(before).max(999),
        "a line over 998"
    );
}

/// But for those of which the change makes a lie, and those for us, all fields stay in their order.
fn fields_stay(mail: &Mail, out: &[u8]) {
    let mut at = 0;
    for field in &mail.outline.root().fields.0 {
        let name = field.name.to_ascii_lowercase();
        let goes = name.starts_with("x-cloakroom-")
            || name.starts_with("content-")
            || name.starts_with("arc-")
            || name == "domainkey-signature"
            || matches!(
                name.as_str(),
                "dkim-signature"
                    | "x-google-dkim-signature"
                    | "lines"
                    | "mime-version"
                    | "thread-topic"
                    | "subject"
            );
        let bytes = mail
            .spool
            .slice(field.range.clone())
            .expect("memory can be read");
        // Of a mail that goes whole also what some readers take for no field.
        let colon = field.name.is_ascii() && bytes.get(field.name.len()) == Some(&b':');
        if goes
            || !colon
            || !field
                .name
                .bytes()
                .all(|b| b.is_ascii_graphic() && b != b':')
        {
            continue;
        }
        // And its lines of nothing but blanks, at which some readers end the header.
        let lines = bytes.split_inclusive(|b| *b == b'\n');
        let without_blank = lines.filter(|line| !line.trim_ascii().is_empty());
        let without_blank = without_blank.collect::<Vec<_>>().concat();
        let behind = |field: &[u8]| Some(memchr::memmem::find(&out[at..], field)? + field.len());
        let found = behind(&bytes).or_else(|| behind(&without_blank));
        at += found.unwrap_or_else(|| panic!("{} is gone", field.name));
    }
}

fn has_link(mail: &Mail) -> bool {
    mail.outline.parts.iter().any(|part| {
        let mut text = Vec::new();
        let read = decoded(&mail.spool, part).read_to_end(&mut text);
        read.is_ok() && memchr::memmem::find(&text, LINK.as_bytes()).is_some()
    })
}
