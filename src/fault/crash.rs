//! Crash points: named places where a test build can be told to die, so that what recovery promises is tried at each of them.
//!
//! `CLOAKROOM_DIE_AT=hold/written` ends the process by SIGKILL the first time it gets there, `hold/written:3` the third time.
//! Promises: in a release build [`point`] does nothing and nobody can switch it on.
//! Names are `step/what-just-happened`; the tests read them from the sources, and fail for one that no test reaches.

/// The process may die here, if it was told to.
#[inline]
pub fn point(name: &'static str) {
    #[cfg(debug_assertions)]
    armed::reached(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Order {
        name: String,
        left: AtomicU32,
    }

    static ORDER: LazyLock<Option<Order>> = LazyLock::new(|| {
        let text = std::env::var("CLOAKROOM_DIE_AT").ok()?;
        let (name, times) = text.split_once(':').unwrap_or((&text, "1"));
        Some(Order {
            name: name.to_owned(),
            left: AtomicU32::new(times.parse().unwrap_or(1)),
        })
    });

    pub(super) fn reached(name: &str) {
        let Some(order) = &*ORDER else { return };
        if order.name == name && order.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            // As a power cut or the out-of-memory killer would: no destructor runs, no buffer is written.
            let _ = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
        }
    }
}
