#![no_main]

use cloakroom_fuzz::properties::truth::headers_build;

libfuzzer_sys::fuzz_target!(|data: &[u8]| headers_build::check(data));
