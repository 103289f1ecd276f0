//! Any bytes have an outline: ranges as it promises, the same however the bytes come in, and nothing that the MIME library sees in
//! the whole mail is missing in what we saw of its skeleton, or the mail is doubtful.

use cloakroom::mail::outline::{Nature, Outline, Role};
use cloakroom::mail::{SkeletonBuilder, Spool};
use cloakroom::parse;
use mail_parser::MessageParser;

/// A mail as it comes over the wire, with or without proper line ends.
pub fn check(data: &[u8]) {
    let (spool, outline) = outline_in_steps(data, usize::MAX);
    check_ranges("", spool.len(), &outline);
    let shown = format!("{outline:?}");
    // A step that the bytes choose, so that other inputs are split elsewhere.
    let chosen = 2 + data.iter().map(|b| usize::from(*b)).sum::<usize>() % 97;
    for step in [1, chosen] {
        let (_, split) = outline_in_steps(data, step);
        assert_eq!(format!("{split:?}"), shown, "in steps of {step}");
    }
    if !outline.is_ambiguous() {
        covered(data, &outline);
    }
}

/// The outline of bytes that come in pieces of this size.
pub fn outline_in_steps(bytes: &[u8], step: usize) -> (Spool, Outline) {
    let mut skeleton = SkeletonBuilder::new();
    bytes.chunks(step).for_each(|piece| skeleton.push(piece));
    let spool = Spool::of(bytes);
    let outline = parse::outline(&spool, &skeleton.finish()).expect("a spool in memory");
    (spool, outline)
}

fn covered(data: &[u8], outline: &Outline) {
    let Some(whole) = MessageParser::new().max_encoded_nesting(0).parse(data) else {
        panic!("the library sees no mail, and we have no doubt");
    };
    for theirs in whole.attachments() {
        let body = u64::from(theirs.offset_body())..u64::from(theirs.offset_end());
        let ours = outline
            .parts
            .iter()
            .find(|p| p.spool.is_none() && p.body == body);
        let Some(ours) = ours else {
            panic!("an attachment at {body:?} is in no part: {outline:?}");
        };
        let opened = || {
            outline
                .parts
                .iter()
                .any(|p| p.spool.is_some() && p.span == ours.span)
        };
        let shown = match ours.role {
            Role::Text | Role::Html => true,
            // A `winmail.dat` goes with all that is in it.
            Role::Container => !opened(),
            _ => false,
        };
        // What holds nothing is no attachment, whatever its cut header says.
        let ordinary = outline.nature == Nature::Ordinary && ours.decoded_len > 0;
        assert!(
            !shown || theirs.is_text() || !ordinary,
            "an attachment is {:?}",
            ours.role
        );
    }
}

/// Inside the spool, children inside their parents, siblings in order and apart.
pub fn check_ranges(id: &str, len: u64, outline: &Outline) {
    for part in &outline.parts {
        let at = format!("{id} part {}", part.path);
        if let Some(own) = &part.spool {
            // It came in what is around it, and can only go with that.
            assert_eq!(
                part.span,
                outline.parts[part.parent.expect("around it")].span,
                "{at}"
            );
            assert!(
                part.body.start <= part.body.end && part.body.end <= own.len(),
                "{at}"
            );
            assert!(
                part.header.is_empty() && part.header.start == part.span.start,
                "{at}"
            );
            continue;
        }
        for range in [&part.header, &part.body, &part.span] {
            assert!(
                range.start <= range.end && range.end <= len,
                "{at}: {range:?} of {len}"
            );
        }
        assert!(
            part.header.end <= part.body.start || part.body.is_empty(),
            "{at}: header {:?} body {:?}",
            part.header,
            part.body
        );
        if let Some(parent) = part.parent.map(|p| &outline.parts[p]) {
            let around = &parent.body;
            assert!(
                around.start <= part.span.start && part.span.end <= around.end,
                "{at}"
            );
        }
        if let Some(nested) = &part.nested {
            check_ranges(&at, nested.spool.len(), &nested.outline);
        }
    }
    let own = || outline.parts.iter().filter(|part| part.spool.is_none());
    for (a, b) in own().zip(own().skip(1)) {
        if a.parent == b.parent && a.inside == b.inside {
            assert!(
                a.span.end <= b.span.start,
                "{id}: {} and {}",
                a.path,
                b.path
            );
        }
    }
}
