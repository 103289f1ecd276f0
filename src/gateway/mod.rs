//! (being built)

pub mod collect;
