//! `cloakroom explain` says where a recipient's number would come from and what is agreed with him, and what it cannot see.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::phone::Phone;
use crate::support::process::{Gateway, run};
use crate::support::{settings, until};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const CLERK: &str = "clerk@court.example";

const POLICY: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["agreed", "sms", "sender"] }
[[rule]]
id = "judges"
why = "Judges get long passwords."
when = { to = ["judge@court.example"] }
then = { action = "transfer", password_rules = ["20 characters"] }
"#;

fn mail(subject: &str) -> String {
    format!(
        "From: <{ANNA}>\r\nTo: <{EVA}>\r\nSubject: {subject}\r\nMessage-ID: <1@example.org>\r\n\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nAs agreed.\r\n--b\r\nContent-Type: text/csv\r\n\
         Content-Disposition: attachment; filename=\"claim.csv\"\r\n\r\n1;2\r\n--b--\r\n"
    )
}

fn cloakroom(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    command.args(words).current_dir(folder);
    command.args(["--config", "cloakroom.toml"]);
    command
}

/// What is said of these recipients, behind what policy says.
fn explained(folder: &Path, subject: &str, from: &str, to: &[&str]) -> String {
    fs::write(folder.join("mail.eml"), mail(subject)).expect("the folder is ours");
    let mut words = vec!["explain", "mail.eml", "--from", from];
    to.iter().for_each(|to| words.extend(["--to", to]));
    let said = run(&mut cloakroom(folder, &words));
    assert!(!said.contains("12345"), "no whole number: {said}");
    let behind = said
        .find(&format!("\n{}\n  number", to[0]))
        .or_else(|| said.rfind(&format!("\n{}\n", to[0])));
    said[behind.expect("a part of its own")..].to_owned()
}

fn agree(folder: &Path, with: &str, password: &str) {
    let mut command = cloakroom(folder, &["agreed", "set", with]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it runs");
    let mut input = child.stdin.take().expect("piped");
    input
        .write_all(format!("{password}\n").as_bytes())
        .expect("it reads");
    drop(input);
    assert!(child.wait().expect("it ends").success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn explain_says_where_a_number_would_come_from_and_what_is_agreed() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
    let more = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nmethod = \"GET\"\nallow_private = \"on\"\n\
         url = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n\
         [[channel]]\nname = \"agreed\"\nkind = \"agreed\"\n\
         [[directory]]\nname = \"people\"\nkind = \"file\"\npath = \"people.csv\"\n",
        phone.address
    );
    settings::write(folder, POLICY, &format!("smtp://{}", hop.address), &more);
    let people = format!("address,phone\n{BO},+46 70 123 45 56\n");
    fs::write(folder.join("people.csv"), people).expect("the folder is ours");

    // Nobody is there who has the store: that is said, and the store left alone.
    let said = explained(folder, "Claim", ANNA, &[BO, EVA]);
    let unseen = "no gateway runs here to be asked";
    let want = format!(
        "\n{BO}\n  number   ends in 56, from the directory \"people\"\n  unseen   agreed passwords: {unseen}\n\n\
         {EVA}\n  unseen   numbers of earlier mails, agreed passwords: {unseen}\nnothing was stored or sent\n"
    );
    assert_eq!(said, want);
    let left = fs::read_dir(folder.join("state")).expect("a folder");
    assert_eq!(left.count(), 0);

    let gateway = Gateway::start(folder);
    let (to, door) = ([EVA.to_owned()], gateway.address("smtp"));
    let tagged = mail("Claim [sms:+46 70 123 45 67]");
    send(Door::Smtp, door, ANNA, &to, tagged.as_bytes()).await;
    let numbers = || run(&mut cloakroom(folder, &["numbers", "list", ANNA]));
    let noted = until(|| (!numbers().is_empty()).then_some(())).await;
    noted.unwrap_or_else(|| panic!("{}", gateway.log()));
    agree(folder, "@court.example", "Bittern!Avocet47");

    let judge = "judge@court.example";
    let said = explained(folder, "Claim", ANNA, &[EVA, CLERK, judge]);
    let begin = format!(
        "\n{EVA}\n  number   ends in 67, from an earlier mail of the sender\n  agreed   nothing\n\n\
         {CLERK}\n  number   none\n  agreed   a password with @court.example, since 20"
    );
    assert!(said.starts_with(&begin), "{said}");
    let unfit = format!(
        "\n{judge}\n  number   none\n  agreed   a password with @court.example, not used: "
    );
    assert!(said.contains(&unfit), "{said}");
    assert!(!said.contains("Bittern"), "{said}");
    let said = explained(folder, "Claim", "eve@example.org", &[EVA]);
    assert!(
        said.contains("  number   none\n"),
        "another's is nobody's: {said}"
    );
    let said = explained(folder, "Claim [sms:+46701234599]", ANNA, &[EVA]);
    assert!(
        said.contains("  number   ends in 99, from the mail itself\n"),
        "{said}"
    );

    let words = [
        "explain", "mail.eml", "--from", ANNA, "--to", CLERK, "--json",
    ];
    let said = run(&mut cloakroom(folder, &words));
    let object: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(object["reach"][0]["agreed"], "@court.example");
    assert_eq!(object["reach"][0]["unseen"], serde_json::json!([]));
}
