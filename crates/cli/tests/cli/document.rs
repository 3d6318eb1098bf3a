//! `lineward document`.

use serde_json::json;

use crate::run::{SPECIMEN, keys, run, run_with_input, shared};

#[test]
fn a_zone_from_standard_input_is_read() {
    let read = run_with_input(&["document", "mrz", "-", "--at", "2012-04-15", "--json"], SPECIMEN).json();
    insta::assert_json_snapshot!(read);
    let without_dash = run_with_input(&["document", "mrz", "--at", "2012-04-16", "--json"], SPECIMEN).json();
    assert_eq!(without_dash["validity"], "expired");
}

#[test]
fn a_misread_number_has_candidates() {
    let misread = SPECIMEN.replace("L898902C3", "L89B902C3");
    let read = run_with_input(&["document", "mrz", "--json"], &misread).json();
    assert_eq!(read["checks"][0]["result"], "fail");
    assert_eq!(read["ambiguous"], true);
    let candidates = read["candidates"].as_array().unwrap();
    assert!(candidates.iter().any(|c| c["fields"]["document_number"] == "L898902C3"));
    assert_eq!(keys(&read["candidates"][0]["repairs"][0]), ["column", "line", "read", "taken"]);
}

#[test]
fn what_is_no_zone_gets_a_hint() {
    let error = run_with_input(&["document", "mrz"], "Dear Sir or Madam\n");
    assert!(error.failed().contains("holds no machine-readable zone"));
    assert!(run(&["document", "mrz", "no-such-file"]).failed().contains("no-such-file"));
}

#[test]
fn a_number_is_answered_also_when_it_is_wrong() {
    let number = |value| run(&["document", "number", "cn.ric", value, "--at", "2026-11-23", "--json"]).json();
    insta::assert_json_snapshot!(number("11010519491231002X"));
    assert_eq!(number("11010519491231002X"), {
        let mut old = number("110105491231002");
        assert_eq!(old["facts"]["findings"], json!(["no_check_digit"]));
        old["facts"]["findings"] = json!([]);
        old
    });
    assert_eq!(
        number("110105194912310021"),
        json!({ "scheme": "cn.ric", "valid": false, "normalised": null, "error": "invalid_checksum", "facts": {} })
    );
    assert!(run(&["document", "number", "xx.none", "1"]).failed().contains("cn.ric"));
}

#[test]
fn every_scheme_is_known_by_its_word() {
    for (scheme, number, normalised) in [
        ("in_.aadhaar", "2341 2341 2346", "234123412346"),
        ("br.cpf", "390.533.447-05", "39053344705"),
        ("mx.curp", "boxw310820hnerxn09", "BOXW310820HNERXN09"),
        ("es.dni", "54362315-K", "54362315K"),
        ("es.nie", "x-2482300w", "X2482300W"),
        ("it.codicefiscale", "RCCMNL83S18D969H", "RCCMNL83S18D969H"),
        ("pl.pesel", "44051401359", "44051401359"),
        ("se.personnummer", "8803200016", "880320-0016"),
        ("fi.hetu", "131052-308t", "131052-308T"),
        ("ro.cnp", "1630615123457", "1630615123457"),
        ("bg.egn", "803205 603 1", "8032056031"),
        ("ng.nin", "12345678901", "12345678901"),
    ] {
        let read = run(&["document", "number", scheme, number, "--at", "2026-11-24", "--json"]).json();
        assert_eq!((&read["valid"], &read["normalised"]), (&json!(true), &json!(normalised)), "{scheme}");
        assert_eq!(keys(&read["facts"]), ["birth_date", "findings", "region", "sex"]);
    }
}

#[test]
fn the_test_code_of_the_shared_folder_passes_under_its_key() {
    let Some(input) = shared("data/document/aadhaar/dataInput.json") else { return };
    let input: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(input).unwrap()).unwrap();
    let code = input["testQRData"].as_str().unwrap();
    let key = |name: &str| shared(&format!("data/document/aadhaar/{name}")).unwrap();
    let (own, other) = (key("testPublicKey.pem"), key("uidai_prod.pem"));
    let read =
        run_with_input(&["document", "qr", "-", "--key", &other, "--key", &own, "--json"], code).json();
    assert_eq!(read["signature"]["result"], "pass");
    assert_eq!(read["fields"]["birth_date"], "1984-01-01");
    let read = run_with_input(&["document", "qr", "--key", &other, "--json"], code).json();
    assert_eq!(read["signature"], json!({ "result": "fail", "key": null, "key_period": "not_checked" }));
    let read = run_with_input(&["document", "qr", "--json"], code).json();
    assert_eq!(read["signature"]["result"], "not_checked");
    assert_eq!(keys(&read), ["email_hash", "fields", "mobile_hash", "portrait", "signature", "version"]);
}

#[test]
fn what_is_no_secure_qr_or_no_key_gets_a_hint() {
    let error = run_with_input(&["document", "qr"], "https://example.org\n");
    assert!(error.failed().contains("holds no Aadhaar Secure QR"));
    let error = run_with_input(&["document", "qr", "--key", "Cargo.toml"], "1");
    assert!(error.failed().contains("holds no key"));
}
