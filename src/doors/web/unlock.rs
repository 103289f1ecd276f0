//! The door of a transfer: what the link alone shows, and the password or code.

use super::headers::Content;
use super::pages::Frame;
use super::session::Cookie;
use super::visitor::Visitor;
use super::{CookieName, Portal, see_other};
use crate::gateway::collect::{Admission, Caller, Front, Look, Opened, TooOften, Unlocked, now};
use crate::texts::format;
use crate::transfer::proof::PasswordLine;
use crate::transfer::quick::{Passkey, passkey};
use crate::transfer::{Password, device};
use axum::Form;
use axum::body::Body;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode, header};
use std::sync::Arc;
use std::time::Instant;
use zeroize::Zeroizing;

/// The form of the page. Other fields are passed over.
#[derive(Default, serde::Deserialize)]
pub struct Typed {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(flatten)]
    passkey: Shown,
    /// Anything: the box was ticked.
    remember: Option<String>,
    /// The same of the terms of use.
    terms: Option<String>,
}

/// The fields that a passkey's script adds.
#[derive(Default, serde::Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    passkey: String,
    #[serde(default)]
    passkey_name: String,
}

impl Shown {
    /// `None`: there is none, or it is none.
    pub(super) fn read(self) -> Option<Passkey> {
        let token = Zeroizing::new(self.passkey);
        Passkey::read(&token, &self.passkey_name)
    }
}

impl Typed {
    /// What was typed; a page asks for one of them.
    fn secret(self) -> Password {
        let (password, code) = (Zeroizing::new(self.password), Zeroizing::new(self.code));
        Password::given(if code.is_empty() { &password } else { &code })
    }
}

/// Why it was not opened.
enum Refused {
    /// The terms of use come first: nothing was tried.
    Terms,
    Try(Unlocked),
}

/// What is wrong, in words.
pub(super) struct Trouble {
    pub(super) status: StatusCode,
    pub(super) sentence: String,
    pub(super) hint: Option<String>,
    /// For `Retry-After`, in seconds.
    pub(super) wait: Option<i64>,
}

/// GET `/t/<token>`: who sent it, until when, and the form. Changes nothing, so that scanners may come (P14).
pub async fn show(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(token): Path<String>,
) -> Response<Body> {
    match portal.front(&visitor, &token).await {
        Ok(front) if portal.is_open(&visitor, &front) => {
            see_other(format!("/open/{}{}", front.id, visitor.suffix()))
        }
        Ok(front) => {
            let trouble = portal.closed_for_now(&visitor, &front);
            portal.form(&visitor, &token, &front, trouble)
        }
        Err(page) => page,
    }
}

/// GET `/t/<token>/unlock`: a reload of an answer, or its language changed.
pub async fn back(visitor: Visitor, Path(token): Path<String>) -> Response<Body> {
    let known: String = token.chars().filter(char::is_ascii_alphanumeric).collect();
    see_other(format!("/t/{known}{}", visitor.suffix()))
}

/// POST `/t/<token>/unlock`.
pub async fn open(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    Path(token): Path<String>,
    form: Result<Form<Typed>, FormRejection>,
) -> Response<Body> {
    // No form at all is an empty password: not counted, as nothing a scanner sends may be (P14).
    let mut typed = form.map(|Form(typed)| typed).unwrap_or_default();
    let agrees = portal.must_agree(&visitor);
    if agrees && typed.terms.is_none() {
        return portal.refuse(&visitor, &token, Refused::Terms).await;
    }
    let caller = Caller {
        passkey: std::mem::take(&mut typed.passkey).read(),
        ..visitor.caller(typed.remember.is_some())
    };
    let secret = match &caller.passkey {
        Some(_) => Password::given(""),
        None => typed.secret(),
    };
    match portal.collect.unlock(&token, secret, &caller).await {
        Ok(Unlocked::Opened(opened)) => portal.let_in(&visitor, opened, agrees),
        Ok(Unlocked::Connected(badge)) => portal.set_up(&visitor, &badge),
        Ok(Unlocked::Gone) => portal.gone(&visitor),
        Ok(Unlocked::Missed(wait)) => portal.too_many(&visitor, wait),
        Ok(refused) => {
            let refused = Refused::Try(refused);
            portal.refuse(&visitor, &token, refused).await
        }
        Err(fault) => portal.failed(&visitor, &fault),
    }
}

impl Portal {
    /// What a link shows, or the page that says why it leads nowhere.
    pub(super) async fn front(
        &self,
        visitor: &Visitor,
        token: &str,
    ) -> Result<Box<Front>, Response<Body>> {
        match self.collect.look(token, &visitor.caller(false)).await {
            Ok(Look::Shown(front)) => Ok(front),
            Ok(Look::Gone) => Err(self.gone(visitor)),
            Ok(Look::TooOften(wait)) => Err(self.too_many(visitor, wait)),
            Err(fault) => Err(self.failed(visitor, &fault)),
        }
    }

    fn is_open(&self, visitor: &Visitor, front: &Front) -> bool {
        let found = visitor
            .cookie
            .as_ref()
            .and_then(|cookie| self.sessions.find(cookie, front.id, Instant::now()));
        found.is_some_and(|(visit, _)| visit.ticket() == front.ticket)
    }

    /// The session, and a redirect away from the secret in the address (T91).
    fn let_in(&self, visitor: &Visitor, mut opened: Opened, agrees: bool) -> Response<Body> {
        let known = opened.device.take().map(|d| Cookie::of_device(&d));
        let badge = opened.quick.take();
        let badge = badge.and_then(|badge| self.badge_line(&badge));
        let id = opened.visit.id();
        tracing::info!(transfer = %id, ticket = opened.visit.ticket(), client = ?visitor.address, "opened");
        let cookie = self
            .sessions
            .open(visitor.cookie.as_ref(), opened, Instant::now());
        let mut response = see_other(format!("/open/{id}{}", visitor.suffix()));
        let known = known.and_then(|known| {
            let age = format!("; Max-Age={}", device::KNOWN_FOR);
            self.cookie_line(CookieName::Known, &known.expose(), &age)
        });
        let session = self.cookie_line(CookieName::Session, &cookie.expose(), "");
        let terms = agrees.then(|| self.agreement()).flatten();
        for line in session.into_iter().chain(known).chain(terms).chain(badge) {
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        response
    }

    async fn refuse(&self, visitor: &Visitor, token: &str, refused: Refused) -> Response<Body> {
        let front = match self.front(visitor, token).await {
            Ok(front) => front,
            Err(page) => return page,
        };
        tracing::info!(transfer = %front.id, ticket = front.ticket, client = ?visitor.address, "not opened");
        let language = visitor.language(self, Some(&front.language));
        let trouble = match &refused {
            Refused::Try(refused) => self.trouble(language, &front, refused),
            Refused::Terms => Trouble {
                status: StatusCode::BAD_REQUEST,
                sentence: self.pages.say(language, "terms-missing", &[]),
                hint: None,
                wait: None,
            },
        };
        self.form(visitor, token, &front, Some(trouble))
    }

    /// Paused or locked already, before any try.
    fn closed_for_now(&self, visitor: &Visitor, front: &Front) -> Option<Trouble> {
        let refused = match front.admission {
            _ if front.remembered => return None,
            Admission::Open => return None,
            Admission::Paused(until) => Unlocked::Paused { until },
            Admission::Locked => Unlocked::Locked,
        };
        let language = visitor.language(self, Some(&front.language));
        let mut trouble = self.trouble(language, front, &refused);
        trouble.status = StatusCode::OK;
        Some(trouble)
    }

    fn trouble(&self, language: &str, front: &Front, refused: &Unlocked) -> Trouble {
        let say =
            |key: &str, name: &'static str, value| self.pages.say(language, key, &[(name, value)]);
        let coded = front.needs_code || front.needs_device;
        let pick = |code, password| if coded { code } else { password };
        let (status, sentence, wait) = match refused {
            Unlocked::Wrong { left } => {
                let key = pick("wrong-code", "wrong-password");
                let sentence = say(key, "tries", (*left).into());
                (StatusCode::FORBIDDEN, sentence, None)
            }
            Unlocked::Paused { until } => {
                let time = format::time_of_day(*until, &self.house.time_zone);
                let sentence = say("paused", "time", time.into());
                (StatusCode::TOO_MANY_REQUESTS, sentence, Some(until - now()))
            }
            Unlocked::Locked => {
                let key = pick("locked-codes", "locked");
                let sentence = say(key, "sender", name_of(front).into());
                (StatusCode::LOCKED, sentence, None)
            }
            Unlocked::Empty => {
                let key = pick("code-empty", "unlock-empty");
                let sentence = self.pages.say(language, key, &[]);
                (StatusCode::BAD_REQUEST, sentence, None)
            }
            Unlocked::NoCode => {
                let sentence = self.pages.say(language, "code-over", &[]);
                (StatusCode::FORBIDDEN, sentence, None)
            }
            Unlocked::NoBadge => {
                let sentence = self.pages.say(language, "devices-no-cookie", &[]);
                (StatusCode::CONFLICT, sentence, None)
            }
            Unlocked::NoSuchPasskey => {
                let sentence = self.pages.say(language, "passkey-failed", &[]);
                (StatusCode::FORBIDDEN, sentence, None)
            }
            Unlocked::TooManyDevices => {
                let sentence = self.pages.say(language, "devices-too-many", &[]);
                (StatusCode::CONFLICT, sentence, None)
            }
            Unlocked::TooOften(TooOften(wait)) => {
                let sentence = self.pages.say(language, "too-often", &[]);
                (StatusCode::TOO_MANY_REQUESTS, sentence, Some(*wait))
            }
            Unlocked::Busy
            | Unlocked::Gone
            | Unlocked::Missed(_)
            | Unlocked::Connected(_)
            | Unlocked::Opened(_) => {
                let sentence = self.pages.say(language, "busy-text", &[]);
                (StatusCode::TOO_MANY_REQUESTS, sentence, Some(10))
            }
        };
        let forgiving = matches!(refused, Unlocked::Wrong { .. })
            && front.needs_password
            && !front.password_is_exact;
        let hint = forgiving.then(|| self.pages.say(language, "wrong-password-hint", &[]));
        Trouble {
            status,
            sentence,
            hint,
            wait,
        }
    }

    pub(super) fn form(
        &self,
        visitor: &Visitor,
        token: &str,
        front: &Front,
        trouble: Option<Trouble>,
    ) -> Response<Body> {
        let name = name_of(front);
        let zone = &self.house.time_zone;
        let key = match front.message {
            true => "unlock-heading-message",
            false => "unlock-heading",
        };
        let status = trouble.as_ref().map_or(StatusCode::OK, |t| t.status);
        let title = (key, &[("sender", name.into())][..]);
        let frame = Frame {
            error: trouble.is_some(),
            transfer: Some(front.id.to_string()),
            ..self.frame(visitor, Some(&front.language), title)
        };
        let language = frame.language;
        let content = minijinja::context! {
            token,
            sender => &front.sender,
            sender_name => name,
            recipient => &front.recipient,
            sent => format::long_day(language, front.created, zone),
            until => format::long_date(language, front.expires, zone),
            needs_password => front.needs_password,
            needs_code => front.needs_code,
            needs_device => front.needs_device,
            by_device => front.by_device,
            mark => &front.mark,
            passkeys => names(&front.passkeys),
            passkey_name => "",
            passkey_text => "passkey-open",
            code_until => front.code_until.map(|at| format::time_of_day(at, zone)),
            hint => self.hint(language, front),
            form => may_try(front, status),
            remembered => front.remembered,
            must_agree => self.must_agree(visitor),
            can_ask => front.asking.may,
            asked => front.asking.last.map(|at| format::day_and_time(language, at, zone)),
            locked => front.admission == Admission::Locked,
            qr => super::qr::code(&self.address_of(token)),
            error => trouble.as_ref().map(|t| &t.sentence),
            error_hint => trouble.as_ref().and_then(|t| t.hint.as_ref()),
        };
        let mut response = self.pages.page(status, "unlock.html", &frame, content);
        if !front.passkeys.is_empty() {
            response.extensions_mut().insert(Content::Writing);
        }
        if let Some(wait) = trouble.and_then(|t| t.wait) {
            let wait = u64::try_from(wait).unwrap_or(0).max(1);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, wait.into());
        }
        self.with_badge_for(response, visitor, front.needs_badge.as_ref())
    }

    /// The address of a page that is shown: a token holds nothing but letters and digits, or it would have led nowhere.
    fn address_of(&self, token: &str) -> String {
        format!("{}/t/{token}", self.house.portal_url)
    }

    fn hint(&self, language: &str, front: &Front) -> Option<String> {
        let say = |key: &str, name: &'static str, value: &str| {
            self.pages.say(language, key, &[(name, value.into())])
        };
        match &front.password_line {
            PasswordLine::None | PasswordLine::EmailCode | PasswordLine::Quick => None,
            PasswordLine::TextMessage(digits) | PasswordLine::KnownNumber(digits, _) => {
                Some(say("unlock-hint-sms", "digits", digits))
            }
            PasswordLine::Sender => Some(say("unlock-hint-sender", "sender", name_of(front))),
            PasswordLine::Other(way) => Some(say("unlock-hint-other", "way", way)),
            PasswordLine::Agreed => {
                let organisation = &self.house.organisation;
                Some(say("unlock-hint-agreed", "organisation", organisation))
            }
        }
    }
}

/// Names of passkeys for their script.
pub(super) fn names(passkeys: &[Vec<u8>]) -> String {
    let names: Vec<String> = passkeys.iter().map(|name| passkey::shown(name)).collect();
    names.join(" ")
}

/// No form where no try is possible.
fn may_try(front: &Front, status: StatusCode) -> bool {
    front.remembered || status != StatusCode::LOCKED && front.admission == Admission::Open
}

pub(super) fn name_of(front: &Front) -> &str {
    front.sender_name.as_deref().unwrap_or(&front.sender)
}
