//! Walks the pages as a browser without scripts does: hidden fields, cookies and our own origin go along.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Somebody with cookies.
#[derive(Clone)]
pub(crate) struct Visitor {
    origin: String,
    cookies: BTreeMap<String, String>,
}

/// What was answered.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

/// Names and values of a form.
type Fields<'a> = [(&'a str, &'a str)];

impl Visitor {
    pub(crate) fn new(origin: &str) -> Visitor {
        Visitor { origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same visitor at the same server, started again elsewhere.
    pub(crate) fn moved_to(&mut self, origin: &str) {
        origin.clone_into(&mut self.origin);
    }

    pub(crate) fn get(&mut self, path: &str) -> Page {
        self.ask("GET", path, "text/plain", b"")
    }

    /// Sends the form of `page` whose address is `action`, filled in.
    pub(crate) fn send(&mut self, page: &Page, action: &str, filled: &Fields<'_>) -> Page {
        let mut body = String::new();
        for (name, value) in
            page.hidden(action).iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(filled.iter().copied())
        {
            let escaped: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            body.push_str(&format!("{name}={escaped}&"));
        }
        self.ask("POST", action, "application/x-www-form-urlencoded", body.trim_end_matches('&').as_bytes())
    }

    /// Sends the form of `page` with files.
    pub(crate) fn upload(&mut self, page: &Page, action: &str, files: &[(&str, &[u8])]) -> Page {
        let body = parts(&page.hidden(action), files);
        self.ask("POST", action, MULTIPART, &body)
    }

    /// Sends the form of `page` with files and does not wait for an answer; the connection stays open as long as what
    /// this gives lives.
    pub(crate) fn upload_and_leave(&self, page: &Page, action: &str, files: &[(&str, &[u8])]) -> TcpStream {
        self.say("POST", action, MULTIPART, &parts(&page.hidden(action), files))
    }

    fn ask(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Page {
        let mut stream = self.say(method, path, kind, body);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("an answer has a head");
        let head = std::str::from_utf8(&answer[..end]).unwrap();
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut location = None;
        for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
            match name {
                "set-cookie" => {
                    let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
                "location" => location = Some(value.to_owned()),
                "transfer-encoding" => panic!("{method} {path}: answered in chunks"),
                _ => {}
            }
        }
        match location {
            Some(next) => self.get(&next),
            None => Page { status, path: path.to_owned(), body: answer[end + 4..].to_vec() },
        }
    }

    fn say(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> TcpStream {
        let host = self.origin.strip_prefix("http://").unwrap();
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\ncookie: {}\r\ncontent-type: {kind}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            self.origin,
            cookies.join("; "),
            body.len(),
        );
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        stream
    }
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The first value of an attribute on this page.
    #[track_caller]
    pub(crate) fn value(&self, attribute: &str) -> String {
        let values = self.values(attribute);
        values
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no {attribute} on {}: {}", self.path, self.text()))
    }

    pub(crate) fn values(&self, attribute: &str) -> Vec<String> {
        let text = self.text();
        let start = format!(" {attribute}=\"");
        text.split(start.as_str())
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
    }

    #[track_caller]
    fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let text = self.text();
        let start = format!("action=\"{action}\"");
        let form = text.split("<form").find(|form| form.contains(&start));
        let form =
            form.unwrap_or_else(|| panic!("no form {action} on {} ({}): {text}", self.path, self.status));
        let form = form.split("</form>").next().unwrap();
        let inputs = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
        let of = |input: &str, name: &str| {
            input
                .split(&format!(" {name}=\""))
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .map(str::to_owned)
        };
        inputs
            .filter(|input| of(input, "type").as_deref() == Some("hidden"))
            .map(|input| (of(input, "name").unwrap(), of(input, "value").unwrap()))
            .collect()
    }
}

const MULTIPART: &str = "multipart/form-data; boundary=the-end-of-a-part";

fn parts(fields: &[(String, String)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |about: String, content: &[u8]| {
        body.extend(
            format!("--the-end-of-a-part\r\ncontent-disposition: form-data; {about}\r\n\r\n").bytes(),
        );
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    };
    for (name, value) in fields {
        part(format!("name=\"{name}\""), value.as_bytes());
    }
    for (name, content) in files {
        part(format!("name=\"{name}\"; filename=\"picture.jpg\"\r\ncontent-type: image/jpeg"), content);
    }
    body.extend(b"--the-end-of-a-part--\r\n");
    body
}

/// Somebody who applies.
pub(crate) struct Applicant(pub(crate) Visitor);

impl Applicant {
    /// Begins, and agrees to everything.
    pub(crate) fn begin(origin: &str, contact: &str) -> Applicant {
        let mut visitor = Visitor::new(origin);
        let start = visitor.get("/apply");
        let choices = [("kind", "mobile"), ("payment", "prepaid"), ("applicant", "person"), ("way", "face")];
        let consent = visitor.send(&start, "/apply", &[&choices[..], &[("contact", contact)]].concat());
        let agreed = [("identity", "yes"), ("face", "yes"), ("keep_images", "yes"), ("way", "face")];
        assert_eq!(visitor.send(&consent, "/apply/consent", &agreed).path, "/apply/document");
        Applicant(visitor)
    }

    /// Types the machine-readable zone.
    pub(crate) fn show(&mut self, zone: &str) {
        let page = self.0.get("/apply/document");
        let next = self.0.send(&page, "/apply/document", &[("mrz", zone)]);
        assert_eq!(next.path, "/apply/capture", "{}", next.text());
    }

    /// Sends both pictures as files.
    pub(crate) fn capture(&mut self, document: &[u8], face: &[u8]) -> Page {
        let page = self.0.get("/apply/capture");
        self.0.upload(&page, "/apply/capture", &[("document", document), ("capture", face)])
    }

    pub(crate) fn state(&mut self) -> String {
        self.0.get("/apply/status").value("data-state")
    }

    pub(crate) fn withdraw(&mut self) {
        let page = self.0.get("/apply/status");
        assert_eq!(self.0.send(&page, "/apply/withdraw", &[]).value("data-state"), "withdrawn");
    }
}
