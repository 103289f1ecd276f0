//! What approvers, and senders of mails that wait, see and do on their pages.

use super::house::{Answer, Stage, now};
use cloakroom::mail::envelope::{Client, MailOptions};
use cloakroom::mail::{Envelope, MailId, Recipient};
use cloakroom::transfer::hold_link::Part;
use cloakroom::transfer::ledger::Submission;
use cloakroom::transfer::record::BlobRecord;
use cloakroom::transfer::waiting::{State, Why};
use cloakroom::transfer::{BlobId, Given, Unreached, Waiting};

const DPO: &str = "dpo@example.org";
const CFO: &str = "cfo@example.org";
const ANNA: &str = "anna@legal.example.org";

/// A mail that waits for two people.
pub fn waiting(stage: &Stage) -> Waiting {
    waiting_with(stage, |_| ())
}

fn waiting_with(stage: &Stage, change: impl FnOnce(&mut Waiting)) -> Waiting {
    let address = |text: &str| text.parse().expect("an address");
    let blob = BlobId::fresh();
    let out = stage.store.shelf().write_blob(blob).expect("a blob");
    out.finish().expect("is kept");
    let expires = now() + 2 * 86_400;
    let mut waiting = Waiting {
        id: MailId::fresh().to_string(),
        envelope: Envelope {
            sender: Some(address(ANNA)),
            recipients: [
                "bo@partner.example",
                "a-rather-long-local-part.eva@client.example",
            ]
            .map(|to| Recipient::new(address(to)))
            .to_vec(),
            options: MailOptions::default(),
            client: Client::local(),
        },
        received: now() - 600,
        until: expires,
        approvers: vec![address(DPO), address(CFO)],
        reasons: vec![Why {
            rule: "people".into(),
            why: "Lists of people wait for the data protection officer.".into(),
        }],
        files: 2,
        language: "en".into(),
        message_id: None,
        blob: BlobRecord {
            id: blob,
            plain_len: 3_400_000,
            number: 0,
        },
        key: vec![1],
        day: i32::try_from(expires / 86_400 + 1).expect("a day of ours"),
        state: State::Waits,
        unreached: Vec::new(),
    };
    change(&mut waiting);
    let submission = Submission {
        until: expires,
        copies: Vec::new(),
        recall: Vec::new(),
    };
    stage
        .store
        .keep_waiting(&waiting, &submission)
        .expect("keeps");
    waiting
}

pub fn page(stage: &Stage, waiting: &Waiting, whose: &str) -> String {
    let address = whose.parse().expect("an address");
    let part = match whose == ANNA {
        true => Part::Sender(address),
        false => Part::Approver(address),
    };
    waiting.page(stage.store.master(), &part)
}

/// A mail that waits for its sender: no way reaches two of its recipients.
fn unreached(stage: &Stage) -> Waiting {
    waiting_with(stage, |waiting| {
        waiting.approvers.clear();
        let recipients = waiting.envelope.recipients.iter();
        let all = recipients.map(|r| Unreached {
            recipient: r.address.clone(),
            by_phone: vec!["phone".into()],
            by_sender: true,
            by_link: r.address.to_string().starts_with('b'),
            given: None,
        });
        waiting.unreached = all.collect();
    })
}

/// The pages to look at: of an approver, of senders, and one that was decided about.
pub fn pages(stage: &Stage) -> [(&'static str, String); 4] {
    let (open, over) = (waiting(stage), waiting(stage));
    let decided = page(stage, &over, CFO);
    assert_eq!(stage.post(&decided, "", "verdict=drop").status, 303);
    [
        ("approve", page(stage, &open, DPO)),
        ("withdraw", page(stage, &open, ANNA)),
        ("unreached", page(stage, &unreached(stage), ANNA)),
        ("decided", decided),
    ]
}

fn is_undecided(stage: &Stage, waiting: &Waiting) -> bool {
    let id = waiting.id.parse().expect("an id");
    let found = stage.store.waiting(id).expect("reads");
    found.is_some_and(|waiting| waiting.is_undecided())
}

fn said(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text())
}

/// P15: unknown, changed, of another mail, and of one that nobody knows any more.
#[test]
fn links_that_are_nobodys_get_one_answer_looked_at_and_sent() {
    let stage = Stage::patient(Default::default());
    let (open, decided) = (waiting(&stage), waiting(&stage));
    let own = page(&stage, &decided, DPO);
    assert_eq!(stage.post(&own, "", "verdict=release").status, 303);
    let unknown = format!("/a/{}", "0".repeat(24));
    let changed = |path: &str| {
        let last = if path.ends_with('7') { '8' } else { '7' };
        format!("{}{last}", &path[..path.len() - 1])
    };
    let stranger = page(&stage, &open, "eve@example.org");
    let other = {
        let (mine, others) = (page(&stage, &open, DPO), page(&stage, &decided, DPO));
        format!("{}{}", &mine[..11], &others[11..])
    };
    let gone = said(&stage.get(&unknown, ""));
    assert_eq!(gone.0, 404);
    for path in [
        unknown,
        changed(&page(&stage, &open, DPO)),
        changed(&own),
        stranger,
        other,
        "/a/x".into(),
    ] {
        assert_eq!(said(&stage.get(&path, "")), gone, "{path}");
        for verdict in ["release", "transfer", "drop", "withdraw"] {
            let form = format!("verdict={verdict}");
            assert_eq!(
                said(&stage.post(&path, "", &form)),
                gone,
                "{path} {verdict}"
            );
        }
    }
    assert!(is_undecided(&stage, &open));
}

#[test]
fn who_guesses_is_told_to_wait_and_a_right_link_goes_on() {
    let stage = Stage::new();
    let open = waiting(&stage);
    let guess = |n: usize| format!("/a/{}", format!("{n:02}").repeat(12));
    for n in 0..10 {
        assert_eq!(stage.get(&guess(n), "").status, 404);
        assert_eq!(stage.post(&guess(n), "", "verdict=release").status, 404);
    }
    let last = stage.post(&guess(10), "", "verdict=release");
    assert_eq!(last.status, 429);
    assert!(last.field("retry-after").is_some());
    let own = page(&stage, &open, DPO);
    assert_eq!(stage.get(&own, "").status, 200);
    assert_eq!(stage.post(&own, "", "verdict=release").status, 303);
    assert!(!is_undecided(&stage, &open));
}

#[test]
fn after_it_was_decided_all_who_may_know_read_who_did_and_who_was_asked() {
    let stage = Stage::new();
    let rows = [
        (CFO, "verdict=drop&because=no", "dropped by cfo@example.org"),
        (DPO, "verdict=transfer", "released by dpo@example.org"),
        (
            ANNA,
            "verdict=withdraw",
            "withdrawn by anna@legal.example.org",
        ),
    ];
    for (who, form, sentence) in rows {
        let waiting = waiting(&stage);
        let own = page(&stage, &waiting, who);
        let answer = stage.post(&own, "", form);
        assert_eq!(answer.field("location"), Some(own.as_str()));
        for reader in [DPO, CFO, ANNA] {
            let path = page(&stage, &waiting, reader);
            let text = stage.get(&path, "").text();
            assert!(text.contains(sentence), "{reader}: {text}");
            assert!(
                text.contains("Asked were: dpo@example.org, cfo@example.org."),
                "{text}"
            );
            // Too late: it stays as it is.
            assert_eq!(stage.post(&path, "", "verdict=release").status, 303);
            assert!(stage.get(&path, "").text().contains(sentence), "{reader}");
        }
    }
}

#[test]
fn a_sender_says_how_each_gets_a_password_and_what_cannot_be_used_comes_back() {
    let stage = Stage::new();
    let waiting = unreached(&stage);
    let own = page(&stage, &waiting, ANNA);
    let shown = stage.get(&own, "").text();
    // Policy lets the first do without, and not the second.
    assert_eq!(shown.matches("value=\"link\"").count(), 1, "{shown}");
    let rows = [
        ("way0=sender", "Choose a way."),
        ("way0=link&way1=link", "Choose a way."),
        ("way0=sender&way1=number&number1=", "check its digits"),
        (
            "way0=sender&way1=number&number1=%2B4490",
            "check its digits",
        ),
        (
            "way0=sender&way1=number&number1=%2B46+900+123+45+67",
            "No text message can be sent",
        ),
        ("way0=carrier-pigeon&way1=sender", "Choose a way."),
    ];
    for (form, why) in rows {
        let answer = stage.post(&own, "", &format!("verdict=guide&{form}"));
        let text = answer.text();
        assert_eq!(answer.status, 200, "{form}");
        assert!(
            text.contains("<title>Error: ") && text.contains(why),
            "{form}: {text}"
        );
        assert!(is_undecided(&stage, &waiting), "{form}");
    }
    // What an approver may, its sender may not; and nobody else can say it for him.
    assert_eq!(stage.post(&own, "", "verdict=release").status, 303);
    assert!(is_undecided(&stage, &waiting));

    let form = "verdict=guide&way0=link&way1=number&number1=070-123+45+67";
    assert_eq!(stage.post(&own, "", form).status, 303);
    assert!(!is_undecided(&stage, &waiting));
    let id = waiting.id.parse().expect("an id");
    let kept = stage.store.waiting(id).expect("reads").expect("is there");
    let given: Vec<Given> = kept.given().into_iter().map(|(_, given)| given).collect();
    assert_eq!(given, [Given::Link, Given::Number("+46701234567".into())]);
    let text = stage.get(&own, "").text();
    assert!(
        text.contains("released by anna@legal.example.org"),
        "{text}"
    );
    // Too late.
    assert_eq!(
        stage
            .post(&own, "", "verdict=guide&way0=sender&way1=sender")
            .status,
        303
    );
    let kept = stage.store.waiting(id).expect("reads").expect("is there");
    assert_eq!(kept.given().len(), 2);
    assert_eq!(kept.given()[0].1, Given::Link);
}

#[test]
fn what_a_sender_says_releases_nothing_that_approvers_have_to() {
    let stage = Stage::new();
    let waiting = waiting_with(&stage, |waiting| {
        waiting.unreached = vec![Unreached {
            recipient: waiting.envelope.recipients[0].address.clone(),
            by_phone: Vec::new(),
            by_sender: true,
            by_link: false,
            given: None,
        }];
    });
    let own = page(&stage, &waiting, ANNA);
    for form in ["way0=number&number0=%2B46701234567", "way0=link"] {
        let answer = stage.post(&own, "", &format!("verdict=guide&{form}"));
        assert!(answer.text().contains("Choose a way."), "{form}");
    }
    assert_eq!(
        stage.post(&own, "", "verdict=guide&way0=sender").status,
        303
    );
    assert!(is_undecided(&stage, &waiting));
    let of_approver = page(&stage, &waiting, DPO);
    assert!(!stage.get(&of_approver, "").text().contains("way0"));
    assert_eq!(
        stage
            .post(&of_approver, "", "verdict=guide&way0=sender")
            .status,
        303
    );
    assert!(is_undecided(&stage, &waiting));
    assert_eq!(stage.post(&of_approver, "", "verdict=release").status, 303);
    assert!(!is_undecided(&stage, &waiting));
}
