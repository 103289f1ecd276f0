//! All names through the program: by SMTP into a transfer, and out again by page, download, ZIP and `cloakroom fetch`.

use super::forms::{self, content, in_pieces};
use super::table::{Row, rows};
use crate::properties::truth::filename::assert_safe;
use crate::support::browser::Browser;
use crate::support::client::{Door, send};
use crate::support::hop::Hop;
use crate::support::process::{peer, run};
use crate::support::{link_in, settings};
use cloakroom::service::Running;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What every listed file has, and nothing else, whatever it is called.
const LISTED: &str = "li[] span[class] bdi[] span[class] span[class] a[aria-label,class,href] details[] summary[] dl[] dt[] \
                      dd[] code[] dt[] dd[] code[]";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_name_goes_from_mail_to_page_and_disk_and_stays_where_it_was_put() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let browser = Browser::open(folder.path(), true).await;
    // In three mails: the more files a transfer has, the longer is the list that each download looks into.
    for third in 0..3 {
        let house = House::open(rows(), third).await;
        let listed = house.listed();
        house.each_row_has_its_name(&listed);
        house.are_fetched(&listed).await;
        house.downloads_are_called(&listed);
        house.are_unpacked(&listed);
        house.a_browser_shows_text(&browser, &listed).await;
        house.running.stop().await;
    }
}

/// What stands in each of these elements: names, the kinds of elements with their attributes, labels.
fn shown(css: &str) -> String {
    format!(
        "const all = [...document.querySelectorAll('{css}')];
         const kind = e => e.localName + '[' + [...e.getAttributeNames()].sort() + ']';
         const own = e => [e, ...e.querySelectorAll('*')];
         return {{
           names: all.flatMap(e => [...e.querySelectorAll('bdi:not(b bdi)')].map(b => b.textContent)),
           kinds: [...new Set(all.map(e => own(e).map(kind).join(' ')))],
           labels: [...document.querySelectorAll('[aria-label][href*=file]')].map(e => e.getAttribute('aria-label')),
           scripts: document.scripts.length,
         }}"
    )
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|t| t.as_str().expect("a text").to_owned())
        .collect()
}

/// A gateway through which one mail with a file for each row has gone, and its link.
struct House {
    rows: Vec<Row>,
    /// The rows whose files are in the transfer.
    carried: Vec<usize>,
    folder: TempDir,
    running: Running,
    link: String,
    /// Address of the transfer's page.
    room: String,
}

impl House {
    async fn open(rows: Vec<Row>, third: usize) -> House {
        // A signature and ciphertext stay in their mail; two of a name are enough to see that they are told apart.
        let mut times: BTreeMap<&Option<String>, usize> = BTreeMap::new();
        let stays = |row: &Row| row.shown.ends_with(".p7s") || row.shown.ends_with(".p7m");
        let go = rows.iter().enumerate().filter(|(number, row)| {
            let count = times.entry(&row.want).or_default();
            *count += 1;
            !stays(row) && *count <= 2 && number % 3 == third
        });
        let (mail, carried) = forms::mail(go, in_pieces);
        let hop = Hop::start(Vec::new()).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let to = format!("smtp://{}", hop.address);
        let config = settings::with(folder.path(), settings::TAKE_FILES, &to, "");
        let running = cloakroom::service::start(config).await;
        let running = running.expect("the gateway starts");
        let smtp = running.address("smtp").expect("a door");
        let to = ["bo@partner.example".to_owned()];
        let replies = send(Door::Smtp, smtp, "anna@example.org", &to, mail.as_bytes()).await;
        assert!(replies[0].starts_with("250 "), "{replies:?}");
        let link = link_in(&hop.deliveries()[0].bytes).expect("a link");
        let mut house = House {
            rows,
            carried,
            folder,
            running,
            link,
            room: String::new(),
        };
        let unlock = format!("{}/unlock", house.link);
        let answer = house.curl(&[
            "-L",
            "-d",
            "",
            "-o",
            "/dev/null",
            "-w",
            "%{url_effective}",
            &unlock,
        ]);
        house.room = answer.trim().to_owned();
        assert!(house.room.contains("/open/"), "{}", house.room);
        house
    }

    /// With the cookies of this visitor.
    fn curl(&self, arguments: &[&str]) -> String {
        let jar = self.folder.path().join("cookies");
        run(peer("curl")
            .args(["-sS", "--fail", "-b", text(&jar), "-c", text(&jar)])
            .args(arguments))
    }

    /// What the page lists: name, and the content by which the row is known.
    fn listed(&self) -> Vec<(String, String)> {
        let list = self.curl(&["-H", "Accept: application/json", &self.room]);
        let list: Value = serde_json::from_str(&list).expect("JSON");
        let files = list["files"].as_array().expect("a list");
        assert_eq!(files.len(), self.carried.len());
        let named = |(file, row): (&Value, &usize)| {
            (
                file["name"].as_str().expect("a name").to_owned(),
                content(*row),
            )
        };
        files.iter().zip(&self.carried).map(named).collect()
    }

    /// The wanted one, or with a number if it was given before; none twice, whatever the case.
    fn each_row_has_its_name(&self, listed: &[(String, String)]) {
        let number = regex::Regex::new(r" \([0-9]+\)(\.[^.]*)?$").expect("a pattern");
        let mut seen = BTreeSet::new();
        for ((name, _), row) in listed.iter().zip(&self.carried) {
            assert_safe(name);
            assert!(seen.insert(name.to_lowercase()), "{name} comes twice");
            let row = &self.rows[*row];
            let bare = number.replace(name, "$1");
            // A numbered one may have lost some of its end, and dots and blanks before its extension.
            let plain = |name: &str| name.replace(['.', ' '], "");
            let begin = bare.rsplit_once('.').map_or(&*bare, |(stem, _)| stem);
            let right = match &row.want {
                None => name.starts_with("attachment-"),
                Some(want) if want == name => true,
                Some(want) if want.len() > 190 => bare != *name && want.starts_with(begin),
                Some(want) => bare != *name && plain(&bare) == plain(want),
            };
            assert!(right, "{row:?} is called {name:?}");
        }
    }

    /// By `cloakroom fetch`.
    async fn are_fetched(&self, listed: &[(String, String)]) {
        let into = self.folder.path().join("fetched");
        let fetched = crate::support::fetch(&self.link, None, &into).await;
        assert_eq!(fetched.expect("all come").len(), listed.len());
        let wanted: BTreeMap<_, _> = listed.iter().cloned().collect();
        assert_eq!(files_in(&into), wanted, "cloakroom fetch");
    }

    /// The ZIP, by four programs: every file where it was to go, and nothing beside or above.
    fn are_unpacked(&self, listed: &[(String, String)]) {
        let wanted: BTreeMap<_, _> = listed.iter().cloned().collect();
        let zip = self.folder.path().join("all.zip");
        self.curl(&[&format!("{}/all.zip", self.room), "-o", text(&zip)]);
        for (program, arguments) in [
            ("unzip", &["-q", "ZIP", "-d", "INTO"][..]),
            ("bsdtar", &["-xf", "ZIP", "-C", "INTO"]),
            ("7z", &["x", "-bd", "-y", "-oINTO", "ZIP"]),
            ("python3", &["-m", "zipfile", "-e", "ZIP", "INTO"]),
        ] {
            let around = self.folder.path().join(program);
            let into = around.join("a/b/c");
            std::fs::create_dir_all(&into).expect("the folder is ours");
            let given = |a: &&str| a.replace("ZIP", text(&zip)).replace("INTO", text(&into));
            run(peer(program)
                .args(arguments.iter().map(given))
                .env("LC_ALL", "C.UTF-8"));
            assert_eq!(files_in(&into), wanted, "{program}");
            for (folder, only) in [("", "a"), ("a", "b"), ("a/b", "c")] {
                let beside: Vec<_> = std::fs::read_dir(around.join(folder))
                    .expect("the folder is ours")
                    .map(|entry| entry.expect("it can be listed").file_name())
                    .collect();
                assert_eq!(beside, [only], "{program}");
            }
        }
    }

    /// As text and as nothing else: the page, and the block of mails with these files.
    async fn a_browser_shows_text(&self, browser: &Browser, listed: &[(String, String)]) {
        let names: Vec<String> = listed.iter().map(|(name, _)| name.clone()).collect();
        browser.go(&self.link).await;
        browser.follow("main button").await;
        browser.arrived("/open/").await;
        let page = browser.run(&shown(".files > li")).await;
        assert_eq!(texts(&page["names"]), names);
        assert_eq!(texts(&page["kinds"]), [LISTED]);
        assert_eq!(page["scripts"], 0);
        let labels = texts(&page["labels"]);
        for (label, name) in labels.iter().zip(&names) {
            assert!(
                label.contains(name.as_str()),
                "{label:?} does not name {name:?}"
            );
        }

        // The block of a mail lists ten at once.
        let mut blocks = String::from("<!doctype html><meta charset=utf-8><title>quiet</title>");
        for ten in names.chunks(10) {
            let _ = write!(blocks, "<section>{}</section>", super::block::html(ten));
        }
        let file = self.folder.path().join("blocks.html");
        std::fs::write(&file, blocks).expect("the folder is ours");
        browser.go(&format!("file://{}", file.display())).await;
        let page = browser.run(&shown("section")).await;
        assert_eq!(texts(&page["names"]), names);
        let kinds = texts(&page["kinds"]);
        assert!(kinds.len() <= 2, "full ones and the last: {kinds:#?}");
        assert_eq!(page["scripts"], 0);
        assert_eq!(browser.title().await, "quiet");
    }

    /// By curl, which takes the name in ASCII, and by Python's reader of header fields, which takes the other.
    fn downloads_are_called(&self, listed: &[(String, String)]) {
        let folder = self.folder.path().join("downloads");
        let config = self.folder.path().join("curl.conf");
        std::fs::create_dir(&folder).expect("the folder is ours");
        let one = |number: usize| {
            format!(
                "url = \"{}/file/{number}\"\noutput-dir = \"{}/{number}\"\ncreate-dirs\nremote-name\nremote-header-name\n\
                 dump-header = \"{1}/{number}.head\"\ncookie = \"{}\"\nfail\nsilent\nshow-error\n",
                self.room,
                folder.display(),
                self.folder.path().join("cookies").display()
            )
        };
        let all: Vec<String> = (0..listed.len()).map(one).collect();
        std::fs::write(&config, all.join("next\n")).expect("the folder is ours");
        run(peer("curl").arg("--config").arg(&config));
        let read = run(peer("python3").args(["-c", READ_HEADS, text(&folder)]));
        let read: Vec<Value> = serde_json::from_str(&read).expect("JSON");
        assert_eq!(read.len(), listed.len());
        for (number, ((name, content), head)) in listed.iter().zip(&read).enumerate() {
            assert_eq!(head["full"], name.as_str(), "{head}");
            assert_eq!(head["kind"], "attachment", "{head}");
            assert_eq!(head["parameters"], 2, "{head}");
            assert_eq!(head["fields"], read[0]["fields"], "{head}");
            let plain = head["plain"].as_str().expect("a name in ASCII");
            assert!(plain.is_ascii() && plain.chars().count() == name.chars().count());
            let got = files_in(&folder.join(number.to_string()));
            assert_eq!(got, BTreeMap::from([(plain.to_owned(), content.clone())]));
        }
    }
}

/// Reads the header fields of every download as Python does.
const READ_HEADS: &str = r#"
import sys, json, re, pathlib, email.parser, email.utils
out = []
for n in range(100000):
    path = pathlib.Path(sys.argv[1], f"{n}.head")
    if not path.exists():
        break
    head = path.read_bytes().split(b"\r\n", 1)[1]
    m = email.parser.BytesParser().parsebytes(head)
    params = m.get_params(header="content-disposition")
    full = [email.utils.collapse_rfc2231_value(v) for k, v in params if k == "filename" and isinstance(v, tuple)]
    raw = m["content-disposition"]
    both = re.fullmatch(r'attachment; filename="([^"\\]*)"; filename\*=UTF-8\'\'([!#$&+.^_`|~0-9A-Za-z%-]*)', raw)
    out.append(dict(full=full[0], plain=both.group(1), kind=m.get_content_disposition(),
                    parameters=raw.count(";") if both else -1, fields=sorted(m.keys())))
print(json.dumps(out))
"#;

/// Every file below a folder, by its path in it.
fn files_in(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("the folder is there") {
            let entry = entry.expect("it can be listed");
            let path = entry.path();
            let kind = entry.file_type().expect("it can be looked at");
            if kind.is_dir() {
                folders.push(path.clone());
            }
            let name = path.strip_prefix(folder).expect("it lies in there");
            let name = name.to_str().expect("UTF-8").to_owned();
            let content = match kind.is_file() {
                true => std::fs::read_to_string(&path).expect("it can be read"),
                false => format!("{kind:?}"),
            };
            found.insert(name, content);
        }
    }
    found
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
