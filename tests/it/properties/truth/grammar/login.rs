//! What clients say when they sign in, a second time (RFC 4954, RFC 4616, and what Microsoft and Google write of LOGIN and XOAUTH2).

/// Longest line of a login, without its end.
pub const MAX_LINE: usize = 12288;
/// Of a user name.
const LONGEST: usize = 255;

#[derive(Clone, Copy, PartialEq)]
pub enum Mechanism {
    Plain,
    Login,
    XOauth2,
}

/// What stands behind AUTH: the mechanism, if it is known, and the initial response. `None` if it is not well written.
pub fn auth(rest: &str) -> Option<(Option<Mechanism>, Option<&str>)> {
    let words: Vec<&str> = rest.split(' ').collect();
    let fit = |word: &&str| !word.is_empty() && word.chars().all(|c| ('!'..='~').contains(&c));
    if words.len() > 2 || !words.iter().all(fit) {
        return None;
    }
    let mechanism = match words[0].to_ascii_uppercase().as_str() {
        "PLAIN" => Some(Mechanism::Plain),
        "LOGIN" => Some(Mechanism::Login),
        "XOAUTH2" => Some(Mechanism::XOauth2),
        _ => None,
    };
    let initial = words.get(1).copied();
    Some((mechanism, initial.map(|i| if i == "=" { "" } else { i })))
}

/// Base64 in the one form that RFC 4648 section 3 wants.
pub fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let filled = text.iter().rev().take_while(|b| **b == b'=').count();
    if !text.len().is_multiple_of(4) || filled > 2 {
        return None;
    }
    let mut bits = String::new();
    for letter in &text[..text.len() - filled] {
        let value = LETTERS.iter().position(|known| known == letter)?;
        bits += &format!("{value:06b}");
    }
    let spare = bits.split_off(bits.len() - 2 * filled);
    let byte = |eight: &[u8]| u8::from_str_radix(std::str::from_utf8(eight).ok()?, 2).ok();
    let bytes = bits.as_bytes().chunks(8).map(byte).collect();
    (!spare.contains('1')).then_some(bytes).flatten()
}

/// Whose password it is, and the password or token. `None` if it is no login.
pub fn user(mechanism: Mechanism, said: &[Vec<u8>]) -> Option<(String, Vec<u8>)> {
    let (user, password) = match mechanism {
        Mechanism::Login => (said[0].clone(), said[1].clone()),
        Mechanism::Plain => {
            let parts: Vec<&[u8]> = said[0].split(|b| *b == 0).collect();
            let [_, user, password] = parts[..] else {
                return None;
            };
            // All of it is text there, and neither may be empty.
            std::str::from_utf8(&said[0]).ok()?;
            (!password.is_empty()).then(|| (user.to_vec(), password.to_vec()))?
        }
        Mechanism::XOauth2 => {
            let parts: Vec<&[u8]> = said[0].split(|b| *b == 1).collect();
            let [user, token, b"", b""] = parts[..] else {
                return None;
            };
            let token = token.strip_prefix(b"auth=Bearer ")?;
            let fit = !token.is_empty() && token.iter().all(|b| (b'!'..=b'~').contains(b));
            fit.then(|| Some((user.strip_prefix(b"user=")?.to_vec(), token.to_vec())))??
        }
    };
    let user = String::from_utf8(user).ok()?;
    let fit = !user.is_empty() && user.len() <= LONGEST && !user.chars().any(char::is_control);
    fit.then_some((user, password))
}
