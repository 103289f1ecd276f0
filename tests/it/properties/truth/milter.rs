//! Whatever a mail server says to the milter door: packets are bounded, only what was agreed on is answered, no mail has an ending before
//! its end, and none has two; a mail that is not changed leaves by no other way.
//!
//! The input is a byte of settings, then packets: a letter, a length, so many bytes.

use crate::smtp_double::DoubleLine;
use crate::support::clock;
use cloakroom::doors::milter::{Limits, MilterDoor, Mode, session};
use cloakroom::wire::milter::{BLOCK, command, length, steps};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::watch;
use tokio::time::timeout;

/// Larger than all that is said in one session here.
const ROOM: usize = 1 << 22;
/// No session may need that to end when its server is gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// Panics if it does not hold.
pub fn check(data: &[u8]) {
    grammar(data);
    let Some((settings, said)) = data.split_first() else {
        return;
    };
    let mode = match settings & 1 {
        0 => Mode::Shared,
        _ => Mode::TakeOut,
    };
    let mut packets = packets(said);
    if settings & 2 == 0 {
        packets.insert(0, (b'O', OFFER.to_vec()));
    }
    // The double of the line panics for this sender, which a fuzzer takes for a finding.
    let panics = |(_, data): &(u8, Vec<u8>)| data.windows(5).any(|word| word == b"panic");
    if !packets.iter().any(panics) {
        clock::block_on(hold(mode, &packets));
    }
}

/// Version 6, everything offered.
const OFFER: &[u8] = b"\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff";

fn grammar(data: &[u8]) {
    if let Some(Ok(all)) = length(data) {
        assert!((5..=(1 << 20) + 4).contains(&all));
        assert_eq!(
            length(&data[..5]),
            Some(Ok(all)),
            "what follows says nothing of a length"
        );
    }
    let _ = command(data);
}

fn packets(mut said: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut all = Vec::new();
    while let [letter, length, rest @ ..] = said {
        let (data, rest) = rest.split_at(rest.len().min(usize::from(*length)));
        all.push((*letter, data.to_vec()));
        said = rest;
    }
    all
}

async fn hold(mode: Mode, packets: &[(u8, Vec<u8>)]) {
    let line = DoubleLine::new(1000);
    let arrived = line.arrived.clone();
    let door = MilterDoor {
        line: Arc::new(line),
        mode,
        accept_from: Vec::new(),
        limits: Limits::default(),
    };
    let (mut ours, theirs) = duplex(ROOM);
    // Kept, because a sender that is gone asks to stop.
    let (_stop, stopped) = watch::channel(false);
    let talk = async {
        for (letter, data) in packets {
            let length = u32::try_from(data.len() + 1).expect("a byte said so");
            let head = [&length.to_be_bytes()[..], &[*letter]].concat();
            if ours.write_all(&head).await.is_err() || ours.write_all(data).await.is_err() {
                break;
            }
        }
        let _ = ours.shutdown().await;
        let mut heard = Vec::new();
        let _ = ours.read_to_end(&mut heard).await;
        heard
    };
    let both = async { tokio::join!(session(&door, theirs, stopped), talk) };
    let ended = timeout(PATIENCE, both).await;
    let ((), heard) = ended.expect("a session ends with its server");
    judge(packets, &heard);
    let arrived = arrived.all();
    assert!(
        arrived.is_empty(),
        "{} copies left that stay",
        arrived.len()
    );
}

fn judge(said: &[(u8, Vec<u8>)], heard: &[u8]) {
    let answers = answers(heard);
    let letters: Vec<u8> = answers.iter().map(|(letter, _)| *letter).collect();
    let count = |wanted: &[u8]| letters.iter().filter(|l| wanted.contains(l)).count();
    assert!(
        letters.iter().all(|l| b"Ocdyp-bhmi".contains(l)),
        "{letters:?}"
    );
    let Some(agreed) = answers.first() else {
        return;
    };
    assert_eq!((agreed.0, count(b"O")), (b'O', 1), "{letters:?}");
    let agreed = u32::from_be_bytes(agreed.1[8..12].try_into().expect("three numbers"));
    let is_silent = |letter: u8| {
        let step = steps::ANSWERED_BY.iter().find(|(of, _)| *of == letter);
        step.is_some_and(|(_, step)| agreed & step != 0)
    };
    let answered =
        |(letter, _): &&(u8, Vec<u8>)| b"CHMRTLNBU".contains(letter) && !is_silent(*letter);
    let ends = said.iter().filter(|(letter, _)| *letter == b'E').count();
    let most = ends + said.iter().filter(answered).count();
    assert!(count(b"dy") <= ends, "{letters:?}");
    assert!(count(b"cdy") <= most, "{letters:?}");
    assert_eq!(count(b"bhmi-"), 0, "nothing was to be changed: {letters:?}");
}

/// All that was heard is whole packets.
fn answers(mut heard: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut all = Vec::new();
    while let Some((length, rest)) = heard.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        assert!((1..=BLOCK + 1).contains(&length), "{length}");
        let packet = rest.get(..length).expect("a whole packet");
        all.push((packet[0], packet[1..].to_vec()));
        heard = &rest[length..];
    }
    assert!(heard.is_empty(), "a part of a packet");
    all
}
