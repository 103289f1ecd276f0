//! What every way of text messages has, whoever is called: which numbers it may reach, how many messages for how much, and the words.
//!
//! Promises: number and text are as `wording` makes them (T99), and of no country that is not allowed (T98).
//! Leaves to others: calling ([`super::http`], [`super::smpp`]), counting (`gateway`).

use super::{Trouble, countries, wording};
use crate::texts::{House, Texts, gsm};
use crate::transfer::{Destination, Notice, TextLimits};
use std::sync::Arc;

/// What a channel of text messages has.
#[derive(Clone)]
pub struct Texting {
    countries: Vec<String>,
    limits: TextLimits,
    house: Arc<House>,
    texts: Arc<Texts>,
}

impl Texting {
    /// Numbers of these countries (none: all), within these limits, in these words.
    pub(super) fn new(
        countries: &[String],
        limits: &TextLimits,
        house: Arc<House>,
        texts: Arc<Texts>,
    ) -> Self {
        Texting {
            countries: countries.to_vec(),
            limits: limits.clone(),
            house,
            texts,
        }
    }

    /// Number and text; `Err` if none can go to this number, or none says it.
    pub(super) fn prepared(&self, notice: &Notice) -> Result<(String, String), Trouble> {
        wording::prepared(&self.texts, &self.house, &self.countries, notice)
    }

    /// How many notices it may send, and for how much.
    pub fn limits(&self) -> &TextLimits {
        &self.limits
    }

    /// How many messages a telephone network makes of this notice, each of which costs.
    pub fn messages(&self, notice: &Notice) -> u64 {
        let text = wording::text_message(&self.texts, &self.house, notice);
        text.map_or(1, |text| gsm::messages(&text) as u64)
    }

    /// Whether this destination may be used at all.
    pub fn reaches(&self, destination: &Destination) -> bool {
        matches!(destination, Destination::Phone(number)
            if countries::allow(number, &self.countries))
    }
}
