//! Own sentences and chains, for the laws and for fuzzing.

/// Fine text, one sentence a language.
pub(crate) const CLEAN: [(&str, &str); 26] = [
    ("Chinese", "山脚下的小店每天清晨就开门，卖豆浆和油条。"),
    ("Chinese, traditional", "巷口的麵包店剛出爐，整條街都聞得到香味。"),
    ("Japanese", "庭の柿の木に、今年もたくさんの実がなりました。"),
    ("Korean", "할머니는 마당에서 고추를 말리고 계셨다."),
    ("Vietnamese", "Chiều nay gió thổi mạnh, lá vàng rơi đầy sân trường."),
    ("English", "She said the café’s “daily special” was fine – nothing more…"),
    ("French", "Où as-tu posé la clé ? Elle était à côté de la théière."),
    ("German", "Im Frühjahr öffnet das Café am Fluss wieder für Gäste."),
    ("Spanish", "¿Dónde está el jardín? Mañana lo verás, señorita."),
    ("Portuguese", "O avô não pôde vir à reunião por causa da chuva."),
    ("Italian", "Domani la città sarà piena di gente, perché c’è il mercato."),
    ("Catalan", "El cel és blau i l'aigua del port està tranquil·la."),
    ("Romanian", "Bunica a pus pâinea și brânza pe masă în grădină."),
    ("Czech", "Na konci ulice stojí malý dům s červenou střechou."),
    ("Norwegian", "Bestefar går på ski når snøen ligger høyt på fjellet."),
    ("Finnish", "Kesällä istumme järven rannalla ja syömme mansikoita."),
    ("Icelandic", "Amma bakar brauð og börnin leika sér úti í garði."),
    ("Turkish", "Dün akşam komşumuz bahçede çay içip türkü söyledi."),
    ("Russian", "Старый мост через реку закрыли на ремонт до весны."),
    ("Ukrainian", "Біля школи росте стара яблуня, а під нею лавка."),
    ("Greek", "Το καλοκαίρι τα παιδιά κολυμπούν στη θάλασσα."),
    ("Hebrew", "בערב ישבנו בחצר ושתינו תה עם נענע."),
    ("Arabic", "جلسنا في المساء قرب النافذة وشربنا الشاي."),
    ("Persian", "عصرها پدربزرگ در حیاط چای می‌نوشید."),
    ("Thai", "ตอนเย็นเด็กๆ เล่นว่าวอยู่กลางทุ่งนา"),
    ("Hindi", "शाम को बच्चे नदी के किनारे खेल रहे थे।"),
];

/// Own sentences for damage.
pub(crate) const SENTENCES: [&str; 10] = [
    "春雨过后，院子里的石榴树开满了花。",
    "请在下周五之前把合同寄回公司。",
    "老人坐在树下喝茶，看孩子们放风筝。",
    "系统检测到新的设备，正在安装驱动程序。",
    "他把旧照片放进木盒里，轻轻盖上盖子。",
    "颱風過後，漁港裡的船隻陸續出海。",
    "這座橋是去年秋天才修好的。",
    "会议记录已经发到各位的邮箱。",
    "火车晚点了四十分钟，站台上人很多。",
    "明天上午九点，展览馆门口集合。",
];

/// Chains that the wild knows, from one step to three.
pub(crate) const CHAINS: [&str; 12] = [
    "utf-8 as windows-1252",
    "utf-8 as iso-8859-1",
    "utf-8 as gbk",
    "utf-8 as big5",
    "gbk as windows-1252",
    "gbk as iso-8859-1",
    "gbk as cp437",
    "gbk as euc-kr",
    "big5 as windows-1252",
    "utf-8 as windows-1252 | utf-8 as windows-1252",
    "gbk as windows-1252 | utf-8 as windows-1252",
    "utf-8 as iso-8859-1 | utf-8 as iso-8859-1 | utf-8 as iso-8859-1",
];
