//! OpenLDAP's server as a directory of telephone numbers: what it knows, what it must not be made to tell, and what becomes of mail
//! when it is gone.

use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::phone::Phone;
use crate::support::process::{free_port, peer, run};
use crate::support::{decoded, settings, until};
use cloakroom::directory::{Directories, Trouble};
use cloakroom::mail::Address;
use cloakroom::service::directories;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PEOPLE: &str = "\
dn: dc=partner,dc=example
objectClass: dcObject
objectClass: organization
dc: partner
o: Partner

dn: uid=bo,dc=partner,dc=example
objectClass: inetOrgPerson
uid: bo
cn: Bo Ek
sn: Ek
mail: bo@partner.example
mobile: +46 70-123 45 56
telephoneNumber: +46 8 123 45 00
preferredLanguage: sv, en;q=0.5

dn: uid=desk,dc=partner,dc=example
objectClass: inetOrgPerson
uid: desk
cn: Desk
sn: Desk
mail: desk@partner.example
telephoneNumber: +46 8 123 45 01

dn: uid=two,dc=partner,dc=example
objectClass: inetOrgPerson
uid: two
cn: Two numbers
sn: Two
mail: two@partner.example
mobile: +46 70 000 00 01
mobile: +46 70 000 00 02

dn: uid=twin1,dc=partner,dc=example
objectClass: inetOrgPerson
uid: twin1
cn: Twin
sn: Twin
mail: twin@partner.example
mobile: +46 70 000 00 03

dn: uid=twin2,dc=partner,dc=example
objectClass: inetOrgPerson
uid: twin2
cn: Twin
sn: Twin
mail: twin@partner.example
mobile: +46 70 000 00 04

dn: uid=wrong,dc=partner,dc=example
objectClass: inetOrgPerson
uid: wrong
cn: Wrong
sn: Wrong
mail: wrong@partner.example
mobile: 4711
";

/// A server of our own, on free ports. Ended with the test.
struct Slapd {
    child: Option<Child>,
    plain: u16,
    tls: u16,
}

impl Slapd {
    fn new(folder: &Path) -> Slapd {
        let at = |name: &str| folder.join(name).display().to_string();
        fs::create_dir_all(folder.join("people")).expect("the folder is ours");
        run(Command::new(env!("CARGO_BIN_EXE_cloakroom")).args([
            "cert",
            "dev",
            "--into",
            &at("certs"),
            "--host",
            "localhost",
        ]));
        let schema = ["core", "cosine", "inetorgperson"];
        let schema = schema.map(|name| format!("include /etc/ldap/schema/{name}.schema\n"));
        let text = format!(
            "{}modulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {}\n\
             TLSCertificateFile {}\nTLSCertificateKeyFile {}\n\
             database mdb\nmaxsize 10485760\nsuffix dc=partner,dc=example\ndirectory {}\n\
             rootdn cn=reader,dc=partner,dc=example\nrootpw right\n\
             access to * by * none\n",
            schema.concat(),
            at("slapd.pid"),
            at("certs/localhost/fullchain.pem"),
            at("certs/localhost/privkey.pem"),
            at("people"),
        );
        fs::write(folder.join("slapd.conf"), text).expect("written");
        fs::write(folder.join("people.ldif"), PEOPLE).expect("written");
        run(peer("slapadd").args(["-f", &at("slapd.conf"), "-l", &at("people.ldif")]));
        for (name, password) in [("right", "right"), ("wrong", "wrong")] {
            let file = folder.join(name);
            fs::write(&file, password).expect("written");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).expect("ours");
        }
        Slapd {
            child: None,
            plain: free_port(),
            tls: free_port(),
        }
    }

    async fn start(&mut self, folder: &Path) {
        let urls = format!(
            "ldap://127.0.0.1:{} ldaps://127.0.0.1:{}",
            self.plain, self.tls
        );
        let child = peer("slapd")
            .arg("-f")
            .arg(folder.join("slapd.conf"))
            .args(["-h", &urls, "-d", "0"])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.child = Some(child.expect("it runs"));
        let there = || TcpStream::connect(("127.0.0.1", self.tls)).ok();
        assert!(until(there).await.is_some(), "slapd listens");
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn plain_url(&self) -> String {
        format!("url = \"ldap://localhost:{}\"\ntls = \"off\"", self.plain)
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn section(url: &str, password: &str, more: &str) -> String {
    format!(
        "[[directory]]\nname = \"staff\"\nkind = \"ldap\"\n{url}\nbase = \"dc=partner,dc=example\"\n\
         bind_dn = \"cn=reader,dc=partner,dc=example\"\nbind_password = \"{password}\"\n\
         phone = [\"mobile\", \"telephoneNumber\"]\ntimeout = \"2 seconds\"\n{more}\n"
    )
}

fn opened(folder: &Path, section: &str) -> Directories {
    cloakroom::service::build::install_crypto();
    let config = settings::with(folder, settings::TAKE_FILES, "folder:out", section);
    directories::all(&config).unwrap_or_else(|e| panic!("{e}"))
}

/// The number's last digits and the language.
async fn found(directories: &Directories, to: &str) -> Result<(String, String), Trouble> {
    let to: Address = to.parse().expect("an address");
    let contact = directories.find(&to).await?.contact;
    let number = contact.number.map_or(String::new(), |n| n.digits);
    Ok((number, contact.language.unwrap_or_default()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slapd_tells_the_number_of_one_person_and_of_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Slapd::new(folder.path());
    server.start(folder.path()).await;
    let directories = opened(folder.path(), &section(&server.plain_url(), "right", ""));
    let rows = [
        ("bo@partner.example", "+46701234556", "sv"),
        ("BO@partner.example", "+46701234556", "sv"),
        ("desk@partner.example", "+4681234501", ""),
        ("nobody@partner.example", "", ""),
        // Two numbers, two people, a number that is none: nobody knows which is right.
        ("two@partner.example", "", ""),
        ("twin@partner.example", "", ""),
        ("wrong@partner.example", "", ""),
        // What would be somebody if it were a part of the filter.
        ("*@partner.example", "", ""),
        ("\"*)(uid=bo\"@partner.example", "", ""),
        ("\"bo@partner.example)(uid=*\"@partner.example", "", ""),
    ];
    for (to, number, language) in rows {
        // The canonical form refuses some of these before anybody is asked, which is as good.
        if to.parse::<Address>().is_ok() {
            let got = found(&directories, to).await.expect("it answers");
            assert_eq!(got, (number.to_owned(), language.to_owned()), "{to}");
        }
    }
    let program = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        program.arg("directory");
        program
    };
    let config = folder.path().join("cloakroom.toml");
    let said = run(program()
        .args(["find", "bo@partner.example", "--config"])
        .arg(&config));
    assert!(said.contains("ends in 56, from \"staff\""), "{said}");
    assert!(!said.contains("1234556"), "{said}");
    let said = run(program().args(["check", "--config"]).arg(&config));
    assert_eq!(said, "ok: staff (ldap)\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tls_is_checked_and_a_wrong_password_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Slapd::new(folder.path());
    server.start(folder.path()).await;
    let (plain, tls) = (server.plain, server.tls);
    let ca = "ca = \"certs/ca.pem\"";
    let rows = [
        (
            format!("url = \"ldaps://localhost:{tls}\""),
            "right",
            ca,
            "",
        ),
        (
            format!("url = \"ldap://localhost:{plain}\"\ntls = \"starttls\""),
            "right",
            ca,
            "",
        ),
        // Nobody vouches for it; its name is another.
        (
            format!("url = \"ldaps://localhost:{tls}\""),
            "right",
            "",
            "certificate",
        ),
        (
            format!("url = \"ldap://localhost:{plain}\"\ntls = \"starttls\""),
            "right",
            "",
            "certificate",
        ),
        (
            format!("url = \"ldaps://127.0.0.1:{tls}\""),
            "right",
            ca,
            "certificate",
        ),
        (
            format!("url = \"ldaps://localhost:{tls}\""),
            "wrong",
            ca,
            "bind",
        ),
        // No TLS where TLS is expected.
        (
            format!("url = \"ldaps://localhost:{plain}\""),
            "right",
            ca,
            "",
        ),
    ];
    for (number, (url, password, more, want)) in rows.iter().enumerate() {
        let directories = opened(folder.path(), &section(url, password, more));
        match found(&directories, "bo@partner.example").await {
            Ok((number_found, _)) => {
                assert!(number < 2, "{url} {password} {more}");
                assert_eq!(number_found, "+46701234556");
            }
            Err(trouble) => {
                let said = trouble.to_string().to_lowercase();
                assert!(
                    number >= 2 && said.contains(want),
                    "{url} {password} {more}: {said}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_is_down_or_hangs_is_no_answer_and_one_that_comes_back_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Slapd::new(folder.path());
    let directories = opened(folder.path(), &section(&server.plain_url(), "right", ""));
    assert!(found(&directories, "bo@partner.example").await.is_err());
    // Not asked again for a while; then it is there.
    server.start(folder.path()).await;
    assert!(found(&directories, "bo@partner.example").await.is_err());
    directories.reread().expect("nothing to read");
    assert!(found(&directories, "bo@partner.example").await.is_ok());
    server.stop();
    let remembered = found(&directories, "bo@partner.example").await;
    assert_eq!(remembered.expect("remembered").0, "+46701234556");
    assert!(found(&directories, "desk@partner.example").await.is_err());
    server.start(folder.path()).await;
    directories.reread().expect("nothing to read");
    assert!(found(&directories, "desk@partner.example").await.is_ok());

    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = silent.local_addr().expect("bound").port();
    let url = format!("url = \"ldap://localhost:{port}\"\ntls = \"off\"");
    let directories = opened(folder.path(), &section(&url, "right", ""));
    let begun = Instant::now();
    for _ in 0..20 {
        assert!(found(&directories, "bo@partner.example").await.is_err());
    }
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "it waits once, not for each"
    );
}

const BY_TEXT_MESSAGE: &str = r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = { has_attachments = true }
then = { action = "transfer", unlock = "password", password_via = ["sms", "sender"], keep_for = "10 days" }
"#;

const MAIL: &str = "From: Anna Lind <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Plan\r\nMessage-ID: <1@example.org>\r\n\
    Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/csv; name=\"plan.csv\"\r\n\
    Content-Disposition: attachment; filename=\"plan.csv\"\r\n\r\nwhen,what\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_waits_for_the_directory_unless_its_operator_says_otherwise() {
    for (if_down, waits) in [("defer", true), ("skip", false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut server = Slapd::new(folder.path());
        let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
        let channel = format!(
            "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nallow_private = \"on\"\nmethod = \"GET\"\nurl = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n",
            phone.address
        );
        let more = format!("if_down = \"{if_down}\"");
        let people = section(&server.plain_url(), "right", &more);
        let next_hop = format!("smtp://{}", hop.address);
        settings::write(
            folder.path(),
            BY_TEXT_MESSAGE,
            &next_hop,
            &(channel + &people),
        );
        let (ours, more) = ("languages = [\"en\"]", "languages = [\"en\", \"sv\"]");
        settings::replace(folder.path(), ours, more);
        let config = settings::read(folder.path());
        let running = cloakroom::service::start(config).await.expect("it starts");
        let door = running.address("smtp").expect("a door");
        let to = ["bo@partner.example".to_owned()];
        let replies = send(Door::Smtp, door, "anna@example.org", &to, MAIL.as_bytes()).await;
        let deferred = replies
            .iter()
            .any(|r| r.contains("The directory of telephone numbers does not answer"));
        assert_eq!(deferred, waits, "{replies:?}");
        if waits {
            assert!(hop.deliveries().is_empty(), "nothing has left");
            server.start(folder.path()).await;
            running
                .gateway
                .directories()
                .reread()
                .expect("nothing to read");
            send(Door::Smtp, door, "anna@example.org", &to, MAIL.as_bytes()).await;
            let told = until(|| phone.messages().first().cloned())
                .await
                .expect("a text message");
            assert_eq!(told.0, "+46701234556");
            let mail = decoded(&hop.delivery_to("bo@partner.example").await.bytes);
            assert!(mail.contains("Lösenord: skickat som sms till numret som slutar på 56."));
        } else {
            // To the recipient the link, to the sender the password.
            assert!(
                until(|| (hop.deliveries().len() == 2).then_some(()))
                    .await
                    .is_some()
            );
            assert!(phone.messages().is_empty());
        }
        running.stop().await;
    }
}
