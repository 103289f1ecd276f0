//! A log that grows, and the time of each of its lines: what Postfix writes down has seconds only.

use crate::crashes::history::History;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::sleep;

/// A line, with the time when it was there.
pub type Line = (Duration, String);

#[derive(Default)]
pub struct Log {
    lines: Arc<Mutex<Vec<Line>>>,
    served: Arc<AtomicUsize>,
}

impl Log {
    /// Reads a file as long as the test's runtime lives.
    pub fn follow(&self, clock: Arc<History>, file: PathBuf) {
        let (lines, served) = (self.lines.clone(), self.served.clone());
        tokio::spawn(async move {
            let (mut at, mut rest) = (0, Vec::new());
            loop {
                sleep(Duration::from_millis(5)).await;
                // It comes with its first line.
                at += read_on(&file, at, &mut rest).unwrap_or(0);
                let now = clock.now();
                while let Some(end) = memchr::memchr(b'\n', &rest) {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                    let is_one = line.contains("to=<bo-") && line.contains("status=sent");
                    served.fetch_add(usize::from(is_one), Ordering::Relaxed);
                    lines
                        .lock()
                        .expect("nobody panics in here")
                        .push((now, line));
                }
            }
        });
    }

    /// Recipients who were served so far.
    pub fn served(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }

    /// All lines so far.
    pub fn lines(&self) -> Vec<Line> {
        self.lines.lock().expect("nobody panics in here").clone()
    }
}

/// Says how many bytes were new.
fn read_on(file: &PathBuf, from: u64, into: &mut Vec<u8>) -> std::io::Result<u64> {
    let mut file = std::fs::File::open(file)?;
    file.seek(SeekFrom::Start(from))?;
    Ok(file.read_to_end(into)? as u64)
}
