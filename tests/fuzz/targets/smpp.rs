#![no_main]

use cloakroom_fuzz::properties::truth::smpp;

libfuzzer_sys::fuzz_target!(|data: &[u8]| smpp::check(data));
