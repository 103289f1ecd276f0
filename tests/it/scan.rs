//! Files read by processes of their own: what these may do, and what becomes of a file when they do not do it (reliability.md F23).

use cloakroom::mail::content::{Enough, Job, Piece, Reader, Sink};
use cloakroom::scan::{Limits, Pool};
use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Pieces as lines: `>` and `<` for files in files, `!` for what cannot be read.
#[derive(Default)]
pub struct Told {
    pub lines: Vec<String>,
    pub wants: Option<usize>,
}

impl Sink for Told {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), Enough> {
        if self.wants == Some(self.lines.len()) {
            return Err(Enough);
        }
        self.lines.push(match piece {
            Piece::Enter { name, .. } => format!("> {name}"),
            Piece::Leave => "<".to_owned(),
            Piece::At(place) => format!("@ {place}"),
            Piece::Prose(text) => text.trim_end().chars().take(80).collect(),
            Piece::Row(cells) => cells.join("|").chars().take(80).collect(),
            Piece::Table => "=".to_owned(),
            Piece::Unreadable(why) => format!("! {why:?}"),
        });
        Ok(())
    }
}

/// A pool of the real program.
pub fn pool(max_time: Duration) -> Pool {
    pool_of(Path::new(env!("CARGO_BIN_EXE_cloakroom")), max_time)
}

fn pool_of(program: &Path, max_time: Duration) -> Pool {
    let limits = Limits {
        max_bytes: 50 << 20,
        max_depth: 4,
        max_time,
        processes: 1,
    };
    Pool::new(program.to_owned(), limits).expect("a thread starts")
}

/// What a reader says of a file.
pub fn told(reader: &dyn Reader, name: &str, mut bytes: &[u8]) -> Vec<String> {
    let mut told = Told::default();
    let job = Job {
        name,
        media_type: "",
        charset: None,
        len: bytes.len() as u64,
        bytes: &mut bytes,
    };
    reader
        .read(job, &mut told)
        .expect("bytes in memory are there");
    told.lines
}

const SHORT: Duration = Duration::from_secs(2);

#[test]
fn a_text_is_read_and_the_process_is_kept_for_the_next() {
    let pool = pool(Duration::from_secs(20));
    assert_eq!(told(&pool, "a.txt", b"first\n"), ["first"]);
    let kept = pool.idle();
    assert_eq!(kept.len(), 1);
    assert_eq!(told(&pool, "b.txt", b"second\n"), ["second"]);
    assert_eq!(pool.idle(), kept);
    for _ in 0..60 {
        told(&pool, "c.txt", b"more\n");
    }
    assert_ne!(pool.idle(), kept, "not for ever");
}

#[test]
fn large_files_go_both_ways_at_once() {
    let pool = pool(Duration::from_secs(20));
    let text = "a line of a large text\n".repeat(400_000);
    let lines = told(&pool, "a.txt", text.as_bytes());
    assert!(lines.len() > 100, "{}", lines.len());
    assert!(lines.iter().all(|line| line.starts_with("a line")));
}

#[test]
fn a_process_that_was_ended_while_it_waited_is_replaced() {
    let pool = pool(Duration::from_secs(20));
    pool.probe().expect("it starts");
    let waiting = pool.idle();
    kill(waiting[0]);
    assert_eq!(told(&pool, "a.txt", b"text\n"), ["text"]);
    assert_ne!(pool.idle(), waiting);
}

fn kill(process: u32) {
    let id = rustix::process::Pid::from_raw(i32::try_from(process).expect("small"));
    rustix::process::kill_process(id.expect("not zero"), rustix::process::Signal::KILL)
        .expect("it is ours");
    std::thread::sleep(Duration::from_millis(100));
}

#[test]
fn the_process_has_taken_everything_away_from_itself() {
    let pool = pool(Duration::from_secs(20));
    pool.probe().expect("it starts");
    let of = |file: &str| {
        fs::read_to_string(format!("/proc/{}/{file}", pool.idle()[0])).expect("it runs")
    };
    let status = of("status");
    for line in ["NoNewPrivs:\t1", "Seccomp:\t2", "Threads:\t1"] {
        assert!(status.contains(line), "{line}: {status}");
    }
    let limits = of("limits");
    let hard = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name));
        let words = line.expect(name)[26..].split_whitespace();
        words.map(str::to_owned).nth(1).expect("two columns")
    };
    assert_eq!(hard("Max address space"), (512 << 20).to_string());
    assert_eq!(hard("Max cpu time"), "41");
    assert_eq!(hard("Max file size"), "0");
    assert_eq!(hard("Max core file size"), "0");
    assert_eq!(hard("Max open files"), "3");
    assert_eq!(hard("Max processes"), "0");
}

#[test]
fn a_file_that_cannot_be_had_is_an_error_and_no_verdict() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk"))
        }
    }
    let mut told = Told::default();
    let job = Job {
        name: "a.txt",
        media_type: "",
        charset: None,
        len: 10,
        bytes: &mut Broken,
    };
    let failed = pool(SHORT).read(job, &mut told);
    assert_eq!(failed.expect_err("it fails").to_string(), "the disk");
    assert!(told.lines.is_empty(), "{:?}", told.lines);
}

#[test]
fn a_file_over_the_limit_is_not_sent_and_one_that_lies_is_stopped() {
    let pool = pool(SHORT);
    let large = vec![b'x'; (50 << 20) + 1];
    assert_eq!(told(&pool, "a.txt", &large), ["! TooLarge"]);
    assert!(pool.idle().is_empty(), "nothing was started");
    let mut told = Told::default();
    let job = Job {
        name: "a.txt",
        media_type: "",
        charset: None,
        len: 1,
        bytes: &mut large.as_slice(),
    };
    pool.read(job, &mut told)
        .expect("bytes in memory are there");
    assert_eq!(told.lines, ["! TooLarge"]);
}

#[test]
fn a_consumer_that_has_enough_gets_no_more() {
    let pool = pool(SHORT);
    let text = "a line of a large text\n".repeat(100_000);
    let mut told = Told {
        wants: Some(2),
        ..Told::default()
    };
    let job = Job {
        name: "a.txt",
        media_type: "",
        charset: None,
        len: text.len() as u64,
        bytes: &mut text.as_bytes(),
    };
    pool.read(job, &mut told)
        .expect("bytes in memory are there");
    assert_eq!(told.lines.len(), 2);
}

/// A program that is not what it should be, after it said that it is ready.
fn fake(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("fake");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a folder of ours");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
    path
}

const READY: &str = r"printf '\005\000\000\000ready'";

#[test]
fn whatever_a_process_does_instead_of_reading_the_file_ends_unread() {
    let enter = r"printf '\004\000\000\000\000\000\000\000'";
    for (does, script, why) in [
        ("does not begin", "exit 1".to_owned(), vec!["! Crashed"]),
        (
            "cannot limit itself",
            r"printf '\002\000\000\000no'; exit 1".into(),
            vec!["! Crashed"],
        ),
        ("dies", format!("{READY}; kill -9 $$"), vec!["! Crashed"]),
        ("ends", format!("{READY}; exit 0"), vec!["! Crashed"]),
        (
            "hangs and does not read",
            format!("{READY}; exec sleep 60"),
            vec!["! TooSlow"],
        ),
        (
            "reads and hangs",
            format!("{READY}; cat >/dev/null"),
            vec!["! TooSlow"],
        ),
        (
            "talks nonsense",
            format!("{READY}; exec cat /bin/sh"),
            vec!["! Crashed"],
        ),
        (
            "sends its zeros",
            format!("{READY}; exec cat /dev/zero"),
            vec!["! Crashed"],
        ),
        (
            "never ends",
            format!(r"{READY}; while :; do printf '\001\000\000\000\005'; done"),
            vec![],
        ),
        (
            "announces too much",
            format!(r"{READY}; printf '\377\377\377\177'; exec sleep 60"),
            vec!["! Crashed"],
        ),
        (
            "stops in a frame",
            format!(r"{READY}; printf '\011\000\000\000abc'; exec sleep 60"),
            vec!["! TooSlow"],
        ),
        (
            "closes a stream",
            format!("{READY}; exec >&-; exec sleep 60"),
            vec!["! Crashed"],
        ),
        (
            "leaves a file open",
            format!("{READY}; {enter}; cat >/dev/null"),
            vec!["> ", "<", "! TooSlow"],
        ),
        (
            "leaves what it did not enter",
            format!(r"{READY}; printf '\001\000\000\000\001'; exec sleep 60"),
            vec!["! Crashed"],
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let pool = pool_of(&fake(folder.path(), &script), SHORT);
        let begun = Instant::now();
        let mut lines = told(&pool, "a.bin", &vec![b'x'; 1 << 20]);
        assert!(begun.elapsed() < SHORT * 3, "{does}: {:?}", begun.elapsed());
        if does == "never ends" {
            lines.retain(|line| line != "=");
            assert_eq!(lines, ["! TooSlow"]);
        } else {
            assert_eq!(lines, why, "{does}");
        }
        assert!(pool.idle().is_empty(), "{does}: it is not used again");
    }
}

#[test]
fn a_process_inherits_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let seen = folder.path().join("seen");
    let script = format!(
        "exec 3>{0}; export -p >&3; /bin/ls -l /proc/$$/fd/ >&3; {READY}",
        seen.display()
    );
    // What whoever started the tests leaves open is not ours; what a gateway opens is.
    let secret = folder.path().join("secret");
    let _open = fs::File::create(&secret).expect("a folder of ours");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let socket = format!("/proc/self/fd/{}", listener.as_raw_fd());
    let socket = fs::read_link(socket).expect("it is open");
    told(
        &pool_of(&fake(folder.path(), &script), SHORT),
        "a.txt",
        b"x",
    );
    let seen = fs::read_to_string(seen).expect("it ran");
    assert!(seen.contains("0 -> pipe:"), "{seen}");
    assert!(!seen.contains("/secret"), "{seen}");
    assert!(!seen.contains(&socket.display().to_string()), "{seen}");
    // The shell makes some itself.
    let variables = seen.lines().filter_map(|l| l.strip_prefix("export "));
    let foreign = variables.filter(|v| !["PWD", "OLDPWD", "SHLVL", "_"].contains(&name_of(v)));
    assert_eq!(foreign.collect::<Vec<_>>(), Vec::<&str>::new());
}

fn name_of(variable: &str) -> &str {
    variable.split('=').next().unwrap_or_default()
}

#[test]
fn a_file_that_takes_long_does_not_keep_the_next_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let starts = folder.path().join("starts");
    let script = format!("echo x >>{}; {READY}; exec sleep 60", starts.display());
    let program = fake(folder.path(), &script);
    let pool = &pool_of(&program, Duration::from_secs(5));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(told(pool, "a.txt", b"x"), ["! TooSlow"]));
        }
        let both = || fs::read_to_string(&starts).is_ok_and(|s| s.lines().count() == 2);
        while !both() && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let waited = begun.elapsed();
        assert!(
            waited < Duration::from_secs(4),
            "{waited:?}: the first still hangs"
        );
        assert!(
            waited > Duration::from_millis(900),
            "{waited:?}: one quick place only"
        );
    });
}
