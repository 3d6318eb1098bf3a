//! Rules that come with the program, and rules in files.

use std::path::Path;

use lineward_core::rules::{Rules, RulesError};

use crate::{
    files,
    out::{CliError, words},
};

/// The rules inside the program: name and text.
pub(crate) const BUILT_IN: [(&str, &str); 3] = [
    ("cn", include_str!("../../../rules/cn.toml")),
    ("mx", include_str!("../../../rules/mx.toml")),
    ("demo", include_str!("../../../rules/demo.toml")),
];

/// The text of the rules called `name`: one of those inside the program, else a file.
pub(crate) fn text(name: &str) -> Result<String, CliError> {
    if let Some((_, text)) = BUILT_IN.iter().find(|(id, _)| *id == name) {
        return Ok((*text).to_owned());
    }
    let path = Path::new(name);
    if !path.exists() {
        let known = words(BUILT_IN.iter().map(|(id, _)| id));
        return Err(CliError::new(format!("no rules {name:?}"), format!("name {known}, or a rules file")));
    }
    files::text(path)
}

/// The rules called `name`, ready for use.
pub(crate) fn rules(name: &str) -> Result<Rules, CliError> {
    Rules::parse(&text(name)?).map_err(|errors| {
        let all = errors.iter().map(RulesError::to_string).collect::<Vec<_>>().join("\n  ");
        CliError::new(
            format!("{name} is not a rules file:\n  {all}"),
            "`lineward rules check FILE` lists every problem",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_inside_the_program_are_rules_of_that_name() {
        for (name, _) in BUILT_IN {
            assert_eq!(rules(name).unwrap().id, name);
        }
    }

    #[test]
    fn unknown_rules_are_told_what_is_known() {
        assert_eq!(rules("zz").unwrap_err().hint(), "name cn, mx, demo, or a rules file");
    }
}
