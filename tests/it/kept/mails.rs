//! Kinds of mail that other programs wait for: invitations, reports, receipts, lists, cards, pictures. What stays is the same to the byte.

use super::{FILES, PLAIN, SEALED, Way, without_received};
use crate::support::link_in;
use std::fmt::Write;

/// What becomes of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The very bytes.
    Untouched,
    /// [`PDF`] goes, everything else of the parts that are named stays.
    FileGoes,
    /// Nothing of it stays.
    Sealed,
}

use Fate::{FileGoes, Sealed, Untouched};

struct Case {
    what: &'static str,
    /// The envelope sender.
    from: &'static str,
    /// Root header fields and body; `{PDF}` stands for a file, `{b}` for a delimiter of the root.
    mail: String,
    /// At `@files.example` and at `@sealed.example`.
    fates: [Fate; 2],
    /// What must be in the mail after a file has gone: whole parts.
    stays: Vec<String>,
}

const PDF: &str = "Content-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; filename=\"plan.pdf\"\r\n\
                   Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcKcGxhbgo=\r\n";
const TEXT: &str = "Content-Type: text/plain; charset=\"utf-8\"\r\n\r\nWhen: Friday\r\n";
const HTML: &str = "Content-Type: text/html; charset=\"utf-8\"\r\n\r\n<html><body><p>When: Friday</p></body></html>\r\n";

/// An iCalendar object as Outlook, Google and Exchange write them.
fn calendar(method: &str, producer: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nPRODID:{producer}\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\n\
         DTSTART:20251121T130000Z\r\nDTEND:20251121T140000Z\r\nSUMMARY:Plan\r\nDESCRIPTION:When: Friday\\n\r\n\
         ORGANIZER;CN=Anna:mailto:anna@example.org\r\nATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bo@partn\r\n er.example\r\n\
         STATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn calendar_part(method: &str, producer: &str) -> String {
    format!(
        "Content-Type: text/calendar; charset=\"utf-8\"; method={method}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
        calendar(method, producer)
    )
}

fn base64_calendar(method: &str) -> String {
    format!(
        "Content-Type: text/calendar; charset=\"utf-8\"; method={method}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        encodify::base64::MIME
            .encode(calendar(method, "Microsoft Exchange Server 2010"))
            .trim_end()
    )
}

/// A multipart with these parts.
fn multipart(subtype: &str, boundary: &str, parts: &[&str]) -> String {
    let mut out = format!("Content-Type: multipart/{subtype}; boundary=\"{boundary}\"\r\n\r\n");
    for part in parts {
        let _ = write!(out, "--{boundary}\r\n{part}\r\n");
    }
    out + &format!("--{boundary}--\r\n")
}

fn card(lines: usize) -> String {
    let note = "NOTE:a line of a note that makes the card longer than cards are\r\n".repeat(lines);
    format!(
        "Content-Type: text/x-vcard; name=\"anna.vcf\"\r\nContent-Disposition: attachment; filename=\"anna.vcf\"\r\n\r\n\
         BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna Lind\r\n{note}END:VCARD\r\n"
    )
}

fn picture() -> String {
    "Content-Type: image/png; name=\"image001.png\"\r\nContent-ID: <image001@example.org>\r\nContent-Disposition: inline\r\n\
     Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg\r\ngg==\r\n"
        .into()
}

fn cases() -> Vec<Case> {
    let case = |what, mail: String, fates, stays: &[String]| Case {
        what,
        from: "anna@example.org",
        mail,
        fates,
        stays: stays.to_vec(),
    };
    let mut all = Vec::new();
    for (what, method, part) in [
        (
            "Outlook asks",
            "REQUEST",
            calendar_part(
                "REQUEST",
                "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
            ),
        ),
        (
            "Outlook accepts",
            "REPLY",
            calendar_part(
                "REPLY",
                "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
            ),
        ),
        (
            "Outlook cancels",
            "CANCEL",
            calendar_part(
                "CANCEL",
                "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
            ),
        ),
        ("Exchange asks", "REQUEST", base64_calendar("REQUEST")),
        ("Exchange cancels", "CANCEL", base64_calendar("CANCEL")),
    ] {
        let alternative = multipart("alternative", "alt", &[TEXT, HTML, &part]);
        let beside = multipart("mixed", "mix", &[&alternative, PDF]);
        all.push(case(what, alternative, [Untouched, Sealed], &[]));
        let stays = [format!("--alt\r\n{part}\r\n--alt--\r\n")];
        all.push(case(what, beside, [FileGoes, Sealed], &stays));
        // Alone, as Outlook sends answers without a text.
        let alone = format!("X-Method: {method}\r\n{part}");
        all.push(case(what, alone, [Untouched, Sealed], &[]));
    }
    let google = calendar_part("REQUEST", "-//Google Inc//Google Calendar 70.9054//EN");
    let ics = "Content-Type: application/ics; name=\"invite.ics\"\r\nContent-Disposition: attachment; filename=\"invite.ics\"\r\n\
               Content-Transfer-Encoding: base64\r\n\r\n"
        .to_owned()
        + encodify::base64::MIME.encode(calendar("REQUEST", "-//Google Inc//Google Calendar 70.9054//EN")).trim_end()
        + "\r\n";
    let alternative = multipart("alternative", "alt", &[TEXT, HTML, &google]);
    let invitation = multipart("mixed", "mix", &[&alternative, &ics]);
    all.push(case("Google asks", invitation, [Untouched, Sealed], &[]));
    let beside = multipart("mixed", "mix", &[&alternative, &ics, PDF]);
    let stays = [
        format!("--alt\r\n{google}\r\n--alt--\r\n"),
        format!("--mix\r\n{ics}\r\n--mix--\r\n"),
    ];
    all.push(case(
        "Google asks, with a file",
        beside,
        [FileGoes, Sealed],
        &stays,
    ));

    let status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; bo@partner.example\r\n\
                  Action: failed\r\nStatus: 5.1.1\r\n";
    let returned = "Content-Type: message/rfc822\r\n\r\nFrom: bo@partner.example\r\nSubject: Hi\r\n\r\nHi Anna.\r\n";
    let report = |kind: &str, parts: &[&str]| {
        multipart(&format!("report; report-type={kind}"), "rep", parts)
    };
    let bounce = report("delivery-status", &[TEXT, status, returned]);
    all.push(Case {
        from: "",
        ..case("a bounce", bounce.clone(), [Untouched, Untouched], &[])
    });
    all.push(case(
        "a bounce of a strange server",
        bounce,
        [Untouched, Untouched],
        &[],
    ));
    let read = "Content-Type: message/disposition-notification\r\n\r\nReporting-UA: example; Outlook\r\nFinal-Recipient: rfc822;anna@example.org\r\n\
                Original-Message-ID: <q@partner.example>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n";
    let receipt = report("disposition-notification", &[TEXT, read]);
    all.push(Case {
        from: "",
        ..case("a receipt", receipt.clone(), [Untouched, Untouched], &[])
    });
    all.push(case(
        "a receipt from a person",
        receipt,
        [Untouched, Untouched],
        &[],
    ));

    let footer = "Content-Type: text/plain\r\nContent-Disposition: inline\r\n\r\n_____\r\nlist@example.org\r\n".to_owned();
    let list = "List-Id: <list.example.org>\r\nPrecedence: list\r\n";
    let mail = list.to_owned() + &multipart("mixed", "mix", &[TEXT, &footer]);
    all.push(case("a list's mail", mail, [Untouched, Sealed], &[]));
    let mail = list.to_owned() + &multipart("mixed", "mix", &[TEXT, PDF, &footer]);
    all.push(case(
        "a list's mail with a file",
        mail,
        [FileGoes, Sealed],
        &[format!("--mix\r\n{footer}\r\n--mix--\r\n")],
    ));
    let answer = "Auto-Submitted: auto-replied\r\nPrecedence: bulk\r\n";
    all.push(case(
        "an automatic answer",
        format!("{answer}{TEXT}"),
        [Untouched, Sealed],
        &[],
    ));

    let alternative = multipart("alternative", "alt", &[TEXT, HTML]);
    let mail = multipart("mixed", "mix", &[&alternative, &card(1)]);
    all.push(case("a card", mail, [Untouched, Sealed], &[]));
    let mail = multipart("mixed", "mix", &[&alternative, &card(1), PDF]);
    all.push(case(
        "a card and a file",
        mail,
        [FileGoes, Sealed],
        &[format!("--mix\r\n{}\r\n--mix--\r\n", card(1))],
    ));
    let shown = HTML.replace("When", "<img src=\"cid:image001@example.org\"> When");
    let related = multipart("related", "rel", &[&shown, &picture()]);
    all.push(case(
        "a picture in the text",
        related.clone(),
        [Untouched, Sealed],
        &[],
    ));
    let mail = multipart("mixed", "mix", &[&related, PDF]);
    all.push(case(
        "a picture in the text and a file",
        mail,
        [FileGoes, Sealed],
        &[format!("--rel\r\n{}\r\n--rel--\r\n", picture())],
    ));
    let mail = format!("Disposition-Notification-To: anna@example.org\r\n{TEXT}");
    all.push(case(
        "a text that asks for a receipt",
        mail,
        [Untouched, Sealed],
        &[],
    ));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_other_programs_wait_for_stays_as_it_is() {
    let way = Way::open("", |_| ()).await;
    let mut wrong = Vec::new();
    for case in cases() {
        let mail = format!(
            "From: Anna Lind <anna@example.org>\r\nTo: bo@partner.example\r\nSubject: Plan\r\nMIME-Version: 1.0\r\n{}",
            case.mail
        );
        let ways = [
            (PLAIN, Untouched),
            (FILES, case.fates[0]),
            (SEALED, case.fates[1]),
        ];
        for (to, fate) in ways {
            let left = way.from(case.from, mail.as_bytes(), to).await;
            if let Err(why) = judge(&case, fate, mail.as_bytes(), &left) {
                wrong.push(format!(
                    "{} to {to}: {why}\n{}",
                    case.what,
                    String::from_utf8_lossy(&left)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    way.running.stop().await;
}

fn judge(case: &Case, fate: Fate, came: &[u8], left: &[u8]) -> Result<(), String> {
    if fate == Untouched {
        return match without_received(left) == came {
            true => Ok(()),
            false => Err("it was touched".into()),
        };
    }
    let text = String::from_utf8_lossy(left);
    link_in(left).ok_or("there is no link")?;
    if text.contains("JVBERi0x") {
        return Err("the file is there".into());
    }
    if fate == Sealed
        && ["Friday", "BEGIN:V", "QkVHSU46VkNBTEVOREFS"]
            .iter()
            .any(|w| text.contains(w))
    {
        return Err("something of it is there".into());
    }
    let missing = |part: &&String| fate == FileGoes && !text.contains(part.as_str());
    match case.stays.iter().find(missing) {
        Some(part) => Err(format!("not there any more:\n{part}")),
        None => Ok(()),
    }
}
