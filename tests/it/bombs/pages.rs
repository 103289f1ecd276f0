//! PDFs that become too much.

use super::Bomb;
use super::Ends::{Any, Unread};
use super::building::zlib;

pub const BOMBS: &[Bomb] = &[
    (
        "deep.pdf",
        || pdf(&[&format!("{}{}", "[".repeat(200_000), "]".repeat(200_000))]),
        Unread("Damaged"),
    ),
    (
        "dictionaries.pdf",
        || pdf(&["<</Type/Catalog/Pages 2 0 R>>", &"<</A".repeat(200_000)]),
        Unread("Damaged"),
    ),
    (
        "pages.pdf",
        || {
            pdf(&[
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Count 9/Kids[2 0 R 2 0 R 3 0 R]>>",
                "<</Type/Pages/Kids[2 0 R 3 0 R]/Parent 3 0 R>>",
            ])
        },
        Any,
    ),
    (
        "table.pdf",
        || {
            b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF".to_vec()
        },
        Unread("Damaged"),
    ),
    (
        "objects.pdf",
        || pdf(&vec!["null"; 100_000]),
        Unread("Damaged"),
    ),
    (
        "numbers.pdf",
        || {
            b"%PDF-1.7\n1 0 obj<</Type/XRef/Size 2147483647/W[4 4 4]/Index[0 2147483647]/Length 0>>stream\n\nendstream endobj\nstartxref\n9\n%%EOF".to_vec()
        },
        Unread("Damaged"),
    ),
    (
        "zeros.pdf",
        || pdf_stream("/Filter/FlateDecode", &zlib(&vec![b' '; 6 << 20])),
        Unread("Damaged"),
    ),
    ("filters.pdf", filters, Unread("Damaged")),
    (
        "hex.pdf",
        || {
            pdf_stream(
                &format!("/Filter[{}]", "/ASCIIHexDecode".repeat(20_000)),
                b"41>",
            )
        },
        Any,
    ),
    (
        "extends.pdf",
        || {
            pdf(&[
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/ObjStm/N 100000000/First 5/Extends 2 0 R/Length 9>>stream\n1 0 2 0 3\nendstream",
            ])
        },
        Unread("Damaged"),
    ),
    (
        "forms.pdf",
        || {
            pdf(&[
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Count 1/Kids[3 0 R]>>",
                "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</F 4 0 R>>>>>>",
                "<</Type/XObject/Subtype/Form/Resources<</XObject<</F 4 0 R>>>>/Length 12>>stream\n/F Do /F Do \nendstream",
            ])
        },
        Any,
    ),
    (
        "length.pdf",
        || pdf(&["<</Length 99999999999>>stream\nx\nendstream"]),
        Unread("Damaged"),
    ),
];

fn pdf<T: AsRef<str>>(objects: &[T]) -> Vec<u8> {
    let (mut out, mut places) = (b"%PDF-1.7\n".to_vec(), Vec::new());
    for (n, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj{}\nendobj\n", n + 1, object.as_ref()).into_bytes());
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).into_bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    let size = places.len() + 1;
    out.extend(
        format!("trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF").into_bytes(),
    );
    out
}

fn pdf_stream(filter: &str, data: &[u8]) -> Vec<u8> {
    let mut out = pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
    ]);
    // Behind the table: readers that rebuild it find it, and the others go without.
    out.extend(format!("\n4 0 obj<<{filter}/Length {}>>stream\n", data.len()).into_bytes());
    out.extend(data);
    out.extend(b"\nendstream\nendobj\n");
    out
}

/// Packed ten times over.
fn filters() -> Vec<u8> {
    let packed = (0..10).fold(vec![b' '; 4 << 20], |data, _| zlib(&data));
    pdf_stream(&format!("/Filter[{}]", "/FlateDecode".repeat(10)), &packed)
}
