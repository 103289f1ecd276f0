//! Rewrite: from one mail the variants that leave, each with the bytes its recipients may read.
//!
//! A variant is a list of segments: ranges of the mail kept by reference, and new bytes. Promises: what is not touched is the same to the
//! byte; a recipient whose decision protects gets no bytes of what was taken, and a link only from a [`Held`] transfer; HTML is never
//! written anew; protected variants come first, untouched ones last.
//! Leaves to others: what is taken and for whom (`decide`), that it is durable (`store`), how many links there are (`seal`).
//! Fails with a [`Fault`] and no variant at all: a mail that cannot be rewritten stays. Ask [`can_insert`] before anything is sealed.

mod block;
mod charset;
mod fields;
mod insert;
mod new_link;
mod open;
mod person;
mod point;
mod received;
mod surgery;
mod takeout;
mod whole;
mod window;

use crate::fault::{Fault, Kind};
use crate::mail::dkim::Signers;
use crate::mail::{Content, Envelope, Mail, Recipient, Variant};
use crate::texts::{House, Texts};
use crate::transfer::proof::HeldLink;
use crate::transfer::{Decision, Held, Plan, Scope};
use block::{Block, Facts};
use fields::{Body, Changes};
pub use new_link::new_link;
use person::Person;
use std::cell::OnceCell;
use std::fmt;
use std::io;
use surgery::Edits;

/// One variant for each group of recipients who get the same bytes by the same lane.
///
/// A variant whose text or subject is not the sender's any more is signed by `signers`, as the last thing that is done to it; below
/// it stands the mark of the tripwire, if there is one and somebody outside gets the variant.
/// Fails if a protected recipient has no link, or if the mail cannot be rewritten; nobody gets it then.
pub fn variants(
    mail: &Mail,
    plan: &Plan,
    held: &Held,
    house: &House,
    texts: &Texts,
    signers: &Signers,
) -> Result<Vec<Variant>, Fault> {
    check(&mail.envelope, plan)?;
    let desk = Desk {
        mail,
        plan,
        held,
        house,
        texts,
        signers,
        received: received::line(mail, house),
        sender: OnceCell::new(),
    };
    let groups = groups(plan, held)?;
    groups.iter().map(|group| desk.variant(group)).collect()
}

/// What the sender has written himself, line by line: down to a signature or the mails before.
pub fn own_lines(mail: &Mail) -> Vec<String> {
    open::own_lines_of(mail)
}

/// Whether the block can be put into this mail when `scope` is taken out. If not, the reason, and the mail should be sealed whole.
///
/// Reads at most the beginning of each text (all of a text in a charset that does not extend ASCII).
pub fn can_insert(mail: &Mail, scope: &Scope) -> Result<(), &'static str> {
    let Scope::Parts(parts) = scope else {
        return Ok(());
    };
    match takeout::try_parts(mail, parts) {
        Ok(()) => Ok(()),
        Err(Obstacle::Unfit(why)) => Err(why),
        Err(Obstacle::Unread(_)) => Err("the mail could not be read"),
    }
}

/// Why a block could not be put in.
#[derive(Debug)]
enum Obstacle {
    /// The text allows none of our ways.
    Unfit(&'static str),
    /// The spool failed.
    Unread(io::Error),
}

/// The recipients who get the same bytes by the same lane, by their decisions' indices.
struct Group<'a> {
    decision: &'a Decision,
    link: Option<&'a HeldLink>,
    members: Vec<usize>,
}

/// Every decision belongs to its recipient, and nobody is refused; else nothing leaves.
fn check(envelope: &Envelope, plan: &Plan) -> Result<(), Fault> {
    let decided = plan.decisions.iter().map(|d| &d.recipient);
    if !decided.eq(envelope.recipients.iter().map(|r| &r.address)) {
        return Err(Fault::because(
            Kind::Internal,
            "the plan's decisions are not those of the envelope's recipients",
        ));
    }
    match plan.refusal() {
        Some(text) => Err(Fault::new(Kind::PolicyRefused(text.to_owned()))),
        None => Ok(()),
    }
}

/// Protected groups in the order of the envelope, then the untouched one.
fn groups<'a>(plan: &'a Plan, held: &'a Held) -> Result<Vec<Group<'a>>, Fault> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, decision) in plan.decisions.iter().enumerate() {
        let link = held.link_of(index).filter(|_| decision.protects());
        if decision.protects() && link.is_none() {
            let why = format!("no link for decision {index}, which protects");
            return Err(Fault::because(Kind::Internal, why));
        }
        match groups.iter_mut().find(|group| group.fits(decision, link)) {
            Some(group) => group.members.push(index),
            None => groups.push(Group {
                decision,
                link,
                members: vec![index],
            }),
        }
    }
    groups.sort_by_key(|group| group.link.is_none());
    Ok(groups)
}

impl Group<'_> {
    fn fits(&self, decision: &Decision, link: Option<&HeldLink>) -> bool {
        let (ours, theirs) = (&self.decision.options, &decision.options);
        self.decision.lane == decision.lane
            && match (self.link, link) {
                (None, None) => true,
                (Some(a), Some(b)) => {
                    std::ptr::eq(a, b)
                        && self.decision.scope == decision.scope
                        && self.decision.language() == decision.language()
                        && ours.hide_names == theirs.hide_names
                        && ours.hide_subject == theirs.hide_subject
                }
                _ => false,
            }
    }
}

/// What all variants of one mail share.
struct Desk<'a> {
    mail: &'a Mail,
    plan: &'a Plan,
    held: &'a Held,
    house: &'a House,
    texts: &'a Texts,
    signers: &'a Signers,
    received: Vec<u8>,
    sender: OnceCell<Person>,
}

impl Desk<'_> {
    fn variant(&self, group: &Group<'_>) -> Result<Variant, Fault> {
        let content = self.content(group)?;
        let envelope = &self.mail.envelope;
        let members = group.members.iter();
        let recipients: Vec<Recipient> = members.map(|i| envelope.recipients[*i].clone()).collect();
        let mut options = envelope.options.clone();
        options.size = Some(content.len());
        Ok(Variant::assertion(
            group.decision.lane,
            envelope.sender.clone(),
            recipients,
            options,
            content,
        ))
    }

    fn content(&self, group: &Group<'_>) -> Result<Content, Fault> {
        let mut edits = Edits::default();
        edits.insert(0, self.received.clone());
        let body = self.body(&mut edits, group)?;
        let options = &group.decision.options;
        let hide_subject = options.hide_subject && body != Body::AsItCame;
        let changes = Changes {
            strip_controls: self.plan.strip_controls,
            subject: if hide_subject {
                Some(self.hidden_subject(group))
            } else {
                self.plan.subject.clone()
            },
            hide_subject,
            seals_text: matches!(group.decision.scope, Scope::Message | Scope::Whole(_))
                && body != Body::AsItCame,
            body,
            transfer: self
                .held
                .transfer()
                .filter(|_| group.link.is_some())
                .map(|t| t.id),
        };
        changes.apply(&mut edits, self.mail);
        let segments = edits.segments(self.mail.spool.len());
        let content = Content::of(self.mail.spool.clone(), segments);
        self.stamped(content, group, changes.breaks_signatures())
            .map_err(|e| Obstacle::Unread(e).into())
    }

    /// A mark says that policy lets these bytes go to people outside: on a colleague's copy it would open the way to whoever that is sent on
    /// to.
    fn stamped(&self, content: Content, group: &Group<'_>, changed: bool) -> io::Result<Content> {
        let inside = |to: &Recipient| to.address.is_of(&self.house.domains);
        let mut whom = group
            .members
            .iter()
            .map(|i| &self.mail.envelope.recipients[*i]);
        let marked = match whom.all(inside) {
            true => content,
            false => self.signers.mark(content)?,
        };
        match changed {
            true => self.signers.sign(marked),
            false => Ok(marked),
        }
    }

    fn body(&self, edits: &mut Edits, group: &Group<'_>) -> Result<Body, Fault> {
        let Some(facts) = self.facts(group) else {
            return Ok(Body::AsItCame);
        };
        match &group.decision.scope {
            Scope::Nothing => Ok(Body::AsItCame),
            Scope::Parts(parts) => Ok(takeout::parts(
                edits,
                self.mail,
                parts,
                &Block::of_files(&facts),
            )?),
            Scope::Message => {
                let open = open::text(self.mail, self.texts);
                let block = Block::of_message(&facts, open);
                whole::body(edits, self.mail, &block)?;
                Ok(Body::Ours)
            }
            Scope::Whole(_) => {
                whole::body(edits, self.mail, &Block::of_message(&facts, None))?;
                Ok(Body::Ours)
            }
        }
    }

    fn facts<'a>(&'a self, group: &'a Group<'_>) -> Option<Facts<'a>> {
        let (transfer, link) = (self.held.transfer()?, group.link?);
        Some(Facts {
            house: self.house,
            texts: self.texts,
            sender: self.sender.get_or_init(|| Person::sender_of(self.mail)),
            transfer,
            link,
            language: group.decision.language(),
            hide_names: group.decision.options.hide_names,
        })
    }

    fn hidden_subject(&self, group: &Group<'_>) -> String {
        let language = self.texts.language(group.decision.language());
        let organisation = self.house.organisation.as_str();
        self.texts.say(
            language,
            "sealed-subject",
            &[("organisation", organisation.into())],
        )
    }
}

impl From<io::Error> for Obstacle {
    fn from(error: io::Error) -> Self {
        Obstacle::Unread(error)
    }
}

impl From<Obstacle> for Fault {
    fn from(obstacle: Obstacle) -> Self {
        Fault::because(Kind::Internal, obstacle)
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Obstacle::Unfit(why) => f.write_str(why),
            Obstacle::Unread(error) => write!(f, "the mail cannot be read back: {error}"),
        }
    }
}

impl std::error::Error for Obstacle {}
