//! Every recipe filled, with the addresses, sizes and times of a configuration; and what is said when it lacks something.

use super::*;

fn ours() -> Ours {
    let at = |text: &str| Some(text.parse().expect("an address"));
    let place = |port| {
        Some(Place {
            host: "127.0.0.1".into(),
            port,
        })
    };
    Ours {
        file: "/etc/cloakroom/cloakroom.toml".into(),
        hostname: "files.example.org".into(),
        domains: vec!["example.org".into(), "example.net".into()],
        smtp: at("192.0.2.10:25"),
        lmtp: at("127.0.0.1:10025"),
        tls: true,
        milter: Some(MilterAt::Tcp("127.0.0.1:8890".parse().expect("an address"))),
        back: place(10026),
        back_verified: place(10027),
        max_message: 157_286_400,
        answer_within: 90,
    }
}

fn lines(name: &str, ours: &Ours, signer: Option<&str>) -> String {
    let signer = signer.map(|signer| signer.parse::<Signer>().expect("a signer"));
    let recipe = recipe(name).expect("it is in the list");
    let lines = recipe.lines(ours, signer.as_ref());
    lines.unwrap_or_else(|lacking| panic!("{name}: {lacking:?}"))
}

#[test]
fn every_recipe_can_be_filled_and_names_its_files() {
    let bare = Ours {
        back_verified: None,
        ..ours()
    };
    for recipe in RECIPES {
        for ours in [&ours(), &bare] {
            for signer in [
                None,
                Some("inet:127.0.0.1:8891"),
                Some("unix:/run/dkim.sock"),
            ] {
                let text = lines(recipe.name, ours, signer);
                assert!(text.contains("\n### to undo\n"), "{}", recipe.name);
                assert!(text.contains("/etc/cloakroom/cloakroom.toml"));
                assert!(!text.contains("{{") && !text.contains("{%"), "{text}");
                for line in text.lines() {
                    assert!(line.trim_end() == line, "{}: {line:?}", recipe.name);
                }
            }
        }
    }
}

/// Neither main.cf nor master.cf nor Exim take a comment behind a value, and it would be a value of its own.
#[test]
fn comments_stand_on_lines_of_their_own() {
    for recipe in RECIPES {
        for line in lines(recipe.name, &ours(), None).lines() {
            let value = line.split_once('#').map_or(line, |(before, _)| before);
            let is_comment = value.trim().is_empty() || value.trim() == "dnl";
            assert!(is_comment || !line.contains('#'), "{line}");
        }
    }
}

#[test]
fn the_lines_have_our_addresses_sizes_and_times() {
    let (ours, signer) = (&ours(), Some("inet:127.0.0.1:8891"));
    let patient = Ours {
        answer_within: 500,
        ..ours.clone()
    };
    let socket = |path: &str| Ours {
        milter: Some(MilterAt::Unix(path.into())),
        ..ours.clone()
    };
    let (far, near) = (
        socket("/run/cloakroom/m"),
        socket("/var/spool/postfix/cloakroom/m"),
    );
    let rows: &[(&str, &Ours, Option<&str>, &str)] = &[
        (
            "postfix",
            ours,
            None,
            "content_filter=cloakroom:inet:127.0.0.1:10025\n",
        ),
        ("postfix", ours, None, "\nmessage_size_limit = 157286400\n"),
        (
            "postfix",
            ours,
            None,
            "\n127.0.0.1:10026 inet n - n - - smtpd\n",
        ),
        (
            "postfix",
            ours,
            None,
            "  -o mynetworks=127.0.0.0/8,192.0.2.10/32\n",
        ),
        (
            "postfix",
            ours,
            None,
            "\n127.0.0.1:10027 inet n - n - - smtpd\n",
        ),
        (
            "postfix",
            ours,
            signer,
            "  -o smtpd_milters=inet:127.0.0.1:8891\n",
        ),
        ("postfix", ours, signer, "\nnon_smtpd_milters =\n"),
        (
            "postfix-proxy",
            ours,
            None,
            "  -o smtpd_proxy_filter=192.0.2.10:25\n",
        ),
        (
            "postfix-proxy",
            ours,
            None,
            "  -o smtpd_proxy_timeout=300s\n",
        ),
        (
            "postfix-proxy",
            &patient,
            None,
            "  -o smtpd_proxy_timeout=530s\n",
        ),
        (
            "postfix-proxy",
            ours,
            None,
            "content_filter=cloakroom:[192.0.2.10]:25\n",
        ),
        (
            "postfix-milter",
            ours,
            signer,
            "{ inet:127.0.0.1:8890, default_action=tempfail, connect_timeout=30s, command_timeout=60s, content_timeout=300s } inet:127.0.0.1:8891\n",
        ),
        ("postfix-milter", &far, None, "{ unix:/run/cloakroom/m, "),
        (
            "postfix-milter",
            &far,
            None,
            "does not see /run/cloakroom/m",
        ),
        ("postfix-milter", &near, None, "{ unix:cloakroom/m, "),
        ("exim", ours, None, "  route_list = * 127.0.0.1::10025\n"),
        (
            "exim",
            ours,
            None,
            "  condition = ${if !eq{$received_port}{10026}}\n",
        ),
        ("exim", ours, None, "\n ; 127.0.0.1.10026\n"),
        (
            "sendmail",
            ours,
            None,
            "S=inet:8890@127.0.0.1, F=T, T=C:30s;S:4m;R:4m;E:600s",
        ),
        ("sendmail", &far, None, "S=local:/run/cloakroom/m, "),
        ("sendmail", ours, None, "Port=10026, InputFilter=')dnl\n"),
        (
            "sendmail",
            ours,
            signer,
            "Port=10026, InputFilter=signer')dnl\n",
        ),
        ("exchange", ours, None, "-MaxMessageSize 150MB"),
        ("m365", ours, None, "\"postmaster@example.org\""),
        ("google", ours, None, "files.example.org : 25\n"),
    ];
    for (name, ours, signer, part) in rows {
        let text = lines(name, ours, *signer);
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
}

#[test]
fn what_is_lacking_has_its_key_and_its_mend() {
    let ours = ours();
    let at = |text: &str| Some(text.parse().expect("an address"));
    let rows: &[(&str, Ours, &str, &str)] = &[
        (
            "postfix",
            Ours {
                lmtp: None,
                ..ours.clone()
            },
            "intake.lmtp",
            "no mail comes in",
        ),
        (
            "postfix",
            Ours {
                lmtp: at("0.0.0.0:10025"),
                ..ours.clone()
            },
            "intake.lmtp",
            "every address",
        ),
        (
            "postfix",
            Ours {
                lmtp: at("127.0.0.1:0"),
                ..ours.clone()
            },
            "intake.lmtp",
            "any free port",
        ),
        (
            "postfix",
            Ours {
                back: None,
                ..ours.clone()
            },
            "intake.next_hop",
            "does not go back",
        ),
        (
            "postfix-proxy",
            Ours {
                smtp: None,
                ..ours.clone()
            },
            "intake.smtp",
            "no mail comes in",
        ),
        (
            "postfix-milter",
            Ours {
                milter: None,
                ..ours.clone()
            },
            "milter.listen",
            "no milter",
        ),
        (
            "sendmail",
            Ours {
                milter: None,
                ..ours.clone()
            },
            "milter.listen",
            "no milter",
        ),
        (
            "exim",
            Ours {
                lmtp: None,
                smtp: None,
                ..ours.clone()
            },
            "intake.lmtp",
            "no mail comes in",
        ),
        (
            "exim",
            Ours {
                back: Some(Place {
                    host: "mail".into(),
                    port: 26,
                }),
                ..ours.clone()
            },
            "intake.next_hop",
            "is a name",
        ),
        (
            "exchange",
            Ours {
                smtp: at("127.0.0.1:25"),
                ..ours.clone()
            },
            "intake.smtp",
            "no other machine",
        ),
        (
            "m365",
            Ours {
                tls: false,
                ..ours.clone()
            },
            "intake.tls",
            "unencrypted",
        ),
        (
            "google",
            Ours {
                smtp: None,
                ..ours.clone()
            },
            "intake.smtp",
            "no mail comes in",
        ),
    ];
    for (name, ours, key, message) in rows {
        let recipe = recipe(name).expect("it is in the list");
        let lacking = recipe.lines(ours, None).expect_err(name);
        assert_eq!(lacking.key, *key);
        assert!(lacking.message.contains(message), "{lacking:?}");
        assert!(lacking.mend.contains(" = "), "{lacking:?}");
    }
    let without = Ours { lmtp: None, ..ours };
    assert!(!lines("exim", &without, None).contains("protocol = lmtp"));
}

#[test]
fn a_signer_is_an_address() {
    for wrong in [
        "",
        "inet:",
        "inet:x",
        "inet::8891",
        "unix:",
        "127.0.0.1:1",
        "inet:a b:1",
        "inet:a:70000",
    ] {
        assert!(wrong.parse::<Signer>().is_err(), "{wrong}");
    }
    let six: Signer = "inet:[::1]:8891".parse().expect("an address");
    assert_eq!(
        (six.0.postfix.as_str(), six.0.sendmail.as_str()),
        ("inet:[::1]:8891", "inet6:8891@::1")
    );
}
