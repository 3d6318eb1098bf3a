//! Whatever decodes as a decision record is written again as the very same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lineward_ledger::DecisionRecord;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(record) = DecisionRecord::decode(bytes) {
        assert_eq!(record.encode().as_deref(), Ok(bytes));
    }
});
