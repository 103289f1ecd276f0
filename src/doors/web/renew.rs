//! A new link and password, on the sender's page: `/s/<token>/renew`.
//!
//! Promises: looking changes nothing; a form that is sent twice renews once; a password is shown only to whoever has the receipt's own link
//! (40 characters), in the answer to his form and never again, and not to a sender who gets the link too.
//! Leaves to others: what may be done and how (`gateway::steering`), the rest of the page ([`super::sender`]).

use super::Portal;
use super::open::{Here, blocking};
use super::sender::{Sent, number, recipient, value};
use super::standing;
use super::visitor::Visitor;
use crate::gateway::steering::Overview;
use crate::gateway::steering::renewing::{Shown, Wanted, may_show};
use crate::seal::wrap::is_exact;
use crate::transfer::renewal::{How, Spare};
use crate::transfer::steering::Did;
use crate::transfer::{Actor, Ticket};
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use minijinja::context;

/// GET: asks whether that is really meant.
pub async fn ask(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let to = query.as_deref().and_then(|q| value(q, "to"));
    let to = to.unwrap_or_default();
    let overview = match portal.overview(&visitor, &token).await {
        Ok((_, overview)) => overview,
        Err(page) => return page,
    };
    let meant = number(to).filter(|n| standing::is_renewable(&overview, *n));
    match meant.and_then(|n| overview.tickets.get(n)) {
        Some((ticket, _)) => portal.really_renew(&visitor, &token, &overview, (to, ticket)),
        None => portal.standing(&visitor, &token, &overview, None),
    }
}

/// POST: does it.
pub async fn renew(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Sent,
) -> Response<Body> {
    let Ok(Form(filled)) = form else {
        return portal.bad_request(&visitor);
    };
    let (link, overview) = match portal.overview(&visitor, &token).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    let how = match filled.how.as_str() {
        "shown" if overview.sheet.is_some() => How::Shown,
        "same" => How::SameWay,
        _ => return portal.bad_request(&visitor),
    };
    let (Some(Some(whom)), Ok(seen)) = (recipient(&overview, &filled.to), filled.seen.parse())
    else {
        return portal.bad_request(&visitor);
    };
    let wanted = Wanted {
        whom: Some(whom),
        how,
        seen: Some(seen),
    };
    let steering = portal.steering.clone();
    let done = blocking(move || steering.renew(&link.id, &wanted, Actor::Sender)).await;
    match done {
        Ok((_, shown)) if !shown.is_empty() => portal.shown(&visitor, &token, &overview, &shown),
        // The first of two clicks has the password, and nobody sees its answer.
        Ok((Did::Before, _)) if how == How::Shown => portal.told_of(&visitor, &token, "shown"),
        Ok((did, _)) => portal.steered(&visitor, &token, did),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    fn really_renew(
        &self,
        visitor: &Visitor,
        token: &str,
        overview: &Overview,
        (to, ticket): (&str, &Ticket),
    ) -> Response<Body> {
        let words = self.words(visitor);
        let heading = match ticket.password {
            true => "renew-heading",
            false => "renew-heading-link",
        };
        let frame = self.frame_of(visitor, overview, (heading, &[]));
        let is_told = overview.sheet.is_some();
        let spare = ticket.spare.as_ref();
        let line = spare.map(|spare| standing::way(&words, &spare.line));
        let content = context! {
            token,
            to,
            names => &ticket.recipients,
            seen => spare.map_or(0, Spare::generation),
            guarded => ticket.password,
            way => line,
            chosen => ticket.wrap.as_deref().is_some_and(is_exact),
            shows => is_told && may_show(&overview.record, ticket),
            back => super::sender::kept(visitor, ""),
        };
        self.pages
            .page(StatusCode::OK, "renew.html", &frame, content)
    }

    /// The only place where a password is on a page.
    fn shown(
        &self,
        visitor: &Visitor,
        token: &str,
        overview: &Overview,
        shown: &Shown,
    ) -> Response<Body> {
        let frame = self.frame_of(visitor, overview, ("shown-heading", &[]));
        let names: Vec<String> = shown.iter().map(|e| e.recipient.clone()).collect();
        let password = shown.first().map_or("", |entry| entry.password.expose());
        let back = super::sender::kept(visitor, "");
        let content = context! { token, names, password, back };
        self.pages
            .page(StatusCode::OK, "shown.html", &frame, content)
    }
}
