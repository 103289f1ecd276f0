//! Forgetting a browser: it is known no more, and opens nothing without a password.
//!
//! One cookie stands for all transfers. It goes, and with it what every other transfer's record of it could open: those records are of no
//! use without the cookie, and end by themselves. The record at hand goes at once.

use super::open::Here;
use super::visitor::Visitor;
use super::{CookieName, Portal, see_other, unlock};
use crate::fault::Fault;
use crate::transfer::TransferId;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, header};
use std::time::Instant;

/// POST `/t/<token>/forget`: before anything was opened.
pub async fn link(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response<Body> {
    let front = match portal.front(&visitor, &token).await {
        Ok(front) => front,
        Err(page) => return page,
    };
    match portal.forget(&visitor, front.id, front.ticket).await {
        Ok(()) => {
            let back = unlock::back(visitor, Path(token)).await;
            portal.without_device(back)
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/open/<ID>/forget`: closes the transfer in this browser too.
pub async fn session(
    State(portal): Here,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response<Body> {
    let open = match (&visitor.cookie, id.parse()) {
        (Some(cookie), Ok(id)) => portal.sessions.find(cookie, id, Instant::now()),
        _ => None,
    };
    let Some((visit, _)) = open else {
        return portal.without_device(see_other("/forgotten".into()));
    };
    match portal.forget(&visitor, visit.id(), visit.ticket()).await {
        Ok(()) => portal.without_device(portal.close(&visitor, &id, "/forgotten")),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    async fn forget(&self, visitor: &Visitor, id: TransferId, ticket: u32) -> Result<(), Fault> {
        match &visitor.device {
            Some(device) => self.collect.forget(id, ticket, device.clone()).await,
            None => Ok(()),
        }
    }

    /// The cookie goes.
    fn without_device(&self, mut response: Response<Body>) -> Response<Body> {
        if let Some(line) = self.cookie_line(CookieName::Known, "", "; Max-Age=0") {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        response
    }
}
