//! PDF: the text of its pages, and whatever else in it is text.
//!
//! Pages come first; then, of all objects, used or not: the document's information, bookmarks, form fields, annotations, links,
//! scripts, alternative texts, XMP and XFA; attached files are files in the file. Promises: an empty user password opens it, any other
//! makes it `Encrypted`; a page, an object or a stream that is not there or breaks off, and text in a font that says nothing about letters,
//! make it `Damaged` beside what was read. Leaves to others: pictures with text in them.

mod font;
mod lexer;
mod objects;
mod page;

use super::{Document, Reading, Stop, charset, markup, xml};
use crate::mail::content::Unreadable;
use lopdf::xref::{XrefEntry, XrefRecovery};
use lopdf::{Dictionary, LoadOptions, Object};
use objects::Objects;
use page::{Fonts, Page};
use std::collections::HashSet;

/// Bytes of one stream of objects.
const PACKED_OBJECTS: usize = 64 * 1024 * 1024;

/// Objects in objects.
const DEEP: u32 = 24;

/// Keys whose strings people read or write.
const SAID: [&[u8]; 21] = [
    b"Contents",
    b"T",
    b"TU",
    b"V",
    b"DV",
    b"RC",
    b"Title",
    b"Author",
    b"Subject",
    b"Keywords",
    b"Creator",
    b"Producer",
    b"URI",
    b"JS",
    b"Opt",
    b"Alt",
    b"ActualText",
    b"CA",
    b"Subj",
    b"E",
    b"Company",
];

/// True if this is one, perhaps behind other bytes, as readers allow.
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    memchr::memmem::find(&bytes[..bytes.len().min(1024)], b"%PDF-").is_some()
}

/// Reads a document.
pub(super) fn read(document: &Document<'_>, reading: &mut Reading<'_>) -> Result<(), Stop> {
    let options = LoadOptions {
        max_decompressed_size: Some(PACKED_OBJECTS),
        ..LoadOptions::default()
    };
    let loaded = lopdf::Document::load_mem_with_options(document.bytes, options);
    let loaded = loaded.map_err(|error| match error {
        lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) => Unreadable::Encrypted,
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
            Unreadable::TooLarge
        }
        _ => Unreadable::Damaged,
    })?;
    if loaded.is_encrypted() {
        return Err(Unreadable::Encrypted.into());
    }
    let mut objects = Objects {
        document: &loaded,
        reading,
        lost: None,
    };
    whole(&mut objects)?;
    pages(&mut objects)?;
    objects.reading.at("fields, notes and properties")?;
    everything(&mut objects)?;
    match objects.lost {
        Some(why) => reading.unreadable(why),
        None => Ok(()),
    }
}

/// Notes what shows that a part of the structure is gone: a table that had to be rebuilt, pages that lead nowhere, objects that are said
/// to be there and are not.
fn whole(objects: &mut Objects<'_, '_, '_>) -> Result<(), Stop> {
    let document = objects.document;
    let tree = document.catalog().ok();
    let tree = tree.and_then(|catalog| objects.inner(catalog, b"Pages"));
    let mut is_whole =
        tree.is_some() && document.xref_recovery != Some(XrefRecovery::Reconstructed);
    for object in document.objects.values() {
        objects.reading.tick()?;
        is_whole = is_whole && is_there(object, document, 0);
    }
    if !is_whole || document.page_iter().next().is_none() {
        objects.lost.get_or_insert(Unreadable::Damaged);
    }
    Ok(())
}

/// True unless it refers to an object that the file's table has and the file has not.
fn is_there(object: &Object, document: &lopdf::Document, depth: u32) -> bool {
    let all = |dictionary: &Dictionary| {
        let mut values = dictionary.iter().map(|(_, value)| value);
        values.all(|value| is_there(value, document, depth + 1))
    };
    match object {
        _ if depth > DEEP => true,
        Object::Reference(id) => {
            let entry = document.reference_table.entries.get(&id.0);
            let is_used = matches!(
                entry,
                Some(XrefEntry::Normal { .. } | XrefEntry::Compressed { .. })
            );
            !is_used || document.objects.contains_key(id)
        }
        Object::Array(list) => list.iter().all(|o| is_there(o, document, depth + 1)),
        Object::Dictionary(dictionary) => all(dictionary),
        Object::Stream(stream) => all(&stream.dict),
        _ => true,
    }
}

fn pages(objects: &mut Objects<'_, '_, '_>) -> Result<(), Stop> {
    let mut fonts = Fonts::default();
    for (number, id) in objects.document.page_iter().enumerate() {
        objects.reading.at(&format!("page {}", number + 1))?;
        let Ok(page) = objects.document.get_dictionary(id) else {
            objects.lost.get_or_insert(Unreadable::Damaged);
            continue;
        };
        let mut content = Vec::new();
        if !objects.leads_somewhere(page, b"Contents") {
            objects.lost.get_or_insert(Unreadable::Damaged);
        }
        for part in objects.list(page, b"Contents") {
            if let Object::Stream(stream) = &part {
                content.extend(objects.unpacked(stream).unwrap_or_default());
                content.push(b'\n');
            }
        }
        let resources = resources(page, objects);
        Page::new(objects, &mut fonts).draw(&content, resources)?;
        objects.reading.end_line()?;
    }
    if fonts.is_any_unknown() {
        objects.lost.get_or_insert(Unreadable::Damaged);
    }
    Ok(())
}

/// Those of the page or of the groups it is in.
fn resources<'d>(page: &'d Dictionary, objects: &Objects<'d, '_, '_>) -> Option<&'d Dictionary> {
    let mut node = page;
    for _ in 0..DEEP {
        if let Some(found) = objects.inner(node, b"Resources") {
            return Some(found);
        }
        node = objects.inner(node, b"Parent")?;
    }
    None
}

fn everything(objects: &mut Objects<'_, '_, '_>) -> Result<(), Stop> {
    let document = objects.document;
    let info = document.trailer.get(b"Info").ok();
    if let Some(Object::Dictionary(info)) = info {
        strings(&Object::Dictionary(info.clone()), objects, 0)?;
    }
    let mut files = HashSet::new();
    for object in document.objects.values() {
        objects.reading.tick()?;
        strings(object, objects, 0)?;
    }
    xml_streams(objects)?;
    for object in document.objects.values() {
        attached(object, objects, &mut files, 0)?;
    }
    Ok(())
}

/// Texts of an object and of what is written inside it.
fn strings(object: &Object, objects: &mut Objects<'_, '_, '_>, depth: u32) -> Result<(), Stop> {
    if depth > DEEP {
        return Ok(());
    }
    match object {
        Object::Array(all) => all
            .iter()
            .try_for_each(|object| strings(object, objects, depth + 1)),
        Object::Dictionary(dictionary) => entries(dictionary, objects, depth),
        Object::Stream(stream) => entries(&stream.dict, objects, depth),
        _ => Ok(()),
    }
}

fn entries(
    dictionary: &Dictionary,
    objects: &mut Objects<'_, '_, '_>,
    depth: u32,
) -> Result<(), Stop> {
    for (key, value) in dictionary {
        let is_said = SAID.contains(&key.as_slice());
        match value {
            Object::String(text, _) if is_said => said(key, text, objects)?,
            Object::Array(all) if is_said => {
                for text in all.iter().filter_map(|entry| entry.as_str().ok()) {
                    said(key, text, objects)?;
                }
                strings(value, objects, depth + 1)?;
            }
            Object::Reference(_) if is_said => match objects.resolved(value) {
                Some(Object::String(text, _)) => said(key, &text.clone(), objects)?,
                Some(Object::Stream(_)) if matches!(key.as_slice(), b"JS" | b"RC" | b"V") => {
                    let bytes = objects.stream(dictionary, key).unwrap_or_default();
                    said(key, &bytes, objects)?;
                }
                _ => {}
            },
            inner => strings(inner, objects, depth + 1)?,
        }
    }
    Ok(())
}

fn said(key: &[u8], bytes: &[u8], objects: &mut Objects<'_, '_, '_>) -> Result<(), Stop> {
    let text = string(bytes);
    match key {
        b"RC" => {
            markup::read(&text, objects.reading)
                .map(drop)
                .or_else(|stop| match stop {
                    Stop::Unreadable(Unreadable::Damaged) => Ok(()),
                    other => Err(other),
                })?;
            objects.reading.end_line()
        }
        _ => {
            objects.reading.end_line()?;
            super::plain::lines(&text, objects.reading)
        }
    }
}

/// UTF-16 or UTF-8 with a mark, else PDF's own encoding, which is nearly Windows-1252.
fn string(bytes: &[u8]) -> String {
    let is_marked = bytes.starts_with(b"\xfe\xff")
        || bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xef\xbb\xbf");
    charset::text(bytes, (!is_marked).then_some("windows-1252")).into_owned()
}

/// Streams of XML: properties (XMP), and the form (XFA), which may be in several parts.
fn xml_streams(objects: &mut Objects<'_, '_, '_>) -> Result<(), Stop> {
    let document = objects.document;
    for object in document.objects.values() {
        if let Object::Stream(stream) = object
            && objects.name(&stream.dict, b"Type") == b"Metadata"
        {
            let bytes = objects.unpacked(stream).unwrap_or_default();
            xml_text(&bytes, objects)?;
        }
    }
    let form = document
        .catalog()
        .ok()
        .and_then(|catalog| objects.inner(catalog, b"AcroForm"));
    let parts = form
        .map(|form| objects.list(form, b"XFA"))
        .unwrap_or_default();
    let mut whole = Vec::new();
    for part in &parts {
        if let Object::Stream(stream) = part {
            whole.extend(objects.unpacked(stream).unwrap_or_default());
        }
    }
    xml_text(&whole, objects)
}

fn xml_text(bytes: &[u8], objects: &mut Objects<'_, '_, '_>) -> Result<(), Stop> {
    match markup::read(&xml::decoded(bytes), objects.reading) {
        Ok(_) | Err(Stop::Unreadable(Unreadable::Damaged)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

/// Files of file specifications, each once.
fn attached(
    object: &Object,
    objects: &mut Objects<'_, '_, '_>,
    files: &mut HashSet<*const lopdf::Stream>,
    depth: u32,
) -> Result<(), Stop> {
    let dictionary = match object {
        Object::Dictionary(dictionary) => dictionary,
        Object::Stream(stream) => &stream.dict,
        Object::Array(all) if depth < DEEP => {
            return all
                .iter()
                .try_for_each(|object| attached(object, objects, files, depth + 1));
        }
        _ => return Ok(()),
    };
    if depth < DEEP {
        for (_, inner) in dictionary {
            attached(inner, objects, files, depth + 1)?;
        }
    }
    let Some(embedded) = objects.inner(dictionary, b"EF") else {
        return Ok(());
    };
    let name = [b"UF".as_slice(), b"F"]
        .iter()
        .find_map(|key| objects.get(dictionary, key)?.as_str().ok());
    let name = name.map(string).unwrap_or_default();
    for (_, entry) in embedded {
        let Some(Object::Stream(stream)) = objects.resolved(entry) else {
            continue;
        };
        if !files.insert(std::ptr::from_ref(stream)) {
            continue;
        }
        match objects.unpacked(stream) {
            Some(bytes) => objects.reading.member(&Document {
                name: &name,
                media_type: "",
                charset: None,
                bytes: &bytes,
            })?,
            None => objects.reading.lost_member(&name, Unreadable::Damaged)?,
        }
    }
    Ok(())
}
