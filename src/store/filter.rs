//! The filter that makes sled durable: the kernel answers `sync_file_range` with ENOSYS, and sled falls back to `fsync`.
//!
//! sled 0.34.7 calls `sync_file_range` to make its log durable. That call writes pages but neither the size of the file nor the disk's
//! cache: after a power cut acknowledged records were gone, often the whole database. A seccomp filter on every thread takes the call
//! away. It is installed before sled is opened, stays for the life of the process, is inherited by children (harmless: nobody
//! else needs that call) and sets `no_new_privs`, so that no child can gain privileges through setuid or setgid programs.
//! Promises: [`install`] succeeds only if the filter is seen to be in force on every thread.
//! Fails with a sentence; without the filter the store must not be opened.

use rustix::fs::{Advice, fadvise};
use rustix::io::Errno;
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::fs::File;
use std::sync::{Mutex, PoisonError};

/// Numbers of `sync_file_range` and `fadvise64`.
#[cfg(target_arch = "x86_64")]
const CALLS: (i64, i64) = (277, 221);
#[cfg(target_arch = "aarch64")]
const CALLS: (i64, i64) = (84, 223);

/// No safe function of ours can make the forbidden call to see whether it fails. So the same program also forbids advice for this
/// one offset, which no file has: if that is refused, the program is in force and reads system calls as we think.
const CANARY: u64 = 0x1ce_c01d_c0a7_f11e;

static INSTALLED: Mutex<bool> = Mutex::new(false);

/// Installs the filter on all threads of this process, once, and proves that it holds.
pub fn install() -> Result<(), String> {
    // The flag is one assignment: a panic cannot leave it half.
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*installed {
        let program: seccompiler::BpfProgram = filter()
            .and_then(TryInto::try_into)
            .map_err(|e| format!("the system call filter cannot be built: {e}"))?;
        seccompiler::apply_filter_all_threads(&program)
            .map_err(|e| format!("the kernel takes no system call filter: {e}"))?;
        *installed = true;
    }
    prove()
}

fn filter() -> Result<SeccompFilter, seccompiler::BackendError> {
    let (sync_file_range, fadvise64) = CALLS;
    let canary = SeccompCondition::new(1, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, CANARY)?;
    let rules = [
        (sync_file_range, vec![]),
        (fadvise64, vec![SeccompRule::new(vec![canary])?]),
    ];
    SeccompFilter::new(
        rules.into_iter().collect(),
        SeccompAction::Allow,
        SeccompAction::Errno(Errno::NOSYS.raw_os_error().unsigned_abs()),
        std::env::consts::ARCH.try_into()?,
    )
}

fn prove() -> Result<(), String> {
    let file = File::open("/dev/null").map_err(|e| format!("/dev/null: {e}"))?;
    if fadvise(&file, CANARY, None, Advice::Normal) != Err(Errno::NOSYS) {
        return Err("the system call filter does not hold: this store would lose data".into());
    }
    let tasks = std::fs::read_dir("/proc/self/task").map_err(|e| format!("/proc/self: {e}"))?;
    for task in tasks.flatten() {
        // A thread that ended meanwhile makes no calls.
        let Ok(status) = std::fs::read_to_string(task.path().join("status")) else {
            continue;
        };
        let mode = status.lines().find_map(|l| l.strip_prefix("Seccomp:"));
        if mode.is_some_and(|mode| mode.trim() != "2") {
            return Err("a thread is not under the system call filter".into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// A child inherits the filter, and Python can make the call.
    fn sync_file_range_in_a_child() -> String {
        let program = "import ctypes,sys; c=ctypes.CDLL(None,use_errno=True); f=open(sys.argv[1],'wb')\n\
            r=c.sync_file_range(f.fileno(),ctypes.c_int64(0),ctypes.c_int64(0),2); print(r,ctypes.get_errno())";
        let folder = tempfile::tempdir().expect("a folder");
        let output = Command::new("python3")
            .args(["-c", program])
            .arg(folder.path().join("file"))
            .output()
            .expect("python3 runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    #[test]
    fn the_call_is_gone_for_all_threads_and_nothing_else_is() {
        let (to_thread, go) = std::sync::mpsc::channel::<()>();
        // A thread from before the filter.
        let older = std::thread::spawn(move || {
            go.recv().expect("told to go");
            sync_file_range_in_a_child()
        });
        assert_eq!(sync_file_range_in_a_child(), "0 0");
        install().expect("installs");
        install().expect("twice is once");
        assert_eq!(sync_file_range_in_a_child(), "-1 38");
        to_thread.send(()).expect("waits");
        assert_eq!(older.join().expect("ends"), "-1 38");
        let file = File::open("/dev/null").expect("opens");
        assert_eq!(fadvise(&file, 0, None, Advice::Normal), Ok(()));
    }
}
