//! The program: hands its arguments to the command line's door.

use std::alloc::System;
use std::process::ExitCode;
use zeroizing_alloc::ZeroAlloc;

/// What is freed is wiped. Passwords are words in texts, in calls of providers and in TLS, which know of no secrets and leave copies behind
/// wherever they grow: nothing short of this finds all of them (`tests/it/wiped.rs`).
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    cloakroom::doors::cli::run(std::env::args_os())
}
