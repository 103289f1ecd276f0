//! `cloakroom read-documents`: what `scan` starts. Joins the process that limits itself with the reading of documents.

use crate::decide::extract::{self, Document, Limits};
use crate::scan::{Task, child};
use std::process::ExitCode;
use std::time::Duration;

/// Lives until standard input ends. `seconds` of processor are all it gets.
pub fn run(seconds: u64) -> ExitCode {
    child::run(Duration::from_secs(seconds), |task, bytes, sink| {
        let document = Document {
            name: &task.name,
            media_type: &task.media_type,
            charset: task.charset.as_deref(),
            bytes,
        };
        // Err: the gateway has gone, or wants no more; either way nobody listens.
        let _ = extract::read(&document, limits(task, bytes.len()), sink);
    })
}

fn limits(task: &Task<'_>, len: usize) -> Limits {
    Limits::of(len as u64, task.max_bytes, task.max_depth, task.max_time)
}
