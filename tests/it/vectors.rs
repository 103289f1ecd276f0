//! Blobs, wraps and spare keys against a second implementation in another language (tests/vectors/second.py): frozen ones, and fresh ones both ways.

use cloakroom::mail::Lane;
use cloakroom::seal::recovery::{self, Place};
use cloakroom::seal::stream::{Opener, Sealer, context};
use cloakroom::seal::wrap::{Lock, Secret, Stretched, unwrap, wrap, wrap_with_nonce};
use cloakroom::transfer::keys::{DayKey, MasterKey, TransferKey};
use cloakroom::transfer::notice::Route;
use cloakroom::transfer::proof::PasswordLine;
use cloakroom::transfer::renewal::Kept;
use cloakroom::transfer::{BlobId, BlobReader, Destination, LinkSecret, Password, TransferId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Serialize, Deserialize)]
struct Cases {
    blobs: Vec<BlobCase>,
    wraps: Vec<WrapCase>,
    spares: Vec<SpareCase>,
}

#[derive(Serialize, Deserialize, Clone)]
struct BlobCase {
    file: String,
    plain_len: u64,
    /// Why it must not open.
    refused: Option<String>,
    key: String,
    transfer: String,
    number: u32,
    blob: String,
    sha256: String,
}

#[derive(Serialize, Deserialize, Clone)]
struct WrapCase {
    transfer: String,
    link: String,
    day: i32,
    day_key: String,
    master: String,
    password: Option<String>,
    chosen: bool,
    key: String,
    wrap: String,
    refused: Option<String>,
}

#[derive(Serialize, Deserialize, Clone)]
struct SpareCase {
    transfer: String,
    ticket: u32,
    day: i32,
    day_key: String,
    master: String,
    channel: String,
    phone: String,
    key: String,
    spare: String,
    refused: Option<String>,
}

fn unhex<const N: usize>(text: &str) -> [u8; N] {
    bytes(text).try_into().expect("as many bytes")
}

fn bytes(text: &str) -> Vec<u8> {
    let pair = |i: usize| u8::from_str_radix(&text[i..i + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(pair).collect()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

struct InMemory(Vec<u8>);

impl BlobReader for InMemory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        let from = offset as usize;
        let bytes = self.0.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(std::io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl BlobCase {
    fn key(&self) -> TransferKey {
        TransferKey::from_bytes(unhex(&self.key))
    }

    fn context(&self) -> Vec<u8> {
        let transfer: TransferId = self.transfer.parse().expect("an id");
        context(&transfer, self.number, BlobId(unhex(&self.blob)))
    }

    fn open(&self, blob: Vec<u8>) -> Option<Vec<u8>> {
        let blob = Box::new(InMemory(blob));
        let opener = Opener::new(blob, &self.key(), &self.context(), self.plain_len).ok()?;
        let mut plain = vec![0; self.plain_len as usize];
        opener.read_at(0, &mut plain).ok()?;
        Some(plain)
    }
}

impl WrapCase {
    fn with_lock<T>(&self, then: impl FnOnce(&Lock<'_>) -> T) -> T {
        then(&Lock {
            transfer: &self.transfer.parse().expect("an id"),
            link: &LinkSecret::from_bytes(unhex(&self.link)),
            day: self.day,
            day_key: &DayKey::from_bytes(unhex(&self.day_key)),
            master: &MasterKey::from_bytes(unhex(&self.master)),
        })
    }

    fn open(&self) -> Option<String> {
        let password = self.password.as_deref().map(Password::given);
        let key = self.with_lock(|lock| unwrap(lock, password.as_ref(), &bytes(&self.wrap)));
        key.map(|key| hex(key.expose()))
    }

    fn stretched(&self, salt: Option<[u8; 16]>) -> Stretched {
        let password = self.password.as_deref().map(Password::given);
        let secret = password.as_ref().map(|password| Secret {
            password,
            exact: self.chosen,
            weak: self.chosen,
        });
        self.with_lock(|lock| match salt {
            Some(salt) => Stretched::with_salt(lock.master, secret.as_ref(), salt),
            None => Stretched::new(lock.master, secret.as_ref()),
        })
    }
}

impl SpareCase {
    fn with_place<T>(&self, then: impl FnOnce(&Place<'_>) -> T) -> T {
        then(&Place {
            transfer: &self.transfer.parse().expect("an id"),
            ticket: self.ticket,
            day: self.day,
            day_key: &DayKey::from_bytes(unhex(&self.day_key)),
            master: &MasterKey::from_bytes(unhex(&self.master)),
        })
    }

    fn kept(&self) -> Kept {
        let last = &self.phone[self.phone.len() - 2..];
        Kept {
            ways: vec![Route {
                channel: self.channel.clone(),
                destination: Destination::Phone(self.phone.clone()),
                line: PasswordLine::TextMessage(last.into()),
                then: Vec::new(),
            }],
            lane: Lane::VerifiedTls,
            rules: Default::default(),
        }
    }

    /// The transfer key, if what is kept beside it is as it must be.
    fn open(&self) -> Option<String> {
        let opened = self.with_place(|place| recovery::open(place, &bytes(&self.spare)));
        opened.map(|(key, kept)| {
            assert_eq!(kept, self.kept());
            hex(key.expose())
        })
    }
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn cases(folder: &Path) -> Cases {
    let text = std::fs::read(folder.join("cases.json")).expect("cases.json");
    serde_json::from_slice(&text).expect("cases")
}

/// Opens every case as it must be, or must not be.
fn check(folder: &Path) -> Cases {
    let cases = cases(folder);
    for case in &cases.blobs {
        let opened = case.open(std::fs::read(folder.join(&case.file)).expect("a blob"));
        let sum = opened.map(|plain| hex(Sha256::digest(plain)));
        let wanted = case.refused.is_none().then(|| case.sha256.clone());
        assert_eq!(sum, wanted, "{}: {:?}", case.file, case.refused);
    }
    for (number, case) in cases.wraps.iter().enumerate() {
        let wanted = case.refused.is_none().then(|| case.key.clone());
        assert_eq!(case.open(), wanted, "wrap {number}: {:?}", case.refused);
    }
    for (number, case) in cases.spares.iter().enumerate() {
        let wanted = case.refused.is_none().then(|| case.key.clone());
        assert_eq!(case.open(), wanted, "spare {number}: {:?}", case.refused);
    }
    cases
}

#[test]
fn frozen_vectors_open_or_are_refused() {
    let cases = check(&vectors());
    let lengths: Vec<u64> = cases
        .blobs
        .iter()
        .filter(|c| c.refused.is_none())
        .map(|c| c.plain_len)
        .collect();
    assert_eq!(lengths, [0, 1, 16383, 16384, 16385, 40000]);
    assert!(cases.blobs.iter().filter(|c| c.refused.is_some()).count() >= 15);
    assert_eq!(cases.spares.len(), 11);
}

#[test]
fn frozen_vectors_are_made_again_to_the_byte() {
    let folder = vectors();
    let cases = cases(&folder);
    for case in cases.blobs.iter().filter(|c| c.refused.is_none()) {
        let blob = std::fs::read(folder.join(&case.file)).expect("a blob");
        let plain = case.open(blob.clone()).expect("opens");
        let salt = blob[..24].try_into().expect("24 bytes");
        let mut sealer = Sealer::with_salt(Vec::new(), &case.key(), &case.context(), salt);
        sealer.write_all(&plain).expect("memory");
        assert!(sealer.finish().expect("memory").0 == blob, "{}", case.file);
    }
    // The first three are as they were made; the others try them with other passwords, links and days.
    for case in &cases.wraps[..3] {
        let old = bytes(&case.wrap);
        let stretched = case.stretched(Some(old[10..26].try_into().expect("16 bytes")));
        let nonce = old[58..70].try_into().expect("12 bytes");
        let key = TransferKey::from_bytes(unhex(&case.key));
        let new = case.with_lock(|lock| wrap_with_nonce(lock, &stretched, &key, nonce));
        assert_eq!(new, old);
    }
}

fn second(command: &str, folder: &Path) {
    let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
    let output = Command::new(&python)
        .arg(vectors().join("second.py"))
        .args([Path::new(command), folder])
        .output()
        .unwrap_or_else(|e| panic!("{python}: {e}; set CLOAKROOM_PYTHON to a Python with tests/vectors/requirements.txt"));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(
        !said.contains("ModuleNotFoundError"),
        "{python} lacks tests/vectors/requirements.txt; set CLOAKROOM_PYTHON to one that has them: {said}"
    );
    assert!(output.status.success(), "{said}");
}

#[test]
fn what_the_second_implementation_makes_opens_here() {
    let folder = tempfile::tempdir().expect("a folder");
    second("make", folder.path());
    let cases = check(folder.path());
    assert!(cases.blobs.len() > 20 && cases.wraps.len() > 15 && cases.spares.len() > 10);
}

#[test]
fn what_is_made_here_opens_in_the_second_implementation() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut fresh = cases(&vectors());
    fresh.blobs.retain(|case| case.refused.is_none());
    for case in &mut fresh.blobs {
        case.key = hex(TransferKey::fresh().expose());
        case.blob = hex(BlobId::fresh().0);
        case.transfer = TransferId::fresh().to_string();
        let plain: Vec<u8> = (0..case.plain_len).map(|i| (i * i) as u8).collect();
        case.sha256 = hex(Sha256::digest(&plain));
        let mut sealer = Sealer::new(Vec::new(), &case.key(), &case.context());
        sealer.write_all(&plain).expect("memory");
        let blob = sealer.finish().expect("memory").0;
        std::fs::write(folder.path().join(&case.file), blob).expect("writes");
    }
    fresh.wraps.truncate(3);
    for case in &mut fresh.wraps {
        case.link = hex(cloakroom::mail::id::random::<20>());
        case.master = hex(MasterKey::fresh().expose());
        let key = TransferKey::from_bytes(unhex(&case.key));
        let stretched = case.stretched(None);
        case.wrap = hex(case.with_lock(|lock| wrap(lock, &stretched, &key)));
    }
    fresh.spares.truncate(1);
    for case in &mut fresh.spares {
        case.master = hex(MasterKey::fresh().expose());
        case.key = hex(TransferKey::fresh().expose());
        let key = TransferKey::from_bytes(unhex(&case.key));
        let sealed = case.with_place(|place| recovery::seal(place, &key, &case.kept()));
        case.spare = hex(sealed.expect("small"));
    }
    let text = serde_json::to_vec(&fresh).expect("cases");
    std::fs::write(folder.path().join("cases.json"), text).expect("writes");
    second("check", folder.path());
}
