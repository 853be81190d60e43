"""The engine under every service: events, streams, history, documents, outbox, wiring."""
