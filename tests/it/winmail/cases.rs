//! The mails, and what must be found in each.

use crate::support::noise;
use crate::support::tnef::*;

/// Files by name.
pub type Files = Vec<(String, Vec<u8>)>;

pub struct Case {
    /// `tests/mails/winmail-NAME.eml`.
    pub name: &'static str,
    pub what: &'static str,
    pub mail: Vec<u8>,
    pub tnef: Vec<u8>,
    /// The files that the outline has, those of messages inside too.
    pub inside: Files,
    /// The files of the transfer.
    pub taken: Files,
    /// Other readers must find the same.
    pub is_for_peers: bool,
}

/// A text (or none: the TNEF is the mail) and a `winmail.dat`.
pub fn mail(text: Option<&str>, tnef: &[u8]) -> Vec<u8> {
    let head = "From: Ada <ada@sender.example>\r\nTo: Bo <bo@partner.example>\r\nSubject: Plans\r\nMIME-Version: 1.0\r\n";
    let part = format!(
        "Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\nContent-Disposition: attachment; filename=\"winmail.dat\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        encodify::base64::MIME.encode(tnef).trim_end()
    );
    match text {
        None => format!("{head}{part}"),
        Some(text) => format!(
            "{head}Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             {text}\r\n--b1\r\n{part}--b1--\r\n"
        ),
    }
    .into_bytes()
}

fn secret(name: &str) -> Vec<u8> {
    format!("%PDF-1.7 CANARY in {name}\r\n").into_bytes()
}

fn named(files: &[(&str, Vec<u8>)]) -> Files {
    files
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()))
        .collect()
}

/// Opened: these files.
fn opened(name: &'static str, what: &'static str, tnef: Tnef, files: &[(&str, Vec<u8>)]) -> Case {
    let tnef = tnef.bytes();
    Case {
        name,
        what,
        mail: mail(Some("Hello Bo,\r\nhere it is."), &tnef),
        tnef,
        inside: named(files),
        taken: named(files),
        is_for_peers: true,
    }
}

/// Not opened: it is the file.
fn closed(name: &'static str, what: &'static str, tnef: Tnef) -> Case {
    let bytes = tnef.clone().bytes();
    Case {
        is_for_peers: false,
        ..opened(name, what, tnef, &[("winmail.dat", bytes)])
    }
}

impl Case {
    fn in_mail(self, mail: Vec<u8>) -> Case {
        Case { mail, ..self }
    }

    fn not_for_peers(self) -> Case {
        Case {
            is_for_peers: false,
            ..self
        }
    }
}

const RICH: &str = "{\\rtf1\\ansi\\ansicpg1252 CANARY in rich text}";
const HTML: &[u8] = b"<html><body>CANARY <b>in</b> HTML</body></html>";

fn rich() -> Vec<Vec<u8>> {
    vec![binary(0x1009, &rtf(RICH))]
}

pub fn cases() -> Vec<Case> {
    let mut all = files();
    all.extend(texts());
    all.extend(items());
    all.extend(left_closed());
    all
}

fn two() -> Tnef {
    Tnef::mail("Plans")
        .properties(PROPERTIES, &rich())
        .file("contract with annexes.pdf", &secret("a contract"))
        .file("noise.bin", &noise(7, 5000))
}

fn two_files() -> [(&'static str, Vec<u8>); 2] {
    [
        ("contract with annexes.pdf", secret("a contract")),
        ("noise.bin", noise(7, 5000)),
    ]
}

fn files() -> Vec<Case> {
    let octets = |mail: Vec<u8>| {
        let mail = String::from_utf8(mail).expect("ASCII");
        mail.replace("application/ms-tnef", "application/octet-stream")
            .into_bytes()
    };
    let wide = "Änderung 計画.pdf";
    let names = Tnef::of("IPM.Note", "Plans", 1251)
        .begin()
        .put(FILE_DATA, &secret("Russian"))
        .put(FILE_TITLE, b"\xcf\xeb\xe0\xed.pdf\0")
        .begin()
        .put(FILE_DATA, &secret("three letters"))
        .put(FILE_TITLE, b"NDERUN~1.PDF\0")
        .properties(
            FILE_PROPERTIES,
            &[
                narrow(0x3707, b"?nderung ??.pdf\0"),
                unicode(0x3707, wide),
                integer(0x3705, 1),
                unicode(0x370e, "Application/PDF"),
            ],
        )
        .begin()
        .put(FILE_DATA, &secret("a path"))
        .put(FILE_TITLE, b"..\\..\\evil.pdf\0");
    let message = "From: Eve <eve@sender.example>\r\nSubject: Inner\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nCANARY\r\n";
    let in_file = Tnef::mail("Plans")
        .begin()
        .put(FILE_DATA, message.as_bytes())
        .properties(
            FILE_PROPERTIES,
            &[
                string(0x3707, "inner.eml"),
                string(0x370e, "message/rfc822"),
                integer(0x3705, 1),
            ],
        );
    let object = Tnef::mail("Plans")
        .begin()
        .put(FILE_TITLE, b"Sheet\0")
        .properties(
            FILE_PROPERTIES,
            &[
                integer(0x3705, 6),
                object(0x3701, &STORAGE, &secret("an object")),
            ],
        );
    let unsummed = Tnef::mail("Plans")
        .begin()
        .put_with_sum(FILE_DATA, &secret("no sum"), 0)
        .put(FILE_TITLE, b"no sum.pdf\0");
    vec![
        opened(
            "two-files",
            "the files of a TNEF are files of the mail; its rich text is not, as there is a text",
            two(),
            &two_files(),
        ),
        {
            let case = opened(
                "octet-stream",
                "known by its name where a server changed the type",
                two(),
                &two_files(),
            );
            let mail = octets(case.mail.clone());
            case.in_mail(mail)
        },
        opened(
            "unicode-names",
            "names in a code page, in UTF-16, and one that is a path",
            names,
            &[
                ("План.pdf", secret("Russian")),
                (wide, secret("three letters")),
                ("evil.pdf", secret("a path")),
            ],
        ),
        opened(
            "mail-as-file",
            "a mail that is a file in a TNEF is looked into",
            in_file,
            &[("inner.eml", message.as_bytes().to_vec())],
        ),
        opened(
            "object",
            "an embedded object is a file as it is",
            object,
            &[("Sheet", secret("an object"))],
        )
        .not_for_peers(),
        opened(
            "no-sums",
            "sums of zero were never made",
            unsummed,
            &[("no sum.pdf", secret("no sum"))],
        )
        .not_for_peers(),
        opened(
            "empty-file",
            "zero bytes are a file",
            Tnef::mail("Plans")
                .file("empty.txt", b"")
                .file("a.pdf", &secret("a")),
            &[("empty.txt", vec![]), ("a.pdf", secret("a"))],
        )
        .not_for_peers(),
        in_message(),
    ]
}

/// In a message that travels with the mail, the files are seen, and the message is what is taken.
fn in_message() -> Case {
    let inner = mail(Some("Hello Bo,\r\nhere it is."), &two().bytes());
    let mail = [
        &b"From: Ada <ada@sender.example>\r\nTo: Bo <bo@partner.example>\r\nSubject: Fwd: Plans\r\nMIME-Version: 1.0\r\n\
           Content-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n--b0\r\n\r\nSee below.\r\n--b0\r\nContent-Type: message/rfc822\r\n\r\n"[..],
        &inner,
        b"\r\n--b0--\r\n",
    ]
    .concat();
    let case = opened(
        "in-message",
        "in a forwarded message: seen, and taken with the message",
        two(),
        &two_files(),
    );
    let mut inside = named(&[("", inner.clone())]);
    inside.extend(case.inside.clone());
    Case {
        mail,
        inside,
        taken: named(&[("Plans.eml", inner)]),
        is_for_peers: false,
        ..case
    }
}

fn texts() -> Vec<Case> {
    let alone = |tnef: &Tnef| mail(None, &tnef.clone().bytes());
    let blank = |tnef: &Tnef| mail(Some(" \r\n"), &tnef.clone().bytes());
    let text = |name: &str| (name.to_owned(), RICH.as_bytes().to_vec());
    let rich_text = Tnef::mail("Plans").properties(PROPERTIES, &rich());
    let both = two();
    let html = Tnef::mail("Q3: figures").properties(
        PROPERTIES,
        &[binary(0x1013, HTML), string(0x1000, "CANARY")],
    );
    let wide = Tnef::mail("").properties(
        PROPERTIES,
        &[unicode(0x1000, "CANARY auf Schwäbisch \u{1f44b}")],
    );
    let narrow = Tnef::of("IPM.Note", "Plans", 1251).put(BODY, b"CANARY \xcf\xeb\xe0\xed\0");
    let with_text = {
        let case = opened(
            "alone",
            "the mail is nothing but a TNEF: files, and the text as a file",
            both.clone(),
            &two_files(),
        );
        let inside: Files = [vec![text("Plans.rtf")], case.inside.clone()].concat();
        Case {
            inside: inside.clone(),
            taken: inside,
            ..case
        }
        .in_mail(alone(&both))
    };
    vec![
        with_text,
        opened(
            "rich-text-only",
            "no files, and no text but a rich one",
            rich_text.clone(),
            &[("Plans.rtf", RICH.into())],
        )
        .in_mail(blank(&rich_text)),
        opened(
            "html",
            "an HTML text is given as it is",
            html.clone(),
            &[("Q3_ figures.html", HTML.into())],
        )
        .in_mail(alone(&html)),
        opened(
            "wide-text",
            "a text in UTF-16 is given in UTF-8",
            wide.clone(),
            &[("message.txt", "CANARY auf Schwäbisch \u{1f44b}".into())],
        )
        .in_mail(alone(&wide))
        .not_for_peers(),
        opened(
            "old-text",
            "a text in a code page is given in UTF-8",
            narrow.clone(),
            &[("Plans.txt", "CANARY План".into())],
        )
        .in_mail(alone(&narrow))
        .not_for_peers(),
    ]
}

fn items() -> Vec<Case> {
    let inner = Tnef::mail("Re: Offer")
        .properties(PROPERTIES, &rich())
        .file("offer.pdf", &secret("an offer"));
    let deep = Tnef::mail("Deep").item(inner.clone());
    let date = Tnef::of("IPM.Appointment", "Meeting", 1252)
        .put(BODY, b"CANARY at four\0")
        .file("agenda.pdf", &secret("an agenda"));
    let card =
        Tnef::of("IPM.Contact", "Bo", 1252).properties(PROPERTIES, &[string(0x3a1c, "CANARY")]);
    vec![
        opened(
            "embedded",
            "mails in the mail: their files and texts are files; an appointment and a contact are given as they are too",
            Tnef::mail("Plans").item(deep).item(date.clone()).item(card.clone()).file("a.pdf", &secret("a")),
            &[
                ("Re_ Offer.rtf", RICH.into()),
                ("offer.pdf", secret("an offer")),
                ("Meeting.txt", b"CANARY at four".to_vec()),
                ("agenda.pdf", secret("an agenda")),
                ("Meeting.winmail.dat", date.bytes()),
                ("Bo.winmail.dat", card.bytes()),
                ("a.pdf", secret("a")),
            ],
        )
        .not_for_peers(),
        opened(
            "embedded-mail",
            "the files of a mail in a mail",
            Tnef::mail("Plans").item(inner),
            &[("Re_ Offer.rtf", RICH.into()), ("offer.pdf", secret("an offer"))],
        ),
    ]
}

fn left_closed() -> Vec<Case> {
    let nested = |levels: usize| {
        let innermost = Tnef::mail("0").file("a.pdf", &secret("the deep"));
        (1..levels).fold(innermost, |inner, level| {
            Tnef::mail(&level.to_string()).item(inner)
        })
    };
    let property = |list: &[Vec<u8>]| two().properties(PROPERTIES, list);
    let link = two().begin().properties(
        FILE_PROPERTIES,
        &[
            integer(0x3705, 2),
            string(0x3707, "CANARY.pdf"),
            string(0x370d, "\\\\server\\CANARY.pdf"),
        ],
    );
    let two_contents = Tnef::mail("Plans")
        .begin()
        .put(FILE_DATA, &secret("one"))
        .put(FILE_DATA, &secret("other"));
    let misplaced = two().put((1, FILE_DATA.1), &secret("the wrong place"));
    let mut damaged = two().bytes();
    let at = memchr::memmem::find(&damaged, b"CANARY in a").expect("it is there");
    damaged[at - 3] ^= 1;
    let damaged_case = closed(
        "damaged",
        "a sum that is wrong: who knows what else is",
        two(),
    );
    vec![
        Case {
            mail: mail(Some("Hello"), &damaged),
            inside: named(&[("winmail.dat", damaged.clone())]),
            taken: named(&[("winmail.dat", damaged.clone())]),
            tnef: damaged,
            ..damaged_case
        },
        closed(
            "no-files",
            "no files, and a text: mail programs show it as a file",
            Tnef::mail("Plans").properties(PROPERTIES, &rich()),
        ),
        closed(
            "hidden-property",
            "a property that nobody shows is as large as a file",
            property(&[custom(
                "x",
                &[b"CANARY".to_vec(), noise(3, 70_000)].concat(),
            )]),
        ),
        closed("link", "a link in place of a file", link),
        closed("two-contents", "one file with two contents", two_contents),
        closed(
            "misplaced",
            "a file's content where none belongs",
            misplaced,
        ),
        closed("deep", "items in items, four levels deep", nested(4)),
        closed(
            "bad-rtf",
            "an item whose text cannot be read",
            Tnef::mail("Plans").item(Tnef::mail("Inner").properties(
                PROPERTIES,
                &[binary(0x1009, b"CANARY and nothing that is compressed")],
            )),
        ),
    ]
}
