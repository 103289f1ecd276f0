//! Text messages by an HTTP call to a provider, such as Kannel's `/cgi-bin/sendsms?username=u&password={{token}}&to={{number}}&text={{text}}`.
//!
//! Promises: host and path are fixed at load, nobody behind the firewall is called unless `allow_private`, values land escaped in query or body only, no redirect is followed, the answer is read up
//! to 64 KiB, and nothing of call or answer gets into a log (T98 to T100). Every try carries the notice's id as `Idempotency-Key`.
//! Leaves to others: when to try again (`gateway`). Fails with [`Trouble`]: what the operator can mend or time heals is *later*.

use super::patterns::Patterns;
use super::template::{Place, Slot, Template};
use super::{Channel, Texting, Trouble};
use crate::Pending;
use crate::client::{self, Client, Request, Url};
use crate::texts::{House, Texts, gsm};
use crate::transfer::report::{Report, ReportLinks};
use crate::transfer::{Notice, TextLimits};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The body of a POST when none is configured.
const USUAL_BODY: &str = r#"{"to":"{{number}}","from":"{{sender}}","text":"{{text}}"}"#;
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How a provider is called. `{{number}}`, `{{sender}}`, `{{text}}`, `{{id}}`, `{{token}}`, `{{coding}}` (0 or 2 for UCS-2, as Kannel says it) and `{{report_url}}` are
/// filled in, in query and body.
#[derive(Clone)]
pub struct HttpSettings {
    /// The channel's name.
    pub name: String,
    /// `https://host/path?query`; placeholders behind the `?` only.
    pub url: String,
    /// True for GET, else POST.
    pub get: bool,
    /// The body of a POST.
    pub body: Option<String>,
    /// How the body is written.
    pub content: ContentType,
    /// Further header fields, as they are.
    pub headers: Vec<(String, String)>,
    /// A secret: what `{{token}}` stands for, and if no template has that, the whole value of `Authorization`.
    pub token: Option<String>,
    /// What telephones show as sender.
    pub sender: String,
    /// A regular expression that the answer must match to count as sent, beside a status of 2xx.
    pub success: Option<String>,
    /// An answer that matches this is final: no further try, whatever its status.
    pub never: Option<String>,
    /// An answer that matches this is worth another try, whatever its status.
    pub later: Option<String>,
    /// Whose numbers may be used: `SE`, or a prefix such as `+46`; empty for all.
    pub countries: Vec<String>,
    /// How many messages, and for how much.
    pub limits: TextLimits,
    /// For each of: connection, answer, body.
    pub timeout: Duration,
    /// Further certificates to believe (PEM).
    pub extra_ca: Option<PathBuf>,
    /// The provider may be on this machine or in a private network.
    pub allow_private: bool,
    /// Makes `{{report_url}}`.
    pub report_links: Option<ReportLinks>,
    /// A report that matches this, in its query or its body: the message has arrived.
    pub report_delivered: Option<String>,
    /// One that matches this: it never will.
    pub report_failed: Option<String>,
    /// A report that takes longer is not waited for.
    pub report_within: Duration,
}

/// How a body is written; its values are escaped so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

/// A provider of text messages.
pub struct HttpChannel {
    settings: HttpSettings,
    query: Template,
    body: Template,
    /// The provider says what becomes of messages.
    reports: bool,
    headers: HeaderMap,
    patterns: Patterns,
    client: Client,
    texting: Texting,
}

impl HttpSettings {
    /// A POST of JSON to this address; all else as it usually is.
    pub fn new(name: &str, url: &str) -> Self {
        HttpSettings {
            name: name.to_owned(),
            url: url.to_owned(),
            get: false,
            body: None,
            content: ContentType::Json,
            headers: Vec::new(),
            token: None,
            sender: String::new(),
            success: None,
            never: None,
            later: None,
            countries: Vec::new(),
            limits: TextLimits::default(),
            timeout: Duration::from_secs(30),
            extra_ca: None,
            allow_private: false,
            report_links: None,
            report_delivered: None,
            report_failed: None,
            report_within: Duration::from_secs(900),
        }
    }
}

impl HttpChannel {
    /// Checks everything that can be checked without a call. The error is a sentence for the operator.
    pub fn new(
        settings: HttpSettings,
        house: Arc<House>,
        texts: Arc<Texts>,
    ) -> Result<Self, String> {
        let (place, _) = settings.url.split_once('?').unwrap_or((&settings.url, ""));
        if place.contains("{{") {
            return Err("url: placeholders may stand behind the `?` only".into());
        }
        let query = Template::read(&settings.url).map_err(|e| format!("url: {e}"))?;
        let body = match (&settings.body, settings.get) {
            (Some(body), false) => body.as_str(),
            (None, false) if settings.content == ContentType::Json => USUAL_BODY,
            (None, _) => "",
            (Some(_), true) => return Err("body: a GET has none; use method = \"POST\"".into()),
        };
        let body = Template::read(body).map_err(|e| format!("body: {e}"))?;
        query
            .fill(Place::Form, |_| "0")
            .parse::<Url>()
            .map_err(|e| format!("url: {e}"))?;
        if ![&query, &body].iter().any(|t| t.uses(Slot::Text)) {
            return Err("neither url nor body has {{text}}".into());
        }
        let reports = [&query, &body].iter().any(|t| t.uses(Slot::ReportUrl));
        if settings.report_failed.is_some() && settings.report_delivered.is_none() {
            return Err("report_failed is of use only with report_delivered".into());
        }
        if reports != settings.report_delivered.is_some() {
            return Err("{{report_url}} in url or body and report_delivered go together".into());
        }
        let in_template = query.uses(Slot::Token) || body.uses(Slot::Token);
        Ok(HttpChannel {
            headers: headers(&settings, in_template)?,
            patterns: Patterns::read(&settings)?,
            client: client(&settings)?,
            query,
            body,
            reports,
            texting: Texting::new(&settings.countries, &settings.limits, house, texts),
            settings,
        })
    }

    async fn send_now(&self, notice: &Notice) -> Result<(), Trouble> {
        let (number, text) = self.texting.prepared(notice)?;
        let request = self.request(&notice.id, &number, &text)?;
        let answer = self.client.call(request).await.map_err(|e| match e {
            client::Trouble::BadUrl(why) => Trouble::Never(why.into()),
            other => Trouble::Later(other.to_string()),
        })?;
        self.patterns.judge(&answer)
    }

    fn request(&self, id: &str, number: &str, text: &str) -> Result<Request, Trouble> {
        let never = |why: &str| Trouble::Never(why.to_owned());
        let links = self.settings.report_links.as_ref();
        let report_url = links.filter(|_| self.reports).map(|links| links.url(id));
        let value = |slot| match slot {
            Slot::ReportUrl => report_url.as_deref().unwrap_or_default(),
            Slot::Id => id,
            Slot::Number => number,
            Slot::Sender => &self.settings.sender,
            Slot::Text => text,
            Slot::Coding if gsm::is_gsm(text) => "0",
            Slot::Coding => "2",
            Slot::Token => self.settings.token.as_deref().unwrap_or_default(),
        };
        let url: Url = self
            .query
            .fill(Place::Form, value)
            .parse()
            .map_err(|_| never("the filled-in url is no web address"))?;
        let mut request = match (self.settings.get, self.settings.content) {
            (true, _) => Request::get(url),
            (false, ContentType::Form) => {
                let body = self.body.fill(Place::Form, value);
                Request::post(url, "application/x-www-form-urlencoded", body)
            }
            (false, ContentType::Json) => {
                let body = self.body.fill(Place::Json, value);
                Request::post(url, "application/json", body)
            }
        };
        request.headers.extend(self.headers.clone());
        let key = HeaderValue::from_str(id).map_err(|_| never("the notice's id is no key"))?;
        Ok(request.with(IDEMPOTENCY_KEY, key))
    }
}

impl Channel for HttpChannel {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn kind(&self) -> &'static str {
        "sms"
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(self.send_now(notice))
    }

    fn report_within(&self) -> Option<Duration> {
        self.reports.then_some(self.settings.report_within)
    }

    fn report(&self, query: &[u8], body: &[u8]) -> Option<Report> {
        self.patterns.report(query, body)
    }

    fn texting(&self) -> Option<&Texting> {
        Some(&self.texting)
    }
}

fn client(settings: &HttpSettings) -> Result<Client, String> {
    let client = Client::new(settings.extra_ca.as_deref()).map_err(|e| e.to_string())?;
    let client = client.waiting(settings.timeout);
    Ok(match settings.allow_private {
        true => client,
        false => client.public_only(),
    })
}

fn headers(settings: &HttpSettings, token_in_template: bool) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &settings.headers {
        let unfit = |_| format!("headers: `{name}` is no header field");
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(unfit)?;
        let value = HeaderValue::from_str(value)
            .map_err(|_| format!("headers: the value of `{name}` has control characters"))?;
        headers.insert(key, value);
    }
    if let Some(token) = settings.token.as_deref().filter(|_| !token_in_template) {
        let mut value = HeaderValue::from_str(token.trim())
            .map_err(|_| "auth: the secret has control characters".to_owned())?;
        value.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, value);
    }
    Ok(headers)
}

impl fmt::Debug for HttpChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpChannel")
            .field("name", &self.settings.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{house, notice};
    use super::*;
    use crate::transfer::Destination;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A provider that answers each call like this, and tells what it was asked.
    async fn provider(answer: &'static str) -> (String, tokio::sync::mpsc::Receiver<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (tell, asked) = tokio::sync::mpsc::channel(8);
        tokio::spawn(async move {
            while let Ok((mut peer, _)) = listener.accept().await {
                let mut call = vec![0; 8192];
                let mut n = 0;
                loop {
                    n += peer.read(&mut call[n..]).await.unwrap();
                    let text = String::from_utf8_lossy(&call[..n]).into_owned();
                    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
                    let length = head
                        .lines()
                        .find_map(|l| l.strip_prefix("content-length: "))
                        .map_or(0, |l| l.parse().unwrap());
                    if text.contains("\r\n\r\n") && body.len() >= length {
                        break tell.send(text).await.unwrap();
                    }
                }
                peer.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        (address, asked)
    }

    fn channel(settings: HttpSettings) -> Result<HttpChannel, String> {
        HttpChannel::new(settings, house(), Arc::new(Texts::new(&["en".into()])))
    }

    /// A provider on this machine, as all of these are.
    fn here(url: &str) -> HttpSettings {
        let mut settings = HttpSettings::new("sms", url);
        settings.allow_private = true;
        settings
    }

    fn to_phone() -> Notice {
        notice(Destination::Phone("+46701234547".into()))
    }

    const OK: &str = "HTTP/1.1 202 Accepted\r\nContent-Length: 23\r\n\r\n0: Accepted for deliver";

    #[tokio::test]
    async fn a_call_as_kannel_wants_it() {
        let (address, mut asked) = provider(OK).await;
        let url = format!(
            "http://{address}/cgi-bin/sendsms?username=u&password={{{{token}}}}&from={{{{sender}}}}&to={{{{number}}}}&text={{{{text}}}}"
        );
        let mut settings = here(&url);
        settings.get = true;
        settings.token = Some("p&w".into());
        settings.sender = "Example Reg".into();
        settings.success = Some("^[03]:".into());
        channel(settings).unwrap().send(&to_phone()).await.unwrap();
        let call = asked.recv().await.unwrap();
        let start = "GET /cgi-bin/sendsms?username=u&password=p%26w&from=Example%20Reg&to=%2B46701234547&text=Example%20Region%3A";
        assert!(call.starts_with(start), "{call}");
        assert!(call.contains("idempotency-key: 7K3M9XQF-0\r\n"), "{call}");
        assert!(!call.contains("authorization"), "{call}");
    }

    #[tokio::test]
    async fn a_call_with_json_and_a_token() {
        let (address, mut asked) = provider(OK).await;
        let mut settings = here(&format!("http://{address}/v1/messages"));
        settings.token = Some("Bearer abc\n".into());
        settings.sender = "Ex\"Reg".into();
        channel(settings).unwrap().send(&to_phone()).await.unwrap();
        let call = asked.recv().await.unwrap();
        assert!(call.contains("authorization: Bearer abc\r\n"), "{call}");
        let body = call.split_once("\r\n\r\n").unwrap().1;
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["from"], "Ex\"Reg");
        assert_eq!(body["to"], "+46701234547");
        let text = body["text"].as_str().unwrap();
        assert!(
            text.ends_with("\n@files.example.org #K7PM2WXD9RQF"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn answers_are_told_apart() {
        let rows = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "sent"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad", "never"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwait", "later"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother", "never"),
            ("HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", "never"),
            ("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "later"),
            ("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "later"),
            (
                "HTTP/1.1 302 Go\r\nLocation: http://[::1]:1/\r\nContent-Length: 0\r\n\r\n",
                "later",
            ),
            ("nonsense\r\n\r\n", "later"),
        ];
        for (answer, expected) in rows {
            let (address, _asked) = provider(answer).await;
            let mut settings = here(&format!("http://{address}/"));
            settings.success = Some("^ok$".into());
            settings.never = Some("^bad$".into());
            settings.later = Some("^wait$".into());
            let got = match channel(settings).unwrap().send(&to_phone()).await {
                Ok(()) => "sent",
                Err(Trouble::Later(why) | Trouble::Never(why)) if why.contains("K7PM") => "leak",
                Err(Trouble::Later(_)) => "later",
                Err(Trouble::Never(_)) => "never",
            };
            assert_eq!(got, expected, "{answer}");
        }
    }

    #[tokio::test]
    async fn only_numbers_of_listed_countries_and_of_people_are_called() {
        let (address, mut asked) = provider(OK).await;
        let mut settings = here(&format!("http://{address}/"));
        settings.countries = vec!["SE".into(), "+4740".into()];
        let channel = channel(settings).unwrap();
        let rows = [
            ("+46701234547", true),
            ("+4740612345", true),
            ("+4790612345", false),
            ("+491701234567", false),
            ("+469001234567", false),
        ];
        for (number, called) in rows {
            let notice = notice(Destination::Phone(number.into()));
            let sent = channel.send(&notice).await;
            assert_eq!(sent.is_ok(), called, "{number}: {sent:?}");
            assert_eq!(asked.try_recv().is_ok(), called, "{number}");
        }
        let abroad = Destination::Phone("+491701234567".into());
        assert!(!channel.reaches(&abroad));
    }

    #[tokio::test]
    async fn nobody_there_is_worth_another_try() {
        let settings = here("http://127.0.0.1:1/");
        let trouble = channel(settings).unwrap().send(&to_phone()).await;
        assert!(matches!(trouble, Err(Trouble::Later(_))));
    }

    #[test]
    fn settings_that_cannot_work_are_refused_at_load() {
        type Change = fn(&mut HttpSettings);
        let with = |change: Change| {
            let mut settings = HttpSettings::new("sms", "https://sms.example/?t={{text}}");
            change(&mut settings);
            channel(settings).map(|_| ()).expect_err("it cannot work")
        };
        let rows: [(Change, &str); 8] = [
            (|s| s.url = "https://{{number}}/".into(), "behind the `?`"),
            (|s| s.url = "https://a/{{text}}".into(), "behind the `?`"),
            (|s| s.url = "https://u:p@a/".into(), "user name"),
            (|s| s.url = "https://a/?x={{nummer}}".into(), "nummer"),
            (|s| s.success = Some("(".into()), "success"),
            (|s| s.headers = vec![("a b".into(), "c".into())], "headers"),
            (|s| s.token = Some("a\nb".into()), "auth"),
            (|s| (s.get, s.url) = (true, "https://a/".into()), "{{text}}"),
        ];
        for (change, words) in rows {
            let error = with(change);
            assert!(error.contains(words), "{words}: {error}");
        }
    }

    #[tokio::test]
    async fn t100_nobody_behind_the_firewall_is_called_unasked() {
        let (address, mut asked) = provider(OK).await;
        let port = address.rsplit_once(':').unwrap().1;
        let mut settings = HttpSettings::new("sms", &format!("http://localhost:{port}/"));
        for (allowed, called) in [(false, false), (true, true)] {
            settings.allow_private = allowed;
            let sent = channel(settings.clone()).unwrap().send(&to_phone()).await;
            assert_eq!(sent.is_ok(), called, "{sent:?}");
            assert_eq!(asked.try_recv().is_ok(), called);
            let heard = matches!(&sent, Err(Trouble::Later(why)) if why.contains("private"));
            assert_eq!(heard, !called, "{sent:?}");
        }
    }

    #[tokio::test]
    async fn t100_a_redirect_is_not_followed_and_an_endless_answer_not_read() {
        let (elsewhere, mut asked) = provider(OK).await;
        let go = format!(
            "HTTP/1.1 307 Go\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\n\r\n"
        );
        let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(100_000));
        for answer in [go, endless] {
            let (address, _asked) = provider(Box::leak(answer.into_boxed_str())).await;
            let sent = channel(here(&format!("http://{address}/"))).unwrap();
            let sent = sent.send(&to_phone()).await;
            assert!(matches!(sent, Err(Trouble::Later(_))), "{sent:?}");
        }
        assert!(asked.try_recv().is_err());
    }

    #[test]
    fn t100_nothing_of_people_is_in_host_or_path() {
        for url in [
            "https://{{number}}.sms.example/?t={{text}}",
            "https://sms.example/{{number}}?t={{text}}",
            "https://sms.example:{{id}}/?t={{text}}",
            "https://{{token}}@sms.example/?t={{text}}",
        ] {
            let error = channel(HttpSettings::new("sms", url)).expect_err(url);
            assert!(error.contains("behind the `?`"), "{url}: {error}");
        }
    }
}
