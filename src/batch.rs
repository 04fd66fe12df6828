//! Many texts at once, on all cores.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::{Fixer, Repair};

impl Fixer {
    /// Repairs many texts on all cores; the same as [`fix_text`](Fixer::fix_text) for each of them, in order.
    ///
    /// It runs in rayon's current thread pool. Short texts are handed out by the dozen; a single text is never divided.
    ///
    /// ```
    /// let texts = ["鎵撳紑绐楁埛", "打开窗户"];
    /// assert_eq!(luanma::Fixer::default().fix_batch(&texts), ["打开窗户"; 2]);
    /// ```
    pub fn fix_batch<'a, S: AsRef<str> + Sync>(&self, texts: &'a [S]) -> Vec<Cow<'a, str>> {
        texts.par_iter().map(|text| self.fix_text(text.as_ref())).collect()
    }

    /// Repairs many texts on all cores and tells what was done; the same as [`fix_and_explain`](Fixer::fix_and_explain) for
    /// each of them, in order.
    ///
    /// ```
    /// let texts = vec!["鎵撳紑绐楁埛".to_owned(), "打开窗户".to_owned()];
    /// let repairs = luanma::Fixer::default().explain_batch(&texts);
    /// assert!(repairs[0].is_changed() && !repairs[1].is_changed());
    /// ```
    pub fn explain_batch<'a, S: AsRef<str> + Sync>(&self, texts: &'a [S]) -> Vec<Repair<'a>> {
        texts.par_iter().map(|text| self.fix_and_explain(text.as_ref())).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::Fixer;

    #[test]
    fn many_texts_come_out_as_one_by_one() {
        let texts: Vec<String> = (0..500)
            .map(|i| {
                if i % 7 == 0 { format!("{i} 鎵撳紑绐楁埛") } else { format!("{i} 打开窗户，春雨过后") }
            })
            .collect();
        let fixer = Fixer::default();
        let one_by_one: Vec<_> = texts.iter().map(|text| fixer.fix_text(text)).collect();
        assert_eq!(fixer.fix_batch(&texts), one_by_one);
        let explained = fixer.explain_batch(&texts);
        assert!(explained.iter().map(|repair| repair.text()).eq(one_by_one.iter().map(|text| &**text)));
        assert!(fixer.fix_batch::<&str>(&[]).is_empty());
    }
}
