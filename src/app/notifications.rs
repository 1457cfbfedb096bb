//! Messages to the user: the one on the screen for a moment, and the list of all.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Severity of a message: its style and duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Two seconds.
    Info,
    /// Four seconds.
    Error,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Since the program began.
    pub at: Duration,
    /// Severity.
    pub severity: Severity,
    /// One line.
    pub text: String,
}

/// All messages, the one on the screen, and those that wait to be shown.
///
/// A message stays for its whole time, counted from the first frame that shows it, before the next
/// one takes its place. Errors are shown before news; nothing is replaced before it was seen.
#[derive(Debug, Clone)]
pub struct Notifications {
    began: Instant,
    /// Oldest first.
    pub all: VecDeque<Message>,
    shown: Option<Shown>,
    /// Errors first, each kind in the order of arrival.
    waiting: VecDeque<Message>,
}

/// The message on the screen.
#[derive(Debug, Clone)]
struct Shown {
    message: Message,
    /// End of its time; `None` until a frame shows it.
    until: Option<Instant>,
}

/// Maximum number of messages kept in the list.
const KEPT: usize = 500;

impl Severity {
    fn time(self) -> Duration {
        match self {
            Severity::Info => Duration::from_secs(2),
            Severity::Error => Duration::from_secs(4),
        }
    }
}

impl Notifications {
    /// No messages; `now` is the start of the program.
    pub fn new(now: Instant) -> Self {
        Notifications {
            began: now,
            all: VecDeque::new(),
            shown: None,
            waiting: VecDeque::new(),
        }
    }

    /// Adds a message. One that is on the screen or waits already is not added again: on the screen
    /// it stays for its whole time from now.
    pub fn notify(&mut self, now: Instant, severity: Severity, text: impl Into<String>) {
        let text = text.into();
        if let Some(shown) = self.shown.as_mut().filter(|s| s.message.text == text) {
            // Its time begins anew with the next frame.
            shown.until = None;
            return;
        }
        if self.waiting.iter().any(|m| m.text == text) {
            return;
        }
        let message = Message {
            at: now.saturating_duration_since(self.began),
            severity,
            text,
        };
        if self.all.len() == KEPT {
            self.all.pop_front();
        }
        self.all.push_back(message.clone());
        let is_before = |m: &&Message| m.severity == Severity::Error || severity == Severity::Info;
        let at = self.waiting.iter().take_while(is_before).count();
        self.waiting.insert(at, message);
        self.show_next();
    }

    /// Removes a message that announced what has come since, seen or not.
    pub fn withdraw(&mut self, text: &str) {
        self.waiting.retain(|m| m.text != text);
        if self.toast().is_some_and(|m| m.text == text) {
            self.shown = None;
            self.show_next();
        }
    }

    /// Removes all messages: they may name what is not to be shown any more.
    pub(super) fn forget(&mut self) {
        self.all.clear();
        self.waiting.clear();
        self.shown = None;
    }

    /// The message on the screen.
    pub fn toast(&self) -> Option<&Message> {
        self.shown.as_ref().map(|shown| &shown.message)
    }

    /// Takes the message on the screen and those that wait for it, for what shows all of them at once.
    pub fn take(&mut self) -> Vec<Message> {
        let shown = self.shown.take().map(|shown| shown.message);
        shown.into_iter().chain(self.waiting.drain(..)).collect()
    }

    /// End of the time of the message on the screen, once a frame showed it.
    pub fn until(&self) -> Option<Instant> {
        self.shown.as_ref().and_then(|shown| shown.until)
    }

    /// Starts the time of the message on the screen: a frame shows it now.
    pub fn drawn(&mut self, now: Instant) {
        if let Some(shown) = &mut self.shown {
            let until = now + shown.message.severity.time();
            // Only the first frame that shows it starts its time.
            shown.until.get_or_insert(until);
        }
    }

    /// Replaces the message on the screen by the next one when its time is over; `true` if it did.
    pub fn expire(&mut self, now: Instant) -> bool {
        let is_over = self.until().is_some_and(|until| until <= now);
        if is_over {
            self.shown = None;
            self.show_next();
        }
        is_over
    }

    fn show_next(&mut self) {
        if self.shown.is_none() {
            let next = self.waiting.pop_front();
            self.shown = next.map(|message| Shown {
                message,
                until: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(notifications: &mut Notifications, mut now: Instant) -> Vec<String> {
        let mut seen = Vec::new();
        while let Some(toast) = notifications.toast() {
            seen.push(toast.text.clone());
            notifications.drawn(now);
            now = notifications.until().expect("a time");
            assert!(notifications.expire(now));
        }
        seen
    }

    #[test]
    fn a_message_leaves_the_screen_but_stays_in_the_list() {
        let t0 = Instant::now();
        let mut notifications = Notifications::new(t0);
        notifications.notify(t0, Severity::Error, "no");
        notifications.drawn(t0);
        let t1 = t0 + Duration::from_secs(1);
        notifications.notify(t1, Severity::Error, "no");
        notifications.drawn(t1);
        assert_eq!(notifications.all.len(), 1);
        assert!(!notifications.expire(t0 + Duration::from_secs(4)));
        assert!(notifications.toast().is_some());
        assert!(notifications.expire(t0 + Duration::from_secs(5)));
        assert!(notifications.toast().is_none());
        assert_eq!(notifications.all.len(), 1);
    }

    #[test]
    fn no_message_is_replaced_unseen_and_errors_come_first() {
        let t0 = Instant::now();
        let mut notifications = Notifications::new(t0);
        for text in ["a", "b"] {
            notifications.notify(t0, Severity::Info, text);
        }
        for text in ["wrong", "worse"] {
            notifications.notify(t0, Severity::Error, text);
        }
        // Without a frame no time passes for a message.
        assert!(!notifications.expire(t0 + Duration::from_secs(60)));
        assert_eq!(
            texts(&mut notifications, t0),
            ["a", "wrong", "worse", "b"],
            "the first one keeps the screen for its time"
        );
    }

    #[test]
    fn a_withdrawn_message_makes_room() {
        let t0 = Instant::now();
        let mut notifications = Notifications::new(t0);
        for text in ["a", "b", "c"] {
            notifications.notify(t0, Severity::Info, text);
        }
        notifications.withdraw("a");
        notifications.withdraw("c");
        assert_eq!(texts(&mut notifications, t0), ["b"]);
    }
}
