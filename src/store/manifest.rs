//! Manifests: what a rebuild needs of a transfer, a day, a mail that waits, a parcel or a recipient's devices, as sealed blobs that are
//! written once; the first of a transfer with blobs is no blob but stands behind the last of them ([`super::tail`]).
//!
//! The name of such a blob is half a keyed hash of what it is for, half a keyed hash of that half: with the master key a manifest is
//! known by its name among millions of blobs, without it it is one of them.
//! Body: `transfer::cipher` under the manifest key, bound to the blob's name, over version 1 and [`Body`] in postcard.
//! A change of a transfer or of devices writes the next generation before the index says so and removes the one before after it; of several, the
//! highest counts.

use super::values::{MAX_SPILL, Values};
use super::{Stored, down};
use crate::fault::{Fault, Kind};
use crate::transfer::keys::{MasterKey, hkdf};
use crate::transfer::quick::{Circle, CircleId};
use crate::transfer::{BlobId, Parcel, Ticket, Waiting, cipher};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
/// Most are smaller.
const USUAL: usize = 1500;
/// Bytes of the largest.
pub(super) const MAX: usize = MAX_SPILL;

/// What a manifest says.
#[derive(Serialize, Deserialize)]
pub(super) enum Body<'a> {
    /// The key of a day.
    Day { day: i32, key: [u8; 32] },
    /// A transfer with its wraps.
    Transfer {
        stored: Box<Cow<'a, Stored>>,
        tickets: Cow<'a, [Ticket]>,
    },
    /// A mail that waits, as it was when it came.
    Waiting { waiting: Box<Waiting> },
    /// A parcel, with those who did not have it when this was written.
    Parcel { parcel: Box<Parcel> },
    /// A recipient's devices, and the keys of his senders. Nothing of it is left: an empty one.
    Circle {
        id: [u8; 32],
        circle: Box<Cow<'a, Circle>>,
    },
}

/// The name of a transfer's manifest.
pub(super) fn name_of_transfer(master: &MasterKey, id: &str, generation: u32) -> BlobId {
    name(
        master,
        &[b"transfer\0", id.as_bytes(), &generation.to_be_bytes()].concat(),
    )
}

/// The name of a day's manifest.
pub(super) fn name_of_day(master: &MasterKey, day: i32) -> BlobId {
    name(master, &[&b"day\0"[..], &day.to_be_bytes()].concat())
}

/// The name of a waiting mail's manifest.
pub(super) fn name_of_waiting(master: &MasterKey, mail: &str) -> BlobId {
    name(master, &[b"waiting\0", mail.as_bytes()].concat())
}

/// The name of a parcel's manifest.
pub(super) fn name_of_parcel(master: &MasterKey, id: &str, generation: u32) -> BlobId {
    name(
        master,
        &[b"parcel\0", id.as_bytes(), b"\0", &generation.to_be_bytes()].concat(),
    )
}

/// The name of the manifest of a recipient's devices.
pub(super) fn name_of_circle(master: &MasterKey, id: &CircleId, generation: u64) -> BlobId {
    name(
        master,
        &[b"circle\0", &id.0[..], &generation.to_be_bytes()].concat(),
    )
}

/// True if a blob's name is one of ours.
pub(super) fn is_manifest(master: &MasterKey, blob: BlobId) -> bool {
    let (first, second) = blob.0.split_at(8);
    second == &hkdf(&master.manifest()[..], first, b"cloakroom/manifest-mark/1")[..8]
}

fn name(master: &MasterKey, what: &[u8]) -> BlobId {
    let first = hkdf(&master.lookup()[..], what, b"cloakroom/manifest-name/1");
    let second = hkdf(
        &master.manifest()[..],
        &first[..8],
        b"cloakroom/manifest-mark/1",
    );
    BlobId(std::array::from_fn(|i| {
        if i < 8 { first[i] } else { second[i - 8] }
    }))
}

/// Writes one; on disk when this returns.
pub(super) fn write(
    values: &Values,
    master: &MasterKey,
    name: BlobId,
    body: &Body<'_>,
) -> Result<(), Fault> {
    values.write_sealed(name, &master.manifest(), &name.0, &plain(body)?)
}

/// A manifest that is no blob of its own, bound to its place.
pub(super) fn seal(master: &MasterKey, place: &[u8], body: &Body<'_>) -> Result<Vec<u8>, Fault> {
    Ok(cipher::seal(&master.manifest(), place, &plain(body)?))
}

/// See [`seal`].
pub(super) fn open(
    master: &MasterKey,
    place: &[u8],
    sealed: &[u8],
) -> Result<Body<'static>, Fault> {
    let plain = cipher::open(&master.manifest(), place, sealed);
    parsed(&Zeroizing::new(
        plain.map_err(|e| Fault::because(Kind::StoreDown, e))?,
    ))
}

fn plain(body: &Body<'_>) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let mut plain = Vec::with_capacity(USUAL);
    plain.push(VERSION);
    let plain = postcard::to_extend(body, plain);
    plain
        .map(Zeroizing::new)
        .map_err(|e| Fault::because(Kind::Internal, e))
}

/// Reads one.
pub(super) fn read(
    values: &Values,
    master: &MasterKey,
    name: BlobId,
) -> Result<Body<'static>, Fault> {
    parsed(&values.read_sealed(name, &master.manifest(), &name.0)?)
}

fn parsed(plain: &[u8]) -> Result<Body<'static>, Fault> {
    match plain.split_first() {
        Some((&VERSION, rest)) => {
            postcard::from_bytes(rest).map_err(|e| Fault::because(Kind::StoreDown, e))
        }
        _ => Err(down("a manifest of an unknown version")),
    }
}
