//! `lineward face`: one comparison, and error rates over many.

use std::path::PathBuf;

use clap::Subcommand;
use indicatif::ProgressBar;
use lineward_face::{
    Checker, CompareOptions, Comparison, EvaluateError, Evaluation, PairList, PictureFinding, PointOrigin,
    RatePoint, Side, evaluate,
};
use serde_json::{Value, json};

use crate::{
    files,
    models::{ModelsArgs, face_error, finding_json, lanes, share, shown},
    out::{Answer, CliError, CliResult, table, words},
};

/// What can be done with faces.
#[derive(Subcommand)]
#[command(after_help = "Example: lineward face compare --reference portrait.jpg --probe capture.jpg")]
pub(crate) enum Command {
    /// Compare one capture with the one portrait of one document
    #[command(
        after_help = "Example: lineward face compare --reference portrait.jpg --probe capture.jpg --json"
    )]
    Compare(CompareArgs),
    /// Measure error rates on labelled pairs
    #[command(after_help = "Example: lineward face evaluate --pairs pairs.txt --images lfw/images

The pairs are LFW's pairs.txt or CSV lines `a,b,same[,group]`, with paths below --images. Of pairs that are not there no rate is stated: it is null. The rates are those of the networks on all that is listed: no quality limit applies, and of several faces the large and central one counts.")]
    Evaluate(EvaluateArgs),
}

/// Arguments of `face compare`.
#[derive(clap::Args)]
pub(crate) struct CompareArgs {
    /// The portrait of the document (JPEG, PNG or JPEG 2000)
    #[arg(long, value_name = "FILE")]
    reference: PathBuf,
    /// The capture (JPEG, PNG or JPEG 2000)
    #[arg(long, value_name = "FILE")]
    probe: PathBuf,
    /// False match rate of the threshold, one that was measured for the pack [default: the pack's own]
    #[arg(long, value_name = "RATE", value_parser = fmr_ppb)]
    fmr: Option<u32>,
    #[command(flatten)]
    models: ModelsArgs,
}

/// Arguments of `face evaluate`.
#[derive(clap::Args)]
pub(crate) struct EvaluateArgs {
    /// The list of pairs
    #[arg(long, value_name = "FILE")]
    pairs: PathBuf,
    /// The folder of images
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    #[command(flatten)]
    models: ModelsArgs,
}

pub(crate) fn run(command: &Command) -> CliResult {
    match command {
        Command::Compare(args) => compare(args),
        Command::Evaluate(args) => rates(args),
    }
}

fn compare(args: &CompareArgs) -> CliResult {
    let reference = files::picture(&args.reference)?;
    let probe = files::picture(&args.probe)?;
    let checker = args.models.folder()?.checker(1)?;
    let options = CompareOptions { fmr_ppb: args.fmr, ..CompareOptions::default() };
    let file = |side| shown(if side == Side::Reference { &args.reference } else { &args.probe });
    let comparison = checker.compare(&reference, &[&probe], &options).map_err(|e| face_error(&e, &file))?;
    Ok(Answer::new(comparison_text(&comparison, &checker), comparison_json(&comparison, &checker)))
}

/// A comparison as JSON, with what was found on each picture.
pub(crate) fn comparison_json(comparison: &Comparison, checker: &Checker) -> Value {
    let mut json = finding_json(&comparison.finding, checker);
    json["likeness"] = json!(comparison.likeness.map(round));
    json["reference"] = picture_json(&comparison.reference);
    json["probe"] = json!(comparison.frames.iter().map(picture_json).collect::<Vec<_>>());
    json["compared_frame"] = json!(comparison.compared_frame);
    json
}

/// A comparison as a person reads it.
pub(crate) fn comparison_text(comparison: &Comparison, checker: &Checker) -> String {
    let finding = &comparison.finding;
    let threshold = match finding.fmr_ppb {
        Some(ppb) => {
            format!("{:.3} (false match rate {:e})", share(finding.threshold_ppm), f64::from(ppb) / 1e9)
        }
        None => format!("{:.3} (false match rate not measured)", share(finding.threshold_ppm)),
    };
    let pack = checker.manifest();
    table(&[
        ("outcome", finding.outcome.to_string()),
        ("score", finding.score_ppm.map_or("-".to_owned(), |ppm| format!("{:.3}", share(ppm)))),
        ("threshold", if pack.is_some() { threshold } else { "-".to_owned() }),
        ("reasons", words(&finding.reasons)),
        ("model pack", pack.map_or("none", |m| m.name()).to_owned()),
    ])
}

fn picture_json(picture: &PictureFinding) -> Value {
    json!({
        "width": picture.width,
        "height": picture.height,
        "faces": picture.faces,
        "face": picture.face.map(|f| json!({
            "x": round(f.x), "y": round(f.y), "width": round(f.width), "height": round(f.height),
            "score": round(f.score),
        })),
        "quality": picture.quality.map(|q| json!({
            "eye_distance_px": round(q.eye_distance_px), "contrast": round(q.contrast),
            "brightness": round(q.brightness), "clipped": round(q.clipped), "sharpness": round(q.sharpness),
        })),
        "shortcomings": picture.shortcomings.iter().map(|s| shortcoming(*s)).collect::<Vec<_>>(),
    })
}

fn shortcoming(shortcoming: lineward_face::Shortcoming) -> &'static str {
    use lineward_face::Shortcoming as S;
    match shortcoming {
        S::TooSmall => "too_small",
        S::Blurred => "blurred",
        S::TooDark => "too_dark",
        S::TooBright => "too_bright",
        S::Flat => "flat",
    }
}

fn rates(args: &EvaluateArgs) -> CliResult {
    let list = PairList::parse(&files::text(&args.pairs)?).map_err(|e| {
        let what = format!("{}: {e}", shown(&args.pairs));
        CliError::new(what, "give LFW's pairs.txt, or CSV lines `a,b,same[,group]`")
    })?;
    let checker = args.models.folder()?.checker(lanes())?;
    let bar = ProgressBar::new(0);
    let progress = |done: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    };
    let evaluation = evaluate(&checker, &list, &args.images, &progress);
    bar.finish_and_clear();
    let evaluation = evaluation.map_err(|e| {
        let hint = match &e {
            EvaluateError::ImageMissing { .. } => {
                "--images is the folder that the names in the list start from"
            }
            EvaluateError::Io { .. } => "make the file readable",
            EvaluateError::NoModelPack | EvaluateError::Face(_) => {
                "`lineward models verify` tells whether the pack is whole"
            }
        };
        CliError::new(e, hint)
    })?;
    let pack = checker.manifest().map(|m| m.name().to_owned()).unwrap_or_default();
    Ok(Answer::new(evaluation_text(&evaluation, &pack), evaluation_json(&evaluation, &pack)))
}

fn evaluation_json(e: &Evaluation, pack: &str) -> Value {
    let groups = e.groups.iter().map(|g| {
        let points: Vec<Value> = g.points.iter().map(point_json).collect();
        json!({ "group": g.group, "pairs": g.pairs, "accuracy": g.accuracy, "points": points })
    });
    json!({
        "pairs": e.pairs,
        "genuine": e.genuine,
        "impostor": e.impostor,
        "images": e.images,
        "failures_to_acquire": e.failures_to_acquire.len(),
        "failed_images": e.failures_to_acquire,
        "review_threshold": round(e.review_threshold),
        "accuracy": e.accuracy,
        "accuracy_best": e.best.map(|best| best.accuracy),
        "best_threshold": e.best.map(|best| round(best.threshold)),
        "points": e.points.iter().map(point_json).collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
        "model_pack": pack,
    })
}

fn point_json(point: &RatePoint) -> Value {
    let (origin, target) = match point.origin {
        PointOrigin::Pack => ("pack", None),
        PointOrigin::TargetFmr(fmr) => ("target_fmr", Some(fmr)),
    };
    json!({
        "threshold": round(point.threshold), "fmr": point.fmr, "fnmr": point.fnmr, "fmr_upper95": point.fmr_upper95,
        "origin": origin, "target_fmr": target,
    })
}

fn evaluation_text(e: &Evaluation, pack: &str) -> String {
    let mut text = table(&[
        ("pairs", format!("{} ({} of one person, {} of two)", e.pairs, e.genuine, e.impostor)),
        ("images", e.images.to_string()),
        ("failures to acquire", e.failures_to_acquire.len().to_string()),
        ("accuracy", format!("{:.4} at the review threshold {:.3}", e.accuracy, e.review_threshold)),
        (
            "best accuracy",
            e.best.map_or("- (it takes pairs of both kinds)".to_owned(), |best| {
                format!("{:.4} at {:.3} (chosen on these pairs: optimistic)", best.accuracy, best.threshold)
            }),
        ),
        ("model pack", pack.to_owned()),
    ]);
    text.push_str("\nthreshold  FMR       FMR upper 95 %  FNMR\n");
    for p in &e.points {
        let rate = |rate: Option<f64>| rate.map_or("-".to_owned(), |rate| format!("{rate:.6}"));
        let (fmr, upper, fnmr) = (rate(p.fmr), rate(p.fmr_upper95), rate(p.fnmr));
        text.push_str(&format!("{:<9.3}  {fmr:<8}  {upper:<14}  {fnmr}\n", p.threshold));
    }
    for g in &e.groups {
        text.push_str(&format!("\ngroup {}: {} pairs, accuracy {:.4}", g.group, g.pairs, g.accuracy));
    }
    text
}

/// Six decimals: what a 32-bit figure carries, without its binary tail.
fn round(value: f32) -> f64 {
    (f64::from(value) * 1e6).round() / 1e6
}

/// A false match rate from 1e-9 to below 1, in parts per thousand million.
fn fmr_ppb(text: &str) -> Result<u32, String> {
    let ppb = text.parse::<f64>().map(|fmr| (fmr * 1e9).round()).unwrap_or(f64::NAN);
    if (1.0..1e9).contains(&ppb) { Ok(ppb as u32) } else { Err("a rate as 1e-4 or 0.0001".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_false_match_rate_is_a_fraction() {
        assert_eq!(fmr_ppb("1e-4"), Ok(100_000));
        assert_eq!(fmr_ppb("0.0001"), Ok(100_000));
        for text in ["1", "0", "-1e-4", "1e-10", "nan", "few"] {
            assert!(fmr_ppb(text).is_err(), "{text}");
        }
    }
}
