//! Sendmail with its milters, with the lines as they are printed.

use super::home::{ANNA, BO, COLLEAGUE, Home, mail};
use crate::support::postfix::replaced;
use crate::support::recipes::put;
use crate::support::sendmail::Sendmail;
use crate::support::{link_in, noise};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn as_a_milter_with_the_lines_as_printed() {
    let home = Home::with(
        &[],
        "[milter]\nlisten = \"ADDRESS:8890\"\nmode = \"take_out\"",
    )
    .await;
    let sendmail = installed(&home);
    assert_eq!(home.doctor("sendmail", sendmail.folder(), None), []);
    let file = home.send(&[COLLEAGUE, BO]).await;
    home.came_with_link(BO, &file).await;
    home.came_whole(COLLEAGUE, &file).await;

    let (cron, file) = ("cron@partner.example", noise(7, 50_000));
    sendmail.submit(ANNA, cron, &mail(&[cron], &file));
    home.came_with_link(cron, &file).await;
    broken(&home, &sendmail);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn where_all_get_the_same_sendmail_changes_header_and_body_as_it_is_told() {
    let home = Home::with(
        &[],
        "[milter]\nlisten = \"ADDRESS:8890\"\nmode = \"shared\"",
    )
    .await;
    let _sendmail = installed(&home);
    let file = home.send(&[COLLEAGUE, BO]).await;
    let mut links = Vec::new();
    for to in [COLLEAGUE, BO] {
        home.came_with_link(to, &file).await;
        let mail = home.sink.delivery_to(to).await.bytes;
        let text = String::from_utf8_lossy(&mail);
        let transfers = text.matches("\nX-Cloakroom-Transfer: ").count();
        assert_eq!(transfers, 1, "{text}");
        links.extend(link_in(&mail));
    }
    assert_eq!(links[0], links[1], "one for all");
}

fn broken(home: &Home, sendmail: &Sendmail) {
    let rows = [
        ("F=T, ", "", "sendmail.cf: Xcloakroom: F="),
        ("E:600s", "E:60s", "sendmail.cf: Xcloakroom: T="),
        (
            "O InputMailFilters=cloakroom",
            "O InputMailFilters=",
            "sendmail.cf: O InputMailFilters",
        ),
        (
            "Port=587",
            "Port=587, InputFilter=",
            "sendmail.cf: O DaemonPortOptions: MSA: InputMailFilters",
        ),
        (
            "Port=10026, InputFilter=",
            "Port=10026",
            "sendmail.cf: O DaemonPortOptions: cloakroom: InputMailFilters",
        ),
        (
            "MaxMessageSize=157286400",
            "MaxMessageSize=10485760",
            "sendmail.cf: O MaxMessageSize",
        ),
    ];
    let file = sendmail.folder().join("sendmail.cf");
    let right = std::fs::read_to_string(&file).expect("it is there");
    for (line, by, place) in rows {
        std::fs::write(&file, replaced(&right, &[(line, by.to_owned())]))
            .expect("the folder is ours");
        let found = home.doctor("sendmail", sendmail.folder(), None);
        let places: Vec<&str> = found.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, [place], "{line}: {found:?}");
    }
}

/// Running, with the recipe in its files.
fn installed(home: &Home) -> Sendmail {
    let mut sendmail = Sendmail::below(home.path(), home.address, home.sink.address);
    let used = home.recipe("sendmail");
    let used = used.iter().filter(|block| put(sendmail.folder(), block));
    assert_eq!(used.count(), 1);
    sendmail.start(&[25, 587, 10026].map(|port| (home.address, port).into()));
    sendmail
}
