//! What a sender wants to be told, `/s/<token>/notices`: a form, for all his mails.
//!
//! Promises: looking changes nothing; a form without its fields, as crawlers send them, changes nothing. Every link to the sender's page leads
//! here too; why is with `gateway::preferring`. Leaves to others: whose link it is ([`super::sender`]).

use super::open::{Here, blocking};
use super::pages::Frame;
use super::sender::{kept, value};
use super::visitor::Visitor;
use super::{Portal, see_other};
use crate::gateway::preferring::Choice;
use crate::gateway::steering::Overview;
use crate::transfer::Downloads;
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use minijinja::{Value, context};

/// The form of the page. Other fields are passed over.
#[derive(serde::Deserialize)]
pub struct Filled {
    receipts: String,
    downloads: String,
    language: String,
}

impl Filled {
    /// `None` if a field is none of ours. `languages` are those of the house.
    fn choice(&self, languages: &[&str]) -> Option<Choice> {
        let language = match self.language.as_str() {
            "" => None,
            other => Some(languages.iter().find(|l| **l == other)?.to_string()),
        };
        let receipts = match self.receipts.as_str() {
            "yes" => true,
            "no" => false,
            _ => return None,
        };
        let downloads = WAYS.iter().find(|(word, _)| *word == self.downloads)?.1;
        Some(Choice {
            receipts,
            downloads,
            language,
        })
    }
}

const WAYS: [(&str, Downloads); 3] = [
    ("each", Downloads::Each),
    ("daily", Downloads::Daily),
    ("off", Downloads::Off),
];

/// GET `/s/<token>/notices`.
pub async fn show(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Response<Body> {
    let overview = match portal.overview(&visitor, &token).await {
        Ok((_, overview)) => overview,
        Err(page) => return page,
    };
    let (steering, record) = (portal.steering.clone(), overview.record.clone());
    match blocking(move || steering.choice(&record)).await {
        Ok(Some(choice)) => {
            let saved = query.as_deref().and_then(|q| value(q, "done")) == Some("saved");
            portal.choosing(&visitor, &token, &overview, &choice, saved)
        }
        Ok(None) => portal.not_found(&visitor),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

/// POST `/s/<token>/notices`.
pub async fn save(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Result<Form<Filled>, FormRejection>,
) -> Response<Body> {
    let (link, overview) = match portal.overview(&visitor, &token).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    let languages = portal.texts.configured();
    let choice = form.ok().and_then(|Form(form)| form.choice(&languages));
    let Some(choice) = choice else {
        return portal.bad_request(&visitor);
    };
    let steering = portal.steering.clone();
    let done = blocking(move || steering.choose(&link.id, &overview.record, &choice)).await;
    match done {
        Ok(true) => {
            portal.steering.wake();
            see_other(format!("/s/{token}/notices{}", kept(&visitor, "saved")))
        }
        Ok(false) => portal.not_found(&visitor),
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    fn choosing(
        &self,
        visitor: &Visitor,
        token: &str,
        overview: &Overview,
        choice: &Choice,
        saved: bool,
    ) -> Response<Body> {
        let frame = Frame {
            transfer: Some(overview.record.id.clone()),
            ..self.frame(visitor, None, ("prefs-heading", &[]))
        };
        let ways = WAYS.iter().map(|(word, way)| {
            let (key, chosen) = (format!("prefs-{word}"), *way == choice.downloads);
            context! { word => *word, key, chosen }
        });
        let languages = self.texts.configured().into_iter();
        let languages: Vec<Value> = languages
            .map(|code| {
                let chosen = choice.language.as_deref() == Some(code);
                context! { code, name => self.pages.say(code, "page-this-language", &[]), chosen }
            })
            .collect();
        let content = context! {
            token,
            saved,
            sender => &overview.record.sender,
            receipts => choice.receipts,
            ways => ways.collect::<Vec<_>>(),
            own_language => choice.language.is_none(),
            in_languages => languages,
        };
        self.pages
            .page(StatusCode::OK, "preferences.html", &frame, content)
    }
}
