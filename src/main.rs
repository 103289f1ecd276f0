//! The program: hands its arguments to the command line's door.

use std::process::ExitCode;

fn main() -> ExitCode {
    cloakroom::doors::cli::run(std::env::args_os())
}
