//! Documents that become too much: XML, OOXML, ODF, RTF, HTML, JSON, OLE, mails, tables.

use super::Bomb;
use super::Ends::{Any, Unread};
use super::building::*;

pub const BOMBS: &[Bomb] = &[
    ("laughs.docx", || docx(&laughs("w:t", 12)), Any),
    (
        "laughs.odt",
        || odf("content.xml", &laughs("text:p", 12)),
        Any,
    ),
    ("laughs.svg", || laughs("text", 12).into_bytes(), Any),
    ("laughs.xml", || laughs("a", 30).into_bytes(), Any),
    ("quadratic.docx", || docx(&quadratic("w:t")), Any),
    ("quadratic.html", || quadratic("p").into_bytes(), Any),
    ("outside.docx", || docx(&outside("w:t")), Any),
    ("outside.svg", || outside("text").into_bytes(), Any),
    ("deep.docx", || docx(&deep("<w:p>", "</w:p>", 100_000)), Any),
    (
        "deep.odt",
        || odf("content.xml", &deep("<text:p>", "</text:p>", 100_000)),
        Any,
    ),
    (
        "deep.html",
        || deep("<div>", "</div>", 100_000).into_bytes(),
        Any,
    ),
    (
        "open.html",
        || "<b><i><table>".repeat(70_000).into_bytes(),
        Any,
    ),
    ("comments.html", || "<!--".repeat(200_000).into_bytes(), Any),
    (
        "entities.html",
        || {
            "&amp;&#x41;&NotNestedGreaterGreater;"
                .repeat(25_000)
                .into_bytes()
        },
        Any,
    ),
    (
        "attributes.html",
        || format!("<a {}>", "b=c ".repeat(200_000)).into_bytes(),
        Any,
    ),
    ("deep.json", || "[".repeat(1_000_000).into_bytes(), Any),
    (
        "deep.rtf",
        || format!("{{\\rtf1 {}", "{\\b ".repeat(200_000)).into_bytes(),
        Any,
    ),
    ("binary.rtf", || b"{\\rtf1 \\bin2147483647 x}".to_vec(), Any),
    ("members.docx", many_members, Any),
    (
        "zeros.docx",
        || {
            zip(&[
                content_types(),
                Member {
                    name: "word/document.xml".into(),
                    method: 8,
                    data: deflated_zeros(640),
                    size: 0,
                    crc: 0,
                },
            ])
        },
        Unread("TooLarge"),
    ),
    (
        "spaces.docx",
        || docx(&format!("<w:document>{}</w:document>", " ".repeat(4 << 20))),
        Any,
    ),
    ("sparse.xlsx", sparse_sheet, Any),
    ("strings.xlsx", shared_strings, Any),
    ("columns.xlsx", wide_sheet, Any),
    ("repeated.ods", repeated_cells, Any),
    ("relations.docx", related_to_itself, Any),
    ("table.doc", || ole(|sector| sector.fill(0)), Any),
    ("circle.doc", || ole(circle), Any),
    ("folders.doc", || ole(|sector| sector.fill(1)), Any),
    ("mails.eml", || nested_mail(1_000), Any),
    ("parts.eml", || nested_parts(1_000), Any),
    (
        "header.eml",
        || {
            format!(
                "From: a@example.org\r\nSubject: x\r\n{}\r\nx",
                "X: y\r\n".repeat(100_000)
            )
            .into_bytes()
        },
        Any,
    ),
    (
        "columns.csv",
        || {
            [",".repeat(1_000_000), "\n1;2".into()]
                .concat()
                .into_bytes()
        },
        Any,
    ),
    ("quotes.csv", || "\"a\"\"".repeat(200_000).into_bytes(), Any),
    ("line.txt", || vec![b'7'; 100_000_000], Unread("TooLarge")),
    (
        "line.txt.gz",
        || gzip(&"7 ".repeat(1 << 20).into_bytes()),
        Unread(""),
    ),
    ("words.txt", || vec![b'a'; 4 << 20], Any),
    ("wide.txt", || b"\xff\xfe\x00\xd8".repeat(200_000), Any),
    ("shifts.txt", || b"\x1b$B\x1b(B".repeat(200_000), Any),
    (
        "picture.png",
        || {
            [
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0".to_vec(),
                zlib(&vec![0; 1 << 20]),
            ]
            .concat()
        },
        Any,
    ),
    (
        "picture.gif",
        || b"GIF89a\x60\xea\x60\xea\xf7\0\0,\0\0\0\0\x60\xea\x60\xea\0\x08\xff\0;".to_vec(),
        Any,
    ),
    (
        "picture.tif",
        || {
            b"II*\0\x08\0\0\0\x02\0\0\x01\x04\0\x01\0\0\0\x60\xea\0\0\x01\x01\x04\0\x01\0\0\0\x60\xea\0\0\x08\0\0\0".to_vec()
        },
        Any,
    ),
    (
        "picture.jpg",
        || {
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9".to_vec()
        },
        Any,
    ),
];

fn laughs(element: &str, levels: usize) -> String {
    let mut out = String::from("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"laugh\">");
    for n in 1..levels {
        let each = format!("&e{};", n - 1).repeat(10);
        out += &format!("<!ENTITY e{n} \"{each}\">");
    }
    out + &format!("]><x><{element}>&e{};</{element}></x>", levels - 1)
}

fn quadratic(element: &str) -> String {
    let long = "a".repeat(20_000);
    let uses = "&e;".repeat(20_000);
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e \"{long}\">]><x><{element}>{uses}</{element}></x>"
    )
}

fn outside(element: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">\
         <!ENTITY % p SYSTEM \"http://127.0.0.1:9/\"> %p;]><x><{element}>&e;</{element}></x>"
    )
}

fn deep(open: &str, close: &str, times: usize) -> String {
    format!("<x>{}text{}</x>", open.repeat(times), close.repeat(times))
}

fn content_types() -> Member {
    let text = "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
        <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
        <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>";
    stored("[Content_Types].xml", text.as_bytes())
}

fn docx(document: &str) -> Vec<u8> {
    zip(&[
        content_types(),
        deflated("word/document.xml", document.as_bytes()),
    ])
}

fn odf(name: &str, content: &str) -> Vec<u8> {
    let kind = stored("mimetype", b"application/vnd.oasis.opendocument.text");
    zip(&[kind, deflated(name, content.as_bytes())])
}

fn many_members() -> Vec<u8> {
    let parts = (0..4_000).map(|n| stored(&format!("word/header{n}.xml"), b"<w:t>x</w:t>"));
    zip(&std::iter::once(content_types())
        .chain(parts)
        .collect::<Vec<_>>())
}

fn xlsx(strings: &str, sheet: &str) -> Vec<u8> {
    let book = "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
        <sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
    let relations = "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\"/></Relationships>";
    zip(&[
        content_types(),
        stored("xl/workbook.xml", book.as_bytes()),
        stored("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        deflated("xl/sharedStrings.xml", strings.as_bytes()),
        deflated("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn sparse_sheet() -> Vec<u8> {
    let rows = [1, 2, 1_048_576, 4_294_967_295_u32].map(|row| {
        format!("<row r=\"{row}\"><c r=\"A{row}\"><v>1</v></c><c r=\"XFD{row}\"><v>2</v></c><c r=\"ZZZZZZ{row}\"><v>3</v></c></row>")
    });
    let sheet = format!(
        "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{}</sheetData></worksheet>",
        rows.concat()
    );
    xlsx(
        "<sst count=\"4294967295\" uniqueCount=\"4294967295\"/>",
        &sheet,
    )
}

/// One long text, shown by each of many cells.
fn shared_strings() -> Vec<u8> {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "long ".repeat(6_500));
    let cells = "<row><c t=\"s\"><v>0</v></c></row>".repeat(20_000);
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    xlsx(&strings, &sheet)
}

fn wide_sheet() -> Vec<u8> {
    let row = format!("<row>{}</row>", "<c><v>1</v></c>".repeat(60_000));
    xlsx(
        "<sst/>",
        &format!("<worksheet><sheetData>{row}</sheetData></worksheet>"),
    )
}

fn repeated_cells() -> Vec<u8> {
    let content = "<office:document-content><table:table table:name=\"a\">\
        <table:table-row table:number-rows-repeated=\"1048576\">\
        <table:table-cell table:number-columns-repeated=\"16384\"><text:p>text<text:s text:c=\"2147483647\"/></text:p></table:table-cell>\
        </table:table-row></table:table></office:document-content>";
    let kind = stored(
        "mimetype",
        b"application/vnd.oasis.opendocument.spreadsheet",
    );
    zip(&[kind, stored("content.xml", content.as_bytes())])
}

/// A document embedded in itself by its own list of relations.
fn related_to_itself() -> Vec<u8> {
    let relations = "<Relationships><Relationship Id=\"a\" Target=\"document.xml\"/>\
        <Relationship Id=\"b\" Target=\"../word/_rels/document.xml.rels\"/></Relationships>";
    zip(&[
        content_types(),
        stored(
            "word/document.xml",
            b"<w:document><w:altChunk r:id=\"a\"/></w:document>",
        ),
        stored("word/_rels/document.xml.rels", relations.as_bytes()),
    ])
}

/// A compound file of a header, a table of sectors, and a sector of folders whose numbers `wrong` sets.
fn ole(wrong: fn(&mut [u8])) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    head[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    // One sector of table, folders in sector 1, small files' table in sector 1, its own continuation too.
    head[44] = 1;
    head[48] = 1;
    head[56..58].copy_from_slice(&[0, 0x10]);
    head[60] = 1;
    head[64] = 1;
    head[68] = 1;
    head[72] = 1;
    head[76..80].fill(0);
    head[80..].fill(0xff);
    let mut table = vec![0xff; 512];
    wrong(&mut table);
    let mut folders = vec![0; 512];
    for entry in folders.chunks_mut(128) {
        let name: Vec<u8> = "WordDocument"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        entry[..name.len()].copy_from_slice(&name);
        entry[64] = (name.len() + 2) as u8;
        entry[66] = 1;
        // Left, right and child: itself.
        entry[68..80].fill(0);
        entry[120..124].fill(0xff);
    }
    [head, table, folders].concat()
}

/// Sector 0 goes on in 1, and 1 in 0.
fn circle(table: &mut [u8]) {
    for (n, next) in table.chunks_mut(4).enumerate() {
        next.copy_from_slice(&u32::from(n % 2 == 0).to_le_bytes());
    }
}

fn nested_mail(depth: usize) -> Vec<u8> {
    let head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n";
    format!("{}Subject: last\r\n\r\ntext\r\n", head.repeat(depth)).into_bytes()
}

fn nested_parts(depth: usize) -> Vec<u8> {
    let mut out = "From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n".to_owned();
    for n in 0..depth {
        out += &format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    }
    (out + "\r\ntext\r\n").into_bytes()
}
