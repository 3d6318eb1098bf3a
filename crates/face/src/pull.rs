//! Fetching the files of a pack: resumable, and nothing gets its final name before its hash is right.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::pack::{FileState, MAX_FILE_BYTES, Manifest, ManifestFile, PackError};

/// How far a file has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Bytes present.
    pub done: u64,
    /// Bytes in all, when known.
    pub total: Option<u64>,
}

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The source folder lacks a file.
    #[error("{file} is not in {}", from.display())]
    NotInSource {
        /// The file.
        file: String,
        /// The source folder.
        from: PathBuf,
    },
    /// What arrived is not the file of the manifest; it was deleted.
    #[error("{file}: SHA-256 {expected} expected, {found} arrived; what arrived was deleted")]
    WrongHash {
        /// The file.
        file: String,
        /// SHA-256 from the manifest.
        expected: String,
        /// SHA-256 of what arrived.
        found: String,
    },
    /// More bytes than any network file has; what arrived was deleted.
    #[error("{file} is longer than {MAX_FILE_BYTES} bytes; what arrived was deleted")]
    TooLong {
        /// The file.
        file: String,
    },
    /// A folder or file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The destination holds a file that cannot be read.
    #[error(transparent)]
    Pack(#[from] PackError),
}

/// Copies the files of a pack from one folder to another. Files already there with the right content are left alone;
/// an interrupted copy goes on where it stopped.
///
/// # Errors
/// [`PullError`] for the first file that cannot be had; the files before it are complete.
pub fn pull(
    manifest: &Manifest,
    from: &Path,
    dest: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), PullError> {
    for file in manifest.files() {
        if file.state_in(Some(dest))? == FileState::Present {
            continue;
        }
        let path = from.join(&file.name);
        let at_source = |source| PullError::Io { path: path.clone(), source };
        let mut source = match File::open(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(PullError::NotInSource { file: file.name.clone(), from: from.to_owned() });
            }
            opened => opened.map_err(at_source)?,
        };
        let total = source.metadata().map_err(at_source)?.len();
        let mut part = PartFile::open(dest, file)?;
        if part.len() > total {
            part.restart()?;
        }
        source.seek(SeekFrom::Start(part.len())).map_err(at_source)?;
        let mut buffer = vec![0; 256 * 1024];
        loop {
            progress(Progress { file: &file.name, done: part.len(), total: Some(total) });
            match source.read(&mut buffer).map_err(at_source)? {
                0 => break,
                read => part.write(&buffer[..read])?,
            }
        }
        part.finish()?;
    }
    Ok(())
}

/// A file of a pack on its way in. It is `NAME.part` until its hash is right, so a crash leaves either a part that can
/// go on or a complete file, never something in between under the final name.
///
/// Whoever fetches over a network asks for the bytes from [`PartFile::len`] on, feeds them to [`PartFile::write`], and
/// calls [`PartFile::restart`] first when the server sends the file from its beginning instead.
pub struct PartFile {
    name: String,
    expected: String,
    part: PathBuf,
    whole: PathBuf,
    out: File,
    hash: Sha256,
    len: u64,
}

impl PartFile {
    /// Opens the part of `file` in the folder `dest` (made if absent), at the end of what is there.
    ///
    /// # Errors
    /// [`PullError::Io`].
    pub fn open(dest: &Path, file: &ManifestFile) -> Result<PartFile, PullError> {
        let io = |source| PullError::Io { path: dest.to_owned(), source };
        std::fs::create_dir_all(dest).map_err(io)?;
        let whole = dest.join(&file.name);
        let part = dest.join(format!("{}.part", file.name));
        let mut out = OpenOptions::new().read(true).append(true).create(true).open(&part).map_err(io)?;
        let mut hash = Sha256::new();
        let len = io::copy(&mut out, &mut HashWriter(&mut hash)).map_err(io)?;
        Ok(PartFile { name: file.name.clone(), expected: file.sha256.clone(), part, whole, out, hash, len })
    }

    /// How many bytes are there: the offset to go on from.
    #[expect(clippy::len_without_is_empty, reason = "an offset in a file, not a collection")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Appends what arrived.
    ///
    /// # Errors
    /// [`PullError::Io`]; [`PullError::TooLong`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), PullError> {
        if self.len + bytes.len() as u64 > MAX_FILE_BYTES {
            self.restart()?;
            return Err(PullError::TooLong { file: self.name.clone() });
        }
        self.out.write_all(bytes).map_err(|source| PullError::Io { path: self.part.clone(), source })?;
        self.hash.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Forgets what is there and begins again.
    ///
    /// # Errors
    /// [`PullError::Io`].
    pub fn restart(&mut self) -> Result<(), PullError> {
        self.out.set_len(0).map_err(|source| PullError::Io { path: self.part.clone(), source })?;
        self.hash = Sha256::new();
        self.len = 0;
        Ok(())
    }

    /// Checks the hash and gives the file its final name.
    ///
    /// # Errors
    /// [`PullError::WrongHash`], and the part is deleted; [`PullError::Io`].
    pub fn finish(self) -> Result<PathBuf, PullError> {
        let found = hex::encode(self.hash.finalize());
        let io = |source| PullError::Io { path: self.part.clone(), source };
        if found != self.expected {
            std::fs::remove_file(&self.part).map_err(io)?;
            return Err(PullError::WrongHash { file: self.name, expected: self.expected, found });
        }
        self.out.sync_all().map_err(io)?;
        std::fs::rename(&self.part, &self.whole).map_err(io)?;
        Ok(self.whole)
    }
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(content: &[u8]) -> ManifestFile {
        let mut file = Manifest::named("default").unwrap().files()[0].clone();
        file.sha256 = hex::encode(Sha256::digest(content));
        file
    }

    #[test]
    fn an_interrupted_fetch_goes_on_where_it_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(b"one two three");
        PartFile::open(dir.path(), &file).unwrap().write(b"one two").unwrap();
        assert!(!dir.path().join(&file.name).exists());
        let mut again = PartFile::open(dir.path(), &file).unwrap();
        assert_eq!(again.len(), 7);
        again.write(b" three").unwrap();
        let path = again.finish().unwrap();
        assert_eq!(std::fs::read(path).unwrap(), b"one two three");
        assert_eq!(file.state_in(Some(dir.path())).unwrap(), FileState::Present);
    }

    #[test]
    fn other_content_never_gets_the_final_name() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(b"right");
        let mut part = PartFile::open(dir.path(), &file).unwrap();
        part.write(b"wrong").unwrap();
        assert!(matches!(part.finish(), Err(PullError::WrongHash { .. })));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_server_that_begins_again_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        let file = file(b"whole");
        let mut part = PartFile::open(dir.path(), &file).unwrap();
        part.write(b"who").unwrap();
        part.restart().unwrap();
        part.write(b"whole").unwrap();
        part.finish().unwrap();
    }

    #[test]
    fn a_source_folder_without_the_files_is_named() {
        let (from, dest) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let manifest = Manifest::named("default").unwrap();
        let result = pull(&manifest, from.path(), dest.path(), &mut |_| {});
        assert!(matches!(result, Err(PullError::NotInSource { file, .. }) if file == "yunet_s_320.onnx"));
    }
}
