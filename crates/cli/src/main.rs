//! The `lineward` binary: commands, configuration, the real clock and the real randomness.
//!
//! Lives here: reading arguments and environment, files that a person names, wiring, what is printed.
//! May not live here: decisions, SQL, HTTP handlers, anything that another crate could be asked for.

mod authority;
mod chips;
mod clock;
mod cmd;
mod config;
mod crash;
mod days;
mod entropy;
mod faces;
mod files;
mod logging;
mod master_key;
mod models;
mod out;
mod rule_texts;
mod server;
mod trust;
mod wiring;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::out::CliResult;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.json;
    if let Err(why) = crash::leave_no_memory_image() {
        out::note(format!("a crash may leave an image of this program's memory: {why}"));
    }
    out::finish(run(cli), json)
}

/// Makes sure that a phone line belongs to the person it is registered to, and to nobody else
#[derive(Parser)]
#[command(
    name = "lineward",
    version,
    propagate_version = true,
    after_help = "Example: lineward verify --mrz zone.txt --reference portrait.jpg --capture live.jpg --rules cn

Exit status: 0 answered (also when the answer is no), 1 could not answer, 2 wrong usage."
)]
struct Cli {
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(cmd::demo::Args),
    Serve(cmd::serve::Args),
    Verify(cmd::verify::Args),
    /// Compare faces, one to one
    #[command(subcommand)]
    Face(cmd::face::Command),
    /// Read documents
    #[command(subcommand)]
    Document(cmd::document::Command),
    /// Country CAs that documents are verified with
    #[command(subcommand)]
    Trust(cmd::trust::Command),
    /// Face model packs
    #[command(subcommand)]
    Models(cmd::models::Command),
    /// Rules of a country or carrier
    #[command(subcommand)]
    Rules(cmd::rules::Command),
    /// Receipts that subscribers keep
    #[command(subcommand)]
    Receipt(cmd::receipt::Command),
    Migrate(cmd::migrate::Args),
    Doctor(cmd::doctor::Args),
    /// Settings and where they come from
    #[command(subcommand)]
    Config(cmd::config::Command),
    /// Staff of the desk
    #[command(subcommand)]
    Staff(cmd::staff::Command),
    /// Access of the carrier's own systems
    #[command(subcommand)]
    Token(cmd::token::Command),
    /// Jobs that were given up
    #[command(subcommand)]
    Jobs(cmd::jobs::Command),
    Check(cmd::check::Args),
}

fn run(cli: Cli) -> CliResult {
    match cli.command {
        Command::Demo(args) => cmd::demo::run(&args, cli.json),
        Command::Serve(args) => cmd::serve::run(&args),
        Command::Verify(args) => cmd::verify::run(&args),
        Command::Face(command) => cmd::face::run(&command),
        Command::Document(command) => cmd::document::run(&command),
        Command::Trust(command) => cmd::trust::run(&command),
        Command::Models(command) => cmd::models::run(&command),
        Command::Rules(command) => cmd::rules::run(&command),
        Command::Receipt(command) => cmd::receipt::run(&command),
        Command::Migrate(args) => cmd::migrate::run(&args),
        Command::Doctor(args) => cmd::doctor::run(&args),
        Command::Config(command) => cmd::config::run(&command),
        Command::Staff(command) => cmd::staff::run(&command),
        Command::Token(command) => cmd::token::run(&command),
        Command::Jobs(command) => cmd::jobs::run(&command),
        Command::Check(args) => cmd::check::run(&args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_has_help_with_an_example() {
        fn look(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            assert!(command.get_about().is_some(), "{path} says nothing of itself");
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example: "), "{path} has no example");
            command.get_subcommands().for_each(|sub| look(sub, &path));
        }
        Cli::command().debug_assert();
        look(&Cli::command(), "");
    }
}
