//! The cases of python-stdnum for the schemes we know.

use lineward_document::number;

use crate::shared;

#[test]
fn numbers_are_judged_as_by_python_stdnum() {
    let Some(cases) = shared::cases("national-ids/python-stdnum-cases.json") else { return };
    let mut compared = 0;
    for case in cases.iter().filter(|case| case["module"] == "cn.ric") {
        let value = case["args"][0].as_str().unwrap();
        let facts = number::check("cn.ric", value, shared::TODAY);
        match (case["fn"].as_str().unwrap(), case["error"].as_str()) {
            ("validate" | "compact" | "format", None) => {
                assert_eq!(facts.unwrap().normalised, case["expected"], "{value}")
            }
            ("get_birth_place", None) => {
                // They write the special administrative regions in traditional characters.
                assert_eq!(facts.unwrap().region.unwrap().name, case["expected"]["province"], "{value}");
            }
            ("validate", Some(error)) => {
                let expected = match error {
                    "InvalidLength" => "invalid_length",
                    "InvalidFormat" => "invalid_format",
                    "InvalidChecksum" => "invalid_checksum",
                    _ => "invalid_component",
                };
                assert_eq!(facts.unwrap_err().code(), expected, "{value}");
            }
            (function, _) => panic!("no comparison for {function}"),
        }
        compared += 1;
    }
    println!("{compared} cases");
    assert!(compared > 0);
}
