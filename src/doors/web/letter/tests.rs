//! What strangers send, and what is left of it.

use super::*;

fn clean(html: &str) -> String {
    seen(html).html
}

fn seen(html: &str) -> Harmless {
    let one = |name: &str, path: &str| HashMap::from([(name.to_owned(), path.to_owned())]);
    let pictures = Pictures {
        by_id: one("logo@x", "/open/A/picture/3"),
        by_location: one("https://www.example.org/a.png", "/open/A/picture/4"),
    };
    harmless(html, pictures).expect("not too deep")
}

#[test]
fn pictures_of_this_mail_alone_are_loaded() {
    assert_eq!(
        clean("<img src='cid:logo%40x' alt='L'>"),
        "<img src=\"/open/A/picture/3\" alt=\"L\">"
    );
    for remote in [
        "<img src='https://track.example/1.gif'>",
        "<img src='//track.example/1.gif'>",
        "<img src='/open/B/picture/1'>",
        "<img src='cid:other'>",
        "<img src='data:image/svg+xml;base64,AAAA'>",
        "<img src='data:text/html;base64,AAAA'>",
        "<img srcset='https://track.example/1.gif 2x'>",
        "<body background='https://track.example/1.gif'>",
        "<table background='https://track.example/1.gif'></table>",
        "<link rel=stylesheet href='https://track.example/'>",
        "<style>@import url(https://track.example/)</style>",
        "<div style='background:url(https://track.example/)'>x</div>",
        "<blockquote cite='https://track.example/'>x</blockquote>",
        "<video src='https://track.example/'></video>",
        "<iframe src='https://track.example/'></iframe>",
        "<object data='https://track.example/'></object>",
        "<svg><image href='https://track.example/'/></svg>",
    ] {
        let made = clean(remote);
        assert!(!made.contains("track") && !made.contains("src="), "{made}");
    }
}

#[test]
fn nothing_runs_and_nothing_is_sent() {
    for html in [
        "<script>x()</script>",
        "<img src=x onerror=x()>",
        "<a href='javascript:x()'>a</a>",
        "<a href=' jAvascript:x()'>a</a>",
        "<a href='data:text/html,x()'>a</a>",
        "<form action='/open/A/lock' method=post><button>x()</button></form>",
        "<base href='https://x()'>",
        "<meta http-equiv=refresh content='0;url=https://x()'>",
        "<math><mtext><table><mglyph><style><img src onerror=x()>",
    ] {
        let made = clean(html);
        for bad in ["script", "onerror", "<form", "<base", "<meta", "data:"] {
            assert!(!made.contains(bad), "{html} became {made}");
        }
    }
}

#[test]
fn links_stay_and_tell_nothing() {
    let made = clean("<a href='https://www.example.org/a?b=c'>page</a>");
    assert!(made.contains("href=\"https://www.example.org/a?b=c\""));
    assert!(made.contains("noreferrer") && made.contains("target=\"_blank\""));
}

#[test]
fn pictures_of_the_mail_are_found_by_each_of_their_names() {
    let rows = [
        ("<img src='CID:logo@x'>", "<img src=\"/open/A/picture/3\">"),
        (
            "<img src='https://www.example.org/a.png'>",
            "<img src=\"/open/A/picture/4\">",
        ),
        (
            "<img src='data:image/png;base64,AAAA'>",
            "<img src=\"data:image/png;base64,AAAA\">",
        ),
        ("<td background='cid:logo@x'>x", "x"),
    ];
    for (html, wanted) in rows {
        let made = seen(html);
        assert_eq!((made.html.as_str(), made.remote), (wanted, false), "{html}");
    }
    let made = seen("<div style='background:url(cid:logo@x)'>x</div>");
    assert_eq!(made.html, "<div data-s=\"0\">x</div>");
    assert!(
        made.style
            .contains("{background-image:url(/open/A/picture/3);}")
    );
}

#[test]
fn what_was_left_out_is_said() {
    for html in [
        "<img src='https://track.example/1.gif'>",
        "<p style='background:url(//track.example/)'>",
        "<table background='http://track.example/1.gif'>",
    ] {
        assert!(seen(html).remote, "{html}");
    }
    assert!(!seen("<p>x</p><img src=cid:none>").remote);
}

#[test]
fn looks_become_rules_of_ours_and_the_body_is_a_box() {
    let made = seen(
        "<html dir=rtl><body bgcolor=000080 text='#ffffff'><p style='color:red' class='MsoNormal x'>a</p><font color=red>b</font></body></html>",
    );
    assert_eq!(
        made.html,
        "<div dir=\"rtl\"><div data-b=\"0\" data-c=\"1\"><p data-s=\"2\" class=\"MsoNormal\">a</p><font data-c=\"2\">b</font></div></div>"
    );
    assert!(
        made.coloured && made.style.contains("{color:#ffffff;}"),
        "{}",
        made.style
    );
    let words = seen("<p title=' style=\"x-1\"'> style=\"aaaaaaaaaaaaaaaa-1\" words</p>");
    assert!(
        words.html.contains(" style=\"aaaaaaaaaaaaaaaa-1\" words"),
        "{}",
        words.html
    );
}

#[test]
fn no_box_is_larger_than_people_make_them() {
    let made = clean(
        "<table width=99999 border=999 cellpadding='9999'><tr><td width='50%'>x</td></tr></table><hr size=99 width=600>",
    );
    assert_eq!(
        made,
        "<table><tbody><tr><td width=\"50%\">x</td></tr></tbody></table><hr width=\"600\">"
    );
}

#[test]
fn what_is_too_deep_is_not_read() {
    let deep = |tag: &str| harmless(&format!("<{tag}>").repeat(2_000), Pictures::default());
    assert_eq!(deep("div"), None);
    assert_eq!(deep("p><font color=a"), None);
    assert!(deep("p").is_some());
}

#[test]
fn a_message_of_too_many_elements_is_not_read() {
    let many = |rows: usize| harmless(&"<p>x</p>".repeat(rows), Pictures::default());
    assert_eq!(many(ELEMENTS + 1), None);
    assert!(many(1_000).is_some());
}
