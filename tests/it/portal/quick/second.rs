//! From a token to a transfer key by a second implementation in another language (tests/vectors/quick.py).

use cloakroom::seal::quick::{Place, Secret, lock};
use cloakroom::seal::wrap::Lock;
use cloakroom::transfer::keys::{DayKey, MasterKey, TransferKey};
use cloakroom::transfer::quick::CircleId;
use cloakroom::transfer::{DeviceSecret, LinkSecret, TransferId};
use std::io::Write;
use std::process::{Command, Stdio};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What it prints: the pair's public key, and the transfer key.
fn second(case: &serde_json::Value) -> Option<String> {
    let python = std::env::var("CLOAKROOM_PYTHON").unwrap_or_else(|_| "python3".into());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/quick.py");
    let mut child = Command::new(&python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{python}: {e}; set CLOAKROOM_PYTHON"));
    let mut input = child.stdin.take().expect("piped");
    input
        .write_all(case.to_string().as_bytes())
        .expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("ModuleNotFoundError"), "{said}");
    let refused = said.contains("InvalidTag");
    assert_eq!(output.status.success(), !refused, "{said}");
    (!refused).then(|| String::from_utf8(output.stdout).expect("ASCII"))
}

#[test]
fn a_second_implementation_opens_what_is_sealed_to_a_device() {
    let (token, link) = (DeviceSecret::fresh(), LinkSecret::from_bytes([5; 20]));
    let (master, day_key) = (MasterKey::from_bytes([6; 32]), DayKey::from_bytes([7; 32]));
    let (transfer, key) = (TransferId::fresh(), TransferKey::fresh());
    let (circle, id, device) = (CircleId([8; 32]), [9; 16], [10; 32]);
    let pair = Secret::fresh();
    let public = pair.public().expect("a key");
    let to = Secret::of_device(&token, &circle).public().expect("a key");
    let share = pair.share((&circle, &id), (&device, &to)).expect("seals");
    let place = Place {
        lock: Lock {
            transfer: &transfer,
            link: &link,
            day: 20_600,
            day_key: &day_key,
            master: &master,
        },
        ticket: 3,
        key: &id,
    };
    let sealed = lock(&place, &public, &key).expect("seals");
    let mut case = serde_json::json!({
        "token": hex(token.expose()),
        "circle": hex(&circle.0),
        "key": hex(&id),
        "device": hex(&device),
        "share": hex(&share),
        "link": hex(&[5; 20]),
        "master": hex(&[6; 32]),
        "day_key": hex(&[7; 32]),
        "transfer": hex(&transfer.context()),
        "day": hex(&20_600i32.to_be_bytes()),
        "ticket": hex(&3u32.to_be_bytes()),
        "sealed": hex(&sealed),
    });
    let expected = format!("{}\n{}\n", hex(&public), hex(key.expose()));
    assert_eq!(second(&case), Some(expected));
    // What belongs elsewhere opens nowhere, there as here.
    for (name, other) in [
        ("ticket", hex(&4u32.to_be_bytes())),
        ("circle", hex(&[1; 32])),
    ] {
        let before = case[name].clone();
        case[name] = other.into();
        assert_eq!(second(&case), None, "{name}");
        case[name] = before;
    }
}
