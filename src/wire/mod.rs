//! Wire: grammars. Bytes in, values out; no socket of its own, no clock, no policy.
//!
//! Promises: the result does not depend on how the input is split; memory is bounded by the longest line that is allowed.
//! Leaves to others: reading and writing (`doors`, `forward`), what a value means.

pub mod arrived;
pub mod chunk;
pub mod dot;
pub mod milter;
pub mod multipart;
pub mod proxy;
pub mod sasl;
pub mod smpp;
pub mod smtp;
mod text;
pub mod xforward;
pub mod xtext;
