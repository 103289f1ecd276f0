#![no_main]

use cloakroom_fuzz::properties::truth::lmtp;

libfuzzer_sys::fuzz_target!(|data: &[u8]| lmtp::check(data));
