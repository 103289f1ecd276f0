//! The properties that the targets try: the very files of the tests in `tests/it`.

/// What the properties stand on.
#[path = "../it/support"]
pub mod support {
    pub mod corpus;
    pub mod line;

    /// The runtime of properties that hold over time: its clock goes on by itself when everybody waits.
    pub mod clock {
        use std::cell::LazyCell;
        use tokio::runtime::{Builder, Runtime};

        thread_local! {
            static RUNTIME: LazyCell<Runtime> = LazyCell::new(|| {
                let mut builder = Builder::new_current_thread();
                builder.enable_all().start_paused(true);
                builder.build().expect("a runtime")
            });
        }

        pub fn block_on<T>(work: impl Future<Output = T>) -> T {
            RUNTIME.with(|runtime| runtime.block_on(work))
        }
    }
}

/// A line and a next hop in memory.
#[path = "../it/smtp_double.rs"]
pub mod smtp_double;

/// The properties.
#[path = "../it/properties"]
pub mod properties {
    pub mod truth;
}
