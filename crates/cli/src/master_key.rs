//! The master key's file: in neither database, configuration nor binary, and readable by its owner only.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use lineward_store::MasterKey;
use zeroize::Zeroizing;

use crate::{entropy, out::CliError};

/// Reads the master key.
pub(crate) fn read(file: &Path) -> Result<MasterKey, CliError> {
    owner_only(file)?;
    let bytes = Zeroizing::new(fs::read(file).map_err(|e| unreadable(file, &e))?);
    key(&bytes).map(|key| MasterKey::from_bytes(&key)).ok_or_else(|| {
        CliError::new(
            format!("{} is not a master key", file.display()),
            "the file holds 32 bytes or 64 hexadecimal digits; put back the one you saved",
        )
    })
}

/// Makes a master key where there is none yet. `true`: it was made now.
pub(crate) fn make(file: &Path) -> Result<bool, CliError> {
    if file.exists() {
        return Ok(false);
    }
    let cannot = |e: std::io::Error| {
        CliError::new(
            format!("{}: {e}", file.display()),
            "name a file that can be written with --master-key-file",
        )
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut key = Zeroizing::new([0; 32]);
    entropy::fill(key.as_mut())?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).map_err(cannot)?;
    let text = Zeroizing::new(format!("{}\n", hex::encode(*key)));
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(cannot)?;
    Ok(true)
}

/// Refuses a file that others may read.
#[cfg(unix)]
pub(crate) fn owner_only(file: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(file).map_err(|e| unreadable(file, &e))?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let what = format!("{} can be read by others (mode {mode:03o})", file.display());
    Err(CliError::new(what, format!("chmod 600 {}", file.display())))
}

/// Elsewhere the folder's own access rules have to hold.
#[cfg(not(unix))]
pub(crate) fn owner_only(file: &Path) -> Result<(), CliError> {
    fs::metadata(file).map(drop).map_err(|e| unreadable(file, &e))
}

fn unreadable(file: &Path, e: &std::io::Error) -> CliError {
    CliError::new(
        format!("the master key {}: {e}", file.display()),
        "`lineward migrate` makes one for a new installation; for an old one put back the file you saved",
    )
}

fn key(bytes: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    if let Ok(raw) = <[u8; 32]>::try_from(bytes) {
        return Some(Zeroizing::new(raw));
    }
    let text = bytes.trim_ascii();
    let mut key = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, key.as_mut()).ok().map(|()| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secrets/master.key");
        assert!(read(&file).err().unwrap().hint().contains("lineward migrate"));
        assert!(make(&file).unwrap());
        let text = fs::read_to_string(&file).unwrap();
        assert!(!make(&file).unwrap());
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
        assert_eq!(text.trim().len(), 64);
        assert!(read(&file).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("master.key");
        make(&file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&file).err().unwrap().to_string().contains("mode 640"));
    }

    #[test]
    fn a_key_is_thirty_two_bytes_or_their_digits() {
        assert!(key(&[7; 32]).is_some());
        assert_eq!(
            *key(b"0909090909090909090909090909090909090909090909090909090909090909\n").unwrap(),
            [9; 32]
        );
        for wrong in
            [&b""[..], b"09", &[0; 33], b"zz09090909090909090909090909090909090909090909090909090909090909"]
        {
            assert!(key(wrong).is_none());
        }
    }
}
