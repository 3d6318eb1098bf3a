//! The region codes of GB/T 2260, from its first edition (1980) on, each with the years it was in force: a number keeps
//! the code of its day.
//!
//! `regions.txt` holds codes and years only: two digits of province on a line of their own, then lines of `from-to:`
//! with the four-digit codes, as runs, that were in force from the first to the last of these years; without a first
//! year from the first edition on, without a last one still in 2020. They are plain facts, collected from the public
//! lists of the administrative division codes (the editions of GB/T 2260 and its changes as tabulated in the Chinese
//! Wikipedia, by way of the table in python-stdnum), which reach to 2020. `81`, `82` and `83` are the codes of the
//! residence permits for residents of Hong Kong, Macao and Taiwan (State Council, measures of 2018, article 3).

use std::sync::LazyLock;

/// Whether the code was in force in some year from `first` to `last`, both included.
pub(super) fn was_in_force(code: u32, first: i16, last: i16) -> bool {
    runs_of(code).any(|run| run.from <= last && first <= run.to)
}

/// The province, municipality, autonomous or special administrative region with these two digits.
pub(super) fn province(digits: u32) -> Option<&'static str> {
    PROVINCES.iter().find(|(prefix, _)| *prefix == digits).map(|(_, name)| *name)
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

/// Neighbouring codes with the same years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    first: u32,
    last: u32,
    from: i16,
    to: i16,
}

/// All runs in the order of their codes. A code that was given out twice has two, which then hold nothing else.
static RUNS: LazyLock<Vec<Run>> = LazyLock::new(|| read(include_str!("regions.txt")));

fn runs_of(code: u32) -> impl Iterator<Item = &'static Run> {
    let after = RUNS.partition_point(|run| run.first <= code);
    RUNS[..after].iter().rev().take_while(move |run| code <= run.last)
}

fn read(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let (mut province, mut from, mut to) = (0, i16::MIN, i16::MAX);
    for word in text.split_whitespace() {
        if let Some(years) = word.strip_suffix(':') {
            let (first, last) = years.split_once('-').unwrap_or_default();
            (from, to) = (first.parse().unwrap_or(i16::MIN), last.parse().unwrap_or(i16::MAX));
        } else if let (2, Ok(digits)) = (word.len(), word.parse::<u32>()) {
            province = digits * 10_000;
        } else {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            if let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) {
                runs.push(Run { first: province + first, last: province + last, from, to });
            }
        }
    }
    runs.sort_by_key(|run| (run.first, run.from));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_listed(code: u32) -> bool {
        runs_of(code).next().is_some()
    }

    #[test]
    fn current_and_withdrawn_codes_are_listed_and_every_one_has_a_province() {
        for code in [110_101, 110_103, 412_723, 440_113, 360_426, 659_001, 810_000] {
            assert!(is_listed(code), "{code}");
        }
        for code in [0, 99_999, 110_199, 990_101, 840_000, u32::MAX] {
            assert!(!is_listed(code), "{code}");
        }
        let listed: Vec<u32> = (0..1_000_000).filter(|code| is_listed(*code)).collect();
        assert_eq!(listed.len(), 6886);
        assert!(listed.iter().all(|code| province(code / 10_000).is_some()));
    }

    #[test]
    fn a_code_was_in_force_in_its_years_only() {
        let check = |code, first, last, expected| {
            assert_eq!(was_in_force(code, first, last), expected, "{code} {first}-{last}");
        };
        check(110_101, 1900, 1900, true);
        check(110_201, 1900, 1982, true);
        check(110_201, 1983, 2026, false);
        check(110_118, 1990, 2014, false);
        check(110_118, 1990, 2015, true);
        // Given to two places, one after the other.
        check(511_400, 1980, 1994, false);
        check(511_400, 1996, 1996, true);
        check(511_400, 1998, 1999, false);
        check(511_400, 2000, 2026, true);
        check(830_000, 2017, 2017, false);
        check(110_199, 1980, 2026, false);
    }

    #[test]
    fn runs_lie_apart_except_for_codes_given_out_twice() {
        for pair in RUNS.windows(2) {
            let [one, next] = pair else { continue };
            assert!(one.first <= one.last && one.from <= one.to, "{one:?}");
            let twice = one.first == next.first && one.last == one.first && next.last == one.first;
            assert!(one.last < next.first || (twice && one.to < next.from), "{one:?} {next:?}");
        }
    }
}
