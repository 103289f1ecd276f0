//! The command line's grammar. What `--help` says is written here, once.

use crate::config::DEFAULT_FILE;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Takes attachments out of outgoing mail into encrypted transfers and puts download links into the mail
#[derive(Debug, Parser)]
#[command(name = "cloakroom", version, disable_help_subcommand = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cloakroom config example > cloakroom.toml     start a configuration; every key is explained in it
  cloakroom key init master.key                 make the key everything is sealed under
  cloakroom check --config cloakroom.toml       read all of it, change nothing
  cloakroom manual postfix                      how to put it in front of Postfix

Exit codes: 0 done, 1 failed, 64 wrong command line, 65 bad mail or data, 69 not reachable, 75 try again later,
77 not allowed, 78 configuration";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make certificates for trying out
    #[command(subcommand)]
    Cert(CertCommand),
    /// Read configuration, keys and certificates, say what is wrong, change nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Print an example or the values in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Open a link as its recipient would, and write the files
    #[command(after_help = FETCH_EXAMPLES)]
    Fetch(FetchArguments),
    /// Make the master key
    #[command(subcommand)]
    Key(KeyCommand),
    /// Read the manual
    #[command(after_help = MANUAL_EXAMPLES)]
    Manual(ManualArguments),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  cloakroom check                               /etc/cloakroom/cloakroom.toml; exits 0 or 78
  cloakroom check --config ./cloakroom.toml --quiet";

/// Which configuration.
#[derive(Debug, Clone, Args)]
pub struct ConfigFile {
    /// The configuration file
    #[arg(long = "config", value_name = "FILE", default_value = DEFAULT_FILE)]
    pub file: PathBuf,
}

/// `check`
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// See [`ConfigFile`].
    #[command(flatten)]
    pub config: ConfigFile,
    /// Say nothing if all is well
    #[arg(long)]
    pub quiet: bool,
}

/// `config`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print a configuration with every key, its default and its reason
    Example,
    /// Print the values in force and where each comes from
    Show {
        /// Only keys that begin so, such as `intake`
        key: Option<String>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per key and line
        #[arg(long)]
        json: bool,
        /// Only what the file sets
        #[arg(short = 'n', long)]
        not_default: bool,
    },
}

const FETCH_EXAMPLES: &str = "\
Examples:
  cloakroom fetch https://files.example.org/t/k7pm... --password K7PM-2WXD-9RQF --into .
  cloakroom fetch http://127.0.0.1:8080/t/k7pm... --password - --into inbox --json < password.txt

Prints name, size in bytes and SHA-256 of each file. A file that exists is not overwritten.
Exits with 77 if the link or the password does not open, 75 after too many tries, 69 if the page cannot be reached.";

/// `fetch`
#[derive(Debug, Args)]
pub struct FetchArguments {
    /// The link out of the mail
    pub link: String,
    /// The password; `-` reads it from standard input, so that it is in no process list
    #[arg(long)]
    pub password: Option<String>,
    /// The folder for the files; it is made if it does not exist
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// Further certificates to believe (PEM), such as a development CA
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// One JSON object with all files
    #[arg(long)]
    pub json: bool,
}

/// `key`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Write a new master key of 32 random bytes, readable by you alone; an existing file is never overwritten
    Init {
        /// Where to; `store.master_key` names it
        file: PathBuf,
    },
}

/// `cert`
#[derive(Debug, Subcommand)]
pub enum CertCommand {
    /// Make a certificate authority for development and a certificate of it; nobody but you should ever believe it
    #[command(after_help = CERT_EXAMPLES)]
    Dev {
        /// The folder, such as certs/: gets ca.pem, ca.key and HOST/{fullchain,privkey}.pem
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        /// A name or address the certificate is for; can be repeated, the first names the folder
        #[arg(long = "host", value_name = "NAME", required = true)]
        hosts: Vec<String>,
    },
}

const CERT_EXAMPLES: &str = "\
Example:
  cloakroom cert dev --into certs/ --host localhost --host 127.0.0.1
  cloakroom fetch https://localhost:8443/t/... --ca certs/ca.pem --into .";

const MANUAL_EXAMPLES: &str = "\
Examples:
  cloakroom manual                              the list of pages
  cloakroom manual postfix | less";

/// `manual`
#[derive(Debug, Args)]
pub struct ManualArguments {
    /// Which page; without it, the list of pages
    pub page: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_is_sound() {
        Arguments::command().debug_assert();
    }
}
