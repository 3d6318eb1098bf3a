//! From opening to approval on SQLite, every commit on disk, the face check stood in for: `cargo bench -p lineward-app`.

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use lineward_core::verification::Way;
use lineward_testkit::{MRZ, World, WorldOptions};

fn bench(c: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // A cap that the bench does not reach.
    let rules = include_str!("../../../rules/demo.toml").replacen("value = 5\n", "value = 100000\n", 1);
    let world = runtime.block_on(World::new(WorldOptions::new(&rules)));
    let mut group = c.benchmark_group("sqlite");
    group.sample_size(20);
    group.bench_function("apply to approve", |b| {
        b.iter_batched(
            || (),
            |()| {
                runtime.block_on(async {
                    let (_, verification, ctx) = world.open(Way::Face).await.unwrap();
                    world.consent(&ctx, verification, Way::Face).await.unwrap();
                    world.show(&ctx, verification, MRZ).await.unwrap();
                    let answer =
                        world.capture(&ctx, verification, "face of anna", "face of anna").await.unwrap();
                    assert_eq!(answer.decided.state, "approved");
                });
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
