//! `cloakroom fetch`: opens a link as its recipient would and writes the files. Demo and tests use it as a library.
//!
//! Promises: it goes the recipient's way (page, unlock with the page's cookie, list, downloads) and no other; every file is compared
//! with the size and SHA-256 of the list, and removed if it differs; nothing is overwritten; a name out of the answer is made safe again.
//! Leaves to others: the HTTP (`client`). Fails with a [`Failure`] whose text never holds link or password.

use super::args::FetchArguments;
use super::{Exit, Failure, json, print};
use crate::client::{Client, Stream, Trouble, Url, Visit};
use crate::mail::FileName;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A list of a thousand files with long names fits.
const MAX_LIST: usize = 1 << 20;

/// Far above any page before unlocking.
const MAX_PAGE: usize = 1 << 20;

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// The transfer's id.
    pub transfer: String,
    /// True if there is a text to read on the page too.
    pub message: bool,
    /// The mail itself, as `.eml`, if this recipient may have it.
    pub mail: Option<FetchedFile>,
    /// In the order of the list.
    pub files: Vec<FetchedFile>,
}

/// One written file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FetchedFile {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// 64 hexadecimal digits, of the bytes as written.
    pub sha256: String,
    /// Where it is.
    pub path: PathBuf,
}

/// What `/open/<ID>` answers to who asks for JSON.
#[derive(Debug, Deserialize)]
struct List {
    files: Vec<Listed>,
    mail: Option<Listed>,
    message: bool,
}

#[derive(Debug, Deserialize)]
struct Listed {
    number: u32,
    name: String,
    size: u64,
    sha256: String,
}

/// The command.
pub fn run(arguments: &FetchArguments) -> Result<(), Failure> {
    let client = Client::new(arguments.ca.as_deref()).map_err(|e| Failure::new(Exit::Usage, e))?;
    let password = password(arguments.password.as_deref())?;
    let password = password.as_ref().map(|p| p.as_str());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Failed, e))?;
    let fetched = runtime.block_on(fetch(client, &arguments.link, password, &arguments.into))?;
    print(&match arguments.json {
        true => json(&fetched),
        false => fetched
            .mail
            .iter()
            .chain(&fetched.files)
            .map(line)
            .collect(),
    })
}

fn line(file: &FetchedFile) -> String {
    format!("{}\t{}\t{}\n", file.name, file.size, file.sha256)
}

/// As given, or a line of standard input for `-`.
fn password(given: Option<&str>) -> Result<Option<Zeroizing<String>>, Failure> {
    match given {
        Some("-") => {
            let mut line = Zeroizing::new(String::new());
            io::stdin()
                .lock()
                .read_line(&mut line)
                .map_err(|e| Failure::new(Exit::Usage, format!("standard input: {e}")))?;
            Ok(Some(Zeroizing::new(line.trim_end().to_owned())))
        }
        given => Ok(given.map(|p| Zeroizing::new(p.to_owned()))),
    }
}

/// Opens the link and writes its files into `into`, which is made if it does not exist.
pub async fn fetch(
    client: Client,
    link: &str,
    password: Option<&str>,
    into: &Path,
) -> Result<Fetched, Failure> {
    let link: Url = link
        .trim()
        .parse()
        .map_err(|e: Trouble| Failure::new(Exit::Usage, e))?;
    fs::create_dir_all(into).map_err(|e| not_written(into, &e))?;
    let mut visit = Visit::to(client, &link);
    let page = visit.get(&link, None).await.map_err(trouble)?;
    opened(page.status.as_u16())?;
    let page = page.whole(MAX_PAGE).await.map_err(trouble)?;
    no_code(&link, &page)?;
    no_terms(&page)?;
    let open = unlock(&mut visit, &link, password).await?;
    let list = list(&mut visit, &open).await?;
    let mail = match &list.mail {
        Some(mail) => Some(download(&mut visit, &open, mail, into).await?),
        None => None,
    };
    let mut files = Vec::new();
    for file in &list.files {
        files.push(download(&mut visit, &open, file, into).await?);
    }
    Ok(Fetched {
        transfer: open
            .path()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned(),
        message: list.message,
        mail,
        files,
    })
}

/// Opens the link and gives the ZIP of all files, in memory: for the demo, which compares it.
pub async fn zip(client: Client, link: &str, password: Option<&str>) -> Result<Vec<u8>, Failure> {
    let link: Url = link.trim().parse().map_err(trouble)?;
    let mut visit = Visit::to(client, &link);
    let open = unlock(&mut visit, &link, password).await?;
    let from = open
        .at(&format!("{}/all.zip", open.path()))
        .map_err(trouble)?;
    let mut answer = visit.get(&from, None).await.map_err(trouble)?;
    if answer.status != 200 {
        return Err(Failure::new(
            Exit::Unavailable,
            format!("all.zip: the page answers {}", answer.status),
        ));
    }
    let mut bytes = Vec::new();
    while let Some(block) = answer.block().await.map_err(trouble)? {
        bytes.extend_from_slice(&block);
    }
    Ok(bytes)
}

/// The unlock page's status.
fn opened(status: u16) -> Result<(), Failure> {
    match status {
        200 => Ok(()),
        429 | 503 => Err(Failure::new(
            Exit::TryAgain,
            "the page asks to come back later",
        )),
        _ => Err(
            Failure::new(Exit::NotAllowed, "this link does not open (any more)")
                .hint("ask the sender to send it again"),
        ),
    }
}

/// A code goes to a mailbox, where a person reads it: the page has a form that asks for it.
fn no_code(link: &Url, page: &[u8]) -> Result<(), Failure> {
    let form = format!("action=\"{}/code", link.path().trim_end_matches('/'));
    match memchr::memmem::find(page, form.as_bytes()) {
        None => Ok(()),
        Some(_) => Err(Failure::new(
            Exit::NotAllowed,
            "this link opens with a code that is sent by mail",
        )
        .hint("open it in a browser; the page sends the code to the mailbox that got the link")),
    }
}

/// Terms of use are for a person to agree to: the page has a box for that.
fn no_terms(page: &[u8]) -> Result<(), Failure> {
    match memchr::memmem::find(page, b"name=\"terms\"") {
        None => Ok(()),
        Some(_) => {
            let what = "this page has terms of use, which a person must agree to";
            Err(Failure::new(Exit::NotAllowed, what).hint("open it in a browser"))
        }
    }
}

/// Gives the page of the transfer, `/open/<ID>`.
async fn unlock(visit: &mut Visit, link: &Url, password: Option<&str>) -> Result<Url, Failure> {
    let to = format!("{}/unlock", link.path().trim_end_matches('/'));
    let to = link.at(&to).map_err(trouble)?;
    let fields: Vec<(&str, &str)> = password.iter().map(|p| ("password", *p)).collect();
    let answer = visit.post_form(&to, &fields).await.map_err(trouble)?;
    match (
        answer.status.as_u16(),
        answer.header(hyper::header::LOCATION),
    ) {
        (302 | 303, Some(place)) => to.join(place).map_err(trouble),
        (429 | 503, _) => Err(Failure::new(
            Exit::TryAgain,
            "too many wrong passwords: the page asks to wait",
        )),
        (500.., _) => Err(Failure::new(
            Exit::Unavailable,
            format!("the page answers {}", answer.status),
        )),
        _ if password.is_none() => Err(Failure::new(Exit::NotAllowed, "a password is needed")
            .hint("add --password PASSWORD; it came by another way than the link")),
        _ => Err(Failure::new(
            Exit::NotAllowed,
            "the password does not open this link",
        )),
    }
}

async fn list(visit: &mut Visit, open: &Url) -> Result<List, Failure> {
    let answer = visit
        .get_as(open, "application/json")
        .await
        .map_err(trouble)?;
    let status = answer.status;
    let body = answer.whole(MAX_LIST).await.map_err(trouble)?;
    match serde_json::from_slice(&body) {
        Ok(list) if status.is_success() => Ok(list),
        _ => Err(Failure::new(
            Exit::Unavailable,
            format!("the page gives no list of files (status {status})"),
        )),
    }
}

async fn download(
    visit: &mut Visit,
    open: &Url,
    file: &Listed,
    into: &Path,
) -> Result<FetchedFile, Failure> {
    let name = FileName::new(&file.name).unwrap_or_else(|| FileName::numbered(1, "bin"));
    let path = into.join(name.as_str());
    let from = format!("{}/file/{}", open.path(), file.number);
    let from = open.at(&from).map_err(trouble)?;
    let answer = visit.get(&from, None).await.map_err(trouble)?;
    if answer.status != 200 {
        let message = format!("{name}: the page answers {}", answer.status);
        return Err(Failure::new(Exit::Unavailable, message));
    }
    let target = OpenOptions::new().write(true).create_new(true).open(&path);
    let target = target.map_err(|e| not_written(&path, &e))?;
    match save(answer, target, &path).await {
        Ok((size, sha256)) if size == file.size && sha256 == file.sha256 => Ok(FetchedFile {
            name: name.to_string(),
            size,
            sha256,
            path,
        }),
        other => {
            let _ = fs::remove_file(&path);
            let differs = format!("{name} is not what the list says: it was removed");
            Err(other.err().unwrap_or(Failure::new(Exit::BadData, differs)))
        }
    }
}

/// Writes a body; its size and SHA-256.
async fn save(mut body: Stream, mut file: File, path: &Path) -> Result<(u64, String), Failure> {
    let mut hash = Sha256::new();
    let mut size = 0;
    while let Some(block) = body.block().await.map_err(trouble)? {
        hash.update(&block);
        size += block.len() as u64;
        file.write_all(&block).map_err(|e| not_written(path, &e))?;
    }
    let digits = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((size, digits))
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::new(Exit::Failed, format!("{}: {error}", path.display()));
    match error.kind() {
        io::ErrorKind::AlreadyExists => failure.hint("name another folder by --into"),
        _ => failure,
    }
}

fn trouble(error: Trouble) -> Failure {
    match error {
        Trouble::BadUrl(_) => Failure::new(Exit::Usage, error),
        Trouble::TooSlow => Failure::new(Exit::TryAgain, error),
        _ => Failure::new(Exit::Unavailable, error),
    }
}
