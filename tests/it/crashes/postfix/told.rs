//! What two Postfix tell, as a history for the judge: the first one's log has the tries of a client, the names in the second one's queue
//! say when it took each copy. What a killed Postfix could not tell is filled in: as *unknown*, or as good where its queue is empty.

use super::log::Line;
use super::queue::{received, time_of};
use crate::crashes::history::{Answer, Copy, Events, Try};
use crate::crashes::mails::Letter;
use crate::support::client::Door;
use regex::Regex;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, SystemTime};

/// A line of a log is seen so long after it was written, on a busy machine.
const LATE: Duration = Duration::from_millis(100);
/// One side's end is seen by the others so soon.
const AT_ONCE: Duration = Duration::from_secs(1);
/// The gateway works on, for a mail whose client is gone, for so long at most.
const WORKS_ON: Duration = Duration::from_secs(4);

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Front,
    Back,
}

/// What befalls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// kill -9 of every process with such a name.
    Each(&'static [&'static str]),
    /// kill -9 of all.
    All,
    /// `postfix stop`.
    Stop,
}

/// Something that befell one of the two.
#[derive(Debug, Clone, Copy)]
pub struct Fall {
    pub which: Which,
    pub blow: Blow,
    pub begun: Duration,
    pub ended: Duration,
}

/// All that is known of the two.
#[derive(Debug, Clone)]
pub struct Told {
    /// The first one's log.
    pub lines: Vec<Line>,
    pub falls: Vec<Fall>,
    /// When the clock of the history was at zero.
    pub epoch: SystemTime,
    /// Nothing waits in the first one's queue any more.
    pub is_over: bool,
}

impl Told {
    /// The history as the judge needs it, of what the last one and the telephone have seen.
    pub fn events(&self, seen: &Events) -> Events {
        let mut events = seen.clone();
        events.copies = self.copies(seen);
        events.tries = tries(&self.lines, &seen.letters);
        let more = self.tries_of_the_fallen(&events);
        events.tries.extend(more);
        let more = self.last_words(&events);
        events.tries.extend(more);
        events.tries.sort_by_key(|t| t.begun);
        self.lose_answers(&mut events);
        events
    }

    /// Each copy once for each time that the second Postfix took it: what that one repeats has the same name in its queue.
    fn copies(&self, seen: &Events) -> Vec<Copy> {
        let mut before = BTreeSet::new();
        let mut copies = Vec::new();
        for copy in &seen.copies {
            let name = received(&copy.bytes).filter(|_| !copy.from.is_empty());
            let Some((name, rest)) = name else {
                copies.push(copy.clone());
                continue;
            };
            let is_new = |to: &&String| before.insert((name.to_owned(), (*to).clone()));
            let to: Vec<String> = copy.to.iter().filter(is_new).cloned().collect();
            if to.is_empty() {
                continue;
            }
            let at = time_of(name).and_then(|at| at.duration_since(self.epoch).ok());
            copies.push(Copy {
                at: at.unwrap_or(copy.at),
                from: copy.from.clone(),
                to,
                bytes: without_the_first(rest),
                answered: true,
                blurred: false,
            });
        }
        copies.sort_by_key(|copy| copy.at);
        copies
    }

    /// Of a client that was killed its tries are known by the copies only.
    fn tries_of_the_fallen(&self, events: &Events) -> Vec<Try> {
        let index = Index::new(events);
        let mut found = Vec::new();
        for (letter, to) in recipients(events) {
            for copy in index.copies(to) {
                let fall = self.falls_of(Which::Front).find(|fall| {
                    fall.begun < copy.at + WORKS_ON && copy.at < fall.ended + WORKS_ON
                });
                if let (None, Some(fall)) = (index.try_at(to, copy.at), fall) {
                    let (begun, ended) = (copy.at.min(fall.begun), copy.at.max(fall.ended));
                    let said = format!("(its client fell: {:?})", fall.blow);
                    found.push(a_try(
                        letter,
                        to,
                        (begun, ended + WORKS_ON),
                        Answer::Unknown,
                        said,
                    ));
                }
            }
        }
        found
    }

    /// A Postfix that is killed as a whole may not have written down what it heard; its queue knows.
    fn last_words(&self, events: &Events) -> Vec<Try> {
        let index = Index::new(events);
        let is_done = |t: &&Try| matches!(t.answers[0].1, Answer::Good | Answer::Refused);
        let mut found = Vec::new();
        for (letter, to) in recipients(events).filter(|_| self.is_over) {
            let Some(copy) = index.copies(to).last() else {
                continue;
            };
            let whole = |fall: &&Fall| !matches!(fall.blow, Blow::Each(_)) && fall.ended > copy.at;
            let fall = self.falls_of(Which::Front).find(whole);
            if let (None, Some(fall)) = (index.tries(to).find(is_done), fall) {
                let said = "(its log fell, and its queue is empty)".to_owned();
                let span = (fall.begun.max(copy.at), fall.ended.max(copy.at));
                found.push(a_try(letter, to, span, Answer::Good, said));
            }
        }
        found
    }

    /// The second Postfix fell before the gateway could hear that it had taken the copy.
    fn lose_answers(&self, events: &mut Events) {
        let index = Index::new(events);
        let is_lost = |copy: &Copy, to: &str| {
            let door = events
                .letters
                .iter()
                .find(|l| l.from == copy.from)
                .map(|l| l.door);
            let end = match index.try_at(to, copy.at) {
                Some(t) if t.answers[0].1 != Answer::Good => t.ended + AT_ONCE,
                Some(_) if door == Some(Door::Lmtp) => return false,
                Some(t) => t.ended,
                None => copy.at + WORKS_ON,
            };
            let mut falls = self.falls_of(Which::Back).filter(|fall| fall.takes_mail());
            falls.any(|fall| fall.begun <= end && copy.at <= fall.ended)
        };
        let lost: Vec<bool> = events
            .copies
            .iter()
            .map(|c| c.to.iter().any(|to| is_lost(c, to)))
            .collect();
        for (copy, lost) in events.copies.iter_mut().zip(lost) {
            copy.answered &= !lost;
        }
    }

    fn falls_of(&self, which: Which) -> impl Iterator<Item = &Fall> {
        self.falls.iter().filter(move |fall| fall.which == which)
    }
}

impl Fall {
    /// It fell upon those who take mail.
    fn takes_mail(&self) -> bool {
        match self.blow {
            Blow::Each(names) => names.contains(&"smtpd"),
            Blow::All | Blow::Stop => true,
        }
    }
}

/// What is known of each recipient.
struct Index<'a> {
    copies: HashMap<&'a str, Vec<&'a Copy>>,
    tries: HashMap<&'a str, Vec<&'a Try>>,
}

impl<'a> Index<'a> {
    fn new(events: &'a Events) -> Index<'a> {
        let mut index = Index {
            copies: HashMap::new(),
            tries: HashMap::new(),
        };
        for copy in &events.copies {
            for to in &copy.to {
                index.copies.entry(to).or_default().push(copy);
            }
        }
        for one in &events.tries {
            index.tries.entry(&one.answers[0].0).or_default().push(one);
        }
        index
    }

    fn copies(&self, to: &str) -> impl DoubleEndedIterator<Item = &'a Copy> + use<'a> {
        self.copies.get(to).cloned().unwrap_or_default().into_iter()
    }

    fn tries(&self, to: &str) -> impl Iterator<Item = &'a Try> + use<'a> {
        self.tries.get(to).cloned().unwrap_or_default().into_iter()
    }

    fn try_at(&self, to: &str, at: Duration) -> Option<&'a Try> {
        self.tries(to).find(|t| (t.begun..=t.ended).contains(&at))
    }
}

fn recipients(events: &Events) -> impl Iterator<Item = (usize, &String)> {
    let letters = events.letters.iter().enumerate();
    letters.flat_map(|(number, letter)| letter.to.iter().map(move |to| (number, to)))
}

fn a_try(letter: usize, to: &str, span: (Duration, Duration), answer: Answer, said: String) -> Try {
    Try {
        letter,
        begun: span.0,
        ended: span.1,
        answers: vec![(to.to_owned(), answer)],
        said: vec![said],
    }
}

/// What the first one's delivery agents wrote down, one try for each recipient.
fn tries(lines: &[Line], letters: &[Letter]) -> Vec<Try> {
    let shape = r"to=<([^>]*)>, .*delays=[\d.]+/[\d.]+/([\d.]+)/([\d.]+), .*status=(\w+) \((.*)\)$";
    let shape = Regex::new(shape).expect("a test's pattern");
    let letters = letters.iter().enumerate();
    let whose = letters.flat_map(|(n, letter)| letter.to.iter().map(move |to| (to.as_str(), n)));
    let whose: HashMap<&str, usize> = whose.collect();
    let read = |(ended, line): &Line| {
        let words = shape.captures(line)?;
        // Others are reports to senders.
        let letter = *whose.get(&words[1])?;
        let seconds = |n: usize| words[n].parse().unwrap_or(0.0);
        // Two digits of it count.
        let lasted = Duration::from_secs_f64((seconds(2) + seconds(3)) * 1.1) + LATE;
        let answer = match &words[4] {
            "sent" => Answer::Good,
            "bounced" => Answer::Refused,
            _ if words[5].contains("may be sent more than once") => Answer::Unknown,
            _ => Answer::Later,
        };
        let span = (ended.saturating_sub(lasted), *ended);
        Some(a_try(letter, &words[1], span, answer, words[5].to_owned()))
    };
    lines.iter().filter_map(read).collect()
}

/// Without the second `Received`: what the first Postfix added to the letter.
fn without_the_first(mail: &[u8]) -> Vec<u8> {
    let Some((_, rest)) = received(mail) else {
        return mail.to_vec();
    };
    let ours = &mail[..mail.len() - rest.len()];
    let rest = received(rest).map_or(rest, |(_, rest)| rest);
    [ours, rest].concat()
}
