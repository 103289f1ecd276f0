//! Threats to the portal (T76 to T97) that no other page of these tests has, and that each of them has its test somewhere.

use super::house::Stage;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// T76: words of other languages are tokens that lead nowhere, and what a program could be written into is not there.
#[test]
fn nothing_that_is_sent_is_run() {
    let stage = Stage::new();
    let nowhere = stage.get("/t/0123456789abcdefghjkmnpqrstvwxyz", "");
    for word in [
        "'%20OR%20'1'='1",
        "%3Bsleep%2010",
        "$(reboot)",
        "%7B%7B7*7%7D%7D",
        "%3C%25=7*7%25%3E",
        "..%2F..%2Fetc%2Fpasswd",
        "%00",
    ] {
        let answer = stage.get(&format!("/t/{word}"), "");
        assert_eq!(answer.status, 404, "{word}");
        assert_eq!(answer.text(), nowhere.text(), "{word}");
    }
    let unit = fs::read_to_string("systemd/cloakroom.service").expect("it is in the repository");
    for line in [
        "NoNewPrivileges=yes",
        "MemoryDenyWriteExecute=yes",
        "ProtectSystem=strict",
        "SystemCallFilter=@system-service",
    ] {
        assert!(unit.lines().any(|l| l == line), "{line}");
    }
}

/// T78: what is for operators is on another listener.
#[test]
fn operators_pages_are_not_on_the_portal() {
    let stage = Stage::new();
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/admin",
        "/admin/",
        "/api/v1/transfers",
    ] {
        assert_eq!(stage.get(path, "").status, 404, "{path}");
    }
}

/// T81: HTTP/2 is not spoken, so none of its floods reaches anything.
#[test]
fn another_version_of_the_protocol_is_refused() {
    let stage = Stage::new();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let said = String::from_utf8_lossy(&stage.raw(preface)).into_owned();
    assert!(said.starts_with("HTTP/1.1 400 "), "{said}");
    let asked = "GET /style.css HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\
        Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n";
    let said = String::from_utf8_lossy(&stage.raw(asked.as_bytes())).into_owned();
    assert!(!said.starts_with("HTTP/1.1 101 "), "{said}");
}

/// T82: who sends his head drop by drop is cut off.
#[test]
fn a_slow_head_is_cut_off() {
    let stage = Stage::new();
    let mut stream = TcpStream::connect(stage.address).expect("connects");
    let soon = Some(Duration::from_secs(1));
    stream.set_read_timeout(soon).expect("a timeout");
    let begun = Instant::now();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n")
        .expect("sends");
    let mut all = [0; 512];
    while begun.elapsed() < Duration::from_secs(40) {
        match stream.read(&mut all) {
            // Its own time is over: one more drop.
            Err(e)
                if matches!(
                    e.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                let _ = stream.write_all(b"X: y\r\n");
            }
            Ok(n) if n > 0 => {}
            _ => {
                assert!(begun.elapsed() > Duration::from_secs(5), "not at once");
                return;
            }
        }
    }
    panic!("it was still open after {:?}", begun.elapsed());
}

#[test]
fn every_threat_to_the_portal_has_its_test() {
    let mut text = String::new();
    read_all(Path::new("tests/it"), &mut text);
    let missing: Vec<String> = (76..=97)
        .map(|n| format!("T{n}"))
        .filter(|name| !named(&text, name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).expect("it is in the repository") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            read_all(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("threats.rs") {
            *into += &fs::read_to_string(&path).expect("UTF-8");
        } else if path.ends_with("threats.rs") {
            // Of this page only what stands before a test counts.
            let text = fs::read_to_string(&path).expect("UTF-8");
            text.lines()
                .filter(|l| l.starts_with("/// "))
                .for_each(|l| *into += l);
        }
    }
}

/// As a word, so that T8 is not T80.
fn named(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let next = text[at + name.len()..].chars().next();
        next.is_none_or(|c| !c.is_ascii_digit())
    })
}
