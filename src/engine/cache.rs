//! Caches of what a log or a selection computes once: the newest values by key, and one value by type.

use std::any::{Any, TypeId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The newest values by key; the oldest is dropped first.
#[derive(Debug)]
pub struct RecentCache<K, V>(Mutex<VecDeque<(K, V)>>, usize);

impl<K: PartialEq, V: Clone> RecentCache<K, V> {
    /// An empty cache with room for `room` values.
    pub fn new(room: usize) -> Self {
        RecentCache(Mutex::new(VecDeque::new()), room)
    }

    /// The value of a key, if it is there.
    pub fn get(&self, key: &K) -> Option<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone())
    }

    /// Stores a value.
    pub fn put(&self, key: K, value: V) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(k, _)| *k != key);
        if kept.len() >= self.1 {
            kept.pop_front();
        }
        kept.push_back((key, value));
    }

    /// The value of a key, made and kept where it is not there.
    pub fn get_or_make<E>(&self, key: &K, make: impl FnOnce() -> Result<V, E>) -> Result<V, E>
    where
        K: Clone,
    {
        if let Some(value) = self.get(key) {
            return Ok(value);
        }
        let value = make()?;
        self.put(key.clone(), value.clone());
        Ok(value)
    }

    /// All values.
    pub fn all(&self) -> Vec<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(_, v)| v.clone()).collect()
    }

    /// Drops all values.
    pub fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// One value of each type, computed when it is first asked for.
///
/// The cache knows no type that it holds, so that a query keeps its own figures with a selection. Two
/// callers with one type would get each other's value: each stores a type that no other stores.
#[derive(Debug, Default)]
pub struct FigureCache(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl FigureCache {
    /// Returns the value of a type, computed by `make` the first time. Concurrent callers wait for the
    /// first one; `make` may ask for values of other types.
    pub fn get_or_init<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        // The lock is held to find the cell only: a figure may take long, and may ask for others.
        let cell = {
            let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let cell = cells
                .entry(TypeId::of::<T>())
                .or_insert_with(|| Arc::new(OnceLock::<Arc<T>>::new()));
            Arc::clone(cell)
        };
        let cell = cell
            .downcast::<OnceLock<Arc<T>>>()
            .expect("a cell is stored under the type it holds");
        Arc::clone(cell.get_or_init(|| Arc::new(make())))
    }
}
