//! Mangles mails and names: the same ones for the same seed, one after the other.

/// What matters to readers of mail and names.
const BITS: [&str; 34] = [
    "\r\n",
    "\n",
    "\r",
    "\0",
    "--",
    "--b",
    "--b--\r\n",
    "=",
    "=\r\n",
    "\"",
    ";",
    ":",
    "\\",
    "(",
    ")",
    "\r\n\r\n",
    "\r\n ",
    " ",
    ".",
    "=?utf-8?Q?=41?=",
    "=?utf-8?B?QQ==?=",
    "%",
    "*0*=",
    "''",
    "<",
    ">",
    "\u{202e}",
    "\u{200d}",
    "\u{301}",
    "\u{1f600}",
    "/",
    "-",
    "Content-Type: ",
    "Content-Transfer-Encoding: base64\r\n",
];

/// xorshift64.
pub struct Mangler(u64);

impl Mangler {
    pub fn new(seed: u64) -> Self {
        Mangler(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// One of them, changed in one to six places.
    pub fn mangled(&mut self, from: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = from[self.below(from.len())].clone();
        for _ in 0..=self.below(6) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(120)).min(bytes.len());
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let piece = bytes[at..end].to_vec();
                    let to = self.below(bytes.len() + 1);
                    drop(bytes.splice(to..to, piece));
                }
                3 => {
                    let other = &from[self.below(from.len())];
                    let start = self.below(other.len());
                    let stop = (start + self.below(200)).min(other.len());
                    drop(bytes.splice(at..at, other[start..stop].iter().copied()));
                }
                _ => {
                    let bit = BITS[self.below(BITS.len())].bytes();
                    drop(bytes.splice(at..at, bit));
                }
            }
        }
        bytes
    }
}
