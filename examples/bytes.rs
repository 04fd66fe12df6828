//! Bytes of unknown encoding: names from an old archive, a line from a legacy database.
//!
//! ```text
//! cargo run --example bytes
//! printf '\xb2\xe2\xca\xd4.txt' | cargo run --example bytes -- -
//! ```

use std::io::Read;

/// What a user meets, as bytes, and where.
const SAMPLES: [(&str, &[u8]); 4] = [
    ("a name in a zip file from Windows", b"2023\xc4\xea\xb5\xda\xd2\xbb\xbc\xbe\xb6\xc8\xb1\xa8\xb1\xed.xls"),
    ("a song's title in an ID3 tag", b"\xa4\xeb\xab\x47\xaa\xba\xba\x71"),
    ("a line of a log", b"\xe7\x94\xa8\xe6\x88\xb7\xe5\xb7\xb2\xe9\x80\x80\xe5\x87\xba"),
    ("nothing but ASCII", b"readme.txt"),
];

fn main() -> std::io::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        show("standard input", &bytes);
    } else {
        for (what, bytes) in SAMPLES {
            show(what, bytes);
        }
    }
    Ok(())
}

fn show(what: &str, bytes: &[u8]) {
    let repair = luanma::fix_bytes(bytes);
    let encoding = repair.encoding().map_or_else(|| "unknown".to_owned(), |encoding| encoding.to_string());
    println!("{what}: {:?} (encoding {encoding}, confidence {:.3})", repair.text(), repair.confidence());
}
