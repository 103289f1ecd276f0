//! `cloakroom recipe` and `cloakroom doctor` with real mail servers: what is printed goes into their files as it stands, by the words above
//! it; mail takes that way; the doctor finds nothing. Then each mistake alone: the doctor finds that one.

mod exim;
mod home;
mod postfix;
mod sendmail;
