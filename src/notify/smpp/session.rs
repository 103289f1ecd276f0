//! A session with a centre, kept: bound again whenever it ends, until nobody orders any more; then it takes its leave (unbind).
//!
//! Promises: at most [`WINDOW`] messages without an answer; every order is answered, with [`Trouble::Later`] when the connection is lost or
//! no answer comes in time; who gets no word asks (`enquire_link`), and hangs up on silence; between two tries to bind lies a wait that
//! doubles up to [`LONGEST_WAIT`]; what a centre floods us with is refused beyond [`HEARING`] receipts at once, and no PDU or answer is
//! kept beyond its bounds (T101).
//! Leaves to others: the bytes (`wire::smpp`), what a receipt changes (the [`Ear`]).

use super::super::{Ear, Trouble};
use super::SmppSettings;
use crate::client::reach;
use crate::transfer::report::{ReceiptIds, Report};
use crate::trust;
use crate::wire::smpp::{self, Arrived, Delivery, OK, TRY_AGAIN, What};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{Instant, interval, sleep, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use zeroize::Zeroizing;

/// Messages that were sent and not answered (T101).
const WINDOW: usize = 10;
/// Receipts that are being noted.
const HEARING: usize = 32;
/// Before the first new try to bind.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// And before all after some.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A centre that has too much to do gets nothing for so long.
const THROTTLED: Duration = Duration::from_secs(1);
/// A receipt can be faster than our disk: so often is it looked for, and so long between.
const LOOKS: (u32, Duration) = (15, Duration::from_millis(200));

/// A message that is to be sent.
pub(super) struct Order {
    /// Its number is put in when its turn comes.
    pub(super) pdu: Zeroizing<Vec<u8>>,
    /// What the centre calls it.
    pub(super) tell: oneshot::Sender<Result<String, Trouble>>,
}

/// Whom to call, and as whom.
#[derive(Clone)]
pub(super) struct Line {
    settings: SmppSettings,
    tls: Option<Arc<ClientConfig>>,
    ear: Arc<Mutex<Option<Ear>>>,
}

/// Why a session is over.
enum End {
    /// Nobody orders any more.
    Closed,
    /// It broke, or never began.
    Lost(String),
}

/// TCP, or TLS over it.
trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

impl Line {
    pub(super) fn new(settings: &SmppSettings) -> Result<Self, String> {
        let tls = match settings.tls {
            true => Some(trust::checked(settings.extra_ca.as_deref()).map_err(|e| e.to_string())?),
            false => None,
        };
        Ok(Line {
            settings: settings.clone(),
            tls,
            ear: Arc::default(),
        })
    }

    pub(super) fn listen(&self, ear: Ear) {
        *self.ear.lock().unwrap_or_else(PoisonError::into_inner) = Some(ear);
    }

    async fn connect(&self) -> Result<Box<dyn Io>, String> {
        let SmppSettings { host, port, .. } = &self.settings;
        let tcp = reach(host, *port, !self.settings.allow_private).await;
        let tcp = tcp.map_err(|e| e.to_string())?;
        tcp.set_nodelay(true).map_err(|e| e.to_string())?;
        let Some(tls) = &self.tls else {
            return Ok(Box::new(tcp));
        };
        let name = ServerName::try_from(host.clone()).map_err(|e| e.to_string())?;
        let tls = TlsConnector::from(tls.clone()).connect(name, tcp).await;
        Ok(Box::new(tls.map_err(|e| e.to_string())?))
    }

    async fn bound(&self) -> Result<Session, String> {
        let io = timeout(self.settings.timeout, self.connect()).await;
        let io = io.map_err(|_| "no connection in time".to_owned())??;
        let mut session = Session::over(io, self);
        let SmppSettings {
            system_id,
            password,
            system_type,
            ..
        } = &self.settings;
        let bind = Zeroizing::new(smpp::bind(1, system_id, password, system_type));
        session.write(&bind).await?;
        let end = Instant::now() + self.settings.timeout;
        loop {
            let arrived = timeout_at(end, session.next()).await;
            let arrived = arrived.map_err(|_| "no answer to bind in time".to_owned())??;
            match (&arrived.what, arrived.status) {
                (What::Bound, OK) => return Ok(session),
                (What::Bound | What::Nack, status) => return Err(refused(status)),
                _ => session.reply(&arrived, TRY_AGAIN).await?,
            }
        }
    }
}

/// Keeps a session until `orders` end.
pub(super) async fn keep(line: Line, mut orders: mpsc::Receiver<Order>) {
    let mut wait = FIRST_WAIT;
    loop {
        let end = match line.bound().await {
            Ok(session) => {
                tracing::info!(target: "smpp", channel = ?line.settings.name, "bound");
                wait = FIRST_WAIT;
                session.run(&mut orders).await
            }
            Err(why) => End::Lost(why),
        };
        let End::Lost(why) = end else {
            return;
        };
        tracing::warn!(target: "smpp", channel = ?line.settings.name, why = ?why, again_in = wait.as_secs(), "not bound");
        if !refuse_for(wait, &mut orders, &why).await {
            return;
        }
        wait = LONGEST_WAIT.min(wait * 2);
    }
}

/// False if nobody orders any more.
async fn refuse_for(wait: Duration, orders: &mut mpsc::Receiver<Order>, why: &str) -> bool {
    let end = Instant::now() + wait;
    loop {
        match timeout_at(end, orders.recv()).await {
            Ok(Some(order)) => {
                // Whoever wanted it may be gone.
                let _ = order
                    .tell
                    .send(Err(Trouble::Later(format!("not bound: {why}"))));
            }
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

/// What has a number and no answer yet.
struct Sent {
    tell: oneshot::Sender<Result<String, Trouble>>,
    until: Instant,
}

struct Session {
    reader: ReadHalf<Box<dyn Io>>,
    writer: WriteHalf<Box<dyn Io>>,
    /// Came, and is not a whole PDU yet.
    came: Vec<u8>,
    sent: HashMap<u32, Sent>,
    last: u32,
    /// The last word of the centre.
    heard: Instant,
    /// It was asked whether it is there.
    asked: bool,
    paused: Instant,
    ear: Option<Ear>,
    hearing: Arc<Semaphore>,
    /// Answers to receipts, in the order in which they were noted.
    noted: (mpsc::Sender<Vec<u8>>, mpsc::Receiver<Vec<u8>>),
    ids: ReceiptIds,
    patience: Duration,
    enquire: Duration,
}

impl Session {
    fn over(io: Box<dyn Io>, line: &Line) -> Self {
        let (reader, writer) = split(io);
        let now = Instant::now();
        Session {
            reader,
            writer,
            came: Vec::new(),
            sent: HashMap::new(),
            last: 1,
            heard: now,
            asked: false,
            paused: now,
            ear: line
                .ear
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            hearing: Arc::new(Semaphore::new(HEARING)),
            noted: mpsc::channel(HEARING),
            ids: line.settings.receipt_ids,
            patience: line.settings.timeout,
            enquire: line.settings.enquire,
        }
    }

    async fn run(mut self, orders: &mut mpsc::Receiver<Order>) -> End {
        let mut ticks = interval(Duration::from_millis(100).min(self.enquire));
        loop {
            let room = self.sent.len() < WINDOW && self.paused <= Instant::now();
            let done = tokio::select! {
                arrived = next(&mut self.reader, &mut self.came) => match arrived {
                    Ok(arrived) => self.take(arrived).await,
                    Err(why) => Err(why),
                },
                order = orders.recv(), if room => match order {
                    Some(order) => self.submit(order).await,
                    None => return self.leave().await,
                },
                Some(pdu) = self.noted.1.recv() => self.write(&pdu).await,
                _ = ticks.tick() => self.look_at_the_clock().await,
            };
            if let Err(why) = done {
                return End::Lost(why);
            }
        }
    }

    async fn next(&mut self) -> Result<Arrived, String> {
        next(&mut self.reader, &mut self.came).await
    }

    async fn write(&mut self, pdu: &[u8]) -> Result<(), String> {
        let written = timeout(self.patience, async {
            self.writer.write_all(pdu).await?;
            self.writer.flush().await
        });
        let written = written.await.map_err(|_| "it takes nothing".to_owned())?;
        written.map_err(|e| e.to_string())
    }

    async fn reply(&mut self, arrived: &Arrived, status: u32) -> Result<(), String> {
        match smpp::answer(arrived, status) {
            Some(pdu) => self.write(&pdu).await,
            None => Ok(()),
        }
    }

    fn number(&mut self) -> u32 {
        self.last = if self.last < 0x7fff_ffff {
            self.last + 1
        } else {
            1
        };
        self.last
    }

    async fn submit(&mut self, mut order: Order) -> Result<(), String> {
        let number = self.number();
        smpp::renumber(&mut order.pdu, number);
        let until = Instant::now() + self.patience;
        let tell = order.tell;
        self.sent.insert(number, Sent { tell, until });
        self.write(&order.pdu).await
    }

    async fn take(&mut self, arrived: Arrived) -> Result<(), String> {
        (self.heard, self.asked) = (Instant::now(), false);
        match &arrived.what {
            What::Submitted(_) | What::Nack => {
                self.settle(arrived);
                Ok(())
            }
            What::Deliver(delivery) if delivery.is_receipt => {
                self.receipt(&arrived, delivery).await
            }
            What::Unbind => {
                self.reply(&arrived, OK).await?;
                Err("the centre ended the session".into())
            }
            // A message from a telephone is taken and read by nobody.
            _ => self.reply(&arrived, OK).await,
        }
    }

    /// An answer to a message. One to a message that nobody waits for any more is passed over.
    fn settle(&mut self, arrived: Arrived) {
        let Some(sent) = self.sent.remove(&arrived.sequence) else {
            return;
        };
        let said = match (arrived.what, arrived.status) {
            (What::Submitted(id), OK) => Ok(self.ids.of_answer(id)),
            (_, status) => Err(judged(status)),
        };
        if matches!(arrived.status, 0x14 | 0x58) {
            self.paused = Instant::now() + THROTTLED;
        }
        // Whoever wanted it may be gone.
        let _ = sent.tell.send(said);
    }

    /// Noted beside the session, and answered when that is done.
    async fn receipt(&mut self, arrived: &Arrived, delivery: &Delivery) -> Result<(), String> {
        let said = match delivery.arrived() {
            Some(true) => Report::Delivered,
            Some(false) => Report::Failed,
            None => return self.reply(arrived, OK).await,
        };
        let id = match self.ids {
            ReceiptIds::Same => delivery.about(),
            // The field is to be as in the answer, so the text is what differs.
            ReceiptIds::Decimal | ReceiptIds::Hex => delivery.about_in_text(),
        };
        let (Some(id), Some(ear)) = (id, self.ear.clone()) else {
            return self.reply(arrived, OK).await;
        };
        let id = self.ids.of_receipt(id);
        let Ok(turn) = self.hearing.clone().try_acquire_owned() else {
            return self.reply(arrived, TRY_AGAIN).await;
        };
        let (noted, arrived) = (self.noted.0.clone(), arrived.clone());
        tokio::spawn(async move {
            let status = if hear(ear, id, said).await {
                OK
            } else {
                TRY_AGAIN
            };
            if let Some(pdu) = smpp::answer(&arrived, status) {
                // The session may be over: then the centre says it again in the next one.
                let _ = noted.send(pdu).await;
            }
            drop(turn);
        });
        Ok(())
    }

    async fn look_at_the_clock(&mut self) -> Result<(), String> {
        let now = Instant::now();
        let late: Vec<u32> = self
            .sent
            .iter()
            .filter(|(_, s)| s.until <= now)
            .map(|(n, _)| *n)
            .collect();
        for number in late {
            if let Some(sent) = self.sent.remove(&number) {
                let _ = sent
                    .tell
                    .send(Err(Trouble::Later("no answer in time".into())));
            }
        }
        let silent = now.saturating_duration_since(self.heard);
        match self.asked {
            true if silent >= self.enquire + self.patience => Err("it is silent".into()),
            false if silent >= self.enquire => {
                self.asked = true;
                let number = self.number();
                self.write(&smpp::enquire_link(number)).await
            }
            _ => Ok(()),
        }
    }

    /// Takes its leave, and waits a moment for the answer.
    async fn leave(mut self) -> End {
        let number = self.number();
        let goodbye = async {
            self.write(&smpp::unbind(number)).await?;
            while self.next().await?.what != What::Unbound {}
            Ok::<(), String>(())
        };
        let _ = timeout(Duration::from_secs(2), goodbye).await;
        End::Closed
    }
}

/// The next PDU; what came of one stays in `came` if this is not waited for to the end.
async fn next(reader: &mut ReadHalf<Box<dyn Io>>, came: &mut Vec<u8>) -> Result<Arrived, String> {
    let no_smpp = |broken| format!("what came is no SMPP: {broken:?}");
    loop {
        if let Some(length) = smpp::length(came).map_err(no_smpp)?
            && came.len() >= length
        {
            let pdu: Vec<u8> = came.drain(..length).collect();
            return smpp::read(&pdu).map_err(no_smpp);
        }
        let mut block = [0; 4096];
        match reader.read(&mut block).await {
            Ok(0) => return Err("the connection is closed".into()),
            Ok(n) => came.extend(&block[..n]),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// True if it is noted, or about nothing of ours; false if it should be said again.
async fn hear(ear: Ear, id: String, said: Report) -> bool {
    for _ in 0..LOOKS.0 {
        let (ear, id) = (ear.clone(), id.clone());
        match tokio::task::spawn_blocking(move || ear(&id, said)).await {
            Ok(Ok(true)) => return true,
            Ok(Ok(false)) => sleep(LOOKS.1).await,
            _ => return false,
        }
    }
    tracing::info!(target: "smpp", "heard of no message of ours");
    true
}

/// What a centre's refusal of a message means. Its own numbers begin at 0x400, and are the operator's to find out about: later.
fn judged(status: u32) -> Trouble {
    let why = format!("the centre says {status:#x}");
    match status {
        // Length, destination and its type and plan, "permanent", "rejected".
        0x01 | 0x0b | 0x50 | 0x51 | 0x65 | 0x66 => Trouble::Never(why),
        _ => Trouble::Later(why),
    }
}

fn refused(status: u32) -> String {
    match status {
        0x05 => "bind: already bound, and it allows no second session".into(),
        0x0e => "bind: wrong password".into(),
        0x0f => "bind: unknown system_id".into(),
        other => format!("bind: the centre says {other:#x}"),
    }
}
