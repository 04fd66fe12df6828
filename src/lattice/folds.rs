//! What later passes make of a page's characters, and so what a character may have been: mostly ASCII.

use std::sync::OnceLock;

use unicode_normalization::char::decompose_compatible;

use super::Cased;
use crate::codec::{Encoding, Parse};

/// What a pass over a text makes something else of, all or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folded {
    /// Letters and digits by a compatibility decomposition (NFKC, NFKD): of `²` it makes `2`.
    Compatible,
    /// Signs by the same: of `™` it makes `TM`.
    Sign,
    Ellipsis,
    /// Quotation marks and dashes, as on a typewriter.
    Quote,
    LowQuote,
    /// Angle quotation marks, and an accent that stands for an apostrophe.
    OtherQuote,
    Dash,
    SoftHyphen,
    /// Capitals where letters were made small, and small letters where they were made capitals.
    Capital,
    Small,
}

/// What is in a text of all that passes make something else of: where a pass went over it, nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unfolded(u16);

/// Of nothing. Letters mostly are of one case without any pass: that one went over them is an explanation of its own ([`Unfolded::cased`]).
impl Default for Unfolded {
    fn default() -> Unfolded {
        Unfolded(1 << Folded::Capital as u16 | 1 << Folded::Small as u16)
    }
}

impl Unfolded {
    pub(crate) fn of(text: &[char]) -> Unfolded {
        let mut unfolded = Unfolded::default();
        text.iter().for_each(|&c| unfolded.see(c));
        unfolded
    }

    /// The same where a pass brought the text to one case, if it did.
    pub(crate) fn cased(self, cased: Option<Cased>) -> Unfolded {
        let lost = cased.map_or(&[][..], Cased::lost);
        Unfolded(lost.iter().fold(self.0, |bits, &kind| bits & !(1 << kind as u16)))
    }

    /// The case that a pass brought the text to.
    pub(crate) fn case(self) -> Option<Cased> {
        Cased::ALL.into_iter().rfind(|cased| cased.lost().iter().all(|&kind| !self.has(kind)))
    }

    /// Takes one more character of the text in.
    pub(crate) fn see(&mut self, c: char) {
        if let Some((kind, _)) = folded(c) {
            self.0 |= 1 << kind as u16;
        }
    }

    fn has(self, kind: Folded) -> bool {
        self.0 >> kind as u16 & 1 == 1
    }
}

/// Characters that stand for one, as many as are not NUL.
type Shown = [char; MOST];

const MOST: usize = 3;

/// What a pass makes of a character, if it is one that is told of here. A no-break space is left out: much else makes a space of it.
fn folded(c: char) -> Option<(Folded, Shown)> {
    let one = |kind, c| Some((kind, [c, '\0', '\0']));
    match c {
        '\0'..='\u{a0}' | '\u{4e00}'..='\u{d7ff}' => return None,
        '‘' | '’' => return one(Folded::Quote, '\''),
        '“' | '”' => return one(Folded::Quote, '"'),
        '‚' => return one(Folded::LowQuote, '\''),
        '„' => return one(Folded::LowQuote, '"'),
        '´' => return one(Folded::OtherQuote, '\''),
        '«' | '»' => return one(Folded::OtherQuote, '"'),
        '–' | '—' => return one(Folded::Dash, '-'),
        '\u{ad}' => return one(Folded::SoftHyphen, '-'),
        _ => {}
    }
    let (mut shown, mut len, mut is_ascii) = (['\0'; MOST], 0, true);
    let mut show = |c: char| {
        if let Some(place) = shown.get_mut(len) {
            *place = c;
        }
        is_ascii &= c.is_ascii();
        len += 1;
    };
    decompose_compatible(c, &mut show);
    let kind = match len {
        1 => Folded::Compatible,
        2..=MOST if c == '…' => Folded::Ellipsis,
        2..=MOST => Folded::Sign,
        _ => return None,
    };
    is_ascii.then_some((kind, shown))
}

/// What passes that bring text to one case make of a letter of the other one.
fn cased(c: char) -> impl Iterator<Item = (Folded, Shown)> {
    let small = (Folded::Capital, shown(c.to_lowercase()));
    let capital = (Folded::Small, shown(c.to_uppercase()));
    // The only letter whose small form depends on where it stands.
    let at_end = (Folded::Capital, ['ς', '\0', '\0']);
    [small, capital].into_iter().filter(move |(_, shown)| shown[0] != c).chain((c == 'Σ').then_some(at_end))
}

fn shown(chars: impl Iterator<Item = char>) -> Shown {
    let mut shown = ['\0'; MOST];
    shown.iter_mut().zip(chars).for_each(|(place, c)| *place = c);
    shown
}

/// What characters may have been in an encoding.
#[derive(Debug)]
pub(crate) struct Folds {
    /// In order, each with the byte.
    all: Vec<(Shown, Folded, u8)>,
}

impl Folds {
    /// Those of an encoding.
    pub(crate) fn of(encoding: Encoding) -> &'static Folds {
        static ALL: [OnceLock<Folds>; Encoding::ALL.len()] = [const { OnceLock::new() }; Encoding::ALL.len()];
        ALL[encoding as usize].get_or_init(|| {
            // Among pairs too little is folded to look for it.
            let bytes = (0x40..=0xFFu8).filter(|_| encoding.is_single_byte());
            let folds = bytes.flat_map(|b| {
                let c = if let Parse::Char { c, .. } = encoding.parse(&[b]) { c } else { '\0' };
                let folded = folded(c).map(|(kind, shown)| (shown, kind, b));
                folded.into_iter().chain(cased(c).map(move |(kind, shown)| (shown, kind, b)))
            });
            let mut all: Vec<(Shown, Folded, u8)> = folds.collect();
            all.sort_unstable_by_key(|&(shown, kind, b)| (shown, kind as u8, b));
            Folds { all }
        })
    }

    /// The byte that a letter may have been before a pass brought it to a case, if it was one letter.
    pub(super) fn before_case(&self, c: char, cased: Cased) -> Option<u8> {
        self.bytes(&[c], Unfolded(u16::MAX).cased(Some(cased))).map(|(.., b)| b).next()
    }

    /// The bytes that one or more characters at the beginning of a text may have been which still has what it has, each with how
    /// many they are.
    pub(crate) fn bytes(&self, text: &[char], has: Unfolded) -> impl Iterator<Item = (usize, Folded, u8)> {
        let first = text.first().copied().unwrap_or_default();
        let begin = self.all.partition_point(|(shown, ..)| shown[0] < first);
        let alike = self.all[begin..].iter().take_while(move |(shown, ..)| shown[0] == first);
        alike.filter_map(move |&(shown, kind, b)| {
            let len = shown.iter().take_while(|&&c| c != '\0').count();
            (!has.has(kind) && text.starts_with(&shown[..len])).then_some((len, kind, b))
        })
    }
}
