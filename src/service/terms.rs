//! Terms of use out of the operator's files: `terms.txt`, and beside it `terms.de.txt` and so on, read once at the start.

use crate::doors::web::terms::Terms;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Longest text in bytes: a page that people are to read.
const MOST: usize = 64 * 1024;

/// What the file says, and those beside it in these languages. Fails with a sentence for the operator.
pub fn read(file: &Path, languages: &[String]) -> Result<Terms, String> {
    let text =
        text_of(file)?.ok_or_else(|| format!("{}: there is no such file", file.display()))?;
    let mut others = Vec::new();
    for language in languages {
        let own = text_of(&beside(file, language))?;
        others.extend(own.map(|own| (language.clone(), own)));
    }
    Ok(Terms::new(text, others))
}

fn text_of(file: &Path) -> Result<Option<String>, String> {
    let why = match std::fs::read_to_string(file) {
        Ok(text) if text.len() > MOST => "longer than 64 KiB".to_owned(),
        Ok(text) if text.trim().is_empty() => "empty".to_owned(),
        Ok(text) => return Ok(Some(text)),
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => e.to_string(),
    };
    Err(format!("{}: {why}", file.display()))
}

fn beside(file: &Path, language: &str) -> PathBuf {
    match file.extension().and_then(|e| e.to_str()) {
        Some(extension) => file.with_extension(format!("{language}.{extension}")),
        None => file.with_extension(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translations_lie_beside_the_file_and_what_cannot_be_read_is_said() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("terms.txt");
        let languages = ["en", "de"].map(str::to_owned);
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("can be written");
        };
        let why = read(&file, &languages).expect_err("nothing is there");
        assert!(why.ends_with("terms.txt: there is no such file"), "{why}");
        write("terms.txt", "Be kind.");
        write("terms.de.txt", "Seien Sie freundlich.");
        write("terms.sv.txt", "not a language of ours");
        let german = ("de".to_owned(), "Seien Sie freundlich.".to_owned());
        let expected = Terms::new("Be kind.".into(), vec![german]);
        assert_eq!(read(&file, &languages), Ok(expected));
        write("terms.de.txt", " ");
        let why = read(&file, &languages).expect_err("empty");
        assert!(why.ends_with("terms.de.txt: empty"), "{why}");
        write("terms.txt", &"x".repeat(MOST + 1));
        assert!(read(&file, &languages).is_err());
        assert_eq!(
            beside(Path::new("/etc/terms"), "de"),
            Path::new("/etc/terms.de")
        );
    }
}
