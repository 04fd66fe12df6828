//! The options, seen from outside.

use luanma::{Chain, Fixer, LossKind, LossPolicy, Repair, Script, Verdict, fix_and_explain, fix_bytes, is_suspicious};

/// Own sentence; 春 and 风 are among its characters so that windows-1252 makes C1 controls of it.
const TEXT: &str = "春天的花园里很安静，风轻轻地吹过湖面。";

fn damaged(chain: &str) -> String {
    let chain: Chain = chain.parse().expect("a chain");
    chain.apply(TEXT).expect("the text can be damaged so")
}

/// UTF-8 read as GBK, with `?` where the reader knew no pair.
fn lossy() -> String {
    let (text, _, _) = encoding_rs::GBK.decode(TEXT.as_bytes());
    text.replace('\u{fffd}', "?")
}

fn with_losses(policy: LossPolicy) -> Repair<'static> {
    let text: &'static str = Box::leak(lossy().into_boxed_str());
    let builder = Fixer::builder().on_loss(policy);
    builder.build().fix_and_explain(text)
}

/// Every span and loss says the truth about both texts.
fn holds_together(repair: &Repair<'_>) {
    for span in repair.spans() {
        assert!(repair.source_text().get(span.source.clone()).is_some());
        assert!(repair.text().get(span.output.clone()).is_some());
        for loss in &span.losses {
            assert_eq!(repair.source_text().get(loss.source.clone()), Some(&*loss.observed));
            assert_eq!(repair.text().get(loss.output.clone()), Some(&*loss.restored));
        }
    }
}

#[test]
fn what_was_lost_is_restored() {
    let repair = with_losses(LossPolicy::Restore);
    holds_together(&repair);
    assert_eq!(repair.verdict(), Verdict::Repaired);
    assert!(!repair.text().contains('\u{fffd}'), "{}", repair.text());
    assert!(repair.spans().iter().any(|s| !s.losses.is_empty()));
}

#[test]
fn what_was_lost_is_marked() {
    let restored = with_losses(LossPolicy::Restore);
    let marked = with_losses(LossPolicy::Mark);
    holds_together(&marked);
    let guesses = |r: &Repair<'_>| r.spans().iter().flat_map(|s| s.losses.clone()).collect::<Vec<_>>();
    let (before, after) = (guesses(&restored), guesses(&marked));
    assert_eq!(before.len(), after.len());
    for (guess, mark) in
        before.iter().zip(&after).filter(|(g, _)| matches!(g.kind, LossKind::Mark | LossKind::Vanished))
    {
        assert_eq!(mark.restored, "\u{fffd}");
        assert_eq!(mark.alternatives[0].0, guess.restored);
        assert_eq!(mark.kind, guess.kind);
    }
    assert_eq!(marked.text().matches('\u{fffd}').count(), after.len());
    assert_eq!(marked.text().chars().count(), restored.text().chars().count());
}

#[test]
fn spans_with_losses_are_left() {
    let repair = with_losses(LossPolicy::Leave);
    holds_together(&repair);
    assert_eq!(repair.verdict(), Verdict::Doubtful);
    assert!(!repair.is_changed());
    assert_eq!(repair.text(), lossy());
    let whole = damaged("utf-8 as windows-1252");
    assert_eq!(Fixer::builder().on_loss(LossPolicy::Leave).build().fix_text(&whole), TEXT);
}

#[test]
fn a_span_that_is_not_sure_enough_is_left_and_named() {
    let text = damaged("gb18030 as windows-1252");
    let fixer = Fixer::builder().min_confidence(1.1).build();
    let repair = fixer.fix_and_explain(&text);
    holds_together(&repair);
    assert_eq!(repair.verdict(), Verdict::Doubtful);
    assert_eq!(repair.text(), text);
    assert_eq!(repair.spans().len(), 1);
    assert!(repair.confidence() < 0.5);
    assert!(matches!(repair.into_text(), std::borrow::Cow::Borrowed(_)));
}

/// GBK bytes read as UTF-8, and that perhaps read again.
fn beyond(again: &str) -> String {
    let (bytes, _, _) = encoding_rs::GBK.encode(TEXT);
    let once = String::from_utf8_lossy(&bytes).into_owned();
    match again {
        "" => once,
        again => {
            let encoding = encoding_rs::Encoding::for_label(again.as_bytes()).expect("a label");
            encoding.decode_without_bom_handling(once.as_bytes()).0.into_owned()
        }
    }
}

#[test]
fn beyond_repair_is_said_and_nothing_changed() {
    for again in ["", "gbk", "windows-1252", "windows-1251", "koi8-r", "big5", "euc-kr", "euc-jp"] {
        let text = format!("call(x); // {}\n", beyond(again));
        let repair = fix_and_explain(&text);
        holds_together(&repair);
        assert_eq!(repair.verdict(), Verdict::BeyondRepair, "{again}: {text} -> {}", repair.text());
        assert_eq!(repair.text(), text, "{again}");
        assert_eq!(repair.confidence(), 0.0);
        let missing: usize = repair.spans().iter().flat_map(|s| &s.losses).map(|l| l.missing).sum();
        // 19 characters of two bytes each; by chance some pairs are letters in UTF-8.
        assert!((15..=38).contains(&missing), "{again}: {missing}");
        assert!(is_suspicious(&text));
    }
}

#[test]
fn beyond_repair_stands_beside_what_is_repaired() {
    let text = format!("{}\n锟斤拷锟斤拷锟斤拷\n{TEXT}\n", damaged("utf-8 as windows-1252"));
    let repair = fix_and_explain(&text);
    holds_together(&repair);
    assert_eq!(repair.verdict(), Verdict::Repaired);
    assert_eq!(repair.text(), format!("{TEXT}\n锟斤拷锟斤拷锟斤拷\n{TEXT}\n"));
    let kinds: Vec<_> = repair.spans().iter().map(|s| s.losses.first().map(|l| l.kind)).collect();
    assert_eq!(kinds, [None, Some(LossKind::BeyondRepair)]);
}

#[test]
fn who_speaks_of_it_is_left_in_peace() {
    for text in ["什么是“锟斤拷”？", "程序员常说的烫烫烫是怎么来的？", "replace `\u{fffd}` by a space"]
    {
        let repair = fix_and_explain(text);
        assert_eq!(repair.verdict(), Verdict::Clean, "{text}");
    }
    let joke = fix_and_explain("打开文件一看，全是锟斤拷，我又关上了。");
    assert_eq!(joke.verdict(), Verdict::Doubtful);
    assert!(!joke.is_changed());
}

#[test]
fn bytes_come_with_the_text_they_read() {
    let text = damaged("utf-8 as windows-1252");
    let (bytes, _, _) = encoding_rs::GB18030.encode(TEXT);
    let repair = fix_bytes(&bytes);
    assert_eq!((repair.text(), repair.source_text(), repair.is_changed()), (TEXT, TEXT, false));
    let repair = fix_bytes(text.as_bytes());
    holds_together(&repair);
    assert_eq!((repair.text(), repair.source_text()), (TEXT, &*text));
    assert!(repair.is_changed());
}

#[test]
fn script_changes_are_counted_and_no_damage() {
    let fixer = Fixer::builder().script(Script::Simplified).build();
    let repair = fixer.fix_and_explain("請把窗戶打開。");
    assert_eq!(repair.text(), "请把窗户打开。");
    assert_eq!((repair.verdict(), repair.simplified(), repair.is_changed()), (Verdict::Clean, 3, true));
    assert_eq!(repair.source_text(), "請把窗戶打開。");
    assert_eq!(fix_and_explain("請把窗戶打開。").simplified(), 0);
}

#[test]
fn suspicion_agrees_with_repair() {
    for text in ["plain", TEXT, "請把窗戶打開。", "Le café est fermé.", "Привет, как дела?"] {
        assert!(!is_suspicious(text), "{text}");
        assert_eq!(fix_and_explain(text).verdict(), Verdict::Clean, "{text}");
    }
    for chain in ["utf-8 as windows-1252", "gb18030 as windows-1252"] {
        assert!(is_suspicious(&damaged(chain)), "{chain}");
    }
}
