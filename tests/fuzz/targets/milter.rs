#![no_main]

use cloakroom_fuzz::properties::truth::milter;

libfuzzer_sys::fuzz_target!(|data: &[u8]| milter::check(data));
