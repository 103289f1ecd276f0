//! The settings of mail servers, out of their programs and files.

use super::super::args::Mta;
use super::super::{Exit, Failure};
use crate::mta::Ours;
use crate::mta::doctor::{Probe, Report, exim, postfix, sendmail};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;

/// `postconf` and `exim -bP` print within a blink; who looks up names in a dead DNS does not.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where mail servers keep what they are, on this machine.
pub(super) struct Installed {
    folder: Option<PathBuf>,
}

impl Installed {
    /// With a folder of settings that is not the usual one.
    pub(super) fn at(folder: Option<PathBuf>) -> Self {
        Installed { folder }
    }

    /// It is here, with settings.
    pub(super) fn has(&self, mta: Mta) -> bool {
        match mta {
            Mta::Postfix => {
                program(&["postconf"]).is_some()
                    && self.in_folder("/etc/postfix", "main.cf").exists()
            }
            Mta::Sendmail => self.sendmail_cf().exists(),
            Mta::Exim => {
                program(EXIM).is_some()
                    && self
                        .folder
                        .as_ref()
                        .is_none_or(|_| self.exim_conf().is_some())
            }
        }
    }

    /// Reads the settings and has them judged.
    pub(super) async fn judged(
        &self,
        mta: Mta,
        ours: &Ours,
        probes: &[Probe],
    ) -> Result<Report, Failure> {
        Ok(match mta {
            Mta::Postfix => postfix::judge(&self.postfix().await?, ours, probes),
            Mta::Sendmail => sendmail::judge(&self.sendmail()?, ours, probes),
            Mta::Exim => exim::judge(&self.exim().await?, ours, probes),
        })
    }

    async fn postfix(&self) -> Result<postfix::Settings, Failure> {
        let folder = self
            .folder
            .as_ref()
            .map(|folder| folder.display().to_string());
        let words = |ask: &[&str]| {
            let place = folder
                .iter()
                .flat_map(|folder| ["-c".to_owned(), folder.clone()]);
            place
                .chain(ask.iter().map(|word| (*word).to_owned()))
                .collect()
        };
        let main = said(&["postconf"], words(&["-x"])).await?;
        let services = said(&["postconf"], words(&["-M"])).await?;
        let options = said(&["postconf"], words(&["-x", "-P"])).await?;
        Ok(postfix::Settings::parse(&main, &services, &options))
    }

    fn sendmail(&self) -> Result<sendmail::Settings, Failure> {
        let file = self.sendmail_cf();
        let text = std::fs::read_to_string(&file);
        let text = text.map_err(|e| unreadable(format!("{}: {e}", file.display())))?;
        let has_submit = file.with_file_name("submit.cf").exists();
        Ok(sendmail::Settings::parse(&text, has_submit))
    }

    async fn exim(&self) -> Result<exim::Settings, Failure> {
        let file = match (&self.folder, self.exim_conf()) {
            (Some(folder), None) => {
                return Err(unreadable(format!("{}: no exim4.conf", folder.display())));
            }
            (_, file) => file.map(|file| file.display().to_string()),
        };
        let words = |what: &[&str]| {
            let place = file.iter().flat_map(|file| ["-C".to_owned(), file.clone()]);
            place
                .chain(["-bP".to_owned()])
                .chain(what.iter().map(|word| (*word).to_owned()))
                .collect()
        };
        let main = said(EXIM, words(&[])).await?;
        let routers = said(EXIM, words(&["routers"])).await?;
        let transports = said(EXIM, words(&["transports"])).await?;
        Ok(exim::Settings::parse(&main, &routers, &transports))
    }

    fn sendmail_cf(&self) -> PathBuf {
        self.in_folder("/etc/mail", "sendmail.cf")
    }

    fn in_folder(&self, usual: &str, file: &str) -> PathBuf {
        self.folder
            .as_deref()
            .unwrap_or(Path::new(usual))
            .join(file)
    }

    /// `None`: what Exim takes by itself, if no folder was named.
    fn exim_conf(&self) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        let names = ["exim4.conf", "exim.conf", "configure"];
        names
            .iter()
            .map(|name| folder.join(name))
            .find(|file| file.exists())
    }
}

const EXIM: &[&str] = &["exim4", "exim"];

/// The first of these that is there; daemons are not always in the search path.
fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin:/usr/local/sbin";
    let files = std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}

/// What a program prints, if it ends well.
async fn said(names: &[&str], words: Vec<String>) -> Result<String, Failure> {
    let file =
        program(names).ok_or_else(|| unreadable(format!("{} is not installed", names[0])))?;
    let mut command = Command::new(&file);
    let run = command
        .args(words)
        .kill_on_drop(true)
        .stdin(std::process::Stdio::null())
        .output();
    let name = file.display();
    let output = match timeout(PATIENCE, run).await {
        Ok(output) => output.map_err(|e| unreadable(format!("{name}: {e}")))?,
        Err(_) => return Err(unreadable(format!("{name} does not end"))),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(unreadable(format!(
            "{name}: {}",
            text(&output.stderr).trim()
        ))),
    }
}

fn unreadable(why: String) -> Failure {
    Failure::new(Exit::Unavailable, why).hint("run it as root, where the mail server is")
}
