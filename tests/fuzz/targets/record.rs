#![no_main]

use cloakroom_fuzz::properties::truth::record;

libfuzzer_sys::fuzz_target!(|data: &[u8]| record::check(data));
