//! Help and usage.

use crate::run::run;

#[test]
fn the_help_lists_every_command() {
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    insta::assert_snapshot!(help.out);
}

#[test]
fn the_help_of_the_main_job_has_an_example() {
    insta::assert_snapshot!(run(&["verify", "--help"]).out);
}

#[test]
fn wrong_usage_ends_with_two() {
    for args in [&["verify"][..], &["nothing"], &["face", "compare", "--fmr", "few"], &[]] {
        assert_eq!(run(args).code, 2, "{args:?}");
    }
}

#[test]
fn output_has_no_colour_when_nobody_looks() {
    assert!(!run(&["verify", "--help"]).out.contains('\u{1b}'));
    assert!(!run(&["nothing"]).err.contains('\u{1b}'));
}
