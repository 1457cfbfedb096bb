//! The explorer on a real terminal: session, events, frame, loop.
