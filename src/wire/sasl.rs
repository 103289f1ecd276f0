//! Signing in over SMTP (RFC 4954) by PLAIN (RFC 4616), LOGIN and XOAUTH2: what a client says → [`Credentials`].
//!
//! Promises: base64 is read strictly, so that what is passed on is what was looked at; secrets are wiped on drop and print as `…`.
//! Leaves to others: whether they are right (the next hop), replies and limits (`doors::smtp`). Fails with [`Unfit`].

use encodify::base64::STANDARD;
use std::fmt;
use zeroize::Zeroizing;

/// Longest line of an exchange, in bytes without its end (RFC 4954 section 4 takes 12288 for enough).
pub const MAX_LINE: usize = 12288;
/// Longest user name: one that is longer is none, and is not written into logs.
const MAX_USER: usize = 255;

/// A way to sign in. All of them show the password or token to the server, so they need TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// User and password in one response.
    Plain,
    /// User and password one after the other; never a standard, and what many devices speak.
    Login,
    /// A bearer token, as Google and Microsoft have it.
    XOauth2,
}

/// Every mechanism we know, the one clients should take first.
pub const MECHANISMS: [Mechanism; 3] = [Mechanism::Plain, Mechanism::Login, Mechanism::XOauth2];

/// One response of the client, in base64 without line end.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

/// A login under way: what was said so far.
pub struct Exchange {
    mechanism: Mechanism,
    said: Vec<Secret>,
}

/// What follows a response.
pub enum Turn {
    /// The server asks on, with this challenge in base64.
    Asks(Exchange, &'static str),
    /// The client has said everything.
    Complete(Credentials),
}

/// A whole login, to be tried somewhere. Not `Debug`: nothing may print it.
pub struct Credentials {
    /// How it was said, and must be passed on.
    pub mechanism: Mechanism,
    /// Whose password or token it is, UTF-8 without control characters.
    pub user: String,
    /// Each response, as the client gave it.
    pub said: Vec<Secret>,
}

/// Why a response is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// `*`: the client thinks better of it.
    Cancelled,
    /// No base64, or not in its one canonical form.
    Base64,
    /// Decoded, it is not what the mechanism says.
    Form,
}

impl Mechanism {
    /// By its name, whatever the case.
    pub fn named(name: &str) -> Option<Self> {
        MECHANISMS
            .into_iter()
            .find(|m| m.name().eq_ignore_ascii_case(name))
    }

    /// As it is offered.
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::Login => "LOGIN",
            Mechanism::XOauth2 => "XOAUTH2",
        }
    }
}

impl Secret {
    /// One that was read elsewhere: the initial response in a command line, whose `=` means that it is empty.
    pub fn initial(text: &str) -> Self {
        Secret(Zeroizing::new(
            text.strip_prefix('=')
                .filter(|t| t.is_empty())
                .unwrap_or(text)
                .into(),
        ))
    }

    /// The base64, for a command line.
    pub fn text(&self) -> &str {
        &self.0
    }

    fn decoded(&self) -> Result<Zeroizing<Vec<u8>>, Unfit> {
        let bytes = STANDARD.decode(self.0.as_bytes());
        bytes.map(Zeroizing::new).map_err(|_| Unfit::Base64)
    }
}

impl Exchange {
    /// Nothing is said yet; the first challenge is given back.
    pub fn begin(mechanism: Mechanism) -> (Self, &'static str) {
        let exchange = Exchange {
            mechanism,
            said: Vec::new(),
        };
        let challenge = exchange.challenge();
        (exchange, challenge)
    }

    /// A line of the client, without its end.
    pub fn hear(self, line: &[u8]) -> Result<Turn, Unfit> {
        match line {
            b"*" => Err(Unfit::Cancelled),
            _ => {
                let text = std::str::from_utf8(line).map_err(|_| Unfit::Base64)?;
                self.take(Secret(Zeroizing::new(text.to_owned())))
            }
        }
    }

    /// A response, also an initial one.
    pub fn take(mut self, response: Secret) -> Result<Turn, Unfit> {
        response.decoded()?;
        self.said.push(response);
        let wanted = match self.mechanism {
            Mechanism::Login => 2,
            Mechanism::Plain | Mechanism::XOauth2 => 1,
        };
        if self.said.len() < wanted {
            let challenge = self.challenge();
            return Ok(Turn::Asks(self, challenge));
        }
        Ok(Turn::Complete(Credentials {
            mechanism: self.mechanism,
            user: user(self.mechanism, &self.said).ok_or(Unfit::Form)?,
            said: self.said,
        }))
    }

    fn challenge(&self) -> &'static str {
        match (self.mechanism, self.said.len()) {
            // `Username:` and `Password:`; some clients look at these very words.
            (Mechanism::Login, 0) => "VXNlcm5hbWU6",
            (Mechanism::Login, _) => "UGFzc3dvcmQ6",
            _ => "",
        }
    }
}

/// Whose password it is. In PLAIN that is the second name: the first, whom the client wants to act as, is not proved by anything, and a
/// next hop that does not look at it would let anybody be anybody to our rules.
fn user(mechanism: Mechanism, said: &[Secret]) -> Option<String> {
    let first = said.first()?.decoded().ok()?;
    let text = std::str::from_utf8(&first).ok()?;
    let user = match mechanism {
        Mechanism::Plain => {
            let mut parts = text.split('\0');
            let (_, user, password) = (parts.next()?, parts.next()?, parts.next()?);
            (!password.is_empty() && parts.next().is_none()).then_some(user)?
        }
        Mechanism::Login => text,
        Mechanism::XOauth2 => {
            let (user, rest) = text.strip_prefix("user=")?.split_once('\u{1}')?;
            let token = rest
                .strip_prefix("auth=Bearer ")?
                .strip_suffix("\u{1}\u{1}")?;
            let fit = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
            fit.then_some(user)?
        }
    };
    let fit = !user.is_empty() && user.len() <= MAX_USER && !user.chars().any(char::is_control);
    fit.then(|| user.to_owned())
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of these responses, decoded: the user, `asks`, or why not.
    fn became(mechanism: Mechanism, responses: &[&[u8]]) -> String {
        let (mut exchange, _) = Exchange::begin(mechanism);
        for response in responses {
            match exchange.hear(STANDARD.encode(response).as_bytes()) {
                Ok(Turn::Asks(next, challenge)) => {
                    assert!(!challenge.is_empty());
                    exchange = next;
                }
                Ok(Turn::Complete(credentials)) => return credentials.user,
                Err(unfit) => return format!("{unfit:?}"),
            }
        }
        "asks".to_owned()
    }

    #[test]
    fn who_signs_in_is_whose_password_it_is() {
        use Mechanism::{Login, Plain, XOauth2};
        let rows: [(Mechanism, &[&[u8]], &str); 20] = [
            (Plain, &[b"\0anna\0secret"], "anna"),
            (Plain, &[b"boss\0anna\0secret"], "anna"),
            (Plain, &["\0åsa\0hemligt".as_bytes()], "åsa"),
            (Plain, &[b"\0anna\0"], "Form"),
            (Plain, &[b"\0\0secret"], "Form"),
            (Plain, &[b"\0anna"], "Form"),
            (Plain, &[b"\0anna\0a\0b"], "Form"),
            (Plain, &[b"\0an\nna\0secret"], "Form"),
            (Plain, &[b"\0\xff\0secret"], "Form"),
            (Plain, &[b""], "Form"),
            (Login, &[b"anna"], "asks"),
            (Login, &[b"anna", b"secret"], "anna"),
            (Login, &[b"anna", b"\xff\0"], "anna"),
            (Login, &[b"", b"secret"], "Form"),
            (
                XOauth2,
                &[b"user=anna\x01auth=Bearer t.o-k\x01\x01"],
                "anna",
            ),
            (XOauth2, &[b"user=anna\x01auth=Bearer t\x01"], "Form"),
            (XOauth2, &[b"user=anna\x01auth=Basic t\x01\x01"], "Form"),
            (XOauth2, &[b"user=\x01auth=Bearer t\x01\x01"], "Form"),
            (XOauth2, &[b"user=anna\x01auth=Bearer \x01\x01"], "Form"),
            (XOauth2, &[b"auth=Bearer t\x01user=anna\x01\x01"], "Form"),
        ];
        for (mechanism, responses, want) in rows {
            assert_eq!(
                became(mechanism, responses),
                want,
                "{mechanism:?} {responses:?}"
            );
        }
        let long = format!("\0{}\0p", "x".repeat(256));
        assert_eq!(became(Plain, &[long.as_bytes()]), "Form");
    }

    #[test]
    fn base64_has_one_form() {
        for line in [
            "AGEAYg",
            "AGEAYg=",
            "AGEAYh==",
            "AGEAYg ==",
            " AGEAYg==",
            "AGE_Yg==",
            "=",
            "AGEAYg==x",
            "(",
            "Ü",
        ] {
            let (exchange, _) = Exchange::begin(Mechanism::Plain);
            let unfit = exchange.hear(line.as_bytes()).err();
            assert_eq!(unfit, Some(Unfit::Base64), "{line}");
        }
        let (exchange, _) = Exchange::begin(Mechanism::Plain);
        assert_eq!(exchange.hear(b"*").err(), Some(Unfit::Cancelled));
        let (exchange, _) = Exchange::begin(Mechanism::Plain);
        assert!(exchange.hear(b"AGEAYg==").is_ok());
    }

    #[test]
    fn an_initial_equals_sign_is_an_empty_response() {
        assert_eq!(Secret::initial("=").text(), "");
        assert_eq!(Secret::initial("YQ==").text(), "YQ==");
        assert_eq!(format!("{:?}", Secret::initial("YQ==")), "…");
    }
}
