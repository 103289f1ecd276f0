//! The grammars of SMTP a second time, plain and slow: what the models of sessions stand on.

pub mod header;
pub mod login;
pub mod mended;

/// What a path with its parameters is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Path {
    /// Everybody would take it.
    Plain,
    /// It may be taken or not.
    Odd,
    /// Nobody may take it.
    Broken,
}

/// A parameter's name, and whether a value is one that everybody would take.
pub type Parameter = (&'static str, fn(&str) -> bool);

pub const MAIL: &[Parameter] = &[
    ("BODY", |v| matches!(v, "7BIT" | "8BITMIME")),
    ("SIZE", |v| {
        !v.is_empty() && v.len() <= 15 && v.bytes().all(|b| b.is_ascii_digit())
    }),
    ("SMTPUTF8", str::is_empty),
    ("RET", |v| matches!(v, "FULL" | "HDRS")),
    ("ENVID", |v| is_word(v) && v.len() <= 30),
    ("AUTH", |v| v == "<>" || is_mailbox(v)),
    ("REQUIRETLS", str::is_empty),
];
pub const RCPT: &[Parameter] = &[
    ("NOTIFY", |v| v == "NEVER" || is_notify(v)),
    ("ORCPT", |v| {
        v.strip_prefix("rfc822;")
            .is_some_and(|a| is_word(a) && a.len() <= 60)
    }),
];

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"@.-".contains(&b))
}

fn is_notify(value: &str) -> bool {
    let words: Vec<&str> = value.split(',').collect();
    let known = |word: &&str| ["SUCCESS", "FAILURE", "DELAY"].contains(word);
    let once = |word: &&str| words.iter().filter(|w| w == &word).count() == 1;
    words.iter().all(|word| known(word) && once(word))
}

/// Reads `FROM:<path> parameters` or `TO:…`: what it is, the address in one form, the parameters.
pub fn path(rest: &str, word: &str, known: &[Parameter]) -> (Path, String, Vec<(String, String)>) {
    let nothing = |path| (path, String::new(), Vec::new());
    let start = rest.get(..word.len() + 1);
    if !start.is_some_and(|s| s.eq_ignore_ascii_case(&format!("{word}<"))) || !rest.contains('>') {
        return nothing(Path::Broken);
    }
    let Some((path, given)) = rest[word.len() + 1..].split_once('>') else {
        return nothing(Path::Broken);
    };
    let mut parameters = Vec::new();
    let mut what = match (path.is_empty() || is_mailbox(path), given.strip_prefix(' ')) {
        (true, None) if given.is_empty() => Path::Plain,
        (true, Some(_)) => Path::Plain,
        _ => Path::Odd,
    };
    for parameter in given.split(' ').skip(1) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let name = name.to_ascii_uppercase();
        let proper = known.iter().any(|(n, fits)| *n == name && fits(value));
        let again = parameters.iter().any(|(n, _)| *n == name);
        let flag = matches!(name.as_str(), "SMTPUTF8" | "REQUIRETLS");
        let bare = flag && parameter.contains('=');
        if !proper || again || bare {
            // Of X and a name nobody has ever offered anything.
            let strange = name.starts_with("XYZ") && what == Path::Plain;
            what = if strange { Path::Broken } else { Path::Odd };
            if strange {
                break;
            }
        }
        parameters.push((name, value.to_owned()));
    }
    let address = match path.split_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_ascii_lowercase()),
        None => path.to_owned(),
    };
    (what, address, parameters)
}

/// A mailbox of the plainest kind.
fn is_mailbox(path: &str) -> bool {
    let Some((local, domain)) = path.split_once('@') else {
        return false;
    };
    let letters = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let labels: Vec<&str> = domain.split('.').collect();
    local.len() <= 64
        && local.split('.').all(letters)
        && domain.len() <= 200
        && labels.len() >= 2
        && labels
            .iter()
            .all(|label| letters(label) && label.len() <= 60)
        && labels
            .last()
            .is_some_and(|last| last.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// A host's name or address as EHLO wants it, of the plainest kind.
pub fn is_host(name: &str) -> bool {
    let letters =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric());
    name.len() <= 200 && name.split('.').all(letters)
}

/// What stands behind BDAT: octets, and if they are the last ones.
pub fn chunk(rest: &[u8]) -> Option<(u64, bool)> {
    let text = std::str::from_utf8(rest.strip_prefix(b" ")?).ok()?;
    let (digits, last) = match text.split_once(' ') {
        Some((digits, last)) => (digits, last.eq_ignore_ascii_case("LAST").then_some(true)?),
        None => (text, false),
    };
    let plain = digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| plain)?, last))
}

/// Codes of whole replies. Panics at anything that is none (RFC 5321 section 4.2).
pub fn replies(mut bytes: &[u8]) -> Vec<u16> {
    let (mut codes, mut open) = (Vec::new(), None);
    while !bytes.is_empty() {
        let end = memchr::memmem::find(bytes, b"\r\n").expect("a reply ends with CR LF");
        let line = &bytes[..end];
        assert!(
            line.len() <= 510,
            "a reply line of {} bytes",
            line.len() + 2
        );
        // 8 bits are for SMTPUTF8 alone (RFC 6531 section 3.7.4.2), and nothing below a space ever.
        assert!(
            line.iter().all(|b| *b >= b' ' && *b != 0x7f),
            "control characters in {line:?}"
        );
        let digits = line.get(..3).and_then(|d| std::str::from_utf8(d).ok());
        let code: u16 = digits.and_then(|d| d.parse().ok()).expect("a code");
        assert!((200..=599).contains(&code), "{code}");
        assert!(
            open.is_none_or(|first| first == code),
            "lines of different codes"
        );
        open = match line.get(3) {
            Some(b'-') => Some(code),
            Some(b' ') => {
                codes.push(code);
                None
            }
            other => panic!("{other:?} behind a code"),
        };
        bytes = &bytes[end + 2..];
    }
    assert!(open.is_none(), "a reply stops halfway");
    codes
}

/// Where the dot is that ends a mail's content: behind CR LF, or first, and CR LF behind it.
pub fn end_of_content(wire: &[u8]) -> Option<usize> {
    if wire.starts_with(b".\r\n") {
        return Some(0);
    }
    memchr::memmem::find(wire, b"\r\n.\r\n").map(|at| at + 2)
}

/// A CR or LF without the other, or a NUL.
pub fn has_bare_line_end(bytes: &[u8]) -> bool {
    let bare = |(at, byte): (usize, &u8)| match byte {
        b'\r' => bytes.get(at + 1).is_some_and(|next| *next != b'\n'),
        b'\n' => at == 0 || bytes[at - 1] != b'\r',
        0 => true,
        _ => false,
    };
    bytes.iter().enumerate().any(bare)
}

/// An end that every reading of the standard takes for one, whatever is wrong before it.
pub fn must_end(wire: &[u8]) -> bool {
    let ends = memchr::memmem::find_iter(wire, b"\r\n.\r\n");
    let mut proper = ends.filter(|at| *at == 0 || wire[at - 1] != b'\r');
    wire.starts_with(b".\r\n") || proper.next().is_some()
}

/// Without the dots that were put in front of dots.
pub fn unstuffed(wire: &[u8]) -> Vec<u8> {
    let lines = wire.split_inclusive(|b| *b == b'\n');
    lines
        .flat_map(|line| line.strip_prefix(b".").unwrap_or(line))
        .copied()
        .collect()
}
