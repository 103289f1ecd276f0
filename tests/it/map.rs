//! The map of `src/ARCHITECTURE.md`, proved: which folder uses which, read out of the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Types everybody speaks. They know each other and nothing else.
const WORDS: &[&str] = &["fault", "mail", "maillog", "texts", "transfer", "units"];

/// What a shelf may use beside words. Neighbours do not know each other; who is not listed here fails the test.
const MAY_USE: &[(&str, &[&str])] = &[
    // Grammars, certificates, pages of text: they know nothing of us.
    ("manual", &[]),
    ("trust", &[]),
    ("wire", &[]),
    // Steps.
    ("decide", &[]),
    ("parse", &[]),
    ("rewrite", &[]),
    ("seal", &[]),
    // Worlds.
    ("client", &["trust"]),
    ("directory", &["trust"]),
    ("forward", &["trust", "wire"]),
    // One channel is a mail: it leaves through an outlet, as every mail does.
    ("notify", &["client", "forward", "trust", "wire"]),
    ("scan", &[]),
    ("scanner", &[]),
    ("store", &[]),
    // Lines.
    (
        "gateway",
        &[
            "decide",
            "directory",
            "forward",
            "notify",
            "parse",
            "rewrite",
            "scan",
            "scanner",
            "seal",
            "store",
        ],
    ),
    // Doors see the line and the outlet's trait; the web door also what a transfer is found and opened by.
    ("doors", &["forward", "gateway", "seal", "store", "wire"]),
    // Running: a configuration speaks of next hops and scanners, the service puts everything together.
    ("config", &["forward", "scanner"]),
    // What other mail servers must know of a configuration.
    ("mta", &["config", "forward"]),
    (
        "service",
        &[
            "client",
            "config",
            "decide",
            "directory",
            "doors",
            "forward",
            "gateway",
            "notify",
            "parse",
            "rewrite",
            "scan",
            "scanner",
            "seal",
            "store",
            "trust",
            "wire",
        ],
    ),
    // The operator's door stands above the service.
    (
        "cli",
        &[
            "client",
            "config",
            "decide",
            "directory",
            "doors",
            "forward",
            "gateway",
            "manual",
            "mta",
            "notify",
            "parse",
            "rewrite",
            "scan",
            "scanner",
            "seal",
            "service",
            "store",
            "trust",
            "wire",
        ],
    ),
];

#[test]
fn imports_go_down_only() {
    let mut wrong = Vec::new();
    for (shelf, uses) in uses() {
        let allowed = allowed(&shelf);
        for (used, file) in uses {
            if used != shelf && !allowed.contains(used.as_str()) {
                wrong.push(format!("{}: {shelf} must not use {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_shelf_has_its_place() {
    let known: BTreeSet<&str> = WORDS
        .iter()
        .copied()
        .chain(MAY_USE.iter().map(|r| r.0))
        .collect();
    for shelf in uses().keys() {
        assert!(known.contains(shelf.as_str()), "{shelf} is not on the map");
    }
}

#[test]
fn the_reading_of_sources_sees_uses() {
    let text = "//! crate::doors\nuse crate::{fault::Fault, mail::{a, b}};\nfn f() { crate::store::x(); }\n";
    let found: Vec<String> = used_in(text);
    assert_eq!(found, ["fault", "mail", "store"]);
    let all = uses();
    assert!(all["service"].iter().any(|(used, _)| used == "config"));
}

#[test]
fn every_folder_beside_the_sources_explains_itself() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = Vec::new();
    for entry in fs::read_dir(root).expect("the repository can be listed") {
        let path = entry.expect("it can be listed").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && !name.starts_with('.') && !["src", "target"].contains(&name.as_str()) {
            assert!(path.join("README.md").exists(), "{name}/README.md");
            folders.push(name);
        }
    }
    for needed in ["certs", "systemd", "tests"] {
        assert!(folders.iter().any(|f| f == needed), "{needed}");
    }
}

fn allowed(shelf: &str) -> BTreeSet<&'static str> {
    let more = MAY_USE
        .iter()
        .find(|row| row.0 == shelf)
        .map_or(&[][..], |row| row.1);
    let mut all: BTreeSet<&str> = WORDS.iter().chain(more).copied().collect();
    // Words all the way down: no word looks up, and grammars do not look at words.
    if ["manual", "trust", "wire"].contains(&shelf) {
        all.retain(|used| ["fault", "units"].contains(used) && shelf == "wire");
    }
    all
}

/// Shelf → what it uses, and in which file.
fn uses() -> BTreeMap<String, BTreeSet<(String, PathBuf)>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all: BTreeMap<String, BTreeSet<(String, PathBuf)>> = BTreeMap::new();
    for file in sources(&src) {
        let below = file
            .strip_prefix(&src)
            .expect("it was found there")
            .to_owned();
        let shelf = shelf(&below);
        if ["lib", "main"].contains(&shelf.as_str()) {
            continue;
        }
        let text = fs::read_to_string(&file).expect("sources are UTF-8");
        let shipped = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        let found = used_in(shipped)
            .into_iter()
            .map(|used| (used, below.clone()));
        all.entry(shelf).or_default().extend(found);
    }
    all
}

fn shelf(below: &Path) -> String {
    let mut pieces = below.iter().map(|p| p.to_string_lossy());
    let first = pieces.next().unwrap_or_default();
    match (first.as_ref(), pieces.next().as_deref()) {
        ("doors", Some("cli")) => "cli".to_owned(),
        // `doors/mod.rs` names its doors, the command line too.
        (first, _) => first.trim_end_matches(".rs").to_owned(),
    }
}

/// What stands behind each `crate::`, comments left out.
fn used_in(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut found: Vec<String> = code.split("crate::").skip(1).flat_map(names).collect();
    found.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    found
}

/// One name, or those of a group: `{fault::Fault, mail::{a, b}}`.
fn names(behind: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        let fits = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        text.trim_start().chars().take_while(fits).collect()
    };
    let Some(group) = behind.strip_prefix('{') else {
        return vec![word(behind)];
    };
    let mut depth = 0;
    let mut pieces = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => pieces.push(String::new()),
            _ => {}
        }
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
    }
    pieces
        .iter()
        .map(|p| word(p.trim_start_matches(',')))
        .collect()
}

/// Every source but modules that exist only in tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut tests_only = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("it is in the repository") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("sources are UTF-8");
            for behind in text.split("#[cfg(test)]\n").skip(1) {
                let line = behind.lines().next().unwrap_or_default();
                if let Some((_, name)) = line.split_once("mod ")
                    && let Some(name) = name.strip_suffix(';')
                {
                    tests_only.insert(folder.join(format!("{name}.rs")));
                }
            }
            found.push(path);
        }
    }
    found.retain(|path| !tests_only.contains(path));
    found
}
