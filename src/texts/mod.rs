//! Texts for people: what recipients and senders read, one Fluent file per language, compiled in.
//!
//! Promises: every language has every key with the same arguments; plural forms are real; arguments stand as they are given, without
//! invisible characters around them (they would show in text messages and subjects).
//! Leaves to others: escaping (block and pages do that), which language a recipient gets (`decide`).
//! Fails: never. A language nobody knows becomes the first configured one, a key that is missing comes in English.

#[cfg(test)]
mod audit;
pub mod format;
pub mod gsm;
mod house;
pub mod look;
pub mod own;
pub mod written_by;

pub use fluent_bundle::FluentValue as Value;
pub use house::House;
pub use look::Look;
pub use own::Own;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::collections::BTreeMap;
use std::fmt;

/// The languages that are whole. English is what the others are compared with.
pub const LANGUAGES: [(&str, &str); 8] = [
    ("en", include_str!("en.ftl")),
    ("de", include_str!("de.ftl")),
    ("sv", include_str!("sv.ftl")),
    ("nl", include_str!("nl.ftl")),
    ("fr", include_str!("fr.ftl")),
    ("es", include_str!("es.ftl")),
    ("it", include_str!("it.ftl")),
    ("pl", include_str!("pl.ftl")),
];

/// Says things in every language. Made once, used from all threads.
pub struct Texts {
    bundles: BTreeMap<&'static str, FluentBundle<FluentResource>>,
    configured: Vec<&'static str>,
}

impl Texts {
    /// `configured` are the house's languages, the first is used when nothing else is known; those we do not have are passed over.
    pub fn new(configured: &[String]) -> Self {
        Texts::with(configured, &[])
    }

    /// With an operator's own sentences instead of ours.
    pub fn with(configured: &[String], own: &[Own]) -> Self {
        let known = configured.iter().filter_map(|name| known(name)).collect();
        Texts {
            bundles: LANGUAGES
                .iter()
                .map(|(name, source)| (*name, bundle(name, source, own)))
                .collect(),
            configured: known,
        }
    }

    /// The language that is really used for a wish such as `de-AT`, `SV` or none.
    pub fn language(&self, wish: Option<&str>) -> &'static str {
        wish.and_then(known)
            .or_else(|| self.configured.first().copied())
            .unwrap_or("en")
    }

    /// The house's languages that we have, in its order; never empty.
    pub fn configured(&self) -> Vec<&'static str> {
        match self.configured.as_slice() {
            [] => vec!["en"],
            some => some.to_vec(),
        }
    }

    /// A sentence, not escaped for anything. Unknown keys come back as they are, so that a mistake is seen and nothing breaks.
    pub fn say(&self, language: &str, key: &str, arguments: &[(&str, Value<'_>)]) -> String {
        let language = self.language(Some(language));
        self.format(language, key, arguments)
            .or_else(|| self.format("en", key, arguments))
            .unwrap_or_else(|| key.to_owned())
    }

    fn format(&self, language: &str, key: &str, arguments: &[(&str, Value<'_>)]) -> Option<String> {
        let bundle = self.bundles.get(language)?;
        let pattern = bundle.get_message(key)?.value()?;
        let arguments: FluentArgs = arguments.iter().cloned().collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors);
        Some(text.into_owned())
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts")
            .field("configured", &self.configured)
            .finish_non_exhaustive()
    }
}

fn known(name: &str) -> Option<&'static str> {
    let main = name.split(['-', '_']).next().unwrap_or_default();
    LANGUAGES
        .iter()
        .map(|(language, _)| *language)
        .find(|language| language.eq_ignore_ascii_case(main))
}

fn bundle(name: &str, source: &str, own: &[Own]) -> FluentBundle<FluentResource> {
    let language = name.parse().expect("a test reads every compiled-in name");
    let resource = FluentResource::try_new(source.to_owned())
        .expect("a test reads every compiled-in file without errors");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    bundle
        .add_resource(resource)
        .expect("a test finds every key of a file once");
    for own in own.iter().filter(|own| own.language == name) {
        // Parts of a file with a mistake, which `own` has told of, are better than none.
        let resource = FluentResource::try_new(own.source.clone()).unwrap_or_else(|(part, _)| part);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_plural() {
        let texts = Texts::new(&["sv".into()]);
        let title = |language, count: usize| {
            texts.say(
                language,
                "block-title",
                &[
                    ("count", count.into()),
                    ("sender", "Anna Lind".into()),
                    ("size", "5.3 MB".into()),
                ],
            )
        };
        assert_eq!(title("en", 1), "1 file from Anna Lind (5.3 MB)");
        assert_eq!(title("en", 2), "2 files from Anna Lind (5.3 MB)");
        assert_eq!(title("de-AT", 2), "2 Dateien von Anna Lind (5.3 MB)");
        for (language, count, said) in [
            ("fr", 1, "1 fichier envoyé par Anna Lind"),
            ("fr", 2, "2 fichiers envoyés par Anna Lind"),
            ("es", 1, "1 archivo de Anna Lind"),
            ("it", 2, "2 file da Anna Lind"),
            ("pl", 1, "1 plik (5.3 MB), nadawca: Anna Lind"),
            ("pl", 4, "4 pliki (5.3 MB), nadawca: Anna Lind"),
            ("pl", 5, "5 plików (5.3 MB), nadawca: Anna Lind"),
            ("pl", 13, "13 plików (5.3 MB), nadawca: Anna Lind"),
            ("pl", 22, "22 pliki (5.3 MB), nadawca: Anna Lind"),
        ] {
            assert!(
                title(language, count).starts_with(said),
                "{language} {count}"
            );
        }
        assert_eq!(
            title("xx", 1),
            "1 fil från Anna Lind (5.3 MB)",
            "the first configured"
        );
    }

    #[test]
    fn a_wish_becomes_a_language_we_have() {
        let texts = Texts::new(&["fi".into(), "nl".into(), "en".into()]);
        assert_eq!(texts.configured(), ["nl", "en"]);
        assert_eq!(texts.language(None), "nl");
        assert_eq!(texts.language(Some("DE_ch")), "de");
        assert_eq!(texts.language(Some("klingon")), "nl");
        assert_eq!(Texts::new(&[]).language(None), "en");
    }
}
