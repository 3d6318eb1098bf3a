//! What a command says: an answer as text and as JSON, or why there is none and what to do about it.

use std::{fmt, io::Write, process::ExitCode};

use serde_json::Value;

/// What every command gives back.
pub(crate) type CliResult = Result<Answer, CliError>;

/// An answer, for people and for machines. A "no" is an answer too.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    json: Value,
}

/// Why a command could not answer, and what to do about it.
#[derive(Debug)]
pub(crate) struct CliError {
    what: String,
    hint: String,
}

impl Answer {
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Answer { text: text.into(), json }
    }

    /// Nothing more to say: a server that ended had said where it listens.
    pub(crate) fn already_said() -> Self {
        Answer { text: String::new(), json: Value::Null }
    }
}

impl CliError {
    pub(crate) fn new(what: impl fmt::Display, hint: impl Into<String>) -> Self {
        CliError { what: what.to_string(), hint: hint.into() }
    }

    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\nhint: {}", self.what, self.hint)
    }
}

/// Prints the outcome. 0: answered; 1: could not answer. (2, wrong usage, is clap's.)
pub(crate) fn finish(outcome: CliResult, json: bool) -> ExitCode {
    match outcome {
        Ok(answer) => {
            say(&answer, json);
            ExitCode::SUCCESS
        }
        Err(error) => {
            note(error);
            ExitCode::FAILURE
        }
    }
}

/// Prints an answer on standard output: the text, or the one JSON document.
pub(crate) fn say(answer: &Answer, json: bool) {
    if answer.text.is_empty() && answer.json.is_null() {
        return;
    }
    let text = if json { format!("{:#}", answer.json) } else { answer.text.trim_end().to_owned() };
    // Whoever closed the pipe has read enough; there is nobody left to tell.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a line on standard error, where progress and remarks go.
pub(crate) fn note(text: impl fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Lines of `name   value`, the values in one column.
pub(crate) fn table(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("{name:width$}  {value}\n")).collect()
}

/// Words in a row, or a dash where there are none.
pub(crate) fn words<T: fmt::Display>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|w| w.to_string()).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_failed_and_what_to_do() {
        let error = CliError::new("no such file", "give another");
        assert_eq!(error.to_string(), "error: no such file\nhint: give another");
    }

    #[test]
    fn values_stand_in_one_column() {
        assert_eq!(table(&[("a", "1".into()), ("long", "2".into())]), "a     1\nlong  2\n");
    }
}
