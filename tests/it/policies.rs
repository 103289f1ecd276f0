//! Policies as files: those we ship, and those that must be refused with words that help.

use cloakroom::decide::extract::Inline;
use cloakroom::decide::lint::lint;
use cloakroom::decide::trial::{noticed, unnoticed};
use cloakroom::decide::{Frame, Policy};
use cloakroom::fault::Fault;
use cloakroom::mail::{Mail, Received};
use cloakroom::parse;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn frame() -> Frame {
    let ours = ["example.org", "legal.example.org", "people.example.org"];
    Frame {
        domains: ours.map(String::from).to_vec(),
        languages: ["en", "sv", "de"].map(String::from).to_vec(),
        ..Frame::default()
    }
}

fn shipped() -> Policy {
    Policy::load(&folder("policies"), &frame()).unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn parse(received: Received) -> Result<Mail, Fault> {
    parse::mail(received)
}

#[test]
fn every_test_in_a_shipped_policy_holds() {
    let policy = shipped();
    let mut wrong = String::new();
    for trial in policy.trials() {
        for line in trial.run(&policy, &parse, &Inline).expect("a trial runs") {
            wrong += &format!("{} \"{}\": {line}\n", trial.place, trial.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(policy.trials().len() >= 20);
}

#[test]
fn every_enforced_rule_of_a_shipped_policy_is_noticed_by_a_test() {
    let unseen = unnoticed(&shipped(), &parse, &Inline).expect("trials run");
    assert!(unseen.is_empty(), "no test notices {unseen:?}");
}

#[test]
fn a_test_that_does_not_hold_says_what_is_different() {
    let text = "[[test]]\nname = \"t\"\nfrom = \"a@example.org\"\nto = [\"b@c.example\"]\n\
        expect = { action = \"seal\", rules = [\"r\"], subject = \"x\" }\n";
    let sources = [(PathBuf::from("t.toml"), text.to_owned())];
    let policy = Policy::read(&sources, &frame()).expect("reads");
    let said = policy.trials()[0]
        .run(&policy, &parse, &Inline)
        .expect("runs");
    assert_eq!(
        said,
        [
            "b@c.example: action should be seal, but is pass",
            "b@c.example: rules should be [r], but is []",
            "b@c.example: subject should be x, but is as it came",
        ]
    );
}

#[test]
fn a_test_can_expect_verified_tls() {
    let text = "[[rule]]\nid = \"r\"\nwhy = \"w\"\nwhen = { to = [\"@court.example\"] }\n\
        then = { action = \"pass\", require_tls = \"verified\" }\n\
        [[test]]\nname = \"t\"\nfrom = \"a@example.org\"\nto = [\"b@c.example\", \"x@court.example\"]\n\
        expect = { action = \"pass\", require_tls = \"verified\" }\n";
    let frame = Frame {
        verified_tls: true,
        ..frame()
    };
    let sources = [(PathBuf::from("t.toml"), text.to_owned())];
    let policy = Policy::read(&sources, &frame).expect("reads");
    let said = policy.trials()[0].run(&policy, &parse, &Inline);
    let want = "b@c.example: require_tls should be verified, but is none";
    assert_eq!(said.expect("runs"), [want]);
}

#[test]
fn lint_finds_nothing_in_a_shipped_policy() {
    let policy = shipped();
    let noticed = noticed(&policy, &parse, &Inline).expect("trials run");
    let found = lint(&policy, &noticed, jiff::civil::date(2026, 11, 22));
    let found: String = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{found}");
}

/// Each `tests/policies/NAME.toml` begins with lines `#: words` that must all be in what is said about it.
#[test]
fn broken_policies_are_refused_with_words_that_help() {
    let mut cases = 0;
    let mut wrong = String::new();
    for entry in std::fs::read_dir(folder("tests/policies")).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        cases += 1;
        let text = std::fs::read_to_string(&path).expect("the case");
        let said = match Policy::read(&[(path.clone(), text.clone())], &frame()) {
            Ok(_) => "nothing: it was taken".to_owned(),
            Err(mistakes) => mistakes.to_string(),
        };
        let mut wanted = text
            .lines()
            .filter_map(|line| line.strip_prefix("#: "))
            .peekable();
        assert!(
            wanted.peek().is_some(),
            "{} expects nothing",
            path.display()
        );
        for words in wanted.filter(|words| !said.contains(*words)) {
            wrong += &format!("{}: no \"{words}\" in\n{said}\n\n", path.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases >= 100, "only {cases}");
}

#[test]
fn all_mistakes_of_all_files_are_told_at_once() {
    let sources = [
        (
            PathBuf::from("a.toml"),
            "[[rule]]\nid = \"a\"\nwy = 1\n".to_owned(),
        ),
        (
            PathBuf::from("b.toml"),
            "schema = 2\n[list.x]\nentries = [\"no\", \"@\"]\n\
             [[rule]]\nid = \"b\"\nwhy = \"w\"\nwhen = { to = [\"list:x\"] }\nthen = \"pass\"\n"
                .to_owned(),
        ),
    ];
    let said = Policy::read(&sources, &frame())
        .expect_err("is refused")
        .to_string();
    for words in [
        "a.toml:3:1: unknown rule key \"wy\"",
        "did you mean \"why\"?",
        "a.toml:1:1: the rule has no `when`",
        "a.toml:1:1: the rule has no `then`",
        "b.toml:1:10: this version reads schema 1 only",
        "b.toml:3:12: \"no\"",
        "b.toml:3:18: \"@\"",
    ] {
        assert!(said.contains(words), "no {words:?} in\n{said}");
    }
}

/// What is said about a folder with a file `p.toml` that `make` made.
fn said_of(make: impl FnOnce(&Path)) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    make(&folder.path().join("p.toml"));
    match Policy::load(folder.path(), &frame()) {
        Ok(policy) => format!("taken, {} rules", policy.rules().len()),
        Err(mistakes) => mistakes.to_string(),
    }
}

#[test]
fn a_file_that_is_none_is_named_with_what_to_do() {
    let write =
        |bytes: &'static [u8]| move |file: &Path| std::fs::write(file, bytes).expect("written");
    let rule = b"[[rule]]\nid = \"r\"\nwhy = \"w\"\nwhen = {}\nthen = \"seal\"\n";
    let with_mark = [&b"\xEF\xBB\xBF"[..], rule].concat();
    let crlf = String::from_utf8_lossy(rule).replace('\n', "\r\n");
    type Make = Box<dyn FnOnce(&Path)>;
    let rows: Vec<(&str, Make, &[&str])> = vec![
        (
            "latin 1",
            Box::new(write(b"[[rule]]\nwhy = \"f\xF6r alla\"\n")),
            &["p.toml:2:9: this is no UTF-8", "save it as UTF-8"],
        ),
        (
            "UTF-16",
            Box::new(write(b"\xFF\xFE[\0[\0r\0")),
            &["p.toml:1:1: this is no UTF-8"],
        ),
        (
            "NUL",
            Box::new(write(b"[[rule]]\nid = \"a\0b\"\n")),
            &["p.toml:2:"],
        ),
        (
            "a mark",
            Box::new(move |file| std::fs::write(file, with_mark).expect("written")),
            &["taken, 1 rules"],
        ),
        (
            "CRLF",
            Box::new(move |file| std::fs::write(file, crlf).expect("written")),
            &["taken, 1 rules"],
        ),
        ("empty", Box::new(write(b"")), &["taken, 0 rules"]),
        (
            "a giant",
            Box::new(|file| {
                let giant = std::fs::File::create(file).expect("made");
                giant.set_len((16 << 20) + 1).expect("a hole");
            }),
            &["p.toml: is larger than 16 MiB", "is it the right file?"],
        ),
        (
            "a folder",
            Box::new(|file| std::fs::create_dir(file).expect("made")),
            &["p.toml: is no ordinary file", "take it away"],
        ),
        (
            "a pipe",
            Box::new(|file| {
                let mode = rustix::fs::Mode::RUSR;
                rustix::fs::mknodat(rustix::fs::CWD, file, rustix::fs::FileType::Fifo, mode, 0)
                    .expect("made");
            }),
            &["p.toml: is no ordinary file"],
        ),
        (
            "a link to nowhere",
            Box::new(|file| std::os::unix::fs::symlink("gone.toml", file).expect("made")),
            &[
                "p.toml: is a link to a file that is not there",
                "mend the link",
            ],
        ),
    ];
    for (what, make, words) in rows {
        let said = said_of(make);
        for word in words {
            assert!(said.contains(word), "{what}: no {word:?} in {said}");
        }
    }
    let said = Policy::load(Path::new("/nowhere/at/all"), &frame())
        .expect_err("not there")
        .to_string();
    assert!(
        said.contains("/nowhere/at/all: cannot be read: No such file")
            && said.contains("policy.dir"),
        "{said}"
    );
}

#[test]
fn lists_in_files_are_read_beside_the_policy() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    let rules = "[list.x]\nfile = \"x.txt\"\n[[rule]]\nid = \"r\"\nwhy = \"w\"\n\
        when = { to = [\"list:x\"] }\nthen = \"pass\"\n";
    write("p.toml", rules).expect("written");
    write(".#p.toml", "an editor's own").expect("written");
    let said = Policy::load(folder.path(), &frame())
        .expect_err("a missing file")
        .to_string();
    assert!(said.contains("p.toml:2:8: "), "{said}");
    write("x.txt", "bo@a.example # a person\n\n@b.example\nnobody\n").expect("written");
    let said = Policy::load(folder.path(), &frame())
        .expect_err("no address")
        .to_string();
    assert!(said.contains("x.txt:4:1: \"nobody\""), "{said}");
    write("x.txt", "bo@a.example\n").expect("written");
    assert!(Policy::load(folder.path(), &frame()).is_ok());
    assert!(Policy::load(&folder.path().join("none"), &frame()).is_err());
}

#[test]
fn rules_that_may_waive_must_exist_and_only_they_may() {
    let rule = "[[rule]]\nid = \"base\"\nwhy = \"w\"\nwhen = {}\nthen = \"transfer\"\n\
        [[rule]]\nid = \"out\"\nwhy = \"w\"\nwhen = {}\nthen = { action = \"pass\", waives = [\"base\"] }\n";
    let sources = [(PathBuf::from("w.toml"), rule.to_owned())];
    let read = |may_waive: &[&str]| {
        let may_waive = may_waive.iter().map(|id| id.to_string()).collect();
        Policy::read(
            &sources,
            &Frame {
                may_waive,
                ..frame()
            },
        )
        .map_err(|e| e.to_string())
    };
    assert!(read(&["out"]).is_ok());
    let said = read(&[]).expect_err("may not");
    assert!(
        said.contains("w.toml:10:36: rule \"out\" may not waive others"),
        "{said}"
    );
    let said = read(&["out", "gone"]).expect_err("is not there");
    assert!(said.contains("names the rule \"gone\""), "{said}");
}

/// Words, expressions and own detectors, each with mails that have them and mails that nearly do.
#[test]
fn words_and_own_detectors_find_what_is_written_and_not_what_nearly_is() {
    let text =
        std::fs::read_to_string(folder("tests/policies/taken/words.toml")).expect("the file");
    let policy = Policy::read(&[(PathBuf::from("words.toml"), text)], &frame());
    let policy = policy.unwrap_or_else(|wrong| panic!("{wrong}"));
    let mut wrong = String::new();
    for trial in policy.trials() {
        for line in trial.run(&policy, &parse, &Inline).expect("a trial runs") {
            wrong += &format!("{} \"{}\": {line}\n", trial.place, trial.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(policy.trials().len() >= 12);
}
