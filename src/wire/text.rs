//! Lines of content on their way in, whichever way they come: what is wrong with them is found here, and nothing comes out behind it.
//!
//! Promises: what is wrong stays so, and a bare line end outweighs a long line; a line of any length costs no memory. Leaves to others: where a line ends ([`super::dot`], [`super::chunk`]).

/// Longest line that is taken, in bytes without its end. RFC 5321 wants 998; real clients send more, endless lines are an attack.
pub const MAX_LINE: usize = 64 * 1024;

/// What to do with a CR or LF that is not part of CR LF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    /// A flaw.
    Strict,
    /// Written as CR LF: for known devices that know no better. It never ends a mail. NUL stays a flaw.
    Repair,
}

/// Why content is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A CR or LF that is not part of CR LF, or a NUL.
    BareLineEnd,
    /// A line over [`MAX_LINE`].
    LineTooLong,
}

/// What is known of the content so far.
#[derive(Debug)]
pub(super) struct Text {
    line_ends: LineEnds,
    flaw: Option<Flaw>,
    /// Bytes of the line read so far.
    line: usize,
}

impl Text {
    pub(super) fn new(line_ends: LineEnds) -> Self {
        Text {
            line_ends,
            flaw: None,
            line: 0,
        }
    }

    /// The gravest flaw so far.
    pub(super) fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// A line begins.
    pub(super) fn start(&mut self) {
        self.line = 0;
    }

    /// A bare line end: a flaw, or CR LF from now on. A line begins.
    pub(super) fn mend(&mut self, sink: &mut impl FnMut(&[u8])) {
        match self.line_ends {
            LineEnds::Strict => self.find(Flaw::BareLineEnd),
            LineEnds::Repair => self.give(b"\r\n", sink),
        }
        self.start();
    }

    pub(super) fn lengthen(&mut self, by: usize) {
        self.line += by;
        if self.line > MAX_LINE {
            self.find(Flaw::LineTooLong);
        }
    }

    pub(super) fn find(&mut self, flaw: Flaw) {
        match flaw {
            // Whatever was wrong before: whoever sent it may see the end of this mail elsewhere than we do.
            Flaw::BareLineEnd => self.flaw = Some(flaw),
            Flaw::LineTooLong => drop(self.flaw.get_or_insert(flaw)),
        }
    }

    /// Content, unless something was wrong before it.
    pub(super) fn give(&mut self, block: &[u8], sink: &mut impl FnMut(&[u8])) {
        if self.flaw.is_none() && !block.is_empty() {
            sink(block);
        }
    }
}
