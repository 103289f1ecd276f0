//! What senders see and do on their page.

use super::house::{Answer, Made, PASSWORD, Stage, now};
use cloakroom::gateway::collect::Lock;
use cloakroom::seal;
use cloakroom::seal::recovery::{self, Place};
use cloakroom::transfer::memo::About;
use cloakroom::transfer::notice::Route;
use cloakroom::transfer::record::State;
use cloakroom::transfer::renewal::{Kept, Spare};
use cloakroom::transfer::sender_link::{Sheet, SheetSecret};
use cloakroom::transfer::waiting::Why;
use cloakroom::transfer::{
    Actor, Destination, Event, Happened, LinkSecret, Password, SenderLink, Ticket,
};

const DAY: i64 = 86_400;

fn token(stage: &Stage, made: &Made, secret: Option<&SheetSecret>) -> String {
    SenderLink::token(stage.store.master(), &made.id, secret)
}

/// A transfer of two files whose sender has a receipt.
fn with_receipt(stage: &Stage) -> (Made, SheetSecret) {
    let secret = SheetSecret::fresh();
    let made = stage.hold_with_sheet(
        &[("contract-v3.pdf", b"0123456789"), ("tomt", b"")],
        &[],
        |id| {
            let sheet = Sheet {
                subject: "Contract <draft>".into(),
                files: vec![shown("contract-v3.pdf", 10), shown("tomt", 0)],
                reasons: vec![Why {
                    rule: "legal-all-files".into(),
                    why: "Legal sends every file protected.".into(),
                }],
            };
            sheet.seal(&secret, id).expect("small")
        },
    );
    (made, secret)
}

fn shown(name: &str, size: u64) -> cloakroom::transfer::proof::ShownFile {
    cloakroom::transfer::proof::ShownFile {
        name: name.into(),
        size,
    }
}

/// One with a receipt, and the path of its sender's page.
pub fn steered(stage: &Stage) -> (Made, String) {
    let (made, secret) = with_receipt(stage);
    let path = format!("/s/{}", token(stage, &made, Some(&secret)));
    (made, path)
}

fn post(stage: &Stage, token: &str, what: &str, form: &str) -> Answer {
    stage.post(&format!("/s/{token}/{what}"), "", form)
}

fn day(at: i64) -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Stockholm").expect("compiled in");
    let at = jiff::Timestamp::from_second(at).expect("a time of ours");
    at.to_zoned(zone).date().to_string()
}

#[test]
fn the_receipts_link_shows_names_and_the_notices_link_does_not() {
    let stage = Stage::new();
    let (made, secret) = with_receipt(&stage);
    let full = stage.get(&format!("/s/{}", token(&stage, &made, Some(&secret))), "");
    assert_eq!(full.status, 200);
    assert_eq!(full.field("cache-control"), Some("no-store"));
    let full = full.text();
    for there in [
        "Contract &lt;draft&gt;",
        "contract-v3.pdf",
        "Legal sends every file protected. (legal-all-files)",
        "bo@partner.example",
        "2 files, 10\u{a0}bytes",
        "on its way",
        "text message to the number ending in 47",
        "not yet",
    ] {
        assert!(full.contains(there), "{there} is not in {full}");
    }
    assert!(full.len() < 30_000);
    let plain = stage.get(&format!("/s/{}", token(&stage, &made, None)), "");
    assert_eq!(plain.status, 200);
    let plain = plain.text();
    for hidden in ["Contract", "contract", "tomt", "Legal"] {
        assert!(!plain.contains(hidden), "{hidden}");
    }
    let id = made.id.to_string();
    assert!(plain.contains(&format!("Your transfer {id}")) && plain.contains("2 files, 10"));
    let other = token(&stage, &made, Some(&SheetSecret::fresh()));
    assert!(
        !stage
            .get(&format!("/s/{other}"), "")
            .text()
            .contains("Contract")
    );
    for (language, word) in [
        ("de", "Empfänger"),
        ("sv", "Mottagare"),
        ("nl", "Ontvangers"),
        ("fr", "Destinataires"),
        ("es", "Destinatarios"),
        ("it", "Destinatari"),
        ("pl", "Odbiorcy"),
    ] {
        let path = format!("/s/{}?lang={language}", token(&stage, &made, None));
        assert!(stage.get(&path, "").text().contains(word), "{language}");
    }
}

#[test]
fn a_guessed_a_changed_and_an_unknown_token_get_one_answer() {
    let stage = Stage::patient(Lock::default());
    let (a, b) = (
        stage.hold(&[("a.pdf", b"a")]),
        stage.hold(&[("b.pdf", b"b")]),
    );
    let right = token(&stage, &a, None);
    let swapped = format!("{}{}", b.id.to_string().to_lowercase(), &right[8..]);
    let mut changed = right.clone();
    changed.replace_range(23.., if right.ends_with('7') { "8" } else { "7" });
    let wrong = [
        swapped,
        changed,
        right[..23].to_owned(),
        "0".repeat(24),
        "0".repeat(40),
        a.token.clone(),
    ];
    for token in &wrong {
        for answer in [
            stage.get(&format!("/s/{token}"), ""),
            stage.get(&format!("/s/{token}/revoke"), ""),
            post(&stage, token, "revoke", "to="),
            post(&stage, token, "unlock", "to="),
            post(&stage, token, "until", "until=2099-01-01"),
        ] {
            assert_eq!(answer.status, 404, "{token}");
            let text = answer.text();
            assert!(
                text.contains("These files are no longer here"),
                "{token}: {text}"
            );
            assert!(!text.contains("bo@partner.example"));
        }
    }
    for made in [&a, &b] {
        assert!(stage.saved(made).wrap.is_some(), "nothing was done");
    }
}

#[test]
fn looking_changes_nothing_and_other_sites_forms_do_not_count() {
    let stage = Stage::new();
    let (made, secret) = with_receipt(&stage);
    let token = token(&stage, &made, Some(&secret));
    let before = stage.saved(&made);
    for path in [
        "",
        "/revoke",
        "/revoke?to=0",
        "/unlock",
        "/until",
        "?done=revoked",
    ] {
        for method in ["GET", "HEAD"] {
            let answer = stage.ask(method, &format!("/s/{token}{path}"), "", None);
            assert!(
                [200, 303].contains(&answer.status),
                "{path}: {}",
                answer.status
            );
        }
    }
    for what in ["revoke", "unlock", "until"] {
        let foreign = "Sec-Fetch-Site: cross-site\r\n";
        let form = "to=&until=2099-01-01";
        let answer = stage.post(&format!("/s/{token}/{what}"), foreign, form);
        assert_eq!(answer.status, 400, "{what}");
    }
    assert_eq!(stage.saved(&made), before);
    for odd in ["to=7", "to=x", "to=-1"] {
        assert_eq!(post(&stage, &token, "revoke", odd).status, 400, "{odd}");
    }
    assert_eq!(stage.saved(&made), before);
}

#[test]
fn taking_back_ends_sessions_at_once_and_is_in_the_history() {
    let stage = Stage::new();
    let (made, secret) = with_receipt(&stage);
    let token = token(&stage, &made, Some(&secret));
    let cookie = stage.unlock(&made);
    let file = format!("/open/{}/file/0", made.id);
    assert_eq!(stage.get(&file, &cookie).status, 200);
    stage.wait_for("the fetch is counted", || {
        stage.saved(&made).fetched.first() == Some(&1)
    });
    let page = stage.get(&format!("/s/{token}"), "").text();
    assert!(page.contains("Downloaded: contract-v3.pdf") && page.contains("1 of 2, last: "));

    let asked = stage.get(&format!("/s/{token}/revoke?lang=de"), "").text();
    assert!(asked.contains("Von allen zurückziehen?") && asked.contains("bo@partner.example"));
    let done = post(&stage, &token, "revoke?lang=de", "to=");
    assert_eq!(done.status, 303);
    let back = done.field("location").expect("goes back").to_owned();
    assert_eq!(back, format!("/s/{token}?lang=de&done=revoked"));
    assert_eq!(stage.get(&file, &cookie).status, 403, "the session is dead");
    assert_eq!(stage.get(&format!("/t/{}", made.token), "").status, 404);
    let page = stage.get(&back, "").text();
    assert!(
        page.contains("Von Ihnen zurückgezogen") && page.contains("Niemand kann ihn mehr öffnen")
    );
    assert!(!page.contains("<button"), "nothing is left to do");
    let again = post(&stage, &token, "revoke", "to=0");
    assert!(
        again
            .field("location")
            .is_some_and(|l| l.ends_with("done=nothing"))
    );
}

#[test]
fn the_end_moves_within_what_is_allowed_and_both_ways() {
    let stage = Stage::new();
    let (made, secret) = with_receipt(&stage);
    let token = token(&stage, &made, Some(&secret));
    let ends = |stage: &Stage| stage.saved(&made).expires;
    let rows = [
        (now() + 3 * DAY, "extended"),
        (now() + 10 * DAY, "extended"),
        // The day of its keys is the one after its first end.
        (now() + 25 * DAY, "latest"),
    ];
    for (at, word) in rows {
        let done = post(&stage, &token, "until", &format!("until={}", day(at)));
        assert_eq!(done.status, 303);
        assert!(
            done.field("location").is_some_and(|l| l.ends_with(word)),
            "{done:?}"
        );
        if word == "extended" {
            assert_eq!(day(ends(&stage)), day(at));
        }
    }
    let last = i64::from(stage.saved(&made).day + 1) * DAY - 1;
    assert_eq!(ends(&stage), last);
    let record = stage
        .store
        .transfer(&made.id)
        .expect("reads")
        .expect("is there");
    assert_eq!(record.expires, last);
    for (form, sentence) in [
        ("until=2020-01-01", "That day is over"),
        ("until=yesterday", "Please enter a day"),
        ("", "Please enter a day"),
    ] {
        let answer = post(&stage, &token, "until", form);
        assert_eq!(answer.status, 400, "{form}");
        assert!(answer.text().contains(sentence), "{form}");
    }
    assert_eq!(ends(&stage), last);
    let page = stage.get(&format!("/s/{token}"), "").text();
    assert_eq!(page.matches("You changed the end to").count(), 3);
}

#[test]
fn a_lock_is_shown_and_lifted() {
    let stage = Stage::new();
    let (made, secret) = with_receipt(&stage);
    let token = token(&stage, &made, Some(&secret));
    let lock = |event| {
        let noted = stage.store.change_noting(&made.id, 0, |ticket| {
            (ticket.wrong, ticket.locked) = (10, true);
            Some(event)
        });
        noted.expect("writes");
    };
    let from = Some("192.0.2.77".to_owned());
    lock(Event {
        from,
        ..Event::at(now(), Happened::Locked)
    });
    let page = stage.get(&format!("/s/{token}"), "").text();
    assert!(page.contains("Locked after too many wrong passwords: "));
    assert!(!page.contains("192.0.2.77"), "addresses are for operators");
    let done = post(&stage, &token, "unlock", "to=0");
    assert!(
        done.field("location")
            .is_some_and(|l| l.ends_with("done=lifted"))
    );
    let answer = stage.post(
        &format!("/t/{}/unlock", made.token),
        "",
        &format!("password={PASSWORD}"),
    );
    assert_eq!(answer.status, 303);
    let page = stage.get(&format!("/s/{token}"), "").text();
    assert!(page.contains("Unlocked by you") && !page.contains("class=\"trouble\""));
}

#[test]
fn an_ended_transfer_says_so_to_the_right_link_only() {
    let stage = Stage::new();
    let (made, secret) = with_receipt(&stage);
    let token = token(&stage, &made, Some(&secret));
    let revoked = stage
        .store
        .revoke(&made.id, None, Happened::Revoked(Actor::Operator));
    assert_eq!(revoked.expect("revokes"), 1);
    let page = stage.get(&format!("/s/{token}"), "");
    assert!(page.text().contains("Taken back by the operators"));
    assert_eq!(page.status, 200);
    let record = stage
        .store
        .transfer(&made.id)
        .expect("reads")
        .expect("is there");
    assert_eq!(record.state, State::Revoked);
    stage.store.expire(now() + 100 * DAY).expect("expires");
    let over = stage.get(&format!("/s/{token}"), "");
    assert_eq!(over.status, 410);
    assert!(over.text().contains("This transfer has ended"));
    assert_eq!(post(&stage, &token, "revoke", "to=").status, 410);
}

/// Two recipients, one of them locked, the other at work: the path of the page.
pub fn busy_page(stage: &Stage) -> String {
    let secret = SheetSecret::fresh();
    let names = [
        "Läkarintyg för Åsa Öberg, komplett med alla bilagor 2025.pdf",
        "annex.docx",
    ];
    let files = [
        (names[0], &[7u8; 3_400][..]),
        (names[1], &[8u8; 90_000][..]),
    ];
    let made = stage.hold_with_sheet(
        &files,
        &["a-rather-long-local-part.eva@client.example"],
        |id| {
            let sheet = Sheet {
                subject: "Contract draft, third version".into(),
                files: vec![shown(names[0], 3_400), shown(names[1], 90_000)],
                reasons: vec![Why {
                    rule: "legal-all-files".into(),
                    why: "Legal sends every file as a protected transfer.".into(),
                }],
            };
            sheet.seal(&secret, id).expect("small")
        },
    );
    let note = |ticket: u32, event: Event| {
        let noted = stage.store.change_noting(&made.id, ticket, |ticket| {
            match &event.what {
                Happened::Locked => (ticket.wrong, ticket.locked) = (10, true),
                Happened::Opened => ticket.first_opened = event.at,
                _ => ticket.fetched = vec![1, 0],
            }
            Some(event)
        });
        noted.expect("writes");
    };
    note(0, Event::at(now() - 4_000, Happened::Opened));
    note(0, Event::at(now() - 3_900, Happened::Fetched(vec![0])));
    note(1, Event::at(now() - 600, Happened::Locked));
    format!("/s/{}", token(stage, &made, Some(&secret)))
}

#[test]
fn one_of_two_recipients_can_be_chosen() {
    let stage = Stage::new();
    let path = busy_page(&stage);
    let page = stage.get(&path, "").text();
    for there in [
        "1 of 2, last: ",
        "Locked after too many",
        "Take back from bo@partner.example",
    ] {
        assert!(page.contains(there), "{there} is not in {page}");
    }
    let asked = stage.get(&format!("{path}/revoke?to=1"), "").text();
    assert!(asked.contains("eva@client.example") && !asked.contains("bo@partner.example"));
    assert_eq!(
        stage.post(&format!("{path}/revoke"), "", "to=1").status,
        303
    );
    let page = stage.get(&path, "").text();
    assert!(page.contains("taken back: ") && page.contains("Take back from everybody"));
    assert!(
        !page.contains("Locked after too many wrong passwords: "),
        "that is over"
    );
    assert_eq!(
        stage.post(&format!("{path}/unlock"), "", "to=0").status,
        303
    );
}

#[test]
fn who_guesses_is_told_to_wait_and_a_right_link_goes_on() {
    let stage = Stage::new();
    let (made, _) = with_receipt(&stage);
    let guess = |n: u32| stage.get(&format!("/s/{n:024}"), "").status;
    let said: Vec<u16> = (0..25).map(guess).collect();
    assert_eq!((said[0], said[24]), (404, 429), "{said:?}");
    let right = token(&stage, &made, None);
    assert_eq!(stage.get(&format!("/s/{right}"), "").status, 200);
}

/// As policy with `recovery = "gateway"` would have made it, and its mail has left.
fn with_spare(stage: &Stage, made: &Made) {
    let store = &stage.store;
    let record = store.transfer(&made.id).expect("reads").expect("is there");
    let ticket = stage.saved(made);
    let day_key = store.day_key(ticket.day).expect("a key");
    let link = LinkSecret::from_token(&made.token).expect("a token");
    let password = Password::given(PASSWORD);
    let key = seal::open::unlock(
        &ticket,
        &record,
        &link,
        Some(&password),
        store.master(),
        &day_key,
    );
    let place = Place {
        transfer: &made.id,
        ticket: 0,
        day: ticket.day,
        day_key: &day_key,
        master: store.master(),
    };
    let kept = Kept {
        ways: vec![Route {
            channel: "phone".into(),
            destination: Destination::Phone("+46701234547".into()),
            line: ticket.password_line.clone(),
            then: Vec::new(),
        }],
        lane: Default::default(),
        rules: Default::default(),
    };
    let sealed = recovery::seal(&place, &key.expect("opens"), &kept).expect("small");
    let spare = Spare::new(sealed, ticket.password_line.clone());
    let changed = store.change_ticket(&made.id, 0, |ticket| ticket.spare = Some(spare));
    changed.expect("writes");
    let bo = "bo@partner.example".parse().expect("an address");
    store.release(&made.id, &[bo]).expect("writes");
}

/// For a picture in every language: more often than may be.
pub fn as_if_never_renewed(stage: &Stage, made: &Made) {
    let forget = |ticket: &mut Ticket| {
        if let Some(spare) = &mut ticket.spare {
            spare.renewed.clear();
        }
    };
    stage
        .store
        .change_ticket(&made.id, 0, forget)
        .expect("writes");
}

/// A transfer whose link can be replaced, and its sender's page.
pub fn renewable_page(stage: &Stage) -> (Made, String) {
    let (made, secret) = with_receipt(stage);
    with_spare(stage, &made);
    let path = format!("/s/{}", token(stage, &made, Some(&secret)));
    (made, path)
}

/// The link that is on its way to the recipient.
fn link_on_its_way(stage: &Stage) -> String {
    let due = stage.store.due_memos(now() + 1, 9).expect("reads");
    let links: Vec<_> = due
        .iter()
        .filter_map(|due| match &due.memo.about {
            About::Renewed(renewal) => Some((renewal.link.token(), renewal.notice.is_some())),
            _ => None,
        })
        .collect();
    let [(link, false)] = &links[..] else {
        panic!("{links:?}");
    };
    link.clone()
}

#[test]
fn a_new_password_is_shown_once_to_the_receipts_link_alone() {
    let stage = Stage::new();
    let (made, path) = renewable_page(&stage);
    let notices = format!("/s/{}", token(&stage, &made, None));
    let before = stage.saved(&made);
    for path in [&path, &notices] {
        let page = stage.get(path, "").text();
        assert!(page.contains("New link and password") && page.contains("can be made"));
        for method in ["GET", "HEAD"] {
            let asked = stage.ask(method, &format!("{path}/renew?to=0"), "", None);
            assert_eq!(asked.status, 200, "{path}");
        }
    }
    let asked = |path: &str| stage.get(&format!("{path}/renew?to=0"), "").text();
    assert!(asked(&path).contains("is shown to me"));
    assert!(asked(&path).contains("text message to the number ending in 47"));
    assert!(!asked(&notices).contains("is shown to me"));
    let shown = "to=0&seen=0&how=shown";
    let renew = |path: &str, form: &str| stage.post(&format!("{path}/renew"), "", form);
    let foreign = "Sec-Fetch-Site: cross-site\r\n";
    let foreign = stage.post(&format!("{path}/renew"), foreign, shown);
    assert_eq!(foreign.status, 400);
    for odd in [
        "to=0&seen=0",
        "to=0&seen=x&how=same",
        "to=7&seen=0&how=same",
        "to=&seen=0&how=same",
        "to=0&seen=0&how=x",
    ] {
        assert_eq!(renew(&path, odd).status, 400, "{odd}");
    }
    assert_eq!(renew(&notices, shown).status, 400, "not to a notice's link");
    assert_eq!(stage.saved(&made), before, "nothing was done");

    let cookie = stage.unlock(&made);
    let file = format!("/open/{}/file/0", made.id);
    let done = renew(&path, shown);
    assert_eq!(done.status, 200);
    assert_eq!(done.field("cache-control"), Some("no-store"));
    let page = done.text();
    let shape = "[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}";
    let password = crate::support::first(shape, &page).expect("a password");
    assert_eq!(page.matches(&password).count(), 1);
    let again = renew(&path, shown);
    assert_eq!(again.status, 303);
    let back = again.field("location").expect("goes back").to_owned();
    assert!(back.ends_with("?done=shown"), "{back}");
    let page = stage.get(&back, "").text();
    for there in [
        "nobody can show it again",
        "New password made by you and shown to you",
        "/renew\"><input",
    ] {
        assert!(page.contains(there), "{there} is not in {page}");
    }
    assert!(!page.contains(&password));

    assert_eq!(stage.get(&file, &cookie).status, 403, "who was in is out");
    assert_eq!(stage.get(&format!("/t/{}", made.token), "").status, 404);
    let new = Made {
        token: link_on_its_way(&stage),
        ..made
    };
    assert_eq!(stage.type_in(&new, "", PASSWORD).status, 403);
    let opened = stage.type_in(&new, "", &password);
    assert_eq!(opened.status, 303, "{}", opened.text());
}

#[test]
fn where_nothing_can_be_replaced_the_page_says_so_and_offers_nothing() {
    let stage = Stage::new();
    let (made, secret) = with_receipt(&stage);
    let path = format!("/s/{}", token(&stage, &made, Some(&secret)));
    let before = stage.saved(&made);
    for path in [path.clone(), format!("{path}/renew?to=0")] {
        let page = stage.get(&path, "").text();
        assert!(page.contains("cannot be replaced: send the message again"));
        assert!(!page.contains("/renew"), "{page}");
    }
    for how in ["same", "shown"] {
        let form = format!("to=0&seen=0&how={how}");
        let answer = stage.post(&format!("{path}/renew"), "", &form);
        let back = answer.field("location").expect("goes back").to_owned();
        assert!(back.ends_with("?done=lost"), "{back}");
    }
    assert_eq!(stage.saved(&made), before);
}
