//! Several wishes become one: each value the stricter, and who set it.
//!
//! Promises: the result is the same in whatever order wishes come (they are taken in the order of rule ids, and on a tie the
//! first id is named); no wish can make another weaker.
//! `password_via` is what all allow, in the order of the first rule by id; if they agree on nothing, the sender gets the
//! password: the sender knows the content anyway, so nobody learns anything new; with another `if_no_channel`, that is what happens.

use super::patterns::Exposed;
use super::wish::{EVENTS, Level, Wish};
use crate::mail::outline::Role;
use crate::mail::{Address, Lane};
use crate::transfer::password_rules::Style;
use crate::transfer::plan::HOLD_FOR;
use crate::transfer::{Awaits, IfNoChannel, Options, PasswordRules, Recovery, Unlock};
use std::time::Duration;

/// A value and the rules that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Ids of rules; `sender` for a wish of the sender, `defaults` for the main configuration.
    pub by: Vec<String>,
}

/// The merged wish.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// What rules found stands where a transfer of files would leave it.
    pub exposed: Exposed,
    /// `action`
    pub level: Option<Said<Level>>,
    /// `unlock`
    pub unlock: Option<Said<Unlock>>,
    /// `password_via`
    pub password_via: Option<Said<Vec<String>>>,
    /// `password_rules`
    pub password_rules: Option<Said<PasswordRules>>,
    /// `password_style`
    pub password_style: Option<Said<Style>>,
    /// `keep_for`
    pub keep_for: Option<Said<Duration>>,
    /// `downloads`
    pub downloads: Option<Said<u32>>,
    /// `hide_names`
    pub hide_names: Option<Said<bool>>,
    /// `hide_subject`
    pub hide_subject: Option<Said<bool>>,
    /// `notify`
    pub notify: Option<Said<Vec<String>>>,
    /// `recovery`
    pub recovery: Option<Said<Recovery>>,
    /// `if_no_channel`
    pub if_no_channel: Option<Said<IfNoChannel>>,
    /// `sender_may = ["link"]`: only if everybody says so who asks for something to unlock it with.
    pub link_allowed: Option<Said<bool>>,
    /// `take`
    pub take: Option<Said<Vec<Role>>>,
    /// `require_tls`
    pub require_tls: Option<Said<Lane>>,
    /// The strictest `action` of rules that do not hold, and of the profiles of those that do: what happens after a release.
    pub beneath: Option<Said<Level>>,
    /// `release_by`
    pub release_by: Option<Said<Vec<Address>>>,
    /// `hold_for`
    pub hold_for: Option<Said<Duration>>,
    /// Ids of the rules that hold.
    pub held_by: Vec<String>,
}

impl Merged {
    /// Adds what one rule wants.
    pub fn add(&mut self, id: &str, wish: &Wish) {
        stricter(&mut self.level, wish.action, id, |new, old| new > old);
        stricter(&mut self.unlock, wish.unlock, id, |new, old| new > old);
        stricter(&mut self.keep_for, wish.keep_for, id, |new, old| new < old);
        stricter(&mut self.downloads, wish.downloads, id, |new, old| {
            new < old
        });
        stricter(&mut self.hide_names, wish.hide_names, id, |new, old| {
            new > old
        });
        stricter(&mut self.hide_subject, wish.hide_subject, id, |new, old| {
            new > old
        });
        stricter(&mut self.require_tls, wish.require_tls, id, |new, old| {
            new > old
        });
        stricter(&mut self.recovery, wish.recovery, id, |new, old| new > old);
        stricter(
            &mut self.if_no_channel,
            wish.if_no_channel,
            id,
            |new, old| new > old,
        );
        stricter(
            &mut self.link_allowed,
            wish.allows_link(),
            id,
            |new, old| new < old,
        );
        self.add_rules(id, wish.password_rules.as_ref());
        // No style is stricter than another: the first rule by id that names one.
        stricter(&mut self.password_style, wish.password_style, id, |_, _| {
            false
        });
        narrow(&mut self.password_via, wish.password_via.as_deref(), id);
        union(&mut self.notify, wish.notify.as_deref(), id);
        union(&mut self.take, wish.take.as_deref(), id);
        let beneath = match wish.action {
            Some(Level::Hold) => wish.beneath,
            other => other,
        };
        stricter(&mut self.beneath, beneath, id, |new, old| new > old);
        if wish.action == Some(Level::Hold) {
            self.held_by.push(id.to_owned());
            union(&mut self.release_by, wish.release_by.as_deref(), id);
        }
        if wish.may_wait() {
            stricter(&mut self.hold_for, wish.hold_for, id, |new, old| new < old);
        }
    }

    fn add_rules(&mut self, id: &str, rules: Option<&PasswordRules>) {
        let Some(rules) = rules else {
            return;
        };
        let said = self.password_rules.get_or_insert_with(|| Said {
            value: PasswordRules::default(),
            by: Vec::new(),
        });
        let both = said.value.and(rules);
        if both != said.value {
            said.by.push(id.to_owned());
            said.value = both;
        }
    }

    /// What passwords must be: what the main configuration and all rules ask for.
    fn rules(&self, defaults: &PasswordRules) -> PasswordRules {
        let said = self.password_rules.as_ref().map(|said| &said.value);
        PasswordRules {
            style: value(&self.password_style, &defaults.style),
            ..defaults.and(said.unwrap_or(defaults))
        }
    }

    /// The strictest action besides holding: what is done now, or after a release.
    pub fn beneath(&self) -> Level {
        self.beneath.as_ref().map_or(Level::Pass, |said| said.value)
    }

    /// What the mail waits for, if holding is the strictest that anybody wants.
    pub fn awaits(&self) -> Option<Awaits> {
        (self.level() == Level::Hold).then(|| Awaits {
            release_by: value(&self.release_by, &Vec::new()),
            hold_for: value(&self.hold_for, &HOLD_FOR),
            rules: self.held_by.clone(),
            unreached: Vec::new(),
        })
    }

    /// The way it must leave by.
    pub fn lane(&self) -> Lane {
        value(&self.require_tls, &Lane::Ordinary)
    }

    /// The strictest action.
    pub fn level(&self) -> Level {
        self.level.as_ref().map_or(Level::Pass, |said| said.value)
    }

    /// The options of the transfer; what nobody said is as `defaults`.
    pub fn options(&mut self, defaults: &Options, max_keep_for: Duration) -> Options {
        let if_no_channel = value(&self.if_no_channel, &defaults.if_no_channel);
        let to_sender = if_no_channel == IfNoChannel::Sender;
        let agreed_on = self.password_via.as_mut().filter(|_| to_sender);
        if let Some(ways) = agreed_on.filter(|w| w.value.is_empty()) {
            ways.value.push("sender".into());
        }
        if let Some(keep) = self.keep_for.as_mut().filter(|k| k.value > max_keep_for) {
            *keep = Said {
                value: max_keep_for,
                by: vec!["max_keep_for".into()],
            };
        }
        let mut notify = value(&self.notify, &defaults.notify);
        notify.sort_by_key(|n| EVENTS.iter().position(|e| e == n));
        Options {
            unlock: value(&self.unlock, &defaults.unlock),
            password_via: value(&self.password_via, &defaults.password_via),
            keep_for: value(&self.keep_for, &defaults.keep_for).min(max_keep_for),
            downloads: self
                .downloads
                .as_ref()
                .map(|said| said.value)
                .or(defaults.downloads),
            hide_names: value(&self.hide_names, &defaults.hide_names),
            hide_subject: value(&self.hide_subject, &defaults.hide_subject),
            notify,
            language: None,
            phone: None,
            phone_is_own: false,
            password: None,
            recovery: value(&self.recovery, &defaults.recovery),
            password_rules: self.rules(&defaults.password_rules),
            if_no_channel,
            hold_for: value(&self.hold_for, &HOLD_FOR),
            link_allowed: value(&self.link_allowed, &defaults.link_allowed),
        }
    }

    /// Kinds of parts to take besides files.
    pub fn taken(&self) -> &[Role] {
        self.take.as_ref().map_or(&[], |said| &said.value)
    }
}

fn value<T: Clone>(said: &Option<Said<T>>, default: &T) -> T {
    said.as_ref()
        .map_or_else(|| default.clone(), |s| s.value.clone())
}

fn stricter<T>(slot: &mut Option<Said<T>>, new: Option<T>, id: &str, wins: fn(&T, &T) -> bool) {
    let Some(new) = new else {
        return;
    };
    if slot.as_ref().is_none_or(|old| wins(&new, &old.value)) {
        *slot = Some(Said {
            value: new,
            by: vec![id.to_owned()],
        });
    }
}

fn narrow(slot: &mut Option<Said<Vec<String>>>, new: Option<&[String]>, id: &str) {
    let Some(new) = new else {
        return;
    };
    let Some(said) = slot else {
        *slot = Some(Said {
            value: new.to_vec(),
            by: vec![id.to_owned()],
        });
        return;
    };
    let before = said.value.len();
    said.value.retain(|way| new.contains(way));
    if said.value.len() < before {
        said.by.push(id.to_owned());
    }
}

fn union<T: Clone + PartialEq>(slot: &mut Option<Said<Vec<T>>>, new: Option<&[T]>, id: &str) {
    let Some(new) = new.filter(|new| !new.is_empty()) else {
        return;
    };
    let said = slot.get_or_insert_with(|| Said {
        value: Vec::new(),
        by: Vec::new(),
    });
    let before = said.value.len();
    for item in new {
        if !said.value.contains(item) {
            said.value.push(item.clone());
        }
    }
    if said.value.len() > before {
        said.by.push(id.to_owned());
    }
}
