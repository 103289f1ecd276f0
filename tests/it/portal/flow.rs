//! What recipients do.

use super::house::{Made, PASSWORD, Stage, now};
use cloakroom::gateway::collect::Lock;
use cloakroom::transfer::EntryKind;
use sha2::{Digest, Sha256};
use std::process::Command;

fn big(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 % 251) as u8).collect()
}

fn wrong(stage: &Stage, made: &Made, password: &str) -> super::house::Answer {
    let path = format!("/t/{}/unlock", made.token);
    stage.post(&path, "", &format!("password={password}"))
}

#[test]
fn link_password_files_and_zip() {
    let stage = Stage::new();
    let (pdf, docx) = (big(300_000), big(70_001));
    let made = stage.hold(&[("contract-v3.pdf", &pdf), ("Läkarintyg.docx", &docx)]);

    let page = stage.get(&format!("/t/{}", made.token), "");
    assert_eq!(page.status, 200);
    let text = page.text();
    for shown in [
        "Files from Anna Lind",
        "anna@legal.example.org",
        "b…@partner.example",
        "ending in 47",
        "Swedish time",
        "autocomplete=\"one-time-code\"",
    ] {
        assert!(text.contains(shown), "{shown} is not in {text}");
    }
    for hidden in ["contract", "Läkar", "annexes", "300", "bo@"] {
        assert!(!text.contains(hidden), "{hidden} is shown before unlocking");
    }
    assert!(text.len() < 30_000);

    let cookie = stage.unlock(&made);
    let room = format!("/open/{}", made.id);
    let page = stage.get(&room, &cookie).text();
    assert!(page.contains("contract-v3.pdf") && page.contains("Läkarintyg.docx"));
    assert!(page.contains("PDF document") && page.contains("2 files, 370.0\u{a0}kB."));
    assert!(!page.contains(&made.token), "the secret is left behind");
    assert!(
        !page.contains("annexes"),
        "the subject belongs to the message"
    );

    for (n, (name, bytes)) in made.files.iter().enumerate() {
        let file = stage.get(&format!("{room}/file/{n}"), &cookie);
        assert_eq!(file.status, 200);
        assert_eq!(file.body, *bytes, "{name}");
        assert_eq!(
            file.field("content-length"),
            Some(&*bytes.len().to_string())
        );
        assert_eq!(file.field("content-type"), Some("application/octet-stream"));
    }
    let zip = stage.get(&format!("{room}/all.zip"), &cookie);
    assert_eq!(
        zip.field("content-length"),
        Some(&*zip.body.len().to_string())
    );
    check_zip(&zip.body, &made.files);
    stage.wait_for("each is counted twice", || {
        stage.saved(&made).fetched == [2, 2]
    });
    assert!(
        stage
            .get(&room, &cookie)
            .text()
            .contains("Downloaded 2 times")
    );
}

fn check_zip(bytes: &[u8], files: &[(String, Vec<u8>)]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("all.zip");
    std::fs::write(&path, bytes).expect("writes");
    let code = "import zipfile, sys; z = zipfile.ZipFile(sys.argv[1])\n\
                [sys.stdout.buffer.write(z.read(i)) for i in z.infolist()]";
    let out = Command::new("python3")
        .args(["-c", code])
        .arg(&path)
        .output()
        .expect("Python is on every developer's machine");
    let all: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    assert_eq!(out.stdout, all);
}

#[test]
fn the_fetch_command_gets_every_file() {
    let stage = Stage::new();
    let made = stage.hold(&[
        ("a.pdf", &big(200_000)),
        ("tomt", b""),
        ("Läkarintyg.docx", b"x"),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let link = format!("http://{}/t/{}", stage.address, made.token);
    let out = Command::new(env!("CARGO_BIN_EXE_cloakroom"))
        .args(["fetch", &link, "--password", PASSWORD, "--into"])
        .arg(folder.path())
        .output()
        .expect("runs");
    assert!(out.status.success(), "{out:?}");
    for (name, bytes) in &made.files {
        let written = std::fs::read(folder.path().join(name)).expect("was written");
        assert_eq!(written, *bytes, "{name}");
    }
    stage.wait_for("each is counted", || {
        stage.saved(&made).fetched == [1, 1, 1]
    });
}

#[test]
fn passwords_may_be_typed_as_people_do() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    for typed in [
        "k7pm2wxd9rqf",
        "+K7PM+2WXD+9RQF%0A",
        "K7PM%E2%80%932WXD-9RQF",
    ] {
        assert_eq!(wrong(&stage, &made, typed).status, 303, "{typed}");
    }
}

#[test]
fn three_wrong_passwords_pause_and_ten_lock() {
    let stage = Stage::patient(Lock::default());
    let made = stage.hold(&[("a.pdf", b"a")]);
    let first = wrong(&stage, &made, "AAAA");
    assert_eq!(first.status, 403);
    let text = first.text();
    assert!(
        text.contains("<title>Error: Files from Anna Lind"),
        "{text}"
    );
    assert!(text.contains("role=\"alert\"") && text.contains("2 tries left"));
    assert!(text.contains("aria-invalid=\"true\"") && !text.contains("AAAA"));
    assert_eq!(stage.saved(&made).wrong, 1, "on disk before the answer");
    assert!(wrong(&stage, &made, "BBBB").text().contains("1 try left"));
    let third = wrong(&stage, &made, "CCCC");
    assert_eq!(third.status, 429);
    assert!(third.text().contains("Too many tries"));
    let wait: i64 = third
        .field("retry-after")
        .expect("a time")
        .parse()
        .expect("seconds");
    assert!((3590..=3600).contains(&wait), "{wait}");
    assert_eq!(
        wrong(&stage, &made, PASSWORD).status,
        429,
        "not even the right one"
    );
    assert_eq!(stage.saved(&made).wrong, 3, "a paused try is not counted");

    let lift = || {
        let lifted = stage
            .store
            .change_ticket(&made.id, 0, |t| t.paused_until = now() - 1);
        lifted.expect("writes");
    };
    for _ in 0..6 {
        lift();
        wrong(&stage, &made, "DDDD");
    }
    lift();
    let tenth = wrong(&stage, &made, "EEEE");
    assert_eq!(tenth.status, 423);
    assert!(tenth.text().contains("The files are safe"));
    let page = stage.get(&format!("/t/{}", made.token), "");
    let text = page.text();
    assert!(text.contains("The files are safe") && !text.contains("id=\"password\""));
    assert_eq!(wrong(&stage, &made, PASSWORD).status, 423);

    let unlocked = stage
        .store
        .change_ticket(&made.id, 0, |t| (t.locked, t.wrong) = (false, 0));
    unlocked.expect("writes");
    assert_eq!(wrong(&stage, &made, PASSWORD).status, 303);
}

#[test]
fn the_right_password_starts_the_count_anew() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    wrong(&stage, &made, "AAAA");
    wrong(&stage, &made, "BBBB");
    stage.unlock(&made);
    let ticket = stage.saved(&made);
    assert_eq!(
        (ticket.wrong, ticket.paused_until, ticket.locked),
        (0, 0, false)
    );
    assert!((now() - 10..=now()).contains(&ticket.first_opened));
}

#[test]
fn a_browser_that_is_in_stays_in_when_others_guess() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let cookie = stage.unlock(&made);
    for _ in 0..3 {
        wrong(&stage, &made, "AAAA");
    }
    assert_eq!(
        stage
            .get(&format!("/open/{}/file/0", made.id), &cookie)
            .status,
        200
    );
    let again = stage.get(&format!("/t/{}", made.token), &cookie);
    assert_eq!(
        (again.status, again.field("location")),
        (303, Some(&*format!("/open/{}", made.id)))
    );
}

/// T82: of many ranges none is given, so that a request cannot ask for more than one file.
#[test]
fn a_broken_download_is_resumed_and_counts_once() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.bin", &big(500_000)), ("b.bin", &big(10))]);
    let cookie = stage.unlock(&made);
    for (path, size) in [("file/0", None), ("all.zip", Some(()))] {
        let path = format!("/open/{}/{path}", made.id);
        let whole = stage.get(&path, &cookie).body;
        let head = stage.ask("HEAD", &path, &cookie, None);
        let etag = head.field("etag").expect("a tag").to_owned();
        assert!(etag.starts_with('"') && head.body.is_empty());
        assert_eq!(
            head.field("content-length"),
            Some(&*whole.len().to_string())
        );
        assert_eq!(head.field("accept-ranges"), Some("bytes"));

        let (a, b) = (123_456, 400_001);
        let mut pieces = Vec::new();
        for range in [
            format!("0-{}", a - 1),
            format!("{a}-{}", b - 1),
            format!("{b}-"),
        ] {
            let more = format!("{cookie}Range: bytes={range}\r\nIf-Range: {etag}\r\n");
            let piece = stage.get(&path, &more);
            assert_eq!(piece.status, 206);
            let said = piece.field("content-range").expect("a range");
            assert!(said.ends_with(&format!("/{}", whole.len())), "{said}");
            pieces.extend(piece.body);
        }
        assert_eq!(pieces, whole, "{path} {size:?}");
        let rows = [
            ("Range: bytes=-7\r\n".to_owned(), 206, 7),
            (format!("Range: bytes={}-\r\n", whole.len()), 416, 0),
            ("Range: bytes=0-1,3-4\r\n".to_owned(), 200, whole.len()),
            (
                format!("Range: bytes={}\r\n", "0-,".repeat(1000)),
                200,
                whole.len(),
            ),
            (
                "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n".to_owned(),
                200,
                whole.len(),
            ),
        ];
        for (more, status, len) in rows {
            let answer = stage.get(&path, &format!("{cookie}{more}"));
            assert_eq!(
                (answer.status, answer.body.len()),
                (status, len),
                "{more:.60}"
            );
        }
    }
    // Per path: one whole, one in pieces, three more whole ones; the last seven bytes are no fetch.
    stage.wait_for("5 each way", || stage.saved(&made).fetched == [10, 5]);
}

/// T85.
#[test]
fn a_limit_is_reserved_at_the_start_and_counted_at_the_end() {
    let stage = Stage::new();
    let content = big(200_000);
    let made = stage.hold_things(&[(EntryKind::File, "a.bin", &content)], |t| {
        t.downloads = Some(1);
    });
    let path = format!("/open/{}/file/0", made.id);
    let (one, two) = (stage.unlock(&made), stage.unlock(&made));
    let part = stage.get(&path, &format!("{one}Range: bytes=0-99999\r\n"));
    assert_eq!(part.status, 206);
    assert_eq!(
        stage.get(&path, &two).status,
        403,
        "another browser has begun"
    );
    let rest = stage.get(&path, &format!("{one}Range: bytes=100000-\r\n"));
    assert_eq!(rest.status, 206);
    stage.wait_for("counted", || stage.saved(&made).fetched == [1]);
    for cookie in [&one, &two] {
        let refused = stage.get(&path, cookie);
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("All permitted downloads"));
    }
    assert!(
        !stage
            .get(&format!("/open/{}", made.id), &one)
            .text()
            .contains("/file/0")
    );
}

#[test]
fn a_message_is_read_as_text_and_with_formatting_made_harmless() {
    let stage = Stage::new();
    let html = "<p>Dear <b>Ms Ek</b></p><img src='cid:logo@x'><img src='https://track.example/1.gif'><script>x()</script>";
    let made = stage.hold_things(
        &[
            (EntryKind::File, "a.pdf", b"a"),
            (
                EntryKind::Text,
                "message.txt",
                b"Dear Ms Ek,\n<b>plain</b>\n",
            ),
            (EntryKind::Html, "message.html", html.as_bytes()),
            (EntryKind::Picture, "logo@x", b"\x89PNG"),
            (
                EntryKind::Original,
                "message.eml",
                b"Subject: x\r\n\r\nx\r\n",
            ),
        ],
        |ticket| ticket.message = true,
    );
    let page = stage.get(&format!("/t/{}", made.token), "").text();
    assert!(page.contains("Message from Anna Lind") && !page.contains("annexes"));
    let cookie = stage.unlock(&made);
    let room = format!("/open/{}", made.id);
    let list = stage.get(&room, &cookie).text();
    assert!(list.contains("Open message") && list.contains("1 file, 1\u{a0}byte."));
    let text = stage.get(&format!("{room}/message"), &cookie).text();
    assert!(
        text.contains("Dear Ms Ek,\n&lt;b&gt;plain&lt;/b&gt;"),
        "{text}"
    );
    assert!(text.contains("Contract and annexes") && text.contains(&format!("{room}/file/4")));
    let formatted = stage
        .get(&format!("{room}/message?as=html"), &cookie)
        .text();
    assert!(formatted.contains("Dear <b>Ms Ek</b>"), "{formatted}");
    assert!(!formatted.contains("track.example") && !formatted.contains("script"));
    let eml = stage.get(&format!("{room}/file/4"), &cookie);
    assert_eq!(eml.body, b"Subject: x\r\n\r\nx\r\n");
    assert_eq!(
        stage.get(&format!("{room}/file/1"), &cookie).status,
        404,
        "not a file"
    );
}

#[test]
fn who_may_have_the_files_alone_gets_no_message() {
    let stage = Stage::new();
    let made = stage.hold_things(
        &[
            (EntryKind::File, "a.pdf", b"a"),
            (EntryKind::Text, "message.txt", b"secret"),
            (EntryKind::Original, "message.eml", b"secret"),
        ],
        |ticket| ticket.entries = vec![0],
    );
    let cookie = stage.unlock(&made);
    let room = format!("/open/{}", made.id);
    assert!(!stage.get(&room, &cookie).text().contains("message"));
    for path in ["message", "file/1", "file/2", "picture/1"] {
        let answer = stage.get(&format!("{room}/{path}"), &cookie);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret"));
    }
}

#[test]
fn what_a_ticket_does_not_name_is_not_there() {
    let stage = Stage::new();
    let made = stage.hold_things(
        &[
            (EntryKind::File, "mine.pdf", b"mine"),
            (EntryKind::File, "theirs.pdf", b"theirs"),
            (EntryKind::Original, "Theirs.eml", b"theirs"),
        ],
        |ticket| ticket.entries = vec![0],
    );
    let cookie = stage.unlock(&made);
    let room = format!("/open/{}", made.id);
    let list = stage.get(&room, &cookie).text();
    assert!(list.contains("mine.pdf") && !list.to_lowercase().contains("theirs"));
    let json = stage.get(&room, &format!("{cookie}Accept: application/json\r\n"));
    assert!(json.text().contains("mine.pdf") && !json.text().to_lowercase().contains("theirs"));
    let zip = stage.get(&format!("{room}/all.zip"), &cookie);
    assert!(memchr::memmem::find(&zip.body, b"mine").is_some());
    assert!(memchr::memmem::find(&zip.body, b"heirs").is_none());
    for path in ["file/1", "file/2", "picture/1", "message"] {
        assert_eq!(
            stage.get(&format!("{room}/{path}"), &cookie).status,
            404,
            "{path}"
        );
    }
}

#[test]
fn a_mail_that_goes_whole_is_a_message_to_save() {
    let stage = Stage::new();
    let made = stage.hold_things(
        &[(
            EntryKind::Original,
            "Signed contract.eml",
            b"Subject: x\r\n\r\nx\r\n",
        )],
        |ticket| ticket.message = true,
    );
    let cookie = stage.unlock(&made);
    let room = format!("/open/{}", made.id);
    let list = stage.get(&room, &cookie).text();
    assert!(
        list.contains("There are no files, only a message."),
        "{list}"
    );
    assert!(!list.contains("Open message") && list.contains(&format!("{room}/file/0")));
    assert!(!list.contains("all.zip"), "one thing needs no archive");
    let eml = stage.get(&format!("{room}/file/0"), &cookie);
    let name = eml.field("content-disposition").expect("it is saved");
    assert!(name.contains("Signed contract.eml"), "{name}");
    let page = stage.get(&format!("{room}/message"), &cookie).text();
    assert!(page.contains("no text to show"), "{page}");
}

#[test]
fn a_formatted_message_has_rules_of_its_own_and_no_other() {
    let stage = Stage::new();
    let html = "<style>h1{color:lime}</style><p style='color:red;position:fixed'>Red</p><img src='https://track.example/1.gif'>";
    let made = stage.hold_things(
        &[(EntryKind::Html, "message.html", html.as_bytes())],
        |ticket| ticket.message = true,
    );
    let cookie = stage.unlock(&made);
    let page = stage.get(&format!("/open/{}/message", made.id), &cookie);
    let text = page.text();
    let (_, rest) = text.split_once("<style>").expect("one style element");
    let (style, rest) = rest.split_once("</style>").expect("it ends");
    assert!(
        style.contains("{color:red;}") && !style.contains("lime"),
        "{style}"
    );
    assert!(!rest.contains("<style") && !rest.contains("style=") && !text.contains("fixed"));
    let hash = encodify::base64::STANDARD.encode(Sha256::digest(style));
    let policy = page.field("content-security-policy").expect("a policy");
    assert!(
        policy.contains(&format!("style-src 'self' 'sha256-{hash}';")),
        "{policy}"
    );
    assert!(text.contains("letter paper") && text.contains("Pictures from the internet"));
    let plain = stage.get(&format!("/open/{}", made.id), &cookie);
    let policy = plain.field("content-security-policy").expect("a policy");
    assert!(
        !policy.contains("sha256") && !policy.contains("data:"),
        "{policy}"
    );
}

#[test]
fn a_page_can_be_locked() {
    let stage = Stage::new();
    let (a, b) = (
        stage.hold(&[("a.pdf", b"a")]),
        stage.hold(&[("b.pdf", b"b")]),
    );
    let first = stage.unlock(&a);
    let answer = stage.post(
        &format!("/t/{}/unlock", b.token),
        &first,
        &format!("password={PASSWORD}"),
    );
    let both = answer.field("set-cookie").expect("a new cookie");
    let both = format!("Cookie: {}\r\n", both.split(';').next().expect("a pair"));
    assert_eq!(
        stage.get(&format!("/open/{}", a.id), &both).status,
        200,
        "still open"
    );
    let locked = stage.post(&format!("/open/{}/lock", a.id), &both, "");
    assert_eq!(
        (locked.status, locked.field("location")),
        (303, Some("/locked"))
    );
    assert_eq!(stage.get(&format!("/open/{}", a.id), &both).status, 403);
    assert_eq!(stage.get(&format!("/open/{}", b.id), &both).status, 200);
    let last = stage.post(&format!("/open/{}/lock", b.id), &both, "");
    assert!(
        last.field("set-cookie")
            .expect("removed")
            .contains("Max-Age=0")
    );
}

#[test]
fn pages_speak_the_tickets_language_or_the_chosen_one() {
    let stage = Stage::new();
    let made = stage.hold_things(&[(EntryKind::File, "a.pdf", b"a")], |t| {
        t.language = "sv".into()
    });
    let path = format!("/t/{}", made.token);
    let swedish = stage.get(&path, "Accept-Language: de\r\n").text();
    assert!(swedish.contains("<html lang=\"sv\""));
    let german = stage.get(&format!("{path}?lang=de"), "").text();
    assert!(german.contains("<html lang=\"de\"") && german.contains("Dateien von Anna Lind"));
    assert!(german.contains("/unlock?lang=de\""));
    let kept = stage.post(
        &format!("{path}/unlock?lang=de"),
        "",
        &format!("password={PASSWORD}"),
    );
    assert_eq!(
        kept.field("location"),
        Some(&*format!("/open/{}?lang=de", made.id))
    );
    let gone = stage.get(
        "/t/00000000000000000000000000000000",
        "Accept-Language: nl\r\n",
    );
    assert!(gone.text().contains("<html lang=\"nl\""));
}

#[test]
fn without_a_password_a_button_opens() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let changed = stage
        .store
        .change_ticket(&made.id, 0, |t| t.password = false);
    changed.expect("writes");
    let page = stage.get(&format!("/t/{}", made.token), "").text();
    assert!(page.contains("No password is needed") && !page.contains("<input"));
    assert_eq!(
        stage.get(&format!("/open/{}", made.id), "").status,
        403,
        "looking opens nothing"
    );
}

#[test]
fn many_at_once_are_served_or_told_to_wait() {
    let stage = Stage::patient(Lock {
        soft_tries: 1000,
        hard_tries: 2000,
        ..Lock::default()
    });
    let made = stage.hold(&[("a.pdf", b"a")]);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..60)
            .map(|_| scope.spawn(|| wrong(&stage, &made, "AAAA").status))
            .collect();
        tries
            .into_iter()
            .map(|t| t.join().expect("an answer"))
            .collect()
    });
    let count = |status| answers.iter().filter(|a| **a == status).count();
    assert_eq!(count(403) + count(429), 60, "{answers:?}");
    assert!(count(403) >= 17, "slots and queue are used");
    assert_eq!(
        stage.saved(&made).wrong as usize,
        count(403),
        "busy is not counted"
    );
}
