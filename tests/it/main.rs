//! Everything through the public interface, as one binary: each file is a kind of test (see tests/README.md).

mod cli;
mod configs;
mod corpus;
mod dialogs;
mod faults;
mod fetch;
mod intake;
mod killed;
mod large;
mod map;
mod outlines;
mod peers_chromium;
mod peers_clients;
mod peers_postfix;
mod policies;
mod portal;
mod power;
mod rewriting;
mod shapes;
mod smtp_double;
mod smtp_sessions;
mod stories;
mod support;
mod upkeep;
mod vault;
mod vectors;
