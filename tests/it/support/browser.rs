//! A Chromium without a screen, told what to do by WebDriver (W3C) through chromedriver. What it asks of hosts other than this
//! machine, for itself or for a page, goes to a proxy that is not there.

use super::process::{free_port, lines, peer};
use cloakroom::client::{Client, Request, Url};
use hyper::Method;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// What WebDriver calls an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One browser with a profile of its own. Ends when dropped.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    client: Client,
    downloads: PathBuf,
}

impl Browser {
    /// Starts one; everything it writes lies below `folder`.
    pub async fn open(folder: &Path, scripts: bool) -> Browser {
        let mut driver = peer("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver runs");
        let said = lines(driver.stdout.take().expect("piped"));
        let mut port = None;
        while port.is_none() {
            let line = said
                .recv_timeout(Duration::from_secs(30))
                .expect("it says its port");
            let number = line
                .split_once("started successfully on port ")
                .map(|(_, n)| n);
            port = number.and_then(|n| n.trim_end_matches('.').parse().ok());
        }
        let mut browser = Browser {
            driver,
            port: port.expect("the loop ends with one"),
            session: String::new(),
            client: Client::new(None)
                .expect("a client")
                .waiting(Duration::from_secs(60)),
            downloads: folder.join("downloads"),
        };
        std::fs::create_dir_all(&browser.downloads).expect("the folder is ours");
        let wanted = wanted(&folder.join("profile"), &browser.downloads, scripts);
        let session = browser.call(Method::POST, "session", &wanted).await;
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        // What is looked for may stand in a page that is still on its way.
        browser
            .post("timeouts", json!({ "implicit": 10_000, "script": 120_000 }))
            .await;
        browser
    }

    /// Opens a page and waits until it is there.
    pub async fn go(&self, url: &str) {
        self.post("url", json!({ "url": url })).await;
    }

    /// Where it is now.
    pub async fn url(&self) -> String {
        text(&self.get("url").await)
    }

    /// Waits until the address has this in it.
    pub async fn arrived(&self, part: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.url().await.contains(part) {
            assert!(Instant::now() < end, "{} has no {part}", self.url().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What the window would be called.
    pub async fn title(&self) -> String {
        text(&self.get("title").await)
    }

    /// What people read there.
    pub async fn read(&self, css: &str) -> String {
        let element = self.element(css).await;
        text(&self.get(&format!("element/{element}/text")).await)
    }

    /// Types as people do.
    pub async fn write(&self, css: &str, what: &str) {
        let element = self.element(css).await;
        self.post(&format!("element/{element}/value"), json!({ "text": what }))
            .await;
    }

    /// Clicks at what leads to another page, and waits until that is there; its address may be the same. A click is answered before
    /// the next page is there, and what is read then may be of the page before.
    pub async fn follow(&self, css: &str) {
        let before = self.element("html").await;
        self.click(css).await;
        let there = format!("element/{before}/name");
        let end = Instant::now() + Duration::from_secs(20);
        while self.try_get(&there).await.is_ok() {
            assert!(Instant::now() < end, "{css} leads nowhere");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Clicks with the mouse: what is hidden cannot be clicked.
    pub async fn click(&self, css: &str) {
        let element = self.element(css).await;
        self.post(&format!("element/{element}/click"), json!({}))
            .await;
    }

    /// Waits for a download to be complete; gives its bytes.
    pub async fn downloaded(&self, name: &str) -> Vec<u8> {
        let path = self.downloads.join(name);
        // Chromium takes the name with an empty file before it renames what it has written.
        let len = || std::fs::metadata(&path).map_or(0, |file| file.len());
        let there = super::until(|| (len() > 0).then_some(())).await;
        let all = || {
            let all = std::fs::read_dir(&self.downloads).expect("the folder is ours");
            all.map(|entry| entry.expect("it can be listed").file_name())
                .collect::<Vec<_>>()
        };
        assert!(there.is_some(), "{name} is not among {:?}", all());
        std::fs::read(path).expect("it was written")
    }

    /// Sends this cookie from now on; a page of the same host must be open.
    pub async fn cookie(&self, name: &str, value: &str) {
        let cookie = json!({ "name": name, "value": value, "httpOnly": true, "path": "/" });
        self.post("cookie", json!({ "cookie": cookie })).await;
    }

    /// "Delete cookies".
    pub async fn forget_cookies(&self) {
        self.tell("Network.clearBrowserCookies", json!({})).await;
    }

    /// The names and values of its cookies for the page that is open.
    pub async fn cookies(&self) -> Vec<(String, String)> {
        let all = self.get("cookie").await;
        let all = all.as_array().expect("a list").iter();
        all.map(|one| (text(&one["name"]), text(&one["value"])))
            .collect()
    }

    /// Passkeys can be made from now on, with `prf`; whoever sits there agrees to everything at once. Gives the name of what makes them.
    pub async fn with_authenticator(&self) -> String {
        self.tell("WebAuthn.enable", json!({})).await;
        let options = json!({
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "hasPrf": true, "automaticPresenceSimulation": true,
        });
        let command = "WebAuthn.addVirtualAuthenticator";
        let made = self.tell(command, json!({ "options": options })).await;
        text(&made["authenticatorId"])
    }

    /// What made passkeys is elsewhere.
    pub async fn without_authenticator(&self, name: &str) {
        let command = "WebAuthn.removeVirtualAuthenticator";
        self.tell(command, json!({ "authenticatorId": name })).await;
    }

    /// Runs a script in every page before its own, whatever the page's policy says.
    pub async fn in_every_page(&self, script: &str) {
        let name = "Page.addScriptToEvaluateOnNewDocument";
        self.tell(name, json!({ "source": script })).await;
    }

    /// What a script says of the page.
    pub async fn run(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": [] }))
            .await
    }

    /// As wide as this, in light or dark; gives the picture as PNG, and whether something stands out to the right.
    pub async fn look(&self, (width, height): (u32, u32), dark: bool) -> (Vec<u8>, bool) {
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
        self.resize((width, height)).await;
        let script = "return document.documentElement.scrollWidth > window.innerWidth";
        let wide = self.run(script).await;
        let picture = text(&self.get("screenshot").await);
        let picture = encodify::base64::STANDARD.decode(picture).expect("base64");
        (picture, wide.as_bool().expect("yes or no"))
    }

    /// A window of so many pixels.
    pub async fn resize(&self, (width, height): (u32, u32)) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// The page on paper: a PDF.
    pub async fn print(&self) -> Vec<u8> {
        let pdf = text(&self.post("print", json!({})).await);
        encodify::base64::STANDARD.decode(pdf).expect("base64")
    }

    /// Turns pages dark that did not ask for it, or leaves them as they are.
    pub async fn force_dark(&self, enabled: bool) {
        self.tell(
            "Emulation.setAutoDarkModeOverride",
            json!({ "enabled": enabled }),
        )
        .await;
    }

    /// The addresses that pages have asked for since the last call, also those that were not to be had; without what needs no host,
    /// such as the browser's own first page.
    pub async fn asked_for(&self) -> Vec<String> {
        let lines = self.post("se/log", json!({ "type": "performance" })).await;
        let lines = lines.as_array().expect("a list").iter();
        let events = lines.map(|line| {
            let event: Value = serde_json::from_str(&text(&line["message"])).expect("JSON");
            event["message"].clone()
        });
        let requests = events.filter(|e| e["method"] == "Network.requestWillBeSent");
        requests
            .map(|e| text(&e["params"]["request"]["url"]))
            .filter(|url| !url.starts_with("chrome:") && !url.starts_with("data:"))
            .collect()
    }

    async fn element(&self, css: &str) -> String {
        let how = json!({ "using": "css selector", "value": css });
        text(&self.post("element", how).await[ELEMENT])
    }

    /// A command of the DevTools protocol.
    async fn tell(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.post("goog/cdp/execute", body).await
    }

    async fn get(&self, what: &str) -> Value {
        let got = self.try_get(what).await;
        got.unwrap_or_else(|why| panic!("{what}: {why}"))
    }

    async fn try_get(&self, what: &str) -> Result<Value, Value> {
        let path = format!("session/{}/{what}", self.session);
        self.try_call(Method::GET, &path, &Value::Null).await
    }

    async fn post(&self, what: &str, body: Value) -> Value {
        let path = format!("session/{}/{what}", self.session);
        self.call(Method::POST, &path, &body).await
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let got = self.try_call(method, path, body).await;
        got.unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    /// What the driver answers, or why it cannot.
    async fn try_call(&self, method: Method, path: &str, body: &Value) -> Result<Value, Value> {
        let url: Url = format!("http://127.0.0.1:{}/{path}", self.port)
            .parse()
            .expect("an address");
        let request = match method {
            Method::POST => Request::post(url, "application/json", body.to_string()),
            _ => Request::get(url),
        };
        let answer = self
            .client
            .stream(request)
            .await
            .expect("chromedriver answers");
        let status = answer.status;
        let body = answer.whole(16 << 20).await.expect("chromedriver answers");
        let mut said: Value = serde_json::from_slice(&body).expect("JSON");
        match status.is_success() {
            true => Ok(said["value"].take()),
            false => Err(said["value"]["message"].take()),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Else the browser would outlive the driver.
        let end = format!(
            "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            self.session
        );
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = stream
                .write_all(end.as_bytes())
                .and_then(|()| stream.read(&mut [0; 1024]));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The capabilities: which browser, and how.
fn wanted(profile: &Path, downloads: &Path, scripts: bool) -> Value {
    let mut arguments: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push(format!("--proxy-server=127.0.0.1:{}", free_port()));
    let mut preferences = json!({
        "download.default_directory": downloads,
        "download.prompt_for_download": false,
        "intl.accept_languages": "en",
    });
    if !scripts {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    json!({ "capabilities": { "alwaysMatch": {
        "acceptInsecureCerts": true,
        "goog:loggingPrefs": { "performance": "ALL" },
        "goog:chromeOptions": {
            "binary": peer("chromium").get_program().to_str(),
            "args": arguments,
            "prefs": preferences,
        },
    } } })
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
