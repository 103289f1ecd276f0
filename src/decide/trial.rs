//! Tests of a policy, as they stand in its files: a mail in few words and what is expected of the plan.
//!
//! Promises: a trial goes the way of a real mail: bytes are made and parsed, nothing is stored or sent. An attachment of
//! 300 MiB is written with its first 4 KiB only; after parsing, its part gets the length the trial says, so that sizes in
//! policies can be tested without making them.
//! Leaves to others: parsing, which is handed in because `decide` does not know `parse`.

use super::expected::Expected;
use super::judge::Bench;
use super::policy::Policy;
use super::rule::SENDER;
use super::sheet::{Sheet, Value, get};
use super::wish::Ways;
use crate::fault::{Fault, Kind};
use crate::mail::content::Reader;
use crate::mail::envelope::{Client, MailOptions};
use crate::mail::{Address, Envelope, Intake, Mail, MailId, Received, Recipient};
use crate::transfer::Plan;
use file_format::FileFormat;
use mail_builder::MessageBuilder;
use mail_builder::headers::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::ops::Range;
use toml::de::DeTable;

/// A `[[test]]`.
#[derive(Debug)]
pub struct Trial {
    /// What it shows, in words.
    pub name: String,
    /// `10-size.toml:52`
    pub place: String,
    from: Option<Address>,
    header_from: Option<String>,
    to: Vec<Address>,
    login: Option<String>,
    client: Option<IpAddr>,
    subject: Option<String>,
    headers: Vec<(String, String)>,
    body: String,
    attach: Vec<Attachment>,
    expect: Option<Expected>,
    expect_for: Vec<(Address, Expected)>,
}

#[derive(Debug)]
struct Attachment {
    name: String,
    media_type: Option<String>,
    content: Vec<u8>,
    size: u64,
}

/// How the mail of a trial becomes parts; `gateway` hands in its parser.
pub type Parser<'a> = &'a dyn Fn(Received) -> Result<Mail, Fault>;

/// Keys of a test.
pub(super) const KEYS: &[&str] = &[
    "attach",
    "body",
    "client",
    "expect",
    "expect_for",
    "from",
    "header_from",
    "headers",
    "login",
    "name",
    "subject",
    "to",
];

/// Keys of an attachment of a test.
pub(super) const ATTACH: &[&str] = &["name", "size", "text", "type"];

/// So much of an attachment is really made.
const MADE: u64 = 4 * 1024;

impl Trial {
    /// Reads a `[[test]]`.
    pub fn read<'t>(
        sheet: &mut Sheet<'t>,
        table: &DeTable<'t>,
        span: Range<usize>,
        channels: &Ways,
    ) -> Option<Trial> {
        sheet.keys(table, "test", KEYS, &[]);
        let place = format!(
            "{}:{}",
            sheet.file.file_name().unwrap_or_default().to_string_lossy(),
            sheet.line(&span)
        );
        for key in ["name", "from", "to"] {
            if get(table, key).is_none() {
                sheet.wrong(span.clone(), format!("the test has no `{key}`"));
            }
        }
        let expect = get(table, "expect").and_then(|v| Expected::read(sheet, v, channels));
        let expect_for =
            get(table, "expect_for").map_or_else(Vec::new, |v| each(sheet, v, channels));
        if get(table, "expect").or(get(table, "expect_for")).is_none() {
            sheet.wrong(span, "the test expects nothing");
        }
        let word = |sheet: &mut Sheet<'t>, key| get(table, key).and_then(|v| sheet.string(v));
        let name = word(sheet, "name");
        let to = get(table, "to").and_then(|v| addresses(sheet, v));
        let from = get(table, "from").map(|v| sender(sheet, v));
        let attach = get(table, "attach").map_or_else(Vec::new, |v| sheet.tables(v));
        Some(Trial {
            place,
            header_from: word(sheet, "header_from"),
            login: word(sheet, "login"),
            client: get(table, "client").and_then(|v| client(sheet, v)),
            subject: word(sheet, "subject"),
            headers: get(table, "headers").map_or_else(Vec::new, |v| headers(sheet, v)),
            body: word(sheet, "body").unwrap_or_else(|| "Hello,\n\nas agreed.\n".into()),
            attach: attach
                .into_iter()
                .filter_map(|(table, span)| Attachment::read(sheet, table, span))
                .collect(),
            expect,
            expect_for,
            name: name?,
            from: from?,
            to: to?,
        })
    }

    /// Runs it; gives what is not as expected.
    pub fn run(
        &self,
        policy: &Policy,
        parse: Parser<'_>,
        reader: &dyn Reader,
    ) -> Result<Vec<String>, Fault> {
        let (mail, size) = self.mail(parse)?;
        let plan = super::plan_of(&Bench::new(policy, &mail, size, reader)?)?;
        Ok(self.differences(&plan))
    }

    /// The mail, parsed, and how large it counts.
    fn mail(&self, parse: Parser<'_>) -> Result<(Mail, u64), Fault> {
        let received = self
            .received()
            .map_err(|error| Fault::because(Kind::Internal, error))?;
        let mut mail = parse(received)?;
        let size = self.stretch(&mut mail);
        Ok((mail, size))
    }

    /// Rules without which it would not hold. Only a rule that matched can be one; a test that does not hold notices nothing.
    fn needs(
        &self,
        policy: &Policy,
        parse: Parser<'_>,
        reader: &dyn Reader,
    ) -> Result<Vec<String>, Fault> {
        let (mail, size) = self.mail(parse)?;
        let plan = super::plan_of(&Bench::new(policy, &mail, size, reader)?)?;
        if !self.differences(&plan).is_empty() {
            return Ok(Vec::new());
        }
        let reasons = plan.decisions.iter().flat_map(|d| &d.reasons);
        let matched: BTreeSet<&str> = reasons.map(|reason| reason.rule.as_str()).collect();
        let mut needed = Vec::new();
        for id in matched.into_iter().filter(|id| *id != SENDER) {
            let less = policy.without(id);
            let plan = super::plan_of(&Bench::new(&less, &mail, size, reader)?)?;
            if !self.differences(&plan).is_empty() {
                needed.push(id.to_owned());
            }
        }
        Ok(needed)
    }

    /// The mail, as a door would hand it in.
    pub fn received(&self) -> std::io::Result<Received> {
        let mut intake = Intake::new(&std::env::temp_dir());
        intake.write(&self.bytes()?)?;
        let mut from = Client::local();
        from.login = self.login.clone();
        from.address = self.client;
        let envelope = Envelope {
            sender: self.from.clone(),
            recipients: self.to.iter().cloned().map(Recipient::new).collect(),
            options: MailOptions::default(),
            client: from,
        };
        intake.finish(MailId::fresh(), envelope)
    }

    fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let from = self
            .from
            .as_ref()
            .map_or_else(String::new, Address::to_string);
        let to: Vec<String> = self.to.iter().map(Address::to_string).collect();
        let mut mail = MessageBuilder::new()
            .from(self.header_from.clone().unwrap_or(from))
            .to(to)
            .subject(self.subject.clone().unwrap_or_else(|| "Test".into()))
            .text_body(self.body.clone());
        for (name, value) in &self.headers {
            mail = mail.header(name.clone(), Text::new(value.clone()));
        }
        for file in &self.attach {
            mail = mail.attachment(file.media_type(), file.name.clone(), file.content.clone());
        }
        mail.write_to_vec()
    }

    /// Gives large attachments the length they are meant to have, and says how large the mail would be: in base64, 57 bytes are
    /// a line of 76 characters and its end.
    fn stretch(&self, mail: &mut Mail) -> u64 {
        let mut size = mail.spool.len();
        let mut from = 0;
        for file in self.attach.iter() {
            let parts = mail.outline.parts.iter_mut().enumerate().skip(from);
            let mut named = parts.filter(|(_, part)| part.names.contains(&file.name));
            let Some((index, part)) = named.next() else {
                continue;
            };
            part.decoded_len = file.size;
            size += (file.size - file.content.len() as u64) / 57 * 78;
            from = index + 1;
        }
        size
    }

    fn differences(&self, plan: &Plan) -> Vec<String> {
        let mut found = Vec::new();
        for decision in &plan.decisions {
            let who = &decision.recipient;
            let own = self.expect_for.iter().find(|(to, _)| to.same_mailbox(who));
            let expected = own.map(|(_, e)| e).or(self.expect.as_ref());
            for line in expected.map_or_else(Vec::new, |e| e.differences(decision, plan)) {
                found.push(format!("{who}: {line}"));
            }
        }
        for (who, _) in &self.expect_for {
            if !self.to.iter().any(|to| to.same_mailbox(who)) {
                found.push(format!("{who} is expected, but not among the recipients"));
            }
        }
        found
    }
}

/// For each rule the tests that fail without it, by their places; a rule that none notices has an empty list.
pub fn noticed(
    policy: &Policy,
    parse: Parser<'_>,
    reader: &dyn Reader,
) -> Result<BTreeMap<String, Vec<String>>, Fault> {
    let rules = policy.rules().into_iter();
    let mut found: BTreeMap<String, Vec<String>> =
        rules.map(|rule| (rule.id.clone(), Vec::new())).collect();
    for trial in policy.trials() {
        for id in trial.needs(policy, parse, reader)? {
            found.entry(id).or_default().push(trial.place.clone());
        }
    }
    Ok(found)
}

/// Enforced rules without which every test still passes.
pub fn unnoticed(
    policy: &Policy,
    parse: Parser<'_>,
    reader: &dyn Reader,
) -> Result<Vec<String>, Fault> {
    let noticed = noticed(policy, parse, reader)?;
    let rules = policy.rules().into_iter().filter(|rule| !rule.observe);
    let unseen = rules.filter(|rule| noticed.get(&rule.id).is_none_or(Vec::is_empty));
    Ok(unseen.map(|rule| rule.id.clone()).collect())
}

impl Attachment {
    fn read<'t>(
        sheet: &mut Sheet<'t>,
        table: &DeTable<'t>,
        span: Range<usize>,
    ) -> Option<Attachment> {
        sheet.keys(table, "attach", ATTACH, &[]);
        let text = get(table, "text").and_then(|v| sheet.string(v));
        let size = get(table, "size").and_then(|v| sheet.size(v));
        let (content, size) = match (text, size) {
            (Some(text), size) => {
                let length = text.len() as u64;
                (text.into_bytes(), size.map_or(length, |s| s.max(length)))
            }
            (None, size) => {
                let size = size.unwrap_or(1);
                (vec![b'x'; size.min(MADE) as usize], size)
            }
        };
        let Some(name) = get(table, "name").and_then(|v| sheet.string(v)) else {
            sheet.wrong(span, "the attachment has no `name`");
            return None;
        };
        Some(Attachment {
            name,
            media_type: get(table, "type").and_then(|v| sheet.string(v)),
            content,
            size,
        })
    }

    fn media_type(&self) -> String {
        let extension = self.name.rsplit('.').next().unwrap_or_default();
        let known = FileFormat::from_extension(extension).first();
        let guess = || known.map_or("application/octet-stream", |f| f.media_type());
        self.media_type
            .clone()
            .unwrap_or_else(|| guess().to_owned())
    }
}

fn each<'t>(sheet: &mut Sheet<'t>, value: &Value<'t>, channels: &Ways) -> Vec<(Address, Expected)> {
    let Some(table) = sheet.table(value) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (key, value) in table {
        match key.get_ref().parse::<Address>() {
            Ok(who) => out.extend(Expected::read(sheet, value, channels).map(|e| (who, e))),
            Err(why) => sheet.wrong(key.span(), why.to_string()),
        }
    }
    out
}

fn addresses(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Option<Vec<Address>> {
    let mut out = Vec::new();
    for (word, span) in sheet.strings(value)? {
        match word.parse() {
            Ok(address) => out.push(address),
            Err(why) => sheet.wrong(span, format!("\"{word}\": {why}")),
        }
    }
    Some(out)
}

/// `<>` is the null sender.
fn sender(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Option<Address> {
    let word = sheet.string(value)?;
    if word == "<>" {
        return None;
    }
    let address = word.parse::<Address>();
    if let Err(why) = &address {
        sheet.wrong(value.span(), format!("\"{word}\": {why}"));
    }
    address.ok()
}

fn client(sheet: &mut Sheet<'_>, value: &Value<'_>) -> Option<IpAddr> {
    let word = sheet.string(value)?;
    let address = word.parse().ok();
    if address.is_none() {
        sheet.wrong(value.span(), format!("\"{word}\" is no IP address"));
    }
    address
}

fn headers<'t>(sheet: &mut Sheet<'t>, value: &Value<'t>) -> Vec<(String, String)> {
    let Some(table) = sheet.table(value) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (key, value) in table {
        for (word, _) in sheet.strings(value).unwrap_or_default() {
            out.push((key.get_ref().to_string(), word));
        }
    }
    out
}
