//! Other mail servers: the lines they need to stand around this gateway, and what is wrong with the lines they have.
//!
//! [`recipe`] writes the lines for this installation; [`doctor`] judges the settings of a mail server beside [`Ours`]. Both are functions
//! of what they are given: they open no file, start no program and connect to nobody.
//! Promises: what a recipe writes, the doctor finds nothing against; a setting the doctor could not read is a finding, never silence.
//! Leaves to others: reading the settings and trying connections (`doors::cli::doctor`).

pub mod doctor;
pub mod ours;
pub mod recipe;

pub use ours::Ours;
