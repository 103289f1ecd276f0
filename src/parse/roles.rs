//! What each part is to a reader: shown, kept, or a file (the tables of design section 5 and of reference 5.3).
//!
//! Two steps: [`assign`] by type, disposition, name and place; [`refine`] after the texts were read (pictures the HTML refers to,
//! inline PGP, the size of a vCard). Doubt makes a file: what is not known to be shown is an attachment.

use super::look::Look;
use super::params::text_of;
use super::tree::Tree;
use super::truth::Cms;
use crate::mail::outline::{Disposition, Nature, Part, Role};

/// A vCard up to here is a business card, not a file.
const CARD_MAX: u64 = 10 * 1024;

/// Roles that need no look into the bodies.
pub(super) fn assign(tree: &mut Tree) {
    for index in 0..tree.parts.len() {
        let (role, why) = by_type(tree, index);
        tree.parts[index].is(role, why);
    }
    for scope in scopes(tree) {
        name_the_body(tree, &scope);
        let invites = scope.iter().any(|&i| tree.parts[i].role == Role::Calendar);
        for &i in scope.iter().filter(|_| invites) {
            let part = &mut tree.parts[i];
            let is_ics = part.media_type == "application/ics" || has_extension(part, &["ics"]);
            if part.role == Role::Attachment && is_ics {
                part.is(Role::Calendar, "belongs to the invitation");
            }
        }
    }
}

/// Roles that the bodies decide.
pub(super) fn refine(tree: &mut Tree, looks: &[Look]) {
    for scope in scopes(tree) {
        for &i in &scope {
            let is_referred = is_referred(tree, looks, &scope, i);
            let returns_files = returns_files(tree, i);
            let is_odd = is_odd_message(tree, i);
            let part = &mut tree.parts[i];
            let (role, why) = match part.role {
                _ if !looks[i].holds => (Role::Attachment, "its bytes are not what it is called"),
                Role::Card if part.decoded_len >= CARD_MAX => {
                    (Role::Attachment, "a vCard of 10 KiB or more")
                }
                Role::Attachment if is_referred && is_picture(part) && looks[i].is_picture => {
                    (Role::Picture, "a picture that the text shows")
                }
                Role::Report if returns_files => (Role::Message, "a returned mail with files"),
                Role::Report if is_odd => {
                    (Role::Message, "a returned mail whose structure is in doubt")
                }
                Role::Text | Role::Html if looks[i].pgp_message => {
                    (Role::Encrypted, "inline PGP and nothing beside it")
                }
                role => (role, part.why),
            };
            part.is(role, why);
        }
    }
}

/// The HTML shows the part, by its Content-ID or by its location. Of two pictures with one Content-ID some readers show the first and
/// some the last, and the other one as a file: the first one stays, and what is not the same picture again is taken.
fn is_referred(tree: &Tree, looks: &[Look], scope: &[usize], index: usize) -> bool {
    let part = &tree.parts[index];
    let id = part.content_id.as_deref().filter(|id| !id.is_empty());
    let location = part.fields.value("Content-Location").map(str::trim);
    let is_other = |i: usize| {
        let first = &tree.parts[i];
        let is_same = (looks[i].len, looks[i].sign) == (looks[index].len, looks[index].sign);
        first.role == Role::Picture && first.content_id.as_deref() == id && !is_same
    };
    let is_second = id.is_some() && scope.iter().any(|&i| i < index && is_other(i));
    let shows = |look: &Look| {
        id.is_some_and(|id| look.references.contains(id))
            || location.is_some_and(|at| look.locations.contains(at))
    };
    !is_second && scope.iter().any(|&h| shows(&looks[h]))
}

/// A message in a report that has files: what comes back that way is sent as much as any other file (T32).
fn returns_files(tree: &Tree, index: usize) -> bool {
    let part = &tree.parts[index];
    let is_message = matches!(
        part.media_type.as_str(),
        "message/rfc822" | "message/global"
    );
    let is_file = |p: &Part| matches!(p.role, Role::Attachment | Role::Message);
    let nested = || part.nested.as_ref().map(|nested| &nested.outline.parts);
    is_message
        && (nested().is_some_and(|parts| parts.iter().any(is_file))
            || tree
                .parts
                .iter()
                .enumerate()
                .any(|(i, p)| is_file(p) && is_within(tree, i, index)))
}

/// A message of which readers may see more than the outline shows.
fn is_odd_message(tree: &Tree, index: usize) -> bool {
    let nested = tree.parts[index].nested.as_ref();
    let odd = &tree.odd_messages;
    nested.is_some_and(|nested| nested.outline.is_ambiguous())
        || odd.iter().any(|&i| i == index || is_within(tree, i, index))
}

fn is_within(tree: &Tree, index: usize, outer: usize) -> bool {
    std::iter::successors(tree.parts[index].parent, |&i| tree.parts[i].parent).any(|i| i == outer)
}

/// What the mail is as a whole.
pub(super) fn nature(tree: &Tree, looks: &[Look]) -> Nature {
    let own = || (0..tree.parts.len()).filter(|&i| tree.parts[i].inside.is_none());
    let root = &tree.parts[0];
    let signed_data = |p: &Part| {
        let is_said = p
            .fields
            .value("Content-Type")
            .is_some_and(|v| has_parameter(v, "signed-data"));
        is_smime(p) && (is_said || looks[0].cms == Some(Cms::Readable))
    };
    if own().any(|i| {
        tree.parts[i].media_type == "multipart/signed"
            || looks[i].pgp_signed
            || (i == 0 && signed_data(&tree.parts[i]))
    }) {
        return Nature::Signed;
    }
    if root.media_type == "multipart/report" || root.role == Role::Report {
        return Nature::Report;
    }
    let leaves = || {
        own()
            .filter(|&i| !tree.is_multipart(i))
            .map(|i| &tree.parts[i])
    };
    let has_cipher = leaves().any(|p| p.role == Role::Encrypted);
    let has_more = leaves().any(|p| !is_cipher_or_nothing(p));
    match has_cipher && !has_more {
        true => Nature::Encrypted,
        false => Nature::Ordinary,
    }
}

/// The empty text that servers put before ciphertext is no text.
fn is_cipher_or_nothing(part: &Part) -> bool {
    part.role == Role::Encrypted || (part.role == Role::Text && part.decoded_len <= 2)
}

/// The parts of one message, without those of messages inside it.
fn scopes(tree: &Tree) -> Vec<Vec<usize>> {
    let mut scopes: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
    for (i, part) in tree.parts.iter().enumerate() {
        match scopes.iter_mut().find(|(inside, _)| *inside == part.inside) {
            Some((_, members)) => members.push(i),
            None => scopes.push((part.inside, vec![i])),
        }
    }
    scopes.into_iter().map(|(_, members)| members).collect()
}

fn by_type(tree: &Tree, index: usize) -> (Role, &'static str) {
    let part = &tree.parts[index];
    // The parent within the same message: the message part around a message's root says nothing about it.
    let parent = part
        .parent
        .map(|p| &tree.parts[p])
        .filter(|p| p.inside == part.inside);
    let within = parent.map_or("", |p| p.media_type.as_str());
    let is_first = match within {
        "multipart/related" => is_start(tree, index),
        _ => part.path.ends_with(".1") || parent.is_none(),
    };
    match part.media_type.as_str() {
        kind if kind.starts_with("multipart/") => container(tree, index),
        // Whatever it is called and wherever it stands: it was looked into, so it is no ciphertext.
        "message/rfc822" | "message/global" if within == "multipart/report" => {
            (Role::Report, "what came back, in a report")
        }
        "message/rfc822" | "message/global" => (Role::Message, "a mail in the mail"),
        _ if within == "multipart/encrypted" || beside_pgp(tree, part) => {
            (Role::Encrypted, "PGP/MIME")
        }
        "application/pgp-encrypted" => (Role::Encrypted, "PGP/MIME"),
        _ if within == "multipart/signed" && !is_first && is_signature(part) => {
            (Role::Signature, "a detached signature")
        }
        "application/pgp-signature"
        | "application/pkcs7-signature"
        | "application/x-pkcs7-signature"
            if within != "multipart/signed" && is_of_file(part) =>
        {
            (Role::Attachment, "the signature of a file")
        }
        "application/pgp-signature"
        | "application/pkcs7-signature"
        | "application/x-pkcs7-signature" => (Role::Signature, "a detached signature"),
        _ if is_smime(part) => (Role::Encrypted, "S/MIME"),
        "message/delivery-status"
        | "message/global-delivery-status"
        | "message/disposition-notification"
        | "message/global-disposition-notification"
        | "message/feedback-report"
        | "message/global-headers"
        | "text/rfc822-headers"
            if within == "multipart/report" || parent.is_none() =>
        {
            (Role::Report, "a part of a report")
        }
        "text/calendar" => (Role::Calendar, "an invitation"),
        "text/vcard" | "text/x-vcard" | "application/vcard" => (Role::Card, "a small vCard"),
        _ if has_extension(part, &["vcf"]) => (Role::Card, "a small vCard"),
        kind if kind.starts_with("text/") => text(part, kind, within, is_first),
        _ => (Role::Attachment, why_file(part)),
    }
}

fn why_file(part: &Part) -> &'static str {
    match part.disposition {
        Disposition::Attachment => "said to be an attachment",
        _ if part.media_type.starts_with("image/") => "a picture that no text shows",
        _ => "a file by its type",
    }
}

/// A multipart that never opened is a container only if there is nothing in it; else nobody knows what it is.
fn container(tree: &Tree, index: usize) -> (Role, &'static str) {
    let seen = &tree.seen[index];
    match seen.opened || seen.body.len() <= 4 {
        true => (Role::Container, "holds parts"),
        false => (Role::Attachment, "a multipart in which no part begins"),
    }
}

/// Text is shown if it has no name, is not said to be an attachment, and stands where readers show it.
fn text(part: &Part, kind: &str, within: &str, is_first: bool) -> (Role, &'static str) {
    let shown = match kind {
        "text/html" | "text/x-amp-html" | "text/watch-html" => Role::Html,
        "text/plain" | "text/enriched" | "text/richtext" => Role::Text,
        _ if within == "multipart/alternative" => Role::Text,
        _ => return (Role::Attachment, "a text of a type that is not shown"),
    };
    match part.disposition {
        Disposition::Attachment => (Role::Attachment, "said to be an attachment"),
        _ if !part.names.is_empty() => (Role::Attachment, "a text with a file name"),
        _ if within == "multipart/related" && !is_first => {
            (Role::Attachment, "a text beside the one that is shown")
        }
        _ => (shown, "the text that is shown"),
    }
}

/// A message whose texts all have file names: the first one is its body, unless it is said to be an attachment.
fn name_the_body(tree: &mut Tree, scope: &[usize]) {
    let has_body = scope.iter().any(|&i| {
        matches!(
            tree.parts[i].role,
            Role::Text | Role::Html | Role::Encrypted | Role::Calendar
        )
    });
    let first = scope.iter().copied().find(|&i| !tree.is_multipart(i));
    let Some(first) = first.filter(|_| !has_body) else {
        return;
    };
    let part = &mut tree.parts[first];
    if part.role == Role::Attachment && part.disposition != Disposition::Attachment {
        let why = "the first text, and no other";
        match part.media_type.as_str() {
            "text/plain" => part.is(Role::Text, why),
            "text/html" => part.is(Role::Html, why),
            _ => {}
        }
    }
}

/// S/MIME by type, or by name where a gateway on the way made the type octet-stream.
fn is_smime(part: &Part) -> bool {
    matches!(
        part.media_type.as_str(),
        "application/pkcs7-mime" | "application/x-pkcs7-mime"
    ) || has_extension(part, &["p7m"])
}

/// The signature of the mail, whatever a server on the way called it.
fn is_signature(part: &Part) -> bool {
    part.media_type == "application/octet-stream" && has_extension(part, &["p7s", "asc", "sig"])
}

/// The signature of a file goes with the file; that of a mail has always the same few names.
fn is_of_file(part: &Part) -> bool {
    let of_mail = |name: &String| {
        let name = name.to_ascii_lowercase();
        name.starts_with("smime") || name.contains("signature") || name.contains("pgp")
    };
    !part.names.is_empty() && !part.names.iter().any(of_mail)
}

/// The part of a `multipart/related` that is shown: the one its `start` parameter names, else the first (RFC 2387 section 3.2).
fn is_start(tree: &Tree, index: usize) -> bool {
    let part = &tree.parts[index];
    let Some(parent) = part.parent else {
        return true;
    };
    let start = tree.seen[parent].content_type.all("start").next();
    let start = start.map(|id| text_of(id).trim().trim_matches(['<', '>']).to_owned());
    let is_named = |i: usize| start.is_some() && tree.parts[i].content_id == start;
    match tree.children(parent).find(|&i| is_named(i)) {
        Some(named) => named == index,
        None => part.path.ends_with(".1"),
    }
}

/// PGP/MIME of which a server made a multipart/mixed: the version part gives it away.
fn beside_pgp(tree: &Tree, part: &Part) -> bool {
    let is_candidate = part.media_type == "application/octet-stream";
    is_candidate
        && part.parent.is_some_and(|parent| {
            tree.children(parent)
                .any(|i| tree.parts[i].media_type == "application/pgp-encrypted")
        })
}

fn is_picture(part: &Part) -> bool {
    const EXTENSIONS: &[&str] = &[
        "png", "jpg", "jpeg", "gif", "bmp", "webp", "svg", "emz", "wmz",
    ];
    part.media_type.starts_with("image/")
        || (part.media_type == "application/octet-stream" && has_extension(part, EXTENSIONS))
}

/// Any reading of the name counts.
fn has_extension(part: &Part, extensions: &[&str]) -> bool {
    part.names.iter().any(|name| {
        name.rsplit_once('.')
            .is_some_and(|(_, e)| extensions.iter().any(|x| e.trim().eq_ignore_ascii_case(x)))
    })
}

fn has_parameter(value: &str, wanted: &str) -> bool {
    value.to_ascii_lowercase().contains(wanted)
}
