//! One comparison of two 480 x 640 JPEGs on one core: `cargo bench -p lineward-face`. Needs the shared models and
//! photographs; says so and ends where they are not at hand.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use image::{ImageFormat, imageops};
use lineward_face::{Checker, CompareOptions, Pack, ReferenceKind};

fn compare(c: &mut Criterion) {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let Ok(pack) = Pack::open(&shared.join("models")) else {
        eprintln!("SKIPPED: no model pack in {}", shared.display());
        return;
    };
    let portrait = |name: &str| {
        let picture = image::open(shared.join("data/faces/functional").join(name)).ok()?.to_rgb8();
        let (width, height) = picture.dimensions();
        // The largest 3 : 4 part about the middle, as a phone camera frames a person.
        let (w, h) = (width.min(height * 3 / 4), height.min(width * 4 / 3));
        let part = imageops::crop_imm(&picture, (width - w) / 2, (height - h) / 2, w, h).to_image();
        let part = imageops::resize(&part, 480, 640, imageops::FilterType::Triangle);
        let mut jpeg = Vec::new();
        part.write_to(&mut std::io::Cursor::new(&mut jpeg), ImageFormat::Jpeg).ok()?;
        Some(jpeg)
    };
    let (Some(reference), Some(probe)) = (portrait("img20.jpg"), portrait("img21.jpg")) else {
        eprintln!("SKIPPED: no photographs in {}", shared.display());
        return;
    };
    let Ok(checker) = Checker::load(pack, 1) else {
        eprintln!("SKIPPED: the pack does not load");
        return;
    };
    let mut group = c.benchmark_group("face");
    group.sample_size(20);
    group.bench_function("compare two 480x640 JPEGs", |b| {
        b.iter(|| {
            checker.compare(&reference, &[&probe], &CompareOptions::default()).map(|found| found.score)
        });
    });
    group.bench_function("decode and find one face", |b| {
        b.iter(|| checker.portrait(&probe, ReferenceKind::Portrait).map(|found| found.faces));
    });
    group.finish();
}

criterion_group!(benches, compare);
criterion_main!(benches);
