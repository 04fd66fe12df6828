//! The `repair` program as users run it: real processes, real files, and whatever can go wrong with them.
//!
//! What the library repairs is not its concern, except in `obvious`; what must hold here is that nothing is ever lost.

#[cfg(unix)]
mod faults;
mod files;
mod json_lines;
mod obvious;
mod program;
mod streams;
#[cfg(unix)]
mod trouble;
