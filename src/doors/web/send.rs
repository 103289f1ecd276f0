//! `/send`: somebody who was sent nothing says who they are, and enters the code that went to that address.
//!
//! `GET /send?to=…&subject=…` prefills, as a link on the house's own pages may; several `to`, or commas between. Promises: a look sends nothing
//! (P14); the answer to an address is the same whether it may write or not; the code belongs to the browser that asked for it, by a cookie
//! that is replaced when it was right (T88, T97). Leaves to others: codes and limits (`gateway::guests`), writing ([`desk`]).

pub mod desk;

use super::open::Here;
use super::pages::Frame;
use super::reply::Wrong;
use super::session::Cookie;
use super::visitor::Visitor;
use super::{CookieName, Portal, see_other};
use crate::gateway::collect::now;
use crate::gateway::guests::{Asked, Browser, Entered, Guests, tidy};
use crate::mail::Address;
use crate::texts::format;
use crate::transfer::guest::{CODE_FOR, HELD_FOR, KNOWN_FOR};
use crate::transfer::{DeviceSecret, Wish};
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use minijinja::context;
use std::sync::Arc;

/// Names and values, as a link or a form has them.
type Pairs = Vec<(String, String)>;
/// The part of an address behind the question mark.
pub type Asking = Result<Query<Pairs>, QueryRejection>;
type Filled = Result<Form<Pairs>, FormRejection>;

/// What was typed to begin with.
#[derive(Default)]
struct Typed {
    address: String,
    name: String,
    wish: Wish,
    agrees: bool,
}

/// GET `/send`.
pub async fn show(State(portal): Here, visitor: Visitor, query: Asking) -> Response<Body> {
    let Some(guests) = portal.guests.clone() else {
        return portal.not_found(&visitor);
    };
    let wish = wish_of(query);
    match portal.guest(&visitor, &guests).await {
        Ok(Some(_)) => see_other(with_wish("/send/write", &wish, &visitor)),
        Ok(None) => {
            let typed = Typed {
                wish,
                ..Typed::default()
            };
            portal.begin_page(&visitor, &typed, None)
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/send`: a code is sent, or seems to be.
pub async fn ask(State(portal): Here, visitor: Visitor, form: Filled) -> Response<Body> {
    let Some(guests) = portal.guests.clone() else {
        return portal.not_found(&visitor);
    };
    let typed = typed(form);
    let agrees = portal.must_agree(&visitor);
    let say = |key: &str| portal.pages.say(visitor.language(&portal, None), key, &[]);
    let bad = |sentence| Wrong {
        status: StatusCode::BAD_REQUEST,
        sentence,
    };
    let address = typed.address.parse::<Address>().ok();
    let Some(address) = address.filter(|address| address.domain().contains('.')) else {
        return portal.begin_page(&visitor, &typed, Some(bad(say("send-address-wrong"))));
    };
    if agrees && !typed.agrees {
        return portal.begin_page(&visitor, &typed, Some(bad(say("terms-missing"))));
    }
    let language = visitor.language(&portal, None);
    let wants = (typed.name.as_str(), typed.wish.clone());
    let browser = Browser {
        waiting: visitor.waiting.clone(),
        guest: visitor.guest.as_ref().map(Cookie::device),
    };
    let asked = guests.ask(address, wants, language, visitor.address, browser);
    match asked.await {
        Ok(Asked::Sent(secret)) => portal.waits(&visitor, &secret, agrees),
        Ok(Asked::TooMany(wait)) => portal.enough(&visitor, &typed, wait),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// GET `/send/code`.
pub async fn code(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let Some(guests) = portal.guests.clone() else {
        return portal.not_found(&visitor);
    };
    portal.code_page(&visitor, &guests, None).await
}

/// POST `/send/code`.
pub async fn enter(State(portal): Here, visitor: Visitor, form: Filled) -> Response<Body> {
    let Some(guests) = portal.guests.clone() else {
        return portal.not_found(&visitor);
    };
    let Some(secret) = visitor.waiting.clone() else {
        return back(visitor).await;
    };
    let pairs = form.map(|Form(pairs)| pairs).unwrap_or_default();
    let code = pairs.into_iter().find(|(name, _)| name == "code");
    let code = code.map(|(_, code)| code).unwrap_or_default();
    let before = visitor.guest.as_ref().map(Cookie::device);
    let entered = guests.enter((secret, before), code, visitor.address);
    let (status, key, tries) = match entered.await {
        Ok(Entered::Right(secret, wish)) => return portal.welcome(&visitor, &secret, &wish),
        Ok(Entered::Wrong(left)) => (StatusCode::FORBIDDEN, "send-code-wrong", left),
        Ok(Entered::Empty) => (StatusCode::BAD_REQUEST, "code-empty", 0),
        Ok(Entered::Over) => (StatusCode::FORBIDDEN, "code-over", 0),
        Err(fault) => return portal.failed(&visitor, &fault),
    };
    let language = visitor.language(&portal, None);
    let sentence = portal.pages.say(language, key, &[("tries", tries.into())]);
    let wrong = Wrong { status, sentence };
    portal.code_page(&visitor, &guests, Some(wrong)).await
}

/// POST `/send/forget`: whoever uses this browser is known no more.
pub async fn forget(State(portal): Here, visitor: Visitor) -> Response<Body> {
    if let (Some(guests), Some(cookie)) = (&portal.guests, &visitor.guest)
        && let Err(fault) = guests.forget(cookie.device()).await
    {
        return portal.failed(&visitor, &fault);
    }
    let gone = portal.cookie_line(CookieName::Guest, "", "; Max-Age=0");
    with_cookies(back(visitor).await, [gone])
}

/// GET to where only forms go.
pub async fn back(visitor: Visitor) -> Response<Body> {
    see_other(format!("/send{}", visitor.suffix()))
}

impl Portal {
    /// Who uses this browser.
    async fn guest(
        &self,
        visitor: &Visitor,
        guests: &Arc<Guests>,
    ) -> Result<Option<(crate::transfer::Guest, Vec<String>)>, crate::fault::Fault> {
        match &visitor.guest {
            Some(cookie) => guests.guest(cookie.device()).await,
            None => Ok(None),
        }
    }

    fn begin_page(&self, visitor: &Visitor, typed: &Typed, wrong: Option<Wrong>) -> Response<Body> {
        let frame = self.send_frame(visitor, "send-heading", wrong.is_some());
        let content = context! {
            address => &typed.address,
            name => &typed.name,
            to => &typed.wish.to,
            subject => &typed.wish.subject,
            keep => kept(&typed.wish),
            must_agree => self.must_agree(visitor),
            error => wrong.as_ref().map(|wrong| &wrong.sentence),
        };
        let status = wrong.map_or(StatusCode::OK, |wrong| wrong.status);
        self.pages.page(status, "send.html", &frame, content)
    }

    fn enough(&self, visitor: &Visitor, typed: &Typed, wait: i64) -> Response<Body> {
        let language = visitor.language(self, None);
        let at = now().saturating_add(wait);
        let time = format::day_and_time(language, at, &self.house.time_zone);
        let wrong = Wrong {
            status: StatusCode::TOO_MANY_REQUESTS,
            sentence: self
                .pages
                .say(language, "code-limit", &[("time", time.into())]),
        };
        let mut page = self.begin_page(visitor, typed, Some(wrong));
        let wait = u64::try_from(wait).unwrap_or(0).max(1);
        page.headers_mut().insert(header::RETRY_AFTER, wait.into());
        page
    }

    /// The page for the code, which only this browser can enter.
    fn waits(&self, visitor: &Visitor, secret: &DeviceSecret, agrees: bool) -> Response<Body> {
        let age = format!("; Max-Age={CODE_FOR}");
        let value = Cookie::of_device(secret).expose();
        let waiting = self.cookie_line(CookieName::Waiting, &value, &age);
        let terms = agrees.then(|| self.agreement()).flatten();
        let next = see_other(format!("/send/code{}", visitor.suffix()));
        with_cookies(next, [waiting, terms])
    }

    async fn code_page(
        &self,
        visitor: &Visitor,
        guests: &Arc<Guests>,
        wrong: Option<Wrong>,
    ) -> Response<Body> {
        let pending = match visitor.waiting.clone() {
            Some(secret) => guests.waits(secret).await,
            None => Ok(None),
        };
        let pending = match pending {
            Ok(pending) => pending,
            Err(fault) => return self.failed(visitor, &fault),
        };
        if pending.is_none() && wrong.is_none() {
            return see_other(format!("/send{}", visitor.suffix()));
        }
        let until = pending.as_ref().map(|pending| pending.until);
        let frame = self.send_frame(visitor, "send-code-heading", wrong.is_some());
        let content = context! {
            address => pending.as_ref().map(|pending| &pending.address),
            until => until.map(|at| format::time_of_day(at, &self.house.time_zone)),
            error => wrong.as_ref().map(|wrong| &wrong.sentence),
        };
        let status = wrong.map_or(StatusCode::OK, |wrong| wrong.status);
        self.pages.page(status, "code.html", &frame, content)
    }

    /// A new cookie, so that one that was planted before is worth nothing.
    fn welcome(&self, visitor: &Visitor, secret: &DeviceSecret, wish: &Wish) -> Response<Body> {
        let age = format!("; Max-Age={}", KNOWN_FOR + HELD_FOR);
        let value = Cookie::of_device(secret).expose();
        let guest = self.cookie_line(CookieName::Guest, &value, &age);
        let over = self.cookie_line(CookieName::Waiting, "", "; Max-Age=0");
        let next = see_other(with_wish("/send/write", wish, visitor));
        with_cookies(next, [guest, over])
    }

    fn send_frame(&self, visitor: &Visitor, heading: &str, error: bool) -> Frame {
        let name = [("name", self.house.organisation.as_str().into())];
        Frame {
            error,
            ..self.frame(visitor, None, (heading, &name))
        }
    }
}

fn with_cookies<const N: usize>(
    mut response: Response<Body>,
    lines: [Option<HeaderValue>; N],
) -> Response<Body> {
    for line in lines.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

fn typed(form: Filled) -> Typed {
    let mut typed = Typed::default();
    for (name, value) in form.map(|Form(pairs)| pairs).unwrap_or_default() {
        match name.as_str() {
            "address" => typed.address = value.trim().chars().take(400).collect(),
            "name" => typed.name = value.trim().chars().take(400).collect(),
            "to" => typed.wish.to.push(value),
            "subject" => typed.wish.subject = value,
            "terms" => typed.agrees = true,
            _ => {}
        }
    }
    typed.wish = tidy(typed.wish);
    typed
}

/// What a link asks for: `to` once or more, and a `subject`.
fn wish_of(query: Asking) -> Wish {
    let mut wish = Wish::default();
    for (name, value) in query.map(|Query(pairs)| pairs).unwrap_or_default() {
        match name.as_str() {
            "to" => wish.to.push(value),
            "subject" => wish.subject = value,
            _ => {}
        }
    }
    tidy(wish)
}

/// A path of ours that keeps the wish, and the language that was chosen.
fn with_wish(path: &str, wish: &Wish, visitor: &Visitor) -> String {
    let language = visitor.chosen.map(|language| format!("&lang={language}"));
    let pairs = kept(wish) + &language.unwrap_or_default();
    match pairs.strip_prefix('&') {
        Some(pairs) => format!("{path}?{pairs}"),
        None => path.to_owned(),
    }
}

/// A wish behind an address of ours, each part with an ampersand before it. Every byte that is no letter or digit is escaped, so that it can be
/// no other path and no other field (T94).
pub(super) fn kept(wish: &Wish) -> String {
    let to = wish.to.iter().map(|to| pair("to", to));
    let subject = Some(&wish.subject).filter(|subject| !subject.is_empty());
    to.chain(subject.map(|subject| pair("subject", subject)))
        .map(|pair| format!("&{pair}"))
        .collect()
}

fn pair(name: &str, value: &str) -> String {
    let escaped = value.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    format!("{name}={}", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(query: &str) -> Wish {
        let uri = format!("/send?{query}").parse().expect("a path");
        wish_of(Query::try_from_uri(&uri))
    }

    #[test]
    fn a_link_prefills_addresses_and_one_short_line_and_nothing_else() {
        let rows: [(&str, &[&str], &str); 6] = [
            (
                "to=a@example.org&to=b%40example.org",
                &["a@example.org", "b@example.org"],
                "",
            ),
            (
                "to=a@example.org,b@example.org%3Bc@example.org",
                &["a@example.org", "b@example.org", "c@example.org"],
                "",
            ),
            ("to=nobody&to=%3Cscript%3E&subject=Hi", &[], "Hi"),
            ("subject=L%C3%A4k%0d%0aBcc:+x", &[], "L\u{e4}k Bcc: x"),
            ("cc=a@example.org&lang=sv", &[], ""),
            ("%", &[], ""),
        ];
        for (query, to, subject) in rows {
            let wish = wish(query);
            assert_eq!(wish.to, to, "{query}");
            assert_eq!(wish.subject, subject, "{query}");
        }
        let many = "to=a@example.org&".repeat(50) + "subject=" + &"x".repeat(2000);
        let wish = wish(&many);
        assert_eq!((wish.to.len(), wish.subject.len()), (10, 150));
    }

    #[test]
    fn what_was_asked_for_is_one_harmless_query_again() {
        assert_eq!(pair("to", "a+b@x.example"), "to=a%2Bb%40x%2Eexample");
        assert_eq!(
            pair("subject", "a\r\nb/?&="),
            "subject=a%0D%0Ab%2F%3F%26%3D"
        );
    }
}
