//! Everything through the public interface, as one binary: each file is a kind of test (see tests/README.md).

mod cli;
mod configs;
mod fetch;
mod vault;
