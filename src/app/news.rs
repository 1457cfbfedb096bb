//! What the explorer tells the user: the message on the screen for a moment, and all of them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How a message is shown and for how long.
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
    /// How bad it is.
    pub severity: Severity,
    /// One line.
    pub text: String,
}

/// All messages, and the one on the screen.
#[derive(Debug, Clone)]
pub struct News {
    began: Instant,
    /// Oldest first.
    pub all: VecDeque<Message>,
    /// Until when the newest is on the screen.
    pub until: Option<Instant>,
}

/// How many messages are kept.
const KEPT: usize = 500;

impl News {
    /// No news.
    pub fn new(now: Instant) -> Self {
        News {
            began: now,
            all: VecDeque::new(),
            until: None,
        }
    }

    /// Tells a message. The same one again only stays longer.
    pub fn tell(&mut self, now: Instant, severity: Severity, text: impl Into<String>) {
        let text = text.into();
        let shown = match severity {
            Severity::Info => Duration::from_secs(2),
            Severity::Error => Duration::from_secs(4),
        };
        let repeated = self.until.is_some() && self.all.back().is_some_and(|m| m.text == text);
        self.until = Some(now + shown);
        if repeated {
            return;
        }
        if self.all.len() == KEPT {
            self.all.pop_front();
        }
        self.all.push_back(Message {
            at: now.saturating_duration_since(self.began),
            severity,
            text,
        });
    }

    /// The message on the screen.
    pub fn toast(&self) -> Option<&Message> {
        self.until.and_then(|_| self.all.back())
    }

    /// Takes the message off the screen once its time is over; `true` if it did.
    pub fn expire(&mut self, now: Instant) -> bool {
        let over = self.until.is_some_and(|until| until <= now);
        if over {
            self.until = None;
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_goes_from_the_screen_but_stays_in_the_list() {
        let t0 = Instant::now();
        let mut news = News::new(t0);
        news.tell(t0, Severity::Error, "no");
        news.tell(t0 + Duration::from_secs(1), Severity::Error, "no");
        assert_eq!(news.all.len(), 1);
        assert!(!news.expire(t0 + Duration::from_secs(4)));
        assert!(news.toast().is_some());
        assert!(news.expire(t0 + Duration::from_secs(5)));
        assert!(news.toast().is_none());
        assert_eq!(news.all.len(), 1);
    }
}
