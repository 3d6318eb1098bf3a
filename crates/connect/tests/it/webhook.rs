use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Response, header},
    routing::any,
};
use jiff::Timestamp;
use lineward_app::ports::{LineProvisioner as _, Notifier as _, OutsideError};
use lineward_connect::{
    Clock, Signed, WebhookNotifier, WebhookOptions, WebhookProvisioner, WebhookSecret, verify,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};

use crate::{message, order};

const NOW: i64 = 1_767_225_600;

/// What a receiver was sent.
#[derive(Clone)]
struct Received {
    headers: HeaderMap,
    body: Bytes,
}

impl Received {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn verified(&self) -> bool {
        let signed = Signed {
            id: self.header(Signed::ID).into(),
            timestamp: self.header(Signed::TIMESTAMP).into(),
            signature: self.header(Signed::SIGNATURE).into(),
        };
        let now = Timestamp::from_second(NOW + 60).unwrap();
        verify(&secret(), &signed, &self.body, now).is_ok()
    }
}

/// A receiver that answers everything alike and remembers what it was sent.
struct Receiver {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    async fn start(answer: impl Fn() -> Response<Body> + Clone + Send + Sync + 'static) -> Receiver {
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        let receive = move |headers: HeaderMap, body: Bytes| async move {
            log.lock().unwrap().push(Received { headers, body });
            answer()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(any(receive));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Receiver { address, received }
    }

    async fn of_status(status: u16) -> Receiver {
        Receiver::start(move || empty(status)).await
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn empty(status: u16) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

fn secret() -> WebhookSecret {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
}

fn frozen() -> Clock {
    Arc::new(|| Timestamp::from_second(NOW).unwrap())
}

fn provisioner(url: &str) -> WebhookProvisioner {
    WebhookProvisioner::new(url, secret(), frozen(), WebhookOptions::default()).unwrap()
}

fn impatient(url: &str) -> WebhookProvisioner {
    let options = WebhookOptions { timeout: Duration::from_millis(300) };
    WebhookProvisioner::new(url, secret(), frozen(), options).unwrap()
}

async fn answered(status: u16) -> Result<(), OutsideError> {
    let receiver = Receiver::of_status(status).await;
    let answer = provisioner(&receiver.url()).activate(&order(2)).await;
    assert_eq!(receiver.received().len(), 1, "{status}: one attempt is one request");
    answer
}

#[tokio::test]
async fn an_order_arrives_signed_with_ids_and_words_only() {
    let receiver = Receiver::of_status(204).await;
    provisioner(&receiver.url()).activate(&order(2)).await.unwrap();
    let [received] = &receiver.received()[..] else { panic!("one request") };
    assert!(received.verified());
    assert_eq!(received.header(Signed::ID), "02020202-0202-0202-0202-020202020202");
    assert_eq!(received.header(Signed::TIMESTAMP), NOW.to_string());
    assert_eq!(received.header("x-correlator"), "job-7");
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(
        received.json(),
        json!({
            "type": "line.activate",
            "timestamp": "2026-01-01T00:00:00Z",
            "data": {
                "carrier": "01010101-0101-0101-0101-010101010101",
                "application": "02020202-0202-0202-0202-020202020202",
                "line": "03030303-0303-0303-0303-030303030303",
                "kind": "mobile",
                "payment": "prepaid",
            },
        })
    );
}

#[tokio::test]
async fn a_message_carries_its_contact_and_its_link() {
    let receiver = Receiver::of_status(200).await;
    let notifier =
        WebhookNotifier::new(&receiver.url(), secret(), frozen(), WebhookOptions::default()).unwrap();
    notifier.notify(&message("m-1")).await.unwrap();
    let mut without = message("m-2");
    without.link = None;
    notifier.notify(&without).await.unwrap();
    let [first, second] = &receiver.received()[..] else { panic!("two requests") };
    assert!(first.verified() && second.verified());
    assert_eq!((first.header(Signed::ID), second.header(Signed::ID)), ("m-1", "m-2"));
    assert_eq!(
        first.json(),
        json!({
            "type": "message.continue_here",
            "timestamp": "2026-01-01T00:00:00Z",
            "data": {
                "to": "person@example.invalid",
                "language": "es-MX",
                "reference": "R-4711",
                "link": "https://carrier.invalid/apply/link/SECRET",
            },
        })
    );
    assert_eq!(second.json()["data"].get("link"), None);

    let answer = notifier.notify(&message("a.b")).await;
    assert!(matches!(answer, Err(OutsideError::GiveUp(_))), "a full stop separates what is signed");
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn a_repeat_has_the_same_id_and_a_signature_of_its_own_time() {
    let receiver = Receiver::of_status(503).await;
    let ticks = Mutex::new(NOW);
    let clock: Clock = Arc::new(move || {
        let mut second = ticks.lock().unwrap();
        *second += 1;
        Timestamp::from_second(*second).unwrap()
    });
    let orders =
        WebhookProvisioner::new(&receiver.url(), secret(), clock, WebhookOptions::default()).unwrap();
    for _ in 0..2 {
        assert!(matches!(orders.activate(&order(2)).await, Err(OutsideError::Retry(_))));
    }
    let [first, second] = &receiver.received()[..] else { panic!("two requests") };
    assert_eq!(first.header(Signed::ID), second.header(Signed::ID));
    assert_ne!(first.header(Signed::TIMESTAMP), second.header(Signed::TIMESTAMP));
    assert!(first.verified() && second.verified());
}

#[tokio::test]
async fn the_status_says_whether_to_try_again() {
    for status in [200, 201, 204] {
        assert_eq!(answered(status).await, Ok(()), "{status}");
    }
    for status in [408, 425, 429, 500, 502, 503, 504] {
        assert!(matches!(answered(status).await, Err(OutsideError::Retry(_))), "{status}");
    }
    for status in [400, 401, 403, 404, 409, 410, 422] {
        assert!(matches!(answered(status).await, Err(OutsideError::GiveUp(_))), "{status}");
    }
}

#[tokio::test]
async fn accepted_is_no_word_that_the_line_is_in_service() {
    let unconfirmed = Err(OutsideError::Retry("accepted, not confirmed".to_owned()));
    assert_eq!(answered(202).await, unconfirmed);
    let receiver = Receiver::of_status(202).await;
    let notifier =
        WebhookNotifier::new(&receiver.url(), secret(), frozen(), WebhookOptions::default()).unwrap();
    assert_eq!(notifier.notify(&message("m1")).await, Ok(()));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Receiver::of_status(200).await;
    let to = elsewhere.url();
    for status in [301, 302, 303, 307, 308] {
        let to = to.clone();
        let answer = move || {
            let mut answer = empty(status);
            answer.headers_mut().insert(header::LOCATION, to.parse().unwrap());
            answer
        };
        let receiver = Receiver::start(answer).await;
        let answer = provisioner(&receiver.url()).activate(&order(2)).await;
        assert!(matches!(answer, Err(OutsideError::GiveUp(_))), "{status}");
    }
    assert_eq!(elsewhere.received().len(), 0);
}

#[tokio::test]
async fn nobody_there_is_tried_again_and_the_address_stays_out_of_the_reason() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook/TOKEN", listener.local_addr().unwrap());
    drop(listener);
    let Err(OutsideError::Retry(why)) = provisioner(&url).activate(&order(2)).await else {
        panic!("a retry")
    };
    assert!(!why.contains("TOKEN"), "{why}");
}

#[tokio::test]
async fn silence_is_cut_short_and_tried_again() {
    // Takes connections into its backlog and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let answer = impatient(&url).activate(&order(2)).await;
    assert_eq!(answer, Err(OutsideError::Retry("no answer in time".into())));
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    });
    assert!(matches!(provisioner(&url).activate(&order(2)).await, Err(OutsideError::Retry(_))));
}

#[tokio::test]
async fn an_answer_without_an_end_is_read_no_further_than_its_limit() {
    let (url, sent) = raw("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n", 1_000_000_000).await;
    assert_eq!(provisioner(&url).activate(&order(2)).await, Ok(()));
    let sent = sent.await.unwrap();
    // What the sockets hold between the two sides comes on top of 64 KiB.
    assert!(sent < 32 * 1024 * 1024, "{sent} bytes were taken");
}

#[tokio::test]
async fn an_answer_that_says_done_and_breaks_off_is_done() {
    let (url, sent) = raw("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", 10).await;
    assert_eq!(provisioner(&url).activate(&order(2)).await, Ok(()));
    assert_eq!(sent.await.unwrap(), 10);
}

/// A receiver that takes one request, answers with this head and up to `most` bytes, and hangs up; gives how many it got
/// rid of.
async fn raw(head: &'static str, most: usize) -> (String, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let answering = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let mut end = 0;
        // The body of an order is one line of JSON that closes two braces.
        while !request[..end].ends_with(b"}}") {
            end += stream.read(&mut request[end..]).await.unwrap();
        }
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut sent = 0;
        while sent < most {
            match stream.write(&[b'x'; 16 * 1024][..(most - sent).min(16 * 1024)]).await {
                Ok(written) => sent += written,
                Err(_) => break,
            }
        }
        sent
    });
    (url, answering)
}
