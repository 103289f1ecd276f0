//! Documents for tests, put together by hand.

use crc32fast::hash;

/// A part of a ZIP.
pub(super) fn part(name: &str, text: &str) -> (String, Vec<u8>) {
    (name.to_owned(), text.as_bytes().to_vec())
}

/// A ZIP with these members, stored.
pub(super) fn zip(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let at = out.len() as u32;
        let mut fields = Vec::new();
        fields.extend(20u16.to_le_bytes()); // version needed
        fields.extend([0; 8]); // flags, stored, time, date
        fields.extend(hash(bytes).to_le_bytes());
        fields.extend((bytes.len() as u32).to_le_bytes());
        fields.extend((bytes.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0; 2]); // no extra field
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(bytes);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]); // no comment, first disk, no attributes
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (at, count) = (out.len() as u32, (parts.len() as u16).to_le_bytes());
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count);
    out.extend(count);
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// An OLE file with these streams in its root, each filled up to 4 KiB with zeros.
pub(super) fn ole(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xffff_fffe;
    let (mut data, mut chain, mut starts) = (Vec::new(), Vec::new(), Vec::new());
    let mut put = |bytes: &[u8], data: &mut Vec<u8>| {
        let start = chain.len();
        let sectors = bytes.len().div_ceil(SECTOR).max(1);
        data.extend_from_slice(bytes);
        data.resize((start + sectors) * SECTOR, 0);
        chain.extend((1..sectors).map(|n| (start + n) as u32));
        chain.push(END);
        start as u32
    };
    let sizes: Vec<usize> = streams
        .iter()
        .map(|(_, bytes)| bytes.len().max(4096))
        .collect();
    for ((_, bytes), size) in streams.iter().zip(&sizes) {
        let mut bytes = bytes.clone();
        bytes.resize(*size, 0);
        starts.push(put(&bytes, &mut data));
    }
    let entry = |name: &str, kind: u8, right: u32, child: u32, start: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = entry.len() as u16 + 2;
        entry.resize(0x40, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend([u32::MAX, right, child].map(u32::to_le_bytes).concat());
        entry.resize(0x74, 0);
        entry.extend(start.to_le_bytes());
        entry.extend((size as u64).to_le_bytes());
        entry
    };
    let mut directory = entry("Root Entry", 5, u32::MAX, 1, END, 0);
    for (at, (name, _)) in streams.iter().enumerate() {
        let right = if at + 1 < streams.len() {
            at as u32 + 2
        } else {
            u32::MAX
        };
        directory.extend(entry(name, 2, right, u32::MAX, starts[at], sizes[at]));
    }
    let directory_start = put(&directory, &mut data);
    let table_start = chain.len() as u32;
    chain.push(0xffff_fffd);
    chain.resize(SECTOR / 4, u32::MAX);
    data.extend(chain.iter().flat_map(|next| next.to_le_bytes()));
    let mut out = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    out.resize(0x18, 0);
    out.extend(
        [0x3e, 3, 0xfffe, 9, 6, 0, 0, 0]
            .map(u16::to_le_bytes)
            .concat(),
    );
    let fields = [0, 1, directory_start, 0, 4096, END, 0, END, 0, table_start];
    out.resize(0x28, 0);
    out.extend(fields.map(u32::to_le_bytes).concat());
    out.resize(SECTOR, 0xff);
    out.extend(data);
    out
}
