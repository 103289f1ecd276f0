//! Messages that Outlook saved: all texts of their properties, and their attachments as files.
//!
//! Promises: subject, text, addresses, transport headers, recipients; HTML as a page; rich text unpacked; attached messages like
//! messages. Source: MS-OXMSG 2.1 to 2.4, MS-OXRTFCP.

use super::streams::{Ole, Stream};
use super::{narrow, u32_at, wide};
use crate::decide::extract::{Document, Reading, Stop, html, plain, rtf};
use crate::mail::content::Unreadable;

/// Messages in messages.
const DEEP: u32 = 8;

const TEXT: &str = "__substg1.0_";

/// Reads the message whose properties lie in a folder.
pub(super) fn read(
    ole: &Ole<'_>,
    folder: &str,
    depth: u32,
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    if depth > DEEP {
        return Err(Unreadable::TooDeep.into());
    }
    for stream in ole.streams() {
        let inside = stream
            .folder()
            .strip_prefix(folder)
            .unwrap_or("?")
            .trim_start_matches('/');
        let is_recipient = inside.starts_with("__recip_version1.0") && !inside.contains('/');
        if inside.is_empty() || is_recipient {
            property(ole, stream, reading)?;
        }
    }
    let mut attachments: Vec<&str> = Vec::new();
    for stream in ole.streams() {
        let Some(inside) = stream.folder().strip_prefix(folder) else {
            continue;
        };
        let name = inside
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        if name.starts_with("__attach_version1.0") && !attachments.contains(&name) {
            attachments.push(name);
        }
    }
    for name in attachments {
        let folder = if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        };
        attachment(ole, &folder, depth, reading)?;
    }
    Ok(())
}

fn property(ole: &Ole<'_>, stream: &Stream, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let Some(tag) = stream.name().strip_prefix(TEXT) else {
        return Ok(());
    };
    let text = match tag.get(4..8) {
        Some("001F") => wide(&ole.bytes(stream, reading)?),
        Some("001E") => narrow(&ole.bytes(stream, reading)?),
        Some("0102") if tag.starts_with("1013") => narrow(&ole.bytes(stream, reading)?),
        Some("0102") if tag.starts_with("1009") => {
            let packed = ole.bytes(stream, reading)?;
            return rich(&packed, reading);
        }
        _ => return Ok(()),
    };
    reading.end_line()?;
    match tag.starts_with("1013") {
        true => html::page(&text, false, reading),
        false => plain::lines(text.trim_end_matches('\0'), reading),
    }
}

fn rich(packed: &[u8], reading: &mut Reading<'_>) -> Result<(), Stop> {
    let Some(rtf) = unpacked(packed) else {
        return reading.unreadable(Unreadable::Damaged);
    };
    reading.spend(rtf.len() as u64)?;
    reading.end_line()?;
    match rtf::text(&rtf, reading) {
        Err(Stop::Unreadable(why)) => reading.unreadable(why),
        other => other,
    }
}

/// MS-OXRTFCP: references into the last 4096 bytes, which begin as a usual header.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    const BEGINS: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
    let (size, kind) = (u32_at(bytes, 4)? as usize, bytes.get(8..12)?);
    let data = bytes.get(16..)?;
    if kind == b"MELA" {
        return Some(data.to_vec());
    }
    let (mut out, mut at) = (BEGINS.to_vec(), 0);
    while out.len() < size.saturating_add(BEGINS.len()) {
        let Some(flags) = data.get(at) else {
            break;
        };
        at += 1;
        for bit in 0..8 {
            if flags & (1 << bit) == 0 {
                out.extend(data.get(at));
                at += 1;
                continue;
            }
            let Some(pair) = data.get(at..at + 2) else {
                return Some(out.split_off(BEGINS.len()));
            };
            at += 2;
            let code = usize::from(u16::from_be_bytes([pair[0], pair[1]]));
            let back = (out.len() - (code >> 4)) % 4096;
            if back == 0 || back > out.len() {
                return Some(out.split_off(BEGINS.len()));
            }
            for _ in 0..(code & 15) + 2 {
                out.push(out[out.len() - back]);
            }
        }
    }
    Some(out.split_off(BEGINS.len()))
}

fn attachment(
    ole: &Ole<'_>,
    folder: &str,
    depth: u32,
    reading: &mut Reading<'_>,
) -> Result<(), Stop> {
    let message = format!("{folder}/{TEXT}3701000D");
    let is_message = ole.find(&message, "__properties_version1.0").is_some();
    if is_message {
        return read(ole, &message, depth + 1, reading);
    }
    let mut name = String::new();
    for tag in ["3707001F", "3707001E", "3704001F", "3704001E", "3001001F"] {
        if let Some(stream) = ole.find(folder, &format!("{TEXT}{tag}"))
            && name.is_empty()
        {
            let bytes = ole.bytes(stream, reading)?;
            name = if tag.ends_with('F') {
                wide(&bytes)
            } else {
                narrow(&bytes)
            };
        }
    }
    let Some(stream) = ole.find(folder, &format!("{TEXT}37010102")) else {
        return Ok(());
    };
    let bytes = ole.bytes(stream, reading)?;
    reading.member(&Document {
        name: name.trim_end_matches('\0'),
        media_type: "",
        charset: None,
        bytes: &bytes,
    })
}
