//! Figures for operators, in Prometheus' text format. No ids, no paths, nothing personal.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
};

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;

/// Counts since the start of this process.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, String, u16), Count>>,
    answers: Mutex<BTreeMap<(&'static str, String), u64>>,
}

#[derive(Debug, Default)]
struct Count {
    requests: u64,
    micros: u128,
}

/// How many jobs of a kind are in a state.
pub(crate) struct Jobs {
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) count: u64,
}

impl Metrics {
    /// Counts one answered request.
    pub(crate) fn request(&self, method: &Method, route: &str, status: StatusCode, took: SignedDuration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let count = requests.entry((word(method), route.to_owned(), status.as_u16())).or_default();
        count.requests += 1;
        count.micros += u128::try_from(took.as_micros()).unwrap_or(0);
    }

    /// Counts one answer of a deciding verb by the state that it left the application in.
    pub(crate) fn answered(&self, verb: &'static str, state: &str) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry((verb, state.to_owned())).or_default() += 1;
    }

    /// Everything as text.
    pub(crate) fn text(&self, jobs: &[Jobs]) -> String {
        let mut out = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut out, jobs);
        out
    }

    fn write(&self, out: &mut String, jobs: &[Jobs]) -> std::fmt::Result {
        writeln!(
            out,
            "# HELP lineward_requests_total Answered requests.\n# TYPE lineward_requests_total counter"
        )?;
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, status), count) in requests.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            writeln!(out, "lineward_requests_total{{{labels}}} {}", count.requests)?;
        }
        writeln!(out, "# HELP lineward_request_seconds_total Time spent answering them.")?;
        writeln!(out, "# TYPE lineward_request_seconds_total counter")?;
        for ((method, route, status), count) in requests.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            let (secs, micros) = (count.micros / 1_000_000, count.micros % 1_000_000);
            writeln!(out, "lineward_request_seconds_total{{{labels}}} {secs}.{micros:06}")?;
        }
        drop(requests);
        writeln!(out, "# HELP lineward_answers_total Answers of deciding verbs by the state they left.")?;
        writeln!(out, "# TYPE lineward_answers_total counter")?;
        for ((verb, state), count) in self.answers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            writeln!(out, "lineward_answers_total{{verb=\"{verb}\",state=\"{state}\"}} {count}")?;
        }
        writeln!(out, "# HELP lineward_jobs Jobs by kind and state.\n# TYPE lineward_jobs gauge")?;
        for Jobs { kind, state, count } in jobs {
            writeln!(out, "lineward_jobs{{kind=\"{kind}\",state=\"{state}\"}} {count}")?;
        }
        Ok(())
    }
}

/// The methods that routes take; whatever else is sent counts as one.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_prometheus_text() {
        let metrics = Metrics::default();
        let took = SignedDuration::from_millis(1_500);
        metrics.request(&Method::GET, "/v1/lines/{id}", StatusCode::OK, took);
        metrics.request(&Method::GET, "/v1/lines/{id}", StatusCode::OK, took);
        metrics.answered("decide", "approved");
        let jobs = [Jobs { kind: "notify".into(), state: "waiting".into(), count: 3 }];
        let text = metrics.text(&jobs);
        for line in [
            "lineward_requests_total{method=\"GET\",route=\"/v1/lines/{id}\",status=\"200\"} 2",
            "lineward_request_seconds_total{method=\"GET\",route=\"/v1/lines/{id}\",status=\"200\"} 3.000000",
            "lineward_answers_total{verb=\"decide\",state=\"approved\"} 1",
            "lineward_jobs{kind=\"notify\",state=\"waiting\"} 3",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} not in\n{text}");
        }
    }
}
