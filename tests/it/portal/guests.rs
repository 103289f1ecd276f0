//! Limits of guests, who come from many networks.

use super::house::{Stage, now};
use super::send::code_of;
use crate::support::log::Log;
use cloakroom::fault::Reply;
use cloakroom::forward::memory::Stage as At;
use cloakroom::gateway::guests::{Asked, Browser, Entered, Guests, Misaddressed, author};
use cloakroom::gateway::writing::Refusal;
use cloakroom::store::{Allowance, Store};
use cloakroom::transfer::{DraftId, Guest, Wish};
use std::net::IpAddr;
use std::sync::Arc;

const BO: &str = "bo@partner.example";
const ANNA: &str = "anna@example.org";
const NOBODY: &str = "nobody@example.org";

/// What somebody wants of the line, from somewhere.
struct Line {
    stage: Stage,
    guests: Arc<Guests>,
}

impl Line {
    fn new() -> Self {
        let stage = Stage::new();
        let refusal = Reply::new(550, (5, 1, 1), "no such user");
        stage.hop.answer(At::Recipient, NOBODY, refusal);
        let guests = stage.guests();
        Line { stage, guests }
    }

    fn draft(&self, who: &str, text: &str) -> DraftId {
        let (id, writing) = (DraftId::fresh(), self.guests.writing());
        let guest = Guest {
            address: who.into(),
            name: None,
            language: "en".into(),
            proven: now(),
        };
        let work = async {
            let begun = writing.begin(id, author(guest, [7; 32])).await;
            begun.expect("answers").expect("begins");
            let written = writing.write(id, text.into()).await;
            written.expect("answers").expect("is kept");
        };
        self.stage.runtime.block_on(work);
        id
    }

    fn address(
        &self,
        id: DraftId,
        who: &str,
        from: &str,
        to: &[&str],
    ) -> Result<Vec<String>, Misaddressed> {
        let to: Vec<String> = to.iter().map(|to| (*to).to_owned()).collect();
        let addressed = self
            .guests
            .address((id, &[]), (who, client(from)), (&to, "Plan"));
        let addressed = self.stage.runtime.block_on(addressed);
        addressed.expect("the store works")
    }

    /// What came of asking for a code.
    fn ask(&self, address: &str, from: &str, browser: Browser) -> Asked {
        let address = address.parse().expect("an address");
        let asked = self
            .guests
            .ask(address, ("", Wish::default()), "en", client(from), browser);
        self.stage.runtime.block_on(asked).expect("the store works")
    }

    /// How many of so many got an answer other than that it is too much; each from an address of its own.
    fn asked(&self, many: u32, address: &str, from: impl Fn(u32) -> String) -> usize {
        let asked = (0..many).map(|n| self.ask(address, &from(n), Browser::default()));
        asked
            .filter(|asked| matches!(asked, Asked::Sent(_)))
            .count()
    }

    fn sent_to(&self, address: &str) -> usize {
        let mails = self.stage.hop.taken();
        let is = |mail: &&cloakroom::forward::memory::Taken| {
            mail.recipients
                .iter()
                .any(|r| r.address.to_string() == address)
        };
        mails.iter().filter(is).count()
    }
}

fn client(from: &str) -> Option<IpAddr> {
    Some(from.parse().expect("a network address"))
}

/// How many codes all have left.
fn left_of_all(store: &Store) -> u32 {
    let all = Allowance {
        what: "codes",
        whose: b"",
        most: 500,
        within: 3600,
    };
    let has = |many: &u32| store.has_left(&all, *many, now()).expect("reads");
    (0..=500).rev().find(has).expect("none at least")
}

/// T95: whoever has many mailboxes in one network hears soon that it is enough, and others do not.
#[test]
fn t95_one_network_looks_up_a_hundred_and_twenty_people_a_day() {
    let line = Line::new();
    let told = |who: &str, from: &str| {
        let id = line.draft(who, "x");
        let asked = (0..70).map(|_| line.address(id, who, from, &[NOBODY]));
        let named = asked.filter(|said| matches!(said, Err(Misaddressed::Unknown(_))));
        named.count()
    };
    assert_eq!(told("a@partner.example", "192.0.2.1"), 60);
    assert_eq!(told("b@partner.example", "192.0.2.2"), 60);
    assert_eq!(
        told("c@partner.example", "192.0.2.3"),
        0,
        "the same network"
    );
    assert_eq!(told("d@partner.example", "192.0.3.1"), 60);
    assert_eq!(told("e@partner.example", "2001:db8:1:1::1"), 60);
    assert_eq!(told("f@partner.example", "2001:db8:1:2::1"), 60);
    assert_eq!(told("g@partner.example", "2001:db8:1:3::1"), 0, "one house");
}

#[test]
fn a_draft_that_cannot_be_sent_costs_nothing_and_who_was_vetted_is_not_vetted_again() {
    let line = Line::new();
    let empty = line.draft(BO, " ");
    for _ in 0..70 {
        let said = line.address(empty, BO, "192.0.2.1", &[ANNA]);
        assert_eq!(said, Err(Misaddressed::Draft(Refusal::Empty)));
    }
    let id = line.draft(BO, "Hello");
    for _ in 0..130 {
        let said = line.address(id, BO, "192.0.2.1", &["Anna@example.org"]);
        assert_eq!(said.expect("it may go"), ["Anna@example.org"]);
    }
    // Whoever comes to it is vetted alone: of sixty a day one was used, and these are fifty-nine.
    for _ in 0..59 {
        let said = line.address(id, BO, "192.0.2.1", &[ANNA, NOBODY]);
        assert_eq!(said, Err(Misaddressed::Unknown(NOBODY.into())));
    }
    let said = line.address(id, BO, "192.0.2.1", &[ANNA, NOBODY]);
    assert_eq!(said, Err(Misaddressed::Enough));
    assert!(line.address(id, BO, "192.0.2.1", &[ANNA]).is_ok());
}

/// T97: many networks of one owner are one neighbourhood.
#[test]
fn t97_who_owns_many_networks_gets_no_twenty_codes_for_each() {
    let line = Line::new();
    let six = |n: u32| format!("2001:db8:{n:x}::1");
    assert_eq!(line.asked(120, "eve@denied.example", six), 100);
    let four = |n: u32| format!("198.51.{n}.1");
    assert_eq!(line.asked(120, "eve@denied.example", four), 100);
    let elsewhere = |_| "2001:db9::1".to_owned();
    assert_eq!(line.asked(30, "eve@denied.example", elsewhere), 20);
}

/// T97: what sends nothing uses up nothing of what all have, and is answered as what does.
#[test]
fn t97_asking_where_nothing_is_sent_keeps_nobody_out() {
    let line = Line::new();
    let from = |n: u32| format!("10.{}.0.{}", n / 15, n % 15 + 1);
    assert_eq!(line.asked(300, "eve@denied.example", from), 300);
    assert_eq!(left_of_all(&line.stage.store), 500);
    let from = |n: u32| format!("11.0.{n}.1");
    assert_eq!(line.asked(15, BO, from), 15);
    line.stage.wait_for("five", || line.sent_to(BO) == 5);
    let left = left_of_all(&line.stage.store);
    assert_eq!(left, 495, "those that were sent");
    let said = line.stage.post("/send", "", "address=bo@localhost");
    assert_eq!(said.status, 400);
    assert_eq!(left_of_all(&line.stage.store), 495);
}

/// T97: strangers who ask for codes to an address do not keep its owner out.
#[test]
fn t97_who_had_proven_an_address_gets_a_code_whatever_strangers_ask_for() {
    let line = Line::new();
    let Asked::Sent(waiting) = line.ask(BO, "192.0.2.1", Browser::default()) else {
        panic!("too many");
    };
    let code = code_of(&line.stage, BO);
    let entered = line.guests.enter((waiting, None), code, None);
    let entered = line.stage.runtime.block_on(entered).expect("answers");
    let Entered::Right(secret, _) = entered else {
        panic!("{entered:?}");
    };
    let from = |n: u32| format!("10.{n}.0.1");
    line.asked(9, BO, from);
    line.stage.wait_for("five", || line.sent_to(BO) == 5);
    let owner = |address: &str| {
        let browser = Browser {
            waiting: None,
            guest: Some(secret.clone()),
        };
        line.ask(address, "192.0.2.1", browser)
    };
    for many in 6..9 {
        assert!(matches!(owner(BO), Asked::Sent(_)));
        line.stage.wait_for("one more", || line.sent_to(BO) == many);
    }
    assert!(matches!(owner(BO), Asked::Sent(_)), "and looks as before");
    line.asked(9, "kim@partner.example", from);
    line.stage
        .wait_for("five", || line.sent_to("kim@partner.example") == 5);
    assert!(matches!(owner("kim@partner.example"), Asked::Sent(_)));
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(line.sent_to(BO), 8);
    assert_eq!(line.sent_to("kim@partner.example"), 5, "another's");
}

/// A limit that is reached stands in the log once an hour, with a network and nobody's address.
#[test]
fn t97_a_limit_is_told_once() {
    let log = Log::start();
    let line = Line::new();
    let from = |n: u32| format!("203.0.113.{n}");
    assert_eq!(line.asked(40, "ann-marie@partner.example", from), 20);
    let text = String::from_utf8_lossy(&log.bytes()).into_owned();
    let told: Vec<&str> = text
        .lines()
        .filter(|l| l.contains("guest_limit") && l.contains("203.0.113"))
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("what=\"network\" from=\"203.0.113.0/24\""));
    assert!(!told[0].contains("ann-marie"));
}
