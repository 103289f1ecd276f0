//! The first line of a signature or of quoted history.

use super::Line;
use super::words;

/// Where a block would stand above it; `None` if there is neither.
pub(super) fn begin(lines: &[Line]) -> Option<usize> {
    (0..lines.len())
        .find_map(|index| begins_at(lines, index))
        .map(|first| lines[first].at)
}

/// The first line of what the line shows to be no text of the sender.
fn begins_at(lines: &[Line], index: usize) -> Option<usize> {
    let line = &lines[index];
    let text = line.text.as_str();
    if line.is_blank() && !line.marked {
        return None;
    }
    if line.marked || words::is_quoted(text) {
        return Some(introduction(lines, index).unwrap_or(index));
    }
    if words::ends_with_colon(text) && words::names_somebody(text) {
        let first = introduction(lines, index + 1);
        let said = first.map(|first| said(&lines[first..=index]));
        if said.is_some_and(|said| words::is_introduction(&said)) {
            return first;
        }
    }
    let begins = words::is_delimiter(text)
        || words::is_forwarded(text)
        || words::is_made_by(text)
        || is_titled(lines, index)
        || is_header(lines, index);
    begins.then(|| above_rule(lines, index))
}

/// Up to three lines above a quote that end with a colon and say who wrote it: they belong to it.
fn introduction(lines: &[Line], quote: usize) -> Option<usize> {
    let mut last = quote;
    while last > 0 && lines[last - 1].is_blank() && quote - last < 2 {
        last -= 1;
    }
    if last == 0 || !words::ends_with_colon(&lines[last - 1].text) {
        return None;
    }
    for first in (last.saturating_sub(3)..last).rev() {
        let said = said(&lines[first..last]);
        if words::is_introduction(&said) {
            return Some(first);
        }
        if lines[first].begins {
            return words::names_somebody(&said).then_some(first);
        }
    }
    None
}

fn said(lines: &[Line]) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.trim()).collect();
    texts.join(" ")
}

/// `-----Original Message-----`: known words, or lines of a header below. A person may title their own chapters so.
fn is_titled(lines: &[Line], index: usize) -> bool {
    words::titled_rule(&lines[index].text).is_some_and(|title| {
        let below = lines[index + 1..].iter().filter(|line| !line.is_blank());
        words::is_known_title(title) || below.take(2).any(|line| words::is_from(&line.text))
    })
}

/// `From:` and soon `Sent:`, or more of a header that nobody writes of other things: a journey has a From, a To and a Date.
fn is_header(lines: &[Line], index: usize) -> bool {
    let first = lines[index].text.as_str();
    if words::is_from(first) {
        let next = lines[index + 1..].iter().take(5);
        let own = next.take_while(|line| !line.marked && !words::is_from(&line.text));
        let block = &lines[index + 1..=index + own.count()];
        let any = |of: fn(&str) -> bool| block.iter().any(|line| of(&line.text));
        let addressed = first.contains('@') || any(words::is_subject);
        return any(words::is_sent) || (any(words::is_date) && addressed);
    }
    // GMX says first when it was sent.
    let below = |line: usize| {
        lines
            .get(index + line)
            .map_or("", |line| line.text.as_str())
    };
    (words::is_sent(first) || words::is_date(first))
        && words::is_from(below(1))
        && (2..=4).any(|line| words::is_subject(below(line)))
}

/// A drawn line right above belongs to what it parts.
fn above_rule(lines: &[Line], index: usize) -> usize {
    let rule = index > 0 && words::is_rule(&lines[index - 1].text);
    index - usize::from(rule)
}
