//! Counting more keys than memory should hold: sorted runs on disk, merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Keys held before a run is written: 256 MiB.
const RUN: usize = 1 << 25;
/// Bytes of a key and its count in a run.
const RECORD: usize = 12;

/// Counts equal keys.
pub(crate) struct Counts {
    keys: Vec<u64>,
    runs: Vec<Run>,
    folder: PathBuf,
    capacity: usize,
}

/// A run on disk, removed when dropped.
struct Run {
    path: PathBuf,
}

impl Drop for Run {
    fn drop(&mut self) {
        // Nothing is lost if a temporary file stays.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Counts {
    /// Nothing counted; runs go to the given folder.
    pub(crate) fn new(folder: &Path) -> Counts {
        Counts { keys: Vec::new(), runs: Vec::new(), folder: folder.to_path_buf(), capacity: RUN }
    }

    /// Counts a key once.
    #[inline]
    pub(crate) fn add(&mut self, key: u64) -> io::Result<()> {
        if self.keys.len() >= self.capacity {
            self.spill()?;
        }
        self.keys.push(key);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        self.keys.sort_unstable();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let run = Run { path: self.folder.join(format!("luanma-{}-{number}.run", std::process::id())) };
        let mut file = BufWriter::with_capacity(1 << 20, File::create_new(&run.path)?);
        let runs = self.keys.chunk_by(|a, b| a == b);
        for equal in runs {
            file.write_all(&equal[0].to_le_bytes())?;
            file.write_all(&(equal.len() as u32).to_le_bytes())?;
        }
        file.flush()?;
        self.keys.clear();
        self.runs.push(run);
        Ok(())
    }

    /// Hands out every key with its count, in ascending order.
    pub(crate) fn merge(mut self, mut each: impl FnMut(u64, u32) -> io::Result<()>) -> io::Result<()> {
        self.keys.sort_unstable();
        if self.runs.is_empty() {
            return self.keys.chunk_by(|a, b| a == b).try_for_each(|equal| each(equal[0], equal.len() as u32));
        }
        self.spill()?;
        self.keys = Vec::new();
        let mut readers = Vec::with_capacity(self.runs.len());
        let mut heap = BinaryHeap::new();
        for (index, run) in self.runs.iter().enumerate() {
            let mut reader = BufReader::with_capacity(1 << 20, File::open(&run.path)?);
            heap.extend(next(&mut reader)?.map(|(key, count)| Reverse((key, index, count))));
            readers.push(reader);
        }
        let mut pending: Option<(u64, u32)> = None;
        while let Some(Reverse((key, index, count))) = heap.pop() {
            heap.extend(next(&mut readers[index])?.map(|(key, count)| Reverse((key, index, count))));
            match &mut pending {
                Some((last, sum)) if *last == key => *sum = sum.saturating_add(count),
                _ => {
                    if let Some((last, sum)) = pending.replace((key, count)) {
                        each(last, sum)?;
                    }
                }
            }
        }
        pending.map_or(Ok(()), |(last, sum)| each(last, sum))
    }
}

/// The next record of a run.
fn next(reader: &mut impl Read) -> io::Result<Option<(u64, u32)>> {
    let mut record = [0; RECORD];
    match reader.read_exact(&mut record) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [a, b, c, d, e, f, g, h, count @ ..] = record;
    Ok(Some((u64::from_le_bytes([a, b, c, d, e, f, g, h]), u32::from_le_bytes(count))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_on_disk_count_like_memory() {
        let keys = (0..5000u64).map(|i| i * i % 97);
        let mut counted = [Vec::new(), Vec::new()];
        for (capacity, list) in [64, RUN].into_iter().zip(&mut counted) {
            let mut counts = Counts::new(&std::env::temp_dir());
            counts.capacity = capacity;
            keys.clone().try_for_each(|key| counts.add(key)).expect("the temporary folder takes files");
            counts
                .merge(|key, count| {
                    list.push((key, count));
                    Ok(())
                })
                .expect("what was written can be read");
        }
        assert_eq!(counted[0], counted[1]);
        assert_eq!(counted[0].iter().map(|&(_, count)| count).sum::<u32>(), 5000);
    }
}
