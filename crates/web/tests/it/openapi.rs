//! The description of the API.

use std::path::Path;

use serde_json::Value;

use crate::site::{Site, Who};

const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/lineward.json");

fn described() -> String {
    serde_json::to_string_pretty(&lineward_web::openapi()).unwrap() + "\n"
}

#[test]
fn the_checked_in_description_is_the_routers() {
    let now = described();
    if std::fs::read_to_string(CHECKED_IN).unwrap_or_default() != now {
        let beside = Path::new(CHECKED_IN).with_extension("new.json");
        std::fs::create_dir_all(beside.parent().unwrap()).unwrap();
        std::fs::write(&beside, now).unwrap();
        panic!("openapi/lineward.json is out of date; look at openapi/lineward.new.json and move it over");
    }
}

#[test]
fn every_operation_says_what_it_does_and_how_it_fails() {
    let document: Value = serde_json::from_str(&described()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            names.push(operation["operationId"].as_str().unwrap().to_owned());
            assert!(operation["summary"].as_str().is_some_and(|s| s.len() > 10), "{at} has no summary");
            assert!(operation["responses"]["default"].is_object(), "{at} does not say how it fails");
            assert!(operation["tags"].as_array().is_some_and(|t| t.len() == 1), "{at} belongs nowhere");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].is_string(), "{at} does not describe {status}");
            }
            if path.starts_with("/v1/") {
                assert!(operation["security"].as_array().is_some_and(|s| s.len() == 3), "{at} is open");
                let header = operation["parameters"].to_string().contains("Idempotency-Key");
                assert_eq!(header, method == "post", "{at}");
            }
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "an operationId is used twice");
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    let document: Value = serde_json::from_str(&described()).unwrap();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        if let Some(to) = value["$ref"].as_str() {
            let pointer = to.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{to} leads nowhere");
        }
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(map) => open.extend(map.values()),
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_served_description_is_the_checked_in_one() {
    let served = Site::new().await.get(&Who::Nobody, "/openapi.json").await.json();
    assert_eq!(served, serde_json::from_str::<Value>(&described()).unwrap());
}
