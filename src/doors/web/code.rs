//! Asking for a code by mail, or the sender for the password. Buttons of the page, never a look at it: a scanner that follows links sends
//! nobody anything.

use super::open::Here;
use super::unlock::Trouble;
use super::visitor::Visitor;
use super::{Portal, unlock};
use crate::fault::Fault;
use crate::gateway::collect::{Asked, Front, now};
use crate::texts::format;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};

/// POST `/t/<token>/code`: sends a code to those whom the link was made for, then shows the page of the link again.
pub async fn ask(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response<Body> {
    let caller = visitor.caller(false);
    let asked = portal.collect.ask_for_code(&token, &caller).await;
    portal.asked(visitor, token, asked).await
}

/// POST `/t/<token>/ask`: asks the sender for help, then shows the page of the link again, which says when that was.
pub async fn ask_sender(
    State(portal): Here,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response<Body> {
    let caller = visitor.caller(false);
    let asked = portal.collect.ask_sender(&token, &caller).await;
    portal.asked(visitor, token, asked).await
}

impl Portal {
    /// What follows: the page of the link again, or why it was not asked.
    async fn asked(
        &self,
        visitor: Visitor,
        token: String,
        asked: Result<Asked, Fault>,
    ) -> Response<Body> {
        match asked {
            Ok(Asked::LookAgain) => unlock::back(visitor, Path(token)).await,
            Ok(Asked::Gone) => self.gone(&visitor),
            Ok(Asked::Missed(wait)) => self.too_many(&visitor, wait),
            Ok(refused) => self.no_code(&visitor, &token, refused).await,
            Err(fault) => self.failed(&visitor, &fault),
        }
    }

    async fn no_code(&self, visitor: &Visitor, token: &str, refused: Asked) -> Response<Body> {
        let front = match self.front(visitor, token).await {
            Ok(front) => front,
            Err(page) => return page,
        };
        let language = visitor.language(self, Some(&front.language));
        let trouble = self.why_no_code(language, &front, refused);
        self.form(visitor, token, &front, Some(trouble))
    }

    fn why_no_code(&self, language: &str, front: &Front, refused: Asked) -> Trouble {
        let say = |key: &str, given: &[_]| self.pages.say(language, key, given);
        let (status, sentence, wait) = match refused {
            Asked::TooMany { until } => {
                let time = format::day_and_time(language, until, &self.house.time_zone);
                let sentence = say("code-limit", &[("time", time.into())]);
                (StatusCode::TOO_MANY_REQUESTS, sentence, Some(until - now()))
            }
            Asked::NotSent { later: false } => {
                let who = [
                    ("recipient", front.recipient.as_str().into()),
                    ("sender", unlock::name_of(front).into()),
                ];
                (StatusCode::BAD_GATEWAY, say("code-refused", &who), None)
            }
            Asked::NotSent { later: true } => {
                let sentence = say("code-not-sent", &[]);
                (StatusCode::SERVICE_UNAVAILABLE, sentence, Some(120))
            }
            Asked::Busy | Asked::LookAgain | Asked::Gone | Asked::Missed(_) => {
                let sentence = say("busy-text", &[]);
                (StatusCode::TOO_MANY_REQUESTS, sentence, Some(10))
            }
        };
        Trouble {
            status,
            sentence,
            hint: None,
            wait,
        }
    }
}
