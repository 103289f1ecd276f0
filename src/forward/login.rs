//! A client's login, said again to the next hop (RFC 4954).
//!
//! Promises: credentials go over nothing that others can read, and into no buffer that is not wiped. Leaves to others: what follows from
//! the verdict. Fails with [`Broken`] where there is none.

use super::connection::{Broken, Connection};
use crate::fault::Reply;
use crate::wire::sasl::{Credentials, Mechanism, Secret};
use zeroize::Zeroizing;

/// Longest command line, with its end (RFC 4954 section 4: a longer initial response is said when it is asked for).
const MAX_COMMAND: usize = 512;

/// The next hop's verdict: 235, 4xx or 5xx.
pub(super) async fn sign_in(
    connection: &mut Connection,
    credentials: &Credentials,
) -> Result<Reply, Broken> {
    if !connection.private {
        return Err(Broken::Lacking("others could read a password on the way"));
    }
    if !connection.offers.auth.contains(&credentials.mechanism) {
        return Err(Broken::Lacking("it does not offer this way to sign in"));
    }
    let (mut reply, rest) = begin(connection, credentials).await?;
    for response in rest {
        if reply.code != 334 {
            break;
        }
        reply = connection.confide(response.text()).await?;
    }
    if reply.code == 334 {
        // XOAUTH2 explains a refusal in a challenge, which wants an empty answer; in any other mechanism it is one too many.
        let end = match credentials.mechanism {
            Mechanism::XOauth2 => "",
            Mechanism::Plain | Mechanism::Login => "*",
        };
        reply = connection.confide(end).await?;
    }
    match reply.code {
        235 | 400..=420 | 422..=599 => Ok(reply),
        _ => Err(Broken::Said("to a login", reply)),
    }
}

/// AUTH, and the responses that are still to be said.
async fn begin<'a>(
    connection: &mut Connection,
    credentials: &'a Credentials,
) -> Result<(Reply, &'a [Secret]), Broken> {
    let name = credentials.mechanism.name();
    let said = &credentials.said[..];
    if let (Mechanism::Plain | Mechanism::XOauth2, Some((first, rest))) =
        (credentials.mechanism, said.split_first())
    {
        let line = Zeroizing::new(format!("AUTH {name} {}", first.text()));
        if line.len() + 2 <= MAX_COMMAND {
            return Ok((connection.confide(&line).await?, rest));
        }
    }
    let reply = connection.command(&format!("AUTH {name}")).await?;
    Ok((reply, said))
}
