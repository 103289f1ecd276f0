//! Objects of a PDF, found by what refers to them.
//!
//! Promises: references that lead nowhere or in circles are nothing; a stream is unpacked under the reading's limits and counted.

use crate::decide::extract::Reading;
use crate::mail::content::Unreadable;
use lopdf::{Dictionary, Document, Object, Stream};
use std::io::{self, Read};

/// References to references.
const STEPS: u32 = 16;

/// Bytes of one stream.
const MOST: u64 = 64 * 1024 * 1024;

/// A file's objects, while it is read.
pub(super) struct Objects<'d, 'r, 'a> {
    pub document: &'d Document,
    pub reading: &'r mut Reading<'a>,
    /// The first thing that could not be read.
    pub lost: Option<Unreadable>,
}

impl<'d> Objects<'d, '_, '_> {
    /// What an object refers to in the end.
    pub fn resolved<'o>(&self, object: &'o Object) -> Option<&'o Object>
    where
        'd: 'o,
    {
        let mut found = object;
        for _ in 0..STEPS {
            match found {
                Object::Reference(id) => found = self.document.objects.get(id)?,
                other => return Some(other),
            }
        }
        None
    }

    /// The value of a key.
    pub fn get<'o>(&self, dictionary: &'o Dictionary, key: &[u8]) -> Option<&'o Object>
    where
        'd: 'o,
    {
        self.resolved(dictionary.get(key).ok()?)
    }

    /// A dictionary, or that of a stream.
    pub fn dictionary<'o>(&self, object: &'o Object) -> Option<&'o Dictionary>
    where
        'd: 'o,
    {
        match self.resolved(object)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            Object::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// The dictionary under a key.
    pub fn inner<'o>(&self, dictionary: &'o Dictionary, key: &[u8]) -> Option<&'o Dictionary>
    where
        'd: 'o,
    {
        self.dictionary(dictionary.get(key).ok()?)
    }

    /// A name under a key; empty if there is none.
    pub fn name(&self, dictionary: &Dictionary, key: &[u8]) -> Vec<u8> {
        let name = self
            .get(dictionary, key)
            .and_then(|object| object.as_name().ok());
        name.unwrap_or_default().to_vec()
    }

    /// A number under a key.
    pub fn number(&self, dictionary: &Dictionary, key: &[u8]) -> Option<f64> {
        self.get(dictionary, key)?.as_float().ok().map(f64::from)
    }

    /// The resolved entries of an array under a key; a single value counts as an array of one.
    pub fn list(&self, dictionary: &Dictionary, key: &[u8]) -> Vec<Object> {
        match self.get(dictionary, key) {
            Some(Object::Array(all)) => all
                .iter()
                .filter_map(|object| self.resolved(object))
                .cloned()
                .collect(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        }
    }

    /// False if a key's value, or an entry of its array, refers to nothing.
    pub fn leads_somewhere(&self, dictionary: &Dictionary, key: &[u8]) -> bool {
        let Ok(value) = dictionary.get(key) else {
            return true;
        };
        match self.resolved(value) {
            Some(Object::Array(all)) => all.iter().all(|entry| self.resolved(entry).is_some()),
            found => found.is_some(),
        }
    }

    /// The unpacked bytes of the stream under a key.
    pub fn stream(&mut self, dictionary: &Dictionary, key: &[u8]) -> Option<Vec<u8>> {
        match self.get(dictionary, key)? {
            Object::Stream(stream) => self.unpacked(stream),
            _ => None,
        }
    }

    /// A stream's bytes, unpacked; what cannot be is noted.
    pub fn unpacked(&mut self, stream: &Stream) -> Option<Vec<u8>> {
        let most = self.reading.left().min(MOST);
        let unpacked =
            stream.get_plain_content_with_limit(usize::try_from(most).unwrap_or(usize::MAX));
        let unpacked = unpacked.map_err(|error| match error {
            lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                Unreadable::TooLarge
            }
            _ => Unreadable::Damaged,
        });
        if !is_complete(stream) {
            self.lost.get_or_insert(Unreadable::Damaged);
        }
        let counted = unpacked.and_then(|bytes| {
            self.reading.spend(bytes.len() as u64)?;
            Ok(bytes)
        });
        counted.map_err(|why| self.lost.get_or_insert(why)).ok()
    }
}

/// False if packed bytes break off or are wrong: the library then gives what came before. Checksums do not count, as in readers.
fn is_complete(stream: &Stream) -> bool {
    let filters = stream.filters().unwrap_or_default();
    match (filters.first(), stream.content.get(2..)) {
        (Some(&b"FlateDecode"), Some(packed)) => {
            let unpacker = flate2::read::DeflateDecoder::new(packed);
            io::copy(&mut unpacker.take(MOST), &mut io::sink()).is_ok()
        }
        _ => true,
    }
}
