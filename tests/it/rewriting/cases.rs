//! Encodings, charsets, structures and traps, each in as few words as show it; what programs write is in `tests/bodies`. `¦` is where the
//! block must stand.

use super::desk::Cte::{Base64, Eight, Quoted, Seven};
use super::desk::Draw::{self, Bytes, File, Message, Multi, Picture};
use super::desk::{files, text};
use cloakroom::transfer::proof::ShownFile;

pub struct Case {
    pub name: &'static str,
    pub draw: Draw,
    /// The structure afterwards.
    pub becomes: &'static str,
    pub language: &'static str,
    pub files: Vec<ShownFile>,
}

fn case(name: &'static str, becomes: &'static str, draw: Draw) -> Case {
    Case {
        name,
        draw,
        becomes,
        language: "en",
        files: files(),
    }
}

impl Case {
    fn language(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    fn file(mut self, name: &str) -> Self {
        self.files = vec![ShownFile {
            name: name.into(),
            size: 5,
        }];
        self
    }
}

/// mixed[a, file]
fn with_file(first: Draw) -> Draw {
    Multi("mixed", vec![first, File("a.pdf")])
}

fn html(cte: super::desk::Cte, body: &str) -> Draw {
    text("html; charset=utf-8", cte, body)
}

fn plain(cte: super::desk::Cte, body: &str) -> Draw {
    text("plain; charset=utf-8", cte, body)
}

const MIXED_PLAIN: &str = "mixed[plain]";
const MIXED_HTML: &str = "mixed[html]";

pub fn all() -> Vec<Case> {
    [encodings(), charsets(), structures(), html_traps()]
        .into_iter()
        .flatten()
        .collect()
}

fn encodings() -> Vec<Case> {
    let long = "En rad som är så lång att den måste brytas mjukt i quoted-printable, alltså med ett likhetstecken sist på raden. ";
    vec![
        case(
            "a soft break at the place",
            MIXED_HTML,
            with_file(Bytes(
                "html; charset=utf-8",
                Eight,
                format!("<div>{long}</div>¦<div id=\"appendonsend\"></div>").into_bytes(),
            )),
        ),
        case(
            "a soft break at the place, quoted-printable",
            MIXED_HTML,
            with_file(html(
                Quoted,
                &format!(
                    "<div>{}</div>¦<div id=\"appendonsend\"></div><div>{long}</div>",
                    &long.repeat(3)
                ),
            )),
        ),
        case(
            "quoted-printable without a last line end",
            MIXED_PLAIN,
            with_file(plain(Quoted, "Hej på dig ¦")),
        ),
        case(
            "base64, border 0",
            MIXED_PLAIN,
            with_file(plain(Base64, "abc\r\n\r\n\r\n¦> old text behind\r\n")),
        ),
        case(
            "base64, border 1",
            MIXED_PLAIN,
            with_file(plain(Base64, "abcd\r\n\r\n¦> old text behind\r\n")),
        ),
        case(
            "base64, border 2",
            MIXED_PLAIN,
            with_file(plain(Base64, "abcde\r\n\r\n¦> old text behind\r\n")),
        ),
        case(
            "base64, border 0, at the end",
            MIXED_PLAIN,
            with_file(plain(Base64, "abcdefg\r\n¦")),
        ),
        case(
            "base64, border 1, at the end",
            MIXED_PLAIN,
            with_file(plain(Base64, "abcde\r\n¦")),
        ),
        case(
            "base64, border 2, at the end",
            MIXED_PLAIN,
            with_file(plain(Base64, "abcdef\r\n¦")),
        ),
        case(
            "base64 HTML in Japanese",
            MIXED_HTML,
            with_file(html(
                Base64,
                "<html><body><p>契約書をお送りします。</p>¦<blockquote type=cite>古い文</blockquote></body></html>",
            )),
        ),
        case(
            "flowed, with DelSp",
            MIXED_PLAIN,
            with_file(text(
                "plain; charset=utf-8; format=flowed; delsp=yes",
                Seven,
                "A line that  \r\nflows.\r\n¦-- \r\nAnna\r\n",
            )),
        ),
        case(
            "a text over 60 KB",
            MIXED_PLAIN,
            with_file(plain(
                Seven,
                &format!("¦{}", "A line of text.\r\n".repeat(5_000)),
            )),
        ),
        case(
            "a text over 60 KB, base64",
            MIXED_PLAIN,
            with_file(plain(
                Base64,
                &format!("¦{}", "A line of text.\r\n".repeat(30_000)),
            )),
        ),
        case(
            "HTML over 60 KB",
            MIXED_HTML,
            with_file(html(
                Quoted,
                &format!(
                    "<html><body>¦{}</body></html>",
                    "<p>A line of text.</p>\r\n".repeat(20_000)
                ),
            )),
        ),
    ]
}

fn charsets() -> Vec<Case> {
    let utf16 = |t: &str| {
        t.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    // The mark is UTF-8 in the middle of the bytes of another charset; it is taken out before anything reads them.
    let marked = |head: &[u8], tail: &[u8]| [head, "¦".as_bytes(), tail].concat();
    vec![
        case(
            "Latin 1, 8bit, German block",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=iso-8859-1",
                Eight,
                marked(b"Gr\xfc\xdfe\r\n", b"-- \r\nAnna\r\n"),
            )),
        )
        .language("de"),
        case(
            "Latin 1, a name that does not fit",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=iso-8859-1",
                Eight,
                marked(b"Gr\xfc\xdfe\r\n", b"> alt\r\n"),
            )),
        )
        .file("契約書.pdf"),
        case(
            "windows-1252, a dash in the name",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=windows-1252",
                Quoted,
                marked(b"\x93Hej\x94\r\n", b""),
            )),
        )
        .file("avtal – slutligt.pdf")
        .language("sv"),
        case(
            "us-ascii, 7bit, Swedish block",
            MIXED_PLAIN,
            with_file(text(
                "plain; charset=us-ascii",
                Seven,
                "Hi\r\n\r\n¦> old\r\n",
            )),
        )
        .language("sv"),
        case(
            "no charset, 7bit, Swedish block",
            MIXED_PLAIN,
            with_file(text("plain", Seven, "Hi\r\n¦")),
        )
        .language("sv"),
        case(
            "Latin 1 said to be 7bit, Swedish block",
            MIXED_PLAIN,
            with_file(text("plain; charset=iso-8859-1", Seven, "Hi\r\n¦")),
        )
        .language("sv"),
        case(
            "no charset but Latin 1 bytes",
            MIXED_PLAIN,
            with_file(Bytes("plain", Eight, marked(b"Gr\xfc\xdfe\r\n", b""))),
        )
        .language("de"),
        case(
            "an unknown charset that is ASCII",
            MIXED_PLAIN,
            with_file(text("plain; charset=x-unknown", Seven, "Hi\r\n¦")),
        ),
        case(
            "UTF-16, plain",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=utf-16le",
                Base64,
                marked(&utf16("Hej på dig\r\n\r\n"), &utf16("> gammalt\r\n")),
            )),
        ),
        case(
            "UTF-16, HTML",
            MIXED_HTML,
            with_file(Bytes(
                "html; charset=utf-16le",
                Base64,
                marked(&utf16("<body><p>Hej på</p>"), &utf16("</body>")),
            )),
        ),
        case(
            "ISO-2022-JP",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=iso-2022-jp",
                Seven,
                marked(b"\x1b$B7@Ls=q\x1b(B\r\n\r\n", b"> \x1b$B8E$$\x1b(B\r\n"),
            )),
        ),
        case(
            "Shift JIS HTML",
            MIXED_HTML,
            with_file(Bytes(
                "html; charset=shift_jis",
                Eight,
                marked(
                    b"<p>\x8c_\x96\xf1\x8f\x91\x83\\\x83|</p>",
                    b"<div id=appendonsend></div>",
                ),
            )),
        ),
        case(
            "GBK, a name in GBK",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=gbk",
                Base64,
                marked(b"\xc4\xe3\xba\xc3\r\n", b""),
            )),
        )
        .file("合同.pdf"),
        case(
            "Latin 1, a Polish block",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=iso-8859-1",
                Eight,
                marked(b"Gr\xfc\xdfe\r\n", b"> alt\r\n"),
            )),
        )
        .language("pl"),
        case(
            "Latin 2, a Polish block",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=iso-8859-2",
                Quoted,
                marked(b"Dzie\xf1 dobry, za\xbf\xf3\xb3\xe6\r\n", b"> stare\r\n"),
            )),
        )
        .language("pl"),
        case(
            "Latin 2, a French block",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=iso-8859-2",
                Eight,
                marked(b"Dzie\xf1 dobry\r\n", b""),
            )),
        )
        .language("fr"),
        case(
            "Latin 1, a French block",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=iso-8859-1",
                Eight,
                marked(b"Ch\xe8re Anne\r\n", b""),
            )),
        )
        .language("fr"),
        case(
            "us-ascii, 7bit, HTML, a Polish block",
            MIXED_HTML,
            with_file(text(
                "html; charset=us-ascii",
                Seven,
                "<body><p>Hi</p>¦</body>",
            )),
        )
        .language("pl"),
        case(
            "KOI8-R, a Swedish block",
            MIXED_PLAIN,
            with_file(Bytes(
                "plain; charset=koi8-r",
                Eight,
                marked(b"\xf0\xd2\xc9\xd7\xc5\xd4\r\n", b""),
            )),
        )
        .language("sv"),
    ]
}

fn structures() -> Vec<Case> {
    let alternative = || {
        Multi(
            "alternative",
            vec![
                plain(Seven, "Hi\r\n¦"),
                Multi(
                    "related",
                    vec![
                        html(Seven, "<body><p>Hi <img src=\"cid:logo@x\"></p>¦</body>"),
                        Picture("logo@x"),
                    ],
                ),
            ],
        )
    };
    vec![
        case(
            "alternative and related in mixed",
            "mixed[alternative[plain,related[html,png]]]",
            with_file(alternative()),
        ),
        case(
            "related around alternative",
            "mixed[related[alternative[plain,html],png]]",
            with_file(Multi(
                "related",
                vec![
                    Multi(
                        "alternative",
                        vec![
                            plain(Seven, "Hi\r\n¦"),
                            html(Seven, "<p>Hi <img src=\"cid:logo@x\"></p>¦"),
                        ],
                    ),
                    Picture("logo@x"),
                ],
            )),
        ),
        case(
            "a multipart of files only goes with them",
            MIXED_PLAIN,
            Multi(
                "mixed",
                vec![
                    plain(Seven, "Hi\r\n¦"),
                    Multi("mixed", vec![File("a.pdf"), File("b.pdf")]),
                ],
            ),
        ),
        case(
            "the file first",
            MIXED_PLAIN,
            Multi("mixed", vec![File("a.pdf"), plain(Seven, "Hi\r\n¦")]),
        ),
        case(
            "files around the text",
            MIXED_PLAIN,
            Multi(
                "mixed",
                vec![File("a.pdf"), plain(Seven, "Hi\r\n¦"), File("b.pdf")],
            ),
        ),
        case(
            "a list's footer",
            "mixed[alternative[plain,html],plain]",
            Multi(
                "mixed",
                vec![
                    Multi(
                        "alternative",
                        vec![plain(Seven, "Hi\r\n¦"), html(Seven, "<p>Hi</p>¦")],
                    ),
                    File("a.pdf"),
                    plain(Seven, "_____\r\nfooter\r\n"),
                ],
            ),
        ),
        case(
            "a forwarded message",
            MIXED_PLAIN,
            Multi(
                "mixed",
                vec![
                    plain(Seven, "FYI\r\n¦"),
                    Message("RklMRSBDT05URU5UUw== inside\r\n"),
                ],
            ),
        ),
        case(
            "a text for watches, and one for machines that show forms",
            "mixed[alternative[plain,watch-html,x-amp-html,html]]",
            with_file(Multi(
                "alternative",
                vec![
                    plain(Seven, "Hi\r\n¦"),
                    text("watch-html; charset=utf-8", Seven, "<b>Hi</b>¦"),
                    text(
                        "x-amp-html; charset=utf-8",
                        Seven,
                        "<body><b>Hi</b>¦</body>",
                    ),
                    html(Seven, "<p>Hi</p>¦"),
                ],
            )),
        ),
        case("an empty text", MIXED_PLAIN, with_file(plain(Seven, "¦"))),
    ]
}

fn html_traps() -> Vec<Case> {
    vec![
        case(
            "the end of the body in a comment and a script",
            MIXED_HTML,
            with_file(html(
                Seven,
                "<html><head><title>a </body> b</title><!-- </body> --></head><body><!--[if mso]></body><![endif]--><p title=\"</body>\">Hi</p><script>var a = \"</body>\";</script>¦</body></html>",
            )),
        ),
        case(
            "two documents one behind the other",
            MIXED_HTML,
            with_file(html(
                Seven,
                "<html><body><p>Hi</p>¦</body></html>\r\n<html><body><p>Disclaimer</p></body></html>",
            )),
        ),
        case(
            "a style that never ends",
            MIXED_HTML,
            with_file(html(Seven, "<body><p>Hi</p>¦<style>p { color: red")),
        ),
        case(
            "upper case and odd spacing",
            MIXED_HTML,
            with_file(html(
                Seven,
                "<HTML><BODY CLASS = 'x' ><P>Hi</P>¦</BODY ></HTML >",
            )),
        ),
    ]
}
