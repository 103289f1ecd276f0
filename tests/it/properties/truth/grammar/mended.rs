//! Content of a device whose bare line ends are made proper, a second time: line by line.

/// A line without its end, and whether that was CR LF.
struct Line<'a> {
    text: &'a [u8],
    proper: bool,
}

/// Reads the lines that have an end. What ends with a CR may go on; `last`: it does not.
fn lines(mut bytes: &[u8], last: bool) -> (Vec<Line<'_>>, &[u8]) {
    let mut lines = Vec::new();
    while let Some(at) = memchr::memchr2(b'\r', b'\n', bytes) {
        let returns = bytes[at..].iter().take_while(|b| **b == b'\r').count();
        let feed = usize::from(bytes.get(at + returns) == Some(&b'\n'));
        if at + returns == bytes.len() && !last {
            break;
        }
        lines.push(Line {
            text: &bytes[..at],
            proper: (returns, feed) == (1, 1),
        });
        bytes = &bytes[at + returns + feed..];
    }
    (lines, bytes)
}

/// What came after DATA: the content, and the bytes with its end. `None` if that is not there.
pub fn after_data(wire: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (lines, _) = lines(wire, false);
    let (mut content, mut behind_proper) = (Vec::new(), true);
    for line in lines {
        match line.text {
            b"." if behind_proper && line.proper => {
                let from = line.text.as_ptr() as usize - wire.as_ptr() as usize;
                return Some((content, from + 3));
            }
            // Nobody who doubles dots sends it as text.
            b"." => content.push(b'.'),
            [b'.', text @ ..] | text => content.extend_from_slice(text),
        }
        content.extend_from_slice(b"\r\n");
        behind_proper = line.proper;
    }
    None
}

/// What came in chunks so far. `last`: nothing more will.
pub fn in_chunks(bytes: &[u8], last: bool) -> Vec<u8> {
    let (lines, open) = lines(bytes, last);
    let mut content = Vec::new();
    for line in lines {
        content.extend_from_slice(line.text);
        content.extend_from_slice(b"\r\n");
    }
    let open = match last {
        true => open,
        false => &open[..open.len() - open.iter().rev().take_while(|b| **b == b'\r').count()],
    };
    content.extend_from_slice(open);
    if last && !open.is_empty() {
        content.extend_from_slice(b"\r\n");
    }
    content
}
