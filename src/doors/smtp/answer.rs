//! What became of a mail → what the client reads after the dot.
//!
//! Promises: no 5xx to an SMTP client if one recipient was accepted, no 2xx if one was not; an answer that nobody gave is 451.
//! Every answer carries the mail's id.

use super::replies::passed_on;
use crate::fault::{Fault, Reply};
use crate::mail::{Address, MailId};
use crate::transfer::proof::{Answer, Outcome};

/// LMTP: the answer for one recipient.
pub(super) fn for_recipient(
    id: MailId,
    recipient: &Address,
    result: &Result<Outcome, Fault>,
) -> Reply {
    match result {
        Err(fault) => of_fault(id, fault),
        Ok(outcome) => match outcome.of(recipient) {
            Some(Answer::Accepted(accepted)) => taken(id, accepted.reply()),
            Some(Answer::Deferred(reply)) => later(id, reply),
            Some(Answer::Refused(reply)) => words(id, reply),
            Some(Answer::Waits(_)) => waits(id),
            Some(Answer::Owned(_)) => owned(id),
            Some(Answer::Obeyed) => obeyed(id),
            Some(Answer::Before) => before(id),
            // Only a milter's outlet says so, and its client hears one answer.
            Some(Answer::Stays) => unknown(id),
            Some(Answer::Unknown) | None => unknown(id),
        },
    }
}

/// SMTP: one answer for all recipients. What is owned counts as served.
pub(in crate::doors) fn for_mail(
    id: MailId,
    recipients: &[Address],
    result: &Result<Outcome, Fault>,
) -> Reply {
    let outcome = match result {
        Err(fault) => return of_fault(id, fault),
        Ok(outcome) => outcome,
    };
    let answers: Vec<_> = recipients.iter().map(|r| outcome.of(r)).collect();
    // What was for us is done, however it went for the others; it waits for all of these or for nobody.
    let mut others = answers
        .iter()
        .filter(|a| !matches!(a, Some(Answer::Obeyed)));
    if !answers.is_empty() && others.clone().next().is_none() {
        return obeyed(id);
    }
    if !answers.is_empty() && others.all(|a| matches!(a, Some(Answer::Waits(_)))) {
        return waits(id);
    }
    let mut accepted = answers.iter().filter_map(|answer| match answer {
        Some(Answer::Accepted(accepted)) => Some(accepted.reply()),
        _ => None,
    });
    let served = |answer: &Option<&Answer>| {
        matches!(
            answer,
            Some(
                Answer::Accepted(_)
                    | Answer::Owned(_)
                    | Answer::Before
                    | Answer::Obeyed
                    | Answer::Stays
            )
        )
    };
    let all_served = !answers.is_empty() && answers.iter().all(served);
    match accepted.next() {
        Some(first) if all_served => taken(id, first),
        None if all_served && !answers.iter().any(|a| matches!(a, Some(Answer::Owned(_)))) => {
            before(id)
        }
        None if all_served => owned(id),
        // What was accepted is remembered: the client's next try reaches only the others.
        Some(_) => Reply::new(
            451,
            (4, 3, 0),
            "Not every recipient could be served; try again",
        )
        .with_id(&id),
        None => nobody(id, &answers),
    }
}

/// Nobody accepted: temporary if one answer is, else the next hop's own refusal.
fn nobody(id: MailId, answers: &[Option<&Answer>]) -> Reply {
    let deferred = answers.iter().find_map(|answer| match answer {
        Some(Answer::Deferred(reply)) => Some(reply),
        _ => None,
    });
    let refused = answers.iter().find_map(|answer| match answer {
        Some(Answer::Refused(reply)) => Some(reply),
        _ => None,
    });
    let all_refused = answers
        .iter()
        .all(|answer| matches!(answer, Some(Answer::Refused(_))));
    match (deferred, refused) {
        (Some(reply), _) => later(id, reply),
        (None, Some(reply)) if all_refused => words(id, reply),
        _ => unknown(id),
    }
}

/// Any fault: its row of the table, and the id.
pub(in crate::doors) fn of_fault(id: MailId, fault: &Fault) -> Reply {
    passed_on(Reply::from(&fault.kind)).with_id(&id)
}

fn taken(id: MailId, reply: &Reply) -> Reply {
    Reply::new(
        250,
        (2, 0, 0),
        &format!("{id} taken: {}", reply.lines.join(" ")),
    )
}

/// The mail is ours: the client may forget it.
fn waits(id: MailId) -> Reply {
    let text = format!("{id} taken: it waits for a decision, and its sender will be told");
    Reply::new(250, (2, 0, 0), &text)
}

/// It was for us alone.
fn obeyed(id: MailId) -> Reply {
    let text = format!("{id} taken: this was for the gateway itself");
    Reply::new(250, (2, 0, 0), &text)
}

/// Some copies are still on their way, and are ours.
fn owned(id: MailId) -> Reply {
    let text = format!("{id} taken: it is tried again from here");
    Reply::new(250, (2, 0, 0), &text)
}

/// The client had not heard our answer to the same mail, or not all of it.
fn before(id: MailId) -> Reply {
    let text = format!("{id} taken: the same mail was taken before");
    Reply::new(250, (2, 0, 0), &text)
}

fn words(id: MailId, reply: &Reply) -> Reply {
    let reply = passed_on(reply.clone());
    match reply.is_positive() {
        // A refusal that reads 2xx would lose the mail.
        true => unknown(id),
        false => reply.with_id(&id),
    }
}

/// A deferral in any other words than 4xx is none of ours.
fn later(id: MailId, reply: &Reply) -> Reply {
    match passed_on(reply.clone()) {
        reply if reply.is_temporary() => reply.with_id(&id),
        _ => unknown(id),
    }
}

fn unknown(id: MailId) -> Reply {
    Reply::new(
        451,
        (4, 4, 2),
        "The next mail server did not answer; try again later",
    )
    .with_id(&id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Kind;
    use crate::transfer::proof::Accepted;

    fn outcome(letters: &str) -> (Vec<Address>, Result<Outcome, Fault>) {
        let recipients: Vec<Address> = (0..letters.len())
            .map(|i| format!("r{i}@b.example").parse().expect("an address"))
            .collect();
        let answers = letters
            .chars()
            .zip(&recipients)
            .filter_map(|(letter, recipient)| {
                let answer = match letter {
                    'a' => Answer::Accepted(Accepted::assertion(Reply::new(250, (2, 0, 0), "Q1"))),
                    'd' => Answer::Deferred(Reply::new(450, (4, 2, 1), "busy")),
                    'h' => Answer::Deferred(Reply::new(421, (4, 3, 2), "bye")),
                    'r' => Answer::Refused(Reply::new(550, (5, 1, 1), "nobody")),
                    'w' => Answer::Refused(Reply::new(250, (2, 0, 0), "what?")),
                    'u' => Answer::Unknown,
                    'b' => Answer::Before,
                    'q' => Answer::Owned(crate::transfer::proof::Owned::assertion()),
                    'o' => Answer::Waits(crate::transfer::proof::Owned::assertion()),
                    _ => return None,
                };
                Some((recipient.clone(), answer))
            });
        let answers = answers.collect();
        (recipients, Ok(Outcome { answers }))
    }

    #[test]
    fn one_answer_for_all() {
        let rows = [
            ("a", 250),
            ("aaa", 250),
            ("d", 450),
            ("r", 550),
            ("rr", 550),
            ("u", 451),
            ("h", 451),
            ("rd", 450),
            ("dr", 450),
            ("ru", 451),
            ("du", 450),
            ("r-", 451),
            ("-", 451),
            // Something was accepted, but not everything.
            ("ad", 451),
            ("ra", 451),
            ("au", 451),
            ("a-", 451),
            ("oo", 250),
            // Something was accepted, and the rest is ours.
            ("aq", 250),
            ("qa", 250),
            ("qq", 250),
            ("b", 250),
            ("bqa", 250),
            ("bd", 450),
            ("br", 451),
            ("bu", 451),
            ("aqd", 451),
            ("q-", 451),
            // Nobody may be believed to be served who is not.
            ("o-", 451),
            ("or", 451),
            ("od", 450),
            // A refusal in words that mean the opposite.
            ("w", 451),
        ];
        for (letters, code) in rows {
            let (recipients, result) = outcome(letters);
            assert_eq!(
                for_mail(MailId::fresh(), &recipients, &result).code,
                code,
                "{letters}"
            );
        }
    }

    #[test]
    fn one_answer_for_each() {
        let (recipients, result) = outcome("adruh-w");
        let codes: Vec<u16> = recipients
            .iter()
            .map(|r| for_recipient(MailId::fresh(), r, &result).code)
            .collect();
        assert_eq!(codes, [250, 450, 550, 451, 451, 451, 451]);
    }

    #[test]
    fn every_answer_carries_the_id() {
        let id = MailId::fresh();
        for letters in ["a", "d", "r", "u", "ad"] {
            let (recipients, result) = outcome(letters);
            let reply = for_mail(id, &recipients, &result).to_string();
            assert!(reply.contains(&id.to_string()), "{reply}");
        }
        let fault = of_fault(id, &Fault::new(Kind::StoreDown)).to_string();
        assert!(fault.contains(&id.to_string()), "{fault}");
    }
}
