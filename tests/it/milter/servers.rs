//! What an installation needs of its mail server: Postfix, and Sendmail with the lines of our recipe.

use super::house::Plan;
use crate::support::postfix::{Postfix, replaced};
use crate::support::process::run;
use crate::support::recipes::{blocks, put};
use crate::support::sendmail::Sendmail;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

/// Services by what the server does if the filter fails, and their ports.
pub type Fronts = Vec<(&'static str, u16)>;

/// Where everybody is.
pub struct Places {
    pub sink: SocketAddr,
    /// Ports of filters, and the services that ask them.
    pub filters: [(u16, Fronts); 2],
    /// The service where mail comes back, without a filter.
    pub back: u16,
    /// The port of the tripwire's watcher, which is asked everywhere.
    pub watcher: Option<u16>,
}

impl Places {
    fn all(&self) -> Vec<u16> {
        let fronts = self.filters.iter().flat_map(|(_, fronts)| fronts);
        fronts.map(|(_, port)| *port).chain([self.back]).collect()
    }
}

/// A mail server with a filter.
pub trait MailServer {
    /// What it does if the filter fails, and how its client's answer begins then.
    const ACTIONS: &'static [(&'static str, &'static str)];

    /// What it says when it has taken a mail.
    const TAKEN: &'static str;

    /// Running below this folder, where the gateway's settings are.
    fn running(folder: &Path, plan: &Plan<'_>, places: &Places) -> Self;

    /// The recipients that wait in its queue.
    fn waiting(&self) -> Vec<String>;

    /// What it has to say, for a test that failed.
    fn log(&self) -> String;
}

impl MailServer for Postfix {
    const ACTIONS: &'static [(&'static str, &'static str)] = &[
        ("tempfail", "451"),
        ("accept", "250"),
        ("reject", "550"),
        ("quarantine", "250"),
    ];
    const TAKEN: &'static str = "Ok: queued";

    fn running(folder: &Path, plan: &Plan<'_>, places: &Places) -> Postfix {
        let mut postfix = Postfix::below(folder, places.sink);
        let patience = plan.patience.unwrap_or(300);
        let watched = places.watcher.map(|port| asked(port, "tempfail", patience));
        let watched = watched.map_or(String::new(), |filter| format!(" {filter}"));
        for (filter, fronts) in &places.filters {
            for (action, port) in fronts {
                let filter = [asked(*filter, action, patience), watched.clone()].concat();
                let front = format!(
                    "127.0.0.1:{port} inet n - n - - smtpd\n  -o {{ smtpd_milters = {filter} }}\n{OPEN}"
                );
                postfix.add("master.cf", &front);
            }
        }
        let back = format!(
            "127.0.0.1:{} inet n - n - - smtpd\n  -o {{ smtpd_milters ={watched} }}\n  -o smtpd_authorized_xforward_hosts=127.0.0.0/8\n{OPEN}",
            places.back
        );
        postfix.add("master.cf", &back);
        let local = asked(places.filters[0].0, plan.actions[0], patience);
        let settings = [
            &format!("non_smtpd_milters = {local}{watched}"),
            "message_size_limit = 157286400",
            "mailbox_size_limit = 0",
            // It adds no fields that are lacking.
            "local_header_rewrite_clients =",
            "service_throttle_time = 1s",
            "smtp_tls_security_level = none",
        ];
        postfix.add("main.cf", &settings.join("\n"));
        postfix.start(&places.all());
        postfix
    }

    fn waiting(&self) -> Vec<String> {
        Postfix::waiting(self)
    }

    fn log(&self) -> String {
        Postfix::log(self)
    }
}

fn asked(port: u16, action: &str, patience: u32) -> String {
    format!("{{ inet:127.0.0.1:{port}, default_action={action}, content_timeout={patience}s }}")
}

const OPEN: &str = "  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_tls_security_level=none
  -o smtpd_client_connection_count_limit=0";

impl MailServer for Sendmail {
    const ACTIONS: &'static [(&'static str, &'static str)] =
        &[("tempfail", "451"), ("accept", "250"), ("reject", "5")];
    const TAKEN: &'static str = "Message accepted for delivery";

    /// The lines of our recipe, its filter for each service once more: at another port, and with another letter.
    fn running(folder: &Path, plan: &Plan<'_>, places: &Places) -> Sendmail {
        let mut sendmail = Sendmail::below(folder, Ipv4Addr::LOCALHOST, places.sink);
        let mut recipe = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
        recipe.args(["recipe", "sendmail", "--config"]);
        let printed = blocks(&run(recipe.arg(folder.join("cloakroom.toml"))));
        let mut used = printed
            .into_iter()
            .filter(|block| put(sendmail.folder(), block));
        let block = used.next().expect("lines for sendmail.mc").lines;
        let filter = block
            .lines()
            .find(|line| line.starts_with("INPUT_MAIL_FILTER"));
        let filter = filter.expect("a filter");
        let mut lines = String::new();
        let watched = places.watcher.map_or("", |_| ";tripwire");
        if let Some(port) = places.watcher {
            lines += &format!("MAIL_FILTER(`tripwire', `S=inet:{port}@127.0.0.1, F=T')dnl\n");
        }
        for (filter_at, fronts) in &places.filters {
            for (action, port) in fronts {
                lines += &like(filter, *filter_at, action, *port, plan.patience);
                lines += &format!(
                    "\nDAEMON_OPTIONS(`Name=d{port}, Addr=127.0.0.1, Port={port}, InputFilter=f{port}{watched}')dnl\n"
                );
            }
        }
        let file = sendmail.folder().join("sendmail.mc");
        let text = std::fs::read_to_string(&file).expect("it is there");
        // Others may have these ports.
        let mut text: Vec<&str> = text.lines().collect();
        text.retain(|line| {
            !["Port=25'", "Port=587'"]
                .iter()
                .any(|port| line.contains(port))
        });
        let back = format!("Port={}, InputFilter=", places.back);
        let text = replaced(
            &text.join("\n"),
            &[
                ("MAILER(`local')", lines + "MAILER(`local')"),
                (&back, back.clone() + &watched.replace(';', "")),
            ],
        );
        std::fs::write(&file, text + "\n").expect("the folder is ours");
        let all = places.all().into_iter();
        let all: Vec<SocketAddr> = all.map(|port| ([127, 0, 0, 1], port).into()).collect();
        sendmail.start(&all);
        sendmail
    }

    fn waiting(&self) -> Vec<String> {
        Sendmail::waiting(self)
    }

    fn log(&self) -> String {
        Sendmail::log(self)
    }
}

/// The recipe's filter under the name of the service of this port.
fn like(filter: &str, at: u16, action: &str, port: u16, patience: Option<u32>) -> String {
    let letter = match action {
        "tempfail" => "F=T, ",
        "reject" => "F=R, ",
        _ => "",
    };
    let place = filter
        .split("S=")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    let place = place.expect("a place").to_owned();
    let mut words = vec![
        (
            "INPUT_MAIL_FILTER(`cloakroom'",
            format!("MAIL_FILTER(`f{port}'"),
        ),
        (place.as_str(), format!("inet:{at}@127.0.0.1")),
        ("F=T, ", letter.to_owned()),
    ];
    if let Some(patience) = patience {
        words.push(("R:4m", format!("R:{patience}s")));
    }
    replaced(filter, &words)
}
