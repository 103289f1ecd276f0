//! Bodies as the mail programs of this world write them. `¦` is where the block must stand.

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

/// mixed[alternative[plain, html], file]
fn both(plain: Draw, html: Draw) -> Draw {
    with_file(Multi("alternative", vec![plain, html]))
}

fn html(cte: super::desk::Cte, body: &str) -> Draw {
    text("html; charset=utf-8", cte, body)
}

fn plain(cte: super::desk::Cte, body: &str) -> Draw {
    text("plain; charset=utf-8", cte, body)
}

const MIXED_PLAIN: &str = "mixed[plain]";
const MIXED_HTML: &str = "mixed[html]";
const MIXED_BOTH: &str = "mixed[alternative[plain,html]]";

pub fn all() -> Vec<Case> {
    [
        programs(),
        encodings(),
        charsets(),
        structures(),
        html_traps(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn programs() -> Vec<Case> {
    vec![
        case("Outlook for Windows, new mail", MIXED_BOTH, both(
            text("plain; charset=\"us-ascii\"", Quoted, "Hi Bo,\r\n\r\nsee the files.\r\n\r\nAnna\r\n¦"),
            text("html; charset=\"us-ascii\"", Quoted, OUTLOOK_NEW),
        )),
        case("Outlook for Windows, reply", MIXED_BOTH, both(
            text("plain; charset=\"iso-8859-1\"", Quoted,
                "Hej på dig\r\n\r\n¦From: Bo Ek <bo@partner.example>\r\nSent: den 3 maj 2025 10:00\r\nTo: Anna\r\nSubject: Contract\r\n\r\nOld text\r\n"),
            text("html; charset=\"iso-8859-1\"", Quoted, OUTLOOK_REPLY),
        )),
        case("Outlook for Windows, plain reply with a rule", MIXED_PLAIN, with_file(plain(Seven,
            "Hi\r\n\r\n¦-----Original Message-----\r\nFrom: Bo Ek <bo@partner.example>\r\nSent: Monday\r\n\r\nOld\r\n"))),
        case("Outlook on the web, new mail", MIXED_HTML, with_file(html(Quoted,
            "<html><head><style type=\"text/css\" style=\"display:none;\"> P {margin-top:0;} </style></head><body dir=\"ltr\"><div class=\"elementToProof\" style=\"font-family: Aptos\">Hi Bo<br></div>¦</body></html>"))),
        case("Outlook on the web, reply", MIXED_HTML, with_file(html(Quoted,
            "<html><body dir=\"ltr\"><div class=\"elementToProof\">Hi Bo</div>¦<div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font face=\"Calibri\"><b>From:</b> Bo</font></div><div>Old</div></body></html>"))),
        case("Outlook mobile, reply without appendonsend", MIXED_HTML, with_file(html(Seven,
            "<html><body><div>Hi</div>¦<hr style=\"x\">\r\n<div id=\"divRplyFwdMsg\"><b>From:</b> Bo</div></body></html>"))),
        case("Outlook mobile, plain reply", MIXED_PLAIN, with_file(plain(Seven,
            "Hi\r\n\r\nGet Outlook for iOS\r\n¦________________________________\r\nFrom: Bo <bo@partner.example>\r\nSent: Monday\r\nTo: Anna\r\n\r\nOld\r\n"))),
        case("Gmail, new mail", MIXED_BOTH, both(
            plain(Seven, "Hi Bo\r\n¦"),
            html(Seven, "<div dir=\"ltr\">Hi Bo</div>\r\n¦"),
        )),
        case("Gmail, reply", MIXED_BOTH, both(
            plain(Quoted, "Hej Bo, ses i går\r\n\r\n¦On Sat, 3 May 2025 at 10:00, Bo Ek <bo@partner.example> wrote:\r\n\r\n> Old\r\n> text\r\n"),
            html(Quoted, "<div dir=\"ltr\">Hej Bo, ses i går</div><br>¦<div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Sat, 3 May 2025 at 10:00, Bo Ek wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0\">Old</blockquote></div>\r\n"),
        )),
        case("Gmail, reply, attribution on two lines", MIXED_PLAIN, with_file(plain(Quoted,
            "Hi\r\n\r\n¦On Sat, 3 May 2025 at 10:00, Bo Ek <\r\nbo@partner.example> wrote:\r\n\r\n> Old\r\n"))),
        case("Gmail, signature", MIXED_HTML, with_file(html(Seven,
            "<div dir=\"ltr\">Hi<br>¦<span class=\"gmail_signature_prefix\">-- </span><br><div dir=\"ltr\" class=\"gmail_signature\">Anna</div></div>"))),
        case("Apple Mail, files in the alternative", "alternative[plain,mixed[html,html]]", Multi("alternative", vec![
            text("plain;\r\n\tcharset=us-ascii", Seven, "Hi Bo\r\n\r\n\r\n\r\nBye\r\n¦"),
            Multi("mixed", vec![
                text("html;\r\n\tcharset=us-ascii", Seven, "<html><head></head><body>Hi Bo<br>¦</body></html>"),
                File("a.pdf"),
                text("html;\r\n\tcharset=us-ascii", Seven, "<html><head></head><body>Bye</body></html>"),
            ]),
        ])),
        case("Apple Mail, reply", MIXED_HTML, with_file(html(Quoted,
            "<html><head><meta http-equiv=\"content-type\" content=\"text/html; charset=utf-8\"></head><body>Hi Bo<br><div><br>¦<blockquote type=\"cite\"><div>On 3 May 2025, at 10:00, Bo Ek wrote:</div><br><div>Old</div></blockquote></div></body></html>"))),
        case("Apple Mail, text around the file", "mixed[plain,plain]", Multi("mixed", vec![
            text("plain; charset=us-ascii", Seven, "Hi Bo\r\n¦"), File("a.pdf"), text("plain; charset=us-ascii", Seven, "\r\n\r\nBye\r\n"),
        ])),
        case("Thunderbird, reply", MIXED_BOTH, both(
            text("plain; charset=UTF-8; format=flowed", Quoted,
                "Hej på dig \r\nigen.\r\n\r\n¦On 2025-05-03 10:00, Bo Ek wrote:\r\n> Old\r\n"),
            html(Quoted, "<!DOCTYPE html>\r\n<html><head></head><body>\r\n<p>Hej på dig igen.</p>\r\n¦<div class=\"moz-cite-prefix\">On 2025-05-03 10:00, Bo Ek wrote:<br></div><blockquote type=\"cite\" cite=\"mid:x\">Old</blockquote></body></html>"),
        )),
        case("Thunderbird, signature", MIXED_BOTH, both(
            text("plain; charset=UTF-8; format=flowed", Seven, "Hi Bo\r\n\r\n¦-- \r\nAnna Lind\r\n"),
            html(Seven, "<html><body><p>Hi Bo</p>¦<pre class=\"moz-signature\" cols=\"72\">-- \r\nAnna</pre></body></html>"),
        )),
        case("Evolution, attribution before the quote", MIXED_HTML, with_file(html(Seven,
            "<html><body><div>Hi</div>¦<div>On Sat, 2025-05-03 at 10:00, Bo Ek wrote:</div><blockquote type=\"cite\" style=\"margin:0\">Old</blockquote></body></html>"))),
        case("forward", MIXED_PLAIN, with_file(plain(Seven,
            "FYI\r\n\r\n¦---------- Forwarded message ---------\r\nFrom: Bo Ek <bo@partner.example>\r\nDate: Sat, 3 May\r\n\r\nOld\r\n"))),
        case("German Outlook", MIXED_PLAIN, with_file(text("plain; charset=iso-8859-1", Quoted,
            "Guten Tag\r\n\r\n¦Von: Bo Ek\r\nGesendet: Montag, 5. Mai 2025\r\nAn: Anna\r\n\r\nAlt\r\n"))).language("de"),
        case("quoted at the bottom, answered above", MIXED_PLAIN, with_file(plain(Seven,
            "¦> Question one\r\nAnswer one\r\n\r\n> Question two\r\nAnswer two\r\n"))),
        case("a reply that quotes an older block", MIXED_BOTH, both(
            plain(Seven, "New files\r\n\r\n¦On 3 May 2025, Bo wrote:\r\n> 2 files from Anna Lind (5.3 MB)\r\n> https://files.example.org/t/old\r\n"),
            html(Seven, "<p>New files</p>¦<div class=gmail_quote><!-- cloakroom:begin 0LDB10CK --><div>old</div><!-- cloakroom:end 0LDB10CK --></div>"),
        )),
    ]
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

const OUTLOOK_NEW: &str = "<html xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\">\r\n<head>\r\n<meta name=\"Generator\" content=\"Microsoft Word 15 (filtered medium)\">\r\n<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}</style><![endif]--><style><!--\r\n/* Style Definitions */\r\np.MsoNormal, li.MsoNormal\r\n\t{margin:0cm;}\r\n--></style><!--[if gte mso 9]><xml>\r\n<o:shapedefaults v:ext=\"edit\" spidmax=\"1026\" />\r\n</xml><![endif]-->\r\n</head>\r\n<body lang=\"EN-GB\" link=\"#0563C1\" vlink=\"#954F72\" style=\"word-wrap:break-word\">\r\n<div class=\"WordSection1\">\r\n<p class=\"MsoNormal\">Hi Bo,<o:p></o:p></p>\r\n<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>\r\n<p class=\"MsoNormal\">Anna<o:p></o:p></p>\r\n</div>\r\n¦</body>\r\n</html>\r\n";

const OUTLOOK_REPLY: &str = "<html>\r\n<head><style><!--\r\np {x:y}\r\n--></style></head>\r\n<body lang=\"SV\">\r\n<div class=\"WordSection1\">\r\n<p class=\"MsoNormal\">Hej dig<o:p></o:p></p>\r\n<p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p>\r\n<div>\r\n¦<div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\">\r\n<p class=\"MsoNormal\"><b>From:</b> Bo Ek<br><b>Sent:</b> den 3 maj 2025</p>\r\n</div>\r\n</div>\r\n<p class=\"MsoNormal\">Old</p>\r\n</div>\r\n</body>\r\n</html>\r\n";
