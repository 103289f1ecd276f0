//! What several tests need: a next hop, a client, a gateway on free ports, a phone that takes text messages.

pub mod client;
pub mod hop;
pub mod phone;
pub mod settings;

use cloakroom::doors::cli::fetch::FetchedFile;
use std::path::Path;

/// Opens a link as a recipient would and writes its files.
pub async fn fetch(
    link: &str,
    password: Option<&str>,
    into: &Path,
) -> Result<Vec<FetchedFile>, String> {
    let client = cloakroom::client::Client::new(None).map_err(|e| e.to_string())?;
    let fetched = cloakroom::doors::cli::fetch::fetch(client, link, password, into).await;
    fetched
        .map(|fetched| fetched.files)
        .map_err(|e| format!("fetch: {e}"))
}
