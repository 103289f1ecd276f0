//! A web address, taken apart once: `http` or `https`, host, port, path with query. No user part, no fragment.

use super::Trouble;
use hyper::Uri;
use std::fmt;
use std::str::FromStr;

/// A web address. Prints without its path, which may hold a link secret or a token; [`Url::exposed`] has all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    secure: bool,
    host: String,
    port: u16,
    path: String,
}

impl Url {
    /// True for `https`.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Name or address, without the brackets of IPv6.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// 80 or 443 if none was written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Starts with `/`; with the query, if there is one.
    pub fn path_and_query(&self) -> &str {
        &self.path
    }

    /// The path alone.
    pub fn path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// For `Host`: the port only if it is not the usual one.
    pub fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.secure, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// Scheme, host and port: for `Origin`, and to compare.
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// All of it, secrets too.
    pub fn exposed(&self) -> String {
        format!("{}{}", self.origin(), self.path)
    }

    /// Another path of the same host.
    pub fn at(&self, path_and_query: &str) -> Result<Url, Trouble> {
        format!("{}{path_and_query}", self.origin()).parse()
    }

    /// Where a `Location` or a link on the page leads: a full address or an absolute path.
    pub fn join(&self, reference: &str) -> Result<Url, Trouble> {
        match reference.starts_with('/') && !reference.starts_with("//") {
            true => self.at(reference),
            false => reference.parse(),
        }
    }
}

impl FromStr for Url {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<Self, Trouble> {
        let uri: Uri = text
            .parse()
            .map_err(|_| Trouble::BadUrl("this is no web address"))?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(Trouble::BadUrl("it must start with https:// or http://")),
        };
        let authority = uri
            .authority()
            .ok_or(Trouble::BadUrl("it has no host"))?
            .as_str();
        if authority.contains('@') {
            return Err(Trouble::BadUrl("it must not hold a user name or password"));
        }
        let host = uri.host().unwrap_or_default();
        if host.is_empty() {
            return Err(Trouble::BadUrl("it has no host"));
        }
        Ok(Url {
            secure,
            host: host.trim_matches(['[', ']']).to_ascii_lowercase(),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            path: uri
                .path_and_query()
                .map_or_else(|| "/".into(), |p| p.as_str().to_owned()),
        })
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/…", self.origin())
    }
}

/// Percent-encodes for a query or a form (application/x-www-form-urlencoded, with `%20` for a space, which everybody reads).
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_apart() {
        let rows = [
            (
                "https://Files.example.org/t/x?y#z",
                "files.example.org",
                443,
                "/t/x?y",
            ),
            ("http://127.0.0.1:8080", "127.0.0.1", 8080, "/"),
            ("http://[::1]:81/a", "::1", 81, "/a"),
        ];
        for (text, host, port, path) in rows {
            let url: Url = text.parse().unwrap();
            assert_eq!(
                (url.host(), url.port(), url.path_and_query()),
                (host, port, path)
            );
            assert_eq!(url.exposed().parse::<Url>().unwrap(), url);
        }
    }

    #[test]
    fn what_is_no_plain_web_address_is_refused() {
        for text in [
            "",
            "ftp://a/",
            "a/b",
            "https://u:p@a/",
            "http:///x",
            "https://a b/",
        ] {
            assert!(text.parse::<Url>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_printed_address_keeps_its_path_to_itself() {
        let url: Url = "https://files.example.org/t/secret".parse().unwrap();
        assert_eq!(format!("{url:?}"), "https://files.example.org/…");
    }

    #[test]
    fn only_unreserved_characters_stay_as_they_are() {
        assert_eq!(escape("+46 70&x=ö\n"), "%2B46%2070%26x%3D%C3%B6%0A");
    }
}
