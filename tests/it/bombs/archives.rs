//! Archives that become too much.

use super::Bomb;
use super::Ends::{Any, Unread};
use super::building::*;

pub const BOMBS: &[Bomb] = &[
    ("42.zip", nested, Unread("")),
    ("overlap.zip", overlapping, Unread("Damaged")),
    ("staggered.zip", staggered, Unread("Damaged")),
    ("zeros.zip", || zip(&[zeros()]), Unread("TooLarge")),
    (
        "zeros.gz",
        || gzip(&vec![0; MEBI16]).repeat(300),
        Unread("TooLarge"),
    ),
    ("zeros.bz2", || bzip2_zeros(640), Unread("TooLarge")),
    ("zeros.xz", || xz_zeros(640), Unread("TooLarge")),
    ("zeros.zst", || zstd_zeros(80_000), Unread("TooLarge")),
    ("zeros.7z", || sevenz_zeros(32), Unread("TooLarge")),
    ("many-zeros.zip", many_zeros, Unread("TooLarge")),
    ("gzips.gz", || wrapped(40, gzip), Unread("TooDeep")),
    (
        "zips.zip",
        || wrapped(1000, |inner| zip(&[stored("a.zip", inner)])),
        Unread("TooDeep"),
    ),
    ("mixed.tar", mixed, Unread("TooDeep")),
    ("members.zip", || zip(&numbered(12_000)), Unread("TooMany")),
    (
        "members.tar",
        || tar(b"a", b"0", b'0', |_| ()).repeat(12_000),
        Unread("TooMany"),
    ),
    ("folders.zip", folders, Any),
    (
        "huge.tar",
        || tar(b"a", b"77777777777", b'0', |_| ()),
        Unread("Damaged"),
    ),
    (
        "negative.tar",
        || tar(b"a", &[0xff; 12], b'0', |_| ()),
        Unread("Damaged"),
    ),
    (
        "wide.tar",
        || {
            tar(
                b"a",
                b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
                b'0',
                |_| (),
            )
        },
        Unread("Damaged"),
    ),
    ("sparse.tar", sparse, Any),
    (
        "long-name.tar",
        || tar(b"././@LongLink", b"77777777777", b'L', |_| ()),
        Unread("Damaged"),
    ),
    ("long-names.zip", long_names, Any),
    ("zip64.zip", huge_zip64, Unread("Damaged")),
    ("self.zip", directory_in_itself, Any),
    ("ends.zip", || b"PK\x05\x06".repeat(200_000), Any),
    ("heads.zip", || b"PK\x03\x04".repeat(200_000), Any),
    (
        "headers.zip",
        || local(&stored("a", b"")).repeat(12_000),
        Unread("TooMany"),
    ),
    (
        "no-name-end.gz",
        || {
            [
                b"\x1f\x8b\x08\x08\0\0\0\0\0\x03".to_vec(),
                vec![b'a'; 1 << 20],
            ]
            .concat()
        },
        Unread("Damaged"),
    ),
    ("dictionary.xz", dictionary_xz, Unread("")),
    ("dictionary.zip", dictionary_zip, Unread("Damaged")),
    (
        "window.zst",
        || vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0],
        Unread("Damaged"),
    ),
    (
        "skipped.zst",
        || b"\x50\x2a\x4d\x18\0\0\0\0".repeat(200_000),
        Any,
    ),
    (
        "signatures.7z",
        || b"7z\xbc\xaf\x27\x1c\0\x04".repeat(200_000),
        Unread("Damaged"),
    ),
];

/// 16 files in each of 16 files, six times; at the bottom zeros.
fn nested() -> Vec<u8> {
    let bottom = deflated("zeros", &vec![0; 1 << 20]);
    (0..6).fold(zip(&[bottom]), |inner, _| {
        let copies: Vec<_> = (0..16)
            .map(|n| deflated(&format!("{n}.zip"), &inner))
            .collect();
        zip(&copies)
    })
}

fn zeros() -> Member {
    Member {
        method: 8,
        data: deflated_zeros(640),
        ..stored("zeros", b"")
    }
}

/// One file, and a directory that has it 2 000 times.
fn overlapping() -> Vec<u8> {
    let file = deflated("a", &vec![0; 1 << 20]);
    let mut out = local(&file);
    let start = out.len();
    let entry = central(&file, 0);
    out.extend(entry.repeat(2_000));
    out.extend(end(entry.len() * 2_000, start));
    out
}

/// Each file contains all that follow, headers and all (Fifield 2019): stored blocks of deflate quote the next header.
fn staggered() -> Vec<u8> {
    const FILES: usize = 500;
    const HEADER: usize = 33;
    let kernel = Member {
        method: 8,
        data: deflated_zeros(1),
        ..stored("end", b"")
    };
    let mut members = vec![kernel];
    for n in (0..FILES).rev() {
        let mut data = vec![0, HEADER as u8, 0, !(HEADER as u8), 0xff];
        data.extend(local(&members[members.len() - 1]));
        members.push(Member {
            method: 8,
            data,
            ..stored(&format!("{n:03}"), b"")
        });
    }
    let mut out = local(&members[FILES]);
    let start = out.len();
    for (n, member) in members.iter().rev().enumerate() {
        out.extend(central(member, n * (HEADER + 5)));
    }
    let length = out.len() - start;
    out.extend(end(length, start));
    out
}

fn many_zeros() -> Vec<u8> {
    // Each is below the limits by itself.
    let each = deflated("zeros", &vec![0; 1 << 20]);
    let members: Vec<_> = (0..20)
        .map(|n| Member {
            name: format!("{n}"),
            data: each.data.clone(),
            ..each
        })
        .collect();
    zip(&members)
}

fn wrapped(times: usize, wrap: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    (0..times).fold(b"text".to_vec(), |inner, _| wrap(&inner))
}

fn mixed() -> Vec<u8> {
    wrapped(8, |inner| {
        let zipped = gzip(&zip(&[deflated("a.tar.gz", inner)]));
        let size = format!("{:011o}", zipped.len());
        let mut out = tar(b"a.zip.gz", size.as_bytes(), b'0', |_| ());
        out.extend(&zipped);
        out.resize(out.len().next_multiple_of(512) + 1024, 0);
        out
    })
}

fn numbered(count: usize) -> Vec<Member> {
    (0..count).map(|n| stored(&n.to_string(), b"x")).collect()
}

fn folders() -> Vec<u8> {
    let all: Vec<_> = (0..20_000).map(|n| stored(&format!("{n}/"), b"")).collect();
    zip(&all)
}

/// Maps of holes without end.
fn sparse() -> Vec<u8> {
    let mut out = tar(b"a", b"0", b'S', |block| block[482] = 1);
    let mut map = vec![0; 512];
    map[504] = 1;
    out.extend(map.repeat(2_000));
    out
}

fn long_names() -> Vec<u8> {
    let name = "a/".repeat(32_000);
    let all: Vec<_> = (0..100)
        .map(|n| stored(&format!("{name}{n}"), b"x"))
        .collect();
    zip(&all)
}

fn huge_zip64() -> Vec<u8> {
    let mut member = stored("a", b"x");
    member.size = u32::MAX;
    let mut out = local(&member);
    let start = out.len();
    let mut entry = central(&member, 0);
    // Packed, unpacked and offset: in the extra field.
    entry[20..24].fill(0xff);
    entry[42..46].fill(0xff);
    entry[30] = 28;
    entry.extend([1, 0, 24, 0]);
    entry.extend([0xff; 7]);
    entry.push(0x7f);
    entry.extend([0xff; 16]);
    out.extend(&entry);
    out.extend(end(entry.len(), start));
    out
}

/// A file whose bytes are the archive's own directory and end.
fn directory_in_itself() -> Vec<u8> {
    let mut member = stored("a.zip", b"");
    let length = (46 + 5 + 22) as u32;
    member.size = length;
    let mut head = local(&member);
    head[18..22].copy_from_slice(&length.to_le_bytes());
    let mut entry = central(&member, 0);
    entry[20..24].copy_from_slice(&length.to_le_bytes());
    let start = head.len();
    head.extend(&entry);
    head.extend(end(entry.len(), start));
    head
}

/// A block that asks for 4 GiB to look back (xz 3.1.6, LZMA2 property 40).
fn dictionary_xz() -> Vec<u8> {
    let mut out = b"\xfd7zXZ\0\0\x01".to_vec();
    out.extend(crc32fast::hash(&[0, 1]).to_le_bytes());
    let header = [2, 0, 0x21, 1, 40, 0, 0, 0];
    out.extend(header);
    out.extend(crc32fast::hash(&header).to_le_bytes());
    out.extend([1, 0, 0, b'x', 0]);
    out
}

fn dictionary_zip() -> Vec<u8> {
    let data = [9, 20, 5, 0, 0x5d, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0];
    zip(&[Member {
        method: 14,
        size: 1,
        ..stored("a", &data)
    }])
}

#[test]
fn the_bombs_are_what_they_say() {
    let packed = deflated_zeros(2);
    let mut unpacker = flate2::bufread::DeflateDecoder::new(packed.as_slice());
    let unpacked = std::io::copy(&mut unpacker, &mut std::io::sink()).expect("sound");
    assert_eq!(unpacked, 2 * MEBI16 as u64);
    let packed = gzip(b"x").repeat(3);
    let mut unpacker = flate2::bufread::MultiGzDecoder::new(packed.as_slice());
    assert_eq!(
        std::io::copy(&mut unpacker, &mut std::io::sink()).expect("sound"),
        3
    );
    let frame = zstd_zeros(2);
    let mut unpacker = ruzstd::decoding::StreamingDecoder::new(frame.as_slice()).expect("sound");
    let unpacked = std::io::copy(&mut unpacker, &mut std::io::sink()).expect("sound");
    assert_eq!(unpacked, 256 * 1024);
}
