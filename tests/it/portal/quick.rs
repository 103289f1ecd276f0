//! QUICK, from a sender's mail to a recipient's browser: the eleven scenarios that it was to prove (features 5.1.5), each by its number.

mod accepting;
mod canary;
mod clock;
mod ends;
mod held;
mod keys;
mod killed;
mod pages;
mod passkeys;
mod scenarios;
mod second;
mod unreached;
pub(super) mod world;
mod year;
