//! Tags by which mail programs begin a signature or a quoted mail.

use super::tag::Tag;

/// How much of an attribute's value is given: all of it, one of its words, or the end of one of its words.
#[derive(Clone, Copy)]
enum How {
    Is,
    Word,
    End,
}

use How::{End, Is, Word};

/// Attribute, how, value in lower case.
const MARKS: &[(&str, How, &str)] = &[
    // Outlook: web, new, Mac, mobile; Word's bookmarks
    ("id", Is, "appendonsend"),
    ("id", Is, "divrplyfwdmsg"),
    ("id", Is, "mail-editor-reference-message-container"),
    ("id", Is, "ms-outlook-mobile-body-separator-line"),
    ("id", Is, "ms-outlook-mobile-signature"),
    ("id", Is, "olk_src_body_section"),
    ("id", Is, "signature"),
    ("class", Word, "acompli_signature"),
    ("class", Word, "outlookmessageheader"),
    ("name", Is, "_mailautosig"),
    ("name", Is, "_mailoriginal"),
    // Gmail, Google Groups, Inbox
    ("class", Word, "gmail_quote"),
    ("class", Word, "gmail_quote_container"),
    ("class", Word, "gmail_signature"),
    ("class", Word, "gmail_signature_prefix"),
    // Apple Mail, iOS
    ("id", Is, "applemailsignature"),
    ("id", Is, "linebreakatbeginningofsignature"),
    ("class", Word, "applemailsignature"),
    ("apple-content-edited", Is, "true"),
    // Thunderbird, K-9, Evolution
    ("class", Word, "moz-cite-prefix"),
    ("class", Word, "moz-forward-container"),
    ("class", Word, "moz-signature"),
    ("class", Word, "k9mail-signature"),
    ("class", Word, "-x-evo-signature"),
    ("class", Word, "-x-evo-signature-wrapper"),
    // Telephones: Samsung, Spark, Aqua, Airmail
    ("id", Is, "composer_signature"),
    ("name", Is, "messagesignaturesection"),
    ("name", Is, "messagereplysection"),
    ("class", Word, "aqm-signature"),
    ("class", Word, "aqm-original-body"),
    ("class", Word, "bloop_sign"),
    ("class", Word, "bloop_original_html"),
    // Webmail: Roundcube, Zimbra, Yahoo, GMX, Proton, Tuta, Fastmail, Zoho, Front
    ("id", Is, "_rc_sig"),
    ("id", Is, "reply-intro"),
    ("id", Is, "zwchr"),
    ("data-marker", Is, "__sig_pre__"),
    ("data-marker", Is, "__sig_post__"),
    ("data-marker", Is, "__divider__"),
    ("data-marker", Is, "__headers__"),
    ("data-marker", Is, "__quoted_text__"),
    ("id", End, "yahoo_quoted"),
    ("class", End, "yahoo_quoted"),
    ("class", End, "yahoo-signature"),
    ("name", Is, "quote"),
    ("class", Word, "signature"),
    ("class", Word, "protonmail_quote"),
    ("class", Word, "protonmail_signature_block"),
    ("class", Word, "tutanota_quote"),
    ("id", Is, "blockquote_zmail"),
    ("id", Is, "zm-_id_-sgn"),
    ("class", Word, "zmail_extra"),
    ("class", Word, "front-signature"),
    ("class", Word, "front-blockquote"),
    // eM Client
    ("id", Is, "signature_old"),
];

/// Beginnings of comments, in lower case.
const COMMENTS: &[&str] = &["cloakroom:begin", "begin_signature", "originalmessage"];

pub(super) fn begins_history(tag: &Tag) -> bool {
    is_marked(tag)
        || (tag.name == "blockquote" && tag.value("type") == "cite")
        || (tag.name == "div" && is_outlook_line(&tag.value("style")))
}

/// The bytes behind `<!--`.
pub(super) fn comment_begins_history(comment: &[u8]) -> bool {
    let comment = comment.trim_ascii_start();
    COMMENTS.iter().any(|mark| {
        let begin = comment.get(..mark.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(mark.as_bytes()))
    })
}

fn is_marked(tag: &Tag) -> bool {
    tag.attributes().any(|(name, value)| {
        let mut marks = MARKS.iter().filter(|(attribute, ..)| *attribute == name);
        marks.any(|(_, how, mark)| {
            let mut words = value.split_ascii_whitespace();
            match how {
                Is => value.eq_ignore_ascii_case(mark),
                Word => words.any(|word| word.eq_ignore_ascii_case(mark)),
                End => words.any(|word| ends(word, mark)),
            }
        })
    })
}

/// Yahoo puts a prefix before names and a number behind them, which change with each mail.
fn ends(word: &str, mark: &str) -> bool {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    bare.to_ascii_lowercase().ends_with(mark)
}

/// Outlook for Windows draws a line above the quoted mail's From, and gives it no name.
fn is_outlook_line(style: &str) -> bool {
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
    style.contains("border:none;border-top:solid#")
        && (style.contains("padding:3.0pt0cm0cm0cm") || style.contains("padding:3.0pt0in0in0in"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_in_whatever_form_programs_write_them() {
        let rows = [
            ("<div id=\"appendonsend\">", true),
            ("<DIV ID=divRplyFwdMsg dir=ltr>", true),
            ("<div class=\"a gmail_quote b\">", true),
            ("<div class=\"gmail_quote_\">", false),
            (
                "<div id=\"ydpf93ab41eyahoo_quoted_0123456789\" class=\"x\">",
                true,
            ),
            ("<div class=\"ydpf93ab41eyahoo_quoted\">", true),
            ("<div class=\"signatures\">", false),
            ("<blockquote TYPE='cite'>", true),
            ("<blockquote style=\"margin:0 0 0 40px\">", false),
            ("<a name=\"_MailAutoSig\">", true),
            (
                "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'>",
                true,
            ),
            ("<div style='border:none;border-top:solid red'>", false),
        ];
        for (html, marked) in rows {
            let tag = Tag::read(html.as_bytes(), 0).expect("it ends");
            assert_eq!(begins_history(&tag), marked, "{html}");
        }
        assert!(comment_begins_history(b" cloakroom:begin 7K3M9XQF -->"));
        assert!(!comment_begins_history(b"[if mso]>"));
    }
}
