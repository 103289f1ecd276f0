//! Percent escapes (RFC 3986 section 2.1), as URLs, Content-IDs in them and parameters of header fields have them.
//!
//! Promises: what is no escape stays as it is; the result is never longer. Leaves to others: which charset the bytes are in.

/// The bytes with escapes undone.
pub fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = match (byte, escaped(tail)) {
            (b'%', Some(value)) => {
                out.push(value);
                &tail[2..]
            }
            _ => {
                out.push(*byte);
                tail
            }
        };
    }
    out
}

/// Two digits; a sign before one, which `from_str_radix` would take, is none.
fn escaped(tail: &[u8]) -> Option<u8> {
    let digits = tail
        .get(..2)
        .filter(|d| d.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_escape_is_undone_and_nothing_else() {
        for (text, want) in [
            ("a%40b", "a@b"),
            ("%41%4a", "AJ"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz%+5", "%zz%+5"),
            ("%25%34%31", "%41"),
        ] {
            assert_eq!(decoded(text.as_bytes()), want.as_bytes(), "{text}");
        }
    }
}
