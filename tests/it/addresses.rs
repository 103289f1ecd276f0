//! Addresses that look internal and are not, and the other way round (T41): the address policy looks at is the one that is relayed.
//!
//! Each form goes the way of a recipient: the RCPT line, the canonical address, policy. `INSIDE` and `OUTSIDE` are taken, `REFUSED` are
//! not. mail-parser reads what is relayed as well, and must find the same domain.

use cloakroom::decide::{Frame, Policy};
use cloakroom::mail::Address;
use cloakroom::wire::smtp::{Command, command};
use mail_parser::MessageParser;
use std::path::PathBuf;

const OURS: [&str; 2] = ["int.example", "müller.example"];

/// Mailboxes of `int.example` or of `müller.example`, however they are written.
const INSIDE: &[&str] = &[
    r#"bo@int.example"#,
    r#"BO@INT.EXAMPLE"#,
    r#"bo@Int.Example"#,
    r#"bo@int.example."#,
    r#"BO@INT.EXAMPLE."#,
    r#""bo"@int.example"#,
    r#""b\o"@int.example"#,
    r#""bo lee"@int.example"#,
    r#""bo.lee"@int.example"#,
    r#""bo..lee"@int.example"#,
    r#"".bo"@int.example"#,
    r#""bo."@int.example"#,
    r#""bo,lee"@int.example"#,
    r#""bo;lee"@int.example"#,
    r#""bo(lee)"@int.example"#,
    r#""bo\"lee"@int.example"#,
    r#""bo\\lee"@int.example"#,
    r#""bo[lee]"@int.example"#,
    r#"" "@int.example"#,
    r#"bo+ext@int.example"#,
    r#"bo+ext.example@int.example"#,
    r#"bo-ext@int.example"#,
    r#"bo=ext.example@int.example"#,
    r#"bo_ext.example@int.example"#,
    r#"bo/ext@int.example"#,
    r#"bo#ext@int.example"#,
    r#"bo$ext@int.example"#,
    r#"bo&ext@int.example"#,
    r#"bo'ext@int.example"#,
    r#"bo*ext@int.example"#,
    r#"bo?ext@int.example"#,
    r#"bo^ext@int.example"#,
    r#"bo`ext@int.example"#,
    r#"bo{ext}@int.example"#,
    r#"bo|ext@int.example"#,
    r#"bo~ext@int.example"#,
    r#"|cat@int.example"#,
    r#"/dev/null@int.example"#,
    r#"jörg@int.example"#,
    r#"bo@müller.example"#,
    r#"bo@MÜLLER.example"#,
    r#"bo@xn--mller-kva.example"#,
    r#"bo@XN--MLLER-KVA.EXAMPLE."#,
    "bo@mu\u{308}ller.example",
    r#"bo@ｉｎｔ.example"#,
    r#"bo@int。example"#,
    r#"bo@int．example"#,
    r#"bo@int｡example"#,
    r#"bo@ⓘⓝⓣ.example"#,
    "bo@in\u{ad}t.example",
    "bo@\u{200b}int.example",
    r#"postmaster@int.example"#,
    r#"SRS0=abcd=ef=ext.example=bo@int.example"#,
    r#"bo+tag+tag@int.example"#,
    r#"0@int.example"#,
    r#"-bo@int.example"#,
    r#"bo-@int.example"#,
    r#"_@int.example"#,
    r#"'bo'@int.example"#,
];

/// Mailboxes elsewhere, however they look.
const OUTSIDE: &[&str] = &[
    "bo@int.ex\u{2044}ample",
    r#"bo@ext.example"#,
    r#"bo@sub.int.example"#,
    r#"bo@int.example.ext.example"#,
    r#"bo@int-example"#,
    r#"bo@intexample"#,
    r#"bo@int.example.com"#,
    r#"bo@notint.example"#,
    r#"bo@xint.example"#,
    r#"bo@int.exampl"#,
    r#"bo@int.examplee"#,
    r#"bo@nt.example"#,
    r#"bo@example"#,
    r#"bo@int"#,
    r#"bo@1nt.example"#,
    r#"bo@lnt.example"#,
    r#"bo@ınt.example"#,
    r#"bo@íṇt.example"#,
    r#"bo@іnt.example"#,
    r#"bo@int.ехаmple"#,
    r#"bo@muller.example"#,
    r#"bo@mueller.example"#,
    r#"bo@sub.müller.example"#,
    r#"bo@[127.0.0.1]"#,
    r#"bo@[192.0.2.1]"#,
    r#"bo@[0.0.0.0]"#,
    r#"bo@[255.255.255.255]"#,
    r#"bo@[IPv6:::1]"#,
    r#"bo@[IPv6:2001:db8::1]"#,
    r#"bo@[IPv6:::ffff:127.0.0.1]"#,
    r#"bo@localhost"#,
    r#"bo@localhost."#,
    r#"bo@www.int.example.ext.example"#,
    r#"bo@int.example-ext.example"#,
    r#"bo@ext-int.example"#,
    r#"bo@int--example.example"#,
    r#"bo+int.example@ext.example"#,
    r#"bo=int.example@ext.example"#,
    r#"int.example@ext.example"#,
    r#""bo int.example"@ext.example"#,
    r#""bo\\int.example"@ext.example"#,
    r#""int.example"@ext.example"#,
    r#"bo@int.example.int.example"#,
    r#"bo@int.int.example"#,
    r#"bo@example.int"#,
    r#"bo@mail.int.example"#,
    r#"bo@smtp.int.example."#,
    r#"bo@int.local"#,
    r#"bo@intra.example"#,
    r#"bo@internal"#,
    r#"bo@corp"#,
    r#"bo@ｅｘｔ.example"#,
    r#"bo@ext。example"#,
    r#"bo@1.2.3.4"#,
    r#"bo@127.1"#,
    r#"bo@0x7f.1"#,
    r#"bo@2130706433"#,
    r#"postmaster@ext.example"#,
    r#"bo@a.b.c.d.e.f.g.h.int.example"#,
    r#"bo@faß.example"#,
    r#"bo@ä.example"#,
    r#"bo@日本.example"#,
];

/// Routes, two addresses in one, and what no two programs read alike.
const REFUSED: &[&str] = &[
    r#""<bo>"@int.example"#,
    r#""bo>ext"@int.example"#,
    r#"bo@xn--int-example.ext.example"#,
    r#"bo@[ipv6:::1]"#,
    r#"bo@xn--mller-0za.example"#,
    r#""bo@ext.example"@int.example"#,
    r#""bo\@ext.example"@int.example"#,
    r#"bo@ext.example@int.example"#,
    r#""bo"@ext.example@int.example"#,
    r#"bo%ext.example@int.example"#,
    r#"bo%ext@int.example"#,
    r#"%@int.example"#,
    r#"bo%@int.example"#,
    r#"%bo@int.example"#,
    r#"bo%ext.example%int.example@int.example"#,
    r#""bo%ext.example"@int.example"#,
    r#""bo\%ext.example"@int.example"#,
    r#"bo%40ext.example@int.example"#,
    r#"bo+bo%ext.example@int.example"#,
    r#"@int.example:bo@ext.example"#,
    r#"@ext.example:bo@int.example"#,
    r#"@a.example,@int.example:bo@ext.example"#,
    r#""@int.example:bo"@int.example"#,
    r#""@ext.example:bo"@int.example"#,
    r#":bo@int.example"#,
    r#"bo:ext@int.example"#,
    r#""bo:ext"@int.example"#,
    r#"ext!bo@int.example"#,
    r#"ext.example!bo@int.example"#,
    r#"a!b!c!bo@int.example"#,
    r#""ext!bo"@int.example"#,
    r#""ext\!bo"@int.example"#,
    r#"!bo@int.example"#,
    r#"bo!@int.example"#,
    r#"ext!bo%ext2@int.example"#,
    r#"bo"#,
    r#"bo@"#,
    r#"@int.example"#,
    r#"@"#,
    r#"int.example"#,
    r#"bo@int..example"#,
    r#"bo@.int.example"#,
    r#"bo@int.example.."#,
    r#"bo@."#,
    r#"bo@.."#,
    r#".bo@int.example"#,
    r#"bo.@int.example"#,
    r#"bo..lee@int.example"#,
    r#"bo@int .example"#,
    r#"bo@ int.example"#,
    r#"bo @int.example"#,
    r#" bo@int.example"#,
    r#"bo lee@int.example"#,
    r#"bo@int.example ext.example"#,
    r#"bo@int.example>"#,
    r#"bo@int.example><bo@ext.example"#,
    r#"<bo@int.example"#,
    r#"<bo@int.example>"#,
    r#"Bo <bo@int.example>"#,
    r#"bo@int.example,bo@ext.example"#,
    r#"bo@int.example;bo@ext.example"#,
    r#"bo,ext@int.example"#,
    r#"bo;ext@int.example"#,
    r#"bo(ext)@int.example"#,
    r#"bo@int.example(ext)"#,
    r#"bo@(ext)int.example"#,
    r#"(ext)bo@int.example"#,
    r#"bo@int.example/ext"#,
    r#"bo@int.example:25"#,
    r#"bo@int.example#ext"#,
    r#"bo@int.example?x=ext"#,
    r#"bo@int_.example"#,
    r#"bo@-int.example"#,
    r#"bo@int-.example"#,
    r#"bo@int.example-"#,
    r#"bo@*.example"#,
    r#"bo@"int.example""#,
    r#"bo@int\.example"#,
    r#"bo\@ext.example@int.example"#,
    r#""bo@int.example"#,
    r#"bo"@int.example"#,
    r#""bo"lee@int.example"#,
    r#"bo"lee"@int.example"#,
    r#""bo"."lee"@int.example"#,
    r#""bo""lee"@int.example"#,
    r#"""@int.example"#,
    r#""bo\"@int.example"#,
    r#""\"@int.example"#,
    r#"[bo]@int.example"#,
    r#"bo@[int.example]"#,
    r#"bo@[127.0.0.1"#,
    r#"bo@127.0.0.1]"#,
    r#"bo@[]"#,
    r#"bo@[127.0.0.1].int.example"#,
    r#"bo@int.example[127.0.0.1]"#,
    r#"bo@[127.0.0.256]"#,
    r#"bo@[127.1]"#,
    r#"bo@[IPv6:int]"#,
    r#"bo@[IPv5:::1]"#,
    r#"bo@[127.0.0.1%lo]"#,
    r#"bo@xn--.example"#,
    "bo@xn--a\u{ad}.example",
    "bo@in\u{200d}t.example",
    "bo@in\u{20}t.example",
    "bo@in\u{3000}t.example",
    "bo@int.example\u{3000}",
    "b\u{a0}o@int.example",
    "b\u{2028}o@int.example",
    "bo@int\u{ff20}ext.example",
    "bo\u{ff20}ext.example",
    "bo@ext\u{2100}int.example",
    "bo@int\u{2025}example",
    "bo@int.example\u{fffd}",
];

/// As a session reads it: `None` if it is refused.
fn relayed(written: &str) -> Option<Address> {
    match command(format!("RCPT TO:<{written}>").as_bytes()) {
        Ok(Command::Rcpt(to)) => to.path.parse().ok(),
        _ => None,
    }
}

fn policy() -> Policy {
    let frame = Frame {
        domains: OURS.map(str::to_owned).to_vec(),
        ..Frame::default()
    };
    Policy::read(&[(PathBuf::from("p.toml"), String::new())], &frame).expect("a policy")
}

/// What another reader takes for the address.
fn other_reading(address: &Address) -> String {
    let mail = format!("To: <{address}>\r\n\r\n");
    let message = MessageParser::new().parse(mail.as_bytes());
    let message = message.expect("a message");
    let to = message.to().and_then(|to| to.first());
    to.and_then(|to| to.address().map(str::to_owned))
        .unwrap_or_default()
}

#[test]
fn an_address_is_inside_only_if_it_is_relayed_there() {
    assert!(INSIDE.len() + OUTSIDE.len() + REFUSED.len() >= 200);
    let policy = policy();
    let mut wrong = Vec::new();
    let rows = INSIDE.iter().map(|a| (a, Some(true)));
    let rows = rows.chain(OUTSIDE.iter().map(|a| (a, Some(false))));
    for (written, wanted) in rows.chain(REFUSED.iter().map(|a| (a, None))) {
        let address = relayed(written);
        let found = address.as_ref().map(|a| policy.is_internal(a));
        if found != wanted {
            wrong.push(format!(
                "{written}: {found:?}, not {wanted:?} ({address:?})"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_relayed_has_one_domain_for_everybody() {
    let mut wrong = Vec::new();
    for written in INSIDE.iter().chain(OUTSIDE) {
        let Some(address) = relayed(written) else {
            continue;
        };
        let text = address.to_string();
        let domains = [
            text.rsplit_once('@')
                .map_or("", |(_, domain)| domain)
                .to_owned(),
            other_reading(&address)
                .rsplit('@')
                .next()
                .unwrap_or_default()
                .to_owned(),
        ];
        let is_plain = address.local().chars().all(|c| !"@%!:".contains(c));
        if domains.iter().any(|d| d != address.domain())
            || !is_plain
            || !address.domain().is_ascii()
        {
            wrong.push(format!("{written}: {text}, {domains:?}"));
        }
        if text.parse().as_ref() != Ok(&address) || relayed(&text).as_ref() != Some(&address) {
            wrong.push(format!("{written}: {text} is read as another address"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
