//! Lists of labelled pairs: LFW's `pairs.txt`, or CSV `a,b,same[,group]`.

use std::path::{Component, Path, PathBuf};

/// Largest list read.
const MAX_PAIRS: usize = 2_000_000;

/// Two images and whether they are said to show one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The first image, as a path within the folder of images.
    pub a: String,
    /// The second image.
    pub b: String,
    /// Whether both show one person.
    pub same: bool,
    /// The group to report it under.
    pub group: Option<String>,
}

/// A list of labelled pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairList(Vec<Pair>);

/// Why a list could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PairsError {
    /// A line that is neither of LFW's nor of the CSV form.
    #[error("line {line}: {what}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// No pair at all.
    #[error("the list has no pairs")]
    Empty,
    /// More pairs than are read.
    #[error("the list has more than {MAX_PAIRS} pairs")]
    TooMany,
}

impl PairList {
    /// Reads a list; its form is told by whether its lines have commas.
    ///
    /// ```
    /// use lineward_face::PairList;
    /// let lfw = PairList::parse("1\t1\nAda\t1\t2\nAda\t1\tBea\t3\n").unwrap();
    /// let csv = PairList::parse("a,b,same\nAda/Ada_0001.jpg,Ada/Ada_0002.jpg,1\nAda/Ada_0001.jpg,Bea/Bea_0003.jpg,no").unwrap();
    /// assert_eq!(lfw, csv);
    /// ```
    ///
    /// # Errors
    /// [`PairsError`] names the first line that cannot be read.
    pub fn parse(text: &str) -> Result<PairList, PairsError> {
        let text = text.trim_start_matches('\u{feff}');
        let lines = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
        let lines: Vec<(usize, &str)> = lines.filter(|(_, l)| !l.is_empty() && !l.starts_with('#')).collect();
        let csv = lines.iter().any(|(_, line)| line.contains(','));
        let mut pairs = Vec::new();
        for (position, &(line, content)) in lines.iter().enumerate() {
            let pair = if csv { csv_pair(content, position == 0) } else { lfw_pair(content) };
            pairs.extend(pair.map_err(|what| PairsError::Line { line, what })?);
            if pairs.len() > MAX_PAIRS {
                return Err(PairsError::TooMany);
            }
        }
        if pairs.is_empty() { Err(PairsError::Empty) } else { Ok(PairList(pairs)) }
    }

    /// The pairs, in the list's order.
    pub fn pairs(&self) -> &[Pair] {
        &self.0
    }

    /// Every image once, sorted.
    pub(super) fn images(&self) -> Vec<&str> {
        let mut images: Vec<&str> =
            self.0.iter().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]).collect();
        images.sort_unstable();
        images.dedup();
        images
    }
}

/// `name n m` or `name1 n name2 m`; a line of one or two numbers says how many folds and pairs follow.
fn lfw_pair(line: &str) -> Result<Option<Pair>, &'static str> {
    let image = |name: &str, number: &str| -> Result<String, &'static str> {
        let number: u32 = number.parse().map_err(|_| "an image number is not a number")?;
        within(format!("{name}/{name}_{number:04}.jpg"))
    };
    let fields: Vec<&str> = line.split_whitespace().collect();
    match fields.as_slice() {
        [count] | [count, _] if count.parse::<u32>().is_ok() => Ok(None),
        [name, n, m] => Ok(Some(Pair { a: image(name, n)?, b: image(name, m)?, same: true, group: None })),
        [x, n, y, m] => Ok(Some(Pair { a: image(x, n)?, b: image(y, m)?, same: false, group: None })),
        _ => Err("expected `name n m` or `name n name m`"),
    }
}

/// `a,b,same[,group]`; the first line may name the columns. It does when its cells are neither names of pictures nor a
/// label: a label that is written wrongly must not cost the first pair.
fn csv_pair(line: &str, first: bool) -> Result<Option<Pair>, &'static str> {
    let fields = csv_fields(line)?;
    let (a, b, same, group) = match fields.as_slice() {
        [a, b, same] => (a, b, same, None),
        [a, b, same, group, ..] => (a, b, same, Some(group.clone()).filter(|group| !group.is_empty())),
        _ => return Err("expected `a,b,same[,group]`"),
    };
    let same = match same.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "y" => true,
        "0" | "false" | "no" | "n" => false,
        label if first && !is_picture(a) && !is_picture(b) && !is_number(label) => return Ok(None),
        _ => return Err("`same` is none of 1, 0, true, false, yes, no"),
    };
    if a.is_empty() || b.is_empty() {
        return Err("an image has no name");
    }
    Ok(Some(Pair { a: within(a.clone())?, b: within(b.clone())?, same, group }))
}

/// Whether a cell of the first line names a picture: by an ending, a folder, or the running number of such collections.
fn is_picture(cell: &str) -> bool {
    let digits = cell.bytes().rev().take_while(u8::is_ascii_digit).count();
    digits >= 3 || cell.contains(['.', '/', '\\'])
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok()
}

/// The path of an image, which stays within the folder of images.
fn within(image: String) -> Result<String, &'static str> {
    let mut parts = Path::new(&image).components();
    match parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        true => Ok(image),
        false => Err("an image's path leads out of the folder of images"),
    }
}

/// The fields of one line (RFC 4180 quoting; no line breaks within fields).
fn csv_fields(line: &str) -> Result<Vec<String>, &'static str> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let field = fields.last_mut().ok_or("no field")?;
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => field.extend(rest.next()),
            '"' if quoted || field.trim().is_empty() => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => field.push(c),
        }
    }
    if quoted {
        Err("a quote is not closed")
    } else {
        Ok(fields.iter().map(|f| f.trim().to_owned()).collect())
    }
}

/// Where an image is (the list has refused paths that lead out of `dir`): as named within `dir`, or without its folder (`Name_0001.jpg` beside the others); LFW's lists
/// name no ending, so the other usual ones are tried.
pub(super) fn file_of(dir: &Path, image: &str) -> Option<PathBuf> {
    let named = dir.join(image);
    let flat = dir.join(named.file_name()?);
    let places = [named, flat];
    let other_endings =
        ["jpeg", "png"].into_iter().flat_map(|e| places.iter().map(move |p| p.with_extension(e)));
    places.iter().cloned().chain(other_endings).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_and_their_headers_are_read() {
        let read = |text| PairList::parse(text).map(|list| list.0.len());
        assert_eq!(read("10\t300\nA_B\t1\t2\nA\t1\tB\t12"), Ok(2));
        assert_eq!(read("300\nA 1 2"), Ok(1));
        assert_eq!(read("file_x,file_y,Decision\nimg1.jpg,img2.jpg,Yes\nimg1.jpg,img3.jpg,No"), Ok(2));
        assert_eq!(read("\u{feff}x.jpg,y.jpg,TRUE,old\r\nx.jpg,\"a, \"\"b\"\".jpg\",0,young\r\n"), Ok(2));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        let error = |text| PairList::parse(text).unwrap_err();
        assert!(matches!(error("A 1 2\nA one 2"), PairsError::Line { line: 2, .. }));
        assert!(matches!(error("a,b,same\n\na,b,perhaps"), PairsError::Line { line: 3, .. }));
        assert!(matches!(error("a,b,1\na,b"), PairsError::Line { line: 2, .. }));
        assert!(matches!(error("a,\"b,1"), PairsError::Line { line: 1, .. }));
        assert_eq!(error("\n10 300\n"), PairsError::Empty);
    }

    #[test]
    fn a_wrong_label_in_the_first_line_is_no_header() {
        for first in
            ["a.jpg,b.jpg,perhaps", "x/a,x/b,same", "Ada_0001,Bea_0003,maybe", "a,b,2", "a,b.png,1.5"]
        {
            let error = PairList::parse(&format!("{first}\na.jpg,b.jpg,1")).unwrap_err();
            assert!(matches!(error, PairsError::Line { line: 1, .. }), "{first}: {error}");
        }
        for header in ["a,b,same", "image1,image2,label", "file_x,file_y,Decision,group"] {
            assert_eq!(PairList::parse(&format!("{header}\na.jpg,b.jpg,1")).unwrap().0.len(), 1, "{header}");
        }
    }

    #[test]
    fn a_path_that_leads_out_of_the_folder_is_refused() {
        for image in ["../a.jpg", "x/../../a.jpg", "/etc/passwd"] {
            for text in [format!("a.jpg,b.jpg,1\n{image},b.jpg,1"), format!("a.jpg,b.jpg,1\nb.jpg,{image},0")]
            {
                let error = PairList::parse(&text).unwrap_err();
                assert!(matches!(error, PairsError::Line { line: 2, .. }), "{image}: {error}");
            }
        }
        assert!(matches!(PairList::parse("../A 1 2"), Err(PairsError::Line { line: 1, .. })));
        assert!(PairList::parse("./x/a.jpg,x/b.jpg,1").is_ok());
    }

    #[test]
    fn groups_and_quoted_names_are_kept() {
        let list = PairList::parse("x,\"a, b.jpg\",0,young").unwrap();
        assert_eq!(list.0[0].b, "a, b.jpg");
        assert_eq!(list.0[0].group.as_deref(), Some("young"));
    }
}
