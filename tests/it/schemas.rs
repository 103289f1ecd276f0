//! The JSON Schemas for editors, as a foreign checker reads them: what we ship fits, and what the reader refuses for its keys does not.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// What `cloakroom WORD schema` prints, in a file.
fn schema(folder: &Path, word: &str) -> PathBuf {
    let output = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args([word, "schema"])
        .output()
        .expect("the program was built with this test");
    assert!(output.status.success());
    let file = folder.join(format!("{word}.json"));
    fs::write(&file, output.stdout).expect("written");
    file
}

/// What the checker says about each pair of schema and file.
fn checked(pairs: &[(PathBuf, PathBuf)]) -> Vec<String> {
    let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
    let mut child = Command::new(&python)
        .arg(root("tests/peers/schemas.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{python}: {e}; set CLOAKROOM_PYTHON"));
    let lines: String = pairs
        .iter()
        .map(|(schema, file)| format!("{}\t{}\n", schema.display(), file.display()))
        .collect();
    let mut input = child.stdin.take().expect("piped");
    input.write_all(lines.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "{python} needs jsonschema: tests/run installs it"
    );
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    said.lines().map(str::to_owned).collect()
}

fn tomls(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|e| e.expect("an entry").path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.is_file() && path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}

/// Mistakes that a schema can know of.
const KEYS: &[&str] = &[
    "unknown rule key",
    "unknown when key",
    "unknown then key",
    "unknown top-level key",
    "unknown defaults key",
    "unknown test key",
    "has no rank",
    "has no `why`",
    "has no `when`",
    "has no `id`",
    "unknown action",
    "unknown mode",
    "unknown event",
    "wants a text",
    "wants true or false",
    "an empty list matches nothing",
];

#[test]
fn what_we_ship_fits_and_what_is_misspelt_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (config, policy) = (
        schema(folder.path(), "config"),
        schema(folder.path(), "policy"),
    );
    let example = |mark: &str| {
        let text = cloakroom::config::EXAMPLE.lines().map(|line| {
            let line = line.strip_prefix("#: ").unwrap_or(line);
            let bare = line
                .strip_prefix("# ")
                .filter(|l| l.starts_with('[') || l.contains(" = "));
            format!("{}\n", bare.filter(|_| mark == "all").unwrap_or(line))
        });
        let file = folder.path().join(format!("{mark}.toml"));
        fs::write(&file, text.collect::<String>()).expect("written");
        (config.clone(), file)
    };
    let mut fit = vec![example("defaults"), example("all")];
    fit.push((config.clone(), root("src/service/demo/cloakroom.toml")));
    fit.push((policy.clone(), root("src/service/demo/policy.toml")));
    fit.extend(
        tomls(&root("policies"))
            .into_iter()
            .map(|file| (policy.clone(), file)),
    );

    let said = |file: &Path| fs::read_to_string(file).expect("UTF-8");
    let is_known = |file: &PathBuf| {
        let text = said(file);
        let wanted: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("#: ")).collect();
        let syntax = wanted.iter().any(|w| w.contains("TOML"));
        !syntax
            && wanted
                .iter()
                .any(|w| KEYS.iter().any(|key| w.contains(key)))
    };
    let broken = tomls(&root("tests/policies")).into_iter().filter(is_known);
    let unfit: Vec<(PathBuf, PathBuf)> = broken.map(|file| (policy.clone(), file)).collect();
    assert!(unfit.len() >= 15, "{}", unfit.len());

    let answers = checked(&[&fit[..], &unfit[..]].concat());
    let mut wrong = String::new();
    for (index, ((_, file), answer)) in fit.iter().chain(&unfit).zip(&answers).enumerate() {
        if (answer == "ok") != (index < fit.len()) {
            wrong += &format!("{}: {answer}\n", file.display());
        }
    }
    assert_eq!(answers.len(), fit.len() + unfit.len());
    assert!(wrong.is_empty(), "{wrong}");
}
