//! A real Postfix and a real Sendmail with a watcher of the tripwire at every port, behind the gateway's filter and behind its way back.

use super::house::{ANNA, BO, COLLEAGUE, House, Installation, Plan, mail};
use super::servers::MailServer;
use super::{both::MODES, postfix::mails};
use crate::support::client::{Door, try_send};
use crate::support::hop::Delivery;
use crate::support::postfix::Postfix;
use crate::support::sendmail::Sendmail;
use crate::support::{settings, until};

fn plan(mode: &str) -> Plan<'_> {
    Plan {
        watched: true,
        actions: &["tempfail", "accept"],
        ..Plan::mode(mode)
    }
}

fn watched<S>(house: &Installation<S>) -> String {
    house.watcher.as_ref().expect("there is one").log()
}

/// Changed or not, to one or to several, as a milter in both modes and through the gateway's own door: every mail to people outside has a
/// mark that holds for what arrives at the last server.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_comes_by_the_gateway_passes_the_watcher() {
    passes::<Postfix>(40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_sendmail_too() {
    passes::<Sendmail>(20).await;
}

async fn passes<S: MailServer>(at_least: usize) {
    for mode in MODES {
        // So that there are mails of the gateway's own.
        let policy =
            settings::TAKE_FILES.replace("\"link\"", "\"password\", password_via = [\"sender\"]");
        let policy = &policy;
        let house = Installation::<S>::build(&Plan {
            policy,
            ..plan(mode)
        })
        .await;
        let mut came = 0;
        for (name, mail) in mails() {
            let at = |host| format!("{name}@{host}");
            let to = [at("partner.example"), at("example.org")];
            let whom = to.each_ref().map(String::as_str);
            let by_milter = house.send(house.front("tempfail"), &whom, &mail).await;
            let smtp = house.gateway.address("smtp");
            let by_smtp = try_send(Door::Smtp, smtp, ANNA, &to, &mail).await;
            let said = [by_milter, by_smtp.expect("the gateway answers")].concat();
            let refused = said.iter().any(|reply| reply.starts_with('5'));
            came += usize::from(!refused && said.iter().all(|reply| reply.starts_with('2')));
        }
        assert!(came > at_least, "{mode}: only {came}");
        house.is_quiet().await;
        let seen = watched(&house);
        assert!(!seen.contains("unmarked"), "{mode}: {seen}");
        for delivery in house.sink.deliveries() {
            let text = String::from_utf8_lossy(&delivery.bytes);
            let outside = delivery.to.iter().any(|to| !to.ends_with("@example.org"));
            let has_mark = text.contains("X-Cloakroom-Seal: v=1; h=");
            assert!(has_mark || !outside, "{mode} {:?}: {text}", delivery.to);
        }
    }
}

/// With the setting that must not be: without its filter Postfix lets mail pass, and the watcher does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_goes_around_the_gateway_does_not_pass() {
    goes_around::<Postfix>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nor_by_sendmail() {
    goes_around::<Sendmail>().await;
}

async fn goes_around<S: MailServer>() {
    let house = Installation::<S>::build(&plan("shared")).await;
    let ways = [house.without("accept"), house.back];
    for (number, port) in ways.into_iter().enumerate() {
        let around = mail(&format!("around {number}"));
        let said = house.send(port, &[BO], &around).await;
        let last = said.last().expect("a reply");
        assert!(last.starts_with("550 5.7.1"), "{said:?}");
        // To colleagues alone nobody looks.
        house.taken(port, &[COLLEAGUE], &around).await;
        let said = house.send(port, &[COLLEAGUE, BO], &around).await;
        assert!(said.last().expect("a reply").starts_with("550"), "{said:?}");
        let line = until(|| {
            let log = watched(&house);
            let found = log
                .lines()
                .find(|l| l.contains(&format!("around-{number}@")));
            found.map(str::to_owned)
        });
        let line = line.await.expect("a line");
        for word in ["ERROR", "unmarked", "mark=\"none\"", "refused", BO, ANNA] {
            assert!(line.contains(word), "{word}: {line}");
        }
        assert!(!line.contains("to=kim"), "{line}");
    }
    // A mark of another mail does not help, nor one of nobody.
    house
        .taken(house.front("tempfail"), &[BO], &mail("by us"))
        .await;
    let arrived = house.sink.delivery_to(BO).await;
    let text = String::from_utf8_lossy(&arrived.bytes).into_owned();
    let at = text.find("X-Cloakroom-Seal:").expect("a mark");
    let end = text[at..]
        .find("\r\n\t")
        .map(|fold| at + fold + 2)
        .expect("a fold");
    let end = end + text[end..].find("\r\n").expect("an end") + 2;
    let mark = &text[at..end];
    for (mark, judged) in [
        (mark, "changed"),
        ("X-Cloakroom-Seal: v=1; h=x; s=y\r\n", "foreign"),
    ] {
        let stolen = [mark.as_bytes(), &mail(judged)].concat();
        let said = house.send(house.back, &[BO], &stolen).await;
        assert!(said.last().expect("a reply").starts_with("550"), "{said:?}");
        let is_said = || {
            watched(&house)
                .contains(&format!("mark=\"{judged}\""))
                .then_some(())
        };
        assert!(
            until(is_said).await.is_some(),
            "{judged}: {}",
            watched(&house)
        );
    }
    // What was let through to a colleague (here a list, or somebody who has it sent on) is not let through to whoever comes behind.
    house
        .taken(house.front("tempfail"), &[COLLEAGUE], &mail("to a list"))
        .await;
    let copies = || {
        house
            .copies(COLLEAGUE)
            .into_iter()
            .find(|m| is_of(m, "to a list"))
    };
    let expanded = until(copies).await.expect("it came");
    let said = house.send(house.back, &[BO], &expanded.bytes).await;
    assert!(said.last().expect("a reply").starts_with("550"), "{said:?}");
    house.is_quiet().await;
    assert_eq!(house.copies(BO).len(), 1, "what came by us");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_watcher_mail_waits() {
    let mut house = House::build(&plan("take_out")).await;
    house.watcher.take().expect("there is one").kill();
    for to in [BO, COLLEAGUE] {
        let said = house.send(house.front("tempfail"), &[to], &mail(to)).await;
        assert!(said.last().expect("a reply").starts_with('4'), "{said:?}");
    }
    assert!(house.sink.deliveries().is_empty());
}

fn is_of(mail: &Delivery, subject: &str) -> bool {
    let field = format!("\r\nSubject: {subject}\r\n");
    memchr::memmem::find(&mail.bytes, field.as_bytes()).is_some()
}
