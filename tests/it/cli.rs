//! The program as a person at a terminal meets it: what it prints, and with what it exits.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn cloakroom(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .current_dir(folder)
        .args(words)
        .env_remove("CREDENTIALS_DIRECTORY")
        .output()
        .expect("the program was built with this test")
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it prints UTF-8");
    let code = output.status.code().expect("no signal ended it");
    (code, text(&output.stdout), text(&output.stderr))
}

/// A folder with a configuration that is right but for its key.
fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = cloakroom::config::EXAMPLE.replace(
        "#: master_key = \"credential:master.key\"",
        "master_key = \"master.key\"",
    );
    fs::write(folder.path().join("cloakroom.toml"), text).expect("written");
    fs::create_dir(folder.path().join("policies")).expect("made");
    folder
}

const CHECK: &[&str] = &["check", "--config", "cloakroom.toml"];

/// What the README begins with. The program of this test is slower than that of `cargo demo`, and does the same.
#[test]
fn the_demo_plays_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, stdout, stderr) = said(&cloakroom(folder.path(), &["demo", "--once"]));
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
}

#[test]
fn from_the_example_to_a_sound_installation() {
    let folder = installation();
    let (code, _, stderr) = said(&cloakroom(folder.path(), CHECK));
    assert_eq!(code, 78, "the key is missing: {stderr}");
    assert!(
        stderr.starts_with("cloakroom: error: cloakroom.toml:"),
        "{stderr}"
    );
    assert!(stderr.contains("cloakroom key init"), "{stderr}");

    let (code, _, stderr) = said(&cloakroom(folder.path(), &["key", "init", "master.key"]));
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, stderr) = said(&cloakroom(folder.path(), CHECK));
    assert_eq!(
        (code, stdout.as_str()),
        (0, "ok: cloakroom.toml; 0 rules, 0 tests passed\n"),
        "{stderr}"
    );
}

#[test]
fn a_master_key_is_new_private_and_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("k");
    let (code, stdout, _) = said(&cloakroom(folder.path(), &["key", "init", "k"]));
    assert_eq!(code, 0);
    let before = fs::read(&key).expect("it is there");
    assert_eq!(before.len(), 32);
    assert!(before.iter().any(|b| *b != 0));
    assert!(!stdout.contains(&format!("{before:02x?}")));
    let mode = fs::metadata(&key)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o400);

    let (code, _, stderr) = said(&cloakroom(folder.path(), &["key", "init", "k"]));
    assert_eq!(code, 1);
    assert!(
        stderr.contains("cloakroom: error: k exists\ncloakroom: hint: "),
        "{stderr}"
    );
    assert_eq!(fs::read(&key).expect("it is there"), before);
}

#[test]
fn a_key_that_others_can_read_fails_the_check() {
    let folder = installation();
    let key = folder.path().join("master.key");
    fs::write(&key, [7; 32]).expect("written");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("set");
    let (code, _, stderr) = said(&cloakroom(folder.path(), CHECK));
    assert_eq!(code, 78);
    assert!(stderr.contains("mode 0644 lets others read"), "{stderr}");
}

#[test]
fn the_houses_own_logo_and_sentences_are_checked() {
    let folder = installation();
    cloakroom(folder.path(), &["key", "init", "master.key"]);
    let file = folder.path().join("cloakroom.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    let text = text
        .replace("#: logo =", "logo =")
        .replace("#: texts =", "texts =");
    fs::write(&file, text).expect("written");
    fs::create_dir(folder.path().join("texts")).expect("made");
    let sentences = folder.path().join("texts/sv.ftl");
    fs::write(&sentences, "# Vi\nunlock-opem = Visa\n").expect("written");
    let (code, _, stderr) = said(&cloakroom(folder.path(), CHECK));
    assert_eq!(code, 78);
    for part in [
        "logo.svg: No such file",
        "texts/sv.ftl:2:1: there is no sentence \"unlock-opem\"",
        "did you mean \"unlock-open\"?",
    ] {
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
    fs::write(&sentences, "unlock-open = Visa\n").expect("written");
    fs::write(folder.path().join("logo.svg"), "<svg/>").expect("written");
    let (code, _, stderr) = said(&cloakroom(folder.path(), CHECK));
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn a_certificate_with_a_foreign_key_fails_the_check() {
    let folder = installation();
    for host in ["a.example", "b.example"] {
        let (code, _, stderr) = said(&cloakroom(
            folder.path(),
            &["cert", "dev", "--into", "certs", "--host", host],
        ));
        assert_eq!(code, 0, "{stderr}");
    }
    cloakroom(folder.path(), &["key", "init", "master.key"]);
    let file = folder.path().join("cloakroom.toml");
    let with = |key: &str| {
        let text = fs::read_to_string(&file).expect("it is there");
        let (text, _) = text.split_once("\n[tls]").unwrap_or((&text, ""));
        let tls = format!(
            "{text}\n[tls]\ncertificate = \"certs/a.example/fullchain.pem\"\nkey = \"certs/{key}/privkey.pem\"\n"
        );
        fs::write(&file, tls).expect("written");
        said(&cloakroom(folder.path(), CHECK))
    };
    let (code, _, stderr) = with("b.example");
    assert_eq!(code, 78);
    assert!(stderr.contains("is not the key of"), "{stderr}");
    let (code, _, stderr) = with("a.example");
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn what_config_show_prints_reads_back_to_the_same() {
    let folder = installation();
    let show = ["config", "show", "--config", "cloakroom.toml"];
    let (code, stdout, stderr) = said(&cloakroom(folder.path(), &show));
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("transfer.keep_for = \"14 days\"\n"),
        "{stdout}"
    );
    assert!(
        stdout.contains("store.master_key = \"master.key\"  # cloakroom.toml:"),
        "{stdout}"
    );

    let channels = stdout.lines().filter(|l| !l.starts_with("channel."));
    let again: String = channels.map(|l| format!("{l}\n")).collect();
    fs::write(
        folder.path().join("again.toml"),
        format!("schema = 1\n{again}"),
    )
    .expect("written");
    let show = ["config", "show", "--config", "again.toml"];
    let (code, second, stderr) = said(&cloakroom(folder.path(), &show));
    assert_eq!(code, 0, "{stderr}");
    let values = |text: &str| -> Vec<String> {
        let value = |l: &str| l.split("  # ").next().unwrap_or_default().to_owned();
        text.lines().map(value).collect()
    };
    assert_eq!(values(&stdout), values(&second));
}

#[test]
fn json_has_one_object_per_key() {
    let folder = installation();
    let show = [
        "config",
        "show",
        "intake",
        "--json",
        "--config",
        "cloakroom.toml",
    ];
    let (code, stdout, _) = said(&cloakroom(folder.path(), &show));
    assert_eq!(code, 0);
    for line in stdout.lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(
            object["key"]
                .as_str()
                .is_some_and(|k| k.starts_with("intake.")),
            "{line}"
        );
    }
}

#[test]
fn mistakes_on_the_command_line_exit_with_64() {
    let folder = tempfile::tempdir().expect("a folder");
    for words in [&["chek"][..], &[], &["manual", "postfx"], &["fetch", "x"]] {
        let (code, stdout, stderr) = said(&cloakroom(folder.path(), words));
        assert_eq!((code, stdout.as_str()), (64, ""), "{words:?}");
        assert!(!stderr.is_empty());
    }
    let (_, _, stderr) = said(&cloakroom(folder.path(), &["manual", "postfx"]));
    assert!(stderr.contains("did you mean \"postfix\""), "{stderr}");
}

#[test]
fn help_and_manual_are_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    for (words, holds) in [
        (&["--help"][..], "Exit codes:"),
        (&["fetch", "--help"], "--password"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
        (&["manual"], "postfix"),
        (&["manual", "failures"], "# What if we die here?"),
        (&["config", "example"], "schema = 1"),
    ] {
        let (code, stdout, stderr) = said(&cloakroom(folder.path(), words));
        assert_eq!((code, stderr.as_str()), (0, ""), "{words:?}");
        assert!(stdout.contains(holds), "{words:?}: {stdout}");
    }
}

const RULE: &str = "[[rule]]\nid = \"files\"\nwhy = \"files leave as links\"\n\
    when = { has_attachments = true }\nthen = { action = \"transfer\", unlock = \"link\" }\n";

/// An installation with one rule, and `explain` of a mail of `tests/mails` in it.
fn explained(folder: &Path, mail: &str, more: &[&str]) -> (i32, String, String) {
    fs::write(folder.join("policies/files.toml"), RULE).expect("written");
    let mail = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/mails/{mail}.eml"));
    let mail = mail.to_str().expect("a path of text");
    let words = [
        &["explain", mail, "--config", "cloakroom.toml"][..],
        &["--from", "a@example.org", "--to", "bo@partner.example"],
        more,
    ];
    said(&cloakroom(folder, &words.concat()))
}

#[test]
fn explain_shows_what_each_part_is_taken_for_and_why() {
    let folder = installation();
    for (mail, holds) in [
        ("mixed", "said to be an attachment"),
        ("forwarded-base64", "1.2/1.2"),
        ("related-picture", "a picture that the text shows"),
        (
            "x-two-content-types",
            "doubt    two Content-Type fields (at byte ",
        ),
        (
            "x-two-content-types",
            "the whole mail as one file (two Content-Type fields)",
        ),
        ("encrypted-smime", "nature   encrypted"),
    ] {
        let (code, stdout, stderr) = explained(folder.path(), mail, &[]);
        assert_eq!((code, stderr.as_str()), (0, ""), "{mail}");
        assert!(stdout.contains(holds), "{mail}: {stdout}");
        assert!(stdout.ends_with("nothing was stored or sent\n"), "{stdout}");
    }
}

#[test]
fn explain_writes_what_would_leave_and_nothing_else() {
    let folder = installation();
    let more = ["--to", "eva@example.org", "--rewrite", "out.eml"];
    let (code, stdout, stderr) = explained(folder.path(), "mixed", &more);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(
        stdout.contains("rewrite  out.eml  for bo@partner.example\n"),
        "{stdout}"
    );
    assert!(
        stdout.contains("rewrite  out.2.eml  for eva@example.org\n"),
        "{stdout}"
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it was written");
    assert!(read("out.eml").contains("https://files.example.org/t/"));
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails/mixed.eml");
    let original = fs::read_to_string(original).expect("it is there");
    assert!(
        read("out.2.eml").ends_with(&original),
        "a colleague gets the mail as it came"
    );
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["cloakroom.toml", "out.2.eml", "out.eml", "policies"],
        "no key, no store"
    );

    let (code, _, stderr) = explained(folder.path(), "mixed", &more);
    assert_eq!(code, 64);
    assert!(
        stderr.contains("out.eml exists\ncloakroom: hint: "),
        "{stderr}"
    );
}

/// By the flag, or because mail comes in by the milter alone.
#[test]
fn explain_says_what_holds_where_a_mail_cannot_be_split() {
    let folder = installation();
    let file = folder.path().join("cloakroom.toml");
    let split = fs::read_to_string(&file).expect("it is there");
    let shared = split.replace("lmtp = \"127.0.0.1:10025\"", "");
    let shared = shared.replace("[milter]", "[milter]\nlisten = \"127.0.0.1:8890\"");
    for (settings, flag, together) in [
        (&split, None, false),
        (&split, Some("--together"), true),
        (&shared, None, true),
    ] {
        fs::write(&file, settings).expect("written");
        let more: Vec<&str> = ["--to", "eva@example.org"]
            .into_iter()
            .chain(flag)
            .collect();
        let (code, stdout, stderr) = explained(folder.path(), "mixed", &more);
        assert_eq!((code, stderr.as_str()), (0, ""));
        let colleague = stdout
            .split("eva@example.org")
            .nth(1)
            .expect("she is named");
        assert_eq!(
            colleague.contains("transfer: plan.pdf"),
            together,
            "{stdout}"
        );
        assert_eq!(
            stdout.contains("together  the mail server"),
            together,
            "{stdout}"
        );
    }
}

#[test]
fn explain_has_one_json_object() {
    let folder = installation();
    let more = ["--json", "--rewrite", "out.eml"];
    let (code, stdout, stderr) = explained(folder.path(), "mixed", &more);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let object: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(object["outline"]["nature"], "ordinary");
    assert_eq!(object["outline"]["parts"][0]["as"], "parts");
    assert_eq!(object["recipients"][0]["action"], "transfer");
    assert_eq!(object["variants"][0]["file"], "out.eml");
    assert_eq!(object["variants"][0]["recipients"][0], "bo@partner.example");
}

#[test]
fn a_recipe_is_printed_or_what_is_missing_for_it() {
    let folder = installation();
    let config = &["--config", "cloakroom.toml"];
    let ask = |words: &[&str]| said(&cloakroom(folder.path(), &[words, config].concat()));
    let (code, stdout, _) = said(&cloakroom(folder.path(), &["recipe"]));
    assert_eq!(code, 0);
    for name in [
        "postfix ",
        "postfix-milter",
        "postfix-proxy",
        "exim",
        "sendmail",
        "exchange",
        "m365",
        "google",
    ] {
        assert!(
            stdout.lines().any(|line| line.starts_with(name)),
            "{stdout}"
        );
    }
    let (code, stdout, stderr) = ask(&["recipe", "postfix", "--signer", "inet:127.0.0.1:8891"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("\n  -o content_filter=cloakroom:inet:127.0.0.1:10025\n"),
        "{stdout}"
    );
    assert!(
        stdout.contains("\n  -o smtpd_milters=inet:127.0.0.1:8891\n"),
        "{stdout}"
    );

    let (code, _, stderr) = ask(&["recipe", "postfix-proxy"]);
    assert_eq!(code, 78);
    for part in [
        "cloakroom.toml",
        "intake.smtp",
        "intake.smtp = \"127.0.0.1:10024\"",
    ] {
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
    let (code, _, stderr) = ask(&["recipe", "postfx"]);
    assert_eq!(code, 64);
    assert!(stderr.contains("did you mean \"postfix\"?"), "{stderr}");
    assert_eq!(ask(&["recipe", "postfix", "--signer", "8891"]).0, 64);
}

#[test]
fn a_mail_server_whose_settings_cannot_be_read_is_never_well() {
    let folder = installation();
    for mta in ["sendmail", "exim"] {
        let words = [
            "doctor",
            "--mta",
            mta,
            "--config-dir",
            ".",
            "--config",
            "cloakroom.toml",
        ];
        let (code, stdout, stderr) = said(&cloakroom(folder.path(), &words));
        assert_eq!((code, stdout.as_str()), (69, ""), "{stderr}");
    }
}
