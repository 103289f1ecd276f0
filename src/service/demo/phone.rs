//! The demo's phone: a provider of text messages on loopback, called by the gateway as a real one would be.

use super::failed;
use crate::fault::failure::Failure;
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// Keeps what it is sent, in memory, until the demo ends.
pub(super) struct Phone {
    pub(super) address: SocketAddr,
    messages: Inbox,
}

type Inbox = Arc<Mutex<Vec<Message>>>;

/// One text message.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Message {
    pub(super) number: String,
    pub(super) text: String,
}

impl Phone {
    pub(super) async fn start() -> Result<Phone, Failure> {
        let broken =
            |e: std::io::Error| failed(format!("the demo's phone cannot listen on loopback: {e}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(broken)?;
        let address = listener.local_addr().map_err(broken)?;
        let messages = Inbox::default();
        let app = Router::new()
            .route("/send", get(take))
            .with_state(messages.clone());
        tokio::spawn(async move {
            // Ends with the process; an error here shows as a missing password.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Phone { address, messages })
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        self.messages
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }
}

async fn take(State(inbox): State<Inbox>, Query(message): Query<Message>) -> &'static str {
    inbox
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
        .push(message);
    "taken"
}
