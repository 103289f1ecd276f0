//! What `postconf` prints, as values: `postconf -x`, `postconf -M` and `postconf -x -P`.

use super::super::Finding;
use std::collections::BTreeMap;

/// The settings of a Postfix, defaults and `$names` filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    main: BTreeMap<String, String>,
    /// Those of master.cf, in its order.
    pub services: Vec<Service>,
}

/// A line of master.cf with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `submission`, `127.0.0.1:10026`
    pub name: String,
    /// `inet`, `unix`, `pass`, `fifo`
    pub kind: String,
    /// It sees nothing outside the queue directory.
    pub chroot: bool,
    /// Nothing is said of that.
    default_chroot: bool,
    /// The program.
    pub program: String,
    options: BTreeMap<String, String>,
}

impl Settings {
    /// Reads `main` (`postconf -x`), `services` (`postconf -M`), `options` (`postconf -x -P`).
    pub fn parse(main: &str, services: &str, options: &str) -> Settings {
        let main: BTreeMap<String, String> = main.lines().filter_map(pair).collect();
        let mut services: Vec<Service> = services.lines().filter_map(service).collect();
        // `-` was yes before Postfix 3.0, and is again where somebody asks for the rules of those days.
        let old = main
            .get("compatibility_level")
            .is_some_and(|level| level == "0");
        for service in &mut services {
            service.chroot |= old && service.default_chroot;
        }
        for (key, value) in options.lines().filter_map(pair) {
            let mut pieces = key.rsplitn(2, '/');
            let (option, whose) = (pieces.next().unwrap_or_default(), pieces.next());
            let its = services
                .iter_mut()
                .find(|s| Some(s.key()) == whose.map(str::to_owned));
            if let Some(service) = its {
                service.options.insert(option.to_owned(), value);
            }
        }
        Settings { main, services }
    }

    /// A value of main.cf, or its default.
    pub fn main(&self, name: &str) -> Result<&str, Finding> {
        let value = self.main.get(name).map(String::as_str);
        let help = || format!("postconf {name}; is it a Postfix of version 3.0 or newer?");
        value.ok_or_else(|| Finding::unread(format!("main.cf: {name}"), help()))
    }

    /// What counts for a service: its own `-o`, or main.cf.
    pub fn of<'a>(&'a self, service: &'a Service, name: &str) -> Result<&'a str, Finding> {
        match service.options.get(name) {
            Some(value) => Ok(value),
            None => self.main(name),
        }
    }

    /// Where the value of [`of`](Self::of) stands.
    pub fn place(&self, service: &Service, name: &str) -> String {
        match service.options.contains_key(name) {
            true => format!("master.cf: {}: {name}", service.key()),
            false => format!("main.cf: {name}"),
        }
    }

    /// The command that sets it there.
    pub fn mend(&self, service: &Service, name: &str, value: &str) -> String {
        match service.options.contains_key(name) {
            true => service.set(name, value),
            false => format!("postconf -e '{name} = {value}'"),
        }
    }

    /// The service of this name and kind.
    pub fn service(&self, name: &str, kind: &str) -> Option<&Service> {
        let mut all = self.services.iter();
        all.find(|service| service.name == name && service.kind == kind)
    }
}

impl Service {
    /// As `postconf` names it.
    pub fn key(&self) -> String {
        format!("{}/{}", self.name, self.kind)
    }

    /// The command that sets an option of it.
    pub fn set(&self, name: &str, value: &str) -> String {
        format!("postconf -P '{}/{name}={value}'", self.key())
    }
}

/// A list of Postfix: by commas and spaces, but not within braces.
pub fn list(value: &str) -> Vec<String> {
    let (mut words, mut word, mut depth) = (Vec::new(), String::new(), 0_usize);
    for c in value.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match depth == 0 && (c == ',' || c.is_whitespace()) {
            true => words.push(std::mem::take(&mut word)),
            false => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn pair(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}

/// `name kind private unprivileged chroot wakeup maxproc program …`
fn service(line: &str) -> Option<Service> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [name, kind, _, _, chroot, _, _, program, ..] = words[..] else {
        return None;
    };
    Some(Service {
        name: name.to_owned(),
        kind: kind.to_owned(),
        chroot: chroot == "y",
        default_chroot: chroot == "-",
        program: program.to_owned(),
        options: BTreeMap::new(),
    })
}

#[cfg(test)]
impl Settings {
    /// The same with a line of main.cf.
    pub fn with_main(mut self, name: &str, value: &str) -> Settings {
        self.main.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with an option of a service.
    pub fn with(mut self, key: &str, name: &str, value: &str) -> Settings {
        self.at(key)
            .options
            .insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same without an option of a service.
    pub fn without(mut self, key: &str, name: &str) -> Settings {
        assert!(self.at(key).options.remove(name).is_some(), "{key} {name}");
        self
    }

    /// The same without a line of main.cf, as if `postconf` had not known it.
    pub fn unread(mut self, name: &str) -> Settings {
        assert!(self.main.remove(name).is_some(), "{name}");
        self
    }

    /// One of its services.
    pub fn at(&mut self, key: &str) -> &mut Service {
        let mut all = self.services.iter_mut();
        all.find(|service| service.key() == key)
            .expect("a service of this name")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postconf_prints_is_read() {
        let settings = Settings::parse(
            "content_filter =\nmyhostname = a = b\nsmtpd_milters = { inet:127.0.0.1:8890, default_action=tempfail } unix:x\n",
            "submission inet  n       -       y       -       -       smtpd -o {a=b c}\n127.0.0.1:10026 inet n - n - - smtpd -o content_filter=\nodd\n",
            "submission/inet/a = b c\n127.0.0.1:10026/inet/content_filter =\n",
        );
        assert_eq!(settings.main("myhostname"), Ok("a = b"));
        let place = settings.main("absent").expect_err("it is not there").place;
        assert_eq!(place, "main.cf: absent");
        let [front, back] = &settings.services[..] else {
            panic!("{settings:?}")
        };
        assert!(front.chroot && !back.chroot);
        assert_eq!(settings.of(front, "a"), Ok("b c"));
        assert_eq!(settings.of(back, "content_filter"), Ok(""));
        assert_eq!(
            settings.place(back, "content_filter"),
            "master.cf: 127.0.0.1:10026/inet: content_filter"
        );
        assert_eq!(
            settings.place(front, "content_filter"),
            "main.cf: content_filter"
        );
        assert_eq!(
            list(settings.main("smtpd_milters").expect("it is there")),
            ["{ inet:127.0.0.1:8890, default_action=tempfail }", "unix:x"]
        );
    }
}
