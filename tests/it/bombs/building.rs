//! Bricks for bombs: ZIPs and streams whose bytes are written here one by one, because no honest program writes them.

use flate2::{Compress, Compression, FlushCompress, Status};
use std::io::Write;

/// A file of a ZIP as its headers have it.
pub struct Member {
    pub name: String,
    pub method: u16,
    pub data: Vec<u8>,
    pub size: u32,
    pub crc: u32,
}

pub fn stored(name: &str, data: &[u8]) -> Member {
    Member {
        name: name.to_owned(),
        method: 0,
        data: data.to_vec(),
        size: data.len() as u32,
        crc: crc32fast::hash(data),
    }
}

pub fn deflated(name: &str, data: &[u8]) -> Member {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(data).expect("memory");
    Member {
        method: 8,
        data: packer.finish().expect("memory"),
        ..stored(name, data)
    }
}

pub fn local(member: &Member) -> Vec<u8> {
    let mut out = b"PK\x03\x04\x14\0\0\0".to_vec();
    out.extend(member.method.to_le_bytes());
    out.extend([0; 4]);
    out.extend(member.crc.to_le_bytes());
    out.extend((member.data.len() as u32).to_le_bytes());
    out.extend(member.size.to_le_bytes());
    out.extend((member.name.len() as u16).to_le_bytes());
    out.extend([0, 0]);
    out.extend(member.name.as_bytes());
    out.extend(&member.data);
    out
}

pub fn central(member: &Member, offset: usize) -> Vec<u8> {
    let mut out = b"PK\x01\x02\x14\0\x14\0\0\0".to_vec();
    out.extend(member.method.to_le_bytes());
    out.extend([0; 4]);
    out.extend(member.crc.to_le_bytes());
    out.extend((member.data.len() as u32).to_le_bytes());
    out.extend(member.size.to_le_bytes());
    out.extend((member.name.len() as u16).to_le_bytes());
    out.extend([0; 12]);
    out.extend((offset as u32).to_le_bytes());
    out.extend(member.name.as_bytes());
    out
}

pub fn end(directory: usize, start: usize) -> Vec<u8> {
    let mut out = b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff".to_vec();
    out.extend((directory as u32).to_le_bytes());
    out.extend((start as u32).to_le_bytes());
    out.extend([0, 0]);
    out
}

pub fn zip(members: &[Member]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        directory.extend(central(member, out.len()));
        out.extend(local(member));
    }
    let start = out.len();
    out.extend(&directory);
    out.extend(end(directory.len(), start));
    out
}

pub fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(data).expect("memory");
    packer.finish().expect("memory")
}

pub fn zlib(data: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(data).expect("memory");
    packer.finish().expect("memory")
}

/// A deflate stream of `times` × 16 MiB of zeros.
pub fn deflated_zeros(times: usize) -> Vec<u8> {
    let zeros = vec![0; MEBI16];
    let mut packer = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 20);
    let status = packer.compress_vec(&zeros, &mut block, FlushCompress::Full);
    assert_eq!(status.expect("sound"), Status::Ok);
    let mut out = block.repeat(times);
    // A last block of nothing.
    out.extend([3, 0]);
    out
}

pub const MEBI16: usize = 16 << 20;

pub fn bzip2_zeros(times: usize) -> Vec<u8> {
    let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    packer.write_all(&vec![0; MEBI16]).expect("memory");
    packer.finish().expect("memory").repeat(times)
}

pub fn xz_zeros(times: usize) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(0);
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("sound");
    packer.write_all(&vec![0; MEBI16]).expect("memory");
    packer.finish().expect("memory").repeat(times)
}

/// zstd has a block that says "this byte, 128 KiB of it" (RFC 8878, 3.1.1.2).
pub fn zstd_zeros(blocks: usize) -> Vec<u8> {
    // A window of 128 KiB, no size.
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3];
    let block = |last: u32| ((128 * 1024) << 3 | 1 << 1 | last).to_le_bytes();
    for n in 1..=blocks {
        out.extend(&block(u32::from(n == blocks))[..3]);
        out.push(0);
    }
    out
}

pub fn sevenz_zeros(mebibytes: usize) -> Vec<u8> {
    let target = std::io::Cursor::new(Vec::new());
    let mut archive = sevenz_rust2::ArchiveWriter::new(target).expect("memory");
    let entry = sevenz_rust2::ArchiveEntry::new_file("zeros");
    let zeros = std::io::Read::take(std::io::repeat(0), (mebibytes as u64) << 20);
    archive
        .push_archive_entry(entry, Some(zeros))
        .expect("memory");
    archive.finish().expect("memory").into_inner()
}

pub fn tar(name: &[u8], size: &[u8], kind: u8, more: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name);
    block[124..124 + size.len()].copy_from_slice(size);
    block[156] = kind;
    block[257..263].copy_from_slice(b"ustar\0");
    more(&mut block);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}
