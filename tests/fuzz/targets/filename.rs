#![no_main]

use cloakroom_fuzz::properties::truth::filename;

libfuzzer_sys::fuzz_target!(|data: &[u8]| filename::check(data));
