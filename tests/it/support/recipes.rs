//! What `cloakroom recipe` prints, cut into its blocks, and put into files as the line above each block says.

use cloakroom::config::{Config, EXAMPLE};
use cloakroom::mta::Ours;
use cloakroom::mta::recipe::recipe;
use std::path::Path;

/// Lines for one place in one file.
#[derive(Debug, Clone)]
pub struct Block {
    /// `/etc/postfix/master.cf: at the end`
    pub heading: String,
    /// As they were printed.
    pub lines: String,
}

/// Cuts a recipe into its blocks.
pub fn blocks(text: &str) -> Vec<Block> {
    let pieces = text.split("\n### ").skip(1);
    let block = |piece: &str| {
        let (heading, lines) = piece.split_once('\n').expect("lines below the heading");
        Block {
            heading: heading.to_owned(),
            lines: lines.trim_end_matches('\n').to_owned() + "\n",
        }
    };
    pieces.map(block).collect()
}

/// The lines of the block whose heading has this word, for the addresses of the example configuration.
pub fn lines(name: &str, word: &str) -> String {
    let text = EXAMPLE.replace(
        "#: smtp = \"127.0.0.1:10024\"",
        "smtp = \"127.0.0.1:10024\"",
    );
    let config = Config::parse(Path::new("cloakroom.toml"), &text).expect("the example is sound");
    let recipe = recipe(name).expect("it is in the list");
    let text = recipe
        .lines(&Ours::of(&config), None)
        .expect("nothing is lacking");
    let mut all = blocks(&text).into_iter();
    let block = all.find(|block| block.heading.contains(word));
    block.unwrap_or_else(|| panic!("no {word} in {text}")).lines
}

/// Puts a block into its file in this folder, as its heading says. False: it is for the operator to read.
pub fn put(folder: &Path, block: &Block) -> bool {
    let Some((file, what)) = block.heading.split_once(": ") else {
        return false;
    };
    let name = file
        .split(',')
        .next()
        .unwrap_or(file)
        .rsplit('/')
        .next()
        .expect("a name");
    if !name.contains('.') {
        return false;
    }
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = &block.lines;
    let text = if what.starts_with("in place of") {
        in_place(&text, lines)
    } else if what == "at the end" {
        text + lines
    } else if let Some(rest) = what.strip_prefix("below the line of ") {
        below(&text, service(rest), lines)
    } else if let Some(line) = what.strip_prefix("directly below the line ") {
        below(&text, line, lines)
    } else if what.starts_with("above the first line that begins with MAILER") {
        let at = text.find("\nMAILER").expect("a mailer") + 1;
        format!("{}{lines}{}", &text[..at], &text[at..])
    } else if what.starts_with("on the line local_interfaces, behind its value") {
        behind(&text, "local_interfaces", lines)
    } else {
        panic!("where is that? {}", block.heading)
    };
    std::fs::write(&path, text).expect("the folder is ours");
    true
}

/// How the line of the service begins that a heading means.
fn service(heading: &str) -> &'static str {
    let rows = [
        ("each service people send through", "submission inet"),
        ("the service pickup", "pickup unix"),
        ("the service smtp (port 25)", "smtp inet"),
    ];
    let row = rows.iter().find(|(words, _)| heading.starts_with(words));
    row.unwrap_or_else(|| panic!("which service? {heading}")).1
}

/// Where the first line with one of their names is; at the end if there is none.
fn in_place(text: &str, lines: &str) -> String {
    let settings = lines.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = settings
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim())
        .collect();
    let mut new = Some(lines);
    let mut out = String::new();
    for line in text.lines() {
        match line
            .split_once('=')
            .is_some_and(|(name, _)| names.contains(&name.trim()))
        {
            true => out += new.take().unwrap_or_default(),
            false => out += &format!("{line}\n"),
        }
    }
    out + new.unwrap_or_default()
}

fn below(text: &str, begin: &str, lines: &str) -> String {
    let mut found = false;
    let mut out = String::new();
    for line in text.lines() {
        out += &format!("{line}\n");
        // A service may stand behind the address it listens on.
        let is_it = line.starts_with(begin) || line.contains(&format!(":{begin}"));
        if is_it && !found {
            found = true;
            out += lines;
        }
    }
    assert!(found, "no line {begin} in\n{text}");
    out
}

fn behind(text: &str, name: &str, lines: &str) -> String {
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .expect("it is there");
    text.replace(line, &format!("{line}{}", lines.trim_end_matches('\n')))
}
