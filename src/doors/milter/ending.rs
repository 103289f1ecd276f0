//! What became of a mail → the last words to the server.
//!
//! Promises: "discard" only where everybody was served by us, durably; "continue" only where everybody gets the mail as it came; a fault of
//! ours, or of the operator's, has no words at all ([`Ending::Close`]): the server does without its filter what it is set up to do.

use crate::doors::smtp::answer;
use crate::fault::{Blame, Fate, Fault, Reply};
use crate::mail::{Address, MailId};
use crate::transfer::proof::{Answer, Outcome};
use crate::wire::milter::Response;

/// How a mail ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The mail goes on as the server has it.
    Continue,
    /// Nobody is left: we have served them all.
    Discard,
    /// The server's client hears this.
    Reply(Reply),
    /// Nothing is said.
    Close,
}

/// For a mail whose outlet has given the server no orders.
pub(super) fn ending(
    id: MailId,
    recipients: &[Address],
    result: &Result<Outcome, Fault>,
) -> Ending {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(fault) => return of_fault(id, fault),
    };
    let answers: Vec<Option<&Answer>> = recipients.iter().map(|r| outcome.of(r)).collect();
    let is_served = |answer: &Option<&Answer>| answer.is_some_and(Answer::is_served);
    if answers.is_empty() || !answers.iter().all(is_served) {
        return refused(answer::for_mail(id, recipients, result));
    }
    let keeps = |answer: &Option<&Answer>| matches!(answer, Some(Answer::Stays));
    match (answers.iter().any(keeps), answers.iter().all(keeps)) {
        (false, _) => Ending::Discard,
        (true, true) => Ending::Continue,
        // No outlet says so: the server would have to be believed that it takes the others out.
        (true, false) => Ending::Close,
    }
}

/// A mail with which something was wrong before the line.
pub(super) fn refused(reply: Reply) -> Ending {
    match reply.is_temporary() || reply.is_permanent() {
        true => Ending::Reply(reply),
        // A refusal that reads 2xx would let the mail pass.
        false => Ending::Close,
    }
}

/// A fault before anything left.
pub(super) fn of_fault(id: MailId, fault: &Fault) -> Ending {
    match (fault.fate, fault.blame()) {
        (Fate::Stayed, Blame::Sender | Blame::NextHop) => refused(answer::of_fault(id, fault)),
        (Fate::Unknown, _) | (_, Blame::Operator | Blame::Us) => Ending::Close,
    }
}

impl Ending {
    /// The packet, if there is one.
    pub(super) fn packet(&self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match self {
            Ending::Close => return None,
            Ending::Discard => Response::Discard.write_to(&mut out),
            Ending::Reply(reply) => Response::Reply(&one_line(reply)).write_to(&mut out),
            Ending::Continue => Response::Continue.write_to(&mut out),
        }
        Some(out)
    }
}

/// Servers want `code x.y.z text` on one line; several lines need their own form, that Postfix and Sendmail read differently.
fn one_line(reply: &Reply) -> String {
    let (code, text) = (reply.code, reply.lines.join(" "));
    let class = code / 100;
    // Sendmail takes no reply without an enhanced code of the same class.
    let (_, subject, detail) = reply.enhanced.unwrap_or((0, 0, 0));
    let text: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .take(MOST_TEXT)
        .collect();
    format!("{code} {class}.{subject}.{detail} {text}")
}

/// A line of a reply with code and enhanced code (RFC 5321 section 4.5.3.1.5 has 512 bytes for all).
const MOST_TEXT: usize = 480;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Kind;
    use crate::transfer::proof::{Accepted, Owned};

    /// One letter a recipient.
    fn outcome(letters: &str) -> (Vec<Address>, Result<Outcome, Fault>) {
        let address =
            |i: usize| -> Address { format!("r{i}@b.example").parse().expect("an address") };
        let reply = |code, class| Reply::new(code, (class, 0, 0), "said");
        let answers = letters.chars().enumerate().map(|(i, letter)| {
            let answer = match letter {
                'a' => Answer::Accepted(Accepted::assertion(reply(250, 2))),
                'b' => Answer::Before,
                'd' => Answer::Deferred(reply(450, 4)),
                'o' => Answer::Owned(Owned::assertion()),
                'r' => Answer::Refused(reply(550, 5)),
                's' => Answer::Stays,
                _ => Answer::Unknown,
            };
            (address(i), answer)
        });
        let answers: Vec<_> = answers.collect();
        let whom = answers.iter().map(|(a, _)| a.clone()).collect();
        (whom, Ok(Outcome { answers }))
    }

    #[test]
    fn nothing_is_discarded_or_passed_unless_everybody_is_served() {
        let rows = [
            ("a", "discard"),
            ("aob", "discard"),
            ("s", "continue"),
            ("sas", "close"),
            ("ss", "continue"),
            ("d", "450"),
            ("r", "550"),
            ("sd", "450"),
            ("sr", "451"),
            ("su", "451"),
            ("u", "451"),
            ("ad", "451"),
            ("", "451"),
        ];
        for (letters, means) in rows {
            let (whom, result) = outcome(letters);
            let said = match ending(MailId::fresh(), &whom, &result) {
                Ending::Continue => "continue".into(),
                Ending::Discard => "discard".into(),
                Ending::Reply(reply) => reply.code.to_string(),
                Ending::Close => "close".into(),
            };
            assert_eq!(said, means, "{letters}");
        }
    }

    #[test]
    fn a_fault_of_ours_has_no_words() {
        let rows = [
            (Kind::Internal, false),
            (Kind::StoreDown, false),
            (Kind::DiskFull, false),
            (Kind::Deadline, false),
            (Kind::PolicyBroken, false),
            (Kind::PolicyRefused("no".into()), true),
            (Kind::TooBig, true),
            (Kind::NextHopDown, true),
        ];
        for (kind, speaks) in rows {
            let ending = of_fault(MailId::fresh(), &Fault::new(kind.clone()));
            assert_eq!(ending.packet().is_some(), speaks, "{kind:?}");
            assert!(matches!(ending, Ending::Close | Ending::Reply(_)));
        }
    }

    #[test]
    fn a_reply_is_one_line_with_a_code_of_its_class() {
        let mut reply = Reply::new(550, (5, 7, 1), "No");
        assert_eq!(one_line(&reply), "550 5.7.1 No");
        reply.enhanced = None;
        reply.lines = vec!["two".into(), "lines".into()];
        assert_eq!(one_line(&reply), "550 5.0.0 two lines");
    }
}
