//! Which country a certificate and a document are of.
//!
//! Certificates name a country by two letters (Doc 9303-12, section 7.1.1, `countryName`), zones by three (Doc 9303-3, section
//! 5). A country CA signs for its own country only: otherwise every state could make documents of every other.

use crate::state::StateCode;

/// A country or organization that has a country CA, as two upper-case letters. Codes that mean the same country are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The country of a certificate's `countryName`, in either case; `None` when it is not two letters.
    ///
    /// ```
    /// use lineward_document::{state::StateCode, trust::Country};
    /// let utopia = StateCode::parse("UTO").unwrap();
    /// assert_eq!(Country::from_name("ut"), Country::of_state(utopia));
    /// assert_eq!(Country::from_name("UTO"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Country> {
        let letters: [u8; 2] = name.as_bytes().try_into().ok()?;
        let letters = letters.map(|c| c.to_ascii_uppercase());
        letters.iter().all(u8::is_ascii_uppercase).then(|| Country(letters).one())
    }

    /// The country that a code of a zone stands for; `None` where no two letters are fixed for it.
    pub fn of_state(state: StateCode) -> Option<Country> {
        let chars = state.chars();
        let pair = |table: &'static str| {
            table.as_bytes().chunks_exact(5).find(|entry| entry.starts_with(&chars)).map(|e| [e[3], e[4]])
        };
        pair(DOC_9303).or_else(|| pair(ISO_3166)).map(|letters| Country(letters).one())
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The country whose CA also signs for this one, and the one code of several.
    fn one(self) -> Country {
        let under = UNDER.as_bytes().chunks_exact(4).find(|entry| entry.starts_with(&self.0));
        under.map_or(self, |entry| Country([entry[2], entry[3]]))
    }
}

/// ISO 3166-1: alpha-3 and alpha-2 of every entry.
const ISO_3166: &str = "ABWAWAFGAFAGOAOAIAAIALAAXALBALANDADAREAEARGARARMAMASMASATAAQATFTFATGAGAUSAUAUTATAZEAZBDIBIBELBEBENBJBESBQ\
BFABFBGDBDBGRBGBHRBHBHSBSBIHBABLMBLBLRBYBLZBZBMUBMBOLBOBRABRBRBBBBRNBNBTNBTBVTBVBWABWCAFCFCANCACCKCCCHECH\
CHLCLCHNCNCIVCICMRCMCODCDCOGCGCOKCKCOLCOCOMKMCPVCVCRICRCUBCUCUWCWCXRCXCYMKYCYPCYCZECZDEUDEDJIDJDMADMDNKDK\
DOMDODZADZECUECEGYEGERIERESHEHESPESESTEEETHETFINFIFJIFJFLKFKFRAFRFROFOFSMFMGABGAGBRGBGEOGEGGYGGGHAGHGIBGI\
GINGNGLPGPGMBGMGNBGWGNQGQGRCGRGRDGDGRLGLGTMGTGUFGFGUMGUGUYGYHKGHKHMDHMHNDHNHRVHRHTIHTHUNHUIDNIDIMNIMINDIN\
IOTIOIRLIEIRNIRIRQIQISLISISRILITAITJAMJMJEYJEJORJOJPNJPKAZKZKENKEKGZKGKHMKHKIRKIKNAKNKORKRKWTKWLAOLALBNLB\
LBRLRLBYLYLCALCLIELILKALKLSOLSLTULTLUXLULVALVMACMOMAFMFMARMAMCOMCMDAMDMDGMGMDVMVMEXMXMHLMHMKDMKMLIMLMLTMT\
MMRMMMNEMEMNGMNMNPMPMOZMZMRTMRMSRMSMTQMQMUSMUMWIMWMYSMYMYTYTNAMNANCLNCNERNENFKNFNGANGNICNINIUNUNLDNLNORNO\
NPLNPNRUNRNZLNZOMNOMPAKPKPANPAPCNPNPERPEPHLPHPLWPWPNGPGPOLPLPRIPRPRKKPPRTPTPRYPYPSEPSPYFPFQATQAREUREROURO\
RUSRURWARWSAUSASDNSDSENSNSGPSGSGSGSSHNSHSJMSJSLBSBSLESLSLVSVSMRSMSOMSOSPMPMSRBRSSSDSSSTPSTSURSRSVKSKSVNSI\
SWESESWZSZSXMSXSYCSCSYRSYTCATCTCDTDTGOTGTHATHTJKTJTKLTKTKMTMTLSTLTONTOTTOTTTUNTNTURTRTUVTVTWNTWTZATZUGAUG\
UKRUAUMIUMURYUYUSAUSUZBUZVATVAVCTVCVENVEVGBVGVIRVIVNMVNVUTVUWLFWFWSMWSYEMYEZAFZAZMBZMZWEZW";

/// What Doc 9303-3, section 5, adds, as far as two letters are fixed: Germany, the British nationalities and Kosovo (part A),
/// the European Union (B), the United Nations (C), codes withdrawn from ISO 3166 that documents still carry (F), and
/// Utopia, of which only specimens exist (G). The organizations of part D (`XOM`, `XPO` ...) have no such letters.
const DOC_9303: &str = "D<<DEGBDGBGBNGBGBOGBGBPGBGBSGBRKSKSEUEEUUNOUNUNAUNUNKUNROMROZARCDTMPTLANTNLUTOUT";

/// Two letters, and the two that stand for the same country CA: other letters for one country (`XK` and `KS`, `UK`, `EL`), and
/// territories whose documents name the state they belong to, or are signed by its CA: Hong Kong and Macao (China); Bermuda, the
/// Cayman and Virgin Islands, Gibraltar and the other British territories; the Faroes and Greenland (Denmark); Aruba, Curaçao
/// and Sint Maarten (Netherlands).
const UNDER: &str =
    "XKKSUKGBELGRHKCNMOCNBMGBKYGBVGGBGIGBIMGBJEGBGGGBAIGBMSGBTCGBFKGBSHGBFODKGLDKAWNLCWNLSXNLANNL";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(state: &str, name: &str, same: bool) {
        let state = StateCode::parse(state).unwrap();
        assert_eq!(Country::of_state(state) == Country::from_name(name), same, "{state} and {name}");
    }

    #[test]
    fn every_listed_state_has_a_country_and_no_two_letters_stand_twice() {
        let mut letters: Vec<&str> =
            ISO_3166.as_bytes().chunks_exact(5).map(|e| std::str::from_utf8(&e[3..]).unwrap()).collect();
        assert_eq!(letters.len(), 249);
        for entry in ISO_3166.as_bytes().chunks_exact(5) {
            assert!(StateCode::from_chars([entry[0], entry[1], entry[2]]).is_listed());
        }
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 249);
    }

    #[test]
    fn special_codes_are_of_their_country_and_of_no_other() {
        for (state, name) in [
            ("D", "DE"),
            ("DEU", "de"),
            ("GBR", "GB"),
            ("GBD", "GB"),
            ("GBS", "UK"),
            ("UNO", "UN"),
            ("UNA", "UN"),
            ("EUE", "EU"),
            ("RKS", "KS"),
            ("RKS", "XK"),
            ("ROM", "RO"),
            ("ROU", "RO"),
            ("ZAR", "CD"),
            ("COD", "CD"),
            ("TMP", "TL"),
            ("TLS", "TL"),
            ("CHN", "CN"),
            ("CHN", "HK"),
            ("HKG", "CN"),
            ("GBD", "BM"),
            ("UTO", "UT"),
        ] {
            check(state, name, true);
        }
        for (state, name) in
            [("D", "DK"), ("CHN", "TW"), ("TWN", "CN"), ("UTO", "DE"), ("NLD", "BE"), ("GBR", "IE")]
        {
            check(state, name, false);
        }
        assert_eq!(Country::of_state(StateCode::parse("XOM").unwrap()), None);
        assert_eq!(Country::of_state(StateCode::parse("XXA").unwrap()), None);
        for name in ["", "D", "DEU", "D1", "d\u{e9}"] {
            assert_eq!(Country::from_name(name), None, "{name}");
        }
    }
}
