//! What a sender hears who has answered a receipt: what was done, or how to write it.

use super::{Words, Writer, one_line};
use crate::texts::{Value, format};
use crate::transfer::numbers::ShownNumber;
use crate::transfer::steering::{Asked, Did, Standing, Told, Wish};

/// The lines that say how commands are written.
const HOW: [&str; 9] = [
    "told-how-revoke",
    "told-how-revoke-one",
    "told-how-extend",
    "told-how-who",
    "told-how-unlock",
    "told-how-resend",
    "told-how-numbers",
    "told-how-forget",
    "told-how-help",
];

impl Writer<'_> {
    pub(super) fn answer(&self, told: &Told) -> Words {
        let id = [("id", told.transfer.clone())];
        let (subject, mut lines) = match &told.asked {
            Asked::Did(wish, did) => {
                let subject = match did.is_change() {
                    true => "told-subject-done",
                    false => "told-subject-not",
                };
                (subject, self.came(told, wish, *did))
            }
            Asked::Who => {
                let standing = told.standing.iter();
                (
                    "told-subject-who",
                    standing.map(|s| self.stands(s)).collect(),
                )
            }
            Asked::Numbers(numbers) => ("told-subject-numbers", self.numbers(numbers)),
            Asked::Forgot(many) => {
                let count = [("count", Value::from(*many as u64))];
                let line = self.texts.say(self.language, "told-forgot", &count);
                ("told-subject-numbers", vec![line])
            }
            Asked::Help => ("told-subject-help", self.how()),
            Asked::Unread => {
                let mut lines = vec![self.say("told-unread", &[]), String::new()];
                lines.extend(self.how());
                ("told-subject-not", lines)
            }
        };
        if let Some(page) = &self.memo.page {
            lines.extend([String::new(), self.say("receipt-page", &[])]);
            lines.push(format!("{}{page}", self.house.portal_url));
        }
        lines.push(String::new());
        lines.push(self.say("receipt-transfer", &id));
        (self.say(subject, &id), lines)
    }

    fn came(&self, told: &Told, wish: &Wish, did: Did) -> Vec<String> {
        let id = ("id", told.transfer.clone());
        let whom = match wish {
            Wish::Revoke(whom) | Wish::Lift(whom) | Wish::Renew(whom) => whom.as_ref(),
            Wish::Extend(_) => None,
        };
        let whom = whom.map(|whom| ("recipient", one_line(&whom.to_string())));
        let line = match (did, whom) {
            (Did::Revoked(_), None) => self.say("told-revoked", &[id]),
            (Did::Revoked(_), Some(whom)) => self.say("told-revoked-one", &[id, whom]),
            (Did::Extended { until, wished }, _) => {
                let date = format::long_date(self.language, until, &self.house.time_zone);
                let mut lines = vec![self.say("told-extended", &[id, ("date", date)])];
                lines.extend((until < wished).then(|| self.say("told-latest", &[])));
                return lines;
            }
            (Did::Lifted(_), _) => self.say("told-lifted", &[]),
            (Did::NoSuchRecipient, Some(whom)) => self.say("told-no-recipient", &[id, whom]),
            (Did::Renewed, _) => self.say("told-renewed", &[id]),
            (Did::Lost, _) => self.say("told-lost", &[]),
            (Did::TooOften | Did::Before, _) => self.say("told-too-often", &[]),
            (Did::WhichOne, _) => self.say("told-which-one", &[]),
            (Did::NotLeft, _) => self.say("told-not-left", &[]),
            (Did::NoWay, _) => self.say("told-no-way", &[]),
            (Did::Past, _) => self.say("told-past", &[]),
            (Did::Over | Did::Unknown, _) => self.say("told-over", &[id]),
            (Did::Nothing | Did::NoSuchRecipient, _) => match wish {
                Wish::Lift(_) => self.say("told-not-locked", &[]),
                Wish::Revoke(_) | Wish::Extend(_) | Wish::Renew(_) => self.say("told-over", &[id]),
            },
        };
        vec![line]
    }

    fn stands(&self, standing: &Standing) -> String {
        let recipient = one_line(&standing.recipients.join(", "));
        let state = match standing {
            Standing { revoked: true, .. } => self.say("told-who-revoked", &[]),
            Standing { locked: true, .. } => self.say("told-who-locked", &[]),
            Standing { opened: 0, .. } => self.say("told-who-never", &[]),
            Standing { opened, .. } => {
                let zone = &self.house.time_zone;
                let date = format::day_and_time(self.language, *opened, zone);
                let given = [
                    ("date", Value::from(date)),
                    ("count", standing.fetched.into()),
                    ("of", standing.of.into()),
                ];
                self.texts.say(self.language, "told-who-opened", &given)
            }
        };
        format!("{recipient}: {state}")
    }

    fn numbers(&self, numbers: &[ShownNumber]) -> Vec<String> {
        if numbers.is_empty() {
            return vec![self.say("told-numbers-none", &[])];
        }
        let line = |number: &ShownNumber| {
            let zone = &self.house.time_zone;
            let given = [
                ("recipient", one_line(&number.recipient)),
                ("digits", number.ending.clone()),
                (
                    "date",
                    format::day_and_time(self.language, number.used, zone),
                ),
            ];
            format!("    {}", self.say("told-number", &given))
        };
        let mut lines = vec![self.say("told-numbers", &[]), String::new()];
        lines.extend(numbers.iter().map(line));
        lines.extend([String::new(), self.say("told-how-forget", &[])]);
        lines
    }

    fn how(&self) -> Vec<String> {
        let mut lines = vec![self.say("told-how", &[]), String::new()];
        lines.extend(HOW.iter().map(|key| format!("    {}", self.say(key, &[]))));
        lines
    }
}
