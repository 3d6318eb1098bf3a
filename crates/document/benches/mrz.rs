//! Reading a passport's zone (goal: 0.5 us) and checking a resident number (goal: 1 us).

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use lineward_document::{mrz, number};

fn bench(c: &mut Criterion) {
    let today = date(2026, 11, 23);
    let td3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let td1 =
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    let misread = td3.replace("L898902C3", "L8989O2C3");
    c.bench_function("mrz_td3", |b| b.iter(|| mrz::parse(black_box(td3), today)));
    c.bench_function("mrz_td1", |b| b.iter(|| mrz::parse(black_box(td1), today)));
    c.bench_function("mrz_td3_repair", |b| b.iter(|| mrz::parse(black_box(&misread), today)));
    c.bench_function("number_cn_ric", |b| {
        b.iter(|| number::check("cn.ric", black_box("360426199101010071"), today))
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
