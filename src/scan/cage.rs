//! What a process that reads strangers' files takes away from itself before it reads the first byte of one.
//!
//! Promises: after [`lock`] it cannot open, make or run anything, reach a network, start a thread or a process, have more than
//! [`MEMORY`] of addresses or write to anything but its standard output and error; what it tries besides ends it. It dies with the gateway.
//! Leaves to others: the deadline (its parent). Fails with a sentence; then nothing may be read.

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, nice, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};
use std::collections::BTreeMap;
use std::time::Duration;

/// Address space, in bytes: reliability.md T36.
pub const MEMORY: u64 = 512 << 20;

/// Behind everything else that wants a processor: mail must not wait for files.
const NICENESS: i32 = 10;

/// Numbers of system calls, and on which descriptors they may work; none: on whatever it is.
struct Call(i64, &'static [u64]);

/// What is left: its three streams, memory, time, randomness (for hash tables), locks, and ways to end. `mmap` and `mprotect` come
/// with a condition of their own.
#[cfg(target_arch = "x86_64")]
const ALLOWED: &[Call] = &[
    Call(0, &[0]),     // read
    Call(1, &[1, 2]),  // write
    Call(11, &[]),     // munmap
    Call(12, &[]),     // brk
    Call(13, &[]),     // rt_sigaction
    Call(14, &[]),     // rt_sigprocmask
    Call(15, &[]),     // rt_sigreturn
    Call(20, &[1, 2]), // writev
    Call(24, &[]),     // sched_yield
    Call(25, &[]),     // mremap
    Call(28, &[]),     // madvise
    Call(39, &[]),     // getpid
    Call(60, &[]),     // exit
    Call(131, &[]),    // sigaltstack
    Call(186, &[]),    // gettid
    Call(202, &[]),    // futex
    Call(219, &[]),    // restart_syscall
    Call(228, &[]),    // clock_gettime
    Call(231, &[]),    // exit_group
    Call(234, &[]),    // tgkill: abort
    Call(318, &[]),    // getrandom
];
#[cfg(target_arch = "x86_64")]
const MAPPING: [i64; 2] = [9, 10];

/// The same for the other architecture.
#[cfg(target_arch = "aarch64")]
const ALLOWED: &[Call] = &[
    Call(63, &[0]),    // read
    Call(64, &[1, 2]), // write
    Call(66, &[1, 2]), // writev
    Call(93, &[]),     // exit
    Call(94, &[]),     // exit_group
    Call(98, &[]),     // futex
    Call(113, &[]),    // clock_gettime
    Call(124, &[]),    // sched_yield
    Call(128, &[]),    // restart_syscall
    Call(131, &[]),    // tgkill: abort
    Call(132, &[]),    // sigaltstack
    Call(134, &[]),    // rt_sigaction
    Call(135, &[]),    // rt_sigprocmask
    Call(139, &[]),    // rt_sigreturn
    Call(172, &[]),    // getpid
    Call(178, &[]),    // gettid
    Call(214, &[]),    // brk
    Call(215, &[]),    // munmap
    Call(216, &[]),    // mremap
    Call(233, &[]),    // madvise
    Call(278, &[]),    // getrandom
];
#[cfg(target_arch = "aarch64")]
const MAPPING: [i64; 2] = [222, 226];

/// Third argument of `mmap` and `mprotect`: memory that can be run.
const PROT_EXEC: u64 = 4;

/// Takes everything away, for good. `time` of processor is the most that the process has for all its files together.
pub fn lock(time: Duration) -> Result<(), String> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|e| format!("prctl: {e}"))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|e| format!("prctl: {e}"))?;
    // A unit file may forbid it; then files are read as urgently as mail is carried.
    let _ = nice(NICENESS);
    for (resource, most) in [
        (Resource::As, MEMORY),
        (Resource::Cpu, time.as_secs() + 1),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
        (Resource::Nproc, 0),
    ] {
        limit(resource, most).map_err(|e| format!("setrlimit {resource:?}: {e}"))?;
    }
    let program: seccompiler::BpfProgram = filter()
        .and_then(TryInto::try_into)
        .map_err(|e| format!("the system call filter cannot be built: {e}"))?;
    // It sets no_new_privs as well.
    seccompiler::apply_filter(&program)
        .map_err(|e| format!("the kernel takes no system call filter: {e}"))
}

fn limit(resource: Resource, most: u64) -> rustix::io::Result<()> {
    let hard = rustix::process::getrlimit(resource).maximum;
    let most = Some(hard.map_or(most, |hard| hard.min(most)));
    setrlimit(
        resource,
        Rlimit {
            current: most,
            maximum: most,
        },
    )
}

fn filter() -> Result<SeccompFilter, seccompiler::BackendError> {
    let mut rules = BTreeMap::new();
    for Call(number, descriptors) in ALLOWED {
        let only = descriptors
            .iter()
            .map(|fd| argument(0, SeccompCmpOp::Eq, *fd));
        rules.insert(*number, only.collect::<Result<Vec<_>, _>>()?);
    }
    for number in MAPPING {
        let no_code = argument(2, SeccompCmpOp::MaskedEq(PROT_EXEC), 0)?;
        rules.insert(number, vec![no_code]);
    }
    SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )
}

fn argument(
    index: u8,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<SeccompRule, seccompiler::BackendError> {
    let width = match index {
        0 => SeccompCmpArgLen::Dword,
        _ => SeccompCmpArgLen::Qword,
    };
    SeccompRule::new(vec![SeccompCondition::new(index, width, operator, value)?])
}
