//! People sign in at the gateway, and a real Postfix with Cyrus SASL behind it says whether the password is right: the lines of part D
//! of `cloakroom manual postfix`.

use crate::support::hop::Hop;
use crate::support::postfix::{Postfix, ports, recipe};
use crate::support::process::{Gateway, ended, peer, run};
use crate::support::{link_in, settings};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

const ANNA: &str = "anna@example.org";
const KIM: &str = "kim@example.org";
const PASSWORD: &str = "correct horse";

/// Files travel, but not those of Kim.
const RULES: &str = r#"
schema = 1
[[rule]]
id = "files"
why = "Files travel protected, but for the press office."
when = { has_attachments = true }
unless = { login = ["kim@example.org"] }
then = { action = "transfer", unlock = "link", keep_for = "10 days" }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn people_sign_in_at_the_next_hop_through_us() {
    let mut house = House::open().await;

    // The mail is sent as its user, who is known to the rules.
    for (mechanism, user, to, protected) in [
        ("PLAIN", ANNA, "a@partner.example", true),
        ("LOGIN", ANNA, "b@partner.example", true),
        ("LOGIN", KIM, "c@partner.example", false),
    ] {
        let (well, said) = house.swaks(&["--auth", mechanism, "--auth-user", user], PASSWORD, to);
        assert!(well && said.contains("235 2.7.0"), "{said}");
        let mail = house.sink.delivery_to(to).await;
        assert_eq!(link_in(&mail.bytes).is_some(), protected, "{user}");
        let text = String::from_utf8_lossy(&mail.bytes).into_owned();
        assert!(text.contains("with ESMTPSA"), "{text}");
        let method = format!("sasl_method={mechanism}");
        let name = format!("sasl_username={user}");
        house.postfix.logged(&["/smtpd[", &method, &name]).await;
    }

    // A wrong password: the next hop's own words.
    let auth = ["--auth", "PLAIN", "--auth-user", ANNA];
    let (well, said) = house.swaks(&auth, "wrong horse", "a@partner.example");
    assert!(!well && said.contains("535 5.7.8"), "{said}");
    // Nobody: the gateway's.
    let (well, said) = house.swaks(&[], "", "a@partner.example");
    assert!(!well && said.contains("530 5.7.0"), "{said}");
    // What the next hop does not know is not offered: its list of mechanisms has no XOAUTH2.
    assert!(said.contains("AUTH PLAIN LOGIN\n"), "{said}");

    // Gone: later, and no word about the password.
    house.postfix.stop();
    let (well, said) = house.swaks(&auth, PASSWORD, "a@partner.example");
    assert!(!well && said.contains("454 4.7.0"), "{said}");

    let log = house.gateway.log();
    assert!(log.contains("not_signed_in"), "{log}");
    for secret in [PASSWORD, "wrong horse", "AGFubmF", "Y29ycmVjdCBob3JzZQ"] {
        assert!(!log.contains(secret), "{log}");
    }
    assert_eq!(house.sink.deliveries().len(), 3);
}

struct House {
    sink: Hop,
    gateway: Gateway,
    postfix: Postfix,
    /// Last, so that it outlives those who write into it.
    folder: tempfile::TempDir,
}

impl House {
    async fn open() -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sink = Hop::start(Vec::new()).await;
        let mut postfix = Postfix::below(folder.path(), sink.address);
        let [port] = ports();
        people(&postfix);
        let words = [
            ("192.0.2.20:587", format!("127.0.0.1:{port}")),
            ("192.0.2.10/32", "127.0.0.1/32".to_owned()),
            // Only who has signed in: nothing may arrive because of where it comes from.
            ("permit_mynetworks,", String::new()),
        ];
        postfix.add("master.cf", &recipe("D. People", 0, &words));
        let sasl = postfix.text("sasl");
        postfix.add(
            "main.cf",
            &format!("smtpd_sasl_type = cyrus\ncyrus_sasl_config_path = {sasl}"),
        );
        postfix.start(&[port]);

        let certs = postfix.text("certs/localhost");
        let tls = format!(
            "[tls]\ncertificate = \"{certs}/fullchain.pem\"\nkey = \"{certs}/privkey.pem\""
        );
        let next_hop = format!("smtp://127.0.0.1:{port}?tls=verify:localhost");
        settings::write(folder.path(), RULES, &next_hop, &tls);
        let ca = postfix.text("certs/ca.pem");
        let lines =
            format!("submission = \"127.0.0.1:0\"\ntls = \"files\"\nnext_hop_ca = \"{ca}\"");
        settings::amend(folder.path(), "intake", &lines);
        House {
            gateway: Gateway::start(folder.path()),
            folder,
            sink,
            postfix,
        }
    }

    /// Sends a file; tells whether it went well, and what was said.
    fn swaks(&self, auth: &[&str], password: &str, to: &str) -> (bool, String) {
        let file = self.folder.path().join("file");
        std::fs::write(&file, "a plan").expect("a temporary folder can be written");
        let port = self.gateway.address("submission").port().to_string();
        let mut swaks = peer("swaks");
        swaks.args(["--server", "127.0.0.1", "--port", &port, "--tls-on-connect"]);
        swaks.args(["--from", ANNA, "--to", to, "--body", "the plan"]);
        swaks.args(["--attach-name", "plan.pdf", "--attach"]);
        swaks.arg(format!("@{}", file.display())).args(auth);
        if !auth.is_empty() {
            swaks.args(["--auth-password", password]);
        }
        ended(&mut swaks)
    }
}

/// Two people with a password, in a database of Cyrus SASL beside the Postfix.
fn people(postfix: &Postfix) {
    let folder = postfix.text("sasl");
    std::fs::create_dir_all(&folder).expect("the folder is ours");
    let database = format!("{folder}/people");
    let lines = format!(
        "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {database}\nmech_list: PLAIN LOGIN"
    );
    postfix.add("sasl/smtpd.conf", &lines);
    for user in ["anna", "kim"] {
        let mut command = peer("saslpasswd2");
        command.args(["-p", "-c", "-f", &database, "-u", "example.org", user]);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("it runs");
        let mut input = child.stdin.take().expect("piped");
        input.write_all(PASSWORD.as_bytes()).expect("it listens");
        drop(input);
        assert!(child.wait().expect("a child").success());
    }
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&database, open).expect("it is there");
    run(peer("sasldblistusers2").args(["-f", &database]));
}
