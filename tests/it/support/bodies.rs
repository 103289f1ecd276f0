//! The mails of `tests/bodies/` (see the README there): written as people read them, made into bytes here.

use encoding_rs::Encoding;
use std::path::Path;

/// Where the block must stand.
const MARK: char = '¦';
/// Behind the mark: quoted-printable has a soft break there.
const SOFT: char = '↩';

/// One mail.
pub struct Body {
    pub name: String,
    /// Which program wrote it, and what is special about it.
    pub what: String,
    /// As it is sent.
    pub raw: Vec<u8>,
    /// Its texts in their order.
    pub texts: Vec<Text>,
}

/// A text part: what stands above and below the block, in its charset; `None` if it gets none.
pub struct Text {
    pub is_html: bool,
    pub around: Option<(Vec<u8>, Vec<u8>)>,
}

/// All of them, by name.
pub fn all() -> Vec<Body> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bodies");
    let mut bodies: Vec<Body> = std::fs::read_dir(folder)
        .expect("the folder is in the repository")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "mail"))
        .map(|path| read(&path))
        .collect();
    bodies.sort_by(|a, b| a.name.cmp(&b.name));
    bodies
}

fn read(path: &Path) -> Body {
    let drawn = std::fs::read_to_string(path).expect("UTF-8");
    let (what, mail) = drawn.split_once('\n').expect("a first line");
    let mut body = Body {
        name: path.file_stem().expect("a name").to_string_lossy().into(),
        what: what.trim_start_matches(['#', ' ']).to_owned(),
        raw: Vec::new(),
        texts: Vec::new(),
    };
    body.entity(mail);
    body
}

impl Body {
    /// A header and what follows it.
    fn entity(&mut self, drawn: &str) {
        let (header, body) = drawn.split_once("\n\n").expect("a blank line");
        self.raw.extend(crlf(header).bytes());
        self.raw.extend(b"\r\n\r\n");
        if let Some(boundary) = parameter(header, "boundary=") {
            return self.multipart(body, &boundary);
        }
        let kind = field(header, "Content-Type:");
        if !kind.starts_with("text/") {
            return self.raw.extend(crlf(body).bytes());
        }
        let charset = parameter(header, "charset=").unwrap_or_else(|| "us-ascii".into());
        let (above, below) = body.split_once(MARK).unwrap_or((body, ""));
        let (soft, below) = match below.strip_prefix(SOFT) {
            Some(below) => (true, below),
            None => (false, below),
        };
        let above = in_charset(&charset, &crlf(above), true);
        let below = in_charset(&charset, &crlf(below), false);
        self.raw
            .extend(match field(header, "Content-Transfer-Encoding:") {
                "base64" => base64(&[&above[..], &below].concat()),
                "quoted-printable" if soft => {
                    [quoted(&above), b"=\r\n".to_vec(), quoted(&below)].concat()
                }
                "quoted-printable" => quoted(&[&above[..], &below].concat()),
                _ => [&above[..], &below].concat(),
            });
        self.texts.push(Text {
            is_html: kind.starts_with("text/html"),
            around: body.contains(MARK).then_some((above, below)),
        });
    }

    fn multipart(&mut self, drawn: &str, boundary: &str) {
        let (next, last) = (format!("--{boundary}"), format!("--{boundary}--"));
        let mut part: Vec<&str> = Vec::new();
        let mut inside = false;
        for line in drawn.lines() {
            if line == next || line == last {
                if inside {
                    self.entity(&part.join("\n"));
                    self.raw.extend(b"\r\n");
                }
                part.clear();
                inside = true;
                self.raw.extend(format!("{line}\r\n").bytes());
            } else if inside {
                part.push(line);
            } else {
                self.raw.extend(format!("{line}\r\n").bytes());
            }
        }
    }
}

fn field<'a>(header: &'a str, name: &str) -> &'a str {
    let line = header.lines().find(|line| line.starts_with(name));
    line.map_or("", |line| line[name.len()..].trim())
}

fn parameter(header: &str, name: &str) -> Option<String> {
    let (_, behind) = header.split_once(name)?;
    let end = behind.find([';', '\n']).unwrap_or(behind.len());
    Some(behind[..end].trim_matches('"').to_lowercase()).map(|value| match name {
        "boundary=" => behind[..end].trim_matches('"').to_owned(),
        _ => value,
    })
}

fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

fn in_charset(charset: &str, text: &str, first: bool) -> Vec<u8> {
    match charset {
        "utf-16" => {
            let mark = if first { &b"\xff\xfe"[..] } else { b"" };
            let wide = text.encode_utf16().flat_map(u16::to_le_bytes);
            mark.iter().copied().chain(wide).collect()
        }
        "utf-7" => encodify::utf7::MAIL.encode(text).into_bytes(),
        "us-ascii" => {
            assert!(text.is_ascii(), "{text}");
            text.as_bytes().to_vec()
        }
        _ => {
            let encoding = Encoding::for_label(charset.as_bytes()).expect("a charset");
            let (bytes, _, lost) = encoding.encode(text);
            assert!(!lost, "{charset} cannot hold {text}");
            bytes.into_owned()
        }
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let text = encodify::base64::MIME.encode(bytes);
    text.trim_end().as_bytes().to_vec()
}

fn quoted(bytes: &[u8]) -> Vec<u8> {
    encodify::qp::BODY.encode(bytes).into_bytes()
}
