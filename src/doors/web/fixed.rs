//! Pages that are the same for everyone.

use super::Portal;
use super::pages::{self, PASSKEY, SCRIPT, STYLE};
use super::visitor::Visitor;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, StatusCode, header};
use minijinja::context;
use std::sync::Arc;

type Here = State<Arc<Portal>>;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// What this address is for.
pub async fn home(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let language = visitor.language(&portal, None);
    let house = portal.house.organisation.as_str();
    let say = |key: &str| {
        let given = [("organisation", house.into())];
        portal.pages.say(language, key, &given)
    };
    let given = [("organisation", house.into())];
    let frame = portal.frame(&visitor, None, ("home-heading", &given));
    let content = context! {
        paragraphs => ["home-text", "home-genuine"].map(say),
        send => portal.guests.is_some(),
    };
    let pages = &portal.pages;
    pages.page(StatusCode::OK, "home.html", &frame, content)
}

/// How accessible these pages are: public bodies must say it.
pub async fn accessibility(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let keys = [
        "accessibility-aim",
        "accessibility-how",
        "accessibility-problem",
    ];
    said(&portal, &visitor, "footer-accessibility", &keys)
}

/// What is kept of a visit.
pub async fn privacy(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let rows = [
        (true, "privacy-files"),
        (true, "privacy-cookie"),
        (true, "privacy-known"),
        (portal.terms.is_some(), "privacy-terms"),
        (portal.collect.is_quick(), "privacy-quick"),
        (portal.guests.is_some(), "privacy-send"),
        (true, "privacy-nothing"),
        (true, "privacy-log"),
        (true, "privacy-others"),
    ];
    let keys = rows.into_iter().filter(|(shown, _)| *shown);
    let keys: Vec<&str> = keys.map(|(_, key)| key).collect();
    said(&portal, &visitor, "footer-privacy", &keys)
}

/// After a page was locked.
pub async fn locked(State(portal): Here, visitor: Visitor) -> Response<Body> {
    said(&portal, &visitor, "closed-heading", &["closed-text"])
}

/// After a browser was forgotten.
pub async fn forgotten(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let keys = ["forgotten-text"];
    said(&portal, &visitor, "forgotten-heading", &keys)
}

/// After a recipient deleted his copy.
pub async fn deleted(State(portal): Here, visitor: Visitor) -> Response<Body> {
    said(&portal, &visitor, "deleted-heading", &["deleted-text"])
}

/// How to know that this is no trap; `identity.help_url` is better, as it is the organisation's own.
pub async fn genuine(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let keys = ["genuine-host", "genuine-never", "genuine-check"];
    said(&portal, &visitor, "footer-genuine", &keys)
}

/// Where requests end up that are none.
pub async fn bad_request(State(portal): Here, visitor: Visitor) -> Response<Body> {
    let mut response = portal.bad_request(&visitor);
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Everything else.
pub async fn not_found(State(portal): Here, visitor: Visitor) -> Response<Body> {
    portal.not_found(&visitor)
}

/// Nothing here is for search engines.
pub async fn robots() -> Response<Body> {
    let all = "User-agent: *\nDisallow: /\n".to_owned();
    pages::text(StatusCode::OK, "text/plain; charset=utf-8", all)
}

/// The style sheet, then the house's own colours.
pub async fn style(State(portal): Here) -> Response<Body> {
    let style = STYLE.to_owned() + &portal.house.look.style();
    pages::text(StatusCode::OK, "text/css; charset=utf-8", style)
}

/// The house's logo. As a picture it runs nothing and loads nothing.
pub async fn logo(State(portal): Here, visitor: Visitor) -> Response<Body> {
    match &portal.house.look.logo {
        Some(logo) => {
            let mut response = Response::new(Body::from(logo.bytes.clone()));
            let kind = HeaderValue::from_static(logo.media_type);
            response.headers_mut().insert(header::CONTENT_TYPE, kind);
            response
        }
        None => portal.not_found(&visitor),
    }
}

/// The script of the page to write on, which does everything without it.
pub async fn script() -> Response<Body> {
    pages::text(StatusCode::OK, JAVASCRIPT, SCRIPT.to_owned())
}

/// The script of the pages that offer passkeys.
pub async fn passkey_script() -> Response<Body> {
    pages::text(StatusCode::OK, JAVASCRIPT, PASSKEY.to_owned())
}

/// Browsers ask for it unasked.
pub async fn no_icon() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn said(portal: &Portal, visitor: &Visitor, heading: &str, keys: &[&str]) -> Response<Body> {
    let language = visitor.language(portal, None);
    let house = portal.house.organisation.as_str();
    let host = portal
        .house
        .portal_url
        .split("://")
        .last()
        .unwrap_or_default();
    let sentences: Vec<String> = keys
        .iter()
        .map(|key| {
            portal.pages.say(
                language,
                key,
                &[("organisation", house.into()), ("host", host.into())],
            )
        })
        .collect();
    portal.note(visitor, StatusCode::OK, heading, &sentences)
}
