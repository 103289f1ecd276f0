//! Where log lines go: standard error, as text for people or as JSON for programs.

use crate::config::{Log, LogFormat};
use crate::maillog;
use tracing::Level;
use tracing_subscriber::fmt;

/// As `[log]` says. A second call changes nothing.
pub fn start(log: &Log) {
    maillog::set_addresses(log.addresses);
    let line = fmt().with_writer(std::io::stderr).with_max_level(log.level);
    // Err: a log is set up already, by a test or an embedding program; its choice stands.
    let _ = match log.format {
        LogFormat::Json => tracing::subscriber::set_global_default(line.json().finish()),
        LogFormat::Text => tracing::subscriber::set_global_default(line.with_ansi(false).finish()),
    };
}

/// Text, nothing below `level`.
pub fn for_people(level: Level) {
    let line = fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level)
        .with_target(false)
        .without_time();
    let _ = tracing::subscriber::set_global_default(line.finish());
}
