//! What a path has made of a text.

use std::ops::Range;

use super::{Event, Path};
use crate::model::Model;
use crate::{detect, search};

/// The characters that a path has made of a text, what each costs as text, and the event that gave it.
pub(crate) struct Restored {
    pub(crate) chars: Vec<char>,
    pub(crate) costs: Vec<f32>,
    by: Vec<usize>,
}

impl Restored {
    pub(crate) fn of(model: &Model, path: &Path) -> Restored {
        let emitted = path.events.iter().enumerate();
        let (by, chars): (Vec<usize>, Vec<char>) = emitted.filter_map(|(i, e)| Some((i, e.emitted()?))).unzip();
        let costs = detect::costs(model, "", &chars).scores;
        Restored { chars, costs, by }
    }

    /// The event that gave a character.
    pub(crate) fn event<'p>(&self, path: &'p Path, at: usize) -> &'p Event {
        &path.events[self.by[at]]
    }

    /// The [heat](search::core) of what some events gave.
    pub(crate) fn heat(&self, events: Range<usize>) -> f32 {
        let before = |event: usize| self.by.partition_point(|&by| by < event);
        let chars = before(events.start)..before(events.end);
        search::core(&self.chars[chars.clone()], &self.costs[chars]).1
    }
}
