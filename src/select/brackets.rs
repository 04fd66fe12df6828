//! What is open where a character was lost: the model has forgotten a bracket that opened ten characters ago.

/// Brackets and quotation marks that close in the line in which they open, but for one in fifty at most.
const PAIRS: [(char, char); 9] = [
    ('（', '）'),
    ('“', '”'),
    ('‘', '’'),
    ('《', '》'),
    ('〈', '〉'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('〔', '〕'),
];
/// What closes is likelier by this where it is open, in nats. In 12 million characters of training text it is by 4 to 9, of which the
/// model knows some: where few characters stand between. Of 2,700 marked texts (`make_cases.py` and markup, records and code) it makes seven
/// right and none wrong.
const CLOSES: f32 = 4.0;
/// What closes and is not open, or opens and is open: in training text one in fifty to one in five hundred is such.
const CLOSES_NOTHING: f32 = -4.0;
const OPENS_AGAIN: f32 = -4.0;

/// What is open in a line, as far as is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Open {
    /// A bit for each pair.
    pairs: u16,
    /// Whether the line was read from its beginning. A text may be an excerpt and begin anywhere.
    from_start: bool,
}

impl Open {
    /// At the beginning of a line.
    const LINE: Open = Open { pairs: 0, from_start: true };

    /// What is open after a character.
    pub(super) fn after(self, c: char) -> Open {
        match c {
            '\n' => Open::LINE,
            _ => match side(c) {
                Some((pair, true)) => Open { pairs: self.pairs | 1 << pair, ..self },
                Some((pair, false)) => Open { pairs: self.pairs & !(1 << pair), ..self },
                None => self,
            },
        }
    }

    /// What speaks for a character here beyond the model, in nats.
    pub(super) fn speaks_for(self, c: char) -> f32 {
        match side(c) {
            None => 0.0,
            Some((pair, opens)) => match (self.pairs >> pair & 1 == 1, opens) {
                (true, false) => CLOSES,
                (true, true) => OPENS_AGAIN,
                (false, false) if self.from_start => CLOSES_NOTHING,
                (false, _) => 0.0,
            },
        }
    }
}

/// The pair that a character is of, and whether it opens it.
fn side(c: char) -> Option<(usize, bool)> {
    let pair = PAIRS.iter().position(|&(open, close)| c == open || c == close)?;
    Some((pair, c == PAIRS[pair].0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_closes() {
        let open = |text: &str| text.chars().fold(Open::default(), Open::after);
        for (text, c, speaks) in [
            ("（三楼", '）', CLOSES),
            ("（三楼", '（', OPENS_AGAIN),
            ("（三楼", '》', 0.0),
            ("三楼", '）', 0.0),
            ("\n三楼", '）', CLOSES_NOTHING),
            ("（三楼）", '，', 0.0),
            ("（三楼\n", '）', CLOSES_NOTHING),
        ] {
            assert_eq!(open(text).speaks_for(c), speaks, "{c} after {text:?}");
        }
    }
}
