//! `lineward document chip` and `lineward trust`, on the files of issued documents and on specimens.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::run::{Ran, file, run, shared};

/// What a specimen without a country CA in any list must be found to be: `verdict`, then the checks that fail, each with its
/// reason. Which byte each of the tampered security objects differs in was found by comparing it with the original.
const SPECIMENS: [(&str, &str, &[(&str, &str)]); 12] = [
    // The published chip: its security object names data groups 1, 2 and 14 only, and 15 lies beside it.
    ("bsi-tr03105-5/EF_SOD.bin", "inconclusive", &[]),
    ("jmrtd/bsi2008_EF_SOD.bin", "inconclusive", &[]),
    ("jmrtd/loes2006_ef011D.bin", "inconclusive", &[]),
    ("pymrtd/sod_SOD_68f32f11.bin", "inconclusive", &[]),
    ("pymrtd/sod_SOD_1ae97e17.bin", "not_genuine", &[("sod_signature", "signature_wrong")]),
    ("pymrtd/sod_SOD_208be068.bin", "not_genuine", &[("sod_signature", "digest_wrong")]),
    ("pymrtd/sod_SOD_6d3b6ce3.bin", "", &[]),
    ("pymrtd/sod_SOD_79138374.bin", "", &[]),
    ("pymrtd/sod_SOD_9712ab14.bin", "", &[]),
    ("pymrtd/sod_SOD_c433a51a.bin", "", &[]),
    ("pymrtd/sod_SOD_de1b10af.bin", "", &[]),
    ("pymrtd/sod_SOD_f33762bb.bin", "", &[]),
];
