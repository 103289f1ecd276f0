//! What holds behind any mail server that asks the gateway about its mail.

use super::house::{ANNA, BO, COLLEAGUE, Installation, Plan, mail};
use super::servers::MailServer;
use crate::kept::dkim;
use crate::support::client::{converse, stuff};
use crate::support::postfix::Postfix;
use crate::support::sendmail::Sendmail;
use crate::support::{fetch, link_in, noise};

pub const MODES: [&str; 2] = ["shared", "take_out"];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_megabytes_pass_postfix_where_all_get_the_same() {
    a_large_mail_passes_and_opens::<Postfix>("shared").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_megabytes_pass_postfix_where_each_gets_his_own() {
    a_large_mail_passes_and_opens::<Postfix>("take_out").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_megabytes_pass_sendmail_where_all_get_the_same() {
    a_large_mail_passes_and_opens::<Sendmail>("shared").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_megabytes_pass_sendmail_where_each_gets_his_own() {
    a_large_mail_passes_and_opens::<Sendmail>("take_out").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_of_several_mails_on_one_connection_of_postfix_is_asked_about() {
    each_of_several_mails_is_asked_about::<Postfix>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_of_several_mails_on_one_connection_of_sendmail_is_asked_about() {
    each_of_several_mails_is_asked_about::<Sendmail>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn our_signature_verifies_behind_postfix() {
    our_signature_verifies::<Postfix>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn our_signature_verifies_behind_sendmail() {
    our_signature_verifies::<Sendmail>().await;
}

async fn a_large_mail_passes_and_opens<S: MailServer>(mode: &str) {
    let house = Installation::<S>::build(&Plan::mode(mode)).await;
    let file = noise(8, 20_000_000);
    let large = with_file(&file);
    house
        .taken(house.front("tempfail"), &[COLLEAGUE, BO], &large)
        .await;
    let bo = house.sink.delivery_to(BO).await;
    assert!(bo.bytes.len() < 20_000, "{mode}: {} bytes", bo.bytes.len());
    let link = link_in(&bo.bytes).expect("a link");
    let into = house.folder.path().join("fetched");
    let files = fetch(&link, None, &into).await.expect("it opens");
    let got = std::fs::read(&files[0].path).expect("it was written");
    assert!(got == file, "{mode}: {} bytes", got.len());
    let colleague = house.sink.delivery_to(COLLEAGUE).await;
    match mode {
        "shared" => assert_eq!(colleague.to.len(), 2),
        _ => assert!(
            behind_trace(behind_trace(&colleague.bytes)) == large,
            "{} bytes",
            colleague.bytes.len()
        ),
    }
    house.is_quiet().await;
}

fn with_file(file: &[u8]) -> Vec<u8> {
    let mut mail = format!(
        "From: {ANNA}\r\nTo: {BO}\r\nSubject: Large\r\nMessage-ID: <large@example.org>\r\nDate: Fri, 21 Nov 2025 14:02:00 +0100\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHere.\r\n--b\r\n\
         Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"a.pdf\"\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    )
    .into_bytes();
    for line in encodify::base64::STANDARD
        .encode(file)
        .as_bytes()
        .chunks(76)
    {
        mail.extend(line);
        mail.extend(b"\r\n");
    }
    mail.extend(b"--b--\r\n");
    mail
}

async fn each_of_several_mails_is_asked_about<S: MailServer>() {
    for mode in MODES {
        let house = Installation::<S>::build(&Plan::mode(mode)).await;
        let mut all = vec![b"EHLO client.test\r\n".to_vec()];
        for number in 1..=5 {
            all.push(format!("MAIL FROM:<{ANNA}>\r\n").into_bytes());
            all.push(format!("RCPT TO:<bo{number}@partner.example>\r\n").into_bytes());
            if number == 3 {
                // Given up: nobody gets it.
                all.push(b"RSET\r\n".to_vec());
                continue;
            }
            all.push(b"DATA\r\n".to_vec());
            let text = stuff(&mail(&format!("number {number}")));
            all.push([&text[..], b".\r\n"].concat());
        }
        let at = ([127, 0, 0, 1], house.front("tempfail")).into();
        let said = converse(at, &all).await.expect("it answers").join("\n");
        let taken = said.matches(S::TAKEN).count();
        assert_eq!(taken, 4, "{mode}: {said}");
        for number in [1, 2, 4, 5] {
            let to = format!("bo{number}@partner.example");
            let got = house.sink.delivery_to(&to).await;
            assert!(link_in(&got.bytes).is_some());
        }
        assert!(house.copies("bo3@partner.example").is_empty());
        house.is_quiet().await;
    }
}

/// Without the `Received` on top: of the mail server, or below it of us.
pub fn behind_trace(mail: &[u8]) -> &[u8] {
    let mut lines = mail.split_inclusive(|b| *b == b'\n');
    let first = lines.next().expect("a line");
    assert!(
        first.starts_with(b"Received:"),
        "{:?}",
        String::from_utf8_lossy(first)
    );
    let folded = lines.take_while(|line| line.starts_with(b"\t") || line.starts_with(b" "));
    let length = first.len() + folded.map(<[u8]>::len).sum::<usize>();
    &mail[length..]
}

async fn our_signature_verifies<S: MailServer>() {
    for mode in MODES {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys = dkim::keys(folder.path());
        let plan = Plan {
            more: dkim::SETTINGS,
            ..Plan::mode(mode)
        };
        let house = Installation::<S>::build_in(folder, &plan).await;
        let front = house.front("tempfail");
        let mut mails = Vec::new();
        for (number, subject) in ["plan", "again [seal]", "a broken signature"]
            .iter()
            .enumerate()
        {
            let to = format!("bo{number}@partner.example");
            let mut mail = mail(subject);
            if number == 2 {
                let broken = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=rsa; h=from; bh=x; b=y\r\n";
                mail.splice(0..0, broken.bytes());
            }
            house.taken(front, &[&to], &mail).await;
            mails.push(house.sink.delivery_to(&to).await.bytes);
        }
        let verdicts = dkim::verdicts(house.folder.path(), &keys, &mails, &[]);
        for (verdict, mail) in verdicts.iter().zip(&mails) {
            let what = format!("{mode}\n{}", String::from_utf8_lossy(mail));
            dkim::assert_signed(verdict, 2, &what);
        }
    }
}
