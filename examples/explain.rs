//! The library in twenty lines: what is wrong with a text, why, and what it was.
//!
//! ```text
//! cargo run --example explain
//! cargo run --example explain -- "涓枃缂栫爜"
//! ```

/// 春天的花园里很安静 in UTF-8, read as Windows-1252 and saved; then it stood beside text that nothing had happened to.
const DAMAGED: &str = "标题：æ˜¥å¤©çš„èŠ±å›\u{ad}é‡Œå¾ˆå®‰é\u{9d}™ (2024)";

fn main() {
    let given = std::env::args().nth(1);
    let text = given.as_deref().unwrap_or(DAMAGED);
    let repair = luanma::fix_and_explain(text);
    println!("given:    {text:?}");
    println!("repaired: {:?} ({:?}, confidence {:.3})", repair.text(), repair.verdict(), repair.confidence());
    for span in repair.spans() {
        println!("{:?}: {}, confidence {:.3}", &text[span.source.clone()], span.chain, span.confidence);
        println!("  came from {:?}", &repair.text()[span.output.clone()]);
        for loss in &span.losses {
            println!("  {:?} stood for {:?}; it could also be {:?}", loss.observed, loss.restored, loss.alternatives);
        }
        // An explanation is a plan that anyone can replay, where nothing was lost.
        if let (true, Ok(again)) = (span.losses.is_empty(), span.chain.undo(&text[span.source.clone()])) {
            println!("  replayed: {again:?}");
        }
    }
}
