//! The texts that are measured: sentences of our own in an order made by chance, always the same, and what damage makes of
//! them.

#![allow(dead_code, reason = "not every program here needs every text")]

const CHINESE: &[&str] = &[
    "今天下午，几个同学在图书馆里讨论下个月的旅行计划，谁也没有注意到窗外已经开始下雨。",
    "会议由副主任主持，各部门负责人汇报了上半年的工作情况，并对下一步安排提出了意见。",
    "这个接口返回的结果按时间排序，如果没有传入参数，默认只取最近三十天的数据。",
    "“你怎么现在才来？”她一边关门一边问，“饭菜都凉了，我给你热一热吧。”",
    "据气象台预报，未来三天北方大部分地区有大风降温，局部地区有小到中雪。",
    "老人把收音机放在窗台上，眯着眼睛听戏，脚边的猫睡得正香。",
    "2024年第一季度，全市新增就业岗位1.2万个，比去年同期增长8.5%。",
    "请先备份原来的文件，再运行安装程序；安装完成以后需要重新启动计算机。",
    "比赛进行到第七十分钟，客队利用一次角球机会把比分扳平，看台上顿时安静下来。",
    "他在信里写道：山里的春天来得晚，桃花要到四月底才开，孩子们每天放学都去看。",
    "医生建议每天走路半个小时，少吃油腻的东西，晚上十一点以前睡觉。",
    "这种材料的强度是普通塑料的三倍，重量却只有它的一半，因此很快就用到了汽车上。",
    "小镇只有一条街，街东头是邮局，街西头是学校，中间开着几家卖水果和早点的铺子。",
    "本条例自公布之日起施行，此前的有关规定与本条例不一致的，以本条例为准。",
    "昨天买的手机壳到了，颜色跟图片上差不多，就是按键那里有点紧，先用几天看看。",
    "河水从两座山之间流过，水面很宽，渡船要走二十多分钟才能到对岸。",
    "研究人员分析了近五千份样本，发现睡眠时间与记忆力之间存在明显的联系。",
    "他把钥匙忘在办公室里，只好坐在楼梯上等妻子下班回来。",
    "票价分为两档，学生和六十岁以上的老人凭证件可以享受半价优惠。",
    "我们认为，教育改革不能只看分数，还要看学生有没有学会自己提出问题。",
    "第二天一早，船长召集大家开会，决定把剩下的粮食平均分给每一个人。",
    "公司宣布将在南方建设新的生产基地，预计三年内投入使用，年产量可达十万台。",
    "菜谱上说要用小火慢慢炖两个小时，中间不要打开锅盖，最后再放盐。",
    "信号灯变绿以后，出租车拐进一条窄巷，在一家旧书店门口停了下来。",
];

const ENGLISH: &[&str] = &[
    "The meeting was moved to Thursday because half of the team is still travelling.",
    "Please check the log file before you restart the server, and send us a copy if it fails again.",
    "She opened the window, looked down at the empty street and decided to stay at home.",
    "In 2023 the company sold about 14,000 bicycles, most of them to customers abroad.",
    "If the argument is missing, the function returns an empty list instead of an error.",
    "The old bridge was closed for repairs, so the bus takes the longer road along the river.",
    "Nobody knows who planted the two oak trees behind the school, but everybody likes them.",
    "Add the flour slowly, keep stirring, and let the dough rest for at least one hour.",
];

/// Numbers by chance, the same each time.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }
}

fn text(sentences: &[&str], between: &str, bytes: usize) -> String {
    let mut chance = Chance::new(7);
    let mut text = String::with_capacity(bytes + 400);
    while text.len() < bytes {
        for _ in 0..3 + chance.below(4) {
            text.push_str(sentences[chance.below(sentences.len())]);
            text.push_str(between);
        }
        text.push('\n');
    }
    text
}

pub(crate) fn chinese(bytes: usize) -> String {
    text(CHINESE, "", bytes)
}

pub(crate) fn english(bytes: usize) -> String {
    text(ENGLISH, " ", bytes)
}

/// Chinese text that a chain has damaged, about so many bytes of it: the clauses that the chain can damage without loss.
pub(crate) fn damaged(chain: &str, bytes: usize) -> String {
    let chain: luanma::Chain = chain.parse().expect("a chain");
    // A clause has an even number of characters more often than a sentence, as pairs of bytes need it.
    let clauses = CHINESE.iter().flat_map(|sentence| sentence.split_inclusive(['，', '。', '；', '：']));
    let sentences: Vec<String> = clauses.filter_map(|clause| chain.apply(clause).ok()).map(|s| s + "\n").collect();
    let mut chance = Chance::new(5);
    let mut text = String::new();
    while text.len() < bytes && !sentences.is_empty() {
        text.push_str(&sentences[chance.below(sentences.len())]);
    }
    text
}

/// UTF-8 read as code page 936, with a mark for what that does not know.
pub(crate) fn lossy(bytes: usize) -> String {
    let clean = chinese(bytes);
    encoding_rs::GBK.decode_without_bom_handling(clean.as_bytes()).0.replace('\u{fffd}', "?")
}

/// The same with a mark for every pair that code page 936 has no character for: one in fifteen characters is a mark.
pub(crate) fn lossier(bytes: usize) -> String {
    let is_private = |c: char| ('\u{e000}'..='\u{f8ff}').contains(&c);
    lossy(bytes).replace(is_private, "?")
}

/// GBK read as UTF-8: nothing is left to repair.
pub(crate) fn hopeless(bytes: usize) -> String {
    let clean = chinese(bytes);
    let gbk: luanma::Chain = "gbk as iso-8859-1".parse().expect("a chain");
    let latin = gbk.apply(&clean).unwrap_or_default();
    let bytes: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Any bytes, read as Latin-1.
pub(crate) fn noise(bytes: usize) -> String {
    let mut chance = Chance::new(3);
    (0..bytes * 2 / 3).map(|_| chance.below(256) as u8 as char).collect()
}
