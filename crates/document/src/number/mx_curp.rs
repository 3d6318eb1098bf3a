//! CURP, the key of the Mexican population register: four letters of the names, birth date, sex, place of birth, three
//! consonants of the names, one character that tells twins apart and states the century, and a check digit (RENAPO,
//! Instructivo normativo para la asignación de la clave única de registro de población).

use jiff::civil::Date;

use super::text::{Compact, born, text};
use super::{NumberError, NumberFacts, Region, Scheme};
use crate::facts::Sex;

pub(super) fn check(typed: &str, today: Date) -> Result<NumberFacts, NumberError> {
    let chars = Compact::of(typed, b"-_").exactly::<18>("18")?;
    let shape = chars.iter().zip(SHAPE).all(|(char, kind)| match kind {
        b'A' => char.is_ascii_uppercase(),
        b'9' => char.is_ascii_digit(),
        _ => char.is_ascii_alphanumeric(),
    });
    if !shape {
        return Err(NumberError::Format);
    }
    if INCONVENIENT.chunks_exact(4).any(|word| chars.starts_with(word)) {
        return Err(NumberError::Component { part: "names" });
    }
    let two = |at: usize| i16::from(chars[at] - b'0') * 10 + i16::from(chars[at + 1] - b'0');
    // A digit for those born up to 1999, a letter since.
    let century = if chars[16].is_ascii_digit() { 1900 } else { 2000 };
    let birth_date = born(century + two(4), two(6), two(8), today)?;
    let sex = match chars[10] {
        b'H' => Sex::Male,
        b'M' => Sex::Female,
        // Given out by RENAPO to non-binary people since 2023.
        b'X' => Sex::Unspecified,
        _ => return Err(NumberError::Component { part: "sex" }),
    };
    let place = STATES.iter().find(|(code, _)| code.as_bytes() == &chars[11..13]);
    let Some((code, name)) = place else { return Err(NumberError::Region) };
    if check_digit(&chars) != chars[17] - b'0' {
        return Err(NumberError::Checksum);
    }
    let mut facts = NumberFacts::new(Scheme::MxCurp, text(&chars));
    facts.birth_date = Some(birth_date);
    facts.sex = Some(sex);
    facts.region = Some(Region { code: (*code).to_owned(), name: Some(name) });
    Ok(facts)
}

/// `A` a letter, `9` a digit, `*` either.
const SHAPE: &[u8; 18] = b"AAAA999999AAAAAA*9";

/// Weights from 18 down; letters follow the digits in the order of the Spanish alphabet, Ñ between N and O.
fn check_digit(chars: &[u8; 18]) -> u8 {
    let value = |char: u8| match char {
        b'0'..=b'9' => u32::from(char - b'0'),
        b'A'..=b'N' => u32::from(char - b'A') + 10,
        _ => u32::from(char - b'A') + 11,
    };
    let sum: u32 = chars[..17].iter().zip((2..=18).rev()).map(|(char, weight)| value(*char) * weight).sum();
    // A remainder of ten fits a byte.
    ((10 - sum % 10) % 10) as u8
}

/// Words that a key must not begin with; the register puts an X for the second letter (annex 2 of the instructivo,
/// catálogo de palabras inconvenientes).
const INCONVENIENT: &[u8] = b"BACABAKABUEIBUEYCACACACOCAGACAGOCAKACAKOCOGECOGICOJACOJECOJICOJOCOLACULOFALOFETO\
GETAGUEIGUEYJETAJOTOKACAKACOKAGAKAGOKAKAKAKOKOGEKOGIKOJAKOJEKOJIKOJOKOLAKULOLILOLOCALOCOLOKALOKOMAMEMAMOMEARMEASMEON\
MIARMIONMOCOMOKOMULAMULONACANACOPEDAPEDOPENEPIPIPITOPOPOPUTAPUTOQULORATAROBAROBEROBORUINSENOTETAVACAVAGAVAGOVAKAVUEI\
VUEYWUEIWUEY";

/// The federal entities (annex of the instructivo); `DF` stayed the code of Mexico City, `NE` is birth abroad.
const STATES: [(&str, &str); 33] = [
    ("AS", "Aguascalientes"),
    ("BC", "Baja California"),
    ("BS", "Baja California Sur"),
    ("CC", "Campeche"),
    ("CH", "Chihuahua"),
    ("CL", "Coahuila"),
    ("CM", "Colima"),
    ("CS", "Chiapas"),
    ("DF", "Ciudad de México"),
    ("DG", "Durango"),
    ("GR", "Guerrero"),
    ("GT", "Guanajuato"),
    ("HG", "Hidalgo"),
    ("JC", "Jalisco"),
    ("MC", "México"),
    ("MN", "Michoacán"),
    ("MS", "Morelos"),
    ("NE", "nacido en el extranjero"),
    ("NL", "Nuevo León"),
    ("NT", "Nayarit"),
    ("OC", "Oaxaca"),
    ("PL", "Puebla"),
    ("QR", "Quintana Roo"),
    ("QT", "Querétaro"),
    ("SL", "Sinaloa"),
    ("SP", "San Luis Potosí"),
    ("SR", "Sonora"),
    ("TC", "Tabasco"),
    ("TL", "Tlaxcala"),
    ("TS", "Tamaulipas"),
    ("VZ", "Veracruz"),
    ("YN", "Yucatán"),
    ("ZS", "Zacatecas"),
];

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn check_code(value: &str) -> Result<String, &'static str> {
        check(value, TODAY).map(|facts| facts.normalised).map_err(|error| error.code())
    }

    #[test]
    fn a_key_states_birth_sex_and_place() {
        let facts = check("boxw-310820-HNERXN-09", TODAY).unwrap();
        assert_eq!(facts.normalised, "BOXW310820HNERXN09");
        assert_eq!(facts.birth_date, Some(date(1931, 8, 20)));
        assert_eq!(facts.sex, Some(Sex::Male));
        assert_eq!(facts.region.unwrap().name, Some("nacido en el extranjero"));
        // Built by hand: the letter says 2000 and after, X is neither H nor M.
        assert_eq!(check("BOXW100820XNERXNA0", TODAY).unwrap_err(), NumberError::Checksum);
        let digit = check_digit(b"BOXW100820XNERXNA0");
        let young = check(&format!("BOXW100820XNERXNA{digit}"), TODAY).unwrap();
        assert_eq!((young.birth_date, young.sex), (Some(date(2010, 8, 20)), Some(Sex::Unspecified)));
    }

    #[test]
    fn each_defect_has_its_own_answer() {
        for (value, expected) in [
            ("1230", "invalid_length"),
            ("123ZZZZZZZZZZZZZ90", "invalid_format"),
            ("BOXW310820HNERXNÑ9", "invalid_format"),
            ("PUTO310820HNERXN09", "invalid_component"),
            ("BOXW310231HNERXN09", "invalid_component"),
            ("BOXW310820QNERXN09", "invalid_component"),
            ("BOXW310820HXXRXN09", "invalid_component"),
            ("BOXW880820HNERXNA9", "invalid_component"),
            ("BOXW310820HNERXN08", "invalid_checksum"),
        ] {
            assert_eq!(check_code(value), Err(expected), "{value}");
        }
    }
}
