#![no_main]

use cloakroom_fuzz::properties::truth::mime;

libfuzzer_sys::fuzz_target!(|data: &[u8]| mime::check(data));
