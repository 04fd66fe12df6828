//! Work on several threads, answers in the order of the questions.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Questions that may wait for each worker. More would only hold more text in memory.
const QUEUED_PER_WORKER: usize = 2;
/// As large as a main thread's.
const STACK: usize = 8 << 20;

/// Where answers go.
pub(crate) trait Sink<R> {
    /// Takes the next answer.
    fn take(&mut self, answer: R) -> io::Result<()>;
    /// Nothing more is at hand: whoever waits for answers should get what there is.
    fn idle(&mut self) -> io::Result<()>;
}

/// Runs `work` over `jobs` on so many threads and hands the answers to `sink` in order, each as soon as it can. For each thread,
/// at most `ahead` jobs are begun before the first of them is done with, so that one slow job does not fill the memory.
///
/// Ends at the sink's first error; the threads are then left to the end of the process, since one of them may be waiting for
/// input that never comes.
pub(crate) fn ordered<T, R>(
    threads: usize,
    ahead: usize,
    jobs: impl Iterator<Item = T> + Send + 'static,
    work: impl Fn(T) -> R + Send + Sync + 'static,
    sink: &mut impl Sink<R>,
) -> io::Result<()>
where
    T: Send + 'static,
    R: Send + 'static,
{
    let (order_in, order) = sync_channel::<Receiver<R>>(threads.saturating_mul(ahead));
    let (queue_in, queue) = sync_channel::<(T, SyncSender<R>)>(threads.saturating_mul(QUEUED_PER_WORKER));
    let queue = Arc::new(Mutex::new(queue));
    let work = Arc::new(work);
    for _ in 0..threads {
        let (queue, work) = (Arc::clone(&queue), Arc::clone(&work));
        thread::Builder::new().stack_size(STACK).spawn(move || {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((job, place)) = next else { return };
                // The sink may have given up; then nobody waits.
                let _ = place.send(work(job));
            }
        })?;
    }
    // Only the workers hold the queue now, so that the producer notices should they all be gone.
    drop(queue);
    thread::Builder::new().spawn(move || {
        for job in jobs {
            let (answer, place) = sync_channel(1);
            if order_in.send(place).is_err() || queue_in.send((job, answer)).is_err() {
                return;
            }
        }
    })?;
    loop {
        let place = match order.try_recv() {
            Ok(place) => place,
            Err(TryRecvError::Disconnected) => return sink.idle(),
            Err(TryRecvError::Empty) => {
                sink.idle()?;
                match order.recv() {
                    Ok(place) => place,
                    Err(_) => return Ok(()),
                }
            }
        };
        let answer = match place.try_recv() {
            Ok(answer) => answer,
            Err(_) => {
                sink.idle()?;
                place.recv().map_err(|_| io::Error::other("a worker thread ended early"))?
            }
        };
        sink.take(answer)?;
    }
}
