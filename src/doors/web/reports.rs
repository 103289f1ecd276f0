//! What providers of text messages call, `/dlr/<token>`: whether a message has arrived. No page; nobody's browser comes here.
//!
//! Promises: a GET counts too, as most providers can do nothing else; all it can do is to say of one notice that it arrived or did not, and a
//! second time nothing. HEAD changes nothing. Unknown tokens get the answer of unknown links, after the same time, and count against whoever
//! comes with many. A body is read up to [`MOST`] bytes, in [`PATIENCE`].
//! Leaves to others: what was said (`gateway::reports`). Fails with 503: the provider may say it again.

use super::Portal;
use super::visitor::Visitor;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{Method, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Longest body in bytes; what providers say takes some hundreds.
pub const MOST: usize = 16 * 1024;

/// Until all of it is there.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Takes a report.
pub async fn heard(
    State(portal): State<Arc<Portal>>,
    Path(token): Path<String>,
    visitor: Visitor,
    asked: Request,
) -> Response<Body> {
    let start = Instant::now();
    let (head, body) = asked.into_parts();
    let (Some(reports), false) = (&portal.reports, head.method == Method::HEAD) else {
        return portal.nobodys(&visitor, start).await;
    };
    let Some(body) = whole(body).await else {
        return portal.bad_request(&visitor);
    };
    let query = head.uri.query().unwrap_or_default();
    let heard = tokio::task::block_in_place(|| reports.called(&token, query.as_bytes(), &body));
    match heard {
        Ok(true) => super::pages::text(StatusCode::OK, "text/plain; charset=utf-8", "ok\n".into()),
        Ok(false) => portal.nobodys(&visitor, start).await,
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

async fn whole(body: Body) -> Option<Bytes> {
    let all = timeout(PATIENCE, Limited::new(body, MOST).collect()).await;
    Some(all.ok()?.ok()?.to_bytes())
}
