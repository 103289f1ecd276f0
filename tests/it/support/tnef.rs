//! Writes TNEF, so that tests know what is in a `winmail.dat`: attributes and properties as MS-OXTNEF has them, and nothing more.

/// Attributes with their types, and the levels they belong to.
pub const BODY: (u8, u32) = (1, 0x0002_800c);
pub const CLASS: (u8, u32) = (1, 0x0007_8008);
pub const CODE_PAGE: (u8, u32) = (1, 0x0006_9007);
pub const PROPERTIES: (u8, u32) = (1, 0x0006_9003);
pub const SUBJECT: (u8, u32) = (1, 0x0001_8004);
pub const VERSION: (u8, u32) = (1, 0x0008_9006);
pub const FILE_BEGINS: (u8, u32) = (2, 0x0006_9002);
pub const FILE_DATA: (u8, u32) = (2, 0x0006_800f);
pub const FILE_ICON: (u8, u32) = (2, 0x0006_8011);
pub const FILE_PROPERTIES: (u8, u32) = (2, 0x0006_9005);
pub const FILE_TITLE: (u8, u32) = (2, 0x0001_8010);

/// A message, and an object in a store.
pub const MESSAGE: [u8; 16] = [7, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];
pub const STORAGE: [u8; 16] = [11, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

/// A stream in the making.
#[derive(Clone)]
pub struct Tnef(Vec<u8>);

impl Tnef {
    /// A mail in Western European letters.
    pub fn mail(subject: &str) -> Tnef {
        Tnef::of("IPM.Microsoft Mail.Note", subject, 1252)
    }

    pub fn of(class: &str, subject: &str, code_page: u32) -> Tnef {
        let mut head = 0x223e_9f78_u32.to_le_bytes().to_vec();
        head.extend(1u16.to_le_bytes());
        let page = [code_page.to_le_bytes(), [0; 4]].concat();
        Tnef(head)
            .put(VERSION, &0x0001_0000u32.to_le_bytes())
            .put(CODE_PAGE, &page)
            .put(CLASS, &zero(class))
            .put(SUBJECT, &zero(subject))
    }

    pub fn put(self, attribute: (u8, u32), value: &[u8]) -> Tnef {
        let sum = value
            .iter()
            .fold(0u16, |sum, b| sum.wrapping_add((*b).into()));
        self.put_with_sum(attribute, value, sum)
    }

    pub fn put_with_sum(mut self, (level, id): (u8, u32), value: &[u8], sum: u16) -> Tnef {
        self.0.push(level);
        self.0.extend(id.to_le_bytes());
        self.0.extend((value.len() as u32).to_le_bytes());
        self.0.extend(value);
        self.0.extend(sum.to_le_bytes());
        self
    }

    pub fn properties(self, attribute: (u8, u32), list: &[Vec<u8>]) -> Tnef {
        let mut value = (list.len() as u32).to_le_bytes().to_vec();
        value.extend(list.concat());
        self.put(attribute, &value)
    }

    /// A file as Outlook writes it: an old short name, the whole one in a property.
    pub fn file(self, name: &str, data: &[u8]) -> Tnef {
        let short = format!("{}~1.DAT", &name[..6.min(name.len())].to_uppercase());
        self.begin()
            .put(FILE_DATA, data)
            .put(FILE_TITLE, &zero(&short))
            .put(FILE_ICON, &[1; 200])
            .properties(
                FILE_PROPERTIES,
                &[
                    integer(0x3705, 1),
                    string(0x3707, name),
                    string(0x3703, ".dat"),
                ],
            )
    }

    /// Another item as an attachment, beside the sentence that stands for it in older programs.
    pub fn item(self, inner: Tnef) -> Tnef {
        self.begin()
            .put(FILE_TITLE, b"Untitled Attachment\0")
            .put(FILE_DATA, b"This attachment is a message.")
            .properties(
                FILE_PROPERTIES,
                &[integer(0x3705, 5), object(0x3701, &MESSAGE, &inner.bytes())],
            )
    }

    pub fn begin(self) -> Tnef {
        self.put(
            FILE_BEGINS,
            &[1, 0, 0xff, 0xff, 0xff, 0xff, 32, 0, 32, 0, 0, 0, 0, 0],
        )
    }

    pub fn bytes(self) -> Vec<u8> {
        self.0
    }
}

pub fn string(id: u16, text: &str) -> Vec<u8> {
    sized(0x001e, id, &zero(text))
}

pub fn narrow(id: u16, text: &[u8]) -> Vec<u8> {
    sized(0x001e, id, text)
}

pub fn unicode(id: u16, text: &str) -> Vec<u8> {
    let wide: Vec<u8> = text
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    sized(0x001f, id, &wide)
}

pub fn binary(id: u16, value: &[u8]) -> Vec<u8> {
    sized(0x0102, id, value)
}

pub fn object(id: u16, kind: &[u8; 16], value: &[u8]) -> Vec<u8> {
    sized(0x000d, id, &[kind, value].concat())
}

pub fn integer(id: u16, value: u32) -> Vec<u8> {
    [&tag(0x0003, id)[..], &value.to_le_bytes()].concat()
}

/// A property that somebody made up.
pub fn custom(name: &str, value: &[u8]) -> Vec<u8> {
    let wide: Vec<u8> = name
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    let named = [&[7; 16][..], &1u32.to_le_bytes(), &block(&wide)].concat();
    [
        &tag(0x0102, 0x8000)[..],
        &named,
        &1u32.to_le_bytes(),
        &block(value),
    ]
    .concat()
}

/// Compressed RTF in which nothing is compressed.
pub fn rtf(text: &str) -> Vec<u8> {
    let mut tokens = Vec::new();
    let mut groups = text.as_bytes().chunks(8).peekable();
    while let Some(group) = groups.next() {
        let is_last = groups.peek().is_none() && group.len() < 8;
        tokens.push(if is_last { 1 << group.len() } else { 0 });
        tokens.extend(group);
    }
    if text.len().is_multiple_of(8) {
        tokens.push(1);
    }
    // The end: a reference to where the next byte would be written.
    tokens.extend(((((207 + text.len()) % 4096) << 4) as u16).to_be_bytes());
    let mut sum = crc32fast::Hasher::new_with_initial(!0);
    sum.update(&tokens);
    let mut value = (tokens.len() as u32 + 12).to_le_bytes().to_vec();
    value.extend((text.len() as u32).to_le_bytes());
    value.extend(b"LZFu");
    value.extend((!sum.finalize()).to_le_bytes());
    value.extend(tokens);
    value
}

fn tag(kind: u16, id: u16) -> Vec<u8> {
    [kind.to_le_bytes(), id.to_le_bytes()].concat()
}

fn sized(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
    [&tag(kind, id)[..], &1u32.to_le_bytes(), &block(value)].concat()
}

fn block(value: &[u8]) -> Vec<u8> {
    let mut out = (value.len() as u32).to_le_bytes().to_vec();
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn zero(text: &str) -> Vec<u8> {
    [text.as_bytes(), &[0]].concat()
}
