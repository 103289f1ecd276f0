//! What Postfix refuses as too large never reaches the gateway, which could have taken the files out.

use super::super::Finding;
use super::{Found, Look};

pub(super) fn check(look: Look<'_>) -> Found {
    let mut found = Vec::new();
    let limit = number(look, "message_size_limit")?;
    let most = look.ours.max_message;
    let places = look
        .settings
        .services
        .iter()
        .filter(|s| s.program == "smtpd");
    for service in places {
        let value = look.settings.of(service, "message_size_limit")?;
        if value
            .parse::<u64>()
            .is_ok_and(|own| own != 0 && own < most && own != limit)
        {
            let place = look.settings.place(service, "message_size_limit");
            found.push(too_small(
                value,
                place,
                look.settings
                    .mend(service, "message_size_limit", &most.to_string()),
                most,
            ));
        }
    }
    if limit != 0 && limit < most {
        let place = "main.cf: message_size_limit";
        let mend = format!("postconf -e message_size_limit={most}");
        found.push(too_small(&limit.to_string(), place.to_owned(), mend, most));
    }
    let wanted = if limit == 0 { u64::MAX } else { limit };
    let has_virtual = !look.settings.main("virtual_mailbox_maps")?.is_empty();
    let boxes = [
        ("mailbox_size_limit", true),
        ("virtual_mailbox_limit", has_virtual),
    ];
    for (name, counts) in boxes {
        let limit = number(look, name)?;
        if counts && limit != 0 && limit < wanted {
            found.push(Finding::fail(
                format!("{limit} bytes, smaller than message_size_limit"),
                format!("main.cf: {name}"),
                "Postfix delivers nothing into mailboxes that are smaller than a mail may be.",
                format!("postconf -e {name}=0"),
            ));
        }
    }
    Ok(found)
}

fn too_small(value: &str, place: String, mend: String, most: u64) -> Finding {
    Finding::fail(
        format!("{value} bytes; the gateway takes {most}"),
        place,
        "What is larger is refused before the gateway can take its files out.",
        mend,
    )
}

fn number(look: Look<'_>, name: &str) -> Result<u64, Finding> {
    let value = look.settings.main(name)?;
    let place = format!("main.cf: {name}");
    value
        .parse()
        .map_err(|_| Finding::unread(place, format!("postconf -e {name}=0")))
}
