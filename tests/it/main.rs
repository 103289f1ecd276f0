//! Tests that need more than one module.

mod cli;
mod configs;
mod fetch;
mod outlines;
mod vault;
