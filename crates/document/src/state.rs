//! The three-letter codes of Doc 9303-3, section 5, for issuing states, organizations and nationalities.

use std::fmt;

/// A code as it stands in the zone: three characters of A-Z, 0-9 and `<`, not yet checked against the list.
///
/// ```
/// use lineward_document::state::StateCode;
/// let germany = StateCode::from_chars(*b"D<<");
/// assert_eq!(germany.as_str(), "D");
/// assert!(germany.is_listed());
/// assert!(!StateCode::from_chars(*b"ASU").is_listed());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateCode([u8; 3]);

impl StateCode {
    /// Utopia, which issues nothing but specimens (9303-3, section 5, part G).
    pub const UTOPIA: StateCode = StateCode(*b"UTO");

    /// Takes three characters of a zone. Characters that no zone can hold become fillers.
    pub fn from_chars(chars: [u8; 3]) -> Self {
        Self(chars.map(|c| if c.is_ascii_uppercase() || c.is_ascii_digit() { c } else { b'<' }))
    }

    /// Reads a code of one to three letters as people write it (`D`, `CHN`); `None` when it is not that.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > 3 || !bytes.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut chars = [b'<'; 3];
        for (to, from) in chars.iter_mut().zip(bytes) {
            *to = from.to_ascii_uppercase();
        }
        Some(Self(chars))
    }

    /// The code without its fillers.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|c| *c == b'<').unwrap_or(3);
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }

    /// The three characters as the zone holds them.
    pub fn chars(&self) -> [u8; 3] {
        self.0
    }

    /// Whether 9303-3 knows the code, as of the eighth edition (2021).
    pub fn is_listed(&self) -> bool {
        index(self.0).is_some_and(|i| LISTED[i / 64] >> (i % 64) & 1 == 1)
    }

    /// Whether the code marks a specimen. A specimen proves nothing about anybody.
    pub fn is_specimen(&self) -> bool {
        *self == Self::UTOPIA
    }
}

impl fmt::Display for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateCode({})", self.as_str())
    }
}

/// ISO 3166-1 alpha-3 (9303-3, section 5, part A).
const ISO_3166: &str = "ABWAFGAGOAIAALAALBANDAREARGARMASMATAATFATGAUSAUTAZEBDIBELBENBESBFABGDBGRBHRBHSBIHBLM\
BLRBLZBMUBOLBRABRBBRNBTNBVTBWACAFCANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOMCPVCRICUBCUWCXRCYMCYPCZEDEUDJIDMADNKDOMDZA\
ECUEGYERIESHESPESTETHFINFJIFLKFRAFROFSMGABGBRGEOGGYGHAGIBGINGLPGMBGNBGNQGRCGRDGRLGTMGUFGUMGUYHKGHMDHNDHRVHTIHUN\
IDNIMNINDIOTIRLIRNIRQISLISRITAJAMJEYJORJPNKAZKENKGZKHMKIRKNAKORKWTLAOLBNLBRLBYLCALIELKALSOLTULUXLVAMACMAFMARMCO\
MDAMDGMDVMEXMHLMKDMLIMLTMMRMNEMNGMNPMOZMRTMSRMTQMUSMWIMYSMYTNAMNCLNERNFKNGANICNIUNLDNORNPLNRUNZLOMNPAKPANPCNPER\
PHLPLWPNGPOLPRIPRKPRTPRYPSEPYFQATREUROURUSRWASAUSDNSENSGPSGSSHNSJMSLBSLESLVSMRSOMSPMSRBSSDSTPSURSVKSVNSWESWZSXM\
SYCSYRTCATCDTGOTHATJKTKLTKMTLSTONTTOTUNTURTUVTWNTZAUGAUKRUMIURYUSAUZBVATVCTVENVGBVIRVNMVUTWLFWSMYEMZAFZMBZWE";

/// What 9303-3, section 5 adds: part A (Germany, the British nationalities, Kosovo), B (European Union), C (United
/// Nations), D (other organizations), E (persons without a defined nationality), F (withdrawn codes still met), G
/// (specimens). Part H (`IAO`) signs master lists and issues no documents.
const DOC_9303: &str =
    "D<<GBDGBNGBOGBPGBSRKSEUEUNOUNAUNKXBAXIMXCCXCEXCOXECXPOXESXMPXOMXDCXXAXXBXXCXXXANTNTZUTO";

/// One bit for every three letters or fillers.
static LISTED: [u64; WORDS] = listed();
const WORDS: usize = (27 * 27 * 27usize).div_ceil(64);

const fn listed() -> [u64; WORDS] {
    mark(mark([0; WORDS], ISO_3166.as_bytes()), DOC_9303.as_bytes())
}

const fn mark(mut bits: [u64; WORDS], codes: &[u8]) -> [u64; WORDS] {
    let mut at = 0;
    while at < codes.len() {
        if let Some(i) = index([codes[at], codes[at + 1], codes[at + 2]]) {
            bits[i / 64] |= 1 << (i % 64);
        }
        at += 3;
    }
    bits
}

const fn index(code: [u8; 3]) -> Option<usize> {
    match (letter(code[0]), letter(code[1]), letter(code[2])) {
        (Some(a), Some(b), Some(c)) => Some((a * 27 + b) * 27 + c),
        _ => None,
    }
}

const fn letter(c: u8) -> Option<usize> {
    match c {
        b'A'..=b'Z' => Some((c - b'A') as usize),
        b'<' => Some(26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_every_code_once() {
        let bits: u32 = LISTED.iter().map(|word| word.count_ones()).sum();
        assert_eq!(ISO_3166.len() / 3, 249);
        assert_eq!(bits as usize, (ISO_3166.len() + DOC_9303.len()) / 3);
    }

    #[test]
    fn special_codes_are_listed_and_lookalikes_are_not() {
        for code in ["D", "UTO", "GBD", "GBS", "XXA", "XXX", "UNO", "EUE", "RKS", "XOM", "TWN", "HKG"] {
            assert!(StateCode::parse(code).unwrap().is_listed(), "{code}");
        }
        for code in ["GER", "ASU", "INP", "BOS", "IAO", "DD", "U"] {
            assert!(!StateCode::parse(code).unwrap().is_listed(), "{code}");
        }
        assert!(!StateCode::from_chars(*b"UT0").is_listed());
        assert!(StateCode::parse("UTO1").is_none());
    }
}
