//! What a passkey says: the token of a device, which the browser keeps nowhere.
//!
//! A passkey that has the extension `prf` (WebAuthn level 3) gives the same 32 bytes for the same question each time that its holder lets it,
//! and gives them to this host alone. They are the token; everything behind a token is as with a cookie. No signature is looked at: who has
//! not got the token opens nothing, who has it needs no signature.
//! Promises: what is kept of it is the name that its authenticator knows it by, which is no secret; the rest prints as `…`.

use crate::transfer::DeviceSecret;
use encodify::base64::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// The longest name of a passkey, in bytes (WebAuthn level 3, 4).
const LONGEST: usize = 1023;

/// A device's token from a passkey.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// By which the device is known.
    pub token: DeviceSecret,
    /// What its authenticator knows it by: no secret.
    pub name: Vec<u8>,
}

impl Passkey {
    /// From the fields of a form: token and name in base64url without padding. `None`: it is none.
    pub fn read(token: &str, name: &str) -> Option<Self> {
        let token = Zeroizing::new(URL_SAFE_NO_PAD.decode(token).ok()?);
        let token = <[u8; 32]>::try_from(token.as_slice()).ok()?;
        let name = URL_SAFE_NO_PAD.decode(name).ok()?;
        (1..=LONGEST).contains(&name.len()).then(|| Passkey {
            token: DeviceSecret::from_bytes(token),
            name,
        })
    }
}

/// The name of a passkey for a page.
pub fn shown(name: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passkey_is_read_whole_or_not_at_all() {
        let token = URL_SAFE_NO_PAD.encode([0xfb; 32]);
        let longest = URL_SAFE_NO_PAD.encode(vec![7; LONGEST]);
        let passkey = Passkey::read(&token, &longest).expect("a passkey");
        assert_eq!(passkey.token.expose(), &[0xfb; 32]);
        assert_eq!(shown(&passkey.name), longest);
        assert!(!format!("{:?}", passkey.token).contains("251"));
        let short = URL_SAFE_NO_PAD.encode([1; 31]);
        let too_long = URL_SAFE_NO_PAD.encode(vec![7; LONGEST + 1]);
        let rows = [
            (short.as_str(), "AQ"),
            ("", "AQ"),
            (&token, ""),
            (&token, "A+"),
            (&token, &too_long),
        ];
        for (token, name) in rows {
            assert!(Passkey::read(token, name).is_none(), "{token} {name}");
        }
    }
}
