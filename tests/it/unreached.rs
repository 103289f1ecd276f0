//! Mail whose password has no way to its recipient (`if_no_channel`), as its sender meets it: asked once, answered on a page, sent then.

use crate::hold::{done, http};
use crate::support::client::{Door, send};
use crate::support::hop::{Delivery, Hop, Refusal};
use crate::support::phone::Phone;
use crate::support::process::Gateway;
use crate::support::{decoded, fetch, first, link_in, password_in, settings, until};
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const ANNA: &str = "anna@example.org";
const BO: &str = "bo@partner.example";
const EVA: &str = "eva@client.example";
const ASKED: &str = "Without an answer until";

/// What happens where no text message can reach somebody.
fn policy(what: &str) -> String {
    format!(
        r#"
schema = 1
[[rule]]
id = "all-files"
why = "Every file travels protected."
when = {{ has_attachments = true }}
then = {{ action = "transfer", unlock = "password", password_via = ["sms"], {what} }}
"#
    )
}

struct House {
    hop: Hop,
    phone: Phone,
    gateway: Gateway,
    folder: tempfile::TempDir,
}

impl House {
    async fn open(what: &str) -> House {
        let folder = tempfile::tempdir().expect("a folder");
        let (hop, phone) = (Hop::start(Vec::new()).await, Phone::start().await);
        let gateway = start(folder.path(), &policy(what), &hop, &phone);
        House {
            hop,
            phone,
            gateway,
            folder,
        }
    }

    async fn submit(&self, subject: &str, to: &[&str]) -> Vec<String> {
        self.submit_from(ANNA, subject, to).await
    }

    async fn submit_from(&self, from: &str, subject: &str, to: &[&str]) -> Vec<String> {
        let mail = mail(from, subject);
        let to: Vec<String> = to.iter().map(ToString::to_string).collect();
        let smtp = self.gateway.address("smtp");
        send(Door::Smtp, smtp, from, &to, mail.as_bytes()).await
    }

    /// The same by a client that is gone before it hears what became of it.
    async fn submit_and_go(&self, subject: &str, to: &[&str]) {
        let smtp = self.gateway.address("smtp");
        let mut stream = BufReader::new(TcpStream::connect(smtp).await.expect("it listens"));
        let to = to.iter().map(|to| format!("RCPT TO:<{to}>\r\n"));
        let envelope = format!("MAIL FROM:<{ANNA}>\r\n{}DATA\r\n", to.collect::<String>());
        let content = mail(ANNA, subject) + ".\r\n";
        let steps = [
            ("220 ", "EHLO client.test\r\n"),
            ("250 ", &envelope),
            ("354 ", &content),
        ];
        for (heard, say) in steps {
            let mut line = String::new();
            while !line.starts_with(heard) {
                line.clear();
                let read = stream.read_line(&mut line).await.expect("it answers");
                assert!(read > 0, "it goes on");
            }
            stream.write_all(say.as_bytes()).await.expect("it listens");
        }
    }

    /// How many mails wait, as the log has it.
    fn waiting(&self) -> usize {
        self.gateway.log().matches(" waits mail=").count()
    }

    fn mails_to(&self, whom: &str) -> Vec<Delivery> {
        let all = self.hop.deliveries().into_iter();
        all.filter(|d| d.to == [whom]).collect()
    }

    /// The path of the page that the sender was told of.
    async fn page(&self) -> String {
        let asked = || {
            let mails = self.mails_to(ANNA).into_iter();
            mails
                .map(|mail| decoded(&mail.bytes))
                .find(|text| text.contains(ASKED))
        };
        let text = until(asked).await.expect("its sender is asked");
        assert!(
            !text.contains("Garganey") && !text.contains("Hoopoe"),
            "{text}"
        );
        first("/a/[0-9a-z]{24}", &text).expect("a page")
    }

    fn answer(&self, page: &str, form: &str) {
        let said = http(
            &self.gateway,
            "POST",
            page,
            Some(&format!("verdict=guide&{form}")),
        );
        assert!(said.starts_with("HTTP/1.1 303"), "{form}: {said}");
    }

    /// What somebody got is opened with this; the file is as it was sent.
    async fn opens(&self, whom: &str, password: Option<&str>) {
        let mail = self.hop.delivery_to(whom).await;
        let link = link_in(&mail.bytes).expect("a link");
        let into = tempfile::tempdir().expect("a folder");
        let files = fetch(&self.gateway.here(&link), password, into.path()).await;
        let files = files.expect("opens");
        assert_eq!(files.len(), 1);
        let bytes = std::fs::read(&files[0].path).expect("was written");
        assert_eq!(bytes, b"Hoopoe numbers");
    }
}

fn mail(from: &str, subject: &str) -> String {
    format!(
        "From: Anna <{from}>\r\nTo: <{BO}>\r\nSubject: {subject}\r\nMessage-ID: <7{}@example.org>\r\n\
         Date: Fri, 21 Nov 2025 14:02:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nAs agreed.\r\n--b\r\nContent-Type: text/csv\r\n\
         Content-Disposition: attachment; filename=\"Garganey.csv\"\r\n\r\nHoopoe numbers\r\n--b--\r\n",
        subject.len()
    )
}

fn start(folder: &Path, policy: &str, hop: &Hop, phone: &Phone) -> Gateway {
    let channel = format!(
        "[[channel]]\nname = \"phone\"\nkind = \"sms\"\nmethod = \"GET\"\nallow_private = \"on\"\n\
         url = \"http://{}/send?to={{{{number}}}}&text={{{{text}}}}\"\n",
        phone.address
    );
    settings::write(folder, policy, &format!("smtp://{}", hop.address), &channel);
    settings::amend(folder, "identity", "country = \"SE\"");
    Gateway::start(folder)
}

/// The password in a text message.
fn password_of(text: &str) -> String {
    first("[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text).expect("a password")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sender_is_asked_once_and_the_mail_leaves_as_he_answers() {
    let house = House::open("if_no_channel = \"hold\", sender_may = [\"link\"]").await;
    house.submit_and_go("Plan", &[BO, EVA]).await;
    let waits = until(|| (house.waiting() == 1).then_some(())).await;
    waits.unwrap_or_else(|| panic!("{}", house.gateway.log()));
    // The client comes again with the same, as its line broke: it is asked no second time.
    let replies = house.submit("Plan", &[BO, EVA]).await;
    assert!(replies[0].starts_with("250"), "{replies:?}");
    assert_eq!(house.waiting(), 1, "{}", house.gateway.log());
    let page = house.page().await;
    let asked = |mail: &Delivery| decoded(&mail.bytes).contains(ASKED);
    assert_eq!(house.mails_to(ANNA).iter().filter(|m| asked(m)).count(), 1);
    assert!(house.mails_to(BO).is_empty() && house.phone.messages().is_empty());

    house.answer(&page, "way0=number&number0=070-123+45+67&way1=link");
    house.opens(EVA, None).await;
    let text = until(|| house.phone.messages().pop()).await;
    let (number, text) = text.expect("a text message");
    assert_eq!(number, "+46701234567");
    house.opens(BO, Some(&password_of(&text))).await;
    // Nobody else was told a password.
    let told = house.mails_to(ANNA);
    assert!(told.iter().all(|m| password_in(&m.bytes).is_none()));
    assert_eq!(house.phone.messages().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sender_tells_the_password_or_lets_nobody_have_the_mail() {
    let house = House::open("if_no_channel = \"hold\", hold_for = \"2 days\"").await;
    house.submit("Plan", &[BO]).await;
    let page = house.page().await;
    house.answer(&page, "way0=sender");
    let password = || {
        let mails = house.mails_to(ANNA).into_iter();
        mails.filter_map(|m| password_in(&m.bytes)).next()
    };
    let password = until(password).await.expect("its sender gets the password");
    house.opens(BO, Some(&password)).await;
    assert!(house.phone.messages().is_empty());
}

/// Killed while it waits, and answered after the start: sent once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_that_waits_for_its_sender_waits_over_a_kill() {
    let what = "if_no_channel = \"hold\"";
    let mut house = House::open(what).await;
    house.submit("Plan", &[BO]).await;
    let page = house.page().await;
    house.gateway.kill();
    house.gateway = start(house.folder.path(), &policy(what), &house.hop, &house.phone);
    house.answer(&page, "way0=number&number0=%2B46701234567");
    let text = until(|| house.phone.messages().pop()).await;
    house
        .opens(BO, Some(&password_of(&text.expect("a text message").1)))
        .await;
    assert_eq!(house.mails_to(BO).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_with_a_number_or_a_password_waits_for_nobody() {
    let house = House::open("if_no_channel = \"hold\"").await;
    house.submit("Plan [sms:+46701234567]", &[BO]).await;
    let text = until(|| house.phone.messages().pop()).await;
    house
        .opens(BO, Some(&password_of(&text.expect("a text message").1)))
        .await;
    let replies = house
        .submit("Plan b [pw:quite-Good-Heron-77]", &[EVA])
        .await;
    assert!(
        replies[0].starts_with("250 ") && !replies[0].contains("waits"),
        "{replies:?}"
    );
    house.opens(EVA, Some("quite-Good-Heron-77")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn where_policy_says_so_it_is_refused_or_the_sender_gets_it() {
    let house = House::open("if_no_channel = \"refuse\"").await;
    let replies = house.submit("Plan", &[BO]).await;
    assert!(
        replies[0].starts_with("550 ") && replies[0].contains("add a telephone number"),
        "{replies:?}"
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(house.hop.deliveries().is_empty());

    let house = House::open("if_no_channel = \"sender\"").await;
    house.submit("Plan", &[BO]).await;
    let password = || {
        house
            .mails_to(ANNA)
            .iter()
            .find_map(|m| password_in(&m.bytes))
    };
    let password = until(password).await.expect("its sender gets the password");
    house.opens(BO, Some(&password)).await;
}

/// A number counts for the next mails of whoever gave it, and of nobody else, until it is forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_number_that_was_given_once_need_not_be_given_again() {
    let house = House::open("if_no_channel = \"sender\"").await;
    let texts = async |many: usize| {
        let there = until(|| (house.phone.messages().len() >= many).then_some(())).await;
        assert!(there.is_some(), "{}", house.gateway.log());
        let numbers = house.phone.messages().into_iter().map(|(number, _)| number);
        assert_eq!(numbers.collect::<Vec<_>>(), vec!["+46701234567"; many]);
    };
    house.submit("One [sms:070-123 45 67]", &[BO]).await;
    texts(1).await;
    let numbers = |words: &[&str]| done(house.folder.path(), &[&["numbers"], words].concat());
    let noted = || (!numbers(&["list", ANNA]).is_empty()).then_some(());
    until(noted).await.expect("it is remembered");
    let listed = numbers(&["list", ANNA]);
    assert!(listed.starts_with(&format!("{BO}\t…67\t")), "{listed}");
    house.submit("One b", &[BO]).await;
    texts(2).await;

    const COLLEAGUE: &str = "eva@example.org";
    house.submit_from(COLLEAGUE, "One bcd", &[BO]).await;
    let told = || {
        let mails = house.mails_to(COLLEAGUE).into_iter();
        mails.filter_map(|m| password_in(&m.bytes)).next()
    };
    until(told).await.expect("she passes it on");
    assert_eq!(numbers(&["list", COLLEAGUE]), "");

    assert_eq!(numbers(&["forget", ANNA, BO]), "forgotten: 1\n");
    house.submit("One bcdefg", &[BO]).await;
    let told = || {
        let mails = house.mails_to(ANNA).into_iter();
        mails.filter_map(|m| password_in(&m.bytes)).next()
    };
    until(told).await.expect("she passes it on");
    texts(2).await;
    let log = house.gateway.log();
    assert!(
        log.contains("an earlier mail") && !log.contains("701234567"),
        "{log}"
    );
}

/// Nobody knows whether the first try has left; when its client comes again the number is forgotten. Held and sent again it might come
/// twice: it leaves with the link that he may have, and his password goes where it would have gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_may_have_left_waits_for_nobody_when_it_comes_again() {
    let house = House::open("if_no_channel = \"hold\"").await;
    house.submit("One [sms:070-123 45 67]", &[BO]).await;
    let numbers = |words: &[&str]| done(house.folder.path(), &[&["numbers"], words].concat());
    let noted = || (!numbers(&["list", ANNA]).is_empty()).then_some(());
    until(noted).await.expect("it is remembered");
    house.hop.refuse(vec![Refusal {
        at: format!("lost {BO}"),
        reply: String::new(),
    }]);
    let replies = house.submit("Two", &[BO]).await;
    assert!(replies[0].starts_with("451 "), "{replies:?}");
    assert_eq!(numbers(&["forget", ANNA, BO]), "forgotten: 1\n");
    house.hop.refuse(Vec::new());
    let replies = house.submit("Two", &[BO]).await;
    assert!(
        replies[0].starts_with("250 ") && !replies[0].contains("waits"),
        "{replies:?}"
    );
    let mails = house.mails_to(BO).into_iter();
    let links: Vec<_> = mails.filter_map(|mail| link_in(&mail.bytes)).collect();
    assert_eq!(links.len(), 3);
    assert_eq!(links[1], links[2], "the link that he may have");
    let texts = until(|| Some(house.phone.messages()).filter(|texts| texts.len() == 2)).await;
    let texts = texts.unwrap_or_else(|| panic!("{}", house.gateway.log()));
    assert_eq!(texts[1].0, "+46701234567");
    let into = tempfile::tempdir().expect("a folder");
    let link = house.gateway.here(&links[2]);
    let opened = fetch(&link, Some(&password_of(&texts[1].1)), into.path()).await;
    assert_eq!(opened.expect("opens").len(), 1);
    let asked = |mail: &Delivery| decoded(&mail.bytes).contains(ASKED);
    assert!(!house.mails_to(ANNA).iter().any(asked));
}

/// Two people with one telephone, and many people without: each gets a text message of his own, and the page takes what was filled in.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_with_one_number_get_a_text_message_each_and_four_hundred_fit_on_the_page() {
    let house = House::open("if_no_channel = \"hold\"").await;
    house.submit("Plan", &[BO, EVA]).await;
    let page = house.page().await;
    let number = "number&number0=%2B46701234567&way1=number&number1=%2B46701234567";
    house.answer(&page, &format!("way0={number}"));
    let both = until(|| (house.phone.messages().len() == 2).then_some(())).await;
    assert!(both.is_some(), "{}", house.gateway.log());
    let passwords: Vec<String> = (house.phone.messages().iter())
        .map(|(_, text)| password_of(text))
        .collect();
    assert_ne!(passwords[0], passwords[1]);
    assert!(
        house
            .mails_to(ANNA)
            .iter()
            .all(|m| password_in(&m.bytes).is_none())
    );

    let many: Vec<String> = (0..400).map(|n| format!("p{n}@client.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    house.submit("Plan for many", &many).await;
    let asked = || {
        let mails = house.mails_to(ANNA).into_iter();
        let mut texts = mails.map(|mail| decoded(&mail.bytes));
        texts.find(|text| text.contains("p399@client.example"))
    };
    let text = until(asked).await.expect("its sender is asked");
    let page = first("/a/[0-9a-z]{24}", &text).expect("a page");
    let form: Vec<String> = (0..400)
        .map(|n| format!("way{n}=number&number{n}=%2B4670+123+45+67"))
        .collect();
    let form = format!("verdict=guide&{}", form.join("&"));
    let said = http(&house.gateway, "POST", &page, Some(&form));
    assert!(said.starts_with("HTTP/1.1 303"), "{said}");
}

/// Whoever gives himself out as Anna teaches her nothing (T102), nor does a number that was meant for somebody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_are_not_learned_from_others_nor_for_others() {
    let house = House::open("if_no_channel = \"sender\"").await;
    // The envelope says Anna, the mail says Eva.
    let mail = "From: <eva@example.org>\r\nTo: <bo@partner.example>\r\nSubject: Plan [sms:+46701111111]\r\n\
        Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n\
        --b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\na\r\n--b--\r\n";
    let smtp = house.gateway.address("smtp");
    send(Door::Smtp, smtp, ANNA, &[BO.to_owned()], mail.as_bytes()).await;
    // One number for two.
    house
        .submit("Plan for two [sms:+46702222222]", &[BO, EVA])
        .await;
    let three = until(|| (house.phone.messages().len() == 3).then_some(())).await;
    assert!(three.is_some(), "{}", house.gateway.log());
    house.submit("Plan for one", &[EVA]).await;
    let told = || {
        let mails = house.mails_to(ANNA).into_iter();
        mails.filter_map(|m| password_in(&m.bytes)).next()
    };
    until(told).await.expect("she passes it on");
    let listed = done(house.folder.path(), &["numbers", "list", ANNA]);
    assert_eq!(listed, "");
    assert_eq!(house.phone.messages().len(), 3);
}
