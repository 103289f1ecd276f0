//! The patterns of a policy while it is read: each is compiled once, whatever the number of rules that name it.
//!
//! A pattern is a word or phrase, or an expression: `/…/`, or `/…/i` for any case.
//! Promises: what is taken can be searched for in bounded time and memory. Leaves to others: where it was written (`sheet`, `lists`).

use super::PatternId;
use super::engine::{Engine, Pattern};
use super::expression::{Expression, Refused};
use super::word::Word;
use std::collections::HashMap;
use std::sync::Arc;

/// What was read so far.
#[derive(Debug, Default)]
pub struct Patterns {
    known: HashMap<Arc<str>, PatternId>,
    read: Vec<Pattern>,
    /// As written, and where first.
    written: Vec<(Arc<str>, String)>,
    size: usize,
}

/// A pattern and how it is written.
pub type Named = (PatternId, Arc<str>);

/// All expressions together, compiled, in bytes.
const MAX_SIZE: usize = 64 << 20;

impl Patterns {
    /// Takes a word, a phrase, `/expression/` or `/expression/i`. `place`: `20-words.toml:7`.
    pub fn add(&mut self, written: &str, place: &str) -> Result<Named, Refused> {
        match written.trim().strip_prefix('/') {
            Some(_) => self.take(written.trim(), place, slashed),
            None => self.take(written.trim(), place, word),
        }
    }

    /// Takes an expression, with or without slashes.
    pub fn add_expression(&mut self, written: &str, place: &str) -> Result<Named, Refused> {
        let slashed = written.len() > 1
            && written.starts_with('/')
            && written.trim_end_matches('i').ends_with('/');
        match slashed {
            true => self.add(written, place),
            false => self.add(&format!("/{written}/"), place),
        }
    }

    fn take(
        &mut self,
        written: &str,
        place: &str,
        read: fn(&str) -> Result<Pattern, Refused>,
    ) -> Result<Named, Refused> {
        if let Some((known, id)) = self.known.get_key_value(written) {
            return Ok((*id, Arc::clone(known)));
        }
        let pattern = read(written)?;
        self.size += match &pattern {
            Pattern::Expression(expression) => expression.size(),
            Pattern::Word(..) => 0,
        };
        if self.size > MAX_SIZE {
            return Err(Refused {
                why: "with it, the expressions of the policy are larger than 64 MiB".into(),
                help: "\\w, \\pL and counted repetitions are large: [a-z] and + are small".into(),
            });
        }
        let (id, written) = (PatternId(self.read.len() as u32), Arc::<str>::from(written));
        self.known.insert(Arc::clone(&written), id);
        self.written.push((Arc::clone(&written), place.to_owned()));
        self.read.push(pattern);
        Ok((id, written))
    }

    /// The engine; and every pattern as written and where first, by its number.
    pub fn finish(self) -> (Engine, Vec<(Arc<str>, String)>) {
        (Engine::new(self.read), self.written)
    }
}

fn word(written: &str) -> Result<Pattern, Refused> {
    match Word::read(written) {
        Ok((word, needle)) => Ok(Pattern::Word(word, needle)),
        Err(why) => Err(Refused { why, help: "write a word, a phrase, the beginning of a word as diagnos*, or a /regular expression/".into() }),
    }
}

fn slashed(written: &str) -> Result<Pattern, Refused> {
    let inside = &written[1..];
    let Some((expression, flags)) = inside.rsplit_once('/') else {
        return Err(Refused {
            why: "it begins with / and does not end with it".into(),
            help: "write /…/, or /…/i for any case".into(),
        });
    };
    if !matches!(flags, "" | "i") {
        return Err(Refused {
            why: format!("it ends with /{flags}"),
            help: "write /…/, or /…/i for any case; (?s) and (?m) stand inside".into(),
        });
    }
    Ok(Pattern::Expression(Box::new(Expression::read(
        expression,
        flags == "i",
    )?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_taken_once() {
        let mut patterns = Patterns::default();
        let first = patterns.add("secret", "a:1").expect("a word");
        assert_eq!(patterns.add(" secret", "b:1").expect("a word"), first);
        assert_ne!(
            patterns.add("/secret/", "b:1").expect("an expression"),
            first
        );
        let same = patterns.add("/a[b-z]/i", "b:1").expect("an expression");
        assert_eq!(
            patterns
                .add_expression("/a[b-z]/i", "b:2")
                .expect("an expression"),
            same
        );
        let (engine, written) = patterns.finish();
        assert_eq!((engine.len(), written.len()), (3, 3));
        let costly = engine.costly();
        let costly = costly.iter().map(|id| &written[id.0 as usize]);
        assert_eq!(
            costly.collect::<Vec<_>>(),
            [&("/a[b-z]/i".into(), "b:1".to_owned())]
        );
    }

    #[test]
    fn what_cannot_be_searched_for_is_refused_with_words_that_help() {
        let long = format!("/{}/", "a".repeat(5_000));
        let deep = format!("/{}a{}/", "(".repeat(60), ")".repeat(60));
        for (written, why) in [
            ("/(a{0,200}){0,200}b/", "unfolds to more than 1 MiB"),
            ("/a*/", "nothing at all"),
            ("/[^\\s\\S]/", "never match"),
            ("/(?<!x)a/", "looks around"),
            ("/(a)\\1/", "refers back"),
            ("/a(b/", "unclosed group"),
            ("/ab", "does not end"),
            ("/ab/x", "ends with /x"),
            ("//", "nothing at all"),
            (&long, "longer than 4 KiB"),
            (&deep, "50 brackets"),
            ("?!", "too short"),
            ("a*b", "star"),
        ] {
            let refused = Patterns::default().add(written, "a:1").expect_err(written);
            assert!(refused.why.contains(why), "{written}: {refused:?}");
            assert!(!refused.help.is_empty());
        }
    }
}
