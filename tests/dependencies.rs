//! What we build upon, kept in `tests/dependencies.txt`, so that a new dependency, another version or another licence is seen
//! in review. `UPDATE_DEPENDENCIES=1 cargo test --test dependencies` records a change.
//!
//! `deny.toml` has the rules; they are kept here too as far as they need no tool.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What may be linked into a program of any kind without asking. Of a choice of licences one of these is enough.
const ALLOWED: [&str; 5] = ["MIT", "Apache-2.0", "BSD-3-Clause", "Unicode-3.0", "Zlib"];
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn metadata() -> Value {
    let run = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--all-features", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).expect("metadata is JSON")
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"))
}

/// Whether the terms of a licence expression can be met with what is allowed.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], " ").replace('/', " OR ");
    // Brackets only ever hold choices, so that all of what stands between ANDs must be met.
    expression.split(" AND ").all(|all| all.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

/// The packages that a user of the library builds: normal dependencies of normal dependencies, whatever the system.
fn shipped<'v>(metadata: &'v Value, root: &'v str) -> BTreeSet<&'v str> {
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|node| (text(node, "id"), node)).collect();
    let (mut found, mut open) = (BTreeSet::new(), vec![root]);
    while let Some(id) = open.pop() {
        for dependency in nodes[id]["deps"].as_array().expect("dependencies") {
            let kinds = dependency["dep_kinds"].as_array().expect("kinds");
            let id = text(dependency, "pkg");
            if kinds.iter().any(|kind| kind["kind"].as_str() != Some("dev")) && found.insert(id) {
                open.push(id);
            }
        }
    }
    found
}

#[test]
fn dependencies_are_the_recorded_ones() {
    let metadata = metadata();
    let root = text(&metadata["resolve"], "root");
    let shipped = shipped(&metadata, root);
    let mut lines = Vec::new();
    let mut names = BTreeSet::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let (id, name, licence) = (text(package, "id"), text(package, "name"), text(package, "license"));
        if id == root {
            continue;
        }
        assert!(is_allowed(licence), "{name}: {licence}");
        assert_eq!(text(package, "source"), REGISTRY, "{name}");
        let user = shipped.contains(id);
        assert!(!user || names.insert(name), "{name} is there twice");
        lines.push(format!("{} {name} {} {licence}", if user { "library" } else { "tests" }, text(package, "version")));
    }
    lines.sort();
    let found = lines.join("\n") + "\n";
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dependencies.txt");
    if std::env::var_os("UPDATE_DEPENDENCIES").is_some() {
        std::fs::write(&recorded, &found).expect("tests/dependencies.txt can be written");
    }
    let known = std::fs::read_to_string(&recorded).unwrap_or_default().replace("\r\n", "\n");
    let gone: Vec<&str> = known.lines().filter(|line| !found.lines().any(|other| other == *line)).collect();
    let new: Vec<&str> = found.lines().filter(|line| !known.lines().any(|other| other == *line)).collect();
    assert!(
        known == found,
        "gone:\n{}\nnew:\n{}\nIf that is meant: UPDATE_DEPENDENCIES=1",
        gone.join("\n"),
        new.join("\n")
    );
}

#[test]
fn licences_are_read() {
    for allowed in ["MIT", "Unlicense/MIT", "(MIT OR Apache-2.0) AND Unicode-3.0", "LGPL-2.1-or-later OR MIT"] {
        assert!(is_allowed(allowed), "{allowed}");
    }
    for refused in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND MPL-2.0", ""] {
        assert!(!is_allowed(refused), "{refused}");
    }
}
