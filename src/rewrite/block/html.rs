//! The block as HTML: inline styles only, changes nothing outside itself, pure ASCII so that it fits every charset.
//!
//! One table with its padding on the cell, colours given twice (attribute and style), no pictures, no scripts: what the Word engine of
//! Outlook and inverted dark modes leave readable. Only the table has a direction, so that it stands at the side where the mail's lines
//! begin, and is read in its own.

use super::{Block, NAME_BEGINS, NAME_ENDS};
use std::fmt::Write;

/// Against what mails have around the place: floating pictures, preformatted text, indents.
const APART: &str =
    "clear:both;white-space:normal;text-indent:0;letter-spacing:normal;text-transform:none";
/// Centred or bold mails do not make the block so, and a long name does not make it wider than a telephone.
const CELL: &str = "background-color:#f2f5f9;color:#1b1b1f;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:15px;\
    font-weight:normal;font-style:normal;line-height:22px;text-align:left;word-break:break-word";
/// All of it can be clicked; the Word engine pads no link, but takes `mso-padding-alt` of the cell.
const BUTTON: &str = "display:block;padding:12px 20px;color:#ffffff;text-decoration:none;font-weight:bold;font-size:16px;line-height:24px";
const QUIET: &str = "color:#54545e;font-size:14px;line-height:20px";

impl Block {
    /// From `<!-- cloakroom:begin … -->` to `<!-- cloakroom:end … -->`, with a line end behind.
    pub(in crate::rewrite) fn html(&self) -> String {
        let (id, url, accent) = (self.id, escaped(&self.url), self.accent);
        let mut out = self.open.as_deref().map(paragraph).unwrap_or_default();
        let mut line = |text: std::fmt::Arguments<'_>| {
            writeln!(out, "{text}\r").expect("a string takes everything");
        };
        line(format_args!("<!-- cloakroom:begin {id} -->"));
        line(format_args!(
            "<div lang=\"{}\" style=\"{APART}\">",
            self.language
        ));
        line(format_args!(
            "<table dir=\"ltr\" role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"max-width:600px;margin:16px 0\">"
        ));
        line(format_args!(
            "<tr><td bgcolor=\"#f2f5f9\" style=\"{CELL}\">"
        ));
        line(format_args!(
            "<p style=\"margin:0 0 16px;color:#1b1b1f\"><b>{}</b></p>",
            isolated(&self.title)
        ));
        for (name, size) in &self.files {
            line(format_args!(
                "<p style=\"margin:0;color:#1b1b1f\"><bdi>{}</bdi>, {}</p>",
                escaped(name),
                escaped(&size.replace(' ', "\u{a0}"))
            ));
        }
        if let Some(more) = &self.more {
            line(format_args!(
                "<p style=\"margin:0;color:#1b1b1f\">{}</p>",
                escaped(more)
            ));
        }
        line(format_args!(
            "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:16px 0 0\"><tr>"
        ));
        line(format_args!(
            "<td bgcolor=\"{accent}\" style=\"background-color:{accent};mso-padding-alt:12px 20px\"><a href=\"{url}\" style=\"{BUTTON}\">{}</a></td>",
            escaped(&self.button)
        ));
        line(format_args!("</tr></table>"));
        line(format_args!(
            "<p style=\"margin:16px 0 0;{QUIET}\">{} <a href=\"{url}\" style=\"color:{accent};word-break:break-all\">{url}</a></p>",
            escaped(&self.leads)
        ));
        line(format_args!(
            "<p style=\"margin:8px 0 0;{QUIET}\">{}{}</p>",
            self.password_sentence(),
            escaped(&self.until)
        ));
        line(format_args!(
            "<p style=\"margin:8px 0 0;{QUIET}\">{}{}</p>",
            escaped(&self.genuine),
            self.check_link()
        ));
        line(format_args!("</td></tr></table>"));
        line(format_args!("</div>"));
        line(format_args!("<!-- cloakroom:end {id} -->"));
        out
    }

    /// A whole document around the block, for a mail whose body is ours.
    pub(in crate::rewrite) fn document(&self) -> String {
        format!(
            "<!DOCTYPE html>\r\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{}</title></head>\r\n<body>\r\n{}</body></html>\r\n",
            self.language,
            escaped(&self.plain_title()),
            self.html()
        )
    }

    fn password_sentence(&self) -> String {
        let sentence = |text: &String| format!("{} ", isolated(text));
        self.password.as_ref().map(sentence).unwrap_or_default()
    }

    fn check_link(&self) -> String {
        match &self.check {
            None => String::new(),
            Some((text, url)) => format!(
                " <a href=\"{}\" style=\"color:{}\">{}</a>",
                escaped(url),
                self.accent,
                escaped(text)
            ),
        }
    }
}

/// What the sender left open, line by line.
fn paragraph(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| escaped(line.trim_end())).collect();
    format!("<p dir=\"auto\">{}</p>\r\n", lines.join("<br>\r\n"))
}

/// A sentence with a name in it: the name cannot turn the direction of what stands around it.
fn isolated(text: &str) -> String {
    escaped(text)
        .replace(&escaped(&NAME_BEGINS.to_string()), "<bdi>")
        .replace(&escaped(&NAME_ENDS.to_string()), "</bdi>")
}

/// As ASCII text of an element or a quoted attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c if c.is_ascii() => out.push(c),
            c => out.push_str(&format!("&#{};", u32::from(c))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_no_markup_and_no_attribute() {
        assert_eq!(
            escaped("<b a=\"1\" b='2'>&å\u{a0}"),
            "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;&#229;&nbsp;"
        );
        assert_eq!(
            isolated("from \u{e000}A<B\u{e001}!"),
            "from <bdi>A&lt;B</bdi>!"
        );
    }
}
