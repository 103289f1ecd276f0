//! What stays of a message's looks: colours, sizes, borders and the like, read strictly and written anew.
//!
//! Inline styles cannot stay inline (our pages allow none), so each becomes a rule for a number, and the element gets the number.
//! Promises: what comes out consists of words and numbers of the tables below and of addresses of our own; nothing moves out of the
//! letter, covers something or loads anything; light writing stays only if a dark ground stayed too.

use crate::mail::id::random_characters;
use std::collections::HashMap;
use std::fmt::Write;

/// So many different looks are kept.
const MOST: usize = 3_000;

/// Declarations that may stay.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kept(Vec<(&'static str, String)>);

/// All looks of a message, each with a number.
pub(super) struct Looks {
    /// Nobody can guess it, so that no text of the message looks like a mark of ours.
    mark: String,
    numbers: HashMap<Kept, usize>,
    all: Vec<Kept>,
}

impl Looks {
    pub(super) fn new() -> Self {
        let mark = random_characters::<16>();
        Looks {
            mark: String::from_utf8_lossy(&mark).into_owned(),
            numbers: HashMap::new(),
            all: Vec::new(),
        }
    }

    /// A mark for these declarations; `None` if there are none.
    pub(super) fn note(&mut self, kept: &Kept) -> Option<String> {
        let known = self.numbers.get(kept).copied();
        if kept.0.is_empty() || (known.is_none() && self.all.len() == MOST) {
            return None;
        }
        let number = known.unwrap_or_else(|| {
            self.all.push(kept.clone());
            self.numbers.insert(kept.clone(), self.all.len() - 1);
            self.all.len() - 1
        });
        Some(format!("{}-{number}", self.mark))
    }

    /// The same for an attribute that holds a colour; HTML leaves out the `#`.
    pub(super) fn note_colour(&mut self, property: &'static str, value: &str) -> Option<String> {
        let value = value.trim().to_ascii_lowercase();
        let bare = value.len() == 6 && value.bytes().all(|b| b.is_ascii_hexdigit());
        let value = if bare { format!("#{value}") } else { value };
        is_colour(&value)
            .then(|| Kept(vec![(property, value)]))
            .and_then(|kept| self.note(&kept))
    }

    /// The same for a picture of ours behind the words.
    pub(super) fn note_picture(&mut self, path: &str) -> Option<String> {
        self.note(&Kept(vec![("background-image", format!("url({path})"))]))
    }

    /// Puts the numbers where the marks are.
    pub(super) fn named(&self, html: String) -> String {
        let attributes = [
            ("style", "data-s"),
            ("bgcolor", "data-b"),
            ("background", "data-p"),
            ("color", "data-c"),
            ("text", "data-c"),
        ];
        attributes.iter().fold(html, |html, (from, to)| {
            html.replace(&format!(" {from}=\"{}-", self.mark), &format!(" {to}=\""))
        })
    }

    /// True if it brings colours of its own.
    pub(super) fn coloured(&self) -> bool {
        let mut all = self.all.iter().flat_map(|kept| &kept.0);
        all.any(|(name, value)| is_coloured(name, value))
    }

    /// The rules.
    pub(super) fn rules(&self) -> String {
        let on_dark = self.has_dark_ground();
        let mut out = String::new();
        for (number, kept) in self.all.iter().enumerate() {
            let mut body = String::new();
            for (name, value) in &kept.0 {
                let unseen = *name == "color" && !on_dark && light(value).is_some_and(|l| l > 175);
                if !unseen {
                    write!(body, "{name}:{value};").expect("a string takes everything");
                }
            }
            if !body.is_empty() {
                let each = ["s", "b", "p", "c"].map(|a| format!(".letter [data-{a}=\"{number}\"]"));
                writeln!(out, "{}{{{body}}}", each.join(",")).expect("a string takes everything");
            }
        }
        out
    }

    fn has_dark_ground(&self) -> bool {
        let mut all = self.all.iter().flat_map(|kept| &kept.0);
        all.any(|(name, value)| match *name {
            "background-color" => light(value).is_some_and(|l| l < 160),
            name => name == "background-image",
        })
    }
}

fn is_coloured(name: &str, value: &str) -> bool {
    let nothing = ["inherit", "transparent", "currentcolor", "initial"];
    ["color", "background-color", "background-image"].contains(&name) && !nothing.contains(&value)
}

/// The declarations of a `style` attribute that may stay. `pictures` knows where a picture of this mail is.
pub(super) fn kept(style: &str, mut pictures: impl FnMut(&str) -> Option<String>) -> Kept {
    let mut out = Kept::default();
    for declaration in style.split(';').take(100) {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let name = name.trim().to_ascii_lowercase();
        let said = value.trim().trim_end_matches("!important").trim_end();
        let value = said.to_ascii_lowercase().replace(", ", ",");
        match name.as_str() {
            "background" | "background-image" | "list-style" | "list-style-image" => {
                if let Some(path) = url_in(said).and_then(&mut pictures)
                    && name.starts_with("background")
                {
                    out.put("background-image", format!("url({path})"));
                }
                if name == "background" {
                    let colour = value.split_ascii_whitespace().find(|word| is_colour(word));
                    out.0
                        .extend(colour.map(|c| ("background-color", c.to_owned())));
                }
            }
            _ => {
                let known = PROPERTIES.iter().find(|(property, _)| *property == name);
                if let Some((property, _)) = known.filter(|(_, fits)| fits.take(&value)) {
                    out.put(property, value);
                }
            }
        }
    }
    out
}

impl Kept {
    fn put(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }
}

/// What a property may be.
enum Fits {
    Colour,
    Words(&'static [&'static str]),
    /// One to four lengths from nothing up to so many pixels.
    Lengths(f32),
    /// A length between these.
    Size(f32, f32),
    /// A bare number between these, a percentage or a length that comes to the same.
    Line,
    Border,
}

const STYLES: [&str; 9] = [
    "none", "hidden", "solid", "dashed", "dotted", "double", "groove", "ridge", "inset",
];

const PROPERTIES: [(&str, Fits); 41] = [
    ("color", Fits::Colour),
    ("background-color", Fits::Colour),
    ("border-color", Fits::Colour),
    (
        "text-align",
        Fits::Words(&["left", "right", "center", "justify", "start", "end"]),
    ),
    (
        "vertical-align",
        Fits::Words(&[
            "top", "middle", "bottom", "baseline", "sub", "super", "text-top",
        ]),
    ),
    (
        "font-weight",
        Fits::Words(&[
            "normal", "bold", "bolder", "lighter", "100", "200", "300", "400", "500", "600", "700",
            "800", "900",
        ]),
    ),
    ("font-style", Fits::Words(&["normal", "italic", "oblique"])),
    ("font-variant", Fits::Words(&["normal", "small-caps"])),
    (
        "text-decoration",
        Fits::Words(&["none", "underline", "line-through", "overline"]),
    ),
    (
        "text-decoration-line",
        Fits::Words(&["none", "underline", "line-through", "overline"]),
    ),
    (
        "text-transform",
        Fits::Words(&["none", "uppercase", "lowercase", "capitalize"]),
    ),
    (
        "white-space",
        Fits::Words(&["normal", "pre-wrap", "pre-line", "break-spaces"]),
    ),
    ("direction", Fits::Words(&["ltr", "rtl"])),
    (
        "display",
        Fits::Words(&["none", "block", "inline", "inline-block"]),
    ),
    ("visibility", Fits::Words(&["hidden", "visible"])),
    ("border-collapse", Fits::Words(&["collapse", "separate"])),
    (
        "list-style-type",
        Fits::Words(&[
            "none",
            "disc",
            "circle",
            "square",
            "decimal",
            "lower-alpha",
            "lower-latin",
            "lower-roman",
            "upper-alpha",
            "upper-latin",
            "upper-roman",
        ]),
    ),
    ("font-size", Fits::Size(5.0, 48.0)),
    ("line-height", Fits::Line),
    ("text-indent", Fits::Size(0.0, 100.0)),
    ("width", Fits::Size(0.0, 2000.0)),
    ("max-width", Fits::Size(20.0, 2000.0)),
    ("margin", Fits::Lengths(100.0)),
    ("margin-top", Fits::Lengths(100.0)),
    ("margin-right", Fits::Lengths(100.0)),
    ("margin-bottom", Fits::Lengths(100.0)),
    ("margin-left", Fits::Lengths(100.0)),
    ("padding", Fits::Lengths(100.0)),
    ("padding-top", Fits::Lengths(100.0)),
    ("padding-right", Fits::Lengths(100.0)),
    ("padding-bottom", Fits::Lengths(100.0)),
    ("padding-left", Fits::Lengths(100.0)),
    ("border-radius", Fits::Lengths(40.0)),
    ("border-spacing", Fits::Lengths(40.0)),
    ("border-width", Fits::Lengths(10.0)),
    ("border-style", Fits::Words(&STYLES)),
    ("border", Fits::Border),
    ("border-top", Fits::Border),
    ("border-right", Fits::Border),
    ("border-bottom", Fits::Border),
    ("border-left", Fits::Border),
];

impl Fits {
    fn take(&self, value: &str) -> bool {
        let within = |value: &str, least: f32, most: f32| {
            value == "auto" || pixels(value).is_some_and(|p| (least..=most).contains(&p))
        };
        let mut words = value.split_ascii_whitespace();
        match self {
            Fits::Colour => is_colour(value),
            Fits::Words(known) => known.contains(&value),
            Fits::Lengths(most) => {
                words.clone().count() <= 4
                    && !value.is_empty()
                    && words.all(|w| within(w, 0.0, *most))
            }
            Fits::Size(least, most) => within(value, *least, *most),
            Fits::Line => match value.parse::<f32>() {
                Ok(number) => (1.0..=3.0).contains(&number),
                Err(_) => value == "normal" || within(value, 12.0, 70.0),
            },
            Fits::Border => {
                !value.is_empty()
                    && words.all(|w| within(w, 0.0, 10.0) || STYLES.contains(&w) || is_colour(w))
            }
        }
    }
}

/// A length in pixels, roughly; a percentage counts as so many pixels up to 100, which is no more than the whole.
fn pixels(value: &str) -> Option<f32> {
    if value == "0" {
        return Some(0.0);
    }
    let split = value.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))?;
    let (number, unit) = value.split_at(split);
    let number: f32 = number.parse().ok()?;
    let factor = match unit {
        "px" => 1.0,
        "pt" => 4.0 / 3.0,
        "em" | "rem" => 16.0,
        "ex" | "ch" => 8.0,
        "cm" => 37.8,
        "mm" => 3.78,
        "in" => 96.0,
        "pc" => 16.0,
        // Of the writing around it a percentage says nothing about pixels; more than the whole is too wide.
        "%" if (0.0..=100.0).contains(&number) => return Some(number.clamp(20.0, 40.0)),
        _ => return None,
    };
    Some(number * factor)
}

/// `#rgb`, `rgb(…)`, `hsl(…)`, or a word: browsers ignore words they do not know.
fn is_colour(value: &str) -> bool {
    let inside = ["rgb(", "rgba(", "hsl(", "hsla("]
        .iter()
        .find_map(|begin| value.strip_prefix(begin)?.strip_suffix(')'));
    match (value.strip_prefix('#'), inside) {
        (Some(hex), _) => {
            [3, 4, 6, 8].contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit())
        }
        (_, Some(inside)) => {
            inside.len() <= 40
                && inside
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b" .,%/".contains(&b))
        }
        _ => COLOURS.contains(&value),
    }
}

/// The words for colours that mails use, and those that mean none.
const COLOURS: [&str; 36] = [
    "aqua",
    "black",
    "blue",
    "brown",
    "crimson",
    "currentcolor",
    "cyan",
    "darkblue",
    "darkgray",
    "darkgreen",
    "darkgrey",
    "darkred",
    "fuchsia",
    "gold",
    "gray",
    "green",
    "grey",
    "inherit",
    "lightgray",
    "lightgrey",
    "lime",
    "magenta",
    "maroon",
    "navy",
    "olive",
    "orange",
    "pink",
    "purple",
    "red",
    "silver",
    "teal",
    "transparent",
    "white",
    "whitesmoke",
    "windowtext",
    "yellow",
];

/// How light a colour is, 0 to 255, where that can be said.
fn light(value: &str) -> Option<u32> {
    let [r, g, b] = match value {
        "white" | "whitesmoke" => [255; 3],
        "lightgray" | "lightgrey" | "silver" => [200; 3],
        "yellow" | "aqua" | "cyan" | "lime" | "gold" | "pink" => [255, 200, 100],
        value if value.starts_with('#') => hex(&value[1..])?,
        value if value.starts_with("rgb") => numbers(value)?,
        value if value.starts_with("hsl") => return None,
        "inherit" | "transparent" | "currentcolor" => return None,
        _ => [90; 3],
    };
    Some((299 * r + 587 * g + 114 * b) / 1000)
}

fn hex(digits: &str) -> Option<[u32; 3]> {
    let value = |text: &str| u32::from_str_radix(text, 16).ok();
    match digits.len() {
        3 | 4 => {
            let one = |at: usize| value(&digits[at..=at]).map(|v| v * 17);
            Some([one(0)?, one(1)?, one(2)?])
        }
        _ => Some([
            value(&digits[..2])?,
            value(&digits[2..4])?,
            value(&digits[4..6])?,
        ]),
    }
}

/// `rgba(…)` that is hardly there is no ground.
fn numbers(value: &str) -> Option<[u32; 3]> {
    let inside = value.split_once('(')?.1.trim_end_matches(')');
    let mut all = inside
        .split(|c: char| ", /".contains(c))
        .filter(|word| !word.is_empty())
        .map(|word| word.parse::<f32>().ok());
    let mut next = || all.next().flatten();
    let (r, g, b) = (next()?, next()?, next()?);
    let seen = next().is_none_or(|alpha| alpha > 0.5);
    seen.then_some([r, g, b].map(|part| part.clamp(0.0, 255.0) as u32))
}

fn url_in(value: &str) -> Option<&str> {
    let at = value.to_ascii_lowercase().find("url(")?;
    let inside = value.get(at + 4..)?.split(')').next()?;
    Some(inside.trim().trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn css(style: &str) -> String {
        let kept = kept(style, |url| {
            (url == "cid:a").then(|| "/open/A/picture/1".into())
        });
        let all = kept
            .0
            .iter()
            .map(|(name, value)| format!("{name}:{value};"));
        all.collect()
    }

    #[test]
    fn looks_that_people_use_stay() {
        let rows = [
            ("color: RED", "color:red;"),
            ("color:#1F497D;", "color:#1f497d;"),
            (
                "background:yellow;mso-highlight:yellow",
                "background-color:yellow;",
            ),
            (
                "background: #123456 none repeat",
                "background-color:#123456;",
            ),
            ("background: rgb(1, 2, 3)", "background-color:rgb(1,2,3);"),
            (
                "background-image:url('cid:a')",
                "background-image:url(/open/A/picture/1);",
            ),
            (
                "text-align:right;font-weight:bold",
                "text-align:right;font-weight:bold;",
            ),
            ("margin:0cm 0cm 8pt 36.0pt", "margin:0cm 0cm 8pt 36.0pt;"),
            (
                "border:none;border-top:solid #E1E1E1 1.0pt",
                "border:none;border-top:solid #e1e1e1 1.0pt;",
            ),
            ("margin:0px 0px 0px 0.8ex", "margin:0px 0px 0px 0.8ex;"),
            ("width:226.55pt", "width:226.55pt;"),
            ("color:red !important", "color:red;"),
            // Tables of newsletters say it of the box around everything, and sizes of its own in each box within.
            ("font-size:0px;text-align:left", "text-align:left;"),
        ];
        for (style, wanted) in rows {
            assert_eq!(css(style), wanted, "{style}");
        }
    }

    #[test]
    fn nothing_moves_loads_or_breaks_out() {
        let rows = [
            "position:fixed",
            "position:absolute;top:0",
            "margin-left:-500px",
            "width:5000px",
            "height:20000px",
            "z-index:9",
            "float:left",
            "transform:scale(9)",
            "opacity:0",
            "background:url(https://track.example/)",
            "background-image:u\\72l(x)",
            "color:expression(alert(1))",
            "color:red}body{color:blue",
            "color:var(--x)",
            "font-family:'x}body{background:url(x)'",
            "content:url(x)",
            "filter:url(x)",
            "background-image:image-set('x' 1x)",
            "color:/**/red",
            "color:red</style><script>",
            "font-size:900px",
            "font-size:7000%",
            "text-indent:-9999px",
            "padding:9999px",
            "cursor:url(x)",
            "background:url(cid:b)",
            "-moz-binding:url(x)",
            "behavior:url(x)",
            "color",
            ":",
            ";;",
            "",
            "animation:x 1s",
            "display:flex",
            "overflow:hidden",
            "clip:rect(0,0,0,0)",
        ];
        for style in rows {
            assert_eq!(css(style), "", "{style}");
        }
    }

    #[test]
    fn light_writing_needs_a_dark_ground() {
        let rules = |styles: &[&str]| {
            let mut looks = Looks::new();
            for style in styles {
                looks.note(&kept(style, |_| None));
            }
            (looks.rules(), looks.coloured())
        };
        assert_eq!(rules(&["color:#fff"]).0, "");
        assert!(
            rules(&["color:white", "background:navy"])
                .0
                .contains("color:white")
        );
        assert!(rules(&["color:#999"]).0.contains("color:#999"));
        assert!(rules(&["color:black"]).1);
        assert!(!rules(&["font-weight:bold", "background:transparent"]).1);
    }
}
