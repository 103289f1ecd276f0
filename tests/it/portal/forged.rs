//! Requests that a browser sends for another site (T88).

use super::house::Stage;
use cloakroom::doors::web;

/// T88: forged forms.
#[test]
fn forms_of_other_sites_are_refused() {
    let stage = Stage::new();
    let made = stage.hold(&[("a.pdf", b"a")]);
    let cookie = stage.unlock(&made);
    for more in [
        "Origin: https://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\nOrigin: null\r\n",
    ] {
        let path = format!("/t/{}/unlock", made.token);
        assert_eq!(stage.post(&path, more, "password=wrong").status, 400);
        let path = format!("/open/{}/lock", made.id);
        assert_eq!(
            stage.post(&path, &format!("{cookie}{more}"), "").status,
            400
        );
    }
    assert_eq!(stage.saved(&made).wrong, 0);
    assert_eq!(
        stage.get(&format!("/open/{}", made.id), &cookie).status,
        200
    );
}

/// No path that there is, and no method: nobody can forget it.
#[test]
fn nothing_of_another_site_reaches_any_page() {
    let stage = Stage::new();
    let ask = |method: &str, path: &str, site: &str| {
        let more = format!("Sec-Fetch-Site: {site}\r\n");
        stage.ask(method, path, &more, Some("password=x"))
    };
    let refused = ask("POST", "/no/such/page", "cross-site");
    assert_eq!(refused.status, 400);
    let mut reached = 0;
    for pattern in web::paths() {
        let path = pattern.replace(['{', '}'], "");
        let path = path.replace("number", "0");
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let row = format!("{method} {path}");
            let (foreign, own) = (ask(method, &path, "cross-site"), ask(method, &path, "none"));
            let upload = path.contains("/upload/");
            match upload {
                true => assert_eq!(
                    (foreign.status, foreign.text().as_str()),
                    (403, "open the page again\n"),
                    "{row}"
                ),
                false => assert_eq!(
                    (foreign.status, foreign.text()),
                    (400, refused.text()),
                    "{row}"
                ),
            }
            reached += usize::from(
                (own.status, own.text()) != (foreign.status, foreign.text()) && own.status != 405,
            );
        }
    }
    assert!(
        reached >= 15,
        "forms of ours are answered otherwise: {reached}"
    );
}
