//! A table of people, read out of CSV (RFC 4180) or TOML: address, telephone number, language.
//!
//! Promises: a [`Table`] is whole and unambiguous: every number in it can be called, and no address stands in it twice; a text with
//! mistakes gives them with their lines, and no table. Mistakes do not hold the number, as they are printed and logged.
//! Leaves to others: where the text comes from ([`super::file`]).

use super::{Entry, ReadNumber};
use crate::mail::Address;
use crate::transfer::phone::Unfit;
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use toml::Spanned;

/// More people are too many for a file that every gateway holds in memory.
const MOST: usize = 200_000;

/// So many mistakes are told; who makes more has named the wrong file.
const TOLD: usize = 20;

/// Longer than any tag of a language that we have texts in (RFC 5646).
const LANGUAGE: usize = 35;

/// People by their addresses.
#[derive(Default)]
pub struct Table {
    rows: HashMap<String, Row>,
}

/// Names of the columns that are read; all others are left out.
#[derive(Debug, Clone)]
pub struct Columns {
    /// The mail address.
    pub address: String,
    /// The telephone number.
    pub phone: String,
    /// The language; need not be there.
    pub language: String,
}

/// What is wrong with a text, and on which line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// 1-based; 0 if it is about all of it.
    pub line: u64,
    /// A sentence for the operator.
    pub what: String,
}

struct Row {
    address: Address,
    entry: Entry,
    line: u64,
}

/// What stood in one row, unread.
#[derive(Default, Deserialize)]
struct Written {
    #[serde(default)]
    address: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    language: String,
}

#[derive(Deserialize)]
struct People {
    #[serde(default)]
    person: Vec<Spanned<Written>>,
}

impl Default for Columns {
    fn default() -> Self {
        Columns {
            address: "address".into(),
            phone: "phone".into(),
            language: "language".into(),
        }
    }
}

impl Table {
    /// Reads CSV with a header. Its columns are parted by commas, or by semicolons if its first line has no comma, as spreadsheets
    /// write it where the comma stands in numbers.
    pub fn csv(text: &str, columns: &Columns, numbers: &ReadNumber) -> Result<Table, Vec<Mistake>> {
        // Half a number may be another's number.
        if !text.ends_with('\n') {
            return Err(vec![Mistake::of_all(
                "the last line has no end: is it all here?",
            )]);
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let head = text.lines().next().unwrap_or_default();
        let delimiter = if head.contains(',') { b',' } else { b';' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|e| vec![unreadable(&e)])?.clone();
        let places = columns.places(&header)?;
        let mut making = Making::new(numbers);
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    making.add(line, &places.of(&record));
                }
                Err(e) => making.mistakes.push(unreadable(&e)),
            }
            if making.is_enough() {
                break;
            }
        }
        making.end()
    }

    /// Reads TOML: one `[[person]]` for each.
    pub fn toml(text: &str, numbers: &ReadNumber) -> Result<Table, Vec<Mistake>> {
        let line = |at: usize| text[..at.min(text.len())].matches('\n').count() as u64 + 1;
        let people: People = toml::from_str(text).map_err(|e| {
            vec![Mistake {
                line: e.span().map_or(0, |span| line(span.start)),
                what: e.message().to_owned(),
            }]
        })?;
        let mut making = Making::new(numbers);
        for person in people.person {
            making.add(line(person.span().start), person.get_ref());
            if making.is_enough() {
                break;
            }
        }
        making.end()
    }

    /// What it knows of an address; case of the local part does not count, as for policy.
    pub fn find(&self, address: &Address) -> Option<&Entry> {
        self.rows.get(&key(address)).map(|row| &row.entry)
    }

    /// How many people stand in it.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if nobody stands in it.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As CSV with our columns, in the order of the addresses: the same people give the same bytes.
    pub fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut rows: Vec<&Row> = self.rows.values().collect();
        rows.sort_by(|a, b| a.address.cmp(&b.address));
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["address", "phone", "language"])?;
        for Row { address, entry, .. } in rows {
            let (phone, language) = (entry.phone.as_deref(), entry.language.as_deref());
            writer.write_record([
                address.to_string().as_str(),
                phone.unwrap_or_default(),
                language.unwrap_or_default(),
            ])?;
        }
        writer.into_inner().map_err(|e| e.into_error().into())
    }
}

/// Columns by their numbers.
struct Places {
    address: usize,
    phone: usize,
    language: Option<usize>,
}

impl Columns {
    fn places(&self, header: &csv::StringRecord) -> Result<Places, Vec<Mistake>> {
        let place = |name: &str| {
            let mut named = header.iter().enumerate();
            let found = named.find(|(_, column)| column.eq_ignore_ascii_case(name));
            found.map(|(number, _)| number)
        };
        let needed = |name: &str| {
            place(name).ok_or_else(|| {
                let there: Vec<&str> = header.iter().take(12).collect();
                let what = format!("no column \"{name}\"; there are: {}", there.join(", "));
                vec![Mistake { line: 1, what }]
            })
        };
        Ok(Places {
            address: needed(&self.address)?,
            phone: needed(&self.phone)?,
            language: place(&self.language),
        })
    }
}

impl Places {
    fn of(&self, record: &csv::StringRecord) -> Written {
        let text = |number| record.get(number).unwrap_or_default().to_owned();
        Written {
            address: text(self.address),
            phone: text(self.phone),
            language: self.language.map(text).unwrap_or_default(),
        }
    }
}

/// A table that is being read.
struct Making<'a> {
    numbers: &'a ReadNumber,
    table: Table,
    mistakes: Vec<Mistake>,
}

impl<'a> Making<'a> {
    fn new(numbers: &'a ReadNumber) -> Self {
        Making {
            numbers,
            table: Table::default(),
            mistakes: Vec::new(),
        }
    }

    fn add(&mut self, line: u64, written: &Written) {
        match self.row(line, written) {
            Ok(row) => {
                self.table.rows.insert(key(&row.address), row);
            }
            Err(what) => self.mistakes.push(Mistake { line, what }),
        }
    }

    fn row(&self, line: u64, written: &Written) -> Result<Row, String> {
        let address: Address = (written.address.trim().parse())
            .map_err(|e| format!("\"{}\" is no address: {e}", shown(&written.address)))?;
        if let Some(other) = self.table.rows.get(&key(&address)) {
            return Err(format!("{address} stands in line {} too", other.line));
        }
        if self.table.rows.len() >= MOST {
            return Err(format!("more than {MOST} people"));
        }
        let phone = match written.phone.trim() {
            "" => None,
            number => Some((self.numbers)(number).map_err(|unfit| {
                let why = why(unfit);
                format!("{address} has no telephone number that can be called: {why}")
            })?),
        };
        let language = language(written.language.trim()).map_err(|()| {
            format!("{address} has no language: write it as in \"sv\" or \"de-CH\"")
        })?;
        let entry = Entry { phone, language };
        Ok(Row {
            address,
            entry,
            line,
        })
    }

    fn is_enough(&self) -> bool {
        self.mistakes.len() >= TOLD
    }

    fn end(self) -> Result<Table, Vec<Mistake>> {
        match self.mistakes.is_empty() {
            true => Ok(self.table),
            false => Err(self.mistakes),
        }
    }
}

/// What is wrong with a number, and how to mend it.
fn why(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::NoCountry => {
            "it has no country; write +46 70 123 45 67, or name the country of all such numbers (identity.country, import --country)"
        }
        Unfit::NoNumber => "no country has such a number; look at its digits",
        Unfit::WrongKind => {
            "its kind gets no text messages (premium rate, company numbers, pagers …); give another"
        }
    }
}

/// Two addresses of one mailbox have one key.
pub(super) fn key(address: &Address) -> String {
    format!("{}@{}", address.local().to_lowercase(), address.domain())
}

/// A tag of a language in lower case, or none.
pub(super) fn language(written: &str) -> Result<Option<String>, ()> {
    let fit = written.len() <= LANGUAGE
        && written
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && written.bytes().take(2).all(|b| b.is_ascii_alphabetic());
    match written {
        "" => Ok(None),
        tag if fit && tag.len() >= 2 => Ok(Some(tag.to_ascii_lowercase())),
        _ => Err(()),
    }
}

/// A stranger's text, short and without control characters.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

/// Without what stands there: it may be a number.
fn unreadable(error: &csv::Error) -> Mistake {
    let line = error.position().map_or(0, csv::Position::line);
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            format!("{len} columns where the first line has {expected_len}")
        }
        _ => "this cannot be read as CSV".to_owned(),
    };
    Mistake { line, what }
}

impl Mistake {
    pub(super) fn of_all(what: &str) -> Self {
        Mistake {
            line: 0,
            what: what.to_owned(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.what),
            line => write!(f, "line {line}: {}", self.what),
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} people)", self.rows.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::phone;
    use std::sync::Arc;

    /// As in a house that has named no country.
    fn numbers() -> ReadNumber {
        Arc::new(|written: &str| phone::read(written, None))
    }

    fn csv(text: &str) -> Result<Table, String> {
        Table::csv(text, &Columns::default(), &numbers()).map_err(|mistakes| told(&mistakes))
    }

    fn told(mistakes: &[Mistake]) -> String {
        let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    fn number(table: &Table, address: &str) -> Option<String> {
        table.find(&address.parse().unwrap())?.phone.clone()
    }

    #[test]
    fn columns_are_found_by_their_names_and_others_left_out() {
        let texts = [
            "address,phone,language\nbo@partner.example,+46 70-123 45 47,sv\n",
            "Name,LANGUAGE,Phone,Address\n\"Bo, the first\",sv,+46701234547,Bo@Partner.example\n",
            "\u{feff}address;phone;language\r\nbo@partner.example;+46701234547;SV\r\n",
            "address,phone,language\n\nbo@partner.example,+46701234547,sv\n\n",
        ];
        for text in texts {
            let table = csv(text).unwrap();
            let entry = table.find(&"BO@partner.example".parse().unwrap()).unwrap();
            assert_eq!(entry.phone.as_deref(), Some("+46701234547"), "{text}");
            assert_eq!(entry.language.as_deref(), Some("sv"), "{text}");
            assert_eq!(table.len(), 1);
        }
    }

    #[test]
    fn every_mistake_has_its_line_and_no_number() {
        let rows = [
            (
                "name,phone\nbo,+46701234547\n",
                "line 1: no column \"address\"; there are: name, phone",
            ),
            (
                "address,phone\nbo@p.example,0701234547\n",
                "line 2: bo@p.example has no telephone number that can be called: it has no country; write",
            ),
            (
                "address,phone\nbo@p.example,+467012345470000\n",
                "line 2: bo@p.example has no telephone number that can be called: no country has such",
            ),
            (
                "address,phone\nbo@p.example,+46 900 123 45 47\n",
                "line 2: bo@p.example has no telephone number that can be called: its kind gets",
            ),
            (
                "address,phone\nbo@p.example,+46701234547,x\n",
                "line 2: 3 columns where the first line has 2",
            ),
            (
                "address,phone\nnobody,+46701234547\n",
                "line 2: \"nobody\" is no address",
            ),
            (
                "address,phone\n@p.example,+46701234547\n",
                "line 2: \"@p.example\" is no address",
            ),
            (
                "address,phone\na@p.example,+46701234547\nb@p.example,\nA@P.example,+46701234500\n",
                "line 4: A@p.example stands in line 2 too",
            ),
            (
                "address,phone,language\na@p.example,,swedish!\n",
                "line 2: a@p.example has no language",
            ),
            (
                "address,phone\na@p.example,+46701234547\nb@p.example,+4670",
                "the last line has no end",
            ),
            ("", "the last line has no end"),
        ];
        for (text, want) in rows {
            let said = csv(text).unwrap_err();
            assert!(said.contains(want), "{want:?} in {said:?}");
            assert!(!said.contains("1234547"), "{said}");
        }
    }

    #[test]
    fn one_wrong_row_spoils_the_table_and_many_are_not_all_told() {
        let good = "a@p.example,+46701234547\n";
        assert!(csv(&format!("address,phone\n{good}b@p.example,123\n")).is_err());
        let many = "x,y\n".repeat(1000);
        let said = csv(&format!("address,phone\n{many}")).unwrap_err();
        assert_eq!(said.lines().count(), TOLD);
    }

    #[test]
    fn toml_has_people_too() {
        let text = "# ours\n[[person]]\naddress = \"bo@partner.example\"\nphone = \"+46701234547\"\nroom = \"B2\"\n\n\
                    [[person]]\naddress = \"eva@partner.example\"\nlanguage = \"de\"\n";
        let table = Table::toml(text, &numbers()).unwrap();
        assert_eq!(
            number(&table, "bo@partner.example").as_deref(),
            Some("+46701234547")
        );
        assert_eq!(number(&table, "eva@partner.example"), None);
        assert_eq!(table.len(), 2);
        let rows = [
            (
                "[[person]]\nphone = \"+46701234547\"\n",
                "line 1: \"\" is no address",
            ),
            (
                "\n[[person]]\naddress = \"bo@p.example\"\nphone = \"1234547\"\n",
                "line 2: bo@p.example has no telephone",
            ),
            ("[[person]]\nphone = 46701234547\n", "line 2: invalid type"),
            ("[[person]\n", "line 1: "),
        ];
        for (text, want) in rows {
            let said = told(&Table::toml(text, &numbers()).unwrap_err());
            assert!(said.contains(want), "{want:?} in {said:?}");
        }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let table = csv("address,phone,language\n\"b\"\"o@p.example\",,\n").map(|_| ());
        assert!(table.is_err());
        let table =
            csv("phone,address,language\n+46701234547,b@p.example,sv\n,a@p.example,de\n").unwrap();
        let written = String::from_utf8(table.to_csv().unwrap()).unwrap();
        assert_eq!(
            written,
            "address,phone,language\na@p.example,,de\nb@p.example,+46701234547,sv\n"
        );
        assert_eq!(csv(&written).unwrap().to_csv().unwrap(), written.as_bytes());
    }
}
