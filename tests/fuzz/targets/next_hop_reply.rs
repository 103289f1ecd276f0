#![no_main]

use cloakroom_fuzz::properties::truth::next_hop_reply;

libfuzzer_sys::fuzz_target!(|data: &[u8]| next_hop_reply::check(data));
