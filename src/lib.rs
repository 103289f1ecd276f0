#![doc = include_str!("ARCHITECTURE.md")]
// A test that fails by a panic says enough.
#![cfg_attr(test, allow(clippy::unwrap_used))]

// Words: types everybody speaks.
pub mod fault;
pub mod mail;
pub mod maillog;
pub mod texts;
pub mod transfer;
pub mod units;

// Wire: grammars; bytes in, values out. Trust: whose certificates we believe.
pub mod trust;
pub mod wire;

// Steps: plain functions.
pub mod decide;
pub mod directory;
pub mod parse;
pub mod rewrite;
pub mod seal;

// Worlds: each a small trait, its variants beside it. The HTTP client serves channels and the command line.
pub mod client;
pub mod forward;
pub mod notify;
pub mod scan;
pub mod scanner;
pub mod store;

// Lines: the only place that knows the order of things.
pub mod gateway;

// Doors: a protocol on one side, a line on the other.
pub mod doors;

// Running.
pub mod config;
pub mod manual;
pub mod mta;
pub mod service;

/// A future that a trait object can return.
pub type Pending<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
