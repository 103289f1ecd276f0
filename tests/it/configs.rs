//! Broken configurations, one folder each: the words and places their errors must have. A line that begins with `!` must not be there.

use crate::support::settings;
use cloakroom::config::Config;
use std::fs;
use std::path::Path;

#[test]
fn every_broken_configuration_says_what_is_wrong_and_where() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for case in fs::read_dir(&root).expect("the folder is in the repository") {
        let case = case.expect("it can be listed").path();
        if !case.is_dir() {
            continue;
        }
        seen += 1;
        let want = fs::read_to_string(case.join("want")).expect("each case has its words");
        let said = match Config::read(&case.join("cloakroom.toml")) {
            Ok(_) => "(accepted)".to_owned(),
            Err(mistakes) => mistakes.to_string(),
        };
        for line in want.lines() {
            let fine = match line.strip_prefix('!') {
                Some(never) => !said.contains(never),
                None => said.contains(line),
            };
            if !fine {
                wrong.push(format!("{}: {line:?} in\n{said}\n", case.display()));
            }
        }
    }
    assert!(seen >= 25, "only {seen} cases were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever sets up channels and directories copies these.
#[test]
fn the_blocks_of_the_manual_are_right() {
    let folder = tempfile::tempdir().expect("a folder");
    for page in ["text-messages", "directories", "channels"] {
        let text = cloakroom::manual::page(page).expect("a page").text;
        let blocks = text.split("```toml\n").skip(1);
        let blocks: Vec<String> = blocks
            .map(|b| {
                b.split("```")
                    .next()
                    .expect("its end")
                    .replace("\n   ", "\n")
            })
            .collect();
        assert!(!blocks.is_empty(), "{page}");
        for block in blocks {
            // `settings::write` has this one.
            if block.contains("kind = \"sender\"") {
                continue;
            }
            match block.contains("[[rule]]") {
                true => settings::write(folder.path(), &block, "folder:out", ""),
                false => settings::write(folder.path(), settings::TAKE_FILES, "folder:out", &block),
            }
            let config = settings::read(folder.path());
            let policy = cloakroom::service::build::policy(&config);
            policy.unwrap_or_else(|e| panic!("{page}: {e}\n{block}"));
        }
    }
}
