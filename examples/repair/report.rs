//! What was done, as JSON.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use luanma::{LossKind, Repair, SpanRepair, Verdict};
use serde::Serialize;
use serde_json::value::RawValue;

/// A repair as JSON; what does not apply is left out.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report<'r> {
    /// The asker's own, digit for digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<&'r RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The path in base64, where it is not UTF-8 and `path` therefore not exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_bytes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<&'r str>,
    changed: bool,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    chain: String,
    spans: Vec<SpanReport<'r>>,
}

#[derive(Debug, Serialize)]
struct SpanReport<'r> {
    source: [usize; 2],
    output: [usize; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'r str>,
    chain: String,
    confidence: f64,
    before: f64,
    after: f64,
    losses: Vec<LossReport<'r>>,
}

#[derive(Debug, Serialize)]
struct LossReport<'r> {
    kind: &'static str,
    source: [usize; 2],
    output: [usize; 2],
    observed: &'r str,
    restored: &'r str,
    alternatives: &'r [(String, f64)],
}

impl<'r> Report<'r> {
    /// Without the text, which not every reader wants; positions only in the spans.
    pub(crate) fn new(repair: &'r Repair<'_>) -> Self {
        Report {
            changed: repair.is_changed(),
            verdict: verdict(repair.verdict()),
            confidence: Some(repair.confidence()),
            encoding: repair.encoding().map(|e| e.to_string()),
            chain: chains(repair.spans()),
            spans: repair.spans().iter().map(SpanReport::new).collect(),
            ..Report::default()
        }
    }

    /// For a file that is no text.
    pub(crate) fn binary() -> Self {
        Report { verdict: "binary", ..Report::default() }
    }

    /// For a file that could not be processed.
    pub(crate) fn failure(error: String) -> Self {
        Report { verdict: "failed", error: Some(error), ..Report::default() }
    }

    pub(crate) fn with_path(mut self, path: &Path) -> Self {
        self.path = Some(path.to_string_lossy().into_owned());
        if path.to_str().is_none() {
            self.path_bytes = Some(BASE64_STANDARD.encode(path.as_os_str().as_encoded_bytes()));
        }
        self
    }

    /// Adds the spans' texts to their positions. `source` is the text as given, where it was a text.
    pub(crate) fn with_spans_text(mut self, source: Option<&'r str>, repaired: &'r str) -> Self {
        for span in &mut self.spans {
            span.from = source.and_then(|s| s.get(span.source[0]..span.source[1]));
            span.to = repaired.get(span.output[0]..span.output[1]);
        }
        self
    }
}

impl<'r> SpanReport<'r> {
    fn new(span: &'r SpanRepair) -> Self {
        SpanReport {
            source: [span.source.start, span.source.end],
            output: [span.output.start, span.output.end],
            from: None,
            to: None,
            chain: span.chain.to_string(),
            confidence: span.confidence,
            before: span.before,
            after: span.after,
            losses: span
                .losses
                .iter()
                .map(|loss| LossReport {
                    kind: loss_kind(loss.kind),
                    source: [loss.source.start, loss.source.end],
                    output: [loss.output.start, loss.output.end],
                    observed: &loss.observed,
                    restored: &loss.restored,
                    alternatives: &loss.alternatives,
                })
                .collect(),
        }
    }
}

/// The chains of all spans, each once, in the order in which they first occur.
fn chains(spans: &[SpanRepair]) -> String {
    let mut seen: Vec<String> = Vec::new();
    for span in spans {
        let chain = span.chain.to_string();
        if !chain.is_empty() && !seen.contains(&chain) {
            seen.push(chain);
        }
    }
    seen.join("; ")
}

pub(crate) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Repaired => "repaired",
        Verdict::Doubtful => "doubtful",
        Verdict::BeyondRepair => "beyond-repair",
        _ => "other",
    }
}

pub(crate) fn loss_kind(kind: LossKind) -> &'static str {
    match kind {
        LossKind::Mark => "mark",
        LossKind::Vanished => "vanished",
        LossKind::Inserted => "inserted",
        LossKind::Folded => "folded",
        LossKind::BeyondRepair => "beyond-repair",
        _ => "other",
    }
}
