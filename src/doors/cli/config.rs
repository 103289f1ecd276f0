//! `cloakroom config`: an example to start from, and the values in force.

use super::{Failure, json, print};
use crate::config::{Config, EXAMPLE, Setting};
use std::path::Path;

/// Prints the example.
pub fn example() -> Result<(), Failure> {
    print(EXAMPLE)
}

/// Prints the JSON Schema.
pub fn schema() -> Result<(), Failure> {
    let mut schema = crate::config::schema();
    schema["properties"]["profile"] = crate::decide::schema::profiles();
    pretty(&schema)
}

/// Prints a JSON document for people and files.
pub(super) fn pretty(value: &serde_json::Value) -> Result<(), Failure> {
    print(&format!("{value:#}\n"))
}

/// Prints the values in force: as TOML that can be read back, with the line that set each behind it; or as JSON lines.
pub fn show(
    file: &Path,
    key: Option<&str>,
    as_json: bool,
    not_default: bool,
) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let mut settings = config.settings();
    settings.retain(|s| key.is_none_or(|k| s.key.starts_with(k)));
    settings.retain(|s| !not_default || s.line.is_some() || s.key.starts_with("channel."));
    let lines = settings.iter().map(|setting| match as_json {
        true => json(setting),
        false => line(setting, file),
    });
    print(&lines.collect::<String>())
}

fn line(setting: &Setting, file: &Path) -> String {
    let (mark, value) = match &setting.value {
        Some(value) => ("", value.as_str()),
        None => ("# ", "none"),
    };
    match setting.line {
        Some(line) => format!(
            "{mark}{} = {value}  # {}:{line}\n",
            setting.key,
            file.display()
        ),
        None => format!("{mark}{} = {value}\n", setting.key),
    }
}
