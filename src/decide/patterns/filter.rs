//! Where a needle may be: all needles of all patterns, looked for in one pass over the shape of a text.
//!
//! Every needle has four bytes of it that ordinary text seldom holds. A set of hashes of them, small enough for the first cache, is
//! asked at every place; only where it says yes a table is, and there sixteen bytes are compared at once.
//! Promises: every place of every needle is reported, in ascending order of those four bytes. The work per place does not depend
//! on the number of patterns, except for those whose four bytes really stand there.

use super::fold::PAD;
use super::needle::{LONGEST, Needle, likelihood};

/// Needles of many patterns.
#[derive(Debug, Default)]
pub struct Filter {
    /// A bit for each hash.
    bits: Vec<u64>,
    shift: u32,
    /// By hash: the place after it in `needles`; open addressing.
    slots: Vec<Slot>,
    needles: Vec<Packed>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    gram: u32,
    from: u32,
    to: u32,
}

/// A needle as the filter compares it.
#[derive(Debug, Clone, Copy)]
struct Packed {
    value: u128,
    mask: u128,
    /// Where in it the four bytes are.
    offset: u32,
    /// 1 if the first byte is the edge before it.
    edge: u32,
    /// What to tell.
    owner: u32,
}

const GRAM: usize = 4;

/// Everything that a shape is made of: for the fourth byte of a needle of three.
const ALPHABET: fn() -> Vec<u8> = || {
    let letters = (b'a'..=b'z').chain([b' ', b'0']);
    letters.chain(0x80..=0xF4).collect()
};

impl Filter {
    /// Takes needles and what to tell where they are.
    pub fn new(needles: &[(Needle, u32)]) -> Filter {
        let mut packed: Vec<(u32, Packed)> = Vec::new();
        let mut load = std::collections::HashMap::<u32, u32>::new();
        for (needle, owner) in needles {
            for (gram, offset) in best_grams(&needle.bytes, &load) {
                *load.entry(gram).or_default() += 1;
                packed.push((gram, Packed::new(needle, offset, *owner)));
            }
        }
        packed.sort_by_key(|(gram, _)| *gram);
        let size = (packed.len() * 64)
            .next_power_of_two()
            .clamp(1 << 13, 1 << 20);
        let mut filter = Filter {
            bits: vec![0; size / 64],
            shift: 32 - size.trailing_zeros(),
            slots: vec![Slot::default(); (2 * packed.len()).next_power_of_two().max(2)],
            needles: packed.iter().map(|(_, p)| *p).collect(),
        };
        let mut from = 0;
        for group in packed.chunk_by(|a, b| a.0 == b.0) {
            filter.insert(Slot {
                gram: group[0].0,
                from: from as u32,
                to: (from + group.len()) as u32,
            });
            from += group.len();
        }
        filter
    }

    fn insert(&mut self, slot: Slot) {
        let hash = hash(slot.gram);
        let bit = hash >> self.shift;
        self.bits[(bit / 64) as usize] |= 1 << (bit % 64);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].to != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    /// Tells every needle whose four bytes begin in these places of a shape, and where the needle begins, behind its edge. The shape has [`PAD`] bytes
    /// before and behind.
    pub fn scan(&self, shape: &[u8], from: usize, to: usize, tell: &mut dyn FnMut(u32, usize)) {
        let last = shape.len().saturating_sub(GRAM - 1);
        let end = to.min(last);
        if self.needles.is_empty() || from >= end {
            return;
        }
        for (at, gram) in shape[from..end + GRAM - 1].windows(GRAM).enumerate() {
            let gram = u32::from_le_bytes([gram[0], gram[1], gram[2], gram[3]]);
            let bit = hash(gram) >> self.shift;
            if self.bits[(bit / 64) as usize] >> (bit % 64) & 1 == 1 {
                self.look(shape, from + at, gram, tell);
            }
        }
    }

    #[inline(never)]
    fn look(&self, shape: &[u8], at: usize, gram: u32, tell: &mut dyn FnMut(u32, usize)) {
        let mask = self.slots.len() - 1;
        let mut slot = hash(gram) as usize & mask;
        while self.slots[slot].to != 0 {
            let Slot {
                gram: other,
                from,
                to,
            } = self.slots[slot];
            if other == gram {
                for needle in &self.needles[from as usize..to as usize] {
                    needle.look(shape, at, tell);
                }
                return;
            }
            slot = (slot + 1) & mask;
        }
    }
}

impl Packed {
    fn new(needle: &Needle, offset: usize, owner: u32) -> Packed {
        let bytes = &needle.bytes;
        let (mut value, mut mask) = ([0; LONGEST], [0; LONGEST]);
        value[..bytes.len()].copy_from_slice(bytes);
        mask[..bytes.len()].fill(0xFF);
        Packed {
            value: u128::from_le_bytes(value),
            mask: u128::from_le_bytes(mask),
            offset: offset as u32,
            edge: needle.edge.into(),
            owner,
        }
    }

    #[inline]
    fn look(&self, shape: &[u8], at: usize, tell: &mut dyn FnMut(u32, usize)) {
        let there = at.checked_sub(self.offset as usize);
        let there = there.and_then(|start| Some((start, shape[start..].first_chunk::<LONGEST>()?)));
        if let Some((start, bytes)) = there
            && u128::from_le_bytes(*bytes) & self.mask == self.value
        {
            tell(self.owner, start + self.edge as usize);
        }
    }
}

const _: () = assert!(
    PAD >= LONGEST,
    "sixteen bytes can be read at every place of a text"
);

/// Multiplicative hashing: the upper bits are the good ones, so they are brought down for the table.
#[inline]
fn hash(gram: u32) -> u32 {
    let product = gram.wrapping_mul(0x9E37_79B1);
    product ^ product >> 15
}

/// The four bytes that are seldom in texts and seldom in other needles, and where they are; for a needle of three bytes, all.
fn best_grams(bytes: &[u8], load: &std::collections::HashMap<u32, u32>) -> Vec<(u32, usize)> {
    let number = |b: &[u8]| u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    if bytes.len() < GRAM {
        let with = |last: u8| number(&[bytes[0], bytes[1], bytes[2], last]);
        return ALPHABET().into_iter().map(|last| (with(last), 0)).collect();
    }
    let cost = |gram: &[u8]| {
        likelihood(gram) * f64::from(1 + load.get(&number(gram)).copied().unwrap_or(0))
    };
    let grams = bytes.windows(GRAM).enumerate();
    let best = grams.min_by(|a, b| cost(a.1).total_cmp(&cost(b.1)));
    best.map(|(at, gram)| (number(gram), at))
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::patterns::fold::Folded;

    #[test]
    fn every_needle_is_found_at_every_place() {
        let needles = [
            "secret",
            " ab ",
            " ab",
            "ab ",
            "0000",
            "zz0",
            "confidential pla",
            "säker",
        ];
        let text = "ab abz 1234 secretsecret xab confidential plan zz9 osäkert ab";
        let owned = needles.iter().zip(0..).map(|(n, owner)| {
            (
                Needle {
                    bytes: n.as_bytes().to_vec(),
                    edge: false,
                    behind: (0, None),
                },
                owner,
            )
        });
        let filter = Filter::new(&owned.collect::<Vec<_>>());
        let mut folded = Folded::default();
        folded.fold(text);
        let mut found = Vec::new();
        filter.scan(&folded.shape, 0, usize::MAX, &mut |owner, at| {
            found.push((owner, at))
        });
        let mut want = Vec::new();
        for (needle, owner) in needles.iter().zip(0..) {
            let places = 0..folded.shape.len() - needle.len();
            want.extend(
                places
                    .filter(|at| folded.shape[*at..].starts_with(needle.as_bytes()))
                    .map(|at| (owner, at)),
            );
        }
        found.sort_unstable();
        want.sort_unstable();
        assert_eq!(found, want);
    }
}
