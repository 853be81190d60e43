"""Starting servers from packages and the services, and keeping them running."""
