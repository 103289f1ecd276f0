//! What must hold for any bytes: one function each, called by the tests here and by the fuzz targets in `tests/fuzz`. They panic if it
//! does not hold.

pub mod content_disposition;
pub mod filename;
pub mod headers_build;
pub mod mime;
pub mod mime_rewrite;
pub mod patterns;

/// Panics if it does not hold for these bytes.
pub type Check = fn(&[u8]);

/// A property with the name of its fuzz target and of its folder of seeds.
pub const ALL: [(&str, Check); 6] = [
    ("content_disposition", content_disposition::check),
    ("filename", filename::check),
    ("headers_build", headers_build::check),
    ("mime", mime::check),
    ("mime_rewrite", mime_rewrite::check),
    ("patterns", patterns::check),
];
