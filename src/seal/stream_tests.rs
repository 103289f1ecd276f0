//! What a sealed stream promises: every byte back from any offset, and nothing from a blob that was changed.

use super::*;

struct InMemory(Vec<u8>);

impl BlobReader for InMemory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_exact_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(offset).expect("small");
        let bytes = self.0.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

fn plain(len: usize, seed: u8) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + i / 251) as u8 ^ seed).collect()
}

fn sealed(key: &TransferKey, context: &[u8], plain: &[u8]) -> Vec<u8> {
    let mut sealer = Sealer::new(Vec::new(), key, context);
    sealer.write_all(plain).expect("memory");
    let (blob, len) = sealer.finish().expect("memory");
    assert_eq!(len, plain.len() as u64);
    blob
}

fn opened(key: &TransferKey, context: &[u8], blob: Vec<u8>, len: usize) -> Option<Vec<u8>> {
    let opener = Opener::new(Box::new(InMemory(blob)), key, context, len as u64).ok()?;
    let mut out = vec![0; len];
    opener.read_at(0, &mut out).ok()?;
    Some(out)
}

#[test]
fn every_length_around_a_chunk_comes_back() {
    let key = TransferKey::fresh();
    for len in [
        0, 1, 16383, 16384, 16385, 32768, 65535, 65536, 65537, 200_000,
    ] {
        let text = plain(len, 0);
        let blob = sealed(&key, b"c", &text);
        assert_eq!(blob.len() as u64, sealed_len(len as u64), "{len}");
        assert_eq!(opened(&key, b"c", blob, len), Some(text), "{len}");
    }
}

#[test]
fn any_range_is_the_range_of_the_text() {
    let key = TransferKey::fresh();
    let text = plain(150_000, 3);
    let blob = sealed(&key, b"c", &text);
    let opener = Opener::new(Box::new(InMemory(blob)), &key, b"c", 150_000).expect("untouched");
    for (from, len) in [
        (0, 1),
        (16383, 2),
        (16384, 16384),
        (5, 149_995),
        (149_999, 9),
        (150_000, 5),
        (999_999, 1),
    ] {
        let mut out = vec![0; len];
        let n = opener.read_at(from as u64, &mut out).expect("untouched");
        let end = (from + len).min(text.len());
        assert_eq!(
            &out[..n],
            text.get(from..end).unwrap_or_default(),
            "{from} {len}"
        );
    }
}

/// T63, T64: 10 000 changed blobs, none of them opens as anything.
#[test]
fn no_changed_blob_opens() {
    let key = TransferKey::fresh();
    let text = plain(2 * CHUNK + 40, 0);
    let blob = sealed(&key, b"one", &text);
    let other = sealed(&key, b"two", &plain(text.len(), 9));
    for round in 0..10_000u32 {
        let dice: [u8; 8] = random();
        let at = usize::try_from(u64::from_be_bytes(dice) >> 8).expect("64 bit") % blob.len();
        let changed = change(&blob, &other, dice[0] % 7, at, dice[7] % 8);
        if changed == blob {
            continue;
        }
        let len = match round % 2 {
            0 => text.len(),
            // What an attacker who can edit the record as well would say it is.
            _ => plausible_len(changed.len()),
        };
        assert_eq!(
            opened(&key, b"one", changed, len),
            None,
            "round {round} at {at}"
        );
    }
}

fn change(blob: &[u8], other: &[u8], how: u8, at: usize, bit: u8) -> Vec<u8> {
    let mut out = blob.to_vec();
    let chunk = |n: usize| HEAD + n * STORED..HEAD + (n + 1) * STORED;
    match how {
        0 | 1 => out[at] ^= 1 << bit,
        2 => out.truncate(at),
        3 => out.truncate(HEAD + at % 3 * STORED),
        4 => out.extend_from_slice(&other[..at]),
        5 => {
            let (a, b) = (out[chunk(0)].to_vec(), out[chunk(1)].to_vec());
            out[chunk(0)].copy_from_slice(&b);
            out[chunk(1)].copy_from_slice(&a);
        }
        _ => {
            // Head of one and the rest of the other, or chunks of the other, or all of the other.
            let from = [0, HEAD, HEAD + STORED][at % 3];
            out[from..].copy_from_slice(&other[from..]);
        }
    }
    out
}

fn plausible_len(stored: usize) -> usize {
    let body = stored.saturating_sub(HEAD);
    (body / STORED * CHUNK) + (body % STORED).saturating_sub(TAG)
}

#[test]
fn a_blob_is_bound_to_key_and_context() {
    let key = TransferKey::fresh();
    let blob = sealed(&key, b"one", b"text");
    assert_eq!(opened(&TransferKey::fresh(), b"one", blob.clone(), 4), None);
    assert_eq!(opened(&key, b"two", blob.clone(), 4), None);
    assert_eq!(opened(&key, b"one", blob, 4), Some(b"text".to_vec()));
}

#[test]
fn a_length_that_no_blob_has_is_refused_and_not_counted_with() {
    let key = TransferKey::fresh();
    let blob = sealed(&key, b"one", b"text");
    for len in [u64::MAX, u64::MAX - 100, MAX_CHUNKS * CHUNK as u64] {
        let reader = Box::new(InMemory(blob.clone()));
        let opened = Opener::new(reader, &key, b"one", len);
        assert!(matches!(opened, Err(Refusal::Length)), "{len}");
    }
}

#[test]
fn the_same_text_is_never_sealed_alike() {
    let key = TransferKey::fresh();
    assert_ne!(sealed(&key, b"c", b"text"), sealed(&key, b"c", b"text"));
}
