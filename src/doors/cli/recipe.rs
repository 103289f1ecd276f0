//! `cloakroom recipe`: the lines another mail server needs, for this installation. Reads the configuration, changes nothing.

use super::args::RecipeArguments;
use super::{Exit, Failure, print};
use crate::config::Config;
use crate::fault::diagnostic::{Diagnostics, did_you_mean};
use crate::mta::Ours;
use crate::mta::recipe::{RECIPES, recipe};

/// Prints a recipe, or the list of recipes. What the configuration lacks for it ends with 78, at the key's place.
pub fn run(arguments: &RecipeArguments) -> Result<(), Failure> {
    let Some(name) = arguments.name.as_deref() else {
        return list();
    };
    let recipe = recipe(name).ok_or_else(|| unknown(name))?;
    let config = Config::read(&arguments.config.file)?;
    match recipe.lines(&Ours::of(&config), arguments.signer.as_ref()) {
        Ok(lines) => print(&lines),
        Err(lacking) => {
            let mistake = config.mistake(lacking.key, lacking.message);
            Err(Diagnostics(vec![mistake.help(lacking.mend)]).into())
        }
    }
}

fn list() -> Result<(), Failure> {
    let lines = RECIPES
        .iter()
        .map(|recipe| format!("{:<14} {}\n", recipe.name, recipe.about));
    print(&lines.collect::<String>())
}

fn unknown(name: &str) -> Failure {
    let names = RECIPES.iter().map(|recipe| recipe.name);
    let failure = Failure::new(Exit::Usage, format!("there is no recipe \"{name}\""));
    match did_you_mean(name, names.clone()) {
        Some(near) => failure.hint(format!("did you mean \"{near}\"?")),
        None => failure.hint(format!(
            "there are: {}",
            names.collect::<Vec<_>>().join(", ")
        )),
    }
}
