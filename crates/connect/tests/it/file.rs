use std::{fs, path::Path, sync::Arc};

use lineward_app::ports::{LineProvisioner as _, Notifier as _, OutsideError};
use lineward_connect::{FileNotifier, FileProvisioner};

use crate::{message, order};

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_order_is_one_file_of_ids_and_words() {
    let dir = tempfile::tempdir().unwrap();
    let orders = FileProvisioner::new(&dir.path().join("made/anew")).unwrap();
    orders.activate(&order(2)).await.unwrap();
    let place = dir.path().join("made/anew/02020202-0202-0202-0202-020202020202.json");
    let text = fs::read_to_string(&place).unwrap();
    assert_eq!(
        text,
        r#"{
  "carrier": "01010101-0101-0101-0101-010101010101",
  "application": "02020202-0202-0202-0202-020202020202",
  "line": "03030303-0303-0303-0303-030303030303",
  "kind": "mobile",
  "payment": "prepaid",
  "request_id": "job-7"
}"#
    );
    let mut again = order(2);
    again.request_id = "job-8".into();
    orders.activate(&again).await.unwrap();
    assert_eq!(fs::read_to_string(&place).unwrap(), text, "the first order stands");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_make_one_file_and_leave_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    // Two provisioners are two processes of one carrier.
    let both = [0, 1].map(|_| Arc::new(FileProvisioner::new(dir.path()).unwrap()));
    let tasks: Vec<_> = (0..64)
        .map(|index| {
            let orders = Arc::clone(&both[index % 2]);
            tokio::spawn(async move { orders.activate(&order((index % 4) as u8)).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let left = names(dir.path());
    assert_eq!(left.len(), 4, "{left:?}");
    for name in left {
        let read: serde_json::Value =
            serde_json::from_slice(&fs::read(dir.path().join(&name)).unwrap()).unwrap();
        assert_eq!(format!("{}.json", read["application"].as_str().unwrap()), name);
    }
}

#[tokio::test]
async fn half_an_order_of_a_crashed_process_is_not_taken_for_one() {
    let dir = tempfile::tempdir().unwrap();
    let orders = FileProvisioner::new(dir.path()).unwrap();
    let name = "02020202-0202-0202-0202-020202020202.json";
    let part = format!(".{name}.{}-0.part", std::process::id());
    fs::write(dir.path().join(&part), "{\"carrier\": \"0101 and much more than a whole order has".repeat(20))
        .unwrap();
    orders.activate(&order(2)).await.unwrap();
    assert_eq!(names(dir.path()), [name]);
    serde_json::from_slice::<serde_json::Value>(&fs::read(dir.path().join(name)).unwrap()).unwrap();
}

#[tokio::test]
async fn a_message_is_one_file_that_its_owner_alone_reads() {
    let dir = tempfile::tempdir().unwrap();
    let messages = FileNotifier::new(dir.path()).unwrap();
    messages.notify(&message("m-1")).await.unwrap();
    let mut again = message("m-1");
    again.link = Some("https://carrier.invalid/apply/link/ANOTHER".into());
    messages.notify(&again).await.unwrap();
    messages.notify(&message("m-2")).await.unwrap();
    assert_eq!(names(dir.path()), ["m-1.txt", "m-2.txt"]);
    let place = dir.path().join("m-1.txt");
    assert_eq!(
        fs::read_to_string(&place).unwrap(),
        "to: person@example.invalid\nlanguage: es-MX\nabout: continue_here\nreference: R-4711\n\
         link: https://carrier.invalid/apply/link/SECRET\n"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn an_id_that_is_a_path_names_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let messages = FileNotifier::new(&dir.path().join("messages")).unwrap();
    for id in ["", "../outside", "/tmp/outside", "a.b", "a\0b", &"a".repeat(129)] {
        let answer = messages.notify(&message(id)).await;
        assert!(matches!(answer, Err(OutsideError::GiveUp(_))), "{id}");
    }
    assert_eq!(names(dir.path()), ["messages"]);
}

#[tokio::test]
async fn a_folder_that_is_taken_away_is_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let orders = FileProvisioner::new(&dir.path().join("orders")).unwrap();
    fs::remove_dir(dir.path().join("orders")).unwrap();
    assert!(matches!(orders.activate(&order(2)).await, Err(OutsideError::Retry(_))));
    fs::create_dir(dir.path().join("orders")).unwrap();
    assert_eq!(orders.activate(&order(2)).await, Ok(()));

    fs::write(dir.path().join("file"), "").unwrap();
    let error = FileProvisioner::new(&dir.path().join("file")).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}
