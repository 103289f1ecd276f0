//! Names in a ZIP, which mostly does not say in what charset they are.
//!
//! In this order: the Unicode field (Info-ZIP, 4.6.9), the UTF-8 flag, what is valid UTF-8, a guess over all names of the archive
//! together if it is a charset of several bytes a character, and what DOS had.

use super::directory::{Member, UTF8, field, u32_at};
use chardetng::EncodingDetector;
use encoding_rs::Encoding;
use std::borrow::Cow;

const UNICODE_PATH: u16 = 0x7075;

/// The upper half of code page 437.
const DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// How the names of one archive are read.
pub(in crate::decide::extract) struct Names(Option<&'static Encoding>);

impl Names {
    /// Looks at all of them.
    pub fn of(members: &[Member<'_>]) -> Names {
        let mut detector = EncodingDetector::new();
        let odd = members.iter().filter(|m| str::from_utf8(m.name).is_err());
        let (mut high, mut all) = (0, 0);
        for member in odd.take(1000) {
            detector.feed(member.name, false);
            all += member.name.len();
            high += member.name.iter().filter(|b| !b.is_ascii()).count();
        }
        // In a word with one odd letter any charset can be seen.
        if high * 4 <= all {
            return Names(None);
        }
        let guess = detector.guess(None, false);
        Names(Some(guess).filter(|guess| !guess.is_single_byte()))
    }

    /// One of them.
    pub fn read<'a>(&self, member: &Member<'a>) -> Cow<'a, str> {
        if let Some(name) = unicode(member) {
            return name.into();
        }
        match (str::from_utf8(member.name), self.0) {
            (Ok(name), _) => name.into(),
            (Err(_), _) if member.flags & UTF8 != 0 => String::from_utf8_lossy(member.name),
            (Err(_), Some(guess)) => guess.decode_without_bom_handling(member.name).0,
            (Err(_), None) => member
                .name
                .iter()
                .map(|b| dos(*b))
                .collect::<String>()
                .into(),
        }
    }
}

/// The field counts only if the name it was made for is still there.
fn unicode<'a>(member: &Member<'a>) -> Option<&'a str> {
    let content = field(member.extra, UNICODE_PATH)?;
    let made_for = u32_at(content, 1)?;
    let name = str::from_utf8(content.get(5..)?).ok()?;
    (crc32fast::hash(member.name) == made_for).then_some(name)
}

fn dos(byte: u8) -> char {
    match byte {
        0..0x80 => char::from(byte),
        _ => DOS
            .chars()
            .nth(usize::from(byte) - 0x80)
            .unwrap_or('\u{fffd}'),
    }
}
