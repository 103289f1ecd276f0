//! miltertest (Debian) as the mail server: `tests/peers/milter/*.lua`.

use crate::support::hop::Hop;
use crate::support::miltertest::FOLDER;
use crate::support::process::{Gateway, ended, peer};
use crate::support::settings;
use std::path::Path;
use tokio::task::block_in_place;

struct House {
    gateway: Gateway,
    hop: Hop,
    folder: tempfile::TempDir,
}

impl House {
    async fn build(mode: &str) -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let hop = Hop::start(Vec::new()).await;
        let more = format!("[milter]\nlisten = \"127.0.0.1:0\"\nmode = \"{mode}\"\n");
        let next_hop = format!("smtp://{}", hop.address);
        settings::write(folder.path(), settings::TAKE_FILES, &next_hop, &more);
        let gateway = Gateway::start(folder.path());
        House {
            gateway,
            hop,
            folder,
        }
    }

    fn plays(&self, script: &str) {
        let port = self.gateway.address("milter").port();
        let mut miltertest = peer("miltertest");
        miltertest
            .args(["-D", &format!("socket=inet:{port}@127.0.0.1")])
            .args(["-D", &format!("folder={FOLDER}"), "-s"])
            .arg(Path::new(FOLDER).join(script));
        let (well, said) = block_in_place(|| ended(&mut miltertest));
        assert!(well, "{script}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn miltertest_gets_the_changes_that_protect_a_mail() {
    let house = House::build("shared").await;
    house.plays("mail.lua");
    house.plays("little.lua");
    assert!(house.hop.deliveries().is_empty(), "the server keeps them");
    // Whatever was spooled is gone.
    let spool = house.folder.path().join("state/spool");
    let left = std::fs::read_dir(spool).map_or(0, |entries| entries.count());
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn miltertest_may_break_off_behind_every_packet() {
    let house = House::build("shared").await;
    house.plays("breaks.lua");
    assert!(!house.gateway.log().contains("panicked"));
}
