//! Letters beyond ASCII towards next hops that do not take them (RFC 6531, RFC 6152).

use super::*;

const TAKES_ALL: &str = "250-fake\r\n250-8BITMIME\r\n250 SMTPUTF8";
const TAKES_UNICODE_ONLY: &str = "250-fake\r\n250 SMTPUTF8";
const TAKES_ASCII: &str = "250-fake\r\n250 PIPELINING";

fn from(sender: &str, options: MailOptions) -> Envelope {
    Envelope {
        sender: Some(sender.parse().unwrap()),
        options,
        ..envelope()
    }
}

fn unicode() -> MailOptions {
    MailOptions {
        utf8: true,
        ..MailOptions::default()
    }
}

#[tokio::test]
async fn unicode_in_sender_recipient_or_headers_is_refused_where_it_is_lacking_and_nothing_leaves()
{
    let hop = FakeHop::smtp(usual).await;
    let mut outlet = outlet(&hop);
    for (sender, options) in [
        ("jörg@example.org", unicode()),
        // The address alone asks for it.
        ("jörg@example.org", MailOptions::default()),
        // Headers only: the parameter is all there is to see.
        (SENDER, unicode()),
    ] {
        let fault = outlet.begin(&from(sender, options)).await.unwrap_err();
        let reply = Reply::from(&fault.kind);
        assert_eq!((reply.code, reply.enhanced), (550, Some((5, 6, 7))));
    }
    outlet.begin(&envelope()).await.unwrap();
    assert_eq!(
        outlet.vet(&to("jörg")).await.unwrap().enhanced,
        Some((5, 6, 7))
    );
    assert_eq!(outlet.vet(&to("a")).await.unwrap().code, 250);
    // A variant of its own, such as a copy that is tried again from here.
    let content = || Content::new("Subject: jörg\r\n\r\n".into());
    let lone = |recipient, options| {
        let sender = Some(SENDER.parse().unwrap());
        Variant::assertion(Lane::Ordinary, sender, vec![recipient], options, content())
    };
    let variants = vec![
        lone(to("jörg"), MailOptions::default()),
        lone(to("b"), unicode()),
    ];
    let outcome = outlet.hand_over(variants, unhurried()).await;
    assert_eq!(said(&outcome), "jörg:refused 550 b:refused 550");
    assert!(hop.mails().is_empty());
    assert!(!hop.heard().iter().any(|line| line.contains("jörg")));
}

#[tokio::test]
async fn where_it_is_offered_unicode_goes_on_with_its_word() {
    let hop = FakeHop::smtp(says("EHLO", TAKES_ALL)).await;
    let mut outlet = outlet(&hop);
    outlet
        .begin(&from("jörg@example.org", unicode()))
        .await
        .unwrap();
    assert_eq!(outlet.vet(&to("jörg")).await.unwrap().code, 250);
    assert_eq!(
        hop.heard(),
        [
            "1 MAIL FROM:<jörg@example.org> SMTPUTF8",
            "1 RCPT TO:<jörg@x.example>"
        ]
    );
}

#[tokio::test]
async fn eight_bits_go_only_where_they_are_taken() {
    let rows = [
        (TAKES_ALL, "j\u{f6}rg\r\n", "a:accepted"),
        (TAKES_ASCII, "joerg\r\n", "a:accepted"),
        (TAKES_ASCII, "j\u{f6}rg\r\n", "a:refused 554"),
        (TAKES_UNICODE_ONLY, "j\u{f6}rg\r\n", "a:refused 554"),
        // No EHLO: nothing is offered.
        ("500 5.5.1 What?", "j\u{f6}rg\r\n", "a:refused 554"),
    ];
    for (offers, text, expected) in rows {
        for declared in [false, true] {
            let hop = FakeHop::smtp(says("EHLO", offers)).await;
            let mut outlet = outlet(&hop);
            let options = MailOptions {
                eight_bit: declared,
                ..MailOptions::default()
            };
            outlet.begin(&from(SENDER, options.clone())).await.unwrap();
            outlet.vet(&to("a")).await.unwrap();
            let sender = Some(SENDER.parse().unwrap());
            let content = Content::new(text.into());
            let only = Variant::assertion(Lane::Ordinary, sender, vec![to("a")], options, content);
            let outcome = outlet.hand_over(vec![only], unhurried()).await;
            assert_eq!(said(&outcome), expected, "{offers} {text}");
            assert_eq!(
                hop.mails().len(),
                usize::from(expected.ends_with("accepted"))
            );
            // The connection is as good as before.
            vetted(&mut outlet, &["b"]).await;
            let next = outlet
                .hand_over(vec![variant(&["b"], "y\r\n")], unhurried())
                .await;
            assert_eq!(said(&next), "b:accepted");
        }
    }
}

#[tokio::test]
async fn a_mail_of_many_blocks_is_looked_at_to_its_last_byte() {
    let hop = FakeHop::smtp(says("EHLO", TAKES_ASCII)).await;
    let mut outlet = outlet(&hop);
    vetted(&mut outlet, &["a"]).await;
    let large = "0123456789\r\n".repeat(50_000) + "\u{e9}\r\n";
    let outcome = outlet
        .hand_over(vec![variant(&["a"], &large)], unhurried())
        .await;
    assert_eq!(said(&outcome), "a:refused 554");
    assert!(!hop.heard().contains(&"1 DATA".to_owned()));
}
