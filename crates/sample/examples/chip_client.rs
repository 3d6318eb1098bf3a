//! A carrier's app with a sample document: it opens an application, plays the chip, and sends what `docs/chip-api.md` says.
//!
//! ```text
//! lineward demo --data DIR                                            # trusts the sample country
//! lineward demo card --data DIR --person 1 --portrait me.jpg          # the authority knows the document now
//! lineward token create --name app --mode demo --data DIR             # prints TOKEN
//! cargo run -p lineward-sample --example chip_client -- http://127.0.0.1:8080 TOKEN me.jpg now.jpg
//! ```
//! `me.jpg` becomes the portrait in the chip, `now.jpg` is the capture. Against a server of your own, write the certificates
//! of the sample country into its trust folder first: `chip_client trust DIR`. Never do that in production.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program of its own: it reads arguments and the clock, and prints"
)]

use std::{error::Error, path::Path, time::SystemTime};

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use lineward_sample::{
    card,
    country::{Country, Order, SampleChip},
    person,
};
use serde_json::{Map, Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["trust", folder] => trust(Path::new(folder)),
        [url, token, portrait, capture] => {
            let client = Client { http: reqwest::Client::new(), url: url.trim_end_matches('/'), token };
            client.apply(&small(&std::fs::read(portrait)?)?, &std::fs::read(capture)?).await
        }
        _ => Err("chip_client URL TOKEN PORTRAIT.jpg CAPTURE.jpg, or chip_client trust DIR".into()),
    }
}

/// A portrait as large as those in chips: a phone's photograph of some megabytes fits in none.
fn small(photograph: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let photograph = image::load_from_memory(photograph)?;
    Ok(card::to_jpeg(&photograph.thumbnail(480, 640).to_rgb8())?)
}

fn today() -> Result<Date, Box<dyn Error>> {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    Ok(Timestamp::from_second(i64::try_from(seconds)?)?.to_zoned_datetime(TimeZone::UTC).date())
}

/// Writes what somebody needs to verify the sample country's chips.
fn trust(folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    for file in Country::of_the_demo(today()?).trust_files() {
        std::fs::write(folder.join(&file.name), &file.bytes)?;
        println!("{}", folder.join(&file.name).display());
    }
    Ok(())
}

struct Client<'a> {
    http: reqwest::Client,
    url: &'a str,
    token: &'a str,
}

impl Client<'_> {
    /// An application from its opening to its decision.
    async fn apply(&self, portrait: &[u8], capture: &[u8]) -> Result<(), Box<dyn Error>> {
        let people = person::people(today()?);
        let person = people.first().ok_or("there are no sample people")?;
        let chip = Country::of_the_demo(today()?).issue(&Order::new(person, portrait))?;

        let opened = self.post("/v1/applications", json!({"kind": "mobile", "payment": "prepaid"})).await?;
        let steps = format!("/v1/verifications/{}", text(&opened, "verification")?);
        let agree = json!({"kinds": ["identity", "face"], "text_version": "2026-1", "way": "face"});
        self.post(&format!("{steps}/consent"), agree).await?;

        // Data group 14 first: with it the server begins chip authentication.
        let dg14 = chip.file("DG14").map(|file| BASE64_STANDARD.encode(file));
        let session = self.post(&format!("{steps}/chip-session"), json!({ "dg14": dg14 })).await?;
        println!("session until {}", text(&session, "expires_at")?);
        let read = self.post(&format!("{steps}/chip"), read(&chip, &session)?).await?;
        println!("{}", serde_json::to_string_pretty(&read)?);

        // The portrait comes again with the capture, as the chip has it.
        let file = chip.file("DG2").ok_or("the chip has no portrait")?;
        let body = parts(&[("chip_portrait", file), ("capture", capture)]);
        let answer = self
            .http
            .post(format!("{}{steps}/capture", self.url))
            .bearer_auth(self.token)
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body);
        println!("{}", serde_json::to_string_pretty(&json_of(answer.send().await?).await?)?);
        Ok(())
    }

    async fn post(&self, path: &str, body: Value) -> Result<Value, Box<dyn Error>> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(self.token).json(&body);
        json_of(request.send().await?).await
    }
}

/// What the phone sends: every file, and the chip's answers to the server's random number and in the server's session.
fn read(chip: &SampleChip, session: &Value) -> Result<Value, Box<dyn Error>> {
    let encode = |bytes: &[u8]| json!(BASE64_STANDARD.encode(bytes));
    let files: Map<String, Value> = chip
        .files()
        .iter()
        .map(|file| (file.name.trim_end_matches(".bin").to_owned(), encode(&file.bytes)))
        .collect();
    let mut sent = json!({ "session": session["session"], "files": files });
    let nonce: Vec<u8> = BASE64_STANDARD.decode(text(session, "nonce")?)?;
    let nonce: [u8; 8] = nonce.try_into().map_err(|_| "the nonce has eight bytes")?;
    if let Some(signature) = chip.active_authentication(&nonce) {
        sent["active_authentication"] = json!({ "signature": encode(&signature) });
    }
    if let Ok(key) = text(&session["chip_authentication"], "public_key")
        && let Some(response) = chip.chip_authentication(&BASE64_STANDARD.decode(key)?)
    {
        sent["chip_authentication"] = json!({ "response": encode(&response) });
    }
    Ok(sent)
}

const BOUNDARY: &str = "chip-client-7f3b1c";

fn parts(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn json_of(response: reqwest::Response) -> Result<Value, Box<dyn Error>> {
    let (status, body) = (response.status(), response.text().await?);
    match status.is_success() {
        true if body.is_empty() => Ok(Value::Null),
        true => Ok(serde_json::from_str(&body)?),
        false => Err(format!("{status}: {body}").into()),
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, Box<dyn Error>> {
    value[field].as_str().ok_or_else(|| format!("no {field} in the answer").into())
}
