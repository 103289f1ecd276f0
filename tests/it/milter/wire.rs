//! The connection between a mail server and the gateway, which can be cut at each packet behind the end of a mail: for the server that is a
//! filter that hangs, dies or leaves.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What becomes of the gateway's words at the end of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// They arrive.
    Nowhere,
    /// It does not come so far: the connection closes when the server names the sender.
    AtMail,
    /// None of them arrives, and the connection stays.
    Hangs,
    /// The connection closes before any.
    Before,
    /// It closes behind the new body.
    BehindBody,
    /// It closes when everything was said but the last word.
    BeforeLast,
    /// It closes behind the last word.
    Behind,
    /// The last word arrives when [`Wire::release`] was called.
    Waits,
}

/// A listener in between. Ends with the test's runtime.
pub struct Wire {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    gateway: SocketAddr,
    cut: Mutex<Cut>,
    /// Connections that were cut, or wait.
    reached: AtomicUsize,
    released: Semaphore,
}

impl Wire {
    pub async fn to(gateway: SocketAddr) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let shared = Arc::new(Shared {
            gateway,
            cut: Mutex::new(Cut::Nowhere),
            reached: AtomicUsize::new(0),
            released: Semaphore::new(0),
        });
        let kept = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = kept.clone();
                tokio::spawn(async move { shared.join(stream).await });
            }
        });
        Wire { address, shared }
    }

    /// From the next mail on.
    pub fn cut(&self, cut: Cut) {
        *self.shared.cut.lock().expect("no test panicked in here") = cut;
    }

    /// How often it was cut, or a last word waited.
    pub fn reached(&self) -> usize {
        self.shared.reached.load(Ordering::SeqCst)
    }

    /// One last word that waits may go on.
    pub fn release(&self) {
        self.shared.released.add_permits(1);
    }
}

impl Shared {
    fn now(&self) -> Cut {
        *self.cut.lock().expect("no test panicked in here")
    }

    fn is(&self, cut: Cut) -> bool {
        self.now() == cut
    }

    async fn join(&self, server: TcpStream) -> io::Result<()> {
        let gateway = TcpStream::connect(self.gateway).await?;
        let (mut from_server, mut to_server) = server.into_split();
        let (mut from_gateway, mut to_gateway) = gateway.into_split();
        let is_at_end = AtomicBool::new(false);
        let there = async {
            loop {
                let (letter, packet) = packet(&mut from_server).await?;
                if letter == b'M' && self.is(Cut::AtMail) {
                    self.reached.fetch_add(1, Ordering::SeqCst);
                    return Ok(());
                }
                is_at_end.store(letter == b'E', Ordering::SeqCst);
                to_gateway.write_all(&packet).await?;
            }
        };
        let back = self.back(&mut from_gateway, &mut to_server, &is_at_end);
        // Whichever ends first ends both: the halves are dropped.
        let _: io::Result<()> = tokio::select! {
            ended = there => ended,
            ended = back => ended,
        };
        Ok(())
    }

    /// What the gateway says, as far as it gets.
    async fn back(
        &self,
        from: &mut OwnedReadHalf,
        to: &mut OwnedWriteHalf,
        is_at_end: &AtomicBool,
    ) -> io::Result<()> {
        loop {
            let (letter, packet) = packet(from).await?;
            let cut = self.now();
            if !is_at_end.load(Ordering::SeqCst) || cut == Cut::Nowhere || letter == b'p' {
                to.write_all(&packet).await?;
                continue;
            }
            let is_last = matches!(letter, b'c' | b'd' | b'y' | b'a' | b'r' | b't');
            match cut {
                Cut::Hangs => {
                    self.reached.fetch_add(1, Ordering::SeqCst);
                    std::future::pending::<()>().await;
                }
                Cut::Behind if is_last => to.write_all(&packet).await?,
                Cut::Waits if is_last => {
                    self.reached.fetch_add(1, Ordering::SeqCst);
                    self.released.acquire().await.expect("open").forget();
                    to.write_all(&packet).await?;
                    continue;
                }
                Cut::BehindBody if letter == b'b' => {
                    to.write_all(&packet).await?;
                    continue;
                }
                Cut::BeforeLast | Cut::Behind | Cut::Waits if !is_last => {
                    to.write_all(&packet).await?;
                    continue;
                }
                _ => {}
            }
            self.reached.fetch_add(1, Ordering::SeqCst);
            to.flush().await?;
            return Ok(());
        }
    }
}

/// The next packet, its length included, and its letter.
async fn packet(from: &mut OwnedReadHalf) -> io::Result<(u8, Vec<u8>)> {
    let length = from.read_u32().await?;
    let mut packet = vec![0; 4 + length as usize];
    packet[..4].copy_from_slice(&length.to_be_bytes());
    from.read_exact(&mut packet[4..]).await?;
    Ok((packet[4], packet))
}
