//! The demo: the whole path on loopback, with the embedded store and a folder as next hop.
//!
//! Promises: nothing but loopback is touched, everything lies in one temporary folder that goes at the end; the mails pass through
//! the real SMTP port, and with `--once` the links are fetched over HTTP as a recipient would, and every byte is compared.
//! Fails with a sentence that says which comparison did not hold.

mod letters;
mod phone;
mod recipient;
mod show;
mod traces;

use super::Running;
use crate::config::Config;
use crate::fault::failure::{Exit, Failure};
use crate::forward::target::Target;
use crate::mail::{Content, Envelope, Lane, Variant};
use crate::transfer::proof::Answer;
use letters::Letter;
use phone::Phone;
use std::path::{Path, PathBuf};
use std::time::Duration;
use traces::Watch;

/// How long the demo waits for a notice that upkeep sends behind the mail.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs it. With `once` it plays the recipient, compares, and ends; else it stays up until Ctrl-C.
pub async fn demo(once: bool) -> Result<(), Failure> {
    let folder = Folder::new()?;
    let phone = Phone::start().await?;
    let running = super::start(settings(folder.path(), &phone)?).await?;
    show::opening(&running, folder.path());
    let mut watch = Watch::new(&folder.path().join("next-hop"), &phone);
    for letter in letters::all() {
        send(&running, &letter).await?;
        let traces = watch.wait(&letter, PATIENCE).await?;
        show::letter(&letter, &traces);
        if once {
            recipient::fetch_and_compare(&letter, &traces, folder.path()).await?;
        }
    }
    if once {
        show::all_well();
    } else {
        show::stays_up(&running);
        super::End::listen()?.told().await;
    }
    running.stop().await;
    Ok(())
}

/// Everything of the demo, removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let name = format!("cloakroom-demo-{}", crate::mail::MailId::fresh());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)
            .map_err(|e| failed(format!("cannot make {}: {e}", path.display())))?;
        Ok(Folder(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go; it holds ciphertext and sample mails.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A configuration like an operator's, in a file, read as `serve` reads it.
fn settings(folder: &Path, phone: &Phone) -> Result<Config, Failure> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text)
            .map_err(|e| failed(format!("cannot write {}: {e}", path.display())))
    };
    for sub in ["policies", "next-hop", "state"] {
        let path = folder.join(sub);
        std::fs::create_dir(&path)
            .map_err(|e| failed(format!("cannot make {}: {e}", path.display())))?;
    }
    let text = include_str!("demo/cloakroom.toml").replace("PHONE", &phone.address.to_string());
    write("cloakroom.toml", &text)?;
    write("policies/demo.toml", include_str!("demo/policy.toml"))?;
    super::key::init(&folder.join("master.key"))?;
    Config::read(&folder.join("cloakroom.toml")).map_err(Failure::from)
}

/// Sends a letter as a mail client would: by SMTP to the gateway's port.
async fn send(running: &Running, letter: &Letter) -> Result<(), Failure> {
    let smtp = running
        .address("smtp")
        .ok_or_else(|| failed("the demo has an SMTP port"))?;
    let target = Target::parse(&format!("smtp://{smtp}"), "client.demo.example").map_err(failed)?;
    let mut outlet = target.outlets().map_err(failed)?.open();
    let envelope = Envelope {
        sender: Some(letter.from.clone()),
        recipients: letter.to.clone(),
        options: Default::default(),
        client: crate::mail::envelope::Client::local(),
    };
    outlet.begin(&envelope).await.map_err(Failure::from)?;
    for recipient in &letter.to {
        outlet.vet(recipient).await.map_err(Failure::from)?;
    }
    let content = Content::new(letter.bytes.clone());
    let variant = Variant::assertion(
        Lane::Ordinary,
        envelope.sender,
        envelope.recipients,
        Default::default(),
        content,
    );
    let outcome = outlet
        .hand_over(vec![variant], crate::forward::unhurried())
        .await;
    match outcome
        .answers
        .iter()
        .find(|(_, answer)| !matches!(answer, Answer::Accepted(_)))
    {
        None => Ok(()),
        Some((address, answer)) => Err(failed(format!(
            "the gateway did not take the mail for {address}: {answer:?}"
        ))),
    }
}

/// A comparison that did not hold, or a machine that says no.
fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Failed, error)
}
