#![no_main]

use cloakroom_fuzz::properties::truth::extract;

libfuzzer_sys::fuzz_target!(|data: &[u8]| extract::check(data));
