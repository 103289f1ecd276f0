#![no_main]

use cloakroom_fuzz::properties::truth::mime_rewrite;

libfuzzer_sys::fuzz_target!(|data: &[u8]| mime_rewrite::check(data));
