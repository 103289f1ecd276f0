//! What scanners and attackers do (reliability 5.7 and 8.3).

use super::house::{Answer, Made, PASSWORD, Stage, now};
use cloakroom::gateway::collect::Lock;
use cloakroom::transfer::{Actor, EntryKind, Happened, LinkSecret};

fn unknown() -> String {
    LinkSecret::fresh().token()
}

/// Answers must not differ but by the time they were given.
fn comparable(mut answer: Answer) -> Answer {
    answer.fields.retain(|(name, _)| name != "date");
    answer
}

#[test]
fn unknown_expired_and_revoked_are_one_answer() {
    let stage = Stage::patient(Lock::default());
    let expired = stage.hold_things(&[(EntryKind::File, "a.pdf", b"a")], |t| {
        t.expires = now() - 1
    });
    let revoked = stage.hold(&[("a.pdf", b"a")]);
    stage
        .store
        .revoke(&revoked.id, None, Happened::Revoked(Actor::Operator))
        .expect("revokes");
    let locked_and_expired = stage.hold_things(&[(EntryKind::File, "a.pdf", b"a")], |t| {
        (t.expires, t.locked) = (now() - 1, true);
    });
    let tokens = [
        unknown(),
        expired.token,
        revoked.token,
        locked_and_expired.token,
        "short".into(),
        "u".repeat(32),
        "%2e%2e".into(),
    ];
    let mut looks = Vec::new();
    for token in &tokens {
        let look = comparable(stage.get(&format!("/t/{token}"), ""));
        let path = format!("/t/{token}/unlock");
        let tries = [
            stage.post(&path, "", &format!("password={PASSWORD}")),
            stage.post(&path, "", "password=wrong"),
            stage.post(&path, "", ""),
        ];
        for answer in tries {
            assert_eq!(comparable(answer), look, "{token}");
        }
        looks.push(look);
    }
    assert_eq!(looks[0].status, 404);
    assert!(looks[0].text().contains("no longer here"));
    assert!(looks.iter().all(|look| *look == looks[0]));
}

/// T84, P14.
#[test]
fn scanners_change_nothing() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let before = stage.saved(&made);
    let cookie = stage.unlock(&made);
    let opened = stage.saved(&made);
    assert!(opened.first_opened > before.first_opened);
    let (link, room) = (format!("/t/{}", made.token), format!("/open/{}", made.id));
    for path in [
        link.clone(),
        format!("{link}/unlock"),
        room.clone(),
        format!("{room}/all.zip"),
    ] {
        for method in ["GET", "HEAD", "OPTIONS"] {
            let more = if path.starts_with("/t") || method != "GET" {
                ""
            } else {
                &cookie
            };
            stage.ask(method, &path, more, None);
        }
    }
    for method in ["HEAD", "OPTIONS", "PUT", "DELETE"] {
        stage.ask(method, &format!("{room}/file/0"), &cookie, None);
    }
    for form in ["", "password=", "password=+", "password=%20%0A", "other=1"] {
        assert_eq!(
            stage.post(&format!("{link}/unlock"), "", form).status,
            400,
            "{form}"
        );
    }
    let bare = format!("POST {link}/unlock HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(Answer::read(&stage.raw(bare.as_bytes())).status, 400);
    stage.wait_for("the one ZIP is counted", || {
        stage.saved(&made).fetched == [1]
    });
    let after = stage.saved(&made);
    assert_eq!((after.wrong, after.first_opened), (0, opened.first_opened));
}

/// T89: what a stranger made is a file and nothing else. T90: nobody keeps an answer.
#[test]
fn every_answer_carries_the_header_fields() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a"), ("b.pdf", b"b")]);
    let cookie = stage.unlock(&made);
    let (link, room) = (format!("/t/{}", made.token), format!("/open/{}", made.id));
    let answers = [
        stage.get(&link, ""),
        stage.get(&format!("/t/{}", unknown()), ""),
        stage.post(&format!("{link}/unlock"), "", "password=x"),
        stage.post(
            &format!("{link}/unlock"),
            "",
            &format!("password={PASSWORD}"),
        ),
        stage.get(&room, &cookie),
        stage.get(&room, ""),
        stage.get(&format!("{room}/file/0"), &cookie),
        stage.get(
            &format!("{room}/file/0"),
            &format!("{cookie}Range: bytes=9-\r\n"),
        ),
        stage.get(&format!("{room}/all.zip"), &cookie),
        stage.get("/style.css", ""),
        stage.get("/robots.txt", ""),
        stage.get("/favicon.ico", ""),
        stage.get("/nothing/here", ""),
        stage.get("//evil.example/", ""),
        stage.ask("DELETE", &room, &cookie, None),
        Answer::read(&stage.raw(b"rubbish\r\n\r\n")),
    ];
    for answer in &answers {
        let field = |name| {
            answer
                .field(name)
                .unwrap_or_else(|| panic!("{name}: {answer:?}"))
        };
        assert_eq!(field("cache-control"), "no-store");
        assert_eq!(field("referrer-policy"), "no-referrer");
        assert_eq!(field("x-content-type-options"), "nosniff");
        assert_eq!(field("cross-origin-opener-policy"), "same-origin");
        assert_eq!(field("cross-origin-resource-policy"), "same-origin");
        assert_eq!(field("cross-origin-embedder-policy"), "require-corp");
        assert!(field("x-robots-tag").contains("noindex"));
        assert!(field("permissions-policy").contains("camera=()"));
        assert!(field("content-security-policy").contains("default-src 'none'"));
        assert!(field("content-security-policy").contains("frame-ancestors 'none'"));
        assert!(!field("content-security-policy").contains("unsafe"));
        assert_eq!(answer.field("server"), None);
        if answer.status != 204 {
            let len: usize = field("content-length").parse().expect("a number");
            assert_eq!(len, answer.body.len());
        }
    }
    let file = &answers[6];
    assert!(
        file.field("content-security-policy")
            .expect("one")
            .starts_with("sandbox")
    );
    assert!(
        file.field("content-disposition")
            .expect("one")
            .starts_with("attachment;")
    );
    let set = answers[3].field("set-cookie").expect("a session");
    assert!(set.starts_with("cloakroom=") && set.ends_with("; Path=/; HttpOnly; SameSite=Lax"));
    assert!(!answers[3].text().contains(&made.token));
}

#[test]
fn names_of_files_are_text_and_nothing_else() {
    let stage = Stage::new();
    let names = [
        "<img src=x onerror=1>.pdf",
        "{{7*7}}.txt",
        "a\"; filename=\"b.exe",
        "=cmd|'/c calc'!A0",
        "ändå 🙂.pdf",
        "x\r\nSet-Cookie: x=1",
    ];
    let things: Vec<(&str, &[u8])> = names.iter().map(|n| (*n, &b"x"[..])).collect();
    let made = stage.hold(&things);
    let cookie = stage.unlock(&made);
    let page = stage.get(&format!("/open/{}", made.id), &cookie).text();
    assert!(!page.contains("<img") && page.contains("&lt;img src=x onerror=1&gt;.pdf"));
    assert!(page.contains("{{7*7}}.txt") && !page.contains("49.txt"));
    assert!(!page.contains("filename=\"b"));
    for n in 0..names.len() {
        let file = stage.get(&format!("/open/{}/file/{n}", made.id), &cookie);
        assert_eq!(file.status, 200);
        assert_eq!(file.field("set-cookie"), None);
        let disposition = file.field("content-disposition").expect("one");
        assert_eq!(disposition.matches('"').count(), 2, "{disposition}");
        assert!(disposition.is_ascii());
    }
}

/// T93.
#[test]
fn files_of_another_transfer_are_not_there() {
    let stage = Stage::new();
    let (mine, theirs) = (
        stage.hold(&[("a.pdf", b"mine")]),
        stage.hold(&[("b.pdf", b"theirs")]),
    );
    let cookie = stage.unlock(&mine);
    stage.unlock(&theirs);
    let nothing = comparable(stage.get("/open/00000000", &cookie));
    assert_eq!(nothing.status, 403);
    for path in ["", "/file/0", "/all.zip", "/message", "/picture/0"] {
        let answer = comparable(stage.get(&format!("/open/{}{path}", theirs.id), &cookie));
        assert_eq!(answer, nothing, "{path}");
    }
    for number in [
        "1",
        "-1",
        "99999999999",
        "0x0",
        "..%2f..%2fetc",
        "4294967295",
    ] {
        let answer = stage.get(&format!("/open/{}/file/{number}", mine.id), &cookie);
        assert_eq!(answer.status, 404, "{number}");
    }
}

/// T88: fixation.
#[test]
fn a_planted_cookie_opens_nothing() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let planted = format!("Cookie: cloakroom={}\r\n", "ab".repeat(32));
    let form = format!("password={PASSWORD}");
    let answer = stage.post(&format!("/t/{}/unlock", made.token), &planted, &form);
    assert_eq!(answer.status, 303);
    assert!(
        !answer
            .field("set-cookie")
            .expect("a new one")
            .contains("abab")
    );
    assert_eq!(
        stage.get(&format!("/open/{}", made.id), &planted).status,
        403
    );
}

#[test]
fn what_is_revoked_or_expired_is_gone_at_once() {
    let stage = Stage::new();
    for end in ["revoked", "expired"] {
        let made = stage.hold(&[("a.pdf", b"a")]);
        let cookie = stage.unlock(&made);
        let path = format!("/open/{}/file/0", made.id);
        assert_eq!(stage.get(&path, &cookie).status, 200);
        match end {
            "revoked" => drop(
                stage
                    .store
                    .revoke(&made.id, None, Happened::Revoked(Actor::Operator))
                    .expect("revokes"),
            ),
            _ => drop(
                stage
                    .store
                    .change_ticket(&made.id, 0, |t| t.expires = now())
                    .expect("writes"),
            ),
        }
        assert_eq!(stage.get(&path, &cookie).status, 403, "{end}");
        assert_eq!(
            stage.get(&format!("/open/{}", made.id), &cookie).status,
            403,
            "{end}"
        );
    }
}

#[test]
fn two_hundred_guesses_at_once_are_ten() {
    let stage = Stage::patient(Lock {
        soft_tries: 100,
        hard_tries: 10,
        ..Lock::default()
    });
    let made = stage.hold(&[("a.pdf", b"a")]);
    let path = format!("/t/{}/unlock", made.token);
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                for _ in 0..10 {
                    stage.post(&path, "", "password=AAAA");
                }
            });
        }
    });
    assert_eq!(stage.saved(&made).wrong, 10);
    assert!(stage.saved(&made).locked);

    let strange = "eva@client.example".parse().expect("an address");
    let unlock = |who| {
        stage
            .store
            .unlock(&made.id, who, Actor::Operator)
            .expect("writes")
    };
    assert_eq!(
        (unlock(Some(&strange)), unlock(None), unlock(None)),
        (0, 1, 0)
    );
    stage.unlock(&made);
}

#[test]
fn guessing_destroys_only_where_the_operator_wants_it_so() {
    let lock = Lock {
        soft_tries: 2,
        hard_tries: 3,
        soft_pause: std::time::Duration::ZERO,
        destroys: true,
    };
    let stage = Stage::with(lock, "127.0.0.1:0");
    let made = stage.hold(&[("a.pdf", b"a")]);
    let path = format!("/t/{}/unlock", made.token);
    let guess = || stage.post(&path, "", "password=AAAA").status;
    assert_eq!((guess(), guess()), (403, 429));
    assert!(stage.saved(&made).wrap.is_some(), "one try is left");
    assert_eq!(guess(), 404);
    assert!(stage.saved(&made).wrap.is_none());
    let right = stage.post(&path, "", &format!("password={PASSWORD}"));
    assert_eq!(right.status, 404, "nobody opens it any more");
}

/// Behind each of these a second request is smuggled; it must never be answered.
/// T80.
#[test]
fn where_a_request_ends_is_no_matter_of_opinion() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let smuggled = "GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    let with = |fields: &str, body: &str| {
        format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{body}{smuggled}")
    };
    let requests = [
        with(
            "Content-Length: 6\r\nTransfer-Encoding: chunked",
            "0\r\n\r\nG",
        ),
        with(
            "Transfer-Encoding: chunked\r\nContent-Length: 6",
            "0\r\n\r\nG",
        ),
        with("Transfer-Encoding : chunked", "0\r\n\r\n"),
        with("Transfer-Encoding: xchunked", "0\r\n\r\n"),
        with("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
        with(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            "0\r\n\r\n",
        ),
        with("Transfer-Encoding: chunked", "0x5\r\nhello\r\n0\r\n\r\n"),
        with(
            "Transfer-Encoding: chunked",
            "5;ext=\n\r\nhello\r\n0\r\n\r\n",
        ),
        with("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFF\r\n"),
        with("Transfer-Encoding: chunked", "5\r\nhello0\r\n\r\n"),
        with("Content-Length: 5, 5", "hello"),
        with("Content-Length: +5", "hello"),
        with("Content-Length: 5\r\nContent-Length: 6", "hello"),
        with("Content-Length: 5\r\nContent-Length: 5", "hello"),
        with("\tTransfer-Encoding: chunked", "0\r\n\r\n"),
        with("X: y\n Content-Length: 5", "hello"),
        with("X: y\nContent-Length: 5", "hello"),
        format!("GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n{smuggled}"),
        format!("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n{smuggled}"),
    ];
    for request in requests {
        let said = String::from_utf8_lossy(&stage.raw(request.as_bytes())).into_owned();
        assert!(said.starts_with("HTTP/1.1 400 "), "{request:?}: {said:.80}");
        assert!(said.contains("connection: close"), "{request:?}");
        assert!(!said.contains("Disallow"), "{request:?} smuggled");
        assert_eq!(said.matches("HTTP/1.1").count(), 1, "{request:?}");
    }
    let honest = format!(
        "GET /style.css HTTP/1.1\r\nHost: x\r\n\r\n{}",
        smuggled.replace("Host: x", "Host: x\r\nConnection: close")
    );
    let said = String::from_utf8_lossy(&stage.raw(honest.as_bytes())).into_owned();
    assert_eq!(
        said.matches("HTTP/1.1 200 OK").count(),
        2,
        "two honest requests"
    );
    assert_eq!(stage.saved(&made).wrong, 0);
}

#[test]
fn a_form_that_is_too_long_is_not_read() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let form = format!("password={}", "x".repeat(9000));
    let answer = stage.post(&format!("/t/{}/unlock", made.token), "", &form);
    assert_eq!(answer.status, 400);
    assert_eq!(stage.saved(&made).wrong, 0);
}

/// T94: no redirect leads anywhere but to paths of ours.
/// T79.
#[test]
fn paths_lead_nowhere_else() {
    let stage = Stage::new();
    let made: Made = stage.hold(&[("a.pdf", b"a")]);
    let cookie = stage.unlock(&made);
    for path in [
        "/../etc/passwd",
        "/t/../open",
        "/open/..%2f..",
        "/style.css/..",
        "/%00",
        "/metrics",
        "/healthz",
        "/readyz",
        "/admin",
        "//evil.example",
    ] {
        let answer = stage.get(path, &cookie);
        assert!(
            [403, 404].contains(&answer.status),
            "{path}: {}",
            answer.status
        );
        assert_eq!(answer.field("location"), None);
        assert!(!answer.text().contains("evil"), "{path}");
    }
}
