//! Every mail of the corpus through the whole gateway: SMTP in, SMTP to the next hop, the link opened over HTTP.
//!
//! Once with a rule that takes all files: they come back bit for bit as the manifest has them and all else in the mail is unchanged; or
//! the mail travels whole; or there was nothing to take; or a bare line end was refused. Once with a rule that seals the text too: no
//! word of it is left in the mail, and the original comes back. What became of each mail is written down in `corpus/*.table`, so that
//! every change shows; the run writes its own table into `target/`.

mod judge;
mod pieces;
mod sealed;

use crate::support::client::{Door, send};
use crate::support::corpus::{Sample, is_right, samples, sha256};
use crate::support::hop::Hop;
use crate::support::settings;
use cloakroom::config::Config;
use cloakroom::decide::extract::Inline;
use cloakroom::doors::cli::fetch::FetchedFile;
use cloakroom::gateway::preview::preview;
use cloakroom::mail::envelope::{Client, Envelope};
use cloakroom::mail::{FileName, Intake, MailId, Recipient};
use cloakroom::service::{Running, build};
use cloakroom::transfer::Scope;
use judge::{Found, files_taken, without_received};
use pieces::Piece;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;
use tempfile::TempDir;

/// Of the 78.
const MOST_WHOLE: usize = 15;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_files_of_real_mail_come_back_and_the_rest_is_unchanged() {
    let Some(house) = House::open(settings::TAKE_FILES).await else {
        return;
    };
    let rows = house.run("transfer", FilesTaken).await;
    let whole = rows.iter().filter(|row| row.contains(" whole ")).count();
    assert!(whole <= MOST_WHOLE, "{whole} mails travel whole");
    house.running.stop().await;
}

/// What is to be seen of one mail behind the gateway.
struct Case<'a> {
    house: &'a House,
    sample: &'a Sample,
    /// The mail behind our `Received` field.
    rest: &'a [u8],
    /// Why the gateway says that the mail goes whole, if it says so.
    whole: Option<&'static str>,
}

/// Judges one kind of policy; gives what the table says of the mail, or what is wrong.
trait Bench {
    async fn judge(&self, case: &Case<'_>) -> Result<String, String>;
}

/// A gateway with its next hop, and the corpus.
struct House {
    samples: Vec<Sample>,
    hop: Hop,
    folder: TempDir,
    config: Config,
    running: Running,
}

impl House {
    /// `None` if there is no corpus.
    async fn open(policy: &str) -> Option<House> {
        let samples = Some(samples()).filter(|s| !s.is_empty())?;
        let hop = Hop::start(Vec::new()).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let to = format!("smtp://{}", hop.address);
        let config = settings::with(folder.path(), policy, &to, "");
        let running = cloakroom::service::start(config.clone()).await;
        Some(House {
            samples,
            hop,
            folder,
            config,
            running: running.expect("the gateway starts"),
        })
    }

    /// Sends every mail, judges it, and compares the table with the one written down.
    async fn run(&self, name: &str, bench: impl Bench) -> Vec<String> {
        let start = Instant::now();
        // Each mail waits for the disk many times: four at once.
        let lane = |first| self.lane(first, &bench);
        let (a, b, c, d) = tokio::join!(lane(0), lane(1), lane(2), lane(3));
        let mut all = [a, b, c, d].concat();
        all.sort_by_key(|(number, _)| *number);
        let (mut rows, mut wrong) = (Vec::new(), Vec::new());
        for (number, judged) in all {
            let id = &self.samples[number].id;
            match judged {
                Ok(words) => rows.push(format!("{id} {words}")),
                Err(why) => wrong.push(format!("{id}: {why}")),
            }
        }
        let table = rows.join("\n") + "\n";
        println!("{table}{name}: {:.1} s", start.elapsed().as_secs_f64());
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(match name {
            "transfer" => "corpus.txt",
            _ => "corpus-sealed.txt",
        });
        std::fs::write(&target, &table).expect("the target folder can be written");
        wrong.extend(self.differences(name, &rows));
        let count = wrong.len();
        assert!(wrong.is_empty(), "{count} wrong:\n{}", wrong.join("\n"));
        rows
    }

    /// Every fourth mail.
    async fn lane(&self, first: usize, bench: &impl Bench) -> Vec<(usize, Result<String, String>)> {
        let mut judged = Vec::new();
        for (number, sample) in self.samples.iter().enumerate().skip(first).step_by(4) {
            judged.push((number, self.one(sample, bench).await));
        }
        judged
    }

    fn differences(&self, name: &str, rows: &[String]) -> Vec<String> {
        let file =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/corpus/{name}.table"));
        let written = std::fs::read_to_string(&file).expect("the table is in the repository");
        let written: Vec<&str> = written.lines().filter(|l| !l.starts_with('#')).collect();
        let missing = written.iter().filter(|w| !rows.iter().any(|r| r == *w));
        let new = rows.iter().filter(|r| !written.contains(&r.as_str()));
        let missing = missing.map(|w| format!("written down: {w}"));
        missing
            .chain(new.map(|r| format!("happened:     {r}")))
            .collect()
    }

    async fn one(&self, sample: &Sample, bench: &impl Bench) -> Result<String, String> {
        let smtp = self.running.address("smtp").ok_or("no door")?;
        let to = [format!("{}@partner.example", sample.id)];
        let replies = send(Door::Smtp, smtp, "anna@example.org", &to, &sample.bytes).await;
        let reply = replies.last().cloned().unwrap_or_default();
        let come: Vec<_> = self.hop.deliveries();
        let mut come = come.into_iter().filter(|d| d.to == to);
        match (come.next(), come.next()) {
            (None, _) => refused(sample, &reply),
            (Some(delivery), None) if reply.starts_with("250 ") => {
                let case = Case {
                    house: self,
                    sample,
                    rest: without_received(&delivery.bytes)?,
                    whole: self.whole(sample),
                };
                bench.judge(&case).await
            }
            (first, second) => Err(format!(
                "answered {reply:?}, delivered {}, again {}",
                first.is_some(),
                second.is_some()
            )),
        }
    }

    /// What `explain` says of this mail.
    fn whole(&self, sample: &Sample) -> Option<&'static str> {
        let address = |text: &str| text.parse().expect("an address");
        let envelope = Envelope {
            sender: Some(address("anna@example.org")),
            recipients: vec![Recipient::new(address("bo@partner.example"))],
            options: Default::default(),
            client: Client::local(),
        };
        let mut intake = Intake::new(self.folder.path());
        intake.write(&sample.bytes).expect("a spool");
        let received = intake.finish(MailId::fresh(), envelope).expect("a spool");
        let policy = build::policy(&self.config).expect("the gateway has read it too");
        let (_, plan) = preview(&policy, received, &Inline).expect("the gateway did it too");
        match plan.decisions[0].scope {
            Scope::Whole(why) => Some(why),
            _ => None,
        }
    }

    async fn fetch(&self, sample: &Sample, link: &str) -> Result<Vec<FetchedFile>, String> {
        let into = self.folder.path().join(&sample.id);
        crate::support::fetch(link, None, &into).await
    }
}

/// Only bare line ends are refused.
fn refused(sample: &Sample, reply: &str) -> Result<String, String> {
    let proper = memchr::memmem::find_iter(&sample.bytes, b"\r\n").count();
    let count = |byte| memchr::memchr_iter(byte, &sample.bytes).count();
    let what = match (count(b'\r') > proper, count(b'\n') > proper) {
        (true, _) => "a bare CR",
        (_, true) => "a bare LF",
        (false, false) => return Err(format!("refused: {reply}")),
    };
    match reply.starts_with("550 5.6.11 ") {
        true => Ok(format!("refused   {what}")),
        false => Err(format!("{what}, and the answer is {reply}")),
    }
}

/// The mail goes whole: its only file is the mail itself.
async fn whole(case: &Case<'_>, found: &Found) -> Result<String, String> {
    let why = case.whole.ok_or("whole, and the gateway does not say so")?;
    let files = case.house.fetch(case.sample, one_link(found)?).await?;
    match &files[..] {
        [file] if file.name.ends_with(".eml") && file.sha256 == sha256(&case.sample.bytes) => {
            Ok(format!("whole     {why}"))
        }
        _ => Err(format!("whole, but in it is {files:?}")),
    }
}

fn one_link(found: &Found) -> Result<&str, String> {
    match Vec::from_iter(&found.links)[..] {
        [link] => Ok(link),
        _ => Err(format!("links: {:?}", found.links)),
    }
}

/// What the manifest says of parts of the mail itself.
fn own(sample: &Sample) -> impl Iterator<Item = &Value> {
    sample.attachments().iter().filter(|f| f["nested"] == false)
}

fn word<'a>(fact: &'a Value, key: &str) -> &'a str {
    fact[key].as_str().unwrap_or_default()
}

/// For [`settings::TAKE_FILES`].
struct FilesTaken;

impl Bench for FilesTaken {
    async fn judge(&self, case: &Case<'_>) -> Result<String, String> {
        let (sample, rest) = (case.sample, case.rest);
        let old = Piece::of(&sample.bytes);
        let files = files(sample, &old);
        if rest == sample.bytes {
            return left_alone(sample, &files);
        }
        let new = Piece::of(rest);
        if case.whole.is_some() {
            return whole(case, &judge::body_replaced(&old, &new)?).await;
        }
        let taken = files.iter().map(|f| word(f, "path").to_owned()).collect();
        let found = files_taken(&old, &new, &taken)?;
        the_manifest_is_right(sample, &old)?;
        let fetched = case.house.fetch(sample, one_link(&found)?).await?;
        same_files(&files, &fetched)?;
        let mut row = format!("protected {} in {}", files.len(), found.blocks.join(" "));
        if !found.anew.is_empty() {
            row += &format!(", anew {}", found.anew.join(" "));
        }
        Ok(row)
    }
}

/// The first of these kinds that the manifest says the mail is.
fn kind<'a>(sample: &'a Sample, kinds: &[&str]) -> Option<&'a str> {
    let protect = sample.facts["protect"].as_array().expect("a list");
    let mut said = protect.iter().filter_map(Value::as_str);
    said.find(|kind| kinds.contains(kind))
}

fn left_alone(sample: &Sample, files: &[&Value]) -> Result<String, String> {
    let protect = sample.facts["protect"].as_array().expect("a list");
    let kinds = [
        "encrypted",
        "pgp-inline-encrypted",
        "smime-opaque",
        "report",
    ];
    let kind = protect
        .iter()
        .filter_map(Value::as_str)
        .find(|p| kinds.contains(p));
    let stay: BTreeSet<&str> = own(sample).map(|fact| word(fact, "role")).collect();
    let stay = Vec::from_iter(stay).join(" ");
    match (kind, files.is_empty(), stay.as_str()) {
        (Some(kind), _, _) => Ok(format!("untouched {kind}")),
        (None, true, "") => Ok("untouched no file".to_owned()),
        (None, true, stay) => Ok(format!("untouched only {stay}")),
        (None, false, _) => Err(format!("left alone with {} files", files.len())),
    }
}

/// The files of a mail: what the manifest lists but for what stays in every mail (design, section 5).
fn files<'a>(sample: &'a Sample, mail: &Piece<'_>) -> Vec<&'a Value> {
    let texts: Vec<String> = mail
        .all()
        .into_iter()
        .filter(|piece| piece.media_type() == "text/html")
        .map(|piece| String::from_utf8_lossy(&piece.decoded()).into_owned())
        .collect();
    let invites = own(sample).any(|f| word(f, "role") == "calendar-body");
    let is_file = |fact: &&Value| {
        let kind = word(fact, "type");
        let id = word(fact, "content_id").trim_matches(['<', '>']);
        let shown = kind.starts_with("image/")
            && !id.is_empty()
            && texts.iter().any(|text| text.contains(&format!("cid:{id}")));
        let card = kind.ends_with("/vcard") && fact["size"].as_u64().expect("a size") < 10 * 1024;
        let invitation = invites && kind == "application/ics";
        match word(fact, "role") {
            // Certificates in a CMS object that everybody can read; a signature that somebody made unreadable.
            "smime" if sample.id == "d018" => true,
            "signature" if sample.id == "d032" => true,
            // The second of two pictures with one Content-ID: the text shows the first.
            "inline-related" if sample.id == "d040" && word(fact, "path") == "1.1.3" => true,
            "attachment" | "attachment-inline" | "inline-related" => !shown && !card && !invitation,
            "tnef" | "body-alt" | "nested-message" => true,
            "body-named" | "calendar-body" | "encrypted" | "report" | "signature" | "smime"
            | "partial" => false,
            other => panic!("{}: unknown role {other}", sample.id),
        }
    };
    own(sample)
        .filter(is_file)
        .flat_map(|fact| match OPENED.get(&sample.id) {
            Some(inside) if word(fact, "role") == "tnef" => Vec::from_iter(inside),
            _ => vec![fact],
        })
        .collect()
}

/// What is in the `winmail.dat` of a mail, as the program `tnef` writes it; of items that are no mails, their bytes too.
static OPENED: LazyLock<HashMap<String, Vec<Value>>> = LazyLock::new(|| {
    let picture = "kitten-playing-with-a-christmas-tree.jpg";
    let rows = [
        (
            picture,
            "f79d79bf20d19d17f4bbc92bc59485be362df93deaa92b71cc0d490d3b7ac935",
        ),
        (
            "Build a train table.rtf",
            "5b9d5d7f5939adec61c7545095d8e3e5bd6fce692da1b8b268f3fdf3d3fb4d2e",
        ),
        (
            "Build a train table.winmail.dat",
            "ffaf277cb2d598c5235ff295852dfc941bca0f500f487fc4699147482f34bf0b",
        ),
        (
            "Christmas Celebration!.rtf",
            "2eb57566913760550ac7126d8c326384f255a96318fd83149e961dfb37e183d0",
        ),
        (
            picture,
            "f79d79bf20d19d17f4bbc92bc59485be362df93deaa92b71cc0d490d3b7ac935",
        ),
        (
            "Christmas Celebration!.winmail.dat",
            "b70438e89e97db895fa43d906c163d4cb5f4bd03d78b0d66060d788938ad65ae",
        ),
    ];
    let fact = |(name, sha256)| serde_json::json!({"path": "1.2", "role": "tnef", "filename": name, "sha256": sha256});
    HashMap::from([("d001".to_owned(), rows.map(fact).to_vec())])
});

/// The pieces are those of the manifest: what it lists has the bytes it says, read our way.
fn the_manifest_is_right(sample: &Sample, mail: &Piece<'_>) -> Result<(), String> {
    let pieces: HashMap<_, _> = mail
        .all()
        .into_iter()
        .map(|p| (p.path.clone(), p))
        .collect();
    for fact in own(sample) {
        let path = word(fact, "path");
        let piece = pieces.get(path).ok_or(format!("{path} is no piece"))?;
        if !is_right(
            &fact["sha256"],
            &fact["sha256_any_of"],
            &sha256(&piece.decoded()),
        ) {
            return Err(format!("{path}: not the bytes of the manifest"));
        }
    }
    Ok(())
}

/// Exactly these, in this order, with these names made safe and told apart.
fn same_files(wanted: &[&Value], got: &[FetchedFile]) -> Result<(), String> {
    if wanted.len() != got.len() {
        let names: Vec<&str> = got.iter().map(|f| f.name.as_str()).collect();
        return Err(format!("{} files wanted, got {names:?}", wanted.len()));
    }
    for (fact, file) in wanted.iter().zip(got) {
        let path = word(fact, "path");
        let read = std::fs::read(&file.path).map_err(|e| e.to_string())?;
        let is = sha256(&read);
        if !is_right(&fact["sha256"], &fact["sha256_any_of"], &is) {
            return Err(format!("{path}: other bytes in {}", file.name));
        }
        let listed = fact["filename_any_of"].as_array().cloned();
        let names = listed.unwrap_or_else(|| vec![fact["filename"].clone()]);
        let named = names
            .iter()
            .filter_map(Value::as_str)
            .filter_map(FileName::new);
        let right = |name: FileName| {
            let mut forms = (2..=got.len()).map(|n| name.again(n).to_string());
            file.name == name.as_str() || forms.any(|form| form == file.name)
        };
        if !fact["filename"].is_null() && !named.into_iter().any(right) {
            return Err(format!(
                "{path}: {:?} is called {}",
                fact["filename"], file.name
            ));
        }
    }
    Ok(())
}
