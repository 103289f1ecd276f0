//! Chains: groups of digits and letters with single joints between them, out of which candidates are cut.
//!
//! Promises: reads forward only, never more than [`MOST_GROUPS`] groups at once; what is longer than any number is no group. Leaves to
//! others: which run of groups is a number (`scanner`).

use super::characters::{Joint, Kind, kind};
use std::ops::Range;

/// Digits and letters that touch each other.
#[derive(Debug, Clone)]
pub struct Group {
    /// Where it stands in the text, from its first to its last visible character.
    pub range: Range<usize>,
    /// Where it stands in [`Chain::compact`].
    pub compact: Range<usize>,
    /// What joins it to the group before it; `None`: it is the first.
    pub joint: Option<Joint>,
    /// It has a digit.
    pub digits: bool,
    /// It has a letter.
    pub letters: bool,
}

impl Group {
    /// How many digits and letters it has.
    pub fn len(&self) -> usize {
        self.compact.len()
    }

    /// It is digits only.
    pub fn is_number(&self) -> bool {
        self.digits && !self.letters
    }
}

/// Groups of one chain, or as many as are looked at together.
#[derive(Default)]
pub struct Chain {
    /// In the order of the text.
    pub groups: Vec<Group>,
    /// Their digits and letters (upper case), without joints.
    pub compact: String,
    /// Behind the last character that was read; the chain may go on there.
    pub end: usize,
    /// The chain goes on: it was cut because it has too many groups.
    pub cut: bool,
}

/// Groups that are read at once; a longer chain is looked at in several.
pub const MOST_GROUPS: usize = 256;

/// Of one group: no number is longer.
const LONGEST_GROUP: usize = 64;

/// Of a group of letters only inside a number: bank codes of IBANs, parts of the Italian tax code.
const LONGEST_LETTERS: usize = 4;

/// Groups of letters only that follow each other inside a number: `… 90AB CDEF G`.
const LETTERS_IN_A_ROW: usize = 2;

impl Chain {
    /// Reads a chain that begins at `begin`, where a group begins. In running text a line may end behind a group of four.
    pub fn read(&mut self, text: &str, begin: usize, is_running: bool) {
        self.groups.clear();
        self.compact.clear();
        self.end = begin;
        self.cut = false;
        let (mut joint, mut in_a_row) = (None, 0);
        while let Some((group, end)) = self.group(text, joint) {
            in_a_row = if group.digits { 0 } else { in_a_row + 1 };
            if in_a_row > LETTERS_IN_A_ROW {
                self.compact.truncate(group.compact.start);
                return;
            }
            self.groups.push(group);
            self.end = end;
            let Some((next, behind)) = joint_at(text, end) else {
                return;
            };
            let four = self.groups.last().is_some_and(|group| group.len() == 4);
            if next == Joint::Line && !(is_running && four) {
                return;
            }
            self.cut = self.groups.len() == MOST_GROUPS;
            if self.cut {
                return;
            }
            joint = Some(next);
            self.end = behind;
        }
    }

    /// The group at `self.end`, and where the text behind it goes on. What is no group of a number is skipped, and `None`.
    fn group(&mut self, text: &str, joint: Option<Joint>) -> Option<(Group, usize)> {
        let start = self.compact.len();
        let mut range = self.end..self.end;
        let (mut digits, mut letters, mut word) = (false, false, false);
        let mut end = self.end;
        for (at, c) in text[self.end..].char_indices() {
            let at = self.end + at;
            match kind(c) {
                Kind::Digit(_) | Kind::Letter(_) if self.compact.len() - start > LONGEST_GROUP => {
                    word = true;
                }
                Kind::Digit(digit) => {
                    digits = true;
                    self.compact.push(digit.into());
                }
                Kind::Letter(letter) => {
                    letters = true;
                    self.compact.push(letter.into());
                }
                Kind::Foreign => word = true,
                Kind::Nothing => {
                    end = at + c.len_utf8();
                    continue;
                }
                Kind::Joint(_) | Kind::End => break,
            }
            if self.compact.len() == start + 1 && range.is_empty() {
                range.start = at;
            }
            end = at + c.len_utf8();
            range.end = end;
        }
        let len = self.compact.len() - start;
        if len == 0 || word || (!digits && len > LONGEST_LETTERS) {
            self.compact.truncate(start);
            self.end = end;
            return None;
        }
        let compact = start..self.compact.len();
        let group = Group {
            range,
            compact,
            joint,
            digits,
            letters,
        };
        Some((group, end))
    }
}

/// A joint: one character, a hyphen with a space on both sides, or the end of a line behind a space (RFC 3676 leaves it there); and where
/// the text goes on.
fn joint_at(text: &str, at: usize) -> Option<(Joint, usize)> {
    let (first, behind) = joint(text, at)?;
    let Some((second, behind_second)) = joint(text, behind) else {
        return Some((first, behind));
    };
    let Some((third, behind_third)) = joint(text, behind_second) else {
        let flowed = (first, second) == (Joint::Space, Joint::Line);
        return flowed.then_some((Joint::Line, behind_second));
    };
    let spaced = (first, second, third) == (Joint::Space, Joint::Hyphen, Joint::Space);
    (spaced && joint(text, behind_third).is_none()).then_some((Joint::Hyphen, behind_third))
}

fn joint(text: &str, at: usize) -> Option<(Joint, usize)> {
    for (offset, c) in text[at..].char_indices() {
        match kind(c) {
            Kind::Nothing => {}
            Kind::Joint(joint) => return Some((joint, at + offset + c.len_utf8())),
            _ => return None,
        }
    }
    None
}

/// Where a chain begins that has a digit at `digit`: the group of the digit, and short groups of letters before it
/// (`NL 91 ABNA …`), not before `floor`.
pub fn begin_of(text: &str, digit: usize, floor: usize) -> usize {
    let mut begin = group_before(text, digit, floor, usize::MAX);
    for _ in 0..LETTERS_IN_A_ROW {
        let Some((at, c)) = text[floor..begin].char_indices().next_back() else {
            return begin;
        };
        let end = floor + at;
        let start = group_before(text, end, floor, LONGEST_LETTERS);
        let joins = matches!(kind(c), Kind::Joint(joint) if joint != Joint::Line);
        if !joins || start == end {
            return begin;
        }
        begin = start;
    }
    begin
}

/// Where the group that ends at `end` begins; `end` if it has more than `most` characters.
fn group_before(text: &str, end: usize, floor: usize, most: usize) -> usize {
    let inside = |c: char| !matches!(kind(c), Kind::Joint(_) | Kind::End);
    // `är 12`: a word of the sentence, no letters of the number.
    let word = |c: char| most != usize::MAX && kind(c) == Kind::Foreign;
    let mut begin = end;
    for (count, (at, c)) in text[floor..end].char_indices().rev().enumerate() {
        if !inside(c) {
            break;
        }
        if count == most || word(c) {
            return end;
        }
        begin = floor + at;
    }
    begin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(text: &str) -> Vec<String> {
        let digit = super::super::characters::next_digit(text, 0).unwrap();
        let mut chain = Chain::default();
        chain.read(text, begin_of(text, digit, 0), true);
        let compact = |group: &Group| chain.compact[group.compact.clone()].to_owned();
        chain.groups.iter().map(compact).collect()
    }

    #[test]
    fn groups_are_joined_by_one_character() {
        for (text, want) in [
            ("12 34-56.78/90+1", "12 34 56 78 90 1"),
            ("811228 - 9874", "811228 9874"),
            ("12  34", "12"),
            ("12 - - 34", "12"),
            ("12\t34", "12"),
            ("12\n34", "12"),
            ("1234\n5678 \n9", "1234 5678 9"),
            ("1234\n\n5678", "1234"),
            ("1234\n 5678", "1234"),
            ("12345\n5678", "12345"),
            ("12,34", "12"),
            ("12_34", "12"),
            ("\u{ff11}\u{ff12}\u{a0}\u{662}\u{663}", "12 23"),
            ("1\u{200b}2\u{ad}3 4", "123 4"),
            ("nl 91 abna", "NL 91 ABNA"),
            ("my dear NL91 ABNA 04", "MY DEAR NL91 ABNA 04"),
            ("to IBAN NL 91 abcd efgh ijkl", "IBAN NL 91 ABCD EFGH"),
            ("x12é 34", ""),
            ("är 12 34", "12 34"),
            ("è 12", "12"),
            ("à NL 12", "NL 12"),
            ("的12番", "12"),
        ] {
            assert_eq!(groups(text).join(" "), want, "{text}");
        }
    }

    #[test]
    fn what_is_longer_than_any_number_is_no_group() {
        assert!(groups(&"1".repeat(1 << 20)).is_empty());
        assert_eq!(groups(&"1 ".repeat(1 << 20)).len(), MOST_GROUPS);
    }
}
