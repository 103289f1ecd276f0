//! Terms of use, if the operator has some: a page, and a box that must be ticked before anything opens in a browser for the first time.
//!
//! That a browser's reader agreed is remembered by a cookie of its own for 30 days; it holds the hash of the terms and no secret, so that other
//! terms are asked for anew. Promises: no terms, nothing shows; without agreement nothing is tried and nothing counted.

use super::Portal;
use super::open::Here;
use super::visitor::Visitor;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode};
use minijinja::context;
use sha2::{Digest, Sha256};

/// How long an agreement is remembered, in seconds.
const AGREED_FOR: u32 = 30 * 86_400;

/// What readers agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// For every language that has none of its own; plain text, an empty line between paragraphs.
    text: String,
    /// By language.
    others: Vec<(String, String)>,
}

impl Terms {
    /// The operator's text, and translations of it by language.
    pub fn new(text: String, others: Vec<(String, String)>) -> Self {
        Terms { text, others }
    }

    fn in_language(&self, language: &str) -> &str {
        let own = self.others.iter().find(|(l, _)| l == language);
        own.map_or(&self.text, |(_, text)| text)
    }

    /// What the cookie says of who agreed to exactly these: 64 hexadecimal digits.
    pub(super) fn mark(&self) -> String {
        let mut hash = Sha256::new();
        for text in [&self.text]
            .into_iter()
            .chain(self.others.iter().map(|(_, t)| t))
        {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// GET `/terms`.
pub async fn page(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let Some(terms) = &portal.terms else {
        return portal.not_found(&visitor);
    };
    let frame = portal.frame(&visitor, None, ("terms-heading", &[]));
    let text = terms.in_language(frame.language).replace('\r', "");
    let paragraphs = text.split("\n\n").filter(|p| !p.trim().is_empty());
    let paragraphs: Vec<String> = paragraphs.map(str::to_owned).collect();
    let content = context! { paragraphs };
    portal
        .pages
        .page(StatusCode::OK, "note.html", &frame, content)
}

impl Portal {
    /// True if its reader has still to agree.
    pub(super) fn must_agree(&self, visitor: &Visitor) -> bool {
        let terms = self.terms.as_ref();
        terms.is_some_and(|terms| visitor.agreed.as_deref() != Some(&terms.mark()))
    }

    /// The cookie of somebody who agreed now.
    pub(super) fn agreement(&self) -> Option<HeaderValue> {
        let mark = self.terms.as_ref()?.mark();
        let age = format!("; Max-Age={AGREED_FOR}");
        self.cookie_line(super::CookieName::Terms, &mark, &age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_terms_have_another_mark() {
        let terms = |text: &str, german: &str| {
            let others = vec![("de".to_owned(), german.to_owned())];
            Terms::new(text.into(), others)
        };
        let one = terms("Be kind.", "Seien Sie freundlich.");
        assert_eq!(one.in_language("de"), "Seien Sie freundlich.");
        assert_eq!(one.in_language("sv"), "Be kind.");
        assert_eq!(one.mark(), one.clone().mark());
        assert_eq!(one.mark().len(), 64);
        assert_ne!(
            one.mark(),
            terms("Be kind!", "Seien Sie freundlich.").mark()
        );
        assert_ne!(one.mark(), terms("Be kind.", "Seien Sie nett.").mark());
        assert_ne!(terms("ab", "c").mark(), terms("a", "bc").mark());
    }
}
