//! A visit: requests to one web server that keep its cookies, as a browser would. For `cloakroom fetch` and tests.
//!
//! Promises: cookies go back only to the origin they came from, and only under their path; other origins are refused.

use super::url::escape;
use super::{Answer, Client, Request, Stream, Trouble, Url};
use hyper::HeaderMap;
use hyper::header::{self, HeaderValue};

/// One browser's stay at one server.
#[derive(Debug)]
pub struct Visit {
    client: Client,
    origin: String,
    cookies: Vec<Cookie>,
}

struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Visit {
    /// A visit to the server of this address, without cookies.
    pub fn to(client: Client, url: &Url) -> Self {
        Visit {
            client,
            origin: url.origin(),
            cookies: Vec::new(),
        }
    }

    /// Fetches a page or a file, from this byte on (`Range`; the answer is then 206 and has `Content-Range`).
    pub async fn get(&mut self, url: &Url, from: Option<u64>) -> Result<Stream, Trouble> {
        let mut request = Request::get(url.clone());
        if let Some(from) = from {
            let range = HeaderValue::from_str(&format!("bytes={from}-"))
                .expect("digits are allowed in a header value");
            request = request.with(header::RANGE, range);
        }
        let stream = self.client.stream(self.dressed(request)?).await?;
        self.remember(url, &stream.headers);
        Ok(stream)
    }

    /// Fetches a page in this media type, if the server has it so.
    pub async fn get_as(&mut self, url: &Url, accept: &'static str) -> Result<Stream, Trouble> {
        let accept = HeaderValue::from_static(accept);
        let request = Request::get(url.clone()).with(header::ACCEPT, accept);
        let stream = self.client.stream(self.dressed(request)?).await?;
        self.remember(url, &stream.headers);
        Ok(stream)
    }

    /// Sends a form.
    pub async fn post_form(
        &mut self,
        url: &Url,
        fields: &[(&str, &str)],
    ) -> Result<Answer, Trouble> {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect();
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(url.clone(), kind, body.join("&"));
        let answer = self.client.call(self.dressed(request)?).await?;
        self.remember(url, &answer.headers);
        Ok(answer)
    }

    /// Cookies, and the `Origin` that servers check against forged requests.
    fn dressed(&self, mut request: Request) -> Result<Request, Trouble> {
        if request.url.origin() != self.origin {
            return Err(Trouble::BadUrl("it leads to another server"));
        }
        let origin = HeaderValue::from_str(&self.origin)
            .map_err(|_| Trouble::BadUrl("the host has characters that no host has"))?;
        request = request.with(header::ORIGIN, origin);
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.is_for(request.url.path()))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        match HeaderValue::from_str(&cookies.join("; ")) {
            Ok(value) if !cookies.is_empty() => Ok(request.with(header::COOKIE, value)),
            _ => Ok(request),
        }
    }

    fn remember(&mut self, url: &Url, headers: &HeaderMap) {
        let fields = headers.get_all(header::SET_COOKIE);
        for text in fields.iter().filter_map(|field| field.to_str().ok()) {
            let Some((cookie, gone)) = Cookie::read(text, url) else {
                continue;
            };
            self.cookies
                .retain(|old| old.name != cookie.name || old.path != cookie.path);
            if !gone {
                self.cookies.push(cookie);
            }
        }
    }
}

impl Cookie {
    /// The cookie, and whether it is to be forgotten (RFC 6265 section 5.2, as far as our own pages need it).
    fn read(field: &str, url: &Url) -> Option<(Cookie, bool)> {
        let mut pieces = field.split(';').map(str::trim);
        let (name, value) = pieces.next()?.split_once('=')?;
        let mut path = url.path().rsplit_once('/').map_or("/", |(up, _)| up);
        let mut gone = false;
        for (key, value) in pieces.filter_map(|p| p.split_once('=')) {
            match key.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => path = value,
                "max-age" => gone = value.parse::<i64>().is_ok_and(|age| age <= 0),
                _ => {}
            }
        }
        let cookie = Cookie {
            name: name.to_owned(),
            value: value.to_owned(),
            path: if path.is_empty() { "/" } else { path }.to_owned(),
        };
        Some((cookie, gone))
    }

    fn is_for(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.as_str()) {
            Some(rest) => rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/'),
            None => false,
        }
    }
}

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}=… ({})", self.name, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit() -> (Visit, Url) {
        let url: Url = "http://127.0.0.1:1/t/x/unlock".parse().unwrap();
        (Visit::to(Client::new(None).unwrap(), &url), url)
    }

    fn answer(field: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::SET_COOKIE, HeaderValue::from_static(field))])
    }

    #[test]
    fn a_cookie_goes_back_under_its_path_only() {
        let (mut visit, url) = visit();
        visit.remember(&url, &answer("s=1; Path=/open/A; HttpOnly"));
        let sent = |path: &str| {
            let request = Request::get(url.at(path).unwrap());
            let dressed = visit.dressed(request).unwrap();
            dressed.headers.get(header::COOKIE).cloned()
        };
        assert_eq!(sent("/open/A/file/1").unwrap(), "s=1");
        assert_eq!(sent("/open/AB"), None);
        assert_eq!(sent("/t/x"), None);
    }

    #[test]
    fn a_cookie_can_be_taken_back() {
        let (mut visit, url) = visit();
        visit.remember(&url, &answer("s=1; Path=/"));
        visit.remember(&url, &answer("s=; Path=/; Max-Age=0"));
        assert!(visit.cookies.is_empty());
    }

    #[test]
    fn another_server_gets_nothing() {
        let (visit, _) = visit();
        let elsewhere = Request::get("http://evil.example/".parse().unwrap());
        assert!(visit.dressed(elsewhere).is_err());
    }
}
