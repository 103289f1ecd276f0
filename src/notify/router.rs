//! Chooses the way of each password before anything is sealed: a mail whose password has no way must not leave.
//!
//! Promises: the rule's own order counts, and what follows in it is what a way that fails for good is followed by; the way is never the mailbox that gets the link. Fails by refusing the mail with a
//! sentence that tells its sender what to do; a password that the sender chose needs no way, the sender is one.

use super::Channel;
use crate::fault::{Fault, Kind};
use crate::mail::Address;
use crate::transfer::notice::Route;
use crate::transfer::phone::{self, Country, Unfit};
use crate::transfer::proof::PasswordLine;
use crate::transfer::{Decision, Destination, IfNoChannel, Plan, Unlock, Unreached};
use std::sync::Arc;

/// All channels there are.
#[derive(Clone, Default)]
pub struct Router {
    /// In the order of the configuration.
    pub channels: Vec<Arc<dyn Channel>>,
    /// Where telephone numbers are that people write without a country.
    country: Option<Country>,
}

impl Router {
    /// A router over these channels.
    pub fn new(channels: Vec<Arc<dyn Channel>>) -> Self {
        Router {
            channels,
            country: None,
        }
    }

    /// The same, in this country.
    pub fn in_country(self, country: Option<Country>) -> Self {
        Router { country, ..self }
    }

    /// The channel with this name, for the outbox.
    pub fn channel(&self, name: &str) -> Option<&Arc<dyn Channel>> {
        self.channels.iter().find(|c| c.name() == name)
    }

    /// The channel to the sender, if there is one: the last way a password has.
    pub fn sender_channel(&self) -> Option<&Arc<dyn Channel>> {
        self.channels.iter().find(|c| c.kind() == "sender")
    }

    /// The first way of `decision.options.password_via` that reaches the recipient; if none does, the sender, unless policy wants such
    /// mail refused. What was to wait has waited when this is asked. None is needed where there is no password.
    pub fn route(&self, decision: &Decision, sender: Option<&Address>) -> Result<Route, Fault> {
        // Nothing is sealed for a colleague, or for the sender who wants a copy: no password has to reach them.
        match decision.options.unlock {
            _ if !decision.protects() => return Ok(Route::none(PasswordLine::None)),
            Unlock::Link => return Ok(Route::none(PasswordLine::None)),
            Unlock::EmailCode => return Ok(Route::none(PasswordLine::EmailCode)),
            Unlock::Quick | Unlock::Password => {}
        }
        let last = || {
            self.called("sender")
                .filter(|_| decision.options.if_no_channel != IfNoChannel::Refuse)
                .find_map(|c| route_by(c.as_ref(), decision, sender))
        };
        self.wished(decision, sender)
            .map(|wished| backed(wished, last))
            .or_else(last)
            .or_else(|| {
                let chosen = decision.options.password.as_ref();
                // The sender, who chose it, hands it on.
                chosen.map(|_| Route::none(PasswordLine::Sender))
            })
            .ok_or_else(|| Fault::new(Kind::PolicyRefused(no_way(decision))))
    }

    /// Whose password has no way that policy wants, where a mail waits for its sender then. He who chose a password hands it on; of a
    /// mail without a sender nobody could be asked.
    pub fn unreached(&self, plan: &Plan, sender: Option<&Address>) -> Vec<Unreached> {
        let waits = |d: &&Decision| {
            sender.is_some()
                && d.protects()
                && d.options.unlock.has_password()
                && d.options.if_no_channel == IfNoChannel::Hold
                && d.options.password.is_none()
                && self.wished(d, sender).is_none()
        };
        let unreached = |d: &Decision| Unreached {
            recipient: d.recipient.clone(),
            by_phone: self.callers(d).map(|c| c.name().to_owned()).collect(),
            by_sender: self.called("sender").next().is_some(),
            by_link: d.options.link_allowed,
            given: None,
        };
        let all = plan.decisions.iter().filter(waits).map(unreached);
        // Where nothing could be answered, it is refused like a mail without a way.
        all.filter(Unreached::is_open).collect()
    }

    /// A telephone number as somebody typed it, in international form, if one of these channels sends text messages there.
    pub fn dial(&self, typed: &str, by: &[String]) -> Result<String, Unfit> {
        let number = phone::read(typed, self.country)?;
        let destination = Destination::Phone(number.clone());
        let mut channels = self
            .called("sms")
            .filter(|c| by.iter().any(|b| b == c.name()));
        match channels.any(|c| c.reaches(&destination)) {
            true => Ok(number),
            false => Err(Unfit::WrongKind),
        }
    }

    /// The ways that policy wants and that reach the recipient, one behind the other.
    fn wished(&self, decision: &Decision, sender: Option<&Address>) -> Option<Route> {
        let words = decision.options.password_via.iter();
        let channels = words.flat_map(|word| self.called(word));
        let all = channels.filter_map(|channel| route_by(channel.as_ref(), decision, sender));
        one_after_the_other(agreed_or_made(all.fold(Vec::new(), without_doubles)))
    }

    /// True if policy wants to use a password that is agreed with the recipient. One that the sender chose for this mail goes before it:
    /// he has said what he wants, and knows whom he has told.
    pub fn wants_agreed(&self, decision: &Decision) -> bool {
        let options = &decision.options;
        let is_agreed = |word: &String| self.called(word).any(|c| c.kind() == "agreed");
        decision.protects()
            && options.unlock == Unlock::Password
            && options.password.is_none()
            && options.password_via.iter().any(is_agreed)
    }

    /// The way of a password that might be needed later, of a mail that a device opens: none is no reason to refuse it.
    pub fn spare_route(&self, decision: &Decision, sender: Option<&Address>) -> Route {
        let route = self.route(decision, sender);
        route.unwrap_or_else(|_| Route::none(PasswordLine::Sender))
    }

    /// True if a telephone number would open a way that the recipient's password may take, and the sender has given none.
    pub fn wants_number(&self, decision: &Decision) -> bool {
        let options = &decision.options;
        decision.protects()
            && options.unlock.has_password()
            && options.phone.is_none()
            && self.calls(decision)
    }

    /// True if its password may go by telephone.
    fn calls(&self, decision: &Decision) -> bool {
        self.callers(decision).next().is_some()
    }

    /// The channels of text messages that its password may take.
    fn callers<'a>(&'a self, decision: &'a Decision) -> impl Iterator<Item = &'a Arc<dyn Channel>> {
        let ways = decision.options.password_via.iter();
        let all = ways.flat_map(|word| self.called(word));
        all.filter(|channel| channel.kind() == "sms")
    }

    /// By name, or all of a kind.
    fn called(&self, word: &str) -> impl Iterator<Item = &Arc<dyn Channel>> {
        self.channels
            .iter()
            .filter(move |c| c.name() == word || c.kind() == word)
    }
}

/// A channel may be called by its name and by its kind.
fn without_doubles(mut all: Vec<Route>, route: Route) -> Vec<Route> {
    if !all.iter().any(|known| known.channel == route.channel) {
        all.push(route);
    }
    all
}

/// A transfer is locked with what is agreed or with what is made for it, so the first way says which: an agreed password has the others behind
/// it for the day when nothing is agreed any more, and is none of those a made one can go by.
fn agreed_or_made(all: Vec<Route>) -> Vec<Route> {
    let fits = |(at, route): &(usize, Route)| *at == 0 || route.line != PasswordLine::Agreed;
    let ways = all.into_iter().enumerate().filter(fits);
    ways.map(|(_, route)| route).collect()
}

/// An agreed password with nothing behind it is followed by the last way: what is made for it later has to reach somebody.
fn backed(route: Route, last: impl FnOnce() -> Option<Route>) -> Route {
    let then = match route.then.is_empty() && !route.carries() {
        true => last().into_iter().collect(),
        false => route.then,
    };
    Route { then, ..route }
}

/// The first, with the others as what follows if it fails. Behind the sender there is nobody: a mail to him is tried to the end.
fn one_after_the_other(mut all: Vec<Route>) -> Option<Route> {
    let is_sender = |route: &Route| matches!(route.destination, Destination::Sender(_));
    let known = all
        .iter()
        .position(is_sender)
        .map_or(all.len(), |at| at + 1);
    all.truncate(known);
    let then = all.split_off(1.min(all.len()));
    Some(Route { then, ..all.pop()? })
}

fn route_by(channel: &dyn Channel, decision: &Decision, sender: Option<&Address>) -> Option<Route> {
    let (destination, line) = match channel.kind() {
        "sms" => {
            let (number, line) = number(decision)?;
            (Destination::Phone(number), line)
        }
        "sender" => {
            let sender = sender.filter(|s| !s.same_mailbox(&decision.recipient))?;
            let destination = Destination::Sender(sender.to_string());
            (destination, PasswordLine::Sender)
        }
        "agreed" => {
            let known = decision.contact.agreed.is_some();
            let wanted = known && decision.options.password.is_none();
            wanted.then_some((Destination::Operator, PasswordLine::Agreed))?
        }
        _ => {
            let line = PasswordLine::Other(channel.way().to_owned());
            (Destination::Operator, line)
        }
    };
    channel.reaches(&destination).then(|| Route {
        channel: channel.name().to_owned(),
        destination,
        line,
        then: Vec::new(),
    })
}

/// What the sender gave counts, and nothing else if he gave something: he knows best whom he writes to.
fn number(decision: &Decision) -> Option<(String, PasswordLine)> {
    if let Some(given) = &decision.options.phone {
        let number = phone::read(given, None).ok()?;
        let line = PasswordLine::TextMessage(phone::ending(&number));
        return Some((number, line));
    }
    let known = decision.contact.number.as_ref()?;
    let line = PasswordLine::KnownNumber(phone::ending(&known.digits), known.origin);
    Some((known.digits.clone(), line))
}

/// ASCII: it goes out as an SMTP reply.
fn no_way(decision: &Decision) -> String {
    let recipient = &decision.recipient;
    match &decision.options.phone {
        Some(_) => format!(
            "No password can be sent to {recipient}: the telephone number given cannot be used; write it with its country, such as [sms:+46701234567]"
        ),
        None => format!(
            "No password can be sent to {recipient}: add a telephone number to the subject, such as [sms:+46701234567], and send again"
        ),
    }
}

impl std::fmt::Debug for Router {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.channels.iter().map(|c| c.name()).collect();
        f.debug_struct("Router").field("channels", &names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemoryChannel;
    use super::*;
    use crate::transfer::contact::{KnownNumber, Origin};
    use crate::transfer::{Action, Options, Password, Scope};
    use std::time::Duration;

    fn router(channels: &[(&str, &'static str)]) -> Router {
        let channels = channels.iter();
        Router::new(
            channels
                .map(|(name, kind)| Arc::new(MemoryChannel::new(name, kind)) as Arc<dyn Channel>)
                .collect(),
        )
    }

    fn decision(via: &[&str], phone: Option<&str>) -> Decision {
        Decision {
            recipient: "bo@partner.example".parse().unwrap(),
            action: Action::Transfer,
            awaits: None,
            lane: Default::default(),
            scope: Scope::Parts(vec![1]),
            options: Options {
                phone: phone.map(str::to_owned),
                ..Options::of(
                    Unlock::Password,
                    via.iter().map(|v| v.to_string()).collect(),
                    Duration::from_secs(1),
                )
            },
            contact: Default::default(),
            reasons: Vec::new(),
        }
    }

    const ALL: &[(&str, &str)] = &[("kannel", "sms"), ("desk", "command"), ("mail", "sender")];

    #[test]
    fn the_first_way_that_reaches_is_taken() {
        let rows: [(&[&str], Option<&str>, &str); 7] = [
            (&["sms", "sender"], Some("+46 70 123 45 47"), "kannel"),
            (&["sms", "sender"], None, "mail"),
            (&["sms", "sender"], Some("0701234547"), "mail"),
            (&["agreed", "desk", "sms"], Some("+46701234547"), "desk"),
            (&["mail"], Some("+46701234547"), "mail"),
            (&["sms"], None, "mail"),
            (&[], None, "mail"),
        ];
        let sender: Address = "anna@example.org".parse().unwrap();
        for (via, phone, channel) in rows {
            let route = router(ALL)
                .route(&decision(via, phone), Some(&sender))
                .unwrap();
            assert_eq!(route.channel, channel, "{via:?} {phone:?}");
        }
    }

    #[test]
    fn what_follows_in_the_rule_follows_a_way_that_fails() {
        let rows: [(&[&str], &[&str]); 5] = [
            (&["sms", "desk", "sender"], &["kannel", "desk", "mail"]),
            (&["kannel", "sms", "desk"], &["kannel", "desk"]),
            (&["sender", "desk"], &["mail"]),
            (&["nobody"], &["mail"]),
            (&["desk"], &["desk"]),
        ];
        let sender: Address = "anna@example.org".parse().unwrap();
        for (via, channels) in rows {
            let decision = decision(via, Some("+46701234547"));
            let route = router(ALL).route(&decision, Some(&sender)).unwrap();
            let then = route.then.iter().map(|further| further.channel.as_str());
            let all: Vec<&str> = [route.channel.as_str()].into_iter().chain(then).collect();
            assert_eq!(all, channels, "{via:?}");
        }
    }

    #[test]
    fn what_is_agreed_is_a_way_for_who_has_agreed_and_follows_nothing() {
        let all = [&[("standing", "agreed")], ALL].concat();
        let bos = Password::given("Kaffe mugg sju");
        // The words of the rule, whether something is agreed, a number, the channels; a last one that nothing is sent by comes first.
        let rows: [(&[&str], bool, bool, &[&str]); 8] = [
            (
                &["agreed", "sms", "sender"],
                true,
                true,
                &["standing", "kannel", "mail"],
            ),
            (
                &["agreed", "sms", "sender"],
                false,
                true,
                &["kannel", "mail"],
            ),
            (&["standing", "agreed"], true, false, &["standing", "mail"]),
            (&["sms", "agreed", "desk"], true, true, &["kannel", "desk"]),
            (
                &["sms", "agreed", "desk"],
                true,
                false,
                &["standing", "desk"],
            ),
            (&["sender", "agreed"], true, false, &["mail"]),
            (&["agreed"], false, false, &["mail"]),
            (&["sms"], true, true, &["kannel"]),
        ];
        let sender: Address = "anna@example.org".parse().unwrap();
        for (via, known, phone, channels) in rows {
            let mut decision = decision(via, phone.then_some("+46701234547"));
            decision.contact.agreed = known.then(|| bos.clone());
            let wants = router(&all).wants_agreed(&decision);
            assert_eq!(
                wants,
                via.iter().any(|v| ["agreed", "standing"].contains(v))
            );
            let route = router(&all).route(&decision, Some(&sender)).unwrap();
            let then = route.then.iter().map(|further| further.channel.as_str());
            let ways: Vec<&str> = [route.channel.as_str()].into_iter().chain(then).collect();
            assert_eq!(ways, channels, "{via:?} {known} {phone}");
            let is_agreed = route.channel == "standing";
            assert_eq!(route.line == PasswordLine::Agreed, is_agreed);
            assert_eq!(route.carries(), !is_agreed);
        }
        // Nobody is looked up who needs none, and what the sender chose goes before.
        let mut chosen = decision(&["agreed"], None);
        chosen.options.password = Some(Password::given("Lingon nio"));
        chosen.contact.agreed = Some(bos);
        assert!(!router(&all).wants_agreed(&chosen));
        let route = router(&all).route(&chosen, Some(&sender)).unwrap();
        assert_eq!(route.line, PasswordLine::Sender);
        for unlock in [Unlock::Link, Unlock::EmailCode] {
            let mut other = decision(&["agreed"], None);
            other.options.unlock = unlock;
            assert!(!router(&all).wants_agreed(&other));
        }
        assert!(!format!("{chosen:?}").contains("Kaffe"));
    }

    #[test]
    fn without_one_that_is_agreed_policy_says_what_happens() {
        let anna: Address = "anna@example.org".parse().unwrap();
        let all = [&[("standing", "agreed")], ALL].concat();
        for known in [true, false] {
            let mut decision = decision(&["agreed"], None);
            decision.contact.agreed = known.then(|| Password::given("Kaffe mugg sju"));
            decision.options.if_no_channel = IfNoChannel::Refuse;
            let route = router(&all).route(&decision, Some(&anna));
            assert_eq!(route.is_ok(), known);
            decision.options.if_no_channel = IfNoChannel::Hold;
            let plan = Plan {
                decisions: vec![decision],
                subject: None,
                strip_controls: false,
            };
            let waits = router(&all).unreached(&plan, Some(&anna));
            assert_eq!(waits.is_empty(), known);
        }
    }

    #[test]
    fn the_route_says_where_and_what_people_read() {
        let with_phone = decision(&["sms"], Some("+46 70 123 45 47"));
        let route = router(ALL).route(&with_phone, None).unwrap();
        assert_eq!(route.destination, Destination::Phone("+46701234547".into()));
        assert_eq!(route.line, PasswordLine::TextMessage("47".into()));
        let route = router(ALL).route(&decision(&["desk"], None), None).unwrap();
        assert_eq!(route.line, PasswordLine::Other("another way".into()));
    }

    #[test]
    fn a_number_that_the_sender_gave_comes_before_a_known_one() {
        let mut both = decision(&["sms"], Some("+46 70 123 45 47"));
        let digits = "+4930123456".to_owned();
        let origin = Origin::Directory;
        both.contact.number = Some(KnownNumber { digits, origin });
        assert!(!router(ALL).wants_number(&both));
        let route = router(ALL).route(&both, None).unwrap();
        assert_eq!(route.line, PasswordLine::TextMessage("47".into()));
        // Also one that nobody can be called by: he meant somebody.
        both.options.phone = Some("0701".into());
        assert!(router(&[("kannel", "sms")]).route(&both, None).is_err());
        both.options.phone = None;
        assert!(router(ALL).wants_number(&both));
        let route = router(ALL).route(&both, None).unwrap();
        assert_eq!(route.destination, Destination::Phone("+4930123456".into()));
        assert_eq!(route.line, PasswordLine::KnownNumber("56".into(), origin));
    }

    #[test]
    fn nobody_is_looked_up_without_need() {
        assert!(router(ALL).wants_number(&decision(&["kannel"], None)));
        assert!(!router(ALL).wants_number(&decision(&["desk", "mail"], None)));
        assert!(!router(&[("mail", "sender")]).wants_number(&decision(&["sms"], None)));
        let mut code = decision(&["sms"], None);
        code.options.unlock = Unlock::EmailCode;
        assert!(!router(ALL).wants_number(&code));
        let mut untouched = decision(&["sms"], None);
        untouched.scope = Scope::Nothing;
        assert!(!router(ALL).wants_number(&untouched));
    }

    #[test]
    fn the_password_never_goes_where_the_link_is() {
        let own: Address = "Bo@partner.example".parse().unwrap();
        let fault = router(ALL)
            .route(&decision(&["sms", "sender"], None), Some(&own))
            .unwrap_err();
        assert!(matches!(fault.kind, Kind::PolicyRefused(text) if text.contains("[sms:+")));
    }

    #[test]
    fn a_mail_whose_password_has_no_way_is_refused() {
        let none = router(ALL).route(&decision(&["sms"], None), None);
        assert!(none.is_err());
        let wrong = router(ALL).route(&decision(&["sms"], Some("0701")), None);
        assert!(wrong.is_err());
    }

    #[test]
    fn a_password_that_the_sender_chose_needs_no_way() {
        let mut chosen = decision(&["sms"], None);
        chosen.options.password = Some(crate::transfer::Password::given("our old dog"));
        let route = router(&[]).route(&chosen, None).unwrap();
        assert_eq!(
            (route.channel.as_str(), route.line),
            ("", PasswordLine::Sender)
        );
    }

    #[test]
    fn a_code_by_mail_has_no_way_before_it_is_asked_for() {
        let mut code = decision(&["sms"], None);
        code.options.unlock = Unlock::EmailCode;
        let route = router(ALL).route(&code, None).unwrap();
        assert_eq!(
            (route.channel.as_str(), route.line),
            ("", PasswordLine::EmailCode)
        );
        code.scope = Scope::Nothing;
        let route = router(ALL).route(&code, None).unwrap();
        assert_eq!(route.line, PasswordLine::None);
    }

    #[test]
    fn where_there_is_no_password_no_way_is_needed() {
        let mut open = decision(&["sms"], None);
        open.options.unlock = Unlock::Link;
        let mut untouched = decision(&["sms"], None);
        untouched.scope = Scope::Nothing;
        for decision in [open, untouched] {
            let route = router(&[]).route(&decision, None).unwrap();
            assert_eq!(
                (route.channel.as_str(), route.line),
                ("", PasswordLine::None)
            );
        }
    }

    #[test]
    fn where_no_wished_way_reaches_it_waits_is_refused_or_the_sender_gets_it() {
        let anna: Address = "anna@example.org".parse().unwrap();
        let wish = |what, phone, password: Option<&str>| {
            let mut decision = decision(&["sms"], phone);
            decision.options.if_no_channel = what;
            decision.options.password = password.map(Password::given);
            decision
        };
        let router = router(ALL);
        let of = |decision: &Decision, sender| {
            let plan = Plan {
                decisions: vec![decision.clone()],
                subject: None,
                strip_controls: false,
            };
            let waits = !router.unreached(&plan, sender).is_empty();
            let route = router.route(decision, sender);
            (waits, route.ok().map(|route| route.channel))
        };
        let mail = || Some("mail".to_owned());
        use IfNoChannel::{Hold, Refuse, Sender};
        let rows = [
            (wish(Sender, None, None), (false, mail())),
            (wish(Hold, None, None), (true, mail())),
            (wish(Refuse, None, None), (false, None)),
            (
                wish(Hold, Some("+46701234567"), None),
                (false, Some("kannel".into())),
            ),
            (
                wish(Refuse, Some("+46701234567"), None),
                (false, Some("kannel".into())),
            ),
            // Who chose it hands it on.
            (wish(Hold, None, Some("quite-Good-77")), (false, mail())),
            (
                wish(Refuse, None, Some("quite-Good-77")),
                (false, Some(String::new())),
            ),
        ];
        for (decision, expected) in rows {
            assert_eq!(of(&decision, Some(&anna)), expected, "{decision:?}");
        }
        // Nobody could be asked.
        assert_eq!(of(&wish(Hold, None, None), None), (false, None));
    }
}
