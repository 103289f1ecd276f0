//! The inside of a process that reads: limits itself, then takes a file at a time from standard input and writes its pieces to standard output.
//!
//! Promises: nothing is read before the limits hold; a panic while reading is [`Unreadable::Crashed`] and ends the process after saying so.
//! Leaves to others: reading itself, which is handed in. Ends when standard input ends.

use super::cage;
use super::frames::{self, MAX_FRAME, READY, Task};
use crate::mail::content::{Enough, Piece, Sink, Unreadable};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

/// Lives as the process that reads. `read` gets a task and the whole file.
pub fn run(time: Duration, mut read: impl FnMut(&Task<'_>, &[u8], &mut dyn Sink)) -> ExitCode {
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = BufWriter::with_capacity(MAX_FRAME, io::stdout().lock());
    // Nobody reads it, and its text could quote the file.
    std::panic::set_hook(Box::new(|_| {}));
    let begun = match cage::lock(time) {
        Ok(()) => say(&mut output, READY.as_bytes()).map(|()| true),
        Err(why) => say(&mut output, why.as_bytes()).map(|()| false),
    };
    if !begun.is_ok_and(|ready| ready) {
        return ExitCode::FAILURE;
    }
    while let Ok(true) = one(&mut input, &mut output, &mut read) {}
    ExitCode::SUCCESS
}

fn say(output: &mut impl Write, text: &[u8]) -> io::Result<()> {
    frames::write(output, text)?;
    output.flush()
}

/// One file; `false`: this process should not read another.
fn one(
    input: &mut impl Read,
    output: &mut impl Write,
    read: &mut impl FnMut(&Task<'_>, &[u8], &mut dyn Sink),
) -> io::Result<bool> {
    let mut head = Vec::new();
    frames::read(input, &mut head)?;
    let task: Task<'_> = postcard::from_bytes(&head).map_err(io::Error::other)?;
    let expected = usize::try_from(task.len.min(task.max_bytes)).unwrap_or_default();
    let mut file = Vec::with_capacity(expected);
    let mut chunk = Vec::new();
    loop {
        frames::read(input, &mut chunk)?;
        if chunk.is_empty() {
            break;
        }
        file.extend_from_slice(&chunk);
    }
    let mut writer = Writer {
        output,
        failed: None,
    };
    let whole = catch_unwind(AssertUnwindSafe(|| read(&task, &file, &mut writer))).is_ok();
    if !whole {
        let _ = writer.take(Piece::Unreadable(Unreadable::Crashed));
    }
    if let Some(error) = writer.failed {
        return Err(error);
    }
    frames::write(output, &[])?;
    output.flush()?;
    Ok(whole)
}

/// Pieces on their way out.
struct Writer<'a, W> {
    output: &'a mut W,
    failed: Option<io::Error>,
}

impl<W: Write> Sink for Writer<'_, W> {
    fn take(&mut self, piece: Piece<'_>) -> Result<(), Enough> {
        let frame = postcard::to_allocvec(&piece).expect("pieces have a form");
        frames::write(self.output, &frame).map_err(|error| {
            self.failed = Some(error);
            Enough
        })
    }
}
