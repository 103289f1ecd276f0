//! What a safe name is, said once more and in other words than the program says it.

use regex::Regex;
use std::sync::LazyLock;
use unicode_normalization::is_nfc;

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
