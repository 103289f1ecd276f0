#![no_main]

use cloakroom_fuzz::properties::truth::blob_decrypt;

libfuzzer_sys::fuzz_target!(|data: &[u8]| blob_decrypt::check(data));
