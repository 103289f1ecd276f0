//! Tests that need more than one module.

mod cli;
mod configs;
mod dialogs;
mod fetch;
mod outlines;
mod portal;
mod smtp_double;
mod smtp_sessions;
mod vault;
