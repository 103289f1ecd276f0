//! `cloakroom recipe`: the lines other mail servers need, with the addresses, sizes and times of this installation.
//!
//! A recipe is a template beside this file: blocks, each behind a line `### FILE: what to do with it`. The lines of a block go into that file
//! as they stand, comments on lines of their own: neither Postfix nor Exim takes them behind a value.
//! Fails with [`Lacking`]: which key of the configuration stands in the way, and what to write there.

use super::ours::{MilterAt, Ours, Place};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use std::net::{IpAddr, SocketAddr};

#[cfg(test)]
mod tests;

/// One recipe.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// What `cloakroom recipe` is given.
    pub name: &'static str,
    /// One line for the list.
    pub about: &'static str,
    needs: &'static [Need],
    template: &'static str,
}

/// What a recipe cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// `intake.lmtp`
    Lmtp,
    /// `intake.smtp`
    Smtp,
    /// `intake.lmtp` or `intake.smtp`
    LmtpOrSmtp,
    /// `intake.smtp` where other machines reach it, with TLS.
    OpenSmtp,
    /// `[milter]`
    Milter,
    /// `intake.next_hop` is a mail server that speaks SMTP.
    Back,
    /// … by its address, not its name.
    BackAddress,
}

/// Why a recipe cannot be written for a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The key.
    pub key: &'static str,
    /// What is wrong with it: lower case, no full stop.
    pub message: String,
    /// What to write.
    pub mend: String,
}

/// Where a DKIM signer listens, as Postfix writes it: `inet:HOST:PORT` or `unix:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer(MilterName);

/// A milter's address in the ways mail servers write it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MilterName {
    /// `inet:127.0.0.1:8890`, `unix:/run/x`
    postfix: String,
    /// `inet:8890@127.0.0.1`, `local:/run/x`
    sendmail: String,
    /// The path, if it is one.
    path: Option<String>,
}

/// All of them, the usual ones first.
pub const RECIPES: &[Recipe] = &[
    Recipe {
        name: "postfix",
        about: "Postfix hands mail over behind its queue, by LMTP: an answer for each recipient; begin with this one",
        needs: &[Need::Lmtp, Need::Back],
        template: "postfix.txt",
    },
    Recipe {
        name: "postfix-milter",
        about: "Postfix asks the gateway while the client waits, by the milter protocol",
        needs: &[Need::Milter, Need::Back],
        template: "postfix-milter.txt",
    },
    Recipe {
        name: "postfix-proxy",
        about: "Postfix passes mail through the gateway before its queue: the client hears a refusal at once",
        needs: &[Need::Smtp, Need::Back],
        template: "postfix-proxy.txt",
    },
    Recipe {
        name: "exim",
        about: "Exim routes what leaves through the gateway",
        needs: &[Need::LmtpOrSmtp, Need::Back, Need::BackAddress],
        template: "exim.txt",
    },
    Recipe {
        name: "sendmail",
        about: "Sendmail asks the gateway while the client waits, by the milter protocol",
        needs: &[Need::Milter, Need::Back],
        template: "sendmail.txt",
    },
    Recipe {
        name: "exchange",
        about: "Exchange Server: the gateway is the smart host of a send connector",
        needs: &[Need::OpenSmtp],
        template: "exchange.txt",
    },
    Recipe {
        name: "m365",
        about: "Microsoft 365: a connector and a mail flow rule",
        needs: &[Need::OpenSmtp],
        template: "m365.txt",
    },
    Recipe {
        name: "google",
        about: "Google Workspace: a host and a routing setting",
        needs: &[Need::OpenSmtp],
        template: "google.txt",
    },
];

const TEMPLATES: [(&str, &str); 11] = [
    ("postfix.txt", include_str!("postfix.txt")),
    ("postfix-milter.txt", include_str!("postfix-milter.txt")),
    ("postfix-proxy.txt", include_str!("postfix-proxy.txt")),
    ("postfix-sizes.txt", include_str!("postfix-sizes.txt")),
    ("postfix-back.txt", include_str!("postfix-back.txt")),
    ("postfix-port-25.txt", include_str!("postfix-port-25.txt")),
    ("exim.txt", include_str!("exim.txt")),
    ("sendmail.txt", include_str!("sendmail.txt")),
    ("exchange.txt", include_str!("exchange.txt")),
    ("m365.txt", include_str!("m365.txt")),
    ("google.txt", include_str!("google.txt")),
];

/// Postfix's queue directory, as every distribution has it.
const QUEUE: &str = "/var/spool/postfix/";

/// The recipe of this name.
pub fn recipe(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.name == name)
}

impl Recipe {
    /// Its lines for this installation; `signer` signs what leaves, behind us.
    pub fn lines(&self, ours: &Ours, signer: Option<&Signer>) -> Result<String, Lacking> {
        let lacking = self.needs.iter().filter_map(|need| need.lacking(ours));
        if let Some(lacking) = lacking.into_iter().next() {
            return Err(lacking);
        }
        Ok(filled(self, ours, signer))
    }
}

impl std::str::FromStr for Signer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\": write inet:HOST:PORT or unix:PATH");
        if let Some(path) = text.strip_prefix("unix:").filter(|path| !path.is_empty()) {
            return Ok(Signer(MilterName::unix(path)));
        }
        let (host, port) = text
            .strip_prefix("inet:")
            .and_then(|place| place.rsplit_once(':'))
            .ok_or_else(wrong)?;
        let port: u16 = port.parse().map_err(|_| wrong())?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || ".:-[]".contains(c);
        match host.is_empty() || !host.chars().all(is_name) {
            true => Err(wrong()),
            false => Ok(Signer(MilterName::inet(
                host.trim_matches(['[', ']']),
                port,
            ))),
        }
    }
}

impl MilterName {
    fn of(at: &MilterAt) -> MilterName {
        match at {
            MilterAt::Unix(path) => MilterName::unix(&path.display().to_string()),
            MilterAt::Tcp(at) => MilterName::inet(&at.ip().to_string(), at.port()),
        }
    }

    fn value(&self) -> Value {
        context! { postfix => &self.postfix, sendmail => &self.sendmail, path => self.path.as_deref() }
    }

    fn unix(path: &str) -> MilterName {
        MilterName {
            postfix: format!("unix:{path}"),
            sendmail: format!("local:{path}"),
            path: Some(path.to_owned()),
        }
    }

    fn inet(host: &str, port: u16) -> MilterName {
        let place = Place {
            host: host.to_owned(),
            port,
        };
        // Sendmail tells the families apart by the first word.
        let family = if host.contains(':') { "inet6" } else { "inet" };
        MilterName {
            postfix: format!("inet:{place}"),
            sendmail: format!("{family}:{port}@{host}"),
            path: None,
        }
    }
}

impl Need {
    /// What is missing of it; `None` if it is there.
    fn lacking(self, ours: &Ours) -> Option<Lacking> {
        match self {
            Need::Lmtp => door("intake.lmtp", ours.lmtp, "127.0.0.1:10025"),
            Need::Smtp => door("intake.smtp", ours.smtp, "127.0.0.1:10024"),
            Need::LmtpOrSmtp if ours.lmtp.is_some() => Need::Lmtp.lacking(ours),
            Need::LmtpOrSmtp if ours.smtp.is_some() => Need::Smtp.lacking(ours),
            Need::LmtpOrSmtp => Need::Lmtp.lacking(ours),
            Need::OpenSmtp => open_door(ours),
            Need::Milter => match &ours.milter {
                None => Some(Lacking {
                    key: "milter.listen",
                    message: "no milter listens".to_owned(),
                    mend: "add [milter] with listen = \"127.0.0.1:8890\"".to_owned(),
                }),
                Some(MilterAt::Tcp(at)) => door("milter.listen", Some(*at), "127.0.0.1:8890"),
                Some(MilterAt::Unix(_)) => None,
            },
            Need::BackAddress => {
                let back = ours
                    .back
                    .as_ref()
                    .filter(|back| back.host.parse::<IpAddr>().is_err());
                back.map(|back| Lacking {
                    key: "intake.next_hop",
                    message: format!("Exim listens on addresses, and {} is a name", back.host),
                    mend: format!(
                        "intake.next_hop = \"smtp://ADDRESS:{}\", with the address of that name",
                        back.port
                    ),
                })
            }
            Need::Back => ours.back.is_none().then(|| Lacking {
                key: "intake.next_hop",
                message: "mail does not go back to a mail server by SMTP".to_owned(),
                mend:
                    "intake.next_hop = \"smtp://127.0.0.1:10026\": a service that this recipe makes"
                        .to_owned(),
            }),
        }
    }
}

/// A door that a mail server can be told to connect to.
fn door(key: &'static str, at: Option<SocketAddr>, example: &str) -> Option<Lacking> {
    let mend =
        format!("{key} = \"{example}\", or the address the mail server reaches this machine by");
    let message = match at {
        None => "no mail comes in here".to_owned(),
        Some(at) if at.port() == 0 => format!("{at} is any free port, another one at each start"),
        Some(at) if at.ip().is_unspecified() => {
            format!("{at} is every address of this machine, and no mail server can connect to that")
        }
        Some(_) => return None,
    };
    Some(Lacking { key, message, mend })
}

/// For servers on other machines, or in the cloud.
fn open_door(ours: &Ours) -> Option<Lacking> {
    let mend =
        "intake.smtp = \"0.0.0.0:25\", and exactly that server's addresses in intake.accept_from"
            .to_owned();
    let lacking = |message: String, mend: String| Lacking {
        key: "intake.smtp",
        message,
        mend,
    };
    match ours.smtp {
        None => Some(lacking("no mail comes in by SMTP".to_owned(), mend)),
        Some(at) if at.ip().is_loopback() => {
            Some(lacking(format!("no other machine reaches {at}"), mend))
        }
        Some(_) if !ours.tls => Some(Lacking {
            key: "intake.tls",
            message: "mail would come over the network unencrypted".to_owned(),
            mend: "intake.tls = \"files\", and [tls] with a certificate for our name".to_owned(),
        }),
        Some(_) => None,
    }
}

/// A line with nothing but a tag leaves no line behind.
fn syntax() -> SyntaxConfig {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    let syntax = syntax.keep_trailing_newline(true).build();
    syntax.expect("the usual marks differ")
}

fn filled(recipe: &Recipe, ours: &Ours, signer: Option<&Signer>) -> String {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_syntax(syntax());
    for (name, text) in TEMPLATES {
        let added = templates.add_template(name, text);
        added.expect("a test fills each of these");
    }
    let text = |at: Option<SocketAddr>| at.map(|at| at.to_string());
    // A client's patience, and half a minute for what is on its way.
    let patience = ours.answer_within.saturating_add(30).max(300);
    let facts = context! {
        file => ours.file.display().to_string(),
        hostname => &ours.hostname,
        domains => ours.domains.clone(),
        smtp => text(ours.smtp),
        smtp_port => ours.smtp.map(|at| at.port()),
        lmtp => text(ours.lmtp),
        exim_host => ours.lmtp.or(ours.smtp).map(exim_host),
        exim_port => ours.lmtp.or(ours.smtp).map(|at| at.port()),
        exim_listen => ours.back.as_ref().map(exim_listen),
        smtp_nexthop => ours.smtp.map(in_brackets),
        milter => ours.milter.as_ref().map(|at| MilterName::of(at).value()),
        milter_for_postfix => ours.milter.as_ref().map(for_postfix),
        back => ours.back.as_ref().map(Place::to_string),
        back_host => ours.back.as_ref().map(|place| place.host.clone()),
        back_port => ours.back.as_ref().map(|place| place.port),
        back_is_local => ours.back.as_ref().is_some_and(Place::is_loopback),
        verified => ours.back_verified.as_ref().map(Place::to_string),
        networks => ours.networks().join(" "),
        size => ours.max_message,
        size_mib => ours.max_message.div_ceil(1 << 20),
        tls => ours.tls,
        answer => ours.answer_within,
        patience => patience,
        signer => signer.map(|signer| signer.0.value()),
    };
    let template = templates.get_template(recipe.template);
    let template = template.expect("a test fills each of these");
    template.render(facts).expect("a test fills each of these")
}

/// Postfix looks up no MX for what stands in brackets.
fn in_brackets(at: SocketAddr) -> String {
    format!("[{}]:{}", at.ip(), at.port())
}

/// Below Postfix's queue directory a path is the same for services in a chroot and others, if it is written from there.
fn for_postfix(at: &MilterAt) -> String {
    let name = MilterName::of(at);
    let below = name
        .path
        .as_deref()
        .and_then(|path| path.strip_prefix(QUEUE));
    below.map_or(name.postfix, |below| format!("unix:{below}"))
}

/// Exim doubles the colons of a list: `127.0.0.1::10025`, and an IPv6 address in brackets with all of its colons doubled.
fn exim_host(at: SocketAddr) -> String {
    at.to_string().replace(':', "::")
}

/// Exim's interfaces are `ADDRESS.PORT`.
fn exim_listen(place: &Place) -> String {
    format!("{}.{}", place.host, place.port)
}
