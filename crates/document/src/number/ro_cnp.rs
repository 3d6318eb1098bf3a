//! CNP, the Romanian personal numeric code (law 105/1996, rules of application): a digit of sex and century, birth
//! date, county, three digits of order and a check digit modulo 11.
//!
//! Residents without Romanian citizenship have 7 or 8 for men and women, other foreigners 9; none states a century.

use jiff::civil::Date;

use super::text::{Compact, born, born_in_some_century, digits_text, value, weighted};
use super::{NumberError, NumberFacts, NumberFinding, Region, Scheme};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let compact = Compact::of(typed, b"-");
    compact.only_digits()?;
    if compact.chars().first() == Some(&b'0') {
        return Err(NumberError::Component { part: "sex and century" });
    }
    let digits = compact.digits::<13>("13")?;
    let (year, month, day) = (value(&digits[1..3]), value(&digits[3..5]), value(&digits[5..7]));
    let birth_date = match digits[0] {
        1 | 2 => born(1900 + year, month, day, today),
        3 | 4 => born(1800 + year, month, day, today),
        5 | 6 => born(2000 + year, month, day, today),
        _ => born_in_some_century(year, month, day, today),
    }?;
    let county = value(&digits[7..9]);
    let name = match county {
        // Given out without regard to the county, and to people whose county is not known.
        70 | 80..=83 => None,
        _ => Some(COUNTIES.iter().find(|(code, _)| *code == county).ok_or(NumberError::Region)?.1),
    };
    let remainder = weighted(&digits[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    if u32::from(digits[12]) != if remainder == 10 { 1 } else { remainder } {
        return Err(NumberError::Checksum);
    }
    let mut facts = NumberFacts::new(Scheme::RoCnp, digits_text(&digits));
    facts.birth_date = Some(birth_date);
    facts.region = Some(Region { code: format!("{county:02}"), name });
    facts.sex = match digits[0] {
        9 => None,
        odd if odd % 2 == 1 => Some(Sex::Male),
        _ => Some(Sex::Female),
    };
    if digits[0] >= 7 {
        facts.findings.extend([NumberFinding::ForeignNational, NumberFinding::CenturyAssumed]);
    }
    Ok(facts)
}

/// The counties, and the sectors of Bucharest of which the seventh and eighth are gone.
const COUNTIES: [(i16, &str); 50] = [
    (1, "Alba"),
    (2, "Arad"),
    (3, "Argeș"),
    (4, "Bacău"),
    (5, "Bihor"),
    (6, "Bistrița-Năsăud"),
    (7, "Botoșani"),
    (8, "Brașov"),
    (9, "Brăila"),
    (10, "Buzău"),
    (11, "Caraș-Severin"),
    (12, "Cluj"),
    (13, "Constanța"),
    (14, "Covasna"),
    (15, "Dâmbovița"),
    (16, "Dolj"),
    (17, "Galați"),
    (18, "Gorj"),
    (19, "Harghita"),
    (20, "Hunedoara"),
    (21, "Ialomița"),
    (22, "Iași"),
    (23, "Ilfov"),
    (24, "Maramureș"),
    (25, "Mehedinți"),
    (26, "Mureș"),
    (27, "Neamț"),
    (28, "Olt"),
    (29, "Prahova"),
    (30, "Satu Mare"),
    (31, "Sălaj"),
    (32, "Sibiu"),
    (33, "Suceava"),
    (34, "Teleorman"),
    (35, "Timiș"),
    (36, "Tulcea"),
    (37, "Vaslui"),
    (38, "Vâlcea"),
    (39, "Vrancea"),
    (40, "București"),
    (41, "București, sectorul 1"),
    (42, "București, sectorul 2"),
    (43, "București, sectorul 3"),
    (44, "București, sectorul 4"),
    (45, "București, sectorul 5"),
    (46, "București, sectorul 6"),
    (47, "București, sectorul 7"),
    (48, "București, sectorul 8"),
    (51, "Călărași"),
    (52, "Giurgiu"),
];

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    #[test]
    fn a_code_states_birth_sex_and_county() {
        let facts = check("1630615123457", TODAY).unwrap();
        assert_eq!((facts.birth_date, facts.sex), (Some(date(1963, 6, 15)), Some(Sex::Male)));
        assert_eq!(facts.region, Some(Region { code: "12".to_owned(), name: Some("Cluj") }));
        assert_eq!(facts.findings, []);
    }

    #[test]
    fn foreigners_have_no_century() {
        let facts =
            |twelve: &str| (0..10).find_map(|last| check(&format!("{twelve}{last}"), TODAY).ok()).unwrap();
        let resident = facts("800022912345");
        assert_eq!((resident.birth_date, resident.sex), (Some(date(2000, 2, 29)), Some(Sex::Female)));
        assert_eq!(resident.findings, [NumberFinding::ForeignNational, NumberFinding::CenturyAssumed]);
        let other = facts("963061570345");
        assert_eq!((other.birth_date, other.sex), (Some(date(1963, 6, 15)), None));
        assert_eq!(other.region, Some(Region { code: "70".to_owned(), name: None }));
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("", "invalid_format"),
            ("163061512345A", "invalid_format"),
            ("0800101221142", "invalid_component"),
            ("163061512345", "invalid_length"),
            ("1632215123457", "invalid_component"),
            ("5630615123457", "invalid_component"),
            ("1630615493457", "invalid_component"),
            ("1630615123458", "invalid_checksum"),
        ] {
            assert_eq!(check(value, TODAY).unwrap_err().code(), expected, "{value}");
        }
    }
}
