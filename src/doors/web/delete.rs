//! "I have everything": a recipient deletes his own copy. A page that asks first, and a button on it.
//!
//! Promises: looking at the page deletes nothing (P14); only a ticket that was made for one person can go, as others may still need a link that
//! is shared; other recipients of the same mail keep theirs. What is deleted opens for nobody any more, in other browsers too.

use super::Portal;
use super::open::Here;
use super::pages::Frame;
use super::visitor::Visitor;
use crate::gateway::collect::Room;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use minijinja::context;

/// GET `/open/<ID>/delete`: are you sure?
pub async fn confirm(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response<Body> {
    match portal.enter(&visitor, &id).await {
        Ok(room) if room.is_own() => portal.ask_to_delete(&visitor, &room),
        Ok(_) => portal.not_found(&visitor),
        Err(page) => page,
    }
}

/// POST `/open/<ID>/delete`.
pub async fn delete(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response<Body> {
    let room = match portal.enter(&visitor, &id).await {
        Ok(room) => room,
        Err(page) => return page,
    };
    match portal.collect.delete(&room).await {
        Ok(true) => portal.close(&visitor, &id, "/deleted"),
        Ok(false) => portal.not_found(&visitor),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    fn ask_to_delete(&self, visitor: &Visitor, room: &Room) -> Response<Body> {
        let own = Some(room.ticket().language.as_str());
        let frame = Frame {
            transfer: Some(room.record().id.clone()),
            ..self.frame(visitor, own, ("delete-heading", &[]))
        };
        let left = room.downloads().filter(|(n, _)| room.fetched(*n) == 0);
        let content = context! { left => left.count() };
        self.pages
            .page(StatusCode::OK, "delete.html", &frame, content)
    }
}
