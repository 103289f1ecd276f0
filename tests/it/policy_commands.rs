//! `cloakroom policy` as an operator at a terminal meets it.

use crate::support::client::{Door, send};
use crate::support::process::Gateway;
use crate::support::{settings, until};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Exit code, standard output, standard error.
fn policy(folder: &Path, words: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .current_dir(folder)
        .arg("policy")
        .args(words)
        .args(["--config", "cloakroom.toml"])
        .output()
        .expect("the program was built with this test");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it prints UTF-8");
    let code = output.status.code().expect("no signal ended it");
    (code, text(output.stdout), text(output.stderr))
}

const RULES: &str = r#"
[profile.careful]
unlock = "password"
keep_for = "5 days"

[defaults]
notify = ["downloaded"]

[[rule]]
id = "files"
why = { en = "Files leave as links.", sv = "Filer skickas som länkar." }
owner = "mail@example.org"
when = { has_attachments = true }   # all of them
then = { action = "transfer", use = "careful", hide_names = true }
[[rule.unless]]
to = ["list:machines"]

[[rule]]
id = "trial"
why = "Large ones."
mode = "observe"
review_by = 2099-12-31
when = { largest_over = "10 MiB" }
then = { action = "seal" }

[list.machines]
entries = ["@fax.example.net"]

[[test]]
name = "a file leaves as a link"
from = "anna@example.org"
to = ["bo@partner.example"]
attach = [{ name = "plan.pdf", size = "9 MiB" }]
expect = { action = "transfer", rules = ["files"] }
"#;

fn installation() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    settings::write(folder.path(), RULES, "folder:out", "");
    folder
}

fn objects(text: &str) -> Vec<serde_json::Value> {
    let object = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    text.lines().map(object).collect()
}

#[test]
fn list_gives_each_rule_a_line_for_people_and_programs() {
    let folder = installation();
    let (code, stdout, stderr) = policy(folder.path(), &["list"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(
        stdout,
        "files\tenforce\ttransfer\ttest.toml:9\tmail@example.org\t-\t1\n\
         trial\tobserve\tseal\ttest.toml:18\t-\t2099-12-31\t0\n"
    );
    let (code, stdout, _) = policy(folder.path(), &["list", "--json"]);
    assert_eq!(code, 0);
    let rules = objects(&stdout);
    assert_eq!(rules[0]["id"], "files");
    assert_eq!(rules[0]["tests"], 1);
    assert_eq!(rules[1]["mode"], "observe");
    assert_eq!(rules[1]["review_by"], "2099-12-31");
}

#[test]
fn show_says_what_counts_and_who_says_it() {
    let folder = installation();
    let (code, stdout, stderr) = policy(folder.path(), &["show", "files"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    for holds in [
        "  | when = { has_attachments = true }   # all of them\n",
        "  | to = [\"list:machines\"]\n",
        "  action = \"transfer\"                            the rule\n",
        "  keep_for = \"5 days\"                            profile careful\n",
        "  notify = [\"downloaded\"]                        [defaults] of test.toml\n",
        "  password_rules = [\"8 characters\", \"no-words\"]  [transfer]\n",
        "  password_via = [\"sender\"]                      [transfer]\n",
        "tests      test.toml:29 notice when it is gone\n",
    ] {
        assert!(stdout.contains(holds), "{holds:?} in\n{stdout}");
    }
    let (code, stdout, _) = policy(folder.path(), &["show", "files", "--json"]);
    assert_eq!(code, 0);
    let rule = &objects(&stdout)[0];
    assert_eq!(rule["why"]["sv"], "Filer skickas som länkar.");
    assert_eq!(rule["unless"][0]["to"][0], "list:machines");
    assert_eq!(rule["noticed_by"][0], "test.toml:29");
    let (code, _, stderr) = policy(folder.path(), &["show", "fles"]);
    assert_eq!(code, 64);
    assert!(stderr.contains("did you mean \"files\"?"), "{stderr}");
}

#[test]
fn tests_run_from_the_folder_and_from_a_draft_beside_it() {
    let folder = installation();
    let (code, stdout, _) = policy(folder.path(), &["test"]);
    assert_eq!(
        (code, stdout.as_str()),
        (
            0,
            "ok     test.toml:29  a file leaves as a link\n1 tests, 0 failed\n"
        )
    );
    let draft = "[[test]]\nname = \"to the fax\"\nfrom = \"anna@example.org\"\nto = [\"1@fax.example.net\"]\n\
        attach = [{ name = \"a.pdf\" }]\nexpect = { action = \"transfer\" }\n";
    fs::write(folder.path().join("new.toml"), draft).expect("written");
    let (code, stdout, stderr) = policy(folder.path(), &["test", "new.toml"]);
    assert_eq!(code, 1, "{stderr}");
    assert!(
        stdout.starts_with(
            "FAILED new.toml:1  to the fax\n       1@fax.example.net: action should be transfer, but is pass\n"
        ),
        "{stdout}"
    );
    assert!(stderr.contains("1 tests failed"), "{stderr}");

    // A draft of a file that is there stands in its place.
    fs::create_dir(folder.path().join("drafts")).expect("made");
    let draft = RULES.replace("[[rule.unless]]\nto = [\"list:machines\"]", "");
    fs::write(folder.path().join("drafts/test.toml"), draft).expect("written");
    let (code, stdout, stderr) = policy(folder.path(), &["test", "drafts/test.toml", "--json"]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(objects(&stdout)[0]["ok"], true);
    let (code, _, stderr) = policy(folder.path(), &["test", "drafts/test.toml", "new.toml"]);
    assert_eq!(code, 0, "now the fax gets a link too: {stderr}");
}

#[test]
fn coverage_names_the_rules_that_could_go_unseen() {
    let folder = installation();
    let (code, stdout, _) = policy(folder.path(), &["test", "--coverage"]);
    assert_eq!(code, 0, "{stdout}");
    let more = "[[rule]]\nid = \"more\"\nwhy = \"w\"\nwhen = { files_any = [\"*.exe\"] }\nthen = \"seal\"\n";
    fs::write(folder.path().join("policies/more.toml"), more).expect("written");
    let (code, stdout, stderr) = policy(folder.path(), &["test", "--coverage"]);
    assert_eq!(code, 1, "{stderr}");
    let line = "none   more.toml:1  no test notices when more is gone\n";
    assert!(stdout.contains(line), "{stdout}");
    let (code, stdout, _) = policy(folder.path(), &["test", "--coverage", "--json"]);
    assert_eq!(code, 1);
    assert_eq!(objects(&stdout)[1]["unnoticed"][0], "more");
}

#[test]
fn lint_is_quiet_about_the_policies_we_ship_and_loud_about_others() {
    let folder = installation();
    let (code, stdout, stderr) = policy(folder.path(), &["lint"]);
    assert_eq!(
        (code, stdout.as_str()),
        (0, "nothing to find fault with in 2 rules\n"),
        "{stderr}"
    );
    let more = "[[rule]]\nid = \"us\"\nwhy = \"w\"\nwhen = { to = [\"@example.org\"] }\nthen = \"seal\"\n\
        [list.forgotten]\nentries = [\"@x.example\"]\n";
    fs::write(folder.path().join("policies/more.toml"), more).expect("written");
    let (code, stdout, stderr) = policy(folder.path(), &["lint"]);
    assert_eq!(
        (code, stderr.as_str()),
        (1, "cloakroom: error: 3 findings\n")
    );
    assert!(
        stdout.contains("more.toml:1: rule \"us\": it can never match"),
        "{stdout}"
    );
    assert!(
        stdout.contains("more.toml:6: list \"forgotten\": no rule uses it"),
        "{stdout}"
    );
    let (_, stdout, _) = policy(folder.path(), &["lint", "--json"]);
    let kinds: Vec<_> = objects(&stdout)
        .iter()
        .map(|f| f["kind"].to_string())
        .collect();
    assert_eq!(kinds, ["\"never-matches\"", "\"no-test\"", "\"unused\""]);
}

#[test]
fn a_broken_policy_ends_every_command_with_78_and_its_place() {
    let folder = installation();
    fs::write(
        folder.path().join("policies/more.toml"),
        "[[rule]]\nid = 3\n",
    )
    .expect("written");
    for words in [&["list"][..], &["show", "files"], &["test"], &["lint"]] {
        let (code, stdout, stderr) = policy(folder.path(), words);
        assert_eq!((code, stdout.as_str()), (78, ""), "{words:?}");
        assert!(
            stderr.contains("more.toml:2:6: `id` wants a text, not a number"),
            "{stderr}"
        );
    }
}

const MAIL: &str = "From: anna@example.org\r\nTo: bo@partner.example\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n\
    --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=secret-plan.csv\r\n\r\na,b\r\n\r\n--b--\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn diff_tells_what_the_mails_of_the_last_days_would_have_become() {
    let folder = tempfile::tempdir().expect("a folder");
    settings::write(folder.path(), "schema = 1\n", "folder:out", "");
    let mut gateway = Gateway::start(folder.path());
    let to = [
        "bo@partner.example".to_owned(),
        "invoices@erp.example".to_owned(),
    ];
    let door = gateway.address("smtp");
    let replies = send(Door::Smtp, door, "anna@example.org", &to, MAIL.as_bytes()).await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    gateway.signal(rustix::process::Signal::TERM);
    until(|| gateway.ended()).await.expect("it ends");

    let drafts = folder.path().join("drafts");
    fs::create_dir(&drafts).expect("made");
    let rules = "[[rule]]\nid = \"csv\"\nwhy = \"w\"\nwhen = { files_any = [\"*.csv\"] }\nunless = { to = [\"@erp.example\"] }\n\
        then = \"transfer\"\n[[rule]]\nid = \"named\"\nwhy = \"w\"\nwhen = { to = [\"invoices@erp.example\"] }\nthen = \"seal\"\n";
    fs::write(drafts.join("p.toml"), rules).expect("written");
    let (code, stdout, stderr) = policy(folder.path(), &["diff", "drafts"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let mut lines = stdout.lines();
    assert_eq!(lines.next(), Some("      1  pass -> transfer  by csv"));
    let example = lines.next().unwrap_or_default();
    assert!(
        example.contains("Z  example.org to partner.example  "),
        "{stdout}"
    );
    let rest: Vec<&str> = lines.collect();
    assert_eq!(
        rest,
        [
            "      1  cannot tell: rule named",
            "1 mails to 2 recipients: 1 would change, 0 stay as they were, 1 cannot be told"
        ]
    );
    let (_, stdout, _) = policy(
        folder.path(),
        &["diff", "drafts", "--json", "--since", "1d"],
    );
    let found = &objects(&stdout)[0];
    assert_eq!(found["changes"][0]["to"], "transfer");
    assert_eq!(found["cannot_tell"]["named"], 1);
    assert!(
        !stdout.contains("secret-plan") && !stdout.contains("anna"),
        "{stdout}"
    );
    let (code, _, stderr) = policy(folder.path(), &["diff", "policies", "--since", "soon"]);
    assert_eq!(code, 64, "{stderr}");
}

#[test]
fn detectors_are_listed_and_tried_without_a_configuration() {
    let run = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
            .arg("policy")
            .args(words)
            .output()
            .expect("the program was built with this test");
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let listed = run(&["detectors"]);
    assert!(
        listed.lines().any(|l| l.starts_with("iban\t-\taccount\t")),
        "{listed}"
    );
    let listed = objects(&run(&["detectors", "--json"]));
    let bsn = listed
        .iter()
        .find(|row| row["name"] == "bsn")
        .expect("there is one");
    assert_eq!(bsn["country"], "nl");
    let text = "Betreft BSN 111222333, zie bijlage";
    let tried = run(&["try", text]);
    assert!(
        tried.starts_with("bsn ") && tried.contains("high") && tried.contains("\"BSN\""),
        "{tried}"
    );
    assert!(
        !tried.contains("111222333") && !tried.contains("22333"),
        "{tried}"
    );
    assert_eq!(
        objects(&run(&["try", text, "--json"]))[0]["found"][0]["detector"],
        "bsn"
    );
    assert_eq!(
        run(&["try", "Order 12 has shipped."]),
        "nothing was found\n"
    );
}
