//! What a process logs, kept to be searched.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

/// All that was logged, at every level, by us and by every library.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// From now on. The same for all tests of a process.
    pub fn start() -> Log {
        static LOG: OnceLock<Log> = OnceLock::new();
        let start = || {
            let log = Log::default();
            let writer = log.clone();
            let lines = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(move || writer.clone());
            tracing::subscriber::set_global_default(lines.finish()).expect("the only one");
            log
        };
        LOG.get_or_init(start).clone()
    }

    /// What was logged so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("no panic in here").clone()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic in here").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
