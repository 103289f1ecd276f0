//! A web address of the operator's: one JSON object in a signed POST, the status is the answer.
//!
//! Promises: HTTPS, or this machine; the body is what a command reads on its standard input; `Cloakroom-Signature: t=…,v1=…` is
//! HMAC-SHA256 over time, a dot and the body, so that whoever gets the call knows who made it and when; every try carries the notice's id
//! as `Idempotency-Key`; no redirect is followed, nobody behind the firewall is called unless `allow_private`, and nothing of call or
//! answer but its status gets into a log.
//! Leaves to others: when to try again (`gateway`). Fails with [`Trouble`], by status as a provider of text messages does.

use super::{Channel, Trouble, command, http, patterns};
use crate::Pending;
use crate::client::{self, Client, Request, Url};
use crate::transfer::Notice;
use hmac::{Hmac, KeyInit, Mac};
use hyper::header::{HeaderName, HeaderValue};
use sha2::Sha256;
use std::fmt::{self, Write};
use std::time::Duration;
use zeroize::Zeroizing;

const SIGNATURE: HeaderName = HeaderName::from_static("cloakroom-signature");

/// A shorter secret can be guessed by who has one call.
const SHORTEST_SECRET: usize = 16;

/// Where it is, and what calls are signed with.
#[derive(Clone)]
pub struct WebhookSettings {
    /// The channel's name.
    pub name: String,
    /// `https://…`, or `http://` on this machine.
    pub url: String,
    /// What calls are signed with: at least 16 bytes.
    pub secret: Zeroizing<Vec<u8>>,
    /// How block and page name this way: "by the reception desk".
    pub label: Option<String>,
    /// For each of: connection, answer, body.
    pub timeout: Duration,
    /// It may be on this machine or in a private network.
    pub allow_private: bool,
}

/// Calls a web address for each notice.
pub struct WebhookChannel {
    settings: WebhookSettings,
    url: Url,
    client: Client,
}

impl WebhookChannel {
    /// The error is a sentence for the operator.
    pub fn new(settings: WebhookSettings) -> Result<Self, String> {
        if settings.secret.len() < SHORTEST_SECRET {
            return Err("secret: it is too short: openssl rand -hex 32 makes a good one".into());
        }
        let url = settings.url.parse().map_err(|e| format!("url: {e}"))?;
        let client = Client::new(None).map_err(|e| e.to_string())?;
        let client = client.waiting(settings.timeout);
        Ok(WebhookChannel {
            client: match settings.allow_private {
                true => client,
                false => client.public_only(),
            },
            settings,
            url,
        })
    }

    async fn send_now(&self, notice: &Notice) -> Result<(), Trouble> {
        let now = jiff::Timestamp::now().as_second();
        let request = self.request(notice, now)?;
        let answer = self.client.call(request).await.map_err(|e| match e {
            client::Trouble::BadUrl(why) => Trouble::Never(why.into()),
            other => Trouble::Later(other.to_string()),
        })?;
        patterns::by_status(answer.status)
    }

    fn request(&self, notice: &Notice, now: i64) -> Result<Request, Trouble> {
        let value = |text: &str| {
            let no_field = |_| Trouble::Never("the notice's id is no key".into());
            HeaderValue::from_str(text).map_err(no_field)
        };
        let body = command::object(notice).to_string();
        let signature = signature(&self.settings.secret, now, &body);
        Ok(Request::post(self.url.clone(), "application/json", body)
            .with(http::IDEMPOTENCY_KEY, value(&notice.id)?)
            .with(SIGNATURE, value(&signature)?))
    }
}

/// `t=SECONDS,v1=HEX`: the time is signed too, so that a call that was overheard cannot be made again next week.
fn signature(secret: &[u8], now: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(format!("{now}.").as_bytes());
    mac.update(body.as_bytes());
    let mut text = format!("t={now},v1=");
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").expect("a string takes everything");
    }
    text
}

impl Channel for WebhookChannel {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn kind(&self) -> &'static str {
        "webhook"
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(self.send_now(notice))
    }

    fn way(&self) -> &str {
        self.settings.label.as_deref().unwrap_or("another way")
    }
}

impl fmt::Debug for WebhookChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookChannel")
            .field("name", &self.settings.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str, secret: &str) -> WebhookSettings {
        WebhookSettings {
            name: "desk".into(),
            url: url.into(),
            secret: Zeroizing::new(secret.into()),
            label: None,
            timeout: Duration::from_secs(2),
            allow_private: true,
        }
    }

    /// `printf '1764000000.{"id":"1"}' | openssl dgst -sha256 -hmac a-secret-of-a-good-length`
    #[test]
    fn the_signature_is_what_openssl_says() {
        let said = signature(b"a-secret-of-a-good-length", 1_764_000_000, r#"{"id":"1"}"#);
        assert_eq!(
            said,
            "t=1764000000,v1=1b420f79a401774b65e04faca86e12da3a1ba287b3b4cf47149b65db5b8df495"
        );
    }

    #[test]
    fn settings_that_cannot_work_are_refused_at_load() {
        let good = "a-secret-of-a-good-length";
        let refused = |url: &str, secret: &str| {
            let error = WebhookChannel::new(settings(url, secret)).map(|_| ());
            error.expect_err("it cannot work")
        };
        assert!(refused("https://a.example/", "short").contains("secret"));
        assert!(refused("https://u:p@a.example/", good).contains("url"));
        assert!(WebhookChannel::new(settings("https://a.example/x?y", good)).is_ok());
    }
}
