//! The region codes of GB/T 2260, from its first edition (1980) on, with those withdrawn since: a number keeps the
//! code of its day.
//!
//! `regions.txt` holds codes only, as runs: two digits of province, then the four-digit codes in it. They are plain
//! facts, collected from the public lists of the administrative division codes (the editions of GB/T 2260 and its
//! changes as tabulated in the Chinese Wikipedia, by way of the table in python-stdnum), which reach to 2020. `83` is
//! the code of the residence permits for residents of Taiwan (State Council, measures of 2018).

/// Whether the code is or was one.
pub(super) fn is_listed(code: u32) -> bool {
    index(code).is_some_and(|i| LISTED[i / 64] >> (i % 64) & 1 == 1)
}

/// The province, municipality, autonomous or special administrative region of a code.
pub(super) fn province(code: u32) -> Option<&'static str> {
    PROVINCES.iter().find(|(prefix, _)| *prefix == code / 10_000).map(|(_, name)| *name)
}

const PROVINCES: [(u32, &str); 35] = [
    (11, "北京市"),
    (12, "天津市"),
    (13, "河北省"),
    (14, "山西省"),
    (15, "内蒙古自治区"),
    (21, "辽宁省"),
    (22, "吉林省"),
    (23, "黑龙江省"),
    (31, "上海市"),
    (32, "江苏省"),
    (33, "浙江省"),
    (34, "安徽省"),
    (35, "福建省"),
    (36, "江西省"),
    (37, "山东省"),
    (41, "河南省"),
    (42, "湖北省"),
    (43, "湖南省"),
    (44, "广东省"),
    (45, "广西壮族自治区"),
    (46, "海南省"),
    (50, "重庆市"),
    (51, "四川省"),
    (52, "贵州省"),
    (53, "云南省"),
    (54, "西藏自治区"),
    (61, "陕西省"),
    (62, "甘肃省"),
    (63, "青海省"),
    (64, "宁夏回族自治区"),
    (65, "新疆维吾尔自治区"),
    (71, "台湾省"),
    (81, "香港特别行政区"),
    (82, "澳门特别行政区"),
    (83, "台湾省"),
];

/// One bit for every code from 110000 to 839999.
static LISTED: [u64; WORDS] = read(include_bytes!("regions.txt"));
const FIRST: u32 = 110_000;
const WORDS: usize = 730_000usize.div_ceil(64);

const fn index(code: u32) -> Option<usize> {
    if code >= FIRST && code < FIRST + 730_000 { Some((code - FIRST) as usize) } else { None }
}

/// Reads runs such as `11 0000 0100-0119`; a line that begins with a blank goes on with the province before it.
const fn read(text: &[u8]) -> [u64; WORDS] {
    let mut bits = [0; WORDS];
    let (mut province, mut number, mut digits, mut from) = (0, 0, 0, None);
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            digit @ b'0'..=b'9' => {
                number = number * 10 + (digit - b'0') as u32;
                digits += 1;
            }
            b'-' => {
                from = Some(number);
                (number, digits) = (0, 0);
            }
            _ => {
                if digits == 2 {
                    province = number;
                } else if digits == 4 {
                    let mut code = province * 10_000
                        + match from {
                            Some(from) => from,
                            None => number,
                        };
                    while code <= province * 10_000 + number {
                        if let Some(i) = index(code) {
                            bits[i / 64] |= 1 << (i % 64);
                        }
                        code += 1;
                    }
                }
                (number, digits, from) = (0, 0, None);
            }
        }
        at += 1;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn current_and_withdrawn_codes_are_listed_and_every_one_has_a_province() {
        for code in [110_101, 110_103, 412_723, 440_113, 360_426, 659_001, 810_000] {
            assert!(is_listed(code), "{code}");
        }
        for code in [0, 99_999, 110_199, 990_101, 840_000, u32::MAX] {
            assert!(!is_listed(code), "{code}");
        }
        let listed: Vec<u32> = (FIRST..840_000).filter(|code| is_listed(*code)).collect();
        assert_eq!(listed.len(), 6886);
        assert!(listed.iter().all(|code| province(*code).is_some()));
    }
}
