//! Gives damaged text back.
//!
//! ```
//! assert_eq!(luanma::fix_text("宸茬粡鍏ュ簱"), "已经入库");
//! ```
//!
//! Those characters are what 已经入库 becomes when its UTF-8 bytes are read as GBK. luanma (乱码, "garbled text") finds out
//! what happened to a text, undoes it where it can, and says what it did. It knows Chinese best, in both scripts, and enough
//! of some twenty other languages to repair them in the plain cases and, above all, to leave them alone.
//!
//! | function | takes | gives |
//! |---|---|---|
//! | [`fix_text`] | a string | the repaired string; borrowed exactly when nothing was changed |
//! | [`fix_and_explain`] | a string | a [`Repair`]: the same text, and where, why and how surely it was changed |
//! | [`fix_bytes`] | bytes of unknown encoding | a [`Repair`], with the encoding |
//! | [`is_suspicious`] | a string | whether a closer look could find anything |
//! | [`Fixer::builder`] | options | a [`Fixer`], which has the functions above as methods |
//! | [`Fixer::reader`] | a reader | a [`FixReader`], which repairs what it reads, in constant memory |
//!
//! ```
//! let text = "标题：æ˜¥å¤©çš„å¤©ç©º (2024)";
//! let repair = luanma::fix_and_explain(text);
//! assert_eq!(repair.text(), "标题：春天的天空 (2024)");
//!
//! let span = &repair.spans()[0];
//! assert_eq!(&text[span.source.clone()], "æ˜¥å¤©çš„å¤©ç©º");
//! assert_eq!(span.chain.to_string(), "utf-8 as windows-1252");
//! assert_eq!(span.chain.apply("春天的天空").as_deref(), Ok("æ˜¥å¤©çš„å¤©ç©º"));
//! assert!(span.confidence > 0.99);
//! ```
//!
//! # How it decides
//!
//! An observed text is taken for the output of a noisy channel: somebody meant a text, and a chain of damage made of it what
//! we see. Of all pairs of text and damage the likeliest is wanted,
//!
//! ```text
//! log P(text)  +  log P(damage)  +  log P(what is seen | text, damage)
//! ```
//!
//! and "nothing happened, this is what was meant" competes with all the others.
//!
//! - `P(text)` is a [`Model`]: how likely each character is after the three before it. It is embedded, and can be replaced.
//! - `P(damage)` prefers short chains and common ones. Being damaged at all has its price, which guards fine text.
//! - The last term is 1 where nothing was lost. Each loss costs: a mark for bytes that could not be read, a byte that is gone.
//!
//! All three are natural logarithms of probabilities, in *nats*, so that they add up and mean something: a repair that gains
//! 10 nats explains the text e<sup>10</sup>, or 22,000, times better than "nothing happened".
//!
//! A lossless chain is undone at once. Where something was lost, the text becomes a lattice of the bytes that may have stood
//! there, and a beam search under the model finds the best way through; where the damage starts and ends, which chain it was
//! and what was lost are one decision. What pages write as HTML entities (`©`, no-break spaces) outlives any misreading, and a span goes
//! on behind it. What is left unexplained tells of more chains, and the search is done again with them: different programs may have
//! damaged the fields of a row.
//!
//! # What it will not fix
//!
//! - What is gone altogether: `锟斤拷` is what is left when every byte was replaced. Nothing can tell which.
//! - A word or two of plausible text. If the damage is itself likely text, it stays.
//! - Spelling, grammar, variants, widths: text that is merely odd is not damaged.
//! - Escapes such as `%E4%B8%AD` or `\u4e2d`, which mostly are meant, unless [`FixerBuilder::escapes`] asks for it.
//! - Damage that left no trace, such as a character that vanished whole.
//! - Damage that the text speaks of: a piece beside its original, or named as 乱码 or mojibake; it is reported as doubtful.
//!
//! What was lost and restored is a guess, and reported as a [`Loss`] with its alternatives, never passed off as recovered.
//!
//! # Bounds
//!
//! No call panics, recurses with the text, or takes more than linear work and memory. Work is counted in *states*, hypotheses
//! of the search that emit a character, and in *ratings*, looks into the model: no text asks for more than 20 states and
//! 220 ratings a character on average, with 30,000 states and 280,000 ratings more at its start, and no single character asks the
//! search for more than 110,000 ratings. Such texts are made to be hard; clean text costs a table lookup a character, and
//! ratings only where something in it is unusual. A test holds adversarial texts to these numbers. Memory is the text's, some 30
//! bytes for each of its characters, and a search's, which grows with what it has not yet decided: stretches are searched in
//! pieces of 1,000 characters, and of 4,000 where it is known what explains them.
//!
//! # Words
//!
//! - **suspect**: a stretch of text that costs the model more than text does; all else is left alone unseen.
//! - **step**: bytes were written in one encoding and read in another; `utf-8 as gbk`. See [`Step`].
//! - **chain**: steps in the order in which they happened. See [`Chain`].
//! - **layer**: a step as the search sees it, the last damage being the first to be undone.
//! - **mode**: a chain that a search may enter and leave as it goes through a text.
//! - **loss**: something that cannot be told from the bytes that are left. See [`Loss`].
//! - **gain**: by how much an explanation beats "nothing happened", in nats.
//! - **nats**: natural logarithms of probabilities; 1 nat is a factor of 2.72, 10 nats are 22,000.
//!
//! # Where to find what
//!
//! In the order in which a text passes through:
//!
//! ```text
//! fixer.rs     the stages in order                               options.rs  what a `Fixer` can be told
//! bytes.rs     bytes of unknown encoding: which one
//! fast.rs      the places of a text that are worth a look at all, found at the speed of memory
//! bulk.rs      long texts that one lossless chain explains
//! beyond.rs    what nobody can restore
//! detect.rs    the suspects among them
//! search.rs    the chains that may explain a suspect, lossless ones first
//! patience.rs  what one piece of a long stretch teaches about the next
//! lattice.rs   the bytes that a damaged text may stand for, with what may have been lost, or changed by a later pass
//! overlay.rs   damage above the bytes: readings in brackets      reading.rs  which characters have which readings
//! restore.rs   the best way through the lattice
//! select.rs    from the best way to repaired spans, losses, confidence
//! mention.rs   what a text only speaks of, and leaves alone
//! escape.rs    escape notations, on request                      script.rs   simplified characters, on request
//! report.rs    from spans to the repaired text and its report    repair.rs   the types of the report
//!
//! stream.rs    texts of any length, piece by piece               batch.rs    many texts on all cores (feature `rayon`)
//! bounds.rs    what no text may ask for (tests)
//!
//! codec.rs     encodings, between bytes and characters in both directions
//! chain.rs     steps and chains: read, print, apply, undo
//! model.rs     the character model                               model/zh.md  what it was trained on, and how good it is
//! score.rs     what each kind of damage costs, with the reason
//! table.rs     tables of text, searched as they stand
//! error.rs     errors of configuration, replay and model files; repair itself never fails
//! ```

#[cfg(feature = "rayon")]
mod batch;
mod beyond;
#[cfg(test)]
mod bounds;
mod bulk;
mod bytes;
mod chain;
mod codec;
mod detect;
mod error;
mod escape;
mod fast;
mod fixer;
mod lattice;
mod mention;
mod model;
mod options;
mod overlay;
mod patience;
mod reading;
mod repair;
mod report;
mod restore;
mod score;
mod script;
mod search;
mod select;
mod stream;
mod table;

pub use chain::{ByteNotation, Chain, Normalization, Step, TextNotation};
pub use codec::Encoding;
pub use error::{ChainError, ModelError};
pub use fixer::{Fixer, fix_and_explain, fix_bytes, fix_text, is_suspicious};
pub use model::{Counter, Likelihood, MODEL_VERSION, Model, Survey, TrainOptions, TrainReport};
pub use options::{Annotations, FixerBuilder, LossPolicy, Script};
pub use repair::{Loss, LossKind, Repair, SpanRepair, Verdict};
pub use stream::FixReader;

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
