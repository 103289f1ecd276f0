//! Pages: templates filled with texts in the reader's language. Everything is escaped but what [`letter`](super::letter) made harmless.
//!
//! Promises: no script but those of the page to write on and of the pages that offer passkeys, nothing from anywhere else, the same frame and help line on each page; a title that begins with "Error:" when
//! something is wrong. Fails: a template that cannot be filled is a mistake of ours; the reader gets a plain sentence with status 500.

use crate::texts::{House, Texts, Value as Argument};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, State, UndefinedBehavior, Value, context};
use std::sync::Arc;

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("pages/style.css");

/// The script of the page to write on.
pub const SCRIPT: &str = include_str!("pages/reply.js");

/// The script of the pages that offer passkeys.
pub const PASSKEY: &str = include_str!("pages/passkey.js");

const TEMPLATES: [(&str, &str); 22] = [
    ("agree.html", include_str!("pages/agree.html")),
    ("passkey.html", include_str!("pages/passkey.html")),
    ("report.html", include_str!("pages/report.html")),
    ("approve.html", include_str!("pages/approve.html")),
    ("ask.html", include_str!("pages/ask.html")),
    ("base.html", include_str!("pages/base.html")),
    ("code.html", include_str!("pages/code.html")),
    ("delete.html", include_str!("pages/delete.html")),
    ("devices.html", include_str!("pages/devices.html")),
    ("files.html", include_str!("pages/files.html")),
    ("home.html", include_str!("pages/home.html")),
    ("message.html", include_str!("pages/message.html")),
    ("note.html", include_str!("pages/note.html")),
    ("send.html", include_str!("pages/send.html")),
    ("preferences.html", include_str!("pages/preferences.html")),
    ("sender.html", include_str!("pages/sender.html")),
    ("renew.html", include_str!("pages/renew.html")),
    ("shown.html", include_str!("pages/shown.html")),
    ("takeback.html", include_str!("pages/takeback.html")),
    ("unlock.html", include_str!("pages/unlock.html")),
    ("write.html", include_str!("pages/write.html")),
    ("written.html", include_str!("pages/written.html")),
];

/// Makes pages.
#[derive(Debug)]
pub struct Pages {
    templates: Environment<'static>,
    texts: Arc<Texts>,
    house: Arc<House>,
    /// True if there are terms of use.
    terms: bool,
}

/// What the frame of a page needs to know.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Language of the page, one of ours.
    pub language: &'static str,
    /// True if the reader chose it: links keep it.
    pub chosen: bool,
    /// What the heading says.
    pub title: String,
    /// True if something is wrong.
    pub error: bool,
    /// Whose page it is, in the foot.
    pub transfer: Option<String>,
}

impl Pages {
    /// Reads the templates.
    pub fn new(texts: Arc<Texts>, house: Arc<House>) -> Self {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in TEMPLATES {
            templates
                .add_template(name, source)
                .expect("a test reads every compiled-in template");
        }
        let speaker = texts.clone();
        templates.add_function("t", move |state: &State, key: String, given: Kwargs| {
            say(&speaker, state, &key, &given)
        });
        Pages {
            templates,
            texts,
            house,
            terms: false,
        }
    }

    /// The same, with a link to terms of use in every foot if there are some.
    pub fn on_terms(self, terms: bool) -> Self {
        Pages { terms, ..self }
    }

    /// Says a sentence, for headings and errors.
    pub fn say(&self, language: &str, key: &str, given: &[(&str, Argument<'_>)]) -> String {
        self.texts.say(language, key, given)
    }

    /// A page with this content.
    pub fn page(
        &self,
        status: StatusCode,
        template: &str,
        frame: &Frame,
        content: Value,
    ) -> Response<Body> {
        let content = context! { ..content, ..self.frame(frame) };
        match self
            .templates
            .get_template(template)
            .and_then(|t| t.render(content))
        {
            Ok(html) => text(status, "text/html; charset=utf-8", html),
            Err(e) => {
                tracing::error!(template, error = %e, "a page cannot be made");
                let sorry = "This page cannot be shown. Please try again later.\n".to_owned();
                text(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "text/plain; charset=utf-8",
                    sorry,
                )
            }
        }
    }

    fn frame(&self, frame: &Frame) -> Value {
        let languages = self.languages(frame);
        context! {
            full_title => self.full_title(frame),
            title => &frame.title,
            lang => frame.language,
            suffix => suffix(frame.chosen.then_some(frame.language)),
            transfer => &frame.transfer,
            organisation => &self.house.organisation,
            help_url => &self.house.help_url,
            logo => self.house.look.logo.is_some(),
            terms => self.terms,
            languages,
        }
    }

    /// By their own names, so that each is found where its readers look for it.
    fn languages(&self, frame: &Frame) -> Vec<Value> {
        let name = |code| (self.say(code, "page-this-language", &[]), code);
        let mut named: Vec<_> = self.texts.configured().into_iter().map(name).collect();
        named.sort();
        named
            .into_iter()
            .map(|(name, code)| context! { code, name, here => code == frame.language })
            .collect()
    }

    fn full_title(&self, frame: &Frame) -> String {
        let title = match frame.error {
            true => self.say(
                frame.language,
                "page-title-error",
                &[("title", frame.title.as_str().into())],
            ),
            false => frame.title.clone(),
        };
        let house = self.house.organisation.as_str();
        self.say(
            frame.language,
            "page-title",
            &[("title", title.into()), ("organisation", house.into())],
        )
    }
}

/// What links carry to keep a language that was chosen.
pub fn suffix(chosen: Option<&str>) -> String {
    chosen.map_or_else(String::new, |language| format!("?lang={language}"))
}

/// A response of text; the length is known.
pub fn text(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let len = text.len();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    fields.insert(header::CONTENT_LENGTH, len.into());
    response
}

/// The function `t` of the templates: the sentence of a key in the page's language.
fn say(texts: &Texts, state: &State, key: &str, given: &Kwargs) -> Result<String, Error> {
    let language = state.lookup("lang").unwrap_or_default();
    let arguments = given
        .args()
        .map(|name| Ok((name, argument(given.get(name)?))))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(texts.say(language.as_str().unwrap_or("en"), key, &arguments))
}

/// Numbers stay numbers, so that plural forms are right.
fn argument(value: Value) -> Argument<'static> {
    match i64::try_from(value.clone()) {
        Ok(number) if value.is_number() => Argument::from(number),
        _ => Argument::from(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(languages: &[&str]) -> Pages {
        let house = House {
            organisation: "Example <Region>".into(),
            portal_url: "https://files.example.org".into(),
            help_url: Some("https://www.example.org/files".into()),
            hostname: "mx.example.org".into(),
            domains: vec!["example.org".into()],
            languages: languages.iter().map(|l| (*l).to_owned()).collect(),
            time_zone: jiff::tz::TimeZone::UTC,
            notice_from: "files@example.org".into(),
            look: crate::texts::Look::default(),
        };
        let texts = Texts::new(&house.languages);
        Pages::new(Arc::new(texts), Arc::new(house))
    }

    async fn html(pages: &Pages, language: &'static str, chosen: bool) -> String {
        let frame = Frame {
            language,
            chosen,
            title: "<b>".into(),
            error: true,
            transfer: Some("7K3M9XQF".into()),
        };
        let content = context! { paragraphs => ["<script>"] };
        let response = pages.page(StatusCode::OK, "note.html", &frame, content);
        assert_eq!(response.status(), 200);
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await;
        String::from_utf8(body.expect("a body").to_vec()).expect("UTF-8")
    }

    #[tokio::test]
    async fn everything_is_escaped_and_said_in_the_language() {
        let pages = pages(&["en", "sv"]);
        let english = html(&pages, "en", false).await;
        assert!(english.contains("<title>Error: &lt;b&gt; - Example &lt;Region&gt;</title>"));
        assert!(english.contains("&lt;script&gt;") && !english.contains("<script"));
        assert!(english.contains("href=\"/accessibility\""));
        assert!(english.contains("<a href=\"?lang=sv\" lang=\"sv\""));
        let swedish = html(&pages, "sv", true).await;
        assert!(swedish.contains("<html lang=\"sv\""));
        assert!(swedish.contains("<title>Fel: "), "{swedish}");
        assert!(swedish.contains("href=\"/accessibility?lang=sv\""));
    }

    #[tokio::test]
    async fn languages_stand_in_the_order_of_their_own_names() {
        let pages = pages(&["pl", "en", "sv", "nl", "it", "fr", "es", "de"]);
        let html = html(&pages, "fr", true).await;
        let names = [
            "Deutsch",
            "English",
            "Español",
            ">Français</span>",
            "Italiano",
            "Nederlands",
            "Polski",
            "Svenska",
        ];
        let places = names.map(|name| html.find(name).expect(name));
        assert!(places.is_sorted(), "{html}");
        assert!(html.contains("<title>Erreur\u{a0}: &lt;b&gt; - "), "{html}");
    }

    #[test]
    fn the_style_sheet_is_small_and_loads_nothing() {
        assert!(STYLE.len() < 12_000);
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }

    #[test]
    fn the_script_of_passkeys_is_small_and_writes_nothing_into_a_page() {
        assert!(PASSKEY.len() < 3_072, "{}", PASSKEY.len());
        for word in [
            "innerHTML",
            "console",
            "localStorage",
            "location.href",
            "fetch",
        ] {
            assert!(!PASSKEY.contains(word), "{word}");
        }
    }
}
