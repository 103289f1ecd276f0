//! Text messages by SMPP 3.4, to a provider or a network's own centre (SMSC).
//!
//! Promises: TLS, or this machine, or `allow_clear`; nobody behind the firewall is called unless `allow_private`; at most two messages of
//! a notice; the same bytes in every try, so that a telephone puts parts of two tries together. A receipt ends a notice's wait as a
//! report does.
//! Leaves to others: the bytes (`wire::smpp`), the connection ([`session`]), when to try again (`gateway`).
//! Fails with [`Trouble`]: a number that does not exist is never, everything else later. SMPP knows no key against doubles: who gives no
//! answer may have sent the message, and gets it again with the same password.

mod session;

use super::{Channel, Ear, Texting, Trouble};
use crate::Pending;
use crate::texts::{House, Texts, gsm};
use crate::transfer::report::ReceiptIds;
use crate::transfer::{Notice, TextLimits};
use crate::wire::smpp::Submit;
use session::{Line, Order};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// Longest words of SMPP 3.4 in bytes, without the zero behind them.
const LONGEST: [(&str, usize); 3] = [("system_id", 15), ("password", 8), ("system_type", 12)];

/// Orders that wait for the window.
const WAITING: usize = 16;

/// Where the centre is, and who we are there.
#[derive(Clone)]
pub struct SmppSettings {
    /// The channel's name.
    pub name: String,
    /// Name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// TLS from the first byte.
    pub tls: bool,
    /// Our name there.
    pub system_id: String,
    /// Our password.
    pub password: Zeroizing<String>,
    /// What some centres want to know besides; often empty.
    pub system_type: String,
    /// What telephones show: up to 11 characters, a short number, or one with `+`.
    pub sender: String,
    /// Whose numbers may be used: `SE`, or a prefix such as `+46`; empty for all.
    pub countries: Vec<String>,
    /// How many messages, and for how much.
    pub limits: TextLimits,
    /// For each of: connection, answer.
    pub timeout: Duration,
    /// After so long a silence the centre is asked whether it is there.
    pub enquire: Duration,
    /// How long a receipt is waited for; `None`: none is asked for.
    pub report_within: Option<Duration>,
    /// How the centre writes names of messages in receipts.
    pub receipt_ids: ReceiptIds,
    /// The centre may be on this machine or in a private network.
    pub allow_private: bool,
    /// Further certificates to believe (PEM).
    pub extra_ca: Option<PathBuf>,
}

/// A centre for text messages.
pub struct SmppChannel {
    settings: SmppSettings,
    line: Line,
    texting: Texting,
    open: Mutex<Option<Open>>,
}

/// A session that is kept.
struct Open {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
}

impl SmppChannel {
    /// Checks everything that can be checked without a call. The error is a sentence for the operator.
    pub fn new(
        settings: SmppSettings,
        house: Arc<House>,
        texts: Arc<Texts>,
    ) -> Result<Self, String> {
        let words = [
            &settings.system_id,
            &*settings.password,
            &settings.system_type,
        ];
        for ((key, most), word) in LONGEST.iter().zip(words) {
            if word.len() > *most || word.contains('\0') {
                return Err(format!("{key}: SMPP has room for {most} bytes"));
            }
        }
        let (_, _, shown) = source(&settings.sender);
        if shown.len() > 20 || !shown.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            return Err("sender: up to 11 letters of ASCII, or a number".into());
        }
        Ok(SmppChannel {
            line: Line::new(&settings)?,
            texting: Texting::new(&settings.countries, &settings.limits, house, texts),
            settings,
            open: Mutex::new(None),
        })
    }

    async fn send_now(&self, notice: &Notice) -> Result<Vec<String>, Trouble> {
        let (number, text) = self.texting.prepared(notice)?;
        let (coding, parts) = parts(&text, &notice.id)?;
        let mut references = Vec::new();
        for part in &parts {
            let submit = Submit {
                source: source(&self.settings.sender),
                number: number.trim_start_matches('+'),
                has_header: parts.len() > 1,
                coding,
                receipt: self.settings.report_within.is_some(),
                text: part,
            };
            references.push(self.order(submit.pdu(0)).await?);
        }
        Ok(references)
    }

    /// One message; what the centre calls it.
    async fn order(&self, pdu: Vec<u8>) -> Result<String, Trouble> {
        let (tell, answer) = oneshot::channel();
        let order = Order {
            pdu: Zeroizing::new(pdu),
            tell,
        };
        let lost = || Trouble::Later("the connection was lost before an answer came".into());
        self.orders().send(order).await.map_err(|_| lost())?;
        answer.await.unwrap_or_else(|_| Err(lost()))
    }

    /// The session that is there, or one that begins now.
    fn orders(&self) -> mpsc::Sender<Order> {
        let mut open = self.lock();
        if let Some(open) = open.as_ref().filter(|open| !open.task.is_finished()) {
            return open.orders.clone();
        }
        let (orders, taken) = mpsc::channel(WAITING);
        let task = tokio::spawn(session::keep(self.line.clone(), taken));
        *open = Some(Open {
            orders: orders.clone(),
            task,
        });
        orders
    }

    fn lock(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn close_now(&self) {
        let open = self.lock().take();
        if let Some(Open { orders, task }) = open {
            // Nobody orders any more: the session takes its leave.
            drop(orders);
            let _ = task.await;
        }
    }
}

impl Channel for SmppChannel {
    fn name(&self) -> &str {
        &self.settings.name
    }

    fn kind(&self) -> &'static str {
        "sms"
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<(), Trouble>> {
        Box::pin(async { self.send_now(notice).await.map(|_| ()) })
    }

    fn send_noting<'a>(&'a self, notice: &'a Notice) -> Pending<'a, Result<Vec<String>, Trouble>> {
        Box::pin(self.send_now(notice))
    }

    fn listen(&self, ear: Ear) {
        if self.settings.report_within.is_some() {
            self.line.listen(ear);
            self.orders();
        }
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(self.close_now())
    }

    fn report_within(&self) -> Option<Duration> {
        self.settings.report_within
    }

    fn texting(&self) -> Option<&Texting> {
        Some(&self.texting)
    }
}

/// Type and plan of the sender's number: international, a short one, or letters.
fn source(sender: &str) -> (u8, u8, &str) {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match sender.strip_prefix('+') {
        Some(number) if digits(number) => (1, 1, number),
        _ if digits(sender) => (3, 0, sender),
        // A telephone shows eleven.
        _ => (5, 0, sender.get(..11).unwrap_or(sender)),
    }
}

/// The coding, and what each message says, with the header that joins two. Its number is the notice's, so the same in every try.
fn parts(text: &str, id: &str) -> Result<(u8, Vec<Vec<u8>>), Trouble> {
    let coding = if gsm::is_gsm(text) { 0 } else { 8 };
    let mut parts = gsm::short_messages(text);
    let count = match u8::try_from(parts.len()) {
        Ok(1) => return Ok((coding, parts)),
        Ok(count @ 2) => count,
        _ => {
            return Err(Trouble::Never(
                "the text needs more than two messages".into(),
            ));
        }
    };
    let number = crc32fast::hash(id.as_bytes()).to_be_bytes()[3];
    for (place, part) in (1u8..).zip(&mut parts) {
        part.splice(0..0, [5, 0, 3, number, count, place]);
    }
    Ok((coding, parts))
}

impl fmt::Debug for SmppChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmppChannel")
            .field("name", &self.settings.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
