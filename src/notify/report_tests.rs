//! Reports: what machines and people read in them, and what strangers cannot put there.

use super::*;

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn told(action: Action, reply: Option<Reply>) -> Told {
    Told {
        recipient: Recipient {
            orcpt: Some("rfc822;Bo+2Bx@partner.example".into()),
            ..Recipient::new(address("bo@partner.example"))
        },
        action,
        reply,
        at: 1_763_733_720,
    }
}

struct Case {
    to: Address,
    options: MailOptions,
    client: Client,
    people: Vec<Told>,
    mail: Vec<u8>,
}

impl Case {
    fn of(people: Vec<Told>) -> Case {
        let mail = "Subject: Plan\r\nTo: bo\r\n\r\nHello.\r\n";
        Case {
            to: address("anna@example.org"),
            options: MailOptions::default(),
            client: Client::local(),
            people,
            mail: mail.into(),
        }
    }

    fn text(&self) -> String {
        let report = Report {
            id: "report-1".into(),
            to: &self.to,
            language: "en",
            mail: "7K3M9XQF",
            thread: Some("<a@example.org>\r\nBcc: x"),
            options: &self.options,
            client: &self.client,
            next_hop: Some("mx.example.org"),
            received: 1_763_733_720,
            people: self.people.clone(),
        };
        let mail = Some((&mut &self.mail[..] as &mut dyn Read, self.mail.len() as u64));
        let texts = Texts::new(&["en".into()]);
        let house = crate::notify::sample::house();
        let bytes = compose(&texts, &house, &report, mail).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn never() -> Reply {
    Reply::new(550, (5, 1, 1), "No such user")
}

#[test]
fn machines_read_who_what_why_and_when() {
    let mut case = Case::of(vec![told(Action::Failed, Some(never()))]);
    case.options.envid = Some("QQ+2B7".into());
    case.client.helo = "mail.example.org".into();
    let text = case.text();
    let status = "Reporting-MTA: dns; gate.example.org\r\nOriginal-Envelope-Id: QQ+7\r\n\
        Received-From-MTA: dns; mail.example.org\r\nArrival-Date: Fri, 21 Nov 2025 14:02:00 +0000\r\n\r\n\
        Original-Recipient: rfc822; Bo+x@partner.example\r\nFinal-Recipient: rfc822; bo@partner.example\r\n\
        Action: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.example.org\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 No such user\r\nLast-Attempt-Date: Fri, 21 Nov 2025 14:02:00 +0000\r\n";
    assert!(text.contains(status), "{text}");
}

#[test]
fn a_status_has_the_class_of_its_action() {
    let later = Reply::new(451, (4, 3, 0), "Busy");
    let bare = Reply {
        enhanced: None,
        ..never()
    };
    let delayed = Action::Delayed { until: 1 };
    let rows = [
        (Action::Failed, Some(never()), "5.1.1"),
        (Action::Failed, Some(bare), "5.0.0"),
        (Action::Failed, Some(later.clone()), "5.4.7"),
        (Action::Failed, None, "5.0.0"),
        (Action::Unclear, None, "5.4.2"),
        (delayed, Some(later), "4.3.0"),
        (delayed, None, "4.0.0"),
        (Action::Relayed, None, "2.0.0"),
    ];
    for (action, reply, expected) in rows {
        assert_eq!(status::status(&told(action, reply)), expected, "{action:?}");
    }
}

#[test]
fn words_of_our_own_do_not_stand_there_as_the_next_hops() {
    let down = Reply::from(&Kind::NextHopDown);
    let text = Case::of(vec![told(Action::Failed, Some(down))]).text();
    assert!(
        text.contains("Diagnostic-Code: x-cloakroom; 451 4.4.1 "),
        "{text}"
    );
    assert!(!text.contains("Remote-MTA"), "{text}");
    assert!(text.contains("Our mail server noted"), "{text}");
}

#[test]
fn strangers_words_bring_no_field_and_no_part() {
    let evil = Reply {
        code: 550,
        enhanced: None,
        lines: vec![
            "x\r\nAction: delivered\r\n\r\n--b".into(),
            "y\r\n\u{85}Status: 2.0.0".into(),
        ],
    };
    let mut case = Case::of(vec![told(Action::Failed, Some(evil))]);
    case.client.helo = "a b\r\nX-Evil: 1".into();
    case.options.envid = Some("a+0D+0AX-Evil: 1".into());
    case.people[0].recipient.orcpt = Some("rfc822\r\nX;a+0D+0AX-Evil".into());
    let text = case.text();
    for line in text.lines() {
        for start in ["X-Evil", "Action: delivered", "Status: 2", "--b", "Bcc"] {
            assert!(!line.starts_with(start), "{text}");
        }
    }
    assert!(!text.contains("Original-"), "{text}");
}

#[test]
fn what_comes_back_is_bounded_and_can_travel() {
    let full = || {
        let mut case = Case::of(vec![told(Action::Failed, Some(never()))]);
        case.options.ret = Some("FULL".into());
        case
    };
    let headers = "Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: Plan\r\nTo: bo\r\n\r\n--";
    assert!(
        full()
            .text()
            .contains("\r\n\r\nSubject: Plan\r\nTo: bo\r\n\r\nHello.\r\n\r\n--")
    );
    let mut large = full();
    large.mail.resize(usize::try_from(FULL).unwrap() + 1, b'\n');
    assert!(large.text().contains(headers), "{}", large.text());
    let mut long = full();
    long.mail.extend([b'x'; 1200]);
    assert!(long.text().contains(headers), "{}", long.text());
    let mut late = full();
    late.people[0].action = Action::Delayed {
        until: 1_763_800_000,
    };
    assert!(late.text().contains(headers), "{}", late.text());
    let mut eight = full();
    eight.mail = "Subject: R\u{e4}v\r\n\r\nHej \u{e5}\r\n".into();
    assert!(
        eight
            .text()
            .contains("message/rfc822\r\nContent-Transfer-Encoding: 8bit")
    );
    eight.options.ret = None;
    let text = eight.text();
    let kind = "text/rfc822-headers\r\nContent-Transfer-Encoding: ";
    let encoding = text.split_once(kind).unwrap().1;
    let encoded = ["quoted-printable", "base64"].map(|e| encoding.starts_with(e));
    assert!(encoded.contains(&true), "{text}");
}

#[test]
fn a_header_without_an_end_is_cut_at_a_line() {
    let rows: [(&[u8], usize); 5] = [
        (b"A: 1\r\n\r\nx", 6),
        (b"\r\nx", 0),
        (b"A: 1\r\nB: 2", 6),
        (b"A", 1),
        (b"", 0),
    ];
    for (bytes, end) in rows {
        assert_eq!(header_end(bytes), end, "{bytes:?}");
    }
}

#[test]
fn addresses_beyond_ascii_have_the_forms_of_rfc_6533() {
    let mut case = Case::of(vec![told(Action::Failed, Some(never()))]);
    case.people[0].recipient = Recipient {
        orcpt: Some("utf-8;b\\x{F6}@partner.example".into()),
        ..Recipient::new(address("b\u{f6}@partner.example"))
    };
    let text = case.text();
    for words in [
        "Content-Type: message/global-delivery-status\r\nContent-Transfer-Encoding: 8bit\r\n",
        "Final-Recipient: utf-8; b\u{f6}@partner.example\r\n",
        "Original-Recipient: utf-8; b\\x{F6}@partner.example\r\n",
        "Content-Type: message/global-headers\r\n",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn every_outcome_has_its_words_and_the_worst_is_the_subject() {
    let delayed = Action::Delayed {
        until: 1_763_800_000,
    };
    let all = [Action::Relayed, delayed, Action::Unclear, Action::Failed];
    let people = all.map(|action| told(action, None));
    let text = Case::of(people.to_vec()).text();
    assert!(
        text.contains("Subject: Your mail did not reach everyone\r\n"),
        "{text}"
    );
    for words in [
        "not tried again",
        "not known whether",
        "still being tried",
        "was handed on",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        text.contains("Will-Retry-Until: Sat, 22 Nov 2025 08:26:40 +0000"),
        "{text}"
    );
}
