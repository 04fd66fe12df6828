//! Sentences written for this program, so that it can measure something without any other data.

/// Simplified Chinese, of varied domains.
pub(crate) const SIMPLIFIED: &[&str] = &[
    "昨夜下了一场大雪，今早整个院子都白了，孩子们顾不上吃早饭就跑出去堆雪人。",
    "请先保存文件，再关闭窗口；如果程序没有响应，可以在任务管理器里结束它。",
    "本店每周一休息，其余时间上午十点开门，晚上九点打烊，欢迎新老顾客光临。",
    "把豆腐切成小块，用盐水泡十分钟，锅里放油烧热，两面煎到金黄再加酱油和葱花。",
    "该公司第三季度收入同比增长百分之十二，净利润却下降了，主要原因是原材料涨价。",
    "他推开门，屋里一个人也没有，只有桌上的茶还冒着热气。",
    "函数返回一个指针，调用者负责释放它所指向的内存，否则会造成泄漏。",
    "从火车站坐二路公交车，到人民公园下车，往前走两百米就是图书馆。",
    "患者应当按时服药，不得自行增减剂量，出现皮疹或者头晕时请及时就医。",
    "“你怎么才来？”她笑着问，“菜都凉了三回了！”",
    "春雨过后，田里的水满了，老农牵着牛慢慢走上田埂，远处传来布谷鸟的叫声。",
    "第二条：甲方应于合同签订之日起三十日内付清全部货款，逾期按日加收违约金。",
    "这部电影的画面很美，可惜故事太散，看到一半我就猜到了结尾。",
    "数据库连接失败：用户名或密码错误，请检查配置文件后重试。",
    "月亮离地球大约三十八万公里，光走完这段路只要一秒多一点。",
    "下午三点开会，地点改到五楼小会议室，请各组带上本月的进度表。",
    "老师说，学习没有捷径，每天进步一点点，一年以后就会大不一样。",
    "商品编号：2047，颜色：深蓝，尺码：中号，库存：36 件。",
    "球队在最后一分钟打进制胜一球，全场观众都站起来欢呼。",
    "山路越走越窄，两边的松树挡住了太阳，只听见脚下落叶沙沙地响。",
];

/// Traditional Chinese.
pub(crate) const TRADITIONAL: &[&str] = &[
    "颱風明天清晨登陸東部，氣象單位提醒民眾不要到海邊觀浪。",
    "這間小店只賣三樣東西：豆花、紅茶和燒餅，卻天天有人排隊。",
    "請輸入帳號與密碼，若忘記密碼，請按下方連結重新設定。",
    "夜市裡人聲鼎沸，攤販的叫賣聲和烤魷魚的香味混在一起。",
    "本書共分八章，前三章介紹歷史背景，後五章討論語言的變化。",
    "捷運首班車六點發車，末班車為午夜十二點，假日加開班次。",
    "她把信摺好，放進抽屜，從此再也沒有打開過。",
    "經過多年研究，學者終於解開了這座古墓的年代之謎。",
];

/// Other languages, each with an encoding that it was really written in.
pub(crate) const OTHERS: &[(&str, &str, &str)] = &[
    (
        "en",
        "windows-1252",
        "The café on the corner closes at five, so we'd better hurry — it's half past four already.",
    ),
    ("en", "windows-1252", "Unplug the device before cleaning it, and never put it into water."),
    ("fr", "windows-1252", "Après la pluie, les élèves sont rentrés à l'école en courant, trempés mais ravis."),
    ("de", "windows-1252", "Am Wochenende fährt die Straßenbahn früh nur alle dreißig Minuten über die Brücke."),
    ("es", "windows-1252", "¿Cuántos años tenías cuando aprendiste a nadar en el río, allá por la montaña?"),
    ("pt", "windows-1252", "A reunião de amanhã não será às três, mas às quatro; peço que avisem os outros."),
    ("sv", "windows-1252", "På våren blommar äppelträden längs ån, och då öppnar också det lilla kaféet."),
    ("pl", "windows-1250", "Wczoraj wieczorem zgubiłem klucze, więc musiałem poczekać na sąsiada przed drzwiami."),
    ("cs", "windows-1250", "Příští týden přijede babička a přiveze nám čerstvé třešně ze své zahrady."),
    ("hu", "windows-1250", "Az őszi szünetben felújították az iskola tetőjét, így már nem ázik be a könyvtár."),
    ("ru", "windows-1251", "Вчера мы долго гуляли по берегу реки и вернулись домой только к вечеру."),
    ("ru", "koi8-r", "Перед началом работы проверьте, подключён ли кабель к задней панели прибора."),
    ("uk", "windows-1251", "Її бабуся щоранку варила каву й розповідала нам історії про своє дитинство."),
    ("el", "windows-1253", "Το καλοκαίρι πηγαίνουμε κάθε μέρα στη θάλασσα και τρώμε παγωτό."),
    ("tr", "windows-1254", "Akşam üzeri çarşıya uğrayıp ekmek, süt ve biraz da üzüm alır mısın?"),
    ("vi", "windows-1258", "Buổi sáng, chợ nổi đông người mua bán, thuyền lớn thuyền nhỏ chen nhau trên sông."),
    ("ja", "shift_jis", "駅前の本屋は来月で閉店するそうですが、二階の喫茶店はそのまま残ります。"),
    ("ja", "euc-jp", "ファイルを開けませんでした。名前を確認して、もう一度やり直してください。"),
    ("ko", "euc-kr", "내일은 비가 온다고 하니 우산을 꼭 챙겨서 나가세요."),
    ("th", "windows-874", "ร้านอาหารเปิดทุกวันตั้งแต่สิบโมงเช้าถึงสามทุ่ม"),
    ("ar", "windows-1256", "تفتح المكتبة أبوابها كل يوم من التاسعة صباحا حتى السادسة مساء."),
    ("he", "windows-1255", "הרכבת האחרונה יוצאת בחצות, אז כדאי לא לאחר לתחנה."),
];
