//! Recipients that Postfix adds by itself where the gateway is not asked about them: copies (`always_bcc` and its tables), and what
//! aliases lead to.
//!
//! cleanup(8) adds them behind what a session tells its milters, and on the way back once more. They get what those get beside whom they
//! were added: with a colleague's mail its files, in the clear. Promises: judges the cleanup that counts for each service. Leaves to
//! others: what stands in tables; that they are used is a note.

use super::super::Finding;
use super::filter::Filter;
use super::settings::{Service, list};
use super::{Found, Look, back, filter};

/// Tables of copies.
const TABLES: [&str; 2] = ["sender_bcc_maps", "recipient_bcc_maps"];

/// Tables that make another address of one that the gateway has judged.
const ALIASES: [&str; 3] = [
    "virtual_alias_maps",
    "canonical_maps",
    "recipient_canonical_maps",
];

pub(super) fn check(look: Look<'_>) -> Found {
    let backs = back::services(look);
    let mut found = Vec::new();
    for service in &look.settings.services {
        let is_back = backs.contains(&service);
        let way = match service.program == "smtpd" && !is_back {
            true => filter::of(look, service)?,
            false => None,
        };
        if (!is_back && way.is_none()) || maps_nothing(look, service)? {
            continue;
        }
        if is_back || way == Some(Filter::Milter) {
            found.extend(copies(look, service, is_back)?);
        }
        if matches!(way, Some(Filter::Milter | Filter::Proxy)) {
            found.extend(aliases(look, service)?);
        }
    }
    Ok(found)
}

/// `no_address_mappings`: neither aliases nor copies.
fn maps_nothing(look: Look<'_>, service: &Service) -> Result<bool, Finding> {
    let value = look.settings.of(service, "receive_override_options")?;
    Ok(list(value).iter().any(|word| word == "no_address_mappings"))
}

/// Whose settings count for the mail of this service.
fn cleanup<'a>(look: Look<'a>, service: &'a Service) -> Result<&'a Service, Finding> {
    let name = look.settings.of(service, "cleanup_service_name")?;
    let found = look.settings.service(name, "unix");
    found.ok_or_else(|| {
        let place = look.settings.place(service, "cleanup_service_name");
        Finding::unread(place, format!("a service {name} in master.cf"))
    })
}

fn copies(look: Look<'_>, service: &Service, is_back: bool) -> Found {
    let cleanup = cleanup(look, service)?;
    let mend = |name: &str| match is_back {
        true => without_copies(service),
        false => look.settings.mend(cleanup, name, ""),
    };
    let why = "It gets what the gateway let a colleague have, with the files, and the gateway is not asked.";
    let mut found = Vec::new();
    let name = "always_bcc";
    let to = look.settings.of(cleanup, name)?;
    if !to.is_empty() && !is_ours(look, to) {
        let what = format!("a copy of every mail leaves for {to}");
        let place = look.settings.place(cleanup, name);
        found.push(Finding::fail(what, place, why, mend(name)));
    }
    for name in TABLES {
        if !look.settings.of(cleanup, name)?.is_empty() {
            let what = "a table says who gets copies: none of them may be outside";
            let place = look.settings.place(cleanup, name);
            found.push(Finding::fail(what, place, why, mend(name)).note());
        }
    }
    Ok(found)
}

/// A cleanup of its own for this service. What is copied in front of the gateway, behind the queue, stays: the gateway is asked about it.
fn without_copies(service: &Service) -> String {
    let name = "cleanup-uncopied";
    let line = format!(
        "{name} unix n - n - 0 cleanup -o always_bcc= -o sender_bcc_maps= -o recipient_bcc_maps="
    );
    format!(
        "postconf -M '{name}/unix={line}' && {}",
        service.set("cleanup_service_name", name)
    )
}

fn is_ours(look: Look<'_>, address: &str) -> bool {
    let domain = address.rsplit_once('@').map(|(_, domain)| domain);
    // Without one it is of this machine.
    domain.is_none_or(|domain| {
        let mut ours = look.ours.domains.iter();
        ours.any(|one| one.eq_ignore_ascii_case(domain))
    })
}

fn aliases(look: Look<'_>, service: &Service) -> Found {
    let cleanup = cleanup(look, service)?;
    let mut found = Vec::new();
    for name in ALIASES {
        if !look.settings.of(cleanup, name)?.is_empty() {
            let what = "a table makes other addresses of those that the gateway sees: none of them may be outside";
            let place = look.settings.place(cleanup, name);
            let why = "An alias of your own that leads outside looks like a colleague to the gateway, and gets the files in the clear.";
            let mend = "`cloakroom recipe postfix` does not have that gap; else a rule with `internal = true` for each such alias";
            found.push(Finding::fail(what, place, why, mend).note());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::super::Weight;
    use super::super::tests::{BACK, SUBMISSION, alone, fails, findings, lmtp, milter, proxy};

    const FAR: &str = "archive@far.example";

    #[test]
    fn a_copy_that_leaves_is_one_about_which_the_gateway_is_asked() {
        for settings in [lmtp(), proxy(), milter()] {
            let with = |to: &str| settings.clone().with_main("always_bcc", to);
            fails_once(with(FAR));
            for inside in ["archive@Example.org", "archive", ""] {
                assert_eq!(findings(&with(inside)), [], "{inside}");
            }
        }
        let unmapped = "no_unknown_recipient_checks,no_address_mappings";
        let name = "receive_override_options";
        let rest = lmtp().with_main("always_bcc", FAR);
        assert_eq!(findings(&rest.with(BACK, name, unmapped)), []);
        let both = milter().with_main("always_bcc", FAR);
        fails_once(both.clone().with(BACK, name, unmapped));
        let both = both.with(BACK, name, unmapped);
        assert_eq!(findings(&both.with(SUBMISSION, name, unmapped)), []);
        let lost = lmtp().with(BACK, "cleanup_service_name", "other");
        fails(lost, "cleanup_service_name", "cannot be read");
    }

    /// Two services may lack it, by two mends.
    fn fails_once(settings: super::super::Settings) {
        let found = findings(&settings);
        assert!((1..=2).contains(&found.len()), "{found:?}");
        for one in found {
            assert_eq!(
                (one.weight, one.place.as_str()),
                (Weight::Fail, "main.cf: always_bcc")
            );
            assert!(one.what.contains(FAR), "{one:?}");
        }
    }

    #[test]
    fn tables_are_told_of() {
        let table = "hash:/etc/postfix/x";
        for name in super::TABLES {
            for settings in [lmtp(), proxy()] {
                alone(
                    settings.with_main(name, table),
                    name,
                    "copies",
                    Weight::Note,
                );
            }
        }
        for name in super::ALIASES {
            for settings in [milter(), proxy()] {
                alone(
                    settings.with_main(name, table),
                    name,
                    "outside",
                    Weight::Note,
                );
            }
            assert_eq!(findings(&lmtp().with_main(name, table)), [], "{name}");
        }
    }
}
