//! A folder as next hop: each variant becomes `<time>-<id>-<n>.eml` with its envelope in `.json` beside it. For demo and tests.
//!
//! Promises: who sees an `.eml` sees all of it and its envelope, on disk; the bytes are those a mail server would have got.
//! Takes every recipient. Fails by deferring: nothing is half written under a final name.

use super::{Outlet, Outlets};
use crate::Pending;
use crate::fault::{Fault, Kind, Reply};
use crate::mail::id::random_characters;
use crate::mail::{Address, Envelope, Recipient, Variant};
use crate::transfer::proof::{Accepted, Answer, Outcome};
use jiff::Timestamp;
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Makes outlets into one folder.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder is made if it is not there.
    pub fn at(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        Ok(Folder {
            path: path.to_owned(),
        })
    }
}

impl Outlets for Folder {
    fn open(&self) -> Box<dyn Outlet> {
        Box::new(self.clone())
    }
}

impl Outlet for Folder {
    fn begin<'a>(&'a mut self, _envelope: &'a Envelope) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async { Ok(()) })
    }

    fn vet<'a>(&'a mut self, _recipient: &'a Recipient) -> Pending<'a, Result<Reply, Fault>> {
        Box::pin(async { Ok(Reply::new(250, (2, 1, 5), "Recipient taken")) })
    }

    fn hand_over<'a>(&'a mut self, variants: Vec<Variant>, until: Instant) -> Pending<'a, Outcome> {
        let path = self.path.clone();
        let recipients = addresses(&variants);
        Box::pin(async move {
            if Instant::now() >= until {
                return deferred(&recipients, &Kind::Deadline);
            }
            let written = tokio::task::spawn_blocking(move || write_all(&path, &variants)).await;
            written.unwrap_or_else(|_| deferred(&recipients, &Kind::Internal))
        })
    }

    fn reset<'a>(&'a mut self) -> Pending<'a, ()> {
        Box::pin(async {})
    }
}

fn write_all(folder: &Path, variants: &[Variant]) -> Outcome {
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%S.%3fZ");
    let id = String::from_utf8_lossy(&random_characters::<8>()).into_owned();
    let mut outcome = Outcome::default();
    for (number, variant) in variants.iter().enumerate() {
        let name = format!("{stamp}-{id}-{}", number + 1);
        let one = match write(folder, &name, variant) {
            Ok(()) => accepted(variant, &name),
            Err(error) => {
                tracing::warn!(%error, folder = %folder.display(), "a mail could not be written");
                deferred(&addresses(std::slice::from_ref(variant)), &Kind::DiskFull)
            }
        };
        outcome.answers.extend(one.answers);
    }
    outcome
}

/// The envelope gets its name first, so that no `.eml` is ever seen without it.
fn write(folder: &Path, name: &str, variant: &Variant) -> io::Result<()> {
    let content = folder.join(format!("{name}.eml"));
    let envelope = folder.join(format!("{name}.json"));
    durable(&content.with_extension("eml.part"), |file| {
        io::copy(&mut variant.content().reader(), file).map(|_| ())
    })?;
    durable(&envelope.with_extension("json.part"), |file| {
        file.write_all(envelope_of(variant).to_string().as_bytes())
    })?;
    fs::rename(envelope.with_extension("json.part"), &envelope)?;
    fs::rename(content.with_extension("eml.part"), &content)?;
    File::open(folder)?.sync_all()
}

fn durable(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    fill(&mut file)
        .and_then(|()| file.sync_all())
        .inspect_err(|_| {
            // The error that is reported is the first one.
            let _ = fs::remove_file(path);
        })
}

fn envelope_of(variant: &Variant) -> serde_json::Value {
    let options = variant.options();
    let recipient = |r: &Recipient| json!({ "address": r.address.to_string(), "notify": r.notify, "orcpt": r.orcpt });
    json!({
        "sender": variant.sender().map(Address::to_string).unwrap_or_default(),
        "recipients": variant.recipients().iter().map(recipient).collect::<Vec<_>>(),
        "size": variant.content().len(),
        "smtputf8": options.utf8,
        "8bitmime": options.eight_bit,
        "ret": options.ret,
        "envid": options.envid,
    })
}

fn addresses(variants: &[Variant]) -> Vec<Address> {
    let recipients = variants.iter().flat_map(Variant::recipients);
    recipients.map(|r| r.address.clone()).collect()
}

fn accepted(variant: &Variant, name: &str) -> Outcome {
    let reply = Reply::new(250, (2, 0, 0), &format!("Written as {name}.eml"));
    let answer = Answer::Accepted(Accepted::assertion(reply));
    let recipients = variant.recipients().iter();
    Outcome {
        answers: recipients
            .map(|r| (r.address.clone(), answer.clone()))
            .collect(),
    }
}

fn deferred(recipients: &[Address], kind: &Kind) -> Outcome {
    let answer = Answer::Deferred(Reply::from(kind));
    Outcome {
        answers: recipients
            .iter()
            .map(|address| (address.clone(), answer.clone()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forward::unhurried;
    use crate::mail::envelope::MailOptions;
    use crate::mail::{Content, Lane};

    fn variant(to: &str, text: &str) -> Variant {
        Variant::assertion(
            Lane::Ordinary,
            Some("anna@example.org".parse().unwrap()),
            vec![Recipient::new(to.parse().unwrap())],
            MailOptions::default(),
            Content::new(text.into()),
        )
    }

    fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
        let mut found: Vec<_> = entries
            .filter(|p| p.extension().is_some_and(|e| e == extension))
            .collect();
        found.sort();
        found
    }

    #[tokio::test]
    async fn each_variant_becomes_a_file_with_its_envelope() {
        let folder = tempfile::tempdir().unwrap();
        let mut outlet = Folder::at(folder.path()).unwrap().open();
        let variants = vec![
            variant("bo@partner.example", "Subject: a\r\n\r\n.\r\n"),
            variant("eva@client.example", "Subject: b\r\n\r\n"),
        ];
        let outcome = outlet.hand_over(variants, unhurried()).await;
        assert!(matches!(
            &outcome.answers[..],
            [(_, Answer::Accepted(_)), (_, Answer::Accepted(_))]
        ));
        let mails = files(folder.path(), "eml");
        assert_eq!(fs::read(&mails[0]).unwrap(), b"Subject: a\r\n\r\n.\r\n");
        let envelope = fs::read_to_string(&files(folder.path(), "json")[1]).unwrap();
        assert!(envelope.contains("eva@client.example"), "{envelope}");
        assert!(files(folder.path(), "part").is_empty());
    }

    #[tokio::test]
    async fn a_folder_that_went_away_defers() {
        let folder = tempfile::tempdir().unwrap();
        let mut outlet = Folder::at(&folder.path().join("gone")).unwrap().open();
        fs::remove_dir(folder.path().join("gone")).unwrap();
        let outcome = outlet
            .hand_over(vec![variant("bo@partner.example", "x\r\n")], unhurried())
            .await;
        assert!(matches!(&outcome.answers[..], [(_, Answer::Deferred(_))]));
    }
}
