//! A start behind a crash takes no longer the more is kept: SMTP answers before anything walks through all transfers (P24).
//!
//! A few hundred transfers here; `tests/load/start` makes it a hundred thousand, with a release build.

use crate::support::client::{Door, send};
use crate::support::process::Gateway;
use crate::support::transfer::sealed;
use crate::support::{noise, settings};
use cloakroom::config::Config;
use cloakroom::service::build::store_alone;
use cloakroom::store::Store;
use cloakroom::transfer::BlobId;
use cloakroom::transfer::record::SealedTransfer;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// From the start of the program to the reply to the first mail.
const MOST: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_crash_with_many_transfers_smtp_answers_at_once() {
    let many: usize =
        variable("CLOAKROOM_START_TRANSFERS").map_or(400, |n| n.parse().expect("a number"));
    let program = variable("CLOAKROOM_START_PROGRAM");
    let program = PathBuf::from(program.unwrap_or_else(|| env!("CARGO_BIN_EXE_cloakroom").into()));
    let folder = tempfile::tempdir().expect("a folder");
    settings::write(folder.path(), settings::TAKE_FILES, "folder:out", "");
    fill(folder.path(), many);
    Gateway::start_program(&program, folder.path()).kill();

    let start = Instant::now();
    let gateway = Gateway::start_program(&program, folder.path());
    let listens = start.elapsed();
    let to = ["bo@partner.example".to_owned()];
    let replies = send(
        Door::Smtp,
        gateway.address("smtp"),
        "anna@example.org",
        &to,
        MAIL,
    )
    .await;
    let answers = start.elapsed();
    eprintln!("{many} transfers: listens after {listens:?}, a mail is answered after {answers:?}");
    assert!(
        replies.iter().all(|reply| reply.starts_with("250 ")),
        "{replies:?}"
    );
    assert!(answers < MOST, "{answers:?}");
}

const MAIL: &[u8] = b"From: anna@example.org\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n\
    Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\nabc\r\n--b--\r\n";

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Half of them as a crash leaves them: nobody knows whether their mail has left.
fn fill(folder: &Path, many: usize) {
    let config = Config::read(&folder.join("cloakroom.toml"));
    let store =
        store_alone(&config.unwrap_or_else(|e| panic!("{e}"))).unwrap_or_else(|e| panic!("{e}"));
    const HANDS: usize = 16;
    std::thread::scope(|scope| {
        for hand in 0..HANDS {
            let store = &store;
            scope.spawn(move || {
                for number in (hand..many).step_by(HANDS) {
                    let sealed = transfer(store, number);
                    let id = sealed.id;
                    store.hold(sealed).expect("holds");
                    if number % 2 == 0 {
                        let to = ["bo@partner.example".parse().expect("an address")];
                        store.release(&id, &to).expect("releases");
                    }
                }
            });
        }
    });
}

fn transfer(store: &Store, number: usize) -> SealedTransfer {
    let blob = BlobId::fresh();
    let mut writer = store.shelf().write_blob(blob).expect("starts");
    writer
        .write_all(&noise(number as u64, 200))
        .expect("writes");
    writer.finish().expect("finishes");
    let now = jiff::Timestamp::now().as_second();
    sealed(store, blob, 100, now)
}
