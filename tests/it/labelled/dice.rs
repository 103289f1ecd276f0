//! Chance that is the same every time: splitmix64.

/// The state; the seed is fixed by who makes one.
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn from(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// One of these.
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.from(0, of.len() as u64 - 1) as usize]
    }

    /// Characters of an alphabet.
    pub fn text(&mut self, len: usize, alphabet: &str) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..len)
            .map(|_| alphabet[self.from(0, alphabet.len() as u64 - 1) as usize])
            .collect()
    }

    /// Digits, the first of them no zero.
    pub fn digits(&mut self, len: usize) -> String {
        format!("{}{}", self.from(1, 9), self.text(len - 1, "0123456789"))
    }

    /// Day, month and year of birth, two digits each, in the order of `form` (`ymd`, `dmy`).
    pub fn born(&mut self, form: &str) -> String {
        let (day, month, year) = (self.from(1, 28), self.from(1, 12), self.from(40, 99));
        form.chars()
            .map(|part| match part {
                'd' => format!("{day:02}"),
                'm' => format!("{month:02}"),
                _ => format!("{year:02}"),
            })
            .collect()
    }
}
