//! The command line: the operator's door. One file per command, the grammar in [`args`], the exit codes in [`Exit`].
//!
//! Promises: results go to standard output, everything else to standard error; `--json` has stable keys; an error is
//! `cloakroom: error: …` and, if there is a mend, `cloakroom: hint: …`. It stands above `service`, which builds what a command needs.
//! Leaves to others: doing it.

use clap::Parser;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

pub mod agreed;
pub mod args;
pub mod cert;
pub mod check;
pub mod config;
pub mod demo;
pub mod directory;
pub mod doctor;
pub mod explain;
pub mod fetch;
pub mod hold;
pub mod key;
pub mod manual;
pub mod numbers;
pub mod policy;
pub mod queue;
pub mod quick;
mod reach;
pub mod read_documents;
pub mod recipe;
pub mod reload;
pub mod serve;
pub mod transfer;
pub mod tripwire;

pub use crate::fault::failure::{Exit, Failure};

use args::{Arguments, CertCommand, Command, ConfigCommand, KeyCommand};

/// Runs the command these words ask for, the program's name first.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(answer) => return usage(&answer),
    };
    // Its standard output belongs to the gateway, and it needs nothing of what other commands set up.
    if let Command::ReadDocuments { seconds } = arguments.command {
        return read_documents::run(seconds);
    }
    match dispatch(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell if standard error is gone.
            let _ = write!(io::stderr(), "{failure}");
            failure.exit.into()
        }
    }
}

/// Help and version go to standard output with 0, mistakes to standard error with 64.
fn usage(answer: &clap::Error) -> ExitCode {
    let _ = answer.print();
    match answer.use_stderr() {
        true => Exit::Usage.into(),
        false => ExitCode::SUCCESS,
    }
}

fn dispatch(command: Command) -> Result<(), Failure> {
    match command {
        Command::Agreed(command) => agreed::run(&command),
        Command::Cert(CertCommand::Dev { into, hosts }) => cert::dev(&into, &hosts),
        Command::Check(arguments) => check::run(&arguments),
        Command::Config(ConfigCommand::Example) => config::example(),
        Command::Config(ConfigCommand::Schema) => config::schema(),
        Command::Config(ConfigCommand::Show {
            key,
            config,
            json,
            not_default,
        }) => config::show(&config.file, key.as_deref(), json, not_default),
        Command::Demo { once } => demo::run(once),
        Command::Directory(command) => directory::run(&command),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Fetch(arguments) => fetch::run(&arguments),
        Command::Hold(command) => hold::run(&command),
        Command::Numbers(command) => numbers::run(&command),
        Command::Queue(command) => queue::run(&command),
        Command::Quick(command) => quick::run(&command),
        Command::Key(KeyCommand::Init { file }) => key::init(&file),
        Command::Manual(arguments) => manual::run(arguments.page.as_deref()),
        Command::Policy(command) => policy::run(&command),
        // `run` has seen to it.
        Command::ReadDocuments { .. } => Ok(()),
        Command::Recipe(arguments) => recipe::run(&arguments),
        Command::Reload { config, json } => reload::run(&config.file, json),
        Command::Serve(config) => serve::run(&config.file),
        Command::Transfer(command) => transfer::run(&command),
        Command::Tripwire(config) => tripwire::run(&config.file),
    }
}

/// Runs a future on all cores, as the service does.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .map_err(|e| Failure::new(Exit::Failed, e))?
        .block_on(work)
}

/// Writes a result. A reader that went away (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, format!("standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// A value as one line of JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    let line = serde_json::to_string(value)
        .expect("values of ours have string keys and no failing serializer");
    line + "\n"
}
