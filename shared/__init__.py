"""The engine under every service: events, streams, documents, outbox, wiring."""
