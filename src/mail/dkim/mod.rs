//! Our own DKIM signatures (RFC 6376, RFC 8463) on mails whose bytes we have made: keys by domain, and a content in, a signed one out.
//!
//! Promises: header and body are canonicalised *relaxed*, all of the body counts (no `l=`), `From` is signed once more than it is there, so
//! that no second one can be put in; one pass over the content in constant memory; a key is in no log and in no `Debug`.
//! A mark of the tripwire, where there is one, stands below the signatures, also on mails to people outside that we leave as they were.
//! Leaves to others: canonical forms and the field itself (`mail-auth`), which mails are signed (`rewrite`, `notify`), where keys lie
//! (`config`, `service`).
//! Fails where the content cannot be read. A mail that no entry speaks for, or of whose header readers may see different authors, comes
//! back as it was.

mod head;
mod key;

pub use key::{Key, Unfit};

use super::Content;
use super::tripwire::Tripwire;
use head::Head;
use key::Lent;
use mail_auth::dkim::DkimSigner;
use mail_auth::headers::HeaderWriter;
use mail_auth::signer::Ready;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

/// Everybody who signs, and the tripwire.
#[derive(Debug, Clone, Default)]
pub struct Signers {
    all: Arc<[Signer]>,
    tripwire: Option<Tripwire>,
}

/// One entry: a domain, and the key whose public half its DNS shows.
pub struct Signer {
    domain: String,
    selector: String,
    key: Key,
}

impl Signer {
    /// `domain` and `selector` in lower case, A-labels.
    pub fn new(domain: &str, selector: &str, key: Key) -> Self {
        Signer {
            domain: domain.to_owned(),
            selector: selector.to_owned(),
            key,
        }
    }

    fn record(&self) -> (String, String) {
        let name = format!("{}._domainkey.{}", self.selector, self.domain);
        (name, self.key.record())
    }

    /// The domain itself or one below it: what DMARC calls relaxed alignment (RFC 7489 section 3.1.1).
    fn speaks_for(&self, domain: &str) -> bool {
        domain
            .strip_suffix(self.domain.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// For one mail.
    fn on(&self, head: &Head) -> DkimSigner<Lent<'_>, Ready> {
        DkimSigner::from_key(Lent(&self.key))
            .domain(&self.domain)
            .selector(&self.selector)
            .headers(head.signed())
    }
}

impl Signers {
    /// These; the order does not matter.
    pub fn new(signers: Vec<Signer>) -> Self {
        Signers {
            all: signers.into(),
            tripwire: None,
        }
    }

    /// The same, and every mail gets a mark.
    pub fn marking(self, tripwire: Option<Tripwire>) -> Self {
        Signers { tripwire, ..self }
    }

    /// The DNS names and the TXT records that must stand there.
    pub fn records(&self) -> impl Iterator<Item = (String, String)> {
        self.all.iter().map(Signer::record)
    }

    /// The content with its mark on top, if there is a tripwire: for what policy lets go to people outside.
    pub fn mark(&self, content: Content) -> io::Result<Content> {
        match &self.tripwire {
            Some(tripwire) => tripwire.mark(content),
            None => Ok(content),
        }
    }

    /// The same for a mail of our own, signed.
    pub fn stamp(&self, content: Content) -> io::Result<Content> {
        self.mark(content).and_then(|content| self.sign(content))
    }

    /// The content with a signature of each entry that speaks for its From on top.
    pub fn sign(&self, content: Content) -> io::Result<Content> {
        if self.all.is_empty() {
            return Ok(content);
        }
        let mut reader = BufReader::with_capacity(64 * 1024, content.reader());
        let Some(head) = Head::read(&mut reader)? else {
            return Ok(content);
        };
        let signers: Vec<_> = self
            .of(&head.authors())
            .iter()
            .map(|s| s.on(&head))
            .collect();
        if signers.is_empty() {
            return Ok(content);
        }
        Ok(content.below(fields(&signers, &head, &mut reader)?))
    }

    /// The entries of the longest domain that speaks for all authors. More than one, say RSA beside Ed25519, all sign (RFC 8463 section 3).
    fn of(&self, authors: &[String]) -> Vec<&Signer> {
        let for_all = |s: &&Signer| !authors.is_empty() && authors.iter().all(|a| s.speaks_for(a));
        let longest = self
            .all
            .iter()
            .filter(for_all)
            .map(|s| s.domain.len())
            .max();
        let is_longest = |s: &&Signer| Some(s.domain.len()) == longest;
        self.all.iter().filter(for_all).filter(is_longest).collect()
    }
}

/// One pass for all; `body` is what comes behind the header.
fn fields(
    signers: &[DkimSigner<Lent<'_>, Ready>],
    head: &Head,
    body: &mut impl Read,
) -> io::Result<Vec<u8>> {
    let mut streams: Vec<_> = signers.iter().map(DkimSigner::sign_streaming).collect();
    streams.iter_mut().for_each(|s| s.write(&head.bytes));
    let mut block = vec![0; 64 * 1024];
    loop {
        match body.read(&mut block)? {
            0 => break,
            n => streams.iter_mut().for_each(|s| s.write(&block[..n])),
        }
    }
    let mut fields = Vec::new();
    for stream in streams {
        let signature = stream.finish().map_err(io::Error::other)?;
        fields.extend_from_slice(signature.to_header().as_bytes());
    }
    Ok(fields)
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}._domainkey.{}", self.selector, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(domain: &str) -> Signer {
        Signer::new(domain, "s", key::tests::ed25519())
    }

    fn signed(mail: &str, domains: &[&str]) -> String {
        let signers = Signers::new(domains.iter().map(|d| signer(d)).collect());
        let content = signers
            .sign(Content::new(mail.as_bytes().to_vec()))
            .unwrap();
        String::from_utf8(content.to_vec().unwrap()).unwrap()
    }

    #[test]
    fn the_longest_domain_that_speaks_for_every_author_signs() {
        let rows: &[(&str, &[&str])] = &[
            ("a@example.org", &["example.org"]),
            ("A <a@EXAMPLE.org>", &["example.org"]),
            ("a@deep.dept.example.org", &["dept.example.org"]),
            ("a@notexample.org", &[]),
            ("a@example.org, b@dept.example.org", &["example.org"]),
            ("a@example.org, b@strangers.example", &[]),
            ("\"x@example.org\" <a@strangers.example>", &[]),
            ("a@two.example", &["two.example", "two.example"]),
            ("undisclosed:;", &[]),
            ("a@example.org <x@strangers.example>", &[]),
            ("x@strangers.example <a@example.org>", &["example.org"]),
            (
                "=?utf-8?Q?a=40strangers.example?= <a@example.org>",
                &["example.org"],
            ),
            ("a@example.org (x@strangers.example)", &["example.org"]),
            ("a@example.org@strangers.example", &[]),
            ("a@[192.0.2.1]", &[]),
            ("", &[]),
        ];
        for (from, want) in rows {
            let out = signed(
                &format!("From: {from}\r\n\r\nHi\r\n"),
                &[
                    "example.org",
                    "dept.example.org",
                    "two.example",
                    "two.example",
                ],
            );
            let found: Vec<&str> = out
                .lines()
                .filter(|l| l.starts_with("DKIM-Signature:"))
                .filter_map(|l| l.split_once(" d=")?.1.split(';').next())
                .collect();
            assert_eq!(&found, want, "{from}");
        }
    }

    #[test]
    fn a_header_that_readers_take_differently_is_not_signed() {
        for header in [
            "From: a@example.org\r\nFrom: b@example.org\r\n",
            "From: a@example.org\r\nno field\r\n",
            " From: a@example.org\r\n",
            "From : a@example.org\r\n",
            "Subject: nobody\r\n",
        ] {
            let mail = format!("{header}\r\nHi\r\n");
            assert_eq!(signed(&mail, &["example.org"]), mail);
        }
    }

    #[test]
    fn every_field_that_counts_is_signed_and_from_once_more() {
        let mail = "Received: x\r\nTo: b@c.example\r\nFrom: a@example.org\r\nSubject: s\r\nX-Other: y\r\nto: d@e.example\r\n\
                    Content-Type: text/plain\r\ncontent-language: en\r\nX-Cloakroom-Transfer: T\r\n\r\n";
        let out = signed(mail, &["example.org"]);
        let field = &out[..out.len() - mail.len()];
        assert!(out.ends_with(mail) && field.ends_with("\r\n"));
        let flat = field.replace("\r\n\t", "").replace(' ', "");
        assert!(
            flat.contains(
                ";h=X-Cloakroom-Transfer:content-language:Content-Type:to:Subject:From:To:from;t="
            ),
            "{flat}"
        );
        assert!(
            flat.contains(";bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;b="),
            "{flat}"
        );
        assert!(field.lines().all(|line| line.len() <= 78), "{field}");
    }

    #[test]
    fn who_signs_is_shown_and_the_key_is_not() {
        let shown = format!("{:?}", Signers::new(vec![signer("example.org")]));
        assert_eq!(
            shown,
            "Signers { all: [s._domainkey.example.org], tripwire: None }"
        );
    }
}
