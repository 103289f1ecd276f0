//! Sealing: takes parts of a mail and writes ciphertext.

pub mod stream;
pub mod wrap;
