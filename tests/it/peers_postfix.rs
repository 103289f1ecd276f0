//! A real Postfix in front of the gateway and behind it, wired as `cloakroom recipe` says: the lines are taken from there.

use crate::support::hop::{Hop, Refusal};
use crate::support::postfix::{Postfix, after_the_queue, ports};
use crate::support::process::{Gateway, ended, peer, run};
use crate::support::recipes::lines;
use crate::support::{decoded, fetch, link_in, noise, settings, until};
use std::path::Path;
use std::process::Command;

const FROM: &str = "anna@example.org";
const COLLEAGUE: &str = "kim@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";

/// What comes from elsewhere than our own machine, as far as a test can.
const CLIENT: &str = "127.0.0.9";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_the_queue_each_recipient_has_a_status_of_its_own_and_gets_one_mail() {
    let house = House::wired(Wiring::AfterTheQueue).await;
    house
        .postfix
        .add("later", &format!("{EVA} 450 4.2.1 come back later"));
    house.postfix.tell("postfix", &["reload"]);
    let file = house.send(12 << 20, &[COLLEAGUE, BO, EVA]);

    // One sent, one deferred, each by the next hop's own words.
    for to in [COLLEAGUE, BO] {
        let line = house.postfix.logged(&["/lmtp[", to, "status="]).await;
        assert!(line.contains("status=sent (250 2."), "{line}");
    }
    let line = house.postfix.logged(&["/lmtp[", EVA, "status="]).await;
    assert!(
        line.contains("status=deferred") && line.contains("450 4.2.1"),
        "{line}"
    );
    assert!(line.contains("come back later"), "{line}");
    house.waits_for(&[EVA]).await;

    // The colleague has the original, Bo a link that opens.
    let original = house.sink.delivery_to(COLLEAGUE).await;
    assert!(original.bytes.len() > file.len(), "the file is in the mail");
    assert_eq!(attachment(&original.bytes), file);
    house.opens_for(BO, &file).await;

    // Who the real client was is known behind the gateway, and to its log.
    house
        .postfix
        .logged(&["/smtpd[", "client=", CLIENT, "orig_client="])
        .await;
    let received = format!("via=\"LMTP\" client=\"{CLIENT}\"");
    let log = house.gateway.log();
    assert!(
        log.contains(&received),
        "{received}
{log}"
    );

    // The second try is for Eva alone.
    std::fs::write(house.postfix.text("later"), "").expect("writes");
    house.postfix.tell("postfix", &["reload"]);
    house.postfix.tell("postqueue", &["-f"]);
    house.opens_for(EVA, &file).await;
    house.waits_for(&[]).await;
    assert_eq!(house.mails_to_each(), [(BO, 1), (EVA, 1), (COLLEAGUE, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_the_queue_a_refusal_at_the_end_of_one_variant_leaves_the_others_alone() {
    let house = House::wired(Wiring::SinkBehindGateway).await;
    house.sink.refuse(vec![Refusal {
        at: format!("dot {EVA}"),
        reply: "451 4.7.1 greylisted".into(),
    }]);
    let file = house.send(100_000, &[COLLEAGUE, BO, EVA]);
    for to in [COLLEAGUE, BO] {
        let line = house.postfix.logged(&["/lmtp[", to, "status="]).await;
        assert!(line.contains("status=sent (250 2."), "{line}");
    }
    let line = house.postfix.logged(&["/lmtp[", EVA, "status="]).await;
    assert!(line.contains("status=deferred"), "{line}");
    assert!(
        line.contains("451 4.7.1") && line.contains("greylisted"),
        "{line}"
    );
    house.sink.refuse(Vec::new());
    house.postfix.tell("postqueue", &["-f"]);
    house.opens_for(EVA, &file).await;
    assert_eq!(house.mails_to_each(), [(BO, 1), (EVA, 1), (COLLEAGUE, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_the_gateway_is_down_mail_waits_in_the_queue() {
    let mut house = House::wired(Wiring::AfterTheQueue).await;
    let folder = house.folder.path().to_owned();
    let lmtp = house.gateway.address("lmtp");
    house.gateway.kill();
    let file = send(&house.postfix, house.submission, 100_000, &[BO], &folder);
    let line = house.postfix.logged(&["/lmtp[", BO, "status="]).await;
    assert!(line.contains("status=deferred"), "{line}");
    let before = "lmtp = \"127.0.0.1:0\"";
    settings::replace(&folder, before, &format!("lmtp = \"{lmtp}\""));
    settings::with_receipts(&folder);
    house.gateway = Gateway::start(&folder);
    house.postfix.tell("postqueue", &["-f"]);
    house.opens_for(BO, &file).await;

    // The sender's receipt takes the same way and lands in the thread of the mail.
    let field = |mail: &[u8], name: &str| {
        let head = String::from_utf8_lossy(mail).replace("\r\n ", " ");
        let mut lines = head.lines();
        let value = lines.find_map(|line| line.strip_prefix(name).map(str::to_owned));
        value.unwrap_or_else(|| panic!("no {name} in {head}"))
    };
    let (mail, receipt) = (
        house.sink.delivery_to(BO).await.bytes,
        house.sink.delivery_to(FROM).await.bytes,
    );
    let thread = field(&mail, "Message-ID:");
    assert_eq!(field(&receipt, "In-Reply-To:"), thread);
    assert_eq!(field(&receipt, "References:"), thread);
    let text = decoded(&receipt);
    assert!(text.contains("/s/") && text.contains(BO), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sender_takes_back_by_an_answer_on_either_way_through_postfix() {
    for wiring in [Wiring::AfterTheQueue, Wiring::BeforeTheQueue] {
        let house = House::wired(wiring).await;
        house.send(10_000, &[BO]);
        house.sink.delivery_to(BO).await;
        let id = word(&house.transfers()[0], "id");
        let ours = format!("files+{}@example.org", id.to_lowercase());
        let (path, _) = house.file(10);
        let mut client = house.client(&path, &[&ours, COLLEAGUE]);
        run(client.args(["--text", "Revoke!", "--subject", "Re: Documents"]));
        let told = || {
            let mut all = house.sink.deliveries().into_iter();
            all.find(|d| d.to == [FROM] && decoded(&d.bytes).contains("Taken back: nobody"))
        };
        until(told).await.expect("she is told");
        assert_eq!(house.states(), ["revoked"]);
        house.sink.delivery_to(COLLEAGUE).await;
        house.waits_for(&[]).await;
        let mails = house.sink.deliveries();
        assert!(mails.iter().all(|mail| !mail.to.contains(&ours)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn before_the_queue_the_client_hears_what_became_of_its_mail() {
    let house = House::wired(Wiring::BeforeTheQueue).await;
    let file = house.send(3 << 20, &[COLLEAGUE, BO]);
    house.opens_for(BO, &file).await;
    let original = house.sink.delivery_to(COLLEAGUE).await;
    assert_eq!(attachment(&original.bytes), file);
    house
        .postfix
        .logged(&["/smtpd[", "client=", CLIENT, "orig_client="])
        .await;

    // A refusal of the next hop reaches the client at once, in the next hop's words.
    house
        .postfix
        .add("later", &format!("{EVA} 550 5.1.1 no such person here"));
    house.postfix.tell("postfix", &["reload"]);
    let (well, said) = ended(&mut house.client(&house.file(1000).0, &[EVA]));
    assert!(
        !well && said.contains("550 5.1.1") && said.contains("no such person here"),
        "{said}"
    );
    assert_eq!(house.mails_to_each(), [(BO, 1), (EVA, 0), (COLLEAGUE, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postfix_as_next_hop_takes_what_we_send_and_its_refusals_reach_the_client() {
    let house = House::wired(Wiring::OnlyBehind).await;
    let file = house.send(200_000, &[BO]);
    house.opens_for(BO, &file).await;

    // At RCPT: its own words.
    house
        .postfix
        .add("later", &format!("{EVA} 550 5.1.1 no such person here"));
    house.postfix.tell("postfix", &["reload"]);
    let (path, _) = house.file(1000);
    let (well, said) = ended(&mut house.client(&path, &[EVA]));
    assert!(!well && said.contains(&format!("{EVA}: 550")), "{said}");
    assert!(said.contains("no such person here"), "{said}");

    // After the final dot: its own words too, and the transfer is given up.
    house.postfix.add(
        "main.cf",
        "header_checks = regexp:$config_directory/headers",
    );
    house
        .postfix
        .add("headers", "/^Subject: unwanted/ REJECT not in this house");
    house.postfix.tell("postfix", &["reload"]);
    let (well, said) = ended(house.client(&path, &[BO]).args(["--subject", "unwanted"]));
    assert!(!well && said.contains("not in this house"), "{said}");
    let mut states = house.states();
    // Upkeep may have erased it already.
    states.retain(|state| state != "abandoned");
    assert_eq!(states, ["released"], "that of the first mail");

    // Gone: try again later.
    let mut house = house;
    house.postfix.stop();
    let (well, said) = ended(&mut house.client(&path, &[BO]));
    assert!(!well && said.contains(&format!("{BO}: 4")), "{said}");
    assert_eq!(house.mails_to_each(), [(BO, 1), (EVA, 0), (COLLEAGUE, 0)]);
}

/// How they stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wiring {
    /// Client → Postfix → gateway (LMTP) → Postfix → sink: recipe A.
    AfterTheQueue,
    /// Client → Postfix → gateway (LMTP) → sink.
    SinkBehindGateway,
    /// Client → Postfix → gateway (SMTP, proxy) → Postfix → sink: recipe B.
    BeforeTheQueue,
    /// Client → gateway (SMTP) → Postfix → sink.
    OnlyBehind,
}

struct House {
    sink: Hop,
    gateway: Gateway,
    postfix: Postfix,
    /// Where clients send to, and whether it offers STARTTLS.
    submission: u16,
    wiring: Wiring,
    /// Last, so that it outlives those who write into it.
    folder: tempfile::TempDir,
}

impl House {
    async fn wired(wiring: Wiring) -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let sink = Hop::start(Vec::new()).await;
        let mut postfix = Postfix::below(folder.path(), sink.address);
        let [front, back] = ports();
        let next_hop = match wiring {
            Wiring::SinkBehindGateway => format!("smtp://{}", sink.address),
            _ => format!("smtp://127.0.0.1:{back}"),
        };
        settings::write(folder.path(), settings::TAKE_FILES, &next_hop, "");
        let gateway = Gateway::start(folder.path());
        write_services(&postfix, wiring, &gateway, front, back);
        let open: &[u16] = match wiring {
            Wiring::OnlyBehind => &[back],
            _ => &[front, back],
        };
        postfix.start(open);
        let submission = match wiring {
            Wiring::OnlyBehind => gateway.address("smtp").port(),
            _ => front,
        };
        House {
            folder,
            sink,
            gateway,
            postfix,
            submission,
            wiring,
        }
    }

    fn file(&self, length: usize) -> (String, Vec<u8>) {
        file(self.folder.path(), length)
    }

    /// A mail program that sends this file to these recipients.
    fn client(&self, file: &str, to: &[&str]) -> Command {
        client(
            &self.postfix,
            self.submission,
            file,
            to,
            self.wiring != Wiring::OnlyBehind,
        )
    }

    /// Sends a file; gives its bytes.
    fn send(&self, length: usize, to: &[&str]) -> Vec<u8> {
        let (path, bytes) = self.file(length);
        run(&mut self.client(&path, to));
        bytes
    }

    /// What has reached this recipient is a mail with a link to this file, and without the file.
    async fn opens_for(&self, to: &str, file: &[u8]) {
        let mail = self.sink.delivery_to(to).await;
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            (FROM, &[to.to_owned()][..])
        );
        assert!(mail.bytes.len() < 20_000, "{} bytes", mail.bytes.len());
        let text = decoded(&mail.bytes);
        assert!(text.contains("Åsa"), "the sender's own text: {text}");
        let into = self.folder.path().join(format!("fetched by {to}"));
        let link = link_in(&mail.bytes).expect("a link");
        let files = fetch(&self.gateway.here(&link), None, &into)
            .await
            .expect("it opens");
        assert_eq!(files.len(), 1);
        let got = std::fs::read(&files[0].path).expect("it was written");
        assert!(got == file, "{} bytes came back, not the same", got.len());
    }

    /// Postfix clears its queue a little later than it logs.
    async fn waits_for(&self, whom: &[&str]) {
        let same = || (self.postfix.waiting() == whom).then_some(());
        until(same).await;
        assert_eq!(self.postfix.waiting(), whom, "wait in the queue");
    }

    fn mails_to_each(&self) -> [(&'static str, usize); 3] {
        let all = self.sink.deliveries();
        [BO, EVA, COLLEAGUE].map(|to| {
            let to_this = all.iter().flat_map(|d| &d.to).filter(|t| *t == to);
            (to, to_this.count())
        })
    }

    /// The states of all transfers, sorted.
    fn states(&self) -> Vec<String> {
        let all = self.transfers().into_iter();
        let mut states: Vec<String> = all.map(|t| word(&t, "state")).collect();
        states.sort();
        states
    }

    fn transfers(&self) -> Vec<serde_json::Value> {
        let said = run(Command::new(env!("CARGO_BIN_EXE_cloakroom"))
            .args(["transfer", "list", "--json", "--config"])
            .arg(self.folder.path().join("cloakroom.toml")));
        let lines = said.lines().map(serde_json::from_str);
        lines.map(|l| l.expect("a line of JSON")).collect()
    }
}

fn word(of: &serde_json::Value, key: &str) -> String {
    of[key].as_str().expect("a text").to_owned()
}

/// The recipe's lines, with ports that are free here.
fn write_services(postfix: &Postfix, wiring: Wiring, gateway: &Gateway, front: u16, back: u16) {
    let gate = |door: &str| gateway.address(door).to_string();
    postfix.add("main.cf", &lines("postfix", "main.cf"));
    postfix.add("later", "");
    let words = [
        ("submission inet", format!("127.0.0.1:{front} inet")),
        ("127.0.0.1:10026", format!("127.0.0.1:{back}")),
        ("127.0.0.1:10025", gate("lmtp")),
        (
            "smtpd_recipient_restrictions=permit",
            format!(
                "smtpd_recipient_restrictions=check_recipient_access,texthash:{},permit",
                postfix.text("later")
            ),
        ),
    ];
    let services = after_the_queue(&words);
    let filter = format!("  -o content_filter=cloakroom:inet:{}\n", gate("lmtp"));
    assert!(services.contains(&filter), "{services}");
    postfix.add(
        "master.cf",
        &match wiring {
            Wiring::BeforeTheQueue => {
                let proxy = lines("postfix-proxy", "each service people send through");
                services.replace(&filter, &proxy.replace("127.0.0.1:10024", &gate("smtp")))
            }
            _ => services,
        },
    );
}

fn client(postfix: &Postfix, port: u16, file: &str, to: &[&str], tls: bool) -> Command {
    let mut python = peer("python3");
    python
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/send.py"))
        .args([
            "--from", FROM, "--name", "plan.pdf", "--attach", file, "--local", CLIENT,
        ])
        .args(["--port", &port.to_string()])
        .args(to.iter().flat_map(|to| ["--to", to]));
    if tls {
        python.args(["--ca", &postfix.text("certs/ca.pem")]);
    }
    python
}

fn send(postfix: &Postfix, port: u16, length: usize, to: &[&str], folder: &Path) -> Vec<u8> {
    let (path, bytes) = file(folder, length);
    run(&mut client(postfix, port, &path, to, true));
    bytes
}

fn file(folder: &Path, length: usize) -> (String, Vec<u8>) {
    let (path, bytes) = (folder.join("file"), noise(length as u64, length));
    std::fs::write(&path, &bytes).expect("a temporary folder can be written");
    (path.to_str().expect("a path of ours").to_owned(), bytes)
}

fn attachment(mail: &[u8]) -> Vec<u8> {
    let mail = mail_parser::MessageParser::new()
        .parse(mail)
        .expect("a mail");
    mail.attachments()
        .next()
        .expect("an attachment")
        .decoded()
        .to_vec()
}
