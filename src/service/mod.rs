//! Running: everything that is set up once, at start, from a checked configuration.

pub mod tls;
