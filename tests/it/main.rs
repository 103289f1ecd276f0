//! Everything through the public interface, as one binary: each file is a kind of test (see tests/README.md).

mod cli;
mod configs;
mod dialogs;
mod fetch;
mod map;
mod outlines;
mod portal;
mod rewriting;
mod smtp_double;
mod smtp_sessions;
mod vault;
