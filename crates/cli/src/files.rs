//! Files that a person names on the command line.

use std::{io::Read, path::Path};

use crate::out::CliError;

/// Largest text file read: rules, pairs of two million lines, zones. What is longer is another kind of file.
const MAX_TEXT_BYTES: u64 = 256 * 1024 * 1024;

/// The bytes of a picture, up to one more than `lineward_face` takes: it says itself that there are too many.
pub(crate) fn picture(path: &Path) -> Result<Vec<u8>, CliError> {
    read(path, lineward_face::MAX_FILE_BYTES as u64 + 1)
}

/// The bytes of a small file.
pub(crate) fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, CliError> {
    let bytes = read(path, most + 1)?;
    if bytes.len() as u64 > most {
        let what = format!("{} has more than {most} bytes", path.display());
        return Err(CliError::new(what, "give the file that this command reads"));
    }
    Ok(bytes)
}

/// A text; `-` is standard input.
pub(crate) fn text(path: &Path) -> Result<String, CliError> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().take(MAX_TEXT_BYTES).read_to_end(&mut bytes);
        read.map_err(|e| CliError::new(format!("standard input: {e}"), "pipe the text into the command"))?;
        bytes
    } else {
        bytes(path, MAX_TEXT_BYTES)?
    };
    String::from_utf8(bytes).map_err(|_| {
        CliError::new(format!("{} is not UTF-8 text", path.display()), "give a text file, saved as UTF-8")
    })
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, CliError> {
    let cannot = |e: std::io::Error| {
        CliError::new(format!("{}: {e}", path.display()), "give the path of a file that you may read")
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(cannot)?;
    file.take(most).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(bytes)
}
