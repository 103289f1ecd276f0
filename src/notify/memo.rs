//! What a memo says: mails to approvers and senders about a mail that waits or a transfer, in the words of `texts`.
//!
//! Promises: nothing of what the waiting mail says, not even its subject; of others' making only addresses, the reasons of rules, one
//! sentence of an approver and replies of mail servers, each on one line of its own. Leaves to others: sending (`post`).

mod paused;
mod told;

use super::Trouble;
use super::post::Letter;
use super::receipt::{self, Wording};
use super::steered;
use super::wording;
use crate::mail::Lane;
use crate::texts::written_by::written_by;
use crate::texts::{House, Texts, Value, format};
use crate::transfer::Arrival;
use crate::transfer::memo::{About, Asked, Denied, Failed, Memo, QuickNews};
use crate::transfer::renewal::Renewal;
use crate::transfer::waiting::Why;

/// Longest text of others in a line, in characters.
const MOST: usize = 500;

/// The mail to send for a memo.
pub fn letter(texts: &Texts, house: &House, memo: &Memo) -> Result<Letter, Trouble> {
    let to = memo.to.parse();
    let writer = Writer {
        texts,
        house,
        memo,
        language: texts.language(memo.language.as_deref()),
    };
    let (subject, lines) = writer.words();
    // What recipients answer is for the sender, who alone can command.
    let (reply_to, transfer, lane) = match &memo.about {
        About::Renewed(renewal) => (renewal.sender.parse().ok(), None, renewal.lane),
        _ => (None, memo.transfer.clone(), Lane::Ordinary),
    };
    Ok(Letter {
        id: format!("memo-{}", memo.id),
        to: to.map_err(|e| Trouble::Never(format!("{e}")))?,
        subject,
        text: lines.join("\r\n") + "\r\n",
        html: None,
        reply_to,
        lane,
        thread: memo.thread.clone(),
        transfer,
    })
}

pub(super) struct Writer<'a> {
    pub(super) texts: &'a Texts,
    pub(super) house: &'a House,
    memo: &'a Memo,
    pub(super) language: &'a str,
}

/// Subject, and lines.
pub(super) type Words = (String, Vec<String>);

impl Writer<'_> {
    fn wording(&self) -> Wording<'_> {
        Wording {
            texts: self.texts,
            house: self.house,
            language: self.language,
        }
    }

    fn words(&self) -> Words {
        match &self.memo.about {
            About::Asked(asked) => self.asked(asked),
            About::Waits {
                recipients,
                approvers,
                reasons,
            } => self.waits(recipients, approvers, reasons),
            About::Released { recipients, by } => {
                let text = self.say("hold-released-text", &[("who", self.who(by.as_deref()))]);
                self.told("hold-released-subject", recipients, vec![text])
            }
            About::Dropped {
                recipients,
                by,
                because,
            } => {
                let who = [("who", self.who(by.as_deref()))];
                let mut lines = vec![self.say("hold-dropped-text", &who)];
                let because = because.as_deref().map(one_line);
                lines.extend(because.map(|b| self.say("hold-dropped-because", &[("text", b)])));
                self.told("hold-dropped-subject", recipients, lines)
            }
            About::Over { recipients } => {
                let text = self.say("hold-over-text", &[]);
                self.told("hold-over-subject", recipients, vec![text])
            }
            About::Missed { sender, recipients } => {
                let from = [("sender", one_line(sender))];
                let lines = vec![self.say("hold-missed-text", &from)];
                self.told("hold-missed-subject", recipients, lines)
            }
            About::Missing(missing) => self.missing(missing),
            About::Written { recipients } => self.written(recipients),
            About::Told(told) => self.answer(told),
            About::Failed(failed) => {
                let mut lines = vec![self.say("hold-failed-text", &[]), String::new()];
                lines.extend(failed.iter().map(failed_line));
                lines.extend(self.end());
                (self.say("hold-failed-subject", &[]), lines)
            }
            About::Receipt(receipt) => {
                let id = self.memo.transfer.as_deref().unwrap_or_default();
                receipt::mail(&self.wording(), receipt, id, &[])
            }
            About::Downloaded(all) => steered::downloaded(&self.wording(), self.memo, all),
            About::Unread { recipients } => steered::unread(&self.wording(), self.memo, recipients),
            About::Locked(locked) => steered::locked(&self.wording(), self.memo, locked),
            About::Revoked { recipients, before } => {
                steered::revoked(&self.wording(), self.memo, recipients, before)
            }
            About::Extended => steered::extended(&self.wording(), self.memo),
            // Its body is a block: `gateway` has `rewrite` draw it.
            About::Renewed(renewal) => (self.new_link(renewal), Vec::new()),
            About::NotRenewed(failed) => {
                let mut lines = vec![self.say("renewed-failed-text", &[]), String::new()];
                lines.push(failed_line(failed));
                lines.extend(
                    self.wording()
                        .steering(self.memo.page.as_deref().unwrap_or_default()),
                );
                lines.extend(self.end());
                (self.say("renewed-failed-subject", &[]), lines)
            }
            About::Unreached {
                recipients,
                unreached,
                by_phone,
                reasons,
            } => self.unreached((recipients, unreached), *by_phone, reasons),
            About::Unanswered { recipients } => {
                let tag = [("tag", "[sms:+46701234567]".to_owned())];
                let text = self.say("unreached-over-text", &tag);
                self.told("unreached-over-subject", recipients, vec![text])
            }
            About::Denied(denied) => self.denied(denied),
            About::Reported { arrival, because } => self.reported(arrival, because.as_deref()),
            About::Paused(paused) => self.paused(paused),
            About::Chosen {
                receipts,
                downloads,
            } => steered::chosen(&self.wording(), self.memo, *receipts, *downloads),
            About::Quick {
                sender,
                recipient,
                news,
            } => self.quick((sender, recipient), *news),
        }
    }

    /// What became of devices that need no password.
    fn quick(&self, (sender, recipient): (&str, &str), news: QuickNews) -> Words {
        let (number, keys) = match news {
            QuickNews::Added(number) => (
                number,
                [
                    "quick-mail-added-subject",
                    "quick-mail-added-text",
                    "quick-mail-added-more",
                ],
            ),
            QuickNews::Code => (
                0,
                [
                    "quick-mail-code-subject",
                    "quick-mail-code-text",
                    "quick-mail-code-more",
                ],
            ),
            QuickNews::Ended => (
                0,
                [
                    "quick-mail-ended-subject",
                    "quick-mail-ended-text",
                    "quick-mail-ended-more",
                ],
            ),
        };
        let given = [
            ("sender", one_line(sender).into()),
            ("recipient", one_line(recipient).into()),
            ("number", Value::from(number)),
        ];
        let [subject, text, more] = keys.map(|key| self.texts.say(self.language, key, &given));
        (subject, vec![text, String::new(), more])
    }

    /// The subject; the rest is a block.
    fn new_link(&self, renewal: &Renewal) -> String {
        let name = wording::name(renewal.sender_name.as_deref().unwrap_or_default(), 60);
        let sender = match name.is_empty() {
            true => one_line(&renewal.sender),
            false => name,
        };
        let key = match renewal.message {
            true => "renewed-subject-message",
            false => "renewed-subject",
        };
        self.say(key, &[("sender", sender)])
    }

    fn asked(&self, asked: &Asked) -> Words {
        let from = [("sender", one_line(&asked.sender))];
        let mut lines = vec![self.say("hold-ask-text", &from), String::new()];
        lines.extend(self.people(&asked.recipients));
        let size = format::size(self.language, asked.size);
        let size = [
            ("count", Value::from(asked.files)),
            ("size", Value::from(size)),
        ];
        lines.push(self.texts.say(self.language, "hold-size", &size));
        lines.extend(self.why(&asked.reasons));
        lines.push(self.until("hold-ask-until"));
        lines.push(String::new());
        if let Some(page) = &self.memo.page {
            lines.push(self.say("hold-ask-page", &[]));
            lines.push(format!("{}{page}", self.house.portal_url));
            lines.push(String::new());
        }
        lines.push(self.say("hold-ask-how", &[]));
        lines.push(String::new());
        let id = &self.memo.mail;
        for command in [
            "release ID",
            "release ID --as-transfer",
            "drop ID --because \"...\"",
        ] {
            lines.push(format!("    cloakroom hold {}", command.replace("ID", id)));
        }
        lines.extend(self.end());
        (self.say("hold-ask-subject", &from), lines)
    }

    fn waits(&self, recipients: &[String], approvers: &[String], reasons: &[Why]) -> Words {
        let approvers = [("approvers", one_line(&approvers.join(", ")))];
        let mut lines = vec![self.say("hold-waits-text", &approvers), String::new()];
        lines.extend(self.people(recipients));
        lines.extend(self.why(reasons));
        lines.push(self.until("hold-waits-until"));
        if let Some(page) = &self.memo.page {
            lines.extend([String::new(), self.say("hold-withdraw-page", &[])]);
            lines.push(format!("{}{page}", self.house.portal_url));
        }
        lines.extend(self.end());
        (self.say("hold-waits-subject", &[]), lines)
    }

    /// To the sender of a mail that waits for him.
    fn unreached(
        &self,
        (recipients, unreached): (&[String], &[String]),
        by_phone: bool,
        reasons: &[Why],
    ) -> Words {
        let mut lines = vec![self.say("unreached-text", &[]), String::new()];
        lines.extend(unreached.iter().map(|r| format!("    {}", one_line(r))));
        let how = match by_phone {
            true => "unreached-how-phone",
            false => "unreached-how",
        };
        lines.extend([String::new(), self.say(how, &[])]);
        if let Some(page) = &self.memo.page {
            lines.push(format!("{}{page}", self.house.portal_url));
        }
        lines.extend([String::new(), self.until("unreached-until"), String::new()]);
        lines.extend(self.people(recipients));
        lines.extend(self.why(reasons));
        lines.extend(self.end());
        (self.say("unreached-subject", &[]), lines)
    }

    fn told(&self, subject: &str, recipients: &[String], mut lines: Vec<String>) -> Words {
        lines.push(String::new());
        lines.extend(self.people(recipients));
        lines.extend(self.end());
        (self.say(subject, &[]), lines)
    }

    fn written(&self, recipients: &[String]) -> Words {
        let house = [("organisation", self.house.organisation.clone())];
        let mut lines = vec![self.say("written-copy-text", &house), String::new()];
        lines.extend(self.people(recipients));
        let id = [("id", self.memo.mail.clone())];
        lines.push(self.say("written-reference", &id));
        (self.say("written-copy-subject", &house), lines)
    }

    fn denied(&self, denied: &Denied) -> Words {
        let house = ("organisation", self.house.organisation.clone());
        let mut lines = match &denied.admin {
            Some((author, found)) => vec![
                self.say("denied-admin-text", &[("address", one_line(author))]),
                self.say("denied-admin-found", &[("found", one_line(found))]),
            ],
            None => {
                let file = denied.file.as_deref().map(one_line);
                let key = denied.why.sentence(file.is_some());
                let given = [house.clone(), ("file", file.unwrap_or_default())];
                let house = [house.clone()];
                vec![self.say(key, &given), self.say("denied-do", &house)]
            }
        };
        lines.push(String::new());
        lines.extend(self.people(&denied.recipients));
        lines.push(self.say("written-reference", &[("id", self.memo.mail.clone())]));
        let subject = match denied.admin {
            Some(_) => "denied-admin-subject",
            None => "denied-subject",
        };
        (self.say(subject, &[house]), lines)
    }

    fn reported(&self, arrival: &Arrival, because: Option<&str>) -> Words {
        let by = written_by(self.texts, self.house, self.language, arrival);
        let mut lines = vec![self.say("reported-mail-text", &[]), String::new(), by];
        let because = because.map(one_line);
        lines.extend(because.map(|b| self.say("reported-because", &[("text", b)])));
        lines.push(String::new());
        lines.extend(self.people(&arrival.to));
        lines.push(self.say("written-reference", &[("id", arrival.mail.clone())]));
        (self.say("reported-subject", &[]), lines)
    }

    fn people(&self, recipients: &[String]) -> Vec<String> {
        let date = format::long_date(self.language, self.memo.received, &self.house.time_zone);
        let sent = self.say("hold-sent", &[("date", date)]);
        let to = recipients.iter();
        let to = to.map(|r| self.say("hold-to", &[("recipient", one_line(r))]));
        to.chain([sent]).collect()
    }

    fn why(&self, reasons: &[Why]) -> Vec<String> {
        let line = |why: &Why| {
            let (rule, text) = (one_line(&why.rule), one_line(&why.why));
            self.say("hold-why", &[("rule", rule), ("text", text)])
        };
        reasons.iter().map(line).collect()
    }

    fn until(&self, key: &str) -> String {
        let date = format::long_date(self.language, self.memo.until, &self.house.time_zone);
        self.say(key, &[("date", date)])
    }

    fn who(&self, by: Option<&str>) -> String {
        by.map_or_else(|| self.say("hold-operator", &[]), one_line)
    }

    fn end(&self) -> [String; 2] {
        let id = [("id", self.memo.mail.clone())];
        [String::new(), self.say("hold-mail", &id)]
    }

    pub(super) fn say(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let arguments: Vec<(&str, Value<'_>)> = arguments
            .iter()
            .map(|(name, text)| (*name, Value::from(text.as_str())))
            .collect();
        self.texts.say(self.language, key, &arguments)
    }
}

fn failed_line(failed: &Failed) -> String {
    let (who, why) = (one_line(&failed.recipient), one_line(&failed.reply));
    format!("    {who}: {why}")
}

/// A text of others on one line, without what changes lines or directions, and not endless.
pub fn one_line(text: &str) -> String {
    let tame = |c: char| match c {
        c if c.is_control() || c.is_whitespace() => ' ',
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
        c => c,
    };
    let text: String = text.chars().map(tame).take(MOST).collect();
    text.split(' ')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
