//! Our delivery reports as other people's programs read them: Python's `email`, flufl.bounce (Mailman's), Sisimai.

use cloakroom::fault::Reply;
use cloakroom::mail::Recipient;
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::notify::report::{Action, Report, Told, compose};
use cloakroom::texts::{House, Texts};
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

const ORIGINAL: &str = "From: Anna <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Plan\r\n\
    Date: Fri, 21 Nov 2025 14:02:00 +0000\r\nMessage-ID: <plan@example.org>\r\n\r\nHello.\r\n";

struct Case {
    name: &'static str,
    action: Action,
    whom: &'static str,
    reply: Option<Reply>,
    ret: Option<&'static str>,
}

fn cases() -> Vec<Case> {
    let never = Reply::new(550, (5, 1, 1), "No such user here");
    let busy = Reply::new(451, (4, 3, 0), "Busy");
    let case = |name, action, whom, reply, ret| Case {
        name,
        action,
        whom,
        reply,
        ret,
    };
    let late = Action::Delayed {
        until: 1_764_000_000,
    };
    let bo = "bo@partner.example";
    vec![
        case("failed", Action::Failed, bo, Some(never.clone()), None),
        case(
            "full",
            Action::Failed,
            bo,
            Some(never.clone()),
            Some("FULL"),
        ),
        case("expired", Action::Failed, bo, Some(busy.clone()), None),
        case("late", late, bo, Some(busy), None),
        case("unclear", Action::Unclear, bo, None, None),
        case(
            "beyond",
            Action::Failed,
            "b\u{f6}@partner.example",
            Some(never),
            None,
        ),
    ]
}

fn written(folder: &Path, language: &str, case: &Case) -> PathBuf {
    let house = House {
        organisation: "Example Region".into(),
        portal_url: "https://files.example.org".into(),
        help_url: None,
        hostname: "gateway.example.org".into(),
        domains: vec!["example.org".into()],
        languages: vec![language.into()],
        time_zone: jiff::tz::TimeZone::UTC,
        notice_from: "Example Region Files <files@example.org>".into(),
        look: cloakroom::texts::Look::default(),
    };
    let report = Report {
        id: format!("report-{}", case.name),
        to: &"anna@example.org".parse().expect("an address"),
        language,
        mail: "7K3M9XQF",
        thread: Some("<plan@example.org>"),
        options: &MailOptions {
            ret: case.ret.map(str::to_owned),
            ..MailOptions::default()
        },
        client: &Client::local(),
        next_hop: Some("mx.example.org"),
        received: 1_763_733_720,
        people: vec![Told {
            recipient: Recipient::new(case.whom.parse().expect("an address")),
            action: case.action,
            reply: case.reply.clone(),
            at: 1_763_733_780,
        }],
    };
    let texts = Texts::new(&[language.into()]);
    let mut reader = ORIGINAL.as_bytes();
    let original = Some((&mut reader as &mut dyn Read, ORIGINAL.len() as u64));
    let bytes = compose(&texts, &house, &report, original).expect("in memory");
    let path = folder.join(format!("{}-{language}.eml", case.name));
    std::fs::write(&path, bytes).expect("a temporary folder can be written");
    path
}

/// One line of JSON for each file.
fn read_by(program: &str, script: &str, files: &[PathBuf]) -> Vec<Value> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    let output = Command::new(program)
        .arg(scripts.join(script))
        .args(files)
        .output()
        .unwrap_or_else(|e| panic!("{program}: {e}; tests/run installs it"));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{script}: {errors}; tests/run installs what it needs"
    );
    let said = String::from_utf8(output.stdout).expect("JSON");
    let lines: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), files.len(), "{said} {errors}");
    lines
}

#[test]
fn other_programs_read_our_reports() {
    let folder = tempfile::tempdir().expect("a folder");
    for (language, _) in cloakroom::texts::LANGUAGES {
        let cases = cases();
        let files: Vec<PathBuf> = cases
            .iter()
            .map(|c| written(folder.path(), language, c))
            .collect();
        // The bindings are the distribution's, so is the Python.
        let python = read_by("/usr/bin/python3", "reports.py", &files);
        let perl = read_by("perl", "reports.pl", &files);
        for ((case, python), perl) in cases.iter().zip(&python).zip(&perl) {
            by_python(case, python);
            by_sisimai(case, perl);
        }
    }
}

fn by_python(case: &Case, read: &Value) {
    let name = case.name;
    assert_eq!(read["kind"], "multipart/report", "{name}: {read}");
    assert_eq!(read["report"], "delivery-status", "{name}: {read}");
    assert_eq!(read["defects"], serde_json::json!([]), "{name}: {read}");
    assert_eq!(read["to"], "anna@example.org", "{name}");
    assert!(
        read["text"].as_str().is_some_and(|t| t.contains(case.whom)),
        "{name}: {read}"
    );
    let whole = case.ret.is_some();
    let parts = match (name, whole) {
        ("beyond", _) => [
            "text/plain",
            "message/global-delivery-status",
            "message/global-headers",
        ],
        (_, true) => ["text/plain", "message/delivery-status", "message/rfc822"],
        (_, false) => [
            "text/plain",
            "message/delivery-status",
            "text/rfc822-headers",
        ],
    };
    assert_eq!(read["parts"], serde_json::json!(parts), "{name}");
    let (mail, recipient) = (&read["blocks"][0], &read["blocks"][1]);
    assert_eq!(
        mail["reporting-mta"], "dns; gateway.example.org",
        "{name}: {read}"
    );
    let (action, status) = expected(name);
    assert_eq!(recipient["action"], action, "{name}: {read}");
    assert_eq!(recipient["status"], status, "{name}: {read}");
    let kind = if name == "beyond" { "utf-8" } else { "rfc822" };
    assert_eq!(
        recipient["final-recipient"],
        format!("{kind}; {}", case.whom),
        "{name}"
    );
    // flufl.bounce knows addresses in ASCII only.
    if name != "beyond" {
        let whom = serde_json::json!([case.whom]);
        let key = if action == "delayed" {
            "late"
        } else {
            "failed"
        };
        assert_eq!(read[key], whom, "{name}: {read}");
    }
}

fn expected(name: &str) -> (&'static str, &'static str) {
    match name {
        "expired" => ("failed", "5.4.7"),
        "late" => ("delayed", "4.3.0"),
        "unclear" => ("failed", "5.4.2"),
        _ => ("failed", "5.1.1"),
    }
}

fn by_sisimai(case: &Case, read: &Value) {
    let name = case.name;
    // It knows addresses in ASCII only.
    if name == "beyond" {
        return;
    }
    let (action, status) = expected(name);
    let one = &read[0];
    assert_eq!(one["recipient"], case.whom, "{name}: {read}");
    assert_eq!(one["action"], action, "{name}: {read}");
    // What it makes of other replies is its own matter.
    if matches!(name, "failed" | "full") {
        assert_eq!(one["status"], status, "{name}: {read}");
        assert_eq!(one["reason"], "userunknown", "{name}: {read}");
    }
}
