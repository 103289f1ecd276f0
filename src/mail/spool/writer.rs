//! Writing a spool: into memory, past 256 KiB into chunks of a file, and past whoever takes files aside.

use super::aside::{Aside, Diversion, Fed};
use super::file::Sealed;
use super::run::{LOOK_BACK, Run, Shape};
use super::{CHUNK, IN_MEMORY, Place, Spool, Window};
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// So many bytes are gathered before a chunk of them goes into the file; the rest is there to find the beginning of a run in.
const GATHERED: usize = CHUNK + LOOK_BACK;

/// Takes bytes once, in order.
pub struct SpoolWriter {
    folder: Arc<Path>,
    /// What is in memory: everything, or what is not in a chunk yet.
    bytes: Vec<u8>,
    file: Option<Sealed>,
    /// Who takes files; `None` once nobody does.
    aside: Option<Box<dyn Aside>>,
    /// A run is going on.
    diversion: Option<Diversion>,
    runs: Vec<Run>,
}

impl SpoolWriter {
    /// `folder` is where a file goes if the mail gets large; nothing is made there before.
    pub fn new(folder: &Path) -> Self {
        SpoolWriter {
            folder: folder.into(),
            bytes: Vec::new(),
            file: None,
            aside: None,
            diversion: None,
            runs: Vec::new(),
        }
    }

    /// The same; files of a large mail are offered to `aside`.
    pub fn beside(folder: &Path, aside: Box<dyn Aside>) -> Self {
        SpoolWriter {
            aside: Some(aside),
            ..SpoolWriter::new(folder)
        }
    }

    /// The next bytes.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.is_none() {
            let len = self.bytes.len() + bytes.len();
            if len <= IN_MEMORY {
                // Past a chunk the rest of the room at once: growing step by step would copy all of it again and again.
                if len > CHUNK {
                    self.bytes.reserve_exact(IN_MEMORY - self.bytes.len());
                }
                self.bytes.extend_from_slice(bytes);
                return Ok(());
            }
            self.spill()?;
        }
        self.write_on(bytes)
    }

    /// How many so far.
    pub fn len(&self) -> u64 {
        let sealed = self.file.as_ref().map_or(0, Sealed::chunks);
        let aside: u64 = self
            .runs
            .iter()
            .map(|run| run.raw.end - run.raw.start)
            .sum();
        let going = self.diversion.as_ref().map_or(0, Diversion::len);
        sealed * CHUNK as u64 + self.bytes.len() as u64 + aside + going
    }

    /// True before the first byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// No more bytes.
    pub fn finish(mut self) -> io::Result<Spool> {
        self.rejoin()?;
        let len = self.len();
        let place = match self.file.take() {
            Some(mut file) => {
                let mut rest = std::mem::take(&mut self.bytes);
                while !rest.is_empty() {
                    let later = rest.split_off(rest.len().min(CHUNK));
                    file.append(&mut rest)?;
                    rest = later;
                }
                Place::File {
                    file,
                    last: Mutex::new(Window::default()),
                }
            }
            None => Place::Memory(self.bytes),
        };
        Ok(Spool {
            folder: self.folder,
            len,
            place,
            runs: self.runs,
        })
    }

    /// From memory into a file of its own.
    fn spill(&mut self) -> io::Result<()> {
        let gathered = std::mem::replace(&mut self.bytes, Vec::with_capacity(GATHERED));
        self.file = Some(Sealed::create(&self.folder)?);
        self.write_on(&gathered)
    }

    fn write_on(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let used = match &mut self.diversion {
                Some(_) => self.divert(bytes)?,
                None => self.gather(bytes)?,
            };
            bytes = &bytes[used..];
        }
        Ok(())
    }

    fn gather(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = GATHERED - self.bytes.len();
        let some = &bytes[..room.min(bytes.len())];
        self.bytes.extend_from_slice(some);
        if self.bytes.len() == GATHERED {
            self.make_room()?;
        }
        Ok(some.len())
    }

    /// What was gathered goes into the file, but for the beginning of a run that somebody may want.
    fn make_room(&mut self) -> io::Result<()> {
        let found = match self.aside {
            Some(_) => Shape::at_end_of(&self.bytes),
            None => None,
        };
        let Some((shape, start)) = found else {
            return self.seal_chunk();
        };
        let lines = self.bytes.split_off(start);
        if self.bytes.len() >= CHUNK {
            self.seal_chunk()?;
        }
        self.diversion = Some(Diversion::new(shape, self.len()));
        self.write_on(&lines)
    }

    fn divert(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(diversion) = &mut self.diversion else {
            return Ok(0);
        };
        match diversion.feed(bytes, &mut self.aside)? {
            Fed::All => Ok(bytes.len()),
            Fed::Ended { used, behind } => {
                self.rejoin()?;
                // A line of the next chunk at most, behind less than a chunk.
                self.bytes.extend_from_slice(&behind);
                Ok(used)
            }
        }
    }

    /// The run has ended; what stands behind it is gathered as before.
    fn rejoin(&mut self) -> io::Result<()> {
        if let Some(diversion) = self.diversion.take() {
            let sealed = self.file.as_ref().map_or(0, Sealed::chunks);
            let gap = sealed * CHUNK as u64 + self.bytes.len() as u64;
            let (run, behind) = diversion.end(gap)?;
            self.runs.extend(run);
            self.bytes.extend_from_slice(&behind);
        }
        Ok(())
    }

    /// The first of what was gathered.
    fn seal_chunk(&mut self) -> io::Result<()> {
        let file = self
            .file
            .as_mut()
            .expect("chunks are sealed only behind spill(), which makes the file");
        let behind = self.bytes.split_off(CHUNK);
        file.append(&mut self.bytes)?;
        self.bytes.clear();
        self.bytes.extend_from_slice(&behind);
        Ok(())
    }
}

impl fmt::Debug for SpoolWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpoolWriter({} bytes)", self.len())
    }
}
