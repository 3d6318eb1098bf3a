//! Settings, read once: flag before environment before default.

use std::path::PathBuf;

/// The environment. This is the only place that reads it.
#[allow(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder for what lineward keeps for this user (XDG base directory specification 0.8).
pub(crate) fn data_folder(env: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if let Some(named) = env("LINEWARD_DATA") {
        return Some(PathBuf::from(named));
    }
    let share = env("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let share = share.or_else(|| Some(PathBuf::from(env("HOME")?).join(".local/share")));
    Some(share?.join("lineward"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(vars: &[(&str, &str)]) -> Option<String> {
        let env = |name: &str| vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        data_folder(env).map(|path| path.display().to_string())
    }

    #[test]
    fn the_data_folder_is_named_or_the_users_own() {
        let home = ("HOME", "/home/ana");
        assert_eq!(folder(&[home]).as_deref(), Some("/home/ana/.local/share/lineward"));
        assert_eq!(folder(&[home, ("XDG_DATA_HOME", "/data")]).as_deref(), Some("/data/lineward"));
        assert_eq!(
            folder(&[home, ("XDG_DATA_HOME", "data")]).as_deref(),
            Some("/home/ana/.local/share/lineward")
        );
        assert_eq!(folder(&[home, ("LINEWARD_DATA", "/srv")]).as_deref(), Some("/srv"));
        assert_eq!(folder(&[]), None);
    }
}
