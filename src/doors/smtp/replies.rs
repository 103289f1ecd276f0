//! What the door itself says. Faults of the line have their own table in `fault::reply`.

use crate::fault::Reply;
use crate::mail::address::Unfit;
use crate::wire::smtp::Malformed;

/// A reply without an enhanced code: greetings, EHLO, 354 (RFC 2034 section 4 wants none there).
pub(super) fn bare(code: u16, lines: Vec<String>) -> Reply {
    Reply {
        code,
        enhanced: None,
        lines,
    }
}

/// The client sent before it was its turn (RFC 2920): it may be somebody else who speaks.
pub(super) fn too_early() -> Reply {
    Reply::new(554, (5, 5, 0), "You spoke before it was your turn")
}

/// The client took too long.
pub(super) fn too_slow() -> Reply {
    Reply::new(421, (4, 4, 2), "This took too long; goodbye")
}

/// We are going down.
pub(super) fn stopping(hostname: &str) -> Reply {
    Reply::new(
        421,
        (4, 3, 2),
        &format!("{hostname} is stopping; try again later"),
    )
}

/// Too many wrong passwords (RFC 4954 section 4).
pub(super) fn too_many_logins() -> Reply {
    Reply::new(421, (4, 7, 0), "Too many logins were refused; goodbye")
}

/// A line that is too long for any login; what follows it is not looked at.
pub(super) fn long_response() -> Reply {
    Reply::new(500, (5, 5, 6), "This response is too long")
}

/// A mistake of ours that ends the session.
pub(super) fn broken() -> Reply {
    Reply::new(421, (4, 3, 0), "Something went wrong here; try again later")
}

/// Commands in the wrong order.
pub(in crate::doors) fn order(text: &str) -> Reply {
    Reply::new(503, (5, 5, 1), text)
}

/// A chunk came though nobody said that it may: its client may mean its content as commands.
pub(super) fn no_chunks() -> Reply {
    Reply::new(502, (5, 5, 1), "CHUNKING was not offered; goodbye")
}

/// Fine, nothing to say.
pub(super) fn fine() -> Reply {
    Reply::new(250, (2, 0, 0), "OK")
}

/// The reply to a line that is no command, and whether the session goes on: it ends where we may not know what the next bytes are.
pub(in crate::doors) fn malformed(why: Malformed) -> (Reply, bool) {
    match why {
        Malformed::BareLineEnd => (
            Reply::new(550, (5, 6, 11), "Lines must end with CR LF"),
            false,
        ),
        Malformed::Chunk => (
            Reply::new(
                521,
                (5, 5, 4),
                "This is written: BDAT octets [LAST]; goodbye",
            ),
            false,
        ),
        Malformed::EndlessLine => (
            Reply::new(500, (5, 5, 2), "This line is too long; goodbye"),
            false,
        ),
        Malformed::NotText => (
            Reply::new(500, (5, 5, 2), "Control characters are not accepted"),
            true,
        ),
        Malformed::NotOffered => (
            Reply::new(502, (5, 5, 1), "This command is not offered here"),
            true,
        ),
        Malformed::OtherProtocol => (
            Reply::new(554, (5, 5, 1), "This is a mail server; goodbye"),
            false,
        ),
        Malformed::Parameter(name) => (
            Reply::new(501, (5, 5, 4), &format!("{name} is not right here")),
            true,
        ),
        Malformed::Syntax(syntax) => (
            Reply::new(501, (5, 5, 4), &format!("This is written: {syntax}")),
            true,
        ),
        Malformed::TooLong => (Reply::new(500, (5, 5, 2), "This line is too long"), true),
        Malformed::Unknown => (Reply::new(500, (5, 5, 2), "No such command"), true),
        Malformed::UnknownParameter => (
            Reply::new(555, (5, 5, 4), "This parameter was not offered"),
            true,
        ),
    }
}

/// An address that is none. `detail` is 3 for recipients and 7 for senders (RFC 3463: X.1.3, X.1.7).
pub(super) fn unfit(why: Unfit, detail: u16) -> Reply {
    Reply::new(553, (5, 1, detail), &format!("No such address: {why}"))
}

/// A next hop's words as we may say them: 421 would promise that we hang up, and what is no answer is not one of ours.
pub(super) fn passed_on(mut reply: Reply) -> Reply {
    let known = reply.is_positive() || reply.is_temporary() || reply.is_permanent();
    if !known || reply.code > 599 {
        return Reply::new(451, (4, 3, 0), "The next mail server answered strangely");
    }
    if reply.code == 421 {
        reply.code = 451;
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_hop_cannot_make_us_say_what_we_do_not_mean() {
        let rows = [
            (250, 250),
            (421, 451),
            (450, 450),
            (550, 550),
            (354, 451),
            (199, 451),
            (700, 451),
        ];
        for (said, passed) in rows {
            assert_eq!(
                passed_on(bare(said, vec!["x".into()])).code,
                passed,
                "{said}"
            );
        }
    }
}
