#![no_main]

use cloakroom_fuzz::properties::truth::content_disposition;

libfuzzer_sys::fuzz_target!(|data: &[u8]| content_disposition::check(data));
