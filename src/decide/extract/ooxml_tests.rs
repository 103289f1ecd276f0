//! Documents of Office since 2007, put together by hand, one a feature.

use super::samples::{part, zip};
use super::tests::{file, told};
use crate::decide::detectors::{ALL, Passage, Scanner};

/// A document of these parts; the first is the main one.
fn office(parts: &[(&str, &str)]) -> String {
    let root = format!(
        "<Relationships><Relationship Id='r1' Type='x/officeDocument' Target='{}'/></Relationships>",
        parts[0].0
    );
    let mut all = vec![
        part("[Content_Types].xml", "<Types/>"),
        part("_rels/.rels", &root),
    ];
    all.extend(parts.iter().map(|(name, text)| part(name, text)));
    told(&file("a.bin", &zip(&all)))
}

fn word(body: &str) -> String {
    office(&[(
        "word/document.xml",
        &format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>"),
    )])
}

#[test]
fn runs_are_one_word_and_what_is_beside_stands_apart() {
    let rows = [
        (
            "<w:p><w:r><w:t>9999</w:t></w:r><w:r><w:t>93410</w:t></w:r></w:p>",
            "999993410\n",
        ),
        (
            "<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>",
            "a\tb\nc\n",
        ),
        (
            "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>",
            "hidden\n",
        ),
        (
            "<w:p><w:r><w:t>1</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>2</w:t></w:r></w:p>",
            "12\ngone\n",
        ),
        (
            "<w:p><w:r><w:instrText>HYPERLINK \"http://x\"</w:instrText></w:r><w:r><w:t>here</w:t></w:r></w:p>",
            "here\nHYPERLINK \"http://x\"\n",
        ),
        (
            "<w:p><w:r><w:t>99</w:t><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent><w:t>99</w:t></w:r></w:p>",
            "box\n9999\n",
        ),
        (
            "<w:p><w:r><wp:docPr descr='a picture of 999993410'/></w:r></w:p>",
            "a picture of 999993410\n",
        ),
        (
            "<w:p><mc:AlternateContent><mc:Choice><w:t>one</w:t></mc:Choice><mc:Fallback><w:t>one</w:t></mc:Fallback></mc:AlternateContent></w:p>",
            "one\n",
        ),
        (
            "<w:p><mc:AlternateContent><mc:Choice><w:t>one</w:t></mc:Choice><mc:Fallback><w:t>two</w:t></mc:Fallback></mc:AlternateContent></w:p>",
            "one\ntwo\n",
        ),
        (
            "<w:tbl><w:tr><w:tc><w:p><w:t>Naam</w:t></w:p></w:tc><w:tc><w:p><w:t>BSN</w:t></w:p></w:tc></w:tr>\
             <w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:t>x</w:t></w:p></w:tc><w:tc><w:p><w:t>y</w:t></w:p></w:tc></w:tr></w:tbl>",
            "=\nNaam|BSN\nx||y\n",
        ),
    ];
    for (body, want) in rows {
        assert_eq!(word(body), format!("@ document\n{want}"), "{body}");
    }
}

#[test]
fn parts_are_read_where_they_are_referred_to_and_files_are_files() {
    let relations = "<Relationships><Relationship Id='h' Type='x/header' Target='other/top.xml'/>\
        <Relationship Id='c' Type='x/comments' Target='/word/c.xml'/>\
        <Relationship Id='l' Type='x/hyperlink' TargetMode='External' Target='http://999993410.example/'/></Relationships>";
    let text = |text: &str| format!("<w:p xmlns:w='w'><w:t>{text}</w:t></w:p>");
    let main = "<w:document xmlns:w='w' xmlns:r='r'><w:p><w:t>body</w:t></w:p><w:headerReference r:id='h'/></w:document>";
    let told = office(&[
        ("word/odd.xml", main),
        ("word/_rels/odd.xml.rels", relations),
        ("word/other/top.xml", &text("top")),
        ("word/c.xml", &text("remark")),
        ("customXml/item1.xml", &text("item")),
        ("word/embeddings/a.txt", "inside"),
    ]);
    let want = "@ document\nbody\nhttp://999993410.example/\n@ header\ntop\n@ comments\nremark\n@ item1\nitem\n> word/embeddings/a.txt\ninside\n<\n";
    assert_eq!(told, want);
}

#[test]
fn cells_are_said_as_they_are_shown() {
    let told = office(&[
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='P' r:id='s1'/><sheet name='H' state='veryHidden' r:id='s2'/></sheets>\
             <definedNames><definedName name='n'>\"named\"</definedName></definedNames></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='s2' Type='x/worksheet' Target='b.xml'/><Relationship Id='s1' Type='x/worksheet' Target='a.xml'/></Relationships>",
        ),
        (
            "xl/a.xml",
            "<worksheet><sheetData><row hidden='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='inlineStr'><is><r><t>9999</t></r><r><t>93410</t></r></is></c></row>\
             <row><c r='B2' s='1'><v>29587</v></c><c r='C2'><f>\"NL\"&amp;\"91\"</f><v>4.111111111111111E15</v></c><c t='b'><v>1</v></c></row></sheetData>\
             <headerFooter><oddHeader>&amp;Ltop</oddHeader></headerFooter></worksheet>",
        ),
        (
            "xl/b.xml",
            "<worksheet><sheetData><row><c><v>5</v></c></row></sheetData></worksheet>",
        ),
        (
            "xl/sharedStrings.xml",
            "<sst><si><r><t>Na</t></r><r><t>am</t></r><rPh><t>hint</t></rPh></si></sst>",
        ),
        (
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='dd-mm-yyyy'/></numFmts><cellStyleXfs><xf numFmtId='9'/></cellStyleXfs>\
             <cellXfs><xf numFmtId='0'/><xf numFmtId='170'/></cellXfs></styleSheet>",
        ),
    ]);
    let want = "@ document\n\"named\"\nn\n@ sheet P\n=\nNaam||999993410\n|01-01-1981|4111111111111111|TRUE\n|1981-01-01\n&Ltop\n\"NL\"&\"91\"\n@ hidden sheet H\n=\n5\n";
    assert!(told.starts_with(want), "{told}");
}

#[test]
fn slides_come_in_their_order_with_their_notes() {
    let slide =
        |text: &str| format!("<p:sld xmlns:a='a'><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
    let told = office(&[
        (
            "ppt/p.xml",
            "<p:presentation xmlns:r='r'><p:sldId r:id='two'/><p:sldId r:id='one'/></p:presentation>",
        ),
        (
            "ppt/_rels/p.xml.rels",
            "<Relationships><Relationship Id='one' Type='x/slide' Target='1.xml'/><Relationship Id='two' Type='x/slide' Target='2.xml'/></Relationships>",
        ),
        ("ppt/1.xml", &slide("last")),
        ("ppt/2.xml", &slide("first")),
        (
            "ppt/_rels/2.xml.rels",
            "<Relationships><Relationship Id='n' Type='x/notesSlide' Target='n.xml'/></Relationships>",
        ),
        ("ppt/n.xml", &slide("spoken")),
    ]);
    assert_eq!(
        told,
        "@ slide 1\nfirst\n@ notes of slide 1\nspoken\n@ slide 2\nlast\n"
    );
}

#[test]
fn a_shared_text_that_is_used_too_often_is_too_large() {
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1 << 20));
    let sheet = format!(
        "<worksheet><sheetData><row>{}</row></sheetData></worksheet>",
        "<c t='s'><v>0</v></c>".repeat(300)
    );
    let told = office(&[
        ("xl/workbook.xml", "<workbook/>"),
        ("xl/sharedStrings.xml", &strings),
        ("xl/a.xml", &sheet),
    ]);
    assert!(told.ends_with("! it is too large\n"), "{}", told.len());
}

/// Each part is referred to, and refers to nothing.
#[test]
fn a_document_of_very_many_parts_takes_no_time() {
    let count = 12_000;
    let relation = |n| format!("<Relationship Id='r{n}' Type='x/header' Target='h{n}.xml'/>");
    let reference = |n| format!("<w:headerReference r:id='r{n}'/>");
    let all = |each: &dyn Fn(u32) -> String| (0..count).map(each).collect::<String>();
    let main = format!("<w:document>{}</w:document>", all(&reference));
    let relations = format!("<Relationships>{}</Relationships>", all(&relation));
    let root = "<Relationships><Relationship Id='r' Type='x/officeDocument' Target='word/d.xml'/></Relationships>";
    let pictures = (0..count).map(|n| part(&format!("word/media/{n}/"), ""));
    let headers = (0..count).map(|n| part(&format!("word/h{n}.xml"), "<w:p><w:t>x</w:t></w:p>"));
    let parts = [
        part("[Content_Types].xml", "<Types/>"),
        part("_rels/.rels", root),
        part("word/d.xml", &main),
        part("word/_rels/d.xml.rels", &relations),
    ];
    let bytes = zip(&parts
        .into_iter()
        .chain(pictures)
        .chain(headers)
        .collect::<Vec<_>>());
    let begun = std::time::Instant::now();
    let told = told(&file("a.docx", &bytes));
    assert_eq!(told.matches("\nx\n").count(), count as usize);
    let took = begun.elapsed();
    assert!(took.as_secs() < 8, "{took:?}");
}

#[test]
fn a_number_is_found_once_however_its_cell_shows_it() {
    let formats = [
        "",
        "0",
        "0.00",
        "#,##0",
        "000000000",
        "000\\.000\\.000",
        "0000 00 000",
        "#,##0.00",
        "@",
        "[$-413]0",
    ];
    let weighted = |n: u32| {
        let digits = n
            .to_string()
            .into_bytes()
            .into_iter()
            .map(|b| i32::from(b - b'0'));
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        digits
            .zip(weights)
            .map(|(digit, weight)| digit * weight)
            .sum::<i32>()
    };
    let numbers: Vec<u32> = (123_456_700..)
        .filter(|n| weighted(*n) % 11 == 0)
        .take(10)
        .collect();
    let own: String = (0..10)
        .map(|n| {
            format!(
                "<numFmt numFmtId='{}' formatCode='{}'/>",
                170 + n,
                formats[n]
            )
        })
        .collect();
    let of_cells: String = (0..10)
        .map(|n| format!("<xf numFmtId='{}'/>", 170 + n))
        .collect();
    let styles =
        format!("<styleSheet><numFmts>{own}</numFmts><cellXfs>{of_cells}</cellXfs></styleSheet>");
    let rows: String = numbers
        .iter()
        .enumerate()
        .map(|(n, number)| format!("<row><c s='{n}'><v>{number}</v></c></row>"))
        .collect();
    let sheet = format!(
        "<worksheet><sheetData><row><c t='inlineStr'><is><t>BSN</t></is></c></row>{rows}</sheetData></worksheet>"
    );
    let told = office(&[
        ("xl/workbook.xml", "<workbook/>"),
        ("xl/styles.xml", &styles),
        ("xl/a.xml", &sheet),
    ]);
    let text = told
        .split("=\nBSN\n")
        .nth(1)
        .expect("a table")
        .replace('|', "\t");
    let passage = Passage {
        text: &text,
        headings: &["BSN".to_owned()],
        core: (0, text.len()),
    };
    let mut found = Vec::new();
    Scanner::new(ALL).find(&passage, &mut |finding| {
        if finding.detector.name == "bsn" {
            found.push(text[finding.range.clone()].to_owned());
        }
    });
    let digits = |text: &String| {
        text.chars()
            .filter(char::is_ascii_digit)
            .take(9)
            .collect::<String>()
    };
    let found: Vec<String> = found.iter().map(digits).collect();
    let wanted: Vec<String> = numbers.iter().map(u32::to_string).collect();
    assert_eq!(found, wanted, "{text}");
}
