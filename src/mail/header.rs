//! Header fields of a block, as byte ranges: read what is there, change one without touching the others.

use std::ops::Range;

/// One header field. Ranges are offsets into the spool the block lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name as written, without the colon and without white space before it.
    pub name: String,
    /// The value as written, without the line end behind it; folds are still in it. Bytes that are not UTF-8 are kept as Latin-1.
    pub raw: String,
    /// The value unfolded and with RFC 2047 words decoded: for rules and people.
    pub value: String,
    /// The whole field: from the first byte of its name to behind the CRLF of its last line.
    pub range: Range<u64>,
}

impl Field {
    /// Names are compared without regard to case (RFC 5322 section 1.2.2).
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The fields of one header block, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(pub Vec<Field>);

impl Fields {
    /// The first field of that name.
    pub fn first(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.is(name))
    }

    /// Every field of that name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Field> {
        self.0.iter().filter(move |field| field.is(name))
    }

    /// The decoded value of the first field of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.first(name).map(|field| field.value.as_str())
    }
}
