//! Keys of QUICK: from a device's token to the secret of a pair, and from there to the keys of its transfers.
//!
//! ```text
//! device    x25519 secret = HKDF-SHA-512(token, salt = circle, info = "cloakroom/quick-device/1")
//! share     HPKE to a device,     info "cloakroom/quick-share/1",    over the pair's x25519 secret; aad: circle | key id | device's name
//! transfer  HPKE to a pair's key, info "cloakroom/quick-transfer/1", over the transfer key, sealed by `transfer::cipher` under
//!           HKDF-SHA-512(link key | day key, salt = transfer id, info = "cloakroom/quick-link/1" | link id);
//!           aad of both: transfer id | link id | day (4) | ticket (4) | key id
//! kept      `transfer::cipher` under the master key's own key for it, over the secret; aad: circle | key id
//! code      `transfer::cipher` under HKDF-SHA-512(code | the master key's key for QUICK, salt = circle, info = "cloakroom/quick-code/1")
//! ```
//!
//! HPKE is RFC 9180, base mode, X25519 with HKDF-SHA-256 and AES-256-GCM; what it makes is the encapsulated key (32) and the ciphertext.
//! Promises: link, day key and a device's token are each needed, and the token is stored nowhere: disk, master key and link open nothing
//! (P9), a link or a token alone neither (P10), and what is in a backup dies with its day (P12). Only while the gateway keeps the secret
//! of a pair, before it is accepted or by the operator's wish, do disk, master key and link together open a transfer. What was moved to
//! another place does not open (P11).
//! Leaves to others: when to make and keep what (`gateway::quick`).

use super::wrap::Lock;
use crate::fault::{Fault, Kind};
use crate::mail::id::random;
use crate::transfer::DeviceSecret;
use crate::transfer::cipher;
use crate::transfer::keys::{Key, MasterKey, TransferKey, hkdf};
use crate::transfer::quick::{ActivationCode, CircleId, KeyId, PublicKey};
use aws_lc_rs::agreement::{PrivateKey, X25519};
use tokio_rustls::rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256 as SUITE;
use tokio_rustls::rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey, HpkePublicKey};
use zeroize::Zeroizing;

const SHARE: &[u8] = b"cloakroom/quick-share/1";
const TRANSFER: &[u8] = b"cloakroom/quick-transfer/1";
/// Bytes of an encapsulated key.
const ENCAPSULATED: usize = 32;

/// An X25519 secret: of a device or of a pair.
pub struct Secret(Key);

/// What a sealed transfer key belongs to.
pub struct Place<'a> {
    /// Transfer, link and day, as of the wrap.
    pub lock: Lock<'a>,
    /// The ticket's number.
    pub ticket: u32,
    /// Of which pair.
    pub key: &'a KeyId,
}

impl Secret {
    /// A new one, for a pair.
    pub fn fresh() -> Self {
        Secret(Zeroizing::new(random()))
    }

    /// A device's: who has the token has it.
    pub fn of_device(token: &DeviceSecret, circle: &CircleId) -> Self {
        let info = b"cloakroom/quick-device/1";
        Secret(hkdf(token.expose(), &circle.0, info))
    }

    fn read(plain: Vec<u8>) -> Option<Self> {
        let plain = Zeroizing::new(plain);
        let bytes: [u8; 32] = plain[..].try_into().ok()?;
        Some(Secret(Zeroizing::new(bytes)))
    }

    /// What is sealed to it. Fails only without memory.
    pub fn public(&self) -> Result<PublicKey, Fault> {
        let broken = || Fault::because(Kind::Internal, "no public key of a secret");
        let private = PrivateKey::from_private_key(&X25519, &self.0[..]).map_err(|_| broken())?;
        let public = private.compute_public_key().map_err(|_| broken())?;
        public.as_ref().try_into().map_err(|_| broken())
    }

    /// For one device.
    pub fn share(
        &self,
        (circle, key): (&CircleId, &KeyId),
        device: (&[u8; 32], &PublicKey),
    ) -> Result<Vec<u8>, Fault> {
        let place = [&circle.0[..], key, device.0].concat();
        seal_to(device.1, SHARE, &place, &self.0[..])
    }

    /// Of a pair, by a device that has it. `None`: it is another's, or was changed.
    pub fn of_share(
        &self,
        (circle, key): (&CircleId, &KeyId),
        device: &[u8; 32],
        sealed: &[u8],
    ) -> Option<Self> {
        let place = [&circle.0[..], key, device].concat();
        Secret::read(self.open(SHARE, &place, sealed)?)
    }

    /// For the gateway itself.
    pub fn keep(&self, circle: &CircleId, key: &KeyId, master: &MasterKey) -> Vec<u8> {
        cipher::seal(&master.pairs(), &kept_place(circle, key), &self.0[..])
    }

    /// What it has kept.
    pub fn of_kept(
        sealed: &[u8],
        circle: &CircleId,
        key: &KeyId,
        master: &MasterKey,
    ) -> Option<Self> {
        let plain = cipher::open(&master.pairs(), &kept_place(circle, key), sealed);
        Secret::read(plain.ok()?)
    }

    /// For who has a code.
    pub fn under_code(
        &self,
        code: &ActivationCode,
        (circle, key): (&CircleId, &KeyId),
        master: &MasterKey,
    ) -> Vec<u8> {
        let place = kept_place(circle, key);
        cipher::seal(&code_key(code, circle, master), &place, &self.0[..])
    }

    /// By a code.
    pub fn of_code(
        sealed: &[u8],
        code: &ActivationCode,
        (circle, key): (&CircleId, &KeyId),
        master: &MasterKey,
    ) -> Option<Self> {
        let place = kept_place(circle, key);
        let plain = cipher::open(&code_key(code, circle, master), &place, sealed);
        Secret::read(plain.ok()?)
    }

    /// The transfer key that was sealed to this pair. `None`: link, day, ticket or pair is another one, or it was changed.
    pub fn unlock(&self, place: &Place<'_>, sealed: &[u8]) -> Option<TransferKey> {
        let name = place.name();
        let inner = Zeroizing::new(self.open(TRANSFER, &name, sealed)?);
        let plain = cipher::open(&place.link_key(), &name, &inner).ok()?;
        let plain = Zeroizing::new(plain);
        Some(TransferKey::from_bytes(plain[..].try_into().ok()?))
    }

    fn open(&self, info: &[u8], place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (encapsulated, ciphertext) = sealed.split_at_checked(ENCAPSULATED)?;
        let encapsulated = EncapsulatedSecret(encapsulated.to_vec());
        let secret = HpkePrivateKey::from(self.0.to_vec());
        let opened = SUITE.open(&encapsulated, info, place, ciphertext, &secret);
        opened.ok()
    }
}

/// Seals a transfer key to a pair.
pub fn lock(place: &Place<'_>, public: &PublicKey, key: &TransferKey) -> Result<Vec<u8>, Fault> {
    let name = place.name();
    let inner = cipher::seal(&place.link_key(), &name, key.expose());
    seal_to(public, TRANSFER, &name, &inner)
}

fn seal_to(public: &PublicKey, info: &[u8], place: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
    let public = HpkePublicKey(public.to_vec());
    let sealed = SUITE.seal(info, place, plain, &public);
    let (encapsulated, ciphertext) = sealed.map_err(|e| Fault::because(Kind::Internal, e))?;
    Ok([encapsulated.0, ciphertext].concat())
}

fn kept_place(circle: &CircleId, key: &KeyId) -> Vec<u8> {
    [&circle.0[..], key].concat()
}

fn code_key(code: &ActivationCode, circle: &CircleId, master: &MasterKey) -> Key {
    let secret = Zeroizing::new([code.expose().as_bytes(), &master.quick()[..]].concat());
    hkdf(&secret, &circle.0, b"cloakroom/quick-code/1")
}

impl Place<'_> {
    fn link_key(&self) -> Key {
        let mut secret = Zeroizing::new([0; 64]);
        secret[..32].copy_from_slice(&self.lock.link.key()[..]);
        secret[32..].copy_from_slice(self.lock.day_key.expose());
        let link = self.lock.link.id(self.lock.master);
        let info = [&b"cloakroom/quick-link/1"[..], &link.0].concat();
        hkdf(&secret[..], &self.lock.transfer.context(), &info)
    }

    fn name(&self) -> Vec<u8> {
        [
            &self.lock.transfer.context()[..],
            &self.lock.link.id(self.lock.master).0,
            &self.lock.day.to_be_bytes(),
            &self.ticket.to_be_bytes(),
            self.key,
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::keys::DayKey;
    use crate::transfer::{LinkSecret, TransferId};

    const CIRCLE: CircleId = CircleId([7; 32]);
    const KEY: KeyId = [9; 16];

    #[test]
    fn pair_link_day_key_and_place_are_all_needed() {
        let (transfer, other) = (TransferId::fresh(), TransferId::fresh());
        let (link, link2) = (LinkSecret::fresh(), LinkSecret::fresh());
        let (day_key, day_key2) = (DayKey::fresh(), DayKey::fresh());
        let (master, pair) = (MasterKey::fresh(), Secret::fresh());
        let place = || Place {
            lock: Lock {
                transfer: &transfer,
                link: &link,
                day: 20_000,
                day_key: &day_key,
                master: &master,
            },
            ticket: 1,
            key: &KEY,
        };
        let key = TransferKey::fresh();
        let public = pair.public().expect("a key");
        let mut sealed = lock(&place(), &public, &key).expect("seals");
        let opened = pair.unlock(&place(), &sealed).expect("opens");
        assert_eq!(opened.expose(), key.expose());
        assert!(Secret::fresh().unlock(&place(), &sealed).is_none());

        let mut strange: [Place<'_>; 6] = std::array::from_fn(|_| place());
        strange[0].lock.transfer = &other;
        strange[1].lock.link = &link2;
        strange[2].lock.day = 20_001;
        strange[3].lock.day_key = &day_key2;
        strange[4].ticket = 2;
        strange[5].key = &[8; 16];
        for (n, changed) in strange.iter().enumerate() {
            assert!(pair.unlock(changed, &sealed).is_none(), "{n}");
        }
        for at in 0..sealed.len() {
            sealed[at] ^= 1;
            assert!(pair.unlock(&place(), &sealed).is_none(), "byte {at}");
            sealed[at] ^= 1;
            assert!(pair.unlock(&place(), &sealed[..at]).is_none(), "cut {at}");
        }
    }

    #[test]
    fn a_share_opens_for_its_device_alone_and_in_its_place() {
        let (token, pair) = (DeviceSecret::fresh(), Secret::fresh());
        let device = Secret::of_device(&token, &CIRCLE);
        let (name, public) = ([5; 32], device.public().expect("a key"));
        let place = (&CIRCLE, &KEY);
        let sealed = pair.share(place, (&name, &public)).expect("seals");
        let opened = Secret::of_device(&token, &CIRCLE).of_share(place, &name, &sealed);
        assert_eq!(opened.expect("opens").0, pair.0);
        let wrong = [
            (
                Secret::of_device(&DeviceSecret::fresh(), &CIRCLE),
                place,
                name,
            ),
            (Secret::of_device(&token, &CircleId([8; 32])), place, name),
            (Secret(device.0.clone()), (&CircleId([8; 32]), &KEY), name),
            (Secret(device.0.clone()), (&CIRCLE, &[8; 16]), name),
            (Secret(device.0.clone()), place, [6; 32]),
        ];
        for (n, (secret, place, name)) in wrong.into_iter().enumerate() {
            assert!(secret.of_share(place, &name, &sealed).is_none(), "{n}");
        }
    }

    #[test]
    fn what_the_gateway_keeps_and_what_a_code_opens_belong_to_their_place() {
        let (master, other, pair) = (MasterKey::fresh(), MasterKey::fresh(), Secret::fresh());
        let kept = pair.keep(&CIRCLE, &KEY, &master);
        let opened = Secret::of_kept(&kept, &CIRCLE, &KEY, &master);
        assert_eq!(opened.expect("opens").0, pair.0);
        assert!(Secret::of_kept(&kept, &CIRCLE, &KEY, &other).is_none());
        assert!(Secret::of_kept(&kept, &CIRCLE, &[8; 16], &master).is_none());

        let (code, place) = (ActivationCode::fresh(), (&CIRCLE, &KEY));
        let sealed = pair.under_code(&code, place, &master);
        let opened = Secret::of_code(&sealed, &code, place, &master);
        assert_eq!(opened.expect("opens").0, pair.0);
        let strange = ActivationCode::fresh();
        assert!(Secret::of_code(&sealed, &strange, place, &master).is_none());
        assert!(Secret::of_code(&sealed, &code, place, &other).is_none());
    }

    /// RFC 7748 section 6.1: Alice's keys.
    #[test]
    fn a_public_key_is_the_one_of_the_rfc() {
        let hex = |text: &str| -> [u8; 32] {
            let byte = |n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).expect("hexadecimal");
            std::array::from_fn(byte)
        };
        let alice = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        let public = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        let secret = Secret(Zeroizing::new(alice));
        assert_eq!(secret.public().expect("a key"), public);
    }
}
