//! One transaction with a next hop: MAIL, RCPT, DATA, content, dot, and what became of each recipient.
//!
//! Promises: every recipient of the variant gets exactly one answer; *unknown* only if the final dot can have left; content goes to
//! those alone whom the variant names. Leaves to others: connecting and trying again (`next_hop`). Fails with [`Broken`] only as
//! long as the next hop has not taken MAIL, so that the caller may start over on a new connection.

use super::commands;
use super::connection::{Broken, Connection, Group};
use super::feed::{Feed, Unfit, is_seven_bit};
use super::target::Protocol;
use super::unhurried;
use crate::fault::{Kind, Reply, crash};
use crate::mail::envelope::MailOptions;
use crate::mail::{Address, Variant};
use crate::transfer::proof::{Accepted, Answer};
use std::time::Instant;
use tokio::time::timeout_at;

/// Commands in one write. A server that writes its replies while we still write commands must not fill both buffers (RFC 2920 section 3.1).
const GROUP: usize = 50;

/// What a command was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// XFORWARD: its refusal loses a log line at the next hop, nothing else.
    Attributes,
    Mail,
    /// RCPT of the variant's recipient with this index.
    Recipient(usize),
    Reset,
}

/// How a transaction leaves its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Ready for the next MAIL.
    Ready,
    /// RSET must come first.
    Open,
    /// Of no use.
    Gone,
}

/// How a transaction is held, beside its variant.
pub(super) struct Frame<'a> {
    pub(super) protocol: Protocol,
    /// The client's, for XFORWARD.
    pub(super) attributes: &'a [(String, String)],
    /// RSET must come first.
    pub(super) reset: bool,
    /// No final dot is sent after this.
    pub(super) until: Instant,
}

/// What became of a transaction.
#[derive(Debug)]
pub(super) struct Told {
    /// One for each recipient of the variant, in its order.
    pub(super) answers: Vec<Answer>,
    pub(super) after: After,
}

/// What stands before the recipients: RSET if it is needed, the client's attributes, MAIL.
pub(super) fn opening(
    connection: &Connection,
    sender: Option<&Address>,
    options: &MailOptions,
    size: Option<u64>,
    attributes: &[(String, String)],
    reset: bool,
) -> Vec<(Step, String)> {
    let offers = &connection.offers;
    let mut steps = Vec::new();
    if reset {
        steps.push((Step::Reset, "RSET".to_owned()));
    }
    let lines = commands::xforward(attributes, offers);
    steps.extend(lines.into_iter().map(|line| (Step::Attributes, line)));
    let mail = commands::mail(sender, options, offers, size);
    steps.push((Step::Mail, mail));
    steps
}

/// Says the steps, in groups if the next hop allows it, and gives each reply to `heard`; stops behind a group in which that said no.
pub(super) async fn converse(
    connection: &mut Connection,
    steps: &[(Step, String)],
    mut heard: impl FnMut(Step, Reply) -> bool,
) -> Result<(), Broken> {
    let size = if connection.offers.pipelining {
        GROUP
    } else {
        1
    };
    for group in steps.chunks(size) {
        let mut commands = Group::default();
        for (_, line) in group {
            commands.push(line)?;
        }
        connection.send(&commands).await?;
        let mut go_on = true;
        for (step, _) in group {
            let reply = fitting(*step, connection.answer().await?)?;
            go_on &= heard(*step, reply);
        }
        if !go_on {
            break;
        }
    }
    Ok(())
}

/// 421 closes the connection whatever was asked (RFC 5321 section 3.8); 3xx is an answer to nothing we say here.
fn fitting(step: Step, reply: Reply) -> Result<Reply, Broken> {
    match (step, reply.code) {
        (_, 421) => Err(Broken::Said("before it hung up", reply)),
        (_, 300..400) => Err(Broken::Said("out of order", reply)),
        (Step::Reset, code) if code >= 400 => Err(Broken::Said("to RSET", reply)),
        _ => Ok(reply),
    }
}

/// The reply for a mail that needs what this next hop lacks, if that is so: SMTPUTF8 (RFC 6531 section 3.2), or REQUIRETLS over TLS with a
/// certificate that was checked (RFC 8689 section 4.2.1).
pub(super) fn lacks(
    connection: &Connection,
    options: &MailOptions,
    mut addresses: impl Iterator<Item = bool>,
) -> Option<Reply> {
    let needed = options.utf8 || addresses.any(|needs| needs);
    let secured = connection.verified && connection.offers.require_tls;
    if options.require_tls && !secured {
        return Some(Reply::new(
            550,
            (5, 7, 30),
            "REQUIRETLS support required: the next mail server does not promise it over verified TLS",
        ));
    }
    (needed && !connection.offers.utf8).then(no_utf8)
}

/// See [`lacks`].
pub(super) fn no_utf8() -> Reply {
    Reply::new(
        550,
        (5, 6, 7),
        "The next mail server does not take addresses or headers with letters beyond ASCII",
    )
}

/// A whole transaction for one variant.
pub(super) async fn whole(
    connection: &mut Connection,
    variant: &Variant,
    frame: &Frame<'_>,
) -> Result<Told, Broken> {
    let recipients = variant.recipients();
    let everyone = recipients.iter().map(|r| &r.address);
    let unicode = everyone.chain(variant.sender()).map(Address::needs_utf8);
    if let Some(reply) = lacks(connection, variant.options(), unicode) {
        return Ok(Told {
            answers: vec![Answer::Refused(reply); recipients.len()],
            after: if frame.reset {
                After::Open
            } else {
                After::Ready
            },
        });
    }
    let mut steps = opening(
        connection,
        variant.sender(),
        variant.options(),
        Some(variant.content().len()),
        frame.attributes,
        frame.reset,
    );
    steps.extend(recipients.iter().enumerate().map(|(index, recipient)| {
        let line = commands::rcpt(recipient, &connection.offers);
        (Step::Recipient(index), line)
    }));

    let mut mail_taken = false;
    let mut answers: Vec<Option<Answer>> = vec![None; recipients.len()];
    let talking = converse(connection, &steps, |step, reply| match step {
        Step::Mail if reply.is_positive() => {
            mail_taken = true;
            true
        }
        Step::Mail => {
            answers.fill(Some(verdict(reply)));
            false
        }
        Step::Recipient(index) if mail_taken && !reply.is_positive() => {
            answers[index] = Some(verdict(reply));
            true
        }
        _ => true,
    });
    let Ok(talk) = timeout_at(frame.until.into(), talking).await else {
        return Ok(told(answers, too_late(), After::Gone));
    };
    match talk {
        Err(broken) if !mail_taken => return Err(broken),
        Err(broken) => return Ok(lost(answers, &broken)),
        Ok(()) => {}
    }
    if answers.iter().any(Option::is_none) {
        let (protocol, until) = (frame.protocol, frame.until);
        return Ok(content(connection, protocol, variant, answers, until).await);
    }
    Ok(Told {
        answers: answers.into_iter().flatten().collect(),
        after: if mail_taken {
            After::Open
        } else {
            After::Ready
        },
    })
}

/// See [`whole_content`]; the answers of a next hop that does not report say so.
pub(super) async fn content(
    connection: &mut Connection,
    protocol: Protocol,
    variant: &Variant,
    answers: Vec<Option<Answer>>,
    until: Instant,
) -> Told {
    let mut told = whole_content(connection, protocol, variant, answers, until).await;
    if !connection.offers.dsn {
        let answers = told.answers.into_iter();
        told.answers = answers.map(without_reports).collect();
    }
    told
}

fn without_reports(answer: Answer) -> Answer {
    match answer {
        Answer::Accepted(by) => Answer::Accepted(by.without_reports()),
        other => other,
    }
}

/// DATA and everything behind it, for the recipients without an answer so far: those whom the next hop took.
async fn whole_content(
    connection: &mut Connection,
    protocol: Protocol,
    variant: &Variant,
    mut answers: Vec<Option<Answer>>,
    until: Instant,
) -> Told {
    if !connection.offers.eight_bit {
        match is_seven_bit(variant.content()).await {
            Ok(true) => {}
            Ok(false) => {
                return told(answers, verdict(Reply::from(&Kind::EightBit)), After::Open);
            }
            Err(Unfit(kind)) => return told(answers, verdict(Reply::from(&kind)), After::Open),
        }
    }
    let Ok(said) = timeout_at(until.into(), connection.command("DATA")).await else {
        return told(answers, too_late(), After::Gone);
    };
    match said {
        Ok(reply) if reply.code == 354 => {}
        Ok(reply) if reply.is_positive() || reply.code < 400 => {
            return lost(answers, &Broken::Said("to DATA", reply));
        }
        Ok(reply) => {
            let after = if reply.code == 421 {
                After::Gone
            } else {
                After::Open
            };
            return told(answers, verdict(reply), after);
        }
        Err(broken) => return lost(answers, &broken),
    }
    if let Err(answer) = pour(connection, variant, until).await {
        return told(answers, answer, After::Gone);
    }
    let mut after = After::Ready;
    for open in answers.iter_mut().filter(|a| a.is_none()) {
        match connection.last_answer().await {
            Ok(reply) if (300..400).contains(&reply.code) => {
                return told(answers, Answer::Unknown, After::Gone);
            }
            Ok(reply) => {
                if reply.code == 421 {
                    after = After::Gone;
                }
                let answer = verdict(reply);
                match protocol {
                    Protocol::Lmtp => *open = Some(answer),
                    Protocol::Smtp => return told(answers, answer, after),
                }
            }
            Err(broken) => {
                tracing::warn!(cause = %broken, "no answer to the final dot");
                return told(answers, Answer::Unknown, After::Gone);
            }
        }
    }
    told(answers, Answer::Unknown, after)
}

/// Sends the content and, if it is time yet, the final dot. An error is the answer for everybody, and the connection is gone.
async fn pour(
    connection: &mut Connection,
    variant: &Variant,
    until: Instant,
) -> Result<(), Answer> {
    let mut feed = Feed::of(variant.content());
    let mut spare = Vec::new();
    loop {
        let wire = match feed.next(spare).await {
            Ok(Some(wire)) => wire,
            Ok(None) => return Ok(()),
            Err(Unfit(kind)) => return Err(verdict(Reply::from(&kind))),
        };
        // A last block that was begun is finished: nobody could say what of it arrived.
        let end = match wire.last {
            true if Instant::now() < until => unhurried(),
            true => return Err(too_late()),
            false => until,
        };
        // What came before the dot is no answer to it: a 250 among it would be taken for one, and the mail for delivered. Content of one
        // block leaves with its dot: before that nothing of it was sent that a next hop could have spoken about.
        if wire.last && connection.speaks().await {
            tracing::warn!("the next hop did not wait for the end of the content");
            return Err(interrupted(connection).await);
        }
        if wire.last {
            crash::point("hand-over/before-dot");
        }
        let Ok(written) = timeout_at(end.into(), connection.pour(&wire)).await else {
            return Err(too_late());
        };
        if wire.last {
            crash::point("hand-over/dot-sent");
        }
        if let Err(broken) = written {
            tracing::warn!(cause = %broken, "the next hop did not take all of the content");
            // Which bytes of the last block arrived cannot be known.
            return Err(match wire.last {
                true => Answer::Unknown,
                false => interrupted(connection).await,
            });
        }
        spare = wire.room();
    }
}

/// The answer for everybody when the next hop stopped us before the final dot: its reason, if it gave one.
async fn interrupted(connection: &mut Connection) -> Answer {
    match connection.parting_words().await {
        Some(reply) => verdict(reply),
        None => Answer::Deferred(Reply::from(&Kind::NextHopDown)),
    }
}

/// A reply as an answer. 421 would tell our client that *we* hang up, so it goes on as 451.
pub(super) fn verdict(mut reply: Reply) -> Answer {
    if reply.code == 421 {
        reply.code = 451;
    }
    match reply.code {
        200..300 => Answer::Accepted(Accepted::assertion(reply)),
        500.. => Answer::Refused(reply),
        _ => Answer::Deferred(reply),
    }
}

/// The time the client can be made to wait was over before the final dot.
pub(super) fn too_late() -> Answer {
    Answer::Deferred(Reply::from(&Kind::Deadline))
}

fn lost(answers: Vec<Option<Answer>>, broken: &Broken) -> Told {
    tracing::warn!(cause = %broken, "a transaction was lost before its final dot");
    let answer = Answer::Deferred(Reply::from(&Kind::NextHopDown));
    told(answers, answer, After::Gone)
}

fn told(answers: Vec<Option<Answer>>, rest: Answer, after: After) -> Told {
    let answers = answers.into_iter().map(|a| a.unwrap_or(rest.clone()));
    Told {
        answers: answers.collect(),
        after,
    }
}
