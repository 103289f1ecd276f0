//! Real mail of many programs, if it lies beside the repository (or in the folder that `CLOAKROOM_SHARED` names).

use super::desk::*;
use cloakroom::mail::outline::{Nature, Role};
use cloakroom::rewrite;
use cloakroom::transfer::Scope;
use std::path::PathBuf;

fn mails() -> Vec<(String, Vec<u8>)> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    let folder = std::env::var_os("CLOAKROOM_SHARED").map_or(PathBuf::from(beside), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(folder.join("mail/messages")) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_string_lossy().into_owned();
            let bytes = std::fs::read(path).ok()?;
            // As they come over SMTP: every line end is CRLF.
            let text: Vec<&[u8]> = bytes
                .split(|b| *b == b'\n')
                .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
                .collect();
            Some((name, text.join(&b"\r\n"[..])))
        })
        .collect()
}

#[test]
fn real_mail_keeps_its_other_parts_and_gets_no_new_doubts() {
    for (name, raw) in mails() {
        let before = parsed(&raw, &["bo@partner.example"]);
        let taken: Vec<usize> = before.outline.files().map(|(index, _)| index).collect();
        if taken.is_empty()
            || before.outline.is_ambiguous()
            || before.outline.nature != Nature::Ordinary
        {
            continue;
        }
        if rewrite::can_insert(&before, &Scope::Parts(taken.clone())).is_err() {
            continue;
        }
        let out = bytes(&protected(&before, "sv", files()));
        let after = parsed(&out, &["bo@partner.example"]);
        assert!(
            after.outline.doubts.is_empty(),
            "{name}: {:?}",
            after.outline.doubts
        );
        assert_eq!(after.outline.files().count(), 0, "{name}");
        let shown: Vec<String> = shown_texts(&after)
            .into_iter()
            .map(|part| String::from_utf8_lossy(&decoded(&after, part)).into_owned())
            .collect();
        let with_link = shown.iter().filter(|text| text.contains(URL)).count();
        assert!(
            (1..=3).contains(&with_link),
            "{name}: {with_link} texts have the link\n{shown:#?}"
        );
        assert!(
            shown
                .iter()
                .all(|text| text.matches("cloakroom:begin 7K3M9XQF").count() <= 1),
            "{name}"
        );
        // Parts that stay and hold no block: the same bytes, encoded as they were.
        for part in &before.outline.parts {
            let stays = part.inside.is_none()
                && part.role != Role::Container
                && !part.media_type.starts_with("text/")
                && !taken
                    .iter()
                    .any(|t| before.outline.parts[*t].path == part.path);
            if stays {
                let body = before
                    .spool
                    .slice(part.body.clone())
                    .expect("memory can be read");
                assert!(
                    memchr::memmem::find(&out, &body).is_some(),
                    "{name}: part {}",
                    part.path
                );
            }
        }
    }
}
