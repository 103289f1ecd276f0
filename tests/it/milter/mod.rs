//! The milter door before real mail servers, and before some that break off wherever they can.

mod again;
mod both;
mod failing;
pub mod house;
mod postfix;
mod sendmail;
pub mod servers;
mod shared;
mod talk;
mod tripwire;
mod wire;
