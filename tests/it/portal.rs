//! The portal as browsers, download managers, scanners and attackers meet it: real sockets before a real store in memory.

mod approver;
mod attack;
mod care;
mod code;
mod flow;
mod forged;
mod guests;
mod house;
mod journeys;
mod known;
mod late;
mod limits;
pub mod looks;
mod managers;
mod preferences;
mod quick;
mod send;
mod sender;
mod threats;
