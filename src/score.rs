//! The weights of the search, in nats: log-probabilities of what a damage process does where the model of the text has
//! no say. Costs are zero or less, what makes up for others more. Each says where it
//! comes from; `examples/evaluate` measures what a change does.

use crate::codec::Encoding;

/// Entering a damaged span by a chain for the first time in a text, before the chain's own prior. Fine text enters
/// none, so this is the log-odds of damage at a place; it is the main guard against harm.
pub(crate) const ENTER: f32 = -7.0;
/// Entering by a chain that explains another span of the same text already.
pub(crate) const ENTER_AGAIN: f32 = -4.0;
/// That noise begins in a text (`select::noise`): what a repair must explain better. With -10 14 of 3,360 texts of noise less are changed,
/// and three of 5,172 cases of one layer, nine of 1,900 short names and one line of code more stay as they are.
pub(crate) const NOISE: f32 = -14.0;
/// Leaving a damaged span.
pub(crate) const LEAVE: f32 = -4.0;
/// That a sign is none of the damaged span around it: pages write some as HTML entities (`&copy;`), which outlive any misreading. Of 2,000
/// texts with such signs 1,767 come back, 1,720 with -2, and 1,250 where a span ends there as anywhere else.
pub(crate) const ENTITY: f32 = -1.0;
/// Damage mostly begins and ends with the text: a span that does is likelier by this.
pub(crate) const AT_AN_END: f32 = 2.5;

/// That a span begins or ends between two letters that are no ideographs, and so inside a word: programs damage fields and lines. With -3
/// or -9 the same comes out on 10,146 damaged texts and on `wild/`, where without it parts of short words stay as they are.
pub(crate) const INSIDE_A_WORD: f32 = -6.0;

/// A no-break space that a later pass made a space: about half of all processing does (two outcomes, ln 1/2).
pub(crate) const NBSP_AS_SPACE: f32 = -0.7;
/// The same, and that space one with the next: half of what makes it a space then leaves one of several (another ln 1/2). With -0.9
/// 学习 没有 keeps a space that was none; with -2 nothing else comes out otherwise on 13,313 damaged texts and on `wild/`.
pub(crate) const NBSP_COLLAPSED: f32 = -1.4;
/// That a text was converted to another script after it was damaged, before its characters tell: one such in fifty.
pub(crate) const CONVERSION: f32 = -4.0;
/// What each character speaks for it that is of one script, where none is of the other: of misread bytes in GBK 4 in 10 such are
/// simplified (ln 1/0.4), and 6 in 10 traditional.
pub(crate) const OF_ONE_SCRIPT: f32 = 0.7;
/// A character that was another one before a text was converted: even odds (ln 1/2), as it may have been in the script.
pub(crate) const CONVERTED: f32 = -0.7;
/// That a text was brought to one case after it was damaged, where all its letters are of one. Of 611 such texts of Chinese eight less come back
/// with -13; with -8 one text in capitals that nobody changed is read so.
pub(crate) const CASED: f32 = -10.0;
/// A letter that was of the other case before: even odds (ln 1/2).
pub(crate) const RECASED: f32 = -0.7;
/// A character that a normalisation made another one, in a text that has none such left. Of 249 normalised texts two less come back
/// with -3, and none otherwise with -2.
pub(crate) const FOLDED: f32 = -1.0;
/// That a text was normalised so at all, and what each of its characters beyond ASCII speaks for it that is none such: of bytes that are read
/// as a Latin page one in ten is (ln 1/0.9). With -4 `©20` before misread GBK becomes a box; of 583 normalised texts 523 come back, 528 with
/// -4 and 519 with 0.
pub(crate) const NORMALIZED: f32 = -6.0;
pub(crate) const NOT_NORMALIZABLE: f32 = 0.1;
/// A quotation mark or a dash that a later pass made one of a typewriter, in a text that has none such left. With -1.5 seven of some
/// 10,000 structured texts lose a quotation mark more, and no text with plain quotation marks comes back more.
pub(crate) const FOLDED_MARK: f32 = -3.0;
/// The same where any two bytes are a character: with -3 `printf("` in Arabic becomes Chinese.
pub(crate) const FOLDED_MARK_OF_PAIR: f32 = -6.0;
/// A fullwidth mark that a later pass made ASCII, in a text that has no fullwidth marks.
pub(crate) const WIDTH_FOLDED: f32 = -0.7;
/// The lead byte before a stop mark vanished in a cut (on real pages of this kind about two stop marks in three are cut, where a
/// page is cut at all).
pub(crate) const CUT_BEFORE_STOP: f32 = -1.5;
/// The same in a text that shows nothing else of the script that cuts: of some hundred such sites three do.
pub(crate) const CUT_UNANNOTATED: f32 = -3.5;
/// What a restored character that the model does not know may cost more than the same in fine text, where nearly any bytes make
/// characters. That bytes happen to be UTF-8 is so unlikely that there it costs no more.
pub(crate) const RESTORED_RARE: f32 = -3.0;
/// A mark for one undecodable byte.
pub(crate) const MARK_ONE_BYTE: f32 = -0.5;
/// A mark for a pair.
pub(crate) const MARK_TWO_BYTES: f32 = -1.0;
/// A mark at all, where text is read in the encoding it was written in.
pub(crate) const MARK_IN_STEP: f32 = -8.0;
/// The same where a script annotated the text: some such scripts mark what they cut. With -2 more than one in ten such passages comes
/// out worse, with -8 marks are left (`wild/seedclass.jsonl`).
pub(crate) const MARK_ANNOTATED: f32 = -4.0;
/// The same of a mark before a stop, where pages are cut. With -3 and -2 one clean line more of 106,505 is harmed, with -5 and -4 half of
/// the characters that it restores stay lost.
pub(crate) const MARK_BEFORE_STOP: f32 = -4.0;
pub(crate) const MARK_BEFORE_STOP_ANNOTATED: f32 = -3.0;
/// A mark for a lead byte and the ASCII character after it, for readers that do so.
pub(crate) const MARK_ATE_ASCII: f32 = -0.2;
/// The same before a line end, and where text is read in the encoding it was written in.
pub(crate) const MARK_ATE_AT_END: f32 = -3.5;
/// What the eaten character costs at most where the structure of the text tells it (`restore::told`): three times in four it is right.
pub(crate) const TOLD: f32 = -0.3;
/// What the first character of a line costs less where structure tells that a line begins with it: the model has seen few lines that are
/// indented or items of lists, and rates the blank that most are indented with as it does any rare character (`detect::floor`). With 4 half
/// of the eaten line ends of `wild/strings.jsonl` and `wild/mixed.jsonl` stay lost before indented lines.
pub(crate) const LINE_BEGINS: f32 = 10.0;
/// Which of two kinds of reader it was: even odds (ln 1/2).
pub(crate) const FLAVOUR: f32 = -0.7;
/// That a reader that eats marks with U+FFFD: those of Windows mark with a question mark.
pub(crate) const FLAVOUR_EATS_UNICODE: f32 = -4.0;
/// A control character that a sanitizer stripped; where it strips one it strips all.
pub(crate) const CONTROL_STRIPPED: f32 = -0.3;
/// A control character that a sanitizer replaced by a blank or a low line, which others strip. Of 92 such texts two more come back with
/// -2, and two less with -4; of texts that were stripped 5 more are a little worse with -2, and 7 better with -4.
pub(crate) const CONTROL_REPLACED: f32 = -3.0;
/// A soft hyphen that a sanitizer stripped.
pub(crate) const SOFT_HYPHEN_STRIPPED: f32 = -1.0;
/// A pair that fell among private-use characters, which a later pass dropped: where it drops one it drops all.
pub(crate) const PRIVATE_USE_DROPPED: f32 = -1.5;
/// The same for a pair that lost bytes made of the halves of others.
pub(crate) const PAIR_DROPPED: f32 = -3.0;
/// A byte that the reader skipped because it could not decode it, where no mark shows that it would have marked it.
pub(crate) const MALFORMED_IGNORED: f32 = -1.5;
/// The same in a text that has marks, which may be typed question marks.
pub(crate) const IGNORED_NOT_MARKED: f32 = -6.0;
/// The text was cut inside a character.
pub(crate) const CUT_AT_END: f32 = -2.0;
/// The same of a field inside the text, beyond [`CUT_AT_END`]. With -4 fewer characters are tried, and less of them are right.
pub(crate) const CUT_IN_TEXT: f32 = -2.0;
/// A byte was lost beside bytes that make no character without it. Of 355 texts of which bytes were lost in UTF-8 191 come back, with -4
/// 158.
pub(crate) const BYTE_LOST_BESIDE: f32 = -2.0;
/// A byte was lost for no visible reason.
pub(crate) const BYTE_LOST: f32 = -8.0;
/// The same from text that is read in its own encoding, where nothing but lost bytes did harm.
pub(crate) const BYTE_LOST_IN_STEP: f32 = -6.0;
/// The same where a script annotated the text: it cuts before stop marks, and that is what bytes mostly are lost by.
pub(crate) const BYTE_LOST_ANNOTATED: f32 = -8.0;

/// A reading in brackets after its character is removed from a page that has such all over.
pub(crate) const GLOSS_REMOVED: f32 = -1.0;
/// Undecodable units in a candidate's quick reading, each.
pub(crate) const MALFORMED_UNIT: f32 = -9.0;

/// Every step before the last damage: text is seldom damaged twice.
pub(crate) const FURTHER_LAYER: f32 = -5.0;

/// A damage before the last one was not written as UTF-8.
pub(crate) const NOT_UTF8_BETWEEN: f32 = -10.0;
/// A character that lost bytes, in a candidate's quick reading: a common Chinese character and the loss.
pub(crate) const LOSSY_CHARACTER: f32 = -8.0;
/// What the line end after a text's last character may count for at most: pieces of lines are texts too.
pub(crate) const LINE_END: f32 = -4.0;

/// The prior of nothing but lost bytes, over [`ENTER`]: each lost byte pays for itself.
pub(crate) const SHIFT: f32 = 5.0;

/// That text was written in UTF-8, over GBK and over damage at all: nearly all single damaged letters in text of other languages
/// are of it, and two bytes are UTF-8 by chance once in eight times (e^-2.1).
const UTF8: f32 = 2.0;

/// Prior of one step: ranks by how often each was met among some 500 damaged strings of public sources and pages, UTF-8 read
/// as code page 936 first.
pub(crate) fn step_prior(written: Encoding, read: Encoding) -> f32 {
    use Encoding::*;
    let reader = match read {
        Windows1252 | Gbk | Gb18030 => 0.0,
        Iso8859_1 | Big5 | ShiftJis | EucKr | EucJp => -1.0,
        Windows1250 | Windows1251 | Windows1254 | Cp437 | Cp850 | Macintosh | Koi8R | Iso8859_2 | Cp866 => -2.0,
        Windows1253 | Windows1255 | Windows1256 | Windows1257 | Windows874 | Ptcp154 | Iso8859_15 | Cp852 | Cp857 => {
            -3.0
        }
        // Nobody writes its characters.
        XUserDefined => 10.0,
        // Nearly any ideograph is two characters of ASCII. With -10 two of 10,146 damaged texts are worse, with -5 six.
        Utf16Le | Utf16Be => -15.0,
        _ => -5.0,
    };
    let writer = match written {
        Utf8 => UTF8,
        Gbk | Gb18030 => -0.5,
        Big5 => -1.5,
        ShiftJis | EucJp | EucKr => -2.0,
        Windows1251 | Koi8R | Koi8U => -4.0,
        // The bytes the other way round are one reading of a text: nothing is left to choose.
        Utf16Le | Utf16Be if read.is_utf16() => 0.0,
        // Nearly any two bytes are a character.
        Utf16Le | Utf16Be => -15.0,
        // Where controls stand in a text, this is how they came there.
        Windows1252 if matches!(read, Iso8859_1 | XUserDefined) => -1.0,
        _ => -7.0,
    };
    // What one-byte text looks like in a multi-byte reading proves little.
    let weak = if written.is_single_byte() && !read.is_single_byte() { -4.0 } else { 0.0 };
    if written == read { SHIFT } else { reader + writer + weak }
}
