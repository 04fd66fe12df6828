use super::*;
use crate::{Fixer, Script};

fn simplified(text: &str) -> String {
    Fixer::builder().script(Script::Simplified).build().fix_text(text).into_owned()
}

#[test]
fn traditional_lines_are_converted() {
    assert_eq!(simplified("請打開窗戶，讓空氣進來。"), "请打开窗户，让空气进来。");
}

#[test]
fn what_a_converter_left_stays() {
    // 后 and 里 were simplified before, for want of one traditional form.
    assert_eq!(
        simplified("屋里的窗戶開了，后門還關著。\n"),
        "屋里的窗户开了，后门还关着。\n".replace('着', &simplest_of_zhu())
    );
}

/// What the model says of 著, which simplified text writes too (著名).
fn simplest_of_zhu() -> String {
    Model::embedded().simplified('著').to_string()
}

#[test]
fn other_lines_stay() {
    for text in [
        "他在台灣讀过书，后来回国了，现在还写东西。",
        "窓を開けて、空氣を入れてください。",
        "窗户打开了",
        "창문을 열어 주세요 (開窓)",
    ] {
        assert_eq!(simplified(text), text);
    }
}

#[test]
fn lines_are_judged_one_by_one() {
    let mixed = "請打開窗戶，讓空氣進來。\n他在台灣读过书，后来回国了，现在还写东西。\n";
    assert_eq!(simplified(mixed), "请打开窗户，让空气进来。\n他在台灣读过书，后来回国了，现在还写东西。\n");
}

#[test]
fn the_report_moves_along() {
    let damaged = "ç§‘æŠ€";
    let text = format!("讓我們來學習電腦吧\n{damaged}\n這裡開會討論問題嗎\n");
    let fixer = Fixer::builder().script(Script::Simplified).build();
    let repair = fixer.fix_and_explain(&text);
    assert!(repair.simplified() > 8);
    assert_eq!(repair.source_text(), text);
    for span in repair.spans() {
        assert_eq!(&repair.text()[span.output.clone()], "科技");
        assert_eq!(&text[span.source.clone()], damaged);
    }
    assert_eq!(repair.spans().len(), 1);
}

#[test]
fn what_is_beyond_repair_stays() {
    let text = "這裡開會討論問題嗎 占쏙옙占쏙옙占쏙옙 讓我們來學習電腦吧";
    assert!(simplified(text).contains("占쏙옙占쏙옙占쏙옙"));
    let big5 = "讓我們來學習電腦吧，這裡 嚙踝蕭嚙踝蕭";
    assert_eq!(simplified(big5), "让我们来学习电脑吧，这里 嚙踝蕭嚙踝蕭");
}
