//! The exact inverse of a step, where characters may have several byte forms.

use super::Step;
use crate::codec::Parse;

/// What wrote `text` as `step` says; the error is the offset of the first character that rules everything out.
pub(super) fn undo(step: Step, text: &str) -> Result<String, usize> {
    // The usual forms first: both directions then run at full speed, and there is nothing better to be found.
    if let Ok(bytes) = step.read.encode(text)
        && let Some(original) = step.written.decode(&bytes)
        && (!step.read.has_duplicates()
            || !step.written.has_duplicates()
            || step.written.encode(&original).is_ok_and(|again| again == bytes))
    {
        return Ok(original);
    }
    Search::new(step).run(text)
}

/// A byte sequence that `step.written` begins a character with. Nothing longer than the longest form is ever incomplete.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Pending {
    bytes: [u8; 8],
    len: u8,
}

/// How far a way of writing is from the usual: forms that our own encoder would not have written count first, since
/// [`Chain::apply`](super::Chain::apply) never produces them; then unusual forms on the reader's side.
type Cost = (u32, u32);

/// The cheapest way to arrive at some pending bytes.
#[derive(Clone, Copy)]
struct State {
    pending: Pending,
    cost: Cost,
    /// The last character decoded, in [`Search::nodes`].
    node: Option<u32>,
}

/// A decoded character and the one before it.
struct Node {
    before: Option<u32>,
    c: char,
}

/// A left-to-right search over the forms of each character. States with the same pending bytes have the same future, so
/// the best of them stands for all, and there are never more than a few: the time is linear in the text.
struct Search {
    step: Step,
    done: String,
    nodes: Vec<Node>,
    states: Vec<State>,
    /// States that are one character ahead: the second half of a code for two characters is behind them.
    ahead: Vec<State>,
}

impl Search {
    fn new(step: Step) -> Self {
        let start = State { pending: Pending::default(), cost: (0, 0), node: None };
        Search { step, done: String::new(), nodes: Vec::new(), states: vec![start], ahead: Vec::new() }
    }

    fn run(mut self, text: &str) -> Result<String, usize> {
        let mut chars = text.char_indices().peekable();
        while let Some((offset, c)) = chars.next() {
            let mut next = std::mem::take(&mut self.ahead);
            let forms = self.step.read.forms(c);
            let double = chars.peek().and_then(|&(_, second)| self.step.read.pair_form(c, second));
            for state in std::mem::take(&mut self.states) {
                for (i, form) in forms.iter().enumerate() {
                    if let Some(state) = self.advance(state, form, u32::from(i > 0)) {
                        keep_best(&mut next, state);
                    }
                }
                if let Some(form) = double
                    && let Some(state) = self.advance(state, &form, 0)
                {
                    keep_best(&mut self.ahead, state);
                }
            }
            self.states = next;
            if self.states.is_empty() && self.ahead.is_empty() {
                return Err(offset);
            }
            self.settle();
        }
        let complete =
            self.states.iter().filter(|state| state.pending.len == 0).min_by_key(|state| state.cost).copied();
        let best = complete.ok_or(text.len())?;
        self.flush(best.node);
        Ok(self.done)
    }

    /// Takes in a form; nothing if that makes the bytes malformed.
    fn advance(&mut self, mut state: State, form: &[u8], unusual: u32) -> Option<State> {
        state.cost.1 = state.cost.1.saturating_add(unusual);
        let mut buffer = state.pending.bytes;
        let kept = usize::from(state.pending.len);
        let end = kept + form.len();
        buffer.get_mut(kept..end)?.copy_from_slice(form);
        let mut at = 0;
        while at < end {
            let rest = &buffer[at..end];
            match self.step.written.parse(rest) {
                Parse::Char { c, len } => {
                    let code = &rest[..usize::from(len)];
                    if self.step.written.has_duplicates()
                        && self.step.written.forms(c).first().is_none_or(|form| **form != *code)
                    {
                        state.cost.0 = state.cost.0.saturating_add(1);
                    }
                    state.node = Some(self.push(state.node, c)?);
                    at += usize::from(len);
                }
                Parse::Pair { first, second, len } => {
                    let node = self.push(state.node, first)?;
                    state.node = Some(self.push(Some(node), second)?);
                    at += usize::from(len);
                }
                Parse::Incomplete => break,
                Parse::Malformed => return None,
            }
        }
        state.pending = Pending::default();
        state.pending.bytes[..end - at].copy_from_slice(&buffer[at..end]);
        state.pending.len = (end - at) as u8;
        Some(state)
    }

    fn push(&mut self, before: Option<u32>, c: char) -> Option<u32> {
        // Four thousand million undecided characters are beyond any text in memory.
        let node = u32::try_from(self.nodes.len()).ok()?;
        self.nodes.push(Node { before, c });
        Some(node)
    }

    /// Once only one way is left, what it decoded is certain.
    fn settle(&mut self) {
        if let ([state], []) = (&self.states[..], &self.ahead[..]) {
            let state = *state;
            self.flush(state.node);
            self.states[0] = State { node: None, ..state };
        }
    }

    fn flush(&mut self, last: Option<u32>) {
        let mut at = last;
        let mut reversed = Vec::new();
        while let Some(node) = at {
            let Node { before, c } = self.nodes[node as usize];
            reversed.push(c);
            at = before;
        }
        self.done.extend(reversed.iter().rev());
        self.nodes.clear();
    }
}

fn keep_best(states: &mut Vec<State>, state: State) {
    match states.iter_mut().find(|known| known.pending == state.pending) {
        Some(known) if state.cost < known.cost => *known = state,
        Some(_) => {}
        None => states.push(state),
    }
}
