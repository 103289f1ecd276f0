//! `cloakroom fetch` against a portal of a few lines that answers as ours does: it goes the recipient's way, and believes nothing.

use cloakroom::client::Client;
use cloakroom::config::{SecretSource, TlsFiles};
use cloakroom::doors::cli::cert;
use cloakroom::doors::cli::fetch::{Fetched, fetch};
use cloakroom::doors::cli::{Exit, Failure};
use cloakroom::service::tls;
use std::fs;
use std::path::Path;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const TOKEN: &str = "/t/abc";
const PASSWORD: &str = "K7PM 2WXD";

/// What the portal says; tests change it.
#[derive(Clone)]
struct Portal {
    /// As the list names it.
    name: &'static str,
    /// As the list says it.
    sha256: String,
    body: &'static [u8],
}

impl Portal {
    fn honest(name: &'static str) -> Self {
        Portal {
            name,
            sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824".into(),
            body: b"hello",
        }
    }

    /// The whole answer to a request's head and body.
    fn answer(&self, request: &str) -> Vec<u8> {
        let lower = request.to_lowercase();
        let known = lower.contains("\r\ncookie: __host-s=1\r\n");
        let first = request.lines().next().unwrap_or_default();
        let (status, more, body) = match first.rsplit_once(' ').map_or(first, |(f, _)| f) {
            "GET /t/abc" => ("200 OK", "", b"<form>".to_vec()),
            "POST /t/abc/unlock" if request.ends_with("password=K7PM%202WXD") => {
                let found = "Location: /open/7K3M9XQF\r\nSet-Cookie: __Host-s=1; Path=/; Secure; HttpOnly\r\n";
                ("303 See Other", found, Vec::new())
            }
            "POST /t/abc/unlock" => ("200 OK", "", b"wrong".to_vec()),
            "GET /open/7K3M9XQF" if known && lower.contains("accept: application/json") => {
                ("200 OK", "", self.list().into_bytes())
            }
            "GET /open/7K3M9XQF/file/0" if known => ("200 OK", "", self.body.to_vec()),
            _ => ("404 Not Found", "", Vec::new()),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\n{more}Content-Length: {}\r\n\r\n",
            body.len()
        );
        [head.into_bytes(), body].concat()
    }

    fn list(&self) -> String {
        let (name, sha256) = (self.name, &self.sha256);
        format!(
            "{{\"files\":[{{\"number\":0,\"name\":\"{name}\",\"size\":5,\"sha256\":\"{sha256}\"}}],\"message\":false}}"
        )
    }
}

async fn serve(io: impl AsyncRead + AsyncWrite + Unpin, portal: Portal) {
    let mut io = io;
    let mut request = Vec::new();
    let mut block = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .map_or(0, |l| {
                    l.lines().next().unwrap_or("0").parse().expect("a number")
                });
            if body.len() >= length {
                io.write_all(&portal.answer(&text)).await.ok();
                io.shutdown().await.ok();
                return;
            }
        }
        match io.read(&mut block).await {
            Ok(n) if n > 0 => request.extend(&block[..n]),
            _ => return,
        }
    }
}

/// A visit to that portal over TLS with a development certificate.
async fn visit(portal: Portal, password: Option<&str>, into: &Path) -> Result<Fetched, Failure> {
    let folder = tempfile::tempdir().expect("a folder");
    cert::dev(folder.path(), &["localhost".into(), "127.0.0.1".into()]).expect("made");
    let files = TlsFiles {
        certificate: folder.path().join("localhost/fullchain.pem"),
        key: SecretSource::File(folder.path().join("localhost/privkey.pem")),
    };
    let acceptor = TlsAcceptor::from(tls::server(&files, &["http/1.1"]).expect("a pair"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let link = format!("https://{}{TOKEN}", listener.local_addr().expect("bound"));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            if let Ok(io) = acceptor.accept(tcp).await {
                serve(io, portal.clone()).await;
            }
        }
    });
    let client = Client::new(Some(&folder.path().join("ca.pem"))).expect("the CA is believed");
    fetch(client, &link, password, into).await
}

#[tokio::test]
async fn a_link_with_its_password_gives_the_files() {
    let into = tempfile::tempdir().expect("a folder");
    let fetched = visit(Portal::honest("contract.pdf"), Some(PASSWORD), into.path()).await;
    let fetched = fetched.unwrap_or_else(|f| panic!("{f}"));
    assert_eq!(fetched.transfer, "7K3M9XQF");
    assert_eq!(fetched.files[0].size, 5);
    let written = fs::read(into.path().join("contract.pdf")).expect("it is there");
    assert_eq!(written, b"hello");
}

#[tokio::test]
async fn a_wrong_password_is_not_allowed_and_not_printed() {
    let into = tempfile::tempdir().expect("a folder");
    for (password, words) in [(Some("WRONG-WORD"), "does not open"), (None, "--password")] {
        let failure = visit(Portal::honest("a"), password, into.path()).await;
        let failure = failure.expect_err("it must not open");
        assert_eq!(failure.exit, Exit::NotAllowed);
        let text = failure.to_string();
        assert!(
            text.contains(words) && !text.contains("WRONG-WORD") && !text.contains("abc"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_name_out_of_the_answer_cannot_leave_the_folder() {
    let into = tempfile::tempdir().expect("a folder");
    let inner = into.path().join("inner");
    let fetched = visit(Portal::honest("../../evil.sh"), Some(PASSWORD), &inner).await;
    let fetched = fetched.unwrap_or_else(|f| panic!("{f}"));
    assert_eq!(fetched.files[0].path, inner.join("evil.sh"));
    assert!(!into.path().join("evil.sh").exists());
}

#[tokio::test]
async fn a_file_that_differs_from_the_list_is_removed() {
    let into = tempfile::tempdir().expect("a folder");
    let mut portal = Portal::honest("a.pdf");
    portal.body = b"jello";
    let failure = visit(portal, Some(PASSWORD), into.path())
        .await
        .expect_err("it differs");
    assert_eq!(failure.exit, Exit::BadData);
    assert!(!into.path().join("a.pdf").exists());
}

#[tokio::test]
async fn a_file_that_exists_stays_as_it_is() {
    let into = tempfile::tempdir().expect("a folder");
    fs::write(into.path().join("a.pdf"), "mine").expect("written");
    let failure = visit(Portal::honest("a.pdf"), Some(PASSWORD), into.path()).await;
    assert_eq!(failure.expect_err("it exists").exit, Exit::Failed);
    assert_eq!(
        fs::read(into.path().join("a.pdf")).expect("it is there"),
        b"mine"
    );
}
