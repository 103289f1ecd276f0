//! The runtime of properties that hold over time. The fuzz targets have another under this name, whose clock goes on by itself when
//! everybody waits; here a wait is a wait.

use tokio::runtime::Builder;

pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
