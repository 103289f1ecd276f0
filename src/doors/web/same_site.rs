//! One guard in front of all pages: what another site sends changes nothing (T88).
//!
//! Promises: no request but GET, HEAD and OPTIONS that a browser sends for another site reaches any handler; a new form cannot forget it, as
//! the guard knows no paths. Programs, which say nothing of where they come from, pass. Leaves to others: cookies, which other sites' forms do
//! not bring along (`SameSite`). Answers "bad request"; where programs upload, in the form that those paths have.

use super::open::Here;
use super::visitor::{Visitor, text};
use super::{tus, written};
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, Method, Response};
use axum::middleware::Next;

/// Lets through what may pass; reads and refuses the rest.
pub async fn only(State(portal): Here, asked: Request, next: Next) -> Response<Body> {
    let looks = [Method::GET, Method::HEAD, Method::OPTIONS].contains(asked.method());
    if looks || same_site(asked.headers(), &portal.origin) {
        return next.run(asked).await;
    }
    let (mut parts, body) = asked.into_parts();
    written::drain(body).await;
    if tus::is_upload(parts.uri.path()) {
        return tus::nobody();
    }
    let Ok(visitor) = Visitor::from_request_parts(&mut parts, &portal).await;
    portal.bad_request(&visitor)
}

/// `Sec-Fetch-Site` decides where browsers send it (all current ones, on https and loopback). Else `Origin`: `null` is what
/// `Referrer-Policy: no-referrer` makes of our own; the cookie's `SameSite` protects there.
fn same_site(fields: &HeaderMap, origin: &str) -> bool {
    match text(fields, &HeaderName::from_static("sec-fetch-site")) {
        "" => match text(fields, &header::ORIGIN) {
            "" | "null" => true,
            said => said == origin,
        },
        said => matches!(said, "same-origin" | "none"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_known() {
        let ours = "https://files.example.org";
        let rows: [(&[(&str, &str)], bool); 8] = [
            (&[], true),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "null")],
                true,
            ),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", ours)], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", ours)], true),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "null")], true),
        ];
        for (pairs, expected) in rows {
            let mut map = HeaderMap::new();
            for (name, value) in pairs {
                let name: HeaderName = name.parse().expect("a name");
                map.append(name, value.parse().expect("a value"));
            }
            assert_eq!(same_site(&map, ours), expected, "{pairs:?}");
        }
    }
}
