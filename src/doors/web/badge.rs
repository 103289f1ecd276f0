//! The cookies of devices that need no password: one for each mailbox, so that what becomes of one touches no other.
//!
//! `cloakroom-quick-<mark of the mailbox>` holds the token in hexadecimal digits, behind `new.` until the browser has used it, and then with
//! a point and the token that it had before, if it had one: by that the gateway knows a token that it gave out to be set up from one that
//! was taken from a device.
//! Promises: a cookie that stands twice is none, and no more are read than [`MOST`].

use super::session::Cookie;
use super::visitor::{Visitor, cookies};
use super::{CookieName, Portal};
use crate::transfer::quick::Badge;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use zeroize::Zeroizing;

/// Longer than a transfer lives behind the last use; browsers keep none for longer than 400 days.
const COOKIE_FOR: u64 = 400 * 86_400;

/// One that came with a page that was only looked at: as long as a code of an operator's.
const LOOKED_AT_FOR: u64 = 86_400;

/// Mailboxes of one browser.
const MOST: usize = 50;

const NEW: &str = "new.";

/// What a request has of them.
pub(super) fn read(fields: &HeaderMap, name: &str) -> Vec<Badge> {
    let ours = |(n, value)| Some((str::strip_prefix(n, name)?.strip_prefix('-')?, value));
    let ours: Vec<(&str, &str)> = cookies(fields).filter_map(ours).take(MOST).collect();
    let stands_once =
        |(mark, _): &&(&str, &str)| ours.iter().filter(|(m, _)| m == mark).count() == 1;
    let badge = |(mark, value): &(&str, &str)| {
        let fresh = value.strip_prefix(NEW);
        let (token, before) = match fresh.map(|fresh| fresh.split_once('.').ok_or(fresh)) {
            Some(Ok((token, before))) => (token, Some(Cookie::read(before)?.device())),
            Some(Err(token)) => (token, None),
            None => (*value, None),
        };
        Some(Badge {
            mark: (*mark).to_owned(),
            token: Cookie::read(token)?.device(),
            fresh: fresh.is_some(),
            before,
        })
    };
    ours.iter().filter(stands_once).filter_map(badge).collect()
}

impl Portal {
    /// The answer, with the token of a device, or with one for a browser that asks to be set up.
    pub(super) fn with_badge(&self, page: Response<Body>, badge: Option<&Badge>) -> Response<Body> {
        with(page, badge.and_then(|badge| self.badge_line(badge)))
    }

    /// The same for a page that asks for a code of another device, if the browser needs a badge for this mailbox.
    pub(super) fn with_badge_for(
        &self,
        page: Response<Body>,
        visitor: &Visitor,
        mark: Option<&String>,
    ) -> Response<Body> {
        let Some(mark) = mark else {
            return page;
        };
        let before = visitor.quick.iter().find(|badge| badge.mark == *mark);
        let badge = Badge::fresh(mark.clone(), before);
        let seconds = if before.is_some() {
            COOKIE_FOR
        } else {
            LOOKED_AT_FOR
        };
        with(page, self.line(&badge, seconds))
    }

    pub(super) fn badge_line(&self, badge: &Badge) -> Option<HeaderValue> {
        self.line(badge, COOKIE_FOR)
    }

    fn line(&self, badge: &Badge, seconds: u64) -> Option<HeaderValue> {
        let name = CookieName::Quick.of(self.encrypted());
        let age = format!("; Max-Age={seconds}");
        self.named_cookie_line(&format!("{name}-{}", badge.mark), &value(badge), &age)
    }
}

fn value(badge: &Badge) -> Zeroizing<String> {
    let tokens = badge
        .tokens()
        .map(|token| Cookie::of_device(token).expose());
    let tokens = Zeroizing::new(tokens.collect::<Vec<_>>().join("."));
    match badge.fresh {
        true => Zeroizing::new(format!("{NEW}{}", *tokens)),
        false => tokens,
    }
}

fn with(mut page: Response<Body>, line: Option<HeaderValue>) -> Response<Body> {
    if let Some(line) = line {
        page.headers_mut().append(header::SET_COOKIE, line);
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_of_several_mailboxes_are_read_and_those_that_stand_twice_are_none() {
        let (one, two) = ("ab".repeat(32), "cd".repeat(32));
        let line = format!(
            "a=b; quick-m1={one}; quick-m2=new.{two}.{one}; quick-m3={one}; quick-m3={two}; quick={one}; quick-m4=new.; \
             quick-m5=newer.{one}; quick-m6={one}.{two}; quick-m7=new.{one}"
        );
        let mut fields = HeaderMap::new();
        fields.append(header::COOKIE, line.parse().expect("a value"));
        let read = read(&fields, "quick");
        let seen: Vec<_> = read
            .iter()
            .map(|badge| (&*badge.mark, badge.fresh, value(badge).to_string()))
            .collect();
        let expected = [
            ("m1", false, one.clone()),
            ("m2", true, format!("new.{two}.{one}")),
            ("m7", true, format!("new.{one}")),
        ];
        assert_eq!(seen, expected);
        let many: Vec<String> = (0..99).map(|n| format!("quick-{n}={one}")).collect();
        let mut fields = HeaderMap::new();
        fields.append(header::COOKIE, many.join("; ").parse().expect("a value"));
        assert_eq!(super::read(&fields, "quick").len(), MOST);
    }
}
