//! Archives as programs make them, and as people who hide something make them.

use super::tests::{file, told};
use flate2::Compression;
use std::io::Write;

/// A file for a ZIP: name in local header and directory, flags, method, packed bytes, unpacked size, CRC.
#[derive(Clone)]
pub(super) struct Packed {
    pub local_name: Vec<u8>,
    pub name: Vec<u8>,
    pub extra: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub data: Vec<u8>,
    pub size: u32,
    pub crc: u32,
}

pub(super) fn stored(name: &str, data: &[u8]) -> Packed {
    Packed {
        local_name: name.into(),
        name: name.into(),
        extra: Vec::new(),
        flags: 0,
        method: 0,
        data: data.to_vec(),
        size: data.len() as u32,
        crc: crc32fast::hash(data),
    }
}

pub(super) fn deflated(name: &str, data: &[u8]) -> Packed {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
    packer.write_all(data).expect("memory");
    Packed {
        method: 8,
        data: packer.finish().expect("memory"),
        ..stored(name, data)
    }
}

fn local(member: &Packed) -> Vec<u8> {
    let mut out = b"PK\x03\x04\x14\0".to_vec();
    for two in [member.flags, member.method, 0, 0] {
        out.extend(two.to_le_bytes());
    }
    let sizes_behind = member.flags & 8 != 0;
    for four in [member.crc, member.data.len() as u32, member.size] {
        out.extend(if sizes_behind { 0 } else { four }.to_le_bytes());
    }
    out.extend((member.local_name.len() as u16).to_le_bytes());
    out.extend([0, 0]);
    out.extend(&member.local_name);
    out.extend(&member.data);
    if sizes_behind {
        out.extend(b"PK\x07\x08");
        for four in [member.crc, member.data.len() as u32, member.size] {
            out.extend(four.to_le_bytes());
        }
    }
    out
}

fn central(member: &Packed, offset: usize) -> Vec<u8> {
    let mut out = b"PK\x01\x02\x14\0\x14\0".to_vec();
    for two in [member.flags, member.method, 0, 0] {
        out.extend(two.to_le_bytes());
    }
    for four in [member.crc, member.data.len() as u32, member.size] {
        out.extend(four.to_le_bytes());
    }
    out.extend((member.name.len() as u16).to_le_bytes());
    out.extend((member.extra.len() as u16).to_le_bytes());
    out.extend([0; 10]);
    out.extend((offset as u32).to_le_bytes());
    out.extend(&member.name);
    out.extend(&member.extra);
    out
}

/// A ZIP: each member, and whether the directory has it.
pub(super) fn zip(members: &[(Packed, bool)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (member, listed) in members {
        if *listed {
            directory.extend(central(member, out.len()));
        }
        out.extend(local(member));
    }
    let start = out.len();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0\0\0\0\0");
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend((start as u32).to_le_bytes());
    out.extend([0, 0]);
    out
}

fn zip_of(members: &[Packed]) -> Vec<u8> {
    let listed: Vec<_> = members.iter().map(|m| (m.clone(), true)).collect();
    zip(&listed)
}

fn tar_header(name: &str, size: &str, kind: u8) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..124 + size.len()].copy_from_slice(size.as_bytes());
    block[156] = kind;
    block[257..263].copy_from_slice(b"ustar\0");
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

fn tar_member(name: &str, data: &[u8], kind: u8) -> Vec<u8> {
    let mut out = tar_header(name, &format!("{:011o}", data.len()), kind);
    out.extend(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(data).expect("memory");
    packer.finish().expect("memory")
}

#[test]
fn files_of_a_zip_are_read() {
    let all = zip_of(&[
        stored("a.txt", b"one\n"),
        deflated("dir/b.txt", b"two two\n"),
    ]);
    assert_eq!(
        told(&file("x.zip", &all)),
        "> a.txt\none\n<\n> dir/b.txt\ntwo two\n<\n"
    );
}

#[test]
fn a_name_says_nothing_about_the_kind() {
    let all = zip_of(&[stored("a.txt", b"one\n")]);
    assert_eq!(told(&file("x.jpg", &all)), "> a.txt\none\n<\n");
}

#[test]
fn sizes_behind_the_bytes_are_no_obstacle() {
    let mut streamed = deflated("a.txt", b"streamed\n");
    streamed.flags = 8;
    assert_eq!(
        told(&file("x.zip", &zip_of(&[streamed.clone()]))),
        "> a.txt\nstreamed\n<\n"
    );
    let cut = local(&streamed);
    let want = "> a.txt\nstreamed\n<\n! it is damaged\n";
    assert_eq!(told(&file("x.zip", &cut)), want);
}

#[test]
fn what_the_directory_hides_is_found() {
    let all = zip(&[
        (stored("a.txt", b"shown\n"), true),
        (deflated("b.txt", b"hidden\n"), false),
        (stored("c.txt", b"last\n"), true),
    ]);
    assert_eq!(
        told(&file("x.zip", &all)),
        "> a.txt\nshown\n<\n> c.txt\nlast\n<\n> b.txt\nhidden\n<\n"
    );
}

#[test]
fn both_readings_of_a_file_with_two_headers_are_read() {
    let mut two = stored("harmless.txt", b"the same bytes\n");
    two.local_name = b"salaries.csv".to_vec();
    assert_eq!(
        told(&file("x.zip", &zip_of(&[two]))),
        "> harmless.txt\nthe same bytes\n<\n> salaries.csv\n=\nthe same bytes\n<\n"
    );
}

#[test]
fn a_zip_behind_something_else_is_read_and_so_is_what_is_before_it() {
    let mut all = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    all.extend(zip_of(&[stored("a.txt", b"one\n")]));
    assert_eq!(told(&file("x.png", &all)), "> a.txt\none\n<\n");
    all.extend(b"and something behind it");
    assert_eq!(told(&file("x.png", &all)), "> a.txt\none\n<\n");
}

#[test]
fn encrypted_damaged_and_strange_members_say_so() {
    let mut locked = stored("a.txt", b"secret");
    locked.flags = 1;
    let mut aes = stored("b.txt", b"secret");
    aes.method = 99;
    let mut broken = deflated("c.txt", b"some text that is long enough to be packed");
    broken.data[0] = 0xff;
    let mut old = stored("d.txt", b"imploded");
    old.method = 6;
    let mut false_sum = stored("e.txt", b"text\n");
    false_sum.crc = 1;
    assert_eq!(
        told(&file(
            "x.zip",
            &zip_of(&[locked, aes, broken, old, false_sum])
        )),
        "> a.txt\n! it is encrypted\n<\n> b.txt\n! it is encrypted\n<\n> c.txt\n! it is damaged\n<\n\
         > d.txt\n! its kind is not known\n<\n> e.txt\ntext\n<\n! it is damaged\n"
    );
}

#[test]
fn files_that_share_bytes_are_read_once() {
    let shared = stored("a.txt", b"shared\n");
    let mut all = local(&shared);
    let start = all.len();
    for name in ["a.txt", "b.txt"] {
        let mut entry = shared.clone();
        entry.name = name.into();
        all.extend(central(&entry, 0));
    }
    let length = all.len() - start;
    all.extend(b"PK\x05\x06\0\0\0\0\0\0\0\0");
    all.extend((length as u32).to_le_bytes());
    all.extend((start as u32).to_le_bytes());
    all.extend([0, 0]);
    assert_eq!(
        told(&file("x.zip", &all)),
        "> a.txt\nshared\n<\n> b.txt\n! it is damaged\n<\n"
    );
}

#[test]
fn other_methods_of_zip_are_read() {
    let text = b"text text text\n";
    let pack = |method: u16, data: Vec<u8>| Packed {
        method,
        data,
        ..stored("a.txt", text)
    };
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(text).expect("memory");
    let zstd = zstd(text);
    for member in [
        pack(12, bzip2.finish().expect("memory")),
        pack(93, zstd),
        pack(95, xz(text)),
    ] {
        let all = zip_of(std::slice::from_ref(&member));
        let told = told(&file("x.zip", &all));
        assert_eq!(told, "> a.txt\ntext text text\n<\n", "{}", member.method);
    }
}

fn zstd(data: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
}

fn xz(data: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("sound options");
    packer.write_all(data).expect("memory");
    packer.finish().expect("memory")
}

#[test]
fn names_are_read_in_their_charset() {
    let named = |name: &[u8]| {
        let mut member = stored("", b"x\n");
        member.name = name.to_vec();
        member.local_name = name.to_vec();
        member
    };
    // 日本語のファイル名.txt in Shift_JIS, Bürgschaft.txt in code page 437.
    let japanese = b"\x93\xfa\x96{\x8c\xea\x82\xcc\x83t\x83@\x83C\x83\x8b\x96\xbc.txt";
    assert_eq!(
        told(&file("x.zip", &zip_of(&[named(japanese)]))),
        "> 日本語のファイル名.txt\nx\n<\n"
    );
    assert_eq!(
        told(&file("x.zip", &zip_of(&[named(b"B\x81rgschaft.txt")]))),
        "> Bürgschaft.txt\nx\n<\n"
    );
    let mut field = named(b"_.txt");
    let mut content = vec![1];
    content.extend(crc32fast::hash(b"_.txt").to_le_bytes());
    content.extend("Žádost.txt".as_bytes());
    field.extra = [
        &0x7075_u16.to_le_bytes()[..],
        &(content.len() as u16).to_le_bytes(),
    ]
    .concat();
    field.extra.extend(content);
    assert_eq!(
        told(&file("x.zip", &zip_of(&[field]))),
        "> Žádost.txt\nx\n<\n"
    );
}

#[test]
fn files_of_a_tar_are_read_also_behind_its_end() {
    let mut all = tar_member("a.txt", b"one\n", b'0');
    all.extend(tar_member("link", b"", b'2'));
    all.extend(tar_member("././@LongLink", b"a/very/long/name.txt\0", b'L'));
    all.extend(tar_member("a/very", b"two\n", b'0'));
    all.extend(tar_member("pax", b"18 path=other.txt\n", b'x'));
    all.extend(tar_member("o", b"three\n", 0));
    all.extend([0; 1024]);
    all.extend(tar_member("late.txt", b"four\n", b'0'));
    let told_without_end = told(&file("x.tar", &all));
    assert!(told_without_end.ends_with("four\n<\n! it is damaged\n"));
    all.extend([0; 1024]);
    assert_eq!(
        told(&file("x.tar", &all)),
        "> a.txt\none\n<\n> a/very/long/name.txt\ntwo\n<\n> other.txt\nthree\n<\n> late.txt\nfour\n<\n"
    );
}

#[test]
fn a_tar_that_lies_about_sizes_is_damaged() {
    for size in ["77777777777", "\u{7f}-1", "99999999999"] {
        let all = [tar_header("a.txt", size, b'0'), vec![b'x'; 512]].concat();
        let told = told(&file("x.tar", &all));
        assert!(told.ends_with("! it is damaged\n"), "{size}: {told}");
    }
}

#[test]
fn packed_streams_are_read_to_their_last_part() {
    let text = b"text text text\n";
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(text).expect("memory");
    let bzip2 = bzip2.finish().expect("memory");
    let skipped = b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec();
    for (what, packed) in [
        ("gzip", gzip(text).repeat(2)),
        (
            "gzip, filled up",
            [gzip(text).repeat(2), vec![0; 100]].concat(),
        ),
        ("bzip2", bzip2.repeat(2)),
        ("xz", xz(text).repeat(2)),
        ("zstd", [zstd(text), skipped, zstd(text)].concat()),
    ] {
        let said = told(&file("a.txt.gz", &packed));
        assert_eq!(
            said, "> a.txt\ntext text text\ntext text text\n<\n",
            "{what}"
        );
    }
    let behind = [gzip(text), b"hidden".to_vec()].concat();
    assert!(told(&file("a.gz", &behind)).ends_with("<\n! it is damaged\n"));
}

#[test]
fn archives_in_archives_are_opened_to_a_depth() {
    let mut inner = b"deep\n".to_vec();
    for _ in 0..2 {
        inner = gzip(&zip_of(&[deflated("a.zip", &inner)]));
    }
    let said = told(&file("a.gz", &inner));
    assert_eq!(said.matches("deep").count(), 1, "{said}");
    let one_more = told(&file("a.gz", &gzip(&inner)));
    assert!(one_more.contains("! it is packed too deep"), "{one_more}");
}

#[test]
fn a_7z_is_read_and_an_encrypted_one_said_so() {
    let mut archive = sevenz_rust2::ArchiveWriter::new(std::io::Cursor::new(Vec::new())).unwrap();
    for (name, text) in [("a.txt", "one\n"), ("b/c.txt", "two\n")] {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        archive
            .push_archive_entry(entry, Some(text.as_bytes()))
            .unwrap();
    }
    let all = archive.finish().unwrap().into_inner();
    let said = "> a.txt\none\n<\n> b/c.txt\ntwo\n<\n";
    assert_eq!(told(&file("x.7z", &all)), said);
    let with_program = [b"MZ\x90\0 a program".to_vec(), all].concat();
    assert_eq!(told(&file("x.exe", &with_program)), said);
}

#[test]
fn archives_that_nobody_here_reads_are_unknown() {
    for (name, start) in [
        ("a.rar", &b"Rar!\x1a\x07\x01\0"[..]),
        ("a.cab", b"MSCF\0\0\0\0"),
        ("a.exe", b"MZ\x90\0 a program Rar!\x1a\x07\0"),
    ] {
        let all = [start, &[b'x'; 100]].concat();
        let said = told(&file(name, &all));
        assert_eq!(said, "! its kind is not known\n", "{name}");
    }
}

#[test]
fn unknown_files_give_their_letters_and_ciphertext_none() {
    let mut odd = vec![1, 2, 3, 0, 0xff];
    odd.extend(b"account 4711\0");
    odd.extend("Konto für".encode_utf16().flat_map(u16::to_le_bytes));
    odd.push(0);
    let said = told(&file("a.bin", &odd));
    assert!(said.contains("account 4711\n"), "{said}");
    assert!(said.contains("Konto für\n"), "{said}");
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let random: Vec<u8> = (0..8192).map(|_| noise()).collect();
    assert_eq!(told(&file("a.bin", &random)), "! its kind is not known\n");
}
