//! What other people's libraries show of a mail: Python's `email`, GMime, Perl's MIME::Parser, Ruby's `mail`, and mail-parser here.
//!
//! The programs are `tests/peers/readers/`. Each reads all mails in one process; a mail at which it breaks off or falls silent is said
//! to have died, and the reader is started again for the mails behind it.

use super::corpus::sha256;
use mail_parser::{MessageParser, MessagePart};
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// So long one mail may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// A reader that dies at more mails than this is not worth asking.
const MOST_DEATHS: usize = 10;

/// One mail, and byte strings to look for in what is shown of it.
pub struct Question {
    pub bytes: Vec<u8>,
    pub needles: Vec<Vec<u8>>,
}

/// One reader's answers.
pub struct Reader {
    pub name: String,
    pub version: String,
    /// In the order of the questions.
    pub readings: Vec<Reading>,
}

/// What one reader shows of one mail.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Reading {
    pub leaves: Vec<Leaf>,
    /// Why there is no more.
    pub died: Option<String>,
}

/// A part with content: a text, a file, or a message as one thing.
#[derive(Debug, Clone, Deserialize)]
pub struct Leaf {
    #[serde(rename = "type")]
    pub kind: String,
    pub name: Option<String>,
    pub disposition: Option<String>,
    /// Of the decoded bytes without CR and without line ends at both ends.
    pub plain: String,
    pub plain_size: usize,
    /// The library's own word for it.
    pub attachment: bool,
    /// Index of the message that it lies in.
    pub within: Option<usize>,
    /// The needles that are in it, in hexadecimal digits.
    found: Vec<String>,
}

#[derive(Deserialize)]
struct Head {
    reader: String,
    version: String,
}

impl Leaf {
    /// True if the needle is in its bytes.
    pub fn has(&self, needle: &[u8]) -> bool {
        self.found.contains(&hex(needle))
    }

    /// True if somebody who uses this reader may be shown a file: the library says so, or it has a name, or it is no text.
    pub fn is_file(&self) -> bool {
        let said = self.disposition.as_deref().unwrap_or_default();
        let is_named = self.name.as_ref().is_some_and(|name| !name.is_empty());
        // A multipart that it could not split is shown as the source that it is, if at all.
        let is_text = self.kind.is_empty()
            || ["text/", "multipart/"]
                .iter()
                .any(|kind| self.kind.starts_with(kind));
        self.attachment || is_named || !is_text || said.eq_ignore_ascii_case("attachment")
    }

    /// `a.pdf 15`
    pub fn shown(&self) -> String {
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        let name = name.map(|name| format!("{name:?}"));
        format!("{} {}", name.unwrap_or(self.kind.clone()), self.plain_size)
    }
}

impl Reading {
    /// The leaves that lie in a message.
    pub fn inside(&self, message: usize) -> impl Iterator<Item = usize> + '_ {
        let leaves = self.leaves.iter().enumerate();
        leaves.filter_map(move |(i, leaf)| (leaf.within == Some(message)).then_some(i))
    }
}

/// Without CR, and without line ends at both ends: readers differ about whether these belong to a text.
pub fn plain(bytes: &[u8]) -> Vec<u8> {
    let clear: Vec<u8> = bytes.iter().copied().filter(|b| *b != b'\r').collect();
    let is_content = |b: &u8| *b != b'\n';
    let from = clear.iter().position(is_content).unwrap_or(clear.len());
    let to = clear.iter().rposition(is_content).map_or(from, |at| at + 1);
    clear[from..to].to_vec()
}

/// Asks all readers.
pub fn ask(questions: &[Question]) -> Vec<Reader> {
    let folder = tempfile::tempdir().expect("a folder");
    let lines: Vec<String> = questions
        .iter()
        .enumerate()
        .map(|(number, question)| {
            let path = folder.path().join(format!("{number}.eml"));
            std::fs::write(&path, &question.bytes).expect("writable");
            let needles = question.needles.iter().map(|needle| hex(needle));
            let words: Vec<String> = std::iter::once(path.display().to_string())
                .chain(needles)
                .collect();
            words.join(" ") + "\n"
        })
        .collect();
    let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
    let programs: [&[&str]; 5] = [
        &[&python, "read.py"],
        // The bindings are the distribution's, so is the Python.
        &["/usr/bin/python3", "read_gmime.py"],
        &["perl", "read.pl"],
        &["perl", "read.pl", "uu"],
        &["ruby", "read.rb"],
    ];
    std::thread::scope(|scope| {
        let asked: Vec<_> = programs
            .iter()
            .map(|words| scope.spawn(|| foreign(words, &lines, folder.path())))
            .collect();
        let mut readers = vec![own(questions)];
        readers.extend(asked.into_iter().map(|one| one.join().expect("it answers")));
        readers
    })
}

fn foreign(words: &[&str], lines: &[String], folder: &Path) -> Reader {
    let (mut readings, mut head) = (Vec::new(), None);
    let mut deaths = 0;
    while head.is_none() || readings.len() < lines.len() {
        let mut run = Run::start(words, &lines[readings.len()..], folder);
        let first = run
            .line()
            .unwrap_or_else(|_| panic!("{words:?} says nothing: tests/run installs what it needs"));
        head = Some(serde_json::from_str::<Head>(&first).expect("a head"));
        let ended = loop {
            match run.line() {
                Ok(line) => readings.push(serde_json::from_str(&line).expect("a reading")),
                Err(RecvTimeoutError::Timeout) => break "fell silent",
                Err(RecvTimeoutError::Disconnected) => break "broke off",
            }
        };
        run.stop();
        if readings.len() < lines.len() {
            deaths += 1;
            assert!(
                deaths <= MOST_DEATHS,
                "{words:?} dies too often: it {ended}"
            );
            readings.push(Reading {
                died: Some(ended.into()),
                ..Reading::default()
            });
        }
    }
    let head = head.expect("it was read before the loop could end");
    Reader {
        name: head.reader,
        version: head.version,
        readings,
    }
}

struct Run {
    child: Child,
    lines: Receiver<String>,
}

impl Run {
    fn start(words: &[&str], lines: &[String], folder: &Path) -> Run {
        let list = folder.join(format!("{}.list", words[1..].join("-")));
        let mut file = File::create(&list).expect("writable");
        file.write_all(lines.concat().as_bytes()).expect("writable");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/readers");
        let mut child = Command::new(words[0])
            .arg(script.join(words[1]))
            .args(&words[2..])
            .stdin(File::open(&list).expect("it was just written"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e}; tests/run installs it", words[0]));
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        let (give, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if give.send(line).is_err() {
                    break;
                }
            }
        });
        Run { child, lines }
    }

    fn line(&self) -> Result<String, RecvTimeoutError> {
        self.lines.recv_timeout(PATIENCE)
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn own(questions: &[Question]) -> Reader {
    Reader {
        name: "mail-parser".into(),
        version: own_version(),
        readings: questions.iter().map(own_reading).collect(),
    }
}

fn own_version() -> String {
    let lock = include_str!("../../../Cargo.lock");
    let entry = "name = \"mail-parser\"\nversion = \"";
    let (_, rest) = lock.split_once(entry).expect("it is used");
    rest.split('"').next().expect("a first piece").to_owned()
}

fn own_reading(question: &Question) -> Reading {
    let Some(message) = MessageParser::new().parse(&question.bytes) else {
        return Reading {
            leaves: Vec::new(),
            died: Some("shows no message".into()),
        };
    };
    let (mut leaves, mut place) = (Vec::new(), Vec::new());
    for part in message.parts() {
        place.push(leaves.len());
        if !part.is_multipart() {
            let within = part.message().container().map(|c| place[c.id() as usize]);
            leaves.push(own_leaf(&part, within, &question.needles));
        }
    }
    Reading { leaves, died: None }
}

fn own_leaf(part: &MessagePart<'_>, within: Option<usize>, needles: &[Vec<u8>]) -> Leaf {
    let bytes = part.decoded();
    let kind = part.content_type().map(|kind| match kind.subtype() {
        Some(subtype) => format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase(),
        None => kind.ctype().to_ascii_lowercase(),
    });
    let clear = plain(&bytes);
    let is_in = |needle: &&Vec<u8>| memchr::memmem::find(&bytes, needle).is_some();
    Leaf {
        kind: kind.unwrap_or_else(|| "text/plain".into()),
        name: part.attachment_name().map(str::to_owned),
        disposition: part.content_disposition().map(|d| d.ctype().to_owned()),
        plain: sha256(&clear),
        plain_size: clear.len(),
        attachment: part.is_attachment(),
        within,
        found: needles.iter().filter(is_in).map(|n| hex(n)).collect(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
