//! Orders and messages put into folders: for the demo, and for carriers that collect files.
//!
//! A file appears whole or not at all, and once: the first to write it wins, whoever comes later with the same id has
//! nothing to do.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use lineward_app::ports::{ActivationOrder, LineProvisioner, Message, Notifier, OutsideError};
use serde::Serialize;

use crate::wire::{OrderData, is_plain_id};

/// Puts each order into `<application id>.json`. The network's word is that the file is there.
#[derive(Debug)]
pub struct FileProvisioner(Arc<Folder>);

impl FileProvisioner {
    /// Orders go into `dir`, which is made if need be.
    ///
    /// # Errors
    /// [`FolderError`] when there is no such folder and none can be made.
    pub fn new(dir: &Path) -> Result<Self, FolderError> {
        Folder::new(dir).map(|folder| Self(Arc::new(folder)))
    }
}

#[async_trait]
impl LineProvisioner for FileProvisioner {
    async fn activate(&self, order: &ActivationOrder) -> Result<(), OutsideError> {
        let file = OrderFile { order: OrderData::from(order), request_id: &order.request_id };
        let text = serde_json::to_vec_pretty(&file)
            .map_err(|_| OutsideError::GiveUp("the order could not be written as JSON".to_owned()))?;
        self.0.put(format!("{}.json", order.application), text).await
    }
}

#[derive(Serialize)]
struct OrderFile<'a> {
    #[serde(flatten)]
    order: OrderData,
    request_id: &'a str,
}

/// Puts each message into `<message id>.txt`, readable by its owner only: it holds a contact and maybe a link.
#[derive(Debug)]
pub struct FileNotifier(Arc<Folder>);

impl FileNotifier {
    /// Messages go into `dir`, which is made if need be.
    ///
    /// # Errors
    /// [`FolderError`] when there is no such folder and none can be made.
    pub fn new(dir: &Path) -> Result<Self, FolderError> {
        Folder::new(dir).map(|folder| Self(Arc::new(folder)))
    }
}

#[async_trait]
impl Notifier for FileNotifier {
    async fn notify(&self, message: &Message) -> Result<(), OutsideError> {
        if !is_plain_id(&message.id) {
            return Err(OutsideError::GiveUp("the message's id cannot name a file".to_owned()));
        }
        self.0.put(format!("{}.txt", message.id), message_text(message).into_bytes()).await
    }
}

/// One line a fact, so that people and scripts read it alike.
fn message_text(message: &Message) -> String {
    let mut lines = vec![
        ("to", message.to.as_str()),
        ("language", &message.language),
        ("about", message.kind.code()),
        ("reference", &message.reference),
    ];
    lines.extend(message.link.as_deref().map(|link| ("link", link)));
    let one_line = |text: &str| text.replace(char::is_control, " ");
    lines.iter().map(|(name, value)| format!("{name}: {}\n", one_line(value))).collect()
}

/// A folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the folder {} cannot be used: {cause}", dir.display())]
pub struct FolderError {
    /// Which folder.
    pub dir: PathBuf,
    /// What is wrong with it.
    pub cause: io::Error,
}

#[derive(Debug)]
struct Folder {
    dir: PathBuf,
    /// Tells apart the attempts of this process that run at the same time.
    attempts: AtomicU64,
}

impl Folder {
    fn new(dir: &Path) -> Result<Self, FolderError> {
        let made = fs::create_dir_all(dir).and_then(|()| fs::canonicalize(dir));
        let dir = made.map_err(|cause| FolderError { dir: dir.to_owned(), cause })?;
        Ok(Self { dir, attempts: AtomicU64::new(0) })
    }

    async fn put(self: &Arc<Self>, name: String, content: Vec<u8>) -> Result<(), OutsideError> {
        let folder = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || folder.put_now(&name, &content)).await;
        match done {
            Ok(Ok(())) => Ok(()),
            // A full disk, a folder taken away: somebody puts it right.
            Ok(Err(cause)) => Err(OutsideError::Retry(format!("the file could not be written: {cause}"))),
            Err(_) => Err(OutsideError::Retry("writing the file was stopped".to_owned())),
        }
    }

    /// Writes beside the place and links into it: a crash leaves a `.part` file that nobody reads, never half an order
    /// that looks like a whole one. A link, other than a rename, fails where the name is taken.
    fn put_now(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let place = self.dir.join(name);
        if !place.try_exists()? {
            let attempt = self.attempts.fetch_add(1, Ordering::Relaxed);
            let part = self.dir.join(format!(".{name}.{}-{attempt}.part", std::process::id()));
            let written = write_part(&part, content).and_then(|()| fs::hard_link(&part, &place));
            let removed = fs::remove_file(&part);
            match written {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => other?,
            }
            removed?;
        }
        // Also for whoever came second: the first may not have got here before a power cut.
        File::open(&self.dir)?.sync_all()
    }
}

/// A `.part` file of the same name is one that a crashed process left: it is written anew.
fn write_part(part: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use lineward_app::ports::MessageKind;
    use lineward_core::id::Id;

    use super::*;

    #[test]
    fn a_value_with_a_line_break_stays_on_its_line() {
        let message = Message {
            id: "m-1".into(),
            carrier: Id::from_bytes([1; 16]),
            to: "a@example.invalid\nlink: https://elsewhere.invalid/".into(),
            kind: MessageKind::ContinueHere,
            language: "en".into(),
            reference: "R-1".into(),
            link: Some("https://carrier.invalid/apply/link/x".into()),
        };
        assert_eq!(
            message_text(&message),
            "to: a@example.invalid link: https://elsewhere.invalid/\nlanguage: en\nabout: continue_here\n\
             reference: R-1\nlink: https://carrier.invalid/apply/link/x\n"
        );
    }
}
