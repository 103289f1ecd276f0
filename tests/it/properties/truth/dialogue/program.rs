//! What the client does in one session, out of any bytes.

use std::time::Duration;

/// How long the server waits behind what may be meant as the end of a mail.
pub const ODD_END: Duration = Duration::from_millis(200);
/// Longer than that.
pub const WAIT: Duration = Duration::from_millis(400);
/// Ends a segment.
const SEGMENT: u8 = 0x1e;
/// Ends a segment, and the client waits before it goes on.
const PAUSE: u8 = 0x1f;
const LONGEST: usize = 100_000;
/// What is said is numbers of phrases.
const PHRASED: u8 = 0x80;
/// A second byte of settings follows.
const MORE: u8 = 0x40;

pub struct Program {
    pub settings: Settings,
    segments: Vec<Segment>,
}

/// How the door is, and how the client speaks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// STARTTLS is offered.
    pub tls: bool,
    /// Who comes from this machine may say XFORWARD.
    pub xforward: bool,
    /// The server reads one byte at a time.
    pub dribble: bool,
    /// Three recipients, no more.
    pub few: bool,
    /// CHUNKING is offered.
    pub chunking: bool,
    /// Clients may sign in.
    pub logins: bool,
    /// The session is inside TLS from the start.
    pub implicit_tls: bool,
    /// A PROXY header comes first.
    pub proxied: bool,
    /// Bare line ends are mended for whom the door knows.
    pub repair: bool,
    /// Who comes from this machine may not send.
    pub strange: bool,
}

#[derive(Default)]
pub struct Segment {
    pub bytes: Vec<u8>,
    pub wait: bool,
}

impl Program {
    pub fn read(data: &[u8]) -> Program {
        let (first, said) = data.split_first().unwrap_or((&0, b""));
        let (second, said) = match said.split_first() {
            Some((second, said)) if first & MORE != 0 => (*second, said),
            _ => (0, said),
        };
        let text = match first & PHRASED {
            0 => said.to_vec(),
            _ => phrases(said),
        };
        Program {
            settings: Settings::read(*first, second),
            segments: segments(&text),
        }
    }

    pub fn said(&self, word: &str) -> bool {
        let has = |bytes: &[u8]| memchr::memmem::find(bytes, word.as_bytes()).is_some();
        self.segments.iter().any(|segment| has(&segment.bytes))
    }

    /// An empty segment first: the client hears the greeting.
    pub fn opening(&self) -> impl Iterator<Item = &Segment> {
        std::iter::once(&SILENCE).chain(&self.segments)
    }
}

impl Settings {
    fn read(first: u8, second: u8) -> Settings {
        let (first, second) = (|bit| first & bit != 0, |bit| second & bit != 0);
        let (logins, proxied) = (second(1), second(4));
        Settings {
            tls: first(1),
            xforward: first(2),
            dribble: first(4),
            few: first(8),
            chunking: first(16),
            logins,
            implicit_tls: second(2),
            proxied,
            repair: second(8),
            // Without one of them the listener hangs up at once.
            strange: second(16) && (logins || proxied),
        }
    }
}

static SILENCE: Segment = Segment {
    bytes: Vec::new(),
    wait: false,
};

fn segments(text: &[u8]) -> Vec<Segment> {
    let mut segments = Vec::new();
    for piece in text.split_inclusive(|b| matches!(*b, SEGMENT | PAUSE)) {
        let bytes = piece.strip_suffix(&[SEGMENT]).unwrap_or(piece);
        let paused = bytes.strip_suffix(&[PAUSE]);
        segments.push(Segment {
            bytes: paused.unwrap_or(bytes).to_vec(),
            wait: paused.is_some(),
        });
    }
    segments
}

/// Numbers as phrases, so that a changed byte is another command and not a broken one.
fn phrases(numbers: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for number in numbers {
        let phrase = PHRASES[usize::from(*number) % PHRASES.len()];
        if text.len() + phrase.len() < LONGEST {
            text.extend_from_slice(phrase);
        }
    }
    text
}

#[rustfmt::skip]
const PHRASES: [&[u8]; 108] = [
    b"\x1e", b"\x1f", b"\r\n", b"\n", b"\r", b".", b" ", b"\0",
    b"EHLO c.example\r\n\x1e", b"HELO c.example\r\n\x1e", b"LHLO c.example\r\n\x1e",
    b"EHLO [192.0.2.1]\r\n", b"LHLO c.example\r\n", b"ehlo\r\n",
    b"MAIL FROM:<a@in.example>\r\n", b"MAIL FROM:<>\r\n", b"MAIL FROM:<a@in.example> BODY=8BITMIME SMTPUTF8\r\n",
    b"MAIL FROM:<a@in.example> SIZE=100 RET=HDRS ENVID=x1\r\n", b"MAIL FROM:<a@in.example> SIZE=99999\r\n",
    b"MAIL FROM:<down@in.example>\r\n", b"MAIL FROM:<secret@in.example>\r\n", b"MAIL FROM:<a b>\r\n",
    b"MAIL FROM:<a@in.example> XYZ=1\r\n", b"mail from:<\"q q\"@IN.example>\r\n", b"MAIL FROM:a@in.example\r\n",
    b"RCPT TO:<bo@out.example>\r\n", b"RCPT TO:<cy@OUT.example>\r\n", b"RCPT TO:<refused@out.example>\r\n",
    b"RCPT TO:<busy@out.example>\r\n", b"RCPT TO:<bye@out.example>\r\n", b"RCPT TO:<later@out.example>\r\n",
    b"RCPT TO:<never@out.example>\r\n", b"RCPT TO:<lost@out.example>\r\n", b"RCPT TO:<postmaster>\r\n",
    b"RCPT TO:<bo@out.example> NOTIFY=NEVER\r\n", b"RCPT TO:<dan@out.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;dan@x\r\n",
    b"RCPT TO:<@relay:bo@out.example>\r\n", b"RCPT TO:<bo%x@out.example>\r\n", b"rcpt to:<\xc3\xb6@out.example>\r\n",
    b"DATA\r\n", b"DATA\r\n\x1e", b"data \r\n\x1e", b"RSET\r\n", b"NOOP\r\n", b"NOOP hello there\r\n", b"VRFY bo\r\n", b"HELP\r\n",
    b"QUIT\r\n", b"STARTTLS\r\n", b"STARTTLS\r\n\x1e", b"XFORWARD ADDR=192.0.2.9 NAME=x.example\r\n", b"AUTH PLAIN AGEAYg==\r\n",
    b"BDAT 5 LAST\r\n", b"BDAT 3\r\nabc", b"abc\r\n", b"GET / HTTP/1.1\r\n", b"EXPN x\r\n", b"Subject: x\r\n\r\n",
    b"a line\r\n", b"..dots\r\n", b".\r\n", b".\r\n\x1e", b"\r\n.\r\n\x1e", b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\r\n.\r\n",
    b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    b"0123456789abcdef0123456789abcdef\r\n0123456789abcdef0123456789abcdef\r\n.0123456789abcdef0123456789abcdef\r\n",
    b"\xff", b"\x16\x03\x01",
    b"AUTH PLAIN AGFubmEAc2VjcmV0\r\n\x1e", b"AUTH PLAIN AGFubmEAd3Jvbmc=\r\n\x1e", b"AUTH PLAIN AGJ1c3kAc2VjcmV0\r\n\x1e",
    b"AUTH PLAIN AGRvd24Ac2VjcmV0\r\n\x1e", b"AUTH PLAIN\r\n\x1e", b"auth login\r\n\x1e", b"AUTH LOGIN YW5uYQ==\r\n\x1e",
    b"AUTH XOAUTH2 dXNlcj1hbm5hAWF1dGg9QmVhcmVyIHNlY3JldAEB\r\n\x1e", b"AUTH XOAUTH2\r\n\x1e", b"AUTH CRAM-MD5\r\n\x1e",
    b"AUTH PLAIN =\r\n\x1e", b"AUTH PLAIN x", b"AGFubmEAc2VjcmV0\r\n\x1e", b"YW5uYQ==\r\n\x1e", b"c2VjcmV0\r\n\x1e", b"d3Jvbmc=\r\n\x1e",
    b"dXNlcj1ibwFhdXRoPUJlYXJlciB3cm9uZwEB\r\n\x1e", b"*\r\n\x1e", b"*\r\n", b"YW5uYQ==\r\n", b"=", BASE64,
    b"MAIL FROM:<a@in.example> AUTH=<>\r\n", b"MAIL FROM:<a@in.example> AUTH=b@in.example REQUIRETLS\r\n",
    b"PROXY TCP4 192.0.2.1 192.0.2.2 49152 25\r\n\x1e", b"PROXY TCP4 198.51.100.7 192.0.2.2 49152 25\r\n\x1e",
    b"PROXY TCP6 2001:db8::1 ::1 1 25\r\n\x1e", b"PROXY UNKNOWN\r\n\x1e", b"PROXY TCP4 192.0.2.1 ", b"192.0.2.2 1 2\r\n",
    b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\xc0\0\0\x19", b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0",
    b"\r\n\r\n\0\r\nQUIT\n", b"\x21\x11\0\x11",
    b"BDAT 4 LAST\r\na\n\rb", b"BDAT 3\r\na\r\r",
];

/// A quarter of the longest line of a login, and a little.
const BASE64: &[u8] = &[b'A'; 3076];
