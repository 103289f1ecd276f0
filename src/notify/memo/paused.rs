//! What administrators hear when a limit stops text messages: how many of what, until when, and where to look.

use super::{Words, Writer, one_line};
use crate::texts::format;
use crate::transfer::memo::Paused;

impl Writer<'_> {
    pub(super) fn paused(&self, paused: &Paused) -> Words {
        let channel = ("channel", one_line(&paused.channel));
        let what = match &paused.prefix {
            Some(prefix) => self.say("paused-numbers", &[channel, ("prefix", one_line(prefix))]),
            None => self.say("paused-money", &[channel]),
        };
        let zone = &self.house.time_zone;
        let until = format::day_and_time(self.language, self.memo.until, zone);
        let lines = vec![
            what,
            self.say("paused-until", &[("date", until)]),
            String::new(),
            self.say("paused-first", &[("sender", one_line(&paused.sender))]),
            self.say("paused-look", &[]),
        ];
        let lines = lines.into_iter().chain(self.end()).collect();
        (self.say("paused-subject", &[]), lines)
    }
}
