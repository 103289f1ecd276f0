//! What days, months and the time of a country are called in each language, in the form that stands inside a date.

/// The names of one language.
pub(super) struct Names {
    language: &'static str,
    /// Monday first.
    pub(super) weekdays: [&'static str; 7],
    /// January first; in Polish in the genitive, as behind a number.
    pub(super) months: [&'static str; 12],
    /// In the order of [`ZONES`].
    times: [&'static str; ZONES.len()],
}

/// The names in a language; English for one we do not have.
pub(super) fn names(language: &str) -> &'static Names {
    ALL.iter()
        .find(|names| names.language == language)
        .unwrap_or(&ALL[0])
}

impl Names {
    /// What the time of a zone is called, if it has a name all over a country.
    pub(super) fn time(&self, iana: &str) -> Option<&'static str> {
        let place = ZONES.iter().position(|zone| *zone == iana)?;
        Some(self.times[place])
    }
}

/// Zones with one name all over a country, so that a reader abroad knows whose time is meant.
pub(super) const ZONES: [&str; 16] = [
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/London",
    "Europe/Luxembourg",
    "Europe/Madrid",
    "Europe/Oslo",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
];

/// One line for what belongs together: a table is read in columns.
#[rustfmt::skip]
const ALL: [Names; 8] = [
    Names {
        language: "en",
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        months: [
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ],
        times: [
            "Dutch time", "German time", "Belgian time", "Danish time", "Irish time", "Finnish time", "UK time", "Luxembourg time",
            "Spanish time", "Norwegian time", "French time", "Italian time", "Swedish time", "Austrian time", "Polish time", "Swiss time",
        ],
    },
    Names {
        language: "de",
        weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        months: [
            "Januar", "Februar", "März", "April", "Mai", "Juni",
            "Juli", "August", "September", "Oktober", "November", "Dezember",
        ],
        times: [
            "niederländische Zeit", "deutsche Zeit", "belgische Zeit", "dänische Zeit",
            "irische Zeit", "finnische Zeit", "britische Zeit", "luxemburgische Zeit",
            "spanische Zeit", "norwegische Zeit", "französische Zeit", "italienische Zeit",
            "schwedische Zeit", "österreichische Zeit", "polnische Zeit", "Schweizer Zeit",
        ],
    },
    Names {
        language: "sv",
        weekdays: ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"],
        months: [
            "januari", "februari", "mars", "april", "maj", "juni",
            "juli", "augusti", "september", "oktober", "november", "december",
        ],
        times: [
            "nederländsk tid", "tysk tid", "belgisk tid", "dansk tid", "irländsk tid", "finsk tid", "brittisk tid", "luxemburgsk tid",
            "spansk tid", "norsk tid", "fransk tid", "italiensk tid", "svensk tid", "österrikisk tid", "polsk tid", "schweizisk tid",
        ],
    },
    Names {
        language: "nl",
        weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
        months: [
            "januari", "februari", "maart", "april", "mei", "juni",
            "juli", "augustus", "september", "oktober", "november", "december",
        ],
        times: [
            "Nederlandse tijd", "Duitse tijd", "Belgische tijd", "Deense tijd", "Ierse tijd", "Finse tijd", "Britse tijd", "Luxemburgse tijd",
            "Spaanse tijd", "Noorse tijd", "Franse tijd", "Italiaanse tijd", "Zweedse tijd", "Oostenrijkse tijd", "Poolse tijd", "Zwitserse tijd",
        ],
    },
    Names {
        language: "fr",
        weekdays: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        months: [
            "janvier", "février", "mars", "avril", "mai", "juin",
            "juillet", "août", "septembre", "octobre", "novembre", "décembre",
        ],
        times: [
            "heure néerlandaise", "heure allemande", "heure belge", "heure danoise",
            "heure irlandaise", "heure finlandaise", "heure britannique", "heure luxembourgeoise",
            "heure espagnole", "heure norvégienne", "heure française", "heure italienne",
            "heure suédoise", "heure autrichienne", "heure polonaise", "heure suisse",
        ],
    },
    Names {
        language: "es",
        weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        months: [
            "enero", "febrero", "marzo", "abril", "mayo", "junio",
            "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
        ],
        times: [
            "hora neerlandesa", "hora alemana", "hora belga", "hora danesa",
            "hora irlandesa", "hora finlandesa", "hora británica", "hora luxemburguesa",
            // The Canary Islands have a time of their own.
            "hora peninsular española", "hora noruega", "hora francesa", "hora italiana",
            "hora sueca", "hora austriaca", "hora polaca", "hora suiza",
        ],
    },
    Names {
        language: "it",
        weekdays: ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        months: [
            "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
            "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
        ],
        times: [
            "ora olandese", "ora tedesca", "ora belga", "ora danese", "ora irlandese", "ora finlandese", "ora britannica", "ora lussemburghese",
            "ora spagnola", "ora norvegese", "ora francese", "ora italiana", "ora svedese", "ora austriaca", "ora polacca", "ora svizzera",
        ],
    },
    Names {
        language: "pl",
        weekdays: ["poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela"],
        months: [
            "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
            "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
        ],
        times: [
            "czasu holenderskiego", "czasu niemieckiego", "czasu belgijskiego", "czasu duńskiego",
            "czasu irlandzkiego", "czasu fińskiego", "czasu brytyjskiego", "czasu luksemburskiego",
            "czasu hiszpańskiego", "czasu norweskiego", "czasu francuskiego", "czasu włoskiego",
            "czasu szwedzkiego", "czasu austriackiego", "czasu polskiego", "czasu szwajcarskiego",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::LANGUAGES;
    use jiff::tz::TimeZone;

    #[test]
    fn every_language_has_names_of_its_own_and_every_zone_exists() {
        for ((language, _), all) in LANGUAGES.iter().zip(&ALL) {
            assert_eq!(*language, all.language);
        }
        assert_eq!(LANGUAGES.len(), ALL.len());
        for zone in ZONES {
            assert!(TimeZone::get(zone).is_ok(), "{zone}");
        }
        assert!(ZONES.is_sorted());
    }
}
