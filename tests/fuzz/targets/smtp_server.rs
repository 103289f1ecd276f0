#![no_main]

use cloakroom_fuzz::properties::truth::smtp_server;

libfuzzer_sys::fuzz_target!(|data: &[u8]| smtp_server::check(data));
