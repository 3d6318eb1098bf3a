//! Reading a passport's zone (goal: 0.5 us) and checking national numbers (goal: 1 us each).

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;
use lineward_document::{mrz, number};

/// One number that is accepted for each scheme: the examples of the schemes' documents and of python-stdnum.
const NUMBERS: [(&str, &str); 13] = [
    ("cn.ric", "360426199101010071"),
    ("in_.aadhaar", "234123412346"),
    ("br.cpf", "390.533.447-05"),
    ("mx.curp", "BOXW310820HNERXN09"),
    ("es.dni", "54362315-K"),
    ("es.nie", "x-2482300w"),
    ("it.codicefiscale", "RCCMNL83S18D969H"),
    ("pl.pesel", "44051401359"),
    ("se.personnummer", "880320-0016"),
    ("fi.hetu", "131052-308T"),
    ("ro.cnp", "1630615123457"),
    ("bg.egn", "8032056031"),
    ("ng.nin", "12345678901"),
];

fn bench(c: &mut Criterion) {
    let today = date(2026, 11, 23);
    let td3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let td1 =
        "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    let misread = td3.replace("L898902C3", "L8989O2C3");
    c.bench_function("mrz_td3", |b| b.iter(|| mrz::parse(black_box(td3), today)));
    c.bench_function("mrz_td1", |b| b.iter(|| mrz::parse(black_box(td1), today)));
    c.bench_function("mrz_td3_repair", |b| b.iter(|| mrz::parse(black_box(&misread), today)));
    for (scheme, number) in NUMBERS {
        c.bench_function(&format!("number_{scheme}"), |b| {
            b.iter(|| number::check(scheme, black_box(number), today))
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
