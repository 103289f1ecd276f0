//! The portal: link, password, files and message for recipients, a page for senders. Server-rendered, complete without scripts.
//!
//! Promises: the paths of design section 12; a GET or HEAD changes nothing; no file name before unlocking; the address of what is open
//! holds no secret; whoever asks for something that is not theirs hears the same as for something that is not.
//! Leaves to others: everything about links, passwords and files (`gateway::collect`), sockets and limits ([`server`]).
//! Fails with an error page that names a reference; the log has the cause.

pub mod abuse;
pub mod approve;
mod badge;
pub mod code;
pub mod delete;
pub mod devices;
pub mod downloads;
pub mod files;
pub mod fixed;
pub mod forget;
pub mod framing;
mod guide;
pub mod headers;
pub mod letter;
pub mod message;
pub mod open;
mod paced;
pub mod pages;
pub mod preferences;
pub mod qr;
pub mod range;
mod readers;
pub mod renew;
pub mod reply;
pub mod reports;
mod same_site;
pub mod send;
pub mod sender;
pub mod server;
pub mod session;
mod standing;
pub mod terms;
pub mod tus;
pub mod unlock;
pub mod visitor;
mod written;
pub mod zip;

pub use server::{serve, serve_admin};

use crate::fault::{Blame, Fault};
use crate::gateway::abuse::Abuse;
use crate::gateway::approving::Approving;
use crate::gateway::collect::{Collect, Room, TooOften};
use crate::gateway::guests::Guests;
use crate::gateway::reports::Reports;
use crate::gateway::steering::Steering;
use crate::gateway::writing::Writing;
use crate::mail::network::Network;
use crate::texts::{House, Texts, Value as Argument};
use crate::transfer::TransferId;
use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, head, post};
use pages::{Frame, Pages};
use session::Sessions;
use std::sync::Arc;
use std::time::Instant;
use terms::Terms;
use visitor::Visitor;

/// Everything the pages need. One for a process.
#[derive(Debug)]
pub struct Portal {
    collect: Arc<Collect>,
    /// What recipients may answer with; `None` if they may not.
    writing: Option<Arc<Writing>>,
    /// People who were sent nothing; `None` if they may not write.
    guests: Option<Arc<Guests>>,
    /// For mails that wait; `None` where none do.
    approving: Option<Arc<Approving>>,
    /// For what came in by our pages; `None` where nothing does.
    abuse: Option<Arc<Abuse>>,
    /// For providers of text messages; `None` where none call back.
    reports: Option<Reports>,
    steering: Arc<Steering>,
    house: Arc<House>,
    texts: Arc<Texts>,
    pages: Pages,
    sessions: Sessions,
    /// Proxies whose `X-Forwarded-For` is believed.
    trusted: Vec<Network>,
    /// `https://files.example.org`, to compare with `Origin`.
    origin: String,
    /// What readers agree to before they open anything.
    terms: Option<Arc<Terms>>,
}

impl Portal {
    /// `trusted` are proxies whose `X-Forwarded-For` is believed.
    pub fn new(
        collect: Arc<Collect>,
        steering: Arc<Steering>,
        house: Arc<House>,
        texts: Arc<Texts>,
        trusted: Vec<Network>,
    ) -> Self {
        Portal {
            pages: Pages::new(texts.clone(), house.clone()),
            origin: origin(&house.portal_url),
            sessions: Sessions::default(),
            writing: None,
            guests: None,
            collect,
            approving: None,
            abuse: None,
            reports: None,
            steering,
            house,
            texts,
            trusted,
            terms: None,
        }
    }

    /// The same, for an operator who has terms of use.
    pub fn on_terms(self, terms: Option<Terms>) -> Self {
        Portal {
            pages: self.pages.on_terms(terms.is_some()),
            terms: terms.map(Arc::new),
            ..self
        }
    }

    /// The same, where recipients may write too.
    pub fn writing(self, writing: Arc<Writing>) -> Self {
        Portal {
            writing: Some(writing),
            ..self
        }
    }

    /// The same, where also people write who were sent nothing.
    pub fn guests(self, guests: Guests) -> Self {
        Portal {
            guests: Some(Arc::new(guests)),
            ..self
        }
    }

    /// The same, where approvers can decide too.
    pub fn approving(self, line: Approving) -> Self {
        Portal {
            approving: Some(Arc::new(line)),
            ..self
        }
    }

    /// The same, where what came in can be reported.
    pub fn abuse(self, line: Abuse) -> Self {
        Portal {
            abuse: Some(Arc::new(line)),
            ..self
        }
    }

    /// The same, where providers of text messages say what became of them.
    pub fn hearing(self, reports: Reports) -> Self {
        Portal {
            reports: Some(reports),
            ..self
        }
    }

    /// True if browsers reach us by https, by ourselves or through a proxy.
    pub fn encrypted(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// A `Set-Cookie` field: for this host and all its pages, not for scripts, not with forms of other sites.
    fn cookie_line(&self, which: CookieName, value: &str, more: &str) -> Option<HeaderValue> {
        self.named_cookie_line(which.of(self.encrypted()), value, more)
    }

    fn named_cookie_line(&self, name: &str, value: &str, more: &str) -> Option<HeaderValue> {
        let secure = if self.encrypted() { "; Secure" } else { "" };
        let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
        let mut line = HeaderValue::try_from(line).ok()?;
        line.set_sensitive(true);
        Some(line)
    }

    /// The open room of this browser, if there is one.
    async fn room(&self, visitor: &Visitor, id: &str) -> Result<Option<Room>, Fault> {
        let Ok(id) = id.parse::<TransferId>() else {
            return Ok(None);
        };
        let found = visitor
            .cookie
            .as_ref()
            .and_then(|cookie| self.sessions.find(cookie, id, Instant::now()));
        match found {
            Some((visit, key)) => self.collect.enter(visit, key).await,
            None => Ok(None),
        }
    }

    /// The frame of a page that goes well, of no transfer. `own`: the language of what it shows. `title`: a text's key and what it is given.
    fn frame(
        &self,
        visitor: &Visitor,
        own: Option<&str>,
        (key, given): (&str, &[(&str, Argument<'_>)]),
    ) -> Frame {
        let language = visitor.language(self, own);
        Frame {
            language,
            chosen: visitor.chosen.is_some(),
            title: self.pages.say(language, key, given),
            error: false,
            transfer: None,
        }
    }

    /// A page of a heading and some sentences.
    fn note(
        &self,
        visitor: &Visitor,
        status: StatusCode,
        heading: &str,
        sentences: &[String],
    ) -> Response<Body> {
        let frame = Frame {
            error: !status.is_success(),
            ..self.frame(visitor, None, (heading, &[]))
        };
        let content = minijinja::context! { paragraphs => sentences.to_vec() };
        self.pages.page(status, "note.html", &frame, content)
    }

    /// A note of one sentence.
    fn short_note(
        &self,
        visitor: &Visitor,
        status: StatusCode,
        heading: &str,
        sentence: &str,
    ) -> Response<Body> {
        let language = visitor.language(self, None);
        let sentence = self.pages.say(language, sentence, &[]);
        self.note(visitor, status, heading, &[sentence])
    }

    /// Unknown, expired, revoked: the same for all (P15).
    fn gone(&self, visitor: &Visitor) -> Response<Body> {
        self.short_note(visitor, StatusCode::NOT_FOUND, "gone-heading", "gone-text")
    }

    /// A link that is nobody's, asked for at `start`: the same page after the same time, until somebody comes with too many.
    async fn nobodys(&self, visitor: &Visitor, start: tokio::time::Instant) -> Response<Body> {
        let caller = visitor.caller(false);
        match self.collect.nothing_there(start, &caller).await {
            Ok(()) => self.gone(visitor),
            Err(wait) => self.too_many(visitor, wait),
        }
    }

    /// No session, a session that is over, or another's transfer: the same for all (T93).
    fn closed(&self, visitor: &Visitor) -> Response<Body> {
        let status = StatusCode::FORBIDDEN;
        self.short_note(visitor, status, "session-heading", "session-text")
    }

    /// Too many links that lead nowhere, from this network. The same for all that do, whatever they were (P15).
    fn too_many(&self, visitor: &Visitor, TooOften(wait): TooOften) -> Response<Body> {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let mut page = self.short_note(visitor, status, "busy-heading", "missed-text");
        let wait = u64::try_from(wait).unwrap_or(0).max(1);
        page.headers_mut().insert(header::RETRY_AFTER, wait.into());
        page
    }

    fn not_found(&self, visitor: &Visitor) -> Response<Body> {
        let status = StatusCode::NOT_FOUND;
        self.short_note(visitor, status, "not-found-heading", "not-found-text")
    }

    fn bad_request(&self, visitor: &Visitor) -> Response<Body> {
        let status = StatusCode::BAD_REQUEST;
        self.short_note(visitor, status, "error-heading", "bad-request-text")
    }

    /// Something failed here. The reader gets a reference, the log the cause.
    fn failed(&self, visitor: &Visitor, fault: &Fault) -> Response<Body> {
        let reference = visitor.reference.to_string();
        match fault.blame() {
            Blame::Us => tracing::error!(%reference, %fault, "a page failed"),
            _ => tracing::warn!(%reference, %fault, "a page failed"),
        }
        let language = visitor.language(self, None);
        let sentences = [
            self.pages.say(language, "error-text", &[]),
            self.pages
                .say(language, "error-reference", &[("id", reference.into())]),
        ];
        let status = match fault.retry() {
            true => StatusCode::SERVICE_UNAVAILABLE,
            false => StatusCode::INTERNAL_SERVER_ERROR,
        };
        self.note(visitor, status, "error-heading", &sentences)
    }
}

/// The cookies there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CookieName {
    /// What is open in this browser; gone with its last window.
    Session,
    /// That this browser has opened something before; for 30 days.
    Known,
    /// That its reader has agreed to the terms of use; for 30 days.
    Terms,
    /// That it asked for a code to write to us; as long as the code.
    Waiting,
    /// That an address was proven in it; for 30 days, and known for 30 more.
    Guest,
    /// That it is a device that needs no password; the mark of the mailbox stands behind the name.
    Quick,
}

impl CookieName {
    /// `__Host-` pins the cookie to this host and to https, so that no neighbour plants one (T88); without https (the demo) no browser would
    /// take it.
    fn of(self, encrypted: bool) -> &'static str {
        match (self, encrypted) {
            (CookieName::Session, true) => "__Host-cloakroom",
            (CookieName::Session, false) => "cloakroom",
            (CookieName::Known, true) => "__Host-cloakroom-known",
            (CookieName::Known, false) => "cloakroom-known",
            (CookieName::Terms, true) => "__Host-cloakroom-terms",
            (CookieName::Terms, false) => "cloakroom-terms",
            (CookieName::Waiting, true) => "__Host-cloakroom-waiting",
            (CookieName::Waiting, false) => "cloakroom-waiting",
            (CookieName::Guest, true) => "__Host-cloakroom-guest",
            (CookieName::Guest, false) => "cloakroom-guest",
            (CookieName::Quick, true) => "__Host-cloakroom-quick",
            (CookieName::Quick, false) => "cloakroom-quick",
        }
    }
}

/// The pages by their paths (design 12). Nothing of another site comes to any of them.
pub fn router(portal: Arc<Portal>) -> Router {
    let pages = routes()
        .into_iter()
        .fold(Router::new(), |pages, (path, page)| pages.route(path, page));
    pages
        .fallback(fixed::not_found)
        // Bodies are bounded by the server, and those with files by `gateway::writing`.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(portal.clone(), same_site::only))
        .with_state(portal)
}

/// Every path there is, with names in braces for what differs.
pub fn paths() -> impl Iterator<Item = &'static str> {
    routes().into_iter().map(|(path, _)| path)
}

fn routes() -> Vec<(&'static str, MethodRouter<Arc<Portal>>)> {
    vec![
        ("/", get(fixed::home)),
        ("/accessibility", get(fixed::accessibility)),
        ("/privacy", get(fixed::privacy)),
        ("/locked", get(fixed::locked)),
        ("/forgotten", get(fixed::forgotten)),
        ("/deleted", get(fixed::deleted)),
        ("/genuine", get(fixed::genuine)),
        ("/terms", get(terms::page)),
        ("/robots.txt", get(fixed::robots)),
        ("/style.css", get(fixed::style)),
        ("/reply.js", get(fixed::script)),
        ("/passkey.js", get(fixed::passkey_script)),
        ("/logo", get(fixed::logo)),
        ("/favicon.ico", get(fixed::no_icon)),
        (framing::BAD_REQUEST, get(fixed::bad_request)),
        ("/dlr/{token}", get(reports::heard).post(reports::heard)),
        ("/a/{token}", get(approve::show).post(approve::decide)),
        ("/b/{token}", get(abuse::show).post(abuse::report)),
        ("/t/{token}", get(unlock::show)),
        ("/t/{token}/unlock", post(unlock::open).get(unlock::back)),
        ("/t/{token}/code", post(code::ask).get(unlock::back)),
        ("/t/{token}/ask", post(code::ask_sender).get(unlock::back)),
        ("/t/{token}/forget", post(forget::link).get(unlock::back)),
        ("/open/{id}", get(open::files)),
        ("/open/{id}/file/{number}", get(downloads::file)),
        ("/open/{id}/picture/{number}", get(downloads::picture)),
        ("/open/{id}/all.zip", get(downloads::all)),
        ("/open/{id}/message", get(message::message)),
        ("/open/{id}/lock", post(open::lock)),
        (
            "/open/{id}/delete",
            get(delete::confirm).post(delete::delete),
        ),
        ("/open/{id}/forget", post(forget::session)),
        (
            "/open/{id}/devices",
            get(devices::show).post(devices::connect),
        ),
        (
            "/open/{id}/devices/code",
            post(devices::ask).get(devices::back),
        ),
        (
            "/open/{id}/devices/another",
            post(devices::another).get(devices::back),
        ),
        (
            "/open/{id}/devices/end",
            post(devices::end).get(devices::back),
        ),
        ("/open/{id}/reply", get(reply::show).post(reply::write)),
        ("/open/{id}/reply/{draft}", get(reply::sent)),
        ("/open/{id}/reply/{draft}/copy", post(reply::copy)),
        (
            "/open/{id}/upload/{draft}",
            post(tus::create).options(tus::options),
        ),
        (
            "/open/{id}/upload/{draft}/{number}",
            head(tus::head)
                .patch(tus::patch)
                .delete(tus::delete)
                .post(tus::overridden)
                .options(tus::options),
        ),
        ("/send", get(send::show).post(send::ask)),
        ("/send/code", get(send::code).post(send::enter)),
        ("/send/forget", post(send::forget).get(send::back)),
        ("/send/book", post(send::desk::empty_book).get(send::back)),
        ("/send/write", get(send::desk::show).post(send::desk::write)),
        ("/send/write/{draft}", get(send::desk::sent)),
        ("/send/write/{draft}/copy", post(send::desk::copy)),
        (
            "/send/upload/{draft}",
            post(tus::create).options(tus::options),
        ),
        (
            "/send/upload/{draft}/{number}",
            head(tus::head)
                .patch(tus::patch)
                .delete(tus::delete)
                .post(tus::overridden)
                .options(tus::options),
        ),
        ("/s/{token}", get(sender::show)),
        (
            "/s/{token}/notices",
            get(preferences::show).post(preferences::save),
        ),
        ("/s/{token}/revoke", get(sender::ask).post(sender::revoke)),
        ("/s/{token}/renew", get(renew::ask).post(renew::renew)),
        ("/s/{token}/unlock", post(sender::unlock).get(sender::back)),
        ("/s/{token}/until", post(sender::until).get(sender::back)),
        (
            "/s/{token}/devices",
            post(devices::end_by_sender).get(sender::back),
        ),
    ]
}

/// A redirect to a path of ours; 303, so that the browser goes on with GET.
fn see_other(path: String) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    if let Ok(path) = HeaderValue::try_from(path) {
        fields.insert(header::LOCATION, path);
    }
    response
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split('/').next().unwrap_or_default();
            format!("{scheme}://{host}").to_ascii_lowercase()
        }
        None => url.to_ascii_lowercase(),
    }
}
