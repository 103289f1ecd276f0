//! xtext (RFC 3461 section 4): bytes in printable ASCII without space, `+` and `=`, the rest as `+` and two hexadecimal digits.
//!
//! Promises: strict; what is not written as the RFC says is no xtext. Values that pass [`is_clean`] hold no control characters once decoded,
//! so that no parameter can carry a line end to the next hop.

/// The bytes that were meant, or `None` if it is no xtext.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => digit(bytes.next()?)? << 4 | digit(bytes.next()?)?,
            b'=' => return None,
            b'!'..=b'~' => byte,
            _ => return None,
        });
    }
    Some(out)
}

/// True if it is xtext of printable ASCII, spaces allowed, of 1 to `max` bytes.
pub fn is_clean(text: &str, max: usize) -> bool {
    decode(text).is_some_and(|bytes| {
        (1..=max).contains(&bytes.len()) && bytes.iter().all(|b| (b' '..=b'~').contains(b))
    })
}

/// Upper case only, as the RFC has it.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xtext_is_read_as_the_rfc_has_it() {
        let rows: [(&str, Option<&[u8]>); 10] = [
            ("abc", Some(b"abc")),
            ("a+20b", Some(b"a b")),
            ("e+3Dmc2@example.com", Some(b"e=mc2@example.com")),
            ("x+0D+0ADATA", Some(b"x\r\nDATA")),
            ("", Some(b"")),
            ("a=b", None),
            ("a b", None),
            ("a+2", None),
            ("a+2x", None),
            ("a+3d", None),
        ];
        for (text, bytes) in rows {
            assert_eq!(decode(text).as_deref(), bytes, "{text}");
        }
    }

    #[test]
    fn clean_means_no_line_end_however_written() {
        assert!(is_clean("a+20b", 100));
        assert!(!is_clean("x+0D+0ADATA", 100));
        assert!(!is_clean("", 100));
        assert!(!is_clean("abc", 2));
    }
}
