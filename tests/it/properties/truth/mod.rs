//! What must hold for any bytes: one function each, called by the tests here and by the fuzz targets in `tests/fuzz`. They panic if it
//! does not hold.

pub mod blob_decrypt;
pub mod content_disposition;
mod dialogue;
pub mod extract;
pub mod filename;
mod grammar;
pub mod headers_build;
pub mod lmtp;
pub mod milter;
pub mod mime;
pub mod mime_rewrite;
pub mod next_hop_reply;
pub mod patterns;
pub mod record;
pub mod smpp;
pub mod smtp_server;

/// Panics if it does not hold for these bytes.
pub type Check = fn(&[u8]);

/// A property with the name of its fuzz target and of its folder of seeds.
pub const ALL: [(&str, Check); 14] = [
    ("blob_decrypt", blob_decrypt::check),
    ("content_disposition", content_disposition::check),
    ("extract", extract::check),
    ("filename", filename::check),
    ("headers_build", headers_build::check),
    ("lmtp", lmtp::check),
    ("milter", milter::check),
    ("mime", mime::check),
    ("mime_rewrite", mime_rewrite::check),
    ("next_hop_reply", next_hop_reply::check),
    ("patterns", patterns::check),
    ("record", record::check),
    ("smpp", smpp::check),
    ("smtp_server", smtp_server::check),
];
