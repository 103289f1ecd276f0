//! `cloakroom directory`: a table is imported whole or not at all, and what is found is shown by two digits.

use crate::support::process::{ended, run};
use crate::support::settings;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

fn directory(words: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    command.arg("directory").args(words).current_dir(folder);
    command
}

const WITH_CONFIG: [&str; 2] = ["--config", "cloakroom.toml"];

#[test]
fn a_table_is_imported_whole_or_not_at_all_and_then_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("ours");
    let import = ["import", "export.csv", "--into", "people.csv"];
    let columns = ["--address", "E-Mail", "--phone", "Mobil"];
    let import = [&import[..], &columns].concat();
    write(
        "export.csv",
        "Name;E-Mail;Mobil\nEva;eva@client.example;+49 (30) 1234567\nBo;Bo@partner.example;+46 70-123 45 56\n",
    );
    let said = run(&mut directory(&import, folder));
    assert_eq!(said, "2 people in people.csv\n");
    let imported = fs::read_to_string(folder.join("people.csv")).expect("written");
    let want = "address,phone,language\nBo@partner.example,+46701234556,\neva@client.example,+49301234567,\n";
    assert_eq!(imported, want);
    let mode = fs::metadata(folder.join("people.csv"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o007, 0, "strangers cannot read it");

    // One wrong row, and nothing is written; no number is printed.
    write(
        "export.csv",
        "E-Mail;Mobil\nbo@partner.example;+46701234500\nBO@partner.example;+46701234501\nx@partner.example;0701234502\n",
    );
    let (well, said) = ended(&mut directory(&import, folder));
    assert!(!well);
    for words in [
        "export.csv: line 3: BO@partner.example stands in line 2 too",
        "line 4: x@partner.example",
        "nothing was written",
    ] {
        assert!(said.contains(words), "{words:?} in {said}");
    }
    assert!(said.contains("import --country"), "{said}");
    assert!(!said.contains("12345"), "{said}");
    let after = fs::read_to_string(folder.join("people.csv")).expect("still there");
    assert_eq!(after, want);

    // At home in a country: numbers without one are its; a country that nobody knows is a slip.
    write(
        "export.csv",
        "E-Mail;Mobil\nbo@partner.example;070-123 45 00\neva@client.example;+49 30 1234567\n",
    );
    let at_home = [&import[..], &["--country", "SE"]].concat();
    run(&mut directory(&at_home, folder));
    let imported = fs::read_to_string(folder.join("people.csv")).expect("written");
    assert!(
        imported.contains("\nbo@partner.example,+46701234500,\neva@client.example,+49301234567,\n"),
        "{imported}"
    );
    let (well, said) = ended(&mut directory(
        &[&import[..], &["--country", "sweden"]].concat(),
        folder,
    ));
    assert!(!well && said.contains("two capital letters"), "{said}");
    write("people.csv", want);

    let section = "[[directory]]\nname = \"people\"\nkind = \"file\"\npath = \"people.csv\"\n";
    settings::write(folder, settings::TAKE_FILES, "folder:out", section);
    let find = |whom| [&["find", whom][..], &WITH_CONFIG].concat();
    let said = run(&mut directory(&find("bo@partner.example"), folder));
    assert_eq!(
        said,
        "address   bo@partner.example\nnumber    ends in 56, from \"people\"\nlanguage  none\n"
    );
    let said = run(&mut directory(&find("nobody@partner.example"), folder));
    assert!(said.contains("number    none"), "{said}");
    let check = [&["check"][..], &WITH_CONFIG].concat();
    assert_eq!(run(&mut directory(&check, folder)), "ok: people (file)\n");

    // `check` of everything tells the line too.
    write("people.csv", "address,phone\nbo@partner.example,4711\n");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloakroom"));
    let (well, said) = ended(command.arg("check").args(WITH_CONFIG).current_dir(folder));
    assert!(!well);
    assert!(
        said.contains("people.csv: line 2: bo@partner.example has no telephone number"),
        "{said}"
    );
    assert!(!said.contains("4711"), "{said}");
}
