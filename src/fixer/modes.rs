//! Which chains a stretch is searched with.

use super::Fixer;
use crate::lattice::{Evidence, Flavour, Lacks, is_han, is_mark};
use crate::model::Model;
use crate::options::Annotations;
use crate::patience::Known;
use crate::restore::{self, Mode};
use crate::search::{self, Trial};
use crate::{Chain, Encoding, Step, score, select};

impl Fixer {
    /// The chains that the search is to consider for a stretch with such scores of a text that a script has `annotated` or not, where
    /// something may be known of the most promising one.
    pub(super) fn modes(
        &self,
        model: &Model,
        (text, scores): (&[char], &[f32]),
        trials: &[Trial],
        annotated: bool,
        known: Option<Known>,
        options: &search::Options<'_>,
    ) -> Vec<Mode> {
        let flavour = known.and_then(|known| known.flavour);
        let evidence = Evidence { annotated, ..Evidence::of(model, text) };
        let mut modes: Vec<Mode> = Vec::new();
        let mut best = None;
        // Scripts that annotate write and read GBK; what else may be there is plain.
        let is_searched = |trial: &&Trial| (!annotated || select::is_sure(trial)) && has_parts(&trial.chain, text);
        for trial in trials.iter().filter(is_searched) {
            let most = *best.get_or_insert(trial.gain);
            let losses = if trial.errors > 0 { LOSSES_HIDE } else { 0.0 };
            let promise = trial.gain + losses + if evidence.has_marks { MARKS_HIDE } else { 0.0 };
            if promise + ENDS < 0.0 || search::is_far_behind(trial.gain, most) || modes.len() + 1 >= restore::MAX_MODES
            {
                break;
            }
            // A text is read by one reader, so that what its marks ate is one question for all of them.
            let marked = trial
                .chain
                .last_reader()
                .filter(|read| !read.is_single_byte() && text.iter().any(|&c| is_mark(c, *read)));
            let lacks = marked.map_or_else(Lacks::default, |read| Lacks::of(text, read));
            let evidence = Evidence { lacks, unfolded: evidence.unfolded.cased(trial.cased), ..evidence };
            if marked.is_some() && trial.gain >= most - search::BEHIND {
                let eats = if text.contains(&'\u{fffd}') { score::FLAVOUR_EATS_UNICODE } else { score::FLAVOUR };
                let both = [(Flavour::Alone, score::FLAVOUR), (Flavour::Eats, eats)];
                for (each, prior) in both.into_iter().filter(|(each, _)| flavour.is_none_or(|known| known == *each)) {
                    modes.push(Mode::new(trial.chain.clone(), trial.prior + prior, evidence, each));
                }
            } else {
                modes.push(Mode::new(trial.chain.clone(), trial.prior, evidence, Flavour::Alone));
            }
        }
        if let Some(best) = trials.first().filter(|_| !modes.is_empty())
            && let Some(chain) = sister(&best.chain, text, options)
        {
            modes.push(Mode::new(chain, best.prior, evidence, Flavour::Alone));
        }
        modes.truncate(restore::MAX_MODES - 1);
        // Bytes lost from text in GBK are looked for where no chain explains more, and in no Japanese.
        let explains = |best: &Trial| select::is_sure(best) && best.explains_most(text, scores);
        let is_explained = known.is_some() || trials.first().is_some_and(explains);
        let count = |is: fn(&char) -> bool| text.iter().filter(|&c| is(c)).count();
        if !is_explained && count(|&c| is_han(c)) > count(|c| matches!(c, '\u{3040}'..='\u{30ff}')) {
            let chain = Chain::new([Step::Misread { written: Encoding::Gbk, read: Encoding::Gbk }]);
            let prior = score::step_prior(Encoding::Gbk, Encoding::Gbk);
            let glosses = annotated && self.options.annotations == Annotations::Remove;
            modes.push(Mode { glosses, ..Mode::new(chain, prior, evidence, Flavour::Eats) });
        }
        modes
    }
}

/// Whether parts of a text may have gone through a chain. Whoever takes a file in UTF-16 for another encoding takes all of it; and ASCII
/// read as UTF-16 does not stand beside ASCII, but in the strings of obfuscated programs, which are meant.
fn has_parts(chain: &Chain, text: &[char]) -> bool {
    let is_ascii = || chain.is_utf8() && text.iter().any(char::is_ascii_graphic);
    !(chain.writes_utf16() || chain.last_reader().is_some_and(Encoding::is_utf16) && is_ascii())
}

/// A chain with another page instead of its last reader's, which has more of the bytes that the text shows: the two agree on the sample, and
/// the rest of the text may tell them apart.
fn sister(chain: &Chain, text: &[char], options: &search::Options<'_>) -> Option<Chain> {
    let has = |page: Encoding, c: char| !c.is_ascii() && !page.forms(c).is_empty();
    let read = chain.last_reader().filter(|read| read.is_single_byte())?;
    // What stands beside a byte of the reader's page is one, too.
    let near = |i: usize| &text[i.saturating_sub(1)..(i + 2).min(text.len())];
    let is_byte = |i: usize| !text[i].is_ascii() && near(i).iter().any(|&c| has(read, c));
    let shown: Vec<char> = (0..text.len()).filter(|&i| is_byte(i)).map(|i| text[i]).collect();
    let count = |page: Encoding| shown.iter().filter(|&&c| has(page, c)).count();
    let mut most = (count(read), None);
    if most.0 == shown.len() {
        return None;
    }
    for other in search::sisters(chain, options).skip(1) {
        // Of two that have as many the commoner comes first.
        let has = other.last_reader().map_or(0, count);
        if has > most.0 {
            most = (has, Some(other));
        }
    }
    most.1
}

/// What a span costs at least: to enter and to leave, at both ends of the text.
const ENDS: f32 = score::ENTER + score::LEAVE + 2.0 * score::AT_AN_END;
/// What marks may hide of a chain's gain in its loose reading, in nats: the characters that they stand for. Of 1,920 cases of
/// lossy-decode (`make_cases.py --seed 9 --per-class 16`) it restores 13 more; with 8 it takes longer and finds seven more.
const MARKS_HIDE: f32 = 4.0;
/// What losses may hide of a chain's gain in its loose reading, in nats.
const LOSSES_HIDE: f32 = 4.0;

#[cfg(test)]
mod tests {
    #[test]
    fn a_page_is_told_from_its_sister_by_what_stands_beyond_the_sample() {
        // 亞 ends with a byte that windows-1252 has as a letter and windows-1254 as a control.
        let text = "会议由副主任主持，各部门汇报了上半年的工作情况。".repeat(8) + "東亞的航線下周恢復。";
        let chain: crate::Chain = "utf-8 as windows-1254".parse().expect("a chain");
        let fine = "Η συνεδρίαση άρχισε – όλοι ήταν εκεί.\n".repeat(3);
        let observed = fine.clone() + &chain.apply(&text).expect("nothing is lost");
        assert_eq!(crate::fix_text(&observed), fine + &text);
    }
}
