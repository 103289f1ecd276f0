//! A stranger's text as people see it: nothing in it that is invisible, turns the direction of what stands around it, or looks like a blank.
//!
//! Promises: what is left is what is shown; any blank is one ordinary space; doing it twice changes nothing. Joiners and variation
//! selectors stay where writing needs them: families of emoji, Persian and Indic words, Han variants. Leaves to others: markup,
//! encoding, length. Never fails.

/// The text with every character gone that a reader cannot see (T45), and blanks of any kind as spaces.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let before = out.chars().next_back().unwrap_or(' ');
        match c {
            c if c.is_whitespace() => out.push(' '),
            '\u{200c}' | '\u{200d}' if rest.peek().is_some_and(|n| joins(before, c, *n)) => {
                out.push(c)
            }
            c if is_selector(c) && !before.is_ascii() && !is_selector(before) => out.push(c),
            c if is_hidden(c) || is_selector(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// The text with blanks at its ends gone and each run of them one space: a long run would push a name's extension out of sight.
pub fn visible_line(text: &str) -> String {
    if is_plain_line(text) {
        return text.to_owned();
    }
    let seen = visible(text);
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As nearly every text is: printable ASCII, with single spaces between words.
fn is_plain_line(text: &str) -> bool {
    let mut before = b' ';
    let fits = |byte| {
        let fits = byte != b' ' || before != b' ';
        before = byte;
        fits && matches!(byte, b' '..=b'~')
    };
    text.bytes().all(fits) && !text.ends_with(' ')
}

/// Default_Ignorable_Code_Point of Unicode, controls, direction marks, what shows as nothing, characters for private use (each system
/// shows its own; this crate marks with two of them) and those that are none.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Chooses a shape of the character before it; one is a choice, a run of them is a hidden message.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn joins(before: char, joiner: char, behind: char) -> bool {
    let pictures = is_picture(before) || before == '\u{fe0f}';
    (joiner == '\u{200d}' && pictures && is_picture(behind))
        || (uses_joiners(before) && uses_joiners(behind))
}

/// Emoji and their skin tones, hearts, signs, arrows.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{27ff}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Scripts whose spelling has joiners: Arabic with its kin, Mongolian, those of India and Sri Lanka.
fn uses_joiners(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{6ff}' | '\u{700}'..='\u{7ff}' | '\u{860}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1820}'..='\u{18aa}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_goes_and_what_writing_needs_stays() {
        let rows = [
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}\u{2060}\u{feff}b", "ab"),
            ("a\u{3164}\u{2800}b", "ab"),
            ("a\u{3000}b\u{2028}c\td", "a b c d"),
            ("1\u{fe0f}a\u{fe0e}", "1a"),
            ("\u{2764}\u{fe0f}\u{fe0f}\u{e0101}", "\u{2764}\u{fe0f}"),
            ("\u{1f468}\u{200d}\u{1f469}", "\u{1f468}\u{200d}\u{1f469}"),
            ("a\u{200d}b\u{200d}", "ab"),
            (
                "\u{645}\u{6cc}\u{200c}\u{62e}",
                "\u{645}\u{6cc}\u{200c}\u{62e}",
            ),
            ("\u{645}\u{200c}", "\u{645}"),
            ("\u{845b}\u{e0100}", "\u{845b}\u{e0100}"),
            ("\u{e000}x\u{10fffe}\u{fdd0}", "x"),
        ];
        for (text, want) in rows {
            assert_eq!(visible(text), want, "{text:?}");
            assert_eq!(visible(want), want, "{text:?} twice");
        }
        assert_eq!(visible_line(" a.pdf \u{a0}\u{3000} .exe\n"), "a.pdf .exe");
    }
}
