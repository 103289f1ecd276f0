//! The command line's grammar. What `--help` says is written here, once.

use crate::config::DEFAULT_FILE;
use crate::mail::Address;
use crate::mta::recipe::Signer;
use crate::transfer::phone::Country;
use crate::units::Period;
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
  cloakroom recipe postfix                      the lines that put it beside Postfix; without a name, the list of recipes

Exit codes: 0 done, 1 failed, 64 wrong command line, 65 bad mail or data, 69 not reachable, 75 try again later,
77 not allowed, 78 configuration";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Passwords that are agreed with recipients once: set, list, remove; none is shown again
    #[command(subcommand, after_help = AGREED_EXAMPLES)]
    Agreed(AgreedCommand),
    /// Make certificates for trying out
    #[command(subcommand)]
    Cert(CertCommand),
    /// Read configuration, keys and certificates, say what is wrong, change nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArguments),
    /// Print an example or the values in force
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Try everything on this machine: sends sample mails through a gateway of its own and shows what becomes of them
    #[command(after_help = DEMO_EXAMPLES)]
    Demo {
        /// Fetch every link as a recipient would, compare the files, and end: 0 if all are the same
        #[arg(long)]
        once: bool,
    },
    /// Look into the directories of telephone numbers, and make a table for one
    #[command(subcommand, after_help = DIRECTORY_EXAMPLES)]
    Directory(DirectoryCommand),
    /// Look at the mail server that stands around this gateway, and say what is wrong with its settings
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(DoctorArguments),
    /// Say what the policy would do with a mail, and why; stores and sends nothing
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(ExplainArguments),
    /// Open a link as its recipient would, and write the files
    #[command(after_help = FETCH_EXAMPLES)]
    Fetch(FetchArguments),
    /// List, show, release and drop mails that wait for approval; neither contents nor subjects are visible
    #[command(subcommand, after_help = HOLD_EXAMPLES)]
    Hold(HoldCommand),
    /// Make the master key
    #[command(subcommand)]
    Key(KeyCommand),
    /// Read the manual
    #[command(after_help = MANUAL_EXAMPLES)]
    Manual(ManualArguments),
    /// Look at the rules: list, show, test, lint
    #[command(subcommand, after_help = POLICY_EXAMPLES)]
    Policy(PolicyCommand),
    /// List and forget the telephone numbers that a sender gave with earlier mails
    #[command(subcommand, after_help = NUMBERS_EXAMPLES)]
    Numbers(NumbersCommand),
    /// List, show, retry and drop mail that was taken for all and has not reached all yet
    #[command(subcommand, after_help = QUEUE_EXAMPLES)]
    Queue(QueueCommand),
    /// Devices that need no password: list them, let one in by a code, end it for a sender and a recipient
    #[command(subcommand, after_help = QUICK_EXAMPLES)]
    Quick(QuickCommand),
    /// Read files from standard input as the gateway asks; it starts these processes itself
    #[command(hide = true)]
    ReadDocuments {
        /// Seconds of processor for all of them
        seconds: u64,
    },
    /// Print the lines that another mail server needs to stand around this gateway
    #[command(after_help = RECIPE_EXAMPLES)]
    Recipe(RecipeArguments),
    /// Let the running gateway read its rules anew, if they and their tests are right; prints what is different
    #[command(after_help = RELOAD_EXAMPLES)]
    Reload {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Run the gateway
    #[command(after_help = SERVE_EXAMPLES)]
    Serve(ConfigFile),
    /// List, show and take back transfers; neither contents nor passwords in use are visible
    #[command(subcommand, after_help = TRANSFER_EXAMPLES)]
    Transfer(TransferCommand),
    /// Watch beside the last mail server for mail that has not come by the gateway
    #[command(after_help = TRIPWIRE_EXAMPLES)]
    Tripwire(ConfigFile),
}

const TRIPWIRE_EXAMPLES: &str = "\
Examples:
  cloakroom tripwire                            with [tripwire] of /etc/cloakroom/cloakroom.toml
  cloakroom manual tripwire                     what it is for, and what the mail server needs";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  cloakroom doctor                              the mail server that is installed here
  cloakroom doctor --mta postfix --json | jq .findings

Reads its settings as they count (postconf, sendmail.cf, exim -bP), and tries whether others than this machine reach the way back.
Changes nothing. What it cannot read it says as a finding.
Exit codes: 0 nothing must be mended, 1 something must, 64 which mail server?, 69 its settings cannot be read";

/// `doctor`
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Which mail server; without it, the one that is installed
    #[arg(long, value_enum)]
    pub mta: Option<Mta>,
    /// The folder of its settings, if it is not the usual one
    #[arg(long, value_name = "DIR")]
    pub config_dir: Option<PathBuf>,
    /// See [`ConfigFile`].
    #[command(flatten)]
    pub config: ConfigFile,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

/// A mail server that `doctor` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Mta {
    /// postconf, main.cf, master.cf
    Postfix,
    /// sendmail.cf
    Sendmail,
    /// exim -bP
    Exim,
}

const RECIPE_EXAMPLES: &str = "\
Examples:
  cloakroom recipe                              the list of recipes
  cloakroom recipe postfix                      with addresses, sizes and times of /etc/cloakroom/cloakroom.toml
  cloakroom recipe postfix --signer inet:127.0.0.1:8891

Which one, and why each line: `cloakroom manual postfix`";

/// `recipe`
#[derive(Debug, Args)]
pub struct RecipeArguments {
    /// Which one; without it, the list of recipes
    pub name: Option<String>,
    /// Who signs what leaves (DKIM), as a milter: inet:HOST:PORT or unix:PATH
    #[arg(long, value_name = "MILTER")]
    pub signer: Option<Signer>,
    /// See [`ConfigFile`].
    #[command(flatten)]
    pub config: ConfigFile,
}

const DEMO_EXAMPLES: &str = "\
Examples:
  cloakroom demo                                stays up, so that the links open in a browser
  cloakroom demo --once                         plays the recipient too, compares every byte, exits 0 or 1";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  cloakroom explain claim.eml --from eva@legal.example.org --to registry@court.example
  cloakroom explain claim.eml --from eva@example.org --to bo@partner.example --json
  cloakroom explain claim.eml --from eva@example.org --to bo@partner.example --rewrite out.eml";

const SERVE_EXAMPLES: &str = "\
Examples:
  cloakroom serve --config ./cloakroom.toml     prints a line of JSON for each port it listens on

SIGHUP reads the policy anew (as `cloakroom reload` does, which says what came of it), SIGTERM lets mails in progress finish and ends";

const RELOAD_EXAMPLES: &str = "\
Examples:
  cloakroom reload
  cloakroom reload --json | jq .changed

Exit codes: 0 the new rules are in force, 69 no gateway runs here, 78 something is wrong and the old rules stay";

const TRANSFER_EXAMPLES: &str = "\
Examples:
  cloakroom transfer list
  cloakroom transfer show 7K3M9XQF --json
  cloakroom transfer revoke 7K3M9XQF                          for everybody
  cloakroom transfer revoke 7K3M9XQF bo@partner.example       for one recipient
  cloakroom transfer unlock 7K3M9XQF                          after too many wrong passwords
  cloakroom transfer resend 7K3M9XQF --to bo@partner.example  a new link and password

With a gateway running they ask it through its socket; else they open the store themselves";

/// `explain`
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The mail, as a file; `-` for standard input
    pub mail: PathBuf,
    /// The envelope's sender
    #[arg(long, value_name = "ADDRESS")]
    pub from: String,
    /// A recipient; give it once for each
    #[arg(long, value_name = "ADDRESS", required = true)]
    pub to: Vec<String>,
    /// See [`ConfigFile`].
    #[command(flatten)]
    pub config: ConfigFile,
    /// As for a mail server that cannot split it (`[milter] mode = "shared"`); without it, if mail comes in no other way
    #[arg(long)]
    pub together: bool,
    /// Write what would leave into new files: `out.eml`, for more variants `out.2.eml` and so on; the links in them open nothing
    #[arg(long, value_name = "FILE")]
    pub rewrite: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

const HOLD_EXAMPLES: &str = "\
Examples:
  cloakroom hold list
  cloakroom hold show 7K3M9XQF
  cloakroom hold release 7K3M9XQF --by dpo@example.org       as the other rules want it
  cloakroom hold release 7K3M9XQF --as-transfer              its files at least behind a link
  cloakroom hold drop 7K3M9XQF --because \"Please ask the clinic first.\"

The id is the mail's, as in the log and in the mail to the approvers. With a gateway running they ask it through its socket;
else they open the store themselves, and what was decided happens at the next start";

/// `hold …`
#[derive(Debug, Subcommand)]
pub enum HoldCommand {
    /// One line per mail: id, state, sender, recipients, end
    List {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Everything that is known about one without opening it
    Show {
        /// Its id
        id: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Let it leave, as the rules want that do not hold it; its sender is told
    Release {
        /// Its id
        id: String,
        /// Its files at least in a transfer
        #[arg(long)]
        as_transfer: bool,
        /// Which of the approvers; without it, the operator
        #[arg(long, value_name = "ADDRESS")]
        by: Option<String>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Drop it for ever; its sender is told
    Drop {
        /// Its id
        id: String,
        /// A sentence for its sender
        #[arg(long, value_name = "TEXT")]
        because: Option<String>,
        /// Which of the approvers; without it, the operator
        #[arg(long, value_name = "ADDRESS")]
        by: Option<String>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
}

const QUICK_EXAMPLES: &str = "\
Examples:
  cloakroom quick list
  cloakroom quick code bo@partner.example       prints a code to read out by telephone to whom you know
  cloakroom quick end anna@example.org bo@partner.example
  cloakroom quick end --all bo@partner.example  every sender, and every device";

const AGREED_EXAMPLES: &str = "\
Examples:
  cloakroom agreed set bo@partner.example              asks for the password twice, without showing it
  cloakroom agreed set @partner.example <password      for everybody of that domain; from a file or a program
  cloakroom agreed set @partner.example --make         makes one, and prints it this once
  cloakroom agreed list
  cloakroom agreed remove bo@partner.example

A channel of kind \"agreed\" uses them (`cloakroom manual channels`). With a gateway running they ask it through its socket; else they
open the store themselves";

/// `agreed …`
#[derive(Debug, Subcommand)]
pub enum AgreedCommand {
    /// Keep a password, in the place of the one before; what was sent already opens with the old one
    Set {
        /// An address, or `@` and a domain
        #[arg(value_name = "ADDRESS|@DOMAIN")]
        party: String,
        /// Make one that keeps the configured rules for passwords, and print it
        #[arg(long)]
        make: bool,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
    /// One line each: with whom, since when
    List {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Use it for nothing new; what was sent already opens with it still
    Remove {
        /// An address, or `@` and a domain
        #[arg(value_name = "ADDRESS|@DOMAIN")]
        party: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
}

const QUEUE_EXAMPLES: &str = "\
Examples:
  cloakroom queue list
  cloakroom queue show 7K3M9XQF-1 --json
  cloakroom queue retry                                       all of them, now
  cloakroom queue drop 7K3M9XQF-1 --bounce                    and its sender gets a report

With a gateway running they ask it through its socket; else they open the store themselves";

/// `directory …`
#[derive(Debug, Subcommand)]
pub enum DirectoryCommand {
    /// Make the file of a directory out of a table: every row right, or nothing is written
    Import(ImportArguments),
    /// What is known of an address; of a number, the last two digits
    Find {
        /// The recipient's address
        address: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Whether every directory can be read and answers
    Check {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
}

/// `directory import`
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// A table in CSV, its first line the names of its columns
    pub from: PathBuf,
    /// The file that a `[[directory]]` names; replaced if it is there
    #[arg(long, value_name = "FILE")]
    pub into: PathBuf,
    /// Which column has the address
    #[arg(long, value_name = "COLUMN", default_value = "address")]
    pub address: String,
    /// Which column has the telephone number
    #[arg(long, value_name = "COLUMN", default_value = "phone")]
    pub phone: String,
    /// Which column has the language, if there is one
    #[arg(long, value_name = "COLUMN", default_value = "language")]
    pub language: String,
    /// Where numbers are that FROM has without a country: two letters, such as SE
    #[arg(long, value_name = "COUNTRY")]
    pub country: Option<Country>,
}

const DIRECTORY_EXAMPLES: &str = "\
Examples:
  cloakroom directory import export.csv --into people.csv --address E-Mail --phone Mobil
  cloakroom directory import export.csv --into people.csv --country SE     070-123 45 67 is +46701234567
  cloakroom directory find bo@partner.example
  cloakroom directory check";

const NUMBERS_EXAMPLES: &str = "\
Examples:
  cloakroom numbers list anna@example.org                         whose, the last digits, when used last
  cloakroom numbers forget anna@example.org bo@partner.example    that one is not used any more
  cloakroom numbers forget anna@example.org                       none of hers are";

/// `numbers …`
#[derive(Debug, Subcommand)]
pub enum NumbersCommand {
    /// One line each: recipient, last digits, last use
    List {
        /// Whose mails they are for
        sender: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Not used any more from now on
    Forget {
        /// Whose mails they are for
        sender: String,
        /// Only this recipient's; without it, all
        recipient: Option<String>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
}

/// `quick …`
#[derive(Debug, Subcommand)]
pub enum QuickCommand {
    /// One line each: recipient, sender, when it was accepted, number of devices, when one of them was last used
    List {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// A code that makes a device of the browser it is entered in; good for a day, once; recipient and senders are told by mail
    Code {
        /// The recipient
        address: Address,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Passwords again: what was sent to devices alone opens nowhere any more; both are told by mail
    End {
        /// The sender, then the recipient; with --all the recipient alone
        #[arg(required = true, num_args = 1..=2, value_names = ["SENDER", "RECIPIENT"])]
        addresses: Vec<Address>,
        /// For all senders; the recipient's devices are none any more
        #[arg(long)]
        all: bool,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
}

/// `queue …`
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// One line each: id, copy or report, sender, recipients who do not have it, next try
    List {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Everything that is known about one without opening it
    Show {
        /// Its id
        id: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Try one now, or all
    Retry {
        /// Its id; without it, all
        id: Option<String>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Never try it again
    Drop {
        /// Its id
        id: String,
        /// Its sender gets a report; without it, nobody is told
        #[arg(long)]
        bounce: bool,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
}

/// `transfer …`
#[derive(Debug, Subcommand)]
pub enum TransferCommand {
    /// One line per transfer: id, state, sender, recipients, end
    List {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Everything that is known about one without opening it
    Show {
        /// Its id
        id: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Take it back: its keys are destroyed at once
    Revoke {
        /// Its id
        id: String,
        /// Only for this recipient
        recipient: Option<String>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Lift the lock or the pause that wrong passwords brought
    Unlock {
        /// Its id
        id: String,
        /// Only for this recipient
        recipient: Option<String>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Keep it longer, within `transfer.max_keep_for`, or end it sooner
    #[command(group = clap::ArgGroup::new("end").required(true))]
    Extend {
        /// Its id
        id: String,
        /// To the end of this day: 2025-12-05
        #[arg(long, value_name = "DAY", group = "end")]
        until: Option<String>,
        /// By so much: "7 days"
        #[arg(long, value_name = "TIME", group = "end")]
        by: Option<Period>,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
    },
    /// A new link, and a new password, for who lost one of them: only where policy says `recovery = "gateway"`
    Resend {
        /// Its id
        id: String,
        /// For this recipient; with only one link that need not be said
        #[arg(long, value_name = "ADDRESS")]
        to: Option<String>,
        /// Print the new password here, once, instead of sending it by the way of the first one
        #[arg(long)]
        show: bool,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// What happened to it: who opened, fetched, steered it, when and from where
    Audit {
        /// Its id
        id: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
}

const POLICY_EXAMPLES: &str = "\
Examples:
  cloakroom policy list
  cloakroom policy show size-large              all of it, with profile and defaults filled in
  cloakroom policy test                         the tests that stand in the policy files
  cloakroom policy test new.toml                the same as if new.toml lay in the folder too
  cloakroom policy test --coverage              also: which rules does no test notice?
  cloakroom policy detectors                    what `finds` can look for
  cloakroom policy try 'BSN 111222333'          which detectors fire, where, why
  cloakroom policy diff drafts/ --since 7d      what last week's mail would become under drafts/*.toml
  cloakroom policy lint                         rules that cannot match, names nobody uses, days that are over

Exit codes: 0 all is well, 1 something was found or a test failed, 78 the policy cannot be read";

/// `policy …`
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Every rule in a line: id, mode, action, place, owner, day of review, how many tests notice when it is gone
    List {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Everything of one rule as it counts, and where each value comes from
    Show {
        /// Its id
        id: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Run the tests that stand in the policy files
    Test {
        /// Only tests of these files; one that is not in the folder is read as if it were, in place of one of its name
        files: Vec<PathBuf>,
        /// Also say which enforced rules no test notices when they are gone; exits with 1 if there is one
        #[arg(long)]
        coverage: bool,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per test, with --coverage one more at the end
        #[arg(long)]
        json: bool,
    },
    /// Say what the mails of the last days would have become under another folder of rules, as far as sizes, types and domains tell
    Diff {
        /// The other folder
        dir: PathBuf,
        /// How far back, such as "7 days"; at most `policy.remember`
        #[arg(long, value_name = "PERIOD", default_value = "30 days")]
        since: String,
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of policy files, for editors
    Schema,
    /// Every detector of this version: name, country, what it is for, its class without and with a context word
    Detectors {
        /// One JSON object per line, with the context words
        #[arg(long)]
        json: bool,
    },
    /// Say what the detectors find in a text, and what speaks for it; of a number at most four characters are shown
    Try {
        /// The text; `-` reads it from standard input, so that it is in no list of processes
        text: String,
        /// A configuration: also what its policy looks for, words, expressions and own detectors
        #[arg(long = "config", value_name = "FILE")]
        config: Option<PathBuf>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Find what is right by the letter and still not what anybody wants; exits with 1 if there is something
    Lint {
        /// See [`ConfigFile`].
        #[command(flatten)]
        config: ConfigFile,
        /// One JSON object per finding
        #[arg(long)]
        json: bool,
    },
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
    /// Print the JSON Schema of the configuration, for editors
    Schema,
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
