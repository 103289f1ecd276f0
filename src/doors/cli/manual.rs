//! `cloakroom manual`: the pages that are compiled in.

use super::{Exit, Failure, print};
use crate::fault::diagnostic::did_you_mean;
use crate::manual::{PAGES, page};

/// Prints a page, or the list of pages.
pub fn run(name: Option<&str>) -> Result<(), Failure> {
    let Some(name) = name else {
        let lines = PAGES
            .iter()
            .map(|p| format!("{:<14} {}\n", p.name, p.about));
        return print(&lines.collect::<String>());
    };
    match page(name) {
        Some(page) => print(page.text),
        None => {
            let names = PAGES.iter().map(|p| p.name);
            let failure = Failure::new(Exit::Usage, format!("there is no page \"{name}\""));
            Err(match did_you_mean(name, names) {
                Some(near) => failure.hint(format!("did you mean \"{near}\"?")),
                None => failure.hint("`cloakroom manual` lists all pages"),
            })
        }
    }
}
