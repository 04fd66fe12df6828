//! What the user is told while the work goes on: messages and a progress bar, all on standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::visible::visible;

/// Work that is done sooner needs no bar.
const BAR_AFTER: Duration = Duration::from_millis(800);

/// Tells the user; shared by all threads.
#[derive(Debug)]
pub(crate) struct Log {
    quiet: bool,
    bar_wanted: bool,
    bar: ProgressBar,
    failures: AtomicUsize,
}

impl Log {
    /// Nothing is known yet of how much there is to do.
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        style(&bar, "{spinner} {human_pos} lines ({per_sec})");
        // Text and bar on one terminal would tear each other apart.
        let bar_wanted = !quiet && std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        Log { quiet, bar_wanted, bar, failures: AtomicUsize::new(0) }
    }

    /// There are so many files to do.
    pub(crate) fn expect_files(&self, files: u64) {
        style(&self.bar, "{bar:30} {human_pos}/{human_len} files ({per_sec}, {eta} left)");
        self.bar.set_length(files);
    }

    /// Some input could not be processed or some output not be written.
    pub(crate) fn failure(&self, place: impl Display, message: impl Display) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.line(format_args!("{place}: {message}"));
    }

    /// A failure that is told elsewhere, and here unless the user wants quiet.
    pub(crate) fn answered_failure(&self, place: impl Display, message: impl Display) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.note(format_args!("{place}: {message}"));
    }

    /// Worth knowing, but nothing failed.
    pub(crate) fn note(&self, message: impl Display) {
        if !self.quiet {
            self.line(message);
        }
    }

    pub(crate) fn failures(&self) -> usize {
        self.failures.load(Ordering::Relaxed)
    }

    /// So much more is done.
    pub(crate) fn advance(&self, done: u64) {
        self.bar.inc(done);
        if self.bar_wanted && self.bar.is_hidden() && self.bar.elapsed() > BAR_AFTER {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, message: impl Display) {
        let line = format!("repair: {}\n", visible(&message.to_string()));
        // Nobody is left to be told when standard error itself cannot be written.
        self.bar.suspend(|| _ = std::io::stderr().write_all(line.as_bytes()));
    }
}

fn style(bar: &ProgressBar, template: &str) {
    // The templates are ours; should one be wrong, the plain bar does.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}
