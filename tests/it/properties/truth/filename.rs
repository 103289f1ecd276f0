//! Any name becomes one that is safe in every sense, or none; and stays it. What a safe name is, is said here in other words than the
//! program says it.

use cloakroom::mail::FileName;
use cloakroom::mail::visible::{visible, visible_line};
use regex::Regex;
use std::sync::LazyLock;
use unicode_normalization::is_nfc;

/// UTF-8 or not.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for seen in [visible(&text), visible_line(&text)] {
        assert_eq!(visible(&seen), seen, "seen twice");
    }
    let Some(name) = FileName::new(&text) else {
        return;
    };
    for name in [name.clone(), name.again(2), name.again(1000)] {
        assert_safe(name.as_str());
        let again = FileName::new(name.as_str());
        assert_eq!(again.as_ref(), Some(&name), "safe twice is safe once");
    }
    // A name cut to make room may end as it began, `… (2).pdf`: whoever numbers goes on until it is another.
    assert!([2, 3].iter().any(|n| name.again(*n).key() != name.key()));
    assert_ne!(name.again(2).key(), name.again(3).key());
}

/// Everything that no file system, shell, header, archive or reader can take for something else.
pub fn assert_safe(name: &str) {
    static NEVER: LazyLock<Regex> = LazyLock::new(|| {
        // Separators and their doubles, what Windows forbids, controls, private use, blanks but the one space.
        let never = r#"[/\\:*?"<>|\u{2215}\u{2044}\u{2216}\u{ff0f}\u{ff3c}]|[\p{Cc}\p{Co}\p{Zl}\p{Zp}]|[\p{Zs}--\ ]|\p{Bidi_C}|  "#;
        Regex::new(never).expect("a pattern")
    });
    static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
        let device = r"(?i)^(con|prn|aux|nul|com[0-9\u{b9}\u{b2}\u{b3}]|lpt[0-9\u{b9}\u{b2}\u{b3}]|conin\$|conout\$) *(\.|$)";
        Regex::new(device).expect("a pattern")
    });
    assert!(!name.is_empty());
    assert!(!NEVER.is_match(name), "{name:?}");
    assert!(!DEVICE.is_match(name), "{name:?}");
    assert!(!name.eq_ignore_ascii_case("desktop.ini"), "{name:?}");
    assert!(!name.starts_with(['.', '-', ' ']), "{name:?}");
    assert!(!name.ends_with(['.', ' ']), "{name:?}");
    assert!(name.len() <= 200, "{} bytes: {name:?}", name.len());
    assert!(is_nfc(name), "{name:?}");
}
