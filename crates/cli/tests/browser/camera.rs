//! Chromium's fake camera: it plays a file of JPEG frames, over and over, from its beginning whenever a page opens it.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
};

use image::{ImageFormat, Rgb, RgbImage, imageops};
use tempfile::TempDir;

/// What the camera has: a common size of web cameras.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 960;
/// A loop of one frame would read the file anew for each.
const FRAMES: usize = 10;

pub(crate) struct Camera {
    dir: TempDir,
}

impl Camera {
    /// Before it nothing but a grey wall.
    pub(crate) fn new() -> Camera {
        let camera = Camera { dir: tempfile::tempdir().unwrap() };
        camera.film(&wall());
        camera
    }

    /// The film that Chromium is told to play.
    pub(crate) fn file(&self) -> PathBuf {
        self.dir.path().join("camera.mjpeg")
    }

    /// Holds a picture to the camera; seen from the next time that a page opens it.
    pub(crate) fn show(&self, picture: &Path) {
        let picture = image::open(picture).unwrap();
        let picture = picture.resize(WIDTH, HEIGHT, imageops::FilterType::Triangle).to_rgb8();
        let mut frame = wall();
        let (left, top) = ((WIDTH - picture.width()) / 2, (HEIGHT - picture.height()) / 2);
        imageops::overlay(&mut frame, &picture, left.into(), top.into());
        self.film(&frame);
    }

    fn film(&self, frame: &RgbImage) {
        let mut jpeg = Cursor::new(Vec::new());
        frame.write_to(&mut jpeg, ImageFormat::Jpeg).unwrap();
        // A new file in the place of the old one: whoever plays the old one keeps it whole.
        let next = self.dir.path().join("next");
        std::fs::write(&next, jpeg.into_inner().repeat(FRAMES)).unwrap();
        std::fs::rename(next, self.file()).unwrap();
    }
}

fn wall() -> RgbImage {
    RgbImage::from_pixel(WIDTH, HEIGHT, Rgb([128; 3]))
}
