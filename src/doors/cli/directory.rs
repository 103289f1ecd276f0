//! `cloakroom directory`: import a table, find an address, check all directories. Numbers are shown by their last two digits.

use super::args::{DirectoryCommand, ImportArguments};
use super::{Exit, Failure, block_on, json, print};
use crate::config::Config;
use crate::directory::table::{Columns, Mistake, Table};
use crate::directory::{Found, file};
use crate::mail::Address;
use crate::service::directories;
use crate::transfer::phone;
use serde::Serialize;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Asks the directories of the configuration; `import` writes a file and needs none.
pub fn run(command: &DirectoryCommand) -> Result<(), Failure> {
    match command {
        DirectoryCommand::Import(arguments) => import(arguments),
        DirectoryCommand::Find {
            address,
            config,
            json,
        } => find(&config.file, address, *json),
        DirectoryCommand::Check { config } => check(&config.file),
    }
}

/// Reads a table with any names of columns and writes ours, all rows or none.
fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let columns = Columns {
        address: arguments.address.clone(),
        phone: arguments.phone.clone(),
        language: arguments.language.clone(),
    };
    let from = &arguments.from;
    let table = file::text_of(from)
        .and_then(|text| Table::csv(&text, &columns, &directories::numbers(arguments.country)))
        .map_err(|mistakes| refused(from, &mistakes))?;
    let into = &arguments.into;
    let unwritten = |e: io::Error| Failure::new(Exit::Failed, format!("{}: {e}", into.display()));
    let bytes = (table.to_csv()).map_err(|e| Failure::new(Exit::Failed, e))?;
    replace(into, &bytes).map_err(unwritten)?;
    print(&format!("{} people in {}\n", table.len(), into.display()))
}

fn refused(from: &Path, mistakes: &[Mistake]) -> Failure {
    let errors = mistakes.iter().map(|m| format!("{}: {m}", from.display()));
    Failure {
        exit: Exit::BadData,
        errors: errors.collect(),
        hint: Some("nothing was written: mend these lines, or take them out".into()),
    }
}

/// A gateway that looks at the same time sees the file before or the file after. A new one is readable by owner and group, as it holds
/// people's numbers; one that is there keeps its mode.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let _ = fs::remove_file(&part);
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o640)
        .open(&part)?;
    if let Ok(before) = fs::metadata(path) {
        file.set_permissions(before.permissions())?;
    }
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

/// What is printed. The keys of its JSON form are fixed.
#[derive(Debug, Serialize)]
struct Answer {
    address: String,
    /// The directory that has the number.
    directory: Option<String>,
    /// The last two digits.
    ending: Option<String>,
    language: Option<String>,
}

impl Answer {
    fn of(address: &Address, found: &Found) -> Self {
        let number = found.contact.number.as_ref();
        Answer {
            address: address.to_string(),
            directory: found.by.clone(),
            ending: number.map(|number| phone::ending(&number.digits)),
            language: found.contact.language.clone(),
        }
    }

    fn to_text(&self) -> String {
        let number = match (&self.ending, &self.directory) {
            (Some(ending), Some(name)) => format!("ends in {ending}, from \"{name}\""),
            _ => "none: a password takes the next way".to_owned(),
        };
        let language = self.language.as_deref().unwrap_or("none");
        format!(
            "address   {}\nnumber    {number}\nlanguage  {language}\n",
            self.address
        )
    }
}

fn find(config: &Path, address: &str, as_json: bool) -> Result<(), Failure> {
    let wrong = |e| Failure::new(Exit::Usage, format!("{address:?}: {e}"));
    let address: Address = address.parse().map_err(wrong)?;
    let directories = directories::all(&Config::read(config)?)?;
    let found = block_on(async {
        let found = directories.find(&address).await;
        found.map_err(|e| Failure::new(Exit::Unavailable, e))
    })?;
    let answer = Answer::of(&address, &found);
    print(&match as_json {
        true => json(&answer),
        false => answer.to_text(),
    })
}

fn check(config: &Path) -> Result<(), Failure> {
    let config = Config::read(config)?;
    let directories = directories::all(&config)?;
    if directories.is_empty() {
        let message = format!("{}: there is no [[directory]]", config.file.display());
        return Err(Failure::new(Exit::Config, message));
    }
    block_on(async {
        let checked = directories.check().await;
        checked.map_err(|e| Failure::new(Exit::Unavailable, e))
    })?;
    let names = config.directories.iter();
    let lines = names.map(|d| format!("ok: {} ({})\n", d.name, d.kind.word()));
    print(&lines.collect::<String>())
}
