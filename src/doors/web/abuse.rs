//! The page of somebody who got what was written on our pages, `/b/<token>`: who wrote it, and a form to report it.
//!
//! Promises: looking changes nothing; a form without its word (crawlers send forms that they find) changes nothing; unknown tokens get
//! the answer of unknown links, after the same time, and count against whoever comes with many. Nothing of what was written is here.
//! Leaves to others: what a report is followed by (`gateway::abuse`).

use super::visitor::Visitor;
use super::{Portal, see_other};
use crate::fault::{Fault, Kind};
use crate::gateway::abuse::Abuse;
use crate::texts::format;
use crate::texts::written_by::written_by;
use crate::transfer::Arrival;
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use minijinja::context;
use serde::Deserialize;
use std::sync::Arc;
use tokio::time::Instant;

/// Longest sentence of who reports, in characters.
const MOST: usize = 500;

/// What the page sends.
#[derive(Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    word: String,
    #[serde(default)]
    because: String,
}

/// GET `/b/<token>`.
pub async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response<Body> {
    let (start, asked) = (Instant::now(), token.clone());
    match portal.abused(move |line| line.look(&asked)).await {
        Ok(Some(arrival)) => portal.arrived(&visitor, &token, &arrival),
        Ok(None) => portal.nobodys(&visitor, start).await,
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/b/<token>`: reports, then shows the page again, which says that it was.
pub async fn report(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Result<Form<Typed>, FormRejection>,
) -> Response<Body> {
    let typed = form.map(|Form(typed)| typed).unwrap_or_default();
    if typed.word != "report" {
        return portal.bad_request(&visitor);
    }
    let because: String = typed.because.trim().chars().take(MOST).collect();
    let because = Some(because).filter(|b| !b.is_empty());
    let (start, asked) = (Instant::now(), token.clone());
    match portal
        .abused(move |line| line.report(&asked, because))
        .await
    {
        Ok(Some(_)) => {
            let known: String = token.chars().filter(char::is_ascii_alphanumeric).collect();
            see_other(format!("/b/{known}{}", visitor.suffix()))
        }
        Ok(None) => portal.nobodys(&visitor, start).await,
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    /// Asks the line aside from the tasks that must not wait; `None` also if there is none.
    async fn abused<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Abuse) -> Result<Option<T>, Fault> + Send + 'static,
    ) -> Result<Option<T>, Fault> {
        let Some(line) = self.abuse.clone() else {
            return Ok(None);
        };
        let done = tokio::task::spawn_blocking(move || work(&line)).await;
        done.unwrap_or_else(|e| Err(Fault::because(Kind::Internal, e)))
    }

    fn arrived(&self, visitor: &Visitor, token: &str, arrival: &Arrival) -> Response<Body> {
        let heading = match arrival.reported {
            Some(_) => "reported-heading",
            None => "report-heading",
        };
        let frame = self.frame(visitor, None, (heading, &[]));
        let language = frame.language;
        let date = |at| format::long_date(language, at, &self.house.time_zone);
        let content = context! {
            token,
            form_suffix => visitor.suffix(),
            by => written_by(&self.texts, &self.house, language, arrival),
            recipients => &arrival.to,
            mail => &arrival.mail,
            reported => arrival.reported.map(date),
        };
        self.pages
            .page(StatusCode::OK, "report.html", &frame, content)
    }
}
