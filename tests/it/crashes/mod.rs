//! Crashes of the program itself, under load, with everybody around it: clients with a queue of their own, a next hop that fails in every
//! way it can, recipients who open what they got. After each history a judge compares what was promised with what is there.

mod clear;
mod client;
mod cuts;
mod dice;
mod history;
mod hop;
mod house;
mod judge;
mod judged;
mod kills;
mod mails;
mod phone;
pub mod points;
mod postfix;
