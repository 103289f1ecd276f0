#![no_main]

use cloakroom_fuzz::properties::truth::patterns;

libfuzzer_sys::fuzz_target!(|data: &[u8]| patterns::check(data));
