//! A program of the operator's: one JSON object on its standard input, its exit code is the answer.
//!
//! Promises: no shell, fixed arguments, nothing of the notice in arguments or environment (other users see those), an environment of
//! `PATH` alone, an end in time. Exit 0 is sent, 75 (`EX_TEMPFAIL`) and a program that could not be started are later, others never.

use super::{Channel, Trouble};
use crate::Pending;
use crate::transfer::{Destination, Notice};
use serde_json::json;
use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const EX_TEMPFAIL: i32 = 75;

/// Which program, and what it is called.
#[derive(Debug, Clone)]
pub struct CommandSettings {
    /// The channel's name.
    pub name: String,
    /// Program and arguments; the program as a full path.
    pub argv: Vec<String>,
    /// How block and page name this way: "by the reception desk".
    pub label: Option<String>,
    /// After this it is killed.
    pub timeout: Duration,
}

/// Runs a program for each notice.
#[derive(Debug)]
pub struct CommandChannel {
    settings: CommandSettings,
    path: OsString,
}

impl CommandChannel {
    /// The error is a sentence for the operator.
    pub fn new(settings: CommandSettings) -> Result<Self, String> {
        match settings.argv.first() {
            Some(program) if program.starts_with('/') => {}
            _ => return Err("argv: the first item must be a program's full path".into()),
        }
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        Ok(CommandChannel { settings, path })
    }

    async fn send_now(&self, notice: &Notice) -> Result<(), Trouble> {
        let later = |what: &str, error: std::io::Error| Trouble::Later(format!("{what}: {error}"));
        let (program, arguments) = self
            .settings
            .argv
            .split_first()
            .expect("new() saw a program");
        let mut child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", &self.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| later("the program does not start", e))?;
        let stdin = child.stdin.take();
        let running = async {
            if let Some(mut stdin) = stdin {
                // A program that needs no input may close it; its exit code says whether all is well.
                let _ = stdin
                    .write_all(format!("{}\n", object(notice)).as_bytes())
                    .await;
            }
            child.wait().await
        };
        match tokio::time::timeout(self.settings.timeout, running).await {
            Ok(Ok(status)) => judge(status),
            Ok(Err(error)) => Err(later("the program is lost", error)),
            Err(_) => Err(Trouble::Later("the program did not end in time".into())),
        }
    }
}

fn judge(status: ExitStatus) -> Result<(), Trouble> {
    match status.code() {
        Some(0) => Ok(()),
        Some(EX_TEMPFAIL) => Err(Trouble::Later("the program asks for another try".into())),
        Some(code) => Err(Trouble::Never(format!("the program ended with {code}"))),
        None => Err(Trouble::Later(format!("the program was ended: {status}"))),
    }
}

/// What a program reads, and a folder keeps. Passwords are in it: it goes to standard input and to files of mode 0600 only.
pub(super) fn object(notice: &Notice) -> serde_json::Value {
    let (number, sender) = match &notice.destination {
        Destination::Phone(number) => (Some(number), None),
        Destination::Sender(address) => (None, Some(address)),
        Destination::Operator => (None, None),
    };
    let entries = notice
        .entries
        .iter()
        .map(|entry| json!({ "recipient": entry.recipient, "password": entry.password.expose() }));
    json!({
        "id": notice.id,
        "transfer": notice.transfer,
        "number": number,
        "mail_to": sender,
        "sender": notice.sender,
        "sender_name": notice.sender_name,
        "language": notice.language,
        "created": notice.created,
        "expires": notice.expires,
        "passwords": entries.collect::<Vec<_>>(),
    })
}

impl Channel for CommandChannel {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn kind(&self) -> &'static str {
        "command"
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(self.send_now(notice))
    }

    fn way(&self) -> &str {
        self.settings.label.as_deref().unwrap_or("another way")
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::notice;
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    async fn run(script: &str, timeout: Duration) -> (Result<(), Trouble>, String) {
        let folder = tempfile::tempdir().unwrap();
        let (program, out) = (folder.path().join("notify"), folder.path().join("out"));
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        let channel = CommandChannel::new(CommandSettings {
            name: "desk".into(),
            argv: vec![
                program.display().to_string(),
                out.display().to_string(),
                "$(id); a b".into(),
            ],
            label: None,
            timeout,
        });
        let result = channel.unwrap().send(&notice(Destination::Operator)).await;
        (result, std::fs::read_to_string(&out).unwrap_or_default())
    }

    #[tokio::test]
    async fn a_program_reads_json_and_sees_nothing_else() {
        let script = "cat > \"$1\"; echo \"$2\" >> \"$1\"; env >> \"$1\"";
        let (result, out) = run(script, Duration::from_secs(10)).await;
        assert_eq!(result, Ok(()));
        let mut lines = out.lines();
        let read: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        assert_eq!(read["passwords"][0]["password"], "K7PM-2WXD-9RQF");
        assert_eq!(read["id"], "7K3M9XQF-0");
        assert_eq!(lines.next(), Some("$(id); a b"));
        assert!(!out.contains("CARGO"), "{out}");
    }

    #[tokio::test]
    async fn exit_codes_are_told_apart() {
        let long = Duration::from_secs(10);
        assert_eq!(run("exit 0", long).await.0, Ok(()));
        assert!(matches!(
            run("exit 75", long).await.0,
            Err(Trouble::Later(_))
        ));
        assert!(matches!(
            run("exit 1", long).await.0,
            Err(Trouble::Never(_))
        ));
        assert!(matches!(
            run("kill -9 $$", long).await.0,
            Err(Trouble::Later(_))
        ));
        let short = Duration::from_millis(100);
        assert!(matches!(
            run("sleep 20", short).await.0,
            Err(Trouble::Later(_))
        ));
    }

    #[test]
    fn only_full_paths_are_programs() {
        let settings = |program: &str| CommandSettings {
            name: "x".into(),
            argv: vec![program.into()],
            label: None,
            timeout: Duration::from_secs(1),
        };
        assert!(CommandChannel::new(settings("notify")).is_err());
        assert!(CommandChannel::new(settings("/bin/true")).is_ok());
    }
}
