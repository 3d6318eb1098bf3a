//! The folder with country CAs: what `trust import` fills, and what `--trust` names.

use std::{
    fs,
    path::{Path, PathBuf},
};

use lineward_document::trust::{MAX_LIST_BYTES, TrustBuilder, Trusted};

use crate::{
    config::{data_folder, environment},
    files,
    out::CliError,
};

/// Endings of files that are read; a folder may hold others.
const ENDINGS: [&str; 7] = ["ml", "pem", "cer", "crt", "der", "crl", "ldif"];

/// How deep folders are looked into.
const MAX_DEPTH: u8 = 8;

/// `trust` in the data folder, or what `LINEWARD_TRUST` names.
pub(crate) fn default_folder() -> Result<PathBuf, CliError> {
    let folder = environment("LINEWARD_TRUST").map(PathBuf::from);
    folder.or_else(|| Some(data_folder(environment)?.join("trust"))).ok_or_else(|| {
        CliError::new(
            "no folder for country CAs is known",
            "set LINEWARD_TRUST or LINEWARD_DATA, or give --trust",
        )
    })
}

/// Reads a folder with everything below it. Certificates in files of their own are trusted; a master list is verified with
/// them.
pub(crate) fn load(folder: &Path) -> Result<Trusted, CliError> {
    let mut builder = TrustBuilder::default();
    add_folder(&mut builder, folder)?;
    Ok(builder.build())
}

/// Adds the files of a folder, in the order of their names.
pub(crate) fn add_folder(builder: &mut TrustBuilder, folder: &Path) -> Result<(), CliError> {
    let mut paths = Vec::new();
    gather(folder, MAX_DEPTH, &mut paths)?;
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        builder.add_file(&name, &files::bytes(&path, MAX_LIST_BYTES as u64)?);
    }
    Ok(())
}

/// Whether a file of this name is read.
pub(crate) fn is_read(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn gather(folder: &Path, depth: u8, paths: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let cannot = |e: std::io::Error| {
        CliError::new(
            format!("{}: {e}", folder.display()),
            "give a folder with country CAs: master lists (.ml), certificates (.cer, .der, .pem), .crl, .ldif",
        )
    };
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.is_dir() {
            if let Some(depth) = depth.checked_sub(1) {
                gather(&path, depth, paths)?;
            }
        } else if is_read(&path) {
            paths.push(path);
        }
    }
    Ok(())
}
