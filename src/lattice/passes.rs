//! What a later pass over the text may have made of what a reader showed: other forms, another script, another case.

use super::{Arc, Folded, Folds, Layer, before_conversion, recase};
use crate::codec::{Encoding, Form};
use crate::model::Model;
use crate::repair::LossKind;
use crate::score;

impl Layer {
    /// Whether a pass brought the text to one case.
    pub(crate) fn is_cased(&self) -> bool {
        self.evidence.unfolded.case().is_some()
    }

    /// Whether a later pass may have made a character of ASCII of one that the reader has.
    pub(crate) fn may_be_folded(&self, c: char) -> bool {
        let is_case = |kind| matches!(kind, Folded::Capital | Folded::Small);
        let is_fold = |folds: &Folds| folds.bytes(&[c], self.evidence.unfolded).any(|(_, kind, _)| !is_case(kind));
        c.is_ascii() && self.folds().is_some_and(is_fold)
    }

    /// What characters may have been. Of one letter for another any text would make as much sense.
    fn folds(&self) -> Option<&'static Folds> {
        (self.read.is_single_byte() && !self.written.is_single_byte()).then(|| Folds::of(self.read))
    }

    /// The bytes of what a character may have been before the text was converted, with what that costs.
    pub(crate) fn before_conversion(&self, c: char) -> impl Iterator<Item = (Form, f32)> {
        use Encoding::{Big5, Gb18030, Gbk, Utf8};
        let may_be = !self.is_shift() && matches!(self.written, Utf8 | Gbk | Gb18030 | Big5);
        may_be.then(|| before_conversion(c, self.read, self.evidence.converted)).into_iter().flatten()
    }

    /// The bytes of a character that the reader has none for, as it may have been before it was converted or brought to a case.
    pub(crate) fn before_pass(&self, c: char) -> Option<Form> {
        let converted = self.before_conversion(c).map(|(form, _)| form).next();
        converted.or_else(|| Some(Form::new(&[self.evidence.unfolded.case()?.before(c, self.read)?])))
    }

    /// The bytes of observed characters of a page of single bytes, where a pass brought them to one case, as they may have been.
    pub(crate) fn recase(&self, text: &[char], bytes: &mut [u8], model: &Model) {
        if let Some(cased) = self.evidence.unfolded.case() {
            let other: Vec<Option<u8>> = text.iter().map(|&c| cased.before(c, self.read)).collect();
            recase(bytes, &other, self.written, model);
        }
    }

    /// What it costs that a character was another one before a compatibility decomposition, in a text that has none such left.
    fn normalized(&self) -> f32 {
        score::FOLDED + (score::NORMALIZED + score::NOT_NORMALIZABLE * self.evidence.high as f32).min(0.0)
    }

    /// Every choice of bytes for observed characters at the beginning of `text` that a later pass made of one, each with how many they are.
    pub(crate) fn folded(&self, text: &[char], before: Option<char>, out: &mut Vec<(usize, Arc)>) {
        if let Some(&c) = text.first() {
            let forms = self.before_conversion(c);
            out.extend(forms.map(|(form, cost)| (1, Arc::known(&form, cost, Some(LossKind::Folded)))));
        }
        let Some(folds) = self.folds() else { return };
        let is_byte = |c: &char| !c.is_ascii();
        // A letter may be the second byte of a pair.
        let reach = if self.written == Encoding::Utf8 { 1 } else { 2 };
        for (len, kind, b) in folds.bytes(text, self.evidence.unfolded) {
            let is_before = before.is_some_and(|c| is_byte(&c) || self.may_be_folded(c));
            if is_before || text[len..].iter().take(reach).any(is_byte) {
                let cost = match kind {
                    // ASCII is part of a pair or nothing.
                    Folded::Capital | Folded::Small if b.is_ascii() && !is_before => continue,
                    Folded::Capital | Folded::Small if b.is_ascii() && self.written == Encoding::Utf8 => continue,
                    Folded::Capital | Folded::Small => score::RECASED,
                    Folded::Compatible | Folded::Sign => self.normalized(),
                    // What was cut ends with three dots, too.
                    Folded::Ellipsis if self.written == Encoding::Utf8 => self.normalized(),
                    _ if self.written == Encoding::Utf8 => score::FOLDED_MARK,
                    _ => score::FOLDED_MARK_OF_PAIR,
                };
                out.push((len, Arc::known(&[b], cost, Some(LossKind::Folded))));
            }
        }
    }
}
