//! The wrap: a transfer key, locked for one ticket (reliability: link, password, pepper and day key are all needed).
//!
//! ```text
//! s     = Argon2id(form of the password, salt, secret = pepper, ad = "cloakroom/password/1", m, t, p = 1)   32 bytes; zeros without a password
//! K | C = HKDF-SHA-512(s | link key | day key, salt = transfer id, info = "cloakroom/wrap/1" | link id)     32 + 32 bytes
//! wrap  = version 1 (1) | flags (1) | m in KiB (4) | t (4) | salt (16) | C (32) | nonce (12) | AES-256-GCM(K, TK) (32 + 16)
//! ```
//!
//! Numbers are big endian; the transfer id is its eight characters and eight zeros. Flag 1: a password is needed; flag 2: it counts as it is
//! written, capitals too. Associated data of the cipher: transfer id | link id | day (4) | the first 26 bytes of the wrap.
//! `C` commits to the key and is the password's verifier as well; no other hash of the password exists.
//!
//! Promises: the same failure for a wrong password, link, day key and a changed wrap, in the same time. Costs are bounded, so that a changed
//! record cannot make the process use all memory, and no more are stretched at once than there are cores ([`super::gate`]).
//! Leaves the counting of tries to its callers.

use super::gate;
use crate::mail::id::random;
use crate::transfer::cipher::{Gcm, NONCE, TAG};
use crate::transfer::keys::{DayKey, Key, MasterKey, TransferKey};
use crate::transfer::{LinkId, LinkSecret, Password, TransferId};
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use sha2::Sha512;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NEEDS_PASSWORD: u8 = 1;
const EXACT: u8 = 2;
const HEAD: usize = 26;
const LEN: usize = HEAD + 32 + NONCE + 32 + TAG;
/// What opens at most: twice the costliest that is made.
const MAX_MEMORY: u32 = 128 * 1024;
const MAX_PASSES: u32 = 6;

/// What a wrap belongs to.
pub struct Lock<'a> {
    /// The transfer whose key it holds.
    pub transfer: &'a TransferId,
    /// The link that leads to it.
    pub link: &'a LinkSecret,
    /// Days since 1970.
    pub day: i32,
    /// The key of that day.
    pub day_key: &'a DayKey,
    /// For the pepper and the link's id.
    pub master: &'a MasterKey,
}

/// A password and what it is like.
pub struct Secret<'a> {
    /// The password.
    pub password: &'a Password,
    /// Capitals, dashes and look-alikes count.
    pub exact: bool,
    /// It may have fewer than 60 bits: a person chose it, or it is made of digits. Then trying one costs much.
    pub weak: bool,
}

/// A stretched password: costly to make, so that tickets of one password share one.
pub struct Stretched {
    head: Head,
    bytes: Key,
}

impl Stretched {
    /// Stretches a password with a fresh salt; no password costs nothing.
    pub fn new(master: &MasterKey, secret: Option<&Secret<'_>>) -> Self {
        Self::with_salt(master, secret, random())
    }

    /// Of a password that nobody has: what is locked with it opens by another way or not at all.
    pub fn of_nobody() -> Self {
        let head = Head {
            flags: NEEDS_PASSWORD,
            memory: 0,
            passes: 0,
            salt: random(),
        };
        let bytes = Zeroizing::new(random());
        Stretched { head, bytes }
    }

    /// With a salt that is known: for vectors only.
    pub fn with_salt(master: &MasterKey, secret: Option<&Secret<'_>>, salt: [u8; 16]) -> Self {
        let head = Head::of(secret, salt);
        let bytes = match secret {
            Some(secret) => head.stretch(master, secret.password),
            None => Some(Zeroizing::new([0; 32])),
        };
        Stretched {
            head,
            bytes: bytes.expect("our own costs are within Argon2's limits"),
        }
    }
}

/// Locks a transfer key.
pub fn wrap(lock: &Lock<'_>, stretched: &Stretched, key: &TransferKey) -> Vec<u8> {
    wrap_with_nonce(lock, stretched, key, random())
}

/// With a nonce that is known: for vectors only.
pub fn wrap_with_nonce(
    lock: &Lock<'_>,
    stretched: &Stretched,
    key: &TransferKey,
    nonce: [u8; NONCE],
) -> Vec<u8> {
    let id = lock.link.id(lock.master);
    let (kek, commitment) = lock.derive(&id, &stretched.bytes);
    let head = stretched.head.bytes();
    let mut sealed = Zeroizing::new(*key.expose());
    let tag = Gcm::new(&kek).seal(nonce, &lock.place(&id, &head), &mut *sealed);
    [&head[..], &commitment[..], &nonce, &sealed[..], &tag].concat()
}

/// Unlocks a transfer key. `None`: password, link, day or wrap is wrong, and nothing says which.
pub fn unwrap(lock: &Lock<'_>, password: Option<&Password>, wrap: &[u8]) -> Option<TransferKey> {
    let head = Head::read(wrap)?;
    let stretched = match password {
        _ if head.flags & NEEDS_PASSWORD == 0 => Zeroizing::new([0; 32]),
        Some(password) => head.stretch(lock.master, password)?,
        None => return None,
    };
    let id = lock.link.id(lock.master);
    let (kek, commitment) = lock.derive(&id, &stretched);
    let (commitment_here, rest) = wrap[HEAD..].split_at(32);
    if !bool::from(commitment.ct_eq(commitment_here)) {
        return None;
    }
    let (nonce, sealed) = rest.split_first_chunk()?;
    let mut key = Zeroizing::new(sealed.to_vec());
    let key = Gcm::new(&kek).open(*nonce, &lock.place(&id, &wrap[..HEAD]), &mut key);
    Some(TransferKey::from_bytes((*key.ok()?).try_into().ok()?))
}

/// True if the password counts as it is written: the page must not say that capital letters make no difference.
pub fn is_exact(wrap: &[u8]) -> bool {
    Head::read(wrap).is_some_and(|head| head.flags & EXACT != 0)
}

/// The first 26 bytes of a wrap.
struct Head {
    flags: u8,
    memory: u32,
    passes: u32,
    salt: [u8; 16],
}

impl Head {
    fn of(secret: Option<&Secret<'_>>, salt: [u8; 16]) -> Self {
        let (flags, memory, passes) = match secret {
            None => (0, 0, 0),
            Some(secret) => {
                let exact = if secret.exact { EXACT } else { 0 };
                let (memory, passes) = if secret.weak { (64, 3) } else { (8, 1) };
                (NEEDS_PASSWORD | exact, memory * 1024, passes)
            }
        };
        Head {
            flags,
            memory,
            passes,
            salt,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        [
            &[VERSION, self.flags][..],
            &self.memory.to_be_bytes(),
            &self.passes.to_be_bytes(),
            &self.salt,
        ]
        .concat()
    }

    fn read(wrap: &[u8]) -> Option<Self> {
        if wrap.len() != LEN || wrap[0] != VERSION || wrap[1] & !(NEEDS_PASSWORD | EXACT) != 0 {
            return None;
        }
        let head = Head {
            flags: wrap[1],
            memory: u32::from_be_bytes(wrap[2..6].try_into().ok()?),
            passes: u32::from_be_bytes(wrap[6..10].try_into().ok()?),
            salt: wrap[10..HEAD].try_into().ok()?,
        };
        (head.memory <= MAX_MEMORY && head.passes <= MAX_PASSES).then_some(head)
    }

    fn stretch(&self, master: &MasterKey, password: &Password) -> Option<Key> {
        let pepper = master.pepper();
        let params = ParamsBuilder::new()
            .m_cost(self.memory)
            .t_cost(self.passes)
            .p_cost(1)
            .output_len(32)
            .data(AssociatedData::new(b"cloakroom/password/1").ok()?)
            .build()
            .ok()?;
        let argon =
            Argon2::new_with_secret(&pepper[..], Algorithm::Argon2id, Version::V0x13, params)
                .ok()?;
        let mut out = Zeroizing::new([0; 32]);
        let form = password.form(self.flags & EXACT != 0);
        let mut turn = gate::enter(self.memory);
        argon
            .hash_password_into_with_memory(form.as_bytes(), &self.salt, &mut *out, turn.memory())
            .ok()?;
        Some(out)
    }
}

impl Lock<'_> {
    fn derive(&self, id: &LinkId, stretched: &Key) -> (Key, Key) {
        let mut secret = Zeroizing::new([0; 96]);
        secret[..32].copy_from_slice(&stretched[..]);
        secret[32..64].copy_from_slice(&self.link.key()[..]);
        secret[64..].copy_from_slice(self.day_key.expose());
        let info = [&b"cloakroom/wrap/1"[..], &id.0].concat();
        let mut out = Zeroizing::new([0; 64]);
        hkdf::Hkdf::<Sha512>::new(Some(&self.transfer.context()), &secret[..])
            .expand(&info, &mut out[..])
            .expect("64 bytes are within the limit");
        let half = |from: usize| Zeroizing::new(std::array::from_fn(|i| out[from + i]));
        (half(0), half(32))
    }

    fn place(&self, id: &LinkId, head: &[u8]) -> Vec<u8> {
        [
            &self.transfer.context()[..],
            &id.0,
            &self.day.to_be_bytes(),
            head,
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::PasswordRules;

    struct Fixture {
        transfer: TransferId,
        link: LinkSecret,
        day_key: DayKey,
        master: MasterKey,
    }

    impl Fixture {
        fn new() -> Self {
            Fixture {
                transfer: TransferId::fresh(),
                link: LinkSecret::fresh(),
                day_key: DayKey::fresh(),
                master: MasterKey::fresh(),
            }
        }

        fn lock(&self) -> Lock<'_> {
            Lock {
                transfer: &self.transfer,
                link: &self.link,
                day: 20_000,
                day_key: &self.day_key,
                master: &self.master,
            }
        }
    }

    #[test]
    fn link_password_day_and_master_key_are_all_needed() {
        let f = Fixture::new();
        let (key, password) = (
            TransferKey::fresh(),
            PasswordRules::default().make().password,
        );
        let secret = Secret {
            password: &password,
            exact: false,
            weak: false,
        };
        let sealed = wrap(&f.lock(), &Stretched::new(&f.master, Some(&secret)), &key);
        let opened = unwrap(&f.lock(), Some(&password), &sealed).expect("all is right");
        assert_eq!(opened.expose(), key.expose());

        let strange = Fixture::new();
        let wrong: [(&str, Lock<'_>); 5] = [
            (
                "transfer",
                Lock {
                    transfer: &strange.transfer,
                    ..f.lock()
                },
            ),
            (
                "link",
                Lock {
                    link: &strange.link,
                    ..f.lock()
                },
            ),
            (
                "day",
                Lock {
                    day: 20_001,
                    ..f.lock()
                },
            ),
            (
                "day key",
                Lock {
                    day_key: &strange.day_key,
                    ..f.lock()
                },
            ),
            (
                "master key",
                Lock {
                    master: &strange.master,
                    ..f.lock()
                },
            ),
        ];
        for (what, lock) in wrong {
            assert!(unwrap(&lock, Some(&password), &sealed).is_none(), "{what}");
        }
        assert!(unwrap(&f.lock(), None, &sealed).is_none());
        assert!(
            unwrap(
                &f.lock(),
                Some(&PasswordRules::default().make().password),
                &sealed
            )
            .is_none()
        );
    }

    #[test]
    fn without_a_password_the_link_opens() {
        let f = Fixture::new();
        let key = TransferKey::fresh();
        let sealed = wrap(&f.lock(), &Stretched::new(&f.master, None), &key);
        for typed in [None, Some(Password::given("whatever"))] {
            let opened = unwrap(&f.lock(), typed.as_ref(), &sealed).expect("no password needed");
            assert_eq!(opened.expose(), key.expose());
        }
    }

    #[test]
    fn a_chosen_password_costs_more_and_keeps_its_case() {
        let f = Fixture::new();
        let password = Password::given("Correct Horse 9");
        let secret = Secret {
            password: &password,
            exact: true,
            weak: true,
        };
        let sealed = wrap(
            &f.lock(),
            &Stretched::new(&f.master, Some(&secret)),
            &TransferKey::fresh(),
        );
        assert_eq!(sealed[2..10], [0, 1, 0, 0, 0, 0, 0, 3]);
        assert!(unwrap(&f.lock(), Some(&password), &sealed).is_some());
        let shouted = Password::given("CORRECT HORSE 9");
        assert!(unwrap(&f.lock(), Some(&shouted), &sealed).is_none());
    }

    #[test]
    fn what_was_locked_for_nobody_opens_for_nobody() {
        let f = Fixture::new();
        let sealed = wrap(&f.lock(), &Stretched::of_nobody(), &TransferKey::fresh());
        for typed in [
            None,
            Some(Password::given("")),
            Some(Password::given("K7PM-2WXD-9RQF")),
        ] {
            assert!(unwrap(&f.lock(), typed.as_ref(), &sealed).is_none());
        }
        let mut open = sealed.clone();
        open[1] = 0;
        assert!(
            unwrap(&f.lock(), None, &open).is_none(),
            "made to need none"
        );
    }

    #[test]
    fn no_changed_wrap_opens_and_none_asks_for_much_memory() {
        let f = Fixture::new();
        let sealed = wrap(
            &f.lock(),
            &Stretched::new(&f.master, None),
            &TransferKey::fresh(),
        );
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[at] ^= 1 << bit;
                assert!(
                    unwrap(&f.lock(), None, &changed).is_none(),
                    "byte {at} bit {bit}"
                );
            }
            assert!(
                unwrap(&f.lock(), None, &sealed[..at]).is_none(),
                "cut at {at}"
            );
        }
        let mut greedy = wrap(
            &f.lock(),
            &Stretched::new(&f.master, None),
            &TransferKey::fresh(),
        );
        greedy[1] = NEEDS_PASSWORD;
        greedy[2..6].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(
            unwrap(
                &f.lock(),
                Some(&PasswordRules::default().make().password),
                &greedy
            )
            .is_none()
        );
    }
}
