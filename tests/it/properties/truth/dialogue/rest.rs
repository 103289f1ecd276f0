//! Lets a session go on until it has nothing to do but wait for its client, whether the clock is a real one or not.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// True if the session is over, false if nothing happened in it for so long. A process that had to wait for its turn may be late for two
/// timers at once, so what is due happens first, and then it is seen whether that was nothing.
pub async fn until_quiet(mut session: Pin<&mut impl Future<Output = ()>>, quiet: Duration) -> bool {
    let bell = Arc::new(Bell::default());
    let mut end = pin!(sleep(quiet));
    let mut all_is_done = false;
    poll_fn(|outer| {
        bell.tells(outer.waker());
        if bell.was_rung() {
            let waker = Waker::from(bell.clone());
            if session
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                return Poll::Ready(true);
            }
            end.as_mut().reset(Instant::now() + quiet);
            all_is_done = false;
        }
        if end.as_mut().poll(outer).is_pending() {
            return Poll::Pending;
        }
        if !std::mem::replace(&mut all_is_done, true) {
            // A turn of the runtime, in which every timer that is due rings.
            outer.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(false)
    })
    .await
}

/// Rung when the session can go on.
struct Bell {
    rung: AtomicBool,
    outer: Mutex<Option<Waker>>,
}

/// It can in the beginning.
impl Default for Bell {
    fn default() -> Self {
        Bell {
            rung: AtomicBool::new(true),
            outer: Mutex::default(),
        }
    }
}

impl Bell {
    fn tells(&self, outer: &Waker) {
        *self.outer.lock().expect("not poisoned") = Some(outer.clone());
    }

    fn was_rung(&self) -> bool {
        self.rung.swap(false, Ordering::Relaxed)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Relaxed);
        let outer = self.outer.lock().expect("not poisoned").clone();
        outer.into_iter().for_each(Waker::wake);
    }
}
