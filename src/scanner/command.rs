//! A program that reads a file on its standard input: `clamdscan -`, `clamscan -`, or a script around what a house has.
//!
//! Exit 0 is clean, 1 is malware (the first line that it printed, or the one that ends with `FOUND`, names it), everything else is no
//! verdict. Promises: no shell, fixed arguments, an environment of `PATH` and `CLOAKROOM_FILE` alone (the file's name, on one line and
//! without what could pass for more), and a process group of its own that is killed when the call is dropped. A program that ended with 0
//! before it had read all has judged nothing; one that reads the end and drops it cannot be told from one that has looked at it, so it is
//! given no file that is larger than it looks at.

use super::{MOST_SAID, Scanner, Source, Verdict, tame};
use crate::Pending;
use crate::mail::visible::visible_line;
use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::sleep;

/// Longest name of a file that a program is told, in characters.
const MOST_NAME: usize = 255;
/// Between two looks at what it has not read yet.
const LOOK: Duration = Duration::from_millis(5);

/// Which program.
#[derive(Debug, Clone)]
pub struct Program {
    /// Program and arguments; the program as a full path.
    argv: Vec<String>,
    path: OsString,
    /// Bytes of the largest file that it looks at.
    largest: u64,
}

impl Program {
    /// The first word is the program's full path. `largest`: bytes of the largest file that it looks at.
    pub fn new(argv: Vec<String>, largest: u64) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        Program {
            argv,
            path,
            largest,
        }
    }

    fn start(&self, name: &str) -> Result<Child, String> {
        let Some((program, arguments)) = self.argv.split_first() else {
            return Err("no program is named".into());
        };
        let name: String = visible_line(name).chars().take(MOST_NAME).collect();
        Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", &self.path)
            .env("CLOAKROOM_FILE", name)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{program} does not start: {e}"))
    }

    async fn run(&self, name: &str, bytes: Source) -> Result<Verdict, String> {
        let mut child = self.start(name)?;
        let mut group = Group(child.id());
        let (input, output, errors) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let reading = async {
            tokio::select! {
                biased;
                fed = feed(input, bytes, self.largest) => fed,
                _ = child.wait() => Fed::InPart,
            }
        };
        let (fed, said, complaint) = tokio::join!(reading, hear(output), hear(errors));
        let ended = child.wait().await;
        group.0 = None;
        let ended = ended.map_err(|e| format!("the program is lost: {e}"))?;
        judge(ended, fed, &said, &complaint)
    }
}

impl Scanner for Program {
    fn scan<'a>(&'a self, name: &'a str, bytes: Source) -> Pending<'a, Result<Verdict, String>> {
        Box::pin(self.run(name, bytes))
    }
}

/// Killed with all that it has started, unless it has ended: then its number may be another's.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let pid = self.0.and_then(|id| i32::try_from(id).ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// How much of a file a program took.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fed {
    All,
    InPart,
    /// There is more than it looks at.
    TooMuch,
}

/// What lies in the pipe when it ends, it has not read, and only behind that is the end shown to it.
async fn feed(input: Option<ChildStdin>, mut bytes: Source, largest: u64) -> Fed {
    let Some(mut input) = input else {
        return Fed::InPart;
    };
    let mut len = 0u64;
    while let Some(chunk) = bytes.recv().await {
        len = len.saturating_add(chunk.len() as u64);
        if len > largest {
            return Fed::TooMuch;
        }
        if input.write_all(&chunk).await.is_err() {
            return Fed::InPart;
        }
    }
    while ioctl_fionread(&input).is_ok_and(|left| left > 0) {
        sleep(LOOK).await;
    }
    Fed::All
}

/// What it says, as far as anybody wants to know; the rest is taken from it, so that it does not wait.
async fn hear(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else {
        return String::new();
    };
    let mut said = Vec::new();
    let _: io::Result<usize> = (&mut stream)
        .take(MOST_SAID as u64)
        .read_to_end(&mut said)
        .await;
    let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&said).into_owned()
}

fn judge(ended: ExitStatus, fed: Fed, said: &str, complaint: &str) -> Result<Verdict, String> {
    match ended.code() {
        // What it found in the beginning counts.
        Some(1) => Ok(Verdict::Infected(found(said))),
        _ if fed == Fed::TooMuch => Ok(Verdict::TooLarge),
        Some(0) if fed == Fed::All => Ok(Verdict::Clean),
        Some(0) => Err("the program did not read the file to its end".into()),
        _ if [said, complaint]
            .iter()
            .any(|s| s.contains("size limit exceeded")) =>
        {
            Ok(Verdict::TooLarge)
        }
        Some(code) => Err(format!(
            "the program ended with {code}: {}",
            first_line(complaint)
        )),
        None => Err(format!("the program was ended: {ended}")),
    }
}

/// `stream: Win.Test.EICAR_HDB-1 FOUND`, as ClamAV has it, or a line of any other kind.
fn found(said: &str) -> String {
    let line = said.lines().find(|line| line.trim().ends_with(" FOUND"));
    let named = line.map(|line| line.trim().trim_end_matches(" FOUND"));
    let name = named.map(|line| line.rsplit_once(": ").map_or(line, |(_, name)| name));
    name.map_or_else(|| first_line(said), tame)
}

fn first_line(text: &str) -> String {
    let mut lines = text.lines().map(tame).filter(|line| !line.is_empty());
    lines.next().unwrap_or_else(|| "no word".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;
    use tokio::time::timeout;

    /// What a shell script makes of a file of so many bytes.
    async fn run(script: &str, name: &str, len: usize) -> Result<Verdict, String> {
        let argv = ["/bin/sh", "-c", script].map(String::from);
        let (to, bytes) = mpsc::channel(2);
        tokio::spawn(async move {
            for _ in 0..len.div_ceil(1000) {
                let _ = to.send(vec![b'x'; 1000]).await;
            }
        });
        Program::new(argv.to_vec(), 300_000).scan(name, bytes).await
    }

    #[tokio::test]
    async fn exit_codes_are_told_apart() {
        let infected = |name: &str| Ok(Verdict::Infected(name.into()));
        let found =
            "cat >/dev/null; echo 'stream: Win.Test FOUND'; echo; echo 'Infected: 1'; exit 1";
        for (script, verdict) in [
            ("[ $(wc -c) = 300000 ]", Ok(Verdict::Clean)),
            (found, infected("Win.Test")),
            ("echo Trojan; exit 1", infected("Trojan")),
            ("exit 1", infected("no word")),
            (
                "cat >/dev/null; echo 'INSTREAM size limit exceeded. ERROR'; exit 2",
                Ok(Verdict::TooLarge),
            ),
        ] {
            assert_eq!(run(script, "a", 300_000).await, verdict, "{script}");
        }
        for (script, why) in [
            ("echo 'no daemon' >&2; exit 2", "no daemon"),
            ("exit 0", "to its end"),
            ("head -c 299000 >/dev/null", "to its end"),
            ("kill -9 $$", "was ended"),
            ("cat >/dev/null; exit 127", "127"),
        ] {
            let said = run(script, "a", 300_000).await.expect_err(script);
            assert!(said.contains(why), "{script}: {said}");
        }
        let none = Program::new(vec!["/nowhere/scan".into()], 1);
        let (_, bytes) = mpsc::channel(1);
        assert!(none.scan("a", bytes).await.is_err());
    }

    #[tokio::test]
    async fn what_is_larger_than_it_looks_at_is_not_clean_whatever_it_says() {
        let all = run("cat >/dev/null", "a", 301_000).await;
        assert_eq!(all, Ok(Verdict::TooLarge));
        for script in ["head -c 1000 >/dev/null", "exit 0"] {
            let some = run(script, "a", 301_000).await;
            assert!(matches!(some, Ok(Verdict::TooLarge) | Err(_)), "{some:?}");
        }
        let found = run("cat >/dev/null; echo Trojan; exit 1", "a", 301_000).await;
        assert_eq!(found, Ok(Verdict::Infected("Trojan".into())));
    }

    #[tokio::test]
    async fn a_program_that_talks_and_talks_does_not_stand_still() {
        let script = "cat >/dev/null; yes | head -c 500000; yes | head -c 500000 >&2";
        assert_eq!(run(script, "a", 10).await, Ok(Verdict::Clean));
    }

    #[tokio::test]
    async fn it_sees_the_name_and_nothing_else() {
        let script = "cat >/dev/null; env | grep -v -e '^PWD=' -e '^PATH=' -e '^_=' -e '^SHLVL=' -e '^OLDPWD='; exit 1";
        let seen = run(script, "a\nPATH=/evil\u{202e}$(id).exe", 10).await;
        let Ok(Verdict::Infected(line)) = seen else {
            panic!("{seen:?}");
        };
        assert!(line.starts_with("CLOAKROOM_FILE=a"), "{line}");
        assert!(
            line.contains("PATH=/evil") && line.ends_with("$(id).exe"),
            "{line}"
        );
    }

    #[tokio::test]
    async fn who_hangs_is_killed_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("alive");
        let script = format!(
            "(while :; do touch {0}; sleep 0.02; done) & sleep 60",
            mark.display()
        );
        let cut = timeout(Duration::from_millis(500), run(&script, "a", 10)).await;
        assert!(cut.is_err(), "{cut:?}");
        // What was killed may have been writing just now.
        let gone = || {
            let _ = std::fs::remove_file(&mark);
            std::thread::sleep(Duration::from_millis(200));
            !mark.exists()
        };
        assert!((0..5).any(|_| gone()));
    }
}
