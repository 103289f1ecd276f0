//! The store: holds, releases, abandons, finds, expires and erases transfers. The promises are made here, above [`backend::Backend`].

pub mod backend;
