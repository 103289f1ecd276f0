//! Literals: what the detectors of keys and tokens share.
//!
//! Promises: nothing here copies more than it returns, or looks further than it is told.

/// A character of base64 (RFC 4648 section 4), padding included.
pub fn is_base64(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/' | b'=')
}

/// The first `len` characters, if they are base64 without padding.
pub fn base64_run(text: &str, len: usize) -> Option<&str> {
    let run = text.get(..len)?;
    run.bytes()
        .all(|c| is_base64(c) && c != b'=')
        .then_some(run)
}

/// The string that a member of a JSON object has; escapes are not read.
pub fn quoted<'a>(object: &'a str, member: &str) -> Option<&'a str> {
    let name = format!("\"{member}\"");
    object.match_indices(&name).find_map(|(at, _)| {
        let value = object[at + name.len()..].trim_start().strip_prefix(':')?;
        value.trim_start().strip_prefix('"')?.split('"').next()
    })
}

/// It may be made by chance: not `xxxxxxxx`, not `<your-token-here>`, not `0000…`. A random text of 20 characters has at least
/// nine different ones but once in a million.
pub fn looks_random(text: &str) -> bool {
    let mut seen = [false; 128];
    for c in text.bytes().filter(u8::is_ascii) {
        seen[usize::from(c)] = true;
    }
    let different = seen.iter().filter(|&&seen| seen).count();
    let in_a_row = text.as_bytes().windows(5).any(|w| {
        w.windows(2).all(|p| p[0].wrapping_add(1) == p[1]) || w.iter().all(|&c| c == w[0])
    });
    let lower = text.to_ascii_lowercase();
    let words = [
        "example",
        "your",
        "token",
        "placeholder",
        "redacted",
        "xxxx",
        "dummy",
    ];
    different >= 9.min(text.len() / 2)
        && !in_a_row
        && !words.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_do_not_look_random() {
        for (text, random) in [
            ("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", true),
            ("9f86d081884c7d659a2feaa0c55ad015", true),
            ("xxxxxxxxxxxxxxxxxxxxxxxx", false),
            ("abcdefghijklmnopqrstuvwxyz", false),
            ("000000000000000000000000", false),
            ("yourTokenGoesHere29Sdk3", false),
            ("EXAMPLEKEYq83hd7sHs82", false),
        ] {
            assert_eq!(looks_random(text), random, "{text}");
        }
    }

    #[test]
    fn members_of_objects_are_read() {
        assert_eq!(quoted(r#"{"a":"b", "d" : "e"}"#, "d"), Some("e"));
        assert_eq!(quoted(r#"{"a":"d","e":1}"#, "d"), None);
    }
}
